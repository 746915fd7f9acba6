"""The minutes as a TEI corpus in the manner of ParlaMint: `auszug export all|statements -o FILE.xml`.

Part of `output`; read-only. One `teiCorpus` whose header lists persons (with the intervals of their memberships) and
organisations; in it one `TEI` a meeting, one `div` an agenda item and section, an utterance `u` a run of sentences by
one speaker, with `seg`ments for sentences; what nobody says is a `note`. Act, stance and outcome are `@ana` pointers
into the header's taxonomies. Valid against `tei.rng` beside this file, a subset of TEI P5. Meetings are written one by
one.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import msgspec
from lxml import etree

from pipeline import __version__
from pipeline.errors import ExportError
from pipeline.output.formats import whole_file
from pipeline.output.pseudonyms import LIMITS, Pseudonyms
from pipeline.store.keys import slug

NAMESPACE = "http://www.tei-c.org/ns/1.0"
SCHEMA = Path(__file__).parent / "tei.rng"
"""What every export is valid against."""
_NSMAP: Any = {None: NAMESPACE}
_XML = "http://www.w3.org/XML/1998/namespace"
_XML_ID, _XML_LANG = f"{{{_XML}}}id", f"{{{_XML}}}lang"
_BATCH = 500
"""Agenda items read at a time: some 10 MB of sentences."""

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, escaped or not."""

TAXONOMIES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "act": ("What a sentence does", {
        "inform": "reports, explains, gives an opinion", "ask": "asks", "answer": "answers a question",
        "propose": "proposes, moves, demands", "agree": "agrees with somebody", "object": "contradicts somebody",
        "commit": "promises", "courtesy": "greets, thanks, opens, closes",
    }),
    "stance": ("Stance of a statement towards the matter of its item", {
        "support": "is for it", "oppose": "is against it", "conditional": "has reservations or conditions",
        "neutral": "takes no side",
    }),
    "outcome": ("Outcome of a decision", {
        "accepted": "accepted", "amended": "accepted with changes", "rejected": "rejected", "deferred": "put off",
        "referred": "sent to another body", "noted": "taken note of", "withdrawn": "withdrawn", "elected": "elected",
        "consensus": "without a vote, nobody contradicted",
    }),
}
"""The taxonomies of every export: description and categories; topics are added from the database."""


class _Item(msgspec.Struct):
    """An agenda item with a text, and what was found in it."""

    item_id: str
    meeting_id: str
    source_id: str
    number: str | None
    title: str | None
    result: str | None
    paper: str | None
    address: str | None
    directions: list[tuple[str, int | None]]
    sections: list[tuple[int, str, str]] = msgspec.field(default_factory=list)
    sentences: list[tuple[Any, ...]] = msgspec.field(default_factory=list)
    statements: list[tuple[Any, ...]] = msgspec.field(default_factory=list)
    speakers: dict[str, tuple[Any, ...]] = msgspec.field(default_factory=dict)
    decisions: list[tuple[Any, ...]] = msgspec.field(default_factory=list)
    commitments: list[tuple[Any, ...]] = msgspec.field(default_factory=list)


def write_tei(
    connection: duckdb.DuckDBPyConnection, output: Path, *, pseudonyms: Pseudonyms | None = None
) -> dict[str, int]:
    """Write the corpus to `output`. Returns the numbers of meetings, utterances and persons.

    Raises ExportError where no item has a text, or the path cannot be written.
    """
    writer = _Writer(connection, pseudonyms)
    if not writer.items:
        raise ExportError("no agenda item in the database has a text", where=output,
                          remedy="build a corpus with excerpts")
    with whole_file(output) as temporary, etree.xmlfile(str(temporary), encoding="utf-8") as file:
        file.write_declaration()
        name = "-".join(writer.sources)
        attributes = {_XML_ID: f"auszug.{xml_id(name)}", _XML_LANG: "de"}
        with file.element(f"{{{NAMESPACE}}}teiCorpus", attrib=attributes,
                          nsmap={**_NSMAP, "xml": _XML}):  # else lxml gives xml: another prefix
            file.write("\n")
            file.write(writer.header(), pretty_print=True)
            for meeting in writer.meetings():
                file.write(meeting, pretty_print=True)
    return {"meetings": writer.meetings_written, "utterances": writer.utterances, "persons": writer.persons}


