"""What the report shows where there is more than a page can hold, by rules that the page states.

Part of `output`; rows in, rows out. Nothing is dropped silently: the page says how many of how many it shows
and which query has the rest.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from pipeline.output.report_rows import Decision, Item, Meeting, Move, Promise, Stance, Statement, TopicData

MEETINGS, DECISIONS, PROMISES, MOVES, PERSONS, FACTIONS, TELLING, ITEMS = 300, 400, 200, 60, 40, 12, 30, 500
"""Rows shown at most. 102,000 statements (318 copies of the county, tests.scale) give a page of 5.8 MB."""
READING = 5_000
"""Sentences in the reading view at most: some 400 bytes each with their marks."""
_AGAIN = 0.55
"""Weight of a statement for each one of the same person already chosen (0.75 for the same stance): 30 statements
of the demonstration county then come from at least half of those who took a side."""
_SAME_STANCE = 0.75


class Choice(msgspec.Struct, frozen=True):
    """What is shown; the newest where there is too much, in the order of time."""

    meetings: list[Meeting]
    decisions: list[Decision]
    open_promises: list[Promise]
    kept_promises: list[Promise]
    moves: list[Move]
    persons: list[str]
    factions: list[str]
    telling: list[Statement]
    items: list[Item]
    reading: list[Item]


def choose(data: TopicData) -> Choice:
    """What a page shows of `data`."""
    shown_moves = data.moves[-MOVES:]
    telling = most_telling(data.statements, TELLING)
    decisions = data.decisions[-DECISIONS:]
    still_open = [promise for promise in data.promises if not promise.follow_ups][-PROMISES:]
    taken_up = [promise for promise in data.promises if promise.follow_ups][-PROMISES:]
    cited = {
        *(stance.item_id for move in shown_moves for stance in (move.before, move.after)),
        *(statement.item_id for statement in telling), *(decision.item_id for decision in decisions),
        *(promise.item_id for promise in (*still_open, *taken_up)),
        *(promise.follow_up_item_id for promise in taken_up if promise.follow_up_item_id),
    }
    reading = _within(data.items, cited)
    shown = {item.item_id for item in reading}
    items = [item for item in data.items if item.item_id in shown or item.is_on_topic][-ITEMS:]
    return Choice(
        meetings=data.meetings[-MEETINGS:], decisions=decisions, open_promises=still_open, kept_promises=taken_up,
        moves=shown_moves, persons=_persons(data.stances, shown_moves), factions=_factions(data), telling=telling,
        items=items, reading=reading,
    )


def most_telling(candidates: Sequence[Statement], number: int) -> list[Statement]:
    """At most `number` statements over the years, stances and persons, the weightiest first within each, in time.

    Year after year one is taken, as long as there are any: the one with the greatest weight, lowered for each
    that the person or the year's stance already has.
    """
    left: dict[int, list[Statement]] = {}
    for statement in candidates:
        left.setdefault(statement.year or 0, []).append(statement)
    persons: Counter[str] = Counter()
    stances: Counter[tuple[int, str]] = Counter()
    chosen: list[Statement] = []
    while len(chosen) < number and any(left.values()):
        for year in sorted(left, reverse=True):
            if not left[year] or len(chosen) == number:
                continue
            best = max(left[year], key=lambda s: (
                s.weight * _AGAIN ** persons[_who(s)] * _SAME_STANCE ** stances[s.year or 0, s.stance_topic],
                s.statement_id))
            left[year].remove(best)
            persons[_who(best)] += 1
            stances[year, best.stance_topic] += 1
            chosen.append(best)
    return sorted(chosen, key=lambda s: (s.date or dt.date.min, s.item_id, s.first_sentence))


def _who(statement: Statement) -> str:
    return statement.person_id or statement.speaker or ""


def _within(items: Sequence[Item], cited: set[str]) -> list[Item]:
    """The items whose texts fit into READING sentences: cited ones first, then those on the topic, newest first."""
    def rank(place: int) -> tuple[bool, bool, int]:
        return items[place].item_id not in cited, not items[place].is_on_topic, -place

    left = READING
    chosen: set[str] = set()
    for item in (items[place] for place in sorted(range(len(items)), key=rank)):
        if item.has_excerpt and item.sentences <= left:
            left -= item.sentences
            chosen.add(item.item_id)
    return [item for item in items if item.item_id in chosen]


def _persons(stances: Sequence[Stance], moves: Iterable[Move]) -> list[str]:
    """The persons in the picture: who moved, then who took a side most often; in the order of their last position."""
    moved = {move.after.person_id for move in moves}
    last = {stance.person_id: stance for stance in stances}
    often = Counter(stance.person_id for stance in stances)
    chosen = sorted(often, key=lambda person: (person not in moved, -often[person], person))[:PERSONS]
    return sorted(chosen, key=lambda person: (-last[person].position, last[person].person_name or "", person))


def _factions(data: TopicData) -> list[str]:
    """The factions in the picture: those that took a side most often, in the order of their last position, '' last."""
    last = {row.faction: row for row in data.factions}
    often = Counter(row.faction for row in data.factions)
    chosen = sorted(often, key=lambda name: (-often[name], name))[:FACTIONS]
    return sorted(chosen, key=lambda name: (not name, -last[name].position, name))


def promise_state(promise: Promise, horizon: dt.date | None) -> str:
    """late, taken_up, overdue (the deadline was before the last meeting known) or open."""
    if promise.follow_ups:
        return "late" if promise.late else "taken_up"
    if promise.due_date and horizon and promise.due_date < horizon.isoformat()[: len(promise.due_date)]:
        return "overdue"
    return "open"
