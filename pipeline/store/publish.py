"""Checks the work database and puts a copy of it in place for the analysts, by rename.

Part of `store`. A reader that has the old publication open keeps its rows; a new one sees the new
rows. Where a check fails nothing is published and the old publication stays.

Where only some corpora changed since this work database was last published (`changes`), the new publication is a copy
of the present one in which those of their rows are replaced that changed, and only they are checked; the result has the
same rows as a publication that was written whole.
"""

# ruff: noqa: S608  (names of tables come from schema.sql)

from __future__ import annotations

import contextlib
import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import msgspec

from pipeline import __version__
from pipeline.errors import CheckFailed
from pipeline.store import changes, schema, scope
from pipeline.store.checks import Finding, run_checks
from pipeline.store.database import WorkDatabase
from pipeline.store.derived import derive, derive_again
from pipeline.store.publications import (
    FILE_ERRORS,
    copy_file,
    ensure_publishable,
    errors_told,
    former_publication,
    list_publications,
    publications,
    put_in_place,
    remove,
    rollback,
    temporary_of,
)
from pipeline.store.replace import replace_rows

__all__ = ["ensure_publishable", "former_publication", "list_publications", "publications", "publish", "rollback"]

STORAGE_VERSION = "v1.0.0"
"""Storage format that DuckDB 1.5 can read, too; without it a file written by 2.0 is refused there (facts.md)."""

_SHOWN = 5
"""Findings that an error message names; `auszug check` shows all."""
_MOST_CHANGED = 0.4
"""Share of the agenda items that changed corpora may have for their rows to be compared and replaced: where most of a
database changed, writing it whole takes no longer, and leaves no gaps in the file."""
_MOST_REWRITTEN = 3.0
"""Share of replaced rows after which everything is written anew: replaced rows leave gaps in the file."""
_ALIAS = "publication_file"


class _Stamp(msgspec.Struct, frozen=True):
    """The row of `publication`."""

    publication_id: str
    published_at: dt.datetime | None
    run_id: str | None
    program: str | None
    layout: str | None
    rewritten: float | None


def publish(work: WorkDatabase, target: Path, *, keep: int = 5) -> list[Finding]:
    """Check `work` and make `target` a copy of it. Returns the warnings of the checks, of the corpora that changed.

    The former publication stays beside it as `NAME.1.duckdb` (the newest) to `NAME.<keep - 1>.duckdb`.
    Raises CheckFailed where a check found an error, StoreError where the file cannot be written; the
    publication is then as it was.
    """
    ensure_publishable(target)
    with errors_told(target, "the database cannot be published"):
        changed = changes.to_publish(work)
        stamp, findings = _replace_changed(work, target, changed) or _write_whole(work, target)
        put_in_place(temporary_of(target), target, keep)
    with work.transaction():
        work.connection.execute("DELETE FROM publication")
        work.insert("publication", [msgspec.structs.asdict(stamp)])
        changes.published(work, changed)
    return findings


def _checked(connection: duckdb.DuckDBPyConnection, path: Path | None) -> list[Finding]:
    """What the checks find in what the connection reads now; raises CheckFailed for an error."""
    findings = run_checks(connection)
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        shown = "; ".join(f"{f.check}: {f.place}: {f.reason}" for f in errors[:_SHOWN])
        more = f"; and {len(errors) - _SHOWN} more" if len(errors) > _SHOWN else ""
        raise CheckFailed(f"data checks found {len(errors)} errors, nothing was published: {shown}{more}",
                          where=path, remedy="see them with: auszug check; the last publication stays as it was")
    return findings


# ------------------------------------------------------------------------------------------------------- whole

def _write_whole(work: WorkDatabase, target: Path) -> tuple[_Stamp, list[Finding]]:
    stamp = _new_stamp(work, rewritten=0.0)
    remove(temporary_of(target))
    # a connection of its own, which is thrown away: one that uses a database that could not be written cannot leave it
    with contextlib.closing(work.connection.cursor()) as connection:
        findings = _checked(connection, work.path)
        with _attached(work, temporary_of(target)) as database:
            _copy_all(connection, database, stamp)
    return stamp, findings


def _copy_all(connection: duckdb.DuckDBPyConnection, database: str, stamp: _Stamp) -> None:
    connection.execute(f"COPY FROM DATABASE {database} TO {_ALIAS}")
    connection.execute(f"USE {_ALIAS}")
    for table in schema.private_tables():
        connection.execute(f"DROP TABLE {table}")
    _put_stamp(connection, stamp)
    derive(connection)


# ----------------------------------------------------------------------------------------------------- changes

