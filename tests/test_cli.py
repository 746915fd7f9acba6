"""The command line: bad input gets one clear line and the right exit code; good input its records."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipeline.cli import app, main
from pipeline.paths import shipped_corpora
from tests.allris_server import render
from tests.allris_server.county import load
from tests.conftest import ROOT

SEED = shipped_corpora() / "seed" / "seed.txt"


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def failed(result: Result, code: int, *words: str) -> str:
    """The one line on stderr, after checking it and the exit code."""
    assert result.exit_code == code, (result.output, result.exception)
    lines = result.stderr.splitlines()
    assert len(lines) == 1, result.stderr
    assert "Traceback" not in result.output
    for word in words:
        assert word in lines[0]
    return lines[0]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seed, built."""
    folder = tmp_path_factory.mktemp("seed")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        done = call("run", "seed", "--offline")
    assert done.exit_code == 0, (done.output, done.exception)
    assert "published: " in done.stdout
    return folder / "corpora" / "auszug.duckdb"


# --------------------------------------------------------------------------- extract


def test_extract_prints_the_record() -> None:
    done = call("extract", SEED)
    assert done.exit_code == 0, done.output
    (record,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert (record["system"], record["date"], record["item"]) == ("text", "2023-08-31", "5.1")
    assert record["title"].startswith("Filmsequenz zur Sozialraumorientierung")
    assert {"source", "body", "organization", "sections", "sentences", "statements", "speakers", "decisions",
            "commitments", "topics"} <= set(record)
    for sentence in record["sentences"]:
        text = record["sections"][sentence["section_index"]]["text"]
        assert " ".join(text[sentence["start"]:sentence["end"]].split()) == sentence["text"]
    speakers = {speaker["name"] for speaker in record["speakers"]}
    assert {"Terschüren", "Schultz", "Pohlmann", "Kraft", "Saggau"} <= speakers


def test_extract_reads_folders_html_and_archives(tmp_path: Path) -> None:
    meeting = load().meetings[0]
    item = next(item for item in meeting.items if item.texts)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "saved.html").write_text(render.excerpt(meeting, item), "utf-8")
    (tmp_path / "seed.txt").write_bytes(SEED.read_bytes())
    out = tmp_path / "records.jsonl"
    done = call("extract", tmp_path, shipped_corpora() / "ahrenfeld" / "archive", "-o", out)
    assert done.exit_code == 0, done.output
    assert done.stdout == ""
    records = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert len(records) == 38
    assert not list(tmp_path.glob(".*"))
    titles = [record["title"] for record in records if record["tolfdnr"]]
    assert "Verabschiedung der Fachbereichsleiterin Frau Dr. Tiedje" in titles  # cut on its page, whole in the agenda


BAD_FILES: list[tuple[str, bytes, str]] = [
    ("letter.txt", "Liebe Grüße aus dem Urlaub!".encode(), "no page of ALLRIS"),
    ("page.html", b"<html><body><h1>Speiseplan</h1></body></html>", "no page of ALLRIS"),
    ("empty.txt", b"", "cannot be read"),
    ("empty.html", b"", "cannot be read"),
    ("cut.html", b"<html><head><tit", ""),
    ("picture.html", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "cannot be read"),
    ("utf16.txt", "Guten Tag, dies ist keine Seite.".encode("utf-16"), ""),
    ("large.html", b"<html>" + b"x" * 60_000_000, "60 MB, more than the 10 MB that are read"),
    ("torn.warc.gz", b"\x1f\x8b\x08\x00\x00", "ends inside a record"),
    ("none.warc.gz", b"hello", "no WARC file"),
]


