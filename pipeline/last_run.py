"""A note of a batch that published nothing, beside the private work database, for `auszug status`.

The published database cannot tell of it, for that is the one of the batch before; the work database may be locked.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from pathlib import Path
from types import TracebackType

import msgspec

from pipeline import private

_LAST_RUN = "last_run.json"


class LastRun(msgspec.Struct, frozen=True, kw_only=True):
    """A batch that published nothing: it failed (`message` says why), goes on, or was killed (`message` None)."""

    command: str
    started: dt.datetime
    message: str | None = None


def unpublished_run(work_path: Path) -> LastRun | None:
    """The last batch, where it published nothing; None: it did, or there was none."""
    try:
        return msgspec.json.decode(work_path.with_name(_LAST_RUN).read_bytes(), type=LastRun)
    except (OSError, msgspec.DecodeError):
        return None


class Unpublished:
    """Notes beside the work database that a batch is under way; takes the note back when it has published."""

    def __init__(self, work_path: Path, command: str, started: dt.datetime, *, keep: bool) -> None:
        self._path, self._keep = work_path.with_name(_LAST_RUN), keep
        self._run = LastRun(command=command, started=started)

    def __enter__(self) -> None:
        self._write(self._run)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._write(msgspec.structs.replace(self._run, message=str(error) or type(error).__name__))
        elif self._keep:
            self._path.unlink(missing_ok=True)

    def _write(self, run: LastRun) -> None:
        if not self._keep:
            return
        with contextlib.suppress(OSError):  # where nothing can be written, the work database says so next
            private.make_folder(self._path.parent)
            with private.open_file(self._path, "wb") as file:
                file.write(msgspec.json.encode(run))
