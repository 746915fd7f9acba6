"""A build as a stream of steps: what is to be done anywhere, and what takes its result here, in the same order.

One stream runs through all corpora, so that workers always have something to do: the archive of the next corpus is
parsed before the rows of this one are made. Part of `build`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple, Protocol

from pipeline.build.executors import Executor, Task


class Step(NamedTuple):
    """A task, and what takes its result."""

    task: Task[Any]
    take: Callable[[Any], None]


Steps = Iterator[Step | None]
"""Steps; None: the next one is only known when a result that is under way was taken."""


class Builder(Protocol):
    """A corpus that is built in two halves."""

    def reading(self) -> Steps:
        """Parse what is not known yet."""

    def writing(self) -> Steps:
        """Make the missing rows. Only to be asked for when `reading` is at its end."""


def of_all(builders: Iterable[Builder]) -> Steps:
    """The steps of all corpora, each read before the rows of the one before it are made."""
    before: Builder | None = None
    for builder in builders:
        yield from builder.reading()
        if before is not None:
            yield from before.writing()
        before = builder
    if before is not None:
        yield from before.writing()


def perform(steps: Steps, executor: Executor) -> None:
    """Has all tasks performed, and their results taken in the order of the steps."""
    under_way: deque[Callable[[Any], None]] = deque()

    def tasks() -> Iterator[Task[Any] | None]:
        for step in steps:
            if step is None:
                yield None
            else:
                under_way.append(step.take)
                yield step.task

    for result in executor.map(tasks()):
        under_way.popleft()(result)
