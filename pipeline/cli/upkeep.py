"""Commands for those who keep a database over the years: status, schedule, check."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.shared import Database, command, path_of, utc_now
from pipeline.errors import EXIT_OK, AuszugError, InputError


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
        _print_status(db, running=found.running is not None)
    return EXIT_OK if alert and not json_ else found.exit_code


def _print_status(db: Path | None, *, running: bool) -> None:
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
        screen.print_unpublished(last, running=running)


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


class Format(StrEnum):
    """What a schedule is written as."""

    SYSTEMD = "systemd"
    CRON = "cron"
    CONTAINER = "container"


@command("schedule")
def schedule_command(
    corpora: Annotated[list[str], typer.Argument(metavar="CORPUS", help="Folders or names of corpora.")],
    format_: Annotated[Format, typer.Option("--format", help="systemd, cron or container.")] = Format.SYSTEMD,
    at: Annotated[str, typer.Option(metavar="TIME", help='"02:30", or as OnCalendar= or a crontab has it.')] = "02:30",
    spread: Annotated[int, typer.Option(metavar="MINUTES", min=0, max=720,
                                        help="Begin up to so much later (systemd).")] = 15,
    install: Annotated[bool, typer.Option("--install", help="Put it in place and start the timer.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take away what --install put there.")] = False,
    user: Annotated[bool, typer.Option("--user", help="For this user, without root; default: where root is, for the "
                                       "system.")] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="DIR", parser=path_of,
                                                help="Write the files into DIR, and do no more.")] = None,
    mail_to: Annotated[str | None, typer.Option("--mail-to", metavar="ADDRESS", help="MAILTO of the crontab.")] = None,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="Of the units; default: auszug-CORPUS.")
                    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Also what was changed by hand; a copy stays.")] = False,
    db: Database = None,
) -> None:
    """A run every night: systemd, crontab or container. Printed or installed.

    Example: auszug schedule tal --at 03:15 --install
    """
    from pipeline import paths
    from pipeline.channels import is_mail_address
    from pipeline.config import load_corpus
    from pipeline.schedule import placing, plan_of

    if install + remove + (output is not None) > 1:
        raise InputError("--install, --remove and -o exclude each other", remedy="choose one")
    if mail_to is not None and not is_mail_address(mail_to):
        raise InputError(f"--mail-to: '{mail_to}' is no mail address", remedy="write it as in name@example.org")
    database = db or (Path(os.environ[paths.DATABASE_VARIABLE]) if os.environ.get(paths.DATABASE_VARIABLE) else None)
    plan = plan_of([load_corpus(paths.find_corpus(corpus)) for corpus in corpora], folder=Path.cwd(), at=at,
                   spread=spread, database=database, name=name)
    place = placing.Place(plan, format_.value, user=user or os.geteuid() != 0, mail_to=mail_to, force=force)
    if remove:
        told = place.remove()
    elif install:
        told = place.install()
    elif output is not None:
        told = place.write(output)
    else:
        print(place.text(), end="")
        return
    for line in told:
        print(line)


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
