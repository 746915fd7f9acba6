"""A year of nights in one process, over a site that grows, changes, fails and recovers; the time is passed in.

It ends with the site's history, and with the rows of a database that is built at once; alerts are told as documented;
nothing leaks. The short form has 26 nights; `make soak` 365 nights, with the result in tests/soak.json.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import gc
import os
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import msgspec
import pytest

from pipeline import alerts, journal
from pipeline import run as batch
from pipeline.config import Corpus, load_corpus
from pipeline.errors import HarvestError
from pipeline.harvest import harvest
from pipeline.harvest.schedule import next_due
from pipeline.store.checks import run_checks
from pipeline.store.database import differences, open_published
from pipeline.upkeep.verify import Kept, verify
from tests import soak_year
from tests.allris_server.faults import Faults
from tests.allris_server.server import LocalAllris
from tests.harvest_tools import Clock
from tests.harvest_tools import corpus as site_corpus
from tests.soak_runner import SOAK, note

NIGHTS = 26 if SOAK == 1 else 365
SPREAD = 1.2
"""Intervals are lengthened by up to a fifth (harvest.schedule)."""

Fault = Callable[[LocalAllris], None]


def set_faults(**faults: object) -> Fault:
    """A night with these faults."""

    def apply(site: LocalAllris) -> None:
        site.faults = Faults(**faults)  # type: ignore[arg-type]

    return apply


def stop_at(request: int, **fault: str) -> Fault:
    """The site stops this night's harvest at its n-th request."""

    def apply(site: LocalAllris) -> None:
        site.faults = Faults()
        setattr(site.faults, fault["kind"], sum(entry.page != "robots" for entry in site.log) + request)

    return apply


DOWN, EMPTY = set_faults(down=True), set_faults(empty_calendar=True)
FLAKY = set_faults(random_errors=0.3)
OVERLOADED = set_faults(busy=["7200"])
SLOW = set_faults(latency=100.0)
GATE, TOO_MANY = stop_at(5, kind="gate_after"), stop_at(9, kind="too_many_after")
TROUBLE: dict[int, Fault] = (
    {6: DOWN, 7: DOWN, 10: GATE, 12: FLAKY, 14: TOO_MANY, 15: TOO_MANY, 17: EMPTY, 20: OVERLOADED, 22: SLOW}
    if SOAK == 1 else
    {**dict.fromkeys(range(40, 43), DOWN), 70: GATE, **dict.fromkeys(range(100, 102), TOO_MANY),
     **dict.fromkeys(range(130, 133), GATE), 160: SLOW, **dict.fromkeys(range(190, 192), EMPTY),
     **dict.fromkeys(range(210, 240, 3), FLAKY), 250: OVERLOADED, **dict.fromkeys(range(280, 292), DOWN)})
RESUMED = 136
"""The night after which the corpus is not paused any more: from night 133 on nothing is asked."""
TOLD = ([("failed", 6), ("recovered", 8), ("failed", 10), ("recovered", 11), ("failed", 14), ("recovered", 16),
         ("failed", 17), ("recovered", 18), ("failed", 20), ("recovered", 21), ("failed", 22), ("recovered", 23)]
        if SOAK == 1 else
        [("failed", 40), ("recovered", 43), ("failed", 70), ("recovered", 71), ("failed", 100), ("recovered", 102),
         ("failed", 130), ("failed", 133), ("recovered", 136), ("failed", 160), ("recovered", 161), ("failed", 190),
         ("recovered", 192), ("failed", 250), ("recovered", 251), ("failed", 280), ("failed", 287), ("recovered", 292)])
"""What the operator is told, and in which night: the first time, again after a week, and once that all is well."""


class Mailbox:
    """A channel that keeps what it is told."""

    key = "test-mailbox"

    def __init__(self) -> None:
        self.night = 0
        self.told: list[tuple[str, int]] = []

    def send(self, *, subject: str, text: str, payload: bytes) -> None:
        """Keep the kind of the alert, and the night."""
        self.told.append((msgspec.json.decode(payload)["kind"], self.night))


