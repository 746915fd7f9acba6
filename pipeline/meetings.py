"""Puts the pages of a corpus together by meeting, and tells of each agenda item what its own page does not.

Between `pages` and `extract`: the excerpt's title is cut, and who attended stands on another page. Pure but for
the spool, a temporary file that holds the excerpts until their meeting is known (100,000 pages of text do not
belong into the memory).
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from types import TracebackType
from typing import Generic, TypeVar

import msgspec

from pipeline import generations
from pipeline.records import (
    AgendaItem,
    Attendance,
    Attendee,
    ItemContext,
    Meeting,
    Organization,
    Paper,
    ParsedPage,
    Person,
    System,
)
from pipeline.sources import Page

Stored = AgendaItem | Meeting | Attendance | Paper | Organization | Person
STORED = (AgendaItem, Meeting, Attendance, Paper, Organization, Person)
"""The records that the database keeps; calendars and lists only lead to pages."""

R = TypeVar("R", AgendaItem, Meeting, Attendance, Paper, Organization, Person)


class Version(msgspec.Struct, Generic[R], frozen=True, kw_only=True):
    """A record as a page showed it, and the page itself (without its record) as it was first and last seen so."""

    record: R
    page: Page
    last_page: Page


class Packed(msgspec.Struct, frozen=True):
    """A page without its record, and that as bytes (MessagePack) of the type named `kind`; both empty: none."""

    page: Page
    kind: str
    record: bytes


class MeetingGroup(msgspec.Struct, kw_only=True):
    """A meeting with everything that belongs to it. Lists hold the versions of pages, each page's oldest first."""

    silfdnr: int | None
    system: str | None
    date: str | None
    organization: str | None
    meetings: list[Version[Meeting]]
    attendances: list[Version[Attendance]]
    items: list[Version[AgendaItem]]


class _Stored(msgspec.Struct):
    """A page in the index: where its record lies in the spool, and when it was last seen."""

    page: Page
    kind: str
    start: int
    size: int
    last_page: Page


