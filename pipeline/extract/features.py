"""What the classifiers of act and stance see of an item: statements, words, signals, who speaks and when.

Stands between attribution (`statements.py`) and judgement (`stance.py`); `train.py` reads the same
features from annotated documents. Everything is delexicalised: persons, factions and numbers become
`P`, `F` and `N` (all other words are lower case), so that no weight can hang on a name. Signals are
the phrases of `lexicon/stance.toml`.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np

from pipeline.extract.signals import NUMBER, Signal, both_lexicons
from pipeline.extract.stance_rules import rule_stance
from pipeline.extract.stance_votes import votes
from pipeline.extract.state import ItemState, SentenceState
from pipeline.records import UNKNOWN_SPEAKER, Speaker, Stance

PERSON, FACTION = "P", "F"

MAX_TOKENS: Final = 400
"""Words of a sentence that are read; the longest real sentence has some 150, more is a damaged page."""

OPENING: Final = 3
"""Sentences of an item in which its motion is named, and statements in which its mover has begun to speak."""

STEM: Final = 6
"""Letters of a longer word that stand for its family (*vertag*, *zustim*); 5 and 7 were no better."""

START: Final = "<"
"""Stands before the first word in pairs of neighbours."""

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

BORROWED: Final = 0.8
"""Of 47 statements in the training documents that only join another, 36 have his stance."""
REVERSED: Final = 0.5
"""Of 77 that open by rebutting one who is for or against, 57 have the opposite stance."""

MAX_WORDS: Final = 100_000
"""Tokens whose words are kept; a bound on memory, not reached by ordinary corpora."""

_TOKEN = re.compile(r"\w+|[^\w\s]")
_HONORIFICS = frozenset(
    "herr herrn frau dr prof stadtrat stadträtin stadtrats ratsherr ratsherrn ratsfrau bürgermeister bürgermeisterin "
    "oberbürgermeister oberbürgermeisterin landrat landrätin kta rm stv bv gv abg rh rf kreisrat kreisrätin "
    "gemeinderat gemeinderätin str strin beigeordneter beigeordnete vorsitzender vorsitzende kollege kollegen "
    "kollegin".split()
)
_PARTIES = frozenset(
    "cdu spd fdp grüne grünen afd linke linken csu ssw wgo uwg ödp bsw fw fwg volt piraten bündnis gal npd".split()
)

_STOPS = frozenset(".;")
_HEDGES = frozenset("wenn nur sofern falls solange erst sonst soweit vorausgesetzt vorbehaltlich".split())
"""Words that make a vote or a judgement in the same sentence one under a condition."""
_OBLIQUE = frozenset("dem der den des vom zum zur beim seinem seiner ihrem ihrer".split())

_CHAIR = re.compile(r"vorsitz|präsident|präsidium|vorsteher|sitzungsleit")
_HEAD = re.compile(r"bürgermeister|\bob\b|\bbm\b|landrat\b|landrät|\bbgm|hauptverwaltungsbeamt|senator|stadtdirektor")
_MEMBER = re.compile(
    r"stadtrat\b|stadträt|ratsherr|ratsfrau|mitglied|abgeord|\bkta\b|\brm\b|\bbv\b|gemeinder|\bstv\b|verordnet|"
    r"vertreter|kreisrat|kreisrät|\bsb\b|\bse\b|\bgv\b|\bstr\b|\brh\b|\brf\b|deputiert|\bbüdep|bürgerl"
)
_ADMIN = re.compile(
    r"verwaltung|amt\b|amts|leiter|dezern|kämmer|planer|beigeordnet|referent|fachb|fachd|stadtbau|justiz|gutachter|"
    r"büro|gmbh|architekt|ingenieur|geschäftsführ|beauftragt|direktor|institut|behörde|stab|meister|werke|koordinat"
)
_CITIZEN = re.compile(r"einwohner|bürger|anwohn|eltern|antragstell|petent|gast|jugend|schüler|verein|initiative|beirat")
_TITLE_WORDS = (
    "antrag", "anfrage", "bericht", "sachstand", "beschluss", "haushalt", "vergabe", "bebauungsplan", "konzept",
    "verkauf", "satzung", "mitteilung", "vorstellung", "ausschreibung", "kenntnis", "wahl", "resolution", "einwohner",
    "anregung", "einrichtung", "neubau", "erhöhung", "evaluation", "entwurf", "verschiedenes", "gebühr",
)  # fmt: skip
_MOTION = re.compile(r"\b(?:[Ää]nderungs)?[Aa]ntr[aä]g(?:s|e|en|es|stellers?|stellerin)?\b")
_REPLY = re.compile(r"\b(?:Stellungnahme|Antwort|Beantwortung) der (?:Stadt)?[Vv]erwaltung\b|\bVerwaltungsantwort\b")


@dataclass(slots=True)
class Read:
    """A sentence as the classifiers see it: `tokens` delexicalised, `hits` as (start, group, negated)."""

    sentence: SentenceState
    tokens: list[str]
    hits: list[tuple[int, Signal, bool]]
    mentions: tuple[str, ...] = ()
    """Ids of other speakers whose name stands in the sentence."""
    acts: tuple[Signal, ...] = ()
    """The phrases of `lexicon/acts.toml` in the sentence."""

    @property
    def lexical(self) -> set[str]:
        """Its lexical features, see `words`; made anew each time, for training."""
        return words(self.tokens)


@dataclass(slots=True)
class StatementView:
    """A run of consecutive sentences by the same speakers, and where it stands in the item."""

    index: int
    speakers: tuple[str, ...]
    section: int
    sentences: list[Read]
    role: str
    """Class of its (first) speaker, see `speaker_class`."""
    earlier: list[int] = field(default_factory=list)
    """Indices of the same speaker's statements before this one."""
    facts: list[str] = field(default_factory=list)
    """Signal and situation features of the statement."""
    signs: Counter[str] = field(default_factory=Counter)
    rule: tuple[Stance, str] = ("neutral", "")
    """What the rules alone say, and which of them (`stance_rules.py`)."""


