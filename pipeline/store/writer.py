"""Writes a corpus into the work database: idempotent by natural key, in bulk, all of a page or nothing.

Part of `store`. How a batch calls it (`build/corpus.py`):

    with open_work(path) as work:
        run = start_run(work, run_id=..., command=..., version=..., sources=[...], started_at=...)
        writer = Writer(work, source, run=run, topics=topics)
        unit = writer.place(item, provenance, context=context, extractor=version)
        with writer.transaction():                  # versions of a page: the oldest first
            writer.put(unit, extraction)            # or, where the rows were made elsewhere:
            writer.load([unit], tables)
        writer.keep([...])                          # pages that are as they were
        writer.finish(complete=True)                # problems that are gone are resolved
        link(work)                                  # store.linking: persons, directions, follow-ups
        summary = finish_run(work, run, finished_at=..., exit_code=...)
        publish(work, target, keep=5)               # store.publish

Writing a page again replaces its rows. Where its content hash is another one, the old rows go to the
`*_history` tables first; writing an old version again takes them back.
"""

# ruff: noqa: S608  (table and column names in statements come from schema.sql, never from input)

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Literal

import msgspec
import pyarrow as pa

from pipeline.link.corrections import Correction
from pipeline.records import (
    AgendaItem,
    Attendance,
    Extraction,
    ItemContext,
    Meeting,
    Organization,
    Paper,
    Person,
)
from pipeline.store import arrow, changes, completed, keys, rows, runs, schema, units
from pipeline.store.corrections import put as put_corrections
from pipeline.store.corrections import undo as undo_corrections
from pipeline.store.database import Provenance, SourceInfo, TopicInfo, WorkDatabase
from pipeline.store.runs import CORRECTION_PROBLEM, Run, RunSummary, finish_run, start_run, write_problems
from pipeline.store.units import OWNED, Stored, Unit

__all__ = ["Run", "RunSummary", "StoredPage", "Writer", "finish_run", "start_run"]

Severity = Literal["error", "warning"]


class StoredPage(msgspec.Struct):
    """What the database has of a page: its current content, and of each version the hash of what it was made from."""

    outcome: str | None
    content_hash: str | None
    last_fetched: dt.datetime
    inputs: dict[str, str | None]


class _Pending(msgspec.Struct):
    """A page that waits to be written at the end of its transaction. `unit` None: a page without a record."""

    page_id: str
    provenance: Provenance
    unit: Unit | None = None
    rows: rows.Rows = {}


