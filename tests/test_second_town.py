"""Persons in an invented second town, for what the demonstration county lacks; and the county as it is read from its pages.

Auental: two women called Petersen, a man of the same surname, a marriage, a change of faction, a deputy who takes the
chair, a seat that passes to another, and the same surname in a second town.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pytest

from pipeline import run
from pipeline.config import load_corpus
from pipeline.paths import shipped_corpora
from pipeline.records import (
    AgendaItem,
    Attendance,
    Attendee,
    Extraction,
    ItemContext,
    Meeting,
    Section,
    Sentence,
    Speaker,
    statements_of,
)
from pipeline.store.database import SourceInfo, WorkDatabase, open_published, open_work
from pipeline.store.linking import link
from pipeline.store.writer import Writer, finish_run, start_run
from tests.store_samples import STARTED, provenance, published_county

TOWN = SourceInfo(name="auental", title="Stadt Auental (invented)", body="Stadt Auental")
COMMITTEE = "Sozialausschuss"


def a(name: str, role: str = "Mitglied", faction: str | None = None, gender: str | None = None, **more: Any) -> Attendee:
    fields: dict[str, Any] = {"name": name, "role": role, "faction": faction, "gender": gender, "present": True}
    return Attendee(**{**fields, **more})


def s(name: str, gender: str | None = None, faction: str | None = None, kind: str = "person") -> Speaker:
    return Speaker(id=name.lower(), kind=kind, name=name, gender=gender, faction=faction)  # type: ignore[arg-type]


CHAIR = a("Gesa Lorenzen", "Vorsitzende", "SPD", "f", kplfdnr=11)
DEPUTY = a("Henrik Ott", "stellv. Vorsitzender", "CDU", "m", kplfdnr=12)
ILSE = a("Ilse Petersen", faction="SPD", gender="f", kplfdnr=13)
UTA = a("Uta Petersen", faction="CDU", gender="f", kplfdnr=14)
REHM = a("Olaf Rehm", faction="FDP", gender="m", kplfdnr=18)
STORM = a("Nina Storm", "stellv. Mitglied", "FDP", "f", kplfdnr=19)
WIESE = a("Karla Wiese", faction="Grüne", gender="f", kplfdnr=16)
MARRIED = msgspec.structs.replace(WIESE, name="Karla Wiese-Brandt")
KUEHL = a("Jens Kühl", faction="SPD", gender="m", kplfdnr=17)
CROSSED = msgspec.structs.replace(KUEHL, faction="Freie Wähler")
HANS = a("Hans Petersen", "Sozialdezernent", gender="m", kplfdnr=15)

MEETINGS: list[tuple[str, list[Attendee], list[Speaker]]] = [
    ("2022-01-13", [CHAIR, DEPUTY, ILSE, UTA, HANS, WIESE, KUEHL, REHM],
     [s("Petersen", "f", "CDU"), s("Ilse Petersen", "f"), s("Petersen (m)", "m"), s("Wiese", "f"), s("Kühl", "m"),
      s("Rehm", "m"), s("Vorsitzende", "f", kind="role")]),
    ("2022-06-09", [msgspec.structs.replace(CHAIR, present=False), DEPUTY, ILSE, UTA, MARRIED, CROSSED, STORM],
     [s("Petersen", "f"), s("Wiese-Brandt", "f"), s("Kühl", "m"), s("Storm", "f"), s("Vorsitzender", "m", kind="role")]),
    ("2023-02-02", [CHAIR, DEPUTY, ILSE, MARRIED, CROSSED, msgspec.structs.replace(STORM, role="Mitglied")],
     [s("Petersen", "f"), s("Wiese-Brandt", "f"), s("Kühl", "m"), s("Storm", "f"), s("Einwohnerin", "f", kind="role")]),
]


def town(work: WorkDatabase) -> None:
    """Write Auental: an item a meeting in which each speaker says a sentence."""
    batch = start_run(work, run_id="run-1", command="run", version="test", sources=["auental"], started_at=STARTED)
    writer = Writer(work, TOWN, run=batch)
    for number, (date, attendees, speakers) in enumerate(MEETINGS, 1):
        meeting = Meeting(silfdnr=number, organization=COMMITTEE, body=TOWN.body, date=date, title="Sitzung")
        attendance = Attendance(silfdnr=number, organization=COMMITTEE, date=date, attendees=tuple(attendees))
        texts = [f"{speaker.name} sagt etwas." for speaker in speakers]
        starts = [sum(len(text) + 1 for text in texts[:index]) for index in range(len(texts))]
        sentences = tuple(
            Sentence(index=index, section="Wortprotokoll", section_index=0, paragraph=0, position=index, start=start,
                     end=start + len(text), text=text, speakers=(speaker.id,), act="inform", stance="neutral")
            for index, (text, start, speaker) in enumerate(zip(texts, starts, speakers, strict=True)))
        item = AgendaItem(tolfdnr=100 + number, silfdnr=number, number="3", title="Bericht", date=date,
                          organization=COMMITTEE, body=TOWN.body,
                          sections=(Section(label="Wortprotokoll", kind="minutes", text=" ".join(texts)),))
        found = Extraction(sentences=sentences, statements=statements_of(sentences), speakers=tuple(speakers))
        with writer.transaction():
            writer.put_meeting(meeting, provenance(meeting, f"m{number}", kind="meeting"))
            writer.put_attendance(attendance, provenance(attendance, f"a{number}", kind="attendance"))
            writer.put_item(item, found, provenance(item, f"i{number}", kind="excerpt"),
                            context=ItemContext(attendees=tuple(attendees)))
    writer.finish(complete=True)
    link(work)
    finish_run(work, batch, finished_at=STARTED + dt.timedelta(seconds=1))


@pytest.fixture(scope="module")
def auental() -> Iterator[WorkDatabase]:
    with open_work() as work:
        town(work)
        yield work


def speakers_on(work: WorkDatabase, date: str) -> dict[str, tuple[str | None, str | None, str | None]]:
    """Per speaker of the meeting: the person's name, faction and role on that day."""
    rows = work.rows("""SELECT s.name, p.name AS person, s.faction_on_date, s.role_on_date FROM speaker AS s
        JOIN agenda_item AS i ON i.item_id = s.item_id LEFT JOIN person AS p ON p.person_id = s.person_id
        WHERE i.date = CAST(? AS DATE)""", [date])
    return {row["name"]: (row["person"], row["faction_on_date"], row["role_on_date"]) for row in rows}


