"""The journal of a folder: one line for each batch that ended, how it ended and what it counted.

`corpora/.auszug/history.jsonl`, beside the work database. The database cannot tell of a batch that published nothing,
and while one goes on the work database is locked; this can always be read. `auszug status` and the alerts do.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from pipeline import private
from pipeline.logs import get_logger

if TYPE_CHECKING:
    from pipeline.build import Summary
    from pipeline.harvest import RunReport
    from pipeline.lock import Holder

HISTORY_FILE = "history.jsonl"
KEEP = 400
"""Batches that are kept: a year of nights and some by hand; 200 kB."""

State = Literal["published", "failed", "stopped", "killed"]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A batch that ended. `killed`: it came to no end of its own, and `ended` is when that was found."""

    command: str
    corpora: tuple[str, ...]
    started: dt.datetime
    ended: dt.datetime
    state: State
    exit_code: int
    message: str | None = None
    counts: dict[str, int] = {}
    """What it counted; `database_bytes` is the size of what it published."""
    failed_sites: tuple[str, ...] = ()
    """`corpus: reason` of the harvests that failed, where the batch published all the same."""

    @property
    def seconds(self) -> float:
        """How long it took."""
        return (self.ended - self.started).total_seconds()

    @property
    def good(self) -> bool:
        """It published."""
        return self.state == "published"

    def count(self, name: str) -> int:
        """What it counted of `name`; 0 where it did not count that."""
        return self.counts.get(name, 0)

    @property
    def trouble(self) -> str:
        """What is wrong, without its numbers: the same text in another night is no news. Empty: nothing is."""
        if not self.good:
            return f"{self.state}: {plain(self.message or '')}"
        return "; ".join(sorted(plain(site) for site in self.failed_sites))


def plain(message: str) -> str:
    """A message without its numbers, which differ from night to night."""
    return re.sub(r"[0-9]+", "#", message)


def published(
    summary: Summary, *, command: str, started: dt.datetime, ended: dt.datetime
) -> Entry:
    """The entry of a batch that published."""
    counts = {name: int(getattr(summary, name)) for name in (
        "pages", "meetings", "items", "statements", "decisions", "new_errors", "known_errors", "warnings",
        "build_seconds")}
    if summary.harvests:
        for name in ("requests", "bytes", "new", "changed", "gone", "failed"):
            counts[f"harvest_{name}"] = sum(getattr(report, name) for report in summary.harvests)
    if summary.database is not None and summary.database.is_file():
        counts["database_bytes"] = summary.database.stat().st_size
    return Entry(
        command=command, corpora=summary.corpora, started=started, ended=ended, state="published",
        exit_code=summary.exit_code, counts=counts,
        failed_sites=tuple(site_failure(report) for report in summary.harvests if report.state == "failed"))


def site_failure(report: RunReport) -> str:
    """A harvest that failed, in a line."""
    return f"{report.corpus}: {report.message or report.stop}"


def killed(holder: Holder, *, found: dt.datetime) -> Entry:
    """The entry of a batch that held the lock and never gave it back."""
    return Entry(command=holder.command, corpora=holder.corpora, started=holder.started, ended=found, state="killed",
                 exit_code=2, message="the run was killed: it came to no end, and published nothing")


def append(state_folder: Path, entry: Entry) -> None:
    """Add `entry`. A journal that cannot be written fails no batch: that is a warning."""
    path = state_folder / HISTORY_FILE
    lines = [msgspec.json.encode(old) for old in read(state_folder, last=KEEP - 1)]
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        private.make_folder(path.parent)
        with private.open_file(temporary, "wb") as file:
            file.write(b"".join(line + b"\n" for line in [*lines, msgspec.json.encode(entry)]))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        get_logger("run").warning("journal_not_written", path=str(path), reason=error.strerror)


def read(state_folder: Path, *, last: int | None = None) -> list[Entry]:
    """The batches that ended, oldest first (only the `last` ones). Lines that cannot be read are left out."""
    try:
        lines = (state_folder / HISTORY_FILE).read_bytes().splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        try:
            found.append(msgspec.json.decode(line, type=Entry))
        except msgspec.MsgspecError:
            continue
    return found if last is None else found[len(found) - min(last, len(found)):]
