"""Finds who is named in a sentence: persons, functions, groups and deliberating bodies, with their spans.

Used by `speakers` (which resolves mentions to speakers) and `statements` (which asks where in the clause a
mention stands). A small grammar over tokens: determiner, adjectives, salutation, function, titles, given
names and particles, surname, bracket or apposition. The word lists are `lexicon/roles.toml`, `parties.toml` and
`names.toml`; what is no name there is never made one: an ordinary noun after a function is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from pipeline.extract.morphology import bits

LEXICON = Path(__file__).parent / "lexicon"

Gender = Literal["f", "m"]
MentionKind = Literal["person", "role", "group", "body"]

FINITE, PARTICIPLE, INFINITIVE = 1, 512, 256
"""Bits of `morphology.Morph`, as plain integers for speed."""

SAL, TITLE, ROLE, ADJ, GROUP, PARTY, BODY, PLURAL, QUANT, GIVEN, NOTNAME = (1 << n for n in range(11))
_HEADS = SAL | TITLE | ROLE | ADJ | GROUP | PARTY | BODY | QUANT | GIVEN | PLURAL


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


@dataclass(slots=True)
class Mention:
    """Somebody named in a sentence. `start`/`end` are token indexes of the whole phrase, `core` the end without
    bracket and apposition. `name` has neither salutation nor titles nor article."""

    start: int
    end: int
    core: int
    kind: MentionKind
    name: str
    surname: str = ""
    first: str = ""
    gender: Gender | None = None
    role: str | None = None
    office: str = ""
    role_kind: str = ""
    faction: str | None = None
    unit: str | None = None
    salutation: bool = False
    nominative: bool = True
    """It can be the subject: no *Herrn*, no article in another case, no preposition before it."""
    preposition: str = ""
    indefinite: bool = False
    plural: bool = False
    form: str = ""
    speaker: str = field(default="")
    """Id of the speaker that `speakers.Registry` found for it."""


@lru_cache(maxsize=1)
def _files() -> tuple[_RolesFile, _PartiesFile, _NamesFile]:
    decode = msgspec.toml.decode
    return (
        decode((LEXICON / "roles.toml").read_bytes(), type=_RolesFile),
        decode((LEXICON / "parties.toml").read_bytes(), type=_PartiesFile),
        decode((LEXICON / "names.toml").read_bytes(), type=_NamesFile),
    )


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
        return [(m, "m", False, False), (stem + "e", None, False, False), (stem + "en", None, True, False), (stem + "em", "m", True, False)]
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
        for abbreviations, gender in ((role.abbreviations, None), (role.abbreviations_m, "m"), (role.abbreviations_f, "f")):
            for form in abbreviations:
                forms[form] = Word(ROLE, gender, form, role.office, role.kind)  # type: ignore[arg-type]
    for form in roles.groups.plurals:  # Elternvertreter: one or several
        if not forms[form].flags & (ROLE | BODY):
            for size in range(min(len(form), 24), 3, -1):
                value = ends.get(form.lower()[-size:])
                if value is not None:
                    base = _compound_base(form, form.lower()[-size:], value)
                    forms[form] = value._replace(flags=ROLE | PLURAL, base=base)
                    break
    for form in roles.adjectives.forms:
        forms[form] = Word(ADJ)
    for form in roles.titles.forms:
        forms[form] = Word(TITLE)
    for form in roles.groups.quantifiers:
        forms[form] = Word(QUANT)
    for form, gender in (("Herr", "m"), ("Herrn", "m"), ("Hr.", "m"), ("Hrn.", "m"), ("Frau", "f"), ("Fr.", "f")):
        forms[form] = Word(SAL, gender, oblique=form in {"Herrn", "Hrn."})  # type: ignore[arg-type]
    suffixes = tuple((suffix, GROUP) for suffix in roles.groups.suffixes) + tuple((suffix, BODY) for suffix in roles.bodies.suffixes)
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
    for size in range(min(len(lower) - 2, 24), 3, -1):
        known = ends.get(lower[-size:])
        if known is not None and not form[-size:].isupper():
            return known._replace(base=_compound_base(form, lower[-size:], known), flags=ROLE)
    if lower.endswith(("rätin", "rätinnen")) and len(form) > 6:
        return Word(ROLE, "f", form, form.lower().replace("rätin", "rat"), "office", plural=lower.endswith("innen"))
    for suffix, flag in suffixes:
        if lower.endswith(suffix) or lower.endswith((suffix + "s", suffix + "es", suffix + "en")):
            return Word(flag, base=form)
    return None


def _compound_base(form: str, end: str, known: Word) -> str:
    """The base of a compound: *Jugendhilfeplanern* -> *Jugendhilfeplaner*."""
    head = form[: len(form) - len(end)]
    base = known.base
    return head + (base.lower() if head and head[-1] not in "-/" else base)


_WORDS = _Words()


def word(form: str) -> Word | None:
    """What the lexicons know about a form; None for an ordinary word."""
    return _WORDS[form]


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


_ABSTRACT = ("ung", "ungen", "heit", "keit", "keiten", "tion", "tionen", "tät", "ismus", "schaft", "nis", "nisse", "anz", "enz", "ment")
_DETERMINERS: dict[str, tuple[bool, Gender | None, bool]] = {
    # article -> (may be nominative before a man's function, -, indefinite)
    "der": (True, "m", False), "die": (True, "f", False), "das": (True, None, False), "den": (False, None, False), "dem": (False, "m", False),
    "des": (False, "m", False), "ein": (True, "m", True), "eine": (True, "f", True), "einen": (False, "m", True), "einem": (False, "m", True),
    "eines": (False, "m", True), "einer": (False, "f", True), "dieser": (True, "m", False), "diese": (True, "f", False),
    "zum": (False, "m", False), "zur": (False, "f", False), "vom": (False, "m", False), "beim": (False, "m", False), "am": (False, None, False),
}
_SINGULAR_DETERMINERS = frozenset(("den", "dem", "des", "einen", "einem", "eines", "vom", "zum", "beim"))
PREPOSITIONS = frozenset(
    "von vom mit durch an bei beim für laut lt. zu zum zur aus nach seitens vonseiten gegen über ohne um vor unter auf in im wegen namens "
    "zwischen gemeinsam gegenüber samt neben statt anstelle trotz dank per aufgrund hinter anstatt Von Vom Mit Durch An Bei Beim Für Laut Lt. "
    "Zu Zum Zur Aus Nach Seitens Vonseiten Gegen Über Ohne Um Auf In Im Wegen Namens Gegenüber Neben Statt".split()
)
_SURNAMES_TOO = frozenset(
    "Richter Förster Gärtner Bürger Schüler Lehrer Wirt Nachbar Pfarrer Wart Gast Händler Berater Vater Mutter Pfleger Arzt Anwalt Senior Student "
    "Landwirt Beamter Meister Kommandant Baumeister Amtsberg".split()
)
_NEVER_NAMES = frozenset("Ihnen Ihr Ihre Sie Er Es Der Die Das Dem Den Ein Eine Einen Alle Alles Beide Beides Folgendes TOP Uhr".split())
_RELATIONAL = frozenset(
    "leiter vertreter sprecher vorsitz präsident vizepräsident vorsteher beauftragter geschäftsführer direktor rektor koordinator dezernent manager "
    "mitarbeiter kommandant wehrführer brandmeister vorstand obmann senator minister mitglied fraktionsvorsitz referent planer".split()
)
MAX_APPOSITION = 14
"""Longest apposition between commas, in tokens; the longest in the annotated minutes has 10."""
MAX_BRACKET = 14
MAX_ATTACHMENT = 9
"""Longest genitive or prepositional attachment of a function (*Leiterin des Kommunalen Integrationszentrums*)."""


def is_name(form: str, *, after_salutation: bool) -> bool:
    """Whether a token can be (part of) a surname or given name at this place."""
    if not form[0].isupper() or (len(form) < 2 and not after_salutation):
        return False
    known = _WORDS[form]
    if known is not None:
        if known.flags & GIVEN:
            return True
        if after_salutation:
            return not known.flags & (SAL | TITLE | ADJ | QUANT) and form not in _NEVER_NAMES
        return False
    if not form[-1].isalpha() and form[-1] not in ".'’":
        return False
    if form[-1] == "." and not _is_initial(form):
        return False
    if not after_salutation:
        if len(form) > 7 and form.endswith(_ABSTRACT):
            return False
        if form.isupper() and len(form) > 1 and form[-1] != ".":
            return False
    return True


def _is_initial(form: str) -> bool:
    return form[-1:] == "." and len(form) <= 6 and form[0].isupper()


def find_mentions(words: Sequence[str], morph: Sequence[int], known: Collection[str] = (), places: Collection[str] = ()) -> list[Mention]:
    """All mentions of a sentence, in order, not overlapping.

    `known`: surnames already met in the item, which may stand bare (*so Hinz*). `places`: words of the body's and
    organisation's names, which are no surnames (*Ortschaftsrat Niederlohsa*).
    """
    found: list[Mention] = []
    i, size = 0, len(words)
    lookup = _WORDS
    while i < size:
        form = words[i]
        info = lookup[form]
        if info is not None and info.flags & _HEADS:
            mention = _mention(words, morph, i, info, known, places)
            if mention is not None:
                if found and mention.start < found[-1].end:
                    mention.start = found[-1].end
                found.append(mention)
                i = max(mention.end, i + 1)
                continue
        elif i == 0 and size > 4 and words[1] == "/" and form.isupper() and words[2][0].isupper() and words[2].replace("-", "").isupper() and morph[3] & FINITE:
            code = f"{form}/{words[2]}"
            found.append(Mention(0, 3, 3, "role", code, role=code, office=code.lower(), role_kind="office", form=code))
            i = 3
            continue
        elif i == 0 and size > 4 and words[1] == "(" and form[0].isupper() and (mention := _bracketed(words, morph)) is not None:
            found.append(mention)
            i = mention.end
            continue
        elif known and form in known and form[0].isupper():
            mention = _bare(words, morph, i)
            found.append(mention)
            i = mention.end
            continue
        i += 1
    return found


def _bracketed(words: Sequence[str], morph: Sequence[int]) -> Mention | None:
    """*Martens (Freie Wähler) mahnte*: a surname alone at the start, told by bracket and verb."""
    if not is_name(words[0], after_salutation=False):
        return None
    mention = Mention(0, 1, 1, "person", words[0], surname=words[0], form=words[0], role_kind="member")
    _after(words, morph, mention)
    mention.role_kind = ""
    if mention.end > 3 and mention.end < len(words) and morph[mention.end] & FINITE and (mention.faction or mention.unit):
        return mention
    return None


def _bare(words: Sequence[str], morph: Sequence[int], i: int) -> Mention:
    before = words[i - 1] if i else ""
    mention = Mention(i, i + 1, i + 1, "person", words[i], surname=words[i], form=words[i])
    if before in PREPOSITIONS:
        mention.nominative, mention.preposition = False, before
    _after(words, morph, mention)
    return mention


def _mention(
    words: Sequence[str], morph: Sequence[int], i: int, info: Word, known: Collection[str], places: Collection[str]
) -> Mention | None:
    size = len(words)
    flags = info.flags
    if flags & QUANT:
        return _quantified(words, i)
    if flags & PLURAL and not flags & (ROLE | BODY | GROUP):
        return _several(words, i)
    if flags & (GROUP | PARTY) and not flags & ROLE:
        return _group(words, morph, i, info)
    if flags & GIVEN:
        return _full_name(words, morph, i, info, known)
    if flags & BODY and not flags & ROLE:
        if flags & PLURAL and not (i and words[i - 1].lower() in _DETERMINERS):
            return None
        nominative, preposition = _case(words, i, None, words[i].endswith(("ung", "schaft")))
        start = i - 1 if i and words[i - 1].lower() in _DETERMINERS else i
        return Mention(start, i + 1, i + 1, "body", words[i], form=words[i], nominative=nominative, preposition=preposition, plural=bool(flags & PLURAL))
    j = i
    gender: Gender | None = None
    salutation = oblique = False
    roles: list[str] = []
    head: Word | None = None
    adjectives: list[str] = []
    titles = 0
    while j < size:
        here = _WORDS[words[j]]
        if here is None:
            break
        if here.flags & SAL and not salutation:
            salutation, gender = True, here.gender
            oblique = oblique or here.oblique
        elif here.flags & TITLE:
            titles += 1
        elif here.flags & ADJ:
            k = j + 1
            while k < size and (nxt := _WORDS[words[k]]) is not None and nxt.flags & ADJ:
                k += 1
            if k >= size or (nxt := _WORDS[words[k]]) is None or not nxt.flags & ROLE:
                break
            adjectives.append(words[j])
        elif here.flags & ROLE:
            if (salutation or head is not None) and _surname_too(words[j], here) and not _name_follows(words, j + 1):
                break
            if head is not None and here.flags & (BODY | PLURAL) and not _name_follows(words, j + 1):
                break
            before = words[i - 1].lower() if i else ""
            if here.plural and not salutation and not (here.oblique and here.gender == "m" and (before in _SINGULAR_DETERMINERS or (j + 1 < size and _name_follows(words, j + 1)))):
                return _plural(words, morph, i, j, here)
            head = head or here
            if here.kind in {"chair", "office"} and head.kind not in {"chair", "office"}:
                head = here
            oblique = oblique or here.oblique
            roles.append(" ".join((*adjectives, words[j])))
            adjectives = []
        else:
            break
        j += 1
        if head is not None and j < size - 2 and words[j] == "und" and (nxt := _WORDS[words[j + 1]]) is not None and nxt.flags & ROLE and not nxt.plural and (
            j - 1 == i or salutation
        ) and head.gender == nxt.gender and not nxt.flags & PLURAL and _WORDS[words[j + 2]] is None and is_name(words[j + 2], after_salutation=False) and i == j - 1 and (not i or words[i - 1].lower() not in _DETERMINERS):
            roles[-1] = f"{roles[-1]} und {words[j + 1]}"
            j += 2
    if adjectives or (head is None and not salutation and not titles):
        return None
    name_start = j
    name, surname, first, j, guess = _name(words, morph, j, after_salutation=salutation or bool(titles), known=known, places=places, head=head)
    start, nominative, indefinite, det_gender, preposition = _determined(words, i, head, salutation, info)
    if not name and head is not None and not salutation and start < i and words[start].lower() == "die" and (head.gender == "m" or (head.gender is None and head.oblique)):
        # die Vertreter, die Gemeindevertreter: an article of the plural before a man's function
        if head.kind == "member":
            return Mention(start, j, j, "body", words[j - 1], nominative=nominative, plural=True, form=words[j - 1])
        end, attachment, _ = _attachment(words, morph, name_start, head, known)
        label = f"{words[j - 1]} {attachment if head.office in _RELATIONAL else ''}".strip()
        return Mention(start, end, end, "group", label, nominative=nominative, preposition=preposition, plural=True, form=label)
    if oblique and not (head is not None and det_gender is None and not salutation):
        nominative = False
    if gender is None and head is not None:
        gender = head.gender or det_gender
        if gender is None and not indefinite and start == i and head.base and roles and roles[-1].endswith("e"):
            gender = "f"  # Vorsitzende Jäger: strong feminine
        if gender is None and adjectives_gender(roles):
            gender = adjectives_gender(roles)
    role = " ".join(_nominative_role(_without_pointers(r), head, gender) for r in roles) or None
    if name:
        mention = Mention(
            start, j, j, "person", name, surname, first, gender or guess, role, head.office if head else "", head.kind if head else "",
            salutation=salutation, nominative=nominative, preposition=preposition, indefinite=indefinite,
        )
        _after(words, morph, mention)
        mention.form = " ".join(words[start : mention.core])
        return mention
    if head is None:
        return None
    if head.flags & BODY and not salutation and not titles:  # der Stadtrat, der Gemeinderat
        return Mention(start, j, j, "body", words[j - 1], nominative=nominative, form=words[j - 1])
    # a function without a name, with its genitive, and a name behind a comma
    end, attachment, late = _attachment(words, morph, name_start, head, known)
    label = role or head.base
    if late:
        mention = Mention(
            start, end, end, "person", late, late, "", gender, f"{label} {attachment}".strip(), head.office, head.kind,
            nominative=nominative, preposition=preposition,
        )
        _after(words, morph, mention)
        mention.form = " ".join(words[start : mention.core])
        return mention
    nxt = _WORDS[words[end + 1]] if end < size - 1 and words[end] == "," else None
    if nxt is not None and (nxt.flags & (SAL | TITLE | GIVEN) or (nxt.flags & (ROLE | ADJ) and head.kind == "chair")):
        inner = _mention(words, morph, end + 1, nxt, known, places)
        if inner is not None and inner.kind == "person" and (inner.nominative or not nominative):
            after = words[inner.end] if inner.end < size else "."
            if after in ",.:;(" or (inner.end < size and morph[inner.end] & FINITE):
                inner.start, inner.nominative, inner.preposition = start, nominative, preposition
                inner.role = f"{label} {attachment}".strip() if attachment else label
                inner.office, inner.role_kind = head.office, head.kind
                inner.gender = inner.gender or gender
                if after == ",":
                    inner.end += 1
                return inner
    if not roles and not salutation:
        return None
    relational = attachment if head.office in _RELATIONAL else ""
    mention = Mention(
        start, end, end, "role", f"{label} {relational}".strip(), gender=gender, role=f"{label} {relational}".strip(), office=head.office,
        role_kind=head.kind, nominative=nominative, preposition=preposition, indefinite=indefinite, salutation=salutation,
    )
    mention.form = " ".join(words[start:end])
    _after(words, morph, mention)
    return mention


def _surname_too(form: str, info: Word) -> bool:
    """Whether a function can be a surname (*Erste Stadträtin Förster*, *Beigeordnete Baumgärtner*)."""
    return form in _SURNAMES_TOO or (
        info.gender == "m" and not info.oblique and "-" not in form and form.lower().endswith(("gärtner", "förster", "richter", "pfleger", "wirt", "arzt", "bürger", "meister"))
        and info.kind in {"public", "office"} and not form.lower().endswith(("bürgermeister", "brandmeister", "baumeister"))
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


_POINTERS = ("anwesend", "weiter", "nächst", "neu", "ander", "zuständig", "künftig", "bisherig", "damalig", "ehemalig", "scheidend", "amtierend", "gewählt", "betroffen", "städtisch")


def _without_pointers(role: str) -> str:
    """A function without adjectives that belong to the situation, not to it (*weitere*, *anwesender*)."""
    parts = role.split(" ")
    while len(parts) > 1 and parts[0].lower().startswith(_POINTERS):
        parts = parts[1:]
    return " ".join(parts)


def _nominative_role(role: str, head: Word | None, gender: Gender | None) -> str:
    """A function in the nominative: *Stadtverordneten* -> *Stadtverordnete(r)*."""
    if head is None:
        return role
    last = role.rsplit(" ", 1)
    known = _WORDS[last[-1]]
    if known is None or not (known.oblique or (known.gender is None and gender == "m" and known.base.endswith("er"))):
        return role
    base = known.base
    if known.gender is None and base.endswith("er") and gender == "f":
        base = base[:-1]
    last[-1] = base
    return " ".join(last)


def _name_follows(words: Sequence[str], j: int) -> bool:
    while j < len(words) and (known := _WORDS[words[j]]) is not None and known.flags & TITLE:
        j += 1
    return j < len(words) and is_name(words[j], after_salutation=True)


def _determined(words: Sequence[str], i: int, head: Word | None, salutation: bool, info: Word) -> tuple[int, bool, bool, Gender | None, str]:
    """Start with the article, whether it can be the subject, indefinite, gender by the article, preposition."""
    start, det = i, ""
    if i:
        before = words[i - 1].lower()
        if before in _DETERMINERS and (head is not None or not salutation):
            start, det = i - 1, before
        elif head is not None and i >= 2 and words[i - 1][0].islower() and before.endswith(("e", "er", "en")) and (first := words[i - 2].lower()) in _DETERMINERS:
            start, det = i - 2, first
    nominative, gender, indefinite = True, None, False
    if det:
        nominative, gender, indefinite = _DETERMINERS[det]
        if det in {"der", "dieser"} and (info.gender == "f" or (head is not None and head.gender == "f") or (head is not None and head.gender is None and head.oblique)):
            nominative, gender = False, "f"
        elif det in {"die", "diese"}:
            gender = "f"
        elif det in {"das", "den"}:
            gender = None
        if det in {"zum", "zur", "vom", "beim", "am"}:
            return start, False, False, gender, det
    preposition = ""
    if start:
        previous = words[start - 1]
        if previous in PREPOSITIONS:
            nominative, preposition = False, previous
    return start, nominative, indefinite, gender, preposition


def _case(words: Sequence[str], i: int, gender: Gender | None, feminine: bool) -> tuple[bool, str]:
    """Whether a noun at `i` can be the subject, and the preposition before it."""
    start = i
    nominative = True
    if i and (det := words[i - 1].lower()) in _DETERMINERS:
        start = i - 1
        nominative = _DETERMINERS[det][0] and not (feminine and det in {"der", "dieser"})
    preposition = ""
    if start and words[start - 1] in PREPOSITIONS:
        nominative, preposition = False, words[start - 1]
    return nominative, preposition


def _name(
    words: Sequence[str], morph: Sequence[int], j: int, *, after_salutation: bool, known: Collection[str], places: Collection[str], head: Word | None
) -> tuple[str, str, str, int, Gender | None]:
    """Name, surname, given names, the index behind it, and the gender that the given name shows."""
    size = len(words)
    start = j
    given: list[str] = []
    guess: Gender | None = None
    # given names and initials
    while j < size - 1:
        form = words[j]
        info = _WORDS[form]
        following = words[j + 1]
        if _is_initial(form) and (info is None or not info.flags & TITLE) and (is_name(following, after_salutation=after_salutation) or following in particles()):
            given.append(form)
        elif info is not None and info.flags & GIVEN and (
            (is_name(following, after_salutation=after_salutation) and following not in places and not _is_initial(following) or _is_initial(following)) or _particle_name(words, j + 1)
        ):
            given.append(form)
            guess = guess or info.gender
        else:
            break
        j += 1
    rest = j
    # particles
    small = particles()
    while j < size - 1 and words[j] in small and words[j] != "und" and (after_salutation or given or j > rest or _particle_name(words, j)):
        j += 1
    if j >= size or (j > rest and not is_name(words[j], after_salutation=True)):
        return "", "", "", start, None
    form = words[j]
    sure = after_salutation or bool(given) or form in known or j > rest
    if form in places and form not in known and not after_salutation:
        return "", "", "", start, None
    if not is_name(form, after_salutation=sure) and not (head is not None and _bearer(words, morph, start, j, head)):
        return "", "", "", start, None
    if not sure and head is not None and head.kind == "public" and j + 1 < size and words[j + 1][0].isupper():
        return "", "", "", start, None
    j += 1
    if len(form) == 1 and j < size - 1 and words[j] == "." and after_salutation:  # Frau K.: ...
        return form, form, "", j + 1, None
    noble = j - 1 > rest
    if noble and j < size - 1 and words[j] == "und" and is_name(words[j + 1], after_salutation=False) and _closes(words, morph, j + 2):
        j += 2
    elif not given and j < size and form[-1:] != "." and _second_name(words, morph, j, form, known):
        given.append(form)
        rest = j
        info = _WORDS[form]
        guess = info.gender if info is not None and info.flags & GIVEN else None
        j += 1
    surname = " ".join(words[rest:j])
    name = " ".join((*given, surname))
    return name, surname, " ".join(given), j, guess


def _bearer(words: Sequence[str], morph: Sequence[int], start: int, j: int, head: Word) -> bool:
    """Whether a word that is also a noun, a party or a function is the name of who bears the function before it
    (*BüDep Grund möchte*, *Kreisrätin Linke (SPD)*, *Stv. Bürger (CDU)*)."""
    form = words[j]
    if j != start or not form[0].isupper() or form in _NEVER_NAMES or form.isupper() or (start >= 2 and words[start - 2].lower() in _DETERMINERS):
        return False
    info = _WORDS[form]
    if info is None or info.flags & (SAL | TITLE | ADJ | QUANT):
        return False
    if info.flags & ROLE:
        return _surname_too(form, info)
    return j + 1 < len(words) and (bool(morph[j + 1] & FINITE) or words[j + 1] == "(") and head.kind in {"member", "office", "chair"}


def _particle_name(words: Sequence[str], j: int) -> bool:
    """Whether particles at `j` lead to a name (*van der Velde*)."""
    if j <= 2 and words[j] in {"zur", "zum", "am"} and j + 2 < len(words) and is_name(words[j + 1], after_salutation=False) and words[j + 2].islower():
        return word(words[j + 1]) is None and bool(bits(words[j + 2]) & FINITE)  # Ratsfrau zur Mühlen stimmt
    k = j
    while k < len(words) and words[k] in particles() and words[k] != "und":
        k += 1
    if k == j or k >= len(words) or not is_name(words[k], after_salutation=False) or words[j] in {"am", "im", "auf", "zur", "zum", "und", "der", "den", "dem"}:
        return False
    known = _WORDS[words[k]]
    return (known is None or known.flags & GIVEN != 0) and _after_name(words, k + 1)


def _after_name(words: Sequence[str], k: int) -> bool:
    return k >= len(words) or not words[k][0].isupper()


def _closes(words: Sequence[str], morph: Sequence[int], k: int) -> bool:
    """Whether a name may end before `k`: a verb, bracket, sign or the sentence's end follows."""
    return k >= len(words) or bool(morph[k] & FINITE) or words[k] in "(,.:;)/–-" or words[k] in {"und", "sowie", "für", "vom", "von"}


