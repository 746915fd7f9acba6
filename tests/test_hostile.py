"""Pages and archives that are attacks: bounded in time and memory, a problem and no error; what they say runs nowhere."""

from __future__ import annotations

import csv
import gzip
import io
import json
import resource
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
import pytest
from lxml import etree
from lxml import html as lxml_html

from pipeline.harvest import oparl
from pipeline.harvest.archive import ArchivedPage, ArchiveProblem, read_file
from pipeline.harvest.robots import robots_from
from pipeline.harvest.wire import Exchange
from pipeline.output.export import export
from pipeline.output.feed import feed
from pipeline.output.report import report
from pipeline.pages import content_hash, parse
from pipeline.records import AgendaItem, AgendaRow, Attendance, Attendee, Consultation, Document, Meeting, Paper
from pipeline.sources import archive_pages
from pipeline.store.database import SourceInfo, TopicInfo, open_published, open_work
from pipeline.store.linking import link
from pipeline.store.publish import publish
from pipeline.store.writer import Writer, finish_run, start_run
from tests.fuzz.targets import extractor, item_of
from tests.growth import in_time
from tests.hostile_texts import PAGES, TEXTS
from tests.soak_runner import SOAK
from tests.store_samples import STARTED, provenance, small_item

ROOT = Path(__file__).parents[1]
SECONDS = 2.0
"""CPU seconds for a page of 300 kB, however hostile; a real one of that size takes 0.1. (That it grows in proportion: test_growth.)"""


# ------------------------------------------------------------------------- pages

@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_hostile_page_is_read_or_refused_in_time(name: str) -> None:
    payload = PAGES[name](300_000).encode()
    page = in_time(lambda: parse(payload), SECONDS)
    assert "parser_failed" not in {problem.code for problem in page.problems}, page.problems
    assert (page.record is not None) == (page.outcome in {"ok", "shell"})
    assert len(msgspec.json.encode(page)) < 40 * len(payload), "a page does not grow without limit"


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_a_hostile_text_is_read_in_time(name: str) -> None:
    item, context = item_of("Titel\nHerr Meier (CDU);Frau Voss\n\n" + TEXTS[name](8_000))
    found = in_time(lambda: extractor().extract(item, context), SECONDS)
    for sentence in found.sentences:
        assert " ".join(item.sections[sentence.section_index].text[sentence.start : sentence.end].split()) == sentence.text


ENTITIES = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
BILLION_LAUGHS = f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY l0 "ha">{ENTITIES}]><ajax-response><component>&l11;</component></ajax-response>'
QUADRATIC = f'<!DOCTYPE r [<!ENTITY a "{"a" * 50_000}">]><ajax-response><component>{"&a;" * 50_000}</component></ajax-response>'
OUTSIDE = '<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><ajax-response><component><![CDATA[<p>]]>&a;</component></ajax-response>'


@pytest.mark.parametrize("payload", [BILLION_LAUGHS, QUADRATIC, OUTSIDE, "<html>" + BILLION_LAUGHS], ids=["laughs", "quadratic", "file", "in html"])
def test_entities_are_not_expanded(payload: str) -> None:
    page = in_time(lambda: parse(payload.encode(), content_type="text/xml"), SECONDS)
    told = msgspec.json.encode(page)
    assert len(told) < 10_000 and b"root:" not in told and b"hahaha" not in told


@pytest.mark.parametrize(("payload", "declared"), [
    ("<html><body>Öffentlich</body></html>".encode("utf-16"), "text/html; charset=utf-8"),
    ("<html><body>Öffentlich</body></html>".encode("utf-16-be"), "text/html; charset=utf-16"),
    (b"<html><body>+ADw-script+AD4-alert(1)+ADw-/script+AD4-</body></html>", "text/html; charset=utf-7"),
    (b"<html><body>\xe4\xc3\xa4\xff\xfe\x00\x81</body></html>", "text/html; charset=nonsense"),
    (b"<html><body>x</body></html>", "text/html; charset=" + "a" * 100_000),
    (b"<html><body>x</body></html>", "text/html; charset=zlib_codec"),
    (b"<html><body>x</body></html>", "text/html; charset=idna"),
    (b"\x1b$B<html>", "text/html; charset=iso-2022-jp"), (b"\x00" * 100_000, None), (b"\xff\xfe", None), (b"\xef\xbb\xbf", None),
])
def test_charsets_that_lie(payload: bytes, declared: str | None) -> None:
    page = parse(payload, content_type=declared)
    assert "parser_failed" not in {problem.code for problem in page.problems}
    assert b"<script" not in msgspec.json.encode(page)


