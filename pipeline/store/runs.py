"""Batches and their problems, as rows of `run` and `problem`.

Part of `store`; `writer` writes the pages in between. A problem is one row however often it is found: what is known
does not alarm again, what is new or comes back does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from pipeline.store.database import WorkDatabase, utc

CORRECTION_PROBLEM = "correction_unfit"
"""Code of the problem that a correction by hand does not fit its text; `corrections` judges these, nobody else."""


class Run:
    """A batch that is going on: its key and what it has counted."""

    def __init__(self, run_id: str, started_at: dt.datetime) -> None:
        self.run_id = run_id
        self.started_at = started_at
        self.counts = {"pages": 0, "meetings": 0, "items": 0, "statements": 0, "decisions": 0}
        self.new_errors: set[str] = set()
        self.known_errors: set[str] = set()
        self.warnings: set[str] = set()


def write_problems(work: WorkDatabase, run: Run, problems: Mapping[str, dict[str, Any]]) -> None:
    """Write `problems` (rows by key, without state and runs) and count in `run` which are new.

    A problem is new if it was not there before, or had been resolved.
    """
    if not problems:
        return
    ids = list(problems)
    sql = "SELECT * FROM problem WHERE problem_id IN (SELECT unnest(?))"
    old = {row["problem_id"]: row for row in work.rows(sql, [ids])}
    found: list[dict[str, Any]] = []
    for problem_id, row in problems.items():
        before = old.get(problem_id)
        again = before is not None and (before["state"] == "open" or before["last_run"] == run.run_id)
        first = before if again else None
        found.append({
            **row, "state": "open", "first_run": first["first_run"] if first else run.run_id, "last_run": run.run_id,
            "first_seen": first["first_seen"] if first else run.started_at, "last_seen": run.started_at,
        })
        new = first is None or first["first_run"] == run.run_id
        if row["severity"] == "warning":
            run.warnings.add(problem_id)
        else:
            (run.new_errors if new else run.known_errors).add(problem_id)
    with work.transaction():
        work.connection.execute("DELETE FROM problem WHERE problem_id IN (SELECT unnest(?))", [ids])
        work.insert("problem", found)


def still_open(work: WorkDatabase, run: Run, which: str, parameters: Sequence[object]) -> None:
    """Problems that are not looked for again are there as before: those that `which` (SQL) holds for."""
    found = work.connection.execute(
        f"""UPDATE problem SET last_run = ?, last_seen = ? WHERE state = 'open' AND last_run <> ? AND code <> ?
        AND {which} RETURNING problem_id, severity""",  # noqa: S608  (a condition of this package)
        [run.run_id, run.started_at, run.run_id, CORRECTION_PROBLEM, *parameters]).fetchall()
    for problem_id, severity in found:
        (run.warnings if severity == "warning" else run.known_errors).add(problem_id)


def count_pages(work: WorkDatabase, run: Run, pages: str, parameters: Sequence[object] = ()) -> None:
    """Add what the database has of `pages` (SQL with a column page_id) to the run's counts."""
    for what, table, column in (("pages", "page", "page_id"), ("meetings", "meeting", "meeting_id"),
                                ("items", "agenda_item", "item_id"), ("statements", "statement", "item_id"),
                                ("decisions", "decision", "item_id")):
        sql = f"SELECT count(*) FROM {table} SEMI JOIN ({pages}) AS p ON p.page_id = {table}.{column}"  # noqa: S608
        run.counts[what] += work.connection.execute(sql, list(parameters)).fetchall()[0][0]


def start_run(
    work: WorkDatabase, *, run_id: str, command: str, version: str, sources: Sequence[str],
    started_at: dt.datetime | str,
) -> Run:
    """Note that a batch begins. A batch that was killed stays without an end, which `status` shows."""
    run = Run(run_id, utc(started_at))
    with work.transaction():
        work.connection.execute("DELETE FROM run WHERE run_id = ?", [run_id])
        work.insert("run", [{"run_id": run_id, "command": command, "version": version, "sources": list(sources),
                             "started_at": run.started_at}])
    return run


class RunSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What a batch did. `new_errors` decides about exit code 1."""

    pages: int
    meetings: int
    items: int
    statements: int
    decisions: int
    new_errors: int
    known_errors: int
    warnings: int
    exit_code: int


def finish_run(
    work: WorkDatabase, run: Run, *, finished_at: dt.datetime | str, exit_code: int | None = None,
    message: str | None = None,
) -> RunSummary:
    """Note that a batch ended. Without `exit_code`: 1 where it has new errors, else 0."""
    errors = len(run.new_errors)
    code = exit_code if exit_code is not None else int(errors > 0)
    summary = RunSummary(
        **run.counts, new_errors=errors, known_errors=len(run.known_errors), warnings=len(run.warnings), exit_code=code,
    )
    values = {**msgspec.structs.asdict(summary), "finished_at": utc(finished_at), "message": message}
    assignments = ", ".join(f"{name} = ?" for name in values)
    work.connection.execute(f"UPDATE run SET {assignments} WHERE run_id = ?",  # noqa: S608  (fields of RunSummary)
                            [*values.values(), run.run_id])
    return summary
