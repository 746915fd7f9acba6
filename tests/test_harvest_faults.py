"""What real sites do to a harvest, fault by fault, against the local ALLRIS."""

from __future__ import annotations

import datetime as dt
import socket
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import EXIT_FAILED
from pipeline.harvest import HarvestSummary, harvest
from pipeline.harvest.archive import ArchivedNote, ArchivedPage, read_records
from pipeline.harvest.ledger import Ledger
from tests import harvest_tools
from tests.allris_server.bodies import bomb
from tests.harvest_tools import Clock, contents, corpus, responses, run
from tests.harvest_tools import short_site as site

COUNTY, _RECENT = harvest_tools.SHORT, harvest_tools.SHORT.meetings
EXCERPTS = sum(bool(item.texts) for meeting in _RECENT for item in meeting.items)
MEETING = _RECENT[0].silfdnr
PAGE = next(f"to020:{item.tolfdnr}" for item in _RECENT[0].items if item.texts)
RECENT = dt.date(2025, 1, 1)
"""A period of four meetings, for tests that need no more."""
LAST_ITEM = next(item.tolfdnr for item in COUNTY.meetings[-1].items if item.texts)
LAST = f"to020:{LAST_ITEM}"


@pytest.fixture
def clock() -> Clock:
    return Clock()


def notes(mine: Any) -> list[ArchivedNote]:
    return [item for path in sorted(mine.archive.glob("*.warc.gz")) for item in read_records(path) if isinstance(item, ArchivedNote)]


def outcome_of(mine: Any, page: str) -> str | None:
    ledger = Ledger(mine.folder / "ledger.sqlite", base=mine.source.url)
    try:
        number = int(page.partition(":")[2])
        return next(known.outcome for known in ledger.of_kind("excerpt") if known.number == number)
    finally:
        ledger.close()


# ------------------------------------------------------------------------------------ robots.txt


@pytest.mark.parametrize(("text", "fetched"), [
    ("User-agent: *\nDisallow: /", False),
    ("User-agent: *\nDisallow: /bi", False),
    ("User-agent: *\nDisallow: /\n\nUser-agent: auszug\nAllow: /", True),
    ("User-agent: *\nAllow: /\n\nUser-agent: auszug\nDisallow: /", False),
    ("User-agent: *\nDisallow: /bi/___tmp/", True),
    ("User-agent: *\nDisallow: /*\nAllow: /bi/", True),
    ("User-agent: *\nDisallow: /*/secret", True),
    ("\ufeffUser-agent: *\nDisallow: /", False),
    ("<html><body>Willkommen</body></html>", True),
    ("", True),
])
def test_robots_rules(tmp_path: Path, clock: Clock, text: str, fetched: bool) -> None:
    with site(clock) as server:
        server.faults.robots = text
        report = run(corpus(tmp_path, server.url), clock, since=RECENT)
    assert bool(server.pages("to020")) is fetched
    if not fetched:
        assert server.pages() == ["robots"]
        assert report.stop == "robots"
        assert report.exit_code == EXIT_FAILED
        assert "permission" in (report.remedy or "")


@pytest.mark.parametrize(("status", "fetched"), [(404, True), (403, True), (410, True), (500, False), (503, False), (429, False)])
def test_robots_status(tmp_path: Path, clock: Clock, status: int, fetched: bool) -> None:
    with site(clock) as server:
        server.faults.robots_status = status
        report = run(corpus(tmp_path, server.url), clock, since=RECENT)
    assert bool(server.pages("to020")) is fetched
    if not fetched:
        assert set(server.pages()) == {"robots"}
        assert (report.stop, report.exit_code) == ("robots", EXIT_FAILED)


def test_robots_of_a_part_of_the_site(tmp_path: Path, clock: Clock) -> None:
    with site(clock) as server:
        server.faults.robots = "User-agent: *\nDisallow: /bi/vo020"
        report = run(corpus(tmp_path, server.url), clock, since=RECENT)
    assert not server.pages("vo020")
    assert server.pages("to020")
    assert report.exit_code == 0


