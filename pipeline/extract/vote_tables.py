"""Reads tables of votes: by faction or by member, as the page has them or flattened to lines.

Used by `decisions`. The column of a number is what tells its meaning, so a flattened table that has lost cells counts
nothing; only its line of sums does, where it is whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, cast

from pipeline.extract.decision_item import Item
from pipeline.extract.decision_lexicon import DecisionLexicon
from pipeline.extract.findings import Finding
from pipeline.extract.state import SentenceState
from pipeline.extract.votes import MAX_LINE, Vote
from pipeline.records import FactionVote

TOTAL = ("gesamt", "summe", "insgesamt", "zusammen", "gesamtergebnis")
"""First words of the line that sums up."""

MAX_ROWS = 400
"""Rows of a flattened table that are read; a table by member has at most as many as a council has members."""

MAX_HEADER = 90
"""Characters of a flattened table's header: four labels and a name have some 50."""

_DIGIT = re.compile(r"\d")
_ROW = re.compile(r"^(\D{1,60}?)((?:\s{1,8}(?:\d{1,4}|[-–])){1,8})\s*$")
_SIDES = ("yes", "no", "abstain")
_Side = Literal["yes", "no", "abstain"]


def find_tables(item: Item) -> list[Finding]:
    """The votes that the tables of the item count."""
    found: list[Finding] = []
    for number, section in enumerate(item.state.sections):
        if item.modes[number] is None:
            continue
        sentences = item.sections[number]
        covered: set[int] = set()
        for table in section.tables:
            inside = [s for s in sentences if s.start >= table.start and s.end <= table.end]
            read = _read(table.rows, item.lexicon)
            if read and inside:
                found.append(_finding(inside, *read))
                covered.update(found[-1].lines)
        for at, sentence in enumerate(sentences):
            text = sentence.norm
            if len(text) > MAX_HEADER or sentence.index in covered or _DIGIT.search(text):
                continue
            columns = _header(text, item.lexicon)
            if columns is None:
                continue
            rows, used = _flat_rows(sentences, at + 1, len(columns))
            read = _read((("", *columns), *rows), item.lexicon) if len(rows) > 1 else None
            if read:
                found.append(_finding([sentence, *used], *read))
                covered.update(found[-1].lines)
    return found


MAX_HEADER = 120
"""Characters of a header; the longest in the annotated documents has 41."""
MAX_OTHERS = 2
"""Words of a header that are no labels (*Fraktion*, *Gesamt*)."""


def _header(text: str, lexicon: DecisionLexicon) -> tuple[str, ...] | None:
    """The columns that a header names, if at least two of them are labels of votes and little else stands there."""
    if len(text) > MAX_HEADER:
        return None
    columns: list[str] = []
    others = 0
    for raw in text.split():
        word = raw.strip(":|,;.").lower()
        if word in lexicon.labels:
            columns.append(word)
        elif word:
            others += 1
            if others > MAX_OTHERS:
                return None  # after its third word most sentences are known to be none
    if len({lexicon.labels[c] for c in columns} & set(_SIDES)) < 2:
        return None
    return tuple(columns)


def _flat_rows(
    sentences: Sequence[SentenceState], first: int, width: int
) -> tuple[list[tuple[str, ...]], list[SentenceState]]:
    """Rows of a flattened table: a name and its numbers on one line; rows that lost cells are shorter."""
    rows: list[tuple[str, ...]] = []
    used: list[SentenceState] = []
    for at in range(first, min(first + MAX_ROWS, len(sentences))):
        sentence = sentences[at]
        m = _ROW.match(sentence.norm) if len(sentence.norm) <= MAX_LINE else None
        if m is None or len(m.group(2).split()) > width:
            break
        rows.append((m.group(1).strip(" :"), *m.group(2).split()))
        used.append(sentence)
    return rows, used


def _read(
    rows: Sequence[Sequence[str]], lexicon: DecisionLexicon
) -> tuple[dict[str, int], tuple[FactionVote, ...], bool] | None:
    """The sums of a table of votes, who voted how, and whether a row of it states the sums."""
    head = next(
        (n for n, row in enumerate(rows[:3]) if len({_column(c, lexicon) for c in row} & set(_SIDES)) >= 2), None
    )
    if head is None:
        return None
    columns = [_column(cell, lexicon) for cell in rows[head]]
    sums: dict[str, int] = {}
    stated: dict[str, int] = {}
    names: list[FactionVote] = []
    complete = True
    for row in rows[head + 1 :]:
        if len(row) != len(columns):
            complete = False
            continue
        name = row[0].strip() if columns[0] is None else ""
        total = name.lower().strip(" :.") in TOTAL
        for kind, cell in zip(columns, row, strict=True):
            value = _cell(cell)
            if kind not in _SIDES or value is None:
                continue
            if total:
                stated[kind] = value
                continue
            sums[kind] = sums.get(kind, 0) + value
            if name and value:
                count = value if cell.strip().isdigit() else None  # a cross is one member's vote
                names.append(FactionVote(name=name, vote=cast("_Side", kind), count=count))
    if stated:
        return stated, tuple(names), True
    return (sums, tuple(names), False) if sums and complete else None


def _column(cell: str, lexicon: DecisionLexicon) -> str | None:
    words = re.findall(r"[a-zäöüß]+(?:-[a-zäöüß]+)?", cell[:80].lower())
    return next((lexicon.labels[w] for w in words if w in lexicon.labels), None)


def _cell(cell: str) -> int | None:
    """The number in a cell; a cross counts one, a dash none, an empty cell is not recorded."""
    text = cell.strip().strip(".")
    if text.isdigit() and len(text) < 5:
        return int(text)
    if text.lower() in ("x", "✓", "✔", "×", "☒"):
        return 1
    return 0 if text in ("-", "–", "—") else None


def _finding(
    inside: Sequence[SentenceState], counts: dict[str, int], names: tuple[FactionVote, ...], stated: bool
) -> Finding:
    at = inside[-1]
    if stated:
        at = next((s for s in reversed(inside) if s.norm.split(maxsplit=1)[0].lower().strip(":.") in TOTAL), at)
    vote = Vote(
        yes=counts.get("yes"), no=counts.get("no"), abstain=counts.get("abstain"), told=True,
        against=counts.get("no", 0) > 0, abstaining=counts.get("abstain", 0) > 0, by_faction=names, soft=False,
    )
    return Finding(
        at.index, None, "count", vote, "table", at.norm, bare=True, first=inside[0].index,
        lines=[s.index for s in inside],
    )
