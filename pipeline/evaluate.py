"""How good the extraction is: its figures on annotated documents, with intervals, confusions and calibration.

    python -m pipeline.evaluate GOLD_DIR [--by-style] [--json] [--held-out FILE] [--show N] [--only KIND]

Each document is rendered as the text form of a page, parsed, extracted and compared. Everything is computed on
the text without white space, so neither line breaks nor a different sentence split shift the comparison. The
figures are defined as in the guidelines' scorer; a test shows that both agree.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline import gold
from pipeline.errors import AuszugError, InputError
from pipeline.gold import UNKNOWN, GoldDocument
from pipeline.records import AgendaItem, Decision, Extraction, Section

ACTS = ("inform", "ask", "answer", "propose", "agree", "object", "commit", "courtesy")
STANCES = ("support", "oppose", "conditional", "neutral")
NONE = "-"
"""Column of a confusion matrix for no prediction."""

TALLIES = ("split", "attribution", "cue", "speakers", "decisions", "outcomes")
RESAMPLES = 1000
"""Bootstrap resamples: the intervals move by less than 0.002 between seeds."""

BINS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.01)
"""Lower ends of the calibration bins."""
CONFIDENT = 0.9
"""The confidence from which on a result may be used unread (issue: 97 % of attributions, 90 % of stances right)."""

KINDS = ("ends", "speakers", "cue", "act", "stance", "who", "gender", "decision")
"""Kinds of differences."""

Key = tuple[Any, ...]


# -------------------------------------------------------------------------- comparison


def squeeze(text: str) -> str:
    """`text` without white space and soft hyphens."""
    return "".join(text.replace("\u00ad", "").split())


_BRACKET = re.compile(r"\([^)]{0,200}\)")
_NAME_WORD = re.compile(r"[\w/*:-]+")
_INFLECTION = re.compile(r"(innen|in|en|er|e|n|s)$")
_NO_NAME = frozenset(
    "herr herrn frau dr prof der die das des dem den ein eine einer eines einem".split()
)


def name_key(kind: str | None, name: str, shared: frozenset[str] = frozenset()) -> str:
    """What two names of one speaker have in common.

    The last name of a person (the full name where two in the document share it, `shared`), the uninflected
    words of a role or group.
    """
    words = [w for w in _NAME_WORD.findall(_BRACKET.sub(" ", name).casefold()) if w not in _NO_NAME]
    if not words:
        return ""
    if kind == "person":
        return " ".join(words) if words[-1] in shared else words[-1]
    return " ".join(_INFLECTION.sub("", word) for word in words)


def shared_names(document: GoldDocument) -> frozenset[str]:
    """Last names that two persons of the document share."""
    counts = Counter(name_key("person", s.name) for s in document.speakers if s.kind == "person")
    return frozenset(name for name, n in counts.items() if n > 1)


@dataclass(slots=True)
class Span:
    """A sentence as a piece of the squeezed text of the document."""

    start: int
    end: int
    keys: frozenset[str]
    cue: str | None
    act: str | None
    stance: str | None
    text: str
    place: gold.Place | None = None
    confidence: float | None = None
    stance_confidence: float | None = None
    rule: str | None = None


@dataclass(slots=True)
class Difference:
    """One place where extraction and annotation differ."""

    document: str
    kind: str
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.document} {self.where} [{self.kind}] {self.message}"


@dataclass(slots=True)
class Counts:
    """What was counted in one or more documents; two of them add up."""

    documents: int = 0
    sentences: int = 0
    lost: int = 0
    exact: int = 0
    tallies: dict[str, NDArray[np.int64]] = field(default_factory=lambda: {t: np.zeros(3, np.int64) for t in TALLIES})
    """For each tally: hits, predicted, annotated."""
    gender: NDArray[np.int64] = field(default_factory=lambda: np.zeros(2, np.int64))
    acts: NDArray[np.int64] = field(default_factory=lambda: np.zeros((len(ACTS), len(ACTS) + 1), np.int64))
    """Rows annotated, columns predicted, the last one none."""
    stances: NDArray[np.int64] = field(default_factory=lambda: np.zeros((len(STANCES), len(STANCES) + 1), np.int64))

    def vector(self) -> NDArray[np.int64]:
        """All counts in one row, for resampling."""
        return np.concatenate([
            [self.documents, self.sentences, self.lost, self.exact], *(self.tallies[t] for t in TALLIES), self.gender,
            self.acts.ravel(), self.stances.ravel(),
        ])

    @staticmethod
    def of(vector: NDArray[np.int64]) -> Counts:
        """The inverse of `vector`."""
        documents, total, lost, exact = (int(n) for n in vector[:4])
        found = Counts(documents, total, lost, exact)
        at = 4
        for name in TALLIES:
            found.tallies[name] = vector[at : at + 3]
            at += 3
        found.gender = vector[at : at + 2]
        at += 2
        found.acts = vector[at : at + found.acts.size].reshape(found.acts.shape)
        at += found.acts.size
        found.stances = vector[at : at + found.stances.size].reshape(found.stances.shape)
        return found

    def figures(self) -> dict[str, float]:
        """The figures by name, as fractions of 1 (counts for the first three)."""
        return {
            "documents": self.documents,
            "sentences": self.sentences,
            "predicted sentences not on the page": self.lost,
            "sentence ends F1": _f1(self.tallies["split"])[2],
            "attribution precision": _f1(self.tallies["attribution"])[0],
            "attribution recall": _f1(self.tallies["attribution"])[1],
            "attribution F1": _f1(self.tallies["attribution"])[2],
            "attribution exact (all sentences)": self.exact / self.sentences if self.sentences else 1.0,
            "cue F1": _f1(self.tallies["cue"])[2],
            "speakers F1": _f1(self.tallies["speakers"])[2],
            "gender accuracy": float(self.gender[0] / self.gender[1]) if self.gender[1] else 1.0,
            "act macro F1": _macro(self.acts),
            "act accuracy": _accuracy(self.acts),
            "stance macro F1": _macro(self.stances),
            "stance accuracy": _accuracy(self.stances),
            "decision F1 (outcome and all counts)": _f1(self.tallies["decisions"])[2],
            "decision outcome F1": _f1(self.tallies["outcomes"])[2],
        }


def _f1(tally: NDArray[np.int64]) -> tuple[float, float, float]:
    hit, predicted, annotated = (int(n) for n in tally)
    precision = hit / predicted if predicted else (0.0 if annotated else 1.0)
    recall = hit / annotated if annotated else 1.0
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _macro(confusion: NDArray[np.int64]) -> float:
    """Mean F1 of the labels that are annotated at all."""
    scores = []
    for i in range(confusion.shape[0]):
        annotated, predicted = int(confusion[i].sum()), int(confusion[:, i].sum())
        if annotated:
            scores.append(2 * int(confusion[i, i]) / (predicted + annotated))
    return sum(scores) / len(scores) if scores else 0.0


def _accuracy(confusion: NDArray[np.int64]) -> float:
    total = int(confusion.sum())
    return float(np.trace(confusion)) / total if total else 1.0


@dataclass(slots=True)
class Calibration:
    """Confidences and whether what they stand for was right."""

    attribution: list[tuple[float | None, bool]] = field(default_factory=list)
    """Sentences that the extraction gives to somebody."""
    stance: list[tuple[float | None, bool]] = field(default_factory=list)
    """Sentences that have a speaker in annotation and extraction."""
    decision: list[tuple[float | None, bool]] = field(default_factory=list)

    def extend(self, other: Calibration) -> None:
        """Add the pairs of another document."""
        self.attribution += other.attribution
        self.stance += other.stance
        self.decision += other.decision

    def tables(self) -> tuple[tuple[str, list[tuple[float | None, bool]]], ...]:
        """The lists by name."""
        return ("attribution", self.attribution), ("stance", self.stance), ("decision", self.decision)


@dataclass(slots=True)
class Compared:
    """A document's comparison."""

    id: str
    style: str
    counts: Counts
    calibration: Calibration
    differences: list[Difference]


