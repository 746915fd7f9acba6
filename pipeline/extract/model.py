"""The trained weights of act and stance, and how they are applied: sums of table rows, no scikit-learn.

`model/judgement.json` is written by `pipeline.train` and is plain data: vocabularies, integer weights and a
calibration. Stance is judged in two steps: each statement alone (`Model.alone`), then with what the other
statements of the item say (`Model.stances`). Acts are judged sentence by sentence, left to right.
"""

from __future__ import annotations

import base64
import json
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Any, Final

import numpy as np

from pipeline.extract.acts import ACTS, carried_facts, standing_facts
from pipeline.extract.features import Array, ItemView, context, settle, trust
from pipeline.records import Act, Stance

STANCES: Final[tuple[Stance, ...]] = ("conditional", "neutral", "oppose", "support")

FORMAT: Final = 1
FILE: Final = "model/judgement.json"

LEXICAL: Final = 8.0
"""Length of a statement's vector of words; 3, 5 and 8 tried: stance macro F1 within 0.01 on held-out documents."""
FACTUAL: Final = 0.5
"""Value of a signal or situation feature; 0.2 to 0.5 tried (see `LEXICAL`)."""
ACT_LEXICAL: Final = 2.0
ACT_FACTUAL: Final = 0.5
"""The same for acts, where cues say more than words."""
SHORTEST: Final = 10
"""Texts with fewer word features count as if they had this many: a single word must not decide."""

CERTAIN: Final = 0.8
"""Probability from which a stance counts as certain for the act of its sentences."""


class Model:
    """The weights of one file. `Model(json.loads(text))`; raises `ValueError` for another format."""

    def __init__(self, data: dict[str, Any]) -> None:
        if data.get("format") != FORMAT:
            raise ValueError(f"the model file has format {data.get('format')!r}, this program reads {FORMAT}")
        self.word_index: dict[str, int] = {w: i for i, w in enumerate(data["words"])}
        self.stance_fact_index: dict[str, int] = {w: i for i, w in enumerate(data["stance_facts"])}
        self.act_fact_index: dict[str, int] = {w: i for i, w in enumerate(data["act_facts"])}
        self.stance_words = unpack(data["stance_words_weights"], len(STANCES))
        self.stance_facts = unpack(data["stance_facts_weights"], len(STANCES))
        self.stance_bias = np.array(data["stance_bias"])
        self.context_weights = unpack(data["context_weights"], len(STANCES))
        self.context_bias = np.array(data["context_bias"])
        self.act_words = unpack(data["act_words_weights"], len(ACTS))
        self.act_facts = unpack(data["act_facts_weights"], len(ACTS))
        self.act_bias = np.array(data["act_bias"])
        # A last row of zeros, so that no sum in `_sums` is empty.
        self._tables = {
            name: np.vstack([table, np.zeros((1, table.shape[1]))])
            for name, table in (
                ("stance_words", self.stance_words), ("stance_facts", self.stance_facts),
                ("act_words", self.act_words), ("act_facts", self.act_facts),
            )
        }  # fmt: skip
        self._carried: dict[tuple[Act | None, Act | None, Act | None, Stance], Array] = {}
        self.trust_weights = np.array(data["trust_weights"])
        self.trust_bias = float(data["trust_bias"])
        self.stance_calibration = Calibration(data["stance_calibration"])
        self.act_calibration = Calibration(data["act_calibration"])

    def _sums(self, table: str, rows: list[list[int]]) -> Array:
        """The sums of the rows of a table, one for each list of their numbers."""
        weights = self._tables[table]
        flat: list[int] = []
        starts: list[int] = []
        for row in rows:
            starts.append(len(flat))
            flat.append(len(weights) - 1)
            flat += row
        sums: Array = np.add.reduceat(weights[flat], starts, axis=0)
        return sums

    def _words(self, table: str, lexicals: list[set[str]], length: float) -> Array:
        """The same over known words, each text's vector scaled to `length` (all its words count, known or not)."""
        index = self.word_index
        # A set has no fixed order, and float sums depend on it.
        rows = [sorted([index[w] for w in lexical if w in index]) for lexical in lexicals]
        weights = length / np.sqrt([max(len(lexical), SHORTEST) for lexical in lexicals])
        sums: Array = self._sums(table, rows) * weights[:, None]
        return sums

    def alone(self, item: ItemView) -> Array:
        """Log-probabilities of the stances by each statement alone, one row a statement."""
        index = self.stance_fact_index
        lexicals = [
            s.sentences[0].lexical.union(*[read.lexical for read in s.sentences[1:]]) for s in item.statements
        ]
        facts = [[index[f] for f in dict.fromkeys(s.facts) if f in index] for s in item.statements]
        logits = self.stance_bias + self._sums("stance_facts", facts) * FACTUAL
        return _log_softmax(logits + self._words("stance_words", lexicals, LEXICAL))

    def stances(self, item: ItemView) -> Array:
        """Probabilities of the stances, one row a statement."""
        if not item.statements:
            return np.zeros((0, len(STANCES)))
        rows = context(item, self.alone(item))
        return settle(item, np.exp(_log_softmax(rows @ self.context_weights + self.context_bias)))

    def confidences(self, item: ItemView, probabilities: Array) -> list[float]:
        """Calibrated probability that the best stance of each row is the right one for its statement."""
        clues = np.array([trust(s, row) for s, row in zip(item.statements, probabilities, strict=True)])
        scores = clues @ self.trust_weights + self.trust_bias
        return self.stance_calibration(1.0 / (1.0 + np.exp(-scores)))

    def acts(self, item: ItemView, probabilities: Array) -> list[list[tuple[Act, float]]]:
        """The act of each sentence of each statement and its calibrated confidence; `probabilities` of the stances."""
        index = self.act_fact_index
        reads = [read for statement in item.statements for read in statement.sentences]
        best = probabilities.argmax(axis=1).tolist()
        tops = probabilities.max(axis=1).tolist()
        rows: list[list[int]] = []
        cues: list[Act | None] = []
        for statement, number, top in zip(item.statements, best, tops, strict=True):
            for place in range(len(statement.sentences)):
                facts, cue = standing_facts(statement, place, stance=STANCES[number], certain=top >= CERTAIN)
                rows.append([index[f] for f in facts if f in index])
                cues.append(cue)
        logits = self.act_bias + self._sums("act_facts", rows) * ACT_FACTUAL
        logits += self._words("act_words", [read.lexical for read in reads], ACT_LEXICAL)
        found: list[list[Act]] = []
        n = 0
        for statement, number in zip(item.statements, best, strict=True):
            acts: list[Act] = []
            for read in statement.sentences:
                before, opening = (acts[-1], acts[0]) if acts else (None, None)
                logits[n] += self._from_before(before, opening, cues[n], STANCES[number])
                for sign in sorted({signal.sign for signal in read.acts}) if read.acts else ():
                    row = index.get(f"act:{sign}|{before}")
                    if row is not None:
                        logits[n] += self.act_facts[row] * ACT_FACTUAL
                acts.append(ACTS[int(logits[n].argmax())])
                n += 1
            found.append(acts)
        confidences = iter(self.act_calibration(np.exp(_log_softmax(logits)).max(axis=1)))
        return [[(act, next(confidences)) for act in acts] for acts in found]

    def _from_before(self, before: Act | None, opening: Act | None, cue: Act | None, stance: Stance) -> Array:
        """What the acts of earlier sentences add; few combinations occur, so sums are kept."""
        key = (before, opening, cue, stance)
        kept = self._carried.get(key)
        if kept is None:
            known = [self.act_fact_index[f] for f in carried_facts(*key) if f in self.act_fact_index]
            kept = self._carried[key] = self.act_facts[known].sum(axis=0) * ACT_FACTUAL
        return kept


