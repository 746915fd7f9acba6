"""The local ALLRIS is like a real one: its pages are read as pages, its sessions and Ajax addresses behave."""

from __future__ import annotations

import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import pages
from pipeline.records import Attendance, Calendar, Meeting, Organization, OrganizationList, Paper, Person
from tests.allris_server.server import HIDDEN_MEETING, LocalAllris, large_county, load
from tests.harvest_tools import Clock, site

Get = Callable[..., tuple[int, bytes]]


class Browser:
    """One session; German unless told otherwise."""

    def __init__(self, server: LocalAllris, language: str = "de-DE") -> None:
        self.server, self.language, self.cookie = server, language, ""

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        request = urllib.request.Request(f"{self.server.url}/{path}", headers={  # noqa: S310
            "Accept-Language": self.language, **({"Cookie": self.cookie} if self.cookie else {}), **headers})
        try:
            answer = urllib.request.urlopen(request, timeout=10)  # noqa: S310
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            self.cookie = (answer.headers.get("Set-Cookie") or self.cookie).partition(";")[0]
            return answer.status, answer.read()

    def parsed(self, path: str, **headers: str) -> pages.ParsedPage:
        _, body = self.get(path, **headers)
        return pages.parse(body, url=f"{self.server.url}/{path}", content_type="text/html")

    def rows(self, path: str) -> pages.ParsedPage:
        """A page whose rows come by Ajax."""
        shell = self.parsed(path)
        assert shell.outcome == "shell"
        assert isinstance(shell.record, Calendar | OrganizationList)
        assert shell.record.ajax_url
        return self.parsed(shell.record.ajax_url.removeprefix("./"), **{"Wicket-Ajax": "true"})


@pytest.mark.parametrize(("generation", "names"), [
    (4, {"meeting": "to010?SILFDNR=10412&refresh=false", "paper": "vo020?VOLFDNR=4107", "attendance": "si019?SILFDNR=10412",
         "organization": "gr020?GRLFDNR=5", "person": "kp020?KPLFDNR=201"}),
    (3, {"meeting": "to010.asp?SILFDNR=10412", "paper": "vo020.asp?VOLFDNR=4107", "attendance": "si019.asp?SILFDNR=10412",
         "organization": "au020.asp?AULFDNR=5", "person": "kp020.asp?KPLFDNR=201"}),
])
def test_every_page_type_is_read(generation: int, names: dict[str, str]) -> None:
    clock = Clock()
    with site(clock, generation=generation) as server:
        found = {kind: Browser(server).parsed(path) for kind, path in names.items()}
    for kind, page in found.items():
        assert (page.outcome, page.kind, page.system, page.problems) == ("ok", kind, f"allris{generation}", ()), kind
    county = load()
    meeting, attendance = found["meeting"].record, found["attendance"].record
    assert isinstance(meeting, Meeting)
    assert [row.number for row in meeting.agenda] == [item.number for item in county.meetings[0].items]
    assert [row.tolfdnr for row in meeting.agenda if row.has_text] == [item.tolfdnr for item in county.meetings[0].items if item.texts]
    assert meeting.has_attendance
    assert isinstance(attendance, Attendance)
    assert [(a.name, a.kplfdnr, a.faction) for a in attendance.attendees] == [
        (a.name, a.kplfdnr, a.faction) for a in county.meetings[0].attendance]
    paper, roster, person = found["paper"].record, found["organization"].record, found["person"].record
    assert isinstance(paper, Paper)
    assert paper.consultations[0].silfdnr == 10412
    assert isinstance(roster, Organization)
    assert len(roster.members) > 5
    assert isinstance(person, Person)
    assert person.memberships[0].start is not None


def test_lists_of_allris4_come_by_ajax() -> None:
    clock = Clock()
    with site(clock) as server:
        browser = Browser(server)
        month = browser.rows("si010?MM=9&YY=2018").record
        meetings = browser.rows("si018?GRLFDNR=5").record
        committees = browser.rows("gr010").record
    assert isinstance(month, Calendar)
    assert [(m.silfdnr, m.date, m.start) for m in month.meetings] == [(10412, "2018-09-13", "17:00")]
    assert isinstance(meetings, Calendar)
    assert len(meetings.meetings) == 15
    assert meetings.meetings[0].date == "2026-02-19"
    assert isinstance(committees, OrganizationList)
    assert [(c.number, c.name) for c in committees.organizations] == [(1, "Kreistag"), (3, "Hauptausschuss"), (5, "Jugendhilfeausschuss")]


