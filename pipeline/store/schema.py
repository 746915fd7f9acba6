"""Reads schema.sql and views.sql: the statements that make the database, and every comment in it.

Part of `store`. The descriptions live once, behind their columns in the SQL files; here they become
COMMENTs, from which the codebook is made.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from pathlib import Path

import duckdb
import msgspec

SCHEMA_VERSION = 3
"""Raise it with every change of the tables, and add a step to migrations.py that brings old work databases there."""

_HISTORY_NAMES = {"paper": "paper_version_history"}
"""`paper_history` is the view of a paper's way through the committees, so the table of its versions is named apart."""
VOLATILE = "[volatile]"
_HISTORY_MARK = "[history]"
_PRIVATE_MARK = "[private]"
_FOLDER = Path(__file__).parent

_COLUMN = re.compile(r"^ {4}(?P<name>[a-z_]+) (?P<type>[A-Z]+(?:\[\])?)(?P<null> NOT NULL)?,? {2}-- (?P<text>.+)$")
_CREATE = re.compile(r"^CREATE TABLE (?P<name>[a-z_]+) \($")


class Column(msgspec.Struct, frozen=True):
    """A column: name, SQL type (with NOT NULL), description."""

    name: str
    type: str
    description: str


class Table(msgspec.Struct, frozen=True):
    """A table of schema.sql."""

    name: str
    description: str
    columns: tuple[Column, ...]
    has_history: bool = False
    private: bool = False


class View(msgspec.Struct, frozen=True):
    """A view of views.sql. `columns`: descriptions of those that no table describes under the same name."""

    name: str
    description: str
    columns: dict[str, str]
    sql: str


def tables() -> tuple[Table, ...]:
    """Every table of schema.sql that a publication has, in order."""
    return tuple(table for table in _read_tables() if not table.private)


def private_tables() -> dict[str, Table]:
    """The tables of schema.sql that only a work database has, by name."""
    return {table.name: table for table in _read_tables() if table.private}


@lru_cache(maxsize=1)
def _read_tables() -> tuple[Table, ...]:
    """Every table of schema.sql. A line that is not understood is a ValueError (a test reads the file)."""
    found: list[Table] = []
    description = ""
    name: str | None = None
    columns: list[Column] = []
    for number, line in enumerate((_FOLDER / "schema.sql").read_text("utf-8").splitlines(), 1):
        if line.startswith("-- table: "):
            description = line.removeprefix("-- table: ")
        elif match := _CREATE.match(line):
            name, columns = match["name"], []
        elif line == ");" and name:
            found.append(Table(name, description, tuple(columns), _HISTORY_MARK in description,
                               _PRIVATE_MARK in description))
            name, description = None, ""
        elif match := _COLUMN.match(line):
            columns.append(Column(match["name"], match["type"] + (match["null"] or ""), match["text"]))
        elif line and not line.startswith("--"):
            raise ValueError(f"schema.sql:{number}: not understood: {line}")
    return tuple(found)


def history_name(table: str) -> str:
    """Name of the table that holds the earlier versions' rows of `table`."""
    return _HISTORY_NAMES.get(table, f"{table}_history")


def history_of(table: Table) -> Table:
    """The table that holds the rows of earlier page versions of `table`: a version column, then the same ones."""
    version = Column("page_content_hash", "VARCHAR NOT NULL",
                     "key: content hash of the earlier version of the page (page_version)")
    text = table.description.replace(_HISTORY_MARK, "").strip()
    return Table(history_name(table.name), f"Rows of earlier versions of a page: {text[:1].lower()}{text[1:]}",
                 (version, *table.columns))


@lru_cache(maxsize=1)
def all_tables() -> dict[str, Table]:
    """The tables of a publication and their history tables by name."""
    found = {table.name: table for table in tables()}
    found.update({history.name: history for history in map(history_of, (t for t in tables() if t.has_history))})
    return found


