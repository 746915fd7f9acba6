"""Puts the findings of an item together: what belongs to one decision, and what is told twice.

Used by `decisions`, after all sentences have been read and before the outcomes are settled.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.extract.decision_item import Item, number_of
from pipeline.extract.decision_lexicon import load
from pipeline.extract.decision_matter import is_aside
from pipeline.extract.decision_records import unanimous_of
from pipeline.extract.findings import Finding
from pipeline.extract.vote_tables import TOTAL
from pipeline.extract.votes import Vote

_OWN_VOTE = re.compile(r"\b(?:[Aa]bstimm|abgestimmt)")
_PUT = load().guards["put"]
_HEADED = ("Abstimmungsergebnis", "Beschluss")


def conclude(findings: list[Finding], item: Item) -> list[Finding]:
    """Joins what belongs to one decision: a vote and the sentence that draws the conclusion or names the matter."""
    out: list[Finding] = []
    for finding in findings:
        previous = out[-1] if out else None
        if previous is None or item.section(previous) != item.section(finding) or previous.sentence == finding.sentence:
            out.append(finding)
            continue
        distance = finding.opening - max([previous.sentence, *previous.lines])
        parts = _parts(out, finding, item)
        if parts:
            finding.lines += [part.sentence for part in parts]
            out[-len(parts) :] = [finding]
        elif _sums_up(previous, finding, distance):
            finding.lines.append(previous.sentence)
            finding.vote = replace(finding.vote, by_faction=finding.vote.by_faction or previous.vote.by_faction)
            out[-1] = finding
        elif _counts_for(previous, finding, distance, item):
            out[-1] = _joined(previous, finding)
        elif _concludes(previous, finding, distance, item):
            joined = _joined(previous, finding)
            joined.sentence, joined.spoken = finding.sentence, finding.spoken
            out[-1] = joined
        elif _acts_on(previous, finding, distance, item):
            out[-1] = finding
        elif distance <= 2 and _same(previous, finding):
            continue
        else:
            out.append(finding)
    return out


def _sums_up(previous: Finding, finding: Finding, distance: int) -> bool:
    """The votes of factions or names, then the sum: *CDU 16 Ja, SPD 10 Nein. Damit mit 16 zu 10 Stimmen angenommen.*"""
    if not finding.vote.told or previous.kind != "count" or distance > 1:
        return False
    names_only = not previous.vote.told and len(previous.vote.by_faction) > 1
    return previous.vote.split or (names_only and finding.concludes)


def _counts_for(previous: Finding, finding: Finding, distance: int, item: Item) -> bool:
    """An outcome or *einstimmig*, then its counts on a line that names no other matter."""
    if finding.kind != "count" or not finding.bare or previous.vote.told:
        return False
    if previous.outcome is None:
        return distance <= 1
    settled = previous.outcome in ("consensus", "withdrawn", "noted") and previous.kind != "text"
    return not settled and (distance <= 1 or item.mode(finding) == "result")


def _concludes(previous: Finding, finding: Finding, distance: int, item: Item) -> bool:
    """Counts, then what they mean: *4 Ja-Stimmen, 5 Nein-Stimmen. Herr Kern ist damit nicht gewählt.*"""
    if finding.outcome is None or finding.vote.told or previous.kind != "count" or distance > 2:
        return False
    if finding.rule == "los" or number_of(item.sentence(finding)) is not None:
        return False
    adjacent = item.mode(finding) == "result" and distance <= 1 and finding.outcome != "noted"
    if not (finding.concludes or finding.outcome in ("elected", "rejected") or adjacent):
        return False
    election = finding.outcome == "elected" or "gewaehlt" in finding.rule
    if not (finding.bare or finding.concludes or election):
        return False
    both_say = finding.vote.unanimous is not None and previous.vote.unanimous is not None
    return finding.bare or not both_say


def _acts_on(previous: Finding, finding: Finding, distance: int, item: Item) -> bool:
    """*Dagegen erhebt sich kein Widerspruch. Der Punkt wird zurückgestellt.* is one decision."""
    if previous.outcome == finding.outcome == "consensus":
        # agreed, and nobody objects; agreement is stated, then what was agreed
        agreed = previous.rule == "einvernehmen" or "kein_widerspruch" in (previous.rule, finding.rule)
        return agreed and distance <= 1
    return (
        previous.outcome == "consensus" and previous.vote.unanimous is None and distance <= 1
        and finding.outcome in ("deferred", "referred", "accepted") and finding.kind == "outcome"
        and not finding.vote.told and item.mode(finding) == "minutes"
    )


def _parts(out: Sequence[Finding], finding: Finding, item: Item) -> list[Finding]:
    """The votes that the counts of `finding` sum up (*Deputierte: 5/0/1, Verordnete: 4/3/1, Insgesamt: 9/3/2*)."""
    words = finding.text.split(maxsplit=1)
    if finding.kind != "count" or finding.vote.yes is None or not words or words[0].lower().strip(":.,") not in TOTAL:
        return []
    parts: list[Finding] = []
    total = 0
    for previous in reversed(out):
        if previous.kind != "count" or previous.vote.yes is None or item.section(previous) != item.section(finding):
            break
        parts.append(previous)
        total += previous.vote.yes
        if len(parts) >= 2 and total == finding.vote.yes:
            return parts
        if total > finding.vote.yes:
            break
    return []


def _same(first: Finding, second: Finding) -> bool:
    """Whether the second only repeats the first: same outcome, no counts of its own, and it names no other matter."""
    if second.vote.told:
        return False
    if second.kind == "count":
        told = first.kind != "text" and first.vote.says_something
        return second.bare and told and _compatible(first.vote, second.vote)
    if first.outcome is None or second.outcome == "elected" or _OWN_VOTE.search(second.text):
        return False
    agree = first.outcome == second.outcome or {first.outcome, second.outcome} <= {"accepted", "amended"}
    return agree and (second.spoken or second.concludes)


def _compatible(a: Vote, b: Vote) -> bool:
    pairs = (
        (a.yes, b.yes), (a.no, b.no), (a.abstain, b.abstain),
        (unanimous_of(a, "accepted"), unanimous_of(b, "accepted")),
    )
    return all(x is None or y is None or x == y for x, y in pairs)


def _joined(first: Finding, second: Finding) -> Finding:
    """The two as one, at the place of the second's counts or conclusion."""
    counts = second.vote if second.vote.told or not first.vote.told else first.vote
    other = first.vote if counts is second.vote else second.vote
    vote = replace(
        counts,
        yes=counts.yes if counts.yes is not None else other.yes,
        no=counts.no if counts.no is not None else other.no,
        abstain=counts.abstain if counts.abstain is not None else other.abstain,
        told=counts.told or other.told,
        unanimous=counts.unanimous if counts.unanimous is not None else other.unanimous,
        against=counts.against or other.against, abstaining=counts.abstaining or other.abstaining,
        rest=counts.rest or other.rest, by_faction=counts.by_faction or other.by_faction,
        rivals=counts.rivals or other.rivals, split=False,
    )
    outcome = second.outcome or first.outcome
    return Finding(
        second.sentence if second.vote.told or second.outcome else first.sentence,
        outcome, "count" if outcome is None else "outcome", vote,
        f"{first.rule}+{second.rule}", f"{first.text} {second.text}",
        amended=first.amended or second.amended, unamended=first.unamended or second.unamended,
        procedure=first.procedure or second.procedure, amendment=first.amendment or second.amendment,
        deferral=first.deferral or second.deferral, referral=first.referral or second.referral,
        concludes=second.concludes, bare=first.bare and second.bare, spoken=second.spoken,
        first=first.opening, lines=[*first.lines, first.sentence, *second.lines],
    )


