"""Addresses as pages, archives and servers give them: taken apart and joined without ever raising (pure).

The standard library refuses some with ValueError (`http://[x`), and whoever writes a page may write them.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qs, urljoin, urlsplit

_NOTHING = SplitResult("", "", "", "", "")
_PLAIN = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?/[A-Za-z0-9_./-]*\?([A-Za-z0-9_.=&-]*)")
"""An address without escapes, fragment or anything else that the standard library is needed for: nearly all are."""
LONGEST_NUMBER = 10
"""Digits of the longest number that is read from an address; ALLRIS's have seven."""


def parts_of(address: str) -> SplitResult:
    """The parts of `address`; all empty where it is none."""
    try:
        return urlsplit(address)
    except ValueError:
        return _NOTHING


def joined(base: str, link: str) -> str:
    """`link` as found at `base`, absolute; as it stands where it is no address."""
    try:
        return urljoin(base, link)
    except ValueError:
        return link


def numbers_in(address: str) -> dict[str, int]:
    """The numeric parameters of `address` by their name in capitals; the first of each."""
    plain = _PLAIN.fullmatch(address)
    given: dict[str, str] = {}
    if plain:
        for pair in plain[1].split("&"):
            name, _, value = pair.partition("=")
            if value:
                given.setdefault(name, value)
    else:
        try:
            given = {name: values[0] for name, values in parse_qs(parts_of(address).query).items()}
        except ValueError:  # more parameters than any page has
            return {}
    found: dict[str, int] = {}
    for name, value in given.items():
        if value.isascii() and value.isdigit() and len(value) <= LONGEST_NUMBER:
            found.setdefault(name.upper(), int(value))
    return found


def port_of(parts: SplitResult) -> int | None:
    """The port of an http or https address, the usual one where none is given; None where it is no port."""
    try:
        return parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return None
