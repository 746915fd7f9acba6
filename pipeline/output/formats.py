"""Writes a result in every format: table, csv, tsv, json, jsonl, parquet, xlsx, md.

Part of `output`; the formats are in `text_formats`, `terminal` and `xlsx`, Parquet is here. Rows are read and written
in pieces, so that a million need no more memory than ten thousand. A file appears under its name only when it is whole.
The same rows give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import ExportError, QueryError
from pipeline.output.result import Result
from pipeline.output.terminal import table_on_screen
from pipeline.output.text_formats import TEXT_WRITERS
from pipeline.output.whole_files import whole_file
from pipeline.output.xlsx import add_sheet, workbook

QUERY_FORMATS = ("table", "csv", "json", "parquet", "xlsx", "md")
"""The formats of `auszug query` and `auszug sql`."""

SHOWN = 200
"""Rows of a table on a terminal: some ten screens; more is for a file."""
MOST_ON_TERMINAL = 10_000
"""Rows that a terminal gets in the other formats, before it is asked to take a file; also those of a table elsewhere,
which is laid out as a whole."""


def write_result(
    result: Result, format_name: str, *, output: Path | None, screen: IO[str], is_terminal: bool,
) -> int:
    """Write `result` to the file `output`, else to `screen`. Returns the number of rows.

    Raises QueryError for an unknown format, or for more rows than a terminal can use; ExportError for a file that
    cannot be written, or a format that needs one.
    """
    if format_name not in QUERY_FORMATS and format_name not in _FILE_WRITERS:
        from pipeline.output.query import nearest

        raise QueryError(f"there is no format '{format_name}'",
                         remedy=nearest(format_name, QUERY_FORMATS, f"formats: {', '.join(QUERY_FORMATS)}"))
    if output is not None:
        return write_file(result, format_name, output)
    if format_name == "table":
        return table_on_screen(result, screen, limit=SHOWN if is_terminal else None, most=MOST_ON_TERMINAL)
    if format_name in _BINARY:
        raise ExportError(f"{format_name} is not for the screen", remedy=f"name a file: -o result.{format_name}")
    rows = _limited(result.rows()) if is_terminal else result.rows()
    return TEXT_WRITERS[format_name](result.columns, rows, screen)


def write_file(result: Result, format_name: str, output: Path) -> int:
    """Write `result` to `output`, which appears when it is whole. Returns the number of rows."""
    with whole_file(output) as temporary:
        return _FILE_WRITERS[format_name](result, temporary)


def _limited(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    for count, row in enumerate(rows):
        if count >= MOST_ON_TERMINAL:
            raise QueryError(f"more than {MOST_ON_TERMINAL:,} rows, too many for a terminal",
                             remedy="write them to a file: -o FILE (or filter with -p)")
        yield row


# ------------------------------------------------------------------------------ files

def _text_file(name: str) -> Callable[[Result, Path], int]:
    def write(result: Result, path: Path) -> int:
        with path.open("w", encoding="utf-8", newline="") as file:
            return TEXT_WRITERS[name](result.columns, result.rows(), file)

    return write


def _table_file(result: Result, path: Path) -> int:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        return table_on_screen(result, file, limit=None, most=MOST_ON_TERMINAL)


def _parquet(result: Result, path: Path) -> int:
    reader = result.batches()
    described = {column.name: column.description for column in result.columns}
    fields = [
        field.with_metadata({"description": described[field.name]}) if described.get(field.name) else field
        for field in reader.schema
    ]
    count = 0
    with pq.ParquetWriter(path, pa.schema(fields), compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(pa.RecordBatch.from_arrays(batch.columns, schema=pa.schema(fields)))
            count += batch.num_rows
    return count


def _xlsx(result: Result, path: Path) -> int:
    with workbook(path) as book:
        return add_sheet(book, "data", result)


_BINARY = frozenset({"parquet", "xlsx"})
_FILE_WRITERS: dict[str, Callable[[Result, Path], int]] = {
    "table": _table_file, "parquet": _parquet, "xlsx": _xlsx, **{name: _text_file(name) for name in TEXT_WRITERS},
}
