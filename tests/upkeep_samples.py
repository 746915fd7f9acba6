"""What the tests of upkeep share: a folder as an operator has it, with a small harvested corpus and one of files."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import duckdb

from pipeline.build import build
from pipeline.config import load_corpus
from pipeline.harvest import archive
from pipeline.paths import shipped_corpora

NOW = dt.datetime(2026, 4, 1, 12, 0, tzinfo=dt.UTC)
WARC = "ahrenfeld-20260302T020000Z.warc.gz"
RECORDS = 79
"""Of the county's archive: enough for some meetings with attendance, minutes and papers."""
TEXT = """ALLRIS - Auszug

03.06.2025 - {number} Radweg an der Bahn

Reduzieren

Wortprotokoll

Frau Holm erläutert, dass der Radweg 2026 gebaut werde. Herr Uhl lehnt den Bau ab.
"""
"""An excerpt as text, of the item with this number."""
PAGE = TEXT.format(number=5)


class Place:
    """A working directory: `corpora/` with databases, corpora and state."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.corpora = folder / "corpora"
        self.target = self.corpora / "auszug.duckdb"
        self.work = self.corpora / ".auszug" / "work.duckdb"
        self.warc = self.corpora / "ahrenfeld" / "archive" / WARC
        self.now = NOW

    def clock(self) -> dt.datetime:
        self.now += dt.timedelta(seconds=1)
        return self.now

    def build(self, *names: str, everything: bool = False) -> None:
        """Build these corpora, or both."""
        chosen = [load_corpus(self.corpora / name) for name in names or ("ahrenfeld", "tal")]
        build(chosen, target=self.target, work_path=self.work, clock=self.clock, command="test", everything=everything)

    def rows(self, sql: str, *, work: bool = False) -> list[tuple[Any, ...]]:
        """Rows of the publication, or of the work database."""
        with duckdb.connect(str(self.work if work else self.target), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def change(self, sql: str) -> None:
        """Change rows of the work database behind the program's back."""
        with duckdb.connect(str(self.work)) as connection:
            connection.execute(sql)

    def copy_to(self, folder: Path) -> Place:
        shutil.copytree(self.corpora, folder / "corpora")
        return Place(folder)


def spans(path: Path) -> list[tuple[int, int]]:
    """Where the records of a WARC file lie."""
    with path.open("rb") as file:
        return list(archive.record_spans(file, path.stat().st_size))


def place_in(folder: Path) -> Place:
    """A working directory in `folder`, not built yet."""
    place = Place(folder)
    shipped = shipped_corpora() / "ahrenfeld"
    place.warc.parent.mkdir(parents=True)
    whole = shipped / "archive" / WARC
    place.warc.write_bytes(whole.read_bytes()[: spans(whole)[RECORDS - 1][1]])
    shutil.copyfile(shipped / "corpus.toml", place.corpora / "ahrenfeld" / "corpus.toml")
    tal = place.corpora / "tal"
    tal.mkdir()
    (tal / "corpus.toml").write_text(
        '[corpus]\nname = "tal"\ntitle = "Tal"\n[files]\npaths = ["*.txt"]\nbody = "Tal"\n')
    (tal / "page.txt").write_text(PAGE, "utf-8")
    return place
