"""Finds promises: who promises what until when.

Runs after the attribution, whose speakers it takes over; an agentless passive (*Die Antwort wird nachgereicht*) is a
promise by nobody named. Words and patterns are in `lexicon/commitments.toml`. A due date is given only where it
follows from the words and the date of the meeting: *bis zur nächsten Sitzung* stays words.
"""

from __future__ import annotations

import re
import tomllib
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from spacy.language import Language

from pipeline.errors import ExtractionError
from pipeline.extract.state import ItemState, SentenceState
from pipeline.records import UNKNOWN_SPEAKER, Commitment

if TYPE_CHECKING:
    from spacy.tokens import Doc

PATH = Path(__file__).parent / "lexicon" / "commitments.toml"

Kind = Literal["cue", "future", "passive"]

CONFIDENCE: dict[str, float] = {
    "zusagen": 0.95, "zusichern": 0.92, "in_aussicht": 0.93, "versprechen": 0.92, "ankuendigen": 0.92, "anbieten":
    0.72, "mitnehmen": 0.87, "weitergeben": 0.8, "werde_tun": 0.88, "will_tun": 0.75, "reiche_nach": 0.88,
    "werde_nachgereicht": 0.65, "werde_folgen": 0.75, "act": 0.7,
}
"""Share of the sentences found by each rule that the annotated documents (not those put aside) label `commit`, drawn
towards 0.8 where a rule was seen less than ten times; `act`: by the label of the sentence alone."""

MONTHS = (
    "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
    "Dezember",
)
_WEEKDAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
_COUNTS = {"einer": 1, "zwei": 2, "drei": 3, "vier": 4, "sechs": 6, "acht": 8}
_ORDINALS = {"erst": 1, "zwei": 2, "drit": 3, "vier": 4}


@dataclass(frozen=True, slots=True)
class Pattern:
    """A way to promise, as in `lexicon/commitments.toml`."""

    key: str
    kind: Kind
    stems: tuple[str, ...]
    anaphoric: bool
    pattern: re.Pattern[str]
    example: str
    counterexample: str


@dataclass(frozen=True, slots=True)
class CommitmentLexicon:
    """`lexicon/commitments.toml`, compiled."""

    patterns: tuple[Pattern, ...]
    stems: tuple[str, ...]
    vetoes: dict[str, re.Pattern[str]]
    due: tuple[tuple[str, re.Pattern[str], str], ...]


