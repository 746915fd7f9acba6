"""Reads one sentence: whose words does it say it reports, and which word is the cue?

Sits between `naming` (mentions with their spans) and `statements` (who is meant, and what goes on without a cue). The
main clause is found from its finite verb: subject before the verb (*Frau Holm erläutert*), behind it (*Dazu teilt sie
mit*, *..., meint Herr Lange*), agent of a passive (*Von Frau Lau wird angeregt*), nominal cues (*Nach Ansicht von*),
*laut* and *so*, a name and a colon. Nothing here knows the sentences before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from pipeline.extract.cues import cue_nouns, is_cue_verb, load_cues, verb_key
from pipeline.extract.morphology import bits, lemma
from pipeline.extract.naming import PREPOSITIONS, Mention, word
from pipeline.extract.narrator import is_procedure

FINITE, INDICATIVE, SUBJ1, SUBJ2 = 1, 2, 4, 8
PAST, SINGULAR, PLURAL, INFINITIVE, PARTICIPLE, AMBIGUOUS = 32, 64, 128, 256, 512, 2048

Rule = Literal[
    "", "colon", "subject_verb", "verb_subject", "pronoun", "passive_agent", "passive", "noun", "according_to", "so", "view_of",
    "subject_konjunktiv", "bare_verb", "procedure", "body", "other_subject",
]
"""How a sentence says who speaks. `procedure`: an act of the course of the meeting; `body`: the deliberating body as
subject; `other_subject`: somebody does something that is neither speech nor procedure."""


@dataclass(slots=True)
class Reading:
    """What a sentence says by itself. `rule` is empty where it names nobody as speaking."""

    rule: Rule = ""
    subjects: list[Mention] = field(default_factory=list)
    pronoun: str = ""
    """*er*, *sie*, *dieser*, *diese*, *beide* ... where the subject is one; `plural` its number by the verb."""
    plural: bool = False
    cue: int | None = None
    """Index of the cue in the words; None where no word carries the act."""
    key: str | None = None
    negated: bool = False
    content: int = 0
    unknown: bool = False
    """Reported speech by nobody nameable."""
    askers: list[Mention] = field(default_factory=list)
    asker_pronoun: str = ""
    asked: bool = False
    """The content of the askers' question is told."""
    konjunktiv: bool = False
    """The main verb stands in the Konjunktiv."""
    verb: int | None = None
    nested: bool = False
    """A Konjunktiv sentence that tells what somebody else has said (*Dr. Jung habe mitgeteilt*)."""
    addressee: Mention | None = None
    inverted: bool = False
    minutes_in_konjunktiv: bool = False
    minutes_in_past: bool = False
    verbatim: bool = False


_LIGHT = frozenset(
    "sich es das dies dieses ihm ihr ihnen ihn ihre ihren seine seinen seinem auch dann dazu daraufhin darauf hierzu hierauf hieran daran davon sodann jedoch aber nun noch weiter weiterhin zudem "
    "ferner außerdem abschließend zunächst ebenfalls dagegen hingegen wiederum schließlich wieder zuvor danach hier da so gleich ebenso gleichfalls "
    "allerdings nochmals erneut einmal mehr indes indessen dafür dabei dem diesem dieser denen solche solches letzteres nicht sofort ausdrücklich "
    "gleichzeitig überdies ergänzend anschließend einleitend kurz schon bereits jetzt hiermit damit deshalb daher grundsätzlich folgendes zugleich "
    "selbst wohl gern gerne spontan prompt lediglich nur doch".split()
)
_PRONOUNS = frozenset("er sie Sie dieser diese letzterer letztere beide jener jene".split())
_SUBORDINATORS = frozenset(
    "dass daß ob weil da wenn falls sofern soweit solange obwohl obgleich während nachdem bevor ehe sobald indem damit als wie wer was wen wem wessen wo wann "
    "warum weshalb wieso wonach wofür woran worauf wodurch woher wohin welche welcher welches welchen inwieweit inwiefern ohne um statt anstatt sodass wobei wogegen "
    "je desto worin womit worüber wovon wozu wieviel".split()
)
_AMBIGUOUS_LEADS = frozenset("Als Während Wie Da Um Bis Seit Nach Statt Anstatt Welche Welcher Welches Was Wer".split())
_RELATIVES = frozenset("der die das den dem dessen deren denen welche welcher welches welchen welchem wo woraus worin".split())
_PASSIVE_PREPOSITIONS = frozenset(("von", "vom", "durch", "seitens", "vonseiten", "Von", "Vom", "Durch", "Seitens", "Vonseiten"))
_OPENERS = frozenset("Auch Nur Selbst Sogar Sowohl Allein Denn Und Aber Zunächst Da".split())
_AFTER_SUBJECT = frozenset(
    "selbst hingegen dagegen wiederum jedoch aber ebenfalls allerdings indes indessen auch zudem abschließend daraufhin dann nun anschließend seinerseits ihrerseits erneut nochmals ferner sodann".split()
)
_POSTMODIFIERS = frozenset("vom von aus für der des im beim als zur am bei namens mit in an auf gegenüber und sowie zum seitens (".split())
_STATES = frozenset(
    "froh dankbar skeptisch dafür dagegen zufrieden unzufrieden einverstanden überzeugt irritiert verwundert enttäuscht erfreut empört erstaunt entsetzt "
    "besorgt verärgert gespannt sicher unsicher bereit angetan begeistert beeindruckt wichtig unklar unverständlich klar lieber lieb recht egal "
    "bewusst aufgefallen zuversichtlich stolz ratlos fassungslos hin- überrascht unschlüssig dabei neugierig zuwider schleierhaft suspekt "
    "unwohl ungehalten sauer wütend bange angst unerklärlich peinlich ungeduldig misstrauisch zurückhaltend optimistisch pessimistisch "
    "entschieden anderer gleicher derselben".split()
)
_STATE_NOUNS = frozenset("Meinung Ansicht Auffassung Überzeugung".split())
_ATTACHING = frozenset(
    "Antrag Anträge Vorschlag Anregung Nachfrage Nachfragen Frage Fragen Anfrage Rückfrage Wunsch Bitte Hinweis Aussage Aussagen Ausführungen Beitrag Einwand Äußerung Kritik "
    "Ansicht Meinung Auffassung Sicht Änderungsantrag Bedenken Vortrag Bericht Wortmeldung".split()
)
_ASKS = frozenset("Frage Nachfrage Fragen Nachfragen Anfrage Rückfrage Rückfragen Zwischenfrage Zusatzfrage Einwand Hinweis Bitte Kritik Wunsch Anregung".split())
_QUESTIONS = frozenset("Frage Nachfrage Fragen Anfrage Rückfrage Zwischenfrage Zusatzfrage".split())
_NOUN_PREPOSITIONS = frozenset("Nach nach Aus aus Auf auf Laut laut Zufolge".split())
_VIEWS = frozenset("Ansicht Auffassung Meinung Überzeugung Sicht Einschätzung Dafürhalten".split())
_VIEW_VERBS = frozenset("ist sei bleibt steht gehört kommt liegt wäre stellt bedeutet klingt zählt gilt reicht heißt spricht war besteht".split())
MAX_TAIL = 18
"""How far behind the subject the verb is looked for; past appositions and attachments of up to so many tokens."""
MAX_GAP = 9
"""How far behind an inverted verb a subject is looked for that is plainly nominative (*Herr*, *der Bürgermeister*)."""