def xml_id(key: str) -> str:
    """A key of the database as a name that XML allows: `a/b` becomes `a.b`; different keys give different names."""
    made = "".join(_ESCAPES.get(c) or (c if c.isascii() and (c.isalnum() or c == "-") else f"_x{ord(c):x}_")
                   for c in key)
    return made if made[:1].isalpha() else f"x.{made}"


_ESCAPES = {"/": ".", ".": "_.", "_": "__"}


def clean(text: object) -> str:
    """`text` with U+FFFD for characters that XML cannot hold."""
    return _NOT_XML.sub("\ufffd", str(text))


def _element(tag: str, text: object = None, **attributes: object) -> Any:
    """An element with the attributes that are not None (`id` and `lang` are those of XML)."""
    made = etree.Element(f"{{{NAMESPACE}}}{tag}", nsmap=_NSMAP)
    return _filled(made, text, attributes)


def _add(parent: Any, tag: str, text: object = None, **attributes: object) -> Any:
    """The same as a child of `parent`."""
    return _filled(etree.SubElement(parent, f"{{{NAMESPACE}}}{tag}"), text, attributes)


def _filled(element: Any, text: object, attributes: Mapping[str, object]) -> Any:
    for name, value in attributes.items():
        if value is not None and value != "":
            element.set({"id": _XML_ID, "lang": _XML_LANG}.get(name, name.rstrip("_")), clean(value))
    if text is not None:
        element.text = clean(text)
    return element


