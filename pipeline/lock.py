"""One batch at a time in a folder: a lock that a dead process does not hold.

    with RunLock(state_folder, command="auszug run tal", clock=clock):
        ...

`run` and `build` take it, whatever database they publish; reading commands never do. A harvest alone takes only the
locks of its corpora and hosts (`harvest.runs.Lock`), so it may go on beside a build.

The lock is flock(2) on `run.lock` in the state folder: the system releases it when the process ends, however that ends.
Processes that the holder forks do not keep it. On NFS it holds between machines where the server keeps locks (`lockd`
or NFSv4); where it cannot, that is an error, never a batch without a lock. The file tells who holds it; what it says
while nobody does is of a batch that was killed.
"""

from __future__ import annotations

import datetime as dt
import errno
import fcntl
import os
import time
import weakref
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import msgspec

from pipeline import private
from pipeline.errors import BusyError, StoreError

LOCK_FILE = "run.lock"
TRIES = 5
"""`status` holds the lock for an instant when it looks whether anybody does: that must refuse no batch."""
PAUSE = 0.05
"""Seconds between two tries."""
PATIENCE = 2.0
"""Seconds between two looks of a batch that waits for another."""


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """The process that holds the lock, and what it was called with."""

    pid: int
    command: str
    started: dt.datetime
    corpora: tuple[str, ...] = ()


class RunLock:
    """Only one batch at a time has it. A context manager.

    Raises BusyError where another batch has it (`wait`: waits for its end instead; `may_wait`: the command has --wait),
    StoreError where the folder cannot be made or written, or cannot lock.
    """

    def __init__(
        self, state: Path, *, command: str, clock: Callable[[], dt.datetime], corpora: tuple[str, ...] = (),
        wait: bool = False, may_wait: bool = False, sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.path = state / LOCK_FILE
        self._wait, self._may_wait, self._sleep = wait, may_wait, sleep
        self._me = Holder(pid=os.getpid(), command=command, started=clock(), corpora=corpora)
        self._file: int | None = None
        self.abandoned: Holder | None = None
        """Who had the lock before and was killed; None: the batch before came to its end."""

    def __enter__(self) -> RunLock:
        try:
            private.make_folder(self.path.parent)
        except OSError as error:
            raise StoreError(str(error.strerror), where=Path(error.filename or self.path.parent),
                             remedy="check the path, its permissions and the free space") from None
        try:
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, private.FILE_MODE)
            while not self._taken():
                other = _read(self._file)
                if not self._wait:
                    also = ", or let this one wait with --wait" if self._may_wait else ", and call this again"
                    raise BusyError(f"another run is at work{_describe(other)}", where=self.path.parent,
                                    remedy=f"wait until it has ended{also}")
                self._sleep(PATIENCE)
            self.abandoned = _read(self._file)
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, msgspec.json.encode(self._me) + b"\n", 0)
        except OSError as error:
            self._close()
            raise StoreError(f"the lock of the batch cannot be taken ({error.strerror})", where=self.path,
                             remedy="check the folder's permissions and the free space; a network drive has to "
                                    "support locks") from None
        except BaseException:
            self._close()
            raise
        _held.add(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            os.ftruncate(self._file, 0)  # an end in order: nothing is left that looks like a killed batch
            fcntl.flock(self._file, fcntl.LOCK_UN)
        self._close()

    def _taken(self) -> bool:
        assert self._file is not None
        for attempt in range(TRIES):
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                if error.errno not in {errno.EWOULDBLOCK, errno.EACCES}:
                    raise
                if attempt + 1 < TRIES:
                    self._sleep(PAUSE)
            else:
                return True
        return False

    def _close(self) -> None:
        _held.discard(self)
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def forget(self) -> None:
        """In a forked process: give back the copy of the lock, which would outlive the holder. Releases nothing."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


_held: weakref.WeakSet[RunLock] = weakref.WeakSet()


def _forget_all() -> None:
    for lock in list(_held):
        lock.forget()


os.register_at_fork(after_in_child=_forget_all)


class LockState(msgspec.Struct, frozen=True):
    """Who is at work (`running`), or who was killed at it (`killed`); both None: nobody."""

    running: Holder | None = None
    killed: Holder | None = None


def look(state: Path) -> LockState:
    """Whether a batch is at work in this state folder. Takes nothing away from anybody; never raises."""
    try:
        file = os.open(state / LOCK_FILE, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return LockState()
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            found = _read(file)
            return LockState(running=found or Holder(pid=0, command="?", started=dt.datetime.fromtimestamp(
                os.fstat(file).st_mtime, dt.UTC)))
        return LockState(killed=_read(file))
    finally:
        os.close(file)


def _read(file: int) -> Holder | None:
    try:
        return msgspec.json.decode(os.pread(file, 65536, 0), type=Holder)
    except (OSError, msgspec.MsgspecError):
        return None


def _describe(holder: Holder | None) -> str:
    if holder is None:
        return ""
    return f" (process {holder.pid} since {holder.started.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S} UTC: {holder.command})"
