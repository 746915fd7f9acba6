"""Finds the names of persons in a text: what `pseudonyms` replaces.

Part of `output`; pure. One pass over the words, linear in the text. A name is what follows a form of address, a title
or a function, a given name with a family name, and every family name that the corpus knows: inflected, in compounds,
parted at a line's end, with lost umlauts. Family names that are ordinary words (`ordinary_names.toml`) need more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

import msgspec

from pipeline.extract import namelist
from pipeline.extract.morphology import bits
from pipeline.extract.namelist import FINITE
from pipeline.link.names import PARTICLES, fold, parse_name

_FILE = Path(__file__).parent / "ordinary_names.toml"

_SALUTATIONS: Mapping[str, str | None] = {
    "herr": "m", "herrn": "m", "herren": "m", "hr": "m", "hrn": "m", "frau": "f", "frauen": "f", "fr": "f",
    "fraeulein": "f", "familie": None, "eheleute": None, "ehepaar": None, "damen": "f",
}
_SEVERAL = frozenset({"herren", "frauen", "damen"})
_TITLES = frozenset({
    "dr", "dres", "prof", "professor", "professorin", "dipl", "ing", "med", "jur", "phil", "rer", "nat", "pol", "mag",
    "pd", "hc", "h", "c", "habil", "freiherr", "freifrau", "graf", "graefin",
})
_TITLES_ALONE = frozenset({"dr", "dres", "prof", "professor", "professorin", "pd", "freiherr", "freifrau"})
"""Titles after which a capitalised word is a name, without a form of address, too."""
_ENDINGS = ("s", "ens", "sche", "schen", "scher", "sches", "schem")
"""What a family name takes without a form of address: genitive (*Brandts*, *Schulzens*), *der Brandtsche Antrag*."""
ENDINGS_AFTER_SALUTATION = (*_ENDINGS, "es", "n", "en")
_PLACES = (
    "straße", "strasse", "schule", "platz", "weg", "allee", "haus", "halle", "gymnasium", "stiftung", "ring", "ufer",
    "brücke", "park", "kita", "preis", "stadion", "siedlung", "garten", "klinik", "institut", "heim", "hof", "saal",
)
"""Ends of compounds that are named after somebody who is not meant (*Anne-Frank-Schule*)."""

_LEADERS = ("leiter", "leiterin", "koordinator", "koordinatorin", "referent", "referentin", "sprecher", "sprecherin")
"""Functions that their field may follow (*Fachbereichsleiterin Jugend sagt zu*)."""
SMALL = PARTICLES - {"und", "o"} | {"am", "im"}
"""Words before a family name that belong to it (*von der Heide*, *am Ende*)."""
_LONGEST = 12
"""Words of a name with titles, function and given names at most; longer ones are no names, and cost time."""
WORD = re.compile(r"[^\W\d_]+(?:\ufffd[^\W\d_]*)?(?:[-\u2010][ \t]{0,9}\r?\n[ \t]{0,9}[a-zäöüß][^\W\d_]*)?")
"""A word, with a lost letter (U+FFFD) or parted at a line's end (*Harm-* / *sen*)."""
_BREAK = re.compile(r"[-\u2010]\s+|\ufffd")
INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
MAIL = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,80}")
_GAP = re.compile(r"\.?\s{0,4}|-|\.-")
_BLANK = re.compile(r"\.?\s{1,4}")
_SPACE = re.compile(r"\s{1,4}")
_COMMA = re.compile(r",\s{1,4}")
_HYPHEN = re.compile("-")
_LETTERS = 3
"""Letters by which a word is told from every family name of a corpus: a council has some forty of them."""


