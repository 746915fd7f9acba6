"""Who said what: conversations as minutes write them, each with the reason why it is hard."""

from __future__ import annotations

import pytest

from pipeline.extract.morphology import annotate
from pipeline.extract.sentences import find_sentences
from pipeline.extract.state import ItemState
from pipeline.extract.statements import attribute
from pipeline.records import AgendaItem, Attendee, ItemContext, Section


def talk(*paragraphs: str, kind: str = "minutes", title: str | None = None, context: ItemContext | None = None, organization: str | None = None) -> ItemState:
    section = Section(label="Wortprotokoll", kind=kind, text="\n\n".join(paragraphs))  # type: ignore[arg-type]
    item = AgendaItem(title=title, organization=organization, sections=(section,))
    state = ItemState(item=item, context=context or ItemContext(), sections=(section,))
    find_sentences(state)
    annotate(state)
    attribute(state)
    return state


def names(state: ItemState) -> list[str]:
    """Speakers of each sentence by name, joined by a comma."""
    return [",".join(x if x == "?" else state.speakers[x].name for x in s.speakers) for s in state.sentences]


# reason, paragraphs of (sentence, speakers)
CONVERSATIONS = [
    ("hat, ist or wird with a name open a report that goes on in the Konjunktiv", [
        [("Frau Bertram fragt, ob der Steg halte.", "Bertram")],
        [
            ("Frau Nolte hat sich den Steg angesehen.", "Nolte"),
            ("Drei Bohlen seien morsch.", "Nolte"),
        ],
        [
            ("Ratsherr Pilz war der Planung nie ein Freund gewesen.", "Pilz"),
            ("Trotzdem trage er sie mit.", "Pilz"),
        ],
        [("Bürgermeister Uhl wird deutlich: Ohne Steg gibt es keinen Badebetrieb.", "Uhl")],
        [("Frau Nolte ist damit gewählt.", "")],
    ]),
    ("who gets the floor goes on, not who spoke before", [
        [("Frau Bertram fragt, ob der Steg halte.", "Bertram")],
        [
            ("Der Vorsitzende erteilt Frau Nolte das Wort.", ""),
            ("Drei Bohlen seien morsch.", "Nolte"),
        ],
    ]),
    ("the end of the sentence says who speaks, whatever its subject", [
        [
            ("Frau Bertram fragt, ob der Steg halte.", "Bertram"),
            ("Frau Nolte habe ihn gesperrt, sagt Herr Uhl.", "Uhl"),
            ("Diese Bohlen seien morsch, brummt Stadtrat Pilz.", "Pilz"),
            ("Für den Steg sei Frau Nolte zufolge das Forstamt zuständig.", "Nolte"),
            ("Damit sind auch für Frau Bertram die Zweifel ausgeräumt.", "Bertram"),
            ("Jeder Steg hält zehn Jahre, lautet die Antwort von Herrn Uhl.", "Uhl"),
        ],
    ]),
    ("told at the end of the sentence, in the middle of a report, about an own word", [
        [
            ("Die Oberbürgermeisterin wird den Steg sperren lassen, wie sie erklärt.", "Oberbürgermeisterin"),
            ("Herr Uhl gibt sein Wort, dass der Steg bleibt.", "Uhl"),
            ("Der Steg halte laut Frau Nolte zehn Jahre.", "Nolte"),
            ("Die Verwaltung will bis Mai einen Vorschlag unterbreiten.", "Verwaltung"),
            ("Landrat Pilz eröffnete den Punkt mit den Worten, er bitte um Geduld.", "Pilz"),
        ],
    ]),
    ("a surname that is a title, a house number behind a function", [
        [
            ("Herr Graf vom Forstamt weist auf die Buchen hin.", "Graf"),
            ("Der Eigentümer des Grundstücks Nr. 17 hält das für übertrieben.", "Eigentümer"),
        ],
    ]),
    ("a label before the sentence, zufolge with a pronoun, who acted before anybody spoke", [
        [("Ratsherr Brink zieht seinen Antrag zurück.", ""), ("Er werde ihn neu stellen.", "Brink")],
        [("TOP 5: Frau Lau stellt das Konzept vor.", "Lau"), ("Ihr zufolge reicht das Geld.", "Lau")],
    ]),
    ("short turns, a heading in one line with its sentence, an initial, a dash for a colon", [
        [
            ("Herr Ott will keinen Steg.", "Ott"),
            ("Ratsfrau Kahl hingegen schon.", "Kahl"),
            ("Laut Verwaltung hält er.", "Verwaltung"),
            ("Bürgermeister Quast hierzu: Im Mai.", "Quast"),
            ("H. Pilz erwidert, dass der Steg im Mai kommt.", "H. Pilz"),
            ("Seniorenbeirat: Frau Ott berichtet vom Ausflug.", "Ott"),
            ("Frau Lau ist das zu wenig.", "Lau"),
            ("Herr Brink - Der Steg ist zu teuer.", "Brink"),
            ("Nicht nachvollziehen kann Ratsfrau Kahl, warum der Steg gesperrt wurde.", "Kahl"),
            ("Auf Unverständnis stößt bei Herrn Brink die Sperrung.", "Brink"),
            ("Dass der Steg bleibt, steht für Frau Lau außer Frage.", "Lau"),
        ],
    ]),
    ("functions shortened in mixed case; counts of visitors are no speech", [
        [
            ("Zuhörer: 23, Beginn der Fragestunde 19:04 Uhr.", ""),
            ("BezStR Quast beantwortet die Anfrage mit 118.", "Quast"),
        ],
    ]),
    ("the agent stands behind the passive verb, another von before it", [
        [("Nachfragen von Herrn Bock und Frau Seiler werden von Herrn Amtmann Groth beantwortet.", "Groth")],
    ]),
    ("an amount right behind the question how many is the answer, a complaint is the asker's", [
        [
            ("Frau Bertram stellt den Bericht vor.", "Bertram"),
            ("Herr Aziz fragt, wie viele Meldungen aus Schulen kämen.", "Aziz"),
            ("Es seien 38 Prozent, Tendenz steigend.", "Bertram"),
            ("Herr Aziz möchte wissen, wann der nächste Bericht komme.", "Aziz"),
            ("Der letzte sei dünn gewesen.", "Aziz"),
        ],
    ]),
    ("told in a clause with wie, which ends in its verb", [
        [
            ("Wie Herr Dammann weiter ausführt, sind 30 Prozent der Leitungen älter.", "Dammann"),
            ("Das Geld fehlt, wie Frau Otto betont.", "Otto"),
            ("Wie von Herrn Uhl bereits erwähnt, fehlt der Plan.", "Uhl"),
            ("Auch Frau Harms wünscht sich eine Liste, wie von Herrn Uhl beschrieben.", "Harms"),
            ("Einzig Herr Eilers wirbt um Zustimmung.", "Eilers"),
            ("Der Verband sei zuständig, so die Auskunft der Verwaltung.", "Verwaltung"),
        ],
    ]),
    ("who gives what somebody receives", [
        [
            ("Stadträtin Celik war anderer Meinung.", "Celik"),
            ("Unterstützung bekam sie von Stadtrat Böhm.", "Böhm"),
            ("Von Herrn Lutz kommt der Hinweis, dass die Frist am Montag endet.", "Lutz"),
            ("Aus der SPD kam der Einwand, das sei zu teuer.", "SPD"),
            ("Die Freien Wähler sind für Vertagung.", "Freie Wähler"),
            ("Für Böhm ist das zu langsam.", "Böhm"),
            ("Hierzu wurden keine Fragen gestellt.", ""),
        ],
    ]),
    ("two speakers in one paragraph", [
        [
            ("Frau Lindholm erläutert, der Umbau dauere fünf Jahre.", "Lindholm"),
            ("Man müsse nachsteuern.", "Lindholm"),
            ("Herr Osterkamp ergänzt, er sei skeptisch.", "Osterkamp"),
            ("Die Ämter seien zu klein.", "Osterkamp"),
        ],
    ]),
    ("chain", [
        [
            ("Herr Brandis führt aus, die Brücke sei nötig.", "Brandis"),
            ("Die Kosten seien gestiegen.", "Brandis"),
        ],
        [
            ("Es gebe Zusagen des Landes.", "Brandis"),
            ("Der Rest müsse geliehen werden.", "Brandis"),
        ],
    ]),
    ("indicative", [
        [
            ("Frau Thoma berichtet über die Kitas.", "Thoma"),
            ("Im Mai beginnt die Ausschreibung.", "Thoma"),
            ("Die Mittel reichen nicht.", "Thoma"),
            ("Die Anmeldungen laufen.", "Thoma"),
        ],
    ]),
    ("narrator in chain", [
        [
            ("Herr Falk erklärt, das Konzept liege vor.", "Falk"),
            ("Die Präsentation ist dem Protokoll beigefügt.", ""),
            ("Es sei mit allen abgestimmt.", "Falk"),
        ],
    ]),
    ("asker adverbial", [
        [
            ("Herr Dr. Jahnke erläutert auf Nachfrage von Frau Pahl, dass alle Träger befragt worden seien.", "Jahnke"),
        ],
    ]),
    ("role vs person", [
        [
            ("Der Vorsitzende bittet um Geduld.", "Vorsitzender"),
            ("Herr Voigt sagt zu, die Zahlen nachzureichen.", "Voigt"),
        ],
    ]),
    ("addressee pronoun", [
        [
            ("Frau Reimers fragt Herrn Götz nach dem Gutachten.", "Reimers"),
            ("Er habe es noch nicht erhalten.", "Götz"),
        ],
    ]),
    ("thing pronoun", [
        [
            ("Frau Reimers stellt den Antrag vor.", "Reimers"),
            ("Er sei zu weitgehend, meint Herr Götz.", "Götz"),
        ],
    ]),
    ("nested", [
        [
            ("Herr Voss berichtet aus dem Sozialausschuss.", "Voss"),
            ("Dr. Jung von der Klinik habe dort mitgeteilt, dass zehn Plätze entstünden.", "Voss"),
        ],
    ]),
    ("bare K", [
        [
            ("Frau Sand könne heute nichts beschließen.", "Sand"),
            ("Frau Keil habe das sehr geärgert.", "Keil"),
        ],
    ]),
    ("oblique", [
        [
            ("Herrn Thiel interessiert, ob der Weg fertig sei.", "Thiel"),
            ("Von Frau Lau wird angeregt, die Ampel zu versetzen.", "Lau"),
            ("Der Antrag wird von der Stadtverordneten Kern eingebracht.", "Kern"),
        ],
    ]),
    ("agentless", [
        [
            ("Bemängelt wird, dass die Unterlagen zu spät kamen.", "?"),
            ("Angeregt wird eine zweite Lesung.", "?"),
        ],
    ]),
    ("groups", [
        [
            ("Alle Fraktionen bitten um Vertagung.", "Alle Fraktionen"),
            ("Mehrere Mitglieder unterstützen dies.", "Mehrere Mitglieder"),
        ],
    ]),
    ("gapping", [
        [
            ("Frau Ott stellt den Antrag, Herr Uhl den Änderungsantrag vor.", "Ott,Uhl"),
            ("Beide bitten um Zustimmung.", "Ott,Uhl"),
        ],
    ]),
    ("borrowed", [
        [
            ("Herr Uhl schließt sich den Ausführungen von Frau Ott an.", "Uhl"),
            ("Frau Bremer unterstützt die Aussage von Herrn Romm.", "Bremer"),
        ],
    ]),
    ("first person plural", [
        [
            ("Herr Kampe sagt, er könne das verstehen.", "Kampe"),
            ("Aber wir müssen der Aufsicht etwas vorlegen.", "Kampe"),
        ],
    ]),
    ("lr harms", [
        [
            ("LR Harms antwortet, das Geld liege bereit.", "Harms"),
            ("Harms betont weiter, dass er dafür werbe.", "Harms"),
            ("Herr K. Harms (SPD) fragt nach dem Zeitplan.", "K. Harms"),
        ],
    ]),
    ("wortmeldungen", [
        [
            ("Wortmeldungen: Herr Beyer, Frau Domke, Herr Beyer.", ""),
        ],
    ]),
    ("NRW stv", [
        [
            ("Herr Stv. Dr. Wolters, CDU-Fraktion, moniert die Informationspolitik.", "Wolters"),
            ("Frau Stv. Aydin, Fraktion Bündnis 90/Die Grünen, hält dem entgegen, dass alle Unterlagen im Netz stünden.", "Aydin"),
            ("Herr Erster Beigeordneter Kranz, Dez. I, sagt eine Übersicht bis zum Monatsende zu.", "Kranz"),
        ],
    ]),
    ("leverkusen", [
        [
            ("Rh. Sieber (CDU) bittet um Auskunft zum Sachstand der Brücke.", "Sieber"),
            ("Rf. Loh (SPD) pflichtet ihm bei.", "Loh"),
            ("Beigeordneter Deppe erklärt, die Prüfung dauere an.", "Deppe"),
        ],
    ]),
    ("hamburg", [
        [
            ("Herr Mertins (GRÜNE-Fraktion) bringt den Antrag ein.", "Mertins"),
            ("Frau Petzold (SPD-Fraktion) weist darauf hin, dass die Behörde zuständig sei.", "Petzold"),
            ("Das Fachamt sagt eine Protokollnotiz zu.", "Fachamt"),
        ],
    ]),
    ("berlin", [
        [
            ("BV Arslan (Die Linke) hinterfragt die Zahlen.", "Arslan"),
            ("BzStRin Dr. Kühn antwortet, sie stammten aus dem Amt für Statistik.", "Kühn"),
            ("BzBm Rother ergänzt, man werde nachliefern.", "Rother"),
            ("Der Vorsteher unterbricht die Sitzung um 19.15 Uhr.", ""),
        ],
    ]),
    ("brandenburg", [
        [
            ("Der Stadtverordnete Wille, Fraktion SPD, begründet den Antrag.", "Wille"),
            ("Die Stadtverordnete Zech, Fraktion AfD, spricht sich namens ihrer Fraktion dagegen aus.", "Zech"),
            ("Der Oberbürgermeister bittet um Überweisung in den Hauptausschuss.", "Oberbürgermeister"),
        ],
    ]),
    ("south", [
        [
            ("GRin Holzapfel möchte wissen, ob die Bäume erhalten bleiben.", "Holzapfel"),
            ("1. Bürgermeister Schuster verweist auf den Grünordnungsplan.", "Schuster"),
            ("Bauamtsleiter Reindl ergänzt, vier Linden müssten weichen.", "Reindl"),
            ("Dem schließt sich GR Pichler an.", "Pichler"),
        ],
    ]),
    ("preterite", [
        [
            ("Bürgermeisterin Thode führte aus, dass die Straße im Herbst gesperrt werde.", "Thode"),
            ("Die Umleitung erfolge über Hagen.", "Thode"),
            ("Ratsherr Wiegand wollte wissen, wie lange das dauere.", "Wiegand"),
            ("Frau Thode rechnete mit sechs Wochen.", "Thode"),
            ("Daraufhin ließ der Vorsitzende abstimmen.", ""),
        ],
    ]),
    ("einwohnerfragestunde", [
        [
            ("Ein Einwohner aus der Bachstraße erkundigt sich nach dem Kanalbau.", "Einwohner"),
            ("Die Verwaltung antwortet, dass im Frühjahr begonnen werde.", "Verwaltung"),
            ("Eine weitere Einwohnerin beklagt den Lärm.", "Einwohnerin"),
            ("Nachts sei an Schlaf nicht zu denken.", "Einwohnerin"),
            ("Bürgermeister Kock verspricht Kontrollen.", "Kock"),
        ],
    ]),
    ("inversion adverbs", [
        [
            ("Hierzu merkt Frau Steen an, die Frist sei verstrichen.", "Steen"),
            ("Ferner weist sie auf die Kosten hin.", "Steen"),
            ("Anschließend ergreift Herr Mohr das Wort.", "Mohr"),
            ("Abschließend fasst der Vorsitzende die Beratung zusammen.", "Vorsitzender"),
        ],
    ]),
    ("inserted", [
        [
            ("Das sei, so Frau Petrowa, ein fauler Kompromiss.", "Petrowa"),
            ("Wer so rechne, argumentiert Herr Dahl, lüge sich in die Tasche.", "Dahl"),
            ("Man habe, wie er betont, alles geprüft.", "Dahl"),
        ],
    ]),
    ("after subordinate", [
        [
            ("Nachdem Herr Kern den Plan erläutert hat, erkundigt sich Frau Boll nach dem Zeitplan.", "Boll"),
            ("Auf die Frage von Herrn Zill, ob die Förderung sicher sei, antwortet Frau Kern, der Bescheid liege vor.", "Zill,Kern"),
            ("Auf Nachfrage wird mitgeteilt, dass der Bau im Mai beginne.", "?"),
        ],
    ]),
    ("laut", [
        [
            ("Laut Frau Brandt ist der Vertrag gekündigt.", "Brandt"),
            ("Nach Auffassung der Verwaltung ist eine Satzungsänderung nötig.", "Verwaltung"),
            ("Aus Sicht von Herrn Ernst wäre das verfrüht.", "Ernst"),
        ],
    ]),
    ("vorsitz named", [
        [
            ("Die Ausschussvorsitzende, Frau Tietz, begrüßt die Gäste.", "Tietz"),
            ("Sie stellt die Beschlussfähigkeit fest.", "Tietz"),
            ("Herr Moll stellt das Projekt vor.", "Moll"),
            ("Die Vorsitzende dankt für den Vortrag.", "Tietz"),
            ("Die Vorsitzende lässt über den Antrag abstimmen.", ""),
        ],
    ]),
    ("group speakers", [
        [
            ("Die SPD-Fraktion beantragt getrennte Abstimmung.", "SPD-Fraktion"),
            ("Seitens der CDU wird auf die Haushaltslage verwiesen.", "CDU"),
            ("Die Gruppe FDP/Volt schließt sich an.", "Gruppe FDP/Volt"),
            ("Die Grünen halten an ihrem Antrag fest.", "Grünen"),
        ],
    ]),
    ("name line", [
        [
            ("Herr Maas", "Maas"),
        ],
        [
            ("- fragt, ob die Frist gelte", "Maas"),
        ],
        [
            ("- regt eine Verlängerung an", "Maas"),
        ],
    ]),
    ("colon", [
        [
            ("Frau Sommer: Wann wird der Zaun repariert?", "Sommer"),
        ],
        [
            ("Antwort der Verwaltung: Der Auftrag ist erteilt.", "Verwaltung"),
            ("Die Arbeiten beginnen im Juni.", "Verwaltung"),
        ],
    ]),
    ("arrival", [
        [
            ("Herr Jäger trägt die Kritik der Eltern vor.", "Jäger"),
            ("Um 18.10 Uhr erscheint Frau Adler.", ""),
            ("Die Eltern seien zu spät informiert worden.", "Jäger"),
            ("Frau Adler entschuldigt sich für die Verspätung.", "Adler"),
        ],
    ]),
    ("particles", [
        [
            ("Frau von der Heide lobt die Initiative.", "von der Heide"),
            ("Ratsfrau zur Mühlen stimmt dem zu.", "zur Mühlen"),
            ("Herr de Vries mahnt zur Eile.", "de Vries"),
            ("Kreisrat van Almsick zweifelt an den Zahlen.", "van Almsick"),
        ],
    ]),
    ("word surnames", [
        [
            ("Herr Kurz hält die Vorlage für zu lang.", "Kurz"),
            ("Frau Lange bittet um Vertagung.", "Lange"),
            ("Herr Ost verweist auf den Osten der Stadt.", "Ost"),
            ("Frau Sorge freut sich über das Ergebnis.", "Sorge"),
            ("Herr Grund nennt zwei Gründe.", "Grund"),
        ],
    ]),
    ("youth welfare", [
        [
            ("Herr Rademacher (Diakonisches Werk) warnt vor Kürzungen.", "Rademacher"),
            ("Frau Seemann, Vertreterin der freien Träger, teilt diese Sorge.", "Seemann"),
            ("Jugendamtsleiter Kolb hält die Bedenken für unbegründet.", "Kolb"),
            ("Für den Kreisjugendring erklärt Frau Wulf, man werde das Konzept mittragen.", "Wulf"),
        ],
    ]),
    ("passive agent", [
        [
            ("Vom Vorsitzenden wird darauf hingewiesen, dass die Frist am Montag ende.", "Vorsitzender"),
            ("Durch Herrn Klug wird ergänzt, dass auch der Kreis betroffen sei.", "Klug"),
        ],
    ]),
    ("ob fronted", [
        [
            ("Ob die Halle im Winter geheizt werde, möchte Frau Albers wissen.", "Albers"),
            ("Dies bestätigt Herr Timm.", "Timm"),
            ("Warum das so lange gedauert habe, fragt Herr Nagel.", "Nagel"),
        ],
    ]),
    ("agree short", [
        [
            ("Herr Peters lehnt den Antrag ab.", "Peters"),
            ("Frau Wolf auch.", "Wolf"),
            ("Herr Kunz sieht das anders.", "Kunz"),
        ],
    ]),
    ("no content", [
        [
            ("Es folgt eine rege Diskussion, an der sich die Herren Lutz und Maier beteiligen.", ""),
            ("Der Ausschuss verständigt sich auf eine Ortsbesichtigung.", ""),
        ],
    ]),
    ("kommt nicht speech", [
        [
            ("Frau Nolte fehlt entschuldigt.", ""),
            ("Herr Behr ist nicht stimmberechtigt.", ""),
            ("Frau Dr. Haas nimmt ab 17.45 Uhr an der Sitzung teil.", ""),
        ],
    ]),
    ("council speech", [
        [
            ("KTA Freese (CDU) macht deutlich, dass seine Fraktion die Kreisumlage nicht erhöhen wolle.", "Freese"),
            ("Die Gemeinden stünden mit dem Rücken zur Wand.", "Freese"),
            ("Im Gegenteil müsse der Kreis sparen.", "Freese"),
            ("Das haben wir schon im letzten Jahr gesagt.", "Freese"),
            ("Herr KTA Blohm erwidert, die Zahlen gäben das nicht her.", "Blohm"),
        ],
    ]),
    ("full names", [
        [
            ("Anna Winkelmann stellt sich als neue Gleichstellungsbeauftragte vor.", "Anna Winkelmann"),
            ("Frau Winkelmann freut sich auf die Zusammenarbeit.", "Anna Winkelmann"),
            ("Herr Torben Hansen, Planungsbüro Nord, erläutert den Entwurf.", "Torben Hansen"),
            ("Herr Hansen antwortet auf Fragen zur Zufahrt.", "Torben Hansen"),
        ],
    ]),
    ("lists", [
        [
            ("Herr Bürgermeister Ahlers berichtet über Folgendes:", "Ahlers"),
        ],
        [
            ("- Die Turnhalle ist wieder geöffnet.", "Ahlers"),
        ],
        [
            ("- Der Förderbescheid für den Radweg liegt vor.", "Ahlers"),
        ],
    ]),
    ("quote", [
        [
            ("Herr Lorenz zitiert aus dem Brief der Eltern: „Wir fühlen uns allein gelassen.", "Lorenz"),
            ("Niemand hat mit uns gesprochen.“", "Lorenz"),
            ("Frau Ebel findet das beschämend.", "Ebel"),
        ],
    ]),
    ("perfect", [
        [
            ("Frau Kolbe hat mehrfach nachgefragt, ob die Stelle besetzt sei.", "Kolbe"),
            ("Herr Rau hat Zweifel an der Berechnung.", "Rau"),
            ("Frau Rix wird dem Antrag nicht zustimmen.", "Rix"),
        ],
    ]),
    ("office in chain", [
        [
            ("Frau Döring informiert über den Stand.", "Döring"),
            ("Das Jugendamt habe drei Stellen ausgeschrieben.", "Döring"),
            ("Die Verwaltung rechne mit Bewerbungen bis Mai.", "Döring"),
            ("Der Landrat sei informiert.", "Döring"),
        ],
    ]),
    ("es antwortet", [
        [
            ("Es antwortet Herr Stadtkämmerer Pohl.", "Pohl"),
            ("Es spricht Frau Krämer vom Förderverein.", "Krämer"),
            ("Das Wort hat Herr Lüders.", ""),
        ],
    ]),
    ("erste stimme", [
        [
            ("Stadtrat Bauer gibt seiner Freude über den Beschluss Ausdruck.", "Bauer"),
            ("Stadträtin Fink schlägt in dieselbe Kerbe.", "Fink"),
            ("Stadtrat Ruf kann dem nur beipflichten.", "Ruf"),
            ("Stadtrat Ehrlich wirft der Verwaltung Untätigkeit vor.", "Ehrlich"),
        ],
    ]),
    ("ihm", [
        [
            ("Herr Stein stellt den Bericht vor.", "Stein"),
            ("Ihm dankt Frau Moor für die klaren Worte.", "Moor"),
            ("Ihr fehle jedoch eine Aussage zu den Kosten.", "Moor"),
        ],
    ]),
    ("mv", [
        [
            ("Frau Gemeindevertreterin Lau spricht den Zustand der Wege an.", "Lau"),
            ("Der Bürgermeister wird sich kümmern.", "Bürgermeister"),
            ("Herr GV Timm regt einen Ortstermin an.", "Timm"),
            ("Abstimmung: 7 Ja, 0 Nein, 1 Enthaltung", ""),
        ],
    ]),
    ("sachkundig", [
        [
            ("Der sachkundige Einwohner Herr Wolff bittet um Aufnahme in den Verteiler.", "Wolff"),
            ("sB Kaya regt eine Begehung an.", "Kaya"),
            ("Die sachkundige Bürgerin Frau Roth schließt sich an.", "Roth"),
        ],
    ]),
    ("long mixed nds", [
        [
            ("Ratsvorsitzender Meyer eröffnet den Tagesordnungspunkt und erteilt Ratsfrau Hinrichs das Wort.", ""),
            ("Ratsfrau Hinrichs (SPD) bringt den Antrag ihrer Fraktion zur Errichtung eines Bürgerbusses ein.", "Hinrichs"),
            ("Gerade ältere Menschen in den Ortsteilen kämen abends nicht mehr nach Hause.", "Hinrichs"),
            ("Aus ihrer Sicht sei ein Versuch über zwei Jahre vertretbar.", "Hinrichs"),
            ("Ratsherr Buss (CDU) gibt zu bedenken, dass ehrenamtliche Fahrer kaum zu finden seien.", "Buss"),
            ("Er verweist auf die Erfahrungen der Nachbargemeinde.", "Buss"),
            ("Dort sei der Bus nach neun Monaten eingestellt worden.", "Buss"),
            ("Bürgermeisterin Onken teilt auf Rückfrage mit, dass Landesmittel beantragt werden könnten.", "Onken"),
            ("Die Frist laufe am 31. März ab.", "Onken"),
            ("Ratsherr Buss bittet darum, dies im Fachausschuss zu vertiefen.", "Buss"),
            ("Hiermit ist Ratsfrau Hinrichs einverstanden.", "Hinrichs"),
            ("Der Antrag wird einvernehmlich in den Verkehrsausschuss verwiesen.", ""),
        ],
    ]),
    ("bw", [
        [
            ("Bürgermeister Zoller führt kurz in die Thematik ein und übergibt das Wort an Frau Dipl.-Ing. Merk vom Büro Stadtgrün.", "Zoller"),
            ("Diese erläutert anhand einer Präsentation die Planung.", "Merk"),
            ("Vorgesehen seien 32 Bäume und ein Wasserspiel.", "Merk"),
            ("Gemeinderat Schick findet das Wasserspiel entbehrlich.", "Schick"),
            ("Ihm seien Sitzbänke wichtiger.", "Schick"),
            ("Gemeinderätin Burr ist anderer Auffassung.", "Burr"),
            ("Kinder bräuchten im Sommer Abkühlung.", "Burr"),
            ("BM Zoller schlägt vor, zwei Varianten rechnen zu lassen.", "Zoller"),
            ("Der Gemeinderat stimmt diesem Vorgehen zu.", ""),
        ],
    ]),
    ("hh", [
        [
            ("Herr Westphal referiert zum Stand der Radverkehrsplanung.", "Westphal"),
            ("Die Veloroute 9 werde ab Mai gebaut.", "Westphal"),
            ("Auf die Nachfrage von Frau Sahin, ob der Baumbestand erhalten bleibe, erklärt Herr Westphal, drei Bäume müssten gefällt werden.", "Sahin,Westphal"),
            ("Herr Lorentzen kündigt an, dass seine Fraktion einen eigenen Antrag stellen werde.", "Lorentzen"),
            ("Frau Sahin stellt in Frage, dass die Fällungen nötig seien.", "Sahin"),
            ("Herr Westphal räumt ein, dass es Alternativen gebe, diese seien aber teurer.", "Westphal"),
            ("Der Vorsitzende schließt die Aussprache.", ""),
        ],
    ]),
    ("mv indikativ", [
        [
            ("Der Amtsleiter Herr Drewes informiert zum Bau der Kita.", "Drewes"),
            ("Der Rohbau steht, das Dach wird im Oktober gedeckt.", "Drewes"),
            ("Die Kosten bleiben im Rahmen.", "Drewes"),
            ("Frau Stadtvertreterin Kagel fragt, ob der Eröffnungstermin gehalten wird.", "Kagel"),
            ("Herr Drewes bejaht das.", "Drewes"),
            ("Herr Mau bedankt sich bei der Verwaltung für die gute Arbeit.", "Mau"),
            ("Weitere Fragen gibt es nicht.", ""),
        ],
    ]),
    ("sachsen prät", [
        [
            ("Oberbürgermeister Rößler wies auf die Dringlichkeit hin.", "Rößler"),
            ("Ohne Beschluss verfielen die Fördermittel zum Jahresende.", "Rößler"),
            ("Stadtrat Kluge (Freie Wähler) zeigte sich verärgert über die kurze Frist.", "Kluge"),
            ("Man werde hier unter Druck gesetzt.", "Kluge"),
            ("Stadträtin Mende (Grüne) warb dennoch um Zustimmung.", "Mende"),
            ("Es gab zwei weitere Wortmeldungen.", ""),
            ("Die Sitzung wurde für zehn Minuten unterbrochen.", ""),
            ("Nach der Pause erklärte Stadtrat Kluge, seine Fraktion werde sich enthalten.", "Kluge"),
        ],
    ]),
    ("he", [
        [
            ("Stadtverordnetenvorsteher Dr. Heil ruft den Antrag auf.", ""),
            ("Stv. Bergmann begründet den Antrag der FDP-Fraktion.", "Bergmann"),
            ("Der Magistrat habe bis heute keinen Bericht vorgelegt.", "Bergmann"),
            ("Für den Magistrat nimmt Stadtrat Kolb Stellung.", "Kolb"),
            ("Der Bericht werde im April vorgelegt.", "Kolb"),
            ("Stv. Ritter beantragt die Überweisung an den HFA.", "Ritter"),
            ("Stv. Bergmann widerspricht der Überweisung.", "Bergmann"),
            ("Der Überweisungsantrag wird mit den Stimmen von CDU und SPD angenommen.", ""),
        ],
    ]),
    ("jha", [
        [
            ("Frau Neubert vom Kinderschutzbund trägt die Bedenken der AG 78 vor.", "Neubert"),
            ("Die Träger seien nicht beteiligt worden, und das sei kein Einzelfall.", "Neubert"),
            ("Sozialdezernent Ahrens bedauert dies.", "Ahrens"),
            ("Man habe aus Fehlern gelernt und werde künftig früher einladen.", "Ahrens"),
            ("Frau Neubert begrüßt diese Zusage ausdrücklich.", "Neubert"),
            ("Herr Kaplan möchte wissen, wie viele Familien betroffen sind.", "Kaplan"),
            ("Herr Ahrens nennt 48 Familien.", "Ahrens"),
            ("Davon lebten 20 im Sozialraum Nord.", "Ahrens"),
            ("Die Vertreterin der Agentur für Arbeit, Frau Held, bietet Unterstützung an.", "Held"),
        ],
    ]),
    ("passiv protokoll", [
        [
            ("Die Planung wird von Herrn Sturm vorgestellt.", "Sturm"),
            ("Von mehreren Mitgliedern wird die Höhe der Kosten kritisiert.", "Mehrere Mitglieder"),
            ("Es wird nachgefragt, ob Zuschüsse möglich seien.", "?"),
            ("Dies wird von der Verwaltung verneint.", "Verwaltung"),
            ("Seitens der Verwaltung wird zugesagt, die Zahlen nachzureichen.", "Verwaltung"),
        ],
    ]),
    ("verbatim", [
        [
            ("Stadtrat Ebert: Meine Damen und Herren, wir reden seit Jahren über diese Brücke.", "Ebert"),
            ("Was ist passiert?", "Ebert"),
            ("Nichts.", "Ebert"),
        ],
        [
            ("Baubürgermeisterin Dr. Horn: Die Planung liegt vor, das Land prüft noch.", "Horn"),
            ("Ich rechne mit einem Bescheid im Mai.", "Horn"),
        ],
        [
            ("Der Vorsitzende weist auf die Redezeit hin.", "Vorsitzender"),
        ],
    ]),
    ("fragen bullets", [
        [
            ("Herr Ortsbürgermeister Brand", "Brand"),
        ],
        [
            ("• begrüßt die Anwesenden", "Brand"),
        ],
        [
            ("• teilt mit, dass der Spielplatz gesperrt ist", "Brand"),
        ],
        [
            ("Frau Tamm", "Tamm"),
        ],
        [
            ("• fragt nach dem Zeitpunkt der Wiedereröffnung", "Tamm"),
        ],
    ]),
    ("weitere cues", [
        [
            ("Herr Abel bricht eine Lanze für das Ehrenamt.", "Abel"),
            ("Frau Brosch hält nichts von Schnellschüssen.", "Brosch"),
            ("Herr Conrads stört sich an der Wortwahl.", "Conrads"),
            ("Frau Drost liegt vor allem der Denkmalschutz am Herzen.", "Drost"),
            ("Herrn Eilers fehlt eine Kostenaufstellung.", "Eilers"),
            ("Frau Fries geht der Antrag nicht weit genug.", "Fries"),
            ("Herr Gall kann damit leben.", "Gall"),
            ("Frau Hüls ist dagegen.", "Hüls"),
            ("Herr Itzen wäre mit einer Befristung einverstanden.", "Itzen"),
            ("Frau Jost findet klare Worte.", "Jost"),
        ],
    ]),
    ("fraktion erklärungen", [
        [
            ("Für die CDU-Fraktion signalisiert Herr Kortmann Zustimmung.", "Kortmann"),
            ("Namens der SPD-Fraktion beantragt Frau Lemke eine Sitzungsunterbrechung.", "Lemke"),
            ("Im Namen des Seniorenbeirates bedankt sich Frau Pohl.", "Pohl"),
            ("Auch die FDP-Fraktion trägt den Vorschlag mit.", "FDP-Fraktion"),
            ("Die AfD lehnt ihn ab.", "AfD"),
        ],
    ]),
    ("coref", [
        [
            ("Jugendpflegerin Sina Kamp stellt das Ferienprogramm vor.", "Sina Kamp"),
            ("Es gebe 40 Angebote.", "Sina Kamp"),
            ("Frau Kamp dankt den Vereinen.", "Sina Kamp"),
            ("Die Jugendpflegerin weist auf die Anmeldefrist hin.", "Sina Kamp"),
            ("Der Ausschussvorsitzende Tegeler lobt die Arbeit.", "Tegeler"),
            ("Herr Tegeler bittet um Werbung in den Schulen.", "Tegeler"),
            ("Der Vorsitzende schließt die Sitzung um 20.10 Uhr.", ""),
        ],
    ]),
    ("questions", [
        [
            ("Frau Ulmer fragt, warum die Ampel seit Wochen ausfällt.", "Ulmer"),
            ("Sei das ein technischer Defekt?", "Ulmer"),
            ("Herr Vogt vom Tiefbauamt antwortet, ein Kabel sei beschädigt.", "Vogt"),
            ("Die Reparatur erfolge nächste Woche.", "Vogt"),
            ("Frau Ulmer hakt nach, ob man den Verursacher kenne.", "Ulmer"),
            ("Herr Vogt verneint.", "Vogt"),
        ],
    ]),
    ("stichpunkt telegramm", [
        [
            ("Bürgermeister Jensen berichtet:", "Jensen"),
        ],
        [
            ("- Straßenbau Dorfstraße abgeschlossen", "Jensen"),
        ],
        [
            ("- neue Bankverbindung der Amtskasse", "Jensen"),
        ],
        [
            ("GV Petersen regt an, eine Bank aufzustellen.", "Petersen"),
            ("Die Gemeindevertretung nimmt Kenntnis.", ""),
        ],
    ]),
    ("abwesend", [
        [
            ("Frau Winter erinnert an den Brief von Herrn Sommer.", "Winter"),
            ("Herr Sommer habe damals geschrieben, die Brücke sei marode.", "Winter"),
            ("Das habe sich bestätigt.", "Winter"),
            ("Der Kreis habe Frau Winter gegenüber zugesagt, zu helfen.", "Winter"),
        ],
    ]),
    ("Vorsitz wechselt", [
        [
            ("Stellvertretender Vorsitzender Krug übernimmt die Sitzungsleitung.", ""),
            ("Vorsitzende Thiele berichtet als Betroffene von der Lage im Quartier.", "Thiele"),
            ("Sie habe mit vielen Bewohnern gesprochen.", "Thiele"),
            ("Herr Krug dankt ihr.", "Krug"),
            ("Sie übernimmt wieder den Vorsitz.", ""),
        ],
    ]),
    ("adverb initial", [
        [
            ("Einleitend erläutert Herr Falke den Hintergrund.", "Falke"),
            ("Mit Verweis auf die Haushaltslage rät Kämmerer Zimmer davon ab.", "Zimmer"),
            ("Zum Thema Schulweg merkt Herr Falke an, dass die Beleuchtung fehle.", "Falke"),
            ("Trotz der Kritik hält Frau Rabe an dem Plan fest.", "Rabe"),
            ("Als Mutter zweier Kinder könne sie das nachvollziehen.", "Rabe"),
        ],
    ]),
    ("sprecher mit als", [
        [
            ("Herr Lind als Vertreter der Feuerwehr spricht sich für den Neubau aus.", "Lind"),
            ("Frau Moser, die den Antrag eingebracht hat, wirbt um Unterstützung.", "Moser"),
            ("Herr Nau von den Grünen sieht Nachbesserungsbedarf.", "Nau"),
            ("Die Sprecherin der Bürgerinitiative bedankt sich für das Rederecht.", "Sprecherin der Bürgerinitiative"),
            ("Sie überreicht 800 Unterschriften.", "Sprecherin der Bürgerinitiative"),
        ],
    ]),
    ("kreistag th", [
        [
            ("Landrätin Köhler bringt den Haushalt ein.", "Köhler"),
            ("Das Defizit belaufe sich auf 4,2 Mio. Euro.", "Köhler"),
            ("Kreistagsmitglied Werner (CDU) kritisiert die Personalkosten.", "Werner"),
            ("Herr Werner stellt den Antrag, 20 Stellen zu streichen.", "Werner"),
            ("Frau Köhler entgegnet, das sei rechtlich nicht möglich.", "Köhler"),
            ("Die Landrätin kündigt eine schriftliche Stellungnahme an.", "Köhler"),
            ("Der Antrag wird mit 18 zu 22 Stimmen abgelehnt.", ""),
        ],
    ]),
    ("nominal", [
        [
            ("Vorstellung des Projektes durch Frau Seibert vom Planungsbüro.", "Seibert"),
            ("Nachfrage Herr Thom: Ist der Fußweg breit genug?", "Thom"),
            ("Antwort Frau Seibert: 2,50 m reichen aus.", "Seibert"),
        ],
    ]),
    ("frage antwort labels", [
        [
            ("Frage Frau Kolbe: Wann beginnen die Arbeiten am Kanal?", "Kolbe"),
        ],
        [
            ("Antwort Bauamt: im Juni.", "Bauamt"),
        ],
        [
            ("Anmerkung der Verwaltung: Die Arbeiten haben begonnen.", ""),
        ],
    ]),
    ("lange Rede", [
        [
            ("Stadtrat Dr. Ebner (CDU) geht auf die Haushaltslage ein.", "Ebner"),
            ("Man habe drei Jahre von der Substanz gelebt.", "Ebner"),
            ("Nun räche sich das.", "Ebner"),
            ("Die Verwaltung habe Vorschläge gemacht, die man nicht einfach vom Tisch wischen könne.", "Ebner"),
            ("Oberbürgermeister Faller habe recht, wenn er von einer Zäsur spreche.", "Ebner"),
            ("Dennoch fehle ihm der Mut zu Strukturreformen.", "Ebner"),
            ("Die CDU werde dem Haushalt nur zustimmen, wenn die Kreisumlage sinke.", "Ebner"),
        ],
        [
            ("Stadträtin Gomez (SPD) wirft ihrem Vorredner Schwarzmalerei vor.", "Gomez"),
            ("Die SPD stehe zu den Kitas.", "Gomez"),
            ("Wer dort kürze, treffe die Familien.", "Gomez"),
        ],
    ]),
    ("kurz und knapp nrw", [
        [
            ("RM Özdemir fragt nach dem Stand der Glasfaserarbeiten.", "Özdemir"),
            ("BM Schulte antwortet, der Ausbau sei zu 80 % abgeschlossen.", "Schulte"),
            ("RM Kraft bemängelt den Zustand der Gehwege nach den Arbeiten.", "Kraft"),
            ("Herr Weber (Tiefbauamt) sagt Prüfung zu.", "Weber"),
            ("RM Özdemir: Wer haftet für Schäden?", "Özdemir"),
            ("Herr Weber: Die Baufirma.", "Weber"),
        ],
    ]),
    ("chair acts speech", [
        [
            ("Der Vorsitzende erläutert das Verfahren.", "Vorsitzender"),
            ("Zunächst werde über den weitergehenden Antrag abgestimmt.", "Vorsitzender"),
            ("Er lässt über den Antrag der Fraktion Die Linke abstimmen.", ""),
            ("Der Antrag wird bei 3 Ja-Stimmen und 14 Nein-Stimmen abgelehnt.", ""),
            ("Der Vorsitzende gibt bekannt, dass die nächste Sitzung am 4. Mai stattfindet.", "Vorsitzender"),
            ("Er wünscht allen einen guten Heimweg.", "Vorsitzender"),
        ],
    ]),
    ("zwei personen gleicher name", [
        [
            ("Frau Petra Vogel (SPD) fragt nach den Kosten.", "Petra Vogel"),
            ("Herr Klaus Vogel (FDP) hält sie für überzogen.", "Klaus Vogel"),
            ("Frau Vogel widerspricht.", "Petra Vogel"),
            ("Herr Vogel bleibt bei seiner Meinung.", "Klaus Vogel"),
        ],
    ]),
    ("unterbrechung quote", [
        [
            ("„So geht das nicht weiter“, sagt Frau Ritter.", "Ritter"),
            ("„Wir brauchen eine Lösung“, ergänzt Herr Kühn, „und zwar noch in diesem Jahr.“", "Kühn"),
        ],
    ]),
    ("coordination plural", [
        [
            ("Herr Abel und Frau Becker begrüßen den Vorschlag.", "Abel,Becker"),
            ("Sie bitten um zügige Umsetzung.", "Abel,Becker"),
            ("Die Stadträte Conrad und Dietz lehnen ihn ab.", "Conrad,Dietz"),
            ("Ratsfrau Ehlers sowie Ratsherr Funke enthalten sich einer Wertung.", "Ehlers,Funke"),
        ],
    ]),
    ("sb bericht", [
        [
            ("Der Bericht der Gleichstellungsbeauftragten Frau Sander liegt vor.", ""),
            ("Frau Sander ergänzt ihn mündlich.", "Sander"),
            ("Besonders das Frauenhaus sei überlastet.", "Sander"),
            ("Frau Sander wird gebeten, im Herbst erneut zu berichten.", ""),
        ],
    ]),
    ("indirect with wir", [
        [
            ("Herr Ott meint, das sei Sache des Landes.", "Ott"),
            ("Da können wir als Gemeinde nichts tun.", "Ott"),
            ("Bürgermeisterin Pohl sieht das ähnlich.", "Pohl"),
            ("Uns sind die Hände gebunden.", "Pohl"),
        ],
    ]),
    ("auftrag", [
        [
            ("Die Verwaltung wird gebeten, die Kosten zu prüfen.", ""),
            ("Herr Quast regt ergänzend an, auch Fördermittel zu prüfen.", "Quast"),
            ("Der Anregung wird gefolgt.", ""),
        ],
    ]),
    ("Sitzungsleitung Namen", [
        [
            ("Frau Vorsitzende Ritter ruft TOP 5 auf.", ""),
            ("Sie weist auf die Tischvorlage hin.", "Ritter"),
            ("Herr Schubert beantragt Vertagung.", "Schubert"),
            ("Frau Ritter stellt den Antrag zur Abstimmung.", ""),
            ("Sie stellt fest, dass der Antrag angenommen ist.", "Ritter"),
        ],
    ]),
    ("möchte/würde", [
        [
            ("Frau Tamm würde es begrüßen, wenn die Jugend beteiligt würde.", "Tamm"),
            ("Herr Uhde hätte gern gewusst, was das kostet.", "Uhde"),
            ("Frau Voigt könnte sich eine Befristung vorstellen.", "Voigt"),
            ("Herr Wendt möchte keinen Präzedenzfall schaffen.", "Wendt"),
        ],
    ]),
    ("kreis sachkundig", [
        [
            ("Frau Kreisrätin Adam erkundigt sich nach dem Zeitplan der Kreisstraße.", "Adam"),
            ("Kreisbaumeister Ziegler nennt das Jahr 2026.", "Ziegler"),
            ("Zuvor müsse die Brücke saniert werden.", "Ziegler"),
            ("Kreisrätin Adam dankt für die Auskunft.", "Adam"),
            ("Landrat Dr. Engel sichert einen Zwischenbericht zu.", "Engel"),
        ],
    ]),
    ("verein", [
        [
            ("Der Vorsitzende des Sportvereins, Herr Lohse, stellt den Neubau vor.", "Lohse"),
            ("Der Verein habe 800 Mitglieder.", "Lohse"),
            ("Der Ausschussvorsitzende dankt ihm.", "Ausschussvorsitzender"),
            ("Herr Lohse beantwortet Fragen.", "Lohse"),
        ],
    ]),
    ("heute nicht mit Namen", [
        [
            ("Die Bürgermeisterin informiert, dass die Kita ab August einen neuen Träger hat.", "Bürgermeisterin"),
            ("Die Verträge sind unterschrieben.", "Bürgermeisterin"),
            ("GV Hein fragt, ob die Beiträge steigen.", "Hein"),
            ("Die Bürgermeisterin verneint das.", "Bürgermeisterin"),
            ("Sie betont, dass die Gemeinde einen Zuschuss zahlt.", "Bürgermeisterin"),
        ],
    ]),
    ("präteritum indikativ", [
        [
            ("Herr Kessler stellte die Jahresrechnung vor.", "Kessler"),
            ("Der Überschuss betrug 1,2 Mio. Euro.", "Kessler"),
            ("Er war damit höher als geplant.", "Kessler"),
            ("Frau Linde erkundigte sich nach den Rücklagen.", "Linde"),
            ("Diese wurden laut Herrn Kessler vollständig aufgelöst.", "Kessler"),
            ("Der Rat nahm den Bericht zur Kenntnis.", ""),
        ],
    ]),
    ("berufsbezeichnungen", [
        [
            ("Architekt Sommerfeld präsentiert drei Entwürfe.", "Sommerfeld"),
            ("Schulleiterin Wagner favorisiert den zweiten.", "Wagner"),
            ("Elternvertreter Aydin schließt sich an.", "Aydin"),
            ("Pastorin Köster bittet um Rücksicht auf den Friedhof.", "Köster"),
            ("Revierleiter Horn verweist auf den Bestandsschutz der Eichen.", "Horn"),
        ],
    ]),
    ("voice 1", [
        [
            ("Die stellvertretende Vorsitzende Frau Uhlenbrock leitet die Sitzung, da Herr Vorsitzender Kamp verhindert ist.", ""),
        ],
        [
            ("Fachbereichsleiter Rösner wirft einen Blick zurück auf fünf Jahre Quartiersarbeit.", "Rösner"),
            ("Man habe klein angefangen.", "Rösner"),
            ("Heute seien drei Stadtteilbüros besetzt, und die Nachfrage übersteige das Angebot.", "Rösner"),
            ("Frau Alkan vom Stadtteilbüro Mitte pflichtet ihm bei und schildert zwei Fälle aus der Beratung.", "Alkan"),
            ("Eine alleinerziehende Mutter habe binnen einer Woche einen Kitaplatz gefunden.", "Alkan"),
            ("So etwas gehe nur, wenn man die Leute kenne.", "Alkan"),
            ("Herr Rieger von der CDU zollt der Arbeit Respekt.", "Rieger"),
            ("Gleichwohl müsse die Frage erlaubt sein, was das alles koste.", "Rieger"),
            ("Er bittet um eine Aufstellung nach Stadtteilen.", "Rieger"),
            ("Diese liegt laut Herrn Rösner im nichtöffentlichen Teil aus.", "Rösner"),
            ("Ratsmitglied Frau Sandmann nimmt den Ball auf: Wer sparen wolle, solle zuerst bei den Gutachten anfangen.", "Sandmann"),
            ("Applaus von den Zuhörern.", ""),
            ("Aus Sicht der Verwaltung, so Herr Rösner weiter, seien die Mittel gut angelegt.", "Rösner"),
            ("Herr Rieger lässt das nicht gelten.", "Rieger"),
            ("Ohne Zahlen könne er nicht zustimmen.", "Rieger"),
            ("Frau Uhlenbrock schlägt als Vorsitzende vor, die Entscheidung auf die Märzsitzung zu verschieben.", "Uhlenbrock"),
            ("Dem folgt der Ausschuss.", ""),
        ],
    ]),
    ("voice 2", [
        [
            ("Herr Bgm. Carstens gab einen Überblick über die laufenden Baumaßnahmen.", "Carstens"),
            ("Im Kirchweg würden die Leitungen erneuert, in der Mühlenstraße stehe die Asphaltierung bevor.", "Carstens"),
            ("Auf Einwand von GV Hansen, die Absperrung sei schlecht beleuchtet, versprach er Abhilfe.", "Carstens"),
            ("GV Petersen lobte den Bauhof.", "Petersen"),
            ("GVin Jessen trug eine Beschwerde der Anlieger vor, wonach Lastwagen die Sperrung umfahren.", "Jessen"),
            ("Sie fragte, ob man nicht Poller setzen könne.", "Jessen"),
            ("Das sei eine Landesstraße, gab der Bürgermeister zurück, da habe die Gemeinde nichts zu sagen.", "Carstens"),
            ("Frau Jessen gab sich damit nicht zufrieden und kündigte einen Antrag an.", "Jessen"),
            ("Weitere Wortmeldungen ergaben sich nicht.", ""),
        ],
    ]),
    ("voice 3", [
        [
            ("Stadträtin Grünwald (SPD) spricht von einem Meilenstein.", "Grünwald"),
            ("Seit Jahrzehnten warte der Stadtteil auf eine Bücherei.", "Grünwald"),
            ("Stadtrat Bechtel (AfD) kann diese Euphorie nicht teilen.", "Bechtel"),
            ("In Zeiten des Internets brauche niemand mehr Bücherregale.", "Bechtel"),
            ("Zwischenruf von Stadträtin Lohmann: „Doch, unsere Kinder!“", ""),
            ("Stadtrat Bechtel fährt unbeirrt fort.", "Bechtel"),
            ("Die Betriebskosten seien nicht gedeckt.", "Bechtel"),
            ("Bürgermeisterin Adler weist diesen Vorwurf von sich.", "Adler"),
            ("Sie habe im Haushalt 90.000 Euro eingestellt.", "Adler"),
            ("Der Vorsitzende mahnt zur Sachlichkeit und bittet, Zwischenrufe zu unterlassen.", "Vorsitzender"),
            ("Stadtrat Pfister (Grüne) hätte sich eine Kooperation mit der Schule vorstellen können.", "Pfister"),
            ("Er wolle den Beschluss aber nicht aufhalten.", "Pfister"),
            ("Stadträtin Grünwald signalisiert, dass auch ihre Fraktion dafür offen sei.", "Grünwald"),
            ("Nachdem die Rednerliste erschöpft ist, lässt der Vorsitzende abstimmen.", ""),
        ],
    ]),
    ("voice 4", [
        [
            ("Frau Tiedemann (Jugendamt) berichtet aus der Lenkungsgruppe.", "Tiedemann"),
            ("Das erste Treffen habe im Januar stattgefunden, das zweite folge im Mai.", "Tiedemann"),
            ("Dort sei Prof. Keller zu Gast gewesen.", "Tiedemann"),
            ("Er habe eindringlich vor Schnellschüssen gewarnt.", "Tiedemann"),
            ("Man brauche Geduld, habe er gesagt.", "Tiedemann"),
            ("Herr Özkan hält die Geduld der Familien für erschöpft.", "Özkan"),
            ("Seit 2019 rede man über Sozialräume, passiert sei wenig.", "Özkan"),
            ("Was Frau Tiedemann dazu sage?", "Özkan"),
            ("Sie verstehe den Unmut, antwortet Frau Tiedemann, die Stellen seien aber erst im Herbst besetzt worden.", "Tiedemann"),
            ("Herr Özkan dankt für die offenen Worte.", "Özkan"),
            ("Die Liga der freien Wohlfahrtsverbände, vertreten durch Frau Haas, bekräftigt ihre Bereitschaft zur Mitarbeit.", "Liga der freien Wohlfahrtsverbände"),
            ("Frau Haas mahnt verlässliche Verträge an.", "Haas"),
            ("Für die Kreiselternvertretung ergreift Herr Stolz Partei.", "Stolz"),
            ("Ihn ärgert, dass Eltern nicht in der Lenkungsgruppe sitzen.", "Stolz"),
            ("Das werde man ändern, sagt Frau Tiedemann zu.", "Tiedemann"),
            ("Es besteht Einvernehmen, das Thema im Herbst erneut aufzurufen.", ""),
        ],
    ]),
    ("voice 5", [
        [
            ("Der Landrat teilt mit, dass die Kreisumlage nicht erhöht wird.", "Landrat"),
            ("KTA Brandt: Das hören wir gern.", "Brandt"),
            ("Wie soll dann der Radweg bezahlt werden?", "Brandt"),
            ("Landrat: Aus Fördermitteln.", "Landrat"),
            ("KTA Brandt bleibt skeptisch.", "Brandt"),
            ("Er habe solche Versprechen schon oft gehört.", "Brandt"),
            ("KTA Frau Dr. Menke meint dagegen, man solle der Verwaltung vertrauen.", "Menke"),
            ("KTA Brandt und KTA Stelling bitten um Aufnahme ihrer Bedenken in die Niederschrift.", "Brandt,Stelling"),
        ],
    ]),
    ("voice 6", [
        [
            ("Die Elternsprecherin verliest einen offenen Brief.", "Elternsprecherin"),
            ("„Unsere Kinder sitzen seit zwei Jahren in Containern.", "Elternsprecherin"),
            ("Wir erwarten einen Zeitplan.“", "Elternsprecherin"),
            ("Schulamtsleiter Diebold zeigt Verständnis, macht aber wenig Hoffnung auf einen Baubeginn vor 2026.", "Diebold"),
            ("Frau Stadträtin Huber geht das gegen den Strich.", "Huber"),
            ("Sie fordert, die Mittel vorzuziehen.", "Huber"),
            ("Kämmerer Böhm verweist auf die Verpflichtungsermächtigungen.", "Böhm"),
            ("Ob das rechtlich möglich sei, müsse geprüft werden.", "Böhm"),
            ("Stadtrat Lechner regt an, die Container wenigstens zu klimatisieren.", "Lechner"),
            ("Die Kosten dafür beziffert Herr Diebold auf 40.000 Euro.", "Diebold"),
            ("Dem Vorschlag wird allgemein zugestimmt.", ""),
            ("Abschließend appelliert die Elternsprecherin an den Rat, die Kinder nicht zu vergessen.", "Elternsprecherin"),
        ],
    ]),
    ("voice 7", [
        [
            ("OV Menzel begrüßt zum Thema Dorfgemeinschaftshaus die Architektin Frau Quandt.", "Menzel"),
            ("Die Architektin stellt zwei Entwürfe vor.", "Quandt"),
            ("Entwurf A ist eingeschossig, Entwurf B hat ein Obergeschoss.", "Quandt"),
            ("Entwurf B kostet rund 200.000 € mehr.", "Quandt"),
            ("Ortsratsmitglied Kasten tendiert zu A.", "Kasten"),
            ("Herr Löffler fände B schöner.", "Löffler"),
            ("Der Kostenunterschied ist ihm aber zu groß.", "Löffler"),
            ("Ein Bürger möchte wissen, ob der Saal teilbar ist.", "Bürger"),
            ("Frau Quandt bejaht.", "Quandt"),
            ("OV Menzel lässt ein Stimmungsbild erstellen: 5 für A, 2 für B.", "Menzel"),
        ],
    ]),
    ("voice 8", [
        [
            ("Bezirksratsherr Fincke erläutert den interfraktionellen Antrag.", "Fincke"),
            ("Es gehe um die Sicherheit der Schulkinder.", "Fincke"),
            ("Bezirksratsfrau Dralle schildert ihre Beobachtungen vom Vortag.", "Dralle"),
            ("Drei Autos hätten auf dem Zebrastreifen gehalten.", "Dralle"),
            ("Bezirksbürgermeister Voges unterstützt das Anliegen.", "Voges"),
            ("Herr Lampe aus dem Fachbereich Tiefbau sagt zu, eine Verkehrszählung zu veranlassen.", "Lampe"),
            ("Auf die Bitte von Bezirksratsfrau Dralle, auch die Polizei einzubeziehen, erwidert er, das sei bereits geschehen.", "Lampe"),
            ("Dem Antrag wird einstimmig zugestimmt.", ""),
        ],
    ]),
    ("voice 9", [
        [
            ("TOP 7 wird gemeinsam mit TOP 8 beraten.", ""),
        ],
        [
            ("Ortsvorsteher Brückner informiert über den Zustand der Turnhalle.", "Brückner"),
            ("Das Dach ist undicht.", "Brückner"),
            ("Die Stadt hat einen Gutachter beauftragt, das Ergebnis liegt noch nicht vor.", "Brückner"),
            ("Ortschaftsrätin Lenk kritisiert, dass seit Monaten nichts passiert.", "Lenk"),
            ("Herr Lenk vom Sportverein ergänzt, dass zwei Mannschaften in die Nachbargemeinde ausweichen müssen.", "Lenk"),
            ("Ortschaftsrat Hänel schlägt vor, den Oberbürgermeister einzuladen.", "Hänel"),
            ("Die Einladung wird ausgesprochen.", "Hänel"),
        ],
    ]),
    ("voice 10", [
        [
            ("Vors. Haase stellt die Frage nach dem weiteren Verfahren.", "Haase"),
            ("StR Oertel (CSU): Wir sollten erst die Stellungnahme des Landratsamts abwarten.", "Oertel"),
            ("StRin Bachmaier (FW) schließt sich an.", "Bachmaier"),
            ("2. Bgm. Ziegltrum regt eine Ortsbesichtigung an.", "Ziegltrum"),
            ("StR Dr. Weigl möchte zu Protokoll gegeben haben, dass er von Anfang an vor dem Standort gewarnt habe.", "Weigl"),
            ("Beschluss: Die Angelegenheit wird vertagt.", ""),
        ],
    ]),
    ("voice 11", [
        [
            ("Der Präsident der Bürgerschaft erteilt Herrn Dr. Bahlmann das Wort.", ""),
            ("Dieser begründet den Antrag der Fraktion.", "Bahlmann"),
            ("Seit der Schließung des Jugendhauses fehle ein Treffpunkt.", "Bahlmann"),
            ("Frau Senatorin Reinke verweist auf die laufende Ausschreibung.", "Reinke"),
            ("Sie rechne mit Angeboten bis Ende Mai.", "Reinke"),
            ("Herr Köster (DIE LINKE) fragt sie nach den Öffnungszeiten.", "Köster"),
            ("Geplant seien fünf Tage in der Woche.", "Reinke"),
            ("Herr Dr. Bahlmann zieht den Antrag daraufhin zurück.", ""),
            ("Er behalte sich vor, ihn im Herbst erneut zu stellen.", "Bahlmann"),
        ],
    ]),
    ("voice 12", [
        [
            ("Einwohnerin Frau Kruse beschwert sich über den Zustand der Bushaltestelle.", "Kruse"),
            ("Die Scheiben seien eingeschlagen, abends sei es stockdunkel.", "Kruse"),
            ("Der Bürgermeister nimmt den Hinweis auf.", "Bürgermeister"),
            ("Herr Bartels, Anwohner der Lindenstraße, spricht den Lkw-Verkehr an.", "Bartels"),
            ("Er habe an einem Vormittag 60 Fahrzeuge gezählt.", "Bartels"),
            ("Wann die Ortsumgehung komme?", "Bartels"),
            ("Der Bürgermeister kann dazu keine Auskunft geben, die Planung liege beim Land.", "Bürgermeister"),
            ("Eine Jugendliche bittet um WLAN am Sportplatz.", "Jugendliche"),
            ("Dafür gebe es kein Geld, so der Bürgermeister.", "Bürgermeister"),
        ],
    ]),
    ("voice 13", [
        [
            ("Frau Dr. Sydow (Gesundheitsamt) hält einen Vortrag über die Suchtprävention.", "Sydow"),
            ("Sie stellt klar, dass es nicht um Verbote gehe.", "Sydow"),
            ("Jedes vierte Kind im Kreis lebe in einer belasteten Familie.", "Sydow"),
            ("Gefragt nach den Wartezeiten, nennt sie acht Wochen.", "Sydow"),
            ("Frau Ewald empfindet das als zu lang.", "Ewald"),
            ("Herr Noack gibt ihr recht.", "Noack"),
            ("Herr Noack sagt weiter, man müsse die Beratungsstellen besser ausstatten.", "Noack"),
            ("Aus der Runde kommt der Vorschlag, die Schulen einzubeziehen.", "?"),
            ("Frau Dr. Sydow greift diesen Gedanken gern auf.", "Sydow"),
            ("Die Vorsitzende fasst die Ergebnisse zusammen: mehr Personal, kürzere Wege, ein Bericht im Frühjahr.", "Vorsitzende"),
        ],
    ]),
    ("voice 14", [
        [
            ("Ratsmitglied Schürmann (UWG) stellt den Antrag, den Tagesordnungspunkt abzusetzen.", "Schürmann"),
            ("Zur Begründung führt er an, die Unterlagen seien erst gestern eingegangen.", "Schürmann"),
            ("Die Vorsitzende lässt über diesen Antrag zur Geschäftsordnung abstimmen.", ""),
            ("Er findet keine Mehrheit.", ""),
            ("Ratsmitglied Schürmann bedauert dies.", "Schürmann"),
            ("Nun müsse man eben ohne Vorbereitung beraten.", "Schürmann"),
            ("Erster Beigeordneter Dr. Lohkamp führt in die Vorlage ein.", "Lohkamp"),
            ("Ratsmitglied Frau Terhorst (Bündnis 90/Die Grünen) und Ratsmitglied Wessling (CDU) befürworten die Planung.", "Terhorst,Wessling"),
            ("Ratsmitglied Wessling geht vor allem die Zufahrt durch den Kopf.", "Wessling"),
        ],
    ]),
    ("voice 15", [
        [
            ("Nach der Begrüßung durch den Ausschussvorsitzenden Peters stellt Frau Jonas vom Familienzentrum ihre Einrichtung vor.", "Jonas"),
            ("120 Familien kommen regelmäßig.", "Jonas"),
            ("Das Café wird von Ehrenamtlichen betrieben.", "Jonas"),
            ("Zum Schluss lädt sie die Mitglieder zu einem Besuch ein.", "Jonas"),
            ("Herr Peters bedankt sich und überreicht ein kleines Präsent.", "Peters"),
            ("Herr Tamke fragt nach der Finanzierung.", "Tamke"),
            ("Etwa die Hälfte kommt vom Kreis, der Rest aus Spenden, erklärt Frau Jonas.", "Jonas"),
            ("Herr Tamke spricht ihr seine Anerkennung aus.", "Tamke"),
        ],
    ]),
    ("voice 16", [
        [
            ("Herr Wagner (FDP) wundert sich, weshalb die Verwaltung von ihrem eigenen Konzept abrückt.", "Wagner"),
            ("Noch im März habe Dezernentin Rohde das Gegenteil vertreten.", "Wagner"),
            ("Dezernentin Rohde stellt richtig, dass sich die Rechtslage geändert habe.", "Rohde"),
            ("Das Ministerium habe im Juni einen Erlass herausgegeben.", "Rohde"),
            ("Herr Wagner möchte diesen Erlass sehen.", "Wagner"),
            ("Er wird dem Protokoll beigefügt.", ""),
            ("Frau Schuster (SPD) bricht die Debatte auf eine einfache Frage herunter: Will man den Kindern helfen oder nicht?", "Schuster"),
            ("Die Antwort darauf könne nur Ja lauten.", "Schuster"),
            ("Herr Wagner verbittet sich diese Unterstellung.", "Wagner"),
        ],
    ]),
]


