"""Replaces persons by stable keys, in ids, names and texts, so that data can be shared without their names.

Part of `output`; used by `export`, `datapackage` and `tei`. A key is an HMAC-SHA256 of the person's id with a secret of
the user's, so that exports made with one secret fit each other, and nobody without it can try names. Roles, factions,
genders and dates stay. What this cannot do is said in `LIMITS`, which goes into every export that can carry a text.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import msgspec

from pipeline.errors import ExportError
from pipeline.extract import namelist
from pipeline.extract.morphology import bits
from pipeline.extract.namelist import FINITE
from pipeline.link.names import PARTICLES, fold, parse_name
from pipeline.output.result import Column

KEY_VARIABLE = "AUSZUG_PSEUDONYM_KEY"
"""Where the secret is taken from, unless a file is named."""
SHORTEST_KEY = 16
"""Bytes of a secret at least; a shorter one can be found by trying."""
_DIGITS = 10
"""Base32 digits of a key (50 bits): among a million persons two share one with a probability of 1 in 2,000."""
_FILE = Path(__file__).parent / "ordinary_names.toml"

LIMITS = (
    "Persons are replaced by keys (P-... a person of the database, N-... a name that belongs to no one person in it). "
    "This is pseudonymisation, not anonymisation: the data remain personal data. The minutes are public, so whoever has "
    "a quote, an item's id or the page address can look the name up; a function that only one person holds (a chair, a "
    "head of department), a faction of one, dates and what somebody says about themselves can tell who it is. Names are "
    "found by form of address, title, function, given name, and as the family names of everybody whom the database "
    "knows in the same corpus, inflected, in compounds and without umlauts. Not found are a given name alone, a "
    "nickname, a misspelt name, a name of somebody unknown without form of address, and a family name that is an "
    "ordinary word, where the words before it say that it is one (in Kraft). Words may be replaced that are no names. "
    "Offsets count in the original texts. Read a sample before you pass the data on."
)
"""What `--pseudonymise` promises and what not, in words for the user."""

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
_ENDINGS_AFTER_SALUTATION = (*_ENDINGS, "es", "n", "en")
_PLACES = (
    "straße", "strasse", "schule", "platz", "weg", "allee", "haus", "halle", "gymnasium", "stiftung", "ring", "ufer",
    "brücke", "park", "kita", "preis", "stadion", "siedlung", "garten", "klinik", "institut", "heim", "hof", "saal",
)
"""Ends of compounds that are named after somebody who is not meant (*Anne-Frank-Schule*)."""

_LEADERS = ("leiter", "leiterin", "koordinator", "koordinatorin", "referent", "referentin", "sprecher", "sprecherin")
"""Functions that their field may follow (*Fachbereichsleiterin Jugend sagt zu*)."""
_WORD = re.compile(r"[^\W\d_]+(?:\ufffd[^\W\d_]*)?(?:[-\u2010][ \t]{0,9}\r?\n[ \t]{0,9}[a-zäöüß][^\W\d_]*)?")
"""A word, with a lost letter (U+FFFD) or parted at a line's end (*Harm-* / *sen*)."""
_BREAK = re.compile(r"[-\u2010]\s+|\ufffd")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,80}")
_GAP = re.compile(r"[.,]?\s{0,4}|-|\.-")
_BLANK = re.compile(r"\.?\s{1,4}")


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


def read_key(path: Path | None, environment: Mapping[str, str] = os.environ) -> bytes:
    """The user's secret: the content of the file `path`, else the variable AUSZUG_PSEUDONYM_KEY.

    Raises ExportError where there is none, or one too short to protect anybody.
    """
    remedy = "make one and keep it: head -c 32 /dev/urandom | base64 > key.txt"
    if path is not None:
        try:
            key = path.read_bytes().strip()
        except OSError as error:
            raise ExportError(f"the key cannot be read ({error.strerror})", where=path, remedy=remedy) from None
    else:
        key = environment.get(KEY_VARIABLE, "").strip().encode()
        if not key:
            raise ExportError(f"pseudonyms need a secret of yours: {KEY_VARIABLE} or --key-file FILE", remedy=remedy)
    if len(key) < SHORTEST_KEY:
        raise ExportError(f"the secret has {len(key)} bytes, it needs {SHORTEST_KEY}", where=path, remedy=remedy)
    return key


