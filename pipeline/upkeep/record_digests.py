"""Every record of a WARC file against the hashes that it carries (WARC-Block-Digest, WARC-Payload-Digest).

Part of `upkeep`; reads only. gzip's own checksum finds flipped bits; the hashes find what was exchanged or edited.
Memory: one record.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from pipeline.harvest import archive

_ALGORITHMS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha512": hashlib.sha512, "md5": hashlib.md5}


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """A record as it lies in a file. `wrong`: what does not fit its hashes, None where all does."""

    offset: int
    record_id: str
    kind: str
    url: str
    address: str
    payload_hash: str | None = None
    wrong: str | None = None


def checked_records(path: Path) -> Iterator[Checked]:
    """Every whole record of a file. What is torn or damaged beyond reading is `sources`' to tell."""
    with path.open("rb") as file:
        size = path.stat().st_size
        for start, end in archive.record_spans(file, size):
            file.seek(start)
            raw = file.read(end - start)
            if raw.startswith(archive.GZIP_MAGIC):
                decoder = zlib.decompressobj(zlib.MAX_WBITS + 16)
                raw = decoder.decompress(raw, archive.MAX_RECORD_BYTES)
                if not decoder.eof:
                    continue  # larger than what is read anywhere
            yield _checked(start, raw)


def _checked(offset: int, raw: bytes) -> Checked:
    head, _, rest = raw.partition(b"\r\n\r\n")
    fields: dict[str, str] = {}
    for line in head.decode("utf-8", "replace").split("\r\n")[1:]:
        name, _, value = line.partition(":")
        fields.setdefault(name.strip().lower(), value.strip())
    url = fields.get("warc-target-uri", "").strip("<>")
    kind = fields.get("warc-type", "")
    length = fields.get("content-length", "")
    block = rest[: int(length)] if length.isascii() and length.isdigit() and len(length) < 16 else rest
    payload = block.partition(b"\r\n\r\n")[2] if kind in {"response", "request"} else block
    digest = fields.get("warc-payload-digest")
    wrong = None
    if not raw.startswith(b"WARC/") or not kind:
        wrong = "is no WARC record"
    elif len(rest) < len(block) or not (length.isdigit() and len(block) == int(length)):
        wrong = "is shorter than it says"
    elif not _fits(fields.get("warc-block-digest"), block):
        wrong = "does not fit its hash (WARC-Block-Digest)"
    elif kind == "response" and not _fits(digest, payload):
        wrong = "does not fit its hash (WARC-Payload-Digest)"
    told = digest.removeprefix("sha256:") if digest and digest.startswith("sha256:") else None
    return Checked(
        offset=offset, record_id=fields.get("warc-record-id", ""), kind=kind, url=url,
        address=fields.get(archive.ADDRESS_HEADER.lower(), url), wrong=wrong,
        payload_hash=hashlib.sha256(payload).hexdigest() if kind == "response" else told)


def _fits(digest: str | None, data: bytes) -> bool:
    """Whether `data` has the digest (`sha1:BASE32` or in hex); true where there is none, or of an unknown kind."""
    if not digest:
        return True
    name, _, told = digest.partition(":")
    make = _ALGORITHMS.get(name.lower().replace("-", ""))
    if make is None:
        return True
    found = make(data).digest()
    return told.lower() in {found.hex(), base64.b32encode(found).decode().lower()}
