"""The batch: a polite harvest of the corpora that have a site, then the offline half (`pipeline.build`).

A site that fails costs only its own news: what its archive has is built with the others.

Around both lies what makes it fit for unattended nights: one batch at a time in a folder (`lock`), an orderly end on a
signal (`stopping`) or when the time is over, an entry in the journal (`journal`), and alerts (`alerts`).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from pipeline import alerts, journal
from pipeline.build import Clock, Executor, Progress, Summary, build
from pipeline.config import Corpus, load_corpus
from pipeline.errors import EXIT_FAILED, EXIT_OK, EXIT_PROBLEMS, AuszugError, HarvestError, StoppedError
from pipeline.harvest import Event, RunReport, harvest
from pipeline.harvest.run import seconds_of
from pipeline.last_run import Unpublished
from pipeline.lock import RunLock
from pipeline.paths import output_folder
from pipeline.stopping import OrderlyStop, StopRequested

__all__ = ["Summary", "build", "load_corpora", "run"]

OUT_OF_TIME = "the time limit is reached"
RESERVE = (0.1, 0.5)
"""Of a time limit, what the harvest leaves to the build: at least, and at most."""
SLOWER = 2.0
"""The build may take that much longer than the last time."""


def run(
    corpora: Sequence[Corpus], *, offline: bool, target: Path, work_path: Path, clock: Clock, command: str,
    since: dt.date | None = None, until: dt.date | None = None, dry_run: bool = False, progress: Progress | None = None,
    harvest_progress: Callable[[Event], None] | None = None, wait: bool = False, executor: Executor | None = None,
    everything: bool = False, sleep: Callable[[float], None] = time.sleep,
) -> Summary:
    """One batch over `corpora`: harvest those with a site (unless `offline`), then `build`. Raises what they raise.

    A site that fails costs only its own news: what its archive has is built with the others, and the exit code
    is 1 (0 where it failed in the same way before). Where there is nothing else to build, HarvestError: nothing is
    published.

    Only one batch goes on in a state folder (that of `work_path`): BusyError, or with `wait` its turn comes. A signal,
    and the end of `[run] time_limit` before everything is read, raise StoppedError: nothing is published, what is done
    is kept, and the next batch goes on from there. Every batch but a dry run ends with an entry in the journal, and
    with what the alerts' channels have to know of it.
    """
    options: dict[str, Any] = {
        "offline": offline, "target": target, "work_path": work_path, "clock": clock, "command": command,
        "since": since, "until": until, "progress": progress, "harvest_progress": harvest_progress,
        "executor": executor, "everything": everything}
    if dry_run:
        with OrderlyStop() as stop, _stopped(stop):
            return _batch(corpora, stop, **options, dry_run=True)
    state = work_path.parent
    names = tuple(corpus.name for corpus in corpora)
    started = clock()
    news: list[journal.Entry] = []

    def ended(why: str, kind: journal.State) -> journal.Entry:
        return journal.Entry(command=command, corpora=names, started=started, ended=clock(), state=kind,
                             exit_code=EXIT_FAILED, message=why)

    def note(entry: journal.Entry) -> None:
        journal.append(state, entry)
        news.append(entry)

    try:
        with OrderlyStop(last_words=lambda why: journal.append(state, ended(f"stopped ({why})", "stopped"))) as stop, \
                _stopped(stop), \
                RunLock(state, command=command, clock=clock, corpora=names, wait=wait, may_wait=True,
                        sleep=sleep) as lock:
            started = clock()
            try:
                with Unpublished(work_path, command, started, keep=True), _stopped(stop):
                    if lock.abandoned is not None:
                        note(journal.killed(lock.abandoned, found=started))
                    summary = _batch(corpora, stop, **options)
            except StoppedError as error:
                note(ended(error.what, "failed" if error.what == OUT_OF_TIME else "stopped"))
                raise
            except BaseException as error:
                note(ended(str(error) or type(error).__name__, "failed"))
                raise
            note(journal.published(summary, command=command, started=started, ended=clock()))
    finally:
        _tell(news, corpora, state, clock)
    return summary


@contextlib.contextmanager
def _stopped(stop: OrderlyStop) -> Iterator[None]:
    """The end of what can be stopped. Whatever is raised after a stop was asked for is StoppedError: DuckDB, for one,
    swallows the exception of a signal and raises its own."""
    try:
        yield
    except BaseException as error:
        stop.settle()
        if stop.requested is None or isinstance(error, StoppedError):
            raise
        what = OUT_OF_TIME if stop.requested == OUT_OF_TIME else f"stopped ({stop.requested})"
        raise StoppedError(what, remedy="nothing was published; the next run continues where this one was") from (
            None if isinstance(error, StopRequested) else error)
    stop.settle()


def _tell(news: Sequence[journal.Entry], corpora: Sequence[Corpus], state: Path, clock: Clock) -> None:
    """The alerts. A stop that somebody meant is told to nobody, and a signal meanwhile ends only this."""
    told = [entry for entry in news if entry.state != "stopped"]
    if told:
        with OrderlyStop(), contextlib.suppress(StopRequested):
            alerts.tell(told, alerts.channels_of(corpora, clock=clock), state, clock=clock)


def _batch(
    corpora: Sequence[Corpus], stop: OrderlyStop, *, offline: bool, target: Path, work_path: Path, clock: Clock,
    command: str, since: dt.date | None, until: dt.date | None, progress: Progress | None,
    harvest_progress: Callable[[Event], None] | None, executor: Executor | None, everything: bool,
    dry_run: bool = False,
) -> Summary:
    """Both halves, within the time."""
    started = clock()
    limit = _limit(corpora)
    reports: tuple[RunReport, ...] = ()
    sites = [] if offline else [corpus for corpus in corpora if corpus.source is not None]
    if sites:
        options: dict[str, Any] = {} if harvest_progress is None else {"progress": harvest_progress}
        if limit is not None:
            options["time_limit"] = limit - _reserve(limit, work_path.parent)
        reports = harvest(sites, since=since, until=until, dry_run=dry_run, clock=clock, halt=stop.halt,
                          **options).reports
        stop.check()
        corpora = [_as_harvested(corpus) if corpus in sites else corpus for corpus in corpora]
        failed = [report for report in reports if report.exit_code == EXIT_FAILED]
        if failed and len(failed) == len(corpora):
            first = failed[0]
            raise HarvestError(first.message or "the harvest failed", where=first.corpus,
                               remedy=first.remedy or "see auszug status")
    begun = clock()
    done = build(corpora, target=target, work_path=work_path, clock=clock, command=command, since=since, until=until,
                 dry_run=dry_run, progress=_timed(progress, stop, clock, started, limit), executor=executor,
                 everything=everything)
    worst = max((_code(report, work_path.parent) for report in reports), default=EXIT_OK)
    return msgspec.structs.replace(
        done, harvests=reports, exit_code=max(done.exit_code, worst), seconds=(clock() - started).total_seconds(),
        build_seconds=(clock() - begun).total_seconds())


def _timed(
    progress: Progress | None, stop: OrderlyStop, clock: Clock, started: dt.datetime, limit: float | None
) -> Progress:
    """`progress`, which also ends the batch when it has to end.

    What is read when the time is over is linked and published all the same: that is the end itself.
    """

    def tell(stage: str, done: int, total: int | None) -> None:
        stop.check()
        if limit is not None and stage not in {"link", "publish"} and (clock() - started).total_seconds() >= limit:
            stop.request(OUT_OF_TIME)
        if progress is not None:
            progress(stage, done, total)

    return tell


def _limit(corpora: Sequence[Corpus]) -> float | None:
    """Seconds for the whole batch: the longest `[run] time_limit`; None where a corpus has none."""
    limits = [seconds_of(corpus.run.time_limit) for corpus in corpora]
    known = [limit for limit in limits if limit is not None]
    return max(known) if known and len(known) == len(limits) else None


def _reserve(limit: float, state: Path) -> float:
    """Seconds of `limit` that the harvest leaves to the build, by what it took the last time."""
    took = next((entry.count("build_seconds") for entry in reversed(journal.read(state, last=30)) if entry.good), 0)
    return min(max(SLOWER * took, RESERVE[0] * limit), RESERVE[1] * limit)


def _code(report: RunReport, state: Path) -> int:
    """What a harvest makes of the exit code: a site that fails as it did in the last batch is known."""
    if report.state != "failed":
        return min(report.exit_code, EXIT_PROBLEMS)
    last = next((entry for entry in reversed(journal.read(state, last=30)) if entry.good), None)
    before = {journal.plain(site) for site in last.failed_sites} if last else set()
    return EXIT_OK if journal.plain(journal.site_failure(report)) in before else EXIT_PROBLEMS


def _as_harvested(corpus: Corpus) -> Corpus:
    """The corpus where the harvest wrote it: one that ships is copied below the working directory first."""
    own = output_folder() / corpus.name
    return load_corpus(own) if (own / "corpus.toml").is_file() else corpus


def load_corpora(folders: Iterable[Path]) -> list[Corpus]:
    """The corpora in `folders`, each once, in the order given. Raises ConfigError."""
    return [load_corpus(folder) for folder in dict.fromkeys(folder.resolve() for folder in folders)]


def not_begun(error: Exception, folders: Iterable[Path], *, names: Sequence[str], work_path: Path, clock: Clock,
              command: str) -> None:
    """Note and tell that a batch could not even begin (a corpus is missing, its configuration wrong).

    For batches that nobody watches; the alerts go where the corpora in `folders` that can be read say.
    """
    corpora = []
    for folder in folders:
        with contextlib.suppress(AuszugError):
            corpora.append(load_corpus(folder))
    now = clock()
    entry = journal.Entry(command=command, corpora=tuple(names), started=now, ended=now, state="failed",
                          exit_code=EXIT_FAILED, message=str(error))
    journal.append(work_path.parent, entry)
    _tell([entry], corpora, work_path.parent, clock)
