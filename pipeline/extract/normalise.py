"""Reads a sentence the way it was written: line-end hyphens joined, blanks collapsed, certain damage mended.

Used by `sentences`. Nothing here guesses: a hyphen is joined only where the next line goes on in small
letters, an umlaut is put back only where one word alone can have stood there (`lexicon/repairs.toml`).
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

LEXICON = Path(__file__).parent / "lexicon"

LINE_HYPHEN = re.compile(
    r"(?<=\w)[-\u2010\u2011][^\S\n]*\n\s*(?=\w)|(?<=[^\W\d_][a-zäöüß])[-\u2010\u2011]\s+(?=[a-zäöüß])"
)
"""A hyphen at the end of a line, also one that a line once ended with (*Baupha- se*)."""

RESIDUE = re.compile(
    r"\b([A-ZÄÖÜ][a-zäöüß]{2,20})-([a-zäöüß]{2,24}(?:ung|ungen|heit|heiten|keit|keiten|schaft|schaften|tion|tionen|ität|schluss|schlüsse|schlusses))\b"
)
"""*Haushaltskon-solidierung*: what is left of a line's end inside a word; only before noun endings is it certain."""

NEXT_WORD = re.compile(r"[^\s,;]+")

DOUBLE_QUOTES = "„“”«»‟"
SINGLE_QUOTES = "‚‘’‛‹›"


class _Repairs(NamedTuple):
    words: dict[str, str]
    """What is left of a word, or of a part of one, and what stood there."""
    damaged: re.Pattern[str]
    glued: re.Pattern[str]
    not_joined: frozenset[str]
    standing: frozenset[str]
    """Damaged words as they stand between blanks, with the signs that may follow them."""
    inside: tuple[str, ...]
    """What a text holds that is damaged inside a word."""


@lru_cache(maxsize=1)
def _repairs() -> _Repairs:
    """The rules of `lexicon/repairs.toml`."""
    rules = tomllib.loads((LEXICON / "repairs.toml").read_text("utf-8"))
    words: dict[str, str] = rules["words"]
    parts: dict[str, str] = rules["parts"]
    longest = "|".join(sorted(words, key=lambda w: (-len(w), w)))
    alone = rf"(?<![\w\-.'’&/])(?:{longest})(?![\w\-.'’&/])"
    spaced = ("e", "n", "t", "l")  # one of them is in every word in spaced letters
    return _Repairs(
        words=words | parts,
        damaged=re.compile("|".join([alone, *sorted(parts, key=lambda w: (-len(w), w))])),
        glued=re.compile(rf"\b(?:{'|'.join(rules['glued']['words'])})(?=[A-ZÄÖÜ][a-zäöüß]{{3}})"),
        not_joined=frozenset(rules["hyphens"]["not_joined"]),
        standing=frozenset(word + sign for word in (*words, "r") for sign in ("", *",.;:?")) | frozenset(spaced),
        inside=(*parts, "lichr ", "ischr ", "tivr ", "€r "),
    )


LOST_FUER = re.compile(
    r"(?<=[^ ]{2} )r(?= [^\W\d_])"
    r"|(?:(?<=[a-zäöüß][bdfgjkpqstvwxzß])|(?<=[a-zäöüß]ch)|(?<=[\d ]€))"
    r"r(?= (?:die|das|den|eine|einen|ein|diese|dieses|diesen|ihre|seine|alle)\b)"
)
"""*für* without its first two letters: alone (*r die Vorlage*), or glued to a word that no *r* can end
(*grundsätzlichr eine*)."""


def join_hyphens(text: str) -> str:
    """`text` with the hyphens of line ends taken out; a capital on the next line keeps its hyphen (*CDU-Fraktion*)."""
    if "-" not in text and "\u2010" not in text and "\u2011" not in text:
        return text

    def joined(match: re.Match[str]) -> str:
        following = NEXT_WORD.match(text, match.end())
        word = following.group() if following else ""
        if word.rstrip(".") in _repairs().not_joined:
            return "- "
        return "" if word[:1].islower() else "-"

    return RESIDUE.sub(lambda m: m.group(1) + m.group(2), LINE_HYPHEN.sub(joined, text))


def repair_umlauts(text: str) -> str:
    """`text` with the certain umlaut losses put back; the rest stays damaged."""
    rules = _repairs()
    return LOST_FUER.sub(_fuer, rules.damaged.sub(lambda match: rules.words[match.group()], text))


def _fuer(match: re.Match[str]) -> str:
    before = match.string[match.start() - 1]
    return "für" if before == " " else " für"


SPACED_WORD = re.compile(r"(?<!\S)[A-ZÄÖÜ](?: [a-zäöüß]){3,40}(?!\S)")
"""A word in spaced letters (*B ö h n i n g*); four letters at least, so that no list of marks is one."""

INNER_CAPITAL = re.compile("[a-zäöüß][A-ZÄÖÜ]")


def is_damaged(text: str) -> bool:
    """Whether `text` (blanks for all white space) may hold damage that `repair` mends."""
    rules = _repairs()
    return (
        not rules.standing.isdisjoint(text.split())
        or any(part in text for part in rules.inside)
        or bool(INNER_CAPITAL.search(text) and rules.glued.search(text))
    )


def repair(text: str) -> str:
    """`text` with certain damage mended: umlaut losses, words in spaced letters, small words glued to a noun."""
    text = SPACED_WORD.sub(lambda match: match.group().replace(" ", ""), text)
    return _repairs().glued.sub(lambda match: match.group() + " ", repair_umlauts(text))


def unify_quotes(text: str) -> str:
    """`text` with every double quotation mark as `"` and every single one as `'`."""
    if text.isascii():
        return text
    for quote in DOUBLE_QUOTES:  # several times faster than `translate`
        text = text.replace(quote, '"')
    for quote in SINGLE_QUOTES:
        text = text.replace(quote, "'")
    return text


def collapse(text: str) -> str:
    """`text` with every run of white space as one blank, none at the ends."""
    return " ".join(text.split())
