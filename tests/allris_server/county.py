"""The demonstration county as data: what `corpora/ahrenfeld/source/` says, numbered as ALLRIS numbers it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

SOURCE = Path(__file__).resolve().parents[2] / "corpora" / "ahrenfeld" / "source"
FIRST_INVENTED_TOLFDNR = 900_001
"""Agenda rows without a number in the source get one from here on, in the order of the file."""
FIRST_KPLFDNR = 201
COMMITTEES = {"Kreistag": 1, "Hauptausschuss": 3, "Jugendhilfeausschuss": 5}
"""GRLFDNR of each committee."""
GENITIVE = {"Kreistag": "des Kreistages", "Hauptausschuss": "des Hauptausschusses",
            "Jugendhilfeausschuss": "des Jugendhilfeausschusses"}
FURTHER = tuple(f"{matter}ausschuss" for matter in ("Bau", "Finanz", "Kultur", "Schul", "Sozial", "Umwelt", "Verkehrs"))
"""Committees that only generated counties have."""
GENITIVE |= {name: f"des {name}es" for name in FURTHER}


@dataclass(frozen=True)
class Step:
    """A step of a paper's way. `meeting` and `tolfdnr` None: a meeting that the county did not publish."""

    organization: str
    date: str
    role: str
    result: str
    silfdnr: int | None = None
    tolfdnr: int | None = None
    has_excerpt: bool = False


@dataclass(frozen=True)
class Paper:
    volfdnr: int
    reference: str
    title: str
    type: str
    office: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Text:
    """A section of an excerpt: its label and its paragraphs."""

    label: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Item:
    """A row of an agenda; `texts` empty: no excerpt."""

    tolfdnr: int
    number: str
    title: str
    result: str | None
    paper: Paper | None
    document: str | None
    texts: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Attendee:
    kplfdnr: int
    name: str
    role: str
    faction: str | None
    voting: bool


@dataclass(frozen=True)
class Meeting:
    silfdnr: int
    organization: str
    date: str
    start: str
    end: str
    room: str
    place: str | None
    attendance: tuple[Attendee, ...]
    items: tuple[Item, ...] = field(default=())

    @property
    def grlfdnr(self) -> int:
        return COMMITTEES[self.organization]

    @property
    def title(self) -> str:
        return f"Sitzung {GENITIVE[self.organization]}"


@dataclass(frozen=True)
class County:
    body: str
    meetings: tuple[Meeting, ...]
    papers: tuple[Paper, ...]


def load(source: Path = SOURCE) -> County:
    """The county as its source files tell it."""
    raw = yaml.safe_load((source / "meetings.yaml").read_text("utf-8"))
    numbers = iter(range(FIRST_INVENTED_TOLFDNR, FIRST_INVENTED_TOLFDNR + 10_000))
    tolfdnr = {(m["silfdnr"], a["number"]): a["tolfdnr"] or next(numbers) for m in raw["meetings"] for a in m["agenda"]}
    papers = {p["reference"]: _paper(p, raw["meetings"], tolfdnr) for p in raw["papers"]}
    persons: dict[str, int] = {}
    for meeting in raw["meetings"]:
        for attendee in meeting["attendance"]:
            persons.setdefault(attendee["name"], FIRST_KPLFDNR + len(persons))
    meetings = []
    for m in raw["meetings"]:
        rooms = [part.strip() for part in m["location"].split(",")]
        meetings.append(Meeting(
            silfdnr=m["silfdnr"], organization=m["organization"], date=m["date"], start=m["start"], end=m["end"],
            room=", ".join(rooms[:2]), place=", ".join(rooms[2:]) or None,
            attendance=tuple(Attendee(persons[a["name"]], a["name"], a["role"], a["faction"], a["voting"])
                             for a in m["attendance"]),
            items=tuple(_item(a, m, tolfdnr, papers, source) for a in m["agenda"]),
        ))
    return County(body=raw["body"], meetings=tuple(meetings), papers=tuple(papers.values()))


def _paper(raw: dict[str, Any], meetings: list[dict[str, Any]], tolfdnr: dict[tuple[int, str], int]) -> Paper:
    steps = []
    for step in raw["consultation"]:
        where = [(m, a) for m in meetings if (m["organization"], m["date"]) == (step["organization"], step["date"])
                 for a in m["agenda"] if a["paper"] == raw["reference"]]
        meeting, row = where[0] if where else (None, None)
        steps.append(Step(
            organization=step["organization"], date=step["date"], role=step["role"], result=step["result"],
            silfdnr=meeting["silfdnr"] if meeting else None,
            tolfdnr=tolfdnr[meeting["silfdnr"], row["number"]] if meeting and row else None,
            has_excerpt=bool(row and row["document"]),
        ))
    first_word = raw["title"].split()[0]
    if first_word in {"Anfrage", "Antrag"}:
        kind = first_word
    else:
        kind = "Mitteilungsvorlage" if {s.role for s in steps} == {"Kenntnisnahme"} else "Beschlussvorlage"
    office = "Fachbereich Jugend" if steps[0].organization == "Jugendhilfeausschuss" else "Fachbereich Finanzen"
    return Paper(raw["volfdnr"], raw["reference"], raw["title"], kind, office, tuple(steps))


def _item(
    row: dict[str, Any], meeting: dict[str, Any], tolfdnr: dict[tuple[int, str], int], papers: dict[str, Paper],
    source: Path,
) -> Item:
    paper = papers[row["paper"]] if row["paper"] else None
    texts: tuple[Text, ...] = ()
    result = None
    if row["document"]:
        story = json.loads((source / f"{row['document']}.json").read_text("utf-8"))
        result = story["page"]["beschlussart"]
        texts = tuple(Text(section["label"], tuple(" ".join(s["text"] for s in paragraph)
                                                   for paragraph in section["paragraphs"]))
                      for section in story["sections"])
    elif paper:
        result = next((s.result for s in paper.steps if s.silfdnr == meeting["silfdnr"]), None)
    return Item(tolfdnr[meeting["silfdnr"], row["number"]], row["number"], row["title"], result, paper,
                row["document"], texts)
