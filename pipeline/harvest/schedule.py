"""When an address is due again: new and recent meetings often, old ones rarely (pure).

A run a night is the rule, at slightly different times: what is due "every run" is due after 20 hours. Pages of
old meetings are spread over their interval, so that not all of them are due in the same night.
"""

from __future__ import annotations

import datetime as dt
import zlib

EVERY_RUN = dt.timedelta(hours=20)
DAY = dt.timedelta(days=1)
NEVER = dt.datetime(9999, 12, 31, tzinfo=dt.UTC)
"""When a page is due that is withheld on request."""

RECENT_DAYS = 90
"""Minutes appear two to ten weeks after the meeting; until then its pages change."""
YEAR_DAYS = 365

_INTERVALS: dict[str, tuple[dt.timedelta, dt.timedelta, dt.timedelta]] = {
    # kind: while recent, within a year, later
    "calendar": (EVERY_RUN, 30 * DAY, 180 * DAY),
    "meeting": (EVERY_RUN, 7 * DAY, 120 * DAY),
    "excerpt": (3 * DAY, 30 * DAY, 180 * DAY),
    "paper": (7 * DAY, 30 * DAY, 180 * DAY),
    "attendance": (3 * DAY, 30 * DAY, 180 * DAY),
    "meeting_list": (EVERY_RUN, EVERY_RUN, EVERY_RUN),
    "organization_list": (7 * DAY, 7 * DAY, 7 * DAY),
    "organization": (7 * DAY, 7 * DAY, 7 * DAY),
    "person": (30 * DAY, 30 * DAY, 30 * DAY),
    "oparl": (7 * DAY, 7 * DAY, 7 * DAY),
    "start": (30 * DAY, 30 * DAY, 30 * DAY),
}
_PENDING: tuple[dt.timedelta, dt.timedelta, dt.timedelta] = (EVERY_RUN, 7 * DAY, 180 * DAY)
"""An excerpt whose text is not there yet."""
_REFUSED: tuple[dt.timedelta, dt.timedelta, dt.timedelta] = (7 * DAY, 30 * DAY, 180 * DAY)
"""Not public, or gone for good."""
_FAILED = (EVERY_RUN, 2 * EVERY_RUN, 4 * EVERY_RUN, 8 * EVERY_RUN, 16 * EVERY_RUN)
"""After the 1st, 2nd ... failure in a row."""
_SPREAD = 0.2
"""Intervals of a week and more are lengthened by up to this part, by a hash of the address."""
CALENDAR_BACK, CALENDAR_AHEAD = 2, 12
"""Months before and after the present one whose calendar is asked at every run (the future as far as it has pages)."""


def next_due(
    address: str, kind: str, *, outcome: str, fetched: dt.datetime, date: dt.date | None, has_text: bool = True,
    failures: int = 0, missed: int = 0,
) -> dt.datetime:
    """When `address`, last fetched at `fetched` with `outcome`, is due again.

    `date`: the day of the meeting that it belongs to (for a calendar: the month's last day). `failures`: runs in a
    row without a usable answer; `missed`: how often in a row it was gone (the first time is checked at the next run).
    """
    if outcome == "withheld":
        return NEVER
    if outcome in {"ok", "not_modified", "shell"}:
        age = 0 if date is None else (fetched.date() - date).days
        table = _PENDING if kind == "excerpt" and not has_text else _INTERVALS.get(kind, _INTERVALS["person"])
        interval = table[_band(kind, age)]
    elif kind == "oparl":
        interval = 30 * DAY  # switched off at many sites; it is looked for again once a month
    elif outcome in {"gone", "not_public", "no_information", "robots"}:
        age = 0 if date is None else (fetched.date() - date).days
        interval = EVERY_RUN if outcome == "gone" and missed < 2 else _REFUSED[_band(kind, age)]
    elif kind == "calendar":
        interval = EVERY_RUN  # all else hangs on it: after an outage of weeks the first run finds what is new
    else:
        interval = _FAILED[min(max(failures, 1), len(_FAILED)) - 1]
    if interval >= 7 * DAY:
        interval += interval * _SPREAD * ((zlib.crc32(address.encode()) % 1000) / 1000)
    return fetched + interval


def _band(kind: str, age: int) -> int:
    recent = 62 if kind == "calendar" else RECENT_DAYS
    return 0 if age <= recent else 1 if age <= YEAR_DAYS else 2
