"""`auszug diff`: what changed in the numbers between two publications, and why.

Part of `upkeep`. All of it is SQL over the two files (diff.sql, diff_match.sql), which are only read. A million
statements take seconds.
"""

# ruff: noqa: S608  (the words put into statements are the constants below)

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import duckdb
import msgspec

from pipeline.errors import InputError, StoreError
from pipeline.output.formats import write_result
from pipeline.output.result import Result
from pipeline.output.whole_files import whole_file
from pipeline.store.schema import quoted

_FOLDER = Path(__file__).parent
FORMATS = ("table", "json", "csv", "md")
MEMORY = "1GB"
SHOWN = 500
"""Rows of a table on the screen or in a text; JSON and CSV have all."""
_NEEDED: dict[str, tuple[str, ...]] = {
    "agenda_item": ("item_id", "source_id", "date", "item_number", "has_excerpt", "content_hash", "extractor"),
    "page_version": ("page_id", "content_hash", "address"),
    "statement": ("statement_id", "item_id", "section_index", "start_char", "end_char", "quote", "stance",
                  "speaker_id", "corrected"),
    "speaker": ("item_id", "speaker_id", "name", "person_id", "corrected"),
    "decision": ("decision_id", "item_id", "section_index", "start_char", "end_char", "text", "outcome", "unanimous",
                 "yes", "no", "abstain", "corrected"),
    "item_direction": ("item_id", "topic_id", "direction", "reason", "corrected"),
    "person": ("person_id", "source_id", "name"),
    "schema_version": ("version",),
}
"""What is compared: publications of other versions can be, too, as long as they have these columns."""

_TOTALS = """
WITH counted AS ({parts})
SELECT what, source_id AS corpus, coalesce(sum(n) FILTER (side = 'before'), 0)::BIGINT AS before,
    coalesce(sum(n) FILTER (side = 'after'), 0)::BIGINT AS after,
    (coalesce(sum(n) FILTER (side = 'after'), 0) - coalesce(sum(n) FILTER (side = 'before'), 0))::BIGINT AS difference
FROM counted GROUP BY GROUPING SETS ((what, source_id), (what)) ORDER BY what, source_id NULLS FIRST"""
_CHANGES = """
SELECT what, source_id AS corpus, reason, count(*) FILTER (change = 'added') AS added,
    count(*) FILTER (change = 'removed') AS removed, count(*) FILTER (change NOT IN ('added', 'removed')) AS changed
FROM change GROUP BY ALL ORDER BY ALL"""
_TRANSITIONS = """
SELECT what, change, old AS before, new AS after, count(*) AS rows
FROM change WHERE change IN ('stance', 'outcome', 'direction') GROUP BY ALL ORDER BY what, change, rows DESC, 3, 4"""
_ROWS = """
SELECT what, change, source_id AS corpus, reason, date, item_number, who, old AS before, new AS after, {quote}, address,
    item_id
FROM change ORDER BY what, change, source_id, date, item_id, who, old, new, quote {limit}"""
_EXAMPLES = """
SELECT * EXCLUDE (place, item_id) FROM (
    SELECT *, row_number() OVER (PARTITION BY what, change, reason ORDER BY date DESC, item_id, before, after) AS place
    FROM ({rows})
) WHERE place <= {number} ORDER BY what, change, reason, place"""
_COUNTED = {
    "statement": "FROM {side}.statement AS t JOIN {side}.agenda_item AS i ON i.item_id = t.item_id",
    "decision": "FROM {side}.decision AS t JOIN {side}.agenda_item AS i ON i.item_id = t.item_id",
    "speaker": "FROM {side}.speaker AS t JOIN {side}.agenda_item AS i ON i.item_id = t.item_id",
    "item": "FROM {side}.agenda_item AS i WHERE has_excerpt",
    "person": "FROM {side}.person AS i",
}


