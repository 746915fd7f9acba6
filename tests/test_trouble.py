"""What a disk does is told as that: neither a bug of the program, nor the fault of the pages at hand."""

from __future__ import annotations

import datetime as dt
import errno
import os
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline import run as batch
from pipeline.config import load_corpus
from pipeline.errors import ConfigError, StoreError
from pipeline.paths import shipped_corpora
from pipeline.store.database import open_published
from pipeline.store.trouble import of_the_machine, told
from pipeline.store.writer import Writer

FULL = os.strerror(errno.ENOSPC)


@pytest.mark.parametrize(("error", "reason"), [
    (duckdb.TransactionException(f'Failed to commit: Could not write file "/srv/work.duckdb.wal": {FULL}'), FULL),
    (duckdb.IOException("IO Error: Cannot open file"), "IO Error: Cannot open file"),
    (duckdb.FatalException("the database has been invalidated\nStack Trace:"), "the database has been invalidated"),
    (OSError(errno.ENOSPC, FULL), FULL),
    (FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), "/srv/a.warc.gz"), os.strerror(errno.ENOENT)),
    (duckdb.BinderException("Binder Error: no such column"), None),
    (duckdb.ConstraintException("Constraint Error: a key twice"), None),
    (OSError(errno.EINVAL, "Invalid argument"), None),
    (ValueError(FULL), None),
])
def test_whose_doing_it_is(error: Exception, reason: str | None) -> None:
    assert of_the_machine(error) == reason


def test_errors_of_the_program_stay_what_they_are() -> None:
    for error in (ConfigError("wrong"), ValueError("wrong"), duckdb.BinderException("wrong")):
        with pytest.raises(type(error)), told(Path("/srv/work.duckdb"), "it cannot go on"):
            raise error


def test_a_disk_that_fills_while_rows_are_written_ends_the_batch_and_blames_no_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else each page would be noted as not written, and what is published would lack them."""
    options: dict[str, Any] = {"target": tmp_path / "auszug.duckdb", "work_path": tmp_path / ".auszug" / "work.duckdb",
                               "clock": lambda: dt.datetime(2026, 3, 3, tzinfo=dt.UTC), "command": "auszug build"}
    seed = load_corpus(shipped_corpora() / "seed")
    load = Writer.load

    def full(*_: object) -> None:
        raise duckdb.TransactionException(f"Failed to commit: Could not write file: {FULL}")

    monkeypatch.setattr(Writer, "load", full)
    with pytest.raises(StoreError, match=f"the build cannot go on \\({FULL}\\); check the free space"):
        batch.build([seed], **options)
    assert not (tmp_path / "auszug.duckdb").exists()
    monkeypatch.setattr(Writer, "load", load)
    assert batch.build([seed], **options).exit_code == 0
    with open_published(tmp_path / "auszug.duckdb") as connection:
        assert connection.execute("SELECT count(*) FROM problem WHERE code = 'not_written'").fetchall() == [(0,)]