def compare(document: GoldDocument, extraction: Extraction | None) -> Compared:
    """Count where `extraction` and the annotation of `document` agree; None counts as an empty extraction."""
    found = extraction or Extraction()
    shared = shared_names(document)
    text, annotated = _gold_spans(document, shared)
    counts, calibration, differences = Counts(documents=1), Calibration(), []

    def differ(kind: str, where: object, message: str) -> None:
        differences.append(Difference(document.id, kind, str(where), message))

    if extraction is None:
        differ("page", "", "no extraction")
    predicted, counts.lost = _predicted_spans(text, found, shared)
    ends, expected = Counter(s.end for s in predicted), Counter(s.end for s in annotated)
    counts.tallies["split"] = _tally(ends, expected)
    for end in sorted((ends - expected) | (expected - ends)):
        state = "missed" if expected[end] else "wrong"
        differ("ends", "", f"{state} sentence end: {text[max(0, end - 40):end]} | {text[end:end + 30]}")
    for span, best in zip(annotated, _covering(predicted, annotated), strict=True):
        _compare_sentence(span, best, counts, calibration, differ)
    _compare_speakers(document, found, shared, counts, differ)
    _compare_decisions(document, found, counts, calibration, differ)
    return Compared(document.id, document.style, counts, calibration, differences)


