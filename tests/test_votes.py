"""Counts of votes in all their forms: numbers, words, labels before and after, ratios, blocks, factions."""

from __future__ import annotations

from functools import partial

import pytest

from pipeline.extract.decision_lexicon import load, number_words
from pipeline.extract.votes import is_line, parted, read_vote
from tests.growth import grows

Counts = tuple[int | None, int | None, int | None]


@pytest.mark.parametrize(
    ("text", "expected", "reason"),
    [
        ("Ja: 6, Nein: 3, Enthaltungen: 0", (6, 3, 0), "labels first, colons"),
        ("Ja 6  Nein 1  Enthaltung 2", (6, 1, 2), "labels first, blanks"),
        ("4 Ja / 14 Nein / 0 Enthaltungen", (4, 14, 0), "numbers first"),
        ("JA-Stimmen:9 NEIN-Stimmen:0", (9, 0, None), "capitals, no blank"),
        ("Ja-Stimmen:15\nNein Stimmen:13", (15, 13, None), "label of two words"),
        ("dafür: 15 (5 CDU, 4 SPD, 6 Grüne)\ndagegen: 2 (Linke)", (15, 2, None), "factions in brackets are no counts"),
        ("Enth.: 1 (Herr Xaver)", (None, None, 1), "abbreviation"),
        ("10 Ja-Stimmen (einstimmig)", (10, None, None), ""),
        ("3 x Ja-Stimmen, 1 x Enthaltung", (3, None, 1), "times"),
        ("Zustimmung:\n7\nAblehnung:\n0", (7, 0, None), "number on the next line"),
        ("Ja-Stimmen\nNein-Stimmen\nEnthaltungen\n1\n9\n3", (1, 9, 3), "all labels, then all numbers"),
        ("Ja / Nein / Enthaltung: 11 / 5 / 1", (11, 5, 1), "the same in one line"),
        ("Abstimmung: 9 / 3 / 1 (Ja / Nein / Enth.)", (9, 3, 1), "numbers, then labels"),
        ("Dafür Dagegen Enthaltungen 7 0 2", (7, 0, 2), ""),
        ("davon anwesend: .9\nZustimmung: .5\nAblehnung: .2", (5, 2, None), "leader dots; those present are no votes"),
        ("Anzahl der Mitglieder: 19\ndavon anwesend: 17\nZustimmung: 9\nAblehnung: 6\nEnthaltung: 1\nBefangenheit: 1", (9, 6, 1), "whole block"),
        ("Abgegebene Stimmen 49, davon Ja 6, Nein 38, Enthaltung 5", (6, 38, 5), "votes cast are no yes"),
        ("mit 14:0 Stimmen", (14, 0, None), "ratio"),
        ("mit 14 : 3 : 2 Stimmen", (14, 3, 2), "ratio of three"),
        ("Stimmenverhältnis von 44 : 4", (44, 4, None), ""),
        ("mit 23 gegen 7 Stimmen", (23, 7, None), "against"),
        ("mit 12 Stimmen gegen 4 Stimmen bei 1 Enthaltung", (12, 4, 1), ""),
        ("mit drei Stimmen gegen eine", (3, 1, None), "words"),
        ("mit 20 zu 16 Stimmen", (20, 16, None), ""),
        ("zwei Abgeordnete für den Antrag, 10 dagegen, 4 enthalten sich", (2, 10, 4), "running text"),
        ("Neun Mitglieder stimmen dafür, zwei dagegen, eines enthält sich.", (9, 2, 1), ""),
        ("Für den Antrag stimmen neun Stadtverordnete, 33 dagegen, zwei enthalten sich.", (9, 33, 2), ""),
        ("Dem Vorschlag stimmen vier Mitglieder zu, drei sind dagegen, eines enthält sich.", (4, 3, 1), ""),
        ("mit 12 Ja-Stimmen, einer Gegenstimme und drei Enthaltungen", (12, 1, 3), ""),
        ("mit 9 Stimmen ohne Gegenstimme bei 2 Enthaltungen", (9, 0, 2), "none"),
        ("Ja-Stimmen 6, Nein-Stimmen 2, Stimmenthaltungen keine", (6, 2, 0), "none after the label"),
        ("Ja: 9 Nein: - Enthaltung: 2", (9, 0, 2), "a dash beside numbers is none"),
        ("Ja: 9 Nein:  Enthaltung: 2", (9, None, 2), "an empty place is not recorded"),
        ("13 Ja- und 4 Nein-Stimmen", (13, 4, None), "suspended hyphen"),
        ("Anwesend: 24\nFür den Beschluss: 20\nGegen den Beschluss: 4", (20, 4, None), "Bavarian block"),
        ("Ja: FDP, GRÜNE (13)\nNein: CDU, SPD (19)\nEnth.: FWG (4)", (13, 19, 4), "names, then the number"),
        ("bei einigen Stimmenthaltungen", (None, None, None), "no number"),
        ("gegen die Stimme der FDP-Fraktion", (None, None, None), "no number"),
        ("Das nennt dafür zwei Gründe.", (None, None, None), "no vote"),
        ("Frau Ahlers wirbt um ein Ja.", (None, None, None), "no vote"),
        ("Um 18:30 Uhr beginnt die Abstimmung.", (None, None, None), "a time"),
        ("Ziffer 2: 8 Ja, 4 Nein", (8, 4, None), "the number of a point"),
        ("§ 24 GO: 8 Ja, 4 Nein", (8, 4, None), "a paragraph"),
        ("1.200 € - 5/0/0", (5, 0, 0), "money"),
    ],
)
def test_counts(text: str, expected: Counts, reason: str) -> None:
    vote = read_vote(text, load(), line=is_line(text, load()))
    assert (vote.yes, vote.no, vote.abstain) == expected, reason


