"""Finds promises: who promises what until when.

Runs after the attribution, whose speakers it takes over; an agentless passive (*Die Antwort wird nachgereicht*) is a
promise by nobody named. Words and patterns are in `lexicon/commitments.toml`. Deadlines are
those of `deadlines`.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from spacy.language import Language

from pipeline.errors import ExtractionError
from pipeline.extract.deadlines import due_of
from pipeline.extract.state import ItemState, SentenceState
from pipeline.extract.stems import Stems
from pipeline.records import UNKNOWN_SPEAKER, Commitment

if TYPE_CHECKING:
    from spacy.tokens import Doc

PATH = Path(__file__).parent / "lexicon" / "commitments.toml"

Kind = Literal["cue", "future", "passive"]

CONFIDENCE: dict[str, float] = {
    "zusagen": 0.95, "zusichern": 0.92, "in_aussicht": 0.93, "versprechen": 0.92, "ankuendigen": 0.92, "anbieten":
    0.72, "mitnehmen": 0.87, "weitergeben": 0.8, "werde_tun": 0.88, "will_tun": 0.75, "reiche_nach": 0.88,
    "werde_nachgereicht": 0.65, "werde_folgen": 0.75, "act": 0.7,
}
"""Share of the sentences found by each rule that the annotated documents (not those put aside) label `commit`, drawn
towards 0.8 where a rule was seen less than ten times; `act`: by the label of the sentence alone."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A way to promise, as in `lexicon/commitments.toml`."""

    key: str
    kind: Kind
    stems: frozenset[str]
    needs: frozenset[str]
    """One of these is in the sentence, too; empty: nothing else is asked for."""
    anaphoric: bool
    pattern: re.Pattern[str]
    example: str
    counterexample: str


@dataclass(frozen=True, slots=True)
class CommitmentLexicon:
    """`lexicon/commitments.toml`, compiled."""

    patterns: tuple[Pattern, ...]
    stems: Stems
    """Of all patterns, with what they need."""
    vetoes: dict[str, re.Pattern[str]]


@Language.factory("auszug_commitments")
class _Component:
    """The spaCy component: `find_commitments` on the Doc's item."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        find_commitments(doc._.item)
        return doc


@lru_cache(maxsize=1)
def load() -> CommitmentLexicon:
    """The lexicon. Raises `ExtractionError` if the file is broken."""
    try:
        data = tomllib.loads(PATH.read_text("utf-8"))
        verbs = "|".join(sorted((re.escape(v) for v in data["actions"]["verbs"]), key=len, reverse=True))
        actions = [action.lower() for action in data["actions"]["verbs"]]
        patterns = tuple(
            Pattern(
                key=entry["key"], kind=cast("Kind", entry["kind"]), stems=frozenset(entry["stems"]),
                needs=frozenset(entry.get("needs", actions if "{action}" in entry["pattern"] else ())),
                anaphoric=entry["anaphoric"],
                pattern=re.compile(entry["pattern"].replace("{action}", verbs)),
                example=entry["example"], counterexample=entry["counterexample"],
            )
            for entry in data["pattern"]
        )
        return CommitmentLexicon(
            patterns=patterns, stems=Stems(sorted({stem for p in patterns for stem in p.stems | p.needs})),
            vetoes={key: re.compile(value) for key, value in data["vetoes"].items()},
        )
    except (OSError, KeyError, TypeError, ValueError, re.error) as error:
        raise ExtractionError(f"the lexicon of commitments cannot be read: {error!r}", where=PATH) from error


def find_commitments(state: ItemState) -> None:
    """Fills `state.commitments` from the sentences and their speakers."""
    lexicon = load()
    for sentence in state.sentences:
        section = state.sections[sentence.section]
        if sentence.decides or (section.kind in ("facts", "motion", "resolution", "result") and not sentence.speakers):
            continue
        pattern = match(sentence.norm, lexicon)
        if pattern is None and sentence.act != "commit":
            continue
        if pattern is not None and pattern.kind == "future" and not sentence.speakers:
            continue  # an announced action needs somebody whose own it is
        if sentence.act in ("ask", "propose") and (pattern is None or pattern.kind != "cue"):
            continue
        speaker = next((s for s in reversed(sentence.speakers) if s != UNKNOWN_SPEAKER), None)
        if pattern is not None and pattern.kind == "cue" and not sentence.speakers and not _agentless(sentence.norm):
            continue
        rule = pattern.key if pattern is not None else "act"
        due, due_date = due_of(sentence.norm, state.item.date)
        state.commitments.append(
            Commitment(
                index=len(state.commitments), speaker=speaker, what=_what(sentence, pattern, state),
                due=due, due_date=due_date,
                sentence=sentence.index, section_index=sentence.section, start=sentence.start, end=sentence.end,
                rule=rule, confidence=CONFIDENCE.get(rule, 0.8),
            )
        )


def match(text: str, lexicon: CommitmentLexicon | None = None) -> Pattern | None:
    """The pattern by which a sentence promises something, or None."""
    lexicon = lexicon or load()
    stems = lexicon.stems.found(text.lower())
    if not stems:
        return None
    for pattern in lexicon.patterns:
        if stems.isdisjoint(pattern.stems) or (pattern.needs and stems.isdisjoint(pattern.needs)):
            continue
        if not pattern.pattern.search(text):
            continue
        # *Auf die Frage, ob berichtet werde, sagt Frau Timm einen Bericht zu*: the question is another's
        own = _ASKED.sub(",", text) if pattern.kind == "cue" else text
        if any(veto.search(own) for veto in lexicon.vetoes.values()):
            return None
        return pattern
    return None


_ASKED = re.compile(r",\s*(?:ob|wann|wie|warum|wieso|wer|was|welche[rs]?)\b[^,]{0,200},")


def _agentless(text: str) -> bool:
    return bool(re.search(r"\b(?:wird|wurde|werden|wurden)\b.{0,160}\bzuge(?:sagt|sichert)\b", text))


_ANAPHORA = re.compile(r"\b(?:[Dd]ies|[Dd]as|es|[Bb]eides|diesen?|[Ee]inen solchen|eine solche|[Dd]en|Dem)\b")


def _what(sentence: SentenceState, pattern: Pattern | None, state: ItemState) -> str:
    """What is promised, in the text's words: the promise's clause, or the sentence before where it says only *dies*."""
    text = sentence.norm
    m = pattern.pattern.search(text) if pattern is not None and pattern.kind == "cue" else None
    if m is not None:
        after = re.sub(r"^[,:\s]*(?:dass|daß)?\s*", "", text[m.end() :]).strip(" .")
        if len(after.split()) > 2 and text[m.end() :].lstrip()[:1] in (",", ":"):
            return after
        before = text[: m.start()].strip()
        if before.endswith(",") and len(before.split()) > 2 and not before.startswith(("Auf ", "Zu ", "Bei ")):
            return before.strip(" ,.")
        short = len(text.split()) <= 12 and _ANAPHORA.search(text) is not None
        if pattern is not None and pattern.anaphoric and short and sentence.index:
            asked = state.sentences[sentence.index - 1]
            if asked.section == sentence.section and not asked.decides:
                return asked.text.strip(" .")
    return sentence.text.strip(" .")
