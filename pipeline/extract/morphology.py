"""Marks verb forms in the sentences: finite, indicative or Konjunktiv, number, infinitive, participle, particle.

Sits after `sentences` and before everything that asks who speaks: Konjunktiv is what carries reported
speech on. A lexicon decides (`lexicon/verbs.tsv`, generated from a conjugation table), prefixed verbs follow
their base verb by analogy, verbs in *-ieren* a rule; words written with a capital are nouns, but at the start
of a sentence. What a form can be is recorded, not guessed: *sagen* is `INDICATIVE | SUBJ1 | INFINITIVE`
and `AMBIGUOUS`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from enum import IntFlag
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spacy.language import Language

from pipeline.extract.state import ItemState, SentenceState

if TYPE_CHECKING:
    from spacy.tokens import Doc

LEXICON = Path(__file__).parent / "lexicon"


class Morph(IntFlag):
    """What a word form can be. Number is that of the third person; 0 is no verb form."""

    FINITE = 1
    INDICATIVE = 2
    SUBJ1 = 4
    SUBJ2 = 8
    PRESENT = 16
    PAST = 32
    SINGULAR = 64
    PLURAL = 128
    INFINITIVE = 256
    PARTICIPLE = 512
    PARTICLE = 1024
    """A separable particle alone at the end of its clause (*lehnt ... ab*)."""
    AMBIGUOUS = 2048
    """Indicative and Konjunktiv look the same (*sagen*, *erklärte*)."""


# Plain integers: arithmetic on `IntFlag` members is some ten times slower.
_FINITE, _INDICATIVE, _SUBJ1, _SUBJ2 = 1, 2, 4, 8
_PRESENT, _PAST, _SINGULAR, _PLURAL = 16, 32, 64, 128
_INFINITIVE, _PARTICIPLE, _PARTICLE, _AMBIGUOUS = 256, 512, 1024, 2048
_FREE_PARTICIPLE = _PARTICIPLE | _PAST

CACHE_SIZE = 100_000
"""Distinct words whose analysis is kept. Karlsruhe's minutes hold some 9,000 distinct words a 100,000 words of text."""

_OPENERS = frozenset("„“”\"'»«(:–-•·")
"""Tokens after which a verb may be written with a capital, like at the start of the sentence."""

_CLAUSE_END = frozenset(".,;:!?)“”\"»…–-")
_COORDINATORS = frozenset(("und", "sowie", "oder", "bzw.", "aber", "wie"))

_DETERMINERS = frozenset(
    "der die das den dem des ein eine einen einem einer eines kein keine keinen keinem keiner dieser diese dieses diesen diesem "
    "jener jene jede jeder jedes jeden jedem alle allen aller sein seine seinen seinem seiner ihr ihre ihren ihrem ihrer unsere "
    "unseren unserer beide beiden mehrere einige viele vom zum zur im am beim ins ans solche solchen welche welcher welches "
    "mit für von in auf aus bei durch gegen ohne um über unter nach zwei drei vier fünf sechs deren dessen".split()
)


@lru_cache(maxsize=1)
def _rules() -> dict[str, Any]:
    return tomllib.loads((LEXICON / "verbs.toml").read_text("utf-8"))


@lru_cache(maxsize=1)
def _adjectives() -> frozenset[str]:
    return frozenset(_rules()["adjectives"]["forms"])


@lru_cache(maxsize=1)
def particles() -> frozenset[str]:
    """The separable particles that can stand alone at the end of a clause."""
    return frozenset(_rules()["particles"])


