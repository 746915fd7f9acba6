"""Persons across meetings: one a human being, from lists and texts, never by guess."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.link.factions import faction_label, same_faction
from pipeline.link.names import fold, given_fits, parse_name
from pipeline.link.persons import CONFIDENCE, link_persons
from pipeline.link.records import Identified, Listed, Persons, Told, Voice
from pipeline.store.database import open_published
from tests.store_samples import published_county

# ------------------------------------------------------------------------------- names

NAMES = [
    ("Dr. Anke Sommer", ("Anke", "Sommer", "Dr."), "title before the name"),
    ("Prof. Dr. Ulrich Sandkamp", ("Ulrich", "Sandkamp", "Prof. Dr."), "two titles"),
    ("Sommer, Dr. Anke", ("Anke", "Sommer", "Dr."), "family name first"),
    ("Anke Sommer, Vorsitzende", ("Anke", "Sommer", None), "a function behind the name"),
    ("von Rhaden, Christoph", ("Christoph", "von Rhaden", None), "particle, family name first"),
    ("Meier, Dr.", (None, "Meier", "Dr."), "title behind"),
    ("Christoph von Rhaden", ("Christoph", "von Rhaden", None), "particle"),
    ("von Rhaden", (None, "von Rhaden", None), "particle without a given name"),
    ("Maria von der Heide", ("Maria", "von der Heide", None), "two particles"),
    ("Frau Dr. Petersen", (None, "Petersen", "Dr."), "form of address"),
    ("Herrn Kühl (SPD)", (None, "Kühl", None), "faction in brackets"),
    ("Hans-Peter Müller-Lüdenscheidt", ("Hans-Peter", "Müller-Lüdenscheidt", None), "hyphens"),
    ("K. Harmsen", ("K.", "Harmsen", None), "an initial is no title"),
    ("Dr. h.c. Jost Ahlers", ("Jost", "Ahlers", "Dr. h.c."), "honorary title"),
    ("Dipl.-Ing. Uta Kern", ("Uta", "Kern", "Dipl.-Ing."), "degree"),
    ("Peter Graf", ("Peter", "Graf", None), "a particle that is the name"),
]


@pytest.mark.parametrize(("text", "expected", "reason"), NAMES, ids=[reason for *_, reason in NAMES])
def test_parse_name(text: str, expected: tuple[str | None, str, str | None], reason: str) -> None:
    name = parse_name(text)
    assert name is not None
    assert (name.given, name.family, name.titles) == expected, reason


@pytest.mark.parametrize("text", ["", "   ", "Dr.", "(SPD)", ",", "Frau"])
def test_what_holds_no_name_is_none(text: str) -> None:
    assert parse_name(text) is None


@given(st.text(max_size=200))
def test_no_text_breaks_the_reading_of_names(text: str) -> None:
    name = parse_name(text)
    assert name is None or name.family
    fold(text)


def test_names_are_compared_folded() -> None:
    assert fold("Müller-Böß") == fold("Mueller Böss") == "mueller boess"
    assert given_fits("K.", "Klaus")
    assert given_fits("Hans", "Hans-Peter")
    assert not given_fits("Klaus", "Karl")


FACTIONS = [
    ("Fraktion BÜNDNIS 90/DIE GRÜNEN", "Grüne", True), ("SPD-Fraktion", "SPD", True), ("FW", "Freie Wähler", True),
    ("Bürger für Südtal", "bürger für südtal", True), ("CDU", "SPD", False), (None, "SPD", False), ("", None, False),
]


@pytest.mark.parametrize(("one", "other", "same"), FACTIONS)
def test_factions(one: str | None, other: str | None, same: bool) -> None:
    assert same_faction(one, other) is same


def test_an_unknown_faction_is_kept_as_printed() -> None:
    assert faction_label("Bürger für  Südtal") == "Bürger für Südtal"


# ----------------------------------------------------------------------------- persons

def listed(meeting: str | None, name: str, **more: Any) -> Listed:
    """A row of an attendance list (or of a roster, without a meeting)."""
    fields: dict[str, Any] = {
        "place": f"{meeting}/{name}/{more.get('faction')}/{more.get('kplfdnr')}", "source": "k", "body": "Südtal",
        "kind": "attendance" if meeting else "roster", "name": name, "system": "allris4", "organization": "Rat",
        "meeting": meeting, "date": f"2024-0{meeting}-01" if meeting else None,
    }
    return Listed(**{**fields, **more})


def voice(meeting: str, name: str, **more: Any) -> Voice:
    """A speaker in the only item of a meeting."""
    fields: dict[str, Any] = {
        "item": f"i{meeting}", "speaker": more.pop("speaker", name.lower()), "source": "k", "body": "Südtal",
        "organization": "Rat", "meeting": meeting, "date": f"2024-0{meeting}-01", "kind": "person", "name": name,
    }
    return Voice(**{**fields, **more})


def who(found: Persons, number: int = 0) -> Identified:
    return found.speakers[number]


def short(person: str | None) -> str | None:
    return person and person.rsplit("/", 1)[1]


CASES: list[tuple[str, list[Listed], list[Voice], list[str | None], str | None]] = [
    ("the only one of the name in the list",
     [listed("1", "Klaus Harmsen", gender="m"), listed("1", "Anke Sommer", gender="f")],
     [voice("1", "Harmsen", gender="m")], ["harmsen-klaus"], "attendance"),
    ("the title and the particle do not matter",
     [listed("1", "Dr. Christoph von Rhaden")], [voice("1", "Rhaden")], ["von-rhaden-christoph"], "attendance"),
    ("two of one surname: the gender tells",
     [listed("1", "Ilse Petersen", gender="f"), listed("1", "Jens Petersen", gender="m")],
     [voice("1", "Petersen", gender="m")], ["petersen-jens"], "attendance"),
    ("two of one surname and gender: the given name tells",
     [listed("1", "Ilse Petersen", gender="f"), listed("1", "Uta Petersen", gender="f")],
     [voice("1", "Uta Petersen", gender="f")], ["petersen-uta"], "attendance"),
    ("two of one surname and gender: the faction tells",
     [listed("1", "Ilse Petersen", gender="f", faction="SPD"), listed("1", "Uta Petersen", gender="f", faction="CDU")],
     [voice("1", "Petersen", gender="f", faction="CDU-Fraktion")], ["petersen-uta"], "attendance"),
    ("two of one surname, nothing tells: nobody",
     [listed("1", "Ilse Petersen", gender="f"), listed("1", "Uta Petersen", gender="f")],
     [voice("1", "Petersen", gender="f")], [None], None),
    ("another gender is another person",
     [listed("1", "Ilse Petersen", gender="f")], [voice("1", "Petersen", gender="m")], ["petersen-m"], "family_name"),
    ("absent and present: the one present",
     [listed("1", "Ilse Petersen", present=False), listed("1", "Uta Petersen", present=True)],
     [voice("1", "Petersen")], ["petersen-uta"], "attendance"),
    ("one person over meetings, with a title acquired",
     [listed("1", "Anke Sommer"), listed("2", "Dr. Anke Sommer")],
     [voice("1", "Sommer"), voice("2", "Sommer")], ["sommer-anke", "sommer-anke"], "attendance"),
    ("a marriage, with a number: one person",
     [listed("1", "Ilse Petersen", kplfdnr=5), listed("2", "Ilse Petersen-Kern", kplfdnr=5)],
     [voice("1", "Petersen"), voice("2", "Petersen-Kern")], ["5", "5"], "attendance"),
    ("a marriage, without a number: two persons, joined by nobody",
     [listed("1", "Ilse Petersen"), listed("2", "Ilse Petersen-Kern")],
     [voice("1", "Petersen"), voice("2", "Petersen-Kern")], ["petersen-ilse", "petersen-kern-ilse"], "attendance"),
    ("two of the same full name in one list: the faction tells them apart in every list",
     [listed("1", "Jens Kühl", faction="SPD"), listed("1", "Jens Kühl", faction="CDU"), listed("2", "Jens Kühl", faction="CDU")],
     [voice("1", "Kühl", faction="CDU"), voice("2", "Kühl")], ["kuehl-jens-cdu", "kuehl-jens-cdu"], "attendance"),
    ("a list without numbers: the one numbered person of the name",
     [listed(None, "Jens Kühl", kplfdnr=9, body=None), listed("1", "Jens Kühl")], [voice("1", "Kühl")], ["9"], "attendance"),
    ("a list without numbers, two numbered persons of the name: nobody",
     [listed(None, "Jens Kühl", kplfdnr=8, body=None), listed(None, "Jens Kühl", kplfdnr=9, body=None),
      listed("1", "Jens Kühl")], [voice("1", "Kühl")], [None], None),
    ("the chair by the function",
     [listed("1", "Gesa Lorenzen", role="Vorsitzende", gender="f"), listed("1", "Jens Kühl", role="Fraktionsvorsitzender")],
     [voice("1", "Ausschussvorsitzende", kind="role", gender="f")], ["lorenzen-gesa"], "attendance_role"),
    ("a chair of the other gender is the deputy: nobody certain",
     [listed("1", "Gesa Lorenzen", role="Vorsitzende", gender="f")],
     [voice("1", "Vorsitzender", kind="role", gender="m")], [None], None),
    ("an office that one attendee has",
     [listed("1", "Jens Kühl", role="Landrat"), listed("1", "Ilse Petersen", role="Mitglied")],
     [voice("1", "Landrat", kind="role")], ["kuehl-jens"], "attendance_role"),
    ("an inhabitant is nobody known",
     [listed("1", "Jens Kühl", role="Landrat")], [voice("1", "Einwohner", kind="role")], [None], None),
    ("a guest who is not in the list, with the full name",
     [listed("1", "Jens Kühl")], [voice("1", "Dörte Lange", gender="f")], ["lange-doerte"], "text_full_name"),
    ("a guest named in full in one item, by surname in the next",
     [], [voice("1", "Dörte Lange", gender="f"), voice("2", "Lange", gender="f")], ["lange-doerte", "lange-doerte"],
     "text_full_name"),
    ("no list of the meeting: the one whom the committee's lists know",
     [listed("1", "Jens Kühl", gender="m")], [voice("2", "Kühl", gender="m")], ["kuehl-jens"], "committee_family_name"),
    ("a list of the meeting that does not have him: nobody certain",
     [listed("1", "Jens Kühl"), listed("2", "Uta Kern")], [voice("2", "Kühl")], [None], None),
    ("no lists at all: surname and gender in one committee",
     [], [voice("1", "Kühl", gender="m"), voice("2", "Kühl", gender="m")], ["kuehl-m", "kuehl-m"], "family_name"),
    ("no lists, a woman and a man",
     [], [voice("1", "Kühl", gender="m"), voice("2", "Kühl", gender="f"), voice("3", "Kühl")],
     ["kuehl-m", "kuehl-f", None], "family_name"),
    ("no lists, factions that contradict",
     [], [voice("1", "Kühl", gender="m", faction="SPD"), voice("2", "Kühl", gender="m", faction="CDU")],
     ["kuehl-m-spd", "kuehl-m-cdu"], "family_name"),
    ("no lists, two speakers of one name in an item that nothing tells apart",
     [], [voice("1", "Kühl", gender="m", speaker="a"), voice("1", "Kühl", gender="m", speaker="b")], [None, None], None),
    ("a group is no person", [listed("1", "Jens Kühl")], [voice("1", "CDU-Fraktion", kind="group")], [None], None),
]


@pytest.mark.parametrize(("reason", "lists", "voices", "expected", "rule"), CASES, ids=[case[0] for case in CASES])
def test_who_speaks(
    reason: str, lists: list[Listed], voices: list[Voice], expected: list[str | None], rule: str | None
) -> None:
    found = link_persons(lists, voices)
    assert [short(speaker.person) for speaker in found.speakers] == expected, reason
    assert who(found).rule == rule
    known = {person.person for person in found.persons}
    assert all(speaker.person in known for speaker in found.speakers if speaker.person)
    assert all(candidate.person in known for candidate in found.candidates)
    # The order in which pages come must not matter.
    assert link_persons(lists[::-1], voices).speakers == found.speakers


def test_ambiguity_is_a_row() -> None:
    found = link_persons([listed("1", "Ilse Petersen", gender="f"), listed("1", "Uta Petersen", gender="f")],
                         [voice("1", "Petersen", gender="f")])
    assert [short(c.person) for c in found.candidates] == ["petersen-ilse", "petersen-uta"]
    assert {c.speaker for c in found.candidates} == {"petersen"}


def test_a_changed_name_without_a_number_is_a_candidate() -> None:
    found = link_persons([listed("1", "Ilse Petersen"), listed("2", "Ilse Petersen-Kern")], [])
    assert [(short(c.person), short(c.other)) for c in found.candidates] == [("petersen-ilse", "petersen-kern-ilse")]
    together = link_persons([listed("1", "Ilse Petersen"), listed("1", "Ilse Petersen-Kern")], [])
    assert together.candidates == (), "both in one list: two persons for certain"


def test_a_change_of_faction_makes_two_intervals() -> None:
    lists = [listed(str(n), "Jens Kühl", faction=faction, role="Mitglied")
             for n, faction in enumerate(["SPD", "SPD", "Freie Wähler", "Freie Wähler"], 1)]
    found = link_persons(lists, [voice("5", "Kühl", speaker="late"), voice("2", "Kühl")])
    factions = [(i.organization, i.first, i.last, i.observations) for i in found.intervals if i.kind == "faction"]
    assert factions == [("SPD", "2024-01-01", "2024-02-01", 2), ("Freie Wähler", "2024-03-01", "2024-04-01", 2)]
    committee = [(i.organization, i.role, i.first, i.last) for i in found.intervals if i.kind == "committee"]
    assert committee == [("Rat", "Mitglied", "2024-01-01", "2024-04-01")]
    assert (who(found, 0).faction, who(found, 0).faction_source) == (None, None), "after the last day nothing is known"
    assert (who(found, 1).faction, who(found, 1).faction_source) == ("SPD", "attendance")


FACTION_SOURCES = [
    ("the list of the meeting wins over the text", [listed("1", "Jens Kühl", faction="SPD")],
     voice("1", "Kühl", faction="CDU"), [], ("SPD", "attendance")),
    ("the text, where the list has none", [listed("1", "Jens Kühl")], voice("1", "Kühl", faction="CDU-Fraktion"), [],
     ("CDU", "text")),
    ("a dated membership of the person's page", [listed("1", "Jens Kühl", kplfdnr=4),
     listed(None, "Jens Kühl", kplfdnr=4, kind="page", place="p", date="2025-01-01")], voice("1", "Kühl"),
     [Told(place="p", organization="SPD-Fraktion", kind="FR", start="2023-01-01")], ("SPD", "person_page")),
    ("a membership that had ended", [listed("1", "Jens Kühl", kplfdnr=4),
     listed(None, "Jens Kühl", kplfdnr=4, kind="page", place="p", date="2025-01-01")], voice("1", "Kühl"),
     [Told(place="p", organization="SPD-Fraktion", kind="FR", start="2020-01-01", end="2023-12-31")], (None, None)),
    ("an interval of observations that covers the day", [listed("1", "Jens Kühl", faction="SPD"), listed("2", "Jens Kühl"),
     listed("3", "Jens Kühl", faction="SPD")], voice("2", "Kühl"), [], ("SPD", "interval")),
    ("a roster says nothing about days before it was fetched", [listed("1", "Jens Kühl"),
     listed(None, "Jens Kühl", faction="SPD", date="2024-06-01")], voice("1", "Kühl"), [], (None, None)),
    ("a roster, for days since it was fetched", [listed("7", "Jens Kühl"),
     listed(None, "Jens Kühl", faction="SPD", date="2024-06-01")], voice("7", "Kühl"), [], ("SPD", "roster")),
    ("a group by its own name", [], voice("1", "CDU-Fraktion", kind="group", faction="CDU"), [], ("CDU", "text")),
]


@pytest.mark.parametrize(("reason", "lists", "speaker", "told", "expected"), FACTION_SOURCES,
                         ids=[case[0] for case in FACTION_SOURCES])
def test_faction_on_the_day(
    reason: str, lists: list[Listed], speaker: Voice, told: list[Told], expected: tuple[str | None, str | None]
) -> None:
    found = who(link_persons(lists, [speaker], told))
    assert (found.faction, found.faction_source) == expected, reason


def test_municipalities_are_kept_apart() -> None:
    found = link_persons([listed("1", "Jens Kühl"), listed("2", "Jens Kühl", body="Nordtal")], [])
    assert {person.person for person in found.persons} == {"k/person/suedtal/kuehl-jens", "k/person/nordtal/kuehl-jens"}


def test_every_rule_has_a_confidence() -> None:
    rules = {case[4] for case in CASES if case[4]}
    assert rules <= set(CONFIDENCE)
    assert all(0 < value < 1 or rule == "corrected" for rule, value in CONFIDENCE.items())


def test_every_person_of_the_county_is_right() -> None:
    """Every speaker who is a person has one, of the given surname; nothing is ambiguous, only inhabitants stay unknown."""
    with open_published(published_county()) as connection:
        speakers = connection.execute("""
            SELECT s.kind, s.name, s.gender, s.role, p.name, p.gender, s.person_rule, i.meeting_id,
                EXISTS (SELECT 1 FROM attendance AS a WHERE a.meeting_id = i.meeting_id AND a.person_id = s.person_id)
            FROM speaker AS s JOIN agenda_item AS i ON i.item_id = s.item_id
            LEFT JOIN person AS p ON p.person_id = s.person_id""").fetchall()
        assert connection.execute("SELECT count(*) FROM person_candidate").fetchall() == [(0,)]
        persons = connection.execute("SELECT name FROM person").fetchall()
    assert len(speakers) > 200
    for kind, name, gender, _, person, person_gender, rule, _, attended in speakers:
        if kind == "person":
            assert person is not None, name
            assert person.endswith(name.split()[-1])
            assert gender is None or person_gender == gender
            assert attended or rule == "text_full_name", name
    unknown = {name for kind, name, _, _, person, *_ in speakers if kind == "role" and person is None}
    assert unknown <= {"Elternvertreterin", "Einwohner", "Hauptausschussvorsitzende"}
    assert len(persons) == len(set(persons)) == 28
