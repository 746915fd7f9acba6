"""Names in texts: which words `--pseudonymise` replaces, and which not."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.output.names_in_text import Names, Reader
from tests.growth import grows

KNOWN = ("Dr. Anke Sommer", "Klaus Harmsen", "Christoph von Rhaden", "Marie Brandt", "Uwe Lange", "Jörg Kraft", "Heike Müller-Klein",
         "Ayşe Yılmaz", "Ole Terschüren", "Koch", "Jan O'Neill", "Sigrun Linke", "Gerd Voß", "Ingo Brandt", "August Mai", "Rolf Graf",
         "Helmut am Ende")


def marked(text: str) -> str:
    """`text` with every name replaced by `[family name]`."""
    names = Names()
    for name in KNOWN:
        names.add(name, name)
    done, pieces = 0, []
    for start, end, words, _, _ in Reader(text, names).spans:
        pieces += [text[done:start], f"[{' '.join(words)}]"]
        done = end
    return "".join([*pieces, text[done:]])


NAMES = [
    ("Herr Harmsen fragt nach.", "Herr [harmsen] fragt nach.", "form of address"),
    ("Der Antrag des Herrn Brandts wird vertagt.", "Der Antrag des Herrn [brandts] wird vertagt.", "genitive after a form of address"),
    ("Brandts Antrag wird abgelehnt.", "[brandts] Antrag wird abgelehnt.", "genitive alone"),
    ("Voß' Antrag", "[voss] Antrag", "genitive with an apostrophe"),
    ("Brandt's Antrag", "[brandt] Antrag", "the other apostrophe"),
    ("der Brandtsche Vorschlag", "der [brandtsche] Vorschlag", "adjective of a name"),
    ("der Harmsen-Antrag", "der [harmsen]-Antrag", "compound"),
    ("Frau Dr. Sommer und Herr Prof. Dr. Harmsen", "Frau [sommer] und Herr [harmsen]", "titles go, too"),
    ("Dr. Sommer (Grüne)", "[sommer] (Grüne)", "title without form of address"),
    ("Klaus Harmsen", "[harmsen]", "given name"),
    ("Harmsen, Klaus (CDU)", "[harmsen] (CDU)", "given name behind"),
    ("K. Harmsen", "[harmsen]", "initial"),
    ("HARMSEN: Ja", "[harmsen]: Ja", "capitals"),
    ("Herr von Rhaden", "Herr [rhaden]", "particle"),
    ("Herr Rhaden", "Herr [rhaden]", "without its particle"),
    ("Widerspruch von Rhadens", "Widerspruch von [rhadens]", "genitive: the preposition is none of the name's"),
    ("Frau Müller-Klein", "Frau [mueller klein]", "double name"),
    ("Müller-Klein (SPD) fragt.", "[mueller klein] (SPD) fragt.", "double name alone"),
    ("Frau Müller fragt.", "Frau [mueller] fragt.", "half of a double name"),
    ("Herr Yilmaz, Frau Yılmaz", "Herr [yilmaz], Frau [yılmaz]", "dotless i"),
    ("Herr Terschueren und Ole Terschren", "Herr [terschueren] und [terschren]", "umlauts transcribed and lost"),
    ("Terschuren meint", "[terschuren] meint", "umlaut without dots"),
    ("Harm-\nsen und Sie", "[harmsen] und Sie", "parted at the line's end"),
    ("Herr\u00a0Harmsen", "Herr\u00a0[harmsen]", "hard blank"),
    ("die Herren Harmsen, Lange und Blunk stimmen zu", "die Herren [harmsen], [lange] und [blunk] stimmen zu", "several, one unknown"),
    ("die Damen Brandt und Zorn", "die Damen [brandt] und [zorn]", "several"),
    ("Herr Zickerick bittet um Auskunft.", "Herr [zickerick] bittet um Auskunft.", "unknown, after a form of address"),
    ("Herr Tjorge Blunk berichtet.", "Herr [blunk] berichtet.", "unknown given name and family name"),
    ("Frau von der Heide", "Frau [heide]", "unknown noble name"),
    ("Bürgermeister Kalkbrenner sagt zu.", "Bürgermeister [kalkbrenner] sagt zu.", "unknown, after a function"),
    ("Landrätin Zorn (parteilos)", "Landrätin [zorn] (parteilos)", "unknown, before a bracket"),
    ("Herr Landrat Kalkbrenner", "Herr Landrat [kalkbrenner]", "form of address and function"),
    ("Ausschussvorsitzende Brandt", "Ausschussvorsitzende [brandt]", "known, after a function"),
    ("Vorsitzender Koch eröffnet.", "Vorsitzender [koch] eröffnet.", "an ordinary word, after a function"),
    ("Kraft erklärt, er stimme zu.", "[kraft] erklärt, er stimme zu.", "an ordinary word that speaks"),
    ("laut Lange", "laut [lange]", "an ordinary word, nothing says that it is one"),
    ("Prof. Hinte", "[hinte]", "unknown with a title"),
    ("(Harmsen)", "([harmsen])", "in brackets"),
    ("Harmsen/Brandt", "[harmsen]/[brandt]", "parted by a stroke"),
    ("Familie Zorn", "Familie [zorn]", "a family"),
    ("Uwe und Marie Brandt", "Uwe und [brandt]", "a given name alone stays: one of the limits"),
    ("Herrn Dr. h. c. Klaus Harmsen", "Herrn [harmsen]", "long title"),
    ("Herr Graf berichtet", "Herr [graf] berichtet", "a family name that is a title, too"),
    ("warnt Stv. Graf (BfR)", "warnt Stv. [graf] (BfR)", "after a short function"),
    ("Herr Stv. Zorn", "Herr Stv. [zorn]", "a function with a full stop"),
    ("Herr am Ende", "Herr [ende]", "a rare particle"),
    ("Frau Stadträtin Dr. Zorn", "Frau Stadträtin [zorn]", "function, then title"),
]


@pytest.mark.parametrize(("text", "expected", "reason"), NAMES)
def test_names_are_found(text: str, expected: str, reason: str) -> None:
    assert marked(text) == expected, reason


LEFT = [
    ("Die Satzung tritt in Kraft.", "in Kraft"), ("mit voller Kraft", "an adjective before"), ("im Sommer und bis zum Sommer", "a season"),
    ("noch vor der Sommerpause", "inside a word"), ("Lange Wartezeiten seien ein Problem.", "an adjective at the begin"),
    ("wie lange das dauere", "lower case"), ("die Anne-Frank-Schule und die Klaus-Groth-Straße", "named after somebody"),
    ("Die Linke und die CDU stimmen zu.", "a party"), ("Die Verwaltung und der Kreis Ahrenfeld", "no names"),
    ("Frau Vorsitzende, meine Damen und Herren", "a function"), ("Herr Bürgermeister", "a function"),
    ("Fachbereichsleiterin Jugend sagt zu.", "a field behind a function"), ("Vorsitzender des Jugendhilfeausschusses", "a function"),
    ("im Mai und am 3. August", "months"), ("SPD-Fraktion, AWO, Kreisjugendring", "groups"), ("", "nothing"),
    ("Der Koch der Schulküche", "a profession"), ("Dr.", "a title alone"), ("Frau", "a form of address alone"),
    ("am Ende", "an ordinary word"), ("Anlage C BA 3", "no title"),
]


@pytest.mark.parametrize(("text", "reason"), LEFT)
def test_other_words_stay(text: str, reason: str) -> None:
    assert marked(text) == text, reason


@pytest.mark.parametrize("piece", ["Herr ", "Dr. ", "von ", "Frau Müller-", "Harmsen, ", "K. ", "A-\n", "Herren Koch, ", "Bürgermeister ", "é"])
def test_reading_is_linear(piece: str) -> None:
    wrong = grows(lambda size: partial(marked, piece * (size // len(piece))), (5_000, 50_000))
    assert wrong is None, wrong


@given(st.lists(st.sampled_from(
    ["Herr", "Frau", "Dr.", "Harmsen", "Harmsens", "Anne", "Frank", "Schule", "Koch", "Vorsitzende", "Antrag", "Rat", "Li",
     "Lis", "Ehlersche", "von", "der", "Heide", "und", "-", ",", "Rathaus", "sagt", "V\ufffdss", "Bo"]), max_size=12),
    st.lists(st.sampled_from(["Klaus Harmsen", "Uta Li", "Anne Frank", "Maria von der Heide", "Jan Voß", "Ehlers", "Bo Koch"]),
             max_size=4, unique=True))
def test_words_that_are_passed_over_quickly_are_no_names(words: list[str], known: list[str]) -> None:
    class Slow(Names):
        def could_be(self, folded: str) -> bool:
            return True

    text = " ".join(words).replace(" - ", "-")
    quick, slow = Names(), Slow()
    for name in known:
        quick.add(name, name)
        slow.add(name, name)
    assert Reader(text, quick).spans == Reader(text, slow).spans
