"""Reads who voted how: factions and single persons named beside a vote.

Used by `votes`.
"""

from __future__ import annotations

import re
from typing import Literal, cast

from pipeline.extract.decision_lexicon import DecisionLexicon
from pipeline.extract.vote_tokens import ABSTAIN, NO, PAREN, YES, tells_vote
from pipeline.records import FactionVote

_Side = Literal["yes", "no", "abstain"]
_NAME = r"[A-ZÄÖÜ0-9][\w.'’|/&-]{0,40}"
_FACTION_LIST = re.compile(
    r"(?:(?:der|des|von|aus|den|dem|die|Fraktion|Fraktionen|Gruppe|Partei|Herrn|Frau|Herr|Ratsherrn|Ratsfrau|sowie|und|,"
    rf"|Bündnis|90/Die|Die|DIE|Freie|Freien|{_NAME})\s*,?\s*){{1,24}}"
)


def factions(text: str, lexicon: DecisionLexicon) -> tuple[FactionVote, ...]:
    """Who voted how, as told: `gegen die Stimmen der FDP bei Enthaltung der CDU`, `dafür: 15 (5 CDU, 4 SPD)`."""
    found: list[FactionVote] = []
    if "(" in text:
        for m in PAREN.finditer(text):
            if tells_vote(m.group(1), lexicon):
                continue
            before = re.findall(r"[A-Za-zÄÖÜäöüß]+(?:-[A-Za-zÄÖÜäöüß]+)?", text[max(0, m.start() - 40) : m.start()])
            vote = next((lexicon.labels[w.lower()] for w in reversed(before[-2:]) if w.lower() in lexicon.labels), None)
            if vote in (YES, NO, ABSTAIN):
                found += _names(m.group(1), vote)
            elif m.group(1).lower().startswith(("nicht anwesend", "abwesend")):
                found += [
                    FactionVote(name=f.name, vote="absent", count=None)
                    for f in _names(m.group(1).split(":", 1)[-1].removeprefix("nicht anwesend"), NO)
                ]
    for vote, pattern in lexicon.faction_votes:
        for m in pattern.finditer(text):
            rest = text[m.end() : m.end() + 200]
            names = _FACTION_LIST.match(rest.lstrip())
            if names:
                found += _names(names.group(), vote)
    seen: set[tuple[str, str]] = set()
    unique = []
    for f in found:
        if (f.name, f.vote) not in seen:
            seen.add((f.name, f.vote))
            unique.append(f)
    return tuple(unique)

_SPLIT = re.compile(r",|;|\bund\b|\bsowie\b|\+")
_NO_FACTION = ("Stimme", "Enthaltung", "Ja-", "Nein-", "Gegenstimme", "Zustimmung", "Ablehnung")
_LEAD = re.compile(
    r"^(?:(?:der|des|die|den|dem|von|aus|Fraktionen|Fraktion(?! der)|Ratsherrn|Ratsherr|Ratsfrau|Herrn|Herr|Frau"
    r"|Teilen|je)\s+)+"
)


def _names(text: str, vote: str) -> list[FactionVote]:
    found = []
    for part in _SPLIT.split(text):
        part = part.strip(" .:()-–")
        person = bool(re.match(r"(?:der |des )?(?:Herrn?|Frau|Rats(?:herrn?|frau))\b", part))
        part = _LEAD.sub("", part).strip()
        m = re.match(r"(\d{1,3})\s{0,3}(?:x\s{0,3})?(.+)", part) or re.match(
            r"(.{1,60}?)\s{0,3}:?\s{0,3}(\d{1,3})$", part
        )
        count = None
        if m:
            a, b = m.groups()
            count, part = (int(a), b) if a.isdigit() else (int(b), a)
        part = part.strip(" .")
        if not person:
            part = re.sub(r"[- ]?Fraktion$", "", part)
        if part and part[:1].isupper() and 1 < len(part) <= 60 and not part.startswith(_NO_FACTION):
            found.append(FactionVote(name=part, vote=cast("_Side", vote), count=count))
    return found
