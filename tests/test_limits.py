"""A page may take only so much time and memory, in the main thread and in others, and nothing is left behind."""

from __future__ import annotations

import contextlib
import re
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import AuszugError, PageTooLarge, PageTooSlow
from pipeline.limits import page_limit

ROOT = Path(__file__).parents[1]


def spin(seconds: float = 20) -> None:
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def in_main(work: Callable[[], Any]) -> Any:
    return work()


def in_thread(work: Callable[[], Any]) -> Any:
    outcome: list[Any] = []

    def body() -> None:
        try:
            outcome.append((True, work()))
        except BaseException as error:
            outcome.append((False, error))

    thread = threading.Thread(target=body)
    thread.start()
    thread.join()
    good, value = outcome[0]
    if good:
        return value
    raise value


places = pytest.mark.parametrize("where", [in_main, in_thread])


@places
def test_a_block_that_takes_too_long_ends(where: Callable[..., Any]) -> None:
    spent: list[float] = []

    def work() -> None:
        began = time.thread_time()
        try:
            with page_limit(0.05, where="seite.html"):
                spin()
        finally:
            spent.append(time.thread_time() - began)

    with pytest.raises(PageTooSlow, match=r"seite\.html: the page takes longer than 0\.05 s") as caught:
        where(work)
    assert spent[0] < 5, "not the 20 seconds that it would take"
    assert isinstance(caught.value, AuszugError) and caught.value.code == "too_slow"


@places
def test_the_block_cannot_swallow_it_as_an_error_of_its_own(where: Callable[..., Any]) -> None:
    def work() -> str:
        with page_limit(0.05):
            try:
                spin()
            except Exception:
                return "swallowed"
        return "over"

    with pytest.raises(PageTooSlow):
        where(work)


@places
def test_a_block_that_swallows_everything_is_interrupted_again_and_counts_as_too_slow(where: Callable[..., Any]) -> None:
    caught = []

    def work() -> None:
        with page_limit(0.05):
            while len(caught) < 2:
                try:
                    spin()
                except BaseException as error:
                    caught.append(type(error).__name__)

    with pytest.raises(PageTooSlow):
        where(work)
    assert caught == ["_TimeUp", "_TimeUp"]


@places
def test_time_that_passes_without_work_does_not_count(where: Callable[..., Any]) -> None:
    def work() -> str:
        with page_limit(0.05):
            threading.Event().wait(0.2)
        return "whole"

    assert where(work) == "whole"


@places
def test_blocks_nest(where: Callable[..., Any]) -> None:
    told: list[str] = []

    def work() -> None:
        with page_limit(30, where="outer"):
            with pytest.raises(PageTooSlow, match="inner"), page_limit(0.05, where="inner"):
                spin()
            told.append("the outer block goes on")
        with page_limit(0.05, where="outer"):
            try:
                with page_limit(30, where="inner"):
                    spin()
            finally:
                told.append("the inner block was left")

    with pytest.raises(PageTooSlow, match="outer"):
        where(work)
    assert told == ["the outer block goes on", "the inner block was left"]


@places
def test_it_never_fires_outside_its_block(where: Callable[..., Any]) -> None:
    """Blocks that end at the very moment at which they are over, many times: either PageTooSlow, or nothing."""
    def work() -> int:
        slow = 0
        for _ in range(150):
            try:
                with page_limit(0.0021):
                    spin(0.002)
            except PageTooSlow:
                slow += 1
            spin(0.0005)
        return slow

    assert 0 <= where(work) <= 150


def test_handler_and_timer_of_the_program_are_as_before() -> None:
    rung = []
    former = signal.signal(signal.SIGALRM, lambda *_: rung.append(True))
    try:
        signal.setitimer(signal.ITIMER_REAL, 1000)
        handler = signal.getsignal(signal.SIGALRM)
        with contextlib.suppress(PageTooSlow), page_limit(0.02):
            spin()
        assert signal.getsignal(signal.SIGALRM) is handler
        left, _ = signal.getitimer(signal.ITIMER_REAL)
        assert 900 < left < 1000
        signal.setitimer(signal.ITIMER_REAL, 0.001)
        with page_limit(30):
            spin(0.01)
        spin(0.01)
        assert rung == [True], "an alarm that came due inside comes right after"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)


def test_a_regular_expression_is_interrupted() -> None:
    trap = re.compile(r"(a|a)*b")  # the kind that the project has none of (test_growth)
    began = time.thread_time()
    with pytest.raises(PageTooSlow), page_limit(0.05):
        trap.match("a" * 60)
    assert time.thread_time() - began < 5


@places
def test_an_error_of_the_block_counts_more(where: Callable[..., Any]) -> None:
    def work() -> None:
        with page_limit(30):
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        where(work)


def test_a_limit_costs_little() -> None:
    def cost() -> float:
        began = time.thread_time()
        for _ in range(1000):
            with page_limit(30):
                pass
        return (time.thread_time() - began) / 1000

    assert min(cost() for _ in range(5)) < 50e-6, "20 microseconds are promised; a busy machine takes longer"
    assert in_thread(lambda: min(cost() for _ in range(5))) < 50e-6


def test_without_memory_the_page_is_too_large() -> None:
    def work() -> None:
        with page_limit(30, where="seite.html"):
            raise MemoryError

    with pytest.raises(PageTooLarge, match=r"seite\.html: .*memory") as caught:
        work()
    assert caught.value.code == "too_large"


def test_a_worker_process_has_only_so_much_memory() -> None:
    script = """
import resource
from pipeline.errors import PageTooLarge
from pipeline.limits import bound_memory, page_limit
bound_memory(200)
bound_memory(300)  # a stricter bound stays
kept = bytearray(100_000_000)
try:
    with page_limit():
        bytearray(150_000_000)
except PageTooLarge:
    print("too large")
kept = None
print(len(bytearray(150_000_000)))
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.split("\n")[:2] == ["too large", "150000000"], done.stderr
    assert resource.getrlimit(resource.RLIMIT_DATA)[0] == resource.RLIM_INFINITY


def test_a_forked_process_has_limits_of_its_own() -> None:
    script = """
import os, threading, time
from pipeline.errors import PageTooSlow
from pipeline.limits import page_limit
def block(seconds):
    with page_limit(seconds):
        end = time.thread_time() + 20
        while time.thread_time() < end:
            pass
def quick():
    with page_limit(30):
        pass
thread = threading.Thread(target=quick)
thread.start()
thread.join()
child = os.fork()
def guarded():
    try:
        block(0.05)
    except PageTooSlow:
        print("slow", flush=True)
if child == 0:
    guarded()
    thread = threading.Thread(target=guarded)
    thread.start()
    thread.join()
    os._exit(0)
os.waitpid(child, 0)
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["slow", "slow"], done.stderr


def test_no_time_at_all_is_refused() -> None:
    with pytest.raises(ValueError):
        page_limit(0)
