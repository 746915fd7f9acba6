"""Who else stands in a sentence of speech: askers in adverbials, the person asked, second subjects."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.extract.cues import load_cues
from pipeline.extract.mentions import Mention
from pipeline.extract.reading import FINITE, INDICATIVE, INFINITIVE, PARTICIPLE, Reading, knows_verb
from pipeline.extract.wordsets import word_set

_ATTACHING = word_set("attaching")


ASKS = word_set("asks")


_QUESTIONS = word_set("questions")


def add_others(words: Sequence[str], morph: Sequence[int], mentions: Sequence[Mention], reading: Reading) -> Reading:
    """Add askers named in adverbials, the addressee of a question, and gapped second subjects."""
    if reading.rule in {"subject_verb", "verb_subject", "pronoun"} and mentions:
        _askers(words, mentions, reading)
        _addressee(words, mentions, reading)
        if reading.rule == "subject_verb":
            _gapping(words, morph, mentions, reading)
        _trailing(words, morph, mentions, reading)
    elif reading.rule == "pronoun" or not mentions:
        _askers(words, mentions, reading)
    return reading


def _askers(words: Sequence[str], mentions: Sequence[Mention], reading: Reading) -> None:
    for k, form in enumerate(words[: min(len(words), 40)]):
        if form not in ASKS or not k:
            continue
        lead = words[k - 1]
        if lead in {"ihre", "seine", "Ihre", "Seine", "deren", "dessen"}:
            if k >= 2 and words[k - 2] in {"Auf", "auf", "Zu", "zu"} and form in _QUESTIONS:
                reading.asker_pronoun = lead.lower()
                reading.asked = _content_told(words, k + 1)
            continue
        if lead not in {"Auf", "auf", "die", "der", "zur", "Zur", "weitere", "den", "eine", "entsprechende"}:
            continue
        if not any(words[j] in {"Auf", "auf", "Zu", "zu", "zur", "Zur"} for j in range(max(0, k - 3), k)):
            continue
        last = None
        for mention in mentions:
            if mention in reading.subjects or mention.start < k:
                continue
            gap = mention.start - k
            if (last is None and gap <= 2) or (
                last is not None
                and mention.start - last.end <= 2
                and all(w in {"und", "sowie", ",", "von", "der", "des"} for w in words[last.end : mention.start])
            ):
                reading.askers.append(mention)
                last = mention
        if last is not None and form in _QUESTIONS:
            reading.asked = _content_told(words, last.end, noun=form)
        return


_QUESTION_WORDS = word_set("question_words")


def _content_told(words: Sequence[str], at: int, noun: str = "") -> bool:
    if at + 1 < len(words) and words[at] == "," and words[at + 1].lower() in _QUESTION_WORDS:
        return True
    if (
        at + 2 < len(words)
        and words[at] == ","
        and words[at + 2].lower() in _QUESTION_WORDS
        and words[at + 1] in {"nach", "in", "auf", "mit", "bis", "ab", "seit", "von", "für", "zu", "aus"}
    ):
        return True
    return noun == "Frage" and at < len(words) and words[at] in {"nach", "zum", "zur"}


_ANSWERING = frozenset(
    ("verwaltung", "stadtverwaltung", "kreisverwaltung", "magistrat", "personalamt", "jugendamt", "bauamt")
)


def _addressee(words: Sequence[str], mentions: Sequence[Mention], reading: Reading) -> None:
    """The person asked: *fragt Herrn Götz nach ...*, *möchte vom Landrat wissen*, *bittet Frau Timm*."""
    if reading.cue is None:
        return
    key = reading.key or ""
    cue = load_cues().get(key)
    if cue is None or (cue.act not in {"ask", "propose"} and not cue.key.startswith("begrüß")):
        return
    for mention in mentions:
        if mention in reading.subjects or mention in reading.askers or mention.kind == "body":
            continue
        if mention.start < (reading.verb or 0) and not (
            mention.preposition in {"Von", "Vom"}
            and key in {"wissen_wollen", "wissen_möchten", "erfahren_möchten", "erfahren_wollen"}
        ):
            continue
        verb = reading.verb or 0
        if "," in words[verb : mention.start] or (mention.kind == "group" and mention.office not in _ANSWERING):
            continue  # in the question's content, or nobody who answers in a meeting
        direct = mention.start <= verb + 4 and not mention.preposition
        if direct or mention.preposition in {"von", "vom", "an", "bei", "Von", "Vom"} or words[mention.start] == "vom":
            if mention.preposition == "von" and words[mention.start - 2] in _ATTACHING:
                continue
            reading.addressee = mention
            return


def _trailing(words: Sequence[str], morph: Sequence[int], mentions: Sequence[Mention], reading: Reading) -> None:
    """*..., was Frau Dr. Wachter bejahte*: the answer in a clause of its own."""
    if (
        len(words) < 8
        or words[-1] not in ".!"
        or not morph[len(words) - 2] & FINITE
        or not morph[len(words) - 2] & INDICATIVE
    ):
        return
    last = mentions[-1]
    if (
        last.end != len(words) - 2
        or last in reading.subjects
        or not last.nominative
        or last.kind == "body"
        or last.start < 2
    ):
        return
    if (
        words[last.start - 1] == "was"
        and words[last.start - 2] == ","
        and knows_verb(words[-2], set(words[last.start :]))
    ):
        reading.subjects = [*reading.subjects, last]


def _gapping(words: Sequence[str], morph: Sequence[int], mentions: Sequence[Mention], reading: Reading) -> None:
    """*Frau Ott stellt den Antrag, Herr Uhl den Änderungsantrag vor*: a second subject without a verb of its own."""
    if reading.cue is None or reading.verb is None or words[-1] not in ".!" or len(words) < 6:
        return
    particle = words[-2]
    if not morph[len(words) - 2] & 1024 or particle[0].isupper():
        return
    for mention in mentions:
        if (
            mention in reading.subjects
            or not mention.nominative
            or mention.kind != "person"
            or mention.start <= reading.verb
            or mention.preposition
        ):
            continue
        before = words[mention.start - 1]
        if before == "," or (before == "und" and words[mention.start] != "Frau"):
            rest = range(mention.end, len(words) - 2)
            if not any(morph[k] & FINITE and not morph[k] & (PARTICIPLE | INFINITIVE) for k in rest):
                reading.subjects = [*reading.subjects, mention]
                return
