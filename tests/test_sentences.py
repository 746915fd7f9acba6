"""Sentences: tables of text and expected split, the lexicon's examples, and properties on any text."""

from __future__ import annotations

import tomllib
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract import normalise
from pipeline.extract.boundaries import LEXICON, split_run
from pipeline.extract.sentences import find_sentences
from pipeline.extract.state import ItemState, SentenceState
from pipeline.extract.tokens import tokenize
from pipeline.records import AgendaItem, ItemContext, Section, Table
from tests.growth import grows

ABBREVIATIONS = tomllib.loads((LEXICON / "abbreviations.toml").read_text("utf-8"))
REPAIRS = tomllib.loads((LEXICON / "repairs.toml").read_text("utf-8"))


def read(text: str, *, tables: tuple[Table, ...] = (), damage: tuple[str, ...] = ()) -> list[SentenceState]:
    section = Section(label="Wortprotokoll", kind="minutes", text=text, tables=tables, damage=damage)
    state = ItemState(item=AgendaItem(), context=ItemContext(), sections=(section,))
    find_sentences(state)
    return state.sentences


ONE = [
    ("Herr Stv. Dr. H.-O. Kessel, Dez. II, teilt gem. § 4 Abs. 2 mit, dass die St.-Jürgen-Schule teilnehme.", "dots in names"),
    ("Frau Ott ist 1. Vorsitzende und Herr Uhl 2. stellv. Bürgermeister.", "numbered functions without an article"),
    ("Frau Ott, Fachbereich 3. Soziales, fragt nach.", "a numbered department with its name"),
    ("Ausschussmitgl. Rathje, der Ortsbgm. Uhl und Frau Dipl.-Biol. Ott danken.", "compounds of shortened functions"),
    ("Das Am. Rathje fragt nach.", "a shortened function that is a small word, too"),
    ("Ab dem 1. 8. u. a. die Grundschule am Markt.", "spaced date and abbreviation"),
    ("Die Sitzung am 3. Mai beginnt um 18.30 Uhr.", "ordinal and clock time"),
    ("Das IV. Quartal und die 2. Lesung der 3. Änderung stehen an.", "roman and arabic ordinals before nouns"),
    ("Der 1. Bürgermeister und die 2. Vizepräsidentin fehlen.", "ordinals in titles"),
    ("Die Kosten lägen bei 1,3 Mio. Euro bzw. 9.500.000 € p. a. im Jahr.", "money"),
    ("Das folgt aus § 8a Abs. 1 S. 2 Nr. 3 SGB VIII i. V. m. § 36 ff. SGB VIII.", "citation"),
    ("„Wie soll das gehen?“, fragt Frau Ott.", "question mark in a quote"),
    ("Er nennt das „sportlich.“ und lacht.", "full stop in a quote"),
    ("Stadträtin Göttsch (DIE LINKE.) Mannheim stimmt zu.", "full stop in a bracket in the middle"),
    ("Der Verein (vgl. Vorlage. Der Rest folgt) zahlt.", "sentence in a bracket in the middle"),
    ("2. Die Verwaltung wird beauftragt.", "number of a list item"),
    ("zu 1.: zur Kenntnis genommen", "item of a vote"),
    ("Grundstück Fl.-Nr. 812/4 und Haus-Nr. 40 liegen dort.", "compound abbreviation"),
    ("Frau Prof. Dr. Maren Holm vom Brückenschlag e. V. Ahrenfeld trägt vor.", "club in a name"),
    ("Ja: 9 Nein: 1 Enthaltung: 2", "vote line"),
    ("Die Kita liegt in der Lindenstr. Ahrenfeld.", "street"),
    ("Es sei ... schwierig.", "ellipsis in the middle"),
    ("Alle Bürger:innen und Akteur*innen kommen.", "gender forms"),
    ("Frau Schütz, 1. Vorsitzende, 2. Herr Lau.", "ordinal after a comma"),
    ("Das steht auf www.ahrenfeld.De und in a.Bauamt@ahrenfeld.de jederzeit.", "addresses"),
    ("Die Variante C wird nicht verfolgt. - einstimmig", "dash after a full stop"),
    ("davon anwesend: .8", "leader dot"),
    ("Herr K. Harms (SPD) fragt nach.", "initial"),
    ("1.) Die Mittel fließen.", "mark with full stop and bracket"),
    ("Es braucht zusätzl. Mittel und entspr. Stellen.", "abbreviations by their end"),
    ("Das Flst. 12 und die Kl. 4 sind betroffen.", "short noun before a number"),
]