def read(
    words: Sequence[str], morph: Sequence[int], mentions: Sequence[Mention], *, strict: bool = False, konjunktiv: bool = False, past: bool = False, verbatim: bool = False
) -> Reading:
    """The reading of a sentence. `strict` asks for cues of the lexicon (outside of minutes, within verbatim speech).

    `konjunktiv`: these minutes report in the Konjunktiv, so that a function with a verb in the indicative speaks or
    acts. `past`: they are written in the preterite. `verbatim`: somebody's own words go on (*Frau X: ...*), in which
    another person can be the subject (*Frau Bulut hat den Laden allein geschmissen*).
    """
    size = len(words)
    reading = Reading(minutes_in_konjunktiv=konjunktiv, minutes_in_past=past, verbatim=verbatim)
    if not size:
        return reading
    if words[0].lower() in _PRONOUNS and _pronoun_first(words, morph, reading, strict):
        return _finish(words, morph, mentions, reading)
    if mentions:
        if _colon(words, mentions, reading):
            return reading
        if _subject_verb(words, morph, mentions, reading, strict):
            return _finish(words, morph, mentions, reading)
    if _verb_subject(words, morph, mentions, reading, strict):
        return _finish(words, morph, mentions, reading)
    if mentions and (_passive_agent(words, morph, mentions, reading) or _source(words, morph, mentions, reading)):
        return _finish(words, morph, mentions, reading)
    if _bare_verb(words, morph, reading):
        return _finish(words, morph, mentions, reading)
    if _passive(words, morph, reading):
        return _finish(words, morph, mentions, reading)
    return reading


# ------------------------------------------------------------------------ patterns


def _colon(words: Sequence[str], mentions: Sequence[Mention], reading: Reading) -> bool:
    """*Frau Nickel (SPD): ...*, *Antwort Frau Tillmann: ...*, *Mitteilung der Verwaltung: ...*, *CDU: ...*"""
    first = mentions[0]
    if first.start > 3 or ":" not in words:
        return False
    colon = words.index(":")
    if first.end > colon or colon > 24:
        return False
    between = words[first.end : colon]
    if any(w in {"€", "Euro", "EUR"} for w in between) or (between and between[0] == "," and not (len(between) > 1)):
        return False
    if between and not (between[0] in {"vom", "von", ",", "aus", "für", "der", "des", "im", "beim"} and not any(bits(w) & FINITE and not w[0].isupper() for w in between)):
        return False
    if first.kind == "body" or first.preposition in {"am", "zum"}:
        return False
    noun = words[first.start - 1] if first.start and first.start == 1 else ""
    if first.start >= 1 and words[first.start - 1] in cue_nouns() and first.start <= 3:
        noun = words[first.start - 1]
    elif first.start and words[first.start - 1] in {"der", "des", "von"}:
        noun = words[first.start - 2] if first.start >= 2 else ""
    if first.start == 1 and words[0][0].isupper() and words[1] in {"der", "des"}:
        noun = words[0]
    if first.start and not noun:
        noun = words[0] if first.start <= 2 and words[0] in cue_nouns() else ""
    if first.start and not noun:
        return False
    if noun and noun not in cue_nouns() and noun not in {"Beantwortung", "Begründung", "Wortmeldung", "Beitrag", "Stellungnahme", "Dazu", "von", "Von"}:
        return False
    if first.kind == "group" and colon + 1 >= len(words) and not noun and not first.faction:
        return False
    reading.rule, reading.subjects, reading.content = "colon", [first], min(colon + 1, len(words) - 1)
    if noun in cue_nouns():
        reading.cue, reading.key = words.index(noun), cue_nouns()[noun]
    else:
        reading.key = "wort"
    return True


def _is_sentence_start(words: Sequence[str], mention: Mention) -> bool:
    if mention.start == 0:
        return True
    lead = words[: mention.start]
    return len(lead) <= 2 and all(w in _OPENERS or w in "-–„\"(" for w in lead)


def _subject_verb(words: Sequence[str], morph: Sequence[int], mentions: Sequence[Mention], reading: Reading, strict: bool) -> bool:
    first = mentions[0]
    if not _is_sentence_start(words, first) or first.preposition:
        return False
    subjects = [first]
    at = first.end
    index = 0
    size = len(words)
    while at < size - 1 and words[at] in {"und", "sowie", ",", "&", "bzw."} and index + 1 < len(mentions):
        following = mentions[index + 1]
        gap = 2 if words[at] == "," and words[at + 1] in {"und", "sowie"} else 1
        if following.start != at + gap or following.preposition or following.kind == "body":
            break
        subjects.append(following)
        index += 1
        at = following.end
    verb = _verb_after(words, morph, at, mentions[index + 1] if index + 1 < len(mentions) else None)
    if verb is not None and verb + 1 < size and words[verb + 1] == "er":
        return False
    if verb is None:
        return _misspelt(words, morph, subjects, at, reading)
    if not first.nominative and not any(base in _EXPERIENCES for base in lemma(words[verb])):
        return False
    return _accept(words, morph, mentions, subjects, verb, reading, strict, inverted=False)


