"""What a vote was on: settles outcomes by it, and tells amended decisions from plain ones.

Used by `decisions`. A vote line often names nothing; what was put to the vote then stands in the sentences before it
or in the resolution: a carried motion to postpone is `deferred`, a resolution that was changed before the vote is
`amended`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache

from pipeline.extract.decision_item import Item, number_of
from pipeline.extract.decision_lexicon import load
from pipeline.extract.findings import Finding, anaphoric
from pipeline.extract.state import SentenceState
from pipeline.extract.votes import Vote

MAX_RESOLUTION = 300
"""Sentences of a resolution that are asked whether it was changed; the longest annotated one has 60."""

LOOK_BACK = 8
"""Sentences before a vote in which its matter can be changed (*übernimmt den Vorschlag in die Vorlage*)."""

MATTER_BACK = 3
"""Sentences before a vote that can name its matter; further back other matters were talked about."""

_GUARDS = load().guards
_PROPOSES = _GUARDS["proposes"]
_PUT = _GUARDS["put"]
_NOTES = _GUARDS["notes"]
_RESOLVES = _GUARDS["resolves"]
_ACCORDINGLY = _GUARDS["accordingly"]
_CHANGES = _GUARDS["changes"]
_MOTION_OF = _GUARDS["motion_of"]
_ELECTS = _GUARDS["elects"]
_POINTS_BACK = re.compile(r"\b(?:dies|diesen|diese|darüber|hierüber|folgt|Es)\b")
_TO_DEFER = re.compile(r"\b(?:zurückzustellen|zu vertagen|zu verschieben|abzusetzen)\b")
_TO_REFER = re.compile(r"\b(?:zu (?:über|ver|zurückver)weisen|zurückzuverweisen)\b")
_TO_THAT = re.compile(
    r"^\W*(?:Dagegen|Hiergegen|Dem|Damit|Hiermit|Darüber|Hierüber)\b|\b(?:damit|hiermit) einverstanden\b"
)
_DEM = re.compile(r"\W*(?:Dem|Diesem|Dies|Das|Dieser|Dieser Antrag|Der Antrag|Der Vorschlag)\b")
_CHANGING = re.compile(
    r"\b(?:zu (?:streichen|ergänzen|ändern|ersetzen|kürzen|erhöhen|senken)|(?:ein|hinzu|auf)zu\w{3,12}|statt)\b"
)
_POINT = re.compile(r"\b(?:Ziffer|Punkt|Nr\.|Nummer) (\d{1,2})")


def is_aside(finding: Finding) -> bool:
    """Whether it is a vote on procedure or on an amendment, or no vote, and so not the decision on the matter."""
    on_procedure = finding.procedure and finding.outcome not in ("deferred", "referred")
    return on_procedure or (finding.amendment and not finding.amended) or finding.outcome == "consensus"


def know_own_motion(findings: list[Finding], item: Item) -> None:
    """*Der Antrag der SPD-Fraktion* is no amendment where the item itself is on that motion."""
    title = item.state.title
    if "ntrag" not in title and "orschlag" not in title and "esolution" not in title:
        return
    for finding in findings:
        if not finding.amendment or _CHANGES.search(finding.text):
            continue
        mover = _MOTION_OF.search(finding.text)
        if mover is not None and mover["who"].split("-")[0] in title:
            finding.amendment = False


def settle(findings: list[Finding], item: Item) -> None:
    """Gives every vote its outcome: by its counts, by what was put to the vote, by the resolution's text."""
    context = item.lexicon.context
    taken = {index for finding in findings for index in (finding.sentence, *finding.lines)}
    for finding in findings:
        vote = finding.vote
        carried = _carried(vote)
        if finding.outcome is None:
            tie = len(vote.rivals) > 1 and vote.rivals.count(max(vote.rivals)) > 1
            finding.outcome = "rejected" if tie or carried is False else "accepted"
        elif finding.outcome in ("accepted", "amended") and carried is False:
            finding.outcome = "rejected"
        if finding.outcome == "consensus" and finding.kind == "outcome":
            _settle_agreement(finding, item)
        if finding.outcome != "accepted":
            continue
        matter = _matter(finding, item, taken)
        if finding.deferral or context["deferral"].search(matter):
            finding.outcome = "deferred"
        elif finding.referral or context["referral"].search(matter):
            finding.outcome = "referred"
        elif finding.kind == "count" and not _RESOLVES.search(matter):
            if _NOTES.search(matter):
                finding.outcome = "noted"
            elif _ELECTS.search(matter):
                finding.outcome = "elected"


def _settle_agreement(finding: Finding, item: Item) -> None:
    """Agreed to postpone is postponed: so says the sentence, or the proposal before it that nobody speaks against."""
    if _TO_DEFER.search(finding.text):
        finding.outcome = "deferred"
    elif _TO_REFER.search(finding.text):
        finding.outcome = "referred"
    elif finding.opening and _TO_THAT.search(finding.text):
        before = item.state.sentences[finding.opening - 1]
        if before.section != item.section(finding) or not _PROPOSES.search(before.norm):
            return
        context = item.lexicon.context
        if context["deferral"].search(before.norm):
            finding.outcome = "deferred"
        elif context["referral"].search(before.norm):
            finding.outcome = "referred"


