"""Reads personal names as lists and minutes print them, and says which of them fit each other.

Part of `link`; pure. Names compare folded: case, accents and hyphens do not count, umlauts and their
transcriptions (ä, ae) are the same.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from pipeline.records import Record

_TITLE = re.compile(
    r"(?:h\.c|e\.h|m\.a|b\.a|m\.sc|b\.sc|ll\.m|dr|prof|professor|dipl|mag|lic|ing|med|jur|phil|rer|nat|pol|habil|h|c|hc|m|b|a|sc|pd|priv|doz|dres)\.?"
    r"(?:-[\w.]{1,20})?$",
    re.IGNORECASE,
)
_FORM_OF_ADDRESS = re.compile(r"(?:frau|herrn?|fr\.|hr\.)$", re.IGNORECASE)
PARTICLES = frozenset({
    "von", "vom", "van", "zu", "zum", "zur", "de", "den", "der", "del", "della", "di", "da", "dos", "du", "la", "le",
    "ten", "ter", "auf", "af", "av", "el", "al", "ben", "bin", "ibn", "o", "und", "freiherr", "freifrau", "graf",
    "gräfin",
})
"""Words before a family name that belong to it (*von der Heide*, *Graf zu Rantzau*)."""

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


class Name(Record, frozen=True):
    """A name in its parts. `given` None: only the family name is there."""

    family: str
    given: str | None = None
    titles: str | None = None

    @property
    def full(self) -> str:
        """The name without titles."""
        return f"{self.given} {self.family}" if self.given else self.family


@lru_cache(maxsize=50_000)
def fold(text: str) -> str:
    """`text` for comparing: lower case ASCII letters and digits, words parted by one blank."""
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_UMLAUTS))
    return " ".join("".join(c if c.isalnum() else " " for c in folded if not unicodedata.combining(c)).split())


@lru_cache(maxsize=50_000)
def parse_name(text: str) -> Name | None:
    """The parts of a printed name (`Dr. Anke Sommer`, `Sommer, Dr. Anke`, `von Rhaden`); None where no name is left."""
    bare = re.sub(r"\([^()]{0,80}\)", " ", text)[:200]
    if "," in bare:
        family_part, _, rest = bare.partition(",")
        left = [word for word in family_part.split() if not _is_title(word) and not _FORM_OF_ADDRESS.match(word)]
        whole = len(left) > 1 and left[0].casefold() not in PARTICLES  # *Anke Sommer, Vorsitzende*
        bare = family_part if whole and not _all_titles(rest) else f"{rest} {family_part}"
    words = [word for word in bare.split() if not _FORM_OF_ADDRESS.match(word)]
    titles = [word for word in words if _is_title(word)]
    words = [word for word in words if not _is_title(word)]
    if not words:
        return None
    first = len(words) - 1
    while first > 0 and words[first - 1].casefold() in PARTICLES:
        first -= 1
    return Name(family=" ".join(words[first:]), given=" ".join(words[:first]) or None, titles=" ".join(titles) or None)


def _is_title(word: str) -> bool:
    marked = "." in word or word.casefold() in {"dr", "prof", "professor"}
    return marked and len(word) > 2 and bool(_TITLE.match(word))


def _all_titles(text: str) -> bool:
    return all(_is_title(word) for word in text.split())


def given_fits(one: str | None, other: str | None) -> bool:
    """Whether two given names can be those of one person: unknown, initial (`K.`), or one begins the other."""
    if not one or not other:
        return True
    left, right = fold(one).split(), fold(other).split()
    return all(a == b or (1 in (len(a), len(b)) and a[0] == b[0]) for a, b in zip(left, right, strict=False))


def family_fits(one: str, other: str) -> bool:
    """Whether two family names are the same, with or without the particle (*von Rhaden*, *Rhaden*)."""
    return _core(one) == _core(other)


@lru_cache(maxsize=50_000)
def _core(family: str) -> str:
    words = fold(family).split()
    while len(words) > 1 and words[0] in PARTICLES:
        words = words[1:]
    return " ".join(words)


family_core = _core
"""The family name for looking it up: folded, without particles."""


def gender_fits(one: str | None, other: str | None) -> bool:
    """Whether two genders do not contradict each other."""
    return one is None or other is None or one == other