def test_robots_that_leads_to_another_host(tmp_path: Path, clock: Clock) -> None:
    with site(clock) as other, site(clock) as server:
        server.faults.robots_location = f"{other.origin.replace('127.0.0.1', 'localhost')}/robots.txt"
        report = run(corpus(tmp_path, server.url), clock)
        assert not other.log
    assert server.pages() == ["robots"]
    assert report.stop == "robots"


# ------------------------------------------------------------------------------- stop signals


@pytest.mark.parametrize("generation", [4, 3])
@pytest.mark.parametrize("fault", ["too_many", "gate", "gate_redirect"])
def test_no_request_after_a_stop_signal(tmp_path: Path, clock: Clock, fault: str, generation: int) -> None:
    with site(clock, generation=generation) as server:
        after = 80
        if fault == "too_many":
            server.faults.too_many_after = after
        else:
            server.faults.gate_after = after
            server.faults.gate_redirects = fault == "gate_redirect"
        mine = corpus(tmp_path, server.url)
        report = run(mine, clock)
        assert len(server.log) == after + 1, "robots.txt, and the request that was answered with the signal"
        assert report.stop == ("too_many_requests" if fault == "too_many" else "gate")
        assert report.exit_code == EXIT_FAILED
        assert report.remedy
        assert report.new > 30, "what came before is kept"
        assert not list(mine.archive.glob("*.open"))


def test_three_stopped_runs_pause_the_corpus(tmp_path: Path, clock: Clock) -> None:
    with site(clock) as server:
        server.faults.too_many_after = 20
        mine = corpus(tmp_path, server.url)
        counts = []
        for _ in range(4):
            before = len(server.log)
            report = run(mine, clock)
            counts.append(len(server.log) - before)
            clock.forward(days=1)
        assert counts == [21, 2, 2, 0], "the next runs try once each, the fourth not at all"
        assert report.stop == "paused"
        assert report.exit_code == EXIT_FAILED
        assert "--resume" in (report.remedy or "")
        server.faults.too_many_after = None
        assert run(mine, clock).stop == "paused"
        assert run(mine, clock, resume=True).state == "done"
        clock.forward(days=1)
        assert run(mine, clock).state == "done", "the count has begun anew"


def test_resume_that_is_stopped_again_tries_twice_more(tmp_path: Path, clock: Clock) -> None:
    with site(clock) as server:
        server.faults.too_many_after = 1
        mine = corpus(tmp_path, server.url)
        stops = []
        for resume in (False, False, False, False, True, False, False, False):
            stops.append(run(mine, clock, resume=resume).stop)
            clock.forward(days=1)
    assert stops == ["too_many_requests"] * 3 + ["paused"] + ["too_many_requests"] * 3 + ["paused"]


def test_the_pause_survives_a_lost_ledger(tmp_path: Path, clock: Clock) -> None:
    with site(clock) as server:
        server.faults.gate_after = 1
        mine = corpus(tmp_path, server.url)
        for _ in range(3):
            run(mine, clock)
            clock.forward(days=1)
        for path in mine.folder.glob("ledger.sqlite*"):
            path.unlink()
        assert run(mine, clock).stop == "paused"


# ------------------------------------------------------------------- errors, overload, silence


@pytest.mark.parametrize("generation", [4, 3])
def test_random_errors_are_tried_once_more(tmp_path: Path, clock: Clock, generation: int) -> None:
    with site(clock, generation=generation) as server:
        server.faults.random_errors = 0.2
        mine = corpus(tmp_path, server.url)
        report = run(mine, clock)
    statuses = Counter(entry.status for entry in server.log)
    assert statuses[500] + statuses[502] > 15
    assert report.state == "done"
    assert len(contents(mine, "to020")) == EXCERPTS
    asked = Counter(server.pages("to020"))
    assert max(asked.values()) == 2


def test_the_retry_waits(tmp_path: Path, clock: Clock) -> None:
    with site(clock) as server:
        server.faults.errors = {LAST: [500]}
        run(corpus(tmp_path, server.url), clock, since=RECENT)
    first, second = [entry.time for entry in server.log if entry.page == LAST]
    assert second - first >= 10