@pytest.mark.parametrize(("reason", "paragraphs"), CONVERSATIONS, ids=[reason for reason, _ in CONVERSATIONS])
def test_conversation(reason: str, paragraphs: list[list[tuple[str, str]]]) -> None:
    state = talk(*(" ".join(text for text, _ in paragraph) for paragraph in paragraphs))
    expected = [speaker for paragraph in paragraphs for _, speaker in paragraph]
    assert names(state) == expected, reason


CUES = [
    ("Frau Holm erläutert, dass das Konzept vorliege.", "erläutert", "erläutern"),
    ("Herr Uhl schlägt vor, den Punkt zu vertagen.", "schlägt", "vorschlagen"),
    ("Von Herrn Brandt wird angeregt, die Ampel zu versetzen.", "angeregt", "anregen"),
    ("Nach Ansicht von Herrn Kopp wäre das ein Fehler.", "Ansicht", "n_ansicht"),
    ("Herr Koch ist der Meinung, dass das genügt.", "Meinung", "n_meinung"),
    ("Frau Ott dankt für den Bericht und teilt mit, dass sie zustimme.", "dankt", "danken"),
    ("Herr Brandt: Das ist zu teuer.", None, "wort"),
    ("Das ist zu teuer, so Herr Brandt.", None, "so"),
    ("Laut Herrn Brandt ist das zu teuer.", None, "laut"),
    ("Antwort Frau Holm: Das ist zu teuer.", "Antwort", "n_antwort"),
    ("Der Vorsitzende ruft den Punkt auf und weist auf die Vorlage hin.", "weist", "hinweisen"),
]