_FEELINGS = frozenset("wurmen ärgern freuen stören wundern interessieren reichen genügen gefallen missfallen überzeugen irritieren verwundern erstaunen".split())
_EXPERIENCES = frozenset(
    "interessieren gefallen missfallen fehlen stören wundern ärgern freuen reichen genügen leuchten einleuchten gehen kommen liegen sein wurmen gruseln grausen "
    "schwanen bereiten fallen erscheinen scheinen irritieren überzeugen machen bleiben stoßen lassen tun verwundern erstaunen schmecken passen dauern".split()
)
"""Verbs whose experiencer is no subject: *Herrn Thiel interessiert*, *Der Elternvertreterin gefällt*."""


def _misspelt(words: Sequence[str], morph: Sequence[int], subjects: list[Mention], at: int, reading: Reading) -> bool:
    """*Der Vorsitzende fast zusammen, der PSK habe gekündigt*: a subject, a word unknown as a verb, reported content."""
    if at < len(words) and len(words) <= at + 3 and words[at] in {"auch", "ebenso", "ebenfalls", "desgleichen", "gleichfalls", "nicht"} and subjects[0].kind == "person":
        reading.rule, reading.subjects = "subject_verb", subjects  # Frau Wolf auch.
        return True
    if at >= len(words) - 3 or subjects[0].kind == "body" or subjects[0].kind == "group":
        return False
    form = words[at]
    if not form.isalpha() or not form.islower() or form in _LIGHT or form in _AFTER_SUBJECT or form in PREPOSITIONS or form in _POSTMODIFIERS:
        return False
    comma = next((k for k in range(at + 1, len(words)) if words[k] in {",", ";", ":"}), len(words) - 1)
    unknown = not bits(form) and len(form) > 3 and subjects[0].kind == "person" and not any(
        morph[k] & FINITE and not morph[k] & INFINITIVE for k in range(at + 1, comma)
    )
    if not unknown and not form.endswith(("t", "te")):
        return False
    if not unknown and comma > at + 8:
        return False
    if not unknown and not any(morph[k] & SUBJ1 and not morph[k] & INDICATIVE for k in range(comma, len(words))):
        return False
    reading.rule, reading.subjects, reading.cue, reading.key, reading.verb, reading.content = "subject_verb", subjects, at, form, at, comma + 1
    return True


def _verb_after(words: Sequence[str], morph: Sequence[int], at: int, following: Mention | None) -> int | None:
    """The finite verb of the clause whose subject ends before `at`."""
    size = len(words)
    for _ in range(3):  # adverbs directly behind the subject
        if at < size and words[at] in _AFTER_SUBJECT and not (morph[at] & FINITE):
            at += 1
    if at >= size:
        return None
    if morph[at] & FINITE and not words[at][0].isupper():
        return at
    if words[at] in _POSTMODIFIERS:
        depth = 0
        for k in range(at, min(size, at + MAX_TAIL)):
            form = words[k]
            if form == "(":
                depth += 1
            elif form == ")":
                depth -= 1
            elif depth == 0 and morph[k] & FINITE and not form[0].isupper() and k > at:
                if morph[k] & PARTICIPLE and k + 1 < size and words[k + 1][0].isupper() and words[k - 1] in _ATTRIBUTE_BEFORE:
                    continue
                return k
            elif depth == 0 and form in ".;:?!":
                return None
            elif depth == 0 and form == ",":
                return _behind_comma(words, morph, k)
        return None
    if words[at] == ",":
        return _behind_comma(words, morph, at)
    return None


_ATTRIBUTE_BEFORE = frozenset("der die das den dem des ein eine einen einem einer".split())


def _behind_comma(words: Sequence[str], morph: Sequence[int], comma: int) -> int | None:
    """The main verb behind a relative clause or apposition that starts at `comma`."""
    size = len(words)
    for k in range(comma + 1, min(size, comma + 30)):
        if words[k] == "," and k + 1 < size and morph[k + 1] & FINITE and not words[k + 1][0].isupper():
            return k + 1
        if words[k] in ".;:":
            return None
    return None


def _clause_end(words: Sequence[str], morph: Sequence[int], verb: int) -> int:
    """Where the clause of a finite verb ends: before the next coordinated finite verb or a reported clause."""
    size = len(words)
    depth = 0
    for k in range(verb + 1, size):
        form = words[k]
        if form == "(":
            depth += 1
        elif form == ")":
            depth = max(0, depth - 1)
        elif depth:
            continue
        elif form == ";":
            return k
        elif form == ":" and k < size - 1:
            return k
        elif form == "," and k + 1 < size and words[k + 1] in {"dass", "daß", "ob"}:
            return k
        elif form in {"und", "sowie", "aber", "doch", ","} and k + 1 < size and _coordinated(words, morph, k, verb):
            return k
    return size


def _coordinated(words: Sequence[str], morph: Sequence[int], k: int, verb: int) -> bool:
    """Whether a finite verb of the same subject follows the conjunction at `k`."""
    size = len(words)
    j = k + 1
    if words[k] == "," and words[j] in {"und", "aber", "sowie"}:
        j += 1
    for _ in range(2):
        if j < size and words[j] in _AFTER_SUBJECT | _LIGHT and not morph[j] & FINITE:
            j += 1
    if j >= size:
        return False
    value = morph[j]
    return bool(value & FINITE and (_is_indicative(words[j], value) or words[j] == "bitte") and not value & INFINITIVE and not words[j][0].isupper())


def _next_verb(words: Sequence[str], morph: Sequence[int], end: int) -> int | None:
    for j in range(end + 1, min(len(words), end + 5)):
        if morph[j] & FINITE:
            return j
    return None


