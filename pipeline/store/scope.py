"""Reading the rows of some corpora only, under the names of their tables.

Part of `store`. Every key of the database begins with its corpus and a slash, and nothing but the tables of `SHARED`
belongs to several corpora. So the statements that link, check and publish everything (resolve.sql, checks.sql,
views.sql ...) do the same for a few corpora when the tables that they read are hidden behind temporary views.
"""

# ruff: noqa: S608  (names of tables and columns come from schema.sql, corpora are quoted)

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

from pipeline.store import schema

SHARED = frozenset({"schema_version", "topic", "run", "problem", "publication"})
"""Tables that are of no corpus, or read whole wherever they are read (`problem`)."""
_SEARCH = frozenset({"search_document", "search_text"})
"""Tables that are filled when a database is published."""
_MOST_RANGES = 16
"""Corpora up to which a comparison with each is faster than cutting the corpus off every key (measured at 2.5 million
keys: 4 ms a corpus, 140 ms for any number)."""


def tables() -> dict[str, schema.Table]:
    """The tables whose rows are each of one corpus, by name."""
    return {name: table for name, table in schema.all_tables().items() if name not in SHARED | _SEARCH}


def condition(table: schema.Table, sources: Sequence[str]) -> str:
    """SQL that is true for the rows of `table` that are of `sources`."""
    names = [column.name for column in table.columns]
    if "source_id" in names:
        return f"source_id IN ({', '.join(map(schema.quoted, sources)) or 'NULL'})"
    key = next(name for name in names if name.endswith("_id"))
    return of_sources(key, sources)


def of_sources(key: str, sources: Sequence[str]) -> str:
    """SQL that is true where the column `key` is a key of one of `sources`."""
    if len(sources) <= _MOST_RANGES:
        following = chr(ord("/") + 1)
        ranges = (f"({key} >= {schema.quoted(f'{name}/')} AND {key} < {schema.quoted(name + following)})"
                  for name in sources)
        return f"({' OR '.join(ranges) or 'false'})"
    return f"split_part({key}, '/', 1) IN ({', '.join(map(schema.quoted, sources))})"


@contextlib.contextmanager
def reading(connection: duckdb.DuckDBPyConnection, sources: Sequence[str] | None) -> Iterator[str]:
    """Within: a table read by its bare name has the rows of `sources` only (None: all). Yields the database's name.

    The name stands before a table that is to be written, or read whole. Views of the database read the same rows. A
    temporary table `scope` has the corpora.
    """
    database = f'"{connection.execute("SELECT current_database()").fetchall()[0][0]}"'
    chosen = sources
    if chosen is None:
        chosen = [row[0] for row in connection.execute("SELECT source_id FROM source ORDER BY ALL").fetchall()]
    connection.execute("CREATE OR REPLACE TEMP TABLE scope (source_id VARCHAR)")
    if chosen:
        connection.execute(f"INSERT INTO temp.scope VALUES {', '.join(f'({schema.quoted(name)})' for name in chosen)}")
    hidden = tables() if sources is not None else {}
    connection.execute("".join(
        f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM {database}.main.{name} WHERE {condition(table, chosen)};"
        for name, table in hidden.items()))
    try:
        yield database
    finally:
        # where the transaction around it is broken already, its end takes them away
        with contextlib.suppress(duckdb.TransactionException):
            connection.execute("".join(f"DROP VIEW IF EXISTS temp.{name};" for name in hidden))
            connection.execute("DROP TABLE IF EXISTS temp.scope")


def statements(file: str, database: str) -> str:
    """The text of an SQL file of this folder in which `stored.table` is the table of `database` itself."""
    return (Path(__file__).parent / file).read_text("utf-8").replace("stored.", f"{database}.main.")
