"""Act and stance of every sentence with speakers: the component after attribution.

The trained model (`model.py`) judges; what the signals alone say (`stance_rules.py`) is one of its features and, where
it agrees, names the reason in `stance_rule` (`model+vote-for`).
"""

from __future__ import annotations

from collections.abc import Callable

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.extract.acts import rule_act
from pipeline.extract.features import StatementView, view
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
    of_sentences, of_statements = weights.words(item)
    probabilities = weights.stances(item, of_statements)
    confidences = weights.confidences(item, probabilities)
    best = probabilities.argmax(axis=1).tolist()
    for statement, number, confidence, acts in zip(
        item.statements, best, confidences, weights.acts(item, probabilities, of_sentences), strict=True
    ):
        stance = STANCES[number]
        rule, reason = statement.rule
        name = f"model+{reason}" if rule == stance and reason else "model"
        for read, (act, act_confidence) in zip(statement.sentences, acts, strict=True):
            sentence = read.sentence
            sentence.act, sentence.act_confidence = act, act_confidence
            sentence.stance, sentence.stance_confidence = stance, confidence
            sentence.stance_rule = name


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
