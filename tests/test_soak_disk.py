"""A disk that fails under `auszug run`: full, read-only, gone. One clear line, everything as before, and the next run
completes.

The whole of the working directory lies on a small file system of its own, which is filled at a random moment of the
run up to a random rest. The short form fills it twice; `make soak` 20 times (AUSZUG_SOAK), with the result in
tests/soak.json.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.harvest.archive import OPEN_SUFFIX
from tests.allris_server.server import LocalAllris
from tests.harvest_tools import SHORT, draw_seed
from tests.soak_bench import KINDS, Bench, Kind, Undisturbed, assert_as_undisturbed, assert_consistent, assert_whole
from tests.soak_runner import SOAK, Command, Runner, note

pytestmark = pytest.mark.root
POINTS = 2 if SOAK == 1 else SOAK
SIZE = 96_000_000
"""Bytes of the file system: some three times what a run needs."""
BLOCK = 4096
REMEDIES = ("free space", "free some space", "room on the disk", "permissions", "change the pattern")
"""What the line that tells of a failure has to name (the last: a corpus of files that are gone)."""
ENDS = {"failed", "published", "killed"}


class Disk:
    """A file system of its own at `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._filler = path / "filler"

    def fill(self, rest: int) -> None:
        """Leave only `rest` bytes."""
        with self._filler.open("ab") as file:
            while (free := self.free() - rest) >= BLOCK:
                with contextlib.suppress(OSError):  # the run was faster
                    os.posix_fallocate(file.fileno(), file.seek(0, os.SEEK_END), free // BLOCK * BLOCK)
                if self.free() < BLOCK:
                    break

    def free(self) -> int:
        """Bytes that are free."""
        return shutil.disk_usage(self.path).free

    def empty(self) -> None:
        """Have all the room again."""
        self._filler.unlink()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    place = tmp_path / "disk"
    place.mkdir()
    mount("-t", "tmpfs", "-o", f"size={SIZE}", "auszug-test", place)
    try:
        yield Disk(place)
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


def mount(*arguments: object) -> None:
    """mount(8); where even root may not (a container without the right to), the test is skipped by name."""
    done = subprocess.run(["mount", *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"root may not mount a file system here ({done.stderr.strip()})")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("bench")
    with LocalAllris(county=SHORT) as site, Runner(folder / "said") as runner:
        yield Bench(folder, site, runner)


@pytest.mark.soak
def test_a_disk_filled_at_any_moment(bench: Bench, disk: Disk) -> None:
    seed = draw_seed(f"{POINTS} points")
    dice = random.Random(seed)
    began = time.monotonic()
    stages = ["harvest", "cache", "work database", "publication"] if SOAK > 1 else ["harvest", "publication"]
    codes: Counter[str] = Counter()
    done = 0
    while done < POINTS:
        stage = stages[done % len(stages)]
        # where everything is made anew there is nothing left to harvest
        kind = KINDS[1 if SOAK == 1 else done // len(stages) % (2 if stage == "harvest" else 3)]
        quiet = bench.undisturbed(kind)
        here = disk.path / "place"
        shutil.copytree(quiet.before, here)
        before = publications(here)
        first = len(bench.site.log)
        point = first + dice.randrange(1, 160)
        command = bench.runner.start(here, list(kind.command))
        wait_until(command, reached(stage, here, lambda point=point: len(bench.site.log) >= point))  # type: ignore[misc]
        time.sleep(dice.uniform(0, 0.1))
        in_time = not command.ended()
        disk.fill(dice.randrange(0, 200_000 if stage == "harvest" else 3_000_000))
        code = command.wait()
        if in_time:
            done += 1
            codes[f"{stage}: exit code {code}"] += 1
            print(f"{kind.name}, {stage}: {code} {command.errors().strip()}", flush=True)
            assert_told(command, code)
        if code == 2:
            assert publications(here) == before, "what was published is as it was"
        assert_whole(here)
        disk.empty()
        assert_completes(bench, here, kind, quiet)
        shutil.rmtree(here)
        note("full_disk", points=done, seed=seed, ends=dict(sorted(codes.items())),
             seconds=round(time.monotonic() - began, 1))


def test_a_disk_that_is_read_only(bench: Bench, disk: Disk) -> None:
    kind = KINDS[1]
    quiet = bench.undisturbed(kind)
    here = disk.path / "place"
    shutil.copytree(quiet.before, here)
    before = publications(here)
    mount("-o", "remount,ro", disk.path)
    try:
        command = bench.runner.run(here, list(kind.command))
    finally:
        mount("-o", "remount,rw", disk.path)
    assert command.code == 2
    assert_told(command, 2)
    assert "Read-only file system" in command.errors()
    assert publications(here) == before
    assert_completes(bench, here, kind, quiet)


@pytest.mark.soak
def test_a_drive_that_vanishes(bench: Bench, tmp_path: Path) -> None:
    """As a network drive does: what was open may still be written, what is opened is no longer there."""
    dice = random.Random(int(os.environ.get("AUSZUG_SEED", "20260302")))
    kind = KINDS[1]
    quiet = bench.undisturbed(kind)
    codes: Counter[str] = Counter()
    for number in range(1 if SOAK == 1 else 8):
        drive, here = tmp_path / f"drive{number}", tmp_path / f"here{number}"
        shutil.copytree(quiet.before / "corpora", drive)
        (here / "corpora").mkdir(parents=True)
        mount("-t", "tmpfs", "-o", "ro", "auszug-test", here / "corpora")  # an empty mount point that nobody can write
        before = publications(drive.parent, drive.name)
        mount("--bind", drive, here / "corpora")
        try:
            command = bench.runner.start(here, list(kind.command))
            wait_until(command, reached("work database" if number % 2 else "harvest", here))
            time.sleep(dice.uniform(0, 0.2))
            in_time = not command.ended()
            subprocess.run(["umount", "--lazy", here / "corpora"], check=True)
            code = command.wait()
            print(f"{number}: {code} {command.errors().strip()}")
            assert list((here / "corpora").iterdir()) == []
            if in_time:
                codes[str(code)] += 1
                assert_told(command, code)
            if code == 2:
                assert publications(drive.parent, drive.name) == before
            mount("--bind", drive, here / "corpora")
            try:
                assert_whole(here)
                assert_completes(bench, here, kind, quiet)
            finally:
                subprocess.run(["umount", "--lazy", here / "corpora"], check=True)
        finally:
            subprocess.run(["umount", "--lazy", here / "corpora"], check=True)
    note("vanished_drive", ends=dict(codes))


def publications(here: Path, name: str = "corpora") -> dict[str, str]:
    """The published files with their hashes."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (here / name).glob("auszug*.duckdb")}


def wait_until(command: Command, true: Callable[[], bool]) -> None:
    """Wait until it is so, or the command has ended."""
    while not true() and not command.ended():
        time.sleep(0.001)


def reached(stage: str, here: Path, asked: Callable[[], bool] = lambda: True) -> Callable[[], bool]:
    """Whether a run is in this part of its work, as what lies there tells it (a harvest: once it has asked so much)."""
    corpora = here / "corpora"
    state = corpora / ".auszug"
    number = len(list((corpora / "demo" / "archive").glob("*.warc.gz")))

    def harvested() -> bool:
        return len(list((corpora / "demo" / "archive").glob("*.warc.gz"))) > number

    match stage:
        case "harvest":
            return lambda: any((corpora / "demo" / "archive").glob(f"*{OPEN_SUFFIX}")) and asked()
        case "cache":
            return harvested
        case "work database":
            return lambda: harvested() and (state / "work.duckdb.wal").exists()
        case _:
            return (corpora / ".auszug.duckdb.tmp").exists


def assert_told(command: Command, code: int) -> None:
    """A failure is told in one line that says what to do; after a good end there is none."""
    lines = [line for line in command.errors().splitlines() if line.startswith("auszug: ")]
    assert "Traceback" not in command.errors()
    assert code in {0, 1, 2}
    if code == 2:
        assert len(lines) == 1, command.errors()
        assert any(remedy in lines[0] for remedy in REMEDIES), lines[0]
    assert command.out().splitlines()[-1].startswith(f"auszug-summary exit={code} ")


def assert_completes(bench: Bench, here: Path, kind: Kind, quiet: Undisturbed) -> None:
    """The next run, with nothing in its way, ends as an undisturbed one."""
    command = bench.runner.run(here, list(kind.command))
    assert command.code == 0, command.errors()
    assert_consistent(here / "corpora" / "auszug.duckdb")
    assert_as_undisturbed(here, quiet, ends=ENDS)
