"""Keys of the rows: what the council's own system calls the thing, so that a rebuild gives the same ones.

`corpus/system/kind/number`; without an ALLRIS number `corpus/system/kind/date/organization/TOP`, in
lower case ASCII. Used by `store.database`; nothing here knows the clock or the database.
"""

from __future__ import annotations

import hashlib
import unicodedata

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
UNKNOWN = "-"
"""Stands in a key for a part that the page does not say."""


def slug(text: str | None) -> str:
    """`text` in lower case ASCII letters, digits and single hyphens (`Kreis Südtal` -> `kreis-suedtal`); `-` if empty.

    Dots between digits stay, so that TOP 1.1 and TOP 11 differ.
    """
    folded = unicodedata.normalize("NFKD", (text or "").casefold().translate(_UMLAUTS))
    kept = "".join(
        c if c.isascii() and (c.isalnum() or c == ".") else "" if unicodedata.combining(c) else " " for c in folded
    )
    return "-".join(part.strip(".") for part in kept.split() if part.strip(".")) or UNKNOWN


def short_hash(*parts: object) -> str:
    """12 hex digits that stand for `parts` (for what has no name of its own)."""
    return hashlib.sha256("\x1f".join("" if p is None else str(p) for p in parts).encode()).hexdigest()[:12]


def _numbered(source: str, system: str | None, kind: str, number: int) -> str:
    return f"{source}/{system or UNKNOWN}/{kind}/{number}"


def meeting_key(
    source: str, system: str | None, *, silfdnr: int | None, date: str | None, organization: str | None
) -> str:
    """Key of a meeting: its ALLRIS number, else date and organization."""
    if silfdnr is not None:
        return _numbered(source, system, "meeting", silfdnr)
    return f"{source}/{system or UNKNOWN}/meeting/{date or UNKNOWN}/{slug(organization)}"


def item_key(
    source: str, system: str | None, *, tolfdnr: int | None, date: str | None, organization: str | None,
    number: str | None, title: str | None,
) -> str:
    """Key of an agenda item: its ALLRIS number, else date, organization and TOP; without a TOP a hash of its title."""
    if tolfdnr is not None:
        return _numbered(source, system, "item", tolfdnr)
    last = slug(number) if number else f"t-{short_hash(title)}"
    return f"{source}/{system or UNKNOWN}/item/{date or UNKNOWN}/{slug(organization)}/{last}"


def paper_key(source: str, system: str | None, *, volfdnr: int | None, reference: str | None, title: str | None) -> str:
    """Key of a paper: its ALLRIS number, else its reference, else a hash of its title."""
    if volfdnr is not None:
        return _numbered(source, system, "paper", volfdnr)
    if reference:
        return f"{source}/{system or UNKNOWN}/paper/{slug(reference)}"
    return f"{source}/{system or UNKNOWN}/paper/t-{short_hash(title)}"


def organization_key(source: str, system: str | None, *, kind: str | None, number: int | None, name: str | None) -> str:
    """Key of a committee, council or faction: number space and ALLRIS number, else its name."""
    if kind is not None and number is not None:
        return f"{source}/{system or UNKNOWN}/organization/{kind}{number}"
    return f"{source}/{system or UNKNOWN}/organization/{slug(name)}"


def page_key(source: str, system: str | None, kind: str, number: int | str | None, *, address: str) -> str:
    """Key of a page whose record is not a meeting, item or paper: kind and number, else a hash of its address."""
    if number is not None:
        return f"{source}/{system or UNKNOWN}/{kind}/{number}"
    return f"{source}/{system or UNKNOWN}/{kind}/a-{short_hash(address)}"
