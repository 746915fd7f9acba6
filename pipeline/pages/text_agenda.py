"""The text form of an ALLRIS 3 agenda (`to010`, also with one item unfolded by `BES=1`), for `text`.

Only what a text keeps can be read: the head's pairs, and items whose number starts a line. An unfolded item's text has
no marks in it; it is left to the item's own page, and a problem says so.
"""

from __future__ import annotations

import re

import msgspec

from pipeline.pages.dates import parse_date, parse_times
from pipeline.pages.labels import is_public_part, parse_top
from pipeline.pages.links import (
    parameters,
)
from pipeline.pages.tree import clean
from pipeline.records import AgendaRow, Meeting, PageProblem, ParsedPage

_TITLE = re.compile(r"^(?:ALLRIS - )?Tagesordnung(?: - (.{1,300}))?$")
_ROW = re.compile(r"^(?:[-|•] ?)?((?:Ö|N) ?\d{1,3}(?:\.\d{1,3}){0,5}[a-z]?)(?:[ |:]{1,5}(.{0,500}))?$")
_PAIR = re.compile(r"(?:^|(?<=\s))(Bezeichnung|Gremium|Datum|Status|Zeit|Uhrzeit|Anlass|Raum|Ort):(?=\s|$)")
_TIMES = re.compile(r"^(?:nicht)?öffentlicher teil", re.IGNORECASE)
TOP_LINES = 10
"""A bare `Tagesordnung` further down is a heading of something else."""

LONG_LINE = 200
"""A line after an item that is longer than this is text of an unfolded item, not its title (titles stay below 160)."""


def parse_agenda(lines: list[str], url: str | None) -> ParsedPage | None:
    """The meeting in `lines` (without margins), or None where they are no agenda."""
    titles = [(n, match) for n, line in enumerate(lines[:100]) if (match := _TITLE.match(line))]
    start, match = next(((n, match) for n, match in titles if match[1] or n < TOP_LINES), (None, None))
    if start is None or match is None:
        return None
    fields: dict[str, str] = {}
    rows: list[AgendaRow] = []
    public: bool | None = None
    unfolded = False
    waiting: str | None = None
    for line in lines[start + 1 :]:
        item = _ROW.match(line)
        pieces = [] if rows else list(_PAIR.finditer(line))
        if item:
            number, part = parse_top(item[1])
            part = public if part is None else part
            rows.append(AgendaRow(position=len(rows) + 1, number=number, public=part, title=clean(item[2])))
        elif pieces:
            for n, piece in enumerate(pieces):
                value = line[piece.end() : pieces[n + 1].start() if n + 1 < len(pieces) else len(line)].strip()
                waiting = None if value else piece[1]
                if value:
                    fields.setdefault(piece[1], value)
        elif waiting is not None and line:
            fields.setdefault(waiting, line)
            waiting = None
        elif _TIMES.match(line):
            public = is_public_part(line)
        elif rows and line:
            if rows[-1].title is None and len(line) <= LONG_LINE:
                rows[-1] = msgspec.structs.replace(rows[-1], title=clean(line))
            elif len(line) > LONG_LINE:
                unfolded = True
    if not rows and not fields:
        return None
    times = parse_times(fields.get("Zeit") or fields.get("Uhrzeit") or "")
    record = Meeting(
        silfdnr=parameters(url).get("SILFDNR"), title=fields.get("Bezeichnung") or clean(match[1]),
        organization=fields.get("Gremium"), date=parse_date(fields.get("Datum", "")), start=times[0], end=times[1],
        status=fields.get("Status"), occasion=fields.get("Anlass"), room=fields.get("Raum"), place=fields.get("Ort"),
        agenda=tuple(rows),
    )
    problems = []
    if unfolded:
        message = "an unfolded item's text is only read from its own page (to020)"
        problems.append(PageProblem(code="unfolded_item", message=message))
    if not rows:
        problems.append(PageProblem(code="no_agenda", message="the page shows no agenda"))
    return ParsedPage(outcome="ok", system="text", kind="meeting", record=record, problems=tuple(problems))
