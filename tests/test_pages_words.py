"""What words on pages mean: labels, results, numbers, damages, presence (tables of text, expected, reason)."""

from __future__ import annotations

from functools import partial

import pytest

from pipeline.pages.damage import find_damage
from pipeline.pages.detect import program_of
from pipeline.pages.encoding import decode
from pipeline.pages.labels import (
    complete_title,
    is_public_part,
    known_label,
    parse_top,
    result_of,
    section_kind,
    split_reference,
)
from pipeline.pages.links import parameters
from pipeline.pages.lists import cancelled
from pipeline.pages.people import presence
from pipeline.pages.sections import is_cut_headline
from tests.growth import grows


@pytest.mark.parametrize(
    ("text", "damaged", "reason"),
    [
        ("Der Kreis stelle 5.000 €r das Jahr bereit.", True, "für, with the blank before it"),
        ("Sie sei grundsätzlichr eine Prüfung.", True, "grundsätzlich für"),
        ("Der Fußngerverkehr nehme zu.", True, "Fußgänger"),
        ("Die rgerbeteiligung beginne im Mai.", True, "Bürgerbeteiligung"),
        ("Der BV nsche eine Antwort.", True, "wünsche"),
        ("Er stehe positiv r den Antrag.", True, "für, its blank left"),
        ("Die Universitsstadt wachse.", True, "Universitätsstadt"),
        ("Man nne das prüfen.", True, "könne"),
        ("Dies ssen alle wissen.", True, "müssen"),
        ("Herr Dr. Ahlers führt aus, dass mehr Jahre nötig wären; er werde ihr Ohr sein.", False, "r behind vowels and h"),
        ("Nr. 3, Str. 5, Fr. Ott, ggf. bzw. zzgl. Tsd. km² pro qm", False, "abbreviations"),
        ("Sie wohnt in der Gartenstr. 4 und nutzt www.beispiel.de, Kfz, Pkw, GmbH und ÖPNV.", False, "addresses, short forms"),
        ("Ngozi Okafor und Herr Szymański begrüßen Frau Hjort.", False, "names begin as they like"),
        ("Der Sport, der Verkehr, das Wetter, die Natur, der Computer", False, "common endings"),
        ("", False, "nothing"),
    ],
)
def test_umlaut_loss(text: str, damaged: bool, reason: str) -> None:
    assert ("umlaut_loss" in find_damage(text)) is damaged, reason


def test_other_damages() -> None:
    assert find_damage("MÃ¼ller sagt â€žneinâ€œ") == ("mojibake",)
    assert find_damage("Herr M\ufffdller") == ("replacement_characters",)
    assert find_damage("São Paulo, Ångström, Müller") == ()


