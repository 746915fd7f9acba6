"""The peer of a whole build: what somebody would write with BeautifulSoup, spaCy and DuckDB in an afternoon.

Every page of an archive: the WARC record read with warcio, the page's tree built by BeautifulSoup (lxml), the fields
taken out by id and class; of an excerpt the text, through a spaCy pipeline of `de_core_news_sm`'s size
(`tests.bench.peer`), each sentence with a speaker guessed by a pattern (the last *Herr* or *Frau* up to it). All of it
goes into a DuckDB file, row by row as it comes, or, the fairer variant, with `executemany` and one transaction for each
meeting. It knows no versions, stances, decisions, persons or checks.

It reads a sample: the first pages of each archive, until it has had enough excerpts. Its time is given for each excerpt
with the other pages that belong to it, without the time that loading spaCy and the model takes.
"""

from __future__ import annotations

import re
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench.figures import Figures

TABLES = """
CREATE TABLE meeting (id INTEGER PRIMARY KEY, title VARCHAR, date VARCHAR, committee VARCHAR);
CREATE TABLE agenda (meeting INTEGER, position INTEGER, text VARCHAR);
CREATE TABLE attendance (meeting INTEGER, name VARCHAR, role VARCHAR, faction VARCHAR);
CREATE TABLE paper (id INTEGER PRIMARY KEY, title VARCHAR, type VARCHAR);
CREATE TABLE consultation (paper INTEGER, position INTEGER, text VARCHAR);
CREATE TABLE excerpt (id INTEGER PRIMARY KEY, title VARCHAR, date VARCHAR, committee VARCHAR, result VARCHAR,
    text VARCHAR);
CREATE TABLE sentence (excerpt INTEGER, position INTEGER, speaker VARCHAR, text VARCHAR);
"""
SPEAKER = re.compile(r"\b(?:Herrn?|Frau)\s+(?:(?:Dr|Prof)\.\s+)*([A-ZÄÖÜ][\w-]+)")
NUMBER = re.compile(r"(?:SILFDNR|TOLFDNR|VOLFDNR)=(\d+)")

Row = tuple[Any, ...]
Rows = list[tuple[str, Row]]


def responses(path: Path) -> Iterator[tuple[str, bytes]]:
    """(address, body) of the responses in a WARC file."""
    from warcio.archiveiterator import ArchiveIterator

    with path.open("rb") as file:
        for record in ArchiveIterator(file):
            if record.rec_type == "response":
                yield record.rec_headers.get_header("WARC-Target-URI"), record.content_stream().read()


def _id_text(soup: Any, key: str) -> str | None:
    found = soup.find(id=key)
    return found.get_text(" ", strip=True) if found else None


def _beside(soup: Any, label: str) -> str | None:
    """ALLRIS 3: the cell after the one with a label."""
    cell = soup.find("td", string=label)
    following = cell.find_next_sibling("td") if cell else None
    return following.get_text(" ", strip=True) if following else None


def _cells(soup: Any, css: str) -> Iterator[list[str]]:
    table = soup.find("table", class_=css)
    for row in table.find_all("tr") if table else ():
        cells = [cell.get_text(" ", strip=True) for cell in row.find_all("td")]
        if cells:
            yield cells


def read(address: str, body: bytes, nlp: Any) -> Rows:
    """The rows of a page."""
    from bs4 import BeautifulSoup, XMLParsedAsHTMLWarning

    warnings.filterwarnings("ignore", category=XMLParsedAsHTMLWarning)
    soup = BeautifulSoup(body, "lxml")
    [key] = map(int, NUMBER.findall(address)[:1]) or [0]
    heading = soup.find("h1")
    title = heading.get_text(" ", strip=True) if heading else None
    date = _id_text(soup, "sidatum") or _beside(soup, "Datum:")
    committee = _id_text(soup, "sigremium") or _beside(soup, "Gremium:")
    if "/to010" in address:
        rows: Rows = [("meeting", (key, title, date, committee))]
        table = "toTable" if ".asp" not in address else "tl1"
        rows += [("agenda", (key, n, " ".join(cells))) for n, cells in enumerate(_cells(soup, table))]
        return rows
    if "/si019" in address:
        return [("attendance", (key, *(cells[-5:-2] + [""] * 3)[:3]))
                for cells in _cells(soup, "dataTable" if ".asp" not in address else "tl1")]
    if "/vo020" in address:
        rows = [("paper", (key, _id_text(soup, "vobetreff") or _beside(soup, "Betreff:"),
                           _id_text(soup, "voart") or _beside(soup, "Vorlage-Art:")))]
        table = "bfTable" if ".asp" not in address else "tk1"
        rows += [("consultation", (key, n, " ".join(cells))) for n, cells in enumerate(_cells(soup, table))]
        return rows
    result = _id_text(soup, "toBeschlussart") or _beside(soup, "Beschlussart:")
    found = soup.find_all("p", class_=False) if ".asp" in address else soup.select("div.docPart p")
    text = "\n\n".join(filter(None, (paragraph.get_text().strip() for paragraph in found)))
    rows = [("excerpt", (key, title, date, committee, result, text))]
    speaker = None
    for n, sentence in enumerate(nlp(text).sents):
        named = SPEAKER.search(sentence.text)
        speaker = named[1] if named else speaker
        rows.append(("sentence", (key, n, speaker, sentence.text)))
    return rows


