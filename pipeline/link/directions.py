"""Whether an agenda item furthers a topic or turns against it, so that a stance on the item becomes one on the topic.

Part of `link`; pure. Who opposes a motion to end Sozialraumorientierung supports Sozialraumorientierung: the item
has the direction -1. The rules, in order; the first that applies decides (words: `lexicon/directions.toml`):

title_against       the title (of item or paper) turns against the topic (*Beendigung der SRO*)
title_furthering    the title furthers, sets up, reports on, asks about or examines it
resolution_against, resolution_furthering    the same of the resolution, else of the paper's proposal
motion_against      the title names the topic, and a motion in the minutes turns against it
title_topic         the title names the topic itself, and nothing turns against it
motion_unknown      a motion on the topic of which neither title nor texts tell where it goes: null
title_related       the title names something that belongs to the topic, no more: null
minutes_only        only the minutes name it, the item is about something else: 0
no_term             nothing of the topic was found: null
minutes_much        only the minutes name it, but so much that the item may be about it: null
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path

from pipeline.records import Record

_LEXICON = Path(__file__).parent / "lexicon" / "directions.toml"

_REACH = 90
"""Characters between a term and a word that decides about it, at most: about a dozen words."""
_REACH_OF_NEGATION = 40
"""Characters between *nicht* or *gegen* and the word that it turns around: about five words."""
_MUCH = 0.25
"""Share of sentences that name the topic itself, from which an item may be about it although its title is silent."""
_MUCH_AT_LEAST = 3
"""Sentences, so that one in a short note is not much."""

_CLAUSE = re.compile(r"[.;:!?\n]{1,20}(?=\s|$)|[;\n]+")
_MOTION = re.compile(r"\b(?:antrag|anträge|initiative|vorstoß)\b", re.IGNORECASE)


class Matter(Record, frozen=True):
    """What is known of an item and a topic. `terms`: (term as it stands, it names the topic itself)."""

    title: str | None = None
    paper_title: str | None = None
    resolutions: tuple[str, ...] = ()
    proposals: tuple[str, ...] = ()
    motions: tuple[str, ...] = ()
    """Sentences of the minutes in which somebody proposes or moves something."""
    terms: tuple[tuple[str, bool], ...] = ()
    sentences: int = 0
    naming_sentences: int = 0
    """Sentences of the minutes that name the topic itself."""


class Direction(Record, frozen=True):
    """1 furthers, -1 turns against, 0 is on something else, None unknown; with rule, reason and deciding words."""

    direction: int | None
    rule: str
    reason: str
    evidence: str | None = None


@lru_cache(maxsize=1)
def _words() -> dict[str, re.Pattern[str]]:
    with _LEXICON.open("rb") as file:
        groups = tomllib.load(file)
    return {name: re.compile("|".join(map(_pattern, entries)), re.IGNORECASE) for name, entries in groups.items()}


def _pattern(entry: dict[str, list[str]]) -> str:
    def choice(key: str) -> str:
        return "|".join(map(re.escape, sorted(entry[key], key=len, reverse=True)))

    forms = {"begin": r"\b(?:{})\w{{0,30}}", "word": r"\b(?:{})\b", "end": r"\b\w{{2,30}}(?:{})\b"}
    return "|".join(form.format(choice(key)) for key, form in forms.items() if key in entry)


def direction_of(matter: Matter) -> Direction:
    """The direction of an item towards a topic. Rules and order: see the module."""
    every, core = _terms(matter, core_only=False), _terms(matter, core_only=True)
    titles = [text for text in (matter.title, matter.paper_title) if text]
    if every is None:
        return Direction(direction=None, rule="no_term", reason=_REASONS["no_term"])
    in_title = any(every.search(text) for text in titles)
    for text in titles:
        if found := _sign(text, every):
            sign, evidence = found
            rule = "title_against" if sign < 0 else "title_furthering"
            return Direction(direction=sign, rule=rule, evidence=evidence, reason=_REASONS[rule])
    for text in (*matter.resolutions, *(() if matter.resolutions else matter.proposals)):
        if found := _sign(text, every):
            sign, evidence = found
            rule = "resolution_against" if sign < 0 else "resolution_furthering"
            return Direction(direction=sign, rule=rule, evidence=evidence, reason=_REASONS[rule])
    if in_title:
        for text in matter.motions:
            if (found := _sign(text, every)) and found[0] < 0:
                rule = "motion_against"
                return Direction(direction=-1, rule=rule, evidence=found[1], reason=_REASONS[rule])
        if any(_MOTION.search(text) for text in titles):
            return Direction(direction=None, rule="motion_unknown", reason=_REASONS["motion_unknown"])
        if core is not None and any(core.search(text) for text in titles):
            return Direction(direction=1, rule="title_topic", reason=_REASONS["title_topic"])
        return Direction(direction=None, rule="title_related", reason=_REASONS["title_related"])
    if matter.naming_sentences >= max(_MUCH_AT_LEAST, _MUCH * matter.sentences):
        return Direction(direction=None, rule="minutes_much", reason=_REASONS["minutes_much"])
    return Direction(direction=0, rule="minutes_only", reason=_REASONS["minutes_only"])


_REASONS = {
    "title_against": "the title turns against the topic",
    "title_furthering": "the title furthers, reports on or examines the topic",
    "resolution_against": "the resolution turns against the topic",
    "resolution_furthering": "the resolution furthers the topic",
    "motion_against": "the title names the topic, a motion in the minutes turns against it",
    "title_topic": "the title names the topic, nothing turns against it",
    "motion_unknown": "a motion on the topic, of which the texts do not tell where it goes",
    "title_related": "the title names only something that belongs to the topic",
    "minutes_much": "the title does not name the topic, but much of the minutes does",
    "no_term": "no term of the topic is known",
    "minutes_only": "only the minutes name the topic",
}


def _terms(matter: Matter, *, core_only: bool) -> re.Pattern[str] | None:
    chosen = {term for term, core in matter.terms if term and (core or not core_only)}
    found = sorted(chosen, key=lambda term: (-len(term), term))
    if not found:
        return None
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, found)) + r")(?:e?s|en|n)?(?!\w)", re.IGNORECASE)


def _sign(text: str, terms: re.Pattern[str]) -> tuple[int, str] | None:
    """The sign of the first clause of `text` that names the topic and tells where it goes, with its deciding words."""
    words = _words()
    for clause in _CLAUSE.split(text[:20_000]):
        term = terms.search(clause)
        if term is None:
            continue
        found = {name: [m for m in pattern.finditer(clause) if _near(m, term)] for name, pattern in words.items()}
        turning = found["reversing"] + found["negation"]
        for against in found["against"]:
            turned = [t for t in turning if _turns(t, against)]
            return 1 if turned else -1, _evidence(turned, against)
        for furthering in found["furthering"]:
            turned = [t for t in turning if _turns(t, furthering)]
            if turned:
                return -1, _evidence(turned, furthering)
        for reversing in found["reversing"]:
            if 0 <= term.start() - reversing.end() <= _REACH_OF_NEGATION:
                return -1, reversing[0]
        if found["furthering"]:
            return 1, found["furthering"][0][0]
    return None


def _near(word: re.Match[str], term: re.Match[str]) -> bool:
    return max(word.start() - term.end(), term.start() - word.end()) <= _REACH


def _turns(turning: re.Match[str], word: re.Match[str]) -> bool:
    """Whether `turning` stands close before `word` (*gegen die Kürzung*, *nicht fortgeführt*)."""
    return 0 <= word.start() - turning.end() <= _REACH_OF_NEGATION


def _evidence(turned: list[re.Match[str]], word: re.Match[str]) -> str:
    return " ".join([*(t[0] for t in turned[:1]), word[0]])
