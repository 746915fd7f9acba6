"""What the labels on pages mean (`pages`): section names by kind, results that are none, agenda numbers.

Every customer may rename sections, so an unknown name is `other`, never an error. The names are those of the catalogue
of real pages (sections 0 and g) and of the system's own defaults.
"""

from __future__ import annotations

import re
import unicodedata

from pipeline.records import SectionKind

MINUTES = frozenset(
    {
        "wortprotokoll",
        "protokoll",
        "niederschrift",
        "beratung",
        "beratungsinhalt",
        "beratungsverlauf",
        "diskussion",
        "diskussionsverlauf",
        "zusammenfassung des diskussionsergebnisses",
        "aussprache",
        "wortbeiträge",
        "wortmeldungen",
        "erörterung",
        "sitzungsverlauf",
        "sitzungsvortrag",
        "protokolltext",
        "protokollnotiz",
        "protokollauszug",
        "verlaufsprotokoll",
        "ergebnisprotokoll",
        "beratungsgang",
    }
)
RESOLUTION = frozenset(
    {
        "beschluss",
        "beschlüsse",
        "beschlussvorschlag",
        "beschlussempfehlung",
        "beschlusstext",
        "beschlussantrag",
        "beschlussfassung",
        "beschlussentwurf",
        "beschlusstenor",
        "petitum",
        "petitum/beschluss",
        "empfehlung",
        "geänderter beschluss",
        "beschlussvorschlag der verwaltung",
        "beschlussempfehlung der verwaltung",
    }
)
RESULT = frozenset(
    {
        "abstimmungsergebnis",
        "abstimmungsergebnisse",
        "abstimmung",
        "abstimmungen",
        "ergebnis",
        "beratungsergebnis",
        "online abstimmung",
        "online-abstimmung",
        "abstimmungsverhalten",
        "wahlergebnis",
        "wahl",
    }
)
FACTS = frozenset(
    {
        "sachverhalt",
        "sachdarstellung",
        "sachstand",
        "sachstandsbericht",
        "sach- und rechtslage",
        "erläuterung",
        "erläuterungen",
        "problembeschreibung",
        "ausgangslage",
        "bericht",
        "mitteilung",
        "information",
        "stellungnahme",
        "stellungnahme der verwaltung",
        "text für verwaltungsmitteilung",
        "finanzielle auswirkungen",
        "rechtsgrundlage",
        "zusammenfassung",
        "klimatische auswirkungen",
        "auswirkungen",
    }
)
MOTION = frozenset(
    {"antrag", "anträge", "antragstext", "begründung", "änderungsantrag", "anfrage", "fragen", "antrag/begründung"}
)
NO_TEXT = frozenset(
    {"anlagen zur vorlage", "anlagen", "tagesordnung", "beratungsfolge", "dokumente", "legende", "grunddaten"}
)
"""Parts of a page that have a heading and hold no minutes (lists of files, tables of the system)."""

_RESOLVES = re.compile(r"\b(?:beschließt|beschliesst|empfiehlt|beschlossen)$")
_TRAILING_NUMBER = re.compile(r"[ \xa0]{1,9}(?:\d{1,3}|[IVX]{1,4})$")
_OPEN_RESULT = frozenset(
    {"", "-", "(offen)", "offen", "(keine angabe)", "noch nicht festgelegt", "(noch nicht festgelegt)"}
)
_TOP = re.compile(r"^(?:TOP[ :]{0,3})?(?:(Ö|OE|N|NÖ|NOE)(?=[ \d.]|$))?[ .:]{0,3}(.{0,40})$", re.IGNORECASE)


def section_kind(label: str) -> SectionKind:
    """The kind of a section by its label, whatever its case, number (`Beschluss 2`) or closing colon."""
    key = label_key(label)
    if key in MINUTES:
        return "minutes"
    if key in RESOLUTION or _RESOLVES.search(key):
        return "resolution"
    if key in RESULT:
        return "result"
    if key in FACTS:
        return "facts"
    if key in MOTION:
        return "motion"
    for stem, kind in _STEMS:
        if stem in key:
            return kind
    return "minutes" if not key else "other"


_STEMS: tuple[tuple[str, SectionKind], ...] = (
    ("wortprotokoll", "minutes"),
    ("protokoll", "minutes"),
    ("diskussion", "minutes"),
    ("abstimmung", "result"),
    ("beschluss", "resolution"),
    ("beschlüsse", "resolution"),
    ("sachverhalt", "facts"),
    ("begründung", "motion"),
    ("antrag", "motion"),
    ("beratung", "minutes"),
)


def label_key(label: str) -> str:
    """`label` for comparing: lower case, without closing colon and counting number."""
    key = " ".join(unicodedata.normalize("NFC", label).split()).rstrip(" :.")
    return _TRAILING_NUMBER.sub("", key).casefold()


def known_label(line: str) -> bool:
    """Whether `line` is nothing but the name of a text section."""
    if len(line) > 60:
        return False
    key = label_key(line)
    return key in MINUTES or key in RESOLUTION or key in RESULT or key in FACTS or key in MOTION


def result_of(text: str | None) -> str | None:
    """A Beschlussart as the page prints it; None for the ways of saying that there is none."""
    if text is None or text.casefold() in _OPEN_RESULT:
        return None
    return text


def parse_top(text: str | None) -> tuple[str | None, bool | None]:
    """`Ö 5.1` as (`5.1`, True), `N 7` as (`7`, False), `3` as (`3`, None)."""
    text = " ".join(unicodedata.normalize("NFC", text or "").split())
    match = _TOP.match(text)
    if match is None:
        return text[:40] or None, None
    number = match[2].strip(" .:") or None
    if match[1] is None:
        return number, None
    return number, match[1].upper() in ("Ö", "OE")


def is_public_part(heading: str) -> bool | None:
    """Whether an agenda's part heading opens the public part (`Öffentlicher Teil (18:00 - 19:40 Uhr)`)."""
    key = heading.casefold().replace("-", "").replace(" ", "")
    if "nichtöffentlich" in key or "nichtoeffentlich" in key:
        return False
    return True if "öffentlich" in key or "oeffentlich" in key else None


_REFERENCE_TOKEN = re.compile(r"\d")
_TRUNCATED = re.compile(r"(?:\.\.\.|…)$")


def split_reference(text: str) -> tuple[str | None, str | None]:
    """`DRS. 25/161 Entwurf` as (`DRS. 25/161`, `Entwurf`): the first of three words with a digit ends the reference."""
    words = text.split(" ")
    for n, word in enumerate(words[:3], start=1):
        if _REFERENCE_TOKEN.search(word):
            return " ".join(words[:n]), " ".join(words[n:]) or None
    return None, text or None


def is_truncated(title: str | None) -> bool:
    """Whether a title ends in the system's `...`."""
    return title is not None and _TRUNCATED.search(title) is not None


def complete_title(title: str | None, full: str | None) -> str | None:
    """`full` if `title` is its cut beginning, else None."""
    if title is None or full is None or not is_truncated(title):
        return None
    stem = _TRUNCATED.sub("", title).rstrip()
    return full if stem and full.startswith(stem) and len(full) > len(stem) else None