def test_a_lasting_error_is_recorded_and_comes_again_at_the_next_run(tmp_path: Path, clock: Clock) -> None:
    with site(clock) as server:
        server.faults.errors = {LAST: [500, 502]}
        mine = corpus(tmp_path, server.url)
        report = run(mine, clock, since=RECENT)
        assert server.pages(LAST) == [LAST] * 2, "one new try, not more"
        assert report.failed == 2
        assert outcome_of(mine, LAST) == "server_error"
        assert [p.code for p in report.problems] == ["server_error"]
        clock.forward(days=1)
        run(mine, clock, since=RECENT)
        assert outcome_of(mine, LAST) == "ok"


@pytest.mark.parametrize(("header", "wait"), [("7", 7), ("120", 120), (None, 30), ("Mon, 02 Mar 2026 02:05:00 GMT", 200)])
def test_retry_after(tmp_path: Path, clock: Clock, header: str | None, wait: float) -> None:
    with site(clock) as server:
        server.faults.busy = [header]
        report = run(corpus(tmp_path, server.url), clock, since=RECENT)
    busy = next(n for n, entry in enumerate(server.log) if entry.status == 503)
    assert server.log[busy + 1].page == server.log[busy].page
    assert server.log[busy + 1].time - server.log[busy].time >= wait
    gaps = [b.time - a.time for a, b in zip(server.log[busy + 1:], server.log[busy + 2:], strict=False)]
    assert gaps[0] > 2, "and slower from then on, for a while"
    assert report.state == "done"


def test_lasting_overload_ends_the_run(tmp_path: Path, clock: Clock) -> None:
    with site(clock) as server:
        server.faults.busy = ["5"] * 50
        report = run(corpus(tmp_path, server.url), clock)
    assert len(server.log) == 5, "robots.txt and four tries"
    assert (report.stop, report.exit_code) == ("busy", EXIT_FAILED)


def test_too_long_a_retry_after_ends_the_run_at_once(tmp_path: Path, clock: Clock) -> None:
    with site(clock) as server:
        server.faults.busy = ["86400"]
        report = run(corpus(tmp_path, server.url), clock)
    assert len(server.log) == 2
    assert report.stop == "busy"


def test_a_site_that_only_fails_is_left_alone(tmp_path: Path, clock: Clock) -> None:
    with site(clock) as server:
        mine = corpus(tmp_path, server.url)
        run(mine, clock)
        server.faults.down = True
        clock.forward(days=400)
        start = len(server.log)
        report = run(mine, clock)
    assert len(server.log) - start <= 1 + 2 * 5, "robots.txt, five pages, one new try each"
    assert (report.stop, report.exit_code) == ("unreachable", EXIT_FAILED)


def test_nobody_listens(tmp_path: Path, clock: Clock) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    mine = corpus(tmp_path, f"http://127.0.0.1:{port}/bi")
    report = run(mine, clock)
    assert (report.stop, report.exit_code) == ("unreachable", EXIT_FAILED)
    assert "does not answer" in (report.message or "")
    assert not list(mine.archive.glob("*.open"))
    assert [note.fields["outcome"] for note in notes(mine)] == ["run", "no_answer", "no_answer"]


def test_no_such_name(tmp_path: Path, clock: Clock) -> None:
    report = run(corpus(tmp_path, "http://no-such-name.invalid/bi"), clock)
    assert report.exit_code == EXIT_FAILED
    assert "no-such-name.invalid" in (report.message or "")


