"""Rosters, attendance, persons, calendars and lists of both generations (`pages`).

These tables are found by their headings' words and by the numbers in their links, since their markup is only partly known
(dossier 8): a column that is not there gives None.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.pages.dates import day_of, find_dates, parse_date, parse_month, parse_period, parse_times
from pipeline.pages.detect import Detection
from pipeline.pages.tree import Element, cells_of, clean, digits, has_class, inline, number_in, parameters, with_class
from pipeline.records import (
    Attendance, Attendee, Calendar, MeetingLink, Membership, Organization, OrganizationLink, OrganizationList, PageProblem, Person,
)

_NUMBER_SPACES = {"GRLFDNR": "GR", "AULFDNR": "AU", "PALFDNR": "PA", "FRLFDNR": "FR"}
_PROGRAM_KINDS = {"gr": "GR", "au": "AU", "pa": "PA", "fr": "FR"}

_COLUMNS = {
    "name": ("name", "person", "mitglied", "teilnehmer", "teilnehmende"),
    "role": ("art der mitarbeit", "mitarbeit", "rolle", "art", "aufgabe"),
    "faction": ("fraktion", "fraktion/gruppe", "partei", "gruppe"),
    "function": ("funktion",),
    "presence": ("anwesenheit", "anwesend", "teilnahme", "status"),
    "note": ("bemerkung", "bemerkungen", "zusatz", "hinweis"),
    "organization": ("gremium", "gremien"),
    "period": ("zeitraum", "von - bis", "dauer", "zeit"),
    "start": ("von", "ab", "beginn", "seit"),
    "end": ("bis", "ende"),
    "voting": ("stimmrecht",),
}
_FACTION = re.compile(r"fraktion|gruppe|partei\b|^(?:CDU|CSU|SPD|FDP|AfD|GRÜNE|B90|Bündnis|DIE LINKE|LINKE|SSW|Volt|FW|FWG|UWG)", re.IGNORECASE)
_ABSENT = ("entschuldigt", "abwesend", "fehlt", "fehlend", "nicht anwesend", "nein", "verhindert")
_PRESENT = ("anwesend", "ja", "x", "✓", "✔", "teilgenommen")
_SALUTATION = re.compile(r"^(Herrn?|Frau)[ .]+")
_CANCELLED = re.compile(
    r"\b(?:entfällt|entfallen|fällt aus|abgesagt|absage|abgesetzt|verschoben|verlegt|aufgehoben|ausgefallen)\b", re.IGNORECASE
)
_MEETING_WORD = re.compile(r"sitzung|ausschuss|ausschuß|beirat|rat\b|tag\b|versammlung|vertretung|kommission|entfäll", re.IGNORECASE)
_HOLIDAY_CLASSES = ("emptyRow", "holiday", "zl17", "zl1m", "zl16")
_AJAX_ADDRESS = re.compile(r'"u"\s{0,2}:\s{0,2}"([^"\s]{1,500})"([^\n]{0,200})')
_LAZY = re.compile(r"\?\d{1,6}-\d{1,6}\.\d{1,4}-(?:&|$)")
_NEXT = re.compile(r"navigator-next(?:&|$)")


# ------------------------------------------------------------------------------------------ tables


def _tables(root: Element) -> Iterator[tuple[dict[str, int], list[tuple[Element, list[Element]]]]]:
    """Every table with headings: the columns that are known by their heading, and the data rows with their cells."""
    for table in root.iter("table"):
        columns: dict[str, int] = {}
        rows: list[tuple[Element, list[Element]]] = []
        for tr in table.iter("tr"):
            cells = cells_of(tr)
            if cells and all(cell.tag == "th" for cell in cells):
                if not columns:
                    columns = _column_numbers(cells)
                continue
            rows.append((tr, cells))
        yield columns, rows


def _column_numbers(headings: list[Element]) -> dict[str, int]:
    columns: dict[str, int] = {}
    position = 0
    for heading in headings:
        word = (inline(heading) or "").casefold().rstrip(":")
        for name, words in _COLUMNS.items():
            if word in words and name not in columns:
                columns[name] = position
        position += min(digits(heading.get("colspan")) or 1, 50)
    return columns


def _cell(cells: list[Element], columns: dict[str, int], name: str) -> str | None:
    n = columns.get(name)
    return inline(cells[n]) if n is not None and n < len(cells) else None


def people(root: Element) -> list[Attendee]:
    """The persons of a roster or attendance list: rows that link a person, or fill the column of names."""
    found: list[Attendee] = []
    for columns, rows in _tables(root):
        if "name" not in columns and not any(number_in(tr, "KPLFDNR") for tr, _ in rows[:3]):
            continue
        for tr, cells in rows:
            person = _person_row(tr, cells, columns)
            if person is not None:
                found.append(person)
    return found


def _person_row(tr: Element, cells: list[Element], columns: dict[str, int]) -> Attendee | None:
    link = next((a for a in tr.iter("a") if "KPLFDNR" in parameters(a.get("href"))), None)
    printed = inline(link) or _cell(cells, columns, "name")
    if printed is None or len(cells) < 2:
        return None
    name, gender = _without_salutation(printed)
    role, faction, function = (_cell(cells, columns, c) for c in ("role", "faction", "function"))
    if "role" not in columns and "function" not in columns and link is not None:
        at = next((n for n, cell in enumerate(cells) if any(a is link for a in cell.iter("a"))), 0)
        role = inline(cells[at + 1]) if at + 1 < len(cells) and at + 1 not in columns.values() else None
    notes = [_cell(cells, columns, "note")]
    if function is not None:
        if faction is None and _FACTION.search(function):
            faction = function
        elif role is None:
            role = function
        elif function != role:
            notes.append(function)
    present, presence_note = presence(_cell(cells, columns, "presence"))
    notes.append(presence_note)
    return Attendee(
        name=name, kplfdnr=number_in(tr, "KPLFDNR"), gender=gender, faction=faction, role=role, present=present,
        voting=_voting(_cell(cells, columns, "voting"), role), note=clean("; ".join(n for n in notes if n)),
    )


def _without_salutation(printed: str) -> tuple[str, str | None]:  # type narrowed by the record
    match = _SALUTATION.match(printed)
    if match is None:
        return printed, None
    return printed[match.end():], "f" if match[1] == "Frau" else "m"


def presence(text: str | None) -> tuple[bool | None, str | None]:
    """Whether the words of an attendance column mean present, and the words themselves where they say more."""
    if text is None:
        return None, None
    lowered = text.casefold().strip(" .")
    if any(word in lowered for word in _ABSENT):
        return False, None if lowered in ("nein", "abwesend", "nicht anwesend") else text
    if lowered in _PRESENT:
        return True, None
    if lowered.startswith(("anwesend", "ja", "ab ", "bis ", "von ", "teilweise", "zeitweise", "online", "digital")):
        return True, text
    return None, text


def _voting(column: str | None, role: str | None) -> bool | None:
    words = (column or role or "").casefold()
    if any(w in words for w in ("beratend", "ohne stimmrecht", "nicht stimmberechtigt", "kein stimmrecht")) or column in ("nein", "-"):
        return False
    return True if "stimmberechtigt" in words or (column or "").casefold() in ("ja", "x") else None


# ------------------------------------------------------------------------------------------ attendance, rosters, persons


def attendance(root: Element, found: Detection, heading: str | None, url: str | None) -> tuple[Attendance, list[PageProblem]]:
    """The attendance list of a meeting (`si019`)."""
    rows = people(root)
    name, _, date = (heading or "").rpartition(" - ")
    iso = parse_date(date)
    record = Attendance(
        silfdnr=_own_number(root, found, url, "SILFDNR"), organization=clean(name) if iso else None, date=iso, attendees=tuple(rows)
    )
    return record, [] if rows else [PageProblem(code="no_rows", message="the attendance list holds no persons")]


def organization(root: Element, found: Detection, heading: str | None, url: str | None) -> tuple[Organization, list[PageProblem]]:
    """A committee, council or faction with its members."""
    rows = people(root)
    number, kind = None, _PROGRAM_KINDS.get((found.program or "")[:2])
    for name, space in _NUMBER_SPACES.items():
        if kind in (None, space):
            number = _own_number(root, found, url, name)
            if number is not None:
                kind = space
                break
    record = Organization(number=number, kind=kind, name=heading, members=tuple(rows))
    return record, [] if rows else [PageProblem(code="no_rows", message="the page lists no members")]


def person(root: Element, found: Detection, heading: str | None, url: str | None) -> tuple[Person, list[PageProblem]]:
    """A person with the memberships that the page lists."""
    memberships: list[Membership] = []
    factions: list[str] = []
    for columns, rows in _tables(root):
        for _tr, cells in rows:
            line = _membership(cells, columns)
            if line is None:
                continue
            memberships.append(line)
            faction = _cell(cells, columns, "faction") or (line.organization if line.organization_kind == "FR" else None)
            if faction and line.end is None:
                factions.append(faction)
    name, gender = _without_salutation(heading or "")
    if gender is None:
        salutation = next((text for td in root.iter("td") if (text := inline(td)) in ("Frau", "Herr")), None)
        gender = {"Frau": "f", "Herr": "m", None: None}[salutation]
    record = Person(
        kplfdnr=_own_number(root, found, url, "KPLFDNR"), name=name or None, gender="f" if gender == "f" else "m" if gender else None,
        faction=factions[0] if len(set(factions)) == 1 else None, memberships=tuple(memberships),
    )
    return record, []


def _membership(cells: list[Element], columns: dict[str, int]) -> Membership | None:
    number, kind = None, None
    for cell in cells:
        for name, space in _NUMBER_SPACES.items():
            number = number_in(cell, name)
            if number is not None:
                kind = space
                break
        if number is not None:
            break
    texts = [inline(cell) for cell in cells]
    filled = [text for text in texts if text]
    if number is None and "organization" not in columns:
        return None
    organization_name = _cell(cells, columns, "organization") or (filled[0] if filled else None)
    if organization_name is None:
        return None
    role = _cell(cells, columns, "role") or _cell(cells, columns, "function")
    period = _cell(cells, columns, "period")
    start = parse_date(_cell(cells, columns, "start") or "")
    end = parse_date(_cell(cells, columns, "end") or "")
    if not columns:  # ALLRIS 3: form, name, role, period
        role = filled[1] if len(filled) > 1 and not find_dates(filled[1]) else None
        period = next((text for text in filled[1:] if find_dates(text)), None)
    if period:
        start, end = parse_period(period)
    return Membership(
        organization=organization_name, organization_id=number, organization_kind=kind, role=role, start=start, end=end
    )


def _own_number(root: Element, found: Detection, url: str | None, name: str) -> int | None:
    """The number of what the page shows: from its base address, its objectID, or the address that was asked for."""
    number = parameters(found.base_url).get(name)
    if number is None and found.system == "allris3":
        number = object_id(root)
    return parameters(url).get(name) if number is None else number


def object_id(root: Element) -> int | None:
    """The number in ALLRIS 3's `<meta name="objectID">`."""
    for meta in root.iter("meta"):
        if meta.get("name") == "objectID":
            return digits(meta.get("content"))
    return None


