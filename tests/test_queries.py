"""The named queries: headers, parameters, and the answers that the county's story gives."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from pipeline import run
from pipeline.config import load_corpus
from pipeline.errors import QueryError
from pipeline.output.query import (
    Query,
    catalogue,
    find_query,
    load_queries,
    parse_assignments,
    parse_query,
    run_query,
)
from pipeline.paths import queries_folder, shipped_corpora
from pipeline.store.database import open_published
from tests.store_samples import STARTED, dicts_of

QUERIES = load_queries(queries_folder())
REQUIRED = {"statements_of": {"person": "Harmsen"}, "kwic": {"text": "regionalbudget"}}


def answer(county: duckdb.DuckDBPyConnection, name: str, **given: str) -> list[dict[str, Any]]:
    return dicts_of(run_query(county, QUERIES[name], {**REQUIRED.get(name, {}), **given}))


def test_there_are_enough_queries() -> None:
    assert len(QUERIES) >= 16
    assert set(QUERIES) >= {"topic_timeline", "speaker_positions", "decision_log", "paper_history", "statements_of", "kwic"}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_a_query_runs_and_its_header_names_its_columns(county: duckdb.DuckDBPyConnection, query: Query) -> None:
    result = run_query(county, query, REQUIRED.get(query.name, {}))
    assert [(column.name, column.description) for column in result.columns] == list(query.columns)
    rows = list(result.rows())
    assert rows or query.name == "unclear_speakers", "the county has an answer"
    assert query.caveats
    assert query.question.endswith("?")


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_every_parameter_is_used_and_does_not_break_it(county: duckdb.DuckDBPyConnection, query: Query) -> None:
    used = set(re.findall(r"\$([a-z_]+)", query.sql))
    assert used == {parameter.name for parameter in query.parameters}
    values = {"date": "2021-01-01", "integer": "3", "number": "0.5", "boolean": "true"}
    known = {"topic": "sro", "source": "ahrenfeld"}
    for parameter in query.parameters:
        value = known.get(parameter.name) or values.get(parameter.type) or parameter.type.split("|")[0]
        list(run_query(county, query, {**REQUIRED.get(query.name, {}), parameter.name: value}).rows())


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_the_same_database_gives_the_same_order(county: duckdb.DuckDBPyConnection, query: Query) -> None:
    first, second = (list(run_query(county, query, REQUIRED.get(query.name, {})).rows()) for _ in range(2))
    assert first == second


def test_the_catalogue_is_up_to_date() -> None:
    written = (queries_folder() / "README.md").read_text("utf-8")
    assert written == catalogue(QUERIES), "run: python -m pipeline.output.query"


# --------------------------------------------------------------- answers of the story

def test_timeline_of_18_meetings(county: duckdb.DuckDBPyConnection) -> None:
    rows = answer(county, "topic_timeline")
    assert len(rows) == 18
    assert str(rows[0]["date"]) == "2018-09-13"
    assert str(rows[-1]["date"]) == "2026-02-19"
    november = next(row for row in rows if str(row["date"]) == "2023-11-16")
    assert november["item_numbers"] == ["4", "5", "6"]
    assert "rejected" in november["outcomes"]
    assert november["support"] > november["oppose"]


def test_who_changed_sides_and_when(county: duckdb.DuckDBPyConnection) -> None:
    moves = [(row["person_name"], row["moved"], str(row["date"])) for row in answer(county, "changed_sides")]
    assert moves == [
        ("Klaus Harmsen", "against to for", "2021-03-08"),  # the budgets are limited in time
        ("Timo Wulf", "for to against", "2022-01-20"),  # his association was not chosen
        ("Anke Sommer", "for to against", "2022-11-10"),  # the first report
        ("Christoph von Rhaden", "against to for", "2024-11-14"),  # contracts with a way out
    ]


def test_a_turn_that_has_just_begun_is_shown_when_asked_for(county: duckdb.DuckDBPyConnection) -> None:
    firm, every = answer(county, "changed_sides"), answer(county, "changed_sides", least="1")
    assert {row["person_name"] for row in firm} < {row["person_name"] for row in every}
    assert ("Timo Wulf", "against to for") in {(row["person_name"], row["moved"]) for row in every}
    assert all(row["items_before"] >= 2 and row["items_after"] >= 2 for row in firm)


def test_the_words_before_and_after_a_move(county: duckdb.DuckDBPyConnection) -> None:
    rows = answer(county, "before_and_after", person="harmsen")
    assert {(row["person_name"], str(row["move_date"])) for row in rows} == {("Klaus Harmsen", "2021-03-08")}
    assert [(row["phase"], str(row["date"])) for row in rows] == [
        ("before", "2019-11-14"), ("before", "2020-09-03"), ("before", "2021-02-18"),
        ("after", "2021-03-08"), ("after", "2022-01-20"), ("after", "2022-11-10")]
    assert "Deshalb werde er zustimmen" in rows[3]["quotes"]
    assert all(row["quotes"] for row in rows)


def test_who_opposed_the_end_of_the_topic_supported_it(county: duckdb.DuckDBPyConnection) -> None:
    """2023-11-16, TOP 5: the motion to end it; its opponents support the topic, its mover opposes it."""
    rows = [row for row in answer(county, "speaker_positions", since="2023-11-16", until="2023-11-16")
            if row["item_number"] == "5" and row["stance_item"] in ("support", "oppose")]
    sides = {(row["person_name"], row["stance_item"], row["stance_topic"]) for row in rows}
    assert sides >= {("Uwe Brodersen", "support", "oppose"), ("Jonas Koch", "oppose", "support"),
                     ("Klaus Harmsen", "oppose", "support"), ("Anke Sommer", "oppose", "support")}
    assert all(item != topic for _, item, topic in sides)


def test_the_rejected_motion_and_its_votes(county: duckdb.DuckDBPyConnection) -> None:
    rows = answer(county, "decision_log", outcome="rejected", since="2023-11-01", until="2023-11-30")
    assert [(row["direction"], row["yes"], row["no"], row["abstain"]) for row in rows] == [(-1, 2, 9, 4)]


def test_the_way_of_a_paper(county: duckdb.DuckDBPyConnection) -> None:
    rows = answer(county, "paper_history", paper="DrS/2023/174")
    assert [(row["step"], str(row["date"]), row["committee"], row["planned_role"], row["item_number"]) for row in rows] == [
        (1, "2023-11-16", "Jugendhilfeausschuss", "Vorberatung", "5"), (2, "2023-12-07", "Kreistag", "Entscheidung", None)]


def test_rests_and_returns(county: duckdb.DuckDBPyConnection) -> None:
    rows = answer(county, "topic_rests", days="290")
    assert [(str(row["rested_from"]), str(row["returned"]), row["days"]) for row in rows] == [
        ("2019-11-14", "2020-09-03", 294), ("2021-03-08", "2022-01-20", 318), ("2022-01-20", "2022-11-10", 294)]


def test_open_promises(county: duckdb.DuckDBPyConnection) -> None:
    everything, unkept = answer(county, "commitments"), answer(county, "commitments", open="true")
    assert 0 < len(unkept) < len(everything)
    assert all(row["follow_up_date"] is None for row in unkept)


def test_brodersen_and_rathje_do_not_agree(county: duckdb.DuckDBPyConnection) -> None:
    pairs = {frozenset((row["person_name"], row["other_person_name"])): row for row in answer(county, "speaker_network")}
    assert pairs[frozenset(("Uwe Brodersen", "Detlef Rathje"))]["agreement"] < 0.3


def test_keyword_in_context(county: duckdb.DuckDBPyConnection) -> None:
    rows = answer(county, "kwic", text="REGIONALBUDGET", width="20")
    assert rows
    assert all("regionalbudget" in row["keyword"].lower() for row in rows)
    assert all(len(row["before"]) <= 20 and len(row["after"]) <= 20 for row in rows)


def test_shares_add_up(county: duckdb.DuckDBPyConnection) -> None:
    for by in ("person", "faction", "gender", "kind"):
        assert sum(row["share"] for row in answer(county, "speech_share", by=by)) == pytest.approx(1.0)


def test_a_word_is_new_in_its_first_meeting(county: duckdb.DuckDBPyConnection) -> None:
    first = {row["term"]: str(row["date"]) for row in answer(county, "new_terms", least="1")}
    assert first["Sozialraumorientierung"] == "2019-02-21", "the first question had another word"
    assert first["Regionalbudgets"] > first["Sozialraumorientierung"]


def test_words_of_procedure_are_no_arguments_unless_asked_for(county: duckdb.DuckDBPyConnection) -> None:
    for name in ("new_terms", "recurring_terms"):
        terms = {row["term"] for row in answer(county, name)}
        assert terms, name
        assert not terms & {"Ausschuss", "Jugendhilfeausschuss", "Enthaltungen", "Ja-Stimmen", "September", "Fraktion"}, name
        assert "Vorlage" in {row["term"] for row in answer(county, name, leave_out="Regionalbudget")}, name
        assert "Regionalbudgets" not in {row["term"] for row in answer(county, name, leave_out="Regionalbudget")}, name


# -------------------------------------------------------------------------- bad input

BAD = [
    ("topic_timeline", {"topik": "sro"}, "did you mean topic", "a parameter misspelt"),
    ("topic_timeline", {"since": "31.08.2023"}, "write it as in 2023-08-31", "a date in another form"),
    ("topic_timeline", {"since": "2023-02-30"}, "is no date", "a day that there is not"),
    ("topic_timeline", {"topic": "srro"}, "did you mean sro", "a topic that there is not"),
    ("topic_timeline", {"source": "ahrenfed"}, "did you mean ahrenfeld", "a corpus that there is not"),
    ("speaker_network", {"least": "three"}, "is no integer", "a word for a number"),
    ("speaker_network", {"least": "9" * 30}, "is no integer", "a number that is too large"),
    ("kwic", {"text": "Rat", "width": "-5"}, "is no integer", "a negative number"),
    ("kwic", {"text": " "}, "is no text", "an empty text, which is in every sentence"),
    ("commitments", {"open": "perhaps"}, "true or false", "no boolean"),
    ("speech_share", {"by": "persn"}, "did you mean person", "not one of the choices"),
    ("statements_of", {}, "needs -p person=", "a required parameter"),
]


@pytest.mark.parametrize(("name", "given", "message", "reason"), BAD, ids=[case[3] for case in BAD])
def test_bad_parameters_are_one_clear_line(
    county: duckdb.DuckDBPyConnection, name: str, given: dict[str, str], message: str, reason: str
) -> None:
    with pytest.raises(QueryError) as caught:
        run_query(county, QUERIES[name], given)
    assert message in str(caught.value), reason
    assert "\n" not in str(caught.value)


def test_an_unknown_query_names_the_nearest() -> None:
    with pytest.raises(QueryError, match="did you mean topic_timeline"):
        find_query(QUERIES, "topic-timelin")
    with pytest.raises(QueryError, match="list them with"):
        find_query(QUERIES, "xyzzy")


@pytest.mark.parametrize("pairs", [["topic"], ["=sro"], ["topic=sro", "topic=kita"]])
def test_assignments_that_are_none(pairs: list[str]) -> None:
    with pytest.raises(QueryError):
        parse_assignments(pairs)


def test_a_value_may_hold_an_equals_sign() -> None:
    assert parse_assignments(["text=a=b", "topic="]) == {"text": "a=b", "topic": ""}


def test_values_are_data_not_sql(county: duckdb.DuckDBPyConnection) -> None:
    assert answer(county, "statements_of", person="'; DROP TABLE statement; --") == []


HEADERS = [
    ("-- titel: x\nSELECT 1", ":1", "a key that there is not"),
    ("-- title: x\n-- question: y?\n-- param day dat = null: z\nSELECT 1", ":3", "a type that there is not"),
    ("-- title: x\n-- question: y?\n-- param day date = tomorrow: z\nSELECT 1", ":3", "a default of another type"),
    ("-- title: x\n-- question: y?\n-- column nonsense\nSELECT 1", ":3", "a column that nobody describes"),
    ("SELECT 1", "title and a question", "no header"),
]


@pytest.mark.parametrize(("text", "where", "reason"), HEADERS, ids=[case[2] for case in HEADERS])
def test_a_wrong_header_names_its_line(text: str, where: str, reason: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_query("own", text, where="own.sql")
    assert where in str(caught.value), reason


def test_a_header_is_read() -> None:
    query = parse_query("own", "-- title: T\n-- question: Q?\n-- param since date = '2020-01-31': from: when\n"
                               "-- param by a|b = 'a': how\n-- column date\n-- caveat: C\nSELECT $since, $by\n", where="own.sql")
    assert query.parameters[0].default == dt.date(2020, 1, 31)
    assert query.parameters[0].description == "from: when"
    assert query.parameters[1].default == "a"
    assert query.columns == (("date", "day of the meeting"),)
    assert query.sql == "SELECT $since, $by"


# ------------------------------------------------------- the county as it is read from its pages

@pytest.fixture(scope="module")
def read_county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The county as extraction and linking make it (annotations know no deadlines)."""
    folder = tmp_path_factory.mktemp("county")
    run.build([load_corpus(shipped_corpora() / "ahrenfeld")], target=folder / "auszug.duckdb",
              work_path=folder / "work.duckdb", clock=lambda: STARTED, command="test")
    with open_published(folder / "auszug.duckdb") as connection:
        yield connection