class _Writer:
    """Reads the database and makes the elements."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, pseudonyms: Pseudonyms | None) -> None:
        self.connection = connection
        self.pseudonyms = pseudonyms
        self.sources = [row[0] for row in self._rows("SELECT source_id FROM source ORDER BY source_id")]
        self.topics = self._rows("SELECT topic_id, title, description FROM topic ORDER BY topic_id")
        self.items = self._items()
        self.organizations = self._organizations()
        self.meetings_written = self.utterances = self.persons = 0

    def _rows(self, sql: str, parameters: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql, parameters or {}).fetchall()

    def _text(self, text: str, source: str, item: str | None = None) -> str:
        return self.pseudonyms.text(text, source=source, item=item) if self.pseudonyms else text

    def _person(self, person_id: str) -> str:
        return self.pseudonyms.person(person_id) if self.pseudonyms else xml_id(person_id)

    # ------------------------------------------------------------- the corpus

    def header(self) -> Any:
        """The corpus's header: description, taxonomies, organisations, persons."""
        header = _element("teiHeader")
        titles = [row[0] for row in self._rows("SELECT title FROM source ORDER BY source_id")]
        file = _add(header, "fileDesc")
        statement = _add(file, "titleStmt")
        _add(statement, "title", f"Minutes of municipal councils: {'; '.join(t or '?' for t in titles)}", lang="en")
        _add(_add(file, "editionStmt"), "edition", f"auszug {__version__}")
        self._extent(file)
        published = _add(file, "publicationStmt")
        _add(published, "publisher", "made with auszug from the pages of the councils named below")
        if day := self._last_run():
            _add(published, "date", day, when=day)
        availability = _add(published, "availability", status="restricted")
        _add(availability, "p", "The texts are the councils'. Check their terms, copyright and data protection law "
                                "before passing them on.")
        if self.pseudonyms:
            _add(availability, "p", LIMITS)
        described = _add(file, "sourceDesc")
        for title, body, url in self._rows("SELECT title, body, url FROM source ORDER BY source_id"):
            bibl = _add(described, "bibl")
            _add(bibl, "title", title or "?")
            if body:
                _add(bibl, "publisher", body)
            if url:
                _add(bibl, "ref", url, target=url)
        self._encoding(header)
        profile = _add(header, "profileDesc")
        _add(_add(profile, "langUsage"), "language", "German", ident="de")
        participants = _add(profile, "particDesc")
        if self.organizations:
            listed = _add(participants, "listOrg")
            for identifier, role, name in self.organizations.values():
                _add(_add(listed, "org", id=identifier, role=role), "orgName", name)
        self._list_persons(participants)
        if not len(participants):
            profile.remove(participants)
        return header

    def _extent(self, file: Any) -> None:
        extent = _add(file, "extent")
        counts = self._rows("""
            SELECT count(DISTINCT i.meeting_id), count(DISTINCT i.item_id), count(*),
                (SELECT count(*) FROM statement), (SELECT coalesce(sum(words), 0) FROM agenda_item)
            FROM agenda_item AS i JOIN sentence AS s ON s.item_id = i.item_id""")[0]
        for unit, number in zip(("meetings", "texts", "sentences", "statements", "words"), counts, strict=True):
            _add(extent, "measure", f"{number:,} {unit}", unit=unit, quantity=int(number))

    def _last_run(self) -> str | None:
        found = self._rows("SELECT max(finished_at) FROM run WHERE exit_code < 2")[0][0]
        return found.date().isoformat() if isinstance(found, dt.datetime) else None

    def _encoding(self, header: Any) -> None:
        encoding = _add(header, "encodingDesc")
        _add(_add(encoding, "projectDesc"), "p", "Speakers, acts, stances and decisions were found by program in "
             "reported speech; cert is the program's confidence that speaker and stance are right, not a probability.")
        editorial = _add(encoding, "editorialDecl")
        for text in (
            "One TEI a meeting, one div an agenda item (corresp: its page) and section of the page. u: consecutive "
            "sentences of one speaker (several in who: said together); n: keys of the statements in the tables. A u "
            "without who is by somebody whom the text does not name. seg: a sentence, white space collapsed. note of "
            "type narrative: a sentence that reports nobody's words; decision and commitment point to their sentence.",
            "affiliation/@from and @to are the first and last day on which it was observed (evidence person_page: as "
            "told there), not the begin and end of a mandate.",
            "Characters that XML cannot hold are replaced by U+FFFD.",
        ):
            _add(editorial, "p", text)
        classes = _add(encoding, "classDecl")
        for name, (description, categories) in TAXONOMIES.items():
            taxonomy = _add(classes, "taxonomy", id=name)
            _add(taxonomy, "desc", description)
            for category, meaning in categories.items():
                _add(_add(taxonomy, "category", id=f"{name}.{category}"), "catDesc", meaning)
        for topic, title, _ in self.topics:
            taxonomy = _add(classes, "taxonomy", id=f"topic.{xml_id(topic)}")
            _add(taxonomy, "desc", f"{title or topic}: direction of an item and stance towards the topic")
            for category, meaning in (
                ("furthers", "the item furthers the topic"), ("against", "the item turns against the topic"),
                ("other", "the item names the topic and is about something else"),
                ("unknown", "the item's direction is unknown"), ("support", "the statement supports the topic"),
                ("oppose", "the statement opposes the topic"), ("conditional", "the statement has reservations"),
                ("neutral", "the statement takes no side on the topic"),
            ):
                _add(_add(taxonomy, "category", id=f"topic.{xml_id(topic)}.{category}"), "catDesc", meaning)
        application = _add(_add(encoding, "appInfo"), "application", ident="auszug", version=__version__)
        _add(application, "label", "auszug")

    def _organizations(self) -> dict[tuple[str, str, str], tuple[str, str, str]]:
        """Per (corpus, kind, name): id, role and name of committees and factions."""
        found: dict[tuple[str, str, str], tuple[str, str, str]] = {}
        for identifier, source, kind, name in self._rows(
            "SELECT organization_id, source_id, kind, name FROM organization ORDER BY source_id, organization_id"
        ):
            if name:
                sort, role = ("faction", "politicalGroup") if kind == "FR" else ("committee", "committee")
                found.setdefault((source, sort, name), (xml_id(identifier), role, name))
        taken = {identifier for identifier, _, _ in found.values()}
        for source, sort, name in self._rows("""
            SELECT p.source_id, m.kind, m.organization FROM membership AS m
                JOIN person AS p ON p.person_id = m.person_id
            UNION SELECT i.source_id, 'faction', s.faction_on_date FROM speaker AS s
                JOIN agenda_item AS i ON i.item_id = s.item_id WHERE s.faction_on_date IS NOT NULL
            ORDER BY ALL"""):
            if (source, sort, name) not in found:
                made = xml_id(f"{source}/{sort}/{slug(name)}")
                made = xml_id(f"{source}/{sort}/{name}") if made in taken else made
                taken.add(made)
                found[source, sort, name] = (made, "politicalGroup" if sort == "faction" else "committee", name)
        return found

    def _list_persons(self, participants: Any) -> None:
        rows = self._rows("""SELECT person_id, source_id, family_name, given_name, name, titles, gender, kplfdnr
                             FROM person ORDER BY person_id""")
        if not rows:
            return
        affiliations = self._affiliations()
        listed = _add(participants, "listPerson")
        made: list[tuple[str, Any]] = []
        for person_id, source, family, given, name, titles, gender, number in rows:
            identifier = self._person(person_id)
            person = _element("person", id=identifier)
            if self.pseudonyms:
                _add(person, "persName", identifier)
            else:
                names = _add(person, "persName")
                if titles:
                    _add(names, "roleName", titles)
                if given:
                    _add(names, "forename", given)
                _add(names, "surname", family or name or "?")
            if gender in {"f", "m"}:
                _add(person, "sex", value=gender.upper())
            for sort, organization, role, first, last, evidence in affiliations.get(person_id, ()):
                reference = self.organizations[source, sort, organization][0]
                affiliation = _add(person, "affiliation", role="member", ref=f"#{reference}", from_=first, to=last,
                                   evidence=" ".join(evidence))
                if role:
                    _add(affiliation, "roleName", self._text(role, source))
            if not self.pseudonyms:
                _add(person, "idno", person_id, type="auszug")
                if number is not None:
                    _add(person, "idno", number, type="ALLRIS")
            made.append((identifier, person))
        for _, person in sorted(made, key=lambda pair: pair[0]) if self.pseudonyms else made:
            listed.append(person)
        self.persons = len(made)

    def _affiliations(self) -> dict[str, list[tuple[str, str, str | None, dt.date | None, dt.date | None, list[str]]]]:
        """Per person: kind, organisation, role, first and last day, evidence; overlapping observations are one."""
        found: dict[str, list[tuple[str, str, str | None, dt.date | None, dt.date | None, list[str]]]] = {}
        for person, sort, organization, role, first, last, evidence in self._rows("""
            SELECT person_id, kind, organization, role, first_seen, last_seen, evidence FROM membership
            ORDER BY person_id, kind, organization, role NULLS FIRST, first_seen NULLS FIRST, last_seen, evidence"""):
            have = found.setdefault(person, [])
            before = have[-1] if have else None
            same = before is not None and before[:3] == (sort, organization, role)
            if before and same and first and before[4] and first <= before[4]:
                latest = max(last, before[4]) if last else None
                have[-1] = (*before[:4], latest, sorted({*before[5], evidence}))
            else:
                have.append((sort, organization, role, first, last, [evidence]))
        return found

    # ----------------------------------------------------------- the meetings

    def _items(self) -> list[_Item]:
        directions: dict[str, list[tuple[str, int | None]]] = {}
        for item, topic, direction in self._rows(
            "SELECT item_id, topic_id, direction FROM item_direction ORDER BY item_id, topic_id"
        ):
            directions.setdefault(item, []).append((topic, direction))
        return [_Item(*(*row, directions.get(row[0], []))) for row in self._rows("""
            SELECT i.item_id, i.meeting_id, i.source_id, i.item_number, i.title, i.result,
                nullif(concat_ws(': ', i.paper_reference, coalesce(p.title, i.paper_title)), ''), pv.address
            FROM agenda_item AS i
            LEFT JOIN paper AS p ON p.paper_id = i.paper_id
            LEFT JOIN page_version AS pv ON pv.page_id = i.item_id AND pv.content_hash = i.content_hash
            WHERE i.has_excerpt AND EXISTS (SELECT 1 FROM sentence AS s WHERE s.item_id = i.item_id)
            ORDER BY i.source_id, i.date NULLS LAST, i.meeting_id, i.position NULLS LAST, i.item_id""")]

    def meetings(self) -> Iterator[Any]:
        """One `TEI` a meeting, in the order of corpora and dates."""
        about = {row[0]: row[1:] for row in self._rows(
            "SELECT meeting_id, title, organization, date, place, body, source_id FROM meeting")}
        for meeting, items in itertools.groupby(self._filled_items(), key=lambda item: item.meeting_id):
            self.meetings_written += 1
            yield self._meeting(meeting, about.get(meeting, (None,) * 6), list(items))

    def _filled_items(self) -> Iterator[_Item]:
        for start in range(0, len(self.items), _BATCH):
            batch = self.items[start : start + _BATCH]
            by_id = {item.item_id: item for item in batch}
            chosen = {"items": list(by_id)}
            for table, columns, order in _PARTS:
                for row in self._rows(f"SELECT item_id, {columns} FROM {table} "  # noqa: S608  (the constants below)
                                      f"WHERE item_id IN (SELECT unnest($items)) ORDER BY item_id, {order}", chosen):
                    item = by_id[row[0]]
                    if table == "speaker":
                        item.speakers[row[1]] = row[2:]
                    else:
                        getattr(item, f"{table}s").append(row[1:])
            yield from batch
            for item in batch:
                item.sections, item.sentences, item.statements, item.speakers = [], [], [], {}
                item.decisions, item.commitments = [], []

    def _meeting(self, key: str, about: Sequence[Any], items: list[_Item]) -> Any:
        title, organization, date, place, body, _ = about
        source = items[0].source_id
        tei = _element("TEI", id=xml_id(key), lang="de")
        header = _add(tei, "teiHeader")
        file = _add(header, "fileDesc")
        _add(_add(file, "titleStmt"), "title", self._text(title or organization or key, source))
        _add(_add(file, "publicationStmt"), "p", "Part of the corpus above.")
        bibl = _add(_add(file, "sourceDesc"), "bibl")
        _add(bibl, "title", self._text(title or organization or key, source))
        if body:
            _add(bibl, "publisher", body)
        if date:
            _add(bibl, "date", date, when=date)
        _add(bibl, "idno", key, type="auszug")
        profile = _add(header, "profileDesc")
        setting = _add(_add(profile, "settingDesc"), "setting")
        if organization:
            known = self.organizations.get((source, "committee", organization))
            _add(setting, "name", organization, type="org", ref=f"#{known[0]}" if known else None)
        if place:
            _add(setting, "name", place, type="place")
        if date:
            _add(setting, "date", date, when=date)
        references = self._unidentified(profile, key, items)
        body_element = _add(_add(tei, "text"), "body")
        for item in items:
            self._item(body_element, item, references)
        return tei

    def _unidentified(self, profile: Any, meeting: str, items: list[_Item]) -> dict[tuple[str, str], str]:
        """Lists groups and persons without a row in `person`. Returns the id of every speaker by item and key."""
        references: dict[tuple[str, str], str] = {}
        groups: dict[str, Any] = {}
        people: dict[str, Any] = {}
        for item in items:
            for speaker, (kind, name, gender, faction, person) in item.speakers.items():
                if person:
                    references[item.item_id, speaker] = self._person(person)
                    continue
                printed = name or speaker
                if self.pseudonyms:
                    printed = self.pseudonyms.speaker(printed, source=item.source_id, item=item.item_id, person=None,
                                                      kind=kind)
                if kind == "group":
                    identifier = xml_id(f"{meeting}/group/{slug(printed)}")
                    if identifier not in groups:
                        groups[identifier] = _element("org", id=identifier, role="group")
                        _add(groups[identifier], "orgName", printed)
                else:
                    identifier = xml_id(f"{meeting}/speaker/{slug(printed)}")
                    if identifier not in people:
                        made = people[identifier] = _element("person", id=identifier, role="unidentified")
                        _add(made, "persName", printed)
                        if gender in {"f", "m"}:
                            _add(made, "sex", value=gender.upper())
                        known = self.organizations.get((item.source_id, "faction", faction or ""))
                        if known:
                            _add(made, "affiliation", role="member", ref=f"#{known[0]}")
                references[item.item_id, speaker] = identifier
        if groups or people:
            participants = _add(profile, "particDesc")
            for tag, found in (("listOrg", groups), ("listPerson", people)):
                if found:
                    listed = _add(participants, tag)
                    for identifier in sorted(found):
                        listed.append(found[identifier])
        return references

    def _item(self, body: Any, item: _Item, references: Mapping[tuple[str, str], str]) -> None:
        source, key = item.source_id, item.item_id
        identifier = xml_id(key)
        ana = [f"#topic.{xml_id(topic)}.{_DIRECTIONS[direction]}" for topic, direction in item.directions]
        div = _add(body, "div", type="agendaItem", id=identifier, n=item.number, ana=" ".join(ana),
                   corresp=_pointer(self._text(item.address, source, key)) if item.address else None)
        _add(div, "head", self._text(item.title or "", source, key))
        if item.paper:
            _add(div, "note", self._text(item.paper, source, key), type="paper")
        if item.result:
            _add(div, "note", self._text(item.result, source, key), type="result")
        for index, label, kind in item.sections:
            sentences = [sentence for sentence in item.sentences if sentence[1] == index]
            if sentences:
                section = _add(div, "div", type="section", subtype=kind if kind in _SECTIONS else "other")
                _add(section, "head", label)
                self._sentences(section, item, sentences, references)
                self._findings(section, item, index)

    def _sentences(
        self, section: Any, item: _Item, sentences: list[tuple[Any, ...]], references: Mapping[tuple[str, str], str]
    ) -> None:
        starts: dict[int, list[tuple[Any, ...]]] = {}
        for statement in item.statements:
            starts.setdefault(statement[3], []).append(statement)
        utterance = None
        last = -1
        for index, _, text, speakers, act in sentences:
            printed = self._text(text, item.source_id, item.item_id)
            identifier = f"{xml_id(item.item_id)}.s{index}"
            if index in starts:
                utterance = self._utterance(section, item, starts[index], speakers, references)
                last = starts[index][0][4]
            if utterance is not None and index <= last:
                _add(utterance, "seg", printed, id=identifier, ana=_category("act", act))
            else:
                _add(section, "note", printed, type="narrative", id=identifier)

    def _utterance(
        self, section: Any, item: _Item, statements: list[tuple[Any, ...]], speakers: Iterable[str],
        references: Mapping[tuple[str, str], str],
    ) -> Any:
        number, _, _, _, _, act, stance, confident, stance_confident = statements[0]
        who = [f"#{references[item.item_id, s]}" for s in dict.fromkeys(speakers) if (item.item_id, s) in references]
        ana = [_category("act", act), _category("stance", stance)]
        for topic, direction in item.directions:
            if (towards := _towards(stance, direction)) is not None:
                ana.append(f"#topic.{xml_id(topic)}.{towards}")
        certain = [c for c in (confident, stance_confident) if c is not None]
        self.utterances += 1
        return _add(section, "u", id=f"{xml_id(item.item_id)}.u{number}", n=" ".join(s[1] for s in statements),
                    who=" ".join(who), ana=" ".join(a for a in ana if a),
                    cert=f"{min(max(min(certain), 0.0), 1.0):.2f}" if certain else None)

    def _findings(self, section: Any, item: _Item, index: int) -> None:
        identifier = xml_id(item.item_id)
        there = {sentence[0] for sentence in item.sentences}
        for key, at, sentence, outcome, yes, no, abstain, unanimous, confidence, number in item.decisions:
            if at == index:
                votes = ", ".join(f"{count} {name}" for count, name in
                                  ((yes, "yes"), (no, "no"), (abstain, "abstentions")) if count is not None)
                told = "; ".join(part for part in (outcome, "unanimous" if unanimous else "", votes) if part)
                _add(section, "note", told, type="decision", id=f"{identifier}.d{number}", n=key,
                     corresp=f"#{identifier}.s{sentence}" if sentence in there else None,
                     ana=_category("outcome", outcome), cert=_certainty(confidence))
        for key, at, sentence, what, due, confidence, number in item.commitments:
            if at == index:
                told = self._text("; ".join(part for part in (what, due) if part), item.source_id, item.item_id)
                _add(section, "note", told, type="commitment", id=f"{identifier}.c{number}", n=key,
                     corresp=f"#{identifier}.s{sentence}" if sentence in there else None, cert=_certainty(confidence))


