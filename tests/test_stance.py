"""Stance: the signal lexicon, the rules over it, and the judgement of whole statements."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from importlib.resources import files

import numpy as np
import pytest

from pipeline.extract.features import speaker_class, tokenize, view
from pipeline.extract.model import STANCES, Calibration, model
from pipeline.extract.signals import lexicon
from pipeline.extract.stance import judge
from pipeline.extract.stance_votes import VOTES as VOTES_KNOWN
from pipeline.extract.stance_votes import votes
from pipeline.extract.state import ItemState, SentenceState
from pipeline.records import AgendaItem, ItemContext, Section, Speaker
from tests.growth import grows

SIGNALS = tomllib.loads(files("pipeline.extract").joinpath("lexicon/stance.toml").read_text("utf-8"))["signal"]
SIGNS = {
    "for", "against", "reserve", "condition", "abstain", "defer", "contrast", "concede", "join", "counter", "sides",
    "rebuts", "content", "discontent", "keep", "settled", "formal", "doubt", "irony", "need", "good", "bad",
}  # fmt: skip

OTT = Speaker(id="ott", kind="person", name="Ott", gender="f", faction="SPD")
UHL = Speaker(id="uhl", kind="person", name="Uhl", gender="m", faction="CDU")
CHAIR = Speaker(id="chair", kind="role", name="Vorsitzende", gender="f", role="Vorsitzende")
AMT = Speaker(id="amt", kind="person", name="Timm", gender="m", role="Amtsleiter")


def state(*statements: tuple[str, str, list[str]], title: str = "Neubau der Sporthalle") -> ItemState:
    """An item of statements (speaker id, cue of the first sentence, sentences), attributed as given."""
    sentences: list[SentenceState] = []
    for speaker, cue, texts in statements:
        for i, text in enumerate(texts):
            sentences.append(
                SentenceState(
                    index=len(sentences), section=0, paragraph=0, position=len(sentences), start=0, end=len(text),
                    text=text, norm=text, speakers=(speaker,) if speaker else (), cue=cue if cue and i == 0 else None,
                )
            )  # fmt: skip
    section = Section(label="Wortprotokoll", kind="minutes", text="")
    return ItemState(
        item=AgendaItem(title=title, sections=(section,)), context=ItemContext(), sections=(section,),
        sentences=sentences, speakers={s.id: s for s in (OTT, UHL, CHAIR, AMT)},
    )  # fmt: skip


@pytest.mark.parametrize("entry", SIGNALS, ids=lambda e: e["id"])
def test_every_signal_is_found_in_its_example(entry: dict[str, object]) -> None:
    tokens, _ = tokenize(str(entry["example"]), {})
    assert entry["id"] in {signal.id for _, signal, _ in lexicon().hits(tokens)}
    assert entry["sign"] in SIGNS


def test_signal_names_are_unique() -> None:
    names = [e["id"] for e in SIGNALS]
    assert len(names) == len(set(names))


HITS = [
    ("Sie lehnt den Antrag der Gruppe ab.", "vote-against", False, "particle after some words"),
    ("Sie lehnt ihn. Er reist ab.", "vote-against", None, "no phrase over a full stop"),
    ("Die Fraktion werde der Vorlage zustimmen.", "vote-for", False, "future as a vote"),
    ("Die Fraktion werde der Vorlage nicht zustimmen.", "vote-for", True, "negated: turned round"),
    ("Sie begrüßt die Vorlage.", "endorse", False, "approval of a thing"),
    ("Die Vorsitzende begrüßt die Gäste.", "formal", False, "a greeting is no stance"),
    ("Herr Uhl schließt sich Frau Ott an.", "sides-with", False, "takes another's side"),
    ("Die Fraktion geht den Weg mit.", "vote-for", False, "a particle at the end of its clause"),
    ("Frau Ott geht mit dem Landrat hart ins Gericht.", "vote-for", None, "a preposition is no particle"),
    ("Er kündigt sein Nein an.", "vote-against", False, "an announced no"),
    ("Die Ausgaben seien um 1.500 Euro gesunken.", "costs-fall", False, "the point in a number is no full stop"),
]


@pytest.mark.parametrize(("text", "signal", "negated", "reason"), HITS, ids=[h[3] for h in HITS])
def test_signals(text: str, signal: str, negated: bool | None, reason: str) -> None:
    tokens, _ = tokenize(text, {})
    found = [n for _, s, n in lexicon().hits(tokens) if s.id == signal]
    assert (found[0] if found else None) is negated, reason


VOTES = [
    ("Die Fraktion werde der Vorlage zustimmen.", {"for"}),
    ("Die Fraktion lehne die Vorlage ab.", {"against"}),
    ("Wenn der Mast gekürzt werde, stimme sie zu.", {"for-if"}),
    ("Auch wenn es teuer sei, stimme sie zu.", {"for"}),
    ("Ohne ein Gutachten werde sie nicht zustimmen.", {"against-if"}),
    ("Bleibe die Linde stehen, werde sie zustimmen.", {"for-if"}),
    ("Der ersten Stufe werde sie zustimmen, der zweiten nicht.", {"for-but"}),
    ("Sie werde nicht dagegen stimmen.", {"tolerates"}),
    ("Sie lehne die Vertagung ab.", {"against-change"}),
    ("Sie gehe die Stellungnahme der Verwaltung mit.", {"for-reply"}),
    ("Sie stimme Frau Ott zu.", set()),
    ("Sie fragt nach der Zahl der Plätze.", set()),
]


@pytest.mark.parametrize(("text", "expected"), VOTES)
def test_how_a_vote_is_meant(text: str, expected: set[str]) -> None:
    tokens, _ = tokenize(text, {"Ott": "ott"})
    assert votes(tokens, lexicon().hits(tokens), "neubau der sporthalle", motion=True) == expected
    assert expected <= set(VOTES_KNOWN)


def test_a_change_that_the_item_is_about_is_its_matter() -> None:
    tokens, _ = tokenize("Sie lehne die Vertagung ab.", {})
    assert votes(tokens, lexicon().hits(tokens), "vertagung der wahl", motion=False) == {"against"}


CLASSES = [
    (Speaker(id="a", kind="role", name="Vorsitzender", role="Vorsitzender"), "chair"),
    (Speaker(id="a", kind="person", name="Ott", role="Ausschussvorsitzende", faction="SPD"), "chair"),
    (Speaker(id="a", kind="person", name="Ott", role="Stadträtin"), "member"),
    (Speaker(id="a", kind="person", name="Ott", faction="SPD"), "member"),
    (Speaker(id="a", kind="person", name="Ott", role="Bürgermeisterin"), "head"),
    (Speaker(id="a", kind="person", name="Ott", role="Fachbereichsleiterin"), "admin"),
    (Speaker(id="a", kind="group", name="Verwaltung"), "admin"),
    (Speaker(id="a", kind="group", name="CDU-Fraktion", faction="CDU"), "faction"),
    (Speaker(id="a", kind="role", name="Einwohner", role="Einwohner"), "citizen"),
    (Speaker(id="a", kind="person", name="Ott"), "plain"),
    (None, "unknown"),
]


@pytest.mark.parametrize(("speaker", "expected"), CLASSES)
def test_classes_of_speakers(speaker: Speaker | None, expected: str) -> None:
    assert speaker_class(speaker) == expected


def test_features_hold_no_names_and_no_numbers() -> None:
    tokens, mentioned = tokenize("Frau Dr. Ott (SPD) nennt Herrn Uhl 3,5 Mio. Euro.", {"Ott": "ott", "Uhl": "uhl"})
    assert mentioned == {"ott", "uhl"}
    assert tokens == "frau dr . P ( F ) nennt herrn P N , N mio . euro .".split()


RULES = [
    ("Frau Ott lehnt den Antrag ab.", "oppose", "vote-against"),
    ("Ihre Fraktion werde der Vorlage zustimmen.", "support", "vote-for"),
    ("Zustimmen könne sie nur, wenn die Befristung bleibe; sonst werde sie sich enthalten.", "conditional", "vote-if"),
    ("Frau Ott werde sich enthalten.", "conditional", "abstain"),
    ("Werde der Bau verkleinert, stimme sie zu.", "conditional", "vote-if"),
    ("Frau Ott werde zustimmen, auch wenn es ihr schwerfalle.", "support", "vote-for"),
    ("Sie werde zwar zustimmen, erwarte aber einen Bericht.", "conditional", "vote-if"),
    ("Sie werde nicht dagegen stimmen.", "conditional", "vote-if"),
    ("Sie lehne eine Vertagung ab.", "support", "vote-against-change"),
    ("Die Gesamtkosten seien um 1.200 Euro gesunken.", "support", "signals"),
    ("Frau Ott fragt, wie viele Plätze frei seien.", "neutral", "formal"),
    ("Frau Ott bedankt sich für den Vortrag.", "neutral", "formal"),
]


@pytest.mark.parametrize(("text", "stance", "rule"), RULES)
def test_rules_alone(text: str, stance: str, rule: str) -> None:
    item = view(state(("ott", "", [text])))
    assert item.statements[0].rule == (stance, rule)


JUDGED = [
    ("ott", "lehnt", "Frau Ott (SPD) lehnt die Vorlage ab, die Kosten seien viel zu hoch.", "oppose", "object"),
    ("ott", "begrüßt", "Frau Ott (SPD) begrüßt die Vorlage und kündigt die Zustimmung ihrer Fraktion an.", "support", "agree"),
    ("ott", "fragt", "Frau Ott (SPD) fragt, wie viele Plätze die Halle habe.", "neutral", "ask"),
    ("ott", "gibt", "Frau Ott (SPD) gibt zu bedenken, dass die Folgekosten noch unklar seien.", "conditional", "object"),
    ("chair", "bedankt", "Die Vorsitzende bedankt sich für den Vortrag.", "neutral", "courtesy"),
    ("amt", "sagt", "Herr Timm sagt zu, die Zahlen bis zur nächsten Sitzung nachzureichen.", "neutral", "commit"),
]  # fmt: skip


@pytest.mark.parametrize(("speaker", "cue", "text", "stance", "act"), JUDGED)
def test_plain_statements_are_judged_as_a_reader_would(speaker: str, cue: str, text: str, stance: str, act: str) -> None:
    item = state((speaker, cue, [text]))
    judge(item)
    sentence = item.sentences[0]
    assert (sentence.stance, sentence.act) == (stance, act)
    assert sentence.stance_confidence is not None
    assert 0.0 <= sentence.stance_confidence <= 1.0
    assert sentence.stance_rule is not None
    assert sentence.stance_rule.startswith("model")


def test_who_joins_another_has_his_stance() -> None:
    item = state(
        ("ott", "lehnt", ["Frau Ott (SPD) lehnt den Antrag entschieden ab.", "Er sei zu teuer."]),
        ("uhl", "schließt", ["Herr Uhl (CDU) schließt sich den Ausführungen von Frau Ott an."]),
    )
    judge(item)
    assert [s.stance for s in item.sentences] == ["oppose"] * 3


def test_who_rebuts_an_opponent_is_for_it() -> None:
    item = state(
        ("ott", "lehnt", ["Frau Ott (SPD) lehnt den Antrag entschieden ab.", "Er sei zu teuer."]),
        ("uhl", "widerspricht", ["Herr Uhl (CDU) widerspricht seiner Vorrednerin."]),
    )
    judge(item)
    assert item.sentences[2].stance == "support"


def test_all_sentences_of_a_statement_have_one_stance_and_narration_has_none() -> None:
    item = state(
        ("ott", "erläutert", ["Frau Ott erläutert den Antrag.", "Die Halle sei marode.", "Ein Neubau sei nötig."]),
        ("", "", ["Die Sitzung wird unterbrochen."]),
        ("uhl", "fragt", ["Herr Uhl fragt nach den Kosten."]),
    )
    judge(item)
    assert len({s.stance for s in item.sentences[:3]}) == 1
    assert (item.sentences[3].stance, item.sentences[3].act) == (None, None)


def test_judgement_is_the_same_every_time() -> None:
    def run() -> list[tuple[object, ...]]:
        item = state(("ott", "hält", ["Frau Ott hält den Zeitplan für sportlich.", "Sie sei gespannt."]))
        judge(item)
        return [(s.act, s.act_confidence, s.stance, s.stance_confidence) for s in item.sentences]

    assert run() == run()


def test_an_item_without_speakers_is_left_alone() -> None:
    item = state(("", "", ["Die Sitzung wird eröffnet."]))
    judge(item)
    assert item.sentences[0].stance is None


def test_the_model_file_is_small_plain_data_of_this_format() -> None:
    text = files("pipeline.extract").joinpath("model/judgement.json").read_bytes()
    assert len(text) <= 1_500_000
    assert model().stance_bias.shape == (len(STANCES),)


def test_calibration_is_monotone_and_interpolates() -> None:
    calibration = Calibration([[0.25, 0.3], [0.5, 0.5], [1.0, 0.95]])
    assert calibration(np.array([0.0, 0.25, 0.75, 1.0])) == [0.3, 0.3, 0.725, 0.95]
    with pytest.raises(ValueError, match="rise"):
        Calibration([[0.5, 0.5], [0.5, 0.6]])


@pytest.mark.parametrize("unit", ["lehnt ", "nicht ", "werde der ", "schließt sich ", "( ", "Frau "])
def test_hostile_sentences_take_linear_time(unit: str) -> None:
    def work(size: int) -> Callable[[], object]:
        item = state(("ott", "", [unit * (size // len(unit))]))
        return lambda: judge(item)

    wrong = grows(work, (100_000, 1_000_000))
    assert wrong is None, wrong


@pytest.mark.parametrize(
    ("texts", "movers"),
    [
        (["Der Antrag sei verwiesen worden.", "Sie wolle mehr Bänke.", "Das sei zu teuer."], {"ott"}),
        (["Die Vorlage liege vor.", "Sie wolle mehr Bänke.", "Das sei zu teuer."], set()),
    ],
    ids=["the first member after the chair moves", "no motion"],
)
def test_who_opens_the_debate_of_a_motion_is_its_mover(texts: list[str], movers: set[str]) -> None:
    rows = zip(("chair", "ott", "uhl"), texts, strict=True)
    item = view(state(*((speaker, "", [text]) for speaker, text in rows), title="Bänke am Fluss"))
    assert {s.speakers[0] for s in item.statements if "mover" in s.facts} == movers
    assert item.motion == bool(movers)
