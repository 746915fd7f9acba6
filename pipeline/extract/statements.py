"""Who said what: gives every sentence of an item its speakers and its cue.

Sits after sentences, morphology and decisions and before acts and stance. `clauses` reads each sentence by itself;
here the readings become a conversation: mentions become speakers (`speakers`), pronouns find their antecedent, a
sentence without a cue goes on with the speaker before it or is the minute-taker's. The result is written to
`SentenceState` and `ItemState.speakers`, with the rule that decided and how often that rule is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from spacy.language import Language

from pipeline.extract.clauses import Reading, read
from pipeline.extract.cues import load_cues
from pipeline.extract.morphology import bits, lemma, mood
from pipeline.extract.naming import Gender, Mention, find_mentions
from pipeline.extract.narrator import is_procedure, participles, starts_as_narrator, tells_of_record
from pipeline.extract.speakers import Registry, party_key
from pipeline.extract.sentences import tokenize
from pipeline.extract.state import ItemState, SentenceState
from pipeline.records import UNKNOWN_SPEAKER

if TYPE_CHECKING:
    from spacy.tokens import Doc

FINITE, INDICATIVE, SUBJ1, SUBJ2, PARTICIPLE, INFINITIVE = 1, 2, 4, 8, 512, 256
SPOKEN_SECTIONS = frozenset(("minutes", "other"))
"""Kinds of sections in which sentences without a cue can be somebody's; elsewhere minutes must show themselves."""

CONFIDENCE: dict[str, float] = {
    "so": 0.98, "subject_verb": 0.98, "continuation_konjunktiv": 0.97, "verb_subject": 0.97, "name_line": 0.97, "according_to": 0.97,
    "bare_verb": 0.96, "colon": 0.95, "passive_agent": 0.95, "noun": 0.95, "continuation_bullet": 0.94, "chair_latent": 0.93,
    "pronoun": 0.93, "subject_konjunktiv": 0.9, "view_of": 0.9, "continuation_indicative": 0.88, "continuation_resumed": 0.85,
    "addressee": 0.85, "nested": 0.8, "passive": 0.8, "title": 0.8, "asker_again": 0.75,
}
"""How often the rule's attributions are right in annotated documents that were not looked at when it was written; a
continuation is never surer than the sentence that it continues."""


@dataclass(slots=True)
class _Talk:
    """Where the conversation stands."""

    current: tuple[str, ...] = ()
    previous: tuple[str, ...] = ()
    turns: list[str] = field(default_factory=list)
    """Speakers in order of their turns; the last is the current one."""
    heard: list[str] = field(default_factory=list)
    """Everybody mentioned, in order; for pronouns."""
    confidence: float = 1.0
    """That of the last attribution: continuations inherit its doubts."""
    addressee: str = ""
    asker: str = ""
    replied: bool = False
    """The current speaker answers the asker: a new question goes back to the asker."""
    latent: str = ""
    """The chair, after an act of procedure: what follows in the Konjunktiv is the chair's."""
    actor: str = ""
    """Who did the act of procedure just before."""
    pair: tuple[str, ...] = ()
    """The last two who spoke together."""
    stage: list[str] = field(default_factory=list)
    """Who spoke or did an act of procedure, in order; for pronouns."""
    past: bool = False
    """The minutes are written in the preterite."""
    konjunktiv: float = 0.0
    """Share of the item's sentences in the Konjunktiv: minutes have their habit."""
    title: str = ""
    """Whom the item's title names as its only speaker."""
    verbatim: bool = False
    list_owner: bool = False
    narrated: bool = False
    paragraph: int = -1
    section: int = -1


