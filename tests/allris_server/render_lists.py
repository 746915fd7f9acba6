"""Lists and persons as ALLRIS 4 writes them: calendar, meeting list, committees, roster, person, and its refusals.

Calendar, meeting list and list of committees are shells whose rows come by Ajax from an address that holds the
session's page counter.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Sequence
from html import escape

from tests.allris_server import render
from tests.allris_server.county import COMMITTEES, County, Meeting

WEEKDAYS = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")
ENGLISH_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
ENGLISH_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_CLASSES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LOADING = ('<div id="id27"><div><img alt="Loading..." src="./wicket/resource/org.apache.wicket.ajax.'
            'AbstractDefaultAjaxBehavior/indicator-ver-0.gif"/></div></div>')


def shell(program: str, crumb: str, query: str, counter: int) -> str:
    """A page without rows; its script names the address that brings them."""
    tail = f"&{query}" if query else ""
    main = (f'<div id="id14">\n<div class="header">\n<h1 class="title">{crumb}</h1>\n\n</div>\n</div>\n'
            f'<div id="mainContent"><div class="calendar">{_LOADING}</div></div>')
    page = render._frame(program, crumb, query, main)
    clicks = "".join(
        f'Wicket.Ajax.ajax({{"u":"./{program}?{counter}-1.0-form-calNav-{name}{tail}","c":"id{n}","e":"click"}});;\n'
        for n, name in enumerate(("months-5-monthlink", "years-2-yearlink"), 4)) if program == "si010" else ""
    timer = (f"{clicks}Wicket.Timer.set('id27.0', function(){{Wicket.Ajax.ajax({{\"u\":\"./{program}?{counter}-1.0-{tail}\"}});}}, "
             "1000);;\n")
    mark = "\n\ndocument.getElementById('allris')"
    return page.replace(mark, f"\n{timer}document.getElementById('allris')", 1)


def _answer(html: str, evaluate: str = "") -> str:
    return (f'<?xml version="1.0" encoding="UTF-8"?><ajax-response><component id="id2a" ><![CDATA[{html}]]></component>'
            f'<header-contribution><![CDATA[<head xmlns:wicket="http://wicket.apache.org"><meta name="description" '
            f'content="{render.VERSION}" /></head>]]></header-contribution><evaluate><![CDATA[{evaluate}]]></evaluate>'
            "</ajax-response>")


class Row:
    """A line of a calendar: a meeting, or one that is only planned (no number, no link)."""

    def __init__(self, date: str, start: str, title: str, room: str = "", silfdnr: int | None = None,
                 *, published: bool = True) -> None:
        self.date, self.start, self.title, self.room, self.silfdnr, self.published = date, start, title, room, silfdnr, published


def calendar_rows(year: int, month: int, rows: Sequence[Row], *, english: bool = False) -> str:
    """The Ajax answer of `si010`: every day of the month, meetings where there are some."""
    lines = []
    for day in range(1, calendar.monthrange(year, month)[1] + 1):
        date = dt.date(year, month, day)
        weekday = (ENGLISH_WEEKDAYS if english else WEEKDAYS)[date.weekday()]
        here = [row for row in rows if row.date == date.isoformat()]
        css = _CLASSES[date.weekday()]
        if not here:
            lines.append(f'<tr class="{css} even emptyRow">\n<td class="nowrapContent"><span class="dow">{weekday}</span>'
                         f'<span class="dom">{day:02d}</span></td>\n<td colspan="3">\n<div> </div>\n</td>\n</tr>')
        for n, row in enumerate(here):
            head = f'<span class="dow">{weekday}</span><span class="dom">{day:02d}</span>' if n == 0 else ""
            if row.silfdnr is None:
                link = f"<a>{escape(row.title)}</a>"
            elif not row.published:
                link = f'<a id="si_{row.silfdnr}">{escape(row.title)}</a>'
            else:
                when = (f" on {ENGLISH_WEEKDAYS[date.weekday()]}, {ENGLISH_MONTHS[month - 1]} {day}, {year} at {row.start}." if english
                        else f" am {weekday}., {day:02d}.{month:02d}.{year} um {row.start} Uhr.")
                link = (f'<a href="./to010?SILFDNR={row.silfdnr}&amp;refresh=false" id="si_{row.silfdnr}" '
                        f'data-simpletooltip-text="{when}" class="js-simple-tooltip tooltipProvider">{escape(row.title)}</a>')
            lines.append(
                f'<tr class="{"sameday " if n else ""}{css} odd">\n<td class="nowrapContent">{head}</td>\n'
                f'<td class="time">\n<div>{row.start}</div>\n</td><td class="textCol" data-bordercolor="transparent">\n<div>\n'
                f'{link}\n</div>\n</td><td class="raum">\n<div>{escape(row.room)}</div>\n</td>\n</tr>')
    head = "".join(f'<th class="{css}" scope="col"><span>{name}</span></th>' for css, name in
                   (("dateCol", "Datum"), ("time", "Uhrzeit"), ("textCol", "Sitzung"), ("raum", "Raum")))
    body = "\n".join(lines)
    return _answer(f'<div id="id2a"><div id="id2c">\n<table id="id2d" class="calenderView hoverRow stickyHeader">\n'
                   f'<caption>Kalender</caption>\n<thead><tr class="headers">{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n'
                   "</table>\n</div></div>")


PAGE_SIZE = 25


def meeting_list_rows(meetings: Sequence[Meeting], organization: int, page: int, counter: int, *, english: bool = False) -> str:
    """The Ajax answer of `si018`: 25 meetings, newest first, and the address of the next ones."""
    ordered = sorted(meetings, key=lambda m: m.date, reverse=True)
    part = ordered[page * PAGE_SIZE:(page + 1) * PAGE_SIZE]

    def date(iso: str) -> str:
        day = dt.date.fromisoformat(iso)
        return f"{ENGLISH_MONTHS[day.month - 1]} {day.day}, {day.year}" if english else f"{day:%d.%m.%Y}"

    lines = "\n".join(
        f'<tr class="{"even" if n % 2 == 0 else "odd"}"><td class="wodat"><div>{date(m.date)}</div></td><td><div>{m.start}</div></td>'
        f'<td><div><a href="./to010?SILFDNR={m.silfdnr}&amp;refresh=false" id="silink_{m.silfdnr}">{escape(m.title)}</a></div></td>'
        "<td><div></div></td></tr>" for n, m in enumerate(part))
    more = (page + 1) * PAGE_SIZE < len(ordered)
    evaluate = (f'Wicket.Ajax.ajax({{"u":"./si018?{counter}-1.{page + 1}-form-navigator-next&GRLFDNR={organization}",'
                '"c":"id32","e":"click"});') if more else ""
    head = "".join(f'<th scope="col"><span>{name}</span></th>' for name in ("Datum", "Uhrzeit", "Sitzung", "Rang"))
    return _answer(f'<div id="id30"><table class="dataTable captionVisible stickyHeader hoverRow"><caption>Sitzungen '
                   f'{page * PAGE_SIZE + 1} bis {page * PAGE_SIZE + len(part)} von {len(ordered)}</caption><thead>'
                   f'<tr class="headers">{head}</tr></thead><tbody>\n{lines}\n</tbody></table></div>', evaluate)


def committee_rows(county: County) -> str:
    """The Ajax answer of `gr010`: the committees under their headings."""
    lines = []
    for heading, names in (("Kreistag", ["Kreistag"]), ("Ausschüsse", [n for n in COMMITTEES if n != "Kreistag"])):
        lines.append(f"<tr><td><div>{heading}</div></td><td></td><td></td><td></td></tr>")
        for name in names:
            number = COMMITTEES[name]
            last = max((m for m in county.meetings if m.organization == name), key=lambda m: m.date, default=None)
            link = "" if last is None else (f'<a href="./to010?SILFDNR={last.silfdnr}" id="grLast_{number}">'
                                            f"{dt.date.fromisoformat(last.date):%d.%m.%Y}</a>")
            lines.append(f'<tr><td><div><a href="./gr020?GRLFDNR={number}" id="gr_{number}">{name}</a></div></td>'
                         f"<td><div>13</div></td><td><div>{link}</div></td><td><div></div></td></tr>")
    head = "".join(f"<th><span>{name}</span></th>" for name in ("Name", "Mitglieder", "Letzte Sitzung", "Nächste Sitzung"))
    return _answer(f'<table class="dataTable"><thead><tr class="headers">{head}</tr></thead><tbody>\n' + "\n".join(lines)
                   + "\n</tbody></table>")


def roster(county: County, number: int) -> str | None:
    """`gr020`: those with a vote at the last meeting whose attendance is shown; None where there is none."""
    name = next((name for name, n in COMMITTEES.items() if n == number), None)
    meetings = [m for m in county.meetings if m.organization == name and m.attendance]
    if name is None or not meetings:
        return None
    members = [a for a in max(meetings, key=lambda m: m.date).attendance if a.voting]
    lines = "\n".join(
        f'<tr class="{"even" if n % 2 == 0 else "odd"}"><td><div><a href="./kp020?KPLFDNR={a.kplfdnr}">{escape(a.name)}</a></div></td>'
        f"<td><div>{escape(a.role)}</div></td><td><div>{escape(a.faction or '')}</div></td></tr>" for n, a in enumerate(members))
    head = "".join(f'<th scope="col"><span>{word}</span></th>' for word in ("Name", "Art der Mitarbeit", "Fraktion"))
    main = (f'<div id="id14">\n<div class="header">\n<h1 class="title">{name}</h1>\n\n</div>\n</div>\n<div id="mainContent">'
            f'<table class="dataTable captionVisible stickyHeader"><caption class="rs_skip">Mitglieder</caption><thead>'
            f'<tr class="headers">{head}</tr></thead><tbody>\n{lines}\n</tbody></table></div>')
    return render._frame("gr020", "Gremium", f"GRLFDNR={number}", main)


def person(county: County, number: int) -> str | None:
    """`kp020`: a person's committees; None for an unknown person."""
    found = [(m, a) for m in county.meetings for a in m.attendance if a.kplfdnr == number]
    if not found:
        return None
    lines = []
    for name in dict.fromkeys(m.organization for m, a in found if a.voting):
        mine = [(m, a) for m, a in found if m.organization == name]
        first = min(mine, key=lambda pair: pair[0].date)
        lines.append(f'<tr class="even"><td><div><a href="./gr020?GRLFDNR={COMMITTEES[name]}">{name}</a></div></td>'
                     f"<td><div>{escape(first[1].role)}</div></td><td><div>{escape(first[1].faction or '')}</div></td>"
                     f"<td><div>seit {dt.date.fromisoformat(first[0].date):%d.%m.%Y}</div></td></tr>")
    head = "".join(f'<th scope="col"><span>{word}</span></th>' for word in
                   ("Gremium", "Art der Mitarbeit", "Fraktion", "Zeitraum"))
    main = (f'<div id="id14">\n<div class="header">\n<h1 class="title">{escape(found[0][1].name)}</h1>\n\n</div>\n</div>\n'
            f'<div id="mainContent"><table class="dataTable captionVisible stickyHeader"><caption class="rs_skip">Mitarbeit</caption>'
            f'<thead><tr class="headers">{head}</tr></thead><tbody>\n' + "\n".join(lines) + "\n</tbody></table></div>")
    return render._frame("kp020", "Person", f"KPLFDNR={number}", main)


