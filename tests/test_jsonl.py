"""The extraction record: its fields are public."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.errors import ExportError
from pipeline.output.jsonl import line, lines_to, record
from pipeline.records import (
    AgendaItem,
    Commitment,
    Decision,
    Extraction,
    FactionVote,
    ItemContext,
    PageProblem,
    ParsedPage,
    Section,
    Sentence,
    Speaker,
    TopicMention,
    statements_of,
)

TEXT = "Frau Holm sagt zu, dass gebaut wird.\n\nJa: 9"
SENTENCES = (
    Sentence(index=0, section="Protokoll", section_index=0, paragraph=0, position=0, start=0, end=36, text=TEXT[:36],
             speakers=("holm",), cue="sagt", act="commit", stance="support", rule="name", speaker_confidence=0.9,
             stance_confidence=0.8),
    Sentence(index=1, section="Protokoll", section_index=0, paragraph=1, position=0, start=38, end=43, text="Ja: 9",
             normalised="Ja : 9"),
)
ITEM = AgendaItem(number="5.1", public=True, title="Radw...", title_truncated=True, body="Tal", organization="Rat",
                  date="2025-06-03", result="beschlossen", sections=(Section(label="Protokoll", kind="minutes", text=TEXT),))
FOUND = Extraction(
    sentences=SENTENCES, statements=statements_of(SENTENCES),
    speakers=(Speaker(id="holm", kind="person", name="Holm", gender="f"),),
    decisions=(Decision(index=0, section="Protokoll", section_index=0, paragraph=1, position=0, sentence=1, start=38, end=43,
                        text="Ja: 9", outcome="accepted", yes=9, by_faction=(FactionVote(name="CDU", vote="yes"),)),),
    commitments=(Commitment(index=0, speaker="holm", what="dass gebaut wird", due=None, due_date=None, sentence=0,
                            section_index=0, start=0, end=36),),
    topics=(TopicMention(topic="rad", term="Radweg", entry="Radweg", strength="core", section=None, section_index=-1,
                         paragraph=None, position=None, sentence=None, start=0, end=6),
            TopicMention(topic="rad", term="gebaut", entry="Bau", strength="related", section="Protokoll", section_index=0,
                         paragraph=0, position=0, sentence=0, start=24, end=30)),
    problems=(PageProblem(code="x", message="y"),),
)
PAGE = ParsedPage(outcome="ok", system="allris4", problems=(PageProblem(code="a", message="b"),))


def test_the_fields() -> None:
    told = json.loads(line(record("a.html", PAGE, ITEM, FOUND, ItemContext(title="Radweg an der Bahn"))))
    assert {name: told[name] for name in ("source", "system", "body", "organization", "date", "item", "public", "title")} == {
        "source": "a.html", "system": "allris4", "body": "Tal", "organization": "Rat", "date": "2025-06-03",
        "item": "5.1", "public": True, "title": "Radweg an der Bahn"}
    assert told["title_truncated"] is False
    assert told["sections"] == [{"label": "Protokoll", "kind": "minutes", "text": TEXT, "damage": []}]
    first, second = told["sentences"]
    assert "normalised" not in first
    assert second["normalised"] == "Ja : 9"
    assert first["speakers"] == ["holm"]
    assert (first["cue"], first["act"], first["stance"], first["rule"]) == ("sagt", "commit", "support", "name")
    assert (first["section"], first["section_index"], first["paragraph"], first["start"], first["end"]) == (
        "Protokoll", 0, 0, 0, 36)
    assert told["speakers"] == [{"id": "holm", "kind": "person", "name": "Holm", "gender": "f", "role": None,
                                 "faction": None, "forms": []}]
    (decision,) = told["decisions"]
    assert (decision["section"], decision["paragraph"], decision["text"], decision["outcome"], decision["yes"]) == (
        "Protokoll", 1, "Ja: 9", "accepted", 9)
    assert decision["by_faction"] == [{"name": "CDU", "vote": "yes", "count": None}]
    assert told["statements"][0]["speaker"] == "holm"
    assert told["commitments"][0]["section"] == "Protokoll"
    title, text = told["topics"]
    assert (title["section"], title["sentence"]) == (None, None)
    assert (text["topic"], text["term"], text["section"], text["paragraph"], text["sentence"]) == (
        "rad", "gebaut", "Protokoll", 0, 0)
    assert [problem["code"] for problem in told["problems"]] == ["a", "x"]


def test_a_line_is_a_line_of_json() -> None:
    text = line(record("a.html", PAGE, ITEM, FOUND))
    assert "\n" not in text
    told = json.loads(text)
    assert told["title"] == "Radw..."
    assert told["title_truncated"] is True


def test_half_a_surrogate_pair_is_no_obstacle() -> None:
    assert json.loads(line({"text": ("a\ud800b",)})) == {"text": ["a?b"]}


def test_a_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    with pytest.raises(RuntimeError), lines_to(path) as write:  # noqa: PT012
        assert write("{}")
        raise RuntimeError
    assert not list(tmp_path.iterdir())
    with lines_to(path) as write:
        write("{}")
        assert not path.exists()
    assert path.read_text() == "{}\n"


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="cannot be written"), lines_to(tmp_path / "no" / "x.jsonl"):
        pass
