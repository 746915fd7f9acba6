"""Pages: own fixtures for each peculiarity (`pages/CASE.*` with `pages/CASE.json`), hashes, and hostile input.

A case file holds `why` (the peculiarity), `expect` (the parts of the `ParsedPage` that matter: objects are compared by the
keys that they name, lists element by element) and, where the page does not say it itself, `url` and `content_type`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pipeline import pages as pages_package
from pipeline.pages import content_hash, parse
from pipeline.pages.problems import PROBLEM_CODES
from pipeline.records import AgendaItem, Calendar, Document, OrganizationList, Paper, ParsedPage
from tests.growth import grows, in_time

CASES = sorted((Path(__file__).parent / "pages").glob("*.json"))


def payload_of(case: Path) -> bytes:
    (page,) = (path for path in case.parent.glob(f"{case.stem}.*") if path.suffix != ".json")
    return page.read_bytes()


def differences(expected: Any, found: Any, where: str = "page") -> list[str]:
    """Where `found` is not what `expected` says; keys that `expected` does not name are free."""
    if isinstance(expected, dict):
        if not isinstance(found, dict):
            return [f"{where}: {found!r} instead of an object"]
        return [d for key, value in expected.items() for d in differences(value, found.get(key), f"{where}.{key}")]
    if isinstance(expected, list):
        if not isinstance(found, (list, tuple)) or len(found) != len(expected):
            return [f"{where}: {found!r} instead of {len(expected)} elements"]
        pairs = zip(expected, found, strict=True)
        return [d for n, (e, f) in enumerate(pairs) for d in differences(e, f, f"{where}[{n}]")]
    return [] if expected == found else [f"{where}: {found!r} instead of {expected!r}"]


def check_tables(page: ParsedPage) -> None:
    """The text between a table's offsets gives its rows back."""
    if isinstance(page.record, (AgendaItem, Paper)):
        for section in page.record.sections:
            for table in section.tables:
                lines = section.text[table.start : table.end].split("\n")
                assert tuple(tuple(line.split("\t")) for line in lines) == table.rows
            blocks = section.text.split("\n\n") if section.text else []
            assert all(block.strip(" \n") for block in blocks), "empty blocks are dropped"


