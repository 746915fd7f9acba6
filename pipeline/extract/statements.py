"""Who said what: gives every sentence of an item its speakers and its cue.

Sits after sentences, morphology and decisions and before acts and stance. `clauses` reads each sentence by itself;
here the readings become a conversation: mentions become speakers (`speakers`), pronouns find their antecedent, a
sentence without a cue goes on with the speaker before it or is the minute-taker's. The result is written to
`SentenceState` and `ItemState.speakers`, with the rule that decided and how often that rule is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from spacy.language import Language

from pipeline.extract.clauses import read
from pipeline.extract.conversation import (
    ANSWER_OPENERS,
    Talk,
    after_question,
    answers_quantity,
    antecedent,
    is_answer,
    narrate,
    own_party,
    say,
    with_askers,
)
from pipeline.extract.cues import is_cue_verb, verb_key
from pipeline.extract.genders import tell_genders
from pipeline.extract.mentions import Mention
from pipeline.extract.morphology import REPORTED_LIKELY, bits, lemma, mood
from pipeline.extract.naming import find_mentions
from pipeline.extract.narrator import is_procedure, participles, starts_as_narrator, tells_of_record
from pipeline.extract.reading import Reading
from pipeline.extract.speakers import Registry
from pipeline.extract.state import ItemState, SentenceState
from pipeline.extract.tokens import tokenize
from pipeline.extract.wordsets import word_set
from pipeline.records import UNKNOWN_SPEAKER

if TYPE_CHECKING:
    from spacy.tokens import Doc

FINITE, INDICATIVE, SUBJ1, SUBJ2, PARTICIPLE, INFINITIVE = 1, 2, 4, 8, 512, 256


SPOKEN_SECTIONS = frozenset(("minutes", "other"))
"""Kinds of sections in which sentences without a cue can be somebody's; elsewhere minutes must show themselves."""


def attribute(state: ItemState) -> None:
    """Fill speakers, cue, cue_key, negated, content, rule, speaker_confidence, addressees and `state.speakers`."""
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
    for found in mentions:
        for mention in found:
            mention.speaker = registry.who(mention.speaker)
    talk = Talk(title=_title_speaker(state, registry), konjunktiv=_habit(state), past=_in_past(state, mentions))
    for number, (sentence, found) in enumerate(zip(state.sentences, mentions, strict=True)):
        talk.goes_on = partial(_goes_on, state, number, mentions)
        _attribute(state, sentence, found, registry, talk)
    tell_genders(state, registry)
    state.speakers = registry.speakers()


_ITEM_OF = word_set("item_of")


def _title_speaker(state: ItemState, registry: Registry) -> str:
    """Who speaks in an item called *Mitteilungen der Bürgermeisterin*, where the title says it and nobody else does."""
    words = tokenize(state.title)
    if not words or words[0] not in _ITEM_OF:
        return ""
    for mention in find_mentions(words, [0] * len(words)):
        if (
            mention.kind in {"role", "group", "person"}
            and mention.start in {1, 2}
            and (mention.kind != "role" or mention.role_kind in {"chair", "office"})
        ):
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
    return sum(mood(s.words, s.morph) >= REPORTED_LIKELY for s in prose) / len(prose) if prose else 0.0


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


def _goes_on(state: ItemState, number: int, mentions: Sequence[Sequence[Mention]]) -> bool:
    """Whether the next sentence of the paragraph is reported speech that names no speaker: somebody speaks already."""
    if number + 1 >= len(state.sentences):
        return False
    this, following = state.sentences[number : number + 2]
    if (following.section, following.paragraph) != (this.section, this.paragraph) or not following.words:
        return False
    found = mentions[number + 1]
    if found and found[0].start == 0 and found[0].nominative and found[0].kind == "person":
        return False
    return mood(following.words, following.morph) >= REPORTED_LIKELY


_BEFORE_NAMES = frozenset("so So Für Laut laut Von von durch seitens Seitens Bei Auch nach".split())