def test_two_people_of_one_surname(auental: WorkDatabase) -> None:
    first = speakers_on(auental, "2022-01-13")
    assert [first[name][0] for name in ("Petersen", "Ilse Petersen", "Petersen (m)")] == [
        "Uta Petersen", "Ilse Petersen", "Hans Petersen"], "the faction, the given name, the gender tell"
    assert speakers_on(auental, "2022-06-09")["Petersen"][0] is None, "two women, and nothing tells"
    candidates = auental.rows("SELECT p.name FROM person_candidate AS c JOIN person AS p ON p.person_id = c.person_id "
                              "WHERE c.item_id IS NOT NULL ORDER BY p.name")
    assert [row["name"] for row in candidates] == ["Ilse Petersen", "Uta Petersen"]
    assert speakers_on(auental, "2023-02-02")["Petersen"][0] == "Ilse Petersen", "the other one is not there"


def test_a_marriage_is_one_person(auental: WorkDatabase) -> None:
    rows = auental.rows("SELECT name, names FROM person WHERE kplfdnr = 16")
    assert rows == [{"name": "Karla Wiese-Brandt", "names": ["Karla Wiese", "Karla Wiese-Brandt"]}]
    assert speakers_on(auental, "2022-01-13")["Wiese"][0] == "Karla Wiese-Brandt"


