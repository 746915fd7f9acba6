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
    if other and signs["sides"] and sentences <= 2 and not signs["condition"]:
        return other, "sides-with"
    if not announced.isdisjoint(("for-if", "against-if", "for-but", "tolerates")):
        return "conditional", "vote-if"
    if "against" in announced:
        return ("conditional", "vote-against-but") if "for" in announced else ("oppose", "vote-against")
    if signs["abstain"] and role != "chair":
        return "conditional", "abstain"
    turned = signs["contrast"] > 0 or signs["condition"] > 0
    if "for" in announced:
        return ("conditional", "vote-for-but") if turned or signs["reserve"] else ("support", "vote-for")
    if "against-change" in announced:
        return "support", "vote-against-change"
    if (signs["content"] or "for-reply" in announced) and motion:
        return ("support", "reply-content-mover") if mover else ("oppose", "reply-content")
    if (signs["discontent"] or "against-reply" in announced) and motion:
        return "support", "reply-discontent"
    if signs["rebuts"] and (other == "oppose" or other == "support"):
        return ("support" if other == "oppose" else "oppose"), "rebuts"
    favour = 2 * signs["for"] + 0.5 * signs["good"] + 0.25 * signs["need"]
    against = 2 * signs["against"] + 2 * signs["for-"] + 0.5 * signs["bad"]
    reserve = 2 * signs["reserve"] + signs["condition"] + 2 * signs["defer"]
    weight = max(favour, against, reserve)
    if weight < 1 or (role == "chair" and weight < 2):
        return "neutral", "formal" if signs["formal"] else ""
    if signs["formal"] and not question and weight < 2:
        return "neutral", "formal"
    if reserve >= max(favour, against) or (favour >= 2 and against >= 2) or (favour >= 1 and reserve >= 2 and turned):
        return "conditional", "reserve"
    return ("support", "signals") if favour >= against else ("oppose", "signals")
