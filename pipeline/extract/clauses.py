"""Reads one sentence: whose words does it say it reports, and which word is the cue?

Sits between `naming` (mentions with their spans) and `statements` (who is meant, and what goes on without a cue). The
main clause is found from its finite verb: subject before the verb (*Frau Holm erläutert*), behind it (*Dazu teilt sie
mit*, *..., meint Herr Lange*), agent of a passive (*Von Frau Lau wird angeregt*), nominal cues (*Nach Ansicht von*),
*laut* and *so*, a name and a colon. Nothing here knows the sentences before.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.extract.askers import add_others
from pipeline.extract.mentions import PREPOSITIONS, Mention
from pipeline.extract.morphology import bits, lemma
from pipeline.extract.pronouns import EXPERIENCES, OPENING_PRONOUNS, PRONOUNS, pronoun_first, pronoun_speech
from pipeline.extract.reading import (
    AFTER_SUBJECT,
    FINITE,
    INDICATIVE,
    INFINITIVE,
    LIGHT,
    PARTICIPLE,
    SUBJ1,
    SUBORDINATORS,
    Reading,
    clause_end,
    is_indicative,
    knows_verb,
    participle_of,
    subordinate_before,
)
from pipeline.extract.sources import (
    OPENERS,
    PASSIVE_PREPOSITIONS,
    agentless_passive,
    bare_verb,
    colon_speech,
    named_source,
    passive_agent,
    received,
)
from pipeline.extract.speech import STATES, accept
from pipeline.extract.wordsets import word_set

_AMBIGUOUS_LEADS = word_set("ambiguous_leads")


_POSTMODIFIERS = word_set("postmodifiers")


_NOUN_PREPOSITIONS = word_set("noun_prepositions")


MAX_TAIL = 18
"""How far behind the subject the verb is looked for; past appositions and attachments of up to so many tokens."""


MAX_GAP = 9
"""How far behind an inverted verb a subject is looked for that is plainly nominative (*Herr*, *der Bürgermeister*)."""


def read(
    words: Sequence[str],
    morph: Sequence[int],
    mentions: Sequence[Mention],
    *,
    strict: bool = False,
    konjunktiv: bool = False,
    past: bool = False,
    verbatim: bool = False,
) -> Reading:
    """The reading of a sentence. `strict` asks for cues of the lexicon (outside of minutes, within verbatim speech).

    `konjunktiv`: these minutes report in the Konjunktiv, so that a function with a verb in the indicative speaks or
    acts. `past`: they are written in the preterite. `verbatim`: somebody's own words go on (*Frau X: ...*), in which
    another person can be the subject (*Frau Bulut hat den Laden allein geschmissen*).
    """
    size = len(words)
    reading = Reading(minutes_in_konjunktiv=konjunktiv, minutes_in_past=past, verbatim=verbatim)
    if not size:
        return reading
    if (
        mentions
        and ":" in words[1:6]
        and mentions[0].start == words.index(":") + 1
        and mentions[0].kind == "person"
        and not any(morph[k] & FINITE and words[k][0].islower() for k in range(mentions[0].start))
        and _person_behind(words, morph, mentions, reading, strict)
    ):
        return add_others(words, morph, mentions, reading)  # TOP 5: Frau Ott stellt ... vor
    laut = words[0] in {"Laut", "Lt."} and bool(mentions) and mentions[0].start == 1
    if laut and named_source(words, morph, mentions, reading):
        return add_others(words, morph, mentions, reading)
    whole = bool(mentions) and mentions[-1].start != 0 and _reports_all(words, morph, mentions)
    if not whole and words[0].lower() in OPENING_PRONOUNS and pronoun_first(words, morph, reading, strict):
        return add_others(words, morph, mentions, reading)
    if mentions:
        if colon_speech(words, mentions, reading):
            if reading.subjects[0].kind == "group" and _person_behind(words, morph, mentions, reading, strict):
                return add_others(words, morph, mentions, reading)
            return reading
        if not whole and _subject_verb(words, morph, mentions, reading, strict):
            return add_others(words, morph, mentions, reading)
    if mentions and received(words, mentions, reading):
        return reading
    if _verb_subject(words, morph, mentions, reading, strict):
        return add_others(words, morph, mentions, reading)
    if mentions and (passive_agent(words, morph, mentions, reading) or named_source(words, morph, mentions, reading)):
        return add_others(words, morph, mentions, reading)
    if bare_verb(words, morph, reading):
        return add_others(words, morph, mentions, reading)
    if agentless_passive(words, morph, reading):
        return add_others(words, morph, mentions, reading)
    return reading


def _is_sentence_start(words: Sequence[str], mention: Mention) -> bool:
    if mention.start == 0:
        return True
    lead = words[: mention.start]
    return len(lead) <= 2 and all(w in OPENERS or w in '-–„"(' for w in lead)


def _subject_verb(
    words: Sequence[str], morph: Sequence[int], mentions: Sequence[Mention], reading: Reading, strict: bool
) -> bool:
    first = mentions[0]
    if not _is_sentence_start(words, first) or first.preposition:
        return False
    if first.role_kind == "unknown" and not reading.minutes_in_konjunktiv:
        return False
    subjects = [first]
    at = first.end
    index = 0
    size = len(words)
    while at < size - 1 and words[at] in {"und", "sowie", ",", "&", "bzw."} and index + 1 < len(mentions):
        following = mentions[index + 1]
        gap = 2 if words[at] == "," and words[at + 1] in {"und", "sowie"} else 1
        if following.start != at + gap or following.preposition or following.kind == "body":
            break
        subjects.append(following)
        index += 1
        at = following.end
    verb = _verb_after(words, morph, at)
    if verb is not None and verb + 1 < size and words[verb + 1] == "er":
        return False
    if verb is None:
        return _misspelt(words, morph, subjects, at, reading)
    if not first.nominative and not any(base in EXPERIENCES for base in lemma(words[verb])):
        return False
    return accept(words, morph, mentions, subjects, verb, reading, strict, inverted=False)


_FEELINGS = word_set("feelings")


def _misspelt(words: Sequence[str], morph: Sequence[int], subjects: list[Mention], at: int, reading: Reading) -> bool:
    """*Der Vorsitzende fast zusammen, der PSK habe gekündigt*: a subject, a word unknown as a verb, content."""
    if (
        at < len(words)
        and len(words) <= at + 3
        and (
            words[at] in {"auch", "ebenso", "ebenfalls", "desgleichen", "gleichfalls", "nicht"}
            or (words[at] in AFTER_SUBJECT and words[min(at + 1, len(words) - 1)] in {"schon", "nicht", "auch"})
        )
        and subjects[0].kind in {"person", "role"}
    ):
        reading.rule, reading.subjects = "subject_verb", subjects  # Frau Wolf auch.
        return True
    if at >= len(words) - 3 or subjects[0].kind == "body" or subjects[0].kind == "group":
        return False
    form = words[at]
    if (
        not form.isalpha()
        or not form.islower()
        or form in LIGHT
        or form in AFTER_SUBJECT
        or form in PREPOSITIONS
        or form in _POSTMODIFIERS
    ):
        return False
    comma = next((k for k in range(at + 1, len(words)) if words[k] in {",", ";", ":"}), len(words) - 1)
    unknown = (
        not bits(form)
        and len(form) > 3
        and subjects[0].kind == "person"
        and not any(morph[k] & FINITE and not morph[k] & INFINITIVE for k in range(at + 1, comma))
    )
    if not unknown and not form.endswith(("t", "te")):
        return False
    if not unknown and comma > at + 8:
        return False
    if not unknown and not any(morph[k] & SUBJ1 and not morph[k] & INDICATIVE for k in range(comma, len(words))):
        return False
    reading.rule, reading.subjects, reading.cue, reading.key, reading.verb, reading.content = (
        "subject_verb",
        subjects,
        at,
        form,
        at,
        comma + 1,
    )
    return True


def _verb_after(words: Sequence[str], morph: Sequence[int], at: int) -> int | None:
    """The finite verb of the clause whose subject ends before `at`."""
    size = len(words)
    for _ in range(3):  # adverbs directly behind the subject
        if at < size and words[at] in AFTER_SUBJECT and not (morph[at] & FINITE):
            at += 1
    if at >= size:
        return None
    if morph[at] & FINITE and not words[at][0].isupper():
        return at
    if words[at] in _POSTMODIFIERS:
        depth = 0
        for k in range(at, min(size, at + MAX_TAIL)):
            form = words[k]
            if form == "(":
                depth += 1
            elif form == ")":
                depth -= 1
            elif depth == 0 and morph[k] & FINITE and not form[0].isupper() and k > at:
                if (
                    morph[k] & PARTICIPLE
                    and k + 1 < size
                    and words[k + 1][0].isupper()
                    and words[k - 1] in _ATTRIBUTE_BEFORE
                ):
                    continue
                if morph[k] & PARTICIPLE and size - 2 > k and morph[size - 2] & FINITE and "," not in words[k:]:
                    return None  # a subordinate clause: ... informiert gewesen sei
                return k
            elif depth == 0 and form in ".;:?!":
                return None
            elif depth == 0 and form == ",":
                return _behind_comma(words, morph, k)
        return None
    if words[at] == ",":
        return _behind_comma(words, morph, at)
    return None


_ATTRIBUTE_BEFORE = word_set("attribute_before")


def _behind_comma(words: Sequence[str], morph: Sequence[int], comma: int) -> int | None:
    """The main verb behind a relative clause or apposition that starts at `comma`."""
    size = len(words)
    for k in range(comma + 1, min(size, comma + 30)):
        if words[k] == "," and k + 1 < size and morph[k + 1] & FINITE and not words[k + 1][0].isupper():
            return k + 1
        if words[k] in ".;:":
            return None
    return None


def _verb_subject(
    words: Sequence[str], morph: Sequence[int], mentions: Sequence[Mention], reading: Reading, strict: bool
) -> bool:
    """Inversion and inserted or final *meint Herr Lange*."""
    size = len(words)
    starts = {m.start: m for m in mentions}
    first_comma = words.index(",") if "," in words else size
    leading = (
        (words[0].lower() in SUBORDINATORS and words[0] not in {"Damit", "Da", "Wie", "Um", "Ohne"})
        or (words[0] in {"Wie", "Da"} and first_comma < size)
        or (words[0] == "Um" and "zu" in words[:first_comma] and first_comma < size)
    )
    if leading and words[0] in _AMBIGUOUS_LEADS:
        head = next((k for k in range(size) if morph[k] & FINITE and not words[k][0].isupper()), None)
        leading = head is not None and head + 1 < size and (words[head + 1] == "," or bool(morph[head + 1] & FINITE))
    seen_finite = False
    depth = 0
    for v in range(size):
        form = words[v]
        if form == "(":
            depth += 1
        elif form == ")":
            depth = max(0, depth - 1)
        if depth or not morph[v] & FINITE or (form[0].isupper() and v):
            continue
        if v < 4 and morph[v] & INFINITIVE and v + 1 < size and words[v + 1] in _MODAL_FORMS and not seen_finite:
            continue  # Nicht nachvollziehen kann Herr Ott, ...
        before = words[v - 1] if v else ""
        opens = (leading and v > 0 and bool(morph[v - 1] & FINITE)) or before in {
            ",",
            ")",
            "–",
            "-",
            ";",
            "“",
            "”",
            '"',
            "»",
            "?",
            "!",
            ":",
        }
        if not opens and (seen_finite or leading or (v and subordinate_before(words, v))):
            seen_finite = True
            continue
        first = not seen_finite
        seen_finite = True
        if v == 0 or form == ",":
            continue
        subject = _subject_behind(words, morph, v, starts, mentions)
        if subject is None:
            continue
        value = morph[v]
        if isinstance(subject, str):
            if not is_indicative(form, value):
                reading.konjunktiv = reading.konjunktiv or first
                continue
            if pronoun_speech(
                words, morph, v, subject, reading, parenthetical=opens and not (first and not leading), strict=strict
            ):
                return True
            continue
        if (
            "werden" in lemma(form)
            and (participle := participle_of(words, morph, v, clause_end(words, morph, v))) is not None
        ):
            if (
                value & INDICATIVE
                and words[participle]
                in {
                    "vorgeschlagen",
                    "gewählt",
                    "benannt",
                    "bestellt",
                    "gebeten",
                    "beauftragt",
                    "nominiert",
                    "verabschiedet",
                }
                and subject.kind == "person"
                and not any(m.preposition in PASSIVE_PREPOSITIONS or words[m.start] in {"vom", "Vom"} for m in mentions)
            ):
                reading.rule, reading.subjects = "procedure", [subject]
                return True
            return False
        subjects = [subject]
        index = mentions.index(subject)
        at = subject.end
        while (
            at < size - 1
            and words[at] in {"und", "sowie"}
            and index + 1 < len(mentions)
            and mentions[index + 1].start == at + 1
            and not mentions[index + 1].preposition
            and mentions[index + 1].kind != "body"
        ):
            index += 1
            subjects.append(mentions[index])
            at = mentions[index].end
        if (
            opens
            and not (leading or first)
            and not knows_verb(form, set(words))
            and not _inserted(words, morph, v, subject)
            and not ("sein" in lemma(form) and not STATES.isdisjoint(words[v:]))
        ):
            continue
        if subject.kind == "group" and subject.plural and not subject.faction and not reading.minutes_in_konjunktiv:
            continue  # Am häufigsten wünschen sich die Jugendlichen ...: told, in minutes that tell in the indicative
        if accept(words, morph, mentions, subjects, v, reading, strict, inverted=True):
            reading.inverted = True
            if opens and not leading:
                reading.content = 0
            return True
    return False


def _person_behind(
    words: Sequence[str], morph: Sequence[int], mentions: Sequence[Mention], reading: Reading, strict: bool
) -> bool:
    """*Seniorenbeirat: Frau Ott berichtet ...*: behind a heading in one line, the sentence's own subject."""
    colon = words.index(":") if ":" in words else -1
    for mention in mentions:
        if mention.start == colon + 1 and mention.kind == "person" and mention.nominative:
            verb = _verb_after(words, morph, mention.end)
            inner = Reading(minutes_in_konjunktiv=reading.minutes_in_konjunktiv)
            if verb is None or not accept(words, morph, mentions, [mention], verb, inner, strict, inverted=False):
                return False
            if inner.rule != "subject_verb":
                return False
            reading.rule, reading.subjects, reading.verb = inner.rule, inner.subjects, inner.verb
            reading.cue, reading.key, reading.negated, reading.content = (
                inner.cue,
                inner.key,
                inner.negated,
                inner.content,
            )
            return True
    return False


