"""Finds the decisions of an item: outcome, counts, who voted how, and the resolution's wording.

Runs after `sentences` and `morphology` and before the attribution, which leaves sentences with `decides` without a
speaker. `outcomes` reads single sentences, `votes` counts, `results` the page's Beschlussart; this module puts them
together: blocks of vote lines, votes and the sentence that draws the conclusion, the resolution's text and its vote,
a decision told twice, amendments and what they make of the main vote.
"""

from __future__ import annotations

import re
from dataclasses import replace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from spacy.language import Language

from pipeline.extract.decision_lexicon import DecisionLexicon, load
from pipeline.extract.outcomes import Finding, Mode, anaphoric, describe, mode_of, read_sentence
from pipeline.extract.results import agrees, outcome_of
from pipeline.extract.state import ItemState, SentenceState
from pipeline.extract.votes import MAX_LINE, Vote, is_line, parted, read_vote
from pipeline.records import Decision, DecisionOutcome, FactionVote, Section, Table

if TYPE_CHECKING:
    from spacy.tokens import Doc

_GUARDS = load().guards

_DIGIT = re.compile(r"\d")
_NUMBERED = _GUARDS["numbered"]
_TOTAL = ("gesamt", "summe", "insgesamt", "zusammen", "gesamtergebnis")
_MARKER = re.compile(r"(\d{1,2}|[a-h])(?=[.)])")
_BODY_VOTED = _GUARDS["body_voted"]
_CANDIDATE = _GUARDS["candidate"]
_NO_NAME = ("Die", "Der", "Ja", "Nein", "Stimmen")

CONFIDENCE: dict[str, float] = {}
"""Share of right decisions (outcome and all counts) of each rule on the annotated documents not put aside; see `confidence_of`."""


@Language.factory("auszug_decisions")
class _Component:
    """The spaCy component: `find_decisions` on the Doc's item."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        find_decisions(doc._.item)
        return doc


def find_decisions(state: ItemState) -> None:
    """Fills `state.decisions` and marks the sentences that hold a vote, a decision or a resolution (`decides`)."""
    lexicon = load()
    modes = [mode_of(section.label, section.kind) for section in state.sections]
    findings = _read(state, modes, lexicon)
    if not findings:
        _mark_resolutions(state, modes)
        return
    findings = _conclude(findings, state, modes)
    _settle(findings, state, modes, lexicon)
    findings = [f for n, f in enumerate(findings) if not (f.doubtful and n + 1 < len(findings))]
    findings = _drop_texts(findings, state, modes)
    findings = _drop_repeats(findings, state, modes)
    _amend(findings, state, modes, lexicon)
    for finding in findings:
        for index in {finding.sentence, *finding.lines}:
            if not finding.spoken:
                state.sentences[index].decides = True
    _mark_resolutions(state, modes)
    state.decisions.extend(_record(n, finding, state, modes) for n, finding in enumerate(findings))


# ------------------------------------------------------------------------------------------- reading


def _read(state: ItemState, modes: Sequence[Mode | None], lexicon: DecisionLexicon) -> list[Finding]:
    """The findings of all sentences, blocks of vote lines and tables of votes, in the order of the text."""
    found: list[Finding] = []
    tables = _tables(state, modes, lexicon)
    done = {index for finding in tables for index in finding.lines}
    block: list[int] = []
    for sentence in state.sentences:
        mode = modes[sentence.section]
        index = sentence.index
        if mode is None or index in done:
            continue
        # `15 Ja- gegen 31 Nein-Stimmen` has a suspended hyphen, not one of a line's end
        text = sentence.text if "Ja- " in sentence.text or "Nein- " in sentence.text else sentence.norm
        low = text.lower()
        if len(text) <= MAX_LINE and (_DIGIT.search(text) or any(s in low for s in _LINE_STEMS)) and is_line(text, lexicon):
            if block and (state.sentences[block[-1]].section != sentence.section or index != block[-1] + 1 or _repeats(
                state, block, text, lexicon
            )):
                found += _block(state, block, modes, lexicon)
                block = []
            block.append(index)
            continue
        if block:
            found += _block(state, block, modes, lexicon)
            block = []
        if any(stem in low for stem in _STEMS()) or _looks_counted(low):
            inline = _inline(state, sentence, mode)
            read = read_sentence(text, index, inline, lexicon, low=low, organization=state.item.organization or "")
            if _number(sentence) is not None:
                for finding in read:
                    finding.bare = False
            found += read
    if block:
        found += _block(state, block, modes, lexicon)
    found += tables
    found.sort(key=lambda finding: finding.sentence)
    return found


_INLINE = _GUARDS["inline"]
_INLINE_PROPOSAL = _GUARDS["inline_proposal"]


def _inline(state: ItemState, sentence: SentenceState, mode: Mode) -> Mode:
    """The mode of a sentence that is a resolution's text inside the minutes (`Beschluss: Der Rat ...`, or after such a label)."""
    if mode not in ("minutes", "result"):
        return mode
    before = state.sentences[sentence.index - 1] if sentence.index else None
    for text in (sentence.norm, before.norm if before and before.section == sentence.section and len(before.norm) < 40 else ""):
        if text and _INLINE.match(text) and (text is sentence.norm or text.rstrip().endswith(":")):
            return "resolution"
        if text and _INLINE_PROPOSAL.match(text) and (text is sentence.norm or text.rstrip().endswith(":")):
            return "proposal"
    return mode