@lru_cache(maxsize=1)
def _table() -> tuple[dict[str, int], dict[str, tuple[str, ...]]]:
    """Bits and lemmas of every form of every verb in the lexicon."""
    rules = _rules()
    never = frozenset(rules["not_verbs"]["forms"])
    subjunctives: dict[str, str] = rules["present_subjunctive"]
    bits: dict[str, int] = {}
    lemmas: dict[str, tuple[str, ...]] = {}

    def add(form: str, value: int, lemma: str) -> None:
        for spelling in (form, form.replace("ss", "ß")) if "ss" in form else (form,):  # *muß*: minutes before 2006
            if spelling in never:
                continue
            bits[spelling] = bits.get(spelling, 0) | value
            known = lemmas.get(spelling, ())
            if lemma not in known:
                lemmas[spelling] = (*known, lemma)

    for line in (LEXICON / "verbs.tsv").read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        lemma, present, past, participle, second = line.split("\t")
        for form, value in _forms(lemma, present, past, participle, second, subjunctives.get(lemma)):
            add(form, value, lemma)
    for form, value, lemma in (
        ("sind", _FINITE | _INDICATIVE | _PRESENT | _PLURAL, "sein"),
        ("seien", _FINITE | _SUBJ1 | _PRESENT | _PLURAL, "sein"),
        ("bin", _FINITE | _INDICATIVE | _PRESENT | _SINGULAR, "sein"),
        ("worden", _PARTICIPLE, "werden"),
    ):
        bits[form], lemmas[form] = value, (lemma,)
    bits["sein"] = _INFINITIVE  # also the possessive: never finite
    for form, value in bits.items():
        if value & _INDICATIVE and value & (_SUBJ1 | _SUBJ2):
            bits[form] = value | _AMBIGUOUS
    return bits, lemmas


def _forms(lemma: str, present: str, past: str, participle: str, second: str, first: str | None) -> list[tuple[str, int]]:
    """The forms of the third person, infinitive and participle from the principal parts."""
    plural_past = past + "n" if past.endswith("e") else past + "en"
    forms = [
        (lemma, _INFINITIVE),
        (present, _FINITE | _INDICATIVE | _PRESENT | _SINGULAR),
        (past, _FINITE | _INDICATIVE | _PAST | _SINGULAR),
        (plural_past, _FINITE | _INDICATIVE | _PAST | _PLURAL),
        (second, _FINITE | _SUBJ2 | _SINGULAR),
        (second + "n" if second.endswith("e") else second + "en", _FINITE | _SUBJ2 | _PLURAL),
        (participle, _PARTICIPLE),
    ]
    if lemma != "sein":
        forms.append((lemma, _FINITE | _INDICATIVE | _SUBJ1 | _PRESENT | _PLURAL))
    singular = _FINITE | _SUBJ1 | _PRESENT | _SINGULAR
    if first:
        forms.append((first, singular))
    elif lemma.endswith("eln"):
        forms += [(lemma[:-3] + "le", singular), (lemma[:-1] + "e", singular)]
    elif lemma.endswith("ern"):
        forms += [(lemma[:-1] + "e", singular), (lemma[:-3] + "re", singular)]
    else:
        forms.append((lemma.removesuffix("n"), singular))
    return forms


@lru_cache(maxsize=1)
def _prefixes() -> tuple[str, ...]:
    """Separable and inseparable prefixes, longest first."""
    both = set(particles()) | set(_rules()["prefixes"]["inseparable"]) | {"da", "dran", "hinüber", "an", "gegenüber", "umher"}
    return tuple(sorted(both, key=lambda prefix: (-len(prefix), prefix)))


_IEREN = (
    ("ierten", _FINITE | _INDICATIVE | _SUBJ2 | _PAST | _PLURAL | _AMBIGUOUS),
    ("ierte", _FINITE | _INDICATIVE | _SUBJ2 | _PAST | _SINGULAR | _AMBIGUOUS),
    ("ieren", _FINITE | _INDICATIVE | _SUBJ1 | _PRESENT | _PLURAL | _INFINITIVE | _AMBIGUOUS),
    ("iere", _FINITE | _SUBJ1 | _PRESENT | _SINGULAR),
    ("iert", _FINITE | _INDICATIVE | _PRESENT | _SINGULAR | _PARTICIPLE),
)


