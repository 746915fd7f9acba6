"""Taking in answers: the only way in which a ledger changes.

`observe` looks at nothing but the answer and what the ledger says, so that the archive, read again, gives the same
ledger (`recorder.rebuild`).
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from typing import Any

import msgspec

from pipeline.addresses import numbers_in, parts_of
from pipeline.harvest.allris import Kind, Link, Month, Site, links
from pipeline.harvest.judge import FAILING, STOPPING, Judgement, Outcome
from pipeline.harvest.ledger import Ledger, moment, stamp
from pipeline.harvest.oparl import OparlPage
from pipeline.harvest.schedule import next_due
from pipeline.records import Calendar, Meeting, MeetingLink, OrganizationList

GONE_AFTER = 2
"""Runs in a row in which a page is gone or no longer linked before it is marked: one miss may be the site's hiccup."""
_NUMBERS = ("TOLFDNR", "VOLFDNR", "KPLFDNR", "GRLFDNR", "AULFDNR", "PALFDNR", "FRLFDNR", "GRA", "SILFDNR")
Result = str
"""new, changed, unchanged, or empty for an answer without content."""


class Observation(msgspec.Struct, frozen=True, kw_only=True):
    """An answer as the ledger sees it. `address` is canonical; `unchanged` means the payload is the known one."""

    run: str
    address: str
    kind: Kind
    fetched: str
    status: int | None
    judgement: Judgement
    payload_hash: str | None = None
    warc_file: str | None = None
    record_id: str | None = None
    etag: str | None = None
    modified: str | None = None
    unchanged: bool = False
    size: int = 0


def observe(ledger: Ledger, seen: Observation) -> Result:
    """Take in an answer; returns its result. One transaction."""
    ledger.db.execute("BEGIN IMMEDIATE")
    try:
        result = _Observer(ledger).observe(seen)
    except BaseException:
        ledger.db.execute("ROLLBACK")
        raise
    ledger.db.execute("COMMIT")
    return result