def message(program: str, query: str, heading: str, text: str) -> str:
    """A page that only says something (no information, an error, too many requests)."""
    main = (f'<div id="id14">\n<div class="header">\n<h1 class="title">{heading}</h1>\n\n</div>\n</div>\n<div id="mainContent">'
            f'<div class="compFull roundedBorder">{text}</div></div>')
    return render._frame(program, "", query, main)


def no_information(program: str, query: str) -> str:
    """The soft refusal of a page that is not public."""
    return message(program, query, "Keine Information verfügbar", "<p>Zu den von Ihnen gewählten Elementen ist keine "
                   "weiterführende Information verfügbar, oder Sie sind nicht berechtigt, diese zu sehen.</p>")


def too_many(program: str, query: str) -> str:
    """*Zu viele Zugriffe*, which comes with HTTP 200."""
    return message(program, query, "ALLRIS", '<div class="message_header">Es ist ein Fehler aufgetreten</div>'
                   '<div class="message_text">Zu viele Zugriffe aus Ihrem Netzwerk, Zugriff temporär gesperrt.</div>')


GATE = ('<!DOCTYPE html><html lang="de"><head><title>Zugriff prüfen</title></head><body><form action="/_gate/check" method="post">'
        '<altcha-widget challengeurl="/_gate/challenge"></altcha-widget></form></body></html>')


