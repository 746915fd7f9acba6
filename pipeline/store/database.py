"""The databases: the private one that a batch writes, and published ones that are only read.

Part of `store`. Only one process may have a work database open; analysts never see it, they open what
`store.publish` put in place (facts: an open reader would block the writer).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import msgspec
import pyarrow as pa

from pipeline.errors import StoreError
from pipeline.records import Record
from pipeline.store import arrow, schema
from pipeline.store.migrations import migrate

NOT_COMPARED = frozenset({"run", "problem", "publication", "search_document", "search_text"})
"""Tables that equal databases need not share: they tell what happened when, or are made for searching."""

_READ_ONLY = {
    "access_mode": "READ_ONLY",
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "lock_configuration": "true",
}
"""All at once while connecting: one process can open a file several times with equal settings only."""

WORK_MEMORY = "800MB"
"""What DuckDB takes for the work database before it uses the disk instead, as publishing a million statements does."""
_PRIVATE_FOLDER, _PRIVATE_FILE = 0o700, 0o600


class SourceInfo(Record, frozen=True):
    """A corpus, as the database knows it. `name` is the first part of every key."""

    name: str
    title: str | None = None
    body: str | None = None
    url: str | None = None
    topics: tuple[str, ...] = ()


class TopicInfo(Record, frozen=True):
    """A topic, as the database knows it. `name` is what `TopicMention.topic` says."""

    name: str
    title: str | None = None
    description: str | None = None


class Provenance(Record, frozen=True):
    """Where a page came from. `kind`/`outcome` as in `ParsedPage`; `fetched_at` in UTC (ISO 8601, or a datetime).

    `content_hash` is the SHA-256 of the page's records (None where it has none), `payload_hash` that of the
    body as served. `number` is the ALLRIS number in the address, for pages whose record does not tell it.
    """

    address: str
    fetched_at: dt.datetime | str
    outcome: str = "ok"
    system: str | None = None
    kind: str | None = None
    content_hash: str | None = None
    payload_hash: str | None = None
    warc_file: str | None = None
    record_id: str | None = None
    number: int | None = None
    input_hash: str | None = None
    """Hash of all that the rows are made from; None: they are to be made anew by the next batch."""

    @property
    def time(self) -> dt.datetime:
        """`fetched_at` as a naive UTC datetime, as the columns hold it."""
        return utc(self.fetched_at)


def utc(moment: dt.datetime | str) -> dt.datetime:
    """`moment` as a naive datetime in UTC; one without a zone is taken as UTC."""
    value = dt.datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return value if value.tzinfo is None else value.astimezone(dt.UTC).replace(tzinfo=None)


class WorkDatabase:
    """An open work database. `connection` is DuckDB's; `insert` is the only way in which rows get in."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path | None) -> None:
        self.connection = connection
        self.path = path
        self._inside = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database; what was committed is on disk."""
        self.connection.close()

    def interrupt(self) -> None:
        """Break off what the database does; called from another thread, whichever connection it has by then."""
        self.connection.interrupt()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; a transaction inside another is part of the outer one."""
        if self._inside:
            yield
            return
        self.connection.execute("BEGIN TRANSACTION")
        self._inside = True
        try:
            yield
        except BaseException:
            self._inside = False
            self.connection.execute("ROLLBACK")
            raise
        self._inside = False
        self.connection.execute("COMMIT")

    def rows(self, sql: str, parameters: Sequence[object] | Mapping[str, object] | None = None) -> list[dict[str, Any]]:
        """The result of `sql` as dicts."""
        cursor = self.connection.execute(sql, parameters) if parameters else self.connection.execute(sql)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def insert(self, table: str, rows: Sequence[dict[str, Any]]) -> None:
        """Insert `rows` (dicts by column; missing ones are null) in bulk. An unknown column is a KeyError."""
        if not rows:
            return
        self.insert_arrow(table, arrow.table_of(table, rows))

    def insert_arrow(self, table: str, batch: pa.Table) -> None:
        """Insert `batch`, which has the columns of `table` in their order (arrow.table_of)."""
        self.connection.register("incoming", batch)
        try:
            self.connection.execute(f"INSERT INTO {table} SELECT * FROM incoming")  # noqa: S608
        finally:
            self.connection.unregister("incoming")

    def hold(
        self, table: str, rows: Sequence[dict[str, Any]], *, text: Sequence[str], number: Sequence[str] = ()
    ) -> None:
        """Make a temporary table of `rows`, with `text` and `number` columns, for a statement to join."""
        fields = [(name, pa.string()) for name in text] + [(name, pa.float64()) for name in number]
        types = ", ".join([f"{name} VARCHAR" for name in text] + [f"{name} DOUBLE" for name in number])
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} ({types})")
        self.insert_arrow(table, pa.Table.from_pylist(list(rows), schema=pa.schema(fields)))


