"""Results in every format, exports, SQL typed by others, status and checks."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pyarrow.parquet as pq
import pytest

from pipeline.errors import ExportError, QueryError
from pipeline.output import xlsx
from pipeline.output.export import DATASETS, SUFFIXES, export
from pipeline.output.formats import MOST_ON_TERMINAL, SHOWN, write_result
from pipeline.output.result import Result
from pipeline.output.sql import run_sql
from pipeline.output.status import check, status
from pipeline.output.values import harmless
from pipeline.store.database import open_published, open_work
from pipeline.store.linking import link
from pipeline.store.publish import publish
from pipeline.store.writer import Writer, finish_run, start_run
from tests.store_samples import SOURCE, SRO, STARTED, provenance, small_item, write_county

SAMPLE = """
    SELECT * FROM (VALUES
        (1, 'Frau Petersen | SPD', DATE '2024-05-02', true, 0.5, ['a', 'b']),
        (-2, '=SUM(A1)', NULL, NULL, NULL, []),
        (3, 'zwei' || chr(10) || 'Zeilen', DATE '2024-05-03', false, 1.25, ['-x'])
    ) AS t(number, words, day, yes, share, names)"""


@pytest.fixture
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def on_screen(result: Result, format_name: str, *, terminal: bool = False) -> str:
    screen = io.StringIO()
    write_result(result, format_name, output=None, screen=screen, is_terminal=terminal)
    return screen.getvalue()


def in_file(result: Result, path: Path) -> int:
    return write_result(result, path.suffix[1:], output=path, screen=io.StringIO(), is_terminal=False)


# ----------------------------------------------------------------------------- formats

def test_csv(database: duckdb.DuckDBPyConnection) -> None:
    rows = list(csv.reader(io.StringIO(on_screen(Result(database, SAMPLE), "csv"), newline="")))
    assert rows == [
        ["number", "words", "day", "yes", "share", "names"],
        ["1", "Frau Petersen | SPD", "2024-05-02", "true", "0.5", "a; b"],
        ["-2", "'=SUM(A1)", "", "", "", ""],
        ["3", "zwei\nZeilen", "2024-05-03", "false", "1.25", "'-x"],
    ]


def test_json_and_json_lines(database: duckdb.DuckDBPyConnection) -> None:
    rows = json.loads(on_screen(Result(database, SAMPLE), "json"))
    assert rows[0] == {"number": 1, "words": "Frau Petersen | SPD", "day": "2024-05-02", "yes": True, "share": 0.5,
                       "names": ["a", "b"]}
    assert rows[1]["words"] == "=SUM(A1)", "JSON is no spreadsheet"
    lines = on_screen(Result(database, SAMPLE), "jsonl").splitlines()
    assert [json.loads(line) for line in lines] == rows
    assert json.loads(on_screen(Result(database, "SELECT 1 AS a WHERE false"), "json")) == []


def test_markdown_cells_stay_cells(database: duckdb.DuckDBPyConnection) -> None:
    lines = on_screen(Result(database, SAMPLE), "md").splitlines()
    assert lines[0] == "| number | words | day | yes | share | names |"
    assert lines[2].startswith("| 1 | Frau Petersen \\| SPD |")
    assert "zwei Zeilen" in lines[4]
    assert len(lines) == 5


def test_parquet_keeps_types_and_descriptions(database: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    result = Result(database, SAMPLE, None, {"words": "what was said"})
    assert in_file(result, tmp_path / "x.parquet") == 3
    table = pq.read_table(tmp_path / "x.parquet")
    assert table.column("day").to_pylist() == [dt.date(2024, 5, 2), None, dt.date(2024, 5, 3)]
    assert table.column("names").to_pylist() == [["a", "b"], [], ["-x"]]
    assert table.schema.field("words").metadata == {b"description": b"what was said"}


def test_xlsx_has_types_a_frozen_filtered_header_and_a_codebook(database: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    in_file(Result(database, SAMPLE, None, {"words": "what was said"}), tmp_path / "x.xlsx")
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    sheet, notes = book.worksheets
    assert [cell.value for cell in sheet[2]] == [1, "Frau Petersen | SPD", dt.datetime(2024, 5, 2), True, 0.5, "a; b"]
    assert [cell.value for cell in sheet[3]] == [-2, "'=SUM(A1)", None, None, None, None]
    assert sheet["B3"].data_type == "s"
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:F4")
    assert [cell.value for cell in notes[3]] == ["words", "what was said"]


def test_a_text_longer_than_a_cell_is_cut_and_said(database: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    in_file(Result(database, "SELECT repeat('x', 40000) AS quote"), tmp_path / "x.xlsx")
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    assert len(book.worksheets[0]["A2"].value) == 32_767
    assert any("are cut" in str(cell.value) for row in book.worksheets[1].iter_rows() for cell in row)


FORMULAS = [("=1+1", True), ("+49 40", True), ("-5 Grad", True), ("@SUM", True), ("\tx", True), ("\rx", True), ("\x00x", True),
            ("Text", False), ("1-2", False), ("", False), ("„Zitat“", False), ("ä=b", False)]


@pytest.mark.parametrize(("text", "changed"), FORMULAS)
def test_what_a_spreadsheet_would_run_is_neutralised(text: str, changed: bool) -> None:
    assert harmless(text) == (f"'{text}" if changed else text)


def test_tables_on_a_terminal_show_the_first_rows_and_say_how_to_export(database: duckdb.DuckDBPyConnection) -> None:
    shown = on_screen(Result(database, "SELECT range AS n FROM range(1000000)"), "table", terminal=True)
    assert len(shown.splitlines()) < SHOWN + 10
    assert "-o FILE" in shown
    short = on_screen(Result(database, "SELECT 1 AS n"), "table", terminal=True)
    assert "-o FILE" not in short


@pytest.mark.parametrize("format_name", ["csv", "json", "md"])
def test_a_million_rows_for_a_terminal_is_an_error_that_says_how_to_export(
    database: duckdb.DuckDBPyConnection, format_name: str
) -> None:
    with pytest.raises(QueryError, match="-o FILE"):
        on_screen(Result(database, "SELECT range AS n FROM range(1000000)"), format_name, terminal=True)


def test_a_table_of_a_million_rows_is_refused_in_a_pipe_too(database: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(QueryError, match="take csv"):
        write_result(Result(database, "SELECT * FROM range(1000000)"), "table", output=None, screen=io.StringIO(),
                     is_terminal=False)


@pytest.mark.parametrize("sql", ["SELECT * FROM range(1100000)", "FROM range(1100000);", "SELECT *, 1 -- all\nFROM range(1048576)"])
def test_more_rows_than_a_worksheet_holds_is_an_error_that_names_other_formats(
    database: duckdb.DuckDBPyConnection, tmp_path: Path, sql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if ";" in sql:  # its rows cannot be counted beforehand
        monkeypatch.setattr(xlsx, "_ROWS", 5)
    with pytest.raises(ExportError, match="parquet, csv"):
        in_file(Result(database, sql), tmp_path / "x.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_many_columns_leave_a_worksheet_fewer_rows(database: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    columns = ", ".join(f"range AS c{number}" for number in range(43))
    with pytest.raises(ExportError, match=r"500,000 rows are too many for a worksheet: .* gets 465,116"):
        in_file(Result(database, f"SELECT {columns} FROM range(500000)"), tmp_path / "x.xlsx")  # noqa: S608


def test_a_pipe_gets_every_row(database: duckdb.DuckDBPyConnection) -> None:
    rows = MOST_ON_TERMINAL * 2
    assert len(on_screen(Result(database, f"SELECT range AS n FROM range({rows})"), "csv").splitlines()) == rows + 1  # noqa: S608


def test_a_narrow_terminal_gets_cards(county: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    shown = on_screen(Result(county, "SELECT * FROM speaker_positions LIMIT 1"), "table", terminal=True)
    assert "statement id " in shown
    assert max(map(len, shown.splitlines())) <= 60


def test_control_characters_do_not_reach_the_terminal(database: duckdb.DuckDBPyConnection) -> None:
    shown = on_screen(Result(database, "SELECT chr(27) || '[31mred' AS a"), "table", terminal=True)
    assert "\x1b[31m" not in shown


def test_an_unknown_format_names_the_nearest(database: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(QueryError, match="did you mean parquet"):
        on_screen(Result(database, "SELECT 1"), "parket")


def test_a_binary_format_needs_a_file(database: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(ExportError, match=r"-o result\.xlsx"):
        on_screen(Result(database, "SELECT 1"), "xlsx")


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet"])
@pytest.mark.parametrize("name", ["missing/x", "file/x"])
def test_a_path_that_cannot_be_written_is_one_clear_line(
    database: duckdb.DuckDBPyConnection, tmp_path: Path, name: str, suffix: str
) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ExportError) as caught:
        in_file(Result(database, "SELECT 1 AS a"), tmp_path / f"{name}.{suffix}")
    assert "cannot be written" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file"]


def test_a_file_appears_only_when_it_is_whole(database: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("the old one")
    failing = "SELECT CASE WHEN range > 50000 THEN error('it broke') ELSE 'x' END AS a FROM range(60000)"
    with pytest.raises(QueryError, match="it broke"):  # DuckDB 2 notices while rows are read, 1.5 before
        in_file(Result(database, failing), path)
    assert path.read_text() == "the old one"
    assert [p.name for p in tmp_path.iterdir()] == ["x.csv"]


# ----------------------------------------------------------------------------- exports

@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("dataset", DATASETS)
def test_every_data_set_in_every_format(
    county: duckdb.DuckDBPyConnection, tmp_path: Path, dataset: str, suffix: str
) -> None:
    rows = export(county, dataset, tmp_path / f"one.{suffix}")[dataset]
    assert rows > 0
    export(county, dataset, tmp_path / f"two.{suffix}")
    one, two = ((tmp_path / f"{name}.{suffix}").read_bytes() for name in ("one", "two"))
    assert one == two, "the same database gives the same bytes"
    expected: int = county.execute(f"SELECT count(*) FROM {DATASETS[dataset][0]}").fetchall()[0][0]  # noqa: S608
    assert rows == expected


def test_all_is_a_workbook_with_a_sheet_a_data_set(county: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    rows = export(county, "all", tmp_path / "all.xlsx")
    assert set(rows) == set(DATASETS)
    book = openpyxl.load_workbook(tmp_path / "all.xlsx", read_only=True)
    assert set(DATASETS) <= set(book.sheetnames)
    codebook = list(book["speaker-positions codebook"].iter_rows(values_only=True))
    assert all(meaning for _, meaning in codebook[1:]), "every column is described"


def test_all_in_another_format_is_a_file_a_data_set(county: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    export(county, "all", tmp_path / "county.parquet")
    assert {path.name for path in tmp_path.iterdir()} == {f"county-{dataset}.parquet" for dataset in DATASETS}


def test_csv_for_german_excel(county: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    export(county, "speaker-positions", tmp_path / "x.csv", excel=True)
    text = (tmp_path / "x.csv").read_bytes().decode("utf-8")
    assert text.startswith("\ufeffstatement_id;date;")
    row = next(csv.DictReader(io.StringIO(text[1:], newline=""), delimiter=";"))
    assert "," in row["person_confidence"], "decimal comma"


def test_positions_are_traceable(county: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    export(county, "speaker-positions", tmp_path / "x.jsonl")
    rows: list[dict[str, Any]] = [json.loads(line) for line in (tmp_path / "x.jsonl").read_text("utf-8").splitlines()]
    texts = {(item, index): text for item, index, text in
             county.execute("SELECT item_id, section_index, text FROM section").fetchall()}
    for row in rows:
        assert texts[row["item_id"], row["section_index"]][row["start_char"] : row["end_char"]] == row["quote"]
        assert row["page_address"].startswith("https://")
        assert len(row["content_hash"]) == 64


WRONG = [
    ("speaker-position", "x.csv", "did you mean speaker-positions", "a data set misspelt"),
    ("nonsense", "x.csv", "data sets: speaker-positions", "no data set"),
    ("decisions", "x.docx", "formats: csv, tsv, jsonl, parquet, xlsx", "a format that there is not"),
    ("decisions", "x", "formats: csv", "no suffix"),
    ("all", "x.docx", "formats: csv, tsv, jsonl, parquet, xlsx", "a pair that there is not"),
]


@pytest.mark.parametrize(("dataset", "name", "message", "reason"), WRONG, ids=[case[3] for case in WRONG])
def test_wrong_exports_name_what_there_is(
    county: duckdb.DuckDBPyConnection, tmp_path: Path, dataset: str, name: str, message: str, reason: str
) -> None:
    with pytest.raises(ExportError) as caught:
        export(county, dataset, tmp_path / name)
    assert message in str(caught.value), reason
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_no_file(county: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="this is a folder"):
        export(county, "persons", tmp_path)


# --------------------------------------------------------------------------------- SQL

def test_sql(county: duckdb.DuckDBPyConnection) -> None:
    result = run_sql(county, "SELECT outcome, count(*) AS n FROM decision GROUP BY ALL ORDER BY n DESC")
    assert next(iter(result.rows()))[0] == "accepted"
    described = run_sql(county, "SELECT stance_topic FROM speaker_positions").columns[0].description
    assert described is not None
    assert described.startswith("towards the topic")


SQL_ERRORS = [
    ("SELECT 1; SELECT 2", "one statement at a time, this has 2", "two statements"),
    ("", "one statement at a time, this has 0", "nothing"),
    ("SELEC 1", "syntax error", "no SQL"),
    ("SELECT * FROM statemnt", "tables and columns: auszug sql", "a table misspelt"),
    ("SELECT qoute FROM statement", "quote", "a column misspelt"),
    ("DELETE FROM statement", "only read", "a change"),
    ("SELECT * FROM read_csv('/etc/passwd')", "only read", "a file"),
    ("SET threads = 1", "only read", "a setting"),
]


@pytest.mark.parametrize(("sql", "message", "reason"), SQL_ERRORS, ids=[case[2] for case in SQL_ERRORS])
def test_sql_that_fails_is_one_clear_line(
    county: duckdb.DuckDBPyConnection, sql: str, message: str, reason: str
) -> None:
    with pytest.raises(QueryError) as caught:
        list(run_sql(county, sql).rows())
    assert message in str(caught.value), reason
    assert "\n" not in str(caught.value)


# ---------------------------------------------------------------------- status and check

def test_status_shows_runs_and_open_problems_with_their_page(tmp_path: Path) -> None:
    target = tmp_path / "auszug.duckdb"
    item, extraction = small_item()
    with open_work() as work:
        for number, codes in enumerate(([], ["gate", "unreadable"], ["gate"]), 1):
            run = start_run(work, run_id=f"run-{number}", command="run", version="test", sources=["ahrenfeld"],
                            started_at=STARTED + dt.timedelta(days=number))
            writer = Writer(work, SOURCE, run=run, topics=[SRO])
            key = writer.put_item(item, extraction, provenance(item, "https://example.org/to020", kind="excerpt"))
            for code in codes:
                writer.put_problem(code, f"{code}: look at it", address=f"https://example.org/{code}")
            writer.put_problem("odd", "an odd page", page_id=key, severity="warning")
            writer.finish(complete=True)
            link(work)
            finish_run(work, run, finished_at=STARTED + dt.timedelta(days=number, minutes=1))
        publish(work, target)
    with open_published(target) as connection:
        found = status(connection)
    assert [run.run_id for run in found.runs] == ["run-3", "run-2", "run-1"]
    assert [(run.exit_code, run.new_errors, run.known_errors) for run in found.runs[:2]] == [(0, 0, 1), (1, 2, 0)]
    assert [(p.severity, p.code, p.place, p.new) for p in found.problems] == [
        ("error", "gate", "https://example.org/gate", False),
        ("warning", "odd", "https://example.org/to020", False)]
    assert found.exit_code == 0, "a known problem does not alarm"
    assert [(s.source, s.meetings, str(s.last_meeting)) for s in found.sources] == [("ahrenfeld", 1, "2024-05-02")]


def test_a_run_that_was_killed_shows(tmp_path: Path) -> None:
    with open_work() as work:
        start_run(work, run_id="run-1", command="run", version="test", sources=["x"], started_at=STARTED)
        publish(work, tmp_path / "auszug.duckdb")
    with open_published(tmp_path / "auszug.duckdb") as connection:
        found = status(connection)
    assert found.runs[0].finished_at is None
    assert found.exit_code == 2


def test_check_tells_errors_and_warnings_by_its_exit_code(county: duckdb.DuckDBPyConnection) -> None:
    assert check(county).exit_code == 0
    with open_work() as work:
        write_county(work)
        work.connection.execute("UPDATE meeting SET date = DATE '1820-01-01' WHERE silfdnr = 10412")
        assert check(work.connection).exit_code == 1
        work.connection.execute("UPDATE statement SET quote = 'x'")
        assert check(work.connection).exit_code == 2
