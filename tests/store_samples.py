"""Records for the tests of store, link and output: the demonstration county, from its annotated documents.

The documents say what a perfect extraction finds, so that these tests depend on no extraction.
"""

from __future__ import annotations

import atexit
import datetime as dt
import functools
import hashlib
import json
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

import msgspec
import yaml

from pipeline.output.result import Result
from pipeline.records import (
    AgendaItem,
    AgendaRow,
    Attendance,
    Attendee,
    Commitment,
    Consultation,
    Decision,
    Extraction,
    ItemContext,
    Meeting,
    Paper,
    Section,
    Sentence,
    Speaker,
    TopicMention,
    statements_of,
)
from pipeline.store.database import Provenance, SourceInfo, TopicInfo, WorkDatabase, open_work
from pipeline.store.linking import link
from pipeline.store.publish import publish
from pipeline.store.writer import RunSummary, Writer, finish_run, start_run

SOURCE_FOLDER = Path(__file__).parents[1] / "corpora" / "ahrenfeld" / "source"

SRO = TopicInfo(name="sro", title="Sozialraumorientierung", description="Invented county's main topic")
SOURCE = SourceInfo(name="ahrenfeld", title="Kreis Ahrenfeld (invented)", body="Kreis Ahrenfeld", topics=("sro",))
STARTED = dt.datetime(2026, 3, 1, 4, 0, tzinfo=dt.UTC)

_TERMS = (
    ("core", re.compile(r"\bSozialraumorientierung\b|\bSRO\b|\bsozialräumlich\w{0,5}\b")),
    ("related", re.compile(r"\bRegionalbudget\w{0,3}\b|\bSozialraumträger\w{0,3}\b|\bSozialr[aä]um\w{0,3}\b")),
)
_KINDS = {
    "Wortprotokoll": "minutes", "Beschluss": "resolution", "Abstimmungsergebnis": "result", "Sachverhalt": "facts",
}


def story_files() -> list[Path]:
    """The annotated documents of the county, in order."""
    return sorted(SOURCE_FOLDER.glob("story-*.json"))


def hash_of(*records: object) -> str:
    """A content hash of records, as the pages stage makes one."""
    return hashlib.sha256(msgspec.json.encode(records)).hexdigest()


def provenance(
    record: object, address: str, *, kind: str, system: str = "allris4", fetched: str = "2026-03-01T03:00:00+00:00",
    **more: Any,
) -> Provenance:
    """Provenance with the hashes that belong to `record`."""
    content = hash_of(record)
    return Provenance(address=address, fetched_at=fetched, system=system, kind=kind, content_hash=content,
                      payload_hash=hash_of(content, address), warc_file="run-1.warc.gz",
                      record_id=f"<urn:uuid:{content[:8]}>", **more)


def document(path: Path) -> dict[str, Any]:
    """The JSON of an annotated document."""
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def records_of(doc: dict[str, Any]) -> tuple[AgendaItem, Extraction]:
    """The item that a page of `doc` parses to, and what a perfect extraction finds in it."""
    page = doc["page"]
    sections: list[Section] = []
    sentences: list[Sentence] = []
    places: dict[tuple[int, int, int], Sentence] = {}
    for section_index, section in enumerate(doc["sections"]):
        text = ""
        for paragraph_index, paragraph in enumerate(section["paragraphs"]):
            text += "\n\n" if paragraph_index else ""
            for position, raw in enumerate(paragraph):
                text += " " if position else ""
                speakers = tuple(raw["speakers"])
                sentence = Sentence(
                    index=len(sentences), section=section["label"], section_index=section_index,
                    paragraph=paragraph_index, position=position, start=len(text), end=len(text) + len(raw["text"]),
                    text=" ".join(raw["text"].split()), speakers=speakers, cue=raw["cue"], act=raw["act"],
                    stance=raw["stance"], rule="gold" if speakers else None,
                    speaker_confidence=1.0 if speakers else None, stance_confidence=1.0 if speakers else None,
                )
                text += raw["text"]
                sentences.append(sentence)
                places[section_index, paragraph_index, position] = sentence
        sections.append(Section(label=section["label"], kind=_KINDS.get(section["label"], "other"), text=text))
    paper = page.get("paper") or {}
    item = AgendaItem(
        tolfdnr=page.get("tolfdnr"), silfdnr=page.get("silfdnr"), number=page.get("item"), public=True,
        title=page.get("title"), body=page.get("body"), organization=page.get("organization"), date=page.get("date"),
        start=page.get("start"), end=page.get("end"), place=page.get("location"), result=page.get("beschlussart"),
        paper_id=paper.get("volfdnr"), paper_reference=paper.get("reference"), paper_title=paper.get("title"),
        sections=tuple(sections),
    )
    decisions = []
    for index, raw in enumerate(doc["decisions"]):
        at = places[raw["section"], raw["paragraph"], raw["sentence"]]
        decisions.append(Decision(
            index=index, section=at.section, section_index=at.section_index, paragraph=at.paragraph,
            position=at.position, sentence=at.index, start=at.start, end=at.end, text=at.text,
            outcome=raw["outcome"], unanimous=raw["unanimous"], yes=raw["yes"], no=raw["no"], abstain=raw["abstain"],
            confidence=1.0, rule="gold",
        ))
    promises = [s for s in sentences if s.act == "commit" and s.speakers]
    extraction = Extraction(
        sentences=tuple(sentences),
        statements=statements_of(sentences),
        speakers=tuple(
            Speaker(id=s["id"], kind=s["kind"], name=s["name"], gender=s["gender"], role=s["role"],
                    faction=s["faction"])
            for s in doc["speakers"]
        ),
        decisions=tuple(decisions),
        commitments=tuple(
            Commitment(index=index, speaker=s.speakers[0], what=s.text, due=None, due_date=None, sentence=s.index,
                       section_index=s.section_index, start=s.start, end=s.end, rule="gold", confidence=1.0)
            for index, s in enumerate(promises)
        ),
        topics=tuple(_mentions(item, sentences)),
    )
    return item, extraction


