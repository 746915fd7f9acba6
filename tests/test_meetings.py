"""Pages put together by meeting: versions, completed titles, context, files without a number."""

from __future__ import annotations

from typing import Any

import msgspec

from pipeline.meetings import Collection, MeetingGroup
from pipeline.pages import content_hash
from pipeline.records import (
    AgendaItem,
    AgendaRow,
    Attendance,
    Attendee,
    Calendar,
    Meeting,
    PageKind,
    PageRecord,
    Paper,
    ParsedPage,
    Section,
    System,
)
from pipeline.sources import Page

DAY = "2026-01-01T00:00:00Z"


KINDS: dict[str, PageKind] = {"AgendaItem": "excerpt", "Meeting": "meeting", "Attendance": "attendance", "Paper": "paper",
                              "Calendar": "calendar"}


def page(record: PageRecord, address: str = "https://a.example/x", fetched: str = DAY, payload: str | None = None,
         warc: str | None = "a.warc.gz", system: System = "allris4") -> Page:
    parsed = ParsedPage(outcome="ok", system=system, kind=KINDS[type(record).__name__], record=record)
    return Page(address=address, fetched=fetched, parsed=parsed, payload_hash=payload or content_hash(parsed),
                content_hash=content_hash(parsed), warc_file=warc)


def item(number: str = "5", title: str = "Radweg", **more: object) -> AgendaItem:
    return msgspec.structs.replace(AgendaItem(number=number, title=title, date="2025-06-03"), **more)


def collect(*pages: Page, **settings: str) -> tuple[Collection, list[MeetingGroup]]:
    collection = Collection(**settings)  # type: ignore[arg-type]
    for one in pages:
        collection.add(one)
    return collection, list(collection.groups())


MEETING = Meeting(silfdnr=7, date="2025-06-03", organization="Rat", agenda=(
    AgendaRow(position=0, number="5", public=True, title="Radweg an der Kreisstraße zwischen Musterdorf und Beispiel",
              tolfdnr=50),))


def test_a_meeting_gathers_its_pages() -> None:
    _, groups = collect(
        page(item(tolfdnr=50, silfdnr=7)), page(MEETING), page(Attendance(silfdnr=7, attendees=(Attendee(name="A B"),))),
        page(item(number="10", tolfdnr=51, silfdnr=7), address="https://a.example/y"),
        page(item(number="9", tolfdnr=52, silfdnr=8, date="2024-01-01"), address="https://a.example/z"))
    assert [(g.silfdnr, g.date, len(g.meetings), len(g.attendances), [v.record.number for v in g.items]) for g in groups] == [
        (8, "2024-01-01", 0, 0, ["9"]), (7, "2025-06-03", 1, 1, ["5", "10"])]


def test_an_item_without_the_meetings_number_is_found_by_the_agenda() -> None:
    _, groups = collect(page(item(tolfdnr=50)), page(MEETING))
    assert [g.silfdnr for g in groups] == [7]
    assert groups[0].items[0].record.silfdnr == 7


def test_an_attendance_list_without_number_is_found_by_day_and_committee() -> None:
    _, groups = collect(page(MEETING), page(Attendance(date="2025-06-03", organization="Rat")))
    assert len(groups) == 1
    assert groups[0].attendances[0].record.silfdnr == 7


def test_numbers_of_two_systems_are_two_things() -> None:
    _, groups = collect(page(MEETING), page(msgspec.structs.replace(MEETING, date="2011-01-01"), system="allris3"))
    assert [(g.system, g.date) for g in groups] == [("allris3", "2011-01-01"), ("allris4", "2025-06-03")]


def test_files_take_body_and_organization_from_the_corpus() -> None:
    _, groups = collect(page(item(), address="a.txt", warc=None, system="text"),
                        page(item(number="6", organization="Rat"), address="b.txt", warc=None, system="text"),
                        body="Tal", organization="Ausschuss")
    assert [(g.organization, [v.record.body for v in g.items]) for g in groups] == [("Ausschuss", ["Tal"]), ("Rat", ["Tal"])]