def _second_name(words: Sequence[str], morph: Sequence[int], j: int, form: str, known: Collection[str]) -> bool:
    """Whether the token at `j` is the surname and `form` before it was a given name."""
    following = words[j]
    if not is_name(following, after_salutation=False) or form in known:
        return False
    info, here = _WORDS[following], _WORDS[form]
    if info is not None and not info.flags & GIVEN:
        return False
    if here is not None and here.flags & GIVEN:
        return True
    if following in known:
        return True
    if here is not None or j + 1 >= len(words):
        return False
    return bool(morph[j + 1] & FINITE) or words[j + 1] in {"(", ","} or (j <= 3 and not words[j + 1][0].isupper() and words[j + 1].isalpha())


def _attachment(words: Sequence[str], morph: Sequence[int], j: int, head: Word, known: Collection[str]) -> tuple[int, str, str]:
    """The attachment of a function at `j` (*des Kreistages*): its end, text, and a surname behind it."""
    size = len(words)
    if j >= size or words[j] not in {"des", "der", "vom", "von", "für", "im", "beim", "aus", "zur", "am", "Jugend", "Hauptamt"}:
        return j, "", ""
    k = j + 1
    stop = min(size, j + MAX_ATTACHMENT)
    late = ""
    while k < stop:
        form = words[k]
        if morph[k] & FINITE and not form[0].isupper():
            break
        if form[0].isupper():
            if form in known and k > j + 1:
                late = form
                k += 1
                break
            info = _WORDS[form]
            if info is not None and info.flags & (SAL | TITLE):
                break
            k += 1
            continue
        if any(c.isupper() for c in form):  # gGmbH, e.V.
            k += 1
            continue
        if form in {"des", "der", "für", "und", "von", "e.", "V.", "&", "am", "im", "den", "die", "in", "an"} or form.endswith(("en", "er", "-")):
            k += 1
            continue
        break
    while k > j + 1 and words[k - 1] in {"und", "für", "der", "des", "am", "im", "von", "den", "die", "in", "an"}:
        k -= 1
    if k == j + 1:
        return j, "", ""
    text = " ".join(words[j : k - 1 if late else k])
    return k, text, late


