"""The archive: raw responses in WARC files, written once and never changed.

The first stop of everything that comes from a site, before anything looks at it; `run` and `extract` read
it back. One file a run, named `*.warc.gz.open` while it is written and renamed when it is closed, because
appending after a torn tail makes a WARC unreadable. What a killed run leaves is salvaged record by record.

Reading never fails on content: a damaged file gives its whole records and an `ArchiveProblem` for the rest.
Decompression is bounded, so that a small hostile file cannot fill the memory.

Source: WARC 1.1 (ISO 28500:2017), https://iipc.github.io/warc-specifications/.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import os
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Literal

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import BufferedReader, ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParserException
from warcio.warcwriter import WARCWriter

from pipeline import private
from pipeline.errors import ArchiveError
from pipeline.harvest import plain_records
from pipeline.records import Record

OPEN_SUFFIX = ".open"
MAX_RECORD_BYTES = 64 * 1024 * 1024
"""Largest record that is read, compressed or not; ALLRIS pages with embedded Word text stay below 5 MB."""
GZIP_MAGIC = b"\x1f\x8b\x08"
CHUNK = 256 * 1024
FIRST_CHUNK = 16 * 1024
"""What is read of a record at first: nine of ten are shorter, packed, and what is read beyond one is copied twice."""
MAX_NOTE_BYTES = 64 * 1024
ADDRESS_HEADER = "X-Auszug-Address"
"""WARC header with a page's canonical address (readers skip names that they do not know, WARC 1.1, 5.19)."""

Headers = Sequence[tuple[str, str]]
TORN = "the file ends inside a record (an interrupted run)"


class ArchivedPage(Record, frozen=True, kw_only=True):
    """A response, or a note that an address gave the same payload as before (`revisit`).

    `payload` is the body, unpacked (None for a revisit); `payload_hash` the SHA-256 in hex of the body as served
    (before unpacking, without chunks). `fetched` is UTC, ISO 8601. `offset` is that of the record's first byte in
    `warc_file` (a name, not a path).
    """

    url: str
    fetched: str
    status: int | None
    headers: tuple[tuple[str, str], ...]
    payload: bytes | None
    payload_hash: str | None
    warc_file: str
    record_id: str
    offset: int
    kind: Literal["response", "revisit"] = "response"
    address: str | None = None
    """The canonical address of the page, where it differs from `url` (ALLRIS 4 brings some content by session-bound
    Ajax addresses)."""
    served_bytes: int = 0
    """Length of the body as served (0 for a revisit)."""

    @property
    def content_type(self) -> str | None:
        """The Content-Type header, or None."""
        return next((value for name, value in self.headers if name.lower() == "content-type"), None)


class ArchivedNote(Record, frozen=True, kw_only=True):
    """A metadata record: what a harvest met that is no HTTP answer (`fields`: outcome, detail ...)."""

    url: str
    fetched: str
    fields: dict[str, str]
    warc_file: str
    record_id: str
    offset: int
    address: str | None = None


class ArchiveProblem(Record, frozen=True, kw_only=True):
    """A part of an archive that cannot be read. `code`: torn, damaged, too_large, unreadable, not_http."""

    code: str
    message: str
    warc_file: str
    offset: int
    url: str | None = None


def payload_hash(payload: bytes) -> str:
    """SHA-256 of a body as served, in hex: what `payload_hash` means everywhere."""
    return hashlib.sha256(payload).hexdigest()


def _digest(payload: bytes) -> str:
    return f"sha256:{payload_hash(payload)}"


# ---------------------------------------------------------------------------- writing


