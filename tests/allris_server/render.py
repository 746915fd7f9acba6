"""Pages as ALLRIS 4.1.7 writes them, from the county's data: excerpt, meeting, attendance, paper.

The structure is that of real pages (ids, classes, empty placeholders, Word text cut into spans, empty
paragraphs, cut titles), so that reading them takes the same way as reading a harvest. Everything that varies
on a real page (Wicket ids, where Word cuts a span) follows from the content: the same data give the same bytes.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator
from html import escape

from tests.allris_server.county import GENITIVE, Item, Meeting, Paper, Text

VERSION = "ALLRIS net Version 4.1.7 (4170041) - 08.07.2026"
TITLE_LENGTH = 47
"""Characters of a title that the excerpt's headline shows before `...`, where it has more than 50."""
WEEKDAYS = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")
VOTE_TABLE = re.compile(r"(?:[^\W\d_]{2,14}\.?:? {1,2}\d{1,3}(?: {1,2}|$)){3}")
"""A line of three counts without a comma: Word had it as a table (`Ja: 9 Nein: 4 Enthaltungen: 2`)."""


def excerpt(meeting: Meeting, item: Item) -> str:
    """`to020`: an agenda item with its minutes."""
    paper, sections = item.paper, [(f"id{n}", text) for n, text in enumerate(item.texts, 2)]
    cut = item.title if len(item.title) <= TITLE_LENGTH + 3 else item.title[:TITLE_LENGTH] + "..."
    rows = [
        _row("id16", [("TOP:", "toname", f"Ö {item.number}", "colEntry3", "text4")]),
        _row("id17", [("Sitzung:", "sibetreff", f'<a href="./to010?SILFDNR={meeting.silfdnr}&amp;TOLFDNR={item.tolfdnr}">'
                       f"<p>{escape(meeting.title)}</p></a>", "colEntry3", "text1")]),
        '<div id="id18" hidden="" data-wicket-placeholder=""></div>',
        _row(None, [("Gremium:", "sigremium", f'<a href="./gr020?GRLFDNR={meeting.grlfdnr}">{meeting.organization}</a>',
                     "colEntry", "text4")]),
        _row(None, [("Datum:", "sidatum", _long_date(meeting.date), "colEntry", "text4"), _STATUS]),
        _row(None, [("Uhrzeit:", "sizeit", f"{meeting.start} - {meeting.end}", "colEntry", "text4"),
                    ("Anlass:", "sianlass", "Sitzung", "colEntry", "text4")]),
        '<div id="id19" hidden="" data-wicket-placeholder=""></div>',
    ]
    if paper:
        rows += [
            _row("id1b", [("Vorlage:", "vobetreff", f'<a href="./vo020?VOLFDNR={paper.volfdnr}&amp;refresh=false&amp;TOLFDNR='
                           f'{item.tolfdnr}"><p>{paper.reference} {escape(paper.title)}</p></a>', "colEntry3", "text1")]),
            _row(None, [("Beratung:", "vostatus", "öffentlich", "colEntry", "text4"),
                        ("Vorlageart:", "voart", paper.type, "colEntry", "text4")]),
            _row(None, [("Federführend:", "vofamt", escape(paper.office), "colEntry", "text4")]),
        ]
    document = item.tolfdnr * 3
    links = [_pdf(document, "Niederschriftsauszug"), *(
        f'<a href="#showHideLink_{key}" class="doclink anchor">{escape(text.label)}</a>' for key, text in sections)]
    result = "" if item.result is None else f"""<div class="compFull roundedBorder toBa" id="id1c">
<dl class="row">
<dt class="colTitle">
<span class="label">Beschluss:</span>
</dt>
<dd class="colEntry">
<span class="text4" id="toBeschlussart">{escape(item.result)}</span>
</dd>
</dl>
</div>
"""
    body = "".join(_section(key, text, document + n, named=n == 0) for n, (key, text) in enumerate(sections))
    main = f"""{_headline(f"{_date(meeting.date)} - {item.number} {escape(cut)}")}
<div id="head">


<span id="id15" role="alert" aria-relevant="additions removals" aria-atomic="true">

</span>
{_head_left(rows)}
<div id="headRight">
{_documents(links)}
</div>
</div>
<div class="clear"></div>
<div id="mainContent">
{result}
{body}
</div>
<div class="arrowNav"><div class="arrowLeft"></div><div class="arrowRight"></div></div>
"""
    return _frame("to020", "Auszug", f"TOLFDNR={item.tolfdnr}&SILFDNR={meeting.silfdnr}", main, [key for key, _ in sections])


