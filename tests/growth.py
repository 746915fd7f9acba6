"""How the tests measure time: its growth with the size of the input, on a machine that does other things as well.

Absolute times say nothing there, nor does a single measurement. So all is CPU time of the thread, without the garbage
collector (which visits what all tests before left in memory), and the best of several.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import TypeVar

from pipeline.errors import PageTooSlow
from pipeline.limits import page_limit

Result = TypeVar("Result")

QUICK = 0.004
"""CPU seconds below which a time says nothing."""
SLACK = 2.0
"""How much more than in proportion time may grow: caches, memory; the square is four times more, or ten."""
LIMIT = 4.0
"""CPU seconds after which nothing is waited for."""
TRIES = 5
"""Measurements before growth is believed: one may be disturbed, none is shorter than the work is."""


def took(work: Callable[[], object], limit: float = LIMIT) -> float:
    """CPU seconds that `work` takes; infinite beyond `limit`."""
    collected = gc.isenabled()
    gc.disable()
    began = time.thread_time()
    try:
        with page_limit(limit):
            work()
        return time.thread_time() - began
    except PageTooSlow:
        return float("inf")
    finally:
        if collected:
            gc.enable()


def grows(work: Callable[[int], Callable[[], object]], sizes: tuple[int, int], limit: float = LIMIT) -> str | None:
    """What is wrong with the growth of `work(size)` between two sizes; None if it is in proportion.

    `work` prepares what is measured, anew for each measurement, and is not measured itself.
    """
    few, many = sizes
    large, small = float("inf"), QUICK
    for _ in range(TRIES):
        large = min(large, took(work(many), limit))
        if large == float("inf"):
            return f"more than {limit:g} s for a size of {many}"
        if large < QUICK * many / few:
            return None
        small = max(small, took(work(few), limit))
        if large <= SLACK * many / few * small:
            return None
    return f"{small:.3f} s for a size of {few}, {large:.3f} s for {many}"


def in_time(work: Callable[[], Result], seconds: float) -> Result:
    """What `work` gives, within `seconds` of CPU time in one of several tries. For what has no size that could grow."""
    results: list[Result] = []
    times = []
    for _ in range(TRIES):
        times.append(took(lambda: results.append(work()), 10 * seconds))
        if times[-1] < seconds:
            return results[-1]
        if times[-1] == float("inf"):
            break
    raise AssertionError(f"{min(times):.3f} s instead of {seconds:g} s")
