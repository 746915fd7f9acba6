"""The act of each sentence of a statement: rules (cue entry, phrases of `lexicon/acts.toml`) and features.

The classifier in `model.py` weighs the features; `rule_act` is what the rules alone say, for the
comparison in the datasheet and where no trained file is present.
"""

from __future__ import annotations

from typing import NamedTuple

from pipeline.extract.cues import load_cues
from pipeline.extract.features import Read, StatementView
from pipeline.records import Act

ACTS: tuple[Act, ...] = ("agree", "answer", "ask", "commit", "courtesy", "inform", "object", "propose")

_CARRIED: dict[str, Act] = {"ask": "ask", "answer": "answer", "object": "object"}
"""Acts that a sentence without a cue takes over from the one before (a courtesy or a promise does not go on)."""


def cue_act(read: Read) -> Act | None:
    """The act of the sentence's cue by `lexicon/cues.toml`; None without a known cue."""
    key = read.sentence.cue_key
    entry = load_cues().get(key) if key else None
    return entry.act if entry else None


def rule_act(read: Read, before: Act | None, *, asked: bool, stance: str | None) -> Act:
    """The act by rules alone.

    `before` is the act of the statement's previous sentence, `asked` whether a question came right before
    the statement, `stance` what the rules say of the whole statement.
    """
    act = cue_act(read)
    if act == "inform" and asked and before is None:
        return "answer"
    if act is not None and act != "inform":
        return act
    strong = [signal for signal in read.acts if signal.strength == 2 and signal.sign != "inform"]
    if act is None and "?" in read.tokens:
        return "ask"
    for signal in strong:
        if signal.sign in ("commit", "propose", "courtesy", "ask"):
            return signal.sign  # type: ignore[return-value]
    if act is not None:
        return act
    if before in _CARRIED:
        return _CARRIED[before]
    if stance == "oppose":
        return "object"
    for signal in strong:
        if signal.sign == "agree":
            return "agree"
    return "inform"


def act_facts(
    statement: StatementView, place: int, *, before: Act | None, opening: Act | None, stance: str, certain: bool
) -> list[str]:
    """The features of the act of sentence `place` of `statement`, besides its words.

    `before`/`opening`: acts of the previous and first sentence of the statement (None for the first sentence);
    `stance`: the statement's stance as judged, `certain` whether its confidence is high.
    """
    standing, by_cue = standing_facts(statement, place, stance=stance, certain=certain)
    signs = {signal.sign for signal in statement.sentences[place].acts}
    return standing + carried_facts(before, opening, by_cue, stance) + [f"act:{s}|{before}" for s in sorted(signs)]


def standing_facts(statement: StatementView, place: int, *, stance: str, certain: bool) -> tuple[list[str], Act | None]:
    """The features that no other sentence's act changes, and the act of the cue."""
    here = situation(statement, place, asked="asked" in statement.facts, stance=stance, certain=certain)
    return [*situation_facts(here), *sign_facts(statement.sentences[place], here.by_cue)], here.by_cue


class Situation(NamedTuple):
    """What the features of a sentence's act, besides its signs and words, depend on. Few values, so few of them."""

    cue: str
    key: str
    by_cue: Act | None
    role: str
    stance: str
    certain: bool
    place: int
    last: int
    words: int
    negated: bool
    asked: bool
    question: bool


def situation(statement: StatementView, place: int, *, asked: bool, stance: str, certain: bool) -> Situation:
    """The situation of sentence `place` of `statement`; `asked`: a question came right before the statement."""
    read = statement.sentences[place]
    sentence, tokens = read.sentence, read.tokens
    return Situation(
        sentence.cue.lower() if sentence.cue else "-", sentence.cue_key or "-", cue_act(read), statement.role, stance,
        certain, min(place, 3), min(len(statement.sentences) - 1, 3), min(len(tokens) // 6, 5), sentence.negated, asked,
        "?" in tokens,
    )  # fmt: skip


def situation_facts(here: Situation) -> list[str]:
    """The features of the situation."""
    cue, key, by_cue, role, stance, certain, place, last, words, negated, asked, question = here
    facts = [
        f"cue:{cue}", f"key:{key}", f"cueact:{by_cue}", f"cueact:{by_cue}|{role}",
        f"stance:{stance}", f"stance:{stance}|{certain}", f"stance:{stance}|{by_cue}",
        f"place:{place}|{last}", f"role:{role}|{by_cue}", f"words:{words}",
    ]  # fmt: skip
    if negated:
        facts.append(f"negated|{by_cue}")
    if asked:
        facts += [f"asked|{place == 0}", f"asked|{place == 0}|{by_cue}", f"asked|{role}|{stance}"]
    if question:
        facts += ["question", f"question|{by_cue}"]
    return facts


def sign_facts(read: Read, by_cue: Act | None) -> list[str]:
    """The features of the signals in a sentence, and of its being said by several."""
    facts: list[str] = []
    if read.acts:
        for sign in sorted({signal.sign for signal in read.acts}):
            facts += [f"act:{sign}", f"act:{sign}|{by_cue}"]
    if read.hits:
        facts += sorted({f"sign:{signal.sign}{'-' if negated else ''}" for _, signal, negated in read.hits})
    if len(read.sentence.speakers) > 1:
        facts.append("several")
    return facts


def carried_facts(before: Act | None, opening: Act | None, by_cue: Act | None, stance: str) -> list[str]:
    """The features of the acts of the statement's earlier sentences."""
    return [f"before:{before}", f"before:{before}|{by_cue}", f"before:{before}|{stance}", f"opening:{opening}"]
