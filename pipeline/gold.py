"""Annotated documents (gold): read, checked, and turned into pages.

The format and the definitions are those of the annotation guidelines (one JSON file a document). `evaluate` compares
the extraction with them; training reads them, too. A researcher's own sample has the same form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from pipeline.errors import InputError
from pipeline.records import Act, DecisionOutcome, Record, SpeakerKind, Stance

UNKNOWN = "?"
"""The speaker of reported speech by nobody nameable."""

TITLE_WIDTH = 48
"""A page's headline shows longer titles cut and with dots."""


class GoldPage(Record, frozen=True, kw_only=True):
    """Where the document stands: as the page's head tells it."""

    system: str
    body: str | None
    organization: str | None
    date: str
    item: str
    title: str


class GoldSpeaker(Record, frozen=True, kw_only=True):
    """A speaker of the document (guidelines, *Speaker*)."""

    id: str
    kind: SpeakerKind
    name: str
    gender: Literal["f", "m"] | None = None
    role: str | None = None
    faction: str | None = None


class GoldSentence(Record, frozen=True, kw_only=True):
    """A sentence with its labels."""

    text: str
    speakers: tuple[str, ...]
    cue: str | None
    act: Act | None
    stance: Stance | None


class GoldSection(Record, frozen=True, kw_only=True):
    """A section: paragraphs of sentences."""

    label: str
    paragraphs: tuple[tuple[GoldSentence, ...], ...]


class GoldDecision(Record, frozen=True, kw_only=True):
    """A decision; `section`, `paragraph` and `sentence` are indices from 0."""

    section: int
    paragraph: int
    sentence: int
    outcome: DecisionOutcome
    unanimous: bool | None
    yes: int | None
    no: int | None
    abstain: int | None


class GoldDocument(Record, frozen=True, kw_only=True):
    """An annotated agenda item."""

    id: str
    style: str
    page: GoldPage
    speakers: tuple[GoldSpeaker, ...]
    sections: tuple[GoldSection, ...]
    decisions: tuple[GoldDecision, ...]


class Place(NamedTuple):
    """Where a sentence stands: indices of section, paragraph and sentence."""

    section: int
    paragraph: int
    sentence: int


def load(folder: Path) -> list[GoldDocument]:
    """The documents of `folder/*.json`, by file name.

    Raises `InputError` with the file and the place in it for anything that is no well-formed document.
    """
    if not folder.is_dir():
        raise InputError("no such folder", where=folder, remedy="give a folder of annotated documents (*.json)")
    documents = [read(path) for path in sorted(folder.glob("*.json"))]
    if not documents:
        raise InputError("no annotated documents", where=folder, remedy="they are *.json files, one a document")
    names: set[str] = set()
    for document in documents:
        if document.id in names:
            raise InputError(f"two documents have the id {document.id!r}", where=folder, remedy="rename one")
        names.add(document.id)
    return documents


def read(path: Path) -> GoldDocument:
    """The document in `path`; `InputError` if it cannot be read, is no JSON of this form, or contradicts itself."""
    try:
        document = msgspec.json.decode(path.read_bytes(), type=GoldDocument)
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", where=path) from error
    except msgspec.ValidationError as error:
        raise InputError(str(error), where=path, remedy="see the annotation guidelines for the form") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(f"no JSON ({error})", where=path, remedy="save it again as UTF-8 JSON") from error
    found = problems(document)
    if found:
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        raise InputError(found[0] + more, where=path, remedy="correct the annotation")
    return document


def sentences(document: GoldDocument) -> Iterator[tuple[Place, GoldSentence]]:
    """Every sentence with its place, in order."""
    for s, section in enumerate(document.sections):
        for p, paragraph in enumerate(section.paragraphs):
            for i, sentence in enumerate(paragraph):
                yield Place(s, p, i), sentence


def problems(document: GoldDocument) -> list[str]:
    """What contradicts itself in a document of the right form; empty if nothing does."""
    found: list[str] = []
    known = {speaker.id for speaker in document.speakers}
    if len(known) != len(document.speakers):
        found.append("two speakers share an id")
    found += [f"speaker {speaker.id}: no name" for speaker in document.speakers if not speaker.name.strip()]
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", document.page.date):
        found.append(f"page.date {document.page.date!r} is no ISO date")
    used: set[str] = set()
    for place, sentence in sentences(document):
        where = f"section {place.section} paragraph {place.paragraph} sentence {place.sentence}"
        if not sentence.text.strip() or sentence.text != sentence.text.strip() or "\n" in sentence.text:
            found.append(f"{where}: the text is empty, padded or has a line break")
        used.update(sentence.speakers)
        unknown = sorted(set(sentence.speakers) - known - {UNKNOWN})
        if unknown:
            found.append(f"{where}: speaker {', '.join(unknown)} is not listed under speakers")
        if sentence.speakers and (sentence.act is None or sentence.stance is None):
            found.append(f"{where}: a speaker without act or stance")
        if not sentence.speakers and (sentence.act or sentence.stance or sentence.cue):
            found.append(f"{where}: cue, act or stance without a speaker")
        if sentence.cue and not re.search(rf"(?<!\w){re.escape(sentence.cue)}(?!\w)", sentence.text):
            found.append(f"{where}: the cue {sentence.cue!r} is no word of the sentence")
    idle = sorted(known - used)
    if idle:
        found.append(f"speaker {', '.join(idle)} says nothing")
    for n, decision in enumerate(document.decisions):
        target = (decision.section, decision.paragraph, decision.sentence)
        if min(target) < 0 or not _exists(document, decision):
            found.append(f"decision {n} points to no sentence: {target}")
    return found


def _exists(document: GoldDocument, decision: GoldDecision) -> bool:
    try:
        document.sections[decision.section].paragraphs[decision.paragraph][decision.sentence]
    except IndexError:
        return False
    return True


def render(document: GoldDocument) -> str:
    """The text form of an ALLRIS 4 page, as a browser's text copy gives it."""
    page = document.page
    year, month, day = page.date.split("-")
    title = page.title if len(page.title) <= TITLE_WIDTH else page.title[: TITLE_WIDTH - 3].rstrip() + "..."
    lines = ["Inhalt", "ALLRIS - Auszug", "", f"{day}.{month}.{year} - {page.item} {title}", ""]
    for section in document.sections:
        lines += ["Reduzieren", "", section.label, ""]
        for paragraph in section.paragraphs:
            lines += [" ".join(sentence.text for sentence in paragraph), "", "\u00a0", ""]
    return "\n".join(lines).rstrip() + "\n"