class _Observer:
    """An answer being taken in, inside a transaction."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger, self._db = ledger, ledger.db

    def observe(self, seen: Observation) -> Result:
        outcome, page = seen.judgement.outcome, seen.judgement.page
        before = self._row(seen.address)
        result = ""
        content = seen.judgement.content_hash
        if outcome == "ok" and seen.unchanged and before is not None:
            content = before["content_hash"]
        if outcome == "ok":
            comparable = content or seen.payload_hash
            known = before and (before["content_hash"] or before["payload_hash"])
            result = "new" if not known else "unchanged" if known == comparable else "changed"
        elif outcome == "not_modified":
            result = "unchanged"
        self._db.execute(
            "INSERT INTO fetch (run, address, fetched, status, outcome, result, payload_hash, content_hash, warc_file,"
            " record_id, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (seen.run, seen.address, seen.fetched, seen.status, outcome, result, seen.payload_hash, content,
             seen.warc_file, seen.record_id, seen.size))
        if outcome in STOPPING:
            self._db.execute("UPDATE run SET stop = ? WHERE run = ?", (outcome, seen.run))
            return result
        if page is not None and outcome in {"ok", "shell"} and page.system in {"allris3", "allris4"}:
            self._learn_site(page.system, page.version, seen)
        if outcome in {"shell", "busy"}:
            return result
        if before is None:
            number = _number(seen.address, *_NUMBERS)
            self._add(Link(address=seen.address, kind=seen.kind, number=number), seen.fetched)
            before = self._row(seen.address)
        assert before is not None
        self._update(seen, before, outcome, content, result)
        if seen.kind == "meeting" and outcome in {"gone", "not_public", "no_information"}:
            self._take_oparl_items(_number(seen.address, "SILFDNR"), seen)
        if outcome in {"ok", "not_modified"}:
            self._follow(seen, result, unchanged=seen.unchanged or outcome == "not_modified")
        return result

    def _learn_site(self, system: str, version: str | None, seen: Observation) -> None:
        if not seen.address.startswith(f"{self._ledger.base}/"):
            return
        self._ledger.learn(system)
        if version and self._ledger.meta("version") != version:
            self._ledger.set_meta("version", version)
        if system == "allris3" and seen.kind == "calendar":
            name = parts_of(seen.address).path.rpartition("/")[2].lower().removeprefix("si010").removesuffix(".asp")
            if self._ledger.meta("calendar_variant") != name:
                self._ledger.set_meta("calendar_variant", name)

    def _update(
        self, seen: Observation, before: sqlite3.Row, outcome: Outcome, content: str | None, result: Result
    ) -> None:
        values: dict[str, Any] = {"fetched": seen.fetched, "status": seen.status, "outcome": outcome}
        missed, gone, failures = int(before["missed"]), before["gone"], int(before["failures"])
        has_text = bool(before["has_text"])
        if outcome in {"ok", "not_modified"}:
            failures = 0
            came_back = before["outcome"] in {"gone", "not_public", "no_information"}
            if before["kind"] not in {"excerpt", "meeting"} or came_back:
                missed, gone = 0, None  # whether agenda or calendar still name it is theirs to say
            if outcome == "ok":
                if not seen.unchanged:
                    has_text = seen.judgement.has_text
                    values |= {"payload_hash": seen.payload_hash, "content_hash": content, "record_id": seen.record_id,
                               "record_date": seen.fetched}
                values |= {"etag": seen.etag, "modified": seen.modified, "has_text": has_text}
                if result in {"new", "changed"}:
                    values |= {"changed": seen.fetched, "versions": int(before["versions"]) + 1}
        elif outcome in {"gone", "not_public", "no_information"}:
            failures = 0
            if outcome == "gone" or before["versions"]:
                missed, gone = _missed(before, seen)
                values["missed_run"] = seen.run
        elif outcome == "withheld":
            failures, has_text = 0, False
            values |= dict.fromkeys(("payload_hash", "content_hash", "record_id", "record_date", "etag", "modified"))
        elif outcome in FAILING:
            failures += before["failed_run"] != seen.run
            values["failed_run"] = seen.run
        values |= {"missed": missed, "gone": gone, "failures": failures}
        date = _calendar_end(seen.address) if seen.kind == "calendar" else _day(before["date"])
        page = seen.judgement.page
        if page is not None and isinstance(page.record, Meeting) and page.record.date:
            date = _day(page.record.date) or date
        values["due"] = stamp(next_due(
            seen.address, seen.kind, fetched=moment(seen.fetched), date=date, has_text=has_text, failures=failures,
            missed=missed,
            outcome="gone" if missed and outcome in {"not_public", "no_information"} else outcome))
        names = ", ".join(f"{name} = :{name}" for name in values)
        self._db.execute(f"UPDATE address SET {names} WHERE address = :address", values | {"address": seen.address})  # noqa: S608

    def _follow(self, seen: Observation, result: Result, *, unchanged: bool) -> None:
        """What the page links: new pages are due at once, those that it no longer names are missed."""
        site = self._ledger.site()
        page = seen.judgement.page
        record = page.record if page else None
        if site is None:
            return
        if seen.kind == "calendar":
            month = _calendar_month(seen.address)
            if month is None:
                return
            named: set[int] | None = None if unchanged else set()
            if isinstance(record, Calendar):
                for meeting in record.meetings:
                    if meeting.silfdnr is not None:
                        self._see_meeting(meeting, site, seen, month=str(month))
                        if named is not None:
                            named.add(meeting.silfdnr)
            if named is None or named:  # an empty month is more often a broken calendar than a month of cancellations
                self._miss("kind = 'meeting' AND month = ?", (str(month),), named, seen)
        elif seen.kind == "meeting_list" and isinstance(record, Calendar):
            committee = _number(seen.address, "GRLFDNR", "GRA")
            for meeting in record.meetings:
                if meeting.silfdnr is not None:
                    self._see_meeting(meeting, site, seen, listed_by=committee)
        elif seen.kind == "meeting":
            silfdnr = _number(seen.address, "SILFDNR")
            if isinstance(record, Meeting) and silfdnr is not None:
                self._see_agenda(record, silfdnr, site, seen, changed=result == "changed")
            if silfdnr is not None:
                items = {row.tolfdnr for row in record.agenda if row.tolfdnr} if isinstance(record, Meeting) else None
                self._miss("kind = 'excerpt' AND meeting = ?", (silfdnr,), None if unchanged else items, seen)
        elif seen.kind == "oparl" and seen.judgement.oparl is not None:
            self._see_oparl(seen.judgement.oparl, site, seen)
        elif seen.kind == "organization_list" and isinstance(record, OrganizationList):
            self._see_committees(record, seen.address)
        elif record is not None and seen.kind in {"excerpt", "attendance", "organization"}:
            meeting_number = before["meeting"] if (before := self._row(seen.address)) else None
            for link in links(record, site):
                self._add(link, seen.fetched)
                if link.kind == "paper" and meeting_number is not None:
                    self._lead(meeting_number, link.address)

    def _see_meeting(
        self, meeting: MeetingLink, site: Site, seen: Observation, *, month: str | None = None,
        listed_by: int | None = None,
    ) -> None:
        assert meeting.silfdnr is not None
        address = site.meeting(meeting.silfdnr)
        self._add(Link(address=address, kind="meeting", number=meeting.silfdnr, meeting=meeting.silfdnr,
                       date=meeting.date), seen.fetched)
        before = self._row(address)
        assert before is not None
        values: dict[str, Any] = {"missed": 0, "missed_run": None, "gone": None}
        if before["outcome"] in {"gone", "not_public", "no_information"}:
            values = {}  # named, but the page itself does not answer: its own count goes on
        if meeting.date and meeting.date != before["date"]:
            values["date"] = meeting.date
            if before["fetched"] and before["outcome"] != "withheld":
                values["due"] = seen.fetched  # moved: look at once
        if meeting.title and not before["title"]:
            values["title"] = meeting.title
        if meeting.organization and not before["organization"]:
            values["organization"] = meeting.organization
        if month is not None:
            values["month"] = month
        if listed_by is not None:
            values["listed"] = 1
            if before["organization_id"] is None:
                values["organization_id"] = listed_by
        if meeting.organization_id is not None and before["organization_id"] is None:
            values["organization_id"] = meeting.organization_id
        self._set(address, values)

    def _see_agenda(self, record: Meeting, silfdnr: int, site: Site, seen: Observation, *, changed: bool) -> None:
        values = {"number": silfdnr, "meeting": silfdnr, "date": record.date, "title": record.title,
                  "organization": record.organization, "organization_id": record.organization_id,
                  "organization_kind": record.organization_kind}
        self._set(seen.address, {key: value for key, value in values.items() if value is not None})
        for link in links(msgspec.structs.replace(record, silfdnr=silfdnr), site):
            fresh = self._add(link, seen.fetched)
            self._lead(silfdnr, link.address)
            if not fresh:
                self._db.execute("UPDATE address SET date = ? WHERE address = ? AND (date IS NULL OR date < ?)",
                                 (link.date, link.address, link.date))
            if changed and link.kind in {"excerpt", "attendance"}:
                self._db.execute("UPDATE address SET due = ? WHERE address = ? AND due > ? "
                                 "AND outcome IS NOT 'withheld'",
                                 (seen.fetched, link.address, seen.fetched))

    def _see_committees(self, record: OrganizationList, address: str) -> None:
        self._db.execute("DELETE FROM committee WHERE address = ?", (address,))
        rows = [(address, link.kind or "GR", link.number, link.name) for link in record.organizations
                if link.number is not None]
        self._db.executemany("INSERT OR REPLACE INTO committee VALUES (?, ?, ?, ?)", rows)

    def _see_oparl(self, page: OparlPage, site: Site, seen: Observation) -> None:
        lists = msgspec.json.encode(msgspec.structs.replace(page, meetings=(), items=())).decode()
        self._db.execute("INSERT OR REPLACE INTO oparl_page VALUES (?, ?)", (seen.address, lists))
        for meeting in page.meetings:
            self._see_meeting(MeetingLink(date=meeting.date, title=meeting.title, silfdnr=meeting.silfdnr,
                                          organization_id=meeting.organization_id), site, seen)
        for item in [*page.items, *(item for meeting in page.meetings for item in meeting.items)]:
            self._db.execute("INSERT OR REPLACE INTO oparl_item VALUES (?, ?, ?, ?, ?, ?)",
                             (item.tolfdnr, item.silfdnr, item.number, item.title, item.public, item.result))
        for meeting in page.meetings:
            known = self._row(site.meeting(meeting.silfdnr))
            if known is not None and known["outcome"] in {"gone", "not_public", "no_information"}:
                self._take_oparl_items(meeting.silfdnr, seen)
        for number in page.papers:
            self._add(Link(address=site.paper(number), kind="paper", number=number), seen.fetched)
        for number in page.persons:
            self._add(Link(address=site.person(number), kind="person", number=number), seen.fetched)

    def _take_oparl_items(self, silfdnr: int | None, seen: Observation) -> None:
        """Note the public items that OParl shows of a meeting whose agenda page does not answer."""
        site = self._ledger.site()
        if silfdnr is None or site is None:
            return
        for (tolfdnr,) in self._db.execute(
            "SELECT tolfdnr FROM oparl_item WHERE silfdnr = ? AND coalesce(public, 1) ORDER BY 1", (silfdnr,)
        ).fetchall():
            link = Link(address=site.excerpt(tolfdnr, silfdnr), kind="excerpt", number=tolfdnr, meeting=silfdnr)
            self._add(link, seen.fetched)
            self._lead(silfdnr, link.address)

    def _miss(self, condition: str, values: tuple[object, ...], named: set[int] | None, seen: Observation) -> None:
        """Count a miss for the pages that `named` lacks; None: the list is unchanged, who was missing still is."""
        for row in self._db.execute(
            f"SELECT address, number, missed, missed_run, gone, outcome FROM address WHERE {condition}", values  # noqa: S608
        ).fetchall():
            present = row["missed"] == 0 if named is None else row["number"] in named
            if present:
                if row["missed"] and row["outcome"] not in {"gone", "not_public", "no_information"}:
                    self._set(row["address"], {"missed": 0, "missed_run": None, "gone": None})
                continue
            if named is None and row["outcome"] in {"gone", "not_public", "no_information"}:
                continue
            missed, gone = _missed(row, seen)
            self._set(row["address"], {"missed": missed, "missed_run": seen.run, "gone": gone})

    def _add(self, link: Link, found: str) -> bool:
        done = self._db.execute(
            "INSERT OR IGNORE INTO address (address, kind, number, meeting, date, found, due) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (link.address, link.kind, link.number, link.meeting, link.date, found, found))
        return done.rowcount == 1

    def _lead(self, meeting: int, address: str) -> None:
        self._db.execute("INSERT OR IGNORE INTO leads_to VALUES (?, ?)", (meeting, address))

    def _set(self, address: str, values: dict[str, Any]) -> None:
        if values:
            names = ", ".join(f"{name} = :{name}" for name in values)
            self._db.execute(f"UPDATE address SET {names} WHERE address = :address", values | {"address": address})  # noqa: S608

    def _row(self, address: str) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self._db.execute("SELECT * FROM address WHERE address = ?", (address,)).fetchone()
        return found


def _missed(row: sqlite3.Row, seen: Observation) -> tuple[int, str | None]:
    """(misses in a row, since when it counts as gone) after one more miss; several in one run count once."""
    missed = int(row["missed"]) + (row["missed_run"] != seen.run)
    return missed, row["gone"] or (seen.fetched if missed >= GONE_AFTER else None)


def _number(address: str, *names: str) -> int | None:
    found = numbers_in(address)
    return next((found[name] for name in names if name in found), None)


def _calendar_month(address: str) -> Month | None:
    month, year = _number(address, "MM"), _number(address, "YY")
    return Month(year, month) if month and year and 1 <= month <= 12 and 1 <= year <= 9998 else None


def _calendar_end(address: str) -> dt.date | None:
    month = _calendar_month(address)
    return month.last if month else None


def _day(text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        return None
