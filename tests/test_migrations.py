"""Upgrades: an older work database becomes one of this program, whole or not at all; a newer one is refused."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from pipeline.errors import StoreError
from pipeline.store import changes, migrations, schema
from pipeline.store.database import differences, open_published, open_work
from pipeline.store.linking import link
from pipeline.store.publish import publish
from tests.store_samples import write_county, written_county

TABLES_2 = Path(__file__).with_name("schema_2.sql")


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """The county in a work database of this program."""
    return Path(shutil.copy(written_county(), tmp_path / "new.duckdb"))


@pytest.fixture
def old(tmp_path: Path, new: Path) -> Path:
    """The county in a work database of schema version 2, with a view."""
    path = tmp_path / "old.duckdb"
    with closing(duckdb.connect(str(path))) as connection:
        connection.execute(TABLES_2.read_text("utf-8"))
        connection.execute(f"ATTACH '{new}' AS new (READ_ONLY)")
        for (table,) in connection.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'old'").fetchall():
            columns = ", ".join(row[0] for row in connection.execute(
                "SELECT column_name FROM duckdb_columns() WHERE database_name = 'old' AND table_name = ?", [table]).fetchall())
            connection.execute(f"INSERT INTO {table} SELECT {columns} FROM new.main.{table}")  # noqa: S608
        connection.execute("UPDATE schema_version SET version = 2")
        connection.execute("CREATE VIEW quality AS SELECT source_id FROM source")
    return path


def columns(path: Path) -> list[tuple[object, ...]]:
    """Every table and view with its columns in order, and all comments."""
    with closing(duckdb.connect(str(path), read_only=True)) as connection:
        return connection.execute("""
            SELECT table_name, column_index, column_name, data_type, is_nullable, comment FROM duckdb_columns()
            WHERE NOT internal ORDER BY ALL""").fetchall()


def test_a_migrated_database_is_as_a_new_one(old: Path, new: Path, tmp_path: Path) -> None:
    with open_work(old) as work:
        assert work.rows("SELECT version FROM schema_version") == [{"version": schema.SCHEMA_VERSION}]
        assert changes.to_link(work) == changes.to_publish(work) == ["ahrenfeld"]
        assert work.rows("SELECT count(*) AS n FROM statement")[0]["n"] > 300, "its rows are kept"
        write_county(work, run_id="run-2")
        publish(work, tmp_path / "from-old.duckdb")
    with open_work(new) as work:
        publish(work, tmp_path / "from-new.duckdb")
    assert columns(old) == columns(new)
    assert differences(old, new) == []
    assert differences(tmp_path / "from-old.duckdb", tmp_path / "from-new.duckdb") == []


def test_a_migration_that_fails_leaves_the_old_database(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise OSError("the disk is full")

    before = columns(old)
    monkeypatch.setattr(schema, "describe", fail)
    with pytest.raises(OSError, match="disk is full"):
        open_work(old)
    assert columns(old) == before
    with closing(duckdb.connect(str(old), read_only=True)) as connection:
        assert connection.execute("SELECT version FROM schema_version").fetchall() == [(2,)]
        assert connection.execute("SELECT count(*) FROM statement").fetchall()[0][0] > 300
    monkeypatch.undo()
    with open_work(old) as work:
        link(work)
        assert work.rows("SELECT version FROM schema_version") == [{"version": schema.SCHEMA_VERSION}]


def test_steps_are_taken_in_order_each_in_a_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "SCHEMA_VERSION", 6)

    def fail(_: duckdb.DuckDBPyConnection) -> None:
        raise KeyboardInterrupt

    steps = {3: lambda c: c.execute("CREATE TABLE a AS SELECT 1 AS x"), 4: lambda c: c.execute("UPDATE a SET x = x + 1"), 5: fail}
    with open_at(3) as connection:
        with pytest.raises(KeyboardInterrupt):
            migrations.migrate(connection, 3, None, steps=steps)
        assert connection.execute("SELECT x, version FROM a, schema_version").fetchall() == [(2, 5)], "what was reached stays"


def open_at(version: int) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE schema_version AS SELECT {version} AS version")
    return connection


OTHERS = [(99, "schema version 99.*a newer auszug made it"), (1, "schema version 1, too old.*build it anew")]


@pytest.mark.parametrize(("version", "message"), OTHERS, ids=["newer", "too old"])
def test_other_versions_are_refused(version: int, message: str, new: Path) -> None:
    with closing(duckdb.connect(str(new))) as connection:
        connection.execute("UPDATE schema_version SET version = ?", [version])
    before = new.read_bytes()
    with pytest.raises(StoreError, match=message):
        open_work(new)
    assert new.read_bytes() == before


def test_an_old_publication_is_refused_with_what_to_do(old: Path) -> None:
    with pytest.raises(StoreError, match=r"schema version 2.*publish it again with: auszug build"):
        open_published(old)
