"""The store of a cluster: a folder that all machines see, or an object store, by its address (fsspec).

    ROOT/archive/HASH-NAME                                          files that the workers do not see otherwise
    ROOT/rows/source=NAME/table=TABLE/year=YYYY/part-HASH.parquet   rows that a worker has made
    ROOT/rows/orders/KEY.json                                       which parts an order consists of, written last

A place of passage: rows leave it when they are in the work database, and with the end of a build all of it goes. What
an interrupted build left is taken by the next one where it is made from the same (KEY), and goes else. The name of a
part is the hash of its content, so that a torn one is never taken for whole. Part of `build`; see `cluster`.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import posixpath
import uuid
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.build.tasks import Made
from pipeline.errors import ConfigError
from pipeline.records import PageProblem, Record
from pipeline.store import arrow
from pipeline.store.units import OWNED, Unit

NO_YEAR = "none"
"""The year of what has no date (persons, committees)."""
_COLUMN = {table: column for column, tables in OWNED.values() for table in tables}


class Part(Record, frozen=True, kw_only=True):
    """Rows of one table and year in the store."""

    table: str
    path: str
    hash: str


class Parts(Record, frozen=True, kw_only=True):
    """What an order has made: the parts of its rows, and the rest of `Made`."""

    parts: tuple[Part, ...]
    problems: tuple[tuple[PageProblem, ...], ...]
    failed: tuple[str | None, ...]
    unmade: tuple[str | None, ...]


class Store:
    """The folder or bucket at `url`. Raises ConfigError where there can be none."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._fs, self._root = _opened(url)

    def check(self) -> None:
        """Raises ConfigError where nothing can be written or read."""
        name, content = f"probe-{uuid.uuid4().hex}", b"auszug"
        try:
            self.write(name, content)
            same = self.read(name) == content
            self.remove(name)
        except Exception as error:
            raise _no_store(self.url, error) from error
        if not same:
            raise ConfigError("what is written there does not come back", where=self.url, remedy="name another --store")

    def write(self, name: str, content: bytes) -> None:
        """Put `content` there under `name`: whole or not at all."""
        path = self._path(name)
        self._fs.makedirs(posixpath.dirname(path), exist_ok=True)
        if _is_local(self._fs):
            partial = f"{path}.{uuid.uuid4().hex[:8]}.tmp"
            self._fs.pipe_file(partial, content)
            Path(partial).replace(path)
        else:  # an object appears when all of it has come
            self._fs.pipe_file(path, content)

    def read(self, name: str, start: int | None = None, end: int | None = None) -> bytes:
        """The bytes of `name` from `start` to `end`. Raises FileNotFoundError."""
        return bytes(self._fs.cat_file(self._path(name), start=start, end=end))

    def put(self, path: Path) -> str:
        """Put the file there, once for each name, size and time; returns its name there."""
        stat = path.stat()
        key = hashlib.sha256(f"{path} {stat.st_size} {stat.st_mtime_ns}".encode()).hexdigest()[:16]
        name = f"archive/{key}-{path.name}"
        target = self._path(name)
        try:
            if not self._fs.exists(target) or self._fs.size(target) != stat.st_size:
                self._fs.makedirs(posixpath.dirname(target), exist_ok=True)
                partial = f"{target}.tmp" if _is_local(self._fs) else target
                self._fs.put_file(str(path), partial)
                if partial != target:
                    Path(partial).replace(target)
        except Exception as error:
            raise _no_store(self.url, error) from error
        return name

    def remove(self, *names: str) -> None:
        """Remove these; what is not there is gone already."""
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                self._fs.rm_file(self._path(name))

    def clear(self) -> None:
        """Remove everything below the address."""
        with contextlib.suppress(FileNotFoundError):
            self._fs.rm(self._root, recursive=True)

    def orders(self) -> set[str]:
        """Keys of the orders whose rows an interrupted build left."""
        folder = self._path("rows/orders")
        self._fs.invalidate_cache()
        try:
            found = self._fs.ls(folder, detail=False)
        except FileNotFoundError:
            return set()
        return {posixpath.basename(name).removesuffix(".json") for name in found if name.endswith(".json")}

    def _path(self, name: str) -> str:
        return posixpath.join(self._root, name)


