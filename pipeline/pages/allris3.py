"""ALLRIS 3 pages (classic ASP): excerpt, meeting, paper, and the responsive variant's texts (`pages`).

Fields stand in pairs of cells (`td.kb1` with the label, then the value). Behind each anchor (`allrisWP`) lies a whole
embedded document: the text is what comes, in document order, until the next anchor, mark or end of the page's own part.
"""

from __future__ import annotations

import re

from lxml import etree

from pipeline.pages.agenda import classic_rows
from pipeline.pages.blocks import BREAKING, SKIPPED, BlockReader, hides
from pipeline.pages.consultations import classic_steps
from pipeline.pages.dates import parse_date, parse_times
from pipeline.pages.labels import is_truncated, parse_top, result_of, split_reference
from pipeline.pages.links import (
    form_number,
    number_in,
    object_id,
    organization_of,
    parameters,
    program_link,
)
from pipeline.pages.sections import drop_cut_headline, make_section
from pipeline.pages.tree import Element, clean, has_class, inline, with_class
from pipeline.records import AgendaItem, Document, Meeting, PageProblem, Paper, Section

SECTION_NAMES = {
    "WP": "Wortprotokoll",
    "BS": "Beschluss",
    "AE": "Abstimmungsergebnis",
    "SV": "Sachverhalt",
    "BV": "Beschlussvorschlag",
    "FA": "Finanzielle Auswirkungen",
    "RE": "Rechtsgrundlage",
    "AN": "Anlage/n",
}
"""The system's names of the sections by their anchor; a page's jump menu (`td.me1`) may have local ones."""

_ANCHOR = re.compile(r"^allris([A-Z]{2})$")
_FRAME = frozenset(("div", "table"))
_FILE_MARK = re.compile(r"^\s{0,5}###\s")
_TITLE_PREFIX = re.compile(r"^(?:Auszug|Tagesordnung|Anwesenheit)(?: - |\s{0,3}$)")


def page_title(root: Element, ids: dict[str, Element]) -> str | None:
    """The page's own heading (`#risname h1`), with its program's word (`Auszug - ...`)."""
    for name in ("risname", "risname_raw"):
        if name in ids:
            return inline(ids[name])
    return inline(next(iter(with_class(root, "title", "h1")), None)) or inline(root.find(".//h1"))


def excerpt(
    root: Element, ids: dict[str, Element], url: str | None
) -> tuple[AgendaItem, list[PageProblem]]:
    """The agenda item of a `to020.asp` page."""
    fields = _fields(root)
    meeting_link = _first_link(root, "to010", "SILFDNR")
    paper_link = next(
        (a for a in root.iter("a") if program_link(a, "vo020") and has_class(a.getparent(), "text1")), None
    )
    number, public = parse_top(fields.first("TOP"))
    title = _own_title(page_title(root, ids))
    reference, paper_title = split_reference(inline(paper_link) or "") if paper_link is not None else (None, None)
    start, end = parse_times(fields.first("Zeit", "Uhrzeit") or "")
    organization_id, _kind = organization_of(fields.address("Gremium"))
    form_action = parameters(_meeting_form(root)).get("TOPSELECTED")
    item = AgendaItem(
        tolfdnr=object_id(root) or parameters(url).get("TOLFDNR") or form_action,
        silfdnr=number_in(meeting_link, "SILFDNR")
        or form_number(root, "to010.asp", "SILFDNR")
        or parameters(url).get("SILFDNR"),
        number=number,
        public=public,
        title=title,
        title_truncated=is_truncated(title),
        organization=fields.first("Gremium"),
        organization_id=organization_id,
        meeting_title=inline(meeting_link),
        date=parse_date(fields.first("Datum") or ""),
        start=start,
        end=end,
        status=fields.first("Status"),
        occasion=fields.first("Anlass"),
        room=fields.first("Raum"),
        place=fields.first("Ort"),
        result=result_of(fields.first("Beschlussart")),
        paper_id=number_in(paper_link, "VOLFDNR")
        if paper_link is not None
        else form_number(root, "vo020.asp", "VOLFDNR"),
        paper_reference=reference,
        paper_title=paper_title,
        paper_type=fields.first("Vorlage-Art", "Drucksache-Art", "Vorlageart"),
        lead_office=fields.first("Federführend"),
        official=fields.first("Bearbeiter/-in", "Bearbeiter", "Bearbeiterin"),
        sections=tuple(sections(root)),
        documents=documents(root),
    )
    problems = []
    if fields.first("TOP") is None and fields.first("Datum") is None:
        problems.append(
            PageProblem(code="ids_missing", message="the page has none of the fields (TOP, Datum) of an excerpt")
        )
    return item, problems


