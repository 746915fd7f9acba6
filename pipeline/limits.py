"""Bounds for a single page: whatever is in it, it costs only so much time and memory, and the batch goes on.

    with page_limit(where=address):
        parsed = pages.parse(payload)

Used by whatever reads pages or items in bulk. `pages` and `extract` are pure and bound what they take by size; this is
the net below them. A page that exceeds a bound raises PageTooSlow or PageTooLarge, which become a problem row.

**Time** is CPU time of the thread that runs the block, so that neither a busy machine nor a suspended one makes a page
slow. In a process's main thread SIGALRM interrupts the block; regular expressions look for signals, too. In any other
thread a watchdog raises the exception from outside. Neither reaches into C code that does not come back to Python (lxml
while it builds a tree; in other threads regular expressions as well): there the block ends as soon as that code does.

**Memory**: `bound_memory` is for worker processes; what then fails to be allocated is PageTooLarge.
"""

from __future__ import annotations

import ctypes
import opcode
import os
import resource
import signal
import sys
import threading
import time
from types import CodeType, FrameType, TracebackType
from typing import Any

from pipeline.errors import PageError, PageTooLarge, PageTooSlow

PAGE_SECONDS = 30.0
"""CPU seconds that a page or an item may take; the longest real ones take 0.3, the worst that are let in 10."""

AGAIN = 0.5
"""Seconds after which an interrupted block is interrupted once more: it may have swallowed the exception."""

POLL = 0.02
"""Seconds between two looks of the watchdog, while any thread but the main one is in a block."""

WORKER_MB = 1500
"""Memory beyond what it starts with that a worker process may have: three pages at their worst."""


class _TimeUp(BaseException):
    """Raised inside the block. No Exception: what a block catches of its own must not catch this."""


