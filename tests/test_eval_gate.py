"""The quality gate, and that it can fail."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from tests import eval_gate

FIGURES: eval_gate.Figures = {"all": {"cue F1": 0.95}, "held_out": {"cue F1": 0.9}}
DATA = (3, "abc")


def floors(text: str | None = None, **changes: Any) -> dict[str, Any]:
    return {**tomllib.loads(text or eval_gate.renewed(FIGURES, None, DATA)), **changes}


def test_figures_are_at_or_above_their_floors() -> None:
    if not eval_gate.FLOORS.exists():
        pytest.fail("tests/gold/floors.toml is missing: run `python -m tests.eval_gate --renew`")
    found = eval_gate.failures(eval_gate.measure(), eval_gate.read_floors(), eval_gate.data_hash())
    assert found == []


def test_new_floors_hold() -> None:
    assert eval_gate.failures(FIGURES, floors(), DATA) == []


@pytest.mark.parametrize(
    ("figures", "data", "message"),
    [
        ({"all": {"cue F1": 0.94}, "held_out": {"cue F1": 0.9}}, DATA, "below its floor"),
        (FIGURES, (3, "abd"), "documents changed"),
        (FIGURES, (4, "abc"), "documents changed"),
        ({"all": {"cue F1": 1.0, "speakers F1": 1.0}, "held_out": {"cue F1": 1.0}}, DATA, "has no floor"),
        ({"all": {}, "held_out": {"cue F1": 1.0}}, DATA, "no longer measured"),
    ],
)
def test_gate_fails(figures: eval_gate.Figures, data: tuple[int, str], message: str) -> None:
    (line,) = eval_gate.failures(figures, floors(), data)
    assert message in line


def test_floors_rise_by_themselves_and_fall_only_with_a_reason() -> None:
    worse: eval_gate.Figures = {"all": {"cue F1": 0.5}, "held_out": {"cue F1": 0.99}}
    kept = floors(eval_gate.renewed(worse, floors(), DATA))
    assert (kept["all"]["cue F1"], kept["held_out"]["cue F1"]) == (0.948, 0.988)
    lowered = floors(eval_gate.renewed(worse, floors(), DATA, reason="two documents corrected"))
    assert (lowered["all"]["cue F1"], lowered["lowered"]) == (0.498, ["two documents corrected"])
    assert floors(eval_gate.renewed(worse, lowered, DATA))["lowered"] == ["two documents corrected"]


def test_hash_covers_the_documents_and_the_list_put_aside(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    (tmp_path / "a.json").write_text("{}", "utf-8")
    (tmp_path / "held").write_text("a", "utf-8")
    monkeypatch.setattr(eval_gate, "DOCUMENTS", tmp_path)
    monkeypatch.setattr(eval_gate, "HELD_OUT", tmp_path / "held")
    seen = {eval_gate.data_hash()}
    (tmp_path / "held").write_text("b", "utf-8")
    seen.add(eval_gate.data_hash())
    (tmp_path / "a.json").write_text("[]", "utf-8")
    seen.add(eval_gate.data_hash())
    assert len(seen) == 3