SEVERAL = [
    ("Das kostet 3.000 €.Frau Ott fragt nach.", ["Das kostet 3.000 €.", "Frau Ott fragt nach."], "no blank after an amount"),
    ("Das liege vor.Herr Uhl fragt nach.", ["Das liege vor.", "Herr Uhl fragt nach."], "missing blank"),
    ("Er fragt: „Warum? Wieso?“ Frau Ott schweigt.", ["Er fragt: „Warum?", "Wieso?“", "Frau Ott schweigt."], "inside a quote"),
    ("Das regelt Ziffer 3. Stadtrat Uhl fragt nach.", ["Das regelt Ziffer 3.", "Stadtrat Uhl fragt nach."], "cardinal at the end"),
    ("Das regelt § 8. Die Frist läuft.", ["Das regelt § 8.", "Die Frist läuft."], "paragraph sign at the end"),
    ("Das gilt bis 2025. Träger zahlen.", ["Das gilt bis 2025.", "Träger zahlen."], "year at the end"),
    ("Das folgt aus SGB VIII. Eltern zahlen.", ["Das folgt aus SGB VIII.", "Eltern zahlen."], "roman number at the end"),
    ("Es fehlen Bänke usw. Kinder warten.", ["Es fehlen Bänke usw.", "Kinder warten."], "usw. before a noun"),
    ("Es kostet 4 Mio. Der Kreis zahlt.", ["Es kostet 4 Mio.", "Der Kreis zahlt."], "Mio. at the end"),
    ("Die Höhe beträgt 2,90 m. Träger zahlen.", ["Die Höhe beträgt 2,90 m.", "Träger zahlen."], "unit at the end"),
    ("Auf diese Art. Träger zahlen.", ["Auf diese Art.", "Träger zahlen."], "a word that looks like an abbreviation"),
    ("Das stehe aus. sB Lau fragt nach.", ["Das stehe aus.", "sB Lau fragt nach."], "rank in small letters"),
    ("(Beifall) Stadtrat Uhl dankt.", ["(Beifall)", "Stadtrat Uhl dankt."], "remark in brackets"),
    ("Es läuft. (Folie 7 wird gezeigt.) Im Mai endet es.", ["Es läuft.", "(Folie 7 wird gezeigt.)", "Im Mai endet es."], "sentence in brackets"),
    ("Sie hebt hervor: • Lärm • Kosten", ["Sie hebt hervor:", "• Lärm", "• Kosten"], "bullets in one run"),
    ("Kämmerer Grill: - lehnt ab - fordert 3 Stellen", ["Kämmerer Grill:", "- lehnt ab", "- fordert 3 Stellen"], "dashes in one run"),
    (
        "1. Der Bau beginnt. - Ja 9, Nein 2 2. Die Mittel fließen.",
        ["1. Der Bau beginnt. - Ja 9, Nein 2", "2. Die Mittel fließen."], "numbered list in one run",
    ),
    ("Mitglieder: 9 davon anwesend: 8 Ja: 5", ["Mitglieder: 9", "davon anwesend: 8", "Ja: 5"], "attendance line"),
    (
        "Antrag: 7 Ja, 3 Nein, 2 Enthaltungen Der Antrag ist damit angenommen.",
        ["Antrag: 7 Ja, 3 Nein, 2 Enthaltungen", "Der Antrag ist damit angenommen."], "sentence after a vote line",
    ),
    (
        "Ja: Lau, Uhl Nein: Ott Enthaltung: Holm Damit ist der Antrag angenommen.",
        ["Ja: Lau, Uhl", "Nein: Ott", "Enthaltung: Holm", "Damit ist der Antrag angenommen."], "roll call in one run",
    ),
    ("Man müsse ... Herr Uhl winkt ab.", ["Man müsse ...", "Herr Uhl winkt ab."], "ellipsis at the end"),
    ("Einstimmig bei 2 Enth. 19.20 Uhr Herr Uhl geht.", ["Einstimmig bei 2 Enth.", "19.20 Uhr Herr Uhl geht."], "clock time after an abbreviation"),
    ("Das sei so.Frau Ott dankt.", ["Das sei so.", "Frau Ott dankt."], "missing blank after a short word"),
    ("So spricht Frau B. „Und nun?“", ["So spricht Frau B.", "„Und nun?“"], "quote after an initial"),
    ("Das sei so! Nein.", ["Das sei so!", "Nein."], "exclamation mark"),
    ("Er sei für Variante B. Die Kosten steigen.", ["Er sei für Variante B.", "Die Kosten steigen."], "single letter at the end"),
    ("Sie sei für A. Es bleibt dabei", ["Sie sei für A.", "Es bleibt dabei"], "no full stop at the end of the block"),
]

