"""`auszug run` that is killed anywhere: nothing is lost, nothing doubled, and what is published is whole at any moment.

Harvest, parsing and extraction (also in worker processes), linking, checks, publication: SIGKILL at a random moment of
the whole, again and again until a run comes to its end; then everything has to be as if there had been no kill. The
short form kills a few times; `make soak` 300 times (AUSZUG_SOAK x 15), with the seed printed and the result in
tests/soak.json.
"""

from __future__ import annotations

import random
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.harvest.archive import OPEN_SUFFIX
from pipeline.lock import look
from tests.allris_server.server import LocalAllris
from tests.harvest_tools import SHORT, draw_seed
from tests.soak_bench import KINDS, PROGRAMS, Bench, Kind, Undisturbed, assert_as_undisturbed, assert_whole
from tests.soak_runner import SOAK, Command, Runner, note

KILLS = 3 if SOAK == 1 else 15 * SOAK
MOST = 5
"""Kills in a round: a run that makes everything anew is not shorter after a kill, and would hardly come to its end."""
PATIENCE = 10.0
"""Seconds in which the worker processes of a killed run have to be gone."""


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with LocalAllris(county=SHORT) as site, Runner(tmp_path / "said") as runner:
        yield Bench(tmp_path, site, runner)


@pytest.mark.soak
def test_a_run_killed_anywhere(bench: Bench) -> None:
    seed = draw_seed(f"{KILLS} kills")
    dice = random.Random(seed)
    began = time.monotonic()
    killed: Counter[str] = Counter()
    moments: Counter[str] = Counter()
    rounds = 0
    kinds = KINDS if SOAK > 1 else KINDS[1::2]
    while killed.total() < KILLS and (SOAK > 1 or rounds < len(kinds)):
        kind = kinds[rounds % len(kinds)]
        quiet = bench.undisturbed(kind)
        here = bench.folder / f"round{rounds}"
        shutil.copytree(quiet.before, here)
        most = min(MOST if SOAK > 1 else 2, KILLS - killed.total())
        killed[kind.name] += killed_until_done(bench, here, kind, quiet, dice, moments, most=most)
        assert_as_undisturbed(here, quiet, ends={"killed", "published"})
        shutil.rmtree(here)
        rounds += 1
        note("run_kills", kills=killed.total(), rounds=rounds, seed=seed, lost_pages=0, fetched_twice=0,
             duplicate_rows=0, unreadable=0, survivors=0, by_kind=dict(killed), by_moment=dict(sorted(moments.items())),
             seconds=round(time.monotonic() - began, 1))
        print(f"round {rounds} ({kind.name}): {killed.total()} kills, {time.monotonic() - began:.0f} s", flush=True)


def killed_until_done(
    bench: Bench, here: Path, kind: Kind, quiet: Undisturbed, dice: random.Random, moments: Counter[str], *, most: int
) -> int:
    """Run and kill at random moments, until a run comes to its end, of itself or after `most` kills."""
    kills = 0
    archived: set[str] = set()
    while True:
        first = len(bench.site.log)
        command = bench.runner.start(here, list(kind.command), small_tasks=kind.small_tasks)
        if kills < most:
            wait_for(command, dice.uniform(0, quiet.seconds))
            kills += command.kill()
        else:
            command.wait()
        asked = [entry.page for entry in bench.site.log[first:] if entry.page.startswith(PROGRAMS)]
        assert not archived.intersection(asked), "what is archived is not fetched again"
        assert len(asked) == len(set(asked))
        assert command.survivors(patience=PATIENCE) == []
        if command.code == -9:
            moments[moment_of(here)] += 1
            archived = assert_whole(here)
        else:
            assert command.code == 0, command.errors()
            assert command.errors() == ""
            return kills


def wait_for(command: Command, seconds: float) -> None:
    """Wait so long, or until the command has ended."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and not command.ended():
        time.sleep(0.002)


def moment_of(here: Path) -> str:
    """In which part of the run the kill came, as what lies there tells it."""
    corpora = here / "corpora"
    if look(corpora / ".auszug").killed is None:
        return "before or after the batch"
    if (corpora / ".auszug.duckdb.tmp").exists():
        return "publication"
    if any((corpora / "demo" / "archive").glob(f"*{OPEN_SUFFIX}")):
        return "harvest"
    return "build"