def _after(words: Sequence[str], morph: Sequence[int], mention: Mention) -> None:
    """Read bracket and apposition behind a mention into faction, unit and function; set `end`."""
    size = len(words)
    j = mention.end
    if j < size and words[j] == "(":
        stop = min(size, j + MAX_BRACKET)
        for k in range(j + 1, stop):
            if words[k] == ")":
                _label(mention, words[j + 1 : k])
                j = k + 1
                break
    if j < size - 1 and words[j] == ",":
        stop = min(size, j + MAX_APPOSITION)
        for k in range(j + 1, stop):
            form = words[k]
            if form == ":" and k > j + 1 and k - j < 6 and _is_apposition(words, morph, j + 1, k) and any(
                (known := _WORDS[w]) is not None and known.flags & (ROLE | PARTY) for w in words[j + 1 : k]
            ):
                _label(mention, words[j + 1 : k])
                j = k
                break
            if form == ",":
                if k > j + 1 and _is_apposition(words, morph, j + 1, k) and (
                    k + 1 >= size or morph[k + 1] & FINITE or words[k + 1] in {"und", "sowie"} or not mention.nominative
                ):
                    _label(mention, words[j + 1 : k])
                    j = k + 1
                break
            if form == "." and k == size - 1 and k > j + 1 and _is_apposition(words, morph, j + 1, k) and any(
                (known := _WORDS[w]) is not None and known.flags & ROLE for w in words[j + 1 : j + 5]
            ):
                _label(mention, words[j + 1 : k])
                j = k
                break
            if form in ":;.(" or (morph[k] & FINITE and not form[0].isupper() and not morph[k] & PARTICIPLE):
                break
    mention.end = j


