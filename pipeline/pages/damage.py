"""What is wrong with a section's text (`pages`): named in `Section.damage`, never repaired.

Umlaut loss: some exports lost a consonant with the umlaut behind it (`Fußngerverkehr`, `5.000 €r das Jahr`,
`Der BV nsche`; catalogue f 1). Such words betray themselves: German has no word that ends in two different consonants and `r`,
none that begins in `nn`, `rg` or `hr`, and no lone `r`.
"""

from __future__ import annotations

import re

_LOST_WORD = re.compile(
    r"(?<![\w.:/@'’&-])r (?=(?:den|die|das|dem|der|ein|eine|einen|einem|einer|diese|dieses|diesen|alle|ihre?|seine?|uns|sie|ihn)\b)"  # für
    r"|(?<![\w.:/@'’&-])(?:nnen|nne|nnte|nnten|ssen|sse|sste|ssten|rde|rden|rfen|rfe|rften|hren|hrt|hrte|hrten|hre|nsche|nscht|nschen|"
    r"rger\w{0,30}|tzen|tzt|tzlich|ndig|ngig|mmern|hlen|hlt|rzung\w{0,10}|nftig\w{0,4}|chst\w{0,4}|glich\w{0,4}|ngel)(?![\w'’-])"
    r"|(?<![\w.])[€%]r (?=[a-zäöü])"
    r"|(?<![\wäöüß.])[A-ZÄÖÜa-zäöüß]{2,40}(?:lich|isch|heit|keit|ung|ig|ft|st|nd|ld|nt|kt)r (?=[a-zäöü])"  # grundsätzlichr eine
    r"|[a-zäöü]ßn?ng(?=[a-z])"  # Fußngerverkehr
    r"|[a-z]sitss?t|[a-z]litts?(?=[a-z])(?!ts)"  # Universitsstadt
)
_MOJIBAKE = re.compile("Ã[\u00a4\u00b6\u00bc\u0178\u0084\u0096\u009c\u009f„–œŸ]|â€[œžŸ“”™\u009d\u009c\u009e]")


def find_damage(text: str) -> tuple[str, ...]:
    """The names of the damages that `text` shows, in alphabetical order."""
    damage = []
    if "Ã" in text or "â€" in text:
        damage += ["mojibake"] if _MOJIBAKE.search(text) else []
    if "\ufffd" in text:
        damage.append("replacement_characters")
    if _LOST_WORD.search(text):
        damage.append("umlaut_loss")
    return tuple(damage)
