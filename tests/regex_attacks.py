"""Worst inputs for a regular expression, from its own parse tree: what it may repeat, repeated, and no match after.

A backtracking engine is super-linear where it can begin, or go on, at many places and fails at the end of each. So for
everything that a pattern may repeat without bound (or far), an input repeats what stands before it, what it repeats,
or both, and ends in what does not fit.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

ALPHABET = " \na1A.-,:\t(\"„ä\x00é/x0%&<>=;'*#_)]}"
"""Signs that stand for a class of signs, likely ones first."""
VARIANTS = 4
"""Ways of filling a class or a group that are tried."""
FAR = 60
"""A repetition up to this often is bounded for good."""
FAILING = ("", "\x00", "!", "\n", " ", "a")
"""What follows the repetition, so that nothing matches."""


def attacks(pattern: re.Pattern[str], size: int) -> Iterator[str]:
    """Inputs of some `size` characters for `pattern`, each once."""
    seen: set[str] = set()
    for unit_before, unit, after in _pumps(pattern):
        for text in _texts(unit_before, unit, after, size):
            if text not in seen:
                seen.add(text)
                yield text


def _texts(before: str, unit: str, after: str, size: int) -> Iterator[str]:
    """The ways of repeating: the repetition, its beginnings, and beginnings with a little of it."""
    body = (unit * (size // len(unit) + 1))[:size]
    for end in {*FAILING[:3], after[:1]}:
        yield before + body + end
    if before:
        yield (before * (size // len(before) + 1))[:size]
        yield ((before + unit * 8) * (size // (len(before) + 8 * len(unit)) + 1))[:size]
        yield body + before


def _pumps(pattern: re.Pattern[str]) -> Iterator[tuple[str, str, str]]:
    """(what leads to a repetition, what it repeats, what follows it) for everything that may be repeated far."""
    tree = parser.parse(pattern.pattern, pattern.flags)
    found = list(_walk(list(tree), [""], pattern.flags))
    for before, unit, after in found:
        if unit:
            yield before, unit, after
    # neighbours that may repeat the same sign, each of the other's
    units = list(dict.fromkeys(unit for _, unit, _ in found if unit))[:6]
    for first, second in itertools.combinations(units, 2):
        yield "", first + second, ""
    if not found:
        yield "", (_samples(list(tree), pattern.flags) or ["a"])[0] or "a", ""


def _walk(nodes: list[Any], befores: list[str], flags: int) -> Iterator[tuple[str, str, str]]:
    """The repetitions in a sequence of nodes; `befores` lead to its start."""
    for index, (code, argument) in enumerate(nodes):
        rest = _first(nodes[index + 1 :], flags)
        if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            _low, high, inner = argument
            if high is codes.MAXREPEAT or high > FAR:
                for unit in _samples(list(inner), flags):
                    for before in befores[:VARIANTS]:
                        yield before, unit, rest
            yield from _walk(list(inner), befores, flags)
        else:
            for branch in _inside(code, argument):
                yield from _walk(branch, befores, flags)
        pieces = _samples([(code, argument)], flags) or [""]
        befores = [before + piece for before, piece in itertools.product(befores, pieces)][:VARIANTS]


def _inside(code: Any, argument: Any) -> Iterator[list[Any]]:
    """The sequences inside a node that is no repetition."""
    if code is codes.SUBPATTERN:
        yield list(argument[3])
    elif code is codes.BRANCH:
        for branch in argument[1]:
            yield list(branch)
    elif code in (codes.ASSERT, codes.ASSERT_NOT):
        if argument[0] > 0:
            yield list(argument[1])
    elif code is codes.ATOMIC_GROUP:
        yield list(argument)


def _first(nodes: list[Any], flags: int) -> str:
    return (_samples(nodes, flags) or [""])[0]


def _samples(nodes: list[Any], flags: int) -> list[str]:
    """A few texts that a sequence of nodes matches (or nearly: assertions are passed over)."""
    texts = [""]
    for code, argument in nodes:
        texts = [text + piece for text, piece in itertools.product(texts, _pieces(code, argument, flags))][:VARIANTS]
    return texts


def _pieces(code: Any, argument: Any, flags: int) -> list[str]:
    if code is codes.LITERAL:
        return [chr(argument)]
    if code in (codes.NOT_LITERAL, codes.IN, codes.ANY):
        return _signs(code, argument, flags)
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
        low, high, inner = argument
        inner_texts = _samples(list(inner), flags)
        return [text * max(low, 1 if high else 0) for text in inner_texts][: VARIANTS - 1] + ([""] if low == 0 else [])
    branches = list(_inside(code, argument)) if code is not codes.ASSERT else []
    if code is codes.ASSERT_NOT:
        return [""]
    return list(dict.fromkeys(text for branch in branches for text in _samples(branch, flags)))[:VARIANTS] or [""]


def _signs(code: Any, argument: Any, flags: int) -> list[str]:
    """Signs of `ALPHABET` (or of the class itself) that a class matches."""
    found = [sign for sign in ALPHABET if _fits(code, argument, sign, flags)][:VARIANTS]
    if not found and code is codes.IN:
        found = [chr(value if kind is codes.LITERAL else value[0]) for kind, value in argument
                 if kind in (codes.LITERAL, codes.RANGE)][:VARIANTS]
    return found or [""]


def _fits(code: Any, argument: Any, sign: str, flags: int) -> bool:
    if code is codes.ANY:
        return sign != "\n" or bool(flags & re.DOTALL)
    if code is codes.NOT_LITERAL:
        return ord(sign) != argument
    negated, fits = False, False
    for kind, value in argument:
        if kind is codes.NEGATE:
            negated = True
        elif kind is codes.LITERAL:
            fits |= ord(sign) == value
        elif kind is codes.RANGE:
            fits |= value[0] <= ord(sign) <= value[1]
        elif kind is codes.CATEGORY:
            fits |= _CATEGORIES[str(value)].match(sign) is not None
    return fits != negated


_CATEGORIES = {
    f"CATEGORY_{'NOT_' if letter.isupper() else ''}{name}": re.compile("\\" + letter)
    for name, letters in (("DIGIT", "dD"), ("SPACE", "sS"), ("WORD", "wW")) for letter in letters
}
