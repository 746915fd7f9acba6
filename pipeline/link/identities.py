"""Which rows of lists are the same human being: attendance lists, rosters and persons' own pages.

Part of `link`; pure. The rules, in order; where they leave more than one possibility nothing is decided:

1. The same ALLRIS number in one system is the same person, whatever the name (a marriage).
2. Without a number the same full name in the same municipality is the same person ...
3. ... unless one list has the name twice: then the faction (else the role) tells them apart, everywhere ...
4. ... or the list knows the name as a man's and a woman's: then the gender does.
5. A row without a number whose name exactly one numbered person has is that person; of several, the one
   whose faction fits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from pipeline.link.factions import faction_label
from pipeline.link.names import Name, family_core, fold, gender_fits, given_fits, parse_name
from pipeline.link.records import Candidate, Listed, PersonFound


@dataclass(frozen=True, slots=True)
class _Known:
    """What follows from the rows and texts of a person."""

    names: list[Name]
    gender: str | None
    factions: set[str]
    organizations: set[str | None]


class Draft:
    """A person while evidence is gathered: the list rows that are it, and what follows from them."""

    def __init__(self, person: str, source: str, body: str | None, basis: str) -> None:
        self.person = person
        self.source = source
        self.body = body
        self.basis = basis
        self.rows: list[Listed] = []
        self.spoken: dict[tuple[str, str | None], None] = {}
        """(printed name, gender) as texts name the person: only used where no list does."""
        self.heard: set[str] = set()
        """Genders of the speakers that turned out to be the person: only told, never used for finding."""
        self.called: str | None = None
        """Its name by hand."""
        self.corrected = False
        """Joined or parted by hand."""
        self._known: tuple[tuple[int, int], _Known] | None = None

    @property
    def names(self) -> list[Name]:
        """The parsed names of its rows, the latest row first; without rows those of texts."""
        return self._evidence().names

    @property
    def gender(self) -> str | None:
        """Its gender, where the evidence has exactly one."""
        return self._evidence().gender

    @property
    def factions(self) -> set[str]:
        """The usual names of the factions that its rows print."""
        return self._evidence().factions

    @property
    def organizations(self) -> set[str | None]:
        """The committees that its rows are of."""
        return self._evidence().organizations

    def _evidence(self) -> _Known:
        """What follows from its rows and texts, computed anew when there are others (it is asked for thousands of
        times)."""
        size = len(self.rows), len(self.spoken)
        if self._known is None or self._known[0] != size:
            rows = sorted(self.rows, key=lambda r: (r.date or "", len(r.name), r.name), reverse=True)
            printed = [row.name for row in rows] + sorted({n for n, _ in self.spoken}, key=lambda n: (-len(n), n))
            genders = {row.gender for row in rows if row.gender} or {gender for _, gender in self.spoken if gender}
            self._known = size, _Known(
                names=list(dict.fromkeys(name for name in map(parse_name, printed) if name)),
                gender=next(iter(genders)) if len(genders) == 1 else None,
                factions={label for row in rows if (label := faction_label(row.faction))},
                organizations={row.organization for row in rows})
        return self._known[1]

    def fits(self, name: Name, gender: str | None) -> bool:
        """Whether a name in a text can be this person's."""
        return gender_fits(self.gender, gender) and any(
            family_core(known.family) == family_core(name.family) and given_fits(known.given, name.given)
            for known in self.names
        )

    def found(self) -> PersonFound:
        """The person as a record: the latest name, with a given name if any row has one, the longest titles."""
        names = self.names
        latest = next((name for name in names if name.given), names[0])
        titles = max((name.titles or "" for name in names), key=lambda t: (len(t), t))
        numbers = {row.kplfdnr for row in self.rows if row.kplfdnr is not None}
        printed = {row.name for row in self.rows} or {name for name, _ in self.spoken}
        return PersonFound(
            person=self.person, source=self.source, body=self.body, name=self.called or latest.full,
            family=latest.family, given=latest.given, titles=titles or None,
            gender=self.gender or (next(iter(self.heard)) if len(self.heard) == 1 else None),
            kplfdnr=min(numbers) if numbers else None, names=tuple(sorted(printed)), basis=self.basis,  # type: ignore[arg-type]
            corrected=self.corrected,
        )


def part(text: str | None) -> str:
    """`text` as a part of a key."""
    return fold(text or "").replace(" ", "-") or "-"


