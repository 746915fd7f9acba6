"""Harvest: from a municipality's ALLRIS into the archive, politely, completely, again and again.

    scope     which addresses may be asked          allris      addresses, and what a page leads to
    wire      one exchange over HTTP, in bounds     oparl       OParl as a second way of discovery
    robots    robots.txt (RFC 9309)                 committees  which meetings are wanted
    pace      delay, hours, Retry-After             run, runs   one run, and what is kept of it
    client    politeness: everything asks here      judge       what an answer means
    asking    one page, and rows that come by Ajax  walk        which page next
    archive   WARC files                            schedule    when a page is due again
    ledger    index of the archive (SQLite)         observing   how an answer changes the ledger
    recorder  answers into archive and ledger
    probe     what is this site; a new corpus       progress    events and bars

`harvest` is the face of it; `probe` and `init_corpus` look at a site that is no corpus yet.
"""

from __future__ import annotations

import concurrent.futures
import datetime as dt
import random as _random
import shutil
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from pipeline.config import Corpus, load_corpus
from pipeline.errors import EXIT_FAILED, AuszugError, HarvestError
from pipeline.harvest.ledger import stamp
from pipeline.harvest.probe import Finding, init_corpus, probe
from pipeline.harvest.progress import Bars, Event
from pipeline.harvest.run import Surroundings, check, harvest_one
from pipeline.harvest.runs import Lock, RunReport
from pipeline.paths import output_folder, shipped_corpora

HOST_STOPS = frozenset({"gate", "too_many_requests", "busy", "unreachable"})
"""What stops a run over one corpus also stops those over other corpora of the same host."""
MAX_HOSTS = 8
"""Hosts that are asked side by side."""


class HarvestSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What a harvest of several corpora did."""

    reports: tuple[RunReport, ...]

    @property
    def exit_code(self) -> int:
        """The worst of the runs: 0 clean, 1 problems, 2 failed."""
        return max((report.exit_code for report in self.reports), default=EXIT_FAILED)

    def json_line(self) -> str:
        """The same facts for machines: one line."""
        return msgspec.json.encode({"harvest": self.reports, "exit_code": self.exit_code}).decode()


def harvest(
    corpora: Sequence[Corpus], *, since: dt.date | None = None, until: dt.date | None = None, resume: bool = False,
    dry_run: bool = False, clock: Callable[[], dt.datetime] | None = None, timer: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] | None = None, random: Callable[[], float] = _random.random,
    progress: Callable[[Event], None] = lambda _: None, time_limit: float | None = None,
    total_timeout: float | None = None, halt: threading.Event | None = None,
) -> HarvestSummary:
    """Fetch what is new or due into the archives of `corpora`; several hosts side by side, one request at a time each.

    Raises ConfigError before anything is asked where a corpus cannot be harvested. What a site does is in the summary.
    `time_limit`, `total_timeout`: seconds, for the run (of corpus.toml, the shorter one holds) and for one answer.
    Ctrl-C and SIGTERM end it in good order; where `halt` is given, that does, and SIGTERM is the caller's.
    """
    for corpus in corpora:
        check(corpus)
    placed = [corpus if dry_run else _writable(corpus) for corpus in corpora]
    signals: AbstractContextManager[None] = nullcontext()
    if halt is None:
        halt = threading.Event()
        signals = _Signals(halt)
    around = Surroundings(
        now=clock or (lambda: dt.datetime.now(dt.UTC)), timer=timer, sleep=sleep or (lambda s: void(halt.wait(s))),
        random=random, stopped=halt.is_set, **({} if total_timeout is None else {"total_timeout": total_timeout}))
    hosts: dict[str, list[Corpus]] = {}
    for corpus in placed:
        assert corpus.source is not None
        hosts.setdefault(urlsplit(corpus.source.url).netloc.lower(), []).append(corpus)

    def one_host(host: str, mine: list[Corpus]) -> list[RunReport]:
        if dry_run:
            return in_turn(mine)
        try:
            with Lock.of_host(mine[0].folder.resolve().parent, host):
                return in_turn(mine)
        except HarvestError as error:
            return [_failed(corpus, error, around) for corpus in mine]

    def in_turn(mine: list[Corpus]) -> list[RunReport]:
        """The corpora of one host, one after the other, with the delay between them; a stop signal holds for all."""
        done: list[RunReport] = []
        for corpus in mine:
            stopped = next((report for report in done if report.stop in HOST_STOPS), None)
            if stopped is not None:
                done.append(msgspec.structs.replace(stopped, corpus=corpus.name, run="", problems=(), problem_count=0,
                                                    requests=0, bytes=0, new=0, changed=0, unchanged=0, seconds=0.0))
                continue
            if done and done[-1].requests:
                around.sleep(done[-1].delay)
            done.append(_guarded(corpus, around, since=since, until=until, resume=resume, dry_run=dry_run,
                                 progress=progress, time_limit=time_limit))
        return done

    if not hosts:
        return HarvestSummary(reports=())
    with signals, concurrent.futures.ThreadPoolExecutor(min(MAX_HOSTS, len(hosts))) as pool:
        futures = [pool.submit(one_host, host, mine) for host, mine in hosts.items()]
        while True:
            with suppress(KeyboardInterrupt):
                concurrent.futures.wait(futures)
                break
            halt.set()
        reports = [report for future in futures for report in future.result()]
    order = {corpus.name: n for n, corpus in enumerate(placed)}
    return HarvestSummary(reports=tuple(sorted(reports, key=lambda report: order[report.corpus])))


def _guarded(corpus: Corpus, around: Surroundings, **options: object) -> RunReport:
    """One corpus; an error of its own is its report, so that the others go on."""
    try:
        return harvest_one(corpus, around, **options)  # type: ignore[arg-type]
    except AuszugError as error:
        return _failed(corpus, error, around)
    except (OSError, sqlite3.Error) as error:
        return _failed(corpus, HarvestError(f"the corpus cannot be written ({error})", where=corpus.folder,
                                            remedy="make room on the disk, or check its permissions"), around)


def _failed(corpus: Corpus, error: AuszugError, around: Surroundings) -> RunReport:
    now = stamp(around.now())
    where = "" if error.where is None else f"{error.where}: "
    return RunReport(corpus=corpus.name, run="", started=now, ended=now, state="failed", stop="error",
                     message=where + error.what, remedy=error.remedy)


def _writable(corpus: Corpus) -> Corpus:
    """The corpus where it may be written: one that ships is copied below the working directory first."""
    shipped = shipped_corpora().resolve()
    folder = corpus.folder.resolve()
    if not folder.is_relative_to(shipped) or shipped == output_folder().resolve():
        return corpus
    target = output_folder() / corpus.name
    if not (target / "corpus.toml").exists():
        target.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / "corpus.toml", target / "corpus.toml")
    return load_corpus(target)


class _Signals:
    """SIGTERM ends a harvest in good order, as Ctrl-C does. Only in the main thread; elsewhere nothing changes."""

    def __init__(self, halt: threading.Event) -> None:
        self._halt = halt
        self._before: object = None

    def __enter__(self) -> None:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGTERM, lambda *_: self._halt.set())

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGTERM, self._before)  # type: ignore[arg-type]


def void(_: object) -> None:
    """Throw a value away."""


__all__ = ["Bars", "Event", "Finding", "HarvestSummary", "Path", "RunReport", "harvest", "init_corpus", "probe"]