BLOCKS = [
    ("Der Ausschuss tagt im großen Saal des Kreishauses und\nberät über die Vorlage. Er stimmt zu.", 2, "soft wrap before a small letter"),
    ("Frau Ott erläutert den Stand der Planung und nennt\nDaten aus dem Gutachten der Firma Witt, das im Mai\nvorlag.", 1, "wrap before a capital"),
    ("Ja-Stimmen: 7\nNein-Stimmen: 2\nEnthaltungen: 1", 3, "vote lines"),
    ("Herr Maas\n- fragt, ob die Frist gelte\n- regt eine Verlängerung an", 3, "name line with dashes"),
    ("Herr Maas\n. fragt, ob die Frist gelte.\n. regt eine Verlängerung an.", 3, "name line with full stops as bullets"),
    ("Herr Maas\no fragt nach\no regt an", 3, "name line with the letter o as a bullet"),
    ("a) Grundsatz\nb) Höhe\nzu 1) Frist", 3, "letters and numbers"),
    ("Beschluss:\nDer Kreistag stimmt zu.", 2, "label"),
    ("Die Sitzung ist am\n3. Mai im großen Saal des Kreishauses in Ahrenfeld.", 1, "date that opens a line"),
    ("Herr Lau meint, die Ausgaben seien um vier Mio.\nEuro gestiegen, das Land gebe nichts dazu, sagt er\nund schweigt.", 1, "wrap after an abbreviation"),
    ("Der Antrag auf Schluss der Debatte wird mit 24\nJa-Stimmen bei 9 Gegenstimmen heute angenommen.", 1, "wrap inside a count"),
    ("Der Ausschuss stellt - bei einer Enthaltung heute\n- mehrheitliche Zustimmung fest und vertagt sich.", 1, "thought dash that opens a line"),
    ("Das gilt laut Aussage der Verwaltung nur bis um\n22.00 Uhr, danach gilt das Gesetz.", 1, "clock time that opens a line"),
    ("Frau Ott verweist auf den Tagesordnungspunkt\n5. Die Frist endet im Mai.", 2, "cardinal that opens a line"),
    ("Gesetzliche Anzahl der Mitglieder des Ausschusses: 15\ndavon anwesend: 12\nJa-Stimmen: 9", 3, "vote block with one long line"),
    ("Der Haupt-\nund Finanzausschuss tagt.", 1, "suspended hyphen at the line's end"),
]


@pytest.mark.parametrize(("text", "reason"), ONE)
def test_is_one_sentence(text: str, reason: str) -> None:
    assert [s.text for s in read(text)] == [text], reason


@pytest.mark.parametrize(("text", "expected", "reason"), SEVERAL)
def test_splits(text: str, expected: list[str], reason: str) -> None:
    assert [s.text for s in read(text)] == expected, reason


@pytest.mark.parametrize(("text", "expected", "reason"), BLOCKS)
def test_lines(text: str, expected: int, reason: str) -> None:
    assert len(read(text)) == expected, (reason, [s.text for s in read(text)])


@pytest.mark.parametrize("table", ["never", "number"])
def test_abbreviations_that_never_end_a_sentence(table: str) -> None:
    for key, example in ABBREVIATIONS[table].items():
        assert len(read(example)) == 1, (key, example)


def test_abbreviations_that_may_end_a_sentence() -> None:
    for key, example in (*ABBREVIATIONS["may"].items(), *ABBREVIATIONS["suffixes"].items()):
        expected = 1 if key == "zb" else 2
        assert len(read(example)) == expected, (key, example)


