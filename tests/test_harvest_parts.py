"""Small parts of the harvest: addresses, committees, OParl's quirks, what an answer means, probe and init."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pipeline.config import load_corpus
from pipeline.errors import EXIT_FAILED, EXIT_OK, EXIT_PROBLEMS, ConfigError, HarvestError
from pipeline.harvest import init_corpus, probe
from pipeline.harvest.allris import Month, Site, kind_of, links
from pipeline.harvest.committees import Committees
from pipeline.harvest.judge import judge
from pipeline.harvest.oparl import read
from pipeline.records import AgendaRow, Meeting, OrganizationLink
from tests.allris_server import render_lists
from tests.harvest_tools import Clock, site

BASE = "https://www.county.example/bi"
FOUR, THREE = Site(base=BASE, system="allris4"), Site(base=BASE, system="allris3", calendar_variant="_e")
RESPONSIVE = Site(base=BASE, system="allris3", calendar_variant="_r")


# ------------------------------------------------------------------------------------ addresses


@pytest.mark.parametrize(("address", "expected"), [
    (FOUR.excerpt(5, 7), "to020?TOLFDNR=5&SILFDNR=7"), (FOUR.meeting(7), "to010?SILFDNR=7&refresh=false"),
    (FOUR.paper(9), "vo020?VOLFDNR=9&refresh=false"), (FOUR.attendance(7), "si019?SILFDNR=7"), (FOUR.organization(3), "gr020?GRLFDNR=3"),
    (FOUR.calendar(Month(2026, 3)), "si010?MM=3&YY=2026"), (FOUR.meeting_list(3), "si018?GRLFDNR=3"),
    (THREE.excerpt(5, 7), "to020.asp?TOLFDNR=5"), (THREE.meeting(7), "to010.asp?SILFDNR=7"), (THREE.organization(3, "AU"), "au020.asp?AULFDNR=3"),
    (THREE.organization(1, "PA"), "pa020.asp?PALFDNR=1"), (THREE.calendar(Month(2026, 3)), "si010_e.asp?MM=3&YY=2026"),
    (RESPONSIVE.excerpt(5), "to020_r.asp?TOLFDNR=5"), (RESPONSIVE.calendar(Month(2026, 3)), "si010_r.asp?MM=3&YY=2026"),
])
def test_addresses(address: str, expected: str) -> None:
    assert address == f"{BASE}/{expected}"


@pytest.mark.parametrize(("address", "kind"), [
    ("/bi/to020?TOLFDNR=1", "excerpt"), ("/bi/VO020?VOLFDNR=1", "paper"), ("/bi/to010_r.asp?SILFDNR=1", "meeting"), ("/robots.txt", "robots"),
    ("/bi/oparl/1.0/system.asp", "oparl"), ("/bi/au010.asp?T1=x", "organization_list"), ("/bi/vo040", None), ("/bi/", None),
])
def test_kinds(address: str, kind: str | None) -> None:
    assert kind_of(f"https://x.example{address}") == kind


def test_months() -> None:
    assert Month(2026, 1).plus(-1) == Month(2025, 12)
    assert Month(2025, 12).plus(14) == Month(2027, 2)
    assert Month(2024, 2).last.isoformat() == "2024-02-29"
    assert str(Month(2026, 3)) == "2026-03"


def test_links_of_an_agenda() -> None:
    def row(number: int, **fields: object) -> AgendaRow:
        return AgendaRow(**{"position": number, "number": str(number), "public": True, "title": "x", "tolfdnr": number,  # type: ignore[arg-type]
                            "has_text": True, **fields})

    agenda = (row(1), row(2, has_text=False), row(3, public=False), row(4, tolfdnr=None), row(5, has_text=None, paper_id=50),
              row(6, has_text=False, paper_id=60), row(7, public=False, paper_id=70), row(8, public=None))
    found = list(links(Meeting(silfdnr=9, date="2026-01-01", has_attendance=True, agenda=agenda), FOUR))
    assert [(link.kind, link.number) for link in found] == [
        ("excerpt", 1), ("excerpt", 5), ("excerpt", 8), ("paper", 50), ("paper", 60), ("attendance", 9)]


# ----------------------------------------------------------------------------------- committees

KNOWN = tuple(OrganizationLink(name=name, number=n, kind="GR") for n, name in enumerate(
    ("Kreistag", "Jugendhilfeausschuss", "Ausschuss für Mobilität", "Unterausschuss Jugendhilfeplanung", "Beirat für Denkmale"), 1))


@pytest.mark.parametrize(("wanted", "title", "organization", "number", "verdict", "reason"), [
    ((), "Sitzung", None, None, True, "no choice means all"),
    (("Jugendhilfeausschuss",), "Sitzung des Jugendhilfeausschusses", None, None, True, "genitive"),
    (("Ausschuss für Mobilität",), "12. Sitzung des Ausschusses für Mobilität", None, None, True, "inside a name, too"),
    (("Beirat für Denkmale",), "Sitzung der Beiräte", None, None, None, "not by half a name"),
    (("Jugendhilfeausschuss",), "Gemeinsame Sitzung des Kreistages und des Jugendhilfeausschusses", "Kreistag", 1, True, "joint meeting"),
    (("Jugendhilfeausschuss",), "Sitzung des Kreistages", None, None, False, "surely another one"),
    (("Jugendhilfeausschuss",), "Sitzung des Unterausschusses Jugendhilfeplanung", None, None, False, "a part of the word is not the word"),
    (("Jugendhilfeausschuss",), "Sondersitzung", None, None, None, "only the agenda can tell"),
    (("Jugendhilfeausschuss",), "Sondersitzung", "Jugendhilfeausschuss", 2, True, "as the agenda tells"),
    (("Jugendhilfeausschuss",), "Sondersitzung", "Kreistag", 1, False, "as the agenda tells"),
    (("jugendhilfe*",), "Sitzung", "Jugendhilfeausschuss", None, True, "pattern, without case"),
    (("*ausschuss*",), None, "Unterausschuss Jugendhilfeplanung", None, True, "pattern"),
    (("2",), "Sitzung des Jugendhilfeausschusses", None, None, True, "an id, by its name in the list"),
    (("2",), "Sitzung", None, 2, True, "an id"), (("2",), "Sitzung", None, 12, False, "another id"),
])
def test_committees(wanted: tuple[str, ...], title: str | None, organization: str | None, number: int | None, verdict: bool | None,
                    reason: str) -> None:
    chosen = Committees(wanted=wanted, known=KNOWN)
    assert chosen.verdict(title=title, organization=organization, organization_id=number) is verdict, reason


def test_committees_that_nobody_has() -> None:
    assert Committees(wanted=("Kreistag", "Sozial*", "9", "2"), known=KNOWN).unknown() == ["Sozial*", "9"]
    assert Committees(wanted=("Sozial*",)).unknown() == [], "no list, no verdict"


def test_councils_and_committees_are_numbered_apart_in_allris3() -> None:
    known = (OrganizationLink(name="Kreistag", number=1, kind="PA"), OrganizationLink(name="Bauausschuss", number=1, kind="AU"))
    chosen = Committees(wanted=("Kreistag",), known=known)
    assert chosen.verdict(title=None, organization=None, organization_id=1, organization_kind="PA") is True
    assert chosen.verdict(title=None, organization=None, organization_id=1, organization_kind="AU") is False
    assert chosen.listable == [], "a list of number 1 may be either's"
    assert Committees(wanted=("Kreistag",), known=known[:1]).listable == [1]


# ---------------------------------------------------------------------------------------- OParl


def oparl(document: object) -> bytes:
    return json.dumps(document).encode()


TYPE = "https://schema.oparl.org/1.0/"


@pytest.mark.parametrize(("body", "reason"), [
    (b"null", "null as a whole answer"), (b"", "nothing"), (b"<html>", "a page"), (b"[1, 2]", "a bare list"), (b'{"a": 1}', "no OParl"),
    (b"[" * 100_000, "nested too deep"), (b"\xff\xfe{}", "another encoding"), (b'{"data"', "cut off"),
])
def test_what_is_no_oparl(body: bytes, reason: str) -> None:
    assert read(body, f"{BASE}/oparl/system") is None, reason


def test_oparl_quirks() -> None:
    page = read(oparl({"data": [
        None,
        {"type": TYPE + "Meeting", "id": "https://other.example/internal/meetings?id=7", "name": " N/A ", "start": "2026-02-10T17:00:00+01:00",
         "organization": [f"{BASE}/oparl/organizations?typ=gr&id=5", None], "auxiliaryFile": {"id": "x"},
         "agendaItem": {"type": TYPE + "AgendaItem", "id": f"{BASE}/oparl/agendaItems?id=71", "number": "Ö 1", "name": "a\u0002b", "result": "  "}},
        {"type": TYPE + "Meeting", "web": f"{BASE}/to010?SILFDNR=8&refresh=false", "id": "x", "start": None, "agendaItem": [
            f"{BASE}/oparl/agendaItems?id=81", None, {"id": f"{BASE}/oparl/agendaItems/82", "result": "vertagt", "public": False}]},
        {"type": TYPE + "Meeting", "id": "without a number"},
        {"type": TYPE + "Meeting", "id": f"{BASE}/oparl/meetings?id=9", "deleted": True},
        {"type": TYPE + "Paper", "id": f"{BASE}/oparl/papers/90", "originatorPerson": [None], "mainFile": {"downloadUrl": ""}},
        {"type": TYPE + "Person", "id": "p", "web": f"{BASE}/kp020?KPLFDNR=3"},
    ], "links": {"next": "meetings?body=1&page=2"}}), f"{BASE}/oparl/meetings?body=1")
    assert page is not None
    assert [(m.silfdnr, m.date, m.title, m.organization_id) for m in page.meetings] == [(7, "2026-02-10", None, 5), (8, None, None, None)]
    assert [(i.tolfdnr, i.silfdnr, i.title, i.result, i.public) for m in page.meetings for i in m.items] == [
        (71, 7, "a b", None, None), (82, 8, None, "vertagt", False)]
    assert page.papers == (90,)
    assert page.persons == (3,)
    assert page.next_url == f"{BASE}/oparl/meetings?body=1&page=2"


def test_oparl_with_control_characters_and_lists_as_objects() -> None:
    body = b'\xef\xbb\xbf{"type": "https://schema.oparl.org/1.0/Body", "name": "Kreis\x0b", "meeting": "meetings?body=1", "paper": {"id": "papers"}}'
    page = read(body, f"{BASE}/oparl/bodies")
    assert page is not None
    assert page.lists == (("meetings", f"{BASE}/oparl/meetings?body=1"), ("papers", f"{BASE}/oparl/papers"))


# ---------------------------------------------------------------------------------------- judge

REFUSED = render_lists.no_information("to020", "TOLFDNR=1").encode()


@pytest.mark.parametrize(("status", "headers", "body", "outcome"), [
    (None, {}, b"", "no_answer"), (304, {}, b"", "not_modified"), (404, {}, b"x", "gone"), (410, {}, b"x", "gone"),
    (403, {}, b"<h1>Forbidden</h1>", "forbidden"), (429, {}, b"", "busy"), (503, {}, b"", "busy"), (500, {}, b"", "server_error"),
    (400, {}, b"<p>x</p>", "http_error"), (302, {"Location": "./noauth"}, b"", "not_public"), (302, {"Location": "/bi/noauth.asp?x=1"}, b"", "not_public"),
    (302, {"Location": "logon.asp"}, b"", "not_public"), (302, {"Location": "/_gate/?next=x"}, b"", "gate"), (302, {"Location": "./to020?0"}, b"", "redirect"),
    (200, {"X-Page": "noauth.asp"}, b"<html>x</html>", "not_public"), (200, {}, REFUSED, "no_information"), (200, {}, render_lists.GATE.encode(), "gate"),
    (503, {}, render_lists.GATE.encode(), "gate"), (429, {}, render_lists.too_many("to020", "x").encode(), "too_many_requests"),
    (200, {}, render_lists.too_many("to020", "x").encode(), "too_many_requests"), (200, {}, b"<html><h1>Willkommen</h1></html>", "not_allris"),
    (200, {}, b"", "unreadable"), (200, {}, b"Zugriff verweigert (Programm to020.asp).<br>", "not_public"),
])
def test_judge(status: int | None, headers: dict[str, str], body: bytes, outcome: str) -> None:
    found = judge(kind="excerpt", url=f"{BASE}/to020?TOLFDNR=1", status=status, headers=tuple(headers.items()), body=body)
    assert found.outcome == outcome


@pytest.mark.shared
def test_real_pages_are_judged_as_what_they_are() -> None:
    """No page of a real site, and none of the known markups, is taken for another one than was asked for."""
    folder = Path(__file__).parents[1].parent / "shared" / "allris"
    judged = {}
    for path in sorted([*folder.rglob("*.html"), *folder.rglob("*.xml")]):
        program = re.search(r"(?:to|vo|si|kp|gr|au)\d{3}", path.name)
        if program:
            asp = ".asp" if "allris3" in str(path) or path.name.startswith("a3") else ""
            url = f"{BASE}/{program[0]}{asp}?X=1"
            kind = kind_of(url)
            assert kind is not None
            judged[path.name] = judge(kind=kind, url=url, status=200, headers=(), body=path.read_bytes()).outcome
    assert len(judged) > 30
    assert {name: outcome for name, outcome in judged.items() if outcome != "ok"} == {"a4_si010_shell.html": "shell"}


# -------------------------------------------------------------------------------- probe and init


@pytest.mark.parametrize(("generation", "version"), [(4, "4.1.7"), (3, "3.9.5")])
def test_probe_and_init(tmp_path: Path, generation: int, version: str) -> None:
    clock = Clock()
    options = {"clock": clock.now, "timer": clock.seconds, "sleep": clock.sleep, "random": lambda: 0.0, "allow_private": True}
    with site(clock, generation=generation) as server:
        server.faults.oparl = "plain"
        server.faults.robots = "User-agent: *\nCrawl-delay: 3"
        found = probe(server.url + "/", **options)  # type: ignore[arg-type]
        gaps = [b.time - a.time for a, b in zip(server.log, server.log[1:], strict=False)]
        assert min(gaps) >= 3
        path, again = init_corpus("ahrenfeld", f"{server.url}/si010", folder=tmp_path, contact="mailto:x@example.org", **options)  # type: ignore[arg-type]
    assert (found.system, found.version, found.exit_code) == (f"allris{generation}", version, EXIT_OK)
    assert found.robots == "allows"
    assert found.oparl
    assert {name for _, name in found.committees} == {"Kreistag", "Hauptausschuss", "Jugendhilfeausschuss"}
    assert {page.kind for page in found.pages} == {"meeting", "excerpt", "paper", "attendance"}
    assert not any(page.missing or page.problems for page in found.pages)
    assert again.base == found.base
    written = load_corpus(path.parent)
    assert written.source is not None
    assert (written.source.url, written.source.delay, written.source.contact) == (found.base, 3, "mailto:x@example.org")
    assert '#   "Jugendhilfeausschuss" (5)' in path.read_text("utf-8")


def test_probe_names_what_the_pages_lack() -> None:
    clock = Clock()
    with site(clock) as server:
        real = server._page4

        def other_markup(program: str, number: int | None) -> str | None:
            page = real(program, number)
            return page.replace('id="sigremium"', 'id="gremium"') if page and program == "to020" else page

        server._page4 = other_markup  # type: ignore[method-assign]
        found = probe(server.url, allow_private=True, clock=clock.now, timer=clock.seconds, sleep=clock.sleep)
    assert found.exit_code == EXIT_PROBLEMS
    assert [(page.kind, page.missing) for page in found.pages if page.missing] == [("excerpt", ("sigremium",))]


@pytest.mark.parametrize(("fault", "stop"), [("robots", "robots"), ("gate", "gate"), ("empty", None), ("other", "not_allris")])
def test_init_of_a_site_that_cannot_be_harvested_writes_nothing(tmp_path: Path, fault: str, stop: str | None) -> None:
    clock = Clock()
    options = {"clock": clock.now, "timer": clock.seconds, "sleep": clock.sleep, "allow_private": True}
    with site(clock) as server:
        if fault == "robots":
            server.faults.robots = "User-agent: *\nDisallow: /"
        elif fault == "gate":
            server.faults.gate_after = 3
        elif fault == "empty":
            server.faults.empty_calendar = True
        url = f"{server.origin}/shop" if fault == "other" else server.url
        found = probe(url, **options)  # type: ignore[arg-type]
        assert found.exit_code == EXIT_FAILED
        assert found.stop == stop
        with pytest.raises(HarvestError):
            init_corpus("demo", url, folder=tmp_path, **options)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_init_refuses_what_is_there_and_what_is_no_name(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "corpus.toml").write_text("x")
    with pytest.raises(ConfigError, match="there already"):
        init_corpus("demo", "https://x.example/bi", folder=tmp_path)
    with pytest.raises(ConfigError, match="no name"):
        init_corpus("../demo", "https://x.example/bi", folder=tmp_path)
    with pytest.raises(ConfigError, match="no web address"):
        probe("county.example/bi")