@dataclass(slots=True)
class ItemView:
    """All statements of an item and what holds for all of them."""

    statements: list[StatementView]
    facts: list[str]
    motion: bool
    """The item deals with a motion: its title or its opening says so, its text speaks of one twice, or of a reply."""
    by_speaker: dict[str, list[int]] = field(default_factory=dict)
    """The statements of each speaker, made when first asked for."""


# ------------------------------------------------------------------------------ reading


def speaker_class(speaker: Speaker | None) -> str:
    """What a speaker is in the council: chair, head (of the administration), admin, member, faction, citizen,
    plain (a person without function), other or unknown. From role, faction and name alone."""
    if speaker is None:
        return "unknown"
    text = (speaker.role or "") + " " + ("" if speaker.kind == "person" else speaker.name)
    text = text.lower()
    if _CHAIR.search(text):
        return "chair"
    if speaker.faction or "fraktion" in text:
        return "faction" if speaker.kind == "group" else "member"
    if not text.strip():
        return "plain"
    if _MEMBER.search(text):
        return "member"
    if _HEAD.search(text):
        return "head"
    if _ADMIN.search(text):
        return "admin"
    if _CITIZEN.search(text):
        return "citizen"
    return "other"


class _Words(dict[str, str]):
    """Token to the word that stands for it; a name after a title is known only in its sentence."""

    def __missing__(self, token: str) -> str:
        low = token.lower()
        if low not in _HONORIFICS:
            if token[0].isdigit():
                low = NUMBER
            elif token[0].isupper() and low in _PARTIES:
                low = FACTION
        if len(self) >= MAX_WORDS:
            self.clear()
        self[token] = low
        return low


_word = _Words().__getitem__
"""A memo of a pure function: the same token always has the same word."""


def tokenize(text: str, names: dict[str, str]) -> tuple[list[str], set[str]]:
    """The delexicalised words of `text`, and the values of `names` that occur in it.

    `names` maps a word of a speaker's name, as written, to the speaker's id.
    """
    found = _TOKEN.findall(text)
    if len(found) > MAX_TOKENS:
        del found[MAX_TOKENS:]
    tokens = list(map(_word, found))
    titled = not _HONORIFICS.isdisjoint(tokens)
    named = not names.keys().isdisjoint(found)
    mentioned: set[str] = set()
    if titled:
        _hide_titled(tokens, found, names)
    if named:
        for n, token in enumerate(found):
            if token in names:
                mentioned.add(names[token])
                tokens[n] = PERSON
    return tokens, mentioned