Differ = Callable[[str, object, str], None]


def _compare_sentence(
    span: Span, best: Span | None, counts: Counts, calibration: Calibration, differ: Differ
) -> None:
    keys, expected = (best.keys if best else frozenset()) - {UNKNOWN}, span.keys - {UNKNOWN}
    place = tuple(span.place or ())
    counts.sentences += 1
    counts.tallies["attribution"] += _tally(Counter(keys), Counter(expected))
    right = keys == expected
    counts.exact += right
    rule = f" by {best.rule}" if best and best.rule else ""
    if not right:
        differ("speakers", place, f"{sorted(keys)} for {sorted(expected)}{rule}: {span.text}")
    if best and keys:
        calibration.attribution.append((best.confidence, right))
    cue = best.cue if best else None
    counts.tallies["cue"] += _tally(
        Counter([cue.casefold()] if cue else []), Counter([span.cue.casefold()] if span.cue else [])
    )
    if (cue or "").casefold() != (span.cue or "").casefold():
        differ("cue", place, f"{cue!r} for {span.cue!r}{rule}: {span.text}")
    if not expected:
        return
    act, stance = (best.act, best.stance) if best else (None, None)
    counts.acts[_index(ACTS, span.act), _index(ACTS, act)] += 1
    counts.stances[_index(STANCES, span.stance), _index(STANCES, stance)] += 1
    if act != span.act:
        differ("act", place, f"{act} for {span.act}: {span.text}")
    if stance != span.stance:
        differ("stance", place, f"{stance} for {span.stance}: {span.text}")
    if best and stance:
        calibration.stance.append((best.stance_confidence, stance == span.stance))


def _index(labels: tuple[str, ...], label: str | None) -> int:
    return labels.index(label) if label in labels else len(labels)


def _compare_speakers(
    document: GoldDocument, found: Extraction, shared: frozenset[str], counts: Counts, differ: Differ
) -> None:
    expected = {name_key(s.kind, s.name, shared): s for s in document.speakers}
    people = {name_key(s.kind, s.name, shared): s for s in found.speakers if s.id != UNKNOWN}
    a, b = Counter((k, s.kind) for k, s in people.items()), Counter((k, s.kind) for k, s in expected.items())
    counts.tallies["speakers"] = _tally(a, b)
    for key in sorted((a - b) | (b - a)):
        differ("who", "", f"{'missing' if b[key] else 'surplus'} speaker {key}")
    for name, speaker in expected.items():
        if speaker.gender and name in people:
            right = people[name].gender == speaker.gender
            counts.gender += np.array([right, 1])
            if not right:
                differ("gender", "", f"{people[name].gender} for {speaker.gender}: {speaker.name}")


def _compare_decisions(
    document: GoldDocument, found: Extraction, counts: Counts, calibration: Calibration, differ: Differ
) -> None:
    expected = Counter(_decision_key(d) for d in document.decisions)
    predicted = Counter(_decision_key(d) for d in found.decisions)
    counts.tallies["decisions"] = _tally(predicted, expected)
    counts.tallies["outcomes"] = _tally(
        Counter(d.outcome for d in found.decisions), Counter(d.outcome for d in document.decisions)
    )
    if predicted != expected:
        surplus, missing = (list(rest.elements()) for rest in (predicted - expected, expected - predicted))
        differ("decision", "", f"{surplus} for {missing}")
    remaining = expected.copy()
    for decision in sorted(found.decisions, key=lambda d: -(d.confidence or 0)):
        key = _decision_key(decision)
        right = remaining[key] > 0
        remaining[key] -= right
        calibration.decision.append((decision.confidence, right))


