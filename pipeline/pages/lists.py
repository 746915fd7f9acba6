"""Calendars, lists of meetings, of committees and of factions, both generations (`pages`, for the harvest).

An ALLRIS 4 page is only a shell: its rows come by Ajax from an address that the page's scripts name and nobody can
build.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.pages.dates import day_of, parse_date, parse_month, parse_times
from pipeline.pages.detect import Detection
from pipeline.pages.links import (
    NUMBER_SPACES,
    parameters,
)
from pipeline.pages.tree import Element, cells_of, digits, has_class, inline, with_class
from pipeline.records import Calendar, MeetingLink, OrganizationLink, OrganizationList, PageProblem

_CANCELLED = re.compile(
    r"\b(?:entfällt|entfallen|fällt aus|abgesagt|absage|abgesetzt|verschoben|verlegt|aufgehoben|ausgefallen)\b",
    re.IGNORECASE,
)
_MEETING_WORD = re.compile(
    r"sitzung|ausschuss|ausschuß|beirat|rat\b|tag\b|versammlung|vertretung|kommission|entfäll", re.IGNORECASE
)
_HOLIDAY_CLASSES = ("emptyRow", "holiday", "zl17", "zl1m", "zl16")
_AJAX_ADDRESS = re.compile(r'"u"\s{0,2}:\s{0,2}"([^"\s]{1,500})"([^\n]{0,200})')
_LAZY = re.compile(r"\?\d{1,6}-\d{1,6}\.\d{1,4}-(?:&|$)")
_NEXT = re.compile(r"navigator-next(?:&|$)")


def ajax_address(text: str) -> str | None:
    """The address that brings a shell's rows, as the page's scripts name it: the one that no click waits for."""
    candidates = [(m[1], m[2].split("}", 1)[0]) for m in _AJAX_ADDRESS.finditer(text)]
    for address, _rest in candidates:
        if _LAZY.search(address):
            return address.replace("\\/", "/")
    for address, rest in candidates:
        if '"e"' not in rest:
            return address.replace("\\/", "/")
    return None


def next_address(text: str) -> str | None:
    """The address of a list's next page, as the page's scripts name it."""
    for match in _AJAX_ADDRESS.finditer(text):
        if _NEXT.search(match[1]):
            return match[1].replace("\\/", "/")
    return None


def calendar(root: Element, text: str, found: Detection, url: str | None) -> tuple[Calendar, list[PageProblem]]:
    """A month of meetings: both generations' tables, and ALLRIS 4's Ajax answers."""
    month = _month(root, found, url)
    rows = list(_calendar_rows(root, month))
    if month is None:
        months = {row.date[:7] for row in rows if row.date}
        month = months.pop() if len(months) == 1 else None
        if month is not None and any(row.date is None for row in rows):
            rows = list(_calendar_rows(root, month))
    return Calendar(month=month, meetings=tuple(rows), ajax_url=ajax_address(text), base_url=found.base_url), []


def _month(root: Element, found: Detection, url: str | None) -> str | None:
    for address in (found.base_url, url):
        numbers = parameters(address)
        month, year = numbers.get("MM", 0), numbers.get("YY", 0)
        if 1 <= month <= 12 and 1900 <= year <= 2200:
            return f"{year:04d}-{month:02d}"
    for heading in root.iter("h2", "caption"):
        month_text = parse_month(inline(heading) or "")
        if month_text is not None:
            return month_text
    return _month_between(root)


def _month_between(root: Element) -> str | None:
    """The month between the two that a calendar's arrows lead to, for pages that do not print their own."""
    months: set[int] = set()
    for link in root.iter("a"):
        numbers = parameters(link.get("href"))
        if "MM" in numbers and "YY" in numbers and "si010" in link.get("href"):
            months.add(12 * numbers["YY"] + numbers["MM"] - 1)
    if len(months) != 2 or max(months) - min(months) != 2:
        return None
    year, month = divmod(min(months) + 1, 12)
    return f"{year:04d}-{month + 1:02d}" if 1900 <= year <= 2200 else None


def _calendar_rows(root: Element, month: str | None) -> Iterator[MeetingLink]:
    for table in root.iter("table"):
        classes = (table.get("class") or "").split()
        if "calenderView" not in classes and "tl1" not in classes:
            continue
        date: str | None = None
        for tr in table.iter("tr"):
            cells = [cell for cell in cells_of(tr) if cell.tag == "td"]
            if len(cells) < 2:
                month = parse_month(inline(tr) or "") or month  # a list of several months
                continue
            modern = next((c for c in cells if has_class(c, "textCol")), None)
            day = _day(cells)
            if day is not None:
                date = day_of(month, day)
            else:
                date = next((d for c in cells[:2] if (d := parse_date(inline(c) or ""))), date)
            row = _classic_row(tr, cells, date) if modern is None else _modern_row(cells, modern, date)
            if row is not None:
                if row.date is not None and date is None:
                    date = row.date
                yield row


def _day(cells: list[Element]) -> str | None:
    """The day's number of a row; None on a further row of the same day."""
    dom = next((inline(span) for span in with_class(cells[0], "dom")), None)
    if dom is not None:
        return dom
    second = inline(cells[1])
    return (
        second
        if second is not None and len(second) <= 3 and second.rstrip(".").isdecimal() and has_class(cells[1], "text2")
        else None
    )


