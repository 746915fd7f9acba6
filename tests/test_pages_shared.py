"""The reference pages beside the project: every skeleton and every real page parses to what a careful reader sees.

Skeletons are compared in detail. Of the real pages only structural facts are asserted (numbers, dates, counts, labels), no
texts. Everything here is skipped where `../shared` is missing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from pipeline.pages import content_hash, parse
from pipeline.records import (
    AgendaItem,
    Calendar,
    Meeting,
    Organization,
    OrganizationList,
    Paper,
    ParsedPage,
)
from tests.test_pages import check_tables, differences

ALLRIS = Path(__file__).parents[2] / "shared" / "allris"
SKELETONS = ALLRIS / "skeletons"
HAMBURG = ALLRIS / "fixtures" / "allris3-hamburg"
TAUNUSSTEIN = ALLRIS / "fixtures" / "allris4-taunusstein"

pytestmark = pytest.mark.skipif(not SKELETONS.is_dir(), reason="../shared is not here")

ROAD = "Radweg an der Kreisstraße 99 zwischen Musterdorf und Beispielhausen"
COMMITTEE = "Ausschuss für Mobilität"
MINUTES4 = (
    "Herr Muster erläutert die Vorlage und weist darauf hin, dass die Förderung bis zum Jahresende beantragt werden müsse."
    "\n\nFrau Beispiel (SPD) begrüßt das Vorhaben. Sie spricht sich jedoch gegen die Fällung der Allee aus."
    "\n\nHerr Dr. Vorlage lehnt den Ausbau für die FDP-Fraktion ab, da die Kosten nicht gedeckt seien."
)
ITEM4: dict[str, Any] = {
    "tolfdnr": 90210, "silfdnr": 4711, "number": "5.1", "public": True, "title": ROAD, "title_truncated": False,
    "body": None, "organization": COMMITTEE, "organization_id": 7,
    "meeting_title": "12. Sitzung des Ausschusses für Mobilität", "date": "2025-06-03", "start": "18:00", "end": None,
    "status": "gemischt (Sitzung abgeschlossen)", "occasion": "Sitzung", "room": None, "place": None,
    "result": "ungeändert beschlossen", "follow_up": None, "paper_id": 880, "paper_reference": "DrS/2025/044",
    "paper_title": ROAD, "paper_type": "Beschlussvorlage", "lead_office": "Fachdienst Tiefbau", "official": "Kim Beispiel",
    "sections": [
        {"label": "Wortprotokoll", "kind": "minutes", "text": MINUTES4, "tables": [], "damage": []},
        {
            "label": "Beschluss", "kind": "resolution",
            "text": "Beschlussvorschlag:\n\nDer Ausschuss empfiehlt, der Kreistag beschließt den Bau des Radweges entlang "
            "der K 99.",
        },
        {
            "label": "Abstimmungsergebnis", "kind": "result",
            "text": "mehrheitlich\n\nZustimmung:\t9\tAblehnung:\t2\tEnthaltung:\t-",
            "tables": [{"start": 14, "end": 54, "rows": [["Zustimmung:", "9", "Ablehnung:", "2", "Enthaltung:", "-"]]}],
        },
    ],
    "documents": [{"title": "Niederschriftsauszug"}, {"title": "Sammeldokument"}, {"title": "Lageplan"}],
}
ITEM3: dict[str, Any] = {
    "silfdnr": 4711, "public": True, "title_truncated": False, "organization": COMMITTEE, "organization_id": 7,
    "meeting_title": "Sitzung des Ausschusses für Mobilität", "date": "2025-06-03", "start": "18:00", "end": "20:10",
    "status": "öffentlich/nichtöffentlich", "occasion": "Sitzung", "room": "Großer Sitzungssaal",
    "place": "Musterweg 1, 12345 Musterstadt",
}
MEETING = {
    "silfdnr": 4711, "organization": COMMITTEE, "organization_id": 7, "date": "2025-06-03",
}
MEMBERS4 = [
    {"name": "Erika Beispiel", "kplfdnr": 101, "role": "Vorsitz", "faction": "SPD"},
    {"name": "Dr. Max Vorlage", "kplfdnr": 102, "role": "Mitglied", "faction": "FDP"},
]


def page4(kind: str, record: dict[str, Any] | None, outcome: str = "ok") -> dict[str, Any]:
    return {"outcome": outcome, "system": "allris4", "version": "4.1.7", "kind": kind, "record": record, "problems": []}


def page3(kind: str, record: dict[str, Any] | None, version: str | None = "3.9.5") -> dict[str, Any]:
    return {"outcome": "ok", "system": "allris3", "version": version, "kind": kind, "record": record, "problems": []}


EXPECTED: dict[str, dict[str, Any]] = {
    "a4_to020.html": page4("excerpt", ITEM4),
    "a4_to020_cms_wrapped.html": page4("excerpt", ITEM4),
    "a4_to020_minimal.html": page4("excerpt", {
        "tolfdnr": 90201, "silfdnr": 4711, "number": "1", "title": "Eröffnung der Sitzung", "organization": None,
        "result": None, "paper_id": None, "documents": [],
        "sections": [{
            "label": "Wortprotokoll",
            "text": "Der Vorsitzende eröffnet die Sitzung und stellt die Beschlussfähigkeit fest.",
        }],
    }),
    "a4_to010.html": page4("meeting", {
        **MEETING, "title": "12. Sitzung des Ausschusses für Mobilität", "organization_kind": "GR", "start": "18:00",
        "status": "gemischt (Sitzung abgeschlossen)", "room": "Kreistagssitzungssaal",
        "place": "Musterweg 1, 12345 Musterstadt", "has_attendance": True,
        "documents": [{"title": "Bekanntmachung"}, {"title": "Niederschrift öffentlich"}],
        "agenda": [
            {"position": 1, "number": "1", "public": True, "tolfdnr": 90201, "title": "Eröffnung der Sitzung",
             "has_text": True, "result": None, "responsibility": None, "parent": None, "paper_id": None},
            {"position": 2, "number": "2", "tolfdnr": 90202, "title": "Genehmigung der Niederschrift vom 06.05.2025",
             "has_text": True, "paper_id": None, "note": "MOB/2025/11"},
            {"position": 3, "number": "5", "tolfdnr": 90205, "title": "Straßen und Radwege", "has_text": False},
            {"position": 4, "number": "5.1", "tolfdnr": 90210, "title": ROAD, "has_text": True, "paper_id": 880,
             "paper_reference": "DrS/2025/044", "result": "ungeändert beschlossen", "responsibility": "Vorberatung",
             "parent": 3},
            {"position": 5, "number": "9", "public": False, "tolfdnr": 90230, "title": "(nichtöffentlich)",
             "has_text": False},
        ],
    }),
    "a4_vo020.html": page4("paper", {
        "volfdnr": 880, "reference": "DrS/2025/044",
        "title": "Radweg an der Kreisstraße 99 hier: Grundsatzbeschluss", "type": "Beschlussvorlage",
        "status": "öffentlich (Vorlage freigegeben)", "author": "Kim Beispiel", "lead_office": "Fachdienst Tiefbau",
        "consultations": [
            {"position": 1, "organization": COMMITTEE, "role": "Vorberatung", "state": "Erledigt", "date": "2025-06-03",
             "silfdnr": 4711, "tolfdnr": 90210, "meeting_title": "12. Sitzung des Ausschusses für Mobilität",
             "result": "ungeändert beschlossen"},
            {"position": 2, "organization": "Kreistag", "role": "Entscheidung", "state": "Geplant", "date": None,
             "silfdnr": None, "tolfdnr": None, "meeting_title": None, "result": None},
        ],
        "sections": [
            {"label": "Beschlussvorschlag", "kind": "resolution", "text": "Der Kreistag beschließt den Bau des Radweges."},
            {"label": "Sachverhalt", "kind": "facts", "text": "Die Planung liegt vor."},
        ],
        "documents": [{"title": "Vorlage"}, {"title": "Sammeldokument"}, {"title": "Lageplan"}],
    }),
    "a4_si019.html": page4("attendance", {
        "silfdnr": 4711, "organization": COMMITTEE, "date": "2025-06-03",
        "attendees": [{**MEMBERS4[0], "present": True}, {**MEMBERS4[1], "present": False, "note": "entschuldigt"}],
    }),
    "a4_gr020.html": page4("organization", {"number": 7, "kind": "GR", "name": COMMITTEE, "members": MEMBERS4}),
    "a4_kp020.html": page4("person", {
        "kplfdnr": 101, "name": "Erika Beispiel", "faction": "SPD",
        "memberships": [{"organization": COMMITTEE, "organization_id": 7, "organization_kind": "GR", "role": "Vorsitz",
                         "start": "2023-07-01", "end": None}],
    }),
    "a4_si010_shell.html": page4("calendar", {
        "month": "2025-06", "meetings": [], "ajax_url": "./si010?0-1.0-&MM=6&YY=2025", "base_url": "si010?MM=6&YY=2025",
    }, "shell"),
    "a4_si010_ajax.xml": page4("calendar", {
        "month": "2025-06", "ajax_url": None,
        "meetings": [
            {"date": "2025-06-03", "start": "18:00", "title": "Sitzung des Ausschusses für Mobilität", "silfdnr": 4711,
             "room": "Kreistagssitzungssaal"},
            {"date": "2025-06-03", "start": "19:30", "silfdnr": None, "room": None,
             "title": "Sitzung des Beirates ohne veröffentlichte Tagesordnung"},
        ],
    }),
    "a4_si018_ajax.xml": {"outcome": "ok", "system": "allris4", "kind": "meeting_list", "record": {
        "next_url": "./si018?0-1.1-form-navigator-next",
        "meetings": [
            {"date": "2025-06-03", "start": "18:00", "silfdnr": 4711},
            {"date": "2025-05-06", "start": "18:00", "silfdnr": 4700},
            {"date": "2025-07-01", "start": None, "silfdnr": None, "title": "13. Sitzung (geplant, ohne Verweis)"},
        ],
    }},
    "a4_gr010_ajax.xml": {"outcome": "ok", "system": "allris4", "kind": "organization_list", "record": {
        "organizations": [
            {"name": "Kreistag", "number": 1, "kind": "GR", "members": 56},
            {"name": COMMITTEE, "number": 7, "kind": "GR", "members": 13},
        ],
    }},
    "a4_keine_information.html": page4("meeting", None, "no_information"),
    "a4_zu_viele_zugriffe.html": page4("calendar", None, "too_many_requests"),
    "a4_zugriff_pruefen.html": {"outcome": "gate", "record": None},
    "a3_to020.html": page3("excerpt", {
        **ITEM3, "tolfdnr": 90210, "number": "5.1", "title": "Radweg an der Kreisstraße 99 hier: Grundsatzbeschluss",
        "result": "ungeändert beschlossen", "paper_id": 880, "paper_reference": "25-044",
        "paper_title": "Radweg an der Kreisstraße 99 hier: Grundsatzbeschluss", "paper_type": "Beschlussvorlage",
        "lead_office": "Fachdienst Tiefbau",
        "sections": [
            {"label": "Wortprotokoll", "kind": "minutes",
             "text": "Herr Muster erläutert die Vorlage. Die Kosten überstiegen den Ansatz nicht.\n\n"
             "Frau Beispiel unterstützt den Antrag; sie vermisse aber eine Beleuchtung."},
            {"label": "Beschluss", "kind": "resolution", "text": "Der Ausschuss empfiehlt den Bau des Radweges."},
            {"label": "Abstimmungsergebnis", "kind": "result", "text": "einstimmig bei einer Enthaltung"},
        ],
    }),
    "a3_to020_leer.html": page3("excerpt", {
        **ITEM3, "tolfdnr": 90201, "number": "1", "title": "Eröffnung der Sitzung", "result": None, "paper_id": None,
        "sections": [],
    }),
    "a3_to010.html": page3("meeting", {
        **MEETING, "organization_kind": "AU", "title": "Sitzung des Ausschusses für Mobilität", "start": "18:00",
        "end": "20:10", "status": "öffentlich/nichtöffentlich",
        "documents": [{"title": "Bekanntmachung"}, {"title": "Niederschrift öffent. Teil"}],
        "agenda": [
            {"position": 1, "number": "1", "public": True, "tolfdnr": 90201, "title": "Eröffnung der Sitzung",
             "has_text": True, "result": None},
            {"position": 2, "number": "5", "tolfdnr": 90205, "title": "Anträge", "has_text": False, "result": None},
            {"position": 3, "number": "5.1", "tolfdnr": 90210, "has_text": True, "parent": 2, "paper_id": 880,
             "title": "Radweg an der Kreisstraße 99 hier: Grundsatzbeschluss", "paper_reference": "25-044",
             "result": "ungeändert beschlossen", "note": "Nachtrags-TOP"},
            {"position": 4, "number": "9", "public": False, "tolfdnr": 90230, "title": "(nichtöffentlich)",
             "has_text": False},
        ],
    }),
    "a3_vo020.html": page3("paper", {
        "volfdnr": 880, "reference": "25-044", "title": "Radweg an der Kreisstraße 99 hier: Grundsatzbeschluss",
        "type": "Beschlussvorlage", "status": "öffentlich", "author": "Kim Beispiel", "lead_office": "Fachdienst Tiefbau",
        "consultations": [{"position": 1, "organization": COMMITTEE, "role": "Vorberatung", "state": "Erledigt",
                           "date": "2025-06-03", "silfdnr": 4711, "tolfdnr": 90210, "result": "ungeändert beschlossen"}],
        "sections": [
            {"label": "Sachverhalt", "kind": "facts", "text": "Sachverhalt:\n\nDie Planung liegt vor."},
            {"label": "Beschlussvorschlag", "text": "Beschlussvorschlag:\n\nDer Kreistag beschließt den Bau."},
            {"label": "Anlage/n", "kind": "other", "text": "Anlage/n:\n\nLageplan"},
        ],
    }),
    "a3_au020.html": page3("organization", {
        "number": 7, "kind": "AU", "name": COMMITTEE,
        "members": [
            {"name": "Erika Beispiel", "kplfdnr": 101, "role": "Vorsitzendes Mitglied", "faction": "SPD-Fraktion"},
            {"name": "Dr. Max Vorlage", "kplfdnr": None, "role": "Ausschussmitglied", "faction": "FDP-Fraktion"},
        ],
    }),
    "a3_kp020.html": page3("person", {
        "kplfdnr": 101, "name": "Erika Beispiel", "gender": "f",
        "memberships": [
            {"organization": "Kreistag", "organization_id": 1, "organization_kind": "PA", "role": "Mitglied",
             "start": "2023-07-01", "end": "2028-06-30"},
            {"organization": COMMITTEE, "organization_id": 7, "organization_kind": "AU", "role": "Vorsitz",
             "start": "2023-07-01", "end": None},
        ],
    }),
    "a3_si019.html": page3("attendance", {
        "silfdnr": 4711,
        "attendees": [{"name": "Erika Beispiel", "kplfdnr": 101, "role": "Vorsitz", "present": True}],
    }),
    "a3_si010_e.html": page3("calendar", {
        "month": "2025-06",
        "meetings": [
            {"date": "2025-06-03", "start": "18:00", "end": "20:10", "silfdnr": 4711, "room": "Großer Sitzungssaal",
             "title": "Sitzung des Ausschusses für Mobilität", "note": None},
            {"date": "2025-06-03", "start": "19:00", "end": None, "silfdnr": None, "room": None,
             "title": "ENTFÄLLT! Sitzung des Beirates", "note": "ENTFÄLLT"},
        ],
    }),
    "a3_zugriff_verweigert.html": {"outcome": "not_public", "system": "allris3", "kind": "calendar", "record": None},
    "a3r_to010.html": page3("meeting", {
        **MEETING, "organization_kind": "AU", "status": "öffentlich",
        "agenda": [
            {"number": "1", "public": True, "tolfdnr": 90201, "title": "Eröffnung der Sitzung", "has_text": None},
            {"number": "5.1", "tolfdnr": 90210, "title": "Radweg an der Kreisstraße 99", "paper_id": 880,
             "paper_reference": "VO/2025/044"},
        ],
    }, None),
    "a3r_si010.html": page3("calendar", {
        "month": "2025-06",
        "meetings": [
            {"date": "2025-06-03", "start": "18:00", "silfdnr": 4711, "room": "Großer Sitzungssaal"},
            {"date": "2025-06-03", "start": "19:30", "silfdnr": None, "title": "Sitzung des Aufsichtsrates"},
        ],
    }, None),
}


def test_every_skeleton_is_described() -> None:
    assert {path.name for path in SKELETONS.iterdir()} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_skeleton(name: str) -> None:
    page = parse((SKELETONS / name).read_bytes())
    assert not differences(EXPECTED[name], msgspec.to_builtins(page))
    check_tables(page)


def test_both_frames_of_a_page_say_the_same() -> None:
    plain = parse((SKELETONS / "a4_to020.html").read_bytes())
    framed = parse((SKELETONS / "a4_to020_cms_wrapped.html").read_bytes())
    assert content_hash(plain) == content_hash(framed)


# ------------------------------------------------------------------------------------------ real pages

REAL = sorted(HAMBURG.glob("*.html")) + sorted(TAUNUSSTEIN.glob("*.html")) if HAMBURG.is_dir() else []


def real(name: str) -> ParsedPage:
    return parse(((TAUNUSSTEIN if name.startswith("allris") else HAMBURG) / name).read_bytes())


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_every_real_page_parses_without_problems(path: Path) -> None:
    page = parse(path.read_bytes())
    assert (page.outcome, page.problems) == ("ok", ())
    assert page.version == ("4.1.7" if path.parent == TAUNUSSTEIN else "3.9.5")
    assert page.encoding == ("utf-8" if path.parent == TAUNUSSTEIN else "windows-1252")
    check_tables(page)


@pytest.mark.parametrize(
    ("name", "facts", "sections"),
    [
        ("altona-to020.html",
         {"tolfdnr": 1049839, "silfdnr": 1004078, "number": "2.1", "date": "2025-03-03", "start": "18:00", "end": "20:00",
          "organization_id": 235, "paper_id": 1016196, "paper_reference": "22-0621", "result": "zur Kenntnis genommen"},
         [("Protokoll", 6, 0), ("Abstimmungsergebnis", 1, 0)]),
        ("bergedorf-to020.html",
         {"tolfdnr": 1031085, "silfdnr": 1002945, "number": "3", "date": "2025-03-03", "end": "19:15", "place": None,
          "organization_id": 1000013, "paper_id": None, "result": None},
         [("Protokoll", 6, 0)]),
        ("eimsbuettel-to020.html",
         {"tolfdnr": 1035144, "silfdnr": 1003079, "number": "1", "date": "2025-03-05", "end": "18:42", "result": None},
         [("Protokoll", 5, 0)]),
        ("allris-to020-real.html",
         {"tolfdnr": 1026743, "silfdnr": 1001258, "number": "3.1.12", "date": "2025-12-11", "start": "18:08",
          "organization_id": 1, "paper_id": 1003485, "paper_reference": "DRS. 25/161", "title_truncated": False,
          "result": "ungeändert beschlossen", "paper_type": "Beschlussvorlage",
          "follow_up": "Beschlussumsetzung erwünscht 22.12.2025"},
         [("Beschluss", 19, 1), ("Abstimmungsergebnis", 1, 1)]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_real_excerpts(name: str, facts: dict[str, Any], sections: list[tuple[str, int, int]]) -> None:
    record = real(name).record
    assert isinstance(record, AgendaItem)
    assert not differences({**facts, "public": True}, msgspec.to_builtins(record))
    assert [(s.label, s.text.count("\n\n") + 1, len(s.tables)) for s in record.sections] == sections
    assert not any(s.damage for s in record.sections)


def test_the_votes_of_the_real_excerpt_are_a_table() -> None:
    record = real("allris-to020-real.html").record
    assert isinstance(record, AgendaItem)
    for section in record.sections:
        (table,) = section.tables
        assert [len(row) for row in table.rows] == [7]
        assert [cell for cell in table.rows[0] if cell.isdecimal()] == ["25", "8", "0"]


@pytest.mark.parametrize(
    ("name", "facts", "rows", "with_text", "with_paper", "last"),
    [
        ("altona-to010.html", {"silfdnr": 1004086, "date": "2025-11-03", "end": "19:45", "organization_id": 235}, 20, 19, 16,
         ("8", 1052634)),
        ("bergedorf-to010.html", {"silfdnr": 1002949, "date": "2025-11-03", "end": "19:42"}, 7, 7, 2, ("7", 1033132)),
        ("eimsbuettel-to010.html", {"silfdnr": 1003114, "date": "2025-11-03", "end": "18:46"}, 13, 13, 6, ("7", 1037968)),
        ("allris-to010-real.html", {"silfdnr": 4021, "date": "2017-04-05", "start": "19:30", "end": None,
                                    "organization_id": 18, "organization_kind": "GR"}, 9, 9, 3, ("5", 48534)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_real_agendas(
    name: str, facts: dict[str, Any], rows: int, with_text: int, with_paper: int, last: tuple[str, int]
) -> None:
    record = real(name).record
    assert isinstance(record, Meeting)
    assert not differences(facts, msgspec.to_builtins(record))
    agenda = record.agenda
    assert [row.position for row in agenda] == list(range(1, rows + 1))
    assert sum(bool(row.has_text) for row in agenda) == with_text
    assert sum(row.paper_id is not None and row.paper_reference is not None for row in agenda) == with_paper
    assert (agenda[-1].number, agenda[-1].tolfdnr) == last
    assert all(row.public and row.title and row.tolfdnr for row in agenda)
    by_position = {row.position: row for row in agenda}
    for row in agenda:
        stem = (row.number or "").rpartition(".")[0]
        assert (by_position[row.parent].number if row.parent else "") == stem, "nested under the row of its number"


@pytest.mark.parametrize(
    ("name", "number", "reference", "consultations", "labels"),
    [
        ("altona-vo020.html", 1018473, "22-2362", [("Geplant", "2026-07-09", 1004364, 1056127)],
         ["Sachverhalt", "Beschlussvorschlag", "Anlage/n"]),
        ("bergedorf-vo020.html", 1009833, "22-0916", [("Bereit", None, None, None)],
         ["Sachverhalt", "Beschlussvorschlag", "Anlage/n"]),
        ("eimsbuettel-vo020.html", 1011853, "22-2368",
         [("Geplant", "2026-07-23", None, None), ("Geplant", "2026-08-31", None, None), ("Bereit", None, None, None)],
         ["Sachverhalt", "Beschlussvorschlag", "Anlage/n"]),
    ],
    ids=lambda value: value if isinstance(value, str) and value.endswith("html") else "",
)
def test_real_papers(
    name: str, number: int, reference: str, consultations: list[tuple[Any, ...]], labels: list[str]
) -> None:
    record = real(name).record
    assert isinstance(record, Paper)
    assert (record.volfdnr, record.reference) == (number, reference)
    assert [(c.state, c.date, c.silfdnr, c.tolfdnr) for c in record.consultations] == consultations
    assert [section.label for section in record.sections] == labels
    assert not any("KB)" in section.text for section in record.sections), "the table of attachments is no text"


@pytest.mark.parametrize(
    ("name", "number", "kind", "members", "linked", "factions"),
    [
        ("altona-au020.html", 235, "AU", 29, 29, 27),
        ("bergedorf-au020.html", 1000013, "AU", 22, 22, 20),
        ("eimsbuettel-au020.html", 219, "AU", 25, 25, 25),
        ("altona-fr020.html", 1121, "FR", 46, 46, 46),
        ("bergedorf-fr020.html", 1110, "FR", 45, 41, 45),
        ("eimsbuettel-fr020.html", 1000012, "FR", 10, 10, 10),
    ],
)
def test_real_rosters(name: str, number: int, kind: str, members: int, linked: int, factions: int) -> None:
    record = real(name).record
    assert isinstance(record, Organization)
    assert (record.number, record.kind, len(record.members)) == (number, kind, members)
    assert sum(m.kplfdnr is not None for m in record.members) == linked
    assert sum(m.faction is not None for m in record.members) == factions
    assert all(m.role for m in record.members)


def test_real_calendar() -> None:
    record = real("hamburg_nord_old-si010_e.html").record
    assert isinstance(record, Calendar)
    assert (record.month, len(record.meetings)) == ("2023-10", 14)
    assert sum(m.silfdnr is not None for m in record.meetings) == 5
    assert [m.note for m in record.meetings if m.note] == ["ENTFÄLLT"]
    assert all(m.date and m.date.startswith("2023-10") and m.start for m in record.meetings)
    assert sum(m.date == "2023-10-10" for m in record.meetings) == 5, "further rows of a day carry its date over"


def test_real_list_of_factions() -> None:
    record = real("hamburg_nord_old-fr010.html").record
    assert isinstance(record, OrganizationList)
    assert len(record.organizations) == 10
    assert {o.kind for o in record.organizations} == {"FR"}
    assert [o.members for o in record.organizations if o.number == 1122] == [43]
    assert sum(o.members is None for o in record.organizations) == 3, "those that are gone"