@pytest.mark.parametrize(("text", "cue", "key"), CUES)
def test_cue(text: str, cue: str | None, key: str) -> None:
    sentence = talk(text).sentences[0]
    assert (sentence.cue, sentence.cue_key) == (cue, key)


def test_negated_cue() -> None:
    assert talk("Frau Rix stimmt dem Antrag nicht zu.").sentences[0].negated


def test_content_begins_behind_the_report() -> None:
    sentence = talk("Frau Holm erläutert, dass das Konzept vorliege.").sentences[0]
    assert sentence.words[sentence.content] == "dass"


def test_asker_without_content_is_addressed_only() -> None:
    state = talk("Frau Holm erläutert auf Nachfrage von Herrn Brandt, dass das Konzept vorliege.")
    assert names(state) == ["Holm"]
    assert [state.speakers[x].name for x in state.sentences[0].addressees] == ["Brandt"]


def test_words_put_on_record() -> None:
    state = talk("Frau Ott gibt zu Protokoll, dass sie nicht zustimme. Die Frist sei zu kurz gewesen. Herr Uhl dankt.")
    assert [s.on_record for s in state.sentences] == [True, True, False]


def test_title_names_the_only_speaker() -> None:
    state = talk("Die Kreuzung wird im Mai gesperrt.", title="Mitteilungen der Bürgermeisterin")
    assert names(state) == ["Bürgermeisterin"]