@pytest.mark.parametrize(("name", "content", "words"), BAD_FILES)
def test_extract_of_what_is_no_page(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(content)
    failed(call("extract", tmp_path / name), 2, name, words)


@pytest.mark.parametrize(("name", "content", "words"), BAD_FILES)
def test_extract_goes_on_after_a_bad_file(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(content)
    done = call("extract", tmp_path / name, SEED)
    failed(done, 1, name, words)
    assert len(done.stdout.splitlines()) == 1


def test_extract_of_pages_in_other_encodings(tmp_path: Path) -> None:
    """The text is read by what the bytes are, not by what they claim."""
    text = SEED.read_text("utf-8")
    for name, encoding in (("a.txt", "utf-8"), ("b.txt", "cp1252"), ("c.txt", "utf-8-sig"), ("d.txt", "utf-16")):
        (tmp_path / name).write_bytes(text.encode(encoding, "replace"))
    done = call("extract", tmp_path)
    assert done.exit_code == 0, done.output
    names = [{s["name"] for s in json.loads(line)["speakers"]} for line in done.stdout.splitlines()]
    assert len(names) == 4
    assert all("Terschüren" in one for one in names)


@pytest.mark.parametrize(("arguments", "words"), [
    (("extract", "nowhere.txt"), "nowhere.txt: there is no such file or folder"),
    (("extract", str(SEED), "--format", "xml"), "the format is jsonl"),
    (("extract", str(SEED), "-o", "no/such/folder/x.jsonl"), "cannot be written"),
    (("extract", str(SEED), "--topic", "sroo"), "there is no topic 'sroo'; known topics:"),
    (("extract", str(SEED), "--model", "de_no_such_model"), "de_no_such_model"),
    (("run", "nowhere", "--offline"), "there is no corpus 'nowhere'; known corpora: ahrenfeld, seed, segeberg"),
    (("run", "seed", "--offline", "--since", "gestern"), "--since: 'gestern' is no date; write it as in 2023-08-31"),
    (("run", "seed", "--offline", "--since", "2024-01-01", "--until", "2023-01-01"), "--since is after --until"),
    (("run", "segeberg"), "contact"),
    (("harvest", "seed"), "seed"),
    (("harvest", "segeberg"), "contact"),
    (("probe", "ratsinfo.example.org"), "is no web address"),
    (("init", "Tal 1", "--url", "http://127.0.0.1:9/"), "is no name for a corpus"),
    (("eval", "nowhere"), "nowhere"),
])
@pytest.mark.usefixtures("workplace")
def test_wrong_arguments(arguments: tuple[str, ...], words: str) -> None:
    failed(call(*arguments), 2, words)


WRONG_OPTIONS: list[tuple[tuple[str, ...], str]] = [
    (("feed", "-o", "x.xml", "--limit", "-1"), "'--limit'"),
    (("feed", "-o", "x.xml", "--limit", "many"), "valid integer"),
    (("feed",), "Missing option '--output'"),
    (("extract",), "Missing argument 'PATH'"),
    (("extract", ""), "a path is empty"),
    (("extrakt",), "No such command 'extrakt'"),
    (("query", "--nix"), "--nix"),
]


@pytest.mark.parametrize(("arguments", "words"), WRONG_OPTIONS)
def test_wrong_options_are_one_line_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["auszug", *arguments])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert words in line
    assert "--help" in line


@pytest.mark.parametrize(("arguments", "code", "words"), [
    (("--version",), 0, "auszug "), (("extract", "--help"), 0, "Example: "), ((), 2, "First steps: "),
    (("extract", "nix.txt"), 2, "no such file"),
])
def test_the_entry_point_ends_with_the_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int, words: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["auszug", *arguments])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == code
    assert words in "".join(capsys.readouterr())


@pytest.mark.parametrize("name", ["pipe.html", "pipe.txt", "pipe.warc"])
def test_a_pipe_is_not_waited_for(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    failed(call("extract", tmp_path / name), 2, "a pipe or a device")


def test_a_folder_that_holds_itself_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "again").symlink_to(tmp_path)
    (tmp_path / "loop.txt").symlink_to("loop.txt")
    (tmp_path / "seed.txt").write_bytes(SEED.read_bytes())
    done = call("extract", tmp_path)
    assert (done.exit_code, done.stdout.count("\n"), done.stderr) == (0, 1, "")


def test_what_is_read_is_not_overwritten(workplace: Path, database: Path) -> None:
    page, copy = workplace / "seed.txt", workplace / "copy.duckdb"
    page.write_bytes(SEED.read_bytes())
    copy.write_bytes(database.read_bytes())
    failed(call("extract", page, "-o", "seed.txt"), 2, "would be overwritten")
    failed(call("sql", "SELECT 1", "--db", copy, "--format", "csv", "-o", copy), 2, "would be overwritten")
    failed(call("build", "seed", "--db", page), 2, "seed.txt: is no DuckDB database")
    assert page.read_bytes() == SEED.read_bytes()
    assert copy.read_bytes() == database.read_bytes()


