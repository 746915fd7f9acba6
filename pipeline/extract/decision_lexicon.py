"""Loads `lexicon/decisions.toml`: words, labels and cues of decisions and votes, compiled once.

Used by `votes` (counts) and `decisions` (outcomes).
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, cast, get_args

from pipeline.errors import ExtractionError
from pipeline.records import DecisionOutcome

PATH = Path(__file__).parent / "lexicon" / "decisions.toml"

Need = Literal["", "body", "vote", "chair", "person", "narrator", "states", "matter", "body_vote"]

_ANY_CASE = ("amended", "unamended", "adopted")
_UNITS = ("null", "ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf")
_TEENS = dict(enumerate("dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn".split(), start=13))
_TENS = ("", "", "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig")


@dataclass(frozen=True, slots=True)
class Cue:
    """A way to state an outcome. `negated`: the outcome where the cue is negated; None: no decision then."""

    key: str
    outcome: DecisionOutcome
    stems: tuple[str, ...]
    pattern: re.Pattern[str]
    needs: Need
    negated: DecisionOutcome | None
    negative: bool
    """The negation is part of the cue (*keine Mehrheit*)."""
    example: str


@dataclass(frozen=True, slots=True, eq=False)
class DecisionLexicon:
    """`lexicon/decisions.toml`, compiled. Words are lower case. There is one: it is equal to nothing else."""

    labels: dict[str, str]
    numbers: dict[str, int]
    zero_words: frozenset[str]
    zero_after: frozenset[str]
    weak_numbers: frozenset[str]
    between: frozenset[str]
    before_number: frozenset[str]
    bare_votes: frozenset[str]
    ratio_words: frozenset[str]
    loose_labels: frozenset[str]
    soft_labels: frozenset[str]
    member_words: frozenset[str]
    received: frozenset[str]
    vote_verbs: frozenset[str]
    line_words: frozenset[str]
    bracket_stems: tuple[str, ...]
    against_words: frozenset[str]
    against: re.Pattern[str]
    rest: re.Pattern[str]
    unanimous: re.Pattern[str]
    divided: re.Pattern[str]
    faction_votes: tuple[tuple[Literal["yes", "no", "abstain"], re.Pattern[str]], ...]
    body: re.Pattern[str]
    any_body: re.Pattern[str]
    context: dict[str, re.Pattern[str]]
    guards: dict[str, re.Pattern[str]]
    cues: tuple[Cue, ...]

    def unanimity(self, text: str) -> bool | None:
        """What the words say: True *einstimmig*, False *mehrheitlich*, None neither."""
        if self.divided.search(text):
            return False
        if self.unanimous.search(text):
            return True
        return None


def number_words() -> dict[str, int]:
    """German number words from 0 to 199, with the inflected forms of one."""
    words: dict[str, int] = {"hundert": 100, "einhundert": 100}
    for n in range(1, 100):
        if n <= 12:
            word = _UNITS[n]
        elif n < 20:
            word = _TEENS[n]
        else:
            tens, unit = divmod(n, 10)
            word = _TENS[tens] if unit == 0 else f"{_UNITS[unit]}und{_TENS[tens]}"
        words[word] = n
        words[f"hundert{word}"] = words[f"einhundert{word}"] = 100 + n
    words |= {"zweien": 2, "zweier": 2, "dreien": 3, "dreier": 3, "beide": 2, "dreissig": 30}
    del words["beide"]
    return words


@lru_cache(maxsize=1)
def load() -> DecisionLexicon:
    """The lexicon. Raises `ExtractionError` if the file is broken."""
    try:
        data = tomllib.loads(PATH.read_text("utf-8"))
        return _build(data)
    except (OSError, KeyError, TypeError, ValueError, re.error) as error:
        raise ExtractionError(f"the decision lexicon cannot be read: {error!r}", where=PATH) from error


def _build(data: dict[str, dict[str, object]]) -> DecisionLexicon:
    words = {key: [str(w) for w in cast("list[str]", value)] for key, value in data["words"].items()}
    labels = {str(w): kind for kind, group in data["labels"].items() for w in cast("list[str]", group)}
    numbers = number_words() | dict.fromkeys(words["zero"], 0) | dict.fromkeys(words["one"], 1)
    unanimity = {key: str(value) for key, value in data["unanimity"].items()}
    bodies = {key: str(value) for key, value in data["bodies"].items()}
    gap = r"(?:[\w./-]+ ){0,3}?"
    body = re.compile(
        rf"(?:\b[Dd]er {gap}{bodies['masculine']}|\b[Dd]ie {gap}{bodies['feminine']}|\b[Dd]as {gap}{bodies['neuter']}"
        rf"|\b[Dd]ie {gap}{bodies['plural']}|\b(?:alle|Alle|sämtliche) {gap}{bodies['plural']}|\b[Mm]an\b"
        rf"|^\W*(?:{bodies['masculine']}|{bodies['feminine']}|{bodies['plural']}|{bodies['neuter']}))"
    )
    cues = []
    for entry in cast("list[dict[str, str]]", data["cue"]):
        unknown = entry.keys() - {"key", "stems", "outcome", "pattern", "needs", "negated", "example"}
        if unknown:
            raise ValueError(f"cue {entry.get('key')}: unknown keys {sorted(unknown)}")
        outcome, negated = entry["outcome"], entry.get("negated", "")
        for value in (outcome, *([negated] if negated not in ("", "same") else [])):
            if value not in get_args(DecisionOutcome):
                raise ValueError(f"cue {entry['key']}: no outcome {value!r}")
        if entry.get("needs", "") not in get_args(Need):
            raise ValueError(f"cue {entry['key']}: needs {entry['needs']!r}")
        cues.append(
            Cue(
                key=entry["key"], outcome=cast("DecisionOutcome", outcome), stems=tuple(entry["stems"]),
                pattern=re.compile(entry["pattern"]),
                needs=cast("Need", entry.get("needs", "")),
                negated=None if negated in ("", "same") else cast("DecisionOutcome", negated),
                negative=negated == "same", example=entry["example"],
            )
        )
    sides: tuple[Literal["yes", "no", "abstain"], ...] = ("yes", "no", "abstain")
    votes = [(side, re.compile(str(data["factions"][side]))) for side in sides]
    return DecisionLexicon(
        labels=labels, numbers=numbers, zero_words=frozenset(words["zero"]), zero_after=frozenset(words["zero_after"]),
        weak_numbers=frozenset(words["zero"]) | frozenset(words["one"]), between=frozenset(words["between"]),
        before_number=frozenset(words["before_number"]), bare_votes=frozenset(words["bare_votes"]),
        ratio_words=frozenset(words["ratio"]), loose_labels=frozenset(words["loose_labels"]),
        soft_labels=frozenset(words["soft_labels"]),
        member_words=frozenset(words["members"]), received=frozenset(words["received"]),
        vote_verbs=frozenset(words["vote_verbs"]), line_words=frozenset(words["line"]),
        bracket_stems=tuple(words["brackets"]), against_words=frozenset(words["against"]),
        against=re.compile(unanimity["against"]), rest=re.compile(unanimity["rest"]),
        unanimous=re.compile(unanimity["true"], re.I), divided=re.compile(unanimity["false"], re.I),
        faction_votes=tuple(votes), body=body, any_body=re.compile(bodies["any"]),
        context={
            key: re.compile(str(value), re.I if key in _ANY_CASE else 0) for key, value in data["context"].items()
        }, guards={key: re.compile(str(value)) for key, value in data["guards"].items()}, cues=tuple(cues),
    )