class ArchiveWriter:
    """Writes one WARC file. A context manager: closed and renamed on a normal end, left `.open` on an error.

    `name` is the file's name without suffix. Raises ArchiveError where the folder cannot be written
    or the file exists.
    """

    def __init__(
        self, folder: Path, name: str, *, started: dt.datetime, software: str, info: Mapping[str, str] | None = None
    ) -> None:
        self.path = folder / f"{name}.warc.gz"
        self._open_path = folder / f"{name}.warc.gz{OPEN_SUFFIX}"
        try:
            private.make_folder(folder)
            if self.path.exists():
                raise FileExistsError(17, "the file exists")
            self._file = private.open_file(self._open_path, "xb")
        except OSError as error:
            raise ArchiveError(f"the archive cannot be written ({error.strerror})", where=self.path,
                               remedy="choose another folder, or move the file away") from None
        self._writer = WARCWriter(self._file, gzip=True, warc_version="1.1")
        fields = {"software": software, "format": "WARC File Format 1.1", **(info or {})}
        body = "".join(f"{key}: {value}\r\n" for key, value in fields.items()).encode("utf-8")
        self._write("", "warcinfo", started, body, None,
                    {"WARC-Filename": self.path.name, "Content-Type": "application/warc-fields"})

    def __enter__(self) -> ArchiveWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self._file.close()

    def write_exchange(
        self, url: str, payload: bytes, *, fetched: dt.datetime, status: int, reason: str, headers: Headers,
        request_headers: Headers, method: str = "GET", address: str | None = None,
    ) -> str:
        """Writes a request and its response; returns the response's record id. `fetched` is aware (UTC).

        `address`: the page's canonical address, where it is not `url`.

        `payload` is the body as served, still packed as its Content-Encoding says, but without chunks: the headers
        about those are kept under an `X-Archive-Orig-` name, so that no reader takes them off twice.
        """
        kept = [(f"X-Archive-Orig-{name}" if name.lower() in {"transfer-encoding", "content-length"} else name, value)
                for name, value in headers if (name.lower(), value) != ("content-length", str(len(payload)))]
        kept.append(("Content-Length", str(len(payload))))
        http = StatusAndHeaders(f"{status} {reason}".strip(), kept, protocol="HTTP/1.1")
        record_id = self._write(url, "response", fetched, payload, http,
                                {"WARC-Payload-Digest": _digest(payload), **_named(address)})
        self._write_request(url, method, fetched, request_headers, record_id)
        return record_id

    def _write_request(self, url: str, method: str, fetched: dt.datetime, headers: Headers, response: str) -> None:
        path = "/" + url.split("://", 1)[-1].partition("/")[2]
        line = f"{method} {path} HTTP/1.1"
        request = StatusAndHeaders(line, list(headers), protocol="", is_http_request=True)
        self._write(url, "request", fetched, b"", request, {"WARC-Concurrent-To": response})

    def write_revisit(
        self, url: str, *, fetched: dt.datetime, status: int, reason: str, headers: Headers, payload_hash: str,
        refers_to: str, refers_to_date: str, address: str | None = None, not_modified: bool = False,
        request_headers: Headers | None = None,
    ) -> str:
        """Notes that `url` gave the payload with `payload_hash` again; returns the record id.

        `refers_to`, `refers_to_date`: record id and date of the response that holds the payload. `not_modified`: the
        server said so itself (304). The request is written, too, where its headers are given.
        """
        profile = "server-not-modified" if not_modified else "identical-payload-digest"
        # what the headers say about a body does not hold for the empty one of this record
        kept = [(f"X-Archive-Orig-{name}" if name.lower() in {"transfer-encoding", "content-length"} else name, value)
                for name, value in headers]
        http = StatusAndHeaders(f"{status} {reason}".strip(), kept, protocol="HTTP/1.1")
        record_id = self._write(url, "revisit", fetched, b"", http, {
            "WARC-Profile": f"http://netpreserve.org/warc/1.1/revisit/{profile}",
            "WARC-Refers-To": refers_to, "WARC-Refers-To-Target-URI": url, "WARC-Refers-To-Date": refers_to_date,
            "WARC-Payload-Digest": f"sha256:{payload_hash}", **_named(address),
        })
        if request_headers is not None:
            self._write_request(url, "GET", fetched, request_headers, record_id)
        return record_id

    def write_note(
        self, url: str, *, fetched: dt.datetime, fields: Mapping[str, str], address: str | None = None
    ) -> str:
        """Writes a metadata record about `url`; returns its record id. Line breaks in values become blanks."""
        body = "".join(f"{key}: {' '.join(value.split())}\r\n" for key, value in fields.items()).encode("utf-8")
        headers = {"Content-Type": "application/warc-fields", **_named(address)}
        return self._write(url, "metadata", fetched, body, None, headers)

    def flush(self, *, sync: bool = False) -> None:
        """Hands what is written to the system: a kill loses nothing. `sync`: to the disk (nor does a power cut)."""
        self._file.flush()
        if sync:
            os.fsync(self._file.fileno())

    def close(self) -> Path:
        """Flushes the file to the disk and gives it its final name, which is returned."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._open_path.replace(self.path)
        return self.path

    def _write(
        self, url: str, kind: str, when: dt.datetime, payload: bytes, http: StatusAndHeaders | None,
        warc_headers: dict[str, str],
    ) -> str:
        date = _iso(when)
        # the id follows from the content, so that the same content gives the same bytes
        seed = "\n".join([self.path.name, str(self._file.tell()), kind, url, date, payload_hash(payload)])
        record_id = f"<urn:uuid:{_uuid(seed)}>"
        # warcio writes WARC-Type itself, but at the end of the header; readers want it first
        headers = {"WARC-Type": kind, "WARC-Record-ID": record_id, "WARC-Date": date, **warc_headers}
        record = self._writer.create_warc_record(
            url, kind, payload=io.BytesIO(payload), length=len(payload), http_headers=http, warc_headers_dict=headers,
            warc_content_type=warc_headers.get("Content-Type", ""),
        )
        try:
            self._writer.write_record(record)
        except OSError as error:
            raise ArchiveError(f"the archive cannot be written ({error.strerror})", where=self._open_path,
                               remedy="make room on the disk; the whole records in it are kept") from None
        return record_id


def _named(address: str | None) -> dict[str, str]:
    return {} if address is None else {ADDRESS_HEADER: address}


def _uuid(seed: str) -> str:
    digest = hashlib.sha256(seed.encode("utf-8")).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-5{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}"


def _iso(when: dt.datetime) -> str:
    if when.tzinfo is None:
        raise ValueError("a time without time zone")
    return when.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# ---------------------------------------------------------------------------- reading


def archive_files(folder: Path) -> list[Path]:
    """The WARC files in `folder`, by name (so: by run); those still `.open` among them."""
    names = [*folder.glob("*.warc"), *folder.glob("*.warc.gz"), *folder.glob(f"*.warc.gz{OPEN_SUFFIX}")]
    return sorted(names, key=lambda path: path.name)


def read_archive(folder: Path, *, max_bytes: int = MAX_RECORD_BYTES) -> Iterator[ArchivedPage | ArchiveProblem]:
    """All pages of the WARC files in `folder`, by file name (so: by run), in the order of writing.

    A file still `.open` gives its whole records and no complaint about its end.
    """
    for path in archive_files(folder):
        yield from read_file(path, max_bytes=max_bytes)


def read_file(
    path: Path, *, start: int = 0, end: int | None = None, max_bytes: int = MAX_RECORD_BYTES
) -> Iterator[ArchivedPage | ArchiveProblem]:
    """The pages of one WARC file, compressed or not; a problem for each part that cannot be read.

    `start`, `end`: a part of the file as `parts` gives them.
    """
    for item in read_records(path, start=start, end=end, max_bytes=max_bytes):
        if not isinstance(item, ArchivedNote):
            yield item


def parts(path: Path, *, at_least: int) -> Iterator[tuple[int, int | None]]:
    """The file in parts (start, end) of some `at_least` bytes, each beginning with a record; a small one in one part.

    Finding the beginnings means to unpack the whole file: a gzip header may stand inside a record as well. So each part
    is given as soon as its end is found.
    """
    start = 0
    if path.stat().st_size >= 2 * at_least and not path.name.endswith(".warc"):
        for piece in _pieces(path, MAX_RECORD_BYTES, 0, None):
            offset = piece.offset if isinstance(piece, ArchiveProblem) else piece[0]
            if offset - start >= at_least:
                yield start, offset
                start = offset
    yield start, None


def read_records(
    path: Path, *, start: int = 0, end: int | None = None, max_bytes: int = MAX_RECORD_BYTES
) -> Iterator[ArchivedPage | ArchivedNote | ArchiveProblem]:
    """As `read_file`, with the metadata records."""
    unfinished = path.name.endswith(OPEN_SUFFIX)
    for piece in _pieces(path, max_bytes, start, end):
        if isinstance(piece, ArchiveProblem):
            if not (unfinished and piece.code == "torn"):
                yield piece
            continue
        offset, raw = piece
        if not raw.startswith(b"WARC/"):
            yield ArchiveProblem(code="damaged", message="this is no WARC record", warc_file=path.name, offset=offset)
            continue
        try:
            head = plain_records.head_of(raw)
            if head is not None and head.fields["warc-type"] in {"request", "warcinfo"}:
                continue  # two of three records; what they say nobody asks for
            page = None if head is None else _plain_page(raw, head, path.name, offset, max_bytes)
            if page is not None:
                yield page
            else:
                yield from _pages(raw, path.name, offset, max_bytes)
        except (ArchiveLoadFailed, StatusAndHeadersParserException, ValueError, KeyError, EOFError, OSError,
                AttributeError, IndexError, zlib.error) as error:
            # warcio raises what it happens on; whatever it is, the next record may be whole
            yield ArchiveProblem(code="damaged", message=f"a record cannot be read ({_short(error)})",
                                 warc_file=path.name, offset=offset)


def _plain_page(raw: bytes, head: plain_records.Head, name: str, offset: int, max_bytes: int) -> ArchivedPage | None:
    """The page of a plain response, as `_pages` would read it; None: that has to."""
    found = plain_records.response_of(raw, head)
    payload = None if found is None else _unpacked(found.served, found.coding, max_bytes)
    if found is None or payload is None:
        return None
    fields = head.fields
    return ArchivedPage(
        url=fields["warc-target-uri"].strip("<>"), fetched=fields.get("warc-date", ""), status=found.status,
        headers=found.headers, payload=payload, payload_hash=payload_hash(found.served), warc_file=name, offset=offset,
        record_id=fields.get("warc-record-id", ""), address=fields.get(ADDRESS_HEADER.lower()),
        served_bytes=len(found.served),
    )


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__


Piece = tuple[int, bytes] | ArchiveProblem


def _pieces(path: Path, max_bytes: int, start: int, end: int | None) -> Iterator[Piece]:
    """(offset, uncompressed bytes) of each whole record that begins in a part of a file; problems elsewhere."""
    name = path.name
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            head = file.read(9)
            if head.startswith(GZIP_MAGIC):
                yield from _members(file, size, name, max_bytes, start, size if end is None else end)
            elif start:
                return
            elif not size:
                yield ArchiveProblem(code="torn", message="the file is empty", warc_file=name, offset=0)
            elif head.startswith((b"WARC/1.", b"WARC/0.")):
                yield from _plain(file, size, name, max_bytes)
            else:
                yield ArchiveProblem(code="unreadable", message="this is no WARC file", warc_file=name, offset=0)
    except OSError as error:
        yield ArchiveProblem(code="unreadable", message=f"the file cannot be read ({error.strerror})",
                             warc_file=name, offset=0)


def _members(
    file: io.BufferedReader, size: int, name: str, max_bytes: int, offset: int, end: int
) -> Iterator[Piece]:
    """The gzip members from `offset` up to `end`, one record each. After a damaged one, the next header is sought."""
    while offset < min(size, end):
        file.seek(offset)
        decoder = zlib.decompressobj(zlib.MAX_WBITS + 16)
        parts: list[bytes] = []
        held = used = 0
        fault: str | None = None
        while not decoder.eof:
            chunk = file.read(CHUNK if used else FIRST_CHUNK)
            if not chunk:
                fault = "torn"
                break
            used += len(chunk)
            try:
                while chunk and not decoder.eof:
                    part = decoder.decompress(chunk, CHUNK)
                    chunk = decoder.unconsumed_tail
                    held += len(part)
                    if held <= max_bytes:
                        parts.append(part)
                    elif parts:
                        parts.clear()  # go on to the member's end, keep nothing
            except zlib.error:
                fault = "damaged"
                break
        if fault is None:
            following = offset + used - len(decoder.unused_data)
            if held > max_bytes:
                yield ArchiveProblem(code="too_large", message=f"a record of {held / 1e6:.0f} MB is larger than "
                                     f"{max_bytes / 1e6:.0f} MB", warc_file=name, offset=offset)
            else:
                yield offset, b"".join(parts)
            offset = following
            continue
        found = _next_member(file, offset + 1, size)
        torn = found is None and fault == "torn"
        yield ArchiveProblem(code="torn" if torn else "damaged", message=TORN if torn else "a record is damaged",
                             warc_file=name, offset=offset)
        if found is None:
            return
        offset = found


def _next_member(file: io.BufferedReader, start: int, size: int) -> int | None:
    """Offset of the next plausible gzip member from `start` on: its first bytes must decompress to `WARC/`."""
    overlap = len(GZIP_MAGIC) - 1
    position = start
    while position < size:
        file.seek(position)
        block = file.read(CHUNK)
        at = block.find(GZIP_MAGIC)
        while at >= 0:
            file.seek(position + at)
            try:
                if zlib.decompressobj(zlib.MAX_WBITS + 16).decompress(file.read(4096), 16).startswith(b"WARC/"):
                    return position + at
            except zlib.error:
                pass
            at = block.find(GZIP_MAGIC, at + 1)
        if len(block) <= overlap:
            return None
        position += len(block) - overlap
    return None


def _plain(file: io.BufferedReader, size: int, name: str, max_bytes: int) -> Iterator[Piece]:
    """The records of an uncompressed file, cut by their Content-Length."""
    offset = 0
    while offset < size:
        file.seek(offset)
        head = file.read(64 * 1024)
        if not head.strip():
            return
        end_of_head = head.find(b"\r\n\r\n")
        length = None
        if head.startswith(b"WARC/") and end_of_head > 0:
            for line in head[:end_of_head].split(b"\r\n"):
                key, _, value = line.partition(b":")
                if key.strip().lower() == b"content-length" and value.strip().isdigit() and len(value) < 16:
                    length = int(value)
        if length is None:
            torn = end_of_head < 0 and len(head) < 64 * 1024
            message = TORN if torn else "a record is damaged; the rest of the file is not read"
            yield ArchiveProblem(code="torn" if torn else "damaged", message=message, warc_file=name, offset=offset)
            return
        whole = end_of_head + 4 + length
        if offset + whole > size:
            yield ArchiveProblem(code="torn", message=TORN, warc_file=name, offset=offset)
            return
        if whole > max_bytes:
            yield ArchiveProblem(code="too_large", message=f"a record of {whole / 1e6:.0f} MB is larger than "
                                 f"{max_bytes / 1e6:.0f} MB", warc_file=name, offset=offset)
        else:
            file.seek(offset)
            yield offset, file.read(whole) + b"\r\n\r\n"
        offset += whole
        file.seek(offset)
        gap = file.read(4)
        offset += len(gap) - len(gap.lstrip(b"\r\n"))


def _pages(
    raw: bytes, name: str, offset: int, max_bytes: int
) -> Iterator[ArchivedPage | ArchivedNote | ArchiveProblem]:
    """The pages and notes in the uncompressed bytes of a record (other record types give none)."""
    for record in ArchiveIterator(io.BytesIO(raw), no_record_parse=False):
        kind = record.rec_type
        headers = record.rec_headers
        url = (headers.get_header("WARC-Target-URI") or "").strip("<>")
        if kind == "metadata" and (headers.get_header("Content-Type") or "").startswith("application/warc-fields"):
            lines = record.raw_stream.read(MAX_NOTE_BYTES).decode("utf-8", "replace").splitlines()
            pairs = (line.partition(":") for line in lines)
            yield ArchivedNote(
                url=url, fetched=headers.get_header("WARC-Date") or "", warc_file=name, offset=offset,
                fields={key.strip(): value.strip() for key, _, value in pairs if key.strip()},
                record_id=headers.get_header("WARC-Record-ID") or "", address=headers.get_header(ADDRESS_HEADER),
            )
        if kind not in {"response", "revisit"}:
            continue
        if record.http_headers is None or not url.startswith(("http://", "https://")):
            yield ArchiveProblem(code="not_http", message="the record is no HTTP response", warc_file=name,
                                 offset=offset, url=url or None)
            continue
        code = record.http_headers.get_statuscode()
        payload = served = None
        if kind == "response":
            chunked = (record.http_headers.get_header("Transfer-Encoding") or "").lower() == "chunked"
            served = _bounded(ChunkedDataReader(record.raw_stream) if chunked else record.raw_stream, max_bytes)
            coding = record.http_headers.get_header("Content-Encoding") or ""
            payload = None if served is None else _unpacked(served, coding, max_bytes)
            if payload is None:
                message = f"the decompressed page is larger than {max_bytes / 1e6:.0f} MB"
                yield ArchiveProblem(code="too_large", message=message, warc_file=name, offset=offset, url=url)
                continue
            if getattr(record.raw_stream, "limit", 0):
                yield ArchiveProblem(code="damaged", message="the record is shorter than it says", warc_file=name,
                                     offset=offset, url=url)
                continue
            digest: str | None = None if served is None else payload_hash(served)
        else:
            told = headers.get_header("WARC-Payload-Digest") or ""
            digest = told.removeprefix("sha256:") if told.startswith("sha256:") else None
        yield ArchivedPage(
            url=url, fetched=headers.get_header("WARC-Date") or "", status=int(code) if code.isdigit() else None,
            headers=tuple((str(key), str(value)) for key, value in record.http_headers.headers), payload=payload,
            payload_hash=digest, warc_file=name, record_id=headers.get_header("WARC-Record-ID") or "", offset=offset,
            kind=kind, address=headers.get_header(ADDRESS_HEADER), served_bytes=len(served or b""),
        )


def _unpacked(served: bytes, coding: str, limit: int) -> bytes | None:
    """The body without its content coding, or None where it is longer than `limit` bytes.

    Some archivers unpack the body and leave the header: what does not begin as packed data is taken as it is.
    """
    kind = coding.strip().lower()
    if kind in {"", "identity"} or (kind in {"gzip", "x-gzip"} and not served.startswith(GZIP_MAGIC[:2])):
        return served
    if kind in {"gzip", "x-gzip"}:
        decoder = zlib.decompressobj(zlib.MAX_WBITS + 16)
        body = decoder.decompress(served, limit + 1)
        if len(body) > limit:
            return None
        if not decoder.eof:
            raise EOFError("the packed body ends too early")
        return body
    known = kind if kind in BufferedReader.get_supported_decompressors() else None
    if known is None:
        raise ValueError(f"unknown Content-Encoding {kind[:20]!r}")
    return _bounded(BufferedReader(io.BytesIO(served), decomp_type=known), limit)


def _bounded(stream: io.RawIOBase, limit: int) -> bytes | None:
    """The stream's content, or None where it is longer than `limit` bytes."""
    parts: list[bytes] = []
    held = 0
    while part := stream.read(CHUNK):
        held += len(part)
        if held > limit:
            return None
        parts.append(part)
    return b"".join(parts)