_MODAL_FORMS = frozenset("kann konnte will wollte möchte mag mochte muss musste".split())
_INFORMING = frozenset(
    "bescheiden beruhigen trösten belehren informieren unterbrechen korrigieren unterstützen ermuntern".split()
)


_NO_SPEECH = word_set("thing_verbs")


def _inserted(words: Sequence[str], morph: Sequence[int], v: int, subject: Mention) -> bool:
    """*..., brummt Stadtrat Pilz.*: behind a whole clause, a clause of only a verb and a name reports it."""
    return (
        subject.kind == "person"
        and subject.start == v + 1
        and words[v - 1] == ","
        and (subject.end >= len(words) - 1 or words[subject.end] in {",", ":", ";"})
        and _NO_SPEECH.isdisjoint(lemma(words[v]))
        and any(morph[k] & FINITE for k in range(1, v - 1))
    )


def _reports_all(words: Sequence[str], morph: Sequence[int], mentions: Sequence[Mention]) -> bool:
    """*Frau Jung habe gefehlt, sagt Herr Uhl.*, *Diese blieben, antwortet Frau Uhl.*: the end says who speaks."""
    last = mentions[-1]
    v = last.start - 1
    return (
        last.end >= len(words) - 1
        and last.nominative
        and last.kind in {"person", "role"}
        and v > 2
        and words[v - 1] == ","
        and bool(morph[v] & FINITE and morph[v] & INDICATIVE)
        and knows_verb(words[v], set(words[v:]))
        and _NO_SPEECH.isdisjoint(lemma(words[v]))
        and not subordinate_before(words, v - 1)
    )


