"""The evaluation: equal to the guidelines' scorer, sums and intervals, calibration, and clear errors for bad files."""

from __future__ import annotations

import importlib.util
import json
import random
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest

from pipeline import comparison, evaluate, gold
from pipeline.errors import InputError
from pipeline.gold import GoldDocument
from pipeline.records import Decision, Extraction, Sentence, Speaker

GOLD = Path(__file__).parent / "gold" / "dev"
SCORER = Path(__file__).parents[1].parent / "shared" / "gold" / "score.py"

DOCUMENT: dict[str, Any] = {
    "id": "t-1",
    "style": "test",
    "page": {
        "system": "allris4", "body": "Kreis Ahrenfeld", "organization": "Jugendhilfeausschuss", "date": "2023-08-31",
        "item": "5.1", "title": "Sachstand",
    },
    "speakers": [
        {"id": "ott", "kind": "person", "name": "Maren Ott", "gender": "f", "role": None, "faction": "SPD"},
        {"id": "verw", "kind": "group", "name": "Verwaltung", "gender": None, "role": None, "faction": None},
    ],
    "sections": [
        {"label": "Wortprotokoll", "paragraphs": [[
            {"text": "Frau Ott lehnt das ab.", "speakers": ["ott"], "cue": "lehnt", "act": "object", "stance": "oppose"},
            {"text": "Es koste zu viel.", "speakers": ["ott"], "cue": None, "act": "object", "stance": "oppose"},
        ], [
            {"text": "Die Verwaltung sagt eine Prüfung zu.", "speakers": ["verw"], "cue": "sagt", "act": "commit",
             "stance": "neutral"},
            {"text": "Bemängelt wird die Frist.", "speakers": ["?"], "cue": "Bemängelt", "act": "object",
             "stance": "oppose"},
        ]]},
        {"label": "Abstimmungsergebnis", "paragraphs": [[
            {"text": "Ja: 9 Nein: 1", "speakers": [], "cue": None, "act": None, "stance": None},
        ]]},
    ],
    "decisions": [
        {"section": 1, "paragraph": 0, "sentence": 0, "outcome": "accepted", "unanimous": False, "yes": 9, "no": 1,
         "abstain": None},
    ],
}


def document(**changes: Any) -> GoldDocument:
    return msgspec.convert({**json.loads(json.dumps(DOCUMENT)), **changes}, GoldDocument)


def extraction(doc: GoldDocument, **changes: Any) -> Extraction:
    """What a perfect extraction of `doc` would give, with `changes` to the second sentence."""
    sentences = []
    for n, (place, s) in enumerate(gold.sentences(doc)):
        more = changes if n == 1 else {}
        values: dict[str, Any] = {
            "speakers": s.speakers, "cue": s.cue, "act": s.act, "stance": s.stance, "speaker_confidence": 0.95,
            "stance_confidence": 0.6, "text": s.text, **more,
        }
        sentences.append(Sentence(
            index=n, section="", section_index=place.section, paragraph=place.paragraph, position=place.sentence,
            start=0, end=0, **values,
        ))
    decisions = tuple(
        Decision(
            index=n, section="", section_index=d.section, paragraph=d.paragraph, position=d.sentence, sentence=0,
            start=0, end=0, text="", outcome=d.outcome, unanimous=d.unanimous, yes=d.yes, no=d.no, abstain=d.abstain,
            confidence=0.9,
        )
        for n, d in enumerate(doc.decisions)
    )
    speakers = tuple(Speaker(id=s.id, kind=s.kind, name=s.name, gender=s.gender) for s in doc.speakers)
    return Extraction(sentences=tuple(sentences), speakers=speakers, decisions=decisions)


def test_a_perfect_extraction_has_only_ones() -> None:
    doc = document()
    figures = evaluate.evaluate([doc], {doc.id: extraction(doc)}).figures()
    counts = {"documents": 1, "sentences": 5, "predicted sentences not on the page": 0}
    assert {name: value for name, value in figures.items() if name in counts} == counts
    assert {value for name, value in figures.items() if name not in counts} == {1.0}