class Collection:
    """The pages of a corpus, collected one by one, then handed out by meeting. A context manager (it owns a file)."""

    def __init__(self, *, body: str | None = None, organization: str | None = None, separate: bool = False) -> None:
        """`body`, `organization`: for text pages that do not name them.

        `separate`: two pages of one thing stay two, instead of two versions of one page.
        """
        self._body, self._organization, self._separate = body, organization, separate
        self._spool = tempfile.TemporaryFile(prefix="auszug-")  # noqa: SIM115 - closed by __exit__
        self._encoder = msgspec.msgpack.Encoder()
        self._versions: dict[tuple[str, str], list[_Stored]] = {}
        self._by_payload: dict[tuple[str, str], tuple[str, str]] = {}
        self._titles: dict[tuple[str | None, int], str] = {}
        self._meeting_of: dict[tuple[str | None, int], int] = {}
        self._papers: dict[tuple[str | None, int], Paper] = {}
        self._references: dict[str, Paper] = {}
        self._results: dict[int, str] = {}
        self._newest: dict[str, str] = {}
        self.count = 0

    def __enter__(self) -> Collection:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Gives the file back."""
        self._spool.close()

    # ------------------------------------------------------------------ collecting

    def add(self, page: Page) -> bool:
        """Takes a page whose record is stored, True if it was one. A revisit only notes that it was seen again."""
        record = page.parsed.record if page.parsed else None
        if record is None or not isinstance(record, STORED):
            return self.add_packed(Packed(page, "", b""))
        light = msgspec.structs.replace(page, parsed=_without_record(page))
        return self.add_packed(Packed(light, type(record).__name__, self._encoder.encode(record)), record)

    def add_packed(self, packed: Packed, record: Stored | None = None) -> bool:
        """`add` for a page whose record is bytes already (`record`: the same, where it is at hand)."""
        page = packed.page
        if page.revisit:
            again = self._seen_again(page)
            if again:
                self._newest[page.address] = max(page.fetched, self.newest(page.address))
            return again
        self._results.update(page.oparl_results)
        if not packed.kind:
            return False
        record = record or _DECODERS[packed.kind].decode(packed.record)
        system = page.parsed.system if page.parsed else None
        identity = str(self.count) if self._separate else _identity(record, page)
        key = (packed.kind, f"{system}:{identity}")
        self._learn(record, system)
        self._newest[page.address] = max(page.fetched, self.newest(page.address))
        if page.payload_hash:
            self._by_payload[page.address, page.payload_hash] = key
        versions = self._versions.setdefault(key, [])
        if versions and _continues(versions[-1], page):
            versions[-1].last_page = page
            return True
        start = self._spool.seek(0, 2)
        self._spool.write(packed.record)
        versions.append(_Stored(page, packed.kind, start, len(packed.record), page))
        self.count += 1
        return True

    @property
    def has_meetings(self) -> bool:
        """Whether there is any page of a meeting."""
        return any(kind in {"Meeting", "Attendance", "AgendaItem"} for kind, _ in self._versions)

    @property
    def items(self) -> int:
        """How many excerpts there are."""
        return sum(kind == "AgendaItem" for kind, _ in self._versions)

    def newest(self, address: str) -> str:
        """When a record was last seen at `address`; the empty string: never."""
        return self._newest.get(address, "")

    def _seen_again(self, page: Page) -> bool:
        key = self._by_payload.get((page.address, page.payload_hash or ""))
        if key is None:
            return False
        versions = self._versions[key]
        known = next(one for one in reversed(versions) if page.payload_hash in _payloads(one))
        again = msgspec.structs.replace(known.page, fetched=page.fetched)
        if _continues(versions[-1], again):
            versions[-1].last_page = again
        else:  # an older content has come back
            versions.append(_Stored(again, known.kind, known.start, known.size, again))
        return True

    def _learn(self, record: Stored, system: str | None) -> None:
        """What later completes other pages. Of several versions the last one read counts."""
        if isinstance(record, Meeting):
            for row in record.agenda:
                if row.tolfdnr is not None:
                    if row.title and not row.title.endswith("..."):
                        self._titles[system, row.tolfdnr] = row.title
                    if record.silfdnr is not None:
                        self._meeting_of[system, row.tolfdnr] = record.silfdnr
        elif isinstance(record, Paper):
            if record.volfdnr is not None:
                self._papers[system, record.volfdnr] = record
            if record.reference:
                self._references[record.reference] = record

    # ------------------------------------------------------------------ handing out

    def join_generations(self) -> None:
        """Make the pages from before an upgrade to ALLRIS 4 versions of those after it. Call when all is collected."""
        for old, new in generations.successors(self._versions, lambda versions: self._load(versions[-1])).items():
            after = self._versions.get(new, [])
            before = [_as_of(stored, generations.NEW) for stored in self._versions.pop(old)]
            if after and isinstance(committee := self._load(after[-1]), Organization):
                before = [self._numbered(stored, committee) for stored in before]
            self._versions[new] = before + after

    def _numbered(self, stored: _Stored, committee: Organization) -> _Stored:
        """A committee's page with the number that the committee has now."""
        record = self._load(stored)
        assert isinstance(record, Organization)
        packed = self._encoder.encode(msgspec.structs.replace(record, number=committee.number, kind=committee.kind))
        start = self._spool.seek(0, 2)
        self._spool.write(packed)
        return msgspec.structs.replace(stored, start=start, size=len(packed))

    def groups(self) -> Iterator[MeetingGroup]:
        """The meetings in the order of their dates, each with its pages."""
        places: dict[tuple[object, ...], MeetingGroup] = {}
        index: dict[tuple[object, ...], list[list[_Stored]]] = {}
        by_day: dict[tuple[object, ...], int] = {}
        for (kind, _), versions in self._versions.items():
            if kind == "Meeting":
                meeting = self._load(versions[-1])
                if isinstance(meeting, Meeting) and meeting.silfdnr is not None:
                    by_day[_system(versions), meeting.date, meeting.organization] = meeting.silfdnr
        for (kind, _), versions in self._versions.items():
            if kind not in {"Meeting", "Attendance", "AgendaItem"}:
                continue
            record, system = self._load(versions[-1]), _system(versions)
            assert isinstance(record, (Meeting, Attendance, AgendaItem))
            organization, number = record.organization, record.silfdnr
            if isinstance(record, AgendaItem):
                if versions[-1].page.warc_file is None:
                    organization = organization or self._organization
                if number is None and record.tolfdnr is not None:
                    number = self._meeting_of.get((system, record.tolfdnr))
            if number is None:
                number = by_day.get((system, record.date, organization))
            place: tuple[object, ...] = (system, number) if number is not None else (system, record.date, organization)
            group = places.setdefault(place, MeetingGroup(silfdnr=number, system=system, date=None, organization=None,
                                                          meetings=[], attendances=[], items=[]))
            group.date = group.date or record.date
            group.organization = group.organization or organization
            index.setdefault(place, []).append(versions)
        for place in sorted(places, key=lambda p: _order(places[p])):
            group = places[place]
            for versions in index[place]:
                for version in self._distinct(versions):
                    match version.record:
                        case Meeting():
                            group.meetings.append(self._with_results(version))
                        case Attendance():
                            group.attendances.append(_with_number(version, group))
                        case AgendaItem():
                            group.items.append(self._completed(version, group))
            # by TOP; the versions of one page stay in the order of fetching (the sort is stable)
            group.items.sort(key=lambda v: (_top(v.record.number), v.record.tolfdnr or 0, v.page.address))
            yield group

    def others(self) -> Iterator[list[Version[Paper] | Version[Organization] | Version[Person]]]:
        """Papers, committees and persons: of each page its versions, the oldest first."""
        for (kind, _), versions in self._versions.items():
            if kind in {"Paper", "Organization", "Person"}:
                yield list(self._distinct(versions))

    def _distinct(self, versions: list[_Stored]) -> Iterator[Version]:  # type: ignore[type-arg]
        """The versions of a page in the order of fetching; equal ones in a row are one, seen for longer."""
        ordered = sorted(versions, key=lambda stored: stored.page.fetched)
        at = 0
        while at < len(ordered):
            first = last = ordered[at]
            at += 1
            while at < len(ordered) and ordered[at].page.content_hash == first.page.content_hash:
                last = ordered[at]
                at += 1
            newest = max((first.last_page, last.page, last.last_page), key=lambda page: page.fetched)
            yield Version(record=self._load(first), page=first.page, last_page=newest)

    def _load(self, stored: _Stored) -> Stored:
        self._spool.seek(stored.start)
        record: Stored = _DECODERS[stored.kind].decode(self._spool.read(stored.size))
        return record

    def _completed(self, version: Version[AgendaItem], group: MeetingGroup) -> Version[AgendaItem]:
        """The item with its meeting's number and OParl's result where it has none; a file's with the corpus's names."""
        item = version.record
        if item.result is None and item.tolfdnr is not None and item.tolfdnr in self._results:
            item = msgspec.structs.replace(item, result=self._results[item.tolfdnr])
        if item.silfdnr is None and group.silfdnr is not None:
            item = msgspec.structs.replace(item, silfdnr=group.silfdnr)
        if version.page.warc_file is None:
            item = msgspec.structs.replace(item, body=item.body or self._body,
                                           organization=item.organization or self._organization)
        return msgspec.structs.replace(version, record=item)

    def _with_results(self, version: Version[Meeting]) -> Version[Meeting]:
        """The meeting, with OParl's results where its agenda shows none."""
        if not self._results:
            return version
        rows = tuple(
            msgspec.structs.replace(row, result=self._results[row.tolfdnr])
            if row.result is None and row.tolfdnr is not None and row.tolfdnr in self._results else row
            for row in version.record.agenda)
        return msgspec.structs.replace(version, record=msgspec.structs.replace(version.record, agenda=rows))

    def context(self, item: AgendaItem, group: MeetingGroup) -> ItemContext:
        """What is known about `item` beyond its page: full title, attendance, the paper's type and proposal."""
        paper = self._papers.get((group.system, item.paper_id)) if item.paper_id is not None else None
        if paper is None and item.paper_reference:
            paper = self._references.get(item.paper_reference)
        attendees: tuple[Attendee, ...] = ()
        if group.attendances:
            attendees = tuple(a for a in group.attendances[-1].record.attendees if a.present is not False)
        proposal = next((s.text for s in paper.sections if s.kind == "resolution"), None) if paper else None
        return ItemContext(title=self._title(item, paper, group.system), attendees=attendees,
                           paper_type=item.paper_type or (paper.type if paper else None), proposal=proposal,
                           oparl_result=None if item.tolfdnr is None else self._results.get(item.tolfdnr))

    def _title(self, item: AgendaItem, paper: Paper | None, system: str | None) -> str | None:
        """The fullest title: the page's own unless it is cut; then that of the agenda, then of the paper.

        One that does not begin as the page's title does belongs to another item (a number used twice).
        """
        if item.title and not item.title_truncated:
            return item.title
        stem = " ".join((item.title or "").rstrip(". …").split())
        from_agenda = self._titles.get((system, item.tolfdnr)) if item.tolfdnr is not None else None
        for title in (from_agenda, item.paper_title, paper.title if paper else None):
            if title and " ".join(title.split()).startswith(stem):
                return title
        return item.title


