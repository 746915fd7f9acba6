"""The command line: options in, a call of the library, a few lines out. Heavy imports happen inside the commands.

Errors of the program's tree are one line on stderr and their exit code; anything else is a bug and shows where.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, ParamSpec

import typer

from pipeline import __version__
from pipeline.errors import EXIT_FAILED, EXIT_OK, EXIT_PROBLEMS, AuszugError, InputError

if TYPE_CHECKING:
    from pipeline.harvest import RunReport
    from pipeline.run import Progress, Summary

P = ParamSpec("P")

app = typer.Typer(
    name="auszug", no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False,
    help="The minutes of German municipal councils as data: who said what, for or against, and what was decided.",
    epilog="First steps: auszug run seed ahrenfeld --offline, then auszug query.",
)

Corpora = Annotated[list[str] | None, typer.Argument(
    metavar="CORPUS", help="Folders or names; default: every corpus in ./corpora that has files or an archive.")]
Database = Annotated[Path | None, typer.Option(
    "--db", metavar="FILE", help="The published database; default: AUSZUG_DB, else corpora/auszug.duckdb.")]
Since = Annotated[str | None, typer.Option(metavar="DATE", help="Only meetings from this day on (2023-08-31).")]
Until = Annotated[str | None, typer.Option(metavar="DATE", help="Only meetings up to this day.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Read and extract everything, keep nothing.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Log the course of the run on stderr.")]
Output = Annotated[Path | None, typer.Option(
    "--output", "-o", metavar="FILE", help="Write to FILE instead of the screen.")]


def command(name: str) -> Callable[[Callable[P, int | None]], Callable[P, None]]:
    """Registers a command that returns its exit code (None: 0)."""

    def register(function: Callable[P, int | None]) -> Callable[P, None]:
        @functools.wraps(function)
        def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
            try:
                code = function(*args, **kwargs)
            except AuszugError as error:
                _fail(str(error), error.exit_code)
            except KeyboardInterrupt:
                _fail("stopped", EXIT_FAILED)
            except BrokenPipeError:  # the reader (head, less) has enough
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                code = EXIT_OK
            raise typer.Exit(code or EXIT_OK)

        app.command(name)(wrapped)
        return wrapped

    return register


def _fail(message: str, code: int) -> NoReturn:
    """One line on stderr, and the end."""
    print(f"auszug: {message}", file=sys.stderr)
    raise typer.Exit(code)


@app.callback(invoke_without_command=True)
def _version(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        print(f"auszug {__version__}")
        raise typer.Exit


# ---------------------------------------------------------------------------- batch


@command("run")
def run_command(
    corpora: Corpora = None,
    offline: Annotated[bool, typer.Option("--offline", help="Build from the archive; no request is sent.")] = False,
    since: Since = None, until: Until = None, dry_run: DryRun = False, verbose: Verbose = False, db: Database = None,
) -> int:
    """One batch: harvest, extract, store, publish.

    Example: auszug run seed ahrenfeld --offline
    """
    return _batch(corpora, since, until, db, offline=offline, dry_run=dry_run, verbose=verbose)


@command("build")
def build_command(
    corpora: Corpora = None, since: Since = None, until: Until = None, dry_run: DryRun = False,
    verbose: Verbose = False, db: Database = None,
) -> int:
    """The offline half of a batch: archive and files to the published database.

    Example: auszug build ahrenfeld
    """
    return _batch(corpora, since, until, db, offline=True, dry_run=dry_run, verbose=verbose)


def _batch(
    names: list[str] | None, since: str | None, until: str | None, db: Path | None, *, offline: bool, dry_run: bool,
    verbose: bool,
) -> int:
    from pipeline import logs, paths

    begin, end = _day(since, "--since"), _day(until, "--until")
    if begin and end and begin > end:
        raise InputError("--since is after --until", remedy="exchange them")
    logs.configure(verbose=verbose)
    folders = [paths.find_corpus(name) for name in names] if names else paths.corpora_with_content()
    target = paths.published_database(db)
    signal.signal(signal.SIGTERM, _stop)

    from pipeline import run

    corpora = run.load_corpora(folders)
    bars: Any = contextlib.nullcontext()
    if not offline and any(corpus.source for corpus in corpora):
        from pipeline.harvest import Bars

        bars = Bars()
    with bars as harvest_progress, _progress() as progress:
        summary = run.run(
            corpora, offline=offline, target=target, work_path=paths.work_database(),
            clock=lambda: dt.datetime.now(dt.UTC), command=f"auszug {' '.join(sys.argv[1:])}", since=begin, until=end,
            dry_run=dry_run, progress=progress, harvest_progress=harvest_progress,
        )
    for report in summary.harvests:
        _print_report(report)
    _print_summary(summary)
    return summary.exit_code


@command("harvest")
def harvest_command(
    corpora: Annotated[list[str], typer.Argument(metavar="CORPUS", help="Folders or names of corpora with a site.")],
    resume: Annotated[bool, typer.Option("--resume", help="Go on where the site asked to stop before.")] = False,
    since: Since = None, until: Until = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="List what would be fetched; only robots.txt is.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="Print the summary as one line of JSON.")] = False,
    verbose: Verbose = False,
) -> int:
    """The online half of a batch: from the site into the archive, politely.

    Example: AUSZUG_CONTACT=mailto:name@example.org auszug harvest segeberg --since 2023-01-01
    """
    from pipeline import logs, paths
    from pipeline.config import load_corpus
    from pipeline.harvest import Bars, harvest

    logs.configure(verbose=verbose)
    chosen = [load_corpus(paths.find_corpus(name)) for name in corpora]
    with Bars() as bars:
        summary = harvest(chosen, since=_day(since, "--since"), until=_day(until, "--until"), resume=resume,
                          dry_run=dry_run, progress=bars)
    if json_:
        print(summary.json_line())
        return summary.exit_code
    for report in summary.reports:
        for kind, address in report.planned:
            print(f"{kind}\t{address}")
        _print_report(report)
    return summary.exit_code


def _print_report(report: RunReport) -> None:
    """What a harvest did, in a line or two."""
    print(f"{report.corpus}: {report.new} new, {report.changed} changed, {report.unchanged} unchanged, "
          f"{report.not_public} not public, {report.failed} failed; {report.requests} requests, "
          f"{report.bytes / 1e6:.1f} MB in {report.seconds:.0f} s; {report.state.replace('_', ' ')}")
    if report.message:
        remedy = f"; {report.remedy}" if report.remedy else ""
        print(f"auszug: {report.corpus}: {report.message}{remedy}", file=sys.stderr)


def _stop(_number: int, _frame: object) -> None:
    """SIGTERM ends a batch as Ctrl-C does: what is written is whole, nothing is published."""
    raise KeyboardInterrupt


def _day(text: str | None, option: str) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{option}: '{text}' is no date", remedy="write it as in 2023-08-31") from None


@contextmanager
def _progress() -> Iterator[Progress | None]:
    """A bar on stderr where that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    with Progress(SpinnerColumn(), TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn(),
                  console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda stage, done, total: bar.update(task, description=stage, completed=done, total=total)


def _print_summary(summary: Summary) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column()
    table.add_column(justify="right")
    for label, number in (("meetings", summary.meetings), ("items", summary.items), ("statements", summary.statements),
                          ("decisions", summary.decisions)):
        table.add_row(label, f"{number:,}")
    errors = summary.new_errors + summary.known_errors
    table.add_row("problems", f"{errors + summary.warnings:,}")
    console = Console(highlight=False)
    console.print(table)
    print(f"corpora: {', '.join(summary.corpora)}; {summary.pages:,} pages in {summary.seconds:.1f} s")
    if errors or summary.warnings:
        print(f"problems: {summary.new_errors} new errors, {summary.known_errors} known errors, {summary.warnings} "
              "warnings; see them with: auszug status")
    print(f"published: {summary.database}" if summary.database else "dry run: nothing was kept")


# ------------------------------------------------------------------------ extraction


@command("extract")
def extract_command(
    paths: Annotated[list[Path], typer.Argument(
        metavar="PATH", help="Text, HTML or WARC files, or folders of them.")],
    format_: Annotated[str, typer.Option("--format", metavar="FORMAT", help="jsonl is the only format.")] = "jsonl",
    output: Output = None,
    topic: Annotated[list[str] | None, typer.Option(metavar="TOPIC", help="Topics to look for (a file, or a name); "
                                                    "default: all there are.")] = None,
    model: Annotated[str, typer.Option(metavar="NAME", help="An installed spaCy pipeline to ask besides.")] = "",
) -> int:
    """The extraction record of each excerpt, one JSON object a line; no database.

    Example: auszug extract minutes/ saved.html -o records.jsonl
    """
    if format_ != "jsonl":
        raise InputError(f"--format: '{format_}' is not known", remedy="the format is jsonl")
    from pipeline.adhoc import extract_paths
    from pipeline.output.jsonl import line
    from pipeline.sources import SourceProblem

    files = _topic_files(topic)
    records = problems = 0
    with _writer(output) as write:
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


def _topic_files(names: list[str] | None) -> list[Path]:
    """The topic files called so; without a name, all there are."""
    from pipeline import paths

    if names is None:
        return paths.topic_files()
    return [Path(name) if name.endswith(".toml") else paths.find_topic(name, Path.cwd()) for name in names]


@contextmanager
def _writer(output: Path | None) -> Iterator[Callable[[str], Any]]:
    """Writes lines to the screen, or to a file that appears only when it is whole."""
    if output is None:
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
        yield print
        sys.stdout.flush()
        return
    from pipeline.errors import ExportError

    temporary = output.with_name(f".{output.name}.part")
    try:
        file = temporary.open("w", encoding="utf-8", newline="\n")
    except OSError as error:
        raise ExportError(f"cannot be written ({error.strerror})", where=output, remedy="choose another path") from None
    try:
        with file:
            yield lambda text: file.write(f"{text}\n")
        temporary.replace(output)
    except OSError as error:
        raise ExportError(f"cannot be written ({error.strerror})", where=output, remedy="choose another path") from None
    finally:
        temporary.unlink(missing_ok=True)


@command("eval")
def eval_command(
    gold: Annotated[Path, typer.Argument(metavar="GOLD_DIR", help="A folder of annotated documents (*.json).")],
    by_style: Annotated[bool, typer.Option("--by-style", help="A row for each style of minutes.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
    held_out: Annotated[Path | None, typer.Option(metavar="FILE", help="Ids put aside while tuning.")] = None,
    show: Annotated[int, typer.Option(metavar="N", help="Print the first N differences.", min=0)] = 0,
) -> int:
    """How good the extraction is on annotated documents, with intervals and calibration.

    Example: auszug eval my-sample/ --by-style
    """
    import json

    from pipeline import evaluate
    from pipeline import gold as documents

    ids = evaluate.read_ids(held_out) if held_out else None
    evaluation = evaluate.evaluate(documents.load(gold))
    if json_:
        print(json.dumps(evaluate.as_json(evaluation, held_out=ids), ensure_ascii=False))
        return EXIT_OK
    for difference in evaluation.differences()[:show]:
        print(difference)
    print(evaluate.report(evaluation, held_out=ids, by_style=by_style))
    return EXIT_OK


def main() -> None:
    """The entry point of the command `auszug`."""
    app()


if __name__ == "__main__":
    main()