class _Ordinary(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    example: str
    words: tuple[str, ...]


class _OrdinaryFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    nouns: _Ordinary
    adjectives: _Ordinary
    before_nouns: _Ordinary


_ordinary = msgspec.toml.decode(_FILE.read_bytes(), type=_OrdinaryFile)
_NOUNS = frozenset(map(fold, (*_ordinary.nouns.words, *_ordinary.adjectives.words)))
_ADJECTIVES = frozenset(map(fold, _ordinary.adjectives.words))
_BEFORE_NOUNS = frozenset(_ordinary.before_nouns.words)


def is_ordinary(folded: str) -> bool:
    """Whether a folded family name is an ordinary word, too (*Koch*, *Sommer*)."""
    return folded in _NOUNS


def family_words(family: str) -> list[str]:
    """The folded words of a family name without particles; of a name that is one (*Graf*), the name."""
    words = fold(family).split()
    return [word for word in words if word not in SMALL and word not in PARTICLES] or words[-1:]


class Names(msgspec.Struct):
    """The names that are known in a corpus. Values: ids of persons who bear them; empty: nobody in the database."""

    whole: dict[str, set[str]] = msgspec.field(default_factory=dict)
    parts: dict[str, set[str]] = msgspec.field(default_factory=dict)
    lost: dict[str, str] = msgspec.field(default_factory=dict)
    given: set[str] = msgspec.field(default_factory=set)
    noble: set[str] = msgspec.field(default_factory=set)
    beginnings: set[str] = msgspec.field(default_factory=set)
    """First letters of every family name, as far as `could_be` compares."""

    def add(self, printed: str | None, person: str | None) -> None:
        """Know the name as printed in a list or text, and its variants."""
        name = parse_name(printed) if printed else None
        if name is None or not name.family[:1].isalpha():
            return
        words = family_words(name.family)
        if not words or any(len(word) < 2 for word in words):
            return
        known = self.whole.setdefault(" ".join(words), set())
        if len(name.family.split()) > len(words):
            self.noble.add(words[0])
        if person:
            known.add(person)
        if len(words) > 1:
            for word in words:
                if len(word) > 2:
                    self.parts.setdefault(word, set()).update({person} if person else ())
        for variant in _damaged(name.family):
            self.lost.setdefault(variant, " ".join(words))
            self.beginnings.add(variant[:_LETTERS])
        self.beginnings.update(word[:_LETTERS] for word in words)
        if name.given:
            self.given.update(word for word in fold(name.given).split() if len(word) > 1)

    def know(self, family: str, *, particle: bool) -> None:
        """Know a family name in its folded form, which nobody in the database bears; `particle`: one goes with it."""
        words = family.split()
        self.whole.setdefault(family, set())
        if particle:
            self.noble.add(words[0])
        for word in words if len(words) > 1 else ():
            self.parts.setdefault(word, set())
        self.beginnings.update(word[:_LETTERS] for word in words)

    def could_be(self, folded: str) -> bool:
        """Whether a folded word can be a name of the corpus or an inflected one; cheap, and never wrongly False."""
        return folded[:_LETTERS] in self.beginnings or folded[:2] in self.beginnings or folded in self.given


def _damaged(family: str) -> Iterable[str]:
    """The name as pages print it that lost their umlauts: dropped, or without dots."""
    bare = " ".join(word for word in family.split() if word.casefold() not in SMALL).casefold()
    if len(bare) > 4 and any(c in "äöüß" for c in bare):
        yield fold("".join(c for c in bare if c not in "äöüß"))
        yield fold(bare.translate(str.maketrans("äöüß", "aous")))


@lru_cache(maxsize=100_000)
def _folded(word: str) -> str:
    """`word` for comparing, joined where a line's end parts it."""
    return fold(_BREAK.sub("", word))


@lru_cache(maxsize=100_000)
def _tells_nothing(word: str) -> bool:
    """Whether a word is no form of address, title, function, given name or initial: most words of a text."""
    folded = _folded(word)
    if len(folded) < 2 or folded in _SALUTATIONS or folded in _TITLES or folded in _TITLES_ALONE:
        return False
    known = (namelist.word(f"{word}."), namelist.word(word))
    return not any(found is not None and found.flags & (namelist.ROLE | namelist.GIVEN) for found in known)


class Reader:
    """Finds the names in a text. `spans`: begin, end, family name, given names (folded), gender."""

    def __init__(self, text: str, names: Names) -> None:
        self.text = text
        self.names = names
        self.tokens = [(match.start(), match.end(), match[0]) for match in WORD.finditer(text)]
        self.folds = [_folded(word) for _, _, word in self.tokens]
        self.spans: list[tuple[int, int, list[str], list[str], str | None]] = []
        position = 0
        while position < len(self.tokens):
            position = self._at(position)

    def _at(self, i: int) -> int:
        """Reads what begins at token `i`. Returns where to go on."""
        word = self.tokens[i][2]
        folded = self.folds[i]
        if not word[0].isupper() and folded not in _TITLES_ALONE:
            return i + 1
        end = self.tokens[i][1]
        if _tells_nothing(word) and not self.names.could_be(folded) and self.text[end : end + 1] != "-":
            return i + 1
        if folded in _SALUTATIONS and word[0].isupper():
            gender = _SALUTATIONS[folded]
            following = self._name(i + 1, gender, sure=True) if self._joined(i + 1, _GAP) else i + 1
            while folded in _SEVERAL and following > i + 1 and self._and_another(following):
                start = following + (self.folds[following] == "und")
                further = self._name(start, gender, sure=True)
                if further == start:
                    break
                following = further
            return max(following, i + 1)
        if folded in _TITLES_ALONE and self._title(i) and self._joined(i + 1, _GAP):
            return max(self._name(i + 1, None, sure=True, start=i), i + 1)
        if (place := self.place_name(i)) > i:
            return place
        known = self._lexical(i)
        if known is not None and known.flags & namelist.ROLE and not self._known(i):
            return max(self._name(i + 1, known.gender, sure=self._bears(i + 1, known)), i + 1)
        return max(self._name(i, None, sure=False), i + 1)

    def _and_another(self, i: int) -> bool:
        if i >= len(self.tokens):
            return False
        gap = self.text[self.tokens[i - 1][1] : self.tokens[i][0]].strip()
        return (self.folds[i] == "und" and not gap) or gap in {",", "/"}

    def _joined(self, i: int, pattern: re.Pattern[str]) -> bool:
        """Whether token `i` follows the one before it closely."""
        return 0 < i < len(self.tokens) and bool(
            pattern.fullmatch(self.text, self.tokens[i - 1][1], self.tokens[i][0]))

    def _name(self, i: int, gender: str | None, *, sure: bool, start: int | None = None) -> int:
        """Reads a name at token `i` and keeps its span. `sure`: a form of address or a title stands before it.

        Returns the token behind it, `i` where there is none.
        """
        j = i
        stop = min(len(self.tokens), i + _LONGEST)
        titles = start if start is not None else None
        while j < stop and (j == i or self._joined(j, _GAP)) and self._title(j):
            titles = j if titles is None else titles
            j += 1
        if j > i and not self._known(j):
            sure = True
        if sure:
            while j < stop and self._is_office(j):
                j += 1
                titles = None
        begin = j if titles is None else titles
        given: list[str] = []
        while j + 1 < stop and self._joined(j + 1, _BLANK if not self._hyphen(j + 1) else _GAP) and (
            self._is_given(j, sure=sure) or (not sure and not given and self._initial(j) and self._known(j + 1))
        ) and self._name_at(self._after_particles(j + 1), sure=True):
            given.append(self.folds[j])
            j += 1
        if given:
            sure = sure or self._known(self._after_particles(j)) or not self._is_ordinary_given(j - 1)
        first = self._after_particles(j) if sure or given else j
        if first >= len(self.tokens) or (first > i and not self._near(i, first)):
            return i
        if not self._name_at(first, sure=sure):
            return i
        if not sure and not self._meant(first):
            return i
        last = first
        words = [self.folds[first]]
        stop = min(len(self.tokens), first + 4)
        while last + 1 < stop and self._continues(first, last + 1, words, sure=sure, given=bool(given)):
            last += 1
            words.append(self.folds[last])
        if sure and not given and last > first and words[0] not in self.names.parts and not self._hyphen(first + 1):
            given, words = words[:-1], words[-1:]
        if not sure and first == j:
            begin = self._particles_before(first)
        if not given and self._given_behind(last + 1):
            last += 1
            given = [self.folds[last]]
        end = self.tokens[last][1]
        if self.text[end : end + 1] in {"'", "’"}:
            end += 2 if self.text[end + 1 : end + 2] == "s" else 1
        self.spans.append((self.tokens[begin][0], end, words, given, gender))
        return last + 1

    def _given_behind(self, j: int) -> bool:
        """Whether the given name stands behind the family name, as in lists (*Harmsen, Klaus*)."""
        return self._joined(j, _COMMA) and self.folds[j] in self.names.given and not self._known(j) \
            and not (j + 1 < len(self.tokens) and self._joined(j + 1, _SPACE) and self._known(j + 1))

    def _title(self, j: int) -> bool:
        """Whether the token is a title, and not a family name that is one, too (*Herr Graf berichtet*)."""
        if self.folds[j] not in _TITLES or (len(self.folds[j]) == 1 and not self.tokens[j][2].islower()):
            return False
        return not self._whole(j) or (j + 1 < len(self.tokens) and self._joined(j + 1, _GAP) and self._known(j + 1))

    def _lexical(self, j: int) -> namelist.Word | None:
        """What the lexicons know about the token, with the full stop behind it or without (*Stv.*)."""
        word = self.tokens[j][2]
        stop = self.text[self.tokens[j][1] : self.tokens[j][1] + 1] == "."
        return (namelist.word(f"{word}.") if stop else None) or namelist.word(word)

    def _near(self, i: int, first: int) -> bool:
        return all(self._joined(k, _GAP) for k in range(i + 1, first + 1))

    def _after_particles(self, j: int) -> int:
        k = j
        stop = min(len(self.tokens), j + 4)
        while k < stop and self.tokens[k][2].islower() and self.folds[k] in SMALL:
            k += 1
        return k if k < len(self.tokens) and self.tokens[k][2][0].isupper() else j

    def _particles_before(self, first: int) -> int:
        """Where the particles begin that belong to the known family name at `first` (*von Rhaden*)."""
        k = first
        while k > 0 and self.tokens[k - 1][2].casefold() in {"von", "van", "der", "den", "zu", "de", "vom", "zur"} \
                and self._joined(k, _BLANK) and k > first - 3:
            k -= 1
        return k if self.folds[first] in self.names.noble else first

    def _hyphen(self, i: int) -> bool:
        return self._joined(i, _HYPHEN)

    def _initial(self, j: int) -> bool:
        return len(self.tokens[j][2]) == 1 and self.text[self.tokens[j][1] : self.tokens[j][1] + 1] == "."

    def _is_given(self, j: int, *, sure: bool) -> bool:
        word = self.tokens[j][2]
        if not word[0].isupper():
            return False
        known = namelist.word(word)
        return (known is not None and bool(known.flags & namelist.GIVEN)) or self.folds[j] in self.names.given or (
            sure and self._initial(j))

    def _is_ordinary_given(self, j: int) -> bool:
        return self.folds[j] in _NOUNS

    def _is_office(self, j: int) -> bool:
        known = self._lexical(j)
        if known is None or not known.flags & namelist.ROLE or not self._joined(j, _GAP):
            return False
        return not self._known(j) or (j + 1 < len(self.tokens) and self._joined(j + 1, _BLANK) and self._known(j + 1))

    def _known(self, j: int) -> bool:
        """Whether the token is a family name of the corpus, perhaps inflected, or a part of one."""
        if j >= len(self.tokens) or not self.tokens[j][2][0].isupper():
            return False
        return self._whole(j) or self.folds[j] in self.names.parts

    def _whole(self, j: int) -> bool:
        folded = self.folds[j]
        names = self.names
        if folded in names.whole or folded in names.lost:
            return True
        return any(folded.endswith(end) and folded[: -len(end)] in names.whole for end in _ENDINGS)

    def _name_at(self, j: int, *, sure: bool) -> bool:
        """Whether a name can stand at token `j`; without form of address or title only a known one."""
        if j >= len(self.tokens):
            return False
        word = self.tokens[j][2]
        if not word[0].isupper():
            return False
        if self._known(j) or self._double(j):
            return True
        return sure and namelist.is_name(word, after_salutation=True) and self.folds[j] not in _SALUTATIONS \
            and not self._function(j)

    def _function(self, j: int) -> bool:
        word, known = self.tokens[j][2], self._lexical(j)
        functions = namelist.ROLE | namelist.GROUP | namelist.PARTY | namelist.BODY
        return known is not None and bool(known.flags & functions) and not namelist.surname_too(word, known)

    def _double(self, j: int) -> bool:
        """Whether a known family name of several words begins at token `j`."""
        return j + 1 < len(self.tokens) and self._joined(j + 1, _GAP) and (
            f"{self.folds[j]} {self.folds[j + 1]}" in self.names.whole)

    def _meant(self, j: int) -> bool:
        """Whether a family name without form of address means the person: not a place, not an ordinary word."""
        if not (self._whole(j) or self._double(j)):
            return self.folds[j - 1] in self.names.given if j else False
        base = next((f for f in (self.folds[j], *(self.folds[j].removesuffix(e) for e in _ENDINGS)) if f in _NOUNS), "")
        if not base:
            return True
        before = self.tokens[j - 1][2] if j and self._joined(j, _BLANK) else ""
        known = namelist.word(before) if before else None
        if known is not None and known.flags & namelist.ROLE:
            return True
        if base in _ADJECTIVES and j + 1 < len(self.tokens) and self._joined(j + 1, _SPACE) \
                and self.tokens[j + 1][2][0].isupper():
            return False
        if before in _BEFORE_NOUNS:
            return False
        declined = before.islower() and len(before) > 3 and before.endswith(("er", "en", "es", "em", "e"))
        return not (declined and not bits(before) & FINITE)

    def place_name(self, j: int) -> int:
        """The token behind a compound at `j` that is named after somebody (*Anne-Frank-Schule*), else `j`."""
        last = j
        while last + 1 < len(self.tokens) and last < j + 4 and self._hyphen(last + 1):
            last += 1
        return last + 1 if last > j and self.tokens[last][2].casefold().endswith(_PLACES) else j

    def _bears(self, j: int, role: namelist.Word) -> bool:
        """Whether the unknown word at `j` bears the function before it (*Bürgermeister Kalkbrenner sagt*)."""
        if role.kind not in {"office", "chair", "member"} or not self._joined(j, _BLANK) \
                or role.base.endswith(_LEADERS):
            return False
        word = self.tokens[j][2]
        if namelist.word(word) is not None or not namelist.is_name(word, after_salutation=False):
            return False
        after = self.text[self.tokens[j][1] : self.tokens[j][1] + 2].strip()
        return after in {"(", ":"} or (j + 1 < len(self.tokens) and bool(bits(self.tokens[j + 1][2]) & FINITE))

    def _continues(self, first: int, j: int, words: list[str], *, sure: bool, given: bool) -> bool:
        """Whether token `j` belongs to the family name that began at token `first`."""
        if not self.tokens[j][2][0].isupper():
            return False
        longer = " ".join((*words, self.folds[j]))
        if longer in self.names.whole and self._joined(j, _GAP):
            return True
        if self._hyphen(j):
            return sure and not self._known(first) and not self._function(j)
        if not sure or given or j > first + 1 or self._known(first) or not self._joined(j, _SPACE):
            return False
        if self._whole(j):
            return True
        after = self.tokens[j + 1] if j + 1 < len(self.tokens) else None
        sign = self.text[self.tokens[j][1] : self.tokens[j][1] + 2].strip()
        ends = after is None or bool(bits(after[2]) & FINITE) or sign in {"(", ","}
        return ends and namelist.word(self.tokens[j][2]) is None and namelist.is_name(
            self.tokens[j][2], after_salutation=False)
