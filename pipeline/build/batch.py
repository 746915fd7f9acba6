"""The offline half of a batch: archive and files -> pages -> extraction -> linking -> database -> publication.

Everything after the archive is built here, offline, and gives the same rows every time, whether all of it or only
what is new. One bad page never stops a batch: it becomes a problem row, which `auszug status` shows. Nothing is
published where a data check fails, and where a corpus that had meetings has none any more (a changed site looks
exactly like that).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from pipeline import __version__, stopping
from pipeline.build import fingerprint
from pipeline.build.collect import Progress
from pipeline.build.corpus import CorpusBuilder, Window, read_corrections
from pipeline.build.executors import Executor, InProcess
from pipeline.build.steps import Step, Steps, of_all, perform
from pipeline.build.summary import Summary
from pipeline.build.tasks import MakeRows
from pipeline.config import Corpus
from pipeline.errors import EXIT_FAILED
from pipeline.last_run import Unpublished
from pipeline.store import completed, trouble
from pipeline.store.corrections import report as report_corrections
from pipeline.store.database import WorkDatabase, open_work
from pipeline.store.linking import link
from pipeline.store.publish import ensure_publishable, publish
from pipeline.store.writer import finish_run, start_run
from pipeline.upkeep import forget

Clock = Callable[[], dt.datetime]

LINKED_AT_ONCE = 2_000
"""Pages written of complete corpora from which on they are linked before the others are complete."""


def build(
    corpora: Sequence[Corpus], *, target: Path, work_path: Path, clock: Clock, command: str,
    since: dt.date | None = None, until: dt.date | None = None, dry_run: bool = False, progress: Progress | None = None,
    executor: Executor | None = None, everything: bool = False,
) -> Summary:
    """Archives and files of `corpora` into the work database, and that published as `target`.

    What the work database has already stays there; `everything`: it is made anew. `since`, `until`: only meetings of
    these days (both included). `dry_run`: everything is read and extracted, nothing is kept. `executor`: where the
    work is done (None: in this process); it is left open. Raises AuszugError where nothing was published; what the
    work database had stays.
    """
    started = clock()
    tell = progress or _silent
    if not dry_run:
        ensure_publishable(target)
    with contextlib.ExitStack() as stack:
        stack.enter_context(Unpublished(work_path, command, started, keep=not dry_run))
        stack.enter_context(trouble.told(work_path, "the build cannot go on"))
        work = stack.enter_context(open_work(None if dry_run else work_path))
        stack.enter_context(stopping.interrupts(work))
        state = Path(stack.enter_context(tempfile.TemporaryDirectory())) if dry_run else work_path.parent
        batch = start_run(work, run_id=_run_id(started, command, corpora), command=command, version=__version__,
                          sources=[corpus.name for corpus in corpora], started_at=started)
        try:
            for corpus in corpora:
                read_corrections(corpus)  # a mistake in them shows now, not after hours
            window = Window(since, until)
            builders, kept = [], []
            known = {} if everything or not window.whole else completed.built(work)
            for corpus in corpora:
                print_ = fingerprint.of_corpus(corpus) if window.whole else None
                if print_ is not None and print_ == known.get(corpus.name):
                    kept.append(corpus.name)
                else:
                    builders.append(CorpusBuilder(corpus, work, batch, window, tell, state=state, print_=print_,
                                                  everything=everything))
            for builder in builders:
                stack.callback(builder.close)
            perform(_linked(builders, work), executor or InProcess())
            completed.keep(work, batch, kept)
            tell("link", 0, 1)
            link(work)
            forget.apply(work)
            tell("link", 1, 1)
            report_corrections(work, batch, [corpus.name for corpus in corpora])
            finished = finish_run(work, batch, finished_at=clock())
            warnings = finished.warnings
            if not dry_run:
                tell("publish", 0, 1)
                warnings += len(publish(work, target, keep=max(corpus.run.keep_publications for corpus in corpora)))
        except BaseException as error:
            with contextlib.suppress(Exception):  # what went wrong matters more than that it cannot be noted
                finish_run(work, batch, finished_at=clock(), exit_code=EXIT_FAILED,
                           message=str(error) or type(error).__name__)
            raise
    return Summary(
        corpora=tuple(corpus.name for corpus in corpora), database=None if dry_run else target, pages=finished.pages,
        meetings=finished.meetings, items=finished.items, statements=finished.statements, decisions=finished.decisions,
        extracted=sum(builder.done.extracted for builder in builders),
        new_errors=finished.new_errors, known_errors=finished.known_errors,
        warnings=warnings, exit_code=finished.exit_code, seconds=(clock() - started).total_seconds(),
    )


def _linked(builders: Sequence[CorpusBuilder], work: WorkDatabase) -> Steps:
    """The steps of all corpora; those that are complete are linked on the way, while workers make rows of others."""
    waiting = list(builders)

    def take(step: Step, result: object) -> None:
        complete = [builder for builder in waiting if builder.finished]
        if sum(builder.done.written for builder in complete) >= LINKED_AT_ONCE:
            link(work, only=[builder.name for builder in complete])
            waiting[:] = [builder for builder in waiting if not builder.finished]
        step.take(result)

    for step in of_all(builders):
        yield step._replace(take=partial(take, step)) if step and isinstance(step.task, MakeRows) else step


def _silent(stage: str, done: int, total: int | None) -> None:
    """No progress is shown."""


def _run_id(started: dt.datetime, command: str, corpora: Sequence[Corpus]) -> str:
    seed = "\n".join([started.isoformat(), command, *(str(corpus.folder) for corpus in corpora)])
    return f"{started.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}-{hashlib.sha256(seed.encode()).hexdigest()[:6]}"