@pytest.mark.parametrize(
    ("changes", "kind", "figure", "expected"),
    [
        ({"speakers": ("verw",)}, "speakers", "attribution exact (all sentences)", 4 / 5),
        ({"speakers": ()}, "speakers", "attribution recall", 2 / 3),
        ({"cue": "koste"}, "cue", "cue F1", 6 / 7),
        ({"act": "inform"}, "act", "act accuracy", 2 / 3),
        ({"stance": "conditional"}, "stance", "stance accuracy", 2 / 3),
        ({"text": "Es koste zu viel. Die Verwaltung"}, "ends", "sentence ends F1", 8 / 10),
    ],
)
def test_a_wrong_label_counts_once(changes: dict[str, Any], kind: str, figure: str, expected: float) -> None:
    doc = document()
    evaluation = evaluate.evaluate([doc], {doc.id: extraction(doc, **changes)})
    if figure == "sentence ends F1":  # the longer sentence swallows the start of the next, which is then lost
        assert evaluation.figures()["predicted sentences not on the page"] == 1
        assert evaluation.figures()[figure] < 1
    else:
        assert evaluation.figures()[figure] == pytest.approx(expected)
    assert [d.kind for d in evaluation.differences(kind)][:1] == [kind]


def test_a_missing_extraction_counts_as_empty() -> None:
    evaluation = evaluate.evaluate([document()], {})
    assert evaluation.figures()["sentence ends F1"] == 0
    assert evaluation.figures()["attribution exact (all sentences)"] == 2 / 5  # nobody, and somebody unnamed


def test_a_decision_needs_all_counts() -> None:
    doc = document()
    right = extraction(doc)
    wrong = msgspec.structs.replace(right, decisions=(msgspec.structs.replace(right.decisions[0], abstain=0),))
    figures = evaluate.evaluate([doc], {doc.id: wrong}).figures()
    assert figures["decision F1 (outcome and all counts)"] == 0
    assert figures["decision outcome F1"] == 1


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        ("person", "Maren Ott", "ott"),
        ("person", "Herr Dr. Uhl", "uhl"),
        ("role", "die Vorsitzende", "vorsitzend"),
        ("group", "CDU-Fraktion (Kreistag)", "cdu-fraktio"),
        ("person", "", ""),
    ],
)
def test_names(kind: str, name: str, expected: str) -> None:
    assert comparison.name_key(kind, name) == expected


def test_a_shared_last_name_needs_the_first() -> None:
    assert comparison.name_key("person", "Maren Ott", frozenset({"ott"})) == "maren ott"