def test_promises_kept_late_and_never(read_county: duckdb.DuckDBPyConnection) -> None:
    rows = answer(read_county, "commitments", topic="sro")
    found = {state: [row for row in rows if row["state"] == state] for state in ("late", "open", "in_time")}
    late = {(str(row["date"]), row["due_date"], str(row["follow_up_date"])) for row in found["late"]}
    assert ("2020-09-03", "2020-12-31", "2022-11-10") in late, "the atlas came two years later"
    assert ("2024-06-13", "2024-09-15", "2024-11-14") in late, "figures for September came in November"
    assert any("Punktetabelle" in row["what"] and row["due_date"] == "2022-02-28" for row in found["open"]), "never"
    assert ("2025-03-20", "2025-06-30") in {(str(row["date"]), row["due_date"]) for row in found["in_time"]}
    assert answer(read_county, "commitments", topic="sro", state="late") == found["late"]


def test_who_changed_sides_as_the_extraction_reads_it(
    county: duckdb.DuckDBPyConnection, read_county: duckdb.DuckDBPyConnection
) -> None:
    """Three of the four moves, none too early and nobody else. The fourth is missed: what von Rhaden says for the
    contracts in 2025 is read as opposition (figures about costs)."""
    told = {(row["person_name"], row["moved"]): row["date"] for row in answer(county, "changed_sides")}
    found = {(row["person_name"], row["moved"]): row["date"] for row in answer(read_county, "changed_sides")}
    assert set(found) >= {("Klaus Harmsen", "against to for"), ("Timo Wulf", "for to against"),
                          ("Anke Sommer", "for to against")}
    assert set(found) <= set(told), "nobody moves who did not"
    assert found["Timo Wulf", "for to against"] == told["Timo Wulf", "for to against"]
    assert all(dt.timedelta(0) <= found[move] - told[move] <= dt.timedelta(days=400) for move in found)


