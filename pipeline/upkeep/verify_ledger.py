"""The ledger of a corpus against its archive, of which it is an index: what differs is made anew.

Part of `upkeep`; used by `verify`.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline.config import Corpus
from pipeline.errors import ArchiveError
from pipeline.harvest.ledger import Ledger, stamp
from pipeline.harvest.recorder import rebuild
from pipeline.harvest.scope import base_of
from pipeline.upkeep.faults import Fault
from pipeline.upkeep.verify_database import Index


def lost_addresses(corpus: Corpus, index: Index) -> list[str]:
    """The addresses of which the ledger knows a record that the archive does not have (any more), or has damaged."""
    path = corpus.folder / "ledger.sqlite"
    if not path.is_file() or corpus.source is None:
        return []
    there = index.connection.execute
    lost: set[str] = set()
    with contextlib.suppress(sqlite3.Error), contextlib.closing(
        sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    ) as ledger:
        cursor = ledger.execute("SELECT address, record_id FROM fetch WHERE record_id IS NOT NULL")
        while rows := cursor.fetchmany(5_000):
            known = {row[0] for row in there("SELECT record_id FROM record WHERE record_id IN (SELECT unnest(?))",
                                             [[row[1] for row in rows]]).fetchall()}
            lost.update(address for address, record in rows if record not in known)
    return sorted(lost)


def check(
    corpus: Corpus, index: Index, found: list[Fault], lost: list[str], *, repair: bool,
    clock: Callable[[], dt.datetime],
) -> None:
    """The ledger against the records; it is only an index of them."""
    path = corpus.folder / "ledger.sqlite"
    if corpus.source is None or not path.is_file():
        return
    wrong = _wrong_with_ledger(path, index) if not lost else "it knows records that the archive does not have"
    damaged = [fault for fault in found if fault.code == "record_damaged"]
    again = sorted({*lost, *(_addresses_of(index, damaged))})
    if wrong is None and not again:
        return
    fault = Fault(code="ledger_differs", corpus=corpus.name, where=str(path), what=wrong or "pages are to be due",
                  remedy="delete it, or auszug verify --repair: it is made anew from the archive")
    if wrong is not None:
        found.append(fault)
    if not repair:
        return
    try:
        ledger = Ledger(path, base=base_of(corpus.source.url))
    except ArchiveError:
        for left in corpus.folder.glob("ledger.sqlite*"):
            left.unlink()
        ledger = Ledger(path, base=base_of(corpus.source.url))
    with contextlib.closing(ledger):
        taken = rebuild(ledger, corpus.archive)
        due = _make_due(ledger, again, stamp(clock()))
    fault.repaired = f"made anew from {taken} records"
    for one in found:
        if one.code == "page_lost" or one in damaged:
            one.repaired = f"{due} pages are due: the next harvest fetches them again"


def _addresses_of(index: Index, damaged: Sequence[Fault]) -> list[str]:
    """The addresses of the records that do not fit their hashes (`Fault.where` tells file and place)."""
    rows = index.connection.execute("SELECT DISTINCT address FROM record").fetchall() if damaged else []
    return [address for (address,) in rows if address and any(f"of {address} " in fault.what for fault in damaged)]


def _wrong_with_ledger(path: Path, index: Index) -> str | None:
    """What in the ledger does not fit the archive; None: everything does."""
    try:
        with contextlib.closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as ledger:
            [(said,)] = ledger.execute("PRAGMA integrity_check(1)").fetchall()
            if said != "ok":
                return f"it is damaged ({said})"
            cursor = ledger.execute("SELECT record_id, payload_hash, warc_file, address FROM fetch")
            index.connection.execute(
                "CREATE OR REPLACE TEMP TABLE fetched "
                "(record_id VARCHAR, payload VARCHAR, file VARCHAR, address VARCHAR)")
            while rows := cursor.fetchmany(5_000):
                columns = [list(column) for column in zip(*rows, strict=True)]
                index.connection.execute(
                    "INSERT INTO fetched SELECT unnest(?), unnest(?), unnest(?), unnest(?)", columns)
    except sqlite3.Error as error:
        return f"it cannot be read ({error})"
    rows = index.connection.execute("""
        SELECT 'it has another payload hash for ' || f.address FROM fetched AS f JOIN record AS r USING (record_id)
        WHERE f.payload IS NOT NULL AND r.payload_hash IS DISTINCT FROM f.payload
        UNION ALL SELECT 'it names another file for ' || f.address FROM fetched AS f JOIN record AS r USING (record_id)
        WHERE f.file IS DISTINCT FROM r.warc_file
        UNION ALL SELECT 'it lacks the record of ' || r.address FROM record AS r ANTI JOIN fetched USING (record_id)
        WHERE r.kind IN ('response', 'revisit')
        ORDER BY 1 LIMIT 1""").fetchall()
    return str(rows[0][0]) if rows else None


def _make_due(ledger: Ledger, addresses: Sequence[str], now: str) -> int:
    """Let the next harvest fetch these pages in full: nothing is known that would make an answer *unchanged*."""
    made = 0
    for address in addresses:
        made += ledger.db.execute(
            """UPDATE address SET due = ?, payload_hash = NULL, content_hash = NULL, record_id = NULL,
                record_date = NULL, etag = NULL, modified = NULL WHERE address = ? AND outcome IS NOT 'withheld'""",
            (now, address)).rowcount
    return made