_LINE_STEMS = ("stimm", "ja", "nein", "enth", "dafür", "dagegen", "ablehn", "anwesend", "mitglied", "befang")
_COUNT_STEMS = ("stimm", "nein", "enth", "dafür", "dagegen", " ja", "ja ", "abst", " : ", " / ", "ergebnis", "votum", "beschl", "mehrheit")


def _STEMS() -> tuple[str, ...]:
    return _stems


def _union() -> tuple[str, ...]:
    stems = sorted({stem for cue in load().cues for stem in cue.stems}, key=len)
    kept: list[str] = []
    for stem in stems:
        if not any(k in stem for k in kept):
            kept.append(stem)
    return tuple(kept)


_stems = _union()


def _looks_counted(low: str) -> bool:
    return any(stem in low for stem in _COUNT_STEMS) or (bool(_DIGIT.search(low)) and ("/" in low or ":" in low))


def _repeats(state: ItemState, block: Sequence[int], text: str, lexicon: DecisionLexicon) -> bool:
    """Whether a line counts again what the block has counted: then it is another vote's."""
    own = _kinds(text, lexicon)
    if not own:
        return False
    before = set().union(*(_kinds(state.sentences[i].norm, lexicon) for i in block))
    return bool(own & before)


def _kinds(text: str, lexicon: DecisionLexicon) -> set[str]:
    kinds = {lexicon.labels.get(w) for w in re.findall(r"[a-zäöüß]+(?:-[a-zäöüß]+)?-?", text.lower())}
    return {k for k in kinds if k in ("yes", "no", "abstain")}


def _block(
    state: ItemState, block: Sequence[int], modes: Sequence[Mode | None], lexicon: DecisionLexicon
) -> list[Finding]:
    """The vote that a run of lines counts; nothing if its numbers have no labels."""
    text = "\n".join(state.sentences[i].norm for i in block)
    if len(block) == 1 and len(parted(text, lexicon)) > 1:
        mode = modes[state.sentences[block[0]].section]
        return read_sentence(text, block[0], mode or "minutes", lexicon, low=text.lower())
    vote = read_vote(text, lexicon, line=True)
    single = text.strip(" .:-–").lower()
    if single in _ONE_WORD and modes[state.sentences[block[0]].section] == "result":
        return [Finding(block[0], _ONE_WORD[single], "outcome", vote, "word", text, bare=True)]
    if not vote.told and vote.unanimous is None and len(vote.by_faction) < 2:
        return []
    if vote.yes is None and vote.no is None and vote.unanimous is None and not vote.by_faction and modes[state.sentences[block[0]].section] != "result":
        return []
    at = next((i for i in block if _kinds(state.sentences[i].norm, lexicon) and _DIGIT.search(state.sentences[i].norm)), block[-1])
    finding = Finding(at, None, "count", vote, "block" if len(block) > 1 else "line", text, bare=True, lines=list(block))
    describe(finding, lexicon)
    finding.first = block[0]
    finding.bare = _number(state.sentences[block[0]]) is None and not _POINT.search(text)
    return [finding]


_ONE_WORD: dict[str, DecisionOutcome] = {"zustimmung": "accepted", "ablehnung": "rejected", "dafür": "accepted", "dagegen": "rejected", "ja": "accepted", "nein": "rejected"}
"""A section for the result that holds only this word."""
_POINT = _GUARDS["point"]