@pytest.mark.parametrize(
    ("text", "kind", "marker", "norm"),
    [
        ("• fragt, ob das gelte", "bullet", "•", "fragt, ob das gelte"),
        ("- Lärm am Markt", "bullet", "-", "Lärm am Markt"),
        (". regt eine Verlängerung an.", "bullet", ".", "regt eine Verlängerung an."),
        ("1. Die Vorlage wird zurückgestellt.", "bullet", "1.", "Die Vorlage wird zurückgestellt."),
        ("zu 2) Die Mittel fließen.", "bullet", "zu 2)", "Die Mittel fließen."),
        ("1.) Die Mittel fließen.", "bullet", "1.)", "Die Mittel fließen."),
        ("II. Die Mittel fließen.", "bullet", "II.", "Die Mittel fließen."),
        ("A) Die Mittel fließen.", "bullet", "A)", "Die Mittel fließen."),
        ("3. Mai 2021 war ein Montag.", "prose", "", "3. Mai 2021 war ein Montag."),
        ("Herr Maas", "name", "", "Herr Maas"),
        ("Frau Duarte (Stadtjugendring)", "name", "", "Frau Duarte (Stadtjugendring)"),
        ("Kreisrätin Zellner (CSU):", "name", "", "Kreisrätin Zellner (CSU):"),
        ("Beschlussvorschlag:", "label", "", "Beschlussvorschlag:"),
        ("Ja: 9 Nein: 1 Enthaltung: 2", "vote", "", "Ja: 9 Nein: 1 Enthaltung: 2"),
        ("Abstimmung: einstimmig", "vote", "", "Abstimmung: einstimmig"),
        ("Ja-Stimmen", "vote", "", "Ja-Stimmen"),
        ("CDU 13 1 12", "vote", "", "CDU 13 1 12"),
        ("davon anwesend: .8", "vote", "", "davon anwesend: .8"),
        ("Vertagung: 5 / 4 / 0", "vote", "", "Vertagung: 5 / 4 / 0"),
        ("18.52 Uhr: Frau Ott verlässt den Saal.", "prose", "", "18.52 Uhr: Frau Ott verlässt den Saal."),
        ("Ortsvorsteher Gäbler informiert:", "prose", "", "Ortsvorsteher Gäbler informiert:"),
        ("Herr Dr. Wünsche", "name", "", "Herr Dr. Wünsche"),
        ("Sachstand Sozialraumorientierung", "heading", "", "Sachstand Sozialraumorientierung"),
        ("Der Vorsitzende ruft den Punkt auf.", "prose", "", "Der Vorsitzende ruft den Punkt auf."),
        ("........", "empty", "", "........"),
    ],
)
def test_kinds(text: str, kind: str, marker: str, norm: str) -> None:
    (sentence,) = read(text)
    assert (sentence.kind, sentence.marker, sentence.norm) == (kind, marker, norm)


def test_name_above_bullets_in_one_run() -> None:
    assert [s.kind for s in read("Herr Maas • stellt den Antrag vor • wirbt dafür")] == ["name", "bullet", "bullet"]


def test_rows_of_a_table_are_sentences() -> None:
    text = "Vorher.\n\nCDU\t18\t\t18\nSPD\t\t12. Der\t12\n\nNachher."
    start, end = text.index("CDU"), text.index("\n\nNachher")
    table = Table(start=start, end=end, rows=(("CDU", "18", "", "18"), ("SPD", "", "12. Der", "12")))
    found = read(text, tables=(table,))
    assert [(s.text, s.kind, s.paragraph, s.position) for s in found] == [
        ("Vorher.", "prose", 0, 0), ("CDU 18 18", "table", 1, 0), ("SPD 12. Der 12", "table", 1, 1), ("Nachher.", "prose", 2, 0),
    ]


@pytest.mark.parametrize(
    ("text", "norm"),
    [
        ("Die Haushaltskon-\nsolidierung läuft.", "Die Haushaltskonsolidierung läuft."),
        ("Die CDU-\nFraktion lehnt ab.", "Die CDU-Fraktion lehnt ab."),
        ("Die Bauphase endet, die Baupha- se war lang.", "Die Bauphase endet, die Bauphase war lang."),
        ("Der Haupt- und Finanzausschuss tagt.", "Der Haupt- und Finanzausschuss tagt."),
        ("Mit 15 Ja- gegen 31 Nein-Stimmen.", "Mit 15 Ja- gegen 31 Nein-Stimmen."),
        ("15 Ja- kontra 31 Nein-Stimmen.", "15 Ja- kontra 31 Nein-Stimmen."),
        ("Der Haupt-\nund Finanzausschuss tagt.", "Der Haupt- und Finanzausschuss tagt."),
        ("Die Haushaltskon-solidierung läuft.", "Die Haushaltskonsolidierung läuft."),
        ("Die SRO-finanzierte Stelle bleibt.", "Die SRO-finanzierte Stelle bleibt."),
        ("Er nennt das „klug“.", 'Er nennt das "klug".'),
        ("Herr Maren B ö h n i n g fragt nach.", "Herr Maren Böhning fragt nach."),
        ("Er begrüßt Herrn M ü l l e r vom Amt.", "Er begrüßt Herrn Müller vom Amt."),
        ("Die Punkte a b c d bleiben, e und t auch.", "Die Punkte a b c d bleiben, e und t auch."),
        ("Die Schule undJugendbeteiligung, die PowerPoint und die GmbH.", "Die Schule und Jugendbeteiligung, die PowerPoint und die GmbH."),
    ],
)
def test_norm(text: str, norm: str) -> None:
    (sentence,) = read(text)
    assert sentence.norm == norm
    assert sentence.text == " ".join(text.split())


