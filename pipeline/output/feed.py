"""`auszug feed`: new excerpts and decisions on a topic as an Atom feed (RFC 4287), for whoever wants to be told.

Part of `output`; the rows of `report_data` in, a file out. An entry's id is made from the key of its row, so that it
stays the same when the page changes; `updated` then moves to the day on which the change was fetched.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import duckdb
import msgspec

from pipeline import __version__
from pipeline.errors import ExportError, InputError
from pipeline.output import report_data
from pipeline.output.report_data import KINDS
from pipeline.output.report_rows import Decision, Item, TopicData
from pipeline.output.report_words import say
from pipeline.output.whole_files import whole_file

ATOM = "http://www.w3.org/2005/Atom"
ENTRIES = 100
"""Entries in a feed unless more are asked for; what readers fetch every hour should stay below 200 kB."""
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "tag:auszug,2026:feed")
"""Under which the ids are made. Changing it makes every entry of every feed new to its readers."""
_EPOCH = dt.datetime(1970, 1, 1)


class Entry(msgspec.Struct, frozen=True):
    """An entry of a feed. Times in UTC, naive; `address`: page of the council, None where it has none on the web."""

    key: str
    title: str
    updated: dt.datetime
    published: dt.datetime
    address: str | None
    summary: str
    category: str


def feed(
    connection: duckdb.DuckDBPyConnection, output: Path, *, topic: str | None = None, source: str | None = None,
    limit: int = ENTRIES, address: str | None = None,
) -> int:
    """Write the feed of `topic` to `output`, the newest entries first. Returns their number.

    `address` is where the file will be published (the feed's link to itself). The same database gives the same
    bytes. Raises QueryError for an unknown topic or corpus, InputError for an address that is none of the web,
    and ExportError where the file cannot be written.
    """
    if output.is_dir():
        raise ExportError("this is a folder", where=output, remedy=f"name a file, such as {output / 'feed.xml'}")
    if address is not None and (urlsplit(address).scheme not in {"http", "https"} or not urlsplit(address).netloc):
        raise InputError(f"'{address}' is no address of the web", remedy="write it as in https://example.org/feed.xml")
    if output.suffix.lower() not in {".xml", ".atom"}:
        raise ExportError(f"'{output.suffix}' is no format of the feed", where=output, remedy="name a file.xml")
    data = report_data.topic_data(connection, topic, source=source)
    chosen = entries(data)[: limit or None]
    with whole_file(output) as temporary:
        temporary.write_bytes(document(data, chosen, source=source, address=address))
    return len(chosen)


def entries(data: TopicData) -> list[Entry]:
    """An entry for each excerpt and each decision of items on the topic, the newest first."""
    items = {item.item_id: item for item in data.items if item.is_on_topic}
    found = [_excerpt(item) for item in items.values() if item.has_excerpt]
    found += [_decision(decision, items[decision.item_id]) for decision in data.decisions if decision.item_id in items]
    return sorted(found, key=lambda entry: (entry.updated, entry.published, entry.key), reverse=True)


def _excerpt(item: Item) -> Entry:
    lines = [_where(item)]
    if item.paper_reference:
        lines.append(say("paper", reference=item.paper_reference))
    if item.beschlussart:
        lines.append(item.beschlussart)
    if item.direction == -1:
        lines.append(say("against_topic"))
    return Entry(
        key=f"item/{item.item_id}", title=f"{item.title or item.item_id} ({_short(item)})", updated=_updated(item),
        published=item.first_fetched or _updated(item), address=_web(item.address), summary="\n".join(lines),
        category="excerpt")


def _decision(decision: Decision, item: Item) -> Entry:
    outcome = say(decision.outcome) if decision.outcome in KINDS else say("undecided")
    lines = [decision.text or "", _where(item)]
    if decision.yes is not None or decision.no is not None or decision.abstain is not None:
        lines.append(say("votes", yes=decision.yes, no=decision.no, abstain=decision.abstain))
    if decision.unanimous:
        lines.append(say("unanimous"))
    if decision.votes_by_faction:
        lines.append(f"{say('by_faction')}: {decision.votes_by_faction}")
    return Entry(
        key=f"decision/{decision.decision_id}", title=f"{outcome}: {item.title or item.item_id} ({_short(item)})",
        updated=_updated(item), published=item.first_fetched or _updated(item), address=_web(item.address),
        summary="\n".join(line for line in lines if line), category="decision")


def _updated(item: Item) -> dt.datetime:
    """When this content was first fetched; for files without a time, the day of the meeting."""
    if item.fetched_at is not None:
        return item.fetched_at
    return dt.datetime.combine(item.date, dt.time()) if item.date else _EPOCH


def _short(item: Item) -> str:
    day = f"{item.date:%d.%m.%Y}" if item.date else say("no_date")
    return f"{item.committee or say('unknown')}, {day}"


def _where(item: Item) -> str:
    number = f", {say('item')} {item.item_number}" if item.item_number else ""
    return f"{item.body + ', ' if item.body else ''}{_short(item)}{number}"


def _web(address: str | None) -> str | None:
    return address if address and address.startswith(("http://", "https://")) else None


# ------------------------------------------------------------------------------- XML


def document(data: TopicData, chosen: Iterable[Entry], *, source: str | None, address: str | None) -> bytes:
    """The feed as UTF-8 XML."""
    ElementTree.register_namespace("", ATOM)
    chosen = list(chosen)
    title = data.topic.title or data.topic.topic_id
    bodies = ", ".join(dict.fromkeys(each.body or each.title or each.source_id for each in data.sources))
    root = ElementTree.Element(f"{{{ATOM}}}feed", {"xml:lang": "de"})
    _add(root, "id", _identity(f"feed/{data.topic.topic_id}/{source or ''}"))
    _add(root, "title", f"{title}: {bodies}" if bodies else title)
    _add(root, "subtitle", say("kicker"))
    _add(root, "updated", _stamp(max((entry.updated for entry in chosen), default=_EPOCH)))
    _add(root, "generator", "auszug", version=__version__)
    _add(_add(root, "author"), "name", bodies or "auszug")
    if address:
        _add(root, "link", rel="self", type="application/atom+xml", href=address)
    for entry in chosen:
        element = _add(root, "entry")
        _add(element, "id", _identity(entry.key))
        _add(element, "title", entry.title)
        _add(element, "updated", _stamp(entry.updated))
        _add(element, "published", _stamp(entry.published))
        if entry.address:
            _add(element, "link", rel="alternate", type="text/html", href=entry.address)
        _add(element, "category", term=entry.category)
        _add(element, "content" if not entry.address else "summary", entry.summary, type="text")
    ElementTree.indent(root)
    content: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return content + b"\n"


def _add(parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
    clean = {key: _clean(value) for key, value in attributes.items()}
    element = ElementTree.SubElement(parent, f"{{{ATOM}}}{name}", clean)
    if text is not None:
        element.text = _clean(text)
    return element


def _identity(key: str) -> str:
    return uuid.uuid5(_NAMESPACE, key).urn


def _stamp(moment: dt.datetime) -> str:
    """RFC 3339, in UTC, whole seconds."""
    return f"{moment.replace(microsecond=0, tzinfo=None).isoformat()}Z"


_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _clean(text: str) -> str:
    """`text` without the characters that XML does not allow at all."""
    return _FORBIDDEN.sub("", text)