def _tables(state: ItemState, modes: Sequence[Mode | None], lexicon: DecisionLexicon) -> list[Finding]:
    """Votes in tables: by party or by member, as the page has them or flattened to lines."""
    found: list[Finding] = []
    for number, section in enumerate(state.sections):
        if modes[number] is None:
            continue
        sentences = [s for s in state.sentences if s.section == number]
        for table in section.tables:
            inside = [s for s in sentences if s.start >= table.start and s.end <= table.end]
            read = _read_table(table.rows, lexicon)
            if read and inside:
                found.append(_table_finding(inside, *read, lexicon))
        covered = {index for finding in found for index in finding.lines}
        for at, sentence in enumerate(sentences):
            if sentence.index in covered or len(sentence.norm) > MAX_LINE:
                continue
            columns = _header(sentence.norm.split(), lexicon)
            if columns is None or _DIGIT.search(sentence.norm):
                continue
            rows, used = _flat_rows(sentences[at + 1 :], len(columns))
            if len(rows) >= 2:
                read = _read_table((("", *columns), *rows), lexicon)
                if read:
                    found.append(_table_finding([sentence, *used], *read, lexicon))
    return found


def _header(words: Sequence[str], lexicon: DecisionLexicon) -> tuple[str, ...] | None:
    """The columns that a header names, if at least two of them are labels of votes."""
    words = [w.strip(":|,;").lower() for w in words]
    columns = tuple(w for w in words if w in lexicon.labels)
    kinds = [lexicon.labels[c] for c in columns]
    rest = [w for w in words if w and w not in lexicon.labels]
    if len({k for k in kinds if k in ("yes", "no", "abstain")}) < 2 or len(rest) > 2:
        return None
    return columns


def _flat_rows(sentences: Sequence[SentenceState], width: int) -> tuple[list[tuple[str, ...]], list[SentenceState]]:
    """Rows of a flattened table: a name and its numbers on one line. Rows with cells lost are kept, too (shorter)."""
    rows: list[tuple[str, ...]] = []
    used: list[SentenceState] = []
    for sentence in sentences:
        m = re.match(r"^(\D{1,60}?)((?:\s+(?:\d{1,4}|[-–]))+)\s*$", sentence.norm)
        if m is None or len(m.group(2).split()) > width:
            break
        rows.append((m.group(1).strip(" :"), *m.group(2).split()))
        used.append(sentence)
    return rows, used


def _read_table(
    rows: Sequence[Sequence[str]], lexicon: DecisionLexicon
) -> tuple[dict[str, int], tuple[FactionVote, ...], int] | None:
    """The sums of a table of votes, who voted how, and the row that states the sum (-1: none does)."""
    header, columns = None, []
    for n, row in enumerate(rows[:3]):
        kinds = [_column(cell, lexicon) for cell in row]
        if len({k for k in kinds if k in ("yes", "no", "abstain")}) >= 2:
            header, columns = n, kinds
            break
    if header is None:
        return None
    sums: dict[str, int] = {}
    stated: dict[str, int] = {}
    names: list[FactionVote] = []
    total = -1
    complete = True
    for n, row in enumerate(rows[header + 1 :], start=header + 1):
        if len(row) != len(columns):
            complete = False
            continue
        name = row[0].strip() if columns[0] is None else ""
        is_total = name.lower().strip(" :.") in _TOTAL
        for kind, cell in zip(columns, row, strict=True):
            value = _cell(cell)
            if kind not in ("yes", "no", "abstain") or value is None:
                continue
            if is_total:
                stated[kind] = value
                continue
            sums[kind] = sums.get(kind, 0) + value
            if name and value:
                crossed = not cell.strip().isdigit()
                names.append(FactionVote(name=name, vote=kind, count=None if crossed else value))  # type: ignore[arg-type]
        if is_total:
            total = n
    if stated:
        return stated, tuple(names), total
    if sums and complete:
        return sums, tuple(names), -1
    return None


def _column(cell: str, lexicon: DecisionLexicon) -> str | None:
    words = re.findall(r"[a-zäöüß]+(?:-[a-zäöüß]+)?", cell.lower())
    return next((lexicon.labels[w] for w in words if w in lexicon.labels), None)


def _cell(cell: str) -> int | None:
    """The number in a cell; a cross counts one, a dash none, an empty cell is not recorded."""
    text = cell.strip().strip(".")
    if text.isdigit():
        return int(text)
    if text.lower() in ("x", "✓", "✔", "×", "☒"):
        return 1
    return 0 if text in ("-", "–", "—") else None


