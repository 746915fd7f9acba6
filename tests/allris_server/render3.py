"""The same county as ALLRIS 3.9.5 (classic ASP) writes it: every page type, windows-1252 bytes under an ISO label.

Behind each anchor (`allrisWP`, `allrisBS`, `allrisAE`) lies a whole embedded document, as Word's export left it.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Sequence
from html import escape

from tests.allris_server import render
from tests.allris_server.county import COMMITTEES, County, Item, Meeting, Paper, Text
from tests.allris_server.render_lists import PAGE_SIZE, WEEKDAYS, Row

VERSION = "ALLRIS net Version 3.9.5 (221117m)"
_ANCHORS = {"Wortprotokoll": "WP", "Beratung": "WP", "Protokoll": "WP", "Beschluss": "BS", "Abstimmungsergebnis": "AE"}
_EMBEDDED = ('<?xml version="1.0" encoding="iso-8859-1" standalone="no"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" '
             '"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd"><html xmlns="http://www.w3.org/1999/xhtml"><head>'
             '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1" /><meta name="generator" '
             'content="Aspose.Words for .NET 19.1" /><title></title></head><body>{}</body></html>')
_PARAGRAPH = '<p style="margin-top:0pt; margin-bottom:0pt; font-size:11pt">{}</p>'
_SPAN = '<span style="font-family:Arial">{}</span>'
CHARSET = "windows-1252"


def encode(page: str) -> bytes:
    """The bytes of a page: windows-1252, what it lacks as character references."""
    return page.encode(CHARSET, "xmlcharrefreplace")


def _frame(program: str, title: str, heading: str, number: int | str, main: str, address: str) -> str:
    return f"""<?xml version="1.0" encoding="iso-8859-1"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="de" lang="de">
