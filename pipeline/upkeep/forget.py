"""`auszug forget`: takes a person out of the database with its history, out of every kept publication, run file and
correction, and out of all later builds.

Part of `upkeep`. The person is put on the list first (`forgotten`): whatever happens then, no later build publishes the
name, and calling the command again finishes what was interrupted. Names are read and written nowhere else.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import msgspec

from pipeline.errors import InputError, StoreError
from pipeline.upkeep.forgotten import REMOVED, Forgotten, folder_of

if TYPE_CHECKING:
    from pipeline.store.database import WorkDatabase
    from pipeline.upkeep.removal import Removed

__all__ = ["REMOVED", "Candidate", "Target", "apply", "candidates", "compact", "exact", "forget_in_publication",
           "remove_from_work", "target_of"]

Tell = Callable[[str], None]


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A person whom the given name may mean."""

    person_id: str
    source: str
    body: str | None
    name: str
    first_seen: dt.date | None
    last_seen: dt.date | None
    names: tuple[str, ...]
    gender: str | None
    number: int | None


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """The person to be forgotten: the municipality (`forgotten.scope`) and what is known of the name."""

    place: str
    names: tuple[str, ...]
    gender: str | None = None
    number: int | None = None


# ------------------------------------------------------------------------------------ for every build

def apply(work: WorkDatabase, sources: Sequence[str] | None = None) -> bool:
    """Take everybody on the list out of `work` (None: out of the corpora that are to be published); True: rows changed.

    Called after linking and before publishing. Idempotent; without a list it costs one look for a file. Where rows
    changed their corpora are linked again, and the file is written anew, since a database keeps what was deleted.
    """
    listed = Forgotten.load(folder_of(work.path))
    if not listed.entries:
        return False
    from pipeline.store import changes

    due = changes.to_publish(work) if sources is None else sources
    return bool(remove_from_work(work, listed, due).sources)


def remove_from_work(work: WorkDatabase, listed: Forgotten, sources: Sequence[str] | None = None) -> Removed:
    """Take everybody on the list out of the work database (None: of all corpora), link anew, and rewrite its file."""
    from pipeline.store import changes
    from pipeline.store.linking import link
    from pipeline.upkeep.removal import remove_forgotten

    with work.transaction():
        found = remove_forgotten(work.connection, listed, sources)
        for source in found.sources:
            changes.mark(work, source)
    if found.sources:
        link(work)
        compact(work)
    return found


def compact(work: WorkDatabase) -> None:
    """Write the file of `work` anew with the rows that it has, and nothing that it had; `work` stays open."""
    if work.path is None:
        return
    from pipeline.store.database import open_work

    temporary = work.path.with_name(f".{work.path.name}.tmp")
    try:
        _copy(work.connection, temporary)
        work.connection.close()
        shutil.copymode(work.path, temporary)
        temporary.replace(work.path)
        _without_log(work.path)
    except (OSError, duckdb.Error) as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise _not_written(work.path, error) from error
    work.connection = open_work(work.path).connection


def _copy(connection: duckdb.DuckDBPyConnection, target: Path, *, options: str = "") -> None:
    """Every row of the connection's database into the new file `target`."""
    target.unlink(missing_ok=True)
    _without_log(target)
    name = connection.execute("SELECT current_database()").fetchall()[0][0]
    quoted = str(target).replace("'", "''")
    connection.execute(f"ATTACH '{quoted}' AS rewritten {options}")
    try:
        connection.execute(f'COPY FROM DATABASE "{name}" TO rewritten')
        connection.execute("CHECKPOINT rewritten")
    finally:
        connection.execute("DETACH rewritten")
    with target.open("rb") as written:
        os.fsync(written.fileno())


def _without_log(path: Path) -> None:
    path.with_name(f"{path.name}.wal").unlink(missing_ok=True)


def _not_written(path: Path, error: Exception) -> StoreError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error).splitlines()[0]
    return StoreError(f"the database cannot be written anew ({reason})", where=path,
                      remedy="check the folder's permissions and the free space, then call auszug forget again")


# ------------------------------------------------------------------------------------ who is meant

def candidates(
    connection: duckdb.DuckDBPyConnection, person: str, *, body: str | None = None, source: str | None = None
) -> list[Candidate]:
    """The persons of a database whom `person` (a name, or a person_id) may mean, by key."""
    from pipeline.link.names import family_fits, fold, given_fits, parse_name

    asked = parse_name(person)
    found = []
    for row in connection.execute(
        """SELECT p.person_id, p.source_id, p.body, p.name, p.first_seen, p.last_seen, p.names, p.gender, p.kplfdnr,
            s.body FROM person AS p LEFT JOIN source AS s ON s.source_id = p.source_id ORDER BY p.person_id"""
    ).fetchall():
        names = tuple(dict.fromkeys([row[3], *(row[6] or ())]))
        if source is not None and row[1] != source:
            continue
        if body is not None and fold(row[2] or row[9] or "") != fold(body):
            continue
        if row[0] != person and (asked is None or not any(
            (name := parse_name(printed)) is not None and family_fits(name.family, asked.family)
            and given_fits(name.given, asked.given) for printed in names if printed
        )):
            continue
        found.append(Candidate(person_id=row[0], source=row[1], body=row[2] or row[9], name=row[3], first_seen=row[4],
                               last_seen=row[5], names=names, gender=row[7], number=row[8]))
    return exact(found, person) or found


