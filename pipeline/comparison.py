"""Compares the extraction of one document with its annotation: what `evaluate` counts.

Everything is computed on the text without white space, so neither line breaks nor a different sentence split shift
the comparison. The figures are defined as in the guidelines' scorer; a test shows that both agree.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline import gold
from pipeline.gold import UNKNOWN, GoldDocument
from pipeline.records import Decision, Extraction

ACTS = ("inform", "ask", "answer", "propose", "agree", "object", "commit", "courtesy")
STANCES = ("support", "oppose", "conditional", "neutral")
TALLIES = ("split", "attribution", "cue", "speakers", "decisions", "outcomes")
KINDS = ("ends", "speakers", "cue", "act", "stance", "who", "gender", "decision")
"""Kinds of differences."""

Key = tuple[Any, ...]


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
