"""Takes forgotten persons out of a database: a work database, or a copy of a publication.

SQL finds the rows, `blanking` and `item_removal` change them, SQL writes them back; all in the caller's transaction.

Part of `upkeep`. Only corpora in whose texts a word of the list stands cost more than one look at their words.
"""

# ruff: noqa: S608  (names of tables and columns come from the database's own catalogue, never from input)

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import duckdb
import msgspec
import pyarrow as pa

from pipeline.link.names import fold, parse_name
from pipeline.output.names_in_text import Names
from pipeline.upkeep import forgotten
from pipeline.upkeep.blanking import Bare, Eye, always, bases
from pipeline.upkeep.forgotten import REMOVED, Forgotten, family_words
from pipeline.upkeep.item_removal import Item, Row, remove

_KEPT = frozenset({
    "item_id", "meeting_id", "source_id", "paper_id", "decision_id", "commitment_id", "statement_id",
    "organization_id", "page_id", "topic_id", "problem_id", "run_id", "content_hash", "page_content_hash",
    "payload_hash", "warc_file", "record_id", "rule", "extractor", "system", "kind", "version", "address", "url",
    "act", "stance", "outcome", "gender", "basis", "person_rule", "faction_source", "evidence_kind", "speaker_id",
    "speakers", "sources", "person_id", "other_person_id", "body", "page_body", "strength", "severity", "code", "state",
})
"""Columns that hold keys, hashes, addresses and fixed words: no text."""
_NAMES = frozenset({"name", "candidates", "attendee", "author", "official"})
"""Columns with a name alone: one that is forgotten is replaced as a whole."""
_FOLLOWING = {("sentence", "text"), ("sentence", "normalised"), ("statement", "quote"), ("decision", "text")}
"""Columns that repeat a section's text: they follow it, and need not be searched."""
_NOT_SEARCHED = frozenset({"schema_version", "topic", "source_state", "search_document", "search_text"})
_SOURCED = ("source_id", "item_id", "meeting_id", "paper_id", "page_id", "person_id", "decision_id", "commitment_id",
            "sources")
"""Columns that are, begin with, or (of a run) hold the corpus."""
_LISTS = ("attendance", "attendance_history", "roster_member")
_OF_LIST: Row = {"name": REMOVED, "kplfdnr": None, "gender": None, "faction": None, "role": None, "note": None,
                 "person_id": None}
_WORDS = (r"[\p{L}\p{M}\x{00AD}\x{200B}-\x{200D}\x{2060}\x{FEFF}\x{FFFD}]+"
          r"(?:[-\x{2010}][ \t]*\r?\n[ \t]*[a-zäöüß][\p{L}\p{M}]*)?")
"""What `blanking.words_of` takes for a word, for DuckDB."""


class Removed(msgspec.Struct):
    """What was found, and changed. `sources`: corpora in which rows changed; `rows`: how many, by table."""

    sources: list[str] = []
    rows: dict[str, int] = {}
    pages: set[str] = set()
    """Keys of the items, meetings, papers and lists whose rows changed."""
    lists: set[str] = set()
    """Keys of the meetings whose attendance lists changed."""
    shared: set[int] = set()
    """Persons on the list (by number) who have a namesake in their municipality."""
    persons: set[str] = set()
    """Keys of the persons who were taken out."""
    corrections: list[str] = []
    """Corrections by hand of what they said, as JSON: they go, too."""

    @property
    def total(self) -> int:
        """Rows that were changed or deleted."""
        return sum(self.rows.values())


def remove_forgotten(
    connection: duckdb.DuckDBPyConnection, listed: Forgotten, sources: Sequence[str] | None = None
) -> Removed:
    """Take everybody on the list out of the rows of `sources` (None: of all). Idempotent.

    What is derived from rows (persons, memberships) goes with them; who links anew gets the same.
    """
    found = Removed()
    if not listed.entries:
        return found
    columns = _text_columns(connection)
    for source, source_body in connection.execute("SELECT source_id, body FROM source ORDER BY source_id").fetchall():
        if sources is None or source in sources:
            _Corpus(connection, listed, source, source_body, columns, found).run()
    return found


