"""Makes some rows of a table those of another: what is equal stays where it is.

Part of `store`. A corpus of 10,000 excerpts has a million rows, and what a night changes are a few hundred: the others
are neither deleted nor written again. Rows are compared by a hash of all their columns (64 bits), which is read from
both sides in a tenth of the time that replacing them takes.
"""

# ruff: noqa: S608  (names of tables and columns come from schema.sql, conditions from `scope`)

from __future__ import annotations

from collections.abc import Sequence

import duckdb


def replace_rows(
    connection: duckdb.DuckDBPyConnection, source: str, target: str, *, columns: Sequence[str], where: str
) -> int:
    """Make the rows of `target` for which `where` holds those of `source`; part of a transaction.

    Both have `columns`, which are all that `target` has. Returns how many rows were deleted.
    """
    names = ", ".join(columns)
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE present_row AS
            SELECT rowid AS place, hash({names}) AS hash FROM {target} WHERE {where};
        CREATE OR REPLACE TEMP TABLE wanted_row AS SELECT hash({names}) AS hash FROM {source};
        CREATE OR REPLACE TEMP TABLE doomed_row AS
            SELECT place, hash FROM present_row ANTI JOIN wanted_row USING (hash);
    """)
    [(equal,)] = connection.execute("""
        SELECT coalesce((SELECT sum(hash) FROM present_row), 0) - coalesce((SELECT sum(hash) FROM doomed_row), 0)
             = coalesce((SELECT sum(hash) FROM wanted_row), 0)
             - coalesce((SELECT sum(hash) FROM wanted_row ANTI JOIN present_row USING (hash)), 0)
    """).fetchall()
    missing = f"hash({names}) NOT IN (SELECT hash FROM present_row)"
    if not equal:  # a row is there more often on one side than on the other
        connection.execute("CREATE OR REPLACE TEMP TABLE doomed_row AS FROM present_row")
        missing = "true"
    [(doomed,)] = connection.execute("SELECT count(*) FROM doomed_row").fetchall()
    if doomed:
        connection.execute(f"DELETE FROM {target} WHERE rowid IN (SELECT place FROM doomed_row)")
    connection.execute(f"INSERT INTO {target} ({names}) SELECT {names} FROM {source} WHERE {missing}")
    connection.execute("DROP TABLE present_row; DROP TABLE wanted_row; DROP TABLE doomed_row")
    return int(doomed)