def _accept(
    words: Sequence[str], morph: Sequence[int], mentions: Sequence[Mention], subjects: list[Mention], verb: int, reading: Reading, strict: bool,
    *, inverted: bool,
) -> bool:
    """Judge a subject with its verb: speech, procedure, or reported content."""
    value = morph[verb]
    reading.verb = verb
    head = subjects[0]
    if not _is_indicative(words[verb], value) and value & (SUBJ1 | SUBJ2):
        reading.konjunktiv = True
        if inverted and not strict and all(s.kind == "person" for s in subjects) and not value & SUBJ1 and words[verb] in _POLITE and subjects[0].start <= verb + 3:
            reading.rule, reading.subjects, reading.inverted = "subject_konjunktiv", subjects, True
            return True
        if inverted or head.kind != "person" or strict:
            return False
        reading.rule, reading.subjects = "subject_konjunktiv", subjects
        reading.nested = _tells_of_another(words, morph, verb)
        return True
    if head.kind == "body":
        reading.rule, reading.inverted = "body", inverted
        return True
    persons = all(s.kind == "person" for s in subjects)
    if head.kind == "group" and head.plural and not reading.minutes_in_past and value & PAST and value & AMBIGUOUS and not persons:
        return False  # Die Träger rechneten Stunden ab: Konjunktiv, within a report
    current: int | None = verb
    saw = False
    while current is not None:
        end = _clause_end(words, morph, current)
        clause = set(words[current:end])
        if inverted and current == verb:
            clause.update(words[:verb])
        doubtful = reading.verbatim and any(base in _AUXILIARIES for base in lemma(words[current]))
        cue = _speech(words, morph, current, end, clause, persons=persons, strict=strict or doubtful, kind=head.kind, loose=reading.minutes_in_konjunktiv and not inverted)
        if cue is not None:
            reading.rule = "verb_subject" if inverted else "subject_verb"
            reading.subjects = subjects
            _set_cue(words, morph, reading, cue, current, end, clause)
            return True
        saw = saw or is_procedure(words[current], clause)
        if end >= len(words) or words[end] in ";:":
            break
        following = _next_verb(words, morph, end)
        if following is None or following <= current or not _coordinated(words, morph, end, current):
            break
        if any(m.start > end and m.start < following and m.nominative and m.kind == "person" for m in mentions):
            break
        current = following
    if saw:
        reading.rule, reading.subjects = "procedure", subjects
        return True
    if head.kind == "person" or (head.kind == "role" and not inverted):
        reading.rule, reading.subjects = "other_subject", subjects
        return True
    return False


def _speech(
    words: Sequence[str], morph: Sequence[int], verb: int, end: int, clause: set[str], *, persons: bool, strict: bool, kind: str, loose: bool = False
) -> int | None:
    """Index of the cue if the verb at `verb` with its clause is an act of speech or opinion, else None."""
    form = words[verb].lower()
    bases = lemma(form)
    if is_procedure(form, clause):
        return None
    if "werden" in bases:
        participle = _participle(words, morph, verb, end)
        if participle is not None:
            return None
        infinitive = any(morph[k] & INFINITIVE for k in range(verb + 1, end))
        if not infinitive or strict:
            return None
        return verb if persons or kind == "group" or loose or any(_known(words[k], clause) for k in range(verb + 1, end) if morph[k] & INFINITIVE) else None
    if "sein" in bases:
        for k in (*range(verb + 1, end), *range(verb if verb <= 3 else 0)):
            if words[k] in _STATE_NOUNS:
                return k
        if persons or kind in {"role", "group"}:
            participle = _participle(words, morph, verb, end)
            if participle is not None and words[participle] not in _STATES:
                return None
            if any(w in _STATES for w in words[verb + 1 : end]):
                return verb
        return None
    if "haben" in bases and persons and "eigener" in words[verb:end]:
        noun = words.index("eigener", verb) + 1
        if noun < end and words[noun] in cue_nouns():
            return noun
    if "haben" in bases:
        participle = _participle(words, morph, verb, end)
        if participle is not None:
            if is_procedure(words[participle], clause):
                return None
            reports = persons and end + 1 < len(words) and words[end + 1] in {"dass", "daß", "ob"}
            return participle if reports or _known(words[participle], clause) else None
        return verb if persons and not strict else None
    if any(base in _MODALS for base in bases):
        infinitive = next((k for k in range(end - 1, verb, -1) if morph[k] & INFINITIVE), None)
        if infinitive is not None and is_procedure(words[infinitive], clause):
            return None
    if persons and not strict:
        return verb
    if kind == "role" and not strict and (loose or (kind == "role" and _has_zu(words, morph, verb))):
        return verb
    if not strict and kind in {"role", "group"} and end + 1 < len(words) and words[end] == "," and words[end + 1] in {"dass", "daß", "ob"}:
        return verb
    return verb if _known(form, clause) else None


_AUXILIARIES = frozenset("sein haben werden müssen sollen können dürfen".split())
_MODALS = frozenset("müssen sollen wollen können dürfen mögen".split())


def _has_zu(words: Sequence[str], morph: Sequence[int], verb: int) -> bool:
    """Whether an infinitive with *zu* follows behind a comma (*kommt nicht umhin, die Absage vorzuschlagen*)."""
    if "," not in words[verb:]:
        return False
    comma = words.index(",", verb)
    return any(
        morph[k] & INFINITIVE and (words[k - 1] == "zu" or ("zu" in words[k][2:-3] and not words[k].startswith("zu"))) for k in range(comma + 2, len(words))
    )


def _known(form: str, clause: set[str]) -> bool:
    """Whether the lexicon has an entry for the verb with these words in its clause."""
    return verb_key(form, clause) in load_cues()


def _participle(words: Sequence[str], morph: Sequence[int], verb: int, end: int) -> int | None:
    """The participle that belongs to an auxiliary: the last one before the first comma, or the clause's last."""
    found = None
    for k in range(verb + 1, end):
        if words[k] == "," and found is not None:
            break
        if morph[k] & PARTICIPLE and words[k] not in {"worden", "geworden"} and not (k + 1 < end and words[k + 1][0].isupper() and words[k].endswith(("e", "en", "er", "es", "em"))):
            found = k
    return found


_POLITE = frozenset("könnte könnten wäre wären würde würden hätte hätten".split())


def _is_indicative(form: str, value: int) -> bool:
    """*möchte* is a Konjunktiv by form only."""
    return bool(value & INDICATIVE) or form in {"möchte", "möchten"}


_PSYCH = frozenset("geärgert gefreut gestört gewundert interessiert überrascht enttäuscht gefreut verwundert überzeugt gewünscht erwartet".split())


