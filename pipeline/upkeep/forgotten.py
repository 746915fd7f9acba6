"""The list of persons who are to be forgotten: keyed hashes of name and municipality, no names.

Part of `upkeep`. Two files below the working directory's `corpora/`: `forgotten.json` (the list) and `forgotten.key` (a
secret, made once, mode 0600). Without the key nobody can try names on the list; without either file a build from the
archive would bring the persons back, so both belong to the backup.

Nothing heavy is imported here: every build looks whether there is a list.
"""

from __future__ import annotations

import contextlib
import hmac
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

import msgspec

from pipeline.errors import StoreError
from pipeline.link.names import PARTICLES, fold, parse_name

REMOVED = "removed on request"
"""Stands in the database for the name of a person who was forgotten."""
LIST = "forgotten.json"
KEY = "forgotten.key"
KEY_BYTES = 32

ENDINGS = ("", "s", "es", "n", "en", "ens", "sche", "schen", "scher", "sches", "schem")
"""What a family name takes in a text: genitive (*Brandts*, *Schulzens*), *der Brandtsche Antrag*."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person on the list. Every hash is keyed, and made of the municipality and a part of the name."""

    since: str
    families: tuple[str, ...]
    """Of each family name that the person bore, whole and without its umlauts; folded, without particles."""
    words: tuple[str, ...] = ()
    """Of each word of these names: what a text is searched for."""
    given: tuple[str, ...] = ()
    initials: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    """Of the ALLRIS numbers of the person."""
    gender: str | None = None
    particle: bool = False
    """The family name has a particle (*von*), which goes with it."""


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: int = 1
    entries: tuple[Entry, ...] = ()


def folder_of(work_path: Path | None) -> Path | None:
    """Where the list lies that goes with a work database; None for one in memory."""
    return None if work_path is None else work_path.parent.parent


class Forgotten:
    """The list, read. `entries` empty: nobody was forgotten."""

    def __init__(self, entries: tuple[Entry, ...], key: bytes) -> None:
        self.entries = entries
        self._key = key

    @classmethod
    def load(cls, folder: Path | None) -> Forgotten:
        """The list in `folder`. Raises StoreError where it cannot be read: a build must not go on without it."""
        if folder is None:
            return cls((), b"")
        path = folder / LIST
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return cls((), b"")
        except OSError as error:
            raise _unreadable(path, error.strerror or "unreadable") from None
        try:
            entries = msgspec.json.decode(data, type=_File).entries
        except msgspec.DecodeError as error:
            raise _unreadable(path, str(error)) from None
        return cls(entries, _read_key(folder / KEY) if entries else b"")

    def hash(self, kind: str, scope: str, text: str) -> str:
        """The keyed hash of a part of a name in a municipality."""
        return hmac.digest(self._key, f"{kind}\x1f{scope}\x1f{text}".encode(), "sha256").hex()

    def with_entry(self, entry: Entry) -> Forgotten:
        """The list with one more person."""
        return Forgotten((*self.entries, entry), self._key)

    def save(self, folder: Path) -> None:
        """Write the list, whole or not at all, readable by its owner only."""
        data = msgspec.json.format(msgspec.json.encode(_File(entries=self.entries)), indent=1) + b"\n"
        temporary = folder / f".{LIST}.tmp"
        try:
            temporary.unlink(missing_ok=True)
            _write_private(temporary, data)
            temporary.replace(folder / LIST)
        except OSError as error:
            raise StoreError(f"the list of the forgotten cannot be written ({error.strerror})", where=folder / LIST,
                             remedy="check the folder's permissions and the free space") from None


def opened(folder: Path) -> Forgotten:
    """The list in `folder` for adding to it; its key is made where there is none."""
    found = Forgotten.load(folder)
    if found.entries:
        return found
    path = folder / KEY
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            _write_private(path, secrets.token_hex(KEY_BYTES).encode() + b"\n")
    except OSError as error:
        raise StoreError(f"the key cannot be written ({error.strerror})", where=path,
                         remedy="check the folder's permissions and the free space") from None
    return Forgotten((), _read_key(path))


def scope(body: str | None, source_body: str | None, source: str) -> str:
    """The municipality in which a name is meant: the row's, else the corpus', else the corpus itself."""
    return fold(body or "") or fold(source_body or "") or f"corpus {source}"


def family_words(family: str) -> list[str]:
    """The folded words of a family name without its particles; of a name that is one (*Graf*), the name."""
    words = fold(family).split()
    return [word for word in words if word not in PARTICLES] or words[-1:]


def without_umlauts(family: str) -> list[str]:
    """The name as pages print it that lost their umlauts: dropped, or without dots; folded."""
    bare = " ".join(word for word in family.split() if word.casefold() not in PARTICLES).casefold()
    if len(bare) < 5 or not any(c in "äöüß" for c in bare):
        return []
    return [fold("".join(c for c in bare if c not in "äöüß")), fold(bare.translate(str.maketrans("äöüß", "aous")))]


def make_entry(
    listed: Forgotten, place: str, names: Iterable[str], *, since: str, numbers: Iterable[str] = (),
    gender: str | None = None,
) -> Entry:
    """The entry of a person: `names` are all forms in which lists and texts have printed it, `place` the `scope`."""
    families: dict[str, None] = {}
    given: dict[str, None] = {}
    particle = False
    for printed in names:
        name = parse_name(printed)
        if name is None:
            continue
        words = family_words(name.family)
        particle = particle or len(name.family.split()) > len(words)
        families.update(dict.fromkeys([" ".join(words), *without_umlauts(name.family)]))
        given.update(dict.fromkeys(fold(name.given or "").split()))
    parts = {word for family in families for word in family.split() if len(word) > 1}

    def hashes(kind: str, texts: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(listed.hash(kind, place, text) for text in texts))

    return Entry(
        since=since, families=hashes("family", families), words=hashes("word", parts),
        given=hashes("given", (word for word in given if len(word) > 1)),
        initials=hashes("initial", {word[0] for word in given}), numbers=hashes("number", numbers), gender=gender,
        particle=particle)


def _read_key(path: Path) -> bytes:
    try:
        key = path.read_bytes().strip()
    except OSError as error:
        raise _unreadable(path, error.strerror or "unreadable") from None
    if len(key) < KEY_BYTES:
        raise _unreadable(path, "too short")
    return key


def _unreadable(path: Path, reason: str) -> StoreError:
    return StoreError(f"the list of forgotten persons cannot be read ({reason})", where=path,
                      remedy="restore it from the backup; without it they would come back")


def _write_private(path: Path, data: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