def _hide_titled(tokens: list[str], found: list[str], names: dict[str, str]) -> None:
    """Makes a word with a capital after titles a person's, whoever it is."""
    titled = False
    for n, token in enumerate(found):
        word = tokens[n]
        if token in names or word in _HONORIFICS:
            titled = word in _HONORIFICS
        elif titled and token not in _STOPS:
            titled = False
            if token[0].isupper() and word != FACTION:
                tokens[n] = PERSON


def view(state: ItemState) -> ItemView:
    """The statements of `state` with their features; sentences without speakers are left out."""
    names: dict[str, str] = {}
    for speaker in state.speakers.values():
        if speaker.kind == "person":
            for word in _TOKEN.findall(speaker.name):
                if len(word) > 1 and word[0].isupper():
                    names.setdefault(word, speaker.id)
    roles = _roles(state.speakers)
    title = state.title
    low_title = title.lower()
    motions = sum(len(_MOTION.findall(s.norm)) for s in state.sentences if "ntr" in s.norm)
    motion = (
        "antrag" in low_title
        or motions >= 2
        or any("ntr" in s.norm and _MOTION.search(s.norm) for s in state.sentences[:OPENING])
        or any("tellungnahme der " in s.norm for s in state.sentences)
    )
    facts = [f"title:{word}" for word in _TITLE_WORDS if word in low_title]
    facts += [f"outcome:{o}" for o in sorted({d.outcome for d in state.decisions})] or ["outcome:none"]
    if any(d.unanimous is False for d in state.decisions):
        facts.append("divided")
    elif any(d.unanimous for d in state.decisions):
        facts.append("unanimous")
    if motion:
        facts.append("motion")
    if any(("lungnahme" in s.norm or "ntwort" in s.norm) and _REPLY.search(s.norm) for s in state.sentences):
        facts.append("reply")

    found: list[StatementView] = []
    by_speaker: dict[tuple[str, ...], list[int]] = {}
    classes = {UNKNOWN_SPEAKER: "unknown"}
    signals = both_lexicons()
    last: StatementView | None = None
    for sentence in state.sentences:
        if not sentence.speakers:
            last = None
            continue
        tokens, mentioned = tokenize(sentence.norm, names)
        if roles and not roles.keys().isdisjoint(tokens):
            for article, noun in pairwise(tokens):
                if article in _OBLIQUE and (owner := roles.get(noun)):
                    mentioned.add(owner)
        hits = signals.hits(tokens)
        read = Read(
            sentence, tokens, [hit for hit in hits if not hit[1].of_act],
            tuple(sorted(mentioned.difference(sentence.speakers))) if mentioned else (),
            tuple([signal for _, signal, _ in hits if signal.of_act]),
        )  # fmt: skip
        if last is None or last.speakers != sentence.speakers or last.section != sentence.section:
            first = sentence.speakers[0]
            role = classes.get(first)
            if role is None:
                role = classes[first] = speaker_class(state.speakers.get(first))
            earlier = by_speaker.setdefault(sentence.speakers, [])
            last = StatementView(len(found), sentence.speakers, sentence.section, [], role, list(earlier))
            earlier.append(last.index)
            found.append(last)
        last.sentences.append(read)
    item = ItemView(found, facts, motion)
    movers = _movers(low_title, state.speakers)
    if motion and not movers:
        movers = _first_to_speak(found, state.speakers)
    for statement in found:
        _describe(statement, item, low_title, mover=statement.speakers[0] in movers)
    return item


def _movers(title: str, speakers: dict[str, Speaker]) -> set[str]:
    """Ids of the speakers whose faction the title names as the mover (*Antrag der CDU-Fraktion*)."""
    at = title.find("antrag")
    if at < 0:
        return set()
    tail = title[at:]
    return {s.id for s in speakers.values() if s.faction and s.faction.lower().split("/")[0].strip() in tail}


def _first_to_speak(statements: list[StatementView], speakers: dict[str, Speaker]) -> set[str]:
    """Ids of the member who opens the debate of a motion, and of his faction: movers speak first, after the chair."""
    opener = next((s for s in statements[:OPENING] if s.role in _MOVING), None)
    if opener is None:
        return set()
    first = speakers.get(opener.speakers[0])
    faction = first.faction.lower() if first and first.faction else None
    return {opener.speakers[0]} | {s.id for s in speakers.values() if faction and (s.faction or "").lower() == faction}


