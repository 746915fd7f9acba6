"""Computes at the end of a batch what follows from all pages together: runs resolve.sql, then the functions of `link`.

Part of `store`: reads the work database, calls `link` (pure), writes the derived tables and columns. Running
it again changes nothing.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from pipeline.link.commitments import Later, Promise, follow_ups
from pipeline.link.directions import Matter, direction_of
from pipeline.link.persons import link_persons
from pipeline.link.records import Listed, Persons, Told, Voice
from pipeline.store import corrections, keys
from pipeline.store.database import WorkDatabase
from pipeline.store.rows import date_of

_FOLDER = Path(__file__).parent


@lru_cache(maxsize=1)
def _inputs() -> dict[str, str]:
    """The statements of inputs.sql by name."""
    parts = re.split(r"^-- input: ([a-z]+)\n", (_FOLDER / "inputs.sql").read_text("utf-8"), flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def link(work: WorkDatabase) -> None:
    """Bring every derived row and column of `work` up to date, in one transaction."""
    with work.transaction():
        _resolve(work)
        placed = corrections.apply(work)
        _link_persons(work, placed)
        _link_directions(work, placed.directions)
        _link_commitments(work)


# ----------------------------------------------------------------------- what follows from several pages

def _resolve(work: WorkDatabase) -> None:
    connection: Any = work.connection  # the types of create_function differ between DuckDB 1.5 and 2
    for name, function, types in (
        ("paper_key", _paper_key, ["VARCHAR", "VARCHAR", "INTEGER", "VARCHAR"]),
        ("organization_key", _organization_key, ["VARCHAR", "VARCHAR", "VARCHAR", "INTEGER", "VARCHAR"]),
    ):
        connection.create_function(name, function, types, "VARCHAR", null_handling="special")
    try:
        connection.execute((_FOLDER / "resolve.sql").read_text("utf-8"))
    finally:
        connection.remove_function("paper_key")
        connection.remove_function("organization_key")


def _paper_key(source: str, system: str | None, volfdnr: int | None, reference: str | None) -> str:
    return keys.paper_key(source, system, volfdnr=volfdnr, reference=reference, title=None)


def _organization_key(source: str, system: str | None, kind: str | None, number: int | None, name: str | None) -> str:
    return keys.organization_key(source, system, kind=kind, number=number, name=name)


# ------------------------------------------------------------------------------------------------ persons

def _link_persons(work: WorkDatabase, placed: corrections.Placed) -> None:
    listed, voices, told = _read(work, "listed", Listed), _read(work, "voices", Voice), _read(work, "told", Told)
    persons = link_persons(listed, voices, told, placed.persons, joined=placed.joined, parted=placed.parted)
    _write_persons(work, persons)
    corrections.note_unfit(work, persons.unfit)
    corrections.note_unfit_persons(work, persons.unfit_persons)


def _row_of_place(place: str, person: str) -> dict[str, Any]:
    """A row of found_row: the list (a: attendance, r: roster, p: page), its key, the position in it, the person."""
    kind, _, rest = place.partition(" ")
    key, _, position = rest.partition(" ")
    return {"list": kind, "key": key, "person_id": person, "position": float(position) if position else None}


def _read(work: WorkDatabase, name: str, kind: Any) -> list[Any]:
    found = work.rows(_inputs()[name])
    for row in found:
        for name, value in row.items():
            if isinstance(value, dt.date):
                row[name] = value.isoformat()
    return msgspec.convert(found, list[kind])


def _write_persons(work: WorkDatabase, found: Persons) -> None:
    connection = work.connection
    connection.execute("DELETE FROM membership; DELETE FROM person_candidate; DELETE FROM person")
    work.insert("person", [
        {"person_id": p.person, "source_id": p.source, "body": p.body, "name": p.name, "family_name": p.family,
         "given_name": p.given, "titles": p.titles, "gender": p.gender, "kplfdnr": p.kplfdnr, "names": list(p.names),
         "basis": p.basis, "corrected": p.corrected}
        for p in found.persons
    ])
    work.insert("membership", [
        {"person_id": i.person, "kind": i.kind, "organization": i.organization, "role": i.role,
         "first_seen": date_of(i.first), "last_seen": date_of(i.last),
         "evidence": i.evidence, "observations": i.observations}
        for i in found.intervals
    ])
    work.insert("person_candidate", [
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
    connection.execute((_FOLDER / "persons.sql").read_text("utf-8"))
    connection.execute("DROP TABLE found_speaker; DROP TABLE found_row")


# --------------------------------------------------------------------------------- directions and promises

def _link_directions(work: WorkDatabase, known: Mapping[tuple[str, str], corrections.KnownDirection]) -> None:
    rows = []
    todo = dict(known)
    for row in work.rows(_inputs()["matters"]):
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
    work.connection.execute("DELETE FROM item_direction")
    work.insert("item_direction", rows)


def _link_commitments(work: WorkDatabase) -> None:
    found = follow_ups(_read(work, "promises", Promise), _read(work, "later", Later))
    work.connection.execute("DELETE FROM commitment_follow_up")
    work.insert("commitment_follow_up", [
        {"commitment_id": f.commitment, "item_id": f.item, "relation": f.relation, "terms": list(f.terms),
         "late": f.late}
        for f in found
    ])
