"""What is known about the words that name somebody: functions, titles, given names, parties, groups and bodies.

Reads `lexicon/roles.toml`, `parties.toml` and `names.toml` and answers for a single word form; `naming` and `groups`
put the words together.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from pipeline.extract.wordsets import word_set

LEXICON = Path(__file__).parent / "lexicon"

Gender = Literal["f", "m"]


FINITE, PARTICIPLE, INFINITIVE = 1, 512, 256
"""Bits of `morphology.Morph`, as plain integers for speed."""


SAL, TITLE, ROLE, ADJ, GROUP, PARTY, BODY, PLURAL, QUANT, GIVEN, NOTNAME = (1 << n for n in range(11))


HEADS = SAL | TITLE | ROLE | ADJ | GROUP | PARTY | BODY | QUANT | GIVEN | PLURAL


class _Role(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    masculine: str
    feminine: str
    kind: Literal["chair", "office", "member", "public", "body"]
    office: str
    example: str
    abbreviations: tuple[str, ...] = ()
    abbreviations_m: tuple[str, ...] = ()
    abbreviations_f: tuple[str, ...] = ()
    suffix: bool = False


class _Forms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    forms: tuple[str, ...]
    example: str


class _Groups(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    nouns: tuple[str, ...]
    suffixes: tuple[str, ...]
    example: str
    quantifiers: tuple[str, ...] = ()
    plurals: tuple[str, ...] = ()


class _RolesFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    role: tuple[_Role, ...]
    adjectives: _Forms
    titles: _Forms
    groups: _Groups
    bodies: _Groups
    not_names: _Forms


class _Party(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    label: str
    forms: tuple[str, ...]
    example: str


class _PartiesFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    party: tuple[_Party, ...]


class _NamesFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    female: _Forms
    male: _Forms
    either: _Forms
    particles: _Forms


class Word(NamedTuple):
    """What the lexicons know about a word form; `flags` says in which of them it is."""

    flags: int
    gender: Gender | None = None
    base: str = ""
    office: str = ""
    kind: str = ""
    oblique: bool = False
    plural: bool = False


@lru_cache(maxsize=1)
def _files() -> tuple[_RolesFile, _PartiesFile, _NamesFile]:
    decode = msgspec.toml.decode
    return (
        decode((LEXICON / "roles.toml").read_bytes(), type=_RolesFile),
        decode((LEXICON / "parties.toml").read_bytes(), type=_PartiesFile),
        decode((LEXICON / "names.toml").read_bytes(), type=_NamesFile),
    )


PARTY_OPENING = "*"
"""Base of words that are a party only together with those behind them."""

WEAK = ("ent", "ant", "ist", "oge", "rte", "rat", "bar", "eut", "ekt", "arzt", "ent")
"""Ends of masculine nouns that take *-en* outside the nominative (Präsident, Kommandant, Polizist, Geologe)."""


def _role_forms(role: _Role) -> list[tuple[str, Gender | None, bool, bool]]:
    """(form, gender, oblique, plural) of both genders; gender None where the form fits both."""
    m, f = role.masculine, role.feminine
    forms: list[tuple[str, Gender | None, bool, bool]] = []
    if m == f:  # Mitglied, Vater, Mutter, Hebamme, Gast
        gender: Gender | None = {"Vater": "m", "Mutter": "f", "Hebamme": "f", "Gast": "m"}.get(m)  # type: ignore[assignment]
        return [(m, gender, False, False), (m + "s", gender, True, False), (m + "es", gender, True, False)]
    if m.endswith("er") and f == m[:-1]:  # adjectives: Vorsitzender
        stem = m[:-2]
        return [
            (m, "m", False, False),
            (stem + "e", None, False, False),
            (stem + "en", None, True, False),
            (stem + "em", "m", True, False),
        ]
    forms.append((m, "m", False, False))
    if m == "Beamter" or m.endswith("beamter"):
        forms += [(m[:-1], "m", False, False), (m[:-1] + "n", "m", True, False)]
    elif m.endswith("herr"):
        forms += [(m + "n", "m", True, False), (m + "en", "m", True, True)]
    elif m.endswith(("oge", "rte")):
        forms += [(m + "n", "m", True, True)]
    elif m.endswith(("ent", "ant", "ist", "eut", "ekt", "dat")):
        forms += [(m + "en", "m", True, True)]
    else:
        forms += [(m + "s", "m", True, False), (m + "es", "m", True, False)]
        if m.endswith("rat"):
            forms += [(m[:-3] + "räte", "m", False, True), (m[:-3] + "räten", "m", True, True)]
        elif m.endswith("er"):
            forms += [(m + "n", "m", True, True)]
    forms += [(f, "f", False, False), (f + "nen", "f", False, True)]
    return forms


@lru_cache(maxsize=1)
def _lexicon() -> tuple[dict[str, Word], dict[str, Word], tuple[tuple[str, int], ...]]:
    """Known forms; forms of functions that end compounds, in small letters; suffixes of groups and bodies."""
    roles, parties, names = _files()
    forms: dict[str, Word] = {}
    ends: dict[str, Word] = {}
    for gender, given in (("f", names.female), ("m", names.male), (None, names.either)):
        for form in given.forms:
            forms[form] = Word(GIVEN, gender)  # type: ignore[arg-type]
    for form in roles.not_names.forms:
        forms[form] = Word(NOTNAME)
    for form in roles.groups.plurals:
        forms[form] = Word(PLURAL, plural=True)
    for party in parties.party:
        for form in party.forms:
            if " " not in form:
                forms[form] = Word(PARTY, base=party.label)
    for party in parties.party:
        for form in party.forms:
            if " " in form and form.split(" ", 1)[0] not in forms | {"Die": None, "DIE": None}:
                forms[form.split(" ", 1)[0]] = Word(PARTY, base=PARTY_OPENING)  # Bündnis, Freie
    for form in roles.groups.nouns:
        forms[form] = Word(GROUP, base=form)
    for form in roles.bodies.nouns:
        forms[form] = Word(BODY | (forms[form].flags & PLURAL if form in forms else 0), base=form)
    for role in roles.role:
        if role.kind == "body" or " " in role.masculine:
            for abbreviation, gender in ((role.abbreviations_m, "m"), (role.abbreviations_f, "f")):
                for form in abbreviation:
                    forms[form] = Word(ROLE, gender, form, role.office, role.kind)  # type: ignore[arg-type]
            continue
        for form, gender, oblique, plural in _role_forms(role):
            base = role.feminine if gender == "f" else role.masculine
            known = forms.get(form)
            extra = known.flags & (BODY | PLURAL) if known else 0
            value = Word(ROLE | extra, gender, base, role.office, role.kind, oblique, plural)
            if not known or not known.flags & ROLE:
                forms[form] = value
            if role.suffix:
                ends.setdefault(form.lower(), value)
        for abbreviations, gender in (
            (role.abbreviations, None),
            (role.abbreviations_m, "m"),
            (role.abbreviations_f, "f"),
        ):
            for form in (*abbreviations, *(a + "." for a in abbreviations if a.isalpha() and len(a) <= 4)):
                forms[form] = Word(ROLE, gender, form, role.office, role.kind)  # type: ignore[arg-type]
        for form in (*role.abbreviations, *role.abbreviations_m):
            if form.isalpha() and role.kind in {"chair", "office", "member"}:
                for ending in ("'in", "’in", "in", ":in", "*in", "/in"):  # OBM'in, BMin
                    forms.setdefault(form + ending, Word(ROLE, "f", form, role.office, role.kind))
    for form in roles.groups.plurals:  # Elternvertreter: one or several
        if not forms[form].flags & (ROLE | BODY):
            for size in range(min(len(form), 24), 3, -1):
                known_end = ends.get(form.lower()[-size:])
                if known_end is not None:
                    base = _compound_base(form, form.lower()[-size:], known_end)
                    forms[form] = known_end._replace(flags=ROLE | PLURAL, base=base)
                    break
    for form in roles.adjectives.forms:
        forms[form] = Word(ADJ)
    for form in roles.titles.forms:
        forms[form] = Word(TITLE)
    for form in roles.groups.quantifiers:
        forms[form] = Word(QUANT)
    for form, gender in (("Herr", "m"), ("Herrn", "m"), ("Hr.", "m"), ("Hrn.", "m"), ("Frau", "f"), ("Fr.", "f")):
        forms[form] = Word(SAL, gender, oblique=form in {"Herrn", "Hrn."})  # type: ignore[arg-type]
    exact = sorted(roles.groups.suffixes, key=lambda suffix: -len(suffix))
    suffixes = (
        *((suffix, GROUP) for suffix in exact if suffix != "vertretung"),
        *((suffix, BODY) for suffix in roles.bodies.suffixes),
        ("vertretung", GROUP),  # Jugendvertretung; Gemeindevertretung is a body
    )
    return forms, ends, suffixes


class _Words(dict[str, "Word | None"]):
    """Form to what is known about it, filled as forms are met: a memo of a pure function."""

    def __missing__(self, form: str) -> Word | None:
        value = _know(form)
        if len(self) < CACHE_SIZE:
            self[form] = value
        return value


CACHE_SIZE = 100_000


def _know(form: str) -> Word | None:
    forms, ends, suffixes = _lexicon()
    known = forms.get(form)
    if known is not None:
        return known
    if not form[:1].isupper() or len(form) < 4:
        return None
    lower = form.lower()
    first, _, second = form.partition("-")
    if second and (one := forms.get(first)) is not None and one.flags & GIVEN:
        other = forms.get(second)
        if other is not None and other.flags & GIVEN:  # Anna-Lena
            return Word(GIVEN, other.gender or one.gender, form)
    for size in range(min(len(lower) - 2, 24), 3, -1):
        known = ends.get(lower[-size:])
        if known is not None and not form[-size:].isupper():
            return known._replace(base=_compound_base(form, lower[-size:], known), flags=ROLE)
    if lower.endswith(("rätin", "rätinnen")) and len(form) > 6:
        return Word(ROLE, "f", form, form.lower().replace("rätin", "rat"), "office", plural=lower.endswith("innen"))
    for suffix, flag in suffixes:
        if lower.endswith((suffix, suffix + "s", suffix + "es", suffix + "en")):
            return Word(flag, base=form)
    return None


def _compound_base(form: str, end: str, known: Word) -> str:
    """The base of a compound: *Jugendhilfeplanern* -> *Jugendhilfeplaner*."""
    head = form[: len(form) - len(end)]
    base = known.base
    return head + (base.lower() if head and head[-1] not in "-/" else base)


WORDS = _Words()


def word(form: str) -> Word | None:
    """What the lexicons know about a form; None for an ordinary word."""
    return WORDS[form]


@lru_cache(maxsize=1)
def particles() -> frozenset[str]:
    """Parts of surnames written small: *von*, *der*."""
    return frozenset(_files()[2].particles.forms)


def roles() -> tuple[_Role, ...]:
    """All entries of `lexicon/roles.toml`."""
    return _files()[0].role


@lru_cache(maxsize=1)
def party_forms() -> dict[str, str]:
    """Spelling to label of all known parties, also those of several words."""
    return {form: party.label for party in _files()[1].party for form in party.forms}


_ABSTRACT = (
    "ung",
    "ungen",
    "heit",
    "keit",
    "keiten",
    "tion",
    "tionen",
    "tät",
    "ismus",
    "schaft",
    "nis",
    "nisse",
    "anz",
    "enz",
    "ment",
)


_SURNAMES_TOO = word_set("surnames_too")


NEVER_NAMES = word_set("never_names")


def is_name(form: str, *, after_salutation: bool) -> bool:
    """Whether a token can be (part of) a surname or given name at this place."""
    if not form[0].isupper() or (len(form) < 2 and not after_salutation):
        return False
    known = WORDS[form]
    if known is not None:
        if known.flags & GIVEN:
            return True
        if after_salutation:
            return not known.flags & (SAL | TITLE | ADJ | QUANT) and form not in NEVER_NAMES
        return False
    if not form[-1].isalpha() and form[-1] not in ".'’":
        return False
    if form[-1] == "." and not is_initial(form):
        return False
    if not after_salutation:
        if len(form) > 7 and form.endswith(_ABSTRACT):
            return False
        if form.isupper() and len(form) > 1 and form[-1] != ".":
            return False
    return True


def is_initial(form: str) -> bool:
    """Whether a token is an initial or a shortened name (`K.`, `H.-O.`, `Chr.`)."""
    return form[-1:] == "." and len(form) <= 6 and form[0].isupper()


def surname_too(form: str, info: Word) -> bool:
    """Whether a function can be a surname (*Erste Stadträtin Förster*, *Beigeordnete Baumgärtner*)."""
    return form in _SURNAMES_TOO or (
        info.gender == "m"
        and not info.oblique
        and "-" not in form
        and form.lower().endswith(("gärtner", "förster", "richter", "pfleger", "wirt", "arzt", "bürger", "meister"))
        and info.kind in {"public", "office"}
        and not form.lower().endswith(("bürgermeister", "brandmeister", "baumeister"))
    )


def adjectives_gender(roles: Sequence[str]) -> Gender | None:
    """Gender that an ordinal before a neutral function shows: *Erste* f, *Erster* m."""
    for role in roles:
        first = role.split(" ", 1)[0]
        if first in {"Erster", "Zweiter", "Dritter", "stellvertretender", "sachkundiger", "Technischer"}:
            return "m"
        if first in {"Erste", "Zweite", "Dritte", "stellvertretende", "sachkundige", "Technische"}:
            return "f"
    return None


_POINTERS = (
    "anwesend",
    "weiter",
    "nächst",
    "neu",
    "ander",
    "zuständig",
    "künftig",
    "bisherig",
    "damalig",
    "ehemalig",
    "scheidend",
    "amtierend",
    "gewählt",
    "betroffen",
    "städtisch",
)


def without_pointers(role: str) -> str:
    """A function without adjectives that belong to the situation, not to it (*weitere*, *anwesender*)."""
    parts = role.split(" ")
    while len(parts) > 1 and parts[0].lower().startswith(_POINTERS):
        parts = parts[1:]
    return " ".join(parts)


def nominative_role(role: str, head: Word | None, gender: Gender | None) -> str:
    """A function in the nominative: *Stadtverordneten* -> *Stadtverordnete(r)*."""
    if head is None:
        return role
    last = role.rsplit(" ", 1)
    known = WORDS[last[-1]]
    if known is None or not (known.oblique or (known.gender is None and gender == "m" and known.base.endswith("er"))):
        return role
    base = known.base
    if known.gender is None and base.endswith("er") and gender == "f":
        base = base[:-1]
    last[-1] = base
    return " ".join(last)
