"""Later items that may take a promise up.

Part of `link`; pure. A later item is a follow-up of a promise if it is at most `WITHIN_DAYS` later and

same_paper      is on the same paper, or
shared_terms    names the same topic and shares content words with the promise: one in its title, or two in its texts.

Content words are nouns (capitalised, five letters or more) that few items have, by their stem. Whether the item really
keeps the promise is for the reader to judge: the shared words are recorded.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from pipeline.link.names import fold
from pipeline.records import Record

WITHIN_DAYS = 3 * 365
"""A promise that nobody comes back to for three years is not kept by what comes after (an electoral term has five)."""
_COMMON = 0.3
"""Share of the topic's items above which a word tells nothing about one of them."""
_RARE_COUNT = 3
"""Items that may have a word in any case, where there are few items."""
_NOUN = re.compile(r"\b[A-ZÄÖÜ][\w-]{4,40}\b")
_ENDINGS = ("ern", "en", "er", "es", "e", "n", "s")


class Promise(Record, frozen=True):
    """A promise of an item. `due`: ISO day or month."""

    commitment: str
    source: str
    item: str
    date: str
    what: str
    paper: str | None = None
    topics: tuple[str, ...] = ()
    due: str | None = None


class Later(Record, frozen=True):
    """An item that may be a follow-up."""

    source: str
    item: str
    date: str
    title: str
    text: str
    paper: str | None = None
    topics: tuple[str, ...] = ()


class FollowUp(Record, frozen=True):
    """An item that may take a promise up. `late`: after the deadline; None: no deadline is known."""

    commitment: str
    item: str
    relation: str
    terms: tuple[str, ...]
    late: bool | None


def follow_ups(promises: Sequence[Promise], items: Iterable[Later]) -> tuple[FollowUp, ...]:
    """The follow-ups of `promises` among `items`, each in its own corpus. Rules: see the module."""
    papers: dict[str, list[Later]] = defaultdict(list)
    topics: dict[tuple[str, str], list[Later]] = defaultdict(list)
    in_title: dict[str, frozenset[str]] = {}
    words: dict[str, frozenset[str]] = {}
    for item in sorted(items, key=lambda i: (i.date, i.item)):
        if item.paper:
            papers[item.paper].append(item)
        for name in item.topics:
            topics[item.source, name].append(item)
        in_title[item.item] = content_words(item.title)
        words[item.item] = in_title[item.item] | content_words(item.text)
    counts = {topic: Counter(word for item in found for word in words[item.item]) for topic, found in topics.items()}

    found: list[FollowUp] = []
    for promise in promises:
        wanted = content_words(promise.what)
        taken: dict[str, FollowUp] = {}
        for item in papers.get(promise.paper or "", ()):
            if _in_time(promise, item):
                shared = wanted & words[item.item]
                taken[item.item] = _follow_up(promise, item, "same_paper", shared)
        for topic in [(promise.source, name) for name in promise.topics if (promise.source, name) in topics]:
            most = max(_RARE_COUNT, _COMMON * len(topics[topic]))
            rare = {word for word in wanted if counts[topic][word] <= most}
            for item in topics[topic]:
                shared = frozenset(rare & words[item.item])
                told = bool(shared & in_title[item.item]) or len(shared) > 1
                if told and item.item not in taken and _in_time(promise, item):
                    taken[item.item] = _follow_up(promise, item, "shared_terms", shared)
        found += taken.values()
    return tuple(sorted(found, key=lambda f: (f.commitment, f.item)))


def content_words(text: str) -> frozenset[str]:
    """The stems of the nouns of `text` (capitalised words of five letters or more)."""
    return frozenset(_stem(fold(match)) for match in _NOUN.findall(text))


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def _in_time(promise: Promise, item: Later) -> bool:
    if item.date <= promise.date:
        return False
    return (dt.date.fromisoformat(item.date) - dt.date.fromisoformat(promise.date)).days <= WITHIN_DAYS


def _follow_up(promise: Promise, item: Later, relation: str, shared: frozenset[str]) -> FollowUp:
    # A month is kept until its last day; comparing the month's part of the day says the same.
    late = item.date[: len(promise.due)] > promise.due if promise.due else None
    return FollowUp(commitment=promise.commitment, item=item.item, relation=relation, terms=tuple(sorted(shared)),
                    late=late)
