"""Resolves mentions to speakers: one record for each person, function or group of an item.

Sits between `naming` (what a sentence names) and `statements` (who says it). Forms of one person are joined (full
name and surname, with and without function, *LR Harms* and *der Landrat*, case endings), two persons of one surname are
kept apart by given name, gender, party or function. Attendance list and roster, where the meeting has them, add
faction, gender and identity; what fits several attendees is recorded as such and not decided.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from pipeline.extract.mentions import Mention
from pipeline.extract.namelist import Gender, party_forms, word
from pipeline.records import Attendee, ItemContext, Speaker, SpeakerKind

_TITLES = re.compile(r"\b(?:Dr|Prof|Dipl|Ing|med|h\.c|jur|phil|rer|nat)\.(?:-\w{1,6}\.)?\s?|\b(?:Herrn?|Frau)\s")
_ENDINGS = re.compile(r"(?:in|er|en|e|n|s)$")
_COUNT = itemgetter(1)


@dataclass(slots=True)
class Entry:
    """A speaker while the item is read."""

    id: str
    kind: SpeakerKind
    name: str
    key: str
    first: str = ""
    genders: Counter[Gender] = field(default_factory=Counter)
    role: str | None = None
    role_keys: set[str] = field(default_factory=set)
    offices: set[str] = field(default_factory=set)
    role_kinds: set[str] = field(default_factory=set)
    faction: str | None = None
    unit: str | None = None
    forms: list[str] = field(default_factory=list)
    plural: bool = False
    chair: bool = False
    seen: int = 0
    mentions: int = 0

    @property
    def gender(self) -> Gender | None:
        """The gender that the text shows; None where it shows none."""
        return max(self.genders.items(), key=_COUNT)[0] if self.genders else None


def role_key(role: str) -> str:
    """A function without inflection and gender, to compare: *Ausschussvorsitzender* = *Ausschussvorsitzende*."""
    head = role.split(" ", 1)
    parts = []
    for token in role.split():
        known = word(token)
        base = known.base if known is not None and known.base else token
        parts.append(_ENDINGS.sub("", base.lower().removesuffix("in").rstrip("'’")))
    return " ".join(parts) if parts else head[0].lower()


def party_key(label: str | None) -> str | None:
    """A party's label to compare: known spellings become one."""
    if label is None:
        return None
    bare = label.replace("-Fraktion", "").replace("Fraktion ", "").replace("fraktion", "").strip(" -")
    known = party_forms()
    return known.get(label) or known.get(bare) or bare.casefold()


def _slug(text: str) -> str:
    table = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
    return re.sub(r"[^a-z0-9]+", "-", text.casefold().translate(table)).strip("-") or "speaker"


