"""What `link` reads and returns: rows of several pages, as plain records keyed by the keys of the store.

Pure data. `store.linking` fills the inputs from the work database and writes the outputs back.
"""

from __future__ import annotations

from typing import Literal

from pipeline.records import Record


class Listed(Record, frozen=True):
    """A person in a list: an attendance list (`meeting` set), a roster or a person's own page.

    `place` identifies the row for the caller. `date` is the meeting's day, for a roster the day on which it was
    first fetched. `body` is the municipality in which names are compared.
    """

    place: str
    source: str
    body: str | None
    kind: Literal["attendance", "roster", "page"]
    name: str
    system: str | None = None
    organization: str | None = None
    organization_kind: str | None = None
    meeting: str | None = None
    date: str | None = None
    kplfdnr: int | None = None
    gender: str | None = None
    faction: str | None = None
    role: str | None = None
    present: bool | None = None


class Told(Record, frozen=True):
    """A membership on a person's page (`place`: that page)."""

    place: str
    organization: str
    kind: str | None = None
    role: str | None = None
    start: str | None = None
    end: str | None = None


class Voice(Record, frozen=True):
    """A speaker of an item, with the item's meeting. `attendee`: the name in the list that the extraction chose."""

    item: str
    speaker: str
    source: str
    body: str | None
    organization: str | None
    meeting: str
    date: str | None
    kind: Literal["person", "role", "group"]
    name: str
    gender: str | None = None
    role: str | None = None
    faction: str | None = None
    attendee: str | None = None


class Known(Record, frozen=True):
    """Who a speaker is, by hand. `person`: a key or a full name; empty: nobody who is known."""

    item: str
    speaker: str
    person: str


class Joined(Record, frozen=True):
    """Two persons who are one, by hand: full name or key of who stays, and of the other."""

    source: str
    index: int
    person: str
    other: str


class Parted(Record, frozen=True):
    """A person who is two, by hand: what meets every condition is of the second, who is called `name`."""

    source: str
    index: int
    person: str
    name: str
    organization: str | None = None
    faction: str | None = None
    since: str | None = None
    until: str | None = None


class PersonFound(Record, frozen=True):
    """A person across meetings. `basis`: number, list, full_name or family_name (see schema.sql)."""

    person: str
    source: str
    body: str | None
    name: str
    family: str
    given: str | None
    titles: str | None
    gender: str | None
    kplfdnr: int | None
    names: tuple[str, ...]
    basis: Literal["number", "list", "full_name", "family_name"]
    corrected: bool = False


class Identified(Record, frozen=True):
    """Who a speaker is: `person` None where it is not known. `rule` says why, `confidence` how sure.

    `role` and `faction` are those on the day of the meeting."""

    item: str
    speaker: str
    person: str | None
    rule: str | None
    confidence: float | None
    role: str | None
    faction: str | None
    faction_source: str | None


class Candidate(Record, frozen=True):
    """A person that a speaker (or another person) may be."""

    source: str
    person: str
    reason: str
    item: str | None = None
    speaker: str | None = None
    other: str | None = None


class Interval(Record, frozen=True):
    """A membership as observed or told. `kind`: committee or faction."""

    person: str
    kind: Literal["committee", "faction"]
    organization: str
    role: str | None
    first: str | None
    last: str | None
    evidence: Literal["attendance", "person_page", "roster", "text"]
    observations: int


class Persons(Record, frozen=True):
    """The result of `link_persons`. `listed`: the person of each list row, by its place.

    `unfit`: (item, speaker) of what was known by hand, but of nobody certain, with the reason. `unfit_persons`:
    (corpus, index, reason) of persons who cannot be joined or parted."""

    persons: tuple[PersonFound, ...]
    listed: dict[str, str]
    speakers: tuple[Identified, ...]
    candidates: tuple[Candidate, ...]
    intervals: tuple[Interval, ...]
    unfit: tuple[tuple[str, str, str], ...] = ()
    unfit_persons: tuple[tuple[str, int, str], ...] = ()
