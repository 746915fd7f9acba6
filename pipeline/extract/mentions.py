"""A mention of somebody in a sentence, and what stands around it: article, preposition, bracket, apposition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from pipeline.extract.namelist import ADJ, FINITE, GROUP, PARTICIPLE, PARTY, ROLE, WORDS, Gender, party_forms
from pipeline.extract.wordsets import word_set

MentionKind = Literal["person", "role", "group", "body"]


@dataclass(slots=True, eq=False)
class Mention:
    """Somebody named in a sentence. `start`/`end` are token indexes of the whole phrase, `core` the end without
    bracket and apposition. `name` has neither salutation nor titles nor article."""

    start: int
    end: int
    core: int
    kind: MentionKind
    name: str
    surname: str = ""
    first: str = ""
    gender: Gender | None = None
    role: str | None = None
    office: str = ""
    role_kind: str = ""
    faction: str | None = None
    unit: str | None = None
    salutation: bool = False
    nominative: bool = True
    """It can be the subject: no *Herrn*, no article in another case, no preposition before it."""
    preposition: str = ""
    indefinite: bool = False
    plural: bool = False
    form: str = ""
    speaker: str = field(default="")
    """Id of the speaker that `speakers.Registry` found for it."""


DETERMINERS: dict[str, tuple[bool, Gender | None, bool]] = {
    # article -> (may be nominative before a man's function, -, indefinite)
    "der": (True, "m", False),
    "die": (True, "f", False),
    "das": (True, None, False),
    "den": (False, None, False),
    "dem": (False, "m", False),
    "des": (False, "m", False),
    "ein": (True, "m", True),
    "eine": (True, "f", True),
    "einen": (False, "m", True),
    "einem": (False, "m", True),
    "eines": (False, "m", True),
    "einer": (False, "f", True),
    "dieser": (True, "m", False),
    "diese": (True, "f", False),
    "zum": (False, "m", False),
    "zur": (False, "f", False),
    "vom": (False, "m", False),
    "beim": (False, "m", False),
    "am": (False, None, False),
}


SINGULAR_DETERMINERS = frozenset(("den", "dem", "des", "einen", "einem", "eines", "vom", "zum", "beim"))


PREPOSITIONS = word_set("prepositions")


MAX_APPOSITION = 14
"""Longest apposition between commas, in tokens; the longest in the annotated minutes has 10."""


MAX_BRACKET = 14


def case_of(words: Sequence[str], i: int, feminine: bool) -> tuple[bool, str]:
    """Whether a noun at `i` can be the subject, and the preposition before it."""
    start = i
    nominative = True
    if i and (det := words[i - 1].lower()) in DETERMINERS:
        start = i - 1
        nominative = DETERMINERS[det][0] and not (feminine and det in {"der", "dieser"})
    preposition = ""
    if start and words[start - 1] in PREPOSITIONS:
        nominative, preposition = False, words[start - 1]
    return nominative, preposition


def surroundings(words: Sequence[str], morph: Sequence[int], mention: Mention) -> None:
    """Read bracket and apposition behind a mention into faction, unit and function; set `end`."""
    size = len(words)
    j = mention.end
    if j < size and words[j] == "(":
        stop = min(size, j + MAX_BRACKET)
        for k in range(j + 1, stop):
            if words[k] == ")":
                _label(mention, words[j + 1 : k])
                j = k + 1
                break
    if j < size - 1 and words[j] == ",":
        stop = min(size, j + MAX_APPOSITION)
        for k in range(j + 1, stop):
            form = words[k]
            if (
                form == ":"
                and k > j + 1
                and k - j < 6
                and _is_apposition(words, morph, j + 1, k)
                and any((known := WORDS[w]) is not None and known.flags & (ROLE | PARTY) for w in words[j + 1 : k])
            ):
                _label(mention, words[j + 1 : k])
                j = k
                break
            if form == ",":
                if (
                    k > j + 1
                    and _is_apposition(words, morph, j + 1, k)
                    and (
                        k + 1 >= size
                        or morph[k + 1] & FINITE
                        or words[k + 1] in {"und", "sowie"}
                        or not mention.nominative
                    )
                ):
                    _label(mention, words[j + 1 : k])
                    j = k + 1
                break
            if (
                form == "."
                and k == size - 1
                and k > j + 1
                and _is_apposition(words, morph, j + 1, k)
                and any((known := WORDS[w]) is not None and known.flags & ROLE for w in words[j + 1 : j + 5])
            ):
                _label(mention, words[j + 1 : k])
                j = k
                break
            if form in ":;.(" or (morph[k] & FINITE and not form[0].isupper() and not morph[k] & PARTICIPLE):
                break
    mention.end = j


_NO_APPOSITION = word_set("no_apposition")


def _is_apposition(words: Sequence[str], morph: Sequence[int], start: int, stop: int) -> bool:
    first = words[start]
    if (
        first in _NO_APPOSITION
        or (morph[start] & FINITE and not morph[start] & PARTICIPLE)
        or (first.islower() and morph[start] & FINITE)
    ):
        return False
    if first[0].isupper() or first[0].isdigit():
        return True
    info = WORDS[first]
    if info is not None and info.flags & ADJ:
        return True
    if first.lower() in DETERMINERS or first in {"seit", "für", "beratendes", "namens"}:
        return any(
            (known := WORDS[w]) is not None and known.flags & (ROLE | PARTY | GROUP) for w in words[start + 1 : stop]
        )
    return any((known := WORDS[w]) is not None and known.flags & ROLE for w in words[start + 1 : start + 3])


def join(tokens: Sequence[str]) -> str:
    """Tokens as text again, near enough for names of offices and parties."""
    text = " ".join(tokens)
    for sign in ("/", "|"):
        text = text.replace(f" {sign} ", sign)
    return text.replace(" .", ".").replace(" ,", ",")


def faction_of(tokens: Sequence[str], *, member: bool) -> str | None:
    """The party that a bracket or apposition names, None if it names none."""
    text = join(tokens)
    known = party_forms()
    if text in known or text.casefold() in {"fraktionslos", "parteilos", "unabhängig"}:
        return text
    bare = (
        text.replace("Fraktion ", "")
        .replace("Gruppe ", "")
        .replace("-Fraktion", "")
        .replace("-fraktion", "")
        .replace("fraktion", "")
        .replace("für die ", "")
    )
    for prefix in ("der ", "die ", "Die "):
        if bare not in known:
            bare = bare.removeprefix(prefix)
    if bare in known or "raktion" in text or text.startswith("Gruppe "):
        return bare
    tail = text.rsplit(" für ", 1)[-1].removeprefix("die ").removeprefix("Die ")
    if tail != text and (tail in known or tail.replace("-Fraktion", "") in known):
        return tail.replace("-Fraktion", "")
    pieces = [piece for part in tokens for piece in part.replace("|", "/").split("/") if piece]
    if pieces and any(piece in known for piece in pieces) and len(pieces) <= 4:
        return text
    if member and len(tokens) <= 5 and not any(t.isdigit() or t[0].isdigit() for t in tokens):
        return text
    return None


def _label(mention: Mention, tokens: Sequence[str]) -> None:
    if not tokens:
        return
    faction = faction_of(tokens, member=mention.role_kind == "member" and len(tokens) <= 4)
    first = WORDS[tokens[0]]
    if tokens[0].lower() in DETERMINERS:
        tokens = tokens[1:]
        if not tokens:
            return
        first = WORDS[tokens[0]]
    is_role = any((known := WORDS[t]) is not None and known.flags & ROLE for t in tokens[:3]) or (
        first is not None and first.flags & ADJ != 0
    )
    if faction is not None and not is_role:
        mention.faction = mention.faction or faction
        return
    text = join(tokens)
    if is_role:
        if mention.role is None:
            mention.role = text
            head = next(known for t in tokens[:3] if (known := WORDS[t]) is not None and known.flags & (ROLE | ADJ))
            for t in tokens[:3]:
                known = WORDS[t]
                if known is not None and known.flags & ROLE:
                    head = known
                    break
            mention.office, mention.role_kind = head.office, head.kind
        if faction is not None:
            mention.faction = mention.faction or faction
    else:
        mention.unit = mention.unit or text
