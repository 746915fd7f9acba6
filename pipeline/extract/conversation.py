"""Where the conversation of an item stands: who speaks, who was asked, whom a pronoun means, how sure that is."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from pipeline.extract.cues import load_cues
from pipeline.extract.namelist import Gender
from pipeline.extract.reading import Reading
from pipeline.extract.speakers import Registry, party_key
from pipeline.extract.state import SentenceState
from pipeline.extract.wordsets import word_set
from pipeline.records import UNKNOWN_SPEAKER

CONFIDENCE: dict[str, float] = {
    "so": 0.98,
    "subject_verb": 0.98,
    "continuation_konjunktiv": 0.97,
    "verb_subject": 0.97,
    "name_line": 0.97,
    "according_to": 0.97,
    "bare_verb": 0.96,
    "colon": 0.95,
    "passive_agent": 0.95,
    "noun": 0.95,
    "continuation_bullet": 0.94,
    "chair_latent": 0.93,
    "pronoun": 0.93,
    "subject_konjunktiv": 0.9,
    "view_of": 0.9,
    "continuation_indicative": 0.88,
    "continuation_resumed": 0.85,
    "addressee": 0.85,
    "nested": 0.8,
    "passive": 0.8,
    "title": 0.8,
    "asker_again": 0.75,
}
"""How often the rule's attributions are right in annotated documents that were not looked at when it was written; a
continuation is never surer than the sentence that it continues."""


MEMORY = 80
"""How many mentions and turns back a pronoun can reach; the farthest in the annotated minutes is 11."""


@dataclass(slots=True)
class Talk:
    """Where the conversation stands."""

    current: tuple[str, ...] = ()
    previous: tuple[str, ...] = ()
    turns: deque[str] = field(default_factory=lambda: deque(maxlen=MEMORY))
    """Speakers in order of their turns; the last is the current one."""
    heard: deque[str] = field(default_factory=lambda: deque(maxlen=MEMORY))
    """Everybody mentioned, in order; for pronouns."""
    confidence: float = 1.0
    """That of the last attribution: continuations inherit its doubts."""
    addressee: str = ""
    asker: str = ""
    quantity: bool = False
    """The sentence before asks how many, how much or when."""
    replied: bool = False
    """The current speaker answers the asker: a new question goes back to the asker."""
    latent: str = ""
    """The chair, after an act of procedure: what follows in the Konjunktiv is the chair's."""
    actor: str = ""
    """Who did the act of procedure just before."""
    pair: tuple[str, ...] = ()
    """The last two who spoke together."""
    stage: deque[str] = field(default_factory=lambda: deque(maxlen=MEMORY))
    """Who spoke or did an act of procedure, in order; for pronouns."""
    past: bool = False
    """The minutes are written in the preterite."""
    konjunktiv: float = 0.0
    """Share of the item's sentences in the Konjunktiv: minutes have their habit."""
    title: str = ""
    """Whom the item's title names as its only speaker."""
    verbatim: bool = False
    goes_on: Callable[[], bool] = lambda: False
    """Whether the next sentence is reported speech that names nobody; asked of few."""
    on_record: bool = False
    """The current speaker's words are put on record (*gibt zu Protokoll*)."""
    list_owner: bool = False
    narrated: bool = False
    paragraph: int = -1
    section: int = -1


def narrate(talk: Talk) -> None:
    """A sentence of the minute-taker stands between: questions lapse, the speaker stays in mind."""
    talk.narrated = True
    talk.addressee = ""