class Registry:
    """The speakers of one item. First `learn` every mention of the item, then `link`, then ask with `entry_of`."""

    def __init__(self, context: ItemContext) -> None:
        self.context = context
        self.entries: dict[str, Entry] = {}
        self._persons: dict[str, list[Entry]] = {}
        self._roles: dict[tuple[str, Gender | None], Entry] = {}
        self._groups: dict[str, Entry] = {}
        self._pending: list[Mention] = []
        self._clock = 0
        self._same: dict[str, str] = {}

    # ------------------------------------------------------------------ learning

    def learn(self, mention: Mention) -> None:
        """Take in a mention: persons and groups at once, functions wait for `link`."""
        if mention.kind == "person":
            mention.speaker = self._person(mention).id
        elif mention.kind == "role":
            self._pending.append(mention)
        elif mention.kind == "group":
            mention.speaker = self._group(mention).id

    def link(self) -> None:
        """Give functions without a name to the person who bears them, where exactly one does."""
        self._merge_spellings()
        for mention in self._pending:
            entry = None if mention.indefinite else self._bearer(mention)
            mention.speaker = (entry or self._role(mention)).id
        self._pending = []

    def surnames(self) -> frozenset[str]:
        """Last names of all persons learnt, as they stand."""
        return frozenset(
            e.name.rsplit(" ", 1)[-1] for e in self.entries.values() if e.kind == "person" and len(e.key) > 2
        )

    def _new(self, kind: SpeakerKind, name: str, key: str) -> Entry:
        base = _slug(name if kind != "person" else key)
        ident, number = base, 1
        while ident in self.entries:
            number += 1
            ident = f"{base}-{number}"
        entry = self.entries[ident] = Entry(ident, kind, name, key)
        return entry

    def _person(self, mention: Mention) -> Entry:
        self._clock += 1
        key = mention.surname.rsplit(" ", 1)[-1].casefold().rstrip(".")
        candidates = self._persons.get(key, [])
        if not candidates and len(key) > 3 and key[-1] in "s’'" and key[:-1] in self._persons:
            key = key[:-1]
            candidates = self._persons[key]
        if not candidates and " " in mention.surname:
            candidates = [
                e for e in self.entries.values() if e.kind == "person" and _abbreviates(mention.surname, e.name)
            ]
        fitting = [entry for entry in candidates if self._fits(entry, mention)]
        if len(fitting) > 1:
            exact = [e for e in fitting if _same_first(e.first, mention.first) and bool(e.first) == bool(mention.first)]
            role = [e for e in fitting if mention.role and role_key(mention.role) in e.role_keys]
            fitting = role or exact or fitting
            fitting.sort(key=lambda e: -e.seen)
        if fitting:
            entry = fitting[0]
        else:
            entry = self._new("person", mention.name, key)
            self._persons.setdefault(key, []).append(entry)
        entry.seen = self._clock
        entry.mentions += 1
        self._absorb(entry, mention)
        return entry

    @staticmethod
    def _fits(entry: Entry, mention: Mention) -> bool:
        if mention.gender and entry.gender and mention.gender != entry.gender:
            return False
        if mention.first and entry.first:
            if not _same_first(entry.first, mention.first):
                return False
        elif (
            mention.first[-1:] == "."
            and entry.role_kinds & {"office", "chair"}
            and mention.role_kind not in {"office", "chair"}
        ):
            return False  # an initial tells a second bearer of the name from the official (LR Harms, Herr K. Harms)
        elif (
            entry.first[-1:] == "."
            and mention.role_kind in {"office", "chair"}
            and not entry.role_kinds & {"office", "chair"}
        ):
            return False
        return not (mention.faction and entry.faction and party_key(mention.faction) != party_key(entry.faction))

    def _absorb(self, entry: Entry, mention: Mention) -> None:
        if mention.gender:
            entry.genders[mention.gender] += 2 if mention.salutation else 1
        if mention.first and len(mention.first.rstrip(".")) > len(entry.first.rstrip(".")):
            entry.first = mention.first
            entry.name = mention.name
        if mention.role:
            entry.role = entry.role or mention.role
            entry.role_keys.add(role_key(mention.role))
            entry.offices.add(mention.office)
            entry.role_kinds.add(mention.role_kind)
        entry.faction = entry.faction or mention.faction
        entry.unit = entry.unit or mention.unit
        if mention.form and mention.form not in entry.forms:
            entry.forms.append(mention.form)

    def _group(self, mention: Mention) -> Entry:
        party = party_key(mention.faction) if mention.faction else None
        key = f"party {party}" if party else _ENDINGS.sub("", mention.name.casefold())
        entry = self._groups.get(key)
        if (
            entry is None and " " not in mention.name and not party
        ):  # die Initiative, after: die Initiative Malerviertel
            same = [e for e in self._groups.values() if e.name.startswith(mention.name + " ")]
            entry = same[0] if len(same) == 1 else None
        if entry is None:
            entry = self._groups[key] = self._new("group", mention.name, key)
            entry.plural = mention.plural
        entry.faction = entry.faction or mention.faction
        if mention.form and mention.form not in entry.forms:
            entry.forms.append(mention.form)
        return entry

    # -------------------------------------------------------------------- linking

    def _bearer(self, mention: Mention) -> Entry | None:
        key = role_key(mention.role or mention.name)
        fitting: list[tuple[int, Entry]] = []
        for entry in self.entries.values():
            if entry.kind != "person" or not entry.role_keys:
                continue
            if mention.gender and entry.gender and mention.gender != entry.gender:
                continue
            rank = max((_same_office(key, mention, other, entry) for other in entry.role_keys), default=0)
            if rank:
                fitting.append((rank, entry))
        if not fitting:
            return None
        best = max(rank for rank, _ in fitting)
        top = [entry for rank, entry in fitting if rank == best]
        return top[0] if len(top) == 1 else None

    def _role(self, mention: Mention) -> Entry:
        name = mention.name
        key = (role_key(name), mention.gender)
        entry = self._roles.get(key)
        if entry is None and mention.gender is None:
            entry = next((e for (k, _), e in self._roles.items() if k == key[0]), None)
        if entry is None and mention.role_kind == "chair":
            # Vorsitzender and Ausschussvorsitzender of one meeting are one
            entry = next(
                (
                    e
                    for e in self._roles.values()
                    if mention.office in e.offices
                    and "chair" in e.role_kinds
                    and e.gender == mention.gender
                    and (
                        e.key.split(" ", 1)[0].endswith(key[0].split(" ", 1)[0])
                        or key[0].split(" ", 1)[0].endswith(e.key.split(" ", 1)[0])
                    )
                ),
                None,
            )
            if entry is not None and " " in name and " " not in entry.name:
                entry.name = name
        if entry is None:
            entry = self._new("role", name, key[0])
        self._roles[key] = entry
        if mention.gender:
            entry.genders[mention.gender] += 1
        entry.role = entry.role or mention.role or name
        entry.offices.add(mention.office)
        entry.role_kinds.add(mention.role_kind)
        entry.faction = entry.faction or mention.faction
        if mention.form and mention.form not in entry.forms:
            entry.forms.append(mention.form)
        return entry

    def _merge_spellings(self) -> None:
        """One surname spelled two ways (*Wegner*, *Wegener*): a form met once, of whom nothing else is known, joins
        another that differs by one letter inside the word. Two attendees of these names stay two."""
        attended = {_attendee_name(a)[0] for a in self.context.attendees}
        persons = [e for e in self.entries.values() if e.kind == "person" and len(e.key) >= SPELLING_LENGTH]
        for rare in persons:
            if rare.mentions != 1 or rare.first or rare.role_keys or rare.faction or rare.unit or rare.id in self._same:
                continue
            others = [
                e
                for e in persons
                if e is not rare
                and e.mentions > 1
                and e.id not in self._same
                and e.gender == rare.gender
                and _one_letter_apart(rare.key, e.key)
                and not {rare.key, e.key} <= attended
            ]
            if len(others) == 1:
                self._same[rare.id] = others[0].id
                others[0].forms.extend(form for form in rare.forms if form not in others[0].forms)

    def who(self, ident: str) -> str:
        """The id under which a speaker goes on, where two spellings were joined."""
        return self._same.get(ident, ident)

    # ------------------------------------------------------------------ attendees

    def speakers(self) -> dict[str, Speaker]:
        """The entries as records, with what the attendance list adds."""
        found: dict[str, Speaker] = {}
        attendees = [(i, a, *_attendee_name(a)) for i, a in enumerate(self.context.attendees)]
        for entry in self.entries.values():
            candidates = self._candidates(entry, attendees)
            only: Attendee | None = self.context.attendees[candidates[0]] if len(candidates) == 1 else None
            member = only or self._member(entry)
            gender = entry.gender or (member.gender if member else None)
            found[entry.id] = Speaker(
                id=entry.id,
                kind=entry.kind,
                name=entry.name,
                gender=gender if entry.kind != "group" else None,
                role=entry.role
                or (entry.unit if entry.kind == "person" else None)
                or (member.role if member else None),
                faction=entry.faction or (member.faction if member else None),
                forms=tuple(entry.forms),
                attendee=candidates[0] if len(candidates) == 1 else None,
                candidates=tuple(candidates) if len(candidates) > 1 else (),
            )
        return found

    def _candidates(self, entry: Entry, attendees: Sequence[tuple[int, Attendee, str, str]]) -> list[int]:
        if entry.kind == "group":
            return []
        if entry.kind == "role":
            if "chair" not in entry.role_kinds:
                return []
            return [
                i
                for i, a, _, _ in attendees
                if a.role
                and "vorsitz" in a.role.casefold()
                and "stell" not in a.role.casefold()
                and _agree(a.gender, entry.gender)
            ]
        fitting = [
            (i, a, first) for i, a, last, first in attendees if last == entry.key and _agree(a.gender, entry.gender)
        ]
        if len(fitting) > 1 and entry.first:
            fitting = [f for f in fitting if _same_first(f[2], entry.first)] or fitting
        if len(fitting) > 1 and entry.faction:
            fitting = [f for f in fitting if party_key(f[1].faction) == party_key(entry.faction)] or fitting
        return [i for i, _, _ in fitting]

    def _member(self, entry: Entry) -> Attendee | None:
        if entry.kind != "person":
            return None
        fitting = [
            m for m in self.context.members if _attendee_name(m)[0] == entry.key and _agree(m.gender, entry.gender)
        ]
        return fitting[0] if len(fitting) == 1 else None


