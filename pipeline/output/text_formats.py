"""Writes rows as text: csv, tsv, json, json lines, Markdown.

Part of `output`; used by `formats`. Rows are read and written in pieces.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import IO, Any

import msgspec

from pipeline.output.result import PIECE, Column
from pipeline.output.values import cells, plain

_json = msgspec.json.Encoder(enc_hook=str)


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
        by_column = [cells(column, values, decimal=decimal)
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
        found = [_markdown_cell(plain(value)) for value in row]
        file.write(f"| {' | '.join(found)} |\n")
    return count


def _markdown_cell(text: str) -> str:
    for character in "\\|`*_<>[]":
        text = text.replace(character, f"\\{character}")
    return " ".join(text.split())


TextWriter = Callable[[Sequence[Column], Iterable[tuple[Any, ...]], IO[str]], int]
TEXT_WRITERS: Mapping[str, TextWriter] = {
    "csv": _csv, "csv-excel": _csv_excel, "tsv": _tsv, "json": _json_array, "jsonl": _json_lines, "md": _markdown,
}
"""By the name of the format."""
