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
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

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
    in_time = sorted(items, key=lambda i: (i.date, i.item))
    papers: dict[str, list[Later]] = defaultdict(list)
    topics: dict[tuple[str, str], _Topic] = defaultdict(_Topic)
    in_title: dict[str, frozenset[str]] = {}
    words: dict[str, frozenset[str]] = {}
    for item in in_time:
        if item.paper:
            papers[item.paper].append(item)
        in_title[item.item] = content_words(item.title)
        words[item.item] = in_title[item.item] | content_words(item.text)
        for name in item.topics:
            topics[item.source, name].add(item, words[item.item])

    found: list[FollowUp] = []
    for promise in promises:
        wanted = content_words(promise.what)
        last = (dt.date.fromisoformat(promise.date) + dt.timedelta(days=WITHIN_DAYS)).isoformat()
        taken: dict[str, FollowUp] = {}
        for item in papers.get(promise.paper or "", ()):
            if promise.date < item.date <= last:
                taken[item.item] = _follow_up(promise, item, "same_paper", wanted & words[item.item])
        for topic in [topics[promise.source, name] for name in promise.topics if (promise.source, name) in topics]:
            for item, shared in topic.sharing(wanted, after=promise.date, last=last):
                told = len(shared) > 1 or bool(shared & in_title[item.item])
                if told and item.item not in taken:
                    taken[item.item] = _follow_up(promise, item, "shared_terms", shared)
        found += taken.values()
    return tuple(sorted(found, key=lambda f: (f.commitment, f.item)))


class _Topic:
    """The items of a topic in the order of their days, and which of them have a word."""

    def __init__(self) -> None:
        self._items: list[Later] = []
        self._days: list[str] = []
        self._having: dict[str, list[int]] = defaultdict(list)

    def add(self, item: Later, words: Iterable[str]) -> None:
        """Add an item with its words; not before one that was added."""
        for word in words:
            self._having[word].append(len(self._items))
        self._items.append(item)
        self._days.append(item.date)

    def sharing(self, wanted: Iterable[str], *, after: str, last: str) -> Iterable[tuple[Later, frozenset[str]]]:
        """The items after the day `after` until `last` that have words of `wanted` which are not common, with these."""
        most = max(_RARE_COUNT, _COMMON * len(self._items))
        first, end = bisect_right(self._days, after), bisect_right(self._days, last)
        shared: dict[int, list[str]] = defaultdict(list)
        for word in wanted:
            having = self._having.get(word, ())
            if len(having) <= most:
                for place in having[bisect_left(having, first) : bisect_left(having, end)]:
                    shared[place].append(word)
        return ((self._items[place], frozenset(found)) for place, found in sorted(shared.items()))


def content_words(text: str) -> frozenset[str]:
    """The stems of the nouns of `text` (capitalised words of five letters or more)."""
    return frozenset(map(_stem, set(_NOUN.findall(text))))


@lru_cache(maxsize=100_000)
def _stem(noun: str) -> str:
    word = fold(noun)
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def _follow_up(promise: Promise, item: Later, relation: str, shared: frozenset[str]) -> FollowUp:
    # A month is kept until its last day; comparing the month's part of the day says the same.
    late = item.date[: len(promise.due)] > promise.due if promise.due else None
    return FollowUp(commitment=promise.commitment, item=item.item, relation=relation, terms=tuple(sorted(shared)),
                    late=late)
