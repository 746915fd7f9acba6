"""Writes corrections of stances, statements and decisions into the rows of an item, and takes them back.

Part of `store`; used by `corrections`. Each function returns what stood there before, for `correction.former`;
`take_back` needs nothing else. An item with such a correction is marked (`agenda_item.corrected`): where the mark
is gone, its page was written anew, and nothing is taken back.
"""

from __future__ import annotations

import json
from typing import Any

from pipeline.extract import namelist
from pipeline.link.correction_places import Fitted
from pipeline.link.corrections import DecisionCorrection, StatementCorrection
from pipeline.link.names import parse_name
from pipeline.store.database import WorkDatabase

RULE = "corrected"
"""`rule` of what was set by hand."""
_CERTAIN = 1.0
"""Confidence of what was set by hand."""
_DECISION = ("outcome", "unanimous", "yes", "no", "abstain", "agrees", "confidence", "corrected")
_STATEMENT = ("speaker_id", "rule", "speaker_confidence")
_SENTENCE = ("speakers", "stance", "rule", "speaker_confidence", "stance_confidence")

Former = dict[str, Any]


class Unfit(Exception):
    """Why a correction cannot be applied, in words for `correction.problem`."""


# -------------------------------------------------------------------------------------------------- stances

def set_stance(work: WorkDatabase, statement: str, stance: str) -> Former:
    """Set the stance of a statement and of its sentences."""
    former = _one(work, "statement", ("stance", "stance_confidence"), statement_id=statement)
    _stance(work, statement, {"stance": stance, "stance_confidence": _CERTAIN}, corrected=True)
    return former


def _stance(work: WorkDatabase, statement: str, values: Former, *, corrected: bool) -> None:
    """Sentences that two speakers share keep their stance: they have one label for both."""
    work.connection.execute(
        """UPDATE sentence SET stance = ? FROM statement AS st
        WHERE st.statement_id = ? AND sentence.item_id = st.item_id AND len(sentence.speakers) = 1
          AND sentence.sentence_index BETWEEN st.first_sentence AND st.last_sentence""", [values["stance"], statement])
    _update(work, "statement", {**values, "corrected": corrected or None}, statement_id=statement)


# ----------------------------------------------------------------------------------------------- statements

def set_speaker(work: WorkDatabase, fitted: Fitted, one: StatementCorrection) -> Former:
    """Make a statement the words of another speaker. Raises Unfit where they are the same's already."""
    key, item, by = str(fitted.key), str(fitted.item), fitted.by or str(one.by)
    row = _one(work, "statement", ("speaker_id", "rule", "speaker_confidence", "first_sentence", "last_sentence"),
               statement_id=key)
    if work.rows("SELECT 1 FROM statement WHERE item_id = ? AND first_sentence = ? AND speaker_id = ?",
                 [item, row["first_sentence"], by]):
        raise Unfit(f"it is said to be the words of '{by}' already")
    sentences = _sentences(work, item, row["first_sentence"], row["last_sentence"])
    made = _know_speaker(work, item, by, fitted)
    for sentence in sentences:
        speakers = list(dict.fromkeys(by if s == row["speaker_id"] else s for s in sentence["speakers"]))
        _update(work, "sentence", {"speakers": speakers, "rule": RULE, "speaker_confidence": _CERTAIN}, item_id=item,
                sentence_index=sentence["sentence_index"])
    _update(work, "statement", {"speaker_id": by, "rule": RULE, "speaker_confidence": _CERTAIN, "corrected": True},
            statement_id=key)
    return {**{name: row[name] for name in _STATEMENT}, "sentences": sentences, "made_speaker": made}


