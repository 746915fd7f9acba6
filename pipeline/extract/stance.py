"""Act and stance of every sentence with speakers: the component after attribution.

The trained model (`model.py`) judges; rules decide where the guidelines leave no choice (a statement of thanks and
formulas alone takes no side; joining another takes his side where that is known). `rule_stance` is what the signals
alone say: the measure of what training adds, and the judgement's name in `stance_rule`.
"""

from __future__ import annotations

from collections.abc import Callable

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.extract.acts import rule_act
from pipeline.extract.features import ItemView, StatementView, referred, view
from pipeline.extract.model import STANCES, model
from pipeline.extract.state import ItemState
from pipeline.records import Act, Stance


def judge(state: ItemState) -> None:
    """Fill act and stance, their confidences and `stance_rule` of every sentence with speakers.

    Needs speakers, cues and decisions of `state`. All sentences of a statement get its stance.
    """
    item = view(state)
    if not item.statements:
        return
    weights = model()
    probabilities = weights.stances(item)
    rules = rule_stances(item)
    for statement, row, rule in zip(item.statements, probabilities, rules, strict=True):
        best = int(row.argmax())
        stance, top = STANCES[best], float(row[best])
        confidence = weights.stance_calibration(top)
        name = f"model+{rule[1]}" if rule[0] == stance and rule[1] else "model"
        for read, (act, act_confidence) in zip(
            statement.sentences, weights.acts(statement, stance, top), strict=True
        ):
            sentence = read.sentence
            sentence.act, sentence.act_confidence = act, act_confidence
            sentence.stance, sentence.stance_confidence = stance, confidence
            sentence.stance_rule = name


def rule_stances(item: ItemView) -> list[tuple[Stance, str]]:
    """Stance and the name of the deciding rule for each statement, by signals alone."""
    found: list[tuple[Stance, str]] = []
    for statement in item.statements:
        target = referred(item, statement.index)
        found.append(rule_stance(statement, found[target][0] if target is not None else None, motion=item.motion))
    return found


def rule_stance(statement: StatementView, other: Stance | None, *, motion: bool) -> tuple[Stance, str]:
    """Stance by signals alone. `other` is the stance of the statement that this one refers to, if it refers to one."""
    signs = statement.signs
    groups = {f[6:] for f in statement.facts if f.startswith("group:")}
    turned = signs["contrast"] > 0 or signs["condition"] > 0
    if "vote-against" in groups:
        return ("conditional", "vote-against-but") if "vote-for" in groups else ("oppose", "vote-against")
    if signs["abstain"] and statement.role != "chair":
        return "conditional", "abstain"
    if "vote-for" in groups and "vote-for-" not in groups:
        return ("conditional", "vote-for-if") if turned or signs["reserve"] else ("support", "vote-for")
    if signs["content"] and motion:
        return ("support", "reply-content-mover") if "mover" in statement.facts else ("oppose", "reply-content")
    if signs["discontent"] and motion:
        return "support", "reply-discontent"
    if other and signs["join"] and len(statement.sentences) <= 2 and not turned:
        return other, "join"
    if other and signs["counter"] and not signs["against"] and other in ("oppose", "support"):
        return ("support" if other == "oppose" else "oppose"), "counter"
    favour = 2 * signs["for"] + 0.5 * signs["good"] + 0.25 * signs["need"]
    against = 2 * signs["against"] + 2 * signs["for-"] + 0.5 * signs["bad"]
    reserve = 2 * signs["reserve"] + signs["condition"] + 2 * signs["defer"]
    weight = max(favour, against, reserve)
    if weight < 1 or (statement.role == "chair" and weight < 2):
        return "neutral", "" if not signs["formal"] else "formal"
    if signs["formal"] and "question" not in statement.facts and weight < 2:
        return "neutral", "formal"
    if reserve >= max(favour, against) or (favour >= 2 and against >= 2) or (favour >= 1 and reserve >= 2 and turned):
        return "conditional", "reserve"
    return ("support", "signals") if favour >= against else ("oppose", "signals")


def rule_acts(statement: StatementView, stance: Stance) -> list[Act]:
    """The acts of a statement's sentences by rules alone."""
    asked = "asked" in statement.facts
    found: list[Act] = []
    for read in statement.sentences:
        found.append(rule_act(read, found[-1] if found else None, asked=asked, stance=stance))
    return found


@Language.factory("auszug_stance")
def create_stance(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """The component: judges `doc._.item`."""
    del nlp, name
    return _component


def _component(doc: Doc) -> Doc:
    judge(doc._.item)
    return doc