def _table_finding(
    inside: Sequence[SentenceState], counts: dict[str, int], names: tuple[FactionVote, ...], total: int, lexicon: DecisionLexicon
) -> Finding:
    at = inside[-1]
    if total >= 0:
        at = next((s for s in inside if s.norm.split()[:1] and s.norm.split()[0].lower().strip(":.") in _TOTAL), inside[-1])
    vote = Vote(
        yes=counts.get("yes"), no=counts.get("no"), abstain=counts.get("abstain"), told=True,
        against=counts.get("no", 0) > 0, abstaining=counts.get("abstain", 0) > 0, by_faction=names,
    )
    finding = Finding(
        at.index, None, "count", vote, "table", at.norm, bare=True, lines=[s.index for s in inside],
    )
    finding.first = inside[0].index
    return finding


# --------------------------------------------------------------------------------------- concluding


def _conclude(findings: list[Finding], state: ItemState, modes: Sequence[Mode | None]) -> list[Finding]:
    """Joins what belongs to one decision: a vote and the sentence that draws the conclusion or names the matter."""
    out: list[Finding] = []
    for finding in findings:
        previous = out[-1] if out else None
        if previous is None or not _near(previous, finding, state):
            out.append(finding)
            continue
        mode = modes[state.sentences[finding.sentence].section]
        distance = (finding.first if finding.first >= 0 else finding.sentence) - max([previous.sentence, *previous.lines])
        if finding.vote.told and previous.kind == "count" and distance <= 1 and (
            previous.vote.split or (not previous.vote.told and len(previous.vote.by_faction) > 1 and finding.concludes)
        ):
            finding.lines.append(previous.sentence)
            finding.vote = replace(finding.vote, by_faction=finding.vote.by_faction or previous.vote.by_faction)
            out[-1] = finding
            continue
        if finding.kind == "count" and (parts := _parts(out, finding, state)):
            finding.lines += [part.sentence for part in parts]
            out[-len(parts) :] = [finding]
            continue
        if finding.kind == "count" and finding.bare and previous.outcome is not None and not previous.vote.told and (
            previous.outcome not in ("consensus", "withdrawn", "noted") or previous.kind == "text"
        ) and (distance <= 1 or mode == "result"):
            out[-1] = _joined(previous, finding)
            continue
        if finding.kind == "count" and previous.kind == "count" and finding.bare and not previous.vote.told and distance <= 1:
            out[-1] = _joined(previous, finding)
            continue
        if finding.outcome is not None and finding.rule != "los" and not finding.vote.told and previous.kind == "count" and distance <= 2 and (
            finding.concludes or finding.outcome in ("elected", "rejected") or (mode == "result" and distance <= 1 and finding.outcome != "noted")
        ) and (finding.bare or finding.concludes or finding.outcome == "elected" or "gewaehlt" in finding.rule) and not (
            finding.vote.unanimous is not None and previous.vote.unanimous is not None and not finding.bare
        ) and _number(
            state.sentences[finding.sentence]
        ) is None:
            joined = _joined(previous, finding)
            joined.sentence = finding.sentence
            joined.spoken = finding.spoken
            out[-1] = joined
            continue
        if finding.outcome is not None and previous.outcome == "consensus" and finding.outcome in ("deferred", "referred", "accepted") and (
            distance <= 1 and not finding.vote.told and previous.vote.unanimous is None and finding.kind == "outcome" and mode == "minutes"
        ):
            out[-1] = finding
            continue
        if _same(previous, finding, state) and distance <= 2:
            if finding.vote.told and not previous.vote.told:
                out[-1] = _joined(previous, finding)
            continue
        out.append(finding)
    return out


def _parts(out: Sequence[Finding], finding: Finding, state: ItemState) -> list[Finding]:
    """The votes before `finding` that its counts sum up (*Bürgerdeputierte: 5/0/1*, *Bezirksverordnete: 4/3/1*, *Insgesamt: 9/3/2*)."""
    words = finding.text.split()
    if not words or words[0].lower().strip(":.,") not in _TOTAL or finding.vote.yes is None:
        return []
    section = state.sentences[finding.sentence].section
    parts = []
    total = 0
    for previous in reversed(out):
        if previous.kind != "count" or previous.vote.yes is None or state.sentences[previous.sentence].section != section:
            break
        parts.append(previous)
        total += previous.vote.yes
        if len(parts) >= 2 and total == finding.vote.yes:
            return parts
    return []


def _near(first: Finding, second: Finding, state: ItemState) -> bool:
    a, b = state.sentences[first.sentence], state.sentences[second.sentence]
    return a.section == b.section and first.sentence != second.sentence


