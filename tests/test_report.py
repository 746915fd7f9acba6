"""The report: what it tells of the county's story, that nothing from a page can act in it, and how it is at its limits."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import hashlib
import json
import os
import re
import shutil
import string
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import lxml.html
import msgspec
import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.errors import ExportError, QueryError
from pipeline.output import charts, report_choice, report_data, report_pictures, report_words
from pipeline.output.query import load_queries, run_query
from pipeline.output.report import report, script_json, web
from pipeline.output.report_choice import choose, most_telling, promise_state
from pipeline.output.report_data import texts_of, topic_data
from pipeline.output.report_reading import anchors, readings, towards_topic
from pipeline.output.report_rows import Promise, Stance, Statement, TopicData
from pipeline.paths import queries_folder
from pipeline.records import Section, statements_of
from pipeline.store.database import TopicInfo, open_published, open_work
from pipeline.store.linking import link
from pipeline.store.publish import publish
from pipeline.store.writer import Writer, finish_run, start_run
from tests.store_samples import SOURCE, SRO, STARTED, dicts_of, provenance, published_county, small_item


@pytest.fixture(scope="module")
def data(county: duckdb.DuckDBPyConnection) -> TopicData:
    return topic_data(county)


@pytest.fixture(scope="module")
def files(county: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the county's report.html and its pictures in charts/."""
    folder = tmp_path_factory.mktemp("report")
    report(county, folder / "report.html", charts=folder / "charts")
    return folder


@pytest.fixture(scope="module")
def html(files: Path) -> str:
    return (files / "report.html").read_text("utf-8")


@pytest.fixture(scope="module")
def page(html: str) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(html)


