"""Assembles the extraction: a spaCy pipeline over `spacy.blank("de")` of this package's components.

Sits between `pages` (an `AgendaItem` goes in) and `link`/`store` (an `Extraction` comes out). Each
component is a registered factory in the module of its name, so that `nlp.config` shows it and other
pipelines can reuse it; each is a thin shell over a pure function on `ItemState`. One Doc is one
agenda item: its sections' texts joined by `SECTION_BREAK`.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

import spacy
from spacy.tokens import Doc, Span

from pipeline.extract.state import SECTION_BREAK, ItemState, SentenceState
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

for name in ("item", "extraction"):
    if not Doc.has_extension(name):
        Doc.set_extension(name, default=None)


class Extractor:
    """The loaded pipeline. Holds no state between items: the same item gives the same extraction."""

    def __init__(self, make: Callable[[], Language]) -> None:
        """`make` assembles the pipeline; it is asked for a new one when the words of the old one have become too many.
        """
        self._make = make
        self._assemble()

    def _assemble(self) -> None:
        self.nlp = self._make()
        self._most = len(self.nlp.vocab) + MOST_WORDS

    def extract(self, item: AgendaItem, context: ItemContext | None = None) -> Extraction:
        """Everything found in `item`, given what is known beyond its page."""
        if len(self.nlp.vocab) > self._most:
            self._assemble()
        sections, problems = _bounded(item.sections)
        state = ItemState(item=item, context=context or ItemContext(), sections=sections, problems=problems)
        doc = _doc(self.nlp, SECTION_BREAK.join(section.text for section in sections))
        doc._.item = state
        self.nlp(doc)
        return _freeze(state)

    def annotated(self, item: AgendaItem, context: ItemContext | None = None) -> Doc:
        """The item as a spaCy Doc, for those who go on with spaCy: `doc.spans` has what was found in it.

        `sentences`; `statements` with the stance as label and the speaker as id; `decisions` with the outcome, `topics`
        with the topic as label. Spans are as wide as the tokens that they touch. `doc._.extraction` is the whole.
        """
        sections, _ = _bounded(item.sections)
        found = self.extract(item, context)
        doc = _doc(self.nlp, SECTION_BREAK.join(section.text for section in sections))
        starts = [0]
        for section in sections:
            starts.append(starts[-1] + len(section.text) + len(SECTION_BREAK))

        def span(section: int, start: int, end: int, label: str = "", speaker: str = "") -> Span:
            at = starts[section]
            made = doc.char_span(at + start, at + end, label=label, span_id=speaker, alignment_mode="expand")
            assert made is not None  # offsets lie inside the text
            return made

        doc.spans["sentences"] = [span(s.section_index, s.start, s.end) for s in found.sentences]
        doc.spans["statements"] = [span(s.section_index, s.start, s.end, s.stance or "", s.speaker)
                                   for s in found.statements]
        doc.spans["decisions"] = [span(d.section_index, d.start, d.end, d.outcome) for d in found.decisions]
        doc.spans["topics"] = [span(t.section_index, t.start, t.end, t.topic) for t in found.topics
                               if t.section_index >= 0]
        doc._.extraction = found
        return doc

    def extract_all(self, items: Iterable[tuple[AgendaItem, ItemContext]]) -> Iterator[Extraction]:
        """`extract` over many items, in order."""
        for item, context in items:
            yield self.extract(item, context)


MOST_WORDS = 60_000
"""Forms of words that the pipeline keeps at most: some 50 MB. Kept ones are read four times as fast, but those of a
country would fill the memory. A new pipeline takes 25 ms, and is needed after some million words."""

LONGEST_WORD = 200
"""Signs without a blank from which on a text is cut into pieces of this length, not into words: the time of
spaCy's tokenizer grows with the cube of a run of commas or brackets (10,000: minutes). The components have words of
their own."""

_LONG_WORD = re.compile(rf"\S{{{LONGEST_WORD + 1}}}")
_PIECE = re.compile(rf"\S{{1,{LONGEST_WORD}}}|\s+")


def _doc(nlp: Language, text: str) -> Doc:
    if _LONG_WORD.search(text) is None:
        return nlp.make_doc(text)
    pieces = _PIECE.findall(text)
    return Doc(nlp.vocab, words=pieces, spaces=[False] * len(pieces))


def load(*, topics: Sequence[Topic] = (), model: str = "") -> Extractor:
    """The extraction with these topics; `model` names an installed spaCy pipeline to ask besides.

    Raises `ConfigError` if `model` is not installed.
    """
    return Extractor(partial(_assembled, tuple(topics), model))


def _assembled(topics: tuple[Topic, ...], model: str) -> Language:
    nlp = spacy.blank("de")
    nlp.max_length = MAX_CHARACTERS + 10_000
    for name in COMPONENTS:
        importlib.import_module(f"pipeline.extract.{name}")
        nlp.add_pipe(f"auszug_{name}")
    if model:
        importlib.import_module("pipeline.extract.second_opinion")
        nlp.add_pipe("auszug_second_opinion", after="auszug_morphology", config={"model": model})
    if topics:
        nlp.get_pipe("auszug_topics").topics = topics  # type: ignore[attr-defined]
    return nlp


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
