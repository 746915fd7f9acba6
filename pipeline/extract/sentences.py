"""Cuts the sections of an agenda item into sentences as a reader sees them.

First stage of `extract`: from the text of the sections to `ItemState.sentences` with offsets, kind and tokens,
which every later component reads. A section is cut into blocks (paragraphs), a block into lines where its
line breaks mean something (list, table, short lines) and into one run where they are only soft wraps, and a
run into sentences at full stops that end one. Offsets always give the text back.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from spacy.language import Language

from pipeline.extract import morphology, normalise
from pipeline.extract.state import ItemState, SentenceKind, SentenceState
from pipeline.records import Section

if TYPE_CHECKING:
    from spacy.tokens import Doc

LEXICON = Path(__file__).parent / "lexicon"

WRAP_WIDTH = 0.8
"""A line break is a soft wrap if the line would be at least this share of the block's widest line with the next word."""

MIN_WRAP = 40
"""Blocks whose widest line is shorter are taken for lists. Karlsruhe's and Alsdorf's wraps are at 60 to 100 characters."""

LOOK_BACK = 400
"""How far an opening bracket is looked for; keeps the work linear on hostile text."""

BLANK_LINE = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")

# ------------------------------------------------------------------------------ tokens

TOKEN = re.compile(
    r"\d+(?:[.,:/]\d+)*(?:\.(?=\s\w)|[a-z]\b)?"  # 10.06.2021  1.250,50  16:05  3.  8a
    r"|(?:[^\W\d_]\.-?){2,}"  # z.B.  e.V.  H.-O.
    r"|[^\W\d_][\w’']*(?:(?:[-\u2010\u2011]|\.-|[*:_](?=[a-zäöü])|/-?(?=innen\b|in\b))[\w’']+)*"  # CDU-Fraktion  St.-Jürgen  Bürger:innen
    r"(?:\.(?=\s?[\w,(])|\.(?=-\s)|-(?=\s))?"  # an inner full stop marks an abbreviation; Haupt-
    r"|\.{2,}|[^\w\s]|_|\w"
)
"""Words of a sentence: numbers, dates, abbreviations (with their full stop inside a sentence), compounds with
hyphens and gender forms are one token each; every other sign is one."""


def tokenize(text: str) -> list[str]:
    """The tokens of one sentence."""
    return TOKEN.findall(text)


# --------------------------------------------------------------------------- sentences

STOP = re.compile(r"([.!?…]{1,8})([”“\"»«’')\]]{0,4})(\s{0,50})(?=(\S))")
"""A possible end: terminators, closing marks, blanks, and the next character."""

INLINE_BULLET = re.compile(r"\s[•▪●·◦‣➢]\s")
DASH_BULLET = re.compile(r"(?<=\s)[-–]\s")
NUMBER_START = re.compile(r"(\d{1,2})\.\s")

MARKER = re.compile(
    r"(?:[•▪●·◦‣➢*]|[-–—]|\.|o)(?=\s)|[•▪●·◦‣➢](?=\S)|(?:[Zz]u\s)?\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)](?=\s)|\d{1,2}(?:\.\d{1,2}){1,3}\.?(?=\s[A-ZÄÖÜ])"
)
"""The mark of a list item at the start of a line: `•`, `-`, `.`, `o`, `1.`, `a)`, `(2)`, `zu 1)`, `3.1`."""

VOTE = re.compile(
    r"\b(?:ja|nein|dafür|dagegen|enth|zustimmung|ablehnung|einstimmig|mehrheitlich|abgelehnt|angenommen)\b|stimm|enthaltung", re.IGNORECASE
)
COUNT = re.compile(r"\d|einstimmig|mehrheitlich", re.IGNORECASE)

OPENING = "„“\"»‚‘([«›'"
CLOSING_BRACKETS = ")]"


class _Lexicon(NamedTuple):
    never: frozenset[str]
    may: frozenset[str]
    suffixes: tuple[str, ...]
    before: frozenset[str]
    cardinal: frozenset[str]
    months: frozenset[str]
    starters: frozenset[str]


