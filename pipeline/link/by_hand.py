"""Persons that are joined or parted by hand (`[[join]]`, `[[split]]` of corrections.toml).

Part of `link`; pure. Used by `persons` when every rule has spoken, and before `[[person]]` says who single speakers
are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from pipeline.link.factions import faction_label
from pipeline.link.identities import Draft, part
from pipeline.link.names import fold, parse_name
from pipeline.link.records import Joined, Listed, Parted, Voice

Hit = tuple[str, str | None]
"""A rule and the person it found; None: the list row that it found is of nobody certain."""
Key = tuple[str, str]
"""A speaker: item and name in the item."""
Unfit = tuple[str, int, str]
"""Corpus and index of a correction that does not fit, with the reason."""


def called(drafts: Mapping[str, Draft], source: str, person: str) -> list[str]:
    """The persons of the corpus whose key or full name is `person`."""
    if person in drafts:
        return [person]
    mine = [draft for draft in drafts.values() if draft.source == source]
    if found := [draft.person for draft in mine if draft.called and fold(draft.called) == fold(person)]:
        return sorted(found)
    name = parse_name(person)
    if name is None:
        return []
    return sorted(draft.person for draft in mine if draft.called is None and any(
        fold(one.full) == fold(name.full) for one in draft.names))


def join(
    joined: Iterable[Joined], drafts: dict[str, Draft], places: dict[str, str], hits: dict[Key, Hit],
    unclear: dict[Key, tuple[list[str], str]],
) -> list[Unfit]:
    """Make one person of two, in all four. Speakers for whom only these two fitted are found, too."""
    unfit: list[Unfit] = []
    for one in joined:
        found = [called(drafts, one.source, name) for name in (one.person, one.other)]
        if reason := next((_unclear(name, persons) for name, persons in zip((one.person, one.other), found, strict=True)
                           if len(persons) != 1), None):
            unfit.append((one.source, one.index, reason))
            continue
        [stays], [goes] = found
        if stays == goes:
            unfit.append((one.source, one.index, f"'{one.person}' and '{one.other}' are one person already"))
            continue
        kept, gone = drafts[stays], drafts.pop(goes)
        kept.rows += gone.rows
        kept.spoken.update(gone.spoken)
        kept.corrected = True
        for place, person in places.items():
            if person == goes:
                places[place] = stays
        for key, (rule, found_person) in hits.items():
            if found_person == goes:
                hits[key] = rule, stays
        for key, (persons, why) in list(unclear.items()):
            left = list(dict.fromkeys(stays if person == goes else person for person in persons))
            if left == [stays]:
                del unclear[key]
                hits[key] = "corrected", stays
            else:
                unclear[key] = left, why
    return unfit


def split(
    parted: Iterable[Parted], listed: Sequence[Listed], voices: Sequence[Voice], drafts: dict[str, Draft],
    places: dict[str, str], hits: dict[Key, Hit], row_of: Callable[[Voice, str], Listed | None],
) -> list[Unfit]:
    """Make two persons of one: list rows and speakers that meet the conditions are of the second.

    `row_of`: the row of the meeting's attendance list that is a speaker's; where there is one, it decides.
    """
    unfit: list[Unfit] = []
    for one in parted:
        found = called(drafts, one.source, one.person)
        if len(found) != 1:
            unfit.append((one.source, one.index, _unclear(one.person, found)))
            continue
        first = drafts[found[0]]
        second = Draft(f"{first.person}-{part(one.name)}", first.source, first.body, first.basis)
        theirs = [(voice, row_of(voice, first.person)) for voice in voices
                  if hits.get((voice.item, voice.speaker), ("", None))[1] == first.person]
        moved = [row for row in listed if places.get(row.place) == first.person
                 and _meets(one, row.date, row.organization, row.faction)]
        spoken = [voice for voice, row in theirs
                  if (row in moved if row else _meets(one, voice.date, voice.organization, voice.faction))]
        everything = len(moved) == len(first.rows) and len(spoken) == len(theirs)
        if everything or not (moved or spoken):
            unfit.append((one.source, one.index, f"{'all' if everything else 'nothing'} of '{one.person}' meets the "
                          "conditions"))
            continue
        drafts[second.person] = second
        for row in moved:
            first.rows.remove(row)
            second.rows.append(row)
            places[row.place] = second.person
        for voice in spoken:
            hits[voice.item, voice.speaker] = "corrected", second.person
            if not second.rows:
                second.spoken[voice.name, voice.gender] = None
        first.corrected = second.corrected = True
        second.called = one.name
    return unfit


def _unclear(name: str, persons: Sequence[str]) -> str:
    return f"several persons are called '{name}': give the person_id" if persons else f"nobody is called '{name}'"


def _meets(one: Parted, date: str | None, organization: str | None, faction: str | None) -> bool:
    """Whether a mention meets every condition; what it does not tell meets none."""
    return (
        (one.since is None or (date is not None and date >= one.since))
        and (one.until is None or (date is not None and date <= one.until))
        and (one.organization is None or fold(organization or "") == fold(one.organization))
        and (one.faction is None or faction_label(faction) == faction_label(one.faction))
    )
