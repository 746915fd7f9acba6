"""Asks a trained spaCy pipeline about the verb forms that the lexicon leaves open.

Sits behind `morphology`, only where the configuration names a model (`[extract] model`). German plural
forms (*sie reichen*) and weak preterites (*erklärte*) look the same in indicative and Konjunktiv; the
model's morphologizer decides in context. It sees only sentences that hold such a form, so that
the rest keeps the lexicon's speed. The weights are the user's: none are shipped or downloaded.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import spacy
from spacy.language import Language

from pipeline.errors import ConfigError
from pipeline.extract.morphology import Morph
from pipeline.extract.state import ItemState, SentenceState

if TYPE_CHECKING:
    from spacy.tokens import Doc

_AMBIGUOUS, _INDICATIVE = int(Morph.AMBIGUOUS), int(Morph.INDICATIVE)
_SUBJUNCTIVE = int(Morph.SUBJ1 | Morph.SUBJ2)


@lru_cache(maxsize=2)
def load_model(name: str) -> Language:
    """The installed pipeline `name` (or the folder of one); raises `ConfigError` if it cannot serve."""
    try:
        nlp = spacy.load(name, exclude=["ner", "parser", "lemmatizer"])
    except (OSError, ValueError, ImportError) as error:
        raise ConfigError(
            f"the spaCy pipeline {name!r} cannot be loaded ({str(error).splitlines()[0][:160]})",
            where="[extract] model",
            remedy=f"install it (python -m spacy download {name}) or leave `model` empty",
        ) from error
    if nlp.lang != "de":
        raise ConfigError(
            f"the spaCy pipeline {name!r} is for {nlp.lang!r}, not for German", where="[extract] model",
            remedy="name a German pipeline or leave `model` empty",
        )
    return nlp


def decide(state: ItemState, nlp: Language) -> None:
    """Let `nlp` choose the mood of each ambiguous verb form of `state`; forms it is silent on stay open."""
    open_sentences = [s for s in state.sentences if any(m & _AMBIGUOUS for m in s.morph)]
    for sentence, doc in zip(open_sentences, nlp.pipe(s.norm for s in open_sentences), strict=True):
        _decide_sentence(sentence, doc)


def _decide_sentence(sentence: SentenceState, doc: Doc) -> None:
    # Both tokenise the same text; where they part it differently, words are found by their order.
    cursor = 0
    tokens = [(token.text, token.morph.get("Mood", [])) for token in doc]
    for n, (word, morph) in enumerate(zip(sentence.words, sentence.morph, strict=True)):
        if not morph & _AMBIGUOUS:
            continue
        at = next((i for i in range(cursor, len(tokens)) if tokens[i][0] == word and i >= n - 3), None)
        if at is None:
            continue
        cursor = at + 1
        mood = tokens[at][1]
        if mood == ["Sub"]:
            sentence.morph[n] = morph & ~(_INDICATIVE | _AMBIGUOUS)
        elif mood == ["Ind"]:
            sentence.morph[n] = morph & ~(_SUBJUNCTIVE | _AMBIGUOUS)


@Language.factory("auszug_second_opinion", default_config={"model": ""})
class SecondOpinion:
    """The component; `model` is the name of an installed pipeline or its folder."""

    def __init__(self, nlp: Language, name: str, model: str) -> None:
        self.model = load_model(model)

    def __call__(self, doc: Doc) -> Doc:
        decide(doc._.item, self.model)
        return doc
