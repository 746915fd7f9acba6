"""What the report and the feed tell about a topic, read from the published database in a fixed order.

Part of `output`; between `report.sql` (the questions) and `report` and `feed` (the pages). Everything here is
rows; what is shown of them, and how, is decided in `report_choice` and `report`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import msgspec

from pipeline.errors import QueryError
from pipeline.output.query import nearest

DEFAULT_TOPIC = "sro"
QUOTABLE_WORDS = (10, 60)
"""A statement shorter than this says little out of its context, a longer one is no quotation any more."""
KINDS = {
    "accepted": "passed", "amended": "passed", "elected": "passed", "consensus": "passed", "rejected": "rejected",
    "deferred": "open", "referred": "open", "withdrawn": "open", "noted": "noted",
}
"""The outcomes of decisions, by what they come to."""
UNSURE = 0.5
"""Below this confidence a stance is rather wrong than right: it is marked, and no quotation is chosen for it."""
HELD = 2
"""Items that a side must hold before and after a change of side: the query changed_sides, parameter `least`."""
CANDIDATES_EACH = 12
"""Statements a year and stance among which the most telling are chosen."""


class Row(msgspec.Struct, frozen=True):
    """Base of the rows: columns as in `report.sql`."""


class Topic(Row, frozen=True):
    topic_id: str
    title: str | None = None
    description: str | None = None


class Source(Row, frozen=True):
    source_id: str
    title: str | None = None
    body: str | None = None
    url: str | None = None


class Item(Row, frozen=True):
    """An agenda item that names the topic. `direction`: 1 furthers it, -1 turns against it, 0 something else."""

    item_id: str
    source_id: str
    date: dt.date | None
    body: str | None
    committee: str | None
    meeting_id: str
    item_number: str | None
    title: str | None
    beschlussart: str | None
    paper_reference: str | None
    has_excerpt: bool | None
    direction: int | None
    direction_rule: str | None
    reason: str | None
    evidence: str | None
    corrected: bool
    mentions: int
    core_mentions: int
    statements: int
    sided: int
    sentences: int
    address: str | None
    fetched_at: dt.datetime | None
    first_fetched: dt.datetime | None
    content_hash: str | None

    @property
    def is_on_topic(self) -> bool:
        """Whether the item is about the topic, not only names it."""
        return self.direction in (1, -1)


class Meeting(Row, frozen=True):
    """A meeting in which the topic came up, with its numbers (view topic_timeline)."""

    meeting_id: str
    source_id: str
    date: dt.date | None
    body: str | None
    committee: str | None
    items: int
    items_on_topic: int
    mentions: int
    statements: int
    support: int
    conditional: int
    oppose: int
    decisions: int
    outcomes: list[str | None]
    days_since_last: int | None


class Stance(Row, frozen=True):
    """A person's side in an item and the position that follows (view topic_stance)."""

    person_id: str
    person_name: str | None
    source_id: str
    date: dt.date | None
    committee: str | None
    item_id: str
    item_number: str | None
    item_title: str | None
    faction: str | None
    statements: int
    score: float
    position: float
    side: str
    sentence_index: int


class FactionStance(Row, frozen=True):
    """A faction's mean in an item, and over its last three ('' for persons without one)."""

    faction: str
    item_id: str
    date: dt.date | None
    committee: str | None
    item_number: str | None
    persons: int
    statements: int
    score: float
    position: float


class Decision(Row, frozen=True):
    """A decision in an item about the topic (view decision_log)."""

    decision_id: str
    source_id: str
    date: dt.date | None
    body: str | None
    committee: str | None
    meeting_id: str
    item_id: str
    item_number: str | None
    item_title: str | None
    paper_reference: str | None
    outcome: str | None
    unanimous: bool | None
    yes: int | None
    no: int | None
    abstain: int | None
    votes_by_faction: str | None
    subject: str | None
    text: str | None
    beschlussart: str | None
    agrees: bool | None
    confidence: float | None
    page_address: str | None
    corrected: bool
    sentence_index: int | None
    direction: int | None


class Promise(Row, frozen=True):
    """A promise, and the first later item that may take it up (view commitment_log)."""

    commitment_id: str
    source_id: str
    date: dt.date | None
    committee: str | None
    item_id: str
    item_number: str | None
    item_title: str | None
    person_id: str | None
    promiser: str | None
    what: str | None
    due: str | None
    due_date: str | None
    quote: str | None
    follow_ups: int
    follow_up_item_id: str | None
    follow_up_date: dt.date | None
    follow_up_title: str | None
    relation: str | None
    late: bool | None
    confidence: float | None
    page_address: str | None
    sentence_index: int | None


