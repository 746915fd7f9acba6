"""Who is named in a sentence, and which mentions are one speaker."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.extract.mentions import Mention
from pipeline.extract.morphology import mark
from pipeline.extract.naming import find_mentions
from pipeline.extract.tokens import tokenize
from tests.growth import grows
from tests.test_statements import talk

# sentence, kind, name, gender, function, faction or unit of its first mention
NAMES = [
    ("Herr Kessel fragt nach.", "person", "Kessel", "m", None, None),
    ("Herrn Kessel interessiert das.", "person", "Kessel", "m", None, None),
    ("Herr Dr. Kessel fragt nach.", "person", "Kessel", "m", None, None),
    ("Frau Prof. Dr. Hintze fragt nach.", "person", "Hintze", "f", None, None),
    ("Dr. Kunze fragt nach.", "person", "Kunze", None, None, None),
    ("Herr H.-O. Kessel fragt nach.", "person", "H.-O. Kessel", "m", None, None),
    ("Frau Sigrid Auwärter fragt nach.", "person", "Sigrid Auwärter", "f", None, None),
    ("Yasmin Dumke fragt nach.", "person", "Yasmin Dumke", "f", None, None),
    ("Herr von der Heydt fragt nach.", "person", "von der Heydt", "m", None, None),
    ("Herr von C. und N. (Jugendamt) fragt nach.", "person", "von C. und N.", "m", None, "Jugendamt"),
    ("Frau Becker-Schön (CDU) fragt nach.", "person", "Becker-Schön", "f", None, "CDU"),
    ("Herr Sch. fragt nach.", "person", "Sch.", "m", None, None),
    ("KTA Osterkamp fragt nach.", "person", "Osterkamp", None, "KTA", None),
    ("Herr KTA K. Harms (SPD) fragt nach.", "person", "K. Harms", "m", "KTA", "SPD"),
    ("Herr Stv. Dr. Böhmer, CDU-Fraktion, fragt nach.", "person", "Böhmer", "m", "Stv.", "CDU"),
    ("Die Stadtverordnete Kern, Fraktion BÜNDNIS 90/DIE GRÜNEN, fragt nach.", "person", "Kern", "f", "Stadtverordnete", "BÜNDNIS 90/DIE GRÜNEN"),
    ("RM Schröer fragt nach.", "person", "Schröer", None, "RM", None),
    ("Rh. Sieber (CDU) fragt nach.", "person", "Sieber", "m", "Rh.", "CDU"),
    ("Rf. Loh (SPD) fragt nach.", "person", "Loh", "f", "Rf.", "SPD"),
    ("BzStRin Dr. Kühn fragt nach.", "person", "Kühn", "f", "BzStRin", None),
    ("Erste Beigeordnete Ahlert fragt nach.", "person", "Ahlert", "f", "Erste Beigeordnete", None),
    ("Herr Erster Beigeordneter Kranz, Dez. I, fragt nach.", "person", "Kranz", "m", "Erster Beigeordneter", "Dez. I"),
    ("Der stellv. Vorsteher Meinert fragt nach.", "person", "Meinert", "m", "stellv. Vorsteher", None),
    ("Jugendhilfeplanerin Thoma fragt nach.", "person", "Thoma", "f", "Jugendhilfeplanerin", None),
    ("Erste Stadträtin Förster fragt nach.", "person", "Förster", "f", "Erste Stadträtin", None),
    ("Stv. Bürger (CDU) fragt nach.", "person", "Bürger", None, "Stv.", "CDU"),
    ("Kreisrätin Linke (SPD) fragt nach.", "person", "Linke", "f", "Kreisrätin", "SPD"),
    ("BüDep Grund fragt nach.", "person", "Grund", None, "BüDep", None),
    ("Die Vorsitzende, Frau Reimers, fragt nach.", "person", "Reimers", "f", "Vorsitzende", None),
    ("Der Petent, Herr Thomas Hennes, fragt nach.", "person", "Thomas Hennes", "m", "Petent", None),
    ("Herr Sorge, Jugendhilfeplaner, fragt nach.", "person", "Sorge", "m", "Jugendhilfeplaner", None),
    ("Herr Graf von Bernstorff fragt nach.", "person", "Graf von Bernstorff", "m", None, None),
    ("Frau Müller gen. Hoff fragt nach.", "person", "Müller gen. Hoff", "f", None, None),
    ("SR Lehmann (fraktionslos) fragt nach.", "person", "Lehmann", "m", "SR", "fraktionslos"),
    ("Die Herren Lutz und Maier fragen nach.", "person", "Lutz", "m", None, None),
    ("Gv. Tank fragt nach.", "person", "Tank", None, "Gv.", None),
    ("Der Geschäftsführer der Stadtwerke GmbH Herr Lindner fragt nach.", "person", "Lindner", "m", "Geschäftsführer der Stadtwerke GmbH", None),
    ("Frau Jonas vom Familienzentrum fragt nach.", "person", "Jonas", "f", None, None),
    ("Die Freien Wähler fragen nach.", "group", "Freie Wähler", None, None, "Freie Wähler"),
    ("GRM Obermeier wollte wissen, wer zahlt.", "person", "Obermeier", None, "GRM", None),
    ("KTM'in Frau Heine weist darauf hin.", "person", "Heine", "f", "KTM'in", None),
    ("Liyo Brandt berichtet vom Ausflug.", "person", "Liyo Brandt", None, None, None),
    ("Fachdienstleiter Umwelt Herr Grothmann bestätigt die Zahl.", "person", "Grothmann", "m", "Fachdienstleiter Umwelt", None),
    ("BfN lehnt den Antrag ab.", "group", "BfN", None, None, "BfN"),
    ("Der Personalrat fragt nach.", "group", "Personalrat", None, None, None),
    ("WB-Vors. Claußen regt an, sich zusammenzutun.", "person", "Claußen", None, "WB-Vors.", None),
    ("Kassenwart Grabowski fragt nach.", "person", "Grabowski", "m", "Kassenwart", None),
    ("Fraktionschefin Roth fragt nach.", "person", "Roth", "f", "Fraktionschefin", None),
    ("Der Vorsitzende fragt nach.", "role", "Vorsitzender", "m", "Vorsitzender", None),
    ("Die Leiterin der Kita Wiesenweg fragt nach.", "role", "Leiterin der Kita Wiesenweg", "f", "Leiterin der Kita Wiesenweg", None),
    ("Eine Anwohnerin des Fasanenweges fragt nach.", "role", "Anwohnerin", "f", "Anwohnerin", None),
    ("N/JA-L weist darauf hin.", "role", "N/JA-L", None, "N/JA-L", None),
    ("Die SPD-Fraktion fragt nach.", "group", "SPD-Fraktion", None, None, "SPD"),
    ("Die Fraktion Bündnis 90/Die Grünen fragt nach.", "group", "Fraktion Bündnis 90/Die Grünen", None, None, "Bündnis 90/Die Grünen"),
    ("Mehrere Mitglieder fragen nach.", "group", "Mehrere Mitglieder", None, None, None),
    ("Das Bauamt fragt nach.", "group", "Bauamt", None, None, None),
    ("Der Jugendhilfeausschuss nimmt Kenntnis.", "body", "Jugendhilfeausschuss", None, None, None),
]


def mentions(text: str) -> list[Mention]:
    words = tokenize(text)
    return find_mentions(words, mark(words))


@pytest.mark.parametrize(("text", "kind", "name", "gender", "role", "label"), NAMES, ids=[row[0] for row in NAMES])
def test_name(text: str, kind: str, name: str, gender: str | None, role: str | None, label: str | None) -> None:
    first = mentions(text)[0]
    assert (first.kind, first.name, first.gender, first.role, first.faction or first.unit) == (kind, name, gender, role, label)


# words that stand where a name could, and are none
NO_PERSONS = [
    "Als Kompromiss bietet sie einen Aufschub an.",
    "Im Weiteren wünscht sie sich mehr Auskunft.",
    "Laut Plan bittet er um Aufschub.",
    "Der Bürgermeister Folgendes mitteilend verlässt den Saal.",
    "Insgesamt bewertet man das als attraktiv.",
    "Nach § 27 SGB VIII besteht ein Anspruch.",
    "In der Anlage 3 stehen die Zahlen.",
    "Am Montag beginnt der Bau.",
]


@pytest.mark.parametrize("text", NO_PERSONS)
def test_ordinary_words_are_no_persons(text: str) -> None:
    assert not [m.name for m in mentions(text) if m.kind == "person"]


# two sentences: are the two speakers one?
IDENTITY = [
    ("LR Harms antwortet. Der Landrat ergänzt.", True, "abbreviated office"),
    ("Ausschussvorsitzender Buder dankt. Der Vorsitzende fragt nach.", True, "chair named once"),
    ("Der Vorsitzende dankt. Der Vorsitzende, Herr Töpfer, fragt nach.", True, "chair named later"),
    ("Frau Sigrid Auwärter fragt. Frau Auwärter dankt.", True, "full name, surname"),
    ("Jugendamtsleiterin Noack erläutert den Plan. Die Jugendamtsleiterin ergänzt.", True, "function"),
    ("LR Harms antwortet. Herr K. Harms (SPD) fragt.", False, "an initial tells two bearers apart"),
    ("GR M. Müller fragt. GRin W. Müller antwortet.", False, "two given names"),
    ("Frau Koch fragt. Herr Koch antwortet.", False, "gender"),
    ("Frau Koch (CDU) fragt. Frau Koch (SPD) antwortet.", False, "party"),
    ("Der Bürgermeister fragt. Die Bürgermeisterin antwortet.", False, "gender of a function"),
    ("Herr von Carow und Nedlitz (Jugendamt) fragt. Herr von C. und N. dankt.", True, "abbreviated double name"),
    ("Frau Wegner dankt. Frau Wegener fragt. Frau Wegener bittet um Geduld.", True, "two spellings"),
    ("Herr Schmid dankt. Herr Schmidt fragt. Herr Schmidt bittet um Geduld.", False, "two names"),
    ("Die Initiative Malerviertel fragt nach. Die Initiative dankt.", True, "short name of a group"),
]


@pytest.mark.parametrize(("text", "same", "reason"), IDENTITY, ids=[row[2] for row in IDENTITY])
def test_identity(text: str, same: bool, reason: str) -> None:
    first, second, *_ = (s.speakers for s in talk(text).sentences)
    assert (first == second) is same, reason


def test_gender_from_own_pronouns() -> None:
    state = talk("KTA Ott erklärt, ihre Fraktion lehne das ab.")
    assert next(iter(state.speakers.values())).gender == "f"


@pytest.mark.parametrize("token", ["Herr ", "und ", "Frau von ", "( ", "Dr. ", "Vorsitzende ", ", der "])
def test_time_grows_with_the_text(token: str) -> None:
    """Of hostile text, made of one kind of token."""
    def work(size: int) -> Callable[[], object]:
        words = tokenize(token * size)
        return lambda: find_mentions(words, mark(words))

    wrong = grows(work, (2_000, 20_000))
    assert wrong is None, wrong
