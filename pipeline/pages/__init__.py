"""Pages: the bytes of an ALLRIS page (or its text form) in, records out. Pure: no network, clock or database.

    parse(payload, url=..., content_type=...)  ->  ParsedPage
    content_hash(page)                         ->  what *changed* means

`encoding` makes text of the bytes, `detect` says what page it is, `allris4`, `allris3`, `people`, `lists` and `text`
read it, `blocks` turns Word's HTML into section text. Nothing here raises for a broken page: it gets an outcome and
problems (`problems` lists their codes).
"""

from __future__ import annotations

import hashlib
import re

import msgspec
from lxml import etree

from pipeline.pages import allris3, allris4, lists, people
from pipeline.pages import text as text_form
from pipeline.pages.detect import Detection, detect, detect_plain
from pipeline.pages.encoding import decode
from pipeline.pages.tree import Element, by_id, parse_html
from pipeline.records import AgendaItem, Calendar, Meeting, OrganizationList, PageProblem, PageRecord, Paper, ParsedPage

PARSER_VERSION = "1"
"""Raised when the same bytes give other records: a database says which parser its rows are from."""

_TAG = re.compile(
    r"<(?:!doctype|html|head|body|div|table|tr|td|main|p|a|span|meta|br|h1|ul|li|\?xml|ajax-response)[\s/>]",
    re.IGNORECASE,
)
_XML_ANSWER = re.compile(r"<ajax-response[\s>]")
_CDATA = re.compile(r"<component[^>]{0,300}>\s{0,20}<!\[CDATA\[")
MAX_BYTES = 10_000_000
"""A larger page is not read. The largest real one seen has 5 MB; one of 10 MB that is made to be large takes 400 MB."""
_KEY_AND_VALUE = rb'"[a-z_]*url":(?:null|"[^"\\]*+(?:\\.[^"\\]*+)*+")'
"""A key that ends in `url`, with its value, in JSON: inside of a text the quotes would have backslashes."""
_ADDRESS = re.compile(b"," + _KEY_AND_VALUE)
_FIRST_ADDRESS = re.compile(rb"\{" + _KEY_AND_VALUE + b",?")
SNIFF_CHARS = 65536
"""How far a page is searched for tags before it counts as plain text."""


def parse(payload: bytes, *, url: str | None = None, content_type: str | None = None) -> ParsedPage:
    """What `payload` shows: a record with its system and kind, or the outcome that says why there is none.

    `url` (the requested address) and `content_type` (the header) are hints for what the page does not say itself.
    Broken, hostile or foreign input never raises: `outcome` and `problems` tell.
    """
    if len(payload) > MAX_BYTES:
        problem = PageProblem(code="too_large", message=f"the page has {len(payload) / 1e6:.0f} MB, more than the "
                              f"{MAX_BYTES / 1e6:.0f} MB that are read")
        return ParsedPage(outcome="unreadable", problems=(problem,))
    decoded = decode(payload, content_type)
    if decoded.unreadable:
        return ParsedPage(outcome="unreadable", problems=decoded.problems)
    try:
        page = _parse_text(decoded.text, url)
    except Exception as error:  # whatever a page does to the parser, the batch goes on
        problem = PageProblem(
            code="parser_failed", message=f"the page could not be read ({type(error).__name__}: {error})"[:300]
        )
        page = ParsedPage(outcome="unreadable", problems=(problem,))
    return msgspec.structs.replace(page, encoding=decoded.encoding, problems=(*decoded.problems, *page.problems))


def content_hash(page: ParsedPage) -> str:
    """SHA-256 (hex) of the canonical JSON of what the page says: its record without addresses.

    Addresses and Wicket ids differ at every request, the software's version with every update: none of them counts.
    """
    content = {"outcome": page.outcome, "kind": page.kind, "record": page.record}
    said = msgspec.json.encode(content, order="sorted")
    if b'url":' in said:
        said = _FIRST_ADDRESS.sub(b"{", _ADDRESS.sub(b"", said))
    return hashlib.sha256(said).hexdigest()


def _parse_text(text: str, url: str | None) -> ParsedPage:
    plain = detect_plain(text)
    if plain is not None:
        return ParsedPage(outcome=plain.outcome or "not_allris", system=plain.system, kind=plain.kind)
    if not _TAG.search(text, 0, SNIFF_CHARS):
        return text_form.parse_text(text, url)
    html = text
    problems: list[PageProblem] = []
    if _XML_ANSWER.search(text, 0, 2000):
        html, problems = _ajax_html(text)
    root, complete = parse_html(html)
    if root is None:
        return ParsedPage(
            outcome="unreadable", problems=(PageProblem(code="no_content", message="no HTML could be read"),)
        )
    ids = by_id(root)
    found = detect(text, root, ids, url)
    if html is not text and found.system is None:
        found = msgspec.structs.replace(
            found, system="allris4", outcome=None if found.outcome == "not_allris" else found.outcome
        )
    if not complete:
        problems.append(PageProblem(code="too_deep", message="the page nests too deep and was not read to its end"))
    truncated = found.system is not None and _is_truncated(text)
    if truncated:
        problems.append(PageProblem(code="truncated", message="the page ends in the middle"))
    if found.outcome is not None:
        return ParsedPage(
            outcome=found.outcome,
            system=found.system,
            version=found.version,
            kind=found.kind,
            problems=tuple(problems),
        )
    page = _parse_found(text, root, ids, found, url, problems)
    return _mark_last_section(page) if truncated else page


