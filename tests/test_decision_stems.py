"""Which cues a sentence may hold: the same as when every stem is looked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.extract.decision_lexicon import load
from pipeline.extract.decision_stems import cues_in

GOLD = Path(__file__).parent / "gold" / "dev"


def _looked_for(low: str) -> list[tuple[str, list[str]]]:
    held = [(cue.key, [stem for stem in cue.stems if stem in low]) for cue in load().cues]
    return [(key, stems) for key, stems in held if stems]


def _found(low: str) -> list[tuple[str, list[str]]]:
    return [(cue.key, list(stems)) for cue, stems in cues_in(low)]


def test_every_sentence_of_the_documents() -> None:
    documents = [json.loads(path.read_text("utf-8")) for path in sorted(GOLD.glob("*.json"))]
    sentences = [s["text"].lower() for d in documents for section in d["sections"] for p in section["paragraphs"] for s in p]
    assert len(sentences) > 1000
    assert [s for s in sentences if _found(s) != _looked_for(s)] == []
    assert any(_found(s) for s in sentences)


@pytest.mark.parametrize("cue", load().cues, ids=lambda cue: cue.key)
def test_the_examples_hold_their_own_cue(cue: object) -> None:
    key, example = cue.key, cue.example.lower()  # type: ignore[attr-defined]
    assert key in [name for name, _ in _found(example)]
    assert _found(example) == _looked_for(example)


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        ("herr uhl und der rat sind sich einig, dass es eilt", "einigt_sich", "a stem that ends with a comma"),
        ("das los entscheidet", "los", "a stem that ends with a blank"),
        ("verweist zur weiteren behandlung im\u00a0bauausschuss", "behandlung_im", "a blank in the stem, none behind it"),
        ("die beratung\nim ausschuss", None, "a stem does not go over the end of a line"),
    ],
)
def test_stems_of_more_than_a_word(text: str, key: str | None, reason: str) -> None:
    names = [name for name, _ in _found(text)]
    assert _found(text) == _looked_for(text), reason
    assert key in names if key else "behandlung_im" not in names, reason
