"""Reads what one sentence says about a decision: outcome cues, valid or not, and the vote in it.

Used by `decisions`, which puts the findings of all sentences together. What counts as a decision and what
does not follows GUIDELINES, *Decision*: a cue in a condition, in somebody's indirect speech, in the past
perfect, or of another body is none; the chair's *stellt fest* is one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Literal

from pipeline.extract.decision_lexicon import Cue, DecisionLexicon, load
from pipeline.extract.votes import Vote, parted, prepared, read_vote
from pipeline.records import DecisionOutcome

MAX_SENTENCE = 3000
"""Characters of a sentence that are read, from its end: no sentence that states a decision is longer, and what is longer has lost its full stops."""

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


_GUARDS = load().guards

_NACHDEM = _GUARDS["nachdem"]
_BOUNDARY = re.compile(r"[,;:](?=\s|$)|\s[-–]\s")
_SUBORDINATE = frozenset(
    """wenn falls sofern ob bevor ehe bis weil da obwohl obgleich dass daß sobald solange um wonach warum weshalb wer wie
    indem während soweit inwieweit seitdem wobei wodurch damit""".split()
)
_RELATIVE = frozenset("der die das den dem denen deren dessen welche welcher welches welchem welchen".split())
_OPENERS = _GUARDS["openers"]
_FINITE_END = _GUARDS["finite_end"]
_KONJUNKTIV = _GUARDS["konjunktiv"]
_MODAL = _GUARDS["modal"]
_FINITE = _GUARDS["finite"]
_PLUPERFECT = _GUARDS["pluperfect"]
_PERFECT = _GUARDS["perfect"]
_PAST = _GUARDS["past"]
_OTHER_TIME = _GUARDS["other_time"]
_EARLIER_MEETING = _GUARDS["earlier_meeting"]
_THIS_MEETING = _GUARDS["this_meeting"]
_AGENT = _GUARDS["agent"]
_OTHER_BODY = _GUARDS["other_body"]
_PERSON = _GUARDS["person"]
_FACTION_SUBJECT = _GUARDS["faction_subject"]
_CHAIR = _GUARDS["chair"]
_STATES = _GUARDS["states"]
_ONE_COULD = _GUARDS["one_could"]
_DECLARES = _GUARDS["declares"]
_NEGATION = _GUARDS["negation"]
_NEXT_VOTE = _GUARDS["next_vote"]
_PASSIVE = _GUARDS["passive"]
_SUMS_UP = _GUARDS["sums_up"]
_CONCLUDES = _GUARDS["concludes"]
_BARE = _GUARDS["bare"]
_BARE_OUTCOME = _GUARDS["bare_outcome"]
_DONE_UNANIMOUSLY = _GUARDS["done_unanimously"]
"""*Die Öffentlichkeit wird einstimmig ausgeschlossen*: whatever was done, it was done by vote."""
_ONLY_UNANIMITY = _GUARDS["only_unanimity"]
_ANAPHORA = _GUARDS["anaphora"]


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
    finding.deferral = bool(context["deferral"].search(text))
    finding.referral = bool(context["referral"].search(text))
    finding.unamended = bool(context["unamended"].search(text))
    finding.amended = not finding.unamended and bool(context["amended"].search(text))
    finding.concludes = bool(_CONCLUDES.search(text))


def read_sentence(
    text: str, index: int, mode: Mode, lexicon: DecisionLexicon, *, low: str, organization: str = ""
) -> list[Finding]:
    """What the sentence states about decisions; usually nothing or one, two for *nimmt zur Kenntnis und vertagt*."""
    if len(text) > MAX_SENTENCE:
        return read_sentence(text[-MAX_SENTENCE:], index, mode, lexicon, low=low[-MAX_SENTENCE:], organization=organization)
    if "einungsbild" in low or "probeabstimmung" in low:
        return []  # a straw poll decides nothing
    if text.rstrip(" “”\"»«)").endswith("?"):
        return []
    pieces = [text]
    if mode != "proposal" and low.count("stimm") + low.count("mehrheit") > 1:
        pieces = [p for p in _NEXT_VOTE.split(text) if p.strip()]
    if len(pieces) > 1 and all(
        _PASSIVE.search(piece) and read_vote(piece, lexicon).says_something for piece in pieces
    ):
        return [
            finding for piece in pieces
            for finding in read_sentence(piece, index, mode, lexicon, low=piece.lower(), organization=organization)
        ]
    if mode in ("minutes", "result", "resolution") and sum(c.isdigit() for c in text) >= 4 and len(parts := parted(text, lexicon)) > 1:
        return [
            finding for part in parts
            for finding in read_sentence(part, index, mode, lexicon, low=part.lower(), organization=organization)
        ]
    clean = prepared(_NACHDEM.sub(" ", text) if "achdem" in text else text, lexicon)
    vote = read_vote(text, lexicon, line=mode == "result")
    if vote.split and (sum_up := _SUMS_UP.search(text)):
        whole = read_vote(text[sum_up.start() :], lexicon, line=True)
        vote = replace(whole, by_faction=vote.by_faction) if whole.told else vote
    matches: list[tuple[Cue, re.Match[str], DecisionOutcome]] = []
    lowered = clean[:1].lower() + clean[1:]
    for cue in lexicon.cues:
        if not any(stem in low for stem in cue.stems):
            continue
        for m in (*cue.pattern.finditer(clean), *cue.pattern.finditer(lowered)):
            outcome = _judge(clean, m, cue, vote, mode, lexicon, organization)
            if outcome is not None:
                matches.append((cue, m, outcome))
                break
    found: list[Finding] = []
    for cue, _, outcome in _select(matches, vote, clean):
        kind: Kind = "outcome"
        if outcome in ("accepted", "elected") and not vote.says_something and mode in ("resolution", "minutes") and (
            cue.needs == "body" or mode == "resolution"
        ):
            kind = "text"
        if outcome in ("rejected", "noted", "referred", "deferred") and mode == "resolution" and not vote.says_something:
            kind = "text"
        if mode == "proposal":
            if not vote.says_something:
                continue
            kind = "text" if not vote.told else "outcome"
        found.append(Finding(index, outcome, kind, vote, cue.key, text))
    if not found and vote.unanimous is True and _DONE_UNANIMOUSLY.search(clean) and not _KONJUNKTIV.search(clean) and not _reported(clean, 0) and (
        not _OTHER_TIME.search(clean) and not _MODAL.search(clean)
    ):
        found.append(Finding(index, "accepted", "outcome", vote, "unanimous_passive", text))
    if not found and _counts_alone(clean, vote, mode, lexicon):
        found.append(Finding(index, None, "count", vote, "count" if vote.told or vote.rivals else "unanimity", text))
    for finding in found:
        describe(finding, lexicon)
        finding.doubtful = finding.rule == "erledigt" and bool(_KONJUNKTIV.search(clean)) and not _STATES.search(clean)
        finding.bare = bool((_BARE if finding.kind == "count" else _BARE_OUTCOME).match(clean))
        finding.spoken = bool(_STATES.search(clean) or _DECLARES.search(clean)) or (
            finding.rule == "zieht_zurueck" and bool(re.search(r"\bund (?:zieht|zog)\b", clean))
        ) or bool(re.search(r"\blässt\b.{0,300}\babstimmen und stellt\b", clean)) or (
            finding.rule in ("verweist_person", "erledigt") and not re.search(r"\b(?:ist|sind|wird|hat sich|haben sich)\b", clean)
        )
    if len(found) > 1:
        # the counts of one sentence belong to one of its decisions: to the one that was voted on
        for finding in found:
            if finding.outcome in ("noted", "withdrawn"):
                finding.vote = Vote()
    return found


_PRIORITY: dict[str, int] = {
    "rejected": 0, "deferred": 1, "referred": 2, "withdrawn": 3, "elected": 4, "accepted": 5, "consensus": 6, "noted": 7,
}


def _select(
    matches: list[tuple[Cue, re.Match[str], DecisionOutcome]], vote: Vote, clean: str
) -> list[tuple[Cue, re.Match[str], DecisionOutcome]]:
    """The outcomes of a sentence: the strongest, and *noted* beside another that is joined to it by *und*."""
    if not matches:
        return []
    rest = [x for x in matches if x[2] != "noted"]
    noted = [x for x in matches if x[2] == "noted"]
    if not rest:
        return noted[:1]
    rest.sort(key=lambda x: (_PRIORITY[x[2]], x[1].start()))
    best = rest[0]
    if best[2] == "consensus" and (vote.yes is not None or vote.no):
        best = (best[0], best[1], "accepted")
    other = next((x for x in rest if x[2] in ("accepted", "rejected", "amended") and x[1].end() <= best[1].start()), None)
    if best[2] == "withdrawn" and other is not None:
        return [other, best]  # *wird angenommen, der Gegenvorschlag ist damit erledigt*
    if noted and (best[2] in ("deferred", "referred", "withdrawn") or "Zustimmung" in best[1].group()):
        return [noted[0], best]
    joined = noted and re.search(r"\bKenntnis\w*(?: genommen)?\s+und\b", clean)
    if noted and best[2] == "accepted" and joined and best[1].end() > noted[0][1].end():
        return [best]
    if noted and best[2] in ("accepted", "rejected", "consensus") and best[0].needs != "body":
        return [best] if vote.told or best[1].start() < noted[0][1].start() else noted[:1]
    if noted:
        return noted[:1]
    return [best]


def _judge(
    clean: str, m: re.Match[str], cue: Cue, vote: Vote, mode: Mode, lexicon: DecisionLexicon, organization: str
) -> DecisionOutcome | None:
    """The outcome that a cue states where it stands, or None if it states none."""
    start, end = _clause(clean, m.start())[0], _clause(clean, m.end() - 1)[1]
    while start > 0 and not _FINITE.search(clean[start:end]):
        start = _clause(clean, max(0, start - 2))[0]
    last_start = _clause(clean, m.end() - 1)[0]
    clause = clean[start:end]
    last = clean[last_start:end]
    states = bool(_STATES.search(clean) or _DECLARES.search(clean))
    outcome: DecisionOutcome | None = cue.outcome
    if _OPENERS.match(clean[start:]) and not vote.told:
        return None
    if _subordinate(clean, last_start, last, m, states=states):
        return None
    konjunktiv = _KONJUNKTIV.search(clause)
    if konjunktiv and not states and not (
        cue.key in ("erledigt", "verweist_person") and _CHAIR.search(clean)
    ):
        return None
    if cue.key == "erledigt" and not states and _ONE_COULD.search(clean[start : m.end() + 15]):
        return None
    tail = clean[m.end() : m.end() + 12].lstrip()
    if tail.startswith(("werden", "worden", "zu werden", "haben", "zu haben")) and not (vote.told and "worden" in tail):
        return None
    if _MODAL.search(clause) and not vote.told and not states:
        return None
    if _PLUPERFECT.search(clause):
        return None
    if not vote.told and not states and _PERFECT.search(clause) and not lexicon.body.search(clean) and (
        cue.key != "erledigt"
    ):
        return None
    if not vote.told and _PAST.search(clause) and _OTHER_TIME.search(clause) and not _THIS_MEETING.search(clause):
        return None
    if vote.told and (
        _PERFECT.search(clause) and (_OTHER_TIME.search(clean) or not lexicon.body.search(clause))
        or _PAST.search(clause) and _EARLIER_MEETING.search(clean)
    ):
        return None
    if not cue.negative and _negated(clean, m):
        if cue.negated is None:
            return None
        outcome = cue.negated
    if cue.key not in ("behandlung_im", "verweist", "verweist_person", "verwiesen", "in_die_fraktionen", "von_den_mitgliedern"):
        other = _OTHER_BODY.search(clause)
        if other and not _same_body(other.group(1), organization) and not vote.told and mode != "result" and cue.outcome in (
            "accepted", "rejected", "deferred", "noted", "elected"
        ) and _passive_or_past(clause, other, cue):
            return None
    if not vote.told and cue.outcome in ("accepted", "rejected", "consensus") and cue.key != "von_den_mitgliedern" and _AGENT.search(clause):
        return None
    if _REPORTS.search(clean[:start]) and not states:
        return None
    if cue.needs == "body":
        body = lexicon.body.search(clean)
        if body is None or _reported(clean, start):
            return None
        if body.group().lower().startswith("man") and cue.outcome not in ("deferred", "consensus"):
            return None
        if _PERFECT.search(clause) and not vote.says_something and _OTHER_TIME.search(clause):
            return None
    elif cue.needs == "vote":
        if not vote.says_something and mode not in ("result", "resolution"):
            return None
        if not vote.told and _reported(clean, start):
            return None
    elif cue.needs == "chair":
        if not _CHAIR.search(clean) or _PERSON.match(clean.lstrip()) and not states:
            return None
    elif cue.needs == "states":
        if not states or not lexicon.body.search(clean):
            return None
    elif cue.needs == "person":
        if _reported(clean, start) and "," in clean[: m.start()]:
            return None
    elif cue.needs == "narrator":
        if (_PERSON.search(clean) and not vote.unanimous) or (_FACTION_SUBJECT.match(clean) and not clean.startswith(("Alle ", "Sämtliche "))) or mode == "proposal":
            return None
    elif not vote.told and not states and _reported(clean, start):
        return None
    return outcome


def _clause(text: str, at: int) -> tuple[int, int]:
    """Start and end of the clause that holds position `at` (parted by commas, colons, semicolons and dashes)."""
    start, end = 0, len(text)
    for boundary in _BOUNDARY.finditer(text):
        if boundary.end() <= at:
            start = boundary.end()
        elif boundary.start() >= at:
            end = boundary.start()
            break
    return start, end


def _subordinate(text: str, start: int, clause: str, m: re.Match[str], *, states: bool) -> bool:
    """Whether the cue stands in a subordinate clause that does not itself tell the decision."""
    words = clause.split()
    if not words or start == 0:
        return False
    comma = text[:start].rstrip()[-1:] == ","
    first = words[0].strip("„\"(").lower()
    if not comma:
        return False
    if first in ("sodass", "worauf", "woraufhin", "womit"):
        return False
    if first == "damit" and len(words) > 1 and (words[1] in ("ist", "wird", "war", "sind") or len(words) <= 3):
        return False
    if first == "dass" or first == "daß":
        return not states
    if first in _SUBORDINATE:
        return True
    tail = text[m.end() : start + len(clause)].split()
    if first in _RELATIVE and (_FINITE_END.search(clause) or (tail and tail[-1].islower() and re.search(r"(?:t|te|en)\W*$", tail[-1]))):
        head = text[:start].lower()
        return not ("abstimm" in head or "abgestimmt" in head)
    return False


_REPORTS = _GUARDS["reports"]


def _reported(text: str, start: int) -> bool:
    """Whether somebody named reports it: the sentence opens with a person or a group and the cue is in a later clause, or is theirs."""
    head = text.lstrip()
    if _REPORTS.search(text[:start]):
        return True
    person = _PERSON.match(head)
    faction = _FACTION_SUBJECT.match(head)
    if person or faction:
        end = person.end() if person else faction.end() if faction else 0
        return not _AFFECTED.match(head, end)
    tail = re.search(r",\s*(?:so|laut|sagt|meint|erklärt|betont|antwortet|berichtet|erwidert|ergänzt)\b.{0,80}$", text)
    return bool(tail and _PERSON.search(tail.group()))


_AFFECTED = _GUARDS["affected"]
"""After a name at the start: somebody is elected, gets the word, gets votes; he does not speak."""


def _negated(text: str, m: re.Match[str]) -> bool:
    """Whether the cue's last word is negated."""
    before = text[: m.end()]
    word = re.search(r"\S+$", before)
    if word is None:
        return False
    return bool(_NEGATION.search(text[: word.start()]))


