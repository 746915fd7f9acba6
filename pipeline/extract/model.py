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

from pipeline.extract.acts import ACTS, Situation, carried_facts, sign_facts, situation, situation_facts
from pipeline.extract.features import Array, ItemView, context, settle, trust
from pipeline.extract.word_rows import Rows, WordRows
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

MAX_SITUATIONS: Final = 50_000
"""Situations of sentences whose features are kept; 10,000 excerpts have some thousands."""


class Model:
    """The weights of one file. `Model(json.loads(text))`; raises `ValueError` for another format."""

    def __init__(self, data: dict[str, Any]) -> None:
        if data.get("format") != FORMAT:
            raise ValueError(f"the model file has format {data.get('format')!r}, this program reads {FORMAT}")
        # Row 0 of a table is of zeros: what is not known has it, and no sum is empty.
        self._words = WordRows(data["words"])
        self._stance_fact_rows: dict[str, int] = {w: row for row, w in enumerate(data["stance_facts"], 1)}
        self._act_fact_rows: dict[str, int] = {w: row for row, w in enumerate(data["act_facts"], 1)}
        self._stance_words = _table(data["stance_words_weights"], len(STANCES))
        self._stance_facts = _table(data["stance_facts_weights"], len(STANCES))
        self._act_words = _table(data["act_words_weights"], len(ACTS))
        self._act_facts = _table(data["act_facts_weights"], len(ACTS))
        self.stance_bias = np.array(data["stance_bias"])
        self.context_weights = unpack(data["context_weights"], len(STANCES))
        self.context_bias = np.array(data["context_bias"])
        self.act_bias = np.array(data["act_bias"])
        self._situations: dict[Situation, list[int]] = {}
        self._carried: dict[tuple[Act | None, Act | None, Act | None, Stance], list[float]] = {}
        self.trust_weights = np.array(data["trust_weights"])
        self.trust_bias = float(data["trust_bias"])
        self.stance_calibration = Calibration(data["stance_calibration"])
        self.act_calibration = Calibration(data["act_calibration"])

    def words(self, item: ItemView) -> tuple[Rows, Rows]:
        """The known words of the sentences of `item`, and of its statements; both judgements ask for them."""
        return self._words.find(
            [read.tokens for s in item.statements for read in s.sentences],
            [s.index for s in item.statements for _ in s.sentences],
        )

    def alone(self, item: ItemView, words: Rows | None = None) -> Array:
        """Log-probabilities of the stances by each statement alone, one row a statement."""
        get = self._stance_fact_rows.get
        facts = [list(filter(None, map(get, dict.fromkeys(s.facts)))) for s in item.statements]
        logits = self.stance_bias + _sums(self._stance_facts, facts) * FACTUAL
        return _log_softmax(logits + _lexical(self._stance_words, words or self.words(item)[1], LEXICAL))

    def stances(self, item: ItemView, words: Rows | None = None) -> Array:
        """Probabilities of the stances, one row a statement; `words` of the statements, if they are known already."""
        if not item.statements:
            return np.zeros((0, len(STANCES)))
        rows = context(item, self.alone(item, words))
        return settle(item, np.exp(_log_softmax(rows @ self.context_weights + self.context_bias)))

    def confidences(self, item: ItemView, probabilities: Array) -> list[float]:
        """Calibrated probability that the best stance of each row is the right one for its statement."""
        clues = np.array([trust(s, row) for s, row in zip(item.statements, probabilities, strict=True)])
        scores = clues @ self.trust_weights + self.trust_bias
        return self.stance_calibration(1.0 / (1.0 + np.exp(-scores)))

    def acts(
        self, item: ItemView, probabilities: Array, words: Rows | None = None
    ) -> list[list[tuple[Act, float]]]:
        """The act of each sentence of each statement and its calibrated confidence; `probabilities` of the stances,
        `words` of the sentences, if they are known already."""
        get = self._act_fact_rows.get
        best = probabilities.argmax(axis=1).tolist()
        tops = probabilities.max(axis=1).tolist()
        rows: list[list[int]] = []
        cues: list[Act | None] = []
        for statement, number, top in zip(item.statements, best, tops, strict=True):
            stance, certain, asked = STANCES[number], top >= CERTAIN, "asked" in statement.facts
            for place, read in enumerate(statement.sentences):
                here = situation(statement, place, asked=asked, stance=stance, certain=certain)
                signs = sign_facts(read, here.by_cue)
                standing = self._standing(here)
                rows.append([*standing, *filter(None, map(get, signs))] if signs else standing)
                cues.append(here.by_cue)
        logits = self.act_bias + _sums(self._act_facts, rows) * ACT_FACTUAL
        logits += _lexical(self._act_words, words or self.words(item)[0], ACT_LEXICAL)
        # Plain lists from here on: arrays of eight are slow.
        scores: list[list[float]] = logits.tolist()
        found: list[list[Act]] = []
        n = 0
        for statement, number in zip(item.statements, best, strict=True):
            acts: list[Act] = []
            for read in statement.sentences:
                before, opening = (acts[-1], acts[0]) if acts else (None, None)
                own = [a + b for a, b in zip(scores[n], self._from_before(before, opening, cues[n], STANCES[number]),
                                             strict=True)]
                for sign in sorted({signal.sign for signal in read.acts}) if read.acts else ():
                    row = get(f"act:{sign}|{before}")
                    if row is not None:
                        own = [a + b for a, b in zip(own, (self._act_facts[row] * ACT_FACTUAL).tolist(), strict=True)]
                scores[n] = own
                acts.append(ACTS[own.index(max(own))])
                n += 1
            found.append(acts)
        confidences = iter(self.act_calibration(np.exp(_log_softmax(np.array(scores))).max(axis=1)))
        return [[(act, next(confidences)) for act in acts] for acts in found]

    def _standing(self, here: Situation) -> list[int]:
        """The rows of the features of a situation; most come again."""
        kept = self._situations.get(here)
        if kept is None:
            kept = list(filter(None, map(self._act_fact_rows.get, situation_facts(here))))
            if len(self._situations) >= MAX_SITUATIONS:
                self._situations.clear()
            self._situations[here] = kept
        return kept

    def _from_before(self, before: Act | None, opening: Act | None, cue: Act | None, stance: Stance) -> list[float]:
        """What the acts of earlier sentences add; few combinations occur, so sums are kept."""
        key = (before, opening, cue, stance)
        kept = self._carried.get(key)
        if kept is None:
            known = list(filter(None, map(self._act_fact_rows.get, carried_facts(*key))))
            kept = self._carried[key] = (self._act_facts[known].sum(axis=0) * ACT_FACTUAL).tolist()
        return kept


def _table(data: dict[str, Any], columns: int) -> Array:
    """The weights that `pack` packed, behind a row of zeros."""
    return np.vstack([np.zeros((1, columns)), unpack(data, columns)])


def _sums(table: Array, rows: list[list[int]]) -> Array:
    """The sums of the rows of a table, one for each list of their numbers (rows of zeros for empty ones)."""
    flat: list[int] = []
    starts: list[int] = []
    for row in rows:
        starts.append(len(flat))
        flat.append(0)
        flat += row
    sums: Array = np.add.reduceat(table[np.fromiter(flat, np.int64, len(flat))], starts, axis=0)
    return sums


def _lexical(table: Array, words: Rows, length: float) -> Array:
    """The same over known words, each text's vector scaled to `length` (all its words count, known or not).

    Rows rise within a text, so that the same words always have the same sum."""
    sums = np.add.reduceat(table[words.rows], words.starts, axis=0)
    result: Array = sums * (length / np.sqrt(np.maximum(words.sizes, SHORTEST)))[:, None]
    return result


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
