"""Full text search: compounds, umlauts, phrases, ranking, keyword in context."""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import Any

import duckdb
import pytest

from pipeline.errors import QueryError
from pipeline.output.search import folded, search, terms
from tests.store_samples import dicts_of


def found(county: duckdb.DuckDBPyConnection, text: str, **more: Any) -> list[dict[str, Any]]:
    result = search(county, text, **more)
    assert all(column.description for column in result.columns)
    return dicts_of(result)


KEYWORDS = [
    ("sozialraum", "Sozialraumorientierung", "the beginning of a compound"),
    ("SOZIALRAEUME", "Sozialräume", "upper case, and ae for ä"),
    ("budget", "Regionalbudgets", "the end of a compound, with an ending"),
    ("SRO", "SRO", "three letters"),
    ('"externe Evaluation"', "Externe Evaluation", "a phrase"),
    ("Groesse", "größeren", "oe for ö, ss for ß"),
]


@pytest.mark.parametrize(("text", "keyword", "reason"), KEYWORDS, ids=[case[2] for case in KEYWORDS])
def test_what_is_found_as_it_stands(county: duckdb.DuckDBPyConnection, text: str, keyword: str, reason: str) -> None:
    rows = found(county, text, kwic=True, limit=0)
    assert keyword in {row["keyword"] for row in rows}, reason


def test_short_words_and_phrases_are_no_parts_of_words(county: duckdb.DuckDBPyConnection) -> None:
    assert {row["keyword"].lower() for row in found(county, "Rat", kwic=True, limit=0)} <= {"rat"}
    assert {row["keyword"] for row in found(county, '"Budget"', kwic=True, limit=0)} == {"Budget"}


def test_context_is_the_text_around(county: duckdb.DuckDBPyConnection) -> None:
    for row in found(county, "Regionalbudget", kwic=True, limit=0, width=15):
        assert len(row["before"]) <= 15
        assert len(row["after"]) <= 15
        if row["sentence_index"] is not None:
            text = county.execute("SELECT text FROM sentence WHERE item_id = ? AND sentence_index = ?",
                                  [row["item_id"], row["sentence_index"]]).fetchall()[0][0]
            assert row["before"] + row["keyword"] + row["after"] in text


def test_every_place_of_a_sentence_has_a_line(county: duckdb.DuckDBPyConnection) -> None:
    rows = found(county, "die", kwic=True, limit=0)
    places = [(row["item_id"], row["sentence_index"], row["before"]) for row in rows]
    assert len(places) == len(set(places))
    assert len({place[:2] for place in places}) < len(places)


def test_all_words_must_be_there_and_the_best_comes_first(county: duckdb.DuckDBPyConnection) -> None:
    rows = found(county, "Budget Befristung")
    assert "Regionalbudgets" in rows[0]["title"]
    assert [row["score"] for row in rows] == sorted((row["score"] for row in rows), reverse=True)
    assert found(county, "Budget Quantenphysik") == []


def test_filters(county: duckdb.DuckDBPyConnection) -> None:
    late = dt.date(2024, 1, 1)
    rows = found(county, "Sozialraum", since=late, topic="sro", source="ahrenfeld", limit=0)
    assert rows
    assert all(row["date"] >= late for row in rows)
    assert len(rows) < len(found(county, "Sozialraum", limit=0))
    assert len(found(county, "Sozialraum", limit=2)) == 2


@pytest.mark.parametrize(("text", "more", "message"), [
    ("", {}, "nothing to search for"), ('" - "', {}, "nothing to search for"), ("a b c d e f g h i j k l m", {}, "13 words"),
    ("Budget", {"topic": "srro"}, "did you mean sro"), ("Budget", {"source": "ahrenfed"}, "did you mean ahrenfeld"),
    ("Budget", {"limit": -1}, "not negative"),
])
def test_bad_input(county: duckdb.DuckDBPyConnection, text: str, more: dict[str, Any], message: str) -> None:
    with pytest.raises(QueryError, match=message):
        search(county, text, **more)


@pytest.mark.parametrize("text", ["'; DROP TABLE person; --", "100%", "_", "{any}", "$t0", "\\", "[(", "\x00 Budget"])
def test_what_is_typed_is_data(county: duckdb.DuckDBPyConnection, text: str) -> None:
    before = county.execute("SELECT count(*) FROM person").fetchall()
    with contextlib.suppress(QueryError):  # nothing but signs: nothing to search for
        list(search(county, text, kwic=True).rows())
        list(search(county, text).rows())
    assert county.execute("SELECT count(*) FROM person").fetchall() == before


FOLDED = ["Müller-Böß", "ÄÖÜ ẞ", "café", "Straße 5a", "e\u0301te\u0301", "a\u0308", "„Zitat“ – (SRO)", "DrS/2023/174", "Ğ ı", "ﬁ x²"]


@pytest.mark.parametrize("text", FOLDED)
def test_a_query_is_folded_as_the_texts_are(county: duckdb.DuckDBPyConnection, text: str) -> None:
    sql = """SELECT trim(regexp_replace(strip_accents(replace(replace(replace(replace(lower(nfc_normalize($1)), 'ä', 'ae'),
        'ö', 'oe'), 'ü', 'ue'), 'ß', 'ss')), '[^\\p{L}\\p{N}]+', ' ', 'g'))"""
    assert county.execute(sql, [text]).fetchall()[0][0] == folded(text)


def test_terms() -> None:
    assert [(term.text, term.whole) for term in terms('Sozialraum SRO "externe Evaluation" Müller-Lüd')] == [
        ("sozialraum", False), ("sro", True), ("externe evaluation", True), ("mueller lued", True)]