def _modern_row(cells: list[Element], subject: Element, date: str | None) -> MeetingLink | None:
    title = inline(subject)
    if title is None:
        return None
    link = next((a for a in subject.iter("a")), None)
    tooltip = "" if link is None else link.get("data-simpletooltip-text") or link.get("title") or ""
    start, end = parse_times(inline(next((c for c in cells if has_class(c, "time")), None)) or "")
    silfdnr = None if link is None else parameters(link.get("href")).get("SILFDNR")
    if silfdnr is None and start is None and not _MEETING_WORD.search(title):
        return None
    return MeetingLink(
        date=parse_date(tooltip) or date,
        start=start,
        end=end,
        title=title,
        silfdnr=silfdnr,
        room=inline(next((c for c in cells if has_class(c, "raum")), None)),
        note=cancelled(title),
    )


def _classic_row(tr: Element, cells: list[Element], date: str | None) -> MeetingLink | None:
    """A row of ALLRIS 3: weekday, day, time, forms, subject, forms, room."""
    if len(cells) < 5:
        return None
    start, end = parse_times(inline(cells[2]) or "")
    link = next((a for a in tr.iter("a") if "SILFDNR" in parameters(a.get("href"))), None)
    texts = [(cell, inline(cell)) for cell in cells[3:] if cell.find("form") is None]
    room = next((text for cell, text in reversed(texts) if has_class(cell, "text4")), None)
    title = (
        inline(link)
        if link is not None
        else next((text for cell, text in texts if text and not has_class(cell, "text4")), None)
    )
    if title is None or (link is None and start is None and not _MEETING_WORD.search(title)):
        return None
    if link is None and start is None and any(has_class(tr, c) for c in _HOLIDAY_CLASSES):
        return None
    silfdnr = None if link is None else parameters(link.get("href")).get("SILFDNR")
    return MeetingLink(
        date=date, start=start, end=end, title=title, silfdnr=silfdnr, room=room, note=cancelled(title)
    )


def cancelled(title: str) -> str | None:
    """The word in `title` that says that a meeting does not take place as planned, or None."""
    match = _CANCELLED.search(title)
    return match[0] if match else None


_LIST_LINK = re.compile(r"^silink_(\d{1,10})$")


def meeting_list(root: Element, text: str, found: Detection, url: str | None) -> tuple[Calendar, list[PageProblem]]:
    """A page of the list of meetings (`si018`), newest first, with the address of the next one."""
    rows: list[MeetingLink] = []
    organization_id = parameters(url).get("GRLFDNR") or parameters(found.base_url).get("GRLFDNR")
    for tr in root.iter("tr"):
        cells = [cell for cell in cells_of(tr) if cell.tag == "td"]
        if len(cells) < 3 or tr.find(".//table") is not None:
            continue
        at = next(
            (n for n, cell in enumerate(cells) if parse_date(inline(cell) or "") and len(inline(cell) or "") < 30),
            None,
        )
        if at is None:
            continue
        date = parse_date(inline(cells[at]) or "")
        start, end, subject = None, None, None
        for cell in cells[at + 1 :]:
            words = inline(cell)
            if words is None:
                continue
            times = parse_times(words)
            if times[0] is not None and len(words) < 30 and start is None and subject is None:
                start, end = times
            elif subject is None:
                subject = cell
        if subject is None:
            continue
        link = next(iter(subject.iter("a")), None)
        silfdnr = None
        if link is not None:
            match = _LIST_LINK.match(link.get("id") or "")
            silfdnr = parameters(link.get("href")).get("SILFDNR") or (int(match[1]) if match else None)
        title = inline(subject) or ""
        rows.append(
            MeetingLink(
                date=date,
                start=start,
                end=end,
                title=title,
                silfdnr=silfdnr,
                organization_id=organization_id,
                note=cancelled(title),
            )
        )
    next_url = next_address(text)
    if next_url is None:
        next_url = next(
            (a.get("href") for a in root.iter("a") if _NEXT.search(a.get("href") or "") or a.get("rel") == "next"),
            None,
        )
    return Calendar(
        meetings=tuple(rows),
        ajax_url=None if rows else ajax_address(text),
        next_url=next_url,
        base_url=found.base_url,
    ), []


def organization_list(root: Element, text: str, found: Detection) -> tuple[OrganizationList, list[PageProblem]]:
    """A list of committees (`gr010`) or factions (`fr010`)."""
    rows: list[OrganizationLink] = []
    seen: set[tuple[str, int]] = set()
    for tr in root.iter("tr"):
        if tr.find(".//table") is not None:
            continue
        for link in tr.iter("a"):
            numbers = parameters(link.get("href"))
            name = next((n for n in NUMBER_SPACES if n in numbers), None)
            title = inline(link)
            if name is None or title is None or (NUMBER_SPACES[name], numbers[name]) in seen:
                continue
            seen.add((NUMBER_SPACES[name], numbers[name]))
            cells = cells_of(tr)
            at = next((n for n, cell in enumerate(cells) if any(a is link for a in cell.iter("a"))), 0)
            members = digits(inline(cells[at + 1])) if at + 1 < len(cells) else None
            rows.append(OrganizationLink(name=title, number=numbers[name], kind=NUMBER_SPACES[name], members=members))
    record = OrganizationList(
        organizations=tuple(rows),
        ajax_url=None if rows else ajax_address(text),
        next_url=next_address(text),
        base_url=found.base_url,
    )
    return record, []
