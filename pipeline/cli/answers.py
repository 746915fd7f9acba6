"""Commands that answer from the published database: query, search, sql, export, report, feed."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.shared import Database, Output, Since, Until, command, refuse_overwriting, span, words

if TYPE_CHECKING:
    from pipeline.output.result import Result

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
        given = query.parse_assignments([words(text) for text in parameter or ()])
        chosen = query.find_query(queries, name)
        _write(query.run_query(connection, chosen, given), format_, output, db)
        if corpora := query.mixed_corpora(connection, chosen, given):
            print(f"rows of {len(corpora)} corpora; of one alone with: -p source={corpora[0]}", file=sys.stderr)


def _note(file: Path) -> None:
    """Note that a file was written: who asks to be forgotten may be told where copies went (see `auszug forget`)."""
    from pipeline import paths
    from pipeline.upkeep.exports import note_export

    note_export(paths.state_folder(), file, command=" ".join(["auszug", *sys.argv[1:2]]))


def _write(result: Result, format_: str | None, output: Path | None, db: Path | None) -> None:
    """A result on the screen or into a file, which is not the database."""
    from pipeline import paths
    from pipeline.output.formats import write_result

    refuse_overwriting(output, paths.published_database(db))
    suffix = output.suffix.lower().removeprefix(".") if output else ""
    rows = write_result(result, format_ or suffix or "table", output=output, screen=sys.stdout,
                        is_terminal=sys.stdout.isatty())
    if output:
        _note(output)
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
    """Full text search, the best texts first. Parts of compounds are found, umlauts and ae are the same.

    Example: auszug search Sozialraum --kwic --topic sro
    """
    from pipeline import paths
    from pipeline.output.search import LIMIT, search
    from pipeline.store.database import open_published

    begin, end = span(since, until)
    most = limit if limit is not None else 0 if output else LIMIT
    with contextlib.closing(open_published(paths.published_database(db))) as connection:
        _write(search(connection, words(text), kwic=kwic, since=begin, until=end, topic=topic, source=source,
                      limit=most, width=width), format_, output, db)


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
        _write(run_sql(connection, words(text)), format_, output, db)


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
    """A data set for analysis elsewhere. The format goes by the file's suffix.

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
            if parted:
                _note(file)
            print(f"{name}: {rows:,} rows written to {file}", file=sys.stderr)
    if output.is_file():
        _note(output)
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
    """A topic's course as one page. Timeline, positions, decisions, promises, sources; it needs nothing else.

    Example: auszug report -o sro.html --topic sro --charts pictures/
    """
    from pipeline import paths
    from pipeline.output.report import report
    from pipeline.store.database import open_published

    with contextlib.closing(open_published(paths.published_database(db))) as connection:
        written = report(connection, output, topic=topic, source=source, charts=charts)
    for file in written.files:
        _note(Path(file))
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
    _note(output)
    print(f"{entries:,} entries written to {output}", file=sys.stderr)
