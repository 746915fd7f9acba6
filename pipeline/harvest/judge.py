"""What an answer means: the outcome of a fetch, from its status, its headers and its page (pure).

The harvest and the rebuilding of the ledger from the archive use the same function, so that both come to the same
ledger.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Literal

import msgspec

from pipeline import pages
from pipeline.addresses import joined, parts_of
from pipeline.harvest.allris import GATE_PATH, REFUSING_PAGES, Kind, has_text
from pipeline.harvest.oparl import OparlPage
from pipeline.harvest.oparl import read as read_oparl
from pipeline.records import ParsedPage

Outcome = Literal[
    "ok", "shell", "not_modified",
    "not_public", "no_information", "gone",
    "gate", "too_many_requests",
    "busy",          # 429, 503
    "forbidden",     # 401, 403
    "server_error", "http_error", "not_allris", "unreadable", "redirect",
    "no_answer", "too_large", "too_slow", "robots", "refused",
    "withheld",      # taken out of the archive on request (upkeep.purge), never asked for again
]
GOOD = frozenset({"ok", "not_modified"})
STOPPING = frozenset({"gate", "too_many_requests"})
"""The site asks a machine to go away."""
FAILING = frozenset({"server_error", "http_error", "unreadable", "no_answer", "too_large", "too_slow", "forbidden",
                     "redirect", "refused", "not_allris"})


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer means. `page` is set where the answer was read as a page."""

    outcome: Outcome
    page: ParsedPage | None = None
    content_hash: str | None = None
    has_text: bool = False
    oparl: OparlPage | None = None
    detail: str | None = None


def judge(
    *, kind: Kind, url: str, status: int | None, headers: Sequence[tuple[str, str]], body: bytes
) -> Judgement:
    """The meaning of an answer to `url`. `body` is unpacked. robots.txt and OParl are judged by status and form."""
    named = {key.lower(): value for key, value in headers}
    if status is None:
        return Judgement(outcome="no_answer")
    if status == 304:
        return Judgement(outcome="not_modified")
    if 300 <= status < 400:
        target = joined(url, named.get("location", ""))
        path = parts_of(target).path
        if GATE_PATH.search(path):
            return Judgement(outcome="gate", detail=target)
        if REFUSING_PAGES.search(path):
            return Judgement(outcome="not_public")
        return Judgement(outcome="redirect", detail=target)
    if "noauth" in named.get("x-page", "").lower():
        return Judgement(outcome="not_public")
    if kind == "robots":
        return Judgement(outcome="ok" if status < 300 else "gone" if status < 500 else "server_error")
    if kind == "oparl":
        if status < 300:
            found = read_oparl(body, url)
            return Judgement(outcome="ok" if found else "unreadable", oparl=found,
                             content_hash=hashlib.sha256(body).hexdigest() if found else None)
        return Judgement(outcome="gone" if status in {404, 410} else "http_error" if status < 500 else "server_error")
    page = pages.parse(body, url=url, content_type=named.get("content-type"))
    if page.outcome in STOPPING:
        return Judgement(outcome=page.outcome, page=page)
    if status in {429, 503}:
        return Judgement(outcome="busy")
    if status in {404, 410}:
        return Judgement(outcome="gone")
    if status in {401, 403}:
        return Judgement(outcome="forbidden")
    if status >= 500:
        return Judgement(outcome="server_error")
    if status >= 400:
        return Judgement(outcome="http_error")
    if page.outcome in {"ok", "shell"} and kind != "start" and page.kind not in {None, kind}:
        # an expired session may lead to the start page: that is not the content of the page that was asked
        return Judgement(outcome="redirect", detail=f"the answer is another page ({page.kind})")
    content = pages.content_hash(page) if page.outcome == "ok" else None
    return Judgement(outcome=page.outcome, page=page, content_hash=content, has_text=has_text(page.record))
