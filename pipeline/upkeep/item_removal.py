"""Takes forgotten persons out of one agenda item: its speakers, their words, and every mention of their names.

Part of `upkeep`; pure: rows (dicts by column) in, the same rows changed. What a person said is blanked at its span, so
that spans, quotes and counts stay true; a sentence that somebody else said, too, keeps its words without the name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from pipeline.upkeep.blanking import Bare, Eye, blank_spans, blanked
from pipeline.upkeep.forgotten import REMOVED

Row = dict[str, Any]
Changed = Callable[[str, Row], None]
"""Told of every row that changed, with its table."""

_OF_SPEAKER: Row = {
    "gender": None, "role": None, "faction": None, "forms": [], "attendee": None, "candidates": [], "person_id": None,
    "person_rule": None, "person_confidence": None, "role_on_date": None, "faction_on_date": None,
    "faction_source": None, "corrected": None,
}
_OF_STATEMENT: Row = {"act": None, "stance": None, "cue": None, "rule": None, "speaker_confidence": None,
                      "stance_confidence": None}
_OF_SENTENCE: Row = {**_OF_STATEMENT, "act_confidence": None, "normalised": None}


class Item(msgspec.Struct, kw_only=True):
    """The rows of one version of an agenda item, by table."""

    section: list[Row] = []
    sentence: list[Row] = []
    speaker: list[Row] = []
    statement: list[Row] = []
    decision: list[Row] = []
    commitment: list[Row] = []
    topic_mention: list[Row] = []


def remove(
    item: Item, eye: Eye, bare: Bare, *, persons: frozenset[str], others: frozenset[str], changed: Changed
) -> list[Row]:
    """Change the rows of `item`; returns the topic mentions that are no more.

    `persons`: keys of the forgotten persons, `others`: keys of everybody else; a speaker who is nobody certain, but may
    be a forgotten person, is taken for one.
    """
    renamed = _speakers(item.speaker, eye, bare, persons=persons, others=others, changed=changed)
    joint = _joint_statements(item, renamed)
    spoken: dict[int, list[tuple[int, int]]] = {}
    for row in item.sentence:
        speakers = [renamed.get(one, one) for one in row["speakers"] or ()]
        if speakers == (row["speakers"] or []):
            continue
        alone = all(one in renamed for one in row["speakers"])
        row["speakers"] = speakers
        if alone:
            spoken.setdefault(row["section_index"], []).append((row["start_char"], row["end_char"]))
            kept = row["stance"] if row["sentence_index"] in joint else None
            row.update(_OF_SENTENCE, stance=kept)
        changed("sentence", row)
    for row in item.statement:
        if row["speaker_id"] in renamed:
            kept = row["stance"] if row["first_sentence"] in joint else None
            row.update(_OF_STATEMENT, speaker_id=renamed[row["speaker_id"]], corrected=None, stance=kept)
            changed("statement", row)
    for row in item.commitment:
        if row["speaker_id"] in renamed:
            row.update(speaker_id=renamed[row["speaker_id"]], what=REMOVED, due=None, due_date=None)
            changed("commitment", row)
    gone: list[Row] = []
    for section in item.section:
        spans = [*spoken.get(section["section_index"], ()), *eye.spans(section["text"] or "", bare)]
        if spans:
            section["tables"] = _tables(section["tables"], spoken.get(section["section_index"], []), eye, bare)
            section["text"] = blank_spans(section["text"], spans)
            changed("section", section)
            gone += _follow(item, section["section_index"], section["text"], eye, bare, changed)
    return gone


def collapsed(text: str) -> str:
    """`text` with its white space collapsed, as sentences and decisions have it."""
    return " ".join(text.split())


def _speakers(
    rows: list[Row], eye: Eye, bare: Bare, *, persons: frozenset[str], others: frozenset[str], changed: Changed
) -> dict[str, str]:
    """Renames the speakers who were forgotten. Returns the new ids by the old ones."""
    taken = sum(row["name"] == REMOVED for row in rows)
    renamed: dict[str, str] = {}
    for row in sorted(rows, key=lambda row: str(row["speaker_id"])):
        if row["name"] == REMOVED or row["person_id"] in others or row["kind"] == "group":
            continue
        named = [row["name"], row["attendee"], *(row["candidates"] or ())]
        if row["person_id"] in persons or any(eye.is_name(name, bare) for name in named):
            taken += 1
            renamed[row["speaker_id"]] = REMOVED if taken == 1 else f"{REMOVED} ({taken})"
            row.update(_OF_SPEAKER, speaker_id=renamed[row["speaker_id"]], name=REMOVED, kind="person")
            changed("speaker", row)
    return renamed


def _joint_statements(item: Item, renamed: dict[str, str]) -> set[int]:
    """The sentences of statements of forgotten persons in which somebody else speaks, too: these keep their stance."""
    others = {row["sentence_index"] for row in item.sentence
              if any(one not in renamed for one in row["speakers"] or ())}
    return {
        index for row in item.statement if row["speaker_id"] in renamed
        for index in range(row["first_sentence"], row["last_sentence"] + 1)
        if others.intersection(range(row["first_sentence"], row["last_sentence"] + 1))
    }


def _follow(item: Item, section: int, text: str, eye: Eye, bare: Bare, changed: Changed) -> list[Row]:
    """Brings what quotes the section up to its new text. Returns the topic mentions that stand there no more."""
    for table, column, rows in (("sentence", "text", item.sentence), ("statement", "quote", item.statement),
                                ("decision", "text", item.decision)):
        for row in rows:
            if row["section_index"] != section or row["start_char"] is None or row["end_char"] is None:
                continue
            quoted = text[row["start_char"] : row["end_char"]]
            quoted = quoted if column == "quote" else collapsed(quoted)
            if quoted != row[column]:
                row[column] = quoted
                if row.get("normalised"):
                    row["normalised"] = eye.blank(row["normalised"], bare)
                changed(table, row)
    return [row for row in item.topic_mention if row["section_index"] == section and row["start_char"] is not None
            and collapsed(text[row["start_char"] : row["end_char"]]) != collapsed(row["term"] or "")]


def _tables(tables: str | None, spoken: list[tuple[int, int]], eye: Eye, bare: Bare) -> str | None:
    """The tables in a section's text: names blanked, and every cell where a forgotten person's words stood in one."""
    if not tables:
        return tables
    found = msgspec.json.decode(tables)
    for table in found:
        inside = any(start < table["end"] and table["start"] < end for start, end in spoken)
        table["rows"] = _cells(table["rows"], blanked if inside else lambda text: eye.blank(text, bare))
    return msgspec.json.encode(found).decode()


def _cells(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_cells(one, change) for one in value]
    if isinstance(value, dict):
        return {key: _cells(one, change) for key, one in value.items()}
    return value
