"""A database of any size: the demonstration county many times over, with changed names and dates.

    python -m tests.scale --statements 1000000                 # makes one, times everything, removes it
    python -m tests.scale --statements 1000000 -o big.duckdb   # makes one
    python -m tests.scale big.duckdb                           # times every query, search and export on it

Each copy is a corpus of its own (`county-00001`) with its days shifted by whole weeks. Its persons have other names of
the same length (vowels exchanged), in the texts, too, so that every character span stays true. What `link` and the
publication derive is copied along, except the texts for searching, which the publication makes anew.
"""

# ruff: noqa: S608  (names of tables and columns come from schema.sql)

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from pipeline.store import schema
from pipeline.store.database import open_published, open_work
from pipeline.store.publish import publish
from tests.corpus_texts import rename
from tests.store_samples import write_county

VARIANTS = 24
"""Different sets of names: more than the persons of a council, and few enough to make each once."""
_WEEKS = 150
"""The copies begin in this many different weeks."""
_NAMES_IN = {"text", "quote", "name", "family_name", "names", "forms", "what", "attendee", "resolution", "subject",
             "normalised", "attendees", "speakers"}
"""Columns in which names of persons stand, besides keys."""
_SHARED = {"topic", "schema_version", "run", "problem"}
"""Tables that are there once."""


def multiply(statements: int, target: Path) -> int:
    """Write a publication of at least `statements` statements to `target`. Returns the number of copies."""
    with tempfile.TemporaryDirectory(dir=target.parent) as folder, open_work(Path(folder) / "work.duckdb") as work:
        write_county(work)
        connection = work.connection
        tables = {name: table for name, table in schema.all_tables().items() if name not in _SHARED}
        for name in tables:
            connection.execute(f"CREATE TEMP TABLE first_{name} AS SELECT * FROM {name}")
            connection.execute(f"DELETE FROM {name}")
        each = connection.execute("SELECT count(*) FROM first_statement").fetchall()[0][0]
        families = [row[0] for row in connection.execute(
            "SELECT DISTINCT family_name FROM first_person ORDER BY length(family_name) DESC, family_name").fetchall()]
        copies = -(-statements // each)
        for variant in range(min(VARIANTS, copies)):
            for name, table in tables.items():
                columns = ", ".join(_copied(column, families, variant) for column in table.columns)
                connection.execute(
                    f"""INSERT INTO {name} SELECT {columns} FROM first_{name} AS t,
                    (SELECT range AS copy FROM range({variant}, {copies}, {VARIANTS})) ORDER BY copy, t.rowid""")
        for name in tables:
            connection.execute(f"DROP TABLE first_{name}")
        publish(work, target, keep=1)
    return int(copies)


def _copied(column: schema.Column, families: list[str], variant: int) -> str:
    kind, name = column.type.removesuffix(" NOT NULL"), column.name
    if kind == "DATE":
        return f"t.{name} + CAST(copy % {_WEEKS} * 7 AS INTEGER)"
    if kind == "VARCHAR" and (name == "source_id" or name.endswith("_id")) and name not in {"topic_id", "speaker_id",
                                                                                          "record_id"}:
        return f"regexp_replace(t.{name}, '^ahrenfeld', 'county-' || lpad(CAST(copy AS VARCHAR), 5, '0'))"
    if name in _NAMES_IN and name != "speakers" and variant:
        value = "x" if kind.endswith("[]") else f"t.{name}"
        for family in families:
            value = f"replace({value}, '{family}', '{rename(family, variant)}')"
        return f"list_transform(t.{name}, lambda x: {value})" if kind.endswith("[]") else value
    return f"t.{name}"


def _rows(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])


def measure(path: Path) -> list[tuple[str, float, int]]:
    """(what, seconds, rows) of every named query and some searches; warm: the second of two calls."""
    from pipeline.output.query import load_queries, run_query
    from pipeline.paths import queries_folder

    given = {"statements_of": {"person": "Harmsen"}, "kwic": {"text": "Regionalbudget"}}
    found: list[tuple[str, float, int]] = []
    with open_published(path) as connection:
        for name, query in load_queries(queries_folder()).items():
            took, rows = 0.0, 0
            for _ in range(2):
                start = time.perf_counter()
                rows = sum(batch.num_rows for batch in run_query(connection, query, given.get(name, {})).batches())
                took = time.perf_counter() - start
            found.append((f"query {name}", took, rows))
        found += _searches(connection)
    return found


