"""Where tasks are performed: in this process, in worker processes, or elsewhere. The results are the same.

A task is a plain record that can be sent to another process: `perform()` gives its result and reads nothing but files
that never change. Results come back in the order of the tasks, and only a bounded number of tasks is under way, so
that neither the order of the workers nor the size of the corpus shows. A worker that dies costs its tasks a second try;
a task that kills its worker again is divided until the culprit is alone, and that one is given up (`given_up`).
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from multiprocessing.connection import wait
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeVar

R = TypeVar("R")

SMALL = 3
"""Up to so many tasks are performed in this process: starting a worker takes as long."""
AHEAD = 2
"""Tasks for each worker that wait besides those that are performed."""


class Task(Protocol, Generic[R]):
    """Something to be done, anywhere."""

    def perform(self) -> R:
        """Do it."""

    def divided(self) -> list[Any]:
        """The same in smaller tasks, whose results `joined` puts together; none: it cannot be divided."""

    def joined(self, results: list[R]) -> R:
        """The result of this task from those of `divided`."""

    def given_up(self, reason: str) -> R:
        """The result of a task that kills whoever performs it."""


class Executor(Protocol):
    """Performs tasks. A context manager: at its end nothing is left behind."""

    workers: int

    def map(self, tasks: Iterable[Task[R] | None]) -> Iterator[R]:
        """The results of `tasks`, in their order. None among them: ask again when a result was taken.

        So a task may follow from the results of former ones. None is only allowed while a result is under way.
        """

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class InProcess:
    """One after the other, here."""

    workers = 1

    def map(self, tasks: Iterable[Task[R] | None]) -> Iterator[R]:
        """The results of `tasks`, in their order."""
        return (task.perform() for task in tasks if task is not None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is left behind."""


class Processes:
    """In `workers` processes of this machine. They start when there is enough to do, and end with this one."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end(at_once=kind is not None)

    def map(self, tasks: Iterable[Task[R] | None]) -> Iterator[R]:
        """The results of `tasks`, in their order."""
        upcoming = iter(tasks)
        if self._pool is None:
            many = yield from few(upcoming)
            upcoming = chain(many, upcoming)
        waiting: deque[tuple[Task[R], Future[R]]] = deque()
        most = self.workers * (1 + AHEAD)
        while True:
            for task in ready(upcoming, most - len(waiting)):
                waiting.append((task, self._submit(task)))
            if not waiting:
                return
            task, future = waiting.popleft()
            try:
                result = future.result()
            except BrokenProcessPool:
                # nobody knows which of the tasks it was: each that is not done is performed alone
                self._end(at_once=True)
                result = self._alone(task)
                waiting = deque((other, known if _done(known) else self._submit(other)) for other, known in waiting)
            yield result

    def _alone(self, task: Task[R]) -> R:
        """The result of `task`, performed by a worker that does nothing else."""
        for _ in range(2):
            try:
                return self._submit(task).result()
            except BrokenProcessPool as error:
                reason = str(error)
                self._end(at_once=True)
        smaller = task.divided()
        if not smaller:
            return task.given_up("it killed the process that worked on it, three times "
                                 f"({' '.join(reason.split())[:100]})")
        return task.joined([self._alone(part) for part in smaller])

    def _submit(self, task: Task[R]) -> Future[R]:
        for _ in range(2):
            if self._pool is None:
                self._pool = ProcessPoolExecutor(self.workers, mp_context=multiprocessing.get_context("spawn"),
                                                 initializer=_begin)
            try:
                return self._pool.submit(_perform, task)
            except BrokenProcessPool:  # a worker died while it had nothing to do
                self._end(at_once=True)
        raise RuntimeError("no worker process can be started")

    def _end(self, *, at_once: bool) -> None:
        pool, self._pool = self._pool, None
        if pool is None:
            return
        if at_once:
            for process in list((getattr(pool, "_processes", None) or {}).values()):
                process.kill()
        pool.shutdown(wait=True, cancel_futures=True)


def few(upcoming: Iterator[Task[R] | None]) -> Generator[R, None, list[Task[R]]]:
    """Performs the tasks here as long as there were no more than SMALL; returns those that are taken and not done."""
    left = SMALL
    while True:
        ended, taken = True, []
        for task in upcoming:
            ended = task is not None
            if task is None:
                break
            taken.append(task)
            if len(taken) > left:
                return taken
        yield from InProcess().map(taken)
        if ended:
            return []
        left -= len(taken)


def ready(upcoming: Iterator[Task[R] | None], most: int) -> Iterator[Task[R]]:
    """The next tasks, `most` at most, up to one that follows from results."""
    for task in islice(upcoming, max(most, 0)):
        if task is None:
            return
        yield task


def local(workers: int | None = None) -> Executor:
    """This machine: `workers` processes; None: as many as it has processors for this one."""
    wanted = len(os.sched_getaffinity(0)) if workers is None else workers
    return Processes(wanted) if wanted > 1 else InProcess()


def _done(future: Future[Any]) -> bool:
    return future.done() and not future.cancelled() and not isinstance(future.exception(), BrokenProcessPool)


def _perform(task: Task[R]) -> R:
    return task.perform()


def _begin() -> None:
    """How a worker begins: a stop is the parent's to order, and it does not outlive the parent, however that ends."""
    from pipeline.limits import bound_memory

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    bound_memory()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
