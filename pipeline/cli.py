"""The command line: options in, a call of the library, a few lines out. Heavy imports happen inside the commands.

Errors of the program's tree are one line on stderr and their exit code; anything else is a bug, and says so.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, ParamSpec

import typer

from pipeline import __version__
from pipeline.errors import EXIT_FAILED, EXIT_OK, EXIT_PROBLEMS, AuszugError, InputError

if TYPE_CHECKING:
    from pipeline.output.result import Result

P = ParamSpec("P")
DEBUG_VARIABLE = "AUSZUG_DEBUG"
"""Where it is set, an error that is none of the program's tree shows its traceback."""

UsageError: type[Exception] = typer.BadParameter.__mro__[1]
"""Of the options themselves. Typer names it nowhere, and has either click's or one of its own."""

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
Contact = Annotated[str | None, typer.Option(
    metavar="ADDRESS", help="mailto: or web address for the User-Agent; default: AUSZUG_CONTACT.")]
Private = Annotated[bool, typer.Option(
    "--allow-private-addresses", help="The site may be on this machine or network (a local ALLRIS).")]


def _path(text: str) -> Path:
    """The path in an argument. An empty one is an unset variable in a script, not the working directory."""
    if not text:
        raise typer.BadParameter("a path is empty")
    return Path(text)


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
            except Exception as error:
                if os.environ.get(DEBUG_VARIABLE):
                    raise
                if isinstance(error, OSError) and error.filename is not None:  # the machine's doing, not the program's
                    _fail(f"{error.filename}: {error.strerror}; check the path, its permissions and the free space",
                          EXIT_FAILED)
                _fail(f"this is a bug of the program ({type(error).__name__}: {' '.join(str(error).split())[:200]}); "
                      f"call it again with {DEBUG_VARIABLE}=1 and report what it prints", EXIT_FAILED)
            raise typer.Exit(code or EXIT_OK)

        app.command(name)(wrapped)
        return wrapped

    return register


def _fail(message: str, code: int) -> NoReturn:
    """One line on stderr, and the end."""
    print(f"auszug: {message}", file=sys.stderr)
    raise typer.Exit(code)


def _refuse_overwriting(output: Path | None, *sources: Path) -> None:
    """Raises InputError where `output` is one of the files that are read: what is written would be all that is left."""
    for source in sources:
        if output is not None and output.exists() and source.exists() and output.samefile(source):
            raise InputError("is read here, and would be overwritten", where=output, remedy="name another file with -o")


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
    paths.refuse_other_files(target)
    from pipeline import run
    from pipeline.output import screen

    corpora = run.load_corpora(folders)
    bars: Any = contextlib.nullcontext()
    if not offline and any(corpus.source for corpus in corpora):
        from pipeline.harvest import Bars

        bars = Bars()
    with bars as harvest_progress, screen.progress() as progress, _stoppable():
        summary = run.run(
            corpora, offline=offline, target=target, work_path=paths.work_database(),
            clock=lambda: dt.datetime.now(dt.UTC), command=f"auszug {' '.join(sys.argv[1:])}", since=begin, until=end,
            dry_run=dry_run, progress=progress, harvest_progress=harvest_progress,
        )
    for report in summary.harvests:
        screen.print_report(report)
    screen.print_summary(summary)
    return summary.exit_code


@command("harvest")
def harvest_command(
    corpora: Annotated[list[str], typer.Argument(metavar="CORPUS", help="Folders or names of corpora with a site.")],
    resume: Annotated[bool, typer.Option("--resume", help="Go on where the site asked to stop before.")] = False,
    since: Since = None, until: Until = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="List what is known to be due; asks nothing.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="Print the summary as one line of JSON.")] = False,
    verbose: Verbose = False,
) -> int:
    """The online half of a batch: from the site into the archive, politely.

    Example: AUSZUG_CONTACT=mailto:name@example.org auszug harvest segeberg --since 2023-01-01
    """
    from pipeline import logs, paths
    from pipeline.config import load_corpus
    from pipeline.harvest import Bars, harvest
    from pipeline.output import screen

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
        screen.print_report(report)
    return summary.exit_code


