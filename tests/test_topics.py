"""Topics: the topic files' own examples, strict reading, spans that give the text back, linear time."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from pipeline.errors import ConfigError
from pipeline.extract.state import ItemState, SentenceState
from pipeline.extract.topics import Topic, explain, find_in, find_topics, load_topic
from pipeline.records import AgendaItem, ItemContext, Section
from tests.growth import grows

TOPICS = Path(__file__).parents[1] / "corpora" / "topics"
SHIPPED = ("kita", "sro")

SMALL = """
[topic]
id = "small"
title = "Small"

[[term]]
entry = "Wald"
strength = "core"
forms = ["wald", "wälder", "wald+bad*", "*wald"]
examples = ["Der Wald brennt."]

[[term]]
entry = "Forst"
strength = "related"
forms = ["forst*", "forst ~ amt"]
examples = ["Das Forstamt schweigt."]

[[term]]
entry = "FA"
strength = "core"
case = true
forms = ["FA"]
examples = ["Das FA schweigt."]

[[not]]
forms = ["wald #", "waldstraße*"]
reason = "an address"
examples = ["In der Waldstraße wird gebaut."]
"""


@pytest.fixture
def small(tmp_path: Path) -> Topic:
    path = tmp_path / "small.toml"
    path.write_text(SMALL, "utf-8")
    return load_topic(path)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_topics_match_their_examples(name: str) -> None:
    topic = load_topic(TOPICS / f"{name}.toml")
    wrong = []
    for term in topic.terms:
        wrong += [(term.entry, e) for e in term.examples if term.entry not in {h.entry for h in find_in(topic, e)}]
        wrong += [(term.entry, e) for e in term.counterexamples if term.entry in {h.entry for h in find_in(topic, e)}]
    for miss in topic.near_misses:
        wrong += [(miss.entry, e) for e in miss.examples if find_in(topic, e)]
    assert not wrong


@pytest.mark.parametrize(
    ("text", "expected", "reason"),
    [
        ("Die Wälder und der Wald.", ["Wälder", "Wald"], "inflection and umlaut by form"),
        ("des Waldes", ["Waldes"], "case ending"),
        ("das Waldbad, die Wald-Badestelle", ["Waldbad", "Wald-Badestelle"], "compound with and without hyphen"),
        ("Stadtwald und Hoch-Wald", ["Stadtwald", "Hoch-Wald"], "* at the start"),
        ("Der Stadt-\nwald brennt.", ["Stadt- wald"], "hyphen at the end of a line"),
        ("Der Fo\u00adrst brennt.", ["Fo\u00adrst"], "soft hyphen"),
        ("Wald- und Wiesenfest", ["Wald"], "suspended hyphen is no line's end"),
        ("Waldemar kommt.", [], "a name that only begins so"),
        ("das Forst- und Jagdamt", ["Forst"], "continuation may be empty"),
        ("das FA, die FA-Leitung, fa, FAX", ["FA", "FA-Leitung"], "abbreviation as written"),
        ("Herr Timm vom Wald 3", [], "near miss"),
        ("In der Waldstraße wird gebaut.", [], "near miss"),
        ("", [], "empty"),
    ],
)
def test_forms(small: Topic, text: str, expected: list[str], reason: str) -> None:
    hits = find_in(small, text)
    assert [h.term for h in hits] == expected, reason
    for hit in hits:
        assert " ".join(text[hit.start : hit.end].split()) == hit.term, "the span gives the term back"


def test_explain_names_what_was_left_out(small: Topic) -> None:
    found = explain(small, "Herr Timm vom Wald 3 geht in den Wald.")
    assert [h.term for h in found.hits] == ["Wald"]
    assert [(m.kind, m.term, m.reason) for m in found.near_misses] == [("excluded", "Wald 3", "an address")]
    sro = load_topic(TOPICS / "sro.toml")
    similar = explain(sro, "Der Sozialraumpfleger berichtet.")
    assert not similar.hits
    assert [(m.kind, m.term) for m in similar.near_misses] == [("similar", "Sozialraumpfleger")]


def test_core_beats_related_and_long_beats_short() -> None:
    sro = load_topic(TOPICS / "sro.toml")
    hits = find_in(sro, "Die Sozialraumbudgets und die Regionalbudgets")
    assert [(h.entry, h.strength) for h in hits] == [("Sozialraumbudget", "core"), ("Regionalbudget", "related")]
    assert [h.entry for h in find_in(sro, "Die Steuerungsgruppe SRO tagt.")] == ["SRO"]


def test_a_sum_is_no_office() -> None:
    sro = load_topic(TOPICS / "sro.toml")
    assert [h.term for h in find_in(sro, "Je Sozialraum 90.000 Euro stehen bereit.")] == ["Sozialraum"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("strength = \"core\"", "strength = \"strong\""), "strong"),
        (("entry = \"Wald\"", "entri = \"Wald\""), "entri"),
        (("id = \"small\"", "id = \"other\""), "file's name"),
        (("examples = [\"Der Wald brennt.\"]", "examples = []"), "term"),
        (("\"wald+bad*\"", "\"wald(bad)\""), "character"),
        (("\"wald+bad*\"", "\"~ wald\""), "begin with a word"),
        (("\"wald+bad*\"", "\"w*\""), "too short"),
        (("entry = \"Forst\"", "entry = \"Wald\""), "two terms"),
        (("[topic]", "[topic"), "TOML"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    path = tmp_path / "small.toml"
    path.write_text(SMALL.replace(change[0], change[1], 1), "utf-8")
    with pytest.raises(ConfigError) as error:
        load_topic(path)
    assert said in str(error.value)
    assert "small.toml" in str(error.value)


def test_missing_and_binary_files(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_topic(tmp_path / "none.toml")
    (tmp_path / "bin.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="UTF-8"):
        load_topic(tmp_path / "bin.toml")


def test_mentions_in_title_and_sections(small: Topic) -> None:
    text = "Der Wald brennt. Das Forstamt schweigt."
    state = ItemState(
        item=AgendaItem(title="Sachstand Waldbad"), context=ItemContext(),
        sections=(Section(label="Wortprotokoll", kind="minutes", text=text),),
        sentences=[
            SentenceState(index=0, section=0, paragraph=0, position=0, start=0, end=16, text=text[:16], norm=text[:16]),
            SentenceState(index=1, section=0, paragraph=0, position=1, start=17, end=39, text=text[17:], norm=text[17:]),
        ],
    )
    find_topics(state, (small,))
    assert [(m.term, m.section_index, m.sentence, m.section) for m in state.topics] == [
        ("Waldbad", -1, None, None), ("Wald", 0, 0, "Wortprotokoll"), ("Forstamt", 0, 1, "Wortprotokoll"),
    ]


@pytest.mark.parametrize("piece", ["wald", "Wald-", "forst ", "sozialraum- ", "-\n", "wald 3 ", "a"])
def test_linear_in_hostile_text(small: Topic, piece: str) -> None:
    wrong = grows(lambda size: partial(explain, small, piece * (size // len(piece))), (10_000, 100_000))
    assert wrong is None, wrong