# ------------------------------------------------------------------------------------------ calendars and lists


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
    return None


def _calendar_rows(root: Element, month: str | None) -> Iterator[MeetingLink]:
    for table in root.iter("table"):
        classes = (table.get("class") or "").split()
        if "calenderView" not in classes and "tl1" not in classes:
            continue
        date: str | None = None
        for tr in table.iter("tr"):
            cells = [cell for cell in cells_of(tr) if cell.tag == "td"]
            if len(cells) < 2:
                continue
            modern = next((c for c in cells if has_class(c, "textCol")), None)
            day = _day(cells)
            if day is not None:
                date = day_of(month, day)
            if modern is not None:
                row = _modern_row(cells, modern, date)
            else:
                row = _classic_row(tr, cells, date)
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
    return second if second is not None and len(second) <= 3 and second.rstrip(".").isdecimal() and has_class(cells[1], "text2") else None


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
        date=parse_date(tooltip) or date, start=start, end=end, title=title, silfdnr=silfdnr,
        room=inline(next((c for c in cells if has_class(c, "raum")), None)), note=cancelled(title),
    )


def _classic_row(tr: Element, cells: list[Element], date: str | None) -> MeetingLink | None:
    """A row of ALLRIS 3: weekday, day, time, forms, subject, forms, room."""
    if len(cells) < 5:
        return None
    start, end = parse_times(inline(cells[2]) or "")
    link = next((a for a in tr.iter("a") if "SILFDNR" in parameters(a.get("href"))), None)
    texts = [(cell, inline(cell)) for cell in cells[3:] if cell.find("form") is None]
    room = next((text for cell, text in reversed(texts) if has_class(cell, "text4")), None)
    title = inline(link) if link is not None else next((text for cell, text in texts if text and not has_class(cell, "text4")), None)
    if title is None or (link is None and start is None and not _MEETING_WORD.search(title)):
        return None
    if link is None and start is None and any(has_class(tr, c) for c in _HOLIDAY_CLASSES):
        return None
    silfdnr = None if link is None else parameters(link.get("href")).get("SILFDNR")
    return MeetingLink(date=date, start=start, end=end, title=title, silfdnr=silfdnr, room=room, note=cancelled(title))


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
        at = next((n for n, cell in enumerate(cells) if parse_date(inline(cell) or "") and len(inline(cell) or "") < 30), None)
        if at is None:
            continue
        date = parse_date(inline(cells[at]) or "")
        start, end, subject = None, None, None
        for cell in cells[at + 1:]:
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
        rows.append(MeetingLink(
            date=date, start=start, end=end, title=title, silfdnr=silfdnr, organization_id=organization_id, note=cancelled(title)
        ))
    next_url = next_address(text)
    if next_url is None:
        next_url = next((a.get("href") for a in root.iter("a") if _NEXT.search(a.get("href") or "") or a.get("rel") == "next"), None)
    return Calendar(
        meetings=tuple(rows), ajax_url=None if rows else ajax_address(text), next_url=next_url, base_url=found.base_url
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
            name = next((n for n in _NUMBER_SPACES if n in numbers), None)
            title = inline(link)
            if name is None or title is None or (_NUMBER_SPACES[name], numbers[name]) in seen:
                continue
            seen.add((_NUMBER_SPACES[name], numbers[name]))
            cells = cells_of(tr)
            at = next((n for n, cell in enumerate(cells) if any(a is link for a in cell.iter("a"))), 0)
            members = digits(inline(cells[at + 1])) if at + 1 < len(cells) else None
            rows.append(OrganizationLink(name=title, number=numbers[name], kind=_NUMBER_SPACES[name], members=members))
    record = OrganizationList(
        organizations=tuple(rows), ajax_url=None if rows else ajax_address(text), next_url=next_address(text), base_url=found.base_url
    )
    return record, []