def _same(first: Finding, second: Finding, state: ItemState) -> bool:
    """Whether the second only repeats the first: same outcome, no counts of its own, and it names no other matter."""
    if second.kind == "count":
        return second.bare and _compatible(first.vote, second.vote) and first.kind != "text" and (
            first.vote.says_something and not second.vote.told
        )
    if first.outcome is None or second.vote.told:
        return False
    if re.search(r"\b(?:[Aa]bstimm|abgestimmt)", second.text):
        return False  # a vote of its own
    agree = first.outcome == second.outcome or {first.outcome, second.outcome} <= {"accepted", "amended"}
    return agree and (second.spoken or second.concludes) and second.outcome not in ("elected",)


def _compatible(a: Vote, b: Vote) -> bool:
    pairs = ((a.yes, b.yes), (a.no, b.no), (a.abstain, b.abstain), (_unanimous(a, "accepted"), _unanimous(b, "accepted")))
    return all(x is None or y is None or x == y for x, y in pairs)


def _joined(first: Finding, second: Finding) -> Finding:
    """The two as one, at the place of the second's counts or conclusion."""
    counts = second.vote if second.vote.told or not first.vote.told else first.vote
    other = first.vote if counts is second.vote else second.vote
    vote = Vote(
        yes=counts.yes if counts.yes is not None else other.yes,
        no=counts.no if counts.no is not None else other.no,
        abstain=counts.abstain if counts.abstain is not None else other.abstain,
        told=counts.told or other.told,
        unanimous=counts.unanimous if counts.unanimous is not None else other.unanimous,
        against=counts.against or other.against, abstaining=counts.abstaining or other.abstaining,
        rest=counts.rest or other.rest, labels=counts.labels, numbers=counts.numbers,
        by_faction=counts.by_faction or other.by_faction, rivals=counts.rivals or other.rivals,
    )
    outcome = second.outcome or first.outcome
    kind = "outcome" if outcome is not None else "count"
    return Finding(
        second.sentence if second.vote.told or second.outcome else first.sentence, outcome, kind, vote,
        f"{first.rule}+{second.rule}", f"{first.text} {second.text}",
        amended=first.amended or second.amended, unamended=first.unamended or second.unamended,
        procedure=first.procedure or second.procedure, amendment=first.amendment or second.amendment,
        deferral=first.deferral or second.deferral, referral=first.referral or second.referral,
        concludes=second.concludes, bare=first.bare and second.bare, spoken=second.spoken,
        first=first.first if first.first >= 0 else first.sentence, subject=first.subject,
        lines=[*first.lines, first.sentence, *second.lines],
    )


def _settle(
    findings: list[Finding], state: ItemState, modes: Sequence[Mode | None], lexicon: DecisionLexicon
) -> None:
    """Gives every vote its outcome: by its counts, by what was put to the vote, by the resolution's text."""
    for finding in findings:
        vote = finding.vote
        counted = _carried(vote)
        if finding.outcome is None:
            tie = len(vote.rivals) > 1 and vote.rivals.count(max(vote.rivals)) > 1
            finding.outcome = "rejected" if tie or counted is False else "accepted"
        elif finding.outcome in ("accepted", "amended") and counted is False and vote.no is not None and vote.yes is not None:
            finding.outcome = "rejected"
        if finding.outcome != "accepted":
            continue
        text = _matter(finding, state, modes, lexicon)
        if finding.deferral or (text and _defers(text, lexicon)):
            finding.outcome = "deferred"
        elif finding.referral or (text and _refers(text, lexicon)):
            finding.outcome = "referred"
        elif finding.kind == "count" and text and _notes(text, lexicon):
            finding.outcome = "noted"


def _carried(vote: Vote) -> bool | None:
    if vote.yes is not None and vote.no is not None:
        return vote.yes > vote.no
    return None


_PROPOSES = _GUARDS["proposes"]


def _matter(finding: Finding, state: ItemState, modes: Sequence[Mode | None], lexicon: DecisionLexicon) -> str:
    """The words that name what was voted on where the finding itself does not: the sentences before, or the resolution."""
    sentence = state.sentences[finding.sentence]
    if modes[sentence.section] in ("result",):
        resolution = _resolution_sentences(finding, state, modes)
        if resolution:
            return " ".join(s.norm for s in resolution)
    if not finding.bare and not anaphoric(finding.text):
        return ""
    first = min([finding.first if finding.first >= 0 else finding.sentence, *finding.lines])
    words: list[str] = []
    for back in range(1, 4):
        at = first - back
        if at < 0 or state.sentences[at].decides:
            break
        before = state.sentences[at]
        if before.section != sentence.section and modes[sentence.section] != "result":
            break
        if before.section != sentence.section and not _PUT.search(before.norm):
            break
        words.append(before.norm)
        if back == 1 and not re.search(r"\b(?:dies|diesen|diese|darüber|hierüber|folgt|Es)\b", before.norm) and _PROPOSES.search(before.norm):
            break
    return " ".join(reversed(words))


