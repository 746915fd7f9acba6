"""Readers while publications happen: processes that query without pause, and one that keeps the old file open.

The short form has one of them and three publications; `make soak` ten readers and fifty publications (AUSZUG_SOAK), with
the result in tests/soak.json.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.store.database import WorkDatabase, open_work
from pipeline.store.publish import publish, rollback
from tests.soak_runner import SOAK, note
from tests.test_publications import TOWNS, all_towns, change, rewritten

ROOT = Path(__file__).parents[1]
SEED = int(os.environ.get("AUSZUG_SEED", "20231116"))
READERS, PUBLICATIONS = (1, 3) if SOAK == 1 else (10, 50)

READER = """
import sys
from contextlib import closing
from pathlib import Path
from pipeline.store.database import open_published
target, stop, keep = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] == "keep"
ASKED = '''SELECT t.description, count(DISTINCT st.statement_id), (SELECT count(DISTINCT statement_id) FROM speaker_positions),
    (SELECT count(*) FROM search_document WHERE kind = 'item'), (SELECT count(*) FROM agenda_item)
    FROM topic AS t, statement AS st GROUP BY ALL'''
answers, seen = 0, set()
kept = open_published(target)
before = kept.execute(ASKED).fetchall()
if not keep:
    kept.close()
print("reads", flush=True)
while not stop.exists() or not answers:
    if keep:
        assert kept.execute(ASKED).fetchall() == before
    else:
        with closing(open_published(target)) as connection:
            [(told, statements, positions, documents, items)] = connection.execute(ASKED).fetchall()
        assert told.endswith(f": {statements} statements") and statements == positions, (told, statements, positions)
        assert documents == items, (documents, items)
        seen.add(told)
    answers += 1
print(answers, len(seen))
"""


def publish_more(work: WorkDatabase, target: Path, number: int, *, whole: bool) -> None:
    """Publish another item; the topic's description tells how many statements there are."""
    change(work, number, TOWNS[number % len(TOWNS)])
    [row] = work.rows("SELECT count(*) AS n FROM statement")
    work.connection.execute("UPDATE topic SET description = ?", [f"{number}: {row['n']} statements"])
    if whole:
        work.connection.execute("DELETE FROM publication")
    publish(work, target, keep=3)
    assert (rewritten(target) == 0) == whole


@pytest.mark.soak
def test_readers_see_one_publication_each_time_and_never_an_error(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    target, stop = tmp_path / "auszug.duckdb", tmp_path / "stop"
    shutil.copy(all_towns() / "work.duckdb", tmp_path)
    started = time.monotonic()
    with open_work(tmp_path / "work.duckdb") as work:
        publish_more(work, target, 100, whole=True)
        readers = [
            subprocess.Popen([sys.executable, "-c", READER, str(target), str(stop), "keep" if number == 0 else "again"],
                             cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            for number in range(READERS + 1)
        ]
        try:
            for reader in readers:
                assert reader.stdout is not None
                assert reader.stdout.readline() == "reads\n", reader.communicate()[1]
            for number in range(PUBLICATIONS):
                if number % 10 == 9:
                    rollback(target)
                publish_more(work, target, 101 + number, whole=number % 10 == 9 or chance.random() < 0.3)
        finally:
            stop.touch()
            told = [reader.communicate(timeout=120) for reader in readers]
    assert [(reader.returncode, error) for reader, (_, error) in zip(readers, told, strict=True)] == [(0, "")] * len(readers)
    answers = [int(out.split()[0]) for out, _ in told]
    seen = max(int(out.split()[1]) for out, _ in told)
    assert min(answers) > 0 and seen > 1, "somebody saw publications change"
    note("readers", readers=READERS, publications=PUBLICATIONS, answers=sum(answers), errors=0, seed=SEED,
         seconds=round(time.monotonic() - started, 1))
