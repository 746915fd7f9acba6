"""Cuts a section into blocks and a block into lines, where its line breaks mean something (used by `sentences`).

A block is what stands between blank lines. Inside it a line break is a soft wrap, unless the block is a list,
a table, vote lines or short lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.extract.boundaries import FIRST_WORD, lexicon

WRAP_WIDTH = 0.8
"""A break is a soft wrap if the line with the next word would be at least this share of the block's widest line."""

MIN_WRAP = 40
"""Blocks whose widest line is shorter are taken for lists; real wraps are at 60 to 100 characters."""

BLANK_LINE = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")

MARKER = re.compile(
    r"(?:[•▪●·◦‣➢*]|[-–—]|\.|o)(?=\s)|[•▪●·◦‣➢](?=\S)|(?:[Zz]u\s)?\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)](?=\s)|\d{1,2}(?:\.\d{1,2}){1,3}\.?(?=\s[A-ZÄÖÜ])"
)
"""The mark of a list item at the start of a line: `•`, `-`, `.`, `o`, `1.`, `a)`, `(2)`, `zu 1)`, `3.1`."""

VOTE = re.compile(
    r"\b(?:ja|nein|dafür|dagegen|enth|zustimmung|ablehnung|einstimmig|mehrheitlich|abgelehnt|angenommen)\b"
    r"|stimm|enthaltung",
    re.IGNORECASE,
)
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
    widest = max(b - a for a, b in raw)
    runs: list[tuple[int, int]] = [raw[0]]
    for a, b in raw[1:]:
        first, last = runs[-1]
        previous = text.rfind("\n", first, last) + 1 or first
        if _is_soft(text, (max(previous, first), last), (a, b), widest):
            runs[-1] = (first, b)
        else:
            runs.append((a, b))
    return runs


def _is_soft(text: str, above: tuple[int, int], below: tuple[int, int], widest: int) -> bool:
    """Whether the break between two lines only wraps a sentence."""
    upper, lower = text[above[0] : above[1]].strip(), text[below[0] : below[1]].strip()
    if not upper:
        return False
    if upper[-1] in "-\u2010\u2011" and len(upper) > 1 and upper[-2].isalpha() and lower[0].isalpha():
        return True
    marker = MARKER.match(lower)
    if marker and not (marker.group()[0].isdigit() and _continues_number(upper, lower)):
        return False
    if upper[-1] in ".!?:" and not lower[0].islower():
        return upper[-1] == "." and _is_abbreviated(upper)
    if lower[0].islower():
        return True
    if (upper[-1] == "," and not is_count(upper)) or upper.rsplit(" ", 1)[-1].lower() in lexicon().before:
        return True
    if widest < MIN_WRAP or is_count(upper) or is_count(lower):
        return False
    word = lower.split(" ", 1)[0]
    return len(upper) + 1 + len(word) >= WRAP_WIDTH * widest


def _continues_number(upper: str, lower: str) -> bool:
    """Whether a number that opens a line goes on with the line above: *am* / *3. Mai*."""
    word = FIRST_WORD.match(lower.split(" ", 1)[-1])
    if word is not None and word.group() in lexicon().months and upper[-1] not in ".:;":
        return True
    return upper.rsplit(" ", 1)[-1].lower() in lexicon().before


def _is_abbreviated(upper: str) -> bool:
    word = upper.rsplit(" ", 1)[-1].rstrip(".").lstrip("(").lower()
    return word in lexicon().never or (word.isdigit() and len(word) <= 2)


def is_count(line: str) -> bool:
    return len(line) < 60 and bool(VOTE.search(line)) and bool(COUNT.search(line))


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
