"""Closed classes of words for the reading of clauses, from `lexicon/clauses.toml`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import msgspec

LEXICON = Path(__file__).parent / "lexicon" / "clauses.toml"


class WordSet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A class of words; `example` shows where one of them decides."""

    example: str
    words: tuple[str, ...]


@lru_cache(maxsize=1)
def word_sets() -> dict[str, WordSet]:
    """All classes by name. Raises `msgspec.ValidationError` where the file does not fit."""
    return msgspec.toml.decode(LEXICON.read_bytes(), type=dict[str, WordSet])


def word_set(name: str) -> frozenset[str]:
    """The words of a class. Raises `KeyError` for a name that the file does not have."""
    return frozenset(word_sets()[name].words)