def _is_truncated(text: str) -> bool:
    """Whether a page or Ajax answer lacks its end: ALLRIS 3 embeds whole documents, so starts and ends are counted."""
    if "<ajax-response" in text[:2000]:
        return "</ajax-response" not in text[-4000:]
    tag = "html" if "<html" in text else "HTML"
    return text.count(f"</{tag}") < text.count(f"<{tag}")


def _mark_last_section(page: ParsedPage) -> ParsedPage:
    """`page` with its last section marked as `truncated`: the cut may have taken text from it."""
    record = page.record
    if not isinstance(record, (AgendaItem, Paper)) or not record.sections:
        return page
    last = record.sections[-1]
    last = msgspec.structs.replace(last, damage=tuple(sorted({*last.damage, "truncated"})))
    record = msgspec.structs.replace(record, sections=(*record.sections[:-1], last))
    return msgspec.structs.replace(page, record=record)


def _ajax_html(text: str) -> tuple[str, list[PageProblem]]:
    """The HTML in a Wicket answer (`<component><![CDATA[...]]>`), read as XML, or by its marks where that is broken."""
    try:
        parser = etree.XMLParser(
            no_network=True, resolve_entities=False, load_dtd=False, huge_tree=True, remove_comments=True
        )
        root = etree.fromstring(re.sub(r"^\s{0,50}<\?xml[^>]{0,200}\?>", "", text, count=1).encode("utf-8"), parser)
        return "\n".join(c.text for c in root.iter("component", "header-contribution") if c.text), []
    except (etree.LxmlError, ValueError):
        parts = []
        match = _CDATA.search(text)
        while match:
            end = text.find("]]>", match.end())
            end = len(text) if end < 0 else end
            parts.append(text[match.end() : end])
            match = _CDATA.search(text, end)
        return "\n".join(parts), [PageProblem(code="bad_xml", message="the Ajax answer is no well-formed XML")]


def _parse_found(
    text: str, root: Element, ids: dict[str, Element], found: Detection, url: str | None, problems: list[PageProblem]
) -> ParsedPage:
    record: PageRecord | None = None
    more: list[PageProblem] = []
    classic = found.system == "allris3" and not found.responsive
    heading = allris3.page_title(root, ids) if classic else allris4.page_title(root)
    match found.kind:
        case "excerpt":
            record, more = allris3.excerpt(root, ids, url) if classic else allris4.excerpt(root, ids, found, url)
        case "meeting":
            record, more = allris3.meeting(root, ids, url) if classic else allris4.meeting(root, ids, found, url)
        case "paper":
            record, more = allris3.paper(root, ids, url) if classic else allris4.paper(root, ids, found, url)
        case "attendance":
            record, more = people.attendance(root, found, heading, url)
        case "organization":
            record, more = people.organization(root, found, heading, url)
        case "person":
            record, more = people.person(root, found, heading, url)
        case "calendar":
            record, more = lists.calendar(root, text, found, url)
        case "meeting_list":
            record, more = lists.meeting_list(root, text, found, url)
        case "organization_list":
            record, more = lists.organization_list(root, text, found)
        case None:
            what = f"program {found.program}" if found.program else "its kind cannot be told"
            problem = PageProblem(code="unknown_kind", message=f"an ALLRIS page that is not read ({what})")
            return ParsedPage(
                outcome="not_allris", system=found.system, version=found.version, problems=(*problems, problem)
            )
    if found.responsive and not classic and isinstance(record, (AgendaItem, Paper)) and not record.sections:
        record = msgspec.structs.replace(record, sections=tuple(allris3.sections(root)))
    if _shows_nothing(record):
        problem = PageProblem(code="no_content", message=f"the page shows nothing of what its kind ({found.kind}) has")
        problems = [*problems, *more, problem]
        return ParsedPage(
            outcome="unreadable", system=found.system, version=found.version, kind=found.kind, problems=tuple(problems)
        )
    shell = (
        isinstance(record, (Calendar, OrganizationList))
        and record.ajax_url is not None
        and not (record.meetings if isinstance(record, Calendar) else record.organizations)
    )
    return ParsedPage(
        outcome="shell" if shell else "ok",
        system=found.system,
        version=found.version,
        kind=found.kind,
        record=record,
        problems=(*problems, *more),
    )


def _shows_nothing(record: PageRecord | None) -> bool:
    """Whether not even the fields that every page of its kind has could be read (a page cut off, a new layout)."""
    match record:
        case AgendaItem():
            return not (record.number or record.title or record.date or record.sections)
        case Meeting():
            return not (record.agenda or record.date or record.title or record.organization)
        case Paper():
            return not (record.reference or record.title or record.sections)
        case _:
            return record is None