def _same_body(noun: str, organization: str) -> bool:
    return bool(organization) and noun.lower() in organization.lower()


def _passive_or_past(clause: str, other: re.Match[str], cue: Cue) -> bool:
    by = other.group().split()[0] in ("vom", "von", "durch", "seitens")
    return by or bool(_PAST.search(clause))


def _counts_alone(text: str, vote: Vote, mode: Mode, lexicon: DecisionLexicon) -> bool:
    """Whether a sentence without an outcome is a vote: counts, or *einstimmig* at its end."""
    if _KONJUNKTIV.search(text) and not _STATES.search(text):
        return False
    if _EARLIER_MEETING.search(text) and _PAST.search(text):
        return False
    if _REPORTS.search(text) and not _STATES.search(text):
        return False
    if vote.rivals:
        return bool(re.search(r"\b(?:Wahlgang|entfallen|entfielen|erhalten|erhielt(?:en)?|erhält|Stichwahl)\b", text))
    if vote.told:
        if _PLUPERFECT.search(text) or (_PERFECT.search(text) and _OTHER_TIME.search(text)) or re.search(r",\s*dass\b", text):
            return False
        if vote.yes is None and vote.no is None and mode != "result" and not _BARE.match(text):
            return False  # only abstentions are told
        kinds = sum(x is not None for x in (vote.yes, vote.no, vote.abstain))
        if kinds == 1 and vote.soft and mode == "minutes" and not _BARE.match(text):
            return False  # *dafür zwei*, *310 Stimmen*
        if "?" in text or re.search(r"\b(?:bittet|kündigt|beantragt|benötigt|erforderlich|notwendig)\b", text):
            return False
        return not (vote.no == 0 and vote.yes is None and vote.unanimous is None and not _BARE.match(text) and mode == "minutes")
    if vote.by_faction and mode == "result" and len(vote.by_faction) >= 2:
        return True
    if vote.unanimous is None:
        return False
    return bool(_ONLY_UNANIMITY.search(text)) and not _PERSON.match(text.lstrip()) or (mode == "result" and len(text) < 120)


def anaphoric(text: str) -> bool:
    """Whether the sentence names what was voted on only by a pronoun or as *der Antrag*."""
    return bool(_ANAPHORA.match(text))