def meeting_page(meeting: Meeting) -> str:
    """`to010`: a meeting and its agenda (the variant with the column Beschlussart)."""
    rows = [
        _row(None, [("Betreff:", "sibetreff", '<a class="js-simple-tooltip tooltipProvider" data-simpletooltip-text='
                     f'"Anwesenheit" href="./si019?SILFDNR={meeting.silfdnr}"><p>{escape(meeting.title)}</p></a>',
                     "colEntry3", "text1")]),
        _row("id70", [("Gremium:", "sigremium", f'<a href="./gr020?GRLFDNR={meeting.grlfdnr}">{meeting.organization}</a>',
                       "colEntry", "text1")]),
        _row(None, [("Datum:", "sidatum", f'<a href="{_calendar(meeting.date)}">{_long_date(meeting.date)}</a>',
                     "colEntry", "text4"), _STATUS]),
        _row(None, [("Uhrzeit:", "sizeit", f"{meeting.start} - {meeting.end}", "colEntry", "text4"),
                    ("Anlass:", "sianlass", "Sitzung", "colEntry", "text4")]),
        _row("id71", [("Raum:", "siraum", escape(meeting.room), "colEntry", "text4"),
                      *([("Ort:", "siort", escape(meeting.place), "colEntry", "text4")] if meeting.place else [])]),
    ]
    links = [_pdf(meeting.silfdnr * 2, "Bekanntmachung"), _pdf(meeting.silfdnr * 2 + 1, "Niederschrift öffentlich"),
             f'<a href="./si019?SILFDNR={meeting.silfdnr}" class="sitelink SI019">Anwesenheit</a>']
    columns = "".join(f'\n<th class="{key}" scope="col">{inner}</th>\n' for key, inner in (
        ("expandCloseCol", '<span aria-label="Aufklappen/Zuklappen">+/-</span>'), ("tonr", "<span>TOP</span>"),
        ("tobetreff", "<span>Betreff</span>"),
        ("attach", '<span role="img" aria-label="Anlagen zu" class="anlagenImg"></span>'),
        ("tovonr", "<span>Vorlage</span>"), ("tobanr", "<span>Beschlussart</span>")))
    table = "".join(_agenda_row(meeting, n, item) for n, item in enumerate(meeting.items))
    main = f"""{_headline(f"{meeting.organization} - {_date(meeting.date)}")}
<div id="head">
<div id="id1" hidden="" data-wicket-placeholder=""></div>
{_head_left(rows)}
<div id="headRight">
{_documents(links)}
</div>
</div>
<div class="clear"></div>
<div id="mainContent">
<div id="id7" class="toCollapsible">
<div class="compFull roundedBorder" >
{_collapse("id7", "Tagesordnung")}
<div id="id7ph" hidden="" data-wicket-placeholder=""></div>
<div id="id7in">
<h2 class="expandedTitle">Tagesordnung</h2>
<div class="tablesaw-bar tablesaw-mode-columntoggle" id="to010tablesaw-bar">

</div>
<div id="toTable" class="tree-theme-human">
<table id="toTreeTable" class="dataTable captionVisible stickyHeader toTable">
<caption class="rs_skip">Tagesordnung</caption>
<thead>

<tr class="headers">
{columns}
</tr>

</thead>
<tbody>
<tr id="id79" class="even beratung">
<td class="expandCloseCol">

</td><td class="tonr">

</td><td class="tobetreff">
<div><p>Öffentlicher Teil ({meeting.start} - {meeting.end} Uhr)</p></div>
</td><td class="attach">

</td><td class="tovonr">

</td><td class="tobanr">

</td>
</tr>{table}
</tbody>
</table>
</div>
</div>
</div>
</div>
</div>
"""
    return _frame("to010", "Sitzung", f"SILFDNR={meeting.silfdnr}&refresh=false", main)