def test_a_change_of_faction(auental: WorkDatabase) -> None:
    assert [speakers_on(auental, date)["Kühl"][1] for date, *_ in MEETINGS] == ["SPD", "Freie Wähler", "Freie Wähler"]
    rows = auental.rows("""
        SELECT m.organization, CAST(m.first_seen AS VARCHAR) AS first, CAST(m.last_seen AS VARCHAR) AS last
        FROM membership AS m JOIN person AS p ON p.person_id = m.person_id
        WHERE p.name = 'Jens Kühl' AND m.kind = 'faction' ORDER BY first""")
    assert [tuple(row.values()) for row in rows] == [
        ("SPD", "2022-01-13", "2022-01-13"), ("Freie Wähler", "2022-06-09", "2023-02-02")]


def test_a_deputy_and_a_seat_that_passes_on(auental: WorkDatabase) -> None:
    assert speakers_on(auental, "2022-01-13")["Vorsitzende"][0] == "Gesa Lorenzen"
    assert speakers_on(auental, "2022-06-09")["Vorsitzender"][0] == "Henrik Ott", "no chair attends: the deputy"
    assert speakers_on(auental, "2022-06-09")["Storm"] == ("Nina Storm", "FDP", "stellv. Mitglied")
    rows = auental.rows("""SELECT p.name, m.role, CAST(m.first_seen AS VARCHAR) AS first FROM membership AS m
        JOIN person AS p ON p.person_id = m.person_id
        WHERE p.name IN ('Olaf Rehm', 'Nina Storm') AND m.kind = 'committee' ORDER BY first""")
    assert [tuple(row.values()) for row in rows] == [
        ("Olaf Rehm", "Mitglied", "2022-01-13"), ("Nina Storm", "stellv. Mitglied", "2022-06-09"),
        ("Nina Storm", "Mitglied", "2023-02-02")]


def test_an_inhabitant_stays_unknown(auental: WorkDatabase) -> None:
    assert speakers_on(auental, "2023-02-02")["Einwohnerin"][0] is None


# ------------------------------------------------------------------------------------------ the county, as read

def test_every_person_of_the_county_as_it_is_read(tmp_path: Path) -> None:
    """From pages to persons: the same persons as the annotations give, nearly every sentence by the right one."""
    target = tmp_path / "auszug.duckdb"
    run.build([load_corpus(shipped_corpora() / "ahrenfeld")], target=target, work_path=tmp_path / "work.duckdb",
              clock=lambda: STARTED, command="test")
    with open_published(target) as read, open_published(published_county()) as told:
        persons = "SELECT name, gender FROM person ORDER BY ALL"
        genders, known = (dict(db.execute(persons).fetchall()) for db in (read, told))
        assert genders.keys() == known.keys()
        assert all(gender in (None, known[name]) for name, gender in genders.items())
        assert sum(gender is not None for gender in genders.values()) >= 20, "its lists tell no gender, its texts do"
        assert read.execute("SELECT count(*) FROM attendance WHERE person_id IS NULL").fetchall() == [(0,)]
        assert read.execute("SELECT name FROM speaker WHERE kind = 'person' AND person_id IS NULL").fetchall() == []
        right, all_of_them = _same_voices(_voices(read), _voices(told))
    assert all_of_them > 450
    assert right / all_of_them >= 0.95, "98 % in November 2026; what is missing is attribution, not identity"


def _voices(connection: duckdb.DuckDBPyConnection) -> dict[tuple[int, str], tuple[str, ...]]:
    rows = connection.execute("""
        SELECT i.tolfdnr, se.text, list(DISTINCT coalesce(p.name, s.kind) ORDER BY coalesce(p.name, s.kind))
        FROM sentence AS se JOIN agenda_item AS i ON i.item_id = se.item_id, unnest(se.speakers) AS u(speaker_id)
        LEFT JOIN speaker AS s ON s.item_id = se.item_id AND s.speaker_id = u.speaker_id
        LEFT JOIN person AS p ON p.person_id = s.person_id GROUP BY ALL""").fetchall()
    return {(number, text): tuple(names) for number, text, names in rows}


def _same_voices(
    read: dict[tuple[int, str], tuple[str, ...]], told: dict[tuple[int, str], tuple[str, ...]]
) -> tuple[int, int]:
    return sum(read.get(place) == names for place, names in told.items()), len(told)
