"""What the tests of the harvest share: a time of their own, a corpus at the local ALLRIS, and comparisons."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import random
import threading
from collections import Counter
from pathlib import Path
from typing import Any

from pipeline.config import Corpus, load_corpus
from pipeline.harvest import HarvestSummary, RunReport, harvest
from pipeline.harvest.archive import ArchivedPage, read_archive
from pipeline.harvest.recorder import archived
from tests.allris_server.server import LocalAllris, load

START = dt.datetime(2026, 3, 2, 2, 0, 0, tzinfo=dt.UTC)
"""When the committed archive of the demonstration county was fetched."""


def draw_seed(what: str) -> int:
    """The seed of a long check, AUSZUG_SEED or drawn by lot; it is printed, so that a failure can be repeated."""
    seed = int(os.environ.get("AUSZUG_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
    print(f"\n{what}, seed {seed} (AUSZUG_SEED={seed} repeats it)")
    return seed


class Clock:
    """A time that passes only when somebody sleeps (or a test says so). Shared by harvest and server."""

    def __init__(self, start: dt.datetime = START) -> None:
        self._seconds = start.timestamp()
        self._lock = threading.Lock()
        self.slept: list[float] = []

    def seconds(self) -> float:
        return self._seconds

    def now(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self._seconds, dt.UTC)

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)
            self._seconds += seconds

    def forward(self, **delta: float) -> None:
        """Let time pass between two runs."""
        self._seconds += dt.timedelta(**delta).total_seconds()


def site(clock: Clock, **options: Any) -> LocalAllris:
    """A local ALLRIS in the test's time."""
    return LocalAllris(now=clock.seconds, sleep=clock.sleep, **options)


_ALL = load()
_RECENT = _ALL.meetings[-6:]
SHORT = dataclasses.replace(_ALL, meetings=_RECENT, papers=tuple(dict.fromkeys(
    item.paper for meeting in _RECENT for item in meeting.items if item.paper)))
"""The last six meetings, for tests that do not need the whole history."""
SHORT_EXCERPTS = sum(bool(item.texts) for meeting in _RECENT for item in meeting.items)


class Held:
    """A sleep for `LocalAllris(faults=Faults(latency=1), sleep=...)`: the n-th answer waits for `go`.

    `asked` is set when it waits: no machine is too fast for what is to happen meanwhile.
    """

    def __init__(self, answer: int) -> None:
        self.asked, self.go = threading.Event(), threading.Event()
        self._left = answer

    def __call__(self, _seconds: float) -> None:
        self._left -= 1
        if self._left == 0:
            self.asked.set()
            self.go.wait(60)


def short_site(clock: Clock, **options: Any) -> LocalAllris:
    """A local ALLRIS with a short history."""
    return site(clock, **{"county": SHORT, **options})


def corpus(folder: Path, url: str, *, name: str = "demo", **source: Any) -> Corpus:
    """A corpus that harvests `url`, in `folder`/`name`; `source`: more keys of [source]."""
    keys = {"url": url, "contact": "mailto:test@example.org", "delay": 1.5, "allow_private_addresses": True,
            "oparl": False, **source}
    lines = ["[corpus]", f'name = "{name}"', 'title = "Kreis Ahrenfeld (invented)"', "topics = []", "[source]"]
    lines += [f"{key} = {_toml(value)}" for key, value in keys.items() if value is not None]
    place = folder / name
    place.mkdir(parents=True, exist_ok=True)
    (place / "corpus.toml").write_text("\n".join(lines) + "\n", "utf-8")
    return load_corpus(place)


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_toml(one) for one in value) + "]"
    return str(value)


def run(chosen: Corpus, clock: Clock, **options: Any) -> RunReport:
    """One harvest of one corpus in the test's time."""
    return run_all([chosen], clock, **options).reports[0]


def run_all(chosen: list[Corpus], clock: Clock, **options: Any) -> HarvestSummary:
    """One harvest in the test's time."""
    return harvest(chosen, clock=clock.now, timer=clock.seconds, sleep=clock.sleep, random=lambda: 0.5, **options)


def contents(chosen: Corpus, *kinds: str) -> set[tuple[str, str]]:
    """(address below the base, content hash) of what is archived, of the kinds named by program, or all."""
    return {(address.rpartition("/")[2], content) for address, content in archived(chosen.archive)
            if not kinds or address.rpartition("/")[2].startswith(kinds)}


def responses(chosen: Corpus) -> Counter[str]:
    """How often each address was archived as a response with status 200."""
    return Counter(page.address or page.url for page in read_archive(chosen.archive)
                   if isinstance(page, ArchivedPage) and page.kind == "response" and page.status == 200)


EXCERPTS = 36
MEETINGS = 18
PAPERS = 39
