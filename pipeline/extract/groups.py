"""Finds groups in a sentence: factions and parties, offices, associations, *Mehrere Mitglieder*, *Die Jugendlichen*."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.extract.cues import verb_key
from pipeline.extract.mentions import DETERMINERS, PREPOSITIONS, Mention, MentionKind, case_of, join
from pipeline.extract.namelist import (
    BODY,
    FINITE,
    GROUP,
    INFINITIVE,
    PARTY,
    PARTY_OPENING,
    PLURAL,
    ROLE,
    SAL,
    TITLE,
    WORDS,
    Word,
    party_forms,
)
from pipeline.extract.wordsets import word_set


def quantified_at(words: Sequence[str], i: int) -> Mention | None:
    """*Mehrere Mitglieder*, *Alle freien Träger*, *Auch die anderen Freien Träger*."""
    j = i + 1
    while (
        j < len(words)
        and j < i + 3
        and not ((known := WORDS[words[j]]) is not None and known.flags & (PLURAL | BODY | ROLE | GROUP))
    ):
        if words[j][0].isupper() and words[j] not in {"Freien", "Freie"}:
            return None
        j += 1
    if j >= len(words) or (known := WORDS[words[j]]) is None or not known.flags & (PLURAL | BODY | ROLE):
        return None
    if known.flags & ROLE and not (known.plural or known.flags & PLURAL or words[j].endswith(("er", "e"))):
        return None
    nominative, preposition = case_of(words, i, False)
    if preposition:  # von mehreren Mitgliedern
        quantifier = words[i].removesuffix("n") if words[i].endswith("en") else words[i]
        noun = (
            words[j].removesuffix("n")
            if words[j].endswith(("ern", "en")) and words[j] not in {"Fraktionen", "Bürgerinnen", "Einwohnerinnen"}
            else words[j]
        )
        name = " ".join((quantifier.capitalize(), *words[i + 1 : j], noun))
        return Mention(
            i,
            j + 1,
            j + 1,
            "group",
            name,
            nominative=False,
            preposition=preposition,
            plural=True,
            form=name,
            indefinite=True,
        )
    return Mention(
        i,
        j + 1,
        j + 1,
        "group",
        " ".join((words[i].capitalize(), *words[i + 1 : j + 1])),
        nominative=nominative,
        preposition=preposition,
        plural=True,
        form=" ".join((words[i].capitalize(), *words[i + 1 : j + 1])),
    )


def several_at(words: Sequence[str], i: int) -> Mention | None:
    """*Die anderen Freien Träger*, *Die Jugendlichen*: a plural with its article and adjectives."""
    start = i
    while (
        start
        and words[start - 1].endswith(("en", "e"))
        and (words[start - 1][0].islower() or words[start - 1] in {"Freien", "Freie"})
        and words[start - 1].lower() not in DETERMINERS
        and i - start < 2
    ):
        start -= 1
    end = i + 1
    if words[i] == "Fraktionen" and end < len(words) - 1 and words[end] in {"von", "der"}:
        at = end + 1  # die Fraktionen von SPD und CDU
        while at < len(words) and (label := _party_at(words, at)) is not None:
            end = at = label[1]
            if at < len(words) - 1 and words[at] in {"und", ",", "sowie"}:
                at += 1
    name = " ".join(w for w in (*words[start:i], *words[i:end]) if w[0].isupper() or end > i + 1)
    det = words[start - 1].lower() if start else ""
    if det not in {"die", "den", "der", "alle", "diese"}:
        return (
            Mention(start, end, end, "group", name, nominative=start == 0, plural=True, form=name)
            if start == 0
            else None
        )
    nominative, preposition = det in {"die", "alle", "diese"}, ""
    begin = start - 1
    if begin and words[begin - 1] in PREPOSITIONS:
        nominative, preposition = False, words[begin - 1]
    return Mention(
        begin, end, end, "group", name, nominative=nominative, preposition=preposition, plural=True, form=name
    )


def plural_at(words: Sequence[str], i: int, j: int, info: Word) -> Mention | None:
    """*Die Stadträte* and the like: members are the body, others a group."""
    nominative, preposition = case_of(words, i, False)
    start = i - 1 if i and words[i - 1].lower() in DETERMINERS else i
    kind: MentionKind = "body" if info.kind == "member" else "group"
    return Mention(
        start, j + 1, j + 1, kind, words[j], nominative=nominative, preposition=preposition, plural=True, form=words[j]
    )


def group_at(words: Sequence[str], morph: Sequence[int], i: int, info: Word) -> Mention | None:
    """*Die CDU-Fraktion*, *Fraktion DIE LINKE*, *die Grünen*, *Das Fachamt Management des öffentlichen Raumes*."""
    size = len(words)
    j = i + 1
    form = words[i]
    party = bool(info.flags & PARTY)
    if party and (form == "Die" or (info.base == PARTY_OPENING and _party_at(words, i) is None)):
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
        elif j < size and words[j][0].isupper() and (known := WORDS[words[j]]) is None:
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
        if form in {
            "Fachamt",
            "Fachbereich",
            "Fachdienst",
            "Eigenbetrieb",
            "Dezernat",
            "Initiative",
            "Bürgerinitiative",
            "Amt",
            "Elternbeirat",
            "Kita",
        } or lower.endswith(("elternbeirat", "elternausschuss", "elternrat", "verein", "initiative", "gemeinschaft")):
            while (
                j < size
                and j < i + 7
                and (
                    words[j][0].isupper()
                    or ((words[j] in {"und", "für", "des", "der"} or words[j].endswith("en")) and not morph[j] & FINITE)
                )
            ):
                known = WORDS[words[j]]
                if known is not None and known.flags & (SAL | TITLE):
                    break
                j += 1
            while j > i + 1 and not words[j - 1][0].isupper():
                j -= 1
    first = i
    if i >= 2 and words[i - 1] == "und" and words[i - 2].endswith("-") and words[i - 2][0].isupper():
        first = i - 2
    if (
        form in {"Fraktion", "Gruppe"}
        and first
        and words[first - 1].lower() in {"seine", "ihre", "seiner", "ihrer", "unsere", "meine", "eigene", "eigenen"}
    ):
        return None
    name = join(words[first:j])
    if j == i + 1 and i and words[i - 1] in {"des", "eines"} and name.endswith("s") and not name.endswith("ss"):
        name = name.removesuffix("es") if name.endswith(("mtes", "ates", "irates")) else name.removesuffix("s")
    if party and j == i + 1 and form == "Linken" and i and words[i - 1].lower() in {"der", "den"}:
        name = faction = "Linke"
    elif party and name.startswith("Freien "):  # die Freien Wähler
        name = faction = "Freie " + name.removeprefix("Freien ")
    i = first
    feminine = not lower.endswith(_MASCULINE_GROUPS)
    nominative, preposition = case_of(words, i, feminine)
    start = i - 1 if i and words[i - 1].lower() in DETERMINERS else i
    if (
        preposition == ""
        and i >= 2
        and words[i - 1] in {"Seiten", "des", "der"}
        and "Seiten" in words[i - 2 : i]
        and i - 2 >= 0
    ):
        nominative, preposition = False, "seitens"
    if i >= 2 and start == i and words[i - 1].endswith(("en", "e", "es")) and words[i - 2].lower() in DETERMINERS:
        start = i - 2
        nominative = DETERMINERS[words[i - 2].lower()][0] and not (feminine and words[i - 2].lower() == "der")
    return Mention(
        start,
        j,
        j,
        "group",
        name,
        faction=faction,
        nominative=nominative,
        preposition=preposition,
        form=name,
        office=lower,
        plural=party and form.endswith("n"),
    )


_MASCULINE_GROUPS = (
    "bereich",
    "dienst",
    "betrieb",
    "magistrat",
    "verein",
    "verband",
    "beirat",
    "rat",
    "ausschuss",
    "bund",
    "ring",
    "vorstand",
    "forst",
    "asd",
    "senat",
)


MAX_UNKNOWN = 8
"""Longest phrase before the verb that can name a group no lexicon knows, in tokens."""


def unknown_group(words: Sequence[str], morph: Sequence[int]) -> Mention | None:
    """*Die Liga der freien Wohlfahrtsverbände bekräftigt*: a noun that no lexicon knows with a verb of saying.

    Only of use in minutes that report in the Konjunktiv, where a report about others does not stand in the indicative;
    `role_kind` is `unknown`.
    """
    if len(words) < 4 or words[0] not in {"Die", "Das", "Der", "Ein", "Eine"} or not words[1][0].isupper():
        return None
    if words[1].lower().endswith(_THINGS) or WORDS[words[1]] is not None:
        return None
    stop = next((k for k in range(2, min(len(words), MAX_UNKNOWN)) if morph[k] & FINITE or words[k] == ","), None)
    if stop is None or any(w in {"er", "sie", "es", "(", ":"} for w in words[2:stop]):
        return None
    verb = stop
    if words[stop] == ",":
        verb = next(
            (k + 1 for k in range(stop + 1, min(len(words), stop + 10)) if words[k] == "," and k + 1 < len(words)), 0
        )
        if not verb or not morph[verb] & FINITE:
            return None
    value = morph[verb]
    if not value & INDICATIVE or words[verb][0].isupper() or value & (INFINITIVE | AMBIGUOUS):
        return None  # lehnten, bitten: may be the Konjunktiv of a report
    if words[0] == "Der" and words[1].endswith(("ung", "heit", "keit", "ion", "schaft", "tät", "ie", "ei", "e")):
        return None  # der Ergänzung: no subject
    if verb_key(words[verb], set(words)) not in _SAYING:
        return None
    name = join(words[1:stop])
    return Mention(0, verb, stop, "group", name, role_kind="unknown", form=name)


INDICATIVE, AMBIGUOUS = 2, 2048
_SAYING = word_set("saying")
_THINGS = tuple(word_set("things"))


def _party_at(words: Sequence[str], i: int) -> tuple[str, int] | None:
    """The longest known party name that starts at `i`, and the index behind it."""
    known = party_forms()
    for size in (6, 5, 4, 3, 2, 1):
        if i + size <= len(words):
            text = join(words[i : i + size])
            if text in known:
                return text, i + size
    return None
