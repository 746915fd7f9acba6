"""What ALLRIS calls its pages, and which pages a page leads to (pure).

Addresses are built from ALLRIS numbers, not taken from links (links carry context and session state), with one
exception: the Ajax address that brings a calendar's rows is read from the page. An address is *canonical*: one
for each page, so that the ledger knows it again.

Sources: the dossier of known installations; both generations' real pages.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Literal
from urllib.parse import urlencode

import msgspec

from pipeline.addresses import parts_of
from pipeline.records import (
    AgendaItem,
    Attendance,
    Calendar,
    Meeting,
    Organization,
    PageRecord,
)

Kind = Literal[
    "robots", "start", "organization_list", "calendar", "meeting_list", "meeting", "excerpt", "paper", "attendance",
    "organization", "person", "oparl",
]
CALENDAR_VARIANTS = ("_e", "_a", "_j", "_r", "")
"""Programs of an ALLRIS 3 calendar, `si010<variant>.asp`, most frequent first; a site allows only some of them."""
_ORGANIZATION_PAGES = {"GR": ("gr020", "GRLFDNR"), "AU": ("au020", "AULFDNR"), "PA": ("pa020", "PALFDNR"),
                       "FR": ("fr020", "FRLFDNR")}


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """An installation: its base address, its generation and, for ALLRIS 3, which programs it allows."""

    base: str
    system: Literal["allris3", "allris4"]
    calendar_variant: str = "_e"

    @property
    def _suffix(self) -> str:
        """The responsive variant of ALLRIS 3 has `_r` in the names of its main programs."""
        if self.system == "allris4":
            return ""
        return "_r.asp" if self.calendar_variant == "_r" else ".asp"

    def _page(self, program: str, *, suffix: str | None = None, **query: object) -> str:
        text = urlencode({key: str(value) for key, value in query.items()})
        return f"{self.base}/{program}{self._suffix if suffix is None else suffix}" + (f"?{text}" if text else "")

    def excerpt(self, tolfdnr: int, silfdnr: int | None = None) -> str:
        """The agenda item's minutes. ALLRIS 4 links name the meeting, too, as context."""
        if self.system == "allris4" and silfdnr is not None:
            return self._page("to020", TOLFDNR=tolfdnr, SILFDNR=silfdnr)
        return self._page("to020", TOLFDNR=tolfdnr)

    def meeting(self, silfdnr: int) -> str:
        """The meeting with its agenda (`refresh=false`: without it an unpublished agenda leads to the noauth page)."""
        if self.system == "allris4":
            return self._page("to010", SILFDNR=silfdnr, refresh="false")
        return self._page("to010", SILFDNR=silfdnr)

    def paper(self, volfdnr: int) -> str:
        """The paper with its way through the committees."""
        if self.system == "allris4":
            return self._page("vo020", VOLFDNR=volfdnr, refresh="false")
        return self._page("vo020", VOLFDNR=volfdnr)

    def attendance(self, silfdnr: int) -> str:
        """Who attended the meeting."""
        return self._page("si019", SILFDNR=silfdnr)

    def person(self, kplfdnr: int) -> str:
        """A person's memberships."""
        return self._page("kp020", KPLFDNR=kplfdnr)

    def organization(self, number: int, kind: str | None = None) -> str:
        """A committee's members."""
        program, key = _ORGANIZATION_PAGES["GR" if self.system == "allris4" else (kind or "AU")]
        return self._page(program, suffix=None, **{key: number})

    def organization_lists(self) -> tuple[str, ...]:
        """All committees; ALLRIS 3 lists councils apart."""
        if self.system == "allris4":
            return (self._page("gr010"),)
        return self._page("au010", suffix=".asp"), self._page("pa010", suffix=".asp")

    def calendar(self, month: Month, variant: str | None = None) -> str:
        """The meetings of a month."""
        if self.system == "allris4":
            return self._page("si010", MM=month.month, YY=month.year)
        chosen = self.calendar_variant if variant is None else variant
        return self._page("si010", suffix=f"{chosen}.asp", MM=month.month, YY=month.year)

    def meeting_list(self, organization: int) -> str:
        """A committee's meetings (by default of some 15 months)."""
        if self.system == "allris4":
            return self._page("si018", GRLFDNR=organization)
        return self._page("si018_a", suffix=".asp", GRA=organization)