def _level(value: float) -> str:
    return "0" if value <= 0 else "1" if value < 2 else "2"


def _size(sentences: int) -> str:
    return "1" if sentences < 2 else "2" if sentences < 3 else "4" if sentences < 5 else "8" if sentences < 9 else "9"


def _describe(statement: StatementView, item: ItemView, title: str, *, mover: bool) -> None:
    """Fill `facts` and `signs`: the signals of the statement, alone and with the situation."""
    role = statement.role
    signs = statement.signs
    groups: set[str] = set()
    clean: set[str] = set()
    first: set[str] = set()
    last: set[str] = set()
    after: set[str] = set()
    end = len(statement.sentences) - 1
    length = 0
    question = False
    announced: set[str] = set()
    for n, read in enumerate(statement.sentences):
        tokens, hits = read.tokens, read.hits
        length += len(tokens)
        question = question or "?" in tokens
        if not hits:
            continue
        turn = -1
        for i, signal, _ in hits:
            if signal.sign == "contrast":
                turn = i  # the last: hits come in order
        if turn >= 0:
            after.clear()
        plain = turn < 0 and _HEDGES.isdisjoint(tokens)
        announced |= votes(tokens, hits, title, motion=item.motion)
        at, here = -1, set[str]()
        for i, signal, negated in hits:
            sign, group = (signal.sign + "-", signal.id + "-") if negated else (signal.sign, signal.id)
            if plain and signal.strength > 1:
                clean.add(sign)
                clean.add(group)
            groups.add(group)
            if i != at:
                at, here = i, set()
            elif sign in here:
                continue
            here.add(sign)
            signs[sign] += 1
            if n == 0:
                first.add(sign)
            if n == end:
                last.add(sign)
            if i > turn:
                after.add(sign)
    facts = statement.facts
    facts += [f"group:{g}" for g in sorted(groups)]
    facts += [f"clean:{c}" for c in sorted(clean)]
    size = _size(end + 1)
    for sign, count in sorted(signs.items()):
        # In a long speech most signs occur somewhere: what counts is how many of its sentences hold them.
        density = "most" if 2 * count > end + 1 else "some" if 4 * count >= end + 1 else "few"
        facts += (f"sign:{sign}", f"sign:{sign}:{density}", f"sign:{sign}|{role}")
        if end < 2:
            facts.append(f"sign:{sign}|short")
        if item.motion:
            facts.append(f"sign:{sign}|motion")
    facts += [f"first:{s}" for s in sorted(first)]
    facts += [f"last:{s}" for s in sorted(last)]
    if "contrast" in signs:
        facts += [f"after:{s}" for s in sorted(after)]
    facts += [f"vote:{v}" for v in sorted(announced)]
    scale = max(1.0, (end + 1) / 3)
    times = signs.get
    favour = (times("for", 0) + 0.5 * times("good", 0) + 0.25 * times("need", 0)) / scale
    against = (times("against", 0) + times("for-", 0) + 0.5 * times("bad", 0)) / scale
    reserve = (times("reserve", 0) + times("condition", 0) + times("defer", 0)) / scale
    facts.append(f"balance:{_level(favour)}{_level(against)}{_level(reserve)}")
    facts.append(
        f"turns:{_level(times('for', 0))}{_level(times('against', 0))}{_level(reserve)}{_level(times('contrast', 0))}"
    )
    facts.append(f"net:{max(-3, min(3, round(2 * (favour - against))))}")
    if not signs:
        facts.append(f"silent|{role}")
    cues = [read.sentence.cue.lower() for read in statement.sentences if read.sentence.cue]
    facts += [f"cue:{cue}" for cue in sorted(set(cues))]
    facts.append(f"opens:{cues[0] if cues else '-'}")
    facts += [f"role:{role}", f"size:{size}", f"size:{size}|{role}", f"words:{min(length // 15, 6)}"]
    if question:
        facts += ["question", f"question|{role}"]
    place = "first" if statement.index == 0 else "last" if statement.index == len(item.statements) - 1 else "within"
    facts += [f"place:{place}", f"place:{place}|{role}"]
    again = min(len(statement.earlier), 2)
    facts += [f"again:{again}", f"again:{again}|{role}"]
    if len(statement.speakers) > 1:
        facts.append("several")
    if mover:
        facts.append("mover")
    for fact in item.facts:
        facts += [fact, f"{fact}|{role}"]
    if statement.index:
        before = item.statements[statement.index - 1]
        facts.append(f"before:{before.role}|{role}")
        if any(_asks(r) for r in before.sentences[-2:]):
            facts += ["asked", f"asked|{role}", f"asked|{role}|{size}"]
    target = referred(item, statement.index)
    stance, reason = statement.rule = rule_stance(
        signs, announced, role=role, sentences=end + 1, question=question, motion=item.motion, mover=mover,
        other=item.statements[target].rule[0] if target is not None else None,
    )  # fmt: skip
    facts += [f"rule:{stance}", f"rule:{stance}|{role}", f"rule:{stance}|{size}", f"because:{reason}"]


