"""The usual name of a faction or party, so that lists and minutes that spell it differently can be compared.

Part of `link`; pure. The names come from the extraction's lexicon (`extract/lexicon/parties.toml`); a
label that it does not have is kept as printed, and only compared folded.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path

from pipeline.link.names import fold

_PARTIES = Path(__file__).parents[1] / "extract" / "lexicon" / "parties.toml"
_AROUND = re.compile(
    r"\b(?:ratsfraktion|kreistagsfraktion|stadtratsfraktion|fraktion|gruppe|der|die|dem|den|im|kreistag|stadtrat)\b"
)


@lru_cache(maxsize=1)
def _labels() -> dict[str, str]:
    with _PARTIES.open("rb") as file:
        parties = tomllib.load(file)["party"]
    return {_key(form): party["label"] for party in parties for form in (party["label"], *party["forms"])}


def _key(text: str) -> str:
    folded = fold(text)
    return " ".join(_AROUND.sub(" ", folded).split()) or folded


@lru_cache(maxsize=5_000)
def faction_label(text: str | None) -> str | None:
    """The usual name of the faction that `text` names (`Fraktion BÜNDNIS 90/DIE GRÜNEN` -> `GRÜNE`); else `text`."""
    if not text or not text.strip():
        return None
    return _labels().get(_key(text), " ".join(text.split()))


def same_faction(one: str | None, other: str | None) -> bool:
    """Whether both name the same faction; False where one is unknown."""
    left, right = faction_label(one), faction_label(other)
    return left is not None and right is not None and fold(left) == fold(right)
