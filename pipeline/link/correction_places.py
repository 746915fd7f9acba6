"""Finds what corrections by hand mean: the item, and in it the statement, decision, sentence or speaker.

Part of `link`; pure. See `corrections`.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.link.corrections import (
    DecisionCorrection,
    DirectionCorrection,
    PersonCorrection,
    PlacedCorrection,
    StatementCorrection,
)
from pipeline.link.names import family_fits, given_fits, parse_name
from pipeline.records import Record


class ItemPlace(Record, frozen=True):
    """An agenda item in which a correction may apply."""

    item: str
    source: str
    date: str | None
    organization: str | None
    number: str | None
    title: str | None


class TextPlace(Record, frozen=True):
    """A statement, a decision, a sentence or a speaker of an item: `text` is what a correction quotes.

    `position` and `section`: of a sentence, its place in the item and the section that it stands in.
    """

    key: str
    item: str
    text: str
    speaker: str | None = None
    position: int = 0
    section: int = 0


class Fitted(Record, frozen=True):
    """What became of a correction: the key of the row that it corrects, or why there is none.

    `first`, `last`: the sentences of what is added. `by`: the speaker of the item whose words a statement is; None
    where the item has no such speaker yet.
    """

    key: str | None
    item: str | None
    problem: str | None = None
    first: int | None = None
    last: int | None = None
    by: str | None = None


class _Unfit(Exception):
    """Why a correction does not fit; becomes `Fitted.problem`."""


class Places:
    """Finds the rows that corrections mean. `statements`, `decisions`, `sentences`, `speakers`: those of the items."""

    def __init__(
        self, items: Sequence[ItemPlace], *, statements: Sequence[TextPlace], decisions: Sequence[TextPlace],
        speakers: Sequence[TextPlace], sentences: Sequence[TextPlace] = (),
    ) -> None:
        self._items: dict[tuple[str, str | None, str | None], list[ItemPlace]] = {}
        for item in items:
            self._items.setdefault((item.source, item.date, item.number), []).append(item)
        self._statements, self._decisions, self._speakers, self._sentences = (
            _by_item(places) for places in (statements, decisions, speakers, sentences))

    def fit(self, source: str, correction: PlacedCorrection) -> Fitted:
        """The row that `correction` of the corpus `source` means."""
        items = self._items.get((source, correction.date.isoformat(), correction.item), [])
        if correction.committee is not None:
            items = [item for item in items if _same(item.organization, correction.committee)]
        named = f"TOP {correction.item} on {correction.date}"
        if len(items) != 1:
            reason = f"there is no {named}" if not items else f"there are several {named}: name the committee"
            return Fitted(key=None, item=None, problem=reason)
        try:
            return self._in_item(items[0], correction, named)
        except _Unfit as why:
            return Fitted(key=None, item=items[0].item, problem=str(why))

    def _in_item(self, item: ItemPlace, correction: PlacedCorrection, named: str) -> Fitted:
        key = item.item
        match correction:
            case DirectionCorrection():
                if not _begins(item.title, correction.title):
                    raise _Unfit(f"the title of {named} does not begin with '{correction.title}'")
                return Fitted(key=key, item=key)
            case PersonCorrection():
                found = [place for place in self._speakers.get(key, ()) if _same(place.text, correction.speaker)]
                return Fitted(key=_one(found, f"speaker '{correction.speaker}' in {named}").key, item=key)
            case DecisionCorrection(add=True) | StatementCorrection(add=True):
                return self._added(key, correction, named)
            case DecisionCorrection():
                found = [place for place in self._decisions.get(key, ()) if _begins(place.text, correction.quote)]
                what = f"decision in {named} that begins with '{correction.quote}'"
                return Fitted(key=_one(found, what).key, item=key)
        found = [place for place in self._statements.get(key, ()) if _begins(place.text, correction.quote)
                 and (correction.speaker is None or _same(place.speaker, correction.speaker))]
        statement = _one(found, f"statement in {named} that begins with '{correction.quote}'").key
        by = self._speaker(key, correction.by) if isinstance(correction, StatementCorrection) else None
        return Fitted(key=statement, item=key, by=by)

    def _added(self, item: str, correction: DecisionCorrection | StatementCorrection, named: str) -> Fitted:
        """The sentences of a statement or decision that was missed. Its key is that of the item and first sentence."""
        sentences = self._sentences.get(item, [])
        begins = [place for place in sentences if _begins(place.text, correction.quote)]
        first = _one(begins, f"sentence in {named} that begins with '{correction.quote}'")
        last, by = first, None
        if isinstance(correction, StatementCorrection):
            by = self._speaker(item, correction.by)
            if correction.until is not None:
                after = [place for place in sentences if place.position >= first.position
                         and place.section == first.section and _begins(place.text, correction.until)]
                if not after:
                    raise _Unfit(f"there is no sentence behind it that begins with '{correction.until}'")
                last = min(after, key=lambda place: place.position)
        return Fitted(key=f"{item}#+{first.position}", item=item, first=first.position, last=last.position, by=by)

    def _speaker(self, item: str, by: str | None) -> str | None:
        """The speaker of the item who is called so, in full or by the family name."""
        if by is None or by == NOBODY:
            return by
        speakers = self._speakers.get(item, ())
        found = [place for place in speakers if _same(place.text, by)]
        name = parse_name(by)
        if not found and name is not None:
            found = [place for place in speakers if (other := parse_name(place.text))
                     and family_fits(other.family, name.family) and given_fits(other.given, name.given)]
        if len(found) > 1:
            raise _Unfit(f"more than one speaker of the item is called '{by}'")
        return found[0].key if found else None


NOBODY = "?"
"""The speaker of words of which it cannot be said whose they are."""


def _one(found: Sequence[TextPlace], what: str) -> TextPlace:
    if not found:
        raise _Unfit(f"there is no {what}")
    if len(found) > 1:
        raise _Unfit(f"there is more than one {what}: quote more of it")
    return found[0]


def _by_item(places: Sequence[TextPlace]) -> dict[str, list[TextPlace]]:
    found: dict[str, list[TextPlace]] = {}
    for place in places:
        found.setdefault(place.item, []).append(place)
    return found


def _plain(text: str | None) -> str:
    return " ".join((text or "").split()).casefold()


def _same(one: str | None, other: str | None) -> bool:
    return _plain(one) == _plain(other)


def _begins(text: str | None, beginning: str) -> bool:
    return _plain(text).startswith(_plain(beginning))
