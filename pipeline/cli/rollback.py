"""The command that returns to a former publication: rollback."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.shared import Database, command, utc_now
from pipeline.errors import InputError

if TYPE_CHECKING:
    from pipeline.store.publications import Publication


@command("rollback")
def rollback_command(
    to: Annotated[int | None, typer.Option("--to", metavar="N", min=1, help="The publication N before the present one; "
                                           "default: 1, the last one.")] = None,
    show: Annotated[bool, typer.Option("--list", help="Show the publications there are, and change nothing.")] = False,
    db: Database = None,
) -> None:
    """Return to a former publication. What was present becomes the newest former one, so that nothing is lost.

    Example: auszug rollback --list
    """
    from pipeline import paths
    from pipeline.lock import RunLock
    from pipeline.store.publications import list_publications, rollback

    target = paths.published_database(db)
    if show:
        if to is not None:
            raise InputError("--list and --to exclude each other", remedy="leave one of them out")
        found = list_publications(target)
        for publication in found:
            print(_line(publication))
        if not found:
            raise InputError("there is no publication", where=target, remedy="make one with: auszug run")
        return
    with RunLock(paths.state_folder(), command="auszug rollback", clock=utc_now):
        present = rollback(target, to or 1)
    print(_line(present))
    print("what was present before is number 1 now; auszug rollback takes this back; the next build publishes anew")


def _line(publication: Publication) -> str:
    """Number, time, run and size of a publication, or why it cannot be read."""
    number = "present" if publication.number == 0 else f"{publication.number:7}"
    told = f"{number}  {publication.time:%Y-%m-%d %H:%M} UTC  {publication.size / 1e6:8.1f} MB"
    if publication.unreadable:
        return f"{told}  {publication.path.name}: {publication.unreadable}"
    run = f"run {publication.run} ({publication.command})" if publication.run else "no run"
    return f"{told}  {publication.statements:,} statements  {run}"
