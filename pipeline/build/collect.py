"""Collects the pages of one corpus by meeting: those of the archive, parsed or from the cache, and its files.

What is not in the cache yet is parsed by tasks, whose results are collected as they come, in the order of fetching,
so that workers parse while this process puts pages together. Part of `build`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import msgspec

from pipeline.build import cache as caching
from pipeline.build.steps import Step, Steps
from pipeline.build.tasks import ParsePart
from pipeline.config import Corpus
from pipeline.harvest import archive
from pipeline.logs import get_logger
from pipeline.meetings import Collection
from pipeline.sources import BAD_OUTCOMES, Page, SourceProblem, explain, file_page
from pipeline.store.writer import Writer

PART_BYTES = 1_000_000
"""Size of a part of an archive that one task parses: some 250 pages, a quarter of a second."""

Progress = Callable[[str, int, int | None], None]
"""Called with the stage (a corpus and what is done), how many are done, and of how many (None: unknown)."""


class Collecting:
    """Fills the `collection` of a corpus. What is wrong with a page becomes a problem of `writer`'s."""

    def __init__(self, corpus: Corpus, cache: caching.Cache, writer: Writer, tell: Progress) -> None:
        self._corpus, self._cache, self._writer, self._tell = corpus, cache, writer, tell
        self.collection = Collection(body=corpus.body, organization=corpus.files.organization)
        self._log = get_logger("build").bind(corpus=corpus.name)
        self._unstored: dict[str, Page] = {}
        self._good: dict[str, Page] = {}
        self._expected = 0
        self._writing: caching.Parts | None = None
        self.parsed = 0
        """Parts of archives that were parsed, and not in the cache."""

    def steps(self) -> Steps:
        """What is to be parsed. When its results are taken and this is at its end, everything is collected."""
        warcs = archive.archive_files(self._corpus.archive)
        for path in warcs:
            yield from self._file(path)
        yield from self._when_all_came()
        self._cache.keep_only(warcs)
        for path in self._corpus.page_files():
            self._take(caching.pack([file_page(path, path.relative_to(self._corpus.folder).as_posix())]))
        self._tell(self._stage, self.parsed, self.parsed)

    def unstored(self) -> list[Page]:
        """The pages without a record (not public, a calendar), the last of each address. Call when all is collected."""
        self.collection.join_generations()
        # a page that failed once and came later is none of them
        last = [page for page in self._unstored.values() if page.fetched > self.collection.newest(page.address)]
        for page in last:
            if page.parsed is not None and page.parsed.outcome in BAD_OUTCOMES:
                self._problem(page.parsed.outcome, explain(page.parsed), page.address)
        return last

    def close(self) -> None:
        """Leaves no file behind."""
        self.collection.close()
        if self._writing is not None:
            self._writing.discard()

    # ------------------------------------------------------------------ private

    @property
    def _stage(self) -> str:
        return f"{self._corpus.name}: parts of the archive parsed"

    def _file(self, path: Path) -> Steps:
        """The pages of a file of the archive: as they were kept; by tasks where they were not, or are damaged."""
        kept = 0
        if self._cache.holds(path):
            yield from self._when_all_came()
            for part in self._cache.read(path):
                if part is None:
                    self._log.warning("cache_damaged", file=path.name)
                    break
                self._take(part)
                self._tell(f"{self._corpus.name}: pages", self.collection.count, None)
                kept += 1
            else:
                return
        parts = archive.parts(path, at_least=PART_BYTES)  # found one by one: the first are parsed meanwhile
        for number, (start, end) in enumerate(parts):
            self._expected += 1
            yield Step(ParsePart(path=str(path), start=start, end=end),
                       partial(self._parsed, path, last=end is None, taken=number < kept))

    def _when_all_came(self) -> Iterator[None]:
        """Waits for the results that are under way."""
        while self._expected:
            yield None

    def _parsed(self, path: Path, packed: bytes, *, last: bool, taken: bool) -> None:
        """Keeps a part, the `last` of its file or not, and takes it, unless it was `taken` from what was kept."""
        self._expected -= 1
        self.parsed += 1
        if self._writing is None:
            self._writing = self._cache.writing(path)
        self._writing.add(packed)
        if last:
            self._writing.close()
            self._writing = None
        if not taken:
            self._take(packed)
        self._tell(self._stage, self.parsed, None)

    def _take(self, packed: bytes) -> None:
        for found in caching.unpack(packed):
            if isinstance(found, SourceProblem):
                self._problem(found.code, found.message, found.address)
                continue
            page = found.page
            stored = self.collection.add_packed(found)
            if page.parsed is None:
                known = self._good.get(page.address)
                if page.revisit and not stored and known is not None and known.payload_hash == page.payload_hash:
                    self._unstored[page.address] = msgspec.structs.replace(known, fetched=page.fetched)
                continue
            if stored:
                for problem in page.parsed.problems:
                    self._writer.put_problem(problem.code, problem.message, address=page.address, severity="warning")
            elif page.fetched >= self.collection.newest(page.address):
                self._unstored[page.address] = page
                if page.parsed.outcome == "ok":
                    self._good[page.address] = page

    def _problem(self, code: str, message: str, address: str) -> None:
        self._log.warning("page_failed", code=code, address=address, reason=message)
        self._writer.put_problem(code, message, address=address)