@pytest.mark.parametrize("piece", ["nsche ", "a", "n", "r die ", "bcdfg", "Ã"])
def test_damage_is_found_in_linear_time(piece: str) -> None:
    wrong = grows(lambda size: partial(find_damage, piece * (size // len(piece))), (100_000, 1_000_000))
    assert wrong is None, wrong


@pytest.mark.parametrize(
    ("label", "kind", "reason"),
    [
        ("Wortprotokoll", "minutes", "the system's name"),
        ("Protokoll:", "minutes", "with a colon"),
        ("Beratungsinhalt:", "minutes", "a customer's name"),
        ("Diskussionsverlauf", "minutes", "a customer's name"),
        ("Zusammenfassung des Diskussionsergebnisses:", "minutes", "a long one"),
        ("", "minutes", "no name at all"),
        ("Beschluss", "resolution", "the system's name"),
        ("Beschluss 2", "resolution", "counted"),
        ("BESCHLUSSVORSCHLAG", "resolution", "upper case"),
        ("Die Stadtverordnetenversammlung beschließt:", "resolution", "a clause as a name"),
        ("Petitum/Beschluss", "resolution", "Hamburg"),
        ("Abstimmungsergebnis", "result", "the system's name"),
        ("Abstimmung:", "result", "short"),
        ("online Abstimmung", "result", "the system's name"),
        ("Sachverhalt", "facts", "a free section"),
        ("Text für Verwaltungsmitteilung", "facts", "a free section"),
        ("Begründung", "motion", "of a motion"),
        ("Änderungsantrag der Fraktion", "motion", "by its stem"),
        ("Anlage/n", "other", "unknown to the rules"),
    ],
)
def test_section_kind(label: str, kind: str, reason: str) -> None:
    assert section_kind(label) == kind, reason


def test_known_labels() -> None:
    assert known_label("Beschluss:")
    assert not known_label("Der Beschluss wird gefasst.")
    assert not known_label("x" * 100)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ö 5.1", ("5.1", True)),
        ("Ö\xa03.1.12", ("3.1.12", True)),
        ("O\u0308 4", ("4", True)),
        ("N 7", ("7", False)),
        ("NÖ 2", ("2", False)),
        ("TOP 12", ("12", None)),
        ("TOP: Ö 4a", ("4a", True)),
        ("3", ("3", None)),
        ("Nachtrag", ("Nachtrag", None)),
        ("", (None, None)),
        (None, (None, None)),
    ],
)
def test_parse_top(text: str | None, expected: tuple[str | None, bool | None]) -> None:
    assert parse_top(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("DrS/2025/044 Radweg", ("DrS/2025/044", "Radweg")),
        ("DRS. 25/161 Entwurf der Satzung", ("DRS. 25/161", "Entwurf der Satzung")),
        ("22-0621 Verkehr", ("22-0621", "Verkehr")),
        ("VO/2019/014", ("VO/2019/014", None)),
        ("Antrag der SPD-Fraktion zum Haushalt 2020", (None, "Antrag der SPD-Fraktion zum Haushalt 2020")),
        ("", (None, None)),
    ],
)
def test_split_reference(text: str, expected: tuple[str | None, str | None]) -> None:
    assert split_reference(text) == expected


def test_titles_are_completed_only_by_their_own_beginning() -> None:
    assert complete_title("Ausbau der Kita...", "Ausbau der Kita am Teich") == "Ausbau der Kita am Teich"
    assert complete_title("Ausbau der Kita…", "Ausbau der Kita am Teich") == "Ausbau der Kita am Teich"
    assert complete_title("Ausbau der Kita", "Ausbau der Kita am Teich") is None
    assert complete_title("Ausbau der Schu...", "Ausbau der Kita am Teich") is None
    assert complete_title("...", "Ausbau") is None
    assert complete_title("Ausbau...", None) is None


def test_results_parts_and_cancellations() -> None:
    assert result_of("(offen)") is None
    assert result_of("noch nicht festgelegt") is None
    assert result_of("ungeändert beschlossen") == "ungeändert beschlossen"
    assert is_public_part("Öffentlicher Teil (18:00 - 19:40 Uhr)") is True
    assert is_public_part("Nicht öffentlicher Teil") is False
    assert is_public_part("Nicht-öffentlicher Teil") is False
    assert is_public_part("Pause") is None
    assert cancelled("ENTFÄLLT! Sitzung des Beirates") == "ENTFÄLLT"
    assert cancelled("Sitzung des Rates (auf 3.5. verlegt)") == "verlegt"
    assert cancelled("Sitzung des Rates") is None


