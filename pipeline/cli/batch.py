"""Commands that make or read data in bulk: run, build, harvest, probe, init, extract."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.shared import (
    Contact,
    Corpora,
    Database,
    DryRun,
    Output,
    Private,
    Since,
    Until,
    Verbose,
    command,
    path_of,
    refuse_overwriting,
    span,
    topic_files,
    utc_now,
)
from pipeline.errors import EXIT_FAILED, EXIT_OK, EXIT_PROBLEMS, AuszugError, InputError

if TYPE_CHECKING:
    from pipeline.build import Executor

UNATTENDED_VARIABLE = "AUSZUG_UNATTENDED"
"""Set by what `auszug schedule` writes: a batch that cannot even begin is noted, and told, as one that failed."""


Json = Annotated[bool, typer.Option("--json", help="Print the summary as one line of JSON, and nothing else.")]
Workers = Annotated[int | None, typer.Option(
    metavar="N", min=1, help="Processes that parse and extract; default: as many as there are processors.")]
Everything = Annotated[bool, typer.Option(
    "--all", help="Make everything anew from the archive, not only what is new.")]
On = Annotated[str | None, typer.Option(
    "--on", metavar="ADDRESS", help="Parse and extract on a cluster of dask.distributed: its scheduler's address "
    "(tcp://scheduler:8786), or local for one on this machine. Needs auszug[scale].")]
StoreAddress = Annotated[str | None, typer.Option(
    "--store", metavar="URL", help="With --on: a folder or object store that all machines reach (file:///..., "
    "s3://...), for archives that they do not see and for their results.")]
Wait = Annotated[bool, typer.Option("--wait", help="Where another run is at work: wait for its end.")]


@command("run")
def run_command(
    corpora: Corpora = None,
    offline: Annotated[bool, typer.Option("--offline", help="Build from the archive; no request is sent.")] = False,
    since: Since = None, until: Until = None, dry_run: DryRun = False, verbose: Verbose = False, json_: Json = False,
    wait: Wait = False, workers: Workers = None, on: On = None, store: StoreAddress = None,
    everything: Everything = False, db: Database = None,
) -> int:
    """One batch: harvest, extract, store, publish.

    Example: auszug run seed ahrenfeld --offline
    """
    return _batch("run", corpora, since, until, db, offline=offline, dry_run=dry_run, verbose=verbose, as_json=json_,
                  wait=wait, workers=workers, on=on, store=store, everything=everything)


@command("build")
def build_command(
    corpora: Corpora = None, since: Since = None, until: Until = None, dry_run: DryRun = False,
    verbose: Verbose = False, json_: Json = False, wait: Wait = False, workers: Workers = None, on: On = None,
    store: StoreAddress = None, everything: Everything = False, db: Database = None,
) -> int:
    """The offline half of a batch: archive to published database.

    Example: auszug build ahrenfeld
    """
    return _batch("build", corpora, since, until, db, offline=True, dry_run=dry_run, verbose=verbose, as_json=json_,
                  wait=wait, workers=workers, on=on, store=store, everything=everything)


def _batch(
    name: str, names: list[str] | None, since: str | None, until: str | None, db: Path | None, *, offline: bool,
    dry_run: bool, verbose: bool, as_json: bool, wait: bool, workers: int | None, on: str | None, store: str | None,
    everything: bool,
) -> int:
    """One batch and its summary line, which is printed whatever happens."""
    from pipeline.stopping import OrderlyStop

    with OrderlyStop():  # the batch has one of its own; loading what it needs takes seconds, too
        return _whole_batch(name, names, since, until, db, offline=offline, dry_run=dry_run, verbose=verbose,
                            as_json=as_json, wait=wait, workers=workers, on=on, store=store, everything=everything)


def _whole_batch(
    name: str, names: list[str] | None, since: str | None, until: str | None, db: Path | None, *, offline: bool,
    dry_run: bool, verbose: bool, as_json: bool, wait: bool, workers: int | None, on: str | None, store: str | None,
    everything: bool,
) -> int:
    from pipeline import logs, paths

    begin, end = span(since, until)
    logs.configure(verbose=verbose)
    from pipeline import run
    from pipeline.output import screen, summary_line

    folders: list[Path] = []
    begun = False
    called = f"auszug {' '.join(sys.argv[1:])}"
    try:
        folders = [paths.find_corpus(name) for name in names] if names else paths.corpora_with_content()
        target = paths.published_database(db)
        paths.refuse_other_files(target)
        corpora = run.load_corpora(folders)
        bars: Any = contextlib.nullcontext()
        if not offline and any(corpus.source for corpus in corpora):
            from pipeline.harvest import Bars

            bars = Bars()
        begun = True
        with bars as harvest_progress, screen.progress() as progress, _where(workers, on, store) as executor:
            summary = run.run(
                corpora, offline=offline, target=target, work_path=paths.work_database(), clock=utc_now, command=called,
                since=begin, until=end, dry_run=dry_run, progress=progress, harvest_progress=harvest_progress,
                wait=wait, executor=executor, everything=everything)
    except AuszugError as error:
        if not begun and not dry_run and os.environ.get(UNATTENDED_VARIABLE):
            run.not_begun(error, folders, names=names or [folder.name for folder in folders],
                          work_path=paths.work_database(), clock=utc_now, command=called)
        failed = summary_line.facts(name, names or [folder.name for folder in folders], error)
        print(summary_line.json_line(failed) if as_json else summary_line.text_line(failed))
        raise
    found = summary_line.facts(name, summary.corpora, summary)
    if as_json:
        print(summary_line.json_line(found))
        return summary.exit_code
    for report in summary.harvests:
        screen.print_report(report)
    screen.print_summary(summary)
    print(summary_line.text_line(found))
    return summary.exit_code


def _where(workers: int | None, on: str | None, store: str | None) -> Executor:
    """Where the work is done: on this machine, or on a cluster. Raises InputError, ConfigError."""
    from pipeline import paths

    if on is None:
        if store is not None:
            raise InputError("--store is for builds on a cluster", remedy="name one with --on, or leave --store out")
        from pipeline.build import executors

        return executors.local(workers)
    from pipeline.build import cluster

    return cluster.executor(on, workers=workers, store=store, state=paths.state_folder())


@command("harvest")
def harvest_command(
    corpora: Annotated[list[str], typer.Argument(metavar="CORPUS", help="Folders or names of corpora with a site.")],
    resume: Annotated[bool, typer.Option("--resume", help="Go on where the site asked to stop before.")] = False,
    since: Since = None, until: Until = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="List what is known to be due; asks nothing.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="Print the summary as one line of JSON.")] = False,
    verbose: Verbose = False,
) -> int:
    """The online half of a batch: site to archive, politely.

    Example: AUSZUG_CONTACT=mailto:name@example.org auszug harvest segeberg --since 2023-01-01
    """
    from pipeline import logs, paths
    from pipeline.config import load_corpus
    from pipeline.harvest import Bars, harvest
    from pipeline.output import screen

    logs.configure(verbose=verbose)
    begin, end = span(since, until)
    chosen = [load_corpus(paths.find_corpus(name)) for name in corpora]
    with Bars() as bars:
        summary = harvest(chosen, since=begin, until=end, resume=resume, dry_run=dry_run, progress=bars)
    if json_:
        print(summary.json_line())
        return summary.exit_code
    for report in summary.reports:
        for kind, address in report.planned:
            print(f"{kind}\t{address}")
        screen.print_report(report)
    return summary.exit_code


@command("probe")
def probe_command(
    url: Annotated[str, typer.Argument(metavar="URL", help="Where the council's ALLRIS begins.")],
    contact: Contact = None, private: Private = False,
) -> int:
    """What a site is: generation, robots.txt, what its pages lack. Writes nothing.

    Example: auszug probe https://ratsinfo.example.org/allris
    """
    from pipeline.harvest import probe
    from pipeline.output import screen

    found = probe(url, contact=contact or os.environ.get("AUSZUG_CONTACT"), allow_private=private, tell=screen.tell)
    screen.print_finding(found)
    return found.exit_code


@command("init")
def init_command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the new corpus.")],
    url: Annotated[str, typer.Option("--url", metavar="URL", help="Where the council's ALLRIS begins.")],
    contact: Contact = None, private: Private = False,
) -> int:
    """Probe a site and write a commented corpora/NAME/corpus.toml.

    Example: auszug init tal --url https://ratsinfo.example.org/allris --contact mailto:name@example.org
    """
    from pipeline import paths
    from pipeline.harvest import init_corpus
    from pipeline.output import screen

    path, found = init_corpus(name, url, folder=paths.output_folder(), allow_private=private, tell=screen.tell,
                              contact=contact or os.environ.get("AUSZUG_CONTACT"))
    screen.print_finding(found)
    named = contact or os.environ.get("AUSZUG_CONTACT")
    first = "look at it" if named else "say there who asks (contact)"
    print(f"written: {path}; next: {first}, then auszug run {name}")
    return EXIT_OK


@command("extract")
def extract_command(
    paths: Annotated[list[Path], typer.Argument(
        metavar="PATH", parser=path_of, help="Text, HTML or WARC files, or folders of them.")],
    format_: Annotated[str, typer.Option("--format", metavar="FORMAT", help="jsonl is the only format.")] = "jsonl",
    output: Output = None,
    topic: Annotated[list[str] | None, typer.Option(metavar="TOPIC", help="Topics to look for (a file, or a name); "
                                                    "default: all there are.")] = None,
    model: Annotated[str, typer.Option(metavar="NAME", help="An installed spaCy pipeline to ask besides.")] = "",
) -> int:
    """The extraction record of each excerpt, as JSON lines. Needs no database.

    Example: auszug extract minutes/ saved.html -o records.jsonl
    """
    if format_ != "jsonl":
        raise InputError(f"--format: '{format_}' is not known", remedy="the format is jsonl")
    from pipeline.adhoc import extract_paths
    from pipeline.output.jsonl import line, lines_to
    from pipeline.sources import SourceProblem

    refuse_overwriting(output, *paths)
    files = topic_files(topic)
    records = problems = 0
    with lines_to(output) as write:
        for found in extract_paths(paths, topics=files, model=model):
            if isinstance(found, SourceProblem):
                problems += 1
                print(f"auszug: {found.address}: {found.message}", file=sys.stderr)
            else:
                records += 1
                write(line(found))
    if not records:
        return EXIT_FAILED
    return EXIT_PROBLEMS if problems else EXIT_OK