def _decision_key(decision: Decision | gold.GoldDecision) -> Key:
    return decision.outcome, decision.unanimous, decision.yes, decision.no, decision.abstain


def _tally(predicted: Counter[Any], annotated: Counter[Any]) -> NDArray[np.int64]:
    return np.array([(predicted & annotated).total(), predicted.total(), annotated.total()], np.int64)


def _gold_spans(document: GoldDocument, shared: frozenset[str]) -> tuple[str, list[Span]]:
    text, spans, at = [], [], 0
    by_id = {s.id: name_key(s.kind, s.name, shared) for s in document.speakers} | {UNKNOWN: UNKNOWN}
    for place, sentence in gold.sentences(document):
        piece = squeeze(sentence.text)
        text.append(piece)
        keys = frozenset(by_id[s] for s in sentence.speakers)
        spans.append(Span(at, at + len(piece), keys, sentence.cue, sentence.act, sentence.stance, sentence.text, place))
        at += len(piece)
    return "".join(text), spans


def _predicted_spans(text: str, found: Extraction, shared: frozenset[str]) -> tuple[list[Span], int]:
    """The extraction's sentences as spans of the annotated text, and how many are not in it."""
    by_id = {s.id: name_key(s.kind, s.name, shared) for s in found.speakers} | {UNKNOWN: UNKNOWN}
    spans, cursor, lost = [], 0, 0
    for s in found.sentences:
        piece = squeeze(s.text)
        at = text.find(piece, cursor) if piece else -1
        if at < 0:
            lost += 1
            continue
        cursor = at + len(piece)
        keys = frozenset(by_id.get(speaker) or name_key("person", speaker, shared) for speaker in s.speakers)
        spans.append(Span(
            at, cursor, keys, s.cue, s.act, s.stance, s.text, None, s.speaker_confidence, s.stance_confidence, s.rule
        ))
    return spans, lost


def _covering(predicted: Sequence[Span], annotated: Sequence[Span]) -> list[Span | None]:
    """For each annotated span the first of the predicted ones (in order, apart) that covers most of it."""
    best: list[Span | None] = []
    first = 0
    for span in annotated:
        while first < len(predicted) and predicted[first].end <= span.start:
            first += 1
        chosen, size = None, 0
        for candidate in predicted[first:]:
            if candidate.start >= span.end:
                break
            overlap = min(candidate.end, span.end) - max(candidate.start, span.start)
            if overlap > size:
                chosen, size = candidate, overlap
        best.append(chosen)
    return best


# -------------------------------------------------------------------------- evaluation


@dataclass(slots=True)
class Evaluation:
    """The comparison of a set of documents."""

    compared: list[Compared]

    def counts(self, chosen: Iterable[str] | None = None) -> Counts:
        """The sum over all documents, or over those with the ids `chosen`."""
        wanted = None if chosen is None else set(chosen)
        vectors = [c.counts.vector() for c in self.compared if wanted is None or c.id in wanted]
        return Counts.of(np.sum(vectors, axis=0)) if vectors else Counts()

    def figures(self, chosen: Iterable[str] | None = None) -> dict[str, float]:
        """The figures of all documents, or of those with the ids `chosen`."""
        return self.counts(chosen).figures()

    def intervals(self, *, seed: int = 0, resamples: int = RESAMPLES) -> dict[str, tuple[float, float]]:
        """95 % bootstrap intervals of every figure, documents drawn with replacement."""
        if not self.compared:
            return {}
        vectors = np.stack([c.counts.vector() for c in self.compared])
        n = len(vectors)
        weights = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=resamples)
        drawn = [Counts.of(row).figures() for row in weights @ vectors]
        found = {}
        for name in drawn[0]:
            low, high = np.quantile([d[name] for d in drawn], [0.025, 0.975])
            found[name] = (float(low), float(high))
        return found

    def by_style(self) -> dict[str, dict[str, float]]:
        """The figures of each style of minutes."""
        styles: dict[str, list[str]] = defaultdict(list)
        for c in self.compared:
            styles[c.style].append(c.id)
        return {style: self.figures(ids) for style, ids in sorted(styles.items())}

    def calibration(self, chosen: Iterable[str] | None = None) -> Calibration:
        """The confidences of all documents, or of those with the ids `chosen`."""
        wanted = None if chosen is None else set(chosen)
        found = Calibration()
        for c in self.compared:
            if wanted is None or c.id in wanted:
                found.extend(c.calibration)
        return found

    def worst(self, number: int = 10) -> list[Compared]:
        """The documents with the largest share of sentences with a wrong speaker or stance, or wrong decisions."""
        return sorted(self.compared, key=lambda c: (-_badness(c.counts), c.id))[:number]

    def differences(self, kind: str | None = None) -> list[Difference]:
        """All differences, or those of one of `KINDS`."""
        return [d for c in self.compared for d in c.differences if kind is None or d.kind == kind]