@Language.factory("auszug_commitments")
class _Component:
    """The spaCy component: `find_commitments` on the Doc's item."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        find_commitments(doc._.item)
        return doc


@lru_cache(maxsize=1)
def load() -> CommitmentLexicon:
    """The lexicon. Raises `ExtractionError` if the file is broken."""
    try:
        data = tomllib.loads(PATH.read_text("utf-8"))
        verbs = "|".join(sorted((re.escape(v) for v in data["actions"]["verbs"]), key=len, reverse=True))
        patterns = tuple(
            Pattern(
                key=entry["key"], kind=cast("Kind", entry["kind"]), stems=tuple(entry["stems"]),
                anaphoric=entry["anaphoric"],
                pattern=re.compile(entry["pattern"].replace("{action}", verbs)),
                example=entry["example"], counterexample=entry["counterexample"],
            )
            for entry in data["pattern"]
        )
        return CommitmentLexicon(
            patterns=patterns, stems=tuple(dict.fromkeys(stem for p in patterns for stem in p.stems)),
            vetoes={key: re.compile(value) for key, value in data["vetoes"].items()},
            due=tuple((entry["key"], re.compile(entry["pattern"]), entry["example"]) for entry in data["due"]),
        )
    except (OSError, KeyError, TypeError, ValueError, re.error) as error:
        raise ExtractionError(f"the lexicon of commitments cannot be read: {error!r}", where=PATH) from error


def find_commitments(state: ItemState) -> None:
    """Fills `state.commitments` from the sentences and their speakers."""
    lexicon = load()
    for sentence in state.sentences:
        section = state.sections[sentence.section]
        if sentence.decides or (section.kind in ("facts", "motion", "resolution", "result") and not sentence.speakers):
            continue
        pattern = match(sentence.norm, lexicon)
        if pattern is None and sentence.act != "commit":
            continue
        if pattern is not None and pattern.kind == "future" and not sentence.speakers:
            continue  # an announced action needs somebody whose own it is
        if sentence.act in ("ask", "propose") and (pattern is None or pattern.kind != "cue"):
            continue
        speaker = next((s for s in reversed(sentence.speakers) if s != UNKNOWN_SPEAKER), None)
        if pattern is not None and pattern.kind == "cue" and not sentence.speakers and not _agentless(sentence.norm):
            continue
        rule = pattern.key if pattern is not None else "act"
        due, due_date = due_of(sentence.norm, state.item.date)
        state.commitments.append(
            Commitment(
                index=len(state.commitments), speaker=speaker, what=_what(sentence, pattern, state),
                due=due, due_date=due_date,
                sentence=sentence.index, section_index=sentence.section, start=sentence.start, end=sentence.end,
                rule=rule, confidence=CONFIDENCE.get(rule, 0.8),
            )
        )


def match(text: str, lexicon: CommitmentLexicon | None = None) -> Pattern | None:
    """The pattern by which a sentence promises something, or None."""
    lexicon = lexicon or load()
    low = text.lower()
    if not any(stem in low for stem in lexicon.stems):
        return None
    for pattern in lexicon.patterns:
        if not any(stem in low for stem in pattern.stems) or not pattern.pattern.search(text):
            continue
        # *Auf die Frage, ob berichtet werde, sagt Frau Timm einen Bericht zu*: the question is another's
        own = _ASKED.sub(",", text) if pattern.kind == "cue" else text
        if any(veto.search(own) for veto in lexicon.vetoes.values()):
            return None
        return pattern
    return None


_ASKED = re.compile(r",\s*(?:ob|wann|wie|warum|wieso|wer|was|welche[rs]?)\b[^,]{0,200},")


def _agentless(text: str) -> bool:
    return bool(re.search(r"\b(?:wird|wurde|werden|wurden)\b.{0,160}\bzuge(?:sagt|sichert)\b", text))


_ANAPHORA = re.compile(r"\b(?:[Dd]ies|[Dd]as|es|[Bb]eides|diesen?|[Ee]inen solchen|eine solche|[Dd]en|Dem)\b")


def _what(sentence: SentenceState, pattern: Pattern | None, state: ItemState) -> str:
    """What is promised, in the text's words: the promise's clause, or the sentence before where it says only *dies*."""
    text = sentence.norm
    m = pattern.pattern.search(text) if pattern is not None and pattern.kind == "cue" else None
    if m is not None:
        after = re.sub(r"^[,:\s]*(?:dass|daß)?\s*", "", text[m.end() :]).strip(" .")
        if len(after.split()) > 2 and text[m.end() :].lstrip()[:1] in (",", ":"):
            return after
        before = text[: m.start()].strip()
        if before.endswith(",") and len(before.split()) > 2 and not before.startswith(("Auf ", "Zu ", "Bei ")):
            return before.strip(" ,.")
        short = len(text.split()) <= 12 and _ANAPHORA.search(text) is not None
        if pattern is not None and pattern.anaphoric and short and sentence.index:
            asked = state.sentences[sentence.index - 1]
            if asked.section == sentence.section and not asked.decides:
                return asked.text.strip(" .")
    return sentence.text.strip(" .")


# ------------------------------------------------------------------------------------------ due


def due_of(text: str, meeting: str | None) -> tuple[str | None, str | None]:
    """The words that name the deadline, and the ISO date or month that follows from them and the meeting's date."""
    if not text:
        return None, None
    day = _date(meeting)
    lowered = text[0].lower() + text[1:]
    for key, pattern, _ in load().due:
        m = pattern.search(lowered)
        if m is None:
            continue
        words = " ".join(m.group().split())
        if key == "monat" and not re.match(r"(?:noch |spätestens )*(?:bis|im|Ende|Mitte|Anfang|zum|für|ab)\b", words):
            continue
        return " ".join(text[m.start() : m.end()].split()), _resolve(key, m, words, day)
    return None, None