AGENDA = ('<html><head><meta name="description" content="ALLRIS net Version 4.1.0"></head><body><main id="pageContent">{}'
          '<table id="toTreeTable"><tr id="a"><td class="tonr">Ö 1</td><td class="tobetreff"><a href="to020?TOLFDNR={}">Titel</a></td></tr>'
          "</table></main></body></html>")


@pytest.mark.parametrize("number", ["9" * 5000, "-1", "0", "1e999", "٣", "99999999999", "1" * 10, "0x10", "../../etc"])
def test_numbers_that_are_none(number: str) -> None:
    page = parse(AGENDA.format("", number).encode(), url=f"https://ratsinfo.example.org/allris/to010?SILFDNR={number}")
    content_hash(page)
    if isinstance(page.record, Meeting):
        numbers = [page.record.silfdnr, *(row.tolfdnr for row in page.record.agenda)]
        assert all(one is None or 0 <= one < 10**10 for one in numbers)


@pytest.mark.parametrize("date", ["0000-99-99", "99.99.9999", "31.02.2024", "00.00.0000", "1.1.1", "29.02.2023"])
def test_dates_that_are_none(date: str) -> None:
    page = parse(f"Inhalt\nALLRIS - Auszug\n\n{date} - 5.1 Titel\n\nReduzieren\n\nWortprotokoll\n\nEs wird beraten.\n".encode())
    if isinstance(page.record, AgendaItem):
        assert page.record.date is None
    text = f"Titel\n\n\nHerr Meier sagt zu, bis zum {date} zu berichten. Die Sitzung vom {date} war kurz."
    assert extractor().extract(*item_of(text)).sentences


def test_ten_thousand_agenda_rows_are_all_read() -> None:
    rows = "".join(f'<tr><td class="tonr">Ö {n}</td><td class="tobetreff"><a href="to020?TOLFDNR={n}">Punkt {n}</a></td></tr>' for n in range(1, 10_001))
    payload = AGENDA.format("", "1").replace("</table>", rows + "</table>")
    page = in_time(lambda: parse(payload.encode(), url="https://ratsinfo.example.org/allris/to010?SILFDNR=9"), 5)
    assert isinstance(page.record, Meeting) and len(page.record.agenda) == 10_001


@pytest.mark.parametrize("depth", [40, 2000, 100_000])
def test_tables_inside_of_tables(depth: int) -> None:
    page = parse(('<div id="allris"><table class="tl1"><tr><td>a' * depth).encode(), url="https://ratsinfo.example.org/allris/si010")
    assert "too_deep" in {problem.code for problem in page.problems}


# ---------------------------------------------------------------------- archives

def record(payload: bytes, *, url: str = "https://ratsinfo.example.org/allris/to020?TOLFDNR=1", coding: str = "gzip") -> bytes:
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: " + coding.encode() + b"\r\n\r\n" + payload
    head = (f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Date: 2026-03-03T00:00:00Z\r\nWARC-Target-URI: {url}\r\n"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n")
    return gzip.compress(head.encode() + http + b"\r\n\r\n", 1)


