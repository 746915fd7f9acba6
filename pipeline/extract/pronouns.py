"""Sentences whose subject is a pronoun: *Er fragt*, *Daraufhin bittet sie*, *Ihn ärgert, dass ...*"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.extract.cues import is_cue_verb
from pipeline.extract.morphology import lemma
from pipeline.extract.narrator import is_procedure
from pipeline.extract.reading import (
    AFTER_SUBJECT,
    FINITE,
    INDICATIVE,
    PLURAL,
    SINGULAR,
    Reading,
    clause_end,
    is_coordinated,
    is_indicative,
    next_verb,
)
from pipeline.extract.speech import set_cue, speech_cue
from pipeline.extract.wordsets import word_set

PRONOUNS = word_set("pronouns")


EXPERIENCES = word_set("experiences")
"""Verbs whose experiencer is no subject: *Herrn Thiel interessiert*, *Der Elternvertreterin gefällt*."""


_OBLIQUE = {"ihn": "er", "ihm": "er", "ihr": "sie"}


OPENING_PRONOUNS = PRONOUNS | frozenset(_OBLIQUE)


def pronoun_first(words: Sequence[str], morph: Sequence[int], reading: Reading, strict: bool) -> bool:
    """A pronoun at the start as the subject, or as who feels (*Ihn ärgert*)."""
    first = words[0].lower()
    if first in {"ihm", "ihr"} and len(words) > 3 and words[1] == "zufolge":
        reading.rule, reading.pronoun, reading.key = "pronoun", _OBLIQUE[first], "zufolge"
        return True
    if first in _OBLIQUE and len(words) > 2 and morph[1] & FINITE and morph[1] & INDICATIVE:
        if not any(base in EXPERIENCES for base in lemma(words[1])) or "sein" in lemma(words[1]):
            return False
        reading.rule, reading.pronoun, reading.verb = "pronoun", _OBLIQUE[first], 1  # Ihn ärgert, dass ...
        set_cue(words, reading, 1, 1, clause_end(words, morph, 1))
        return True
    if first not in PRONOUNS or len(words) < 2:
        return False
    at = 1
    for _ in range(2):
        if at < len(words) and words[at] in AFTER_SUBJECT:
            at += 1
    if at >= len(words) or not morph[at] & FINITE or words[at][0].isupper():
        return False
    if not is_indicative(words[at], morph[at]):
        reading.konjunktiv = True
        reading.pronoun = first
        reading.verb = at
        return False
    return pronoun_speech(words, morph, at, first, reading, parenthetical=False, strict=strict)


def pronoun_speech(
    words: Sequence[str],
    morph: Sequence[int],
    verb: int,
    pronoun: str,
    reading: Reading,
    *,
    parenthetical: bool,
    strict: bool,
) -> bool:
    """Judge a pronoun with its verb at `verb`: speech, procedure, or (False) something that a thing can do."""
    current: int | None = verb
    value = morph[verb]
    plural = bool(value & PLURAL and not value & SINGULAR)
    if plural and pronoun not in {"beide", "diese", "sie"}:
        return False
    saw_procedure = False
    while current is not None:
        end = clause_end(words, morph, current)
        clause = set(words[current:end])
        form = words[current]
        if is_procedure(form, clause):
            saw_procedure = True
        elif not parenthetical or is_cue_verb(form):
            cue = speech_cue(words, morph, current, end, clause, persons=True, strict=True, kind="person")
            if (
                cue is None
                and not strict
                and "sein" not in lemma(form)
                and "werden" not in lemma(form)
                and "haben" not in lemma(form)
                and not plural
            ):
                cue = current if pronoun in {"er", "sie", "dieser", "diese"} and _likely_person_verb(form) else None
            elif cue is None and pronoun == "beide" and not strict and _likely_person_verb(form):
                cue = current
            if cue is not None:
                reading.rule, reading.pronoun, reading.plural, reading.verb = "pronoun", pronoun, plural, verb
                set_cue(words, reading, cue, current, end)
                if parenthetical:
                    reading.content = 0
                return True
        if end >= len(words) or words[end] in ";:" or not is_coordinated(words, morph, end):
            break
        current = next_verb(words, morph, end)
    if saw_procedure:
        reading.rule, reading.pronoun, reading.verb = "procedure", pronoun, verb
        return True
    return False


_THING_VERBS = word_set("thing_verbs")


def _likely_person_verb(form: str) -> bool:
    return not any(base in _THING_VERBS for base in lemma(form))
