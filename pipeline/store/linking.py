"""Computes at the end of a batch what follows from all pages together: runs resolve.sql, then the functions of `link`.

Part of `store`: reads the work database, calls `link` (pure), writes the derived tables and columns. Running
it again changes nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline.store import keys
from pipeline.store.database import WorkDatabase


def link(work: WorkDatabase) -> None:
    """Bring every derived row and column of `work` up to date, in one transaction."""
    with work.transaction():
        _resolve(work)


def _resolve(work: WorkDatabase) -> None:
    connection: Any = work.connection  # the types of create_function differ between DuckDB 1.5 and 2
    for name, function, types in (
        ("paper_key", _paper_key, ["VARCHAR", "VARCHAR", "INTEGER", "VARCHAR"]),
        ("organization_key", _organization_key, ["VARCHAR", "VARCHAR", "VARCHAR", "INTEGER", "VARCHAR"]),
    ):
        connection.create_function(name, function, types, "VARCHAR", null_handling="special")
    try:
        connection.execute((Path(__file__).parent / "resolve.sql").read_text("utf-8"))
    finally:
        connection.remove_function("paper_key")
        connection.remove_function("organization_key")


def _paper_key(source: str, system: str | None, volfdnr: int | None, reference: str | None) -> str:
    return keys.paper_key(source, system, volfdnr=volfdnr, reference=reference, title=None)


def _organization_key(source: str, system: str | None, kind: str | None, number: int | None, name: str | None) -> str:
    return keys.organization_key(source, system, kind=kind, number=number, name=name)
