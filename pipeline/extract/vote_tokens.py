"""The tokens of a text about a vote: numbers and number words, labels, ratios.

Used by `votes`, which pairs numbers with labels, and by `faction_votes`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from pipeline.extract.decision_lexicon import DecisionLexicon

MAX_VOTES = 1500
"""Largest number that can be a count of votes: no German council or assembly has more members."""
_TOKEN = re.compile(
    r"(?P<ratio>(?<![\d.,/:])\d{1,3}(?: : |:)\d{1,3}(?:(?: : |:)\d{1,3})?(?![\d/:]|[.,]\d)"
    r"|(?<![\d.,/:])\d{1,3} ?/ ?\d{1,3} ?/ ?\d{1,3}(?![\d/:]|[.,]\d))"
    r"|(?P<num>(?<!\d)(?<!\d[.,:/])\.{0,8}\d{1,4}(?![\d]|[.,:/]\d))"
    r"|(?P<word>[A-Za-zÄÖÜäöüß]+(?:[-/][A-Za-zÄÖÜäöüß]+){0,3}-?)"
    r"|(?P<other>\n|[^\w\s])"
)
_NOT_A_COUNT = re.compile(
    r"\s?(?:%|€|§|Euro\b|EUR\b|Uhr\b|Mio|Prozent|v\. ?H\.|km\b|m²|qm\b|[A-Za-z]{1,2}/|/\s?(?:Die|DIE|G[Rr]))"
)
"""What makes a number none: a unit, or the party's name (*B90/GRÜNE*)."""
_QUOTED = re.compile(r"[„“\"»«][^„“\"»«]{0,600}[“”\"«»]")
PAREN = re.compile(r"\(([^()]{0,300})\)")
_NUMBER_ONLY = re.compile(r"\s*\d{1,3}\s*")
YES = "yes"
NO = "no"
ABSTAIN = "abstain"
OTHER = "other"

SIDES = {"für": YES, "gegen": NO}
SIDE_WORDS = frozenset(("den", "die", "das", "beschluss", "beschlussvorschlag", "antrag", "vorlage", "vorschlag"))


class VoteItem(NamedTuple):
    """A number or a label: tokens `first` to `last`."""

    kind: str  # "n" or the label's category
    value: int
    weak: bool  # ein, eine, keine, a dash: a number only beside a label
    first: int  # index of the first token
    last: int  # index of the last token


class Token(NamedTuple):
    """A word, number, ratio or mark. `number`: what it counts, if it can be a count; `ratio`: the parts of `14 : 3`."""

    text: str
    low: str
    start: int
    end: int
    number: int | None
    ratio: tuple[int, ...]


def prepared(text: str, lexicon: DecisionLexicon) -> str:
    """`text` without quoted matter and without brackets that tell nothing about a vote; same words otherwise."""
    if "(" in text:
        text = PAREN.sub(
            lambda m: m[0] if _NUMBER_ONLY.fullmatch(m[1]) or tells_vote(m[1], lexicon) else " ", text
        )
    if "„" in text or "“" in text or '"' in text or "»" in text:
        text = _QUOTED.sub(" ", text)
    return text


def tells_vote(text: str, lexicon: DecisionLexicon) -> bool:
    """Whether the text of a bracket tells something about a vote."""
    low = text.lower()
    if any(stem in low for stem in lexicon.bracket_stems):
        return True
    tokens = tokenize(text, lexicon)
    return any(t.ratio for t in tokens) and len(tokens) <= 3


@lru_cache(maxsize=16)  # a line is asked for as a line, as several votes, and as a vote
def tokenize(text: str, lexicon: DecisionLexicon) -> tuple[Token, ...]:
    """The tokens of a text about a vote, newlines among them."""
    found: list[Token] = []
    for m in _TOKEN.finditer(text):
        kind = m.lastgroup
        raw = m.group()
        low = raw.lower()
        number: int | None = None
        ratio: tuple[int, ...] = ()
        if kind == "num":
            value = int(raw.lstrip("."))
            if value <= MAX_VOTES and not _NOT_A_COUNT.match(text, m.end()):
                number = value
        elif kind == "ratio":
            if not _NOT_A_COUNT.match(text, m.end()):
                ratio = tuple(int(part) for part in re.split(r"[:/]", raw.replace(" ", "")))
        elif kind == "word":
            joint = "/" if "/" in low else "-"
            if joint in low and low not in lexicon.labels and low.split(joint)[0] in lexicon.labels:
                # `Ja/Nein/Enthaltung` are three labels; `15 Ja-gegen 31 Nein-Stimmen` lost its blank
                start = m.start()
                for part in raw.split(joint):
                    found.append(Token(part, part.lower(), start, start + len(part), None, ()))
                    start += len(part) + 1
                continue
            number = lexicon.numbers.get(low)
        found.append(Token(raw, low, m.start(), m.end(), number, ratio))
    return tuple(_initials(found))


_INITIALS = {"J": "ja", "N": "nein", "E": "enth", "Z": "ja", "A": "nein"}
"""Labels of one letter: `J 12 N 3 E 2`, `7 Z / 2 A / 1 E`."""


def _initials(tokens: list[Token]) -> list[Token]:
    """Single letters as the labels they stand for, where both sides have theirs and numbers stand beside them."""
    letters = {t.text for t in tokens if t.text in _INITIALS}
    words = {t.low for t in tokens}
    sides = {"J", "N"} <= letters or {"Z", "A"} <= letters
    if not (sides or ("E" in letters and {"ja", "nein"} <= words)) or not any(t.number is not None for t in tokens):
        return tokens
    known = _INITIALS if sides else {"E": "enth"}
    return [t._replace(low=known[t.text]) if t.text in known else t for t in tokens]


def vote_items(tokens: Sequence[Token], lexicon: DecisionLexicon) -> list[VoteItem]:
    """The numbers and labels among the tokens, in order."""
    items: list[VoteItem] = []
    skip = -1
    for i, t in enumerate(tokens):
        if i <= skip:
            continue
        label = lexicon.labels.get(t.low)
        last = i
        if t.low in SIDES:
            # `Für den Beschluss: 15 Gegen den Beschluss: 2`, `Für: 12`
            colon = next((j for j in range(i + 1, min(i + 4, len(tokens))) if tokens[j].low == ":"), None)
            if colon is not None and all(x.low in SIDE_WORDS for x in tokens[i + 1 : colon]):
                label, last = SIDES[t.low], colon - 1
        if label is not None:
            if label == "members":
                # *9 Mitglieder stimmen dafür* are voters; *Anzahl der Mitglieder: 9* are not
                after = tokens[i + 1].low if i + 1 < len(tokens) else ""
                if after == "." and (i + 2 == len(tokens) or tokens[i + 2].low[:1].isalpha()):
                    after = ""  # a full stop, not the dots before a number
                before = {x.low for x in tokens[max(0, i - 3) : i]}
                if after not in (":", "anwesend", ".") and not before & lexicon.member_words:
                    continue
                label = OTHER
            if last + 1 < len(tokens) and tokens[last + 1].low in ("stimmen", "stimme"):
                last += 1  # `Nein Stimmen: 13`, `gültige Stimmen: 50`
            items.append(VoteItem(label, 0, False, i, last))
            skip = last
        elif t.number is not None:
            items.append(VoteItem("n", t.number, t.low in lexicon.weak_numbers, i, i))
    return items
