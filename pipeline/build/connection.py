"""The connection to a cluster of dask.distributed: orders in, replies out; whether it is lost, and a new one.

Everything that waits for the network happens in the client's own thread; the batch only looks into a queue, so that a
signal ends it at once whatever the network does. Part of `build`; see `cluster`.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import importlib
import logging
import multiprocessing
import os
import queue
import tempfile
import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.build.remote import Reply, perform
from pipeline.errors import ClusterError, ConfigError
from pipeline.logs import get_logger

LOCAL = "local"
"""The address that stands for a cluster of processes on this machine."""
CONNECT = 10.0
"""Seconds within which a scheduler has to answer at the beginning."""
PATIENCE = 600.0
"""Seconds for which a scheduler or all workers may be away: a machine restarts within, a queue starts a job."""
CLOSE = 2.0
"""Seconds that a client, and a cluster of this machine, have to end by themselves: a stop has ten in all."""
PULSE = 1.0
"""Seconds between two looks at the cluster's state."""
SILENCE = 30.0
"""Seconds without an answer to such a look after which the scheduler is away."""
ALLOWED_FAILURES = 1
"""On this machine: how many workers a task may cost before it is performed in a process of its own."""

Event = tuple[int, Reply | BaseException]
"""The token of a submission, and what became of it."""


def required() -> Any:
    """The module `distributed`. Raises ConfigError where the extra is not installed."""
    try:
        return importlib.import_module("distributed")
    except ImportError:
        raise ConfigError("--on needs packages that are not installed",
                          remedy="pip install 'auszug[scale]'") from None


