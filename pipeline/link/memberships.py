"""Memberships as observed or told, and the faction of a speaker on the day.

Part of `link`; pure. An interval says what was seen: first and last day and the evidence. Nothing is assumed
before, after or (across another faction) between. Sources of the faction, in order: the attendance list of
that very meeting; what the text says; dated memberships of the person's page; an interval of
observations that covers the day; the roster, for days since it was first fetched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Literal

from pipeline.link.factions import faction_label
from pipeline.link.records import Interval, Listed, Told, Voice

Evidence = Literal["attendance", "person_page", "roster", "text"]


def observed(
    listed: Sequence[Listed], places: dict[str, str], voices: Iterable[tuple[Voice, str]], told: Sequence[Told],
) -> tuple[Interval, ...]:
    """The membership intervals of every person. `places`: person by row; `voices`: speakers with their person."""
    committees: dict[tuple[str, str], list[tuple[str, str, str | None]]] = defaultdict(list)
    factions: dict[tuple[str, Evidence], list[tuple[str, str, str]]] = defaultdict(list)
    rosters: dict[tuple[str, str, str, str | None], list[str]] = defaultdict(list)
    for row in listed:
        person = places.get(row.place)
        if person is None:
            continue
        label = faction_label(row.faction)
        if row.kind == "attendance":
            if row.date and row.organization:
                committees[person, row.organization].append((row.date, row.meeting or "", row.role))
            if row.date and label:
                factions[person, "attendance"].append((row.date, row.meeting or "", label))
        else:
            if row.kind == "roster" and row.organization:
                kind = "faction" if row.organization_kind == "FR" else "committee"
                rosters[person, kind, row.organization, row.role].append(row.date or "")
            if label:
                rosters[person, "faction", label, None].append(row.date or "")
    for voice, person in voices:
        label = faction_label(voice.faction)
        if label and voice.date:
            factions[person, "text"].append((voice.date, voice.meeting, label))

    found: list[Interval] = []
    for (person, organization), seen in committees.items():
        found += _runs(person, "committee", "attendance", [(d, m, organization, role) for d, m, role in seen])
    for (person, evidence), named in factions.items():
        found += _runs(person, "faction", evidence, [(d, m, label, None) for d, m, label in named])
    for (person, kind, organization, role), days in rosters.items():
        found.append(Interval(
            person=person, kind="faction" if kind == "faction" else "committee", organization=organization, role=role,
            first=min(days) or None, last=max(days) or None, evidence="roster", observations=len(days),
        ))
    for line in told:
        person = places.get(line.place)
        if person is not None:
            faction = line.kind == "FR" or "fraktion" in line.organization.casefold()
            found.append(Interval(
                person=person, kind="faction" if faction else "committee",
                organization=(faction_label(line.organization) or line.organization) if faction else line.organization,
                role=line.role, first=line.start, last=line.end, evidence="person_page", observations=1,
            ))
    return tuple(sorted(set(found), key=_order))


def _order(interval: Interval) -> tuple[str, ...]:
    return tuple(str(part or "") for part in (interval.person, interval.kind, interval.first, interval.organization,
                                              interval.role, interval.evidence, interval.last))


def _runs(
    person: str, kind: Literal["committee", "faction"], evidence: Evidence,
    seen: list[tuple[str, str, str, str | None]],
) -> list[Interval]:
    """Intervals of equal (organization, role) in the order of days."""
    found = []
    days = sorted(set(seen), key=lambda s: (s[0], s[1], s[2], s[3] or ""))
    for (organization, role), run in groupby(days, key=lambda s: (s[2], s[3])):
        observations = list(run)
        found.append(Interval(
            person=person, kind=kind, organization=organization, role=role, first=observations[0][0],
            last=observations[-1][0], evidence=evidence, observations=len({o[1] for o in observations}),
        ))
    return found


class Factions:
    """Answers which faction a person was in on a day."""

    def __init__(self, intervals: Iterable[Interval]) -> None:
        self._of: dict[str, list[Interval]] = defaultdict(list)
        for interval in intervals:
            if interval.kind == "faction":
                self._of[interval.person].append(interval)

    def on(self, person: str, day: str) -> tuple[str, str] | None:
        """(faction, source) of `person` on `day`; None where nothing was seen, or it contradicts itself."""
        for evidence, source in (("person_page", "person_page"), ("attendance", "interval"), ("text", "interval"),
                                 ("roster", "roster")):
            labels = {i.organization for i in self._of.get(person, ()) if i.evidence == evidence and _covers(i, day)}
            if len(labels) == 1:
                return next(iter(labels)), source
        return None


def _covers(interval: Interval, day: str) -> bool:
    if interval.first is None or interval.first > day:
        return False
    if interval.evidence == "roster":
        return True
    return (interval.evidence == "person_page" and interval.last is None) or (interval.last or "") >= day