@lru_cache(maxsize=1)
def views() -> tuple[View, ...]:
    """Every view of views.sql, in order: `-- view:` line, `-- column NAME: text` lines, the statement."""
    found: list[View] = []
    for block in re.split(r"^-- view: ", (_FOLDER / "views.sql").read_text("utf-8"), flags=re.MULTILINE)[1:]:
        description, _, body = block.partition("\n")
        columns = dict(re.findall(r"^-- column ([a-z_]+): (.+)$", body, flags=re.MULTILINE))
        sql = body[body.index("CREATE VIEW") :]
        name = sql.split(None, 3)[2]
        found.append(View(name, description, columns, sql.rstrip().rstrip(";")))
    return tuple(found)


def volatile_columns() -> dict[str, frozenset[str]]:
    """Per table, the columns that two builds of equal archives need not share."""
    return {
        name: frozenset(column.name for column in table.columns if VOLATILE in column.description)
        for name, table in all_tables().items()
    }


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """Make every table and view with its comments in the (empty) database of `connection`."""
    for table in _every_table():
        columns = ", ".join(f"{column.name} {column.type}" for column in table.columns)
        connection.execute(f"CREATE TABLE {table.name} ({columns})")
    describe(connection)
    connection.execute("INSERT INTO schema_version VALUES (?)", [SCHEMA_VERSION])


def describe(connection: duckdb.DuckDBPyConnection) -> None:
    """Put the comments on tables that are there, and make the views with theirs."""
    described: dict[str, str] = {}
    for table in _every_table():
        connection.execute(f"COMMENT ON TABLE {table.name} IS {quoted(table.description)}")
        for column in table.columns:
            described.setdefault(column.name, column.description)
            connection.execute(f"COMMENT ON COLUMN {table.name}.{column.name} IS {quoted(column.description)}")
    create_views(connection, described)


def _every_table() -> list[Table]:
    return [*all_tables().values(), *private_tables().values()]


def create_views(connection: duckdb.DuckDBPyConnection, described: dict[str, str]) -> None:
    """Make the views; a column without a description of its own takes that of the table column of its name."""
    for view in views():
        connection.execute(view.sql)
        connection.execute(f"COMMENT ON VIEW {view.name} IS {quoted(view.description)}")
        for (column,) in connection.execute(
            "SELECT column_name FROM duckdb_columns() WHERE table_name = ? ORDER BY column_index", [view.name]
        ).fetchall():
            text = view.columns.get(column) or described[column]
            connection.execute(f"COMMENT ON COLUMN {view.name}.{column} IS {quoted(text)}")


_ORDERS = {
    "speaker_positions": "date, item_id, statement_id, topic_id",
    "topic_term": "topic_id, source_id NULLS FIRST, word",
    "topic_argument": "topic_id, source_id NULLS FIRST, year, stance_taken, word",
}


def order_of(view: View) -> str:
    """Order of the rows of a view that becomes a table: that of its columns, where no other is named."""
    return _ORDERS.get(view.name, "ALL")


def materialise(connection: duckdb.DuckDBPyConnection) -> None:
    """Turn the views of the current database into tables of the same names, with the same comments.

    A publication is only read; at a million statements the joins of the views take seconds (tests/scale.py).
    """
    for view in views():
        comments = connection.execute(
            """SELECT column_name, comment FROM duckdb_columns()
            WHERE database_name = current_database() AND table_name = ?""",
            [view.name]).fetchall()
        connection.execute(
            f"CREATE TABLE materialised AS SELECT * FROM {view.name} ORDER BY {order_of(view)}")  # noqa: S608
        connection.execute(f"DROP VIEW {view.name}")
        connection.execute(f"ALTER TABLE materialised RENAME TO {view.name}")
        connection.execute(f"COMMENT ON TABLE {view.name} IS {quoted(view.description)}")
        for name, text in comments:
            connection.execute(f"COMMENT ON COLUMN {view.name}.{name} IS {quoted(text)}")


@lru_cache(maxsize=1)
def layout() -> str:
    """Hash of the statements that make a publication's tables and views: those of another hash are not to be mixed."""
    digest = hashlib.sha256()
    for name in ("schema.sql", "views.sql", "search.sql", "totals.sql"):
        digest.update((_FOLDER / name).read_bytes())
    return digest.hexdigest()[:16]


def quoted(text: str) -> str:
    """`text` as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"
