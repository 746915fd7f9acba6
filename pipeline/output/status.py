"""What `auszug status` and `auszug check` tell: the last runs, open problems with their page, and the data checks.

Part of `output`; read-only.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from pathlib import Path

import duckdb
import msgspec

from pipeline.errors import EXIT_FAILED, EXIT_OK, EXIT_PROBLEMS, AuszugError
from pipeline.store.checks import Finding, run_checks
from pipeline.store.database import open_published

_RUNS = 10
"""Runs that are shown: a good week of nightly runs."""


class RunRow(msgspec.Struct, frozen=True):
    """A run. `exit_code` None: it did not finish (it was killed, or still goes on)."""

    run_id: str
    command: str | None
    sources: list[str]
    started_at: dt.datetime
    finished_at: dt.datetime | None
    exit_code: int | None
    pages: int | None
    meetings: int | None
    items: int | None
    statements: int | None
    decisions: int | None
    new_errors: int | None
    known_errors: int | None
    warnings: int | None
    message: str | None


class ProblemRow(msgspec.Struct, frozen=True):
    """An open problem. `place` is the page's address (or key). `new`: the last run found it first."""

    severity: str
    code: str
    place: str
    message: str
    source: str | None
    first_seen: dt.datetime
    last_seen: dt.datetime
    new: bool


class SourceRow(msgspec.Struct, frozen=True):
    """How much of a corpus there is, and how fresh it is."""

    source: str
    title: str | None
    meetings: int
    items: int
    statements: int
    decisions: int
    last_meeting: dt.date | None
    last_fetched: dt.datetime | None


class Status(msgspec.Struct, frozen=True):
    """Corpora, the last runs (the newest first) and open problems (errors first)."""

    sources: list[SourceRow]
    runs: list[RunRow]
    problems: list[ProblemRow]

    @property
    def exit_code(self) -> int:
        """2: the last run published nothing; 1: it found an error for the first time; 0: nothing new is wrong."""
        if self.runs and (self.runs[0].exit_code is None or self.runs[0].exit_code == EXIT_FAILED):
            return EXIT_FAILED
        return EXIT_PROBLEMS if any(p.new and p.severity == "error" for p in self.problems) else EXIT_OK


def status(connection: duckdb.DuckDBPyConnection) -> Status:
    """The status as the database tells it."""
    runs = [RunRow(*row) for row in connection.execute(f"""
        SELECT run_id, command, coalesce(sources, []), started_at, finished_at, exit_code, pages, meetings, items,
            statements, decisions, new_errors, known_errors, warnings, message
        FROM run ORDER BY started_at DESC, run_id DESC LIMIT {_RUNS}""").fetchall()]  # noqa: S608
    last = runs[0].run_id if runs else None
    problems = [ProblemRow(*row) for row in connection.execute("""
        SELECT severity, code, coalesce(p.address, g.address, p.page_id, p.source_id, ''), message, p.source_id,
            first_seen, last_seen, first_run IS NOT DISTINCT FROM ?
        FROM problem AS p LEFT JOIN page AS g ON g.page_id = p.page_id
        WHERE state = 'open' ORDER BY severity, last_seen DESC, p.source_id, code, problem_id""", [last]).fetchall()]
    sources = [SourceRow(*row) for row in connection.execute("""
        SELECT s.source_id, s.title,
            (SELECT count(*) FROM meeting AS m WHERE m.source_id = s.source_id),
            (SELECT count(*) FROM agenda_item AS i WHERE i.source_id = s.source_id),
            (SELECT count(*) FROM statement AS x JOIN agenda_item AS i ON i.item_id = x.item_id
                WHERE i.source_id = s.source_id),
            (SELECT count(*) FROM decision AS x JOIN agenda_item AS i ON i.item_id = x.item_id
                WHERE i.source_id = s.source_id),
            (SELECT max(date) FROM meeting AS m WHERE m.source_id = s.source_id),
            (SELECT max(last_fetched) FROM page AS p WHERE p.source_id = s.source_id)
        FROM source AS s ORDER BY s.source_id""").fetchall()]
    return Status(sources, runs, problems)


class Checked(msgspec.Struct, frozen=True):
    """What the data checks found. `new`: those that the publication before did not have."""

    findings: list[Finding]
    new: list[Finding]

    @property
    def exit_code(self) -> int:
        """2 with an error (nothing may be published), 1 with a new warning, else 0: what is known alarms once."""
        if any(finding.severity == "error" for finding in self.findings):
            return EXIT_FAILED
        return EXIT_PROBLEMS if self.new else EXIT_OK


def check(connection: duckdb.DuckDBPyConnection, *, former: Path | None = None) -> Checked:
    """Run the data checks on a published database; what the publication `former` had, too, is not new."""
    findings = run_checks(connection)
    known: set[Finding] = set()
    if findings and former is not None and former.is_file():
        with contextlib.suppress(AuszugError), contextlib.closing(open_published(former)) as before:
            known = set(run_checks(before))  # one of an older program tells nothing
    return Checked(findings, [finding for finding in findings if finding not in known])