@lru_cache(maxsize=1)
def _lexicon() -> _Lexicon:
    rules = tomllib.loads((LEXICON / "abbreviations.toml").read_text("utf-8"))
    return _Lexicon(
        never=frozenset(rules["never"]),
        may=frozenset(rules["may"]),
        suffixes=tuple(rules["suffixes"]),
        before=frozenset(rules["ordinals"]["before"]),
        cardinal=frozenset(rules["ordinals"]["cardinal"]),
        months=frozenset(rules["ordinals"]["months"]),
        starters=frozenset(rules["starters"]["forms"]),
    )


FIRST_WORD = re.compile(r"[\w’'-]+")
NUMERIC = re.compile(r"[(„\"]?\d[\d.,:/–-]*$")
ROMAN = re.compile(r"[(]?[IVX]{1,5}$")
SPACED = re.compile(r"(?:^|[\s(„\"/])((?:[^\W\d_]{1,3}\.\s?){1,3})$")
"""What stands before the last part of a spaced abbreviation: `i. V. ` of `i. V. m.`"""


def _ends(text: str, start: int, match: re.Match[str]) -> bool:
    """Whether the terminators at `match` end a sentence that began at `start`. `text` has blanks for all white space."""
    marks, closers, blanks, following = match.groups()
    stop = match.start()
    chunk_at = text.rfind(" ", max(start, stop - 60), stop) + 1 or start
    chunk_at = max(chunk_at, start)
    chunk = text[chunk_at:stop]
    if not blanks:
        return _ends_glued(text, chunk, match)
    if following.islower():
        return False
    if not chunk and marks == "." and not closers:
        return False  # a full stop that stands alone is a bullet or a leader
    lexicon = _lexicon()
    if following in ",;:.!?…)]/%&+=*|":
        return False
    if following in "-–—":
        return False
    if closers and closers[-1] in CLOSING_BRACKETS:
        opened = _open_bracket(text, start, match.end(2) - 1)
        if opened is not None and opened > start:
            return False  # the bracket belongs to a sentence that goes on
    elif _open_bracket(text, start, stop) not in (None, start):
        return False
    if marks != "." or closers:
        return True
    following_at = match.end()
    word_match = FIRST_WORD.match(text, following_at)
    word = word_match.group() if word_match else ""
    starts = word in lexicon.starters
    lowered = chunk.lstrip("(„“\"»‚‘[/").lower()
    if lowered in lexicon.never:
        return False
    if NUMERIC.match(chunk):
        return _number_ends(text, start, chunk_at, chunk, word, starts=starts)
    if ROMAN.match(chunk) and len(chunk) > 1 or chunk in ("I", "V", "X"):
        return starts or (not following.isupper() and not following.isdigit())
    if len(lowered) <= 3:
        spaced = SPACED.search(text[max(start, chunk_at - 14) : chunk_at])
        if spaced:
            whole = spaced.group(1).replace(" ", "").lower() + lowered
            if whole in lexicon.never or any(entry.startswith(whole + ".") for entry in _long_forms()):
                return False
            if whole in lexicon.may:
                return starts
        if len(lowered) == 1 and lowered.isalpha():
            if lowered in lexicon.may and chunk.islower():
                return starts
            if text[following_at + 1 : following_at + 2] == ".":
                return False  # *z. B.*, *H. O. Kessel*
            return starts and not (chunk.isupper() and start == chunk_at)
    if lowered in lexicon.may or lowered.endswith(lexicon.suffixes) and len(lowered) > 4 and not lowered.endswith(("astr", "ampl")):
        return starts
    if "." in lowered and lowered.replace(".", "").isalpha() and max(map(len, lowered.split("."))) <= 3:
        return starts  # an abbreviation that the lexicon lacks: *k.w.*
    return True


@lru_cache(maxsize=1)
def _long_forms() -> tuple[str, ...]:
    lexicon = _lexicon()
    return tuple(sorted(entry for entry in lexicon.never | lexicon.may if "." in entry))


