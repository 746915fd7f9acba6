"""Reads a sentence the way it was written: line-end hyphens joined, blanks collapsed, certain damage mended.

Used by `sentences`. Nothing here guesses: a hyphen is joined only where the next line goes on in small
letters, an umlaut is put back only where one word alone can have stood there (`lexicon/umlauts.toml`).
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path

LEXICON = Path(__file__).parent / "lexicon"

NOT_JOINED = frozenset(
    "und oder bzw bzw. sowie als wie noch bis statt aber nicht mit zu inkl inkl. auch in im an am auf für der die das "
    "den dem des von vom zum zur u. o. ist sind wird werden sei seien habe".split()
)
"""Words before which a hyphen is a suspended one (*Haupt- und Finanzausschuss*), not a line's end."""

LINE_HYPHEN = re.compile(r"(?<=\w)[-\u2010\u2011]\s*\n\s*(?=\w)|(?<=[^\W\d_][a-zäöüß])[-\u2010\u2011]\s+(?=[a-zäöüß])")
"""A hyphen at the end of a line, also one that a line once ended with (*Baupha- se*)."""

RESIDUE = re.compile(
    r"\b([A-ZÄÖÜ][a-zäöüß]{2,20})-([a-zäöüß]{2,24}(?:ung|ungen|heit|heiten|keit|keiten|schaft|schaften|tion|tionen|ität|schluss|schlüsse|schlusses))\b"
)
"""*Haushaltskon-solidierung*: what is left of a line's end inside a word; only before noun endings is it certain."""

NEXT_WORD = re.compile(r"[^\s,;]+")

DOUBLE_QUOTES = "„“”«»‟"
SINGLE_QUOTES = "‚‘’‛‹›"


@lru_cache(maxsize=1)
def _umlauts() -> tuple[re.Pattern[str], dict[str, str]]:
    rules = tomllib.loads((LEXICON / "umlauts.toml").read_text("utf-8"))
    words: dict[str, str] = rules["words"]
    parts: dict[str, str] = rules["parts"]
    standing = "|".join(sorted(words, key=lambda w: (-len(w), w)))
    inside = "|".join(sorted(parts, key=lambda w: (-len(w), w)))
    return re.compile(rf"(?<![\w\-.'’&/])(?:{standing})(?![\w\-.'’&/])|{inside}"), words | parts


LOST_FUER = re.compile(
    r"(?<= )r(?= [^\W\d_])"
    r"|(?:(?<=lich)|(?<=isch)|(?<=tiv)|(?<=[\d ]€))"
    r"r(?= (?:die|das|den|eine|einen|ein|diese|dieses|diesen|ihre|seine|alle) )"
)
"""*für* without its first two letters, alone (*r die Vorlage*) or glued to the word before (*grundsätzlichr eine*)."""


def join_hyphens(text: str) -> str:
    """`text` with the hyphens of line ends taken out; a capital on the next line keeps its hyphen (*CDU-Fraktion*)."""
    if "-" not in text and "\u2010" not in text and "\u2011" not in text:
        return text

    def joined(match: re.Match[str]) -> str:
        following = NEXT_WORD.match(text, match.end())
        word = following.group() if following else ""
        if word.rstrip(".") in NOT_JOINED:
            return "- "
        return "" if word[:1].islower() else "-"

    return RESIDUE.sub(lambda m: m.group(1) + m.group(2), LINE_HYPHEN.sub(joined, text))


def repair_umlauts(text: str) -> str:
    """`text` with the certain umlaut losses put back; the rest stays damaged."""
    pattern, words = _umlauts()
    return LOST_FUER.sub(_fuer, pattern.sub(lambda m: words[m.group()], text))


def _fuer(match: re.Match[str]) -> str:
    before = match.string[match.start() - 1]
    return "für" if before == " " else " für"


SPACED_WORD = re.compile(r"(?<!\S)[A-ZÄÖÜ](?: [a-zäöüß]){3,40}(?!\S)")
"""A word in spaced letters (*B ö h n i n g*); four letters at least, so that no list of marks is one."""

GLUED = re.compile(
    r"\b(?:und|oder|der|die|das|den|dem|des|für|von|vom|mit|zur|zum|bei|dass|durch|nach|über|unter|gegen|sowie)"
    r"(?=[A-ZÄÖÜ][a-zäöüß]{3})"
)
"""A small word glued to the noun after it (*undJugendbeteiligung*)."""

INNER_CAPITAL = re.compile("[a-zäöüß][A-ZÄÖÜ]")


def is_damaged(text: str) -> bool:
    """Whether `text` (blanks for all white space) may hold damage that `repair` mends."""
    words, parts = _damage()
    return (
        not words.isdisjoint(text.split())
        or any(part in text for part in parts)
        or bool(INNER_CAPITAL.search(text) and GLUED.search(text))
    )


def repair(text: str) -> str:
    """`text` with certain damage mended: umlaut losses, words in spaced letters, small words glued to a noun."""
    text = GLUED.sub(lambda match: match.group() + " ", repair_umlauts(text))
    return SPACED_WORD.sub(lambda match: match.group().replace(" ", ""), text)


@lru_cache(maxsize=1)
def _damage() -> tuple[frozenset[str], tuple[str, ...]]:
    """Damaged words as they stand between blanks, and what a text holds that is damaged inside a word."""
    rules = tomllib.loads((LEXICON / "umlauts.toml").read_text("utf-8"))
    words = {word + sign for word in (*rules["words"], "r") for sign in ("", ",", ".", ";", ":", "?")}
    spaced = ("e", "n", "t", "l")  # one of them is in every spaced word
    return frozenset(words | set(spaced)), (*rules["parts"], "lichr ", "ischr ", "tivr ", "€r ")


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