<head>
\t<link rel="stylesheet" href="conf/styles/defaults/styles.css" />
\t<meta http-equiv="content-type" content="text/html; charset=iso-8859-1" />
\t<title>{title}</title>
\t<meta name="description" content="{VERSION}" />
\t<meta name="language" content="de" />
\t<link rel="shortcut icon" type="image/x-icon" href="images/ALLRIS.ico" />
\t<meta name="objectID" content="{number}" />
</head><body ><div>
<div id="allriscontainer" class="{program}">
<div class="borderframe"><div class="mainframe"><div class="header"></div><div id="risleft"><div id="rislogo"></div>
<div id="riswrap"><div id="rismenu"><ul id="menu">
<li><strong><a href="{escape(address)}&amp;toggleMenu=2" title="Reduzieren">Sitzungen</a></strong></li>
<li>
\t<ul>
\t<li><a href="si010_e.asp" title="Sitzungstermine aller Gremien">Kalender</a></li>
\t<li><a href="si018_a.asp" title="Recherche nach wählbaren Suchkriterien">Übersicht</a></li>
\t</ul>
</li>
<li><a href="au010.asp?T1=Aussch%FCsse&amp;AU=Ausschuss&amp;SORTVON=1&amp;SORTBIS=400">Ausschüsse</a></li>
</ul>
</div></div>
</div>
<div id="risright"><div id="rishead"><p class="topHeadline">Bürgerinformationssystem Kreis Ahrenfeld</p></div>
<div id="risname"><h1>{heading}&nbsp;&nbsp;</h1></div>
<div id="risprop"></div>
<div id="rismain"><div id="posOuterLocator"></div>{main}</div>
<div id="risfoot"><div id="foot_right"><p></p></div></div>
</div>
</div>
</div>
</div>
</body>
</html>
"""


def _deco(inner: str) -> str:
    return ('<table class="risdeco" cellspacing="0" cellpadding="0" border="0">\n\t<tr>\n\t\t<td>&nbsp;</td>\n\t\t'
            f'<td bgcolor="white">{inner}</td>\n<td>&nbsp;</td>\n\t</tr>\n</table>\n')


def _date(iso: str) -> str:
    return f"{dt.date.fromisoformat(iso):%d.%m.%Y}"


def _committee(meeting: Meeting) -> str:
    program, key = ("pa020", "PALFDNR") if meeting.organization == "Kreistag" else ("au020", "AULFDNR")
    return (f'<a href="{program}.asp?T1=Ausschuss&amp;history=switch&amp;{key}={meeting.grlfdnr}&amp;altoption=Gremium">'
            f"{meeting.organization}</a>")


def _head(meeting: Meeting, result: str | None, *, day_link: bool) -> str:
    day = dt.date.fromisoformat(meeting.date)
    date = _date(meeting.date)
    if day_link:
        date = f'<a href="si010_e.asp?YY={day.year}&amp;MM={day.month:02d}&amp;DD={day.day:02d}">{date}</a>'
    beside = "" if result is None else f'\n\t\t<td class="kb1">Beschlussart:</td>\n\t\t<td class="text3">{escape(result)}</td>'
    rows = [
        f'<td class="kb1">Gremium:</td>\n\t\t<td class="text1">{_committee(meeting)}</td>{beside}',
        f'<td class="kb1">Datum:</td>\n\t\t<td class="text2" nowrap="nowrap">{WEEKDAYS[day.weekday()]}, {date}</td>\n\t\t'
        '<td class="kb1">Status:</td>\n\t\t<td class="text3">öffentlich</td>',
        f'<td class="kb1">Zeit:</td>\n\t\t<td class="text2" nowrap="nowrap">{meeting.start} - {meeting.end}</td>\n\t\t'
        '<td class="kb1">Anlass:</td>\n\t\t<td class="text4">Sitzung</td>',
        f'<td class="kb1">Raum:</td>\n\t\t<td colspan="3" class="text2">{escape(meeting.room)}</td>',
    ]
    if meeting.place:
        rows.append(f'<td class="kb1">Ort:</td>\n\t\t<td colspan="3" class="text2">{escape(meeting.place)}</td>')
    return "".join(f'\t<tr valign="top">\n\t\t{row}\n\t</tr>\n' for row in rows)


def excerpt(meeting: Meeting, item: Item) -> str:
    """`to020.asp`: an agenda item with its minutes."""
    rows = (f'\t<tr valign="top">\n<td><form action="to010.asp?topSelected={item.tolfdnr}" method="post" style="margin:0">'
            f'<input type="hidden" name="SILFDNR" value="{meeting.silfdnr}"  /></form></td>\n\t\t<td class="text1" colspan="3">'
            f'<a href="to010.asp?SILFDNR={meeting.silfdnr}">{meeting.title}</a></td>\n\t</tr>\n'
            f'\t<tr valign="top">\n\t\t<td class="kb1">TOP:</td>\n\t\t<td class="text1" colspan="3">Ö&nbsp;{item.number}</td>\n\t</tr>\n'
            + _head(meeting, item.result or "(offen)", day_link=True))
    if item.paper:
        paper = item.paper
        rows += (f'\t<tr>\n<td><form action="vo020.asp" method="post" style="margin:0"><input type="hidden" name="VOLFDNR" '
                 f'value="{paper.volfdnr}"  /></form></td>\n\t\t<td class="text1"><a href="vo020.asp?VOLFDNR={paper.volfdnr}">'
                 f"{paper.reference} {escape(paper.title)}</a></td>\n\t</tr>\n"
                 f'\t<tr><td class="kb1">Status:</td><td class="text3">öffentlich</td><td class="kb1">Vorlage-Art:</td>'
                 f'<td class="text4">{paper.type}</td></tr>\n<tr>\n<td class="kb1">Federführend:</td>'
                 f'<td class="text4">{escape(paper.office)}</td>\n</tr>\n')
    texts = {_anchor(text.label, n): text for n, text in enumerate(item.texts)}
    menu = "".join(f'\n\t\t\t\t\t<br /><a href="#allris{key}">{escape(text.label)}</a>' for key, text in texts.items())
    body = ""
    for key in dict.fromkeys([*texts, "WP", "BS", "AE"]):
        if key in texts:
            body += (f'<!-- ### {key}{item.tolfdnr}.rtf -->\n<a name="allris{key}"></a>\n'
                     + _EMBEDDED.format(f"<div>{_word(texts[key])}</div>"))
        else:
            body += f'<!-- ### {key}0.rtf -->\n<a name="allris{key}"></a>\n'
    main = _deco('<table class="tk1" cellspacing="0" cellpadding="0" border="0">\n\t<tr>\n\t\t<td class="ko1" valign="top">'
                 f'<table class="tk1" cellspacing="0" cellpadding="3" border="0">\n{rows}</table>\n</td>\n\t\t'
                 f'<td class="ko2">&nbsp;</td>\n\t\t<td class="me1">{menu}\t\t</td>\n\t</tr>\n</table>\n<hr  />\n{body}')
    return _frame("to020", "Auszug", f"Auszug - {escape(item.title)}", item.tolfdnr, main, f"to020.asp?TOLFDNR={item.tolfdnr}")


def _anchor(label: str, position: int) -> str:
    return _ANCHORS.get(label) or ("SV", "BV", "FA", "RE")[position % 4]


def _word(text: Text) -> str:
    blocks = []
    for n, paragraph in enumerate(text.paragraphs):
        if n and not paragraph.startswith(("- ", "Ja-", "Nein-", "Ja:", "Nein:", "Enthaltung")):
            blocks.append(_PARAGRAPH.format(_SPAN.format("&#xa0;")))
        if render.VOTE_TABLE.fullmatch(paragraph):
            cells = "".join(f"<td><p>{_SPAN.format(escape(cell))}</p></td>" for cell in paragraph.split())
            blocks.append(f'<table cellspacing="0" cellpadding="0"><tr>{cells}</tr></table>')
        else:
            blocks.append(_PARAGRAPH.format("".join(_SPAN.format(render._escape_word(part)) for part in render._cuts(paragraph))))
    return "".join(blocks)


def meeting_page(meeting: Meeting, *, hidden: Sequence[tuple[int, str]] = ()) -> str:
    """`to010.asp`: a meeting and its agenda; `hidden`: (TOLFDNR, number) of items that are not public."""
    rows = ('\t<tr valign="top">\n\t\t<td class="kb1">Bezeichnung:</td>\n<td class="text1" colspan="3">'
            f"{meeting.title}</td>\n\t</tr>\n" + _head(meeting, None, day_link=False))
    lines = []
    for n, item in enumerate(meeting.items):
        result = escape(item.result or "(offen)")
        naz = (f'<td><form action="to020.asp" method="post" style="margin:0"><input type="hidden" name="TOLFDNR" value="{item.tolfdnr}"  />'
               f'<input type="submit" class="il1_naz" value="NA" title="{result}"  /></form></td>') if item.texts else "<td>&nbsp;</td>"
        subject = (f'<a href="to020.asp?TOLFDNR={item.tolfdnr}">{escape(item.title)}</a>' if item.texts else escape(item.title))
        paper = "<td>&nbsp;</td>\n<td></td>" if item.paper is None else (
            f'<td><form action="vo020.asp" method="post" style="margin:0"><input type="hidden" name="VOLFDNR" value="{item.paper.volfdnr}"  />'
            f'</form></td>\n<td nowrap="nowrap"><a href="vo020.asp?VOLFDNR={item.paper.volfdnr}">{item.paper.reference}</a></td>')
        lines.append(
            f'\t<tr class="{"zl12" if n % 2 == 0 else "zl11"}">\n\t\t<td class="text4" nowrap="nowrap"><a href="to010.asp?SILFDNR='
            f'{meeting.silfdnr}&TOLFDNR={item.tolfdnr}#beschluss" title="Auswählen">Ö&nbsp;{item.number}</a></td>\n\t\t<td>&nbsp;</td>\n'
            f"{naz}\n<td>{subject}</td>\n<!--{item.tolfdnr} -->\n<td>&nbsp;</td>\n{paper}\n<td>&nbsp;</td>\n\t</tr>\n")
    for tolfdnr, number in hidden:
        lines.append(f'\t<tr class="zl11">\n\t\t<td class="text4" nowrap="nowrap"><a href="to010.asp?SILFDNR={meeting.silfdnr}&TOLFDNR='
                     f'{tolfdnr}#beschluss" title="Auswählen">N&nbsp;{number}</a></td>\n\t\t<td>&nbsp;</td>\n<td>&nbsp;</td>\n'
                     '<td class="text1">(nichtöffentlich)</td>\n<td>&nbsp;</td>\n<td>&nbsp;</td>\n<td>&nbsp;</td>\n\t</tr>\n')
    main = _deco(
        '<table class="tk1" cellspacing="0" cellpadding="0">\n\t<tr>\n\t\t<td class="ko1" valign="top"><table class="tk1" cellspacing="0" '
        f'cellpadding="3" border="0">\n{rows}</table>\n</td>\n\t\t<td class="ko2"></td>\n\t\t<td class="me1"><table class="tk1"><tr>'
        '<td class="me1" align="left"><form action="si019.asp" method="post" style="margin:0"><input type="hidden" name="SILFDNR" '
        f'value="{meeting.silfdnr}"  /><input type="submit" class="il2_s" value="Anwesenheit" title="Anwesenheit"  /></form>'
        f'<a href="si019.asp?SILFDNR={meeting.silfdnr}">Anwesenheit</a></td></tr></table>\n</td>\n\t</tr>\n</table>\n<hr  />\n'
        '<table class="tl1" cellspacing="0" cellpadding="1" border="0">\n\t<tr class="zk1">\n\t\t<th width="1%">TOP</th>\n\t\t'
        '<th colspan="2" width="1%">&nbsp;</th>\n\t\t<th colspan="2">Betreff</th>\n\t\t<th colspan="3">Vorlage</th>\n\t</tr>\n'
        '\t<tr>\n\t\t<td colspan="8"><hr  /></td>\n\t</tr>\n' + "".join(lines) + "</table>\n<hr />\n<!-- ### AN0.rtf -->\n")
    return _frame("to010", "Tagesordnung", f"Tagesordnung - {meeting.title}", meeting.silfdnr, main,
                  f"to010.asp?SILFDNR={meeting.silfdnr}")


def attendance(meeting: Meeting) -> str:
    """`si019.asp`: who attended."""
    lines = "\n".join(
        f'<tr class="{"zl12" if n % 2 == 0 else "zl11"}"><td><form action="kp020.asp" method="post"><input type="hidden" name="KPLFDNR" '
        f'value="{a.kplfdnr}" /></form></td><td><a href="kp020.asp?KPLFDNR={a.kplfdnr}">{escape(a.name)}</a></td>'
        f"<td>{escape(a.role)}</td><td>{escape(a.faction or '')}</td><td>anwesend</td><td>{'ja' if a.voting else 'nein'}</td></tr>"
        for n, a in enumerate(meeting.attendance))
    main = ('<table class="tl1"><tr class="zk1"><th>&nbsp;</th><th>Name</th><th>Art der Mitarbeit</th><th>Fraktion</th><th>Anwesend</th>'
            f"<th>Stimmrecht</th></tr>\n{lines}</table>\n")
    return _frame("si019", "Anwesenheit", f"Anwesenheit - {meeting.title}", meeting.silfdnr, main,
                  f"si019.asp?SILFDNR={meeting.silfdnr}")


def paper_page(paper: Paper) -> str:
    """`vo020.asp`: a paper with its Beratungsfolge."""
    lines, previous = [], None
    for step in paper.steps:
        if (step.organization, step.role) != previous:
            previous = (step.organization, step.role)
            lines.append('<tr valign="top" class="zl12">\n<td bgcolor="#ffffff" title="Erledigt"></td>\n'
                         f'<td class="text1" colspan="3">{step.organization}</td>\n'
                         f'<td class="text1" colspan="3" nowrap="nowrap">{step.role}</td>\n</tr>\n')
        title = render.GENITIVE[step.organization]
        meeting = f"Sitzung {title}" if step.silfdnr is None else (
            f'<a href="to010.asp?SILFDNR={step.silfdnr}">Sitzung {title}</a>')
        form = "<td>&nbsp;</td>" if not step.has_excerpt else (
            '<td><form action="to020.asp" method="post" style="margin:0"><input type="hidden" name="TOLFDNR" '
            f'value="{step.tolfdnr}"  /><input type="submit" class="il1_naz" value="NA" title="Beschluss"  /></form></td>')
        to = "<td>&nbsp;</td>" if step.silfdnr is None else (
            '<td><form action="to010.asp" method="post" style="margin:0"><input type="hidden" name="SILFDNR" '
            f'value="{step.silfdnr}"  /></form></td>')
        lines.append(f'<tr valign="top" class="zl12">\n<td bgcolor="#ffffff" title="Erledigt"></td>\n<td class="text2">'
                     f'{_date(step.date)}&nbsp;</td>\n{to}\n<td>{meeting}</td>\n<td class="text3">{escape(step.result)}&nbsp;</td>\n'
                     f"<td>&nbsp;</td>\n{form}\n</tr>\n")
    main = _deco(
        '<table class="tk1" cellspacing="0" cellpadding="0" border="0">\n\t<tr>\n\t\t<td class="ko1" valign="top"><table class="tk1" '
        'cellspacing="0" cellpadding="3" border="0">\n\t<tr>\n\t\t<td class="kb1">Betreff:</td>\n\t\t<td class="text1" colspan="3">'
        f'{escape(paper.title)}</td>\n\t</tr>\n\t<tr><td class="kb1">Status:</td><td class="text3">öffentlich</td>'
        f'<td class="kb1">Vorlage-Art:</td><td class="text4">{paper.type}</td></tr>\n<tr>\n<td class="kb1">Federführend:</td>'
        f'<td class="text4">{escape(paper.office)}</td>\n</tr>\n\t<tr>\n\t\t<td class="kb1" colspan="4">Beratungsfolge:</td>\n\t</tr>\n'
        '\t<tr>\n\t\t<td valign="top" colspan="4">\n<table cellspacing="0" cellpadding="3" border="0">\n' + "".join(lines)
        + '</table>\n</td></tr></table>\n</td>\n\t\t<td class="ko2"></td>\n\t\t<td class="me1"></td>\n\t</tr>\n</table>\n<hr  />\n')
    return _frame("vo020", "Vorlage", f"Vorlage - {paper.reference}", paper.volfdnr, main, f"vo020.asp?VOLFDNR={paper.volfdnr}")


def calendar_page(year: int, month: int, rows: Sequence[Row]) -> str:
    """`si010_e.asp`: a month."""
    names = ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember")
    lines = []
    for day in range(1, calendar.monthrange(year, month)[1] + 1):
        date = dt.date(year, month, day)
        here = [row for row in rows if row.date == date.isoformat()]
        css = "zl12" if day % 2 else "zl11"
        head = f'<td class="text2" width="20">{WEEKDAYS[date.weekday()]}</td><td class="text2" width="20">&nbsp;&nbsp;{day}</td>'
        if not here:
            lines.append(f'\t<tr class="{css}">\n{head}\n\t\t<td colspan="8">&nbsp;</td>\n\t</tr>')
        for n, row in enumerate(here):
            if n:
                head = '<td class="text2" width="20">&nbsp;</td><td class="text2" width="20">&nbsp;</td>'
            linked = row.silfdnr is not None and row.published
            form = ('<td>&nbsp;</td>' if not linked else
                    '<td><form action="to010.asp" method="post" style="margin:0"><input type="hidden" name="SILFDNR" '
                    f'value="{row.silfdnr}"  /><input type="submit" class="il1_to" value="TO" title="Tagesordnung"  /></form></td>')
            subject = f'<a href="to010.asp?SILFDNR={row.silfdnr}">{escape(row.title)}</a>' if linked else escape(row.title)
            lines.append(f'\t<tr class="{css}" valign="top">\n{head}\n\t\t<td class="text2">{row.start}&nbsp;</td>\n<td>&nbsp;</td>\n{form}\n'
                         f'<td>{subject}</td>\n<td>&nbsp;</td>\n<td>&nbsp;</td>\n\n\t\t<td class="text4">{escape(row.room)}</td>\n\t</tr>')
    body = "\n".join(lines)
    main = _deco(f'<table width="100%"><tr><td nowrap="nowrap"><h2 align="center">{names[month - 1]}&nbsp;{year}</h2></td></tr></table>\n'
                 '<table class="tl1" cellspacing="0" cellpadding="1" border="0">\n\t<tr class="zw1"><th colspan="2">Datum</th><th>Uhrzeit</th>'
                 f'<th>&nbsp;</th><th colspan="4" width="65%">Sitzung</th><th>Raum</th>\t</tr>\n{body}\n</table>\n')
    return _frame("si010", "Sitzungskalender", "Sitzungskalender", year, main, f"si010_e.asp?MM={month}&YY={year}")


def meeting_list(meetings: Sequence[Meeting], organization: int) -> str:
    """`si018_a.asp`: a committee's meetings, newest first."""
    ordered = sorted(meetings, key=lambda m: m.date, reverse=True)[:4 * PAGE_SIZE]
    lines = "\n".join(
        f'<tr class="zl12"><td class="text2">{_date(m.date)}</td><td class="text2">{m.start} - {m.end}</td>'
        f'<td><a href="to010.asp?SILFDNR={m.silfdnr}">{m.title}</a></td><td class="text4">{escape(m.room)}</td></tr>' for m in ordered)
    main = ('<table class="tl1"><tr class="zk1"><th>Datum</th><th>Zeit</th><th>Sitzung</th><th>Raum</th></tr>\n' + lines + "</table>\n")
    return _frame("si018", "Sitzungsübersicht", "Sitzungsübersicht", organization, main, f"si018_a.asp?GRA={organization}")


