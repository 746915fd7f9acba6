"""The user's own spaCy pipeline decides verb forms that the lexicon leaves open, and only those."""

from pathlib import Path

import pytest
import spacy

from pipeline.errors import ConfigError
from pipeline.extract.morphology import Morph
from pipeline.extract.second_opinion import decide, load_model
from pipeline.extract.state import ItemState, SentenceState
from pipeline.records import AgendaItem, ItemContext

AMBIGUOUS = int(Morph.FINITE | Morph.INDICATIVE | Morph.SUBJ1 | Morph.PLURAL | Morph.AMBIGUOUS)
CLEAR = int(Morph.FINITE | Morph.INDICATIVE | Morph.PLURAL)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A German pipeline with an attribute ruler that knows two verb forms, saved like an installed one."""
    nlp = spacy.blank("de")
    ruler = nlp.add_pipe("attribute_ruler")
    ruler.add([[{"ORTH": "reichen"}]], {"MORPH": "Mood=Sub"})  # type: ignore[attr-defined]
    ruler.add([[{"ORTH": "sagen"}]], {"MORPH": "Mood=Ind"})  # type: ignore[attr-defined]
    ruler.add([[{"ORTH": "sind"}]], {"MORPH": "Mood=Sub"})  # type: ignore[attr-defined]
    folder = tmp_path / "modell"
    nlp.to_disk(folder)
    return folder


def state_of(text: str, morph: dict[str, int]) -> ItemState:
    words = text.replace(".", " .").split()
    sentence = SentenceState(
        index=0, section=0, paragraph=0, position=0, start=0, end=len(text), text=text, norm=text,
        words=words, morph=[morph.get(w, 0) for w in words],
    )
    return ItemState(item=AgendaItem(), context=ItemContext(), sections=(), sentences=[sentence])


def test_ambiguous_forms_take_the_models_mood(model: Path) -> None:
    state = state_of("Die Mittel reichen nicht, sagen die Träger.", {"reichen": AMBIGUOUS, "sagen": AMBIGUOUS})
    decide(state, load_model(str(model)))
    sentence = state.sentences[0]
    found = dict(zip(sentence.words, sentence.morph, strict=True))
    assert found["reichen"] & Morph.SUBJ1 and not found["reichen"] & (Morph.INDICATIVE | Morph.AMBIGUOUS)
    assert found["sagen"] & Morph.INDICATIVE and not found["sagen"] & (Morph.SUBJ1 | Morph.AMBIGUOUS)


def test_what_the_lexicon_knows_stays(model: Path) -> None:
    state = state_of("Die Mittel sind knapp.", {"sind": CLEAR})
    decide(state, load_model(str(model)))
    assert state.sentences[0].morph[2] == CLEAR


def test_a_missing_model_says_how_to_get_it() -> None:
    with pytest.raises(ConfigError, match="python -m spacy download de_gibt_es_nicht"):
        load_model("de_gibt_es_nicht")


def test_a_model_for_another_language_is_refused(tmp_path: Path) -> None:
    spacy.blank("en").to_disk(tmp_path / "english")
    with pytest.raises(ConfigError, match="not for German"):
        load_model(str(tmp_path / "english"))
