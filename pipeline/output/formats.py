"""Writes a result in every format: table, csv, tsv, json, jsonl, parquet, xlsx, md.

Part of `output`. Rows are read and written in pieces, so that a million need no more memory than ten thousand. A file
appears under its name only when it is whole. The same rows give the same bytes.
"""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import ExportError, QueryError
from pipeline.output.result import PIECE, Column, Result

QUERY_FORMATS = ("table", "csv", "json", "parquet", "xlsx", "md")
"""The formats of `auszug query` and `auszug sql`."""

SHOWN = 200
"""Rows of a table on a terminal: some ten screens; more is for a file."""
MOST_ON_TERMINAL = 10_000
"""Rows that a terminal gets in the other formats, before it is asked to take a file."""
_XLSX_ROWS = 1_048_575
"""Rows of data that a worksheet of Excel holds, besides the header."""
_XLSX_CELL = 32_767
"""Characters that a cell of Excel holds."""
_FORMULA = ("=", "+", "-", "@")
_DANGEROUS = frozenset((*_FORMULA, *map(chr, range(32)), chr(127)))
"""What a text must not begin with in a spreadsheet (see `harmless`)."""
_REMEMBERED = 10_000
"""Different values of a column whose text is remembered while a piece is written."""
_CREATED = dt.datetime(2000, 1, 1)
"""Date of making in workbooks, fixed so that the same rows give the same bytes."""

_json = msgspec.json.Encoder(enc_hook=str)


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
        return _table_on_screen(result, screen, limit=SHOWN if is_terminal else None)
    if format_name in _BINARY:
        raise ExportError(f"{format_name} is not for the screen", remedy=f"name a file: -o result.{format_name}")
    rows = _limited(result.rows()) if is_terminal else result.rows()
    return _TEXT_WRITERS[format_name](result.columns, rows, screen)


def write_file(result: Result, format_name: str, output: Path) -> int:
    """Write `result` to `output`, which appears when it is whole. Returns the number of rows."""
    with whole_file(output) as temporary:
        return _FILE_WRITERS[format_name](result, temporary)


