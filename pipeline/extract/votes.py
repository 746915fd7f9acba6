"""Reads counts of votes: numbers and number words, labels before or after them, ratios, whole blocks of lines.

Used by `decisions`, which knows what was voted on; this module knows only how a count is written
(`minutes/catalog.md` (d)). Words and labels are in `lexicon/decisions.toml`.

A text becomes a short list of items, numbers and labels; each label takes the number before or after it. Which
of the two is decided for the whole text at once (a best matching of neighbours), so that `Ja 12 Nein 0` and
`12 Ja, 0 Nein` are both read right. Members, those present and those biased are labels, too, so that their
numbers are never taken for votes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.extract.decision_lexicon import DecisionLexicon
from pipeline.extract.faction_votes import factions
from pipeline.extract.vote_tokens import (
    ABSTAIN,
    NO,
    OTHER,
    SIDE_WORDS,
    SIDES,
    YES,
    Token,
    VoteItem,
    prepared,
    tokenize,
    vote_items,
)
from pipeline.records import FactionVote

_DASHES = frozenset("-–—")
_OUT_OF = re.compile(r"(?<=\d) (?:von(?: den)?|der) \d{1,3}(?: (?:abgegebenen|gültigen|möglichen))? (?=Stimmen\b)")
"""*mit 11 von 12 Stimmen*: how many could be cast."""
_COLON = re.compile(r"\.?\s?:")
_OPENER = re.compile(r"\d|[A-Za-zÄÖÜäöüß]+(?:[-/][A-Za-zÄÖÜäöüß]+){0,3}-?")


@dataclass(frozen=True, slots=True)
class Vote:
    """What a text tells about a vote. Counts are None where it states no number.

    `told`: it holds at least one count of yes, no or abstaining votes. `unanimous` is what words say
    (*einstimmig*, *mehrheitlich*); `against` and `abstaining`: such votes are told, with or without a number.
    `labels` and `numbers`: the labels and numbers that found no partner (halves of a block of lines).
    """

    yes: int | None = None
    no: int | None = None
    abstain: int | None = None
    told: bool = False
    unanimous: bool | None = None
    against: bool = False
    abstaining: bool = False
    rest: bool = False
    """*ansonsten Zustimmung*: all others voted for it."""
    labels: int = 0
    numbers: int = 0
    by_faction: tuple[FactionVote, ...] = ()
    rivals: tuple[int, ...] = ()
    """Votes of two or more candidates (*Frau Lorenz 7 Stimmen, Herr Vollert 5 Stimmen*)."""
    split: bool = False
    """The counts are sums of parts told one by one (by faction)."""
    soft: bool = True
    """The counts have only labels that are ordinary words, too (*ja*, *dafür*), or none."""

    @property
    def says_something(self) -> bool:
        """Whether it counts votes or says how they fell."""
        return self.told or self.unanimous is not None or self.against or self.abstaining


def read_vote(text: str, lexicon: DecisionLexicon, *, line: bool = False) -> Vote:
    """The counts in `text` (a sentence, or the lines of a block joined by newlines).

    `line`: the text is a line of a vote or belongs to one, so that a bare ratio (`8 / 4 / 1`, `7 : 2`) is a count.
    """
    by_faction = factions(text, lexicon)
    text = prepared(text, lexicon)
    if " von " in text or " der " in text:
        text = _OUT_OF.sub(" ", text)
    low = text.lower()
    tokens = tokenize(text, lexicon)
    counts: dict[str, int] = {}
    used = _ratio(tokens, counts, line=line or "stimm" in low or "ergebnis" in low, lexicon=lexicon)
    items = [item for item in vote_items(tokens, lexicon) if not used & set(range(item.first, item.last + 1))]
    pairs = _zip(items, tokens) or _match(items, tokens, lexicon)
    taken = set()
    split = False
    soft = True
    by_label = set()
    for label, number in pairs:
        taken |= {id(label), id(number)}
        if label.kind == OTHER:
            continue
        soft = soft and tokens[label.first].low in lexicon.soft_labels
        if label.kind in by_label:
            split = True  # `CDU 16 Ja, SPD 10 Nein, FDP 3 Ja`: the parts of one vote
            counts[label.kind] += number.value
        elif label.kind not in counts:
            counts[label.kind] = number.value
            by_label.add(label.kind)
    free = [item for item in items if id(item) not in taken]
    _dashes(free, tokens, counts)
    loose = [item for item in free if item.kind == "n" and not item.weak]
    rivals = () if YES in counts else _bare_votes(tokens, loose, counts, lexicon)
    _for_it(tokens, loose, counts, lexicon)
    labels = [item for item in free if item.kind not in ("n", OTHER)]
    told = any(key in counts for key in (YES, NO, ABSTAIN))
    lost = {item.kind for item in labels} - counts.keys()
    unanimous = lexicon.unanimity(text)
    words = {t.low for t in tokens}
    return Vote(
        yes=counts.get(YES), no=counts.get(NO), abstain=counts.get(ABSTAIN), told=told,
        unanimous=unanimous,
        against=(counts.get(NO, 0) > 0) or bool(lexicon.against.search(text))
        or any(f.vote == "no" for f in by_faction) or bool(lost & {NO} and words & lexicon.against_words),
        abstaining=(counts.get(ABSTAIN, 0) > 0) or ABSTAIN in lost or any(f.vote == "abstain" for f in by_faction),
        rest=bool(lexicon.rest.search(low)),
        labels=len(labels), numbers=len(loose), by_faction=by_faction, rivals=rivals,
        split=split, soft=soft and not used,
    )


def is_line(text: str, lexicon: DecisionLexicon) -> bool:
    """Whether `text` is nothing but labels, numbers and the words around them: a line of a vote or a half of one."""
    if len(text) > MAX_LINE:
        return False
    opener = _OPENER.search(text)
    if opener is None:
        return False
    first = opener.group().lower()
    if first in _NOUNS and text[opener.end() :].lstrip().startswith(("bei ", "mit ")):
        return False  # *Ablehnung bei 4 Ja-Stimmen* states an outcome
    if not (first[0].isdigit() or first in lexicon.labels or first in lexicon.line_words or first in lexicon.numbers
            or first in SIDES or first.split("/")[0] in lexicon.labels):
        return False  # most sentences are told from a line by their first word
    tokens = tokenize(prepared(text, lexicon), lexicon)
    words = [t for t in tokens if t.low[:1].isalpha() or t.number is not None or t.ratio]
    if not words:
        return False
    if words[0].low in lexicon.labels and _COLON.match(text, words[0].end):
        rest = [t for t in words[1:] if t.low not in lexicon.labels and t.number is None and not t.ratio]
        if rest and all(t.text[:1].isupper() or t.low in _LISTING for t in rest):
            return True  # `Ja: FDP, GRÜNE (13)`, `dagegen: Frau Ahlers`
    labels = numbers = 0
    for t in words:
        if t.low in lexicon.labels or t.low in SIDES:
            labels += 1
        elif t.number is not None or t.ratio:
            numbers += 1
        elif t.low not in lexicon.line_words and t.low not in SIDE_WORDS:
            return False
    return labels > 0 or (numbers > 0 and len(words) == numbers)


MAX_LINE = 160
"""Longest text that is looked at as a line of a vote; the longest in the annotated minutes has 96 characters."""


def parted(text: str, lexicon: DecisionLexicon) -> list[str]:
    """The votes that follow one another without a full stop (`Antrag: 3 Ja, 4 Nein Plan: 4 Ja, 2 Nein`); usually one.

    Several votes are only where each part counts both sides; the parts of one vote by faction stay together.
    """
    tokens = tokenize(text, lexicon)
    pairs = _match(vote_items(tokens, lexicon), tokens, lexicon)
    groups: list[list[tuple[VoteItem, VoteItem]]] = []
    for label, number in pairs:
        if label.kind == OTHER:
            continue
        if not groups or any(label.kind == other.kind for other, _ in groups[-1]):
            groups.append([])
        groups[-1].append((label, number))
    if len(groups) < 2 or not all({YES, NO} <= {label.kind for label, _ in group} for group in groups):
        return [text]
    cuts = [0]
    for group, following in pairwise(groups):
        last = max(max(label.last, number.last) for label, number in group)
        first = min(min(label.first, number.first) for label, number in following)
        comma = next((t.end for t in reversed(tokens[last + 1 : first]) if t.low in (",", ";", "\n")), None)
        cuts.append(comma or tokens[last].end)
    cuts.append(len(text))
    return [text[a:b].strip(" .,;") for a, b in pairwise(cuts)]


def _gap(tokens: Sequence[Token], left: VoteItem, right: VoteItem) -> Sequence[Token]:
    return tokens[left.last + 1 : right.first]


def _number_then_label(tokens: Sequence[Token], number: VoteItem, label: VoteItem, lexicon: DecisionLexicon) -> float:
    """How well a number goes with the label after it; 0 for not at all."""
    gap = _gap(tokens, number, label)
    if len(gap) > 5:
        return 0.0
    word = tokens[number.first].low
    if number.weak and ((gap and word in lexicon.zero_words) or tokens[label.first].low in _YES_NO):
        return 0.0  # *ein Ja*, *ohne Aussprache ... Enthaltung*
    nouns = 0
    for t in gap:
        if t.low in lexicon.between:
            continue
        if t.text[:1].isupper() and nouns == 0:
            nouns += 1
            continue
        return 0.0
    return 3.0 if not gap else 2.9 if nouns == 0 else 2.5


def _label_then_number(tokens: Sequence[Token], label: VoteItem, number: VoteItem, lexicon: DecisionLexicon) -> float:
    """How well a number goes with the label before it; 0 for not at all."""
    gap = _gap(tokens, label, number)
    text = "".join(t.low for t in gap)
    after = tokens[number.last + 1] if number.last + 1 < len(tokens) else None
    if ":" not in text and after is not None and after.text[:1].isupper() and after.low not in lexicon.labels and (
        tokens[label.first].low in lexicon.soft_labels
        and after.low not in ("enth", "stimmen", "pers", "ungültig", "befangen")
        and not after.low.endswith(_VOTERS)
    ):
        return 0.0  # *nennt dafür zwei Gründe*
    if number.weak and tokens[number.first].low not in lexicon.zero_after:
        return 0.0
    if len(gap) > 24:
        return 0.0
    if any(t.low not in lexicon.before_number for t in gap):
        bracketed = gap[-1].low == "(" and after is not None and after.low == ")"
        colon = ":" in (gap[0].low, gap[min(1, len(gap) - 1)].low)
        listed = bracketed and (colon or gap[0].text[:1].isupper())  # `dafür SPD, GRÜNE (19)`
        if listed and all(t.text[:1].isupper() or t.low in _LISTING or not t.low[:1].isalpha() for t in gap):
            return 2.6  # `Ja: FDP, GRÜNE (13)`
        return 0.0
    return 3.0 if ":" in text or "=" in text else 2.6


def _match(
    items: Sequence[VoteItem], tokens: Sequence[Token], lexicon: DecisionLexicon
) -> list[tuple[VoteItem, VoteItem]]:
    """The best pairing of neighbouring labels and numbers, as (label, number)."""
    n = len(items)
    best = [0.0] * (n + 1)
    step = [0] * (n + 1)
    for i in range(1, n + 1):
        best[i] = best[i - 1]
        if i < 2:
            continue
        left, right = items[i - 2], items[i - 1]
        value = 0.0
        if left.kind == "n" and right.kind != "n":
            value = _number_then_label(tokens, left, right, lexicon)
        elif left.kind != "n" and right.kind == "n":
            value = _label_then_number(tokens, left, right, lexicon)
        if value and best[i - 2] + value > best[i]:
            best[i] = best[i - 2] + value
            step[i] = 1
    pairs: list[tuple[VoteItem, VoteItem]] = []
    i = n
    while i > 1:
        if step[i]:
            left, right = items[i - 2], items[i - 1]
            pairs.append((right, left) if left.kind == "n" else (left, right))
            i -= 2
        else:
            i -= 1
    return pairs[::-1]


def _zip(items: Sequence[VoteItem], tokens: Sequence[Token]) -> list[tuple[VoteItem, VoteItem]]:
    """All labels first, then as many numbers (or the other way round): `Ja / Nein / Enthaltung: 11 / 5 / 1`."""
    kinds = "".join("n" if item.kind == "n" else "l" for item in items if not item.weak)
    strong = [item for item in items if not item.weak]
    for pattern in ("l{2,6}n{2,6}", "n{2,6}l{2,6}"):
        m = re.search(pattern, kinds)
        if m is None:
            continue
        run = strong[m.start() : m.end()]
        labels = [item for item in run if item.kind != "n"]
        numbers = [item for item in run if item.kind == "n"]
        if len(labels) == len(numbers) and len({label.kind for label in labels} - {OTHER}) >= 2:
            own = {i for item in run for i in range(item.first, item.last + 1)}
            if all(
                i in own or t.number is not None or t.low in _JOINING or not t.low[:1].isalpha()
                for a, b in ((labels[0], labels[-1]), (numbers[0], numbers[-1]))
                for i, t in enumerate(tokens[a.last + 1 : b.first], start=a.last + 1)
            ):
                return list(zip(labels, numbers, strict=True))
    return []


_VOTERS = ("mitglieder", "mitglied", "räte", "rätinnen", "verordnete", "vertreter", "abgeordnete", "personen")
_DECIDED = frozenset(("abgelehnt", "angenommen", "beschlossen", "zugestimmt", "vertagt", "verworfen"))
_NOUNS = frozenset(("zustimmung", "ablehnung", "annahme"))
_YES_NO = frozenset(("ja", "nein", "pro", "contra", "kontra", "zustimmung", "ablehnung"))
_MOTIONS = ("antrag", "vorschlag", "vorlage", "entwurf", "variante")
_SEPARATORS = frozenset("/,;:\n|-–()")
_LISTING = frozenset(("und", "sowie", "der", "die", "von", "des", "keine", "den", "dem"))
_JOINING = frozenset(("und", "stimmen"))


def _ratio(tokens: Sequence[Token], counts: dict[str, int], *, line: bool, lexicon: DecisionLexicon) -> set[int]:
    """Reads `14 : 3`, `8 / 4 / 1`, `14 gegen 8 Stimmen`, `20 zu 16 Stimmen`; the indices of the tokens used."""
    labelled = any(lexicon.labels.get(t.low) in (YES, NO) and t.low not in lexicon.loose_labels for t in tokens)
    final = max((i for i, t in enumerate(tokens) if t.low not in _SEPARATORS and t.low != "."), default=-1)
    for i, t in enumerate(tokens):
        if t.ratio:
            if labelled and not _labels_only(tokens, i, lexicon):
                continue
            near = {x.low for x in tokens[i + 1 : i + 3]} | {x.low for x in tokens[max(0, i - 3) : i]}
            bracketed = i > 0 and tokens[i - 1].low in ("(", "[")
            unmistakable = i == final and (len(t.ratio) == 3 or (i > 0 and tokens[i - 1].low in _DASHES))
            if not (line or bracketed or unmistakable or near & lexicon.ratio_words):
                continue
            if near & {"uhr", "um", "maßstab"}:
                continue
            for key, value in zip((YES, NO, ABSTAIN), t.ratio, strict=False):
                counts[key] = value
            return {i}
        if t.number is None or t.low in lexicon.zero_words:
            continue
        j = i + 1
        votes = False
        if j < len(tokens) and tokens[j].low in lexicon.bare_votes:
            votes, j = True, j + 1
        if j + 1 >= len(tokens) or tokens[j].low not in ("gegen", "zu", ":") or tokens[j + 1].number is None:
            continue
        k = j + 2
        if k < len(tokens) and tokens[k].low in lexicon.bare_votes:
            votes = True
            k += 1
        elif k < len(tokens) and lexicon.labels.get(tokens[k].low) == NO and votes:
            k += 1
        elif tokens[j + 1].low in lexicon.weak_numbers and not votes:
            continue
        if not votes and (k >= len(tokens) or tokens[k].low not in _DECIDED):
            continue
        second = tokens[j + 1].number
        if second is None or (k <= len(tokens) - 1 and lexicon.labels.get(tokens[k].low) == YES):
            continue
        counts[YES] = t.number
        counts[NO] = second
        return set(range(i, k))
    return set()


def _labels_only(tokens: Sequence[Token], at: int, lexicon: DecisionLexicon) -> bool:
    """Whether the labels beside a ratio only name its parts: `9 / 3 / 1 (Ja / Nein / Enth.)`."""
    return not any(t.number is not None for i, t in enumerate(tokens) if i != at and t.low not in lexicon.weak_numbers)


def _dashes(free: Sequence[VoteItem], tokens: Sequence[Token], counts: dict[str, int]) -> None:
    """`Enthaltung: -` is none, where the same vote gives a number for another label; an empty place is unknown."""
    if not counts:
        return
    for item in free:
        if item.kind in ("n", OTHER) or item.kind in counts:
            continue
        rest = tokens[item.last + 1 : item.last + 4]
        if len(rest) >= 2 and rest[0].low == ":" and rest[1].low in _DASHES and (
            len(rest) == 2 or not rest[2].low[:1].isalpha() or rest[2].low in ("nein", "enthaltung", "enthaltungen")
        ):
            counts[item.kind] = 0


def _bare_votes(
    tokens: Sequence[Token], loose: list[VoteItem], counts: dict[str, int], lexicon: DecisionLexicon
) -> tuple[int, ...]:
    """`mit 8 Stimmen bei 2 Gegenstimmen`: eight are for it. Two such numbers are those of two candidates: unknown."""
    bare = [
        item for item in loose
        if item.last + 1 < len(tokens) and tokens[item.last + 1].low in lexicon.bare_votes
    ]
    if not bare:
        return ()
    if len(bare) == 1 and NO not in counts and bare[0].first > 0 and tokens[bare[0].first - 1].low == "gegen":
        counts[NO] = bare[0].value  # *Gegen zwei Stimmen beschlossen*
        loose.remove(bare[0])
        return ()
    if len(bare) == 1 and (
        NO in counts
        or not any(t.low in lexicon.received for t in tokens)
        or any(t.low.endswith(_MOTIONS) for t in tokens)  # *Der Antrag erhält 4 Stimmen*
    ):
        counts[YES] = bare[0].value
        loose.remove(bare[0])
        return ()
    if len(bare) == 1 and len(loose) > 1:
        bare = loose  # *Frau Ahlers 6 und Herr Timm 6 Stimmen*
    words = {t.low for t in tokens}
    joint = "gewählt" in words and bool(words & {"sind", "werden", "wurden", "waren"})
    return tuple(item.value for item in bare) if len(bare) > 1 and not joint else ()


def _for_it(tokens: Sequence[Token], loose: list[VoteItem], counts: dict[str, int], lexicon: DecisionLexicon) -> None:
    """`Für den Antrag stimmen neun Mitglieder`, `Dem stimmen vier Mitglieder zu`, `gegen den Antrag stimmen 12`."""
    if YES not in counts and NO not in counts and any(t.low in lexicon.vote_verbs for t in tokens):
        _for_and_against(tokens, loose, counts)
    for item in list(loose):
        at = item.first
        near = [t.low for t in tokens[at + 1 : at + 3]]
        if len(near) == 2 and (near[0] in lexicon.vote_verbs or near[1] in lexicon.vote_verbs):
            near = [t.low for t in tokens[at + 1 : at + 4]]  # *Acht Mitglieder stimmen für den Antrag*
        for word, key in (("für", YES), ("gegen", NO)):
            if word in near and counts and key not in counts:
                counts[key] = item.value
                loose.remove(item)
                break
        if item in loose and counts:
            back = at - 1
            while back >= 0 and tokens[back].low not in (",", ";", ":", ".") and at - back < 8:
                back -= 1
            opener = tokens[back + 1].low if back + 1 < at else ""
            side = {"für": YES, "gegen": NO}.get(opener)
            if side and side not in counts and not any(t.number is not None for t in tokens[back + 1 : at]):
                counts[side] = item.value
                loose.remove(item)
        if item not in loose or at == 0 or tokens[at - 1].low not in lexicon.vote_verbs:
            continue
        clause = at - 1
        while clause > 0 and tokens[clause - 1].low not in (".", ";"):
            clause -= 1
        before = [t.low for t in tokens[clause : at - 1]]
        after = [t.low for t in tokens[at + 1 : at + 6]]
        vote = ""
        if before[:1] in (["für"], ["dafür"]) or "zu" in after or "dafür" in after:
            vote = YES
        elif before[:1] in (["gegen"], ["dagegen"]) or "dagegen" in after:
            vote = NO
        if vote and vote not in counts:
            counts[vote] = item.value
            loose.remove(item)


def _for_and_against(tokens: Sequence[Token], loose: list[VoteItem], counts: dict[str, int]) -> None:
    """*Es votieren neun Mitglieder für und fünf gegen die Vorlage*: numbers before both words."""
    found: dict[str, VoteItem] = {}
    for item in loose:
        near = [t.low for t in tokens[item.last + 1 : item.last + 5]]
        side = next((w for w in near if w in SIDES), None)
        if side is not None and all(w[:1].isalpha() for w in near[: near.index(side)]):
            found.setdefault(SIDES[side], item)
    if len(found) == 2 and found[YES] is not found[NO]:
        for key, item in found.items():
            counts[key] = item.value
            loose.remove(item)