def test_positions_weigh_statements_by_confidence(read_county: duckdb.DuckDBPyConnection) -> None:
    """The view against its definition, for every person of the county."""
    value = {"support": 1.0, "conditional": 0.0, "oppose": -1.0}
    said = read_county.execute("""
        SELECT p.person_id, p.item_id, p.stance_topic, p.stance_confidence FROM speaker_positions AS p
        JOIN agenda_item AS i ON i.item_id = p.item_id
        WHERE p.topic_id = 'sro' AND p.person_id IS NOT NULL AND p.stance_topic IN ('support', 'conditional', 'oppose')
        ORDER BY p.person_id, p.date, i.position, p.item_id""").fetchall()
    items: dict[str, dict[str, list[tuple[float, float]]]] = {}
    for person, item, stance, confidence in said:
        items.setdefault(person, {}).setdefault(item, []).append((value[stance], confidence))
    expected = {}
    for person, statements in items.items():
        means = []
        for item, of_item in statements.items():
            means.append((sum(v * c for v, c in of_item) / sum(c for _, c in of_item),
                          sum(c for _, c in of_item) / len(of_item)))
            last = means[-3:]
            expected[person, item] = sum(score * weight for score, weight in last) / sum(weight for _, weight in last)
    rows = read_county.execute("SELECT person_id, item_id, position, side FROM topic_stance WHERE topic_id = 'sro'").fetchall()
    assert len(rows) > 100
    assert {(person, item): position for person, item, position, _ in rows} == pytest.approx(expected)
    for _, _, position, side in rows:
        assert side == ("for" if position >= 0.6 - 1e-3 else "against" if position <= 1e-3 else "between")


