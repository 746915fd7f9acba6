"""What a worker of a cluster does with an order: check that it is the same program, find the files, perform the task.

Runs on the workers, and what it gives back is bytes. An order names files of the client's machine; a worker that sees
them there reads them there, else it takes the bytes that it needs out of the store (`results_store`). Topic files
travel with the order: a worker may live for weeks, and a topic changes meanwhile. Part of `build`; see `cluster`.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

import msgspec
import pyarrow as pa

from pipeline import __version__
from pipeline.build.results_store import Store, stored_rows
from pipeline.build.tasks import MakeRows, ParsePart, Reading
from pipeline.records import Record
from pipeline.versions import extraction_version, parser_version, rows_version

Kind = Literal["done", "stored", "unseen", "refused", "raised", "fatal"]
Reply = tuple[Kind, bytes, str]
"""What became of an order, its result or the reason in bytes, and the worker's name."""

LIBRARIES = ("spacy", "lxml", "beautifulsoup4", "numpy")
"""Whose version may show in the rows."""
HEAD = 1024
"""Bytes at the beginning of a part by which a file is known to be the same."""
BEYOND = 1 << 18
"""Bytes after a part that are read as well: after a damaged record the next one is sought, which may lie there."""
ALONE_SECONDS = 1800.0
"""After which a task in a process of its own is ended; the limits of pages (pipeline.limits) end it long before."""
_CODEC = "lz4"
_LENGTH = 8


class Needed(Record, frozen=True, kw_only=True):
    """A file that a task reads a part of: `path` where the client sees it, `stored` its name in the store."""

    path: str
    size: int
    start: int
    end: int | None
    head: str
    stored: str | None = None

    @classmethod
    def of(cls, task: ParsePart, stored: str | None = None) -> Needed:
        """What `task` reads. Raises OSError."""
        path = Path(task.path)
        return cls(path=task.path, size=path.stat().st_size, start=task.start, end=task.end,
                   head=_head(path, task.start), stored=stored)

    def visible(self) -> bool:
        """Whether the same file lies at the same place here."""
        path = Path(self.path)
        try:
            return path.stat().st_size == self.size and _head(path, self.start) == self.head
        except OSError:
            return False


class Order(Record, frozen=True, kw_only=True):
    """A task and what is needed to perform it anywhere. `key`: names its rows in the store."""

    task: bytes
    needed: Needed | None = None
    topics: tuple[tuple[str, bytes], ...] = ()
    store: str | None = None
    key: str | None = None
    direct: int = 0
    """Rows of so many bytes come back with the reply, though there is a store."""
    alone: bool = False
    """Perform it in a process of its own: it has cost workers before."""


@lru_cache(maxsize=1)
def facts() -> dict[str, str]:
    """What has to be the same on all machines, for the rows to be."""
    return {"auszug": __version__, "parser": parser_version(), "extraction": extraction_version(),
            "rows": rows_version(), "python": ".".join(platform.python_version_tuple()[:2]),
            **{name: _version(name) for name in LIBRARIES}}


def facts_for(task: object) -> dict[str, str]:
    """`facts`, and the version of the spaCy pipeline that `task` asks besides."""
    model = task.reading.model if isinstance(task, MakeRows) else ""
    return {**facts(), model: _version(model)} if model else facts()


def perform(expected: Mapping[str, str], payload: bytes) -> Reply:
    """Perform the order in `payload` (`packed`). Never raises what the task raises: that is a reply, too."""
    where = _name()
    mine = {**{name: _version(name) for name in expected if name not in facts()}, **facts()}
    other = [f"{name} {mine[name]} (here {value})" for name, value in expected.items() if mine[name] != value]
    if other:
        return "refused", ", ".join(other).encode(), where
    order: Order = unpacked(payload)
    return _alone(payload, where) if order.alone else performed(order, where)


