"""Builds one corpus: its pages, parsed or from the cache, by meeting, and of those the rows that are not there yet.

A page is parsed once for each payload, and its rows are made once for each hash of everything that they are made from
(`fingerprint.of_unit`): page, full title, attendance, paper, topics, and the program. What is the same as in the
database stays there untouched. Part of `build`; the work is done by an `Executor`, wherever that is.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import msgspec

from pipeline import stopping
from pipeline.addresses import numbers_in
from pipeline.build import cache as caching
from pipeline.build.collect import Collecting, Progress
from pipeline.build.rounds import PageVersions, Rounds
from pipeline.build.steps import Step, Steps
from pipeline.build.tasks import Made, MakeRows, Reading
from pipeline.config import Corpus
from pipeline.errors import ArchiveError, AuszugError, ConfigError, ExtractionError
from pipeline.extract.topic_files import load_topic
from pipeline.link.corrections import Correction, parse_corrections
from pipeline.logs import get_logger
from pipeline.meetings import Collection, MeetingGroup, Version, context_hash
from pipeline.records import AgendaItem
from pipeline.sources import Page
from pipeline.store import arrow, completed, trouble
from pipeline.store.database import Provenance, SourceInfo, TopicInfo, WorkDatabase, utc
from pipeline.store.units import Unit
from pipeline.store.writer import Run, Writer

RUIN = 5
"""Failed extractions from which on, where they are the most, the program is wrong: a page fails alone."""
_NUMBERS = {"excerpt": "TOLFDNR", "meeting": "SILFDNR", "attendance": "SILFDNR", "paper": "VOLFDNR",
            "person": "KPLFDNR"}
"""Parameter of an address that holds the number of what the page shows."""


class Window(msgspec.Struct, frozen=True):
    """The days that are asked for."""

    since: dt.date | None
    until: dt.date | None

    @property
    def whole(self) -> bool:
        """Whether every day is."""
        return self.since is None and self.until is None

    def holds(self, date: str | None) -> bool:
        """Whether `date` lies in it; a meeting without a date only lies in the whole."""
        if self.whole:
            return True
        return date is not None and (self.since is None or date >= self.since.isoformat()) and (
            self.until is None or date <= self.until.isoformat())


class Built(msgspec.Struct):
    """What was done for a corpus."""

    parsed: int = 0
    """Parts of archives that were parsed."""
    written: int = 0
    """Pages whose rows were made."""
    extracted: int = 0
    """Of them, items."""
    kept: int = 0
    """Pages that were as they are in the database."""


class CorpusBuilder:
    """Builds one corpus into the work database. `everything`: nothing that is known already is trusted.

    First all steps of `reading`, then all of `writing` (pipeline.build.steps); with the last result the corpus is
    finished, and `done` says what was done.
    """

    def __init__(
        self, corpus: Corpus, work: WorkDatabase, batch: Run, window: Window, tell: Progress, *,
        state: Path, print_: str | None, everything: bool = False,
    ) -> None:
        """`state`: the folder that holds the cache of parsed pages. `print_`: what the corpus is made from."""
        self._corpus, self._work, self._batch, self._window, self._tell = corpus, work, batch, window, tell
        self._state, self._print, self._everything = state, print_, everything
        self._log = get_logger("build").bind(corpus=corpus.name)
        self._reading = Reading.of(corpus)
        self._collecting: Collecting | None = None
        self._asked = False
        self.name = corpus.name
        self.done = Built()
        self.finished = False
        """Whether everything is written."""

    def reading(self) -> Steps:
        """Steps that parse what is not in the cache; then everything of the corpus is collected."""
        corpus = self._corpus
        topics = [load_topic(path) for path in corpus.topic_files]
        source = SourceInfo(name=corpus.name, title=corpus.title, body=corpus.body,
                            url=corpus.source.url if corpus.source else None, topics=corpus.topics)
        self._writer = Writer(self._work, source, run=self._batch, topics=[
            TopicInfo(name=topic.id, title=topic.title, description=" ".join(topic.description.split()))
            for topic in topics])
        cache = caching.Cache(caching.folder_of(self._state, corpus.name))
        self._collecting = Collecting(corpus, cache, self._writer, self._tell)
        yield from self._collecting.steps()

    def writing(self) -> Steps:
        """Steps that make the rows that are not in the database as they should be (of meetings in the window)."""
        assert self._collecting is not None, "reading comes first"
        self.done.parsed = self._collecting.parsed
        collection = self._collecting.collection
        self._unstored = self._collecting.unstored()
        self._refuse_emptiness(collection)
        if self._everything and self._window.whole:
            self._writer.clear()
        self._stored = self._writer.stored()
        self._version = self._reading.version()
        self._total = collection.items
        self._seen: list[tuple[str, Page]] = []
        self._items = self._failed = self._under_way = 0
        for units in self._tasks(collection):
            self._under_way += 1
            yield Step(MakeRows(reading=self._reading, units=units), partial(self._take, units))
        self._asked = True
        self._finish()

    def close(self) -> None:
        """Leave no file behind."""
        collecting, self._collecting = self._collecting, None
        if collecting is not None:
            collecting.close()

    def _take(self, units: tuple[Unit, ...], made: Made) -> None:
        self._load(units, made)
        self._under_way -= 1
        self._finish()

    def _finish(self) -> None:
        """Finish the corpus, if the last of its rows is there."""
        if self._under_way or not self._asked:
            return
        self._refuse_ruins()
        self._note_seen()
        self._put_unstored()
        self._writer.put_corrections(read_corrections(self._corpus))
        self._writer.finish(complete=self._window.whole)
        # an item that failed is tried again by the next batch
        completed.note(self._work, self.name, None if self._failed else self._print)
        self.finished = True
        self._log.info("corpus_built", **msgspec.structs.asdict(self.done))
        self.close()
        del self._stored, self._unstored, self._seen, self._writer  # of a large corpus they are large

    # ------------------------------------------------------------------ what is to be made

    def _refuse_emptiness(self, collection: Collection) -> None:
        """Raises ArchiveError where the corpus had meetings and now has none."""
        if collection.has_meetings:
            return
        before = self._work.rows("SELECT count(*) AS n FROM meeting WHERE source_id = ?", [self._corpus.name])[0]["n"]
        if before:
            raise ArchiveError(f"no meeting was found where there were {before}; nothing was published",
                               where=self._corpus.folder, remedy="look at its pages (auszug status), then build again")

    def _refuse_ruins(self) -> None:
        """Raises ExtractionError where so many items failed that it is not their fault (a model that is missing)."""
        if self._failed >= RUIN and self._failed * 2 > self._items:
            raise ExtractionError(
                f"the extraction failed on {self._failed} of {self._items} items; nothing was published",
                where=self._corpus.name, remedy="see why with --verbose, mend it, and build again")

    def _tasks(self, collection: Collection) -> Iterator[tuple[Unit, ...]]:
        """The pages whose rows are missing, put together for tasks. Versions of one page are in different tasks, the
        oldest first."""
        rounds = Rounds()
        for units in self._pages_to_write(collection):
            yield from rounds.add(units)
        yield from rounds.rest()

    def _pages_to_write(self, collection: Collection) -> Iterator[list[Unit]]:
        """Of each page that is not in the database as it should be, all versions, the oldest first."""
        for group in collection.groups():
            if not self._window.holds(group.date):
                continue
            pages = PageVersions()
            for meeting in group.meetings:
                pages.add(self._writer.place(meeting.record, _provenance(meeting.page)), meeting.last_page)
            for listed in group.attendances:
                pages.add(self._writer.place(listed.record, _provenance(listed.page)), listed.last_page)
            count = len(pages)
            for item in group.items:
                pages.add(self._item(item, group, collection), item.last_page)
            self._items += len(pages) - count
            yield from self._missing(pages)
        for versions in collection.others():
            pages = PageVersions()
            for other in versions:
                pages.add(self._writer.place(other.record, _provenance(other.page)), other.last_page)
            yield from self._missing(pages)

    def _item(self, version: Version[AgendaItem], group: MeetingGroup, collection: Collection) -> Unit:
        context = collection.context(version.record, group)
        return self._writer.place(version.record, _provenance(version.page), context=context,
                                  extractor=f"{self._version}-{context_hash(context)}")

    def _missing(self, pages: PageVersions) -> Iterator[list[Unit]]:
        """Those of `pages` that are not in the database as they should be; the others are kept."""
        for page_id, versions in pages.items():
            units = [unit for unit, _ in versions]
            last = max((page for _, page in versions), key=lambda page: page.fetched)
            if utc(last.fetched) > utc(units[-1].provenance.fetched_at):
                self._seen.append((page_id, last))
            known = self._stored.get(page_id)
            if known is not None and known.content_hash == units[-1].content_hash and all(
                    known.inputs.get(unit.content_hash) == unit.provenance.input_hash for unit in units):
                self.done.kept += 1
                self._writer.keep([page_id])
            else:
                yield units

    # ------------------------------------------------------------------ writing

    def _load(self, units: tuple[Unit, ...], made: Made) -> None:
        """Writes the rows that a task has made, all or nothing; where that fails, page by page."""
        good: list[Unit] = []
        for unit, problems, failed, unmade in zip(units, made.problems, made.failed, made.unmade, strict=True):
            address = unit.provenance.address
            if unmade is not None:
                self._writer.put_problem("not_written", f"the page was not written ({unmade})", address=address)
                continue
            for problem in problems:
                self._writer.put_problem(problem.code, problem.message, page_id=unit.key, address=address,
                                         severity="warning")
            if isinstance(unit.record, AgendaItem):
                self.done.extracted += 1
            if failed is not None:
                self._failed += 1
                self._writer.put_problem("extraction_failed", f"nothing was extracted ({failed}); the text is kept",
                                         address=address)
                unit = msgspec.structs.replace(
                    unit, provenance=msgspec.structs.replace(unit.provenance, input_hash=None))
            good.append(unit)
        self._write(good, made)
        self._tell(f"{self._corpus.name}: items", min(self.done.extracted, self._total), self._total)

    def _write(self, units: Sequence[Unit], made: Made) -> None:
        with self._whole(units) as attempt:
            self._writer.load(units, {name: arrow.unpacked(data) for name, data in made.tables.items()})
        if not attempt.failed:
            self.done.written += len(units)
        elif len(units) > 1:
            for unit in units:
                self._write([unit], MakeRows(reading=self._reading, units=(unit,)).perform())
        else:
            self._writer.put_problem("not_written", f"the page was not written ({attempt.failed})",
                                     address=units[0].provenance.address)

    @contextlib.contextmanager
    def _whole(self, units: Sequence[Unit]) -> Iterator[_Attempt]:
        """An attempt to write `units`; an error in it is noted, unless it is one that stops everything."""
        attempt = _Attempt()
        try:
            with self._writer.transaction():
                yield attempt
        except AuszugError:
            raise
        except Exception as error:
            if stopping.requested() or trouble.of_the_machine(error):
                raise  # a query that was broken off, a disk that is full: no fault of these rows
            self._log.error("not_written", pages=len(units), exc_info=error)
            attempt.failed = f"{type(error).__name__}: {error}"

    def _note_seen(self) -> None:
        """Notes when each page was last seen as it is, where that is news."""
        with self._writer.transaction():
            for page_id, page in self._seen:
                known = self._stored.get(page_id)
                if known is None or known.last_fetched < utc(page.fetched) or known.outcome != _outcome(page):
                    self._writer.put_page(_provenance(page), page_id=page_id)

    def _put_unstored(self) -> None:
        with self._writer.transaction():
            for page in self._unstored:
                provenance = _provenance(page)
                key = self._writer.key_of(provenance)
                known = self._stored.get(key)
                if known and known.last_fetched == provenance.time and known.outcome == provenance.outcome:
                    self._writer.keep([key])
                else:
                    self._writer.put_page(provenance)


class _Attempt(msgspec.Struct):
    """Whether something could be written, and why not."""

    failed: str | None = None


def read_corrections(corpus: Corpus) -> tuple[Correction, ...]:
    """What `corrections.toml` beside `corpus.toml` corrects by hand. Raises ConfigError."""
    path = corpus.folder / "corrections.toml"
    try:
        return parse_corrections(path.read_bytes(), where=str(path))
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise ConfigError(f"cannot be read ({error.strerror})", where=path, remedy="check its permissions") from None


def _outcome(page: Page) -> str:
    return page.parsed.outcome if page.parsed else "ok"


def _provenance(page: Page) -> Provenance:
    parsed = page.parsed
    kind = parsed.kind if parsed else None
    return Provenance(
        address=page.address, fetched_at=page.fetched, outcome=_outcome(page),
        system=parsed.system if parsed else None, kind=kind, content_hash=page.content_hash,
        payload_hash=page.payload_hash, warc_file=page.warc_file, record_id=page.record_id,
        number=_number(page.address, _NUMBERS.get(kind or "")),
    )


def _number(address: str, parameter: str | None) -> int | None:
    """The number in an address, as `TOLFDNR` in `to020?TOLFDNR=5`; None for files and other pages."""
    if parameter is None or not address.startswith(("http://", "https://")):
        return None
    return numbers_in(address).get(parameter)