def bomb(size: int, *, layers: int = 1) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    data = b"".join(packer.compress(b" " * 1_000_000) for _ in range(size // 1_000_000)) + packer.flush()
    for _ in range(layers - 1):
        data = gzip.compress(data)
    return data


@pytest.mark.parametrize(("layers", "coding"), [(1, "gzip"), (2, "gzip"), (2, "gzip, gzip"), (1, "deflate"), (1, "br")])
def test_bombs_in_an_archive_stay_small(layers: int, coding: str, tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz").write_bytes(record(bomb(30_000_000, layers=layers), coding=coding) + record(b"<html>", coding="identity"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = list(read_file(tmp_path / "a.warc.gz", max_bytes=2_000_000))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 25_000, "kB"
    assert isinstance(found[-1], ArchivedPage) and found[-1].payload == b"<html>", "the next record is read"
    assert isinstance(found[0], ArchiveProblem) or len(found[0].payload or b"") < 2_000_000


def test_a_record_that_unpacks_without_end_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz").write_bytes(bomb(30_000_000) + record(b"<html>", coding="identity"))
    problem, page = read_file(tmp_path / "a.warc.gz", max_bytes=2_000_000)
    assert isinstance(problem, ArchiveProblem) and problem.code == "too_large"
    assert isinstance(page, ArchivedPage)


@pytest.mark.parametrize("url", ["http://[x", "https://ratsinfo.example.org:99999/", "https://a/../../etc/passwd", "https://a/?" + "b=1&" * 5000,
                                 "https://[::1]]/to020", "https://\u202e/to010"])
def test_an_address_that_cannot_be_read_costs_only_its_page(url: str, tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz").write_bytes(record(b"<html>", url=url, coding="identity") + record(b"<html>", coding="identity"))
    assert list(archive_pages(tmp_path))[-1].address.endswith("to020?TOLFDNR=1")


# ------------------------------------------------------------------------ answers

@pytest.mark.parametrize("body", [b"[" * 200_000, b'{"a":' * 100_000, b'{"data":' + b"9" * 100_000 + b"}", b'{"id": "http://[x", "type": "x/Body", "meeting": "http://[y"}',
                                  b'{"type": {}, "data": [[[]], {"type": []}, {"type": "x/Meeting", "id": {}}]}', b"\xff\xfe\x00", b"null", b"1e999"])
def test_answers_of_oparl(body: bytes) -> None:
    found = in_time(lambda: oparl.read(body, "https://ratsinfo.example.org/oparl"), SECONDS)
    assert found is None or not found.meetings


@pytest.mark.parametrize("delay", ["1e999", "nan", "-5", "9" * 5000, "inf", "0x10", ""])
def test_delays_of_robots_txt_are_numbers(delay: str) -> None:
    rules = robots_from(Exchange(url="https://a/robots.txt", started=STARTED, elapsed=0.1, status=200,
                                 body=f"User-agent: *\nCrawl-delay: {delay}\nDisallow: /{'*a' * 2000}$\n".encode()))
    assert 0 <= rules.delay < 10**9
    in_time(lambda: rules.allows("https://a/" + "a" * 5000), SECONDS)


# ----------------------------------------------------------- what the texts say runs nowhere

EVIL = "=cmd|' /C calc'!A0</script><script>alert(1)</script><img src=x onerror=alert(2)>\"]]>&lt;../../etc/passwd\u202e\x0b"
KEPT = frozenset({"date", "start", "end", "label", "text", "organization_kind", "url", "ajax_url"})
"""Fields that have a form of their own, or whose text is set with its spans."""


def evil(one: Any) -> Any:
    """`one` with EVIL in every text field, and in those of the records inside it."""
    changes: dict[str, Any] = {}
    for field in msgspec.structs.fields(one):
        value = getattr(one, field.name)
        if field.name not in KEPT and field.type in (str, str | None):
            changes[field.name] = EVIL
        elif isinstance(value, msgspec.Struct):
            changes[field.name] = evil(value)
        elif isinstance(value, tuple) and value and isinstance(value[0], msgspec.Struct):
            changes[field.name] = tuple(evil(part) for part in value)
    return msgspec.structs.replace(one, **changes)


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of items, meetings, attendance and papers with EVIL in every text field."""
    folder = tmp_path_factory.mktemp("poisoned")
    text = f"Frau {EVIL} begrüßt die Sozialraumorientierung.\n=1+1 {EVIL} bittet um Zustimmung."
    item, extraction = small_item(text=text.replace("\x0b", ""), paper_id=4)
    speakers = tuple(msgspec.structs.replace(one, name=EVIL, role=EVIL, faction=EVIL, forms=(EVIL,)) for one in extraction.speakers)
    extraction = msgspec.structs.replace(extraction, speakers=speakers)
    row = AgendaRow(position=1, number="5.1", public=True, title=EVIL, tolfdnr=7)
    meeting = evil(Meeting(silfdnr=3, date="2024-05-02", agenda=(row,), documents=(Document(title=EVIL, url="javascript:alert(3)"),)))
    attendance = evil(Attendance(silfdnr=3, date="2024-05-02", attendees=(Attendee(name=EVIL, present=True),)))
    paper = evil(Paper(volfdnr=4, consultations=(Consultation(position=1, organization=EVIL),)))
    source = SourceInfo(name="tal", title=EVIL, body=EVIL, topics=("sro",))
    with open_work(folder / "work.duckdb") as work:
        run = start_run(work, run_id="r", command=EVIL, version="t", sources=["tal"], started_at=STARTED)
        writer = Writer(work, source, run=run, topics=[TopicInfo(name="sro", title=EVIL, description=EVIL)])
        with writer.transaction():
            for one, kind, address in ((paper, "paper", "vo020?VOLFDNR=4"), (meeting, "meeting", "to010?SILFDNR=3"), (attendance, "attendance", "si019?SILFDNR=3")):
                getattr(writer, f"put_{kind}")(one, provenance(one, f"javascript:alert(4)//{address}", kind=kind))
            item = evil(item)
            writer.put_item(item, extraction, provenance(item, "javascript:alert(5)//to020?TOLFDNR=7", kind="excerpt"), extractor="gold")
            writer.put_problem("unreadable", EVIL, address=EVIL)
        writer.finish(complete=True)
        link(work)
        finish_run(work, run, finished_at=STARTED)
        publish(work, folder / "auszug.duckdb")
    return folder / "auszug.duckdb"


def checked_cells(content: str, delimiter: str = ",") -> int:
    cells = [cell for row in csv.reader(io.StringIO(content), delimiter=delimiter) for cell in row]
    for cell in cells:
        assert not cell.startswith(("=", "@", "\t", "\r")), cell[:60]
        assert not cell.startswith(("+", "-")) or cell[1:].replace(".", "").isdigit(), cell[:60]
    return sum("/C calc" in cell for cell in cells)


def test_tables_hold_no_formula(poisoned: Path, tmp_path: Path) -> None:
    with open_published(poisoned) as connection:
        export(connection, "all", tmp_path / "all.csv")
        export(connection, "statements", tmp_path / "s.tsv")
        export(connection, "all", tmp_path / "all.xlsx")
    found = sum(checked_cells(path.read_text("utf-8")) for path in tmp_path.glob("all-*.csv"))
    assert found > 10, "the attack has to be there, and harmless"
    checked_cells((tmp_path / "s.tsv").read_text("utf-8"), "\t")
    cells = [cell for sheet in openpyxl.load_workbook(tmp_path / "all.xlsx") for row in sheet.iter_rows() for cell in row]
    assert not [cell.value for cell in cells if cell.data_type == "f" or cell.hyperlink is not None]
    assert any("/C calc" in str(cell.value) for cell in cells)


def test_xml_and_packages_are_whole(poisoned: Path, tmp_path: Path) -> None:
    with open_published(poisoned) as connection:
        export(connection, "all", tmp_path / "all.xml")
        export(connection, "all", tmp_path / "all.zip")
        export(connection, "statements", tmp_path / "s.jsonl")
        feed(connection, tmp_path / "feed.xml", topic="sro")
    for name in ("all.xml", "feed.xml"):
        root = etree.fromstring((tmp_path / name).read_bytes(), etree.XMLParser(resolve_entities=False))
        assert not [node for node in root.iter() if etree.QName(node).localname in {"script", "img"}]
        addresses = [value for node in root.iter() for key, value in node.attrib.items() if etree.QName(key).localname in {"href", "target", "source"}]
        assert not [value for value in addresses if value.lower().startswith("javascript")]
    with zipfile.ZipFile(tmp_path / "all.zip") as package:
        for name in package.namelist():
            assert not name.startswith("/") and ".." not in name
            if name.endswith(".json"):
                json.loads(package.read(name))
    for line in (tmp_path / "s.jsonl").read_text("utf-8").splitlines():
        json.loads(line)


def test_the_report_runs_nothing_of_it(poisoned: Path, tmp_path: Path) -> None:
    with open_published(poisoned) as connection:
        report(connection, tmp_path / "r.html", topic="sro")
    page = lxml_html.fromstring((tmp_path / "r.html").read_text("utf-8"))
    assert not [node for node in page.iter() if isinstance(node.tag, str) and any(name.startswith("on") for name in node.attrib)]
    assert not [node for node in page.iter("script") if "alert(" in (node.text or "").split("{", 1)[0]]
    assert not [node for node in page.iter("img", "iframe", "object", "embed") if not (node.get("src") or "data:").startswith("data:")]
    for node in page.iter("a", "link", "form"):
        assert not (node.get("href") or node.get("action") or "").lower().lstrip().startswith(("javascript", "data:text"))
    assert "alert(1)" in page.text_content(), "it is shown as what it is: a text"


# --------------------------------------------------------------------------- memory

MEMORY = """
import resource, sys
from tests.hostile_texts import PAGES, TEXTS
from tests.fuzz.targets import extractor, item_of
from pipeline.pages import parse
from pipeline.limits import page_limit
from pipeline.errors import PageError
size = int(sys.argv[2])
kind, name = sys.argv[1].split(":")
parse(b"<html>")
if kind == "text":
    extractor().extract(*item_of("a"))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    with page_limit(60):
        if kind == "page":
            parse(PAGES[name](size).encode())
        else:
            extractor().extract(*item_of("T" + chr(10) * 3 + TEXTS[name](size)))
except PageError as error:
    print(error.code)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


WORST = ("page:siblings", "text:short lines", "page:line breaks", "page:attributes", "page:agenda rows", "page:wide and narrow rows",
         "text:commas", "text:decisions")


@pytest.mark.soak
@pytest.mark.parametrize("case", WORST if SOAK > 1 else WORST[:2])
def test_no_page_takes_more_than_500_mb(case: str) -> None:
    """100 kB in the short form; with `make soak` pages of 10 MB, texts of 1 MB."""
    size = (10_000_000 if case.startswith("page") else 1_000_000) if SOAK > 1 else 100_000
    done = subprocess.run([sys.executable, "-c", MEMORY, case, str(size)], cwd=ROOT, capture_output=True, text=True, timeout=300, check=True)
    assert int(done.stdout.split()[-1]) < 500, f"{done.stdout} MB"