def attribute(state: ItemState) -> None:
    """Fill speakers, cue, cue_key, negated, content, rule, speaker_confidence, addressees, on_record and `state.speakers`."""
    registry = Registry(state.context)
    places = _places(state)
    mentions = [find_mentions(s.words, s.morph, (), places) if s.words else [] for s in state.sentences]
    for found in mentions:
        for mention in found:
            registry.learn(mention)
    known = registry.surnames()
    if known:
        for number, sentence in enumerate(state.sentences):
            if not known.isdisjoint(sentence.words) and _uncovered(sentence, mentions[number], known):
                mentions[number] = find_mentions(sentence.words, sentence.morph, known, places)
                for mention in mentions[number]:
                    registry.learn(mention)
    registry.link()
    talk = _Talk(title=_title_speaker(state, registry), konjunktiv=_habit(state), past=_in_past(state, mentions))
    for sentence, found in zip(state.sentences, mentions, strict=True):
        _attribute(state, sentence, found, registry, talk)
    _genders(state, registry)
    state.speakers = registry.speakers()


_ITEM_OF = frozenset("Mitteilungen Informationen Bericht Bekanntgaben Bekanntmachungen Berichte Mitteilung Information Verwaltungsbericht".split())


def _title_speaker(state: ItemState, registry: Registry) -> str:
    """Who speaks in an item called *Mitteilungen der Bürgermeisterin*, where the title says it and nobody else does."""
    words = tokenize(state.title)
    if not words or words[0] not in _ITEM_OF:
        return ""
    for mention in find_mentions(words, [0] * len(words)):
        if mention.kind in {"role", "group", "person"} and mention.start in {1, 2} and (mention.kind != "role" or mention.role_kind in {"chair", "office"}):
            mention.indefinite = False
            registry.learn(mention)
            registry.link()
            return mention.speaker
    return ""


KONJUNKTIV_MINUTES = 0.3
"""From this share of sentences in the Konjunktiv on, a sentence in the indicative stands out. Annotated minutes
have either less than 0.15 or more than 0.35."""


def _habit(state: ItemState) -> float:
    prose = [s for s in state.sentences if s.kind == "prose" and state.sections[s.section].kind in SPOKEN_SECTIONS]
    return sum(mood(s.words, s.morph) >= 0.7 for s in prose) / len(prose) if prose else 0.0


def _in_past(state: ItemState, mentions: Sequence[Sequence[Mention]]) -> bool:
    """Whether most sentences that open with somebody go on with a verb in the preterite."""
    past = present = 0
    for s, found in zip(state.sentences, mentions, strict=True):
        if found and found[0].start == 0 and found[0].end < len(s.words):
            value = s.morph[found[0].end]
            if value & FINITE and value & INDICATIVE:
                past += bool(value & 32)
                present += not value & 32
    return past > present


def _places(state: ItemState) -> frozenset[str]:
    text = f"{state.item.organization or ''} {state.item.body or ''}"
    return frozenset(token.strip(",.()") for token in text.split() if token[:1].isupper())


def _uncovered(s: SentenceState, mentions: Sequence[Mention], known: frozenset[str]) -> bool:
    """Whether a surname stands where a bare name can: first, after *so*, behind a verb, or at the end of a function."""
    at = 0
    words, morph = s.words, s.morph
    for mention in mentions:
        if mention.kind == "role" and " " in mention.name and mention.name.rsplit(" ", 1)[-1] in known:
            return True
    for k, form in enumerate(words):
        while at < len(mentions) and mentions[at].end <= k:
            at += 1
        if form in known and not (at < len(mentions) and mentions[at].start <= k) and (
            k == 0 or words[k - 1] in {"so", "So"} or (morph[k - 1] & FINITE and words[k - 1][0].islower())
        ):
            return True
    return False


