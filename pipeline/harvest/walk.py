"""The walk over a site: which page next, until nothing is due.

robots.txt, then what the site is, its committees, its calendar (forwards while there are meetings, backwards to the
beginning), the lists of the wanted committees; then meeting by meeting, newest first: agenda, excerpts, papers,
attendance; then rosters and persons. The ledger holds all state, so that a walk that was killed goes on where it
stopped and a walk over an unchanged site asks only for what is due.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import msgspec

from pipeline.harvest import oparl
from pipeline.harvest.allris import Kind, Month
from pipeline.harvest.asking import Asker, Problem
from pipeline.harvest.client import Client, Stop
from pipeline.harvest.committees import Committees
from pipeline.harvest.ledger import Known, Ledger
from pipeline.harvest.schedule import CALENDAR_AHEAD, CALENDAR_BACK
from pipeline.records import Calendar

EMPTY_MONTHS_AHEAD = 3
"""Months in a row without a meeting after which the calendar ahead is not followed any further."""
EMPTY_MONTHS_BACK = 24
"""The same for the past: no council pauses for two years, so this is before the site's beginning."""
EARLIEST = Month(1990, 1)
MAX_LIST_PAGES = 200
"""Pages of a meeting list (25 meetings each)."""
MAX_PROBLEMS = 500
"""Problems of a run that are written down one by one; the rest is only counted."""


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What a run is asked to fetch."""

    committees: tuple[str, ...] = ()
    since: dt.date | None = None
    until: dt.date | None = None
    oparl: bool | str = "auto"


class Walk:
    """One run over one site."""

    def __init__(
        self, *, base: str, client: Client, ledger: Ledger, wish: Wish, now: Callable[[], dt.datetime],
        report: Callable[[Problem], None], step: Callable[[str, int, int], None] = lambda *_: None,
    ) -> None:
        self._base, self._client, self._ledger, self._wish, self._now = base, client, ledger, wish, now
        self._report = report
        self._ask = Asker(base=base, client=client, ledger=ledger, now=now, report=report, step=step,
                          count_due=self.count_due)
        self._committees = Committees(wanted=wish.committees)
        self._verdicts: dict[tuple[object, ...], bool | None] = {}
        self._warm: set[int] = set()
        self._warmed_lists = False
        self._months_tried = self._months_read = 0

    def run(self) -> None:
        """Do it. Raises Stop where the site or a limit ends it."""
        self._client.read_robots()
        self._ask.identify()
        self._read_committees()
        self._read_calendar()
        self._read_lists()
        self._read_oparl()
        for meeting in self._ledger.meetings():
            self._visit(meeting)
        self._visit_rosters()
        if not self._wish.committees:
            self._visit_all("paper")
        self._visit_all("person")

    def count_due(self) -> int:
        """How many pages are due that the walk wants."""
        now = self._ask.moment()
        if not (self._wish.committees or self._wish.since or self._wish.until):
            return self._ledger.count("due <= ? AND kind <> 'robots'", now)
        meetings = (meeting for meeting in self._ledger.meetings() if meeting.due <= now)
        wanted = sum(self._in_period(meeting) and self._verdict(meeting) is not False for meeting in meetings)
        return wanted + self._ledger.count("due <= ? AND kind NOT IN ('robots', 'meeting')", now)

    # ------------------------------------------------------------------ committees

    def _read_committees(self) -> None:
        """The site's list of committees, where it is wanted for choosing some."""
        if not self._wish.committees:
            return
        for address in self._ask.site.organization_lists():
            if self._ask.is_due(address):
                self._ask.ajax_page(address, "organization_list")
        known = self._ledger.committees()
        self._committees = Committees(wanted=self._wish.committees, known=known)
        self._verdicts.clear()
        for entry in self._committees.unknown():
            names = ", ".join(sorted({link.name for link in known})[:20])
            self._report(Problem(severity="error", code="unknown_committee",
                                 where=self._ask.site.organization_lists()[0],
                                 message=f"no committee is called '{entry}'; the site has: {names}"))

    def _verdict(self, meeting: Known) -> bool | None:
        told = (meeting.title, meeting.organization, meeting.organization_id, meeting.organization_kind, meeting.listed)
        if told not in self._verdicts:
            self._verdicts[told] = self._committees.verdict(
                title=meeting.title, organization=meeting.organization, organization_id=meeting.organization_id,
                organization_kind=meeting.organization_kind, listed=meeting.listed)
        return self._verdicts[told]

    # ------------------------------------------------------------------ calendar and lists

    def _read_calendar(self) -> None:
        today = Month.of(self._now().date())
        first, last = self._window(today)
        had = seen = 0
        empty = 0
        for offset in range(CALENDAR_AHEAD + 1):
            month = today.plus(offset)
            if month > last:
                break
            before, after = self._month(month)
            had, seen = had + before, seen + after
            empty = 0 if self._meetings_in(month) else empty + 1
            if empty >= EMPTY_MONTHS_AHEAD:
                break
        empty, month = 0, min(today.plus(-1), last)
        while month >= max(first, EARLIEST):
            before, after = self._month(month)
            had, seen = had + before, seen + after
            empty = 0 if self._meetings_in(month) else empty + 1
            if empty >= EMPTY_MONTHS_BACK and self._wish.since is None:
                break
            month = month.plus(-1)
        if self._months_tried and not self._months_read:
            self._ledger.forget_site()
            raise Stop("no_meetings", "the calendar cannot be read any more",
                       "look at the site: it may have a new address or another system; the next run looks anew")
        if had and not seen:
            raise Stop("no_meetings", f"the calendar shows no meeting, where it showed {had} before",
                       "look at the site: it is broken or has changed; nothing is taken as deleted")
        if not self._ledger.count("kind = 'meeting'"):
            raise Stop("no_meetings", "the calendar shows no meeting at all",
                       "check --since and the address; `auszug probe` tells what the pages look like")

    def _window(self, today: Month) -> tuple[Month, Month]:
        first = Month.of(self._wish.since) if self._wish.since else EARLIEST
        last = Month.of(self._wish.until) if self._wish.until else today.plus(CALENDAR_AHEAD)
        return first, last

    def _meetings_in(self, month: Month) -> int:
        return self._ledger.count("kind = 'meeting' AND month = ?", str(month))

    def _month(self, month: Month) -> tuple[int, int]:
        """Fetch a month if it is due: (meetings that it had before, those that it shows); (0, 0) if it was not read."""
        address = self._ask.site.calendar(month)
        if not self._ask.is_due(address):
            return 0, 0
        self._months_tried += 1
        before = self._ledger.count("kind = 'meeting' AND month = ? AND gone IS NULL", str(month))
        answer = self._ask.ajax_page(address, "calendar")
        refused = answer is not None and answer.judgement.outcome in {"not_public", "gone"}
        if refused and self._ask.site.system == "allris3":
            answer = self._ask.find_variant(month) or answer
        if answer is None or answer.judgement.outcome not in {"ok", "not_modified"}:
            return 0, 0
        self._months_read += 1
        record = answer.judgement.page.record if answer.judgement.page else None
        if not isinstance(record, Calendar):
            return before, before
        return before, sum(meeting.silfdnr is not None for meeting in record.meetings)

    def _read_lists(self) -> None:
        """The meeting lists of the wanted committees: they say which committee a meeting belongs to."""
        for number in self._committees.listable if self._wish.committees else []:
            address = self._ask.site.meeting_list(number)
            if not self._ask.is_due(address):
                continue
            answer = self._ask.ajax_page(address, "meeting_list")
            for page_number in range(2, MAX_LIST_PAGES):
                record = answer.judgement.page.record if answer and answer.judgement.page else None
                if answer is None or not isinstance(record, Calendar) or not record.next_url:
                    break
                following = f"{address}&page={page_number}"
                answer = self._ask.rows(following, "meeting_list", answer, record.next_url, record.base_url)

    def _read_oparl(self) -> None:
        """OParl's lists, where the site has it: a second way to meetings that the calendar does not show."""
        wish = self._wish.oparl
        if wish is False:
            return
        scope = self._client.scope
        starts = oparl.entry_points(self._ask.site, scope.origin)
        if isinstance(wish, str) and wish != "auto":
            starts = [wish]
        waiting = starts[::-1]
        read = 0
        while waiting and read < oparl.MAX_LIST_PAGES:
            address = waiting.pop()
            if address in self._ask.asked or scope.objection(address):
                continue
            read += 1
            page = self._oparl_page(address)
            if page is None:
                continue
            if address in starts:
                waiting = []  # this entry point answers: the others need not be tried
            waiting += list(oparl.wanted_lists(page, everything=not self._wish.committees))[::-1]
            if page.next_url:
                waiting.append(page.next_url)

    def _oparl_page(self, address: str) -> oparl.OparlPage | None:
        """A page of OParl, fetched if it is due, else as it was."""
        if not self._ask.is_due(address):
            return self._ledger.oparl_page(address)
        answer = self._ask.fetch(address, "oparl")
        page = answer.judgement.oparl
        if answer.judgement.outcome == "ok" and page is None:
            self._report(Problem(severity="warning", code="oparl_unreadable", where=address,
                                 message="the answer is no OParl"))
        if page is None and answer.judgement.outcome == "not_modified":
            return self._ledger.oparl_page(address)
        return page

    # ------------------------------------------------------------------ meetings

    def _in_period(self, meeting: Known) -> bool:
        if meeting.date is None:
            return True
        since, until = self._wish.since, self._wish.until
        if since is not None and meeting.date < since.isoformat():
            return False
        return until is None or meeting.date <= until.isoformat()

    def _visit(self, meeting: Known) -> None:
        if meeting.number is None or not self._in_period(meeting) or self._verdict(meeting) is False:
            return
        if self._ask.is_due(meeting.address):
            self._visit_agenda(meeting)
            meeting = self._ledger.get(meeting.address) or meeting
            if not self._in_period(meeting) or self._verdict(meeting) is not True:
                return
        if self._verdict(meeting) is not True:
            return
        for child in self._ledger.of_meeting(meeting.number or 0):
            if self._ask.is_due(child.address):
                self._visit_child(child, meeting)

    def _visit_agenda(self, meeting: Known) -> None:
        answer = self._ask.fetch(meeting.address, "meeting")
        self._warm.add(meeting.number or 0)
        if answer.judgement.outcome == "not_public" and not self._warmed_lists:
            # some sites show agendas only to a session that has seen a list; tried once a run
            self._warmed_lists = True
            self._ask.fetch(self._ask.site.organization_lists()[0], "organization_list")
            self._ask.fetch(meeting.address, "meeting")

    def _visit_child(self, child: Known, meeting: Known) -> None:
        answer = self._ask.fetch(child.address, child.kind)
        if child.kind not in {"excerpt", "paper"} or answer.judgement.outcome not in {"not_public", "no_information"}:
            return
        if meeting.number in self._warm or meeting.number is None:
            return
        # the agenda links it: some sites show it only to a session that has seen the agenda
        self._warm.add(meeting.number)
        self._ask.fetch(meeting.address, "meeting")
        self._ask.fetch(child.address, child.kind)

    # ------------------------------------------------------------------ rosters and persons

    def _visit_rosters(self) -> None:
        for number, kind in self._ledger.organizations():
            if self._wish.committees and number not in self._committees.ids and not self._seen_wanted(number):
                continue
            address = self._ask.site.organization(number, kind)
            if self._ask.is_due(address):
                self._ask.fetch(address, "organization")

    def _seen_wanted(self, number: int) -> bool:
        mine = (meeting for meeting in self._ledger.meetings() if meeting.organization_id == number)
        return any(self._verdict(meeting) is True for meeting in mine)

    def _visit_all(self, kind: Kind) -> None:
        for page in self._ledger.of_kind(kind):
            if self._ask.is_due(page.address):
                self._ask.fetch(page.address, kind)

    # ------------------------------------------------------------------ dry run

    def plan(self) -> Iterator[tuple[str, str]]:
        """(kind, address) of what a run would ask now, as far as the ledger knows; asks nothing."""
        yield "robots", self._client.scope.robots
        if not self._ask.is_known():
            yield "calendar", f"{self._base}/si010 (month by month, then what it shows)"
            return
        self._committees = Committees(wanted=self._wish.committees, known=self._ledger.committees())
        self._verdicts.clear()
        yield from self._plan_lists()
        for meeting in self._ledger.meetings():
            if not self._in_period(meeting) or self._verdict(meeting) is False:
                continue
            for page in (meeting, *(self._ledger.of_meeting(meeting.number or 0))):
                if self._ask.is_due(page.address):
                    self._ask.asked.add(page.address)
                    yield page.kind, page.address
        for kind in ("organization", "person"):
            for page in self._ledger.of_kind(kind):
                if self._ask.is_due(page.address):
                    yield kind, page.address

    def _plan_lists(self) -> Iterator[tuple[str, str]]:
        for address in self._ask.site.organization_lists() if self._wish.committees else ():
            if self._ask.is_due(address):
                yield "organization_list", address
        today = Month.of(self._now().date())
        first, last = self._window(today)
        for offset in (*range(CALENDAR_AHEAD + 1), *range(-1, -CALENDAR_BACK - 1, -1)):
            month = today.plus(offset)
            known = self._ledger.get(self._ask.site.calendar(month))
            if first <= month <= last and (known is None or known.due <= self._ask.moment()):
                yield "calendar", self._ask.site.calendar(month)
        near = {self._ask.site.calendar(today.plus(n)) for n in range(-CALENDAR_BACK, CALENDAR_AHEAD + 1)}
        for page in self._ledger.due(self._ask.moment(), ["calendar"]):
            if page.address not in near:
                yield "calendar", page.address
        for number in self._committees.listable if self._wish.committees else []:
            if self._ask.is_due(self._ask.site.meeting_list(number)):
                yield "meeting_list", self._ask.site.meeting_list(number)
