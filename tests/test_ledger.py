"""The ledger: due dates, versions, misses; and that it says nothing but what it observed."""

from __future__ import annotations

import datetime as dt
import sqlite3
import threading
from pathlib import Path

import pytest

from pipeline.errors import ArchiveError
from pipeline.harvest.allris import Month, Site, kind_of
from pipeline.harvest.judge import Judgement, Outcome
from pipeline.harvest.ledger import Ledger, moment, stamp
from pipeline.harvest.observing import Observation, observe
from pipeline.harvest.schedule import next_due
from pipeline.records import AgendaItem, AgendaRow, Calendar, Meeting, MeetingLink, ParsedPage, Section

BASE = "https://www.county.example/bi"
SITE = Site(base=BASE, system="allris4")
NOW = dt.datetime(2026, 3, 2, 2, 0, 0, tzinfo=dt.UTC)


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(None, base=BASE)


def see(
    ledger: Ledger, address: str, record: object = None, *, outcome: Outcome = "ok", run: str = "r1", day: int = 0,
    content: str | None = None, payload: str | None = None, unchanged: bool = False,
) -> str:
    page = None if record is None else ParsedPage(outcome="ok", system="allris4", version="4.1.7", kind=None, record=record)  # type: ignore[arg-type]
    kind = kind_of(address)
    assert kind is not None
    ledger.begin_run(run, stamp(NOW))
    text = bool(isinstance(record, AgendaItem) and record.sections)
    return observe(ledger, Observation(
        run=run, address=address, kind=kind, fetched=stamp(NOW + dt.timedelta(days=day)), status=200,
        judgement=Judgement(outcome=outcome, page=page, content_hash=content or (repr(record) if record else None), has_text=text),
        payload_hash=payload or repr(record), record_id=f"<{run}{address}>", unchanged=unchanged))


def calendar(month: Month, *meetings: int) -> tuple[str, Calendar]:
    return SITE.calendar(month), Calendar(month=str(month), meetings=tuple(
        MeetingLink(date=f"{month}-10", title="Sitzung", silfdnr=number) for number in meetings))


def agenda(number: int, *items: int, date: str = "2026-02-10", public: bool | None = True) -> tuple[str, Meeting]:
    return SITE.meeting(number), Meeting(silfdnr=number, date=date, organization="Kreistag", organization_id=1, agenda=tuple(
        AgendaRow(position=n, number=str(n), public=public, title="x", tolfdnr=item, has_text=True) for n, item in enumerate(items)))


FEBRUARY = Month(2026, 2)
TEXT = (Section(label="Wortprotokoll", kind="minutes", text="Herr Rathje fragt nach."),)


def test_what_a_calendar_and_an_agenda_lead_to(ledger: Ledger) -> None:
    assert see(ledger, *calendar(FEBRUARY, 7, 8)) == "new"
    assert [page.number for page in ledger.meetings()] == [8, 7]
    assert all(page.due == stamp(NOW) for page in ledger.meetings()), "at once"
    see(ledger, *agenda(7, 71, 72))
    assert [(page.kind, page.number, page.date) for page in ledger.of_meeting(7)] == [
        ("excerpt", 71, "2026-02-10"), ("excerpt", 72, "2026-02-10")]


def test_items_that_are_not_public_are_not_noted(ledger: Ledger) -> None:
    see(ledger, *calendar(FEBRUARY, 7))
    see(ledger, *agenda(7, 71, public=False))
    assert ledger.of_meeting(7) == []


def test_versions_by_content(ledger: Ledger) -> None:
    address = SITE.excerpt(71, 7)
    item = AgendaItem(tolfdnr=71, sections=TEXT)
    see(ledger, *calendar(FEBRUARY, 7))
    assert see(ledger, address, item, payload="a") == "new"
    assert see(ledger, address, item, payload="b", day=1) == "unchanged", "other bytes, the same content"
    assert see(ledger, address, None, payload="b", day=2, unchanged=True) == "unchanged", "the same bytes"
    assert see(ledger, address, None, day=3, outcome="not_modified") == "unchanged"
    assert see(ledger, address, AgendaItem(tolfdnr=71, title="x", sections=TEXT), day=4) == "changed"
    assert ledger.count("versions = 2") == 1
    known = ledger.get(address)
    assert known is not None
    assert known.has_text
    assert known.due > stamp(NOW + dt.timedelta(days=4))