_NO_APPOSITION = frozenset("dass ob wie wer was wann wo warum weshalb wieso weil wenn da denn als sondern aber und er sie es man nachdem wonach Herr Herrn Frau".split())


def _is_apposition(words: Sequence[str], morph: Sequence[int], start: int, stop: int) -> bool:
    first = words[start]
    if first in _NO_APPOSITION or (morph[start] & FINITE and not morph[start] & PARTICIPLE) or first.islower() and morph[start] & FINITE:
        return False
    if first[0].isupper() or first[0].isdigit():
        return True
    info = _WORDS[first]
    if info is not None and info.flags & ADJ:
        return True
    if first.lower() in _DETERMINERS or first in {"seit", "für", "beratendes", "namens"}:
        return any((known := _WORDS[w]) is not None and known.flags & (ROLE | PARTY | GROUP) for w in words[start + 1 : stop])
    return any((known := _WORDS[w]) is not None and known.flags & ROLE for w in words[start + 1 : start + 3])


def join(tokens: Sequence[str]) -> str:
    """Tokens as text again, near enough for names of offices and parties."""
    text = " ".join(tokens)
    for sign in ("/", "|"):
        text = text.replace(f" {sign} ", sign)
    return text.replace(" .", ".").replace(" ,", ",")


def faction_of(tokens: Sequence[str], *, member: bool) -> str | None:
    """The party that a bracket or apposition names, None if it names none."""
    text = join(tokens)
    known = party_forms()
    if text in known:
        return text
    bare = text.replace("Fraktion ", "").replace("Gruppe ", "").replace("-Fraktion", "").replace("-fraktion", "").replace("fraktion", "").replace("für die ", "")
    for prefix in ("der ", "die ", "Die "):
        if bare not in known:
            bare = bare.removeprefix(prefix)
    if bare in known or "raktion" in text or text.startswith("Gruppe "):
        return bare
    tail = text.rsplit(" für ", 1)[-1].removeprefix("die ").removeprefix("Die ")
    if tail != text and (tail in known or tail.replace("-Fraktion", "") in known):
        return tail.replace("-Fraktion", "")
    pieces = [piece for part in tokens for piece in part.replace("|", "/").split("/") if piece]
    if pieces and any(piece in known for piece in pieces) and len(pieces) <= 4:
        return text
    if member and len(tokens) <= 5 and not any(t.isdigit() or t[0].isdigit() for t in tokens):
        return text
    return None


