"""Ways to name a speaker without being the subject: a colon, the agent of a passive, *laut*, *so*, *nach Ansicht von*.

Also sentences that report without naming anybody: a bare verb in a list, a passive without an agent.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.extract.askers import ASKS
from pipeline.extract.cues import cue_nouns, is_cue_verb, load_cues, verb_key
from pipeline.extract.mentions import Mention
from pipeline.extract.morphology import bits, lemma
from pipeline.extract.namelist import word
from pipeline.extract.narrator import is_procedure
from pipeline.extract.reading import (
    CONTENT_WORDS,
    FINITE,
    INDICATIVE,
    INFINITIVE,
    LIGHT,
    NEGATIONS,
    PARTICIPLE,
    PRESENT,
    SUBJ1,
    SUBJ2,
    Reading,
    clause_end,
    content_start,
    is_indicative,
    knows_verb,
    participle_of,
    subordinate_before,
)
from pipeline.extract.speech import set_cue, speech_cue
from pipeline.extract.wordsets import word_set

PASSIVE_PREPOSITIONS = frozenset(
    ("von", "vom", "durch", "seitens", "vonseiten", "Von", "Vom", "Durch", "Seitens", "Vonseiten")
)


OPENERS = word_set("openers")


_VIEWS = word_set("views")


_VIEW_VERBS = word_set("view_verbs")


_SPEECHES = frozenset(
    "Beantwortung Begründung Wortmeldung Wortbeitrag Redebeitrag Beitrag Stellungnahme Statement Dazu von Von".split()
)
"""What stands before a name and a colon: *Wortbeitrag Herr Kühn: ...*; a *Zwischenruf* is told."""


_ADDS = frozenset("hierzu dazu weiter ergänzend abschließend wörtlich daraufhin einleitend darauf erneut".split())


def colon_speech(words: Sequence[str], mentions: Sequence[Mention], reading: Reading) -> bool:
    """*Frau Nickel (SPD): ...*, *Antwort Frau Tillmann: ...*, *Mitteilung der Verwaltung: ...*, *CDU: ...*"""
    first = mentions[0]
    if (
        first.start == 0
        and first.kind == "person"
        and first.end + 3 < len(words)
        and words[first.end] in {"-", "–"}
        and words[first.end + 1][0].isupper()
        and not {"-", "–"} & set(words[first.end + 1 :])
    ):
        reading.rule, reading.subjects, reading.content, reading.key = "colon", [first], first.end + 1, "wort"
        return True  # Herr Ott - Der Steg muss bleiben
    if first.start > 3 or ":" not in words:
        return False
    colon = words.index(":")
    if first.end > colon or colon > 24:
        return False
    after = words[colon + 1 : colon + 3]
    if first.kind != "person" and len(after) == 2 and after[0].isdigit() and after[1] in {",", ".", ";"}:
        return False  # Zuhörer: 23
    between = words[first.end : colon]
    if len(between) == 1 and between[0] in _ADDS and first.start == 0 and first.kind in {"person", "role"}:
        between = words[:0]  # Bürgermeister Uhl hierzu: Im Mai
    if any(w in {"€", "Euro", "EUR"} for w in between) or (between and between[0] == "," and not (len(between) > 1)):
        return False
    if between and not (
        between[0] in {"vom", "von", ",", "aus", "für", "der", "des", "im", "beim"}
        and not any(bits(w) & FINITE and not w[0].isupper() for w in between)
    ):
        return False
    if first.kind == "body" or first.preposition in {"am", "zum"}:
        return False
    noun = words[first.start - 1] if first.start and first.start == 1 else ""
    if first.start >= 1 and words[first.start - 1] in cue_nouns() and first.start <= 3:
        noun = words[first.start - 1]
    elif first.start and words[first.start - 1] in {"der", "des", "von"}:
        noun = words[first.start - 2] if first.start >= 2 else ""
    if first.start == 1 and words[0][0].isupper() and words[1] in {"der", "des"}:
        noun = words[0]
    if first.start and not noun:
        noun = words[0] if first.start <= 2 and words[0] in cue_nouns() else ""
    if first.start and not noun:
        return False
    if noun and noun not in cue_nouns() and noun not in _SPEECHES:
        return False
    if first.kind == "group" and colon + 1 >= len(words) and not noun and not first.faction:
        return False
    reading.rule, reading.subjects, reading.content = "colon", [first], min(colon + 1, len(words) - 1)
    if noun in cue_nouns():
        reading.cue, reading.key = words.index(noun), cue_nouns()[noun]
    else:
        reading.key = "wort"
    return True


def passive_agent(words: Sequence[str], morph: Sequence[int], mentions: Sequence[Mention], reading: Reading) -> bool:
    """*Von Frau Lau wird angeregt*, *Kritisiert wurde von Herrn Ott*: the agent of a passive of saying speaks."""
    passive = next((k for k, form in enumerate(words) if form in {"wird", "werden", "wurde", "wurden"}), len(words))
    for mention in sorted(mentions, key=lambda m: m.start < passive):
        preposition = mention.start - 1
        if mention.preposition not in PASSIVE_PREPOSITIONS and words[mention.start] not in {"vom", "Vom"}:
            continue
        at = mention.start if words[mention.start] in {"vom", "Vom"} else preposition
        if mention.preposition != "seitens" and (
            words[at] not in PASSIVE_PREPOSITIONS
            or mention.kind == "body"
            or (mention.plural and not mention.faction and not mention.indefinite)
        ):
            continue
        if mention.preposition == "seitens" and words[at] not in PASSIVE_PREPOSITIONS:
            at = 0
        if (
            at
            and words[at - 1][0].isupper()
            and words[at - 1] not in OPENERS
            and at != 1
            and not any(m.end == at and m.preposition in {"namens", "für", "im"} for m in mentions)
        ):
            continue
        if at == 1 and words[0][0].isupper() and word(words[0]) is None and not bits(words[0].lower()):
            continue
        verb = next(
            (
                k
                for k in range(len(words))
                if morph[k] & FINITE and morph[k] & INDICATIVE and "werden" in lemma(words[k])
            ),
            None,
        )
        if verb is None:
            continue
        end = clause_end(words, morph, verb)
        participle = None
        if (
            verb == 1 and bits(words[0].lower()) & PARTICIPLE and knows_verb(words[0].lower(), set(words))
        ):  # Kritisiert wurde von ...
            reading.rule, reading.subjects, reading.verb, reading.cue = "passive_agent", [mention], verb, 0
            reading.key, reading.content = verb_key(words[0].lower(), set(words)), content_start(words, end)
            return True
        for k in range(max(verb, mention.end), end):
            if words[k] == "," and participle is not None:
                break
            if morph[k] & PARTICIPLE and words[k] not in {"worden"}:
                participle = k
        if participle is None:
            continue
        clause = set(words[verb:end])
        if (
            is_procedure(words[participle], clause)
            or not knows_verb(words[participle], clause)
            or "gewählt" in clause
            or "Ordnung" in clause
        ):
            continue
        reading.rule, reading.subjects, reading.verb = "passive_agent", [mention], verb
        reading.cue, reading.key = participle, verb_key(words[participle], clause)
        reading.negated = bool(clause & NEGATIONS)
        reading.content = content_start(words, end)
        return True
    return False


_NOMINALS = word_set("nominals")
_COMES = frozenset(
    ("kommt", "kam", "kamen", "kommen", "stammt", "stammte", "ergeht", "erging", "liegt", "folgt", "folgte")
)
"""*Von Herrn Lutz kommt der Hinweis*."""


_ECHOES = frozenset(
    (
        "Unterstützung",
        "Zuspruch",
        "Rückendeckung",
        "Gegenwind",
        "Schützenhilfe",
        "Kritik",
        "Widerspruch",
        "Zustimmung",
        "Lob",
    )
)
_RECEIVES = frozenset(("bekam", "bekommt", "erhielt", "erhält", "erntete", "erntet", "findet", "fand", "gab", "gibt"))


def received(words: Sequence[str], mentions: Sequence[Mention], reading: Reading) -> bool:
    """*Unterstützung bekam sie von Stadtrat Böhm*: who gives it speaks."""
    if len(words) < 4 or words[0] not in _ECHOES or words[1] not in _RECEIVES:
        return False
    for mention in mentions:
        if mention.preposition in {"von", "vom"} and mention.kind != "body" and mention.start <= 9:
            reading.rule, reading.subjects, reading.cue = "noun", [mention], 0
            reading.key = cue_nouns().get(words[0])
            return True
    return False


def _as_told(words: Sequence[str], morph: Sequence[int], mentions: Sequence[Mention], reading: Reading) -> bool:
    """*Wie Herr Dammann ausführt, sind ...*, *..., wie Frau Otto betont*, *Wie von Frau Otto erwähnt, ...*"""
    for mention in mentions:
        at = mention.start - 1 if mention.preposition in {"von", "vom", "seitens"} else mention.start
        if (
            mention.kind == "body"
            or not at
            or not (
                (words[at - 1] == "Wie" and at == 1)
                or (words[at - 1] == "wie" and at > 1 and words[at - 2] in {",", "–", "("})
            )
        ):
            continue
        end = next((k for k in range(mention.end, min(len(words), mention.end + 14)) if words[k] in ",.–)"), None)
        if end is None or end <= mention.end:
            continue
        if at > 1 and (
            at != mention.start
            or not {"es", "das", "dies"}.isdisjoint(words[mention.end : end])
            or any(value & SUBJ1 and not value & INDICATIVE for value in morph[:at])
        ):
            continue  # a comparison: eine Liste, wie von Herrn Bunk beschrieben
        last = end - 1
        value = morph[last]
        if at != mention.start:
            cue = last if (value | bits(words[last])) & PARTICIPLE else None
        elif not value & FINITE or not is_indicative(words[last], value):
            continue
        else:
            cue = last
            if last > mention.end and morph[last - 1] & PARTICIPLE and {"haben"} & set(lemma(words[last])):
                cue = last - 1
        if cue is None or not is_cue_verb(words[cue]):
            continue
        reading.rule, reading.subjects, reading.cue = "according_to", [mention], cue
        reading.key = verb_key(words[cue], set(words[at:end]))
        reading.content = end + 1 if at == 1 else 0
        return True
    return False


def named_source(words: Sequence[str], morph: Sequence[int], mentions: Sequence[Mention], reading: Reading) -> bool:
    """*Laut Frau Plath*, *..., so Hinz*, *Nach Ansicht von Herrn Kopp*, *Für RM Geldmacher ist*, *Herrn X zufolge*."""
    nouns = cue_nouns()
    if _as_told(words, morph, mentions, reading):
        return True
    for mention in mentions:
        at = mention.start
        if (
            at
            and words[at - 1] in {"so", "So"}
            and (at == 1 or words[at - 2] in {",", "“", '"', "–", "”"})
            and mention.nominative
            and (mention.kind in {"person", "role"} or mention.faction or (mention.kind == "group" and at > 1))
        ):
            reading.rule, reading.subjects, reading.key = "so", [mention], "so"
            return True
    for mention in mentions:
        at = mention.start
        if mention.kind == "body":
            continue
        before = words[at - 1] if at else ""
        told_by = at - 2 if before in {"von", "vom"} else at - 1
        if (
            told_by > 1
            and words[told_by] in nouns
            and (mention.preposition in {"von", "vom"} or words[at] in {"der", "des", "vom"})
            and (
                (words[told_by - 1] == "so" and words[told_by - 2] == ",")
                or words[told_by - 2 : told_by] == ["so", "die"]
                or words[told_by - 2 : told_by] == ["so", "der"]
                or (words[told_by - 2] in {"lautet", "lautete"} and words[told_by - 1] in {"die", "der"})
            )
        ):
            reading.rule, reading.subjects, reading.cue, reading.key = "noun", [mention], told_by, nouns[words[told_by]]
            return True
        if (before in {"Laut", "Lt."} and at == 1) or (
            at
            and before in {"laut", "lt."}
            and mention.kind == "person"
        ):
            reading.rule, reading.subjects, reading.key = "according_to", [mention], "laut"
            return True
        if mention.end < len(words) and words[mention.end] == "zufolge" and (at <= 1 or mention.kind == "person"):
            reading.rule, reading.subjects, reading.key = "according_to", [mention], "zufolge"
            return True
        if (
            before == "Bei"
            and at == 1
            and mention.kind == "person"
            and mention.end < len(words)
            and words[mention.end] in {"stößt", "stieß", "findet", "fand", "trifft"}
        ):
            reading.rule, reading.subjects, reading.cue, reading.key = "view_of", [mention], mention.end, "stoßen"
            return True
        if (
            (before in {"Von", "Seitens", "Aus"} or words[at] in {"Vom", "Seitens"})
            and at <= 1
            and mention.end < len(words) - 2
            and words[mention.end] in _COMES
            and (
                noun := next(
                    (k for k in range(mention.end + 1, min(len(words), mention.end + 5)) if words[k] in nouns), None
                )
            )
            is not None
        ):
            reading.rule, reading.subjects, reading.cue = "noun", [mention], noun
            reading.key, reading.content = nouns[words[noun]], content_start(words, noun + 1)
            return True
        if (
            before == "nach"
            and at == 3
            and words[:2] in (["Wenn", "es"], ["Ginge", "es"], ["Geht", "es"])
            and mention.kind != "group"
        ):
            reading.rule, reading.subjects, reading.key = "view_of", [mention], "für"
            return True
        if (
            before == "Für"
            and at == 1
            and (mention.kind == "person" or mention.faction)
            and mention.end < len(words)
            and words[mention.end] in _VIEW_VERBS
        ):
            reading.rule, reading.subjects, reading.key = "view_of", [mention], "für"
            return True
        if (
            before == "bei"
            and mention.kind == "person"
            and at > 2
            and words[at - 2] in {"stößt", "stieß", "findet", "fand"}
            and words[0] in {"Auf", "Das", "Dies"}
        ):
            reading.rule, reading.subjects, reading.cue, reading.key = "view_of", [mention], at - 2, "stoßen"
            return True
        if (
            before == "für"
            and at > 3
            and mention.kind == "person"
            and words[0] in {"Dass", "Ob"}
            and words[at - 2] in _SEEMS
            and words[at - 3] == ","
        ):
            reading.rule, reading.subjects, reading.key = "view_of", [mention], "für"  # Dass ..., steht für sie fest
            return True
        if (
            before == "für"
            and at > 2
            and mention.kind == "person"
            and (words[at - 2] in _SEEMS or (words[at - 2] in {"auch", "gerade"} and words[at - 3] in _SEEMS))
            and words[0] in _RESUMES
        ):
            reading.rule, reading.subjects, reading.key = "view_of", [mention], "für"  # Damit ist für Frau Ott ...
            return True
        k = at - 1 if before in {"von", "vom"} else at
        if (
            k >= 1
            and words[k - 1] in nouns
            and k <= 6
            and (before in {"von", "vom"} or words[at] in {"der", "des", "vom"} or mention.preposition == "vom")
        ):
            noun = k - 1
            lead = words[noun - 1] if noun else ""
            if lead in {"Nach", "nach", "Aus", "aus"} or (noun >= 2 and words[noun - 2] in {"Nach", "nach", "Aus"}):
                if lead in {"nach", "aus"} and noun - 1 > 0:
                    continue
                if words[noun] in ASKS and words[noun] not in {"Auskunft", "Hinweis"}:
                    continue
                reading.rule, reading.subjects, reading.cue, reading.key = (
                    "noun",
                    [mention],
                    noun,
                    nouns[words[noun]],
                )
                at_verb = mention.end
                if (
                    words[noun] not in _VIEWS
                    and at_verb < len(words)
                    and morph[at_verb] & (SUBJ1 | SUBJ2)
                    and not morph[at_verb] & INDICATIVE
                ):
                    reading.nested = True
                return True
            if (
                lead == "Auf"
                and noun == 1
                and words[noun] in {"Vorschlag", "Anregung", "Wunsch", "Bitte"}
                and any(words[j] in {"soll", "sollen", "sollte", "sollten"} for j in range(mention.end, len(words)))
            ):
                reading.rule, reading.subjects, reading.cue, reading.key = (
                    "noun",
                    [mention],
                    noun,
                    nouns[words[noun]],
                )
                return True
        if (
            before == "durch"
            and mention.kind == "person"
            and words[0] in _NOMINALS
            and not any(v & FINITE for v in morph)
        ):
            reading.rule, reading.subjects = "noun", [mention]  # Vorstellung des Projektes durch Frau Seibert
            return True
        if (
            before in {"von", "vom"}
            and at >= 2
            and at <= 4
            and words[0] in {"Unverständnis", "Kritik", "Zustimmung", "Hinweis", "Anregung", "Nachfrage", "Lob", "Dank"}
        ):
            reading.rule, reading.subjects, reading.cue = "noun", [mention], 0
            reading.key = nouns.get(words[0])
            return True
    return False


_SEEMS = frozenset(("ist", "sind", "war", "waren", "bleibt", "bleiben", "steht", "stellt"))
_RESUMES = frozenset(("Damit", "Das", "Dies", "Hier", "Somit", "Dennoch", "Trotzdem", "Deshalb", "Entscheidend"))
_HIS_OR_HER = frozenset(("Seiner", "Ihrer", "Seines", "Ihres"))


def bare_verb(words: Sequence[str], morph: Sequence[int], reading: Reading) -> bool:
    """*- fragt, wann ...* after a name line, *Bittet darum, dass ...* in telegraphic minutes."""
    value = morph[0]
    form = words[0].lower()
    if not value:
        value = bits(form)
    if len(words) > 3 and words[0] in _HIS_OR_HER and words[1] in cue_nouns() and words[2] == "nach":
        reading.rule, reading.cue, reading.key = "bare_verb", 1, cue_nouns()[words[1]]  # Seiner Meinung nach ...
        return True
    if not (value & FINITE and is_indicative(form, value) and not value & INFINITIVE) or len(words) < 2:
        return False
    if words[0][0].isupper() and (words[-1] == "?" or not is_cue_verb(form) or word(words[0]) is not None):
        return False
    if words[0][0].isupper() and not value & PRESENT:
        return False  # Stand der Diskussion sei ...
    if words[0][0].isupper() and not (
        words[1] in LIGHT
        or words[1]
        in {",", "um", "darum", "daran", "auf", "vor", "für", "nach", "die", "den", "das", "der", "darauf", "an"}
    ):
        return False
    end = clause_end(words, morph, 0)
    clause = set(words[:end])
    if is_procedure(form, clause):
        return False
    cue = speech_cue(words, morph, 0, end, clause, persons=True, strict=False, kind="person")
    if cue is None:
        return False
    reading.rule, reading.verb = "bare_verb", 0
    set_cue(words, reading, cue, 0, end)
    return True


_MODALS = frozenset(("können", "müssen", "sollen", "dürfen"))
_ROUND = frozenset(("Runde", "Mitte", "Reihen", "Publikum", "Gremium", "Plenum", "Zuhörerschaft", "Versammlung"))


def agentless_passive(words: Sequence[str], morph: Sequence[int], reading: Reading) -> bool:
    """Agentless passive with content: *Bemängelt wird, dass ...*, *Auf Nachfrage wird mitgeteilt, dass ...*"""
    size = len(words)
    first = words[0].lower()
    if (
        words[0] == "Aus"
        and not _ROUND.isdisjoint(words[:6])
        and any(morph[k] & FINITE for k in range(2, min(size, 10)))
    ):
        reading.rule, reading.unknown = "passive", True  # Aus der Runde kommt der Vorschlag ...
        reading.cue = next((k for k in range(2, size) if words[k] in cue_nouns()), None)
        if reading.cue is None:
            reading.cue = next((k for k in range(2, size) if morph[k] & PARTICIPLE), None)
        if reading.cue is None:
            return False
        form = words[reading.cue]
        reading.key = cue_nouns().get(form) or verb_key(form, set(words))
        return True
    if (
        size > 2
        and bits(first) & PARTICIPLE
        and any(words[k] in {"wird", "wurde", "werden", "wurden"} for k in (1, 2, 3) if k < size)
        and words[1] != "und"
        and not any(base in _MODALS for word_ in words[2:4] for base in lemma(word_))
        and is_cue_verb(first)
    ):
        key = verb_key(first, set(words))
        if key in load_cues() and not is_procedure(first, set(words)):
            reading.rule, reading.unknown, reading.cue, reading.key = "passive", True, 0, key
            reading.content = next((k + 1 for k in range(2, size) if words[k] == ","), 0)
            return True
    verb = next((k for k in range(min(size, 9)) if words[k] in {"wird", "wurde", "werden", "wurden"}), None)
    if verb is None or subordinate_before(words, verb):
        return False
    end = clause_end(words, morph, verb)
    participle = participle_of(words, morph, verb, end)
    if participle is None or not is_cue_verb(words[participle]):
        return False
    clause = set(words[verb:end])
    key = verb_key(words[participle], clause)
    if key not in load_cues() or is_procedure(words[participle], clause):
        return False
    told = (
        participle + 2 < size
        and words[participle + 1] == ","
        and (
            words[participle + 2] in CONTENT_WORDS
            or "zu" in words[participle + 2 :]
            or words[participle + 2] not in {"und", "aber", "die", "der", "das"}
        )
    )
    told = told or (words[0] == "Es" and participle + 1 < size and words[participle + 1] == ",")
    if reading.minutes_in_konjunktiv and told and load_cues()[key].act in {"object", "ask"}:
        reading.rule, reading.unknown, reading.cue, reading.key = "passive", True, participle, key
        reading.content = participle + 2 if told else 0
        return True
    if words[0] in {
        "Es",
        "Auf",
        "Weiter",
        "Ferner",
        "Außerdem",
        "Zudem",
        "Dazu",
        "Hierzu",
        "Zugleich",
        "Daraufhin",
        "Das",
        "Dies",
        "Vereinzelt",
        "Seitens",
        "Aus",
    } and (
        (told and words[0] not in {"Das", "Dies"})
        or (
            words[0] in {"Das", "Dies"}
            and (load_cues()[key].act == "answer" or (load_cues()[key].act == "commit" and participle == verb + 1))
        )
        or "der Wunsch" in " ".join(words[:5])
    ):
        reading.rule, reading.unknown, reading.cue, reading.key = "passive", True, participle, key
        reading.content = participle + 2 if told else 0
        return True
    return False