def _subject_behind(
    words: Sequence[str], morph: Sequence[int], v: int, starts: dict[int, Mention], mentions: Sequence[Mention]
) -> Mention | str | None:
    size = len(words)
    k = v + 1
    for _ in range(5):
        if k in starts:
            mention = starts[k]
            if mention.nominative:
                return mention
            break
        if k < size and words[k] in PRONOUNS:
            if words[k] == "beide" and (words[0].lower() in PRONOUNS or 0 in starts):
                return None
            if (
                words[k] == "sie"
                and k + 1 in starts
                and starts[k + 1].nominative
                and starts[k + 1].kind in {"person", "role"}
                and words[k + 1].lower() in {"der", "die", "herr"}
                and any(base in _INFORMING for base in lemma(words[v]))
            ):
                return starts[k + 1]  # beschied sie der Beigeordnete
            if words[k] in {"dieser", "diese"} and k + 1 < size and words[k + 1][0].isupper():
                return None
            return words[k].lower()
        if k < size and words[k] in LIGHT and not (morph[k] & FINITE and not morph[k] & PARTICIPLE):
            k += 1
        else:
            break
    if (
        k in starts
        and starts[k].kind == "person"
        and not starts[k].preposition
        and not starts[k].nominative
        and any(base in _FEELINGS for base in lemma(words[v]))
    ):
        return starts[k]  # Das wurmt Herrn Röhl
    # farther away: only what is plainly nominative
    for mention in mentions:
        if v < mention.start <= v + MAX_GAP and mention.nominative and mention.kind in {"person", "role"}:
            if any(
                words[j] in {",", ";", ":", "und", "dass"}
                or (morph[j] & FINITE and not morph[j] & (PARTICIPLE | INFINITIVE))
                for j in range(v + 1, mention.start)
            ):
                return None
            lead = words[mention.start].lower()
            if lead in {"herr", "der"} or (lead == "ein" and mention.gender == "m"):
                return mention
            return None
        if mention.start > v + MAX_GAP:
            break
    return None
