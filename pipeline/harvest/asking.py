"""Asking for a page: whether it is due, what is noted of the answer, and rows that come by Ajax.

Used by the walk and by the probe; everything goes through the polite `client`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Literal

import msgspec

from pipeline.errors import HarvestError
from pipeline.harvest.allris import CALENDAR_VARIANTS, Kind, Month, Site
from pipeline.harvest.client import Answer, Ask, Client, Stop
from pipeline.harvest.ledger import Ledger, stamp
from pipeline.records import Calendar, OrganizationList

RECOUNT = 25
"""Pages after which the pages still due are counted anew (a count over 20,000 pages takes 5 ms)."""


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Something that went wrong in a run. `code` is stable, `where` an address."""

    severity: Literal["error", "warning"]
    code: str
    message: str
    where: str | None = None


class Asker:
    """Asks one site in one run."""

    def __init__(
        self, *, base: str, client: Client, ledger: Ledger, now: Callable[[], dt.datetime],
        report: Callable[[Problem], None], step: Callable[[str, int, int], None] = lambda *_: None,
        count_due: Callable[[], int] = lambda: 0,
    ) -> None:
        self.client, self.ledger = client, ledger
        self.asked: set[str] = set()
        """Addresses asked in this run: none is asked twice by two ways."""
        self._base, self._now, self._report, self._step, self._count_due = base, now, report, step, count_due
        self._site: Site | None = None
        self._done = self._left = 0

    @property
    def site(self) -> Site:
        """The installation. Only after it was identified."""
        if self._site is None:
            raise HarvestError("the site is not known yet", where=self._base)
        return self._site

    def fetch(
        self, address: str, kind: Kind, *, url: str | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """Fetch one page, whether it is due or not. Raises Stop."""
        known = self.ledger.get(address)
        self.asked.add(address)
        self._done += 1
        if self._done % RECOUNT == 1:
            self._left = self._count_due()
        if known is not None and known.due <= self.moment():
            self._left -= 1
        self._step(address, self._done, self._done + max(self._left, 0))
        conditional = known if url is None else None
        answer = self.client.get(Ask(
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

    def moment(self) -> str:
        """Now, as the ledger writes times."""
        return stamp(self._now())

    def is_due(self, address: str) -> bool:
        """Whether a page was not asked in this run and its time has come."""
        if address in self.asked:
            return False
        known = self.ledger.get(address)
        return known is None or (known.due <= self.moment() and known.outcome != "withheld")

    def is_known(self) -> bool:
        """Whether the ledger knows what the site is."""
        self._site = self.ledger.site()
        return self._site is not None

    def identify(self) -> Site:
        """What the site is: as the ledger knows it, else by asking for this month's calendar. Raises Stop."""
        if self.is_known():
            return self.site
        tried: list[Answer] = []
        month = Month.of(self._now().date())
        system: Literal["allris3", "allris4"] | None = None
        for probe in (Site(base=self._base, system="allris4"), Site(base=self._base, system="allris3")):
            tried.append(self.fetch(probe.calendar(month), "calendar"))
            if (system := _system(tried[-1])) is not None:
                break
        self.asked.clear()
        if system is None:
            answered = [answer for answer in tried if answer.exchange.status is not None]
            if not answered:
                raise Stop("unreachable", f"{self._base} does not answer", "check the address in corpus.toml")
            seen = ", ".join(dict.fromkeys(f"{one.exchange.status} {one.judgement.outcome}" for one in answered))
            raise Stop("not_allris", f"no ALLRIS is found at {self._base} ({seen})",
                       "give the address without the page's name, as in https://www.example.org/bi; "
                       "`auszug probe` helps")
        self.ledger.learn(system)
        self._site = Site(base=self._base, system=system, calendar_variant="" if system == "allris4" else "_e")
        return self._site

    def find_variant(self, month: Month) -> Answer | None:
        """ALLRIS 3 allows some calendar programs only: the first that answers is used from now on."""
        for variant in CALENDAR_VARIANTS:
            address = self.site.calendar(month, variant)
            if address in self.asked:
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
            rows = self.rows(address, kind, answer, record.ajax_url, record.base_url)
            if rows.judgement.outcome in {"ok", "not_modified"}:
                return rows
            answer = self.fetch(address, kind)  # the session's page counter has moved on: ask for the page anew, once
        self._report(Problem(severity="error", code="no_rows", where=address, message="the page's rows cannot be had"))
        return answer

    def rows(self, address: str, kind: Kind, shell: Answer, link: str, base: str | None) -> Answer:
        """The rows that the page names an address for, as its script would ask for them."""
        url = self.client.scope.join(shell.exchange.url, link)
        return self.fetch(address, kind, url=url, headers={
            "Wicket-Ajax": "true", "Wicket-Ajax-BaseURL": base or address.rpartition("/")[2],
            "X-Requested-With": "XMLHttpRequest", "Accept": "text/xml",
        })


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