def insert_one_by_one(connection: Any, rows: Rows) -> None:
    """Every row in a statement of its own, committed at once."""
    for table, row in rows:
        connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608


def insert_by_meeting(connection: Any, rows: Rows) -> None:
    """All rows of a meeting's pages in one transaction, with `executemany` for each table."""
    connection.execute("BEGIN")
    for table in dict.fromkeys(table for table, _ in rows):
        mine = [row for name, row in rows if name == table]
        connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(mine[0]))})", mine)  # noqa: S608
    connection.execute("COMMIT")


def measure_peer_build(archives: list[Path], excerpts: int) -> Figures:
    """Seconds for each excerpt (processor and wall time) over at least `excerpts` excerpts of each archive."""
    import duckdb

    from tests.bench import peer

    nlp = peer.load()
    nlp("Herr Uhl fragt nach dem Stand der Dinge.")
    spent = dict.fromkeys(("read", "one by one", "by meeting"), (0.0, 0.0))
    done = pages = words = 0

    def clock() -> tuple[float, float]:
        return time.process_time(), time.perf_counter()

    def add(name: str, began: tuple[float, float]) -> None:
        now = clock()
        spent[name] = spent[name][0] + now[0] - began[0], spent[name][1] + now[1] - began[1]

    with tempfile.TemporaryDirectory() as folder:
        slow, fair = (duckdb.connect(str(Path(folder) / f"{name}.duckdb")) for name in ("slow", "fair"))
        for connection in (slow, fair):
            connection.execute("PRAGMA threads=1")
        for number, archive in enumerate(archives):
            for connection in (slow, fair):
                connection.execute(f"CREATE SCHEMA county{number}; USE county{number};")
                connection.execute(TABLES)
            meetings = _meetings(archive, excerpts)
            while True:
                began = clock()
                meeting = next(meetings, None)
                if meeting is None:
                    break
                rows = [row for address, body in meeting for row in read(address, body, nlp)]
                add("read", began)
                began = clock()
                insert_one_by_one(slow, rows)
                add("one by one", began)
                began = clock()
                insert_by_meeting(fair, rows)
                add("by meeting", began)
                texts = [row[5] for table, row in rows if table == "excerpt"]
                done, pages = done + len(texts), pages + len(meeting)
                words += sum(len(text.split()) for text in texts)
        for connection in (slow, fair):
            connection.close()
    each = {name: (cpu / done, wall / done) for name, (cpu, wall) in spent.items()}
    return {
        "peer excerpts": done, "peer pages": pages, "peer words": words,
        "peer reading ms/excerpt": each["read"][0] * 1000,
        "peer inserting one by one ms/excerpt": each["one by one"][0] * 1000,
        "peer inserting by meeting ms/excerpt": each["by meeting"][0] * 1000,
        "peer one by one, wall ms/excerpt": (each["read"][1] + each["one by one"][1]) * 1000,
        "peer by meeting, wall ms/excerpt": (each["read"][1] + each["by meeting"][1]) * 1000,
    }


def _meetings(archive: Path, excerpts: int) -> Iterator[list[tuple[str, bytes]]]:
    """The pages of each meeting with those that follow it, until `excerpts` excerpts have come."""
    meeting: list[tuple[str, bytes]] = []
    seen = 0
    for path in sorted(archive.glob("*.warc.gz")):
        for address, body in responses(path):
            if "/to010" in address and meeting:
                yield meeting
                seen += sum("/to020" in address for address, _ in meeting)
                if seen >= excerpts:
                    return
                meeting = []
            meeting.append((address, body))
    if meeting:
        yield meeting