@pytest.mark.parametrize("outcome", ["shell", "busy", "gate", "too_many_requests"])
def test_answers_that_leave_a_page_due(ledger: Ledger, outcome: Outcome) -> None:
    see(ledger, *calendar(FEBRUARY, 7))
    see(ledger, SITE.meeting(7), outcome=outcome)
    known = ledger.get(SITE.meeting(7))
    assert known is not None
    assert known.due == stamp(NOW)
    assert known.fetched is None


@pytest.mark.parametrize("outcome", ["server_error", "no_answer", "unreadable", "too_large", "redirect", "not_public", "gone"])
def test_a_bad_answer_keeps_what_was_known(ledger: Ledger, outcome: Outcome) -> None:
    see(ledger, *calendar(FEBRUARY, 7))
    address = SITE.excerpt(71, 7)
    see(ledger, address, AgendaItem(tolfdnr=71, sections=TEXT))
    before = ledger.get(address)
    see(ledger, address, outcome=outcome, run="r2", day=1)
    after = ledger.get(address)
    assert before and after
    assert (after.content_hash, after.payload_hash, after.record_id) == (before.content_hash, before.payload_hash, before.record_id)
    assert after.outcome == outcome
    assert see(ledger, address, AgendaItem(tolfdnr=71, sections=TEXT), run="r3", day=2) == "unchanged"


def test_two_misses_in_one_run_are_one(ledger: Ledger) -> None:
    see(ledger, *calendar(FEBRUARY, 7))
    see(ledger, *agenda(7, 71, 72))
    for run, day, expected in (("r2", 1, (1, False)), ("r3", 2, (2, True))):
        see(ledger, SITE.excerpt(71, 7), outcome="gone", run=run, day=day)
        see(ledger, *agenda(7, 72), run=run, day=day, content=f"{run}")
        known = ledger.get(SITE.excerpt(71, 7))
        assert known is not None
        assert (known.missed, known.gone is not None) == expected


def test_an_unchanged_calendar_goes_on_missing_whom_it_missed(ledger: Ledger) -> None:
    address, with_both = calendar(FEBRUARY, 7, 8)
    see(ledger, address, with_both)
    see(ledger, *calendar(FEBRUARY, 7), run="r2", day=1)
    see(ledger, address, None, unchanged=True, run="r3", day=2)
    assert [(page.number, page.missed) for page in ledger.meetings()] == [(8, 2), (7, 0)]
    see(ledger, address, with_both, run="r4", day=3)
    assert [(page.number, page.missed, page.gone) for page in ledger.meetings()] == [(8, 0, None), (7, 0, None)]


def test_an_empty_month_is_no_miss(ledger: Ledger) -> None:
    see(ledger, *calendar(FEBRUARY, 7))
    for n in range(4):
        see(ledger, *calendar(FEBRUARY), run=f"r{n + 2}", day=n + 1)
    assert [page.missed for page in ledger.meetings()] == [0]


def test_a_changed_agenda_makes_its_excerpts_due(ledger: Ledger) -> None:
    see(ledger, *calendar(FEBRUARY, 7))
    see(ledger, *agenda(7, 71))
    see(ledger, SITE.excerpt(71, 7), AgendaItem(tolfdnr=71, sections=TEXT))
    known = ledger.get(SITE.excerpt(71, 7))
    assert known
    assert known.due > stamp(NOW + dt.timedelta(days=1))
    see(ledger, *agenda(7, 71, 72), run="r2", day=1)
    known = ledger.get(SITE.excerpt(71, 7))
    assert known
    assert known.due == stamp(NOW + dt.timedelta(days=1))


def test_strikes(ledger: Ledger) -> None:
    def run(name: str, outcome: Outcome, *, resumed: bool = False) -> int:
        ledger.begin_run(name, stamp(NOW), resumed=resumed)
        see(ledger, SITE.meeting(7), outcome=outcome, run=name)
        return ledger.strikes()

    assert [run("a", "gate"), run("b", "too_many_requests"), run("c", "gate")] == [1, 2, 3]
    assert run("d", "gate", resumed=True) == 1
    assert run("e", "no_answer") == 0