class _Names(msgspec.Struct):
    """The names that are known in a corpus. Values: ids of persons who bear them; empty: nobody in the database."""

    whole: dict[str, set[str]] = msgspec.field(default_factory=dict)
    parts: dict[str, set[str]] = msgspec.field(default_factory=dict)
    lost: dict[str, str] = msgspec.field(default_factory=dict)
    given: set[str] = msgspec.field(default_factory=set)
    noble: set[str] = msgspec.field(default_factory=set)

    def add(self, printed: str | None, person: str | None) -> None:
        """Know the name as printed in a list or text, and its variants."""
        name = parse_name(printed) if printed else None
        if name is None or not name.family[:1].isalpha():
            return
        words = [word for word in fold(name.family).split() if word not in PARTICLES]
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
        if name.given:
            self.given.update(word for word in fold(name.given).split() if len(word) > 1)


def _damaged(family: str) -> Iterable[str]:
    """The name as pages print it that lost their umlauts: dropped, or without dots."""
    bare = " ".join(word for word in family.split() if word.casefold() not in PARTICLES).casefold()
    if len(bare) > 4 and any(c in "äöüß" for c in bare):
        yield fold("".join(c for c in bare if c not in "äöüß"))
        yield fold(bare.translate(str.maketrans("äöüß", "aous")))


