"""Floors for the quality figures, pinned together with the hash of the annotated documents.

    python -m tests.eval_gate            check the figures against tests/gold/floors.toml
    python -m tests.eval_gate --renew    raise the floors to today's figures and pin today's documents
    python -m tests.eval_gate --renew --lower "reason"    also lower floors; the reason is written beside them

A figure below its floor, a document that changed, came or went without `--renew`: the gate fails and says which.
Floors stand `MARGIN` below the figures they were taken from, so that rounding does not fail them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline import evaluate, gold
from pipeline.comparison import Calibration

GOLD = Path(__file__).parent / "gold"
DOCUMENTS = GOLD / "dev"
HELD_OUT = GOLD / "heldout.txt"
FLOORS = GOLD / "floors.toml"

MARGIN = 0.002
"""Less than one sentence in the smallest group with a floor (some 700 sentences), so that a real loss fails."""

GATED = (
    "sentence ends F1", "attribution exact (all sentences)", "attribution F1", "cue F1", "speakers F1",
    "gender accuracy", "act accuracy", "stance macro F1", "decision F1 (outcome and all counts)",
)
"""Figures with a floor; the others follow from them or are looked at in `make eval`."""

Figures = dict[str, dict[str, float]]


def data_hash() -> tuple[int, str]:
    """Number of annotated documents and the SHA-256 over their names and bytes and the list of those put aside."""
    digest = hashlib.sha256()
    paths = sorted(DOCUMENTS.glob("*.json"))
    for path in (*paths, HELD_OUT):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return len(paths), digest.hexdigest()


def measure() -> Figures:
    """Today's figures: of all documents, of those put aside, and of the confidences."""
    evaluation = evaluate.evaluate(gold.load(DOCUMENTS))
    aside = evaluate.read_ids(HELD_OUT)
    found = {
        "all": {name: evaluation.figures()[name] for name in GATED},
        "held_out": {name: evaluation.figures(aside)[name] for name in GATED},
    }
    found["calibration"] = _confident(evaluation.calibration(aside))
    return found


def _confident(calibration: Calibration) -> dict[str, float]:
    """Of the held-out results with a high confidence: how many are right, and how many they are of all."""
    found = {}
    for name, pairs in calibration.tables():
        confident = [right for confidence, right in pairs if (confidence or 0) >= evaluate.CONFIDENT]
        found[f"{name} right"] = sum(confident) / len(confident) if confident else 0.0
        found[f"{name} share"] = len(confident) / len(pairs) if pairs else 0.0
    return found


def read_floors(path: Path = FLOORS) -> dict[str, Any]:
    """The floors file as data."""
    return tomllib.loads(path.read_text("utf-8"))


def failures(figures: Figures, floors: Mapping[str, Any], data: tuple[int, str]) -> list[str]:
    """What fails the gate, one line each; empty if nothing does."""
    found = []
    documents, digest = data
    pinned = floors["data"]
    if (pinned["documents"], pinned["sha256"]) != (documents, digest):
        found.append(
            f"the annotated documents changed ({pinned['documents']} pinned, {documents} now): "
            "look at the figures and run `python -m tests.eval_gate --renew`"
        )
    for group, values in figures.items():
        pinned_values = floors.get(group, {})
        found += [f"{group}: {name} has no floor" for name in values if name not in pinned_values]
        for name, floor in pinned_values.items():
            if name not in values:
                found.append(f"{group}: {name} is no longer measured")
            elif values[name] < floor:
                found.append(f"{group}: {name} is {values[name]:.4f}, below its floor {floor:.4f}")
    return found


def renewed(figures: Figures, old: Mapping[str, Any] | None, data: tuple[int, str], *, reason: str = "") -> str:
    """The text of a new floors file; floors only rise, unless a `reason` for lowering them is given."""
    lines = [
        "# Floors of the quality figures on tests/gold/dev; written by `python -m tests.eval_gate --renew`.",
        "# all: every document; held_out: those in heldout.txt; calibration: held-out results with confidence >= 0.9.",
    ]
    history = list((old or {}).get("lowered", []))
    if reason:
        history.append(reason)
    lines += [f"lowered = {json.dumps(history, ensure_ascii=False)}", ""]
    lines += ["[data]", f"documents = {data[0]}", f'sha256 = "{data[1]}"']
    for group, values in figures.items():
        lines += ["", f"[{group}]"]
        for name, value in values.items():
            floor = max(0.0, int((value - MARGIN) * 10_000) / 10_000)
            if old and not reason:
                floor = max(floor, old.get(group, {}).get(name, 0.0))
            lines.append(f"{json.dumps(name)} = {floor:.4f}")
    return "\n".join(lines) + "\n"


def main() -> int:
    """The command line: 0 if the gate holds."""
    parser = argparse.ArgumentParser(prog="python -m tests.eval_gate")
    parser.add_argument("--renew", action="store_true", help="raise the floors and pin today's documents")
    parser.add_argument("--lower", metavar="REASON", default="", help="with --renew: floors may fall, too")
    options = parser.parse_args()
    figures, data = measure(), data_hash()
    old = read_floors() if FLOORS.exists() else None
    if options.renew:
        FLOORS.write_text(renewed(figures, old, data, reason=options.lower), "utf-8")
        print(FLOORS.read_text("utf-8"), end="")
        old = read_floors()
    if old is None:
        print(f"{FLOORS} is missing: run `python -m tests.eval_gate --renew`", file=sys.stderr)
        return 2
    found = failures(figures, old, data)
    print("\n".join(found) if found else "every figure is at or above its floor")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
