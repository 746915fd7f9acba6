"""Gender of speakers whom no salutation shows, from the pronouns of their own statements."""

from __future__ import annotations

from pipeline.extract.morphology import lemma
from pipeline.extract.speakers import Registry
from pipeline.extract.state import ItemState
from pipeline.extract.wordsets import word_set
from pipeline.records import UNKNOWN_SPEAKER

FINITE = 1
"""Bit of `morphology.Morph`, as a plain integer for speed."""

_HIS = frozenset(("seine", "seiner", "seinen", "seinem", "seines"))


_HER = frozenset(("ihre", "ihrer", "ihren", "ihrem", "ihres"))


_OWN = word_set("own")
"""Verbs whose subject in a report is most often who speaks."""


_SINGULAR = 64


ENOUGH = 0.7
"""Least evidence for a gender: one possessive. Weights by eye on annotated minutes whose genders are told elsewhere."""


def tell_genders(state: ItemState, registry: Registry) -> None:
    """Gender of persons without salutation, from the pronouns of their own statements (*seine Fraktion*, *sie bitte*).

    *er* and *sie* count where a verb in the singular stands beside them: most at the start of the sentence or of
    the reported clause, little elsewhere, where they can mean a thing.
    """
    evidence: dict[str, list[float]] = {}
    for s in state.sentences:
        if len(s.speakers) != 1 or s.speakers[0] == UNKNOWN_SPEAKER:
            continue
        entry = registry.entries[s.speakers[0]]
        if entry.kind != "person" or entry.genders:
            continue
        score = evidence.setdefault(entry.id, [0.0, 0.0])
        words, morph = s.words, s.morph
        last = len(words) - 1
        for k, form in enumerate(words):
            lower = form.lower() if k == 0 else form
            if lower in _HIS or lower in _HER:
                score[lower in _HER] += 3.0 if k < last and "raktion" in words[k + 1] else 0.7
            elif lower in {"er", "sie"}:
                opens = k == 0 or (s.cue is not None and k <= s.content + 1 and words[k - 1] in {",", "dass", "ob"})
                finite = [morph[j] for j in (k - 1, k + 1) if 0 <= j <= last and morph[j] & FINITE]
                if not finite and opens and k:  # dass sie ... sei
                    finite = [morph[j] for j in range(last, k, -1) if morph[j] & FINITE][:1]
                if finite and any(value & _SINGULAR for value in finite):
                    beside = words[k + 1] if k < last and morph[k + 1] & FINITE else words[k - 1]
                    own = any(base in _OWN for base in lemma(beside))
                    score[lower == "sie"] += 2.0 if opens else 1.0 if own else 0.4
            elif k == 0 and lower in {"ihm", "ihr"} and k < last and morph[k + 1] & FINITE:  # Ihm fehle ...
                score[lower == "ihr"] += 1.0
    for ident, (man, woman) in evidence.items():
        if man != woman and max(man, woman) >= ENOUGH:
            registry.entries[ident].genders["m" if man > woman else "f"] += 1
    _by_counterpart(registry)


def _by_counterpart(registry: Registry) -> None:
    """*GV Paulsen* is a man where the same minutes write *GVin Clausen*."""
    feminine = {e.role.split(" ")[-1] for e in registry.entries.values() if e.role and e.kind == "person"}
    for entry in registry.entries.values():
        if entry.kind == "person" and not entry.genders and entry.role and " " not in entry.role:
            bare = entry.role.rstrip(".")
            if len(bare) <= 6 and feminine & {bare + "in", bare + "'in", bare + "’in", bare + "In"}:
                entry.genders["m"] += 1