def _resolution_sentences(finding: Finding, state: ItemState, modes: Sequence[Mode | None]) -> list[SentenceState]:
    """The sentences of the resolution that a vote in a result section is about: all, or those of its number."""
    section = state.sentences[finding.sentence].section
    texts = [s for s in state.sentences if s.section < section and modes[s.section] in ("resolution", "proposal")]
    if texts:
        nearest = max(s.section for s in texts)
        texts = [s for s in texts if s.section == nearest]
    number = _number(state.sentences[finding.first if finding.first >= 0 else finding.sentence])
    if number is not None:
        own: list[SentenceState] = []
        current = None
        for s in texts:
            current = _number(s) or current
            if current == number:
                own.append(s)
        return own
    return texts


def _number(sentence: SentenceState) -> str | None:
    """The number of a point: in the bullet's mark (`2.`, `zu 2)`), or in words (*Ziffer 2*)."""
    if sentence.marker and (m := _MARKER.search(sentence.marker + ".")):
        return m.group(1)
    m = _NUMBERED.match(sentence.norm)
    return m.group(1) if m and (m.group(0).strip() != m.group(1) or sentence.norm[m.end() : m.end() + 1] in ".):") else None


def _defers(text: str, lexicon: DecisionLexicon) -> bool:
    return bool(lexicon.context["deferral"].search(text))


def _refers(text: str, lexicon: DecisionLexicon) -> bool:
    return bool(lexicon.context["referral"].search(text))


_NOTES = _GUARDS["notes"]
_RESOLVES = _GUARDS["resolves"]


def _notes(text: str, lexicon: DecisionLexicon) -> bool:
    return bool(_NOTES.search(text)) and not _RESOLVES.search(text)


# ----------------------------------------------------------------------------- what counts only once


def _drop_texts(findings: list[Finding], state: ItemState, modes: Sequence[Mode | None]) -> list[Finding]:
    """Leaves out a resolution's wording where a vote or another statement of the outcome stands beside it."""
    main = [f for f in findings if f.kind != "text" and not _aside(f)]
    out = []
    texts_kept: set[str] = set()
    for finding in findings:
        if finding.kind != "text":
            out.append(finding)
            continue
        section = state.sentences[finding.sentence].section
        if any(
            f for f in main
            if state.sentences[f.sentence].section > section
            or (
                state.sentences[f.sentence].section == section and f.sentence > finding.sentence
                and (f.bare or finding.outcome not in ("noted", "deferred", "referred") or f.outcome == finding.outcome)
            )
            or (
                f.vote.says_something and modes[section] == "resolution" and f.outcome in ("accepted", "amended", "rejected")
                and finding.outcome in ("accepted", "elected", "rejected")
            )
        ):
            continue
        if modes[section] == "proposal":
            continue
        if finding.outcome in texts_kept:
            continue
        texts_kept.add(str(finding.outcome))
        out.append(finding)
    return out


def _aside(finding: Finding) -> bool:
    """Whether it is a vote on procedure or on an amendment, not on the matter itself."""
    return (finding.procedure and finding.outcome not in ("deferred", "referred")) or (finding.amendment and not finding.amended) or (
        finding.outcome == "consensus"
    )


def _drop_repeats(findings: list[Finding], state: ItemState, modes: Sequence[Mode | None]) -> list[Finding]:
    """Leaves out the second telling of a decision (in the minutes and again as the result), keeping the one with the counts."""
    out: list[Finding] = []
    for finding in findings:
        section = state.sentences[finding.sentence].section
        twin = None
        if finding.spoken and not finding.vote.told:
            twin = next(
                (f for f in out if f.outcome == finding.outcome and state.sentences[f.sentence].section == section
                 and state.sentences[f.sentence].norm.startswith(("Abstimmungsergebnis", "Beschluss")) and _compatible(f.vote, finding.vote)), None
            )
            if twin is not None:
                continue
        if modes[section] in ("result", "resolution"):
            first_here = not any(state.sentences[f.sentence].section == section for f in out)
            for earlier in reversed(out):
                if state.sentences[earlier.sentence].section == section:
                    continue
                if first_here and _told_twice(earlier, finding):
                    twin = earlier
                break
        if twin is None:
            out.append(finding)
            continue
        if _weight(finding.vote) >= _weight(twin.vote):
            finding.amended |= twin.amended
            finding.lines += twin.lines
            out[out.index(twin)] = finding
    return out


