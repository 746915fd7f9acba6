"""What a new user and a careless one meet: streams that are closed or full, narrow terminals, files that are none."""

from __future__ import annotations

import datetime as dt
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from pipeline import paths
from pipeline.cli import app
from pipeline.cli.shared import words
from pipeline.errors import BusyError, ExportError, InputError
from pipeline.last_run import LastRun
from pipeline.lock import RunLock
from pipeline.output import screen, tei
from pipeline.output.query import Parameter, Query, mixed_corpora
from pipeline.output.result import Column
from pipeline.output.terminal import _cards, _concordance, _grid, _least_width, a_console
from pipeline.output.whole_files import whole_file
from pipeline.topic_trial import TopicFind
from tests.allris_server.server import commands
from tests.store_samples import published_county

NOW = dt.datetime(2026, 3, 1, 2, 30, tzinfo=dt.UTC)
TYPES = {"date": "DATE", "mentions": "BIGINT", "decisions": "BIGINT", "committee": "VARCHAR", "outcomes": "VARCHAR",
         "days_since_last": "BIGINT"}
COLUMNS = [Column(name, type_) for name, type_ in TYPES.items()]
ROW = ["2024-06-13", "12", "3", "Jugendhilfeausschuss", "deferred; accepted; accepted", "210"]


def auszug(*arguments: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "AUSZUG_DB": str(published_county()), **options.pop("env", {})}  # type: ignore[dict-item]
    return subprocess.run([sys.executable, "-m", "pipeline.cli", *arguments], env=environment, check=False,  # type: ignore[call-overload,no-any-return]
                          timeout=60, **options)


# ------------------------------------------------------------------------------------------------ streams

def test_a_closed_output_is_no_bug() -> None:
    done = auszug("query", "meetings", stderr=subprocess.PIPE, preexec_fn=lambda: os.close(1))
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="needs /dev/full")
def test_a_full_output_is_the_disk_and_no_bug() -> None:
    with Path("/dev/full").open("wb") as full:
        done = auszug("query", "meetings", stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 2
    assert b"No space left on device" in done.stderr
    assert b"bug" not in done.stderr
    assert done.stderr.count(b"\n") == 1


def test_a_table_whose_reader_has_enough_ends_well() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        done = auszug("query", "meetings", stdout=pipe, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (0, b"")


def test_umlauts_survive_a_pipe_whatever_the_locale_says() -> None:
    done = auszug("query", "meetings", "--format", "csv", stdout=subprocess.PIPE, env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    done = auszug("sql", "SELECT 'Straße, € und Größe' AS t", "--format", "csv", stdout=subprocess.PIPE,
                  env={"PYTHONIOENCODING": "latin-1"})
    assert done.stdout.decode() == 't\r\n"Straße, € und Größe"\r\n'


def test_what_is_no_utf_8_is_said_to_be_none() -> None:
    assert words("Träger") == "Träger"
    with pytest.raises(InputError, match="not UTF-8"):
        words(b"tr\xe4ger".decode("utf-8", "surrogateescape"))


def test_a_dash_is_the_screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["query", "meetings", "-o", "-", "--db", str(published_county())])
    assert done.stdout.startswith("Meetings\n")
    assert not (tmp_path / "-").exists()


# ------------------------------------------------------------------------------------------------ files

def test_a_result_replaces_neither_folder_nor_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", "."):
        with pytest.raises(ExportError, match="a folder, a device or a pipe"), whole_file(tmp_path / name):
            pytest.fail("it was opened")
    assert (tmp_path / "pipe").is_fifo()
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]


def test_a_link_stays_and_its_file_is_written(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("old")
    (tmp_path / "link.csv").symlink_to("real.csv")
    with whole_file(tmp_path / "link.csv") as temporary:
        temporary.write_text("new")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text() == "new"


def test_no_batch_replaces_a_database_of_something_else(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "mine.duckdb")) as connection:
        connection.execute("CREATE TABLE mine (a INTEGER)")
    with pytest.raises(InputError, match="of something else"):
        paths.refuse_other_files(tmp_path / "mine.duckdb")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="a device or a pipe"):
        paths.refuse_other_files(tmp_path / "pipe")
    paths.refuse_other_files(published_county())


def test_a_full_disk_under_tei_is_no_bug(tmp_path: Path) -> None:
    from lxml import etree

    with pytest.raises(ExportError, match="No space left on device"), whole_file(tmp_path / "a.xml"), \
            tei._system_errors():
        raise etree.SerialisationError("IO_ENOSPC")


def test_a_feed_is_xml(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["feed", "-o", str(tmp_path / "feed.html"), "--db", str(published_county())])
    assert done.exit_code == 2
    assert "'.html' is no format of the feed" in done.stderr
    assert not (tmp_path / "feed.html").exists()


@pytest.mark.parametrize("arguments", [("query", "meetings", "--db", ""), ("build", ""), ("query", "meetings", "-o", "")])
def test_an_unset_variable_is_not_the_working_directory(arguments: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 2
    assert "is empty" in done.output


# ------------------------------------------------------------------------------------------------ what is told

def test_no_command_is_cut_off_in_the_help() -> None:
    shown = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "80", "TERMINAL_WIDTH": "80"}).stdout
    listed = shown[shown.index("Commands:"):]
    assert len(re.findall(r"^  [a-z]+ ", listed, re.MULTILINE)) == len(app.registered_commands)
    assert "..." not in listed