def test_arguments_recur_without_names_of_persons(county: duckdb.DuckDBPyConnection) -> None:
    rows = answer(county, "recurring_terms")
    assert all(row["statements"] >= 2 for row in rows)
    assert not {row["term"] for row in rows} & {"Harmsen", "Sommer", "Brodersen", "Rhaden"}
    assert {"Budgets", "Mittel"} & {row["term"] for row in rows if row["year"] == 2021}


def test_reservations_are_no_opposition(county: duckdb.DuckDBPyConnection) -> None:
    rows = answer(county, "positions_of_persons")
    side = {row["person_name"]: row["side"] for row in rows}
    only = {name for name, in county.execute("""
        SELECT person_name FROM topic_stance WHERE topic_id = 'sro' GROUP BY person_name HAVING max(abs(score)) = 0""").fetchall()}
    assert only, "somebody has nothing but reservations"
    assert {side[name] for name in only} == {"between"}
    assert side["Uwe Brodersen"] == "against"
    assert side["Lorenz Behnke"] == "for"
    for row in rows:
        assert row["side"] == ("for" if row["last_position"] >= 0.5 else "against" if row["last_position"] <= -0.5 else "between")


def test_hidden_items(county: duckdb.DuckDBPyConnection) -> None:
    rows = answer(county, "hidden_items")
    why = {(str(row["date"]), row["item_number"]): row["why"] for row in rows}
    assert len(why) == len(rows), "an item stands once"
    assert "same paper" in why["2021-02-18", "5"]
    assert "same paper" not in why["2022-01-20", "4"], "its own paper says nothing"
    assert "refers to it" in why["2025-06-12", "3"], "question time: see item 5"
    titles = {row["item_title"] for row in rows}
    assert "Regionalbudgets - mündlicher Sachstand" in titles
    assert not any("Sozialraumorientierung" in title for title in titles)


def test_factions_over_the_years(county: duckdb.DuckDBPyConnection) -> None:
    balance = {(row["faction"], row["year"]): row["balance"] for row in answer(county, "faction_stance")}
    assert [value for (faction, year), value in sorted(balance.items()) if faction == "Freie Wähler" and year < 2026
            and value is not None] == [-1] * 7
    assert balance["CDU", 2018] == -1
    assert balance["CDU", 2022] == 1
    assert balance["SPD", 2018] == 1


def test_who_speaks_how_much(county: duckdb.DuckDBPyConnection) -> None:
    first = answer(county, "speech_share")[0]
    assert first["who"] == "Lorenz Behnke", "the head of the youth office"
    assert {row["who"] for row in answer(county, "speech_share", by="gender")} <= {"f", "m", "(unknown)"}
    every, some = answer(county, "speech_share", by="kind"), answer(county, "speech_share", by="kind", topic="sro")
    statements = county.execute("SELECT count(*) FROM statement").fetchall()[0][0]
    assert sum(row["statements"] for row in some) < sum(row["statements"] for row in every) == statements
