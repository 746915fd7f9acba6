"""What the generated corpora say: the annotated documents with other names, and words that occur once.

Part of `tests.corpus_generator`. A document's text is used many times in a county; what tells one use from another is
a first paragraph with an invented compound, a street and a sum, so that no two excerpts have the same text and the
vocabulary grows with the corpus, as that of real minutes does.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.allris_server.county import SOURCE, Attendee, Meeting, Text, load

GOLD = Path(__file__).resolve().parent / "gold" / "dev"
LONG = 24
"""Texts that are made of `PARTS` documents each, besides the documents themselves."""
PARTS = (3, 4, 5, 6)
LONG_SHARE = 0.12
"""How many excerpts are long ones. With this the median is 210 words, the mean 289, and one in a hundred has more than
1,600 (Karlsruhe's committees: median 271, mean 464; 10^10 words in 5 x 10^7 excerpts would be 200)."""
ORDINARY = frozenset(
    ("Blum Bürger Ende Edelmann Förster Grund Groß Jung Kaiser Kern Klee Klein Klug Kraft König Kurz Lang Lange Linke "
     "Maul Nagel Ritter Rost Römer Sand Schwarz Sommer Stein Stolz Vogel Weiß Winter Wolf").split())
"""Family names that are words, too: they stay, lest texts change where nobody is named."""
SHORT_NAME = 4
"""Names below this many letters stay for the same reason."""

PROJECT, STREET, AMOUNT, REFERENCE = "\ue001", "\ue002", "\ue003", "\ue004"
"""Marks in the first paragraph of a text, filled for each excerpt."""
OPENING = (
    f"Die Ausschussvorsitzende ruft den Tagesordnungspunkt auf. Die Vorlage {REFERENCE} betrifft das Vorhaben "
    f"{PROJECT} an der {STREET}; vorgesehen sind {AMOUNT} Euro.")

_FIRST = ("Markt Hafen Schul Wald Wiesen Bahnhofs Kirchen Mühlen Linden Birken Eichen Buchen Erlen Ulmen Rosen Garten "
          "Feld Wasser Brücken Deich Moor Heide Berg Tal Sonnen Nord Süd Ost West Alt Neu Ober Unter Hinter Stein Sand "
          "Lehm Kloster Schloss Rathaus Kreis Stadt Dorf Anger Hof Weiden Fichten Kiefern Hasel Holunder").split()
_SECOND = ("bach see teich wehr brunnen quell grund winkel bogen rain kamp horst busch hain park platz ufer damm steg "
           "furt born siel graben hang kuppe senke aue bruch kolk warft").split()
_THIRD = ("erweiterung sanierung neubau umbau erschließung planung entwässerung beleuchtung anbindung umgestaltung "
          "gestaltung pflege nutzung verlegung sicherung aufwertung ertüchtigung verwaltung betreuung "
          "förderung").split()
_VOWELS = "aeiou"
_STREETS = ("straße", "allee", "gasse", "chaussee", "promenade", "twiete")
_TOWNS = ("Ahren Bolten Dorn Elmen Falken Grön Harken Ilsen Jarn Kelling Lütten Mar Norder Oster Pahlen Quarn Reddings "
          "Söder Tarn Ulen Vier Wend Zarn").split()
_PLACES = ("feld stedt büttel hagen rode heim ingen dorf hausen kirchen au loh").split()
_GIVEN = {"f": ("Anke Birte Carola Dörte Elke Frauke Gesa Heike Ilka Jutta Karin Levke Meike").split(),
          "m": ("Arne Bernd Claus Detlef Eike Frank Gerd Holger Ingo Jens Kai Lars Malte").split()}


def rename(name: str, variant: int) -> str:
    """Another name of the same length: the vowels moved on, each by another digit of `variant` (0: the same)."""
    found = []
    for letter in name:
        at = _VOWELS.find(letter)
        if at < 0:
            found.append(letter)
        else:
            variant, step = divmod(variant, len(_VOWELS))
            found.append(_VOWELS[(at + step) % len(_VOWELS)])
    return "".join(found)


def county_title(number: int) -> str:
    """The name of the county with this number (from 1): 276 different ones, then with a number."""
    round_, at = divmod(number - 1, len(_TOWNS) * len(_PLACES))
    town = _TOWNS[at % len(_TOWNS)] + _PLACES[at % len(_PLACES)]
    return f"Kreis {town}" + (f" {round_ + 1}" if round_ else "")


def project(number: int) -> str:
    """A compound of three words: one of 30,000 for each number."""
    number, third = divmod(number * 7919, len(_THIRD))
    number, second = divmod(number, len(_SECOND))
    return _FIRST[number % len(_FIRST)] + _SECOND[second] + _THIRD[third]


def street(number: int) -> str:
    """The name of a street: one of 9,000 for each number."""
    number, kind = divmod(number * 104_729, len(_STREETS))
    number, second = divmod(number, len(_SECOND))
    return _FIRST[number % len(_FIRST)] + _SECOND[second] + _STREETS[kind]


def amount(number: int) -> str:
    """A sum in Euro between 10.000 and 1.000.000."""
    return f"{10 + number * 31 % 990}.{number * 50 % 1000:03d}"


@dataclasses.dataclass(frozen=True)
class Document:
    """What an excerpt is made of: title, result, sections and the persons who speak (family name, gender, faction)."""

    title: str
    result: str | None
    texts: tuple[Text, ...]
    speakers: tuple[tuple[str, str, str | None], ...]

    @property
    def words(self) -> int:
        """Words of its paragraphs, parted by white space."""
        return sum(len(paragraph.split()) for text in self.texts for paragraph in text.paragraphs)


@functools.cache
def seed_meetings() -> tuple[Meeting, ...]:
    """The demonstration county's meetings."""
    return load().meetings


@functools.cache
def documents() -> tuple[Document, ...]:
    """The annotated documents (the demonstration county's among them), then `LONG` that join several."""
    names = {path.name: path for folder in (SOURCE, GOLD) for path in sorted(folder.glob("*.json"))}
    single = [_document(json.loads(names[name].read_text("utf-8"))) for name in sorted(names)]
    joined = []
    for n in range(LONG):
        parts = [single[(n * 37 + step * 53) % len(single)] for step in range(PARTS[n % len(PARTS)])]
        paragraphs = tuple(p for part in parts for text in part.texts[:1] for p in text.paragraphs)
        first, *others = parts[0].texts
        joined.append(Document(parts[0].title, parts[0].result, (Text(first.label, paragraphs), *others),
                               tuple(dict.fromkeys(speaker for part in parts for speaker in part.speakers))))
    return (*single, *joined)


def _document(raw: dict[str, Any]) -> Document:
    texts = tuple(
        Text(section["label"], tuple(" ".join(s["text"] for s in paragraph) for paragraph in section["paragraphs"]))
        for section in raw["sections"])
    speakers = tuple((speaker["name"].split()[-1], speaker["gender"] or "m", speaker["faction"])
                     for speaker in raw["speakers"] if speaker["kind"] == "person" and speaker["name"])
    return Document(raw["page"]["title"], raw["page"].get("beschlussart"), texts, speakers)


class Cast:
    """The persons of a county: every name of the documents in this county's spelling, and a KPLFDNR for each."""

    def __init__(self, county: int, found: Sequence[Document]) -> None:
        self._variant = county
        families = {name for document in found for name, _, _ in document.speakers}
        families |= {a.name.split()[-1] for meeting in seed_meetings() for a in meeting.attendance}
        changed = sorted(name for name in families if len(name) >= SHORT_NAME and name not in ORDINARY)
        self._pattern = re.compile(r"\b(?:" + "|".join(map(re.escape, changed)) + r")(?=s?\b)")
        self._numbers: dict[str, int] = {}

    def renamed(self, text: str) -> str:
        """The text with this county's names."""
        return self._pattern.sub(lambda found: rename(found[0], self._variant), text)

    def cast(self, document: Document) -> Document:
        """The document with this county's names and the opening."""
        texts = [Text(text.label, tuple(map(self.renamed, text.paragraphs))) for text in document.texts]
        texts[0] = Text(texts[0].label, (OPENING, *texts[0].paragraphs))
        return dataclasses.replace(
            document, title=self.renamed(document.title), texts=tuple(texts),
            speakers=tuple((self.renamed(name), gender, faction) for name, gender, faction in document.speakers))

    def attendance(self, meeting: Meeting, found: list[Document], limit: int) -> tuple[Attendee, ...]:
        """Who attended: the council of `meeting`, and who speaks in `found`, at most `limit` persons."""
        here = {}
        for attendee in meeting.attendance:
            name = self.renamed(attendee.name)
            here[name.split()[-1]] = dataclasses.replace(attendee, name=name, kplfdnr=self._number(name))
        for name, gender, faction in (speaker for document in found for speaker in document.speakers):
            if name not in here and len(here) < limit:
                given = _GIVEN[gender if gender in _GIVEN else "m"]
                full = f"{given[len(name) * 5 % len(given)]} {name}"
                here[name] = Attendee(self._number(full), full, "Mitglied" if faction else "Verwaltung", faction,
                                      voting=faction is not None)
        return tuple(here.values())

    def _number(self, name: str) -> int:
        return self._numbers.setdefault(name, 1 + len(self._numbers))
