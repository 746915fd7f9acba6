"""What the links and forms of a page say (`pages`): numbers in addresses and hidden fields, programs, organizations."""

from __future__ import annotations

import re

from pipeline.pages.tree import Element, digits

NUMBER_SPACES = {"GRLFDNR": "GR", "AULFDNR": "AU", "PALFDNR": "PA", "FRLFDNR": "FR"}
"""The parameters that number organizations, each in its own space."""

_PARAMETER = re.compile(r"[?&;]([A-Za-z_0-9]{1,40})=(\d{1,10})(?!\d)")


def parameters(address: str | None) -> dict[str, int]:
    """The numeric parameters of an address by their name in capitals (`{"TOLFDNR": 90210}`); the first of each."""
    found: dict[str, int] = {}
    for name, value in _PARAMETER.findall(address or ""):
        found.setdefault(name.upper(), int(value))
    return found


def number_in(element: Element | None, name: str) -> int | None:
    """The number `name` (`KPLFDNR`) that a link or hidden form field in `element` carries."""
    if element is None:
        return None
    for node in element.iter("a", "form", "input"):
        if node.tag == "input":
            if (node.get("name") or "").upper() == name:
                return digits(node.get("value"))
            continue
        number = parameters(node.get("href") or node.get("action")).get(name)
        if number is not None:
            return number
    return None


def organization_of(address: str | None) -> tuple[int | None, str | None]:
    """Number and number space (GR, AU, PA, FR) of the organization that an address names."""
    numbers = parameters(address)
    for name, kind in NUMBER_SPACES.items():
        if name in numbers:
            return numbers[name], kind
    return None, None


def program_link(node: Element, program: str) -> bool:
    """Whether a link or form leads to `program` (`to020`, whatever its suffix)."""
    address = (node.get("href") or node.get("action") or "").lower()
    return address.rpartition("/")[2].startswith(program)


def form_number(root: Element, program: str, name: str) -> int | None:
    """The number `name` in the hidden field of the first form that leads to `program`."""
    for form in root.iter("form"):
        if program_link(form, program):
            number = number_in(form, name)
            if number is not None:
                return number
    return None


def object_id(root: Element) -> int | None:
    """The number in ALLRIS 3's `<meta name="objectID">`."""
    for meta in root.iter("meta"):
        if meta.get("name") == "objectID":
            return digits(meta.get("content"))
    return None
