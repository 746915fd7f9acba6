"""A harvest of the local ALLRIS: complete, polite, incremental, and the archive it leaves."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from pipeline.config import load_corpus
from pipeline.errors import ConfigError
from pipeline.harvest import harvest, probe
from pipeline.harvest.ledger import Ledger
from pipeline.harvest.recorder import archived, rebuild
from pipeline.harvest.run import check
from pipeline.harvest.runs import Lock, read_reports
from tests.allris_server.server import (
    FIRST_SECRET_TOLFDNR,
    HIDDEN_MEETING,
    UNPUBLISHED_MEETING,
    LocalAllris,
    large_county,
    load,
)
from tests.harvest_tools import (
    EXCERPTS,
    MEETINGS,
    PAPERS,
    SHORT,
    SHORT_EXCERPTS,
    START,
    Clock,
    contents,
    corpus,
    responses,
    run,
    run_all,
    short_site,
    site,
)

AHRENFELD = Path(__file__).parents[1] / "corpora" / "ahrenfeld"
FIRST_ITEM = next(item.tolfdnr for item in SHORT.meetings[0].items if item.texts)
PAGES4 = ("to010", "to020", "vo020", "si019")


@pytest.fixture(params=[4, 3])
def generation(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def programs(server: LocalAllris, start: int = 0) -> Counter[str]:
    return Counter(entry.page.partition(":")[0] for entry in server.log[start:])


# ------------------------------------------------------------------------------------ completeness


def test_everything_public_once(tmp_path: Path, generation: int) -> None:
    clock = Clock()
    with site(clock, generation=generation) as server:
        server.faults.secret_items = server.faults.extra_rows = True
        report = run(corpus(tmp_path, server.url), clock)
    asked = Counter(server.pages("to020"))
    wanted = {f"to020:{item.tolfdnr}" for meeting in load().meetings for item in meeting.items if item.texts}
    assert report.state == "done"
    assert set(asked) == wanted
    assert set(asked.values()) == {1}
    assert len(wanted) == EXCERPTS
    assert not any(int(page.split(":")[1]) >= FIRST_SECRET_TOLFDNR for page in server.pages("to020"))
    assert f"to010:{UNPUBLISHED_MEETING}" not in server.pages("to010")
    assert len(set(server.pages("to010"))) == MEETINGS + 1, "and the one that is linked, but not public"
    assert len(set(server.pages("vo020"))) == PAPERS
    assert Counter(server.pages("vo020")).most_common(1)[0][1] == 1
    assert report.not_public >= 1
    assert report.exit_code == 0


def test_equals_the_committed_archive(tmp_path: Path) -> None:
    clock = Clock()
    with site(clock) as server:
        mine = corpus(tmp_path, server.url)
        run(mine, clock)
    committed = {(address.rpartition("/")[2], content) for address, content in archived(AHRENFELD / "archive")}
    assert len(committed) == EXCERPTS + PAPERS + 2 * MEETINGS
    assert contents(mine, *PAGES4) == committed


def test_both_generations_say_the_same(tmp_path: Path) -> None:
    from pipeline import pages
    from pipeline.harvest.archive import ArchivedPage, read_archive
    from pipeline.records import AgendaItem

    texts = []
    for generation in (4, 3):
        clock = Clock()
        with site(clock, generation=generation) as server:
            mine = corpus(tmp_path, server.url, name=f"g{generation}")
            run(mine, clock)
        found = {}
        for page in read_archive(mine.archive):
            if isinstance(page, ArchivedPage) and page.payload is not None and "/to020" in page.url:
                record = pages.parse(page.payload, url=page.url, content_type=page.content_type).record
                assert isinstance(record, AgendaItem)
                found[record.tolfdnr] = [
                    record.number, record.title, record.date, record.organization, record.result, record.paper_id,
                    [(section.label, section.kind, section.text) for section in record.sections]]
        texts.append(found)
    four, three = texts
    assert len(three) == EXCERPTS
    for tolfdnr, item in four.items():
        assert [item[0], *item[2:]] == [three[tolfdnr][0], *three[tolfdnr][2:]]


def test_committees_by_name_pattern_and_id(tmp_path: Path, generation: int) -> None:
    kreistag = {m.silfdnr for m in load().meetings if m.organization == "Kreistag"}
    for wanted in (["Kreistag"], ["kreis*"], ["1"]):
        clock = Clock()
        with site(clock, generation=generation) as server:
            mine = corpus(tmp_path, server.url, name=f"c{abs(hash(wanted[0])) % 999}", committees=wanted)
            report = run(mine, clock)
        items = {i.tolfdnr for m in load().meetings if m.silfdnr in kreistag for i in m.items if i.texts}
        assert {int(page.split(":")[1]) for page in server.pages("to020")} == items, wanted
        assert report.exit_code == 0, report.problems


def test_unknown_committee_is_named(tmp_path: Path) -> None:
    clock = Clock()
    with site(clock) as server:
        report = run(corpus(tmp_path, server.url, committees=["Sozialausschuss"]), clock)
    assert not server.pages("to020")
    assert report.exit_code == 1
    assert [p.code for p in report.problems] == ["unknown_committee"]
    assert "Jugendhilfeausschuss" in report.problems[0].message


def test_period(tmp_path: Path) -> None:
    clock = Clock()
    with site(clock) as server:
        run(corpus(tmp_path, server.url), clock, since=dt.date(2023, 1, 1), until=dt.date(2024, 12, 31))
    dates = {m.silfdnr: m.date for m in load().meetings}
    fetched = {dates[int(page.split(":")[1])] for page in server.pages("to010")}
    assert fetched == {date for date in dates.values() if "2023" <= date < "2025"}
    months = {int(page.split(":")[1]) for page in server.pages("si010")}
    assert min(months) == 202301
    assert max(months - {202603}) == 202412, "(the present month tells what the site is)"


def test_rosters_and_persons(tmp_path: Path) -> None:
    clock = Clock()
    with site(clock) as server:
        run(corpus(tmp_path, server.url), clock)
    assert set(server.pages("gr020")) == {"gr020:1", "gr020:3", "gr020:5"}
    everybody = {a.kplfdnr for m in load().meetings for a in m.attendance}
    assert {int(page.split(":")[1]) for page in server.pages("kp020")} == everybody


def test_joint_meeting_is_found_by_its_title(tmp_path: Path) -> None:
    base = load()
    first = base.meetings[3]

    class Joint(type(first)):  # type: ignore[misc]
        title = "Gemeinsame Sitzung des Kreistages und des Jugendhilfeausschusses"

    joint = Joint(**{f.name: getattr(first, f.name) for f in dataclasses.fields(first)})
    assert first.organization == "Kreistag"
    clock = Clock()
    with site(clock, county=dataclasses.replace(base, meetings=(joint,))) as server:
        run(corpus(tmp_path, server.url, committees=["Jugendhilfeausschuss"]), clock, since=dt.date(2019, 1, 1))
    assert len(server.pages("to020")) == sum(bool(i.texts) for i in first.items)


# ---------------------------------------------------------------------------------- politeness


def test_politeness_from_the_servers_log(tmp_path: Path, generation: int) -> None:
    clock = Clock()
    with short_site(clock, generation=generation) as server:
        server.faults.version_redirect = True
        run(corpus(tmp_path, server.url, delay=2), clock)
    log = server.log
    assert log[0].page == "robots"
    gaps = [later.time - earlier.time for earlier, later in pairwise(log)]
    assert min(gaps) >= 2
    assert len({entry.session for entry in log if entry.session}) == 1
    assert [entry.session for entry in log].count("") == 2, "robots.txt and the first page"
    for entry in log:
        assert entry.headers["accept-language"] == "de-DE"
        assert entry.headers["user-agent"].startswith("auszug/")
        assert "mailto:test@example.org" in entry.headers["user-agent"]
        assert entry.headers["host"] == f"127.0.0.1:{server.port}"


def test_crawl_delay_is_obeyed(tmp_path: Path) -> None:
    clock = Clock()
    with site(clock) as server:
        server.faults.robots = "User-agent: *\nCrawl-delay: 7\nDisallow: /private"
        run(corpus(tmp_path, server.url), clock, since=dt.date(2025, 1, 1))
    gaps = [later.time - earlier.time for earlier, later in pairwise(server.log)]
    assert min(gaps) >= 7


def test_delay_follows_the_sites_latency(tmp_path: Path) -> None:
    clock = Clock()
    with site(clock) as server:
        server.faults.latency = 6.0
        run(corpus(tmp_path, server.url), clock, since=dt.date(2025, 6, 1))
    gaps = [later.time - earlier.time for earlier, later in pairwise(server.log)]
    assert gaps[0] < 8, "the floor at first"
    assert min(gaps[8:]) > 11, "then as long as the site takes, besides its own time"


def test_hours(tmp_path: Path) -> None:
    clock = Clock(dt.datetime(2026, 3, 2, 4, 58, 0, tzinfo=dt.UTC))  # 05:58 in Berlin
    with short_site(clock) as server:
        mine = corpus(tmp_path, server.url, hours="22:00-06:00")
        first = run(mine, clock)
        assert (first.state, first.stop, first.exit_code) == ("ended_early", "hours", 0)
        end = dt.datetime(2026, 3, 2, 5, 0, 0, tzinfo=dt.UTC).timestamp()
        assert server.log
        assert all(entry.time < end for entry in server.log)
        count = len(server.log)
        noon = run(mine, clock)
        assert noon.stop == "hours"
        assert len(server.log) == count, "not even robots.txt"
        clock.forward(hours=17)
        assert run(mine, clock).state == "done"


def test_budget_is_kept_over_several_runs(tmp_path: Path) -> None:
    clock = Clock()
    with site(clock) as server:
        mine = corpus(tmp_path, server.url, requests_per_run=100)
        reports = []
        for _ in range(8):
            before = len(server.log)
            reports.append(run(mine, clock))
            assert len(server.log) - before <= 100
            if reports[-1].state == "done":
                break
        assert [r.stop for r in reports[:-1]] == ["budget"] * (len(reports) - 1)
        assert reports[-1].state == "done"
        assert all(r.exit_code == 0 for r in reports)
        assert set(Counter(server.pages("to020")).values()) == {1}
        assert len(server.pages("to020")) == EXCERPTS


def test_time_limit(tmp_path: Path) -> None:
    clock = Clock()
    with site(clock) as server:
        report = run(corpus(tmp_path, server.url), clock, time_limit=60)
    assert report.stop == "time_limit"
    assert server.log[-1].time <= START.timestamp() + 60


def test_contact_is_required(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AUSZUG_CONTACT", raising=False)
    mine = corpus(tmp_path, "http://127.0.0.1:9/bi", contact="")
    with pytest.raises(ConfigError, match="contact"):
        harvest([mine])
    assert sorted(path.name for path in mine.folder.iterdir()) == ["corpus.toml"]


@pytest.mark.parametrize(("contact", "fits"), [
    ("mailto:name@example.org", True), ("name@example.org", True), ("https://example.org/harvest", True),
    ("quatsch", False), ("mailto:", False), ("https://", False), ("mailto:näme@example.org", False), ("a@b\nX: y", False),
])
def test_a_contact_is_an_address_where_somebody_can_be_reached(
    contact: str, fits: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUSZUG_CONTACT", contact)
    mine = corpus(tmp_path, "http://127.0.0.1:9/bi", contact="")
    if fits:
        assert check(mine) == contact
        return
    with pytest.raises(ConfigError, match="neither a mail address nor a web address"):
        check(mine)
    with pytest.raises(ConfigError, match="neither a mail address nor a web address"):
        probe("http://127.0.0.1:9/bi", contact=contact)


def test_several_hosts_side_by_side(tmp_path: Path) -> None:
    clock = Clock()
    with short_site(clock) as one, short_site(clock, generation=3) as two:
        corpora = [corpus(tmp_path, one.url, name="one"), corpus(tmp_path, two.url.replace("127.0.0.1", "localhost"), name="two")]
        summary = run_all(corpora, clock)
    assert [report.corpus for report in summary.reports] == ["one", "two"]
    assert [report.state for report in summary.reports] == ["done", "done"]
    first, last = one.log[0].time, one.log[-1].time
    assert first < two.log[len(two.log) // 2].time < last, "at the same time"
    assert len(one.pages("to020")) == len(two.pages("to020")) == SHORT_EXCERPTS


def test_corpora_of_one_host_one_after_the_other(tmp_path: Path) -> None:
    clock = Clock()
    with site(clock) as server:
        corpora = [corpus(tmp_path, server.url, name=name, committees=["Kreistag"]) for name in ("one", "two")]
        run_all(corpora, clock)
    assert min(b.time - a.time for a, b in pairwise(server.log)) >= 1.5, "between the two, too"
    starts = [n for n, entry in enumerate(server.log) if entry.page == "robots"]
    sessions = [{entry.session for entry in part if entry.session} for part in
                (server.log[: starts[1]], server.log[starts[1]:])]
    assert all(len(group) == 1 for group in sessions)
    assert sessions[0] != sessions[1]


def test_a_stop_signal_holds_for_every_corpus_of_the_host(tmp_path: Path) -> None:
    clock = Clock()
    with site(clock) as server:
        server.faults.too_many_after = 30
        corpora = [corpus(tmp_path, server.url, name=name) for name in ("one", "two")]
        summary = run_all(corpora, clock)
    assert len(server.log) == 31
    assert [report.stop for report in summary.reports] == ["too_many_requests"] * 2
    assert summary.reports[1].requests == 0
    assert not (corpora[1].folder / "archive").exists()


def test_long_lists_of_a_committee(tmp_path: Path) -> None:
    """A committee's list has 25 meetings a page, and the next page's address is read from the page."""
    county = large_county(90)
    clock = Clock()
    with site(clock, county=county) as server:
        report = run(corpus(tmp_path, server.url, committees=["Jugendhilfeausschuss"]), clock)
    mine = {m.silfdnr for m in county.meetings if m.organization == "Jugendhilfeausschuss"}
    assert len(mine) > 50
    assert sum(entry.ajax for entry in server.log if entry.page == "si018:5") == -(-len(mine) // 25)
    assert {int(page.split(":")[1]) for page in server.pages("to010")} == mine
    assert report.exit_code == 0


def test_a_site_with_a_new_address(tmp_path: Path) -> None:
    """The old pages stay known, the new ones are harvested, and the old host is not asked."""
    clock = Clock()
    with short_site(clock, generation=3) as old, short_site(clock) as new:
        mine = corpus(tmp_path, old.url)
        run(mine, clock)
        count = len(old.log)
        clock.forward(days=1)
        report = run(corpus(tmp_path, new.url), clock)
        assert report.exit_code == 0, report.problems
        assert len(old.log) == count
        assert len(new.pages("to020")) == SHORT_EXCERPTS


def test_a_site_with_another_system_at_the_same_address(tmp_path: Path) -> None:
    clock = Clock()
    with short_site(clock, generation=3) as server:
        mine = corpus(tmp_path, server.url)
        run(mine, clock)
        server.generation = 4
        clock.forward(days=1)
        report = run(mine, clock)
        assert (report.stop, report.exit_code) == ("no_meetings", 2), "loud at first"
        clock.forward(days=1)
        report = run(mine, clock)
        assert report.state == "done"
        assert len({page for page in server.pages("to020") if page}) == SHORT_EXCERPTS


# -------------------------------------------------------------------------------- incremental


def test_second_run_asks_only_what_is_due(tmp_path: Path, generation: int) -> None:
    clock = Clock()
    with short_site(clock, generation=generation) as server:
        mine = corpus(tmp_path, server.url)
        run(mine, clock)
        start = len(server.log)
        clock.forward(days=1)
        report = run(mine, clock)
    asked = programs(server, start)
    assert not {"to020", "vo020", "si019", "kp020"} & set(asked), "nothing of them is due"
    assert {entry.page for entry in server.log[start:] if entry.page.startswith("to010")} == {"to010:11221"}, "the recent meeting"
    assert report.new == report.changed == 0
    assert report.unchanged > 0
    assert report.requests == sum(asked.values())
    assert report.exit_code == 0


def test_everything_is_due_one_day(tmp_path: Path) -> None:
    clock = Clock()
    with short_site(clock) as server:
        mine = corpus(tmp_path, server.url)
        run(mine, clock)
        before = responses(mine)
        clock.forward(days=400)
        report = run(mine, clock)
        assert Counter(server.pages("to020")).most_common()[-1][1] == 2
    assert report.new + report.changed <= 14, "only months that were never asked"
    assert report.unchanged > 60
    assert contents(mine, "to020") and responses(mine)[next(a for a in before if "to020" in a)] <= 2


def test_a_new_meeting_is_fetched_at_once(tmp_path: Path) -> None:
    clock = Clock()
    with site(clock, county=dataclasses.replace(SHORT, meetings=SHORT.meetings[:-1])) as server:
        mine = corpus(tmp_path, server.url)
        run(mine, clock)
        start = len(server.log)
        server.use(SHORT)
        clock.forward(days=1)
        report = run(mine, clock)
    new = SHORT.meetings[-1]
    assert {entry.page for entry in server.log[start:] if entry.page.startswith("to020")} == {
        f"to020:{item.tolfdnr}" for item in new.items if item.texts}
    assert report.new >= 2 + sum(bool(i.texts) for i in new.items)


def test_a_changed_excerpt_is_a_new_version(tmp_path: Path) -> None:
    meeting = load().meetings[-1]
    item = next(item for item in meeting.items if item.texts)
    clock = Clock()
    with short_site(clock) as server:
        mine = corpus(tmp_path, server.url)
        run(mine, clock)
        clock.forward(days=4)
        server.faults.changed[item.tolfdnr] = "Herr Harmsen nimmt seine Anfrage zurück."
        report = run(mine, clock)
        assert report.changed == 1
    address = f"{server.url}/to020?TOLFDNR={item.tolfdnr}&SILFDNR={meeting.silfdnr}"
    assert responses(mine)[address] == 2
    assert len({content for place, content in contents(mine, f"to020?TOLFDNR={item.tolfdnr}")}) == 2
    ledger = Ledger(mine.folder / "ledger.sqlite", base=server.url)
    assert ledger.count("versions = 2 AND kind = 'excerpt'") == 1
    ledger.close()


def test_unchanged_payload_is_a_revisit(tmp_path: Path) -> None:
    clock = Clock()
    with short_site(clock) as server:
        mine = corpus(tmp_path, server.url)
        run(mine, clock)
        clock.forward(days=4)
        run(mine, clock)
    kinds: Counter[str] = Counter()
    with sorted(mine.archive.glob("*.warc.gz"))[-1].open("rb") as file:
        for record in ArchiveIterator(file):
            kinds[record.rec_type] += 1
            if record.rec_type == "revisit":
                assert record.rec_headers.get_header("WARC-Refers-To")
                assert record.rec_headers.get_header("WARC-Profile").endswith("identical-payload-digest")
    assert kinds["revisit"] >= 3
    assert kinds["request"] == kinds["response"] + kinds["revisit"]
    assert kinds["warcinfo"] == 1


def test_not_modified_is_a_revisit_and_counts_as_unchanged(tmp_path: Path) -> None:
    clock = Clock()
    with short_site(clock) as server:
        server.faults.no_etag = False
        mine = corpus(tmp_path, server.url)
        run(mine, clock)
        start = len(server.log)
        clock.forward(days=4)
        report = run(mine, clock)
    answered = [entry.status for entry in server.log[start:] if entry.page.startswith("to020")]
    assert answered
    assert set(answered) == {304}
    assert report.unchanged >= len(answered)
    ledger = Ledger(mine.folder / "ledger.sqlite", base=server.url)
    assert ledger.count("outcome = 'not_modified' AND content_hash IS NOT NULL AND due > fetched") >= len(answered)
    ledger.close()


def test_gone_twice_in_a_row_is_marked_and_kept(tmp_path: Path, generation: int) -> None:
    meeting = load().meetings[-1]
    item = next(item for item in meeting.items if item.texts)
    clock = Clock()
    with short_site(clock, generation=generation) as server:
        mine = corpus(tmp_path, server.url)
        run(mine, clock)

        def state() -> tuple[int, str | None, int]:
            ledger = Ledger(mine.folder / "ledger.sqlite", base=server.url)
            found = next(page for page in ledger.of_kind("excerpt") if page.number == item.tolfdnr)
            ledger.close()
            return found.missed, found.gone, found.content_hash is not None

        server.faults.vanished.add(f"to020:{item.tolfdnr}")
        clock.forward(days=4)
        run(mine, clock)
        assert state() == (1, None, True), "once may be a hiccup: it is asked again at the next run"
        clock.forward(days=1)
        run(mine, clock)
        missed, gone, kept = state()
        assert missed == 2
        assert gone is not None
        assert kept, "marked, not deleted"
        server.faults.vanished.clear()
        clock.forward(days=200)
        run(mine, clock)
        assert state()[:2] == (0, None), "it came back"


def test_a_meeting_that_leaves_the_calendar_is_marked(tmp_path: Path) -> None:
    other = dataclasses.replace(SHORT.meetings[-1], silfdnr=11222, date="2026-02-20", items=())
    clock = Clock()
    with site(clock, county=dataclasses.replace(SHORT, meetings=(*SHORT.meetings, other))) as server:
        mine = corpus(tmp_path, server.url)
        run(mine, clock)
        server.use(SHORT)
        marks = []
        for _ in range(3):
            clock.forward(days=1)
            run(mine, clock)
            ledger = Ledger(mine.folder / "ledger.sqlite", base=server.url)
            marks.append([page.gone is not None for page in ledger.meetings() if page.number == 11222])
            ledger.close()
    assert marks == [[False], [True], [True]]


def test_a_moved_meeting_is_one_meeting(tmp_path: Path) -> None:
    county = SHORT
    last = county.meetings[-1]
    moved = dataclasses.replace(last, date="2026-03-19")
    clock = Clock()
    with short_site(clock) as server:
        mine = corpus(tmp_path, server.url)
        run(mine, clock)
        server.use(dataclasses.replace(county, meetings=(*county.meetings[:-1], moved)))
        start = len(server.log)
        clock.forward(days=1)
        run(mine, clock)
        assert f"to010:{last.silfdnr}" in {entry.page for entry in server.log[start:]}
        clock.forward(days=1)
        run(mine, clock)
    ledger = Ledger(mine.folder / "ledger.sqlite", base=server.url)
    found = [page for page in ledger.meetings() if page.number == last.silfdnr]
    assert [(page.date, page.missed, page.gone) for page in found] == [("2026-03-19", 0, None)]
    ledger.close()


# ---------------------------------------------------------------------- archive, ledger, reports


def test_the_ledger_can_be_rebuilt_from_the_archive(tmp_path: Path, generation: int) -> None:
    clock = Clock()
    with short_site(clock, generation=generation) as server:
        server.faults.secret_items = server.faults.extra_rows = server.faults.version_redirect = True
        server.faults.errors = {f"to020:{FIRST_ITEM}": [500], f"si019:{SHORT.meetings[0].silfdnr}": [404]}
        server.faults.oparl = "quirks"
        mine = corpus(tmp_path, server.url, oparl="auto", committees=["Jugendhilfeausschuss", "Kreistag"])
        run(mine, clock)
        item = next(item for item in load().meetings[-1].items if item.texts)
        server.faults.vanished.add(f"to020:{item.tolfdnr}")
        server.faults.no_etag = False
        for days in (4, 1, 60):
            clock.forward(days=days)
            run(mine, clock)
    live = Ledger(mine.folder / "ledger.sqlite", base=server.url)
    again = Ledger(None, base=server.url)
    rebuild(again, mine.archive)
    one, two = live.dump(), again.dump()
    for table, rows in one.items():
        assert rows == two[table], table
    live.close()


def test_a_deleted_ledger_costs_nothing(tmp_path: Path) -> None:
    clock = Clock()
    with short_site(clock) as server:
        mine = corpus(tmp_path, server.url)
        run(mine, clock)
        for path in mine.folder.glob("ledger.sqlite*"):
            path.unlink()
        start = len(server.log)
        report = run(mine, clock)
    assert programs(server, start) == Counter({"robots": 1})
    assert report.salvaged > 100


def test_a_ledger_ahead_of_the_archive_is_made_anew(tmp_path: Path) -> None:
    """A power cut may lose the archive's last bytes, while the ledger has them."""
    clock = Clock()
    with site(clock) as server:
        mine = corpus(tmp_path, server.url)
        run(mine, clock)
        [path] = mine.archive.glob("*.warc.gz")
        data = path.read_bytes()
        path.unlink()
        path.with_name(path.name + ".open").write_bytes(data[: len(data) // 2])
        start = len(server.log)
        run(mine, clock)
        again = Counter(entry.page for entry in server.log[start:])
    assert again["robots"] == 1
    assert sum(again.values()) > 50, "what was lost is fetched again"
    assert set(Counter(server.pages("to020")).values()) <= {1, 2}
    committed = {(address.rpartition("/")[2], content) for address, content in archived(AHRENFELD / "archive")}
    assert contents(mine, *PAGES4) == committed


def test_reports(tmp_path: Path) -> None:
    clock = Clock()
    with short_site(clock) as server:
        mine = corpus(tmp_path, server.url)
        summary = run_all([mine], clock)
    report = summary.reports[0]
    line = summary.json_line()
    assert "\n" not in line
    assert json.loads(line)["harvest"][0]["new"] == report.new
    assert json.loads(line)["exit_code"] == 0
    [saved] = read_reports(mine.folder)
    assert saved == report
    assert report.requests == len(server.log)
    assert report.bytes > 200_000
    assert report.seconds >= 1.5 * (report.requests - 1)
    assert (mine.folder / "runs" / f"{report.run}.json").exists()


def test_known_errors_do_not_alarm_again(tmp_path: Path) -> None:
    clock = Clock()
    with short_site(clock) as server:
        mine = corpus(tmp_path, server.url, committees=["Kreistag", "Sozialausschuss"])
        codes = []
        for _ in range(3):
            codes.append(run(mine, clock).exit_code)
            clock.forward(days=1)
    assert codes == [1, 0, 0]


def test_progress_events(tmp_path: Path) -> None:
    clock = Clock()
    events = []
    with short_site(clock) as server:
        run(corpus(tmp_path, server.url), clock, progress=events.append)
    steps = [event for event in events if event.kind == "step"]
    assert all(0 < event.done <= event.total for event in steps)
    assert steps[-1].done == steps[-1].total
    assert all(event.seconds_left is not None and event.seconds_left >= 0 for event in steps)
    assert events[-1].kind == "end"
    assert {event.host for event in events} == {"127.0.0.1"}


def test_dry_run_asks_nothing_and_writes_nothing(tmp_path: Path) -> None:
    clock = Clock()
    with short_site(clock) as server:
        mine = corpus(tmp_path, server.url)
        first = run(mine, clock, dry_run=True)
        assert not server.log
        assert sorted(path.name for path in mine.folder.iterdir()) == ["corpus.toml"]
        assert [kind for kind, _ in first.planned][:2] == ["robots", "calendar"]
        run(mine, clock)
        clock.forward(days=4)
        before = sorted(path.name for path in mine.archive.iterdir())
        start = len(server.log)
        planned = run(mine, clock, dry_run=True)
        assert len(server.log) == start
        assert sorted(path.name for path in mine.archive.iterdir()) == before
        run(mine, clock)
        really = {f"{server.origin}{entry.path}" for entry in server.log[start:] if "-" not in entry.path.partition("?")[2]}
    assert {address for _, address in planned.planned if "si010" not in address} <= really
    assert {a for a in really if "to020" in a} == {a for k, a in planned.planned if k == "excerpt"}


def test_only_one_harvest_at_a_time(tmp_path: Path) -> None:
    clock = Clock()
    with site(clock) as server:
        mine = corpus(tmp_path, server.url)
        for lock in (Lock.of_corpus(mine.folder), Lock.of_host(tmp_path, f"127.0.0.1:{server.port}")):
            with lock:
                report = run(mine, clock)
            assert not server.log
            assert report.exit_code == 2
            assert "another harvest" in (report.message or "")


def test_a_shipped_corpus_is_harvested_below_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    shipped = tmp_path / "installed"
    with site(clock) as server:
        mine = corpus(shipped, server.url, name="county")
        monkeypatch.setattr("pipeline.harvest.shipped_corpora", lambda: shipped)
        (tmp_path / "work").mkdir()
        monkeypatch.chdir(tmp_path / "work")
        run(mine, clock, since=dt.date(2026, 1, 1))
    assert sorted(path.name for path in mine.folder.iterdir()) == ["corpus.toml"]
    placed = load_corpus(tmp_path / "work" / "corpora" / "county")
    assert list(placed.archive.glob("*.warc.gz"))


def test_two_independent_libraries_read_the_archive(tmp_path: Path) -> None:
    fastwarc = pytest.importorskip("fastwarc.warc")
    clock = Clock()
    with short_site(clock) as server:
        server.faults.version_redirect = True
        mine = corpus(tmp_path, server.url)
        run(mine, clock)
    [path] = mine.archive.glob("*.warc.gz")
    with path.open("rb") as file:
        ours = [(r.rec_type, r.rec_headers.get_header("WARC-Target-URI"), len(r.content_stream().read())) for r in ArchiveIterator(file)
                if r.rec_type == "response"]
    with path.open("rb") as file:
        theirs = [("response", r.headers["WARC-Target-URI"], len(r.reader.read()))
                  for r in fastwarc.ArchiveIterator(file, record_types=fastwarc.WarcRecordType.response)]
    assert ours == theirs
    assert len(ours) > 100
    with path.open("rb") as file:
        assert all(r.verify_payload_digest() for r in fastwarc.ArchiveIterator(file, record_types=fastwarc.WarcRecordType.response)
                   if r.headers.get("WARC-Payload-Digest", "").startswith("sha1"))
    done = subprocess.run([sys.executable, "-m", "warcio.cli", "check", str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-500:]


def test_warcinfo_names_software_and_configuration(tmp_path: Path) -> None:
    clock = Clock()
    with site(clock) as server:
        mine = corpus(tmp_path, server.url)
        run(mine, clock, since=dt.date(2026, 2, 1))
    [path] = mine.archive.glob("*.warc.gz")
    with path.open("rb") as file:
        info = next(iter(ArchiveIterator(file))).content_stream().read().decode()
    assert "software: auszug " in info
    assert '"delay":1.5' in info
    assert "mailto:test@example.org" in info


def test_hidden_meeting_is_recorded_as_not_public(tmp_path: Path) -> None:
    clock = Clock()
    with short_site(clock) as server:
        server.faults.extra_rows = True
        server.faults.refusal = "redirect"
        mine = corpus(tmp_path, server.url)
        report = run(mine, clock)
    assert report.not_public == 2, "asked once more after a list was seen, once a run"
    assert server.pages(f"to010:{HIDDEN_MEETING}") == [f"to010:{HIDDEN_MEETING}"] * 2
    assert not server.pages("noauth"), "the refusal itself is not asked"
    assert report.exit_code == 0
