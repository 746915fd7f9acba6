"""A page's record with the keys of its rows: what a worker turns into rows, and the writer puts into the database.

Part of `store`; pure. `place` gives a record its keys, `rows_of` makes its rows (anywhere: it needs no database).
"""

from __future__ import annotations

from typing import Literal

from pipeline.records import (
    AgendaItem,
    Attendance,
    Extraction,
    ItemContext,
    Meeting,
    Organization,
    Paper,
    Person,
    Record,
)
from pipeline.store import keys, rows
from pipeline.store.database import Provenance

Stored = AgendaItem | Meeting | Attendance | Paper | Organization | Person
Owner = Literal["item", "meeting", "attendance", "paper", "organization", "person"]

OWNED: dict[Owner, tuple[str, tuple[str, ...]]] = {
    "item": ("item_id", ("agenda_item", "section", "sentence", "speaker", "statement", "decision", "faction_vote",
                         "commitment", "topic_mention")),
    "meeting": ("meeting_id", ("meeting", "agenda_row")),
    "attendance": ("meeting_id", ("attendance",)),
    "paper": ("paper_id", ("paper", "paper_section", "consultation")),
    "organization": ("page_id", ("roster_member",)),
    "person": ("page_id", ("person_page", "person_page_membership")),
}
"""Per kind of page: the column that finds its rows, and the tables that hold them."""

_KEY_OF_KIND = {"excerpt": "item"}
"""Kinds of pages that are called otherwise in keys; all others keep their name."""


class Unit(Record, frozen=True, kw_only=True):
    """A version of a page with its record. `key` finds its rows, `page_id` the page; `meeting_id` of items."""

    source: str
    owner: Owner
    page_id: str
    key: str
    record: Stored
    provenance: Provenance
    number: int | None = None
    meeting_id: str = ""
    context: ItemContext | None = None
    extractor: str | None = None

    @property
    def content_hash(self) -> str:
        """The page's content hash; a page with a record always has one, so its absence is a bug of the caller."""
        return content_hash(self.provenance)


def content_hash(provenance: Provenance) -> str:
    """The content hash of a page with a record."""
    if provenance.content_hash is None:
        raise ValueError(f"{provenance.address}: a page with a record needs a content hash")
    return provenance.content_hash


def page_key(source: str, provenance: Provenance) -> str:
    """Key of a page whose record is not stored (not public, a gate, a calendar)."""
    kind = _KEY_OF_KIND.get(provenance.kind or "", provenance.kind or "page")
    return keys.page_key(source, provenance.system, kind, provenance.number, address=provenance.address)


def place(source: str, record: Stored, provenance: Provenance) -> Unit:
    """`record` of the corpus `source` with the keys of its rows."""
    system, address = provenance.system, provenance.address
    owner: Owner
    match record:
        case AgendaItem():
            number = record.tolfdnr if record.tolfdnr is not None else provenance.number
            key = keys.item_key(source, system, tolfdnr=number, date=record.date, organization=record.organization,
                                number=record.number, title=record.title or address)
            meeting = keys.meeting_key(source, system, silfdnr=record.silfdnr, date=record.date,
                                       organization=record.organization)
            return Unit(source=source, owner="item", page_id=key, key=key, record=record, provenance=provenance,
                        meeting_id=meeting)
        case Meeting() | Attendance():
            number = record.silfdnr if record.silfdnr is not None else provenance.number
            key = keys.meeting_key(source, system, silfdnr=number, date=record.date, organization=record.organization)
            owner = "meeting" if isinstance(record, Meeting) else "attendance"
            return Unit(source=source, owner=owner, page_id=key.replace("/meeting/", f"/{owner}/", 1), key=key,
                        record=record, provenance=provenance, number=number)
        case Paper():
            number = record.volfdnr if record.volfdnr is not None else provenance.number
            key, owner = keys.paper_key(source, system, volfdnr=number, reference=record.reference,
                                        title=record.title), "paper"
        case Organization():
            number = record.number if record.number is not None else provenance.number
            spot = f"{record.kind}{number}" if record.kind and number is not None else None
            key, owner = keys.page_key(source, system, "organization", spot, address=address), "organization"
        case Person():
            number = record.kplfdnr if record.kplfdnr is not None else provenance.number
            key, owner = keys.page_key(source, system, "person", number, address=address), "person"
    return Unit(source=source, owner=owner, page_id=key, key=key, record=record, provenance=provenance)


def rows_of(unit: Unit, extraction: Extraction | None = None) -> rows.Rows:
    """Every row of the page, by table. `extraction`: what was found in an item."""
    source, system = unit.source, unit.provenance.system
    match unit.record:
        case AgendaItem():
            return rows.item_rows(
                unit.record, extraction or Extraction(), item_id=unit.key, meeting_id=unit.meeting_id,
                source_id=source, system=system, context=unit.context, content_hash=unit.content_hash,
                extractor=unit.extractor)
        case Meeting():
            found = rows.meeting_rows(unit.record, meeting_id=unit.key, source_id=source, system=system,
                                      content_hash=unit.content_hash)
            if unit.number is not None and unit.record.silfdnr is None:
                found["meeting"][0]["silfdnr"] = rows.number_of(unit.number)
            return found
        case Attendance():
            return rows.attendance_rows(unit.record, meeting_id=unit.key)
        case Paper():
            return rows.paper_rows(unit.record, paper_id=unit.key, source_id=source, system=system,
                                   content_hash=unit.content_hash)
        case Organization():
            return rows.organization_rows(unit.record, page_id=unit.key, source_id=source, system=system)
        case Person():
            return rows.person_rows(unit.record, page_id=unit.key, source_id=source, system=system)