# ---------------------------------------------------------------------------- salvage


class Salvage(Record, frozen=True, kw_only=True):
    """What became of an unfinished file: its new name (None: nothing whole in it), records kept, bytes given up."""

    path: str | None
    records: int
    lost_bytes: int


def salvage(open_path: Path) -> Salvage:
    """Turns a leftover `.open` file into a finished one that holds its whole records, byte for byte.

    Can be killed anywhere and called again. The `.open` file is removed only when the new one is on the disk.
    Raises ArchiveError where the folder cannot be written.
    """
    final = open_path.with_name(open_path.name.removesuffix(OPEN_SUFFIX))
    if final == open_path:
        raise ArchiveError("this is no unfinished archive", where=open_path, remedy=f"it must end in {OPEN_SUFFIX}")
    temporary = final.with_name(final.name + ".salvaged")
    records = kept = 0
    try:
        size = open_path.stat().st_size
        with open_path.open("rb") as source, private.open_file(temporary, "wb") as target:
            for start, end in _whole_members(source, size):
                source.seek(start)
                target.write(source.read(end - start))
                records += 1
                kept += end - start
            target.flush()
            os.fsync(target.fileno())
        if records:
            temporary.replace(final)
        else:
            temporary.unlink()
        open_path.unlink()
    except OSError as error:
        raise ArchiveError(f"the unfinished archive cannot be salvaged ({error.strerror})", where=open_path,
                           remedy="check the disk and the folder's permissions") from None
    return Salvage(path=final.name if records else None, records=records, lost_bytes=size - kept)


