"""A batch that is killed anywhere and run again gives the same rows; what is published is always whole."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.store.checks import run_checks
from pipeline.store.database import differences, open_published, open_work
from tests.store_samples import published_county

ROOT = Path(__file__).parents[1]
KILLS = 3 * int(os.environ.get("AUSZUG_SOAK", "1"))
SEED = int(os.environ.get("AUSZUG_SEED", "20231116"))

BATCH = """
import sys
from pathlib import Path
from pipeline.store.database import open_work
from pipeline.store.publish import publish
from tests.store_samples import write_county
print("begins", flush=True)
with open_work(Path(sys.argv[1])) as work:
    write_county(work, run_id=sys.argv[2])
    publish(work, Path(sys.argv[3]), keep=2)
print("done", flush=True)
"""


def batch(folder: Path, number: int, *, kill_after: float | None) -> float:
    """Run the batch in a process of its own; returns its time in seconds after the imports."""
    with subprocess.Popen(
        [sys.executable, "-c", BATCH, str(folder / "work.duckdb"), f"run-{number}", str(folder / "auszug.duckdb")],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begins\n"
        start = time.monotonic()
        if kill_after is not None:
            try:
                process.wait(timeout=kill_after)
            except subprocess.TimeoutExpired:
                process.kill()
            process.wait()
        else:
            assert process.stdout.readline() == "done\n"
        return time.monotonic() - start


@pytest.mark.soak
def test_killed_anywhere_and_run_again_gives_the_same_rows(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    whole = batch(tmp_path, 0, kill_after=None)
    clean = tmp_path / "clean.duckdb"
    (tmp_path / "auszug.duckdb").replace(clean)
    assert differences(published_county(), clean) == []
    (tmp_path / "work.duckdb").unlink()
    print(f"seed {SEED}, {KILLS} kills within {whole:.2f} s")
    for number in range(KILLS):
        batch(tmp_path, number, kill_after=chance.uniform(0, whole))
        if (tmp_path / "auszug.duckdb").exists():
            with open_published(tmp_path / "auszug.duckdb") as connection:
                assert run_checks(connection) == [], f"seed {SEED}, kill {number}"
        with open_work(tmp_path / "work.duckdb") as work:
            half = work.rows("""SELECT m.meeting_id FROM meeting AS m WHERE m.basis = 'page'
                AND NOT EXISTS (SELECT 1 FROM attendance AS a WHERE a.meeting_id = m.meeting_id)""")
            assert half == [], f"seed {SEED}, kill {number}: half of a meeting was written"
    batch(tmp_path, KILLS, kill_after=None)
    assert differences(clean, tmp_path / "auszug.duckdb") == []