class Statement(Row, frozen=True):
    """A statement that takes a side on the topic, with the weight by which the most telling are chosen."""

    statement_id: str
    source_id: str
    date: dt.date | None
    year: int | None
    committee: str | None
    item_id: str
    item_number: str | None
    item_title: str | None
    person_id: str | None
    speaker: str | None
    faction: str | None
    role: str | None
    act: str | None
    stance_item: str | None
    direction: int | None
    stance_topic: str
    speaker_confidence: float | None
    stance_confidence: float | None
    quote: str
    words: int | None
    first_sentence: int
    cue: str | None
    rule: str | None
    page_address: str | None
    corrected: bool
    weight: float


class Quote(Row, frozen=True):
    """What a person said with a side in an item."""

    item_id: str
    person_id: str
    stance_topic: str
    quote: str
    first_sentence: int
    page_address: str | None


class Section(Row, frozen=True):
    item_id: str
    section_index: int
    label: str | None
    kind: str | None
    text: str | None
    damage: list[str] | None


class Sentence(Row, frozen=True):
    item_id: str
    sentence_index: int
    section_index: int
    paragraph: int | None
    start_char: int | None
    end_char: int | None


class ItemStatement(Row, frozen=True):
    """A statement of an item in the reading view."""

    item_id: str
    statement_id: str
    statement_index: int
    speaker_id: str
    first_sentence: int
    last_sentence: int
    act: str | None
    stance: str | None
    rule: str | None
    cue: str | None
    speaker_confidence: float | None
    stance_confidence: float | None
    corrected: bool
    on_record: bool
    name: str | None
    person_id: str | None
    faction: str | None
    role: str | None
    kind: str | None


class Mention(Row, frozen=True):
    """A term of the topic in a section's text."""

    item_id: str
    section_index: int
    start_char: int | None
    end_char: int | None
    term: str | None


class Ambiguity(Row, frozen=True):
    """A speaker for whom several persons fit."""

    item_id: str
    speaker_id: str
    name: str | None
    candidates: list[str | None]


class Move(msgspec.Struct, frozen=True):
    """A change of side: `before` is the last item in which the person was clearly on the other side."""

    before: Stance
    after: Stance


class TopicData(msgspec.Struct, frozen=True):
    """Everything that the report tells, but for the texts of the reading view (`texts_of`)."""

    topic: Topic
    sources: list[Source]
    items: list[Item]
    meetings: list[Meeting]
    stances: list[Stance]
    factions: list[FactionStance]
    moves: list[Move]
    decisions: list[Decision]
    promises: list[Promise]
    statements: list[Statement]
    quality: list[dict[str, Any]]
    ambiguous: list[Ambiguity]
    corrections: list[dict[str, Any]]


class Texts(msgspec.Struct, frozen=True):
    """What the reading view shows of some items."""

    sections: list[Section]
    sentences: list[Sentence]
    statements: list[ItemStatement]
    mentions: list[Mention]


R = TypeVar("R", bound=Row)


@lru_cache(maxsize=1)
def blocks() -> dict[str, str]:
    """The statements of report.sql by name."""
    text = Path(__file__).with_name("report.sql").read_text("utf-8")
    parts = re.split(r"^-- block: ([a-z_]+)\n", text, flags=re.MULTILINE)
    return {name: sql.strip() for name, sql in zip(parts[1::2], parts[2::2], strict=True)}


