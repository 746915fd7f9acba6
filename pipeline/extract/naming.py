"""Finds who is named in a sentence: persons, functions, groups and deliberating bodies, with their spans.

Used by `speakers` (which resolves mentions to speakers) and `statements` (which asks where in the clause a
mention stands). A small grammar over tokens: determiner, adjectives, salutation, function, titles, given
names and particles, surname, bracket or apposition. The word lists are `lexicon/roles.toml`, `parties.toml` and
`names.toml`; what is no name there is never made one: an ordinary noun after a function is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from pipeline.extract.groups import group_at, plural_at, quantified_at, several_at, unknown_group
from pipeline.extract.mentions import DETERMINERS, PREPOSITIONS, SINGULAR_DETERMINERS, Mention, case_of, surroundings
from pipeline.extract.namelist import (
    ADJ,
    BODY,
    CACHE_SIZE,
    FINITE,
    GIVEN,
    GROUP,
    HEADS,
    PARTY,
    PLURAL,
    QUANT,
    ROLE,
    SAL,
    TITLE,
    WORDS,
    Gender,
    Word,
    adjectives_gender,
    is_name,
    nominative_role,
    surname_too,
    without_pointers,
)
from pipeline.extract.newcomers import TITLE_SHAPE, bracketed, unknown_label, unknown_names, unknown_title
from pipeline.extract.surnames import name_follows, read_name
from pipeline.extract.wordsets import word_set

_RELATIONAL = word_set("relational")


MAX_ATTACHMENT = 9
"""Longest genitive or prepositional attachment of a function (*Leiterin des Kommunalen Integrationszentrums*)."""


_PLURAL_SALUTATIONS: dict[str, Gender] = {"Herren": "m", "Damen": "f"}


class _Opens(dict[str, bool]):
    """Form to whether a mention can begin with it inside a sentence, known surnames apart: a pure function's memo."""

    def __missing__(self, form: str) -> bool:
        info = WORDS[form]
        value = form in _PLURAL_SALUTATIONS or (
            TITLE_SHAPE.match(form) is not None if info is None else info.flags & HEADS != 0
        )
        if len(self) < CACHE_SIZE:
            self[form] = value
        return value


_OPENS = _Opens().__getitem__


def find_mentions(
    words: Sequence[str], morph: Sequence[int], known: Collection[str] = (), places: Collection[str] = ()
) -> list[Mention]:
    """All mentions of a sentence, in order, not overlapping.

    `known`: surnames already met in the item, which may stand bare (*so Hinz*). `places`: words of the body's and
    organisation's names, which are no surnames (*Ortschaftsrat Niederlohsa*).
    """
    found: list[Mention] = []
    i, size = 0, len(words)
    lookup = WORDS
    # Most words can begin no mention; a last mark ends the search.
    marks = [*map(_OPENS, words), True]
    marks[0] = True
    if known:
        marks = [mark or form in known for mark, form in zip(marks, (*words, ""), strict=True)]
        marks[size] = True
    while (i := marks.index(True, i)) < size:
        form = words[i]
        info = lookup[form]
        if info is not None and info.flags & HEADS:
            mention = _mention(words, morph, i, info, known, places)
            if mention is not None:
                if found and mention.start < found[-1].end:
                    mention.start = found[-1].end
                bearers = _bearers(words, morph, mention, info) if mention.plural else []
                found.extend(bearers or [mention])
                i = max(found[-1].end, i + 1)
                continue
        elif form in _PLURAL_SALUTATIONS and i and words[i - 1].lower() in DETERMINERS:
            article = words[i - 1].lower()
            plural = Mention(i - 1, i + 1, i + 1, "group", form, nominative=article == "die", plural=True)
            bearers = _bearers(words, morph, plural, Word(ROLE, _PLURAL_SALUTATIONS[form]))
            if bearers:  # die Herren Lutz und Maier
                found.extend(bearers)
                i = found[-1].end
                continue
        elif (
            i == 0
            and size > 4
            and words[1] == "/"
            and form.isupper()
            and words[2][0].isupper()
            and words[2].replace("-", "").isupper()
            and morph[3] & FINITE
        ):
            code = f"{form}/{words[2]}"
            found.append(Mention(0, 3, 3, "role", code, role=code, office=code.lower(), role_kind="office", form=code))
            i = 3
            continue
        elif (
            i == 0
            and size > 4
            and words[1] == "("
            and form[0].isupper()
            and (mention := bracketed(words, morph)) is not None
        ) or (
            info is None
            and i + 1 < size
            and TITLE_SHAPE.match(form)
            and (mention := _shortened(words, morph, i, known, places)) is not None
        ):
            found.append(mention)
            i = mention.end
            continue
        elif i == 0 and size > 2 and info is None and (label := unknown_label(words, morph)) is not None:
            found.append(label)
            i = 1
            continue
        elif i == 0 and size > 3 and info is None and (pair := unknown_names(words, morph)):
            found.extend(pair)
            i = found[-1].end
            continue
        elif known and form in known and form[0].isupper():
            mention = _bare(words, morph, i)
            found.append(mention)
            i = mention.end
            continue
        i += 1
    if (
        size > 3
        and not (found and found[0].start == 0)
        and (mention := unknown_group(words, morph)) is not None
        and not any(mention.end < m.start <= mention.end + 2 and m.kind != "group" for m in found)
    ):
        found = [mention, *(m for m in found if m.start >= mention.end)]
    return found


