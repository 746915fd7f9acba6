"""Hashes of everything that rows are made from: what has the same hash as before is not made again. Part of `build`."""

from __future__ import annotations

import hashlib

import msgspec

from pipeline.build.tasks import Reading
from pipeline.config import Corpus
from pipeline.harvest import archive
from pipeline.records import AgendaItem
from pipeline.store.units import Unit
from pipeline.versions import linking_version, parser_version, rows_version


def of_unit(unit: Unit) -> str:
    """Of everything that the rows of a page are made from: the page, what is known beyond it, and the program."""
    record = unit.record
    if isinstance(record, AgendaItem):  # its texts are in the content hash; what completed it is not
        record = msgspec.structs.replace(record, sections=(), documents=())
    digest = hashlib.sha256()
    for part in (unit.content_hash, unit.key, unit.meeting_id, str(unit.number), str(unit.provenance.system),
                 unit.extractor or "", rows_version()):
        digest.update(part.encode("utf-8", "replace") + b"\0")
    digest.update(msgspec.msgpack.encode(record))
    return digest.hexdigest()[:32]


def of_corpus(corpus: Corpus) -> str:
    """Of everything that a corpus is built from: its files by name, size and time, its settings, and the program."""
    parts: list[str] = [corpus.name, corpus.title, repr(corpus.files), repr(corpus.topics),
                        repr(corpus.source.url if corpus.source else None), Reading.of(corpus).version(),
                        parser_version(), rows_version(), linking_version()]
    files = [*archive.archive_files(corpus.archive), *corpus.page_files(), corpus.folder / "corrections.toml"]
    for path in files:
        if path.exists():
            stat = path.stat()
            parts.append(f"{path.name} {stat.st_size} {stat.st_mtime_ns}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
