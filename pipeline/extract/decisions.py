"""Finds the decisions of an item: outcome, counts, who voted how, and the resolution's wording.

Runs after `sentences` and `morphology` and before the attribution, which leaves sentences with `decides` without a
speaker. `outcomes` reads single sentences and `votes` counts; `vote_tables` reads tables; here the lines of a vote
become blocks. `decision_joins` puts together what is one decision, `decision_matter` settles its outcome by what was
put to the vote, `decision_records` makes the records. `results` reads the page's Beschlussart.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from spacy.language import Language

from pipeline.extract.decision_item import Item, number_of
from pipeline.extract.decision_joins import conclude, drop_repeats, drop_texts
from pipeline.extract.decision_lexicon import DecisionLexicon, load
from pipeline.extract.decision_matter import amend, know_own_motion, settle
from pipeline.extract.decision_records import mark_resolutions, record
from pipeline.extract.decision_stems import cues_in
from pipeline.extract.findings import Finding, Mode, Setting, describe
from pipeline.extract.outcomes import may_count, read_sentence
from pipeline.extract.party_lines import attach_party_lines, find_party_lines
from pipeline.extract.results import outcome_of
from pipeline.extract.state import ItemState, SentenceState
from pipeline.extract.vote_tables import find_tables
from pipeline.extract.votes import MAX_LINE, is_line, parted, read_vote
from pipeline.records import DecisionOutcome

if TYPE_CHECKING:
    from spacy.tokens import Doc

MAX_BLOCK = 60
"""Lines of one vote; the longest block seen (a roll call with labels) has 45."""

_GUARDS = load().guards
_INLINE = _GUARDS["inline"]
_INLINE_PROPOSAL = _GUARDS["inline_proposal"]
_POINT = _GUARDS["point"]
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[a-zäöüß]+(?:-[a-zäöüß]+)?-?")
_SIDES = ("yes", "no", "abstain")

_LINE_STEMS = ("stimm", "ja", "nein", "enth", "dafür", "dagegen", "ablehn", "anwesend", "mitglied", "befang")
_ONE_WORD: dict[str, DecisionOutcome] = {
    "zustimmung": "accepted", "ablehnung": "rejected", "dafür": "accepted", "dagegen": "rejected", "ja": "accepted",
    "nein": "rejected",
}
"""A section for the result that holds only this word."""


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
    item = Item(state, load(), outcome_of(state.item.result))
    findings = _read(item)
    if findings:
        know_own_motion(findings, item)
        findings = conclude(findings, item)
        settle(findings, item)
        # in indirect speech a matter is closed only by what nothing follows
        findings = [f for n, f in enumerate(findings) if not f.doubtful or n + 1 == len(findings)]
        findings = drop_repeats(drop_texts(findings, item), item)
        amend(findings, item)
    for finding in findings:
        if not finding.spoken:
            for index in {finding.sentence, *finding.lines}:
                state.sentences[index].decides = True
    mark_resolutions(item)
    state.decisions.extend(record(n, finding, item) for n, finding in enumerate(findings))


def _read(item: Item) -> list[Finding]:
    """The findings of all sentences, blocks of vote lines and tables of votes, in the order of the text."""
    found = find_tables(item)
    done = {index for finding in found for index in finding.lines}
    parties = find_party_lines(item, done)
    done |= {index for lines in parties for index in lines.sentences}
    organization = item.state.item.organization or ""
    present = _in_present(item.state.sentences)
    block: list[SentenceState] = []
    for sentence in item.state.sentences:
        mode = item.modes[sentence.section]
        if mode is None or sentence.index in done:
            continue
        # `15 Ja- gegen 31 Nein-Stimmen` has a suspended hyphen, not one of a line's end
        text = sentence.text if "Ja- " in sentence.text or "Nein- " in sentence.text else sentence.norm
        low = text.lower()
        if _may_be_line(text, low) and is_line(text, item.lexicon):
            if block and not _goes_on(block, sentence, item.lexicon):
                found += _block(block, item)
                block = []
            block.append(sentence)
            continue
        if block:
            found += _block(block, item)
            block = []
        cues = cues_in(low)
        if cues or may_count(low):
            setting = Setting(_inline(item, sentence, mode), organization, present)
            read = read_sentence(text, sentence.index, setting, item.lexicon, low=low, cues=cues)
            if read and number_of(sentence) is not None:
                for finding in read:
                    finding.bare = False
            found += read
    if block:
        found += _block(block, item)
    found.sort(key=lambda finding: finding.sentence)
    attach_party_lines(found, parties)
    for lines in parties:
        for index in lines.sentences:
            item.state.sentences[index].decides = True  # nobody's words, also where no vote of the whole is told
    return found


_PRESENT = frozenset(
    """berichtet erläutert fragt erklärt teilt bittet weist antwortet führt dankt merkt schlägt regt begrüßt betont
    ergänzt erkundigt bedankt informiert möchte wird stellt lässt meint""".split()
)
_PRETERITE = frozenset(
    """berichtete erläuterte fragte erklärte teilte bat wies antwortete führte dankte merkte schlug regte begrüßte
    betonte ergänzte erkundigte bedankte informierte wurde stellte ließ meinte""".split()
)


def _in_present(sentences: Sequence[SentenceState]) -> bool:
    """Whether the minutes are kept in the present: at least three of its verbs, four times as many as of the past's."""
    present = sum(sum(map(_PRESENT.__contains__, s.words)) for s in sentences)
    return present >= 3 and present >= 4 * sum(sum(map(_PRETERITE.__contains__, s.words)) for s in sentences)