def _bearers(words: Sequence[str], morph: Sequence[int], mention: Mention, info: Word) -> list[Mention]:
    """*Die Stadträte Conrad und Dietz*, *die Stadtverordneten Ritter, Franke und Kuhnert*: each a person."""
    if not info.flags & ROLE:
        return []
    found: list[Mention] = []
    at = mention.end
    while (
        at < len(words)
        and len(found) < MAX_TITLES
        and is_name(words[at], after_salutation=False)
        and ((known := WORDS[words[at]]) is None or known.flags & GIVEN)
    ):
        named = Mention(
            at,
            at + 1,
            at + 1,
            "person",
            words[at],
            surname=words[at],
            gender=info.gender,
            role=info.base or None,
            office=info.office,
            role_kind=info.kind,
            nominative=mention.nominative,
            preposition=mention.preposition,
            form=words[at],
        )
        surroundings(words, morph, named)
        found.append(named)
        at = named.end
        if at < len(words) - 1 and words[at] in {"und", "sowie", ","}:
            at += 1
        else:
            break
    if len(found) < 2:
        return []
    found[0].start = mention.start
    return found


def _shortened(
    words: Sequence[str], morph: Sequence[int], i: int, known: Collection[str], places: Collection[str]
) -> Mention | None:
    """*ORM Frau Heine*, *GRM Obermeier*: a function shortened in a way no lexicon knows, with its bearer."""
    following = WORDS[words[i + 1]]
    if following is None or not following.flags & SAL:
        return unknown_title(words, morph, i, known, places)
    named = _mention(words, morph, i + 1, following, known, places)
    if named is None or named.kind != "person" or named.start != i + 1:
        return None
    named.start, named.role = i, named.role or words[i]
    return named


def _bare(words: Sequence[str], morph: Sequence[int], i: int) -> Mention:
    before = words[i - 1] if i else ""
    mention = Mention(i, i + 1, i + 1, "person", words[i], surname=words[i], form=words[i])
    if before in PREPOSITIONS:
        mention.nominative, mention.preposition = False, before
    surroundings(words, morph, mention)
    return mention


MAX_TITLES = 12
"""Longest run of functions and titles before a name, in tokens; bounds the work on hostile text."""


