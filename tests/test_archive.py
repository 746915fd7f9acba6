"""The archive: what is written is read back, by this program and by two others, and damage costs only what it hits."""

from __future__ import annotations

import datetime as dt
import gzip
import random
import zlib
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import ArchiveError
from pipeline.harvest import archive as module
from pipeline.harvest import plain_records
from pipeline.harvest.archive import (
    OPEN_SUFFIX,
    ArchivedPage,
    ArchiveProblem,
    ArchiveWriter,
    parts,
    payload_hash,
    read_archive,
    read_file,
    salvage,
)

NOW = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
REQUEST = [("Host", "ratsinfo.example"), ("User-Agent", "test")]
HTML = [("Content-Type", "text/html;charset=UTF-8")]


def page(n: int) -> bytes:
    return f"<p>Straße {n} {'äöü' * 50 * n}</p>".encode()


def write(folder: Path, count: int = 5, name: str = "run") -> Path:
    with ArchiveWriter(folder, name, started=NOW, software="test") as archive:
        for n in range(count):
            archive.write_exchange(f"https://ratsinfo.example/to020?TOLFDNR={n}", page(n), fetched=NOW, status=200,
                                   reason="OK", headers=HTML, request_headers=REQUEST)
    return archive.path


def split(path: Path) -> tuple[list[ArchivedPage], list[ArchiveProblem]]:
    found = list(read_file(path))
    return ([one for one in found if isinstance(one, ArchivedPage)],
            [one for one in found if isinstance(one, ArchiveProblem)])


def member_starts(path: Path) -> list[int]:
    data, starts, position = path.read_bytes(), [], 0
    while position < len(data):
        starts.append(position)
        decoder = zlib.decompressobj(31)
        decoder.decompress(data[position:])
        position = len(data) - len(decoder.unused_data)
    return starts


def test_round_trip(tmp_path: Path) -> None:
    path = write(tmp_path)
    assert [name.name for name in tmp_path.iterdir()] == ["run.warc.gz"]
    pages, problems = split(path)
    assert not problems
    assert [p.payload for p in pages] == [page(n) for n in range(5)]
    first = pages[0]
    assert first.url == "https://ratsinfo.example/to020?TOLFDNR=0"
    assert (first.status, first.fetched, first.content_type) == (200, "2026-01-02T03:04:05Z", "text/html;charset=UTF-8")
    assert first.payload_hash == payload_hash(page(0))
    assert first.warc_file == "run.warc.gz"
    assert first.record_id.startswith("<urn:uuid:")
    assert {p.offset for p in pages} <= set(member_starts(path))
    assert len({p.record_id for p in pages}) == 5


def test_revisits(tmp_path: Path) -> None:
    with ArchiveWriter(tmp_path, "run", started=NOW, software="test") as archive:
        first = archive.write_exchange("https://a.example/", b"x", fetched=NOW, status=200, reason="OK", headers=HTML,
                                       request_headers=REQUEST)
        archive.write_revisit("https://a.example/", fetched=NOW + dt.timedelta(days=1), status=304,
                              reason="Not Modified", headers=[], payload_hash=payload_hash(b"x"), refers_to=first,
                              refers_to_date="2026-01-02T03:04:05Z")
    one, two = split(archive.path)[0]
    assert (one.kind, two.kind, two.payload, two.status) == ("response", "revisit", None, 304)
    assert one.payload_hash == two.payload_hash == payload_hash(b"x")
    assert two.fetched == "2026-01-03T03:04:05Z"


def test_other_programs_read_it(tmp_path: Path) -> None:
    path = write(tmp_path)
    from warcio.archiveiterator import ArchiveIterator as Warcio

    with path.open("rb") as file:
        records = [(r.rec_type, r.content_stream().read(), r.digest_checker.passed)
                   for r in Warcio(file, check_digests=True)]
    assert [kind for kind, _, _ in records] == ["warcinfo"] + ["response", "request"] * 5
    assert [body for kind, body, _ in records if kind == "response"] == [page(n) for n in range(5)]
    assert not [kind for kind, _, passed in records if passed is False]

    from fastwarc.warc import ArchiveIterator as FastWarc
    from fastwarc.warc import WarcRecordType

    with path.open("rb") as file:
        verified = [r.verify_block_digest() for r in FastWarc(file, parse_http=False)]
    assert verified == [True] * 11
    with path.open("rb") as file:
        bodies = [r.reader.read() for r in FastWarc(file, record_types=WarcRecordType.response)]
    assert bodies == [page(n) for n in range(5)]


