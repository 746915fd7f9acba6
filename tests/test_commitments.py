"""Commitments: promises and what only looks like one, whose they are, until when."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.extract import deadlines
from pipeline.extract.commitments import find_commitments, load, match
from pipeline.extract.deadlines import deadlines_in, due_of
from pipeline.extract.state import ItemState, SentenceState
from pipeline.records import AgendaItem, ItemContext, Section
from tests.growth import grows


def state_of(*rows: tuple[str, str, str | None], date: str | None = "2023-08-31") -> ItemState:
    """A state with a sentence a row: text, speaker (empty: none), act."""
    text = " ".join(row[0] for row in rows)
    sentences, at = [], 0
    for index, (words, speaker, act) in enumerate(rows):
        sentences.append(
            SentenceState(
                index=index, section=0, paragraph=0, position=index, start=at, end=at + len(words), text=words, norm=words,
                speakers=tuple(speaker.split("+")) if speaker else (), act=act,  # type: ignore[arg-type]
            )
        )
        at += len(words) + 1
    return ItemState(
        item=AgendaItem(date=date), context=ItemContext(), sentences=sentences,
        sections=(Section(label="Wortprotokoll", kind="minutes", text=text),),
    )


def test_each_pattern_finds_its_example_and_not_its_counterexample() -> None:
    lexicon = load()
    wrong = []
    for pattern in lexicon.patterns:
        found = match(pattern.example, lexicon)
        if found is None or found.key != pattern.key:
            wrong.append((pattern.key, pattern.example))
        if match(pattern.counterexample, lexicon) is not None:
            wrong.append((pattern.key, pattern.counterexample))
    assert not wrong


def test_each_deadline_is_found_in_its_example() -> None:
    wrong = [(key, example) for key, pattern, example in deadlines.load() if not pattern.search(example)]
    assert not wrong


@pytest.mark.parametrize(
    ("text", "speaker", "promises", "reason"),
    [
        ("Frau Timm sagt dies zu.", "timm", True, ""),
        ("Frau Timm sagte eine Prüfung zu.", "timm", True, "past"),
        ("Frau Timm sagt zu, die Zahlen nachzureichen.", "timm", True, ""),
        ("Die Verwaltung sichert zu, den Ausschuss zu informieren.", "verw", True, ""),
        ("Sie werde die Frage klären.", "timm", True, "continuation"),
        ("Er werde dem Ausschuss im Mai berichten.", "timm", True, ""),
        ("Die Antwort wird nachgereicht.", "", True, "nobody named"),
        ("Eine Vorlage werde folgen.", "timm", True, ""),
        ("Frau Timm stellt einen Bericht in Aussicht.", "timm", True, ""),
        ("Herr Kern kündigt eine Vorlage für Mai an.", "kern", True, ""),
        ("Die Verwaltung nimmt die Anregung auf.", "verw", True, ""),
        ("Frau Timm sagt, der Bau komme gut voran.", "timm", False, "says"),
        ("Frau Timm könne das nicht zusagen.", "timm", False, "negated"),
        ("Herr Kern fragt, ob die Verwaltung dies zusage.", "kern", False, "question"),
        ("Der Landrat habe das im Mai zugesagt.", "kern", False, "past of another"),
        ("Herr Kern kündigt seine Ablehnung an.", "kern", False, "how he will vote"),
        ("Das Land werde die Mittel kürzen.", "timm", False, "of somebody else"),
        ("Man werde über Gebühren reden müssen.", "timm", False, "necessity"),
        ("Der Ausschuss nimmt den Bericht zur Kenntnis.", "", False, ""),
        ("Herr Kern möchte wissen, wann berichtet werde.", "kern", False, ""),
        ("Die Präsentation ist dem Protokoll beigefügt.", "", False, "done"),
        ("", "", False, ""),
    ],
)
def test_sentences(text: str, speaker: str, promises: bool, reason: str) -> None:
    state = state_of((text, speaker, None))
    find_commitments(state)
    assert bool(state.commitments) is promises, reason
    for commitment in state.commitments:
        assert state.sections[0].text[commitment.start : commitment.end] == text
        assert commitment.rule
        assert commitment.confidence is not None


def test_what_and_who() -> None:
    state = state_of(
        ("Frau Ahlers bittet um eine Aufstellung der Plätze.", "ahlers", "propose"),
        ("Herr Timm sagt dies bis zur Sitzung im Oktober zu.", "timm", "commit"),
        ("Auf die Frage von Herrn Kern, ob berichtet werde, sagt Frau Timm einen Bericht zu.", "kern+timm", "ask"),
        ("Herr Timm sagt zu, die Eltern zu informieren.", "timm", "commit"),
    )
    find_commitments(state)
    assert [(c.speaker, c.what, c.due, c.due_date) for c in state.commitments] == [
        ("timm", "Frau Ahlers bittet um eine Aufstellung der Plätze", "bis zur Sitzung im Oktober", "2023-10"),
        ("timm", "Auf die Frage von Herrn Kern, ob berichtet werde, sagt Frau Timm einen Bericht zu", None, None),
        ("timm", "die Eltern zu informieren", None, None),
    ]


def test_the_act_is_enough() -> None:
    state = state_of(("Sie ruft morgen dort an.", "timm", "commit"))
    find_commitments(state)
    assert [(c.rule, c.due, c.due_date) for c in state.commitments] == [("act", "morgen", "2023-09-01")]


@pytest.mark.parametrize(
    ("text", "due", "due_date", "reason"),
    [
        ("bis zum 15.03.2024", "bis zum 15.03.2024", "2024-03-15", "full date"),
        ("bis zum 15. März", "bis zum 15. März", "2024-03-15", "the next after the meeting"),
        ("bis zum 10. Oktober", "bis zum 10. Oktober", "2023-10-10", "still this year"),
        ("bis zum 31.02.", "bis zum 31.02.", None, "no such day"),
        ("bis Ende des zweiten Quartals 2024", "bis Ende des zweiten Quartals 2024", "2024-06-30", "quarter"),
        ("im 4. Quartal", "im 4. Quartal", "2023-12-31", "quarter of this year"),
        ("im ersten Halbjahr 2025", "im ersten Halbjahr 2025", "2025-06-30", "half-year"),
        ("im März", "im März", "2024-03", "month after the meeting"),
        ("im September", "im September", "2023-09", "month of this year"),
        ("bis Ende Februar", "bis Ende Februar", "2024-02-29", "leap year"),
        ("Bis Ende Mai 2025", "Bis Ende Mai 2025", "2025-05-31", "capital"),
        ("zur Märzsitzung", "zur Märzsitzung", "2024-03", "meeting named by its month"),
        ("bis zur nächsten Sitzung", "bis zur nächsten Sitzung", None, "words only"),
        ("bis zum Jahresende", "bis zum Jahresende", "2023-12-31", ""),
        ("bis Freitag", "bis Freitag", "2023-09-01", "weekday after the meeting, a Thursday"),
        ("innerhalb von zwei Wochen", "innerhalb von zwei Wochen", "2023-09-14", ""),
        ("in drei Monaten", "in drei Monaten", "2023-11", ""),
        ("bis zum Herbst", "bis zum Herbst", None, "a season is no date"),
        ("zum Protokoll", "zum Protokoll", None, ""),
        ("die Zahlen von März", None, None, "no deadline"),
        ("", None, None, ""),
    ],
)
def test_deadlines(text: str, due: str | None, due_date: str | None, reason: str) -> None:
    assert due_of(text, "2023-08-31") == (due, due_date), reason


def test_all_deadlines_of_a_resolution() -> None:
    text = "Die Verwaltung legt bis zum 30.06.2024 ein Konzept vor und berichtet bis Ende des Jahres. Der Bau beginnt im Mai."
    assert deadlines_in(text, "2023-08-31") == (
        ("bis zum 30.06.2024", "2024-06-30"), ("bis Ende des Jahres", "2023-12-31"),
    )


def test_without_the_meetings_date() -> None:
    assert due_of("bis zum 15. März", None) == ("bis zum 15. März", None)
    assert due_of("bis zum 15.03.2024", "not a date") == ("bis zum 15.03.2024", "2024-03-15")


@pytest.mark.parametrize("piece", ["sagt ", "werde er ", "nimmt das ", "bis zum ", "wird ", "kündigt , "])
def test_linear_in_hostile_text(piece: str) -> None:
    def work(size: int) -> Callable[[], object]:
        state = state_of((piece * (size // len(piece)), "a", None))
        return lambda: find_commitments(state)

    wrong = grows(work, (5_000, 50_000))
    assert wrong is None, wrong