# ----------------------------------------------------------------------------- what counts only once


def drop_texts(findings: list[Finding], item: Item) -> list[Finding]:
    """Leaves out a resolution's wording where a vote or another statement of the outcome stands beside it."""
    main = [f for f in findings if f.kind != "text" and not is_aside(f)]
    out: list[Finding] = []
    kept: set[str] = set()
    for finding in findings:
        if finding.kind != "text":
            out.append(finding)
            continue
        if item.mode(finding) == "proposal" or finding.outcome in kept or any(_covers(f, finding, item) for f in main):
            continue
        kept.add(str(finding.outcome))
        out.append(finding)
    return out


def _covers(decision: Finding, text: Finding, item: Item) -> bool:
    """Whether `decision` states what became of the resolution whose wording `text` is."""
    section, own = item.section(decision), item.section(text)
    if section > own:
        return True
    if section == own and decision.sentence > text.sentence and (
        decision.bare or text.outcome not in ("noted", "deferred", "referred") or decision.outcome == text.outcome
    ):
        return True
    return (
        item.mode(text) == "resolution" and decision.vote.says_something
        and decision.outcome in ("accepted", "amended", "rejected")
        and text.outcome in ("accepted", "elected", "rejected")
    )


def drop_repeats(findings: list[Finding], item: Item) -> list[Finding]:
    """Leaves out the second telling of a decision (in minutes and result), keeping the one with the counts."""
    out: list[Finding] = []
    seen: set[int] = set()
    """Sections that hold one of `out`."""
    for finding in findings:
        section = item.section(finding)
        if finding.spoken and section in seen and _headed(out, finding, item):
            head = next(f for f in out if item.section(f) == section)
            if _weight(finding.vote) > _weight(head.vote):
                finding.lines += [head.sentence, *head.lines]
                out[out.index(head)] = finding
            continue
        twin = None
        opens = item.modes[section] in ("result", "resolution") and section not in seen
        if opens and out and _told_twice(out[-1], finding) and not _put_again(out[-1], item):
            twin = out[-1]
        seen.add(section)
        if twin is None:
            out.append(finding)
        elif _weight(finding.vote) >= _weight(twin.vote):
            finding.amended |= twin.amended
            finding.lines += twin.lines
            out[-1] = finding
    return out


def _headed(out: Sequence[Finding], finding: Finding, item: Item) -> bool:
    """Whether the section opens with the result (`Abstimmungsergebnis: Einstimmig`) that the chair states later."""
    section = item.section(finding)
    first = next(f for f in out if item.section(f) == section)
    return (
        first.outcome == finding.outcome and item.sentence(first).norm.startswith(_HEADED)
        and _compatible(first.vote, finding.vote)
    )


def _told_twice(first: Finding, second: Finding) -> bool:
    if is_aside(first) or first.kind == "text":
        return False
    same = first.outcome == second.outcome or {first.outcome, second.outcome} <= {"accepted", "amended"}
    return same and _compatible(first.vote, second.vote)


def _put_again(first: Finding, item: Item) -> bool:
    """Whether something else is put to the vote after `first` in its section: the next result is that vote's."""
    after = (s for s in item.sections[item.section(first)] if s.index > max([first.sentence, *first.lines]))
    return any(_PUT.search(s.norm) for s in after)


def _weight(vote: Vote) -> int:
    return sum(x is not None for x in (vote.yes, vote.no, vote.abstain, vote.unanimous))