def name_key(source: str, body: str | None, name: Name, extra: str = "") -> str:
    """Key of a person known by name: corpus, municipality, family name and given names."""
    last = "-".join(piece for piece in (part(name.family), part(name.given) if name.given else "", extra) if piece)
    return f"{source}/person/{part(body)}/{last}"


def listed_persons(rows: Sequence[Listed]) -> tuple[dict[str, Draft], dict[str, str]]:
    """The persons of `rows` by key, and the person of each row by its place (missing: undecided)."""
    drafts: dict[str, Draft] = {}
    places: dict[str, str] = {}

    def add(row: Listed, key: str, body: str | None, basis: str) -> None:
        draft = drafts.setdefault(key, Draft(key, row.source, body, basis))
        draft.rows.append(row)
        places[row.place] = key

    numbered: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for row in rows:
        name = parse_name(row.name)
        if row.kplfdnr is not None and name:
            key = f"{row.source}/{row.system or '-'}/person/{row.kplfdnr}"
            add(row, key, row.body, "number")
            numbered[row.source, family_core(name.family), fold(name.given or "")].add(key)

    groups: dict[tuple[str, str | None, str, str], list[tuple[Listed, Name]]] = defaultdict(list)
    for row in rows:
        name = parse_name(row.name)
        if row.kplfdnr is not None or name is None:
            continue
        same = numbered.get((row.source, family_core(name.family), fold(name.given or "")), set())
        known = [drafts[key] for key in sorted(same)]
        known = [draft for draft in known if gender_fits(draft.gender, row.gender)]
        if len(known) > 1:
            known = [draft for draft in known if faction_label(row.faction) in draft.factions] or known
        if len(known) == 1:
            add(row, known[0].person, known[0].body, "number")
        elif not known:
            groups[row.source, row.body, fold(name.family), fold(name.given or "")].append((row, name))

    for (source, body, _, _), members in sorted(groups.items(), key=lambda g: (g[0][0], g[0][1] or "", g[0][2:])):
        for row, name, extra in _told_apart(members):
            add(row, name_key(source, body, name, extra), body, "list")
    return drafts, places


def _told_apart(members: list[tuple[Listed, Name]]) -> Iterable[tuple[Listed, Name, str]]:
    """The rows of one name with what tells its bearers apart ("": there is one bearer); undecided rows are left out."""
    genders = {row.gender for row, _ in members if row.gender}
    in_list: dict[str, int] = defaultdict(int)
    for row, _ in members:
        if row.kind == "attendance" and row.meeting:
            in_list[row.meeting] += 1
    twice = any(count > 1 for count in in_list.values())
    seen: dict[tuple[str | None, str], int] = defaultdict(int)
    marked: list[tuple[Listed, Name, str]] = []
    for row, name in members:
        marks = []
        if len(genders) > 1:
            marks.append(row.gender or "")
        if twice:
            marks.append(part(faction_label(row.faction) or row.role) if row.faction or row.role else "")
        if "" in marks:
            continue
        extra = "-".join(marks)
        seen[row.meeting, extra] += 1
        marked.append((row, name, extra))
    for row, name, extra in marked:
        if row.kind != "attendance" or not row.meeting or seen[row.meeting, extra] == 1:
            yield row, name, extra


def changed_names(drafts: Iterable[Draft]) -> list[Candidate]:
    """Pairs that may be one person: same given name, one family name is part of the other, never together."""
    groups: dict[tuple[str, str | None, str], list[tuple[Draft, Name]]] = defaultdict(list)
    for draft in drafts:
        name = draft.names[0] if draft.names else None
        if name and name.given and draft.basis != "number":
            groups[draft.source, draft.body, fold(name.given)].append((draft, name))
    found: list[Candidate] = []
    for members in groups.values():
        for (one, name), (other, second) in combinations(sorted(members, key=lambda m: m[0].person), 2):
            left, right = set(fold(name.family).split()), set(fold(second.family).split())
            together = {row.meeting for row in one.rows} & {row.meeting for row in other.rows} - {None}
            if (left < right or right < left) and not together and gender_fits(one.gender, other.gender):
                found.append(Candidate(
                    source=one.source, person=one.person, other=other.person,
                    reason="same given name, one family name is part of the other, never in one list",
                ))
    return found