class Month(msgspec.Struct, frozen=True, order=True):
    """A calendar month."""

    year: int
    month: int

    @classmethod
    def of(cls, day: dt.date) -> Month:
        """The month of `day`."""
        return cls(day.year, day.month)

    def plus(self, months: int) -> Month:
        """The month so many later (or earlier)."""
        index = self.year * 12 + self.month - 1 + months
        return Month(index // 12, index % 12 + 1)

    @property
    def first(self) -> dt.date:
        """Its first day."""
        return dt.date(self.year, self.month, 1)

    @property
    def last(self) -> dt.date:
        """Its last day."""
        return self.plus(1).first - dt.timedelta(days=1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """A page that another page leads to. `meeting`: SILFDNR that it belongs to; `date`: that meeting's day."""

    address: str
    kind: Kind
    number: int | None = None
    meeting: int | None = None
    date: str | None = None


def links(record: PageRecord | None, site: Site) -> Iterator[Link]:
    """The pages that `record` leads to: of an agenda, the public items with a text, the papers and the attendance.

    A calendar leads to its meetings, an attendance list and a roster to persons, a list of committees to nothing (which
    committees are wanted is the walk's decision).
    """
    match record:
        case Calendar():
            for meeting in record.meetings:
                if meeting.silfdnr is not None:
                    yield Link(address=site.meeting(meeting.silfdnr), kind="meeting", number=meeting.silfdnr,
                               meeting=meeting.silfdnr, date=meeting.date)
        case Meeting():
            for row in record.agenda:
                if row.tolfdnr is not None and row.has_text is not False and row.public is not False:
                    yield Link(address=site.excerpt(row.tolfdnr, record.silfdnr), kind="excerpt", number=row.tolfdnr,
                               meeting=record.silfdnr, date=record.date)
            for row in record.agenda:
                if row.paper_id is not None and row.public is not False:
                    yield Link(address=site.paper(row.paper_id), kind="paper", number=row.paper_id, date=record.date)
            if record.has_attendance and record.silfdnr is not None:
                yield Link(address=site.attendance(record.silfdnr), kind="attendance", number=record.silfdnr,
                           meeting=record.silfdnr, date=record.date)
        case AgendaItem():
            if record.paper_id is not None and record.public is not False:
                yield Link(address=site.paper(record.paper_id), kind="paper", number=record.paper_id, date=record.date)
        case Attendance():
            yield from _persons([a.kplfdnr for a in record.attendees], site)
        case Organization():
            yield from _persons([a.kplfdnr for a in record.members], site)
        case _:
            return


def _persons(numbers: list[int | None], site: Site) -> Iterator[Link]:
    for number in dict.fromkeys(numbers):
        if number is not None:
            yield Link(address=site.person(number), kind="person", number=number)


def has_text(record: PageRecord | None) -> bool:
    """Whether an excerpt carries any section with text yet."""
    return isinstance(record, AgendaItem) and any(section.text.strip() for section in record.sections)


_PROGRAM = re.compile(r"/(?P<program>[a-z]{2}\d{3})(?:_[a-z])?(?:\.asp)?$", re.IGNORECASE)
_KINDS: dict[str, Kind] = {
    "to020": "excerpt", "to010": "meeting", "vo020": "paper", "si019": "attendance", "si010": "calendar",
    "si018": "meeting_list", "gr010": "organization_list", "au010": "organization_list", "pa010": "organization_list",
    "gr020": "organization",
    "au020": "organization", "pa020": "organization", "fr020": "organization", "kp020": "person",
}


def kind_of(address: str) -> Kind | None:
    """The kind of page that `address` names, or None."""
    path = parts_of(address).path
    if path == "/robots.txt":
        return "robots"
    if "/oparl" in path.lower():
        return "oparl"
    found = _PROGRAM.search(path)
    return _KINDS.get(found["program"].lower()) if found else None


REFUSING_PAGES = re.compile(r"/(noauth|logon)(_r)?(\.asp)?$", re.IGNORECASE)
"""Where ALLRIS sends those who may not see a page."""
GATE_PATH = re.compile(r"/_gate(/|$)")
"""Where hosted systems send those whom they take for a machine."""