@command("probe")
def probe_command(
    url: Annotated[str, typer.Argument(metavar="URL", help="Where the council's ALLRIS begins.")],
    contact: Contact = None, private: Private = False,
) -> int:
    """What is this site: generation, version, robots.txt, meetings, what its pages lack; writes nothing.

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
    print(f"written: {path}; next: auszug harvest {name}")
    return EXIT_OK


@contextlib.contextmanager
def _stoppable() -> Iterator[None]:
    """Inside, SIGTERM ends a batch as Ctrl-C does: what is written is whole, nothing is published."""

    def stop(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _day(text: str | None, option: str) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{option}: '{text}' is no date", remedy="write it as in 2023-08-31") from None


# ------------------------------------------------------------------------ extraction


@command("extract")
def extract_command(
    paths: Annotated[list[Path], typer.Argument(
        metavar="PATH", parser=_path, help="Text, HTML or WARC files, or folders of them.")],
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
    from pipeline.output.jsonl import line, lines_to
    from pipeline.sources import SourceProblem

    _refuse_overwriting(output, *paths)
    files = _topic_files(topic)
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


def _topic_files(names: list[str] | None) -> list[Path]:
    """The topic files called so; without a name, all there are."""
    from pipeline import paths

    if names is None:
        return paths.topic_files()
    return [Path(name) if name.endswith(".toml") or Path(name).is_file() else paths.find_topic(name) for name in names]


# --------------------------------------------------------------------------- answers

Format = Annotated[str | None, typer.Option(
    "--format", metavar="FORMAT", help="table, csv, json, parquet, xlsx or md; default: FILE's suffix, else table.")]


@command("query")
def query_command(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="The query; without it, the list of them.")] = None,
    parameter: Annotated[list[str] | None, typer.Option(
        "--param", "-p", metavar="KEY=VALUE", help="A parameter of the query; several are allowed.")] = None,
    format_: Format = None, output: Output = None, db: Database = None,
) -> None:
    """Run a named query on the published database.

    Example: auszug query topic_timeline -p topic=sro --format csv -o timeline.csv
    """
    from pipeline import paths
    from pipeline.output import query, screen
    from pipeline.store.database import open_published

    queries = query.load_queries(paths.queries_folder())
    with contextlib.closing(open_published(paths.published_database(db))) as connection:
        if name is None:
            screen.print_queries(queries.values())
            return
        given = query.parse_assignments(parameter or ())
        _write(query.run_query(connection, query.find_query(queries, name), given), format_, output, db)


def _write(result: Result, format_: str | None, output: Path | None, db: Path | None) -> None:
    """A result on the screen or into a file, which is not the database."""
    from pipeline import paths
    from pipeline.output.formats import write_result

    _refuse_overwriting(output, paths.published_database(db))
    suffix = output.suffix.lower().removeprefix(".") if output else ""
    rows = write_result(result, format_ or suffix or "table", output=output, screen=sys.stdout,
                        is_terminal=sys.stdout.isatty())
    if output:
        print(f"{rows:,} rows written to {output}", file=sys.stderr)


@command("search")
def search_command(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="Words, and phrases in quotes; all must be there.")],
    kwic: Annotated[bool, typer.Option("--kwic", help="Every place with its context, not a row a text.")] = False,
    since: Since = None, until: Until = None,
    topic: Annotated[str | None, typer.Option(metavar="TOPIC", help="Only items that name this topic.")] = None,
    source: Annotated[str | None, typer.Option(metavar="CORPUS", help="Only this corpus.")] = None,
    limit: Annotated[int | None, typer.Option(metavar="N", help="Rows at most; 0: all. Default: 50, in a file all.",
                                              min=0)] = None,
    width: Annotated[int, typer.Option(metavar="N", help="Characters of context on each side.", min=0)] = 60,
    format_: Format = None, output: Output = None, db: Database = None,
) -> None:
    """Full text search: parts of compounds are found, umlauts and ae are the same, the best texts come first.

    Example: auszug search Sozialraum --kwic --topic sro
    """
    from pipeline import paths
    from pipeline.output.search import LIMIT, search
    from pipeline.store.database import open_published

    most = limit if limit is not None else 0 if output else LIMIT
    with contextlib.closing(open_published(paths.published_database(db))) as connection:
        _write(search(connection, text, kwic=kwic, since=_day(since, "--since"), until=_day(until, "--until"),
                      topic=topic, source=source, limit=most, width=width), format_, output, db)


@command("sql")
def sql_command(
    text: Annotated[str, typer.Argument(metavar="SQL", help="One statement.")],
    format_: Format = None, output: Output = None, db: Database = None,
) -> None:
    """Read-only SQL on the published database.

    Example: auszug sql "SELECT outcome, count(*) FROM decision GROUP BY ALL"
    """
    from pipeline import paths
    from pipeline.output.sql import run_sql
    from pipeline.store.database import open_published

    with contextlib.closing(open_published(paths.published_database(db))) as connection:
        _write(run_sql(connection, text), format_, output, db)


@command("export")
def export_command(
    dataset: Annotated[str, typer.Argument(metavar="DATASET", help="speaker-positions, statements, decisions, "
                                           "topic-timeline, meetings, persons, commitments or all.")],
    output: Annotated[Path, typer.Option(
        "--output", "-o", metavar="FILE", help="csv, tsv, jsonl, parquet or xlsx; all and statements also xml (TEI) "
        "and zip (data package).")],
    excel: Annotated[bool, typer.Option("--excel", help="CSV as German Excel wants it.")] = False,
    pseudonymise: Annotated[bool, typer.Option(
        "--pseudonymise", help="Keys instead of persons, made with the secret in AUSZUG_PSEUDONYM_KEY.")] = False,
    key_file: Annotated[Path | None, typer.Option(
        "--key-file", metavar="FILE", help="Pseudonyms with the secret in FILE.")] = None, db: Database = None,
) -> None:
    """A data set for analysis elsewhere; the format by the file's suffix.

    Example: auszug export speaker-positions -o positions.xlsx
    """
    from pipeline import paths
    from pipeline.output.export import export
    from pipeline.output.pseudonyms import LIMITS, Pseudonyms, read_key
    from pipeline.store.database import open_published

    key = read_key(key_file) if pseudonymise or key_file else None
    with contextlib.closing(open_published(paths.published_database(db))) as connection:
        pseudonyms = Pseudonyms(connection, key) if key else None
        for name, rows in export(connection, dataset, output, excel=excel, pseudonyms=pseudonyms).items():
            parted = dataset == "all" and output.suffix.lower() not in {".xlsx", ".xml", ".zip"}
            file = output.with_name(f"{output.stem}-{name}{output.suffix}") if parted else output
            print(f"{name}: {rows:,} rows written to {file}", file=sys.stderr)
    if pseudonyms:
        print(f"pseudonyms: {LIMITS}", file=sys.stderr)


Topic = Annotated[str | None, typer.Option(
    "--topic", metavar="TOPIC", help="The topic; default: sro, or the only one there is.")]
Source = Annotated[str | None, typer.Option("--source", metavar="CORPUS", help="Only this corpus.")]


@command("report")
def report_command(
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The page (FILE.html).")],
    topic: Topic = None, source: Source = None,
    charts: Annotated[Path | None, typer.Option(
        metavar="DIR", help="The page's pictures besides, as SVG and PNG files in this folder.")] = None,
    db: Database = None,
) -> None:
    """A topic's course as one page that needs nothing else: timeline, positions, decisions, promises, sources.

    Example: auszug report -o sro.html --topic sro --charts pictures/
    """
    from pipeline import paths
    from pipeline.output.report import report
    from pipeline.store.database import open_published

    with contextlib.closing(open_published(paths.published_database(db))) as connection:
        written = report(connection, output, topic=topic, source=source, charts=charts)
    for file in written.files:
        print(f"written: {file}", file=sys.stderr)
    for name, (shown, of) in written.shown.items():
        if shown < of:
            print(f"{name.replace('_', ' ')}: {shown:,} of {of:,} are in the page", file=sys.stderr)


@command("feed")
def feed_command(
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The feed (FILE.xml).")],
    topic: Topic = None, source: Source = None,
    limit: Annotated[int, typer.Option(metavar="N", help="Entries at most, the newest; 0: all.", min=0)] = 100,
    address: Annotated[str | None, typer.Option(
        metavar="URL", help="Where the feed will be published: its link to itself.")] = None,
    db: Database = None,
) -> None:
    """New excerpts and decisions on a topic as an Atom feed.

    Example: auszug feed --topic sro -o sro.xml
    """
    from pipeline import paths
    from pipeline.output.feed import feed
    from pipeline.store.database import open_published

    with contextlib.closing(open_published(paths.published_database(db))) as connection:
        entries = feed(connection, output, topic=topic, source=source, limit=limit, address=address)
    print(f"{entries:,} entries written to {output}", file=sys.stderr)


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


@command("topic")
def topic_command(
    topic: Annotated[str, typer.Argument(metavar="TOPIC", help="A topic file, or the name of a topic.")],
    paths: Annotated[list[Path] | None, typer.Argument(
        metavar="PATH", parser=_path,
        help="Text, HTML or WARC files, or folders; without: only the file's own examples.")] = None,
    show: Annotated[int, typer.Option(metavar="N", help="Places shown for each entry.", min=0)] = 3,
) -> int:
    """What a topic file finds, what it leaves out and why, and words that it may have forgotten. For writing one.

    Example: auszug topic corpora/topics/sro.toml minutes/
    """
    from pipeline.extract.topics import load_topic
    from pipeline.output import screen
    from pipeline.topic_trial import TopicFind, failed_examples, topic_finds

    (file,) = _topic_files([topic])
    loaded = load_topic(file)
    broken = list(failed_examples(loaded))
    for line in broken:
        print(f"auszug: {file}: {line}", file=sys.stderr)
    finds: list[TopicFind] = []
    for found in topic_finds(loaded, paths or ()):
        if isinstance(found, TopicFind):
            finds.append(found)
        else:
            print(f"auszug: {found.address}: {found.message}", file=sys.stderr)
    print(f"{loaded.id}: {loaded.title}; {len(loaded.terms)} terms, {len(loaded.near_misses)} near misses, examples "
          f"{'broken' if broken else 'all as they should be'}")
    screen.print_finds(finds, show=show)
    return EXIT_PROBLEMS if broken else EXIT_OK


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
    """The entry point of the command `auszug`. Wrong options are one line, too."""
    try:
        code = app(standalone_mode=False)
    except UsageError as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            print(error, file=sys.stderr)
        else:
            context = getattr(error, "ctx", None)
            place = context.command_path if context is not None else "auszug"
            message = " ".join(getattr(error, "format_message", error.__str__)().split()).rstrip(".")
            print(f"auszug: {message}; {place} --help shows how it is called", file=sys.stderr)
        code = EXIT_FAILED
    except typer.Abort:
        code = EXIT_FAILED
    sys.exit(code)


if __name__ == "__main__":
    main()