def say(s: SentenceState, who: tuple[str, ...], rule: str, talk: Talk, reading: Reading | None = None) -> None:
    """Write the attribution and move the conversation on."""
    s.speakers, s.rule = who, rule
    s.on_record = (reading is not None and reading.key == "protokoll_geben") or (
        talk.on_record and who == talk.current and rule.startswith("continuation")
    )
    talk.on_record = s.on_record
    confidence = CONFIDENCE[rule]
    if rule.startswith("continuation") or rule == "nested":
        confidence = min(confidence, talk.confidence)
    s.speaker_confidence = confidence
    if reading is not None and reading.cue is not None:
        s.cue = s.words[reading.cue]
    if reading is not None:
        s.cue_key, s.negated, s.content = reading.key, reading.negated, reading.content
    if who == (UNKNOWN_SPEAKER,):
        return
    talk.confidence = confidence
    if who != talk.current:
        talk.previous = talk.current
    talk.current = who
    for w in who:
        if not talk.turns or talk.turns[-1] != w:
            talk.turns.append(w)
    talk.heard.extend(who)
    talk.stage.extend(who)
    talk.narrated = False
    talk.latent = talk.actor = ""
    if len(who) == 2:
        talk.pair = who


def own_party(group: str, registry: Registry, talk: Talk) -> bool:
    """Whether a group is the party of who is speaking: *trägt die CDU mit*, within the speech of a CDU member."""
    entry = registry.entries[group]
    if entry.kind != "group" or not entry.faction or not talk.current:
        return False
    speaker = registry.entries.get(talk.current[-1])
    return speaker is not None and speaker.kind == "person" and party_key(speaker.faction) == party_key(entry.faction)


def with_askers(who: tuple[str, ...], reading: Reading, registry: Registry, talk: Talk) -> tuple[str, ...]:
    """The speakers of an answer, with the askers before them where the content of their question is told."""
    if not reading.asked:
        return who
    askers = tuple(m.speaker for m in reading.askers if m.speaker and m.speaker not in who)
    if not askers and reading.asker_pronoun:
        gender: Gender | None = "f" if reading.asker_pronoun == "ihre" else "m"
        found = next(
            (w for w in reversed(talk.turns) if registry.entries[w].gender in {gender, None} and w not in who), ""
        )
        askers = (found,) if found else ()
    return askers + who


def after_question(s: SentenceState, reading: Reading, registry: Registry, talk: Talk) -> None:
    """Keep in mind who asked and who was asked; write the addressees of the sentence."""
    cue = load_cues().get(reading.key or "")
    talk.addressee = (
        reading.addressee.speaker if reading.addressee is not None and cue is not None and cue.act == "ask" else ""
    )
    if cue is not None and cue.act == "ask" and reading.verb is not None and not talk.addressee:
        talk.addressee = _asked_pronoun(s, reading, registry, talk)
    asks = cue is not None and cue.act == "ask"
    talk.replied = (
        bool(talk.asker)
        and not asks
        and bool(s.speakers)
        and talk.asker not in s.speakers
        and talk.previous[-1:] == (talk.asker,)
    )
    talk.asker = s.speakers[-1] if s.speakers and asks else talk.asker if talk.replied else ""
    talk.quantity = asks and asks_quantity(s)
    if reading.askers and not reading.asked:
        s.addressees = tuple(m.speaker for m in reading.askers if m.speaker and m.speaker not in s.speakers)
    elif reading.addressee is not None and reading.addressee.speaker not in s.speakers:
        s.addressees = (reading.addressee.speaker,)
    if reading.askers and not reading.asked and s.speakers:  # the asker turns to no one: the answer stays the speaker's
        talk.addressee = ""


_HOW_MUCH = frozenset("viele viel lange hoch teuer oft groß".split())
_ABOUT = word_set("about")
_TIMES = word_set("times")


def asks_quantity(s: SentenceState) -> bool:
    """*fragt, wie viele ...*, *will wissen, wann ...*"""
    words = s.words
    if {"was", "Was"} & set(words) and {"koste", "kostet", "kosten"} & set(words):
        return True
    return any(
        form in {"wann", "Wann"} or (form in {"wie", "Wie"} and words[k + 1] in _HOW_MUCH)
        for k, form in enumerate(words[:-1])
    )


def answers_quantity(s: SentenceState) -> bool:
    """*Es seien 38 Prozent*, *Man plane mit dem 1. Oktober*, *Im Schnitt vier Monate*: an amount or a time, at once."""
    words = s.words
    if not (words[0] in _ABOUT or words[0][0].isdigit()) or not {"er", "sie", "ihm", "ihr"}.isdisjoint(words):
        return False
    return any(form[0].isdigit() or form in _TIMES for form in words[:8])


