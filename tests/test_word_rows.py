"""Rows of lexical features, found with numbers for many texts at once, against the sets of strings that define them."""

from __future__ import annotations

from random import Random

import pytest

from pipeline.extract import word_rows
from pipeline.extract.features import words
from pipeline.extract.word_rows import Rows, WordRows

VOCABULARY = ["a", "P", ".", "<", "vertagen", "vertagung", "zustimmen", "zustimmung", "über", "straßenbau", "ß"]


def expected(features: list[str], found: set[str]) -> list[int]:
    """The rows of `found`, after the zero that opens each text."""
    return [0, *sorted(features.index(f) + 1 for f in found if f in features)]


def parts(rows: Rows) -> list[list[int]]:
    ends = [*rows.starts.tolist()[1:], len(rows.rows)]
    return [rows.rows[a:b].tolist() for a, b in zip(rows.starts.tolist(), ends, strict=True)]


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("room", [word_rows.MAX_NUMBERS, 60])
def test_rows_are_those_of_the_features(seed: int, room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_rows, "MAX_NUMBERS", room)
    random = Random(seed)
    known = sorted(set().union(*(words(random.choices(VOCABULARY, k=6)) for _ in range(4))))
    features = random.sample(known, random.randrange(len(known)))
    index = WordRows(features)
    for _ in range(8):
        unknown = [f"w{random.randrange(1000)}ortschaftsrat", "bauamt"]
        texts = [random.choices(VOCABULARY + unknown, k=random.randrange(9)) for _ in range(random.randrange(1, 8))]
        groups = [0]
        for _ in texts[1:]:
            groups.append(groups[-1] + random.randrange(2))
        own, shared = index.find(texts, groups)
        each = [words(text) for text in texts]
        together: list[set[str]] = [set() for _ in range(groups[-1] + 1)]
        for found, group in zip(each, groups, strict=True):
            together[group] |= found
        for rows, sets in ((own, each), (shared, together)):
            assert rows.sizes.tolist() == [len(found) for found in sets]
            assert parts(rows) == [expected(features, found) for found in sets]


def test_pairs_do_not_reach_into_the_next_text() -> None:
    index = WordRows(["a b", "< b"])
    own, _ = index.find([["a"], ["b"]], [0, 1])
    assert parts(own) == [[0], [0, 2]]


def test_many_new_words_find_room() -> None:
    index = WordRows(["neubau", "neubau*"])
    text = [f"neubauwort{n}" for n in range(5000)]
    own, _ = index.find([text, ["neubau"]], [0, 1])
    assert own.sizes.tolist() == [len(words(text)), len(words(["neubau"]))]
    assert parts(own) == [[0, 2], [0, 1]]
