"""ALLRIS 4 pages (Wicket): excerpt, meeting, paper (`pages`). Persons are in `people`, lists in `lists`.

Fields are read by id, since labels vary from customer to customer (dossier 2). A CMS may wrap the page: only ids count,
not the place in the document.
"""

from __future__ import annotations

import re

from lxml import etree

from pipeline.pages.agenda import modern_rows
from pipeline.pages.blocks import region_text
from pipeline.pages.consultations import modern_steps
from pipeline.pages.dates import parse_date, parse_times
from pipeline.pages.detect import Detection
from pipeline.pages.labels import (
    NO_TEXT,
    complete_title,
    is_truncated,
    label_key,
    parse_top,
    result_of,
    split_reference,
)
from pipeline.pages.links import (
    organization_of,
    parameters,
)
from pipeline.pages.sections import make_section
from pipeline.pages.tree import Element, clean, elements, has_class, inline, with_class
from pipeline.records import AgendaItem, Document, Meeting, PageProblem, Paper, Section

_EXCERPT_TITLE = re.compile(r"^(.{6,24}?) - (.*)$", re.DOTALL)
_SHOW_HIDE = "showHideLink_"
_SECTION_ANCHORS = etree.XPath(f"descendant::a[starts-with(@href, '#{_SHOW_HIDE}')]")
_DOCUMENT_LINKS = etree.XPath("descendant::a[contains(@class, 'doclink') or contains(@class, 'attlink')]")
_SECTION_NODES = etree.XPath(
    f"descendant::a[starts-with(@id, '{_SHOW_HIDE}')] | descendant::h2[contains(@class, 'expandedTitle')]"
    " | descendant::div[contains(concat(' ', @class, ' '), ' docPart ')]"
)
_ATTENDANCE_LINKS = etree.XPath(
    "descendant::a[contains(@href, 'si019') or contains(@href, 'SI019') or contains(@class, 'SI019')]"
)
_TOGGLES = (" ausblenden", " einblenden")


def excerpt(
    root: Element, ids: dict[str, Element], found: Detection, url: str | None
) -> tuple[AgendaItem, list[PageProblem]]:
    """The agenda item of a `to020` page."""
    problems: list[PageProblem] = []
    own = parameters(found.base_url)
    asked = parameters(url)
    meeting_link, paper_link = _link(ids, "sibetreff"), _link(ids, "vobetreff")
    meeting_ids, paper_ids = parameters(meeting_link), parameters(paper_link)
    number, public = parse_top(inline(ids.get("toname")))
    heading_date, heading_number, title = _split_heading(page_title(root), number)
    paper_reference, paper_title = _paper_name(inline(ids.get("vobetreff")), title)
    truncated = is_truncated(title)
    completed = complete_title(title, paper_title)
    if completed is not None:
        title, truncated = completed, False
    date = parse_date(inline(ids.get("sidatum")) or "") or heading_date
    start, end = parse_times(inline(ids.get("sizeit")) or "")
    organization_id, _kind = organization_of(_link(ids, "sigremium"))
    sections, section_problems = page_sections(root)
    problems += section_problems
    if "toname" not in ids and "sidatum" not in ids:
        problems.append(
            PageProblem(code="ids_missing", message="the page has none of the fields (toname, sidatum) of an excerpt")
        )
    item = AgendaItem(
        tolfdnr=own.get("TOLFDNR") or asked.get("TOLFDNR") or paper_ids.get("TOLFDNR") or meeting_ids.get("TOLFDNR"),
        silfdnr=meeting_ids.get("SILFDNR") or own.get("SILFDNR") or asked.get("SILFDNR"),
        number=number or heading_number,
        public=public,
        title=title,
        title_truncated=truncated,
        organization=inline(ids.get("sigremium")),
        organization_id=organization_id,
        meeting_title=inline(ids.get("sibetreff")),
        date=date,
        start=start,
        end=end,
        status=_joined(ids, "sistatus", "sistat"),
        occasion=inline(ids.get("sianlass")),
        room=inline(ids.get("siraum")),
        place=inline(ids.get("siort")),
        result=result_of(inline(ids.get("toBeschlussart"))),
        follow_up=_joined(ids, "bvstatus", "bvztermin"),
        paper_id=paper_ids.get("VOLFDNR"),
        paper_reference=paper_reference,
        paper_title=paper_title,
        paper_type=inline(ids.get("voart")),
        lead_office=inline(ids.get("vofamt")),
        official=inline(ids.get("vosb")),
        sections=sections,
        documents=documents(root),
    )
    return item, problems