SPELLING_LENGTH = 5
"""Shortest surname whose misspelling is recognised; shorter ones differ by one letter too often (Bock, Beck)."""


def _one_letter_apart(one: str, other: str) -> bool:
    """Whether two names differ by one letter inside the word (Schmid and Schmidt stay two)."""
    if one == other or one[0] != other[0] or one[-1] != other[-1] or abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    if len(one) == len(other):
        return one[start + 1 :] == other[start + 1 :] and start < len(one) - 1
    short, long = sorted((one, other), key=len)
    return short[start:] == long[start + 1 :]


def _agree(one: str | None, other: str | None) -> bool:
    return one is None or other is None or one == other


def _attendee_name(attendee: Attendee) -> tuple[str, str]:
    """Last name in small letters, and given names (`Koch, Lothar` and `Dr. Lothar Koch` alike)."""
    name = _TITLES.sub("", attendee.name).strip()
    if "," in name:
        last, first = (part.strip() for part in name.split(",", 1))
    else:
        first, _, last = name.rpartition(" ")
    return last.rsplit(" ", 1)[-1].casefold(), first


def _same_first(one: str, other: str) -> bool:
    """Whether given names can be the same: equal, or one the initial of the other, or one missing."""
    if not one or not other or one == other:
        return True
    a, b = one.rstrip("."), other.rstrip(".")
    if one.endswith(".") or other.endswith("."):
        a, b = sorted((a, b), key=len)
        return b.startswith(a.split(".")[0])
    return a in b.split() or b in a.split()


