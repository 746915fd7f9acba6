"""Feeds the targets with changed seeds and says what breaks.

    python -m tests.fuzz                        all targets, a minute each
    python -m tests.fuzz page extraction -s 600 two of them, ten minutes each
    python -m tests.fuzz --record               the counts are added to those in tests/soak.json, too
    python -m tests.fuzz page -i .fuzz/page-x   one input again, with its traceback

With atheris (`pip install auszug[fuzz]`) the search follows what code is reached; without it, it goes by chance. Each
target runs in a process of its own. What breaks is kept in `.fuzz/`; the exit code is 1 then.

A finding is: an exception outside the error tree, more than 2 s of CPU time for one input, or a process above
`BASE_MB` + 500 MB.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import random
import resource
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.fuzz.mutations import bytes_of, text_of
from tests.fuzz.seeds import seeds
from tests.fuzz.targets import TARGETS

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".fuzz"
RESULTS = ROOT / "tests" / "soak.json"
SLOW = 2.0
"""CPU seconds for one input."""
MEMORY_MB = 500
"""What one input may add to the process's peak."""
MAX_BYTES = {"page": 100_000, "answer": 60_000, "extraction": 8_000, "archive": 20_000, "search": 300}
"""Longest input of a target; 4,000 where nothing is said. Long ones are for test_growth and test_hostile."""
TEXTS = frozenset({"extraction", "search"})


class Watch:
    """A target with a count of its executions and what was found; the count is kept on the disk."""

    def __init__(self, name: str) -> None:
        self.name, self._target = name, TARGETS[name]
        self.executions = 0
        self.slowest = 0.0
        self.findings: dict[str, str] = {}
        self._began = time.monotonic()
        self._base: float | None = None
        self._saved = self._began

    def __call__(self, data: bytes) -> None:
        start = time.thread_time()
        try:
            self._target(data)
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            self._found(data, f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}: {str(error)[:200]}",
                        key=f"{type(error).__name__}{last.filename}{last.lineno}")
        took = time.thread_time() - start
        self.executions += 1
        if self.executions > len(seeds()[self.name]):  # the first ones load what they need
            self.slowest = max(self.slowest, took)
            if took > SLOW:
                self._found(data, f"{took:.1f} s", key="slow")
        if time.monotonic() > self._saved + 3:
            self._saved = time.monotonic()
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            self._base = peak if self._base is None else self._base
            if peak > self._base + MEMORY_MB:
                self._found(data, f"{peak:.0f} MB", key="memory")
            self.save()

    def _found(self, data: bytes, what: str, *, key: str) -> None:
        digest = hashlib.sha256(key.encode()).hexdigest()[:8]
        if digest not in self.findings:
            self.findings[digest] = what
            (FOLDER / f"{self.name}-{digest}").write_bytes(data)
            print(f"{self.name}: {what} (.fuzz/{self.name}-{digest})", flush=True)
            self.save()

    def save(self) -> None:
        """Writes the counts; the process may be killed at any time."""
        told = {"executions": self.executions, "seconds": round(time.monotonic() - self._began, 1),
                "slowest": round(self.slowest, 3), "findings": self.findings}
        path = FOLDER / f"{self.name}.json"
        path.with_suffix(".new").write_text(json.dumps(told), "utf-8")
        path.with_suffix(".new").replace(path)


def changed(name: str, data: bytes, chance: random.Random) -> bytes:
    """`data` changed as fits the target."""
    longest = MAX_BYTES.get(name, 4000)
    change: Callable[[bytes, random.Random], bytes] = text_of if name in TEXTS and chance.random() < 0.8 else bytes_of
    return change(data[:longest], chance)[:longest]


def by_chance(watch: Watch, seconds: float, runs: int, seed: int) -> None:
    """Changed seeds until `seconds` or `runs` are over."""
    chance = random.Random(seed)
    corpus = seeds()[watch.name]
    for data in corpus:
        watch(data[: MAX_BYTES.get(watch.name, 4000)])
    end = time.monotonic() + seconds
    while time.monotonic() < end and watch.executions < runs:
        watch(changed(watch.name, chance.choice(corpus), chance))
    watch.save()


