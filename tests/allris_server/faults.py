"""What can go wrong at a real site, as switches of the local one; all off by default.

A page is named by its program and number (`to020:51205`), so that the same switch works for both generations.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Faults:
    robots: str | None = None
    """Text of robots.txt; None: 404."""
    robots_status: int = 200
    robots_location: str | None = None
    """Redirect robots.txt there."""

    errors: dict[str, list[int]] = field(default_factory=dict)
    """Page -> status codes that are answered first, one after the other."""
    down: bool = False
    """Every page is 500."""
    random_errors: float = 0.0
    """Part of the requests answered with 500 or 502, by a seeded generator, never twice in a row."""
    busy: list[str | None] = field(default_factory=list)
    """The next answers are 503 with this Retry-After (None: without the header)."""
    latency: float = 0.0
    """Seconds before each answer, of the server's clock."""
    too_many_after: int | None = None
    """From this request on (robots.txt not counted): *Zu viele Zugriffe*, HTTP 200."""
    gate_after: int | None = None
    gate_redirects: bool = False

    warm_up: bool = False
    """Excerpts and papers are refused to a session that has not seen their agenda."""
    refusal: str = "page"
    """How what is not public is refused: `page` (HTTP 200), `redirect` (302 to noauth) or `header` (X-Page)."""
    version_redirect: bool = False
    """ALLRIS 4 pages redirect to themselves with a page number."""
    foreign_redirect: str | None = None
    """Pages in `redirected` lead to this address."""
    redirected: set[str] = field(default_factory=set)
    loops: set[str] = field(default_factory=set)
    """Pages that redirect to ever new addresses."""
    lost_session: set[str] = field(default_factory=set)
    """Pages that show the calendar instead."""
    stale_ajax: int = 0
    """The next Ajax requests get an empty answer, as with a wrong page version."""

    changed: dict[int, str] = field(default_factory=dict)
    """TOLFDNR -> words that its minutes have instead of their first ones."""
    vanished: set[str] = field(default_factory=set)
    """Pages that are 404, and that no list names any more."""
    hidden: set[str] = field(default_factory=set)
    """Pages that are not public, though linked."""
    empty_calendar: bool = False
    calendar_variant: str = "_e"
    """The calendar program that an ALLRIS 3 installation allows."""
    cms_frame: bool = False
    secret_items: bool = False
    """Every agenda ends with an item that is not public, whose page is refused."""
    extra_rows: bool = False
    """The calendar also has planned, cancelled, unpublished and not public meetings."""
    english: bool = True
    """Dates are English for those who do not ask for German (as at real sites)."""
    no_etag: bool = True

    garbage: set[str] = field(default_factory=set)
    truncated: set[str] = field(default_factory=set)
    """The page ends in the middle."""
    cut_short: set[str] = field(default_factory=set)
    """The connection ends before the announced length."""
    bombs: set[str] = field(default_factory=set)
    """A small gzip body that unpacks to 200 MB."""
    endless: set[str] = field(default_factory=set)
    """A page that never ends, as fast as it can."""
    dripping: set[str] = field(default_factory=set)
    """A page that comes byte by byte."""
    dripping_head: set[str] = field(default_factory=set)
    """Headers that come byte by byte."""

    oparl: str = "none"
    """`none` (404), `off` (500), `plain`, or `quirks` (what implementations really send)."""
    oparl_results: dict[int, str] = field(default_factory=dict)
    """TOLFDNR -> result that only OParl tells."""
    not_in_calendar: set[int] = field(default_factory=set)
    """Meetings that only OParl shows."""
