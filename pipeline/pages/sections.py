"""Making `Section` records (`pages`): one place that sets kind and damage for every source of text."""

from __future__ import annotations

from pipeline.pages.damage import find_damage
from pipeline.pages.labels import section_kind
from pipeline.records import Section, Table

LONG_HEADLINE = 150
"""Headlines are cut at the first full stop or at about 200 characters; above this length any cut counts."""


def make_section(label: str, text: str, tables: tuple[Table, ...] = (), *, truncated: bool = False) -> Section:
    """A section named `label`; its kind follows from the label, its damage from the text."""
    damage = find_damage(text)
    if truncated:
        damage = tuple(sorted((*damage, "truncated")))
    return Section(label=label, kind=section_kind(label), text=text, tables=tables, damage=damage)


def drop_cut_headline(text: str, tables: tuple[Table, ...]) -> tuple[str, tuple[Table, ...]]:
    """`text` (and its tables) without the first block where that repeats the beginning of the second, cut off.

    Older exports put the first sentence before the text as a headline, cut at the first full stop, be it that of an
    abbreviation or a date (`Der stellv`), or at about 200 characters.
    """
    first, blank, rest = text.partition("\n\n")
    if not blank or (tables and tables[0].start == 0):
        return text, tables
    paragraph = rest.partition("\n\n")[0]
    if not is_cut_headline(first.replace("\n", " "), paragraph.replace("\n", " ")):
        return text, tables
    cut = len(first) + len(blank)
    return rest, tuple(Table(start=t.start - cut, end=t.end - cut, rows=t.rows) for t in tables)


def is_cut_headline(headline: str, paragraph: str) -> bool:
    """Whether `headline` is the beginning of `paragraph`, cut at a full stop or for its length."""
    if len(headline) < 2 or len(headline) >= len(paragraph) or not paragraph.startswith(headline):
        return False
    return paragraph[len(headline)] == "." or len(headline) >= LONG_HEADLINE
