"""The lexicon of speech cues: which entry of `lexicon/cues.toml` a verb, noun or construction belongs to.

Used by `statements` to name the cue of a sentence (`SentenceState.cue_key`) and by `stance` for what the
entry says about act and side. A verb that no entry knows can still be a cue: its key is its lemma.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec

from pipeline.extract.morphology import lemma
from pipeline.records import Act

LEXICON = Path(__file__).parent / "lexicon" / "cues.toml"


class Cue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry of `lexicon/cues.toml`; what its fields mean stands at the head of that file."""

    key: str
    act: Act
    stance: Literal["support", "oppose", "conditional", "neutral", "none"]
    example: str
    lemma: str = ""
    particle: str = ""
    words: tuple[str, ...] = ()
    nouns: tuple[str, ...] = ()


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    cue: tuple[Cue, ...]


@lru_cache(maxsize=1)
def load_cues() -> dict[str, Cue]:
    """All entries by key. Raises `ValueError` where two share a key or the file does not fit `Cue`."""
    entries = msgspec.toml.decode(LEXICON.read_bytes(), type=_File).cue
    found = {entry.key: entry for entry in entries}
    if len(found) != len(entries):
        keys = [entry.key for entry in entries]
        raise ValueError(f"{LEXICON}: {sorted({k for k in keys if keys.count(k) > 1})} occur twice")
    return found


@lru_cache(maxsize=1)
def _verbs() -> dict[str, tuple[Cue, ...]]:
    """Entries by lemma: those that ask for words first, then those with a particle."""
    found: dict[str, list[Cue]] = {}
    for cue in load_cues().values():
        if cue.lemma:
            found.setdefault(cue.lemma, []).append(cue)
    return {key: tuple(sorted(cues, key=lambda c: (not c.words, not c.particle))) for key, cues in found.items()}


@lru_cache(maxsize=1)
def cue_nouns() -> dict[str, str]:
    """Nominal cues: noun form to key (`Ansicht` -> `n_ansicht`)."""
    return {noun: cue.key for cue in load_cues().values() for noun in cue.nouns}


@lru_cache(maxsize=1)
def _known_particles() -> frozenset[str]:
    return frozenset(cue.particle for cue in load_cues().values() if cue.particle)


def verb_key(verb: str, clause: Sequence[str] | Collection[str]) -> str:
    """Key of the entry for a verb form, given the words of its clause; the lemma where no entry fits.

    `verb` may be finite or a participle (`vorgeschlagen`: its particle is part of the form).
    """
    lemmas = lemma(verb)
    words: Collection[str] = clause if isinstance(clause, set | frozenset) else set(clause)
    fallback = ""
    for base in lemmas:
        for cue in _verbs().get(base, ()):
            if cue.particle and cue.particle not in words:
                continue
            if cue.words and not any(word in words for word in cue.words):
                continue
            return cue.key
        split = _split(base)
        if split:
            stem, particle = split
            for cue in _verbs().get(stem, ()):
                if cue.particle == particle and (not cue.words or any(word in words for word in cue.words)):
                    return cue.key
        fallback = fallback or base
    return fallback


@lru_cache(maxsize=10_000)
def _split(base: str) -> tuple[str, str] | None:
    """A prefixed infinitive as (stem, particle), where an entry knows both."""
    verbs = _verbs()
    for size in range(2, min(len(base) - 3, 12)):
        particle, stem = base[:size], base[size:]
        if particle in _known_particles() and stem in verbs:
            return stem, particle
    return None


@lru_cache(maxsize=100_000)
def is_cue_verb(verb: str) -> bool:
    """Whether some entry has a lemma of this form, alone or with a prefix as part of the form (`angeregt`)."""
    return any(base in _verbs() or _split(base) is not None for base in lemma(verb))