def test_bodies_are_kept_as_served_and_unpacked_on_reading(tmp_path: Path) -> None:
    packed = gzip.compress(page(3), mtime=0)
    with ArchiveWriter(tmp_path, "run", started=NOW, software="test") as archive:
        for body in (packed, page(3)):  # the second: a header that outlived the packing
            archive.write_exchange("https://a.example/", body, fetched=NOW, status=200, reason="OK",
                                   headers=[*HTML, ("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked")],
                                   request_headers=REQUEST)
    one, two = split(archive.path)[0]
    assert one.payload == two.payload == page(3)
    assert one.payload_hash == payload_hash(packed)
    assert two.payload_hash == payload_hash(page(3))


def test_uncompressed_files_and_chunked_bodies(tmp_path: Path) -> None:
    """As wget writes them."""
    http = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/html\r\n\r\n5\r\nhallo\r\n0\r\n\r\n"
    head = (b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: <https://a.example/>\r\n"
            b"WARC-Date: 2026-01-02T03:04:05Z\r\nWARC-Record-ID: <urn:uuid:1>\r\n"
            b"Content-Type: application/http; msgtype=response\r\nContent-Length: ")
    record = head + str(len(http)).encode() + b"\r\n\r\n" + http + b"\r\n\r\n"
    path = tmp_path / "wget.warc"
    path.write_bytes(record * 3 + record[:-30])
    pages, problems = split(path)
    assert [(p.url, p.payload) for p in pages] == [("https://a.example/", b"hallo")] * 3
    assert [p.code for p in problems] == ["torn"]
    assert [p.offset for p in pages] == [0, len(record), 2 * len(record)]


@pytest.mark.parametrize("lost", [1, 7, 100, 300])
def test_a_torn_tail_costs_one_record(tmp_path: Path, lost: int) -> None:
    path = write(tmp_path)
    path.write_bytes(path.read_bytes()[:-lost])
    pages, problems = split(path)
    assert [p.payload for p in pages] == [page(n) for n in range(5)]  # the last record is a request
    assert [p.code for p in problems] == ["torn"]
    assert "interrupted run" in problems[0].message


def test_damage_in_the_middle_costs_one_record(tmp_path: Path) -> None:
    path = write(tmp_path)
    data = bytearray(path.read_bytes())
    second = split(path)[0][1].offset
    data[second + 60:second + 90] = b"\0" * 30
    path.write_bytes(data)
    pages, problems = split(path)
    assert [p.payload for p in pages] == [page(n) for n in (0, 2, 3, 4)]
    assert [p.code for p in problems] == ["damaged"]
    assert problems[0].offset == second


def test_records_appended_after_a_torn_tail_are_found(tmp_path: Path) -> None:
    path = write(tmp_path)
    other = write(tmp_path, 2, "other").read_bytes()
    path.write_bytes(path.read_bytes()[:-20] + other)
    pages, problems = split(path)
    assert [p.payload for p in pages] == [page(n) for n in (0, 1, 2, 3, 4, 0, 1)]
    assert [p.code for p in problems] == ["damaged"]


def test_a_file_in_parts_is_the_whole_file(tmp_path: Path) -> None:
    path = write(tmp_path, 40)
    damaged = bytearray(path.read_bytes())
    damaged[member_starts(path)[30] + 40] ^= 0xFF
    path.write_bytes(damaged)
    whole = list(read_file(path))
    assert any(isinstance(one, ArchiveProblem) for one in whole)
    for size in (1, 500, 4_000, 10**9):
        found = list(parts(path, at_least=size))
        assert (len(found) > 1) == (size < 10**9)
        assert [one for start, end in found for one in read_file(path, start=start, end=end)] == whole


