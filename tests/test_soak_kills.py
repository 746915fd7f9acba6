"""`auszug run` that is killed anywhere: nothing is lost, nothing doubled, and what is published is whole at any moment.

Harvest, parsing and extraction (also in worker processes), linking, checks, publication: SIGKILL at a random moment of
the whole, again and again until a run comes to its end; then everything has to be as if there had been no kill. The
short form kills a few times; `make soak` 300 times (AUSZUG_SOAK x 15), with the seed printed and the result in
tests/soak.json.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import random
import re
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline import journal
from pipeline.config import load_corpus
from pipeline.harvest.archive import OPEN_SUFFIX, ArchivedPage, ArchiveProblem, archive_files, read_file
from pipeline.lock import LockState, look
from pipeline.store.checks import run_checks
from pipeline.store.database import differences, open_published
from pipeline.upkeep.verify import Kept, verify
from tests.allris_server.server import LocalAllris
from tests.harvest_tools import SHORT, contents, responses
from tests.harvest_tools import corpus as site_corpus
from tests.soak_runner import SOAK, Command, Runner, note

KILLS = 4 if SOAK == 1 else 15 * SOAK
PATIENCE = 10.0
"""Seconds in which the worker processes of a killed run have to be gone."""
PROGRAMS = ("to010", "to020", "vo020", "si019", "kp020", "gr020")
"""Pages that a run of the same night has no reason to fetch again."""
COUNTS = """
    SELECT r.exit_code, r.finished_at IS NOT NULL,
        r.meetings = (SELECT count(*) FROM meeting WHERE basis = 'page'),
        r.statements = (SELECT count(*) FROM statement), r.decisions = (SELECT count(*) FROM decision)
    FROM publication AS p JOIN run AS r ON r.run_id = p.run_id"""
"""Whether the tables have what the run that published them counted."""
LEFT = [re.compile(pattern) for pattern in (
    r"auszug(\.[1-4])?\.duckdb", r"\.auszug/(history\.jsonl|run\.lock|work\.duckdb)", r"\.auszug/hosts/[\w.]+\.lock",
    r"\.auszug/pages/\w+/[\w-]+\.warc\.gz\.[0-9a-f]{16}", r"demo/(corpus\.toml|harvest\.lock|ledger\.sqlite)",
    r"demo/archive/[\w-]+\.warc\.gz", r"demo/runs/[\w-]+\.json",
    r"tal/(corpus\.toml|[0-9]+\.txt)")]
"""The files that a batch leaves."""


@dataclass(frozen=True)
class Kind:
    """A kind of run. `before`: what ran undisturbed in the folder; `command`: what is killed."""

    name: str
    command: tuple[str, ...]
    before: tuple[tuple[str, ...], ...] = ()
    small_tasks: bool = False


TEXT = """ALLRIS - Auszug

03.06.2025 - {number} Radweg an der Bahn, Abschnitt {number}

Reduzieren

Wortprotokoll