def _asks(read: Read) -> bool:
    cue = (read.sentence.cue or "").lower()
    return "?" in read.tokens or "frag" in cue or cue.startswith(("erkundig", "interessier", "hak"))


def family(word: str) -> str:
    """What stands for the family of a longer word; empty for short ones."""
    return word[:STEM] + "*" if len(word) > STEM else ""


def words(tokens: list[str]) -> set[str]:
    """The lexical features of a row of tokens: words, families, pairs of neighbours (`word_rows` for many at once)."""
    found = set(tokens)
    found.update([family(token) for token in found if len(token) > STEM])
    found.update(map(" ".join, zip([START, *tokens], tokens, strict=False)))
    return found


# ------------------------------------------------------------------------------ context


def context(item: ItemView, scores: Array) -> Array:
    """What the statements around each statement say of its stance: one row a statement.

    `scores` are the log-probabilities of the stances by each statement alone (`STANCES` order). A row holds its own
    scores, those of the statement before, of the same speaker's other statements, of those it joins or contradicts,
    and the mean of all others. Absent ones are zero, with a flag. Some are repeated by role and sign.
    """
    n = len(item.statements)
    # Centred, so that an absent statement (zero) says nothing. Plain lists: items are short, and arrays of four slow.
    probabilities: list[list[float]] = (np.exp(scores) - 0.25).tolist()
    own: list[list[float]] = scores.tolist()
    total = [sum(column) for column in zip(*probabilities, strict=True)]
    by_speaker: dict[str, list[int]] = {}
    for statement in item.statements:
        by_speaker.setdefault(statement.speakers[0], []).append(statement.index)
    rows: list[list[float]] = []
    for i, statement in enumerate(item.statements):
        mine = by_speaker[statement.speakers[0]]
        before = _before(item, i)
        earlier = [probabilities[j] for j in mine if j < i]
        later = [probabilities[j] for j in mine if j > i]
        target = _target(item, i, by_speaker)
        aim = probabilities[target] if target is not None else _ZERO
        sides, rebuts = sides_with(statement), rebuts_another(statement)
        joins = "join" in statement.signs or sides
        counters = ("counter" in statement.signs or rebuts) and not joins
        rows.append(
            [
                *own[i],
                *probabilities[i],
                *(probabilities[before] if before is not None else _ZERO),
                *_mean(earlier),
                *_mean(later),
                *([(t - p) / (n - 1) for t, p in zip(total, probabilities[i], strict=True)] if n > 1 else _ZERO),
                *(aim if joins else _ZERO),
                *(aim if counters else _ZERO),
                *(aim if sides else _ZERO),
                *(aim if rebuts else _ZERO),
                *_ONE_HOT[statement.role],
                float(bool(earlier)), float(bool(later)), float(joins), float(counters), float(n > 1),
            ]
        )  # fmt: skip
    return np.array(rows).reshape(n, CONTEXT_WIDTH)


def _mean(rows: list[list[float]]) -> list[float]:
    return [sum(column) / len(rows) for column in zip(*rows, strict=True)] if rows else _ZERO


