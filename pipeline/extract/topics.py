"""Finds the mentions of topics in an item: in its title and in every section.

The last component of the extraction. `topic_files` says how a topic is described; here its forms are looked for in
one pass: a substring search for the piece that every match of a form holds, then the form's pattern at that place.
`explain` shows hits and near misses of a topic on any text, for writing a topic file (`auszug topic FILE`).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from spacy.language import Language

from pipeline.extract.state import ItemState, SentenceState
from pipeline.extract.topic_files import LETTERS, MAX_WORD, Form, Strength, Term, Topic, load_topic
from pipeline.records import TopicMention

if TYPE_CHECKING:
    from spacy.tokens import Doc

__all__ = ["Explanation", "Hit", "NearMiss", "Topic", "explain", "find_in", "find_topics", "load_topic"]

_LINE_HYPHEN = re.compile(
    r"\u00ad\s{0,4}|(?<=[a-zäöüßA-ZÄÖÜ])[-\u2010\u2011]\s{1,4}(?=[a-zäöüß])(?!(?:und|oder|bzw|sowie|als|bis|wie|noch|mit|auf)\b)"
    r"|(?<=[a-zäöüß])[-\u2010\u2011]\n\s{0,4}(?=[A-ZÄÖÜ])"
)
_INSIDE = re.compile(rf"[{LETTERS}0-9]")

_Found = tuple[int, int, Term, Form]

LONGEST = 400
"""Longest match of a form: how far before a hit a near miss that covers it can begin."""

MAX_CLUSTER = 64
"""Matches that overlap in a chain and are settled together; more come only from texts made for it."""

SIMILAR = 8
"""Letters of a core form that a word must hold to be shown as similar by `explain`; fewer are in too many words."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A match of a topic: the text as it stands at `start`:`end`, and the entry and form that matched."""

    term: str
    entry: str
    form: str
    strength: Strength
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class NearMiss:
    """What is no hit but close to one: `excluded` by a [[not]] of the file, or a `similar` word that no form covers."""

    kind: Literal["excluded", "similar"]
    term: str
    reason: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a topic finds in a text, and what it only nearly finds."""

    hits: tuple[Hit, ...]
    near_misses: tuple[NearMiss, ...]


@Language.factory("auszug_topics")
class _Component:
    """The spaCy component: `find_topics` on the Doc's item. `topics` is set by who assembles the pipeline."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name
        self.topics: tuple[Topic, ...] = ()

    def __call__(self, doc: Doc) -> Doc:
        find_topics(doc._.item, self.topics)
        return doc


def find_topics(state: ItemState, topics: Sequence[Topic]) -> None:
    """Fills `state.topics`: mentions in the title (`section_index` -1), then in the sections, in order of the text."""
    if not topics:
        return
    by_section: dict[int, list[SentenceState]] = {}
    for sentence in state.sentences:
        by_section.setdefault(sentence.section, []).append(sentence)
    for topic in topics:
        title = state.title
        for hit in find_in(topic, title):
            state.topics.append(
                TopicMention(
                    topic=topic.id, term=hit.term, entry=hit.entry, strength=hit.strength,
                    section=None, section_index=-1, paragraph=None, position=None, sentence=None,
                    start=hit.start, end=hit.end,
                )
            )
        for number, section in enumerate(state.sections):
            sentences = by_section.get(number, [])
            starts = [s.start for s in sentences]
            for hit in find_in(topic, section.text):
                at = bisect_right(starts, hit.start) - 1
                inside = 0 <= at < len(sentences) and hit.start < sentences[at].end
                within = sentences[at] if inside else None
                state.topics.append(
                    TopicMention(
                        topic=topic.id, term=hit.term, entry=hit.entry, strength=hit.strength, section=section.label,
                        section_index=number, paragraph=within.paragraph if within else None,
                        position=within.position if within else None, sentence=within.index if within else None,
                        start=hit.start, end=hit.end,
                    )
                )


def find_in(topic: Topic, text: str) -> list[Hit]:
    """The hits of a topic in `text`, in order, none overlapping; offsets are those of `text`."""
    return list(_search(topic, text)[0])


def explain(topic: Topic, text: str) -> Explanation:
    """Hits and near misses of a topic in `text`, in order."""
    hits, excluded = _search(topic, text)
    near = list(excluded)
    taken = [(hit.start, hit.end) for hit in hits] + [(miss.start, miss.end) for miss in near]
    near += _similar(topic, text, taken)
    near.sort(key=lambda miss: miss.start)
    return Explanation(tuple(hits), tuple(near))


# ------------------------------------------------------------------------------------------ search