def rows(connection: duckdb.DuckDBPyConnection, block: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of a block as dicts; of `parameters` it gets those that it names."""
    sql = blocks()[block]
    given = {name: value for name, value in parameters.items() if re.search(rf"\${name}\b", sql)}
    cursor = connection.execute(sql, given) if given else connection.execute(sql)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def read(connection: duckdb.DuckDBPyConnection, block: str, kind: type[R], parameters: dict[str, Any]) -> list[R]:
    """The rows of a block as records of `kind`."""
    return [kind(**row) for row in rows(connection, block, parameters)]


def find_topic(connection: duckdb.DuckDBPyConnection, name: str | None) -> Topic:
    """The topic called `name`; None: `sro` where there is one, else the only one there is.

    A database without any topic gives an empty one, so that its report says that there is nothing. Raises
    QueryError for a name that is none of the topics, or where there is a choice.
    """
    known = {topic.topic_id: topic for topic in read(connection, "topics", Topic, {})}
    if not known:
        return Topic(name or DEFAULT_TOPIC)
    if name is None:
        if DEFAULT_TOPIC in known or len(known) == 1:
            return known.get(DEFAULT_TOPIC) or next(iter(known.values()))
        raise QueryError("the database has several topics", remedy=f"choose one with --topic: {', '.join(known)}")
    if name not in known:
        raise QueryError(f"the database has no topic '{name}'",
                         remedy=nearest(name, known, f"there is: {', '.join(known)}"))
    return known[name]


def find_sources(connection: duckdb.DuckDBPyConnection, name: str | None) -> list[Source]:
    """The corpora, or the one called `name`. Raises QueryError where there is none of that name."""
    known = read(connection, "sources", Source, {"source": None})
    if name is None:
        return known
    ids = [source.source_id for source in known]
    if name not in ids:
        raise QueryError(f"the database has no corpus '{name}'",
                         remedy=nearest(name, ids, f"there is: {', '.join(ids) or 'none'}"))
    return [source for source in known if source.source_id == name]


def topic_data(
    connection: duckdb.DuckDBPyConnection, topic: str | None = None, *, source: str | None = None
) -> TopicData:
    """What is known about `topic` (in the corpus `source`, else in all). Raises QueryError for an unknown name."""
    found = find_topic(connection, topic)
    sources = find_sources(connection, source)
    parameters: dict[str, Any] = {
        "topic": found.topic_id, "source": source, "least": QUOTABLE_WORDS[0], "most": QUOTABLE_WORDS[1],
        "each": CANDIDATES_EACH, "unsure": UNSURE,
    }
    stances = read(connection, "stances", Stance, parameters)
    items = read(connection, "items", Item, parameters)
    touched = {item.source_id for item in items}
    return TopicData(
        topic=found,
        sources=[each for each in sources if each.source_id in touched] or sources,
        items=items,
        meetings=read(connection, "meetings", Meeting, parameters),
        stances=stances,
        factions=read(connection, "factions", FactionStance, parameters),
        moves=moves(stances),
        decisions=read(connection, "decisions", Decision, parameters),
        promises=read(connection, "promises", Promise, parameters),
        statements=read(connection, "statements", Statement, parameters),
        quality=[row for row in rows(connection, "quality", parameters) if not touched or row["source_id"] in touched],
        ambiguous=read(connection, "ambiguous", Ambiguity, parameters),
        corrections=rows(connection, "corrections", parameters),
    )


def moves(stances: Iterable[Stance]) -> list[Move]:
    """The changes of side in `stances` (persons together, in time), by the definition of the query changed_sides.

    A side is clear from 2/3 up (for) or from 0 down (against). A move goes from a side that held over at least
    HELD such items to the other that did, too, and is dated by the first item there.
    """
    found: list[Move] = []
    for _, of_person in groupby(stances, key=lambda stance: (stance.source_id, stance.person_id)):
        clear = [stance for stance in of_person if stance.side in {"for", "against"}]
        stretches = [list(stretch) for _, stretch in groupby(clear, key=lambda stance: stance.side)]
        held = [stretch for stretch in stretches if len(stretch) >= HELD]
        found += [Move(before[-1], after[0]) for before, after in pairwise(held) if before[0].side != after[0].side]
    return sorted(found, key=lambda m: (m.after.date or dt.date.min, m.after.person_name or "", m.after.item_id))


def quotes_of(
    connection: duckdb.DuckDBPyConnection, topic: str, wanted: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], list[Quote]]:
    """What was said with a side, by (item, person) of `wanted`."""
    found: dict[tuple[str, str], list[Quote]] = {}
    if wanted:
        pairs = sorted(set(wanted))
        parameters = {"topic": topic, "items": [item for item, _ in pairs], "persons": [person for _, person in pairs]}
        for quote in read(connection, "quotes", Quote, parameters):
            found.setdefault((quote.item_id, quote.person_id), []).append(quote)
    return found


def texts_of(connection: duckdb.DuckDBPyConnection, topic: str, items: Sequence[str]) -> Texts:
    """Sections, sentences, statements and terms of the topic of `items`."""
    parameters = {"topic": topic, "items": list(items)}
    return Texts(
        sections=read(connection, "sections", Section, parameters),
        sentences=read(connection, "sentences", Sentence, parameters),
        statements=read(connection, "item_statements", ItemStatement, parameters),
        mentions=read(connection, "mentions", Mention, parameters),
    )
