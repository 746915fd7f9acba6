"""The generator of corpora: pages that are read without a problem, no two texts alike, and always the same bytes."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import pytest

from pipeline.config import load_corpus
from pipeline.records import AgendaItem, Attendance, Meeting, Paper
from pipeline.sources import Page, corpus_pages
from tests import corpus_generator, corpus_texts

EXCERPTS = 60


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("generated")
    corpus_generator.write_corpora(folder, EXCERPTS)
    return folder / "corpora"


def _pages(county: Path) -> list[Page]:
    found = list(corpus_pages(load_corpus(county)))
    assert all(isinstance(page, Page) for page in found)
    return [page for page in found if isinstance(page, Page)]


@pytest.mark.parametrize(("county", "system"), [("county-01", "allris4"), ("county-02", "allris3")])
def test_pages_are_read_as_what_they_are(corpora: Path, county: str, system: str) -> None:
    parsed = [page.parsed for page in _pages(corpora / county) if page.parsed]
    assert {page.system for page in parsed} == {system}
    assert {page.outcome for page in parsed} == {"ok"}
    kinds = Counter(type(page.record) for page in parsed)
    assert kinds[AgendaItem] == EXCERPTS // 2
    assert kinds[Meeting] == kinds[Attendance] == 3
    assert 9 < kinds[Paper] < 27
    items = [page.record for page in parsed if isinstance(page.record, AgendaItem)]
    assert len({section.text for item in items for section in item.sections[:1]}) == EXCERPTS // 2
    assert not [item for item in items if item.date is None or item.organization is None or not item.sections]
    # no mark of a template is left
    assert not [item for item in items if any("\ue000" <= letter <= "\uf8ff" for letter in str(item))]


def test_excerpts_belong_to_the_agenda_of_their_meeting(corpora: Path) -> None:
    for county in ("county-01", "county-02"):
        records = [page.parsed.record for page in _pages(corpora / county) if page.parsed]
        rows = {row.tolfdnr: (meeting.silfdnr, meeting.date, meeting.organization, row.title)
                for meeting in records if isinstance(meeting, Meeting) for row in meeting.agenda}
        for item in records:
            if isinstance(item, AgendaItem):
                silfdnr, date, organization, title = rows[item.tolfdnr]
                assert (item.date, item.organization) == (date, organization)
                assert item.silfdnr in {silfdnr, None}
                assert title is not None
                assert title.startswith((item.title or "").removesuffix("...").strip())


def test_the_same_call_writes_the_same_bytes(tmp_path: Path) -> None:
    digests = []
    for name in ("first", "second"):
        corpus_generator.write_corpora(tmp_path / name, 4)
        files = sorted((tmp_path / name).rglob("*.warc.gz"))
        assert len(files) == 2
        digests.append([hashlib.sha256(path.read_bytes()).hexdigest() for path in files])
    assert digests[0] == digests[1]


def test_a_changed_excerpt_is_a_new_version_of_one_page(tmp_path: Path) -> None:
    corpus_generator.write_corpora(tmp_path, 6)
    county = tmp_path / "corpora" / "county-01"
    before = _pages(county)
    address = corpus_generator.change_one(county, which=1)
    added = _pages(county)[len(before):]
    assert [page.address for page in added] == [address]
    old = [page for page in before if page.address == address]
    assert added[0].fetched > max(page.fetched for page in before)
    assert added[0].content_hash not in {page.content_hash for page in old}
    corpus_generator.change_one(county)
    assert len(list(county.glob("archive/*.warc.gz"))) == 3


def test_a_run_asks_again_for_pages_of_the_run_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus_generator, "PER_RUN", 1)
    corpus_generator.write_corpora(tmp_path, 44)
    for county, revisits in (("county-01", 0), ("county-02", 1)):
        pages = _pages(tmp_path / "corpora" / county)
        assert sum(page.revisit for page in pages) == revisits
        seen = Counter(page.address for page in pages)
        assert sorted(seen.values())[-2:] == [1, 2]
        [twice] = [address for address, times in seen.items() if times == 2]
        hashes = [page.content_hash for page in pages if page.address == twice and not page.revisit]
        assert len(set(hashes)) == 1


def test_counties_have_other_names() -> None:
    found = corpus_texts.documents()
    assert corpus_texts.Cast(1, found).renamed("Herr Harmsen fragt Frau Sommer.") == "Herr Hermsen fragt Frau Sommer."
    assert corpus_texts.Cast(2, found).renamed("Herrn Harmsens Frage") == "Herrn Hirmsens Frage"
    assert len({corpus_texts.county_title(n) for n in range(1, 400)}) == 399


def test_words_that_occur_once_go_on() -> None:
    assert len({corpus_texts.project(n) for n in range(20_000)}) > 18_000
    assert len({corpus_texts.street(n) for n in range(8_000)}) > 4_000