def meeting(
    root: Element, ids: dict[str, Element], url: str | None
) -> tuple[Meeting, list[PageProblem]]:
    """The meeting and agenda of a `to010.asp` page."""
    fields = _fields(root)
    start, end = parse_times(fields.first("Zeit", "Uhrzeit") or "")
    organization_id, organization_kind = organization_of(fields.address("Gremium"))
    rows = classic_rows(root)
    problems = [] if rows else [PageProblem(code="no_agenda", message="the page shows no agenda")]
    record = Meeting(
        silfdnr=object_id(root) or parameters(url).get("SILFDNR"),
        title=fields.first("Bezeichnung") or _own_title(page_title(root, ids)),
        organization=fields.first("Gremium"),
        organization_id=organization_id,
        organization_kind=organization_kind,
        date=parse_date(fields.first("Datum") or ""),
        start=start,
        end=end,
        status=fields.first("Status"),
        occasion=fields.first("Anlass"),
        room=fields.first("Raum"),
        place=fields.first("Ort"),
        has_attendance=any(
            "si019" in (n.get("href") or n.get("action") or "").lower() for n in root.iter("a", "form")
        ),
        agenda=tuple(rows),
        documents=documents(root),
    )
    return record, problems


def paper(
    root: Element, ids: dict[str, Element], url: str | None
) -> tuple[Paper, list[PageProblem]]:
    """The paper of a `vo020.asp` page with its Beratungsfolge."""
    fields = _fields(root)
    word, _, reference = (page_title(root, ids) or "").partition(" - ")
    record = Paper(
        volfdnr=object_id(root) or parameters(url).get("VOLFDNR"),
        reference=clean(reference) or None,
        title=fields.first("Betreff"),
        type=fields.first("Vorlage-Art", "Drucksache-Art", "Vorlageart") or clean(word),
        status=fields.first("Status"),
        author=fields.first("Verfasser", "Verfasserin", "Verfasser/-in", "Initiator"),
        lead_office=fields.first("Federführend"),
        official=fields.first("Bearbeiter/-in", "Bearbeiter", "Bearbeiterin"),
        consultations=tuple(classic_steps(root)),
        sections=tuple(sections(root)),
        documents=documents(root),
    )
    return record, []


# ------------------------------------------------------------------------------------------ shared parts


class _Fields:
    """The pairs of label and value of a page's head; a label may come twice (Status: meeting, then paper)."""

    def __init__(self, cells: list[tuple[str, Element]]) -> None:
        self._cells = cells

    def first(self, *labels: str) -> str | None:
        cell = self._cell(*labels)
        return None if cell is None else inline(cell)

    def address(self, label: str) -> str | None:
        cell = self._cell(label)
        link = None if cell is None else next(iter(cell.iter("a")), None)
        return None if link is None else link.get("href")

    def _cell(self, *labels: str) -> Element | None:
        return next((cell for label, cell in self._cells if label in labels), None)


def _fields(root: Element) -> _Fields:
    cells: list[tuple[str, Element]] = []
    for label in with_class(root, "kb1", "td"):
        value = label.getnext()
        while value is not None and not isinstance(value.tag, str):
            value = value.getnext()
        if value is not None and (value.get("class") or "").startswith("text"):
            name = (inline(label) or "").rstrip(": ")
            if name:
                cells.append((name, value))
    return _Fields(cells)


