"""Where pages come from: a corpus's archive and files, or paths that a user names. Bytes in, parsed pages out.

Between `harvest` and `pages`: everything that reads pages in bulk (`run`, `extract`) goes through here, so that
one bad file or record is a problem with a place, and the rest goes on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from pipeline import pages
from pipeline.config import Corpus
from pipeline.errors import InputError, PageError
from pipeline.harvest import archive, oparl
from pipeline.harvest.allris import kind_of
from pipeline.harvest.judge import judge
from pipeline.limits import page_limit
from pipeline.records import Outcome, PageKind, ParsedPage, Record

PAGE_SUFFIXES = frozenset({".txt", ".html", ".htm", ".xhtml", ".asp", ".xml"})
ARCHIVE_SUFFIXES = (".warc", ".warc.gz", f".warc.gz{archive.OPEN_SUFFIX}")

BAD_OUTCOMES: dict[Outcome, str] = {
    "unreadable": "the page cannot be read",
    "not_allris": "this is no page of ALLRIS",
    "server_error": "the page is an error message of the system",
    "gate": "the page is a human check",
    "too_many_requests": "the system refused the request (too many requests)",
}
"""Outcomes that are errors. A page that is not public, or has no information, is as it should be."""
_ANSWERS: dict[str, Outcome] = {
    "gone": "no_information", "redirect": "no_information", "forbidden": "not_public", "busy": "too_many_requests",
    "http_error": "server_error",
}
"""What answers without a page mean in the terms of pages."""


class Page(Record, frozen=True, kw_only=True):
    """A parsed page and where it came from. Files have no WARC record; `fetched` is then the file's time.

    `revisit`: the address gave the same payload as before; `parsed` is None then.
    """

    address: str
    fetched: str
    parsed: ParsedPage | None
    payload_hash: str | None
    content_hash: str | None = None
    warc_file: str | None = None
    record_id: str | None = None
    revisit: bool = False
    oparl_results: tuple[tuple[int, str], ...] = ()
    """Of an answer of OParl: (TOLFDNR, result) of the agenda items in it; such a page has no record."""


class SourceProblem(Record, frozen=True, kw_only=True):
    """Something that could not be read, with its place (file or address)."""

    code: str
    message: str
    address: str


def corpus_pages(corpus: Corpus) -> Iterator[Page | SourceProblem]:
    """Every page of a corpus: those of the archive in the order of fetching, then its files.

    Raises ConfigError for a pattern without files.
    """
    yield from archive_pages(corpus.archive)
    for path in corpus.page_files():
        yield file_page(path, path.relative_to(corpus.folder).as_posix())


def part_pages(path: Path, start: int, end: int | None) -> Iterator[Page | SourceProblem]:
    """The pages of a part of a WARC file (`archive.parts`), parsed, with its problems."""
    for found in archive.read_file(path, start=start, end=end):
        yield from _archived(found)


def archive_pages(folder: Path) -> Iterator[Page | SourceProblem]:
    """Every page of the WARC files in `folder`, parsed; problems of the archive and of single pages among them."""
    for found in archive.read_archive(folder):
        yield from _archived(found)


def path_pages(paths: Sequence[Path]) -> Iterator[Page | SourceProblem]:
    """The pages in files and folders that a user names: text, saved HTML, WARC files; folders with all below them.

    Raises InputError for a path that is not there.
    """
    for path in paths:
        if not path.exists():
            raise InputError("there is no such file or folder", where=path, remedy="check the path")
        if path.is_dir():
            files = sorted(p for p in path.rglob("*") if p.is_file() and _is_page_or_archive(p))
            if not files:
                yield SourceProblem(code="empty_folder", message="no page (text, HTML, WARC) is in this folder",
                                    address=str(path))
        else:
            files = [path]
        for file in files:
            if _is_archive(file) and file.is_file():
                for found in archive.read_file(file):
                    yield from _archived(found)
            else:
                yield file_page(file, str(file))


def _is_archive(path: Path) -> bool:
    return path.name.lower().endswith(ARCHIVE_SUFFIXES)


def _is_page_or_archive(path: Path) -> bool:
    return path.suffix.lower() in PAGE_SUFFIXES or _is_archive(path)


def _archived(found: archive.ArchivedPage | archive.ArchiveProblem) -> Iterator[Page | SourceProblem]:
    """The page in a record; nothing for what a harvest fetches besides pages (robots.txt, OParl without results)."""
    if isinstance(found, archive.ArchiveProblem):
        where = found.url or f"{found.warc_file} (byte {found.offset})"
        yield SourceProblem(code=f"archive_{found.code}", message=found.message, address=where)
        return
    address = found.address or found.url
    kind = kind_of(address)
    if kind == "robots" or kind == "oparl":  # two tests: they narrow the type
        told = oparl.read(found.payload or b"", found.url) if kind == "oparl" and found.status == 200 else None
        if told is not None and (results := told.results()):
            yield Page(address=address, fetched=found.fetched, parsed=None, payload_hash=found.payload_hash,
                       warc_file=found.warc_file, record_id=found.record_id, oparl_results=results)
        return
    if found.payload is None:
        yield Page(address=address, fetched=found.fetched, parsed=None, payload_hash=found.payload_hash,
                   warc_file=found.warc_file, record_id=found.record_id, revisit=True)
        return
    if len(found.payload) > pages.MAX_BYTES:
        yield _too_large(len(found.payload), address)
        return
    try:
        with page_limit(where=address):
            page = _judged(found, address, kind, found.payload)
    except PageError as error:
        yield SourceProblem(code=error.code, message=str(error), address=address)
    else:
        yield page


def _judged(
    found: archive.ArchivedPage, address: str, kind: PageKind | Literal["start"] | None, payload: bytes
) -> Page:
    judged = judge(kind=kind or "start", url=found.url, status=found.status, headers=found.headers, body=payload)
    expected: PageKind | None = None if kind is None or kind == "start" else kind
    parsed = judged.page
    if parsed is None or parsed.outcome != judged.outcome:
        parsed = ParsedPage(outcome=_ANSWERS.get(judged.outcome) or msgspec.convert(judged.outcome, Outcome),
                            kind=expected, system=parsed.system if parsed else None)
    elif parsed.record is None and parsed.kind is None:
        parsed = msgspec.structs.replace(parsed, kind=expected)
    known = judged.content_hash if parsed is judged.page else None
    return Page(address=address, fetched=found.fetched, parsed=parsed, payload_hash=found.payload_hash,
                content_hash=known or pages.content_hash(parsed), warc_file=found.warc_file, record_id=found.record_id)


def file_page(path: Path, address: str) -> Page | SourceProblem:
    """The page in a file that was not harvested."""
    try:
        stat = path.stat()
        if not path.is_file():
            return SourceProblem(code="unreadable", message="this is no file (a pipe or a device)", address=address)
        if stat.st_size > pages.MAX_BYTES:
            return _too_large(stat.st_size, address)
        payload = path.read_bytes()
    except OSError as error:
        return SourceProblem(code="unreadable", message=f"the file cannot be read ({error.strerror})", address=address)
    try:
        with page_limit(where=address):
            parsed = pages.parse(payload, url=None, content_type=None)
    except PageError as error:
        return SourceProblem(code=error.code, message=str(error), address=address)
    fetched = dt.datetime.fromtimestamp(stat.st_mtime, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Page(address=address, fetched=fetched, parsed=parsed, payload_hash=archive.payload_hash(payload),
                content_hash=pages.content_hash(parsed))


def _too_large(size: int, address: str) -> SourceProblem:
    return SourceProblem(code="too_large", address=address, message=f"the page has {size / 1e6:.0f} MB, more than the "
                         f"{pages.MAX_BYTES / 1e6:.0f} MB that are read")


def explain(parsed: ParsedPage) -> str:
    """Why `parsed` has no record, in one line: the outcome, and what the parser says."""
    words = BAD_OUTCOMES.get(parsed.outcome, parsed.outcome.replace("_", " "))
    detail = "; ".join(problem.message for problem in parsed.problems)
    return f"{words} ({detail})" if detail else words
