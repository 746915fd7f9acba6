"""The extraction as a spaCy Doc: spans over spaCy's own tokens, for those who go on with spaCy."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.extract import pipeline
from pipeline.extract.pipeline import load
from pipeline.extract.topics import load_topic
from pipeline.records import AgendaItem, Section

TOPIC = Path(__file__).resolve().parents[1] / "corpora" / "topics" / "sro.toml"
ITEM = AgendaItem(title="Sozialraumorientierung", sections=(
    Section(label="Sachverhalt", kind="facts", text="Über die Sozialraumorientierung wird berichtet."),
    Section(label="Wortprotokoll", kind="minutes", text="Frau Holm (SPD) lehnt den Antrag ab. Herr Uhl fragt, was das koste.\n\n"
            "Der Antrag wird mit 3 Ja-Stimmen und 5 Nein-Stimmen abgelehnt."),
))


def test_spans_lie_over_the_tokens_of_the_text() -> None:
    doc = load(topics=[load_topic(TOPIC)]).annotated(ITEM)
    assert [token.text for token in doc[:2]] == ["Über", "die"]
    assert [span.text for span in doc.spans["sentences"]] == [
        "Über die Sozialraumorientierung wird berichtet.", "Frau Holm (SPD) lehnt den Antrag ab.",
        "Herr Uhl fragt, was das koste.", "Der Antrag wird mit 3 Ja-Stimmen und 5 Nein-Stimmen abgelehnt."]
    first = doc.spans["statements"][0]
    assert (first.text, first.label_, first.id_) == (
        "Frau Holm (SPD) lehnt den Antrag ab.", "oppose", "holm")
    assert [(span.label_, span.text) for span in doc.spans["decisions"]] == [
        ("rejected", "Der Antrag wird mit 3 Ja-Stimmen und 5 Nein-Stimmen abgelehnt.")]
    assert [(span.label_, span.text) for span in doc.spans["topics"]] == [("sro", "Sozialraumorientierung")]
    assert doc._.extraction.decisions[0].no == 5


def test_words_of_many_items_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pipeline is assembled anew when it knows too many words; what is found stays the same."""
    monkeypatch.setattr(pipeline, "MOST_WORDS", 200)
    extractor = load(topics=[load_topic(TOPIC)])
    wanted = extractor.extract(ITEM)
    most = len(extractor.nlp.vocab) + 200 + 60  # one item goes beyond it
    for n in range(30):
        many = " ".join(f"Wort{n}ä{m}" for m in range(50))
        extractor.extract(AgendaItem(title="", sections=(Section(label="Sachverhalt", kind="facts", text=many),)))
        assert len(extractor.nlp.vocab) < most
    assert extractor.extract(ITEM) == wanted
