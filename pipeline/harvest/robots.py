"""robots.txt as in RFC 9309: what an answer to it means, and which addresses it forbids.

4xx: there are no rules. 5xx or no answer: everything is forbidden (the rules exist but cannot be read). Only the
first 500 KiB count. The group is the one that names this program, else `*`; `Crawl-delay`, which the RFC does
not know, is obeyed.
"""

from __future__ import annotations

from protego import Protego

from pipeline.harvest.wire import Exchange

AGENT = "auszug"
"""The product token by which robots.txt may name this program."""
_READ_LIMIT = 500 * 1024  # RFC 9309, 2.5


class Robots:
    """The rules of one host. `problem` says why they could not be read (then nothing is allowed)."""

    def __init__(self, text: str | None, *, problem: str | None = None) -> None:
        self.problem = problem
        self._rules = Protego.parse(text or "")
        delay = self._rules.crawl_delay(AGENT)
        self.delay = float(delay) if delay is not None and delay > 0 else 0.0

    def allows(self, url: str) -> bool:
        """Whether `url` may be fetched."""
        return self.problem is None and bool(self._rules.can_fetch(url, AGENT))


def robots_from(exchange: Exchange) -> Robots:
    """The rules that the answer to robots.txt stands for."""
    status = exchange.status
    if exchange.failure == "too_large":
        return Robots(None, problem="robots.txt is too large to be read")
    if exchange.failure is not None or status is None:
        return Robots(None, problem=f"robots.txt cannot be read ({exchange.detail or exchange.failure or 'no answer'})")
    if 200 <= status < 300:
        return Robots(exchange.body[:_READ_LIMIT].decode("utf-8", "replace").lstrip("\ufeff"))
    if 300 <= status < 400:
        where = exchange.header("location")
        return Robots(None, problem=f"robots.txt leads elsewhere ({where}; if the site has moved, configure that)")
    if status == 429:
        return Robots(None, problem="robots.txt answers 429, too many requests")
    if 400 <= status < 500:
        return Robots(None)
    return Robots(None, problem=f"robots.txt answers with an error ({status})")
