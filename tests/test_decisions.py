"""Decisions: tables of passages and what they decide, from every form of the catalogue; then records, marks, and speed.

A passage is written as `W|text##A|text`: W Wortprotokoll, B Beschluss, V Beschlussvorschlag, A Abstimmungsergebnis, S Sachverhalt;
`//` parts paragraphs. An expected decision is outcome, unanimous, yes, no, abstain.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import pytest
import spacy

import pipeline.extract.decisions
import pipeline.extract.morphology
import pipeline.extract.pipeline
import pipeline.extract.sentences  # noqa: F401  (each registers its factory; pipeline the extension `item`)
from pipeline.extract.decision_lexicon import load
from pipeline.extract.decisions import find_decisions
from pipeline.extract.findings import Setting
from pipeline.extract.outcomes import read_sentence
from pipeline.extract.state import SECTION_BREAK, ItemState, SentenceState
from pipeline.records import AgendaItem, Decision, ItemContext, Section, SectionKind, Table
from tests.growth import grows

LABELS: dict[str, tuple[str, SectionKind]] = {
    "W": ("Wortprotokoll", "minutes"), "B": ("Beschluss", "resolution"), "V": ("Beschlussvorschlag", "resolution"),
    "A": ("Abstimmungsergebnis", "result"), "S": ("Sachverhalt", "facts"),
}

Expected = tuple[str, bool | None, int | None, int | None, int | None]


def _(outcome: str, unanimous: bool | None = None, yes: int | None = None, no: int | None = None, abstain: int | None = None) -> Expected:
    return outcome, unanimous, yes, no, abstain


@lru_cache(maxsize=1)
def _nlp() -> spacy.Language:
    nlp = spacy.blank("de")
    for name in ("sentences", "morphology", "decisions"):
        nlp.add_pipe(f"auszug_{name}")
    return nlp


def read(
    passage: str, *, result: str | None = None, tables: tuple[Table, ...] = (), title: str = "Kita"
) -> ItemState:
    """The state after the decisions of a passage have been found."""
    sections = []
    for part in passage.split("##"):
        mark, text = part.split("|", 1)
        label, kind = LABELS[mark.strip()]
        sections.append(Section(label=label, kind=kind, text=text.strip().replace("//", "\n\n"), tables=tables))
    state = ItemState(
        item=AgendaItem(title=title, organization="Ausschuss für Jugend", date="2023-08-31", result=result),
        context=ItemContext(), sections=tuple(sections),
    )
    nlp = _nlp()
    doc = nlp.make_doc(SECTION_BREAK.join(section.text for section in sections))
    doc._.item = state
    nlp(doc)
    return state


def key(decision: Decision) -> Expected:
    return decision.outcome, decision.unanimous, decision.yes, decision.no, decision.abstain


PASSAGES: list[tuple[str, list[Expected]]] = [
    ("W|Der Antrag wird mit 12 Ja-Stimmen, 3 Nein-Stimmen und 1 Enthaltung angenommen.", [_("accepted", False, 12, 3, 1)]),
    ("W|Der Beschlussvorschlag wird mit 7 Stimmen bei 4 Gegenstimmen und zwei Enthaltungen angenommen.", [_("accepted", False, 7, 4, 2)]),
    ("A|JA-Stimmen:9 NEIN-Stimmen:0", [_("accepted", True, 9, 0)]),
    ("A|Ja-Stimmen: 15//Nein-Stimmen: 13//Enthaltungen: 2", [_("accepted", False, 15, 13, 2)]),
    ("A|Zustimmung:\n7\nAblehnung:\n0\nEnthaltung:\n1", [_("accepted", True, 7, 0, 1)]),
    ("A|Zustimmung://7//Ablehnung://0//Enthaltung://1", [_("accepted", True, 7, 0, 1)]),
    ("A|Gesetzliche Anzahl der Gemeindevertreter: 11//davon anwesend: 9//Ja-Stimmen: 8//Nein-Stimmen: 1//Stimmenthaltungen: 0", [_("accepted", False, 8, 1, 0)]),
    ("A|Gesetzl. Anzahl der Mitglieder der Gemeindevertretung: 13, davon anwesend: 10, Ja-Stimmen: 10, Nein-Stimmen: 0, Stimmenthaltungen: 0", [_("accepted", True, 10, 0, 0)]),
    ("A|davon anwesend: ……9 //Zustimmung: ……8//Ablehnung: ……1//Enthaltung: ……0", [_("accepted", False, 8, 1, 0)]),
    ("A|einstimmig beschlossen", [_("accepted", True)]),
    ("A|Einstimmig, bei 2 Enthaltungen", [_("accepted", True, None, None, 2)]),
    ("A|mehrheitlich beschlossen\n(gegen die Stimmen der FDP-Fraktion)", [_("accepted", False)]),
    ("A|einstimmig (ohne Enthaltungen)", [_("accepted", True, None, None, 0)]),
    ("A|Ja: 11\tNein: 2\tEnthaltung: 0", [_("accepted", False, 11, 2, 0)]),
    ("A|11 Ja-Stimmen / 2 Nein-Stimmen / 0 Enthaltungen", [_("accepted", False, 11, 2, 0)]),
    ("A|Ja 11 | Nein 2 | Enth. 0", [_("accepted", False, 11, 2, 0)]),
    ("A|11:2:0 (J:N:E)", [_("accepted", False, 11, 2, 0)]),
    ("A|11/2/0", [_("accepted", False, 11, 2, 0)]),
    ("A|Dafür: 11 Stimmen, Dagegen: 2 Stimmen, Enthaltungen: keine", [_("accepted", False, 11, 2, 0)]),
    ("A|Mit 11 gegen 2 Stimmen beschlossen.", [_("accepted", False, 11, 2)]),
    ("A|Der Beschluss wurde mit 11 Für- und 2 Gegenstimmen gefasst.", [_("accepted", False, 11, 2)]),
    ("A|Anwesende Mitglieder: 15//Ja-Stimmen: 12//Nein-Stimmen: 3", [_("accepted", False, 12, 3)]),
    ("A|Abstimmungsergebnis: Ja-Stimmen 0, Nein-Stimmen 11, Enthaltungen 1", [_("rejected", False, 0, 11, 1)]),
    ("A|- einstimmig -", [_("accepted", True)]),
    ("W|Abstimmungsergebnis: einstimmig angenommen", [_("accepted", True)]),
    ("W|Der Ausschuss stimmt der Vorlage mit elf Ja- und zwei Nein-Stimmen zu.", [_("accepted", False, 11, 2)]),
    ("W|Bei drei Gegenstimmen und zwei Enthaltungen wird die Vorlage mehrheitlich angenommen.", [_("accepted", False, None, 3, 2)]),
    ("W|Der Antrag der SPD-Fraktion wird bei Stimmengleichheit (6:6) abgelehnt.", [_("rejected", False, 6, 6)]),
    ("W|Mit 20 Stimmen dafür, 18 Stimmen dagegen und 3 Enthaltungen ist der Antrag angenommen.", [_("accepted", False, 20, 18, 3)]),
    ("W|Für den Antrag stimmen 14 Mitglieder, gegen den Antrag 15 Mitglieder, 2 enthalten sich.", [_("rejected", False, 14, 15, 2)]),
    ("W|Der Antrag wird mit großer Mehrheit abgelehnt.", [_("rejected", False)]),
    ("W|Die Vorlage wird ohne Gegenstimmen bei einer Enthaltung beschlossen.", [_("accepted", True, None, 0, 1)]),
    ("W|Der Rat beschließt einstimmig den Jahresabschluss 2021.", [_("accepted", True)]),
    ("W|Der Ausschuss empfiehlt dem Rat einstimmig, die Satzung zu beschließen.", [_("accepted", True)]),
    ("W|Die Mitglieder des Jugendhilfeausschusses stimmen der Vorlage einstimmig zu.", [_("accepted", True)]),
    ("W|Dem Antrag wird mit 8 Ja-Stimmen bei 7 Enthaltungen zugestimmt.", [_("accepted", True, 8, None, 7)]),
    ("W|Die Beschlussempfehlung wird einstimmig angenommen, bei 2 Enthaltungen der AfD-Fraktion.", [_("accepted", True, None, None, 2)]),
    ("W|Dem Verwaltungsvorschlag wird mehrheitlich, mit 3 Nein-Stimmen, gefolgt.", [_("accepted", False, None, 3)]),
    ("W|Sodann lässt die Vorsitzende über den Antrag abstimmen. Dieser wird mit 4 Ja-Stimmen zu 9 Nein-Stimmen abgelehnt.", [_("rejected", False, 4, 9)]),
    ("W|Abstimmung: 9 Ja-Stimmen, 2 Nein-Stimmen, 1 Enthaltung. Damit ist der Antrag angenommen.", [_("accepted", False, 9, 2, 1)]),
    ("W|Die Vorlage ist damit mehrheitlich beschlossen.", [_("accepted", False)]),
    ("W|Wortmeldungen gibt es nicht. Der Beschlussvorschlag wird einstimmig angenommen.", [_("accepted", True)]),
    ("W|Der Tagesordnungspunkt wird von der Tagesordnung abgesetzt.", [_("deferred")]),
    ("W|Die Beschlussfassung wird auf die nächste Sitzung verschoben.", [_("deferred")]),
    ("W|Der Ausschuss vertagt die Angelegenheit in die nächste Sitzung.", [_("deferred")]),
    ("W|Auf Antrag der CDU-Fraktion wird die Vorlage einstimmig vertagt.", [_("deferred", True)]),
    ("W|Die Vorlage wird in die Fraktionen verwiesen.", [_("referred")]),
    ("W|Der Ausschuss verweist den Antrag einstimmig in den Finanzausschuss.", [_("referred", True)]),
    ("W|Der Antrag wird zur weiteren Beratung in den Bauausschuss überwiesen.", [_("referred")]),
    ("W|Der Antrag wurde vom Antragsteller zurückgezogen.", [_("withdrawn")]),
    ("W|Die FDP-Fraktion zieht ihren Antrag zurück.", [_("withdrawn")]),
    ("W|Der Antrag hat sich damit erledigt.", [_("withdrawn")]),
    ("W|Der Ausschuss nimmt den Sachstandsbericht der Verwaltung zur Kenntnis.", [_("noted")]),
    ("W|Die Ausschussmitglieder nehmen die Ausführungen zustimmend zur Kenntnis.", [_("noted")]),
    ("A|zur Kenntnis genommen", [_("noted")]),
    ("W|Kenntnis genommen.", [_("noted")]),
    ("W|Der Bericht dient der Kenntnisnahme.", []),
    # what would be is no result, nor is what somebody expects
    ("W|Frau Ahlers kündigt einen Zusatz an. Ohne ihn gäbe es keine Mehrheit.", []),
    ("W|Ohne Gegenfinanzierung fände der Antrag keine Mehrheit.", []),
    ("B|Der Jugendhilfeausschuss nimmt den Bericht zur Kenntnis.##A|zur Kenntnis genommen", [_("noted")]),
    ("B|Der Jugendhilfeausschuss beschließt die Richtlinie.##A|einstimmig", [_("accepted", True)]),
    ("B|Der Jugendhilfeausschuss beschließt die Richtlinie in der vorliegenden Fassung.", [_("accepted")]),
    ("V|Der Jugendhilfeausschuss beschließt die Richtlinie.##A|Ja 12 Nein 0 Enthaltung 1", [_("accepted", True, 12, 0, 1)]),
    ("B|Der Kreistag beschließt, die Mittel bereitzustellen.##A|mehrheitlich abgelehnt//Ja: 9 Nein: 22 Enthaltung: 1", [_("rejected", False, 9, 22, 1)]),
    ("W|Frau Ahlers dankt. Der Antrag wird einstimmig angenommen.##B|Die Verwaltung wird beauftragt, zu prüfen.##A|einstimmig", [_("accepted", True)]),
    ("W|Der Änderungsantrag wird einstimmig angenommen.##B|Die so geänderte Vorlage wird beschlossen.##A|einstimmig", [_("accepted", True), _("amended", True)]),
    ("W|Über den Antrag auf Ende der Debatte wird abgestimmt: Ja 15, Nein 12. Danach wird die Vorlage mit 20 Ja-Stimmen und 7 Nein-Stimmen beschlossen.", [_("accepted", False, 15, 12), _("accepted", False, 20, 7)]),
    ("W|Der Antrag auf Vertagung wird mit 3 Ja-Stimmen bei 9 Nein-Stimmen abgelehnt.", [_("rejected", False, 3, 9)]),
    ("W|Der Antrag auf Vertagung wird mit 9 Ja-Stimmen bei 3 Nein-Stimmen angenommen.", [_("deferred", False, 9, 3)]),
    ("W|Der Antrag auf Überweisung in den Hauptausschuss wird mehrheitlich angenommen.", [_("referred", False)]),
    ("W|Der Dringlichkeit wird einstimmig zugestimmt.", [_("accepted", True)]),
    ("W|Die Öffentlichkeit wird einstimmig ausgeschlossen.", [_("accepted", True)]),
    ("W|Der Tagesordnung wird einstimmig zugestimmt.", [_("accepted", True)]),
    ("W|Die Niederschrift wird einstimmig genehmigt.", [_("accepted", True)]),
    ("W|Einwände gegen die Niederschrift werden nicht erhoben.", [_("consensus")]),
    ("W|Herr Timm wird einstimmig zum Vorsitzenden gewählt. Er nimmt die Wahl an.", [_("elected", True)]),
    ("W|Auf Frau Ahlers entfallen 21 Ja-Stimmen, 3 Nein-Stimmen und 2 Enthaltungen. Frau Ahlers ist damit gewählt.", [_("elected", False, 21, 3, 2)]),
    ("W|Der Rat wählt Frau Ahlers mit 19 Ja-Stimmen bei 2 Enthaltungen zur Ratsvorsitzenden.", [_("elected", True, 19, None, 2)]),
    ("W|Der Jugendhilfeausschuss benennt Frau Ahlers als stellvertretendes Mitglied.", [_("elected")]),
    ("W|Herr Timm erhält 9 Ja-Stimmen und 11 Nein-Stimmen und ist damit nicht gewählt.", [_("rejected", False, 9, 11)]),
    ("W|Es wird geheim gewählt. Frau Ahlers wurde 2019 in den Ausschuss gewählt.", []),
    ("W|Der Ausschuss ist mit dem Vorgehen einverstanden.", [_("consensus")]),
    ("W|Es besteht Einvernehmen, das Thema im Herbst erneut aufzurufen.", [_("consensus")]),
    ("W|Widerspruch erhebt sich nicht.", [_("consensus")]),
    ("W|Die Mitglieder zeigen sich mit der Vorgehensweise einverstanden.", [_("consensus")]),
    ("W|Dieses findet die Zustimmung des Ausschusses.", [_("consensus")]),
    ("W|Der Vorschlag findet allgemeine Zustimmung.", [_("consensus")]),
    ("W|Es gibt keine Gegenstimmen.", [_("consensus", True, None, 0)]),
    ("W|Frau Ahlers stimmt dem Antrag zu. Herr Timm lehnt den Antrag ab.", []),
    ("W|Die CDU-Fraktion lehnt den Antrag ab. Die SPD-Fraktion wird zustimmen.", []),
    ("W|Herr Timm beantragt, die Vorlage zu vertagen.", []),
    ("W|Frau Ahlers fragt, ob der Antrag abgelehnt werde.", []),
    ("W|Wenn der Rat die Satzung beschließt, tritt sie am 1. Januar in Kraft.", []),
    ("W|Herr Timm weist darauf hin, dass der Kreistag 2019 mit 30 zu 12 Stimmen die Einführung beschlossen habe.", []),
    ("W|Im Hauptausschuss sei der Antrag mit 5 Ja-Stimmen bei 6 Nein-Stimmen abgelehnt worden.", []),
    ("W|Der Bauausschuss hat die Vorlage in seiner Sitzung am 12.03.2022 einstimmig empfohlen.", []),
    ("W|Die Vorsitzende lässt über die Vorlage abstimmen.", []),
    ("W|Frau Ahlers bittet um Zustimmung. Herr Timm kündigt die Enthaltung seiner Fraktion an.", []),
    ("W|Das Land hat die Förderung bewilligt. Der Zuschuss wurde im Mai genehmigt.", []),
    ("W|Die Kosten werden vom Land erstattet, die Mittel sind bewilligt.", []),
    ("W|Ein Beschluss wird nicht gefasst.", []),
    ("W|Es wird auf die Präsentation verwiesen.", []),
    ("W|Die Sitzung wird um 20 Uhr geschlossen. Auf die Anlage wird verwiesen.", []),
    ("W|Der Vorsitzende verweist auf die Vorlage.", []),
    ("S|Der Rat hat am 12.03.2020 mit 30:12 Stimmen beschlossen, die Richtlinie zu ändern.##W|Der Ausschuss nimmt Kenntnis.", [_("noted")]),
    ("W|Herr Timm erklärt, die Fraktion habe mehrheitlich beschlossen, zuzustimmen.", []),
    ("W|Frau Ahlers hat den Bericht mit Interesse zur Kenntnis genommen.", []),
    ("W|Die Schule wurde 2015 mit 12 zu 3 Stimmen geschlossen.", []),
    ("W|Es sind 14 Mitglieder anwesend, der Ausschuss ist beschlussfähig.", []),
    ("W|Von 28 Kitas haben 14 zugestimmt, 3 abgelehnt.", []),
    ("W|Ja, das sei richtig. Nein, 3 Gruppen seien geschlossen.", []),
    ("W|Der Vorsitzende stellt fest, dass die Einladung ordnungsgemäß ergangen ist.", []),
    ("W|Der Vorsitzende stellt fest, dass der Antrag damit abgelehnt ist.", [_("rejected")]),
    ("B|Die Vorlage wird mit folgenden Änderungen beschlossen: Ziffer 3 entfällt.##A|Ja 10 Nein 2 Enthaltung 1", [_("amended", False, 10, 2, 1)]),
    ("W|Die geänderte Vorlage wird einstimmig beschlossen.", [_("amended", True)]),
    ("W|Der Ergänzungsantrag wird mit 8 : 5 Stimmen angenommen. Die Vorlage wird insgesamt mit 11 : 2 Stimmen beschlossen.", [_("accepted", False, 8, 5), _("amended", False, 11, 2)]),
    ("W|Der Ergänzungsantrag wird mit 5 : 8 Stimmen abgelehnt. Die Vorlage wird insgesamt mit 11 : 2 Stimmen beschlossen.", [_("rejected", False, 5, 8), _("accepted", False, 11, 2)]),
    ("B|1. Der Bericht wird zur Kenntnis genommen.//2. Die Verwaltung wird beauftragt, ein Konzept vorzulegen.##A|zu 1: zur Kenntnis genommen//zu 2: einstimmig beschlossen", [_("noted"), _("accepted", True)]),
    ("W|Punkt 1 wird einstimmig beschlossen, Punkt 2 wird mit 7 Ja-Stimmen bei 6 Nein-Stimmen angenommen.", [_("accepted", True), _("accepted", False, 7, 6)]),
    ("W|Der Antrag der Grünen wird mit 5 Ja-Stimmen gegen 8 Nein-Stimmen abgelehnt, der Antrag der SPD mit 9 Ja-Stimmen bei 4 Nein-Stimmen angenommen.", [_("rejected", False, 5, 8), _("accepted", False, 9, 4)]),
    ("A|Anwesend: 24//Für den Beschluss: 20//Gegen den Beschluss: 4", [_("accepted", False, 20, 4)]),
    ("A|Für: 12 Gegen: 3 Enthaltungen: 1", [_("accepted", False, 12, 3, 1)]),
    ("A|17 : 0", [_("accepted", True, 17, 0)]),
    ("A|Abstimmung: 8 Dafür 0 Dagegen 1 Enthaltung", [_("accepted", True, 8, 0, 1)]),
    ("A|abgelehnt (4:9:0)", [_("rejected", False, 4, 9, 0)]),
    ("A|angenommen mit 12 : 4 Stimmen", [_("accepted", False, 12, 4)]),
    ("A|Ergebnis: abgelehnt", [_("rejected")]),
    ("A|einstimmig dafür", [_("accepted", True)]),
    ("A|Zustimmung", [_("accepted")]),
    ("A|Mehrheitliche Zustimmung", [_("accepted", False)]),
    ("B|Einstimmig wird beschlossen, die Satzung zu erlassen.", [_("accepted", True)]),
    ("B|Der Gemeinderat beschließt mit 10 Ja-Stimmen und 2 Nein-Stimmen, den Auftrag zu vergeben.", [_("accepted", False, 10, 2)]),
    ("B|Beschluss (einstimmig): Der Rat beschließt die Satzung.", [_("accepted", True)]),
    ("B|Einstimmiger Beschluss://Die Satzung wird erlassen.", [_("accepted", True)]),
    ("W|Der Rat fasst mit 12 Ja-Stimmen bei 2 Enthaltungen folgenden Beschluss:", [_("accepted", True, 12, None, 2)]),
    ("W|Die Drucksache wird mehrheitlich angenommen.//Dafür: SPD, Linke//Dagegen: CDU//Enthaltungen: FDP", [_("accepted", False)]),
    ("W|Die Verwaltung wird einstimmig beauftragt, bis März einen Vorschlag vorzulegen.", [_("accepted", True)]),
    ("W|Der Ausschuss beauftragt die Verwaltung einstimmig, bis März zu berichten.", [_("accepted", True)]),
    ("W|Die Redezeit wird einstimmig auf fünf Minuten begrenzt.", [_("accepted", True)]),
    ("W|Das Konzept wird einhellig begrüßt.", []),
    ("W|Herr Timm: Der Antrag wird abgelehnt werden.", []),
    ("W|Auf Nachfrage erklärt Frau Ahlers, dass die Stelle einstimmig besetzt worden sei.", []),
    ("W|Auf Nachfrage von Herrn Timm erklärt Frau Ahlers, der Kreisausschuss hat dem mit 7 Ja-Stimmen zugestimmt.", []),
    ("W|Die Fraktion habe einstimmig beschlossen, den Antrag zu unterstützen.", []),
    ("W|Frau Ahlers (SPD) stellt den Antrag auf Schluss der Debatte. Dieser wird einstimmig angenommen.", [_("accepted", True)]),
    ("W|Frau Ahlers stellt den Antrag auf Vertagung. Der Antrag wird mit 6 Ja-Stimmen bei 5 Nein-Stimmen angenommen.", [_("deferred", False, 6, 5)]),
    ("W|Herr Timm beantragt die Überweisung in den Hauptausschuss. Dem stimmt der Ausschuss einstimmig zu.", [_("referred", True)]),
    ("W|Der Antrag der FDP, die Vorlage zurückzustellen, findet keine Mehrheit.", [_("rejected", False)]),
    ("W|Der Antrag verfehlt mit 7 Ja-Stimmen bei 7 Nein-Stimmen die Mehrheit.", [_("rejected", False, 7, 7)]),
    ("W|Damit ist der Antrag bei Stimmengleichheit abgelehnt.", [_("rejected", False)]),
    ("W|Die Beschlussvorlage wird mit 9 Ja- und 3 Nein-Stimmen sowie 2 Enthaltungen verabschiedet.", [_("accepted", False, 9, 3, 2)]),
    ("W|Das gemeindliche Einvernehmen wird einstimmig erteilt.", [_("accepted", True)]),
    ("W|Das Einvernehmen nach § 36 BauGB wird erteilt.", [_("accepted")]),
    ("W|Das Einvernehmen nach § 36 BauGB wird nicht erteilt.", [_("rejected")]),
    ("B|Das gemeindliche Einvernehmen wird nicht erteilt.##A|11 : 2", [_("accepted", False, 11, 2)]),
    ("W|Der Bürgerantrag wird mit 12 : 3 Stimmen für unzulässig erklärt.", [_("accepted", False, 12, 3)]),
    ("W|Der Einwohnerantrag ist zulässig (14 : 1).", [_("accepted", False, 14, 1)]),
    ("W|Der Antrag auf geheime Abstimmung wird mit 5 Ja-Stimmen angenommen. In geheimer Abstimmung entfallen auf den Antrag 12 Ja-Stimmen und 10 Nein-Stimmen.", [_("accepted", None, 5), _("accepted", False, 12, 10)]),
    ("W|In namentlicher Abstimmung stimmen mit Ja: Ahlers, Behn, Cordes; mit Nein: Dierks, Ehlers. Damit ist der Antrag mit 3 : 2 Stimmen angenommen.", [_("accepted", False, 3, 2)]),
    ("A|Ja: Ahlers, Behn, Cordes (3)//Nein: Dierks, Ehlers (2)//Enthaltung: keine", [_("accepted", False, 3, 2, 0)]),
    ("A|SPD: 5 Ja, CDU: 6 Nein, Grüne: 3 Ja, FDP: 1 Enthaltung//Gesamt: 8 Ja, 6 Nein, 1 Enthaltung", [_("accepted", False, 8, 6, 1)]),
    ("A|Fraktion Ja Nein Enthaltung//SPD 5 0 0//CDU 0 6 0//Grüne 3 0 1", [_("accepted", False, 8, 6, 1)]),
    ("A|Zustimmung Ablehnung Enthaltung Anwesende//CDU 13 0 0 13//SPD 0 12 0 12//Gesamt 13 12 0 25", [_("accepted", False, 13, 12, 0)]),
    ("A|zu 1.: einstimmig//zu 2.: 9 Ja, 4 Nein//zu 3.: zurückgestellt", [_("accepted", True), _("accepted", False, 9, 4), _("deferred")]),
    ("A|Ziffer 1: einstimmig//Ziffer 2: mehrheitlich bei 2 Gegenstimmen//Ziffer 3: abgelehnt", [_("accepted", True), _("accepted", False, None, 2), _("rejected")]),
    ("B|1. Die Richtlinie wird beschlossen. - einstimmig//2. Die Stelle wird nicht besetzt. - 7 : 6", [_("accepted", True), _("accepted", False, 7, 6)]),
    ("W|Beschlussvorschlag: Der Kreistag beschließt die Satzung. Abstimmung: Ja 11, Nein 2, Enthaltung 0", [_("accepted", False, 11, 2, 0)]),
    ("W|Beschluss://Der Ausschuss beschließt die Vergabe.//Abstimmungsergebnis://einstimmig", [_("accepted", True)]),
    ("W|Beschluss://Der Ausschuss beschließt die Vergabe.//Abstimmungsergebnis://Ja: 9//Nein: 3//Enthaltung: 1//Frau Ahlers dankt.", [_("accepted", False, 9, 3, 1)]),
    ("W|Beschluss://Der Ausschuss nimmt den Bericht zur Kenntnis.", [_("noted")]),
    ("W|Herr Timm zieht seinen Antrag zurück. Die Vorlage wird einstimmig beschlossen.", [_("withdrawn"), _("accepted", True)]),
    ("W|Frau Ahlers erklärt den Antrag für ihre Fraktion für erledigt. Damit ist der Antrag erledigt.", [_("withdrawn")]),
    ("W|Eine Abstimmung erfolgt nicht.", []),
    ("W|Der Antrag der FDP-Fraktion wird in geänderter Form mit 12 Ja-Stimmen bei 3 Enthaltungen beschlossen.", [_("amended", True, 12, None, 3)]),
    ("B|Der Stadtrat beschließt die Satzung mit der Maßgabe, dass § 4 entfällt.##A|mehrheitlich beschlossen", [_("amended", False)]),
    ("A|ungeändert beschlossen//Ja: 10 Nein: 2 Enthaltung: 0", [_("accepted", False, 10, 2, 0)]),
    ("A|geändert beschlossen", [_("amended")]),
    ("A|mit Änderungen empfohlen//dafür: 5 dagegen: 4", [_("amended", False, 5, 4)]),
    ("A|verwiesen in den Finanzausschuss", [_("referred")]),
    ("A|vertagt", [_("deferred")]),
    ("A|zurückgezogen", [_("withdrawn")]),
    ("A|erledigt", [_("withdrawn")]),
    ("A|ohne Beschlussempfehlung", []),
    ("A|entfällt", []),
    ("A|Keine Abstimmung", []),
    ("W|Der Punkt wird ohne Votum in den Kreistag verwiesen.", [_("referred")]),
    ("W|Der Jugendhilfeausschuss folgt der Empfehlung des Unterausschusses mit 9 Ja-Stimmen bei 2 Enthaltungen.", [_("accepted", True, 9, None, 2)]),
    ("W|Der Ausschuss schließt sich dem Votum des Unterausschusses einstimmig an.", [_("accepted", True)]),
    ("W|Die Kreistagsabgeordneten sprechen sich mehrheitlich für die Variante B aus.", [_("accepted", False)]),
    ("W|Der Stadtrat lehnte den Antrag mit 8 zu 15 Stimmen ab.", [_("rejected", False, 8, 15)]),
    ("W|Der Vorschlag der Verwaltung wurde einstimmig angenommen, der Gegenvorschlag war damit erledigt.", [_("accepted", True), _("withdrawn")]),
    ("W|Herr Timm und Frau Ahlers werden einstimmig als Mitglieder der Steuerungsgruppe benannt.", [_("elected", True)]),
    ("W|Zur Schriftführerin wird Frau Ahlers bestellt.", [_("elected")]),
    ("W|Als Stellvertreter wird Herr Timm vorgeschlagen und bei eigener Enthaltung einstimmig gewählt.", [_("elected", True)]),
    ("W|Im ersten Wahlgang erhält kein Kandidat die erforderliche Mehrheit.", [_("rejected", False)]),
    ("W|Gewählt sind: Frau Ahlers mit 12 Stimmen, Herr Timm mit 9 Stimmen.", [_("elected")]),
    ("W|Der Ausschuss verständigt sich darauf, dass das Thema im Mai erneut beraten wird.", [_("consensus")]),
    ("W|Die Anwesenden sind sich einig, dass gehandelt werden muss.", [_("consensus")]),
    ("W|Dem Vorschlag wird allgemein zugestimmt.", [_("accepted")]),
    ("W|Im Ausschuss besteht Konsens, den Antrag nicht weiter zu verfolgen.", [_("consensus")]),
    ("W|Man verständigt sich auf eine zweite Lesung.", [_("consensus")]),
    ("W|Es wird vereinbart, dass die Verwaltung im Herbst berichtet.", [_("consensus")]),
    ("W|Frau Ahlers erklärt, es bestehe Einvernehmen mit dem Land.", []),
    ("W|Mit den Trägern besteht Einvernehmen, sagt Frau Ahlers.", []),
    ("W|Herr Timm ist mit dem Vorgehen einverstanden.", []),
    ("W|Die SPD-Fraktion ist einverstanden.", []),
    ("W|Alle Fraktionen sind mit dem Verfahren einverstanden.", [_("consensus")]),
    ("W|Einigkeit besteht darüber nicht.", []),    ("W|Die Baugenehmigung wird im Mai erteilt.", []),
    ("W|Die Stelle ist bewilligt, aber nicht besetzt.", []),
    ("W|Der Auftrag ist vergeben.", []),
    ("W|Die Eltern sind mit der Lösung einverstanden.", []),
    ("W|Der Beirat ist damit nicht einverstanden.", []),
    ("W|Der Spatenstich wird auf den Herbst verschoben.", []),
    ("W|Im letzten Jahr wurden zwölf Kinder vom Schulbesuch zurückgestellt.", []),
    ("W|Die Eltern werden an die Beratungsstelle verwiesen.", []),
    ("W|Der Landrat nimmt die Kritik zur Kenntnis.", []),
    ("W|Die Verwaltung nimmt dies zur Kenntnis.", []),
    ("W|Der Rat beschließt jedes Jahr über die Gebühren.", []),
    ("W|Der Kreistag beschließt im Herbst den Haushalt.", []),
    ("W|Im Mai wird der Haushalt beschlossen.", []),
    ("W|Der Ausschuss folgt dem Vorschlag nicht.", [_("rejected")]),
    ("W|Die Niederschrift vom 12.03.2023 wird genehmigt.", [_("accepted")]),
    ("W|Die Tagesordnung wird wie vorgelegt festgestellt.", [_("accepted")]),
    ("W|Die Satzung wird beschlossen.", [_("accepted")]),
    ("W|So beschlossen.", [_("accepted")]),
    ("A|wie Vorlage", [_("accepted")]),
    ("A|Wie Vorlage beschlossen, einstimmig", [_("accepted", True)]),
    ("W|Antragsgemäß beschlossen.", [_("accepted")]),
    ("W|Die Abstimmung ergibt 12 Ja-Stimmen und 3 Nein-Stimmen.", [_("accepted", False, 12, 3)]),
    ("W|Der Beschluss wird bei zwei Enthaltungen gefasst.", [_("accepted", None, None, None, 2)]),
    ("W|Frau Ahlers wird per Akklamation gewählt.", [_("elected")]),
    ("W|Der Ausschuss spricht eine einstimmige Empfehlung aus.", [_("accepted", True)]),
    ("W|Frau Kern berichtet, die Stelle werde zum 1. Mai besetzt. Die Förderung ist bewilligt. Der Antrag wurde abgelehnt. Frau Timm fragt nach. Herr Kern erläutert die Zahlen. Frau Timm dankt.", []),
    ("W|Herr Kern zieht seine Kandidatur zurück.", []),
    ("W|Mehrere Eltern haben ihren Antrag zurückgezogen.", []),
    ("W|Die Förderrichtlinie sieht vor, dass Anträge abgelehnt werden.", []),
    ("W|Anträge werden abgelehnt, wenn Unterlagen fehlen.", []),
    ("W|Von 30 Anträgen werden 12 abgelehnt.", []),
    ("W|Der Widerspruch der Anwohner wird vom Landkreis zurückgewiesen.", []),
    ("W|Das Gericht hat die Klage abgewiesen und die Satzung bestätigt.", []),
    ("W|Der Bundestag hat das Gesetz mit großer Mehrheit beschlossen.", []),
    ("W|Die Mehrheit der Eltern ist dafür, nur 12 sind dagegen.", []),
    ("W|Bei der Umfrage waren 60 Prozent dafür und 30 Prozent dagegen.", []),
    ("W|An der Befragung beteiligten sich 120 Eltern, 80 stimmten mit Ja, 40 mit Nein.", []),
    ("W|Frau Timm weist darauf hin, dass 80 Eltern dafür und 40 dagegen gestimmt haben.", []),
    ("W|Die Stadt lehnt eine Haftung ab.", []),
    ("W|Der Träger hat die Vereinbarung gekündigt, der Kreis hat zugestimmt.", []),
    ("W|Eine Zustimmung der Schulkonferenz liegt vor.", []),
    ("W|Die Zustimmung des Landes ist erteilt.", []),
    ("W|Herr Kern: Wir stimmen dem Antrag zu. Wir lehnen die Steuer ab.", []),
    ("W|„Der Antrag wird einstimmig abgelehnt“, ruft ein Zuhörer.", []),
    ("W|Frau Timm ist für die Dauer von acht Jahren gewählt und kann nicht entlassen werden, erklärt Herr Kern.", []),
    ("W|Bei Enthaltung der CDU-Fraktion wird der Antrag angenommen.", [_("accepted")]),
    ("W|Gegen die Stimmen der Grünen wird die Vorlage beschlossen.", [_("accepted", False)]),
    ("W|Die Fraktionen von SPD und CDU stimmen für den Antrag, FDP und AfD dagegen. Damit ist er mit 12 zu 8 Stimmen angenommen.", [_("accepted", False, 12, 8)]),
    ("W|Der Ausschuss kommt überein, das Thema in den Fraktionen zu beraten.", [_("consensus")]),
    ("W|Einvernehmlich wird festgelegt, dass die Verwaltung im Herbst berichtet.", [_("accepted", True)]),
    ("W|Der Ausschuss nimmt den Bericht zur Kenntnis und bittet um Fortsetzung.", [_("noted")]),
    ("W|Der Jugendhilfeausschuss nimmt den Bericht zustimmend zur Kenntnis und empfiehlt dem Kreistag einstimmig die Fortführung.", [_("accepted", True)]),
    ("W|Der Punkt wird im Einvernehmen mit dem Antragsteller vertagt.", [_("deferred", True)]),
    ("W|Die Beratung wird in der nächsten Sitzung fortgesetzt.", []),
    ("W|Die Drucksache bleibt bis zur nächsten Sitzung zurückgestellt.", [_("deferred")]),
    ("W|Der Antrag bleibt im Geschäftsgang.", []),
    ("A|einstimmg beschlossen", [_("accepted", True)]),
    ("A|mehrheitlilch abgelehnt", [_("rejected", False)]),
    ("A|Ja-Stimmen: 12; Nein-Stimmen: 0; Enthaltungen: 0 (einstimmig)", [_("accepted", True, 12, 0, 0)]),
    ("A|Zustimmung: 12 | Ablehnung: 0 | Enthaltung: 1", [_("accepted", True, 12, 0, 1)]),
    ("A|11 Für / 2 Gegen / 0 Enthaltung", [_("accepted", False, 11, 2, 0)]),
    ("A|Ablehnung bei 4 Ja-Stimmen", [_("rejected", False, 4)]),
    ("W|Der Antrag verfällt mit 5 : 9 Stimmen der Ablehnung.", [_("rejected", False, 5, 9)]),
    ("W|Der Antrag wird ohne Votum an den Kreistag weitergeleitet.", [_("referred")]),
    ("W|Der Ausschuss gibt die Vorlage ohne Empfehlung an den Kreistag weiter.", [_("referred")]),
    ("W|Die Angelegenheit ist damit erledigt.", [_("withdrawn")]),
    ("W|Der Antrag wird nicht aufrechterhalten.", [_("withdrawn")]),
    ("W|Frau Ahlers nimmt den Antrag zurück.", [_("withdrawn")]),
    ("W|Gewählt werden Frau Ahlers und Herr Timm.", [_("elected")]),
    ("W|Abgelehnt werden die Ziffern 2 und 3.", [_("rejected")]),
    ("W|Zurückgestellt wird Ziffer 4.", [_("deferred")]),
    ("W|Die CDU enthält sich, SPD und Grüne stimmen zu. Damit ist der Antrag angenommen.", [_("accepted")]),
    ("W|Wer ist dafür? Wer ist dagegen? Damit ist das einstimmig so beschlossen.", [_("accepted", True)]),
    ("W|Frau Ahlers fragt nach den Kosten. Herr Timm nennt 12.000 Euro. Beschluss: Der Ortsrat stimmt zu. Ja: 7, Nein: 0, Enthaltung: 0", [_("accepted", True, 7, 0, 0)]),
    ("W|Abstimmung über Antrag 1: 3 Ja, 8 Nein. Abstimmung über Antrag 2: 9 Ja, 2 Nein.", [_("rejected", False, 3, 8), _("accepted", False, 9, 2)]),
    ("W|Zunächst wird über den Änderungsantrag abgestimmt: 4 Ja, 7 Nein. Sodann wird über den Ursprungsantrag abgestimmt: 8 Ja, 3 Nein.", [_("rejected", False, 4, 7), _("accepted", False, 8, 3)]),
    ("W|Der Geschäftsordnungsantrag auf Vertagung wird bei 5 Ja- und 8 Nein-Stimmen abgelehnt.##B|Der Kreistag beschließt den Haushalt.##A|Ja 9, Nein 4", [_("rejected", False, 5, 8), _("accepted", False, 9, 4)]),
    ("W|Der Vorsitzende lässt über den Antrag auf Vertagung abstimmen. 7 Ja, 3 Nein.", [_("deferred", False, 7, 3)]),
    ("B|Die Vorlage wird an den Hauptausschuss verwiesen.##A|einstimmig", [_("referred", True)]),
    ("B|Die Entscheidung wird bis zum Vorliegen des Gutachtens zurückgestellt.##A|8 : 3", [_("deferred", False, 8, 3)]),
    ("B|Der Ausschuss nimmt den Bericht zur Kenntnis.##A|einstimmig", [_("noted", True)]),
    ("B|Frau Ahlers und Herr Timm werden in den Beirat entsandt.##A|einstimmig", [_("elected", True)]),
    ("W|Wahl der Vorsitzenden: Vorgeschlagen wird Frau Ahlers. Ja: 9 Nein: 1 Enthaltung: 0. Frau Ahlers ist gewählt und nimmt die Wahl an.", [_("elected", False, 9, 1, 0)]),
    ("W|1. Wahlgang: Frau Ahlers 8 Stimmen, Herr Timm 7 Stimmen, ungültig 1. Damit ist Frau Ahlers gewählt.", [_("elected", False, 8)]),
    ("W|Im ersten Wahlgang erhalten Frau Ahlers 6 und Herr Timm 6 Stimmen. Im zweiten Wahlgang entfallen auf Frau Ahlers 7 Stimmen und auf Herrn Timm 5 Stimmen. Frau Ahlers ist damit gewählt.", [_("rejected", False), _("elected", False, 7)]),
    ("W|Die Abberufung von Herrn Timm wird mit 14 Ja-Stimmen bei 2 Gegenstimmen beschlossen.", [_("accepted", False, 14, 2)]),
    ("A|Fraktion\tJa\tNein\tEnth.//CDU\t8\t0\t0//SPD\t0\t6\t0//Summe\t8\t6\t0", [_("accepted", False, 8, 6, 0)]),
    ("A|Anw.: 13 Ja: 10 Nein: 2 Enth.: 1", [_("accepted", False, 10, 2, 1)]),
    ("A|Stimmberechtigte: 13, Ja-Stimmen: 10, Nein-Stimmen: 2, Enthaltungen: 1, ungültig: 0", [_("accepted", False, 10, 2, 1)]),
    ("A|Beschlussfassung: mit 10 Ja- gegen 2 Nein-Stimmen bei 1 Enthaltung zugestimmt.", [_("accepted", False, 10, 2, 1)]),
    ("A|mehrheitlich (Gegenstimmen: 2, Enthaltungen: 1)", [_("accepted", False, None, 2, 1)]),
    ("A|Einstimmig bei zwei Stimmenthaltungen (Frau Kern, Herr Timm)", [_("accepted", True, None, None, 2)]),
    ("A|Bei 3 Enthaltungen einstimmig angenommen", [_("accepted", True, None, None, 3)]),
    ("A|Angenommen", [_("accepted")]),
    ("A|mehrheitlich zur Kenntnis genommen", [_("noted", False)]),
    ("A|Ja://9//Nein://3//Enthaltungen://1", [_("accepted", False, 9, 3, 1)]),
    ("A|Ja-Stimmen 9//Nein-Stimmen 3//Enthaltungen 1//Damit ist der Beschluss angenommen.", [_("accepted", False, 9, 3, 1)]),
    ("A|Abstimmung über den Änderungsantrag//Ja: 4 Nein: 8//Abstimmung über die Vorlage//Ja: 10 Nein: 2", [_("rejected", False, 4, 8), _("accepted", False, 10, 2)]),
    ("W|Vertagt aus der Sitzung vom 17.02.2025. Frau Ahlers berichtet.##A|Der Ausschuss nimmt die Drucksache zur Kenntnis.", [_("noted")]),
    ("B|Die Satzung wird beschlossen.//Abstimmung: Dafür: 25 Dagegen: 8 Enthaltungen: 0//Der Vorsteher bittet um Abstimmung über den Gesamtbeschluss://Beschluss://Der Haushalt wird beschlossen.##A|Abstimmung: Dafür: 25 Dagegen: 8 Enthaltungen: 0", [_("accepted", False, 25, 8, 0), _("accepted", False, 25, 8, 0)]),
    ("W|Frau Ahlers bittet um ein Zeichen. Kein Ausschussmitglied widerspricht, weitere Planungen aufzunehmen. Sie dankt für das Votum.", [_("consensus")]),
    ("W|Niemand hat Einwände. Keiner der Anwesenden ist dagegen.", [_("consensus")]),
    ("W|Herr Timm fragt, warum niemand widerspreche.", []),
    ("W|Der Rat setzt die Beratung einstimmig fort.", [_("accepted", True)]),
    ("W|Der Ausschuss sieht das Vorhaben einhellig kritisch.", []),
    ("W|Der Rat erteilt der Verwaltung einstimmig Entlastung.", [_("accepted", True)]),
    ("W|Der Stadtrat hebt die Satzung mit 14 : 9 Stimmen auf.", [_("accepted", False, 14, 9)]),
    ("W|Der Ausschuss beschließt mit 9:3:1, den Auftrag zu vergeben.", [_("accepted", False, 9, 3, 1)]),
    ("W|Der Kreistag vergab den Auftrag mehrheitlich an die Firma Nord.", [_("accepted", False)]),
    ("W|Der Ortsbeirat bittet den Magistrat einstimmig, Poller zu prüfen.", [_("accepted", True)]),
    ("W|Der Ortsbeirat bittet um Prüfung.", []),
    ("W|Die Verwaltung wurde einvernehmlich mit einer Befragung beauftragt.", [_("consensus", True)]),
    ("W|Ortsamtsleiter Kern schlägt vor, unter der von Frau Timm genannten Maßgabe zuzustimmen. Der Beirat beschließt einstimmig entsprechend.", [_("amended", True)]),
    ("W|Bürgermeisterin Kern empfahl, im Dezember zu entscheiden. Dem folgte die Gemeindevertretung einstimmig.", [_("deferred", True)]),
    ("W|Die Vorlage wird um eine Befristung ergänzt und mit 19 zu 17 Stimmen beschlossen.", [_("amended", False, 19, 17)]),
    ("W|Der Antrag auf Vertagung wird mit 4 zu 7 Stimmen abgelehnt. Dem Entwurf wird mit 7 Ja-Stimmen und 4 Nein-Stimmen zugestimmt.", [_("rejected", False, 4, 7), _("accepted", False, 7, 4)]),
    ("W|Der Vorsitzende stellt, nachdem keine weiteren Wortmeldungen vorliegen, die Erledigung fest.", [_("withdrawn")]),
    ("W|Er stellt das Einverständnis mit dem vorgeschlagenen Vorgehen fest.", [_("consensus")]),
    ("W|Er stellt, nachdem keine Wortmeldungen vorliegen, fest, dass der Antrag in den Gemeinderat verwiesen worden sei.", [_("referred")]),
    ("W|Der Vorsitzende sagt einen Bericht zu. Die Anträge verweise er in die Arbeitsgemeinschaft.", [_("referred")]),
    ("W|Der Vorsitzende teilt mit, dass der Antrag aus dem Gemeinderat verwiesen worden sei.", []),
    ("W|Abstimmungsergebnis: Mit Mehrheit zugestimmt (14 Ja-Stimmen, 3 Nein-Stimmen)//Frau Ahlers lobt den Entwurf.//Der Vorsitzende stellt mehrheitliche Zustimmung bei 14 Ja-Stimmen und 3 Nein-Stimmen fest.", [_("accepted", False, 14, 3)]),
    # forms of other regions and authors
    ("A|Mit allen 15 Stimmen angenommen.", [_("accepted", True, 15)]),
    ("A|Abst.-Erg.: 7 J / 2 N / 1 E", [_("accepted", False, 7, 2, 1)]),
    ("A|(Ja: 7; Nein: 2; E: 1)", [_("accepted", False, 7, 2, 1)]),
    ("A|J 12 N 3 E 2", [_("accepted", False, 12, 3, 2)]),
    ("A|1 Gegenstimme, sonst einstimmig", [_("accepted", False, None, 1)]),
    ("A|Mehrheitsbeschluss bei 2 Gegenstimmen und 1 Enthaltung", [_("accepted", False, None, 2, 1)]),
    ("A|Ja: CDU, SPD; Nein: AfD; Enthaltung: FDP", [_("accepted", False)]),
    ("A|Hauptantrag: dafür SPD, B90/GRÜNE (19), dagegen CDU, FDP (14), Enthaltung Freie Wähler (4)", [_("accepted", False, 19, 14, 4)]),
    ("W|Mit 15 Ja- gegen 31 Nein-Stimmen wird der Antrag abgelehnt.", [_("rejected", False, 15, 31)]),
    ("W|Acht Mitglieder stimmen für den Antrag, drei dagegen, zwei enthalten sich.", [_("accepted", False, 8, 3, 2)]),
    ("W|Der Vorschlag erhält 14 Stimmen, dagegen stimmen neun Mitglieder.", [_("accepted", False, 14, 9)]),
    ("W|Neun stimmen mit Ja, vier mit Nein, niemand enthält sich.", [_("accepted", False, 9, 4, 0)]),
    ("W|Der Antrag erhält vier Stimmen und ist damit abgelehnt.", [_("rejected", False, 4)]),
    ("W|Gegen zwei Stimmen wird die Satzung beschlossen.", [_("accepted", False, None, 2)]),
    ("W|Die Satzung wird mit der erforderlichen Zweidrittelmehrheit beschlossen.", [_("accepted", False)]),
    ("W|Damit verfehlt der Antrag die notwendige Zweidrittelmehrheit.", [_("rejected", False)]),
    ("W|Alle Mitglieder stimmen dem Vorschlag zu.", [_("accepted", True)]),
    ("W|Der Beirat spricht sich einstimmig gegen die Fällung aus.", [_("rejected", True)]),
    ("W|Der Beirat spricht sich weder für noch gegen den Vorschlag aus.", []),
    ("W|Kein Bewerber erreicht im ersten Wahlgang die erforderliche Mehrheit.", [_("rejected", False)]),
    ("W|Frau Ahlers: 22 Stimmen, Herr Timm: 8 Stimmen. Damit ist Frau Ahlers gewählt.", [_("elected", False, 22)]),
    ("W|Gewählt ist, wer die meisten Stimmen erhält. Gewählt wird in geheimer Abstimmung.", []),
    ("W|In den Aufsichtsrat wird Frau Ahlers entsandt.", [_("elected")]),
    ("W|Die Fraktionen verständigen sich darauf, den Antrag gemeinsam zu überarbeiten.", [_("consensus")]),
    ("W|Der Vorsitzende setzt den Punkt von der Tagesordnung ab.", [_("deferred")]),
    ("W|Die Vorsitzende stellt fest, dass heute kein Beschluss gefasst wird und die Vorlage in die Maisitzung kommt.", [_("deferred")]),
    ("W|Er stellt fest, dass der Antrag nochmals in der Arbeitsgruppe behandelt werde.", [_("referred")]),
    ("W|Frau Ahlers erklärt, dass sie ihren Antrag zurückziehe.", [_("withdrawn")]),
    ("W|Über den Antrag der FDP muss nicht mehr abgestimmt werden, er ist damit erledigt.", [_("withdrawn")]),
    ("W|Die Vorlage wird mit der Maßgabe beschlossen, dass die Kosten gedeckelt werden.", [_("amended")]),
    ("W|Der Ausschuss nimmt den Bericht zur Kenntnis und spricht sich mit elf Stimmen gegen drei für die Fortsetzung aus.", [_("noted"), _("accepted", False, 11, 3)]),
    ("A|lt. BV", [_("accepted")]),
    ("A|durch Verwaltungshandeln erledigt", [_("withdrawn")]),
    ("A|Ziff. 1: einstimmig; Ziff. 2: 8 Ja, 4 Nein; Ziff. 3: vertagt", [_("accepted", True), _("accepted", False, 8, 4), _("deferred")]),
    ("W|Sodann ergeht einstimmig folgender Beschluss.", [_("accepted", True)]),
    ("W|Bei der Abstimmung votieren neun Ausschussmitglieder für und fünf gegen die Vorlage.", [_("accepted", False, 9, 5)]),
    ("W|Der Ausschuss gibt einstimmig die Empfehlung, den Plan auszulegen.", [_("accepted", True)]),
    ("W|Der Ortschaftsrat stimmt dem Entwurf mehrheitlich zu; Ortschaftsrat Kern enthält sich.", [_("accepted", False)]),
    ("W|Absatz 1 wird einstimmig, Absatz 2 mit 7 zu 6 Stimmen angenommen.", [_("accepted", True), _("accepted", False, 7, 6)]),
    ("W|Der Antrag der Linken wird mit 5 zu 30 Stimmen abgelehnt, der Antrag der SPD mit 20 zu 15 Stimmen angenommen.", [_("rejected", False, 5, 30), _("accepted", False, 20, 15)]),
    ("W|Die Verwaltung nimmt den Punkt von der Tagesordnung.", [_("deferred")]),
    ("W|Der Ausschuss einigt sich darauf, heute nicht zu beschließen.", [_("consensus")]),
    ("W|Die Vorlage geht zur weiteren Beratung in den Hauptausschuss.", [_("referred")]),
    ("W|Auf Frage des Vorsitzenden erhebt niemand Einwände.", [_("consensus")]),
    ("W|Mit 11 von 12 Stimmen wird Frau Ahlers zur Ortsbürgermeisterin gewählt.", [_("elected", None, 11)]),
    ("W|Herr Timm wird zum Wahlleiter berufen.", [_("elected")]),
    ("W|Das Los entscheidet zugunsten von Frau Ahlers.", [_("elected")]),
    ("W|Frau Ahlers beantragt die Streichung von Ziffer 4. Dem wird einstimmig gefolgt. Die Vorlage wird sodann mit 12 zu 1 Stimmen angenommen.", [_("accepted", True), _("amended", False, 12, 1)]),
    ("W|Bereits 2018 hat der Rat das Konzept einstimmig beschlossen.", []),
    ("W|Die Elternvertretung stimmte mit 14 zu 2 Stimmen für den Umzug, berichtet die Schulleiterin.", []),
    ("W|Dem Antrag der Eltern wurde vom Jugendamt entsprochen.", []),
    ("W|Das Thema ist für die Verwaltung damit erledigt, kritisiert Herr Kern.", []),
    ("W|Die Beratung wird an dieser Stelle abgebrochen und in der Novembersitzung fortgesetzt.", [_("deferred")]),
    ("W|Es erfolgt heute keine Beschlussfassung. Die Vorlage wird in der Sitzung am 12. Mai erneut beraten.", [_("deferred")]),
    ("W|Wegen Erkrankung der Referentin wird der Bericht auf Mai verschoben.", [_("deferred")]),
    ("W|Die Abstimmung wird ausgesetzt, bis die Stellungnahme des Landratsamtes vorliegt.", [_("deferred")]),
    ("W|Man kommt überein, die Vorlage zurückzustellen, bis die Zahlen vorliegen.", [_("deferred")]),
    ("W|Herr Kern regt an, erst nach dem Ortstermin zu entscheiden. Dem schließt sich der Ausschuss einstimmig an.", [_("deferred", True)]),
    ("W|Der Rat gibt den Antrag mit 20 zu 14 Stimmen in den Fachausschuss zurück.", [_("referred", False, 20, 14)]),
    ("W|Die Vorlage wird zur Vorberatung an den Bauausschuss gegeben.", [_("referred")]),
    ("W|Der Vorschlag, das Thema im Verkehrsausschuss weiter zu beraten, wird einstimmig angenommen.", [_("referred", True)]),
    ("W|Frau Kern beantragt die Überweisung an den Bauausschuss. Der Rat stimmt dem mit 18 Ja-Stimmen bei 7 Nein-Stimmen zu.", [_("referred", False, 18, 7)]),
    ("W|Herr Timm verzichtet auf die Abstimmung über seinen Antrag.", [_("withdrawn")]),
    ("W|Frau Ahlers: Dann ziehe ich den Antrag zurück.", [_("withdrawn")]),
    ("W|Die Variante C wird nicht weiter verfolgt. - Ja 15, Nein 11", [_("accepted", False, 15, 11)]),
    ("W|Im Gremium besteht Übereinstimmung, dass nachgebessert werden muss.", [_("consensus")]),
    ("W|Da sich kein Widerspruch erhebt, wird so verfahren.", [_("consensus")]),
    ("W|Gegen diesen Vorschlag hat niemand etwas einzuwenden.", [_("consensus")]),
    ("W|Der Antrag wird mit der von Frau Kern vorgeschlagenen Ergänzung einstimmig angenommen.", [_("amended", True)]),
    ("W|Herr Timm ergänzt seinen Antrag um eine Frist. Der Antrag wird sodann einstimmig angenommen.", [_("amended", True)]),
    ("W|Auf Vorschlag von Frau Kern wird Ziffer 3 gestrichen. Die Vorlage wird im Übrigen einstimmig beschlossen.", [_("amended", True)]),
    ("W|Dem Antrag wird nicht nähergetreten.", [_("rejected")]),
    ("W|Die Mehrheit des Rates lehnt den Antrag ab.", [_("rejected", False)]),
    ("W|Im Ausschuss war die Vorlage mit 7 zu 6 Stimmen empfohlen worden. Der Rat lehnt sie nun mit 15 zu 20 Stimmen ab.", [_("rejected", False, 15, 20)]),
    ("W|Die Ziffern 1 bis 3 werden einstimmig angenommen, Ziffer 4 wird zurückgestellt.", [_("accepted", True), _("deferred")]),
    ("W|Der Bericht wird zur Kenntnis genommen, der Antrag der Grünen mit 3 zu 8 Stimmen abgelehnt.", [_("noted"), _("rejected", False, 3, 8)]),
    ("W|Der Rat lehnt den Antrag mit 5 zu 9 Stimmen ab und stimmt dem Verwaltungsvorschlag mit 9 zu 5 Stimmen zu.", [_("rejected", False, 5, 9), _("accepted", False, 9, 5)]),
    ("W|Daraufhin zieht die SPD ihren Antrag zurück, die CDU hält an ihrem fest; dieser wird mit 11 zu 12 Stimmen abgelehnt.", [_("withdrawn"), _("rejected", False, 11, 12)]),
    ("W|Die Vorlage, die im Mai vertagt worden war, wird mit 8 zu 3 Stimmen angenommen.", [_("accepted", False, 8, 3)]),
    ("W|Herr Timm hält seinen Antrag nicht aufrecht.", [_("withdrawn")]),
    ("W|Die CDU-Fraktion stellt ihren Antrag zurück.", [_("deferred")]),
    ("W|Frau Kern bittet um Vertagung. Dagegen gibt es keine Einwände.", [_("deferred")]),
    ("W|Herr Timm schlägt vor, den Antrag in den Bauausschuss zu verweisen. Der Ausschuss ist damit einverstanden.", [_("referred")]),
    ("W|Herr Timm schlägt vor, die Punkte 3 und 4 zu tauschen. Der Ausschuss ist damit einverstanden.", [_("consensus")]),
    ("W|Frau Timm schlägt vor, statt 30 nur 20 Plätze zu bauen. Der Vorschlag wird mit 8 zu 7 Stimmen angenommen. Die Vorlage wird mit 10 zu 5 Stimmen beschlossen.", [_("accepted", False, 8, 7), _("amended", False, 10, 5)]),
    ("W|Der Ortsrat hat sich in seiner Sitzung mit 5 zu 4 Stimmen gegen den Standort ausgesprochen.", []),
    ("W|Die Vorlage wurde vom Bauausschuss mit 9 Ja-Stimmen und 2 Nein-Stimmen empfohlen.", []),
    ("W|Der Haushalt wurde mit 22 Ja-Stimmen verabschiedet, erinnert der Kämmerer.", []),
    ("A|Vertagung auf die nächste Sitzung", [_("deferred")]),
    ("A|Überweisung an den Bauausschuss", [_("referred")]),
    ("A|Annahme mit Änderungen", [_("amended")]),
    ("A|Annahme: SPD, GRÜNE; Ablehnung: CDU", [_("accepted", False)]),
    ("A|Rücknahme durch die Antragstellerin", [_("withdrawn")]),
    ("A|Ohne Votum verwiesen", [_("referred")]),
    ("A|Ja 15 Nein 0 Pers. beteiligt 0", [_("accepted", True, 15, 0)]),
    ("B|Die Vorlage dient zur Kenntnis.", [_("noted")]),
    ("B|Die Vorlage wird in der vorgelegten Fassung beschlossen.//Abstimmung: Einstimmige Annahme", [_("accepted", True)]),
    ("W|Abstimmungsergebnis: Mehrheitliche Zustimmung//Frau Kern lobt den Plan.//Der Vorsitzende stellt bei einer Gegenstimme die mehrheitliche Zustimmung fest.", [_("accepted", False, None, 1)]),
    ("W|Die Vorlage wird angenommen, Gegenstimmen gibt es keine.", [_("accepted", True, None, 0)]),
    ("W|Die Vorlage erhält ein einstimmiges Votum.", [_("accepted", True)]),
    ("W|Die Empfehlung an den Rat erfolgt einstimmig.", [_("accepted", True)]),
    ("W|Frau Kern lässt ihren Antrag fallen.", [_("withdrawn")]),
    ("W|Herr Timm schließt sich dem Antrag der SPD an und zieht den eigenen zurück.", [_("withdrawn")]),
    ("W|Einspruch erhebt niemand.", [_("consensus")]),
    ("W|Gegenrede gibt es nicht, der Antrag gilt als angenommen.", [_("accepted")]),
    ("W|Zur Vorsitzenden gewählt wird mit 8 Ja-Stimmen bei 2 Enthaltungen Frau Kern.", [_("elected", True, 8, None, 2)]),
    ("W|Der Antrag wird in abgeschwächter Form mit 7 zu 3 Stimmen angenommen.", [_("amended", False, 7, 3)]),
    ("W|Die Verwaltung passt den Beschlussvorschlag entsprechend an. Er wird mit 10 zu 2 Stimmen angenommen.", [_("amended", False, 10, 2)]),
    ("W|Der Rat weist den Antrag mit 9 : 14 Stimmen zurück.", [_("rejected", False, 9, 14)]),
    ("W|Die Einwendung wird einstimmig zurückgewiesen.", [_("accepted", True)]),
    ("W|Der Antrag wird mit Mehrheit verworfen.", [_("rejected", False)]),
    ("W|Der Antrag ist mit 11 zu 18 abgelehnt.", [_("rejected", False, 11, 18)]),
    ("W|Der Ausschuss will erst nach der Besichtigung entscheiden und vertagt die Sache einstimmig.", [_("deferred", True)]),
    ("W|Die Sache wird bis Mai aufgeschoben.", [_("deferred")]),
    ("W|Der Punkt wird auf die nächste Sitzung verlegt.", [_("deferred")]),
    ("W|Der Antrag wird in die Haushaltsberatungen gegeben.", [_("referred")]),
    ("W|Der Antrag geht ohne Votum an den Rat.", [_("referred")]),
    ("W|Damit ist der Antrag vom Tisch.", [_("withdrawn")]),
    ("W|Die Kenntnisnahme erfolgt ohne Aussprache.", [_("noted")]),
    ("W|Frau Kern wird mit 12 Ja-Stimmen als Vorsitzende bestätigt.", [_("elected", None, 12)]),
    ("W|Die Ausschussmitglieder stimmen überein, dass ein Zaun nötig ist.", [_("consensus")]),
    ("W|Der Antrag der CDU findet mit 9 gegen 6 Stimmen eine Mehrheit, womit sich der Antrag der FDP erledigt.", [_("accepted", False, 9, 6), _("withdrawn")]),
    ("W|Frau Kern: Wir haben im Ortsbeirat mit 5 zu 2 Stimmen dagegen gestimmt.", []),
    ("W|Wird der Antrag heute angenommen, beginnt der Bau im Mai.", []),
    ("W|Laut Herrn Kern wurde der Förderantrag abgelehnt.", []),
    ("W|Der Kreistag hat im Dezember den Haushalt mehrheitlich verabschiedet.", []),
]


@pytest.mark.parametrize(("passage", "expected"), PASSAGES, ids=[str(n) for n in range(len(PASSAGES))])
def test_passages(passage: str, expected: list[Expected]) -> None:
    state = read(passage)
    assert [key(d) for d in state.decisions] == expected, passage
    for decision in state.decisions:
        text = state.sections[decision.section_index].text[decision.start : decision.end]
        assert " ".join(text.split()) == decision.text, "the span gives the text back"
        assert state.sections[decision.section_index].label == decision.section
        assert decision.rule
        assert decision.confidence is not None
        assert 0 < decision.confidence <= 1


def test_each_cue_finds_its_example() -> None:
    lexicon = load()
    wrong = []
    for cue in lexicon.cues:
        found = read_sentence(cue.example, 0, Setting("minutes"), lexicon, low=cue.example.lower())
        found += read_sentence(cue.example, 0, Setting("result"), lexicon, low=cue.example.lower())
        if cue.outcome not in {f.outcome for f in found}:
            wrong.append((cue.key, cue.example, [(f.outcome, f.rule) for f in found]))
    assert not wrong


@pytest.mark.parametrize(
    ("passage", "result", "expected"),
    [
        ("A|einstimmig", "ungeändert beschlossen", ("accepted", True)),
        ("A|Ja 9 Nein 2", "geändert beschlossen", ("amended", True)),
        ("A|mehrheitlich abgelehnt", "ungeändert beschlossen", ("rejected", False)),
        ("A|Ja-Stimmen: 1 Nein-Stimmen: 9 Enthaltungen: 3", "ungeändert abgestimmt", ("rejected", None)),
        ("W|Der Ausschuss nimmt Kenntnis.", "zur Kenntnis genommen", ("noted", True)),
        ("W|Frau Ahlers wird einstimmig gewählt.", "ungeändert beschlossen", ("elected", True)),
        ("W|Der Antrag wird zurückgezogen.", "(offen)", ("withdrawn", None)),
    ],
)
def test_page_and_text(passage: str, result: str, expected: tuple[str, bool | None]) -> None:
    decision = read(passage, result=result).decisions[-1]
    assert (decision.outcome, decision.agrees) == expected


def test_resolution_subject_and_factions() -> None:
    state = read(
        "W|Der Antrag der FDP-Fraktion auf Befristung wird mit 3 : 9 Stimmen abgelehnt.##B|1. Die Richtlinie wird beschlossen.//2. Über die Umsetzung wird berichtet."
        "##A|mehrheitlich beschlossen gegen die Stimmen der FDP bei Enthaltung der CDU"
    )
    first, second = state.decisions
    assert first.subject == "Der Antrag der FDP-Fraktion auf Befristung"
    assert first.resolution is None, "the vote on the amendment is not on the resolution"
    assert second.resolution == "1. Die Richtlinie wird beschlossen. 2. Über die Umsetzung wird berichtet."
    assert [(f.name, f.vote) for f in second.by_faction] == [("FDP", "no"), ("CDU", "abstain")]


def test_the_items_own_motion_is_no_amendment() -> None:
    passage = "W|Der Antrag der SPD-Fraktion wird mit 9 Ja-Stimmen bei 4 Nein-Stimmen angenommen.##A|Ja: 9 Nein: 4"
    own = read(passage, title="Antrag der SPD-Fraktion: Tempo 30", result="ungeändert beschlossen").decisions
    assert [(key(d), d.agrees) for d in own] == [(_("accepted", False, 9, 4), True)]
    other = read(passage.split("##")[0], title="Haushalt 2024").decisions
    assert [d.agrees for d in other] == [None]


def test_amounts_and_deadlines_of_the_resolution() -> None:
    state = read(
        "B|Dem Verein werden 85.000 Euro und 1,3 Mio. € gewährt, je Kind 12,50 €. Die Verwaltung berichtet bis zum 30.06.2024.##A|einstimmig"
    )
    decision = state.decisions[0]
    assert [(a.text, a.euro) for a in decision.amounts] == [
        ("85.000 Euro", 85_000.0), ("1,3 Mio. €", 1_300_000.0), ("12,50 €", 12.5),
    ]
    assert [(d.text, d.date) for d in decision.deadlines] == [("bis zum 30.06.2024", "2024-06-30")]


def test_candidates() -> None:
    state = read("W|Auf Vorschlag von Herrn Kern wird Frau Ahlers mit 9 Ja-Stimmen zur Vorsitzenden gewählt.")
    assert state.decisions[0].candidates == ("Ahlers",)


def test_sentences_that_hold_a_vote_are_marked_and_speech_is_not() -> None:
    state = read(
        "W|Frau Ahlers begrüßt den Antrag. Der Antrag wird einstimmig angenommen. Der Vorsitzende stellt die einstimmige Zustimmung fest. Frau Kern dankt."
    )
    assert [s.decides for s in state.sentences] == [False, True, False, False]


def test_tables_of_the_page() -> None:
    text = "Fraktion\tZustimmung\tAblehnung\tEnthaltung\nCDU\t18\t\t\nSPD\t\t12\t\nGrüne\t5\t\t4"
    rows = tuple(tuple(line.split("\t")) for line in text.split("\n"))
    state = read(f"A|{text}", tables=(Table(start=0, end=len(text), rows=rows),))
    assert [key(d) for d in state.decisions] == [_("accepted", False, 23, 12, 4)]
    assert {(f.name, f.vote, f.count) for f in state.decisions[0].by_faction} == {
        ("CDU", "yes", 18), ("SPD", "no", 12), ("Grüne", "yes", 5), ("Grüne", "abstain", 4),
    }


def test_roll_call_table() -> None:
    text = "Mitglied\tJA\tNEIN\tENTHALTUNG\nFrau Ahlers\tX\t\t\nHerr Behn\t\tX\t\nFrau Cordes\tX\t\t"
    rows = tuple(tuple(line.split("\t")) for line in text.split("\n"))
    state = read(f"A|{text}", tables=(Table(start=0, end=len(text), rows=rows),))
    assert [key(d) for d in state.decisions] == [_("accepted", False, 2, 1)], "an empty column is not recorded"


def test_flattened_table_with_lost_cells_counts_nothing() -> None:
    state = read("A|Zustimmung//Ablehnung//Enthaltung//Anwesende//CDU//21//21//SPD//14//14//mehrheitlich abgelehnt")
    assert [key(d) for d in state.decisions] == [_("rejected", False)]


@pytest.mark.parametrize(
    "piece", ["abgelehnt ", "wird mit ", "der Antrag, ", "Nachdem keine ", "stellt ", "nimmt ", "Kenntnis ", "einstimmig, ", "Ja: 3 Nein: 4 ", "- 3 : 4 ", "Herr A "]
)
def test_linear_in_hostile_text(piece: str) -> None:
    def work(size: int) -> Callable[[], object]:
        text = piece * (size // len(piece))
        state = ItemState(
            item=AgendaItem(), context=ItemContext(), sections=(Section(label="Wortprotokoll", kind="minutes", text=text),),
            sentences=[SentenceState(index=0, section=0, paragraph=0, position=0, start=0, end=len(text), text=text, norm=text)],
        )
        return lambda: find_decisions(state)

    wrong = grows(work, (5_000, 50_000))
    assert wrong is None, wrong
