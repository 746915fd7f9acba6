"""Tasks that behave badly on a cluster, and what runs in its processes. For tests/test_cluster.py.

The workers import this module, so it imports nothing of pytest.
"""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from multiprocessing.synchronize import Event
from pathlib import Path

from pipeline.build.tasks import ParsePart, Record
from pipeline.sources import Page, part_pages

DEADLY = "TOLFDNR=66601"
"""In the address of a page that kills the process that parses it."""
PATIENCE = 60.0
"""Seconds after which a task that waits gives up: a failed test must not leave a worker busy."""


class Times(Record, frozen=True):
    """A number, doubled."""

    number: int

    def perform(self) -> int | str:
        """Do it."""
        return 2 * self.number

    def divided(self) -> list[Times]:
        """It cannot be."""
        return []

    def joined(self, results: list[int | str]) -> int | str:
        """Never asked for."""
        raise AssertionError(results)

    def given_up(self, reason: str) -> int | str:
        """The reason."""
        return reason


class Slow(Times, frozen=True):
    """Whoever performs it first waits until the file `go` is in the folder; others are done at once."""

    folder: str = ""

    def perform(self) -> int | str:
        """Note who performs it, and wait where it is the first."""
        try:
            (Path(self.folder) / "first").touch(exist_ok=False)
        except FileExistsError:
            return 2 * self.number
        wait_for(self.folder)
        return "the first"


class Stuck(Times, frozen=True):
    """Does not end but in the main thread of a process, where the limits of pages reach."""

    folder: str = ""

    def perform(self) -> int | str:
        """Wait, unless in the main thread."""
        if threading.current_thread() is threading.main_thread():
            return "ended"
        wait_for(self.folder)
        return "never"


class Waiting(Times, frozen=True):
    """Ends when the file `go` is in the folder."""

    folder: str = ""

    def perform(self) -> int | str:
        """Wait."""
        wait_for(self.folder)
        return 2 * self.number


class DeadlyPart(ParsePart, frozen=True, kw_only=True):
    """Parses a part of an archive, unless the deadly page is in it: that kills the process."""

    def perform(self) -> bytes:
        """Parse, or die."""
        if any(isinstance(page, Page) and DEADLY in page.address
               for page in part_pages(Path(self.path), self.start, self.end)):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().perform()

    def divided(self) -> list[ParsePart]:
        """As its base, and as deadly."""
        return [DeadlyPart(path=part.path, start=part.start, end=part.end) for part in super().divided()]


def wait_for(folder: str) -> None:
    """Waits for the file `go`."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and not (Path(folder) / "go").exists():
        time.sleep(0.02)


def scheduler(ready: Event, port: int) -> None:
    """A process that is a scheduler on the loopback. `ready` is set when it answers."""
    from distributed import Scheduler

    async def run() -> None:
        async with Scheduler(host="127.0.0.1", port=port, dashboard=False, dashboard_address="127.0.0.1:0") as running:
            ready.set()
            await running.finished()

    asyncio.run(run())


def worker(ready: Event, address: str) -> None:
    """A process that is a worker with one thread and no nanny. `ready` is set when it has found its scheduler."""
    from distributed import Worker

    async def run() -> None:
        async with Worker(address, host="127.0.0.1", nthreads=1, dashboard_address="127.0.0.1:0") as running:
            ready.set()
            await running.finished()

    asyncio.run(run())
