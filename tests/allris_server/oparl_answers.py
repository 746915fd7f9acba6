"""The county as OParl tells it, plain or with the quirks of real implementations."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from tests.allris_server.county import County, Meeting
from tests.allris_server.faults import Faults

TYPE = "https://schema.oparl.org/1.0/"
PAGE_SIZE = 10


def answer(
    county: County, faults: Faults, *, url: str, path: str, query: dict[str, str], people: bool, asp: bool
) -> bytes:
    """The JSON of `path`. Quirks: control characters, N/A, null entries, an order of its own, ids without addresses."""
    quirks = faults.oparl == "quirks"
    base, suffix = f"{url}/oparl", ".asp" if asp else ""
    name = urlsplit(path).path.rpartition("/")[2].removesuffix(".asp")
    document: Any
    if name == "system":
        document = {"id": f"{base}/system{suffix}", "type": TYPE + "System", "oparlVersion": TYPE,
                    "body": f"{base}/bodies{suffix}"}
    elif name == "bodies":
        lists = {key: f"{base}/{key}s{suffix}?body=1" for key in ("meeting", "paper", "person", "organization")}
        document = {"data": [{"id": f"{base}/bodies?id=1", "type": TYPE + "Body", "name": county.body, **lists}],
                    "links": {}, "pagination": {}}
    elif name in {"meetings", "papers", "persons"}:
        objects = _objects(name, county, faults, url=url, base=base, suffix=suffix, people=people, quirks=quirks)
        page = int(query.get("PAGE", "1"))
        more = page * PAGE_SIZE < len(objects)
        document = {"data": objects[(page - 1) * PAGE_SIZE:page * PAGE_SIZE], "pagination": {"currentPage": page},
                    "links": {"next": f"{base}/{name}{suffix}?body=1&page={page + 1}"} if more else {}}
    else:
        return b"null" if quirks else b"{}"
    text = json.dumps(document, ensure_ascii=False)
    return (text.replace("Sitzung des", "Sitzung\x02 des") if quirks else text).encode()


def _objects(
    name: str, county: County, faults: Faults, *, url: str, base: str, suffix: str, people: bool, quirks: bool
) -> list[Any]:
    objects: list[Any]
    if name == "meetings":
        objects = [_meeting(meeting, faults, url=url, base=base, suffix=suffix, quirks=quirks)
                   for meeting in county.meetings if f"to010:{meeting.silfdnr}" not in faults.vanished]
    elif name == "papers":
        objects = [{"id": f"{base}/papers/{paper.volfdnr}", "type": TYPE + "Paper", "name": paper.title,
                    "reference": paper.reference, "originatorPerson": [None],
                    **({} if quirks else {"web": f"{url}/vo020{suffix}?VOLFDNR={paper.volfdnr}"})}
                   for paper in county.papers]
    else:
        persons = {a.kplfdnr: a for meeting in county.meetings for a in meeting.attendance} if people else {}
        objects = [{"id": f"{base}/persons?id={number}", "type": TYPE + "Person", "name": person.name,
                    "web": f"{url}/kp020{suffix}?KPLFDNR={number}"} for number, person in persons.items()]
    return [*objects[::-1], None] if quirks else objects


def _meeting(meeting: Meeting, faults: Faults, *, url: str, base: str, suffix: str, quirks: bool) -> dict[str, Any]:
    nothing = "N/A" if quirks else None
    items = [{"id": f"{base}/agendaItems?id={item.tolfdnr}", "type": TYPE + "AgendaItem", "number": f"Ö {item.number}",
              "name": item.title, "public": True, "resolutionText": None,
              "result": faults.oparl_results.get(item.tolfdnr) or item.result or nothing} for item in meeting.items]
    return {"id": f"{base}/meetings?id={meeting.silfdnr}", "type": TYPE + "Meeting", "name": meeting.title,
            "start": f"{meeting.date}T{meeting.start}:00+02:00", "location": nothing,
            "organization": [f"{base}/organizations?typ=gr&id={meeting.grlfdnr}"],
            "web": f"{url}/to010{suffix}?SILFDNR={meeting.silfdnr}", "modified": "2000-01-01T00:00:00+01:00",
            "auxiliaryFile": {"id": "x"} if quirks else [], "agendaItem": items}
