"""Assembles the extraction: a spaCy pipeline over `spacy.blank("de")` of this package's components.

Sits between `pages` (an `AgendaItem` goes in) and `link`/`store` (an `Extraction` comes out). Each
component is a registered factory in the module of its name, so that `nlp.config` shows it and other
pipelines can reuse it; each is a thin shell over a pure function on `ItemState`. One Doc carries one
agenda item (`doc._.item`) and has no tokens: the components cut their own words from the sections, since offsets in
them must hold, and spaCy's tokenizer would take a tenth of the time for words that nobody reads.
"""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import spacy
from spacy.tokens import Doc

from pipeline.extract.state import ItemState, SentenceState
from pipeline.records import (
    AgendaItem,
    Extraction,
    ItemContext,
    PageProblem,
    Section,
    Sentence,
    Speaker,
    statements_of,
)

if TYPE_CHECKING:
    from spacy.language import Language

    from pipeline.extract.topics import Topic

COMPONENTS = ("sentences", "morphology", "decisions", "statements", "stance", "commitments", "topics")
"""The components in the order in which they read the item; each is the factory `auszug_<name>`."""

MAX_CHARACTERS = 2_000_000
"""Longest text of an item that is read; the longest real one seen has some 90,000 characters. What
lies beyond is left out and named as a problem, so that one monstrous page cannot stop a batch."""

if not Doc.has_extension("item"):
    Doc.set_extension("item", default=None)


class Extractor:
    """The loaded pipeline. Holds no state between items: the same item gives the same extraction."""

    def __init__(self, nlp: Language) -> None:
        self.nlp = nlp

    def extract(self, item: AgendaItem, context: ItemContext | None = None) -> Extraction:
        """Everything found in `item`, given what is known beyond its page."""
        sections, problems = _bounded(item.sections)
        state = ItemState(item=item, context=context or ItemContext(), sections=sections, problems=problems)
        doc = Doc(self.nlp.vocab)
        doc._.item = state
        self.nlp(doc)
        return _freeze(state)

    def extract_all(self, items: Iterable[tuple[AgendaItem, ItemContext]]) -> Iterator[Extraction]:
        """`extract` over many items, in order."""
        for item, context in items:
            yield self.extract(item, context)


def load(*, topics: Sequence[Topic] = (), model: str = "") -> Extractor:
    """The extraction with these topics; `model` names an installed spaCy pipeline to ask besides.

    Raises `ConfigError` if `model` is not installed.
    """
    nlp = spacy.blank("de")
    for name in COMPONENTS:
        importlib.import_module(f"pipeline.extract.{name}")
        nlp.add_pipe(f"auszug_{name}")
    if model:
        importlib.import_module("pipeline.extract.second_opinion")
        nlp.add_pipe("auszug_second_opinion", after="auszug_morphology", config={"model": model})
    if topics:
        nlp.get_pipe("auszug_topics").topics = tuple(topics)  # type: ignore[attr-defined]
    return Extractor(nlp)


@lru_cache(maxsize=1)
def version() -> str:
    """A hash of everything but the input that the extraction depends on: code, lexicon and weights."""
    digest = hashlib.sha256()
    folder = Path(__file__).parent
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix != ".pyc"):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _bounded(sections: Sequence[Section]) -> tuple[tuple[Section, ...], list[PageProblem]]:
    """The sections that fit into `MAX_CHARACTERS`; a section beyond it is emptied and named."""
    kept: list[Section] = []
    problems: list[PageProblem] = []
    room = MAX_CHARACTERS
    for section in sections:
        if len(section.text) > room:
            problems.append(
                PageProblem(
                    code="text_too_long",
                    message=f"section {section.label!r} has {len(section.text):,} characters and was not read; "
                    f"an item may have {MAX_CHARACTERS:,} in all",
                )
            )
            section = Section(label=section.label, kind=section.kind, text="", damage=section.damage)
        room -= len(section.text)
        kept.append(section)
    return tuple(kept), problems


def _freeze(state: ItemState) -> Extraction:
    from pipeline.extract.results import outcome_of

    sentences = tuple(_sentence(s, state.sections[s.section]) for s in state.sentences)
    spoken = {speaker for sentence in sentences for speaker in sentence.speakers}
    speakers: tuple[Speaker, ...] = tuple(s for s in state.speakers.values() if s.id in spoken)
    return Extraction(
        sentences=sentences,
        statements=statements_of(sentences),
        speakers=speakers,
        decisions=tuple(state.decisions),
        commitments=tuple(state.commitments),
        topics=tuple(state.topics),
        result_outcome=outcome_of(state.item.result),
        problems=tuple(state.problems),
    )


def _sentence(s: SentenceState, section: Section) -> Sentence:
    return Sentence(
        index=s.index, section=section.label, section_index=s.section, paragraph=s.paragraph, position=s.position,
        start=s.start, end=s.end, text=s.text, normalised=s.normalised,
        speakers=s.speakers, cue=s.cue, act=s.act, stance=s.stance, rule=s.rule,
        speaker_confidence=s.speaker_confidence, act_confidence=s.act_confidence,
        stance_confidence=s.stance_confidence, on_record=s.on_record,
    )
