"""What is kept is as it was written: every kind of damage is found and named, and what can be made anew is."""

from __future__ import annotations

import datetime as dt
import sqlite3
import zlib
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pipeline.config import load_corpus
from pipeline.harvest.archive import ArchiveWriter
from pipeline.store.database import differences
from pipeline.upkeep.verify import Kept, Verified, verify
from tests import harvest_tools as tools
from tests.upkeep_samples import PAGE, RECORDS, Place, place_in, spans

STARTED = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def kept_in(place: Place) -> Kept:
    return Kept(target=place.target, work=place.work)


def look(place: Place, *names: str, repair: bool = False) -> Verified:
    chosen = [load_corpus(place.corpora / name) for name in names or ("ahrenfeld", "tal")]
    return verify(chosen, kept_in(place), repair=repair, clock=place.clock)


def codes(found: Verified) -> set[str]:
    return {fault.code for fault in found.faults}


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Built twice: there is a former publication."""
    place = place_in(tmp_path_factory.mktemp("kept"))
    place.build()
    place.build(everything=True)
    return place


@pytest.fixture
def place(original: Place, tmp_path: Path) -> Place:
    return original.copy_to(tmp_path)


def test_what_is_whole_is_whole(original: Place) -> None:
    found = look(original)
    assert (found.exit_code, found.faults) == (0, [])
    assert (found.records, found.pages, found.publications) == (RECORDS, 40, 2)


def test_a_flipped_bit_in_a_record(place: Place) -> None:
    path = place.warc
    data = bytearray(path.read_bytes())
    start, end = spans(path)[41]
    data[(start + end) // 2] ^= 0x10
    path.write_bytes(data)
    found = look(place)
    assert found.exit_code == 2
    damaged = [fault for fault in found.faults if fault.code in {"archive_damaged", "record_damaged"}]
    assert damaged and all(path.name in fault.where for fault in damaged)
    assert any(f"byte {start}" in fault.where for fault in damaged)
    missing = [fault for fault in found.faults if fault.code == "record_missing"]
    assert missing and "http" in missing[0].where  # which page it was, as the database knows


def test_a_truncated_file(place: Place) -> None:
    path = place.warc
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 300)
    found = look(place)
    assert found.exit_code == 2
    assert "archive_torn" in codes(found)


def rewritten(path: Path, change_record: Callable[[bytes], bytes], number: int) -> None:
    """The file with its `number`-th record changed, well packed."""
    data = path.read_bytes()
    start, end = spans(path)[number]
    packer = zlib.compressobj(wbits=zlib.MAX_WBITS + 16)
    made = change_record(zlib.decompress(data[start:end], zlib.MAX_WBITS + 16))
    path.write_bytes(data[:start] + packer.compress(made) + packer.flush() + data[end:])


def test_an_edited_record_that_is_well_packed(place: Place) -> None:
    rewritten(place.warc, lambda raw: raw.replace(b"Kreis", b"kreis"), 1)
    found = look(place)
    assert found.exit_code == 2
    wrong = [fault for fault in found.faults if fault.code == "record_damaged"]
    assert len(wrong) == 1
    assert "WARC-Block-Digest" in wrong[0].what and "https://www.ahrenfeld.example/bi/" in wrong[0].what


def test_a_record_under_the_head_of_another(place: Place) -> None:
    """Both whole by themselves, and with hashes that fit: only the database knows better."""
    path = place.warc
    numbers = [n for n, (start, end) in enumerate(spans(path))
               if b"WARC-Type: response" in zlib.decompress(path.read_bytes()[start:end], zlib.MAX_WBITS + 16)][:2]
    raws = [zlib.decompress(path.read_bytes()[start:end], zlib.MAX_WBITS + 16) for start, end in
            (spans(path)[n] for n in numbers)]

    def record_id(raw: bytes) -> bytes:
        return next(line for line in raw.split(b"\r\n") if line.startswith(b"WARC-Record-ID"))

    for number, raw, other in zip(numbers, raws, reversed(raws), strict=True):
        made = other.replace(record_id(other), record_id(raw))
        rewritten(path, {raw: made}.__getitem__, number)
    found = look(place)
    assert {"payload_differs", "content_differs"} <= codes(found)


CHANGED_ROWS = [
    ("UPDATE statement SET quote = quote || 'x' WHERE statement_index = 0", "statement_spans"),
    ("UPDATE statement SET start_char = start_char + 1 WHERE statement_index = 1", "statement_spans"),
    ("UPDATE sentence SET end_char = end_char - 2 WHERE sentence_index = 3", "sentence_spans"),
    ("UPDATE decision SET start_char = start_char + 3", "decision_spans"),
    ("UPDATE commitment SET end_char = end_char + 5000", "commitment_span"),
    ("UPDATE topic_mention SET start_char = start_char + 1 WHERE section_index >= 0", "mention_spans"),
    ("UPDATE section SET text = text || ' Und noch ein Satz.' WHERE kind = 'minutes'", "section_differs"),
    ("DELETE FROM page_version WHERE page_id LIKE '%/paper/%'", "not_in_database"),
    ("UPDATE page_version SET content_hash = repeat('0', 64) WHERE page_id LIKE '%/attendance/%'", "content_differs"),
    ("UPDATE page_version SET payload_hash = repeat('0', 64) WHERE page_id LIKE '%/meeting/%'", "payload_differs"),
    ("UPDATE page_version SET warc_file = 'other.warc.gz' WHERE page_id LIKE '%/meeting/%'", "record_elsewhere"),
    ("UPDATE statement SET stance = 'oppose' WHERE stance = 'support'", "publication_differs"),
]


@pytest.mark.parametrize(("sql", "code"), CHANGED_ROWS, ids=[sql[:40] for sql, _ in CHANGED_ROWS])
def test_a_changed_row_is_found(place: Place, sql: str, code: str) -> None:
    place.change(sql)
    found = look(place)
    assert code in codes(found)
    assert found.exit_code == 1  # the archive is whole: everything can be made anew
    assert all(fault.remedy and fault.where for fault in found.faults)


def test_a_changed_file(place: Place) -> None:
    page = place.corpora / "tal" / "page.txt"
    page.write_text(PAGE.replace("2026", "2027"), "utf-8")
    found = look(place)
    assert "file_differs" in codes(found)
    page.rename(page.with_name("other.txt"))
    assert "file_missing" in codes(look(place))


def test_rows_are_made_anew(place: Place, original: Place) -> None:
    place.change("UPDATE section SET text = 'weg'; DELETE FROM statement; UPDATE person SET name = 'X'")
    found = look(place, repair=True)
    assert found.exit_code == 1
    assert all(fault.repaired for fault in found.faults)
    assert look(place).exit_code == 0
    assert differences(place.target, original.target) == []


def test_an_unreadable_work_database_is_made_anew(place: Place, original: Place) -> None:
    work = place.work
    work.write_bytes(work.read_bytes()[: 3 * 4096] + b"\x00" * 100_000)
    found = look(place, repair=True)
    assert "work_unreadable" in codes(found)
    assert look(place).exit_code == 0
    assert differences(place.target, original.target) == []


def test_unreadable_publications(place: Place) -> None:
    target = place.target
    for path in (target, target.with_name("auszug.1.duckdb")):
        data = path.read_bytes()
        path.write_bytes(data[: len(data) // 3] + b"\xff" * (len(data) // 3) + data[2 * (len(data) // 3) :])
    found = look(place)
    assert [fault.where for fault in found.faults if fault.code == "publication_unreadable"] == [
        str(target), str(target.with_name("auszug.1.duckdb"))]
    repaired = look(place, repair=True)
    fates = {Path(fault.where).name: fault.repaired for fault in repaired.faults}
    assert fates["auszug.duckdb"] and fates["auszug.1.duckdb"] is None
    with duckdb.connect(str(target), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM statement").fetchall()[0][0] > 90


def test_a_damaged_archive_is_no_reason_to_build_anew(place: Place) -> None:
    """The database may be all that has a page whose record is damaged."""
    path = place.warc
    data = bytearray(path.read_bytes())
    start, end = spans(path)[1]
    data[(start + end) // 2] ^= 0xFF
    path.write_bytes(data)
    before = place.work.read_bytes()
    assert look(place, repair=True).exit_code == 2
    assert place.work.read_bytes() == before


# ------------------------------------------------------------------------------------------ a harvested corpus

@pytest.fixture(scope="module")
def harvested(tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("harvested")
    time = tools.Clock()
    with tools.short_site(time) as site:
        demo = tools.corpus(folder / "corpora", site.url)
        assert tools.run(demo, time).exit_code == 0
    return Place(folder)


@pytest.fixture
def demo(harvested: Place, tmp_path: Path) -> Place:
    return harvested.copy_to(tmp_path)


def ledger_of(place: Place) -> Path:
    return place.corpora / "demo" / "ledger.sqlite"


def test_a_harvest_is_whole(demo: Place) -> None:
    assert look(demo, "demo").faults == []


LEDGERS = [
    "UPDATE fetch SET payload_hash = 'x' WHERE payload_hash IS NOT NULL",
    "DELETE FROM fetch WHERE id % 3 = 0",
    "UPDATE fetch SET warc_file = 'y'",
]


@pytest.mark.parametrize("sql", LEDGERS)
def test_a_ledger_that_differs_is_made_anew(demo: Place, sql: str) -> None:
    with sqlite3.connect(ledger_of(demo)) as ledger:
        before = ledger.execute("SELECT address, content_hash, due FROM address ORDER BY 1").fetchall()
        ledger.execute(sql)
    found = look(demo, "demo")
    assert (codes(found), found.exit_code) == ({"ledger_differs"}, 1)
    look(demo, "demo", repair=True)
    assert look(demo, "demo").exit_code == 0
    with sqlite3.connect(ledger_of(demo)) as ledger:
        assert ledger.execute("SELECT address, content_hash, due FROM address ORDER BY 1").fetchall() == before


def test_a_ledger_that_is_no_database_is_made_anew(demo: Place) -> None:
    for left in ledger_of(demo).parent.glob("ledger.sqlite*"):
        left.unlink()
    ledger_of(demo).write_bytes(b"no database at all" * 1000)
    assert codes(look(demo, "demo")) == {"ledger_differs"}
    look(demo, "demo", repair=True)
    assert look(demo, "demo").exit_code == 0


def test_an_unfinished_file_is_salvaged(demo: Place) -> None:
    path = next((demo.corpora / "demo" / "archive").glob("*.warc.gz"))
    with path.open("rb") as whole:
        data = whole.read()
    path.unlink()
    path.with_name(f"{path.name}.open").write_bytes(data[:-50])
    found = look(demo, "demo")
    assert "unfinished" in codes(found)
    repaired = look(demo, "demo", repair=True)
    assert next(fault for fault in repaired.faults if fault.code == "unfinished").repaired
    assert path.is_file() and not path.with_name(f"{path.name}.open").exists()
    assert look(demo, "demo").exit_code == 0


def test_a_damaged_page_is_fetched_again(tmp_path: Path) -> None:
    time = tools.Clock()
    with tools.short_site(time) as site:
        demo = tools.corpus(tmp_path / "corpora", site.url)
        tools.run(demo, time)
        before = tools.contents(demo)
        [path] = demo.archive.glob("*.warc.gz")
        data = bytearray(path.read_bytes())
        excerpts = [(start, end) for start, end in spans(path) if (head := zlib.decompress(
            bytes(data[start:end]), zlib.MAX_WBITS + 16)[:600]) and b"/to020" in head and b"Type: response" in head]
        start, end = excerpts[3]
        data[(start + end) // 2] ^= 0xFF
        path.write_bytes(data)
        assert len(before - tools.contents(demo)) == 1
        found = verify([demo], kept_in(Place(tmp_path)), repair=True, clock=time.now)
        assert found.exit_code == 2  # it is gone, until it is fetched
        lost = next(fault for fault in found.faults if fault.code == "page_lost")
        assert "to020" in lost.what and lost.repaired
        time.forward(hours=1)  # nothing else is due so soon
        requests = tools.run(demo, time).requests
    assert tools.contents(demo) == before
    assert requests < 12


def test_a_record_of_another_program_without_hashes_is_no_fault(tmp_path: Path) -> None:
    folder = tmp_path / "corpora" / "tal"
    with ArchiveWriter(folder / "archive", "tal-20260101T000000Z", started=STARTED, software="test") as writer:
        writer.write_exchange("https://tal.example/bi/to020?TOLFDNR=1", b"<html>nichts</html>", fetched=STARTED, status=200,
                              reason="OK", headers=[("Content-Type", "text/html")], request_headers=[])
    (folder / "corpus.toml").write_text('[corpus]\nname = "tal"\ntitle = "Tal"\n')
    [path] = (folder / "archive").glob("*.warc.gz")
    rewritten(path, lambda raw: raw.replace(b"WARC-Block-Digest", b"X-Block").replace(b"WARC-Payload-Dig", b"X-Dig"), 1)
    assert look(Place(tmp_path), "tal").faults == []
