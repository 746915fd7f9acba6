"""The text form of an excerpt: what a browser's copy or a text dump of an ALLRIS page holds (`pages`).

Forms (catalogue 0): *wicket B*, where every section starts with a line `Reduzieren` and its name; *wicket A* with
`Grunddaten` and pairs `- TOP:` / `- Ö 3.6`; the print view; and two dumps of ALLRIS 3 (*asp*), where a jump menu names
sections that are not marked in the text.
"""

from __future__ import annotations

import re

from pipeline.pages.blocks import assemble, split_at_blank_lines
from pipeline.pages.dates import parse_date, parse_times
from pipeline.pages.labels import (
    MINUTES,
    NO_TEXT,
    complete_title,
    is_truncated,
    known_label,
    label_key,
    parse_top,
    result_of,
    split_reference,
)
from pipeline.pages.links import (
    parameters,
)
from pipeline.pages.sections import drop_cut_headline, make_section
from pipeline.pages.text_agenda import parse_agenda
from pipeline.pages.tree import clean
from pipeline.records import AgendaItem, PageProblem, ParsedPage, Section, Table

_INVISIBLE = re.compile("[\x80-\x9f\xad\u200b-\u200f\u2060\u202a-\u202e\ufeff]")
_TITLE = re.compile(
    r"^(\d{1,2}\.\d{1,2}\.\d{4}) - (?:((?:Ö|N) ?)?(\d{1,3}(?:\.\d{1,3}){0,5}\.?[a-z]?)(?= |$))? ?(.*)$"
)
_TOGGLE = re.compile(r"^Reduzieren(?: (.{1,80}))?$")
_ONLINE = re.compile(r"^Online-Version dieser Seite: ?(\S{1,500})?")
_ASP_TITLE = re.compile(r"^(?:ALLRIS - )?Auszug - (.{1,500})$")
_BULLET = re.compile(r"^[-–•*] ?(?=\S)")
_PIPES = re.compile(r"^[|\s]+$")
_LIST_ITEM = re.compile(r"^(?:[-–•·*o.]|\(?\d{1,3}[.)]?|\(?[a-zA-Z]\)|[IVX]{1,5}[.)])$")

HEADER_LABELS = {
    "top": "top",
    "sitzung": "meeting",
    "gremium": "organization",
    "datum": "date",
    "status": "status",
    "uhrzeit": "time",
    "zeit": "time",
    "anlass": "occasion",
    "raum": "room",
    "ort": "place",
    "vorlage": "paper",
    "drucksache": "paper",
    "vorlage-art": "paper_type",
    "vorlageart": "paper_type",
    "drucksache-art": "paper_type",
    "federführend": "office",
    "federführung": "office",
    "bearbeiter": "official",
    "bearbeiter/-in": "official",
    "bearbeiterin": "official",
    "beschlussart": "result",
    "beschluss": "result",
    "status beschluss": "follow_up",
    "beratung": "paper_status",
    "verfasser": "author",
    "verfasserin": "author",
    "initiator": "author",
    "zusatz": "addition",
    "ursprung": "origin",
    "aktuell": "origin",
    "betreff": "subject",
    "bezeichnung": "meeting",
}
_PAIR = re.compile(
    r"(?:^|(?<=\s))(Status Beschluss|Beschlussart|Vorlage-Art|Drucksache-Art|Vorlageart|Federführend|Federführung|"
    r"Bearbeiter/-in|Bearbeiterin|Bearbeiter|Verfasserin|Verfasser|Bezeichnung|Initiator|Drucksache|Ursprung|Uhrzeit|"
    r"Sitzung|Gremium|Vorlage|Betreff|Beratung|Beschluss|Anlass|aktuell|Zusatz|Status|Datum|Raum|Zeit|TOP|Ort):(?=\s|$)"
)
_START_NOISE = frozenset(
    {
        "inhalt",
        "seiteninhalt",
        "zum inhalt springen",
        "zum inhalt",
        "allris - auszug",
        "auszug",
        "grunddaten",
        "dokumente",
        "zum menü",
        "sie sind hier:",
        "niederschriftsauszug",
        "sammeldokument",
    }
)
_NOISE = frozenset(
    {
        "loading...",
        "dokument nicht im bestand.",
        "zum inhalt springen",
        "nach oben",
        '"vorlesen" ist eine funktion',
        "reduzieren",
    }
)
_PAGE_ENDS = frozenset({"danach suchen andere", "diese themen könnten sie auch spannend finden?", "legende"})


