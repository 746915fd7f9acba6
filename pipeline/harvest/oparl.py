"""OParl as a second way of discovery: meetings, items, papers, persons, joined to the pages by ALLRIS's numbers (pure).

OParl gives structure and, for some items, the result; the wording is nowhere in it (`resolutionText` was null in
all of 97,570 items measured), so it always comes from the page. What implementations really send differs from the
specification: blank strings and `N/A` for nothing, an object where a list belongs, control characters inside
strings, lists of null, `null` as a whole answer, an `id` that is not the address, a page size and an order of their
own, and change dates of 2000-01-01. Source: https://oparl.org/spezifikation/ and the dossier of installations.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from pipeline.addresses import joined
from pipeline.harvest.allris import Site

MAX_LIST_PAGES = 2000
"""Pages of one list (10 to 100 objects each)."""


class OparlItem(msgspec.Struct, frozen=True, kw_only=True):
    """An agenda item as OParl shows it."""

    tolfdnr: int
    silfdnr: int | None = None
    number: str | None = None
    title: str | None = None
    public: bool | None = None
    result: str | None = None


class OparlMeeting(msgspec.Struct, frozen=True, kw_only=True):
    """A meeting as OParl shows it. `date` is local."""

    silfdnr: int
    date: str | None = None
    title: str | None = None
    organization_id: int | None = None
    cancelled: bool = False
    items: tuple[OparlItem, ...] = ()


class OparlPage(msgspec.Struct, frozen=True, kw_only=True):
    """What an OParl answer holds: objects by type, the lists that it leads to, the next page of its own list."""

    meetings: tuple[OparlMeeting, ...] = ()
    items: tuple[OparlItem, ...] = ()
    papers: tuple[int, ...] = ()
    persons: tuple[int, ...] = ()
    lists: tuple[tuple[str, str], ...] = ()
    """(bodies, meetings, papers or persons; address)."""
    next_url: str | None = None

    def results(self) -> tuple[tuple[int, str], ...]:
        """(TOLFDNR, result) of the agenda items that have one."""
        items = [*self.items, *(item for meeting in self.meetings for item in meeting.items)]
        return tuple((item.tolfdnr, item.result) for item in items if item.result)


def entry_points(site: Site, origin: str) -> list[str]:
    """Where an installation's OParl may begin, most likely first."""
    if site.system == "allris3":
        return [f"{site.base}/oparl/1.0/system.asp"]
    return list(dict.fromkeys([f"{site.base}/oparl/system", f"{origin}/oparl/system"]))


def read(body: bytes, url: str) -> OparlPage | None:
    """What the answer of `url` holds; None if it is no OParl."""
    document = _load(body)
    if not isinstance(document, dict):
        return None
    objects = list(_list(document.get("data"))) if "data" in document else [document]
    meetings: list[OparlMeeting] = []
    items: list[OparlItem] = []
    numbers: dict[str, list[int]] = {"Paper": [], "Person": []}
    lists: list[tuple[str, str]] = []
    known = "data" in document
    for one in objects:
        if not isinstance(one, dict) or one.get("deleted") is True:
            continue
        kind = (_text(one.get("type")) or "").rstrip("/").rpartition("/")[2]
        known = known or bool(kind)
        if kind == "System":
            lists += [("bodies", address) for address in _addresses(one.get("body"), url)]
        elif kind == "Body":
            for name, key in (("meetings", "meeting"), ("papers", "paper"), ("persons", "person")):
                lists += [(name, address) for address in _addresses(one.get(key), url)[:1]]
        elif kind == "Meeting":
            meeting = _meeting(one)
            if meeting is not None:
                meetings.append(meeting)
        elif kind == "AgendaItem":
            item = _item(one, None)
            if item is not None:
                items.append(item)
        elif kind in numbers:
            number = _number(one, "VOLFDNR" if kind == "Paper" else "KPLFDNR")
            if number is not None:
                numbers[kind].append(number)
    if not known:
        return None
    links = document.get("links")
    following = _text(links.get("next")) if isinstance(links, dict) else None
    return OparlPage(meetings=tuple(meetings), items=tuple(items), papers=tuple(dict.fromkeys(numbers["Paper"])),
                     persons=tuple(dict.fromkeys(numbers["Person"])), lists=tuple(dict.fromkeys(lists)),
                     next_url=joined(url, following) if following else None)


def _load(body: bytes) -> Any:
    text = body.decode("utf-8-sig", "replace")
    try:
        return json.loads(text, strict=False)  # strict would refuse control characters inside strings
    except (ValueError, RecursionError):
        return None


def _list(value: Any) -> list[Any]:
    """A list, whatever stands for it; null entries dropped."""
    if value is None:
        return []
    return [one for one in (value if isinstance(value, list) else [value]) if one is not None]


def _text(value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    plain = " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", value).split())
    return None if plain.lower() in {"", "n/a", "null", "-"} else plain


def _addresses(value: Any, url: str) -> list[str]:
    found = []
    for one in _list(value):
        address = _text(one) if isinstance(one, str) else _text(one.get("id")) if isinstance(one, dict) else None
        if address:
            found.append(joined(url, address))
    return found


_QUERY_ID = re.compile(r"[?&](?:id|[A-Z]{2}LFDNR)=(\d{1,12})(?:&|#|$)", re.IGNORECASE)
_PATH_ID = re.compile(r"/(\d{1,12})/?(?:[?#]|$)")


def _number(one: dict[str, Any], name: str) -> int | None:
    """The ALLRIS number: from the address of the page (`web`), else from the object's id."""
    web = _text(one.get("web")) or ""
    if found := re.search(rf"[?&]{name}=(\d{{1,12}})(?:&|#|$)", web, re.IGNORECASE):
        return int(found[1])
    identity = _text(one.get("id")) or ""
    found = _QUERY_ID.search(identity) or _PATH_ID.search(identity)
    return int(found[1]) if found else None


def _meeting(one: dict[str, Any]) -> OparlMeeting | None:
    silfdnr = _number(one, "SILFDNR")
    if silfdnr is None:
        return None
    start = _text(one.get("start")) or ""
    date = start[:10] if re.match(r"\d{4}-\d\d-\d\d", start) else None
    organizations = [found for value in _list(one.get("organization")) if isinstance(value, str)
                     and (found := _number({"id": value}, "GRLFDNR")) is not None]
    return OparlMeeting(
        silfdnr=silfdnr, date=date, title=_text(one.get("name")), cancelled=one.get("cancelled") is True,
        organization_id=organizations[0] if len(organizations) == 1 else None,
        items=tuple(item for value in _list(one.get("agendaItem")) if isinstance(value, dict)
                    and (item := _item(value, silfdnr)) is not None),
    )


def _item(one: dict[str, Any], silfdnr: int | None) -> OparlItem | None:
    tolfdnr = _number(one, "TOLFDNR")
    if tolfdnr is None:
        return None
    if silfdnr is None:
        meeting = one.get("meeting")
        silfdnr = _number({"id": meeting}, "SILFDNR") if isinstance(meeting, str) else None
    public = one.get("public")
    return OparlItem(tolfdnr=tolfdnr, silfdnr=silfdnr, number=_text(one.get("number")), title=_text(one.get("name")),
                     public=public if isinstance(public, bool) else None, result=_text(one.get("result")))


def wanted_lists(page: OparlPage, *, everything: bool) -> Iterator[str]:
    """The lists of `page` to be read: bodies and meetings, and papers and persons where every committee is wanted."""
    for name, address in page.lists:
        if name in {"bodies", "meetings"} or everything:
            yield address