def perturbed(doc: GoldDocument, rng: random.Random) -> Extraction:
    """An extraction with errors of every kind."""
    perfect = extraction(doc)
    ids = [*(s.id for s in doc.speakers), "?", "stranger"]
    sentences = []
    for s in perfect.sentences:
        changes: dict[str, Any] = {}
        if rng.random() < 0.2:
            changes["speakers"] = tuple(rng.sample(ids, rng.randint(0, 2)))
        if rng.random() < 0.2:
            changes["cue"] = rng.choice([None, s.text.split()[0]])
        if rng.random() < 0.2:
            changes["act"] = rng.choice([None, *comparison.ACTS])
        if rng.random() < 0.2:
            changes["stance"] = rng.choice([None, *comparison.STANCES])
        if rng.random() < 0.1:
            changes["text"] = s.text[: len(s.text) // 2]
        if rng.random() < 0.05:
            changes["text"] = "Das steht nirgends."
        if rng.random() > 0.05:
            sentences.append(msgspec.structs.replace(s, **changes))
    decisions = [d for d in perfect.decisions if rng.random() > 0.2]
    decisions += [msgspec.structs.replace(d, yes=rng.choice([None, 3])) for d in perfect.decisions if rng.random() > 0.8]
    speakers = [msgspec.structs.replace(s, gender=rng.choice(["f", "m", None])) for s in perfect.speakers if rng.random() > 0.1]
    return Extraction(sentences=tuple(sentences), speakers=tuple(speakers), decisions=tuple(decisions))


@pytest.fixture(scope="module")
def scorer() -> ModuleType:
    if not SCORER.is_file():
        pytest.skip("shared scorer is missing")
    spec = importlib.util.spec_from_file_location("score", SCORER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("seed", [1, 2])
def test_equals_the_scorer_of_the_guidelines(scorer: ModuleType, seed: int) -> None:
    rng = random.Random(seed)
    documents = gold.load(GOLD)
    extractions = {doc.id: perturbed(doc, rng) for doc in documents[1:]}  # the first has no prediction at all
    records = {name: {"source": name, **msgspec.to_builtins(found)} for name, found in extractions.items()}
    theirs = scorer.score(scorer.load_gold(GOLD), records)
    ours = evaluate.evaluate(documents, extractions).figures()
    assert ours.keys() == theirs.keys()
    for name, value in theirs.items():
        assert ours[name] == pytest.approx(value, abs=1e-12), name


def test_render_equals_that_of_the_guidelines(scorer: ModuleType) -> None:
    for path in sorted(GOLD.glob("*.json"))[:20]:
        assert gold.render(gold.read(path)) == scorer.render(json.loads(path.read_text("utf-8")))


def test_figures_add_up_and_intervals_hold_them() -> None:
    rng = random.Random(3)
    documents = gold.load(GOLD)[:30]
    evaluation = evaluate.evaluate(documents, {doc.id: perturbed(doc, rng) for doc in documents})
    intervals = evaluation.intervals(resamples=200)
    assert intervals == evaluation.intervals(resamples=200)
    for name, value in evaluation.figures().items():
        low, high = intervals[name]
        assert low - 1e-9 <= value <= high + 1e-9, name
    styles = evaluation.by_style()
    assert sum(f["sentences"] for f in styles.values()) == evaluation.figures()["sentences"]
    halves = [evaluation.counts([d.id for d in documents[a:b]]).vector() for a, b in ((0, 10), (10, 30))]
    assert (halves[0] + halves[1] == evaluation.counts().vector()).all()


def test_calibration_bins() -> None:
    doc = document()
    pairs = evaluate.evaluate([doc], {doc.id: extraction(doc, speakers=("verw",))}).calibration()
    assert pairs.attribution == [(0.95, True), (0.95, False), (0.95, True)]
    confident = next(b for b in evaluate.bins(pairs.attribution) if b.label.startswith(">="))
    assert (confident.n, confident.right, confident.share) == (3, 2, 1.0)
    assert evaluate.bins(pairs.stance)[2].n == 3
    assert evaluate.bins([(None, True)])[-1].n == 1
    assert [b.n for b in evaluate.bins([])] == [0] * len(evaluate.bins([]))


def test_worst_documents_come_first() -> None:
    good, bad = document(id="good"), document(id="bad")
    found = {"good": extraction(good), "bad": extraction(bad, speakers=("verw",), stance="support")}
    assert [c.id for c in evaluate.evaluate([good, bad], found).worst()] == ["bad", "good"]


def test_report_and_json_have_the_rows() -> None:
    documents = [document(id="a"), document(id="b")]
    evaluation = evaluate.evaluate(documents, {d.id: extraction(d) for d in documents})
    text = evaluate.report(evaluation, held_out=["b"])
    for expected in ("tuned on", "held out", "calibration of stance", "worst documents", "attribution F1"):
        assert expected in text
    data = evaluate.as_json(evaluation, held_out=["b"])
    json.dumps(data)
    assert data["tuned_on"]["documents"] == data["held_out"]["documents"] == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "no JSON"),
        ("[]", "Expected `object`"),
        (json.dumps({**DOCUMENT, "id": 3}), "$.id"),
        (json.dumps({k: v for k, v in DOCUMENT.items() if k != "style"}), "style"),
        (json.dumps({**DOCUMENT, "speakers": []}), "not listed"),
        (json.dumps({**DOCUMENT, "page": {**DOCUMENT["page"], "date": "31.08.2023"}}), "no ISO date"),
        (json.dumps({**DOCUMENT, "decisions": [{**DOCUMENT["decisions"][0], "sentence": 7}]}), "points to no sentence"),
        (json.dumps({**DOCUMENT, "decisions": [{**DOCUMENT["decisions"][0], "outcome": "ok"}]}), "$.decisions[0].outcome"),
        (json.dumps(DOCUMENT).replace('"cue": "lehnt"', '"cue": "nickt"'), "no word of the sentence"),
        (json.dumps(DOCUMENT).replace('"act": "commit"', '"act": null'), "without act"),
        (json.dumps(DOCUMENT).replace('"stance": "neutral"', '"stance": "pro"'), "Invalid enum value"),
        (json.dumps({**DOCUMENT, "speakers": [*DOCUMENT["speakers"], DOCUMENT["speakers"][0]]}), "share an id"),
    ],
)
def test_bad_files_are_named(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "bad.json"
    path.write_text(content, "utf-8")
    with pytest.raises(InputError, match=r"bad\.json") as caught:
        gold.load(tmp_path)
    assert message in str(caught.value)


def test_bad_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no annotated documents"):
        gold.load(tmp_path)
    with pytest.raises(InputError, match="no such folder"):
        gold.load(tmp_path / "missing")
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text(json.dumps(DOCUMENT), "utf-8")
    with pytest.raises(InputError, match="two documents have the id"):
        gold.load(tmp_path)


def test_command_line_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate.main([str(tmp_path / "missing")]) == 2
    assert "no such folder" in capsys.readouterr().err
    assert evaluate.main([str(GOLD), "--held-out", str(tmp_path / "none.txt")]) == 2


def test_every_gold_page_is_read_as_an_item() -> None:
    for doc in gold.load(GOLD)[::10]:
        item = evaluate.item_of(doc)
        assert [s.label for s in item.sections] == [s.label for s in doc.sections]