Frau Holm erläutert, dass der Abschnitt {number} im Jahr 2026 gebaut werde. Herr Uhl lehnt den Bau ab.
"""
TEXTS = 20
"""Of so many items the ten of the site are no more than publishing replaces in a copy."""

KINDS = (
    Kind("from nothing", ("run", "demo", "--workers", "1")),
    Kind("a new corpus beside a published one", ("run", "tal", "demo", "--workers", "1"),
         before=(("run", "tal", "--offline", "--workers", "1"),)),
    Kind("everything anew", ("run", "tal", "demo", "--all", "--workers", "1"),
         before=(("run", "tal", "demo", "--workers", "1"),)),
    Kind("in worker processes", ("run", "demo", "--workers", "2"), small_tasks=True),
)


@dataclass
class Undisturbed:
    """How a kind of run goes when nobody disturbs it: the folder before and after it, and its time in seconds."""

    before: Path
    after: Path
    seconds: float
    contents: set[tuple[str, str]]
    texts: bool


class Bench:
    """What the rounds share: the site, the process that forks, and undisturbed runs."""

    def __init__(self, folder: Path, site: LocalAllris, runner: Runner) -> None:
        self.folder, self.site, self.runner = folder, site, runner
        self._known: dict[str, Undisturbed] = {}

    def place(self, name: str) -> Path:
        """A working directory with the corpus of the site, and one of texts."""
        place = self.folder / name
        site_corpus(place / "corpora", self.site.url, delay=0)
        tal = place / "corpora" / "tal"
        tal.mkdir()
        (tal / "corpus.toml").write_text(
            '[corpus]\nname = "tal"\ntitle = "Tal"\n[files]\npaths = ["*.txt"]\nbody = "Tal"\norganization = "Rat"\n', "utf-8")
        for number in range(TEXTS):
            (tal / f"{number}.txt").write_text(TEXT.format(number=number), "utf-8")
        return place

    def undisturbed(self, kind: Kind) -> Undisturbed:
        """The measure of `kind`, made once."""
        if kind.name not in self._known:
            number = len(self._known)
            before = self.place(f"before{number}")
            for command in kind.before:
                done = self.runner.run(before, list(command))
                assert done.code == 0, done.errors()
            after = self.folder / f"quiet{number}"
            shutil.copytree(before, after)
            begin = time.monotonic()
            done = self.runner.run(after, list(kind.command), small_tasks=kind.small_tasks)
            assert done.code == 0, done.errors()
            seconds = time.monotonic() - begin
            self._known[kind.name] = Undisturbed(before, after, seconds, contents(load_corpus(after / "corpora" / "demo")),
                                                 texts="tal" in kind.command)
        return self._known[kind.name]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with LocalAllris(county=SHORT) as site, Runner() as runner:
        yield Bench(tmp_path, site, runner)


@pytest.mark.soak
def test_a_run_killed_anywhere(bench: Bench) -> None:
    seed = int(os.environ.get("AUSZUG_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
    print(f"\n{KILLS} kills, seed {seed} (AUSZUG_SEED={seed} repeats it)")
    dice = random.Random(seed)
    began = time.monotonic()
    killed: Counter[str] = Counter()
    moments: Counter[str] = Counter()
    rounds = 0
    kinds = KINDS if SOAK > 1 else KINDS[1::2]
    while killed.total() < KILLS and (SOAK > 1 or rounds < len(kinds)):
        kind = KINDS[rounds % len(KINDS)]
        quiet = bench.undisturbed(kind)
        here = bench.folder / f"round{rounds}"
        shutil.copytree(quiet.before, here)
        most = KILLS - killed.total() if SOAK > 1 else 2
        killed[kind.name] += killed_until_done(bench, here, kind, quiet, dice, moments, most=most)
        assert_as_undisturbed(here, quiet)
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


def assert_whole(here: Path) -> set[str]:
    """After a kill: what is published is whole and the archive readable. Returns the pages that are archived."""
    target = here / "corpora" / "auszug.duckdb"
    for path in target.parent.glob("auszug*.duckdb"):
        assert_consistent(path)
    found: set[str] = set()
    for warc in archive_files(here / "corpora" / "demo" / "archive"):
        for item in read_file(warc):
            assert not isinstance(item, ArchiveProblem), item
            if item.status == 200 and (page := page_of(item)):
                found.add(page)
    return found


def assert_consistent(path: Path) -> None:
    """A publication opens, passes its checks, and its tables have what its last run counted."""
    with contextlib.closing(open_published(path)) as connection:
        assert [finding for finding in run_checks(connection) if finding.severity == "error"] == []
        assert connection.execute(COUNTS).fetchall() == [(0, True, True, True, True)]


def page_of(item: ArchivedPage) -> str | None:
    """A page as the site's log names it (`to020:51205`); None for those that are asked at every run."""
    address = item.address or item.url
    found = re.search(r"/(\w+)\?(?:\w+=\w+&)*?(TOLFDNR|SILFDNR|VOLFDNR|KPLFDNR|GRLFDNR)=(\d+)", address)
    return f"{found[1]}:{found[3]}" if found and found[1] in PROGRAMS else None


def assert_as_undisturbed(here: Path, quiet: Undisturbed) -> None:
    """After the round: as if there had been no kill."""
    corpora, state = here / "corpora", here / "corpora" / ".auszug"
    demo, tal = load_corpus(corpora / "demo"), load_corpus(corpora / "tal")
    assert contents(demo) == quiet.contents, "the same archive, no page lost"
    twice = {address: count for address, count in responses(demo).items() if count > 1 and "/to0" in address}
    assert twice == {}, "no page archived twice"
    for name in ("auszug.duckdb", ".auszug/work.duckdb"):
        assert differences(quiet.after / "corpora" / name, corpora / name) == []
    assert_consistent(corpora / "auszug.duckdb")
    assert look(state) == LockState()
    assert {entry.state for entry in journal.read(state)} <= {"killed", "published"}
    strange = [str(path.relative_to(corpora)) for path in corpora.rglob("*") if path.is_file()
               and not any(pattern.fullmatch(path.relative_to(corpora).as_posix()) for pattern in LEFT)]
    assert strange == [], "no file is left over"
    found = verify([demo, tal] if quiet.texts else [demo], Kept(
        target=corpora / "auszug.duckdb", work=state / "work.duckdb"), clock=lambda: dt.datetime.now(dt.UTC))
    assert found.faults == []