@contextlib.contextmanager
def whole_file(output: Path) -> Iterator[Path]:
    """A temporary path beside `output` that takes its name when all went well. Raises ExportError in one line."""
    temporary = output.with_name(f".{output.name}.part")
    try:
        yield temporary
        temporary.replace(output)
    except OSError as error:
        raise ExportError(f"cannot be written ({error.strerror or error})", where=output,
                          remedy="choose another path, or check the folder and the free space") from None
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _limited(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    for count, row in enumerate(rows):
        if count >= MOST_ON_TERMINAL:
            raise QueryError(f"more than {MOST_ON_TERMINAL:,} rows, too many for a terminal",
                             remedy="write them to a file: -o FILE (or filter with -p)")
        yield row


# --------------------------------------------------------------------------- values

def plain(value: Any) -> str:
    """`value` as text: dates in ISO form, lists joined by `; `, nothing for null."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, (list, tuple)):
        return "; ".join(plain(part) for part in value)
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return str(value)


def harmless(text: str) -> str:
    """`text` with an apostrophe before it where a spreadsheet would take it for a formula or a command.

    That is a text beginning with `= + - @` or a control character (OWASP, CSV injection).
    """
    return f"'{text}" if text[:1] in _DANGEROUS else text


def _cells(column: Column, values: Iterable[Any], *, decimal: str) -> Iterable[Any]:
    """The cells of `column` for CSV; what the csv module writes right by itself (null, whole numbers) stays."""
    if column.type == "VARCHAR":
        return [text if text is None or text[:1] not in _DANGEROUS else f"'{text}" for text in values]
    if column.is_text:
        return [harmless(plain(value)) for value in values]
    if column.is_number and column.type not in ("DOUBLE", "FLOAT") and not column.type.startswith("DECIMAL"):
        return values
    known: dict[Any, str] = {}  # days and confidences repeat
    found = []
    for value in values:
        text = known.get(value)
        if text is None:
            text = plain(value)
            if decimal != "." and isinstance(value, float):
                text = text.replace(".", decimal)
            if len(known) < _REMEMBERED:
                known[value] = text
        found.append(text)
    return found


# ---------------------------------------------------------------------- text formats

def _csv(columns: Sequence[Column], rows: Iterable[tuple[Any, ...]], file: IO[str]) -> int:
    return _delimited(columns, rows, file, ",")


def _csv_excel(columns: Sequence[Column], rows: Iterable[tuple[Any, ...]], file: IO[str]) -> int:
    file.write("\ufeff")
    return _delimited(columns, rows, file, ";", decimal=",")


def _tsv(columns: Sequence[Column], rows: Iterable[tuple[Any, ...]], file: IO[str]) -> int:
    return _delimited(columns, rows, file, "\t")


def _delimited(
    columns: Sequence[Column], rows: Iterable[tuple[Any, ...]], file: IO[str], delimiter: str, *, decimal: str = "."
) -> int:
    writer = csv.writer(file, delimiter=delimiter, lineterminator="\r\n" if delimiter != "\t" else "\n")
    writer.writerow([column.name for column in columns])
    count = 0
    pending = iter(rows)
    while piece := list(itertools.islice(pending, PIECE)):
        by_column = [_cells(column, values, decimal=decimal)
                     for column, values in zip(columns, zip(*piece, strict=True), strict=True)]
        writer.writerows(zip(*by_column, strict=True))
        count += len(piece)
    return count


def _objects(columns: Sequence[Column], rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    names = [column.name for column in columns]
    for row in rows:
        yield _json.encode(dict(zip(names, row, strict=True))).decode()


def _json_lines(columns: Sequence[Column], rows: Iterable[tuple[Any, ...]], file: IO[str]) -> int:
    count = 0
    for line in _objects(columns, rows):
        file.write(f"{line}\n")
        count += 1
    return count


def _json_array(columns: Sequence[Column], rows: Iterable[tuple[Any, ...]], file: IO[str]) -> int:
    file.write("[")
    count = 0
    for count, line in enumerate(_objects(columns, rows), 1):
        file.write(f"{',' if count > 1 else ''}\n{line}")
    file.write("\n]\n")
    return count


def _markdown(columns: Sequence[Column], rows: Iterable[tuple[Any, ...]], file: IO[str]) -> int:
    file.write(f"| {' | '.join(column.name for column in columns)} |\n")
    file.write(f"|{'|'.join('---:' if column.is_number else '---' for column in columns)}|\n")
    count = 0
    for row in rows:
        count += 1
        cells = [_markdown_cell(plain(value)) for value in row]
        file.write(f"| {' | '.join(cells)} |\n")
    return count


def _markdown_cell(text: str) -> str:
    for character in "\\|`*_<>[]":
        text = text.replace(character, f"\\{character}")
    return " ".join(text.split())


_TextWriter = Callable[[Sequence[Column], Iterable[tuple[Any, ...]], IO[str]], int]
_TEXT_WRITERS: dict[str, _TextWriter] = {
    "csv": _csv, "csv-excel": _csv_excel, "tsv": _tsv, "json": _json_array, "jsonl": _json_lines, "md": _markdown,
}
_BINARY = frozenset({"parquet", "xlsx"})


# -------------------------------------------------------------------------- terminal

def _table_on_screen(result: Result, screen: IO[str], *, limit: int | None) -> int:
    """A table; a card a row where the terminal is too narrow. `limit` None: no terminal, as wide as needed."""
    from rich.console import Console

    console = Console(file=screen, highlight=False, width=None if limit is not None else 10_000)
    rows: list[list[str]] = []
    more = False
    for row in result.rows():
        if limit is not None and len(rows) >= limit:
            more = True
            break
        rows.append([_printable(_rounded(value)) for value in row])
    if result.title:
        console.print(result.title, style="bold", markup=False)
    if not rows:
        console.print("no rows")
    elif limit is not None and _least_width(result.columns, rows) > console.width:
        _cards(result.columns, rows, console)
    else:
        _grid(result.columns, rows, console)
    if more:
        console.print(f"the first {limit:,} rows; write all to a file with -o FILE (csv, json, parquet, xlsx, md)")
    return len(rows)


_NARROW = 20
"""Characters that a column of texts needs at least to be readable (*Jugendhilfeausschuss* has 20)."""


def _least_width(columns: Sequence[Column], rows: list[list[str]]) -> int:
    total = 0
    for index, column in enumerate(columns):
        longest = max(len(row[index]) for row in rows)
        word = max(map(len, column.name.split("_")))
        total += max(word, min(longest, _NARROW) if column.is_text else longest) + 2
    return total


def _grid(columns: Sequence[Column], rows: list[list[str]], console: Any) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for index, column in enumerate(columns):
        longest = max(len(row[index]) for row in rows)
        table.add_column(column.name.replace("_", " "), justify="right" if column.is_number else "left",
                         no_wrap=not column.is_text, overflow="fold", min_width=min(longest, _NARROW))
    for row in rows:
        table.add_row(*map(Text, row))
    console.print(table)


def _cards(columns: Sequence[Column], rows: list[list[str]], console: Any) -> None:
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    for row in rows:
        card = Table.grid(padding=(0, 2, 0, 0))
        card.add_column(style="bold", no_wrap=True)
        card.add_column(overflow="fold")
        for column, cell in zip(columns, row, strict=True):
            if cell:
                card.add_row(column.name.replace("_", " "), Text(cell))
        console.print(Padding(card, (0, 0, 1, 0)))


def _rounded(value: Any) -> str:
    return f"{value:.2f}" if isinstance(value, float) else plain(value)


def _printable(text: str) -> str:
    """Without control characters: what pages say must not steer a terminal."""
    return "".join(c if c in "\n\t" or c.isprintable() else " " for c in text)


# ------------------------------------------------------------------------------ files

def _text_file(name: str) -> Callable[[Result, Path], int]:
    def write(result: Result, path: Path) -> int:
        with path.open("w", encoding="utf-8", newline="") as file:
            return _TEXT_WRITERS[name](result.columns, result.rows(), file)

    return write


def _table_file(result: Result, path: Path) -> int:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        return _table_on_screen(result, file, limit=None)


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


@contextlib.contextmanager
def workbook(path: Path) -> Iterator[Any]:
    """A workbook that is written when the block ends. Raises OSError where that fails."""
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    book = xlsxwriter.Workbook(str(path), {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd", "nan_inf_to_errors": True,
    })
    book.set_properties({"created": _CREATED})
    try:
        yield book
    finally:
        try:
            book.close()
        except FileCreateError as error:
            raise OSError(str(error)) from None


def add_sheet(book: Any, name: str, result: Result) -> int:
    """Add `result` as a sheet with a frozen, filtered header, and its codebook as another. Returns the rows."""
    bold = book.add_format({"bold": True})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet = book.add_worksheet(name[:31])
    sheet.freeze_panes(1, 0)
    for index, column in enumerate(result.columns):
        sheet.set_column(index, index, 48 if column.name in {"quote", "text", "item_title"} else 16)
    sheet.write_row(0, 0, [column.name for column in result.columns], bold)
    count = cut = 0
    for count, row in enumerate(result.rows(), 1):
        if count > _XLSX_ROWS:
            raise ExportError(f"a worksheet holds {_XLSX_ROWS:,} rows, there are more",
                              remedy="take csv or parquet, or filter")
        for index, (column, value) in enumerate(zip(result.columns, row, strict=True)):
            cut += _write_cell(sheet, count, index, column, value, moment)
    if result.columns:
        sheet.autofilter(0, 0, count, len(result.columns) - 1)
    notes = book.add_worksheet(f"{name[:22]} codebook")
    notes.set_column(0, 0, 24)
    notes.set_column(1, 1, 100)
    notes.write_row(0, 0, ["column", "meaning"], bold)
    for index, column in enumerate(result.columns, 1):
        notes.write_row(index, 0, [column.name, column.description or ""])
    if cut:
        warning = f"{cut} cells were longer than {_XLSX_CELL:,} characters and are cut"
        notes.write_string(len(result.columns) + 2, 0, warning)
    return count


def _write_cell(sheet: Any, row: int, index: int, column: Column, value: Any, moment: Any) -> int:
    """Write a cell with its real type. Returns 1 where a text had to be cut."""
    if value is None:
        return 0
    if isinstance(value, bool):
        sheet.write_boolean(row, index, value)
    elif isinstance(value, (int, float)):
        sheet.write_number(row, index, value)
    elif isinstance(value, dt.datetime):
        sheet.write_datetime(row, index, value.replace(tzinfo=None), moment)
    elif isinstance(value, dt.date):
        sheet.write_datetime(row, index, dt.datetime(value.year, value.month, value.day))
    else:
        text = harmless(plain(value)) if column.is_text else plain(value)
        if text:
            sheet.write_string(row, index, text[:_XLSX_CELL])
        return int(len(text) > _XLSX_CELL)
    return 0


_FILE_WRITERS: dict[str, Callable[[Result, Path], int]] = {
    "table": _table_file, "parquet": _parquet, "xlsx": _xlsx, **{name: _text_file(name) for name in _TEXT_WRITERS},
}
