"""Values as text, and what keeps a spreadsheet from running them.

Part of `output`; pure. Used by every format.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from pipeline.output.result import Column

_FORMULA = ("=", "+", "-", "@")
_DANGEROUS = frozenset((*_FORMULA, *map(chr, range(32)), chr(127)))
"""What a text must not begin with in a spreadsheet (see `harmless`)."""
_REMEMBERED = 10_000
"""Different values of a column whose text is remembered while a piece is written."""


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


def cells(column: Column, values: Iterable[Any], *, decimal: str) -> Iterable[Any]:
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
