"""What training gains: rules alone, the model without rules, both, and plain TF-IDF, in one table.

    python -m pipeline.train_report tests/gold/dev

Trains on `corpora/training` and the real documents as `pipeline.train` does and judges the documents of the given
folder (annotated speakers and cues), then the real ones by cross-validation over documents. Nothing is written.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_union

from pipeline import gold
from pipeline.extract.model import STANCES, Model
from pipeline.extract.stance import rule_acts
from pipeline.records import UNKNOWN_SPEAKER
from pipeline.train import REAL, TRAINING, Example, examples, folds, forbidden, payload, sources, train

_BY_SIGNALS: Final = (
    "group:", "clean:", "sign:", "first:", "last:", "after:", "balance:", "turns:", "net:", "silent", "rule:",
    "because:",
)  # fmt: skip


@dataclass
class Judged:
    """A sentence: annotated and judged stance and act (None: the method has no acts), confidence of the stance."""

    stance: str
    act: str
    judged_stance: str
    judged_act: str | None
    confidence: float | None = None


Method = Callable[[Sequence[Example]], Callable[[Example], list[Judged]]]
"""Trains on examples and gives what judges one."""


def macro_f1(pairs: Sequence[tuple[str, str]]) -> float:
    """Mean F1 of the stances that occur, of (judged, annotated) pairs."""
    scores = []
    for label in STANCES:
        hit = sum(p == g == label for p, g in pairs)
        judged, annotated = sum(p == label for p, _ in pairs), sum(g == label for _, g in pairs)
        if annotated:
            scores.append(2 * hit / (judged + annotated))
    return float(np.mean(scores)) if scores else 0.0


def _sentences(example: Example, stances: Sequence[str], acts: Sequence[Sequence[str] | None]) -> list[Judged]:
    return [
        Judged(str(r.sentence.stance), str(r.sentence.act), stance, row[i] if row is not None else None)
        for statement, stance, row in zip(example.item.statements, stances, acts, strict=True)
        if statement.speakers != (UNKNOWN_SPEAKER,)
        for i, r in enumerate(statement.sentences)
    ]


def rules(_: Sequence[Example]) -> Callable[[Example], list[Judged]]:
    """The rules alone: nothing is learned."""

    def judge(example: Example) -> list[Judged]:
        found = [s.rule[0] for s in example.item.statements]
        acts = [rule_acts(s, stance) for s, stance in zip(example.item.statements, found, strict=True)]
        return _sentences(example, found, acts)

    return judge


def tfidf(data: Sequence[Example]) -> Callable[[Example], list[Judged]]:
    """The bar: TF-IDF over words and characters with a balanced logistic regression."""

    def text(example: Example) -> list[str]:
        return [" ".join(r.sentence.text for r in s.sentences) for s in example.item.statements]

    vectors = make_union(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=3, sublinear_tf=True),
    )
    x = vectors.fit_transform([t for e in data for t in text(e)])
    y = [label for e in data for label in e.stances()]
    classifier = LogisticRegression(C=5.0, max_iter=1000, class_weight="balanced").fit(x, y)

    def judge(example: Example) -> list[Judged]:
        if not example.item.statements:
            return []
        found = [str(s) for s in classifier.predict(vectors.transform(text(example)))]
        return _sentences(example, found, [None] * len(found))

    return judge


def model(data: Sequence[Example], names: frozenset[str]) -> Callable[[Example], list[Judged]]:
    """What ships: the trained model with the rules' findings among its features."""
    trained = Model(json.loads(json.dumps(payload(train(data, names)))))

    def judge(example: Example) -> list[Judged]:
        found: list[Judged] = []
        if not example.item.statements:
            return found
        rows = trained.stances(example.item)
        for statement, row, confidence, acts in zip(
            example.item.statements, rows, trained.confidences(example.item, rows), trained.acts(example.item, rows),
            strict=True,
        ):
            stance = STANCES[int(row.argmax())]
            if statement.speakers == (UNKNOWN_SPEAKER,):
                continue
            for read, (act, _) in zip(statement.sentences, acts, strict=True):
                found.append(Judged(str(read.sentence.stance), str(read.sentence.act), stance, act, confidence))
        return found

    return judge


def without_signals(data: Sequence[Example]) -> list[Example]:
    """The examples stripped (in place) of all that the signal lexicon and the rules found."""
    for example in data:
        for statement in example.item.statements:
            statement.facts = [f for f in statement.facts if not f.startswith(_BY_SIGNALS)]
            statement.signs.clear()
            statement.rule = ("neutral", "")
            for read in statement.sentences:
                read.hits = []
    return list(data)


def figures(judged: Sequence[Judged]) -> str:
    """A cell of the table: stance macro F1, act accuracy, and the stances with a confidence of 0.9."""
    stance = macro_f1([(j.judged_stance, j.stance) for j in judged])
    cell = f"{stance:.3f}"
    if all(j.judged_act is not None for j in judged):
        cell += f" / {np.mean([j.judged_act == j.act for j in judged]):.3f}"
    sure = [j.judged_stance == j.stance for j in judged if j.confidence is not None and j.confidence >= 0.9]
    if sure:
        cell += f" ({len(sure) / len(judged):.0%} sure, {np.mean(sure):.1%} of them right)"
    return cell


def compare(
    name: str, method: Method, written: Sequence[Example], real: Sequence[Example], test: Sequence[Example]
) -> str:
    """A row of the table."""
    judge = method([*written, *real])
    cells = [figures([j for e in test for j in judge(e)])]
    found: list[Judged] = []
    for learn, judged in folds(real) if real else []:
        part = method([*written, *(real[i] for i in learn)])
        found += [j for i in judged for j in part(real[i])]
    cells.append(figures(found) if found else "-")
    return f"| {name} | " + " | ".join(cells) + " |"


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.train_report", description="What training gains.")
    parser.add_argument("test", type=Path, help="folder of annotated documents that nothing was trained on")
    parser.add_argument("--training", type=Path, default=TRAINING)
    parser.add_argument("--real", type=Path, default=REAL)
    options = parser.parse_args(arguments)
    written, real = sources(training=options.training, real=options.real)
    tests = gold.load(options.test)

    def read() -> tuple[list[Example], list[Example], list[Example]]:
        return examples(written), examples(real, real=True), examples(tests)

    print(f"trained on {len(written)} written and {len(real)} real documents, {len(tests)} test documents")
    print("| stance macro F1 / act accuracy | test documents | real, cross-validated |")
    print("|---|---|---|")
    names = forbidden([*written, *real])
    full = read()
    print(compare("TF-IDF and logistic regression", tfidf, *full), flush=True)
    print(compare("rules alone", rules, *full), flush=True)
    stripped = tuple(without_signals(part) for part in read())
    print(compare("model without rules and signals", partial(model, names=names), *stripped), flush=True)
    print(compare("both (ships)", partial(model, names=names), *full), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
