"""What is stored about persons before it is published is its owner's only; what is made to be passed on goes by the umask."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.harvest.archive import ArchiveWriter, salvage
from tests.allris_server.server import LocalAllris
from tests.harvest_tools import SHORT, corpus

ROOT = Path(__file__).parents[1]


def others(path: Path) -> int:
    """What group and others may do with it."""
    return path.stat().st_mode & 0o077


@pytest.fixture
def open_umask() -> Iterator[None]:
    former = os.umask(0o000)
    yield
    os.umask(former)


def test_everything_that_a_run_leaves_is_private_but_the_publication(tmp_path: Path) -> None:
    with LocalAllris(county=SHORT) as server:
        mine = corpus(tmp_path / "corpora", server.url, delay=0, committees=["5"])
        script = f"umask 022; cd {tmp_path}; exec {sys.executable} -m pipeline.cli run {mine.folder}"
        done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert done.returncode in (0, 1), done.stderr
    state = tmp_path / "corpora" / ".auszug"
    kept = [*mine.archive.iterdir(), *(mine.folder / "runs").iterdir(), *mine.folder.glob("ledger.sqlite*"),
            *(path for path in state.rglob("*") if path.is_file())]
    assert {path.parent.name for path in kept} >= {"archive", "runs", mine.folder.name}
    for path in (mine.archive, mine.folder / "runs", state, *kept):
        assert others(path) == 0, f"{path.relative_to(tmp_path)} is open to others"
    assert others(tmp_path / "corpora" / "auszug.duckdb") & 0o044 == 0o044, "a publication goes by the umask"


@pytest.mark.usefixtures("open_umask")
def test_a_salvaged_archive_is_private(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    writer = ArchiveWriter(folder, "lauf", started=dt.datetime(2026, 3, 3, tzinfo=dt.UTC), software="auszug")
    writer.flush()
    left = folder / "lauf.warc.gz.open"
    assert others(left) == 0 and others(folder) == 0
    salvage(left)
    assert others(folder / "lauf.warc.gz") == 0
