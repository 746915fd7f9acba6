"""What is wrong with a section's text (`pages`): named in `Section.damage`, never repaired.

Umlaut loss: some exports lost a consonant with the umlaut behind it (`Fußngerverkehr`, `5.000 €r das Jahr`, `Der BV
nsche`; catalogue f 1). What is left betrays itself: no German word begins with `nn`, `rg` or `hl`, none ends in a
stop or sibilant and `r`, and none is a lone `r`. In 486 documents these rules hit five words, all of them damaged.
"""

from __future__ import annotations

import re

_ONSETS = (
    "bl br ch cl cr dr fl fr gl gn gr kl kn kr pf ph pl pr ps qu rh sc sh sk sl sm sn sp st sv sw sz th tr ts tw vl wh "
    "wl wr zw"
).split()
"""The pairs of consonants that words of German texts begin with."""
_CONSONANTS = "bcdfghjklmnpqrstvwxz"
_BAD_ONSET = "|".join(
    f"{first}[{''.join(c for c in _CONSONANTS if first + c not in _ONSETS)}ß]" for first in _CONSONANTS
)
_IN_WORD = "\\w.:/@&*+'’\ufffd-"
_BAD_BEGINNING = re.compile(
    rf"[^{_IN_WORD}](?=[{_CONSONANTS}][{_CONSONANTS}ß])(?:{_BAD_ONSET})"
    r"[a-zß]{0,9}[aeiouyäöü][a-zäöüß]{0,40}(?![\w@]|\.\w)"  # nsche, hlenpark
)
"""To be searched behind a blank: a pattern that begins with a character is found faster than with a look back."""
_LONE_R = re.compile(
    rf"r (?<![{_IN_WORD}]r )(?=(?:d(?:ie|as|en|em|er|iese\w?)|eine?[nmrs]?|alle\w?|ihre?\w?|uns|sie|ihn)\b)"  # r alle
)
_MAY_END_BADLY = re.compile(r"r(?:(?<=[bdfgjkpqstvwxzß]r)|(?<=chr))(?![\w.-])")
"""What every bad ending has: few texts do, and this finds it at a hundredth of the price."""
_BAD_ENDING = re.compile(
    rf"(?<![{_IN_WORD}])[A-Za-zÄÖÜäöüß]{{2,40}}(?:[bdfgjkpqstvwxzß]|ch)r(?![\w.-])"  # grundsätzlichr eine
)
_GAP = re.compile(r"ßn?ng[a-zäöü]")  # Fußngerverkehr
_MOJIBAKE = re.compile("Ã[\u00a4\u00b6\u00bc\u0178\u201e\u2013\u0153]|â€[\u0153\u017e\u0178\u201c\u201d\u2122]")


def find_damage(text: str) -> tuple[str, ...]:
    """The names of the damages that `text` shows, in alphabetical order."""
    damage = []
    if ("Ã" in text or "â€" in text) and _MOJIBAKE.search(text):
        damage.append("mojibake")
    if "\ufffd" in text:
        damage.append("replacement_characters")
    if _lost_umlauts(text):
        damage.append("umlaut_loss")
    return tuple(damage)


def _lost_umlauts(text: str) -> bool:
    """Whether any rule hits. One pattern of them all would try each of them at each character."""
    return bool(
        "€r " in text or "%r " in text  # 5.000 €r das Jahr
        or "rsits" in text  # Universitsstadt
        or ("ß" in text and _GAP.search(text))
        or _LONE_R.search(text)
        or (_MAY_END_BADLY.search(text) and _BAD_ENDING.search(text))
        or _BAD_BEGINNING.search(f" {text}")
    )
