"""A result as a table for people: on a terminal cut to its width, in a file as wide as needed.

Part of `output`; used by `formats`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO, Any

from pipeline.errors import QueryError
from pipeline.output.result import Column, Result
from pipeline.output.values import plain


def table_on_screen(result: Result, screen: IO[str], *, limit: int | None, most: int) -> int:
    """A table; a card a row where the terminal is too narrow. `limit` None: no terminal, as wide as needed.

    Returns the number of rows. Raises QueryError for more than `most`: a table is laid out as a whole.
    """
    from rich.console import Console

    console = Console(file=screen, highlight=False, width=None if limit is not None else 10_000)
    rows: list[list[str]] = []
    more = False
    for row in result.rows():
        if limit is not None and len(rows) >= limit:
            more = True
            break
        if len(rows) >= most:
            raise QueryError(f"more than {most:,} rows, too many for a table", remedy="take csv, json or parquet")
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
