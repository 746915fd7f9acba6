"""Which cues of decisions a sentence may hold: asked of every sentence, so asked of every word once.

Used by `decisions` (is there any cue at all?) and `outcomes` (which patterns are to be tried?). The lexicon gives each
cue some stems, of which a sentence with the cue holds one: several hundred in all. Instead of looking for each in every
sentence, what each word can bring is kept: words come again, sentences do not.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.extract.decision_lexicon import Cue, load

MAX_WORDS = 50_000
"""Words for which it is kept what they hold; then all are forgotten. A county of 10,000 excerpts has some 40,000."""

Candidates = Sequence[tuple[Cue, Sequence[str]]]
"""Cues, in the lexicon's order, each with those of its stems that the text holds."""

_CUES: dict[str, list[int]] = {}
"""Positions of the cues of each stem."""
for _position, _cue in enumerate(load().cues):
    for _stem in _cue.stems:
        _CUES.setdefault(_stem, []).append(_position)


def _parts() -> dict[str, list[str]]:
    """The stems by their longest part without a blank: no word holds more of a stem than that."""
    parts: dict[str, list[str]] = {}
    for stem in _CUES:
        parts.setdefault(max(stem.split(), key=len), []).append(stem)
    return parts


_PARTS = tuple((part, tuple(stems)) for part, stems in _parts().items())


class _Brought(dict[str, tuple[str, ...]]):
    """Word (in lower case, with its punctuation) to the stems of which it holds the longest part."""

    def __missing__(self, word: str) -> tuple[str, ...]:
        if len(self) >= MAX_WORDS:
            self.clear()
        found = self[word] = tuple(stem for part, stems in _PARTS if part in word for stem in stems)
        return found


_brought = _Brought().__getitem__
"""A memo of a pure function: the same word always brings the same stems."""


def cues_in(low: str) -> Candidates:
    """The cues one of whose stems a text in lower case holds."""
    stems = {stem for brought in filter(None, map(_brought, low.split())) for stem in brought if stem in low}
    if not stems:
        return ()
    cues = load().cues
    return [(cues[n], [stem for stem in cues[n].stems if stem in stems])
            for n in sorted({n for stem in stems for n in _CUES[stem]})]
