"""From the site to the database: what a harvest of the local ALLRIS gives equals what the committed archive gives."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import duckdb
import msgspec
import pytest

from pipeline import run as batch
from pipeline.config import Corpus, load_corpus
from pipeline.meetings import Collection
from pipeline.sources import Page, corpus_pages
from pipeline.store.database import differences
from tests.allris_server.server import load
from tests.harvest_tools import EXCERPTS, MEETINGS, PAPERS, Clock, corpus, run, site

AHRENFELD = Path(__file__).parents[1] / "corpora" / "ahrenfeld"
OTHER_PAGES = ("calendar", "person", "organization")
"""Kinds of pages that a harvest meets and the committed archive does not have."""


def build(chosen: Corpus, folder: Path) -> tuple[batch.Summary, Path]:
    folder.mkdir(parents=True)
    target = folder / "auszug.duckdb"
    summary = batch.build([chosen], target=target, work_path=folder / "work.duckdb", command="test",
                          clock=lambda: dt.datetime(2026, 3, 3, tzinfo=dt.UTC))
    return summary, target


def harvested(folder: Path, *, generation: int, committed: Corpus) -> Corpus:
    """The local ALLRIS, harvested into a corpus of the same name; without rosters and persons, as the committed archive."""
    clock = Clock()
    with site(clock, generation=generation, people=False) as server:
        server.faults.secret_items = generation == 3
        mine = corpus(folder, server.url, name="ahrenfeld")
        report = run(mine, clock)
    assert report.exit_code == 0
    return msgspec.structs.replace(mine, title=committed.title, topics=committed.topics, files=committed.files,
                                   topic_files=committed.topic_files)


def without_other_pages(path: Path) -> Path:
    """A copy of the database without the rows of pages that only a harvest meets, and without the site's address."""
    with duckdb.connect(str(path)) as connection:
        keys = [row[0] for row in connection.execute("SELECT page_id FROM page WHERE list_contains(?, kind)",
                                                     [list(OTHER_PAGES)]).fetchall()]
        connection.execute("DELETE FROM page_version WHERE list_contains(?, page_id)", [keys])
        connection.execute("DELETE FROM page WHERE list_contains(?, page_id)", [keys])
        connection.execute("UPDATE source SET url = NULL")
    return path


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory) -> tuple[batch.Summary, Path]:
    """Harvested from ALLRIS 4 and built."""
    return of_generation(4, tmp_path_factory.mktemp("generation4"))


def of_generation(generation: int, folder: Path) -> tuple[batch.Summary, Path]:
    return build(harvested(folder, generation=generation, committed=load_corpus(AHRENFELD)), folder / "db")


def test_the_database_of_a_harvest_equals_that_of_the_committed_archive(four: tuple[batch.Summary, Path], tmp_path: Path) -> None:
    one, first = build(load_corpus(AHRENFELD), tmp_path / "committed")
    two, second = four[0], Path(shutil.copy(four[1], tmp_path))
    assert (two.meetings, two.items) == (MEETINGS, EXCERPTS)
    assert (one.statements, one.decisions) == (two.statements, two.decisions)
    assert two.new_errors == 0
    assert differences(without_other_pages(first), without_other_pages(second)) == []


def test_oparls_result_fills_what_the_page_leaves_open(tmp_path: Path) -> None:
    """Joined by TOLFDNR, on the excerpt and on the agenda; the page's own Beschlussart comes first."""
    clock = Clock()
    items = [item for meeting in load().meetings for item in meeting.items]
    silent = next(item.tolfdnr for item in items if item.result is None)
    spoken = next(item for item in items if item.result and item.texts)
    with site(clock) as server:
        server.faults.oparl = "quirks"
        server.faults.oparl_results = {silent: "vertagt", spoken.tolfdnr: "abgelehnt"}
        mine = corpus(tmp_path, server.url, oparl="auto")
        run(mine, clock)
    results = {}
    with Collection() as collection:
        for page in corpus_pages(mine):
            if isinstance(page, Page):
                collection.add(page)
        for group in collection.groups():
            results |= {row.tolfdnr: row.result for version in group.meetings for row in version.record.agenda}
            results |= {version.record.tolfdnr: version.record.result for version in group.items}
    assert results[silent] == "vertagt"
    assert results[spoken.tolfdnr] == spoken.result
    assert sum(result is None for result in results.values()) == sum(item.result is None for item in items) - 1


FACTS = {
    "meeting": "SELECT silfdnr, date, title, room FROM meeting",
    "paper": "SELECT volfdnr, reference, title FROM paper",
    "attendance": "SELECT m.silfdnr, a.name FROM attendance a JOIN meeting m USING (meeting_id)",
    "section": "SELECT i.tolfdnr, s.label, s.text FROM section s JOIN agenda_item i USING (item_id)",
    "statement": "SELECT i.tolfdnr, s.statement_index, s.act, s.stance, s.quote FROM statement s JOIN agenda_item i USING (item_id)",
    "decision": "SELECT i.tolfdnr, d.outcome, d.yes, d.no, d.abstain FROM decision d JOIN agenda_item i USING (item_id)",
    "speaker": "SELECT i.tolfdnr, s.name, s.kind FROM speaker s JOIN agenda_item i USING (item_id)",
}


def test_both_generations_give_the_same_facts(four: tuple[batch.Summary, Path], tmp_path: Path) -> None:
    found: list[dict[str, list[tuple[object, ...]]]] = []
    for path in (four[1], of_generation(3, tmp_path)[1]):
        with duckdb.connect(str(path), read_only=True) as connection:
            found.append({table: sorted(connection.execute(sql).fetchall(), key=repr) for table, sql in FACTS.items()})
    for table in FACTS:
        assert found[0][table] == found[1][table], table
        assert len(found[0][table]) >= {"paper": PAPERS, "meeting": MEETINGS}.get(table, 30), table
