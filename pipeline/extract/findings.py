"""What a sentence was found to say about a decision, before the sentences of an item are put together.

Made by `outcomes` and `vote_tables`, joined and settled by the `decision_*` modules.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from pipeline.extract.decision_lexicon import DecisionLexicon, load
from pipeline.extract.votes import Vote
from pipeline.records import DecisionOutcome

_GUARDS = load().guards
_ANAPHORA = _GUARDS["anaphora"]
_CONCLUDES = _GUARDS["concludes"]

_PAST_CLAUSE = re.compile(
    r",\s(?:der|die|das|dem|den|über den|über die|nachdem|weil|da)\s[^,;]{1,160}"
    r"\b(?:war|waren|wurde|wurden|hatte|hatten|ist|sind)\s?,"
)
"""What had become of the matter before (*Die Vorlage, die im Mai vertagt worden war, wird angenommen*)."""

Mode = Literal["minutes", "resolution", "proposal", "result"]
Kind = Literal["outcome", "text", "count"]
"""outcome: an outcome is stated; text: the wording of a resolution, a decision only where nothing else states
one; count: votes alone, or *einstimmig* alone."""


@dataclass(slots=True)
class Finding:
    """A statement of a decision in a sentence (or in a block of vote lines that ends with it)."""

    sentence: int
    outcome: DecisionOutcome | None
    kind: Kind
    vote: Vote
    rule: str
    text: str
    amended: bool = False
    unamended: bool = False
    procedure: bool = False
    amendment: bool = False
    deferral: bool = False
    referral: bool = False
    concludes: bool = False
    """*damit*, *somit*: it sums up what was counted before."""
    doubtful: bool = False
    """In indirect speech: a decision only if nothing follows (*Damit sei der Antrag erledigt.*)."""
    bare: bool = False
    """It does not say what was voted on (*Abstimmung: einstimmig*)."""
    spoken: bool = False
    """Somebody states it (*Der Vorsitzende stellt ... fest*): the sentence keeps its speaker."""
    first: int = -1
    """Where it begins, if not at `sentence`: the first line of a block, the vote before the conclusion."""
    lines: list[int] = field(default_factory=list)
    """Further sentences that belong to it."""

    @property
    def opening(self) -> int:
        """The index of its first sentence."""
        return self.first if self.first >= 0 else self.sentence


def mode_of(label: str, kind: str) -> Mode | None:
    """How a section is read; None: not at all (the facts and motions of the paper)."""
    low = label.lower()
    if kind in ("facts", "motion"):
        return None
    if "vorschlag" in low or "entwurf" in low:
        return "proposal"
    if kind == "resolution":
        return "resolution"
    if kind == "result":
        return "result"
    return "minutes"


def describe(finding: Finding, lexicon: DecisionLexicon) -> None:
    """Sets what the finding's own words say about the matter that was put to the vote."""
    text, context = finding.text, lexicon.context
    finding.procedure = bool(context["procedure"].search(text))
    finding.amendment = bool(context["amendment"].search(text))
    main = _PAST_CLAUSE.sub(",", text) if "," in text else text
    finding.deferral = bool(context["deferral"].search(main))
    finding.referral = bool(context["referral"].search(main))
    finding.unamended = bool(context["unamended"].search(text))
    finding.amended = not finding.unamended and bool(context["amended"].search(text))
    finding.concludes = bool(_CONCLUDES.search(text))


def anaphoric(text: str) -> bool:
    """Whether the sentence names what was voted on only by a pronoun or as *der Antrag*."""
    return bool(_ANAPHORA.match(text))


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a sentence stands: how its section is read, whose minutes these are, in which tense they are kept."""

    mode: Mode
    organization: str = ""
    present: bool = False
    """The minutes are kept in the present: what *wurde* is told of another time."""