def add_statement(work: WorkDatabase, fitted: Fitted, one: StatementCorrection) -> Former:
    """Make sentences of no statement one. Raises Unfit where they are part of one."""
    key, item, by = str(fitted.key), str(fitted.item), fitted.by or str(one.by)
    first, last = fitted.first or 0, fitted.last or 0
    if taken := work.rows(
            """SELECT quote FROM statement WHERE item_id = ? AND first_sentence <= ? AND last_sentence >= ?
            ORDER BY first_sentence LIMIT 1""", [item, last, first]):
        raise Unfit(f"its sentences belong to the statement that begins with '{taken[0]['quote'][:40]}': remove that "
                    "first, or say whose words it is")
    sentences = _sentences(work, item, first, last)
    made = _know_speaker(work, item, by, fitted)
    span = work.rows("""
        SELECT a.section_index, a.start_char, b.end_char, s.text[a.start_char + 1 : b.end_char] AS quote,
            a.act, a.on_record, (SELECT coalesce(max(statement_index), -1) + 1 FROM statement WHERE item_id = $item)
            AS statement_index
        FROM sentence AS a JOIN sentence AS b ON b.item_id = a.item_id AND b.sentence_index = $last
        JOIN section AS s ON s.item_id = a.item_id AND s.section_index = a.section_index
        WHERE a.item_id = $item AND a.sentence_index = $first""", {"item": item, "first": first, "last": last})[0]
    stance_confidence = None if one.stance is None else _CERTAIN
    work.insert("statement", [{
        **span, "statement_id": key, "item_id": item, "speaker_id": by, "first_sentence": first, "last_sentence": last,
        "words": len(span["quote"].split()), "act": one.act or span["act"], "stance": one.stance, "rule": RULE,
        "speaker_confidence": _CERTAIN, "stance_confidence": stance_confidence, "corrected": True}])
    for sentence in sentences:
        _update(work, "sentence", {"speakers": [by], "stance": one.stance, "rule": RULE, "speaker_confidence": _CERTAIN,
                                   "stance_confidence": stance_confidence},
                item_id=item, sentence_index=sentence["sentence_index"])
    return {"sentences": sentences, "made_speaker": made}


def remove_statement(work: WorkDatabase, fitted: Fitted) -> Former:
    """Take a statement out; its sentences report the words of those who are left, mostly of nobody."""
    rows = work.rows("SELECT * FROM statement WHERE statement_id = ?", [fitted.key])
    item, speaker = str(fitted.item), rows[0]["speaker_id"]
    sentences = _sentences(work, item, rows[0]["first_sentence"], rows[0]["last_sentence"])
    for sentence in sentences:
        left = [other for other in sentence["speakers"] if other != speaker]
        values: Former = {"speakers": left} if left else {**dict.fromkeys(_SENTENCE), "speakers": []}
        _update(work, "sentence", values, item_id=item, sentence_index=sentence["sentence_index"])
    work.connection.execute("DELETE FROM statement WHERE statement_id = ?", [fitted.key])
    return {"statement": rows, "sentences": sentences}


def _sentences(work: WorkDatabase, item: str, first: int, last: int) -> list[Former]:
    return work.rows(f"""SELECT sentence_index, {', '.join(_SENTENCE)} FROM sentence
        WHERE item_id = ? AND sentence_index BETWEEN ? AND ? ORDER BY sentence_index""",  # noqa: S608  (names above)
                     [item, first, last])


def _know_speaker(work: WorkDatabase, item: str, by: str, fitted: Fitted) -> str | None:
    """Add the speaker `by` to the item where it has none of this name. Returns its key if it was added."""
    if fitted.by is not None or work.rows("SELECT 1 FROM speaker WHERE item_id = ? AND speaker_id = ?", [item, by]):
        return None
    kind = _kind(by)
    name = parse_name(by) if kind == "person" else None
    work.insert("speaker", [{
        "item_id": item, "speaker_id": by, "kind": kind, "name": name.full if name else by, "forms": [by],
        "candidates": []}])
    return by


def _kind(by: str) -> str:
    """What a speaker is, by the last word of its name (*Vorsitzende*, *SPD-Fraktion*)."""
    known = namelist.word(by.split()[-1]) if by.split() else None
    flags = known.flags if known else 0
    if flags & (namelist.GROUP | namelist.PARTY | namelist.BODY):
        return "group"
    return "role" if flags & namelist.ROLE else "person"


# ------------------------------------------------------------------------------------------------ decisions

def set_decision(work: WorkDatabase, decision: str, one: DecisionCorrection) -> Former:
    """Change the fields of a decision that the correction gives."""
    former = _one(work, "decision", _DECISION, decision_id=decision)
    _update(work, "decision", {**one.values, "confidence": _CERTAIN, "corrected": True}, decision_id=decision)
    work.connection.execute(
        """UPDATE decision SET agrees = (outcome = i.result_outcome) FROM agenda_item AS i
        WHERE decision_id = ? AND i.item_id = decision.item_id AND agrees IS NOT NULL""", [decision])
    return former


