"""What the long checks of `auszug run` share: kinds of runs, how they go undisturbed, and what must hold afterwards."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import shutil
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from pipeline import journal
from pipeline.config import load_corpus
from pipeline.harvest.archive import ArchivedPage, ArchiveProblem, archive_files, read_file
from pipeline.lock import LockState, look
from pipeline.store.checks import run_checks
from pipeline.store.database import differences, open_published
from pipeline.upkeep.verify import Kept, verify
from tests.allris_server.server import LocalAllris
from tests.harvest_tools import contents, responses
from tests.harvest_tools import corpus as site_corpus
from tests.soak_runner import Runner

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
TAL = '[corpus]\nname = "tal"\ntitle = "Tal"\n[files]\npaths = ["*.txt"]\nbody = "Tal"\norganization = "Rat"\n'
TEXT = """ALLRIS - Auszug

03.06.2025 - {number} Radweg an der Bahn, Abschnitt {number}

Reduzieren

Wortprotokoll

Frau Holm erläutert, dass der Abschnitt {number} im Jahr 2026 gebaut werde. Herr Uhl lehnt den Bau ab.
"""
TEXTS = 20
"""Of so many items the ten of the site are no more than publishing replaces in a copy."""


@dataclass(frozen=True)
class Kind:
    """A kind of run. `before`: what ran undisturbed in the folder; `command`: what is killed."""

    name: str
    command: tuple[str, ...]
    before: tuple[tuple[str, ...], ...] = ()
    small_tasks: bool = False


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
        (tal / "corpus.toml").write_text(TAL, "utf-8")
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
            self._known[kind.name] = Undisturbed(
                before, after, seconds, contents(load_corpus(after / "corpora" / "demo")), "tal" in kind.command)
        return self._known[kind.name]


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


def assert_as_undisturbed(here: Path, quiet: Undisturbed, *, ends: Collection[str]) -> None:
    """After the last run in `here`: as if nothing had disturbed any. `ends`: how the runs may have ended."""
    corpora, state = here / "corpora", here / "corpora" / ".auszug"
    demo, tal = load_corpus(corpora / "demo"), load_corpus(corpora / "tal")
    assert contents(demo) == quiet.contents, "the same archive, no page lost"
    twice = {address: count for address, count in responses(demo).items() if count > 1 and "/to0" in address}
    assert twice == {}, "no page archived twice"
    for name in ("auszug.duckdb", ".auszug/work.duckdb"):
        assert differences(quiet.after / "corpora" / name, corpora / name) == []
    assert_consistent(corpora / "auszug.duckdb")
    assert look(state) == LockState()
    assert {entry.state for entry in journal.read(state)} <= set(ends)
    strange = [str(path.relative_to(corpora)) for path in corpora.rglob("*") if path.is_file()
               and not any(pattern.fullmatch(path.relative_to(corpora).as_posix()) for pattern in LEFT)]
    assert strange == [], "no file is left over"
    found = verify([demo, tal] if quiet.texts else [demo], Kept(
        target=corpora / "auszug.duckdb", work=state / "work.duckdb"), clock=lambda: dt.datetime.now(dt.UTC))
    assert found.faults == []
