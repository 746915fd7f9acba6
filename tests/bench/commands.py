"""Start-up times of the commands, from outside."""

from __future__ import annotations

from pipeline.errors import EXIT_PROBLEMS
from tests.bench.figures import ROOT, Figures
from tests.bench.processes import auszug, measure


def measure_commands(*, quick: bool) -> Figures:
    """Wall time of the commands from their start, the best of some runs (so with a warm disk)."""
    page = next((ROOT / "corpora" / "seed").glob("*.txt"))
    database = ROOT / "build" / "bench.duckdb"
    database.parent.mkdir(exist_ok=True)
    for left in database.parent.glob("bench.duckdb*"):
        left.unlink()
    db = ["--db", str(database)]
    arguments = {
        "auszug --help s": ["--help"],
        "auszug extract s": ["extract", str(page)],
        "auszug run s": ["run", "corpora/seed", "corpora/ahrenfeld", "--offline", *db],
        "auszug query s": ["query", "topic_timeline", "-p", "topic=sro", *db],
    }
    figures = {}
    for name, rest in arguments.items():
        seconds = []
        for _ in range(1 if "run" in rest else 2 if quick else 4):
            done = measure([auszug(), *rest])
            seconds.append(done.seconds)
            if done.code > EXIT_PROBLEMS or "Traceback" in done.stderr:
                print(f"auszug {' '.join(rest)}: exit {done.code}: {done.stderr[-200:]}")
                break
        else:
            figures[name] = min(seconds)
    return figures
