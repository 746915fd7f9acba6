"""A harvest that is killed anywhere goes on where it stopped: nothing archived is fetched twice, nothing is lost.

The short form kills three times; `make soak` a hundred times (AUSZUG_SOAK x 5), with the seed printed and the result in
tests/soak.json.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from pipeline import run as batch
from pipeline.config import Corpus
from pipeline.harvest.archive import OPEN_SUFFIX, ArchivedPage, read_file
from pipeline.harvest.ledger import Ledger
from pipeline.harvest.recorder import rebuild
from pipeline.harvest.runs import read_reports
from pipeline.store.database import differences
from tests.allris_server.faults import Faults
from tests.allris_server.server import LocalAllris
from tests.harvest_tools import EXCERPTS, SHORT, Held, contents, corpus, draw_seed, responses
from tests.soak_runner import SOAK, note

KILLS = 3 if SOAK == 1 else 5 * SOAK


def start(mine: Corpus) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "tests.harvest_in_process", str(mine.folder)], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, cwd=Path(__file__).parents[1], preexec_fn=_heed_interrupts)


def _heed_interrupts() -> None:
    # tests that run as a shell's background job inherit that SIGINT is ignored, and would pass it on
    signal.signal(signal.SIGINT, signal.default_int_handler)


def archived_excerpts(mine: Corpus) -> set[str]:
    """The pages (`to020:51205`) whose response is whole in the archive, unfinished files included."""
    found = set()
    for path in [*mine.archive.glob("*.warc.gz"), *mine.archive.glob(f"*{OPEN_SUFFIX}")]:
        for item in read_file(path):
            if isinstance(item, ArchivedPage) and "/to020?" in item.url:
                found.add("to020:" + item.url.partition("TOLFDNR=")[2].partition("&")[0])
    return found


def database(mine: Corpus, folder: Path) -> Path:
    folder.mkdir()
    batch.build([mine], target=folder / "auszug.duckdb", work_path=folder / "work.duckdb", command="test",
                clock=lambda: dt.datetime(2026, 3, 3, tzinfo=dt.UTC))
    return folder / "auszug.duckdb"


@pytest.mark.soak
def test_kills(tmp_path: Path) -> None:
    seed = draw_seed(f"{KILLS} kills")
    dice = random.Random(seed)
    began = time.monotonic()
    with LocalAllris() as server:
        mine = corpus(tmp_path, server.url, delay=0)
        undisturbed = corpus(tmp_path / "quiet", server.url, delay=0)
        process = start(undisturbed)
        assert process.wait(60) == 0, process.stderr and process.stderr.read()
        whole = len(server.log)
        # as many kills as wanted, spread over the harvest: each run may go on for a random number of requests
        killed = twice = 0
        forbidden: set[str] = set()
        rounds = 0
        while killed < KILLS:
            rounds += 1
            here = corpus(tmp_path / f"round{rounds}", server.url, delay=0)
            forbidden = set()
            finished = False
            while killed < KILLS and not finished:
                first = len(server.log)
                stop_at = dice.randrange(1, max(2, whole // 6))
                process = start(here)
                try:
                    while process.poll() is None and len(server.log) - first < stop_at:
                        time.sleep(0.0005)
                    time.sleep(dice.random() * 0.004)
                    if process.poll() is None:
                        process.send_signal(signal.SIGKILL)
                        killed += 1
                    else:
                        finished = True
                finally:
                    process.wait(30)
                    for pipe in (process.stdout, process.stderr):
                        assert pipe
                        pipe.close()
                twice += sum(page in forbidden for page in server.pages("to020")[_excerpts_before(server, first):])
                forbidden |= archived_excerpts(here)
            first = len(server.log)
            process = start(here)
            out, err = process.communicate(timeout=120)
            assert process.returncode == 0, err.decode()[-2000:]
            twice += sum(page in forbidden for page in server.pages("to020")[_excerpts_before(server, first):])
            assert json.loads(out)["exit_code"] == 0
            assert contents(here) == contents(undisturbed), "the same archive"
            assert len(contents(here, "to020")) == EXCERPTS
            assert not list(here.archive.glob(f"*{OPEN_SUFFIX}"))
            excerpts = {address: count for address, count in responses(here).items() if "to020" in address}
            assert set(excerpts.values()) == {1}, "none is archived twice"
            again = Ledger(None, base=server.url)
            rebuild(again, here.archive)
            live = Ledger(here.folder / "ledger.sqlite", base=server.url)
            assert live.dump() == again.dump(), "the ledger says what the archive says"
            live.close()
            states = Counter(report.state for report in read_reports(here.folder))
            assert states["running"] == 0
            assert differences(database(here, tmp_path / f"db{rounds}"), _quiet(undisturbed, tmp_path)) == []
        del mine
    assert twice == 0, "no excerpt that was archived is fetched again"
    note("harvest_kills", kills=killed, rounds=rounds, seed=seed, fetched_twice=twice,
         seconds=round(time.monotonic() - began, 1))


def _quiet(undisturbed: Corpus, folder: Path) -> Path:
    path = folder / "quiet-db" / "auszug.duckdb"
    return path if path.exists() else database(undisturbed, folder / "quiet-db")


def _excerpts_before(server: LocalAllris, first: int) -> int:
    return sum(entry.page.startswith("to020") for entry in server.log[:first])


def test_a_full_disk(tmp_path: Path) -> None:
    """No file may grow beyond 200 kB: one clear line, and with room again the harvest goes on where it stopped."""
    with LocalAllris(county=SHORT) as server:
        mine = corpus(tmp_path, server.url, delay=0)
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.harvest_in_process", str(mine.folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            cwd=Path(__file__).parents[1], preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000)))
        out, err = process.communicate(timeout=60)
        assert process.returncode == 2, err.decode()[-2000:]
        [report] = json.loads(out)["harvest"]
        assert report["state"] == "failed"
        assert "cannot be written" in report["message"]
        before = archived_excerpts(mine)
        first = len(server.log)
        process = start(mine)
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err.decode()[-2000:]
        assert not before & set(server.pages("to020")[_excerpts_before(server, first):])
        items = {f"to020:{item.tolfdnr}" for meeting in SHORT.meetings for item in meeting.items if item.texts}
        assert archived_excerpts(mine) == items


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_an_orderly_stop(tmp_path: Path, sign: signal.Signals) -> None:
    held = Held(40)
    with LocalAllris(faults=Faults(latency=1), sleep=held) as server:
        mine = corpus(tmp_path, server.url, delay=0)
        process = start(mine)
        assert held.asked.wait(60), "the harvest did not get as far"
        process.send_signal(sign)
        held.go.set()
        out, err = process.communicate(timeout=30)
        [report] = json.loads(out)["harvest"]
        assert report["state"] == "interrupted", err.decode()
        assert process.returncode == 1
        assert not list(mine.archive.glob(f"*{OPEN_SUFFIX}")), "closed and renamed"
        assert report["new"] > 0


@pytest.mark.soak
def test_memory_and_speed(tmp_path: Path) -> None:
    """20,000 pages (soak; 1,000 in the short form): memory stays flat, and the program's own overhead allows 100 pages/s."""
    meetings = 250 * SOAK
    site = subprocess.Popen([sys.executable, "-m", "tests.allris_server.server", "--port", "0", "--oparl", "none",
                             "--meetings", str(meetings)], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1])
    assert site.stdout
    try:
        url = site.stdout.readline().partition(" at ")[2].partition(" ")[0]
        mine = corpus(tmp_path, url, delay=0)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        process = start(mine)
        peaks: list[tuple[int, int]] = []
        while process.poll() is None:
            memory = _resident(process.pid)
            if memory:
                peaks.append((_written(mine), memory))
            time.sleep(0.05)
        out, err = process.communicate()
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
    finally:
        site.kill()
        site.wait()
        site.stdout.close()
    [report] = json.loads(out)["harvest"]
    assert report["state"] == "done", err.decode()[-2000:]
    pages = report["requests"]
    speed = pages / report["seconds"]
    own = pages / (used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime)
    half = peaks[len(peaks) // 4: len(peaks) // 2]
    early, late = max(m for _, m in half), max(m for _, m in peaks)
    print(f"\n{pages} pages, {speed:.0f} pages/s by the clock, {own:.0f} by the program's own time; resident "
          f"{early / 1024:.0f} MB in the second quarter, {late / 1024:.0f} MB at most")
    assert late < early * 1.25 + 20_000
    assert own >= 100  # its own processor time: the clock's depends on what else the machine does
    note("harvest_memory_and_speed", pages=pages, pages_per_second=round(speed), pages_per_second_own_time=round(own),
         resident_mb_second_quarter=early // 1024, resident_mb_peak=late // 1024)


def _resident(pid: int) -> int:
    """Resident memory in kB; 0 where the process has ended."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
    except OSError:
        return 0
    return 0


def _written(mine: Corpus) -> int:
    return sum(path.stat().st_size for path in mine.archive.glob("*.warc.gz*")) if mine.archive.exists() else 0
