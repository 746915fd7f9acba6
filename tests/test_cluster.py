"""Builds on a cluster of real worker processes: the same rows as in one process, whatever happens to workers.

The short form kills two of four workers in one build; `make soak` in AUSZUG_SOAK builds.
"""

from __future__ import annotations

import os
import pickle
import random
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pipeline.build import cache, remote
from pipeline.build.executors import InProcess
from pipeline.build.remote import Needed, Order
from pipeline.build.tasks import MakeRows, ParsePart
from pipeline.config import load_corpus
from pipeline.errors import ClusterError, ConfigError
from pipeline.harvest import archive
from pipeline.paths import shipped_corpora
from pipeline.sources import SourceProblem
from pipeline.store.database import differences
from tests.allris_server.county import load
from tests.cluster_tasks import DEADLY, DeadlyPart, Slow, Stuck, Times, Waiting, scheduler, worker
from tests.test_build import agenda, build, corpus, excerpts, harvest

distributed = pytest.importorskip("distributed", reason="distributed is not installed (pip install 'auszug[scale]')")

import dask  # noqa: E402

from pipeline.build import cluster, results_store  # noqa: E402 - after the look for its packages
from pipeline.build.cluster import Cluster  # noqa: E402
from pipeline.build.results_store import Store  # noqa: E402
from tests.soak_runner import SOAK  # noqa: E402

COUNTY = load_corpus(shipped_corpora() / "ahrenfeld")
[WARC, *_] = archive.archive_files(COUNTY.archive)


@pytest.fixture(autouse=True)
def _small_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The county in some thirty tasks."""
    monkeypatch.setattr("pipeline.build.rounds.TASK_UNITS", 8)
    monkeypatch.setattr("pipeline.build.collect.PART_BYTES", 20_000)


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The county's database as one process builds it."""
    folder = tmp_path_factory.mktemp("one")
    build(COUNTY, folder, executor=InProcess())
    return folder / "auszug.duckdb"


@pytest.fixture(scope="module")
def forks() -> BaseContext:
    """Processes that begin with what they would load loaded already, for the sake of time."""
    dask.config.set({"distributed.worker.multiprocessing-method": "forkserver"})
    context: BaseContext = distributed.utils.get_mp_context()
    context.set_forkserver_preload(["distributed", "pipeline.build.remote", "pipeline.extract.pipeline"])
    return context


@pytest.fixture(scope="module")
def running(forks: BaseContext) -> Iterator[Any]:  # noqa: ARG001 - its processes are of that kind
    """A cluster of four worker processes; who dies is started again by its nanny."""
    with distributed.LocalCluster(
            n_workers=4, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address="127.0.0.1:0",
            worker_dashboard_address="127.0.0.1:0", silence_logs=50,
            scheduler_kwargs={"allowed_failures": 1, "dashboard": False}) as cluster_:
        yield cluster_


@pytest.fixture
def four(running: Any) -> Any:
    """The cluster with all its workers."""
    running.wait_for_workers(4, timeout=60)
    return running


def workers_of(running: Any) -> list[int]:
    """Process ids of the workers that live."""
    return [nanny.pid for nanny in running.workers.values() if nanny.pid]


# -------------------------------------------------------------------------------- the same rows


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(SOAK))
def test_two_of_four_workers_are_killed_and_the_rows_are_the_same(
    tmp_path: Path, four: Any, one: Path, seed: int
) -> None:
    draw = random.Random(seed)
    kills = sorted(draw.sample(range(2, 20), 2))
    calls = 0

    def kill(_stage: str, _done: int, _total: int | None) -> None:
        nonlocal calls
        calls += 1
        if calls in kills:
            os.kill(draw.choice(workers_of(four)), signal.SIGKILL)

    with Cluster(four.scheduler_address, store=f"file://{tmp_path}/store" if seed % 2 else None, direct=0) as on:
        build(COUNTY, tmp_path, executor=on, progress=kill)
        assert on.workers >= 2, "it was the cluster that did the work"
    assert calls > max(kills), f"both were killed (seed {seed}, at {kills})"
    assert differences(tmp_path / "auszug.duckdb", one) == []