def _ends_glued(text: str, chunk: str, match: re.Match[str]) -> bool:
    """Whether a sentence ends where the blank after it is missing (*liege vor.Herr Uhl*)."""
    _, closers, _, following = match.groups()
    at = match.end()
    if not following.isupper() or not text[at + 1 : at + 2].islower():
        return False
    word = chunk.lstrip("(„“\"»‚‘[")
    if closers:
        return closers[-1] not in CLOSING_BRACKETS and len(word) > 2
    if len(word) < 3 or not word[-2:].isalpha() or not word[-1].islower():
        return False
    if "@" in word or "." in word or "/" in word or word.lower().startswith(("www", "http")):
        return False
    lexicon = _lexicon()
    return word.lower() not in lexicon.never and word.lower() not in lexicon.may


def _number_ends(text: str, start: int, at: int, chunk: str, word: str, *, starts: bool) -> bool:
    """Whether a full stop after a number ends the sentence or makes it an ordinal or a date."""
    lexicon = _lexicon()
    if at == start or not text[start:at].strip(" (•·-–.)"):
        return False  # the number of a list item
    digits = chunk.lstrip("(„\"")
    if word in lexicon.months:
        return False
    if starts:
        return True
    if not word or not word[0].isupper():
        return not (len(digits) <= 2 or "." in digits)  # *1. 8.*, *31.07. 2021*
    if len(digits) > 2:
        return True
    before = text[max(start, at - 40) : at].split()
    previous = before[-1].lower() if before else ""
    return previous in lexicon.cardinal or previous not in lexicon.before


def _open_bracket(text: str, start: int, stop: int) -> int | None:
    """Where the bracket opened that is still open at `stop`, within `LOOK_BACK`; None if there is none."""
    low = max(start, stop - LOOK_BACK)
    opened = max(text.rfind("(", low, stop), text.rfind("[", low, stop))
    if opened < 0:
        return None
    closed = max(text.rfind(")", low, stop), text.rfind("]", low, stop))
    if opened > closed:
        return opened
    if text.count("(", low, stop) > text.count(")", low, stop):
        return text.find("(", low, stop)
    return None


