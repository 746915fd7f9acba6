"""The result of a query: described columns, and rows that are read in pieces.

Part of `output`; made by `query`, `sql` and `export`, written by `formats`.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import duckdb
import msgspec
import pyarrow as pa

from pipeline.errors import QueryError

PIECE = 10_000
"""Rows read at a time: some 10 MB of speaker positions, so that a million rows need no more than ten thousand."""


_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UBIGINT", "UINTEGER", "DOUBLE", "FLOAT", "DECIMAL")


class Column(msgspec.Struct, frozen=True):
    """A column of a result: name, DuckDB type (`VARCHAR`, `DATE`, `VARCHAR[]`), description where there is one."""

    name: str
    type: str
    description: str | None = None

    @property
    def is_text(self) -> bool:
        """Whether its values come from texts (and so may begin with what a spreadsheet takes for a formula)."""
        return self.type.startswith("VARCHAR") or self.type.endswith("[]")

    @property
    def is_number(self) -> bool:
        """Whether its values are numbers."""
        return self.type.startswith(_NUMBERS) and not self.type.endswith("[]")


class Result:
    """Columns and rows of a statement; the rows can be read once, as tuples or as Arrow batches."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, sql: str, parameters: dict[str, Any] | None = None,
        descriptions: dict[str, str] | None = None, *, title: str | None = None, where: str | None = None,
    ) -> None:
        """Runs `sql`. Raises QueryError where it fails (so do `rows` and `batches`); `where` names it there."""
        self.title = title
        self._where = where
        self._change: Callable[[tuple[Any, ...]], tuple[Any, ...]] | None = None
        self._reorder = False
        self._connection: Any = connection
        self._statement = sql, parameters
        known = descriptions or {}
        with self._explained():
            self._cursor: Any = connection.execute(sql, parameters) if parameters else connection.execute(sql)
        self.columns = tuple(
            Column(name, str(kind), known.get(name)) for name, kind, *_ in self._cursor.description or ()
        )

    def change(self, change: Callable[[tuple[Any, ...]], tuple[Any, ...]], *, reorder: bool = False) -> None:
        """Let `change` make each row another one of the same columns. `reorder`: sort the changed rows (in memory)."""
        self._change, self._reorder = change, reorder

    def count(self) -> int | None:
        """The number of its rows, without reading them; None where the statement is no query."""
        sql, parameters = self._statement
        counting = self._connection.cursor()
        try:
            return int(counting.execute(f"SELECT count(*) FROM ({sql}\n)", parameters or {}).fetchone()[0])  # noqa: S608
        except duckdb.Error:
            return None
        finally:
            counting.close()

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """The rows, one by one."""
        with self._explained():
            yield from self._changed(self._plain_rows())

    def _plain_rows(self) -> Iterator[tuple[Any, ...]]:
        exact = any(column.type.startswith("DECIMAL") for column in self.columns)
        while piece := self._cursor.fetchmany(PIECE):
            yield from map(_with_floats, piece) if exact else piece

    def _changed(self, rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
        if self._change is None:
            return rows
        changed = map(self._change, rows)
        return iter(sorted(changed, key=lambda row: tuple(map(str, row)))) if self._reorder else changed

    def batches(self) -> pa.RecordBatchReader:
        """The rows as Arrow batches."""
        with self._explained():
            if hasattr(self._cursor, "abort"):
                # DuckDB 2 would copy the whole result of execute() (2 GB for a million positions): asked for in pieces
                self._cursor.abort()
                sql, parameters = self._statement
                reader = self._connection.sql(sql, params=parameters).to_arrow_reader(PIECE)
            else:
                reader = self._cursor.fetch_record_batch(PIECE)  # DuckDB 1.5
            return reader if self._change is None else self._changed_batches(reader)

    def _changed_batches(self, reader: pa.RecordBatchReader) -> pa.RecordBatchReader:
        """The batches of `reader` with their rows changed."""
        rows = self._changed(row for batch in reader
                             for row in zip(*(column.to_pylist() for column in batch.columns), strict=True))

        def made() -> Iterator[pa.RecordBatch]:
            while piece := list(itertools.islice(rows, PIECE)):
                cells = [pa.array(column, type=field.type)
                         for column, field in zip(zip(*piece, strict=True), reader.schema, strict=True)]
                yield pa.record_batch(cells, schema=reader.schema)

        return pa.RecordBatchReader.from_batches(reader.schema, made())

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except duckdb.Error as error:
            raise explained(error, self._where) from None


def _with_floats(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """`row` with DECIMAL values as floats, which every format can write as numbers."""
    return tuple(float(value) if isinstance(value, Decimal) else value for value in row)


def explained(error: duckdb.Error, where: str | None) -> QueryError:
    """DuckDB's message in one line, with what to do next."""
    lines = [line.strip() for line in str(error).splitlines()]
    message = " ".join(line for line in lines if line and not line.startswith("^"))
    if isinstance(error, duckdb.InterruptException):
        return QueryError("stopped", where=where)
    if any(words in message for words in ("read-only mode", "configuration has been locked", "disabled by config")):
        remedy = "a published database is only read, without files and network; write results with -o FILE"
    elif isinstance(error, (duckdb.CatalogException, duckdb.BinderException)):
        remedy = "tables and columns: auszug sql \"SELECT table_name, comment FROM duckdb_views() WHERE NOT internal\""
    elif isinstance(error, duckdb.OutOfMemoryException):
        remedy = "ask for less: filter or aggregate"
    else:
        remedy = None
    return QueryError(message[:600], where=where, remedy=remedy)
