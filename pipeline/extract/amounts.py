"""Reads sums of money: *85.000 Euro*, *1,3 Mio. €*, *310.000€*, *2 Euro je Einwohner*.

Used for the resolutions of `decision_records`.
"""

from __future__ import annotations

import re

from pipeline.records import Amount

_AMOUNT = re.compile(
    r"(?<![\d.,])(?P<number>\d{1,3}(?:[.\u00a0 ]\d{3}){1,3}|\d{1,9})(?:,(?P<cents>\d{1,2}|-{1,2}|–))?"
    r"\s?(?P<scale>Mio\.?|Millionen?|Mrd\.?|Milliarden?|T|Tsd\.?|Tausend)?\s?(?P<unit>€|Euro\b|EUR\b|T€|TEUR\b)"
)
_SCALES = {"M": 1_000_000, "T": 1_000}


def amounts_in(text: str) -> tuple[Amount, ...]:
    """The sums of money in `text`, in order."""
    found = []
    for m in _AMOUNT.finditer(text):
        euro = float(re.sub(r"\D", "", m["number"]))
        if m["cents"] and m["cents"].isdigit():
            euro += int(m["cents"]) / 10 ** len(m["cents"])
        scale = m["scale"] or ""
        if scale.startswith(("Mrd", "Milliard")):
            euro *= 1_000_000_000
        elif scale:
            euro *= _SCALES[scale[0]]
        elif m["unit"].startswith("T"):
            euro *= 1_000
        found.append(Amount(text=" ".join(m.group().split()), euro=round(euro, 2)))
    return tuple(found)
