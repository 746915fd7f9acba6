"""What the report and the feed read: a record for each kind of row, columns as in `report.sql`.

Part of `output`; pure data. `report_data` fills them.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec


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
    step: int
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