def _told_twice(first: Finding, second: Finding) -> bool:
    if _aside(first):
        return False
    same = first.outcome == second.outcome or {first.outcome, second.outcome} <= {"accepted", "amended"}
    return same and _compatible(first.vote, second.vote) and (
        first.vote.says_something or first.outcome not in ("accepted",) or first.kind == "outcome"
    )


def _weight(vote: Vote) -> int:
    return sum(x is not None for x in (vote.yes, vote.no, vote.abstain, vote.unanimous))


# --------------------------------------------------------------------------------------- amendments


def _amend(
    findings: list[Finding], state: ItemState, modes: Sequence[Mode | None], lexicon: DecisionLexicon
) -> None:
    """*accepted* becomes *amended* where the matter was changed: its own words, the resolution, or an amendment carried before."""
    carried = False
    last = max((f.sentence for f in findings if f.outcome == "accepted"), default=-1)
    page = outcome_of(state.item.result)
    for n, finding in enumerate(findings):
        if finding.outcome != "accepted":
            continue
        if finding.amended:
            finding.outcome = "amended"
            continue
        if finding.procedure and not finding.bare:
            continue
        if finding.amendment:
            carried = carried or not finding.procedure
            continue
        if finding.unamended:
            continue
        if carried and finding.sentence == last:
            finding.outcome = "amended"
            finding.rule += "+amendment"
            continue
        if _changed_before(finding, findings[:n], state, modes, lexicon):
            finding.outcome = "amended"
            finding.rule += "+changed"
        elif page == "amended" and finding.sentence == last and finding.kind == "count" and finding.bare:
            finding.outcome = "amended"
            finding.rule += "+result"


LOOK_BACK = 8
"""Sentences before a vote in which its matter can be changed (*übernimmt den Vorschlag in die Vorlage*)."""

_PUT = _GUARDS["put"]


def _changed_before(
    finding: Finding, earlier: Sequence[Finding], state: ItemState, modes: Sequence[Mode | None], lexicon: DecisionLexicon
) -> bool:
    sentence = state.sentences[finding.sentence]
    amended, adopted = lexicon.context["amended"], lexicon.context["adopted"]
    if modes[sentence.section] in ("result", "resolution"):
        for s in _resolution_sentences(finding, state, modes) or [
            x for x in state.sentences if x.section == sentence.section and modes[x.section] == "resolution" and x.index < finding.sentence
        ]:
            if amended.search(s.norm):
                return True
            if lexicon.context["unamended"].search(s.norm):
                return False
    first = min([finding.first if finding.first >= 0 else finding.sentence, *finding.lines])
    stop = max((f.sentence for f in earlier if f.kind != "text"), default=-1)
    for at in range(first - 1, max(stop, first - 1 - LOOK_BACK), -1):
        before = state.sentences[at].norm
        mode = modes[state.sentences[at].section]
        if mode in ("resolution", "proposal"):
            continue
        number = _number(sentence)
        if number is not None and (m := re.search(r"\b(?:Ziffer|Punkt|Nr\.|Nummer) (\d{1,2})", before)) and m.group(1) != number:
            continue
        if adopted.search(before):
            return True
        if (_PUT.search(before) or at == first - 1) and amended.search(before) and not lexicon.context["unamended"].search(before):
            if state.sentences[at].section == sentence.section and at == first - 1 and not _PUT.search(before) and not finding.bare:
                continue
            return True
    return False


# ------------------------------------------------------------------------------------------- records


def _mark_resolutions(state: ItemState, modes: Sequence[Mode | None]) -> None:
    """Sentences that hold a resolution's wording in a section for it; minutes under such a label are left alone."""
    for sentence in state.sentences:
        if modes[sentence.section] in ("resolution", "proposal") and _RESOLUTION.search(sentence.norm):
            sentence.decides = True


_RESOLUTION = _GUARDS["resolution"]


