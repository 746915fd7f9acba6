"""Publishing: checked, swapped in by rename, readable by DuckDB 1.5, harmless to open."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from pipeline.errors import CheckFailed, StoreError
from pipeline.output.status import check
from pipeline.store import schema
from pipeline.store.changes import mark
from pipeline.store.database import differences, open_published, open_work
from pipeline.store.publish import former_publication, publications, publish
from tests.store_samples import published_county, write_county

ROOT = Path(__file__).parents[1]
OLD_DUCKDB = Path(os.environ.get("AUSZUG_OLD_DUCKDB") or ROOT / ".venv" / "duckdb-1.5")
"""A folder into which DuckDB 1.5 was installed (pip install --target)."""


def test_the_publication_has_the_rows_views_and_comments(tmp_path: Path) -> None:
    with open_work(tmp_path / "work.duckdb") as work:
        write_county(work)
        assert publish(work, tmp_path / "auszug.duckdb") == []
    assert differences(tmp_path / "work.duckdb", tmp_path / "auszug.duckdb") == []
    with open_published(tmp_path / "auszug.duckdb") as connection:
        rows = connection.execute("SELECT count(*) FROM speaker_positions").fetchall()
        assert rows[0][0] > 300
        bare = connection.execute(
            "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal AND comment IS NULL").fetchall()
        assert bare == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["auszug.duckdb", "work.duckdb"]


def test_a_failed_check_keeps_the_last_publication(tmp_path: Path) -> None:
    target = tmp_path / "auszug.duckdb"
    with open_work() as work:
        write_county(work)
        publish(work, target)
        before = target.read_bytes()
        work.connection.execute("UPDATE statement SET quote = 'something else' WHERE statement_index = 0")
        mark(work, "ahrenfeld")
        with pytest.raises(CheckFailed) as caught:
            publish(work, target)
    assert "statement_spans" in str(caught.value)
    assert "nothing was published" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert target.read_bytes() == before
    assert publications(target) == [target]


def test_the_last_publications_are_kept(tmp_path: Path) -> None:
    target = tmp_path / "auszug.duckdb"
    with open_work() as work:
        for title in ("first", "second", "third", "fourth"):
            work.connection.execute("DELETE FROM topic; INSERT INTO topic VALUES ('t', ?, NULL)", [title])
            publish(work, target, keep=3)

    def title_in(path: Path) -> str:
        with open_published(path) as connection:
            return str(connection.execute("SELECT title FROM topic").fetchall()[0][0])

    assert [title_in(path) for path in publications(target)] == ["fourth", "third", "second"]
    assert publications(target) == [target, former_publication(target, 1), former_publication(target, 2)]
    with open_work() as work:
        publish(work, target, keep=1)
    assert publications(target) == [target]


def test_a_reader_keeps_its_rows_while_a_new_publication_comes(tmp_path: Path) -> None:
    target = tmp_path / "auszug.duckdb"
    with open_work() as work:
        work.connection.execute("INSERT INTO topic VALUES ('t', 'old', NULL)")
        publish(work, target)
        script = ("import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only=True); print('open', flush=True); "
                  "input(); print(c.execute('SELECT title FROM topic').fetchall())")
        reader = subprocess.Popen([sys.executable, "-c", script, str(target)], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, text=True)
        assert reader.stdout is not None
        assert reader.stdout.readline() == "open\n"
        work.connection.execute("UPDATE topic SET title = 'new'")
        publish(work, target)
        told, _ = reader.communicate("\n", timeout=30)
    assert "old" in told
    with open_published(target) as connection:
        assert connection.execute("SELECT title FROM topic").fetchall() == [("new",)]


def test_a_place_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with open_work() as work, pytest.raises(StoreError) as caught:
        publish(work, tmp_path / "file" / "auszug.duckdb")
    assert "cannot be published" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_without_a_database_the_message_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="auszug run"):
        open_published(tmp_path / "none.duckdb")


def test_a_foreign_database_is_refused(tmp_path: Path) -> None:
    duckdb.connect(str(tmp_path / "x.duckdb")).close()
    with pytest.raises(StoreError, match="not a database of this program"):
        open_published(tmp_path / "x.duckdb")


HARMFUL = [
    ("DELETE FROM statement", "a change"),
    ("CREATE TABLE x (a INTEGER)", "a new table"),
    ("COPY statement TO 'x.csv'", "a file that is written"),
    ("SELECT * FROM read_csv('/etc/passwd')", "a file that is read"),
    ("SELECT * FROM '/etc/passwd'", "a file read by its name"),
    ("ATTACH 'other.duckdb'", "another database"),
    ("SET enable_external_access = true", "the setting that forbids it"),
    ("SET memory_limit = '100GB'", "another setting"),
    ("INSTALL httpfs", "an extension"),
    ("LOAD httpfs", "an extension that is there"),
    ("SELECT * FROM read_text('http://127.0.0.1/x')", "the network"),
    ("EXPORT DATABASE 'x'", "an export"),
]


@pytest.mark.parametrize(("sql", "reason"), HARMFUL, ids=[reason for _, reason in HARMFUL])
def test_sql_typed_by_others_can_do_no_harm(sql: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with open_published(published_county()) as connection, pytest.raises(duckdb.Error):
        connection.execute(sql).fetchall()
    assert list(tmp_path.iterdir()) == [], reason


def test_the_file_has_the_storage_format_of_duckdb_1(tmp_path: Path) -> None:
    """Bytes 12 to 19 of the header hold the storage version; 64 is that of DuckDB 1.0, which 1.5 reads."""
    header = published_county().read_bytes()[:20]
    assert header[8:12] == b"DUCK"
    assert int.from_bytes(header[12:20], "little") == 64
    duckdb.connect(str(tmp_path / "newest.duckdb"), config={"storage_compatibility_version": "latest"}).close()
    newest = (tmp_path / "newest.duckdb").read_bytes()[12:20]
    assert int.from_bytes(newest, "little") > 64, "else the line above says nothing"


def test_duckdb_1_5_opens_it() -> None:
    if not OLD_DUCKDB.is_dir():
        pytest.skip(f"duckdb-1.5 is missing (pip install --target {OLD_DUCKDB.relative_to(ROOT)} 'duckdb==1.5.5')")
    script = (
        "import duckdb, sys; assert duckdb.__version__.startswith('1.5'), duckdb.__version__; "
        "c = duckdb.connect(sys.argv[1], read_only=True); "
        "views = [row[0] for row in c.execute('SELECT view_name FROM duckdb_views() WHERE NOT internal UNION ALL "
        "SELECT table_name FROM duckdb_tables() WHERE NOT internal').fetchall()]; "
        "[c.execute(f'SELECT * FROM {view}').fetchall() for view in views]; "
        "print(len(views), c.execute('SELECT count(*) FROM speaker_positions').fetchall()[0][0])"
    )
    done = subprocess.run([sys.executable, "-c", script, str(published_county())], capture_output=True, text=True,
                          timeout=60, env={**os.environ, "PYTHONPATH": str(OLD_DUCKDB)}, check=False)
    assert done.returncode == 0, done.stderr
    views, rows = done.stdout.split()
    assert int(views) == len(schema.all_tables()) + len(schema.views())
    assert int(rows) > 300


def test_a_known_warning_does_not_alarm_again(tmp_path: Path) -> None:
    target = tmp_path / "auszug.duckdb"
    with open_work() as work:
        write_county(work)
        work.connection.execute("UPDATE meeting SET date = DATE '1888-01-01' WHERE meeting_id = "
                                "(SELECT min(meeting_id) FROM meeting)")
        publish(work, target)
        with open_published(target) as connection:
            first = check(connection, former=former_publication(target, 1))
        publish(work, target)
    with open_published(target) as connection:
        again = check(connection, former=former_publication(target, 1))
    assert (len(first.findings), len(first.new), first.exit_code) == (1, 1, 1)
    assert (len(again.findings), len(again.new), again.exit_code) == (1, 0, 0)