def _analyse(word: str) -> tuple[int, tuple[str, ...]]:
    """Bits and lemmas of a word in small letters, by lexicon, prefix analogy or the rule for *-ieren*."""
    bits, lemmas = _table()
    if word in bits:
        return bits[word], lemmas.get(word, ())
    if word in _rules()["not_verbs"]["forms"]:
        return 0, ()
    inseparable = _rules()["prefixes"]["inseparable"]
    for prefix in _prefixes():
        if not word.startswith(prefix) or len(word) < len(prefix) + 3:
            continue
        rest = word[len(prefix) :]
        if prefix in particles() or prefix not in inseparable:
            if rest.startswith("zu") and bits.get(rest[2:], 0) & _INFINITIVE:  # *anzumerken*
                return _INFINITIVE, tuple(prefix + lemma for lemma in lemmas[rest[2:]])
            found = bits.get(rest, 0)
            if found:
                return found, tuple(prefix + lemma for lemma in lemmas.get(rest, ()))
        if prefix in inseparable:
            found = bits.get(rest, 0)
            if found & _FREE_PARTICIPLE and rest.startswith("ge") and not found & _FINITE:
                continue  # *begesprochen* is no word
            if found:
                value = found
                if bits.get("ge" + rest, 0) & _PARTICIPLE:  # *missglückt*: the participle has no *ge-*
                    value |= _PARTICIPLE
                return value, tuple(prefix + lemma for lemma in lemmas.get(rest, ()))
            if bits.get("ge" + rest, 0) & _PARTICIPLE:  # *hinterlegt* is in the table, *untergraben* is not
                return _PARTICIPLE, tuple(prefix + lemma for lemma in lemmas["ge" + rest])
    for suffix, value in _IEREN:
        if word.endswith(suffix) and len(word) > len(suffix) + 2 and word.isalpha():
            return value, (word.removesuffix(suffix) + "ieren",)
    return 0, ()


class _Forms(dict[str, int]):
    """Word to bits, filled as words are met; words with a capital are no verbs."""

    def __missing__(self, word: str) -> int:
        value = _analyse(word)[0] if word and word[0].islower() else 0
        if len(self) < CACHE_SIZE:
            self[word] = value
        return value


_FORMS = _Forms()
"""A memo of a pure function: the same word always has the same bits."""


@lru_cache(maxsize=CACHE_SIZE)
def lemma(word: str) -> tuple[str, ...]:
    """The infinitives of which `word` can be a form (`lehnt` -> `("lehnen",)`), () if it is no verb form.

    A capital at the start is taken for that of a sentence. Particles that stand apart are not joined.
    """
    return _analyse(word.lower())[1]


def bits(word: str) -> int:
    """The `Morph` bits of a word form on its own; 0 for words written with a capital."""
    return _FORMS[word]


def mark(words: Sequence[str]) -> list[int]:
    """The `Morph` bits of the words of one sentence, in parallel."""
    forms = _FORMS
    found = [forms[word] for word in words]
    if not words:
        return found
    # A capital at the start of the sentence, or after a colon or opening quote, may be a verb's.
    first = words[0]
    if first[0].isupper() and first not in _NEVER_FIRST:
        found[0] = forms[first.lower()] & ~_PARTICIPLE if len(words) > 1 else 0
    last = len(words) - 1
    adjectives, alone = _adjectives(), particles()
    for i, word in enumerate(words):
        if found[i]:
            value = found[i]
            if value & _FINITE and i < last:
                following = words[i + 1][0]
                if following.isupper():
                    ending = word[-1]
                    if value & _PAST and word.endswith(("te", "ten")) and i and (
                        words[i - 1] in _DETERMINERS or words[i - 1].endswith(("ene", "te", "che", "gen", "chen", "lich", "ig"))
                    ):
                        found[i] = 0  # an attribute: *die erhöhten Kosten*
                    elif ending in "en" and word in adjectives:
                        found[i] = 0
                    elif value & _SUBJ1 and ending == "e" and i and words[i - 1] in _DETERMINERS and words[i - 1] not in _SUBJECTS:
                        found[i] = 0  # *eine reine Formsache*; *ob das reiche*, comes before no noun
            if word in alone and _ends_clause(words, i, last):
                found[i] = value | _PARTICLE
        elif word in alone and _ends_clause(words, i, last):
            found[i] = _PARTICLE
        elif i and word[0].isupper() and words[i - 1] in _OPENERS and i < last:
            found[i] = forms[word.lower()] & _FINITE_OR_SO if word.lower() in _FIRST_VERBS else 0
    return found


