"""Workbooks for Excel: real types, a frozen and filtered header, the codebook as a sheet of its own.

Part of `output`; used by `formats` and `export`. Rows go to the file as they come.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.errors import ExportError
from pipeline.output.result import Column, Result
from pipeline.output.values import harmless, plain

_ROWS = 1_048_575
"""Rows of data that a worksheet of Excel holds, besides the header."""
_CELLS = 20_000_000
"""Cells that a sheet gets: some 2 GB of XML, which takes Excel and LibreOffice minutes and most of 16 GB to open."""
_CELL = 32_767
"""Characters that a cell of Excel holds."""
_CREATED = dt.datetime(2000, 1, 1)
"""Date of making in workbooks, fixed so that the same rows give the same bytes."""


@contextlib.contextmanager
def workbook(path: Path) -> Iterator[Any]:
    """A workbook that is written when the block ends. Raises OSError where that fails."""
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError, FileSizeError

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
        except (FileCreateError, FileSizeError) as error:
            raise OSError(str(error)) from None


def add_sheet(book: Any, name: str, result: Result) -> int:
    """Add `result` as a sheet with a frozen, filtered header, and its codebook as another. Returns the rows.

    Raises ExportError, at once, where there are more than a sheet or those who open it can bear.
    """
    most = min(_ROWS, _CELLS // max(len(result.columns), 1))
    if (rows := result.count()) is not None and rows > most:
        raise _too_large(rows, most)
    bold = book.add_format({"bold": True})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet = book.add_worksheet(name[:31])
    sheet.freeze_panes(1, 0)
    for index, column in enumerate(result.columns):
        sheet.set_column(index, index, 48 if column.name in {"quote", "text", "item_title"} else 16)
    sheet.write_row(0, 0, [column.name for column in result.columns], bold)
    count = cut = 0
    for count, row in enumerate(result.rows(), 1):
        if count > most:
            raise _too_large(count, most)
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
        warning = f"{cut} cells were longer than {_CELL:,} characters and are cut"
        notes.write_string(len(result.columns) + 2, 0, warning)
    return count


def _too_large(rows: int, most: int) -> ExportError:
    return ExportError(f"{rows:,} rows are too many for a worksheet: with so many columns it gets {most:,}",
                       remedy="take parquet, csv or jsonl (of a query: or filter)")


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
            sheet.write_string(row, index, text[:_CELL])
        return int(len(text) > _CELL)
    return 0
