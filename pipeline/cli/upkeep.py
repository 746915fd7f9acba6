"""Commands for those who keep a database over the years: status, check."""

from __future__ import annotations

import contextlib

from pipeline.cli.shared import Database, command
from pipeline.errors import EXIT_FAILED


@command("status")
def status_command(db: Database = None) -> int:
    """The last runs, and what is wrong with which page. Exit code 1: something is new; 2: the last run failed.

    Example: auszug status
    """
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
        if last.message is not None:
            return EXIT_FAILED
    return found.exit_code


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
