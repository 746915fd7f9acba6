"""Speed, memory and start-up times, each beside its peer in the same run (`make bench`).

    python -m tests.bench [--quick] [--only pages,extraction,build,changes,growth,commands] [--largest 1000000]
    python -m tests.bench --profile          # where the components of the extraction spend their time

Prints a table for each section and writes `tests/bench.json`; figures that lost more than `LOSS` against the committed
file are marked. Every measurement runs in a process of its own. Speeds on one core are in processor time, so that
other work on the machine counts less (it makes it slower all the same: a busy machine is named). What is missing is
left out and named.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable

from tests.bench import builds, commands, extraction, extrapolation, figures, parsing, peer
from tests.bench.figures import ROOT, Figures, Sections
from tests.bench.processes import PLAIN

CHILDREN: dict[str, Callable[..., Figures]] = {
    "extraction": extraction.measure_extraction, "peer": extraction.measure_peer, "pages": parsing.measure_pages,
}
"""Measured inside a process of their own on one core."""
SECTIONS = ("pages", "extraction", "commands", "build", "changes", "growth")


def child(name: str, *, quick: bool) -> Figures:
    """A measurement in a process of its own on one core; what it prints besides goes through."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--child", name, *(["--quick"] if quick else [])],
        cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, **PLAIN},
    )
    if done.returncode:
        print(f"{name}: could not be measured: {(done.stderr.strip().splitlines() or [''])[-1]}")
        return {}
    *notes, result = done.stdout.strip().splitlines()
    for note in notes:
        print(note)
    found: Figures = json.loads(result)
    return found


def measured(section: str, *, quick: bool, largest: int) -> Figures:
    """The figures of a section."""
    match section:
        case "pages":
            return child("pages", quick=quick)
        case "extraction":
            found = child("extraction", quick=quick)
            found |= child("peer", quick=quick) if peer.available() else {}
            if "extraction warm words/s" in found and "peer warm words/s" in found:
                found["extraction / peer"] = found["extraction warm words/s"] / found["peer warm words/s"]
            return found
        case "commands":
            return commands.measure_commands(quick=quick)
        case "build":
            return builds.measure_builds(quick=quick)
        case "growth":
            return builds.measure_growth(quick=quick, largest=largest)
        case _:
            return builds.measure_changes(quick=quick)


def main() -> int:
    """The command line; 0 whatever the figures are, since they depend on the machine."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer repetitions, small corpora, nothing is written")
    parser.add_argument("--only", default=",".join(SECTIONS), help=f"sections, parted by commas: {', '.join(SECTIONS)}")
    parser.add_argument("--largest", type=int, default=builds.SIZES[-1], help="excerpts of the largest corpus")
    parser.add_argument("--profile", action="store_true", help="show where the extraction spends its time, no more")
    parser.add_argument("--child", choices=sorted(CHILDREN), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        print(json.dumps(CHILDREN[options.child](quick=options.quick)))
        return 0
    if options.profile:
        print(extraction.profile())
        return 0
    chosen = [name.strip() for name in options.only.split(",")]
    if unknown := sorted(set(chosen) - set(SECTIONS)):
        parser.error(f"no such section: {', '.join(unknown)}; there are {', '.join(SECTIONS)}")
    return report(chosen, quick=options.quick, largest=options.largest)


def report(chosen: list[str], *, quick: bool, largest: int) -> int:
    """Measures, prints and writes the chosen sections."""
    if warning := figures.load_warning():
        print(f"WARNING: {warning}")
    name, sample = extraction.texts()
    about = {"sample": name, "words": extraction.words_in(sample), **figures.machine()}
    print(", ".join(f"{key} {value}" for key, value in about.items()))
    before = figures.committed()
    found: Sections = {}
    for section in (name for name in SECTIONS if name in chosen):
        found[section] = measured(section, quick=quick, largest=largest)
        print(f"\n{section:46} {'now':>12} {'committed':>12}  remark")
        print("\n".join(figures.table(found[section], before.get(section, {}))), flush=True)
        if not quick:
            figures.write({section: found[section]}, about)
    try:
        print("\n" + "\n".join(extrapolation.lines({**before, **found})))
    except KeyError as missing:
        print(f"\nno extrapolation: {missing} was not measured")
    if not quick:
        print(f"\nwritten: {figures.RESULT.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
