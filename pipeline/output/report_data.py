"""What the report and the feed tell about a topic, read from the published database in a fixed order.

Part of `output`; between `report.sql` (the questions) and `report` and `feed` (the pages). The rows are
in `report_rows`; what is shown of them, and how, is decided in `report_choice` and `report`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from pipeline.errors import QueryError
from pipeline.output.query import nearest
from pipeline.output.report_rows import (
    Ambiguity,
    Decision,
    FactionStance,
    Item,
    ItemStatement,
    Meeting,
    Mention,
    Move,
    Promise,
    Quote,
    Row,
    Section,
    Sentence,
    Source,
    Stance,
    Statement,
    Texts,
    Topic,
    TopicData,
)

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
        "each": CANDIDATES_EACH, "unsure": UNSURE, "held": HELD,
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
        moves=moves(connection, stances, parameters),
        decisions=read(connection, "decisions", Decision, parameters),
        promises=read(connection, "promises", Promise, parameters),
        statements=read(connection, "statements", Statement, parameters),
        quality=[row for row in rows(connection, "quality", parameters) if not touched or row["source_id"] in touched],
        ambiguous=read(connection, "ambiguous", Ambiguity, parameters),
        corrections=rows(connection, "corrections", parameters),
    )


def moves(connection: duckdb.DuckDBPyConnection, stances: Iterable[Stance], parameters: dict[str, Any]) -> list[Move]:
    """The changes of side among `stances`, as the query changed_sides finds them, in the order of their days."""
    known = {(stance.source_id, stance.person_id, stance.step): stance for stance in stances}
    found = [
        Move(known[row["source_id"], row["person_id"], row["step_before"]],
             known[row["source_id"], row["person_id"], row["step"]])
        for row in rows(connection, "moves", parameters)
    ]
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
