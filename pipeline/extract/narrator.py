"""Tells the minute-taker's own sentences (the course of the meeting) from speech.

The words are `lexicon/narrator.toml`; used by `clauses` for verbs of procedure (*ruft den Punkt auf*) and by
`statements` for sentences that nobody says (*Die Sitzung wird unterbrochen*).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from pathlib import Path

import msgspec

from pipeline.extract.morphology import lemma
from pipeline.extract.wordsets import word_set

LEXICON = Path(__file__).parent / "lexicon" / "narrator.toml"

FINITE, INDICATIVE, SUBJ1, SUBJ2, PARTICIPLE = 1, 2, 4, 8, 512


class Procedure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A verb of procedure; with `words`, one of them must stand in its clause."""

    lemma: str
    example: str
    particle: str = ""
    words: tuple[str, ...] = ()


class _Phrases(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    example: str
    phrases: tuple[str, ...]


class _Forms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    example: str
    forms: tuple[str, ...]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    verb: tuple[Procedure, ...]
    starts: _Phrases
    participles: _Forms


@lru_cache(maxsize=1)
def lexicon() -> _File:
    """The narrator's lexicon. Raises `msgspec.ValidationError` where the file does not fit."""
    return msgspec.toml.decode(LEXICON.read_bytes(), type=_File)


@lru_cache(maxsize=1)
def _verbs() -> dict[str, tuple[Procedure, ...]]:
    found: dict[str, list[Procedure]] = {}
    for verb in lexicon().verb:
        found.setdefault(verb.lemma, []).append(verb)
    return {key: tuple(value) for key, value in found.items()}


@lru_cache(maxsize=1)
def _starts() -> dict[str, tuple[str, ...]]:
    """Phrases by their first word."""
    found: dict[str, list[str]] = {}
    for phrase in lexicon().starts.phrases:
        found.setdefault(phrase.split(" ", 1)[0], []).append(phrase)
    return {key: tuple(value) for key, value in found.items()}


@lru_cache(maxsize=1)
def participles() -> frozenset[str]:
    """Participles of passives that tell the course of the meeting."""
    return frozenset(lexicon().participles.forms)


@lru_cache(maxsize=20_000)
def _procedures(verb: str) -> tuple[Procedure, ...]:
    return tuple(p for base in lemma(verb) for p in _verbs().get(base, ()))


def is_procedure(verb: str, clause: Collection[str]) -> bool:
    """Whether a finite verb with these words in its clause is an act of procedure, not of speech."""
    for procedure in _procedures(verb):
        if procedure.particle and procedure.particle not in clause:
            continue
        if procedure.lemma == "schließen" and ("an" in clause or "aus" in clause) and "sich" in clause:
            continue
        if procedure.lemma == "verweisen" and (
            "auf" in clause or "darauf" in clause or not ("in" in clause or "an" in clause)
        ):
            continue
        if procedure.lemma == "geben" and "Wort" in clause and ("sein" in clause or "ihr" in clause):
            continue
        if procedure.lemma == "eröffnen" and "Worten" in clause:
            continue
        if procedure.lemma == "rufen" and ("dazu" in clause or "dazwischen" in clause):
            continue
        if not procedure.words or any(word in clause for word in procedure.words):
            return True
    return False


_CLOCK = re.compile(r"(?:Um |Gegen |Ab |Von )?\d{1,2}[.:]\d\d(?: Uhr\b|:)|\d{1,2} Uhr\b")
_PAREN = re.compile(r"[(\[][^()\[\]]{1,200}[)\]]\.?$")
_RECORDS = word_set("records")
_KEPT = word_set("kept")
_NOISES = word_set("noises")
_HEADS = word_set("heads")
SHORT = 12
"""Longest sentence about noise in the room, in tokens; longer ones with *Beifall* tell of other things."""


def starts_as_narrator(text: str, words: Sequence[str]) -> bool:
    """Whether the first words tell the course of the meeting (*Es schließt sich ...*, *18.20 Uhr: ...*, *(Unruhe)*)."""
    if not words:
        return False
    phrases = _starts().get(words[0].lower())
    if phrases:
        lower = " ".join(words[:6]).lower() + " "
        if any(
            lower.startswith(phrase + " ") or (phrase[-1] == ":" and lower.startswith(phrase)) for phrase in phrases
        ):
            return True
    first = text[:1]
    if first.isdigit() or first in "UGAV":
        if _CLOCK.match(text):
            return True
    elif first in "([" and _PAREN.match(text):
        return True
    if (
        words[0] in {"Ja", "Nein", "Enthaltung", "Enthaltungen", "Dafür", "Dagegen"}
        and len(words) > 1
        and words[1] == ":"
    ):
        return True
    return words[0] in _HEADS and (":" in words[:12] or words[-1] == ":")


def tells_of_record(words: Sequence[str]) -> bool:
    """Whether a sentence tells of papers and pictures shown or kept, or of noise in the room, not of the matter."""
    known = set(words)
    if "gez." in known:
        return True
    if known & _RECORDS and known & _KEPT:
        return True
    if "Anlage" in known and ("s." in known or "siehe" in known or known & _KEPT - {"Anlage", "bei", "aus"}):
        return True
    if known & _VOTES:
        return True
    if words[0] == "Es" and known & _TALKS and len(words) <= SHORT:
        return True
    if len(words) <= SHORT and known & _NOISES:
        return True
    return bool(known & _LIES and known & {"aus", "bei", "vor"} and known & _PAPERS)


_TALKS = word_set("talks")
_VOTES = word_set("votes")
_LIES = word_set("lies")
_PAPERS = word_set("papers")
