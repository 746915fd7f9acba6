"""What a batch did, as `run` and `build` return it."""

from __future__ import annotations

from pathlib import Path

from pipeline.harvest import RunReport
from pipeline.records import Record


class Summary(Record, frozen=True, kw_only=True):
    """What a batch did. `database` None: a dry run. `exit_code` as in the contracts."""

    corpora: tuple[str, ...]
    database: Path | None
    pages: int
    meetings: int
    items: int
    statements: int
    decisions: int
    extracted: int = 0
    """Items that were read anew; the others were in the database as they are."""
    new_errors: int
    known_errors: int
    warnings: int
    exit_code: int
    seconds: float
    build_seconds: float = 0.0
    """Of `seconds`, those after the harvest."""
    harvests: tuple[RunReport, ...] = ()
