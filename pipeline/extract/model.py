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

from pipeline.extract.acts import ACTS, act_facts
from pipeline.extract.features import Array, ItemView, StatementView, context, settle, trust, words
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
        self.trust_weights = np.array(data["trust_weights"])
        self.trust_bias = float(data["trust_bias"])
        self.stance_calibration = Calibration(data["stance_calibration"])
        self.act_calibration = Calibration(data["act_calibration"])

    def alone(self, statement: StatementView) -> Array:
        """Log-probabilities of the stances by the statement alone."""
        lexical: set[str] = set()
        for read in statement.sentences:
            lexical.update(words(read.tokens))
        index = self.word_index
        known = [index[w] for w in lexical if w in index]
        facts = [self.stance_fact_index[f] for f in dict.fromkeys(statement.facts) if f in self.stance_fact_index]
        weight = LEXICAL / float(np.sqrt(max(len(lexical), SHORTEST)))
        known.sort()  # a set has no fixed order, and float sums depend on it
        logits = self.stance_bias + self.stance_facts[facts].sum(axis=0) * FACTUAL
        return _log_softmax(logits + self.stance_words[known].sum(axis=0) * weight)

    def stances(self, item: ItemView) -> Array:
        """Probabilities of the stances, one row a statement."""
        if not item.statements:
            return np.zeros((0, len(STANCES)))
        alone = np.array([self.alone(statement) for statement in item.statements])
        rows = context(item, alone)
        return settle(item, np.exp(_log_softmax(rows @ self.context_weights + self.context_bias)))

    def confidence(self, statement: StatementView, row: Array) -> float:
        """Calibrated probability that the best stance of `row` is the right one for `statement`."""
        score = float(trust(statement, row) @ self.trust_weights) + self.trust_bias
        return self.stance_calibration(1.0 / (1.0 + float(np.exp(-score))))

    def _known(self, lexical: list[str]) -> tuple[list[int], float]:
        """Rows of the known words and the weight of each (all words count, known or not)."""
        distinct = dict.fromkeys(lexical)
        index = self.word_index
        known = [index[w] for w in distinct if w in index]
        return known, ACT_LEXICAL / float(np.sqrt(max(len(distinct), SHORTEST)))

    def acts(self, statement: StatementView, stance: Stance, probability: float) -> list[tuple[Act, float]]:
        """The act of each sentence of the statement and its calibrated confidence."""
        found: list[tuple[Act, float]] = []
        for place, read in enumerate(statement.sentences):
            known, weight = self._known(words(read.tokens))
            facts = act_facts(
                statement, place, before=found[-1][0] if found else None, opening=found[0][0] if found else None,
                stance=stance, certain=probability >= CERTAIN,
            )  # fmt: skip
            rows = [self.act_fact_index[f] for f in dict.fromkeys(facts) if f in self.act_fact_index]
            logits = self.act_bias + self.act_facts[rows].sum(axis=0) * ACT_FACTUAL
            probabilities = np.exp(_log_softmax(logits + self.act_words[known].sum(axis=0) * weight))
            best = int(probabilities.argmax())
            found.append((ACTS[best], self.act_calibration(float(probabilities[best]))))
        return found


class Calibration:
    """Probability of the judgement to the share of right ones among such, by held-out documents (piecewise linear)."""

    def __init__(self, knots: list[list[float]]) -> None:
        if any(a[0] >= b[0] for a, b in pairwise(knots)):
            raise ValueError("the knots of a calibration must rise")
        self._x = np.array([k[0] for k in knots])
        self._y = np.array([k[1] for k in knots])

    def __call__(self, probability: float) -> float:
        return round(float(np.interp(probability, self._x, self._y)), 3)


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