def test_a_damaged_file_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"no database at all, but long enough to be looked at" * 100)
    with pytest.raises(ArchiveError, match="rebuilt from the archive"):
        Ledger(path, base=BASE)


def test_a_ledger_of_another_version_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    ledger = Ledger(path, base=BASE)
    see(ledger, *calendar(FEBRUARY, 7))
    ledger.db.execute("ALTER TABLE address RENAME COLUMN due TO next")
    ledger.db.execute("PRAGMA user_version = 99")
    ledger.close()
    again = Ledger(path, base=BASE)
    assert again.runs() == [], "so that the archive is read again"
    see(again, *calendar(FEBRUARY, 7))
    again.close()


def test_readers_do_not_wait_for_the_writer(tmp_path: Path) -> None:
    """`status` reads while a harvest is in the middle of a transaction."""
    path = tmp_path / "ledger.sqlite"
    writer = Ledger(path, base=BASE)
    see(writer, *calendar(FEBRUARY, 7))
    writer.db.execute("BEGIN IMMEDIATE")
    writer.db.execute("UPDATE address SET title = 'x'")
    found: list[int] = []

    def read() -> None:
        reader = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=0)
        found.append(reader.execute("SELECT count(*) FROM address WHERE title IS NULL OR title <> 'x'").fetchone()[0])
        reader.close()

    thread = threading.Thread(target=read)
    thread.start()
    thread.join(5)
    writer.db.execute("ROLLBACK")
    writer.close()
    assert found == [2]


# ------------------------------------------------------------------------------------- due dates

DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(("kind", "outcome", "age", "has_text", "least", "most", "reason"), [
    ("meeting", "ok", -20, True, 0.8, 1, "a meeting to come: every night"),
    ("meeting", "ok", 30, True, 0.8, 1, "a recent one, too: minutes appear weeks later"),
    ("meeting", "ok", 200, True, 6, 9, "weekly within the year"),
    ("meeting", "ok", 2000, True, 100, 150, "then rarely"),
    ("excerpt", "ok", 30, False, 0.8, 1, "no text yet: every night"),
    ("excerpt", "ok", 30, True, 2.5, 3.7, "with a text: corrections"),
    ("excerpt", "ok", 2000, True, 150, 220, "old: twice a year"),
    ("excerpt", "not_modified", 2000, True, 150, 220, "the same for a 304"),
    ("excerpt", "gone", 2000, True, 0.8, 1, "gone: looked at again at the next run"),
    ("excerpt", "not_public", 30, True, 6, 9, "not public: not every night"),
    ("excerpt", "server_error", 30, True, 0.8, 1, "an error: the next run"),
    ("calendar", "ok", -100, True, 0.8, 1, "months to come"),
    ("calendar", "ok", 40, True, 0.8, 1, "the last ones"),
    ("calendar", "ok", 1000, True, 150, 220, "old months"),
    ("oparl", "server_error", 0, True, 25, 40, "switched off: once a month"),
])
def test_next_due(kind: str, outcome: str, age: int, has_text: bool, least: float, most: float, reason: str) -> None:
    due = next_due("https://x.example/a", kind, outcome=outcome, fetched=NOW, date=NOW.date() - age * DAY, has_text=has_text,
                   failures=1, missed=1)
    assert least * DAY <= due - NOW <= most * DAY, reason


def test_failures_back_off() -> None:
    waits = [next_due("a", "excerpt", outcome="no_answer", fetched=NOW, date=None, failures=n) - NOW for n in range(1, 9)]
    assert waits == sorted(waits)
    assert waits[-1] > 10 * DAY


def test_old_pages_are_spread() -> None:
    due = {next_due(f"https://x.example/{n}", "excerpt", outcome="ok", fetched=NOW, date=dt.date(2015, 1, 1)).date() for n in range(500)}
    assert len(due) > 30


def test_times() -> None:
    assert moment(stamp(NOW)) == NOW
    assert stamp(dt.datetime(2026, 7, 1, 1, 0, tzinfo=dt.timezone(dt.timedelta(hours=2)))) == "2026-06-30T23:00:00Z"