def open_work(path: Path | None = None) -> WorkDatabase:
    """The work database at `path`, made where there is none, migrated where it is older; None: in memory.

    It is private, as is its folder where that is made here or hidden. Raises StoreError where another process has it
    open, the folder cannot be written, or a newer program made it.
    """
    spilled = path.with_name(f"{path.name}.tmp") if path else Path(tempfile.gettempdir()) / f"auszug-{os.getpid()}.tmp"
    try:
        if path is not None:
            _make_private(path.parent)
        connection = duckdb.connect(
            str(path) if path else ":memory:",
            config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false",
                    "memory_limit": WORK_MEMORY, "temp_directory": str(spilled)},
        )
        if path is not None:
            path.chmod(_PRIVATE_FILE)
    except (duckdb.Error, OSError) as error:
        raise _cannot_open(error, path) from None
    try:
        if not connection.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'schema_version'").fetchall():
            with WorkDatabase(connection, path).transaction():
                schema.create(connection)
        migrate(connection, _version(connection, path), path)
        _check_version(connection, path)
    except BaseException:
        connection.close()
        raise
    return WorkDatabase(connection, path)


def open_published(path: Path, *, memory_limit: str = "1GB") -> duckdb.DuckDBPyConnection:
    """A connection to a published database in which SQL typed by others can do no harm.

    Read-only, no files, no network, no extensions, and the settings locked. Raises StoreError where
    there is none, or it is no database of this program.
    """
    if not path.is_file():
        raise StoreError("there is no database", where=path, remedy="make one with: auszug run (or name one with --db)")
    try:
        connection = duckdb.connect(str(path), config={**_READ_ONLY, "memory_limit": memory_limit})
    except duckdb.Error as error:
        raise _cannot_open(error, path) from None
    try:
        _check_version(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _make_private(folder: Path) -> None:
    """Make the folder of a work database, for its owner only; one that is there is made so if it is hidden."""
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=_PRIVATE_FOLDER, exist_ok=True)
    elif folder.name.startswith(".") and folder.stat().st_mode & 0o077:
        folder.chmod(_PRIVATE_FOLDER)


def _cannot_open(error: duckdb.Error | OSError, path: Path | None) -> StoreError:
    if isinstance(error, OSError):
        return StoreError(f"the database cannot be opened ({error.strerror or error})", where=path,
                          remedy="check the folder's permissions and the free space")
    message = str(error)
    if "Could not set lock" in message:
        return StoreError("another process has the database open", where=path,
                          remedy="wait until it has finished (or end it)")
    first = message.splitlines()[0] if message else "unknown reason"
    return StoreError(f"the database cannot be opened ({first})", where=path,
                      remedy="check the folder's permissions; if the file is damaged, build it anew from the archives: "
                             "delete it, then auszug build")


def _version(connection: duckdb.DuckDBPyConnection, path: Path | None) -> int:
    """The schema version of the database. Raises StoreError where it is none of this program."""
    try:
        found = connection.execute("SELECT version FROM schema_version").fetchall()
    except duckdb.CatalogException:
        found = []
    if len(found) != 1:
        raise StoreError("not a database of this program", where=path, remedy="name another file with --db")
    return int(found[0][0])


def _check_version(connection: duckdb.DuckDBPyConnection, path: Path | None) -> None:
    version = _version(connection, path)
    if version == schema.SCHEMA_VERSION:
        return
    newer = version > schema.SCHEMA_VERSION
    raise StoreError(
        f"the database has schema version {version}, this program reads {schema.SCHEMA_VERSION}", where=path,
        remedy="a newer auszug made it: install that one" if newer else "publish it again with: auszug build")


class Difference(msgspec.Struct, frozen=True):
    """A table whose rows differ: how many are only in the one or the other, and the first of them."""

    table: str
    only_first: int
    only_second: int
    example: str


def differences(first: Path, second: Path) -> list[Difference]:
    """What differs between two databases (work or published) but for volatile columns, `run` and `problem`.

    Empty: they are equal in the sense of the design (the same rows in every table).
    """
    found: list[Difference] = []
    with contextlib.closing(duckdb.connect()) as connection:
        for name, path in (("first_db", first), ("second_db", second)):
            connection.execute(f"ATTACH '{str(path).replace(chr(39), chr(39) * 2)}' AS {name} (READ_ONLY)")
        volatile = schema.volatile_columns()
        for name, table in schema.all_tables().items():
            if name in NOT_COMPARED:
                continue
            columns = ", ".join(c.name for c in table.columns if c.name not in volatile[name])
            one, other = (f"SELECT {columns} FROM {db}.main.{name}" for db in ("first_db", "second_db"))  # noqa: S608
            left = connection.execute(f"({one}) EXCEPT ALL ({other})").fetchall()
            right = connection.execute(f"({other}) EXCEPT ALL ({one})").fetchall()
            if left or right:
                found.append(Difference(name, len(left), len(right), _example([*left, *right])))
    return found


def _example(rows: Iterable[tuple[object, ...]]) -> str:
    return str(min(rows, key=repr))[:300]


def equal_databases(first: Path, second: Path) -> bool:
    """Whether two databases have the same rows in every table (see `differences`)."""
    return not differences(first, second)
