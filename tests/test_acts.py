"""Acts: the phrase lexicon and the rules."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from pipeline.extract.acts import ACTS, cue_act, rule_act
from pipeline.extract.features import Read, tokenize
from pipeline.extract.signals import act_lexicon, lexicon
from pipeline.extract.state import SentenceState

ENTRIES = tomllib.loads(files("pipeline.extract").joinpath("lexicon/acts.toml").read_text("utf-8"))["act"]


def read(text: str, cue: str | None = None, key: str | None = None) -> Read:
    sentence = SentenceState(
        index=0, section=0, paragraph=0, position=0, start=0, end=len(text), text=text, norm=text,
        speakers=("a",), cue=cue, cue_key=key,
    )  # fmt: skip
    tokens, _ = tokenize(text, {})
    acts = tuple(signal for _, signal, _ in act_lexicon().hits(tokens))
    return Read(sentence, tokens, lexicon().hits(tokens), acts=acts)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e["id"])
def test_every_group_is_found_in_its_example(entry: dict[str, object]) -> None:
    tokens, _ = tokenize(str(entry["example"]), {})
    assert entry["id"] in {signal.id for _, signal, _ in act_lexicon().hits(tokens)}
    assert entry["act"] in ACTS


def test_the_cue_entry_gives_the_act() -> None:
    assert cue_act(read("Frau Ott fragt nach.", "fragt", "fragen")) == "ask"
    assert cue_act(read("Das sei so.")) is None


RULES = [
    ("Frau Ott fragt, ob es Mittel gebe.", "fragt", "fragen", None, False, None, "ask", "the cue decides"),
    ("Herr Uhl teilt mit, das Land zahle.", "teilt", "mitteilen", None, True, None, "answer", "informs after a question"),
    ("Sie werde die Zahlen nachreichen.", None, None, "answer", False, None, "commit", "own future action"),
    ("Wer solle das bezahlen?", None, None, "object", False, None, "ask", "a question mark"),
    ("Das Land zahle die Hälfte.", None, None, "answer", False, None, "answer", "goes on with the answer"),
    ("Das Land zahle die Hälfte.", None, None, "courtesy", False, None, "inform", "a courtesy does not go on"),
    ("Das Geld fehle.", None, None, "inform", False, "oppose", "object", "an opponent's argument"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "cue", "key", "before", "asked", "stance", "act", "reason"), RULES)
def test_rules(
    text: str, cue: str | None, key: str | None, before: str | None, asked: bool, stance: str | None, act: str,
    reason: str,
) -> None:  # fmt: skip
    assert rule_act(read(text, cue, key), before, asked=asked, stance=stance) == act, reason  # type: ignore[arg-type]