def _abbreviates(short: str, long: str) -> bool:
    """Whether *von C. und N.* abbreviates *von Carow und Nedlitz*."""
    a, b = short.split(), long.split()
    if len(a) != len(b) or ("." not in short and "." not in long):
        return False
    return all(
        x == y or (x.endswith(".") and y.startswith(x[:-1])) or (y.endswith(".") and x.startswith(y[:-1]))
        for x, y in zip(a, b, strict=True)
    )


def _same_office(key: str, mention: Mention, other: str, entry: Entry) -> int:
    """How well a function without a name fits one that a person bears: 3 equal, 2 the other's head, 1 same office."""
    if key == other:
        return 3
    short, long = sorted((key, other), key=len)
    chairs = mention.role_kind == "chair" and "chair" in entry.role_kinds
    if " " not in long and long.endswith(short) and (len(other) >= len(key) or chairs):
        return 2
    if " " in long and chairs and (long.split(" ", 1)[0].endswith(short) or short.endswith(long.split(" ", 1)[0])):
        tail = long.split(" ", 1)[1]
        return (
            2
            if any(
                part in tail
                for part in ("kreistag", "rat", "ausschuss", "bvv", "svv", "versammlung", "bürgerschaft", "vertretung")
            )
            and "personal" not in tail
            and "eltern" not in tail
            else 0
        )
    if mention.office in entry.offices and mention.role_kind != "member":
        last = (mention.role or "").rsplit(" ", 1)[-1]
        abbreviated = (
            (other.isalpha() and len(other) <= 6) or any(len(k) <= 6 for k in entry.role_keys) or len(last) <= 4
        )
        if abbreviated or last.lower().startswith(mention.office[:6]):
            return 1
        if mention.office in {"leiter"}:
            return 1
    return 0
