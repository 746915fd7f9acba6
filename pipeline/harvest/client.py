"""Politeness: one request at a time to a host, in its own time, within its rules, and never after it said stop.

Everything that asks a site asks through `Client.get`: it looks at the scope, robots.txt, the hours, the budget and
the pace before a request, follows redirects within the host, tries once more what fails at random, and hands every
answer (and every lack of one) to `record` before anybody interprets it further. A `Stop` ends this host's part
of the run.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Literal, Protocol

import msgspec

from pipeline.harvest.allris import Kind
from pipeline.harvest.judge import Judgement, judge
from pipeline.harvest.pace import BUSY_PAUSES, ERROR_PAUSE, JITTER, MAX_RETRY_AFTER, Pace, in_hours, retry_after
from pipeline.harvest.robots import Robots, robots_from
from pipeline.harvest.scope import Scope
from pipeline.harvest.wire import Exchange, Failure, Wire

MAX_REDIRECTS = 5
GIVE_UP_AFTER = 5
"""Pages in a row without a usable answer (error, silence, forbidden) after which the site counts as unreachable."""

StopReason = Literal[
    "gate", "too_many_requests", "robots", "unreachable", "busy", "forbidden", "hours", "budget", "time_limit",
    "interrupted", "paused", "not_allris", "no_meetings",
]


_GOES_ON = "the next run goes on from here"


class Stop(Exception):
    """This host's part of the run is over. `message` says why, `remedy` what the operator can do."""

    def __init__(self, reason: StopReason, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.reason: StopReason = reason
        self.message = message
        self.remedy = remedy


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """A page to be fetched. `address` is canonical, `url` what is really asked (they differ for Ajax)."""

    address: str
    url: str
    kind: Kind
    headers: dict[str, str] = {}
    etag: str | None = None
    modified: str | None = None


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it: the last exchange, what it means, and the redirects that led to it."""

    ask: Ask
    exchange: Exchange
    judgement: Judgement
    hops: tuple[Exchange, ...] = ()


class Record(Protocol):
    """Takes in an answer: archive and ledger. Called for every attempt, before anything else happens."""

    def __call__(self, answer: Answer) -> None: ...


class Client:
    """A polite client for one host; one cookie jar. Not for several threads."""

    def __init__(
        self, wire: Wire, scope: Scope, *, pace: Pace, record: Record, now: Callable[[], dt.datetime],
        timer: Callable[[], float], sleep: Callable[[float], None], random: Callable[[], float], hours: str = "",
        budget: int | None = None, deadline: dt.datetime | None = None, stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self.scope, self.pace, self.robots = scope, pace, Robots(None, problem="robots.txt has not been read")
        self.requests = 0
        self.bytes = 0
        self._wire, self._record, self._now, self._timer, self._sleep = wire, record, now, timer, sleep
        self._random, self._stopped = random, stopped
        self._hours, self._budget, self._deadline = hours, budget, deadline
        self._last_end: float | None = None
        self._failures_in_a_row = 0

    # ------------------------------------------------------------------ robots.txt

    def read_robots(self) -> Robots:
        """Fetch robots.txt: the first request of a run. Raises Stop where it forbids the site or cannot be read."""
        ask = Ask(address=self.scope.robots, url=self.scope.robots, kind="robots")
        answer = self._attempt(ask)
        if _random_failure(answer):
            self._pause(ERROR_PAUSE)
            answer = self._attempt(ask)
        self.robots = robots_from(answer.exchange)
        self.pace.raise_floor(self.robots.delay)
        if answer.exchange.status is None and answer.exchange.failure != "too_large":
            raise Stop("unreachable", _unreachable(answer.exchange), _REMEDIES.get(answer.exchange.failure or "", ""))
        if self.robots.problem:
            raise Stop("robots", f"{self.robots.problem}, so nothing is fetched",
                       "try again later, or ask the operator of the site")
        if not self.robots.allows(f"{self.scope.base}/"):
            raise Stop("robots", f"robots.txt of {self.scope.host} forbids {self.scope.base}/ for this program",
                       "ask the municipality for permission (an entry for 'auszug' in robots.txt), or for an export "
                       "or its OParl interface; collect single pages by hand with [files]")
        return self.robots

    # ------------------------------------------------------------------ pages

    def get(self, ask: Ask) -> Answer:
        """Fetch a page. Raises Stop; every other outcome is in the answer."""
        answer = self._attempt(ask)
        if ask.kind == "oparl" and answer.judgement.outcome in {"server_error", "forbidden"}:
            return answer  # switched off at many sites: no sign of trouble
        tries = 0
        while answer.judgement.outcome == "busy":
            self.pace.slow_down()
            asked = retry_after(answer.exchange.header("retry-after"), self._now())
            if tries >= len(BUSY_PAUSES) or (asked is not None and asked > MAX_RETRY_AFTER):
                patience = f", asks for {asked:.0f} s of patience" if asked else ""
                raise Stop("busy", f"the site is overloaded ({answer.exchange.status}{patience})", _GOES_ON)
            self._pause(max(asked if asked is not None else BUSY_PAUSES[tries], self.pace.delay))
            tries += 1
            answer = self._attempt(ask)
        if _random_failure(answer):
            self._pause(max(ERROR_PAUSE, self.pace.delay) if self.pace.floor else 0.0)
            answer = self._attempt(ask)
        self._count_failures(answer)
        return answer

    def _count_failures(self, answer: Answer) -> None:
        outcome, exchange = answer.judgement.outcome, answer.exchange
        if outcome in {"no_answer", "server_error", "forbidden", "too_slow"}:
            self._failures_in_a_row += 1
        elif outcome not in {"robots", "refused"}:
            self._failures_in_a_row = 0
        certain = exchange.failure in {"no_address", "private", "certificate"}
        if certain or self._failures_in_a_row >= GIVE_UP_AFTER:
            if outcome == "forbidden":
                raise Stop("forbidden", f"the site refuses this program ({exchange.status})",
                           "ask the operator of the site")
            raise Stop("unreachable", _unreachable(exchange), _REMEDIES.get(exchange.failure or "", ""))

    def _attempt(self, ask: Ask) -> Answer:
        """One try with its redirects, judged and recorded. Raises Stop where the site says stop."""
        hops: list[Exchange] = []
        url, headers = ask.url, dict(ask.headers)
        if ask.etag:
            headers["If-None-Match"] = ask.etag
        if ask.modified:
            headers["If-Modified-Since"] = ask.modified
        while True:
            refusal = self._refusal(ask, url)
            if refusal is not None:
                # a link or redirect that must not be followed: nothing was asked, which is recorded, too
                stub = hops[-1] if hops else Exchange(url=url, started=self._now(), elapsed=0.0)
                answer = Answer(ask=ask, exchange=stub, judgement=refusal, hops=tuple(hops[:-1]))
                self._record(answer)
                return answer
            exchange = self._request(url, headers)
            judgement = self._judge(ask, exchange)
            if judgement.outcome == "redirect" and exchange.header("location"):
                if len(hops) < MAX_REDIRECTS:
                    hops.append(exchange)
                    url = self.scope.join(url, exchange.header("location") or "")
                    continue
                judgement = Judgement(outcome="redirect", detail=f"more than {MAX_REDIRECTS} redirects")
            answer = Answer(ask=ask, exchange=exchange, judgement=judgement, hops=tuple(hops))
            self._record(answer)
            if judgement.outcome == "gate":
                raise Stop("gate", "the site wants proof of a human (Zugriff prüfen)",
                           "do not work round it: ask the operator of the site for access")
            if judgement.outcome == "too_many_requests":
                raise Stop("too_many_requests", "the site has shut this network out for a while (Zu viele Zugriffe)",
                           "raise delay in corpus.toml; the next run tries once")
            return answer

    def _refusal(self, ask: Ask, url: str) -> Judgement | None:
        scope = self.scope if ask.kind != "robots" else msgspec.structs.replace(self.scope, base=self.scope.origin)
        objection = scope.objection(url)
        if objection:
            return Judgement(outcome="refused", detail=f"{url}: {objection}")
        if ask.kind != "robots" and not self.robots.allows(url):
            return Judgement(outcome="robots", detail=f"robots.txt forbids {url}")
        return None

    def _judge(self, ask: Ask, exchange: Exchange) -> Judgement:
        match exchange.failure:
            case None:
                return judge(kind=ask.kind, url=ask.url, status=exchange.status, headers=exchange.headers,
                             body=exchange.body)
            case "too_slow" | "too_large":
                return Judgement(outcome=exchange.failure, detail=exchange.detail)
            case "bad_encoding":
                return Judgement(outcome="unreadable", detail=exchange.detail)
            case _:
                return Judgement(outcome="no_answer", detail=f"{exchange.failure}: {exchange.detail}")

    def _request(self, url: str, headers: dict[str, str]) -> Exchange:
        self._wait()
        self.requests += 1
        exchange = self._wire.exchange(url, headers)
        if exchange.failure is not None and self._stopped():  # broken off here, which says nothing of the site
            raise Stop("interrupted", "interrupted", _GOES_ON)
        self._last_end = self._timer()
        self.bytes += exchange.received
        success = exchange.failure is None and exchange.status is not None and exchange.status < 400
        self.pace.note(exchange.latency or exchange.elapsed, success=success)
        return exchange

    def _wait(self) -> None:
        """Wait until the next request may start. Raises Stop where it may not at all."""
        self._check()
        if self._last_end is not None:
            delay = self.pace.delay * (1 + JITTER * self._random())
            left = self._last_end + delay - self._timer()
            if left > 0:
                self._sleep(left)
                self._check()

    def _pause(self, seconds: float) -> None:
        self._check()
        if seconds > 0:
            self._sleep(seconds)

    def _check(self) -> None:
        if self._stopped():
            raise Stop("interrupted", "interrupted", _GOES_ON)
        if self._budget is not None and self.requests >= self._budget:
            raise Stop("budget", f"the budget of {self._budget} requests a run is used up", _GOES_ON)
        now = self._now()
        if not in_hours(self._hours, now):
            raise Stop("hours", f"outside the hours {self._hours}", _GOES_ON)
        if self._deadline is not None and now >= self._deadline:
            raise Stop("time_limit", "the time limit is reached", _GOES_ON)


_CERTAIN: frozenset[Failure] = frozenset({"no_address", "private", "certificate"})
_REMEDIES = {
    "no_address": "check the address in corpus.toml and the network",
    "private": "if this is meant: --allow-private-addresses, or in corpus.toml allow_private_addresses = true",
    "certificate": "wait until the site's operator has renewed it; it is not ignored",
    "no_connection": "check the address and the network, or try again later",
    "too_slow": "try again later",
}


def _random_failure(answer: Answer) -> bool:
    """Whether one more try may help: random 500 and 502, an answer that broke off, no answer."""
    if answer.judgement.outcome == "server_error":
        return True
    return answer.judgement.outcome == "no_answer" and answer.exchange.failure not in _CERTAIN


def _unreachable(exchange: Exchange) -> str:
    host = exchange.url.split("/")[2] if "//" in exchange.url else exchange.url
    reason = {
        "no_address": f"{host} is not known (no such name, or no network)",
        "private": f"{host} leads into a private network ({exchange.detail})",
        "certificate": f"the certificate of {host} is not valid ({exchange.detail})",
        "no_connection": f"{host} does not answer ({exchange.detail})",
        "too_slow": f"{host} does not answer in time",
        "incomplete": f"{host} breaks off its answers ({exchange.detail})",
    }
    if exchange.failure in reason:
        return reason[exchange.failure]
    return f"{host} answers with errors ({exchange.status})"