def stored_rows(store: Store, key: str, units: Sequence[Unit], made: Made) -> bytes:
    """Writes the rows in `made` (of `units`) into the store; returns what `loaded_rows` needs (it lies there, too)."""
    source = units[0].source
    years = _years(units)
    parts: list[Part] = []
    for name, data in made.tables.items():
        for year, table in _by_year(name, arrow.unpacked(data), years):
            sink = io.BytesIO()
            pq.write_table(table, sink, compression="zstd")
            content = sink.getvalue()
            digest = hashlib.sha256(content).hexdigest()
            path = f"rows/source={source}/table={name}/year={year}/part-{digest[:16]}.parquet"
            store.write(path, content)
            parts.append(Part(table=name, path=path, hash=digest))
    parts_ = Parts(parts=tuple(parts), problems=made.problems, failed=made.failed, unmade=made.unmade)
    found = msgspec.json.encode(parts_)
    store.write(_order(key), found)
    return found


def known_rows(store: Store, key: str) -> bytes:
    """What `stored_rows` returned for this order. Raises FileNotFoundError."""
    return store.read(_order(key))


def loaded_rows(store: Store, data: bytes) -> Made:
    """The rows that `stored_rows` has written. Raises ValueError where a part is damaged or gone."""
    try:
        found = msgspec.json.decode(data, type=Parts)
    except msgspec.MsgspecError as error:
        raise ValueError(f"damaged: {error}") from None
    tables: dict[str, list[pa.Table]] = {}
    for part in found.parts:
        try:
            content = store.read(part.path)
        except FileNotFoundError:
            raise ValueError(f"{part.path} is gone") from None
        if hashlib.sha256(content).hexdigest() != part.hash:
            raise ValueError(f"{part.path} is damaged")
        tables.setdefault(part.table, []).append(pq.read_table(io.BytesIO(content)))
    return Made(tables={name: arrow.packed(pa.concat_tables(some)) for name, some in tables.items()},
                problems=found.problems, failed=found.failed, unmade=found.unmade)


def remove_rows(store: Store, key: str, data: bytes) -> None:
    """Removes the rows of an order: first the note of them, so that what is left halfway is never taken for whole."""
    store.remove(_order(key))
    with contextlib.suppress(msgspec.MsgspecError):
        store.remove(*(part.path for part in msgspec.json.decode(data, type=Parts).parts))


def _order(key: str) -> str:
    return f"rows/orders/{key}.json"


def _years(units: Sequence[Unit]) -> dict[str, str]:
    """The year of each unit's rows, by their key."""
    dates = {unit.key: (getattr(unit.record, "date", None) or "")[:4] for unit in units}
    return {key: year if year.isdigit() else NO_YEAR for key, year in dates.items()}


def _by_year(name: str, table: pa.Table, years: dict[str, str]) -> list[tuple[str, pa.Table]]:
    """The rows of a table by year, in their order."""
    values = sorted({*years.values(), NO_YEAR})
    at = pc.index_in(table[_COLUMN[name]], value_set=pa.array(list(years), pa.string()))
    year = pc.fill_null(pc.take(pa.array(list(years.values()), pa.string()), at), NO_YEAR)
    found = ((value, table.filter(pc.equal(year, value))) for value in values)
    return [(value, rows) for value, rows in found if rows.num_rows]


@lru_cache(maxsize=8)
def _opened(url: str) -> tuple[Any, str]:
    """The file system of `url` and the path on it."""
    try:
        from fsspec.core import url_to_fs
    except ImportError:
        raise ConfigError("--store needs packages that are not installed",
                          remedy="pip install 'auszug[scale]'") from None
    try:
        fs, root = url_to_fs(url)
    except (ImportError, ValueError, OSError) as error:
        raise _no_store(url, error) from error
    return fs, str(root).rstrip("/")


def _is_local(fs: Any) -> bool:
    return "file" in ((fs.protocol,) if isinstance(fs.protocol, str) else fs.protocol)


def _no_store(url: str, error: Exception) -> ConfigError:
    return ConfigError(f"the store cannot be used ({type(error).__name__}: {error})", where=url,
                       remedy="check address and permissions; other stores than folders need their fsspec driver "
                              "(as s3fs for s3://)")

