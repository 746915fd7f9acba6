"""How long linking and publishing take: some counties of many excerpts each, all of them changed or one.

    python -m tests.scale_store --counties 10 --items 10000             # makes a database, times everything, removes it
    python -m tests.scale_store --counties 10 --items 10000 -o FOLDER   # the same, and keeps it

Each county is the demonstration county many times over, as in `tests.scale`, but its copies are meetings of one corpus.
"""

# ruff: noqa: S608  (names of tables and columns come from schema.sql)

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from pipeline.store import changes, schema, scope
from pipeline.store.database import WorkDatabase, open_work
from pipeline.store.linking import link
from pipeline.store.publish import publish
from tests.corpus_texts import rename
from tests.scale import VARIANTS
from tests.store_samples import write_county

_DERIVED = {"organization", "person", "membership", "person_candidate", "item_direction", "commitment_follow_up"}
"""Tables that `link` fills."""
_NUMBERS = {"silfdnr", "tolfdnr", "volfdnr"}
_NAMES_IN = {"text", "quote", "name", "forms", "attendee", "resolution", "subject", "normalised"}
_WEEKS = 150


def fill(work: WorkDatabase, counties: int, items: int) -> None:
    """Fill the empty `work` with `counties` corpora of at least `items` excerpts each, not linked."""
    connection = work.connection
    write_county(work)
    tables = {name: table for name, table in scope.tables().items() if name not in _DERIVED and name != "source"}
    each = len(work.rows("SELECT item_id FROM agenda_item WHERE has_excerpt"))
    families = [row["family_name"] for row in work.rows(
        "SELECT DISTINCT family_name FROM person ORDER BY length(family_name) DESC, family_name")]
    for name in (*tables, "source"):
        connection.execute(f"CREATE TEMP TABLE first_{name} AS SELECT * FROM {name}")
    for name in scope.tables():
        connection.execute(f"DELETE FROM {name}")
    connection.execute("DELETE FROM source_state")
    copies = -(-items // each)
    for county in range(counties):
        source = f"county-{county:02}"
        connection.execute("INSERT INTO source SELECT * REPLACE (? AS source_id) FROM first_source", [source])
        for variant in range(min(VARIANTS, copies)):
            for name, table in tables.items():
                columns = ", ".join(_copied(column, source, families, variant) for column in table.columns)
                connection.execute(f"""INSERT INTO {name} SELECT {columns} FROM first_{name} AS t,
                    (SELECT range AS copy FROM range({variant}, {copies}, {VARIANTS})) ORDER BY copy, t.rowid""")
    for name in (*tables, "source"):
        connection.execute(f"DROP TABLE first_{name}")


def _copied(column: schema.Column, source: str, families: list[str], variant: int) -> str:
    kind, name = column.type.removesuffix(" NOT NULL"), column.name
    if kind == "DATE":
        return f"t.{name} + CAST(copy % {_WEEKS} * 7 AS INTEGER)"
    if name == "source_id":
        return f"'{source}'"
    if kind == "VARCHAR" and name.endswith("_id") and name not in {"topic_id", "speaker_id", "record_id"}:
        return f"regexp_replace(t.{name}, '^ahrenfeld/allris4/([a-z]+)/', '{source}/allris4/\\1/' || (copy + 1))"
    if name == "what":  # else a promise of one copy would seem to be taken up by all copies of a later item
        return "regexp_replace(t.what, '([A-ZÄÖÜ][a-zäöüß]{3})', '\\1' || (copy + 1), 'g')"
    if name in _NUMBERS:
        return f"CAST((copy + 1) || CAST(t.{name} AS VARCHAR) AS INTEGER)"
    if name in _NAMES_IN and variant:
        value = "x" if kind.endswith("[]") else f"t.{name}"
        for family in families:
            value = f"replace({value}, '{family}', '{rename(family, variant)}')"
        return f"list_transform(t.{name}, lambda x: {value})" if kind.endswith("[]") else value
    return f"t.{name}"


def timed(what: str, action: Callable[[], object]) -> None:
    """Do `action` and print how long it took, in all and of the processor."""
    start, cpu = time.perf_counter(), time.process_time()
    action()
    took, used = time.perf_counter() - start, time.process_time() - cpu
    [peak] = [row for row in Path("/proc/self/status").read_text().splitlines() if row.startswith("VmHWM")]
    print(f"{what:40} {took:7.1f} s  (processor {used:6.1f} s)  peak {int(peak.split()[1]) / 1e6:.2f} GB", flush=True)


def main() -> int:
    """Make and measure, as the module's text says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--counties", type=int, default=10)
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("-o", "--output", type=Path, help="keep work.duckdb and auszug.duckdb in this folder")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = chosen.output or Path(temporary)
        made = (folder / "work.duckdb").exists()
        with open_work(folder / "work.duckdb") as work:
            if not made:
                timed("fill", lambda: fill(work, chosen.counties, chosen.items))
                timed("link all", lambda: link(work))
                timed("publish all", lambda: publish(work, folder / "auszug.duckdb", keep=2))
            count = {table: work.rows(f"SELECT count(*) AS n FROM {table}")[0]["n"]
                     for table in ("agenda_item", "statement", "sentence", "person")}
            print(", ".join(f"{number:,} {table}s" for table, number in count.items()))
            for _ in range(2):
                changes.mark(work, "county-03")
                timed("link one", lambda: link(work))
                timed("publish one", lambda: publish(work, folder / "auszug.duckdb", keep=2))
        print(f"publication {(folder / 'auszug.duckdb').stat().st_size / 1e6:.0f} MB, "
              f"work {(folder / 'work.duckdb').stat().st_size / 1e6:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
