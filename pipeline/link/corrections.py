"""Corrections by hand, `corpora/NAME/corrections.toml`: read strictly, and found again in the texts.

Part of `link`; pure. A correction names a place that stays the same when everything is built anew: the day, the TOP
number, and the words that are there. Where these words are no longer there it fits no more, and is reported.

    [[stance]]                            # towards the matter of the item
    date = 2023-11-16
    item = "5"
    quote = "Herr Harmsen (CDU) lehnt"    # how the statement begins
    stance = "oppose"                     # support, oppose, conditional, neutral
    reason = "the minutes' irony"

    [[person]]                            # who a speaker is
    speaker = "Petersen"                  # as the text names the speaker
    person = "Jule Petersen"              # full name, or person_id; "": nobody who is known

    [[decision]]                          # quote: how the deciding sentence begins; only what is wrong
    outcome = "rejected"
    yes = 2

    [[direction]]                         # of the item towards a topic: 1 furthers it, -1 turns against it, 0 neither
    title = "Antrag der Fraktion"         # how the item's title begins
    topic = "sro"
    direction = -1

Every one has `date`, `item` and `reason`; `committee` where two met on that day.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
import tomllib
from collections.abc import Iterable, Sequence
from typing import Annotated, Literal, Union

import msgspec
from msgspec import Meta

from pipeline.errors import ConfigError
from pipeline.records import DecisionOutcome, Record, Stance

Text = Annotated[str, Meta(min_length=1)]
Count = Annotated[int, Meta(ge=0, le=100_000)]


class _Place(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a correction applies, and why it was made."""

    date: dt.date
    item: Text
    reason: Text
    committee: str | None = None


class StanceCorrection(_Place, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="stance"):
    """The stance of a statement towards the matter. `speaker` tells two who speak together apart."""

    quote: Text
    stance: Stance
    speaker: str | None = None


class PersonCorrection(_Place, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="person"):
    """Who a speaker is; `person` empty: nobody who is known."""

    speaker: Text
    person: str


class DecisionCorrection(_Place, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="decision"):
    """What was decided; only the fields that are given are changed."""

    quote: Text
    outcome: DecisionOutcome | None = None
    unanimous: bool | None = None
    yes: Count | None = None
    no: Count | None = None
    abstain: Count | None = None

    @property
    def values(self) -> dict[str, str | int | bool]:
        """The fields that are changed."""
        given = {name: getattr(self, name) for name in ("outcome", "unanimous", "yes", "no", "abstain")}
        return {name: value for name, value in given.items() if value is not None}


class DirectionCorrection(_Place, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="direction"):
    """The direction of an item towards a topic."""

    title: Text
    topic: Text
    direction: Literal[-1, 0, 1]


Correction = Union[StanceCorrection, PersonCorrection, DecisionCorrection, DirectionCorrection]  # noqa: UP007 (msgspec)
_KINDS: dict[str, type[Record]] = {
    "stance": StanceCorrection, "person": PersonCorrection, "decision": DecisionCorrection,
    "direction": DirectionCorrection,
}


# --------------------------------------------------------------------------------------------------- reading