def _own_title(heading: str | None) -> str | None:
    return clean(_TITLE_PREFIX.sub("", heading or "", count=1))


def _first_link(root: Element, program: str, name: str) -> Element | None:
    return next(
        (a for a in root.iter("a") if program_link(a, program) and name in parameters(a.get("href")) and inline(a)),
        None,
    )


def _meeting_form(root: Element) -> str | None:
    return next((f.get("action") for f in root.iter("form") if program_link(f, "to010")), None)


def documents(root: Element) -> tuple[Document, ...]:
    """Documents behind buttons (`do027.asp`) and attachment links, each once."""
    seen: dict[str, Document] = {}
    for node in root.iter("form", "a"):
        title, address = None, None
        if node.tag == "form" and program_link(node, "do027"):
            number = number_in(node, "DOLFDNR")
            address = None if number is None else f"do027.asp?DOLFDNR={number}&options=64"
            title = next((clean(i.get("value")) for i in node.iter("input") if i.get("type") == "submit"), None)
            if title in ("Pro", "NS"):  # small buttons in rows: their tooltip is the name
                title = next(
                    (
                        clean((i.get("title") or "").partition(" (")[0])
                        for i in node.iter("input")
                        if i.get("type") == "submit"
                    ),
                    None,
                )
        elif node.tag == "a" and ("___tmp/" in (node.get("href") or "") or program_link(node, "do027")):
            title, address = inline(node), node.get("href")
            title = re.sub(r" \(\d{1,6} [KMG]B\)$", "", title) if title else None
        if title and title not in seen:
            seen[title] = Document(title=title, url=address)
    return tuple(seen.values())


def sections(root: Element) -> list[Section]:
    """The texts behind the anchors, in the page's order; empty ones are left out (nothing of them is shown)."""
    names = {
        (a.get("href") or "")[1:]: inline(a) for a in root.iter("a") if _ANCHOR.match((a.get("href") or "#")[1:])
    }
    found: list[Section] = []
    reader: BlockReader | None = None
    label = ""

    def close(reader: BlockReader) -> None:
        text, tables = drop_cut_headline(*reader.finish())
        if text:
            found.append(make_section(label, text, tables))

    walk = etree.iterwalk(root, events=("start", "end", "comment"))
    skipped = False
    for event, node in walk:
        if event == "start":
            tag = node.tag
            name = ident = style = None
            unseen = False
            for key, value in node.items():  # one call is cheaper than asking for each of the four
                if key == "style":
                    style = value
                elif key == "name":
                    name = value
                elif key == "id":
                    ident = value
                elif key == "hidden":
                    unseen = True
            if reader is None and tag != "a" and not (ident or "").startswith("allris"):
                continue
            mark = name or ident
            anchor = _ANCHOR.match(mark) if mark else None
            if anchor:
                if reader is not None:
                    close(reader)
                reader, label = BlockReader(), names.get(anchor[0]) or SECTION_NAMES.get(anchor[1], anchor[1])
            elif reader is None:
                continue
            elif tag in _FRAME and _ends_section(tag, node):
                close(reader)
                reader = None
                continue
            if tag in SKIPPED or unseen or (style is not None and hides(style)):
                walk.skip_subtree()
                skipped = True  # the next event is this element's end
                continue
            if tag in BREAKING:
                reader.start(tag, node)
            if text := node.text:
                reader.buffer.append(text)
        elif reader is not None:
            if event == "comment":
                if _FILE_MARK.match(node.text or ""):
                    close(reader)
                    reader = None
                    continue
            elif skipped:
                skipped = False
            elif (tag := node.tag) in BREAKING:
                reader.end(tag)
            if tail := node.tail:
                reader.buffer.append(tail)
    if reader is not None:
        close(reader)
    return found


def _ends_section(tag: str, node: Element) -> bool:
    """Whether the page's own frame begins again: its foot, or a table of the system (`tk1`: attachments)."""
    return (tag == "div" and node.get("id") in ("risfoot", "foot_right", "footer")) or (
        tag == "table" and has_class(node, "tk1")
    )
