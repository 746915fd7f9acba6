"""The batch: a polite harvest of the corpora that have a site, then the offline half (`pipeline.build`).

A site that fails costs only its own news: what its archive has is built with the others.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from pipeline.build import Clock, Progress, Summary, build
from pipeline.config import Corpus, load_corpus
from pipeline.errors import EXIT_FAILED, EXIT_PROBLEMS, HarvestError
from pipeline.harvest import Event, RunReport, harvest
from pipeline.paths import output_folder

__all__ = ["Summary", "build", "load_corpora", "run"]


def run(
    corpora: Sequence[Corpus], *, offline: bool, target: Path, work_path: Path, clock: Clock, command: str,
    since: dt.date | None = None, until: dt.date | None = None, dry_run: bool = False, progress: Progress | None = None,
    harvest_progress: Callable[[Event], None] | None = None,
) -> Summary:
    """One batch over `corpora`: harvest those with a site (unless `offline`), then `build`. Raises what they raise.

    A site that fails costs only its own news: what its archive has is built with the others, and the exit code
    is 1. Where there is nothing else to build, HarvestError: nothing is published.
    """
    started = clock()
    reports: tuple[RunReport, ...] = ()
    sites = [] if offline else [corpus for corpus in corpora if corpus.source is not None]
    if sites:
        options: dict[str, Any] = {} if harvest_progress is None else {"progress": harvest_progress}
        reports = harvest(sites, since=since, until=until, dry_run=dry_run, clock=clock, **options).reports
        corpora = [_as_harvested(corpus) if corpus in sites else corpus for corpus in corpora]
        failed = [report for report in reports if report.exit_code == EXIT_FAILED]
        if failed and len(failed) == len(corpora):
            first = failed[0]
            raise HarvestError(first.message or "the harvest failed", where=first.corpus,
                               remedy=first.remedy or "see auszug status")
    done = build(corpora, target=target, work_path=work_path, clock=clock, command=command, since=since, until=until,
                 dry_run=dry_run, progress=progress)
    worst = max((min(report.exit_code, EXIT_PROBLEMS) for report in reports), default=0)
    return msgspec.structs.replace(done, harvests=reports, exit_code=max(done.exit_code, worst),
                                   seconds=(clock() - started).total_seconds())


def _as_harvested(corpus: Corpus) -> Corpus:
    """The corpus where the harvest wrote it: one that ships is copied below the working directory first."""
    own = output_folder() / corpus.name
    return load_corpus(own) if (own / "corpus.toml").is_file() else corpus


def load_corpora(folders: Iterable[Path]) -> list[Corpus]:
    """The corpora in `folders`, each once, in the order given. Raises ConfigError."""
    return [load_corpus(folder) for folder in dict.fromkeys(folder.resolve() for folder in folders)]