def _agenda_row(meeting: Meeting, n: int, item: Item) -> str:
    """A row; `to020` is linked only where the item has an excerpt."""
    key = f"id{80 + n}"
    link = (f' href="./to020?TOLFDNR={item.tolfdnr}&amp;SILFDNR={meeting.silfdnr}" id="betreff_{item.tolfdnr}"'
            if item.texts else f' id="betreff_{item.tolfdnr}"')
    paper = "" if item.paper is None else (
        f'<div>\n<a href="./vo020?VOLFDNR={item.paper.volfdnr}&amp;refresh=false&amp;TOLFDNR={item.tolfdnr}" '
        f'id="vo_{item.tolfdnr}">{item.paper.reference}</a>\n</div>')
    parity = "odd numodd" if n % 2 == 0 else "even numeven"
    return f"""<tr id="{key}" class="{parity}" data-tt-id="{meeting.silfdnr}{n + 1}">
<td class="expandCloseCol">

</td><td class="tonr">
<div>
<a href="#" id="link_{item.tolfdnr}" data-simpletooltip-text="Beschlüsse für {escape(item.title)} anzeigen" class="js-simple-tooltip collapse">Ö {item.number}</a><span hidden="" class="wicket-ajax-indicator" id="link_{item.tolfdnr}--ajax-indicator"><img src="./wicket/resource/org.apache.wicket.ajax.AbstractDefaultAjaxBehavior/indicator-ver-0.gif" alt=""/></span>
</div>
</td><td class="tobetreff">
<div>
<a{link}>{escape(item.title)}<span class="zusatzinfo"></span> </a>
<div id="{key}x" hidden="" data-wicket-placeholder=""></div>
</div>
</td><td class="attach">

</td><td class="tovonr">
{paper}
</td><td class="tobanr">
<div>{escape(item.result or "")}</div>
</td>
</tr>"""


def attendance(meeting: Meeting) -> str:
    """`si019`: who attended."""
    lines = "\n".join(
        f'<tr class="{"even" if n % 2 == 0 else "odd"}"><td><div><a href="./kp020?KPLFDNR={a.kplfdnr}">{escape(a.name)}</a>'
        f"</div></td><td><div>{escape(a.role)}</div></td><td><div>{escape(a.faction or '')}</div></td>"
        f"<td><div>anwesend</div></td><td><div>{'ja' if a.voting else 'nein'}</div></td></tr>"
        for n, a in enumerate(meeting.attendance))
    head = "".join(f'<th scope="col"><span>{name}</span></th>' for name in
                   ("Name", "Art der Mitarbeit", "Fraktion", "Anwesenheit", "Stimmrecht"))
    main = f"""{_headline(f"{meeting.organization} - {_date(meeting.date)}")}
<div id="mainContent"><table class="dataTable captionVisible stickyHeader"><caption class="rs_skip">Anwesenheit</caption><thead><tr class="headers">{head}</tr></thead><tbody>
{lines}
</tbody></table></div>"""
    return _frame("si019", "Anwesenheit", f"SILFDNR={meeting.silfdnr}", main)


