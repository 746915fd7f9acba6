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
from functools import lru_cache
from pathlib import Path

import msgspec
import pyarrow as pa

from pipeline.meetings import STORED, Packed
from pipeline.records import Outcome, PageKind, PageProblem, ParsedPage, System
from pipeline.sources import Page, SourceProblem

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


@lru_cache(maxsize=1)
def parser_version() -> str:
    """A hash of the code that turns payloads into records."""
    folder = Path(__file__).resolve().parents[1]
    harvest = folder / "harvest"
    code = [*sorted((folder / "pages").rglob("*.*")), folder / "records.py", folder / "sources.py",
            folder / "limits.py", Path(__file__), *(harvest / name for name in (
                "allris.py", "archive.py", "judge.py", "oparl.py", "plain_records.py"))]
    digest = hashlib.sha256()
    for path in code:
        if path.suffix != ".pyc":
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


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

    def read(self, warc: Path) -> Iterator[bytes] | None:
        """The packed parts of a WARC file as they were kept; None where they are not, or are damaged."""
        path = self._path(warc)
        try:
            if path is None or not any(True for _ in _parts_of(path)):
                return None
        except (OSError, ValueError):
            return None
        return _parts_of(path)

    @contextlib.contextmanager
    def writing(self, warc: Path) -> Iterator[_Parts]:
        """Keeps what is added inside, unless an exception ends it, or the disk is full."""
        path = self._path(warc)
        parts = _Parts(None if path is None else path.with_name(f"{path.name}.tmp"))
        try:
            yield parts
            parts.close(path)
        finally:
            parts.discard()

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
    """The parts in a cache file. Raises ValueError where it is torn or damaged."""
    with path.open("rb") as file:
        while head := file.read(_LENGTHS + _DIGEST):
            data = file.read(int.from_bytes(head[:_LENGTHS], "big"))
            if _head(data) != head:
                raise ValueError(f"{path}: damaged")
            yield data


def _head(data: bytes) -> bytes:
    return len(data).to_bytes(_LENGTHS, "big") + hashlib.blake2b(data, digest_size=_DIGEST).digest()


class _Parts:
    """A cache file while it is written. Where the disk is full it is given up: it is only a cache."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file = None
        if path is not None:
            with contextlib.suppress(OSError):
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._file = open(path, "wb", opener=_private)  # noqa: SIM115 - closed by `discard`

    def add(self, data: bytes) -> None:
        """Keep a packed part."""
        if self._file is not None:
            try:
                self._file.write(_head(data) + data)
            except OSError:
                self.discard()

    def close(self, target: Path | None) -> None:
        """Give the file its name; it is whole."""
        if self._file is None or self._path is None or target is None:
            return
        with contextlib.suppress(OSError):
            self._file.close()
            self._path.replace(target)
            self._file = None

    def discard(self) -> None:
        """Leave nothing of a file that is not whole."""
        if self._file is not None and self._path is not None:
            with contextlib.suppress(OSError):
                self._file.close()
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

