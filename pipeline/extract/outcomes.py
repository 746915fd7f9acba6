"""Reads what one sentence says about a decision: outcome cues, valid or not, and the vote in it.

Used by `decisions`, which puts the findings of all sentences together. What counts as a decision and what
does not follows GUIDELINES, *Decision*: a cue in a condition, in somebody's indirect speech, in the past
perfect, or of another body is none; the chair's *stellt fest* is one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.extract.decision_lexicon import Cue, DecisionLexicon, load
from pipeline.extract.decision_stems import Candidates, cues_in
from pipeline.extract.findings import Finding, Kind, Setting, describe
from pipeline.extract.vote_tokens import prepared
from pipeline.extract.votes import MAX_LINE, Vote, parted, read_vote
from pipeline.records import DecisionOutcome

MAX_SENTENCE = 3000
"""Characters of a sentence that are read, from its end: no sentence that states a decision is longer, and what
is longer has lost its full stops."""


_DIGIT = re.compile(r"\d")
_POINTS = re.compile(r";\s*(?=(?:zu )?(?:Ziff\.|Ziffer|Punkt|Nr\.|TOP|Absatz|Abs\.|Teil) ?\d)")
_NOT = re.compile(r"\bnicht\b")
_GUARDS = load().guards

_NACHDEM = _GUARDS["nachdem"]
_BOUNDARY = re.compile(r"[,;:](?=\s|$)|\s[-–]\s")
_SUBORDINATE = frozenset(
    """wenn falls sofern ob bevor ehe bis weil da obwohl obgleich dass daß sobald solange um wonach warum weshalb wer
    wie indem während soweit inwieweit seitdem wobei wodurch damit""".split()
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
_BARE = _GUARDS["bare"]
_BARE_OUTCOME = _GUARDS["bare_outcome"]
_DONE_UNANIMOUSLY = _GUARDS["done_unanimously"]
_ONLY_UNANIMITY = _GUARDS["only_unanimity"]
_REPORTS = _GUARDS["reports"]
_AFFECTED = _GUARDS["affected"]
_PRETERITE = _GUARDS["preterite"]
_VERB_END = _GUARDS["verb_end"]
_SAYS_TAIL = _GUARDS["says_tail"]
_AND_WITHDRAWS = _GUARDS["and_withdraws"]
_IS_DONE = _GUARDS["is_done"]
_PUTS_AND_STATES = _GUARDS["puts_and_states"]
_NOTES_AND = _GUARDS["notes_and"]
_BODY_OPINION = _GUARDS["body_opinion"]
_ELECTION = _GUARDS["election"]
_NO_VOTE = _GUARDS["no_vote"]
_MATTER = _GUARDS["matter"]
_DESTINATION = _GUARDS["destination"]
_FUTURE = _GUARDS["future"]
_CONDITION = _GUARDS["condition"]
_SHARE = _GUARDS["share"]
MAX_CLAUSES = 8
"""Clauses of a sentence that are read one by one for several outcomes; those in the annotated documents have two."""
OPENING = 40
"""Characters at the start of a sentence in which a cue may be written with a capital (*Zurückgestellt bis Mai*)."""
_NO_DECISION = ("meinungsbild", "probeabstimmung")
"""A straw poll decides nothing."""


# ----------------------------------------------------------------------------------- one sentence


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence while it is read. `clean`: without quotes, idle brackets and *nachdem* clauses."""

    clean: str
    vote: Vote
    setting: Setting
    lexicon: DecisionLexicon
    states: bool
    """The chair states a result (*stellt ... fest*, *erklärt ... für erledigt*)."""


_Match = tuple[Cue, re.Match[str], DecisionOutcome]