class Pseudonyms:
    """The keys for the persons of one database. The same secret and database give the same keys and texts."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, key: bytes) -> None:
        """Learns every name in the database."""
        self._key = key
        self._names: dict[str, _Names] = {}
        self._gender: dict[str, str] = {}
        self._given: dict[str, frozenset[str]] = {}
        self._load(connection)
        self._present = self._who_was_there(connection)

    def _load(self, connection: duckdb.DuckDBPyConnection) -> None:
        for person, source, name, gender, given, names in connection.execute(
            "SELECT person_id, source_id, name, gender, given_name, names FROM person ORDER BY person_id"
        ).fetchall():
            for form in (name, *(names or ())):
                self._of(source).add(form, person)
            if gender:
                self._gender[person] = gender
            self._given[person] = frozenset(fold(given or "").split())
        for source, name, person in connection.execute("""
            SELECT m.source_id, a.name, a.person_id FROM attendance AS a JOIN meeting AS m ON m.meeting_id = a.meeting_id
            UNION SELECT source_id, name, person_id FROM roster_member
            UNION SELECT source_id, name, NULL FROM person_page
            UNION SELECT source_id, official, NULL FROM paper WHERE official ILIKE '%herr %' OR official ILIKE '%frau %'
            UNION SELECT i.source_id, s.name, s.person_id FROM speaker AS s
                JOIN agenda_item AS i ON i.item_id = s.item_id WHERE s.kind = 'person'
            ORDER BY ALL""").fetchall():
            self._of(source).add(name, person)

    def _of(self, source: str) -> _Names:
        return self._names.setdefault(source, _Names())

    def _who_was_there(self, connection: duckdb.DuckDBPyConnection) -> dict[str, frozenset[str]]:
        """Who spoke in an item or attended its meeting, of the persons who share a family name with another."""
        shared = sorted({person for names in self._names.values() for bearers in names.whole.values()
                         if len(bearers) > 1 for person in bearers})
        found: dict[str, set[str]] = {}
        if shared:
            for item, person in connection.execute("""
                SELECT item_id, person_id FROM speaker WHERE person_id IN (SELECT unnest($shared))
                UNION SELECT i.item_id, a.person_id FROM agenda_item AS i
                    JOIN attendance AS a ON a.meeting_id = i.meeting_id
                    WHERE i.has_excerpt AND a.person_id IN (SELECT unnest($shared))""", {"shared": shared}).fetchall():
                found.setdefault(item, set()).add(person)
        return {item: frozenset(persons) for item, persons in found.items()}

    # ------------------------------------------------------------------- keys

    def person(self, person_id: str) -> str:
        """The key that stands for a person."""
        return f"P-{self._digest('person', person_id)}"

    def _unknown(self, source: str, name: str) -> str:
        return f"N-{self._digest('name', source, name)}"

    def _digest(self, *parts: str) -> str:
        made = hmac.new(self._key, "\x1f".join(parts).encode(), hashlib.sha256).digest()
        return base64.b32encode(made).decode()[:_DIGITS]

    def name(self, printed: str, *, source: str, item: str | None = None, person: str | None = None) -> str:
        """The key for a name that stands alone (a list's cell)."""
        if person:
            return self.person(person)
        name = parse_name(printed)
        if name is None:
            return self._unknown(source, fold(printed))
        words = [word for word in fold(name.family).split() if word not in PARTICLES]
        return self._key_for(source, item, words, fold(name.given or "").split(), None)

    def _key_for(
        self, source: str, item: str | None, words: Sequence[str], given: Sequence[str], gender: str | None
    ) -> str:
        names = self._of(source)
        core, bearers = self._bearers(names, " ".join(words))
        if len(bearers) > 1:
            for fits in (
                lambda p: not given or all(any(g == own or len(g) == 1 and own[:1] == g for own in self._given[p])
                                           for g in given),
                lambda p: gender is None or self._gender.get(p) in (None, gender),
                lambda p: p in self._present.get(item or "", ()),
            ):
                left = {p for p in bearers if fits(p)}
                bearers = left or bearers
        return self.person(next(iter(bearers))) if len(bearers) == 1 else self._unknown(source, core)

    def _bearers(self, names: _Names, core: str) -> tuple[str, set[str]]:
        """The name that an inflected or damaged form belongs to, and who bears it."""
        for form in (core, *(core.removesuffix(end) for end in _ENDINGS_AFTER_SALUTATION if core.endswith(end))):
            whole = names.lost.get(form, form) if form not in names.whole else form
            if whole in names.whole:
                return whole, names.whole[whole]
        return core, names.parts.get(core, names.parts.get(core.removesuffix("s"), set()))

    # ------------------------------------------------------------------ texts

    def text(self, text: str, *, source: str, item: str | None = None) -> str:
        """`text` with every name replaced. `source` and `item` say whose names are likely."""
        if not text:
            return text
        if not unicodedata.is_normalized("NFC", text):
            text = unicodedata.normalize("NFC", text)
        text = _INVISIBLE.sub("", text)
        if "@" in text:
            text = _MAIL.sub("[e-mail]", text)
        reader = _Reader(text, self._of(source))
        if not reader.spans:
            return text
        pieces: list[str] = []
        done = 0
        for start, end, words, given, gender in reader.spans:
            pieces += (text[done:start], self._key_for(source, item, words, given, gender))
            done = end
        return "".join((*pieces, text[done:]))

    # ------------------------------------------------------------------- rows

    def rows(self, columns: Sequence[Column]) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
        """What changes a row with `columns` into one without names."""
        index = {column.name: number for number, column in enumerate(columns)}
        sourced = next((index[name] for name in _SOURCED if name in index), None)
        item_at = index.get("item_id")
        changes = [(number, _KINDS.get(column.name, "text")) for number, column in enumerate(columns)
                   if column.type.startswith("VARCHAR") or column.name in _KINDS]
        changes = [(number, kind) for number, kind in changes if kind != "keep"]
        kind_at, person_at = index.get("speaker_kind"), index.get("person_id")

        def change(row: tuple[Any, ...]) -> tuple[Any, ...]:
            source = str(row[sourced]).split("/")[0] if sourced is not None and row[sourced] else ""
            item = row[item_at] if item_at is not None else None
            person = row[person_at] if person_at is not None else None
            speaks_as = row[kind_at] if kind_at is not None else None
            cells = list(row)
            for number, kind in changes:
                value = cells[number]
                if value is None:
                    continue
                if kind == "drop":
                    cells[number] = [] if isinstance(value, list) else None
                elif kind == "person":
                    cells[number] = self.person(value)
                elif kind == "name":
                    cells[number] = self.person(row[person_at or 0] if columns[number].name != "other_person_name"
                                                else row[index["other_person_id"]])
                elif kind == "speaker":
                    cells[number] = self.speaker(value, source=source, item=item, person=person, kind=speaks_as)
                elif kind == "names":
                    cells[number] = [self.speaker(name, source=source, item=item, person=None, kind=None)
                                     for name in value]
                elif isinstance(value, list):
                    cells[number] = [self.text(str(part), source=source, item=item) for part in value]
                else:
                    cells[number] = self.text(value, source=source, item=item)
            return tuple(cells)

        return change

    def speaker(self, printed: str, *, source: str, item: str | None, person: str | None, kind: str | None) -> str:
        """The key for a speaker's name or id; functions and groups (*Vorsitzende*, *SPD-Fraktion*) stay."""
        if kind in {"role", "group"} or printed == "?":
            return self.text(printed, source=source, item=item)
        if kind is None and _is_function(printed):
            return self.text(printed, source=source, item=item)
        return self.name(printed, source=source, item=item, person=person)


_SOURCED = ("source_id", "item_id", "meeting_id", "page_id", "person_id", "paper_id", "decision_id")
"""Columns that say, or begin with, the corpus."""
_KINDS: Mapping[str, str] = {
    "person_id": "person", "other_person_id": "person", "person_name": "name", "other_person_name": "name",
    "speaker_name": "speaker", "speaker_id": "speaker", "candidates": "names",
    "family_name": "drop", "given_name": "drop", "titles": "drop", "names": "drop", "kplfdnr": "drop",
    **dict.fromkeys((
        "statement_id", "item_id", "meeting_id", "source_id", "paper_id", "decision_id", "commitment_id", "topic_id",
        "organization_id", "follow_up_item_id", "page_id", "content_hash", "payload_hash", "item_number", "act",
        "stance_item", "stance_topic", "outcome", "outcomes", "result_outcome", "vote", "rule", "cue", "gender",
        "speaker_kind", "topics", "relation", "system", "status", "basis", "kind", "warc_file", "record_id",
    ), "keep"),
}
"""What happens to a column, by its name; any other text has its names replaced."""


def _is_function(printed: str) -> bool:
    words = _WORD.findall(printed)
    known = namelist.word(words[-1]) if words else None
    functions = namelist.ROLE | namelist.GROUP | namelist.PARTY | namelist.BODY | namelist.PLURAL
    return known is not None and bool(known.flags & functions)


class _Reader:
    """Finds the names in a text. `spans`: begin, end, family name, given names (folded), gender."""

    def __init__(self, text: str, names: _Names) -> None:
        self.text = text
        self.names = names
        self.tokens = [(match.start(), match.end(), match[0]) for match in _WORD.finditer(text)]
        self.folds = [fold(_BREAK.sub("", word)) for _, _, word in self.tokens]
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
        if folded in _SALUTATIONS and word[0].isupper():
            gender = _SALUTATIONS[folded]
            following = self._name(i + 1, gender, sure=True)
            while folded in _SEVERAL and following > i + 1 and self._and_another(following):
                start = following + (self.folds[following] == "und")
                further = self._name(start, gender, sure=True)
                if further == start:
                    break
                following = further
            return max(following, i + 1)
        if folded in _TITLES_ALONE:
            return max(self._name(i + 1, None, sure=True, start=i), i + 1)
        if (place := self._place_name(i)) > i:
            return place
        known = namelist.word(word)
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
        if sure and not self._joined(i, _GAP):
            return i
        j = i
        titles = start if start is not None else None
        while j < len(self.tokens) and (j == i or self._joined(j, _GAP)) and self.folds[j] in _TITLES:
            titles = j if titles is None else titles
            j += 1
        if j > i and not self._known(j):
            sure = True
        if sure:
            while j < len(self.tokens) and self._is_office(j):
                j += 1
                titles = None
        begin = j if titles is None else titles
        given: list[str] = []
        while j + 1 < len(self.tokens) and self._joined(j + 1, _BLANK if not self._hyphen(j + 1) else _GAP) and (
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
        while last + 1 < len(self.tokens) and self._continues(first, last + 1, words, sure=sure, given=bool(given)):
            last += 1
            words.append(self.folds[last])
        if sure and not given and last > first and words[0] not in self.names.parts and not self._hyphen(first + 1):
            given, words = words[:-1], words[-1:]
        if not sure and first == j:
            begin = self._particles_before(first)
        end = self.tokens[last][1]
        if self.text[end : end + 1] in {"'", "’"}:
            end += 2 if self.text[end + 1 : end + 2] == "s" else 1
        self.spans.append((self.tokens[begin][0], end, words, given, gender))
        return last + 1

    def _near(self, i: int, first: int) -> bool:
        return all(self._joined(k, _GAP) for k in range(i + 1, first + 1))

    def _after_particles(self, j: int) -> int:
        k = j
        while k < len(self.tokens) and self.tokens[k][2].islower() and self.folds[k] in PARTICLES - {"und", "o"}:
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
        return self._joined(i, re.compile("-"))

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
        known = namelist.word(self.tokens[j][2])
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
            and not self._function(word)

    def _function(self, word: str) -> bool:
        known = namelist.word(word)
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
        if base in _ADJECTIVES and j + 1 < len(self.tokens) and self._joined(j + 1, re.compile(r"\s{1,4}")) \
                and self.tokens[j + 1][2][0].isupper():
            return False
        if before in _BEFORE_NOUNS:
            return False
        declined = before.islower() and len(before) > 3 and before.endswith(("er", "en", "es", "em", "e"))
        return not (declined and not bits(before) & FINITE)

    def _place_name(self, j: int) -> int:
        """The token behind a compound that is named after somebody (*Anne-Frank-Schule*) and begins at `j`, else `j`."""
        last = j
        while last + 1 < len(self.tokens) and last < j + 4 and self._hyphen(last + 1):
            last += 1
        return last + 1 if last > j and self.tokens[last][2].casefold().endswith(_PLACES) else j

    def _bears(self, j: int, role: namelist.Word) -> bool:
        """Whether the unknown word at `j` names who holds the function before it (*Bürgermeister Kalkbrenner sagt*)."""
        if role.kind not in {"office", "chair", "member"} or not self._joined(j, _BLANK) or role.base.endswith(_LEADERS):
            return False
        word = self.tokens[j][2]
        if namelist.word(word) is not None or not namelist.is_name(word, after_salutation=False):
            return False
        after = self.text[self.tokens[j][1] :][:2].strip()
        return after in {"(", ":"} or (j + 1 < len(self.tokens) and bool(bits(self.tokens[j + 1][2]) & FINITE))

    def _continues(self, first: int, j: int, words: list[str], *, sure: bool, given: bool) -> bool:
        """Whether token `j` belongs to the family name that began at token `first`."""
        if not self.tokens[j][2][0].isupper():
            return False
        longer = " ".join((*words, self.folds[j]))
        if longer in self.names.whole and self._joined(j, _GAP):
            return True
        if self._hyphen(j):
            return sure and not self._known(first) and not self._function(self.tokens[j][2])
        if not sure or given or j > first + 1 or self._known(first) or not self._joined(j, re.compile(r"\s{1,4}")):
            return False
        if self._whole(j):
            return True
        after = self.tokens[j + 1] if j + 1 < len(self.tokens) else None
        ends = after is None or bool(bits(after[2]) & FINITE) or self.text[self.tokens[j][1] :][:2].strip() in {"(", ","}
        return ends and namelist.word(self.tokens[j][2]) is None and namelist.is_name(
            self.tokens[j][2], after_salutation=False)