def _mentions(item: AgendaItem, sentences: list[Sentence]) -> list[TopicMention]:
    found: list[TopicMention] = []
    for strength, pattern in _TERMS:
        for match in pattern.finditer(item.title or ""):
            found.append(TopicMention(topic="sro", term=match[0], entry=match[0], strength=strength, section=None,  # type: ignore[arg-type]
                                      section_index=-1, paragraph=None, position=None, sentence=None,
                                      start=match.start(), end=match.end()))
        for s in sentences:
            text = item.sections[s.section_index].text[s.start : s.end]
            for match in pattern.finditer(text):
                found.append(TopicMention(topic="sro", term=match[0], entry=match[0], strength=strength,  # type: ignore[arg-type]
                                          section=s.section, section_index=s.section_index, paragraph=s.paragraph,
                                          position=s.position, sentence=s.index, start=s.start + match.start(),
                                          end=s.start + match.end()))
    return found


def county() -> tuple[list[tuple[Meeting, Attendance]], list[Paper]]:
    """The county's meetings with their attendance lists, and its papers."""
    raw = yaml.safe_load((SOURCE_FOLDER / "meetings.yaml").read_text("utf-8"))
    papers = [
        Paper(
            volfdnr=p["volfdnr"], reference=p["reference"], title=p["title"],
            consultations=tuple(
                Consultation(position=index, organization=c["organization"], date=c["date"], role=c["role"],
                             result=c["result"])
                for index, c in enumerate(p["consultation"])
            ),
        )
        for p in raw["papers"]
    ]
    numbers = {p.reference: p.volfdnr for p in papers}
    spare = iter(range(900001, 999999))
    meetings = []
    for m in raw["meetings"]:
        agenda = tuple(
            AgendaRow(position=index, number=row["number"], public=True, title=row["title"],
                      tolfdnr=row["tolfdnr"] or next(spare), has_text=row["tolfdnr"] is not None,
                      paper_id=numbers.get(row["paper"]), paper_reference=row["paper"])
            for index, row in enumerate(m["agenda"])
        )
        meeting = Meeting(silfdnr=m["silfdnr"], title=f"Sitzung: {m['organization']}", organization=m["organization"],
                          date=m["date"], start=m["start"], end=m["end"], place=m["location"], has_attendance=True,
                          agenda=agenda)
        attendance = Attendance(
            silfdnr=m["silfdnr"], organization=m["organization"], date=m["date"],
            attendees=tuple(
                Attendee(name=a["name"], gender=a["gender"], faction=a["faction"], role=a["role"], voting=a["voting"],
                         present=True)
                for a in m["attendance"]
            ),
        )
        meetings.append((meeting, attendance))
    return meetings, papers