@pytest.mark.parametrize("fault", ["cut_short", "garbage", "truncated", "bombs", "endless", "dripping", "dripping_head", "loops"])
def test_broken_answers_cost_only_their_page(tmp_path: Path, clock: Clock, fault: str) -> None:
    expected = {
        "cut_short": "no_answer", "garbage": "unreadable", "truncated": "unreadable", "bombs": "too_large",
        "endless": "too_large", "dripping": "too_slow", "dripping_head": "too_slow", "loops": "redirect",
    }
    with site(clock) as server:
        getattr(server.faults, fault).add(LAST)
        mine = corpus(tmp_path, server.url, max_response_mb=2)
        # dripping takes real time: the exchange's own deadline is shortened, and measured by a real timer
        options = {"total_timeout": 0.5} if "drip" in fault else {}
        report = (_real_timer(mine, clock, since=RECENT, **options).reports[0] if "drip" in fault
                  else run(mine, clock, since=RECENT))
        assert outcome_of(mine, LAST) in {expected[fault], "ok" if fault == "truncated" else expected[fault]}
        assert report.state == "done", report
        others = {item.tolfdnr for m in COUNTY.meetings if m.date >= RECENT.isoformat() for item in m.items if item.texts}
        assert {int(page.split(":")[1]) for page in server.pages("to020")} == others
        assert len(server.pages(LAST)) <= (7 if fault == "loops" else 2)
        if fault not in {"truncated"}:
            assert any(problem.where and str(LAST_ITEM) in problem.where for problem in report.problems)
        getattr(server.faults, fault).clear()
        clock.forward(days=4)
        run(mine, clock, since=RECENT)
        assert outcome_of(mine, LAST) == "ok", "and the page is fetched when the site is well again"


def _real_timer(mine: Any, clock: Clock, **options: Any) -> HarvestSummary:
    """A run whose sleeping costs nothing, but whose answers are measured with the real time."""
    import time
    return harvest([mine], clock=clock.now, timer=time.monotonic, sleep=clock.sleep, random=lambda: 0.0, **options)


def test_an_unreadable_page_is_an_error_with_its_page_archived(tmp_path: Path, clock: Clock) -> None:
    with site(clock) as server:
        server.faults.garbage.add(LAST)
        mine = corpus(tmp_path, server.url)
        report = run(mine, clock, since=RECENT)
    assert report.exit_code == 1
    assert [(p.severity, p.code) for p in report.problems] == [("error", "unreadable")]
    [path] = mine.archive.glob("*.warc.gz")
    pages = [item for item in read_records(path) if isinstance(item, ArchivedPage) and str(LAST_ITEM) in item.url]
    assert len(pages) == 1
    assert len(pages[0].payload or b"") == 5000


def test_an_error_that_is_known_does_not_alarm_again(tmp_path: Path, clock: Clock) -> None:
    """Not even where runs lie between in which the page was not due."""
    with site(clock) as server:
        server.faults.garbage.add(LAST)
        mine = corpus(tmp_path, server.url)
        codes = []
        for _ in range(6):
            codes.append((run(mine, clock, since=RECENT).exit_code, len(server.pages(LAST))))
            clock.forward(days=1)
    assert codes[0] == (1, 1)
    assert [code for code, _ in codes[1:]] == [0] * 5
    asked = [count for _, count in codes]
    assert len(set(asked)) < 6, "it is asked less and less often"
    assert asked[-1] > 2


def test_rows_that_never_come_are_an_error(tmp_path: Path, clock: Clock) -> None:
    with site(clock) as server:
        mine = corpus(tmp_path, server.url)
        run(mine, clock, since=RECENT)
        server.faults.stale_ajax = 2
        clock.forward(days=1)
        report = run(mine, clock, since=RECENT)
    assert [problem.code for problem in report.problems if problem.severity == "error"][-1] == "no_rows"
    assert report.exit_code == 1


def test_bound_of_20_megabytes(tmp_path: Path, clock: Clock) -> None:
    """The bomb unpacks to 200 MB; no more than the bound is ever made of it."""
    import tracemalloc
    with site(clock) as server:
        server.faults.bombs.add(LAST)
        mine = corpus(tmp_path, server.url)
        bomb()
        tracemalloc.start()
        run(mine, clock, since=dt.date(2026, 1, 1))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 90_000_000
    note = next(note for note in notes(mine) if note.fields["outcome"] == "too_large")
    assert "20000000" in note.fields["detail"]