def read_sentence(
    text: str, index: int, setting: Setting, lexicon: DecisionLexicon, *, low: str, cues: Candidates | None = None
) -> list[Finding]:
    """What the sentence states about decisions; usually nothing or one, two for *nimmt zur Kenntnis und vertagt*.

    `low` is the text in lower case, `cues` what `cues_in` finds in that (the caller has both for its gate).
    """
    if len(text) > MAX_SENTENCE:
        text, low, cues = text[-MAX_SENTENCE:], low[-MAX_SENTENCE:], None
    if text.rstrip(" “”\"»«)").endswith("?") or any(word in low for word in _NO_DECISION):
        return []
    clean = prepared(_NACHDEM.sub(" ", text) if "achdem" in text else text, lexicon)
    spotted = _spotted(clean, low, cues_in(low) if cues is None else cues)
    if not spotted and not may_count(low):
        return []
    pieces = _pieces(text, setting, lexicon, low)
    if len(pieces) > 1:
        return [f for piece in pieces for f in read_sentence(piece, index, setting, lexicon, low=piece.lower())]
    if len({cue.outcome for cue, _ in spotted}) > 1 or low.count(" stimmen") > 1:
        found = _several(text, index, setting, lexicon)
        if found:
            return found
    states = bool(_STATES.search(clean) or _DECLARES.search(clean))
    vote = _vote(text, setting, lexicon) if setting.mode == "result" or _may_tell(low) else Vote()
    sentence = _Sentence(clean, vote, setting, lexicon, states)
    found = [
        Finding(index, outcome, kind, sentence.vote, cue.key, text)
        for cue, _, outcome in _select(_matches(sentence, spotted), sentence)
        if (kind := _kind(cue, outcome, sentence)) is not None
    ]
    if not found and _done_unanimously(sentence):
        found.append(Finding(index, "accepted", "outcome", sentence.vote, "unanimous_passive", text))
    if not found and _is_vote(sentence):
        rule = "count" if sentence.vote.told or sentence.vote.rivals else "unanimity"
        found.append(Finding(index, None, "count", sentence.vote, rule, text))
    for finding in found:
        describe(finding, lexicon)
        finding.doubtful = finding.rule == "erledigt" and bool(_KONJUNKTIV.search(clean)) and not states
        finding.bare = bool((_BARE if finding.kind == "count" else _BARE_OUTCOME).match(clean))
        finding.spoken = states or _spoken(finding.rule, clean)
        if len(found) > 1 and finding.outcome in ("noted", "withdrawn"):
            finding.vote = Vote()  # the counts belong to the other one, which was voted on
    return found


def _several(text: str, index: int, setting: Setting, lexicon: DecisionLexicon) -> list[Finding]:
    """The outcomes of a sentence whose clauses each state another one (*..., Ziffer 4 wird zurückgestellt*)."""
    if setting.mode not in ("minutes", "result"):
        return []
    clauses = [clause for clause in _NEXT_CLAUSE.split(text) if clause.strip()]
    voted = False
    if len(clauses) == 1:
        clauses = [clause for clause in _NEXT_VERB.split(text) if clause.strip()]
        body = lexicon.body.match(clauses[0].lstrip())
        if len(clauses) != 2 or body is None:
            return []
        clauses[1] = f"{body.group()} {clauses[1]}"
        voted = True
    if not 2 <= len(clauses) <= MAX_CLAUSES:
        return []
    if any(_FINITE_END.search(c) and c.split(maxsplit=1)[0].lower() in _RELATIVE for c in clauses[1:]):
        return []
    found = [f for c in clauses for f in read_sentence(c, index, setting, lexicon, low=c.lower())]
    if voted and not all(f.vote.told or f.vote.unanimous is not None for f in found):
        return []
    outcomes = {f.outcome for f in found if f.kind == "outcome" and f.outcome not in (None, "consensus")}
    return found if len(outcomes) > 1 and all(f.kind == "outcome" for f in found) else []


def _pieces(text: str, setting: Setting, lexicon: DecisionLexicon, low: str) -> list[str]:
    """The parts of a sentence that each tell a vote (*Punkt 1 wird einstimmig, Punkt 2 mit 7 zu 6 beschlossen*)."""
    if setting.mode == "proposal":
        return [text]
    if ";" in text and len(pieces := [p for p in _POINTS.split(text) if p.strip()]) > 1:
        return pieces
    if low.count("stimm") + low.count("mehrheit") > 1:
        pieces = [piece for piece in _NEXT_VOTE.split(text) if piece.strip()]
        if len(pieces) > 1 and all(_PASSIVE.search(p) and read_vote(p, lexicon).says_something for p in pieces):
            return pieces
        if len(pieces) > 1 and (whole := _filled(pieces, lexicon)):
            return whole
    return parted(text, lexicon) if len(_DIGIT.findall(text)) >= 4 else [text]


