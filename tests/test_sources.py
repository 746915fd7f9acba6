"""Pages in bulk: what a harvest's archive holds besides pages is left out, and answers mean what the harvest took them for."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.harvest.archive import ArchiveWriter
from pipeline.records import AgendaItem, ParsedPage
from pipeline.sources import Page, SourceProblem, archive_pages, path_pages
from tests.allris_server import render
from tests.allris_server.county import load

NOON = dt.datetime(2026, 4, 1, 12, 0, tzinfo=dt.UTC)
MEETING = load().meetings[0]
ITEM = next(item for item in MEETING.items if item.texts)
EXCERPT = render.excerpt(MEETING, ITEM).encode()
URL = f"https://a.example/to020?TOLFDNR={ITEM.tolfdnr}"


def archived(folder: Path, url: str, body: bytes, status: int = 200, address: str | None = None,
             headers: list[tuple[str, str]] | None = None) -> list[Page | SourceProblem]:
    with ArchiveWriter(folder, "run", started=NOON, software="test") as archive:
        archive.write_exchange(url, body, fetched=NOON, status=status, reason="", request_headers=[], address=address,
                               headers=[("Content-Type", "text/html;charset=UTF-8"), *(headers or [])])
    return list(archive_pages(folder))


def outcome(found: list[Page | SourceProblem]) -> str:
    (one,) = found
    assert isinstance(one, Page)
    assert isinstance(one.parsed, ParsedPage)
    return one.parsed.outcome


def test_an_excerpt(tmp_path: Path) -> None:
    (one,) = archived(tmp_path, URL, EXCERPT)
    assert isinstance(one, Page)
    assert one.parsed is not None
    assert isinstance(one.parsed.record, AgendaItem)
    assert (one.address, one.fetched, one.warc_file) == (URL, "2026-04-01T12:00:00Z", "run.warc.gz")


@pytest.mark.parametrize(("status", "expected"), [
    (404, "no_information"), (410, "no_information"), (500, "server_error"), (503, "too_many_requests"),
    (403, "not_public"), (400, "server_error"),
])
def test_statuses(tmp_path: Path, status: int, expected: str) -> None:
    assert outcome(archived(tmp_path, URL, b"<html><body>Something</body></html>", status)) == expected


def test_a_redirect_to_the_refusal(tmp_path: Path) -> None:
    assert outcome(archived(tmp_path, URL, b"", 302, headers=[("Location", "./noauth")])) == "not_public"


def test_another_page_than_the_one_asked_for_is_not_taken(tmp_path: Path) -> None:
    assert outcome(archived(tmp_path, "https://a.example/to010?SILFDNR=1", EXCERPT)) == "no_information"


@pytest.mark.parametrize("url", ["https://a.example/robots.txt", "https://a.example/oparl/bodies"])
def test_what_is_no_page_is_left_out(tmp_path: Path, url: str) -> None:
    assert archived(tmp_path, url, b"User-agent: *") == []


def test_the_canonical_address_counts(tmp_path: Path) -> None:
    (one,) = archived(tmp_path, "https://a.example/to020?0-1.0", EXCERPT, address=URL)
    assert isinstance(one, Page)
    assert one.address == URL


def test_a_page_of_60_mb(tmp_path: Path) -> None:
    (one,) = archived(tmp_path, URL, EXCERPT + b" " * 60_000_000)
    assert isinstance(one, SourceProblem)
    assert (one.code, one.address) == ("too_large", URL)
    assert "60 MB, more than the 10 MB that are read" in one.message


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file or folder; check the path"):
        list(path_pages([tmp_path / "nowhere"]))


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "loop.txt"
    path.symlink_to(path)
    with pytest.raises(InputError):
        list(path_pages([path]))


def test_folders_are_searched_for_pages(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("b/2.html", "1.htm", "notes.pdf", ".hidden"):
        (tmp_path / name).write_bytes(EXCERPT)
    found = list(path_pages([tmp_path]))
    assert [Path(one.address).name for one in found] == ["1.htm", "2.html"]
