"""TEI: valid against the schema in the repository, every pointer resolves, and it says what the tables say."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import duckdb
import pytest
from lxml import etree

from pipeline.errors import ExportError
from pipeline.output.export import export
from pipeline.output.tei import SCHEMA
from pipeline.output.tei_xml import NAMESPACE, clean, pointer, xml_id
from pipeline.store.database import open_published, open_work
from pipeline.store.linking import link
from pipeline.store.publish import publish
from pipeline.store.writer import Writer, finish_run, start_run
from tests.store_samples import SOURCE, SRO, STARTED, provenance, small_item

TEI = {"t": NAMESPACE}
ID = "{http://www.w3.org/XML/1998/namespace}id"


@pytest.fixture(scope="module")
def corpus(county: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("tei") / "county.xml"
    export(county, "all", path)
    return etree.parse(str(path))


@pytest.fixture(scope="module")
def schema() -> Any:
    return etree.RelaxNG(etree.parse(str(SCHEMA)))


def found(corpus: Any, path: str) -> list[Any]:
    result: list[Any] = corpus.xpath(path, namespaces=TEI)
    return result


def test_the_county_is_valid(corpus: Any, schema: Any) -> None:
    assert schema.validate(corpus), schema.error_log


BROKEN = [
    ("//t:u", "who", "nobody at all", "who is a list of pointers"), ("//t:u", "cert", "1.5", "certainty is from 0 to 1"),
    ("//t:seg", ID, "51 205", "an id is a name"), ("//t:note", "type", "joke", "types of notes are a closed list"),
    ("//t:affiliation", "from", "gestern", "a date"), ("//t:sex", "value", "männlich", "F or M"),
    ("//t:div[@type='section']", "subtype", "chat", "kinds of sections are a closed list"),
]


@pytest.mark.parametrize(("path", "attribute", "value", "reason"), BROKEN, ids=[case[3] for case in BROKEN])
def test_the_schema_refuses(corpus: Any, schema: Any, path: str, attribute: str, value: str, reason: str) -> None:
    broken = copy.deepcopy(corpus)
    found(broken, path)[0].set(attribute, value)
    assert not schema.validate(broken), reason


@pytest.mark.parametrize("tag", ["teiHeader", "seg", "surname", "taxonomy", "setting", "head", "body"])
def test_the_schema_misses_what_is_not_there(corpus: Any, schema: Any, tag: str) -> None:
    broken = copy.deepcopy(corpus)
    for element in found(broken, f"//t:{tag}"):
        element.getparent().remove(element)
    assert not schema.validate(broken)


def test_ids_are_unique_and_every_pointer_resolves(corpus: Any) -> None:
    ids = [element.get(ID) for element in found(corpus, "//*[@xml:id]")]
    assert len(ids) == len(set(ids))
    pointers = [target for name in ("who", "ana", "ref") for value in found(corpus, f"//@{name}") for target in value.split()]
    pointers += [target for value in found(corpus, "//t:note/@corresp") for target in value.split()]
    assert len(pointers) > 1000
    assert {target for target in pointers if target.startswith("#")} == set(pointers)
    assert not {target[1:] for target in pointers} - set(ids)


def test_utterances_say_what_the_statements_say(corpus: Any, county: duckdb.DuckDBPyConnection) -> None:
    told = {statement: u for u in found(corpus, "//t:u") for statement in u.get("n").split()}
    rows = county.execute("""
        SELECT statement_id, quote, act, stance, person_id, (SELECT any_value(stance_topic) FROM speaker_positions AS p
            WHERE p.statement_id = s.statement_id) FROM statement AS s
        LEFT JOIN speaker AS k ON k.item_id = s.item_id AND k.speaker_id = s.speaker_id""").fetchall()
    assert set(told) == {row[0] for row in rows}
    for statement, quote, act, stance, person, towards in rows:
        u = told[statement]
        assert " ".join(" ".join(seg.text for seg in u).split()) == " ".join(quote.split())
        assert {f"#act.{act}", f"#stance.{stance}"} <= set(u.get("ana").split())
        assert (towards is None) or f"#topic.sro.{towards}" in u.get("ana").split()
        assert person is None or f"#{xml_id(person)}" in u.get("who").split()


def test_every_sentence_stands_once_and_in_order(corpus: Any, county: duckdb.DuckDBPyConnection) -> None:
    for item, texts in county.execute(
        "SELECT item_id, list(text ORDER BY section_index, sentence_index) FROM sentence GROUP BY item_id").fetchall():
        (div,) = found(corpus, f"//t:div[@xml:id='{xml_id(item)}']")
        assert [e.text for e in div.xpath(".//t:seg|.//t:note[@type='narrative']", namespaces=TEI)] == texts


def test_persons_have_factions_with_dates(corpus: Any) -> None:
    (harmsen,) = found(corpus, "//t:person[t:persName/t:surname='Harmsen']")
    factions = [a for a in harmsen.findall("t:affiliation", TEI)
                if found(corpus, f"//t:org[@xml:id='{a.get('ref')[1:]}']")[0].get("role") == "politicalGroup"]
    (cdu,) = factions
    assert (cdu.get("from"), cdu.get("to")) == ("2018-09-13", "2026-02-19"), "list and texts agree, so it stands once"
    chairs = [a for a in harmsen.findall("t:affiliation", TEI) if a.findtext("t:roleName", namespaces=TEI) == "Vorsitzender"]
    assert [(a.get("from"), a.get("evidence")) for a in chairs] == [("2023-08-24", "attendance")]


def test_decisions_and_pages(corpus: Any, county: duckdb.DuckDBPyConnection) -> None:
    rows = county.execute("SELECT decision_id, outcome, yes FROM decision").fetchall()
    for decision, outcome, yes in rows:
        (note,) = found(corpus, f"//t:note[@type='decision'][@n='{decision}']")
        assert note.get("ana") == f"#outcome.{outcome}"
        assert yes is None or f"{yes} yes" in note.text
    assert all(address.startswith("https://example.org/to020") for address in found(corpus, "//t:div[@type='agendaItem']/@corresp"))


HOSTILE = "Frau Petersen\x00\x0b\x1f begrüßt <b>&amp; ]]> \ufffe die Sozialraumorientierung 🏛.\nSie bittet um Zustimmung."


def test_what_xml_cannot_hold_is_replaced(tmp_path: Path, schema: Any) -> None:
    item, extraction = small_item(text=HOSTILE, title='Titel \x08 "mit" <Klammern>', number="5.1 & 2")
    with open_work() as work:
        run = start_run(work, run_id="run-1", command="run", version="test", sources=["ahrenfeld"], started_at=STARTED)
        writer = Writer(work, SOURCE, run=run, topics=[SRO])
        writer.put_item(item, extraction, provenance(item, "C:\\Eigene Dateien\\<Auszug> 1.txt", kind="excerpt", system="text"))
        writer.finish(complete=True)
        link(work)
        finish_run(work, run, finished_at=STARTED)
        publish(work, tmp_path / "x.duckdb")
    with open_published(tmp_path / "x.duckdb") as connection:
        export(connection, "statements", tmp_path / "x.xml")
    corpus = etree.parse(str(tmp_path / "x.xml"))
    assert schema.validate(corpus), schema.error_log
    assert found(corpus, "//t:seg")[0].text.startswith("Frau Petersen\ufffd begrüßt")
    assert "<b>&amp; ]]> \ufffd die Sozialraumorientierung 🏛." in found(corpus, "//t:seg")[0].text


def test_an_empty_database_says_so(tmp_path: Path) -> None:
    with open_work() as work:
        publish(work, tmp_path / "x.duckdb")
    with open_published(tmp_path / "x.duckdb") as connection, pytest.raises(ExportError, match="no agenda item"):
        export(connection, "all", tmp_path / "x.xml")
    assert not (tmp_path / "x.xml").exists()


@pytest.mark.parametrize("name", ["missing/x.xml", "missing/x.zip", "file/x.xml", "file/x.zip"])
def test_a_path_that_cannot_be_written_is_one_clear_line(county: duckdb.DuckDBPyConnection, tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ExportError) as caught:
        export(county, "all", tmp_path / name)
    assert "cannot be written" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("dataset", "name", "message"), [
    ("decisions", "x.xml", "xml is for the data sets all and statements"), ("persons", "x.zip", "formats: csv, tsv, jsonl"),
    ("all", "x.docx", "formats: csv, tsv, jsonl, parquet, xlsx, xml, zip"), ("persons", "x.parket", "did you mean parquet"),
    ("all", "x.xlxs", "did you mean xlsx"),
])
def test_a_wrong_pair_names_the_formats(
    county: duckdb.DuckDBPyConnection, tmp_path: Path, dataset: str, name: str, message: str
) -> None:
    with pytest.raises(ExportError) as caught:
        export(county, dataset, tmp_path / name)
    assert message in str(caught.value)


def test_ids_differ_where_keys_differ() -> None:
    keys = ["a/b", "a.b", "a_b", "a/b#1", "a/b_x23_1", "1/a", "ä/b", "a//b", "A/b", "a_.b", "a-b"]
    made = [xml_id(key) for key in keys]
    assert len(set(made)) == len(keys)
    assert all(name[0].isalpha() and name.isascii() and not set(name) & set(" /#:") for name in made)


def test_texts_and_pointers() -> None:
    assert clean("a\x01b\td\ud800") == "a\ufffdb\td\ufffd"
    assert pointer("a b<c>\x07") == "a%20b%3Cc%3E\ufffd"
