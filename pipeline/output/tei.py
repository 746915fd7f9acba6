"""The minutes as a TEI corpus in the manner of ParlaMint: `auszug export all|statements -o FILE.xml`.

Part of `output`; read-only. One `teiCorpus` whose header lists persons (with the intervals of their memberships) and
organisations; in it one `TEI` a meeting, one `div` an agenda item and section, an utterance `u` a run of sentences by
one speaker, with `seg`ments for sentences; what nobody says is a `note`. Act, stance and outcome are `@ana` pointers
into the header's taxonomies. Valid against `tei.rng` beside this file, a subset of TEI P5. Meetings are written one by
one.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import msgspec
from lxml import etree

from pipeline.errors import ExportError
from pipeline.output.pseudonyms import Pseudonyms
from pipeline.output.tei_header import Header, category
from pipeline.output.tei_xml import NAMESPACE, NSMAP, XML, XML_ID, XML_LANG, add, element, pointer, xml_id
from pipeline.output.whole_files import whole_file
from pipeline.store.keys import slug

SCHEMA = Path(__file__).parent / "tei.rng"
"""What every export is valid against."""
_BATCH = 4_000
"""Agenda items read at a time: some 100 MB with their sentences; each batch reads the tables once."""

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
    with whole_file(output) as temporary, _system_errors(), etree.xmlfile(str(temporary), encoding="utf-8") as file:
        file.write_declaration()
        name = "-".join(writer.sources)
        attributes = {XML_ID: f"auszug.{xml_id(name)}", XML_LANG: "de"}
        with file.element(f"{{{NAMESPACE}}}teiCorpus", attrib=attributes,
                          nsmap={**NSMAP, "xml": XML}):  # else lxml gives xml: another prefix
            file.write("\n")
            file.write(writer.header.made(), pretty_print=True)
            for meeting in writer.meetings():
                file.write(meeting, pretty_print=True)
    return {"meetings": writer.meetings_written, "utterances": writer.utterances, "persons": writer.header.persons}


@contextlib.contextmanager
def _system_errors() -> Iterator[None]:
    """What libxml2 says of a full disk (IO_ENOSPC) as the OSError that it is."""
    try:
        yield
    except etree.SerialisationError as error:
        number = getattr(errno, str(error).removeprefix("IO_"), errno.EIO)
        raise OSError(number, os.strerror(number)) from None


class _Writer:
    """Reads the database and makes the elements."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, pseudonyms: Pseudonyms | None) -> None:
        self.connection = connection
        self.pseudonyms = pseudonyms
        self.sources = [row[0] for row in self._rows("SELECT source_id FROM source ORDER BY source_id")]
        self.items = self._items()
        self.header = Header(connection, pseudonyms)
        self.organizations = self.header.organizations
        self.meetings_written = self.utterances = 0

    def _rows(self, sql: str, parameters: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql, parameters or {}).fetchall()

    def _text(self, text: str, source: str, item: str | None = None) -> str:
        return self.pseudonyms.text(text, source=source, item=item) if self.pseudonyms else text

    # ----------------------------------------------------------- the meetings

    def _items(self) -> list[tuple[Any, ...]]:
        """What every item with a text says about itself, in the order of the file: the fields of `_Item`."""
        directions: dict[str, list[tuple[str, int | None]]] = {}
        for item, topic, direction in self._rows(
            "SELECT item_id, topic_id, direction FROM item_direction ORDER BY item_id, topic_id"
        ):
            directions.setdefault(item, []).append((topic, direction))
        return [(*row, directions.get(row[0], [])) for row in self._rows("""
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
            batch = [_Item(*row) for row in self.items[start : start + _BATCH]]
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

    def _meeting(self, key: str, about: Sequence[Any], items: list[_Item]) -> Any:
        title, organization, date, place, body, _ = about
        source = items[0].source_id
        tei = element("TEI", id=xml_id(key), lang="de")
        header = add(tei, "teiHeader")
        file = add(header, "fileDesc")
        add(add(file, "titleStmt"), "title", self._text(title or organization or key, source))
        add(add(file, "publicationStmt"), "p", "Part of the corpus above.")
        bibl = add(add(file, "sourceDesc"), "bibl")
        add(bibl, "title", self._text(title or organization or key, source))
        if body:
            add(bibl, "publisher", body)
        if date:
            add(bibl, "date", date, when=date)
        add(bibl, "idno", key, type="auszug")
        profile = add(header, "profileDesc")
        setting = add(add(profile, "settingDesc"), "setting")
        if organization:
            known = self.organizations.get((source, "committee", organization))
            add(setting, "name", organization, type="org", ref=f"#{known[0]}" if known else None)
        if place:
            add(setting, "name", place, type="place")
        if date:
            add(setting, "date", date, when=date)
        references = self._unidentified(profile, key, items)
        body_element = add(add(tei, "text"), "body")
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
                    references[item.item_id, speaker] = self.header.person(person)
                    continue
                printed = name or speaker
                if self.pseudonyms:
                    printed = self.pseudonyms.speaker(printed, source=item.source_id, item=item.item_id, person=None,
                                                      kind=kind)
                if kind == "group":
                    identifier = xml_id(f"{meeting}/group/{slug(printed)}")
                    if identifier not in groups:
                        groups[identifier] = element("org", id=identifier, role="group")
                        add(groups[identifier], "orgName", printed)
                else:
                    identifier = xml_id(f"{meeting}/speaker/{slug(printed)}")
                    if identifier not in people:
                        made = people[identifier] = element("person", id=identifier, role="unidentified")
                        add(made, "persName", printed)
                        if gender in {"f", "m"}:
                            add(made, "sex", value=gender.upper())
                        known = self.organizations.get((item.source_id, "faction", faction or ""))
                        if known:
                            add(made, "affiliation", role="member", ref=f"#{known[0]}")
                references[item.item_id, speaker] = identifier
        if groups or people:
            participants = add(profile, "particDesc")
            for tag, found in (("listOrg", groups), ("listPerson", people)):
                if found:
                    listed = add(participants, tag)
                    for identifier in sorted(found):
                        listed.append(found[identifier])
        return references

    def _item(self, body: Any, item: _Item, references: Mapping[tuple[str, str], str]) -> None:
        source, key = item.source_id, item.item_id
        identifier = xml_id(key)
        ana = [f"#topic.{xml_id(topic)}.{_DIRECTIONS[direction]}" for topic, direction in item.directions]
        div = add(body, "div", type="agendaItem", id=identifier, n=item.number, ana=" ".join(ana),
                   corresp=pointer(self._text(item.address, source, key)) if item.address else None)
        add(div, "head", self._text(item.title or "", source, key))
        if item.paper:
            add(div, "note", self._text(item.paper, source, key), type="paper")
        if item.result:
            add(div, "note", self._text(item.result, source, key), type="result")
        for index, label, kind in item.sections:
            sentences = [sentence for sentence in item.sentences if sentence[1] == index]
            if sentences:
                section = add(div, "div", type="section", subtype=kind if kind in _SECTIONS else "other")
                add(section, "head", label)
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
                add(utterance, "seg", printed, id=identifier, ana=category("act", act))
            else:
                add(section, "note", printed, type="narrative", id=identifier)

    def _utterance(
        self, section: Any, item: _Item, statements: list[tuple[Any, ...]], speakers: Iterable[str],
        references: Mapping[tuple[str, str], str],
    ) -> Any:
        number, _, _, _, _, act, stance, confident, stance_confident = statements[0]
        who = [f"#{references[item.item_id, s]}" for s in dict.fromkeys(speakers) if (item.item_id, s) in references]
        ana = [category("act", act), category("stance", stance)]
        for topic, direction in item.directions:
            if (side := _towards(stance, direction)) is not None:
                ana.append(f"#topic.{xml_id(topic)}.{side}")
        certain = [c for c in (confident, stance_confident) if c is not None]
        self.utterances += 1
        return add(section, "u", id=f"{xml_id(item.item_id)}.u{number}", n=" ".join(s[1] for s in statements),
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
                add(section, "note", told, type="decision", id=f"{identifier}.d{number}", n=key,
                     corresp=f"#{identifier}.s{sentence}" if sentence in there else None,
                     ana=category("outcome", outcome), cert=_certainty(confidence))
        for key, at, sentence, what, due, confidence, number in item.commitments:
            if at == index:
                told = self._text("; ".join(part for part in (what, due) if part), item.source_id, item.item_id)
                add(section, "note", told, type="commitment", id=f"{identifier}.c{number}", n=key,
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


def _certainty(confidence: float | None) -> str | None:
    return None if confidence is None else f"{min(max(confidence, 0.0), 1.0):.2f}"


def _towards(stance: str | None, direction: int | None) -> str | None:
    """The stance towards the topic, as in the view `speaker_positions`."""
    if stance is None or direction not in {1, -1}:
        return None
    return {"support": "oppose", "oppose": "support"}.get(stance, stance) if direction == -1 else stance