def test_rows_that_pass_through_a_store_are_the_same_and_nothing_stays_there(
    tmp_path: Path, four: Any, one: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An archive that the workers do not see goes through the store; an interrupted build's rows are taken again."""
    monkeypatch.setattr(Needed, "visible", lambda _: False)  # here: the workers' own is not touched
    store = f"file://{tmp_path}/store"
    put: list[str] = []
    real = Store.put
    monkeypatch.setattr(Store, "put", lambda self, path: put.append(path.name) or real(self, path))
    real_of = Needed.of
    monkeypatch.setattr(Needed, "of", lambda task, stored=None: msgspec.structs.replace(
        real_of(task, stored), path=f"/elsewhere{task.path}"))

    def stop(stage: str, done: int, _total: int | None) -> None:
        if stage.endswith("items") and done >= 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), Cluster(four.scheduler_address, store=store, owner="me", direct=0) as on:
        build(COUNTY, tmp_path, executor=on, progress=stop)
    assert put
    left = list(Path(tmp_path / "store").rglob("*.parquet"))
    assert left, "rows that were made and not loaded"
    path = left[0].relative_to(tmp_path / "store").as_posix()
    assert "/rows/source=ahrenfeld/table=" in path and "/year=20" in path, path
    left[0].write_bytes(left[0].read_bytes()[:-10])
    made: list[int] = []
    real_submit = Cluster._submit
    monkeypatch.setattr(Cluster, "_submit", lambda self, job, **options: (
        made.append(1) if isinstance(job.task, MakeRows) else None, real_submit(self, job, **options))[1])
    with Cluster(four.scheduler_address, store=store, owner="me", direct=0) as on:
        assert on._known
        again = build(COUNTY, tmp_path, 1, executor=on)
    assert again.exit_code == 0
    assert len(made) < len(left), "what was left was taken"
    assert differences(tmp_path / "auszug.duckdb", one) == []
    assert list((tmp_path / "store").iterdir()) == []


def test_a_page_that_kills_whoever_parses_it_is_given_up_alone(tmp_path: Path, four: Any) -> None:
    tal = corpus(tmp_path)
    meeting = load().meetings[0]
    page = excerpts(meeting)[0][1]
    harvest(tal, [agenda(meeting), (f"to020?{DEADLY}&SILFDNR={meeting.silfdnr}", page)], 0)
    [bad] = archive.archive_files(tal.archive)
    parts = [(WARC, start, end) for start, end in archive.parts(WARC, at_least=150_000)]
    starts = [start for start, _ in archive.parts(bad, at_least=1)]
    parts.insert(1, (bad, starts[1], starts[-1]))  # the agenda, a request, the deadly page
    with Cluster(four.scheduler_address) as on:
        found = list(on.map(DeadlyPart(path=str(path), start=start, end=end) for path, start, end in parts))
    plain = [ParsePart(path=str(path), start=start, end=end).perform() for path, start, end in parts]
    assert [data for n, data in enumerate(found) if n != 1] == [data for n, data in enumerate(plain) if n != 1]
    whole, problem = cache.unpack(found[1])
    assert whole == next(cache.unpack(plain[1]))
    assert isinstance(problem, SourceProblem)
    assert problem.code == "too_costly"
    assert "it killed the process that worked on it, again and again (ended by signal 9)" in problem.message
    assert problem.address.startswith(f"{bad.name} (byte ")


# -------------------------------------------------------------------------------- slow, stuck, stopped


def test_slow_and_stuck_tasks_hold_nothing_up(tmp_path: Path, four: Any) -> None:
    folder = str(tmp_path)
    tasks = [*(Times(n) for n in range(8)), Slow(8, folder), *(Times(n) for n in range(9, 20)), Stuck(20, folder)]
    try:
        with Cluster(four.scheduler_address, slow=(0.3, 2.0), stuck=(2.0, 2.0)) as on:
            assert list(on.map(tasks)) == [*(2 * n for n in range(20)), "ended"]
        assert (tmp_path / "first").exists()
    finally:
        (tmp_path / "go").touch()


