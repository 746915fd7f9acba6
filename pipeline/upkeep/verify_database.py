"""The databases against archive and files, and publications against the work database. Reads only.

Part of `upkeep`; used by `verify`. What is read from the archive goes into two tables of a database of its own that
spills to disk, so memory does not grow with the corpus.
"""

# ruff: noqa: S608  (names of tables and columns come from the catalogue and from schema.sql)

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipeline.records import AgendaItem
from pipeline.sources import Page
from pipeline.store import schema
from pipeline.store.database import NOT_COMPARED
from pipeline.upkeep.record_digests import Checked

MEMORY = "1GB"
_BATCH = 5_000
_RECORD = ("warc_file", "record_id", "kind", "payload_hash", "address")
_SEEN = ("address", "kind", "outcome", "payload_hash", "content_hash", "record_id", "fetched", "text_hash")
_MOST = 50
"""Places of one kind of fault that are named; the rest is counted."""


class Index:
    """What archive and files of one corpus hold, as tables beside the work database (attached as `w`)."""

    def __init__(self, folder: Path) -> None:
        self.connection = duckdb.connect(config={
            "autoinstall_known_extensions": "false", "autoload_known_extensions": "false", "memory_limit": MEMORY,
            "temp_directory": str(folder)})
        for table, columns in (("record", _RECORD), ("seen", _SEEN)):
            self.connection.execute(f"CREATE TABLE {table} ({', '.join(f'{name} VARCHAR' for name in columns)})")
        self._waiting: dict[str, list[dict[str, Any]]] = {"record": [], "seen": []}

    def close(self) -> None:
        """Give everything back."""
        self.connection.close()

    def add_record(self, warc_file: str, record: Checked) -> None:
        """Note a record of the archive."""
        self._add("record", {"warc_file": warc_file, "record_id": record.record_id, "kind": record.kind,
                             "payload_hash": record.payload_hash, "address": record.address})

    def add_page(self, page: Page) -> None:
        """Note a page as it is read today; of an agenda item a hash of its texts, too."""
        if page.parsed is None:
            return
        record = page.parsed.record
        texts = None
        if isinstance(record, AgendaItem) and record.sections:
            joined = "\x1f".join(section.text for section in record.sections)
            texts = hashlib.md5(joined.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()
        self._add("seen", {"address": page.address, "kind": page.parsed.kind, "outcome": page.parsed.outcome,
                           "payload_hash": page.payload_hash, "content_hash": page.content_hash,
                           "record_id": page.record_id, "fetched": page.fetched, "text_hash": texts})

    def _add(self, table: str, row: dict[str, Any]) -> None:
        self._waiting[table].append(row)
        if len(self._waiting[table]) >= _BATCH:
            self._flush(table)

    def _flush(self, table: str) -> None:
        rows = self._waiting[table]
        if rows:
            columns = _RECORD if table == "record" else _SEEN
            batch = pa.Table.from_pylist(rows, schema=pa.schema([(name, pa.string()) for name in columns]))
            self.connection.register("incoming", batch)
            self.connection.execute(f"INSERT INTO {table} SELECT * FROM incoming")
            self.connection.unregister("incoming")
            rows.clear()

    def ready(self) -> None:
        """All was added."""
        for table in self._waiting:
            self._flush(table)

    def faults(self, work: Path, source: str) -> Iterator[tuple[str, str, str | None, str]]:
        """(code, place, address, what is wrong) of the rows of `source` that do not fit; the first of each code."""
        self.connection.execute(f"ATTACH {schema.quoted(str(work))} AS w (READ_ONLY)")
        try:
            for code, sql in _questions():
                rows = self.connection.execute(
                    f"SELECT place, address, what, count(*) OVER () FROM ({sql}) ORDER BY ALL LIMIT {_MOST}",
                    {"source": source}).fetchall()
                for place, address, what, _ in rows:
                    yield code, place, address, what
                if rows and rows[0][3] > _MOST:
                    yield code, source, None, f"and {rows[0][3] - _MOST} more like these"
        finally:
            self.connection.execute("DETACH w")


def _questions() -> list[tuple[str, str]]:
    text = Path(__file__).with_name("verify.sql").read_text("utf-8")
    parts = re.split(r"^-- fault: ([a-z_]+)\n", text, flags=re.MULTILINE)[1:]
    return [(code, sql.strip().rstrip(";")) for code, sql in zip(parts[::2], parts[1::2], strict=True)]


def read_everything(path: Path) -> None:
    """Read every value of every table of a database: DuckDB checks each block's checksum. Raises duckdb.Error."""
    with contextlib.closing(duckdb.connect(str(path), config={
        "access_mode": "READ_ONLY", "memory_limit": MEMORY, "autoload_known_extensions": "false",
    })) as connection:
        for (table,) in connection.execute("SELECT table_name FROM duckdb_tables() WHERE NOT internal").fetchall():
            connection.execute(f'SELECT bit_xor(hash(t)) FROM "{table}" AS t').fetchall()


def differing_tables(work: Path, publication: Path, sources: list[str]) -> list[str]:
    """The tables in which the rows of `sources` are not the same in a work database and its publication."""
    with contextlib.closing(duckdb.connect(config={"memory_limit": MEMORY})) as connection:
        for name, path in (("w", work), ("p", publication)):
            connection.execute(f"ATTACH {schema.quoted(str(path))} AS {name} (READ_ONLY)")
        found = []
        for name, table in schema.all_tables().items():
            key = next((c.name for c in table.columns if c.name == "source_id" or c.name.endswith("_id")), None)
            if name in NOT_COMPARED or key is None:
                continue
            columns = ", ".join(column.name for column in table.columns)
            sums = [connection.execute(
                f"SELECT count(*), bit_xor(hash({columns})), sum(hash({columns})::HUGEINT) FROM {side}.main.{name} "
                f"WHERE split_part({key}, '/', 1) IN (SELECT unnest(?))", [sources]).fetchall() for side in "wp"]
            if sums[0] != sums[1]:
                found.append(name)
        return found
