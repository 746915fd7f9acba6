"""`auszug verify`: is everything that is kept as it was written? And `--repair`: what can be made anew is.

Part of `upkeep`. In order: every record of the archive against its hashes; ledger against archive; every row's page
against its record or file, read again; spans against texts; publications against the work database. Only the archive
(and given files) cannot be made anew: a damaged record is named, and with `repair` its page becomes due in the ledger.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
import msgspec

from pipeline.config import Corpus
from pipeline.errors import EXIT_FAILED, EXIT_OK, EXIT_PROBLEMS, ArchiveError, AuszugError, HarvestError, StoreError
from pipeline.harvest import archive
from pipeline.harvest.runs import Lock
from pipeline.lock import RunLock
from pipeline.sources import SourceProblem, corpus_pages
from pipeline.store import changes
from pipeline.store.checks import run_checks
from pipeline.store.database import open_published, open_work
from pipeline.store.publications import publications
from pipeline.upkeep import verify_ledger as ledger_check
from pipeline.upkeep.faults import IRREPLACEABLE, Fault
from pipeline.upkeep.record_digests import checked_records
from pipeline.upkeep.verify_database import Index, differing_tables, read_everything

Progress = Callable[[str, int, int | None], None]
_OF_ARCHIVE = frozenset({"archive_damaged", "archive_torn", "archive_unreadable", "archive_too_large",
                         "archive_not_http"})


class Verified(msgspec.Struct, kw_only=True):
    """What was looked at, and what was found."""

    faults: list[Fault] = []
    records: int = 0
    pages: int = 0
    publications: int = 0

    @property
    def exit_code(self) -> int:
        """0 intact; 1 something was, or can be, made anew; 2 something cannot."""
        lost = [fault for fault in self.faults if fault.code in IRREPLACEABLE]
        return EXIT_FAILED if lost else EXIT_PROBLEMS if self.faults else EXIT_OK


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """Where the databases lie."""

    target: Path
    work: Path


def verify(
    corpora: Sequence[Corpus], kept: Kept, *, repair: bool = False, clock: Callable[[], dt.datetime],
    progress: Progress | None = None,
) -> Verified:
    """Look at everything of `corpora`, and at the databases; nothing is changed unless `repair`.

    Raises BusyError where a batch is going on: what it writes is not to be judged.
    """
    done = Verified()
    tell = progress or (lambda _stage, _done, _total: None)
    kept.work.parent.mkdir(parents=True, exist_ok=True)
    with RunLock(kept.work.parent, command="auszug verify", clock=clock):
        readable = _work_readable(kept, done)
        for corpus in corpora:
            try:
                with Lock.of_corpus(corpus.folder) if corpus.source is not None else contextlib.nullcontext():
                    _corpus(corpus, kept.work if readable else None, done, tell, repair=repair, clock=clock)
            except (HarvestError, ArchiveError) as error:
                done.faults.append(Fault(code="not_looked_at", corpus=corpus.name, where=str(corpus.folder),
                                         what=error.what, remedy=error.remedy or "try again"))
        if readable:
            _work_rows(kept, [corpus.name for corpus in corpora], done, tell)
        _publications(kept, [corpus.name for corpus in corpora], done, tell, compare=readable)
    if repair:
        _rebuild(corpora, kept, done, clock=clock, progress=progress)
    return done


# ---------------------------------------------------------------------------------------------- one corpus

def _corpus(
    corpus: Corpus, work: Path | None, done: Verified, tell: Progress, *, repair: bool,
    clock: Callable[[], dt.datetime],
) -> None:
    found: list[Fault] = []
    for path in sorted(corpus.archive.glob(f"*.warc.gz{archive.OPEN_SUFFIX}")):
        fault = Fault(code="unfinished", corpus=corpus.name, where=str(path), what="an interrupted run left it",
                      remedy="auszug verify --repair keeps its whole records (so does the next harvest)")
        if repair:
            kept = archive.salvage(path)
            fault.repaired = (f"{kept.records} records kept in {kept.path or 'no file'}, "
                              f"{kept.lost_bytes} bytes given up")
        found.append(fault)
    with tempfile.TemporaryDirectory() as folder, contextlib.closing(Index(Path(folder))) as index:
        for path in _warc_files(corpus.archive):
            for record in checked_records(path):
                done.records += 1
                tell(f"{corpus.name}: records", done.records, None)
                index.add_record(path.name, record)
                if record.wrong:
                    found.append(_damaged(corpus, f"{path} (byte {record.offset})",
                                          f"the record of {record.url or record.kind} {record.wrong}"))
        for page in corpus_pages(corpus):
            done.pages += 1
            tell(f"{corpus.name}: pages", done.pages, None)
            if not isinstance(page, SourceProblem):
                index.add_page(page)
            elif page.code in _OF_ARCHIVE:
                found.append(Fault(code=page.code, corpus=corpus.name, where=page.address, what=page.message,
                                   remedy=_REMEDY_OF_RECORD))
        index.ready()
        lost = ledger_check.lost_addresses(corpus, index)
        if lost:
            shown = ", ".join(lost[:3]) + (f" and {len(lost) - 3} more" if len(lost) > 3 else "")
            found.append(Fault(
                code="page_lost", corpus=corpus.name, where=str(corpus.archive),
                what=f"the archive no longer has records that the ledger knows, of {shown}",
                remedy="auszug verify --repair makes these pages due; the next harvest fetches them again"))
        ledger_check.check(corpus, index, found, lost, repair=repair, clock=clock)
        if work is not None:
            found += [
                Fault(code=code, corpus=corpus.name, where=address or place,
                      what=f"{place}: {what}" if address else what,
                      remedy=_REMEDY_OF_FILE if code.startswith("file_") else f"auszug build --all {corpus.name}")
                for code, place, address, what in index.faults(work, corpus.name)]
    done.faults += found


_REMEDY_OF_RECORD = ("restore the file from a backup, or fetch the page again (auszug verify --repair makes it due); "
                     "until then the database may be all that has it: do not build with --all")
_REMEDY_OF_FILE = "restore the file from a backup, or build again if it was changed on purpose"


def _damaged(corpus: Corpus, where: str, what: str) -> Fault:
    return Fault(code="record_damaged", corpus=corpus.name, where=where, what=what, remedy=_REMEDY_OF_RECORD)


def _warc_files(folder: Path) -> list[Path]:
    return sorted([*folder.glob("*.warc"), *folder.glob("*.warc.gz")], key=lambda path: path.name)


# ---------------------------------------------------------------------------------------------- the databases

def _work_readable(kept: Kept, done: Verified) -> bool:
    if not kept.work.is_file():
        if kept.target.is_file():
            done.faults.append(Fault(code="no_work_database", corpus=None, where=str(kept.work), what="it is missing",
                                     remedy="auszug build --all"))
        return False
    try:
        open_work(kept.work).close()
        read_everything(kept.work)
    except (StoreError, duckdb.Error) as error:
        what = error.what if isinstance(error, StoreError) else str(error).splitlines()[0]
        done.faults.append(Fault(code="work_unreadable", corpus=None, where=str(kept.work), what=what,
                                 remedy="auszug build --all makes it anew (delete it before)"))
        return False
    return True


def _work_rows(kept: Kept, sources: list[str], done: Verified, tell: Progress) -> None:
    tell("data checks", 0, None)
    with open_work(kept.work) as work:
        for finding in run_checks(work.connection):
            source = finding.place.split("/")[0]
            if finding.severity == "error" and (source in sources or "/" not in finding.place):
                done.faults.append(Fault(code=finding.check, corpus=source if source in sources else None,
                                         where=finding.place, what=finding.reason, remedy="auszug build --all"))


def _publications(kept: Kept, sources: list[str], done: Verified, tell: Progress, *, compare: bool) -> None:
    for number, path in enumerate(publications(kept.target)):
        tell("publications", number, None)
        done.publications += 1
        try:
            read_everything(path)
            if number == 0:  # former ones may be of an older schema
                open_published(path).close()
        except (StoreError, duckdb.Error) as error:
            what = error.what if isinstance(error, StoreError) else str(error).splitlines()[0]
            done.faults.append(Fault(
                code="publication_unreadable", corpus=None, where=str(path), what=what,
                remedy="auszug build publishes again, where this file is deleted" if number == 0
                else "it cannot be made anew: delete it"))
            continue
        if number or not compare:
            continue
        with open_work(kept.work) as work:
            due = set(changes.to_publish(work))
            there = {row[0] for row in work.connection.execute("SELECT source_id FROM source").fetchall()}
        mine = sorted(there.intersection(sources) - due)
        if tables := differing_tables(kept.work, path, mine):
            done.faults.append(Fault(
                code="publication_differs", corpus=None, where=str(path),
                what=f"its rows are not those of the work database: {', '.join(tables[:5])}",
                remedy="auszug build --all publishes anew"))


def _rebuild(
    corpora: Sequence[Corpus], kept: Kept, done: Verified, *, clock: Callable[[], dt.datetime],
    progress: Progress | None,
) -> None:
    """Make the database anew from archive and files, where it does not fit them and they are whole."""
    whole = {corpus.name for corpus in corpora} - {
        fault.corpus for fault in done.faults if fault.code in IRREPLACEABLE or fault.code == "page_lost"}
    named = {corpus.name for corpus in corpora}
    mine = [fault for fault in done.faults if fault.repaired is None and fault.code not in IRREPLACEABLE
            and fault.code not in {"unfinished", "ledger_differs", "page_lost", "not_looked_at"}]
    wanted = {fault.corpus for fault in mine if fault.corpus} or (named if mine else set())
    if any(fault.corpus is None for fault in mine):
        wanted = named
    chosen = [corpus for corpus in corpora if corpus.name in wanted & whole]
    if not chosen or (wanted - whole):
        return
    from pipeline.build import build

    publishable = [path for path in [kept.target] if path.is_file()]
    for fault in mine:
        if fault.code == "work_unreadable":
            for path in kept.work.parent.glob(f"{kept.work.name}*"):
                path.unlink()
        if fault.code in {"publication_unreadable", "publication_differs"} and fault.where == str(kept.target):
            for path in publishable:  # moved away, so that it does not become one of the former ones
                path.replace(path.with_name(f".{path.name}.damaged"))
    try:
        with RunLock(kept.work.parent, command="auszug verify --repair", clock=clock):
            build(chosen, target=kept.target, work_path=kept.work, clock=clock, command="auszug verify --repair",
                  progress=progress, everything=True)
    except AuszugError as error:
        done.faults.append(Fault(code="not_rebuilt", corpus=None, where=error.where or str(kept.work), what=error.what,
                                 remedy=error.remedy or "see auszug status"))
        with contextlib.suppress(OSError):
            for path in publishable:
                if not path.exists():
                    path.with_name(f".{path.name}.damaged").replace(path)
        return
    for path in publishable:
        path.with_name(f".{path.name}.damaged").unlink(missing_ok=True)
    for fault in mine:
        if fault.code != "publication_unreadable" or fault.where == str(kept.target):
            fault.repaired = "made anew from archive and files"