def parse_text(text: str, url: str | None = None) -> ParsedPage:
    """The agenda item in a page's text form; `not_allris` where the text has none of its marks."""
    lines = [_line(line) for line in text.split("\n")]
    title_at, form = _find_title(lines)
    if title_at is None:
        agenda = parse_agenda(lines, url)
        if agenda is not None:
            return agenda
    toggles = [n for n, line in enumerate(lines) if _TOGGLE.match(line)]
    pairs = sum(1 for line in lines[:60] if _PAIR.match(_BULLET.sub("", line)))
    if title_at is None and not (toggles and any("ALLRIS" in line for line in lines[:20])) and pairs < 3:
        problem = PageProblem(
            code="no_marks",
            message="the text has none of the marks of an ALLRIS excerpt (title line, Reduzieren, TOP:)",
        )
        return ParsedPage(outcome="not_allris", problems=(problem,))
    lines, online = _without_frame(lines)
    toggles = [n for n, line in enumerate(lines) if _TOGGLE.match(line)]
    title_at, form = _find_title(lines)
    start = 0 if title_at is None else title_at
    fields, body_at = _read_head(lines, start, toggles[0] if toggles else None)
    if toggles:
        sections = _toggled_sections(lines, toggles)
    elif form == "asp":
        sections = _asp_sections(lines, body_at)
    else:
        sections = _labelled_sections(lines, body_at)
    problems = [] if sections else [PageProblem(code="no_sections", message="the page holds no text section")]
    item = _item(fields, sections, parameters(online or url))
    return ParsedPage(outcome="ok", system="text", kind="excerpt", record=item, problems=tuple(problems))


def _line(line: str) -> str:
    return _INVISIBLE.sub("", line).replace("\xa0", " ").strip(" \r")


def _find_title(lines: list[str]) -> tuple[int | None, str]:
    """Where the title line is, and the form that it tells."""
    for n, line in enumerate(lines[:200]):
        if _TITLE.match(line):
            return n, "wicket"
        if _ASP_TITLE.match(line):
            return n, "asp"
    return None, "wicket"


def _without_frame(lines: list[str]) -> tuple[list[str], str | None]:
    """`lines` without what a dump has around the page's own text, and the address that a print view ends with."""
    kept: list[str] = []
    online = None
    for line in lines:
        match = _ONLINE.match(line)
        if match:
            online = match[1]
            break
        lowered = line.casefold()
        if lowered in _PAGE_ENDS:
            break
        if _PIPES.match(line) if line else False:
            kept.append("")
        elif (lowered in _NOISE and lowered != "reduzieren") or lowered.startswith('"vorlesen" ist eine funktion'):
            continue
        else:
            kept.append(line)
    return kept, online


def _read_head(lines: list[str], start: int, stop: int | None) -> tuple[dict[str, str], int]:
    """The fields before the first section, and the line where the text begins."""
    fields: dict[str, str] = {}
    waiting: str | None = None
    at = start
    end = len(lines) if stop is None else stop
    title_open = False
    while at < end:
        raw = lines[at]
        line = _BULLET.sub("", raw)
        title, asp = _TITLE.match(raw), _ASP_TITLE.match(raw)
        if at == start and (title or asp):
            if title:
                fields["date"] = title[1]
                if title[3]:
                    fields["number"] = title[3].rstrip(".")
                fields["title"] = title[4]
            elif asp:
                fields["title"], title_open = asp[1], True
            at += 1
            continue
        if not line or line.casefold() in _START_NOISE or (line != raw and known_label(line) and ":" not in line):
            at += 1  # (the last: an entry of the header panel, which leads to a section)
            continue
        pieces = list(_PAIR.finditer(line))
        if pieces and pieces[0].start() == 0 and (stop is not None or not _opens_text(lines, at, line, fields, raw)):
            title_open = False
            waiting = None
            for n, piece in enumerate(pieces):
                value = line[piece.end() : pieces[n + 1].start() if n + 1 < len(pieces) else len(line)].strip()
                name = HEADER_LABELS[piece[1].casefold()]
                if value:
                    fields.setdefault(name, value)
                else:
                    waiting = name
        elif waiting is not None:
            fields.setdefault(waiting, line)
            waiting = None
        elif title_open and stop is None and not _is_menu(line) and _pairs_follow(lines, at):
            fields["title"] += " " + line
        elif stop is None:
            break
        at += 1
    return fields, at


def _opens_text(lines: list[str], at: int, line: str, fields: dict[str, str], raw: str) -> bool:
    """Whether a label alone on its line opens the text (`Beschluss:` over a paragraph), and no pair of the head."""
    if label_key(line) not in ("beschluss", "beratung") or raw != line:
        return False
    value = next((candidate for candidate in lines[at + 1 : at + 4] if candidate), "")
    return len(value) > 80 or value.endswith(".") or "result" in fields


def _pairs_follow(lines: list[str], at: int) -> bool:
    return any(_PAIR.match(line) for line in lines[at + 1 : at + 6])


def _is_menu(line: str) -> bool:
    """Whether `line` is nothing but names of sections (`Wortprotokoll Beschluss Abstimmungsergebnis |`)."""
    words = line.replace("|", " ").split()
    return bool(words) and all(known_label(word) and not word.endswith(":") for word in words)