def words_of(element: lxml.html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


@contextlib.contextmanager
def database(
    folder: Path, *, items: tuple[Any, ...] = (), topics: tuple[TopicInfo, ...] = (SRO,), begun: bool = True,
    address: str = "https://example.org/to020?TOLFDNR={}",
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A published database of `items` (records and extraction)."""
    with open_work(folder / "work.duckdb") as work:
        if begun:
            run = start_run(work, run_id="r", command="run", version="t", sources=["ahrenfeld"], started_at=STARTED)
            writer = Writer(work, SOURCE, run=run, topics=list(topics))
            with writer.transaction():
                for item, extraction in items:
                    where = provenance(item, address.format(item.tolfdnr), kind="excerpt")
                    writer.put_item(item, extraction, where, extractor="gold")
            writer.finish(complete=True)
            link(work)
            finish_run(work, run, finished_at=STARTED)
        publish(work, folder / "auszug.duckdb")
    with open_published(folder / "auszug.duckdb") as connection:
        yield connection


def made(connection: duckdb.DuckDBPyConnection, folder: Path) -> lxml.html.HtmlElement:
    report(connection, folder / "page.html")
    return lxml.html.document_fromstring((folder / "page.html").read_text("utf-8"))


# ------------------------------------------------------------------------- the story

def test_it_tells_the_story(page: lxml.html.HtmlElement) -> None:
    assert words_of(page.get_element_by_id("overview")).startswith("Auf einen Blick 18 Sitzungen")
    assert "13.09.2018" in words_of(page.get_element_by_id("overview"))
    stops = page.find_class("stop")
    assert len(stops) == 18
    assert "318 Tage Pause" in words_of(page.get_element_by_id("timeline"))
    november = next(stop for stop in stops if "16.11.2023" in words_of(stop))
    assert "richtet sich gegen das Thema" in words_of(november)
    assert "abgelehnt" in words_of(november)


def test_who_moved_is_what_the_query_says(county: duckdb.DuckDBPyConnection, data: TopicData,
                                          page: lxml.html.HtmlElement) -> None:
    rows = dicts_of(run_query(county, load_queries(queries_folder())["changed_sides"], {}))
    assert rows, "the county has movers"
    assert [(m.after.person_name, m.after.date, f"{m.before.side} to {m.after.side}", m.before.date) for m in data.moves] \
        == [(row["person_name"], row["date"], row["moved"], row["before_date"]) for row in rows]
    shown = [words_of(move) for move in page.find_class("move")]
    assert len(shown) == len(rows)
    for row, text in zip(rows, shown, strict=True):
        assert text.startswith(row["person_name"])
        assert f"{row['date']:%d.%m.%Y}" in text
        assert "vorher" in text and "danach" in text


def test_the_ledger_has_every_decision_with_its_votes(data: TopicData, page: lxml.html.HtmlElement) -> None:
    ledger = page.get_element_by_id("decisions")
    assert len(ledger.find_class("decision")) == len(data.decisions) > 20
    rejected = next(item for item in ledger.find_class("item") if "Beendigung" in words_of(item) and "16.11.2023" in words_of(item))
    assert "Ja 2 · Nein 9 · Enthaltung 4" in words_of(rejected)
    assert "Wer ablehnt, zählt als dafür" in words_of(rejected)
    assert [rect.get("width") for rect in rejected.iter("rect")] == ["13.33", "26.67", "60.0"]


def test_promises_are_told_by_what_became_of_them(data: TopicData, page: lxml.html.HtmlElement) -> None:
    shown = page.get_element_by_id("promises").find_class("promise")
    assert len(shown) == len(data.promises)
    still_open = [promise for promise in shown if "taken up" not in lxml.html.tostring(promise, encoding="unicode")]
    assert len(still_open) == sum(not promise.follow_ups for promise in data.promises)


def test_every_claim_is_linked_to_its_sentence_and_to_the_page(page: lxml.html.HtmlElement) -> None:
    ids = [element.get("id") for element in page.iter() if element.get("id")]
    assert len(ids) == len(set(ids)), "ids are unique"
    internal = [a.get("href")[1:] for a in page.iter("a") if a.get("href", "").startswith("#")]
    assert set(internal) <= set(ids)
    for kind in ("decision", "promise", "saying"):
        for entry in page.find_class(kind):
            targets = [a.get("href") for a in entry.find_class("read")]
            assert targets and all(re.search(r"-s\d+$", target) for target in targets), words_of(entry)
            assert all(a.get("href").startswith("https://example.org/to020?TOLFDNR=") for a in entry.find_class("page"))
            assert entry.find_class("page")
    for saying in page.find_class("saying"):
        quote = words_of(next(saying.iter("blockquote")))
        first = words_of(page.get_element_by_id(saying.find_class("read")[0].get("href")[1:]))
        assert quote.startswith(first)


def test_the_reading_view_shows_every_character_once_and_in_order(county: duckdb.DuckDBPyConnection, data: TopicData) -> None:
    items = [item for item in data.items if item.has_excerpt]
    texts = texts_of(county, "sro", [item.item_id for item in items])
    read = readings(items, texts, anchors(items))
    assert len(read) == len(items) > 20
    whole = {(section.item_id, section.section_index): section.text or "" for section in texts.sections}
    for reading in read:
        shown = ["".join("".join(part.text for part in piece.parts) for pieces in block.paragraphs for piece in pieces)
                 for block in reading.blocks]
        told = [text for (item_id, _), text in sorted(whole.items()) if item_id == reading.item.item_id and text.strip()]
        assert ["".join(text.split()) for text in shown] == ["".join(text.split()) for text in told]


def test_marks_tell_the_stance_towards_the_topic(data: TopicData, page: lxml.html.HtmlElement) -> None:
    motion = next(item for item in data.items if item.direction == -1 and "Beendigung" in (item.title or ""))
    excerpt = page.get_element_by_id(anchors(data.items)[motion.item_id])
    mover = next(s for s in excerpt.find_class("s") if words_of(s).startswith("Herr Brodersen begründet den Antrag"))
    assert "u-oppose" in mover.get("class")
    assert any("u-support" in s.get("class") for s in excerpt.find_class("s"))
    for sentence in excerpt.find_class("u-oppose"):
        assert re.search(r"\bh[1-8]\b", sentence.get("class")), "coloured by speaker"
    assert any("dagegen" in words_of(chip) for chip in excerpt.find_class("chip")), "and marked in words"


def test_a_sentence_of_two_speakers_names_both(tmp_path: Path) -> None:
    item, extraction = small_item()
    both = tuple(msgspec.structs.replace(s, speakers=("petersen", "kolbe")) if s.speakers else s for s in extraction.sentences)
    extraction = msgspec.structs.replace(
        extraction, sentences=both, statements=statements_of(both),
        speakers=(*extraction.speakers, msgspec.structs.replace(extraction.speakers[0], id="kolbe", name="Kolbe")))
    with database(tmp_path, items=((item, extraction),)) as connection:
        page = made(connection, tmp_path)
    assert [words_of(name) for name in page.find_class("who")] == ["Petersen", "Kolbe"]


@pytest.mark.parametrize(("stance", "direction", "expected"), [
    ("support", 1, "support"), ("oppose", 1, "oppose"), ("support", -1, "oppose"), ("oppose", -1, "support"),
    ("conditional", -1, "conditional"), ("neutral", -1, "neutral"), ("support", 0, None), ("support", None, None),
    (None, 1, None),
])
def test_stance_towards_the_topic(stance: str | None, direction: int | None, expected: str | None) -> None:
    assert towards_topic(stance, direction) == expected


# ------------------------------------------------------------- one page, and safe to open

def test_it_needs_nothing_from_outside(page: lxml.html.HtmlElement, html: str) -> None:
    for element in page.iter():
        for name in ("src", "srcset", "data", "poster", "action", "background"):
            assert element.get(name, "data:").startswith("data:"), element.tag
    assert not list(page.iter("link")) and not list(page.iter("iframe")) and not list(page.iter("object"))
    style = next(page.iter("style")).text_content()
    assert "url(" not in style and "@import" not in style
    policy = next(meta.get("content") for meta in page.iter("meta") if meta.get("http-equiv"))
    assert "default-src 'none'" in policy and "connect-src" not in policy and "'unsafe-eval'" not in policy
    script_sources = re.search(r"script-src ([^;]+);", policy)
    assert script_sources and "'unsafe-inline'" not in script_sources[1]
    scripts = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    hashes = [f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in scripts]
    assert script_sources[1].split() == hashes


HOSTILE = '</script><script>alert(1)</script><img src=x onerror=alert(2)>"\'&]]><!--'


def test_nothing_from_a_page_can_act(tmp_path: Path) -> None:
    text = f"Frau Petersen begrüßt {HOSTILE} die Sozialraumorientierung.\nSie bittet {HOSTILE} um Zustimmung."
    item, extraction = small_item(title=f"Sozialraumorientierung {HOSTILE}", text=text, body=f"Stadt {HOSTILE}",
                                  organization=f"Ausschuss {HOSTILE}", paper_reference=f"V/{HOSTILE}", result=HOSTILE,
                                  number=HOSTILE)
    speaker = msgspec.structs.replace(extraction.speakers[0], name=f"Eva {HOSTILE}", faction=HOSTILE, role=HOSTILE)
    extraction = msgspec.structs.replace(extraction, speakers=(speaker,))
    evil = TopicInfo(name="sro", title=f"Thema {HOSTILE}", description=HOSTILE)
    with database(tmp_path, items=((item, extraction),), topics=(evil,), address="javascript:alert({})") as connection:
        page = made(connection, tmp_path)
    assert len(list(page.iter("script"))) == 3, "data, the chart library, our own"
    assert all(image.get("src").startswith("data:image/svg+xml;base64,") for image in page.iter("img"))
    assert not [element for element in page.iter() for name in element.attrib if name.startswith("on")]
    assert not [a for a in page.iter("a") if a.get("href", "").lower().startswith("javascript")]
    payload = json.loads(page.get_element_by_id("payload").text)
    assert HOSTILE in json.dumps(payload, ensure_ascii=False).replace('\\"', '"')
    assert HOSTILE in page.get_element_by_id("reading").text_content()


def test_json_cannot_end_its_script() -> None:
    value = {"a": "</script><!--", "b": "\u2028&"}
    text = script_json(value)
    assert "<" not in text and "\u2028" not in text and "&" not in text
    assert json.loads(text) == value


@pytest.mark.parametrize(("address", "linked"), [
    ("https://example.org/x", True), ("http://example.org/x", True), ("javascript:alert(1)", False),
    ("data:text/html,x", False), ("//example.org", False), ("seed.txt", False), ("", False), (None, False),
    (" https://example.org", False),
])
def test_only_addresses_of_the_web_are_linked(address: str | None, linked: bool) -> None:
    assert web(address) == (address if linked else None)


def test_the_same_database_gives_the_same_bytes(files: Path, tmp_path: Path) -> None:
    """In another process, with another order of sets and in another time zone."""
    code = ("import sys; from pathlib import Path; from pipeline.output.report import report;"
            "from pipeline.store.database import open_published;"
            "report(open_published(Path(sys.argv[1])), Path(sys.argv[2]), charts=Path(sys.argv[3]))")
    target, pictures = tmp_path / "report.html", tmp_path / "charts"
    subprocess.run([sys.executable, "-c", code, str(published_county()), str(target), str(pictures)], check=True,
                   env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "America/New_York"}, cwd=Path(__file__).parents[1])
    assert target.read_bytes() == (files / "report.html").read_bytes()
    names = sorted(path.name for path in pictures.iterdir())
    assert names == sorted(f"{name}{language}.{kind}" for name in ("timeline", "factions", "persons")
                           for language in ("", ".en") for kind in ("svg", "png"))
    for name in names:
        content = (pictures / name).read_bytes()
        assert content == (files / "charts" / name).read_bytes()
        assert content.startswith(b"\x89PNG" if name.endswith("png") else b"<svg")
        assert len(content) > 5_000


# ----------------------------------------------------------------------------- limits

def test_an_empty_database_gives_a_page_that_says_so(tmp_path: Path) -> None:
    with database(tmp_path, begun=False) as connection:
        page = made(connection, tmp_path)
    assert "Das Thema kommt in diesen Daten nicht vor" in words_of(page)
    assert "Die Datenbank enthält noch keine Sitzungen" in words_of(page)


def test_a_topic_without_hits(tmp_path: Path) -> None:
    other = TopicInfo(name="kita", title="Kindertagesbetreuung")
    with database(tmp_path, items=(small_item(),), topics=(SRO, other)) as connection:
        report(connection, tmp_path / "page.html", topic="kita")
        with pytest.raises(QueryError, match="did you mean kita"):
            report(connection, tmp_path / "page.html", topic="kitta")
    page = lxml.html.document_fromstring((tmp_path / "page.html").read_text("utf-8"))
    assert "Das Thema kommt in diesen Daten nicht vor" in words_of(page)
    assert "Kindertagesbetreuung" in words_of(next(page.iter("h1")))


def test_one_meeting_and_nobody_with_a_faction(tmp_path: Path) -> None:
    with database(tmp_path, items=(small_item(),)) as connection:
        page = made(connection, tmp_path)
    assert len(page.find_class("stop")) == 1
    assert "Petersen" in words_of(page.get_element_by_id("positions"))
    payload = json.loads(page.get_element_by_id("payload").text)
    assert [row["label"] for row in payload["datasets"]["factions-rows"]] == [""], "no faction: a row of its own"
    assert "Niemand hat nach der Definition unten die Seite gewechselt" in words_of(page)


def test_items_without_date_committee_number_or_title(tmp_path: Path) -> None:
    item, extraction = small_item(date=None, organization=None, number=None, title=None, body=None)
    with database(tmp_path, items=((item, extraction),)) as connection:
        page = made(connection, tmp_path)
    assert "ohne Datum" in words_of(page)


def test_a_topic_of_another_name_is_taken_where_it_is_the_only_one(tmp_path: Path) -> None:
    with database(tmp_path, topics=(TopicInfo(name="rad", title="Radverkehr"),)) as connection:
        assert topic_data(connection).topic.topic_id == "rad"


def test_a_choice_of_topics_is_asked_for(tmp_path: Path) -> None:
    with (database(tmp_path, topics=(TopicInfo(name="rad"), TopicInfo(name="kita"))) as connection,
          pytest.raises(QueryError, match="choose one with --topic: kita, rad")):
        topic_data(connection)


def test_an_unknown_corpus_is_an_error(county: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(QueryError, match="did you mean ahrenfeld"):
        topic_data(county, source="ahrenfed")


def test_what_does_not_fit_is_said(county: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"MEETINGS": 4, "DECISIONS": 3, "PROMISES": 2, "MOVES": 1, "PERSONS": 5, "FACTIONS": 2, "TELLING": 6,
                        "ITEMS": 8, "READING": 90}.items():
        monkeypatch.setattr(report_choice, name, value)
    monkeypatch.setattr(report_pictures, "MARKS", 20)
    written = report(county, tmp_path / "page.html")
    page = lxml.html.document_fromstring((tmp_path / "page.html").read_text("utf-8"))
    assert written.shown["decisions"][0] == 3 < written.shown["decisions"][1]
    assert len(page.find_class("decision")) == 3
    assert len(page.find_class("saying")) == 6
    assert len(page.find_class("stop")) == 4
    assert 0 < sum(len(excerpt.find_class("s")) for excerpt in page.find_class("excerpt")) <= 90
    notes = [words_of(note) for note in page.find_class("note")]
    assert any(re.match(r"Gezeigt: 3 von \d+; alle mit „auszug query decision_log -p topic=sro“", note) for note in notes)
    assert any("Die Lesefassung enthält" in note for note in notes)
    ids = {element.get("id") for element in page.iter() if element.get("id")}
    assert {a.get("href")[1:] for a in page.iter("a") if a.get("href", "").startswith("#")} <= ids
    payload = json.loads(page.get_element_by_id("payload").text)
    assert len(payload["datasets"]["persons"]) <= 25
    dates = [row["iso"] for row in payload["datasets"]["factions"]]
    assert len(dates) <= 20 and min(dates) < "2019-12-31" and max(dates) > "2025-12-31", "thinned, not cut off"
    assert sum("nur ein Teil der Zeichen" in words_of(figure) for figure in page.find_class("picture")) == 2


def test_what_is_cited_is_in_the_reading_view(data: TopicData) -> None:
    choice = choose(data)
    shown = {item.item_id for item in choice.reading}
    assert {statement.item_id for statement in choice.telling} <= shown
    assert {decision.item_id for decision in choice.decisions} <= shown


# ---------------------------------------------------------------------------- choice

def stance(person: str, day: int, position: float, *, faction: str | None = None) -> Stance:
    side = "for" if position >= 0.666 else "against" if position <= 0.001 else "between"
    return Stance(person, person.title(), "s", dt.date(2024, 1, day), "A", f"i{day}", None, None, faction, 1, position,
                  position, side, day, 0)


def promise(**changes: Any) -> Promise:
    fields: dict[str, Any] = dict.fromkeys(Promise.__struct_fields__)
    return Promise(**{**fields, "follow_ups": 0, **changes})


@pytest.mark.parametrize(("changes", "expected", "reason"), [
    ({"follow_ups": 1, "late": False}, "taken_up", "a later item"),
    ({"follow_ups": 1, "late": True, "due_date": "2023-01-01"}, "late", "a later item after the deadline"),
    ({"follow_ups": 1, "late": None}, "taken_up", "no deadline known"),
    ({"due_date": "2024-01-31"}, "overdue", "the day has passed"),
    ({"due_date": "2024-06-01"}, "open", "the day of the last meeting"),
    ({"due_date": "2024-05"}, "overdue", "the month has passed"),
    ({"due_date": "2024-06"}, "open", "the month is running"),
    ({}, "open", "no deadline"),
])
def test_what_became_of_a_promise(changes: dict[str, Any], expected: str, reason: str) -> None:
    assert promise_state(promise(**changes), dt.date(2024, 6, 1)) == expected, reason


def saying(number: int, year: int, person: str, side: str, weight: float) -> Statement:
    fields: dict[str, Any] = dict.fromkeys(Statement.__struct_fields__)
    return Statement(**{**fields, "statement_id": f"s{number}", "source_id": "s", "year": year, "date": dt.date(year, 1, 1),
                        "item_id": "i", "person_id": person, "stance_topic": side, "quote": "q", "first_sentence": number,
                        "weight": weight})


def test_telling_statements_are_spread_over_years_persons_and_stances() -> None:
    loud = [saying(n, 2020, "a", "support", 1.0) for n in range(10)]
    others = [saying(20, 2020, "b", "support", 0.6), saying(21, 2020, "c", "oppose", 0.5), saying(22, 2024, "d", "oppose", 0.1)]
    chosen = [statement.statement_id for statement in most_telling([*loud, *others], 4)]
    assert {"s20", "s21", "s22"} < set(chosen)
    assert len(chosen) == 4


def test_telling_statements_of_nothing() -> None:
    assert most_telling([], 5) == []


# ------------------------------------------------------------------------------ words

def test_every_text_exists_in_both_languages_with_the_same_places() -> None:
    def places(text: str) -> set[str | None]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for key, (german, english) in report_words.words().items():
        assert german and english, key
        assert places(german) == places(english), key
        assert "'" not in german + english and "\\" not in german + english, f"{key}: would end a text in an expression"


def test_every_text_is_used() -> None:
    sources = "".join(path.read_text("utf-8") for folder in (report_words.TEMPLATES, report_words.TEMPLATES.parent)
                      for path in sorted(folder.iterdir()) if path.suffix in {".py", ".j2", ".js"})
    made_up = ("nav_", "side_", "state_", "kind_", "rule_", "q_", "moved_to_", "alt_")
    outcomes = set(report_data.KINDS)
    for key in report_words.words():
        if key.startswith(made_up) or key in outcomes or key in {"support", "conditional", "oppose", "neutral"}:
            continue
        assert re.search(rf"[\"'$]{key}\b", sources), f"{key} is not used"


def test_dates_and_numbers_in_both_languages() -> None:
    assert report_words.say("as_of", date=dt.date(2024, 5, 2)) == "Stand der Daten: Sitzungen bis 02.05.2024"
    assert report_words.say("as_of", "en", date=dt.date(2024, 5, 2)) == "Data: meetings up to 2024-05-02"
    assert report_words.written(12345, "de") == "12.345"
    assert report_words.written(12345, "en") == "12,345"
    assert report_words.written(-0.5, "de") == "−0,50"
    assert report_words.written(None, "de") == "?"


def test_text_in_the_page_is_escaped_in_both_languages() -> None:
    assert str(report_words.text("due", due="<b>\"")) == \
        '<span data-en="deadline: &lt;b&gt;&#34;">Frist: &lt;b&gt;&#34;</span>'


# --------------------------------------------------------------------------- pictures

def test_pictures_show_what_the_rows_say(data: TopicData) -> None:
    drawn = report_pictures.pictures(data, choose(data))
    persons = drawn["persons"]["de"]["datasets"]["persons"]
    assert len(persons) == len(data.stances)
    assert sum(row["moved"] != "" for row in persons) == len(data.moves)
    timeline = drawn["timeline"]["de"]["datasets"]["timeline"]
    assert [row["support"] for row in timeline] == [meeting.support for meeting in data.meetings]
    assert len(drawn["timeline"]["de"]["datasets"]["decisions"]) == len(data.decisions)
    assert drawn["timeline"]["de"]["datasets"] == drawn["timeline"]["en"]["datasets"], "the languages share the data"


def test_positions_of_factions(data: TopicData) -> None:
    """The mean of a faction's members in an item, then of its last three items."""
    found = [row for row in data.factions if row.faction == "GRÜNE"]
    scores: list[float] = []
    for row in found:
        members = [s.score for s in data.stances if s.faction == "GRÜNE" and s.item_id == row.item_id]
        scores.append(sum(members) / len(members))
        assert row.score == pytest.approx(scores[-1])
        assert row.position == pytest.approx(sum(scores[-3:]) / len(scores[-3:]))


def test_two_persons_of_one_name_are_told_apart(data: TopicData) -> None:
    twins = [msgspec.structs.replace(stance(person, 1, 1), person_name="Eva Tal") for person in ("a", "b")]
    called = report_pictures.labels(msgspec.structs.replace(data, stances=twins))
    assert called == {"a": "Eva Tal [1]", "b": "Eva Tal [2]"}


def test_bars_of_one_day_fit_the_scale() -> None:
    rows = [{"iso": "2024-01-01", "committee": name, "support": 5, "conditional": 1, "oppose": 3, "mentions": 2, "href": ""}
            for name in ("A", "B")]
    lanes = charts.timeline(rows, [], report_words.say)["vconcat"]
    assert lanes[0]["layer"][0]["encoding"]["y"]["scale"]["domain"][1] >= 10
    assert lanes[0]["layer"][1]["encoding"]["y"]["scale"]["domain"][0] <= -6


@pytest.mark.parametrize(("meetings", "unit"), [(10, "meeting"), (charts.MAX_COLUMNS + 1, "quarter"), (500, "year")])
def test_many_meetings_are_added_up(data: TopicData, meetings: int, unit: str) -> None:
    first = data.meetings[0]
    many = [msgspec.structs.replace(first, meeting_id=str(n), date=dt.date(1900, 1, 1) + dt.timedelta(days=n * 40), mentions=1)
            for n in range(meetings)]
    if unit == "year":
        many = [msgspec.structs.replace(m, date=dt.date(1900 + n // 5, 1 + n % 5 * 2, 1)) for n, m in enumerate(many)]
    changed = msgspec.structs.replace(data, meetings=many)
    assert report_pictures.period(changed) == unit
    rows = report_pictures.pictures(changed, choose(changed))["timeline"]["de"]["datasets"]["timeline"]
    assert sum(row["mentions"] for row in rows) == meetings
    assert len(rows) <= max(charts.MAX_COLUMNS, 100)


# ---------------------------------------------------------------------------- command

def test_the_command(tmp_path: Path) -> None:
    output, copy = tmp_path / "sro.html", shutil.copy(published_county(), tmp_path)
    found = CliRunner().invoke(app, ["report", "-o", str(output), "--topic", "sro", "--db", str(copy)])
    assert found.exit_code == 0, found.output
    assert output.read_text("utf-8").startswith("<!doctype html>")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["auszug.duckdb", "sro.html"], "nothing half-written"


@pytest.mark.parametrize(("name", "message"), [
    ("report.pdf", "the report is a page: name a file.html"), ("no/such/folder.html", "cannot be written"), ("", "this is a folder"),
])
def test_a_file_that_cannot_be_written_is_one_clear_line(
    county: duckdb.DuckDBPyConnection, tmp_path: Path, name: str, message: str
) -> None:
    with pytest.raises(ExportError) as caught:
        report(county, tmp_path / name)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_section_without_sentences_is_shown(tmp_path: Path) -> None:
    item, extraction = small_item()
    item = msgspec.structs.replace(item, sections=(*item.sections, Section(label="Anlage", kind="other", text="Nur Text\n\nmehr")))
    with database(tmp_path, items=((item, extraction),)) as connection:
        page = made(connection, tmp_path)
    assert "Nur Text" in words_of(page.get_element_by_id("reading"))
