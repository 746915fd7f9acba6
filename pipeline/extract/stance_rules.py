"""Stance by rules alone: what the signals of a statement (and of the one that it refers to) say.

A feature of the trained judgement, the reason named with it, and the measure of what training adds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from pipeline.records import Stance


def rule_stance(
    signs: Counter[str], groups: Collection[str], *, role: str, sentences: int, question: bool, motion: bool,
    mover: bool, other: Stance | None,
) -> tuple[Stance, str]:
    """Stance and the name of the rule that decides (empty: nothing speaks for a side).

    `signs` counts the signs of `lexicon/stance.toml`, `groups` names its signals; `other` is the stance of the
    statement that this one refers to, None if it refers to none.
    """
    if other and signs["sides"] and sentences <= 2 and not signs["condition"]:
        return other, "sides-with"
    turned = signs["contrast"] > 0 or signs["condition"] > 0
    if "vote-against" in groups:
        return ("conditional", "vote-against-but") if "vote-for" in groups else ("oppose", "vote-against")
    if signs["abstain"] and role != "chair":
        return "conditional", "abstain"
    if "vote-for" in groups and "vote-for-" not in groups:
        return ("conditional", "vote-for-if") if turned or signs["reserve"] else ("support", "vote-for")
    if signs["content"] and motion:
        return ("support", "reply-content-mover") if mover else ("oppose", "reply-content")
    if signs["discontent"] and motion:
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