def _text_columns(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """The columns of every table with their types."""
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in connection.execute("""
        SELECT c.table_name, c.column_name, c.data_type FROM duckdb_columns() AS c
        JOIN duckdb_tables() AS t ON t.table_oid = c.table_oid AND t.database_name = c.database_name
        WHERE c.database_name = current_database() AND NOT t.internal AND NOT t.temporary
        ORDER BY c.table_name, c.column_index""").fetchall():
        if table not in _NOT_SEARCHED:
            found.setdefault(table, {})[column] = kind
    return found


class _Corpus:
    """The removal in one corpus."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, listed: Forgotten, source: str, source_body: str | None,
        columns: dict[str, dict[str, str]], found: Removed,
    ) -> None:
        self._db, self._listed, self._source, self._found = connection, listed, source, found
        self._source_body = source_body
        self._tables = {table: columns[table] for table in columns if self._key(columns[table])}
        self._rows: dict[str, dict[int, Row]] = defaultdict(dict)
        self._changed: dict[str, set[int]] = defaultdict(set)
        self._gone: dict[str, set[int]] = defaultdict(set)
        self._eyes: dict[str, Eye] = {}
        self._present: dict[str, set[str]] = {}
        self._namesakes: dict[int, set[str]] = defaultdict(set)
        self._bearers: dict[int, set[str]] = defaultdict(set)

    @staticmethod
    def _key(columns: dict[str, str]) -> str | None:
        return next((name for name in _SOURCED if name in columns), None)

    def run(self) -> None:
        """Everything, in order; nothing is written before everything is read."""
        self._places = self._read_places()
        words = self._look_for_words()
        if not any(words.values()) and not self._numbers():
            return
        persons = self._read_persons()
        for place, mine in words.items():
            self._eyes[place] = Eye(self._listed, place, self._names(), mine[0], mine[1],
                                    shared=frozenset(n for n in self._namesakes if self._namesakes[n]))
        self._found.shared.update(n for n in self._namesakes if self._namesakes[n])
        self._read_presence()
        self._items(persons)
        self._lists(persons)
        self._texts(persons)
        self._corrections()
        self._persons_gone(persons)
        self._write()

    # ------------------------------------------------------------------ places and words

    def _place(self, body: str | None) -> str:
        return forgotten.scope(body, self._source_body, self._source)

    def _read_places(self) -> dict[str, str]:
        """The municipality of each item, meeting and paper; a paper's is that of its first item."""
        places: dict[str, str] = {}
        self._meeting_of: dict[str, str] = {}
        for meeting, body in self._query("SELECT meeting_id, body FROM meeting WHERE source_id = ?"):
            places[meeting] = self._place(body)
        for item, meeting, paper, body in self._query(
            "SELECT item_id, meeting_id, paper_id, body FROM agenda_item WHERE source_id = ? ORDER BY item_id"
        ):
            places[item] = self._place(body)
            self._meeting_of[item] = meeting
            if paper:
                places.setdefault(paper, places[item])
        return places

    def _query(self, sql: str) -> list[tuple[Any, ...]]:
        return self._db.execute(sql, [self._source]).fetchall()

    def _mine(self, table: str) -> str:
        """The condition for rows of the corpus; its parameter is `self._source`."""
        key = self._key(self._tables[table])
        if key == "sources":
            return "list_contains(sources, ?)"
        return "source_id = ?" if key == "source_id" else f"starts_with({key}, ? || '/')"

    def _texts_of(self, table: str) -> list[str]:
        return [column for column, kind in self._tables[table].items() if kind in {"VARCHAR", "VARCHAR[]"}
                and column not in _KEPT and (table.removesuffix("_history"), column) not in _FOLLOWING]

    def _look_for_words(self) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
        """The words of the corpus that may be family names on the list, and given names, by municipality."""
        listed, places = self._listed, sorted({self._place(None), *self._places.values()})
        wanted = {word for entry in listed.entries for word in entry.words}
        given = {word for entry in listed.entries for word in entry.given}
        found: dict[str, tuple[set[str], set[str]]] = {place: (set(), set()) for place in places}
        for word in self._all_words():
            for base in bases(word):
                for place in places:
                    if listed.hash("word", place, base) in wanted:
                        found[place][0].add(word)
                    if listed.hash("given", place, base) in given:
                        found[place][1].add(word)
        return {place: (frozenset(mine), frozenset(names)) for place, (mine, names) in found.items() if mine}

    def _all_words(self) -> Iterable[str]:
        """Every word in the corpus' texts, once."""
        for table in self._tables:
            texts = [
                f"array_to_string({column}, chr(10) || chr(10))" if self._tables[table][column] != "VARCHAR"
                else f"replace({column}, '\\n', chr(10) || chr(10))" if column in {"tables", "given", "former"}  # JSON
                else column for column in self._texts_of(table)]
            if not texts:
                continue
            joined = f"concat_ws(chr(10) || chr(10), {', '.join(texts)})"
            cursor = self._db.execute(
                f"""SELECT DISTINCT unnest(regexp_extract_all({joined}, $words))
                FROM {table} WHERE {self._mine(table).replace('?', '$source')}""",
                {"words": _WORDS, "source": self._source})
            while some := cursor.fetchmany(10_000):
                yield from (word for (word,) in some)

    def _numbers(self) -> bool:
        """Whether a list has the ALLRIS number of somebody on the list."""
        if not any(entry.numbers for entry in self._listed.entries):
            return False
        wanted = {number for entry in self._listed.entries for number in entry.numbers}
        places = {self._place(None), *self._places.values()}
        return any(
            self._listed.hash("number", place, str(number)) in wanted
            for table in (*_LISTS, "person_page") for (number,) in self._query(
                f"SELECT DISTINCT kplfdnr FROM {table} WHERE kplfdnr IS NOT NULL AND {self._mine(table)}")
            for place in places)

    def _names(self) -> Names:
        """All names that the corpus knows: they help to tell names from words."""
        names = Names()
        for (name,) in self._query("""
            SELECT DISTINCT name FROM (
                SELECT source_id, unnest([name] || coalesce(names, [])) AS name FROM person
                UNION ALL SELECT split_part(meeting_id, '/', 1) AS source_id, name FROM attendance
                UNION ALL SELECT source_id, name FROM roster_member
                UNION ALL SELECT split_part(item_id, '/', 1), name FROM speaker WHERE kind = 'person'
            ) WHERE source_id = ? ORDER BY name"""):
            if name != REMOVED:
                names.add(name, None)
        return names

    # ------------------------------------------------------------------ persons

    def _read_persons(self) -> dict[str, bool]:
        """Every person of the corpus by key: whether it is on the list. Notes who has namesakes."""
        found: dict[str, bool] = {}
        listed = self._listed
        for person, body, family, given, number, gender in self._query(
            "SELECT person_id, body, family_name, given_name, kplfdnr, gender FROM person WHERE source_id = ? "
            "ORDER BY given_name IS NULL, person_id"
        ):
            place = self._place(body)
            eye = Eye(listed, place, Names(), frozenset())
            found[person] = number is not None and any(
                listed.hash("number", place, str(number)) in entry.numbers for entry in listed.entries)
            words = fold(given or "").split()
            for n in eye.persons(family_words(family)) if family else ():
                entry = listed.entries[n]
                if listed.hash("family", place, " ".join(family_words(family))) not in entry.families:
                    continue
                if words and entry.given:
                    fits = eye.given_fits(n, words)
                else:  # one of the two is known by the family name alone
                    fits = bool(words) == bool(entry.given) or not self._namesakes[n]
                    fits = fits and (None in (gender, entry.gender) or gender == entry.gender)
                found[person] = found[person] or fits
                (self._bearers if fits else self._namesakes)[n].add(person)
        return found

    def _read_presence(self) -> None:
        """Who of the namesakes, and of the persons on the list, was at each meeting; removed ones as `REMOVED`."""
        if not any(self._namesakes.values()):
            return
        shared = {one for people in (*self._namesakes.values(), *self._bearers.values()) for one in people}
        for meeting, person in self._db.execute("""
            SELECT DISTINCT meeting_id, CASE WHEN name = $removed THEN name ELSE person_id END FROM (
                SELECT meeting_id, name, person_id FROM attendance
                UNION ALL SELECT i.meeting_id, s.name, s.person_id
                FROM speaker AS s JOIN agenda_item AS i ON i.item_id = s.item_id
            ) WHERE starts_with(meeting_id, $source || '/')
                AND (name = $removed OR person_id IN (SELECT unnest($shared)))""",
            {"removed": REMOVED, "source": self._source, "shared": sorted(shared)}).fetchall():
            self._present.setdefault(meeting, set()).add(person)

    def _bare(self, meeting: str | None) -> Bare:
        """Whether a family name alone means the person on the list, in a text of this meeting.

        Whoever was there is meant; where both or neither were, the form of address decides, else the name is removed.
        """
        present = self._present.get(meeting or "", set())

        def means(person: int, gender: str | None) -> bool:
            own = bool(present & (self._bearers[person] | {REMOVED}))
            other = bool(present & self._namesakes[person])
            if own != other:
                return own
            mine = self._listed.entries[person].gender
            return gender is None or mine is None or gender == mine

        return means if self._namesakes else always

    # ------------------------------------------------------------------ rows

    def _fetch(self, table: str, condition: str, parameters: Sequence[object] = ()) -> list[Row]:
        """The rows of `table` that fulfil `condition`, each once: a row that is fetched again is the same dict."""
        cursor = self._db.execute(f"SELECT rowid AS rid, * FROM {table} WHERE {condition}", list(parameters))
        names = [column[0] for column in cursor.description or ()]
        known = self._rows[table]
        return [known.setdefault(row[0], dict(zip(names, row, strict=True))) for row in cursor.fetchall()]

    def _change(self, table: str, row: Row) -> None:
        self._changed[table].add(row["rid"])

    def _has_word(self, expressions: Iterable[str]) -> tuple[str, list[object]]:
        """The condition that one of the texts holds a word that may be a name on the list."""
        words = sorted({word for eye in self._eyes.values() for word in eye.words}
                       | {" ".join(word.split()) for eye in self._eyes.values() for word in eye.words})
        texts = list(expressions)
        test = " OR ".join(f"contains({text}, ?)" for text in texts for _ in words)
        return f"({test or 'false'})", [word for _ in texts for word in words]

    def _items(self, persons: dict[str, bool]) -> None:
        mine = frozenset(person for person, is_mine in persons.items() if is_mine)
        others = frozenset(persons) - mine
        for suffix in ("", "_history"):
            text_test, text_words = self._has_word(["text"])
            name_test, name_words = self._has_word(["name", "attendee", "array_to_string(candidates, ' ')"])
            ids = [row[0] for row in self._db.execute(
                f"""SELECT item_id FROM section{suffix} WHERE {self._mine('section')} AND {text_test}
                UNION SELECT item_id FROM speaker{suffix} WHERE {self._mine('speaker')}
                    AND ({name_test} OR person_id IN (SELECT unnest(?))) ORDER BY item_id""",
                [self._source, *text_words, self._source, *name_words, sorted(mine)]).fetchall()]
            for start in range(0, len(ids), 200):
                self._some_items(ids[start : start + 200], suffix, mine, others)

    def _some_items(self, ids: list[str], suffix: str, mine: frozenset[str], others: frozenset[str]) -> None:
        items: dict[tuple[str, str], Item] = {}
        for table in Item.__struct_fields__:
            for row in self._fetch(f"{table}{suffix}", "item_id IN (SELECT unnest(?))", [ids]):
                item = items.setdefault((row["item_id"], row.get("page_content_hash", "")), Item())
                getattr(item, table).append(row)
        for (item_id, _), item in sorted(items.items()):
            eye = self._eye(item_id)
            if eye is None:
                continue
            gone = remove(item, eye, self._bare(self._meeting_of.get(item_id)), persons=mine, others=others,
                          changed=lambda table, row: self._change(f"{table}{suffix}", row))
            self._gone[f"topic_mention{suffix}"].update(row["rid"] for row in gone)

    def _eye(self, key: str | None) -> Eye | None:
        """Who sees in the row with this key; for rows of no municipality, that of the corpus."""
        place = self._places.get(key or "", self._place(None))
        return self._eyes.get(place) or (next(iter(self._eyes.values()), None) if key not in self._places else None)

    def _lists(self, persons: dict[str, bool]) -> None:
        """Rows of attendance lists and rosters; a person's own page is taken out as a whole."""
        def is_mine(row: Row, eye: Eye) -> bool:
            known = persons.get(row.get("person_id") or "")
            return eye.has_number(row["kplfdnr"]) or (
                known if known is not None else eye.is_name(row["name"], self._bare(row.get("meeting_id"))))

        for table in _LISTS:
            for row in self._fetch(table, f"name <> ? AND {self._mine(table)}", [REMOVED, self._source]):
                eye = self._eye(row.get("meeting_id"))
                if eye is not None and is_mine(row, eye):
                    row.update({name: value for name, value in _OF_LIST.items() if name in row})
                    self._change(table, row)
        pages = set()
        for row in self._fetch("person_page", self._mine("person_page"), [self._source]):
            if any(is_mine(row, eye) for eye in self._eyes.values()):
                self._gone["person_page"].add(row["rid"])
                pages.add(row["page_id"])
        for row in self._fetch("person_page_membership", "page_id IN (SELECT unnest(?))", [sorted(pages)]):
            self._gone["person_page_membership"].add(row["rid"])

    def _texts(self, persons: dict[str, bool]) -> None:
        """Names in every other text column; rows of namesakes keep the namesake's name."""
        for table in self._tables:
            if table == "person":
                continue
            columns = [column for column in self._texts_of(table) if not (
                table.startswith("section") and column in {"text", "tables"})]  # these were changed with their items
            if not columns:
                continue
            kinds = self._tables[table]
            test, words = self._has_word(
                column if kinds[column] == "VARCHAR" else f"array_to_string({column}, ' ')" for column in columns)
            for row in self._fetch(table, f"{self._mine(table)} AND {test}", [self._source, *words]):
                key = next((row[name] for name in ("item_id", "meeting_id", "paper_id") if row.get(name)), None)
                eye = self._eye(key)
                if eye is None:
                    continue
                bare = self._bare(row.get("meeting_id") or self._meeting_of.get(row.get("item_id") or ""))
                others = persons.get(row.get("person_id") or "") is False
                for column in columns:
                    if not (others and column in {*_NAMES, "forms"}):
                        self._blank(table, row, column, eye, bare)

    def _blank(self, table: str, row: Row, column: str, eye: Eye, bare: Bare) -> None:
        def change(text: str) -> str:
            if column in _NAMES and _is_short(text) and eye.is_name(text, bare):
                return REMOVED
            return eye.blank(text, bare)

        value = row[column]
        made = [change(one) for one in value] if isinstance(value, list) else change(value) if value else value
        if made != value:
            row[column] = made
            self._change(table, row)

    def _corrections(self) -> None:
        """Corrections that name a forgotten person, or correct what one said."""
        said = {row["statement_id"] for rid, row in self._rows["statement"].items()
                if rid in self._changed["statement"] and row["speaker_id"].startswith(REMOVED)}
        kept: list[Row] = []
        gone: list[Row] = []
        for row in self._fetch("correction", "source_id = ?", [self._source]):
            (gone if row["target"] in said or row["rid"] in self._changed["correction"] else kept).append(row)
        if not gone:
            return
        self._found.corrections += [row["given"] or "" for row in gone]
        self._gone["correction"].update(row["rid"] for row in gone)
        for index, row in enumerate(sorted(kept, key=lambda row: int(row["correction_index"]))):
            if row["correction_index"] != index:
                row["correction_index"] = index
                self._change("correction", row)
        items = {row["item_id"] for row in gone if row["item_id"]} - {row["item_id"] for row in kept}
        for row in self._fetch("agenda_item", "item_id IN (SELECT unnest(?))", [sorted(items)]):
            if row.get("corrected"):
                row["corrected"] = None
                self._change("agenda_item", row)

    def _persons_gone(self, persons: dict[str, bool]) -> None:
        mine = sorted(person for person, is_mine in persons.items() if is_mine)
        self._found.persons.update(mine)
        for table in ("person", "membership", "person_candidate"):
            test = "person_id IN (SELECT unnest(?))"
            values: list[object] = [mine]
            if table == "person_candidate":
                test, values = f"{test} OR other_person_id IN (SELECT unnest(?))", [mine, mine]
            self._gone[table].update(row["rid"] for row in self._fetch(table, test, values))

    # ------------------------------------------------------------------ writing

    def _write(self) -> None:
        before = self._found.total
        for table in sorted({*self._changed, *self._gone}):
            gone = self._gone[table]
            changed = sorted(self._changed[table] - gone)
            key = self._key(self._tables[table]) or ""
            for rid in (*changed, *gone):
                value = self._rows[table][rid][key]
                if value and key in {"item_id", "meeting_id", "paper_id", "page_id"}:
                    (self._found.lists if table.startswith("attendance") else self._found.pages).add(value)
            if changed:
                self._update(table, [self._rows[table][rid] for rid in changed])
            if gone:  # after the update, whose rows are others: an update may give its rows new numbers
                self._db.execute(f"DELETE FROM {table} WHERE rowid IN (SELECT unnest(?))", [sorted(gone)])
            if changed or gone:
                self._found.rows[table] = self._found.rows.get(table, 0) + len(changed) + len(gone)
        if self._found.total > before:
            self._found.sources.append(self._source)

    def _update(self, table: str, rows: list[Row]) -> None:
        """Put these rows in the place of the old ones: one statement, since row numbers may change with it."""
        empty: Any = self._db.sql(f"SELECT rowid AS rid, * FROM {table} LIMIT 0").to_arrow_table()
        self._db.register("changed_rows", pa.Table.from_pylist(rows, schema=empty.schema))
        try:
            assignments = ", ".join(f"{name} = c.{name}" for name in self._tables[table])
            self._db.execute(f"UPDATE {table} SET {assignments} FROM changed_rows AS c WHERE c.rid = {table}.rowid")
        finally:
            self._db.unregister("changed_rows")


def _is_short(text: str) -> bool:
    """Whether a cell holds one name, not a sentence."""
    return len(text.split()) <= 6 and parse_name(text) is not None
