"""The item as the modules of the decisions see it: sentences by section, how a section is read, what was resolved.

Made by `decisions`, passed to `vote_tables`, `decision_joins`, `decision_matter` and `decision_records`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipeline.extract.decision_lexicon import DecisionLexicon, load
from pipeline.extract.findings import Finding, Mode, mode_of
from pipeline.extract.state import ItemState, SentenceState
from pipeline.records import DecisionOutcome

_NUMBERED = load().guards["numbered"]
_MARKER = re.compile(r"(\d{1,2}|[a-h])(?=[.)])")


@dataclass(slots=True)
class Item:
    """An item while its decisions are put together. `page`: what its Beschlussart says, as an outcome."""

    state: ItemState
    lexicon: DecisionLexicon
    page: DecisionOutcome | None
    modes: list[Mode | None] = field(default_factory=list)
    sections: list[list[SentenceState]] = field(default_factory=list)

    _numbered: dict[int, dict[str, list[SentenceState]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.modes = [mode_of(section.label, section.kind) for section in self.state.sections]
        self.sections = [[] for _ in self.state.sections]
        for sentence in self.state.sentences:
            self.sections[sentence.section].append(sentence)

    def sentence(self, finding: Finding) -> SentenceState:
        """The sentence that states the decision."""
        return self.state.sentences[finding.sentence]

    def section(self, finding: Finding) -> int:
        """The section that it stands in."""
        return self.state.sentences[finding.sentence].section

    def mode(self, finding: Finding) -> Mode | None:
        """How that section is read."""
        return self.modes[self.section(finding)]

    def resolution(self, finding: Finding) -> list[SentenceState]:
        """The sentences of the resolution before the finding's section that it is about: all, or its number's."""
        section = self.section(finding)
        nearest = next((n for n in range(section - 1, -1, -1) if self.modes[n] in ("resolution", "proposal")), None)
        if nearest is None:
            return []
        texts = self.sections[nearest]
        number = number_of(self.state.sentences[finding.opening])
        if number is None:
            return texts
        return self._by_number(nearest).get(number, [])

    def _by_number(self, section: int) -> dict[str, list[SentenceState]]:
        """The sentences of a section by the number that they stand under; read once, however many votes ask."""
        if section not in self._numbered:
            found: dict[str, list[SentenceState]] = {}
            current = None
            for sentence in self.sections[section]:
                current = number_of(sentence) or current
                if current is not None:
                    found.setdefault(current, []).append(sentence)
            self._numbered[section] = found
        return self._numbered[section]


def number_of(sentence: SentenceState) -> str | None:
    """The number of a point: in the bullet's mark (`2.`, `zu 2)`), or in words (*Ziffer 2*)."""
    if sentence.marker and (m := _MARKER.search(sentence.marker + ".")):
        return m.group(1)
    m = _NUMBERED.match(sentence.norm)
    if m is None:
        return None
    # `2.` and `2:` are numbers of points, `11 Ja-Stimmen` is a count
    named = m.group(0).strip() != m.group(1) or sentence.norm[m.end() : m.end() + 1] in (".", ")", ":")
    return m.group(1) if named else None
