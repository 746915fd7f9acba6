"""Finds the names of forgotten persons in texts and blanks them. Pure: texts in, texts of the same length out.

Part of `upkeep`; used by `removal`. The list holds hashes only, so every word of a text is hashed and looked up; what
fits is read as a name with its titles and given names by `output.names_in_text`.

A blanked character is U+2588 (█), one for each code point; white space stays, so that every offset stays valid.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from pipeline.link.names import fold, parse_name
from pipeline.output.names_in_text import INVISIBLE, MAIL, WORD, Names, Reader, is_ordinary
from pipeline.upkeep.forgotten import ENDINGS, Forgotten, family_words

BLANK = "█"
_BREAK = re.compile(r"[-\u2010]\s+|\ufffd")
Bare = Callable[[int, str | None], bool]
"""Whether a family name alone (with the gender of its form of address) means the person with this number on the list;
asked only where another person of the municipality has the name, too."""


def always(_person: int, _gender: str | None) -> bool:
    """A family name alone means the person who was forgotten."""
    return True


def blanked(text: str) -> str:
    """`text` with every character but white space blanked."""
    return "".join(c if c.isspace() else BLANK for c in text)


def blank_spans(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """`text` with these spans blanked."""
    for start, end in spans:
        text = text[:start] + blanked(text[start:end]) + text[end:]
    return text


def readable(text: str) -> tuple[str, list[int]]:
    """`text` composed (NFC) and without invisible characters, and for each of its characters the place in `text`.

    The list has one more element: the end.
    """
    pieces: list[str] = []
    places: list[int] = []
    position = 0
    while position < len(text):
        end = position + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        made = INVISIBLE.sub("", unicodedata.normalize("NFC", text[position:end]))
        pieces.append(made)
        places += [position] * len(made)
        position = end
    return "".join(pieces), [*places, len(text)]


@dataclass
class Eye:
    """Sees the forgotten persons of one municipality.

    `words`: the raw words of its texts that may be their family names, `given` those that may be their given names.

    `known` are all names of the corpus (they help to tell names from words), `shared` the persons on the list who have
    a namesake in the municipality.
    """

    listed: Forgotten
    place: str
    known: Names
    words: frozenset[str]
    given: frozenset[str] = frozenset()
    shared: frozenset[int] = frozenset()
    _families: dict[str, tuple[int, ...]] = field(default_factory=dict)
    _parted: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        folded = {base for word in self.words for base in bases(word)}
        for entry in self.listed.entries:
            mine = sorted(base for base in folded if self._hash("word", base) in entry.words)
            for family in [*mine, *(f"{one} {other}" for one in mine for other in mine if one != other)]:
                if self._hash("family", family) in entry.families:
                    self.known.know(family, particle=entry.particle)
            self.known.given.update(base for word in self.given for base in bases(word)
                                    if self._hash("given", base) in entry.given)
        # texts whose white space was collapsed have a name that was parted at a line's end with one blank
        self._parted = sorted({" ".join(word.split()) for word in self.words if len(word.split()) > 1})

    def _hash(self, kind: str, text: str) -> str:
        return self.listed.hash(kind, self.place, text)

    def persons(self, family: Sequence[str]) -> tuple[int, ...]:
        """Who on the list has the family name (folded words, perhaps inflected), or a part of it."""
        key = " ".join(family)
        found = self._families.get(key)
        if found is None:
            hashes = {self._hash("family", base) for base in stems(key)}
            found = tuple(n for n, entry in enumerate(self.listed.entries) if hashes.intersection(entry.families))
            if not found and len(family) == 1 and not any(base in self.known.whole for base in stems(key)):
                hashes = {self._hash("word", base) for base in stems(key)}
                found = tuple(n for n, entry in enumerate(self.listed.entries) if hashes.intersection(entry.words))
            self._families[key] = found
        return found

    def given_fits(self, person: int, given: Sequence[str]) -> bool:
        """Whether a given name (folded words, or an initial) is one of the person's."""
        entry = self.listed.entries[person]
        if not entry.given and not entry.initials:
            return person not in self.shared
        return any(self._hash("initial", word) in entry.initials if len(word) == 1
                   else self._hash("given", word) in entry.given for word in given)

    def means(self, family: Sequence[str], given: Sequence[str], gender: str | None, bare: Bare) -> bool:
        """Whether a name in a text is that of somebody on the list."""
        for person in self.persons(family):
            if self.given_fits(person, given) if given else person not in self.shared or bare(person, gender):
                return True
        return False

    def is_name(self, printed: str | None, bare: Bare = always) -> bool:
        """Whether a printed name that stands alone (a list's cell) is that of somebody on the list."""
        name = parse_name(printed) if printed else None
        return name is not None and self.means(family_words(name.family), fold(name.given or "").split(), None, bare)

    def has_number(self, number: int | None) -> bool:
        """Whether an ALLRIS number is that of somebody on the list."""
        return number is not None and any(
            self._hash("number", str(number)) in entry.numbers for entry in self.listed.entries)

    def spans(self, text: str, bare: Bare = always) -> list[tuple[int, int]]:
        """Where names of persons on the list stand in `text`: with titles and given names."""
        parted = [match.span() for word in self._parted for match in re.finditer(re.escape(word), text)]
        if not parted and not any(word in text for word in self.words):
            return []
        clean, places = readable(text)
        reader = Reader(clean, self.known)
        found = [(start, end) for start, end, family, given, gender in reader.spans
                 if self.means(family, given, gender, bare)]
        taken = [(start, end) for start, end, *_ in reader.spans]
        found += self._left_over(reader, taken, bare)
        for match in MAIL.finditer(clean):
            local = fold(match[0].partition("@")[0]).split()
            if any(self.persons([word]) for word in local):
                found.append(match.span())
        return sorted({*parted, *((places[start], places[end - 1] + 1) for start, end in found)})

    def _left_over(self, reader: Reader, taken: list[tuple[int, int]], bare: Bare) -> Iterable[tuple[int, int]]:
        """Family names outside of any name that the reader saw, unless they are ordinary words or named places."""
        starts = {start for start, _ in taken}
        covered = [place for start, end in taken for place in range(start, end)]
        inside = frozenset(covered) | starts
        for j, (start, end, word) in enumerate(reader.tokens):
            if start in inside or not word[0].isupper() or reader.place_name(j) > j:
                continue
            if any(is_ordinary(stem) for stem in stems(reader.folds[j])):
                continue
            following = reader.folds[j + 1] if j + 1 < len(reader.tokens) else ""
            if following and self._whole(f"{reader.folds[j]} {following}"):
                yield start, reader.tokens[j + 1][1]
            elif self._whole(reader.folds[j]) and self.means([reader.folds[j]], [], None, bare):
                yield start, end

    def _whole(self, family: str) -> bool:
        """Whether this is a whole family name of somebody on the list."""
        return any(self._hash("family", base) in entry.families
                   for base in stems(family) for entry in self.listed.entries)

    def blank(self, text: str, bare: Bare = always) -> str:
        """`text` with the names of persons on the list blanked."""
        return blank_spans(text, self.spans(text, bare))


def stems(folded: str) -> list[str]:
    """A folded word, and what it is without each ending that a family name takes."""
    return [folded.removesuffix(ending) for ending in ENDINGS if folded.endswith(ending)]


def bases(word: str) -> list[str]:
    """What a raw word of a text (parted at a line's end, with invisible characters) may be as a name, folded."""
    clean = _BREAK.sub("", INVISIBLE.sub("", unicodedata.normalize("NFC", word)))
    return [stem for stem in stems(fold(clean)) if len(stem) > 1]


def words_of(text: str) -> set[str]:
    """The raw words of a text, as `Eye` wants them."""
    clean, places = readable(text)
    return {text[places[m.start()] : places[m.end() - 1] + 1] for m in WORD.finditer(clean)}
