"""The files of publications: the present one, the former ones beside it, and how one takes the other's place.

Part of `store`. `NAME.duckdb` is the present publication, `NAME.1.duckdb` the one before, and so on. A reader never
finds `NAME.duckdb` missing or half written: files are made under another name and renamed. At whatever moment a
process is killed, every publication is still there under some number, and the next call puts the numbers in order.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import msgspec

from pipeline.errors import AuszugError, StoreError
from pipeline.store import trouble
from pipeline.store.database import open_published

_WORLD_WRITABLE = 0o002
FILE_ERRORS = (OSError, duckdb.OperationalError, duckdb.FatalException, duckdb.InternalException)
"""What goes wrong with files: full, not writable, gone, damaged. DuckDB's other errors are bugs."""


class Publication(msgspec.Struct, frozen=True, kw_only=True):
    """What a publication says of itself. `number`: 0 the present one, 1 the one before. `unreadable`: why it is.

    `time`: end of its batch in UTC; where it does not tell one, when the file was written.
    """

    path: Path
    number: int
    time: dt.datetime
    size: int
    run: str | None = None
    command: str | None = None
    statements: int | None = None
    unreadable: str | None = None


def former_publication(target: Path, number: int) -> Path:
    """Where the `number`-th publication before the present one lies (1: the last one)."""
    return target.with_name(f"{target.stem}.{number}{target.suffix}")


def publications(target: Path) -> list[Path]:
    """The publications there are, the newest first: `target`, then the former ones."""
    return [path for path in (target, *_former(target).values()) if path.exists()]


def list_publications(target: Path) -> list[Publication]:
    """The publications there are, the newest first, with the run that each shows."""
    found = [_described(target, 0)] if target.exists() else []
    return found + [_described(path, number) for number, path in _former(target).items()]


def rollback(target: Path, number: int = 1) -> Publication:
    """Make the `number`-th former publication the present one; what was present becomes the first former one.

    Nothing is lost, and doing the same again with number 1 takes it back. Returns what is present now. Raises
    StoreError where there is no such publication, it cannot be read, or the folder cannot be written.
    """
    former = _former(target)
    if not former:
        raise StoreError("there is no former publication", where=target,
                         remedy="there is one from the second publication on (keep_publications in corpus.toml)")
    if number not in former:
        raise StoreError(f"there is no former publication {number}", where=target,
                         remedy=f"there are {', '.join(map(str, former))}: see auszug rollback --list")
    open_published(former[number]).close()  # what it says where the file is none of this program
    temporary = temporary_of(target)
    with errors_told(target, "the publication cannot be changed"):
        remove(temporary)
        _same_file(former[number], temporary)
        if target.exists():
            spare = max(former) + 1
            _same_file(target, former_publication(target, spare))
            temporary.replace(target)
            for place in range(number - 1, 0, -1):
                if place in former:
                    former[place].replace(former_publication(target, place + 1))
            if number > 1:
                former_publication(target, spare).replace(former_publication(target, 1))
            else:
                former_publication(target, spare).replace(former[1])
        else:
            temporary.replace(target)
            former[number].unlink()
        sync_folder(target.parent)
    return _described(target, 0)


def put_in_place(temporary: Path, target: Path, keep: int) -> None:
    """Make the file `temporary` the present publication; of the former ones the newest `keep` - 1 stay."""
    with temporary.open("rb") as written:
        os.fsync(written.fileno())
    temporary.chmod(_mode(temporary, target))
    former = _former(target)
    if target.exists() and keep > 1:
        spare = max(former, default=0) + 2
        _same_file(target, former_publication(target, spare))
        for place in sorted(former, reverse=True):
            former[place].replace(former_publication(target, place + 1))
        former_publication(target, spare).replace(former_publication(target, 1))
    temporary.replace(target)
    for path in list(_former(target).values())[max(keep, 1) - 1 :]:
        path.unlink()
    _number_again(target)
    sync_folder(target.parent)