def performed(order: Order, where: str) -> Reply:
    """Perform an order of the same program. `where`: the worker."""
    needed = order.needed
    seen = needed is None or needed.visible()
    if needed is not None and not seen and (order.store is None or needed.stored is None):
        return "unseen", needed.path.encode(), where
    try:
        with contextlib.ExitStack() as stack:
            task = unpacked(order.task)
            if isinstance(task, MakeRows):
                task = msgspec.structs.replace(task, reading=_reading(task.reading, order.topics))
            if isinstance(task, ParsePart) and needed is not None and not seen:
                try:
                    path = stack.enter_context(_fetched(needed, Store(order.store or "")))
                except FileNotFoundError:
                    return "unseen", needed.path.encode(), where
                task = msgspec.structs.replace(task, path=str(path))
            result = task.perform()
        if order.store is not None and order.key is not None and isinstance(task, MakeRows):
            size = sum(len(data) for data in result.tables.values())
            if size > order.direct:
                return "stored", stored_rows(Store(order.store), order.key, task.units, result), where
        return "done", pickle.dumps(result, protocol=5), where
    except Exception as error:
        return "raised", _portable(error), where


def packed(thing: object) -> bytes:
    """`thing` as bytes for another process of the same program."""
    raw = pickle.dumps(thing, protocol=5)
    return len(raw).to_bytes(_LENGTH, "big") + bytes(pa.compress(raw, codec=_CODEC, asbytes=True))


def unpacked(data: bytes) -> Any:
    """What was packed. Only for bytes of the cluster's own machines, which run each other's code anyway."""
    size = int.from_bytes(data[:_LENGTH], "big")
    return pickle.loads(pa.decompress(data[_LENGTH:], decompressed_size=size, codec=_CODEC, asbytes=True))  # noqa: S301


# ------------------------------------------------------------------------------------------------ files


@contextlib.contextmanager
def _fetched(needed: Needed, store: Store) -> Iterator[Path]:
    """The part of the file, at its place in an otherwise empty file of the same name and size."""
    with tempfile.TemporaryDirectory(prefix="auszug-") as folder:
        path = Path(folder) / Path(needed.path).name
        with path.open("wb") as file:
            file.truncate(needed.size)
            if needed.start:  # the kind of file is told by its beginning
                file.write(store.read(needed.stored or "", 0, min(HEAD, needed.start)))
                file.seek(needed.start)
            end = None if needed.end is None else min(needed.end + BEYOND, needed.size)
            file.write(store.read(needed.stored or "", needed.start, end))
        yield path


@lru_cache(maxsize=16)
def _topic_folder(topics: tuple[tuple[str, bytes], ...]) -> tempfile.TemporaryDirectory[str]:
    """A folder of this process with these topic files; it goes when the process ends or the cache forgets it."""
    folder = tempfile.TemporaryDirectory(prefix="auszug-topics-")
    for name, content in topics:
        (Path(folder.name) / name).write_bytes(content)
    return folder


def _reading(reading: Reading, topics: tuple[tuple[str, bytes], ...]) -> Reading:
    if not topics:
        return reading
    folder = Path(_topic_folder(topics).name)
    return Reading(tuple(str(folder / name) for name, _ in topics), reading.model)


def _head(path: Path, start: int) -> str:
    with path.open("rb") as file:
        file.seek(start)
        return hashlib.sha256(file.read(HEAD)).hexdigest()[:16]


# ---------------------------------------------------------------------------------------- alone, and its end


def _alone(payload: bytes, where: str) -> Reply:
    """The order performed by a process of its own, which may die without harm, and in whose main thread the limits
    of pages reach into regular expressions."""
    process = subprocess.Popen(
        [sys.executable, "-m", "pipeline.build.alone"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))})
    try:
        out, _ = process.communicate(payload, timeout=ALONE_SECONDS)
    except subprocess.TimeoutExpired:
        return "fatal", f"it did not end within {ALONE_SECONDS:g} s".encode(), where
    finally:
        process.kill()
        process.wait()
    code = process.returncode
    if code == 0:
        kind, data, _ = unpacked(out)
        return kind, data, where
    return "fatal", (f"ended by signal {-code}" if code < 0 else f"ended with code {code}").encode(), where


def _portable(error: Exception) -> bytes:
    """The error as bytes; one that cannot be sent as a RuntimeError that says the same."""
    try:
        data = pickle.dumps(error, protocol=5)
        pickle.loads(data)  # noqa: S301 - just made
    except Exception:
        return pickle.dumps(RuntimeError(f"{type(error).__name__}: {error}"), protocol=5)
    return data


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "none"


def _name() -> str:
    """The worker as the cluster calls it; else machine and process."""
    with contextlib.suppress(ImportError, ValueError):
        from distributed import get_worker

        return str(get_worker().address)
    return f"{platform.node()} (process {os.getpid()})"

