"""Cuts a sentence into words and signs (used by `sentences`; `SentenceState.words`)."""

from __future__ import annotations

import re

TOKEN = re.compile(
    r"\d+(?:[.,:/]\d+)*(?:\.(?=\s\w)|[a-z]\b)?"  # 10.06.2021  1.250,50  3.  8a
    r"|(?:[^\W\d_]\.-?){2,}"  # z.B.  e.V.  H.-O.
    r"|[^\W\d_][\w’']*"
    r"(?:(?:[-\u2010\u2011]|\.-|[*:_](?=[a-zäöü])|/-?(?=innen\b|in\b))[\w’']+)*"  # CDU-Fraktion  Bürger:innen
    r"(?:\.(?=\s?[\w,(])|\.(?=-\s)|-(?=\s))?"  # an inner full stop marks an abbreviation; Haupt-
    r"|\.{2,}|[^\w\s]|_|\w"
)
"""Words of a sentence: numbers, dates, abbreviations (with their full stop inside a sentence), compounds with
hyphens and gender forms are one token each; every other sign is one."""


def tokenize(text: str) -> list[str]:
    """The tokens of one sentence."""
    return TOKEN.findall(text)