def _attribute(state: ItemState, s: SentenceState, mentions: list[Mention], registry: Registry, talk: _Talk) -> None:
    kind = state.sections[s.section].kind
    if s.section != talk.section:
        talk.section, talk.paragraph = s.section, s.paragraph
        talk.current, talk.latent, talk.list_owner, talk.verbatim, talk.narrated = (), "", False, False, False
    new_paragraph = s.paragraph != talk.paragraph
    talk.paragraph = s.paragraph
    if s.kind in {"heading", "prose"} and len(s.words) <= 14 and mentions and mentions[0].start == 0 and mentions[0].kind == "person" and mentions[0].end >= len(s.words):
        s.kind = "name"
    if s.kind == "heading" and s.words and ((mentions and mentions[0].start == 0 and mentions[0].end >= len(s.words) and mentions[0].kind == "person")):
        s.kind = "name"
    elif s.kind == "heading" and ":" in s.words[:-1] and talk.current and not talk.narrated:
        s.kind = "bullet"
    if s.kind in {"heading", "vote", "table", "empty"} or (s.kind == "label" and not mentions):
        if s.kind in {"heading", "vote", "table"}:
            talk.addressee = ""
        if s.kind == "heading":
            talk.current, talk.list_owner = (), False
        return
    spoken = kind in SPOKEN_SECTIONS
    if s.kind == "name" and mentions and spoken:
        _say(s, (mentions[0].speaker,), "name_line", talk)
        talk.list_owner = True
        return
    if len(s.words) > 3 and not s.morph[1] and s.words[0] in {"Das", "Dies", "Dem", "Den", "Die"} and bits(s.words[1]) & FINITE and (
        mentions and mentions[0].start == 2 and mentions[0].kind == "person"
    ):
        s.morph[1] = bits(s.words[1])  # Das sicherte Herr Gerke zu: no attribute before a salutation
    reading = read(s.words, s.morph, mentions, strict=not spoken, verbatim=talk.verbatim, konjunktiv=talk.konjunktiv >= KONJUNKTIV_MINUTES, past=talk.past)
    for mention in mentions:
        if mention.kind in {"person", "role"} and mention.speaker:
            talk.heard.append(mention.speaker)
    if s.decides:
        if reading.rule not in {"subject_verb", "verb_subject", "pronoun", "colon"} or not spoken or _votes(reading):
            _narrate(talk, reading)
            if mentions and mentions[0].start == 0 and mentions[0].kind in {"person", "role"}:
                talk.actor = mentions[0].speaker  # elected: Sie nimmt die Wahl an und bedankt sich
            return
    if s.marker and s.words and s.words[0] == "Uhr" and s.marker[0].isdigit():
        _narrate(talk, reading)
        return
    if s.kind == "bullet" and talk.current and (
        (reading.rule in {"subject_verb", "verb_subject"} and any(m.kind != "person" for m in reading.subjects)) or reading.rule == "body"
    ):
        reading = Reading()  # an item of a list about others: - Landesjugendamt prüft zwei Einrichtungen
    if reading.rule == "procedure":
        who = reading.subjects[0].speaker if reading.subjects else ""
        if reading.pronoun and not who:
            found = _antecedent(reading, registry, talk)
            who = found[0] if found else ""
        talk.actor = who
        if who:
            talk.stage.append(who)
        _narrate(talk, reading)
        if _opens_item(s, reading):
            talk.current, talk.verbatim = (), False
        if who and (not talk.current or talk.current == (who,)):
            talk.latent = who
        return
    if reading.rule == "other_subject":
        # Frau Lotz ist gewählt; but: Frau Bulut hat den Laden allein geschmissen, within a report in the indicative
        told = reading.subjects[0]
        tells = talk.current and not talk.narrated and not new_paragraph and (talk.verbatim or talk.konjunktiv < KONJUNKTIV_MINUTES or told.kind == "role")
        if not tells or _is_narrator(s, talk, 0.0):
            _narrate(talk, reading)
            talk.actor = told.speaker
            return
        reading = Reading()
    if reading.rule == "body":
        if reading.inverted and talk.current and not talk.narrated and talk.konjunktiv < KONJUNKTIV_MINUTES and not _is_narrator(s, talk, 0.0):
            reading = Reading()
        else:
            _narrate(talk, reading)
            return
    if reading.rule in {"subject_verb", "verb_subject"} and reading.cue is not None and talk.current and not new_paragraph and (
        s.morph[reading.cue] & PARTICIPLE and reading.cue != reading.verb and all(m.kind == "role" and m.indefinite for m in reading.subjects)
    ):
        reading = Reading()  # Eine Mutter hat neulich gesagt: told by the speaker
    if not spoken and reading.rule not in {"subject_verb", "verb_subject", "colon"}:
        return
    if not spoken and any(m.kind == "group" for m in reading.subjects):
        return
    if _explicit(s, reading, registry, talk, new_paragraph=new_paragraph):
        return
    _continue(s, reading, registry, talk, new_paragraph=new_paragraph, spoken=spoken)