def meeting(
    root: Element, ids: dict[str, Element], found: Detection, url: str | None
) -> tuple[Meeting, list[PageProblem]]:
    """The meeting and agenda of a `to010` page (also of the responsive ALLRIS 3, which uses the same ids)."""
    problems: list[PageProblem] = []
    table = ids.get("toTreeTable")
    if table is None:
        table = next(iter(with_class(root, "toTable", "table")), None)
    rows = modern_rows(root if table is None or found.responsive else table)
    if not rows:
        problems.append(PageProblem(code="no_agenda", message="the page shows no agenda"))
    organization_id, organization_kind = organization_of(_link(ids, "sigremium"))
    start, end = parse_times(inline(ids.get("sizeit")) or "")
    heading = page_title(root)
    own = parameters(found.base_url)
    attendance = elements(_ATTENDANCE_LINKS, root)
    record = Meeting(
        silfdnr=own.get("SILFDNR") or parameters(url).get("SILFDNR") or _row_meeting(root),
        title=inline(ids.get("sibetreff")),
        organization=inline(ids.get("sigremium")),
        organization_id=organization_id,
        organization_kind=organization_kind,
        date=parse_date(inline(ids.get("sidatum")) or "") or parse_date((heading or "").rpartition(" - ")[2]),
        start=start,
        end=end,
        status=_joined(ids, "sistatus", "sistat"),
        occasion=inline(ids.get("sianlass")),
        room=inline(ids.get("siraum")),
        place=inline(ids.get("siort")),
        has_attendance=bool(attendance),
        agenda=tuple(rows),
        documents=documents(root),
    )
    return record, problems


def paper(
    root: Element, ids: dict[str, Element], found: Detection, url: str | None
) -> tuple[Paper, list[PageProblem]]:
    """The paper of a `vo020` page with its Beratungsfolge."""
    heading = page_title(root) or ""
    kind, _, reference = heading.partition(" - ")
    sections, problems = page_sections(root)
    if root.find(".//img[@alt='Loading...']") is not None:
        problems.append(
            PageProblem(code="late_content", message="a part of the page is loaded later by script and is not in it")
        )
    record = Paper(
        volfdnr=parameters(found.base_url).get("VOLFDNR") or parameters(url).get("VOLFDNR"),
        reference=clean(reference),
        title=inline(ids.get("vobetreff")),
        type=inline(ids.get("voart")) or clean(kind),
        status=_joined(ids, "vostatus", "vostat"),
        author=inline(ids.get("voverfasser1")) or inline(ids.get("voverfasser")),
        lead_office=inline(ids.get("vofamt")) or inline(ids.get("voamt")),
        official=inline(ids.get("vosb")) or inline(ids.get("vobearbeiter")),
        supporters=inline(ids.get("anunterstuetzer")),
        consultations=tuple(modern_steps(root)),
        sections=sections,
        documents=documents(root),
    )
    return record, problems


# ------------------------------------------------------------------------------------------ shared parts


def page_title(root: Element) -> str | None:
    """The page's own heading: `h1.title`, since a CMS puts others before it."""
    for heading in root.iter("h1"):
        if has_class(heading, "title"):
            return inline(heading)
    return None


def documents(root: Element) -> tuple[Document, ...]:
    """The linked documents, each once, in the page's order (header panels first)."""
    seen: dict[str, Document] = {}
    for link in elements(_DOCUMENT_LINKS, root):
        classes = (link.get("class") or "").split()
        if ("pdf" in classes and "doclink" in classes) or "attlink" in classes:
            title = inline(link)
            if title and title not in seen:
                seen[title] = Document(title=title, url=link.get("href"))
    return tuple(seen.values())


