"""Tasks on many machines: an executor over a cluster of dask.distributed (`auszug build --on tcp://scheduler:8786`).

As `executors.Processes` promises: results in the order of the tasks, a bounded number under way, the same rows.
What can happen on many machines, and what is done then:

    a worker dies           its tasks are done by others (the scheduler sees to that)
    a task kills workers    it is performed in a process of its own; what kills that, too, is divided until the culprit
                            is alone, and that one is given up
    the scheduler is away   what was under way is submitted again when it is back, within `patience`; else an error, and
                            the next build goes on from there
    a worker is slow        a task that takes much longer than its like is given to another worker as well; the first
                            result counts. One that never ends is performed in a process of its own, where limits reach.
    another version         a worker whose program or libraries differ is refused by name
    files are not seen      they are put into the store (`results_store`), where there is one; else an error says so

Part of `build`. The worker's side is `remote`, the network is `connection`.
"""

from __future__ import annotations

import hashlib
import itertools
import pickle
import socket
import statistics
import time
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import msgspec

from pipeline.build import remote
from pipeline.build.connection import LOCAL, PATIENCE, Connection, required
from pipeline.build.executors import AHEAD, Task, few, ready
from pipeline.build.remote import Needed, Order, Reply
from pipeline.build.results_store import Store, known_rows, loaded_rows, remove_rows
from pipeline.build.tasks import MakeRows, ParsePart
from pipeline.errors import ClusterError, ConfigError
from pipeline.logs import get_logger

R = TypeVar("R")

DIRECT = 20_000
"""Bytes of rows that come back directly though there is a store: writing a file takes longer."""
SLOW = (20.0, 4.0)
"""A task is slow after so many seconds, and so many times what its like take (the median)."""
STUCK = (600.0, 20.0)
"""A task never ends after so many seconds, and so many times what its like take."""
LIKE = 5
"""Tasks that must have ended before it is known what their like take."""
TWICE = 0.1
"""Share of the threads that may do slow tasks a second time (one may always)."""
LOSSES = 20
"""How often a task may get lost (a cluster that is restarted) before the cluster is given up."""
KILLS = 3
"""How often a task may cost a worker although it was in a process of its own."""
LOST = frozenset({"CancelledError", "FutureCancelledError", "FutureLostError", "FutureLost"})
"""Errors of a task whose cluster is away; so are those of the connection. What a task itself raises is a reply."""
UNSEEN = 3
"""How often a file may be put into the store for a worker that does not see it there."""
_LOOK = 0.5


class _Job:
    """A task under way, and what became of it."""

    def __init__(self, task: Task[Any], *, alone: bool = False) -> None:
        self.task, self.alone = task, alone
        self.tokens: dict[int, float] = {}
        """Submissions, and when they were."""
        self.reply: Reply | None = None
        self.stored: str | None = None
        self.key: str | None = None
        self.kills = self.lost = self.unseen = 0