_TALK = re.compile(r"\b(?:Bericht|Vortrag|Vorstellung|Aussprache|Berichterstattung)\b")
_CHAIR_NOUN = re.compile(r"\b(?:Vorsitzend|[Vv]orsteher|Präsident|[Bb]ürgermeister|Landr[aä]t)\w*")
_NEXT_CLAUSE = re.compile(
    r"[,;]\s+(?:und\s+)?(?=(?:Punkt|Ziffern?|Ziff\.|Absatz|Teil|Nr\.|Nummer|[Dd]er|[Dd]ie|[Dd]as|[Dd]em|[Dd]en|[Dd]iese[rsm]?)\b)"
)
_NEXT_VERB = re.compile(
    r"\s{1,3}und\s{1,3}(?=(?:stimm|lehn|beschließ|empfiehl|verweis|überweis|vertag|billig|genehmig)(?:t|te|en|ten)?\b)"
)
_WE_HAVE = re.compile(r"\b(?:[Ww]ir haben|[Ii]ch habe)\b")
_LAST_WORD = re.compile(
    r"\b(?:angenommen|abgelehnt|beschlossen|zugestimmt|empfohlen|verabschiedet|gewählt|genehmigt)\W*$"
)


def _filled(pieces: Sequence[str], lexicon: DecisionLexicon) -> list[str]:
    """Parts that share verb or participle (*Absatz 1 wird einstimmig, Absatz 2 mit 7 zu 6 Stimmen angenommen*)."""
    last = _LAST_WORD.search(pieces[-1])
    votes = [read_vote(piece, lexicon) for piece in pieces]
    if last is None or not _PASSIVE.search(pieces[0]) or any(v.yes is None and v.unanimous is None for v in votes):
        return []
    return [p if _LAST_WORD.search(p) else f"{p.rstrip(' ,;')} {last.group()}" for p in pieces]


def _vote(text: str, setting: Setting, lexicon: DecisionLexicon) -> Vote:
    vote = read_vote(text, lexicon, line=setting.mode == "result")
    if vote.split and (sum_up := _SUMS_UP.search(text)):
        whole = read_vote(text[sum_up.start() :], lexicon, line=True)
        return replace(whole, by_faction=vote.by_faction) if whole.told else vote
    return vote


_COUNTED = ("stimmig", "stimme", "mehrheit", "nthalt", "enth.", "einmütig", "einhellig", "einvernehm", "votier")
_WITH_NUMBER = ("dafür", "dagegen", " ja", "ja ", "ja:", "nein", ":", "/")


def may_count(low: str) -> bool:
    """Whether a sentence (in lower case) can hold a vote: the cheap question before the words are looked at."""
    for stem in _COUNTED:
        if stem in low:
            return True
    if _DIGIT.search(low) is not None:
        return any(stem in low for stem in _WITH_NUMBER)
    return "dafür" in low and "dagegen" in low


_TELLING = re.compile(
    r"\d|gegen|nein|ablehn|zustimmung|dafür|widerspr|allseit|einvernehm|einhell|votum|voten"
    r"|\b(?:null|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|\w{2,12}z(?:eh|wanz|ig)n?)\b"
)


def _may_tell(low: str) -> bool:
    """Whether a sentence in which something is decided can tell how the votes fell."""
    return any(stem in low for stem in _COUNTED) or _TELLING.search(low) is not None


def _spotted(clean: str, low: str, cues: Candidates) -> list[tuple[Cue, list[re.Match[str]]]]:
    """The cues whose pattern is found in the sentence, whatever they state there."""
    spotted: list[tuple[Cue, list[re.Match[str]]]] = []
    lowered = clean[:1].lower() + clean[1:]  # *Zurückgestellt bis zur nächsten Sitzung*
    opener = low[:OPENING]
    for cue, stems in cues:
        found = list(cue.pattern.finditer(clean))
        if any(stem in opener for stem in stems):
            found += cue.pattern.finditer(lowered)
        if found:
            spotted.append((cue, found))
    return spotted


