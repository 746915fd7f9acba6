"""The Beschlussart: every rule's examples, every text of the known sites, and the traps."""

from __future__ import annotations

import pytest

from pipeline.extract.results import agrees, outcome_of, rules
from pipeline.records import DecisionOutcome


def test_each_rule_wins_its_examples() -> None:
    wrong = [
        (example, outcome_of(example), outcome) for _, outcome, examples in rules() for example in examples
        if outcome_of(example) != outcome
    ]
    assert not wrong


@pytest.mark.parametrize(
    ("result", "expected", "reason"),
    [
        ("ungeändert beschlossen", "accepted", "contains 'geändert beschlossen'"),
        ("geändert beschlossen", "amended", ""),
        ("unverändert beschlossen", "accepted", ""),
        ("nicht empfohlen", "rejected", "contains 'empfohlen'"),
        ("nicht beschlossen", "rejected", "contains 'beschlossen'"),
        ("keine Beschlussfassung", None, "says nothing"),
        ("ungeändert abgestimmt", None, "says nothing about the result"),
        ("(offen)", None, ""),
        ("noch nicht festgelegt", None, ""),
        ("", None, ""),
        (None, None, ""),
        ("nach Lage der Dinge", None, "unknown stays raw"),
        ("mit Abschlussbericht zur Kenntnis genommen", "noted", ""),
        ("ungeändert beschlossen / überwiesen", "referred", ""),
        ("geändert beschlossen / überwiesen", "referred", ""),
        ("einstimmig beschlossen", "accepted", ""),
        ("mehrheitlich zugestimmt", "accepted", ""),
        ("geänderte Empfehlung", "amended", ""),
        ("vertagt / verbleibt", "deferred", ""),
        ("vertagt in Folgegremium", "deferred", ""),
        ("abgesetzt", "deferred", ""),
        ("nicht auf die Tagesordnung aufgenommen", "deferred", ""),
        ("zurückgestellt", "deferred", ""),
        ("zurückgezogen / erledigt", "withdrawn", ""),
        ("erledigt", "withdrawn", ""),
        ("an Ausschuss überwiesen", "referred", ""),
        ("ohne Änderungen in der BVV beschlossen (Beratungsfolge beendet)", "accepted", "'Änderungen' after ohne"),
        ("mit Änderungen im Ausschuss beschlossen", "amended", ""),
        ("Einstimmig\u00a0empfohlen", "accepted", "non-breaking blank, capital"),
        ("mehrheitlich abgelehnt", "rejected", ""),
        ("ohne Votum überwiesen", "referred", "the move counts, not the missing vote"),
    ],
)
def test_texts(result: str | None, expected: DecisionOutcome | None, reason: str) -> None:
    assert outcome_of(result) == expected, reason


@pytest.mark.parametrize(
    ("page", "told", "expected"),
    [
        (None, "accepted", None), ("accepted", "accepted", True), ("accepted", "amended", False), ("accepted", "elected", True),
        ("rejected", "accepted", False), ("noted", "noted", True), ("deferred", "referred", False),
    ],
)
def test_agreement(page: DecisionOutcome | None, told: DecisionOutcome, expected: bool | None) -> None:
    assert agrees(page, told) is expected
