"""Judges a subject and its verb: speech or opinion, an act of procedure, or told about somebody else."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.extract.cues import cue_nouns, verb_key
from pipeline.extract.mentions import Mention
from pipeline.extract.morphology import lemma
from pipeline.extract.narrator import is_procedure
from pipeline.extract.reading import (
    AMBIGUOUS,
    INFINITIVE,
    NEGATIONS,
    PAST,
    SUBJ1,
    SUBJ2,
    Reading,
    clause_end,
    content_start,
    is_coordinated,
    is_indicative,
    knows_verb,
    next_verb,
    participle_of,
)
from pipeline.extract.wordsets import word_set

STATES = word_set("states")


_STATE_NOUNS = frozenset("Meinung Ansicht Auffassung Überzeugung".split())


_WANTS = frozenset(("möchte", "möchten", "will", "wollen", "wollte", "wollten"))
_DUTIES = frozenset(("zuständig", "verantwortlich", "da", "bekannt", "gewählt", "tätig", "bestimmt", "geeignet"))


def _takes_side(words: Sequence[str], verb: int, end: int) -> bool:
    """*Die FDP ist für Vertagung*, *Frau Ott ist klar gegen den Neubau*."""
    for k in (verb + 1, verb + 2):
        if k < end - 1 and words[k] in {"für", "gegen"}:
            return _DUTIES.isdisjoint(words[k:end])
    return False


def accept(
    words: Sequence[str],
    morph: Sequence[int],
    mentions: Sequence[Mention],
    subjects: list[Mention],
    verb: int,
    reading: Reading,
    strict: bool,
    *,
    inverted: bool,
) -> bool:
    """Judge a subject with its verb: speech, procedure, or reported content."""
    value = morph[verb]
    reading.verb = verb
    head = subjects[0]
    if not is_indicative(words[verb], value) and value & (SUBJ1 | SUBJ2):
        reading.konjunktiv = True
        if (
            inverted
            and not strict
            and all(s.kind == "person" for s in subjects)
            and not value & SUBJ1
            and words[verb] in _POLITE
            and subjects[0].start <= verb + 3
        ):
            reading.rule, reading.subjects, reading.inverted = "subject_konjunktiv", subjects, True
            return True
        if inverted or head.kind != "person" or strict:
            return False
        reading.rule, reading.subjects = "subject_konjunktiv", subjects
        reading.nested = _tells_of_another(words, morph, verb, reading)
        if not value & SUBJ1 and not any(base in _AUXILIARIES for base in lemma(words[verb])):
            set_cue(words, reading, verb, verb, clause_end(words, morph, verb))  # Frau Wulfers sähe lieber ...
        return True
    if head.kind == "body":
        reading.rule, reading.inverted = "body", inverted
        return True
    persons = all(s.kind == "person" for s in subjects)
    if (
        head.kind == "group"
        and head.plural
        and not reading.minutes_in_past
        and value & PAST
        and value & AMBIGUOUS
        and not persons
    ):
        return False  # Die Träger rechneten Stunden ab: Konjunktiv, within a report
    current: int | None = verb
    saw = False
    while current is not None:
        end = clause_end(words, morph, current)
        clause = set(words[current:end])
        if inverted and current == verb:
            clause.update(words[:verb])
        doubtful = reading.verbatim and any(base in _AUXILIARIES for base in lemma(words[current]))
        cue = speech_cue(
            words,
            morph,
            current,
            end,
            clause,
            persons=persons,
            strict=strict or doubtful,
            kind="party" if head.faction and head.kind == "group" else head.kind,
            loose=reading.minutes_in_konjunktiv and not inverted,
        )
        if cue is not None:
            reading.rule = "verb_subject" if inverted else "subject_verb"
            reading.subjects = subjects
            set_cue(words, reading, cue, current, end, clause)
            return True
        passive = (
            "werden" in lemma(words[current])
            and persons
            and not reading.verbatim
            and participle_of(words, morph, current, end) is not None
        )
        saw = saw or passive or is_procedure(words[current], clause)  # Frau Sander wird gebeten ...
        if end >= len(words) or words[end] in ";:":
            break
        following = next_verb(words, morph, end)
        if following is None or following <= current or not is_coordinated(words, morph, end):
            break
        if any(m.start > end and m.start < following and m.nominative and m.kind == "person" for m in mentions):
            break
        current = following
    if saw:
        reading.rule, reading.subjects = "procedure", subjects
        return True
    if head.kind == "person" or (head.kind == "role" and not inverted):
        reading.rule, reading.subjects = "other_subject", subjects
        return True
    return False


def speech_cue(
    words: Sequence[str],
    morph: Sequence[int],
    verb: int,
    end: int,
    clause: set[str],
    *,
    persons: bool,
    strict: bool,
    kind: str,
    loose: bool = False,
) -> int | None:
    """Index of the cue if the verb at `verb` with its clause is an act of speech or opinion, else None."""
    form = words[verb].lower()
    bases = lemma(form)
    if is_procedure(form, clause):
        return None
    if "werden" in bases:
        participle = participle_of(words, morph, verb, end)
        if participle is not None:
            return None
        if strict or not any(morph[k] & INFINITIVE for k in range(verb + 1, end)):
            return None
        return (
            verb
            if persons
            or kind == "group"
            or loose
            or any(knows_verb(words[k], clause) for k in range(verb + 1, end) if morph[k] & INFINITIVE)
            else None
        )
    if "sein" in bases:
        places: list[int] = [*range(verb + 1, end), *range(verb if verb <= 3 else 0)]
        for k in places:
            if words[k] in _STATE_NOUNS:
                return k
        if persons or kind in {"role", "group", "party"}:
            participle = participle_of(words, morph, verb, end)
            if participle is not None and words[participle] not in STATES:
                return None
            if (
                persons
                and not strict
                and verb + 2 < end
                and words[verb + 1] in {"das", "dies"}
                and not words[verb + 2][0].isupper()
            ):
                return verb  # Frau Ott ist das zu wenig
            if (persons or kind == "party") and _takes_side(words, verb, end):
                return verb
            states = [k for k in range(verb + 1, end) if words[k] in STATES]
            if states:
                return states[0] if words[states[0]] == "überzeugt" else verb
        return None
    if "haben" in bases and persons and "eigener" in words[verb:end]:
        noun = verb + list(words[verb:end]).index("eigener") + 1
        if noun < end and words[noun] in cue_nouns():
            return noun
    if "haben" in bases:
        participle = participle_of(words, morph, verb, end)
        if participle is not None:
            if is_procedure(words[participle], clause):
                return None
            told = persons and end + 1 < len(words) and words[end + 1] in {"dass", "daß", "ob"}
            return participle if told or knows_verb(words[participle], clause) else None
        return verb if (persons and not strict) or knows_verb(form, clause) else None
    if any(base in _MODALS for base in bases):
        infinitive = next((k for k in range(end - 1, verb, -1) if morph[k] & INFINITIVE), None)
        if infinitive is not None and is_procedure(words[infinitive], clause):
            return None
        if strict and persons and infinitive is not None and verb_key(words[infinitive], clause) in _SAYING:
            return verb  # Bürgermeister Uhl muss das verneinen
        if kind == "group" and not strict and form in _WANTS and infinitive is not None and words[infinitive] in _DUE:
            return verb  # Die Verwaltung will einen Vorschlag vorlegen
        if kind == "party" and not strict and infinitive is not None and form in _WANTS:
            return verb  # Die CDU möchte den Punkt vertagen
    if persons and not strict:
        return verb
    if kind == "role" and not strict and (loose or (kind == "role" and _has_zu(words, morph, verb))):
        return verb
    if (
        not strict
        and kind in {"role", "group", "party"}
        and end + 1 < len(words)
        and words[end] == ","
        and words[end + 1] in {"dass", "daß", "ob"}
    ):
        return verb
    if kind == "group" and not strict and verb_key(form, clause) in _MINDS:
        return None
    return verb if knows_verb(form, clause) else None


_DUE = frozenset(
    "unterbreiten vorlegen prüfen klären berichten nachreichen informieren erarbeiten nachliefern mitteilen".split()
)
_SAYING = word_set("saying") | {"verneinen", "bejahen", "bestätigen", "einräumen", "sagen", "antworten", "gestehen"}
_MINDS = word_set("minds")
"""Keys of cues that a person's opinion shows, but that in a report are said of groups and offices, too."""