def _uncovered(s: SentenceState, mentions: Sequence[Mention], known: frozenset[str]) -> bool:
    """Whether a surname stands where a bare name can: first, after *so* or *für*, behind a verb, ending a function."""
    words, morph = s.words, s.morph
    for mention in mentions:
        if mention.kind == "role" and " " in mention.name and mention.name.rsplit(" ", 1)[-1] in known:
            return True
    for k, form in enumerate(words):
        if (
            form in known
            and (k == 0 or words[k - 1] in _BEFORE_NAMES or (morph[k - 1] & FINITE and words[k - 1][0].islower()))
            and not any(mention.start <= k < mention.end for mention in mentions)
        ):
            return True
    return False


MAX_MENTIONS = 60
"""How many mentions of a sentence are read; a list of those present in one sentence has some 50."""


def _attribute(state: ItemState, s: SentenceState, mentions: list[Mention], registry: Registry, talk: Talk) -> None:
    kind = state.sections[s.section].kind
    if s.section != talk.section:
        talk.section, talk.paragraph = s.section, s.paragraph
        talk.current, talk.latent, talk.list_owner, talk.verbatim, talk.narrated = (), "", False, False, False
    new_paragraph = s.paragraph != talk.paragraph
    if new_paragraph:
        talk.addressee, talk.replied = "", False
    talk.paragraph = s.paragraph
    if (
        s.kind in {"heading", "prose"}
        and len(s.words) <= 14
        and mentions
        and mentions[0].start == 0
        and mentions[0].kind == "person"
        and mentions[0].end >= len(s.words)
    ):
        s.kind = "name"
    if (
        s.kind == "heading"
        and s.words
        and (mentions and mentions[0].start == 0 and mentions[0].end >= len(s.words) and mentions[0].kind == "person")
    ):
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
        say(s, (mentions[0].speaker,), "name_line", talk)
        talk.list_owner = True
        return
    if (
        len(s.words) > 3
        and not s.morph[1]
        and s.words[0] in {"Das", "Dies", "Dem", "Den", "Die"}
        and bits(s.words[1]) & FINITE
        and (mentions and mentions[0].start == 2 and mentions[0].kind == "person")
    ):
        s.morph[1] = bits(s.words[1])  # Das sicherte Herr Gerke zu: no attribute before a salutation
    reading = read(
        s.words,
        s.morph,
        mentions[:MAX_MENTIONS],
        strict=not spoken,
        verbatim=talk.verbatim,
        konjunktiv=talk.konjunktiv >= KONJUNKTIV_MINUTES,
        past=talk.past,
    )
    for mention in mentions:
        if mention.kind in {"person", "role"} and mention.speaker:
            talk.heard.append(mention.speaker)
    if s.decides and (reading.rule not in _SPOKEN_RULES or not spoken or _votes(reading)):
        narrate(talk)
        if mentions and mentions[0].start == 0 and mentions[0].kind in {"person", "role"}:
            talk.actor = mentions[0].speaker  # elected: Sie nimmt die Wahl an und bedankt sich
        elif "gewählt" in s.words and len({m.speaker for m in mentions if m.kind == "person"}) == 1:
            talk.actor = next(m.speaker for m in mentions if m.kind == "person")
        return
    if s.marker and s.words and s.words[0] == "Uhr" and s.marker[0].isdigit():
        narrate(talk)
        return
    if (
        s.kind == "bullet"
        and talk.current
        and (
            (reading.rule in {"subject_verb", "verb_subject"} and any(m.kind != "person" for m in reading.subjects))
            or reading.rule == "body"
        )
    ):
        reading = Reading()  # an item of a list about others: - Landesjugendamt prüft zwei Einrichtungen
    if reading.rule == "procedure":
        who = reading.subjects[0].speaker if reading.subjects else ""
        if reading.pronoun and not who:
            found = antecedent(reading, registry, talk)
            who = found[0] if found else ""
        talk.actor = who
        if who:
            talk.stage.append(who)
        narrate(talk)
        if _opens_item(s, reading):
            talk.current, talk.verbatim = (), False
        if who and (not talk.current or talk.current == (who,) or _has_floor(s)):
            talk.latent = who
        given = _given_floor(s, mentions)
        if given:
            talk.latent = talk.actor = given
            talk.stage.append(given)
        return
    if reading.rule in {"", "other_subject"} and (end := _told_at_end(s)) is not None:
        if reading.rule == "other_subject":
            reading.rule, reading.inverted = "subject_verb", False
        elif mentions and mentions[0].start == 0 and mentions[0].nominative and mentions[0].kind in {"person", "role"}:
            reading.rule, reading.subjects = "subject_verb", [mentions[0]]
        else:
            reading.rule, reading.pronoun = "pronoun", s.words[end - 1]
        reading.cue, reading.key = end, verb_key(s.words[end], s.words)
    if reading.rule == "other_subject" and _opens_speech(s, reading, talk, new_paragraph=new_paragraph):
        reading.rule, reading.cue, reading.inverted = "subject_verb", reading.verb, False
        reading.key = verb_key(s.words[reading.verb or 0], s.words)
    if reading.rule == "other_subject":
        # Frau Lotz ist gewählt; but: Frau Bulut hat den Laden allein geschmissen, within a report in the indicative
        told = reading.subjects[0]
        tells = (
            talk.current
            and not talk.narrated
            and not new_paragraph
            and (talk.verbatim or talk.konjunktiv < KONJUNKTIV_MINUTES or told.kind == "role")
        )
        if not tells or _is_narrator(s, talk, 0.0):
            narrate(talk)
            talk.actor = told.speaker
            return
        reading = Reading()
    if reading.rule == "body":
        if (
            reading.inverted
            and talk.current
            and not talk.narrated
            and talk.konjunktiv < KONJUNKTIV_MINUTES
            and not _is_narrator(s, talk, 0.0)
        ):
            reading = Reading()
        else:
            narrate(talk)
            return
    if (
        reading.rule in {"subject_verb", "verb_subject"}
        and reading.cue is not None
        and talk.current
        and not new_paragraph
        and (
            s.morph[reading.cue] & PARTICIPLE
            and reading.cue != reading.verb
            and all(m.kind == "role" and m.indefinite for m in reading.subjects)
        )
    ):
        reading = Reading()  # Eine Mutter hat neulich gesagt: told by the speaker
    if not spoken and reading.rule not in {"subject_verb", "verb_subject", "colon"}:
        return
    if not spoken and any(m.kind == "group" for m in reading.subjects):
        return
    if _explicit(s, reading, registry, talk, new_paragraph=new_paragraph):
        return
    _continue(s, registry, talk, new_paragraph=new_paragraph, spoken=spoken)


