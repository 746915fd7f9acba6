"""The walk over a site: which page next, until nothing is due.

robots.txt, then what the site is, its committees, its calendar (forwards while there are meetings, backwards to the
beginning), the lists of the wanted committees; then meeting by meeting, newest first: agenda, excerpts, papers,
attendance; then rosters and persons. The ledger holds all state, so that a walk that was killed goes on where it
stopped and a walk over an unchanged site asks only for what is due.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Literal

import msgspec

from pipeline.errors import HarvestError
from pipeline.harvest import oparl
from pipeline.harvest.allris import CALENDAR_VARIANTS, Kind, Month, Site
from pipeline.harvest.client import Answer, Ask, Client, Stop
from pipeline.harvest.committees import Committees
from pipeline.harvest.ledger import Known, Ledger, stamp
from pipeline.harvest.schedule import CALENDAR_AHEAD, CALENDAR_BACK
from pipeline.records import Calendar, OrganizationList

EMPTY_MONTHS_AHEAD = 3
"""Months in a row without a meeting after which the calendar ahead is not followed any further."""
EMPTY_MONTHS_BACK = 24
"""The same for the past: no council pauses for two years, so this is before the site's beginning."""
EARLIEST = Month(1990, 1)
MAX_LIST_PAGES = 200
"""Pages of a meeting list (25 meetings each)."""
RECOUNT = 25
"""Pages after which the pages still due are counted anew (a count over 20,000 pages takes 5 ms)."""
MAX_PROBLEMS = 500
"""Problems of a run that are written down one by one; the rest is only counted."""


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Something that went wrong in a run. `code` is stable, `where` an address."""

    severity: Literal["error", "warning"]
    code: str
    message: str
    where: str | None = None


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
        self._report, self._step = report, step
        self._site: Site | None = None
        self._committees = Committees(wanted=wish.committees)
        self._verdicts: dict[tuple[object, ...], bool | None] = {}
        self._warm: set[int] = set()
        self._warmed_lists = False
        self._done = self._left = 0
        self._months_tried = self._months_read = 0
        self._asked: set[str] = set()
        """Addresses asked in this run: none is asked twice by two ways."""

    def run(self) -> None:
        """Do it. Raises Stop where the site or a limit ends it."""
        self._client.read_robots()
        self.identify()
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

    @property
    def site(self) -> Site:
        """The installation. Only after it was identified."""
        if self._site is None:
            raise HarvestError("the site is not known yet", where=self._base)
        return self._site

    # ------------------------------------------------------------------ asking

    def fetch(
        self, address: str, kind: Kind, *, url: str | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """Fetch one page, whether it is due or not. Raises Stop."""
        known = self._ledger.get(address)
        self._asked.add(address)
        self._done += 1
        if self._done % RECOUNT == 1:
            self._left = self.count_due()
        if known is not None and known.due <= self._moment():
            self._left -= 1
        self._step(address, self._done, self._done + max(self._left, 0))
        conditional = known if url is None else None
        answer = self._client.get(Ask(
            address=address, url=url or address, kind=kind, headers=headers or {},
            etag=conditional.etag if conditional else None, modified=conditional.modified if conditional else None))
        self._note(answer)
        return answer

    def _note(self, answer: Answer) -> None:
        judgement, address = answer.judgement, answer.ask.address
        outcome = judgement.outcome
        if answer.ask.kind == "oparl" and outcome not in {"ok", "not_modified"}:
            return  # switched off at many sites
        if outcome in {"not_allris", "unreadable"}:
            self._report(Problem(severity="error", code=outcome, where=address, message=_WORDS[outcome]))
        elif outcome in _WORDS:
            status = f" ({answer.exchange.status})" if answer.exchange.status else ""
            detail = f": {_printable(judgement.detail)}" if judgement.detail else ""
            self._report(Problem(severity="warning", code=outcome, where=address,
                                 message=_WORDS[outcome] + status + detail))
        elif judgement.page is not None and outcome == "ok":
            for problem in judgement.page.problems[:5]:
                self._report(Problem(severity="warning", code=f"page_{problem.code}", where=address,
                                     message=problem.message))

    def count_due(self) -> int:
        """How many pages are due that the walk wants."""
        now = self._moment()
        if not (self._wish.committees or self._wish.since or self._wish.until):
            return self._ledger.count("due <= ? AND kind <> 'robots'", now)
        meetings = (meeting for meeting in self._ledger.meetings() if meeting.due <= now)
        wanted = sum(self._in_period(meeting) and self._verdict(meeting) is not False for meeting in meetings)
        return wanted + self._ledger.count("due <= ? AND kind NOT IN ('robots', 'meeting')", now)

    def _moment(self) -> str:
        return stamp(self._now())

    def _is_due(self, address: str) -> bool:
        if address in self._asked:
            return False
        known = self._ledger.get(address)
        return known is None or known.due <= self._moment()

    # ------------------------------------------------------------------ what the site is

    def identify(self) -> Site:
        """What the site is: as the ledger knows it, else by asking for this month's calendar. Raises Stop."""
        known = self._ledger.site()
        if known is not None:
            self._site = known
            return known
        tried: list[Answer] = []
        month = Month.of(self._now().date())
        system: Literal["allris3", "allris4"] | None = None
        for probe in (Site(base=self._base, system="allris4"), Site(base=self._base, system="allris3")):
            tried.append(self.fetch(probe.calendar(month), "calendar"))
            if (system := _system(tried[-1])) is not None:
                break
        self._asked.clear()
        if system is None:
            answered = [answer for answer in tried if answer.exchange.status is not None]
            if not answered:
                raise Stop("unreachable", f"{self._base} does not answer", "check the address in corpus.toml")
            seen = ", ".join(dict.fromkeys(f"{one.exchange.status} {one.judgement.outcome}" for one in answered))
            raise Stop("not_allris", f"no ALLRIS is found at {self._base} ({seen})",
                       "give the address without the page's name, as in https://www.example.org/bi; "
                       "`auszug probe` helps")
        self._ledger.learn(system)
        self._site = Site(base=self._base, system=system, calendar_variant="" if system == "allris4" else "_e")
        return self._site

    # ------------------------------------------------------------------ committees

    def _read_committees(self) -> None:
        """The site's list of committees, where it is wanted for choosing some."""
        if not self._wish.committees:
            return
        for address in self.site.organization_lists():
            if self._is_due(address):
                self.ajax_page(address, "organization_list")
        known = self._ledger.committees()
        self._committees = Committees(wanted=self._wish.committees, known=known)
        self._verdicts.clear()
        for entry in self._committees.unknown():
            names = ", ".join(sorted({link.name for link in known})[:20])
            self._report(Problem(severity="error", code="unknown_committee", where=self.site.organization_lists()[0],
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
        address = self.site.calendar(month)
        if not self._is_due(address):
            return 0, 0
        self._months_tried += 1
        before = self._ledger.count("kind = 'meeting' AND month = ? AND gone IS NULL", str(month))
        answer = self.ajax_page(address, "calendar")
        if answer is not None and self.site.system == "allris3" and answer.judgement.outcome in {"not_public", "gone"}:
            answer = self.find_variant(month) or answer
        if answer is None or answer.judgement.outcome not in {"ok", "not_modified"}:
            return 0, 0
        self._months_read += 1
        record = answer.judgement.page.record if answer.judgement.page else None
        if not isinstance(record, Calendar):
            return before, before
        return before, sum(meeting.silfdnr is not None for meeting in record.meetings)

    def find_variant(self, month: Month) -> Answer | None:
        """ALLRIS 3 allows some calendar programs only: the first that answers is used from now on."""
        for variant in CALENDAR_VARIANTS:
            address = self.site.calendar(month, variant)
            if address in self._asked:
                continue
            answer = self.fetch(address, "calendar")
            if answer.judgement.outcome == "ok":
                self._site = msgspec.structs.replace(self.site, calendar_variant=variant)
                return answer
        return None

    def ajax_page(self, address: str, kind: Kind) -> Answer | None:
        """A page whose rows may come by Ajax: the address is read from the page, never built."""
        answer = self.fetch(address, kind)
        for _ in range(2):
            page = answer.judgement.page
            if page is None or answer.judgement.outcome != "shell":
                return answer
            record = page.record
            if not isinstance(record, Calendar | OrganizationList) or not record.ajax_url:
                self._report(Problem(severity="error", code="no_ajax_address", where=address,
                                     message="the page names no address for its rows"))
                return answer
            rows = self._rows(address, kind, answer, record.ajax_url, record.base_url)
            if rows.judgement.outcome in {"ok", "not_modified"}:
                return rows
            answer = self.fetch(address, kind)  # the session's page counter has moved on: ask for the page anew, once
        self._report(Problem(severity="error", code="no_rows", where=address, message="the page's rows cannot be had"))
        return answer

    def _rows(self, address: str, kind: Kind, shell: Answer, link: str, base: str | None) -> Answer:
        url = self._client.scope.join(shell.exchange.url, link)
        return self.fetch(address, kind, url=url, headers={
            "Wicket-Ajax": "true", "Wicket-Ajax-BaseURL": base or address.rpartition("/")[2],
            "X-Requested-With": "XMLHttpRequest", "Accept": "text/xml",
        })

    def _read_lists(self) -> None:
        """The meeting lists of the wanted committees: they say which committee a meeting belongs to."""
        for number in self._committees.listable if self._wish.committees else []:
            address = self.site.meeting_list(number)
            if not self._is_due(address):
                continue
            answer = self.ajax_page(address, "meeting_list")
            for page_number in range(2, MAX_LIST_PAGES):
                record = answer.judgement.page.record if answer and answer.judgement.page else None
                if answer is None or not isinstance(record, Calendar) or not record.next_url:
                    break
                following = f"{address}&page={page_number}"
                answer = self._rows(following, "meeting_list", answer, record.next_url, record.base_url)

    def _read_oparl(self) -> None:
        """OParl's lists, where the site has it: a second way to meetings that the calendar does not show."""
        wish = self._wish.oparl
        if wish is False:
            return
        scope = self._client.scope
        starts = [wish] if isinstance(wish, str) and wish != "auto" else oparl.entry_points(self.site, scope.origin)
        waiting = starts[::-1]
        read = 0
        while waiting and read < oparl.MAX_LIST_PAGES:
            address = waiting.pop()
            if address in self._asked or scope.objection(address):
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
        if not self._is_due(address):
            return self._ledger.oparl_page(address)
        answer = self.fetch(address, "oparl")
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
        if self._is_due(meeting.address):
            self._visit_agenda(meeting)
            meeting = self._ledger.get(meeting.address) or meeting
            if not self._in_period(meeting) or self._verdict(meeting) is not True:
                return
        if self._verdict(meeting) is not True:
            return
        for child in self._ledger.of_meeting(meeting.number or 0):
            if self._is_due(child.address):
                self._visit_child(child, meeting)

    def _visit_agenda(self, meeting: Known) -> None:
        answer = self.fetch(meeting.address, "meeting")
        self._warm.add(meeting.number or 0)
        if answer.judgement.outcome == "not_public" and not self._warmed_lists:
            # some sites show agendas only to a session that has seen a list; tried once a run
            self._warmed_lists = True
            self.fetch(self.site.organization_lists()[0], "organization_list")
            self.fetch(meeting.address, "meeting")

    def _visit_child(self, child: Known, meeting: Known) -> None:
        answer = self.fetch(child.address, child.kind)
        if child.kind not in {"excerpt", "paper"} or answer.judgement.outcome not in {"not_public", "no_information"}:
            return
        if meeting.number in self._warm or meeting.number is None:
            return
        # the agenda links it: some sites show it only to a session that has seen the agenda
        self._warm.add(meeting.number)
        self.fetch(meeting.address, "meeting")
        self.fetch(child.address, child.kind)

    # ------------------------------------------------------------------ rosters and persons

    def _visit_rosters(self) -> None:
        for number, kind in self._ledger.organizations():
            if self._wish.committees and number not in self._committees.ids and not self._seen_wanted(number):
                continue
            address = self.site.organization(number, kind)
            if self._is_due(address):
                self.fetch(address, "organization")

    def _seen_wanted(self, number: int) -> bool:
        mine = (meeting for meeting in self._ledger.meetings() if meeting.organization_id == number)
        return any(self._verdict(meeting) is True for meeting in mine)

    def _visit_all(self, kind: Kind) -> None:
        for page in self._ledger.of_kind(kind):
            if self._is_due(page.address):
                self.fetch(page.address, kind)

    # ------------------------------------------------------------------ dry run

    def plan(self) -> Iterator[tuple[str, str]]:
        """(kind, address) of what a run would ask now, as far as the ledger knows; asks nothing."""
        yield "robots", self._client.scope.robots
        self._site = self._ledger.site()
        if self._site is None:
            yield "calendar", f"{self._base}/si010 (month by month, then what it shows)"
            return
        self._committees = Committees(wanted=self._wish.committees, known=self._ledger.committees())
        self._verdicts.clear()
        yield from self._plan_lists()
        for meeting in self._ledger.meetings():
            if not self._in_period(meeting) or self._verdict(meeting) is False:
                continue
            for page in (meeting, *(self._ledger.of_meeting(meeting.number or 0))):
                if self._is_due(page.address):
                    self._asked.add(page.address)
                    yield page.kind, page.address
        for kind in ("organization", "person"):
            for page in self._ledger.of_kind(kind):
                if self._is_due(page.address):
                    yield kind, page.address

    def _plan_lists(self) -> Iterator[tuple[str, str]]:
        for address in self.site.organization_lists() if self._wish.committees else ():
            if self._is_due(address):
                yield "organization_list", address
        today = Month.of(self._now().date())
        first, last = self._window(today)
        for offset in (*range(CALENDAR_AHEAD + 1), *range(-1, -CALENDAR_BACK - 1, -1)):
            month = today.plus(offset)
            known = self._ledger.get(self.site.calendar(month))
            if first <= month <= last and (known is None or known.due <= self._moment()):
                yield "calendar", self.site.calendar(month)
        near = {self.site.calendar(today.plus(n)) for n in range(-CALENDAR_BACK, CALENDAR_AHEAD + 1)}
        for page in self._ledger.due(self._moment(), ["calendar"]):
            if page.address not in near:
                yield "calendar", page.address
        for number in self._committees.listable if self._wish.committees else []:
            if self._is_due(self.site.meeting_list(number)):
                yield "meeting_list", self.site.meeting_list(number)


_WORDS = {
    "server_error": "the site answers with an error", "no_answer": "no usable answer",
    "too_slow": "the answer took too long", "too_large": "the answer is too large",
    "http_error": "the site refuses the request", "forbidden": "the site forbids the page",
    "refused": "a link or redirect that is not followed", "redirect": "the address leads elsewhere",
    "not_allris": "the page is none of ALLRIS's", "unreadable": "the page cannot be read",
}


def _printable(text: str) -> str:
    """`text` from a server, fit for a terminal: no control characters, not too long."""
    return "".join(char if char.isprintable() else "?" for char in text)[:300]


def _system(answer: Answer) -> Literal["allris3", "allris4"] | None:
    page = answer.judgement.page
    if page is None or page.system not in {"allris3", "allris4"} or page.outcome == "server_error":
        return None
    return page.system
