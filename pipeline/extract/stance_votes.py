"""How an announced vote is meant: outright, under a condition, in part, or on something else than the matter.

*Wenn der Mast gekürzt werde, stimme er zu* is a reservation, not support; who rejects a postponement defends what is
to be postponed; who follows the administration's reply to a motion is against the motion. Works on the delexicalised
words of one sentence (`features.py`). Of 110 statements in the training documents with a vote under a condition or in
part, 102 are annotated as conditional; of 73 plain ones against, 59 as opposition; of 39 plain ones for, 31 as support.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise, repeat
from typing import Final

from pipeline.extract.signals import Signal

VOTES: Final = (
    "for", "against", "for-if", "against-if", "for-but", "for-change", "against-change", "for-reply", "against-reply",
    "tolerates",
)  # fmt: skip
"""A vote in a sentence: `-if` under a condition, `-but` with something left out, `-change` on what alters the matter,
`-reply` on the reply to a motion; `tolerates`: not against."""

_IF = frozenset("wenn falls sofern solange soweit vorausgesetzt vorbehaltlich bevor".split())
_NO_CONDITION = frozenset("auch selbst als immer wie".split())
"""Before *wenn*: a concession (*auch wenn*), a comparison, a repetition."""
_OTHERWISE = frozenset("sonst ansonsten andernfalls dann abhängig knüpft knüpfte knüpfe".split())
_ONLY = frozenset("wenn mit unter bei dann sofern falls nach".split())
_EMPTY_WITHOUT = frozenset("weiteres bedenken vorbehalt vorbehalte zögern wenn einschränkung einschränkungen".split())
_VERBS_FIRST = frozenset(
    "werde werden wird würde würden sei seien wäre wären bleibe bleiben bleibt gelinge gelingt komme kommen kommt "
    "halte halten hält finde finden findet gebe gibt habe hätte stimme sollte solle erfolge erhalte reiche holt".split()
)
"""Verbs that open a condition without *wenn*: *Werde der Mast gekürzt, stimme er zu*."""
_CASES = frozenset(
    "umständen bedingung bedingungen voraussetzung voraussetzungen vorbehalt fall prämisse maßgabe".split()
)
_MAY_CONDITION = _IF | _OTHERWISE | _CASES | {"nur", "ohne"}
"""One of these is in every sentence that `under_condition` looks at word by word."""
_POINTING = frozenset("diesen dieser diesem der den solchen einer".split())

_ALTERING: Final = (
    "änderungsantr", "vertag", "verschieb", "streich", "beschränkung", "rückverweis", "absetz", "aussetz",
    "zurückstell", "aufschub", "moratorium", "gegenantr", "abschwäch", "nichtbefassung",
)  # fmt: skip
"""Beginnings of words for what changes or stops the matter of an item; not where its title has the word itself."""
_REPLIES = frozenset("stellungnahme antwort beantwortung verwaltungsantwort".split())
_DENIALS = frozenset("nicht nichts weder niemand keinesfalls".split())
_TURNS = frozenset("aber jedoch allerdings nur hingegen lediglich teilweise hälfte".split())
_ENDS = frozenset(".,;:!")
_OF_OTHERS = frozenset("P vorredner vorrednerin vorrednern".split())
_VOTING = frozenset(("vote-for", "vote-against"))
_NEAR: Final = 4
"""Words after the beginning of a vote in which the person joined stands (*stimmt Frau P zu*)."""


def under_condition(tokens: list[str]) -> bool:
    """The sentence holds a condition: *wenn*, *nur mit*, *ohne ...*, *sonst*, or a verb in front (*Werde ..., ...*)."""
    if _MAY_CONDITION.isdisjoint(tokens):
        return bool(tokens) and tokens[0] in _VERBS_FIRST and "," in tokens and "?" not in tokens
    for before, token in pairwise(["", *tokens]):
        if token in _IF and before not in _NO_CONDITION:
            return True
        if token in _OTHERWISE or (before == "nur" and token in _ONLY):
            return True
        if before == "ohne" and token not in _EMPTY_WITHOUT:
            return True
        if token in _CASES and before in _POINTING:
            return True
    return bool(tokens) and tokens[0] in _VERBS_FIRST and "," in tokens and "?" not in tokens


def altering(tokens: list[str], title: str) -> bool:
    """The sentence speaks of a change or a stop of the matter, which is not what the item itself (`title`) is about."""
    starts = tuple(start for start in _ALTERING if start not in title)
    return any(map(str.startswith, tokens, repeat(starts)))


def _leaves_out(tokens: list[str]) -> bool:
    """A part is refused at the end of a clause (*mit zweien könne man leben, mit vieren nicht*)."""
    return any(word == "nicht" and after in _ENDS for word, after in pairwise([*tokens, "."]))


def votes(tokens: list[str], hits: Iterable[tuple[int, Signal, bool]], title: str, *, motion: bool) -> set[str]:
    """The `VOTES` that a sentence announces; `title` of the item in lower case, `motion`: it deals with a motion."""
    announced = [(i, signal.id, negated) for i, signal, negated in hits if signal.id in _VOTING]
    found: set[str] = set()
    if not announced:
        return found
    conditional = under_condition(tokens)
    change = not conditional and altering(tokens, title)
    reply = motion and not _REPLIES.isdisjoint(tokens)
    for i, kind, negated in announced:
        if kind == "vote-for" and not _OF_OTHERS.isdisjoint(tokens[i + 1 : i + 1 + _NEAR]):
            continue  # joins a person, no vote on the matter
        if kind == "vote-against" and tokens[i] not in _DENIALS and not _DENIALS.isdisjoint(tokens[max(0, i - 2) : i]):
            found.add("tolerates")
            continue
        side = "against" if negated or kind == "vote-against" else "for"
        if conditional:
            found.add(side + "-if")
        elif reply:
            found.add(side + "-reply")
        elif change:
            found.add(side + "-change")
        elif side == "for" and (not _TURNS.isdisjoint(tokens) or "leben" in tokens or _leaves_out(tokens)):
            found.add("for-but")
        else:
            found.add(side)
    return found