def _told_at_end(s: SentenceState) -> int | None:
    """*..., wie sie erklärt.*: the index of the verb of saying that ends the sentence."""
    words = s.words
    at = len(words) - 2
    if (
        at > 4
        and words[at - 1] in {"er", "sie"}
        and words[at - 2] == "wie"
        and words[at - 3] == ","
        and s.morph[at] & INDICATIVE
        and is_cue_verb(words[at])
    ):
        return at
    return None


_NOT_SPEAKING = word_set("not_speaking")


def _opens_speech(s: SentenceState, reading: Reading, talk: Talk, *, new_paragraph: bool) -> bool:
    """Whether a named person with *hat*, *ist* or *wird* opens the person's own report.

    *Frau Nolte hat eine Liste mitgebracht. Man brauche nur einen Wagen*: what follows in the Konjunktiv, here
    or in the next sentence, is somebody's, and nobody else has been named since.
    """
    verb = reading.verb
    told = reading.subjects[0]
    if verb is None or told.kind != "person" or told.start > 1 or talk.verbatim:
        return False
    if talk.current and not new_paragraph and talk.konjunktiv < KONJUNKTIV_MINUTES:
        return False
    words, morph = s.words, s.morph
    if not _NOT_SPEAKING.isdisjoint(words) or any(is_procedure(words[k], set(words)) for k in range(verb, len(words))):
        return False
    content = ":" in words[verb : len(words) - 2]
    reports = any(
        morph[k] & SUBJ1 and not morph[k] & INDICATIVE and any(words[j] in {",", ";"} for j in range(verb, k))
        for k in range(verb + 2, len(words))
    )
    return content or reports or talk.goes_on()