@pytest.mark.parametrize(
    ("text", "unanimous"),
    [
        ("einstimmig bei 2 Enthaltungen", True), ("Einvernehmlich vertagt", True), ("mehrheitlich", False),
        ("mit Stimmenmehrheit", False), ("mit großer Mehrheit", False), ("findet keine Mehrheit", False),
        ("nicht einstimmig", False), ("beschlossen", None), ("das Stimmungsbild", None),
    ],
)
def test_unanimity(text: str, unanimous: bool | None) -> None:
    assert read_vote(text, load()).unanimous is unanimous


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("gegen die Stimmen der FDP bei Enthaltung der CDU angenommen", {("FDP", "no", None), ("CDU", "abstain", None)}),
        ("mit den Stimmen von SPD, GRÜNEN und Linken", {("SPD", "yes", None), ("GRÜNEN", "yes", None), ("Linken", "yes", None)}),
        ("dafür: 15 (5 CDU, 4 SPD)", {("CDU", "yes", 5), ("SPD", "yes", 4)}),
        ("Zustimmung: SPD, Grüne; Ablehnung: FDP; Enthaltung: CDU",
         {("SPD", "yes", None), ("Grüne", "yes", None), ("FDP", "no", None), ("CDU", "abstain", None)}),
        ("mehrheitlich gegen die CDU-Fraktion (nicht anwesend: Frau Gies)", {("CDU", "no", None), ("Gies", "absent", None)}),
        ("einstimmig", set()),
    ],
)
def test_by_faction(text: str, expected: set[tuple[str, str, int | None]]) -> None:
    assert {(f.name, f.vote, f.count) for f in read_vote(text, load()).by_faction} == expected


def test_several_votes_in_one_text() -> None:
    lexicon = load()
    assert len(parted("Antrag Kern: 3 Dafür, 4 Dagegen Satzung laut Vorlage: 4 Dafür, 2 Dagegen, 1 Enthaltung", lexicon)) == 2
    assert len(parted("CDU 16 Ja, SPD 10 Nein, GRÜNE 6 Enthaltungen, FDP 3 Ja", lexicon)) == 1, "one vote by faction"
    split = read_vote("CDU 16 Ja, SPD 10 Nein, GRÜNE 6 Enthaltungen, FDP 3 Ja", lexicon)
    assert (split.yes, split.no, split.abstain, split.split) == (19, 10, 6, True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ja-Stimmen: 9", True), ("Enthaltungen", True), ("11", True), ("davon anwesend: .9", True), ("dagegen: Frau Ahlers", True),
        ("Der Antrag wird mit 9 Ja-Stimmen angenommen.", False), ("Frau Ahlers sagt ja.", False), ("Die Sitzung endet um 19 Uhr.", False), ("", False),
    ],
)
def test_lines(text: str, expected: bool) -> None:
    assert is_line(text, load()) is expected


def test_number_words() -> None:
    words = number_words()
    assert [words[w] for w in ("zwei", "zwölf", "siebzehn", "einundzwanzig", "neunundneunzig", "hundertdrei")] == [2, 12, 17, 21, 99, 103]


@pytest.mark.parametrize("piece", ["ja 3 nein 4 ", "9 / ", "(", "gegen die Stimmen der ", "SPD, ", "1 : 2 ", "„", "Enthaltung "])
def test_linear_in_hostile_text(piece: str) -> None:
    wrong = grows(lambda size: partial(read_vote, piece * (size // len(piece)), load()), (10_000, 100_000))
    assert wrong is None, wrong
