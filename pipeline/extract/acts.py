"""The act of each sentence of a statement: rules (cue entry, phrases of `lexicon/acts.toml`) and features.

The classifier in `model.py` weighs the features; `rule_act` is what the rules alone say, for the
comparison in the datasheet and where no trained file is present.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files

from pipeline.extract.cues import load_cues
from pipeline.extract.features import Read, StatementView
from pipeline.extract.signals import Lexicon
from pipeline.records import Act

ACTS: tuple[Act, ...] = ("agree", "answer", "ask", "commit", "courtesy", "inform", "object", "propose")

_CARRIED: dict[str, Act] = {"ask": "ask", "answer": "answer", "object": "object"}
"""Acts that a sentence without a cue takes over from the one before (a courtesy or a promise does not go on)."""


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The phrases of `lexicon/acts.toml`, read once; a signal's sign is the act, its strength the weight."""
    text = files("pipeline.extract").joinpath("lexicon/acts.toml").read_text("utf-8")
    entries = tomllib.loads(text)["act"]
    return Lexicon([{**e, "sign": e["act"], "strength": e["weight"], "turn": False} for e in entries])


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
    hits = [signal for _, signal, _ in lexicon().hits(read.tokens)]
    strong = [signal for signal in hits if signal.strength == 2 and signal.sign != "inform"]
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
    read = statement.sentences[place]
    sentence = read.sentence
    cue = sentence.cue.lower() if sentence.cue else "-"
    by_cue = cue_act(read)
    tokens = read.tokens
    facts = [f"cue:{cue}", f"key:{sentence.cue_key or '-'}", f"cueact:{by_cue}", f"cueact:{by_cue}|{statement.role}"]
    facts += [f"stance:{stance}", f"stance:{stance}|{certain}", f"stance:{stance}|{by_cue}"]
    facts += [f"before:{before}", f"before:{before}|{by_cue}", f"before:{before}|{stance}", f"opening:{opening}"]
    facts.append(f"place:{min(place, 3)}|{min(len(statement.sentences) - 1, 3)}")
    facts.append(f"role:{statement.role}|{by_cue}")
    if sentence.negated:
        facts.append(f"negated|{by_cue}")
    asked = "asked" in statement.facts
    if asked:
        facts += [f"asked|{place == 0}", f"asked|{place == 0}|{by_cue}", f"asked|{statement.role}|{stance}"]
    if "?" in tokens:
        facts += ["question", f"question|{by_cue}"]
    signs = sorted({signal.sign for _, signal, _ in lexicon().hits(tokens)})
    facts += (f"act:{s}" for s in signs)
    facts += (f"act:{s}|{by_cue}" for s in signs)
    facts += (f"act:{s}|{before}" for s in signs)
    facts += sorted({f"sign:{signal.sign}{'-' if negated else ''}" for _, signal, negated in read.hits})
    facts.append(f"words:{min(len(tokens) // 6, 5)}")
    if len(sentence.speakers) > 1:
        facts.append("several")
    return facts