# ------------------------------------------------------------------------ redirects and scope


def test_version_redirects_keep_the_requested_address(tmp_path: Path, clock: Clock) -> None:
    with site(clock) as server:
        server.faults.version_redirect = True
        mine = corpus(tmp_path, server.url)
        report = run(mine, clock)
    assert len(contents(mine, "to020")) == EXCERPTS
    assert all("to020?TOLFDNR=" in address for address in responses(mine) if "to020" in address)
    assert report.exit_code == 0
    asked = Counter(entry.path.partition("?")[2].partition("&")[0].isdigit() for entry in server.log if entry.page.startswith("to020"))
    assert asked[True] == asked[False] == EXCERPTS


def test_redirects_to_another_host_are_not_followed(tmp_path: Path, clock: Clock) -> None:
    with site(clock) as other, site(clock) as server:
        server.faults.redirected.add(LAST)
        server.faults.foreign_redirect = f"http://localhost:{other.port}/bi/to020?TOLFDNR=1"
        mine = corpus(tmp_path, server.url)
        report = run(mine, clock, since=RECENT)
        assert not other.log
    assert outcome_of(mine, LAST) == "refused"
    assert any("another host" in problem.message for problem in report.problems)


@pytest.mark.parametrize("target", [
    "file:///etc/passwd", "ftp://127.0.0.1/bi/to020", "/admin/secret", "../other", "http://127.0.0.1:1/bi/x", "//evil.example/bi/",
    "http://user:pw@127.0.0.1/bi/x", "javascript:alert(1)",
])
def test_redirects_out_of_the_scope_are_not_followed(tmp_path: Path, clock: Clock, target: str) -> None:
    with site(clock) as server:
        server.faults.redirected.add(LAST)
        server.faults.foreign_redirect = target
        mine = corpus(tmp_path, server.url)
        report = run(mine, clock, since=RECENT)
    assert outcome_of(mine, LAST) == "refused"
    assert report.state == "done"
    assert all(entry.path.startswith("/bi/") or entry.page == "robots" for entry in server.log)


def test_private_addresses_must_be_allowed(tmp_path: Path, clock: Clock) -> None:
    with site(clock) as server:
        mine = corpus(tmp_path, server.url, allow_private_addresses=False)
        report = run(mine, clock)
        name = run(corpus(tmp_path, f"http://localhost:{server.port}/bi", name="other", allow_private_addresses=False), clock)
        assert not server.log
    for one in (report, name):
        assert (one.stop, one.exit_code) == ("unreachable", EXIT_FAILED)
        assert "private network" in (one.message or "")
        assert "allow_private_addresses" in (one.remedy or "")


def test_another_page_than_the_one_asked_for_is_not_its_content(tmp_path: Path, clock: Clock) -> None:
    with site(clock) as server:
        server.faults.lost_session.add(LAST)
        mine = corpus(tmp_path, server.url)
        run(mine, clock, since=RECENT)
        assert outcome_of(mine, LAST) == "redirect"
        server.faults.lost_session.clear()
        clock.forward(days=1)
        run(mine, clock, since=RECENT)
        assert outcome_of(mine, LAST) == "ok"


# ---------------------------------------------------------------------- what is not public


@pytest.mark.parametrize("refusal", ["page", "redirect", "header"])
@pytest.mark.parametrize("generation", [4, 3])
def test_not_public_is_a_normal_outcome(tmp_path: Path, clock: Clock, refusal: str, generation: int) -> None:
    with site(clock, generation=generation) as server:
        server.faults.refusal = refusal
        server.faults.hidden.add(LAST)
        mine = corpus(tmp_path, server.url)
        report = run(mine, clock, since=RECENT)
        again = len(server.pages(LAST))
        clock.forward(days=1)
        run(mine, clock, since=RECENT)
        assert len(server.pages(LAST)) == again, "and not asked every night"
    assert again == 1, "its agenda has just been seen: no warming up"
    assert outcome_of(mine, LAST) in {"not_public", "no_information"}
    assert report.exit_code == 0
    assert report.not_public == 1