def test_a_guessed_ajax_address_gets_nothing() -> None:
    clock = Clock()
    with site(clock) as server:
        browser = Browser(server)
        for _ in range(3):
            browser.get("si010?MM=9&YY=2018")
        for guess in ("0-1.0", "1-1.0", "9-1.0"):
            assert browser.get(f"si010?{guess}-&MM=9&YY=2018", **{"Wicket-Ajax": "true"}) == (200, b"")
        assert len(browser.get("si010?3-1.0-&MM=9&YY=2018", **{"Wicket-Ajax": "true"})[1]) > 1000


def test_meeting_lists_have_pages() -> None:
    clock = Clock()
    with site(clock, county=large_county(80)) as server:
        browser = Browser(server)
        first = browser.rows("si018?GRLFDNR=5").record
        assert isinstance(first, Calendar)
        assert len(first.meetings) == 25
        assert first.next_url
        second = browser.parsed(first.next_url.removeprefix("./"), **{"Wicket-Ajax": "true"}).record
        assert isinstance(second, Calendar)
        assert len({m.silfdnr for m in (*first.meetings, *second.meetings)}) == 50


def test_extra_rows() -> None:
    clock = Clock()
    for generation, path in ((4, "si010?MM=9&YY=2018"), (3, "si010_e.asp?MM=9&YY=2018")):
        with site(clock, generation=generation) as server:
            server.faults.extra_rows = True
            browser = Browser(server)
            month = (browser.rows(path) if generation == 4 else browser.parsed(path)).record
        assert isinstance(month, Calendar)
        assert [m.silfdnr for m in month.meetings] == [10412, None, None, None, HIDDEN_MEETING]
        assert {m.date for m in month.meetings} == {"2018-09-13"}
        assert month.meetings[2].note


def test_who_does_not_ask_for_german_gets_english_dates() -> None:
    clock = Clock()
    with site(clock) as server:
        for language, expected in (("en-US", b"Thu, Sep 13, 2018"), ("de-DE", b"am Do., 13.09.2018")):
            browser = Browser(server, language)
            browser.get("si010?MM=9&YY=2018")
            assert expected in browser.get("si010?1-1.0-&MM=9&YY=2018", **{"Wicket-Ajax": "true"})[1]


def test_one_session_for_each_who_keeps_his_cookie() -> None:
    clock = Clock()
    with site(clock) as server:
        browser = Browser(server)
        for _ in range(3):
            browser.get("to010?SILFDNR=10412")
        Browser(server).get("to010?SILFDNR=10412")
        assert [entry.session for entry in server.log] == ["", "S000001", "S000001", ""]
        assert len(server.sessions) == 2


def test_windows_1252_bytes_under_another_label() -> None:
    clock = Clock()
    with site(clock, generation=3) as server:
        bodies = [Browser(server).get(f"to020.asp?TOLFDNR={item.tolfdnr}")[1]
                  for meeting in load().meetings for item in meeting.items if item.texts]
    assert all(b"charset=iso-8859-1" in body for body in bodies)
    assert any(any(0x80 <= byte <= 0x9F for byte in body) for body in bodies)


def test_the_other_generations_programs_do_not_exist() -> None:
    clock = Clock()
    with site(clock, generation=3) as three, site(clock) as four:
        assert Browser(three).get("to010?SILFDNR=10412")[0] == 404
        assert Browser(four).get("to010.asp?SILFDNR=10412")[0] == 404


def test_it_runs_as_a_program() -> None:
    process = subprocess.Popen([sys.executable, "-m", "tests.allris_server.server", "--port", "0", "--generation", "3"],
                               stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1])
    try:
        assert process.stdout
        line = process.stdout.readline()
        assert "ALLRIS 3" in line
        assert "invented" in line
        url = line.partition(" at ")[2].partition(" ")[0]
        with urllib.request.urlopen(f"{url}/to010.asp?SILFDNR=10412", timeout=10) as answer:  # noqa: S310
            assert answer.status == 200
    finally:
        process.kill()
        process.wait()
        process.stdout.close()  # type: ignore[union-attr]
