"""What is fed with bytes. A target returns, or raises an error of the tree (pipeline/errors.py); all else is a finding."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from pipeline.errors import AuszugError
from pipeline.records import AgendaItem, Attendee, Extraction, ItemContext, Section, SectionKind

if TYPE_CHECKING:
    import duckdb

    from pipeline.extract.pipeline import Extractor

ROOT = Path(__file__).parents[2]
ADDRESSES: tuple[str | None, ...] = (
    None, "https://ratsinfo.example.org/allris/to020?TOLFDNR=51205", "https://ratsinfo.example.org/bi/to010.asp?SILFDNR=9",
    "https://ratsinfo.example.org/allris/si010?MM=13&YY=0", "https://ratsinfo.example.org/bi/kp020.asp?KPLFDNR=5",
)
TYPES: tuple[str | None, ...] = (None, "text/html; charset=utf-8", "text/html; charset=iso-8859-15", "text/html; charset=utf-7", "text/xml")
KINDS: tuple[SectionKind, ...] = ("resolution", "minutes", "result", "motion", "other")


class Broken(AssertionError):
    """A promise of the program that does not hold."""


@lru_cache(maxsize=1)
def folder() -> Path:
    """A folder in memory where the system has one: targets that read files write them first."""
    base = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - only where to make the folder
    made = Path(tempfile.mkdtemp(prefix="auszug-fuzz-", dir=base))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def page(data: bytes) -> None:
    """A page, as it was served: the parser never raises, and what it gives can be stored and compared."""
    from pipeline.pages import content_hash, parse

    first = data[0] if data else 0
    read = parse(data, url=ADDRESSES[first % len(ADDRESSES)], content_type=TYPES[first // 8 % len(TYPES)])
    for problem in read.problems:
        if problem.code == "parser_failed":
            raise Broken(problem.message)
    content_hash(read)
    msgspec.json.encode(read)
    if isinstance(read.record, AgendaItem):
        for section in read.record.sections:
            for table in section.tables:
                rows = tuple(tuple(line.split("\t")) for line in section.text[table.start : table.end].split("\n"))
                if rows != table.rows:
                    raise Broken("a table is not where it says")


def archive(data: bytes) -> None:
    """A WARC file: reading gives pages and problems."""
    from pipeline.harvest.archive import read_records

    path = folder() / "datei.warc.gz"
    path.write_bytes(data)
    for found in read_records(path, max_bytes=1_000_000):
        msgspec.json.encode(found)


def robots(data: bytes) -> None:
    """robots.txt, and what it says about addresses."""
    import datetime as dt

    from pipeline.harvest.robots import robots_from
    from pipeline.harvest.wire import Exchange

    rules = robots_from(Exchange(url="https://ratsinfo.example.org/robots.txt", started=dt.datetime(2026, 3, 3, tzinfo=dt.UTC),
                                 elapsed=0.1, status=200, body=data))
    rules.allows("https://ratsinfo.example.org/allris/to020?TOLFDNR=1&a=%2e%2e/&x=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
    if not 0 <= rules.delay < float("inf"):
        raise Broken(f"a delay of {rules.delay}")


def oparl(data: bytes) -> None:
    """An answer of OParl."""
    from pipeline.harvest.oparl import read

    found = read(data, "https://ratsinfo.example.org/oparl/meetings")
    if found is not None:
        found.results()
        msgspec.json.encode(found)


def answer(data: bytes) -> None:
    """An HTTP answer of any status and headers: the first line is the status, then headers, then the body."""
    from pipeline.harvest.judge import judge

    head, _, body = data.partition(b"\n\n")
    lines = head.decode("latin-1").split("\n")
    status = int(lines[0]) if lines[0].isascii() and lines[0].isdigit() and len(lines[0]) == 3 else 200
    pairs = (line.partition(": ") for line in lines[1:40])
    judge(kind="excerpt", url="https://ratsinfo.example.org/allris/to020?TOLFDNR=1", status=status,
          headers=[(key, value) for key, _, value in pairs], body=body)


@lru_cache(maxsize=1)
def extractor() -> Extractor:
    """The extraction with the topics that ship."""
    from pipeline.extract.pipeline import load
    from pipeline.extract.topics import load_topic

    return load(topics=[load_topic(path) for path in sorted((ROOT / "corpora" / "topics").glob("*.toml"))])


def item_of(text: str) -> tuple[AgendaItem, ItemContext]:
    """An item: title, attendance list (`;`), result, and sections parted by form feeds."""
    title, _, rest = text.partition("\n")
    names, _, rest = rest.partition("\n")
    result, _, body = rest.partition("\n")
    sections = tuple(Section(label="Wortprotokoll" if n else "Beschluss", kind=KINDS[n % len(KINDS)], text=part)
                     for n, part in enumerate(body.split("\f")))
    attendees = tuple(Attendee(name=name) for name in names.split(";")[:50] if name)
    return (AgendaItem(number="5.1", title=title, result=result or None, date="2026-03-03", sections=sections,
                       organization="Jugendhilfeausschuss"),
            ItemContext(title=title, attendees=attendees, proposal=sections[0].text or None))


def extraction(data: bytes) -> None:
    """The text of minutes: whatever it is, spans give their quotes back and the record can be written."""
    from pipeline.output.jsonl import record
    from pipeline.records import ParsedPage

    item, context = item_of(data.decode("utf-8", errors="surrogatepass" if data[:1] == b"\xed" else "replace"))
    found = extractor().extract(item, context)
    check(item, found)
    record("datei.txt", ParsedPage(outcome="ok"), item, found, context)
    try:
        msgspec.json.encode(found)
    except UnicodeEncodeError:
        if "\ud800" <= max(item.sections[0].text + (item.title or ""), default="") <= "\udfff":
            return  # half a surrogate: no page has one, they are replaced when bytes are read


def check(item: AgendaItem, found: Extraction) -> None:
    """What holds for every extraction. Raises Broken."""
    count = len(found.sentences)
    for sentence in found.sentences:
        text = item.sections[sentence.section_index].text
        if " ".join(text[sentence.start : sentence.end].split()) != sentence.text:
            raise Broken("a sentence is not where it says")
    known = {speaker.id for speaker in found.speakers}
    for sentence in found.sentences:
        if not set(sentence.speakers) - {"?"} <= known:
            raise Broken("a speaker of a sentence is not listed")
    for decision in found.decisions:
        if not (0 <= decision.sentence < count):
            raise Broken("a decision is in no sentence")


def corpus(data: bytes) -> None:
    """corpus.toml."""
    from pipeline.config import load_corpus

    place = folder() / "tal"
    place.mkdir(exist_ok=True)
    (place / "corpus.toml").write_bytes(data)
    _of_the_tree(load_corpus, place)


def corrections(data: bytes) -> None:
    """corrections.toml."""
    from pipeline.link.corrections import parse_corrections

    _of_the_tree(parse_corrections, data, where="corrections.toml")


def topic(data: bytes) -> None:
    """A topic file; one that is accepted is applied to a sentence."""
    from pipeline.extract.topics import load_topic

    path = folder() / "sro.toml"
    path.write_bytes(data)
    _of_the_tree(load_topic, path)


def query(data: bytes) -> None:
    """A query file, and what is typed as its parameters."""
    from pipeline.output.query import _converted, parse_query

    text = data.decode("utf-8", errors="replace")
    try:
        read = parse_query("frage", text, where="frage.sql")
    except AuszugError:
        return
    for parameter in read.parameters:
        for typed in (text[-30:], text[:10], "2024-02-30", "9" * 400):
            _of_the_tree(_converted, parameter, typed, "frage")


@lru_cache(maxsize=1)
def database() -> duckdb.DuckDBPyConnection:
    """The demonstration county, published."""
    from pipeline.store.database import open_published
    from tests.store_samples import published_county

    return open_published(published_county())


def search(data: bytes) -> None:
    """What is typed as a search, both kinds."""
    from pipeline.output.search import search as find

    text = data[1:].decode("utf-8", errors="surrogateescape")
    try:
        result = find(database(), text, kwic=bool(data[:1] and data[0] % 2), limit=5)
        for _ in result.rows():
            pass
    except AuszugError:
        return


def _of_the_tree(function: Callable[..., Any], *arguments: Any, **named: Any) -> None:
    """Calls `function`; an error of the tree is an answer, and its message is one line."""
    try:
        function(*arguments, **named)
    except AuszugError as error:
        if "\n" in str(error):
            raise Broken("a message of several lines") from None


TARGETS: dict[str, Callable[[bytes], None]] = {
    "page": page, "archive": archive, "robots": robots, "oparl": oparl, "answer": answer, "extraction": extraction,
    "corpus": corpus, "corrections": corrections, "topic": topic, "query": query, "search": search,
}
