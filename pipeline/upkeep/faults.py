"""What `verify` finds: faults, with their place and remedy. Part of `upkeep`."""

from __future__ import annotations

import msgspec

IRREPLACEABLE = frozenset({"record_damaged", "archive_damaged", "archive_torn", "archive_unreadable",
                           "archive_too_large", "archive_not_http", "file_missing", "file_differs"})
"""Faults of what everything else is made from."""


class Fault(msgspec.Struct, kw_only=True):
    """Something that is not as it was written. `repaired`: what was done about it; None: nothing."""

    code: str
    corpus: str | None
    where: str
    what: str
    remedy: str
    repaired: str | None = None

    def __str__(self) -> str:
        """One line for people."""
        done = f"repaired: {self.repaired}" if self.repaired else self.remedy
        return " ".join(f"{self.code}: {self.where}: {self.what}; {done}".split())
