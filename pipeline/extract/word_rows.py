"""The lexical features of many texts at once, as rows of the model's tables.

Used by `model`. What the features of a text are is said by `features.words`: its words, their families and its pairs of
neighbours, each once. Here the same is done with numbers for all sentences and statements of an item together, which
takes a quarter of the time of sets of strings; a test holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Final, NamedTuple

import numpy as np

from pipeline.extract.features import START, family

BITS: Final = 21
"""Bits of a number of a word or a text: three of them fit into one integer."""
MAX_NUMBERS: Final = 200_000
"""Words, families and pairs that have numbers; beyond it the words that the model does not know lose theirs. Not
reached by ordinary corpora. An item has fewer words than `1 << BITS` less this (`pipeline.MAX_CHARACTERS`)."""

_WORD: Final = (1 << BITS) - 1
_PAIR: Final = (1 << 2 * BITS) - 1

Numbers = np.ndarray[tuple[int], np.dtype[np.int64]]


class Rows(NamedTuple):
    """Known features of some texts: `rows` of the first text, then of the second and so on, rising, after a 0 for each
    text; `starts` are the positions of these zeros. `sizes`: how many features each text has, known or not."""

    rows: Numbers
    starts: Numbers
    sizes: Numbers


class WordRows:
    """Finds the rows of features. Row 0 is no feature's; feature `n` of `features` has row `n + 1`."""

    def __init__(self, features: Sequence[str]) -> None:
        self._rows = len(features) + 1
        rows = {feature: row for row, feature in enumerate(features, 1)}
        self._numbers = _Numbers({feature: row for feature, row in rows.items() if " " not in feature}, self._rows)
        pairs = sorted(
            (self._numbers[first] << BITS | self._numbers[second], row)
            for feature, row in rows.items() if " " in feature
            for first, second in [feature.split(" ")]
        )  # fmt: skip
        # A last one that is larger than all, so that every place in it is one.
        self._pairs = np.array([code for code, _ in pairs] + [1 << 2 * BITS], dtype=np.int64)
        self._pair_rows = np.array([row for _, row in pairs] + [0], dtype=np.int64)
        self._start = self._numbers[START]
        self._numbers.keep()

    def find(self, texts: Sequence[list[str]], groups: Sequence[int]) -> tuple[Rows, Rows]:
        """The features of each of `texts`, and of the texts of each group taken together.

        `groups` has the number of each text's group; numbers rise from 0 without gaps. Pairs do not reach from one
        text into the next.
        """
        if len(self._numbers) > MAX_NUMBERS:
            self._numbers.forget()
        count = len(texts)
        words = np.fromiter(map(self._numbers.__getitem__, chain.from_iterable(texts)), np.int64)
        lengths = np.fromiter(map(len, texts), np.int64, count)
        owners = np.repeat(np.arange(count), lengths)
        before = np.empty_like(words)
        before[1:] = words[:-1]
        before[(lengths.cumsum() - lengths)[lengths > 0]] = self._start
        families = self._numbers.families[words]
        long = families > 0
        single = _distinct(np.concatenate([owners << BITS | words, owners[long] << BITS | families[long]]))
        pairs = _distinct(owners << 2 * BITS | before << BITS | words)
        known = np.concatenate([single[single & _WORD < self._rows], self._known(pairs)])
        own = _rows(known, _sizes(single, pairs, count), count)
        shared = np.array(groups, dtype=np.int64)
        together = int(shared[-1]) + 1 if count else 0
        if together == count:
            return own, own
        single = _distinct(shared[single >> BITS] << BITS | single & _WORD)
        pairs = _distinct(shared[pairs >> 2 * BITS] << 2 * BITS | pairs & _PAIR)
        known = _distinct(shared[known >> BITS] << BITS | known & _WORD)
        return own, _rows(known, _sizes(single, pairs, together), together)

    def _known(self, pairs: Numbers) -> Numbers:
        """Those of the pairs that have a row, as text and row."""
        neighbours = pairs & _PAIR
        places = self._pairs.searchsorted(neighbours)
        found = self._pairs[places] == neighbours
        known: Numbers = pairs[found] >> 2 * BITS << BITS | self._pair_rows[places[found]]
        return known


def _sizes(single: Numbers, pairs: Numbers, count: int) -> Numbers:
    return np.bincount(single >> BITS, minlength=count) + np.bincount(pairs >> 2 * BITS, minlength=count)


def _rows(known: Numbers, sizes: Numbers, count: int) -> Rows:
    zeros = np.arange(count) << BITS
    codes = np.concatenate([zeros, known])
    codes.sort()
    return Rows(codes & _WORD, codes.searchsorted(zeros), sizes)


class _Numbers(dict[str, int]):
    """Word (or family) to its number: its row where the model knows it, else the next that is free.

    `families` has for each number of a word that of its family, 0 for short words, which have none.
    """

    def __init__(self, known: dict[str, int], free: int) -> None:
        super().__init__()
        self.families: Numbers = np.zeros(2 * free + 1000, dtype=np.int64)
        self._rows = known
        self._free = free
        self.keep()

    def __missing__(self, word: str) -> int:
        number = self._number(word)
        if shared := family(word):
            self.families[number] = self._number(shared)
        return number

    def _number(self, name: str) -> int:
        number = self.get(name)
        if number is None:
            number = self._rows.get(name)
            if number is None:
                number, self._free = self._free, self._free + 1
                if number >= len(self.families):
                    self.families = np.concatenate([self.families, np.zeros_like(self.families)])
            self[name] = number
        return number

    def keep(self) -> None:
        """Makes the numbers given so far lasting."""
        self._lasting, self._first_free = dict(self), self._free

    def forget(self) -> None:
        """Takes back all numbers that are not lasting."""
        self.clear()
        self.update(self._lasting)
        self._free = self._first_free
        self.families[self._free :] = 0


def _distinct(codes: Numbers) -> Numbers:
    """Each of `codes` once, in rising order."""
    codes.sort()
    first = np.empty(len(codes), dtype=bool)
    first[:1] = True
    np.not_equal(codes[1:], codes[:-1], out=first[1:])
    distinct: Numbers = codes[first]
    return distinct
