"""Corrections by hand, `corpora/NAME/corrections.toml`: read strictly; `correction_places` finds what they mean.

Part of `link`; pure. A correction names a place that stays the same when everything is built anew: the day, the TOP
number, and the words that are there. Where these words are no longer there it fits no more, and is reported.

    [[stance]]                            # towards the matter of the item
    date = 2023-11-16
    item = "5"
    quote = "Herr Harmsen (CDU) lehnt"    # how the statement begins
    stance = "oppose"                     # support, oppose, conditional, neutral
    reason = "the minutes' irony"

    [[statement]]                         # whose words a statement is
    quote = "Man müsse erst rechnen"      # how the statement begins
    by = "Petersen"                       # as the item or the attendance list names the speaker; "?": nobody nameable

    [[statement]]                         # one that was missed: sentences of no statement
    add = true
    quote = "Die Kosten seien"            # how its first sentence begins
    until = "Das sei zu viel"             # how its last sentence begins; none: it is the first
    by = "Petersen"
    stance = "oppose"                     # may be left out: unknown

    [[statement]]                         # one that is none: remove and add, to part or join what was read wrongly
    remove = true
    quote = "Die Vorlage liegt"

    [[person]]                            # who a speaker is
    speaker = "Petersen"                  # as the text names the speaker
    person = "Jule Petersen"              # full name, or person_id; "": nobody who is known

    [[decision]]                          # quote: how the deciding sentence begins; only what is wrong
    quote = "Ja: 2"
    outcome = "rejected"                  # and unanimous, yes, no, abstain
    yes = 2

    [[decision]]                          # one that was missed: quote as before; needs the outcome
    add = true
    quote = "Dem folgt der Ausschuss"
    outcome = "accepted"

    [[decision]]                          # a sentence that decides nothing
    remove = true
    quote = "Dem wird nicht"

    [[direction]]                         # of the item towards a topic: 1 furthers it, -1 turns against it, 0 neither
    title = "Antrag der Fraktion"         # how the item's title begins
    topic = "sro"
    direction = -1

    [[join]]                              # two names (or person_ids) of one human being; no date and item
    person = "Jule Voss"                  # who stays
    other = "Jule Petersen"
    reason = "married in 2021"

    [[split]]                             # two human beings under one name; no date and item
    person = "Hans Meier"
    name = "Hans Meier (Moorstedt)"       # the second one, of whom is what meets all of the following
    committee = "Bauausschuss"            # and since, until (days), faction: at least one of them
    reason = "the son"

Those of a place have `date`, `item` and `reason`; `committee` where two met on that day. `speaker` tells two who
speak together apart, where a statement is quoted. Removals come first, then additions, then the rest.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
import tomllib
from collections.abc import Iterable
from typing import Annotated, Literal, Union

import msgspec
from msgspec import Meta

from pipeline import toml
from pipeline.errors import ConfigError
from pipeline.records import Act, DecisionOutcome, Record, Stance

Text = Annotated[str, Meta(min_length=1)]
Count = Annotated[int, Meta(ge=0, le=100_000)]


class _Place(Record, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Where a correction applies, and why it was made."""

    date: dt.date
    item: Text
    reason: Text
    committee: str | None = None


class StanceCorrection(
    _Place, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, tag="stance"
):
    """The stance of a statement towards the matter. `speaker` tells two who speak together apart."""

    quote: Text
    stance: Stance
    speaker: str | None = None


class StatementCorrection(
    _Place, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, tag="statement"
):
    """Whose words a statement is (`by`); with `add` one that was missed, with `remove` one that is none."""

    quote: Text
    by: Text | None = None
    speaker: str | None = None
    add: bool = False
    remove: bool = False
    until: Text | None = None
    stance: Stance | None = None
    act: Act | None = None


class PersonCorrection(
    _Place, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, tag="person"
):
    """Who a speaker is; `person` empty: nobody who is known."""

    speaker: Text
    person: str


class DecisionCorrection(
    _Place, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, tag="decision"
):
    """What was decided; only the fields that are given are changed. `add`: one that was missed; `remove`: none."""

    quote: Text
    add: bool = False
    remove: bool = False
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


