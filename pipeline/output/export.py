"""The data sets that researchers take away: `auszug export DATASET -o FILE`, the format by the file's suffix.

Part of `output`; read-only. Rows are sorted by their keys, so that the same database gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from pipeline.errors import ExportError
from pipeline.output.formats import add_sheet, whole_file, workbook, write_file
from pipeline.output.query import nearest
from pipeline.output.result import Result

_ALL = "all"
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


def export(connection: duckdb.DuckDBPyConnection, dataset: str, output: Path, *, excel: bool = False) -> dict[str, int]:
    """Write `dataset` to `output`. Returns the number of rows by data set.

    `excel`: CSV as German Excel wants it (BOM, semicolons, decimal comma). Raises ExportError for an unknown
    data set or format, naming what there is, and for a path that cannot be written.
    """
    if dataset not in DATASETS and dataset != _ALL:
        known = [*DATASETS, _ALL]
        close = nearest(dataset, [name.replace("-", "_") for name in known], f"data sets: {', '.join(known)}")
        raise ExportError(f"there is no data set '{dataset}'", remedy=close.replace("_", "-"))
    if output.is_dir():
        raise ExportError("this is a folder", where=output, remedy=f"name a file, such as {output / dataset}.csv")
    suffix = output.suffix.lower().removeprefix(".")
    if suffix not in SUFFIXES:
        raise ExportError(f"'{output.suffix or output.name}' is no format of the data set {dataset}", where=output,
                          remedy=f"formats: {', '.join(SUFFIXES)}")
    if excel and suffix != "csv":
        raise ExportError("--excel is for csv", where=output, remedy="leave it out")
    if dataset == _ALL and suffix == "xlsx":
        return _export_all(connection, output)
    format_name = "csv-excel" if excel else suffix
    chosen = {name: output.with_name(f"{output.stem}-{name}{output.suffix}") for name in DATASETS} \
        if dataset == _ALL else {dataset: output}
    return {name: write_file(dataset_result(connection, name), format_name, path) for name, path in chosen.items()}


def dataset_result(connection: duckdb.DuckDBPyConnection, dataset: str) -> Result:
    """The rows of a data set, sorted, with the descriptions of its columns."""
    relation, order, title = DATASETS[dataset]
    sql = "SELECT column_name, comment FROM duckdb_columns() WHERE table_name = ? AND NOT internal"
    described = connection.execute(sql, ["speaker_positions" if relation == _STATEMENTS else relation]).fetchall()
    return Result(connection, f"SELECT * FROM {relation} ORDER BY {order}", None, dict(described), title=title)  # noqa: S608


def _export_all(connection: duckdb.DuckDBPyConnection, output: Path) -> dict[str, int]:
    with whole_file(output) as temporary, workbook(temporary) as book:
        return {dataset: add_sheet(book, dataset, dataset_result(connection, dataset)) for dataset in DATASETS}