def in_cms(page: str) -> str:
    """The page inside a city's CMS: two descriptions, a base address, a foreign headline, an end in mid-document."""
    page = page.replace('<meta name="description"', '<meta name="description" content="Willkommen im Kreis Ahrenfeld" />\n'
                        '<meta name="description"', 1)
    page = page.replace("<body>", '<body>\n<div class="cms-header"><h1>Kreis Ahrenfeld</h1><nav><a href="/buergerservice">'
                        "Bürgerservice</a></nav></div>", 1)
    return page.replace("</body>\n</html>", "</body></html>\n<footer>Impressum</footer>\n</body>\n</html>", 1)


def with_secret_row(page: str, tolfdnr: int) -> str:
    """The meeting page with a part that is not public and one item in it."""
    row = (f'<tr class="even beratung">\n<td class="expandCloseCol">\n\n</td><td class="tonr">\n\n</td><td class="tobetreff">\n'
           f'<div><p>Nichtöffentlicher Teil</p></div>\n</td><td class="attach">\n\n</td><td class="tovonr">\n\n</td><td class="tobanr">'
           f'\n\n</td>\n</tr><tr class="odd numodd" data-tt-id="{tolfdnr}">\n<td class="expandCloseCol">\n\n</td><td class="tonr">\n<div>\n'
           f'<a href="#" id="link_{tolfdnr}" class="js-simple-tooltip collapse">N 99</a>\n</div>\n</td>'
           f'<td class="tobetreff">\n<div>\n<a>(nichtöffentlich)<span class="zusatzinfo"></span> </a>\n</div>\n</td>'
           '<td class="attach">\n\n</td><td class="tovonr">\n\n</td><td class="tobanr">\n<div></div>\n</td>\n</tr>\n')
    at = page.rindex("</tbody>")
    return page[:at] + row + page[at:]