_PARTS = (
    ("section", "section_index, coalesce(label, ''), coalesce(kind, 'other')", "section_index"),
    ("sentence", "sentence_index, section_index, coalesce(text, ''), speakers, act", "sentence_index"),
    ("speaker", "speaker_id, kind, name, gender, faction_on_date, person_id", "speaker_id"),
    ("statement", "statement_index, statement_id, section_index, first_sentence, last_sentence, act, stance, "
                  "speaker_confidence, stance_confidence", "statement_index"),
    ("decision", "decision_id, section_index, sentence_index, outcome, yes, no, abstain, unanimous, confidence, "
                 "decision_index", "decision_index"),
    ("commitment", "commitment_id, section_index, sentence_index, what, due, confidence, commitment_index",
     "commitment_index"),
)
"""Table, columns and order of what an item is made of."""
_DIRECTIONS = {1: "furthers", -1: "against", 0: "other", None: "unknown"}
_SECTIONS = frozenset({"minutes", "resolution", "result", "facts", "motion", "other"})


def _category(taxonomy: str, value: str | None) -> str | None:
    return f"#{taxonomy}.{value}" if value in TAXONOMIES[taxonomy][1] else None


def _towards(stance: str | None, direction: int | None) -> str | None:
    """The stance towards the topic, as in the view `speaker_positions`."""
    if stance is None or direction not in {1, -1}:
        return None
    return {"support": "oppose", "oppose": "support"}.get(stance, stance) if direction == -1 else stance


def _certainty(confidence: float | None) -> str | None:
    return None if confidence is None else f"{min(max(confidence, 0.0), 1.0):.2f}"


def _pointer(address: str) -> str:
    """An address or file name as a pointer without blanks."""
    return "".join(c if c.isprintable() and c not in ' <>"{}|\\^`' else f"%{ord(c):02X}" for c in clean(address))