class Cluster:
    """The workers of the scheduler at `address` (LOCAL: of this machine, `workers` of them). Raises ConfigError.

    `store`: where files and rows pass through (an address for fsspec); `owner` names the folder of this build there.
    `patience`: seconds for which the scheduler or all workers may be away. `slow`, `stuck`: as SLOW and STUCK.
    """

    def __init__(
        self, address: str, *, workers: int | None = None, store: str | None = None, owner: str = "",
        patience: float = PATIENCE, slow: tuple[float, float] = SLOW, stuck: tuple[float, float] = STUCK,
        direct: int = DIRECT,
    ) -> None:
        required()
        self.workers = workers or 1
        """Threads of the cluster, by the last look."""
        self._connection = Connection(address, workers=workers)
        self._patience, self._slow, self._stuck, self._direct = patience, slow, stuck, direct
        self._store = None if store is None else Store(f"{store.rstrip('/')}/auszug-{_short(owner)}")
        self._local, self._open = address == LOCAL, False
        self._known: set[str] = set()
        self._jobs: dict[int, _Job] = {}
        self._tokens = itertools.count()
        self._took: dict[str, deque[float]] = {}
        self._put_all = False
        self._manned = 0.0
        self._looked = 0.0
        self._topics: dict[tuple[str, ...], tuple[tuple[str, bytes], ...]] = {}
        self._log = get_logger("cluster").bind(address=address)

    def __enter__(self) -> Self:
        if self._store is not None:
            self._store.check()
            self._known = self._store.orders()
        if not self._local:  # that nobody answers is said before anything else is done
            self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()
        self._open = False
        if self._store is not None and kind is None:
            self._store.clear()

    def map(self, tasks: Iterable[Task[R] | None]) -> Iterator[R]:
        """The results of `tasks`, in their order. Raises ClusterError."""
        upcoming = iter(tasks)
        if not self._open:
            many = yield from few(upcoming)
            if not many:
                return
            self._start()
            upcoming = itertools.chain(many, upcoming)
        waiting: deque[_Job] = deque()
        job: _Job | None = None
        try:
            while True:
                for task in ready(upcoming, self.workers * (1 + AHEAD) - len(waiting)):
                    waiting.append(self._begin(task))
                if not waiting:
                    return
                job = waiting.popleft()
                yield self._result(job)
                self._loaded(job)  # whoever asks for the next has put this one into the database
        finally:
            for left in [*([job] if job else []), *waiting]:
                self._drop(left)

    # ------------------------------------------------------------------ orders

    def _begin(self, task: Task[Any], *, alone: bool = False) -> _Job:
        job = _Job(task, alone=alone)
        if self._store is not None and isinstance(task, MakeRows):
            job.key = self._key(task)
            if job.key in self._known:
                try:
                    job.reply = "stored", known_rows(self._store, job.key), "an earlier build"
                    return job
                except FileNotFoundError:
                    pass
        if self._put_all and self._store is not None and isinstance(task, ParsePart):
            job.stored = self._store.put(Path(task.path))
        self._submit(job)
        return job

    def _submit(self, job: _Job, *, elsewhere: tuple[str, ...] = ()) -> None:
        task = job.task
        order = Order(
            task=remote.packed(task), needed=Needed.of(task, job.stored) if isinstance(task, ParsePart) else None,
            topics=self._topic_files(task) if isinstance(task, MakeRows) else (),
            store=self._store.url if self._store else None, key=job.key, direct=self._direct, alone=job.alone)
        token = next(self._tokens)
        self._jobs[token] = job
        job.tokens[token] = time.monotonic()
        self._connection.submit(token, remote.facts_for(task), remote.packed(order), elsewhere=elsewhere)

    def _topic_files(self, task: MakeRows) -> tuple[tuple[str, bytes], ...]:
        paths = task.reading.topics
        if paths not in self._topics:
            self._topics[paths] = tuple((Path(path).name, Path(path).read_bytes()) for path in paths)
        return self._topics[paths]

    def _key(self, task: MakeRows) -> str:
        """Names the rows of a task by everything that they are made from."""
        digest = hashlib.sha256(msgspec.msgpack.encode([
            remote.facts_for(task), self._topic_files(task), task.reading.model, task.skip]))
        for unit in task.units:
            digest.update(msgspec.msgpack.encode(unit))
        return digest.hexdigest()[:32]

    def _drop(self, job: _Job) -> None:
        self._connection.cancel([token for token in job.tokens if self._jobs.pop(token, None)])
        job.tokens.clear()

    # ------------------------------------------------------------------ results

    def _result(self, job: _Job) -> Any:
        """The result of the task, as soon as it is there."""
        while True:
            while job.reply is None:
                self._turn()
            kind, data, worker = job.reply
            if kind == "done":
                return pickle.loads(data)  # noqa: S301 - from the cluster's own machines
            if kind == "raised":
                raise pickle.loads(data)  # noqa: S301
            if kind == "fatal":
                return self._divided(job, data.decode())
            assert kind == "stored" and self._store is not None
            try:
                return loaded_rows(self._store, data)
            except ValueError as error:
                self._log.warning("rows_damaged", reason=str(error))
                job.reply = None
                job.lost += 1
                if job.lost > KILLS:
                    raise ClusterError(
                        f"rows that {worker} has written do not come back ({error})", where=self._store.url,
                        remedy="is this address the same store on every machine?") from error
                self._submit(job)

    def _divided(self, job: _Job, reason: str) -> Any:
        """The result of a task that kills whoever performs it: of its parts, without the culprit."""
        smaller = job.task.divided()
        self._log.error("task_fatal", parts=len(smaller), reason=reason)
        if not smaller:
            return job.task.given_up(f"it killed the process that worked on it, again and again ({reason})")
        jobs = [self._begin(part, alone=True) for part in smaller]
        try:
            return job.task.joined([self._result(part) for part in jobs])
        finally:
            for part in jobs:
                self._loaded(part)

    def _loaded(self, job: _Job) -> None:
        """What the store holds of it is not needed any more."""
        self._drop(job)
        if self._store is not None and job.key is not None and job.reply is not None and job.reply[0] == "stored":
            remove_rows(self._store, job.key, job.reply[1])

    # ------------------------------------------------------------------ what happens

    def _turn(self) -> None:
        """Takes what comes next, and looks after the cluster from time to time."""
        event = self._connection.event(_LOOK)
        if event is not None:
            self._take(*event)
        self.workers = max(self._connection.threads, 1)
        now = time.monotonic()
        if self._connection.lost:
            self._renew()
        elif now - self._looked >= _LOOK:
            self._looked = now
            self._refuse_emptiness(now)
            self._hurry(now)

    def _take(self, token: int, found: Reply | BaseException) -> None:
        job = self._jobs.pop(token, None)
        if job is None or job.reply is not None:
            return  # a second result, or one that nobody waits for
        began = job.tokens.pop(token)
        if not isinstance(found, BaseException):
            self._take_reply(job, found, time.monotonic() - began)
        elif type(found).__name__ == "KilledWorker":
            job.kills += 1
            self._log.warning("task_killed_workers", times=job.kills, reason=_line(found))
            if job.kills > KILLS:
                job.reply = "fatal", b"workers end whenever they do it", ""
            else:
                job.alone = True
                self._submit(job)
        elif isinstance(found, OSError) or type(found).__name__ in LOST:
            job.lost += 1
            if job.lost > LOSSES:
                raise ClusterError(f"the cluster has lost a task {LOSSES} times", where=self._connection.address,
                                   remedy="look at the logs of scheduler and workers; what is done is kept")
            if self._connection.lost:
                self._jobs[token], job.tokens[token] = job, began  # `_renew` submits it
            else:
                self._submit(job)
        else:
            raise ClusterError(
                f"the cluster cannot perform the work ({type(found).__name__}: {_line(found)})",
                where=self._connection.address,
                remedy="scheduler and workers need the same auszug[scale] as here: pip install 'auszug[scale]'")

    def _take_reply(self, job: _Job, reply: Reply, seconds: float) -> None:
        kind, data, worker = reply
        if kind == "refused":
            raise ClusterError(f"the worker is another version: {data.decode()}", where=worker,
                               remedy="install the same auszug and packages on every machine (constraints.txt)")
        if kind == "unseen":
            assert isinstance(job.task, ParsePart)
            job.unseen += 1
            if self._store is None or job.unseen > UNSEEN:
                raise ClusterError(
                    f"the worker does not see {data.decode()} as it is here", where=worker,
                    remedy="put the corpora into a folder that all machines see under the same path, or name a "
                           "--store that they share")
            self._put_all = True
            job.stored = self._store.put(Path(job.task.path))
            self._submit(job)
            return
        job.reply = reply
        for token in job.tokens:  # not cancelled: the scheduler would take a worker that still does it for idle
            self._jobs.pop(token, None)
        job.tokens.clear()
        if not job.alone:
            self._took.setdefault(type(job.task).__name__, deque(maxlen=50)).append(seconds)

    def _renew(self) -> None:
        """A new connection, and everything that has no result yet submitted again."""
        self._log.warning("cluster_away")
        jobs = list(dict.fromkeys(job for job in self._jobs.values() if job.reply is None))
        self._jobs.clear()
        self._connection.renew(self._patience)
        self._manned = time.monotonic()
        for job in jobs:
            job.tokens.clear()
            self._submit(job)

    def _refuse_emptiness(self, now: float) -> None:
        """Raises ClusterError where there has been no worker for too long."""
        if self._connection.threads:
            self._manned = now
        elif now - self._manned > self._patience:
            raise ClusterError(f"there has been no worker for {self._patience:g} s", where=self._connection.address,
                               remedy="what is done is kept; start workers (dask worker ADDRESS) and build again")

    def _hurry(self, now: float) -> None:
        """Gives tasks that take much longer than their like to another worker as well."""
        jobs = list(dict.fromkeys(job for job in self._jobs.values() if job.reply is None and job.tokens))
        room = max(1, int(self.workers * TWICE)) - sum(len(job.tokens) > 1 for job in jobs)
        for job in jobs:
            waited = now - min(job.tokens.values())
            where = [self._connection.worker_of(token) for token in job.tokens]
            elsewhere = tuple(worker for worker in where if worker)
            if not elsewhere:
                continue  # no worker has begun with it
            if waited > self._bound(job, self._stuck) and not job.alone:
                self._log.warning("task_stuck", seconds=round(waited), workers=elsewhere)
                job.alone = True
                self._submit(job, elsewhere=elsewhere)
            elif waited > self._bound(job, self._slow) and len(job.tokens) == 1 and room > 0 and not job.alone:
                self._log.info("task_slow", seconds=round(waited), workers=elsewhere)
                room -= 1
                self._submit(job, elsewhere=elsewhere)

    def _bound(self, job: _Job, bound: tuple[float, float]) -> float:
        seconds, times = bound
        took = self._took.get(type(job.task).__name__, ())
        return max(seconds, times * statistics.median(took)) if len(took) >= LIKE else seconds * times

    def _start(self) -> None:
        if not self._open:
            self._connection.open()
            self._open, self._manned = True, time.monotonic()
            self.workers = max(self._connection.threads, 1)


def executor(on: str, *, workers: int | None, store: str | None, state: Path) -> Cluster:
    """The cluster that `--on` names. `state`: the folder of the batch; it names the build's folder in the store.

    Raises ConfigError.
    """
    if on != LOCAL and "://" not in on:
        raise ConfigError(f"--on: '{on}' is no address", remedy="write it as in tcp://scheduler:8786, or local")
    if on != LOCAL and workers is not None:
        raise ConfigError("--workers does not go with the address of a cluster",
                          remedy="a cluster has the workers that were started for it; leave --workers out")
    return Cluster(on, workers=workers, store=store, owner=f"{socket.gethostname()} {state.resolve()}")


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:300]
