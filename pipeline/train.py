"""Trains the judgement of act and stance: `make train`, or `python -m pipeline.train`.

Reads annotated documents from `corpora/training/*/` always and from `../shared/gold/real` where that folder is
present, says which it used, and writes `pipeline/extract/model/judgement.json` (plain data, no pickle). With the same
documents and the same versions of the libraries it writes the same file, byte for byte. Nothing is learned from
`tests/gold/dev`: only the names of its speakers are read, to keep them out of the features. What the training gains is
measured by `pipeline.train_report`. Needs scikit-learn (`pip install 'auszug[train]'`); running the program does not.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from scipy.sparse import csr_matrix, diags, hstack
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from pipeline import gold
from pipeline.extract.acts import ACTS, act_facts
from pipeline.extract.cues import cue_nouns, verb_key
from pipeline.extract.features import (
    FACTION,
    PERSON,
    Array,
    ItemView,
    StatementView,
    context,
    settle,
    trust,
    view,
)
from pipeline.extract.model import (
    ACT_FACTUAL,
    ACT_LEXICAL,
    CERTAIN,
    FACTUAL,
    FILE,
    FORMAT,
    LEXICAL,
    SHORTEST,
    STANCES,
    pack,
)
from pipeline.extract.signals import NUMBER
from pipeline.extract.state import ItemState, SentenceState
from pipeline.records import (
    AgendaItem,
    Decision,
    ItemContext,
    Section,
    Speaker,
)

ROOT: Final = Path(__file__).parents[1]
TRAINING: Final = ROOT / "corpora" / "training"
REAL: Final = ROOT.parent / "shared" / "gold" / "real"
HELD_OUT: Final = ROOT / "tests" / "gold" / "dev"
MODEL: Final = Path(__file__).parent / "extract" / FILE

MIN_DOCUMENTS: Final = 3
"""A feature must occur in this many documents: what fewer have is a name, a place or chance."""
MIN_TOWNS: Final = 2
"""A word that is always written with a capital must occur in this many towns: it may be a place or a street."""
FOLDS: Final = 5
"""Parts for the out-of-fold judgements that the second step and the calibration are trained on."""
REAL_WEIGHT: Final = 2.0
"""Weight of a real document: they are fewer and longer. 1, 2 and 4 tried; 4 costs 0.02 on written ones."""
LENGTH_POWER: Final = 0.5
"""A statement weighs its number of sentences to this power (the measure counts sentences); 0, 0.5 and 1 tried."""
BALANCE: Final = 0.2
"""How far rare stances are weighted up (1: all weigh the same in sum); 1 costs 0.02 of macro F1, support is missed."""
ACT_BALANCE: Final = 0.0
"""The same for acts."""
EVENNESS: Final = 0.1
"""How far all features count alike (1: a plain regression, 0.02 worse in macro F1 on written and real documents)."""
STRENGTH_ALONE: Final = 0.06
STRENGTH_CONTEXT: Final = 0.05
STRENGTH_ACT: Final = 0.7
ACT_EVENNESS: Final = 0.3
STRENGTH_TRUST: Final = 1.0
"""Inverse regularisation of the classifiers; each tried with half and twice as much or more."""
SUPPORT_SHIFT: Final = 0.25
"""Added to the log-probability of support: the training documents debate more than councils do (support is 28 % of
their sentences, 33 % of those of the documents that rules are tuned on). 0 to 0.6 tried: macro F1 on those rises by
0.01 up to 0.3 and stays, on real ones it falls from 0.3. A shift of each stance chosen out of fold was another in every
fold, and moved macro F1 by 0.02 either way."""


@dataclass(frozen=True)
class Example:
    """A document as the classifiers see it, with its labels."""

    name: str
    town: str
    real: bool
    item: ItemView

    def stances(self) -> list[str]:
        """The annotated stance of each statement."""
        return [str(s.sentences[0].sentence.stance) for s in self.item.statements]


# ------------------------------------------------------------------------------ documents


def state_of(document: gold.GoldDocument) -> ItemState:
    """The document as the extraction would have it after a perfect attribution: annotated sentences, speakers, cues
    and decisions. Acts and stances are set as annotated (the features do not read them)."""
    sections: list[Section] = []
    sentences: list[SentenceState] = []
    for number, section in enumerate(document.sections):
        text = ""
        for p, paragraph in enumerate(section.paragraphs):
            for i, sentence in enumerate(paragraph):
                text += " " if i else "\n\n" if p else ""
                start = len(text)
                text += sentence.text
                state = SentenceState(
                    index=len(sentences), section=number, paragraph=p, position=i, start=start, end=len(text),
                    text=sentence.text, norm=sentence.text, speakers=sentence.speakers, cue=sentence.cue,
                    act=sentence.act, stance=sentence.stance,
                )  # fmt: skip
                if sentence.cue:
                    clause = re.findall(r"\w+|[^\w\s]", sentence.text)
                    state.cue_key = cue_nouns().get(sentence.cue) or verb_key(sentence.cue, clause)
                sentences.append(state)
        sections.append(Section(label=section.label, kind="minutes", text=text))
    decisions = [
        Decision(
            index=n, section=document.sections[d.section].label, section_index=d.section, paragraph=d.paragraph,
            position=d.sentence, sentence=0, start=0, end=0, text="", outcome=d.outcome, unanimous=d.unanimous,
            yes=d.yes, no=d.no, abstain=d.abstain,
        )
        for n, d in enumerate(document.decisions)
    ]  # fmt: skip
    speakers = {
        s.id: Speaker(id=s.id, kind=s.kind, name=s.name, gender=s.gender, role=s.role, faction=s.faction)
        for s in document.speakers
    }
    item = AgendaItem(title=document.page.title, body=document.page.body, sections=tuple(sections))
    return ItemState(
        item=item, context=ItemContext(), sections=tuple(sections), sentences=sentences, speakers=speakers,
        decisions=decisions,
    )  # fmt: skip


def examples(documents: Iterable[gold.GoldDocument], *, real: bool = False) -> list[Example]:
    """The documents as training examples, by name."""
    found = [Example(d.id, d.page.body or "", real, view(state_of(d))) for d in documents]
    return sorted(found, key=lambda e: e.name)


def surnames(documents: Iterable[gold.GoldDocument]) -> frozenset[str]:
    """All words of the names of annotated persons, lower case; particles (*von*, *der*) are no such words."""
    return frozenset(
        word.lower()
        for document in documents
        for speaker in document.speakers
        if speaker.kind == "person"
        for word in re.findall(r"\w+", speaker.name)
        if len(word) > 1 and word[0].isupper()
    )


def forbidden(documents: Iterable[gold.GoldDocument]) -> frozenset[str]:
    """Words that no feature may hold: the names of the speakers of `documents` and of the test documents."""
    tests = gold.load(HELD_OUT) if HELD_OUT.is_dir() else []
    return surnames([*documents, *tests])


# ------------------------------------------------------------------------------ vocabulary


@dataclass(frozen=True)
class Vocabulary:
    """The features that a set of documents supports."""

    words: dict[str, int]
    stance_facts: dict[str, int]
    act_facts: dict[str, int]


def vocabulary(data: Sequence[Example], act_rows: Sequence[tuple[int, list[str]]], names: frozenset[str]) -> Vocabulary:
    """Features that occur in `MIN_DOCUMENTS` documents, hold no word of `names` and no name of one town alone."""
    in_documents: defaultdict[str, set[int]] = defaultdict(set)
    facts: defaultdict[str, set[int]] = defaultdict(set)
    act: defaultdict[str, set[int]] = defaultdict(set)
    small: set[str] = set()
    towns: defaultdict[str, set[str]] = defaultdict(set)
    for n, example in enumerate(data):
        for statement in example.item.statements:
            for fact in statement.facts:
                facts[fact].add(n)
            for read in statement.sentences:
                for word in read.lexical:
                    in_documents[word].add(n)
                for token in re.findall(r"\w+", read.sentence.norm):
                    towns[token.lower()].add(example.town)
                    if token[0].islower():
                        small.add(token)
    for n, row in act_rows:
        for fact in row:
            act[fact].add(n)

    placeholders = {PERSON, FACTION, NUMBER}

    def allowed(feature: str) -> bool:
        for token in re.findall(r"\w+", feature):
            if token in placeholders or feature.endswith("*"):
                continue
            if token in names or (token not in small and 0 < len(towns.get(token, ())) < MIN_TOWNS):
                return False
        if feature.endswith("*"):
            stem = feature[:-1]
            return not any(name.startswith(stem) and len(name) <= len(stem) + 1 for name in names)
        return True

    def index(features: dict[str, set[int]]) -> dict[str, int]:
        kept = sorted(f for f, where in features.items() if len(where) >= MIN_DOCUMENTS and allowed(f))
        return {f: i for i, f in enumerate(kept)}

    return Vocabulary(index(in_documents), index(facts), index(act))


def _matrix(
    rows: Sequence[tuple[Iterable[str], Iterable[str]]], first: dict[str, int], second: dict[str, int],
    *, lexical: float, factual: float,
) -> Any:
    """Sparse rows of (words, facts), weighted as `model.py` weighs them."""
    parts = []
    for position, index in ((0, first), (1, second)):
        indptr, indices, values = [0], [], []
        for row in rows:
            features = dict.fromkeys(row[position])
            weight = lexical / np.sqrt(max(len(features), SHORTEST)) if position == 0 else factual
            known = sorted(index[f] for f in features if f in index)
            indices += known
            values += [weight] * len(known)
            indptr.append(len(indices))
        parts.append(csr_matrix((values, indices, indptr), shape=(len(rows), len(index))))
    return hstack(parts, format="csr")


# ------------------------------------------------------------------------------ stance


def _lexical(statement: StatementView) -> set[str]:
    return set().union(*(read.lexical for read in statement.sentences))


def _weights(data: Sequence[Example], labels: Sequence[str]) -> Array:
    """Weight of each statement: length, source, and such that all labels weigh the same in sum (macro F1)."""
    raw = np.array(
        [
            len(s.sentences) ** LENGTH_POWER * (REAL_WEIGHT if e.real else 1.0)
            for e in data
            for s in e.item.statements
        ]
    )
    return _balanced(raw, labels, power=BALANCE)


def _balanced(raw: Array, labels: Sequence[str], *, power: float) -> Array:
    sums: Counter[str] = Counter()
    for label, weight in zip(labels, raw, strict=True):
        sums[label] += weight
    total = sum(sums.values())
    weights = raw * np.array([(total / len(sums) / sums[label]) ** power for label in labels])
    result: Array = weights / weights.mean()
    return result


def _fit(x: Any, y: Any, weights: Array, strength: float) -> LogisticRegression:
    return LogisticRegression(C=strength, max_iter=1000, tol=1e-4).fit(x, y, sample_weight=weights)


class Weighed:
    """One logistic regression a label over features scaled by how unevenly they occur.

    After Wang and Manning 2012, *Baselines and Bigrams* (log-count ratios). Linear in the end: `coef_` and `intercept_`
    apply to the plain features.
    """

    def __init__(self, strength: float, evenness: float) -> None:
        self.strength = strength
        self.evenness = evenness

    def fit(self, x: Any, y: Sequence[str], weights: Array) -> Weighed:
        labels = np.array(y)
        present = (x > 0).astype(np.float64)
        self.classes_ = np.array(sorted(set(y)))
        rows, bias = [], []
        for label in self.classes_:
            own = labels == label
            inside = 1.0 + np.asarray(present[own].T @ weights[own]).ravel()
            outside = 1.0 + np.asarray(present[~own].T @ weights[~own]).ravel()
            ratio = np.abs(np.log((inside / inside.sum()) / (outside / outside.sum())))
            scale = self.evenness + (1.0 - self.evenness) * ratio / ratio.mean()
            part = _fit(x @ diags(scale), own, weights, self.strength)
            rows.append(part.coef_[0] * scale)
            bias.append(float(part.intercept_[0]))
        self.coef_, self.intercept_ = np.array(rows), np.array(bias)
        return self

    def predict_log_proba(self, x: Any) -> Array:
        logits = x @ self.coef_.T + self.intercept_
        shifted = logits - logits.max(axis=1, keepdims=True)
        result: Array = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        return result

    def predict_proba(self, x: Any) -> Array:
        result: Array = np.exp(self.predict_log_proba(x))
        return result


class Alone:
    """The first step: stance of a statement by itself."""

    def __init__(self, data: Sequence[Example], features: Vocabulary) -> None:
        self.features = features
        labels = [label for e in data for label in e.stances()]
        self.classifier = Weighed(STRENGTH_ALONE, EVENNESS).fit(self.rows(data), labels, _weights(data, labels))
        assert tuple(self.classifier.classes_) == STANCES

    def rows(self, data: Sequence[Example]) -> Any:
        rows = [(_lexical(s), s.facts) for e in data for s in e.item.statements]
        return _matrix(
            rows, self.features.words, self.features.stance_facts, lexical=LEXICAL, factual=FACTUAL
        )

    def __call__(self, example: Example) -> Array:
        if not example.item.statements:
            return np.zeros((0, len(STANCES)))
        result: Array = self.classifier.predict_log_proba(self.rows([example]))
        return result


def _shifted(probabilities: Array) -> Array:
    """The probabilities with `SUPPORT_SHIFT`."""
    raised = probabilities * np.exp([SUPPORT_SHIFT * (stance == "support") for stance in STANCES])
    result: Array = raised / raised.sum(axis=1, keepdims=True)
    return result


def folds(data: Sequence[Example], count: int = FOLDS) -> list[tuple[list[int], list[int]]]:
    """Documents to train on and to judge, `count` times; every document is judged once."""
    return [
        ([i for i in range(len(data)) if i % count != k], [i for i in range(len(data)) if i % count == k])
        for k in range(count)
    ]


def _context_rows(data: Sequence[Example], scores: Sequence[Array]) -> Array:
    return np.vstack([context(e.item, s) for e, s in zip(data, scores, strict=True) if e.item.statements])


@dataclass
class Judge:
    """Both steps of the stance and the act classifier, with their out-of-fold judgements of the training documents."""

    features: Vocabulary
    alone: Alone
    context: LogisticRegression
    acts: Weighed
    trusted: LogisticRegression
    stance_points: list[tuple[float, bool]]
    act_points: list[tuple[float, bool]]

    def stances(self, example: Example) -> Array:
        """Probabilities of the stances, one row a statement."""
        if not example.item.statements:
            return np.zeros((0, len(STANCES)))
        rows = context(example.item, self.alone(example))
        return settle(example.item, _shifted(self.context.predict_proba(rows)))


def train(data: Sequence[Example], names: frozenset[str]) -> Judge:
    """All classifiers on `data`; `names` are words that no feature may hold."""
    with threadpool_limits(limits=1):  # sums in one order, whatever the machine; and no slower on two cores
        return _train(data, names)


def _train(data: Sequence[Example], names: frozenset[str]) -> Judge:
    features = vocabulary(data, [(n, row[1]) for n, e in enumerate(data) for row in _act_rows(e, None)], names)
    scores: list[Array] = [np.zeros((0, len(STANCES)))] * len(data)
    for learn, judged in folds(data):
        part = Alone([data[i] for i in learn], features)
        for i in judged:
            scores[i] = part(data[i])
    labels = [label for e in data for label in e.stances()]
    weights = _weights(data, labels)

    judged_rows: list[Array] = [np.zeros((0, len(STANCES)))] * len(data)
    clues: list[list[float]] = []
    hits: list[bool] = []
    spoken: list[int] = []
    for learn, judged in folds(data):
        some = [data[i] for i in learn]
        some_labels = [label for e in some for label in e.stances()]
        rows = _context_rows(some, [scores[i] for i in learn])
        second = _fit(rows, some_labels, _weights(some, some_labels), STRENGTH_CONTEXT)
        for i in judged:
            if data[i].item.statements:
                judged_rows[i] = second.predict_proba(context(data[i].item, scores[i]))
    for i, example in enumerate(data):
        if not example.item.statements:
            continue
        judged_rows[i] = settle(example.item, _shifted(judged_rows[i]))
        for row, statement, label in zip(judged_rows[i], example.item.statements, example.stances(), strict=True):
            clues.append(trust(statement, row))
            hits.append(STANCES[int(row.argmax())] == label)
            spoken.append(len(statement.sentences))
    trusted = LogisticRegression(C=STRENGTH_TRUST, max_iter=1000).fit(np.array(clues), hits, sample_weight=spoken)
    points = [
        (float(p), hit)
        for p, hit, n in zip(trusted.predict_proba(np.array(clues))[:, 1], hits, spoken, strict=True)
        for _ in range(n)
    ]

    act_rows = [row for e, judged_row in zip(data, judged_rows, strict=True) for row in _act_rows(e, judged_row)]
    act_labels = [_act(r) for e in data for s in e.item.statements for r in s.sentences]
    raw = np.array(
        [REAL_WEIGHT if e.real else 1.0 for e in data for s in e.item.statements for _ in s.sentences]
    )
    matrix = _matrix(act_rows, features.words, features.act_facts, lexical=ACT_LEXICAL, factual=ACT_FACTUAL)
    act_weights = _balanced(raw, act_labels, power=ACT_BALANCE)
    owner = np.array([n for n, e in enumerate(data) for s in e.item.statements for _ in s.sentences])
    act_points: list[tuple[float, bool]] = []
    for k in range(FOLDS):
        inside, outside = np.flatnonzero(owner % FOLDS != k), np.flatnonzero(owner % FOLDS == k)
        inner = [act_labels[i] for i in inside]
        part_acts = Weighed(STRENGTH_ACT, ACT_EVENNESS).fit(matrix[inside], inner, act_weights[inside])
        for row, j in zip(part_acts.predict_proba(matrix[outside]), outside.tolist(), strict=True):
            act_points.append((float(row.max()), part_acts.classes_[int(row.argmax())] == act_labels[j]))
    return Judge(
        features=features,
        alone=Alone(data, features),
        context=_fit(_context_rows(data, scores), labels, weights, STRENGTH_CONTEXT),
        acts=Weighed(STRENGTH_ACT, ACT_EVENNESS).fit(matrix, act_labels, act_weights),
        trusted=trusted,
        stance_points=points,
        act_points=act_points,
    )


# ------------------------------------------------------------------------------ acts


def _act(read: Any) -> str:
    return str(read.sentence.act)


def _act_rows(example: Example, judged: Array | None) -> list[tuple[set[str], list[str]]]:
    """Words and facts of every sentence; the previous act is the annotated one, the stance the judged one
    (`judged`: probabilities a statement; None: the annotated stance)."""
    rows: list[tuple[set[str], list[str]]] = []
    for n, statement in enumerate(example.item.statements):
        if judged is None:
            stance, top = str(statement.sentences[0].sentence.stance), 1.0
        else:
            stance, top = STANCES[int(judged[n].argmax())], float(judged[n].max())
        acts = [r.sentence.act for r in statement.sentences]
        for place, read in enumerate(statement.sentences):
            facts = act_facts(
                statement, place, before=acts[place - 1] if place else None, opening=acts[0] if place else None,
                stance=stance, certain=top >= CERTAIN,
            )  # fmt: skip
            rows.append((read.lexical, facts))
    return rows


# ------------------------------------------------------------------------------ the file


def calibration(points: Sequence[tuple[float, bool]]) -> list[list[float]]:
    """Knots (probability, share of right ones) of a monotone calibration, thinned to steps of 0.05."""
    x = np.array([p for p, _ in points])
    y = np.array([float(right) for _, right in points])
    curve = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip").fit(x, y)
    grid = [round(0.05 * k, 2) for k in range(21)]
    # The mean over a step: a single point at the top of the curve would promise certainty.
    values = [float(np.mean(curve.predict(np.linspace(max(0.0, g - 0.02), min(1.0, g + 0.02), 9)))) for g in grid]
    return [[g, round(min(v, 0.99), 3)] for g, v in zip(grid, values, strict=True)]


def payload(judge: Judge) -> dict[str, Any]:
    """The data of the model file."""
    n = len(judge.features.words)
    alone, acts = judge.alone.classifier, judge.acts
    assert tuple(acts.classes_) == ACTS

    def bias(values: Array) -> list[float]:
        return [round(float(v), 5) for v in values]

    return {
        "format": FORMAT,
        "stances": list(STANCES),
        "acts": list(ACTS),
        "words": list(judge.features.words),
        "stance_facts": list(judge.features.stance_facts),
        "act_facts": list(judge.features.act_facts),
        "stance_words_weights": pack(alone.coef_[:, :n].T),
        "stance_facts_weights": pack(alone.coef_[:, n:].T),
        "stance_bias": bias(alone.intercept_),
        "context_weights": pack(judge.context.coef_.T),
        "context_bias": bias(judge.context.intercept_ + [SUPPORT_SHIFT * (s == "support") for s in STANCES]),
        "trust_weights": bias(judge.trusted.coef_[0]),
        "trust_bias": round(float(judge.trusted.intercept_[0]), 5),
        "act_words_weights": pack(acts.coef_[:, :n].T),
        "act_facts_weights": pack(acts.coef_[:, n:].T),
        "act_bias": bias(acts.intercept_),
        "stance_calibration": calibration(judge.stance_points),
        "act_calibration": calibration(judge.act_points),
    }


def sources(*, training: Path = TRAINING, real: Path = REAL) -> tuple[list[gold.GoldDocument], list[gold.GoldDocument]]:
    """The documents to train on: (written, real); real ones only where their folder is present."""
    written = [d for folder in sorted(p for p in training.iterdir() if p.is_dir()) for d in gold.load(folder)]
    return written, gold.load(real) if real.is_dir() else []


def main(arguments: Sequence[str] | None = None, say: Callable[[str], None] = print) -> int:
    """Command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.train", description="Train act and stance.")
    parser.add_argument("-o", "--output", type=Path, default=MODEL, help="the file to write")
    parser.add_argument("--training", type=Path, default=TRAINING, help="folder of folders of annotated documents")
    parser.add_argument("--real", type=Path, default=REAL, help="folder of real annotated documents, if present")
    options = parser.parse_args(arguments)
    written, real = sources(training=options.training, real=options.real)
    counts = Counter(p.name for p in options.training.iterdir() if p.is_dir() for _ in p.glob("*.json"))
    for name, count in sorted(counts.items()):
        say(f"{count} documents of {options.training / name}")
    missing = f"no {options.real}: the file will differ from the shipped one"
    say(f"{len(real)} documents of {options.real}" if real else missing)
    data = examples(written) + examples(real, real=True)
    judge = train(data, forbidden([*written, *real]))
    options.output.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(payload(judge), ensure_ascii=False, separators=(",", ":"), indent=None) + "\n"
    options.output.write_text(text, "utf-8")
    right = np.mean([r for _, r in judge.stance_points])
    say(
        f"{len(judge.features.words)} words, {len(judge.features.stance_facts)} and {len(judge.features.act_facts)} "
        f"facts; out of fold {right:.3f} of the stances right; {len(text.encode()) / 1e6:.2f} MB to {options.output}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
