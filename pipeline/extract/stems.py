"""Which of many stems a text holds: asked of every sentence, so asked of every word once.

Used by `decision_stems` and `commitments`. Instead of looking for each stem in every sentence, what each word can bring
is kept: words come again, sentences do not.
"""

from __future__ import annotations

from collections.abc import Iterable

MAX_WORDS = 50_000
"""Words for which it is kept what they hold; then all are forgotten. A county of 10,000 excerpts has some 40,000."""


class Stems:
    """Some stems, which may hold blanks (*zur kenntnis*)."""

    def __init__(self, stems: Iterable[str]) -> None:
        self._brought = _Brought(stems).__getitem__

    def found(self, low: str) -> set[str]:
        """Those that a text in lower case holds."""
        # first each once: a stem whose word comes again and again is looked for in the whole text a single time
        brought = {stem for stems in filter(None, map(self._brought, low.split())) for stem in stems}
        return {stem for stem in brought if stem in low}


class _Brought(dict[str, tuple[str, ...]]):
    """Word (in lower case, with its punctuation) to the stems of which it holds the longest part without a blank: no
    word holds more of a stem than that. A memo of a pure function."""

    def __init__(self, stems: Iterable[str]) -> None:
        super().__init__()
        parts: dict[str, list[str]] = {}
        for stem in stems:
            parts.setdefault(max(stem.split(), key=len), []).append(stem)
        self._parts = tuple((part, tuple(some)) for part, some in parts.items())

    def __missing__(self, word: str) -> tuple[str, ...]:
        if len(self) >= MAX_WORDS:
            self.clear()
        found = self[word] = tuple(stem for part, stems in self._parts if part in word for stem in stems)
        return found
