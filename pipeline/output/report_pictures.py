"""The rows of the report's pictures, and the pictures as specifications for the page and as files.

Part of `output`; between the rows of `report_data` and `charts`.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import vl_convert

from pipeline.errors import ExportError
from pipeline.output import charts, report_words
from pipeline.output.report_choice import Choice
from pipeline.output.report_data import KINDS
from pipeline.output.report_reading import anchors
from pipeline.output.report_rows import Decision, FactionStance, Item, Meeting, Stance, TopicData
from pipeline.output.report_words import say
from pipeline.output.whole_files import whole_file

Pictures = Mapping[str, Mapping[str, charts.Spec]]
"""Specifications by name of the picture and language."""
SIDES = ("support", "conditional", "oppose")
PNG_SCALE = 2
"""Pixels a point in PNG files: sharp in print at the width of a column."""
MARKS = 1_500
"""Marks in a picture of persons or factions at most: some 250 bytes each, and more would cover one another."""
R = TypeVar("R", Stance, FactionStance)
Target = Callable[[str, int | None], str]
"""The anchor of a sentence in the page, with its #; empty: the page does not hold it."""


def pictures(data: TopicData, choice: Choice) -> dict[str, dict[str, charts.Spec]]:
    """Each picture's specification by language; only those with something to show."""
    names = anchors(choice.items)
    readable = {item.item_id for item in choice.reading}

    def target(item_id: str, sentence: int | None = None) -> str:
        if item_id not in readable:
            return ""
        return f"#{names[item_id]}" + ("" if sentence is None else f"-s{sentence}")

    timeline = _timeline_rows(data, target), _decision_rows(data, choice.decisions, target)
    factions = _faction_rows(data, choice, target)
    persons = _person_rows(data, choice, target)
    called = labels(data)
    drawn: dict[str, dict[str, charts.Spec]] = {}
    for language in report_words.LANGUAGES:
        told = partial(say, language=language)
        if timeline[0]:
            drawn.setdefault("timeline", {})[language] = charts.timeline(*timeline, told)
        if factions:
            drawn.setdefault("factions", {})[language] = charts.bands(
                "factions", factions, choice.factions, told, height=charts.FACTION_BAND)
        if persons:
            drawn.setdefault("persons", {})[language] = charts.bands(
                "persons", persons, [called[person] for person in choice.persons], told, height=charts.PERSON_BAND)
    return drawn


