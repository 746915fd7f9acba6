"""Reads lines that tell a vote party by party (*CDU: 18 Ja*, *FDP: 3 Nein, 1 Enthaltung*).

Used by `decisions`. Such lines are no votes of their own: they say who voted how in the vote that the line of
the whole (*Gesamt: 35 Ja / 9 Nein*) or the sentence before them counts. Their sum is not inferred where no such
line stands.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from pipeline.extract.decision_item import Item
from pipeline.extract.findings import Finding
from pipeline.extract.namelist import party_forms
from pipeline.extract.votes import MAX_LINE, read_vote
from pipeline.records import FactionVote

MIN_RUN = 2
"""Lines of parties in a row that make a list: a single one may be a faction's motion with its votes."""

REACH = 3
"""Sentences between the list and the vote that it belongs to (a heading, *Gesamt*, an empty line)."""


@dataclass(slots=True)
class PartyLines:
    """A run of party lines: indexes of its sentences, and how each party voted."""

    sentences: list[int]
    votes: tuple[FactionVote, ...]


@lru_cache(maxsize=1)
def _head() -> re.Pattern[str]:
    """A party, with or without *Fraktion*, at the head of a line, followed by a colon, a dash or a number."""
    forms = "|".join(re.escape(form) for form in sorted(party_forms(), key=lambda form: (-len(form), form)))
    return re.compile(
        rf"(?:(?:Die |Fraktion |Fraktion der |Gruppe )?)({forms})(?:-?[Ff]raktion)?(?: \(\d{{1,3}}\))?"
        r"(?: ?[:–-] ?| (?=\d))"
    )


def find_party_lines(item: Item, done: set[int]) -> list[PartyLines]:
    """Runs of at least `MIN_RUN` lines, each a party and its votes; sentences in `done` are passed over."""
    found: list[PartyLines] = []
    run: list[int] = []
    votes: list[FactionVote] = []

    def close() -> None:
        if len(run) >= MIN_RUN:
            found.append(PartyLines(list(run), tuple(votes)))
        run.clear()
        votes.clear()

    section = -1
    for sentence in item.state.sentences:
        if sentence.section != section:
            close()
            section = sentence.section
        read = None
        if item.modes[section] is not None and sentence.index not in done and len(sentence.norm) <= MAX_LINE:
            read = _party_votes(sentence.norm, item)
        if read:
            run.append(sentence.index)
            votes += read
        elif run:
            close()
    close()
    return found


def _party_votes(text: str, item: Item) -> list[FactionVote]:
    """How the party at the head of `text` voted; empty if it is no such line."""
    head = _head().match(text)
    if not head:
        return []
    vote = read_vote(text[head.end():], item.lexicon, line=True)
    counts = (("yes", vote.yes), ("no", vote.no), ("abstain", vote.abstain))
    name = party_forms()[head.group(1)]
    return [FactionVote(name=name, vote=side, count=count) for side, count in counts if count]  # type: ignore[arg-type]


def attach_party_lines(findings: Sequence[Finding], parties: Sequence[PartyLines]) -> None:
    """Give each list to the vote right behind it, else to the one right before it, else to none."""
    for lines in parties:
        first, last = lines.sentences[0], lines.sentences[-1]
        behind = next((f for f in findings if last < f.opening <= last + REACH and f.kind == "count"), None)
        before = next((f for f in reversed(findings) if first - REACH <= f.sentence < first and f.vote.told), None)
        finding = behind or before
        if finding is None:
            continue
        finding.vote = replace(finding.vote, by_faction=(*finding.vote.by_faction, *lines.votes))
