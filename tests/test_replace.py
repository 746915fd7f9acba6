"""Rows of a table made those of another: the same as deleting and inserting, and what is equal is left alone."""

# ruff: noqa: S608  (names of tables of this file)

from __future__ import annotations

import random
from collections.abc import Iterator

import duckdb
import pytest

from pipeline.store.replace import replace_rows

COLUMNS = ["key", "number", "words"]
Words = list[str | None]
Row = tuple[str, int | None, Words | None]
WORDS: list[Words | None] = [None, ["ä"], ["ä", None]]


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as found:
        for table in ("target", "source", "others"):
            found.execute(f"CREATE TABLE {table} (key VARCHAR, number INTEGER, words VARCHAR[])")
        yield found


def fill(connection: duckdb.DuckDBPyConnection, table: str, rows: list[Row]) -> None:
    connection.execute(f"DELETE FROM {table}")
    for row in rows:
        connection.execute(f"INSERT INTO {table} VALUES (?, ?, ?)", list(row))


def replace(connection: duckdb.DuckDBPyConnection) -> int:
    connection.execute("BEGIN")
    deleted = replace_rows(connection, "source", "target", columns=COLUMNS, where="key LIKE 'süd/%'")
    connection.execute("COMMIT")
    return deleted


def test_whatever_was_there_the_rows_are_those_of_the_source(connection: duckdb.DuckDBPyConnection) -> None:
    """Rows that occur more than once, nulls and lists among them; other corpora's rows stay."""
    dice = random.Random(2026)

    def rows(corpus: str, most: int) -> list[Row]:
        return [(f"{corpus}/{dice.randrange(3)}", dice.choice([None, 1, 2]), dice.choice(WORDS))
                for _ in range(dice.randrange(most))]

    for _ in range(60):
        others = rows("nord", 4)
        fill(connection, "others", others)
        fill(connection, "source", rows("süd", 8))
        fill(connection, "target", rows("süd", 8) + others)
        replace(connection)
        wanted = "(SELECT * FROM source UNION ALL SELECT * FROM others)"
        assert connection.execute(f"SELECT * FROM target EXCEPT ALL {wanted}").fetchall() == []
        assert connection.execute(f"{wanted} EXCEPT ALL SELECT * FROM target").fetchall() == []


def test_equal_rows_are_left_alone(connection: duckdb.DuckDBPyConnection) -> None:
    same: list[Row] = [(f"süd/{n}", n, ["Straße"]) for n in range(100)]
    fill(connection, "target", same)
    fill(connection, "source", [*same[1:], ("süd/neu", None, [])])
    before = dict(connection.execute("SELECT key, rowid FROM target").fetchall())
    assert replace(connection) == 1
    after = dict(connection.execute("SELECT key, rowid FROM target").fetchall())
    assert set(after) == {key for key, _, _ in same[1:]} | {"süd/neu"}
    assert {key: after[key] for key, _, _ in same[1:]} == {key: before[key] for key, _, _ in same[1:]}
