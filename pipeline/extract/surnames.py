"""Reads a name from its tokens: given names and initials, particles, surname; and where it ends."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from pipeline.extract.mentions import DETERMINERS
from pipeline.extract.morphology import bits
from pipeline.extract.namelist import (
    ADJ,
    FINITE,
    GIVEN,
    NEVER_NAMES,
    QUANT,
    ROLE,
    SAL,
    TITLE,
    WORDS,
    Gender,
    Word,
    is_initial,
    is_name,
    particles,
    surname_too,
    word,
)

_LOCATIONS = frozenset(("vom", "zum", "zur", "am", "im"))
"""Behind a word that is also a given name these begin where somebody is from (*Frau Jonas vom Familienzentrum*)."""


def name_follows(words: Sequence[str], j: int) -> bool:
    """Whether a name stands at `j`, titles skipped."""
    while j < len(words) and (known := WORDS[words[j]]) is not None and known.flags & TITLE:
        j += 1
    return j < len(words) and is_name(words[j], after_salutation=True)


_OF = frozenset(
    ("von", "van", "vom", "zu", "zur", "de", "del", "di", "da", "dos", "ten", "ter", "el", "al", "le", "la")
)
"""Behind an initial only these go on with the name (*K. von Uhl*, but *Herr K. den Zeitplan*)."""

_NOBLE = frozenset(
    ("Graf", "Gräfin", "Freiherr", "Freifrau", "Baron", "Baronin", "Prinz", "Prinzessin", "Fürst", "Edler")
)


def read_name(
    words: Sequence[str],
    morph: Sequence[int],
    j: int,
    *,
    after_salutation: bool,
    known: Collection[str],
    places: Collection[str],
    head: Word | None,
) -> tuple[str, str, str, int, Gender | None]:
    """Name, surname, given names, the index behind it, and the gender that the given name shows."""
    size = len(words)
    start = j
    given: list[str] = []
    guess: Gender | None = None
    # given names and initials
    while j < size - 1:
        form = words[j]
        info = WORDS[form]
        following = words[j + 1]
        if (
            is_initial(form)
            and (info is None or not info.flags & TITLE)
            and (is_name(following, after_salutation=after_salutation) or following in _OF)
        ):
            given.append(form)
        elif (
            info is not None
            and info.flags & GIVEN
            and (
                (
                    (
                        is_name(following, after_salutation=after_salutation)
                        and following not in places
                        and not is_initial(following)
                    )
                    or is_initial(following)
                )
                or (words[j + 1] not in _LOCATIONS and _particle_name(words, j + 1))
            )
        ):
            given.append(form)
            guess = guess or info.gender
        else:
            break
        j += 1
    rest = j
    # particles
    small = particles()
    if j < size - 2 and words[j] in _NOBLE and words[j + 1] in small and words[j + 1] not in _LOCATIONS:
        j += 1  # Herr Graf von Bernstorff
    while (
        j < size - 1
        and words[j] in small
        and words[j] != "und"
        and (after_salutation or given or j > rest or _particle_name(words, j))
    ):
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
    if (
        noble
        and j < size - 1
        and words[j] == "und"
        and is_name(words[j + 1], after_salutation=False)
        and _closes(words, morph, j + 2)
    ):
        j += 2
    elif not given and j < size and form[-1:] != "." and _second_name(words, morph, j, form, known):
        given.append(form)
        rest = j
        info = WORDS[form]
        guess = info.gender if info is not None and info.flags & GIVEN else None
        j += 1
    if after_salutation or given:
        if j < size - 1 and words[j] in {"gen.", "geb."} and is_name(words[j + 1], after_salutation=False):
            j += 2  # Frau Müller gen. Hoff
        elif j < size and words[j] in {"I", "II", "III"}:
            j += 1  # Herr Meyer II
        elif (
            j < size - 1
            and form[-1:] != "."
            and WORDS[words[j]] is None
            and is_name(words[j], after_salutation=False)
            and morph[j + 1] & FINITE
            and not noble
        ):
            given.append(" ".join(words[rest:j]))  # Frau Nguyen Thi Hoa
            rest = j
            j += 1
    surname = " ".join(words[rest:j])
    name = " ".join((*given, surname))
    return name, surname, " ".join(given), j, guess


def _bearer(words: Sequence[str], morph: Sequence[int], start: int, j: int, head: Word) -> bool:
    """Whether a word that is also a noun, a party or a function is the name of who bears the function before it
    (*BüDep Grund möchte*, *Kreisrätin Linke (SPD)*, *Stv. Bürger (CDU)*)."""
    form = words[j]
    if (
        j != start
        or not form[0].isupper()
        or form in NEVER_NAMES
        or form.isupper()
        or (start >= 2 and words[start - 2].lower() in DETERMINERS)
    ):
        return False
    info = WORDS[form]
    if info is None or info.flags & (SAL | TITLE | ADJ | QUANT):
        return False
    if info.flags & ROLE:
        return surname_too(form, info)
    return (
        j + 1 < len(words)
        and (bool(morph[j + 1] & FINITE) or words[j + 1] == "(")
        and head.kind in {"member", "office", "chair"}
    )


def _particle_name(words: Sequence[str], j: int) -> bool:
    """Whether particles at `j` lead to a name (*van der Velde*)."""
    if (
        j <= 2
        and words[j] in {"zur", "zum", "am"}
        and j + 2 < len(words)
        and is_name(words[j + 1], after_salutation=False)
        and words[j + 2].islower()
    ):
        return word(words[j + 1]) is None and bool(bits(words[j + 2]) & FINITE)  # Ratsfrau zur Mühlen stimmt
    k = j
    while k < len(words) and words[k] in particles() and words[k] != "und":
        k += 1
    if (
        k == j
        or k >= len(words)
        or not is_name(words[k], after_salutation=False)
        or words[j] in {"am", "im", "auf", "zur", "zum", "und", "der", "den", "dem"}
    ):
        return False
    known = WORDS[words[k]]
    return (known is None or known.flags & GIVEN != 0) and _after_name(words, k + 1)


def _after_name(words: Sequence[str], k: int) -> bool:
    return k >= len(words) or not words[k][0].isupper()


def _closes(words: Sequence[str], morph: Sequence[int], k: int) -> bool:
    """Whether a name may end before `k`: a verb, bracket, sign or the sentence's end follows."""
    return (
        k >= len(words)
        or bool(morph[k] & FINITE)
        or words[k] in "(,.:;)/–-"
        or words[k] in {"und", "sowie", "für", "vom", "von"}
    )


_FOREIGN = re.compile(r"[^A-Za-zÄÖÜäöüßéÉ'’.-]")
"""Letters no German noun has: what they stand in is a name (*findet Frau Özgür Yıldız*)."""


def _second_name(words: Sequence[str], morph: Sequence[int], j: int, form: str, known: Collection[str]) -> bool:
    """Whether the token at `j` is the surname and `form` before it was a given name."""
    following = words[j]
    if not is_name(following, after_salutation=False) or form in known:
        return False
    info, here = WORDS[following], WORDS[form]
    if info is not None and not info.flags & GIVEN:
        return False
    if here is not None and here.flags & GIVEN:
        return True
    if following in known:
        return True
    if here is not None or j + 1 >= len(words):
        return False
    return (
        bool(morph[j + 1] & FINITE)
        or words[j + 1] in {"(", ","}
        or (words[j + 1] == ":" and j <= 2)
        or _FOREIGN.search(following) is not None
        or (j <= 3 and not words[j + 1][0].isupper() and words[j + 1].isalpha())
    )
