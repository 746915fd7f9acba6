"""Computes at the end of a batch what follows from all pages together: runs resolve.sql, then the functions of `link`.

Part of `store`: reads the work database, calls `link` (pure), writes the derived tables and columns. Running
it again changes nothing.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import msgspec

from pipeline.link.commitments import Later, Promise, follow_ups
from pipeline.link.directions import Matter, direction_of
from pipeline.link.persons import link_persons
from pipeline.link.records import Listed, Persons, Told, Voice
from pipeline.store import keys
from pipeline.store.database import WorkDatabase
from pipeline.store.rows import date_of

_FOLDER = Path(__file__).parent


def link(work: WorkDatabase) -> None:
    """Bring every derived row and column of `work` up to date, in one transaction."""
    with work.transaction():
        _resolve(work)
        _link_persons(work)
        _link_directions(work)
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

_LISTED = """
SELECT
    'a ' || a.meeting_id || ' ' || a.position AS place, m.source_id AS source, m.body, 'attendance' AS kind, a.name,
    m.system, m.organization, m.organization_kind, m.meeting_id AS meeting, m.date, a.kplfdnr, a.gender, a.faction,
    a.role, a.present
FROM attendance AS a JOIN meeting AS m ON m.meeting_id = a.meeting_id
WHERE a.name IS NOT NULL
UNION ALL
SELECT
    'r ' || page_id || ' ' || position, source_id, NULL, 'roster', name, system, organization, kind, NULL,
    first_fetched, kplfdnr, gender, faction, role, NULL
FROM roster_member WHERE name IS NOT NULL
UNION ALL
SELECT
    'p ' || p.page_id, p.source_id, NULL, 'page', p.name, p.system, NULL, NULL, NULL, CAST(v.fetched_at AS DATE),
    p.kplfdnr, p.gender, p.faction, NULL, NULL
FROM person_page AS p LEFT JOIN page_version AS v ON v.page_id = p.page_id AND v.is_current
WHERE p.name IS NOT NULL
ORDER BY place
"""

_VOICES = """
SELECT
    s.item_id AS item, s.speaker_id AS speaker, i.source_id AS source, i.body, i.organization, i.meeting_id AS meeting,
    i.date, s.kind, s.name, s.gender, s.role, s.faction, s.attendee
FROM speaker AS s JOIN agenda_item AS i ON i.item_id = s.item_id
ORDER BY i.date, i.item_id, s.speaker_id
"""

_TOLD = """
SELECT 'p ' || t.page_id AS place, t.organization, t.kind, t.role, t.start_date AS start, t.end_date AS end
FROM person_page_membership AS t JOIN person_page AS p ON p.page_id = t.page_id
WHERE t.organization IS NOT NULL
ORDER BY t.page_id, t.position
"""


def _link_persons(work: WorkDatabase) -> None:
    persons = link_persons(_read(work, _LISTED, Listed), _read(work, _VOICES, Voice), _read(work, _TOLD, Told))
    _write_persons(work, persons)


def _row_of_place(place: str, person: str) -> dict[str, Any]:
    """A row of found_row: the list (a: attendance, r: roster, p: page), its key, the position in it, the person."""
    kind, _, rest = place.partition(" ")
    key, _, position = rest.partition(" ")
    return {"list": kind, "key": key, "person_id": person, "position": float(position) if position else None}


def _read(work: WorkDatabase, sql: str, kind: Any) -> list[Any]:
    found = work.rows(sql)
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
         "basis": p.basis}
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

_MATTERS = """
WITH mentioned AS (
    SELECT
        item_id, topic_id,
        list(DISTINCT [term, strength] ORDER BY [term, strength])
            || list(DISTINCT [entry, strength] ORDER BY [entry, strength]) AS terms,
        count(DISTINCT sentence_index) FILTER (WHERE strength = 'core') AS naming_sentences
    FROM topic_mention GROUP BY item_id, topic_id
), resolved AS (
    SELECT item_id, list(text ORDER BY section_index) AS texts FROM section WHERE kind = 'resolution' GROUP BY item_id
), decided AS (
    SELECT item_id, list(resolution ORDER BY decision_index) AS texts FROM decision WHERE resolution IS NOT NULL
    GROUP BY item_id
), proposed AS (
    SELECT paper_id, list(text ORDER BY section_index) AS texts FROM paper_section WHERE kind = 'resolution'
    GROUP BY paper_id
), moved AS (
    SELECT item_id, list(text ORDER BY sentence_index) AS texts FROM sentence
    WHERE act = 'propose' OR starts_with(lower(cue), 'beantrag') GROUP BY item_id
)
SELECT
    m.item_id, m.topic_id, i.title, coalesce(p.title, i.paper_title) AS paper_title, m.terms, i.sentences,
    m.naming_sentences, coalesce(r.texts, d.texts, []) AS resolutions, coalesce(o.texts, []) AS proposals,
    coalesce(v.texts, []) AS motions