_AUXILIARIES = word_set("auxiliaries")


_MODALS = frozenset("müssen sollen wollen können dürfen mögen".split())


def _has_zu(words: Sequence[str], morph: Sequence[int], verb: int) -> bool:
    """Whether an infinitive with *zu* follows behind a comma (*kommt nicht umhin, die Absage vorzuschlagen*)."""
    if "," not in words[verb:]:
        return False
    comma = words.index(",", verb)
    return any(
        morph[k] & INFINITIVE and (words[k - 1] == "zu" or ("zu" in words[k][2:-3] and not words[k].startswith("zu")))
        for k in range(comma + 2, len(words))
    )


_POLITE = word_set("polite")


_PSYCH = word_set("psych")
_TOLD = word_set("told")


def _tells_of_another(words: Sequence[str], morph: Sequence[int], verb: int, reading: Reading) -> bool:
    """Whether *X habe ...* tells what X did or said elsewhere, within somebody's report."""
    form = words[verb]
    if form in {"hätte", "hätten"}:
        return False  # hätte gern gewusst: an own wish
    if "haben" in lemma(form) or form in {"sei", "seien", "wäre"}:
        end = next((k for k in range(verb + 1, len(words)) if words[k] in {",", ";"}), len(words))
        participle = participle_of(words, morph, verb, end)
        if participle is not None:
            reading.told = words[participle] in _TOLD
            return words[participle] not in _PSYCH and words[participle] not in STATES
        if "recht" in words[verb:end] or "Recht" in words[verb:end]:
            return True
        return form in {"sei", "seien"} and STATES.isdisjoint(words[verb:end])
    return form in {"werde", "solle", "sollte"} or words[verb - 1] == ","


def set_cue(
    words: Sequence[str],
    reading: Reading,
    cue: int,
    verb: int,
    end: int,
    clause: set[str] | None = None,
) -> None:
    """Write the cue at index `cue` of the clause from `verb` to `end` into the reading: key, negation, content."""
    form = words[cue]
    nouns = cue_nouns()
    reading.cue = cue
    clause = clause or set(words[verb:end])
    reading.key = nouns[form] if form in nouns and form[0].isupper() else verb_key(form.lower(), clause)
    reading.negated = bool(clause & NEGATIONS)
    reading.content = content_start(words, end)
