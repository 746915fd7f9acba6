"""How a batch ended, in one line: for grep (`auszug-summary key=value ...`) and for programs (JSON).

Fields may be added; none may go. Part of `output`; called by `cli`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from pipeline.errors import AuszugError

if TYPE_CHECKING:
    from pipeline.build import Summary

PREFIX = "auszug-summary"
_COUNTS = ("pages", "meetings", "items", "statements", "decisions", "new_errors", "known_errors", "warnings")
_HARVEST = {"fetched": "requests", "new": "new", "changed": "changed", "failed": "failed"}


def facts(command: str, corpora: Sequence[str], outcome: Summary | AuszugError) -> dict[str, object]:
    """The fields of the line: `exit`, `command`, `corpora`; then the counts, or the message of what failed."""
    begin: dict[str, object] = {"exit": outcome.exit_code, "command": command, "corpora": list(corpora)}
    if isinstance(outcome, AuszugError):
        return {**begin, "message": str(outcome)}
    counts = {name: getattr(outcome, name) for name in _COUNTS}
    harvest = {name: sum(getattr(report, field) for report in outcome.harvests) for name, field in _HARVEST.items()}
    return {**begin, **counts, **(harvest if outcome.harvests else {}), "seconds": round(outcome.seconds, 1),
            "database": str(outcome.database) if outcome.database else None}


def text_line(found: dict[str, object]) -> str:
    """`auszug-summary exit=0 command=run corpora=tal,berg ...`; values with spaces are quoted as in JSON."""
    return " ".join([PREFIX, *(f"{key}={_value(value)}" for key, value in found.items())])


def json_line(found: dict[str, object]) -> str:
    """The same as one JSON object."""
    return msgspec.json.encode({"summary": found}).decode()


def _value(value: object) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    if value is None:
        return "-"
    text = str(value)
    return text if re.fullmatch(r"[^\s\"=]+", text) else json.dumps(text, ensure_ascii=False)
