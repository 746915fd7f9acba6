"""How fast a host may be asked, and when: an adaptive delay above a floor, hours of the day, a budget (pure but for
the time that is passed in).

The delay follows the site's latency, as Scrapy's AutoThrottle does for one connection: half way from the present
delay to the last latency, never down after an answer that was no success, never below the floor.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import re
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Europe/Berlin")
"""Hours in a configuration are the site's."""
MAX_DELAY = 60.0
"""Seconds; however slow a site is, one page a minute is enough consideration."""
JITTER = 0.1
"""Delays are lengthened by up to this part, so that several harvests do not fall into step."""
MAX_RETRY_AFTER = 900.0
"""Seconds; a site that wants a longer pause is left alone until the next run."""
BUSY_PAUSES = (30.0, 90.0, 240.0)
"""Seconds before the 1st, 2nd, 3rd new try after 429 or 503 without Retry-After."""
ERROR_PAUSE = 10.0
"""Seconds before the one new try after a random 500 or 502."""


class Pace:
    """The delay between the end of one request and the start of the next."""

    def __init__(self, floor: float) -> None:
        self.floor = floor
        self.delay = floor

    def raise_floor(self, floor: float) -> None:
        """Obey a Crawl-delay."""
        self.floor = max(self.floor, floor)
        self.delay = max(self.delay, self.floor)

    def note(self, latency: float, *, success: bool) -> None:
        """Take in how long the site took. Without a floor (only on this machine) it does not count."""
        if self.floor <= 0:
            return
        wanted = (self.delay + latency) / 2
        if success or wanted > self.delay:
            self.delay = min(max(wanted, self.floor), max(MAX_DELAY, self.floor))

    def slow_down(self) -> None:
        """The site said that it is too much: for the rest of the run half as fast at most."""
        self.floor = max(self.floor, min(2 * self.floor, MAX_DELAY))
        self.delay = max(self.delay, self.floor)


def in_hours(hours: str, now: dt.datetime) -> bool:
    """Whether `now` lies in the window `22:00-06:00` (local time of the site); an empty window is always open."""
    if not hours:
        return True
    start, _, end = hours.partition("-")
    clock = now.astimezone(LOCAL).strftime("%H:%M")
    return start <= clock < end if start <= end else clock >= start or clock < end


def retry_after(value: str | None, now: dt.datetime) -> float | None:
    """Seconds that a Retry-After header asks for (a number or a date); None where there is none to be read."""
    if value is None:
        return None
    text = value.strip()
    if re.fullmatch(r"\d{1,9}", text):
        return float(text)
    try:
        when = email.utils.parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=dt.UTC)
    return max(0.0, (when - now).total_seconds())
