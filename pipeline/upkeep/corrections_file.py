"""Takes the entries about a forgotten person out of `corrections.toml`; the rest stays byte for byte.

Part of `upkeep`; pure. An entry is what stands from its `[[kind]]` to the next one; comments right above the next one
are the next one's.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from typing import Any

from pipeline.errors import ConfigError

_HEAD = re.compile(r"^[ \t]*\[\[[ \t]*(?P<kind>[A-Za-z_]+)[ \t]*\]\][ \t]*(?:#.*)?$", re.MULTILINE)

IsTheirs = Callable[[str, dict[str, Any]], bool]
"""Whether an entry (kind, values) is about a forgotten person."""


def without_entries(text: str, is_theirs: IsTheirs, *, note: str, where: str) -> tuple[str, int]:
    """`text` without the entries that are theirs, each replaced by the comment `note`; and how many these were.

    Raises ConfigError where the file cannot be read, or an entry to be removed does not stand under a `[[kind]]`.
    """
    try:
        values: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"not valid TOML: {error}", where=where, remedy="correct that line") from None
    blocks = _blocks(text)
    gone: list[tuple[int, int]] = []
    for kind, entries in values.items():
        mine = [block for block in blocks if block[0] == kind]
        for number, entry in enumerate(entries if isinstance(entries, list) else ()):
            if not isinstance(entry, dict) or not is_theirs(kind, entry):
                continue
            if len(mine) != len(entries):
                raise ConfigError(f"an entry of '{kind}' is to be removed, but is not written under [[{kind}]]",
                                  where=where, remedy="remove it by hand, then call auszug forget again")
            gone.append(mine[number][1:])
    for start, end in sorted(gone, reverse=True):
        text = f"{text[:start]}# {note}\n{text[end:]}"
    return text, len(gone)


def _blocks(text: str) -> list[tuple[str, int, int]]:
    """(kind, start, end) of every entry."""
    heads = [(match["kind"], match.start()) for match in _HEAD.finditer(text)]
    found = []
    for number, (kind, start) in enumerate(heads):
        limit = heads[number + 1][1] if number + 1 < len(heads) else len(text)
        end = start
        position = start
        for line in text[start:limit].splitlines(keepends=True):
            position += len(line)
            if line.strip() and not line.lstrip().startswith("#"):
                end = position
        found.append((kind, start, end))
    return found