def _matches(sentence: _Sentence, spotted: list[tuple[Cue, list[re.Match[str]]]]) -> list[_Match]:
    """The cues of the sentence that state an outcome where they stand."""
    matches: list[_Match] = []
    for cue, found in spotted:
        for m in found:
            outcome = _judge(sentence, cue, m)
            if outcome is not None:
                matches.append((cue, m, outcome))
                break
    return matches


def _kind(cue: Cue, outcome: DecisionOutcome, sentence: _Sentence) -> Kind | None:
    """Whether an outcome is stated or is a resolution's wording; None for a proposal that nobody voted on."""
    mode, vote = sentence.setting.mode, sentence.vote
    if mode == "proposal":
        return "outcome" if vote.told else "text" if vote.says_something else None
    if vote.says_something or mode == "result":
        return "outcome"
    if mode == "resolution":
        return "outcome" if outcome in ("withdrawn", "consensus", "amended") else "text"
    return "text" if outcome in ("accepted", "elected") and cue.needs in ("body", "matter") else "outcome"


def _spoken(rule: str, clean: str) -> bool:
    """Whether the sentence reports words, though it decides (*entschuldigt sich und zieht den Antrag zurück*)."""
    if rule == "zieht_zurueck":
        return _AND_WITHDRAWS.search(clean) is not None
    if rule in ("verweist_person", "erledigt"):
        return _IS_DONE.search(clean) is None
    return _PUTS_AND_STATES.search(clean) is not None


_PRIORITY: dict[str, int] = {
    "rejected": 0, "deferred": 1, "referred": 2, "withdrawn": 3, "elected": 4, "accepted": 5, "consensus": 6,
    "noted": 7,
}


def _select(matches: list[_Match], sentence: _Sentence) -> list[_Match]:
    """The outcomes of a sentence: the strongest, and *noted* or *withdrawn* beside another that is joined to it."""
    noted = [x for x in matches if x[2] == "noted"]
    rest = sorted((x for x in matches if x[2] != "noted"), key=lambda x: (_PRIORITY[x[2]], x[1].start()))
    if not rest:
        return noted[:1]
    best, vote = rest[0], sentence.vote
    if best[2] == "consensus" and (vote.yes is not None or vote.no):
        best = (best[0], best[1], "accepted")
    if best[2] == "withdrawn":
        before = (x for x in rest if x[2] in ("accepted", "rejected") and x[1].end() <= best[1].start())
        if (other := next(before, None)) is not None:
            return [other, best]  # *wird angenommen, der Gegenvorschlag ist damit erledigt*
    if not noted:
        return [best]
    if best[2] in ("deferred", "referred", "withdrawn") or "Zustimmung" in best[1].group():
        return [noted[0], best]
    if best[2] == "accepted" and best[1].end() > noted[0][1].end() and _NOTES_AND.search(sentence.clean):
        # *nimmt Kenntnis und stimmt zu*; with counts only the second was voted on
        return [noted[0], best] if vote.told else [best]
    if best[2] in ("accepted", "rejected", "consensus") and best[0].needs != "body":
        return [best] if vote.told or best[1].start() < noted[0][1].start() else noted[:1]
    return noted[:1]


# ------------------------------------------------------------------------------- is it a decision?


def _judge(sentence: _Sentence, cue: Cue, m: re.Match[str]) -> DecisionOutcome | None:
    """The outcome that a cue states where it stands, or None if it states none."""
    clean = sentence.clean
    last, end = _clause(clean, m.end() - 1)
    start = _clause(clean, m.start())[0]
    while start > 0 and not _FINITE.search(clean[start:end]):
        start = _clause(clean, max(0, start - 2))[0]
    clause = clean[start:end]
    if cue.key != "erklaert_rueckzug" and _subordinate(sentence, last, end, m):
        return None
    if _unreal(sentence, cue, m, start, clause):
        return None
    if sentence.vote.told and not sentence.states and _said(clean):
        return None
    if _another_time(sentence, cue, clause) or _somebody_elses(sentence, cue, clause, start):
        return None
    if not _meets_need(sentence, cue, m, start, clause):
        return None
    negated = not cue.negative and (_negated(clean, m) or (cue.needs == "body" and _NOT.search(clean[m.end() : end])))
    return cue.negated if negated else cue.outcome


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


