"""What a sentence says by itself about who speaks, and the parts of its clause that all patterns ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from pipeline.extract.cues import load_cues, verb_key
from pipeline.extract.mentions import Mention
from pipeline.extract.wordsets import word_set

FINITE, INDICATIVE, SUBJ1, SUBJ2 = 1, 2, 4, 8


PRESENT, PAST, SINGULAR, PLURAL, INFINITIVE, PARTICIPLE, AMBIGUOUS = 16, 32, 64, 128, 256, 512, 2048


Rule = Literal[
    "",
    "colon",
    "subject_verb",
    "verb_subject",
    "pronoun",
    "passive_agent",
    "passive",
    "noun",
    "according_to",
    "so",
    "view_of",
    "subject_konjunktiv",
    "bare_verb",
    "procedure",
    "body",
    "other_subject",
]
"""How a sentence says who speaks. `procedure`: an act of the course of the meeting; `body`: the deliberating body as
subject; `other_subject`: somebody does something that is neither speech nor procedure."""


@dataclass(slots=True)
class Reading:
    """What a sentence says by itself. `rule` is empty where it names nobody as speaking."""

    rule: Rule = ""
    subjects: list[Mention] = field(default_factory=list)
    pronoun: str = ""
    """*er*, *sie*, *dieser*, *diese*, *beide* ... where the subject is one; `plural` its number by the verb."""
    plural: bool = False
    cue: int | None = None
    """Index of the cue in the words; None where no word carries the act."""
    key: str | None = None
    negated: bool = False
    content: int = 0
    unknown: bool = False
    """Reported speech by nobody nameable."""
    askers: list[Mention] = field(default_factory=list)
    asker_pronoun: str = ""
    asked: bool = False
    """The content of the askers' question is told."""
    konjunktiv: bool = False
    """The main verb stands in the Konjunktiv."""
    verb: int | None = None
    nested: bool = False
    """A Konjunktiv sentence that tells what somebody else has said (*Dr. Jung habe mitgeteilt*)."""
    told: bool = False
    """Of a nested report: the other has *said* something, so that it is nested also at the start of a paragraph."""
    addressee: Mention | None = None
    inverted: bool = False
    minutes_in_konjunktiv: bool = False
    minutes_in_past: bool = False
    verbatim: bool = False


LIGHT = word_set("light")


SUBORDINATORS = word_set("subordinators")


RELATIVES = word_set("relatives")


AFTER_SUBJECT = word_set("after_subject")


def clause_end(words: Sequence[str], morph: Sequence[int], verb: int) -> int:
    """Where the clause of a finite verb ends: before the next coordinated finite verb or a reported clause."""
    size = len(words)
    depth = 0
    for k in range(verb + 1, size):
        form = words[k]
        if form == "(":
            depth += 1
        elif form == ")":
            depth = max(0, depth - 1)
        elif depth:
            continue
        elif (
            form == ";"
            or (form == ":" and k < size - 1)
            or (form == "," and k + 1 < size and words[k + 1] in {"dass", "daß", "ob"})
            or (form in {"und", "sowie", "aber", "doch", ","} and k + 1 < size and is_coordinated(words, morph, k))
        ):
            return k
    return size


def is_coordinated(words: Sequence[str], morph: Sequence[int], k: int) -> bool:
    """Whether a finite verb of the same subject follows the conjunction at `k`."""
    size = len(words)
    j = k + 1
    if words[k] == "," and words[j] in {"und", "aber", "sowie"}:
        j += 1
    for _ in range(2):
        if j < size and words[j] in AFTER_SUBJECT | LIGHT and not morph[j] & FINITE:
            j += 1
    if j >= size:
        return False
    value = morph[j]
    return bool(
        value & FINITE
        and (is_indicative(words[j], value) or words[j] == "bitte")
        and not value & INFINITIVE
        and not words[j][0].isupper()
    )


def next_verb(words: Sequence[str], morph: Sequence[int], end: int) -> int | None:
    """Index of the finite verb of the coordinated clause behind `end`."""
    for j in range(end + 1, min(len(words), end + 5)):
        if morph[j] & FINITE:
            return j
    return None


def knows_verb(form: str, clause: set[str]) -> bool:
    """Whether the lexicon has an entry for the verb with these words in its clause."""
    return verb_key(form, clause) in load_cues()


def participle_of(words: Sequence[str], morph: Sequence[int], verb: int, end: int) -> int | None:
    """The participle that belongs to an auxiliary: the last one before the first comma, or the clause's last."""
    found = None
    for k in range(verb + 1, end):
        if words[k] == "," and found is not None:
            break
        if (
            morph[k] & PARTICIPLE
            and words[k] not in {"worden", "geworden"}
            and not (k + 1 < end and words[k + 1][0].isupper() and words[k].endswith(("e", "en", "er", "es", "em")))
        ):
            found = k
    return found


def is_indicative(form: str, value: int) -> bool:
    """*möchte* is a Konjunktiv by form only."""
    return bool(value & INDICATIVE) or form in {"möchte", "möchten"}


NEGATIONS = word_set("negations")


def content_start(words: Sequence[str], end: int) -> int:
    """Where the reported content begins behind a clause that ends at `end`; 0 if it is not parted off."""
    if end < len(words) and words[end] in ",:":
        return end + 1
    return 0


CONTENT_WORDS = word_set("content_words")


def subordinate_before(words: Sequence[str], v: int) -> bool:
    """Whether a subordinating word stands between the last comma and the verb at `v`."""
    for k in range(v - 1, -1, -1):
        form = words[k]
        if form in {",", ";", ":"}:
            return (
                words[k + 1].lower() in SUBORDINATORS
                or words[k + 1] in RELATIVES
                or (
                    k + 2 < v
                    and words[k + 2] in RELATIVES
                    and words[k + 1] in {"in", "mit", "von", "für", "an", "auf", "bei", "zu", "aus", "nach"}
                )
            )
    return False