def _whole_members(file: io.BufferedReader, size: int) -> Iterator[tuple[int, int]]:
    """(start, end) of each whole gzip member; whatever lies between them is skipped."""
    offset = 0
    while offset < size:
        file.seek(offset)
        decoder = zlib.decompressobj(zlib.MAX_WBITS + 16)
        used = 0
        try:
            while not decoder.eof:
                chunk = file.read(CHUNK)
                if not chunk:
                    break
                used += len(chunk)
                while chunk and not decoder.eof:
                    decoder.decompress(chunk, CHUNK)
                    chunk = decoder.unconsumed_tail
        except zlib.error:
            pass
        if decoder.eof:
            end = offset + used - len(decoder.unused_data)
            yield offset, end
            offset = end
        else:
            found = _next_member(file, offset + 1, size)
            if found is None:
                return
            offset = found


def record_spans(file: io.BufferedReader, size: int) -> Iterator[tuple[int, int]]:
    """(start, end) of each whole record of a WARC file, packed or not, as it lies there; damaged ones are skipped."""
    file.seek(0)
    if file.read(len(GZIP_MAGIC)) == GZIP_MAGIC:
        yield from _whole_members(file, size)
        return
    starts = [piece[0] for piece in _plain(file, size, "", size) if not isinstance(piece, ArchiveProblem)]
    yield from zip(starts, [*starts[1:], size], strict=True)
