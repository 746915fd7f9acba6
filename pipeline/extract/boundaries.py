"""Finds where a sentence ends inside a run of text: full stops that end one, list items and votes in one run.

Used by `sentences`. What a full stop means is decided by what stands before it (abbreviation, number, initial,
bracket) and after it (a word that opens sentences, a noun, a small letter); the words are in
`lexicon/abbreviations.toml`.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

LEXICON = Path(__file__).parent / "lexicon"

LOOK_BACK = 400
"""How far an opening bracket is looked for; keeps the work linear on hostile text."""

STOP = re.compile(r"([.!?…]{1,8})([”“\"»«’')\]]{0,4})(\s{0,50})(?=(\S))")
"""A possible end: terminators, closing marks, blanks, and the next character."""

BULLET_SIGN = re.compile("[•▪●·◦‣➢]")
INLINE_BULLET = re.compile(r"\s[•▪●·◦‣➢]\s")
DASH_BULLET = re.compile(r"(?<=\s)[-–]\s")
NUMBER_START = re.compile(r"(\d{1,2})\.\s")

AFTER_VOTE = re.compile(
    r"(?:\d (?:Enthaltung|Enthaltungen|Enth\.|Nein|Dagegen)|(?:Enthaltung|Enthaltungen|Enth\.): ?\d{1,3}"
    r"|\(\d{1,3} ?: ?\d{1,3}\)) (?=[A-ZÄÖÜ])"
    r"|(?:einstimmig|angenommen|abgelehnt|Mitglieder: \d{1,3}) (?=(?P<next>Abstimmung (?:zu|über) |davon anwesend))"
    r"|davon anwesend:? ?\.{0,3}\d{1,3} (?=(?P<more>\S))"
)
"""The end of a vote line that is followed by a sentence or another line in the same run."""

ROLL_CALL = re.compile(r"(?:^|(?<= ))(?:Ja|Nein|Enthaltung|Enthaltungen|Enth\.|Abwesend): (?=[A-ZÄÖÜ])")
"""The labels of a roll call by names (*Ja: Lau, Uhl Nein: Ott*), each of which opens a line."""
AFTER_ROLL_CALL = re.compile(r"[\w)] (?=(?:Der|Die|Das|Damit|Somit|Es) )")

VOTE_SIGNS = ("Enth", "Nein ", "Dagegen ", "davon anwesend", " Abstimmung ", ":")
"""One of these is in every run in which `AFTER_VOTE` finds something."""

CLOSING_BRACKETS = ")]"
OPENING_QUOTES = "„“\"»‚‘›"
CLOCK = re.compile(r"\d{1,2}[.:]\d{2}(?= Uhr)")
"""A time of day, which opens a narrator's note (*19.20 Uhr Herr Uhl verlässt die Sitzung*)."""
NO_START = frozenset(",;:.!?…)]/%&+=*|-–—")
"""Signs with which no sentence begins in the middle of a line."""

CLOSING_BRACKETS = ")]"
OPENING_QUOTES = "„“\"»‚‘›"
CLOCK = re.compile(r"\d{1,2}[.:]\d{2}(?= Uhr)")
"""A time of day, which opens a narrator's note (*19.20 Uhr Herr Uhl verlässt die Sitzung*)."""
NO_START = frozenset(",;:.!?…)]/%&+=*|-–—")
"""Signs with which no sentence begins in the middle of a line."""