def _opens_item(s: SentenceState, reading: Reading) -> bool:
    """Whether the sentence calls the next item: what follows is no longer the last speaker's."""
    return reading.verb is not None and s.words[reading.verb].lower() in {"ruft", "rief", "eröffnet", "eröffnete"} and ("auf" in s.words or "eröffnet" in s.words or "eröffnete" in s.words)


def _votes(reading: Reading) -> bool:
    return reading.key in {"beschließen", "stimmen", "abstimmen", "wählen", "empfehlen", "zustimmen", "ablehnen"} and not any(
        m.kind == "person" for m in reading.subjects
    )


def _narrate(talk: _Talk, reading: Reading) -> None:
    talk.narrated = True
    talk.addressee = ""


def _say(s: SentenceState, who: tuple[str, ...], rule: str, talk: _Talk, reading: Reading | None = None) -> None:
    """Write the attribution and move the conversation on."""
    s.speakers, s.rule = who, rule
    confidence = CONFIDENCE[rule]
    if rule.startswith("continuation") or rule == "nested":
        confidence = min(confidence, talk.confidence)
    s.speaker_confidence = confidence
    if reading is not None and reading.cue is not None:
        s.cue = s.words[reading.cue]
    if reading is not None:
        s.cue_key, s.negated, s.content = reading.key, reading.negated, reading.content
    if who == (UNKNOWN_SPEAKER,):
        return
    talk.confidence = confidence
    if who != talk.current:
        talk.previous = talk.current
    talk.current = who
    talk.turns.extend(w for w in who if not talk.turns or talk.turns[-1] != w)
    talk.heard.extend(who)
    talk.stage.extend(who)
    talk.narrated = False
    talk.latent = talk.actor = ""
    if len(who) == 2:
        talk.pair = who


def _own_party(group: str, registry: Registry, talk: _Talk) -> bool:
    """Whether a group is the party of who is speaking: *trägt die CDU mit*, within the speech of a CDU member."""
    entry = registry.entries[group]
    if entry.kind != "group" or not entry.faction or not talk.current:
        return False
    speaker = registry.entries.get(talk.current[-1])
    return speaker is not None and speaker.kind == "person" and party_key(speaker.faction) == party_key(entry.faction)


def _explicit(s: SentenceState, reading: Reading, registry: Registry, talk: _Talk, *, new_paragraph: bool) -> bool:
    """Sentences that name their speaker, by name, function or pronoun."""
    rule = reading.rule
    if rule == "noun" and reading.nested and talk.current:
        _say(s, talk.current, "nested", talk)
        return True
    if rule in {"subject_verb", "verb_subject", "colon", "passive_agent", "noun", "according_to", "so", "view_of"}:
        who = tuple(dict.fromkeys(m.speaker for m in reading.subjects if m.speaker))
        if not who:
            return False
        if reading.inverted and len(who) == 1 and _own_party(who[0], registry, talk):
            return False
        verbatim = rule == "colon"
        _say(s, who, rule, talk, reading)
        s.speakers = _with_askers(who, reading, registry, talk)
        talk.verbatim = verbatim
        talk.list_owner = verbatim and reading.content >= len(s.words) - 1
        _after_question(s, reading, registry, talk)
        return True
    if rule == "pronoun":
        who = _antecedent(reading, registry, talk)
        if not who:
            return False
        askers = _with_askers(who, reading, registry, talk)
        _say(s, who, rule, talk, reading)
        s.speakers = askers
        _after_question(s, reading, registry, talk)
        return True
    if rule == "bare_verb" and talk.current:
        _say(s, talk.current, rule, talk, reading)
        return True
    if rule == "passive":
        _say(s, (UNKNOWN_SPEAKER,), rule, talk, reading)
        return True
    if rule == "subject_konjunktiv":
        who = tuple(dict.fromkeys(m.speaker for m in reading.subjects))
        if reading.nested and talk.current and not set(who) & set(talk.current) and not (new_paragraph or s.kind == "bullet"):
            _say(s, talk.current, "nested", talk)
            return True
        _say(s, who, rule, talk, reading)
        return True
    return False