def _label(mention: Mention, tokens: Sequence[str]) -> None:
    if not tokens:
        return
    faction = faction_of(tokens, member=mention.role_kind == "member" and len(tokens) <= 4)
    first = _WORDS[tokens[0]]
    if tokens[0].lower() in _DETERMINERS:
        tokens = tokens[1:]
        if not tokens:
            return
        first = _WORDS[tokens[0]]
    is_role = any((known := _WORDS[t]) is not None and known.flags & ROLE for t in tokens[:3]) or (first is not None and first.flags & ADJ != 0)
    if faction is not None and not is_role:
        mention.faction = mention.faction or faction
        return
    text = join(tokens)
    if is_role:
        if mention.role is None:
            mention.role = text
            head = next(known for t in tokens[:3] if (known := _WORDS[t]) is not None and known.flags & (ROLE | ADJ))
            for t in tokens[:3]:
                known = _WORDS[t]
                if known is not None and known.flags & ROLE:
                    head = known
                    break
            mention.office, mention.role_kind = head.office, head.kind
        if faction is not None:
            mention.faction = mention.faction or faction
    else:
        mention.unit = mention.unit or text


def _quantified(words: Sequence[str], i: int) -> Mention | None:
    """*Mehrere Mitglieder*, *Alle freien Träger*, *Auch die anderen Freien Träger*."""
    j = i + 1
    while j < len(words) and j < i + 3 and not ((known := _WORDS[words[j]]) is not None and known.flags & (PLURAL | BODY | ROLE | GROUP)):
        if words[j][0].isupper() and words[j] not in {"Freien", "Freie"}:
            return None
        j += 1
    if j >= len(words) or (known := _WORDS[words[j]]) is None or not known.flags & (PLURAL | BODY | ROLE):
        return None
    if known.flags & ROLE and not (known.plural or known.flags & PLURAL or words[j].endswith(("er", "e"))):
        return None
    nominative, preposition = _case(words, i, None, False)
    if preposition:  # von mehreren Mitgliedern
        quantifier = words[i].removesuffix("n") if words[i].endswith("en") else words[i]
        noun = words[j].removesuffix("n") if words[j].endswith(("ern", "en")) and words[j] not in {"Fraktionen", "Bürgerinnen", "Einwohnerinnen"} else words[j]
        name = " ".join((quantifier.capitalize(), *words[i + 1 : j], noun))
        return Mention(i, j + 1, j + 1, "group", name, nominative=False, preposition=preposition, plural=True, form=name, indefinite=True)
    return Mention(i, j + 1, j + 1, "group", " ".join(words[i : j + 1]), nominative=nominative, preposition=preposition, plural=True, form=" ".join(words[i : j + 1]))