def _tells_of_another(words: Sequence[str], morph: Sequence[int], verb: int) -> bool:
    """Whether *X habe ...* tells what X did or said elsewhere, within somebody's report."""
    form = words[verb]
    if "haben" in lemma(form) or form in {"sei", "seien", "wäre"}:
        end = next((k for k in range(verb + 1, len(words)) if words[k] in {",", ";"}), len(words))
        participle = _participle(words, morph, verb, end)
        if participle is not None:
            return words[participle] not in _PSYCH and words[participle] not in _STATES
        if "recht" in words[verb:end] or "Recht" in words[verb:end]:
            return True
        return form in {"sei", "seien"} and _STATES.isdisjoint(words[verb:end])
    return form in {"werde", "solle", "sollte"} or words[verb - 1] == ","


def _set_cue(words: Sequence[str], morph: Sequence[int], reading: Reading, cue: int, verb: int, end: int, clause: set[str] | None = None) -> None:
    form = words[cue]
    nouns = cue_nouns()
    reading.cue = cue
    clause = clause or set(words[verb:end])
    reading.key = nouns[form] if form in nouns and form[0].isupper() else verb_key(form.lower(), clause)
    reading.negated = bool(clause & _NEGATIONS)
    reading.content = _content(words, end)


_NEGATIONS = frozenset("nicht kein keine keinen keiner keinem nie niemals weder".split())


def _content(words: Sequence[str], end: int) -> int:
    if end < len(words) and words[end] in ",:":
        return end + 1
    return 0


def _verb_subject(words: Sequence[str], morph: Sequence[int], mentions: Sequence[Mention], reading: Reading, strict: bool) -> bool:
    """Inversion and inserted or final *meint Herr Lange*."""
    size = len(words)
    starts = {m.start: m for m in mentions}
    first_comma = words.index(",") if "," in words else size
    leading = words[0].lower() in _SUBORDINATORS and words[0] not in {"Damit", "Da", "Wie", "Um", "Ohne"} or (words[0] in {"Wie", "Da"} and first_comma < size) or (words[0] == "Um" and "zu" in words[:first_comma] and first_comma < size)
    if leading and words[0] in _AMBIGUOUS_LEADS:
        head = next((k for k in range(size) if morph[k] & FINITE and not words[k][0].isupper()), None)
        leading = head is not None and head + 1 < size and (words[head + 1] == "," or bool(morph[head + 1] & FINITE))
    seen_finite = False
    depth = 0
    for v in range(size):
        form = words[v]
        if form == "(":
            depth += 1
        elif form == ")":
            depth = max(0, depth - 1)
        if depth or not morph[v] & FINITE or (form[0].isupper() and v):
            continue
        before = words[v - 1] if v else ""
        opens = before in {",", ")", "–", "-", ";", "“", "”", "\"", "»", "?", "!", ":"}
        if not opens and (seen_finite or leading or (v and _subordinate_before(words, v))):
            seen_finite = True
            continue
        first = not seen_finite
        seen_finite = True
        if v == 0 or form == "," :
            continue
        subject = _subject_behind(words, morph, v, starts, mentions)
        if subject is None:
            continue
        value = morph[v]
        if isinstance(subject, str):
            if not _is_indicative(form, value):
                reading.konjunktiv = reading.konjunktiv or first
                continue
            if _pronoun_speech(words, morph, v, subject, reading, parenthetical=opens and not (first and not leading) , strict=strict):
                return True
            continue
        if "werden" in lemma(form) and (participle := _participle(words, morph, v, _clause_end(words, morph, v))) is not None:
            if value & INDICATIVE and words[participle] in {"vorgeschlagen", "gewählt", "benannt", "bestellt", "gebeten", "beauftragt", "nominiert", "verabschiedet"} and subject.kind == "person" and not any(
                m.preposition in _PASSIVE_PREPOSITIONS or words[m.start] in {"vom", "Vom"} for m in mentions
            ):
                reading.rule, reading.subjects = "procedure", [subject]
                return True
            return False
        subjects = [subject]
        index = mentions.index(subject)
        at = subject.end
        while at < size - 1 and words[at] in {"und", "sowie"} and index + 1 < len(mentions) and mentions[index + 1].start == at + 1 and not mentions[index + 1].preposition and mentions[index + 1].kind != "body":
            index += 1
            subjects.append(mentions[index])
            at = mentions[index].end
        if opens and not (leading or first) and not _known(form, set(words)) and not ("sein" in lemma(form) and not _STATES.isdisjoint(words[v:])):
            continue
        if subject.kind == "group" and subject.plural and not subject.faction and not reading.minutes_in_konjunktiv:
            continue  # Am häufigsten wünschen sich die Jugendlichen ...: told, in minutes that tell in the indicative
        if _accept(words, morph, mentions, subjects, v, reading, strict, inverted=True):
            reading.inverted = True
            if opens and not leading:
                reading.content = 0
            return True
    return False


def _subordinate_before(words: Sequence[str], v: int) -> bool:
    """Whether a subordinating word stands between the last comma and the verb at `v`."""
    for k in range(v - 1, -1, -1):
        form = words[k]
        if form in {",", ";", ":"}:
            return words[k + 1].lower() in _SUBORDINATORS or words[k + 1] in _RELATIVES or (k + 2 < v and words[k + 2] in _RELATIVES and words[k + 1] in {"in", "mit", "von", "für", "an", "auf", "bei", "zu", "aus", "nach"})
    return False


def _subject_behind(
    words: Sequence[str], morph: Sequence[int], v: int, starts: dict[int, Mention], mentions: Sequence[Mention]
) -> Mention | str | None:
    size = len(words)
    k = v + 1
    for _ in range(5):
        if k in starts:
            mention = starts[k]
            if mention.nominative:
                return mention
            break
        if k < size and words[k] in _PRONOUNS:
            if words[k] == "beide" and (words[0].lower() in _PRONOUNS or 0 in starts):
                return None
            if words[k] in {"dieser", "diese"} and k + 1 < size and words[k + 1][0].isupper():
                return None
            return words[k].lower()
        if k < size and words[k] in _LIGHT and not (morph[k] & FINITE and not morph[k] & PARTICIPLE):
            k += 1
        else:
            break
    if k in starts and starts[k].kind == "person" and not starts[k].preposition and not starts[k].nominative and any(base in _FEELINGS for base in lemma(words[v])):
        return starts[k]  # Das wurmt Herrn Röhl
    # farther away: only what is plainly nominative
    for mention in mentions:
        if v < mention.start <= v + MAX_GAP and mention.nominative and mention.kind in {"person", "role"}:
            if any(words[j] in {",", ";", ":", "und", "dass"} or morph[j] & FINITE and not morph[j] & (PARTICIPLE | INFINITIVE) for j in range(v + 1, mention.start)):
                return None
            lead = words[mention.start].lower()
            if lead in {"herr", "der"} or (lead == "ein" and mention.gender == "m"):
                return mention
            return None
        if mention.start > v + MAX_GAP:
            break
    return None