def _search(topic: Topic, text: str) -> tuple[list[Hit], list[NearMiss]]:
    plain, back_to = _joined(text)
    low = plain.lower()
    if len(low) != len(plain):  # a letter that grows in lower case would shift every offset
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in plain)
    found = _all(topic.terms, plain, low)
    if not found:
        return [], []
    misses = _all(topic.near_misses, plain, low)
    misses.sort(key=lambda m: m[:2])
    starts = [m[0] for m in misses]
    kept: list[_Found] = []
    excluded: dict[tuple[int, int], NearMiss] = {}
    for match in found:
        start, end = match[:2]
        around = misses[bisect_left(starts, start - LONGEST) : bisect_left(starts, end)]
        miss = next((m for m in around if _excludes(m, start, end)), None)
        if miss is None:
            kept.append(match)
        else:
            a, b = back_to(miss[0]), back_to(miss[1] - 1) + 1
            excluded.setdefault((a, b), NearMiss("excluded", _quote(text, a, b), miss[2].reason or "", a, b))
    hits = []
    for start, end, term, form in _chosen(kept):
        a, b = back_to(start), back_to(end - 1) + 1
        hits.append(Hit(_quote(text, a, b), term.entry, form.written, term.strength, a, b))
    return hits, list(excluded.values())


def _chosen(found: list[_Found]) -> list[_Found]:
    """Of matches that overlap, a core term before a related one, then the longest, then the first."""
    found.sort(key=lambda f: (f[0], -f[1]))
    chosen: list[_Found] = []
    cluster: list[_Found] = []
    reach = -1

    def settle() -> None:
        taken: list[_Found] = []
        for match in sorted(cluster, key=lambda f: (f[2].strength != "core", f[0] - f[1], f[0])):
            if not any(match[0] < other[1] and other[0] < match[1] for other in taken):
                taken.append(match)
        chosen.extend(sorted(taken, key=lambda f: f[0]))
        cluster.clear()

    for match in found:
        if match[0] >= reach or len(cluster) >= MAX_CLUSTER:
            settle()
        cluster.append(match)
        reach = max(reach, match[1])
    settle()
    return chosen


def _all(terms: Sequence[Term], plain: str, low: str) -> list[_Found]:
    return [(a, b, term, form) for term in terms for form in term.forms for a, b in _matches(form, plain, low)]


def _excludes(miss: _Found, start: int, end: int) -> bool:
    """Whether a near miss takes the hit at `start`:`end` away: it covers it or begins it and is not shorter."""
    if miss[1] <= start or (miss[0] < start and miss[1] < end):
        return False
    return not (start <= miss[0] and end > miss[1])  # *Sozialraumanalyse* against *Sozialraum*


def _quote(text: str, start: int, end: int) -> str:
    return " ".join(text[start:end].split())


def _matches(form: Form, plain: str, low: str) -> Iterator[tuple[int, int]]:
    hay = plain if form.case else low
    at = hay.find(form.anchor)
    while at >= 0:
        start = at
        inside = at > 0 and _INSIDE.match(hay[at - 1]) is not None
        joined = at > 1 and hay[at - 1] == "-" and _INSIDE.match(hay[at - 2]) is not None
        if not inside or form.back:
            m = form.pattern.match(hay, at)
            if m is not None:
                if form.back and (inside or joined):
                    start = _word_start(hay, at)
                yield start, m.end()
        at = hay.find(form.anchor, at + 1)


def _word_start(hay: str, at: int) -> int:
    start = at
    while start > 0 and at - start < 2 * MAX_WORD and (_INSIDE.match(hay[start - 1]) or hay[start - 1] == "-"):
        start -= 1
    while hay[start] == "-":
        start += 1
    return start


class _Same:
    """Offsets of a text that needed no joining."""

    def __call__(self, at: int) -> int:
        return at


class _Back:
    """Offsets of a joined text in the original."""

    def __init__(self, cuts: list[int], shifts: list[int]) -> None:
        self.cuts = cuts
        self.shifts = shifts

    def __call__(self, at: int) -> int:
        return at + self.shifts[bisect_right(self.cuts, at) - 1]


def _joined(text: str) -> tuple[str, _Same | _Back]:
    """`text` with the hyphens of line ends (and soft hyphens) taken out, and the way back to its offsets."""
    if not any(mark in text for mark in ("- ", "-\n", "\u00ad", "\u2010", "\u2011")):
        return text, _Same()
    parts: list[str] = []
    cuts, shifts = [0], [0]
    done = length = 0
    for m in _LINE_HYPHEN.finditer(text):
        keep = m.group()[:1] in "-\u2010\u2011" and text[m.end()].isupper()
        end = m.start() + 1 if keep else m.start()  # *CDU-\nFraktion* keeps its hyphen
        parts.append(text[done:end])
        length += end - done
        done = m.end()
        cuts.append(length)
        shifts.append(done - length)
    if not done:
        return text, _Same()
    parts.append(text[done:])
    return "".join(parts), _Back(cuts, shifts)


def _similar(topic: Topic, text: str, taken: Sequence[tuple[int, int]]) -> list[NearMiss]:
    """Words that hold the beginning of a core form but are covered by no form: candidates for the file."""
    found: list[NearMiss] = []
    stems = sorted({
        form.anchor[:SIMILAR] for term in topic.terms if term.strength == "core" for form in term.forms
        if len(form.anchor) >= SIMILAR and not form.case and " " not in form.written
    })
    for m in re.finditer(rf"[{LETTERS}][{LETTERS}-]{{3,{2 * MAX_WORD}}}", text):
        low = m.group().lower()
        stem = next((stem for stem in stems if stem in low), None)
        if stem and not any(a < m.end() and m.start() < b for a, b in taken):
            found.append(NearMiss("similar", m.group(), f"holds {stem!r}, but no form covers it", m.start(), m.end()))
    return found
