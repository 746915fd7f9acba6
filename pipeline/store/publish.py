"""Checks the work database and puts a copy of it in place for the analysts, by rename.

Part of `store`. A reader that has the old publication open keeps its rows; a new one sees the new
rows. Where a check fails nothing is published and the old publication stays.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import duckdb

from pipeline.errors import CheckFailed, StoreError
from pipeline.store import schema
from pipeline.store.checks import Finding, run_checks
from pipeline.store.database import WorkDatabase

STORAGE_VERSION = "v1.0.0"
"""Storage format that DuckDB 1.5 can read, too; without it a file written by 2.0 is refused there (facts.md)."""

_SHOWN = 5
"""Findings that an error message names; `auszug check` shows all."""


def publish(work: WorkDatabase, target: Path, *, keep: int = 5) -> list[Finding]:
    """Check `work` and make `target` a copy of it. Returns the warnings of the checks.

    The former publication stays beside it as `NAME.1.duckdb` (the newest) to `NAME.<keep - 1>.duckdb`.
    Raises CheckFailed where a check found an error, StoreError where the file cannot be written; the
    publication is then as it was.
    """
    findings = run_checks(work.connection)
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        shown = "; ".join(f"{f.check}: {f.place}: {f.reason}" for f in errors[:_SHOWN])
        more = f"; and {len(errors) - _SHOWN} more" if len(errors) > _SHOWN else ""
        raise CheckFailed(f"data checks found {len(errors)} errors, nothing was published: {shown}{more}",
                          where=work.path, remedy="see them with: auszug check; the last publication stays as it was")
    temporary = target.with_name(f".{target.name}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _remove(temporary)
        _copy(work, temporary)
        _keep_former(target, keep)
        temporary.replace(target)
        _sync_folder(target.parent)
    except (OSError, duckdb.Error) as error:
        with contextlib.suppress(OSError):
            _remove(temporary)
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error).splitlines()[0]
        raise StoreError(f"the database cannot be published ({reason})", where=target,
                         remedy="check the folder's permissions and the free space") from error
    return findings


def publications(target: Path) -> list[Path]:
    """The publications there are, the newest first: `target`, then the former ones."""
    former = []
    number = 1
    while (path := former_publication(target, number)).exists():
        former.append(path)
        number += 1
    return [path for path in (target, *former) if path.exists()]


def former_publication(target: Path, number: int) -> Path:
    """Where the `number`-th publication before the present one lies (1: the last one)."""
    return target.with_name(f"{target.stem}.{number}{target.suffix}")


def _copy(work: WorkDatabase, temporary: Path) -> None:
    connection = work.connection
    name = connection.execute("SELECT current_database()").fetchall()[0][0]
    quoted = str(temporary).replace("'", "''")
    connection.execute(f"ATTACH '{quoted}' AS publication (STORAGE_VERSION '{STORAGE_VERSION}')")
    try:
        connection.execute(f'COPY FROM DATABASE "{name}" TO publication')
        connection.execute("USE publication")
        for table in schema.private_tables():
            connection.execute(f"DROP TABLE {table}")
        connection.execute((Path(__file__).parent / "search.sql").read_text("utf-8"))
        schema.materialise(connection)
        connection.execute("CHECKPOINT publication")
    finally:
        connection.execute(f'USE "{name}"')
        connection.execute("DETACH publication")
    with temporary.open("rb") as written:
        os.fsync(written.fileno())


def _keep_former(target: Path, keep: int) -> None:
    """Number the former publications one up; hard links, so that `target` is never missing for a reader."""
    if not target.exists():
        return
    for path in publications(target)[max(keep, 1) :]:
        path.unlink()
    if keep < 2:
        return
    _remove(former_publication(target, keep - 1))
    for number in range(keep - 2, 0, -1):
        path = former_publication(target, number)
        if path.exists():
            path.replace(former_publication(target, number + 1))
    last = former_publication(target, 1)
    try:
        os.link(target, last)
    except OSError:  # a file system without hard links
        last.write_bytes(target.read_bytes())


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.with_name(f"{path.name}.wal").unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