@pytest.mark.parametrize(
    ("headline", "paragraph", "expected", "reason"),
    [
        ("Der stellv", "Der stellv. Vorsitzende eröffnet.", True, "cut at an abbreviation"),
        ("Die Sitzung am 28", "Die Sitzung am 28. Mai entfällt.", True, "cut at a date"),
        ("Herr Thode berichtet", "Herr Thode berichtet. Er dankt.", True, "cut at the first full stop"),
        ("x" * 190 + " insbes", "x" * 190 + " insbesondere die Kosten", True, "cut at about 200 characters"),
        ("Beschluss", "Beschluss: Der Rat stimmt zu.", False, "a label"),
        ("Herr Thode", "Herr Thode berichtet.", False, "a name line"),
        ("Herr Thode berichtet.", "Herr Thode berichtet.", False, "the same in full"),
        ("Ja", "Nein. Ja.", False, "no beginning"),
    ],
)
def test_cut_headlines(headline: str, paragraph: str, expected: bool, reason: str) -> None:
    assert is_cut_headline(headline, paragraph) is expected, reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("anwesend", (True, None)),
        ("ja", (True, None)),
        ("ab 18:30 Uhr", (True, "ab 18:30 Uhr")),
        ("anwesend bis TOP 5", (True, "anwesend bis TOP 5")),
        ("entschuldigt", (False, "entschuldigt")),
        ("unentschuldigt", (False, "unentschuldigt")),
        ("nicht anwesend", (False, None)),
        ("nein", (False, None)),
        ("?", (None, "?")),
        ("-", (None, None)),
        (None, (None, None)),
    ],
)
def test_presence(text: str | None, expected: tuple[bool | None, str | None]) -> None:
    assert presence(text) == expected


def test_addresses() -> None:
    assert parameters("./to020?SILFDNR=3&amp;TOLFDNR=90210&x=y") == {"SILFDNR": 3, "TOLFDNR": 90210}
    assert parameters("to010.asp?SILFDNR=4711&TOLFDNR=1&TOLFDNR=2#beschluss") == {"SILFDNR": 4711, "TOLFDNR": 1}
    assert parameters("?TOLFDNR=99999999999999999999") == {}
    assert program_of("https://ris.example/bi/to020_r.asp?TOLFDNR=1") == "to020"
    assert program_of("https://ris.example/public/VO020?VOLFDNR=1") == "vo020"
    assert program_of("si010_j.asp") == "si010"
    assert program_of("https://ris.example/public/noauth") is None


@pytest.mark.parametrize(
    ("payload", "content_type", "text", "encoding", "reason"),
    [
        ("Müller – „ja“".encode("cp1252"), None, "Müller – „ja“", "windows-1252", "no label"),
        ("Müller – „ja“".encode("cp1252"), "text/html; charset=ISO-8859-1", "Müller – „ja“", "windows-1252", "a wrong label"),
        ("Müller".encode("cp1252"), "text/html; charset=utf-8", "Müller", "windows-1252", "labelled UTF-8, and is not"),
        ("Müller".encode(), "text/html; charset=iso-8859-1", "Müller", "utf-8", "labelled ISO, and is UTF-8"),
        (b"\xef\xbb\xbfM\xc3\xbcller", None, "Müller", "utf-8", "with a byte order mark"),
        ("Müller".encode("utf-16"), None, "Müller", "utf-16-le", "UTF-16 with a mark"),
        ("<p>Müller</p>".encode("utf-16-le"), None, "<p>Müller</p>", "utf-16-le", "UTF-16 without one"),
        ("300 €".encode("iso-8859-15"), "text/html; charset=iso-8859-15", "300 €", "iso-8859-15", "the euro sign's other place"),
        (b"a\x00b\x07c", None, "abc", "utf-8", "control characters go"),
        (b"a\r\nb\rc\x0bd\x0ce", None, "a\nb\nc\nd\ne", "utf-8", "all ends of lines"),
        (b"x &#150; y", None, "x – y", "utf-8", "a reference to windows-1252"),
        (b"\x81\x8d", None, "\x81\x8d", "windows-1252", "bytes that windows-1252 does not have"),
    ],
)
def test_decode(payload: bytes, content_type: str | None, text: str, encoding: str, reason: str) -> None:
    decoded = decode(payload, content_type)
    assert (decoded.text, decoded.encoding) == (text, encoding), reason