def add_decision(work: WorkDatabase, fitted: Fitted, one: DecisionCorrection) -> Former:
    """Make a sentence a decision. Raises Unfit where it is one."""
    key, item = str(fitted.key), str(fitted.item)
    if work.rows("SELECT 1 FROM decision WHERE item_id = ? AND sentence_index = ?", [item, fitted.first]):
        raise Unfit("the program finds a decision there itself: correct that one, or take this out")
    row = work.rows("""
        SELECT se.section_index, se.paragraph, se.position, se.sentence_index, se.start_char, se.end_char, se.text,
            coalesce(d.last, -1) + 1 AS decision_index,
            CASE WHEN d.compared IS NOT TRUE THEN i.result_outcome = $outcome END AS agrees
        FROM sentence AS se JOIN agenda_item AS i ON i.item_id = se.item_id
        CROSS JOIN (SELECT max(decision_index) AS last, bool_or(agrees IS NOT NULL) AS compared
            FROM decision WHERE item_id = $item) AS d
        WHERE se.item_id = $item AND se.sentence_index = $first""",
                    {"item": item, "first": fitted.first, "outcome": one.outcome})[0]
    work.insert("decision", [{**row, **one.values, "decision_id": key, "item_id": item, "confidence": _CERTAIN,
                              "rule": RULE, "candidates": [], "corrected": True}])
    return {}


def remove_decision(work: WorkDatabase, decision: str) -> Former:
    """Take a decision out, with its votes by faction."""
    former = {table: work.rows(f"SELECT * FROM {table} WHERE decision_id = ?", [decision])  # noqa: S608
              for table in ("decision", "faction_vote")}
    for table in former:
        work.connection.execute(f"DELETE FROM {table} WHERE decision_id = ?", [decision])  # noqa: S608
    return former


# ------------------------------------------------------------------------------------------------ taking back

def take_back(work: WorkDatabase, source: str) -> None:
    """Give the items of the corpus back what the extraction had found, the last correction first."""
    for row in work.rows("""
        SELECT c.kind, c.given, c.item_id, c.target, c.former FROM correction AS c
        JOIN agenda_item AS i ON i.item_id = c.item_id AND i.corrected
        WHERE c.applied AND c.former IS NOT NULL AND c.source_id = ? AND c.kind IN ('stance', 'statement', 'decision')
        ORDER BY c.correction_index DESC""", [source]):
        given = json.loads(row["given"])
        how = "add" if given.get("add") else "remove" if given.get("remove") else "set"
        _take_back(work, row["kind"], how, row["item_id"], row["target"], json.loads(row["former"]))
    work.connection.execute("UPDATE agenda_item SET corrected = NULL WHERE source_id = ? AND corrected IS NOT NULL",
                            [source])


def _take_back(work: WorkDatabase, kind: str, how: str, item: str, target: str, former: Former) -> None:
    if kind == "stance":
        _stance(work, target, former, corrected=False)
    elif kind == "decision" and how == "set":
        _update(work, "decision", former, decision_id=target)
    elif kind == "statement" and how == "set":
        _update(work, "statement", {**{name: former[name] for name in _STATEMENT}, "corrected": None},
                statement_id=target)
    elif how == "add":
        work.connection.execute(f"DELETE FROM {kind} WHERE {kind}_id = ?", [target])  # noqa: S608  (one of the two)
    else:
        for table in ("statement", "decision", "faction_vote"):
            work.insert(table, former.get(table, []))
    for sentence in former.get("sentences", ()):
        _update(work, "sentence", {name: sentence[name] for name in _SENTENCE}, item_id=item,
                sentence_index=sentence["sentence_index"])
    if former.get("made_speaker"):
        work.connection.execute("DELETE FROM speaker WHERE item_id = ? AND speaker_id = ?",
                                [item, former["made_speaker"]])


def _one(work: WorkDatabase, table: str, columns: tuple[str, ...], **key: str) -> Former:
    where = " AND ".join(f"{name} = ?" for name in key)
    return work.rows(f"SELECT {', '.join(columns)} FROM {table} WHERE {where}", list(key.values()))[0]  # noqa: S608


def _update(work: WorkDatabase, table: str, values: Former, **key: object) -> None:
    """Set columns of a row; names of tables and columns are those of this module."""
    assignments = ", ".join(f"{name} = ?" for name in values)
    where = " AND ".join(f"{name} = ?" for name in key)
    work.connection.execute(f"UPDATE {table} SET {assignments} WHERE {where}",  # noqa: S608
                            [*values.values(), *key.values()])