def ensure_publishable(target: Path) -> None:
    """Find out whether `target` can be published, before hours of work. Takes away what a killed process left there.

    Raises StoreError where the folder cannot be made or written, `target` is no file, or a publication of the present
    one's size would not fit beside it.
    """
    if target.is_dir():
        raise StoreError("this is a folder", where=target, remedy=f"name a file: --db {target / 'auszug.duckdb'}")
    with errors_told(target, "the database cannot be published"):
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = temporary_of(target)
        remove(temporary)
        for left in target.parent.glob(f".{target.name}.*.tmp"):
            left.unlink()
        make_empty(temporary)
        temporary.unlink()
        size = target.stat().st_size if target.exists() else 0
        free = shutil.disk_usage(target.parent).free
    if free < size:
        raise StoreError(f"the database cannot be published: {free / 1e6:.0f} MB are free, the present one has "
                         f"{size / 1e6:.0f} MB", where=target.parent,
                         remedy="free some space, or keep fewer publications (keep_publications in corpus.toml)")


@contextlib.contextmanager
def errors_told(target: Path, what: str) -> Iterator[None]:
    """Within: an error of the system, or of DuckDB with a file, becomes a StoreError, and no temporary file stays."""
    try:
        yield
    except FILE_ERRORS as error:
        reason = trouble.of_the_machine(error) or (str(error).splitlines() or ["unknown reason"])[0]
        raise StoreError(f"{what} ({reason})", where=target,
                         remedy="check the folder's permissions and the free space") from error
    finally:
        with contextlib.suppress(OSError):
            remove(temporary_of(target))


def temporary_of(target: Path) -> Path:
    """Where the next publication is written."""
    return target.with_name(f".{target.name}.tmp")


def copy_file(source: Path, copy: Path) -> None:
    """Copy a file within the system, without reading it; where the file system can, both share their blocks."""
    make_empty(copy)
    with source.open("rb") as readable, copy.open("r+b") as writable:
        left = os.fstat(readable.fileno()).st_size
        try:
            while left and (done := os.copy_file_range(readable.fileno(), writable.fileno(), left)):
                left -= done
        except OSError:  # not on this file system
            readable.seek(0)
            writable.seek(0)
            writable.truncate()
            shutil.copyfileobj(readable, writable, 1 << 20)


def make_empty(path: Path) -> None:
    """Make an empty file, which the umask's users can read."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666 & ~_WORLD_WRITABLE))


def remove(path: Path) -> None:
    """Remove a database file and its log, where there are any."""
    path.unlink(missing_ok=True)
    path.with_name(f"{path.name}.wal").unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Have the folder's names written to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _former(target: Path) -> dict[int, Path]:
    """The former publications by number, in order; a killed process may leave gaps."""
    pattern = re.compile(rf"{re.escape(target.stem)}\.([1-9][0-9]{{0,5}}){re.escape(target.suffix)}")
    if not target.parent.is_dir():
        return {}
    found = {int(match[1]): path for path in target.parent.iterdir() if (match := pattern.fullmatch(path.name))}
    return dict(sorted(found.items()))


def _number_again(target: Path) -> None:
    for number, (present, path) in enumerate(_former(target).items(), 1):
        if present != number:
            path.replace(former_publication(target, number))


def _same_file(path: Path, name: Path) -> None:
    """Have `name` be the file `path`, too; a copy where the file system has no hard links."""
    try:
        os.link(path, name)
    except OSError:
        part = name.with_name(f".{name.name}.tmp") if not name.name.startswith(".") else name
        copy_file(path, part)
        part.chmod(path.stat().st_mode & 0o777)
        part.replace(name)


def _mode(temporary: Path, target: Path) -> int:
    """The mode of the former publication; of the first one what the umask allows. Never writable for everybody."""
    path = target if target.exists() else temporary
    return path.stat().st_mode & 0o777 & ~_WORLD_WRITABLE


def _described(path: Path, number: int) -> Publication:
    stat = path.stat()
    written = dt.datetime.fromtimestamp(stat.st_mtime, dt.UTC).replace(tzinfo=None, microsecond=0)
    try:
        with contextlib.closing(open_published(path)) as connection:
            rows = connection.execute("""
                SELECT p.published_at, p.run_id, r.command, (SELECT count(*) FROM statement)
                FROM publication AS p LEFT JOIN run AS r ON r.run_id = p.run_id""").fetchall()
    except (AuszugError, duckdb.Error) as error:
        why = error.what if isinstance(error, AuszugError) else str(error).splitlines()[0]
        return Publication(path=path, number=number, time=written, size=stat.st_size, unreadable=why)
    time, run, command, statements = rows[0] if rows else (None, None, None, None)
    return Publication(path=path, number=number, time=time or written, size=stat.st_size, run=run, command=command,
                       statements=statements)