def split_run(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The sentences of `text[start:end]`, a run without meaningful line breaks, as spans without outer white space.

    `text` must have a blank for every white-space character.
    """
    cuts: list[int] = []
    begin = start
    number = NUMBER_START.match(text, start, end)
    if number:
        cuts += _numbered(text, start, end, int(number.group(1)))
    if " • " in text[start:end] or INLINE_BULLET.search(text, start, end):
        cuts += [m.start() for m in INLINE_BULLET.finditer(text, start, end)]
    if ": - " in text[start:end] or ": – " in text[start:end]:
        first = min(at for at in (text.find(": - ", start, end), text.find(": – ", start, end)) if at >= 0)
        cuts += [m.start() for m in DASH_BULLET.finditer(text, first, end)]
    for match in STOP.finditer(text, start, end):
        if match.end() >= end:
            break
        if match.start() < begin:
            continue
        if _ends(text, begin, match):
            cuts.append(match.end(2))
            begin = match.end(3)
    if text[start] in "([" :
        closed = text.find(")" if text[start] == "(" else "]", start, min(end, start + LOOK_BACK))
        if 0 < closed < end - 2 and text[closed + 1] == " " and text[closed + 2].isupper() and closed - start > 4:
            cuts.append(closed + 1)
    spans: list[tuple[int, int]] = []
    begin = start
    for cut in (*sorted(set(cuts)), end):
        while begin < cut and text[begin] == " ":
            begin += 1
        last = cut
        while last > begin and text[last - 1] == " ":
            last -= 1
        if last > begin:
            spans.append((begin, last))
            begin = last
    return spans


def _numbered(text: str, start: int, end: int, number: int) -> list[int]:
    """Where the items 2., 3. ... of a list begin that is written in one run and starts with `number`."""
    cuts = []
    at = start
    before = _lexicon().before
    months = _lexicon().months
    while True:
        number += 1
        needle = f" {number}. "
        at = text.find(needle, at, end)
        if at < 0:
            return cuts
        following = FIRST_WORD.match(text, at + len(needle), end)
        word = following.group() if following else ""
        previous = text[max(start, at - 40) : at].split()
        if word[:1].isupper() and word not in months and (not previous or previous[-1].lower() not in before):
            cuts.append(at)
        at += len(needle) - 1


# ------------------------------------------------------------------------ blocks, lines


def blocks(text: str) -> Iterator[tuple[int, int]]:
    """The spans of the blocks of `text`: parted by blank lines, those without a visible character left out."""
    begin = 0
    for match in BLANK_LINE.finditer(text):
        if text[begin : match.start()].strip():
            yield begin, match.start()
        begin = match.end()
    if text[begin:].strip():
        yield begin, len(text)


def _lines(text: str, start: int, end: int) -> list[tuple[int, int]]:
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
    if upper[-1] == "," and not _is_count(upper):
        return True
    if widest < MIN_WRAP or _is_count(upper) or _is_count(lower):
        return False
    word = lower.split(" ", 1)[0]
    return len(upper) + 1 + len(word) >= WRAP_WIDTH * widest


def _continues_number(upper: str, lower: str) -> bool:
    """Whether a number that opens a line goes on with the line above: *am* / *3. Mai*."""
    word = FIRST_WORD.match(lower.split(" ", 1)[-1])
    previous = upper.rsplit(" ", 1)[-1].lower()
    return bool(word) and (word is not None and word.group() in _lexicon().months) or previous in _lexicon().before


def _is_abbreviated(upper: str) -> bool:
    word = upper.rsplit(" ", 1)[-1].rstrip(".").lstrip("(").lower()
    return word in _lexicon().never or (word.isdigit() and len(word) <= 2)


def _is_count(line: str) -> bool:
    return len(line) < 60 and bool(VOTE.search(line)) and bool(COUNT.search(line))


# -------------------------------------------------------------------------------- kinds

LABEL = re.compile(r"[^\W\d_][^.:!?]{0,70}:$")
NAME_LINE = re.compile(
    r"(?:(?:Herr|Frau|Hr\.|Fr\.|Dr\.|Prof\.|Stv\.|Abg\.|KTA|RM|Rh\.|Rf\.|GV|BV|OR|[A-ZÄÖÜ]\w{2,30}"
    r"(?:rat|rätin|meister|meisterin|herr|frau|vorsitzende|vorsitzender|verordnete|verordneter|abgeordnete|abgeordneter|leiter|leiterin|vertreter|vertreterin|dezernent|dezernentin|Kämmerer|mitglied|vorsteher|vorsteherin))"
    r"|Kämmerer|Kämmerin|Bürgermeister|Landrat|Landrätin|Vorsitzende|Vorsitzender)\s"
    r"[^.!?;]{2,70}[^.!?;,]$"
)
SMALL_WORD = re.compile(r"(?<![\w-])[a-zäöüß]{2,}")
NAME_PARTICLES = frozenset("von van der den de und zu zum für des im vom".split())
HEADING_WORDS = 14
"""Longest heading; the longest in the annotated minutes has 12 words."""


def _kind(text: str, *, alone: bool, has_marker: bool) -> SentenceKind:
    """The kind of a sentence from its text; `alone` if it is all that stands in its line."""
    if not any(map(str.isalnum, text)):
        return "empty"
    if len(text) < 90 and VOTE.search(text) and COUNT.search(text) and text[-1] != "." and not _has_finite(text):
        return "vote"
    if alone and len(text) <= 90 and text[-1] not in ".!?":
        bare = text.removesuffix(":").rstrip()
        if NAME_LINE.match(bare) and not _has_finite(bare) and ":" not in bare:
            return "name"
        if LABEL.match(text) and not _has_finite(bare):
            return "label"
        if has_marker:
            return "bullet"
        if text.count(" ") < HEADING_WORDS and text[0].isupper() and text[-1] not in ",;:" and not _has_finite(text):
            return "heading"
    return "bullet" if has_marker else "prose"


def _has_finite(text: str) -> bool:
    """Whether a word written small can only be a finite verb."""
    return any(
        morphology.bits(word) & 1 and not morphology.bits(word) & 512 for word in SMALL_WORD.findall(text) if word not in NAME_PARTICLES
    )


# --------------------------------------------------------------------------- the state


def find_sentences(state: ItemState, tokenizer: Callable[[str], list[str]] = tokenize) -> None:
    """Fill `state.sentences` from the texts of `state.sections`.

    Sentences come in order and do not overlap; together they hold every visible character. `tokenizer`
    turns `norm` into words.
    """
    for number, section in enumerate(state.sections):
        _read_section(state, number, section, tokenizer)


def _read_section(state: ItemState, number: int, section: Section, tokenizer: Callable[[str], list[str]]) -> None:
    text = section.text
    if not text or text.isspace():
        return
    flat = _flat(text)
    damaged = "umlaut_loss" in section.damage or normalise.is_damaged(flat)
    tables = [(table.start, table.end) for table in section.tables]
    sentences = state.sentences
    for paragraph, (start, end) in enumerate(blocks(text)):
        position = 0
        in_table = any(a < end and start < b for a, b in tables)
        lines = _table_rows(text, start, end, tables) if in_table else [(a, b, False) for a, b in _lines(text, start, end)]
        for a, b, is_row in lines:
            while a < b and flat[a] == " ":
                a += 1
            while b > a and flat[b - 1] == " ":
                b -= 1
            if a == b:
                continue
            spans = [(a, b)] if is_row else split_run(flat, a, b)
            for first, last in spans:
                sentence = _sentence(text, flat, first, last, is_row=is_row, alone=len(spans) == 1 or flat[last - 1] == ":", damaged=damaged)
                sentence.index, sentence.section = len(sentences), number
                sentence.paragraph, sentence.position = paragraph, position
                sentence.words = tokenizer(sentence.norm)
                sentences.append(sentence)
                position += 1


def _flat(text: str) -> str:
    """`text` with a blank for every white-space character, of the same length."""
    flat = text.replace("\n", " ").replace("\t", " ").replace("\u00a0", " ")
    if flat.isascii() or not _OTHER_SPACE.search(flat):
        return flat.replace("\r", " ").replace("\f", " ").replace("\v", " ")
    return _OTHER_SPACE.sub(" ", flat)


_OTHER_SPACE = re.compile(r"[^\S ]")


def _table_rows(text: str, start: int, end: int, tables: list[tuple[int, int]]) -> list[tuple[int, int, bool]]:
    """Every line of a block that holds a table, with whether it is a row."""
    rows = []
    at = start
    for line in text[start:end].split("\n"):
        stop = at + len(line)
        if line.strip():
            rows.append((at, stop, any(a < stop and at < b for a, b in tables)))
        at = stop + 1
    return rows


def _sentence(text: str, flat: str, start: int, end: int, *, is_row: bool, alone: bool, damaged: bool) -> SentenceState:
    slice_ = text[start:end]
    collapsed = " ".join(slice_.split())
    if is_row:
        return SentenceState(0, 0, 0, 0, start, end, collapsed, normalise.unify_quotes(collapsed), "table")
    repaired = collapsed
    if "-" in slice_ or "\u2010" in slice_ or "\u2011" in slice_:
        repaired = " ".join(normalise.join_hyphens(slice_).split())
    if damaged:
        repaired = normalise.repair_umlauts(repaired)
    norm = normalise.unify_quotes(repaired)
    marker = ""
    match = MARKER.match(norm)
    if match and match.end() < len(norm) and _is_marker(flat, start, norm, match):
        marker = match.group()
        norm = norm[match.end() :].lstrip()
    return SentenceState(
        0, 0, 0, 0, start, end, collapsed, norm, _kind(norm, alone=alone, has_marker=bool(marker)), marker,
        repaired if repaired != collapsed else None,
    )


def _is_marker(flat: str, start: int, norm: str, match: re.Match[str]) -> bool:
    """Whether what looks like a mark is one: not the day of a date, not the ordinal of a noun."""
    mark = match.group()
    if mark[0].isdigit() and mark[-1] == ".":
        word = FIRST_WORD.match(norm, match.end() + 1)
        return word is None or word.group() not in _lexicon().months
    return True


@Language.factory("auszug_sentences")
class Sentences:
    """Component over `doc._.item`: see `find_sentences`."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        find_sentences(doc._.item)
        return doc