def _subordinate(sentence: _Sentence, start: int, end: int, m: re.Match[str]) -> bool:
    """Whether the cue stands in a subordinate clause that does not itself tell the decision."""
    text = sentence.clean
    words = text[start:end].split()
    if not words or text[:start].rstrip()[-1:] != ",":
        return False
    first = words[0].strip("„\"(").lower()
    if first == "damit" and len(words) > 1 and (words[1] in ("ist", "wird", "war", "sind") or len(words) <= 3):
        return False  # *..., damit ist der Antrag abgelehnt*
    if first in ("dass", "daß"):
        return not sentence.states
    if first in _SUBORDINATE:
        return True
    if first not in _RELATIVE:
        return False
    tail = text[m.end() : end].split()
    verb_last = _FINITE_END.search(text[start:end]) or (tail and _VERB_END.fullmatch(tail[-1]))
    head = text[:start].lower()
    return bool(verb_last) and "abstimm" not in head and "abgestimmt" not in head


def _unreal(sentence: _Sentence, cue: Cue, m: re.Match[str], start: int, clause: str) -> bool:
    """A condition, a wish, indirect speech, or what is only to be done."""
    clean, told, states = sentence.clean, sentence.vote.told, sentence.states
    if not told and _OPENERS.match(clean[start:]):
        return True
    if not states:
        # in indirect speech only the chair closes a matter (*Damit sei der Antrag erledigt*)
        closes = cue.key in ("erledigt", "verweist_person") and _CHAIR.search(clean)
        if _KONJUNKTIV.search(clause) and not closes:
            return True
        if cue.key == "erledigt" and _ONE_COULD.search(clean[start : m.end()]):
            return True
        second = clean[: m.start()].endswith(" und ")  # *will erst prüfen und vertagt die Sache*
        if not told and not second and cue.needs != "body_vote" and _MODAL.search(clean[start : m.end()]):
            return True
    if not told and (_CONDITION.search(clean, m.end()) or _SHARE.search(clean)):
        return True  # *Anträge werden abgelehnt, wenn ...*, *von 30 werden 12 abgelehnt*
    tail = clean[m.end() : m.end() + 12].lstrip()
    infinitive = m.start() > 2 and tail.startswith(("werden", "worden", "zu werden", "haben", "zu haben"))
    return infinitive and not ((told or states) and "worden" in tail)


def _another_time(sentence: _Sentence, cue: Cue, clause: str) -> bool:
    """Told in passing about another meeting."""
    clean, vote, body = sentence.clean, sentence.vote, sentence.lexicon.body
    if _PLUPERFECT.search(clause):
        return True
    perfect = _PERFECT.search(clause)
    past = perfect or _PAST.search(clause)
    if vote.told:
        if perfect and _another_body(sentence, clause):
            return True
        if perfect and (_OTHER_TIME.search(clean) or not body.search(clause)):
            return True
        return bool(past and _EARLIER_MEETING.search(clean))
    own = cue.key in ("erledigt", "kein_widerspruch")  # *hat sich erledigt*, *niemand hat Einwände* are no perfect
    if perfect and not sentence.states and not own and not body.search(clean):
        return True
    if past and _OTHER_TIME.search(clause) and not _THIS_MEETING.search(clause):
        return True
    present = sentence.setting.present and sentence.setting.mode == "minutes" and vote.unanimous is None
    return bool(present and _PRETERITE.search(clause) and not _THIS_MEETING.search(clause))


_MOVES = ("behandlung_im", "verweist", "verweist_person", "verwiesen", "in_die_fraktionen", "von_den_mitgliedern")
"""Cues that name another body because the matter goes there, or have their own agent."""