def settle(item: ItemView, probabilities: Array) -> Array:
    """The probabilities with borrowed stances settled, in the order of speaking.

    Who does little more than take another's side has his stance; who opens by rebutting one who is for or against
    mostly has the other. `BORROWED` and `REVERSED` say how far that outweighs the statement's own words.
    """
    settled = probabilities.copy()
    for i, statement in enumerate(item.statements):
        sides = sides_with(statement)
        if not sides and not rebuts_another(statement):
            continue
        target = referred(item, i)
        if target is None or item.statements[target].speakers == statement.speakers:
            continue
        other = settled[target]
        if sides:
            # Joining somebody who took no side (a report, a question) says less.
            share = BORROWED * (1.0 - 0.5 * other[1])
            settled[i] = (1.0 - share) * settled[i] + share * other
        else:
            share = REVERSED * float(other[2] + other[3])
            turned = np.array([0.0, 0.0, other[3], other[2]]) / max(float(other[2] + other[3]), 1e-9)
            settled[i] = (1.0 - share) * settled[i] + share * turned
    return settled


def sides_with(statement: StatementView) -> bool:
    """The statement is little more than taking another speaker's side: his stance is its own."""
    signs = statement.signs
    return len(statement.sentences) <= 2 and "sides" in signs and "condition" not in signs and "rebuts" not in signs


def rebuts_another(statement: StatementView) -> bool:
    """The statement opens by turning against what another speaker said."""
    if "sides" in statement.signs:
        return False
    return any(signal.sign == "rebuts" for _, signal, _ in statement.sentences[0].hits)


def trust(statement: StatementView, row: Array) -> list[float]:
    """What tells right from wrong judgements: how clear the probabilities in `row` are, and the kind of statement."""
    values: list[float] = row.tolist()
    second, first = sorted(values)[-2:]
    best = values.index(first)
    rule, reason = statement.rule
    agrees = rule == ("conditional", "neutral", "oppose", "support")[best]
    size = len(statement.sentences)
    return [
        math.log(first / max(1.0 - first, 1e-6)),
        math.log(first / max(second, 1e-6)),
        float(agrees), float(agrees and bool(reason)), float(not agrees and bool(reason)),
        float(size == 1), float(size > 4), float(size > 8),
        *(float(best == k) for k in range(4)),
        float(statement.role == "chair"),
        float(statement.role in ("admin", "head")),
        float(bool(statement.earlier)),
        float("question" in statement.facts), float("formal" in statement.signs),
        float("contrast" in statement.signs or "condition" in statement.signs),
    ]  # fmt: skip


def _before(item: ItemView, index: int) -> int | None:
    """The last statement before `index` by somebody else."""
    mine = item.statements[index].speakers
    for j in range(index - 1, -1, -1):
        if item.statements[j].speakers != mine:
            return j
    return None


def _roles(speakers: dict[str, Speaker]) -> dict[str, str]:
    """Words of functions (*ortsbrandmeister*, *ortsbrandmeisters*) that only one speaker of the item has, to his id."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for speaker in speakers.values():
        text = speaker.role if speaker.kind == "person" else speaker.name
        for word in _TOKEN.findall((text or "").lower()):
            if len(word) > 6:
                if found.get(word, speaker.id) != speaker.id:
                    twice.add(word)
                found[word] = speaker.id
    only = {word: speaker for word, speaker in found.items() if word not in twice}
    return {f"{word}s": speaker for word, speaker in only.items()} | only


def _target(item: ItemView, index: int, by_speaker: dict[str, list[int]]) -> int | None:
    """The statement that this one refers to: the latest of a speaker whom it names, else the one before."""
    for read in item.statements[index].sentences[:2]:
        for speaker in (*read.sentence.addressees, *read.mentions):
            spoken = by_speaker.get(speaker, [])
            earlier = bisect_left(spoken, index)
            if earlier:
                return spoken[earlier - 1]
    return _before(item, index)


def referred(item: ItemView, index: int) -> int | None:
    """Index of the statement that statement `index` joins or answers: see `_target`."""
    if not item.by_speaker:
        for statement in item.statements:
            item.by_speaker.setdefault(statement.speakers[0], []).append(statement.index)
    return _target(item, index, item.by_speaker)


_MOVING = frozenset(("member", "faction", "plain", "citizen"))
_ROLES = ("chair", "head", "admin", "member", "faction", "citizen", "plain", "other", "unknown")
_ONE_HOT = {role: [float(role == other) for other in _ROLES] for role in _ROLES}
_ZERO = [0.0] * 4
CONTEXT_WIDTH: Final = 10 * 4 + len(_ROLES) + 5
