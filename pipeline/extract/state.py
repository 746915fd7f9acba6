"""The working state that the components of the extraction share while one item is read.

It lives on the `Doc` (`doc._.item`) and never leaves the stage: `extract.pipeline` turns it into
frozen records at the end. One Doc is one item: the sections' texts joined by `SECTION_BREAK`.
Components read and write it in this order: sentences, morphology, decisions, speakers and statements,
acts and stance, commitments, topics.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pipeline.records import (
    Act,
    AgendaItem,
    Commitment,
    Decision,
    ItemContext,
    PageProblem,
    Section,
    Speaker,
    Stance,
    TopicMention,
)

SECTION_BREAK = "\n\n\f\n\n"
"""Parts the sections in the Doc's text; no section text holds a form feed (control characters are removed)."""

SentenceKind = Literal["prose", "bullet", "heading", "label", "name", "vote", "table", "empty"]
"""prose; bullet (a list item; `marker` is its mark, `norm` and `words` are without it); heading (of a part of the
text); label (*Beschlussvorschlag:* alone); name (a name alone on a line, its bullets follow); vote (a line of counts);
table (a row of a table); empty (no letter or digit in it)."""


@dataclass(slots=True)
class SentenceState:
    """One sentence while it is read. Offsets are in the section's text.

    `text`: the slice, white space collapsed. `norm`: what the rules read: `text` with line-end hyphens joined, quotes
    unified, certain umlaut losses repaired and the mark of a bullet (`marker`: `-`, `•`, `1.`, `zu 2)`) taken off.
    `normalised` is the same with the mark kept and quotes as they stand, set only where it differs from `text`. `words`
    and `morph` run in parallel over the tokens of `norm` (`morph` holds `morphology.Morph` bits, 0 for most words).
    """

    index: int
    section: int
    paragraph: int
    position: int
    start: int
    end: int
    text: str
    norm: str
    kind: SentenceKind = "prose"
    marker: str = ""
    normalised: str | None = None
    words: list[str] = field(default_factory=list)
    morph: list[int] = field(default_factory=list)
    # speakers and statements
    speakers: tuple[str, ...] = ()
    cue: str | None = None
    cue_key: str | None = None
    """Key of the cue's entry in `lexicon/cues.toml` (`mitteilen`); set, too, where a construction without
    a cue word has one (`laut`)."""
    negated: bool = False
    """The cue is negated (*stimmt nicht zu*)."""
    content: int = 0
    """Index in `words` at which the reported content begins (0: the whole sentence is content)."""
    rule: str | None = None
    speaker_confidence: float | None = None
    addressees: tuple[str, ...] = ()
    """Ids of those addressed, or named as asker in an adverbial (*auf Nachfrage von*), who say nothing here."""
    on_record: bool = False
    # acts and stance
    act: Act | None = None
    act_confidence: float | None = None
    stance: Stance | None = None
    stance_confidence: float | None = None
    stance_rule: str | None = None
    # decisions
    decides: bool = False
    """The sentence is part of a decision, a vote or a resolution (no speaker by default)."""


@dataclass(slots=True)
class ItemState:
    """An item while it is read: input, and what the components have found so far."""

    item: AgendaItem
    context: ItemContext
    sections: tuple[Section, ...]
    sentences: list[SentenceState] = field(default_factory=list)
    speakers: dict[str, Speaker] = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)
    commitments: list[Commitment] = field(default_factory=list)
    topics: list[TopicMention] = field(default_factory=list)
    problems: list[PageProblem] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The fullest title known, or the empty string."""
        return self.context.title or self.item.title or ""
