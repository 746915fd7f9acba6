"""The ledger: an SQLite index of a corpus's archive, with what is due when.

Answers change it only through `observing.observe`, which looks at nothing but the answer: read the archive again and
the same ledger results. So a ledger that is missing, older than the archive (a kill between
the two) or ahead of it (a power cut that lost the archive's last bytes) is never a reason to fetch anything again.

Times are ISO 8601 in UTC to the second, as in the archive.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from pipeline import private
from pipeline.errors import ArchiveError
from pipeline.harvest.allris import Kind, Site
from pipeline.harvest.judge import STOPPING
from pipeline.harvest.oparl import OparlPage
from pipeline.records import OrganizationLink

SCHEMA = Path(__file__).with_name("ledger.sql")
VERSION = 1
"""Of the schema; a ledger of another version is made anew from the archive."""
STRIKES = 3
"""Runs in a row that the site stopped before the corpus pauses."""
_TABLES = ("meta", "address", "leads_to", "committee", "fetch", "run", "oparl_page", "oparl_item")


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """A page as the ledger knows it."""

    address: str
    kind: Kind
    number: int | None
    meeting: int | None
    date: str | None
    title: str | None
    organization: str | None
    organization_id: int | None
    organization_kind: str | None
    listed: bool
    fetched: str | None
    outcome: str | None
    payload_hash: str | None
    content_hash: str | None
    record_id: str | None
    record_date: str | None
    etag: str | None
    modified: str | None
    has_text: bool
    missed: int
    gone: str | None
    due: str


_KNOWN_FIELDS = ", ".join(Known.__struct_fields__)


def stamp(when: dt.datetime) -> str:
    """`when` in UTC to the second, as the archive writes it."""
    return when.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str) -> dt.datetime:
    """The time that `stamp` wrote."""
    return dt.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=dt.UTC)


class Ledger:
    """The ledger of one corpus. One process writes (see `runs.Lock`), others may read."""

    def __init__(self, path: Path | None, *, base: str) -> None:
        """Open the ledger at `path`, made if it is missing; None: one in memory. Raises ArchiveError."""
        self.path = path
        self.base = base
        try:
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
                private.make_file(path)
            self._open()
        except (sqlite3.DatabaseError, OSError) as error:
            raise ArchiveError(f"the ledger cannot be opened ({error})", where=path,
                               remedy="delete it; it is rebuilt from the archive") from None

    @classmethod
    def copy_of(cls, path: Path, *, base: str) -> Ledger:
        """A copy in memory of the ledger at `path`, which is only read; an empty one where there is none."""
        copy = cls(None, base=base)
        if path.exists():
            with contextlib.closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as original:
                if original.execute("PRAGMA user_version").fetchone()[0] == VERSION:
                    original.backup(copy.db)
        return copy

    def _open(self) -> None:
        self.db = sqlite3.connect(self.path or ":memory:", isolation_level=None, check_same_thread=False)
        self.db.row_factory = sqlite3.Row
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=NORMAL")
        self.db.execute("PRAGMA busy_timeout=5000")
        if self.db.execute("PRAGMA user_version").fetchone()[0] != VERSION:
            for (name,) in self.db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                self.db.execute(f"DROP TABLE {name}")
            self.db.execute(f"PRAGMA user_version = {VERSION}")
        self.db.executescript(SCHEMA.read_text("utf-8"))

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    # ------------------------------------------------------------------ what is known

    def site(self) -> Site | None:
        """The installation, as far as answers have shown it; None before the first ALLRIS page."""
        system = self.meta("system")
        if system is None or self.meta("base") != self.base:  # of another address than the present one
            return None
        variant = self.meta("calendar_variant")
        if variant is None:
            variant = "_e" if system == "allris3" else ""
        return msgspec.convert({"base": self.base, "system": system, "calendar_variant": variant}, Site)

    def version(self) -> str | None:
        """The version of ALLRIS that the site last named."""
        return self.meta("version")

    def meta(self, key: str) -> str | None:
        """A fact about the site, or None."""
        row = self.db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def forget_site(self) -> None:
        """Forget what the site is: the next run looks again (a municipality may have changed its system)."""
        self.db.execute("DELETE FROM meta WHERE key IN ('system', 'calendar_variant')")

    def set_meta(self, key: str, value: str) -> None:
        """Note a fact about the site."""
        self.db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def get(self, address: str) -> Known | None:
        """The page at a canonical address, or None."""
        row = self.db.execute(f"SELECT {_KNOWN_FIELDS} FROM address WHERE address = ?", (address,)).fetchone()  # noqa: S608
        return None if row is None else _known(row)

    def meetings(self) -> Iterator[Known]:
        """All meetings, newest first (those without a date last)."""
        yield from self._many("kind = 'meeting' ORDER BY date IS NULL, date DESC, number DESC")

    def of_meeting(self, silfdnr: int) -> list[Known]:
        """The pages that a meeting's agenda leads to: excerpts, then papers, then attendance."""
        return list(self._many(
            "address IN (SELECT address FROM leads_to WHERE meeting = ?) "
            "ORDER BY CASE kind WHEN 'excerpt' THEN 0 WHEN 'paper' THEN 1 ELSE 2 END, number", silfdnr))

    def of_kind(self, kind: Kind) -> list[Known]:
        """All pages of a kind, by address."""
        return list(self._many("kind = ? ORDER BY address", kind))

    def due(self, now: str, kinds: Iterable[Kind]) -> list[Known]:
        """The pages of these kinds that are due, the longest due first."""
        chosen = list(kinds)
        marks = ", ".join("?" * len(chosen))
        return list(self._many(f"due <= ? AND kind IN ({marks}) ORDER BY due, address", now, *chosen))

    def _many(self, condition: str, *values: object) -> Iterator[Known]:
        # a corpus whose address has changed keeps what it knew of the old one, but asks only the new one
        rows = self.db.execute(
            f"SELECT {_KNOWN_FIELDS} FROM address WHERE substr(address, 1, ?) = ? AND {condition}",  # noqa: S608
            (len(self.base) + 1, f"{self.base}/", *values)).fetchall()
        return (_known(row) for row in rows)

    def count(self, condition: str = "1", *values: object) -> int:
        """How many pages fulfil an SQL condition (a constant of the program, never input)."""
        return int(self.db.execute(
            f"SELECT count(*) FROM address WHERE substr(address, 1, ?) = ? AND {condition}",  # noqa: S608
            (len(self.base) + 1, f"{self.base}/", *values)).fetchone()[0])

    def outcomes(self, run: str) -> dict[str, int]:
        """How often a run met each outcome, and each result (new, changed, unchanged); a missing OParl is none."""
        found: dict[str, int] = {}
        for outcome, result, number in self.db.execute(
            "SELECT f.outcome, f.result, count(*) FROM fetch f LEFT JOIN address a USING (address) WHERE f.run = ? "
            "AND NOT (coalesce(a.kind, '') IN ('robots', 'oparl') AND f.result = '') GROUP BY 1, 2", (run,)
        ):
            key = result or outcome
            found[key] = found.get(key, 0) + int(number)
        return found

    def outcome_before(self, run: str, address: str) -> str | None:
        """What the last answer before this run was; None for a new address."""
        row = self.db.execute("SELECT outcome FROM fetch WHERE address = ? AND run < ? ORDER BY id DESC LIMIT 1",
                              (address, run)).fetchone()
        return None if row is None else str(row[0])

    # ------------------------------------------------------------------ runs

    def begin_run(self, run: str, started: str, *, resumed: bool = False) -> None:
        """Note that a run began (in a rebuild: that the archive has a file of it)."""
        self.db.execute("INSERT OR IGNORE INTO run (run, started, resumed) VALUES (?, ?, ?)", (run, started, resumed))

    def knows_run(self, run: str) -> bool:
        """Whether the run is in the ledger."""
        return self.db.execute("SELECT 1 FROM run WHERE run = ?", (run,)).fetchone() is not None

    def runs(self) -> list[str]:
        """The runs in the ledger, oldest first."""
        return [str(row[0]) for row in self.db.execute("SELECT run FROM run ORDER BY run")]

    def drop_empty_runs(self) -> None:
        """Forget runs without any answer (killed before the first one, outside the hours): they say nothing."""
        self.db.execute("DELETE FROM run WHERE run NOT IN (SELECT run FROM fetch)")

    def size_of(self, address: str, payload_hash: str) -> int:
        """Bytes of the payload with this hash, as it was first fetched."""
        row = self.db.execute("SELECT bytes FROM fetch WHERE address = ? AND payload_hash = ? ORDER BY id LIMIT 1",
                               (address, payload_hash)).fetchone()
        return 0 if row is None else int(row[0])

    def clear(self) -> None:
        """Forget everything (before it is read from the archive again)."""
        self.db.execute("BEGIN IMMEDIATE")
        for table in _TABLES:
            self.db.execute(f"DELETE FROM {table}")  # noqa: S608
        self.db.execute("COMMIT")

    def record_ids(self, run: str) -> set[str]:
        """The WARC records of a run that the ledger has seen."""
        return {str(row[0]) for row in self.db.execute("SELECT record_id FROM fetch WHERE run = ?", (run,))}

    def strikes(self) -> int:
        """How many runs in a row, up to the last one, the site stopped (`--resume` begins the count anew)."""
        count = 0
        for stop, resumed in self.db.execute("SELECT stop, resumed FROM run ORDER BY run DESC"):
            if stop not in STOPPING:
                break
            count += 1
            if resumed:
                break
        return count


    def learn(self, system: str) -> None:
        """Note which generation the present address has."""
        if (self.meta("base"), self.meta("system")) != (self.base, system):
            self.set_meta("base", self.base)
            self.set_meta("system", system)

    def committees(self) -> tuple[OrganizationLink, ...]:
        """The committees that the site's lists show."""
        return tuple(OrganizationLink(name=row["name"], number=row["number"], kind=row["kind"]) for row in
                     self.db.execute("SELECT kind, number, name FROM committee ORDER BY kind, number"))

    def oparl_page(self, address: str) -> OparlPage | None:
        """The lists and the next page that an OParl answer named when it was last read."""
        row = self.db.execute("SELECT links FROM oparl_page WHERE address = ?", (address,)).fetchone()
        return None if row is None else msgspec.json.decode(row[0], type=OparlPage)

    def oparl_results(self) -> dict[int, str]:
        """TOLFDNR -> result, as OParl tells it."""
        return {int(row[0]): str(row[1]) for row in
                self.db.execute("SELECT tolfdnr, result FROM oparl_item WHERE result IS NOT NULL ORDER BY 1")}

    def organizations(self) -> list[tuple[int, str | None]]:
        """(number, kind) of every committee that the meetings name."""
        return [(int(row[0]), row[1]) for row in self.db.execute(
            "SELECT DISTINCT organization_id, organization_kind FROM address WHERE kind = 'meeting' AND outcome = 'ok' "
            "AND organization_id IS NOT NULL ORDER BY 1, 2")]

    # ------------------------------------------------------------------ comparing

    def dump(self) -> dict[str, list[tuple[Any, ...]]]:
        """All rows of all tables in a fixed order, for comparisons (without the counter of `fetch`)."""
        return {
            "meta": [tuple(row) for row in self.db.execute("SELECT * FROM meta ORDER BY 1")],
            "address": [tuple(row) for row in self.db.execute("SELECT * FROM address ORDER BY 1")],
            "leads_to": [tuple(row) for row in self.db.execute("SELECT * FROM leads_to ORDER BY 1, 2")],
            "committee": [tuple(row) for row in self.db.execute("SELECT * FROM committee ORDER BY 1, 2, 3")],
            "fetch": [tuple(row)[1:] for row in self.db.execute("SELECT * FROM fetch ORDER BY id")],
            "oparl_page": [tuple(row) for row in self.db.execute("SELECT * FROM oparl_page ORDER BY 1")],
            "oparl_item": [tuple(row) for row in self.db.execute("SELECT * FROM oparl_item ORDER BY 1")],
            "run": [tuple(row) for row in self.db.execute("SELECT * FROM run ORDER BY 1")],
        }


def _known(row: sqlite3.Row) -> Known:
    values = {name: row[name] for name in Known.__struct_fields__}
    values["listed"], values["has_text"] = bool(values["listed"]), bool(values["has_text"])
    return Known(**values)