_FINITE_OR_SO = _FINITE | _INDICATIVE | _SUBJ1 | _SUBJ2 | _PRESENT | _PAST | _SINGULAR | _PLURAL | _AMBIGUOUS

_FIRST_VERBS = frozenset(
    "ist sind war waren sei seien habe haben hat hatte hätte hätten wird werden wurde wurden werde würde würden kann können könne "
    "könnte könnten muss müssen müsse müsste müssten soll sollen solle sollte sollten will wollen wolle wollte darf dürfen dürfe gibt gebe "
    "gäbe wäre wären".split()
)
"""Verbs that open a question or a clause after a colon or quote (*fragt: „Ist das gewollt?“*)."""

_NEVER_FIRST = frozenset(
    "Die Der Das Den Dem Des Ein Eine Einen Einem Einer Es Er Sie Man Im In Am An Auf Aus Bei Mit Nach Von Zu Zum Zur Für Durch Über Um Unter "
    "Herr Frau Herrn Seine Ihre Weitere Weiter Alle Antrag Stelle Punkt Reden Leben Essen Wesen Wagen".split()
)

_SUBJECTS = frozenset(("der", "die", "das", "dieser", "diese", "dieses", "alle", "beide", "einige", "viele", "mehrere", "jeder", "keiner"))
"""Determiners that are pronouns as well: a verb may follow them."""


def _ends_clause(words: Sequence[str], i: int, last: int) -> bool:
    return bool(i) and (i == last or words[i + 1][0] in _CLAUSE_END or words[i + 1] in _COORDINATORS)


REPORTED_CERTAIN = 1.0
REPORTED_LIKELY = 0.7
REPORTED_POSSIBLE = 0.35
"""Levels of `reported`; an order, not probabilities."""


def reported(sentence: SentenceState) -> float:
    """How strongly mood marks the sentence as reported speech, 0 to 1.

    `REPORTED_CERTAIN`: Konjunktiv I that no indicative shares, or *würde* with an infinitive.
    `REPORTED_LIKELY`: Konjunktiv II that no indicative shares (*hätte*, *müssten*).
    `REPORTED_POSSIBLE`: only forms that look alike in both moods (*haben*, *sollten*). 0: plain indicative
    or no finite verb. Forms of the first person (*ich habe*) count as indicative.
    """
    return mood(sentence.words, sentence.morph)


_SECOND_FIRST = frozenset(("ich", "Ich"))


def mood(words: Sequence[str], morph: Sequence[int]) -> float:
    """`reported` for words and bits that belong to no sentence yet."""
    level = 0.0
    for i, value in enumerate(morph):
        if not value & _FINITE:
            continue
        if value & _SUBJ1 and not value & _INDICATIVE:
            if value & _SINGULAR and _first_person(words, i):
                continue
            return REPORTED_CERTAIN
        if value & _SUBJ2 and not value & _INDICATIVE:
            level = max(level, REPORTED_LIKELY)
        elif value & _AMBIGUOUS and not (value & _INFINITIVE and _infinitive_here(words, morph, i)):
            level = max(level, REPORTED_POSSIBLE)
    return level


def _first_person(words: Sequence[str], i: int) -> bool:
    """Whether *ich* stands next to the verb or opens its clause."""
    return any(word in _SECOND_FIRST for word in words[max(0, i - 3) : i + 3])


def _infinitive_here(words: Sequence[str], morph: Sequence[int], i: int) -> bool:
    """Whether a form like *sagen* is an infinitive: after *zu*, or with a finite verb before it in the clause."""
    if i and words[i - 1] == "zu":
        return True
    for j in range(i - 1, -1, -1):
        if words[j] in (",", ";", ":"):
            return False
        if morph[j] & _FINITE and not morph[j] & _INFINITIVE:
            return True
    return i + 1 < len(words) and bool(morph[i + 1] & _FINITE)


def annotate(state: ItemState) -> None:
    """Fill `morph` of every sentence of `state`."""
    for sentence in state.sentences:
        sentence.morph = mark(sentence.words)


@Language.factory("auszug_morphology")
class Morphology:
    """Component over `doc._.item`: see `annotate`."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        annotate(doc._.item)
        return doc
