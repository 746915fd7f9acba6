"""Commands for the integrity of what is kept, and for the rights of persons: verify, diff, forget."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.shared import Corpora, Database, Output, command, path_of, refuse_overwriting, words
from pipeline.errors import EXIT_FAILED, EXIT_OK, EXIT_PROBLEMS, InputError


@command("verify")
def verify_command(
    corpora: Corpora = None,
    repair: Annotated[bool, typer.Option("--repair", help="Make anew what can be made from the archive.")] = False,
    db: Database = None,
) -> int:
    """Whether everything is kept as it was written. Exit code 1: something is, or was, to be made anew; 2: cannot be.

    Example: auszug verify tal --repair
    """
    from pipeline import paths
    from pipeline.config import load_corpus
    from pipeline.output import screen
    from pipeline.upkeep.verify import Kept, verify

    folders = [paths.find_corpus(name) for name in corpora] if corpora else paths.corpora_with_content()
    kept = Kept(target=paths.published_database(db), work=paths.work_database())
    with screen.progress() as progress:
        found = verify([load_corpus(folder) for folder in dict.fromkeys(folders)], kept, repair=repair,
                       clock=lambda: dt.datetime.now(dt.UTC), progress=progress)
    for fault in found.faults:
        print(fault)
    counted = screen.counted
    print(f"{counted(found.records, 'record')}, {counted(found.pages, 'page')}, "
          f"{counted(found.publications, 'publication')}; {counted(len(found.faults), 'fault')}, "
          f"{sum(fault.repaired is not None for fault in found.faults)} repaired")
    return found.exit_code


@command("diff")
def diff_command(
    old: Annotated[Path, typer.Argument(metavar="OLD", parser=path_of, help="A publication.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", parser=path_of, help="A later one.")],
    format_: Annotated[str | None, typer.Option(
        "--format", metavar="FORMAT", help="table, json, csv or md; default: FILE's suffix, else table.")] = None,
    output: Output = None,
    examples: Annotated[int, typer.Option(
        metavar="N", help="Examples of each kind of change and reason.", min=0)] = 3,
    every: Annotated[bool, typer.Option("--all", help="Every change instead of examples.")] = False,
) -> None:
    """What changed in the numbers between two publications. And why: statements, stances, decisions, persons.

    Example: auszug diff corpora/auszug.1.duckdb corpora/auszug.duckdb
    """
    from pipeline.upkeep.diff import compare, write_diff

    refuse_overwriting(output, old, new)
    suffix = output.suffix.lower().removeprefix(".") if output else ""
    with compare(old, new) as diff:
        write_diff(diff, format_ or suffix or "table", output=output, screen=sys.stdout,
                   is_terminal=sys.stdout.isatty(), examples=examples, every=every)
        print(f"{diff.count:,} changes", file=sys.stderr)


@command("forget")
def forget_command(
    person: Annotated[str, typer.Argument(
        metavar="PERSON", help="A name or a person_id; -: read it from standard input (no trace in the shell).")],
    body: Annotated[str | None, typer.Option(metavar="BODY", help="Only the person of this municipality.")] = None,
    source: Annotated[str | None, typer.Option(metavar="CORPUS", help="Only the person of this corpus.")] = None,
    purge_archive: Annotated[bool, typer.Option(
        "--purge-archive", help="Take the pages that name the person out of the archive, too.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what would be removed.")] = False,
    db: Database = None,
) -> int:
    """Remove a person from all that is kept, and all later builds. Exit code 1: see what is left.

    Example: auszug forget 'Anke Sommer' --body 'Kreis Tal' --dry-run
    """
    from pipeline import paths
    from pipeline.output import screen
    from pipeline.upkeep.forget import Ambiguous
    from pipeline.upkeep.forgetting import Places, forget_person

    name = words(sys.stdin.readline().strip() if person == "-" else person.strip())
    if not name:
        raise InputError("the name is empty", remedy="give it as in 'Anke Sommer'")
    places = Places(target=paths.published_database(db), work=paths.work_database(), corpora=paths.output_folder())
    try:
        report = forget_person(name, places, body=body, source=source, purge_archive=purge_archive, dry_run=dry_run,
                               clock=lambda: dt.datetime.now(dt.UTC), tell=screen.tell)
    except Ambiguous as error:
        for one in error.found:
            seen = f"{one.first_seen or '?'} to {one.last_seen or '?'}"
            print(f"{one.person_id}\t{one.name}\t{one.body or '-'}\t{seen}")
        print(f"auszug: {error}", file=sys.stderr)
        return EXIT_FAILED
    if report.persons and report.dry_run:
        print(f"person: {', '.join(report.persons)}")
    rows = ", ".join(f"{count} {table}" for table, count in sorted(report.rows.items())) or "none"
    print(f"rows {'that would change' if report.dry_run else 'changed'}: {rows}")
    for what, places_of in (("publication", report.publications), ("file", report.files),
                            ("deleted, of an older version of the program", report.deleted)):
        for path in places_of:
            print(f"{what}: {path}")
    if report.corrections:
        print(f"corrections removed: {report.corrections}")
    if report.records:
        print(f"records taken out of the archive: {report.records} ({report.withheld} pages are withheld)")
    if report.exported:
        print("exported before, cannot be recalled (tell who has it):")
        for export in report.exported:
            print(f"  {export.time:%Y-%m-%d %H:%M} {export.command} {export.path}")
    for line in report.left:
        print(f"left to you: {line}", file=sys.stderr)
    if not report.dry_run and person != "-":
        print("the name stands in your shell's history: delete it there (auszug forget - reads it from standard input)",
              file=sys.stderr)
    return EXIT_PROBLEMS if report.left else EXIT_OK
