"""Turns records into rows: pure, one function a kind of page; `store.writer` puts the rows into the database.

A row is a dict of column name to value; a missing column is null. Derived columns (see schema.sql)
are never set here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import msgspec

from pipeline.records import (
    AgendaItem,
    Attendance,
    Attendee,
    Extraction,
    ItemContext,
    Meeting,
    Organization,
    Paper,
    Person,
    Section,
)
from pipeline.store import keys

Row = dict[str, Any]
Rows = dict[str, list[Row]]

_LARGEST = 2**31 - 1
"""Largest number that an INTEGER column holds; a larger one on a page is no ALLRIS number and no count of votes."""


def date_of(text: str | None) -> dt.date | None:
    """The day that an ISO date names; None where `text` is none, or no day that there is."""
    try:
        return dt.date.fromisoformat(text) if text and len(text) == 10 else None
    except ValueError:
        return None


def number_of(value: int | None) -> int | None:
    """`value`, or None where an INTEGER column cannot hold it."""
    return value if value is not None and -_LARGEST <= value <= _LARGEST else None


def item_rows(
    item: AgendaItem, extraction: Extraction, *, item_id: str, meeting_id: str, source_id: str, system: str | None,
    context: ItemContext | None, content_hash: str, extractor: str | None,
) -> Rows:
    """Every row of an agenda item's page."""
    attendees = context.attendees if context else ()
    return {
        "agenda_item": [_item(item, extraction, item_id, meeting_id, source_id, system, content_hash, extractor)],
        "section": [{"item_id": item_id, **_section(index, section)} for index, section in enumerate(item.sections)],
        "sentence": [
            {
                "item_id": item_id, "sentence_index": s.index, "section_index": s.section_index,
                "paragraph": s.paragraph, "position": s.position, "start_char": s.start, "end_char": s.end,
                "text": s.text, "normalised": s.normalised, "speakers": list(s.speakers), "cue": s.cue, "act": s.act,
                "stance": s.stance, "rule": s.rule, "speaker_confidence": s.speaker_confidence,
                "act_confidence": s.act_confidence, "stance_confidence": s.stance_confidence, "on_record": s.on_record,
            }
            for s in extraction.sentences
        ],
        "speaker": [
            {
                "item_id": item_id, "speaker_id": s.id, "kind": s.kind, "name": s.name, "gender": s.gender,
                "role": s.role, "faction": s.faction, "forms": list(s.forms),
                "attendee": _attendee_name(attendees, s.attendee),
                "candidates": [name for name in (_attendee_name(attendees, i) for i in s.candidates) if name],
            }
            for s in extraction.speakers
        ],
        "statement": _statements(item, extraction, item_id),
        "decision": [
            {
                "decision_id": f"{item_id}#d{d.index}", "item_id": item_id, "decision_index": d.index,
                "section_index": d.section_index, "paragraph": d.paragraph, "position": d.position,
                "sentence_index": d.sentence, "start_char": d.start, "end_char": d.end, "text": d.text,
                "outcome": d.outcome, "unanimous": d.unanimous, "yes": number_of(d.yes), "no": number_of(d.no),
                "abstain": number_of(d.abstain), "confidence": d.confidence, "rule": d.rule, "agrees": d.agrees,
                "subject": d.subject, "resolution": d.resolution, "candidates": list(d.candidates),
            }
            for d in extraction.decisions
        ],
        "faction_vote": [
            {"decision_id": f"{item_id}#d{d.index}", "vote_index": index, "item_id": item_id, "name": v.name,
             "vote": v.vote, "count": number_of(v.count)}
            for d in extraction.decisions for index, v in enumerate(d.by_faction)
        ],
        "commitment": [
            {
                "commitment_id": f"{item_id}#c{c.index}", "item_id": item_id, "commitment_index": c.index,
                "speaker_id": c.speaker, "what": c.what, "due": c.due, "due_date": c.due_date,
                "sentence_index": c.sentence, "section_index": c.section_index, "start_char": c.start,
                "end_char": c.end, "rule": c.rule, "confidence": c.confidence,
            }
            for c in extraction.commitments
        ],
        "topic_mention": [
            {
                "item_id": item_id, "mention_index": index, "topic_id": t.topic, "term": t.term, "entry": t.entry,
                "strength": t.strength, "section_index": t.section_index, "paragraph": t.paragraph,
                "position": t.position, "sentence_index": t.sentence, "start_char": t.start, "end_char": t.end,
            }
            for index, t in enumerate(extraction.topics)
        ],
    }


def _item(
    item: AgendaItem, extraction: Extraction, item_id: str, meeting_id: str, source_id: str, system: str | None,
    content_hash: str, extractor: str | None,
) -> Row:
    return {
        "item_id": item_id, "meeting_id": meeting_id, "source_id": source_id, "system": system,
        "tolfdnr": number_of(item.tolfdnr), "silfdnr": number_of(item.silfdnr), "item_number": item.number,
        "public": item.public, "page_title": item.title, "title_truncated": item.title_truncated,
        "page_body": item.body, "page_organization": item.organization, "page_date": date_of(item.date),
        "organization_number": number_of(item.organization_id), "start_time": item.start, "end_time": item.end,
        "room": item.room, "place": item.place, "meeting_title": item.meeting_title, "status": item.status,
        "occasion": item.occasion, "result": item.result, "result_outcome": extraction.result_outcome,
        "follow_up": item.follow_up, "volfdnr": number_of(item.paper_id), "paper_reference": item.paper_reference,
        "paper_title": item.paper_title, "paper_type": item.paper_type, "lead_office": item.lead_office,
        "official": item.official, "has_excerpt": True,
        "words": sum(len(section.text.split()) for section in item.sections), "sentences": len(extraction.sentences),
        "content_hash": content_hash, "extractor": extractor,
    }