def test_titles_are_completed() -> None:
    cut: dict[str, Any] = {"title": "Radweg an der Kreisstraße zwischen Musterdor...", "title_truncated": True}
    full = "Radweg an der Kreisstraße zwischen Musterdorf und Beispiel"
    paper = Paper(volfdnr=9, reference="V/9", title="Radweg an der Kreisstraße zwischen Musterdorf und Beispiel (neu)",
                  type="Antrag", sections=(Section(label="Beschlussvorschlag", kind="resolution", text="Bauen."),))
    collection, groups = collect(
        page(MEETING), page(paper),
        page(item(tolfdnr=50, silfdnr=7, **cut), address="1"),
        page(item(number="6", tolfdnr=60, silfdnr=7, paper_reference="V/9", **cut), address="2"),
        page(item(number="7", tolfdnr=50, silfdnr=7, title="Schulweg an ...", title_truncated=True), address="3"))
    titles = {v.page.address: collection.context(v.record, groups[0]) for v in groups[0].items}
    assert titles["1"].title == full
    assert (titles["2"].title, titles["2"].paper_type, titles["2"].proposal) == (paper.title, "Antrag", "Bauen.")
    assert titles["3"].title == "Schulweg an ..."  # the agenda's title is that of another item


def test_only_those_present_attend() -> None:
    present = (Attendee(name="A", present=True), Attendee(name="B", present=False), Attendee(name="C"))
    collection, groups = collect(page(MEETING), page(item(tolfdnr=50)), page(Attendance(silfdnr=7, attendees=present)))
    context = collection.context(groups[0].items[0].record, groups[0])
    assert [a.name for a in context.attendees] == ["A", "C"]


def test_versions_of_a_page() -> None:
    """Equal contents in a row are one version, seen for longer; a content that comes back is a version again."""
    times = [f"2026-01-0{day}T00:00:00Z" for day in range(1, 6)]
    old, new = item(tolfdnr=50, silfdnr=7), item(tolfdnr=50, silfdnr=7, title="Neu")
    _, groups = collect(*(page(record, fetched=time, payload=time) for record, time in
                          zip((old, old, new, old, old), times, strict=True)))
    assert [(v.record.title, v.page.fetched[8:10], v.last_page.fetched[8:10]) for v in groups[0].items] == [
        ("Radweg", "01", "02"), ("Neu", "03", "03"), ("Radweg", "04", "05")]


def test_pages_that_come_in_disorder() -> None:
    new, old = (page(item(tolfdnr=50, title=title), fetched=time) for title, time in (
        ("Neu", "2026-02-01T00:00:00Z"), ("Alt", "2026-01-01T00:00:00Z")))
    _, groups = collect(new, old)
    assert [v.record.title for v in groups[0].items] == ["Alt", "Neu"]


def test_revisits() -> None:
    first = page(item(tolfdnr=50), payload="p")
    again = Page(address=first.address, fetched="2026-03-01T00:00:00Z", parsed=None, payload_hash="p", revisit=True)
    unknown = Page(address="https://a.example/other", fetched=DAY, parsed=None, payload_hash="q", revisit=True)
    collection = Collection()
    assert collection.add(first)
    assert collection.add(again)
    assert not collection.add(unknown)
    version = next(collection.groups()).items[0]
    assert (version.page.fetched, version.last_page.fetched) == (DAY, "2026-03-01T00:00:00Z")
    assert collection.newest(first.address) == "2026-03-01T00:00:00Z"


def test_a_revisit_of_an_older_content_brings_it_back() -> None:
    one = page(item(tolfdnr=50, title="Alt"), payload="p", fetched="2026-01-01T00:00:00Z")
    two = page(item(tolfdnr=50, title="Neu"), payload="q", fetched="2026-01-02T00:00:00Z")
    back = Page(address=one.address, fetched="2026-01-03T00:00:00Z", parsed=None, payload_hash="p", revisit=True)
    _, groups = collect(one, two, back)
    assert [v.record.title for v in groups[0].items] == ["Alt", "Neu", "Alt"]


def test_calendars_are_not_stored() -> None:
    collection = Collection()
    assert not collection.add(page(Calendar(month="2025-06")))
    assert list(collection.groups()) == []


def test_separate_pages_stay_two() -> None:
    collection = Collection(separate=True)
    collection.add(page(item(tolfdnr=50), address="a.html", warc=None))
    collection.add(page(item(tolfdnr=50), address="b.html", warc=None))
    assert [v.page.address for g in collection.groups() for v in g.items] == ["a.html", "b.html"]