def paper_page(paper: Paper) -> str:
    """`vo020`: a paper with its Beratungsfolge; steps in one committee with one role share a header row."""
    rows = [_row(key, [(f'<a aria-describedby="{field}">{label}</a>', field, value, "colEntry3", css)])
            for key, label, field, value, css in (
                (None, "Betreff:", "vobetreff", f"<p>{escape(paper.title)}</p>", "text1"),
                ("idbe", "Status:", "vostatus", "öffentlich", "text4"),
                (None, "Vorlageart:", "voart", paper.type, "text4"),
                (None, "Federführend:", "vofamt", escape(paper.office), "text4"))]
    lines: list[str] = []
    previous: tuple[str, str] | None = None
    for step in paper.steps:
        if (step.organization, step.role) != previous:
            previous = (step.organization, step.role)
            lines.append(_step_row(len(lines), '<span class="wfcolorDescIcon" data-iconcolor="#FFFFFF">●</span>\n'
                                   '<span class="wfcolorDesc">Erledigt</span>', None, step.organization, step.role, " "))
        meeting = f"Sitzung {GENITIVE[step.organization]}"
        result, extra = escape(step.result), " "
        if step.silfdnr and step.tolfdnr:
            meeting = f'<a href="./to010?SILFDNR={step.silfdnr}&amp;TOLFDNR={step.tolfdnr}">{meeting}</a>'
        if step.has_excerpt:
            result = f'<a href="./to020?TOLFDNR={step.tolfdnr}">{result}</a>'
            extra = f'<a href="./to020?TOLFDNR={step.tolfdnr}" class="objAnchor">NA</a>'
        lines.append(_step_row(len(lines), " ", _date(step.date), meeting, result, extra))
    main = f"""{_headline(f"{paper.type} - {paper.reference}")}
<div id="head">
{_head_left(rows)}
<div id="headRight">
{_documents([_pdf(paper.volfdnr, "Vorlage")])}
<aside id="mapHeaderPanel" hidden="" data-wicket-placeholder=""></aside>
</div>
</div>
<div class="clear"></div>
<div id="mainContent">
<div id="idac">
<div class="compFull roundedBorder" >
{_collapse("idac", "Beratungsfolge")}
<div id="idacph" hidden="" data-wicket-placeholder=""></div>
<div id="idacin">
<h2 class="expandedTitle">Beratungsfolge</h2>
<div id="bfTable" class="tree-theme-human">
<table id="idcf" class="dataTable captionVisible stickyHeader bfTable nonStickyHeader">
<caption class="rs_skip">Beratungsfolge</caption>
<thead>

<tr class="headers">

<th class="colorCol" scope="col"><span>Status</span></th>

<th scope="col"><span>Datum</span></th>

<th scope="col"><span>Gremium</span></th>

<th scope="col"><span>Beschluss</span></th>

<th class="toLink" scope="col"><span>NA</span></th>

</tr>

</thead>
<tbody>
{"".join(lines)}
</tbody>

</table>
</div>

</div>
</div>
</div>
</div>
"""
    return _frame("vo020", "Vorlage", f"VOLFDNR={paper.volfdnr}&refresh=false", main)


def _step_row(n: int, state: str, date: str | None, where: str, what: str, link: str) -> str:
    when = f'<td class="date">\n<div>{date}</div>' if date else "<td>\n<div> </div>"
    return f"""<tr id="idd{n + 1}" class="{"even" if n % 2 == 0 else "odd"}">
<td class="colorCol">
<div>{state}</div>
</td>{when}
</td><td>
<div>
{where}
</div>
</td><td>
<div>
{what}
</div>
</td><td class="toLink">
<div>
{link}
</div>
</td>
</tr>"""


# ------------------------------------------------------------------------ Word's HTML

_PARAGRAPH = '\t\t\t<p style="margin-top:0pt; margin-bottom:0pt; font-size:11pt">\n\t\t\t\t{}\n\t\t\t</p>\n'
_SPAN = '<span style="font-family:Arial">{}</span>'


def _section(key: str, text: Text, document: int, *, named: bool) -> str:
    """A section; the heading is empty but for the first (as on real pages, where the tooltip has the name)."""
    blocks = []
    for n, paragraph in enumerate(text.paragraphs):
        if n and not paragraph.startswith(("- ", "Ja-", "Nein-", "Ja:", "Nein:", "Enthaltung")):
            blocks.append(_PARAGRAPH.format(_SPAN.format("&#xa0;")))
        if VOTE_TABLE.fullmatch(paragraph):
            blocks.append(_vote_table(paragraph))
        else:
            blocks.append(_PARAGRAPH.format("".join(_SPAN.format(_escape_word(part)) for part in _cuts(paragraph))))
    return f"""<div id="{key}">
<div class="compFull roundedBorder" >
{_collapse(key, text.label)}
<div id="{key}ph" hidden="" data-wicket-placeholder=""></div>
<div id="{key}in">
<h2 class="expandedTitle">{escape(text.label) if named else ""}</h2>
<div id="htm{document}" style="font-family:&#039;Times New Roman&#039;; font-size:12pt;" class="docPart readOnly">
\t\t<div>
{"".join(blocks)}\t\t</div>
\t</div>
</div>
</div>
</div>"""