def _badness(counts: Counts) -> float:
    wrong = counts.sentences - counts.exact
    stance = int(counts.stances.sum() - np.trace(counts.stances))
    hit, predicted, annotated = (int(n) for n in counts.tallies["decisions"])
    return (wrong + stance + predicted + annotated - 2 * hit) / max(1, counts.sentences)


def item_of(document: GoldDocument) -> AgendaItem:
    """The agenda item that the document's page shows."""
    from pipeline.pages.labels import section_kind

    sections = tuple(
        Section(
            label=s.label, kind=section_kind(s.label),
            text="\n\n".join(" ".join(sentence.text for sentence in paragraph) for paragraph in s.paragraphs),
        )
        for s in document.sections
    )
    return AgendaItem(
        number=document.page.item, title=document.page.title, date=document.page.date, sections=sections,
    )


def extract_all(documents: Sequence[GoldDocument]) -> dict[str, Extraction]:
    """The extraction of every document's page, by document id."""
    from pipeline.extract import pipeline

    extractor = pipeline.load()
    return {document.id: extractor.extract(item_of(document)) for document in documents}


def evaluate(documents: Sequence[GoldDocument], extractions: Mapping[str, Extraction] | None = None) -> Evaluation:
    """Compare the documents with `extractions` (by id; default: extracted here)."""
    found = extract_all(documents) if extractions is None else extractions
    return Evaluation([compare(document, found.get(document.id)) for document in documents])


# ------------------------------------------------------------------------------ report


@dataclass(slots=True)
class Bin:
    """A row of a calibration table; `share` is that of all with a confidence or without."""

    label: str
    n: int
    right: int
    share: float


def bins(pairs: Sequence[tuple[float | None, bool]]) -> list[Bin]:
    """The calibration table of `pairs`: by confidence, then those from `CONFIDENT` on, then those without."""
    rows = []
    total = max(1, len(pairs))

    def row(label: str, chosen: list[bool]) -> None:
        rows.append(Bin(label, len(chosen), sum(chosen), len(chosen) / total))

    for low, high in pairwise(BINS):
        row(f"{low:.2f}-{min(high, 1):.2f}", [ok for c, ok in pairs if c is not None and low <= c < high])
    row(f">= {CONFIDENT}", [ok for c, ok in pairs if c is not None and c >= CONFIDENT])
    row("none", [ok for c, ok in pairs if c is None])
    return rows


