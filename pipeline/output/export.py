"""The data sets that researchers take away: `auszug export DATASET -o FILE`, the format by the file's suffix.

Part of `output`; read-only. Rows are sorted by their keys, so that the same database gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import duckdb

from pipeline.errors import ExportError
from pipeline.output.formats import write_file
from pipeline.output.pseudonyms import Pseudonyms
from pipeline.output.query import nearest
from pipeline.output.result import Result
from pipeline.output.whole_files import whole_file
from pipeline.output.xlsx import add_sheet, workbook

_ALL = "all"
_READS = re.compile(r"\b(?:FROM|JOIN) ([a-z_]+)")
_MARKS = re.compile(r"\s?\[(?:derived|history|volatile)\]")
"""What the schema's descriptions say to the program only."""
_STATEMENTS = """(
    SELECT s.* EXCLUDE (topic_id, direction, stance_topic)
    FROM speaker_positions AS s
    LEFT JOIN (SELECT item_id, min(topic_id) AS topic_id FROM item_direction GROUP BY item_id) AS t
        ON t.item_id = s.item_id
    WHERE s.topic_id IS NOT DISTINCT FROM t.topic_id)"""
"""`speaker_positions` has a row a topic; here each statement stands once."""
DATASETS: Mapping[str, tuple[str, str, str]] = {
    "speaker-positions": ("speaker_positions", "date, item_id, statement_id, topic_id",
                          "who said what, where, for or against: a row a statement and topic"),
    "statements": (_STATEMENTS, "date, item_id, statement_id", "runs of sentences by one speaker, each once"),
    "decisions": ("decision_log", "date, item_id, decision_id", "decisions with votes and wording"),
    "topic-timeline": ("topic_timeline", "topic_id, source_id, date, meeting_id", "topics by meeting"),
    "meetings": ("meeting", "meeting_id", "meetings"),
    "persons": ("person", "person_id", "persons across meetings"),
    "commitments": ("commitment_log", "date, commitment_id", "promises and what became of them"),
}
"""Per data set: table or view, order of the rows, what it is."""

SUFFIXES = ("csv", "tsv", "jsonl", "parquet", "xlsx")
"""The formats of every data set. `all` is a workbook with a sheet for each, else a file for each (`x-persons.csv`)."""
WHOLE_SUFFIXES = ("xml", "zip")
"""Formats of `all` and `statements` besides: TEI, and a data package with its codebook."""
_WHOLE = frozenset({_ALL, "statements"})


def export(
    connection: duckdb.DuckDBPyConnection, dataset: str, output: Path, *, excel: bool = False,
    pseudonyms: Pseudonyms | None = None,
) -> dict[str, int]:
    """Write `dataset` to `output`. Returns the number of rows by data set.

    `excel`: CSV as German Excel wants it (BOM, semicolons, decimal comma). `pseudonyms`: what replaces persons.
    Raises ExportError for an unknown data set or format, naming what there is, and for a path that cannot be written.
    """
    if dataset not in DATASETS and dataset != _ALL:
        known = [*DATASETS, _ALL]
        close = nearest(dataset, [name.replace("-", "_") for name in known], f"data sets: {', '.join(known)}")
        raise ExportError(f"there is no data set '{dataset}'", remedy=close.replace("_", "-"))
    if output.is_dir():
        raise ExportError("this is a folder", where=output, remedy=f"name a file, such as {output / dataset}.csv")
    suffix = output.suffix.lower().removeprefix(".")
    formats = (*SUFFIXES, *WHOLE_SUFFIXES) if dataset in _WHOLE else SUFFIXES
    if suffix not in formats:
        raise ExportError(f"'{output.suffix or output.name}' is no format of the data set {dataset}", where=output,
                          remedy=_formats_there_are(suffix, formats))
    if excel and suffix != "csv":
        raise ExportError("--excel is for csv", where=output, remedy="leave it out")
    if suffix == "xml":
        from pipeline.output.tei import write_tei

        return write_tei(connection, output, pseudonyms=pseudonyms)
    if suffix == "zip":
        from pipeline.output.datapackage import write_package

        return write_package(connection, dataset, output, pseudonyms=pseudonyms)
    if dataset == _ALL and suffix == "xlsx":
        return _export_all(connection, output, pseudonyms)
    format_name = "csv-excel" if excel else suffix
    chosen = {name: output.with_name(f"{output.stem}-{name}{output.suffix}") for name in DATASETS} \
        if dataset == _ALL else {dataset: output}
    return {name: write_file(dataset_result(connection, name, pseudonyms), format_name, path)
            for name, path in chosen.items()}


def _formats_there_are(suffix: str, formats: tuple[str, ...]) -> str:
    offer = f"formats: {', '.join(formats)}"
    if suffix in WHOLE_SUFFIXES:
        return f"{offer}; {suffix} is for the data sets {' and '.join(sorted(_WHOLE))}"
    close = nearest(suffix, formats, "")
    return f"{close} ({offer})" if suffix and close else offer


def dataset_result(connection: duckdb.DuckDBPyConnection, dataset: str, pseudonyms: Pseudonyms | None = None) -> Result:
    """The rows of a data set, sorted, with the descriptions of its columns."""
    relation, order, title = DATASETS[dataset]
    return relation_result(connection, relation, order, title, pseudonyms)


def relation_result(
    connection: duckdb.DuckDBPyConnection, relation: str, order: str, title: str, pseudonyms: Pseudonyms | None,
) -> Result:
    """The rows of a table, a view or a SELECT in brackets, sorted by `order`; with `pseudonyms`, without names."""
    result = Result(connection, f"SELECT * FROM {relation} ORDER BY {order}", None,  # noqa: S608
                    descriptions(connection, relation), title=title)
    if pseudonyms is not None:  # the order of persons would tell their names or numbers
        result.change(pseudonyms.rows(result.columns), reorder=order.startswith("person_id"))
    return result


def descriptions(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    """What the columns of a table or view mean; of a SELECT in brackets, those of the relations that it reads."""
    found: dict[str, str] = {}
    for name in [relation] if relation.isidentifier() else _READS.findall(relation):
        for column, text in connection.execute(
            "SELECT column_name, comment FROM duckdb_columns() WHERE table_name = ? AND NOT internal", [name]
        ).fetchall():
            found.setdefault(column, _MARKS.sub("", text or "").strip())
    return found


def _export_all(
    connection: duckdb.DuckDBPyConnection, output: Path, pseudonyms: Pseudonyms | None
) -> dict[str, int]:
    with whole_file(output) as temporary, workbook(temporary) as book:
        return {dataset: add_sheet(book, dataset, dataset_result(connection, dataset, pseudonyms))
                for dataset in DATASETS}
