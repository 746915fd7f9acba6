"""Cuts a section into blocks and a block into lines, where its line breaks mean something (used by `sentences`).

A block is what stands between blank lines. Inside it a line break is a soft wrap, unless the block is a list,
a table, vote lines or short lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.extract.boundaries import FIRST_WORD, lexicon

WRAP_WIDTH = 0.8
"""A break is a soft wrap if the line with the next word would be at least this share of the block's widest line. With
the annotated minutes wrapped at 60, 80 and 100 characters, sentence ends keep an F1 of 0.997."""

MIN_WRAP = 40
"""Blocks whose widest line is shorter are taken for lists: no page has so narrow a column."""

BLANK_LINE = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")

MARKER = re.compile(
    r"(?:[•▪●·◦‣➢*]|[-–—]|\.|o)(?=\s)|[•▪●·◦‣➢](?=\S)|(?:[Zz]u\s)?\(?(?:\d{1,2}|[a-z]|[ivx]{1,4}|[IVX]{1,4})(?:\.\)?|\))(?=\s)|[A-H]\)(?=\s)|\d{1,2}(?:\.\d{1,2}){1,3}\.?(?=\s[A-ZÄÖÜ])"
)
"""The mark of a list item at the start of a line: `•`, `-`, `.`, `o`, `1.`, `a)`, `(2)`, `zu 1)`, `3.1`."""

VOTE = re.compile(
    r"\b(?:ja|nein|dafür|dagegen|enth|zustimmung|ablehnung|einstimmig|mehrheitlich|abgelehnt|angenommen)\b"
    r"|stimm|enthaltung",
    re.IGNORECASE,
)
DASHES = ("- ", "– ", "— ")

COUNT_ROW = re.compile(
    r"(?:Ja|Nein|Enth|Dafür|Dagegen|Zustimmung|Ablehnung|Befangen|\w{0,20}stimmen)[\w.-]{0,20}"
    r" ?:? ?\.{0,9} ?\d{1,3}\D{0,40}$"
    r"|[^.:]{0,50}(?:[Mm]itglieder|anwesend)[^.:]{0,20}: ?\.{0,9} ?\d{1,3}$"
    r"|\d{1,3} (?:x )?(?:Ja|Nein|Enth|Gegen|[Dd]afür|[Dd]agegen)[\w.-]{0,20}$",
    re.IGNORECASE,
)
"""A line of a vote block that is a line of its own, whatever its width."""

COUNT = re.compile(r"\d|einstimmig|mehrheitlich", re.IGNORECASE)


def blocks(text: str) -> Iterator[tuple[int, int]]:
    """The spans of the blocks of `text`: parted by blank lines, those without a visible character left out."""
    begin = 0
    for match in BLANK_LINE.finditer(text):
        if text[begin : match.start()].strip():
            yield begin, match.start()
        begin = match.end()
    if text[begin:].strip():
        yield begin, len(text)


def lines(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The lines of a block, joined again where a break is only a soft wrap."""
    if text.find("\n", start, end) < 0:
        return [(start, end)]
    raw: list[tuple[int, int]] = []
    at = start
    for line in text[start:end].split("\n"):
        if line.strip():
            raw.append((at, at + len(line)))
        at += len(line) + 1
    stripped = [text[a:b].strip() for a, b in raw]
    block = _Block(max(map(len, stripped)), sum(line[:2] in DASHES for line in stripped) > 1)
    runs = [raw[0]]
    for i in range(1, len(raw)):
        if _is_soft(stripped[i - 1], stripped[i], block):
            runs[-1] = (runs[-1][0], raw[i][1])
        else:
            runs.append(raw[i])
    return runs


class _Block(NamedTuple):
    """What the lines of a block have in common."""

    widest: int
    dashed: bool
    """More than one line begins with a dash: they are list items, not dashes inside a sentence."""


def _is_soft(upper: str, lower: str, block: _Block) -> bool:
    """Whether the break between two lines only wraps a sentence (what ends it is then left to `boundaries`)."""
    if upper[-1] in "-\u2010\u2011" and len(upper) > 1 and upper[-2].isalpha() and lower[0].isalpha():
        return True
    full = block.widest >= MIN_WRAP and len(upper) + 1 + len(lower.split(" ", 1)[0]) >= WRAP_WIDTH * block.widest
    marker = MARKER.match(lower)
    if marker:
        mark = marker.group()
        if mark[0].isdigit():
            return _continues_number(upper, lower)
        return mark in "-–—" and full and not block.dashed and upper[-1] not in ".:;,"
    if upper[-1] in ".!?" or (upper[-1] == ":" and not full):
        return upper[-1] != ":"
    counts = COUNT_ROW.match(upper), COUNT_ROW.match(lower)
    if counts[1] and (counts[0] or ":" in lower):
        return False
    if lower[0].islower() or upper.rsplit(" ", 1)[-1].lower() in lexicon().before:
        return True
    if counts[0] or counts[1]:
        return False
    return upper[-1] == "," or full


def _continues_number(upper: str, lower: str) -> bool:
    """Whether a number that opens a line goes on with the line above: *am* / *3. Mai*."""
    word = FIRST_WORD.match(lower.split(" ", 1)[-1])
    if word is not None and upper[-1] not in ".:;" and (word.group() in lexicon().months or word.group() == "Uhr"):
        return True
    previous = upper.rsplit(" ", 1)[-1].lower()
    return previous in lexicon().before or previous in lexicon().cardinal


def table_rows(text: str, start: int, end: int, tables: list[tuple[int, int]]) -> list[tuple[int, int, bool]]:
    """Every line of a block that holds a table, with whether it is a row."""
    rows = []
    at = start
    for line in text[start:end].split("\n"):
        stop = at + len(line)
        if line.strip():
            rows.append((at, stop, any(a < stop and at < b for a, b in tables)))
        at = stop + 1
    return rows