def _statements(item: AgendaItem, extraction: Extraction, item_id: str) -> list[Row]:
    on_record = {s.index for s in extraction.sentences if s.on_record}
    found: list[Row] = []
    for s in extraction.statements:
        quote = item.sections[s.section_index].text[s.start : s.end]
        found.append({
            "statement_id": f"{item_id}#s{s.index}", "item_id": item_id, "statement_index": s.index,
            "speaker_id": s.speaker, "first_sentence": s.first, "last_sentence": s.last,
            "section_index": s.section_index, "start_char": s.start, "end_char": s.end, "quote": quote,
            "words": len(quote.split()), "act": s.act, "stance": s.stance, "cue": s.cue, "rule": s.rule,
            "speaker_confidence": s.speaker_confidence, "stance_confidence": s.stance_confidence,
            "on_record": s.first in on_record,
        })
    return found


def _attendee_name(attendees: tuple[Attendee, ...], index: int | None) -> str | None:
    return attendees[index].name if index is not None and 0 <= index < len(attendees) else None


def _section(index: int, section: Section) -> Row:
    return {
        "section_index": index, "label": section.label, "kind": section.kind, "text": section.text,
        "tables": msgspec.json.encode(section.tables).decode() if section.tables else None,
        "damage": list(section.damage),
    }


def meeting_rows(meeting: Meeting, *, meeting_id: str, source_id: str, system: str | None, content_hash: str) -> Rows:
    """Every row of a meeting's page."""
    return {
        "meeting": [{
            "meeting_id": meeting_id, "source_id": source_id, "system": system, "silfdnr": number_of(meeting.silfdnr),
            "title": meeting.title, "page_body": meeting.body, "organization": meeting.organization,
            "organization_kind": meeting.organization_kind, "organization_number": number_of(meeting.organization_id),
            "date": date_of(meeting.date), "start_time": meeting.start, "end_time": meeting.end,
            "status": meeting.status, "occasion": meeting.occasion, "room": meeting.room, "place": meeting.place,
            "has_attendance": meeting.has_attendance, "basis": "page", "content_hash": content_hash,
        }],
        "agenda_row": [
            {
                "meeting_id": meeting_id, "position": row.position,
                "item_id": keys.item_key(source_id, system, tolfdnr=row.tolfdnr, date=meeting.date,
                                         organization=meeting.organization, number=row.number, title=row.title),
                "item_number": row.number, "public": row.public, "title": row.title,
                "tolfdnr": number_of(row.tolfdnr), "has_text": row.has_text, "volfdnr": number_of(row.paper_id),
                "paper_reference": row.paper_reference, "result": row.result, "responsibility": row.responsibility,
                "note": row.note, "parent": row.parent,
            }
            for row in meeting.agenda
        ],
    }


def attendance_rows(attendance: Attendance, *, meeting_id: str) -> Rows:
    """The rows of an attendance list."""
    return {"attendance": [
        {"meeting_id": meeting_id, **row, "present": a.present, "note": a.note}
        for row, a in zip(_people(attendance.attendees), attendance.attendees, strict=True)
    ]}


def _people(people: Iterable[Attendee]) -> list[Row]:
    return [
        {"position": index, "name": a.name, "kplfdnr": number_of(a.kplfdnr), "gender": a.gender, "faction": a.faction,
         "role": a.role, "voting": a.voting}
        for index, a in enumerate(people)
    ]


def paper_rows(paper: Paper, *, paper_id: str, source_id: str, system: str | None, content_hash: str) -> Rows:
    """Every row of a paper's page."""
    return {
        "paper": [{
            "paper_id": paper_id, "source_id": source_id, "system": system, "volfdnr": number_of(paper.volfdnr),
            "reference": paper.reference, "title": paper.title, "type": paper.type, "status": paper.status,
            "author": paper.author, "lead_office": paper.lead_office, "official": paper.official,
            "supporters": paper.supporters, "basis": "page", "content_hash": content_hash,
        }],
        "paper_section": [{"paper_id": paper_id, **_section(index, s)} for index, s in enumerate(paper.sections)],
        "consultation": [
            {
                "paper_id": paper_id, "position": c.position, "organization": c.organization,
                "organization_number": number_of(c.organization_id), "role": c.role, "state": c.state,
                "date": date_of(c.date), "silfdnr": number_of(c.silfdnr), "tolfdnr": number_of(c.tolfdnr),
                "meeting_title": c.meeting_title, "result": c.result,
            }
            for c in paper.consultations
        ],
    }


def organization_rows(organization: Organization, *, page_id: str, source_id: str, system: str | None) -> Rows:
    """The rows of a committee's or faction's page."""
    return {"roster_member": [
        {"page_id": page_id, "source_id": source_id, "system": system, "kind": organization.kind,
         "number": number_of(organization.number), "organization": organization.name, **row}
        for row in _people(organization.members)
    ]}


def person_rows(person: Person, *, page_id: str, source_id: str, system: str | None) -> Rows:
    """The rows of a person's page."""
    return {
        "person_page": [{
            "page_id": page_id, "source_id": source_id, "system": system, "kplfdnr": number_of(person.kplfdnr),
            "name": person.name, "gender": person.gender, "faction": person.faction,
        }],
        "person_page_membership": [
            {
                "page_id": page_id, "position": index, "organization": m.organization, "kind": m.organization_kind,
                "number": number_of(m.organization_id), "role": m.role, "start_date": date_of(m.start),
                "end_date": date_of(m.end),
            }
            for index, m in enumerate(person.memberships)
        ],
    }
