"""One person a human being across meetings: who the speakers of all items are.

Part of `link`; pure. A speaker is matched to the attendance list of the meeting, then to persons that the
municipality's lists know, then to names in texts. A guess is never made: where more than one person fits,
the speaker has none, and each that fits is a `Candidate`. The rules by which a speaker is found (`Identified.rule`):

attendance              the meeting's list has exactly one fitting name (given name, gender, faction and role help)
attendance_role         a function without a name (*Vorsitzende*, *Landrat*) that exactly one attendee has; the chair is
                        the deputy chair, where no chair attends
extraction              the extraction chose an attendee whose name differs
body_full_name          not in the list; exactly one person of the municipality's lists has this full name
committee_family_name   no list of the meeting; exactly one person seen in the committee has the family name
body_family_name        the same, seen in the municipality
text_full_name          no list knows the name; the texts of the municipality do, in full
text_family_name        a family name that exactly one such person has
family_name             no list, no full name: one person a committee, family name and gender, since minutes print
                        more than the family name where two share it. Factions that contradict tell two apart.
                        Across committees such persons are not joined.
corrected               set by hand (corrections.toml)
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

import msgspec

from pipeline.link import by_hand
from pipeline.link.by_hand import Hit
from pipeline.link.factions import faction_label, same_faction
from pipeline.link.identities import Draft, changed_names, listed_persons, name_key, part
from pipeline.link.memberships import Factions, observed
from pipeline.link.names import Name, family_core, fold, gender_fits, given_fits, parse_name
from pipeline.link.records import Candidate, Identified, Joined, Known, Listed, Parted, Persons, Told, Voice

CONFIDENCE = {
    "attendance": 0.95, "attendance_role": 0.85, "extraction": 0.8, "body_full_name": 0.9, "committee_family_name": 0.8,
    "body_family_name": 0.6, "text_full_name": 0.8, "text_family_name": 0.7, "family_name": 0.5, "corrected": 1.0,
}
"""How sure each rule is; an order, set by hand, not measured."""

_CHAIR = re.compile(r"(?:^|[a-z])vorsitzende[rn]?$")
_NO_CHAIR = re.compile(r"fraktion|stellv|stv|vize|alters")
_DEPUTY_CHAIR = re.compile(r"^(?:(?:stellv\w{0,12}|stv|\d|erste\w?|zweite\w?) ){1,3}(?:ausschuss)?vorsitzende[rn]?$")
"""A deputy chair, who is *the chair* of a meeting that no chair attends."""

T = TypeVar("T")


def link_persons(
    listed: Sequence[Listed], voices: Sequence[Voice], told: Sequence[Told] = (), known: Sequence[Known] = (), *,
    joined: Sequence[Joined] = (), parted: Sequence[Parted] = (),
) -> Persons:
    """The persons of lists and texts, who each speaker is, and memberships as observed (rules: see the module).

    By hand, before every rule: `joined` and `parted` persons, and of single speakers who they are (`known`).
    """
    drafts, places = listed_persons(listed)
    search = _Search(listed, drafts, places)
    hits: dict[tuple[str, str], Hit] = {}
    unclear: dict[tuple[str, str], tuple[list[str], str]] = {}
    humans = [voice for voice in voices if voice.kind != "group"]
    for rule in (search.in_list, search.by_full_name, search.by_family_name):
        for voice in humans:
            key = voice.item, voice.speaker
            if key in hits or key in unclear:
                continue
            found = rule(voice)
            if isinstance(found, tuple):
                hits[key] = found
            elif isinstance(found, _Unclear):
                unclear[key] = (found.persons, found.reason)
    search.name_the_rest([v for v in humans if v.kind == "person" and (v.item, v.speaker) not in hits
                          and (v.item, v.speaker) not in unclear], hits, unclear)

    unfit_persons = by_hand.join(joined, search.drafts, places, hits, unclear)
    unfit_persons += by_hand.split(parted, listed, humans, search.drafts, places, hits, search.row_of)
    unfit = search.take(known, humans, hits, unclear)

    identified = [(voice, hit[1]) for voice in humans if (hit := hits.get((voice.item, voice.speaker))) and hit[1]]
    for voice, person in identified:
        if voice.gender and person:
            search.drafts[person].heard.add(voice.gender)
    intervals = observed(listed, places, identified, told)
    factions, rows = Factions(intervals), search.rows()
    candidates = changed_names(search.drafts.values())
    for voice in humans:
        persons, reason = unclear.get((voice.item, voice.speaker), ([], ""))
        candidates += [
            Candidate(source=voice.source, person=person, item=voice.item, speaker=voice.speaker, reason=reason)
            for person in sorted(set(persons))
        ]
    return Persons(
        persons=tuple(draft.found() for _, draft in sorted(search.drafts.items()) if draft.names),
        unfit=tuple(unfit),
        unfit_persons=tuple(unfit_persons),
        listed=places,
        speakers=tuple(_identified(voice, hits.get((voice.item, voice.speaker)), rows, factions) for voice in voices),
        candidates=tuple(candidates),
        intervals=intervals,
    )


def _identified(
    voice: Voice, hit: Hit | None, rows: Mapping[tuple[str, str], Listed], factions: Factions
) -> Identified:
    person = hit[1] if hit else None
    row = rows.get((voice.meeting, person)) if person else None
    faction: tuple[str | None, str | None] = (None, None)
    if row is not None and row.faction:
        faction = faction_label(row.faction), "attendance"
    elif voice.faction:
        faction = faction_label(voice.faction), "text"
    elif person and voice.date:
        faction = factions.on(person, voice.date) or (None, None)
    return Identified(
        item=voice.item, speaker=voice.speaker, person=person, rule=hit[0] if hit and person else None,
        confidence=CONFIDENCE[hit[0]] if hit and person else None,
        role=(row.role if row else None) or voice.role, faction=faction[0], faction_source=faction[1],
    )


class _Unclear:
    """More than one person fits, or one that should not be taken without more evidence."""

    def __init__(self, persons: Iterable[str], reason: str) -> None:
        self.persons = list(persons)
        self.reason = reason


class _Search:
    """Indexes of persons, and the rules that look speakers up in them."""

    def __init__(self, listed: Sequence[Listed], drafts: dict[str, Draft], places: dict[str, str]) -> None:
        self.drafts = dict(drafts)
        self._places = places
        self._present: dict[str, list[Listed]] = defaultdict(list)
        self._present_by_family: dict[tuple[str, str], list[tuple[Listed, Name]]] = defaultdict(list)
        self._roles: dict[tuple[str, str, str | None], Hit | None] = {}
        self._by_family: dict[tuple[str, str], list[Draft]] = defaultdict(list)
        self._in_texts: dict[tuple[str, str | None, str], list[Draft]] = defaultdict(list)
        self._spoken_in: dict[str, set[str]] = defaultdict(set)
        for row in listed:
            name = parse_name(row.name)
            if row.kind == "attendance" and row.meeting and name:
                self._present[row.meeting].append(row)
                self._present_by_family[row.meeting, family_core(name.family)].append((row, name))
        for draft in drafts.values():
            for family in {family_core(name.family) for name in draft.names}:
                self._by_family[draft.source, family].append(draft)

    def row_of(self, voice: Voice, person: str | None) -> Listed | None:
        """The row of the meeting's attendance list that is `person`."""
        return next((row for row in self._present.get(voice.meeting, ())
                     if person is not None and self._places.get(row.place) == person), None)

    def rows(self) -> dict[tuple[str, str], Listed]:
        """The rows of all attendance lists by meeting and person: `row_of` for many, once persons are settled."""
        found: dict[tuple[str, str], Listed] = {}
        for meeting, rows in self._present.items():
            for row in rows:
                if person := self._places.get(row.place):
                    found.setdefault((meeting, person), row)
        return found

    # ------------------------------------------------------------- the rules

    def in_list(self, voice: Voice) -> Hit | _Unclear | None:
        """The meeting's attendance list."""
        if voice.kind == "role":
            key = voice.meeting, fold(voice.name), voice.gender
            if key not in self._roles:
                self._roles[key] = self._by_role(*key)
            return self._roles[key]
        name = parse_name(voice.name)
        if name is None:
            return None
        called = self._present_by_family.get((voice.meeting, family_core(name.family)), ())
        fits = [(row, known) for row, known in called
                if given_fits(known.given, name.given) and gender_fits(row.gender, voice.gender)]
        fits = _narrow(fits, lambda f: f[0].present is not False)
        fits = _narrow(fits, lambda f: same_faction(f[0].faction, voice.faction))
        fits = _narrow(fits, lambda f: f[0].name == voice.attendee)
        fits = _narrow(fits, lambda f: _role_fits(f[0].role, voice.role))
        if not fits and voice.attendee:
            chosen = [row for row in self._present.get(voice.meeting, ()) if row.name == voice.attendee]
            return ("extraction", self._places.get(chosen[0].place)) if len(chosen) == 1 else None
        if len(fits) == 1:
            return "attendance", self._places.get(fits[0][0].place)
        if fits:
            persons = [person for row, _ in fits if (person := self._places.get(row.place))]
            return _Unclear(persons, "several of this name are in the attendance list")
        return None

    def _by_role(self, meeting: str, wanted: str, gender: str | None) -> Hit | None:
        present = [row for row in self._present.get(meeting, ())
                   if row.role and row.present is not False and gender_fits(row.gender, gender)]
        if _is_chair(wanted):
            fits = [row for row in present if _is_chair(_first_part(row.role))]
            fits = fits or [row for row in present if _DEPUTY_CHAIR.search(_first_part(row.role))]
        else:
            fits = [row for row in present if _first_part(row.role) == wanted]
            fits = fits or [row for row in present if _first_part(row.role).startswith(f"{wanted} ")]
        return ("attendance_role", self._places.get(fits[0].place)) if len(fits) == 1 else None

    def by_full_name(self, voice: Voice) -> Hit | _Unclear | None:
        """Persons of the municipality's lists, by full name; else a person of its texts."""
        name = parse_name(voice.name)
        if voice.kind != "person" or name is None or name.given is None:
            return None
        fits = [draft for draft in self._known(voice, name) if any(known.given for known in draft.names)]
        fits = _narrow(fits, lambda draft: faction_label(voice.faction) in draft.factions)
        if len(fits) == 1:
            return "body_full_name", fits[0].person
        if fits:
            return _Unclear([draft.person for draft in fits], "several of this name are in the municipality's lists")
        draft = self._text_person(name_key(voice.source, voice.body, name), voice, "full_name")
        self._in_texts[voice.source, voice.body, family_core(name.family)].append(draft)
        return "text_full_name", draft.person

    def by_family_name(self, voice: Voice) -> Hit | _Unclear | None:
        """Persons of the municipality's lists, then of its texts, by family name."""
        name = parse_name(voice.name)
        if voice.kind != "person" or name is None:
            return None
        fits = _narrow(self._known(voice, name), lambda draft: faction_label(voice.faction) in draft.factions)
        here = [draft for draft in fits if voice.organization in draft.organizations]
        if fits and self._present.get(voice.meeting):
            return _Unclear([draft.person for draft in fits], "the meeting's attendance list does not have this person")
        if len(here) == 1:
            return "committee_family_name", here[0].person
        if len(fits) == 1:
            return "body_family_name", fits[0].person
        if fits:
            return _Unclear([draft.person for draft in here or fits], "several of this family name are in lists")
        texts = {d.person: d for d in self._in_texts.get((voice.source, voice.body, family_core(name.family)), ())
                 if d.fits(name, voice.gender)}
        persons = _narrow(sorted(texts), lambda person: voice.meeting in self._spoken_in[person])
        if len(persons) == 1:
            self._spoken_in[persons[0]].add(voice.meeting)
            return "text_family_name", persons[0]
        return _Unclear(persons, "several of this family name are in texts") if persons else None

    def name_the_rest(
        self, voices: Sequence[Voice], hits: dict[tuple[str, str], Hit],
        unclear: dict[tuple[str, str], tuple[list[str], str]],
    ) -> None:
        """Speakers of whom nothing but the family name is known: one person a committee, name and gender."""
        groups: dict[tuple[str, str | None, str | None, str], list[tuple[Voice, Name]]] = defaultdict(list)
        for voice in voices:
            name = parse_name(voice.name)
            if name:
                groups[voice.source, voice.body, voice.organization, fold(name.family)].append((voice, name))
        for members in groups.values():
            genders = {voice.gender for voice, _ in members if voice.gender}
            factions: dict[str | None, set[str]] = defaultdict(set)
            for voice, _ in members:
                if label := faction_label(voice.faction):
                    factions[voice.gender].add(label)
            labels: set[str] = set().union(*factions.values()) if factions else set()
            chosen: dict[tuple[str, str], str] = {}
            for voice, name in members:
                gender = voice.gender or (next(iter(genders)) if len(genders) == 1 else None)
                label = faction_label(voice.faction)
                split = len(factions.get(gender, labels) if gender else labels) > 1
                if (gender is None and len(genders) > 1) or (split and not label):
                    continue
                extra = "-".join([gender or "x", part(label)] if split else [gender or "x"])
                scope = f"{voice.body or ''} {voice.organization or ''}"
                chosen[voice.item, voice.speaker] = name_key(voice.source, scope, name, extra)
            self._settle(members, chosen, hits, unclear)

    def _settle(
        self, members: list[tuple[Voice, Name]], chosen: dict[tuple[str, str], str], hits: dict[tuple[str, str], Hit],
        unclear: dict[tuple[str, str], tuple[list[str], str]],
    ) -> None:
        in_item: dict[tuple[str, str], int] = defaultdict(int)
        for (item, _), person in chosen.items():
            in_item[item, person] += 1
        for voice, _ in members:
            key = voice.item, voice.speaker
            if key in chosen and in_item[voice.item, chosen[key]] == 1:
                hits[key] = "family_name", self._text_person(chosen[key], voice, "family_name").person
        everyone = sorted({person for (item, _), person in chosen.items() if in_item[item, person] == 1})
        for voice, _ in members:
            key = voice.item, voice.speaker
            if key not in hits:
                unclear[key] = (everyone, "several persons of this family name speak in the committee")

    def take(
        self, known: Sequence[Known], voices: Sequence[Voice], hits: dict[tuple[str, str], Hit],
        unclear: dict[tuple[str, str], tuple[list[str], str]],
    ) -> list[tuple[str, str, str]]:
        """Sets who speakers are by hand. Returns (item, speaker, reason) where it is not certain who is meant."""
        unfit: list[tuple[str, str, str]] = []
        by_key = {(voice.item, voice.speaker): voice for voice in voices}
        for one in known:
            key = one.item, one.speaker
            voice = by_key.get(key)
            if voice is None:
                unfit.append((*key, "a group is no person"))
                continue
            persons = self._meant(one.person, voice)
            if len(persons) > 1:
                unfit.append((*key, f"several persons are called '{one.person}': give the person_id"))
                continue
            unclear.pop(key, None)
            former = hits.pop(key, (None, None))[1]
            if persons:
                hits[key] = "corrected", persons[0]
            if former and not self.drafts[former].rows and former not in {hit[1] for hit in hits.values()}:
                del self.drafts[former]  # nobody but this speaker was called so
        return unfit

    def _meant(self, person: str, voice: Voice) -> list[str]:
        """The persons that a correction means: by key, else by full name; one nobody knew yet is a new one."""
        if not person.strip():
            return []
        name = parse_name(person)
        fits = by_hand.called(self.drafts, voice.source, person)
        if fits or name is None:
            return fits
        return [self._text_person(name_key(voice.source, voice.body, name),
                                  msgspec.structs.replace(voice, name=name.full), "full_name").person]

    # --------------------------------------------------------------- private

    def _known(self, voice: Voice, name: Name) -> list[Draft]:
        drafts = self._by_family.get((voice.source, family_core(name.family)), ())
        return [d for d in drafts if d.body in (None, voice.body) and d.fits(name, voice.gender)]

    def _text_person(self, key: str, voice: Voice, basis: str) -> Draft:
        draft = self.drafts.setdefault(key, Draft(key, voice.source, voice.body, basis))
        draft.spoken[voice.name, voice.gender] = None
        self._spoken_in[key].add(voice.meeting)
        return draft


def _narrow(found: list[T], keep: Callable[[T], bool]) -> list[T]:
    """Those of several that `keep` holds for; all of them where it holds for none."""
    return ([one for one in found if keep(one)] or found) if len(found) > 1 else found


@lru_cache(maxsize=5_000)
def _first_part(role: str | None) -> str:
    return fold(re.split(r"[,(/]", role or "", maxsplit=1)[0])


def _is_chair(role: str) -> bool:
    return bool(_CHAIR.search(role)) and not _NO_CHAIR.search(role)


def _role_fits(one: str | None, other: str | None) -> bool:
    return bool(one and other) and (fold(other or "") in fold(one or "") or fold(one or "") in fold(other or ""))
