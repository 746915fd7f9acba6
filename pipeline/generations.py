"""One page, two generations of ALLRIS: a site that was upgraded from ALLRIS 3 to 4 shows its pages at new addresses.

Numbers survive the upgrade. So a page of ALLRIS 3 whose number ALLRIS 4 uses for the same thing is a former version of
the page there; else every meeting, statement and person of the time before would count twice. *The same thing*: the
same day, reference or name; a site that began to count anew after the upgrade keeps both. Part of `meetings`; pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Literal, TypeVar

from pipeline.records import AgendaItem, Attendance, Meeting, Organization, Paper, Person, Record

OLD: Literal["allris3"] = "allris3"
NEW: Literal["allris4"] = "allris4"

Key = tuple[str, str]
"""Kind of the record, and `system:identity`."""
V = TypeVar("V")


def successors(pages: Mapping[Key, V], last: Callable[[V], Record]) -> dict[Key, Key]:
    """For each page of ALLRIS 3 that goes on as one of ALLRIS 4, its key there.

    `last`: the record of a page's last version. An item and a list of attendance go on with their meeting, even before
    they are fetched from their new address; a committee, whose numbers ALLRIS 4 tells otherwise, under its name.
    """
    if not all(any(key[1].startswith(f"{system}:") for key in pages) for system in (OLD, NEW)):
        return {}  # the rule: records are not even read
    old = {key: last(versions) for key, versions in pages.items() if key[1].startswith(f"{OLD}:")}
    new = {key: last(versions) for key, versions in pages.items() if key[1].startswith(f"{NEW}:")}
    names = Counter(record.name for record in new.values() if isinstance(record, Organization))
    committees = {record.name: key for key, record in new.items()
                  if isinstance(record, Organization) and record.name and names[record.name] == 1}
    found: dict[Key, Key] = {}
    for key, record in old.items():
        there = (key[0], key[1].replace(OLD, NEW, 1))
        match record:
            case Meeting() | Paper() | Person():
                goes_on = there in new and _what(record) == _what(new[there])
            case AgendaItem() | Attendance():
                meeting = new.get(("Meeting", f"{NEW}:{record.silfdnr}"))
                known = meeting if meeting is not None else new.get(there)
                former = old.get(("Meeting", f"{OLD}:{record.silfdnr}"))
                day = record.date or (_what(former) if former is not None else None)
                goes_on = known is not None and day is not None and day == _what(known)
            case Organization():
                there = committees.get(record.name or "", there)
                goes_on = there in new and record.name in committees
            case _:
                goes_on = False
        if goes_on:
            found[key] = there
    return found


def _what(record: Record) -> str | None:
    """What tells that two pages with one number are of the same thing."""
    match record:
        case Meeting() | Attendance() | AgendaItem():
            return record.date
        case Paper():
            return record.reference
        case Person():
            return record.name
    return None