_OWN_NOUNS = ("gremium", "mitglieder", "anwesenden", "plenum", "man", "runde", "abgeordneten")


def _another_body(sentence: _Sentence, clause: str) -> bool:
    """Whether the body that acts in the clause is by its name another one than the body of the minutes."""
    organization = sentence.setting.organization.lower()
    body = sentence.lexicon.body.search(clause)
    if not organization or body is None:
        return False
    noun = body.group().split()[-1].lower()
    return not noun.endswith(_OWN_NOUNS) and noun not in organization


def _by_another_body(sentence: _Sentence, clause: str) -> bool:
    """*wurde vom Bauausschuss mit 9 : 2 Stimmen empfohlen*, in the minutes of another body."""
    by = _OTHER_BODY.search(clause) if _PAST.search(clause) else None
    organization = sentence.setting.organization.lower()
    if by is None or not organization or by.group().split(maxsplit=1)[0] not in ("vom", "von", "durch"):
        return False
    return by.group(1).lower() not in organization


def _somebody_elses(sentence: _Sentence, cue: Cue, clause: str, start: int) -> bool:
    """The decision of another body, or somebody's opinion in the passive (*wird von der CDU abgelehnt*)."""
    clean, setting = sentence.clean, sentence.setting
    if _REPORTS.search(clean[:start]) and not sentence.states:
        return True
    if sentence.vote.told:
        return _by_another_body(sentence, clause)
    if cue.key not in _MOVES and cue.outcome not in ("referred", "withdrawn", "consensus") and setting.mode != "result":
        other = _OTHER_BODY.search(clause)
        if other and other.group(1).lower() not in setting.organization.lower():
            by = other.group().split(maxsplit=1)[0] in ("vom", "von", "durch", "seitens")
            if by or _PAST.search(clause):
                return True
    opinion = cue.outcome in ("accepted", "rejected", "consensus") and cue.key != "von_den_mitgliedern"
    return opinion and _AGENT.search(clause) is not None


def _meets_need(sentence: _Sentence, cue: Cue, m: re.Match[str], start: int, clause: str) -> bool:
    """Whether the sentence has what the cue needs to state a decision: a body, a vote, the chair, nobody."""
    clean, vote, setting = sentence.clean, sentence.vote, sentence.setting
    loose = not vote.says_something and setting.mode == "minutes"
    moved = loose and cue.key == "vertagt" and not m.group().lower().startswith("vert")
    if moved and not (_MATTER.search(clean) or _TALK.search(clean)):
        return False  # *der Spatenstich wird verschoben*
    if loose and cue.key == "verwiesen" and not (_MATTER.search(clean) or _DESTINATION.search(clean)):
        return False
    if loose and cue.outcome == "accepted" and cue.needs in ("body", "matter") and _FUTURE.search(clause):
        return False  # *der Rat beschließt im Herbst den Haushalt*
    if cue.needs == "matter":
        return not loose or (_MATTER.search(clean) is not None and not _reported(clean, start))
    if cue.needs == "body_vote":
        return vote.says_something and sentence.lexicon.body.search(clean) is not None and not _reported(clean, start)
    if cue.needs == "body":
        body = sentence.lexicon.body.search(clean)
        if body is None or _reported(clean, start):
            return False
        if body.group().lower().startswith("man") and cue.outcome not in ("deferred", "consensus", "noted"):
            return False
        return vote.says_something or not (_PERFECT.search(clause) and _OTHER_TIME.search(clause))
    if cue.needs == "vote":
        if not vote.says_something and setting.mode not in ("result", "resolution"):
            return False
        return vote.told or not _reported(clean, start)
    if cue.needs == "chair":
        return _CHAIR.search(clean) is not None and (sentence.states or not _PERSON.match(clean.lstrip()))
    if cue.needs == "states":
        return sentence.states and sentence.lexicon.body.search(clean) is not None
    if cue.needs == "person":
        return not ("," in clean[: m.start()] and _reported(clean, start))
    if cue.needs == "narrator":
        if setting.mode == "proposal" or (_PERSON.search(clean) and not vote.unanimous):
            return False
        group = _FACTION_SUBJECT.match(clean)
        return group is None or clean.startswith(("Alle ", "Sämtliche ")) or bool(_AFFECTED.match(clean, group.end()))
    return vote.told or sentence.states or not _reported(clean, start)