def _with_askers(who: tuple[str, ...], reading: Reading, registry: Registry, talk: _Talk) -> tuple[str, ...]:
    if not reading.asked:
        return who
    askers = tuple(m.speaker for m in reading.askers if m.speaker and m.speaker not in who)
    if not askers and reading.asker_pronoun:
        gender: Gender | None = "f" if reading.asker_pronoun == "ihre" else "m"
        found = next((w for w in reversed(talk.turns) if registry.entries[w].gender in {gender, None} and w not in who), "")
        askers = (found,) if found else ()
    return askers + who


def _after_question(s: SentenceState, reading: Reading, registry: Registry, talk: _Talk) -> None:
    cue = load_cues().get(reading.key or "")
    talk.addressee = reading.addressee.speaker if reading.addressee is not None and cue is not None and cue.act == "ask" else ""
    if cue is not None and cue.act == "ask" and reading.verb is not None and not talk.addressee:
        talk.addressee = _asked_pronoun(s, reading, registry, talk)
    asks = cue is not None and cue.act == "ask"
    talk.replied = bool(talk.asker) and not asks and bool(s.speakers) and talk.asker not in s.speakers and talk.previous[-1:] == (talk.asker,)
    talk.asker = s.speakers[-1] if s.speakers and asks else talk.asker if talk.replied else ""
    if reading.askers and not reading.asked:
        s.addressees = tuple(m.speaker for m in reading.askers if m.speaker and m.speaker not in s.speakers)
    elif reading.addressee is not None and reading.addressee.speaker not in s.speakers:
        s.addressees = (reading.addressee.speaker,)
    if reading.askers and not reading.asked and s.speakers:  # the asker turns to no one: the answer stays the speaker's
        talk.addressee = ""


def _asked_pronoun(s: SentenceState, reading: Reading, registry: Registry, talk: _Talk) -> str:
    """Whom *fragt sie*, *fragt ihn* means: the last speaker of that gender before the asker."""
    verb = reading.verb
    if verb is None or verb + 1 >= len(s.words):
        return ""
    gender = {"sie": "f", "ihn": "m"}.get(s.words[verb + 1])
    if gender is None or reading.inverted or reading.pronoun:
        return ""
    return next((w for w in reversed(talk.turns) if w not in s.speakers and registry.entries[w].gender == gender), "")


def _antecedent(reading: Reading, registry: Registry, talk: _Talk) -> tuple[str, ...]:
    """Whom a subject pronoun means."""
    pronoun = reading.pronoun
    if pronoun == "beide":
        pair: list[str] = []
        for who in reversed(talk.heard):
            if who not in pair:
                pair.append(who)
            if len(pair) == 2:
                break
        if talk.pair:
            return talk.pair
        return tuple(reversed(pair)) if len(pair) == 2 else ()
    if reading.plural:
        return talk.current if talk.current else ()
    gender: Gender = "m" if pronoun in {"er", "dieser", "letzterer", "jener"} else "f"

    def fits(who: str) -> bool:
        entry = registry.entries.get(who)
        if entry is None:
            return False
        if entry.kind == "group":
            return gender == "f" and not entry.plural and entry.name.lower().endswith(_FEMININE_GROUPS)
        return entry.gender in {gender, None}

    cue = load_cues().get(reading.key or "")
    answers = cue is not None and cue.act == "answer"
    if pronoun in {"dieser", "diese", "letzterer", "letztere"}:
        for who in reversed(talk.heard):
            if who not in talk.current and fits(who):
                return (who,)
    if talk.actor and talk.narrated and fits(talk.actor) and not reading.plural:
        return (talk.actor,)
    if talk.addressee and fits(talk.addressee):
        asker = registry.entries.get(talk.asker)
        if answers or asker is None or asker.gender != gender or cue is None or cue.act not in {"ask", "propose", "object", "courtesy"}:
            return (talk.addressee,)
    if answers and talk.asker and talk.current and talk.current[-1] == talk.asker:
        for who in reversed(talk.turns[:-1]):
            if who != talk.asker and fits(who):
                return (who,)
    order = [*reversed(talk.current), talk.latent, talk.addressee, *reversed(talk.stage), *reversed(talk.heard)]
    if talk.narrated and talk.latent:
        order.insert(0, talk.latent)
    for strict in (True, False):
        for who in order:
            if who and fits(who) and (not strict or registry.entries[who].gender is not None or who in talk.current):
                entry = registry.entries[who]
                if entry.kind != "group" and entry.gender is None:
                    entry.genders[gender] += 1
                return (who,)
    return ()


