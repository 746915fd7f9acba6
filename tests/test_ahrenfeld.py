"""The demonstration county: the archive is what its source builds, and reading it gives the source back."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import TypeVar

import pytest

from pipeline.harvest.archive import ArchivedPage, read_file
from pipeline.records import AgendaItem, Attendance, Meeting, Paper
from pipeline.sources import Page, archive_pages
from tests.allris_server import render
from tests.allris_server.build_ahrenfeld import NAME, build
from tests.allris_server.county import SOURCE, load

ARCHIVE = SOURCE.parent / "archive" / f"{NAME}.warc.gz"
COUNTY = load()
T = TypeVar("T")


@pytest.fixture(scope="module")
def pages() -> list[Page]:
    found = list(archive_pages(ARCHIVE.parent))
    assert all(isinstance(one, Page) for one in found)
    return [one for one in found if isinstance(one, Page)]


def records(pages: list[Page], kind: type[T]) -> list[T]:
    return [p.parsed.record for p in pages if p.parsed and isinstance(p.parsed.record, kind)]


def test_the_committed_archive_is_what_the_source_builds(tmp_path: Path) -> None:
    """Compared unpacked: another zlib may pack the same content into other bytes."""
    assert gzip.decompress(build(tmp_path).read_bytes()) == gzip.decompress(ARCHIVE.read_bytes())


def test_it_is_built_the_same_twice(tmp_path: Path) -> None:
    assert build(tmp_path / "a").read_bytes() == build(tmp_path / "b").read_bytes()


def test_what_it_holds(pages: list[Page]) -> None:
    kinds = [p.parsed.kind for p in pages if p.parsed]
    assert [kinds.count(kind) for kind in ("excerpt", "meeting", "attendance", "paper")] == [36, 18, 18, 39]
    assert {p.parsed.outcome for p in pages if p.parsed} == {"ok"}
    assert not [p.parsed.problems for p in pages if p.parsed and p.parsed.problems]
    assert len({p.address for p in pages}) == len(pages)
    assert all(one.url.startswith("https://www.ahrenfeld.example/bi/")
               for one in read_file(ARCHIVE) if isinstance(one, ArchivedPage))


def test_the_texts_come_back(pages: list[Page]) -> None:
    """Blocks are the source's paragraphs; a vote table has tabs between its cells where the source has blanks."""
    items = {item.tolfdnr: item for item in records(pages, AgendaItem)}
    for path in sorted(SOURCE.glob("story-*.json")):
        story = json.loads(path.read_text("utf-8"))
        item = items[story["page"]["tolfdnr"]]
        assert [section.label for section in item.sections] == [section["label"] for section in story["sections"]]
        for section, told in zip(item.sections, story["sections"], strict=True):
            expected = [" ".join(sentence["text"] for sentence in paragraph) for paragraph in told["paragraphs"]]
            blocks = section.text.split("\n\n")
            if not section.tables:
                assert blocks == expected, path.name
            assert [block.split() for block in blocks] == [text.split() for text in expected], path.name


def test_vote_tables_are_tables(pages: list[Page]) -> None:
    sections = [section for item in records(pages, AgendaItem) for section in item.sections]
    tables = [table.rows for section in sections for table in section.tables]
    assert tables == [(("Ja:", "9", "Nein:", "4", "Enthaltungen:", "2"),),
                      (("dafür:", "12", "dagegen:", "1", "Enth.:", "1"),),
                      (("Ja", "12", "Nein", "0", "Enthaltung", "2"),)]


def test_the_heads_come_back(pages: list[Page]) -> None:
    items = {item.tolfdnr: item for item in records(pages, AgendaItem)}
    for meeting in COUNTY.meetings:
        for told in meeting.items:
            if not told.texts:
                assert told.tolfdnr not in items
                continue
            item = items[told.tolfdnr]
            assert (item.silfdnr, item.number, item.public, item.date) == (
                meeting.silfdnr, told.number, True, meeting.date)
            assert (item.organization, item.organization_id) == (meeting.organization, meeting.grlfdnr)
            assert (item.start, item.end) == (meeting.start, meeting.end)
            assert item.result == told.result
            if told.paper:
                assert (item.paper_id, item.paper_reference) == (told.paper.volfdnr, told.paper.reference)
                assert item.title == told.title
            else:
                assert item.title_truncated == (len(told.title) > 50)


def test_the_agendas_come_back(pages: list[Page]) -> None:
    found = {meeting.silfdnr: meeting for meeting in records(pages, Meeting)}
    assert sum(len(meeting.agenda) for meeting in found.values()) == 158
    for told in COUNTY.meetings:
        meeting = found[told.silfdnr]
        assert (meeting.date, meeting.organization, meeting.start, meeting.end) == (
            told.date, told.organization, told.start, told.end)
        assert (meeting.room, meeting.place) == (told.room, told.place)
        assert [(row.tolfdnr, row.number, row.title, row.result, row.has_text) for row in meeting.agenda] == [
            (item.tolfdnr, item.number, item.title, item.result, bool(item.texts)) for item in told.items]
        assert [row.paper_reference for row in meeting.agenda] == [
            item.paper.reference if item.paper else None for item in told.items]


def test_numbers_of_rows_without_an_excerpt() -> None:
    numbers = [item.tolfdnr for meeting in COUNTY.meetings for item in meeting.items if not item.texts]
    assert numbers == list(range(900_001, 900_001 + len(numbers)))


def test_the_attendance_comes_back(pages: list[Page]) -> None:
    found = {attendance.silfdnr: attendance for attendance in records(pages, Attendance)}
    for told in COUNTY.meetings:
        attendance = found[told.silfdnr]
        assert [(a.name, a.kplfdnr, a.role, a.faction, a.present, a.voting) for a in attendance.attendees] == [
            (a.name, a.kplfdnr, a.role, a.faction, True, a.voting) for a in told.attendance]


def test_the_papers_come_back(pages: list[Page]) -> None:
    found = {paper.volfdnr: paper for paper in records(pages, Paper)}
    for told in COUNTY.papers:
        paper = found[told.volfdnr]
        assert (paper.reference, paper.title, paper.type, paper.lead_office) == (
            told.reference, told.title, told.type, told.office)
        assert [(c.organization, c.date, c.role, c.result, c.silfdnr, c.tolfdnr) for c in paper.consultations
                if c.date] == [(s.organization, s.date, s.role, s.result, s.silfdnr, s.tolfdnr) for s in told.steps]


def test_word_cuts_and_hides() -> None:
    """The pages are as awkward as real ones: words cut after umlauts, soft hyphens, empty paragraphs, cut titles."""
    html = "".join(render.excerpt(meeting, item) for meeting in COUNTY.meetings for item in meeting.items if item.texts)
    marks = ("ü</span><span", "&#xad;", "&#xa0;</span>", "...</h1>", '<h2 class="expandedTitle"></h2>', "<table cells")
    for mark in marks:
        assert mark in html
