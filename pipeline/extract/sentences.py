"""Cuts the sections of an agenda item into sentences as a reader sees them.

First stage of `extract`: from the text of the sections to `ItemState.sentences` with offsets, kind and tokens,
which every later component reads. `layout` gives blocks and lines, `boundaries` the ends inside a line,
`normalise` the text that the rules read. Offsets always give the text back.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from spacy.language import Language

from pipeline.extract import morphology, normalise
from pipeline.extract.boundaries import FIRST_WORD, LEXICON, lexicon, split_run
from pipeline.extract.layout import COUNT, MARKER, VOTE, blocks, lines, table_rows
from pipeline.extract.morphology import Morph
from pipeline.extract.state import ItemState, SentenceKind, SentenceState
from pipeline.extract.tokens import tokenize
from pipeline.records import Section

if TYPE_CHECKING:
    from spacy.tokens import Doc

LABEL = re.compile(r"[^\W\d_][^.:!?]{0,70}:$")
SMALL_WORD = re.compile(r"(?<![\w-])[a-zäöüß]{2,}")
NOT_FINITE = frozenset("von van der den de und zu zum für des im vom geändert ungeändert erledigt vertagt".split())
"""Particles of names, and participles of decisions that look like the present (*Geändert beschlossen: ...*)."""

ACADEMIC = re.compile(r"\b(?:Dr|Prof|Dipl|med|jur|phil|rer|nat|Ing)\.-?\s?")

COUNT_LINE = re.compile(
    r"(?:Ja|Nein|Dafür|Dagegen|Zustimmung|Ablehnung|Enthaltung|Enthaltungen|Anwesende|anwesend|Befangenheit|Befangen)$"
    r"|(?:Ja|Nein|Gegen|Für)-?[Ss]timmen:?$|Stimmenthaltung(?:en)?:?$"
    r"|.{0,40}(?:Mitglieder|Vertreter|[Aa]nwesende?|Befangenheit|Befangen)[^\d:]{0,30}:? ?\.{0,9} ?\d{1,3}$"
    r"|[A-ZÄÖÜ][^\d:]{0,40}(?:\s\d{1,3}){2,5}$|.{0,80}\d{1,3} ?/ ?\d{1,3} ?/ ?\d{1,3}$|\.{0,9}\d{1,3}$"
)
"""Lines of a vote without its words: a label or a number alone, a row of a flattened table, `5 / 4 / 0`."""
BULLETS = frozenset("•▪●·◦‣➢-–")
"""Marks of list items that are written in one run with the name or label above them."""

LONGEST_LINE = 90
"""Longer lines are no headings, labels, names or vote lines; the longest annotated vote line has 87 characters."""
HEADING_WORDS = 14
"""Longest heading; the longest in the annotated minutes has 11 words."""


@lru_cache(maxsize=1)
def _name_line() -> re.Pattern[str]:
    """A line that holds a name and what goes with it, nothing else."""
    rules = tomllib.loads((LEXICON / "abbreviations.toml").read_text("utf-8"))["name_lines"]
    titles = "|".join(re.escape(title) for title in rules["titles"])
    return re.compile(rf"(?:{titles}|[A-ZÄÖÜ][\w-]{{0,30}}(?:{'|'.join(rules['endings'])}))\s[^.!?;]{{2,70}}[^.!?;,]$")


def _kind(text: str, *, alone: bool, has_marker: bool) -> SentenceKind:
    """The kind of a sentence from its text; `alone` if it is all that stands in its line."""
    if not any(map(str.isalnum, text)):
        return "empty"
    if text[-1] in ".!?" or len(text) > LONGEST_LINE:
        return "bullet" if has_marker else "prose"
    finite = _has_finite(text)
    if not finite and ((VOTE.search(text) and COUNT.search(text)) or COUNT_LINE.match(text)):
        return "vote"
    if alone and not finite:
        bare = text.removesuffix(":").rstrip()
        if ":" not in bare and _name_line().match(ACADEMIC.sub("", bare)):
            return "name"
        if LABEL.match(text):
            return "label"
        if not has_marker and text.count(" ") < HEADING_WORDS and text[0].isupper() and text[-1] not in ",;:":
            return "heading"
    return "bullet" if has_marker else "prose"


_TELLS = Morph.FINITE.value
_NO_VERB = Morph.PARTICIPLE.value | Morph.PLURAL.value


def _has_finite(text: str) -> bool:
    """Whether a word of `text`, written small, is a finite verb (a plural that can be a participle does not count)."""
    for word in SMALL_WORD.findall(text):
        bits = morphology.bits(word)
        if bits & _TELLS and bits & _NO_VERB != _NO_VERB and word not in NOT_FINITE:
            return True
    return False


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
        for a, b, is_row in _lines(text, start, end, tables):
            while a < b and flat[a] == " ":
                a += 1
            while b > a and flat[b - 1] == " ":
                b -= 1
            if a == b:
                continue
            spans = [(a, b)] if is_row else split_run(flat, a, b)
            bullets = len(spans) > 1 and flat[spans[1][0]] in BULLETS
            for first, last in spans:
                alone = len(spans) == 1 or flat[last - 1] == ":" or (bullets and first == spans[0][0])
                sentence = _row(text, first, last) if is_row else _sentence(
                    text, first, last, alone=alone, damaged=damaged
                )
                sentence.index, sentence.section = len(sentences), number
                sentence.paragraph, sentence.position = paragraph, position
                sentence.words = tokenizer(sentence.norm)
                sentences.append(sentence)
                position += 1


def _lines(text: str, start: int, end: int, tables: list[tuple[int, int]]) -> list[tuple[int, int, bool]]:
    """The lines of a block, with whether they are rows of a table."""
    if any(a < end and start < b for a, b in tables):
        return table_rows(text, start, end, tables)
    return [(a, b, False) for a, b in lines(text, start, end)]


def _flat(text: str) -> str:
    """`text` with a blank for every white-space character, of the same length."""
    flat = text.replace("\n", " ").replace("\t", " ").replace("\u00a0", " ")
    if flat.isascii() or not _OTHER_SPACE.search(flat):
        return flat.replace("\r", " ").replace("\f", " ").replace("\v", " ")
    return _OTHER_SPACE.sub(" ", flat)


_OTHER_SPACE = re.compile(r"[^\S ]")


def _row(text: str, start: int, end: int) -> SentenceState:
    collapsed = normalise.collapse(text[start:end])
    return SentenceState(0, 0, 0, 0, start, end, collapsed, normalise.unify_quotes(collapsed), "table")


def _sentence(text: str, start: int, end: int, *, alone: bool, damaged: bool) -> SentenceState:
    collapsed = repaired = normalise.collapse(text[start:end])
    if "-" in collapsed or "\u2010" in collapsed or "\u2011" in collapsed:
        repaired = normalise.collapse(normalise.join_hyphens(text[start:end]))
    if damaged:
        repaired = normalise.repair(repaired)
    norm = normalise.unify_quotes(repaired)
    marker = ""
    match = MARKER.match(norm)
    if match and match.end() < len(norm) and _is_marker(norm, match):
        marker = match.group()
        norm = norm[match.end() :].lstrip()
    return SentenceState(
        0, 0, 0, 0, start, end, collapsed, norm, _kind(norm, alone=alone, has_marker=bool(marker)), marker,
        repaired if repaired != collapsed else None,
    )


def _is_marker(norm: str, match: re.Match[str]) -> bool:
    """Whether what looks like a mark is one: not the day of a date, the ordinal of a noun or a clock time."""
    if not match.group()[0].isdigit():
        return True
    word = FIRST_WORD.match(norm, match.end() + 1)
    return word is None or (word.group() not in lexicon().months and word.group() != "Uhr")


@Language.factory("auszug_sentences")
class Sentences:
    """Component over `doc._.item`: see `find_sentences`."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        find_sentences(doc._.item)
        return doc