def write_county(
    work: WorkDatabase, *, run_id: str = "run-1", reverse: bool = False, linked: bool = True
) -> RunSummary:
    """Write the whole county as a batch does (in reverse order, to show that the order does not matter)."""
    meetings, papers = county()
    items: dict[int | None, list[tuple[AgendaItem, Extraction]]] = {}
    for path in story_files():
        item, extraction = records_of(document(path))
        items.setdefault(item.silfdnr, []).append((item, extraction))
    run = start_run(work, run_id=run_id, command="run", version="test", sources=["ahrenfeld"], started_at=STARTED)
    writer = Writer(work, SOURCE, run=run, topics=[SRO])
    site = "https://example.org"
    with writer.transaction():
        for paper in reversed(papers) if reverse else papers:
            writer.put_paper(paper, provenance(paper, f"{site}/vo020?VOLFDNR={paper.volfdnr}", kind="paper"))
    for meeting, attendance in reversed(meetings) if reverse else meetings:
        number = meeting.silfdnr
        with writer.transaction():
            writer.put_meeting(meeting, provenance(meeting, f"{site}/to010?SILFDNR={number}", kind="meeting"))
            where = provenance(attendance, f"{site}/si019?SILFDNR={number}", kind="attendance")
            writer.put_attendance(attendance, where)
            context = ItemContext(attendees=attendance.attendees)
            for item, extraction in items.get(number, []):
                where = provenance(item, f"{site}/to020?TOLFDNR={item.tolfdnr}", kind="excerpt")
                writer.put_item(item, extraction, where, context=context, extractor="gold")
    writer.finish(complete=True)
    if linked:
        link(work)
    return finish_run(work, run, finished_at=STARTED + dt.timedelta(seconds=5))


@functools.lru_cache(maxsize=1)
def written_county() -> Path:
    """The work database of the county, made once a test process; whoever changes it takes a copy."""
    path = Path(tempfile.mkdtemp(prefix="auszug-test-")) / "work.duckdb"
    atexit.register(shutil.rmtree, path.parent, ignore_errors=True)
    with open_work(path) as work:
        write_county(work)
    return path


@functools.lru_cache(maxsize=1)
def published_county() -> Path:
    """The published database of the county, made once a test process."""
    target = written_county().with_name("auszug.duckdb")
    own = shutil.copy(written_county(), target.with_name("published.duckdb"))  # publishing leaves notes in it
    with open_work(own) as work:
        publish(work, target)
    return target


def dicts_of(result: Result) -> list[dict[str, Any]]:
    """The rows of a result, by the names of its columns."""
    names = [column.name for column in result.columns]
    return [dict(zip(names, row, strict=True)) for row in result.rows()]


def small_item(**changes: Any) -> tuple[AgendaItem, Extraction]:
    """An item of two sentences by one speaker, with a decision; `changes` are fields of the AgendaItem."""
    text = changes.pop("text", "Frau Petersen begrüßt die Sozialraumorientierung.\nSie bittet um Zustimmung.")
    first, second = text.split("\n")
    fields: dict[str, Any] = {
        "tolfdnr": 7, "silfdnr": 3, "number": "5.1", "title": "Bericht zur Sozialraumorientierung",
        "date": "2024-05-02", "organization": "Sozialausschuss", "body": "Stadt Südtal",
        "sections": (Section(label="Wortprotokoll", kind="minutes", text=text),
                     Section(label="Abstimmungsergebnis", kind="result", text="Ja: 7 Nein: 2")),
    }
    item = AgendaItem(**{**fields, **changes})
    common: dict[str, Any] = {"section": "Wortprotokoll", "section_index": 0, "paragraph": 0, "speakers": ("petersen",),
                              "act": "inform", "stance": "support", "rule": "name_verb", "speaker_confidence": 0.9}
    place = first.find("Sozialraumorientierung")
    sentences = (
        Sentence(index=0, position=0, start=0, end=len(first), text=" ".join(first.split()), cue="begrüßt", **common),
        Sentence(index=1, position=1, start=len(first) + 1, end=len(text), text=" ".join(second.split()), **common),
        Sentence(index=2, section="Abstimmungsergebnis", section_index=1, paragraph=0, position=0, start=0, end=13,
                 text="Ja: 7 Nein: 2"),
    )
    decision = Decision(index=0, section="Abstimmungsergebnis", section_index=1, paragraph=0, position=0, sentence=2,
                        start=0, end=13, text="Ja: 7 Nein: 2", outcome="accepted", yes=7, no=2, unanimous=False)
    term = "Sozialraumorientierung"
    mentions = (TopicMention(topic="sro", term=term, entry=term, strength="core", section="Wortprotokoll",
                             section_index=0, paragraph=0, position=0, sentence=0, start=place,
                             end=place + len(term)),) if place >= 0 else ()
    extraction = Extraction(
        sentences=sentences, statements=statements_of(sentences),
        speakers=(Speaker(id="petersen", kind="person", name="Petersen", gender="f"),), decisions=(decision,),
        topics=mentions,
    )
    return item, extraction