def committee_list(*, council: bool = False) -> str:
    """`au010.asp`: the committees; `pa010.asp`: the council."""
    program, key = ("pa", "PALFDNR") if council else ("au", "AULFDNR")
    lines = "\n".join(
        f'<tr class="zl12"><td><a href="{program}020.asp?{key}={number}">{name}</a></td><td class="text2">13</td></tr>'
        for name, number in COMMITTEES.items() if (name == "Kreistag") is council)
    main = f'<table class="tl1"><tr class="zk1"><th>Name</th><th>Mitglieder</th></tr>\n{lines}</table>\n'
    return _frame(f"{program}010", "Ausschüsse", "Ausschüsse", 0, main, f"{program}010.asp?T1=1")


def roster(county: County, number: int) -> str | None:
    """`au020.asp`, `pa020.asp`: members; None for an unknown committee."""
    name = next((name for name, n in COMMITTEES.items() if n == number), None)
    meetings = [m for m in county.meetings if m.organization == name]
    if name is None or not meetings:
        return None
    members = [a for a in max(meetings, key=lambda m: m.date).attendance if a.voting]
    lines = "\n".join(
        f'<tr class="zl12">\n<td><form action="kp020.asp" method="post" style="margin:0"><input type="hidden" name="KPLFDNR" '
        f'value="{a.kplfdnr}"  /></form></td>\n<td>&nbsp;</td>\n<td nowrap="nowrap"><a href="kp020.asp?KPLFDNR={a.kplfdnr}">{escape(a.name)}</a>'
        f'</td>\n<td class="text1"><div>{escape(a.role)}</div></td>\n<td class="text4"><div>{escape(a.faction or "")}</div></td>\n</tr>'
        for a in members)
    main = ('<h3>Mitglieder</h3>\n<table class="tl1" cellspacing="0" cellpadding="2" border="0">\n<tr class="zk1"><th>&nbsp;</th><th>&nbsp;</th>'
            f"<th>Name</th><th>Art der Mitarbeit</th><th>Funktion</th></tr>\n{lines}\n</table>\n")
    return _frame("au020", name, name, number, main, f"au020.asp?AULFDNR={number}")