@pytest.mark.parametrize("name", ["all.csv", "all.jsonl", "all.xlsx", "all.zip", "all.xml"])
def test_the_files_that_export_tells_of_are_there(workplace: Path, database: Path, name: str) -> None:
    done = call("export", "all", "-o", name, "--db", database)
    assert done.exit_code == 0, done.output
    told = {line.partition(" written to ")[2] for line in done.stderr.splitlines()}
    assert told == {path.name for path in workplace.iterdir()}


def test_a_file_where_a_folder_has_to_be(workplace: Path) -> None:
    (workplace / "corpora").mkdir()
    (workplace / "corpora" / ".auszug").touch()
    failed(call("build", "seed"), 2, ".auszug: File exists; check the path")


def test_a_topic_that_is_not_there(tmp_path: Path) -> None:
    line = failed(call("topic", "nix"), 2, "there is no topic 'nix'; known topics: kita, sro")
    assert "corpus.toml" not in line
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    failed(call("topic", tmp_path / "binary"), 2, "not UTF-8")


@pytest.mark.usefixtures("workplace")
def test_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    failed(call("extract", "pages"), 2, "no page (text, HTML, WARC) is in this folder")


def test_a_typo_in_the_configuration(workplace: Path) -> None:
    folder = workplace / "corpora" / "tal"
    folder.mkdir(parents=True)
    (folder / "corpus.toml").write_text('[corpus]\nname = "tal"\ntitel = "Tal"\n')
    failed(call("run", "tal", "--offline"), 2, "corpus.toml:3: unknown key 'titel' in [corpus]; did you mean 'title'?")


@pytest.mark.usefixtures("workplace")
def test_a_stop_signal(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object, **__: object) -> None:
        signal.raise_signal(signal.SIGTERM)  # in this thread; what is sent to the process may come a little later

    monkeypatch.setattr("pipeline.run.run", stopped)
    before = signal.getsignal(signal.SIGTERM)
    assert failed(call("run", "seed", "--offline"), 2) == "auszug: stopped"
    assert signal.getsignal(signal.SIGTERM) == before


@pytest.mark.usefixtures("workplace")
def test_a_bug_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise TypeError("two\nlines")

    monkeypatch.setattr("pipeline.run.run", broken)
    failed(call("run", "seed", "--offline"), 2, "this is a bug of the program (TypeError: two lines)", "AUSZUG_DEBUG=1")
    monkeypatch.setenv("AUSZUG_DEBUG", "1")
    assert isinstance(call("run", "seed", "--offline").exception, TypeError)


def test_a_run_that_cannot_publish(workplace: Path) -> None:
    (workplace / "file").write_text("")
    failed(call("run", "seed", "--offline", "--db", "file/auszug.duckdb"), 2, "cannot be published")


def test_the_summary_names_problems(workplace: Path) -> None:
    folder = workplace / "corpora" / "tal"
    folder.mkdir(parents=True)
    (folder / "corpus.toml").write_text('[corpus]\nname = "tal"\ntitle = "Tal"\n[files]\npaths = ["*.txt"]\n')
    (folder / "a.txt").write_bytes(SEED.read_bytes())
    (folder / "b.txt").write_text("nichts")
    done = call("run", "--offline")
    assert done.exit_code == 1
    assert "1 new error," in done.stdout
    assert "auszug status" in done.stdout
    told = call("status")
    assert "b.txt" in told.stdout


def test_status_tells_of_a_run_that_published_nothing(workplace: Path) -> None:
    assert call("run", "seed", "--offline").exit_code == 0
    assert call("status").exit_code == 0
    folder = workplace / "corpora" / "seed"
    folder.mkdir()
    (folder / "corpus.toml").write_text('[corpus]\nname = "seed"\ntitle = "Seed"\n')
    failed(call("run", "seed", "--offline"), 2, "no meeting was found where there were 1")
    told = call("status")
    assert told.exit_code == 2
    assert "published nothing: " in told.stdout


