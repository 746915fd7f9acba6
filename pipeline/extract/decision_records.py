"""Turns findings into `Decision` records: counts, subject, the resolution's wording, candidates, confidence.

The last step of `decisions`; nothing here changes what was found.
"""

from __future__ import annotations

import re

from pipeline.extract.decision_item import Item
from pipeline.extract.decision_lexicon import load
from pipeline.extract.decision_matter import is_aside
from pipeline.extract.outcomes import Finding
from pipeline.extract.results import agrees
from pipeline.extract.votes import Vote
from pipeline.records import Decision, DecisionOutcome

_GUARDS = load().guards
_RESOLUTION = _GUARDS["resolution"]
_SUBJECT = _GUARDS["subject"]
_NO_SUBJECT = _GUARDS["no_subject"]
_CANDIDATE = _GUARDS["candidate"]
_PROPOSER = re.compile(r"\b(?:Vorschlag|Antrag|Bitte|von) (?:von )?$")
_LEAD = re.compile(r"^(?:Abstimmung über|Abstimmung zu|Sodann|Anschließend|Damit|Im Anschluss)\s+")
_NO_NAME = ("Die", "Der", "Ja", "Nein", "Stimmen")

CONFIDENCE: dict[str, float] = {}
"""Share of right decisions (outcome and all counts) by the rule that found them, on the annotated documents not put aside."""


def mark_resolutions(item: Item) -> None:
    """Sentences that hold a resolution's wording in a section for it; minutes under such a label are left alone."""
    for mode, sentences in zip(item.modes, item.sections, strict=True):
        if mode not in ("resolution", "proposal"):
            continue
        for sentence in sentences:
            if _RESOLUTION.search(sentence.norm):
                sentence.decides = True


def unanimous_of(vote: Vote, outcome: DecisionOutcome) -> bool | None:
    """GUIDELINES: True if words or counts show that no one voted against; False with *mehrheitlich* or votes against."""
    if vote.rivals or (vote.no is not None and vote.no > 0):
        return False
    if vote.unanimous is not None:
        return vote.unanimous
    if vote.no == 0 and (vote.yes or vote.yes is None):
        return True
    if vote.against:
        return False
    if vote.rest:
        return True  # *bei einer Enthaltung ansonsten Zustimmung*
    if outcome == "rejected":
        return False if vote.yes else None
    return True if vote.yes and vote.abstain is not None and vote.no is None else None


def record(number: int, finding: Finding, item: Item) -> Decision:
    """The record of a finding; `number` is its index in the item."""
    sentence = item.sentence(finding)
    outcome = finding.outcome or "accepted"
    vote = finding.vote
    yes = max(vote.rivals) if vote.rivals and vote.yes is None and outcome == "elected" else vote.yes
    election = outcome == "elected" or "gewaehlt" in finding.rule
    return Decision(
        index=number, section=item.state.sections[sentence.section].label, section_index=sentence.section,
        paragraph=sentence.paragraph, position=sentence.position, sentence=sentence.index,
        start=sentence.start, end=sentence.end, text=sentence.text,
        outcome=outcome, unanimous=unanimous_of(vote, outcome), yes=yes, no=vote.no, abstain=vote.abstain,
        confidence=confidence_of(finding), rule=finding.rule,
        agrees=None if is_aside(finding) else agrees(item.page, outcome),
        subject=_subject(sentence.norm), resolution=_wording(finding, item),
        by_faction=vote.by_faction, candidates=_candidates(finding, item) if election else (),
    )


def confidence_of(finding: Finding) -> float:
    """How sure the finding is: the measured share of right ones of its rule, or of its weakest part."""
    return min(CONFIDENCE.get(part, 0.9) for part in finding.rule.split("+"))


def _subject(text: str) -> str | None:
    """What was put to the vote, in the words of the text, where it is told."""
    m = _SUBJECT.match(text)
    if m is None:
        return None
    words = _LEAD.sub("", m.group(1).strip(' -–:„“"'))
    if _NO_SUBJECT.match(words) or len(words) < 3:
        return None
    return words if re.search(r"[A-Za-zÄÖÜäöü]{3}", words) else None


def _wording(finding: Finding, item: Item) -> str | None:
    """The resolution's text that the decision is about, as it stands; None where none is told or the vote is on something else."""
    if is_aside(finding):
        return None
    sentence = item.sentence(finding)
    texts = item.resolution(finding)
    if not texts and item.modes[sentence.section] == "resolution":
        before = [
            s for s in item.sections[sentence.section] if s.index <= finding.sentence and s.index not in finding.lines
        ]
        texts = before
        if finding.kind == "count" or finding.vote.told:
            texts = [s for s in before if s.index != finding.sentence] or before
    if not texts:
        after = range(sentence.section + 1, len(item.modes))
        texts = next((item.sections[n] for n in after if item.modes[n] == "resolution" and item.sections[n]), [])
    texts = [s for s in texts if s.kind != "label"]
    if not texts:
        return None
    text = item.state.sections[texts[0].section].text
    return " ".join(text[texts[0].start : texts[-1].end].split()) or None


def _candidates(finding: Finding, item: Item) -> tuple[str, ...]:
    """The names of those elected or proposed; who proposed them is left out."""
    names: list[str] = []
    for index in sorted({*finding.lines, finding.sentence}):
        text = item.state.sentences[index].norm
        for m in _CANDIDATE.finditer(text):
            name = m.group(1)
            if _PROPOSER.search(text[max(0, m.start() - 18) : m.start()]) or name.split()[-1] in _NO_NAME:
                continue
            if name not in names:
                names.append(name)
    return tuple(names)