def _replace_changed(
    work: WorkDatabase, target: Path, changed: Sequence[str]
) -> tuple[_Stamp, list[Finding]] | None:
    """Publish `changed` into a copy of the present publication; None: it is not to be, or cannot be, changed."""
    last = next(iter(_stamps(work, "publication")), None)
    if (last is None or not target.exists() or last.layout != schema.layout() or _share(work, changed) > _MOST_CHANGED
            or (last.rewritten or 0.0) > _MOST_REWRITTEN):
        return None
    copy_file(target, temporary_of(target))
    try:
        with _attached(work, temporary_of(target)) as database:
            present = _stamps(work, f"{_ALIAS}.main.publication")
            if [one.publication_id for one in present] != [last.publication_id]:
                return None  # rolled back, or published from another work database
            with scope.reading(work.connection, changed):
                findings = _checked(work.connection, work.path)
                with work.transaction():
                    deleted = _replace_changed_rows(work, database, changed)
                    deleted += derive_again(work.connection, database, _ALIAS, changed)
                    again = (last.rewritten or 0.0) + deleted / _rows(work.connection)
                    stamp = _new_stamp(work, rewritten=again)
                    _put_stamp(work.connection, stamp)
    except FILE_ERRORS:  # the file is damaged, or of another program; what else is wrong shows when all is written
        return None
    return stamp, findings


def _share(work: WorkDatabase, changed: Sequence[str]) -> float:
    """Share of the agenda items that are of `changed`; 1 where there are none."""
    sizes = dict(work.connection.execute("SELECT source_id, count(*) FROM agenda_item GROUP BY source_id").fetchall())
    total = sum(sizes.values())
    return sum(sizes.get(source, 0) for source in changed) / total if total else 1.0


def _replace_changed_rows(work: WorkDatabase, database: str, changed: Sequence[str]) -> int:
    """Replace what changed in the rows of `changed`, and what is of all corpora. Returns how many rows were deleted."""
    deleted = 0
    for name, table in scope.tables().items():
        deleted += replace_rows(work.connection, name, f"{_ALIAS}.main.{name}", where=scope.condition(table, changed),
                                columns=[column.name for column in table.columns])
    for name in ("source", "topic", "run", "problem"):
        columns = [column.name for column in schema.all_tables()[name].columns]
        deleted += replace_rows(work.connection, f"{database}.main.{name}", f"{_ALIAS}.main.{name}", where="true",
                                columns=columns)
    return deleted


def _rows(connection: duckdb.DuckDBPyConnection) -> int:
    """About how many rows the publication has, at least 1."""
    [(rows,)] = connection.execute("SELECT sum(estimated_size) FROM duckdb_tables() WHERE database_name = ?",
                                   [_ALIAS]).fetchall()
    return max(int(rows or 0), 1)


# ------------------------------------------------------------------------------------------------------ private

@contextlib.contextmanager
def _attached(work: WorkDatabase, path: Path) -> Iterator[str]:
    """Within: the database at `path` is attached. Yields the name of the work database; all is on disk at the end."""
    connection = work.connection
    [(name,)] = connection.execute("SELECT current_database()").fetchall()
    connection.execute(f"ATTACH {schema.quoted(str(path))} AS {_ALIAS} (STORAGE_VERSION '{STORAGE_VERSION}', "
                       "RECOVERY_MODE 'NO_WAL_WRITES')")  # nobody recovers a temporary file
    try:
        yield f'"{name}"'
        connection.execute(f"CHECKPOINT {_ALIAS}")
    finally:
        connection.execute(f"DETACH {_ALIAS}")


def _new_stamp(work: WorkDatabase, *, rewritten: float) -> _Stamp:
    runs = work.rows("""SELECT run_id, finished_at FROM run WHERE finished_at IS NOT NULL
        ORDER BY finished_at DESC, run_id DESC LIMIT 1""")
    run = runs[0] if runs else {"run_id": None, "finished_at": None}
    return _Stamp(
        publication_id=uuid.uuid4().hex, published_at=run["finished_at"], run_id=run["run_id"], program=__version__,
        layout=schema.layout(), rewritten=rewritten)


def _stamps(work: WorkDatabase, table: str) -> list[_Stamp]:
    return msgspec.convert(work.rows(f"SELECT * FROM {table}"), list[_Stamp])


def _put_stamp(connection: duckdb.DuckDBPyConnection, stamp: _Stamp) -> None:
    values = msgspec.structs.asdict(stamp)
    columns, marks = ", ".join(values), ", ".join("?" for _ in values)
    connection.execute(f"DELETE FROM {_ALIAS}.main.publication")
    connection.execute(f"INSERT INTO {_ALIAS}.main.publication ({columns}) VALUES ({marks})", list(values.values()))