def page_sections(root: Element) -> tuple[tuple[Section, ...], list[PageProblem]]:
    """The text sections: everything with a `docPart`, named by its tooltip, header panel entry or heading.

    A section's switch (`showHideLink_...`, with the tooltip) and heading stand before its text, in the page's order.
    """
    anchors = {link.get("href")[1:]: inline(link) for link in elements(_SECTION_ANCHORS, root)}
    sections: list[Section] = []
    named: set[str] = set()
    parts: set[Element] = set()
    toggle: Element | None = None
    heading: Element | None = None
    for node in elements(_SECTION_NODES, root):
        if node.tag == "a":
            toggle, heading = node, None
        elif node.tag == "h2":
            heading = node
        elif not any(outer in parts for outer in node.iterancestors("div")):
            parts.add(node)
            key = "" if toggle is None else toggle.get("id")
            named.add(key)
            sections.append(make_section(_section_name(toggle, anchors.get(key), heading), *region_text(node)))
            toggle, heading = None, None
    names = [name for name in anchors.values() if name and label_key(name) not in NO_TEXT]
    if len(names) == len(sections) and not any(section.label for section in sections):
        # A print view without switches: the header panel lists the sections in their order.
        sections = [
            make_section(name, section.text, section.tables) for name, section in zip(names, sections, strict=True)
        ]
        named.update(anchors)
    problems = [
        PageProblem(code="section_without_text", message=f"the page names a section {name!r} but holds no text for it")
        for key, name in anchors.items()
        if key not in named and name and label_key(name) not in NO_TEXT
    ]
    return tuple(sections), problems


def _section_name(toggle: Element | None, anchor: str | None, heading: Element | None) -> str:
    """The name of a section: its switch's tooltip, else its entry in the header panel, else its heading."""
    tooltip = "" if toggle is None else clean(toggle.get("data-simpletooltip-text") or toggle.get("title")) or ""
    for ending in _TOGGLES:
        if tooltip.endswith(ending):
            return tooltip[: -len(ending)]
    return anchor or inline(heading) or tooltip


def _link(ids: dict[str, Element], name: str) -> str | None:
    """The address behind the field `name` (its own, or that of the link it lies in)."""
    field = ids.get(name)
    if field is None:
        return None
    for link in field.iter("a"):
        if link.get("href"):
            return str(link.get("href"))
    parent = field.getparent()
    return parent.get("href") if parent is not None and parent.tag == "a" else None


def _joined(ids: dict[str, Element], *names: str) -> str | None:
    return clean(" ".join(filter(None, (inline(ids.get(name)) for name in names))))


def _split_heading(heading: str | None, number: str | None) -> tuple[str | None, str | None, str | None]:
    """Date, TOP number and title of `03.06.2025 - 5.1 Radweg an der ...`."""
    match = _EXCERPT_TITLE.match(heading or "")
    date = parse_date(match[1]) if match else None
    if match is None or date is None:
        return None, None, heading
    rest = match[2]
    if number and rest.startswith(number) and rest[len(number) : len(number) + 1] in ("", " "):
        return date, number, clean(rest[len(number) :])
    first, _, title = rest.partition(" ")
    if number is None and re.fullmatch(r"\d{1,3}(?:\.\d{1,3}){0,5}\.?[a-z]?", first):
        return date, first.rstrip("."), clean(title)
    return date, None, clean(rest)


def _paper_name(text: str | None, title: str | None) -> tuple[str | None, str | None]:
    """Reference and title of a paper: the agenda item's title tells where the reference ends, else its form does."""
    if text is None:
        return None, None
    stem = (title or "").rstrip(".… ")
    at = text.find(" " + stem) if len(stem) >= 8 else -1
    if 0 < at <= 40:
        return text[:at], text[at + 1 :]
    return split_reference(text)


def _row_meeting(root: Element) -> int | None:
    """The meeting's number as the agenda's links tell it."""
    for link in root.iter("a"):
        numbers = parameters(link.get("href"))
        if "SILFDNR" in numbers and "TOLFDNR" in numbers:
            return numbers["SILFDNR"]
    return None
