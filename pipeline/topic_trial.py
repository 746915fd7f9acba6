"""Tries a topic file on pages that a user names: what it finds, what it leaves out and why, what it may have forgotten.

What `auszug topic` does, for writing a topic file; no corpus, no database.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from pipeline.adhoc import judged
from pipeline.extract.topics import Topic, explain
from pipeline.records import AgendaItem, Record
from pipeline.sources import SourceProblem, path_pages

AROUND = 40
"""Characters before and after a term that are shown: with the term they fit a line."""


class TopicFind(Record, frozen=True, kw_only=True):
    """A hit of a topic, or something close to one: `verdict` says which, `label` the entry or the reason."""

    verdict: Literal["core", "related", "excluded", "similar"]
    label: str
    term: str
    before: str
    after: str
    source: str


def failed_examples(topic: Topic) -> Iterator[str]:
    """What a topic file says of itself and does not keep: examples without a hit, counterexamples with one."""
    for term in topic.terms:
        for example in term.examples:
            if not explain(topic, example).hits:
                yield f"example of '{term.entry}' is not found: {example}"
        for example in term.counterexamples:
            if any(hit.entry == term.entry for hit in explain(topic, example).hits):
                yield f"counterexample of '{term.entry}' is found: {example}"
    for miss in topic.near_misses:
        for example in miss.examples:
            if explain(topic, example).hits:
                yield f"example of the near miss '{miss.entry}' is found: {example}"


def topic_finds(topic: Topic, paths: Sequence[Path]) -> Iterator[TopicFind | SourceProblem]:
    """Hits and near misses of a topic in titles and sections of the excerpts in `paths`, page by page."""
    for found in path_pages(paths):
        if isinstance(found, SourceProblem):
            yield found
        elif found.parsed is not None:
            yield from judged(found, found.parsed)
            if isinstance(found.parsed.record, AgendaItem):
                item = found.parsed.record
                for text in (item.title or "", *(section.text for section in item.sections)):
                    yield from _finds_in(topic, text, found.address)


def _finds_in(topic: Topic, text: str, source: str) -> Iterator[TopicFind]:
    told = explain(topic, text)
    for hit in told.hits:
        yield _find(hit.strength, hit.entry, hit.term, text, hit.start, hit.end, source)
    for near in told.near_misses:
        yield _find(near.kind, near.reason, near.term, text, near.start, near.end, source)


def _find(
    verdict: Literal["core", "related", "excluded", "similar"], label: str, term: str, text: str, start: int, end: int,
    source: str,
) -> TopicFind:
    before, after = (" ".join(piece.split()) for piece in (text[max(0, start - AROUND):start], text[end:end + AROUND]))
    return TopicFind(verdict=verdict, label=label, term=term, before=before, after=after, source=source)
