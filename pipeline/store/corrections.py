"""Corrections by hand in the work database: kept in `correction`, found and applied anew at every link.

Part of `store`; `link.corrections` reads them and finds their places. Statements and decisions keep what the
extraction had found in `correction.former`, so that a correction which is taken back leaves nothing behind; persons and
directions are computed anew anyway.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

import msgspec

from pipeline.link.corrections import (
    Correction,
    DecisionCorrection,
    DirectionCorrection,
    Fitted,
    ItemPlace,
    PersonCorrection,
    Places,
    StanceCorrection,
    TextPlace,
)
from pipeline.link.records import Known
from pipeline.records import Record
from pipeline.store import changes, keys
from pipeline.store.database import WorkDatabase
from pipeline.store.runs import Run, write_problems

PROBLEM = "correction_unfit"
"""Code of the problem that a correction which does not fit becomes (a warning)."""
_DECISION = ("outcome", "unanimous", "yes", "no", "abstain", "agrees", "corrected")


class KnownDirection(Record, frozen=True):
    """A direction by hand: its row of item_direction, and where the correction stands."""

    source: str
    index: int
    row: dict[str, Any]


class Placed(Record, frozen=True):
    """Corrections that `link` applies itself."""

    persons: tuple[Known, ...]
    directions: dict[tuple[str, str], KnownDirection]


def put(work: WorkDatabase, source: str, corrections: Sequence[Correction]) -> None:
    """Make `corrections` those of the corpus `source`; what former ones changed is undone."""
    rows = [
        {"source_id": source, "correction_index": index, "kind": _kind(one),
         "given": msgspec.json.encode(one).decode(), "reason": one.reason}
        for index, one in enumerate(corrections)
    ]
    with work.transaction():
        before = work.rows("SELECT source_id, correction_index, kind, given, reason FROM correction "
                           "WHERE source_id = ? ORDER BY correction_index", [source])
        if before == rows:
            return
        changes.mark(work, source)
        _revert(work, source)
        work.connection.execute("DELETE FROM correction WHERE source_id = ?", [source])
        work.insert("correction", rows)


def apply(work: WorkDatabase) -> Placed:
    """Find the places of all corrections and apply those of stances and decisions. Returns the others."""
    rows = work.rows("SELECT source_id, correction_index, given FROM correction ORDER BY ALL")
    _revert(work, None)
    work.connection.execute(
        "UPDATE correction SET item_id = NULL, target = NULL, former = NULL, applied = NULL, problem = NULL")
    if not rows:
        return Placed(persons=(), directions={})
    given = [(row["source_id"], row["correction_index"], msgspec.json.decode(row["given"], type=Correction))
             for row in rows]
    places = _places(work, sorted({(source, one.date) for source, _, one in given}))
    persons: list[Known] = []
    directions: dict[tuple[str, str], KnownDirection] = {}
    taken: set[tuple[str, str | None]] = set()
    for source, index, one in given:
        fitted = places.fit(source, one)
        target = one.topic if isinstance(one, DirectionCorrection) and fitted.key else fitted.key
        where = f"{_kind(one)} {fitted.item}", target
        if fitted.key and where in taken:
            fitted = Fitted(key=None, item=fitted.item, problem="another correction is for the same place")
        if fitted.key is None or fitted.item is None:
            _note(work, source, index, fitted, None, None)
            continue
        taken.add(where)
        former: dict[str, Any] | None = None
        match one:
            case StanceCorrection():
                former = _set_stance(work, fitted.key, one.stance)
            case DecisionCorrection():
                former = _set_decision(work, fitted.key, one)
            case PersonCorrection():
                persons.append(Known(item=fitted.item, speaker=fitted.key, person=one.person))
            case DirectionCorrection():
                directions[fitted.item, one.topic] = KnownDirection(source=source, index=index, row={
                    "item_id": fitted.item, "topic_id": one.topic, "direction": one.direction, "rule": "corrected",
                    "reason": one.reason, "evidence": None, "corrected": True})
        _note(work, source, index, fitted, target, former)
    return Placed(persons=tuple(persons), directions=directions)


def note_unfit(work: WorkDatabase, unfit: Sequence[tuple[str, str, str]]) -> None:
    """Note the (item, speaker, reason) of corrected persons of whom it is not certain who is meant."""
    for item, speaker, reason in unfit:
        work.connection.execute(
            "UPDATE correction SET applied = false, problem = ? WHERE kind = 'person' AND item_id = ? AND target = ?",
            [reason, item, speaker])


def note_former(work: WorkDatabase, known: KnownDirection, direction: int | None) -> None:
    """Note the direction that the rules would have given."""
    work.connection.execute("UPDATE correction SET former = ? WHERE source_id = ? AND correction_index = ?",
                            [json.dumps({"direction": direction}), known.source, known.index])


def problems(work: WorkDatabase, sources: Sequence[str]) -> list[tuple[str, str, str | None]]:
    """(corpus, message, item) of every correction of `sources` that does not fit."""
    rows = work.connection.execute(
        """SELECT source_id, kind, reason, problem, item_id FROM correction
        WHERE NOT applied AND source_id IN (SELECT unnest(?)) ORDER BY source_id, correction_index""",
        [list(sources)]).fetchall()
    return [(source, f"corrections.toml: a [[{kind}]] does not fit: {problem} (it was made because: {reason}); "
             "mend it, or take it out", item) for source, kind, reason, problem, item in rows]


def report(work: WorkDatabase, run: Run, sources: Sequence[str]) -> None:
    """Make a warning of every correction of `sources` that does not fit, and resolve those that do again."""
    found: dict[str, dict[str, Any]] = {}
    for source, message, item in problems(work, sources):
        problem_id = keys.short_hash(source, item, PROBLEM, message)
        found[problem_id] = {"problem_id": problem_id, "source_id": source, "page_id": item, "address": None,
                             "severity": "warning", "code": PROBLEM, "message": message}
    write_problems(work, run, found)
    work.connection.execute(
        """UPDATE problem SET state = 'resolved' WHERE code = ? AND state = 'open' AND last_run <> ?
        AND source_id IN (SELECT unnest(?))""", [PROBLEM, run.run_id, list(sources)])


# ------------------------------------------------------------------------------------------------------ private

def _kind(one: Correction) -> str:
    return str(one.__struct_config__.tag)


def _note(
    work: WorkDatabase, source: str, index: int, fitted: Fitted, target: str | None, former: dict[str, Any] | None
) -> None:
    work.connection.execute(
        """UPDATE correction SET item_id = ?, target = ?, former = ?, applied = ?, problem = ?
        WHERE source_id = ? AND correction_index = ?""",
        [fitted.item, target, json.dumps(former) if former is not None else None, fitted.problem is None,
         fitted.problem, source, index])


def _places(work: WorkDatabase, days: Sequence[tuple[str, dt.date]]) -> Places:
    """The items of these days with what stands in them."""
    work.hold("corrected_day", [{"source_id": source, "day": day.isoformat()} for source, day in days],
              text=["source_id", "day"])
    within = """JOIN agenda_item AS i ON i.item_id = t.item_id
        SEMI JOIN corrected_day AS d ON d.source_id = i.source_id AND CAST(d.day AS DATE) = i.date"""
    items = work.rows(f"""SELECT i.item_id AS item, i.source_id AS source, CAST(i.date AS VARCHAR) AS date,
        i.organization, i.item_number AS number, i.title FROM agenda_item AS t {within} ORDER BY ALL""")  # noqa: S608
    found = [
        work.rows(f"SELECT {columns} FROM {table} AS t {more} {within} ORDER BY ALL")  # noqa: S608
        for table, columns, more in (
            ("statement", "t.statement_id AS key, t.item_id AS item, t.quote AS text, s.name AS speaker",
             "LEFT JOIN speaker AS s ON s.item_id = t.item_id AND s.speaker_id = t.speaker_id"),
            ("decision", "t.decision_id AS key, t.item_id AS item, t.text", ""),
            ("speaker", "t.speaker_id AS key, t.item_id AS item, t.name AS text", ""),
        )
    ]
    work.connection.execute("DROP TABLE corrected_day")
    statements, decisions, speakers = (msgspec.convert(rows, list[TextPlace]) for rows in found)
    return Places(msgspec.convert(items, list[ItemPlace]), statements=statements, decisions=decisions,
                  speakers=speakers)


def _set_stance(work: WorkDatabase, statement: str, stance: str) -> dict[str, Any]:
    former = work.rows("SELECT stance FROM statement WHERE statement_id = ?", [statement])[0]
    _stance(work, statement, stance, corrected=True)
    return former


def _stance(work: WorkDatabase, statement: str, stance: str | None, *, corrected: bool) -> None:
    """Sentences that two speakers share keep their stance: they have one label for both."""
    work.connection.execute(
        """UPDATE sentence SET stance = ? FROM statement AS st
        WHERE st.statement_id = ? AND sentence.item_id = st.item_id AND len(sentence.speakers) = 1
          AND sentence.sentence_index BETWEEN st.first_sentence AND st.last_sentence""", [stance, statement])
    work.connection.execute("UPDATE statement SET stance = ?, corrected = ? WHERE statement_id = ?",
                            [stance, corrected or None, statement])


def _set_decision(work: WorkDatabase, decision: str, one: DecisionCorrection) -> dict[str, Any]:
    sql = f"SELECT {', '.join(_DECISION)} FROM decision WHERE decision_id = ?"  # noqa: S608
    former = work.rows(sql, [decision])[0]
    values: dict[str, Any] = {**one.values, "corrected": True}
    _update_decision(work, decision, values)
    work.connection.execute(
        """UPDATE decision SET agrees = (outcome = i.result_outcome) FROM agenda_item AS i
        WHERE decision_id = ? AND i.item_id = decision.item_id AND agrees IS NOT NULL""", [decision])
    return former


def _update_decision(work: WorkDatabase, decision: str, values: dict[str, Any]) -> None:
    assignments = ", ".join(f"{name} = ?" for name in values)
    work.connection.execute(f"UPDATE decision SET {assignments} WHERE decision_id = ?",  # noqa: S608  (fields of ours)
                            [*values.values(), decision])


def _revert(work: WorkDatabase, source: str | None) -> None:
    """Give statements and decisions back what the extraction had found, where a correction still marks them."""
    rows = work.rows("""SELECT c.kind, c.target, c.former FROM correction AS c
        LEFT JOIN statement AS s ON c.kind = 'stance' AND s.statement_id = c.target
        LEFT JOIN decision AS d ON c.kind = 'decision' AND d.decision_id = c.target
        WHERE c.applied AND c.former IS NOT NULL AND ($source::VARCHAR IS NULL OR c.source_id = $source::VARCHAR)
          AND (s.corrected OR d.corrected)""", {"source": source})
    for row in rows:
        former = json.loads(row["former"])
        if row["kind"] == "stance":
            _stance(work, row["target"], former["stance"], corrected=False)
        else:
            _update_decision(work, row["target"], former)
