"""How good the extraction is: its figures on annotated documents, with intervals, confusions and calibration.

    python -m pipeline.evaluate [GOLD_DIR...] [--by-style] [--json] [--held-out FILE] [--show N] [--only KIND]

Each document is rendered as the text form of a page, parsed, extracted and compared (`comparison`).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline import gold
from pipeline.comparison import ACTS, KINDS, STANCES, Calibration, Compared, Counts, Difference, compare
from pipeline.errors import AuszugError, InputError
from pipeline.gold import GoldDocument
from pipeline.records import AgendaItem, Extraction

NONE = "-"
"""Column of a confusion matrix for no prediction."""

RESAMPLES = 1000
"""Bootstrap resamples: the intervals move by less than 0.003 between seeds."""

BINS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.01)
"""Lower ends of the calibration bins."""
CONFIDENT = 0.9
"""The confidence from which on a result may be used unread (issue: 97 % of attributions, 90 % of stances right)."""


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
    """The agenda item that the document's page shows; `InputError` if its page cannot be read as one."""
    from pipeline import pages

    parsed = pages.parse(gold.render(document).encode())
    if not isinstance(parsed.record, AgendaItem):
        raise InputError(
            f"the page of {document.id} reads as {parsed.outcome}, not as an agenda item",
            remedy="check its labels and texts",
        )
    return parsed.record


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
    groups: list[tuple[str, Sequence[str] | None]] = [("", None)]
    if held_out is not None:
        groups.append((" (held out)", held_out))
    for label, chosen in groups:
        for name, pairs in evaluation.calibration(chosen).tables():
            lines.append(f"calibration of {name} confidence{label}: bin, n, right, share of all")
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
        "calibration": _calibration_data(evaluation.calibration()),
        "worst": [c.id for c in evaluation.worst()],
    }
    if held_out is not None:
        aside = set(held_out)
        found["tuned_on"] = evaluation.figures(c.id for c in evaluation.compared if c.id not in aside)
        found["held_out"] = evaluation.figures(c.id for c in evaluation.compared if c.id in aside)
        found["calibration_held_out"] = _calibration_data(evaluation.calibration(aside))
    return found


def _calibration_data(calibration: Calibration) -> dict[str, Any]:
    return {
        name: [{"bin": b.label, "n": b.n, "right": b.right, "share": b.share} for b in bins(pairs)]
        for name, pairs in calibration.tables()
    }


SAMPLES = (
    (Path("tests/gold/dev"), Path("tests/gold/heldout.txt")),
    (Path("../shared/gold/real"), Path("tests/gold/heldout-real.txt")),
)
"""What is evaluated when no folder is named (`make eval`): those that are there, with the ids put aside."""

IN_SAMPLE = Path("../shared/gold/real")
"""Documents that the shipped weights were trained on: act and stance are too good there."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line of the module; 0, or 2 if the documents cannot be read."""
    parser = argparse.ArgumentParser(
        prog="python -m pipeline.evaluate", description="Quality figures on annotated documents."
    )
    add = parser.add_argument
    add("gold", type=Path, nargs="*", metavar="GOLD_DIR", help="default: the samples of the project, by style")
    add("--by-style", action="store_true", help="a row for each style of minutes")
    add("--json", action="store_true", help="print everything as JSON, one line a folder")
    add("--held-out", type=Path, metavar="FILE", help="ids put aside while tuning: adds rows tuned on and held out")
    add("--show", type=int, default=0, metavar="N", help="print the first N differences")
    add("--only", choices=KINDS, help="the kind of differences that --show prints")
    options = parser.parse_args(arguments)
    samples = [(folder, options.held_out) for folder in options.gold] or [s for s in SAMPLES if s[0].is_dir()]
    if not samples:
        print("error: no annotated documents here; name a folder", file=sys.stderr)
        return 2
    try:
        for folder, ids in samples:
            held_out = read_ids(ids) if ids else None
            evaluation = evaluate(gold.load(folder))
            if options.json:
                print(json.dumps({"folder": str(folder), **as_json(evaluation, held_out=held_out)}, ensure_ascii=False))
                continue
            for difference in evaluation.differences(options.only)[: options.show]:
                print(difference)
            print(f"{folder}\n")
            if folder.resolve() == IN_SAMPLE.resolve():
                print("The weights for act and stance were trained on these documents: both are too good here.\n")
            print(report(evaluation, held_out=held_out, by_style=options.by_style or not options.gold), end="\n\n")
    except AuszugError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
