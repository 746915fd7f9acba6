"""HTML as an lxml tree, and the small questions that every page parser asks of it (`pages`).

lxml flattens the nested documents of ALLRIS 3 and closes what pages leave open, so nothing here relies on nesting:
fields are found by id or class, texts are read in document order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

Element = Any
"""An lxml element: the stubs do not know comments and processing instructions as nodes."""

_PARSER_OPTIONS: dict[str, Any] = {
    "encoding": "utf-8",
    "no_network": True,
    "recover": True,
    "huge_tree": True,
    "remove_pis": True,
}
SCAN_ABOVE = 128 * 1024
"""Characters above which tags are searched for floods of attributes (quadratic in lxml; real pages: 116 kB)."""

MAX_TAG = 16 * 1024
MAX_ATTRIBUTES = 1000
"""A tag longer than `MAX_TAG` with more words than `MAX_ATTRIBUTES` loses them all: no real page comes near."""

MAX_TABLES = 30
"""Tables inside of one another; deeper ones are cut off, for each reads the text of all inside it (pages: 4)."""

MAX_COMMENTS = 5000
"""More comments are not kept: a walk over neighbouring ones is quadratic in lxml (real pages: 80)."""

_OPEN_TAG = re.compile(
    r"<([A-Za-z][^\s/>]{0,40}+)"
    r"(?:[\s/]++|[^\s/>=]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>\"'][^\s>]*+)?)?|=)*+>?"
)
_IDS = (
    "allris allriscontainer anunterstuetzer bfTable bomain bvstatus bvztermin mainContent pageContent readOut rismain "
    "risname risname_raw sianlass sibetreff sidatum sigremium siort siraum sistat sistatus sizeit toBeschlussart "
    "toTable toTreeTable toname voamt voart vobearbeiter vobetreff vofamt vosb vostat vostatus voverfasser voverfasser1"
)
"""The ids that pages are read by: only these are looked up, since a page may hold any number of others."""

_WITH_ID = etree.XPath(f"descendant-or-self::*[@id][contains(' {_IDS} ', concat(' ', @id, ' '))]")
_TEXTS = etree.XPath(
    "descendant::text()[not(parent::script or parent::style or parent::title)]"
    " | descendant::br | descendant::p | descendant::div | descendant::li"
    " | descendant::td",
    smart_strings=False,
)
_UNSEEN = frozenset(("script", "style", "title"))
"""Elements whose texts `_TEXTS` leaves out."""
_TOO_DEEP = etree.XPath(f"//table[ancestor::table[{MAX_TABLES}] and not(ancestor::table[{MAX_TABLES + 1}])]")
_SPACE = re.compile(r"[ \t\r\n\f\xa0]+")
_INVISIBLE = re.compile("[\xad\u200b-\u200f\u2060\u202a-\u202e\ufeff\x00-\x08\x0e-\x1f\x7f-\x9f]")


def parse_html(text: str) -> tuple[Element | None, bool]:
    """The root element of `text` (None where there is none to find), and whether all of it was read.

    Repairs, never raises. What nests deeper than 2048 elements is not read any further (a limit of libxml2).
    """
    if len(text) > SCAN_ABOVE:
        text = _OPEN_TAG.sub(_without_flood, text)
    options = {**_PARSER_OPTIONS, "remove_comments": text.count("<!--") > MAX_COMMENTS}
    try:
        parser = etree.HTMLParser(**options)
        root = etree.fromstring(text.encode("utf-8", errors="replace"), parser)
    except (etree.LxmlError, ValueError, RecursionError):
        return None, False
    last = parser.error_log.last_error
    complete = last is None or last.type_name != "ERR_RESOURCE_LIMIT"
    if root is not None and text.count("<table") + text.count("<TABLE") > MAX_TABLES:
        for table in elements(_TOO_DEEP, root):
            table.clear()
            complete = False
    return root, complete


def _without_flood(match: re.Match[str]) -> str:
    tag = match[0]
    return f"<{match[1]}>" if len(tag) > MAX_TAG and len(tag.split(None, MAX_ATTRIBUTES)) > MAX_ATTRIBUTES else tag


def elements(path: etree.XPath, root: Element) -> Any:
    """The nodes that `path` finds: a list, for the paths of this module."""
    return path(root)


def by_id(root: Element) -> dict[str, Element]:
    """The elements below `root` that a page is read by, by their id; the first one where an id comes twice."""
    found: dict[str, Element] = {}
    for element in elements(_WITH_ID, root):
        found.setdefault(element.get("id"), element)
    return found


def inline(element: Element | None) -> str | None:
    """The visible text of a small element on one line, white space collapsed; None where there is none."""
    if element is None:
        return None
    if not len(element) and element.tag not in _UNSEEN:
        return clean(element.text)  # half of all cells: a path costs ten times as much
    parts = [part if isinstance(part, str) else " " for part in elements(_TEXTS, element)]
    return clean("".join(parts))


def clean(text: str | None) -> str | None:
    """`text` on one line: white space collapsed, soft hyphens and control characters gone; None where empty."""
    if not text:
        return None
    if not text.isprintable():  # so are all that these two look for but the blank
        text = _SPACE.sub(" ", _INVISIBLE.sub("", text))
    elif "  " in text:
        text = _SPACE.sub(" ", text)
    return text.strip() or None


def digits(text: str | None) -> int | None:
    """`text` as a non-negative number of at most ten digits, or None."""
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 10 else None


def has_class(element: Element, name: str) -> bool:
    """Whether `element` has the class `name`."""
    classes = element.get("class")
    return classes is not None and name in classes and name in classes.split()


def with_class(root: Element, name: str, *tags: str) -> Iterator[Element]:
    """The elements below `root` (of `tags`, if given) that have the class `name`, in document order."""
    for element in root.iter(*(tags or ("*",))):
        if has_class(element, name):
            yield element


def cells_of(row: Element) -> list[Element]:
    """The cells of a table row (not those of tables inside them)."""
    return [child for child in row if child.tag in ("td", "th")]