def _unanimous(vote: Vote, outcome: DecisionOutcome) -> bool | None:
    """GUIDELINES: True if words or counts show that no one voted against; False with *mehrheitlich* or votes against."""
    if vote.rivals:
        return False
    if vote.no is not None and vote.no > 0:
        return False
    if vote.unanimous is not None:
        return vote.unanimous
    if vote.no == 0 and (vote.yes or vote.yes is None):
        return True
    if vote.against:
        return False
    if vote.rest:
        return True
    if outcome == "rejected":
        return False if vote.yes else None
    if vote.yes and vote.abstain is not None and vote.no is None:
        return True
    return None


def _record(number: int, finding: Finding, state: ItemState, modes: Sequence[Mode | None]) -> Decision:
    sentence = state.sentences[finding.sentence]
    outcome = finding.outcome or "accepted"
    vote = finding.vote
    page = outcome_of(state.item.result)
    yes = vote.yes
    if vote.rivals and yes is None and outcome == "elected":
        yes = max(vote.rivals)
    return Decision(
        index=number, section=state.sections[sentence.section].label, section_index=sentence.section,
        paragraph=sentence.paragraph, position=sentence.position, sentence=sentence.index,
        start=sentence.start, end=sentence.end, text=sentence.text,
        outcome=outcome, unanimous=_unanimous(vote, outcome), yes=yes, no=vote.no, abstain=vote.abstain,
        confidence=confidence_of(finding), rule=finding.rule, agrees=None if _aside(finding) else agrees(page, outcome),
        subject=_subject(finding, state), resolution=_wording(finding, state, modes),
        by_faction=vote.by_faction, candidates=_candidates(finding, state) if outcome == "elected" or "gewaehlt" in finding.rule else (),
    )


def confidence_of(finding: Finding) -> float:
    """How sure the finding is: the measured share of its kind of rule."""
    base = finding.rule.split("+")[0]
    return CONFIDENCE.get(base, 0.9)


_SUBJECT = _GUARDS["subject"]


def _subject(finding: Finding, state: ItemState) -> str | None:
    """What was put to the vote, in the words of the text, where it is told."""
    text = state.sentences[finding.sentence].norm
    m = _SUBJECT.match(text)
    if m is None:
        return None
    words = m.group(1).strip(" -–:„“\"")
    if re.match(r"(?:Abstimmung(?:sergebnis)?|Ergebnis|Beschluss|Ja|Nein|Dafür|dafür|Enth|Zustimmung|Dagegen|Dem|Dies|Er|Sie|Damit|So|Sodann)\b\W*$", words):
        return None
    words = re.sub(r"^(?:Abstimmung über|Abstimmung zu|Sodann|Anschließend|Damit|Im Anschluss)\s+", "", words)
    return words if len(words) > 2 and re.search(r"[A-Za-zÄÖÜäöü]{3}", words) else None


def _wording(finding: Finding, state: ItemState, modes: Sequence[Mode | None]) -> str | None:
    """The resolution's text that the decision is about, as it stands; None where it is not told or the vote is on something else."""
    if _aside(finding):
        return None
    sentence = state.sentences[finding.sentence]
    texts = _resolution_sentences(finding, state, modes)
    if not texts and modes[sentence.section] == "resolution":
        texts = [s for s in state.sentences if s.section == sentence.section and s.index <= finding.sentence and s.index not in finding.lines]
        if finding.kind == "count" or finding.vote.told:
            texts = [s for s in texts if s.index != finding.sentence] or texts
    if not texts:
        following = [s for s in state.sentences if s.section > sentence.section and modes[s.section] in ("resolution",)]
        texts = [s for s in following if s.section == following[0].section] if following else []
    texts = [s for s in texts if s.kind != "label"]
    if not texts:
        return None
    section = state.sections[texts[0].section].text
    return " ".join(section[texts[0].start : texts[-1].end].split()) or None


def _candidates(finding: Finding, state: ItemState) -> tuple[str, ...]:
    names: list[str] = []
    for index in sorted({*finding.lines, finding.sentence}):
        for m in _CANDIDATE.finditer(state.sentences[index].norm):
            before = state.sentences[index].norm[max(0, m.start() - 18) : m.start()]
            if re.search(r"\b(?:Vorschlag|Antrag|Bitte|von) (?:von )?$", before):
                continue
            name = m.group(1)
            if name.split()[-1] not in _NO_NAME and name not in names:
                names.append(name)
    return tuple(names)


def table_votes(section: Section, table: Table) -> tuple[dict[str, int], tuple[FactionVote, ...]] | None:
    """The sums and the votes by row of a table in `section`, or None where it is no table of votes."""
    read = _read_table(table.rows, load())
    return None if read is None else (read[0], read[1])
