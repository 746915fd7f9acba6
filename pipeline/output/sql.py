"""Read-only SQL on a published database, typed by others.

Part of `output`. The connection (`store.database.open_published`) refuses files, network and changes; here
only what would be confusing is caught: several statements in one text, or none.
"""

from __future__ import annotations

import duckdb

from pipeline.errors import QueryError
from pipeline.output.result import Result, explained


def run_sql(connection: duckdb.DuckDBPyConnection, text: str) -> Result:
    """The result of one statement. Raises QueryError with DuckDB's reason, in one line."""
    try:
        statements = connection.extract_statements(text)
    except duckdb.Error as error:
        raise explained(error, "sql") from None
    if len(statements) != 1:
        raise QueryError(f"one statement at a time, this has {len(statements)}", where="sql",
                         remedy="part them into several calls" if statements else 'write: auszug sql "SELECT ..."')
    comments = connection.execute("""
        SELECT column_name, any_value(comment) FROM duckdb_columns() WHERE NOT internal AND comment IS NOT NULL
        GROUP BY column_name HAVING count(DISTINCT comment) = 1""").fetchall()
    return Result(connection, text, None, dict(comments), where="sql")