def person(county: County, number: int) -> str | None:
    """`kp020.asp`: a person's committees; None for an unknown person."""
    found = [(m, a) for m in county.meetings for a in m.attendance if a.kplfdnr == number]
    if not found:
        return None
    lines = []
    for name in dict.fromkeys(m.organization for m, a in found if a.voting):
        first = min(((m, a) for m, a in found if m.organization == name), key=lambda pair: pair[0].date)
        program, key = ("pa020", "PALFDNR") if name == "Kreistag" else ("au020", "AULFDNR")
        lines.append(f'<tr class="zl12"><td><form action="{program}.asp" method="post"><input type="hidden" name="{key}" '
                     f'value="{COMMITTEES[name]}" /></form></td><td>{name}</td><td>{escape(first[1].role)}</td>'
                     f"<td>seit {_date(first[0].date)}</td></tr>")
    main = ('<table class="tk1"><tr><td></td></tr></table>\n<table class="tl1">\n<tr><th colspan="4">Ausschüsse</th></tr>\n'
            + "\n".join(lines) + "\n</table>\n")
    return _frame("kp020", escape(found[0][1].name), escape(found[0][1].name), number, main, f"kp020.asp?KPLFDNR={number}")


def refused(program: str) -> str:
    """The one-line refusal of a program that the installation does not allow."""
    return f"Zugriff verweigert (Programm {program}).<br>"
