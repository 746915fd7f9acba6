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
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from pipeline.errors import ExportError
from pipeline.extract import namelist
from pipeline.link.names import fold, parse_name
from pipeline.output.names_in_text import ENDINGS_AFTER_SALUTATION, INVISIBLE, MAIL, WORD, Names, Reader, family_words
from pipeline.output.result import Column

KEY_VARIABLE = "AUSZUG_PSEUDONYM_KEY"
"""Where the secret is taken from, unless a file is named."""
SHORTEST_KEY = 16
"""Bytes of a secret at least; a shorter one can be found by trying."""
_KEPT = 1_000
"""Texts kept with their result: titles and committees stand in every row of an item."""
_DIGITS = 10
"""Base32 digits of a key (50 bits): among a million persons two share one with a probability of 1 in 2,000."""

LIMITS = (
    "Persons are replaced by keys (P-... a person of the database, N-... a name that belongs to no one person in it). "
    "This is pseudonymisation, not anonymisation: the data remain personal data. The minutes are public, so whoever "
    "has a quote, an item's id or the page address can look the name up; a function that only one person holds (a "
    "chair, a head of department), a faction of one, dates and what somebody says about themselves can tell who it is. "
    "Names are found by form of address, title, function, given name, and as the family names of everybody whom the "
    "database knows in the same corpus, inflected, in compounds and without umlauts. Not found are a given name alone, "
    "a nickname, a misspelt name, a name of somebody unknown without form of address, and a family name that is an "
    "ordinary word, where the words before it say that it is one (in Kraft). Words may be replaced that are no names. "
    "Offsets count in the original texts. Read a sample before you pass the data on."
)
"""What `--pseudonymise` promises and what not, in words for the user."""

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


class Pseudonyms:
    """The keys for the persons of one database. The same secret and database give the same keys and texts."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, key: bytes) -> None:
        """Learns every name in the database."""
        self._key = key
        self._names: dict[str, Names] = {}
        self._gender: dict[str, str] = {}
        self._given: dict[str, frozenset[str]] = {}
        self._load(connection)
        self._present = self._who_was_there(connection)
        self._done: dict[tuple[str, str | None, str], str] = {}
        self._digests: dict[tuple[str, ...], str] = {}

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
            SELECT m.source_id, a.name, a.person_id FROM attendance AS a
                JOIN meeting AS m ON m.meeting_id = a.meeting_id
            UNION SELECT source_id, name, person_id FROM roster_member
            UNION SELECT source_id, name, NULL FROM person_page
            UNION SELECT source_id, official, NULL FROM paper WHERE official ILIKE '%herr %' OR official ILIKE '%frau %'
            UNION SELECT i.source_id, s.name, s.person_id FROM speaker AS s
                JOIN agenda_item AS i ON i.item_id = s.item_id WHERE s.kind = 'person'
            ORDER BY ALL""").fetchall():
            self._of(source).add(name, person)

    def _of(self, source: str) -> Names:
        return self._names.setdefault(source, Names())

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
        found = self._digests.get(parts)
        if found is None:
            made = hmac.new(self._key, "\x1f".join(parts).encode(), hashlib.sha256).digest()
            found = self._digests[parts] = base64.b32encode(made).decode()[:_DIGITS]
        return found

    def name(self, printed: str, *, source: str, item: str | None = None, person: str | None = None) -> str:
        """The key for a name that stands alone (a list's cell)."""
        if person:
            return self.person(person)
        name = parse_name(printed)
        if name is None:
            return self._unknown(source, fold(printed))
        return self._key_for(source, item, family_words(name.family), fold(name.given or "").split(), None)

    def _key_for(
        self, source: str, item: str | None, words: Sequence[str], given: Sequence[str], gender: str | None
    ) -> str:
        names = self._of(source)
        core, bearers = self._bearers(names, " ".join(words))
        if len(bearers) > 1:
            for left in (
                {p for p in bearers if all(_fits(one, self._given[p]) for one in given)},
                {p for p in bearers if gender is None or self._gender.get(p) in (None, gender)},
                bearers & self._present.get(item or "", frozenset()),
            ):
                bearers = bearers & left or bearers
        return self.person(next(iter(bearers))) if len(bearers) == 1 else self._unknown(source, core)

    def _bearers(self, names: Names, core: str) -> tuple[str, set[str]]:
        """The name that an inflected or damaged form belongs to, and who bears it."""
        for form in (core, *(core.removesuffix(end) for end in ENDINGS_AFTER_SALUTATION if core.endswith(end))):
            whole = names.lost.get(form, form) if form not in names.whole else form
            if whole in names.whole:
                return whole, names.whole[whole]
        return core, names.parts.get(core, names.parts.get(core.removesuffix("s"), set()))

    # ------------------------------------------------------------------ texts

    def text(self, text: str, *, source: str, item: str | None = None) -> str:
        """`text` with every name replaced. `source` and `item` say whose names are likely."""
        made = self._done.get((source, item, text))
        if made is None:
            if len(self._done) >= _KEPT:
                self._done.clear()
            made = self._done[source, item, text] = self._replaced(text, source, item) if text else text
        return made

    def _replaced(self, text: str, source: str, item: str | None) -> str:
        if not unicodedata.is_normalized("NFC", text):
            text = unicodedata.normalize("NFC", text)
        text = INVISIBLE.sub("", text)
        if "@" in text:
            text = MAIL.sub("[e-mail]", text)
        reader = Reader(text, self._of(source))
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


def _fits(given: str, own: frozenset[str]) -> bool:
    """Whether a given name or initial can be one of somebody's."""
    return any(given == name or (len(given) == 1 and name[:1] == given) for name in own)


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
    words = WORD.findall(printed)
    known = namelist.word(words[-1]) if words else None
    functions = namelist.ROLE | namelist.GROUP | namelist.PARTY | namelist.BODY | namelist.PLURAL
    return known is not None and bool(known.flags & functions)
