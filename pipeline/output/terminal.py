"""A result as a table for people: on a terminal cut to its width, in a file as wide as needed.

Part of `output`; used by `formats`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO, TYPE_CHECKING, Any, NoReturn

from pipeline.errors import QueryError
from pipeline.output.result import Column, Result
from pipeline.output.values import plain

if TYPE_CHECKING:
    from rich.console import Console


def table_on_screen(result: Result, screen: IO[str], *, limit: int | None, most: int) -> int:
    """A table; a card a row where the terminal is too narrow. `limit` None: no terminal, as wide as needed.

    Returns the number of rows. Raises QueryError for more than `most`: a table is laid out as a whole.
    """
    console = a_console(screen, width=None if limit is not None else 10_000)
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
        if {column.name for column in result.columns} >= _PLACE:
            _concordance(result.columns, rows, console)
        else:
            _cards(result.columns, rows, console)
    else:
        _grid(result.columns, rows, console)
    if more:
        console.print(f"the first {limit:,} rows; write all to a file with -o FILE (csv, json, parquet, xlsx, md)")
    return len(rows)


def a_console(file: IO[str], *, width: int | None = None) -> Console:
    """A console of rich. A reader who has enough (head, less) ends it with BrokenPipeError; rich's own exits with 1."""
    from rich.console import Console

    class OnFile(Console):
        def on_broken_pipe(self) -> NoReturn:
            raise BrokenPipeError

    return OnFile(file=file, highlight=False, width=width)


_GAP = 2
"""Blanks between two columns."""
_NARROW = 20
"""Characters that a column of texts needs at least to be readable (*Jugendhilfeausschuss* has 20)."""


def _least_width(columns: Sequence[Column], rows: list[list[str]]) -> int:
    return sum(_least(column, [row[index] for row in rows]) + _GAP for index, column in enumerate(columns))


def _least(column: Column, cells: Sequence[str]) -> int:
    """Characters that a column needs: numbers and days whole, of texts and headings the longest word."""
    heading = max(map(len, _label(column).split()))
    if not column.is_text:
        return max(heading, *map(len, cells))
    return max(heading, min(max((len(word) for cell in cells for word in cell.split()), default=0), _NARROW))


def _widths(columns: Sequence[Column], rows: list[list[str]], most: int) -> list[int]:
    """The width of each column: what it needs, and of what is left of `most` the same for all that can use more."""
    widths, wanted = [], []
    for index, column in enumerate(columns):
        cells = [row[index] for row in rows]
        widths.append(_least(column, cells))
        wanted.append(max(len(_label(column)), *map(len, cells)))
    left = most - sum(widths) - _GAP * len(widths)
    while left > 0 and (open_ := [index for index, width in enumerate(widths) if width < wanted[index]]):
        share = max(left // len(open_), 1)
        for index in open_[:left]:
            more = min(share, wanted[index] - widths[index])
            widths[index] += more
            left -= more
    return widths


def _label(column: Column) -> str:
    """The heading of a column; what is no plain name (`count_star()` of free SQL) stays as it is."""
    return column.name.replace("_", " ") if column.name.isidentifier() else column.name


def _grid(columns: Sequence[Column], rows: list[list[str]], console: Any) -> None:
    from rich.table import Table
    from rich.text import Text

    is_kwic = {column.name for column in columns} >= _PLACE
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, _GAP, 0, 0))
    for column, width in zip(columns, _widths(columns, rows, console.width), strict=True):  # rich's own leave some out
        table.add_column(_label(column), overflow="fold", width=width,
                         justify="right" if column.is_number or (is_kwic and column.name == "before") else "left")
    for row in rows:
        table.add_row(*(Text(" ".join(cell.split()) if "\n" in cell else cell) for cell in row))
    console.print(table)


_PLACE = frozenset({"date", "before", "keyword", "after"})
"""The columns of words in their context."""


def _concordance(columns: Sequence[Column], rows: list[list[str]], console: Console) -> None:
    """Words in their context, a line each, the words one below the other; the context is cut to the width."""
    from rich.text import Text

    at = {column.name: index for index, column in enumerate(columns)}
    days = max(len(row[at["date"]]) for row in rows)
    side = max((console.width - days - 1 - max(len(row[at["keyword"]]) for row in rows)) // 2, 1)
    for row in rows:
        before, keyword, after = (" ".join(row[at[name]].split("\n")) for name in ("before", "keyword", "after"))
        line = Text.assemble(f"{row[at['date']]:<{days}} {before[-side:]:>{side}}", (keyword, "bold"), after[:side])
        console.print(line, no_wrap=True, overflow="crop")
    console.print("committee, item, speakers and address of each: --format csv, or -o FILE")


def _cards(columns: Sequence[Column], rows: list[list[str]], console: Any) -> None:
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    for row in rows:
        card = Table.grid(padding=(0, 2, 0, 0))
        card.add_column(style="bold", no_wrap=True)
        card.add_column(overflow="fold")
        for label, text in _lines(columns, row):
            card.add_row(label, Text(text))
        console.print(Padding(card, (0, 0, 1, 0)))


def _lines(columns: Sequence[Column], row: list[str]) -> list[tuple[str, str]]:
    """Label and text of each line of a card. Numbers that follow each other share one: a card is to be short."""
    lines: list[tuple[str, str]] = []
    after_number = False
    for column, cell in zip(columns, row, strict=True):
        if not cell:
            continue
        if after_number and column.is_number:
            label, text = lines.pop()
            lines.append((label, f"{text} · {_label(column)} {cell}"))
        else:
            lines.append((_label(column), cell))
        after_number = column.is_number
    return lines


def _rounded(value: Any) -> str:
    return f"{value:.2f}" if isinstance(value, float) else plain(value)


def _printable(text: str) -> str:
    """Without control characters: what pages say must not steer a terminal."""
    return "".join(c if c in "\n\t" or c.isprintable() else " " for c in text)