def test_warm_up_only_where_it_is_needed(tmp_path: Path, clock: Clock) -> None:
    with site(clock) as server:
        server.faults.warm_up = True
        mine = corpus(tmp_path, server.url)
        run(mine, clock)
        assert len(contents(mine, "to020")) == EXCERPTS
        assert set(Counter(server.pages("to010")).values()) == {1}, "the first run sees each agenda anyway"
        start = len(server.log)
        clock.forward(days=31)
        run(mine, clock)
        log = server.log[start:]
        excerpts = [entry for entry in log if entry.page.startswith("to020")]
        assert excerpts
        known = {entry.page for entry in excerpts}
        assert all(outcome_of(mine, page) == "ok" for page in known), "fetched in a session that has seen the agenda"


def test_warm_up_of_a_session_without_the_agenda(tmp_path: Path, clock: Clock) -> None:
    """An excerpt is due, its agenda is not: refused first, then the agenda once, then the excerpt once more."""
    item = next(i.tolfdnr for i in COUNTY.meetings[0].items if i.texts)
    with site(clock) as server:
        server.faults.errors = {f"to020:{item}": [500, 500]}
        mine = corpus(tmp_path, server.url)
        run(mine, clock)
        server.faults.warm_up = True
        start = len(server.log)
        clock.forward(days=1)
        run(mine, clock)
        pages = [entry.page for entry in server.log[start:] if entry.page in {f"to020:{item}", f"to010:{MEETING}"}]
    assert pages == [f"to020:{item}", f"to010:{MEETING}", f"to020:{item}"]
    assert outcome_of(mine, f"to020:{item}") == "ok"


# -------------------------------------------------------------------- calendar, language, frame


def test_an_empty_calendar_fails_the_run_and_deletes_nothing(tmp_path: Path, clock: Clock) -> None:
    with site(clock) as server:
        mine = corpus(tmp_path, server.url)
        run(mine, clock)
        server.faults.empty_calendar = True
        for _ in range(3):
            clock.forward(days=1)
            report = run(mine, clock)
            assert (report.stop, report.exit_code) == ("no_meetings", EXIT_FAILED)
        ledger = Ledger(mine.folder / "ledger.sqlite", base=server.url)
        assert ledger.count("kind = 'meeting' AND gone IS NULL") == len(COUNTY.meetings)
        ledger.close()
        server.faults.empty_calendar = False
        clock.forward(days=1)
        assert run(mine, clock).exit_code == 0


def test_a_calendar_without_any_meeting_fails_the_first_run(tmp_path: Path, clock: Clock) -> None:
    with site(clock) as server:
        server.faults.empty_calendar = True
        report = run(corpus(tmp_path, server.url), clock)
    assert (report.stop, report.exit_code) == ("no_meetings", EXIT_FAILED)


def test_stale_ajax_pages_are_asked_for_anew(tmp_path: Path, clock: Clock) -> None:
    with site(clock) as server:
        server.faults.stale_ajax = 1
        mine = corpus(tmp_path, server.url)
        report = run(mine, clock)
    assert report.state == "done"
    assert len(contents(mine, "to020")) == EXCERPTS
    first = [entry.page for entry in server.log[1:8]]
    assert first[:5].count(first[0]) == 5, "what is it; shell, empty rows; shell, rows"


def test_dates_are_german_because_german_is_asked_for(tmp_path: Path, clock: Clock) -> None:
    with site(clock) as server:
        assert server.faults.english
        mine = corpus(tmp_path, server.url)
        run(mine, clock)
    ledger = Ledger(mine.folder / "ledger.sqlite", base=server.url)
    assert {page.date for page in ledger.meetings()} == {m.date for m in COUNTY.meetings}
    ledger.close()


def test_a_page_in_a_cms_frame(tmp_path: Path, clock: Clock) -> None:
    with site(clock) as plain:
        one = corpus(tmp_path, plain.url, name="plain")
        run(one, clock)
    clock = Clock()
    with site(clock) as server:
        server.faults.cms_frame = True
        two = corpus(tmp_path, server.url, name="framed")
        report = run(two, clock)
    assert report.exit_code == 0
    assert contents(two, "to0", "vo0", "si019") == contents(one, "to0", "vo0", "si019")


