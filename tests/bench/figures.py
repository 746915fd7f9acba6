"""What the benchmark found beside the committed figures and the goals: what is lost, what is reached."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RESULT = ROOT / "tests" / "bench.json"

LOSS = 0.10
"""A figure that is this much worse than the committed one is marked; runs on one machine differ by some 5 %."""
BUSY = 1.0
"""From this load average on at the start, other work on the machine spoils wall times."""

Figures = dict[str, float]
Sections = dict[str, Figures]

GOALS: dict[str, tuple[float, str]] = {
    "extraction warm words/s": (50_000, "at least"),
    "extraction / peer": (5, "at least"),
    "auszug_stance µs/word": (4, "below"),
    "auszug_decisions µs/word": (3.3, "below"),
    "peak memory MB": (500, "below"),
    "pages / peer": (3, "at least"),
    "build / peer, rows one by one": (5, "at least"),
    "build / peer, rows by meeting": (5, "at least"),
    "two cores / one core": (1.7, "at least"),
    "one changed excerpt s": (15, "below"),
    "time per excerpt, largest / before": (1.15, "below"),
    "peak memory MB, largest": (2_000, "below"),
    "auszug extract s": (4, "below"),
    "auszug query s": (1, "below"),
    "auszug --help s": (0.5, "below"),
    "auszug run s": (10, "below"),
}
"""What was asked for (name: figure, how)."""

_RATES = ("/s", "peer", "one by one", "by meeting", "one core")
"""Ends of the names of figures of which more is better."""
_NEUTRAL = ("excerpts", "words", "pages", "kB mean", "archive MB", "counties", "rows")
"""Ends of the names of figures that say what was measured: no change of them is a loss."""


def neutral(name: str) -> bool:
    """Whether a figure only says what was measured."""
    return name.endswith(_NEUTRAL)


def better_is_more(name: str) -> bool:
    """Whether a larger figure of this name is the better one."""
    return name.endswith(_RATES)


def lost(name: str, now: float, before: float) -> bool:
    """Whether `now` is worse than `before` by more than `LOSS`."""
    if neutral(name):
        return False
    return now < before * (1 - LOSS) if better_is_more(name) else now > before * (1 + LOSS)


def table(figures: Mapping[str, float], before: Mapping[str, float]) -> list[str]:
    """The figures beside the committed ones and what was asked for."""
    lines = []
    for name, value in figures.items():
        remarks = []
        if name in GOALS:
            goal, how = GOALS[name]
            reached = value >= goal if how == "at least" else value < goal
            remarks.append(f"{'reached' if reached else 'NOT REACHED'}: {how} {goal:,}")
        if name in before and lost(name, value, before[name]):
            remarks.append(f"LOST {abs(value / before[name] - 1):.0%}")
        old = f"{before[name]:12,.2f}" if name in before else f"{'-':>12}"
        lines.append(f"  {name:44} {value:12,.2f} {old}  {'; '.join(remarks)}".rstrip())
    return lines + [f"  {name}: no longer measured" for name in before if name not in figures]


def committed() -> Sections:
    """The figures of the committed `bench.json` by section; empty where there is none."""
    done = subprocess.run(
        ["git", "show", "HEAD:tests/bench.json"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return sections_of(json.loads(done.stdout)) if done.returncode == 0 else {}


def sections_of(document: Mapping[str, Any]) -> Sections:
    """The sections of a `bench.json`; one of before there were sections has none that can be compared."""
    found: Sections = document.get("sections", {})
    return found


def machine() -> dict[str, str | int]:
    """The machine in a few words: processor, cores that may be used, Python."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        lines = info.read_text().splitlines()
        model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), model)
    return {"processor": model, "cores": cores(), "python": platform.python_version()}


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def load_warning() -> str | None:
    """A sentence where the machine has other work to do."""
    load = os.getloadavg()[0]
    if load <= BUSY:
        return None
    return f"the machine is busy (load {load:.1f}): wall times are too long, and processor times up to twice as long"


def write(sections: Sections, about: Mapping[str, Any], path: Path = RESULT) -> None:
    """Writes `sections` to `path`; sections that were not measured keep their last figures."""
    before = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    merged = {**sections_of(before), **{name: {key: _rounded(value) for key, value in figures.items()}
                                        for name, figures in sections.items()}}
    document = {**about, "sections": dict(sorted(merged.items()))}
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", "utf-8")


def _rounded(value: float) -> float:
    """Four digits that count: the rest is noise."""
    return float(f"{value:.4g}") if abs(value) < 10_000 else round(value)
