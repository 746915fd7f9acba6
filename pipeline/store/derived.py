"""Fills what a publication has besides the tables of the work database: texts for searching, and its views as tables.

Part of `store`; called by `publish`. Everything in it is computed from the tables beside it; of a few corpora it can be
computed anew, and the result is the same.
"""

# ruff: noqa: S608  (names of tables and columns come from schema.sql and views.sql, corpora are quoted)

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from pipeline.errors import StoreError
from pipeline.store import schema, scope


def derive(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill the texts for searching of the current database from its tables, and make tables of its views."""
    [(name,)] = connection.execute("SELECT current_database()").fetchall()
    connection.execute(scope.statements("search.sql", f'"{name}"'))
    _refuse_same_numbers(connection, f'"{name}"')
    schema.materialise(connection)


def derive_again(
    connection: duckdb.DuckDBPyConnection, database: str, publication: str, sources: Sequence[str]
) -> None:
    """Do the same for `sources` in the attached `publication`, which has it already; the rows of others stay.

    To be called within `scope.reading(connection, sources)` of `database`; the tables of `publication` are current.
    """
    chosen = scope.condition(schema.all_tables()["source"], sources)
    connection.execute(f"""
        DELETE FROM {publication}.main.search_text WHERE document IN (
            SELECT document FROM {publication}.main.search_document WHERE {chosen});
        DELETE FROM {publication}.main.search_document WHERE {chosen};
    """)
    connection.execute(scope.statements("search.sql", publication))
    _refuse_same_numbers(connection, publication)
    made = []
    for view in schema.views():  # a view that reads one before it reads the table made of that
        connection.execute(f"""CREATE OR REPLACE TEMP TABLE {view.name} AS
            SELECT * FROM {database}.main.{view.name} ORDER BY {schema.order_of(view)}""")
        made.append(view.name)
        connection.execute(f"""
            DELETE FROM {publication}.main.{view.name} WHERE {chosen};
            INSERT INTO {publication}.main.{view.name} SELECT * FROM temp.{view.name} WHERE source_id IS NOT NULL;
        """)
    connection.execute("".join(f"DROP TABLE temp.{name};" for name in made))
    connection.execute(scope.statements("totals.sql", publication))


def _refuse_same_numbers(connection: duckdb.DuckDBPyConnection, database: str) -> None:
    """Raises StoreError where texts of two corpora have the same numbers (one in 10^5 with 1,500 corpora)."""
    found = connection.execute(f"""SELECT min(source_id), max(source_id) FROM {database}.main.search_document
        GROUP BY document HAVING count(*) > 1 LIMIT 1""").fetchall()
    if found:
        raise StoreError(f"texts of the corpora '{found[0][0]}' and '{found[0][1]}' have the same number for searching",
                         remedy="give one of them another name")
