"""What is stored about persons before it is published is its owner's only; what is made to be passed on goes by the umask."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.harvest.archive import ArchiveWriter, salvage
from tests.harvest_tools import Clock, corpus, run, short_site

ROOT = Path(__file__).parents[1]


def others(path: Path) -> int:
    """What group and others may do with it."""
    return path.stat().st_mode & 0o077


@pytest.fixture
def open_umask() -> Iterator[None]:
    former = os.umask(0o000)
    yield
    os.umask(former)


@pytest.mark.usefixtures("open_umask")
def test_what_a_harvest_keeps_is_private(tmp_path: Path) -> None:
    clock = Clock()
    with short_site(clock) as server:
        mine = corpus(tmp_path / "corpora", server.url, committees=["5"])
        run(mine, clock)
    kept = [*mine.archive.iterdir(), *(mine.folder / "runs").iterdir(), *mine.folder.glob("ledger.sqlite*")]
    assert {path.parent.name for path in kept} == {"archive", "runs", mine.folder.name}
    for path in (mine.archive, mine.folder / "runs", *kept):
        assert others(path) == 0, f"{path.relative_to(tmp_path)} is open to others"




@pytest.mark.usefixtures("open_umask")
def test_a_salvaged_archive_is_private(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    writer = ArchiveWriter(folder, "lauf", started=dt.datetime(2026, 3, 3, tzinfo=dt.UTC), software="auszug")
    writer.flush()
    left = folder / "lauf.warc.gz.open"
    assert others(left) == 0 and others(folder) == 0
    salvage(left)
    assert others(folder / "lauf.warc.gz") == 0
