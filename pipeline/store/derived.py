"""Fills what a publication has besides the tables of the work database: texts for searching, and its views as tables.

Part of `store`; called by `publish`. Everything in it is computed from the tables beside it; of a few corpora it can be
computed anew, and the result is the same.
"""

# ruff: noqa: S608  (names of tables and columns come from schema.sql and views.sql, corpora are quoted)

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

from pipeline.errors import StoreError
from pipeline.store import schema, scope
from pipeline.store.replace import replace_rows

_TEXTS = (("search_text", "found_text"), ("search_document", "found_document"))
"""Tables and what search.sql finds for them. Which texts are a corpus's is read from the documents: they come last."""


def derive(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill the texts for searching of the current database from its tables, and make tables of its views."""
    [(name,)] = connection.execute("SELECT current_database()").fetchall()
    with _found_texts(connection):
        for table, found in _TEXTS:
            connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM {found}")
    _refuse_same_numbers(connection, f'"{name}"')
    schema.materialise(connection)


def derive_again(
    connection: duckdb.DuckDBPyConnection, database: str, publication: str, sources: Sequence[str]
) -> int:
    """Do the same for `sources` in the attached `publication`, which has it already; the rows of others stay.

    To be called within `scope.reading(connection, sources)` of `database`; the tables of `publication` are current.
    Returns how many rows were deleted.
    """
    deleted = 0
    chosen = scope.condition(schema.all_tables()["source"], sources)
    theirs = f"document IN (SELECT document FROM {publication}.main.search_document WHERE {chosen})"
    with _found_texts(connection):
        for table, found in _TEXTS:
            deleted += replace_rows(
                connection, found, f"{publication}.main.{table}", where=theirs,
                columns=[column.name for column in schema.all_tables()[table].columns])
    _refuse_same_numbers(connection, publication)
    for view in schema.views():  # a view that reads one before it reads the table made of that
        connection.execute(f"""CREATE OR REPLACE TEMP TABLE {view.name} AS
            SELECT * FROM {database}.main.{view.name} ORDER BY {schema.order_of(view)}""")
        columns = [name for name, *_ in connection.execute(f"SELECT * FROM temp.{view.name} LIMIT 0").description or ()]
        deleted += replace_rows(connection, f"(FROM temp.{view.name} WHERE source_id IS NOT NULL)",
                                f"{publication}.main.{view.name}", columns=columns, where=chosen)
    connection.execute("".join(f"DROP TABLE temp.{view.name};" for view in schema.views()))
    connection.execute(scope.statements("totals.sql", publication))
    return deleted


@contextlib.contextmanager
def _found_texts(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Within: search.sql was run. After an error nobody uses the connection, or a transaction takes it back."""
    connection.execute((Path(__file__).parent / "search.sql").read_text("utf-8"))
    yield
    connection.execute("DROP VIEW found_document; DROP VIEW found_text; DROP TABLE piece; DROP MACRO folded")


def _refuse_same_numbers(connection: duckdb.DuckDBPyConnection, database: str) -> None:
    """Raises StoreError where texts of two corpora have the same numbers (one in 10^5 with 1,500 corpora)."""
    found = connection.execute(f"""SELECT min(source_id), max(source_id) FROM {database}.main.search_document
        GROUP BY document HAVING count(*) > 1 LIMIT 1""").fetchall()
    if found:
        raise StoreError(f"texts of the corpora '{found[0][0]}' and '{found[0][1]}' have the same number for searching",
                         remedy="give one of them another name")