def _searches(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, float, int]]:
    from pipeline.output.search import search

    found = []
    for text in ("Sozialraum", '"externe Evaluation"', "Regionalbudget Befristung", "SRO", "Harmsen"):
        for kwic in (False, True):
            took, rows = 0.0, 0
            for _ in range(2):
                start = time.perf_counter()
                rows = len(list(search(connection, text, kwic=kwic).rows()))
                took = time.perf_counter() - start
            found.append((f"search {text}{' --kwic' if kwic else ''}", took, rows))
    return found


EXPORTS = ("speaker-positions.parquet", "speaker-positions.csv", "speaker-positions.jsonl", "statements.xml", "all.zip",
           "speaker-positions.parquet --pseudonymise", "statements.xml --pseudonymise", "all.zip --pseudonymise")
"""Data set and format of what is timed."""
GOALS = {"query": 1.0, "search": 0.3, "export speaker-positions.parquet --": 300.0,
         "export speaker-positions.parquet": 20.0, "export speaker-positions.csv": 30.0, "export memory": 1.5,
         "export": 300.0}
"""Seconds (memory: GB) at a million statements on two cores, warm in an open connection; the first that fits counts."""


def _line(what: str, value: float, unit: str, rows: int | None = None) -> str:
    goal = next(goal for name, goal in GOALS.items() if what.startswith(name))
    told = f"{rows:12,} rows" if rows is not None else " " * 17
    return f"{what:56} {value:8.3f} {unit:2} {told}   goal {goal:g}{'' if value < goal else '   MISSED'}"


def report(path: Path) -> None:
    """Print how long everything takes on the database `path`; exports in processes of their own, for their memory."""
    with open_published(path) as connection:
        tables = ("statement", "sentence", "agenda_item", "person")
        print(", ".join(f"{_rows(connection, table):,} {table}s" for table in tables))
    for what, seconds, rows in measure(path):
        print(_line(what, seconds, "s", rows), flush=True)
    for what in EXPORTS:
        subprocess.run([sys.executable, "-m", "tests.scale", "--export", what, str(path)], check=True)


def _export(path: Path, what: str) -> None:
    from pipeline.output.export import export
    from pipeline.output.pseudonyms import Pseudonyms

    name, _, hidden = what.partition(" ")
    dataset, _, suffix = name.partition(".")
    output = path.with_name(f"exported.{suffix}")
    with open_published(path) as connection:
        start = time.perf_counter()
        pseudonyms = Pseudonyms(connection, b"only for measuring") if hidden else None
        rows = sum(export(connection, dataset, output, pseudonyms=pseudonyms).values())
        took = time.perf_counter() - start
    output.unlink()
    print(_line(f"export {what}", took, "s", rows))
    print(_line(f"export memory {what}", _peak_memory(), "GB"), flush=True)


def _peak_memory() -> float:
    """Largest resident memory of this program in GB. `ru_maxrss` would not do: it outlives fork and exec, so a child
    of a large process shows its parent's."""
    [line] = [row for row in Path("/proc/self/status").read_text().splitlines() if row.startswith("VmHWM")]
    return int(line.split()[1]) / 1e6


def main() -> int:
    """Make or measure a database, as the module's text says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--statements", type=int, default=1_000_000)
    parser.add_argument("-o", "--output", type=Path, help="keep the database there")
    parser.add_argument("--export", choices=EXPORTS, help=argparse.SUPPRESS)
    parser.add_argument("measured", nargs="?", type=Path, help="measure this database instead of making one")
    chosen = parser.parse_args()
    if chosen.export:
        _export(chosen.measured, chosen.export)
        return 0
    if chosen.measured:
        report(chosen.measured)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        path = chosen.output or Path(folder) / "big.duckdb"
        start = time.perf_counter()
        copies = multiply(chosen.statements, path)
        print(f"{copies} copies of the county in {time.perf_counter() - start:.0f} s", flush=True)
        if not chosen.output:
            report(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
