"""Reads topic files (`corpora/topics/*.toml`): a researcher's own topic, strictly checked, compiled to patterns.

Used by `topics`. The format:

    [topic]
    id = "kita"                        # the file's name without .toml
    title = "Kindertagesbetreuung"
    description = "..."                # what belongs to it and what does not

    [[term]]
    entry = "Kita"                     # the name under which hits are counted
    strength = "core"                  # core: names the topic; related: other words for the same thing
    forms = ["kita*", "kindertagesstätte*"]
    case = false                       # true: as written, for abbreviations
    examples = ["..."]                 # sentences that match, required
    counterexamples = ["..."]          # sentences that do not

    [[not]]                            # near misses: what looks like a hit and is none
    forms = ["sozialraum #"]
    reason = "name of an office"
    examples = ["..."]

A form is one or more words. `*` at its end allows any continuation (*Kita-Platz*, *Kitaausbau*), at its start any
beginning (*Waldkita*); `+` parts a compound where German may put a linking letter or a hyphen
(`sozialraum+orientierung`); `#` is a number; `~` between two words stands for up to three others. Case endings
are added by themselves (`sozialräumlich` finds *sozialräumlichen*), line-end hyphens do not matter.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from pipeline import toml
from pipeline.errors import ConfigError

_HELP = "the keys and their meaning stand in the head of corpora/topics/sro.toml"

Strength = Literal["core", "related"]

_Text = Annotated[str, Meta(min_length=1)]
_Forms = Annotated[list[_Text], Meta(min_length=1)]

LETTERS = "a-zäöüßA-ZÄÖÜ"
MAX_WORD = 40
"""Longest beginning or continuation of a compound that a `*` stands for."""


class _TopicTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,30}$")]
    title: _Text
    description: str = ""


class _TermTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    entry: _Text
    strength: Strength
    forms: _Forms
    case: bool = False
    examples: _Forms
    counterexamples: list[str] = []


class _NotTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    forms: _Forms
    reason: _Text
    case: bool = False
    examples: list[str] = []


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    topic: _TopicTable
    term: Annotated[list[_TermTable], Meta(min_length=1)]
    near_miss: list[_NotTable] = msgspec.field(name="not", default_factory=list)


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a term, compiled. `anchor` is a piece that every match holds; the pattern begins at it.

    `back`: letters before the anchor belong to the match (a `*` at the start of the form).
    """

    written: str
    anchor: str
    pattern: re.Pattern[str]
    back: bool
    case: bool


@dataclass(frozen=True, slots=True)
class Term:
    """A term of a topic: an entry with its forms. `reason` is set for near misses, whose strength does not matter."""

    entry: str
    strength: Strength
    forms: tuple[Form, ...]
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic to look for, as its file describes it."""

    id: str
    title: str
    description: str
    terms: tuple[Term, ...]
    near_misses: tuple[Term, ...]


def load_topic(path: Path) -> Topic:
    """The topic in the file. Raises `ConfigError` with file, key and remedy for anything not as described above."""
    try:
        raw = toml.parse(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError("the topic file cannot be read", where=path, remedy=str(error.strerror or error)) from error
    except UnicodeDecodeError as error:
        raise ConfigError("the topic file is not UTF-8", where=path, remedy="save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"this is not TOML: {error}", where=path, remedy=_HELP) from error
    try:
        file = msgspec.convert(raw, type=_File)
    except msgspec.ValidationError as error:
        raise ConfigError(str(error), where=path, remedy=_HELP) from error
    if file.topic.id != path.stem:
        raise ConfigError(
            f"topic.id is {file.topic.id!r}", where=path, remedy=f"it must be the file's name: {path.stem!r}"
        )
    entries = [term.entry for term in file.term]
    if doubled := sorted({entry for entry in entries if entries.count(entry) > 1}):
        raise ConfigError(f"two terms have the entry {doubled[0]!r}", where=path, remedy="join their forms")
    terms = tuple(
        Term(
            term.entry, term.strength, tuple(_form(f, path, term.entry, case=term.case) for f in term.forms),
            tuple(term.examples), tuple(term.counterexamples),
        )
        for term in file.term
    )
    near = tuple(
        Term(
            miss.forms[0], "related", tuple(_form(f, path, miss.forms[0], case=miss.case) for f in miss.forms),
            tuple(miss.examples), (), miss.reason,
        )
        for miss in file.near_miss
    )
    return Topic(file.topic.id, file.topic.title, file.topic.description, terms, near)


# ------------------------------------------------------------------------------------------ forms

_ENDING = r"(?:e[nrms]?|s|n)?"
_WORD_END = rf"(?![{LETTERS}0-9])"
_LINK = r"(?:s|es|n|en|er)?(?:-\s?)?"
_CONTINUED = rf"[{LETTERS}0-9]{{0,{MAX_WORD}}}(?:[-/:*][{LETTERS}0-9][{LETTERS}0-9]{{0,{MAX_WORD}}}){{0,4}}"
_NUMBER = r"(?:\d{1,2}|[IVXivx]{1,4})\b(?![.,]?\d)"
_BETWEEN = rf"(?:[{LETTERS}0-9-]{{1,{MAX_WORD}}}\s{{1,3}}){{0,3}}"


def _form(written: str, path: Path, entry: str, *, case: bool) -> Form:
    words = written.split()
    where = f"{path} ({entry})"
    if not words or words[0] in ("#", "~") or words[-1] == "~":
        raise ConfigError(f"the form {written!r} must begin with a word and may not end with ~", where=where)
    if re.search(rf"[^{LETTERS}0-9*+#~\s§.-]", written):
        raise ConfigError(
            f"the form {written!r} holds a character that a form cannot hold", where=where,
            remedy="letters, digits, blanks, hyphen, and * + # ~ as described in the file's head",
        )
    back = words[0].startswith("*")
    first = words[0].lstrip("*")
    parts: list[str] = []
    for number, word in enumerate(words):
        if word == "#":
            parts.append(_NUMBER)
        elif word == "~":
            parts.append(_BETWEEN)
        else:
            parts.append(_word(word.lstrip("*") if number == 0 else word, case=case))
        if number + 1 < len(words) and word != "~":
            parts.append(r"\s{1,3}")
    anchor = re.split(r"[*+]", first)[0]
    if len(anchor) < 2:
        remedy = "at least two letters before *, + or a blank"
        raise ConfigError(f"the form {written!r} is too short", where=where, remedy=remedy)
    return Form(written, anchor if case else anchor.lower(), re.compile("".join(parts)), back, case)


def _word(word: str, *, case: bool) -> str:
    continued = word.endswith("*")
    pieces = word.strip("*").split("+")
    text = _LINK.join(re.escape(piece if case else piece.lower()) for piece in pieces)
    if continued:
        return text + _CONTINUED
    if case:
        return text + r"s?" + rf"(?:-[{LETTERS}][{LETTERS}]{{0,{MAX_WORD}}}){{0,3}}" + _WORD_END
    return text + _ENDING + _WORD_END
