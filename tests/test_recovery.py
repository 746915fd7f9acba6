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
from pipeline.harvest import harvest
from pipeline.harvest.schedule import EVERY_RUN, next_due
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