_FEMININE_GROUPS = ("fraktion", "verwaltung", "ung", "gruppe", "initiative", "ion", "schaft", "behörde", "diakonie", "caritas", "awo", "polizei", "feuerwehr", "leitung")


# ------------------------------------------------------------------- continuations


def _is_narrator(s: SentenceState, talk: _Talk, level: float) -> bool:
    """Whether a sentence without a cue tells the course of the meeting."""
    if level >= 0.7:
        return False
    if starts_as_narrator(s.norm, s.words) or tells_of_record(s.words):
        return True
    words, morph = s.words, s.morph
    for k in range(min(len(words), 12)):
        if words[k] in {"wird", "wurde", "werden", "wurden", "ist", "sind"}:
            told = [j for j in range(k + 1, len(words)) if morph[j] & PARTICIPLE]
            if not told or words[k] in {"ist", "sind"}:
                return False
            last = words[told[-1]]
            return last in participles() or is_procedure(last, set(words)) or (talk.narrated and talk.konjunktiv >= KONJUNKTIV_MINUTES)
        if morph[k] & FINITE:
            return False
    return False


def _continue(s: SentenceState, reading: Reading, registry: Registry, talk: _Talk, *, new_paragraph: bool, spoken: bool) -> None:
    if not spoken:
        return
    level = mood(s.words, s.morph)
    if _is_narrator(s, talk, level):
        talk.narrated = True
        return
    if talk.addressee and _answers(s, reading, registry, talk):
        _say(s, (talk.addressee,), "addressee", talk)
        talk.addressee = ""
        talk.replied = True
        return
    if not talk.addressee and talk.asker and s.words[0] in _ANSWER_OPENERS and talk.current and talk.current[-1] == talk.asker:
        who = next((w for w in reversed(talk.turns) if w != talk.asker and registry.entries[w].kind != "group"), "")
        if who:
            _say(s, (who,), "addressee", talk)
            return
    if s.words[-1] == "?" and talk.replied and talk.asker and talk.current and talk.asker not in talk.current and level >= 0.35:
        asker, talk.asker = talk.asker, ""
        answerer = talk.current[-1]
        _say(s, (asker,), "asker_again", talk)
        talk.asker, talk.addressee, talk.replied = asker, answerer, False
        return
    if talk.latent and level >= 0.7 and talk.narrated:
        _say(s, (talk.latent,), "chair_latent", talk)
        return
    if not talk.current and talk.title and not talk.turns:
        _say(s, (talk.title,), "title", talk)
        return
    if not talk.current:
        return
    if s.kind == "bullet":
        if talk.narrated and level < 0.7:
            return
        _say(s, talk.current, "continuation_bullet", talk)
        return
    if level >= 0.7:
        _say(s, talk.current, "continuation_resumed" if talk.narrated else "continuation_konjunktiv", talk)
        return
    if talk.narrated and new_paragraph:
        return
    _say(s, talk.current, "continuation_indicative", talk)


_ANSWER_OPENERS = frozenset("Ja Nein Selbstverständlich Natürlich Doch Jein Ausdrücklich Leider".split())


