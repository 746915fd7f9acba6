"""Builds the demonstration archive `corpora/ahrenfeld/archive/` from `corpora/ahrenfeld/source/`.

    python -m tests.allris_server.build_ahrenfeld [FOLDER]

The same source gives the same records at every build: fetch times are fixed and record ids follow from the content.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from pathlib import Path

from pipeline.harvest.archive import ArchiveWriter
from tests.allris_server import render
from tests.allris_server.county import SOURCE, County, load

BASE = "https://www.ahrenfeld.example/bi/"
FETCHED = dt.datetime(2026, 3, 2, 2, 0, 0, tzinfo=dt.UTC)
"""After the last meeting of the story; the pages follow at intervals of `STEP`."""
STEP = dt.timedelta(seconds=2)
NAME = "ahrenfeld-20260302T020000Z"
SOFTWARE = "auszug, builder of the demonstration county"
HEADERS = [("Content-Type", "text/html;charset=UTF-8"), ("Cache-Control", "no-cache, no-store"),
           ("Content-Language", "de-DE")]
REQUEST_HEADERS = [("Host", "www.ahrenfeld.example"), ("User-Agent", SOFTWARE), ("Accept-Language", "de-DE")]


def pages(county: County) -> Iterator[tuple[str, str]]:
    """(address, page) in the order in which a harvest asks: meeting, attendance, excerpts, papers not yet seen."""
    seen: set[int] = set()
    for meeting in county.meetings:
        yield f"{BASE}to010?SILFDNR={meeting.silfdnr}&refresh=false", render.meeting_page(meeting)
        yield f"{BASE}si019?SILFDNR={meeting.silfdnr}", render.attendance(meeting)
        for item in meeting.items:
            if item.texts:
                yield f"{BASE}to020?TOLFDNR={item.tolfdnr}&SILFDNR={meeting.silfdnr}", render.excerpt(meeting, item)
            if item.paper and item.paper.volfdnr not in seen:
                seen.add(item.paper.volfdnr)
                yield f"{BASE}vo020?VOLFDNR={item.paper.volfdnr}&refresh=false", render.paper_page(item.paper)
    for paper in county.papers:
        if paper.volfdnr not in seen:
            yield f"{BASE}vo020?VOLFDNR={paper.volfdnr}&refresh=false", render.paper_page(paper)


def build(folder: Path) -> Path:
    """Writes the archive into `folder` and returns its path. The file must not exist."""
    info = {"isPartOf": "ahrenfeld", "description": "Invented county: no person, place or decision in it is real",
            "robots": "ignore"}
    with ArchiveWriter(folder, NAME, started=FETCHED, software=SOFTWARE, info=info) as archive:
        for n, (address, page) in enumerate(pages(load()), 1):
            archive.write_exchange(address, page.encode("utf-8"), fetched=FETCHED + n * STEP, status=200, reason="OK",
                                   headers=HEADERS, request_headers=REQUEST_HEADERS)
    return archive.path


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SOURCE.parent / "archive"
    for old in folder.glob(f"{NAME}.warc.gz*"):
        old.unlink()
    print(build(folder))


if __name__ == "__main__":
    main()