class Lexicon(NamedTuple):
    """Words that decide what a full stop means."""

    never: frozenset[str]
    may: frozenset[str]
    suffixes: tuple[str, ...]
    before: frozenset[str]
    cardinal: frozenset[str]
    months: frozenset[str]
    starters: frozenset[str]
    roles: frozenset[str]
    number: frozenset[str]
    openings: frozenset[str]
    """What longer abbreviations begin with (`i.v.` of *i. V. m.*)."""


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The word lists of `lexicon/abbreviations.toml`."""
    rules = tomllib.loads((LEXICON / "abbreviations.toml").read_text("utf-8"))
    long_forms = [entry for entry in (*rules["never"], *rules["may"]) if "." in entry]
    return Lexicon(
        never=frozenset(rules["never"]),
        may=frozenset(rules["may"]),
        suffixes=tuple(rules["suffixes"]),
        before=frozenset(rules["ordinals"]["before"]),
        cardinal=frozenset(rules["ordinals"]["cardinal"]),
        months=frozenset(rules["ordinals"]["months"]),
        starters=frozenset(rules["starters"]["forms"]),
        roles=frozenset(rules["starters"]["roles"]),
        number=frozenset(rules["number"]),
        openings=frozenset(entry[: i + 1] for entry in long_forms for i, sign in enumerate(entry) if sign == "."),
    )


LOWER_START = re.compile(r"s[BE] [A-ZÄÖÜ]|sBin |r [A-ZÄÖÜ]|(?:dafür|dagegen|davon anwesend|enthalten): ?\d")
"""What opens a sentence in small letters: *sB Lau* (sachkundiger Bürger), *r Gäste* (*Für* that lost its umlaut), a
vote line."""

UNITS = frozenset("mlght")
"""Units of one letter, which may end a sentence after a number (*Höhe 2,90 m.*)."""

FIRST_WORD = re.compile(r"[\w’'-]+")
NUMERIC = re.compile(r"[(„\"]?\d[\d.,:/–-]*$")
ROMAN = re.compile(r"[(]?[IVX]{1,5}$")
NO_VOWEL = re.compile(r"[A-ZÄÖÜ][bcdfghjklmnpqrstvwxz]{1,4}$")
"""What can only be an abbreviation before a number."""

CUT_SHORT = re.compile(r"^[a-zäöü]+(?:[bcdfgkmnptz]l|hrl|chl|[bdfgkmnptv]r|[bdgkmnpt]w|spr|schr)$")
"""Ends that no German word has, so that it is an abbreviation (*zusätzl.*, *entspr.*, *monatl.*)."""

LAST_PART = re.compile(r"[-./]")
HYPHENED_INITIAL = re.compile(r"\.-[^\W\d_]$")
"""*H.-O.*"""
SPACED = re.compile(r"(?:^|[\s(„\"/])((?:[^\W\d_]{1,3}\.\s?){1,3})$")
"""What stands before the last part of a spaced abbreviation: `i. V. ` of `i. V. m.`"""


def _ends(text: str, start: int, match: re.Match[str]) -> bool:
    """Whether a sentence that began at `start` ends at `match`; `text` has blanks for all white space."""
    marks, closers, blanks, following = match.groups()
    stop = match.start()
    at = max(text.rfind(" ", max(start, stop - 60), stop) + 1 or start, start)
    chunk = text[at:stop]
    if not blanks:
        return _ends_glued(text, chunk, match)
    if following.islower():
        if not LOWER_START.match(text, match.end()):
            return False
    elif following in NO_START:
        return False
    if not chunk and not closers and (marks == "." or len(marks) > 3 or stop == start):
        return False  # full stops that stand alone are a bullet or a leader
    if closers and closers[-1] in CLOSING_BRACKETS:
        opened = _open_bracket(text, start, match.end(2) - 1)
        if opened is None and len(chunk) <= 2:
            return False  # the mark of a list item: *1.)*
        if opened is not None and opened > start:
            return False  # the bracket belongs to a sentence that goes on
    elif _open_bracket(text, start, stop) not in (None, start):
        return False
    if marks != "." or closers:
        return True
    return _full_stop_ends(text, start, at, chunk, match.end())


def _full_stop_ends(text: str, start: int, at: int, chunk: str, next_at: int) -> bool:
    """Whether the full stop after `chunk` (at `at`) ends the sentence, with the next word at `next_at`."""
    words = lexicon()
    found = FIRST_WORD.match(text, next_at + (text[next_at] in OPENING_QUOTES))
    word = found.group() if found else ""
    lowered = chunk.lstrip("(„“\"»‚‘[/").lower()
    if lowered in words.never or lowered.startswith("dipl.-"):
        return False
    if LAST_PART.split(lowered)[-1] in words.never or HYPHENED_INITIAL.search(chunk):
        return False
    if NUMERIC.match(chunk):
        return _number_ends(text, start, at, chunk, word)
    if lowered in words.number:
        return not (text[next_at].isdigit() or ROMAN.match(word) or len(word) == 1)
    starts = word in words.starters or word in words.roles or bool(CLOCK.match(text, next_at))
    spaced = SPACED.search(text[max(start, at - 14) : at]) if len(lowered) <= 3 else None
    if spaced:
        whole = spaced.group(1).replace(" ", "").lower() + lowered
        if whole in words.may:
            return starts
        if whole in words.never or whole + "." in words.openings:
            return False
    if ROMAN.match(chunk):
        if at == start:
            return False
        return word in words.starters or (_is_cardinal(text, start, at) and (len(chunk) > 1 or starts))
    if len(lowered) == 1 and lowered.isalpha():
        if lowered in UNITS and text[max(start, at - 2) : at - 1].isdigit():
            return True
        if text[next_at + 1 : next_at + 2] == ".":
            return False  # *z. B.*, *H. O. Kessel*
        return starts and not (chunk.isupper() and start == at)
    if lowered in words.may or (len(lowered) > 4 and lowered.endswith(words.suffixes)):
        return starts
    if text[next_at].isdigit() and NO_VOWEL.match(chunk):
        return False  # *Flst. 12*, *Kl. 4*
    if CUT_SHORT.search(chunk):
        return starts
    if "." in lowered and lowered.replace(".", "").isalpha() and max(map(len, lowered.split("."))) <= 3:
        return starts  # an abbreviation that the lexicon lacks: *k.w.*
    return True


def _ends_glued(text: str, chunk: str, match: re.Match[str]) -> bool:
    """Whether a sentence ends where the blank after it is missing (*liege vor.Herr Uhl*)."""
    _, closers, _, following = match.groups()
    at = match.end()
    if not following.isupper() or not text[at + 1 : at + 2].islower():
        return False
    if _open_bracket(text, match.start() - len(chunk), match.start()) is not None:
        return False
    word = chunk.lstrip("(„“\"»‚‘[")
    if closers:
        return closers[-1] not in CLOSING_BRACKETS and len(word) > 2
    if len(word) > 1 and word[-1] in "€%" and word[0].isdigit():
        return True  # 3.000 €.Frau Ott fragt
    if word == "€":
        return True
    if len(word) < 2 or not word[-2:].isalpha() or not word[-1].islower():
        return False
    if "@" in word or "." in word or "/" in word or word.lower().startswith(("www", "http")):
        return False
    words = lexicon()
    return word.lower() not in words.never and word.lower() not in words.may


def _number_ends(text: str, start: int, at: int, chunk: str, word: str) -> bool:
    """Whether a full stop after a number ends the sentence or makes it an ordinal or a date."""
    words = lexicon()
    digits = chunk.lstrip("(„\"")
    if len(digits) <= 2 and (at == start or text[at - 2] in ",:;" or not text[start:at].strip(" (•·-–.)")):
        return False  # the number of a list item
    if word in words.months:
        return False
    if word in words.starters:
        return True
    if len(digits) == 1 and word.endswith(RANKED):
        return _previous(text, start, at) in words.cardinal
    if not word or not word[0].isupper():
        return not (len(digits) <= 2 or "." in digits)  # *1. 8.*, *31.07. 2021*
    return len(digits) > 2 or _is_cardinal(text, start, at)


RANKED = tuple(
    "Beigeordneter Beigeordnete Beigeordneten ürgermeister ürgermeisterin ürgermeisters Vorsitzende Vorsitzender "
    "Vorsitzenden tellvertreter tellvertreterin tellvertretende tellvertretender Kreisrat Landrat Vizepräsident "
    "Vizepräsidentin Schriftführer Schriftführerin Kassierer Kassiererin".split()
)
"""Functions that are numbered (*Frau Ott ist 1. Vorsitzende*), as ends of words."""


def _previous(text: str, start: int, at: int) -> str:
    before = text[max(start, at - 40) : at].split()
    return before[-1].lower() if before else ""


def _is_cardinal(text: str, start: int, at: int) -> bool:
    """Whether the number at `at` counts or names something (*Ziffer 3*) rather than ranks it (*im 3. Quartal*)."""
    previous = _previous(text, start, at)
    return previous in lexicon().cardinal or previous not in lexicon().before


def _open_bracket(text: str, start: int, stop: int) -> int | None:
    """Where the bracket opened that is still open at `stop`, within `LOOK_BACK`; None if there is none."""
    low = max(start, stop - LOOK_BACK)
    opened = max(text.rfind("(", low, stop), text.rfind("[", low, stop))
    if opened < 0:
        return None
    closed = max(text.rfind(")", low, stop), text.rfind("]", low, stop))
    if opened > closed:
        return opened
    if text.count("(", low, stop) > text.count(")", low, stop):
        return text.find("(", low, stop)
    return None


def split_run(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The sentences of `text[start:end]`, a run without meaningful line breaks, as spans without outer white space.

    `text` must have a blank for every white-space character.
    """
    spans: list[tuple[int, int]] = []
    forced = _forced_cuts(text, start, end)
    for first, last in pairwise((start, *forced, end)):
        cuts = []
        begin = first
        while begin < last and text[begin] == " ":
            begin += 1
        for match in STOP.finditer(text, begin, last):
            if match.end() >= last:
                break
            if _ends(text, begin, match):
                cuts.append(match.end(2))
                begin = match.end(3)
        begin = first
        for cut in (*cuts, last):
            while begin < cut and text[begin] == " ":
                begin += 1
            stop = cut
            while stop > begin and text[stop - 1] == " ":
                stop -= 1
            if stop > begin:
                spans.append((begin, stop))
                begin = stop
    return spans


