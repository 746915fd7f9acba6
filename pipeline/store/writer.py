"""Writes a corpus into the work database: one transaction a meeting, idempotent by natural key.

Part of `store`. How a batch calls it (`run.py`):

    with open_work(path) as work:
        run = start_run(work, run_id=..., command=..., version=..., sources=[...], started_at=...)
        writer = Writer(work, source, run=run, topics=topics)
        for meeting in meetings:                    # versions of a page: the oldest first
            with writer.transaction():              # all of a meeting, or nothing of it
                writer.put_meeting(meeting, provenance)
                writer.put_attendance(attendance, provenance)
                writer.put_item(item, extraction, provenance, context=context, extractor=version)
        writer.finish(complete=True)                # problems that are gone are resolved
        link(work)                                  # store.linking: persons, directions, follow-ups
        summary = finish_run(work, run, finished_at=..., exit_code=...)
    publish(work_path, target, keep=5)              # store.publish

Writing a page again replaces its rows. Where its content hash is another one, the old rows go to the
`*_history` tables first; writing an old version again takes them back.
"""

# ruff: noqa: S608  (table and column names in statements come from schema.sql, never from input)

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any, Literal

import msgspec

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
from pipeline.store import changes, keys, rows, schema
from pipeline.store.corrections import PROBLEM as CORRECTION_PROBLEM
from pipeline.store.corrections import put as put_corrections
from pipeline.store.database import Provenance, SourceInfo, TopicInfo, WorkDatabase
from pipeline.store.runs import Run, RunSummary, finish_run, start_run, write_problems

__all__ = ["Run", "RunSummary", "Writer", "finish_run", "start_run"]

Severity = Literal["error", "warning"]

_OWNED: dict[str, tuple[str, tuple[str, ...]]] = {
    "item": ("item_id", ("agenda_item", "section", "sentence", "speaker", "statement", "decision", "faction_vote",
                         "commitment", "topic_mention")),
    "meeting": ("meeting_id", ("meeting", "agenda_row")),
    "attendance": ("meeting_id", ("attendance",)),
    "paper": ("paper_id", ("paper", "paper_section", "consultation")),
    "organization": ("page_id", ("roster_member",)),
    "person": ("page_id", ("person_page", "person_page_membership")),
}
"""Per kind of page: the column that finds its rows, and the tables that hold them."""

_KEY_OF_KIND = {"excerpt": "item"}
"""Kinds of pages that are called otherwise in keys; all others keep their name."""


