"""Signals: the phrases of `lexicon/stance.toml` and `lexicon/acts.toml`, found in rows of delexicalised words.

Read by `features.py` (stance) and `acts.py`. A phrase is a row of words with endings, choices and gaps, as the head of
the lexicon says; it never reaches over a full stop.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from operator import itemgetter
from typing import Final, NamedTuple

NUMBER: Final = "N"
"""Stands for every row of digits in rows of delexicalised words."""

GAP: Final = 6
"""Words that `…` in a phrase may stand for: a bracket such as *schließt sich den Ausführungen von Frau P an*."""

_NEGATIONS = frozenset(
    "nicht kein keine keinen keiner keinem keines kaum nie niemals weder ohne nichts niemand".split()
)
_STOPS = frozenset(".;")
_ENDS = frozenset(". ; , : ! ? - – und oder sowie [ ( )".split())
"""What may follow the end of a clause: `]` in a phrase."""


@dataclass(slots=True, frozen=True)
class Signal:
    """A group of phrases of a lexicon."""

    id: str
    sign: str
    strength: int
    turn: bool
    of_act: bool = False
    """It is of `lexicon/acts.toml`: `sign` is an act, `strength` its weight."""


Step = tuple[str, str | None, int]
"""A word of a wording after the first (`]`: the end of a clause), what it begins with where only that is said, and how
many words may stand before it."""

Entry = tuple[int, Signal, tuple[Step, ...], frozenset[str]]
"""A wording of a signal: its place among those that begin with a token, its words after the first in order, and those
of them that must occur as they are."""
_PLACE: Final = itemgetter(0)


class _Starting(NamedTuple):
    """The wordings that begin with a token: `any` may always stand there, `needing` only with its word in the
    sentence (`needed`: these words)."""

    any: tuple[Entry, ...]
    needed: frozenset[str]
    needing: dict[str, tuple[Entry, ...]]


_NOTHING: Final = _Starting((), frozenset(), {})


class Lexicon:
    """Phrases of the lexicons, indexed by their first word."""

    def __init__(self, entries: list[dict[str, object]]) -> None:
        self._exact: dict[str, list[Entry]] = {}
        self._prefixes: dict[str, list[Entry]] = {}
        self._known: dict[str, _Starting] = {}
        for entry in entries:
            signal = Signal(
                id=str(entry["id"]), sign=str(entry["sign"]),
                strength=int(str(entry["strength"])), turn=bool(entry.get("turn", True)), of_act="act" in entry,
            )  # fmt: skip
            phrases = entry["phrases"]
            assert isinstance(phrases, list)
            for phrase in phrases:
                for words in _wordings(phrase):
                    first = words[0]
                    whole = frozenset(w for w in words[1:] if w not in ("…", "]") and not w.endswith("*"))
                    table = self._prefixes if first.endswith("*") else self._exact
                    table.setdefault(first.removesuffix("*"), []).append((0, signal, _steps(words[1:]), whole))
        self._lengths = sorted({len(p) for p in self._prefixes})

    def _starting(self, token: str) -> _Starting:
        found = self._known.get(token)
        if found is None:
            entries = list(self._exact.get(token, ()))
            for n in self._lengths:
                if n > len(token):
                    break
                entries += self._prefixes.get(token[:n], ())
            found = _sorted_by_need(entries)
            if len(self._known) > 200_000:  # a bound on memory, not reached by ordinary corpora
                self._known.clear()
            self._known[token] = found
        return found

    def hits(self, tokens: list[str]) -> list[tuple[int, Signal, bool]]:
        """The signals in `tokens` as (position, signal, negated), each signal once a position."""
        found: list[tuple[int, Signal, bool]] = []
        known = self._known
        present = set(tokens)
        for i, starting in enumerate(map(known.get, tokens)):
            if starting is None:
                starting = self._starting(tokens[i])
            if starting is _NOTHING:
                continue
            entries: Sequence[Entry] = starting.any
            if not starting.needed.isdisjoint(present):
                several = list(entries)
                for word in starting.needed & present:
                    several += starting.needing[word]
                entries = sorted(several, key=_PLACE)
            seen = None
            for _, signal, steps, whole in entries:
                if signal is seen or not whole <= present:
                    continue
                end = _match(tokens, i, steps) if steps else i + 1
                if end:
                    seen = signal
                    negated = signal.turn and not _NEGATIONS.isdisjoint(tokens[max(0, i - 3) : end - 1])
                    found.append((i, signal, negated))
        return found


def _sorted_by_need(entries: list[Entry]) -> _Starting:
    """The wordings by the longest word that each needs (the longest is mostly the rarest); in their order."""
    entries = [(n, *entry[1:]) for n, entry in enumerate(entries)]
    needing: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry[3]:
            needing.setdefault(max(sorted(entry[3]), key=len), []).append(entry)
    if not entries:
        return _NOTHING
    return _Starting(
        tuple(entry for entry in entries if not entry[3]), frozenset(needing),
        {word: tuple(some) for word, some in needing.items()},
    )


def _wordings(phrase: str) -> list[tuple[str, ...]]:
    """The token rows that a phrase of the lexicon stands for: `(a|b)` multiplied out."""
    rows: list[list[str]] = [[]]
    for part in re.findall(r"\([^)]*\)|[^\s()]+", phrase):
        choices = part[1:-1].split("|") if part.startswith("(") else [part]
        rows = [row + re.findall(r"\w+\*?|…|[^\w\s*]", choice) for row in rows for choice in choices]
    return [tuple(row) for row in rows]


def _steps(words: Sequence[str]) -> tuple[Step, ...]:
    """The words of a phrase after its first, made ready for `_match`."""
    steps: list[Step] = []
    room = 0
    for word in words:
        if word == "…":
            room = GAP
            continue
        steps.append((word, word[:-1] if word[-1] == "*" else None, room))
        room = 0 if word != "]" else room
    return tuple(steps)


def _match(tokens: list[str], start: int, steps: tuple[Step, ...]) -> int:
    """The position after `steps` if they stand in `tokens` behind `start` (the first word is known to fit), else 0."""
    at, n = start + 1, len(tokens)
    for word, prefix, room in steps:
        if word == "]":
            if at < n and tokens[at] not in _ENDS:
                return 0
            continue
        stop = min(n, at + room + 1)
        while at < stop:
            token = tokens[at]
            if token == word or (prefix is not None and token.startswith(prefix)):
                break
            if not room:
                return 0
            if token in _STOPS and not (tokens[at - 1] == NUMBER and tokens[at + 1 : at + 2] == [NUMBER]):
                return 0  # the point in *1.500 Euro* is no full stop
            at += 1
        else:
            return 0
        at += 1
    return at


def _entries(name: str, key: str) -> list[dict[str, object]]:
    text = files("pipeline.extract").joinpath(f"lexicon/{name}.toml").read_text("utf-8")
    entries: list[dict[str, object]] = tomllib.loads(text)[key]
    return entries


def _act_entries() -> list[dict[str, object]]:
    return [{**e, "sign": e["act"], "strength": e["weight"], "turn": False} for e in _entries("acts", "act")]


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The stance lexicon of this package, read once."""
    return Lexicon(_entries("stance", "signal"))


@lru_cache(maxsize=1)
def act_lexicon() -> Lexicon:
    """The phrases of `lexicon/acts.toml`, read once; a signal's sign is the act, its strength the weight."""
    return Lexicon(_act_entries())


@lru_cache(maxsize=1)
def both_lexicons() -> Lexicon:
    """Both in one, for one pass over the words."""
    return Lexicon(_entries("stance", "signal") + _act_entries())
