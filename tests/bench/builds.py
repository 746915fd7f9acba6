"""Whole builds from outside: `auszug build` beside its peer, on one core and on two, after a change, and growing.

Every build is a process of its own in the folder of a generated corpus, cold (no database, nothing kept) unless the
figure says otherwise. Times of one core are processor times of all its processes, so that other work on the machine
counts less; where cores or what a user waits for are compared, wall times.
"""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from pipeline.errors import EXIT_PROBLEMS
from tests import corpus_generator
from tests.bench import corpora
from tests.bench.figures import Figures, cores
from tests.bench.processes import Measured, auszug, measure

PEER_EXCERPTS = 100
"""Excerpts of each county that the peer reads: some twenty seconds."""
ROUNDS = 3
"""Builds on one core and on two whose shortest are compared."""
SIZES = (1_000, 10_000, 100_000)
"""Excerpts of the corpora on which growth is measured."""


@functools.cache
def _takes_workers() -> bool:
    done = subprocess.run([auszug(), "build", "--help"], capture_output=True, text=True, check=False)
    return "--workers" in done.stdout


def _build(home: Path, workers: int) -> Measured:
    """`auszug build` in `home` with so many workers, on as many cores. Raises RuntimeError where it failed."""
    options = ["--workers", str(workers)] if _takes_workers() else []
    done = measure([auszug(), "build", *options], cwd=home, cores=workers)
    if done.code > EXIT_PROBLEMS:
        raise RuntimeError(f"auszug build failed in {home}: {done.stderr.strip()[-300:]}")
    return done


@functools.cache
def cold(excerpts: int, workers: int) -> Measured:
    """A build of the corpus of this size from nothing; measured once a run of the benchmark."""
    return _from_nothing(excerpts, workers)


def _from_nothing(excerpts: int, workers: int) -> Measured:
    home = corpora.folder(excerpts)
    corpora.clean(home)
    return _build(home, workers)


def _shortest(excerpts: int, rounds: int) -> tuple[float, float]:
    """Wall times of builds from nothing on one core and on two, in turn: the shortest of each.

    A machine that is shared is faster at one time than at another, by more than what is compared.
    """
    one, two = [cold(excerpts, 1).seconds], [cold(excerpts, 2).seconds]
    for _ in range(rounds - 1):
        one.append(_from_nothing(excerpts, 1).seconds)
        two.append(_from_nothing(excerpts, 2).seconds)
    return min(one), min(two)


def _database(home: Path) -> Path:
    return home / "corpora" / "auszug.duckdb"


def _rows(path: Path) -> int:
    """Rows of all tables of a database."""
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = connection.execute("SELECT table_name FROM duckdb_tables() WHERE NOT internal").fetchall()
        return sum(connection.execute(f'SELECT count(*) FROM "{name}"').fetchall()[0][0] for (name,) in tables)  # noqa: S608


