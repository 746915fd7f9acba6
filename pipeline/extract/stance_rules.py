"""Stance by rules alone: what the signals of a statement (and of the one that it refers to) say.

A feature of the trained judgement, the reason named with it, and the measure of what training adds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Set

from pipeline.records import Stance


def rule_stance(
    signs: Counter[str], announced: Set[str], *, role: str, sentences: int, question: bool, motion: bool,
    mover: bool, other: Stance | None,
) -> tuple[Stance, str]:
    """Stance and the name of the rule that decides (empty: nothing speaks for a side).

    `signs` counts the signs of `lexicon/stance.toml`, `announced` are its votes (`stance_votes.py`); `other` is the
    stance of the statement that this one refers to, None if it refers to none.
    """
    if not signs and not announced:
        return "neutral", ""
    count = signs.get  # a counter's own look-up of what it does not have is slow
    if other and count("sides", 0) and sentences <= 2 and not count("condition", 0):
        return other, "sides-with"
    if not announced.isdisjoint(("for-if", "against-if", "for-but", "tolerates")):
        return "conditional", "vote-if"
    if "against" in announced:
        return ("conditional", "vote-against-but") if "for" in announced else ("oppose", "vote-against")
    if count("abstain", 0) and role != "chair":
        return "conditional", "abstain"
    turned = count("contrast", 0) > 0 or count("condition", 0) > 0
    if "for" in announced:
        return ("conditional", "vote-for-but") if turned or count("reserve", 0) else ("support", "vote-for")
    if "against-change" in announced:
        return "support", "vote-against-change"
    if (count("content", 0) or "for-reply" in announced) and motion:
        return ("support", "reply-content-mover") if mover else ("oppose", "reply-content")
    if (count("discontent", 0) or "against-reply" in announced) and motion:
        return "support", "reply-discontent"
    if count("rebuts", 0) and (other == "oppose" or other == "support"):
        return ("support" if other == "oppose" else "oppose"), "rebuts"
    favour = 2 * count("for", 0) + 0.5 * count("good", 0) + 0.25 * count("need", 0)
    against = 2 * count("against", 0) + 2 * count("for-", 0) + 0.5 * count("bad", 0)
    reserve = 2 * count("reserve", 0) + count("condition", 0) + 2 * count("defer", 0)
    weight = max(favour, against, reserve)
    if weight < 1 or (role == "chair" and weight < 2):
        return "neutral", "formal" if count("formal", 0) else ""
    if count("formal", 0) and not question and weight < 2:
        return "neutral", "formal"
    if reserve >= max(favour, against) or (favour >= 2 and against >= 2) or (favour >= 1 and reserve >= 2 and turned):
        return "conditional", "reserve"
    return ("support", "signals") if favour >= against else ("oppose", "signals")
