"""The published quality figures: measured on annotated documents, shipped with the program, put in data packages.

Part of `output`. `figures.json` lies beside this file; `python -m pipeline.output.figures` measures anew (in a
checkout) and writes it. It names the version of the extraction that was measured, so that a data package
can say whether its rows were made by the same one.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import msgspec

FILE = Path(__file__).parent / "figures.json"
_KEPT = (
    "documents", "sentences", "sentence ends F1", "attribution F1", "attribution exact (all sentences)", "cue F1",
    "speakers F1", "gender accuracy", "act accuracy", "act macro F1", "stance accuracy", "stance macro F1",
    "decision F1 (outcome and all counts)", "decision outcome F1",
)
"""The figures that are published; the first two are counts."""

MEANINGS = {
    "sentence ends F1": "ends of sentences found",
    "attribution F1": "pairs of sentence and speaker",
    "attribution exact (all sentences)": "sentences whose speakers are exactly right, silence included",
    "cue F1": "words that carry the speech act",
    "speakers F1": "speakers of an item",
    "gender accuracy": "gender of the speakers that were found",
    "act accuracy": "act of a reported sentence",
    "act macro F1": "the same, each act counting alike",
    "stance accuracy": "stance of a statement",
    "stance macro F1": "the same, each stance counting alike",
    "decision F1 (outcome and all counts)": "decisions with outcome and every count right",
    "decision outcome F1": "decisions with the outcome right",
}
"""What a figure measures, in a line."""


class Sample(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Figures on one set of annotated documents. `held_out`: those that nobody looked at while tuning."""

    name: str
    about: str
    sha256: str
    all: dict[str, float]
    intervals: dict[str, tuple[float, float]]
    held_out: dict[str, float]


class Figures(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The published figures, and what was measured. `extraction`: version of rules and models."""

    program: str
    extraction: str
    samples: tuple[Sample, ...]


def read_figures() -> Figures:
    """The figures that ship with the program."""
    return msgspec.json.decode(FILE.read_bytes(), type=Figures)


def measure() -> Figures:
    """The figures of the extraction as it is, on the project's samples that are here (see `evaluate.SAMPLES`)."""
    from pipeline import __version__, evaluate, gold
    from pipeline.versions import extraction_version

    samples = []
    for folder, ids in evaluate.SAMPLES:
        if not folder.is_dir():
            continue
        evaluation = evaluate.evaluate(gold.load(folder))
        figures, intervals = evaluation.figures(), evaluation.intervals()
        trained = folder.resolve() == evaluate.IN_SAMPLE.resolve()
        about = ("real minutes, annotated by hand; the weights for act and stance were trained on them, so these two "
                 "are too good here") if trained else (
                 "minutes written for this purpose in many styles (and one real excerpt), annotated by hand")
        samples.append(Sample(
            name="real" if trained else "written", about=about, sha256=_hash(folder), all=_rounded(figures),
            intervals={name: (round(intervals[name][0], 4), round(intervals[name][1], 4)) for name in _KEPT[2:]},
            held_out=_rounded(evaluation.figures(set(evaluate.read_ids(ids)))),
        ))
    return Figures(program=__version__, extraction=extraction_version(), samples=tuple(samples))


def _rounded(figures: dict[str, float]) -> dict[str, float]:
    return {name: round(figures[name], 4) for name in _KEPT}


def _hash(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.json")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def markdown(figures: Figures, extractors: set[str]) -> str:
    """The figures as tables. `extractors`: versions of the extraction that made the rows they stand beside."""
    lines: list[str] = []
    for sample in figures.samples:
        lines += [
            f"**{sample.name}**: {int(sample.all['documents'])} documents, {int(sample.all['sentences']):,} sentences, "
            f"{sample.about}. {int(sample.held_out['documents'])} of them were put aside while the rules were written.",
            "", "| Figure | Documents put aside | All | 95 % interval | Meaning |", "|---|---:|---:|---|---|",
            *(f"| {name} | {sample.held_out[name]:.3f} | {sample.all[name]:.3f} | {low:.3f} to {high:.3f} | "
              f"{MEANINGS[name]} |" for name, (low, high) in sample.intervals.items()), "",
        ]
    same = extractors and all(made.startswith(figures.extraction) for made in extractors)
    lines.append(f"Measured with extraction {figures.extraction} of auszug {figures.program}" + (
        ", which made these rows, too." if same else "; some of these rows were made by another version of it."))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    FILE.write_text(json.dumps(msgspec.to_builtins(measure()), ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(FILE)