_DECODERS: dict[str, msgspec.msgpack.Decoder[Stored]] = {
    kind.__name__: msgspec.msgpack.Decoder(kind) for kind in STORED
}


def _system(versions: list[_Stored]) -> str | None:
    parsed = versions[-1].page.parsed
    return parsed.system if parsed else None


def _as_of(stored: _Stored, system: System) -> _Stored:
    """The version as one of a page of this system."""

    def moved(page: Page) -> Page:
        parsed = msgspec.structs.replace(page.parsed, system=system) if page.parsed else None
        return msgspec.structs.replace(page, parsed=parsed)

    return msgspec.structs.replace(stored, page=moved(stored.page), last_page=moved(stored.last_page))


def _order(group: MeetingGroup) -> tuple[object, ...]:
    return group.date or "9999", group.silfdnr or 0, group.organization or "", group.system or ""


def _payloads(stored: _Stored) -> set[str | None]:
    return {stored.page.payload_hash, stored.last_page.payload_hash}


def _continues(stored: _Stored, page: Page) -> bool:
    """`page` is the same content as the version before it, seen later."""
    return stored.page.content_hash == page.content_hash and page.fetched >= stored.last_page.fetched


def _identity(record: Stored, page: Page) -> str:
    """What makes two pages versions of one: the ALLRIS number; for files and pages without one the address."""
    match record:
        case AgendaItem():
            number = record.tolfdnr
        case Meeting() | Attendance():
            number = record.silfdnr
        case Paper():
            number = record.volfdnr
        case Person():
            number = record.kplfdnr
        case Organization():
            return f"{record.kind}{record.number}" if record.number is not None else page.address
    return str(number) if number is not None else page.address


def _without_record(page: Page) -> ParsedPage | None:
    return msgspec.structs.replace(page.parsed, record=None) if page.parsed else None


def _with_number(version: Version[Attendance], group: MeetingGroup) -> Version[Attendance]:
    if version.record.silfdnr is None and group.silfdnr is not None:
        return msgspec.structs.replace(version, record=msgspec.structs.replace(version.record, silfdnr=group.silfdnr))
    return version


def _top(number: str | None) -> tuple[int, ...]:
    """Sort key of a TOP number: 5.10 after 5.9, no number last."""
    parts = tuple(int(part) for part in (number or "").split(".") if part.isdigit() and len(part) < 8)
    return parts or (99_999,)


def context_hash(context: ItemContext) -> str:
    """8 hex digits that change when what is known beyond the page does."""
    return hashlib.sha256(msgspec.json.encode(context)).hexdigest()[:8]