class Writer:
    """Writes the pages of one corpus. Outside a `transaction()` every `put_*` is one of its own."""

    def __init__(self, work: WorkDatabase, source: SourceInfo, *, run: Run, topics: Sequence[TopicInfo] = ()) -> None:
        self._work = work
        self._source = source
        self._run = run
        self._pending: dict[str, _Pending] = {}
        self._problems: dict[str, dict[str, Any]] = {}
        self._touched: set[str] = set()
        self._kept: set[str] = set()
        self._places: dict[str, str] = {}
        self._depth = 0
        with work.transaction():
            row = {"source_id": source.name, "title": source.title, "body": source.body, "url": source.url,
                   "topics": list(source.topics)}
            if work.rows("SELECT * FROM source WHERE source_id = ?", [source.name]) != [row]:
                changes.mark(work, source.name)
            work.connection.execute("DELETE FROM source WHERE source_id = ?", [source.name])
            work.insert("source", [row])
            for topic in topics:
                work.connection.execute("DELETE FROM topic WHERE topic_id = ?", [topic.name])
                work.insert("topic", [{"topic_id": topic.name, "title": topic.title, "description": topic.description}])
        found = work.connection.execute("SELECT page_id FROM page WHERE source_id = ?", [source.name]).fetchall()
        self._known = {row[0] for row in found}
        self._derived = bool(self._known)
        """Rows that follow from other pages may stand in the place of a page that comes only now."""

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything put inside is written when it ends; after an exception nothing of it is, only problems stay."""
        if self._depth:
            yield
            return
        self._depth = 1
        known = set(self._known)
        try:
            with self._work.transaction():
                yield
                self._flush()
        except BaseException:
            self._known = known
            raise
        finally:
            self._pending.clear()
            self._depth = 0
        self._write_problems()

    # ------------------------------------------------------------------ pages

    def place(
        self, record: Stored, provenance: Provenance, *, context: ItemContext | None = None,
        extractor: str | None = None,
    ) -> Unit:
        """`record` with the keys of its rows. `extractor` is the version of the extraction that reads an item.

        Two files (they have no numbers) of one date, committee and TOP get keys of their own, with a warning.
        """
        unit = units.place(self._source.name, record, provenance)
        if isinstance(record, AgendaItem):
            key = self._distinct(unit.key, provenance)
            unit = msgspec.structs.replace(unit, key=key, page_id=key, context=context, extractor=extractor)
        if isinstance(record, (AgendaItem, Meeting)):
            self._check_date(record.date, unit.key, provenance)
        return unit

    def put(self, unit: Unit, extraction: Extraction | None = None) -> str:
        """Write a page. The extraction's problems become warnings. Returns the page's key."""
        for problem in extraction.problems if extraction else ():
            self.put_problem(problem.code, problem.message, page_id=unit.key, address=unit.provenance.address,
                             severity="warning")
        return self._put(_Pending(unit.page_id, unit.provenance, unit, units.rows_of(unit, extraction)))

    def load(self, written: Sequence[Unit], tables: Mapping[str, pa.Table]) -> None:
        """Write pages whose rows (`units.rows_of`) were made elsewhere; no page twice. Part of the transaction."""
        with self.transaction():
            self._load([_Pending(unit.page_id, unit.provenance, unit) for unit in written], tables)

    def keep(self, page_ids: Collection[str]) -> None:
        """These pages are as they were: their rows stay, and so do the problems that are noted for them."""
        self._touched.update(page_ids)
        self._kept.update(page_ids)

    def stored(self) -> dict[str, StoredPage]:
        """What the database has of each page of the corpus."""
        found = {
            page_id: StoredPage(outcome, content_hash, last_fetched, {})
            for page_id, outcome, content_hash, last_fetched in self._work.connection.execute(
                "SELECT page_id, outcome, content_hash, last_fetched FROM page WHERE source_id = ?",
                [self._source.name]).fetchall()}
        for page_id, content_hash, input_hash in self._work.connection.execute(
                """SELECT v.page_id, v.content_hash, v.input_hash FROM page_version AS v
                SEMI JOIN (SELECT page_id FROM page WHERE source_id = ?) AS p ON p.page_id = v.page_id""",
                [self._source.name]).fetchall():
            found[page_id].inputs[content_hash] = input_hash
        return found

    def put_page(self, provenance: Provenance, *, page_id: str | None = None) -> str:
        """Record that a page was fetched whose record is not stored (not public, a gate, a calendar). Returns its key.

        What the database holds of an earlier version stays; `page.outcome` says how it is now. With `page_id`: that
        this page was seen again as it is.
        """
        return self._put(_Pending(page_id or self.key_of(provenance), provenance))

    def key_of(self, provenance: Provenance) -> str:
        """Key of a page whose record is not stored."""
        return units.page_key(self._source.name, provenance)

    def put_meeting(self, meeting: Meeting, provenance: Provenance) -> str:
        """Write a meeting and its agenda. Returns `meeting_id`."""
        return self.put(self.place(meeting, provenance))

    def put_attendance(self, attendance: Attendance, provenance: Provenance) -> str:
        """Write who attended a meeting. Returns the page's key."""
        return self.put(self.place(attendance, provenance))

    def put_item(
        self, item: AgendaItem, extraction: Extraction, provenance: Provenance, *,
        context: ItemContext | None = None, extractor: str | None = None,
    ) -> str:
        """Write an agenda item with what was extracted from it. Returns `item_id`."""
        return self.put(self.place(item, provenance, context=context, extractor=extractor), extraction)

    def put_paper(self, paper: Paper, provenance: Provenance) -> str:
        """Write a paper and its way through the committees. Returns `paper_id`."""
        return self.put(self.place(paper, provenance))

    def put_organization(self, organization: Organization, provenance: Provenance) -> str:
        """Write the present members of a committee or faction. Returns the page's key."""
        return self.put(self.place(organization, provenance))

    def put_person(self, person: Person, provenance: Provenance) -> str:
        """Write a person's page. Returns the page's key."""
        return self.put(self.place(person, provenance))

    def put_problem(
        self, code: str, message: str, *, severity: Severity = "error", page_id: str | None = None,
        address: str | None = None,
    ) -> None:
        """Record that something is wrong with a page (or with the corpus). It survives a transaction that fails.

        The same problem in a later run is the same row. `message` says what, where, and what to do.
        """
        problem_id = keys.short_hash(self._source.name, page_id or address, code, message)
        self._problems[problem_id] = {
            "problem_id": problem_id, "source_id": self._source.name, "page_id": page_id, "address": address,
            "severity": severity, "code": code, "message": " ".join(message.split()),
        }
        if not self._depth:
            self._write_problems()

    def put_corrections(self, corrections: Sequence[Correction]) -> None:
        """Make `corrections` those of the corpus; `link` applies them."""
        put_corrections(self._work, self._source.name, corrections)

    def clear(self) -> None:
        """Remove everything that the corpus has in the database but its problems: it is made anew."""
        connection = self._work.connection
        prefix = f"{self._source.name}/"
        with self._work.transaction():
            changes.mark(self._work, self._source.name)
            undo_corrections(self._work, self._source.name)
            for column, tables in OWNED.values():
                for table in tables:
                    known = schema.all_tables()[table]
                    for name in (table, schema.history_name(table)) if known.has_history else (table,):
                        connection.execute(f"DELETE FROM {name} WHERE starts_with({column}, ?)", [prefix])
            for table in ("page", "page_version"):
                connection.execute(f"DELETE FROM {table} WHERE starts_with(page_id, ?)", [prefix])
            completed.note(self._work, self._source.name, None)
        self._known.clear()

    def finish(self, *, complete: bool) -> None:
        """Close the corpus: open problems that were not found again are resolved.

        `complete`: everything that archive and files hold was put or kept. Then rows of pages that they no longer hold
        are removed, with a warning, so that the database is what a rebuild would give. Else only problems of pages that
        were put are judged, and nothing is removed.
        """
        if complete:
            self._remove_gone()
        self._write_problems()
        connection = self._work.connection
        with self._work.transaction():
            if self._kept:
                runs.still_open(self._work, self._run, "source_id = ? AND page_id IN (SELECT unnest(?))",
                                [self._source.name, sorted(self._kept)])
            judged = "" if complete else "AND page_id IN (SELECT unnest(?))"
            connection.execute(
                f"""UPDATE problem SET state = 'resolved'
                WHERE source_id = ? AND state = 'open' AND last_run <> ? AND code <> ? {judged}""",
                [self._source.name, self._run.run_id, CORRECTION_PROBLEM,
                 *([] if complete else [sorted(self._touched)])],
            )
        self._count()

    # ---------------------------------------------------------------- private

    def _count(self) -> None:
        """Adds what the database has of the pages that were put or kept to the run's counts."""
        connection = self._work.connection
        connection.execute("CREATE OR REPLACE TEMP TABLE touched (page_id VARCHAR)")
        self._work.insert_arrow("touched", pa.table({"page_id": pa.array(sorted(self._touched), pa.string())}))
        runs.count_pages(self._work, self._run, "SELECT page_id FROM touched")
        connection.execute("DROP TABLE touched")

    def _remove_gone(self) -> None:
        connection = self._work.connection
        sql = "SELECT page_id, content_hash IS NOT NULL FROM page WHERE source_id = ? ORDER BY page_id"
        pages = connection.execute(sql, [self._source.name]).fetchall()
        gone = [page_id for page_id, _ in pages if page_id not in self._touched]
        with_rows = [page_id for page_id, stored in pages if stored and page_id not in self._touched]
        if not gone:
            return
        with self._work.transaction():
            changes.mark(self._work, self._source.name)
            undo_corrections(self._work, self._source.name)
            for owner, (column, tables) in OWNED.items():
                keys_of_owner = [page_id.replace("/attendance/", "/meeting/", 1) for page_id in gone
                                 if page_id.split("/")[2:3] == [owner]]
                histories = [schema.history_name(name) for name in tables if schema.all_tables()[name].has_history]
                for table in (*tables, *histories) if keys_of_owner else ():
                    connection.execute(f"DELETE FROM {table} WHERE {column} IN (SELECT unnest(?))", [keys_of_owner])
            for table in ("page", "page_version"):
                connection.execute(f"DELETE FROM {table} WHERE page_id IN (SELECT unnest(?))", [gone])
        if with_rows:
            self.put_problem("pages_gone", f"{len(with_rows)} pages are no longer in archive or files, their rows were "
                             f"removed; the first: {with_rows[0]}", severity="warning")

    def _check_date(self, text: str | None, key: str, provenance: Provenance) -> None:
        if text and rows.date_of(text) is None:
            self.put_problem("bad_date", f"'{text}' is no date; the row has none", page_id=key,
                             address=provenance.address, severity="warning")

    def _distinct(self, key: str, provenance: Provenance) -> str:
        """`key`; with a hash of the address where another file of this batch has it (files have no numbers)."""
        if provenance.system != "text":
            return key
        first = self._places.setdefault(key, provenance.address)
        if first == provenance.address:
            return key
        self.put_problem("same_item_twice", f"same date, committee and TOP as {first}; both are kept", page_id=key,
                         address=provenance.address, severity="warning")
        return f"{key}/a-{keys.short_hash(provenance.address)}"

    def _put(self, pending: _Pending) -> str:
        with self.transaction():
            if pending.page_id in self._pending:  # an earlier version in the same transaction: its rows go to history
                self._flush()
            self._pending[pending.page_id] = pending
        return pending.page_id

    def _flush(self) -> None:
        if not self._pending:
            return
        pending = list(self._pending.values())
        self._pending.clear()
        found: dict[str, list[dict[str, Any]]] = {}
        for p in pending:
            for table, some in p.rows.items():
                found.setdefault(table, []).extend(some)
        self._load(pending, {table: arrow.table_of(table, some) for table, some in found.items()})

    def _load(self, pending: Sequence[_Pending], tables: Mapping[str, pa.Table]) -> None:
        """Write `pending`, no page twice, with their rows."""
        changes.mark(self._work, self._source.name)
        undo_corrections(self._work, self._source.name)  # rows by hand must not get into the history
        ids = [p.page_id for p in pending if p.page_id in self._known]
        before = self._work.rows("SELECT * FROM page WHERE page_id IN (SELECT unnest(?))", [ids]) if ids else []
        pages = {row["page_id"]: row for row in before}
        for owner, (column, names) in OWNED.items():
            mine = [p for p in pending if p.unit and p.unit.owner == owner]
            if mine:
                self._replace(mine, column, names, pages, tables)
        self._write_pages(pending, pages)
        self._touched.update(p.page_id for p in pending)
        self._known.update(p.page_id for p in pending)

    def _replace(
        self, mine: Sequence[_Pending], column: str, names: tuple[str, ...], pages: Mapping[str, dict[str, Any]],
        tables: Mapping[str, pa.Table],
    ) -> None:
        connection = self._work.connection
        described = schema.all_tables()
        given = [p.unit for p in mine if p.unit]
        known = [unit for unit in given if unit.page_id in pages]
        if known:
            self._work.hold("incoming_page", [
                {"key": unit.key, "old": pages[unit.page_id]["content_hash"], "new": unit.content_hash}
                for unit in known], text=["key", "old", "new"])
        again = [unit.key for unit in known]
        # The first table of an owner may hold a derived row for a page that comes only now.
        first = [unit.key for unit in given] if self._derived else again
        for table in names:
            if known and described[table].has_history:
                history = schema.history_name(table)
                connection.execute(f"""DELETE FROM {history} USING incoming_page AS i
                    WHERE {history}.{column} = i.key AND {history}.page_content_hash IN (i.new, i.old)""")
                connection.execute(f"""INSERT INTO {history} SELECT i.old, t.* FROM {table} AS t
                    JOIN incoming_page AS i ON i.key = t.{column} WHERE i.old <> i.new""")
            doomed = first if table == names[0] else again
            if doomed:
                connection.execute(f"DELETE FROM {table} WHERE {column} IN (SELECT unnest(?))", [doomed])
            if table in tables and tables[table].num_rows:
                self._work.insert_arrow(table, tables[table])
        if known:
            connection.execute("DROP TABLE incoming_page")

    def _write_pages(self, pending: Sequence[_Pending], pages: dict[str, dict[str, Any]]) -> None:
        known = list(pages)
        versions: dict[str, list[dict[str, Any]]] = {}
        if known:
            sql = "SELECT * FROM page_version WHERE page_id IN (SELECT unnest(?)) ORDER BY version"
            for row in self._work.rows(sql, [known]):
                versions.setdefault(row["page_id"], []).append(row)
        for p in pending:
            old = pages.get(p.page_id)
            mine = versions.setdefault(p.page_id, [])
            content_hash = p.unit.content_hash if p.unit else old and old["content_hash"]
            if p.unit:
                _note_version(mine, p, p.unit.content_hash)
            time = p.provenance.time
            pages[p.page_id] = {
                "page_id": p.page_id, "source_id": self._source.name, "system": p.provenance.system,
                "kind": p.provenance.kind, "outcome": p.provenance.outcome, "content_hash": content_hash,
                "version": next((v["version"] for v in mine if v["is_current"]), None), "address": p.provenance.address,
                "first_fetched": min(old["first_fetched"], time) if old else time,
                "last_fetched": max(old["last_fetched"], time) if old else time,
            }
        ids = [p.page_id for p in pending]
        found = [version for page_id in ids for version in versions[page_id]]
        for table, some in (("page", [pages[page_id] for page_id in ids]), ("page_version", found)):
            if known:
                self._work.connection.execute(f"DELETE FROM {table} WHERE page_id IN (SELECT unnest(?))", [known])
            self._work.insert(table, some)

    def _write_problems(self) -> None:
        write_problems(self._work, self._run, self._problems)
        self._problems.clear()


def _note_version(versions: list[dict[str, Any]], pending: _Pending, content_hash: str) -> None:
    """Add the version to `versions` of its page, or note that it was seen again; it becomes the current one."""
    p, time = pending.provenance, pending.provenance.time
    for version in versions:
        version["is_current"] = False
    mine = next((v for v in versions if v["content_hash"] == content_hash), None)
    if mine is None:
        mine = {
            "page_id": pending.page_id, "content_hash": content_hash, "version": len(versions) + 1,
            "payload_hash": p.payload_hash, "address": p.address, "fetched_at": time, "last_fetched": time,
            "warc_file": p.warc_file, "record_id": p.record_id,
        }
        versions.append(mine)
    elif time <= mine["fetched_at"]:
        mine.update(payload_hash=p.payload_hash, address=p.address, fetched_at=time, warc_file=p.warc_file,
                    record_id=p.record_id)
    mine.update(is_current=True, outcome=p.outcome, input_hash=p.input_hash,
                last_fetched=max(mine["last_fetched"], time))