def _vote_table(line: str) -> str:
    inner = "".join(f'\t\t\t\t\t<td style="width:{25 if cell.isdigit() else 80}pt"><p style="margin:0pt">'
                    f"{_SPAN.format(escape(cell))}</p></td>\n" for cell in line.split())
    return ('\t\t\t<table cellspacing="0" cellpadding="0" style="border-collapse:collapse">\n\t\t\t\t<tr>\n'
            f"{inner}\t\t\t\t</tr>\n\t\t\t</table>\n")


def _cuts(paragraph: str) -> Iterator[str]:
    """The pieces into which Word cuts a paragraph: often right after an umlaut, now and then at a word's start."""
    start = 0
    for position, letter in enumerate(paragraph[:-1], 1):
        spot = int.from_bytes(hashlib.sha256(f"{position}{paragraph[:40]}{letter}".encode()).digest()[:2], "big")
        if (letter in "äöüÄÖÜß" and spot % 2 == 0) or (letter == " " and spot % 29 == 0):
            yield paragraph[start:position]
            start = position
    yield paragraph[start:]


def _escape_word(piece: str) -> str:
    """HTML of a piece; double blanks as Word writes them, a soft hyphen in some long compounds."""
    text = escape(piece, quote=False).replace("\u00a0", "&#xa0;").replace("  ", " &#xa0;")
    return re.sub(r"(Sozialraum)(orientierung|träger)", lambda m: f"{m[1]}&#xad;{m[2]}" if len(piece) % 5 == 0 else m[0],
                  text)


# -------------------------------------------------------------------------- the frame

_STATUS = ("Status:", "sistatus", 'öffentlich</span>\n<span class="text4" id="sistat"> (Sitzung abgeschlossen)',
           "colEntry", "text4")


def _date(iso: str) -> str:
    year, month, day = iso.split("-")
    return f"{day}.{month}.{year}"


def _long_date(iso: str) -> str:
    return f"{WEEKDAYS[dt.date.fromisoformat(iso).weekday()]}., {_date(iso)}"


def _calendar(iso: str) -> str:
    day = dt.date.fromisoformat(iso)
    return f"./si010?DD={day.day}&amp;MM={day.month}&amp;YY={day.year}"


def _headline(text: str) -> str:
    return f'<div id="id14">\n<div class="header">\n<h1 class="title">{text}</h1>\n\n</div>\n</div>'


def _row(key: str | None, fields: list[tuple[str, str, str, str, str]]) -> str:
    """A row of the head: (label, id, value as HTML, class of dd, class of span) for each field."""
    inner = "\n".join(f"""<dl>
<dt class="colTitle">
<span class="label">{label}</span>
</dt>
<dd class="{dd}">
<span class="{css}" id="{field}">{value}</span>
</dd>
</dl>
""" for label, field, value, dd, css in fields)
    return f'<div class="row"{f" id={chr(34)}{key}{chr(34)}" if key else ""}>\n{inner}</div>'


def _head_left(rows: list[str]) -> str:
    inner = "\n".join(rows)
    return (f'<div id="headLeft">\n<div class="frameHeader">\n<h2>Grunddaten</h2>\n</div>\n'
            f'<div class="headLeftInner roundedBorder">\n{inner}\n</div>\n</div>')


def _pdf(number: int, title: str) -> str:
    return (f'<a href="./wicket/resource/org.apache.wicket.Application/doc{number}.pdf" target="_blank" '
            f'data-simpletooltip-text="Öffnet PDF-Datei &#039;{title}&#039; in neuem Fenster" '
            f'class="js-simple-tooltip doclink pdf">{title}</a>')


def _documents(links: list[str]) -> str:
    inner = "</li><li>\n".join(f"{link}\n" for link in links)
    return (f'<aside tabindex="-1" id="dokumenteHeaderPanel" data-jumplink="Zu Dokumente">\n<div class="frameHeader">\n'
            f'<span>Dokumente</span>\n</div>\n<ul class="headRightInner roundedBorder">\n<li>\n{inner}</li>\n</ul>\n</aside>')