@pytest.mark.parametrize(("content", "code"), [
    (b"", "torn"),
    (b"hello, this is no archive", "unreadable"),
    (bytes(range(256)) * 40, "unreadable"),
    (b"\x1f\x8b\x08", "torn"),
    (b"\x1f\x8b\x08" + bytes(range(256)) * 40, "damaged"),
    (gzip.compress(b"not a WARC record at all" * 20, mtime=0), "damaged"),
    (b"WARC/1.0\r\n\r\n", "damaged"),
    (b"WARC/1.1\r\nContent-Length: 99999\r\n\r\nshort", "torn"),
    (b"\x89PNG\r\n\x1a\n" + b"\0" * 500, "unreadable"),
])
def test_what_is_no_archive(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "x.warc.gz"
    path.write_bytes(content)
    pages, problems = split(path)
    assert not pages
    assert [p.code for p in problems] == [code]


def test_large_records_are_named_and_passed_over(tmp_path: Path) -> None:
    with ArchiveWriter(tmp_path, "run", started=NOW, software="test") as archive:
        bomb = gzip.compress(b"\0" * 5_000_000, mtime=0)
        for url, body, headers in (("https://a.example/1", b"\0" * 3_000_000, HTML),
                                   ("https://a.example/2", bomb, [*HTML, ("Content-Encoding", "gzip")]),
                                   ("https://a.example/3", b"x", HTML)):
            archive.write_exchange(url, body, fetched=NOW, status=200, reason="OK", headers=headers,
                                   request_headers=REQUEST)
    found = list(read_file(archive.path, max_bytes=1_000_000))
    assert [one.code for one in found if isinstance(one, ArchiveProblem)] == ["too_large", "too_large"]
    assert [one.url for one in found if isinstance(one, ArchivedPage)] == ["https://a.example/3"]


def test_an_interrupted_run_is_salvaged(tmp_path: Path) -> None:
    whole = write(tmp_path)
    data = whole.read_bytes()
    left = whole.with_name(whole.name + OPEN_SUFFIX)
    left.write_bytes(data[:-25])
    whole.unlink()
    found = list(read_archive(tmp_path))
    assert [one.payload for one in found if isinstance(one, ArchivedPage)] == [page(n) for n in range(5)]
    assert len(found) == 5  # and no complaint about the end of an open file
    result = salvage(left)
    assert (result.path, result.records) == ("run.warc.gz", 10)
    assert [name.name for name in tmp_path.iterdir()] == ["run.warc.gz"]
    assert whole.read_bytes() == data[:member_starts_last(data)]
    assert result.lost_bytes == len(data) - 25 - member_starts_last(data)
    assert not split(whole)[1]


def member_starts_last(data: bytes) -> int:
    """Where the last gzip member begins."""
    position = start = 0
    while position < len(data):
        start = position
        decoder = zlib.decompressobj(31)
        decoder.decompress(data[position:])
        position = len(data) - len(decoder.unused_data)
    return start


def test_nothing_to_salvage(tmp_path: Path) -> None:
    left = tmp_path / f"run.warc.gz{OPEN_SUFFIX}"
    left.write_bytes(b"\x1f\x8b\x08garbage")
    result = salvage(left)
    assert (result.path, result.records, result.lost_bytes) == (None, 0, 10)
    assert not list(tmp_path.iterdir())


def test_an_error_while_writing_leaves_the_file_open(tmp_path: Path) -> None:
    archive = ArchiveWriter(tmp_path, "run", started=NOW, software="test")
    with pytest.raises(RuntimeError), archive:  # noqa: PT012
        archive.write_exchange("https://a.example/", b"x", fetched=NOW, status=200, reason="OK", headers=HTML,
                               request_headers=REQUEST)
        raise RuntimeError
    assert [name.name for name in tmp_path.iterdir()] == [f"run.warc.gz{OPEN_SUFFIX}"]
    assert [one.url for one in read_archive(tmp_path) if isinstance(one, ArchivedPage)] == ["https://a.example/"]


def test_no_file_is_written_twice(tmp_path: Path) -> None:
    write(tmp_path)
    with pytest.raises(ArchiveError, match="the file exists"):
        ArchiveWriter(tmp_path, "run", started=NOW, software="test")


def test_an_archive_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ArchiveError, match="the archive cannot be written"):
        ArchiveWriter(tmp_path / "file" / "archive", "run", started=NOW, software="test")