def _mention(
    words: Sequence[str],
    morph: Sequence[int],
    i: int,
    info: Word,
    known: Collection[str],
    places: Collection[str],
    inner: bool = False,
) -> Mention | None:
    size = len(words)
    flags = info.flags
    if flags & QUANT:
        return quantified_at(words, i)
    if flags & PLURAL and not flags & (ROLE | BODY | GROUP):
        return several_at(words, i)
    if flags & (GROUP | PARTY) and not flags & ROLE:
        return group_at(words, morph, i, info)
    if flags & GIVEN:
        return _full_name(words, morph, i, known)
    if flags & BODY and not flags & ROLE:
        if flags & PLURAL and not (i and words[i - 1].lower() in DETERMINERS):
            return None
        nominative, preposition = case_of(words, i, words[i].endswith(("ung", "schaft")))
        start = i - 1 if i and words[i - 1].lower() in DETERMINERS else i
        return Mention(
            start,
            i + 1,
            i + 1,
            "body",
            words[i],
            form=words[i],
            nominative=nominative,
            preposition=preposition,
            plural=bool(flags & PLURAL),
        )
    j = i
    gender: Gender | None = None
    salutation = oblique = False
    roles: list[str] = []
    head: Word | None = None
    adjectives: list[str] = []
    titles = 0
    while j < min(size, i + MAX_TITLES):
        here = WORDS[words[j]]
        if here is None:
            break
        if here.flags & SAL and not salutation:
            salutation, gender = True, here.gender
            oblique = oblique or here.oblique
        elif here.flags & TITLE:
            titles += 1
        elif here.flags & ADJ:
            k = j + 1
            while k < size and (nxt := WORDS[words[k]]) is not None and nxt.flags & ADJ:
                k += 1
            if k >= size or (nxt := WORDS[words[k]]) is None or not nxt.flags & ROLE:
                break
            adjectives.append(words[j])
        elif here.flags & ROLE:
            if (salutation or head is not None) and surname_too(words[j], here) and not name_follows(words, j + 1):
                break
            if head is not None and here.flags & (BODY | PLURAL) and not name_follows(words, j + 1):
                break
            before = words[i - 1].lower() if i else ""
            if (
                here.plural
                and not salutation
                and not (
                    here.oblique
                    and here.gender == "m"
                    and (before in SINGULAR_DETERMINERS or (j + 1 < size and name_follows(words, j + 1)))
                )
            ):
                return plural_at(words, i, j, here)
            head = head or here
            if here.kind in {"chair", "office"} and head.kind not in {"chair", "office"}:
                head = here
            oblique = oblique or here.oblique
            roles.append(" ".join((*adjectives, words[j])))
            adjectives = []
        else:
            break
        j += 1
        if (
            head is not None
            and j < size - 2
            and words[j] == "und"
            and (nxt := WORDS[words[j + 1]]) is not None
            and nxt.flags & ROLE
            and not nxt.plural
            and (j - 1 == i or salutation)
            and head.gender == nxt.gender
            and not nxt.flags & PLURAL
            and WORDS[words[j + 2]] is None
            and is_name(words[j + 2], after_salutation=False)
            and i == j - 1
            and (not i or words[i - 1].lower() not in DETERMINERS)
        ):
            roles[-1] = f"{roles[-1]} und {words[j + 1]}"
            j += 2
    if adjectives or (head is None and not salutation and not titles):
        return None
    if (
        head is not None
        and not (salutation or inner)
        and (i == 0 or words[i - 1].lower() in DETERMINERS)  # but: fragt Stadtrat Müller Frau Schmidt
        and (named := _field_named(words, morph, j, known, places)) is not None
    ):
        named.role = " ".join((roles[-1], *words[j : named.start])) if roles else named.role
        named.start = _determined(words, i, head, salutation, info)[0]
        named.office, named.role_kind = head.office, head.kind
        return named
    name_start = j
    name, surname, first, j, guess = read_name(
        words, morph, j, after_salutation=salutation or bool(titles), known=known, places=places, head=head
    )
    start, nominative, indefinite, det_gender, preposition = _determined(words, i, head, salutation, info)
    if (
        not name
        and head is not None
        and not salutation
        and start < i
        and words[start].lower() == "die"
        and (head.gender == "m" or (head.gender is None and head.oblique))
    ):
        # die Vertreter, die Gemeindevertreter: an article of the plural before a man's function
        if head.kind == "member":
            return Mention(start, j, j, "body", words[j - 1], nominative=nominative, plural=True, form=words[j - 1])
        end, attachment, _ = _attachment(words, morph, name_start, known)
        label = f"{words[j - 1]} {attachment if head.office in _RELATIONAL else ''}".strip()
        return Mention(
            start, end, end, "group", label, nominative=nominative, preposition=preposition, plural=True, form=label
        )
    if oblique and not (head is not None and det_gender is None and not salutation):
        nominative = False
    if gender is None and head is not None:
        gender = head.gender or det_gender
        if gender is None and not indefinite and start == i and head.base and roles and roles[-1].endswith("e"):
            gender = "f"  # Vorsitzende Jäger: strong feminine
        if gender is None and adjectives_gender(roles):
            gender = adjectives_gender(roles)
    role = " ".join(nominative_role(without_pointers(r), head, gender) for r in roles) or None
    if name:
        mention = Mention(
            start,
            j,
            j,
            "person",
            name,
            surname,
            first,
            gender or guess,
            role,
            head.office if head else "",
            head.kind if head else "",
            salutation=salutation,
            nominative=nominative,
            preposition=preposition,
            indefinite=indefinite,
        )
        surroundings(words, morph, mention)
        mention.form = " ".join(words[start : mention.core])
        return mention
    if head is None:
        return None
    if head.flags & BODY and not salutation and not titles:  # der Stadtrat, der Gemeinderat
        return Mention(start, j, j, "body", words[j - 1], nominative=nominative, form=words[j - 1])
    # a function without a name, with its genitive, and a name behind a comma
    end, attachment, late = _attachment(words, morph, name_start, known)
    label = role or head.base
    if late:
        mention = Mention(
            start,
            end,
            end,
            "person",
            late,
            late,
            "",
            gender,
            f"{label} {attachment}".strip(),
            head.office,
            head.kind,
            nominative=nominative,
            preposition=preposition,
        )
        surroundings(words, morph, mention)
        mention.form = " ".join(words[start : mention.core])
        return mention
    nxt = WORDS[words[end + 1]] if end < size - 1 and words[end] == "," else None
    direct = WORDS[words[end]] if nxt is None and name_start < end < size - 1 else None
    if direct is not None and direct.flags & (SAL | TITLE):  # der Geschäftsführer der Stadtwerke GmbH Herr Lindner
        nxt, end = direct, end - 1
    if (
        not inner
        and nxt is not None
        and (nxt.flags & (SAL | TITLE | GIVEN) or (nxt.flags & (ROLE | ADJ) and head.kind == "chair"))
    ):
        named = _mention(words, morph, end + 1, nxt, known, places, inner=True)
        if named is not None and named.kind == "person" and (named.nominative or not nominative):
            after = words[named.end] if named.end < size else "."
            if after in ",.:;(" or (named.end < size and morph[named.end] & FINITE):
                named.start, named.nominative, named.preposition = start, nominative, preposition
                named.role = f"{label} {attachment}".strip() if attachment else label
                named.office, named.role_kind = head.office, head.kind
                named.gender = named.gender or gender
                if after == ",":
                    named.end += 1
                return named
    if not roles and not salutation:
        return None
    relational = attachment if head.office in _RELATIONAL else ""
    mention = Mention(
        start,
        end,
        end,
        "role",
        f"{label} {relational}".strip(),
        gender=gender,
        role=f"{label} {relational}".strip(),
        office=head.office,
        role_kind=head.kind,
        nominative=nominative,
        preposition=preposition,
        indefinite=indefinite,
        salutation=salutation,
    )
    mention.form = " ".join(words[start:end])
    surroundings(words, morph, mention)
    return mention