class Calibration:
    """Probability of the judgement to the share of right ones among such, by held-out documents (piecewise linear)."""

    def __init__(self, knots: list[list[float]]) -> None:
        if any(a[0] >= b[0] for a, b in pairwise(knots)):
            raise ValueError("the knots of a calibration must rise")
        self._x = np.array([k[0] for k in knots])
        self._y = np.array([k[1] for k in knots])

    def __call__(self, probabilities: Array) -> list[float]:
        return [round(p, 3) for p in np.interp(probabilities, self._x, self._y).tolist()]


def pack(weights: Array) -> dict[str, Any]:
    """A table of weights as 16-bit integers, one scale a table; the step is a 32,000th of the largest weight."""
    largest = float(np.abs(weights).max()) if weights.size else 0.0
    scale = float(f"{(largest or 1.0) / 32000:.6g}")
    rounded = np.rint(weights / scale).astype("<i2")
    return {"scale": scale, "base64": base64.b64encode(rounded.tobytes()).decode("ascii")}


def unpack(data: dict[str, Any], columns: int) -> Array:
    """The table that `pack` packed, with `columns` columns."""
    flat = np.frombuffer(base64.b64decode(data["base64"]), dtype="<i2")
    return flat.reshape(-1, columns).astype(np.float64) * float(data["scale"])


def _log_softmax(logits: Array) -> Array:
    shifted = logits - logits.max(axis=-1, keepdims=True)
    result: Array = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return result


@lru_cache(maxsize=1)
def model() -> Model:
    """The model of this package, read once."""
    return Model(json.loads(files("pipeline.extract").joinpath(FILE).read_text("utf-8")))
