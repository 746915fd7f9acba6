"""Turns findings into `Decision` records: counts, subject, the resolution's wording, candidates, confidence.

The last step of `decisions`; nothing here changes what was found.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from pipeline.extract.amounts import amounts_in
from pipeline.extract.deadlines import deadlines_in
from pipeline.extract.decision_item import Item
from pipeline.extract.decision_lexicon import load
from pipeline.extract.decision_matter import is_aside
from pipeline.extract.findings import Finding
from pipeline.extract.results import agrees
from pipeline.extract.state import SentenceState
from pipeline.extract.votes import Vote
from pipeline.records import Deadline, Decision, DecisionOutcome

_GUARDS = load().guards
_RESOLUTION = _GUARDS["resolution"]
_SUBJECT = _GUARDS["subject"]
_NO_SUBJECT = _GUARDS["no_subject"]
_CANDIDATE = _GUARDS["candidate"]
_VOTE_LINE = _GUARDS["vote_line"]
_CALLS = _GUARDS["calls_for_vote"]
_PROPOSER = re.compile(r"\b(?:Vorschlag|Antrag|Bitte|von) (?:von )?$")
_LEAD = re.compile(r"^(?:Abstimmung über|Abstimmung zu|Sodann|Anschließend|Damit|Im Anschluss)\s+")
_NO_NAME = ("Die", "Der", "Ja", "Nein", "Stimmen")

MAX_LABEL = 40
"""Characters of a label inside a section (*Beschluss:*)."""

MAX_WORDING = 300
"""Sentences before a vote that can be its resolution; the longest annotated resolution has 60."""

MAX_CHARACTERS = 30_000
"""Characters of a wording that is told; of a longer one nobody can say where it begins."""

CONFIDENCE: dict[str, float] = {
    "angenommen": 0.88, "count": 0.88, "beschlossen": 0.92, "abgelehnt": 0.9, "line": 0.96, "vertagt": 0.92,
    "gewaehlt": 0.81, "zur_kenntnis": 0.98, "wird_beschlossen": 0.8, "stimmt_zu": 0.85, "nimmt_kenntnis": 0.98,
    "block": 0.95, "beschliesst": 0.89, "unanimity": 0.91, "einigt_sich": 0.86, "verwiesen": 0.97,
    "zustimmung_fest": 0.97, "kein_widerspruch": 0.86, "einverstanden": 0.86, "zieht_zurueck": 0.96,
    "erledigt": 0.89, "zurueckgezogen": 0.95, "empfohlen": 0.82, "changed": 0.95, "kenntnisnahme": 0.94,
    "lehnt_ab": 0.87, "empfiehlt": 0.94, "einvernehmen": 0.87, "keine_mehrheit": 0.94, "abgesetzt": 0.93,
    "nicht_gewaehlt": 0.93, "amendment": 0.93, "bestellt": 0.92, "niederschrift_genehmigt": 0.92,
    "unanimous_passive": 0.66, "so_verfahren": 0.91, "zustimmung_erteilt": 0.9, "waehlt": 0.9,
    "weitergeleitet_an": 0.9, "einstimmiger_beschluss": 0.88, "nicht_erteilt": 0.88, "findet_zustimmung": 0.88,
    "wiederaufruf": 0.88, "verweist": 0.88, "bestellt_zu": 0.88, "ablehnung": 0.88, "ueberweisung": 0.88,
}
"""Share of right decisions (outcome and all counts) by the rule that found them, drawn towards 0.82 as if four more had
been seen: on the training documents and, with the rules as they stood before, on 42 decisions of another writer's
minutes and 520 of passages written to be difficult. What the rules were made from says too much (0.99)."""

UNSEEN = 0.82
"""Confidence of a rule that is not in `CONFIDENCE`."""

WORDING = 0.75
"""Highest confidence of a decision that only the resolution's wording tells."""


def mark_resolutions(item: Item) -> None:
    """Sentences that hold a resolution's wording in a section for it; minutes under such a label are left alone."""
    for mode, sentences in zip(item.modes, item.sections, strict=True):
        if mode not in ("resolution", "proposal"):
            continue
        for sentence in sentences:
            if _RESOLUTION.search(sentence.norm):
                sentence.decides = True


def unanimous_of(vote: Vote, outcome: DecisionOutcome) -> bool | None:
    """GUIDELINES: True if words or counts show that no one voted against; False with *mehrheitlich* or such votes."""
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
    wording = _wording(finding, item)
    deadlines = deadlines_in(wording, item.state.item.date) if wording else ()
    return Decision(
        index=number, section=item.state.sections[sentence.section].label, section_index=sentence.section,
        paragraph=sentence.paragraph, position=sentence.position, sentence=sentence.index,
        start=sentence.start, end=sentence.end, text=sentence.text,
        outcome=outcome, unanimous=unanimous_of(vote, outcome), yes=yes, no=vote.no, abstain=vote.abstain,
        confidence=confidence_of(finding), rule=finding.rule,
        agrees=None if is_aside(finding) else agrees(item.page, outcome),
        subject=_subject(sentence.norm), resolution=wording,
        by_faction=vote.by_faction, candidates=_candidates(finding, item) if election else (),
        amounts=amounts_in(wording) if wording else (),
        deadlines=tuple(Deadline(text=words, date=date) for words, date in deadlines),
    )


def confidence_of(finding: Finding) -> float:
    """How sure the finding is: the measured share of right ones of its rule, or of its weakest part."""
    found = min(CONFIDENCE.get(part, UNSEEN) for part in finding.rule.split("+"))
    return min(found, WORDING) if finding.kind == "text" or finding.doubtful else found


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
    """The text of the resolution that was decided on, as it stands; None where none is told or the vote is an aside."""
    if is_aside(finding):
        return None
    sentence = item.sentence(finding)
    texts = item.resolution(finding)
    if not texts and item.modes[sentence.section] == "resolution":
        own = item.sections[sentence.section]
        end = bisect_right(own, finding.sentence, key=lambda s: s.index)
        before = [s for s in own[max(0, end - MAX_WORDING) : end] if s.index not in finding.lines]
        texts = before
        if finding.kind == "count" or finding.vote.told:
            texts = [s for s in before if s.index != finding.sentence] or before
    if not texts:
        after = range(sentence.section + 1, len(item.modes))
        texts = next((item.sections[n] for n in after if item.modes[n] == "resolution" and item.sections[n]), [])
    texts = _last_wording(texts[-MAX_WORDING:])
    if not texts or texts[-1].end - texts[0].start > MAX_CHARACTERS:
        return None
    text = item.state.sections[texts[0].section].text
    return " ".join(text[texts[0].start : texts[-1].end].split()) or None


def _last_wording(texts: Sequence[SentenceState]) -> list[SentenceState]:
    """The last run of sentences without label, vote or call for a vote: a section can hold several resolutions."""
    runs: list[list[SentenceState]] = [[]]
    for sentence in texts:
        text = sentence.norm
        label = sentence.kind == "label" or (len(text) < MAX_LABEL and text.rstrip().endswith(":"))
        if label or _VOTE_LINE.match(text) or _CALLS.search(text):
            runs.append([])
        else:
            runs[-1].append(sentence)
    return next((run for run in reversed(runs) if run), [])


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