def _answers(s: SentenceState, reading: Reading, registry: Registry, talk: _Talk) -> bool:
    """Whether a sentence without a cue is the answer of the person asked.

    In 60 of 61 annotated cases it is, where the question names whom it asks; but another question is the
    asker's, and so is a sentence whose pronoun does not fit the person asked.
    """
    if s.words[-1] == "?":
        return False
    first = s.words[0].lower()
    entry = registry.entries[talk.addressee]
    if first in {"er", "sie"} and entry.kind != "group":
        return entry.gender in {"m" if first == "er" else "f", None}
    return True


_HIS = frozenset(("seine", "seiner", "seinen", "seinem", "seines"))
_HER = frozenset(("ihre", "ihrer", "ihren", "ihrem", "ihres"))
_OWN = frozenset("bitten wollen wünschen denken hoffen beantragen fragen wissen mögen freuen meinen glauben zustimmen stimmen tragen halten können sehen finden danken".split())
"""Verbs whose subject in a report is most often who speaks."""
_SINGULAR = 64
ENOUGH = 0.7
"""Least evidence for a gender: one possessive. Weights by eye on the annotated minutes whose gender is told elsewhere."""


def _genders(state: ItemState, registry: Registry) -> None:
    """Gender of persons without salutation, from the pronouns of their own statements (*seine Fraktion*, *sie bitte*).

    *er* and *sie* count where a verb in the singular stands beside them: most at the start of the sentence or of
    the reported clause, little elsewhere, where they can mean a thing.
    """
    evidence: dict[str, list[float]] = {}
    for s in state.sentences:
        if len(s.speakers) != 1 or s.speakers[0] == UNKNOWN_SPEAKER:
            continue
        entry = registry.entries[s.speakers[0]]
        if entry.kind != "person" or entry.genders:
            continue
        score = evidence.setdefault(entry.id, [0.0, 0.0])
        words, morph = s.words, s.morph
        last = len(words) - 1
        for k, form in enumerate(words):
            lower = form.lower() if k == 0 else form
            if lower in _HIS or lower in _HER:
                score[lower in _HER] += 3.0 if k < last and "raktion" in words[k + 1] else 0.7
            elif lower in {"er", "sie"}:
                opens = k == 0 or (s.cue is not None and k <= s.content + 1 and words[k - 1] in {",", "dass", "ob"})
                finite = [morph[j] for j in (k - 1, k + 1) if 0 <= j <= last and morph[j] & FINITE]
                if not finite and opens and k:  # dass sie ... sei
                    finite = [morph[j] for j in range(last, k, -1) if morph[j] & FINITE][:1]
                if finite and any(value & _SINGULAR for value in finite):
                    beside = words[k + 1] if k < last and morph[k + 1] & FINITE else words[k - 1]
                    own = any(base in _OWN for base in lemma(beside))
                    score[lower == "sie"] += 2.0 if opens else 1.0 if own else 0.4
            elif k == 0 and lower in {"ihm", "ihr"} and k < last and morph[k + 1] & FINITE:  # Ihm fehle ...
                score[lower == "ihr"] += 1.0
    for ident, (man, woman) in evidence.items():
        if man != woman and max(man, woman) >= ENOUGH:
            registry.entries[ident].genders["m" if man > woman else "f"] += 1
    _by_counterpart(registry)


def _by_counterpart(registry: Registry) -> None:
    """*GV Paulsen* is a man where the same minutes write *GVin Clausen*."""
    feminine = {e.role.split(" ")[-1] for e in registry.entries.values() if e.role and e.kind == "person"}
    for entry in registry.entries.values():
        if entry.kind == "person" and not entry.genders and entry.role and " " not in entry.role:
            bare = entry.role.rstrip(".")
            if len(bare) <= 6 and feminine & {bare + "in", bare + "'in", bare + "’in", bare + "In"}:
                entry.genders["m"] += 1


@Language.factory("auszug_statements")
class Statements:
    """Component over `doc._.item`: see `attribute`."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        attribute(doc._.item)
        return doc
