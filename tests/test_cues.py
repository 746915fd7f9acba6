"""The cue lexicon: every entry's example shows the entry; no key twice."""

from __future__ import annotations

import pytest

from pipeline.extract.cues import Cue, load_cues, verb_key
from pipeline.extract.morphology import bits, mark
from pipeline.extract.namelist import party_forms, roles
from pipeline.extract.naming import find_mentions
from pipeline.extract.narrator import Procedure, is_procedure, lexicon
from pipeline.extract.tokens import tokenize
from pipeline.extract.wordsets import word_sets
from tests.test_statements import talk


def test_enough_entries() -> None:
    assert len(load_cues()) > 300


@pytest.mark.parametrize("cue", load_cues().values(), ids=load_cues().keys())
def test_example(cue: Cue) -> None:
    keys = {s.cue_key for s in talk(cue.example).sentences}
    assert cue.key in keys, cue.example


def test_verb_of_no_entry_is_its_own_key() -> None:
    assert verb_key("tanzt", ["tanzt", "weiter"]) == "tanzen"


@pytest.mark.parametrize(
    ("verb", "clause", "key"),
    [
        ("stellt", ["stellt", "den", "Antrag"], "antrag_stellen"),
        ("stellt", ["stellt", "fest"], "feststellen"),
        ("vorgeschlagen", ["wird", "vorgeschlagen"], "vorschlagen"),
        ("gibt", ["gibt", "zu", "bedenken"], "bedenken_geben"),
    ],
)
def test_verb_key(verb: str, clause: list[str], key: str) -> None:
    assert verb_key(verb, clause) == key


@pytest.mark.parametrize("verb", lexicon().verb, ids=lambda verb: verb.example)
def test_procedure(verb: Procedure) -> None:
    words = tokenize(verb.example)
    clause = set(words)
    assert any(is_procedure(word.lower(), clause) for word in words if bits(word.lower())), verb.example


@pytest.mark.parametrize("example", [lexicon().starts.example, lexicon().participles.example])
def test_narrator(example: str) -> None:
    state = talk(f"Frau Holm erläutert den Plan. Er sei fertig. {example}")
    assert [bool(s.speakers) for s in state.sentences] == [True, True, False]


def test_roles_examples() -> None:
    for role in roles():
        words = tokenize(role.example)
        assert find_mentions(words, mark(words)), role.example


def test_parties_are_read_as_factions() -> None:
    for label, form in (("GRÜNE", "Bündnis 90/Die Grünen"), ("DIE LINKE", "Linke"), ("Freie Wähler", "FW")):
        assert party_forms()[form] == label
    words = tokenize("Herr Ott (BfX) fragt nach.")
    assert find_mentions(words, mark(words))[0].unit == "BfX", "an unknown label of somebody whose function is untold is kept raw"


def test_word_sets_have_examples() -> None:
    assert all(entry.example and len(set(entry.words)) == len(entry.words) for entry in word_sets().values())