def test_resolution_has_no_speaker_but_minutes_in_it_have() -> None:
    assert names(talk("Die Verwaltung wird beauftragt, den Weg zu bauen.", kind="resolution")) == [""]
    assert names(talk("Frau Ott wendet ein, der Weg sei zu schmal.", kind="resolution")) == ["Ott"]


def test_chair_of_the_attendance_list() -> None:
    attendees = (Attendee(name="Dr. Maren Tietz", gender="f", role="Vorsitz", faction="SPD"), Attendee(name="Jan Moll", gender="m", faction="CDU"))
    state = talk("Die Vorsitzende dankt Herrn Moll. Herr Moll sagt Unterlagen zu.", context=ItemContext(attendees=attendees))
    chair, member = (state.speakers[s.speakers[0]] for s in state.sentences)
    assert (chair.attendee, member.attendee, member.faction) == (0, 1, "CDU")


def test_several_attendees_fit() -> None:
    attendees = (Attendee(name="Koch, Lothar", gender="m"), Attendee(name="Koch, Jens", gender="m"))
    state = talk("Herr Koch fragt nach den Kosten.", context=ItemContext(attendees=attendees))
    speaker = state.speakers[state.sentences[0].speakers[0]]
    assert speaker.attendee is None
    assert speaker.candidates == (0, 1)


def test_place_of_the_body_is_no_surname() -> None:
    state = talk("Der Ortschaftsrat Niederlohsa berät den Punkt.", organization="Ortschaftsrat Niederlohsa")
    assert names(state) == [""]


def test_confidence_and_rule_stand_with_every_attribution() -> None:
    state = talk("Frau Holm erläutert den Plan. Es gebe drei Varianten. Die Präsentation ist dem Protokoll beigefügt.")
    assert all(bool(s.rule) == bool(s.speakers) == (s.speaker_confidence is not None) for s in state.sentences)