def _reported(text: str, start: int) -> bool:
    """Whether it is somebody's: the sentence opens with a person or group, or such a report stands before `start`."""
    if _REPORTS.search(text[:start]):
        return True
    if _said(text):
        return True
    head = text.lstrip()
    subject = _PERSON.match(head) or _FACTION_SUBJECT.match(head)
    # who is elected or gets votes does not speak
    return subject is not None and not _AFFECTED.match(head, subject.end())


def _said(text: str) -> bool:
    """Whether somebody says it (*..., berichtet die Leiterin*)."""
    tail = _SAYS_TAIL.search(text)
    if tail is None or _CHAIR_NOUN.search(tail.group()):
        return False
    return _PERSON.search(tail.group()) is not None or not tail.group().lstrip(", ").startswith(("so", "laut"))


def _negated(text: str, m: re.Match[str]) -> bool:
    """Whether the cue's last word is negated."""
    before = text[: m.end()]
    return _NEGATION.search(before[: len(before) - len(before.split()[-1])]) is not None


def _done_unanimously(sentence: _Sentence) -> bool:
    """*Die Öffentlichkeit wird einstimmig ausgeschlossen*: whatever was done, it was done by vote."""
    clean = sentence.clean
    if sentence.vote.unanimous is None or not _DONE_UNANIMOUSLY.search(clean) or _reported(clean, 0):
        return False
    return not (_KONJUNKTIV.search(clean) or _OTHER_TIME.search(clean) or _MODAL.search(clean))


def _is_vote(sentence: _Sentence) -> bool:
    """Whether a sentence without an outcome is a vote: counts, or *einstimmig* at its end."""
    text, vote, mode = sentence.clean, sentence.vote, sentence.setting.mode
    if not _STATES.search(text) and (_KONJUNKTIV.search(text) or _REPORTS.search(text)):
        return False
    if _said(text) or _WE_HAVE.search(text) or (_EARLIER_MEETING.search(text) and _PAST.search(text)):
        return False
    if vote.rivals:
        return _ELECTION.search(text) is not None
    bare = _BARE.match(text) is not None
    if vote.told:
        if _PLUPERFECT.search(text) or _NO_VOTE.search(text):
            return False
        if _PERFECT.search(text) and (_OTHER_TIME.search(text) or _another_body(sentence, text)):
            return False
        if _by_another_body(sentence, text):
            return False
        if vote.yes is None and vote.no is None:
            return mode == "result" or bare  # only abstentions are told
        kinds = sum(x is not None for x in (vote.yes, vote.no, vote.abstain))
        # *nennt dafür zwei Gründe*, *310 Stimmen*, *ohne Gegenstimme*
        vague = kinds == 1 and (vote.soft or vote.no == 0) and vote.unanimous is None
        return mode != "minutes" or bare or not vague
    if mode == "result" and len(vote.by_faction) > 1:
        return True
    if vote.unanimous is None:
        return False
    if mode == "result" and len(text) < MAX_LINE:
        return True
    if _PERSON.match(text.lstrip()):
        return False
    return _ONLY_UNANIMITY.search(text) is not None or _body_acts(sentence)


def _body_acts(sentence: _Sentence) -> bool:
    """*Der Rat setzt die Beratung einstimmig fort*: what a body does unanimously or by majority, it decides."""
    text = sentence.clean
    body = sentence.lexicon.body.match(text.lstrip())
    if body is None or _BODY_OPINION.search(text) or _MODAL.search(text) or _reported(text, 0):
        return False
    if _PERFECT.search(text) or _PLUPERFECT.search(text) or _OTHER_TIME.search(text):
        return False
    word = sentence.lexicon.unanimous.search(text) or sentence.lexicon.divided.search(text)
    return "," not in text[: word.start() if word else 60]
