"""Runs the data checks of checks.sql: SQL that returns offending rows and a reason.

Part of `store`; used before anything is published, and by `auszug check` on a published database.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Literal

import duckdb
import msgspec

Severity = Literal["error", "warning"]


_MOST = 1000
"""Findings that one check returns at most: a broken rule breaks everywhere, and the first thousand tell which."""


class Check(msgspec.Struct, frozen=True):
    """A check: `sql` returns (place, reason) for every row that breaks it."""

    name: str
    severity: Severity
    promise: str
    sql: str


class Finding(msgspec.Struct, frozen=True):
    """A row that breaks a check. `place` is a key of the database."""

    check: str
    severity: Severity
    place: str
    reason: str


_HEADER = re.compile(r"^-- check: ([a-z_]+) \((error|warning)\)$", re.MULTILINE)


@lru_cache(maxsize=1)
def checks() -> tuple[Check, ...]:
    """The checks of checks.sql, in order: `-- check: name (severity)`, `-- promise`, the statement."""
    text = (Path(__file__).parent / "checks.sql").read_text("utf-8")
    parts = _HEADER.split(text)[1:]
    found: list[Check] = []
    for name, severity, body in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        lines = body.strip().splitlines()
        promise = " ".join(line.removeprefix("-- ") for line in lines if line.startswith("-- "))
        sql = "\n".join(line for line in lines if not line.startswith("--")).strip().rstrip(";")
        found.append(Check(name, "error" if severity == "error" else "warning", promise, sql))
    return tuple(found)


def run_checks(connection: duckdb.DuckDBPyConnection) -> list[Finding]:
    """What every check finds, in the order of the checks and of the places."""
    found: list[Finding] = []
    for check in checks():
        rows = connection.execute(f"SELECT place, reason FROM ({check.sql}) ORDER BY ALL LIMIT {_MOST}").fetchall()  # noqa: S608
        found.extend(Finding(check.name, check.severity, str(place), str(reason)) for place, reason in rows)
    return found