class Connection:
    """A client of the scheduler at `address`, or of a cluster of `workers` processes on this machine (LOCAL)."""

    def __init__(self, address: str, *, workers: int | None = None, connect: float = CONNECT) -> None:
        self.address = address
        self._workers, self._connect = workers, connect
        self._log = get_logger("cluster").bind(address=address)
        self._client: Any = None
        self._cluster: Any = None
        self._beginning: threading.Thread | None = None
        self._ended = False
        self._others: list[Any] = []
        """Child processes that have nothing to do with the cluster."""
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        self._events: queue.SimpleQueue[tuple[int, Event]] = queue.SimpleQueue()
        self._futures: dict[int, Any] = {}
        self._generation = 0
        self._answered = 0.0
        self._named: dict[int, str] = {}
        self.threads = 0
        """Threads of all workers, by the last look."""
        self.placed: dict[str, tuple[str, ...]] = {}
        """Which keys each worker has to do, by the last look."""

    def open(self) -> None:
        """Connect. Raises ClusterError where nobody answers."""
        distributed = required()
        self._quiet()
        self._ended = False
        try:
            self._attach(distributed, timeout=self._connect)
        except (OSError, ValueError) as error:
            raise ClusterError(
                f"no scheduler answers ({_line(error)})", where=self.address,
                remedy="start one (dask scheduler), or check --on (as in tcp://scheduler:8786)") from None

    @property
    def lost(self) -> bool:
        """Whether the scheduler is away."""
        return (self._client is None or self._client.status != "running"
                or time.monotonic() - self._answered > SILENCE + PULSE)

    def renew(self, patience: float) -> None:
        """Connect anew; what was submitted before is forgotten. Raises ClusterError after `patience` seconds."""
        distributed = required()
        self._detach()
        deadline = time.monotonic() + patience
        while self.address != LOCAL:
            left = deadline - time.monotonic()
            try:
                self._attach(distributed, timeout=max(min(left, 5.0), 0.5))
                self._log.info("cluster_found_again")
                return
            except (OSError, ValueError) as error:
                if left <= 0:
                    self._log.error("cluster_lost", reason=_line(error))
                    break
                time.sleep(0.1)  # a port that refuses answers at once
        raise ClusterError(f"the scheduler was away for more than {patience:g} s", where=self.address,
                           remedy="what is done is kept; start the scheduler and build again")

    def submit(self, token: int, facts: Mapping[str, str], payload: bytes, *, elsewhere: Sequence[str] = ()) -> None:
        """Have an order performed by any worker, but rather not by those in `elsewhere`."""
        key = f"auszug-{uuid.uuid4().hex}"
        others = [worker for worker in self.placed if worker not in elsewhere] if elsewhere else []
        choice: dict[str, Any] = {"workers": others, "allow_other_workers": True} if others else {}
        try:
            future = self._client.submit(perform, dict(facts), payload, key=key, pure=False, **choice)
        except Exception as error:  # closed meanwhile: told as any other loss
            self._events.put((self._generation, (token, asyncio.CancelledError(_line(error)))))
            return
        self._futures[token], self._named[token] = future, key
        self._client.loop.add_callback(self._follow, self._generation, token, future)

    def cancel(self, tokens: Sequence[int]) -> None:
        """Nobody waits for these any more."""
        futures = [self._futures.pop(token) for token in tokens if token in self._futures]
        for token in tokens:
            self._named.pop(token, None)
        if futures and self._client is not None and self._client.status == "running":
            with contextlib.suppress(Exception):
                self._client.loop.add_callback(self._cancel, self._client, futures)

    def worker_of(self, token: int) -> str | None:
        """The worker that has the order, by the last look."""
        key = self._named.get(token)
        return next((worker for worker, keys in self.placed.items() if key in keys), None)

    def event(self, timeout: float) -> Event | None:
        """What comes next, within `timeout` seconds."""
        try:
            generation, event = self._events.get(timeout=timeout)
        except queue.Empty:
            return None
        return event if generation == self._generation else None

    def close(self) -> None:
        """End the connection, and with it everything that it has submitted; also a cluster of this machine."""
        self._ended, late = True, False
        if self._beginning is not None:
            self._beginning.join(2 * CLOSE)
            late = self._beginning.is_alive()
        cluster, self._cluster = self._cluster, None
        if not late:  # else its thread, which ends with the process, has what could be closed
            self._detach()
            if cluster is not None:
                with contextlib.suppress(Exception, AssertionError):  # it does not like to be closed while it starts
                    cluster.close(timeout=CLOSE)
        if self._scratch is not None:
            for process in multiprocessing.active_children():
                if process not in self._others:
                    process.kill()
            self._scratch.cleanup()
            self._scratch = None

    # ---------------------------------------------------------------- private

    def _attach(self, distributed: Any, *, timeout: float) -> None:
        """Connect in a thread: a signal must not interrupt what could then not be closed any more."""
        failed: list[BaseException] = []

        def begin() -> None:
            try:
                if self.address == LOCAL and self._cluster is None:
                    self._start_local(distributed)
                if self._ended:
                    return
                self._client = distributed.Client(self._cluster or self.address, timeout=timeout, set_as_default=False)
            except BaseException as error:
                failed.append(error)

        self._beginning = threading.Thread(target=begin, name="cluster-begins", daemon=True)
        self._beginning.start()
        self._beginning.join()
        if failed:
            raise failed[0]
        assert self._client is not None
        self._answered = time.monotonic()
        self.threads, self.placed = 0, {}
        self._client.sync(self._look, self._client)
        self._client.loop.add_callback(self._pulse, self._generation, self._client)

    def _detach(self) -> None:
        client, self._client = self._client, None
        self._generation += 1
        self._futures.clear()
        self._named.clear()
        if client is not None:
            try:
                client.close(timeout=CLOSE)
            except Exception:  # it would try once more when it is collected, for twice its timeout
                client.close = _nothing

    def _start_local(self, distributed: Any) -> None:
        self._scratch = tempfile.TemporaryDirectory(prefix="auszug-cluster-", ignore_cleanup_errors=True)
        self._others = multiprocessing.active_children()
        with contextlib.suppress(AttributeError):  # `close` sees to it, in every case
            atexit.unregister(distributed.deploy.spec.close_clusters)
        # its profiler looks at every thread a hundred times a second, for a dashboard that is not there
        importlib.import_module("dask").config.set({"distributed.worker.profile.enabled": False})
        try:
            self._cluster = distributed.LocalCluster(  # first without workers: what can be stopped has to be known
                n_workers=0, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address="127.0.0.1:0",
                worker_dashboard_address="127.0.0.1:0", silence_logs=logging.CRITICAL, security=True,
                local_directory=self._scratch.name,
                scheduler_kwargs={"allowed_failures": ALLOWED_FAILURES, "dashboard": False})
            self._cluster.scale(self._workers or len(os.sched_getaffinity(0)))
        except (OSError, RuntimeError) as error:
            raise ClusterError(f"no worker can be started ({_line(error)})", where=LOCAL,
                               remedy="look at memory and open files, or build without --on") from error

    async def _look(self, client: Any) -> None:
        threads = await asyncio.wait_for(client.nthreads(), SILENCE)
        placed = await asyncio.wait_for(client.processing(), SILENCE)
        self.threads, self.placed = sum(threads.values()), {name: tuple(keys) for name, keys in placed.items()}
        self._answered = time.monotonic()

    async def _pulse(self, generation: int, client: Any) -> None:
        """Looks at the cluster as long as this client is the one."""
        while generation == self._generation and self._client is client:
            await asyncio.sleep(PULSE)
            with contextlib.suppress(Exception):  # that nobody answers shows in the time of the last answer
                await self._look(client)

    async def _follow(self, generation: int, token: int, future: Any) -> None:
        """Waits for the result and takes it from the cluster's memory."""
        try:
            found: Reply | BaseException = await future
        except BaseException as error:
            found = error
        if generation == self._generation:
            self._futures.pop(token, None)
        self._events.put((generation, (token, found)))

    @staticmethod
    async def _cancel(client: Any, futures: list[Any]) -> None:
        with contextlib.suppress(Exception):
            await client.cancel(futures)

    @staticmethod
    def _quiet() -> None:
        """What the library logs on stderr is said by the batch itself, in its own words."""
        for name in ("distributed", "tornado", "asyncio"):
            logging.getLogger(name).setLevel(logging.CRITICAL)


def _nothing(*_: object, **__: object) -> None:
    """In the place of what would wait."""


def _line(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return (text or type(error).__name__)[:200]
