"""Maps the Beschlussart of a page to an outcome, by the ordered rules of `lexicon/results.toml`.

The list of Beschlussart texts is set by each customer of ALLRIS: what no rule knows stays raw. Used by `decisions`
(does the text agree with the page?), `pages` records stay as they are.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import cast, get_args

from pipeline.errors import ExtractionError
from pipeline.records import DecisionOutcome

PATH = Path(__file__).parent / "lexicon" / "results.toml"

_SAYS_THE_SAME: dict[DecisionOutcome, frozenset[str]] = {
    "accepted": frozenset(("accepted", "elected", "consensus")),
    "amended": frozenset(("amended",)),
    "noted": frozenset(("noted",)),
    "elected": frozenset(("elected", "accepted")),
}
"""Outcomes of the text that a Beschlussart covers: most sites have no own value for elections and consensus."""


@lru_cache(maxsize=1)
def rules() -> tuple[tuple[re.Pattern[str], DecisionOutcome | None, tuple[str, ...]], ...]:
    """The rules in order: pattern, outcome, examples. Raises `ExtractionError` if the file is broken."""
    try:
        data = tomllib.loads(PATH.read_text("utf-8"))
        out = []
        for entry in data["rule"]:
            if entry["outcome"] and entry["outcome"] not in get_args(DecisionOutcome):
                raise ValueError(f"no outcome {entry['outcome']!r}")
            outcome = cast("DecisionOutcome | None", entry["outcome"] or None)
            out.append((re.compile(entry["pattern"]), outcome, tuple(entry["examples"])))
    except (OSError, KeyError, TypeError, ValueError, re.error) as error:
        raise ExtractionError(f"the rules of the Beschlussart cannot be read: {error!r}", where=PATH) from error
    return tuple(out)


@lru_cache(maxsize=1024)
def outcome_of(result: str | None) -> DecisionOutcome | None:
    """The outcome that a Beschlussart states; None where it states none or is not known."""
    if not result:
        return None
    text = " ".join(result.replace("\u00a0", " ").replace("\u00ad", "").split()).lower()
    for pattern, outcome, _ in rules():
        if pattern.search(text):
            return outcome
    return None


def agrees(page: DecisionOutcome | None, told: DecisionOutcome) -> bool | None:
    """Whether page and text say the same; None where the page says nothing comparable."""
    if page is None:
        return None
    return told in _SAYS_THE_SAME.get(page, frozenset((page,)))