def read_ids(path: Path) -> list[str]:
    """The ids of a list of documents put aside: one a line, `#` opens a comment."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", where=path) from error
    return [line.split("#")[0].strip() for line in lines if line.split("#")[0].strip()]


SHORT = {
    "ends": "sentence ends F1", "exact": "attribution exact (all sentences)", "cue": "cue F1", "who": "speakers F1",
    "act": "act accuracy", "stance": "stance macro F1", "decision": "decision F1 (outcome and all counts)",
}
"""The columns of the narrow tables."""


def report(evaluation: Evaluation, *, held_out: Sequence[str] | None = None, by_style: bool = True) -> str:
    """The whole evaluation as text for a terminal."""
    figures, intervals = evaluation.figures(), evaluation.intervals()
    lines = [f"{'figure':38} {'value':>8}   95 % interval"]
    for name, value in figures.items():
        if name in ("documents", "sentences", "predicted sentences not on the page"):
            lines.append(f"{name:38} {int(value):8}")
        else:
            low, high = intervals[name]
            lines.append(f"{name:38} {value:8.4f}   {low:.3f} - {high:.3f}")
    lines += ["", _header("rows")]
    if held_out is not None:
        tuned = [c.id for c in evaluation.compared if c.id not in set(held_out)]
        aside = [c.id for c in evaluation.compared if c.id in set(held_out)]
        for label, ids in (("tuned on", tuned), ("held out", aside)):
            lines.append(_row(label, len(ids), evaluation.figures(ids)) if ids else f"{label}: none of these documents")
    lines.append(_row("all", len(evaluation.compared), figures))
    if by_style:
        lines += ["", _header("style")]
        lines += [_row(style, int(f["documents"]), f) for style, f in evaluation.by_style().items()]
    counts = evaluation.counts()
    lines += ["", *_confusion("act", ACTS, counts.acts), "", *_confusion("stance", STANCES, counts.stances), ""]
    for name, pairs in evaluation.calibration().tables():
        lines.append(f"calibration of {name} confidence: bin, n, right, share of all")
        for b in bins(pairs):
            right = f"{b.right / b.n:7.3f}" if b.n else "      -"
            lines.append(f"  {b.label:10} {b.n:6} {right} {b.share:7.1%}")
        lines.append("")
    lines.append("worst documents: share of wrong labels, then as above")
    for c in evaluation.worst():
        lines.append(_row(f"{c.id} ({c.style})", 1, c.counts.figures()) + f"  {_badness(c.counts):.2f}")
    return "\n".join(lines)


def _header(first: str) -> str:
    return f"{first:34} {'n':>4} " + " ".join(f"{name:>8}" for name in SHORT)


def _row(label: str, n: int, figures: Mapping[str, float]) -> str:
    return f"{label[:34]:34} {n:4} " + " ".join(f"{figures[name]:8.3f}" for name in SHORT.values())


def _confusion(name: str, labels: tuple[str, ...], matrix: NDArray[np.int64]) -> list[str]:
    head = f"{name + ': annotated down, predicted across':14}"
    lines = [head, f"{'':14}" + "".join(f"{label[:9]:>10}" for label in (*labels, NONE))]
    return lines + [
        f"{label:14}" + "".join(f"{int(n):10}" for n in row) for label, row in zip(labels, matrix, strict=True)
    ]


def as_json(evaluation: Evaluation, *, held_out: Sequence[str] | None = None) -> dict[str, Any]:
    """The evaluation as plain data: what `report` prints, by name."""
    counts = evaluation.counts()
    found: dict[str, Any] = {
        "figures": evaluation.figures(),
        "intervals": evaluation.intervals(),
        "by_style": evaluation.by_style(),
        "acts": {"labels": [*ACTS, NONE], "rows": counts.acts.tolist()},
        "stances": {"labels": [*STANCES, NONE], "rows": counts.stances.tolist()},
        "calibration": {
            name: [{"bin": b.label, "n": b.n, "right": b.right, "share": b.share} for b in bins(pairs)]
            for name, pairs in evaluation.calibration().tables()
        },
        "worst": [c.id for c in evaluation.worst()],
    }
    if held_out is not None:
        aside = set(held_out)
        found["tuned_on"] = evaluation.figures(c.id for c in evaluation.compared if c.id not in aside)
        found["held_out"] = evaluation.figures(c.id for c in evaluation.compared if c.id in aside)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line of the module; 0, or 2 if the documents cannot be read."""
    parser = argparse.ArgumentParser(
        prog="python -m pipeline.evaluate", description="Quality figures on annotated documents."
    )
    add = parser.add_argument
    add("gold", type=Path, metavar="GOLD_DIR")
    add("--by-style", action="store_true", help="a row for each style of minutes")
    add("--json", action="store_true", help="print everything as JSON")
    add("--held-out", type=Path, metavar="FILE", help="ids put aside while tuning: adds rows tuned on and held out")
    add("--show", type=int, default=0, metavar="N", help="print the first N differences")
    add("--only", choices=KINDS, help="the kind of differences that --show prints")
    options = parser.parse_args(arguments)
    try:
        held_out = read_ids(options.held_out) if options.held_out else None
        evaluation = evaluate(gold.load(options.gold))
    except AuszugError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    if options.json:
        print(json.dumps(as_json(evaluation, held_out=held_out), ensure_ascii=False))
        return 0
    for difference in evaluation.differences(options.only)[: options.show]:
        print(difference)
    print(report(evaluation, held_out=held_out, by_style=options.by_style))
    return 0


if __name__ == "__main__":
    sys.exit(main())