class DirectionCorrection(
    _Place, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, tag="direction"
):
    """The direction of an item towards a topic."""

    title: Text
    topic: Text
    direction: Literal[-1, 0, 1]


class JoinCorrection(
    Record, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, tag="join"
):
    """Two persons of the corpus, by full name or key, who are one human being; `person` stays."""

    person: Text
    other: Text
    reason: Text


class SplitCorrection(
    Record, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, tag="split"
):
    """A person of the corpus who is two: what meets all conditions is of the second one, who is called `name`."""

    person: Text
    name: Text
    reason: Text
    since: dt.date | None = None
    until: dt.date | None = None
    committee: Text | None = None
    faction: Text | None = None


PlacedCorrection = (
    StanceCorrection | StatementCorrection | PersonCorrection | DecisionCorrection | DirectionCorrection)
"""Corrections of something in an agenda item."""
Correction = Union[  # noqa: UP007  (msgspec)
    StanceCorrection, StatementCorrection, PersonCorrection, DecisionCorrection, DirectionCorrection, JoinCorrection,
    SplitCorrection]
_KINDS: dict[str, type[Record]] = {
    "statement": StatementCorrection, "stance": StanceCorrection, "person": PersonCorrection,
    "decision": DecisionCorrection, "direction": DirectionCorrection, "join": JoinCorrection, "split": SplitCorrection,
}
"""In the order in which they are applied: a stance may be that of a statement with another speaker."""


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
        raw = toml.parse(text)
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
    return tuple(sorted(found, key=_order))


def _order(one: Correction) -> tuple[int, int]:
    first = 0 if getattr(one, "remove", False) else 1 if getattr(one, "add", False) else 2
    return first, list(_KINDS).index(kind_of(one))


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
        remedy = _REMEDIES.get(f"{kind}.{key}") or _REMEDIES.get(key, "correct the value")
        raise ConfigError(f"'{key}' in [[{kind}]]: {reason.replace('`', '')}", where=where, remedy=remedy) from None
    if wrong := _contradiction(made):
        raise ConfigError(wrong[0], where=where, remedy=wrong[1])
    return made


def _contradiction(one: Correction) -> tuple[str, str] | None:
    """What is wrong with `one` as a whole, and the remedy."""
    if isinstance(one, (DecisionCorrection, StatementCorrection)) and one.add and one.remove:
        return f"a [[{kind_of(one)}]] with add and remove", "part it in two"
    match one:
        case DecisionCorrection(add=True, outcome=None):
            return "a [[decision]] that is added without an outcome", _REMEDIES["outcome"]
        case DecisionCorrection(remove=True) if one.values:
            return "a [[decision]] that is removed and changed", "leave out outcome and votes"
        case DecisionCorrection(remove=False) if not one.values:
            return "a [[decision]] that changes nothing", "give outcome or votes, or remove = true"
        case StatementCorrection(remove=True) if one.by or one.until or one.stance or one.act:
            return "a [[statement]] that is removed and changed", "leave out by, until, stance and act"
        case StatementCorrection(remove=False, by=None):
            return "'by' is missing in [[statement]]", "say whose words it is (or remove = true)"
        case StatementCorrection(add=False) if one.until or one.stance or one.act:
            return "until, stance and act are of a [[statement]] that is added", "a stance is set with [[stance]]"
        case SplitCorrection(since=None, until=None, committee=None, faction=None):
            return "a [[split]] without a condition", "give since, until, committee or faction"
    return None


_REMEDIES = {
    "date": "write it without quotes, as in date = 2023-08-31", "item": 'write it in quotes, as in item = "5.1"',
    "quote": "give its first words", "title": "give its first words", "statement.until": "give its first words",
    "until": "write it without quotes, as in until = 2023-08-31",
    "since": "write it without quotes, as in since = 2023-08-31", "add": "write true", "remove": "write true",
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
             if re.match(rf"\s{{0,40}}\[{{0,2}}\s{{0,9}}{re.escape(kind)}\s{{0,9}}(?:\]|=)", line)]
    return f"{where}:{heads[number]}" if number < len(heads) else where


def kind_of(correction: Correction) -> str:
    """The table of the file that a correction stands in."""
    return str(correction.__struct_config__.tag)
