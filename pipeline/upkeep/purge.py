"""Takes records out of an archive on request: WARC files are written anew without them, whole or not at all.

Part of `upkeep`; the only place where an archive is changed. Every other record stays byte for byte. A new archive file
notes the addresses as *withheld*, so that the ledger, also one that is rebuilt, never asks for them again.
"""

from __future__ import annotations

import datetime as dt
import html
import json
import os
import re
import zlib
from collections.abc import Callable
from pathlib import Path

import msgspec

from pipeline import __version__, pages
from pipeline.errors import ArchiveError
from pipeline.harvest import archive
from pipeline.harvest.runs import run_name

WITHHELD = "withheld"
_TAG = re.compile(rb"<[^<>]{0,2000}>")
_ID = re.compile(rb"^WARC-Record-ID:[ \t]*(\S+)", re.MULTILINE | re.IGNORECASE)
_REFERS = re.compile(rb"^WARC-(?:Refers-To|Concurrent-To):[ \t]*(\S+)", re.MULTILINE | re.IGNORECASE)
_JSON = re.compile(r"\bjson\b", re.IGNORECASE)
_HEAD_BYTES = 64 * 1024

Names = Callable[[str], bool]
"""Whether a text names a person who is to be forgotten."""


class Purged(msgspec.Struct):
    """What was taken out: the addresses, the number of records, and the files that were written anew."""

    addresses: set[str] = set()
    records: int = 0
    files: list[str] = []
    lost_bytes: int = 0
    """Bytes of damaged records, which nobody can read, and which therefore were given up."""


def find(folder: Path, names: Names, addresses: set[str]) -> dict[str, str]:
    """The responses of an archive that name the person, or are of one of `addresses`: record id -> address."""
    found: dict[str, str] = {}
    for item in archive.read_archive(folder):
        if not isinstance(item, archive.ArchivedPage) or item.payload is None:
            continue
        address = item.address or item.url
        if address in addresses or any(names(text) for text in _texts(item)):
            found[item.record_id] = address
    return found


def _texts(item: archive.ArchivedPage) -> list[str]:
    """What a page says: as its parser reads it, and as it stands there."""
    payload = item.payload or b""
    if _JSON.search(item.content_type or ""):
        try:
            return [json.dumps(json.loads(payload), ensure_ascii=False)]
        except ValueError:
            return [payload.decode("utf-8", "replace")]
    parsed = pages.parse(payload, url=item.url, content_type=item.content_type)
    read = msgspec.json.encode(parsed.record).decode().replace("\\n", "\n") if parsed.record is not None else ""
    plain = _TAG.sub(b" ", payload)
    try:
        shown = plain.decode("utf-8")
    except UnicodeDecodeError:
        shown = plain.decode("cp1252", "replace")
    return [read, html.unescape(shown)]


def purge(folder: Path, record_ids: dict[str, str], *, corpus: str, now: dt.datetime) -> Purged:
    """Take these responses, with their requests and the records that refer to them, out of the files in `folder`.

    Call it with the corpus locked. Can be killed anywhere and called again. Raises ArchiveError.
    """
    done = Purged(addresses=set(record_ids.values()))
    if not record_ids:
        return done
    for left in sorted(folder.glob(f"*.warc.gz{archive.OPEN_SUFFIX}")):
        archive.salvage(left)
    _withhold(folder, done.addresses, corpus=corpus, now=now)
    gone = {record_id.encode() for record_id in record_ids}
    for path in sorted([*folder.glob("*.warc"), *folder.glob("*.warc.gz")], key=lambda path: path.name):
        _rewrite(path, gone, done)
    return done


def _withhold(folder: Path, addresses: set[str], *, corpus: str, now: dt.datetime) -> None:
    """Note first that the addresses are withheld: what is killed then has lost nothing that would be fetched again."""
    already = {item.address or item.url for path in sorted(folder.glob("*.warc.gz"))
               for item in archive.read_records(path)
               if isinstance(item, archive.ArchivedNote) and item.fields.get("outcome") == WITHHELD}
    if not addresses - already:
        return
    name = run_name(corpus, now, folder)
    with archive.ArchiveWriter(folder, name, started=now, software=f"auszug/{__version__}") as writer:
        for address in sorted(addresses - already):
            writer.write_note(address, fetched=now, fields={"outcome": WITHHELD, "detail": "removed on request"})
    (folder / f"{name}.warc.gz").chmod(0o600)


def _rewrite(path: Path, gone: set[bytes], done: Purged) -> None:
    temporary = path.with_name(f"{path.name}.purged")
    kept = removed = size = 0
    try:
        with path.open("rb") as source, os.fdopen(
            os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb"
        ) as target:
            size = os.fstat(source.fileno()).st_size
            for start, end in archive.record_spans(source, size):
                source.seek(start)
                raw = source.read(end - start)
                head = _head(raw)
                mine = _ID.search(head)
                refers = {match[1] for match in _REFERS.finditer(head)}
                if (mine and mine[1] in gone) or refers & gone:
                    removed += 1
                else:
                    target.write(raw)
                    kept += end - start
                    continue
                size -= end - start
            target.flush()
            os.fsync(target.fileno())
        if removed:
            temporary.replace(path)
            done.records += removed
            done.files.append(path.name)
            done.lost_bytes += size - kept
    except OSError as error:
        raise ArchiveError(f"the archive cannot be written anew ({error.strerror})", where=path,
                           remedy="check the disk and the folder's permissions, then call it again") from None
    finally:
        temporary.unlink(missing_ok=True)


def _head(raw: bytes) -> bytes:
    """The WARC header of a record, packed or not."""
    if raw.startswith(archive.GZIP_MAGIC):
        raw = zlib.decompressobj(zlib.MAX_WBITS + 16).decompress(raw, _HEAD_BYTES)
    return raw.partition(b"\r\n\r\n")[0]