def test_there_are_cases_for_every_source() -> None:
    assert len(CASES) >= 25
    assert {case.stem.split("_")[0] for case in CASES} >= {"a4", "a3", "a3r", "text"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_case(case: Path) -> None:
    described = json.loads(case.read_text("utf-8"))
    page = parse(payload_of(case), url=described.get("url"), content_type=described.get("content_type"))
    found = differences(described["expect"], msgspec.to_builtins(page))
    assert not found, f"{described['why']}\n" + "\n".join(found)
    check_tables(page)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_parsing_twice_gives_the_same_record_and_hash(case: Path) -> None:
    first, second = parse(payload_of(case)), parse(payload_of(case))
    assert first == second
    assert content_hash(first) == content_hash(second)


def page_bytes(name: str) -> bytes:
    return payload_of(Path(__file__).parent / "pages" / f"{name}.json")


@pytest.mark.parametrize(
    ("old", "new", "changed", "reason"),
    [
        (b"id2", b"id9f", False, "Wicket ids differ at every request"),
        (b"4.1.7 (4170041) - 08.07.2026", b"4.1.8 (4180001) - 09.09.2026", False, "an update of the software"),
        (b"./gr020", b"https://ris.example/gr020", False, "a CMS writes addresses in full"),
        (b'href="./to020?0--x', b'href="./to020?7--y', False, "links to documents hold the session's page number"),
        (b"Die Vorlage liegt vor.", b"Die Vorlage fehlt.", True, "the minutes changed"),
        (b"14.02.2024", b"15.02.2024", True, "the date changed"),
    ],
)
def test_content_hash_counts_what_the_page_says(old: bytes, new: bytes, *, changed: bool, reason: str) -> None:
    payload = page_bytes("a4_free_names")
    assert old in payload
    same = content_hash(parse(payload)) == content_hash(parse(payload.replace(old, new)))
    assert same is not changed, reason


def canonical_hash(page: ParsedPage) -> str:
    """The contract of `content_hash`, word for word: canonical JSON without the keys that end in `url`."""
    def without(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: without(v) for key, v in value.items() if not key.endswith("url")}
        return [without(v) for v in value] if isinstance(value, (list, tuple)) else value

    content = without(msgspec.to_builtins({"outcome": page.outcome, "kind": page.kind, "record": page.record}))
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_the_hash_is_that_of_canonical_json(case: Path) -> None:
    page = parse(payload_of(case))
    assert content_hash(page) == canonical_hash(page)


@pytest.mark.parametrize("text", ['","url":"x', '\\', '\\"', '"', "{\"url\":null,", "\x07\x7f\u2028ß€𝄞", "a\nb", ""])
def test_texts_that_look_like_addresses_are_hashed_as_texts(text: str) -> None:
    document = Document(title=text, url=text)
    for record in (
        AgendaItem(title=text, official=text, documents=(document, document)),
        Calendar(ajax_url=text, next_url=None, base_url=text), OrganizationList(ajax_url=None, next_url=text),
    ):
        page = ParsedPage(outcome="ok", kind="excerpt", record=record)
        assert content_hash(page) == canonical_hash(page)


def test_the_address_fills_only_what_the_page_does_not_say() -> None:
    page = parse(page_bytes("text_tabs"), url="https://ris.example/public/to020?tolfdnr=77&SILFDNR=5")
    assert isinstance(page.record, AgendaItem)
    assert (page.record.tolfdnr, page.record.silfdnr) == (77, 5)
    page = parse(page_bytes("a4_free_names"), url="https://ris.example/public/to020?TOLFDNR=1")
    assert isinstance(page.record, AgendaItem)
    assert page.record.tolfdnr == 5120


def test_every_problem_code_is_explained() -> None:
    sources = [path.read_text("utf-8") for path in Path(pages_package.__file__).parent.glob("*.py")]
    used = {code for source in sources for code in re.findall(r'(?:code=|_refused\()\s*"([a-z_]+)"', source)}
    assert used == set(PROBLEM_CODES)


def test_a_page_that_is_too_large_is_refused_before_it_is_read() -> None:
    page = parse(page_bytes("a4_free_names") + b" " * (60 * 1024 * 1024))
    assert (page.outcome, page.problems[0].code) == ("unreadable", "too_large")
    assert "63 MB" in page.problems[0].message


BEFORE = b"Die Vorlage liegt vor."
HOSTILE = {
    "nested blocks": lambda n: b"<div>" * n,
    "nested tables": lambda n: b"<table><tr><td>" * (n // 4),
    "attributes": lambda n: b"<p " + b" ".join(b'a%d="1"' % i for i in range(n)) + b">",
    "a quoted flood": lambda n: b"<p " + b" ".join(b'a%d=">"' % i for i in range(n)) + b">",
    "spans of cells": lambda n: b"<table>" + b"<tr><td colspan=999 rowspan=999>a</td></tr>" * (n // 40) + b"</table>",
    "breaks": lambda n: b"<br>" * n,
    "comments": lambda n: b"<!--### -->" * n,
    "anchors": lambda n: b'<a href="#showHideLink_id2" id="showHideLink_id2">x</a>' * (n // 5),
    "texts": lambda n: b'<div class="docPart">x</div>' * (n // 10),
    "texts in texts": lambda n: b'<div class="docPart">x' * (n // 10),
    "open tags": lambda n: b"<" * n,
    "references": lambda n: b"&#150;&#9999999999;" * n,
    "lost letters": lambda n: b"nsche r die " * n,
    "digits": lambda n: b"1." * n,
    "spaces": lambda n: b" " * n + b"\xc2\xa0" * n,
    "zeros": lambda n: b"\0" * n,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_pages_take_linear_time(kind: str) -> None:
    def work(size: int) -> Callable[[], object]:
        payload = page_bytes("a4_free_names").replace(BEFORE, BEFORE + HOSTILE[kind](size), 1)
        return lambda: check_tables(parse(payload))

    wrong = grows(work, (20_000, 80_000))
    assert wrong is None, wrong


@pytest.mark.parametrize(
    ("start", "piece", "end"),
    [
        ("Auszug - Titel\n", "Beschluss: ", ""),
        ("Auszug - Titel\n", "| ", "x"),
        ("ALLRIS - Auszug\n14.02.2024 - 1 Titel\n", "Reduzieren\n\nx\n", ""),
        ("ALLRIS - Auszug\n14.02.2024 - 1 Titel\nReduzieren\nx\n", "a\tb\n", ""),
        ("<ajax-response>", '<component id="a"><![CDATA[', ""),
        ("14.02.2024 - ", "1.", ""),
        ("Auszug - Titel\nTOP: ", "Ö ", ""),
    ],
    ids=["labels", "pipes", "switches", "rows", "open CDATA", "number", "TOP"],
)
def test_hostile_texts_take_linear_time(start: str, piece: str, end: str) -> None:
    def work(size: int) -> Callable[[], object]:
        payload = (start + piece * (size // len(piece)) + end).encode()
        return lambda: check_tables(parse(payload))

    wrong = grows(work, (135_000, 540_000))
    assert wrong is None, wrong


def test_a_page_that_nests_too_deep_says_so() -> None:
    page = parse(page_bytes("a4_free_names").replace(BEFORE, BEFORE + b"<div>" * 5000, 1))
    assert "too_deep" in {problem.code for problem in page.problems}


def test_xml_entities_are_not_expanded() -> None:
    bomb = "".join(f'<!ENTITY a{i} "&a{i - 1};&a{i - 1};">' for i in range(1, 40))
    answer = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">{bomb}]><ajax-response><component>&a39;</component></ajax-response>'
    assert in_time(lambda: parse(answer.encode()), 1).record is None
