"""One batch at a time, an orderly stop at any moment, a time limit, and the journal of it all."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline import journal, lock, stopping
from pipeline import run as batch
from pipeline.config import load_corpus
from pipeline.errors import BusyError, HarvestError, StoppedError, StoreError
from pipeline.harvest import HarvestSummary, RunReport, harvest
from pipeline.last_run import unpublished_run
from pipeline.lock import RunLock, look
from pipeline.paths import shipped_corpora
from pipeline.stopping import OrderlyStop, StopRequested
from pipeline.store.database import differences
from tests.allris_server.server import Faults, LocalAllris
from tests.conftest import ROOT
from tests.harvest_tools import SHORT, Held
from tests.harvest_tools import corpus as site_corpus
from tests.soak_runner import SOAK
from tests.test_harvest_kills import archived_excerpts
from tests.upkeep_samples import TEXT

NOON = dt.datetime(2026, 4, 1, 12, 0, tzinfo=dt.UTC)
AUSZUG = [sys.executable, "-m", "pipeline.cli"]


class Clock:
    """A clock that goes on by `step` seconds at each look."""

    def __init__(self, step: float = 1.0, start: dt.datetime = NOON) -> None:
        self.now, self.step = start, step

    def __call__(self) -> dt.datetime:
        self.now += dt.timedelta(seconds=self.step)
        return self.now


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "AUSZUG_DB": ""}


def tal(folder: Path, *, run_table: str = "", texts: int = 1) -> Path:
    place = folder / "corpora" / "tal"
    place.mkdir(parents=True, exist_ok=True)
    (place / "corpus.toml").write_text(
        '[corpus]\nname = "tal"\ntitle = "Tal"\n[files]\npaths = ["*.txt"]\nbody = "Tal"\norganization = "Rat"\n'
        f"[run]\n{run_table}\n", "utf-8")
    for number in range(texts):
        (place / f"{number}.txt").write_text(TEXT.format(number=number + 5), "utf-8")
    return place


def run_tal(folder: Path, *, clock: Any = None, **options: Any) -> batch.Summary:
    return batch.run([load_corpus(folder / "corpora" / "tal")], target=folder / "corpora" / "auszug.duckdb",
                     work_path=folder / "corpora" / ".auszug" / "work.duckdb", clock=clock or Clock(),
                     command="auszug run tal", **{"offline": True, **options})


# ---------------------------------------------------------------------------- the lock


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that has the lock of `tmp_path`/corpora/.auszug."""
    code = ("import sys, datetime as dt\nfrom pathlib import Path\nfrom pipeline.lock import RunLock\n"
            "with RunLock(Path(sys.argv[1]), command='auszug run berg', corpora=('berg',), clock=lambda: dt.datetime(2026, 3, 31, 2, 30,"
            " tzinfo=dt.UTC)):\n    print('held', flush=True)\n    sys.stdin.read()\n")
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "corpora" / ".auszug")], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True, env=environment())
    assert process.stdout and process.stdin
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_a_second_batch_is_refused_and_told_who_is_at_work(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    tal(tmp_path)
    with pytest.raises(BusyError) as refused:
        run_tal(tmp_path)
    assert f"process {holder.pid} since 2026-03-31 02:30:00 UTC: auszug run berg" in str(refused.value)
    assert refused.value.exit_code == 2
    assert journal.read(tmp_path / "corpora" / ".auszug") == [], "a refusal is no news"
    assert not (tmp_path / "corpora" / "auszug.duckdb").exists()


@pytest.mark.usefixtures("holder")
def test_another_database_in_the_same_folder_is_the_same_lock(tmp_path: Path) -> None:
    tal(tmp_path)
    done = subprocess.run([*AUSZUG, "run", "tal", "--offline", "--db", "other.duckdb"], cwd=tmp_path, env=environment(),
                          capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "another run is at work" in done.stderr
    assert done.stdout.startswith("auszug-summary exit=2 command=run corpora=tal message=")


def test_reading_commands_take_no_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, holder: subprocess.Popen[str]) -> None:
    from typer.testing import CliRunner

    from pipeline.cli import app

    monkeypatch.chdir(tmp_path)
    told = CliRunner().invoke(app, ["status", "--json"])
    assert told.exit_code == 2, "there is no database"
    running = json.loads(told.stdout)["running"]
    assert (running["pid"], running["command"]) == (holder.pid, "auszug run berg")


def test_a_killed_batch_holds_nothing_and_is_noted_by_the_next(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    tal(tmp_path)
    holder.kill()
    holder.wait()
    assert look(tmp_path / "corpora" / ".auszug").killed
    assert run_tal(tmp_path).exit_code == 0
    first, second = journal.read(tmp_path / "corpora" / ".auszug")
    assert (first.state, first.command, first.corpora, first.exit_code) == ("killed", "auszug run berg", ("berg",), 2)
    assert (second.state, second.exit_code, second.count("items")) == ("published", 0, 1)
    assert look(tmp_path / "corpora" / ".auszug") == lock.LockState()


def test_with_wait_the_batch_has_its_turn(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    tal(tmp_path)
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if seconds == lock.PATIENCE:
            holder.communicate("")  # the other one ends

    assert run_tal(tmp_path, wait=True, sleep=sleep).exit_code == 0
    assert slept[-1] == lock.PATIENCE


def test_a_forked_process_does_not_keep_the_lock(tmp_path: Path) -> None:
    read, write = os.pipe()
    born, birth = os.pipe()
    mine = RunLock(tmp_path, command="one", clock=Clock())
    mine.__enter__()
    child = os.fork()
    if child == 0:
        os.close(write)
        os.write(birth, b"1")
        os.read(read, 1)  # lives on until the test ends it
        os._exit(0)
    os.read(born, 1)
    mine.forget()  # as the system closes the files of a process that is killed
    try:
        with RunLock(tmp_path, command="two", clock=Clock(), sleep=lambda _: None) as second:
            assert second.abandoned is not None
            assert second.abandoned.command == "one"
    finally:
        os.close(write)
        os.waitpid(child, 0)
        for end in (read, born, birth):
            os.close(end)


def test_looking_refuses_nobody(tmp_path: Path) -> None:
    ended = threading.Event()

    def watch() -> None:
        while not ended.is_set():
            look(tmp_path)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        for _ in range(200):
            with RunLock(tmp_path, command="one", clock=Clock()):
                pass
    finally:
        ended.set()
        watcher.join()


def test_a_folder_that_cannot_lock_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unsupported(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr("fcntl.flock", unsupported)
    with pytest.raises(StoreError, match="a network drive has to support locks"), \
            RunLock(tmp_path, command="one", clock=Clock()):
        pass


# ---------------------------------------------------------------------------- the orderly stop


def stopped_program(body: str, *, until: str = "ready") -> tuple[subprocess.Popen[str], float]:
    """A program that is sent SIGTERM when it says it is ready; the process, ended, and how long it took to end."""
    process = subprocess.Popen([sys.executable, "-c", body], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               env=environment())
    assert process.stdout
    assert process.stdout.readline() == f"{until}\n"
    begin = time.monotonic()
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(60)
    finally:
        process.kill()  # one that does not end is not left behind
    return process, time.monotonic() - begin


def test_a_long_query_is_broken_off() -> None:
    """DuckDB alone ends it after the better part of a minute, and then with an error of its own."""
    process, seconds = stopped_program("""
import duckdb
from pipeline.stopping import OrderlyStop, StopRequested, interrupts
connection = duckdb.connect()
with OrderlyStop() as stop:
    try:
        with interrupts(connection):
            print("ready", flush=True)
            connection.execute("SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range * b.range % 7 = 3")
    except BaseException as error:
        print(stop.requested, isinstance(error, (StopRequested, RuntimeError, duckdb.Error)), flush=True)
""")
    assert process.stdout
    assert process.stdout.read() == "SIGTERM True\n"
    assert process.returncode == 0
    assert seconds < stopping.GRACE


def test_what_looks_for_no_signal_is_ended_where_it_stands(tmp_path: Path) -> None:
    process, seconds = stopped_program(f"""
import hashlib
from pathlib import Path
from pipeline.stopping import OrderlyStop, StopRequested
with OrderlyStop(grace=0.3, last_words=lambda why: Path({str(tmp_path / "words")!r}).write_text(why)):
    ready = False
    while True:
        try:
            if not ready:
                ready = True
                print("ready", flush=True)
            hashlib.pbkdf2_hmac("sha256", b"", b"", 2_000_000_000)
        except StopRequested:  # the signal came before the call
            continue
""")
    assert process.returncode == 2
    assert (tmp_path / "words").read_text() in {"a signal", "SIGTERM"}
    assert process.stderr
    assert "stopped" in process.stderr.read()
    assert seconds < 8


def test_an_exception_that_got_lost_is_raised_again() -> None:
    process, _ = stopped_program("""
import time
from pipeline import stopping
from pipeline.stopping import OrderlyStop, StopRequested
stopping.AGAIN = 0.2
with OrderlyStop() as stop:
    lost = 0
    try:
        while True:
            try:
                if not lost:
                    print("ready", flush=True)
                while True:
                    time.sleep(0.01)
            except StopRequested:
                lost += 1
                if lost == 2:
                    raise
    except StopRequested:
        print("ended", flush=True)
""")
    assert process.stdout
    assert process.stdout.read() == "ended\n"
    assert process.returncode == 0


def test_what_comes_after_a_batch_has_only_the_rest_of_the_time() -> None:
    process, seconds = stopped_program("""
import time
from pipeline.stopping import OrderlyStop, StopRequested
with OrderlyStop(grace=1.0):
    try:
        with OrderlyStop(grace=1.0):
            print("ready", flush=True)
            time.sleep(60)
        time.sleep(60)
    except StopRequested:
        time.sleep(60)  # a pool that does not end
""")
    assert process.returncode == 2
    assert seconds < 8


def test_handlers_are_as_before_and_ignored_signals_stay_ignored() -> None:
    before = signal.getsignal(signal.SIGTERM), signal.set_wakeup_fd(-1)
    hangup = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with OrderlyStop() as stop:
            os.kill(os.getpid(), signal.SIGHUP)
            assert stop.requested is None
            with pytest.raises(StopRequested, match="SIGTERM"):
                os.kill(os.getpid(), signal.SIGTERM)
            assert stop.halt.is_set()
            stop.settle()
            os.kill(os.getpid(), signal.SIGTERM)  # the end itself is not disturbed
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, hangup)
    assert (signal.getsignal(signal.SIGTERM), signal.set_wakeup_fd(-1)) == before


def test_a_harvest_that_is_stopped_leaves_a_silent_server_at_once(tmp_path: Path) -> None:
    held, halt = Held(10), threading.Event()
    with LocalAllris(faults=Faults(latency=1), sleep=held) as server:
        mine = site_corpus(tmp_path, server.url, delay=0)
        stopper = threading.Thread(target=lambda: (held.asked.wait(60), halt.set()))
        stopper.start()
        begin = time.monotonic()
        [report] = harvest([mine], halt=halt).reports
        seconds = time.monotonic() - begin
        held.go.set()
        stopper.join()
    assert report.state == "interrupted"
    assert seconds < 10, "not the 60 seconds that an answer may take"
    assert report.failed == 0, "what is broken off says nothing of the site"


def test_a_stop_in_the_harvest_stops_the_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    state = tmp_path / "corpora" / ".auszug"

    def stop_at(_seconds: float) -> None:
        if server.log and len(server.log) == 12:
            os.kill(os.getpid(), signal.SIGTERM)

    with LocalAllris(county=SHORT, faults=Faults(latency=1), sleep=stop_at) as server:
        mine = site_corpus(tmp_path / "corpora", server.url, delay=0)
        options: dict[str, Any] = {"offline": False, "target": tmp_path / "a.duckdb", "work_path": state / "work.duckdb",
                                   "clock": lambda: dt.datetime.now(dt.UTC), "command": "auszug run demo"}
        with pytest.raises(StoppedError, match=r"stopped \(SIGTERM\)"):
            batch.run([mine], **options)
        assert not (tmp_path / "a.duckdb").exists()
        [entry] = journal.read(state)
        assert (entry.state, entry.message) == ("stopped", "stopped (SIGTERM)")
        before = archived_excerpts(mine)
        summary = batch.run([mine], **options)
    assert summary.exit_code == 0
    assert before < archived_excerpts(mine)
    assert unpublished_run(state / "work.duckdb") is None


def build_county(folder: Path) -> None:
    summary = batch.run([load_corpus(shipped_corpora() / name) for name in ("ahrenfeld", "seed")], offline=True,
                        target=folder / "corpora" / "auszug.duckdb", command="auszug build",
                        work_path=folder / "corpora" / ".auszug" / "work.duckdb", clock=Clock())
    assert summary.exit_code == 0


@pytest.mark.soak
def test_signals_at_any_moment(tmp_path: Path) -> None:
    """A batch of the county, stopped at random moments: it ends within ten seconds, and the next one completes it."""
    dice = random.Random(7)
    quiet, loud = tmp_path / "quiet", tmp_path / "loud"
    for folder in (quiet, loud):
        folder.mkdir()
    build_county(quiet)
    held = loud / "corpora" / ".auszug" / "run.lock"
    stopped = 0
    for number in range(2 * SOAK):
        if number % 5 == 0:  # from nothing; else there is little left to do
            for name in ("work.duckdb", "work.duckdb.wal"):
                (held.parent / name).unlink(missing_ok=True)
        process = subprocess.Popen([*AUSZUG, "build", "ahrenfeld", "seed"], cwd=loud, env=environment(), text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        while process.poll() is None and not (held.exists() and held.stat().st_size):
            time.sleep(0.005)
        wait = time.monotonic() + dice.random() * (0.5 if number == 0 else 2.5)
        while process.poll() is None and time.monotonic() < wait:
            time.sleep(0.005)
        begin = time.monotonic()
        process.send_signal(dice.choice([signal.SIGTERM, signal.SIGINT, signal.SIGHUP]))
        out, err = process.communicate(timeout=30)
        assert time.monotonic() - begin < 10
        assert process.returncode in {0, 2}, err
        if process.returncode == 2:
            stopped += 1
            assert "auszug: stopped (SIG" in err
            assert out.splitlines()[-1].startswith("auszug-summary exit=2 command=build")
            assert journal.read(held.parent)[-1].state == "stopped"
    build_county(loud)
    assert differences(quiet / "corpora" / "auszug.duckdb", loud / "corpora" / "auszug.duckdb") == []
    assert look(held.parent) == lock.LockState()
    print(f"\n{2 * SOAK} signals, {stopped} in the middle of a batch")
    assert stopped > 0


# ---------------------------------------------------------------------------- the time limit


def test_out_of_time_nothing_is_published_and_the_next_run_completes(tmp_path: Path) -> None:
    tal(tmp_path, run_table='time_limit = "1m"', texts=12)
    with pytest.raises(StoppedError, match="the time limit is reached"):
        run_tal(tmp_path, clock=Clock(step=60))
    assert not (tmp_path / "corpora" / "auszug.duckdb").exists()
    [entry] = journal.read(tmp_path / "corpora" / ".auszug")
    assert (entry.state, entry.exit_code, entry.message) == ("failed", 2, "the time limit is reached")
    note = unpublished_run(tmp_path / "corpora" / ".auszug" / "work.duckdb")
    assert note is not None and "the time limit is reached" in (note.message or "")
    assert run_tal(tmp_path, clock=Clock(step=0.1)).items == 12


def test_the_harvest_leaves_time_to_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[float | None] = []

    def fake(_corpora: Any, **options: Any) -> HarvestSummary:
        given.append(options.get("time_limit"))
        return HarvestSummary(reports=(RunReport(corpus="berg", run="berg-1", started="2026-04-01T12:00:00Z",
                                                 state="failed", stop="unreachable", message="berg does not answer"),))

    monkeypatch.setattr(batch, "harvest", fake)
    mine = site_corpus(tmp_path, "https://berg.example/", name="berg", allow_private_addresses=False)
    with (mine.folder / "corpus.toml").open("a") as file:
        file.write('[run]\ntime_limit = "1h"\n')
    state = tmp_path / ".auszug"

    def attempt() -> None:
        with pytest.raises(HarvestError):
            batch.run([load_corpus(mine.folder)], offline=False, target=tmp_path / "a.duckdb",
                      work_path=state / "work.duckdb", clock=Clock(), command="auszug run berg")

    for seconds in (0, 600, 7200):
        journal.append(state, journal.Entry(command="auszug run berg", corpora=("berg",), started=NOON, ended=NOON,
                                            state="published", exit_code=0, counts={"build_seconds": seconds}))
        attempt()
    assert given == [3600 - 360, 3600 - 1200, 3600 - 1800]


# ---------------------------------------------------------------------------- exit code and journal


def test_a_site_that_fails_again_in_the_same_way_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reasons = ["no answer after 15 s", "no answer after 17 s", "robots.txt forbids it"]

    def fake(_corpora: Any, **_options: Any) -> HarvestSummary:
        return HarvestSummary(reports=(RunReport(corpus="berg", run="berg-1", started="2026-04-01T12:00:00Z",
                                                 state="failed", stop="unreachable", message=reasons.pop(0)),))

    monkeypatch.setattr(batch, "harvest", fake)
    berg = site_corpus(tmp_path, "https://berg.example/", name="berg", allow_private_addresses=False)
    here = load_corpus(tal(tmp_path))
    codes = [batch.run([berg, here], offline=False, target=tmp_path / "a.duckdb", work_path=tmp_path / ".s" / "work.duckdb",
                       clock=Clock(), command="auszug run").exit_code for _ in range(3)]
    assert codes == [1, 0, 1]


def test_the_journal_is_bounded_and_survives_damage(tmp_path: Path) -> None:
    entry = journal.Entry(command="auszug run tal", corpora=("tal",), started=NOON, ended=NOON, state="published", exit_code=0)
    journal.append(tmp_path, entry)
    path = tmp_path / journal.HISTORY_FILE
    path.write_bytes(b"\xff broken\n" + path.read_bytes() * (journal.KEEP + 20))
    journal.append(tmp_path, entry)
    assert len(path.read_bytes().splitlines()) == journal.KEEP
    assert journal.read(tmp_path, last=2) == [entry, entry]


def test_a_dry_run_leaves_no_trace(tmp_path: Path) -> None:
    tal(tmp_path)
    assert run_tal(tmp_path, dry_run=True).items == 1
    assert not (tmp_path / "corpora" / ".auszug").exists()
