"""Commands for those who keep a database over the years: status, check."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.shared import Database, command, utc_now
from pipeline.errors import EXIT_OK, AuszugError


@command("status")
def status_command(
    json_: Annotated[bool, typer.Option("--json", help="One line of JSON for monitoring.")] = False,
    alert: Annotated[bool, typer.Option("--alert", help="Tell the alerts' channels what they have not heard.")] = False,
    db: Database = None,
) -> int:
    """The last runs, and what is wrong with which page. Exit code 1: something is new; 2: the last run failed.

    Example: auszug status --json
    """
    from pipeline import paths
    from pipeline.output.monitor import monitor

    now = dt.datetime.now(dt.UTC)
    found = monitor(target=paths.published_database(db), state_folder=paths.state_folder(),
                    corpora_folder=paths.output_folder(), now=now)
    if alert:
        _alert(now)
    if json_:
        print(found.json_line())
    elif not alert:
        _print_status(db)
    return EXIT_OK if alert and not json_ else found.exit_code


def _print_status(db: Path | None) -> None:
    from pipeline import paths
    from pipeline.harvest.runs import read_reports
    from pipeline.last_run import unpublished_run
    from pipeline.output import screen
    from pipeline.output.status import status
    from pipeline.store.database import open_published

    with contextlib.closing(open_published(paths.published_database(db))) as connection:
        found = status(connection)
    screen.print_status(found, [report for folder in sorted(paths.output_folder().glob("*/runs"))
                                for report in read_reports(folder.parent, last=1)])
    last = unpublished_run(paths.work_database())
    if last is not None:
        screen.print_unpublished(last)


def _alert(now: dt.datetime) -> None:
    """What the channels of all corpora here have to know of the last run, however it ended."""
    from pipeline import alerts, lock, logs, paths
    from pipeline.config import load_corpus
    from pipeline.output.monitor import last_entries

    logs.configure()
    state = paths.state_folder()
    history = last_entries(state, now)
    last = history[-1] if history else None
    news = [last] if last is not None else []
    if lock.look(state).running is None and (failure := alerts.unit_failure(os.environ, last, now)) is not None:
        news = [failure]
    corpora = []
    names = {path.parent.name for path in paths.output_folder().glob("*/corpus.toml")}
    for name in sorted(names | set(last.corpora if last is not None else ())):
        with contextlib.suppress(AuszugError):  # one that cannot be read has no channel
            corpora.append(load_corpus(paths.find_corpus(name)))
    sent = alerts.tell(news, alerts.channels_of(corpora, clock=utc_now), state, clock=utc_now)
    print(f"alerts sent: {sent}", file=sys.stderr)


@command("check")
def check_command(db: Database = None) -> int:
    """The data tests on the published database. Exit code 1: warnings that the publication before had not; 2: errors.

    Example: auszug check
    """
    from pipeline import paths
    from pipeline.output.status import check
    from pipeline.store.checks import checks
    from pipeline.store.database import open_published
    from pipeline.store.publish import former_publication

    target = paths.published_database(db)
    with contextlib.closing(open_published(target)) as connection:
        found = check(connection, former=former_publication(target, 1))
    for finding in found.findings:
        print(f"{finding.severity} {finding.check}: {finding.place}: {finding.reason}")
    print(f"{len(checks())} checks, {len(found.findings)} findings, {len(found.new)} of them new")
    return found.exit_code
