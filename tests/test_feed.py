"""The Atom feed: valid by RFC 4287, stable, escaped."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import uuid
from pathlib import Path

import duckdb
import pytest
from lxml import etree
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.errors import ExportError, InputError, QueryError
from pipeline.output.feed import ATOM, ENTRIES, entries, feed
from pipeline.output.report_data import topic_data
from pipeline.store.database import TopicInfo, open_published, open_work
from pipeline.store.linking import link
from pipeline.store.publish import publish
from pipeline.store.writer import Writer, finish_run, start_run
from tests.store_samples import SOURCE, SRO, STARTED, provenance, published_county, small_item

RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
ONCE = {"id", "title", "updated", "published", "summary", "content", "subtitle", "generator"}
KNOWN = ONCE | {"author", "link", "category", "entry"}


def checked(content: bytes) -> list[etree._Element]:
    """The entries of a feed that keeps the rules of RFC 4287 (sections 4.1.1, 4.1.2, 3.3, 4.2.6, 4.2.7)."""
    root = etree.fromstring(content)
    assert root.tag == f"{{{ATOM}}}feed"
    found = root.findall(f"{{{ATOM}}}entry")
    for element in (root, *found):
        names = [etree.QName(child).localname for child in element]
        assert set(names) <= KNOWN
        assert {"id", "title", "updated"} <= set(names), "required"
        assert all(names.count(name) <= 1 for name in ONCE)
        for stamp in (*element.findall(f"{{{ATOM}}}updated"), *element.findall(f"{{{ATOM}}}published")):
            assert RFC3339.fullmatch(stamp.text or "")
            dt.datetime.fromisoformat((stamp.text or "").replace("Z", "+00:00"))
        identity = element.findtext(f"{{{ATOM}}}id") or ""
        assert str(uuid.UUID(identity.removeprefix("urn:uuid:"))) in identity
        for reference in element.findall(f"{{{ATOM}}}link"):
            assert re.match(r"https?://[^\s<>]+$", reference.get("href", ""))
        alternates = [one for one in element.findall(f"{{{ATOM}}}link") if one.get("rel") == "alternate"]
        if element is not root:
            assert len(alternates) == 1 or "content" in names, "an entry without a page has its content"
        for category in element.findall(f"{{{ATOM}}}category"):
            assert category.get("term")
    assert root.find(f"{{{ATOM}}}author/{{{ATOM}}}name").text, "an author for all entries"  # type: ignore[union-attr]
    ids = [entry.findtext(f"{{{ATOM}}}id") for entry in found]
    assert len(ids) == len(set(ids))
    return found


def titles(found: list[etree._Element]) -> list[str]:
    return [entry.findtext(f"{{{ATOM}}}title") or "" for entry in found]


def published(folder: Path, *changes: dict[str, object], address: str = "https://example.org/to020?TOLFDNR={}",
              fetched: str = "2026-03-01T03:00:00+00:00") -> Path:
    """A database of small items, written anew in `folder` (on top of what is there)."""
    with open_work(folder / "work.duckdb") as work:
        run = start_run(work, run_id=fetched, command="run", version="t", sources=["ahrenfeld"], started_at=STARTED)
        writer = Writer(work, SOURCE, run=run, topics=[SRO, TopicInfo(name="kita")])
        with writer.transaction():
            for each in changes:
                item, extraction = small_item(**each)
                where = provenance(item, address.format(item.tolfdnr), kind="excerpt", fetched=fetched)
                writer.put_item(item, extraction, where, extractor="gold")
        writer.finish(complete=True)
        link(work)
        finish_run(work, run, finished_at=STARTED)
        publish(work, folder / "auszug.duckdb")
    return folder / "auszug.duckdb"


def test_the_countys_feed(county: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    number = feed(county, tmp_path / "sro.xml", topic="sro", address="https://example.org/feed?a=1&b=2")
    content = (tmp_path / "sro.xml").read_bytes()
    found = checked(content)
    data = topic_data(county)
    on_topic = [item for item in data.items if item.is_on_topic]
    assert len(found) == number == len(on_topic) + len(data.decisions) <= ENTRIES
    assert any(title.startswith("abgelehnt: Antrag der Fraktion Freie Wähler: Beendigung") for title in titles(found))
    assert "Nein 9" in content.decode()
    reference = etree.fromstring(content).find(f"{{{ATOM}}}link")
    assert reference is not None and (reference.get("rel"), reference.get("href")) == ("self", "https://example.org/feed?a=1&b=2")


def test_the_same_database_gives_the_same_bytes(county: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    for name in ("a.xml", "b.xml"):
        feed(county, tmp_path / name)
    assert (tmp_path / "a.xml").read_bytes() == (tmp_path / "b.xml").read_bytes()


def test_the_newest_come_first_and_the_limit_holds(county: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    everything = entries(topic_data(county))
    assert everything == sorted(everything, key=lambda entry: entry.updated, reverse=True)
    assert feed(county, tmp_path / "feed.xml", limit=5) == 5
    assert len(checked((tmp_path / "feed.xml").read_bytes())) == 5
    assert feed(county, tmp_path / "feed.xml", limit=0) == len(everything)


def test_a_changed_page_keeps_its_ids_and_moves_up(tmp_path: Path) -> None:
    first = {"tolfdnr": 1, "title": "Bericht zur Sozialraumorientierung 1"}
    second = {"tolfdnr": 2, "title": "Bericht zur Sozialraumorientierung 2"}
    with open_published(published(tmp_path, first, second)) as connection:
        before = {entry.key: entry for entry in entries(topic_data(connection))}
    changed = {**first, "text": "Frau Petersen lobt die Sozialraumorientierung.\nSie bittet um Zustimmung."}
    with open_published(published(tmp_path, changed, second, fetched="2026-04-01T03:00:00+00:00")) as connection:
        feed(connection, tmp_path / "feed.xml")
        after = {entry.key: entry for entry in entries(topic_data(connection))}
    assert before.keys() == after.keys()
    assert {key.split("/")[0] for key in after} == {"item", "decision"}
    new = [entry for key, entry in after.items() if entry != before[key]]
    assert {entry.updated for entry in new} == {dt.datetime(2026, 4, 1, 3)}
    assert {entry.published for entry in new} == {dt.datetime(2026, 3, 1, 3)}
    assert len(new) == 2, "the excerpt and its decision; the other page is as it was"
    assert all(title.count("Sozialraumorientierung 1") for title in titles(checked((tmp_path / "feed.xml").read_bytes()))[:2])


def test_what_comes_from_pages_is_escaped_and_no_other_address_linked(tmp_path: Path) -> None:
    evil = {"title": "Sozialraumorientierung </title><script>&amp;]]>\x0b\x00", "organization": 'A"<b>', "body": "\ufffe<i>"}
    with open_published(published(tmp_path, evil, address="javascript:alert({})")) as connection:
        feed(connection, tmp_path / "feed.xml")
    found = checked((tmp_path / "feed.xml").read_bytes())
    assert len(found) == 2
    assert not etree.fromstring((tmp_path / "feed.xml").read_bytes()).findall(f".//{{{ATOM}}}link")
    assert all("</title><script>&amp;]]>" in title for title in titles(found))


def test_a_topic_without_entries_is_a_valid_feed(tmp_path: Path) -> None:
    with open_published(published(tmp_path, {})) as connection:
        assert feed(connection, tmp_path / "feed.xml", topic="kita") == 0
    assert checked((tmp_path / "feed.xml").read_bytes()) == []


@pytest.mark.parametrize("address", ["feed.xml", "javascript:x", "https:", "ftp://example.org/x"])
def test_an_address_must_be_one_of_the_web(county: duckdb.DuckDBPyConnection, tmp_path: Path, address: str) -> None:
    with pytest.raises(InputError, match="write it as in https"):
        feed(county, tmp_path / "feed.xml", address=address)


def test_bad_input_is_one_clear_line(county: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="did you mean sro"):
        feed(county, tmp_path / "feed.xml", topic="srro")
    with pytest.raises(ExportError, match="this is a folder"):
        feed(county, tmp_path)


def test_the_command(tmp_path: Path) -> None:
    copy = shutil.copy(published_county(), tmp_path)
    found = CliRunner().invoke(app, ["feed", "--topic", "sro", "-o", str(tmp_path / "sro.xml"), "--db", str(copy)])
    assert found.exit_code == 0, found.output
    assert checked((tmp_path / "sro.xml").read_bytes())
