"""Corrections by hand in the work database: kept in `correction`, found and applied anew at every link.

Part of `store`; `link.corrections` reads them, `link.correction_places` finds their places, `correction_rows` writes
them into statements and decisions. These keep what the extraction had found in `correction.former`, so that a
correction which is taken back leaves nothing behind; persons and directions are computed anew anyway.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from pipeline.link.correction_places import Fitted, ItemPlace, Places, TextPlace
from pipeline.link.corrections import (
    Correction,
    DecisionCorrection,
    DirectionCorrection,
    JoinCorrection,
    PersonCorrection,
    PlacedCorrection,
    SplitCorrection,
    StanceCorrection,
    StatementCorrection,
    kind_of,
)
from pipeline.link.records import Joined, Known, Parted
from pipeline.records import Record
from pipeline.store import changes, correction_rows, keys
from pipeline.store.correction_rows import Unfit
from pipeline.store.database import WorkDatabase
from pipeline.store.runs import CORRECTION_PROBLEM, Run, write_problems


class KnownDirection(Record, frozen=True):
    """A direction by hand: its row of item_direction, and where the correction stands."""

    source: str
    index: int
    row: dict[str, Any]


class Placed(Record, frozen=True):
    """Corrections that `link` applies itself."""

    persons: tuple[Known, ...] = ()
    joined: tuple[Joined, ...] = ()
    parted: tuple[Parted, ...] = ()
    directions: Mapping[tuple[str, str], KnownDirection] = msgspec.field(default_factory=dict)


def put(work: WorkDatabase, source: str, corrections: Sequence[Correction]) -> None:
    """Make `corrections` those of the corpus `source`; what former ones changed is undone."""
    rows = [
        {"source_id": source, "correction_index": index, "kind": kind_of(one),
         "given": msgspec.json.encode(one).decode(), "reason": one.reason}
        for index, one in enumerate(corrections)
    ]
    with work.transaction():
        before = work.rows("SELECT source_id, correction_index, kind, given, reason FROM correction "
                           "WHERE source_id = ? ORDER BY correction_index", [source])
        if before == rows:
            return
        changes.mark(work, source)
        undo(work, source)
        work.connection.execute("DELETE FROM correction WHERE source_id = ?", [source])
        work.insert("correction", rows)


def undo(work: WorkDatabase, source: str) -> None:
    """Give the corpus's items back what the extraction had found. To be called before pages of it are replaced.

    `apply` applies the corrections anew. Calling it again does nothing.
    """
    if not work.rows("SELECT 1 FROM correction WHERE source_id = ? AND applied IS NOT NULL LIMIT 1", [source]):
        return
    correction_rows.take_back(work, source)
    work.connection.execute("""UPDATE correction SET item_id = NULL, target = NULL, former = NULL, applied = NULL,
        problem = NULL WHERE source_id = ?""", [source])


def apply(work: WorkDatabase, sources: Sequence[str] | None = None) -> Placed:
    """Find the places of the corrections of `sources` (None: all corpora) and apply those of statements and decisions.

    Returns the others, which `link` applies.
    """
    rows = work.rows("""SELECT source_id, correction_index, given FROM correction
        WHERE $sources::VARCHAR[] IS NULL OR list_contains($sources::VARCHAR[], source_id) ORDER BY ALL""",
                     {"sources": None if sources is None else list(sources)})
    for source in dict.fromkeys(row["source_id"] for row in rows):
        undo(work, source)
    given: list[tuple[str, int, Correction]] = [
        (row["source_id"], row["correction_index"], msgspec.json.decode(row["given"], type=Correction)) for row in rows]
    placed = [(source, index, one) for source, index, one in given if isinstance(one, PlacedCorrection)]
    application = _Application(work, _places(work, sorted({(source, one.date) for source, _, one in placed})))
    for source, index, correction in placed:
        application.apply(source, index, correction)
    joined, parted = [], []
    for source, index, one in given:
        if isinstance(one, JoinCorrection):
            joined.append(Joined(source=source, index=index, person=one.person, other=one.other))
        elif isinstance(one, SplitCorrection):
            parted.append(Parted(
                source=source, index=index, person=one.person, name=one.name, organization=one.committee,
                faction=one.faction, since=_day(one.since), until=_day(one.until)))
        else:
            continue
        work.connection.execute("UPDATE correction SET applied = true WHERE source_id = ? AND correction_index = ?",
                                [source, index])
    return Placed(persons=tuple(application.persons), joined=tuple(joined), parted=tuple(parted),
                  directions=application.directions)


class _Application:
    """Applies corrections one by one and notes what became of each."""

    def __init__(self, work: WorkDatabase, places: Places) -> None:
        self.persons: list[Known] = []
        self.directions: dict[tuple[str, str], KnownDirection] = {}
        self._work = work
        self._places = places
        self._taken: set[tuple[str, str | None, str | None]] = set()
        self._removed: set[str] = set()

    def apply(self, source: str, index: int, one: PlacedCorrection) -> None:
        """Apply the correction, or note why it does not fit."""
        fitted = self._places.fit(source, one)
        target = one.topic if isinstance(one, DirectionCorrection) and fitted.key else fitted.key
        if isinstance(one, (StatementCorrection, DecisionCorrection)) and one.add and fitted.item:
            target = target and f"{fitted.item}#{kind_of(one)[0]}+{fitted.first}"
            fitted = msgspec.structs.replace(fitted, key=target)
        where = kind_of(one), fitted.item, target
        if fitted.key and where in self._taken:
            fitted = Fitted(key=None, item=fitted.item, problem="another correction is for the same place")
        elif fitted.key and fitted.key in self._removed:
            fitted = Fitted(key=None, item=fitted.item, problem="another correction removes it")
        former = None
        if fitted.key is not None and fitted.item is not None:
            self._taken.add(where)
            try:
                former = self._write(source, index, one, fitted)
            except Unfit as why:
                fitted = Fitted(key=None, item=fitted.item, problem=str(why))
        _note(self._work, source, index, fitted, target if fitted.key else None, former)

    def _write(self, source: str, index: int, one: PlacedCorrection, fitted: Fitted) -> dict[str, Any] | None:
        """Write the correction. Returns what stood there, None for what `link` applies."""
        work, key, item = self._work, str(fitted.key), str(fitted.item)
        match one:
            case PersonCorrection():
                self.persons.append(Known(item=item, speaker=key, person=one.person))
                return None
            case DirectionCorrection():
                self.directions[item, one.topic] = KnownDirection(source=source, index=index, row={
                    "item_id": item, "topic_id": one.topic, "direction": one.direction, "rule": "corrected",
                    "reason": one.reason, "evidence": None, "corrected": True})
                return None
            case StanceCorrection():
                former = correction_rows.set_stance(work, key, one.stance)
            case StatementCorrection(add=True):
                former = correction_rows.add_statement(work, fitted, one)
            case StatementCorrection(remove=True):
                former = correction_rows.remove_statement(work, fitted)
            case StatementCorrection():
                former = correction_rows.set_speaker(work, fitted, one)
            case DecisionCorrection(add=True):
                former = correction_rows.add_decision(work, fitted, one)
            case DecisionCorrection(remove=True):
                former = correction_rows.remove_decision(work, key)
            case DecisionCorrection():
                former = correction_rows.set_decision(work, key, one)
        if getattr(one, "remove", False):
            self._removed.add(key)
        work.connection.execute("UPDATE agenda_item SET corrected = true WHERE item_id = ?", [item])
        return former


def note_unfit(work: WorkDatabase, unfit: Sequence[tuple[str, str, str]]) -> None:
    """Note the (item, speaker, reason) of corrected persons of whom it is not certain who is meant."""
    for item, speaker, reason in unfit:
        work.connection.execute(
            "UPDATE correction SET applied = false, problem = ? WHERE kind = 'person' AND item_id = ? AND target = ?",
            [reason, item, speaker])


def note_unfit_persons(work: WorkDatabase, unfit: Sequence[tuple[str, int, str]]) -> None:
    """Note the (corpus, index, reason) of persons who cannot be joined or split."""
    for source, index, reason in unfit:
        work.connection.execute(
            "UPDATE correction SET applied = false, problem = ? WHERE source_id = ? AND correction_index = ?",
            [reason, source, index])


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
        problem_id = keys.short_hash(source, item, CORRECTION_PROBLEM, message)
        found[problem_id] = {"problem_id": problem_id, "source_id": source, "page_id": item, "address": None,
                             "severity": "warning", "code": CORRECTION_PROBLEM, "message": message}
    write_problems(work, run, found)
    work.connection.execute(
        """UPDATE problem SET state = 'resolved' WHERE code = ? AND state = 'open' AND last_run <> ?
        AND source_id IN (SELECT unnest(?))""", [CORRECTION_PROBLEM, run.run_id, list(sources)])


# ------------------------------------------------------------------------------------------------------ private

def _day(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def _note(
    work: WorkDatabase, source: str, index: int, fitted: Fitted, target: str | None, former: dict[str, Any] | None
) -> None:
    work.connection.execute(
        """UPDATE correction SET item_id = ?, target = ?, former = ?, applied = ?, problem = ?
        WHERE source_id = ? AND correction_index = ?""",
        [fitted.item, target, None if former is None else json.dumps(former, ensure_ascii=False),
         fitted.problem is None, fitted.problem, source, index])


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
            ("sentence", "CAST(t.sentence_index AS VARCHAR) AS key, t.item_id AS item, t.text, "
                         "t.sentence_index AS position, t.section_index AS section", ""),
        )
    ]
    work.connection.execute("DROP TABLE corrected_day")
    statements, decisions, speakers, sentences = (msgspec.convert(rows, list[TextPlace]) for rows in found)
    return Places(msgspec.convert(items, list[ItemPlace]), statements=statements, decisions=decisions,
                  speakers=speakers, sentences=sentences)
