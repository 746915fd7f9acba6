"""Marks verb forms in the sentences: finite, indicative or Konjunktiv, number, infinitive, participle, particle.

Sits after `sentences` and before everything that asks who speaks: Konjunktiv is what carries reported
speech on. A lexicon decides (`lexicon/verbs.tsv`, generated from a conjugation table), prefixed verbs follow
their base verb by analogy, verbs in *-ieren* a rule; words written with a capital are nouns, but at the start
of a sentence. What a form can be is recorded, not guessed: *sagen* is `INDICATIVE | SUBJ1 | INFINITIVE`
and `AMBIGUOUS`.

No trained tagger has a second vote: a spaCy morphologizer (width 96, depth 4; UD GSD dev and PUD, 8 epochs) finds
62.8 % of Konjunktiv I in UD GSD test where the lexicon finds 97.9 %; of the 369 finite forms that the lexicon leaves
ambiguous it gets the mood of 350 right; calling all of them indicative gets 355.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from enum import IntFlag
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from spacy.language import Language

from pipeline.extract.state import ItemState

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

CACHE_SIZE = 100_000
"""Distinct words whose analysis is kept; 100,000 tokens of real minutes hold 12,000 distinct ones."""

_OPENERS = frozenset("„“”\"'»«(:–-•·")
"""Tokens after which a verb may be written with a capital, like at the start of the sentence."""

_CLAUSE_END = frozenset(".,;:!?)“”\"»…–-")
_COORDINATORS = frozenset(("und", "sowie", "oder", "bzw.", "aber", "wie"))


class _Context(NamedTuple):
    """Word lists of `[context]` and their neighbours in `verbs.toml`."""

    determiners: frozenset[str]
    pronouns: frozenset[str]
    after_first_verb: frozenset[str]
    subordinators: frozenset[str]
    after_noun: frozenset[str]
    never_finite: frozenset[str]
    first_verbs: frozenset[str]
    adjectives: frozenset[str]
    particles: frozenset[str]


@lru_cache(maxsize=1)
def _context() -> _Context:
    rules = _rules()
    lists: dict[str, list[str]] = rules["context"]
    return _Context(
        **{name: frozenset(words) for name, words in lists.items()},
        adjectives=frozenset(rules["adjectives"]["forms"]), particles=particles(),
    )


@lru_cache(maxsize=1)
def _rules() -> dict[str, Any]:
    return tomllib.loads((LEXICON / "verbs.toml").read_text("utf-8"))


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
        other = rules["second_subjunctive"].get(lemma)
        if other:
            add(other, _FINITE | _SUBJ2 | _SINGULAR, lemma)
            add(other + "n", _FINITE | _SUBJ2 | _PLURAL, lemma)
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


def _forms(
    lemma: str, present: str, past: str, participle: str, second: str, first: str | None
) -> list[tuple[str, int]]:
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


class _Prefixes(NamedTuple):
    ordered: tuple[str, ...]
    """All of them, longest first."""
    separable: frozenset[str]
    inseparable: frozenset[str]
    not_verbs: frozenset[str]


@lru_cache(maxsize=1)
def _prefixes() -> _Prefixes:
    rules = _rules()
    inseparable = frozenset(rules["prefixes"]["inseparable"])
    return _Prefixes(
        tuple(sorted(particles() | inseparable, key=lambda prefix: (-len(prefix), prefix))), particles(), inseparable,
        frozenset(rules["not_verbs"]["forms"]),
    )


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
        return bits[word], lemmas[word]
    if word in _prefixes().not_verbs or len(word) < 4:
        return 0, ()
    found = _prefixed(word, depth=2)
    if found[0]:
        return found
    for suffix, value in _IEREN:
        if word.endswith(suffix) and len(word) > len(suffix) + 2 and word.isalpha():
            return value, (word.removesuffix(suffix) + "ieren",)
    return 0, ()


def _prefixed(word: str, *, depth: int) -> tuple[int, tuple[str, ...]]:
    """The analysis of a verb with a prefix, from that of its base verb; at most `depth` prefixes (*miteinbeziehen*)."""
    bits, lemmas = _table()
    prefixes = _prefixes()
    for prefix in prefixes.ordered:
        if not word.startswith(prefix) or len(word) < len(prefix) + 3:
            continue
        rest = word[len(prefix) :]
        if prefix in prefixes.separable:
            if rest.startswith("zu") and bits.get(rest[2:], 0) & _INFINITIVE:  # *anzumerken*
                return _INFINITIVE, tuple(prefix + lemma for lemma in lemmas[rest[2:]])
            value, bases = bits.get(rest, 0), lemmas.get(rest, ())
            if not value and depth > 1:
                value, bases = _prefixed(rest, depth=depth - 1)
            if value:
                return value, tuple(prefix + lemma for lemma in bases)
        if prefix in prefixes.inseparable:
            value, bases = bits.get(rest, 0), lemmas.get(rest, ())
            if value & _PARTICIPLE and rest.startswith("ge") and not value & _FINITE:
                continue  # *begesprochen* is no word
            if bits.get("ge" + rest, 0) & _PARTICIPLE:  # *missglückt*: the participle has no *ge-*
                value, bases = value | _PARTICIPLE, bases or lemmas["ge" + rest]
            if value:
                return value, tuple(prefix + lemma for lemma in bases)
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
    context = _context()
    last = len(words) - 1
    found[0] = _opening(words[0], words[1], context) if last and words[0][0].isupper() else found[0]
    alone = context.particles
    for i, word in enumerate(words):
        value = found[i]
        if value & _FINITE and i < last and words[i + 1][0].isupper() and _is_attribute(words, found, i, context):
            found[i] = value = 0
        if word in alone:
            if _ends_clause(words, i, last):
                found[i] = value | _PARTICLE
        elif value:
            continue
        elif i and words[i - 1] in _OPENERS and i < last and word[0].isupper():
            found[i] = _opening(word, words[i + 1], context)
        elif (
            word[-1] == "e" and i > 1 and (i == last or words[i + 1] in _CLAUSE_END) and word.islower()
            and _is_unknown_verb(words, found, i, context)
        ):
            found[i] = _FINITE | _SUBJ1 | _PRESENT | _SINGULAR
    if "ich" in words or "Ich" in words:
        _read_first_person(words, found)
    return found


def _opening(word: str, following: str, context: _Context) -> int:
    """Bits of a word with a capital that opens a sentence: a verb only where the next word shows it (*Könne man*)."""
    small = word[0].lower() + word[1:]
    value = _FORMS[small]
    if small in context.first_verbs or following in context.after_first_verb:
        return value
    if small[-1] == "t" and value & _PRESENT and following not in context.after_noun and not following[0].isupper():
        return value  # notes without a subject: *Bittet darum, ...*, *Schlägt 14 Tage vor*
    return value & _PARTICIPLE


def _is_attribute(words: Sequence[str], found: Sequence[int], i: int, context: _Context) -> bool:
    """Whether a form before a noun is an adjective: *die erhöhten Kosten*, *eine reine Formsache*."""
    word, before, value = words[i], words[i - 1] if i else "", found[i]
    if word in context.adjectives:
        return True
    if word in context.first_verbs:
        return False
    if value & _PAST and word.endswith(("te", "ten")):
        if i == 1 and before == "Das" and not _verb_follows(words, found, i):
            return False  # *Das sicherte Herr Uhl zu.*
        return before in context.determiners or before.endswith(ATTRIBUTE_ENDINGS)
    return bool(value & _SUBJ1) and word[-1] == "e" and before in context.determiners and before not in context.pronouns


def _verb_follows(words: Sequence[str], found: Sequence[int], i: int) -> bool:
    """Whether another finite verb stands behind `i` in its clause."""
    for j in range(i + 1, min(len(words), i + LONGEST_CLAUSE)):
        if words[j] in _CLAUSE_END:
            return False
        if found[j] & _FINITE:
            return True
    return False


def _is_unknown_verb(words: Sequence[str], found: Sequence[int], i: int, context: _Context) -> bool:
    """Whether an unknown word in *-e* is the verb of a clause that a subordinator opens (*..., dass es versande.*)."""
    if words[i] in context.never_finite or words[i - 1] in context.determiners:
        return False
    for j in range(i - 1, max(-1, i - LONGEST_CLAUSE), -1):
        if found[j] & _FINITE or words[j] in _CLAUSE_END:
            return False
        if words[j] in context.subordinators and (j == 0 or words[j - 1] == ","):
            return True
    return False


def _read_first_person(words: Sequence[str], found: list[int]) -> None:
    """*ich habe* is indicative: near an *ich* such a form can be either."""
    for i, value in enumerate(found):
        if value & _SUBJ1 and value & _SINGULAR and not value & _INDICATIVE:
            near = words[max(0, i - FIRST_PERSON_REACH) : i + FIRST_PERSON_REACH + 1]
            if "ich" in near or "Ich" in near:
                found[i] = value | _INDICATIVE | _AMBIGUOUS


ATTRIBUTE_ENDINGS = ("ene", "enen", "te", "ten", "che", "chen", "lich", "ig", "iger")
"""Ends of adjectives and adverbs before an attribute (*die deutlich erhöhten Kosten*)."""

FIRST_PERSON_REACH = 4
"""Words between *ich* and its verb. At 4, 34 of 41 first-person forms of UD GSD test are seen, no Konjunktiv lost."""

LONGEST_CLAUSE = 40
"""Words that are looked back in a clause; the longest subordinate clause of the annotated minutes has 32."""


def _ends_clause(words: Sequence[str], i: int, last: int) -> bool:
    return bool(i) and (i == last or words[i + 1][0] in _CLAUSE_END or words[i + 1] in _COORDINATORS)


REPORTED_CERTAIN = 1.0
REPORTED_LIKELY = 0.7
REPORTED_POSSIBLE = 0.35
"""Levels of `mood`; an order, not probabilities."""


def mood(words: Sequence[str], morph: Sequence[int]) -> float:
    """How strongly mood marks a sentence of these words and bits as reported speech, 0 to 1.

    `REPORTED_CERTAIN`: Konjunktiv I that no indicative shares. `REPORTED_LIKELY`: Konjunktiv II that no indicative
    shares (*hätte*, *müssten*, *würde*). `REPORTED_POSSIBLE`: only forms that look alike in both moods (*haben*,
    *sollten*; *habe* beside *ich*). 0: plain indicative or no finite verb.
    """
    level = 0.0
    for i, value in enumerate(morph):
        if not value & _FINITE:
            continue
        if not value & _INDICATIVE:
            if value & _SUBJ1:
                return REPORTED_CERTAIN
            if value & _SUBJ2:
                level = max(level, REPORTED_LIKELY)
        elif value & _AMBIGUOUS and not (value & _INFINITIVE and _infinitive_here(words, morph, i)):
            level = max(level, REPORTED_POSSIBLE)
    return level


def _infinitive_here(words: Sequence[str], morph: Sequence[int], i: int) -> bool:
    """Whether a form like *sagen* is an infinitive: after *zu*, or with another finite verb in its clause."""
    if i and words[i - 1] == "zu":
        return True
    for j in range(i - 1, max(-1, i - LONGEST_CLAUSE), -1):
        if words[j] in (",", ";", ":"):
            break
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
