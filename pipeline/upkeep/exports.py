"""Which files were written out of the database: a log, so that whoever must tell recipients (Art. 19 GDPR) knows them.

Part of `upkeep`. One JSON object a line in `exports.jsonl` in the state folder: when, which command, which file, its
SHA-256. Nothing of a file's content is kept. A log that cannot be written is no reason to refuse an export.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import os
from pathlib import Path

import msgspec

LOG = "exports.jsonl"
_CHUNK = 1 << 20


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was written: `path` is absolute, `time` in UTC."""

    time: dt.datetime
    command: str
    path: str
    sha256: str


def note_export(state: Path, path: Path, *, command: str, now: dt.datetime | None = None) -> None:
    """Note that `command` wrote the file `path`. Only where a batch has run: elsewhere there is no state folder."""
    if not state.is_dir():
        return
    with contextlib.suppress(OSError):
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
        line = msgspec.json.encode(Export(time=now or dt.datetime.now(dt.UTC).replace(microsecond=0), command=command,
                                          path=str(path.resolve()), sha256=digest.hexdigest())) + b"\n"
        log = os.open(state / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(log, "ab") as written:
            written.write(line)


def exports(state: Path) -> list[Export]:
    """What the log knows, the oldest first; lines that cannot be read are left out."""
    try:
        lines = (state / LOG).read_bytes().splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        with contextlib.suppress(msgspec.DecodeError):
            found.append(msgspec.json.decode(line, type=Export))
    return found
