"""Hashes of everything that rows are made from: what has the same hash as before is not made again. Part of `build`."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

import msgspec

from pipeline.build import cache
from pipeline.build.tasks import Reading
from pipeline.config import Corpus
from pipeline.harvest import archive
from pipeline.records import AgendaItem
from pipeline.store import units
from pipeline.store.units import Unit


@lru_cache(maxsize=1)
def rows_version() -> str:
    """A hash of the code that turns records into rows."""
    folder = Path(units.__file__).parent
    digest = hashlib.sha256()
    for name in ("schema.sql", "rows.py", "keys.py", "units.py", "arrow.py"):
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()[:16]


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
                        cache.parser_version(), rows_version(), _linking_version()]
    files = [*archive.archive_files(corpus.archive), *corpus.page_files(), corpus.folder / "corrections.toml"]
    for path in files:
        if path.exists():
            stat = path.stat()
            parts.append(f"{path.name} {stat.st_size} {stat.st_mtime_ns}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@lru_cache(maxsize=1)
def _linking_version() -> str:
    """A hash of the code between the files and the rows that neither parses nor extracts, and of what links rows."""
    package = Path(units.__file__).parents[1]
    code = [*(package / "link").glob("*.py"), *(package / "build").glob("*.py"), package / "meetings.py",
            package / "generations.py", *(package / "store").glob("*.py"), *(package / "store").glob("*.sql")]
    digest = hashlib.sha256()
    for path in sorted(code):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