def test_normalised_is_set_only_where_it_differs() -> None:
    plain, joined = read("- Er nennt das „klug“.\n- Die Haushaltskon-\nsolidierung läuft.")
    assert plain.normalised is None
    assert joined.normalised == "- Die Haushaltskonsolidierung läuft."


def test_repair_examples() -> None:
    for damaged, repaired in REPAIRS["examples"].items():
        assert read(damaged, damage=("umlaut_loss",))[0].norm == repaired
        assert read(damaged)[0].text == damaged
    intact = "Der Ratsherr r. Müller und das R in Rat bleiben, der Bär und Herr r auch."
    assert normalise.repair_umlauts("Der Rat, das Ohr, r-Werte") == "Der Rat, das Ohr, r-Werte"
    assert read(intact)[0].text.startswith("Der Ratsherr")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Die CDU-Fraktion (12) fragt.", ["Die", "CDU-Fraktion", "(", "12", ")", "fragt", "."]),
        ("Herr Dr. H.-O. Kessel ruht.", ["Herr", "Dr.", "H.-O.", "Kessel", "ruht", "."]),
        ("am 10.06.2021 um 18.30 Uhr", ["am", "10.06.2021", "um", "18.30", "Uhr"]),
        ("z. B. 1.250,50 Euro", ["z.", "B.", "1.250,50", "Euro"]),
        ("am 3. Mai", ["am", "3.", "Mai"]),
        ("§ 8a Abs. 1", ["§", "8a", "Abs.", "1"]),
        ("Bürger:innen, Akteur*innen, Teilnehmer/-innen", ["Bürger:innen", ",", "Akteur*innen", ",", "Teilnehmer/-innen"]),
        ("Ja-Stimmen:9", ["Ja-Stimmen", ":", "9"]),
        ("Haupt- und Bauamt", ["Haupt-", "und", "Bauamt"]),
        ("10.06.2021ist", ["10.06.2021", "ist"]),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert tokenize(text) == expected


GERMAN = st.lists(
    st.sampled_from(
        ["Herr Uhl", "fragt", ".", ". ", "! ", "z. B. ", "Dr. ", "\n", "\n\n", "\t", " ", "1. ", "(", ")", "„", "“", "- ", "• ", "Ja: 9", "Mio. Der", "-\n",
         "a", "Ä", "...", "…", ":", "\u00a0", "\u2028", "zu 1)", "3. Mai", "r die", "\x85"]
    ),
    max_size=40,
).map("".join)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=200), GERMAN))
def test_spans_give_the_text_back(text: str) -> None:
    found = read(text)
    end = 0
    for sentence in found:
        assert sentence.start >= end
        assert text[end : sentence.start].strip() == ""
        assert " ".join(text[sentence.start : sentence.end].split()) == sentence.text != ""
        assert "".join(sentence.words) == "".join(sentence.norm.split())
        end = sentence.end
    assert text[end:].strip() == ""
    assert [s.index for s in found] == list(range(len(found)))
    places = [(s.paragraph, s.position) for s in found]
    assert places == sorted(set(places))


@pytest.mark.parametrize("piece", ["(", "a. ", "1. ", "- ", ". ", "…", "„", "\n", "A.-", "3. Mai ", "-\n", "x", "Ja: 1 ", ": - "])
def test_time_grows_with_the_length(piece: str) -> None:
    wrong = grows(lambda size: partial(read, piece * (size // len(piece))), (10_000, 80_000))
    assert wrong is None, wrong


def test_split_run_reads_only_its_part() -> None:
    text = "Eins. Zwei. Drei."
    assert split_run(text, 6, 11) == [(6, 11)]