class Diff:
    """The changes between two publications, computed; `connection` has them in the table `change`.

    `most`: rows of each table at most; None: all.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self.most: int | None = None

    def _result(self, sql: str, title: str) -> Result:
        if self.most is not None:
            [(rows,)] = self.connection.execute(f"SELECT count(*) FROM ({sql})").fetchall()
            if rows > self.most:
                sql, title = f"SELECT * FROM ({sql}) LIMIT {self.most}", f"{title} (the first {self.most} of {rows:,})"
        return Result(self.connection, sql, title=title)

    def totals(self) -> Result:
        """How many there are of each thing before and after, in all and by corpus."""
        parts = " UNION ALL ".join(
            f"SELECT '{what}' AS what, '{side}' AS side, i.source_id, count(*) AS n {tables.format(side=side)} "
            "GROUP BY i.source_id" for what, tables in _COUNTED.items() for side in ("before", "after"))
        return self._result(_TOTALS.format(parts=parts), "Before and after")

    def changes(self) -> Result:
        """What was added, removed and changed, by corpus and reason."""
        return self._result(_CHANGES, "Changes by reason")

    def transitions(self) -> Result:
        """From which stance, outcome or direction to which."""
        return self._result(_TRANSITIONS, "Transitions")

    def examples(self, number: int) -> Result:
        """The newest `number` changes of each kind and reason, with quote and address."""
        rows = _ROWS.format(quote="left(quote, 160) AS quote", limit="")
        return self._result(_EXAMPLES.format(rows=rows, number=int(number)), "Examples")

    def rows(self) -> Result:
        """Every change."""
        return self._result(_ROWS.format(quote="quote", limit=""), "All changes")

    @property
    def count(self) -> int:
        """How many changes there are."""
        return int(self.connection.execute("SELECT count(*) FROM change").fetchall()[0][0])


@contextlib.contextmanager
def compare(old: Path, new: Path) -> Iterator[Diff]:
    """The changes from `old` to `new`. Raises InputError or StoreError where one is no publication to be compared."""
    with contextlib.closing(duckdb.connect(config={
        "autoinstall_known_extensions": "false", "autoload_known_extensions": "false", "memory_limit": MEMORY,
    })) as connection:
        same = old.exists() and new.exists() and old.samefile(new)
        _attach(connection, old, "before")
        if same:  # one file cannot be attached twice
            raise InputError("both are the same file", where=new, remedy="name two publications")
        _attach(connection, new, "after")
        for step in _steps("diff.sql"):
            connection.execute(step)
        yield Diff(connection)


def _attach(connection: duckdb.DuckDBPyConnection, path: Path, name: str) -> None:
    if not path.is_file():
        raise InputError("there is no such database", where=path, remedy="name a publication (corpora/auszug.duckdb)")
    try:
        connection.execute(f"ATTACH {quoted(str(path))} AS {name} (READ_ONLY)")
    except duckdb.Error as error:
        raise StoreError(f"the database cannot be opened ({str(error).splitlines()[0]})", where=path,
                         remedy="is it a database of this program, and not open for writing?") from None
    found: dict[str, set[str]] = {}
    for table, column in connection.execute(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = ?", [name]).fetchall():
        found.setdefault(table, set()).add(column)
    if "schema_version" not in found:
        raise StoreError("not a database of this program", where=path, remedy="name a publication")
    missing = sorted(f"{table}.{column}" for table, columns in _NEEDED.items() for column in columns
                     if column not in found.get(table, set()))
    if missing:
        [(version,)] = connection.execute(f"SELECT max(version) FROM {name}.main.schema_version").fetchall()
        raise StoreError(f"the database has schema version {version}, which lacks {', '.join(missing[:3])}", where=path,
                         remedy="build it anew with this program (auszug build --all), then compare")


def _steps(name: str) -> Iterator[str]:
    text = (_FOLDER / name).read_text("utf-8")
    for block in re.split(r"^-- (?=step: |match: )", text, flags=re.MULTILINE)[1:]:
        head, _, body = block.partition("\n")
        if head.startswith("match: "):
            kind = head.removeprefix("match: ").strip()
            yield from (step.replace("KIND", kind) for step in _steps("diff_match.sql"))
        else:
            yield body


def write_diff(
    diff: Diff, format_name: str, *, output: Path | None, screen: IO[str], is_terminal: bool, examples: int = 5,
    every: bool = False,
) -> None:
    """Write the changes in a format. Of CSV, which has one table: all changes with `every`, else the changes by reason.

    Raises InputError for an unknown format, ExportError where the file cannot be written.
    """
    if format_name not in FORMATS:
        raise InputError(f"there is no format '{format_name}'", remedy=f"formats: {', '.join(FORMATS)}")
    diff.most = SHOWN if format_name in {"table", "md"} and not every else None
    if format_name == "csv":
        chosen = diff.rows() if every else diff.changes()
        write_result(chosen, "csv", output=output, screen=screen, is_terminal=is_terminal)
        return
    if output is None:
        _write(diff, format_name, screen, is_terminal=is_terminal, examples=examples, every=every)
        return
    with whole_file(output) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        _write(diff, format_name, file, is_terminal=False, examples=examples, every=every)


def _write(
    diff: Diff, format_name: str, file: IO[str], *, is_terminal: bool, examples: int, every: bool
) -> None:
    makers = {"totals": diff.totals, "changes": diff.changes, "transitions": diff.transitions,
              "examples": diff.rows if every else lambda: diff.examples(examples)}
    if format_name == "json":
        file.write("{")
        for number, (name, make) in enumerate(makers.items()):
            result = make()
            names = [column.name for column in result.columns]
            file.write(f"{',' if number else ''}\n\"{name}\": [")
            for count, row in enumerate(result.rows()):
                line: dict[str, Any] = dict(zip(names, row, strict=True))
                file.write(f"{',' if count else ''}\n {msgspec.json.encode(line).decode()}")
            file.write("]")
        file.write("\n}\n")
        return
    for number, make in enumerate(makers.values()):
        if number and not diff.count:  # three empty tables tell no more than the first
            break
        result = make()
        if format_name == "md":
            file.write(f"{chr(10) if number else ''}## {result.title}\n\n")
        elif number:
            file.write("\n")
        write_result(result, format_name, output=None, screen=file, is_terminal=is_terminal and not every)