def _forced_cuts(text: str, start: int, end: int) -> list[int]:
    """Where a sentence begins without a full stop before it: list items and vote lines written in one run."""
    cuts: set[int] = set()
    number = NUMBER_START.match(text, start, end)
    if number:
        cuts.update(_numbered(text, start, end, int(number.group(1))))
    if BULLET_SIGN.search(text, start, end):
        cuts.update(m.start() for m in INLINE_BULLET.finditer(text, start, end))
    dashed = [at for at in (text.find(": - ", start, end), text.find(": – ", start, end)) if at >= 0]
    if dashed:
        cuts.update(m.start() for m in DASH_BULLET.finditer(text, min(dashed), end))
    if text[start] in "([":
        closed = text.find(")" if text[start] == "(" else "]", start, min(end, start + LOOK_BACK))
        if start + 4 < closed < end - 2 and text[closed + 1] == " " and text[closed + 2].isupper():
            cuts.add(closed + 1)
    if any(text.find(sign, start, end) >= 0 for sign in VOTE_SIGNS):
        for match in AFTER_VOTE.finditer(text, start, end):
            word = FIRST_WORD.match(text, match.end(), end)
            if match.group("next") or match.group("more") or (word and word.group() in lexicon().starters):
                cuts.add(match.end() - 1)
    if text.find("Nein: ", start, end) >= 0:
        labels = [match.start() for match in ROLL_CALL.finditer(text, start, end)]
        if len(labels) > 1:
            cuts.update(at - 1 for at in labels)
            after = AFTER_ROLL_CALL.search(text, labels[-1], end)
            if after:
                cuts.add(after.end() - 1)
    return sorted(cut for cut in cuts if start < cut < end)


def _numbered(text: str, start: int, end: int, number: int) -> list[int]:
    """Where the items 2., 3. ... of a list begin that is written in one run and starts with `number`."""
    cuts: list[int] = []
    at = start
    before = lexicon().before
    months = lexicon().months
    while True:
        number += 1
        needle = f" {number}. "
        at = text.find(needle, at, end)
        if at < 0:
            return cuts
        following = FIRST_WORD.match(text, at + len(needle), end)
        word = following.group() if following else ""
        previous = text[max(start, at - 40) : at].split()
        if word[:1].isupper() and word not in months and (not previous or previous[-1].lower() not in before):
            cuts.append(at)
        at += len(needle) - 1
