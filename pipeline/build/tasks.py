"""The two tasks of a build: parsing a part of an archive, and making the rows of some pages. Performed anywhere.

A task is a plain record that names files and holds records; its result is bytes. No Doc object leaves a worker.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from pipeline.build import cache
from pipeline.config import Corpus
from pipeline.errors import AuszugError, PageError
from pipeline.limits import page_limit
from pipeline.logs import get_logger
from pipeline.records import AgendaItem, Extraction, PageProblem, Record
from pipeline.sources import SourceProblem, part_pages
from pipeline.store import arrow
from pipeline.store.rows import Rows
from pipeline.store.units import Unit, rows_of
from pipeline.versions import extraction_version

if TYPE_CHECKING:
    from pipeline.extract.pipeline import Extractor

_LEAST = 2
"""Bytes of a part that cannot be divided any more."""


class ParsePart(Record, frozen=True, kw_only=True):
    """The pages of a part of a WARC file (archive.parts), packed (build.cache)."""

    path: str
    start: int
    end: int | None

    def perform(self) -> bytes:
        """The pages, parsed. A page that cannot be read is a problem among them."""
        return cache.pack(part_pages(Path(self.path), self.start, self.end))

    def divided(self) -> list[ParsePart]:
        """Two halves; none where there is but one record."""
        from pipeline.harvest import archive

        bounds = [start for start, _ in archive.parts(Path(self.path), at_least=1)
                  if start >= self.start and (self.end is None or start < self.end)]
        if len(bounds) < _LEAST:
            return []
        middle = bounds[len(bounds) // 2]
        return [ParsePart(path=self.path, start=self.start, end=middle),
                ParsePart(path=self.path, start=middle, end=self.end)]

    def joined(self, results: list[bytes]) -> bytes:
        """The pages of both halves."""
        return cache.join(results)

    def given_up(self, reason: str) -> bytes:
        """A problem in the place of the record."""
        where = f"{Path(self.path).name} (byte {self.start})"
        return cache.pack([SourceProblem(code="too_costly", message=f"the page was not read: {reason}", address=where)])


class Reading(Record, frozen=True):
    """How the items of a corpus are read: the topics that are looked for, and a spaCy pipeline to ask besides."""

    topics: tuple[str, ...] = ()
    model: str = ""

    @classmethod
    def of(cls, corpus: Corpus) -> Reading:
        """How the items of `corpus` are read."""
        return cls(tuple(str(path) for path in corpus.topic_files), corpus.extract.model)

    def version(self) -> str:
        """Changes when any of the extraction's rules and weights, topics or models do."""
        digest = hashlib.sha256(self.model.encode())
        for path in self.topics:
            digest.update(Path(path).read_bytes())
        return f"{extraction_version()}-{digest.hexdigest()[:8]}"


@lru_cache(maxsize=8)
def extractor(reading: Reading) -> Extractor:
    """The extraction, loaded once in a process (it takes a second). Raises ConfigError."""
    from pipeline.extract import pipeline as extraction
    from pipeline.extract.topic_files import load_topic

    return extraction.load(topics=[load_topic(Path(path)) for path in reading.topics], model=reading.model)


class Made(Record, frozen=True, kw_only=True):
    """The rows of some pages, per table as packed Arrow; per page, in their order, what is wrong with it."""

    tables: dict[str, bytes]
    problems: tuple[tuple[PageProblem, ...], ...]
    failed: tuple[str | None, ...]
    """Per page why nothing was extracted (the text is kept); None: it was, or there was nothing to extract."""
    unmade: tuple[str | None, ...]
    """Per page why it has no rows at all; None: it has."""


class MakeRows(Record, frozen=True, kw_only=True):
    """The rows of `units`. `skip`: nothing is extracted from its items, for this reason."""

    reading: Reading
    units: tuple[Unit, ...]
    skip: str | None = None

    def perform(self) -> Made:
        """Extract and make the rows."""
        read = [self._extract(unit) for unit in self.units]
        made = [self._rows(unit, extraction) for unit, (extraction, _) in zip(self.units, read, strict=True)]
        try:
            tables = _tables([rows for rows, _ in made])
        except Exception:  # one of the pages holds what no table can
            made = [(rows, _reason_against(rows)) for rows, _ in made]
            tables = _tables([rows for rows, reason in made if reason is None])
        return Made(tables={name: arrow.packed(table) for name, table in tables.items()},
                    problems=tuple(extraction.problems for extraction, _ in read),
                    failed=tuple(reason for _, reason in read), unmade=tuple(reason for _, reason in made))

    def _rows(self, unit: Unit, extraction: Extraction) -> tuple[Rows, str | None]:
        try:
            return rows_of(unit, extraction), None
        except Exception as error:  # the page's rows contradict each other; the next page has its own
            get_logger("build").error("not_written", address=unit.provenance.address, exc_info=error)
            return {}, f"{type(error).__name__}: {error}"

    def _extract(self, unit: Unit) -> tuple[Extraction, str | None]:
        if not isinstance(unit.record, AgendaItem):
            return Extraction(), None
        if self.skip is not None:
            return Extraction(), self.skip
        reader = extractor(self.reading)  # a model that is missing stops the batch: it is no page's fault
        try:
            with page_limit(where=unit.provenance.address):
                return reader.extract(unit.record, unit.context), None
        except PageError as error:
            return Extraction(), error.what
        except AuszugError:
            raise
        except Exception as error:  # whatever it stumbles on, the next item may be read
            get_logger("build").error("extraction_failed", address=unit.provenance.address, exc_info=error)
            return Extraction(), f"{type(error).__name__}: {error}"

    def divided(self) -> list[MakeRows]:
        """A task for each half of the pages."""
        if len(self.units) < _LEAST:
            return []
        middle = len(self.units) // 2
        return [MakeRows(reading=self.reading, units=half) for half in (self.units[:middle], self.units[middle:])]

    def joined(self, results: list[Made]) -> Made:
        """The rows of both halves."""
        tables: dict[str, bytes] = {}
        for name in dict.fromkeys(name for made in results for name in made.tables):
            parts = [arrow.unpacked(made.tables[name]) for made in results if name in made.tables]
            tables[name] = arrow.packed(pa.concat_tables(parts))
        return Made(tables=tables, problems=tuple(p for made in results for p in made.problems),
                    failed=tuple(f for made in results for f in made.failed),
                    unmade=tuple(u for made in results for u in made.unmade))

    def given_up(self, reason: str) -> Made:
        """The page's rows without an extraction."""
        return MakeRows(reading=self.reading, units=self.units, skip=reason).perform()


def _tables(pages: Sequence[Rows]) -> dict[str, pa.Table]:
    """The rows of `pages` as tables, in the order of the pages."""
    found: dict[str, list[dict[str, Any]]] = {}
    for rows in pages:
        for table, some in rows.items():
            found.setdefault(table, []).extend(some)
    return {name: arrow.table_of(name, some) for name, some in found.items() if some}


def _reason_against(rows: Rows) -> str | None:
    try:
        _tables([rows])
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None