def write_pictures(drawn: Pictures, folder: Path) -> list[Path]:
    """Each picture in German as NAME.svg and NAME.png, in English as NAME.en.svg and NAME.en.png. Returns the files.

    Raises ExportError where the folder or a file cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(f"the folder cannot be made ({error.strerror})", where=folder,
                          remedy="name another one") from None
    files: list[Path] = []
    for name, specs in drawn.items():
        for language, spec in specs.items():
            stem = name if language == "de" else f"{name}.{language}"
            made = {".svg": _svg(spec).encode(), ".png": vl_convert.vegalite_to_png(spec, scale=PNG_SCALE)}
            for suffix, content in made.items():
                with whole_file(folder / f"{stem}{suffix}") as temporary:
                    temporary.write_bytes(content)
                files.append(folder / f"{stem}{suffix}")
    return files


def data_uri(spec: charts.Spec) -> str:
    """The picture for readers without scripts, and for all until they have run."""
    return f"data:image/svg+xml;base64,{base64.b64encode(_svg(spec).encode()).decode()}"


def _svg(spec: charts.Spec) -> str:
    return str(vl_convert.vegalite_to_svg(spec))


def payload(drawn: Pictures, title: str) -> dict[str, Any]:
    """What report.js needs: the specifications, their data (which the languages share), and texts."""
    datasets: dict[str, Any] = {}
    specs: dict[str, dict[str, Any]] = {}
    for name, languages in drawn.items():
        for language, spec in languages.items():
            datasets.update(spec["datasets"])
            specs.setdefault(name, {})[language] = {key: value for key, value in spec.items() if key != "datasets"}
    texts = {language: {key: say(key, language) for key in ("filter_on", "filter_off", "save_as")}
             for language in report_words.LANGUAGES}
    titles = {language: say("title", language, topic=title) for language in report_words.LANGUAGES}
    return {"datasets": datasets, "specs": specs, "texts": texts, "titles": titles}


# ------------------------------------------------------------------------------ rows


def labels(data: TopicData) -> dict[str, str]:
    """How each person is called in the page: name and last faction; two that would be called the same are numbered."""
    last = {stance.person_id: stance for stance in data.stances}
    plain = {person: f"{stance.person_name or person}{f' ({stance.faction})' if stance.faction else ''}"
             for person, stance in last.items()}
    times = Counter(plain.values())
    seen: Counter[str] = Counter()
    found: dict[str, str] = {}
    for person in sorted(plain):
        label = plain[person]
        seen[label] += 1
        found[person] = f"{label} [{seen[label]}]" if times[label] > 1 else label
    return found


def by_meeting(items: Iterable[Item]) -> dict[str, list[Item]]:
    """The items of each meeting, in order."""
    found: dict[str, list[Item]] = {}
    for item in items:
        found.setdefault(item.meeting_id, []).append(item)
    return found


def _faction_rows(data: TopicData, choice: Choice, target: Target) -> list[dict[str, Any]]:
    return [
        {**_band(row, target(row.item_id, None)), "label": row.faction, "person": "", "moved": ""}
        for row in _thinned(_drawn_factions(data, choice), lambda row: row.faction, lambda _: False)
    ]


def _person_rows(data: TopicData, choice: Choice, target: Target) -> list[dict[str, Any]]:
    called = labels(data)
    turns = {(move.after.person_id, move.after.item_id): f"moved_to_{move.after.side}" for move in data.moves}
    return [
        {**_band(row, target(row.item_id, row.sentence_index)), "label": called[row.person_id], "person": row.person_id,
         "moved": turns.get((row.person_id, row.item_id), "")}
        for row in _thinned(_drawn_persons(data, choice), lambda row: row.person_id,
                            lambda row: (row.person_id, row.item_id) in turns)
    ]


def _drawn_factions(data: TopicData, choice: Choice) -> list[FactionStance]:
    shown = set(choice.factions)
    return [row for row in data.factions if row.date and row.faction in shown]


def _drawn_persons(data: TopicData, choice: Choice) -> list[Stance]:
    shown = set(choice.persons)
    return [row for row in data.stances if row.date and row.person_id in shown]


def thinned(data: TopicData, choice: Choice) -> set[str]:
    """The pictures that do not show every item."""
    counts = {"factions": len(_drawn_factions(data, choice)), "persons": len(_drawn_persons(data, choice))}
    return {name for name, count in counts.items() if count > MARKS}


def _thinned(rows: Sequence[R], key: Callable[[R], str], always: Callable[[R], bool]) -> list[R]:
    """About MARKS rows: of each key some at equal distances, its first and last, and those that stay `always`."""
    if len(rows) <= MARKS:
        return list(rows)
    of_key: dict[str, list[R]] = {}
    for row in rows:
        of_key.setdefault(key(row), []).append(row)
    each = max(2, MARKS // len(of_key))
    kept: list[R] = []
    for group in of_key.values():
        last = len(group) - 1
        places = set(range(len(group))) if last < each else {step * last // (each - 1) for step in range(each)}
        kept += [row for place, row in enumerate(group) if place in places or always(row)]
    return kept


def _band(row: Stance | FactionStance, href: str) -> dict[str, Any]:
    return {
        "iso": f"{row.date:%Y-%m-%d}", "committee": row.committee or "", "faction": row.faction or "",
        "position": round(row.position, 3), "score": round(row.score, 3),
        "stance": "support" if row.score > 1 / 3 else "oppose" if row.score < -1 / 3 else "conditional",
        "item": row.item_number or "", "href": href,
    }


def period(data: TopicData) -> str:
    """How meetings are added up in the timeline so that its bars stand apart: meeting, quarter or year."""
    dates = [meeting.date for meeting in data.meetings if meeting.date]
    if len(dates) <= charts.MAX_COLUMNS:
        return "meeting"
    return "quarter" if len({(d.year, (d.month - 1) // 3) for d in dates}) <= charts.MAX_COLUMNS else "year"


def _first_day(date: dt.date, unit: str) -> dt.date:
    """The first day of the quarter or year of `date`."""
    return dt.date(date.year, (date.month - 1) // 3 * 3 + 1 if unit == "quarter" else 1, 1)


def _timeline_rows(data: TopicData, target: Target) -> list[dict[str, Any]]:
    unit = period(data)
    held = by_meeting(data.items)
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for meeting in data.meetings:
        if meeting.date is None:
            continue
        alone = unit == "meeting"
        iso = f"{meeting.date if alone else _first_day(meeting.date, unit):%Y-%m-%d}"
        committee = meeting.committee or ""
        row = found.setdefault((iso, meeting.meeting_id if alone else "", committee), {
            "iso": iso, "committee": committee, "mentions": 0, **dict.fromkeys(SIDES, 0),
            "href": _first_item(meeting, held, target) if alone else ""})
        for name in (*SIDES, "mentions"):
            row[name] += getattr(meeting, name)
    return list(found.values())


def _first_item(meeting: Meeting, held: Mapping[str, list[Item]], target: Target) -> str:
    """The anchor of the meeting's first item on the topic, else of the first that names it."""
    items = sorted(held.get(meeting.meeting_id, ()), key=lambda item: not item.is_on_topic)
    return target(items[0].item_id, None) if items else ""


def _decision_rows(data: TopicData, decisions: Sequence[Decision], target: Target) -> list[dict[str, Any]]:
    """A row a decision, where the timeline has a column a meeting; those of a meeting are stacked."""
    if period(data) != "meeting":
        return []
    places: Counter[tuple[dt.date, str]] = Counter()
    found: list[dict[str, Any]] = []
    for decision in decisions:
        if decision.date is None or decision.outcome not in KINDS:
            continue
        votes = (decision.yes, decision.no, decision.abstain)
        found.append({
            "iso": f"{decision.date:%Y-%m-%d}", "committee": decision.committee or "", "kind": KINDS[decision.outcome],
            "outcome": decision.outcome, "place": places[decision.date, decision.meeting_id],
            "votes": "" if votes[:2] == (None, None) else " : ".join("?" if v is None else str(v) for v in votes),
            "href": target(decision.item_id, decision.sentence_index)})
        places[decision.date, decision.meeting_id] += 1
    return found