def _pronoun_first(words: Sequence[str], morph: Sequence[int], reading: Reading, strict: bool) -> bool:
    first = words[0].lower()
    if first not in _PRONOUNS or len(words) < 2:
        return False
    at = 1
    for _ in range(2):
        if at < len(words) and words[at] in _AFTER_SUBJECT:
            at += 1
    if at >= len(words) or not morph[at] & FINITE or words[at][0].isupper():
        return False
    if not _is_indicative(words[at], morph[at]):
        reading.konjunktiv = True
        reading.pronoun = first
        reading.verb = at
        return False
    return _pronoun_speech(words, morph, at, first, reading, parenthetical=False, strict=strict)


def _pronoun_speech(words: Sequence[str], morph: Sequence[int], verb: int, pronoun: str, reading: Reading, *, parenthetical: bool, strict: bool) -> bool:
    current: int | None = verb
    value = morph[verb]
    plural = bool(value & PLURAL and not value & SINGULAR)
    if plural and pronoun not in {"beide", "diese", "sie"}:
        return False
    saw_procedure = False
    while current is not None:
        end = _clause_end(words, morph, current)
        clause = set(words[current:end])
        form = words[current]
        if is_procedure(form, clause):
            saw_procedure = True
        elif not parenthetical or is_cue_verb(form):
            cue = _speech(words, morph, current, end, clause, persons=True, strict=True, kind="person")
            if cue is None and not strict and "sein" not in lemma(form) and "werden" not in lemma(form) and "haben" not in lemma(form) and not plural:
                cue = current if pronoun in {"er", "sie", "dieser", "diese"} and _likely_person_verb(form) else None
            elif cue is None and pronoun == "beide" and not strict:
                cue = current
            if cue is not None:
                reading.rule, reading.pronoun, reading.plural, reading.verb = "pronoun", pronoun, plural, verb
                _set_cue(words, morph, reading, cue, current, end)
                if parenthetical:
                    reading.content = 0
                return True
        if end >= len(words) or words[end] in ";:" or not _coordinated(words, morph, end, current):
            break
        current = _next_verb(words, morph, end)
    if saw_procedure:
        reading.rule, reading.pronoun, reading.verb = "procedure", pronoun, verb
        return True
    return False


@lru_cache(maxsize=1)
def _thing_verbs() -> frozenset[str]:
    return frozenset(
        "liegen stehen kosten betragen enthalten umfassen gelten beginnen enden erfolgen entsprechen ergeben bestehen dienen reichen führen sehen kommen gehen laufen "
        "finden brauchen benötigen haben sein werden müssen dürfen sollen können bleiben stammen sorgen bieten orientieren lassen machen schließen richten".split()
    )


def _likely_person_verb(form: str) -> bool:
    return not any(base in _thing_verbs() for base in lemma(form))


def _passive_agent(words: Sequence[str], morph: Sequence[int], mentions: Sequence[Mention], reading: Reading) -> bool:
    for mention in mentions:
        preposition = mention.start - 1
        if mention.preposition not in _PASSIVE_PREPOSITIONS and words[mention.start] not in {"vom", "Vom"}:
            continue
        at = mention.start if words[mention.start] in {"vom", "Vom"} else preposition
        if mention.preposition != "seitens" and (words[at] not in _PASSIVE_PREPOSITIONS or mention.kind == "body" or (mention.plural and not mention.faction and not mention.indefinite)):
            continue
        if mention.preposition == "seitens" and words[at] not in _PASSIVE_PREPOSITIONS:
            at = 0
        if at and words[at - 1][0].isupper() and words[at - 1] not in _OPENERS and not (at == 1) and not any(
            m.end == at and m.preposition in {"namens", "für", "im"} for m in mentions
        ):
            continue
        if at == 1 and words[0][0].isupper() and word(words[0]) is None and not bits(words[0].lower()):
            continue
        verb = next((k for k in range(len(words)) if morph[k] & FINITE and morph[k] & INDICATIVE and "werden" in lemma(words[k])), None)
        if verb is None:
            continue
        end = _clause_end(words, morph, verb)
        participle = None
        if verb == 1 and bits(words[0].lower()) & PARTICIPLE and _known(words[0].lower(), set(words)):  # Kritisiert wurde von ...
            reading.rule, reading.subjects, reading.verb, reading.cue = "passive_agent", [mention], verb, 0
            reading.key, reading.content = verb_key(words[0].lower(), set(words)), _content(words, end)
            return True
        for k in range(max(verb, mention.end), end):
            if words[k] == "," and participle is not None:
                break
            if morph[k] & PARTICIPLE and words[k] not in {"worden"}:
                participle = k
        if participle is None:
            continue
        clause = set(words[verb:end])
        if is_procedure(words[participle], clause) or not _known(words[participle], clause) or "gewählt" in clause or "Ordnung" in clause:
            continue
        reading.rule, reading.subjects, reading.verb = "passive_agent", [mention], verb
        reading.cue, reading.key = participle, verb_key(words[participle], clause)
        reading.negated = bool(clause & _NEGATIONS)
        reading.content = _content(words, end)
        return True
    return False


