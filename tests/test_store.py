"""The work database: described completely, idempotent by natural key, all or nothing, earlier versions kept."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import StoreError
from pipeline.records import (
    AgendaItem,
    Attendance,
    Attendee,
    Extraction,
    Meeting,
    Organization,
    PageProblem,
    Paper,
    Person,
    Section,
    Sentence,
    statements_of,
)
from pipeline.store import keys, schema
from pipeline.store.checks import checks, run_checks
from pipeline.store.database import Provenance, WorkDatabase, differences, equal_databases, open_work, utc
from pipeline.store.linking import link
from pipeline.store.writer import Run, Writer, finish_run, start_run
from tests.store_samples import SOURCE, SRO, STARTED, provenance, small_item, write_county

ADDRESS = "https://example.org/to020?TOLFDNR=7"


@pytest.fixture
def work() -> Iterator[WorkDatabase]:
    with open_work() as database:
        yield database


def begin(work: WorkDatabase, run_id: str = "run-1", started: dt.datetime = STARTED) -> tuple[Run, Writer]:
    run = start_run(work, run_id=run_id, command="run", version="test", sources=["ahrenfeld"], started_at=started)
    return run, Writer(work, SOURCE, run=run, topics=[SRO])


def count(work: WorkDatabase, table: str, condition: str = "true") -> int:
    found = work.rows(f"SELECT count(*) AS n FROM {table} WHERE {condition}")  # noqa: S608
    return int(found[0]["n"])


# ---------------------------------------------------------------------------- schema

def test_every_table_view_and_column_has_a_comment(work: WorkDatabase) -> None:
    assert not work.rows("""
        SELECT table_name, column_name FROM duckdb_columns()
        WHERE NOT internal AND coalesce(trim(comment), '') = ''""")
    assert not work.rows("SELECT table_name FROM duckdb_tables() WHERE NOT internal AND comment IS NULL")
    assert not work.rows("SELECT view_name FROM duckdb_views() WHERE NOT internal AND comment IS NULL")


def test_all_tables_and_views_of_the_design_are_there() -> None:
    tables = {table.name for table in schema.tables()}
    assert tables >= {
        "source", "organization", "meeting", "paper", "consultation", "agenda_item", "section", "sentence", "person",
        "membership", "attendance", "speaker", "statement", "decision", "faction_vote", "commitment", "topic",
        "topic_mention", "item_direction", "correction", "person_candidate", "page", "page_version", "run", "problem",
    }
    assert {view.name for view in schema.views()} >= {
        "speaker_positions", "topic_timeline", "topic_stance", "decision_log", "paper_history", "commitment_log",
        "speaker_network", "quality",
    }


def test_the_speaker_position_table_has_the_columns_researchers_need(work: WorkDatabase) -> None:
    columns = {row["column_name"] for row in
               work.rows("SELECT column_name FROM duckdb_columns() WHERE table_name = 'speaker_positions'")}
    assert columns >= {
        "statement_id", "date", "body", "committee", "meeting_id", "item_number", "item_title", "paper_id",
        "paper_title", "person_id", "person_name", "gender", "faction", "role", "act", "stance_item", "stance_topic",
        "speaker_confidence", "stance_confidence", "quote", "first_sentence", "last_sentence", "cue", "rule",
        "page_address", "fetch_date", "content_hash",
    }


def test_volatile_columns_are_those_of_the_design() -> None:
    volatile = {name: columns for name, columns in schema.volatile_columns().items() if columns}
    assert set(volatile) == {"page", "page_version"}
    assert volatile["page_version"] == {"payload_hash", "address", "fetched_at", "last_fetched", "warc_file", "record_id",
                                      "input_hash"}


# ------------------------------------------------------------------------------ keys

KEYS = [
    (keys.meeting_key("k", "allris4", silfdnr=12, date="2024-01-02", organization="Rat"), "k/allris4/meeting/12",
     "the ALLRIS number is the key"),
    (keys.meeting_key("k", "text", silfdnr=None, date="2024-01-02", organization="Ausschuß für Öffentliches"),
     "k/text/meeting/2024-01-02/ausschuss-fuer-oeffentliches", "date and committee without a number"),
    (keys.item_key("k", "text", tolfdnr=None, date="2024-01-02", organization="Rat", number="5.1", title="x"),
     "k/text/item/2024-01-02/rat/5.1", "the TOP keeps its dot: 5.1 is not 51"),
    (keys.item_key("k", "text", tolfdnr=None, date=None, organization=None, number=None, title="x"),
     f"k/text/item/-/-/t-{keys.short_hash('x')}", "nothing known but the title"),
    (keys.paper_key("k", "allris3", volfdnr=None, reference="DrS/2023/174", title=None), "k/allris3/paper/drs-2023-174",
     "the reference without a number"),
    (keys.organization_key("k", "allris3", kind="AU", number=4, name="Rat"), "k/allris3/organization/AU4",
     "number spaces are kept apart"),
]


@pytest.mark.parametrize(("found", "expected", "reason"), KEYS, ids=[case[2] for case in KEYS])
def test_keys(found: str, expected: str, reason: str) -> None:
    assert found == expected, reason


# ----------------------------------------------------------------- writing and reading

def test_an_item_is_written_with_everything_that_was_found(work: WorkDatabase) -> None:
    run, writer = begin(work)
    item, extraction = small_item()
    key = writer.put_item(item, extraction, provenance(item, ADDRESS, kind="excerpt"), extractor="v1")
    writer.finish(complete=True)
    link(work)
    summary = finish_run(work, run, finished_at=STARTED)

    assert key == "ahrenfeld/allris4/item/7"
    assert (summary.items, summary.statements, summary.decisions, summary.exit_code) == (1, 1, 1, 0)
    row = work.rows("SELECT * FROM speaker_positions")[0]
    assert row["statement_id"] == f"{key}#s0"
    assert row["quote"] == item.sections[0].text
    assert (row["committee"], row["item_number"], str(row["date"])) == ("Sozialausschuss", "5.1", "2024-05-02")
    assert (row["direction"], row["stance_topic"]) == (1, "support")
    assert row["page_address"] == ADDRESS
    assert not run_checks(work.connection)


def test_running_again_gives_the_same_rows(tmp_path: Path) -> None:
    with open_work(tmp_path / "one.duckdb") as one:
        write_county(one, run_id="run-1")
    with open_work(tmp_path / "two.duckdb") as two:
        write_county(two, run_id="run-1")
        write_county(two, run_id="run-2", reverse=True)
    assert differences(tmp_path / "one.duckdb", tmp_path / "two.duckdb") == []


def test_a_difference_is_found(tmp_path: Path) -> None:
    for name, text in (("one", "Frau Petersen lobt dies.\nSie stimmt zu."), ("two", "Frau Petersen lobt das.\nSie stimmt zu.")):
        with open_work(tmp_path / f"{name}.duckdb") as work:
            _, writer = begin(work)
            item, extraction = small_item(text=text)
            writer.put_item(item, extraction, provenance(item, ADDRESS, kind="excerpt"))
    found = differences(tmp_path / "one.duckdb", tmp_path / "two.duckdb")
    assert {difference.table for difference in found} >= {"section", "sentence", "statement", "agenda_item", "page"}
    assert not equal_databases(tmp_path / "one.duckdb", tmp_path / "two.duckdb")


def test_addresses_and_times_make_no_difference(tmp_path: Path) -> None:
    item, extraction = small_item()
    for name, address, fetched in (("one", ADDRESS, "2026-01-01T00:00:00"), ("two", f"{ADDRESS}&x=1", "2026-02-01T00:00:00")):
        with open_work(tmp_path / f"{name}.duckdb") as work:
            _, writer = begin(work, run_id=name)
            writer.put_item(item, extraction, provenance(item, address, kind="excerpt", fetched=fetched))
    assert equal_databases(tmp_path / "one.duckdb", tmp_path / "two.duckdb")


def put_version(work: WorkDatabase, text: str, day: int) -> None:
    _, writer = begin(work, run_id=f"run-{day}")
    item, extraction = small_item(text=text)
    where = provenance(item, ADDRESS, kind="excerpt", fetched=f"2026-01-{day:02}T00:00:00")
    writer.put_item(item, extraction, where, extractor="v1")
    link(work)


def test_rows_of_an_earlier_version_go_to_history(work: WorkDatabase) -> None:
    old, new = "Frau Petersen lobt dies.\nSie stimmt zu.", "Frau Petersen lehnt dies ab.\nSie stimmt nicht zu."
    put_version(work, old, 1)
    put_version(work, new, 2)
    assert [row["quote"] for row in work.rows("SELECT quote FROM statement")] == [new]
    assert [row["quote"] for row in work.rows("SELECT quote FROM statement_history")] == [old]
    versions = work.rows("SELECT version, is_current FROM page_version ORDER BY version")
    assert versions == [{"version": 1, "is_current": False}, {"version": 2, "is_current": True}]
    old_hash = work.rows("SELECT content_hash FROM page_version WHERE version = 1")[0]["content_hash"]
    assert work.rows("SELECT DISTINCT page_content_hash AS h FROM sentence_history") == [{"h": old_hash}]
    assert not run_checks(work.connection)


def test_replaying_all_versions_gives_the_same_rows(tmp_path: Path) -> None:
    old, new = "Frau Petersen lobt dies.\nSie stimmt zu.", "Frau Petersen lehnt dies ab.\nSie stimmt nicht zu."
    for name, days in (("one", (1, 2)), ("two", (1, 2, 1, 2))):
        with open_work(tmp_path / f"{name}.duckdb") as database:
            for day in days:
                put_version(database, old if day == 1 else new, day)
    assert differences(tmp_path / "one.duckdb", tmp_path / "two.duckdb") == []


def test_a_version_that_comes_back_leaves_history(work: WorkDatabase) -> None:
    old, new = "Frau Petersen lobt dies.\nSie stimmt zu.", "Frau Petersen lehnt dies ab.\nSie stimmt nicht zu."
    for day, text in enumerate((old, new, old), 1):
        put_version(work, text, day)
    assert [row["quote"] for row in work.rows("SELECT quote FROM statement")] == [old]
    assert [row["quote"] for row in work.rows("SELECT quote FROM statement_history")] == [new]


def test_versions_in_one_transaction_are_versions(work: WorkDatabase) -> None:
    _, writer = begin(work)
    with writer.transaction():
        for day, text in enumerate(("A sagt dies.\nB sagt das.", "A sagt jenes.\nB sagt das."), 1):
            item, extraction = small_item(text=text)
            writer.put_item(item, extraction,
                            provenance(item, ADDRESS, kind="excerpt", fetched=f"2026-01-0{day}T00:00:00"))
    assert (count(work, "statement"), count(work, "statement_history"), count(work, "page_version")) == (1, 1, 2)


def test_a_newer_extraction_replaces_rows_without_history(work: WorkDatabase) -> None:
    _, writer = begin(work)
    item, extraction = small_item()
    where = provenance(item, ADDRESS, kind="excerpt")
    writer.put_item(item, extraction, where, extractor="v1")
    writer.put_item(item, extraction, where, extractor="v2")
    assert work.rows("SELECT extractor FROM agenda_item") == [{"extractor": "v2"}]
    assert (count(work, "sentence"), count(work, "sentence_history")) == (3, 0)


def test_a_transaction_that_fails_leaves_nothing_but_its_problems(work: WorkDatabase) -> None:
    _, writer = begin(work)
    item, extraction = small_item()

    def fail() -> None:
        with writer.transaction():
            writer.put_item(item, extraction, provenance(item, ADDRESS, kind="excerpt"))
            writer.put_problem("broken", "it broke", address=ADDRESS)
            raise RuntimeError("the next page is broken")

    with pytest.raises(RuntimeError, match="next page"):
        fail()
    assert (count(work, "agenda_item"), count(work, "page"), count(work, "sentence")) == (0, 0, 0)
    writer.put_item(item, extraction, provenance(item, ADDRESS, kind="excerpt"))
    assert (count(work, "agenda_item"), count(work, "problem")) == (1, 1)


def test_a_page_that_is_gone_keeps_its_rows(work: WorkDatabase) -> None:
    _, writer = begin(work)
    item, extraction = small_item()
    key = writer.put_item(item, extraction, provenance(item, ADDRESS, kind="excerpt"))
    gone = Provenance(address=ADDRESS, fetched_at="2026-04-01T00:00:00", system="allris4", kind="excerpt", number=7,
                      outcome="not_public")
    assert writer.put_page(gone) == key
    page = work.rows("SELECT outcome, content_hash, version FROM page")[0]
    assert (page["outcome"], page["version"]) == ("not_public", 1)
    assert page["content_hash"]
    assert count(work, "agenda_item") == 1


def test_what_a_database_cannot_hold_is_unknown_or_kept_readable(work: WorkDatabase) -> None:
    run, writer = begin(work)
    item, extraction = small_item(date="2024-02-31", paper_id=10**12, title="halbes Zeichen \ud800")
    writer.put_item(item, extraction, provenance(small_item()[0], ADDRESS, kind="excerpt"))
    writer.finish(complete=True)
    link(work)
    row = work.rows("SELECT date, volfdnr, title FROM agenda_item")[0]
    assert row == {"date": None, "volfdnr": None, "title": "halbes Zeichen ?"}
    assert [p["code"] for p in work.rows("SELECT code FROM problem")] == ["bad_date"]
    assert finish_run(work, run, finished_at=STARTED).warnings == 1


def test_two_files_of_the_same_item_are_both_kept(work: WorkDatabase) -> None:
    _, writer = begin(work)
    found = set()
    for address in ("a.txt", "b.txt"):
        item, extraction = small_item(tolfdnr=None, silfdnr=None)
        found.add(writer.put_item(item, extraction, provenance(item, address, kind="excerpt", system="text")))
    assert len(found) == 2
    assert count(work, "agenda_item") == 2
    assert [row["code"] for row in work.rows("SELECT code FROM problem")] == ["same_item_twice"]


def test_meeting_agenda_paper_roster_and_person_are_written_and_joined(work: WorkDatabase) -> None:
    from pipeline.records import AgendaRow, Consultation, Membership

    _, writer = begin(work)
    item, extraction = small_item(title="Bericht zur ...", title_truncated=True, paper_reference="V 12", body=None)
    meeting = Meeting(silfdnr=3, date="2024-05-02", organization="Sozialausschuss", organization_kind="AU",
                      organization_id=9, agenda=(
                          AgendaRow(position=0, number="5", public=True, title="Eröffnung", tolfdnr=6),
                          AgendaRow(position=1, number="5.1", public=True, title="Bericht zur Sozialraumorientierung",
                                    tolfdnr=7, has_text=True)))
    attendance = Attendance(silfdnr=3, attendees=(Attendee(name="Dr. Ilse Petersen", gender="f", faction="SPD"),))
    paper = Paper(volfdnr=4, reference="V 12", title="Bericht", consultations=(
        Consultation(position=0, organization="Sozialausschuss", date="2024-05-02", role="Kenntnisnahme"),))
    roster = Organization(number=9, kind="AU", name="Sozialausschuss", members=(Attendee(name="Ilse Petersen"),))
    person = Person(kplfdnr=5, name="Ilse Petersen", gender="f", memberships=(
        Membership(organization="SPD-Fraktion", organization_kind="FR", start="2020-01-01"),))
    with writer.transaction():
        writer.put_item(item, extraction, provenance(item, ADDRESS, kind="excerpt"))
        writer.put_meeting(meeting, provenance(meeting, "m", kind="meeting"))
        writer.put_attendance(attendance, provenance(attendance, "a", kind="attendance"))
        writer.put_paper(paper, provenance(paper, "p", kind="paper"))
        writer.put_organization(roster, provenance(roster, "o", kind="organization"))
        writer.put_person(person, provenance(person, "k", kind="person"))
    for _ in range(2):  # linking again changes nothing
        link(work)
        row = work.rows("SELECT title, position, paper_id, body FROM agenda_item WHERE tolfdnr = 7")[0]
        assert row == {"title": "Bericht zur Sozialraumorientierung", "position": 1,
                       "paper_id": "ahrenfeld/allris4/paper/4", "body": "Kreis Ahrenfeld"}
        assert work.rows("SELECT title, has_excerpt FROM agenda_item WHERE tolfdnr = 6") == [
            {"title": "Eröffnung", "has_excerpt": False}]
        assert work.rows("SELECT item_id FROM consultation") == [{"item_id": "ahrenfeld/allris4/item/7"}]
        assert work.rows("SELECT organization_id, kind, number FROM organization") == [
            {"organization_id": "ahrenfeld/allris4/organization/AU9", "kind": "AU", "number": 9}]
        assert work.rows("SELECT person_id FROM person") == [{"person_id": "ahrenfeld/allris4/person/5"}]
        positions = work.rows("SELECT person_name, faction FROM speaker_positions")
        assert positions == [{"person_name": "Ilse Petersen", "faction": "SPD"}]
    assert not run_checks(work.connection)


def test_what_archive_and_files_no_longer_hold_is_removed(tmp_path: Path) -> None:
    items = [small_item(tolfdnr=number, silfdnr=number) for number in (7, 8)]
    attendance = Attendance(silfdnr=8, attendees=(Attendee(name="Jens Kühl"),))

    def write(path: Path, number: int, present: int, *, complete: bool = True) -> None:
        with open_work(path) as work:
            _, writer = begin(work, run_id=f"run-{number}")
            for item, extraction in items[:present]:
                writer.put_item(item, extraction, provenance(item, f"{ADDRESS}{item.tolfdnr}", kind="excerpt"))
            if present == 2:
                writer.put_attendance(attendance, provenance(attendance, "a", kind="attendance"))
            writer.finish(complete=complete)
            link(work)

    write(tmp_path / "one.duckdb", 1, 1)
    write(tmp_path / "two.duckdb", 1, 2)
    write(tmp_path / "two.duckdb", 2, 1, complete=False)
    with open_work(tmp_path / "two.duckdb") as work:
        assert count(work, "agenda_item") == 2, "a part of the corpus says nothing about the rest"
    write(tmp_path / "two.duckdb", 3, 1)
    assert differences(tmp_path / "one.duckdb", tmp_path / "two.duckdb") == []
    with open_work(tmp_path / "two.duckdb") as work:
        assert [row["code"] for row in work.rows("SELECT code FROM problem WHERE state = 'open'")] == ["pages_gone"]


# -------------------------------------------------------------------- problems and runs

def test_a_known_problem_does_not_alarm_again_and_a_new_one_does(work: WorkDatabase) -> None:
    def batch(number: int, problems: list[str]) -> tuple[int, int, int]:
        run, writer = begin(work, run_id=f"run-{number}", started=STARTED + dt.timedelta(days=number))
        for code in problems:
            writer.put_problem(code, f"{code} is wrong", address=ADDRESS)
        writer.finish(complete=True)
        summary = finish_run(work, run, finished_at=STARTED)
        return summary.new_errors, summary.known_errors, summary.exit_code

    assert batch(1, ["gate"]) == (1, 0, 1)
    assert batch(2, ["gate"]) == (0, 1, 0), "the same problem the next night"
    assert batch(3, ["gate", "unreadable"]) == (1, 1, 1), "another one"
    assert batch(4, []) == (0, 0, 0)
    assert count(work, "problem", "state = 'resolved'") == 2
    assert batch(5, ["gate"]) == (1, 0, 1), "it came back"


def test_a_part_of_the_corpus_judges_only_its_own_problems(work: WorkDatabase) -> None:
    _, writer = begin(work)
    item, extraction = small_item()
    key = writer.put_item(item, extraction, provenance(item, ADDRESS, kind="excerpt"))
    writer.put_problem("one", "on this page", page_id=key)
    writer.put_problem("two", "on another", page_id="elsewhere")
    writer.finish(complete=True)
    _, writer = begin(work, run_id="run-2")
    writer.put_item(item, extraction, provenance(item, ADDRESS, kind="excerpt"))
    writer.finish(complete=False)
    assert {row["code"]: row["state"] for row in work.rows("SELECT code, state FROM problem")} == {
        "one": "resolved", "two": "open"}


def test_problems_of_the_extraction_become_warnings(work: WorkDatabase) -> None:
    import msgspec

    run, writer = begin(work)
    item, extraction = small_item()
    extraction = msgspec.structs.replace(extraction, problems=(PageProblem(code="text_too_long", message="too long"),))
    writer.put_item(item, extraction, provenance(item, ADDRESS, kind="excerpt"))
    assert work.rows("SELECT severity, code, page_id FROM problem") == [
        {"severity": "warning", "code": "text_too_long", "page_id": "ahrenfeld/allris4/item/7"}]
    assert finish_run(work, run, finished_at=STARTED).exit_code == 0


def test_times_are_utc() -> None:
    assert utc("2026-03-01T05:00:00+02:00") == dt.datetime(2026, 3, 1, 3, 0)
    assert utc("2026-03-01T05:00:00") == dt.datetime(2026, 3, 1, 5, 0)


# ------------------------------------------------------------------------------ checks

def test_the_county_passes_every_check(work: WorkDatabase) -> None:
    write_county(work)
    assert run_checks(work.connection) == []


BREAKS: list[tuple[str, str]] = [
    ("keys_unique", "INSERT INTO statement SELECT * FROM statement LIMIT 1"),
    ("references", "UPDATE agenda_item SET meeting_id = 'nowhere' WHERE has_excerpt"),
    ("section_references", "UPDATE decision SET section_index = 9"),
    ("sentence_spans", "UPDATE sentence SET start_char = start_char + 1 WHERE sentence_index = 0"),
    ("statement_spans", "UPDATE statement SET quote = quote || '!'"),
    ("decision_spans", "UPDATE decision SET text = 'Ja: 8 Nein: 2'"),
    ("mention_spans", "UPDATE topic_mention SET end_char = end_char - 1"),
    ("statement_sentences", "UPDATE sentence SET speakers = ['somebody']"),
    ("statement_stances", "UPDATE statement SET stance = 'oppose'"),
    ("statement_speakers", "UPDATE statement SET speaker_id = 'nobody'"),
    ("values", "UPDATE decision SET outcome = 'perhaps'"),
    ("confidences", "UPDATE statement SET speaker_confidence = 1.5"),
    ("provenance", "UPDATE page_version SET is_current = false"),
    ("negative_counts", "UPDATE decision SET yes = -1"),
    ("unanimous_agrees", "UPDATE decision SET unanimous = true"),
    ("dates_plausible", "UPDATE meeting SET date = DATE '2099-01-01'"),
    ("votes_plausible", "UPDATE decision SET yes = 1000"),
    ("agenda_complete", """INSERT INTO agenda_row BY NAME SELECT meeting_id, 5 AS position, item_id, true AS has_text
        FROM agenda_item; UPDATE agenda_item SET has_excerpt = false"""),
    ("minutes_have_sentences", """UPDATE section SET text = repeat('Wort ', 200) WHERE section_index = 0;
        DELETE FROM statement; DELETE FROM decision"""),
    ("faction_intervals", """INSERT INTO membership SELECT person_id, 'faction', f, NULL, DATE '2024-01-01',
        DATE '2024-12-31', 'attendance', 2 FROM person, (VALUES ('SPD'), ('CDU')) AS t(f)"""),
    ("rare_names", "UPDATE person SET basis = 'family_name', gender = NULL"),
]


def test_every_check_has_a_case() -> None:
    assert {name for name, _ in BREAKS} == {check.name for check in checks()}


@pytest.mark.parametrize(("name", "damage"), BREAKS, ids=[name for name, _ in BREAKS])
def test_a_check_finds_what_it_is_for(work: WorkDatabase, name: str, damage: str) -> None:
    _, writer = begin(work)
    item, extraction = small_item()
    writer.put_item(item, extraction, provenance(item, ADDRESS, kind="excerpt"))
    link(work)
    assert not [finding for finding in run_checks(work.connection) if finding.check == name]
    work.connection.execute(damage)
    found = [finding for finding in run_checks(work.connection) if finding.check == name]
    assert found
    assert all(finding.place and finding.reason for finding in found)


# ------------------------------------------------------------------------------ opening

def test_a_database_that_another_process_writes_is_one_clear_line(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    open_work(path).close()
    script = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", script, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(StoreError, match="another process has the database open"):
            open_work(path)
        other.communicate("\n", timeout=30)
    open_work(path).close()



def test_a_database_of_another_version_is_refused(tmp_path: Path) -> None:
    with open_work(tmp_path / "w.duckdb") as work:
        work.connection.execute("UPDATE schema_version SET version = 99")
    with pytest.raises(StoreError, match="schema version 99"):
        open_work(tmp_path / "w.duckdb")


@pytest.mark.parametrize("content", [b"", b"no database at all, but some text", b"\x00" * 5000], ids=["empty", "text", "zeros"])
def test_a_damaged_database_is_one_clear_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "w.duckdb"
    path.write_bytes(content)
    with pytest.raises(StoreError) as caught:
        open_work(path)
    assert "\n" not in str(caught.value)
    assert "build it anew" in str(caught.value)


def test_the_bulk_loader_refuses_an_unknown_column(work: WorkDatabase) -> None:
    with pytest.raises(KeyError, match="no column"):
        work.insert("topic", [{"topic_id": "x", "nonsense": 1}])


def test_a_page_with_a_record_needs_a_hash(work: WorkDatabase) -> None:
    _, writer = begin(work)
    item, extraction = small_item()
    with pytest.raises(ValueError, match="content hash"):
        writer.put_item(item, extraction, Provenance(address=ADDRESS, fetched_at="2026-01-01", system="allris4"))


def test_samples_are_like_pages() -> None:
    """The samples' quotes stand at their spans, so that a failing check means the store."""
    item, extraction = small_item()
    sections: Any = item.sections
    for sentence in extraction.sentences:
        assert " ".join(sections[sentence.section_index].text[sentence.start : sentence.end].split()) == sentence.text


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=80).filter(lambda text: " ".join(text.split()) != ""))
def test_any_text_comes_back_as_it_went_in_and_passes_the_span_checks(text: str) -> None:
    """White space collapses in SQL as it does in Python, offsets count code points in both."""
    section = Section(label="Wortprotokoll", kind="minutes", text=f"Vorher. {text}")
    sentence = Sentence(index=0, section=section.label, section_index=0, paragraph=0, position=0, start=8,
                        end=len(section.text), text=" ".join(text.split()), speakers=("?",), stance="neutral")
    extraction = Extraction(sentences=(sentence,), statements=statements_of([sentence]))
    item = AgendaItem(tolfdnr=1, silfdnr=2, date="2024-01-02", sections=(section,))
    with open_work() as work:
        _, writer = begin(work)
        writer.put_item(item, extraction, provenance((item.tolfdnr, section.label), ADDRESS, kind="excerpt"))
        link(work)
        assert work.rows("SELECT quote FROM statement") == [{"quote": text}]
        assert run_checks(work.connection) == []


def test_a_paper_with_a_text_is_written(work: WorkDatabase) -> None:
    _, writer = begin(work)
    section = Section(label="Sachverhalt", kind="facts", text="Die Geschäftsstelle in Ölmühle wird geschlossen.")
    paper = Paper(volfdnr=4, reference="DrS/4", title="Schließung", sections=(section,))
    key = writer.put_paper(paper, provenance(paper, "https://example.org/vo020?VOLFDNR=4", kind="paper"))
    rows = work.rows("SELECT paper_id, label, kind, text, tables FROM paper_section")
    assert rows == [{"paper_id": key, "label": "Sachverhalt", "kind": "facts", "text": section.text, "tables": None}]