def _several(words: Sequence[str], i: int) -> Mention | None:
    """*Die anderen Freien Träger*, *Die Jugendlichen*: a plural with its article and adjectives."""
    start = i
    while start and words[start - 1].endswith(("en", "e")) and (words[start - 1][0].islower() or words[start - 1] in {"Freien", "Freie"}) and words[start - 1].lower() not in _DETERMINERS and i - start < 2:
        start -= 1
    name = " ".join(w for w in words[start : i + 1] if w[0].isupper())
    det = words[start - 1].lower() if start else ""
    if det not in {"die", "den", "der", "alle", "diese"}:
        return Mention(start, i + 1, i + 1, "group", name, nominative=start == 0, plural=True, form=name) if start == 0 else None
    nominative, preposition = det in {"die", "alle", "diese"}, ""
    begin = start - 1
    if begin and words[begin - 1] in PREPOSITIONS:
        nominative, preposition = False, words[begin - 1]
    return Mention(begin, i + 1, i + 1, "group", name, nominative=nominative, preposition=preposition, plural=True, form=name)


def _plural(words: Sequence[str], morph: Sequence[int], i: int, j: int, info: Word) -> Mention | None:
    """*Die Stadträte* and the like: members are the body, others a group."""
    nominative, preposition = _case(words, i, None, False)
    start = i - 1 if i and words[i - 1].lower() in _DETERMINERS else i
    kind: MentionKind = "body" if info.kind == "member" else "group"
    return Mention(start, j + 1, j + 1, kind, words[j], nominative=nominative, preposition=preposition, plural=True, form=words[j])