class Year:
    """The nights of one corpus."""

    def __init__(self, folder: Path, site: LocalAllris, clock: Clock) -> None:
        self.site, self.clock = site, clock
        self.corpora = folder / "corpora"
        self.state = self.corpora / ".auszug"
        self.corpus: Corpus = site_corpus(self.corpora, site.url, since=soak_year.FIRST - dt.timedelta(days=60))
        self.failed: list[int] = []
        self.resident: list[float] = []
        self.handles: list[int] = []

    def night(self, number: int) -> None:
        """One night's run, and what the process has then."""
        self.site.use(soak_year.county(number))
        self.site.faults = Faults()
        TROUBLE.get(number, lambda _: None)(self.site)
        try:
            summary = batch.run([self.corpus], offline=False, target=self.corpora / "auszug.duckdb",
                                work_path=self.state / "work.duckdb", clock=self.clock.now, command="auszug run demo")
        except HarvestError:
            self.failed.append(number)
        else:
            assert summary.exit_code == 0, [report.problems for report in summary.harvests]
        self.site.log.clear()
        self.site.sessions.clear()
        gc.collect()
        self.resident.append(int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 1e6)
        self.handles.append(len(list(Path("/proc/self/fd").iterdir())))

    def next_evening(self) -> None:
        """Time passes to two in the morning of the next day."""
        now = self.clock.now()
        tomorrow = (now + dt.timedelta(days=1)).replace(hour=2, minute=0, second=0, microsecond=0)
        self.clock.forward(seconds=(tomorrow - now).total_seconds())


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    found = Mailbox()
    monkeypatch.setattr(alerts, "channels_of", lambda _corpora, **_: [found])
    return found


@pytest.fixture
def year(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Year]:
    clock = Clock(dt.datetime.combine(soak_year.FIRST, dt.time(2), dt.UTC))
    timed = functools.partial(harvest, timer=clock.seconds, sleep=clock.sleep, random=lambda: 0.5)
    monkeypatch.setattr(batch, "harvest", timed)
    monkeypatch.chdir(tmp_path)
    gc.freeze()  # what is there already is not looked through every night
    with LocalAllris(county=soak_year.county(0), now=clock.seconds, sleep=clock.sleep) as site:
        yield Year(tmp_path, site, clock)
    gc.unfreeze()


@pytest.mark.soak
def test_a_year_of_nights(year: Year, mailbox: Mailbox, tmp_path: Path) -> None:
    began = time.monotonic()
    for number in range(NIGHTS):
        mailbox.night = number
        if number == RESUMED:  # the operator has talked to the site's
            harvest([year.corpus], clock=year.clock.now, timer=year.clock.seconds, sleep=year.clock.sleep, resume=True)
        year.night(number)
        if number % 10 == 9:
            print(f"night {number + 1}: {year.resident[-1]:.0f} MB, {year.handles[-1]} files open, "
                  f"{time.monotonic() - began:.0f} s", flush=True)
        year.next_evening()

    assert mailbox.told == TOLD
    troubled = {night for night, fault in TROUBLE.items() if fault is not FLAKY}
    paused = set(range(133, RESUMED)) if SOAK > 1 else set()
    assert set(year.failed) == troubled | paused
    states = Counter(entry.state for entry in journal.read(year.state))
    assert states == {"published": NIGHTS - len(year.failed), "failed": len(year.failed)}
    found = history(year.corpora / "auszug.duckdb")
    missed = assert_history(found, set(year.failed))
    assert_current(year)
    fresh = fresh_build(year, tmp_path / "fresh")
    assert differences(fresh / "auszug.duckdb", year.corpora / "auszug.duckdb") == []
    growth = assert_no_leak(year, fresh)
    checked = verify([year.corpus], Kept(target=year.corpora / "auszug.duckdb", work=year.state / "work.duckdb"),
                     clock=year.clock.now)
    assert checked.faults == []
    note("year", nights=NIGHTS, failed_nights=len(year.failed), alerts=len(mailbox.told), versions=sum(map(len, found.values())),
         missed_versions=len(missed), seconds=round(time.monotonic() - began, 1), **growth)


def history(database: Path) -> dict[int, list[int]]:
    """Of each item, the versions of its minutes in the order in which they were fetched."""
    versions: dict[int, list[tuple[int, int]]] = defaultdict(list)
    with contextlib.closing(open_published(database)) as connection:
        assert [finding for finding in run_checks(connection) if finding.severity == "error"] == []
        for table, current in (("section", True), ("section_history", False)):
            condition = "v.is_current" if current else "v.content_hash = s.page_content_hash"
            for page, text, number in connection.execute(f"""
                SELECT s.item_id, s.text, v.version FROM {table} AS s JOIN page_version AS v
                ON v.page_id = s.item_id AND {condition}""").fetchall():  # noqa: S608  (names of this test)
                versions[int(page.rpartition("/")[2])].append((number, int(re.findall(r"Fassung (\d+)", text)[0])))
    return {item: [text for _, text in sorted(some)] for item, some in versions.items()}


