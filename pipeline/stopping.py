"""The orderly stop of a batch: SIGTERM, SIGINT or SIGHUP at any moment, and it ends within ten seconds.

    with OrderlyStop() as stop:
        ...                          # StopRequested is raised here, and `stop.requested` says why

In the main thread a signal raises StopRequested (a KeyboardInterrupt: no `except Exception` takes it for a bad page).
That alone is not enough. A query of DuckDB looks for signals seldom, and swallows the exception; so a thread beside,
which the system tells of the signal at once, breaks off the queries of registered connections (`interrupts`), raises
the signal again where the first one got lost, and after GRACE seconds ends the process where it stands. Nothing breaks
by that: whatever a batch writes, it writes so that a kill at any moment leaves it whole.

Who catches errors in bulk asks `requested()` first: after a stop, an error is no fault of the page at hand.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType, TracebackType
from typing import Protocol

from pipeline.errors import EXIT_FAILED

GRACE = 8.0
"""Seconds from the signal to the end of the process, at the latest: ten are promised."""
AGAIN = 2.0
"""Seconds after which the exception is raised once more: something may have swallowed it."""
_LOOK = 0.1
"""Seconds between two looks of the thread beside, after a signal."""
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class StopRequested(KeyboardInterrupt):
    """The batch has to end: by a signal (its name is the text), or because its time is over."""


class Interruptible(Protocol):
    """What can be broken off from another thread, as a DuckDB connection."""

    def interrupt(self) -> None:
        """Break off what goes on, if anything does."""


class OrderlyStop:
    """Signals that end a batch in order. A context manager; outside the main thread it changes nothing.

    `last_words` is called before the process is ended where it stands. Signals that are ignored already (nohup, a
    background job) stay ignored.
    """

    def __init__(
        self, *, grace: float = GRACE, last_words: Callable[[str], None] = lambda _: None,
        timer: Callable[[], float] = time.monotonic, leave: Callable[[int], None] = os._exit,
    ) -> None:
        self.requested: str | None = None
        self.halt = threading.Event()
        """Set as soon as the batch has to end; what works in threads looks at it."""
        self._grace, self._last_words, self._timer, self._leave = grace, last_words, timer, leave
        self._before: dict[signal.Signals, object] = {}
        self._former_wakeup = -1
        self._settled = self._raised = False
        self._outer: OrderlyStop | None = None
        self._begin: float | None = None
        self._done = threading.Event()
        self._ends: tuple[socket.socket, socket.socket] | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> OrderlyStop:
        global _current
        if threading.current_thread() is not threading.main_thread():
            return self
        read, write = self._ends = socket.socketpair()
        write.setblocking(False)
        self._former_wakeup = signal.set_wakeup_fd(write.fileno(), warn_on_full_buffer=False)
        for number in SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._handle)
        self._outer, _current = _current, self
        self._thread = threading.Thread(target=self._watch, args=(read,), name="orderly-stop", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        global _current
        self.settle()
        if self._ends is None:
            return
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        signal.set_wakeup_fd(self._former_wakeup, warn_on_full_buffer=False)
        _current = self._outer
        if self._outer is not None and self._begin is not None:
            self._outer._take_over(self.requested, self._begin)
        self._done.set()
        read, write = self._ends
        with contextlib.suppress(OSError):
            write.send(b"\0")
        assert self._thread is not None
        self._thread.join()
        read.close()
        write.close()
        self._ends = None

    def settle(self) -> None:
        """From now on no signal raises: what follows is the end itself, which must not be disturbed."""
        self._settled = True

    def check(self) -> None:
        """Raises StopRequested where the batch has to end."""
        if self.requested is not None and not self._settled:
            raise StopRequested(self.requested)

    def request(self, reason: str) -> None:
        """End the batch for another reason than a signal. Raises StopRequested."""
        self.requested = self.requested or reason
        self.halt.set()
        raise StopRequested(self.requested)

    def _take_over(self, reason: str | None, begin: float) -> None:
        """A stop that began in a block inside goes on in this one: what is left to do has the rest of the time."""
        self.requested, self._begin = self.requested or reason, begin
        self.settle()
        self.halt.set()
        if self._ends is not None:
            with contextlib.suppress(OSError):
                self._ends[1].send(bytes([signal.SIGTERM]))

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        self.requested = self.requested or signal.Signals(number).name
        if self._begin is None:  # the thread beside may not have had its turn yet
            self._begin = self._timer()
        self.halt.set()
        if not self._settled:
            self._raised = True
            raise StopRequested(self.requested)

    def _watch(self, read: socket.socket) -> None:
        """The thread beside: waits for a signal, then sees to it that the batch ends."""
        wanted = {int(number) for number in self._before}
        while True:
            if wanted & set(read.recv(64)):
                break
            if self._done.is_set():
                return
        self.halt.set()
        kicked = self._timer()
        begin = self._begin = kicked if self._begin is None else self._begin
        while not self._done.wait(_LOOK):
            now = self._timer()
            if now - begin >= self._grace:
                self._break_off()
                return
            if self._settled:
                continue
            if not self._raised:  # the main thread is inside of something that does not look for signals
                _interrupt_all()
            elif now - kicked >= AGAIN:
                kicked, self._raised = now, False
                with contextlib.suppress(ValueError, ProcessLookupError):
                    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)

    def _break_off(self) -> None:
        reason = self.requested or "a signal"
        with contextlib.suppress(Exception):
            self._last_words(reason)
        with contextlib.suppress(Exception):
            for child in multiprocessing.active_children():
                child.kill()
        with contextlib.suppress(Exception):
            print(f"auszug: stopped ({reason}); the next run continues", file=sys.stderr, flush=True)
        self._leave(EXIT_FAILED)


_current: OrderlyStop | None = None
_connections: list[Interruptible] = []


def requested() -> bool:
    """Whether the batch of this process has to end."""
    return _current is not None and _current.requested is not None


@contextlib.contextmanager
def interrupts(connection: Interruptible) -> Iterator[None]:
    """Inside, a stop breaks off what `connection` does."""
    _connections.append(connection)
    try:
        yield
    finally:
        _connections.remove(connection)


def _interrupt_all() -> None:
    for connection in list(_connections):
        with contextlib.suppress(Exception):  # closed in the meantime
            connection.interrupt()


def _be_a_child() -> None:
    """A forked process has signals of its own: those of its parent are told to the parent alone."""
    global _current
    if _current is None:
        return
    signal.set_wakeup_fd(-1)
    for number in _current._before:
        signal.signal(number, signal.SIG_DFL)
    _current = None
    _connections.clear()


os.register_at_fork(after_in_child=_be_a_child)
