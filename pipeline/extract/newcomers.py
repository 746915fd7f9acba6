"""Persons that no lexicon knows, told by their place in the sentence: before a verb of saying, or with a bracket."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from pipeline.extract.cues import is_cue_verb, verb_key
from pipeline.extract.mentions import Mention, surroundings
from pipeline.extract.morphology import bits, lemma
from pipeline.extract.namelist import FINITE, GIVEN, NEVER_NAMES, ROLE, SAL, TITLE, WORDS, is_name
from pipeline.extract.surnames import read_name
from pipeline.extract.wordsets import word_set

MAX_NAMES = 12
"""How many coordinated names are read; bounds the work on hostile text."""


def bracketed(words: Sequence[str], morph: Sequence[int]) -> Mention | None:
    """*Martens (Freie Wähler) mahnte*: a surname alone at the start, told by bracket and verb."""
    if not is_name(words[0], after_salutation=False):
        return None
    mention = Mention(0, 1, 1, "person", words[0], surname=words[0], form=words[0], role_kind="member")
    surroundings(words, morph, mention)
    mention.role_kind = ""
    if (
        mention.end > 3
        and mention.end < len(words)
        and morph[mention.end] & FINITE
        and (mention.faction or mention.unit)
    ):
        return mention
    return None


_ADJECTIVE_ENDS = ("e", "er", "es", "en", "em")


def unknown_names(words: Sequence[str], morph: Sequence[int]) -> list[Mention]:
    """*Lennox Brandt berichtet*, *Lennox Brandt und Eliya Falk stellen ... vor*: names that no list knows."""
    found: list[Mention] = []
    at = 0
    while at + 2 < len(words) and len(found) < MAX_NAMES:
        first, last = words[at], words[at + 1]
        initial = len(first) == 2 and first[1] == "." and first[0].isupper() and not at
        if not ((first.isalpha() and first.istitle()) or initial):
            return []
        if not (last[0].isupper() and last.replace("-", "").isalpha()):
            return []
        if WORDS[last] is not None or bits(last.lower()) or not is_name(last, after_salutation=False):
            return []
        known = WORDS[first]
        if (known is not None and not known.flags & GIVEN) or (
            known is None
            and not initial
            and (
                len(first) < 3
                or first.endswith(_ADJECTIVE_ENDS)
                or first in NEVER_NAMES
                or first.lower() in _NO_GIVEN
                or bits(first.lower())
            )
        ):
            return []
        mention = Mention(
            at,
            at + 2,
            at + 2,
            "person",
            f"{first} {last}",
            last,
            first,
            known.gender if known else None,
            form=f"{first} {last}",
        )
        surroundings(words, morph, mention)
        found.append(mention)
        at = mention.end
        if at < len(words) and words[at] in {"und", "sowie"}:
            at += 1
            continue
        break
    while (
        at < len(words) - 1
        and at < found[-1].end + 4
        and not morph[at] & FINITE
        and words[at] in _FROM | {words[at].title()}
    ):
        at += 1
    if at >= len(words) or not morph[at] & FINITE or words[at][0].isupper():
        return []
    follows = WORDS[words[at + 1]]
    if words[at + 1] in _SUBJECTS or (follows is not None and follows.flags & (SAL | TITLE | ROLE)):
        return []
    if not morph[at] & _INDICATIVE:
        return []
    if words[at].endswith("en") != (len(found) > 1) or verb_key(words[at], set(words)) not in _SAYING:
        return []
    return found


_INDICATIVE = 2
_SUBJECTS = frozenset("er sie es man wir ich der die das dieser diese".split())
_NO_GIVEN = frozenset(
    "als zum zur beim vom auf laut trotz ohne mit aus nach bei unter für gegen wegen per seit vor durch statt anhand "
    "mangels dank namens seitens infolge gemäß bezüglich hinsichtlich aufgrund angesichts binnen bis pro via wie dann "
    "hier heute gestern samt nebst trotzdem auch sowie nur viel mehr".split()
)
"""Closed words of three letters and more that open a sentence: no given names."""

_FROM = frozenset(("vom", "von", "aus", "der", "dem", "für", "(", ")"))
_SAYING = word_set("saying") | {
    "vorstellen",
    "wünschen",
    "erläutern",
    "schildern",
    "erzählen",
    "finden",
    "meinen",
    "sagen",
    "erwidern",
    "entgegnen",
    "antworten",
}


TITLE_SHAPE = re.compile(
    r"[A-ZÄÖÜ][a-zäöü]{0,3}[A-ZÄÖÜ](?:[a-zäöü]{0,2}[A-ZÄÖÜ]{1,3})?(?:(?:['’/:*-]{0,2}|\(-?)in\)?)?\.?$|[A-ZÄÖÜ][A-Za-zäöüß-]{2,20}\.$"
)
"""How bodies shorten functions: GRM, StR, GRin, KTM'in, Gemeindevertr."""


_ARTICLES = frozenset(("Der", "Die", "Auch"))


def unknown_title(
    words: Sequence[str], morph: Sequence[int], i: int, known: Collection[str], places: Collection[str]
) -> Mention | None:
    """*GRM Obermeier wollte wissen*: a function shortened in a way no lexicon knows."""
    form, following = words[i], WORDS[words[i + 1]]
    if following is not None and following.flags & SAL:
        return None
    at = i + 1
    while at < min(len(words), i + 4) and (title := WORDS[words[at]]) is not None and title.flags & TITLE:
        at += 1
    name, surname, first, end, guess = read_name(
        words, morph, at, after_salutation=False, known=known, places=places, head=None
    )
    if not name:
        return None
    mention = Mention(
        i,
        end,
        end,
        "person",
        name,
        surname,
        first,
        "f" if form.rstrip(").").endswith("in") else guess,
        form,
        form.lower(),
        "member",
    )
    surroundings(words, morph, mention)
    mention.form = " ".join(words[i : mention.core])
    at = mention.end
    opens = i == 0 or (i == 1 and words[0] in _ARTICLES)
    said = opens and at < len(words) and morph[at] & FINITE and is_cue_verb(words[at])
    asked = (
        i
        and morph[i - 1] & _INDICATIVE
        and is_cue_verb(words[i - 1])
        and not words[i - 1][0].isupper()
        and {"haben", "sein", "werden"}.isdisjoint(lemma(words[i - 1]))
    )
    if not (said and not words[at].endswith("en")) and not (asked and not words[i - 1].endswith("en")):
        return None
    return mention


_LABEL = re.compile(r"(?=(?:.*[A-ZÄÖÜ]){2})[A-ZÄÖÜ][A-Za-zÄÖÜäöü/&-]{1,9}$")


def unknown_label(words: Sequence[str], morph: Sequence[int]) -> Mention | None:
    """*BfN lehnt den Antrag ab*: a group known by its initials alone, with a verb of saying."""
    form = words[0]
    if not _LABEL.match(form) or not morph[1] & FINITE or not morph[1] & _INDICATIVE or words[1][0].isupper():
        return None
    if verb_key(words[1], set(words)) not in _SAYING - {"anbieten", "finden"}:
        return None
    return Mention(0, 1, 1, "group", form, faction=form, form=form, office=form.lower())