def _group(words: Sequence[str], morph: Sequence[int], i: int, info: Word) -> Mention | None:
    """*Die CDU-Fraktion*, *Fraktion DIE LINKE*, *die Grünen*, *Das Fachamt Management des öffentlichen Raumes*."""
    size = len(words)
    j = i + 1
    form = words[i]
    party = bool(info.flags & PARTY)
    if party and form == "Die":
        return None
    faction: str | None = form if party else None
    lower = form.lower()
    if form in {"Fraktion", "Gruppe", "Ratsfraktion", "Kreistagsfraktion", "Stadtratsfraktion"}:
        k = j
        if k < size and words[k] in {"der", "von"}:
            k += 1
        label = _party_at(words, k)
        if label:
            faction, j = label[0], label[1]
        elif j < size and words[j][0].isupper() and (known := _WORDS[words[j]]) is None:
            while j < size and j < i + 5 and words[j][0].isupper():
                j += 1
            faction = " ".join(words[i + 1 : j])
        if faction and j < size - 1 and words[j] == "/" and words[j + 1][0].isupper():
            while j < size - 1 and words[j] == "/" and words[j + 1][0].isupper():
                j += 2
            faction = join(words[i + 1 : j])
        if faction:
            pass
        else:
            faction = None
    elif lower.endswith("fraktion"):
        faction = form[: -len("fraktion")].rstrip("-") or None
    elif party:
        label = _party_at(words, i)
        if label:
            faction, j = label
        if j < size and words[j] in {"Fraktion", "-Fraktion"}:
            j += 1
    else:
        if form in {"Fachamt", "Fachbereich", "Fachdienst", "Eigenbetrieb", "Dezernat", "Initiative", "Bürgerinitiative", "Amt", "Elternbeirat", "Kita"} or lower.endswith(("elternbeirat", "elternausschuss", "elternrat")) or lower.endswith(("verein", "initiative", "gemeinschaft")):
            while j < size and j < i + 7 and (words[j][0].isupper() or (words[j] in {"und", "für", "des", "der"} or words[j].endswith("en")) and not morph[j] & FINITE):
                known = _WORDS[words[j]]
                if known is not None and known.flags & (SAL | TITLE):
                    break
                j += 1
            while j > i + 1 and not words[j - 1][0].isupper():
                j -= 1
    first = i
    if i >= 2 and words[i - 1] == "und" and words[i - 2].endswith("-") and words[i - 2][0].isupper():
        first = i - 2
    if form in {"Fraktion", "Gruppe"} and first and words[first - 1].lower() in {"seine", "ihre", "seiner", "ihrer", "unsere", "meine", "eigene", "eigenen"}:
        return None
    name = join(words[first:j])
    if j == i + 1 and i and words[i - 1] in {"des", "eines"} and name.endswith("s") and not name.endswith("ss"):
        name = name.removesuffix("es") if name.endswith(("mtes", "ates", "irates")) else name.removesuffix("s")
    i = first
    feminine = not lower.endswith(_MASCULINE_GROUPS)
    nominative, preposition = _case(words, i, None, feminine)
    start = i - 1 if i and words[i - 1].lower() in _DETERMINERS else i
    if preposition == "" and i >= 2 and words[i - 1] in {"Seiten", "des", "der"} and "Seiten" in words[i - 2 : i] and i - 2 >= 0:
        nominative, preposition = False, "seitens"
    if i >= 2 and start == i and words[i - 1].endswith(("en", "e", "es")) and words[i - 2].lower() in _DETERMINERS:
        start = i - 2
        nominative = _DETERMINERS[words[i - 2].lower()][0] and not (feminine and words[i - 2].lower() == "der")
    return Mention(start, j, j, "group", name, faction=faction, nominative=nominative, preposition=preposition, form=name, office=lower, plural=party and form.endswith("n"))


