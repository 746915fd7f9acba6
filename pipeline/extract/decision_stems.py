"""Which cues of decisions a sentence may hold, by the stems of which a sentence with the cue holds one (`stems`).

Used by `decisions` (is there any cue at all?) and `outcomes` (which patterns are to be tried?).
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.extract.decision_lexicon import Cue, load
from pipeline.extract.stems import Stems

Candidates = Sequence[tuple[Cue, Sequence[str]]]
"""Cues, in the lexicon's order, each with those of its stems that the text holds."""

_CUES: dict[str, list[int]] = {}
"""Positions of the cues of each stem."""
for _position, _cue in enumerate(load().cues):
    for _stem in _cue.stems:
        _CUES.setdefault(_stem, []).append(_position)

_STEMS = Stems(_CUES)


def cues_in(low: str) -> Candidates:
    """The cues one of whose stems a text in lower case holds."""
    stems = _STEMS.found(low)
    if not stems:
        return ()
    cues = load().cues
    return [(cues[n], [stem for stem in cues[n].stems if stem in stems])
            for n in sorted({n for stem in stems for n in _CUES[stem]})]
