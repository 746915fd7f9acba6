"""Puts the pages whose rows are to be made together for tasks. Part of `build`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from pipeline.build import fingerprint
from pipeline.records import AgendaItem
from pipeline.sources import Page
from pipeline.store.database import utc
from pipeline.store.units import Unit

TASK_UNITS = 300
"""Pages whose rows one task makes, and one transaction writes. Of no influence on the result."""
TASK_CHARACTERS = 1_500_000
"""Characters of text that one task reads at most, but for a single longer page."""


class PageVersions(dict[str, list[tuple[Unit, Page]]]):
    """Versions of pages by the page's key, each with the page as it was last seen so; the oldest version first."""

    def add(self, unit: Unit, last: Page) -> None:
        """Take a version. A page keeps the place of its first one."""
        hashed = msgspec.structs.replace(unit.provenance, input_hash=fingerprint.of_unit(unit))
        versions = self.setdefault(unit.page_id, [])
        versions.append((msgspec.structs.replace(unit, provenance=hashed), last))
        versions.sort(key=lambda version: utc(version[0].provenance.fetched_at))


class Rounds:
    """Puts pages together for tasks. The n-th version of a page is in the n-th round, and rounds keep their order."""

    def __init__(self) -> None:
        self._rounds: list[list[Unit]] = []
        self._characters = 0

    def add(self, units: Sequence[Unit]) -> Iterator[tuple[Unit, ...]]:
        """Takes the versions of a page; gives what is enough for tasks."""
        for number, unit in enumerate(units):
            while len(self._rounds) <= number:
                self._rounds.append([])
            self._rounds[number].append(unit)
            if isinstance(unit.record, AgendaItem):
                self._characters += sum(len(section.text) for section in unit.record.sections)
        if len(self._rounds[0]) >= TASK_UNITS or self._characters >= TASK_CHARACTERS:
            yield from self.rest()

    def rest(self) -> Iterator[tuple[Unit, ...]]:
        """What is there."""
        rounds, self._rounds, self._characters = self._rounds, [], 0
        yield from (tuple(units) for units in rounds if units)