def _field_named(
    words: Sequence[str], morph: Sequence[int], j: int, known: Collection[str], places: Collection[str]
) -> Mention | None:
    """The person behind a function's field: *Fachdienstleiter Umwelt Herr Grothmann*."""
    k = j
    while k < min(len(words), j + 5) and (words[k][0].isupper() or words[k] in {"und", "für"}):
        following = WORDS[words[k]]
        if following is not None and following.flags & SAL:
            if k == j or not words[k - 1][0].isupper() or words[k] in {"Herrn", "Hrn."}:
                return None
            named = _mention(words, morph, k, following, known, places, inner=True)
            return named if named is not None and named.kind == "person" and named.start == k else None
        k += 1
    return None


def _determined(
    words: Sequence[str], i: int, head: Word | None, salutation: bool, info: Word
) -> tuple[int, bool, bool, Gender | None, str]:
    """Start with the article, whether it can be the subject, indefinite, gender by the article, preposition."""
    start, det = i, ""
    if i:
        before = words[i - 1].lower()
        if before in DETERMINERS and (head is not None or not salutation):
            start, det = i - 1, before
        elif (
            head is not None
            and i >= 2
            and words[i - 1][0].islower()
            and before.endswith(("e", "er", "en"))
            and (first := words[i - 2].lower()) in DETERMINERS
        ):
            start, det = i - 2, first
    nominative, gender, indefinite = True, None, False
    if det:
        nominative, gender, indefinite = DETERMINERS[det]
        if det in {"der", "dieser"} and (
            info.gender == "f"
            or (head is not None and head.gender == "f")
            or (head is not None and head.gender is None and head.oblique)
        ):
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