_TO_THE_END = re.compile(r"\bbis (?:Ende )?[A-ZÄÖÜ]|\bEnde [A-ZÄÖÜ]")


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _resolve(key: str, m: re.Match[str], words: str, meeting: date | None) -> str | None:
    group = m.groupdict()
    year = next((int(v) for k, v in group.items() if k.startswith("year") and v), None)
    if year is not None and year < 100:
        year += 2000
    if key == "datum":
        month = int(group["month"]) if group.get("month") else MONTHS.index(group["name"]) + 1
        return _day(int(group["day"]), month, year, meeting)
    if key == "quartal":
        number = int(group["quarter"]) if group.get("quarter") else _ordinal(group["word"])
        if not 1 <= number <= 4:
            return None
        return _end_of_month(number * 3, year, meeting)
    if key == "halbjahr":
        number = int(group["half"]) if group.get("half") else _ordinal(group["word"])
        return _end_of_month(number * 6, year, meeting) if number in (1, 2) else None
    if key in ("monat", "sitzung_monat"):
        month = MONTHS.index(group.get("name") or group.get("name2") or "") + 1
        if key == "monat" and _TO_THE_END.search(words) and "Mitte" not in words and "Anfang" not in words:
            return _end_of_month(month, year, meeting)
        return _month(month, year, meeting)
    if key == "jahresende":
        end = year or (meeting.year if meeting else None)
        return f"{end:04d}-12-31" if end else None
    if meeting is None:
        return None
    if key == "wochentag":
        if group.get("tomorrow"):
            return (meeting + timedelta(days=1 if group["tomorrow"] == "morgen" else 2)).isoformat()
        ahead = (_WEEKDAYS.index(group["weekday"]) - meeting.weekday() - 1) % 7 + 1
        return (meeting + timedelta(days=ahead)).isoformat()
    if key == "woche" and group.get("count"):
        count = _COUNTS.get(group["count"]) or (int(group["count"]) if group["count"].isdigit() else 0)
        if group["unit"].startswith("Woche"):
            return (meeting + timedelta(weeks=count)).isoformat()
        if group["unit"].startswith("Tag"):
            return (meeting + timedelta(days=count)).isoformat()
        total = meeting.year * 12 + meeting.month - 1 + count
        return f"{total // 12:04d}-{total % 12 + 1:02d}"
    return None


def _ordinal(word: str) -> int:
    return _ORDINALS.get(word[:4], 0)


def _after(month: int, year: int | None, meeting: date | None) -> int | None:
    """The year of a month that is told without one: the next after the meeting."""
    if year is not None:
        return year
    if meeting is None:
        return None
    return meeting.year if month >= meeting.month else meeting.year + 1


def _day(day: int, month: int, year: int | None, meeting: date | None) -> str | None:
    if not 1 <= month <= 12:
        return None
    own = _after(month, year, meeting)
    if own is None or not 1 <= day <= monthrange(own, month)[1]:
        return None
    found = date(own, month, day)
    if year is None and meeting is not None and found < meeting:
        found = date(own + 1, month, min(day, monthrange(own + 1, month)[1]))
    return found.isoformat()


def _month(month: int, year: int | None, meeting: date | None) -> str | None:
    own = _after(month, year, meeting)
    return None if own is None else f"{own:04d}-{month:02d}"


def _end_of_month(month: int, year: int | None, meeting: date | None) -> str | None:
    own = _after(month, year, meeting)
    return None if own is None else f"{own:04d}-{month:02d}-{monthrange(own, month)[1]:02d}"