class _Pending(msgspec.Struct):
    """A page that waits to be written at the end of its transaction."""

    page_id: str
    provenance: Provenance
    owner: str | None = None
    key: str | None = None
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

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything put inside is written when it ends; after an exception nothing of it is, only problems stay."""
        if self._depth:
            yield
            return
        self._depth = 1
        try:
            with self._work.transaction():
                yield
                self._flush()
        finally:
            self._pending.clear()
            self._depth = 0
        self._write_problems()

    # ------------------------------------------------------------------ pages

    def put_page(self, provenance: Provenance) -> str:
        """Record that a page was fetched whose record is not stored (not public, a gate, a calendar). Returns its key.

        What the database holds of an earlier version stays; `page.outcome` says how it is now.
        """
        kind = _KEY_OF_KIND.get(provenance.kind or "", provenance.kind or "page")
        page_id = keys.page_key(self._source.name, provenance.system, kind, provenance.number,
                                address=provenance.address)
        return self._put(_Pending(page_id, provenance))

    def put_meeting(self, meeting: Meeting, provenance: Provenance) -> str:
        """Write a meeting and its agenda. Returns `meeting_id`."""
        system, source = provenance.system, self._source.name
        number = meeting.silfdnr if meeting.silfdnr is not None else provenance.number
        key = keys.meeting_key(source, system, silfdnr=number, date=meeting.date, organization=meeting.organization)
        self._check_date(meeting.date, key, provenance)
        found = rows.meeting_rows(meeting, meeting_id=key, source_id=source, system=system,
                                  content_hash=_hash(provenance))
        if number is not None and meeting.silfdnr is None:
            found["meeting"][0]["silfdnr"] = rows.number_of(number)
        self._count("meetings", 1)
        return self._put(_Pending(key, provenance, "meeting", key, found))

    def put_attendance(self, attendance: Attendance, provenance: Provenance) -> str:
        """Write who attended a meeting. Returns the page's key."""
        system, source = provenance.system, self._source.name
        number = attendance.silfdnr if attendance.silfdnr is not None else provenance.number
        meeting = keys.meeting_key(source, system, silfdnr=number, date=attendance.date,
                                   organization=attendance.organization)
        page_id = meeting.replace("/meeting/", "/attendance/", 1)
        return self._put(_Pending(page_id, provenance, "attendance", meeting,
                                  rows.attendance_rows(attendance, meeting_id=meeting)))

    def put_item(
        self, item: AgendaItem, extraction: Extraction, provenance: Provenance, *,
        context: ItemContext | None = None, extractor: str | None = None,
    ) -> str:
        """Write an agenda item with what was extracted from it. Returns `item_id`.

        `extractor` is the version of the extraction. The extraction's problems become warnings.
        """
        system, source = provenance.system, self._source.name
        number = item.tolfdnr if item.tolfdnr is not None else provenance.number
        key = keys.item_key(source, system, tolfdnr=number, date=item.date, organization=item.organization,
                            number=item.number, title=item.title or provenance.address)
        key = self._distinct(key, provenance)
        meeting = keys.meeting_key(source, system, silfdnr=item.silfdnr, date=item.date, organization=item.organization)
        self._check_date(item.date, key, provenance)
        for problem in extraction.problems:
            self.put_problem(problem.code, problem.message, page_id=key, address=provenance.address, severity="warning")
        self._count("items", 1)
        self._count("statements", len(extraction.statements))
        self._count("decisions", len(extraction.decisions))
        found = rows.item_rows(item, extraction, item_id=key, meeting_id=meeting, source_id=source, system=system,
                               context=context, content_hash=_hash(provenance), extractor=extractor)
        return self._put(_Pending(key, provenance, "item", key, found))

    def put_paper(self, paper: Paper, provenance: Provenance) -> str:
        """Write a paper and its way through the committees. Returns `paper_id`."""
        system, source = provenance.system, self._source.name
        number = paper.volfdnr if paper.volfdnr is not None else provenance.number
        key = keys.paper_key(source, system, volfdnr=number, reference=paper.reference, title=paper.title)
        found = rows.paper_rows(paper, paper_id=key, source_id=source, system=system, content_hash=_hash(provenance))
        return self._put(_Pending(key, provenance, "paper", key, found))

    def put_organization(self, organization: Organization, provenance: Provenance) -> str:
        """Write the present members of a committee or faction. Returns the page's key."""
        system, source = provenance.system, self._source.name
        number = organization.number if organization.number is not None else provenance.number
        place = f"{organization.kind}{number}" if organization.kind and number is not None else None
        page_id = keys.page_key(source, system, "organization", place, address=provenance.address)
        return self._put(_Pending(page_id, provenance, "organization", page_id, rows.organization_rows(
            organization, page_id=page_id, source_id=source, system=system)))

    def put_person(self, person: Person, provenance: Provenance) -> str:
        """Write a person's page. Returns the page's key."""
        system, source = provenance.system, self._source.name
        number = person.kplfdnr if person.kplfdnr is not None else provenance.number
        page_id = keys.page_key(source, system, "person", number, address=provenance.address)
        return self._put(_Pending(page_id, provenance, "person", page_id, rows.person_rows(
            person, page_id=page_id, source_id=source, system=system)))

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

    def current(self, kind: str) -> dict[str, tuple[str, str | None]]:
        """Per page of `kind` (item, meeting, paper ...): its content hash and, for items, the extraction's version.

        A batch can leave out pages for which neither has changed.
        """
        if kind == "item":
            sql = "SELECT item_id, content_hash, extractor FROM agenda_item WHERE source_id = ? AND has_excerpt"
        else:
            sql = """SELECT page_id, content_hash, NULL FROM page
                WHERE source_id = ? AND kind = ? AND content_hash IS NOT NULL"""
        parameters = [self._source.name] if kind == "item" else [self._source.name, kind]
        return {row[0]: (row[1], row[2]) for row in self._work.connection.execute(sql, parameters).fetchall()}

    def finish(self, *, complete: bool) -> None:
        """Close the corpus: open problems that were not found again are resolved.

        `complete`: everything that archive and files hold was put. Then rows of pages that they no longer hold are
        removed, with a warning, so that the database is what a rebuild would give. Else only problems of pages that
        were put are judged, and nothing is removed.
        """
        if complete:
            self._remove_gone()
        self._write_problems()
        connection = self._work.connection
        with self._work.transaction():
            judged = "" if complete else "AND page_id IN (SELECT unnest(?))"
            connection.execute(
                f"""UPDATE problem SET state = 'resolved'
                WHERE source_id = ? AND state = 'open' AND last_run <> ? AND code <> ? {judged}""",
                [self._source.name, self._run.run_id, CORRECTION_PROBLEM,
                 *([] if complete else [sorted(self._touched)])],
            )

    # ---------------------------------------------------------------- private

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
            for owner, (column, tables) in _OWNED.items():
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

    def _count(self, what: str, number: int) -> None:
        self._run.counts[what] += number

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
            self._touched.add(pending.page_id)
            self._count("pages", 1)
        return pending.page_id

    def _flush(self) -> None:
        if not self._pending:
            return
        changes.mark(self._work, self._source.name)
        pending = list(self._pending.values())
        self._pending.clear()
        ids = [p.page_id for p in pending]
        before = self._work.rows("SELECT * FROM page WHERE page_id IN (SELECT unnest(?))", [ids])
        pages = {row["page_id"]: row for row in before}
        for owner, (column, tables) in _OWNED.items():
            mine = [p for p in pending if p.owner == owner]
            if mine:
                self._replace(mine, column, tables, pages)
        self._write_pages(pending, pages)

    def _replace(
        self, mine: list[_Pending], column: str, tables: tuple[str, ...], pages: dict[str, dict[str, Any]]
    ) -> None:
        connection = self._work.connection
        described = schema.all_tables()
        replaced: dict[str, str] = {}
        for p in mine:
            old = pages.get(p.page_id, {}).get("content_hash")
            if old is not None and old != _hash(p.provenance):
                replaced[str(p.key)] = old
        known = [str(p.key) for p in mine if p.page_id in pages]
        for table in tables:
            if described[table].has_history:
                history = schema.history_name(table)
                stale = [*replaced.items(), *((str(p.key), _hash(p.provenance)) for p in mine if p.page_id in pages)]
                for place in stale:
                    connection.execute(f"DELETE FROM {history} WHERE {column} = ? AND page_content_hash = ?", place)
                for key, old in replaced.items():
                    connection.execute(f"INSERT INTO {history} SELECT ?, * FROM {table} WHERE {column} = ?", [old, key])
            # The first table of an owner may hold a derived row for a page that comes only now.
            doomed = [str(p.key) for p in mine] if table == tables[0] else known
            if doomed:
                connection.execute(f"DELETE FROM {table} WHERE {column} IN (SELECT unnest(?))", [doomed])
            self._work.insert(table, [row for p in mine for row in p.rows.get(table, ())])

    def _write_pages(self, pending: list[_Pending], pages: dict[str, dict[str, Any]]) -> None:
        ids = [p.page_id for p in pending]
        versions: dict[str, list[dict[str, Any]]] = {}
        sql = "SELECT * FROM page_version WHERE page_id IN (SELECT unnest(?)) ORDER BY version"
        for row in self._work.rows(sql, [ids]):
            versions.setdefault(row["page_id"], []).append(row)
        for p in pending:
            old = pages.get(p.page_id)
            mine = versions.setdefault(p.page_id, [])
            stored = p.owner is not None
            content_hash = _hash(p.provenance) if stored else old and old["content_hash"]
            if stored:
                _note_version(mine, p, str(content_hash))
            time = p.provenance.time
            pages[p.page_id] = {
                "page_id": p.page_id, "source_id": self._source.name, "system": p.provenance.system,
                "kind": p.provenance.kind, "outcome": p.provenance.outcome, "content_hash": content_hash,
                "version": next((v["version"] for v in mine if v["is_current"]), None), "address": p.provenance.address,
                "first_fetched": min(old["first_fetched"], time) if old else time,
                "last_fetched": max(old["last_fetched"], time) if old else time,
            }
        known_versions = [version for page_id in ids for version in versions[page_id]]
        for table, found in (("page", [pages[page_id] for page_id in ids]), ("page_version", known_versions)):
            self._work.connection.execute(f"DELETE FROM {table} WHERE page_id IN (SELECT unnest(?))", [ids])
            self._work.insert(table, found)

    def _write_problems(self) -> None:
        write_problems(self._work, self._run, self._problems)
        self._problems.clear()


def _hash(provenance: Provenance) -> str:
    """The page's content hash; a page with a record always has one, so its absence is a bug of the caller."""
    if provenance.content_hash is None:
        raise ValueError(f"{provenance.address}: a page with a record needs a content hash")
    return provenance.content_hash


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
    mine.update(is_current=True, outcome=p.outcome, last_fetched=max(mine["last_fetched"], time))
