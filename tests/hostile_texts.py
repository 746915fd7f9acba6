"""Texts and pages that were made to be slow: each a function of its size in characters (test_growth, test_hostile)."""

from __future__ import annotations

from collections.abc import Callable

Maker = Callable[[int], str]


def _many(unit: str) -> Maker:
    return lambda size: unit * (size // len(unit) + 1)


def _numbered(form: str) -> Maker:
    """Many different ones."""
    return lambda size: "".join(form.format(n=n) for n in range(size // len(form) + 1))


TEXTS: dict[str, Maker] = {
    "commas": _many(","),
    "commas and words": _many("a, "),
    "digits": _many("1"),
    "numbers": _many("1 "),
    "numbers with points": _many("1."),
    "points": _many("."),
    "abbreviations": _many("z. B. "),
    "one word": _many("a"),
    "one word with capitals": _many("aB"),
    "one word with hyphens": _many("Ab-"),
    "hyphens at line ends": lambda size: "Bau-\n" * (size // 5),
    "hyphen and empty lines": lambda size: "Bau-" + "\n" * size,
    "line ends": _many("\n"),
    "blanks": lambda size: "a" + " " * size + "b",
    "tabs and line ends": _many("\t\n"),
    "short lines": _many("ab\n"),
    "paragraphs": _many("Ab.\n\n"),
    "list marks": _many("- \n"),
    "opened brackets": _many("("),
    "nested brackets": lambda size: "(" * (size // 2) + ")" * (size // 2),
    "opened quotes": _many("„Ab "),
    "nested quotes": lambda size: "„a " * (size // 6) + "b“ " * (size // 6),
    "straight quotes": _many('" '),
    "colons": _many("Ab: "),
    "dashes": _many("a – "),
    "names": _many("Herr Dr. Meier "),
    "different names": _numbered("Frau Aber{n}mann fragt nach. "),
    "different names in one sentence": _numbered("Frau Ab{n}mann, "),
    "different factions": _numbered("Herr Meier (AB{n}) lehnt ab. "),
    "the same speaker": _many("Herr Meier (CDU) führt aus, er stimme zu. "),
    "pronouns": _many("Er sei dagegen. "),
    "verbs": _many("fragt "),
    "cues": _many("er sagt, sie meint, "),
    "dass": _many("dass "),
    "konjunktiv": _many("Dies sei so, und das habe er gesagt. "),
    "votes": _many("Ja: 7, Nein: 3, Enthaltungen: 1\n"),
    "vote words": _many("einstimmig mehrheitlich "),
    "votes of factions": _many("gegen die Stimmen der CDU, der SPD und "),
    "vote tables": _many("CDU 7 3 1\n"),
    "decisions": _many("Der Ausschuss beschließt einstimmig. "),
    "decision words": _many("beschlossen abgelehnt "),
    "decision in one sentence": _many("wird der Antrag abgelehnt und "),
    "after that": _many(", nachdem "),
    "deadlines": _many("bis zum "),
    "dates": _many("1.1.2024 "),
    "promises": _many("Er werde das zusagen. "),
    "promise words": _many("sagt zu "),
    "amounts": _many("1.000.000,00 EUR "),
    "topic words": _many("Sozialraumorientierung "),
    "parts of topic words": _many("sozialraum-"),
    "capitals": _many("ABC "),
    "soft hyphens": _many("a\u00ad"),
    "direction marks": _many("\u202ea\u202c "),
    "combining signs": _many("a\u0308"),
    "sections of law": _many("§ 8a Abs. 1 "),
    "items": _many("Zu TOP 5.1: "),
    "questions": _many("Wer? "),
    "spaced letters": _many("B ö h m "),
    "damaged": _many("r die "),
}
"""Text of minutes."""

_PAGE = '<html><head><meta name="description" content="ALLRIS net Version 4.1.0"></head><body><main id="pageContent">{}</main></body></html>'
_EXCERPT = ('<html><head><meta name="description" content="ALLRIS net Version 3.9.5"></head><body><div id="allriscontainer" class="to020">'
            '<table><tr><td class="kb1">Gremium:</td></tr></table><a name="allrisWP"></a><div class="docPart">{}</div></div></body></html>')
_AGENDA = ('<html><head><meta name="description" content="ALLRIS net Version 4.1.0"></head><body><main id="pageContent">'
           '<table id="toTreeTable">{}</table></main></body></html>')
_COPY = "Inhalt\nALLRIS - Auszug\n\n14.02.2024 - 5.1 Titel\n\nReduzieren\n\nWortprotokoll\n\n{}"


def _in(page: str, inner: Maker) -> Maker:
    return lambda size: page.format(inner(size))


PAGES: dict[str, Maker] = {
    "depth": _in(_EXCERPT, _many("<div>")),
    "depth of tables": _in(_EXCERPT, _many("<table><tr><td>")),
    "depth of inline tags": _in(_EXCERPT, _many("<b><i>")),
    "siblings": _in(_EXCERPT, _many("<p>a</p>")),
    "line breaks": _in(_EXCERPT, _many("<br>")),
    "closed and never opened": _in(_EXCERPT, _many("</div></p></table>")),
    "attributes": _in(_EXCERPT, lambda size: "<p " + "".join(f"a{n} " for n in range(size // 6)) + ">a</p>"),
    "attributes of the same name": _in(_EXCERPT, lambda size: "<p " + "a=1 " * (size // 4) + ">a</p>"),
    "one attribute": _in(_EXCERPT, lambda size: f'<p title="{"x" * size}">a</p>'),
    "classes": _in(_PAGE, lambda size: f'<td class="{"tonr " * (size // 5)}">a</td>'),
    "ids": _in(_PAGE, _numbered('<p id="toname{n}">a</p>')),
    "the same id": _in(_PAGE, _many('<p id="toname">a</p>')),
    "tags that never end": _in(_EXCERPT, _many("<a ")),
    "comments": _in(_EXCERPT, _many("<!--a-->")),
    "comments that never end": _in(_EXCERPT, _many("<!--")),
    "entities": _in(_EXCERPT, _many("&amp;")),
    "entities that are none": _in(_EXCERPT, _many("&a")),
    "numeric entities": _in(_EXCERPT, _many("&#150;")),
    "cdata": lambda size: "<ajax-response><component><![CDATA[" + "]]]>" * (size // 4),
    "calendar in calendars": lambda size: '<div id="allris"><table class="tl1"><tr><td>a' * (size // 45),
    "components": lambda size: "<ajax-response>" + "<component><![CDATA[a" * (size // 22),
    "agenda rows": _in(_AGENDA, _numbered('<tr data-tt-id="{n}" data-tt-parent-id="{n}"><td class="tonr">Ö {n}</td>'
                                          '<td class="tobetreff"><a href="to020?TOLFDNR={n}">Titel</a></td></tr>')),
    "agenda numbers": _in(_AGENDA, _many('<tr><td class="tonr">Ö 1.1.1.1.1</td><td class="tobetreff">a</td></tr>')),
    "links": _in(_PAGE, _many('<a href="to020?TOLFDNR=1&amp;SILFDNR=2">a</a>')),
    "forms": _in(_PAGE, _many('<form action="to020"><input name="TOLFDNR" value="1">')),
    "spans": _in(_EXCERPT, _many('<table><tr><td colspan="999999999" rowspan="999999999">a</td></tr></table>')),
    "spans in one table": _in(_EXCERPT, lambda size: "<table>" + '<tr><td colspan="99999" rowspan="99999">a</td></tr>' * (size // 52)),
    "wide and narrow rows": _in(_EXCERPT, lambda size: "<table><tr>" + "<td>a</td>" * (size // 20) + "</tr>" + "<tr><td>a</td></tr>" * (size // 40)
                                + "</table>"),
    "hidden": _in(_EXCERPT, _many('<p style="display:none">a</p>')),
    "documents in documents": _in(_EXCERPT, _many("<html><body><div class='docPart'>a")),
    "scripts": _in(_PAGE, _many("<script>Wicket.Ajax.baseUrl = ")),
    "names": _in(_EXCERPT, _many('<a name="allrisWP"></a><div class="docPart">a</div>')),
    "menu": _in(_COPY, _many("Wortprotokoll\n")),
    "folds": _in(_COPY, _many("Reduzieren\n\nBeschluss\n\n")),
    "tabs": _in(_COPY, _many("a\tb\n")),
    "pairs": _in(_COPY, _many("Gremium: a\n")),
    "empty lines": _in(_COPY, _many("\n")),
    "agenda of text": lambda size: "ALLRIS - Tagesordnung - Titel\nGremium: A\n" + "Ö 1 a\n" * (size // 6),
    "words without tags": _many("ab "),
    "signs": _many("<"),
    "quotes": _many('"'),
}
"""Whole pages, of HTML and of text."""
