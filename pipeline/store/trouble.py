"""What the machine does to files, told apart from mistakes of the program: a disk that is full, read-only, or gone.

Part of `store`. DuckDB raises errors of many classes for it, with what the system said somewhere in the text.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

import duckdb

from pipeline.errors import AuszugError, StoreError

_SAID = tuple(os.strerror(number) for number in (
    errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.ESTALE, errno.ENODEV))
"""What the system says of a disk, whoever repeats it."""
REMEDY = "check the free space and the folder's permissions; the next run goes on from here"


def of_the_machine(error: BaseException) -> str | None:
    """What the system said, where `error` is its doing; None: it is not."""
    said = str(error)
    if isinstance(error, OSError):
        known = error.filename is not None or error.strerror in _SAID
        return error.strerror if known else None
    if not isinstance(error, duckdb.Error):
        return None
    reason = next((reason for reason in _SAID if reason in said), None)
    if reason is None and isinstance(error, duckdb.IOException | duckdb.FatalException):
        return said.splitlines()[0] if said else type(error).__name__
    return reason


@contextlib.contextmanager
def told(where: Path, what: str) -> Iterator[None]:
    """Within: what the machine does becomes a StoreError. `where`: the file, where the error names none."""
    try:
        yield
    except AuszugError:
        raise
    except Exception as error:
        reason = of_the_machine(error)
        if reason is None:
            raise
        file = error.filename if isinstance(error, OSError) and error.filename else where
        raise StoreError(f"{what} ({reason})", where=str(file), remedy=REMEDY) from error