# ---------------------------------------------------------------------------- answers


def test_query_without_a_name_lists_the_questions(database: Path) -> None:
    done = call("query", "--db", database)
    assert done.exit_code == 0
    assert "topic_timeline" in done.stdout


@pytest.mark.parametrize(("arguments", "words"), [
    (("query", "topic_timelin"), "did you mean topic_timeline"),
    (("query", "topic_timeline", "-p", "topic"), "write it as -p name=value"),
    (("query", "topic_timeline", "-p", "topic=kein"), "the database has no topic 'kein'"),
    (("query", "topic_timeline", "-p", "since=gestern"), "'gestern' is no date; write it as in 2023-08-31"),
    (("query", "topic_timeline", "-p", "sinse=2023-01-01"), "no parameter 'sinse'; did you mean since"),
    (("query", "topic_timeline", "--format", "odt"), "odt"),
    (("query", "topic_timeline", "--format", "csv", "-o", "/no/such/folder/x.csv"), "cannot be written"),
    (("sql", "SELEKT 1"), "SELEKT"),
    (("sql", "SELECT nothing FROM meeting"), "nothing"),
    (("sql", "DELETE FROM meeting"), "read-only"),
    (("sql", "SELECT * FROM read_csv('/etc/passwd')"), ""),
    (("sql", "SELECT 1; SELECT 2"), "one statement at a time"),
    (("export", "statement", "-o", "x.csv"), "statements"),
    (("export", "statements", "-o", "x.odt"), "csv"),
    (("export", "statements", "-o", "/no/such/folder/x.csv"), "cannot be written"),
])
@pytest.mark.usefixtures("workplace")
def test_wrong_questions(database: Path, arguments: tuple[str, ...], words: str) -> None:
    failed(call(*arguments, "--db", database), 2, words)


@pytest.mark.parametrize("arguments", [("query", "topic_timeline"), ("sql", "SELECT 1"), ("status",), ("check",),
                                       ("export", "statements", "-o", "x.csv")])
@pytest.mark.usefixtures("workplace")
def test_without_a_database(arguments: tuple[str, ...]) -> None:
    failed(call(*arguments), 2, "there is no database", "auszug run")


def test_a_file_that_is_no_database(workplace: Path) -> None:
    (workplace / "x.duckdb").write_text("hello")
    failed(call("sql", "SELECT 1", "--db", "x.duckdb"), 2, "x.duckdb")


def test_the_database_is_named_by_the_environment(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUSZUG_DB", str(database))
    done = call("sql", "SELECT count(*) AS n FROM agenda_item", "--format", "csv")
    assert done.exit_code == 0
    assert done.stdout.split() == ["n", "1"]


def test_a_closed_pipe_is_no_error(database: Path) -> None:
    command = f"'{sys.executable}' -m pipeline.cli query speaker_positions --db '{database}' --format csv | head -n 1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.returncode == 0


# ----------------------------------------------------------------------------- topics

TOPIC = """
[topic]
id = "rad"
title = "Radverkehr"
[[term]]
entry = "Radweg"
strength = "core"
forms = ["radweg*"]
examples = ["Der {} wird gebaut."]
"""


def test_topic_shows_hits_and_near_misses() -> None:
    done = call("topic", "sro", SEED, "--show", "1")
    assert done.exit_code == 0, done.output
    assert "examples all as they should be" in done.stdout
    assert "[Sozialraumträger] vorhanden" in done.stdout
    assert "core terms" in done.stdout


@pytest.mark.parametrize(("text", "code", "words"), [
    (TOPIC.format("Radweg"), 0, ""),
    (TOPIC.format("Gehweg"), 1, "example of 'Radweg' is not found: Der Gehweg wird gebaut."),
    (TOPIC.replace("strength", "strenght"), 2, "strenght"),
    ("[topic", 2, "TOML"),
])
def test_a_topic_file_of_ones_own(tmp_path: Path, text: str, code: int, words: str) -> None:
    path = tmp_path / "rad.toml"
    path.write_text(text, "utf-8")
    done = call("topic", path)
    if code:
        failed(done, code, "rad.toml", words)
    else:
        assert done.exit_code == 0, done.output
