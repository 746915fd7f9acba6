"""A site that failed and is well again: the next run finds what is new, and nothing is reported that is over."""

from __future__ import annotations

import datetime as dt
import functools
from pathlib import Path

import duckdb
import pytest

from pipeline import run as batch
from pipeline.config import Corpus
from pipeline.errors import HarvestError
from pipeline.generations import successors
from pipeline.harvest import harvest
from pipeline.harvest.schedule import EVERY_RUN, next_due
from pipeline.records import AgendaItem, Attendance, Meeting, Organization, Paper
from pipeline.store.database import differences
from pipeline.upkeep.verify import Kept, verify
from tests.allris_server.faults import Faults
from tests.harvest_tools import Clock, corpus, short_site

NIGHT = dt.datetime(2026, 3, 2, 2, tzinfo=dt.UTC)


def night(mine: Corpus, clock: Clock, folder: Path, monkeypatch: pytest.MonkeyPatch) -> batch.Summary:
    """A night's run in the test's time; then it is the next night."""
    timed = functools.partial(harvest, timer=clock.seconds, sleep=clock.sleep, random=lambda: 0.5)
    monkeypatch.setattr(batch, "harvest", timed)
    monkeypatch.chdir(folder)
    try:
        return batch.run([mine], offline=False, target=folder / "auszug.duckdb", clock=clock.now, command="auszug run demo",
                         work_path=folder / ".auszug" / "work.duckdb")
    finally:
        clock.forward(seconds=86400 - (clock.now() - NIGHT).total_seconds() % 86400)


def errors(folder: Path) -> list[tuple[str, str]]:
    """The open errors of the published database."""
    with duckdb.connect(str(folder / "auszug.duckdb"), read_only=True) as connection:
        return connection.execute(
            "SELECT code, address FROM problem WHERE severity = 'error' AND state = 'open'").fetchall()


def test_after_an_outage_of_nights_the_first_run_looks_at_the_calendar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(NIGHT)
    with short_site(clock) as site:
        mine = corpus(tmp_path, site.url, since=dt.date(2025, 1, 1))
        assert night(mine, clock, tmp_path, monkeypatch).exit_code == 0
        site.faults = Faults(down=True)
        for _ in range(3):
            with pytest.raises(HarvestError, match="answers with errors"):
                night(mine, clock, tmp_path, monkeypatch)
        site.faults = Faults()
        site.log.clear()
        assert night(mine, clock, tmp_path, monkeypatch).exit_code == 0
        assert f"si010:{clock.now():%Y%m}" in site.pages("si010")
    assert errors(tmp_path) == []


def test_a_page_without_rows_that_failed_and_came_as_before_is_no_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(NIGHT)
    with short_site(clock, generation=3) as site:
        mine = corpus(tmp_path, site.url, since=dt.date(2025, 1, 1))
        assert night(mine, clock, tmp_path, monkeypatch).exit_code == 0
        site.faults.errors = {"si010_e:202603": [502]}
        site.log.clear()
        assert night(mine, clock, tmp_path, monkeypatch).exit_code == 0
        assert site.pages("si010_e").count("si010_e:202603") == 2, "it failed, and was asked again"
    assert errors(tmp_path) == []


@pytest.mark.parametrize("failures", [1, 3, 9])
def test_a_calendar_that_fails_is_due_in_the_next_night(failures: int) -> None:
    due = next_due("https://ratsinfo.example.org/si010?MM=3&YY=2026", "calendar", outcome="server_error", fetched=NIGHT,
                   date=dt.date(2026, 3, 31), failures=failures)
    assert due - NIGHT == EVERY_RUN


def test_after_an_upgrade_to_allris_4_nothing_counts_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages are at new addresses, with the numbers that they had: later versions of the same pages."""
    clock = Clock(NIGHT)
    with short_site(clock, generation=3) as site:
        mine = corpus(tmp_path, site.url, since=dt.date(2025, 1, 1))
        before = night(mine, clock, tmp_path, monkeypatch)
        tables = rows(tmp_path)
        site.generation = 4
        with pytest.raises(HarvestError, match="the calendar cannot be read any more"):
            night(mine, clock, tmp_path, monkeypatch)
        after = night(mine, clock, tmp_path, monkeypatch)
    assert (after.exit_code, after.meetings, after.items, after.statements) == (
        0, before.meetings, before.items, before.statements)
    assert rows(tmp_path) == tables
    with duckdb.connect(str(tmp_path / "auszug.duckdb"), read_only=True) as connection:
        assert connection.execute("SELECT DISTINCT system FROM agenda_item").fetchall() == [("allris4",)]
        assert connection.execute("SELECT count(*) = count(DISTINCT name) FROM organization").fetchall() == [(True,)]
    built = tmp_path / "anew" / "auszug.duckdb"
    batch.build([mine], target=built, clock=clock.now, command="auszug build", work_path=tmp_path / "anew" / "work.duckdb")
    assert differences(built, tmp_path / "auszug.duckdb") == []
    found = verify([mine], Kept(target=tmp_path / "auszug.duckdb", work=tmp_path / ".auszug" / "work.duckdb"), clock=clock.now)
    assert found.faults == []


def rows(folder: Path) -> dict[str, int]:
    """How many rows the tables have that do not depend on the generation."""
    with duckdb.connect(str(folder / "auszug.duckdb"), read_only=True) as connection:
        return {table: connection.table(table).count("*").fetchall()[0][0] for table in (
            "meeting", "agenda_item", "paper", "person", "attendance", "statement", "decision")}


def test_the_pages_before_an_upgrade_go_on_only_as_pages_of_the_same_things() -> None:
    pages = {
        ("Meeting", "allris3:1"): Meeting(silfdnr=1, date="2025-05-05"),
        ("Meeting", "allris4:1"): Meeting(silfdnr=1, date="2025-05-05"),
        ("AgendaItem", "allris3:7"): AgendaItem(tolfdnr=7, silfdnr=1, date="2025-05-05"),  # not fetched anew yet
        ("Attendance", "allris3:1"): Attendance(silfdnr=1),
        ("Meeting", "allris3:2"): Meeting(silfdnr=2, date="2019-01-01"),
        ("Meeting", "allris4:2"): Meeting(silfdnr=2, date="2025-06-06"),  # the number of another meeting now
        ("AgendaItem", "allris3:8"): AgendaItem(tolfdnr=8, silfdnr=2, date="2019-01-01"),
        ("Attendance", "allris3:2"): Attendance(silfdnr=2),
        ("Paper", "allris3:3"): Paper(volfdnr=3, reference="DrS/2025/003"),
        ("Paper", "allris4:3"): Paper(volfdnr=3, reference="DrS/2025/003"),
        ("Organization", "allris3:AU5"): Organization(number=5, kind="AU", name="Bauausschuss"),
        ("Organization", "allris4:GR12"): Organization(number=12, kind="GR", name="Bauausschuss"),
    }
    assert successors(pages, lambda record: record) == {
        ("Meeting", "allris3:1"): ("Meeting", "allris4:1"), ("AgendaItem", "allris3:7"): ("AgendaItem", "allris4:7"),
        ("Attendance", "allris3:1"): ("Attendance", "allris4:1"), ("Paper", "allris3:3"): ("Paper", "allris4:3"),
        ("Organization", "allris3:AU5"): ("Organization", "allris4:GR12")}
    assert successors({key: one for key, one in pages.items() if "allris3" in key[1]}, lambda record: record) == {}
