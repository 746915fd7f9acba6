"""Dates and times as ALLRIS pages write them (`pages`; used by every page parser).

German and English forms (a server without `Accept-Language: de` answers `Jan 29, 2026`). Results are
ISO 8601; what is no possible date or time is None. The functions get the text of one field, never a whole
page: the version meta in a page's head holds the build date of the software.
"""

from __future__ import annotations

import datetime
import re

MONTHS = {
    "januar": 1,
    "jänner": 1,
    "jan": 1,
    "january": 1,
    "februar": 2,
    "feber": 2,
    "feb": 2,
    "february": 2,
    "märz": 3,
    "maerz": 3,
    "mär": 3,
    "mrz": 3,
    "mar": 3,
    "march": 3,
    "april": 4,
    "apr": 4,
    "mai": 5,
    "may": 5,
    "juni": 6,
    "jun": 6,
    "june": 6,
    "juli": 7,
    "jul": 7,
    "july": 7,
    "august": 8,
    "aug": 8,
    "september": 9,
    "sept": 9,
    "sep": 9,
    "oktober": 10,
    "okt": 10,
    "october": 10,
    "oct": 10,
    "november": 11,
    "nov": 11,
    "dezember": 12,
    "dez": 12,
    "december": 12,
    "dec": 12,
}

TWO_DIGIT_PIVOT = 70
"""`30.09.21` is 2021, `30.09.98` is 1998: no ALLRIS page is older than the 1980s."""

_WORD = r"[A-Za-zäÄ]{3,9}"
_DATE = re.compile(
    r"(?<![\d.])(?P<d1>\d{1,2})\.[ \xa0]?(?P<m1>\d{1,2})\.[ \xa0]?"
    r"(?P<y1>\d{4}|(?<=\d\d\.\d\d\.)\d{2})(?!\d|\.\d)"  # 03.06.2025
    r"|(?<!\d)(?P<y2>\d{4})-(?P<m2>\d{1,2})-(?P<d2>\d{1,2})(?!\d)"  # 2025-06-03
    rf"|(?<!\d)(?P<d3>\d{{1,2}})(?:\.|st|nd|rd|th)?[ \xa0]{{1,3}}(?P<w3>{_WORD})\.?,?"
    r"[ \xa0]{1,3}(?P<y3>\d{4})(?!\d)"
    rf"|(?<![A-Za-z])(?P<w4>{_WORD})\.?[ \xa0]{{1,3}}(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?,?"
    r"[ \xa0]{1,3}(?P<y4>\d{4})(?!\d)"
)  # the third: 5. März 2024; the fourth: Jan 29, 2026

_TIME = re.compile(
    r"(?<![\d.:])(\d{1,2})[:.](\d{2})(?::\d{2})?(?![\d.])(?:[ \xa0]{0,2}([AaPp])\.?[Mm]\b\.?)?"
    r"|(?<![\d.:])(\d{1,2})[ \xa0]{0,2}(?:Uhr\b|([AaPp])\.?[Mm]\b)"
)
_MONTH_YEAR = re.compile(rf"({_WORD})[ \xa0]{{1,3}}(\d{{4}})(?!\d)|(?<!\d)(\d{{1,2}})[./](\d{{4}})(?!\d)")
_UNTIL = re.compile(r"^\W{0,3}(?:bis|until|to)\b", re.IGNORECASE)


def parse_date(text: str) -> str | None:
    """The first possible date in `text` (a field such as `Do., 11.12.2025`) as `YYYY-MM-DD`, or None."""
    found = find_dates(text, limit=1)
    return found[0] if found else None


def find_dates(text: str, *, limit: int = 20) -> list[str]:
    """Up to `limit` possible dates in `text`, in order, as `YYYY-MM-DD`."""
    dates: list[str] = []
    for match in _DATE.finditer(text):
        iso = _iso(match)
        if iso is not None:
            dates.append(iso)
            if len(dates) >= limit:
                break
    return dates


def _iso(match: re.Match[str]) -> str | None:
    g = match.groupdict()
    if g["d1"]:
        day, month, year = int(g["d1"]), int(g["m1"]), int(g["y1"])
        if len(g["y1"]) == 2:
            year += 2000 if year < TWO_DIGIT_PIVOT else 1900
    elif g["y2"]:
        day, month, year = int(g["d2"]), int(g["m2"]), int(g["y2"])
    else:
        word, day_text, year_text = (g["w3"], g["d3"], g["y3"]) if g["d3"] else (g["w4"], g["d4"], g["y4"])
        day, month, year = int(day_text), MONTHS.get(word.lower(), 0), int(year_text)
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return None


def parse_times(text: str) -> tuple[str | None, str | None]:
    """Start and end in a field such as `18:08`, `18:00 - 20:10` or `17.00 Uhr`, as `HH:MM`."""
    times: list[str] = []
    for match in _TIME.finditer(text):
        hour = int(match[1] or match[4])
        minute = int(match[2] or 0)
        half = (match[3] or match[5] or "").lower()
        if half == "p" and hour < 12:
            hour += 12
        elif half == "a" and hour == 12:
            hour = 0
        if hour == 24 and minute == 0:
            hour = 0
        if hour < 24 and minute < 60:
            times.append(f"{hour:02d}:{minute:02d}")
    start = times[0] if times else None
    end = times[1] if len(times) > 1 else None
    if end is None and start is not None and _UNTIL.match(text):
        start, end = None, start
    return start, end


def parse_period(text: str) -> tuple[str | None, str | None]:
    """Start and end of `01.07.2023 - 30.06.2028`, `seit 01.07.2023` or `bis 30.06.2028`; None is open or untold."""
    found = find_dates(text, limit=2)
    if not found:
        return None, None
    if len(found) > 1:
        return found[0], found[1]
    if _UNTIL.match(text) or re.match(r"^\W{0,3}[-–]", text):
        return None, found[0]
    return found[0], None


def parse_month(text: str) -> str | None:
    """`Juni 2025`, `June 2025` or `06/2025` as `2025-06`, or None."""
    for match in _MONTH_YEAR.finditer(text):
        month = MONTHS.get(match[1].lower(), 0) if match[1] else int(match[3])
        year = int(match[2] or match[4])
        if 1 <= month <= 12 and year >= 1:
            return f"{year:04d}-{month:02d}"
    return None


def day_of(month: str | None, day: str) -> str | None:
    """The date of a calendar row: `month` (`2025-06`) and the day's number as the row prints it."""
    digits = day.strip().rstrip(".")
    if month is None or not (digits.isdecimal() and len(digits) <= 2):
        return None
    try:
        return datetime.date(int(month[:4]), int(month[5:7]), int(digits)).isoformat()
    except ValueError:
        return None