_MASCULINE_GROUPS = ("bereich", "dienst", "betrieb", "magistrat", "verein", "verband", "beirat", "rat", "ausschuss", "bund", "ring", "vorstand", "forst", "asd", "senat")


def _party_at(words: Sequence[str], i: int) -> tuple[str, int] | None:
    """The longest known party name that starts at `i`, and the index behind it."""
    known = party_forms()
    for size in (6, 5, 4, 3, 2, 1):
        if i + size <= len(words):
            text = join(words[i : i + size])
            if text in known:
                return text, i + size
    return None


def _full_name(words: Sequence[str], morph: Sequence[int], i: int, info: Word, known: Collection[str]) -> Mention | None:
    """*Yasmin Dumke*: given name and surname without salutation, at the start of a clause or before a verb or sign."""
    before = words[i - 1] if i else ""
    if before and (before[0].isupper() or before.lower() in _DETERMINERS):
        return None
    name, surname, first, j, guess = _name(words, morph, i, after_salutation=False, known=known, places=(), head=None)
    if not first:
        if words[i] in known:
            return _bare(words, morph, i)
        return None
    if j < len(words) and not (morph[j] & FINITE or words[j] in "(,:." or words[j] in {"und", "vom", "von", "aus"}):
        return None
    mention = Mention(i, j, j, "person", name, surname, first, guess)
    if before in PREPOSITIONS:
        mention.nominative, mention.preposition = False, before
    _after(words, morph, mention)
    mention.form = name
    return mention