def _source(words: Sequence[str], morph: Sequence[int], mentions: Sequence[Mention], reading: Reading) -> bool:
    """*Laut Frau Plath*, *..., so Hinz*, *Nach Ansicht von Herrn Kopp*, *Für RM Geldmacher ist*, *Herrn Thies zufolge*."""
    nouns = cue_nouns()
    for mention in mentions:
        at = mention.start
        if mention.kind == "body":
            continue
        before = words[at - 1] if at else ""
        if before in {"so", "So"} and (at == 1 or words[at - 2] in {",", "“", "\"", "–", "”"}):
            if mention.nominative and (mention.kind != "group" or mention.faction):
                reading.rule, reading.subjects, reading.key = "so", [mention], "so"
                return True
        elif (before in {"Laut", "Lt."} and at == 1) or (at and before in {"laut", "lt."} and words[at - 2 : at - 1] == [","] and mention.kind == "person"):
            reading.rule, reading.subjects, reading.key = "according_to", [mention], "laut"
            return True
        elif at <= 1 and mention.end < len(words) and words[mention.end] == "zufolge":
            reading.rule, reading.subjects, reading.key = "according_to", [mention], "zufolge"
            return True
        elif before == "Bei" and at == 1 and mention.kind == "person" and mention.end < len(words) and words[mention.end] in {"stößt", "stieß", "findet", "fand", "trifft"}:
            reading.rule, reading.subjects, reading.cue, reading.key = "view_of", [mention], mention.end, "stoßen"
            return True
        elif before == "Für" and at == 1 and (mention.kind == "person" or mention.faction) and mention.end < len(words) and words[mention.end] in _VIEW_VERBS:
            reading.rule, reading.subjects, reading.key = "view_of", [mention], "für"
            return True
        else:
            k = at - 1 if before in {"von", "vom"} else at
            if k >= 1 and words[k - 1] in nouns and k <= 6 and (before in {"von", "vom"} or words[at] in {"der", "des", "vom"} or mention.preposition == "vom"):
                noun = k - 1
                lead = words[noun - 1] if noun else ""
                if lead in {"Nach", "nach", "Aus", "aus"} or (noun >= 2 and words[noun - 2] in {"Nach", "nach", "Aus"}):
                    if lead in {"nach", "aus"} and noun - 1 > 0:
                        continue
                    if words[noun] in _ASKS and words[noun] not in {"Auskunft", "Hinweis"}:
                        continue
                    reading.rule, reading.subjects, reading.cue, reading.key = "noun", [mention], noun, nouns[words[noun]]
                    at_verb = mention.end
                    if words[noun] not in _VIEWS and at_verb < len(words) and morph[at_verb] & (SUBJ1 | SUBJ2) and not morph[at_verb] & INDICATIVE:
                        reading.nested = True
                    return True
                if lead == "Auf" and noun == 1 and words[noun] in {"Vorschlag", "Anregung", "Wunsch", "Bitte"} and any(words[j] in {"soll", "sollen", "sollte", "sollten"} for j in range(mention.end, len(words))):
                    reading.rule, reading.subjects, reading.cue, reading.key = "noun", [mention], noun, nouns[words[noun]]
                    return True
            if before in {"von", "vom"} and at >= 2 and at <= 4 and words[0] in {"Unverständnis", "Kritik", "Zustimmung", "Hinweis", "Anregung", "Nachfrage", "Lob", "Dank"}:
                reading.rule, reading.subjects, reading.cue = "noun", [mention], 0
                reading.key = nouns.get(words[0])
                return True
    return False


def _bare_verb(words: Sequence[str], morph: Sequence[int], reading: Reading) -> bool:
    """*- fragt, wann ...* after a name line, *Bittet darum, dass ...* in telegraphic minutes."""
    value = morph[0]
    form = words[0].lower()
    if not value:
        value = bits(form)
    if not (value & FINITE and value & INDICATIVE and not value & INFINITIVE) or len(words) < 2:
        return False
    if words[0][0].isupper() and (words[-1] == "?" or not is_cue_verb(form) or word(words[0]) is not None):
        return False
    if words[0][0].isupper() and not (words[1] in _LIGHT or words[1] in {",", "um", "darum", "daran", "auf", "vor", "für", "nach", "die", "den", "das", "der", "darauf", "an"}):
        return False
    end = _clause_end(words, morph, 0)
    clause = set(words[:end])
    if is_procedure(form, clause):
        return False
    cue = _speech(words, morph, 0, end, clause, persons=True, strict=False, kind="person")
    if cue is None:
        return False
    reading.rule, reading.verb = "bare_verb", 0
    _set_cue(words, morph, reading, cue, 0, end)
    return True


_CONTENT_WORDS = frozenset("dass daß ob wie was warum wann weshalb wer wo".split())


def _passive(words: Sequence[str], morph: Sequence[int], reading: Reading) -> bool:
    """Agentless passive with content: *Bemängelt wird, dass ...*, *Auf Nachfrage wird mitgeteilt, dass ...*"""
    size = len(words)
    first = words[0].lower()
    if size > 2 and bits(first) & PARTICIPLE and any(words[k] in {"wird", "wurde", "werden", "wurden"} for k in (1, 2, 3) if k < size) and is_cue_verb(first):
        key = verb_key(first, set(words))
        if key in load_cues() and not is_procedure(first, set(words)):
            reading.rule, reading.unknown, reading.cue, reading.key = "passive", True, 0, key
            reading.content = next((k + 1 for k in range(2, size) if words[k] == ","), 0)
            return True
    verb = next((k for k in range(min(size, 9)) if words[k] in {"wird", "wurde", "werden", "wurden"}), None)
    if verb is None or _subordinate_before(words, verb):
        return False
    end = _clause_end(words, morph, verb)
    participle = _participle(words, morph, verb, end)
    if participle is None or not is_cue_verb(words[participle]):
        return False
    clause = set(words[verb:end])
    key = verb_key(words[participle], clause)
    if key not in load_cues() or is_procedure(words[participle], clause):
        return False
    told = participle + 2 < size and words[participle + 1] == "," and (
        words[participle + 2] in _CONTENT_WORDS or "zu" in words[participle + 2 :] or words[participle + 2] not in {"und", "aber", "die", "der", "das"}
    )
    told = told or (words[0] == "Es" and participle + 1 < size and words[participle + 1] == ",")
    if reading.minutes_in_konjunktiv and told and load_cues()[key].act in {"object", "ask"}:
        reading.rule, reading.unknown, reading.cue, reading.key = "passive", True, participle, key
        reading.content = participle + 2 if told else 0
        return True
    if words[0] in {"Es", "Auf", "Weiter", "Ferner", "Außerdem", "Zudem", "Dazu", "Hierzu", "Zugleich", "Daraufhin", "Das", "Dies", "Vereinzelt", "Seitens", "Aus"} and (
        (told and words[0] not in {"Das", "Dies"}) or (words[0] in {"Das", "Dies"} and load_cues()[key].act == "answer") or "der Wunsch" in " ".join(words[:5])
    ):
        reading.rule, reading.unknown, reading.cue, reading.key = "passive", True, participle, key
        reading.content = participle + 2 if told else 0
        return True
    return False


