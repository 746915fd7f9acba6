"""A site over a year: what it shows on each day, as a function of the day alone.

Meetings are announced a month ahead, get their agenda a week ahead, their minutes weeks later and their attendance
later still. Minutes are corrected, once while they are recent and once months later; items are moved to the next
meeting, papers are consulted twice, and a member changes her name.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from tests.allris_server.county import Attendee, County, Item, Meeting, Paper, Step, Text

FIRST = dt.date(2026, 3, 2)
"""The first night."""
EVERY = 14
"""Days from meeting to meeting."""
ANNOUNCED, AGENDA, MOVED, MINUTES, ATTENDANCE = -30, -7, -3, 24, 38
"""Days from the meeting's day on which these appear (an item that is moved leaves the agenda)."""
CORRECTED = (31, 150)
"""Days after the meeting on which its minutes change."""
RENAMED = 170
"""Night on which a member has another name, in all lists of attendance."""
ORGANIZATION = "Jugendhilfeausschuss"


@dataclass(frozen=True)
class Shown:
    """A version of an item's minutes: from which night on it is shown, until which (excluded; None: it still is)."""

    tolfdnr: int
    version: int
    begin: int
    end: int | None


def county(night: int) -> County:
    """What the site shows on this night."""
    today = FIRST + dt.timedelta(days=night)
    meetings = tuple(_meeting(number, today) for number in _numbers() if (today - _day(number)).days >= ANNOUNCED)
    papers = {item.paper.volfdnr: item.paper for meeting in meetings for item in meeting.items if item.paper}
    return County(body="Kreis Ahrenfeld", meetings=meetings, papers=tuple(papers.values()))


def minutes(nights: int) -> Iterator[Shown]:
    """Every version of every item's minutes that is shown in so many nights."""
    seen: dict[int, tuple[int, int]] = {}
    for night in range(nights):
        for meeting in county(night).meetings:
            for item in meeting.items:
                version = version_of(item)
                if version and (item.tolfdnr not in seen or seen[item.tolfdnr][0] != version):
                    if item.tolfdnr in seen:
                        yield Shown(item.tolfdnr, *seen[item.tolfdnr], end=night)
                    seen[item.tolfdnr] = (version, night)
    for number, (version, begin) in seen.items():
        yield Shown(number, version, begin, end=None)


def version_of(item: Item) -> int:
    """The version of an item's minutes; 0: there are none."""
    return int(item.texts[0].paragraphs[0].partition("Fassung ")[2].split(" ")[0]) if item.texts else 0


def meeting_day(tolfdnr: int) -> dt.date:
    """The day of the meeting that an item belongs to."""
    return _day(tolfdnr // 10 - 5000)


def _numbers() -> range:
    """Three meetings before the first night, and those of the year and of the month after it."""
    return range(-3, 400 // EVERY)


def _day(number: int) -> dt.date:
    return FIRST + dt.timedelta(days=number * EVERY + 3)


def _meeting(number: int, today: dt.date) -> Meeting:
    day = _day(number)
    age = (today - day).days
    items: tuple[Item, ...] = ()
    if age >= AGENDA:
        places = [place for place in (1, 2, 3) if not (place == 3 and number % 4 == 0 and age >= MOVED)]
        items = tuple(_item(number, place, age) for place in places)
        if (number - 1) % 4 == 0:  # what the meeting before left to it
            items = (*items, _item(number, 4, age))
    renamed = (today - FIRST).days >= RENAMED
    people = () if age < ATTENDANCE else (
        Attendee(201, "Erika Holm-Brandt" if renamed else "Erika Holm", "Mitglied", "SPD", voting=True),
        Attendee(202, "Jürgen Uhl", "Mitglied", "CDU", voting=True),
        Attendee(203, "Petra Ölschläger", "Vorsitz", "GRÜNE", voting=True))
    return Meeting(silfdnr=3000 + number, organization=ORGANIZATION, date=day.isoformat(), start="18:00", end="20:00",
                   room="Kreishaus, Saal", place=None, attendance=people, items=items)


def _item(number: int, place: int, age: int) -> Item:
    paper = _paper(number // 2) if place == 1 else None
    texts: tuple[Text, ...] = ()
    if age >= MINUTES and place in (1, 4):
        version = 1 + sum(age >= days for days in CORRECTED[: 1 + (number % 3 == 0)] if number % 2 == 0)
        texts = (Text("Wortprotokoll", (
            f"Frau Holm erläutert die Fassung {version} der Vorlage {number}-{place}. Herr Uhl lehnt die Vorlage ab.",
            "Der Ausschuss stimmt einstimmig zu.")),)
    return Item(tolfdnr=(5000 + number) * 10 + place, number=str(place), texts=texts, paper=paper,
                title=f"Bericht {number}-{place} zur Jugendhilfe", document="story" if texts else None,
                result="ungeändert beschlossen" if texts else None)


def _paper(number: int) -> Paper:
    """A paper of two meetings that follow each other."""
    steps = tuple(Step(ORGANIZATION, _day(meeting).isoformat(), "Beratung", "", silfdnr=3000 + meeting,
                       tolfdnr=(5000 + meeting) * 10 + 1) for meeting in (2 * number, 2 * number + 1))
    return Paper(volfdnr=700 + number, reference=f"DrS/2026/{700 + number}", title=f"Jugendhilfe, Abschnitt {number}",
                 type="Beschlussvorlage", office="Fachbereich Jugend", steps=steps)
