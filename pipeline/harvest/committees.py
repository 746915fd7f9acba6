"""Which meetings belong to the committees that a corpus wants (pure).

A calendar names meetings, not committees (*Sitzung des Jugendhilfeausschusses*), so a verdict may have to wait for
the agenda: it is yes, no, or not known yet.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Sequence

import msgspec

from pipeline.records import OrganizationLink

_ENDINGS = r"(?:e?s|e?n|e|r|m)?"
"""What a word of a committee's name takes on in the genitive or plural (*des Ausschusses*, *der Beiräte*)."""


class Committees(msgspec.Struct, frozen=True, kw_only=True):
    """The committees a corpus wants, by name, pattern (`*ausschuss`) or id; none given means all."""

    wanted: tuple[str, ...] = ()
    known: tuple[OrganizationLink, ...] = ()
    """All committees of the site, as far as its list shows them."""

    @property
    def ids(self) -> frozenset[int]:
        """Ids of the wanted committees: those given as ids, and those whose name in the site's list fits."""
        given = {int(entry) for entry in self.wanted if entry.strip().isdigit()}
        fitting = {link.number for link in self.known if link.number is not None and self._fits(link.name)}
        return frozenset(given | fitting)

    @property
    def listable(self) -> list[int]:
        """Ids of the wanted committees whose meeting list can be asked for by number alone: those of only one kind."""
        kinds: dict[int, set[str | None]] = {}
        for link in self.known:
            if link.number is not None:
                kinds.setdefault(link.number, set()).add(link.kind)
        return sorted(number for number in self.ids if len(kinds.get(number, ())) < 2)

    def _wants(self, number: int, kind: str | None) -> bool:
        """Whether the committee with this number is wanted; ALLRIS 3 numbers councils and committees apart (`kind`)."""
        if str(number) in {entry.strip() for entry in self.wanted}:
            return True
        return any(link.number == number and self._fits(link.name) for link in self.known
                   if kind is None or link.kind is None or link.kind == kind)

    def verdict(
        self, *, title: str | None, organization: str | None, organization_id: int | None,
        organization_kind: str | None = None, listed: bool = False,
    ) -> bool | None:
        """Whether a meeting is wanted (a joint one: if one committee is); None where only its agenda can tell."""
        if not self.wanted or listed:
            return True
        if organization_id is not None and self._wants(organization_id, organization_kind):
            return True
        if organization and self._fits(organization):
            return True
        names = [entry for entry in self.wanted if not entry.strip().isdigit()]
        names += [link.name for link in self.known if link.number in self.ids]
        if title and any(_mentions(title, name) for name in names):
            return True
        if organization or organization_id is not None:
            return False
        others = [link.name for link in self.known if link.number not in self.ids]
        if title and any(_mentions(title, name) for name in others):
            return False
        return None

    def unknown(self) -> list[str]:
        """Entries that fit no committee of the site's list (empty where there is no list to compare with)."""
        if not self.known:
            return []
        numbers = {link.number for link in self.known}
        return [entry for entry in self.wanted
                if (int(entry) not in numbers if entry.strip().isdigit()
                    else not any(_fits(entry, link.name) for link in self.known))]

    def _fits(self, name: str) -> bool:
        return any(_fits(entry, name) for entry in self.wanted)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _fits(entry: str, name: str) -> bool:
    return fnmatch.fnmatchcase(_plain(name), _plain(entry))


def _mentions(title: str, name: str) -> bool:
    """Whether a meeting's title names the committee, in whatever case of grammar."""
    words: Sequence[str] = _plain(name).split(" ")
    pieces = [re.escape(word).replace(r"\*", r"\w{0,60}").replace(r"\?", r"\w") + _ENDINGS for word in words]
    return re.search(r"(?<!\w)" + r" ".join(pieces) + r"(?!\w)", _plain(title)) is not None