class page_limit:
    """A block that ends with PageTooSlow after `seconds` of CPU time, with PageTooLarge where memory runs out.

    `where` (an address, a file) is named in the error. Blocks may nest; the outer bound holds in the inner one, and
    its error passes through. Outside the block nothing is left: handler and timer of SIGALRM are as before.
    """

    __slots__ = ("_deadline", "_seconds", "_thread", "_where", "expired", "finished", "fired")

    def __init__(self, seconds: float = PAGE_SECONDS, *, where: str | None = None) -> None:
        if not seconds > 0:
            raise ValueError("a limit of no time")
        self._seconds, self._where = seconds, where
        self._deadline = 0.0
        self._thread = 0
        self.expired = self.finished = False
        self.fired = 0.0
        """When the block was last interrupted, by the monotonic clock."""

    def __enter__(self) -> page_limit:
        self._thread = threading.get_ident()
        self._deadline = time.thread_time() + self._seconds
        if self._thread == threading.main_thread().ident:
            _alarm.enter(self)
        else:
            _watchdog.enter(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # first of all, and in one step: what fires from here on finds the block finished
        self.finished = True
        outer = _alarm.leave(self) if self._thread == threading.main_thread().ident else _watchdog.leave(self)
        if kind is not None and issubclass(kind, MemoryError):
            raise PageTooLarge("the page needs more memory than a page may have", where=self._where,
                               remedy="it is left out; look at it by hand") from error
        # an error of the block itself counts more than that it came late
        if self.expired and not outer and (kind is None or issubclass(kind, (_TimeUp, PageError))):
            raise PageTooSlow(f"the page takes longer than {self._seconds:g} s", where=self._where,
                              remedy="it is left out; look at it by hand") from None

    def remaining(self, used: float) -> float:
        """Seconds of CPU time left, where the thread has used `used`."""
        return self._deadline - used

    @property
    def thread(self) -> int:
        """The thread that runs the block (0: none yet)."""
        return self._thread


_OWN: set[CodeType] = {page_limit.__enter__.__code__, page_limit.__exit__.__code__}
"""Code in which nothing is raised: at the doors of a block."""


_handle: Any = getattr(signal.signal, "__wrapped__", signal.signal)
"""`signal.signal` without the conversion to enums, which takes longer than all the rest of a block."""


class _Alarm:
    """The blocks of the main thread: SIGALRM at the earliest moment at which one of them can be over."""

    def __init__(self) -> None:
        self._blocks: list[page_limit] = []
        self._handler: Any = None
        self._timer = (0.0, 0.0)
        self._began = 0.0

    def enter(self, block: page_limit) -> None:
        if not self._blocks:
            self._began = time.monotonic()
            self._timer = signal.setitimer(signal.ITIMER_REAL, 0)
            self._handler = _handle(signal.SIGALRM, self._ring)
        self._blocks.append(block)
        self._arm()

    def leave(self, block: page_limit) -> bool:
        """Whether a block around this one is over its time as well."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        if block in self._blocks:
            del self._blocks[self._blocks.index(block) :]
        if self._blocks:
            self._arm()
            return any(outer.expired for outer in self._blocks)
        # a handler that was not installed from Python is None, and cannot be put back
        _handle(signal.SIGALRM, signal.SIG_DFL if self._handler is None else self._handler)
        self._handler = None
        left, interval = self._timer
        if left:
            passed = time.monotonic() - self._began
            signal.setitimer(signal.ITIMER_REAL, max(left - passed, 1e-6), interval)
        return False

    def _arm(self) -> None:
        used = time.thread_time()
        left = min(AGAIN if block.expired else block.remaining(used) for block in self._blocks)
        signal.setitimer(signal.ITIMER_REAL, max(left, 1e-4))

    def _ring(self, _number: int, frame: FrameType | None) -> None:
        used, over = time.thread_time(), False
        for block in self._blocks:
            if not block.finished and block.remaining(used) <= 0:
                block.expired = over = True
        if not self._blocks or self._blocks[-1].finished:
            return  # at the door: nothing is raised outside, and `leave` arms the timer for the blocks around
        self._arm()
        while over and frame is not None and frame.f_code.co_filename == __file__:
            if frame.f_code in _OWN:
                return  # at the door: it looks at `expired` itself, or is interrupted once more
            frame = frame.f_back
        if over:
            raise _TimeUp


class _Watchdog:
    """The blocks of all other threads: a thread looks at their CPU time and raises _TimeUp in them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._blocks: dict[int, list[page_limit]] = {}
        self._wake = threading.Event()
        self._running = False

    def enter(self, block: page_limit) -> None:
        with self._lock:
            self._blocks.setdefault(block.thread, []).append(block)
            if not self._running:
                self._running = True
                threading.Thread(target=self._watch, name="page-limits", daemon=True).start()
        if not self._wake.is_set():
            self._wake.set()

    def leave(self, block: page_limit) -> bool:
        """As `_Alarm.leave`. What was raised for this block and has not arrived yet never will."""
        with self._lock:
            _raise_in(block.thread, None)
            blocks = self._blocks.get(block.thread, [])
            if block in blocks:
                del blocks[blocks.index(block) :]
            if not blocks:
                self._blocks.pop(block.thread, None)
            return any(outer.expired for outer in blocks)

    def _watch(self) -> None:
        while True:
            self._wake.wait()
            with self._lock:
                if not self._blocks:
                    self._wake.clear()
                for thread, blocks in self._blocks.items():
                    self._look(thread, blocks)
            time.sleep(POLL)

    def _look(self, thread: int, blocks: list[page_limit]) -> None:
        """Interrupts `thread` where one of its blocks is over. The lock is held: the thread cannot leave a block."""
        used, now = time.clock_gettime(time.pthread_getcpuclockid(thread)), time.monotonic()
        over = [block for block in blocks if block.remaining(used) <= 0]
        if not over or blocks[-1].finished or now - max(block.fired for block in over) < AGAIN:
            return
        if not _interruptible(sys._current_frames().get(thread)):
            return  # the next look comes soon
        for block in over:
            block.expired, block.fired = True, now
        _raise_in(thread, _TimeUp)


def _interruptible(frame: FrameType | None) -> bool:
    """Whether what is raised in a thread that stands at `frame` arrives there, and not at the door of its block.

    The interpreter looks for such exceptions after calls, at the start of functions and in loops; a thread that stands
    at another instruction might be past its block when it does.
    """
    if frame is None or frame.f_lasti < 0 or frame.f_code.co_filename == __file__:
        return False
    return frame.f_code.co_code[frame.f_lasti] in _LOOKS


_LOOKS = frozenset(
    opcode.opmap[name] for name in ("CALL", "PRECALL", "CALL_KW", "CALL_FUNCTION_EX", "JUMP_BACKWARD", "RESUME")
    if name in opcode.opmap
)

_set_async_exc = ctypes.pythonapi.PyThreadState_SetAsyncExc
_set_async_exc.argtypes = (ctypes.c_ulong, ctypes.py_object)
_set_async_exc.restype = ctypes.c_int


def _raise_in(thread: int, error: type[BaseException] | None) -> None:
    """Raises `error` in a thread at the next instruction that looks for it; None takes back what has not arrived."""
    _set_async_exc(thread, ctypes.py_object() if error is None else ctypes.py_object(error))


_alarm = _Alarm()
_watchdog = _Watchdog()


def _forget() -> None:
    """A forked process has neither the watchdog's thread nor its parent's timer; its blocks are the parent's."""
    global _alarm, _watchdog
    _alarm, _watchdog = _Alarm(), _Watchdog()


os.register_at_fork(after_in_child=_forget)


def bound_memory(megabytes: int = WORKER_MB) -> None:
    """Bounds this process's memory to `megabytes` more than it has now. For worker processes, when they are set up.

    Allocations beyond fail with MemoryError, in a block as PageTooLarge. Counted is private writable memory
    (RLIMIT_DATA on Linux). A stricter bound that is set already stays.
    """
    wanted = _private_bytes() + megabytes * 1_000_000
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft == resource.RLIM_INFINITY or wanted < soft:
        resource.setrlimit(resource.RLIMIT_DATA, (wanted, hard))


def _private_bytes() -> int:
    """What RLIMIT_DATA counts of this process; 0 where the system does not tell."""
    try:
        with open("/proc/self/status", encoding="ascii", errors="replace") as status:  # noqa: PTH123 - read once
            for line in status:
                if line.startswith("VmData:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0