def test_equal_content_gives_equal_bytes(tmp_path: Path) -> None:
    assert write(tmp_path / "a").read_bytes() == write(tmp_path / "b").read_bytes()


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return write(tmp_path_factory.mktemp("sample")).read_bytes()


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_no_damage_raises(sample: bytes, tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    """Cut, overwrite, shift: whole records come out, everything else is a problem."""
    random_ = random.Random(seed)
    data = bytearray(sample)
    for _ in range(random_.randint(1, 4)):
        at = random_.randrange(len(data))
        match random_.randrange(4):
            case 0:
                data[at] ^= random_.randrange(1, 256)
            case 1:
                del data[at:at + random_.randrange(1, 200)]
            case 2:
                data[at:at] = random_.randbytes(random_.randrange(1, 100))
            case _:
                data = data[:max(at, 1)]
        if not data:
            data = bytearray(b"x")
    path = tmp_path_factory.getbasetemp() / f"damaged-{seed}.warc.gz"
    path.write_bytes(data)
    known = {page(n) for n in range(5)}
    for one in read_file(path):
        if isinstance(one, ArchivedPage):
            assert one.payload in known
    path.unlink()


ODDITIES = [
    b"\r\n", b"\n", b" ", b"\t", b":", b"\r\n\r\n", b"Content-Length: 7\r\n", b"\r\nContent-Encoding: gzip", b"\xc3\xbc",
    b"Transfer-Encoding: chunked\r\n", b"WARC-Type: request\r\n", b"<", b">", b"0", b"9", b"HTTP/1.1 304 \r\n", b"WARC/1.0",
    b"\r\n folded", b"\r\nX-Page : noauth", b"\x85", b"WARC-Type: revisit\r\n", b"\r\nContent-Encoding: br", b"\xff",
]


def records_of(folder: Path) -> list[bytes]:
    """Records of all kinds, unpacked."""
    with ArchiveWriter(folder, "kinds", started=NOW, software="test") as archive:
        for n, headers in enumerate([HTML, [*HTML, ("Content-Encoding", "gzip")], [("Server", "müller"), *HTML], []]):
            body = gzip.compress(page(n)) if len(headers) > 1 and n == 1 else page(n)
            archive.write_exchange(f"https://ratsinfo.example/vo020?VOLFDNR={n}", body, fetched=NOW, status=200 + n,
                                   reason="OK" if n else "", headers=headers, request_headers=REQUEST,
                                   address="https://ratsinfo.example/" if n else None)
        archive.write_revisit("https://ratsinfo.example/", fetched=NOW, status=200, reason="OK", headers=HTML,
                              payload_hash=payload_hash(b""), refers_to="<urn:uuid:1>", refers_to_date="2026")
        archive.write_note("https://ratsinfo.example/", fetched=NOW, fields={"outcome": "no_answer"})
    data = archive.path.read_bytes()
    starts = member_starts(archive.path)
    return [gzip.decompress(data[start:end]) for start, end in zip(starts, [*starts[1:], len(data)], strict=True)]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_the_short_way_reads_what_warcio_does(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    """Plain responses are not left to warcio; whatever is in a record, the result is the same as if they were."""
    random_ = random.Random(seed)
    folder = tmp_path_factory.mktemp("archive")
    found = []
    for raw in records_of(folder):
        found.append(raw)
        for _ in range(8):
            changed = bytearray(raw)
            for _ in range(random_.randint(1, 3)):
                at = random_.randint(0, min(len(changed), 700))
                if random_.random() < 0.7:
                    changed[at:at] = random_.choice(ODDITIES)
                else:
                    del changed[at : at + random_.randint(1, 40)]
            found.append(bytes(changed))
    path = folder / "changed.warc.gz"
    path.write_bytes(b"".join(gzip.compress(raw, 1) for raw in found))
    short = list(module.read_records(path))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plain_records, "response_of", mock.Mock(return_value=None))
        assert short == list(module.read_records(path))


def test_the_short_way_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path)
    monkeypatch.setattr(module, "ArchiveIterator", None)
    assert [found.payload for found in split(path)[0]] == [page(n) for n in range(5)]