def guided(watch: Watch, seconds: float, runs: int, seed: int) -> None:
    """The same with atheris: what reaches new code becomes a seed. Does not come back."""
    import atheris  # type: ignore[import-not-found,unused-ignore]

    def mutated(data: bytes, longest: int, number: int) -> bytes:
        chance = random.Random(number)
        if chance.random() < 0.4:
            return bytes(atheris.Mutate(data, longest))
        return changed(watch.name, bytes(data), chance)[:longest]

    folder = FOLDER / f"corpus-{watch.name}"
    folder.mkdir(exist_ok=True)
    for data in seeds()[watch.name]:
        data = data[: MAX_BYTES.get(watch.name, 4000)]
        (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
    options = [f"-max_total_time={seconds:.0f}", f"-runs={runs}", f"-seed={seed}", "-timeout=120", "-rss_limit_mb=3000",
               f"-max_len={MAX_BYTES.get(watch.name, 4000)}", "-print_final_stats=0", "-verbosity=0", "-reload=0",
               f"-artifact_prefix={FOLDER}/crash-{watch.name}-"]
    atheris.Setup([sys.argv[0], *options, str(folder)], watch, custom_mutator=mutated)
    atheris.Fuzz()


def one(name: str, options: argparse.Namespace) -> None:
    """Runs one target in this process."""
    if options.guided:
        import atheris

        # everything of the program, and the parsers in Python under it, tells what is reached
        with atheris.instrument_imports(
            include=["pipeline", "warcio", "protego", "tomllib"], enable_loader_override=False
        ):
            TARGETS[name](seeds()[name][0])
    watch = Watch(name)
    (guided if options.guided else by_chance)(watch, options.seconds, options.runs, options.seed)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("targets", nargs="*", help=", ".join(TARGETS))
    parser.add_argument("-s", "--seconds", type=float, default=60, help="for each target")
    parser.add_argument("-n", "--runs", type=int, default=10**9, help="for each target")
    parser.add_argument("-i", "--input", type=Path, help="feed this file, and show what happens")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--record", action="store_true", help="add the counts to tests/soak.json")
    parser.add_argument("--chance", action="store_true", help="without atheris")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    names = options.targets or list(TARGETS)
    if unknown := sorted(set(names) - set(TARGETS)):
        parser.error(f"no target {unknown[0]}; there are {', '.join(TARGETS)}")
    options.guided = not options.chance and importlib.util.find_spec("atheris") is not None
    options.seed = options.seed or random.SystemRandom().randrange(1, 2**31)
    FOLDER.mkdir(exist_ok=True)
    if options.input:
        TARGETS[names[0]](options.input.read_bytes())
        return 0
    if options.child:
        one(names[0], options)
        return 0
    print(f"{'coverage-guided' if options.guided else 'by chance'}, seed {options.seed}", flush=True)
    told = {name: _in_process(name, options) for name in names}
    for name, counts in told.items():
        print(f"{name:12} {counts['executions']:>9,} executions {counts['seconds']:>8.0f} s   "
              f"slowest {counts['slowest']:.2f} s   {len(counts['findings'])} findings", flush=True)
    if options.record:
        _record(told)
    return int(any(counts["findings"] for counts in told.values()))


def _in_process(name: str, options: argparse.Namespace) -> dict[str, Any]:
    path = FOLDER / f"{name}.json"
    path.unlink(missing_ok=True)
    command = [sys.executable, "-m", "tests.fuzz", name, "--child", "-s", str(options.seconds), "-n", str(options.runs),
               "--seed", str(options.seed), *(["--chance"] if options.chance else [])]
    with (FOLDER / f"{name}.log").open("w", encoding="utf-8") as log:
        done = subprocess.run(command, cwd=ROOT, stderr=log, check=False, env={**os.environ, "PYTHONHASHSEED": "0"})
    told: dict[str, Any] = {"executions": 0, "seconds": 0.0, "slowest": 0.0, "findings": {}}
    with suppress(FileNotFoundError):
        told = json.loads(path.read_text("utf-8"))
    if done.returncode:
        told["findings"]["ended"] = f"the process ended with {done.returncode} (.fuzz/{name}.log)"
    return told


def _record(told: dict[str, dict[str, Any]]) -> None:
    """Adds executions and seconds to those of former runs; what broke and what was slowest is of this one."""
    facts = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    kept = facts.setdefault("fuzz", {})
    for name, counts in told.items():
        before = kept.get(name, {"executions": 0, "seconds": 0.0})
        kept[name] = {"executions": before["executions"] + counts["executions"],
                      "seconds": round(before["seconds"] + counts["seconds"], 1),
                      "slowest": counts["slowest"], "open_findings": len(counts["findings"])}
    facts["fuzz_executions"] = sum(one["executions"] for one in kept.values())
    RESULTS.write_text(json.dumps(facts, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