def test_the_status_tells_of_a_run_that_published_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    screen.print_unpublished(LastRun(started=NOW, command="auszug run tal", message="no space"), running=False)
    assert capsys.readouterr().out == "\n2026-03-01 02:30 auszug run tal: published nothing: no space\n"


def test_only_commands_that_can_wait_are_told_so(tmp_path: Path) -> None:
    with RunLock(tmp_path, command="auszug run tal", clock=lambda: NOW):
        for may_wait in (True, False):
            with pytest.raises(BusyError) as told, RunLock(tmp_path, command="x", clock=lambda: NOW, may_wait=may_wait,
                                                           sleep=lambda _: None):
                pytest.fail("two have the lock")
            assert ("--wait" in str(told.value)) is may_wait


def test_what_the_demonstration_site_proposes_can_be_called() -> None:
    for line in commands("http://127.0.0.1:8400/bi").splitlines():
        name, *arguments = line.split()[1:]
        options = {argument for argument in arguments if argument.startswith("--")}
        known = CliRunner().invoke(app, [name, "--help"]).stdout
        assert options <= set(re.findall(r"--[a-z-]+", known)), line


def test_search_refuses_days_the_wrong_way_round() -> None:
    done = CliRunner().invoke(app, ["search", "Sozialraum", "--since", "2025-01-01", "--until", "2020-01-01", "--db",
                                    str(published_county())])
    assert done.exit_code == 2
    assert "--since is after --until" in done.stderr


def test_the_list_of_queries_shows_short_defaults(capsys: pytest.CaptureFixture[str]) -> None:
    parameters = (Parameter("text", "text", "", required=True), Parameter("open", "boolean", "", default=False),
                  Parameter("leave_out", "text", "", default="Antrag|" * 20), Parameter("source", "text", ""))
    screen.print_queries([Query(name="one", title="One", question="What?", parameters=parameters, columns=(),
                                caveats=(), sql="")])
    assert capsys.readouterr().out.splitlines()[1].split("  ")[-1].strip() == \
        "-p text=... (needed), open=false, leave_out=..., source"


# ------------------------------------------------------------------------------------------------ tables

def test_a_table_as_wide_as_needed_shows_every_column() -> None:
    width = _least_width(COLUMNS, [ROW])
    assert width < 80
    file = io.StringIO()
    _grid(COLUMNS, [ROW], a_console(file, width=width))
    shown = file.getvalue()
    assert "210" in shown
    assert "2024-06-13" in shown
    assert "Jugendhilfeausschuss" in shown
    assert max(map(len, shown.splitlines())) <= width


def test_paragraphs_do_not_tear_a_table() -> None:
    file = io.StringIO()
    _grid([Column("quote", "VARCHAR")], [["Erstens.\n\nZweitens."]], a_console(file, width=60))
    assert [line.strip() for line in file.getvalue().splitlines()] == ["quote", "Erstens. Zweitens."]


def test_numbers_of_a_card_share_a_line() -> None:
    file = io.StringIO()
    _cards(COLUMNS, [ROW], a_console(file, width=40))
    assert "mentions         12 · decisions 3" in [line.strip() for line in file.getvalue().splitlines()]


# ------------------------------------------------------------------------------------------------ several corpora

def test_a_query_over_several_corpora_says_so() -> None:
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE source AS SELECT unnest(['tal', 'berg']) AS source_id")
        query = Query(name="one", title="", question="", parameters=(Parameter("source", "text", ""),), columns=(),
                      caveats=(), sql="")
        assert mixed_corpora(connection, query, {}) == ["berg", "tal"]
        assert mixed_corpora(connection, query, {"source": "tal"}) == []
        connection.execute("DELETE FROM source WHERE source_id = 'tal'")
        assert mixed_corpora(connection, query, {}) == []


def test_places_of_a_topic_are_printed_as_they_stand(capsys: pytest.CaptureFixture[str]) -> None:
    screen.print_finds([TopicFind(verdict="core", label="Kita", term="Kitas", before="Dazu gehörten", after=", Vereine",
                                  source="a.txt")], show=1)
    assert "Dazu gehörten [Kitas], Vereine  (a.txt)" in capsys.readouterr().out


def test_words_in_context_stand_one_below_the_other() -> None:
    columns = [Column(name, "VARCHAR") for name in ("date", "committee", "before", "keyword", "after", "page_address")]
    rows = [["2019-02-21", "Kreistag", "Das Konzept der ", "Sozialraum", "orientierung überzeugt.", "https://a.example/1"],
            ["2020-09-03", "Kreistag", "x" * 100 + " je ", "Sozialraum", " 90.000 €", "https://a.example/2"]]
    file = io.StringIO()
    _concordance(columns, rows, a_console(file, width=60))
    lines = file.getvalue().splitlines()
    assert {line.index("Sozialraum") for line in lines[:2]} == {30}
    assert lines[0].endswith("Das Konzept der Sozialraumorientierung überze")
    assert all(len(line) <= 60 for line in lines[:2])