def _may_be_line(text: str, low: str) -> bool:
    if len(text) > MAX_LINE:
        return False
    if _DIGIT.search(text) is not None:
        return True
    for stem in _LINE_STEMS:  # noqa: SIM110 (asked of every sentence: twice as fast as `any`)
        if stem in low:
            return True
    return False


def _inline(item: Item, sentence: SentenceState, mode: Mode) -> Mode:
    """The mode of a sentence: its section's, or that of a resolution inside the minutes (`Beschluss: Der Rat ...`)."""
    if mode not in ("minutes", "result"):
        return mode
    texts = [sentence.norm]
    if sentence.index:
        before = item.state.sentences[sentence.index - 1]
        if before.section == sentence.section and len(before.norm) < 40 and before.norm.rstrip().endswith(":"):
            texts.append(before.norm)
    for text in texts:
        if _INLINE.match(text):
            return "resolution"
        if _INLINE_PROPOSAL.match(text):
            return "proposal"
    return mode


# ------------------------------------------------------------------------------------------ blocks


def _goes_on(block: Sequence[SentenceState], sentence: SentenceState, lexicon: DecisionLexicon) -> bool:
    """Whether a line belongs to the block before it: it follows at once and counts nothing that the block counted."""
    last = block[-1]
    if last.section != sentence.section or last.index + 1 != sentence.index or len(block) >= MAX_BLOCK:
        return False
    own = _kinds(sentence.norm, lexicon)
    return not own or not any(own & _kinds(s.norm, lexicon) for s in block)


def _kinds(text: str, lexicon: DecisionLexicon) -> set[str]:
    return {kind for w in _WORD.findall(text.lower()) if (kind := lexicon.labels.get(w)) in _SIDES and kind}


def _block(block: Sequence[SentenceState], item: Item) -> list[Finding]:
    """The vote that a run of lines counts; nothing if its numbers have no labels."""
    lexicon, first = item.lexicon, block[0]
    mode = item.modes[first.section] or "minutes"
    text = "\n".join(s.norm for s in block)
    if len(block) == 1 and len(parted(text, lexicon)) > 1:
        return read_sentence(text, first.index, Setting(mode), lexicon, low=text.lower())
    vote = read_vote(text, lexicon, line=True)
    word = text.strip(" .:-–").lower()
    if word in _ONE_WORD and mode == "result":
        return [Finding(first.index, _ONE_WORD[word], "outcome", vote, "word", text, bare=True)]
    named = len(vote.by_faction) > 1
    if not vote.told and vote.unanimous is None and not named:
        return []
    if mode != "result" and vote.yes is None and vote.no is None and vote.unanimous is None and not vote.by_faction:
        return []  # only abstentions: no vote is told
    at = next((s for s in block if _DIGIT.search(s.norm) and _kinds(s.norm, lexicon)), block[-1])
    finding = Finding(
        at.index, None, "count", vote, "block" if len(block) > 1 else "line", text, first=first.index,
        lines=[s.index for s in block],
    )
    describe(finding, lexicon)
    finding.bare = number_of(first) is None and not _POINT.search(text)
    return [finding]