def parse_corrections(data: bytes, *, where: str) -> tuple[Correction, ...]:
    """The corrections in `data` (TOML), by kind and then in order.

    Raises ConfigError with file, line, key and remedy for everything that is not understood.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ConfigError("not UTF-8", where=f"{where}:{line}", remedy="save the file as UTF-8") from None
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"not valid TOML: {error}", where=where, remedy="correct that line") from None
    found: list[Correction] = []
    for kind, entries in raw.items():
        if kind not in _KINDS:
            raise ConfigError(f"unknown key '{kind}'", where=_line(text, where, kind, 0),
                              remedy=_nearest(kind, _KINDS, "kinds of corrections"))
        if not isinstance(entries, list):
            raise ConfigError(f"'{kind}' is not a list of corrections", where=_line(text, where, kind, 0),
                              remedy=f"write [[{kind}]] above each, in double brackets")
        for number, entry in enumerate(entries):
            found.append(_one(kind, entry, _line(text, where, kind, number)))
    order = list(_KINDS)
    return tuple(sorted(found, key=lambda one: order.index(_kind(one))))


def _one(kind: str, entry: object, where: str) -> Correction:
    fields = _KINDS[kind].__struct_fields__
    if isinstance(entry, dict):
        for key in entry:
            if key not in fields:
                raise ConfigError(f"unknown key '{key}' in [[{kind}]]", where=where,
                                  remedy=_nearest(key, fields, "keys"))
    try:
        made: Correction = msgspec.convert(entry, _KINDS[kind])  # type: ignore[assignment]
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at `$.")
        key = place.rstrip("`")
        missing = re.search(r"missing required field `([^`]+)`", reason)
        if missing:
            raise ConfigError(f"'{missing[1]}' is missing in [[{kind}]]", where=where, remedy="add it") from None
        remedy = _REMEDIES.get(key, "correct the value")
        raise ConfigError(f"'{key}' in [[{kind}]]: {reason.replace('`', '')}", where=where, remedy=remedy) from None
    if isinstance(made, DecisionCorrection) and not made.values:
        raise ConfigError("a [[decision]] that changes nothing", where=where,
                          remedy="give outcome, unanimous, yes, no or abstain")
    return made


_REMEDIES = {
    "date": "write it without quotes, as in date = 2023-08-31", "item": 'write it in quotes, as in item = "5.1"',
    "quote": "give its first words", "title": "give its first words",
    "stance": "one of support, oppose, conditional, neutral", "direction": "one of 1, -1, 0",
    "outcome": "one of accepted, amended, rejected, deferred, referred, noted, withdrawn, elected, consensus",
    "unanimous": "write true or false", "yes": "a number of votes", "no": "a number of votes",
    "abstain": "a number of votes",
}


def _nearest(key: str, known: Iterable[str], what: str) -> str:
    near = difflib.get_close_matches(key, list(known), n=1, cutoff=0.6)
    return f"did you mean '{near[0]}'?" if near else f"{what}: {', '.join(known)}"


def _line(text: str, where: str, kind: str, number: int) -> str:
    """`where` with the line of the `number`-th table of `kind`."""
    heads = [index for index, line in enumerate(text.splitlines(), 1)
             if re.match(rf"\s*\[{{0,2}}\s*{re.escape(kind)}\s*(?:\]|=)", line)]
    return f"{where}:{heads[number]}" if number < len(heads) else where


def _kind(correction: Correction) -> str:
    return next(kind for kind, made in _KINDS.items() if isinstance(correction, made))


# --------------------------------------------------------------------------------------------------- finding

class ItemPlace(Record, frozen=True):
    """An agenda item in which a correction may apply."""

    item: str
    source: str
    date: str | None
    organization: str | None
    number: str | None
    title: str | None


class TextPlace(Record, frozen=True):
    """A statement, a decision or a speaker of an item: `text` is what a correction quotes."""

    key: str
    item: str
    text: str
    speaker: str | None = None


class Fitted(Record, frozen=True):
    """What became of a correction: the key of the row that it corrects, or why there is none."""

    key: str | None
    item: str | None
    problem: str | None = None


class Places:
    """Finds the rows that corrections mean. `statements`, `decisions`, `speakers`: those of the items."""

    def __init__(
        self, items: Sequence[ItemPlace], *, statements: Sequence[TextPlace], decisions: Sequence[TextPlace],
        speakers: Sequence[TextPlace],
    ) -> None:
        self._items: dict[tuple[str, str | None, str | None], list[ItemPlace]] = {}
        for item in items:
            self._items.setdefault((item.source, item.date, item.number), []).append(item)
        self._statements, self._decisions, self._speakers = (
            _by_item(places) for places in (statements, decisions, speakers))

    def fit(self, source: str, correction: Correction) -> Fitted:
        """The row that `correction` of the corpus `source` means."""
        items = self._items.get((source, correction.date.isoformat(), correction.item), [])
        if correction.committee is not None:
            items = [item for item in items if _same(item.organization, correction.committee)]
        named = f"TOP {correction.item} on {correction.date}"
        if len(items) != 1:
            reason = f"there is no {named}" if not items else f"there are several {named}: name the committee"
            return Fitted(key=None, item=None, problem=reason)
        item = items[0]
        if isinstance(correction, DirectionCorrection):
            if _begins(item.title, correction.title):
                return Fitted(key=item.item, item=item.item)
            reason = f"the title of {named} does not begin with '{correction.title}'"
            return Fitted(key=None, item=item.item, problem=reason)
        if isinstance(correction, PersonCorrection):
            found = [place for place in self._speakers.get(item.item, ()) if _same(place.text, correction.speaker)]
            what = f"speaker '{correction.speaker}' in {named}"
        elif isinstance(correction, DecisionCorrection):
            found = [place for place in self._decisions.get(item.item, ()) if _begins(place.text, correction.quote)]
            what = f"decision in {named} that begins with '{correction.quote}'"
        else:
            found = [place for place in self._statements.get(item.item, ()) if _begins(place.text, correction.quote)
                     and (correction.speaker is None or _same(place.speaker, correction.speaker))]
            what = f"statement in {named} that begins with '{correction.quote}'"
        if len(found) != 1:
            reason = f"there is no {what}" if not found else f"there is more than one {what}: quote more of it"
            return Fitted(key=None, item=item.item, problem=reason)
        return Fitted(key=found[0].key, item=item.item)


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
