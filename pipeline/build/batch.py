"""The offline half of a batch: archive and files -> pages -> extraction -> linking -> database -> publication.

Everything after the archive is built here, offline, and gives the same rows every time. One bad page never stops
a batch: it becomes a problem row, which `auszug status` shows. Nothing is published where a data check fails,
and where a corpus that had meetings has none any more (a changed site looks exactly like that).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from pipeline import __version__, stopping
from pipeline.addresses import numbers_in
from pipeline.build.summary import Summary
from pipeline.config import Corpus
from pipeline.errors import (
    EXIT_FAILED,
    ArchiveError,
    AuszugError,
    ConfigError,
    ExtractionError,
)
from pipeline.extract import pipeline as extraction
from pipeline.extract.topics import load_topic
from pipeline.last_run import Unpublished
from pipeline.link.corrections import Correction, parse_corrections
from pipeline.logs import get_logger
from pipeline.meetings import Collection, MeetingGroup, Version, context_hash
from pipeline.records import AgendaItem, Extraction, ItemContext, Organization, Paper
from pipeline.sources import BAD_OUTCOMES, Page, SourceProblem, corpus_pages, explain
from pipeline.store.corrections import report as report_corrections
from pipeline.store.database import Provenance, SourceInfo, TopicInfo, WorkDatabase, open_work
from pipeline.store.linking import link
from pipeline.store.publish import publish
from pipeline.store.writer import Run, Writer, finish_run, start_run

if TYPE_CHECKING:
    from pipeline.extract.pipeline import Extractor
    from pipeline.extract.topics import Topic

Clock = Callable[[], dt.datetime]
Progress = Callable[[str, int, int | None], None]
"""Called with the stage (a corpus and what is done), how many are done, and of how many (None: unknown)."""

RUIN = 5
"""Failed extractions from which on, where they are the most, the program is wrong: a page fails alone."""
CHUNK = 200
"""Papers, persons and pages without a record in one transaction; of no influence on the result."""
_NUMBERS = {"excerpt": "TOLFDNR", "meeting": "SILFDNR", "attendance": "SILFDNR", "paper": "VOLFDNR",
            "person": "KPLFDNR"}
"""Parameter of an address that holds the number of what the page shows."""


def build(
    corpora: Sequence[Corpus], *, target: Path, work_path: Path, clock: Clock, command: str,
    since: dt.date | None = None, until: dt.date | None = None, dry_run: bool = False, progress: Progress | None = None,
) -> Summary:
    """Archives and files of `corpora` into the work database, and that published as `target`.

    `since`, `until`: only meetings of these days (both included). `dry_run`: everything is read and extracted,
    nothing is kept. Raises AuszugError where nothing was published; what the work database had stays.
    """
    started = clock()
    tell = progress or _silent
    note = Unpublished(work_path, command, started, keep=not dry_run)
    with note, open_work(None if dry_run else work_path) as work, stopping.interrupts(work.connection):
        batch = start_run(work, run_id=_run_id(started, command, corpora), command=command, version=__version__,
                          sources=[corpus.name for corpus in corpora], started_at=started)
        try:
            extractors = _Extractors()
            for corpus in corpora:
                _Builder(corpus, work, batch, extractors, _Window(since, until), tell).build()
            tell("link", 0, None)
            link(work)
            report_corrections(work, batch, [corpus.name for corpus in corpora])
            done = finish_run(work, batch, finished_at=clock())
            warnings = done.warnings
            if not dry_run:
                tell("publish", 0, None)
                warnings += len(publish(work, target, keep=max(corpus.run.keep_publications for corpus in corpora)))
        except BaseException as error:
            with contextlib.suppress(Exception):  # what went wrong matters more than that it cannot be noted
                finish_run(work, batch, finished_at=clock(), exit_code=EXIT_FAILED,
                           message=str(error) or type(error).__name__)
            raise
    return Summary(
        corpora=tuple(corpus.name for corpus in corpora), database=None if dry_run else target, pages=done.pages,
        meetings=done.meetings, items=done.items, statements=done.statements, decisions=done.decisions,
        new_errors=done.new_errors, known_errors=done.known_errors, warnings=warnings, exit_code=done.exit_code,
        seconds=(clock() - started).total_seconds(),
    )


def _silent(stage: str, done: int, total: int | None) -> None:
    """No progress is shown."""


def _run_id(started: dt.datetime, command: str, corpora: Sequence[Corpus]) -> str:
    seed = "\n".join([started.isoformat(), command, *(str(corpus.folder) for corpus in corpora)])
    return f"{started.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}-{hashlib.sha256(seed.encode()).hexdigest()[:6]}"


class _Window(msgspec.Struct, frozen=True):
    """The days that are asked for."""

    since: dt.date | None
    until: dt.date | None

    @property
    def whole(self) -> bool:
        return self.since is None and self.until is None

    def holds(self, date: str | None) -> bool:
        """Whether `date` lies in it; a meeting without a date only lies in the whole."""
        if self.whole:
            return True
        return date is not None and (self.since is None or date >= self.since.isoformat()) and (
            self.until is None or date <= self.until.isoformat())


class _Extractors:
    """The extraction for each combination of topics and model, loaded once (loading takes a second)."""

    def __init__(self) -> None:
        self._loaded: dict[tuple[tuple[Path, ...], str], tuple[Extractor, tuple[Topic, ...], str]] = {}

    def get(self, corpus: Corpus) -> tuple[Extractor, tuple[Topic, ...], str]:
        """The extractor, its topics, and a version that changes when any of its rules, topics or models do."""
        key = (corpus.topic_files, corpus.extract.model)
        if key not in self._loaded:
            topics = tuple(load_topic(path) for path in corpus.topic_files)
            digest = hashlib.sha256(corpus.extract.model.encode())
            for path in corpus.topic_files:
                digest.update(path.read_bytes())
            version = f"{extraction.version()}-{digest.hexdigest()[:8]}"
            self._loaded[key] = extraction.load(topics=topics, model=corpus.extract.model), topics, version
        return self._loaded[key]


class _Builder:
    """Builds one corpus."""

    def __init__(
        self, corpus: Corpus, work: WorkDatabase, batch: Run, extractors: _Extractors, window: _Window, tell: Progress
    ) -> None:
        self._corpus, self._work, self._window, self._tell = corpus, work, window, tell
        self._log = get_logger("build").bind(corpus=corpus.name)
        self._extractor, topics, self._version = extractors.get(corpus)
        self._extracted = self._failed = 0
        source = SourceInfo(name=corpus.name, title=corpus.title, body=corpus.body,
                            url=corpus.source.url if corpus.source else None, topics=corpus.topics)
        self._writer = Writer(work, source, run=batch, topics=[
            TopicInfo(name=topic.id, title=topic.title, description=" ".join(topic.description.split()))
            for topic in topics])

    def build(self) -> None:
        """Reads, extracts and writes the whole corpus (or its meetings in the window)."""
        with Collection(body=self._corpus.body, organization=self._corpus.files.organization) as collection:
            unstored = self._collect(collection)
            groups = total = 0
            for group in collection.groups():
                total += 1
                if self._window.holds(group.date):
                    self._put_group(group, collection)
                    groups += 1
                    self._tell(f"{self._corpus.name}: meetings", groups, None)
            self._refuse_emptiness(total)
            self._refuse_ruins()
            self._put_others(collection.others())
            self._put_unstored(iter(unstored))
        self._writer.put_corrections(_corrections(self._corpus))
        self._writer.finish(complete=self._window.whole)
        self._log.info("corpus_built", meetings=groups, pages=collection.count)

    def _collect(self, collection: Collection) -> list[Page]:
        """Fills `collection`; returns the pages without a record (not public, a calendar), the last of each address."""
        unstored: dict[str, Page] = {}
        for count, found in enumerate(corpus_pages(self._corpus), 1):
            self._tell(f"{self._corpus.name}: pages", count, None)
            if isinstance(found, SourceProblem):
                self._problem(found.code, found.message, found.address)
                continue
            stored = collection.add(found)
            if found.parsed is None:
                continue
            if stored:
                for problem in found.parsed.problems:
                    self._writer.put_problem(problem.code, problem.message, address=found.address, severity="warning")
            elif found.fetched >= collection.newest(found.address):
                unstored[found.address] = found
        # a page that failed once and came later is none of them
        last = [page for page in unstored.values() if page.fetched > collection.newest(page.address)]
        for page in last:
            if page.parsed is not None and page.parsed.outcome in BAD_OUTCOMES:
                self._problem(page.parsed.outcome, explain(page.parsed), page.address)
        return last

    def _problem(self, code: str, message: str, address: str) -> None:
        self._log.warning("page_failed", code=code, address=address, reason=message)
        self._writer.put_problem(code, message, address=address)

    def _refuse_emptiness(self, meetings: int) -> None:
        """Raises ArchiveError where the corpus had meetings and now has none."""
        if meetings:
            return
        before = self._work.rows("SELECT count(*) AS n FROM meeting WHERE source_id = ?", [self._corpus.name])[0]["n"]
        if before:
            raise ArchiveError(f"no meeting was found where there were {before}; nothing was published",
                               where=self._corpus.folder, remedy="look at its pages (auszug status), then build again")

    def _refuse_ruins(self) -> None:
        """Raises ExtractionError where so many items failed that it is not their fault (a model that is missing)."""
        if self._failed >= RUIN and self._failed * 2 > self._extracted:
            raise ExtractionError(
                f"the extraction failed on {self._failed} of {self._extracted} items; nothing was published",
                where=self._corpus.name, remedy="see why with --verbose, mend it, and build again")

    # ------------------------------------------------------------------ writing

    def _put_group(self, group: MeetingGroup, collection: Collection) -> None:
        """A meeting, all or nothing; where it cannot be written, a problem, and the batch goes on."""
        extracted = [(version, *self._extract(version, group, collection)) for version in group.items]
        place = f"meeting of {group.date or 'unknown date'} ({group.organization or 'unknown committee'})"
        with self._whole(place, group.meetings[-1].page.address if group.meetings else None):
            for meeting in group.meetings:
                self._writer.put_meeting(meeting.record, _provenance(meeting.page))
            for attendance in group.attendances:
                self._writer.put_attendance(attendance.record, _provenance(attendance.page))
            for version, found, context in extracted:
                self._writer.put_item(version.record, found, _provenance(version.page), context=context,
                                      extractor=f"{self._version}-{context_hash(context)}")
            self._seen_again([*group.meetings, *group.attendances, *group.items])

    def _extract(
        self, version: Version[AgendaItem], group: MeetingGroup, collection: Collection
    ) -> tuple[Extraction, ItemContext]:
        """What is found in an item. Where the extraction fails, nothing, with a problem: the text is kept."""
        context = collection.context(version.record, group)
        self._extracted += 1
        try:
            return self._extractor.extract(version.record, context), context
        except Exception as error:  # whatever it stumbles on, the next item may be read
            self._failed += 1
            self._log.error("extraction_failed", address=version.page.address, exc_info=error)
            message = f"nothing was extracted ({type(error).__name__}: {error}); the text is kept"
            self._writer.put_problem("extraction_failed", message, address=version.page.address)
            return Extraction(), context

    def _put_others(self, versions: Iterator[Version[Any]]) -> None:
        for chunk in _chunks(versions):
            with self._whole("papers, committees and persons", chunk[0].page.address):
                for version in chunk:
                    match version.record:
                        case Paper():
                            self._writer.put_paper(version.record, _provenance(version.page))
                        case Organization():
                            self._writer.put_organization(version.record, _provenance(version.page))
                        case _:
                            self._writer.put_person(version.record, _provenance(version.page))
                self._seen_again([version for version in chunk if not isinstance(version.record, Organization)])

    def _put_unstored(self, pages: Iterator[Page]) -> None:
        for chunk in _chunks(pages):
            with self._whole("pages without a record", chunk[0].address):
                for page in chunk:
                    self._writer.put_page(_provenance(page))

    def _seen_again(self, versions: Sequence[Version[Any]]) -> None:
        """Notes when each page was last seen as it is."""
        for version in versions:
            if version.last_page.fetched > version.page.fetched:
                self._writer.put_page(_provenance(version.last_page))

    @contextlib.contextmanager
    def _whole(self, what: str, address: str | None) -> Iterator[None]:
        """One transaction; an error in it becomes a problem, unless it is one that stops everything."""
        try:
            with self._writer.transaction():
                yield
        except AuszugError:
            raise
        except Exception as error:
            if stopping.requested():  # a query that was broken off: no fault of these rows
                raise
            self._log.error("not_written", what=what, exc_info=error)
            self._writer.put_problem("not_written", f"{what}: not written ({type(error).__name__}: {error})",
                                     address=address)


def _corrections(corpus: Corpus) -> tuple[Correction, ...]:
    """What `corrections.toml` beside `corpus.toml` corrects by hand. Raises ConfigError."""
    path = corpus.folder / "corrections.toml"
    try:
        return parse_corrections(path.read_bytes(), where=str(path))
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise ConfigError(f"cannot be read ({error.strerror})", where=path, remedy="check its permissions") from None


def _provenance(page: Page) -> Provenance:
    parsed = page.parsed
    kind = parsed.kind if parsed else None
    return Provenance(
        address=page.address, fetched_at=page.fetched, outcome=parsed.outcome if parsed else "ok",
        system=parsed.system if parsed else None, kind=kind, content_hash=page.content_hash,
        payload_hash=page.payload_hash, warc_file=page.warc_file, record_id=page.record_id,
        number=_number(page.address, _NUMBERS.get(kind or "")),
    )


def _number(address: str, parameter: str | None) -> int | None:
    """The number in an address, as `TOLFDNR` in `to020?TOLFDNR=5`; None for files and other pages."""
    if parameter is None or not address.startswith(("http://", "https://")):
        return None
    return numbers_in(address).get(parameter)


def _chunks(things: Iterator[Any]) -> Iterator[list[Any]]:
    chunk: list[Any] = []
    for thing in things:
        chunk.append(thing)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