_SPOKEN_RULES = frozenset(("subject_verb", "verb_subject", "pronoun", "colon"))
"""Rules that make a sentence speech although it decides something."""


_FLOOR = frozenset(("Wort", "Rederecht"))
_GETS = frozenset(("erhalten", "bekommen", "ergreifen", "nehmen", "haben"))
_GIVES = frozenset(("erteilen", "geben", "übergeben", "gewähren", "einräumen", "räumen"))


def _floor(s: SentenceState, verbs: frozenset[str]) -> bool:
    return not _FLOOR.isdisjoint(s.words) and any(
        not verbs.isdisjoint(lemma(form)) for k, form in enumerate(s.words) if s.morph[k] & (FINITE | PARTICIPLE)
    )


def _has_floor(s: SentenceState) -> bool:
    """*Frau Nolte erhält das Wort*: what follows in the Konjunktiv is hers."""
    return _floor(s, _GETS)


def _given_floor(s: SentenceState, mentions: Sequence[Mention]) -> str:
    """*Der Vorsitzende erteilt Frau Nolte das Wort*: to whom the floor is given."""
    if not mentions or not _floor(s, _GIVES):
        return ""
    to = [m for m in mentions[1:] if m.kind in {"person", "role"} and m.preposition in {"", "an"}]
    return to[0].speaker if len(to) == 1 else ""


def _opens_item(s: SentenceState, reading: Reading) -> bool:
    """Whether the sentence calls the next item: what follows is no longer the last speaker's."""
    return (
        reading.verb is not None
        and s.words[reading.verb].lower() in {"ruft", "rief", "eröffnet", "eröffnete"}
        and ("auf" in s.words or "eröffnet" in s.words or "eröffnete" in s.words)
    )


def _votes(reading: Reading) -> bool:
    return reading.key in {
        "beschließen",
        "stimmen",
        "abstimmen",
        "wählen",
        "empfehlen",
        "zustimmen",
        "ablehnen",
    } and not any(m.kind == "person" for m in reading.subjects)


def _explicit(s: SentenceState, reading: Reading, registry: Registry, talk: Talk, *, new_paragraph: bool) -> bool:
    """Sentences that name their speaker, by name, function or pronoun."""
    rule = reading.rule
    if rule == "noun" and reading.nested and talk.current:
        say(s, talk.current, "nested", talk)
        return True
    if rule in {"subject_verb", "verb_subject", "colon", "passive_agent", "noun", "according_to", "so", "view_of"}:
        who = tuple(dict.fromkeys(m.speaker for m in reading.subjects if m.speaker))
        if not who:
            return False
        if (reading.inverted or not new_paragraph) and len(who) == 1 and own_party(who[0], registry, talk):
            return False
        verbatim = rule == "colon"
        say(s, who, rule, talk, reading)
        s.speakers = with_askers(who, reading, registry, talk)
        talk.verbatim = verbatim
        talk.list_owner = verbatim and reading.content >= len(s.words) - 1
        after_question(s, reading, registry, talk)
        return True
    if rule == "pronoun":
        who = antecedent(reading, registry, talk)
        if not who:
            return False
        askers = with_askers(who, reading, registry, talk)
        say(s, who, rule, talk, reading)
        s.speakers = askers
        after_question(s, reading, registry, talk)
        return True
    if rule == "bare_verb" and talk.current:
        say(s, talk.current, rule, talk, reading)
        return True
    if rule == "passive":
        say(s, (UNKNOWN_SPEAKER,), rule, talk, reading)
        return True
    if rule == "subject_konjunktiv":
        who = tuple(dict.fromkeys(m.speaker for m in reading.subjects))
        if (
            reading.nested
            and talk.current
            and not set(who) & set(talk.current)
            and s.kind != "bullet"
            and (reading.told or not new_paragraph)
        ):
            say(s, talk.current, "nested", talk)
            return True
        say(s, who, rule, talk, reading)
        return True
    return False