def _collapse(key: str, name: str) -> str:
    return (f'<div class="expcol rs_skip rs_preserve">\n<a href="#" id="showHideLink_{key}" data-simpletooltip-text='
            f'"{escape(name)} ausblenden" class="js-simple-tooltip"><img role="presentation" id="{key}img" '
            'src="./wicket/resource/org.apache.wicket.Application/images/collapse-ver-0.svg" alt="Reduzieren"/></a>'
            f'<span hidden="" class="wicket-ajax-indicator" id="showHideLink_{key}--ajax-indicator"><img src="./wicket/'
            'resource/org.apache.wicket.ajax.AbstractDefaultAjaxBehavior/indicator-ver-0.gif" alt=""/></span>\n</div>')


def _frame(page: str, crumb: str, query: str, main: str, keys: list[str] | None = None) -> str:
    """The page around `main`: head, scripts, menus, breadcrumb, footer."""
    first = query.split("&")[0]
    ajax = "\n".join(f'Wicket.Ajax.ajax({{"u":"./{page}?0-1.0-teildocuments-{n}-showHideLink&{first}","c":"showHideLink_{key}",'
                     f'"i":"showHideLink_{key}--ajax-indicator","e":"click","pd":true}});;'
                     for n, key in enumerate(keys or [], 1))
    menus = "\n".join(
        f'<li class="nav-item" role="none"><a class="parent" href="#" role="menuitem">{name}</a><div class="sub-nav">'
        f'<ul class="sub-nav-group" role="menu">'
        + "".join(f'<li role="none"><a href="./{href}" role="menuitem">{text}</a></li>' for href, text in entries)
        + "</ul></div></li>"
        for name, entries in (
            ("Organisation", [("gr010?menu=Aussch%25C3%25BCsse", "Ausschüsse")]),
            ("Sitzungen", [("si010", "Kalender"), ("si018", "Übersicht")]), ("Vorlagen", [("vo040", "Übersicht")]),
            ("Recherche", [("kp040", "Person"), ("tr010", "Volltext")])))
    return f"""
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" lang="de">
<head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta name="description" content="{VERSION}" />
<script type="text/javascript" id="wicket-ajax-base-url">
/*<![CDATA[*/
Wicket.Ajax.baseUrl="{page}?{query}";
/*]]>*/
</script>
<script type="text/javascript">
/*<![CDATA[*/
Wicket.Event.add(window, "domready", function(event) {{
{ajax}

document.getElementById('allris').setAttribute('class', '{page} normal');
;}});
/*]]>*/
</script>
<meta name="wicket.header.items"/>
<title>ALLRIS - {crumb}</title>
</head>
<body>
<div id="allris">
<div id="cookieDialog" class="cookie-message" role="dialog">
<h2 id="cookieConsent">Diese Seite verwendet nur Cookies, die für den technischen Betrieb notwendig sind.</h2>
<button type="button" id="cookieMessageBtn" title="Cookie Hinweis ausblenden">OK</button>
</div>
<ul id="skipLinks"></ul>
<div><div id="top"><a id="logo" target="_blank" title="zur Homepage" class="js-simple-tooltip" href="https://www.ahrenfeld.example/"></a>
<div id="search"><form id="searchform" method="post" action="./{page}?0-1.-head-searchform&amp;{escape(query)}" aria-label="Suchen"><input type="hidden" name="sectoken" value="0" /></form></div></div></div>
<div><div id="navigation"><nav id="navMenu" class="menubar" aria-label="Menüleiste" data-jumplink="Zum Menü"><ul class="nav-menu" role="menubar">
{menus}
</ul></nav></div></div>
<div><div id="subnavi"><nav id="path" aria-label="Sie sind hier"><ul><li>Sie sind hier:<strong><span class="wicketExtensionsBreadCrumbBar"><a class="disable" aria-current="page">{crumb}</a></span></strong> </li></ul></nav></div></div>
<main id="pageContent" tabindex="-1" aria-label="Seiteninhalt" data-jumplink="Zum Inhalt">
<div id="readOut">
{main}
</div>
</main>
<div><div id="footer"></div></div>
<span class="simpletooltip_container nachoben"><button type="button" id="backToTop" class="js-simple-tooltip" title="nach oben"></button></span>
</div>
</body>
</html>
"""