FROM mentioned AS m
JOIN agenda_item AS i ON i.item_id = m.item_id
LEFT JOIN paper AS p ON p.paper_id = i.paper_id
LEFT JOIN resolved AS r ON r.item_id = m.item_id
LEFT JOIN decided AS d ON d.item_id = m.item_id
LEFT JOIN proposed AS o ON o.paper_id = i.paper_id
LEFT JOIN moved AS v ON v.item_id = m.item_id
ORDER BY m.item_id, m.topic_id
"""


def _link_directions(work: WorkDatabase) -> None:
    rows = []
    for row in work.rows(_MATTERS):
        found = direction_of(Matter(
            title=row["title"], paper_title=row["paper_title"], resolutions=tuple(row["resolutions"]),
            proposals=tuple(row["proposals"]), motions=tuple(row["motions"]),
            terms=tuple((term, strength == "core") for term, strength in row["terms"]), sentences=row["sentences"] or 0,
            naming_sentences=row["naming_sentences"],
        ))
        rows.append({"item_id": row["item_id"], "topic_id": row["topic_id"], "direction": found.direction,
                     "rule": found.rule, "reason": found.reason, "evidence": found.evidence, "corrected": False})
    work.connection.execute("DELETE FROM item_direction")
    work.insert("item_direction", rows)


_PROMISES = """
SELECT
    c.commitment_id AS commitment, i.source_id AS source, c.item_id AS item, i.date, c.what, i.paper_id AS paper,
    c.due_date AS due,
    coalesce((SELECT list(DISTINCT topic_id ORDER BY topic_id) FROM topic_mention AS t WHERE t.item_id = i.item_id), [])
        AS topics
FROM commitment AS c JOIN agenda_item AS i ON i.item_id = c.item_id
WHERE i.date IS NOT NULL AND c.what IS NOT NULL
ORDER BY c.commitment_id
"""

_LATER = """
SELECT
    i.item_id AS item, i.source_id AS source, i.date, coalesce(i.title, '') AS title, i.paper_id AS paper,
    coalesce((SELECT string_agg(s.text, chr(10) ORDER BY s.section_index) FROM section AS s
        WHERE s.item_id = i.item_id), '') AS text,
    coalesce((SELECT list(DISTINCT topic_id ORDER BY topic_id) FROM topic_mention AS t WHERE t.item_id = i.item_id), [])
        AS topics
FROM agenda_item AS i
WHERE i.date IS NOT NULL AND i.has_excerpt
ORDER BY i.item_id
"""


def _link_commitments(work: WorkDatabase) -> None:
    found = follow_ups(_read(work, _PROMISES, Promise), _read(work, _LATER, Later))
    work.connection.execute("DELETE FROM commitment_follow_up")
    work.insert("commitment_follow_up", [
        {"commitment_id": f.commitment, "item_id": f.item, "relation": f.relation, "terms": list(f.terms),
         "late": f.late}
        for f in found
    ])
