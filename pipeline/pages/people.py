"""Rosters, attendance and persons of both generations (`pages`).

Their tables are found by their headings' words and by the numbers in their links, since their markup is only partly
known (dossier 8): a column that is not there gives None.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from pipeline.pages.dates import find_dates, parse_date, parse_period
from pipeline.pages.detect import Detection
from pipeline.pages.links import (
    NUMBER_SPACES,
    number_in,
    object_id,
    parameters,
)
from pipeline.pages.tree import Element, cells_of, clean, digits, inline
from pipeline.records import (
    Attendance,
    Attendee,
    Membership,
    Organization,
    PageProblem,
    Person,
)

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
_FACTION = re.compile(
    r"fraktion|gruppe|partei\b|^(?:CDU|CSU|SPD|FDP|AfD|GRÜNE|B90|Bündnis|DIE LINKE|LINKE|SSW|Volt|FW|FWG|UWG)",
    re.IGNORECASE,
)
_ABSENT = ("entschuldigt", "abwesend", "fehlt", "fehlend", "nicht anwesend", "nein", "verhindert")
_PRESENT = ("anwesend", "ja", "x", "✓", "✔", "teilgenommen")
_SALUTATION = re.compile(r"^(Herrn?|Frau)[ .]+")


# ------------------------------------------------------------------------------------------ tables


class _Row(NamedTuple):
    """A data row: its element and cells, and the heading of its group (the table's caption, or a row of one cell)."""

    tr: Element
    cells: list[Element]
    group: str | None


def _tables(root: Element) -> Iterator[tuple[dict[str, int], list[_Row]]]:
    """Every table: the columns that are known by their heading, and the data rows."""
    for table in root.iter("table"):
        columns: dict[str, int] = {}
        rows: list[_Row] = []
        group = inline(table.find("caption"))
        for tr in table.iter("tr"):
            if next(tr.iterancestors("table"), None) is not table or tr.find(".//table") is not None:
                continue  # a row of a table inside this one, or the layout row around such a table
            cells = cells_of(tr)
            if len(cells) == 1:
                group = inline(cells[0]) or group
            elif cells and all(cell.tag == "th" for cell in cells):
                columns = columns or _column_numbers(cells)
            else:
                rows.append(_Row(tr, cells, group))
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
        if "name" not in columns and not any(number_in(row.tr, "KPLFDNR") for row in rows[:3]):
            continue
        for row in rows:
            person = _person_row(row, columns)
            if person is not None:
                found.append(person)
    return found


def _person_row(row: _Row, columns: dict[str, int]) -> Attendee | None:
    tr, cells, group = row
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
    if "presence" not in columns and group is not None:
        present, presence_note = presence(group)
        if present is not None:
            notes.append(presence_note)
    return Attendee(
        name=name,
        kplfdnr=number_in(tr, "KPLFDNR"),
        gender=gender,
        faction=faction,
        role=role,
        present=present,
        voting=_voting(_cell(cells, columns, "voting"), role),
        note=clean("; ".join(n for n in notes if n)),
    )


def _without_salutation(printed: str) -> tuple[str, Literal["f", "m"] | None]:
    match = _SALUTATION.match(printed)
    if match is None:
        return printed, None
    return printed[match.end() :], "f" if match[1] == "Frau" else "m"


def presence(text: str | None) -> tuple[bool | None, str | None]:
    """Whether the words of an attendance column mean present, and the words themselves where they say more."""
    if text is None:
        return None, None
    lowered = text.casefold().strip(" .")
    if any(word in lowered for word in _ABSENT):
        return False, None if lowered in ("nein", "abwesend", "nicht anwesend") else text
    if lowered in _PRESENT:
        return True, None
    if lowered in ("anwesenheit", "-"):  # the name of the list itself; nothing
        return None, None
    if lowered.startswith(("anwesend", "ja", "ab ", "bis ", "von ", "teilweise", "zeitweise", "online", "digital")):
        return True, text
    return None, text


def _voting(column: str | None, role: str | None) -> bool | None:
    words = (column or role or "").casefold()
    if any(
        w in words for w in ("beratend", "ohne stimmrecht", "nicht stimmberechtigt", "kein stimmrecht")
    ) or column in ("nein", "-"):
        return False
    return True if "stimmberechtigt" in words or (column or "").casefold() in ("ja", "x") else None


# ---------------------------------------------------------------------------------------- attendance, rosters, persons


def attendance(
    root: Element, found: Detection, heading: str | None, url: str | None
) -> tuple[Attendance, list[PageProblem]]:
    """The attendance list of a meeting (`si019`)."""
    rows = people(root)
    name, _, date = (heading or "").removeprefix("Anwesenheit - ").rpartition(" - ")
    iso = parse_date(date)
    record = Attendance(
        silfdnr=_own_number(root, found, url, "SILFDNR"),
        organization=clean(name) if iso else None,
        date=iso,
        attendees=tuple(rows),
    )
    return record, [] if rows else [PageProblem(code="no_rows", message="the attendance list holds no persons")]


def organization(
    root: Element, found: Detection, heading: str | None, url: str | None
) -> tuple[Organization, list[PageProblem]]:
    """A committee, council or faction with its members."""
    rows = people(root)
    number, kind = None, _PROGRAM_KINDS.get((found.program or "")[:2])
    for name, space in NUMBER_SPACES.items():
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
        for _tr, cells, _group in rows:
            line = _membership(cells, columns)
            if line is None:
                continue
            memberships.append(line)
            faction = _cell(cells, columns, "faction") or (
                line.organization if line.organization_kind == "FR" else None
            )
            if faction and line.end is None:
                factions.append(faction)
    name, gender = _without_salutation(heading or "")
    if gender is None:
        salutation = next((text for td in root.iter("td") if (text := inline(td)) in ("Frau", "Herr")), None)
        gender = {"Frau": "f", "Herr": "m", None: None}[salutation]
    record = Person(
        kplfdnr=_own_number(root, found, url, "KPLFDNR"),
        name=name or None,
        gender="f" if gender == "f" else "m" if gender else None,
        faction=factions[0] if len(set(factions)) == 1 else None,
        memberships=tuple(memberships),
    )
    return record, []


def _membership(cells: list[Element], columns: dict[str, int]) -> Membership | None:
    number, kind = None, None
    for cell in cells:
        for name, space in NUMBER_SPACES.items():
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
        organization=organization_name,
        organization_id=number,
        organization_kind=kind,
        role=role,
        start=start,
        end=end,
    )


def _own_number(root: Element, found: Detection, url: str | None, name: str) -> int | None:
    """The number of what the page shows: from its base address, its objectID, or the address that was asked for."""
    number = parameters(found.base_url).get(name)
    if number is None and found.system == "allris3":
        number = object_id(root)
    return parameters(url).get(name) if number is None else number
