"""Speed, memory and start-up times, beside a peer in the same run (`make bench`).

    python -m tests.bench [--quick]

Prints a table and writes `tests/bench.json`; figures that lost more than `LOSS` against the committed file are marked.
Every measurement runs in a process of its own on one core, so that memory and cold times are its own; speeds are in
processor time, so that other work on the machine does not count (start-up times are wall times). Words are
parted by white space (no punctuation), so a figure in tokens would be some 15 % higher. The text: the real minutes in
`../shared/real` where they are, else the annotated documents. What is missing is left out and named.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "tests" / "bench.json"
REAL = ROOT.parent / "shared" / "real" / "karlsruhe.jsonl"
GOLD = ROOT / "tests" / "gold" / "dev"
SKELETONS = ROOT.parent / "shared" / "allris" / "skeletons"
ARCHIVE = ROOT / "corpora" / "ahrenfeld" / "archive"

LOSS = 0.10
"""A figure that is this much worse than the committed one is marked; runs on one machine differ by some 5 %."""

PEER_WORDS = 30_000
"""Words that the peer reads: some six seconds."""

GOALS = {
    "extraction warm words/s": (50_000, "at least"),
    "extraction / peer": (5, "at least"),
    "peak memory MB": (500, "below"),
    "auszug extract s": (4, "below"),
    "auszug query s": (1, "below"),
    "auszug --help s": (0.5, "below"),
    "auszug run s": (10, "below"),
}
"""What was asked for (name: figure, how)."""

OK_CODES = (0, 1)
"""Exit codes of a command that did its work (1: with problems)."""

Figures = dict[str, float]


# ------------------------------------------------------------------------------- texts


def texts() -> tuple[str, list[str]]:
    """The name of the sample and the texts of its items."""
    if REAL.is_file():
        return "karlsruhe", [json.loads(line)["text"] for line in REAL.read_text("utf-8").splitlines()]
    documents = [json.loads(path.read_text("utf-8")) for path in sorted(GOLD.glob("*.json"))]
    return "gold", [
        "\n\n".join(" ".join(s["text"] for s in p) for section in d["sections"] for p in section["paragraphs"])
        for d in documents
    ]


def words_in(sample: list[str]) -> int:
    """Words parted by white space."""
    return sum(len(text.split()) for text in sample)


def best(measure: Callable[[], float], times: int) -> float:
    """The shortest of several measurements."""
    return min(measure() for _ in range(times))


# ------------------------------------------------------------ measured in own processes


def measure_extraction(*, quick: bool) -> Figures:
    """The extraction over the sample, whole and by component, cold and warm, and the process's peak memory."""
    began = time.process_time()
    from pipeline.extract import pipeline
    from pipeline.records import AgendaItem, Section

    extractor = pipeline.load()
    figures = {"extraction load s": time.process_time() - began}
    _, sample = texts()
    n = words_in(sample)
    items = [AgendaItem(sections=(Section(label="Wortprotokoll", kind="minutes", text=text),)) for text in sample]

    def whole() -> float:
        began = time.process_time()
        for item in items:
            extractor.extract(item)
        return time.process_time() - began

    figures["extraction cold words/s"] = n / whole()
    figures["extraction warm words/s"] = n / best(whole, 2 if quick else 4)
    figures["peak memory MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for name, seconds in _by_component(extractor, items, 1 if quick else 3).items():
        figures[f"{name} µs/word"] = seconds / n * 1e6
    return figures


def _by_component(extractor: Any, items: list[Any], times: int) -> dict[str, float]:
    """Seconds that each component takes over all items, in the best of several runs."""
    from pipeline.extract.state import SECTION_BREAK, ItemState
    from pipeline.records import ItemContext

    runs = []
    for _ in range(times):
        spent = dict.fromkeys(["tokenizer", *extractor.nlp.pipe_names], 0.0)
        for item in items:
            began = time.process_time()
            doc = extractor.nlp.make_doc(SECTION_BREAK.join(section.text for section in item.sections))
            spent["tokenizer"] += time.process_time() - began
            doc._.item = ItemState(item=item, context=ItemContext(), sections=item.sections)
            for name, component in extractor.nlp.pipeline:
                began = time.process_time()
                component(doc)
                spent[name] += time.process_time() - began
        runs.append(spent)
    return {name: min(run[name] for run in runs) for name in runs[0]}


def measure_peer(*, quick: bool) -> Figures:
    """The peer over the start of the same sample."""
    from tests import bench_peer

    nlp = bench_peer.load()
    chosen: list[str] = []
    for text in texts()[1]:
        if words_in(chosen) >= PEER_WORDS // (3 if quick else 1):
            break
        chosen.append(text)

    def whole() -> float:
        began = time.process_time()
        for _ in nlp.pipe(chosen, batch_size=32):
            pass
        return time.process_time() - began

    whole()
    return {"peer warm words/s": words_in(chosen) / best(whole, 1 if quick else 2)}


def measure_pages(*, quick: bool) -> Figures:
    """The page parser over the demonstration county's archive and the skeletons."""
    from pipeline import pages
    from pipeline.harvest import archive

    found: list[tuple[bytes, str | None, str | None]] = []
    for page in archive.read_archive(ARCHIVE) if ARCHIVE.is_dir() else ():
        if isinstance(page, archive.ArchivedPage) and page.payload:
            found.append((page.payload, page.url, page.content_type))
    if SKELETONS.is_dir():
        found += [(path.read_bytes(), None, None) for path in sorted(SKELETONS.iterdir())]
    if not found:
        return {}

    def whole() -> float:
        began = time.process_time()
        for payload, url, content_type in found:
            pages.parse(payload, url=url, content_type=content_type)
        return time.process_time() - began

    whole()
    seconds = best(whole, 1 if quick else 3)
    return {
        "pages/s": len(found) / seconds,
        "page MB/s": sum(len(payload) for payload, _, _ in found) / seconds / 1e6,
    }


MEASURES: dict[str, Callable[..., Figures]] = {
    "extraction": measure_extraction, "peer": measure_peer, "pages": measure_pages,
}


# -------------------------------------------------------------------------- start-up


def measure_commands(*, quick: bool) -> Figures:
    """Wall time of the commands from their start, the best of some runs (so with a warm disk)."""
    command = shutil.which("auszug", path=f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}")
    if command is None:
        print("auszug is not installed here: no start-up times")
        return {}
    page = ROOT / "corpora" / "seed" / "seed.txt"
    page = page if page.is_file() else next((ROOT / "corpora" / "seed").glob("*.txt"))
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
            began = time.perf_counter()
            done = subprocess.run([command, *rest], cwd=ROOT, capture_output=True, check=False)
            seconds.append(time.perf_counter() - began)
            if done.returncode not in OK_CODES or b"Traceback" in done.stderr:
                print(f"auszug {' '.join(rest)}: exit {done.returncode}: {done.stderr.decode(errors='replace')[-200:]}")
                break
        else:
            figures[name] = min(seconds)
    return figures


# ------------------------------------------------------------------------------ report


def child(name: str, *, quick: bool) -> Figures:
    """A measurement in a process of its own on one core; what it prints besides goes through."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--child", name, *(["--quick"] if quick else [])],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    if done.returncode:
        print(f"{name}: could not be measured: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else ''}")
        return {}
    *notes, result = done.stdout.strip().splitlines()
    for note in notes:
        print(note)
    found: Figures = json.loads(result)
    return found


def better_is_more(name: str) -> bool:
    """Whether a larger figure of this name is the better one."""
    return name.endswith(("/s", "peer"))


def lost(name: str, now: float, before: float) -> bool:
    """Whether `now` is worse than `before` by more than `LOSS`."""
    return now < before * (1 - LOSS) if better_is_more(name) else now > before * (1 + LOSS)


def table(figures: Figures, before: Figures) -> list[str]:
    """The figures beside the committed ones and what was asked for."""
    lines = [f"{'figure':34} {'now':>12} {'committed':>12}  remark"]
    for name, value in figures.items():
        remarks = []
        if name in GOALS:
            goal, how = GOALS[name]
            reached = value >= goal if how == "at least" else value < goal
            remarks.append(f"{'reached' if reached else 'NOT REACHED'}: {how} {goal:,}")
        if name in before and lost(name, value, before[name]):
            remarks.append(f"LOST {abs(value / before[name] - 1):.0%}")
        old = f"{before[name]:12,.2f}" if name in before else f"{'-':>12}"
        lines.append(f"{name:34} {value:12,.2f} {old}  {'; '.join(remarks)}")
    return lines + [f"{name}: no longer measured" for name in before if name not in figures]


def committed() -> Figures:
    """The figures of the committed `bench.json`; empty where there is none."""
    done = subprocess.run(
        ["git", "show", "HEAD:tests/bench.json"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        return {}
    figures: Figures = json.loads(done.stdout)["figures"]
    return figures


def main() -> int:
    """The command line; 0 whatever the figures are, since they depend on the machine."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--quick", action="store_true", help="fewer repetitions, and nothing is written")
    parser.add_argument("--child", choices=sorted(MEASURES), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        print(json.dumps(MEASURES[options.child](quick=options.quick)))
        return 0
    from tests import bench_peer

    name, sample = texts()
    print(f"sample: {name}, {len(sample)} items, {words_in(sample):,} words")
    figures = {**child("pages", quick=options.quick), **child("extraction", quick=options.quick)}
    if bench_peer.available():
        figures |= child("peer", quick=options.quick)
    else:
        print("../shared/treebank is missing: no peer")
    if "extraction warm words/s" in figures and "peer warm words/s" in figures:
        figures["extraction / peer"] = figures["extraction warm words/s"] / figures["peer warm words/s"]
    figures |= measure_commands(quick=options.quick)
    print("\n".join(table(figures, committed())))
    if not options.quick:
        rounded = {key: round(value, 3) for key, value in figures.items()}
        result = {"sample": name, "words": words_in(sample), "python": sys.version.split()[0], "figures": rounded}
        RESULT.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", "utf-8")
        print(f"written: {RESULT.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
