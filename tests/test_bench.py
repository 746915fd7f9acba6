"""The benchmark: what counts as a loss, what is said about goals, what is kept, and what processes take."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import duckdb
import pytest

from tests import corpus_generator
from tests.bench import builds, corpora, extraction, extrapolation, figures, peer_build, processes

LINUX = pytest.mark.skipif(not Path("/proc/self/smaps_rollup").is_file(), reason="no /proc with smaps_rollup")


@pytest.mark.parametrize(
    ("name", "now", "before", "expected"),
    [
        ("pages/s", 80.0, 100.0, True),
        ("pages/s", 95.0, 100.0, False),
        ("pages/s", 200.0, 100.0, False),
        ("auszug query s", 1.2, 1.0, True),
        ("auszug query s", 0.5, 1.0, False),
        ("extraction / peer", 4.0, 5.0, True),
        ("build / peer, rows by meeting", 4.0, 5.0, True),
        ("two cores / one core", 1.4, 1.7, True),
        ("auszug_stance µs/word", 3.0, 2.0, True),
        ("1,000 excerpts: ms/excerpt", 12.0, 10.0, True),
        ("peak memory MB", 300.0, 200.0, True),
        ("corpus excerpts", 10.0, 200.0, False),
    ],
)
def test_loss(name: str, now: float, before: float, expected: bool) -> None:
    assert figures.lost(name, now, before) is expected


def test_table_says_what_was_lost_and_what_is_gone() -> None:
    lines = figures.table({"peak memory MB": 600.0, "pages/s": 50.0}, {"pages/s": 100.0, "auszug query s": 0.4})
    text = "\n".join(lines)
    assert "NOT REACHED: below 500" in text
    assert "LOST 50%" in text
    assert "auszug query s: no longer measured" in text


def test_words_are_parted_by_white_space() -> None:
    assert extraction.words_in(["Herr Uhl (CDU) fragt.", "Ja: 9"]) == 6
    assert extraction.texts()[1]


def test_sections_that_were_not_measured_keep_their_figures(tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    figures.write({"pages": {"pages/s": 1234.567}, "build": {"one core s": 12.3456}}, {"cores": 2}, path)
    figures.write({"pages": {"pages/s": 2000.0}}, {"cores": 1}, path)
    document = json.loads(path.read_text("utf-8"))
    assert document == {"cores": 1, "sections": {"build": {"one core s": 12.35}, "pages": {"pages/s": 2000.0}}}
    assert figures.sections_of({"figures": {"pages/s": 1.0}}) == {}


# ------------------------------------------------------------------------------ processes


@LINUX
def test_memory_of_all_processes_together() -> None:
    """A process of 60 MB starts one of 60 MB: 120 MB at least, though neither has as much."""
    hold = "x = bytearray(60_000_000); x[::4096] = bytes(len(x[::4096]))"
    inner = f"{hold}; import time; end = time.monotonic() + 0.7\nwhile time.monotonic() < end: pass"
    outer = f"import subprocess, sys; {hold}; subprocess.run([sys.executable, '-c', {inner!r}]); print('über')"
    done = processes.measure([sys.executable, "-c", outer], cores=1)
    assert done.code == 0
    assert done.stdout == "über\n"
    assert 120 < done.peak_mb < 250
    assert done.cpu > done.own_cpu > 0
    assert done.seconds > 0.7


@LINUX
def test_cores_are_restricted_for_the_command_alone() -> None:
    mine = os.sched_getaffinity(0)
    done = processes.measure([sys.executable, "-c", "import os; print(len(os.sched_getaffinity(0)))"], cores=1)
    assert done.stdout.strip() == "1"
    assert os.sched_getaffinity(0) == mine
    assert processes.measure([sys.executable, "-c", "raise SystemExit(3)"]).code == 3


# ------------------------------------------------------------------------------ builds


def test_stages_of_a_build_and_a_change_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpora, "HOME", tmp_path)
    home = corpora.folder(4)
    found = builds.stages(4)
    assert set(found) == {"read, extract and load ms/excerpt", "link ms/excerpt", "publish ms/excerpt", "load rows/s"}
    assert min(found.values()) > 0
    database = home / "corpora" / "auszug.duckdb"
    address = corpus_generator.change_one(home / "corpora" / "county-01")
    assert not builds.published(database, "county-01", address)
    builds.stages(4)
    assert builds.published(database, "county-01", address)
    corpora.clean(home)
    assert not database.exists()
    assert corpora.folder(4) == home  # not made again: the changed archive is there
    assert len(list(home.glob("corpora/county-01/archive/*"))) == 2


# ------------------------------------------------------------------------------ the peer


class _Sentences:
    """In the place of the trained pipeline: a sentence ends at a full stop."""

    def __call__(self, text: str) -> _Sentences:
        self.sents = [_Sentence(part) for part in text.split(". ")]
        return self


class _Sentence:
    def __init__(self, text: str) -> None:
        self.text = text


def test_the_peer_finds_what_it_should_find(tmp_path: Path) -> None:
    """It would be no peer if it were fast because it reads nothing."""
    corpus_generator.write_corpora(tmp_path, 20)
    for county in ("county-01", "county-02"):
        [archive] = (tmp_path / "corpora" / county / "archive").iterdir()
        rows = [row for address, body in peer_build.responses(archive)
                for row in peer_build.read(address, body, _Sentences())]
        found = {table: [row for name, row in rows if name == table] for table, _ in rows}
        assert [(row[2][-10:], row[3]) for row in found["meeting"]] == [("05.01.2006", "Kreistag")]
        assert len(found["agenda"]) >= 13
        assert len(found["attendance"]) >= 20
        assert len(found["excerpt"]) == 10
        assert all("betrifft das Vorhaben" in row[5] and row[2].endswith("05.01.2006") for row in found["excerpt"])
        assert len({row[2] for row in found["sentence"]}) > 10
        assert found["paper"]
        slow, fair = duckdb.connect(), duckdb.connect()
        for connection, insert in ((slow, peer_build.insert_one_by_one), (fair, peer_build.insert_by_meeting)):
            connection.execute(peer_build.TABLES)
            insert(connection, rows)
        for table, expected in found.items():
            assert slow.table(table).fetchall() == fair.table(table).fetchall()
            assert len(fair.table(table).fetchall()) == len(expected)


# ------------------------------------------------------------------------------ on paper


def _sections(**build: float) -> figures.Sections:
    return {
        "build": {"corpus excerpts": 1000, "corpus pages": 1800, "corpus archive MB": 6.0, "database kB/excerpt": 20.0,
                  "one core ms/excerpt": 10.0, "link ms/excerpt": 0.5, "publish ms/excerpt": 0.5,
                  "two cores / one core": 1.8, **build},
        "growth": {"1,000 excerpts: ms/excerpt": 10.0, "100,000 excerpts: ms/excerpt": 11.0},
    }


def test_extrapolation_adds_up() -> None:
    state = next(region for region in extrapolation.REGIONS if region.excerpts == 1_000_000)
    its = extrapolation.estimate(state, extrapolation.basis(_sections()))
    assert its.harvest_hours == pytest.approx(1_800_000 / 100 * 1.5 / 3600)
    # 1 ms of 11 that one process does, 10 ms on two cores of which the second is worth 0.8
    assert its.build_hours == pytest.approx(1_000_000 * (0.001 + 0.010 / 1.8) / 3600)
    assert its.archive_gb == pytest.approx(6)
    assert its.database_gb == pytest.approx(20)
    table = "\n".join(extrapolation.lines(_sections()))
    assert "1,500" in table
    assert "1.8 h" in table


def test_extrapolation_needs_builds() -> None:
    with pytest.raises(KeyError, match="growth"):
        extrapolation.basis({"build": {}})