def test_only_a_bounded_number_of_tasks_is_under_way_and_a_stop_leaves_nothing(tmp_path: Path, four: Any) -> None:
    taken: list[int] = []

    def tasks() -> Iterator[Times]:
        for n in range(1000):
            taken.append(n)
            yield Times(n) if n < 20 else Waiting(n, str(tmp_path))

    def interrupted() -> None:
        with Cluster(four.scheduler_address) as on:
            for done, result in enumerate(on.map(tasks())):
                assert result == 2 * done
                assert len(taken) <= done + 1 + 4 * 3
                if done == 15:
                    raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    (tmp_path / "go").touch()
    with Cluster(four.scheduler_address) as on:
        assert list(on.map(Times(n) for n in range(5))) == [0, 2, 4, 6, 8], "the cluster goes on to work"
    assert four.scheduler.clients.keys() <= {"fire-and-forget"}
    assert four.scheduler.tasks == {}


def test_what_a_task_raises_is_raised_here_and_another_version_is_refused(
    tmp_path: Path, four: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = tmp_path / "gone.warc.gz"
    missing.write_bytes(WARC.read_bytes())
    with Cluster(four.scheduler_address) as on:
        task = ParsePart(path=str(missing), start=0, end=None)
        monkeypatch.setattr(cluster.Needed, "of", lambda *_: Needed(path="/no/such", size=1, start=0, end=None, head=""))
        with pytest.raises(ClusterError, match=r"the worker does not see /no/such .* --store"):
            list(on.map([task]))
        monkeypatch.undo()
        mine = remote.facts()
        monkeypatch.setattr(remote, "facts", lambda: {**mine, "parser": "0123"})
        with pytest.raises(ClusterError, match=r"tcp://127.*another version: parser [0-9a-f]+ \(here 0123\)"):
            list(on.map([Times(1)]))


# -------------------------------------------------------------------------------- a scheduler that restarts


@pytest.fixture
def start(forks: BaseContext) -> Iterator[Callable[..., BaseProcess]]:
    """Starts a part of a cluster and waits until it is there; in the end all of them are killed."""
    running: list[BaseProcess] = []

    def starting(part: Callable[..., None], *arguments: Any) -> BaseProcess:
        ready = forks.Event()
        process: BaseProcess = forks.Process(target=part, args=(ready, *arguments))  # type: ignore[attr-defined]
        process.start()
        running.append(process)
        assert ready.wait(60)
        return process

    yield starting
    for process in running:
        process.kill()
        process.join()


def test_a_scheduler_that_restarts_costs_nothing_and_one_that_stays_away_is_an_error(
    tmp_path: Path, one: Path, start: Callable[..., BaseProcess]
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    first = start(scheduler, port)
    start(worker, address)
    start(worker, address)
    calls = 0

    def restart(_stage: str, _done: int, _total: int | None) -> None:
        nonlocal calls, first
        calls += 1
        if calls == 6:
            first.kill()
            first.join()
            first = start(scheduler, port)
            start(worker, address)

    with Cluster(address, patience=60) as on:
        build(COUNTY, tmp_path, executor=on, progress=restart)
    assert calls > 6
    assert differences(tmp_path / "auszug.duckdb", one) == []

    def tasks() -> Iterator[Times]:
        for n in range(100):
            if n == 50:
                first.kill()
            yield Times(n)

    with pytest.raises(ClusterError, match=r"the scheduler was away for more than 0.5 s; what is done is kept"), \
            Cluster(address, patience=0.5) as on:
        list(on.map(tasks()))


# -------------------------------------------------------------------------------- a worker's side, without a cluster


def order(task: Any, **options: Any) -> bytes:
    return remote.packed(Order(task=remote.packed(task), **options))


def test_a_part_of_an_archive_is_read_from_the_store_as_from_the_archive(tmp_path: Path) -> None:
    store = Store(f"file://{tmp_path}/store")
    name = store.put(WARC)
    for start, end in list(archive.parts(WARC, at_least=20_000))[:3]:
        task = ParsePart(path=str(WARC), start=start, end=end)
        away = msgspec.structs.replace(Needed.of(task, name), path=f"/elsewhere/{WARC.name}")
        kind, data, _ = remote.perform(remote.facts(), order(task, needed=away, store=store.url))
        assert kind == "done"
        assert pickle.loads(data) == task.perform()  # noqa: S301 - just made
        assert remote.perform(remote.facts(), order(task, needed=away))[:2] == ("unseen", away.path.encode())
    store.clear()
    assert remote.perform(remote.facts(), order(task, needed=away, store=store.url))[0] == "unseen"


def test_a_file_of_the_same_name_with_other_content_is_not_taken_for_the_archive(tmp_path: Path) -> None:
    task = ParsePart(path=str(WARC), start=0, end=None)
    needed = Needed.of(task)
    assert needed.visible()
    other = tmp_path / WARC.name
    other.write_bytes(bytes(WARC.stat().st_size))
    assert not msgspec.structs.replace(needed, path=str(other)).visible()


def test_the_archive_is_put_into_a_store_once_for_each_size_and_time(tmp_path: Path) -> None:
    store = Store(f"file://{tmp_path}/store")
    file = tmp_path / "a.warc.gz"
    file.write_bytes(b"one")
    first = store.put(file)
    os.utime(tmp_path / "store" / first, (1, 1))
    assert store.put(file) == first
    assert (tmp_path / "store" / first).stat().st_mtime == 1, "not written again"
    file.write_bytes(b"two!")
    assert store.put(file) != first


@pytest.fixture(scope="module")
def task(tmp_path_factory: pytest.TempPathFactory) -> MakeRows:
    """A task with pages of several years, as a build makes it."""
    tasks: list[MakeRows] = []

    class Recording(InProcess):
        def map(self, some: Any) -> Any:
            for task in some:
                if isinstance(task, MakeRows):
                    tasks.append(task)
                yield task.perform()

    folder = tmp_path_factory.mktemp("task")
    tal = corpus(folder)
    for day, meeting in enumerate(load().meetings[:4]):
        harvest(tal, [agenda(meeting), *excerpts(meeting)[:2]], day)
    build(tal, folder, executor=Recording())
    units = tuple(unit for task in tasks for unit in task.units)
    return msgspec.structs.replace(tasks[0], units=units)


@pytest.mark.parametrize("scheme", ["file", "memory"])
def test_rows_in_a_store_come_back_by_year_and_damage_is_seen(tmp_path: Path, scheme: str, task: MakeRows) -> None:
    made = task.perform()
    store = Store(f"{scheme}://{tmp_path}/store")
    store.check()
    found = results_store.stored_rows(store, "k1", task.units, made)
    assert store.orders() == {"k1"}
    assert results_store.known_rows(store, "k1") == found
    parts = msgspec.json.decode(found, type=results_store.Parts).parts
    years = {part.path.split("year=")[1][:4] for part in parts if part.table == "agenda_item"}
    assert len(years) > 1
    assert years == {unit.record.date[:4] for unit in task.units}  # type: ignore[union-attr, index]
    back = results_store.loaded_rows(store, found)
    assert msgspec.structs.replace(back, tables={}) == msgspec.structs.replace(made, tables={})
    for name, data in made.tables.items():
        before, after = (results_store.arrow.unpacked(some) for some in (data, back.tables[name]))
        assert after.schema == before.schema
        assert sorted(map(repr, after.to_pylist())) == sorted(map(repr, before.to_pylist()))
    store.write(parts[0].path, store.read(parts[0].path)[:-1])
    with pytest.raises(ValueError, match="damaged"):
        results_store.loaded_rows(store, found)
    results_store.remove_rows(store, "k1", found)
    assert store.orders() == set()
    with pytest.raises(ValueError, match="gone"):
        results_store.loaded_rows(store, found)
    store.clear()


@pytest.mark.parametrize(("on", "options", "says"), [
    ("scheduler", {}, "as in tcp://scheduler:8786"),
    ("tcp://127.0.0.1:8786", {"workers": 2}, "--workers does not go with"),
    ("local", {"store": "nothing://x"}, "the store cannot be used"),
])
def test_what_cannot_be_is_said_at_once(tmp_path: Path, on: str, options: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        cluster.executor(on, **{"workers": None, "store": None, "state": tmp_path, **options})


def test_a_store_that_cannot_be_written_is_said_before_anything_is_done(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="the store cannot be used"), \
            Cluster("local", store=f"file://{tmp_path}/file"):
        raise AssertionError("entered")


def test_without_the_extra_its_name_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ConfigError, match=r"pip install 'auszug\[scale\]'"):
        Cluster("local")