def _carried(vote: Vote) -> bool | None:
    if vote.yes is not None and vote.no is not None:
        return vote.yes > vote.no
    return None


def _matter(finding: Finding, item: Item, taken: set[int]) -> str:
    """The words that name what was voted on where the finding does not: the resolution, or the sentences before."""
    sentences = item.state.sentences
    own = item.section(finding)
    in_result = item.modes[own] == "result"
    if in_result and (resolution := item.resolution(finding)):
        return " ".join(s.norm for s in resolution)
    if not finding.bare and not anaphoric(finding.text):
        return ""
    words: list[str] = []
    first = min([finding.opening, *finding.lines])
    for at in range(first - 1, max(-1, first - 1 - MATTER_BACK), -1):
        before = sentences[at]
        if at in taken:
            break  # another vote's
        if before.section != own and not (in_result and _PUT.search(before.norm)):
            break
        words.append(before.norm)
        if at == first - 1 and _PROPOSES.search(before.norm) and not _POINTS_BACK.search(before.norm):
            break
    return " ".join(reversed(words))


# --------------------------------------------------------------------------------------- amendments


def amend(findings: list[Finding], item: Item) -> None:
    """*accepted* becomes *amended* where the matter was changed: so says the vote, the resolution, or an amendment."""
    carried = False
    last = max((f.sentence for f in findings if f.outcome == "accepted"), default=-1)
    stop = -1  # the last decision before this one: what was changed before it is its own matter
    for finding in findings:
        if finding.outcome == "accepted":
            if finding.sentence != last and not finding.amended and _on_a_change(finding, item):
                finding.amendment = True
            carried = _amend_one(finding, item, carried=carried, last=finding.sentence == last, stop=stop)
        if finding.kind != "text":
            stop = max(stop, finding.sentence)


def _on_a_change(finding: Finding, item: Item) -> bool:
    """*Frau Kern beantragt, Ziffer 4 zu streichen. Dem wird gefolgt.*, with a vote on the whole to come."""
    before = item.state.sentences[finding.opening - 1] if finding.opening else None
    if before is None or not _DEM.match(finding.text) or before.section != item.section(finding):
        return False
    return bool(_PROPOSES.search(before.norm) and (_CHANGES.search(before.norm) or _CHANGING.search(before.norm)))


def _amend_one(finding: Finding, item: Item, *, carried: bool, last: bool, stop: int) -> bool:
    """Settles one accepted decision; returns whether an amendment has been carried so far."""
    if finding.amended:
        finding.outcome = "amended"
    elif finding.procedure and not finding.bare:
        pass
    elif finding.amendment:
        return carried or not finding.procedure
    elif finding.unamended:
        pass
    elif carried and last:
        finding.outcome = "amended"
        finding.rule += "+amendment"
    elif _changed_before(finding, item, stop=stop):
        finding.outcome = "amended"
        finding.rule += "+changed"
    elif item.page == "amended" and last and finding.kind == "count" and finding.bare:
        finding.outcome = "amended"
        finding.rule += "+result"
    return carried


@lru_cache(maxsize=4096)
def _says_changed(text: str) -> bool | None:
    """Whether a sentence says that something was changed, or that it was not. Votes of an item ask the same ones."""
    context = load().context
    if context["amended"].search(text):
        return True
    return False if context["unamended"].search(text) else None


def _before(sentences: Sequence[SentenceState], index: int) -> list[str]:
    """The texts of the last `MAX_RESOLUTION` of `sentences` (in order) that stand before sentence `index`."""
    end = bisect_left(sentences, index, key=lambda sentence: sentence.index)
    return [sentence.norm for sentence in sentences[max(0, end - MAX_RESOLUTION) : end]]


def _changed_before(finding: Finding, item: Item, *, stop: int) -> bool:
    """Whether the resolution or a sentence shortly before the vote says that the matter was changed."""
    sentence = item.sentence(finding)
    context = item.lexicon.context
    amended, unamended, adopted = context["amended"], context["unamended"], context["adopted"]
    mode = item.modes[sentence.section]
    if mode in ("result", "resolution"):
        texts: Sequence[str] = [s.norm for s in item.resolution(finding)[:MAX_RESOLUTION]]
        if not texts and mode == "resolution":
            texts = _before(item.sections[sentence.section], finding.sentence)
        for text in texts:
            changed = _says_changed(text)
            if changed is not None:
                return changed
    number = number_of(sentence)
    first = min([finding.opening, *finding.lines])
    for at in range(first - 1, max(stop, first - 1 - LOOK_BACK), -1):
        before = item.state.sentences[at]
        text = before.norm
        if item.modes[before.section] in ("resolution", "proposal"):
            continue
        if number is not None and (m := _POINT.search(text)) and m.group(1) != number:
            continue  # another point was changed
        if adopted.search(text):
            return True
        put = _PUT.search(text) is not None
        if not (put or at == first - 1) or not amended.search(text) or unamended.search(text):
            continue
        if put or finding.bare or before.section != sentence.section or _ACCORDINGLY.search(finding.text):
            return True
    return False