def measure_builds(*, quick: bool) -> Figures:
    """One core beside the peer on the same pages, two cores beside one, the stages of a build."""
    size = SIZES[0] if quick else SIZES[1]
    about = corpora.about(size)
    one = cold(size, 1)
    figures: Figures = {
        **{f"corpus {name}": value for name, value in about.items()},
        "one core s": one.cpu, "one core, wall s": one.seconds, "one core ms/excerpt": one.cpu / size * 1000,
        "one core, words/s": about["words"] / one.cpu, "one core, peak memory MB": one.peak_mb,
    }
    stages = _child(["--stages", str(size)], workers=1)
    figures |= stages
    database = _database(corpora.folder(size))
    figures["rows"] = _rows(database)
    figures["database kB/excerpt"] = database.stat().st_size / size / 1000
    peer = _child(["--peer", str(PEER_EXCERPTS // (4 if quick else 1))], workers=1)
    if peer:
        reading, ours = peer["peer reading ms/excerpt"], one.cpu / size * 1000
        wall = one.seconds / size * 1000
        figures |= peer
        figures["build / peer, rows one by one"] = (reading + peer["peer inserting one by one ms/excerpt"]) / ours
        figures["build / peer, rows by meeting"] = (reading + peer["peer inserting by meeting ms/excerpt"]) / ours
        figures["build / peer, wall, rows one by one"] = peer["peer one by one, wall ms/excerpt"] / wall
        figures["build / peer, wall, rows by meeting"] = peer["peer by meeting, wall ms/excerpt"] / wall
    if cores() > 1:
        two = cold(size, 2)
        figures["two cores, wall s"] = two.seconds
        figures["two cores, peak memory MB"] = two.peak_mb
        figures["two cores, main process ms/excerpt"] = two.own_cpu / size * 1000
        shortest = _shortest(size, 1 if quick else ROUNDS)
        figures["two cores / one core"] = shortest[0] / shortest[1]
    return figures


def _child(arguments: Sequence[str], *, workers: int) -> Figures:
    """Figures that another process of this module finds, on so many cores; empty (with a line) where it fails."""
    done = measure([sys.executable, "-m", "tests.bench.builds", *arguments], cores=workers)
    if done.code:
        print(f"{' '.join(arguments)}: could not be measured: {(done.stderr.strip().splitlines() or [''])[-1]}")
        return {}
    *notes, result = done.stdout.strip().splitlines()
    for note in notes:
        print(note)
    found: Figures = json.loads(result)
    return found


def measure_changes(*, quick: bool) -> Figures:
    """What a run costs where nothing is new, and where one excerpt is, until it is in the published database."""
    size = SIZES[0] if quick else SIZES[-1]
    workers = min(2, cores())
    home = corpora.folder(size)
    if not _database(home).is_file():
        corpora.clean(home)
        _build(home, workers)
    nothing = _build(home, workers)
    county = home / "corpora" / "county-01"
    before = set((county / "archive").iterdir())
    address = corpus_generator.change_one(county)
    try:
        changed = _build(home, workers)
        if not published(_database(home), county.name, address):
            raise RuntimeError(f"{address}: the change is not in the published database")
    finally:
        for added in set((county / "archive").iterdir()) - before:
            added.unlink()
        corpora.clean(home)
        cold.cache_clear()
    return {"changed among excerpts": size, "nothing new s": nothing.seconds, "one changed excerpt s": changed.seconds,
            "one changed excerpt, processor s": changed.cpu, "one changed excerpt, peak memory MB": changed.peak_mb}


def published(database: Path, source: str, address: str) -> bool:
    """Whether the page's changed text is what the database has now."""
    number = int(address.split("TOLFDNR=")[1].split("&")[0])
    with duckdb.connect(str(database), read_only=True) as connection:
        found = connection.execute(
            "SELECT count(*) FROM section JOIN agenda_item USING (item_id) WHERE source_id = ? AND tolfdnr = ? "
            "AND text LIKE '%Bau-Vorhaben%'", [source, number]).fetchall()
    return bool(found[0][0])


def measure_growth(*, quick: bool, largest: int = SIZES[-1]) -> Figures:
    """Time and memory of cold builds as corpora grow, on two cores where there are two."""
    workers = min(2, cores())
    sizes = [size for size in (*SIZES, largest) if size <= largest][: 2 if quick else None]
    figures: Figures = {}
    each: list[float] = []
    for size in dict.fromkeys(sizes):
        done = cold(size, workers)
        each.append(done.cpu / size * 1000)
        figures[f"{size:,} excerpts: ms/excerpt"] = each[-1]
        figures[f"{size:,} excerpts: wall s"] = done.seconds
        figures[f"{size:,} excerpts: peak memory MB"] = done.peak_mb
        figures[f"{size:,} excerpts: database MB"] = _database(corpora.folder(size)).stat().st_size / 1e6
        figures["peak memory MB, largest"] = done.peak_mb
        print(f"{size:,} excerpts: {done.seconds:.0f} s, {done.peak_mb:.0f} MB", flush=True)
    if len(each) > 1:
        figures["time per excerpt, largest / before"] = each[-1] / each[-2]
    return figures


# ------------------------------------------------------------------------ in a process of its own


def stages(excerpts: int) -> Figures:
    """Times of the stages of a cold build in one process, as its progress bar is told, and the rows that it loads a
    second (all of `Writer.load`, without the commit)."""
    import datetime as dt
    import time
    from unittest import mock

    from pipeline.build import build
    from pipeline.config import load_corpus
    from pipeline.store.writer import Writer

    home = corpora.folder(excerpts)
    corpora.clean(home)
    times: dict[str, float] = {}
    stage, since = "read, extract and load", time.process_time()

    def tell(told: str, *_: object) -> None:
        nonlocal stage, since
        now = time.process_time()
        times[stage] = times.get(stage, 0.0) + now - since
        stage, since = told if told in {"link", "publish"} else "read, extract and load", now

    rows, loading = 0, 0.0
    load = Writer.load

    def timed(writer: Writer, written: Sequence[Any], tables: Mapping[str, Any]) -> None:
        nonlocal rows, loading
        began = time.process_time()
        load(writer, written, tables)
        loading += time.process_time() - began
        rows += sum(table.num_rows for table in tables.values())

    corpora_here = [load_corpus(path.parent) for path in sorted((home / "corpora").glob("*/corpus.toml"))]
    with mock.patch.object(Writer, "load", timed):  # the writer itself tells no times
        build(corpora_here, target=_database(home), work_path=home / "corpora" / ".auszug" / "work.duckdb",
              clock=lambda: dt.datetime.now(dt.UTC), command="bench", progress=tell)
    tell("the end")
    figures = {f"{name} ms/excerpt": seconds / excerpts * 1000 for name, seconds in times.items()}
    return {**figures, "load rows/s": rows / max(loading, 1e-9)}


def main() -> int:
    """`--stages SIZE` or `--peer EXCERPTS`: figures as JSON on the last line."""
    from tests.bench import peer
    from tests.bench.peer_build import measure_peer_build

    what, number = sys.argv[1], int(sys.argv[2])
    if what == "--stages":
        found = stages(number)
    elif peer.available():
        archives = sorted((corpora.folder(corpora.SMALL) / "corpora").glob("county-*/archive"))
        found = measure_peer_build(archives, number)
    else:
        print("../shared/treebank is missing: no peer")
        found = {}
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