def _asked_pronoun(s: SentenceState, reading: Reading, registry: Registry, talk: Talk) -> str:
    """Whom *fragt sie*, *fragt ihn* means: the last speaker of that gender before the asker."""
    verb = reading.verb
    if verb is None or verb + 1 >= len(s.words):
        return ""
    gender = {"sie": "f", "ihn": "m"}.get(s.words[verb + 1])
    if gender is None or reading.inverted or reading.pronoun:
        return ""
    return next((w for w in reversed(talk.turns) if w not in s.speakers and registry.entries[w].gender == gender), "")


def antecedent(reading: Reading, registry: Registry, talk: Talk) -> tuple[str, ...]:
    """Whom a subject pronoun means."""
    pronoun = reading.pronoun
    if pronoun == "beide":
        pair: list[str] = []
        for who in reversed(talk.heard):
            if who not in pair:
                pair.append(who)
            if len(pair) == 2:
                break
        if talk.pair:
            return talk.pair
        return tuple(reversed(pair)) if len(pair) == 2 else ()
    if reading.plural:
        return talk.current if talk.current else ()
    if talk.pair and pronoun in {"ersterer", "erstere", "letzterer", "letztere"}:
        return (talk.pair[0 if pronoun.startswith("erst") else 1],)
    gender: Gender = "m" if pronoun in {"er", "dieser", "letzterer", "ersterer", "jener"} else "f"

    asking = {m.speaker for m in reading.askers}

    def fits(who: str) -> bool:
        entry = registry.entries.get(who)
        if entry is None or who in asking:
            return False
        if entry.kind == "group":
            return gender == "f" and not entry.plural and entry.name.lower().endswith(_FEMININE_GROUPS)
        return entry.gender in {gender, None}

    cue = load_cues().get(reading.key or "")
    answers = cue is not None and cue.act == "answer"
    if pronoun in {"dieser", "diese", "letzterer", "letztere"}:
        for who in reversed(talk.heard):
            if who not in talk.current and fits(who):
                return (who,)
    if talk.actor and talk.narrated and fits(talk.actor) and not reading.plural:
        return (talk.actor,)
    if talk.addressee and fits(talk.addressee):
        asker = registry.entries.get(talk.asker)
        if (
            answers
            or asker is None
            or asker.gender != gender
            or cue is None
            or cue.act not in {"ask", "propose", "object", "courtesy"}
        ):
            return (talk.addressee,)
    if answers and talk.asker and talk.current and talk.current[-1] == talk.asker:
        for who in list(reversed(talk.turns))[1:]:
            if who != talk.asker and fits(who):
                return (who,)
    order = [*reversed(talk.current), talk.latent, talk.addressee, *reversed(talk.stage), *reversed(talk.heard)]
    if talk.narrated and talk.latent:
        order.insert(0, talk.latent)
    for strict in (True, False):
        for who in order:
            if who and fits(who) and (not strict or registry.entries[who].gender is not None or who in talk.current):
                entry = registry.entries[who]
                if entry.kind != "group" and entry.gender is None:
                    entry.genders[gender] += 1
                return (who,)
    return ()


_FEMININE_GROUPS = (
    "fraktion",
    "verwaltung",
    "ung",
    "gruppe",
    "initiative",
    "ion",
    "schaft",
    "behörde",
    "diakonie",
    "caritas",
    "awo",
    "polizei",
    "feuerwehr",
    "leitung",
)


ANSWER_OPENERS = word_set("answer_openers")


def is_answer(s: SentenceState, registry: Registry, talk: Talk) -> bool:
    """Whether a sentence without a cue is the answer of the person asked.

    In 60 of 61 annotated cases it is, where the question names whom it asks; but another question is the
    asker's, and so is a sentence whose pronoun does not fit the person asked.
    """
    if s.words[-1] == "?":
        return False
    first = s.words[0].lower()
    entry = registry.entries[talk.addressee]
    if first in {"er", "sie"} and entry.kind != "group":
        return entry.gender in {"m" if first == "er" else "f", None}
    return True