def _toggled_sections(lines: list[str], toggles: list[int]) -> list[Section]:
    """Wicket B: a section is what follows a `Reduzieren` line; the next line with text is its name."""
    sections: list[Section] = []
    for n, at in enumerate(toggles):
        stop = toggles[n + 1] if n + 1 < len(toggles) else len(lines)
        match = _TOGGLE.match(lines[at])
        label = (match[1] if match else None) or ""
        body = at + 1
        if not label:
            while body < stop and not lines[body]:
                body += 1
            if body < stop and _may_be_label(lines[body]):
                label, body = lines[body], body + 1
        if label_key(label) in NO_TEXT:
            continue
        text, tables = _section_text(lines[body:stop])
        sections.append(make_section(label, text, tables))
    return sections


def _may_be_label(line: str) -> bool:
    """A section's name is short and no sentence; where a page leaves it out, the text itself follows."""
    return known_label(line) or (len(line) <= 80 and not line.endswith((".", "!", "?", ",", ";")))


def _asp_sections(lines: list[str], at: int) -> list[Section]:
    """ALLRIS 3: the names of the jump menu, then all text in one piece; the menu's lines are no sections."""
    menu: list[str] = []
    while at < len(lines):
        line = lines[at]
        if line and _is_menu(line) and not line.endswith(":"):
            menu += line.replace("|", " ").split()
        elif line:
            break
        at += 1
    text, tables = drop_cut_headline(*_section_text(lines[at:]))
    if not text:
        return []
    label = next((name for name in menu if label_key(name) in MINUTES), menu[0] if menu else "Wortprotokoll")
    return [make_section(label, text, tables)]


def _labelled_sections(lines: list[str], at: int) -> list[Section]:
    """Wicket A: names of sections stand alone on a line, without a mark.

    A name without text that comes again is the header panel's entry, no section.
    """
    pieces: list[tuple[str, list[str]]] = [("", [])]
    for n in range(at, len(lines)):
        line = lines[n]
        if line and _is_section_line(line, pieces):
            pieces.append((line, []))
        else:
            pieces[-1][1].append(line)
    last = {label_key(label): n for n, (label, _body) in enumerate(pieces)}
    sections = []
    for n, (label, body) in enumerate(pieces):
        text, tables = _section_text(body)
        if (label_key(label) in NO_TEXT and label) or (not text and (not label or last[label_key(label)] > n)):
            continue
        sections.append(make_section(label, text, tables))
    return sections


def _is_section_line(line: str, pieces: list[tuple[str, list[str]]]) -> bool:
    if label_key(line) in NO_TEXT:
        return not line.endswith(":")
    if not known_label(line):
        return False
    if not line.endswith(":"):
        return True
    # With a colon it is more often a line of the text itself: a name only for minutes, where no text has begun.
    return label_key(line) in MINUTES and not any(any(body) for _label, body in pieces)


def _section_text(lines: list[str]) -> tuple[str, tuple[Table, ...]]:
    """Lines as section text: blank lines part blocks, other line ends stay, lines with tabs are rows of a table."""
    blocks: list[str | tuple[tuple[str, ...], ...]] = []
    for block in split_at_blank_lines("\n".join(lines)):
        rows = [row.split("\t") for row in block.split("\n")] if "\t" in block else []
        if rows and _is_table(rows):
            width = max(map(len, rows))
            blocks.append(tuple(tuple(cell.strip() for cell in row + [""] * (width - len(row))) for row in rows))
        else:
            blocks.append(block.replace("\t", " ") if rows else block)
    return assemble(blocks)


def _is_table(rows: list[list[str]]) -> bool:
    if any(len(row) < 2 for row in rows):
        return False
    return not all(_LIST_ITEM.match(row[0].strip()) for row in rows) or any(
        sum(bool(c.strip()) for c in row) > 2 for row in rows
    )


def _item(fields: dict[str, str], sections: list[Section], numbers: dict[str, int]) -> AgendaItem:
    number, public = parse_top(fields.get("top"))
    title = clean(fields.get("title") or fields.get("subject"))
    reference, paper_title = split_reference(fields["paper"]) if "paper" in fields else (None, None)
    completed = complete_title(title, paper_title)
    start, end = parse_times(fields.get("time", ""))
    return AgendaItem(
        tolfdnr=numbers.get("TOLFDNR"),
        silfdnr=numbers.get("SILFDNR"),
        number=number or fields.get("number"),
        public=public,
        title=completed or title,
        title_truncated=completed is None and is_truncated(title),
        organization=fields.get("organization"),
        meeting_title=fields.get("meeting"),
        date=parse_date(fields.get("date", "")),
        start=start,
        end=end,
        status=fields.get("status"),
        occasion=fields.get("occasion"),
        room=fields.get("room"),
        place=fields.get("place"),
        result=result_of(fields.get("result")),
        follow_up=fields.get("follow_up"),
        paper_reference=reference,
        paper_title=paper_title,
        paper_type=fields.get("paper_type"),
        lead_office=fields.get("office"),
        official=fields.get("official"),
        sections=tuple(sections),
    )
