"""Reads deadlines: the words that name one, and the date that follows from them and the date of the meeting.

Used by `commitments` and for the resolutions of `decision_records`. A date is given only where it follows: *bis zur
nächsten Sitzung* stays words, *im März* is the first March after the meeting.
"""

from __future__ import annotations

import re
import tomllib
from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from pipeline.errors import ExtractionError

PATH = Path(__file__).parent / "lexicon" / "deadlines.toml"

MONTHS = (
    "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
    "Dezember",
)
_WEEKDAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
_COUNTS = {"einer": 1, "zwei": 2, "drei": 3, "vier": 4, "sechs": 6, "acht": 8}
_ORDINALS = {"erst": 1, "zwei": 2, "drit": 3, "vier": 4}

_WHEN = re.compile(r"(?:noch |spätestens )*(?:bis|im|Ende|Mitte|Anfang|zum|für|ab)\b")
_UNTIL = ("bis ", "spätestens ", "zum ", "noch ", "Ende ", "bis")


@lru_cache(maxsize=1)
def load() -> tuple[tuple[str, re.Pattern[str], str], ...]:
    """The deadlines of the lexicon: key, pattern, example. Raises `ExtractionError` if the file is broken."""
    try:
        data = tomllib.loads(PATH.read_text("utf-8"))
        return tuple((e["key"], re.compile(e["pattern"]), e["example"]) for e in data["deadline"])
    except (OSError, KeyError, TypeError, ValueError, re.error) as error:
        raise ExtractionError(f"the lexicon of deadlines cannot be read: {error!r}", where=PATH) from error


def due_of(text: str, meeting: str | None) -> tuple[str | None, str | None]:
    """The words that name the deadline, and the ISO date or month that follows from them and the meeting's date."""
    if not text:
        return None, None
    day = _date(meeting)
    lowered = text[0].lower() + text[1:]
    for key, pattern, _ in load():
        m = pattern.search(lowered)
        if m is None or (key == "monat" and not _WHEN.match(m.group())):
            continue
        return " ".join(text[m.start() : m.end()].split()), _resolve(key, m, " ".join(m.group().split()), day)
    return None, None


def deadlines_in(text: str, meeting: str | None) -> tuple[tuple[str, str], ...]:
    """All deadlines in `text` from which a date or month follows, as (words, ISO date or month), in order."""
    day = _date(meeting)
    found: list[tuple[int, int, str, str]] = []
    for key, pattern, _ in load():
        for m in pattern.finditer(text):
            if any(m.start() < end and start < m.end() for start, end, _, _ in found):
                continue
            words = " ".join(m.group().split())
            if not words.startswith(_UNTIL):
                continue
            resolved = _resolve(key, m, words, day)
            if resolved is not None:
                found.append((m.start(), m.end(), words, resolved))
    return tuple((words, resolved) for _, _, words, resolved in sorted(found))


_TO_THE_END = re.compile(r"\bbis (?:Ende )?[A-ZÄÖÜ]|\bEnde [A-ZÄÖÜ]")


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _resolve(key: str, m: re.Match[str], words: str, meeting: date | None) -> str | None:
    group = m.groupdict()
    year = next((int(v) for k, v in group.items() if k.startswith("year") and v), None)
    if year is not None and year < 100:
        year += 2000
    if key == "datum":
        month = int(group["month"]) if group.get("month") else MONTHS.index(group["name"]) + 1
        return _day(int(group["day"]), month, year, meeting)
    if key == "quartal":
        number = int(group["quarter"]) if group.get("quarter") else _ordinal(group["word"])
        if not 1 <= number <= 4:
            return None
        return _end_of_month(number * 3, year, meeting)
    if key == "halbjahr":
        number = int(group["half"]) if group.get("half") else _ordinal(group["word"])
        return _end_of_month(number * 6, year, meeting) if number in (1, 2) else None
    if key in ("monat", "sitzung_monat"):
        month = MONTHS.index(group.get("name") or group.get("name2") or "") + 1
        if key == "monat" and _TO_THE_END.search(words) and "Mitte" not in words and "Anfang" not in words:
            return _end_of_month(month, year, meeting)
        return _month(month, year, meeting)
    if key == "jahresende":
        end = year or (meeting.year if meeting else None)
        return f"{end:04d}-12-31" if end else None
    if meeting is None:
        return None
    if key == "wochentag":
        if group.get("tomorrow"):
            return (meeting + timedelta(days=1 if group["tomorrow"] == "morgen" else 2)).isoformat()
        ahead = (_WEEKDAYS.index(group["weekday"]) - meeting.weekday() - 1) % 7 + 1
        return (meeting + timedelta(days=ahead)).isoformat()
    if key == "woche" and group.get("count"):
        count = _COUNTS.get(group["count"]) or (int(group["count"]) if group["count"].isdigit() else 0)
        if group["unit"].startswith("Woche"):
            return (meeting + timedelta(weeks=count)).isoformat()
        if group["unit"].startswith("Tag"):
            return (meeting + timedelta(days=count)).isoformat()
        total = meeting.year * 12 + meeting.month - 1 + count
        return f"{total // 12:04d}-{total % 12 + 1:02d}"
    return None


def _ordinal(word: str) -> int:
    return _ORDINALS.get(word[:4], 0)


def _after(month: int, year: int | None, meeting: date | None) -> int | None:
    """The year of a month that is told without one: the next after the meeting."""
    if year is not None:
        return year
    if meeting is None:
        return None
    return meeting.year if month >= meeting.month else meeting.year + 1


def _day(day: int, month: int, year: int | None, meeting: date | None) -> str | None:
    if not 1 <= month <= 12:
        return None
    own = _after(month, year, meeting)
    if own is None or not 1 <= day <= monthrange(own, month)[1]:
        return None
    found = date(own, month, day)
    if year is None and meeting is not None and found < meeting:
        found = date(own + 1, month, min(day, monthrange(own + 1, month)[1]))
    return found.isoformat()


def _month(month: int, year: int | None, meeting: date | None) -> str | None:
    own = _after(month, year, meeting)
    return None if own is None else f"{own:04d}-{month:02d}"


def _end_of_month(month: int, year: int | None, meeting: date | None) -> str | None:
    own = _after(month, year, meeting)
    return None if own is None else f"{own:04d}-{month:02d}-{monthrange(own, month)[1]:02d}"
