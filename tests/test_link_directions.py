"""Directions of items towards topics, and follow-ups of promises."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.link import directions
from pipeline.link.commitments import Later, Promise, content_words, follow_ups
from pipeline.link.directions import Direction, Matter, direction_of
from pipeline.store.database import open_published
from tests.growth import grows
from tests.store_samples import published_county

LEXICON = tomllib.loads((Path(directions.__file__).parent / "lexicon" / "directions.toml").read_text("utf-8"))
TOPIC = "Sozialraumorientierung"


def judged(**fields: Any) -> Direction:
    fields.setdefault("terms", ((TOPIC, True), ("Regionalbudget", False)))
    return direction_of(Matter(**fields))


EXAMPLES = [(entry["example"], entry["direction"]) for entries in LEXICON.values() for entry in entries]


@pytest.mark.parametrize(("example", "direction"), EXAMPLES)
def test_examples_of_the_lexicon(example: str, direction: int) -> None:
    assert judged(title=example.replace("TOPIC", TOPIC)).direction == direction


CASES: list[tuple[str, dict[str, Any], int | None, str]] = [
    ("a motion to end it", {"title": f"Antrag der Fraktion FW: Beendigung der {TOPIC} zum 31.12.2024"}, -1, "title_against"),
    ("a report", {"title": f"2. Sachstandsbericht {TOPIC}"}, 1, "title_furthering"),
    ("an inquiry", {"title": f"Anfrage der SPD-Fraktion zur {TOPIC}"}, 1, "title_furthering"),
    ("only the title of the paper tells", {"title": "Beratung der Vorlage", "paper_title": f"Ausstieg aus der {TOPIC}"}, -1,
     "title_against"),
    ("the topic alone", {"title": TOPIC}, 1, "title_topic"),
    ("the topic alone, and a resolution that ends it",
     {"title": TOPIC, "resolutions": (f"Der Rat beschließt, die {TOPIC} zu beenden.",)}, -1, "resolution_against"),
    ("the topic alone, and a resolution not to go on",
     {"title": TOPIC, "resolutions": (f"Die {TOPIC} wird nicht verlängert.",)}, -1, "resolution_against"),
    ("a resolution wins over the proposal", {"title": TOPIC, "resolutions": (f"Die {TOPIC} wird fortgeführt.",),
     "proposals": (f"Die {TOPIC} wird beendet.",)}, 1, "resolution_furthering"),
    ("the proposal, without a resolution", {"title": TOPIC, "proposals": (f"Die {TOPIC} wird eingestellt und beendet.",)}, -1,
     "resolution_against"),
    ("a motion of which nothing is known", {"title": f"Antrag der CDU-Fraktion zur {TOPIC}"}, None, "motion_unknown"),
    ("a motion that the minutes tell", {"title": "Haushalt 2024; Antrag der CDU-Fraktion zum Regionalbudget",
     "motions": ("Frau Kern beantragt, das Regionalbudget um ein Viertel zu kürzen.",)}, -1, "motion_against"),
    ("only something that belongs to the topic", {"title": "Regionalbudget Nord"}, None, "title_related"),
    ("named in passing", {"title": "Haushalt 2023", "sentences": 12, "naming_sentences": 1}, 0, "minutes_only"),
    ("a title that is silent, minutes that are full of it", {"title": "Verschiedenes", "sentences": 8, "naming_sentences": 5},
     None, "minutes_much"),
    ("a word against something else in another clause", {"title": f"Kürzung der Sportförderung; Bericht zur {TOPIC}"}, 1,
     "title_furthering"),
    ("no term of the topic", {"title": "Haushalt", "terms": ()}, None, "no_term"),
]


@pytest.mark.parametrize(("reason", "fields", "direction", "rule"), CASES, ids=[case[0] for case in CASES])
def test_direction(reason: str, fields: dict[str, Any], direction: int | None, rule: str) -> None:
    found = judged(**fields)
    assert (found.direction, found.rule) == (direction, rule), reason
    assert found.reason


def test_the_countys_meeting_of_november_2023() -> None:
    """Who opposed the motion to end Sozialraumorientierung supports it; who supported it opposes it."""
    with open_published(published_county()) as connection:
        rows = connection.execute("""
            SELECT item_number, person_name, direction, stance_item, stance_topic FROM speaker_positions
            WHERE date = DATE '2023-11-16' AND topic_id = 'sro' AND stance_item <> 'neutral'""").fetchall()
    of = {(item, name): (direction, stance, topic) for item, name, direction, stance, topic in rows}
    assert of["5", "Uwe Brodersen"] == (-1, "support", "oppose")
    assert of["5", "Kathrin Mewes"] == (-1, "oppose", "support")
    assert of["5", "Klaus Harmsen"] == (-1, "oppose", "support")
    assert of["5", "Wiebke Nommensen"] == (-1, "conditional", "conditional")
    assert of["6", "Wiebke Nommensen"] == (-1, "support", "oppose"), "she moves to cut the budgets"
    assert of["6", "Heike Kruse"] == (-1, "oppose", "support")
    assert {direction for item, _ in of for direction, *_ in [of[item, _]] if item == "4"} == {1}


def test_items_on_something_else_have_no_stance_towards_the_topic() -> None:
    with open_published(published_county()) as connection:
        rows = connection.execute("""
            SELECT DISTINCT item_title, direction, stance_topic FROM speaker_positions
            WHERE topic_id = 'sro' AND item_title LIKE 'Haushalt 2020%'""").fetchall()
    assert rows == [("Haushalt 2020 - Teilplan Jugend und Familie", 0, None)]


@given(st.text(max_size=300), st.text(min_size=1, max_size=20))
def test_no_title_breaks_it(title: str, term: str) -> None:
    found = judged(title=title, resolutions=(title,), terms=((term, True),))
    assert found.direction in {1, 0, -1, None}


def test_hostile_texts_take_linear_time() -> None:
    def work(size: int) -> Callable[[], object]:
        text = f"{TOPIC} " + "nicht kürzung " * (size // 14)
        return lambda: judged(title=text, resolutions=(text,), motions=(text,))

    wrong = grows(work, (100_000, 1_000_000))
    assert wrong is None, wrong


# ------------------------------------------------------------------------- follow-ups

def later(item: str, date: str, title: str, **more: Any) -> Later:
    return Later(source="k", item=item, date=date, title=title, text=more.pop("text", ""), **more)


def promise(**more: Any) -> Promise:
    fields: dict[str, Any] = {"commitment": "c", "source": "k", "item": "i0", "date": "2024-01-10", "topics": ("sro",),
                              "what": "Er werde einen Sozialatlas mit Daten zu allen Gemeinden vorlegen."}
    return Promise(**{**fields, **more})


FOLLOW_UPS: list[tuple[str, Promise, Later, str | None, bool | None]] = [
    ("a rare word in the title of a later item", promise(), later("i1", "2024-06-01", "Sozialatlas 2024", topics=("sro",)),
     "shared_terms", None),
    ("two rare words in its text", promise(),
     later("i1", "2024-06-01", "Bericht", text="Der Sozialatlas mit Daten ist da.", topics=("sro",)), "shared_terms", None),
    ("one rare word in its text is not enough", promise(),
     later("i1", "2024-06-01", "Bericht", text="Der Sozialatlas fehlt.", topics=("sro",)), None, None),
    ("another topic", promise(), later("i1", "2024-06-01", "Sozialatlas", topics=("kita",)), None, None),
    ("the same paper", promise(paper="p1"), later("i1", "2024-06-01", "Beschluss", paper="p1"), "same_paper", None),
    ("an earlier item", promise(), later("i1", "2023-06-01", "Sozialatlas", topics=("sro",)), None, None),
    ("the same day", promise(), later("i1", "2024-01-10", "Sozialatlas", topics=("sro",)), None, None),
    ("years later", promise(), later("i1", "2028-06-01", "Sozialatlas", topics=("sro",)), None, None),
    ("in time for its month", promise(due="2024-06"), later("i1", "2024-06-30", "Sozialatlas", topics=("sro",)),
     "shared_terms", False),
    ("late", promise(due="2024-05"), later("i1", "2024-06-01", "Sozialatlas", topics=("sro",)), "shared_terms", True),
    ("late by a day", promise(due="2024-05-31"), later("i1", "2024-06-01", "Sozialatlas", topics=("sro",)),
     "shared_terms", True),
]


@pytest.mark.parametrize(("reason", "made", "item", "relation", "late"), FOLLOW_UPS, ids=[case[0] for case in FOLLOW_UPS])
def test_follow_ups(reason: str, made: Promise, item: Later, relation: str | None, late: bool | None) -> None:
    found = follow_ups([made], [item])
    assert [(f.relation, f.late) for f in found] == ([(relation, late)] if relation else []), reason


def test_a_word_that_many_items_have_tells_nothing() -> None:
    items = [later(f"i{n}", f"2024-0{n}-02", "Gemeinden", topics=("sro",)) for n in range(2, 9)]
    assert follow_ups([promise()], items) == ()


def test_content_words_are_compared_by_their_stem() -> None:
    assert content_words("Die Übersichten der Gemeindeteams") == content_words("eine Übersicht des Gemeindeteams")


def test_promises_of_the_county_kept_late_and_never() -> None:
    """The atlas promised in 2020 comes up again in 2022; minutes that were promised as an attachment never do."""
    with open_published(published_county()) as connection:
        rows = connection.execute("""
            SELECT what, follow_up_date FROM commitment_log WHERE what LIKE '%Sozialatlas%' OR what LIKE '%Niederschrift beigefügt%'
            """).fetchall()
    found = {("atlas" if "atlas" in what else "attachment"): day for what, day in rows}
    assert str(found["atlas"]) == "2022-11-10"
    assert found["attachment"] is None
