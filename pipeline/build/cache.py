"""Parsed pages, kept between batches: a page is parsed once for each payload and version of the parser.

Beside the work database, in `pages/CORPUS/`, a file for each WARC file. It may be deleted at any time. Its name holds
the size and time of the WARC file (one that still grows has others) and the parser's version, so that what is out of
date is never read; `Cache` removes it. Part of `build`.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
import pyarrow as pa

from pipeline.meetings import STORED, Packed
from pipeline.records import Outcome, PageKind, PageProblem, ParsedPage, System
from pipeline.sources import Page, SourceProblem
from pipeline.versions import parser_version

_CODEC = "lz4"
_LENGTHS = 8
"""Bytes that give the length of what follows."""
_DIGEST = 16
"""Bytes of the digest after that: a cache that was damaged is not trusted."""
_MOST = 1 << 31
"""Bytes of a batch of pages at most; what says more is damaged."""


class _Entry(msgspec.Struct, array_like=True):
    """A page with its record in bytes (`kind` names its type; empty: none), or a problem."""

    address: str
    fetched: str = ""
    payload_hash: str | None = None
    content_hash: str | None = None
    warc_file: str | None = None
    record_id: str | None = None
    revisit: bool = False
    oparl_results: tuple[tuple[int, str], ...] = ()
    outcome: Outcome | None = None
    system: System | None = None
    version: str | None = None
    page_kind: PageKind | None = None
    problems: tuple[PageProblem, ...] = ()
    encoding: str | None = None
    kind: str = ""
    record: bytes = b""
    problem: SourceProblem | None = None


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list[_Entry])
_NAMES = {kind: kind.__name__ for kind in STORED}


def pack(found: Iterable[Page | SourceProblem]) -> bytes:
    """`found` in bytes: what a worker sends and a file keeps. Records that no database keeps are left out."""
    entries: list[_Entry] = []
    for one in found:
        if isinstance(one, SourceProblem):
            entries.append(_Entry(one.address, problem=one))
            continue
        parsed = one.parsed or ParsedPage(outcome="ok")
        kind = _NAMES.get(type(parsed.record), "")  # type: ignore[arg-type]
        entries.append(_Entry(
            one.address, one.fetched, one.payload_hash, one.content_hash, one.warc_file, one.record_id, one.revisit,
            one.oparl_results, parsed.outcome if one.parsed else None, parsed.system, parsed.version, parsed.kind,
            parsed.problems, parsed.encoding, kind, _encoder.encode(parsed.record) if kind else b""))
    return _packed(entries)


def unpack(data: bytes) -> Iterator[Packed | SourceProblem]:
    """What was packed, in its order. Raises ValueError where `data` is damaged."""
    for e in _entries(data):
        if e.problem is not None:
            yield e.problem
            continue
        parsed = None if e.outcome is None else ParsedPage(
            outcome=e.outcome, system=e.system, version=e.version, kind=e.page_kind, problems=e.problems,
            encoding=e.encoding)
        page = Page(address=e.address, fetched=e.fetched, parsed=parsed, payload_hash=e.payload_hash,
                    content_hash=e.content_hash, warc_file=e.warc_file, record_id=e.record_id, revisit=e.revisit,
                    oparl_results=e.oparl_results)
        yield Packed(page, e.kind, e.record)


def join(parts: Iterable[bytes]) -> bytes:
    """What several packed parts hold, in one."""
    entries = [entry for part in parts for entry in _entries(part)]
    return _packed(entries)


def _packed(entries: list[_Entry]) -> bytes:
    raw = _encoder.encode(entries)
    return len(raw).to_bytes(_LENGTHS, "big") + bytes(pa.compress(raw, codec=_CODEC, asbytes=True))


def _entries(data: bytes) -> list[_Entry]:
    length = int.from_bytes(data[:_LENGTHS], "big")
    if length > _MOST:
        raise ValueError("damaged: the length is none")
    try:
        raw = pa.decompress(data[_LENGTHS:], decompressed_size=length, codec=_CODEC, asbytes=True)
        return _decoder.decode(raw)
    except (pa.ArrowException, OSError, msgspec.MsgspecError) as error:
        raise ValueError(f"damaged: {error}") from None


class Cache:
    """The packed pages of one corpus. `folder` None: nothing is kept."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def holds(self, warc: Path) -> bool:
        """Whether the pages of a WARC file are kept."""
        path = self._path(warc)
        return path is not None and path.is_file()

    def read(self, warc: Path) -> Iterator[bytes | None]:
        """The packed parts of a WARC file as they were kept. None, as the last: what follows is damaged, and forgotten.
        """
        path = self._path(warc)
        if path is None:
            return
        try:
            yield from _parts_of(path)
        except (OSError, ValueError):
            with contextlib.suppress(OSError):
                path.unlink()
            yield None

    def writing(self, warc: Path) -> Parts:
        """Keeps what is added, once it is closed. The disk may be full: it is only a cache."""
        return Parts(self._path(warc))

    def keep_only(self, warcs: Iterable[Path]) -> None:
        """Removes what belongs to other files than these, or to another version of them or of the parser."""
        if self._folder is None or not self._folder.is_dir():
            return
        wanted = {path.name for warc in warcs if (path := self._path(warc)) is not None}
        for path in self._folder.iterdir():
            if path.name not in wanted:
                path.unlink(missing_ok=True)

    def _path(self, warc: Path) -> Path | None:
        if self._folder is None:
            return None
        stat = warc.stat()
        key = hashlib.sha256(f"{stat.st_size} {stat.st_mtime_ns} {parser_version()}".encode()).hexdigest()[:16]
        return self._folder / f"{warc.name}.{key}"


def _parts_of(path: Path) -> Iterator[bytes]:
    """The parts in a cache file, which ends with an empty one. Raises ValueError where it is torn or damaged."""
    with path.open("rb") as file:
        while True:
            head = file.read(_LENGTHS + _DIGEST)
            data = file.read(int.from_bytes(head[:_LENGTHS], "big"))
            if _head(data) != head:
                raise ValueError(f"{path}: damaged")
            if not data:
                return
            yield data


def _head(data: bytes) -> bytes:
    return len(data).to_bytes(_LENGTHS, "big") + hashlib.blake2b(data, digest_size=_DIGEST).digest()


class Parts:
    """A cache file while it is written. Where the disk is full it is given up: it is only a cache."""

    def __init__(self, target: Path | None) -> None:
        self._target = target
        self._file = None
        if target is not None:
            self._path = target.with_name(f"{target.name}.tmp")
            with contextlib.suppress(OSError):
                target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._file = open(self._path, "wb", opener=_private)  # noqa: SIM115 - closed by `close` or `discard`

    def add(self, data: bytes) -> None:
        """Keep a packed part."""
        if self._file is not None:
            try:
                self._file.write(_head(data) + data)
            except OSError:
                self.discard()

    def close(self) -> None:
        """Give the file its name; it is whole."""
        if self._file is None or self._target is None:
            return
        try:
            self._file.write(_head(b""))
            self._file.close()
            self._path.replace(self._target)
            self._file = None
        except OSError:
            self.discard()

    def discard(self) -> None:
        """Leave nothing of a file that is not whole."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)
            self._file = None


def remove(state: Path, corpus: str) -> None:
    """Remove what is kept of a corpus (`state`: the folder of the work database)."""
    shutil.rmtree(folder_of(state, corpus), ignore_errors=True)


def folder_of(state: Path, corpus: str) -> Path:
    """Where the pages of a corpus are kept."""
    return state / "pages" / corpus


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)