# ------------------------------------------------------------------- around the core


def _finish(words: Sequence[str], morph: Sequence[int], mentions: Sequence[Mention], reading: Reading) -> Reading:
    """Add askers named in adverbials, the addressee of a question, and gapped second subjects."""
    if reading.rule in {"subject_verb", "verb_subject", "pronoun"} and mentions:
        _askers(words, morph, mentions, reading)
        _addressee(words, morph, mentions, reading)
        if reading.rule == "subject_verb":
            _gapping(words, morph, mentions, reading)
        _trailing(words, morph, mentions, reading)
    elif reading.rule == "pronoun" or not mentions:
        _askers(words, morph, mentions, reading)
    return reading


def _askers(words: Sequence[str], morph: Sequence[int], mentions: Sequence[Mention], reading: Reading) -> None:
    for k, form in enumerate(words[: min(len(words), 40)]):
        if form not in _ASKS or not k:
            continue
        lead = words[k - 1]
        if lead in {"ihre", "seine", "Ihre", "Seine", "deren", "dessen"}:
            if k >= 2 and words[k - 2] in {"Auf", "auf", "Zu", "zu"} and form in _QUESTIONS:
                reading.asker_pronoun = lead.lower()
                reading.asked = _content_told(words, k + 1)
            continue
        if lead not in {"Auf", "auf", "die", "der", "zur", "Zur", "weitere", "den", "eine", "entsprechende"}:
            continue
        if not any(words[j] in {"Auf", "auf", "Zu", "zu", "zur", "Zur"} for j in range(max(0, k - 3), k)):
            continue
        last = None
        for mention in mentions:
            if mention in reading.subjects or mention.start < k:
                continue
            gap = mention.start - k
            if last is None and gap <= 2:
                reading.askers.append(mention)
                last = mention
            elif last is not None and mention.start - last.end <= 2 and all(w in {"und", "sowie", ",", "von", "der", "des"} for w in words[last.end : mention.start]):
                reading.askers.append(mention)
                last = mention
        if last is not None and form in _QUESTIONS:
            reading.asked = _content_told(words, last.end, noun=form)
        return


_QUESTION_WORDS = frozenset(
    "ob wie wer wen wem wessen was wo wann warum weshalb wieso wohin woher wofür womit wodurch woran worauf worin wovon wozu wieviel welche welcher welches welchen welchem inwieweit inwiefern".split()
)


def _content_told(words: Sequence[str], at: int, noun: str = "") -> bool:
    if at + 1 < len(words) and words[at] == "," and words[at + 1].lower() in _QUESTION_WORDS:
        return True
    if at + 2 < len(words) and words[at] == "," and words[at + 2].lower() in _QUESTION_WORDS and words[at + 1] in {"nach", "in", "auf", "mit", "bis", "ab", "seit", "von", "für", "zu", "aus"}:
        return True
    return noun == "Frage" and at < len(words) and words[at] in {"nach", "zum", "zur"}


def _addressee(words: Sequence[str], morph: Sequence[int], mentions: Sequence[Mention], reading: Reading) -> None:
    """The person asked: *fragt Herrn Götz nach ...*, *möchte vom Landrat wissen*, *bittet Frau Timm*."""
    if reading.cue is None:
        return
    key = reading.key or ""
    cue = load_cues().get(key)
    if cue is None or (cue.act not in {"ask", "propose"} and not cue.key.startswith("begrüß")):
        return
    for mention in mentions:
        if mention in reading.subjects or mention in reading.askers or mention.kind == "body":
            continue
        if mention.start < (reading.verb or 0) and not (mention.preposition in {"Von", "Vom"} and key in {"wissen_wollen", "wissen_möchten", "erfahren_möchten", "erfahren_wollen"}):
            continue
        verb = reading.verb or 0
        direct = mention.start <= verb + 4 and not mention.preposition and "," not in words[verb : mention.start]
        if direct or mention.preposition in {"von", "vom", "an", "bei", "Von", "Vom"} or words[mention.start] == "vom":
            if mention.preposition == "von" and words[mention.start - 2] in _ATTACHING:
                continue
            reading.addressee = mention
            return


def _trailing(words: Sequence[str], morph: Sequence[int], mentions: Sequence[Mention], reading: Reading) -> None:
    """*..., was Frau Dr. Wachter bejahte*: the answer in a clause of its own."""
    if len(words) < 8 or words[-1] not in ".!" or not morph[len(words) - 2] & FINITE or not morph[len(words) - 2] & INDICATIVE:
        return
    last = mentions[-1]
    if last.end != len(words) - 2 or last in reading.subjects or not last.nominative or last.kind == "body" or last.start < 2:
        return
    if words[last.start - 1] == "was" and words[last.start - 2] == "," and _known(words[-2], set(words[last.start :])):
        reading.subjects = [*reading.subjects, last]


def _gapping(words: Sequence[str], morph: Sequence[int], mentions: Sequence[Mention], reading: Reading) -> None:
    """*Frau Ott stellt den Antrag, Herr Uhl den Änderungsantrag vor*: a second subject without a verb of its own."""
    if reading.cue is None or reading.verb is None or words[-1] not in ".!" or len(words) < 6:
        return
    particle = words[-2]
    if not morph[len(words) - 2] & 1024 or particle[0].isupper():
        return
    for mention in mentions:
        if mention in reading.subjects or not mention.nominative or mention.kind != "person" or mention.start <= reading.verb or mention.preposition:
            continue
        if words[mention.start - 1] in {",", "und"} and not any(morph[k] & FINITE and not morph[k] & (PARTICIPLE | INFINITIVE) for k in range(mention.end, len(words) - 2)):
            if words[mention.start] != "Frau" or words[mention.start - 1] == ",":
                reading.subjects = [*reading.subjects, mention]
                return