def _attachment(words: Sequence[str], morph: Sequence[int], j: int, known: Collection[str]) -> tuple[int, str, str]:
    """The attachment of a function at `j` (*des Kreistages*): its end, text, and a surname behind it."""
    size = len(words)
    if j >= size or words[j] not in {
        "des",
        "der",
        "vom",
        "von",
        "für",
        "im",
        "beim",
        "aus",
        "zur",
        "am",
        "Jugend",
        "Hauptamt",
    }:
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
            info = WORDS[form]
            if info is not None and info.flags & (SAL | TITLE):
                break
            k += 1
            continue
        if form == '"' and k > j + 1 and '"' in words[k + 1 : k + MAX_ATTACHMENT]:  # der BI "Rettet den Wald"
            k = words.index('"', k + 1) + 1
            break
        if form[0].isdigit() and len(form) <= 4 and words[k - 1][0].isupper() and k > j + 1:  # Grundstück Nr. 17
            k += 1
            continue
        if any(c.isupper() for c in form):  # gGmbH, e.V.
            k += 1
            continue
        if form in {
            "des",
            "der",
            "für",
            "und",
            "von",
            "e.",
            "V.",
            "&",
            "am",
            "im",
            "den",
            "die",
            "in",
            "an",
        } or form.endswith(("en", "er", "-")):
            k += 1
            continue
        break
    while k > j + 1 and words[k - 1] in {"und", "für", "der", "des", "am", "im", "von", "den", "die", "in", "an"}:
        k -= 1
    if k == j + 1:
        return j, "", ""
    text = " ".join(words[j : k - 1 if late else k])
    return k, text, late


_LEADS = word_set("openers") | {"Laut", "Lt.", "Von", "Für", "Seitens", "Bei", "Mit", "Wie"}


def _full_name(words: Sequence[str], morph: Sequence[int], i: int, known: Collection[str]) -> Mention | None:
    """*Yasmin Dumke*: given name and surname without salutation, at the start of a clause or before a verb or sign."""
    before = words[i - 1] if i else ""
    if before and ((before[0].isupper() and not (i == 1 and before in _LEADS)) or before.lower() in DETERMINERS):
        return None
    name, surname, first, j, guess = read_name(
        words, morph, i, after_salutation=False, known=known, places=(), head=None
    )
    if not first:
        if words[i] in known:
            return _bare(words, morph, i)
        return None
    if (
        j < len(words)
        and not (morph[j] & FINITE or words[j] in "(,:." or words[j] in {"und", "vom", "von", "aus"})
        and not (i and morph[i - 1] & FINITE and words[j][0].islower())
    ):
        return None
    mention = Mention(i, j, j, "person", name, surname, first, guess)
    if before in PREPOSITIONS or before.lower() in PREPOSITIONS:
        mention.nominative, mention.preposition = False, before
    surroundings(words, morph, mention)
    mention.form = name
    return mention