def assert_history(found: dict[int, list[int]], failed: set[int]) -> list[soak_year.Shown]:
    """What was shown for longer than a page is left alone is there, nothing else, in its order. Returns what is not."""
    shown: dict[int, list[soak_year.Shown]] = defaultdict(list)
    for one in soak_year.minutes(NIGHTS):
        shown[one.tolfdnr].append(one)
    assert set(found) <= set(shown), "nothing was invented"
    missed = []
    for item, versions in shown.items():
        have = found.get(item, [])
        assert have == sorted(set(have)), "each version once, in the order of time"
        assert set(have) <= {one.version for one in versions}
        for one in versions:
            if one.version in have:
                continue
            missed.append(one)
            end = NIGHTS if one.end is None else one.end
            out = sum(one.begin <= night < end for night in failed)
            assert end - one.begin <= patience(item, one.begin) + 2 * out, f"{one} is missing"
    return missed


def patience(tolfdnr: int, night: int) -> float:
    """Days for which a page of minutes may be left alone at that time, and the night itself."""
    fetched = dt.datetime.combine(soak_year.FIRST, dt.time(2), dt.UTC) + dt.timedelta(days=night)
    due = next_due("", "excerpt", outcome="ok", fetched=fetched, date=soak_year.meeting_day(tolfdnr))
    return (due - fetched).total_seconds() / 86400 * SPREAD + 1


def assert_current(year: Year) -> None:
    """After a last look at everything the current rows are what the site shows now."""
    county = soak_year.county(NIGHTS - 1)
    with contextlib.closing(open_published(year.corpora / "auszug.duckdb")) as connection:
        one = functools.partial(_all, connection)
        assert {row[0] for row in one("SELECT silfdnr FROM meeting")} == {m.silfdnr for m in county.meetings}
        papers = {row[0] for row in one("SELECT volfdnr FROM paper")}
        assert papers == {paper.volfdnr for paper in county.papers}
        recent = [m for m in county.meetings if m.date >= (soak_year.FIRST + dt.timedelta(days=NIGHTS - 60)).isoformat()]
        for meeting in recent:
            agenda = {row[0] for row in connection.execute(
                "SELECT tolfdnr FROM agenda_row WHERE meeting_id LIKE ?", [f"%/{meeting.silfdnr}"]).fetchall()}
            assert agenda == {item.tolfdnr for item in meeting.items}, meeting.silfdnr
        if SOAK > 1:
            names = {row[0] for row in one("SELECT name FROM attendance")}
            assert any("Holm-Brandt" in name for name in names)


def _all(connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[object, ...]]:
    return connection.execute(sql).fetchall()


def fresh_build(year: Year, folder: Path) -> Path:
    """The archive built at once into `folder`."""
    folder.mkdir()
    batch.build([load_corpus(year.corpus.folder)], target=folder / "auszug.duckdb", work_path=folder / "work.duckdb",
                clock=year.clock.now, command="auszug build")
    return folder


def assert_no_leak(year: Year, fresh: Path) -> dict[str, float]:
    """Memory, open files and the files that lie there are bounded. Returns the figures."""
    quarter = len(year.resident) // 4
    second, last = max(year.resident[quarter: 2 * quarter]), max(year.resident[-quarter:])
    assert last < second * 1.15 + (40 if SOAK == 1 else 10), f"{second:.0f} MB, then {last:.0f} MB"
    assert max(year.handles[-quarter:]) <= max(year.handles[quarter: 2 * quarter]), "no file stays open"
    left = [path for path in year.corpora.rglob("*") if path.name.endswith((".tmp", ".open", ".wal", "-shm", "-wal"))]
    assert left == []
    assert len(list(year.corpora.glob("auszug*.duckdb"))) == year.corpus.run.keep_publications
    archives = {path.name for path in year.corpus.archive.glob("*.warc.gz")}
    kept = [path.name.rpartition(".")[0] for path in (year.state / "pages" / "demo").iterdir()]
    assert sorted(kept) == sorted(archives), "parsed pages of present archives, each once"
    size, anew = ((folder / "work.duckdb").stat().st_size / 1e6 for folder in (year.state, fresh))
    assert size < 4 * anew + 8, f"the work database has {size:.0f} MB, built at once {anew:.0f} MB"
    return {"resident_mb_second_quarter": round(second), "resident_mb_last_quarter": round(last),
            "files_open": max(year.handles), "work_mb": round(size, 1), "work_mb_built_at_once": round(anew, 1)}