def exact(found: Sequence[Candidate], person: str) -> list[Candidate]:
    """Those of `found` whose key or full name `person` is: a full name is not that of somebody known by half of it.

    Of a family name alone, all.
    """
    from pipeline.link.names import fold, parse_name

    keyed = [one for one in found if one.person_id == person]
    asked = parse_name(person)
    if keyed or asked is None:
        return keyed
    if not asked.given:
        return list(found)
    return [one for one in found if any(
        (name := parse_name(printed)) is not None and fold(name.full) == fold(asked.full) for printed in one.names)]


def target_of(
    connection: duckdb.DuckDBPyConnection, person: str, *, body: str | None = None, source: str | None = None
) -> Target:
    """The one person whom `person` means. Raises InputError where it is nobody, or more than one.

    With `body` or `source` a name that is no speaker's and in no list is a target, too: it may stand in texts.
    """
    from pipeline.link.names import parse_name
    from pipeline.upkeep.forgotten import scope

    bodies = dict(connection.execute("SELECT source_id, body FROM source").fetchall())
    if source is not None and source not in bodies:
        raise InputError("--source: there is no such corpus in the database",
                         remedy=f"known: {', '.join(sorted(bodies)) or 'none'}")
    found = candidates(connection, person, body=body, source=source)
    if len(found) == 1:
        one = found[0]
        return Target(place=scope(one.body, bodies.get(one.source), one.source), names=one.names, gender=one.gender,
                      number=one.number)
    if found:
        raise Ambiguous(found)
    if body is None and source is None:
        raise InputError("nobody in the database has this name or key",
                         remedy="check the spelling; with --body or --source a name that only stands in texts is "
                                "removed, too")
    name = parse_name(person)
    if "/" in person or name is None or not any(c.isalpha() for c in name.family):
        raise InputError("this is no name", remedy="give it as in 'Anke Sommer'")
    place = scope(body, bodies.get(source or ""), source or "")
    return Target(place=place, names=(person,))


class Ambiguous(InputError):
    """Several persons may be meant; `found` are all of them."""

    def __init__(self, found: Sequence[Candidate]) -> None:
        self.found = tuple(found)
        super().__init__(f"{len(found)} persons may be meant, nothing was removed",
                         remedy="name one by its person_id, or narrow it with --body or --source")


# ------------------------------------------------------------------------------------ publications

def forget_in_publication(path: Path, listed: Forgotten) -> bool:
    """Take everybody on the list out of a publication, in place; True: rows changed.

    A copy is changed and put in place by rename: a reader that has the old file open keeps it until it closes.
    Raises StoreError where the publication is of another schema version, or cannot be written.
    """
    from pipeline.store.database import open_published
    from pipeline.store.publish import STORAGE_VERSION
    from pipeline.upkeep.removal import remove_forgotten

    open_published(path).close()  # what it says about a file that is none
    copy, made = path.with_name(f".{path.name}.copy"), path.with_name(f".{path.name}.tmp")
    try:
        copy.unlink(missing_ok=True)
        shutil.copyfile(path, copy)
        with contextlib.closing(duckdb.connect(str(copy))) as connection:
            _drop_derived(connection)
            connection.execute("BEGIN")
            found = remove_forgotten(connection, listed)
            connection.execute("COMMIT")
            if not found.sources:
                return False
            _derive(connection)
            _copy(connection, made, options=f"(STORAGE_VERSION '{STORAGE_VERSION}')")
        shutil.copymode(path, made)
        made.replace(path)
        return True
    except (OSError, duckdb.Error) as error:
        raise _not_written(path, error) from error
    finally:
        for left in (copy, made):
            left.unlink(missing_ok=True)
            _without_log(left)


def _drop_derived(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop what a publication makes of its own rows: views that became tables, and the texts for searching."""
    from pipeline.store import schema

    for (table,) in connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database() ORDER BY table_name"
    ).fetchall():
        if table not in schema.all_tables():
            connection.execute(f'DROP TABLE "{table}"')
    connection.execute("DELETE FROM search_document; DELETE FROM search_text")


def _derive(connection: duckdb.DuckDBPyConnection) -> None:
    """Make it again, as `store.publish` does."""
    from pipeline.store import schema
    from pipeline.store.derived import derive

    described: dict[str, str] = {}
    for table in schema.all_tables().values():
        for column in table.columns:
            described.setdefault(column.name, column.description)
    schema.create_views(connection, described)
    derive(connection)
