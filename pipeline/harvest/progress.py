"""What a harvest tells while it runs: events for whoever listens, and bars for a terminal."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Literal

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.text import Text


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """A step of a run: about to ask (`step`, with the estimate), an answer, the end."""

    kind: Literal["step", "answer", "end"]
    corpus: str
    host: str
    address: str | None = None
    outcome: str | None = None
    done: int = 0
    total: int = 0
    seconds_left: float | None = None


class Bars:
    """A progress bar per corpus: what is being fetched, how many of those known to be due, the estimated end."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True)
        self._progress = Progress(
            TextColumn("[bold]{task.fields[corpus]}", markup=True), BarColumn(bar_width=24), MofNCompleteColumn(),
            TextColumn("{task.fields[left]}"), TextColumn("{task.fields[what]}", markup=False),
            console=self._console, transient=True, disable=not self._console.is_terminal)
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Bars:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def __call__(self, event: Event) -> None:
        """Show an event."""
        task = self._tasks.get(event.corpus)
        if task is None:
            task = self._progress.add_task("", corpus=f"{event.corpus} ({event.host})", left="", what="", total=None)
            self._tasks[event.corpus] = task
        if event.kind == "step":
            page = (event.address or "").rpartition("/")[2]
            self._progress.update(task, completed=event.done, total=max(event.total, event.done), what=page,
                                  left=duration(event.seconds_left))
        elif event.kind == "end":
            self._progress.update(task, what="done", left="")


def duration(seconds: float | None) -> str:
    """`1:05:00` or `2:30`; empty for None."""
    if seconds is None:
        return ""
    whole = int(seconds)
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def is_terminal() -> bool:
    """Whether progress can be shown."""
    return sys.stderr.isatty()


__all__ = ["Bars", "Event", "Text", "duration", "is_terminal"]