def _is_narrator(s: SentenceState, talk: Talk, level: float) -> bool:
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
            return (
                last in participles()
                or is_procedure(last, set(words))
                or (talk.narrated and talk.konjunktiv >= KONJUNKTIV_MINUTES)
            )
        if morph[k] & FINITE:
            return False
    return False


def _means_actor(s: SentenceState, registry: Registry, talk: Talk) -> bool:
    """Whether *Er* or *Sie* at the start fits who acted just before, and not who spoke last."""
    gender = {"Er": "m", "Sie": "f"}.get(s.words[0])
    actor, last = registry.entries[talk.actor], registry.entries[talk.current[-1]]
    return gender is not None and actor.gender == gender and last.gender not in {gender, None}


def _continue(s: SentenceState, registry: Registry, talk: Talk, *, new_paragraph: bool, spoken: bool) -> None:
    if not spoken:
        return
    level = mood(s.words, s.morph)
    if _is_narrator(s, talk, level):
        talk.narrated = True
        return
    if talk.addressee and is_answer(s, registry, talk):
        say(s, (talk.addressee,), "addressee", talk)
        talk.addressee = ""
        talk.replied = True
        return
    if (
        not talk.addressee
        and talk.asker
        and (s.words[0] in ANSWER_OPENERS or (talk.quantity and not new_paragraph and answers_quantity(s)))
        and talk.current
        and talk.current[-1] == talk.asker
    ):
        who = next((w for w in reversed(talk.turns) if w != talk.asker and registry.entries[w].kind != "group"), "")
        if who:
            say(s, (who,), "addressee", talk)
            return
    if (
        s.words[-1] == "?"
        and talk.replied
        and talk.asker
        and talk.current
        and talk.asker not in talk.current
        and level >= 0.35
    ):
        asker, talk.asker = talk.asker, ""
        answerer = talk.current[-1]
        say(s, (asker,), "asker_again", talk)
        talk.asker, talk.addressee, talk.replied = asker, answerer, False
        return
    if talk.actor and talk.narrated and level >= 0.7 and talk.current and _means_actor(s, registry, talk):
        say(s, (talk.actor,), "chair_latent", talk)  # Herr X zieht den Antrag zurück. Er behalte sich vor ...
        return
    if talk.latent and level >= 0.7 and talk.narrated:
        say(s, (talk.latent,), "chair_latent", talk)
        return
    if (
        not talk.current
        and talk.actor
        and talk.narrated
        and level >= 0.7
        and s.words[0] in {"Er", "Sie"}
        and registry.entries[talk.actor].gender in {"m" if s.words[0] == "Er" else "f", None}
    ):
        say(s, (talk.actor,), "chair_latent", talk)
        return
    if not talk.current and talk.title and not talk.turns:
        say(s, (talk.title,), "title", talk)
        return
    if not talk.current:
        return
    if s.kind == "bullet":
        if talk.narrated and level < 0.7:
            return
        say(s, talk.current, "continuation_bullet", talk)
        return
    if level >= 0.7:
        say(s, talk.current, "continuation_resumed" if talk.narrated else "continuation_konjunktiv", talk)
        return
    if talk.narrated and new_paragraph:
        return
    say(s, talk.current, "continuation_indicative", talk)


@Language.factory("auszug_statements")
class Statements:
    """Component over `doc._.item`: see `attribute`."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        attribute(doc._.item)
        return doc
