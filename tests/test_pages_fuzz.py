"""No page, however damaged, makes the parser raise, and what it returns keeps its promises."""

from __future__ import annotations

import os
import random
import re
import time
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.pages import content_hash, parse
from pipeline.pages.blocks import region_text
from pipeline.pages.tree import parse_html
from pipeline.records import AgendaItem, Meeting, Paper, ParsedPage
from tests.soak_runner import SOAK, note

OWN = sorted(path for path in (Path(__file__).parent / "pages").iterdir() if path.suffix != ".json")
SKELETONS = Path(__file__).parents[2] / "shared" / "allris" / "skeletons"
PAGES = [path.read_bytes() for path in OWN + (sorted(SKELETONS.iterdir()) if SKELETONS.is_dir() else [])]

RUNS = 400
"""Examples a property: together some ten seconds."""

SEED = int(os.environ.get("AUSZUG_SEED", "20260708"))
INSERTS = (
    b"<table>", b"</table>", b"<td>", b"</td>", b"<tr>", b"<br>", b"</p>", b"</div>", b"<html>", b"</html>", b"<!--", b"-->",
    b"]]>", b"\x00", b"&#x110000;", b"&#xd800;", b"&#31;", b'<a name="allrisWP">', b"<div class='docPart'>",
    b'<a href="?SILFDNR=99999999999999999&MM=13&YY=0">',
)

fast = settings(max_examples=RUNS, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


@st.composite
def mutated_pages(draw: st.DrawFn) -> bytes:
    """A page with up to four wounds: cut, doubled, flipped bits, bytes put in, or grown together with another page."""
    page = bytearray(draw(st.sampled_from(PAGES)))
    for _ in range(draw(st.integers(1, 4))):
        a, b = sorted((draw(st.integers(0, len(page))), draw(st.integers(0, len(page)))))
        match draw(st.sampled_from(["cut", "end", "double", "flip", "insert", "splice", "tag"])):
            case "cut":
                del page[a:b]
            case "end":
                del page[b:]
            case "double":
                page[b:b] = page[a : min(b, a + 5000)]
            case "flip":
                for n in draw(st.lists(st.integers(0, max(0, len(page) - 1)), max_size=20)):
                    if n < len(page):
                        page[n] ^= 1 << draw(st.integers(0, 7))
            case "insert":
                page[a:a] = draw(st.binary(max_size=40))
            case "splice":
                other = draw(st.sampled_from(PAGES))
                c = draw(st.integers(0, len(other)))
                page[a:] = other[c:]
            case "tag":
                page[a:a] = draw(st.sampled_from(INSERTS))
    return bytes(page)


def check(page: ParsedPage) -> None:
    """What holds for every result."""
    assert "parser_failed" not in {problem.code for problem in page.problems}, page.problems
    assert (page.record is not None) == (page.outcome in ("ok", "shell"))
    assert len(content_hash(page)) == 64
    assert msgspec.json.encode(page)
    if isinstance(page.record, (AgendaItem, Meeting)):
        assert page.record.date is None or _ISO.fullmatch(page.record.date)
    if isinstance(page.record, (AgendaItem, Paper)):
        for section in page.record.sections:
            for block in section.text.split("\n\n") if section.text else ():
                assert block.strip(" \n"), "an empty block"
            assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\xad]", section.text)
            for table in section.tables:
                lines = section.text[table.start : table.end].split("\n")
                assert tuple(tuple(line.split("\t")) for line in lines) == table.rows


@fast
@given(mutated_pages())
def test_no_mutated_page_raises(payload: bytes) -> None:
    check(parse(payload))


@fast
@given(st.binary(max_size=400))
def test_no_bytes_raise(payload: bytes) -> None:
    check(parse(payload))


@fast
@given(st.text(max_size=300), st.sampled_from(["ALLRIS - Auszug\n14.02.2024 - 1 Titel\nReduzieren\nWortprotokoll\n", "Auszug - X\nTOP: Ö 1\n", ""]))
def test_no_text_raises(text: str, head: str) -> None:
    check(parse((head + text).encode("utf-8", errors="surrogatepass")))


cells = st.text(alphabet="ab1 -\n\t\xa0ä", max_size=6)


@fast
@given(st.lists(st.lists(st.tuples(cells, st.integers(1, 3), st.integers(1, 3)), min_size=1, max_size=4), min_size=1, max_size=5))
def test_tables_give_their_rows_back(rows: list[list[tuple[str, int, int]]]) -> None:
    body = "".join(
        "<tr>" + "".join(f'<td colspan="{c}" rowspan="{r}"><p>{text}</p></td>' for text, c, r in row) + "</tr>" for row in rows
    )
    root, complete = parse_html(f"<html><body><p>davor</p><table>{body}</table><p>danach</p></body></html>")
    assert complete
    text, tables = region_text(root)
    for table in tables:
        lines = text[table.start : table.end].split("\n")
        assert tuple(tuple(line.split("\t")) for line in lines) == table.rows
        assert len({len(row) for row in table.rows}) == 1, "all rows are as wide as the table"
        assert all(any(row) for row in table.rows), "wholly empty rows are dropped"
    assert text.startswith("davor\n\n") or text == "davor\n\ndanach"
    assert text.endswith("\n\ndanach")


@pytest.mark.soak
def test_many_mutated_pages() -> None:
    """1,000 pages in the short form, 20,000 with `make soak`: the same for the same seed."""
    chance = random.Random(SEED)
    print(f"seed {SEED}, {1000 * SOAK} pages")
    outcomes: Counter[str] = Counter()
    start = time.process_time()
    for number in range(1000 * SOAK):
        payload = wounded(chance)
        try:
            page = parse(payload)
            check(page)
        except Exception as error:
            raise AssertionError(f"seed {SEED}, page {number}: {error!r}") from error
        outcomes[page.outcome] += 1
    assert outcomes["ok"] > 100 * SOAK
    note("mutated_pages", seed=SEED, pages=1000 * SOAK, seconds=round(time.process_time() - start, 1), outcomes=dict(outcomes))


def wounded(chance: random.Random) -> bytes:
    """A page with one to five wounds, as `mutated_pages`, without the cost of a property."""
    page = bytearray(chance.choice(PAGES))
    for _ in range(chance.randint(1, 5)):
        a, b = sorted((chance.randint(0, len(page)), chance.randint(0, len(page))))
        match chance.randrange(6):
            case 0:
                del page[a : min(b, a + 3000)]
            case 1:
                del page[b:]
            case 2:
                page[b:b] = page[a : a + chance.randrange(4000)]
            case 3 if page:
                for _ in range(chance.randrange(60)):
                    page[chance.randrange(len(page))] ^= 1 << chance.randrange(8)
            case 4:
                other = chance.choice(PAGES)
                c = chance.randrange(len(other))
                page[a:a] = other[c : c + chance.randrange(6000)]
            case _:
                page[a:a] = chance.choice(INSERTS)
    return bytes(page)
