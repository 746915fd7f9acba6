"""Stems found by words: the same as when each is looked for."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from random import Random

import pytest

from pipeline import gold
from pipeline.extract import commitments, stems
from pipeline.extract.stems import Stems
from tests.growth import grows

GOLD = Path(__file__).parent / "gold" / "dev"
STEMS = ("zusag", "sag", "reicht nach", "zur kenntnis", "los ", ", dass", "prüf", "ße")
WORDS = ("zusage", "gesagt", "reicht", "nach", "nachts", "zur", "kenntnis,", "los", "losen", "ja,", "dass", "überprüft", "straße")


@pytest.mark.parametrize("room", [stems.MAX_WORDS, 3])
@pytest.mark.parametrize("seed", range(10))
def test_same_as_looking_for_each(seed: int, room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stems, "MAX_WORDS", room)
    random, index = Random(seed), Stems(STEMS)
    for _ in range(50):
        text = "".join(random.choice(WORDS) + random.choice((" ", " ", "\n", "\u00a0", "")) for _ in range(6))
        assert index.found(text) == {stem for stem in STEMS if stem in text}, text


def test_a_part_that_comes_again_and_again_costs_no_more_each_time() -> None:
    wrong = grows(lambda size: partial(Stems(STEMS).found, "kenntnis " * size), (10_000, 100_000))
    assert wrong is None, wrong


def test_no_promise_is_missed_for_its_needs() -> None:
    lexicon, tried = commitments.load(), 0
    sentences = [s.text for d in gold.load(GOLD) for _, s in gold.sentences(d)]
    for pattern in (p for p in lexicon.patterns if p.needs):
        for text in [pattern.example, *sentences]:
            if pattern.pattern.search(text):
                tried += 1
                assert not lexicon.stems.found(text.lower()).isdisjoint(pattern.needs), (pattern.key, text)
    assert tried > 20


def test_every_promise_of_the_lexicon_is_found_by_its_stems() -> None:
    lexicon = commitments.load()
    for pattern in lexicon.patterns:
        assert not lexicon.stems.found(pattern.example.lower()).isdisjoint(pattern.stems), pattern.key
