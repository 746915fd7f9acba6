"""Computes at the end of a batch what follows from all pages together: runs resolve.sql, then the functions of `link`.

Part of `store`: reads the work database, calls `link` (pure), writes the derived tables and columns. Running
it again changes nothing.
"""

from __future__ import annotations

import contextlib
import gc
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from pipeline.link.commitments import Later, Promise, follow_ups
from pipeline.link.directions import Matter, direction_of
from pipeline.link.persons import link_persons
from pipeline.link.records import Listed, Persons, Told, Voice
from pipeline.store import arrow, changes, corrections, keys, schema, scope
from pipeline.store.database import WorkDatabase
from pipeline.store.replace import replace_rows
from pipeline.store.rows import date_of

_FOLDER = Path(__file__).parent


@lru_cache(maxsize=1)
def _inputs() -> dict[str, str]:
    """The statements of inputs.sql by name."""
    parts = re.split(r"^-- input: ([a-z]+)\n", (_FOLDER / "inputs.sql").read_text("utf-8"), flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


GROUP = 20_000
"""Agenda items that are linked at a time, more only where one corpus has more: bounds the memory."""


def link(work: WorkDatabase, *, only: Collection[str] | None = None) -> None:
    """Bring the derived rows and columns of all corpora that changed up to date (store/changes.py); or of these `only`.

    In groups of corpora, each in a transaction: one that was not reached stays marked. Nothing links two corpora.
    """
    due = [source for source in changes.to_link(work) if only is None or source in only]
    for sources in _groups(work, due):
        with work.transaction(), _without_collector():
            _link(work, sources)
            changes.linked(work, sources)


@contextlib.contextmanager
def _without_collector() -> Iterator[None]:
    """Within: no garbage collector, which would look through all records again and again (a tenth of the time)."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _groups(work: WorkDatabase, sources: Sequence[str]) -> list[list[str]]:
    """`sources` in groups of up to GROUP items."""
    sizes = dict(work.connection.execute("SELECT source_id, count(*) FROM agenda_item GROUP BY source_id").fetchall())
    groups: list[list[str]] = []
    room = 0
    for source in sources:
        size = sizes.get(source, 0)
        if not groups or size > room:
            groups.append([])
            room = GROUP
        groups[-1].append(source)
        room -= size
    return groups


def _link(work: WorkDatabase, sources: Sequence[str]) -> None:
    _resolve(work, sources)
    placed = corrections.apply(work, sources)
    _link_persons(work, sources, placed)
    _link_directions(work, sources, placed.directions)
    _link_commitments(work, sources)


# ----------------------------------------------------------------------- what follows from several pages

def _resolve(work: WorkDatabase, sources: Sequence[str]) -> None:
    connection: Any = work.connection  # the types of create_function differ between DuckDB 1.5 and 2
    for name, function, types in (
        ("paper_key", _paper_key, ["VARCHAR", "VARCHAR", "INTEGER", "VARCHAR"]),
        ("organization_key", _organization_key, ["VARCHAR", "VARCHAR", "VARCHAR", "INTEGER", "VARCHAR"]),
    ):
        connection.create_function(name, function, types, "VARCHAR", null_handling="special")
    try:
        with scope.reading(work.connection, sources) as database:
            connection.execute(scope.statements("resolve.sql", database))
    finally:
        connection.remove_function("paper_key")
        connection.remove_function("organization_key")


def _paper_key(source: str, system: str | None, volfdnr: int | None, reference: str | None) -> str:
    return keys.paper_key(source, system, volfdnr=volfdnr, reference=reference, title=None)


def _organization_key(source: str, system: str | None, kind: str | None, number: int | None, name: str | None) -> str:
    return keys.organization_key(source, system, kind=kind, number=number, name=name)


# ------------------------------------------------------------------------------------------------ persons

def _link_persons(work: WorkDatabase, sources: Sequence[str], placed: corrections.Placed) -> None:
    with scope.reading(work.connection, sources):
        listed, voices, told = _read(work, "listed", Listed), _read(work, "voices", Voice), _read(work, "told", Told)
    persons = link_persons(listed, voices, told, placed.persons, joined=placed.joined, parted=placed.parted)
    _write_persons(work, sources, persons)
    corrections.note_unfit(work, persons.unfit)
    corrections.note_unfit_persons(work, persons.unfit_persons)


def _row_of_place(place: str, person: str) -> dict[str, Any]:
    """A row of found_row: the list (a: attendance, r: roster, p: page), its key, the position in it, the person."""
    kind, _, rest = place.partition(" ")
    key, _, position = rest.partition(" ")
    return {"list": kind, "key": key, "person_id": person, "position": float(position) if position else None}


def _read(work: WorkDatabase, name: str, kind: Any) -> list[Any]:
    """The rows of an input as records of `kind`, whose fields are its columns in order (there are many: no dicts)."""
    cursor = work.connection.execute(_inputs()[name])
    if tuple(column[0] for column in cursor.description or ()) != kind.__struct_fields__:
        raise RuntimeError(f"inputs.sql: the columns of {name} are not the fields of {kind.__name__}")
    return [kind(*row) for row in cursor.fetchall()]


def _read_lists(work: WorkDatabase, name: str, kind: Any) -> list[Any]:
    """The same for records that have lists."""
    return msgspec.convert(work.rows(_inputs()[name]), list[kind])


def _replace(work: WorkDatabase, table: str, sources: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    """Make the rows of `sources` these; those that are there already stay where they are."""
    described = schema.all_tables()[table]
    work.connection.register("found_rows", arrow.table_of(table, rows))
    try:
        replace_rows(work.connection, "found_rows", table, where=scope.condition(described, sources),
                     columns=[column.name for column in described.columns])
    finally:
        work.connection.unregister("found_rows")


def _write_persons(work: WorkDatabase, sources: Sequence[str], found: Persons) -> None:
    connection = work.connection
    _replace(work, "person", sources, [
        {"person_id": p.person, "source_id": p.source, "body": p.body, "name": p.name, "family_name": p.family,
         "given_name": p.given, "titles": p.titles, "gender": p.gender, "kplfdnr": p.kplfdnr, "names": list(p.names),
         "basis": p.basis, "corrected": p.corrected}
        for p in found.persons
    ])
    _replace(work, "membership", sources, [
        {"person_id": i.person, "kind": i.kind, "organization": i.organization, "role": i.role,
         "first_seen": date_of(i.first), "last_seen": date_of(i.last),
         "evidence": i.evidence, "observations": i.observations}
        for i in found.intervals
    ])
    _replace(work, "person_candidate", sources, [
        {"source_id": c.source, "item_id": c.item, "speaker_id": c.speaker, "other_person_id": c.other,
         "person_id": c.person, "reason": c.reason}
        for c in found.candidates
    ])
    work.hold("found_speaker", [
        {"item_id": s.item, "speaker_id": s.speaker, "person_id": s.person, "rule": s.rule, "confidence": s.confidence,
         "role": s.role, "faction": s.faction, "source": s.faction_source}
        for s in found.speakers
    ], text=["item_id", "speaker_id", "person_id", "rule", "role", "faction", "source"], number=["confidence"])
    work.hold("found_row", [_row_of_place(place, person) for place, person in sorted(found.listed.items())],
              text=["list", "key", "person_id"], number=["position"])
    with scope.reading(connection, sources) as database:
        connection.execute(scope.statements("persons.sql", database))
    connection.execute("DROP TABLE found_speaker; DROP TABLE found_row")


# --------------------------------------------------------------------------------- directions and promises

def _link_directions(
    work: WorkDatabase, sources: Sequence[str], known: Mapping[tuple[str, str], corrections.KnownDirection]
) -> None:
    rows = []
    todo = dict(known)
    with scope.reading(work.connection, sources):
        matters = work.rows(_inputs()["matters"])
    for row in matters:
        found = direction_of(Matter(
            title=row["title"], paper_title=row["paper_title"], resolutions=tuple(row["resolutions"]),
            proposals=tuple(row["proposals"]), motions=tuple(row["motions"]),
            terms=tuple((term, strength == "core") for term, strength in row["terms"]), sentences=row["sentences"] or 0,
            naming_sentences=row["naming_sentences"],
        ))
        if by_hand := todo.pop((row["item_id"], row["topic_id"]), None):
            corrections.note_former(work, by_hand, found.direction)
            rows.append(by_hand.row)
            continue
        rows.append({"item_id": row["item_id"], "topic_id": row["topic_id"], "direction": found.direction,
                     "rule": found.rule, "reason": found.reason, "evidence": found.evidence, "corrected": False})
    rows += [by_hand.row for by_hand in todo.values()]  # items that never name the topic
    _replace(work, "item_direction", sources, rows)


def _link_commitments(work: WorkDatabase, sources: Sequence[str]) -> None:
    with scope.reading(work.connection, sources):
        promises, later = _read_lists(work, "promises", Promise), _read_lists(work, "later", Later)
    found = follow_ups(promises, later)
    _replace(work, "commitment_follow_up", sources, [
        {"commitment_id": f.commitment, "item_id": f.item, "relation": f.relation, "terms": list(f.terms),
         "late": f.late}
        for f in found
    ])
