"""Brings a work database of an older program to the present schema, step by step.

Part of `store`. Each step is a function from one version to the next and knows only those two; it runs in a
transaction of its own, so that an interrupted upgrade leaves the last version that was reached whole. Publications are
never migrated: they are made anew from the work database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb

from pipeline.errors import StoreError
from pipeline.store import schema

OLDEST = 2
"""The oldest version that there is a way from; what is older is built anew."""

Step = Callable[[duckdb.DuckDBPyConnection], None]


def migrate(
    connection: duckdb.DuckDBPyConnection, version: int, path: Path | None, *, steps: Mapping[int, Step] | None = None
) -> None:
    """Bring the database of `connection` from `version` to SCHEMA_VERSION. Raises StoreError where there is no way.

    `steps`: by the version that they lead away from.
    """
    steps = STEPS if steps is None else steps
    while version < schema.SCHEMA_VERSION:
        if version not in steps:
            raise StoreError(f"the database has schema version {version}, too old to be brought to "
                             f"{schema.SCHEMA_VERSION}", where=path,
                             remedy="build it anew from the archives: delete it, then auszug build")
        connection.execute("BEGIN TRANSACTION")
        try:
            steps[version](connection)
            version += 1
            if version == schema.SCHEMA_VERSION:
                _describe(connection)
            connection.execute("UPDATE schema_version SET version = ?", [version])
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


def _describe(connection: duckdb.DuckDBPyConnection) -> None:
    """Views, comments and the order of columns are those of this program: none is data, so none needs a step."""
    for (view,) in connection.execute(
        "SELECT view_name FROM duckdb_views() WHERE NOT internal AND database_name = current_database()").fetchall():
        connection.execute(f'DROP VIEW "{view}"')
    for table in [*schema.all_tables().values(), *schema.private_tables().values()]:
        _order_columns(connection, table)
    schema.describe(connection)


def _order_columns(connection: duckdb.DuckDBPyConnection, table: schema.Table) -> None:
    """Rows are inserted by position, and a step can add a column at the end only."""
    found = [(name, f"{kind}{' NOT NULL' if required else ''}") for name, kind, required in connection.execute(
        """SELECT column_name, data_type, NOT is_nullable FROM duckdb_columns()
        WHERE database_name = current_database() AND table_name = ? ORDER BY column_index""", [table.name]).fetchall()]
    wanted = [(column.name, column.type) for column in table.columns]
    if found == wanted:
        return
    if sorted(found) != sorted(wanted):
        raise RuntimeError(f"migrations.py does not bring {table.name} to the columns of schema.sql")
    columns = ", ".join(f"{name} {kind}" for name, kind in wanted)
    names = ", ".join(name for name, _ in wanted)
    connection.execute(f"""
        CREATE TABLE ordered ({columns});
        INSERT INTO ordered SELECT {names} FROM {table.name} ORDER BY rowid;
        DROP TABLE {table.name};
        ALTER TABLE ordered RENAME TO {table.name};
    """)  # noqa: S608  (names of schema.sql)


# ------------------------------------------------------------------------------------------------------- the steps

def _to_3(connection: duckdb.DuckDBPyConnection) -> None:
    """What changed is noted for each corpus, and which publication was the last. Every corpus is linked anew."""
    connection.execute("""
        CREATE TABLE publication (
            publication_id VARCHAR NOT NULL, published_at TIMESTAMP, run_id VARCHAR, program VARCHAR,
            layout VARCHAR, rewritten DOUBLE);
        DROP TABLE search_document;
        CREATE TABLE search_document (
            document BIGINT NOT NULL, kind VARCHAR NOT NULL, source_id VARCHAR NOT NULL, item_id VARCHAR,
            paper_id VARCHAR, date DATE, words INTEGER NOT NULL);
        DROP TABLE search_text;
        CREATE TABLE search_text (document BIGINT NOT NULL, position INTEGER NOT NULL, folded VARCHAR NOT NULL);
        ALTER TABLE page_version ADD COLUMN input_hash VARCHAR;
        ALTER TABLE paper_section ADD COLUMN tables VARCHAR;
        ALTER TABLE paper_section_history ADD COLUMN tables VARCHAR;
        ALTER TABLE agenda_item ADD COLUMN corrected BOOLEAN;
        ALTER TABLE agenda_item_history ADD COLUMN corrected BOOLEAN;
        ALTER TABLE person ADD COLUMN corrected BOOLEAN;
        UPDATE agenda_item SET corrected = true WHERE item_id IN (
            SELECT item_id FROM correction WHERE applied AND kind IN ('stance', 'decision'));
        CREATE TABLE build_state (source_id VARCHAR NOT NULL, fingerprint VARCHAR NOT NULL);
        CREATE TABLE source_state (
            source_id VARCHAR NOT NULL, link_due BOOLEAN NOT NULL, publish_due BOOLEAN NOT NULL);
        INSERT INTO source_state SELECT source_id, true, true FROM source;
    """)


STEPS: Mapping[int, Step] = {2: _to_3}
"""By the version that a step leads away from."""
