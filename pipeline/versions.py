"""Hashes of the program's files, stage by stage: what was made by the same code is not made again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

PACKAGE = Path(__file__).parent


def files_in(folder: str) -> list[Path]:
    """The files in a folder of the package and below, without compiled ones."""
    return [path for path in (PACKAGE / folder).rglob("*") if path.is_file() and path.suffix != ".pyc"]


def code_hash(files: Iterable[Path]) -> str:
    """16 hex digits that change when the name or the content of one of the package's `files` does."""
    digest = hashlib.sha256()
    for path in sorted(set(files)):
        digest.update(path.relative_to(PACKAGE).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@lru_cache(maxsize=1)
def extraction_version() -> str:
    """Of everything but its input that the extraction depends on: code, lexicon and weights."""
    return code_hash(files_in("extract"))


@lru_cache(maxsize=1)
def parser_version() -> str:
    """Of the code that turns payloads into records."""
    harvest = (PACKAGE / "harvest" / name for name in ("allris.py", "archive.py", "judge.py", "oparl.py",
                                                       "plain_records.py"))
    return code_hash([*files_in("pages"), *harvest, PACKAGE / "records.py", PACKAGE / "sources.py",
                      PACKAGE / "limits.py", PACKAGE / "build" / "cache.py"])


@lru_cache(maxsize=1)
def rows_version() -> str:
    """Of the code that turns records into rows."""
    names = ("schema.sql", "rows.py", "keys.py", "units.py", "arrow.py")
    return code_hash(PACKAGE / "store" / name for name in names)


@lru_cache(maxsize=1)
def linking_version() -> str:
    """Of the code between files and rows that neither parses nor extracts, and of what links rows."""
    return code_hash([*files_in("link"), *files_in("build"), *files_in("store"), PACKAGE / "meetings.py",
                      PACKAGE / "generations.py"])
