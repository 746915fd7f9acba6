"""The reading view: an item's text as it stands on the page, with who speaks, for or against, and the topic's terms.

Part of `output`; the texts of `report_data` in, pieces for the template out. Every character of a section is shown
once and in order; sentences carry the anchors that all claims of the report link to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import msgspec

from pipeline.output.report_rows import Item, ItemStatement, Mention, Section, Sentence, Texts

HUES = 8
"""Colours of speakers, defined in report.css; the ninth speaker of an item has the first's again, and a name tag."""
_FLIPPED = {"support": "oppose", "oppose": "support"}
_PARAGRAPHS = re.compile(r"\n[ \t]*\n")


class Part(msgspec.Struct, frozen=True):
    """A run of text; `marked`: a term of the topic."""

    text: str
    marked: bool = False


class Piece(msgspec.Struct, frozen=True):
    """A sentence, or text between sentences (no anchor).

    `statements` report it (several where it gives the words of several people), `opens` are those of them that begin
    here, with their stance as shown; `stance` and `hue` are of the first.
    """

    parts: list[Part]
    anchor: str | None = None
    statements: tuple[ItemStatement, ...] = ()
    opens: tuple[tuple[ItemStatement, str | None, int], ...] = ()
    stance: str | None = None
    hue: int = 0


class Block(msgspec.Struct, frozen=True):
    """A section in paragraphs."""

    label: str | None
    kind: str | None
    damage: list[str]
    paragraphs: list[list[Piece]]


class Reading(msgspec.Struct, frozen=True):
    """An item to read. `is_topic_stance`: marks tell the stance towards the topic, else that towards the item."""

    item: Item
    anchor: str
    is_topic_stance: bool
    blocks: list[Block]


def anchors(items: Iterable[Item]) -> dict[str, str]:
    """An anchor for each item, made from its key, so that it is the same in every report."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for item in items:
        slug = re.sub(r"[^A-Za-z0-9]+", "-", item.item_id).strip("-").lower() or "item"
        name, number = slug, 2
        while name in taken:
            name, number = f"{slug}-{number}", number + 1
        taken.add(name)
        found[item.item_id] = name
    return found


def towards_topic(stance: str | None, direction: int | None) -> str | None:
    """The stance towards the topic that follows from that towards the item; None: unknown."""
    if direction == 1:
        return stance
    return _FLIPPED.get(stance or "", stance) if direction == -1 else None


def readings(items: Sequence[Item], texts: Texts, names: Mapping[str, str]) -> list[Reading]:
    """The items to read; `names` are their anchors."""
    sections = _by_item(texts.sections)
    sentences = _by_item(texts.sentences)
    statements = _by_item(texts.statements)
    mentions = _by_item(texts.mentions)
    return [
        Reading(item, names[item.item_id], item.is_on_topic, [
            _block(item, section, sentences.get(item.item_id, []), statements.get(item.item_id, []),
                   mentions.get(item.item_id, []), names[item.item_id])
            for section in sections.get(item.item_id, []) if (section.text or "").strip()
        ])
        for item in items
    ]


T = TypeVar("T", Section, Sentence, ItemStatement, Mention)


def _by_item(rows: Iterable[T]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    for row in rows:
        found.setdefault(row.item_id, []).append(row)
    return found


def _block(
    item: Item, section: Section, sentences: Sequence[Sentence], statements: Sequence[ItemStatement],
    mentions: Sequence[Mention], anchor: str,
) -> Block:
    text = section.text or ""
    speaks: dict[int, list[ItemStatement]] = {}
    for statement in statements:
        for number in range(statement.first_sentence, statement.last_sentence + 1):
            speaks.setdefault(number, []).append(statement)
    hues: dict[str, int] = {"?": 0}
    for statement in statements:
        hues.setdefault(statement.speaker_id, (len(hues) - 1) % HUES + 1)
    marks = [(m.start_char or 0, m.end_char or 0) for m in mentions if m.section_index == section.section_index]
    paragraphs: list[list[Piece]] = [[]]
    seen: set[str] = set()
    cursor = 0

    def between(end: int) -> None:
        for number, gap in enumerate(_PARAGRAPHS.split(text[cursor:end])):
            if number and paragraphs[-1]:
                paragraphs.append([])
            if gap.strip():
                paragraphs[-1].append(Piece([Part(gap.strip())]))

    for sentence in sentences:
        start, end = sentence.start_char, sentence.end_char
        if sentence.section_index != section.section_index or start is None or end is None:
            continue
        if start < cursor or end <= start:
            continue
        between(start)
        found = speaks.get(sentence.sentence_index, [])
        stances = [towards_topic(s.stance, item.direction) if item.is_on_topic else s.stance for s in found]
        opens = tuple((s, stance, hues[s.speaker_id]) for s, stance in zip(found, stances, strict=True)
                      if s.statement_id not in seen)
        seen.update(s.statement_id for s in found)
        paragraphs[-1].append(Piece(
            _parts(text, start, end, marks), f"{anchor}-s{sentence.sentence_index}", tuple(found), opens,
            stances[0] if stances else None, hues[found[0].speaker_id] if found else 0))
        cursor = end
    between(len(text))
    return Block(section.label, section.kind, list(section.damage or ()), [pieces for pieces in paragraphs if pieces])


def _parts(text: str, start: int, end: int, marks: Iterable[tuple[int, int]]) -> list[Part]:
    parts: list[Part] = []
    cursor = start
    for begin, stop in marks:
        if begin < cursor or stop > end or stop <= begin:
            continue
        if begin > cursor:
            parts.append(Part(text[cursor:begin]))
        parts.append(Part(text[begin:stop], marked=True))
        cursor = stop
    if cursor < end:
        parts.append(Part(text[cursor:end]))
    return parts