@pytest.mark.parametrize("variant", ["_e", "_a", "_j"])
def test_allris3_calendar_variants(tmp_path: Path, clock: Clock, variant: str) -> None:
    with site(clock, generation=3) as server:
        server.faults.calendar_variant = variant
        mine = corpus(tmp_path, server.url)
        report = run(mine, clock)
        assert report.state == "done"
        assert len(server.pages("to020")) == EXCERPTS
        refused = [entry for entry in server.log if entry.page.startswith("si010") and not entry.page.startswith(f"si010{variant}:")]
        assert len(refused) <= 6, "tried once, then the one that answers is known"
        start = len(server.log)
        clock.forward(days=1)
        run(mine, clock)
        assert {entry.page.partition(":")[0] for entry in server.log[start:] if "si010" in entry.page} == {f"si010{variant}"}


def test_no_allris(tmp_path: Path, clock: Clock) -> None:
    with site(clock) as server:
        mine = corpus(tmp_path, f"{server.origin}/other")
        report = run(mine, clock)
    assert (report.stop, report.exit_code) == ("not_allris", EXIT_FAILED)
    assert "no ALLRIS" in (report.message or "")
    assert len(server.log) <= 4
    assert not list(mine.archive.glob("*.open"))


# ------------------------------------------------------------------------------------- OParl


@pytest.mark.parametrize("generation", [4, 3])
@pytest.mark.parametrize("mode", ["plain", "quirks"])
def test_oparl_finds_what_the_calendar_does_not_show(tmp_path: Path, clock: Clock, mode: str, generation: int) -> None:
    with site(clock, generation=generation) as server:
        server.faults.oparl = mode
        server.faults.not_in_calendar = {COUNTY.meetings[1].silfdnr, COUNTY.meetings[2].silfdnr}
        mine = corpus(tmp_path, server.url, oparl="auto")
        report = run(mine, clock)
        assert report.state == "done"
        assert len(set(server.pages("to010"))) == len(COUNTY.meetings)
        assert len(server.pages("to020")) == EXCERPTS
        assert len(set(server.pages("vo020"))) == len(COUNTY.papers)
        start = len(server.log)
        clock.forward(days=1)
        run(mine, clock)
        assert not [entry for entry in server.log[start:] if entry.page == "oparl"], "not due the next day"
    ledger = Ledger(mine.folder / "ledger.sqlite", base=server.url)
    results = ledger.oparl_results()
    ledger.close()
    told = {item.tolfdnr: item.result for m in COUNTY.meetings for item in m.items if item.result}
    assert results == told, "joined by TOLFDNR"


def test_oparl_items_of_an_agenda_that_does_not_answer(tmp_path: Path, clock: Clock) -> None:
    with site(clock) as server:
        server.faults.oparl = "plain"
        server.faults.hidden.add(f"to010:{MEETING}")
        run(corpus(tmp_path, server.url, oparl="auto"), clock)
    assert PAGE in server.pages("to020")


@pytest.mark.parametrize("mode", ["off", "none"])
def test_oparl_switched_off_is_no_trouble(tmp_path: Path, clock: Clock, mode: str) -> None:
    with site(clock) as server:
        server.faults.oparl = mode
        mine = corpus(tmp_path, server.url, oparl="auto")
        report = run(mine, clock)
        assert report.exit_code == 0
        assert server.pages("oparl").count("oparl") == 2, "at the two places where it may be"
        clock.forward(days=1)
        run(mine, clock)
        assert server.pages("oparl").count("oparl") == 2, "and not again the next day"


def test_oparl_false_asks_nothing(tmp_path: Path, clock: Clock) -> None:
    with site(clock) as server:
        server.faults.oparl = "plain"
        run(corpus(tmp_path, server.url, oparl=False), clock)
    assert not server.pages("oparl")
