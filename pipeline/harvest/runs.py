"""Runs on disk: who may write (a lock), what each run did (`runs/RUN.json`), and what the operator is told.

`auszug status` reads the JSON files. A run writes its file when it begins and again when it ends; one that was killed
in between is marked as such by the next.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import re
from pathlib import Path
from types import TracebackType
from typing import Literal

import msgspec

from pipeline import private
from pipeline.errors import EXIT_FAILED, EXIT_OK, EXIT_PROBLEMS, HarvestError
from pipeline.harvest.asking import Problem
from pipeline.harvest.client import StopReason

FAILED_STOPS: frozenset[str] = frozenset({
    "gate", "too_many_requests", "robots", "unreachable", "busy", "forbidden", "paused", "not_allris", "no_meetings",
})
"""Stops that fail a run; the others (hours, budget, time limit) only end it."""


class RunReport(msgspec.Struct, frozen=True, kw_only=True):
    """What one run over one corpus did. Times are ISO 8601 in UTC, `seconds` the duration, `bytes` those received."""

    corpus: str
    run: str
    started: str
    ended: str | None = None
    state: Literal["running", "done", "ended_early", "failed", "interrupted", "killed"] = "running"
    stop: StopReason | Literal["error"] | None = None
    message: str | None = None
    remedy: str | None = None
    requests: int = 0
    bytes: int = 0
    seconds: float = 0.0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    not_public: int = 0
    gone: int = 0
    failed: int = 0
    salvaged: int = 0
    """Records that a killed run had archived and this one took into the ledger."""
    delay: float = 0.0
    """Seconds between two requests at the end of the run."""
    due: int = 0
    """Pages still due at the end."""
    problems: tuple[Problem, ...] = ()
    problem_count: int = 0
    planned: tuple[tuple[str, str], ...] = ()
    """Of a dry run: (kind, address) of what would be fetched."""
    known_problems: int = 0
    """Errors that the run before had, too."""

    @property
    def exit_code(self) -> int:
        """0 clean, 1 an error that the run before did not have, 2 failed."""
        if self.state == "failed":
            return EXIT_FAILED
        errors = sum(problem.severity == "error" for problem in self.problems)
        return EXIT_PROBLEMS if errors > self.known_problems or self.state == "interrupted" else EXIT_OK


class Lock:
    """Only one harvest at a time does this. A context manager; it ends with the process, however that ends."""

    def __init__(self, path: Path, *, what: str = "of this corpus is running") -> None:
        self._path, self._what = path, what
        self._file: int | None = None

    @classmethod
    def of_corpus(cls, folder: Path) -> Lock:
        """Only one harvest writes a corpus."""
        return cls(folder / "harvest.lock")

    @classmethod
    def of_host(cls, corpora: Path, host: str) -> Lock:
        """Only one harvest of the corpora in one folder asks a host (one request at a time, across processes, too)."""
        name = re.sub(r"[^a-z0-9.-]", "_", host.lower())[:100]
        return cls(corpora / ".auszug" / "hosts" / f"{name}.lock", what=f"is asking {host}")

    def __enter__(self) -> Lock:
        try:
            if self._path.parent.name == "hosts":
                private.make_folder(self._path.parent.parent)
                private.make_folder(self._path.parent)
            else:
                self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, private.FILE_MODE)
        except OSError as error:
            raise HarvestError(f"the corpus cannot be written ({error.strerror})", where=self._path.parent,
                               remedy="check its permissions") from None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._file)
            self._file = None
            raise HarvestError(f"another harvest {self._what}", where=self._path.parent,
                               remedy="wait until it ends") from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            os.close(self._file)


def run_name(corpus: str, now: dt.datetime, archive: Path) -> str:
    """The name of a run and of its archive file: corpus and time; names sort as the runs followed each other."""
    while True:
        name = f"{corpus}-{now.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
        if not any(archive.glob(f"{name}.warc.gz*")):
            return name
        now += dt.timedelta(seconds=1)


def write_report(folder: Path, report: RunReport) -> Path:
    """Write `runs/RUN.json`, whole or not at all."""
    path = folder / "runs" / f"{report.run}.json"
    private.make_folder(path.parent)
    temporary = path.with_name(path.name + ".tmp")
    with private.open_file(temporary, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n")
    temporary.replace(path)
    return path


def read_reports(folder: Path, *, last: int | None = None) -> list[RunReport]:
    """The reports of a corpus, oldest first (only the `last` ones). Files that cannot be read are left out."""
    found = []
    for path in sorted((folder / "runs").glob("*.json"))[-(last or 0):]:
        try:
            found.append(msgspec.json.decode(path.read_bytes(), type=RunReport))
        except (msgspec.DecodeError, OSError):
            continue
    return found


def mark_killed(folder: Path) -> list[str]:
    """Mark the runs that never came to their end; returns their names. Call with the lock held."""
    killed = []
    for report in read_reports(folder, last=20):
        if report.state == "running":
            write_report(folder, msgspec.structs.replace(report, state="killed", message="the run was killed"))
            killed.append(report.run)
    return killed
