"""Takes a forgotten person out of the files beside the database: run files, the ledger's titles, corrections, caches.

Part of `upkeep`. A file that holds no name stays untouched, byte for byte.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pipeline.errors import StoreError
from pipeline.output.names_in_text import Names
from pipeline.upkeep.blanking import Eye, bases, words_of
from pipeline.upkeep.forgotten import Forgotten

_LEDGER_TEXTS = {"address": ("title", "organization"), "oparl_item": ("title", "result"), "committee": ("name",)}
PRIVATE = 0o600


class Reader:
    """Finds and blanks the names of the list in single texts, of whatever municipality."""

    def __init__(self, listed: Forgotten, places: Iterable[str]) -> None:
        self._listed, self._places = listed, sorted(set(places))
        self._wanted = {word for entry in listed.entries for word in entry.words}
        self._given = {word for entry in listed.entries for word in entry.given}
        self._known: dict[str, tuple[bool, bool]] = {}
        self.shared: frozenset[int] = frozenset()
        """Persons on the list who have namesakes: their family name alone is blanked, but tells nothing."""

    def _eyes(self, text: str) -> list[Eye]:
        found = []
        words = words_of(text)
        for place in self._places:
            kinds = {word: self._kind(place, word) for word in words}
            if any(family for family, _ in kinds.values()):
                found.append(Eye(self._listed, place, Names(), frozenset(w for w, k in kinds.items() if k[0]),
                                 frozenset(w for w, k in kinds.items() if k[1]), self.shared))
        return found

    def _kind(self, place: str, word: str) -> tuple[bool, bool]:
        """Whether a word may be a family name, and a given name, on the list."""
        key = f"{place}\x1f{word}"
        if key not in self._known:
            forms = bases(word)
            self._known[key] = (any(self._listed.hash("word", place, form) in self._wanted for form in forms),
                                any(self._listed.hash("given", place, form) in self._given for form in forms))
        return self._known[key]

    def may_name(self, text: str) -> bool:
        """Whether a word of `text` may be a name on the list; `\\n` of JSON parts words, too."""
        return bool(self._eyes(text.replace("\\n", "\n")))

    def names(self, text: str) -> bool:
        """Whether `text` names somebody on the list."""
        return any(eye.spans(text, _never) for eye in self._eyes(text))

    def is_name(self, text: str) -> bool:
        """Whether `text`, a name alone, is that of somebody on the list."""
        return any(eye.is_name(text, _never) for eye in self._eyes(text))

    def blank(self, text: str) -> str:
        """`text` with these names blanked."""
        for eye in self._eyes(text):
            text = eye.blank(text)
        return text

    def blank_all(self, value: Any) -> Any:
        """`value` (as JSON gives it) with the names in every string blanked; keys stay."""
        if isinstance(value, str):
            return self.blank(value)
        if isinstance(value, list):
            return [self.blank_all(one) for one in value]
        if isinstance(value, dict):
            return {key: self.blank_all(one) for key, one in value.items()}
        return value


def _never(_person: int, _gender: str | None) -> bool:
    """A family name that several bear tells nobody."""
    return False


def blank_json(path: Path, reader: Reader) -> bool:
    """Blank the names in a file of JSON (`.jsonl`: a value a line); True: it changed. A line that is none is blanked as
    a text.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    if not reader.may_name(text):
        return False
    indent = None if path.suffix == ".jsonl" else 1
    parts = text.splitlines(keepends=True) if path.suffix == ".jsonl" else [text]
    made = [_blank_part(part, reader, indent) for part in parts]
    if made == parts:
        return False
    replace(path, "".join(made).encode())
    return True


def _blank_part(part: str, reader: Reader, indent: int | None) -> str:
    try:
        before = json.loads(part)
    except ValueError:
        return reader.blank(part)
    after = reader.blank_all(before)
    if after == before:
        return part
    separators = (",", ":") if indent is None else None
    return json.dumps(after, ensure_ascii=False, indent=indent, separators=separators) + "\n"


def replace(path: Path, data: bytes) -> None:
    """Write a file anew, whole or not at all, with the mode it had. Raises StoreError."""
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        temporary.write_bytes(data)
        temporary.chmod(path.stat().st_mode & 0o777)
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.replace(path)
    except OSError as error:
        raise StoreError(f"the file cannot be written anew ({error.strerror})", where=path,
                         remedy="check the folder's permissions and the free space, then call auszug forget again",
                         ) from None
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def blank_ledger(path: Path, reader: Reader) -> bool:
    """Blank the names in the titles that a ledger keeps; True: it changed. The file then holds nothing of them."""
    if not path.is_file():
        return False
    changed = False
    try:
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as ledger:
            there = {row[0] for row in ledger.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            for table, columns in _LEDGER_TEXTS.items():
                for column in columns if table in there else ():
                    # names of tables and columns are those above
                    rows = ledger.execute(f"SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL")  # noqa: S608
                    for (text,) in rows.fetchall():
                        if (blank := reader.blank(text)) != text:
                            ledger.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (blank, text))  # noqa: S608
                            changed = True
            if changed:
                ledger.execute("VACUUM")
                ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise StoreError(f"the ledger cannot be changed ({error})", where=path,
                         remedy="delete it; it is rebuilt from the archive") from None
    return changed


def make_private(files: Iterable[Path]) -> list[Path]:
    """Let only the owner read these files; returns those of which the mode cannot be changed."""
    failed = []
    for path in files:
        try:
            if path.stat().st_mode & 0o077:
                path.chmod(PRIVATE)
        except OSError:
            failed.append(path)
    return failed
