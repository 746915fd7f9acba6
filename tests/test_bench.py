"""The benchmark's table: what counts as a loss, and what is said about goals and missing figures."""

from __future__ import annotations

import pytest

from tests import bench


@pytest.mark.parametrize(
    ("name", "now", "before", "expected"),
    [
        ("pages/s", 80.0, 100.0, True),
        ("pages/s", 95.0, 100.0, False),
        ("pages/s", 200.0, 100.0, False),
        ("auszug query s", 1.2, 1.0, True),
        ("auszug query s", 0.5, 1.0, False),
        ("extraction / peer", 4.0, 5.0, True),
        ("auszug_stance µs/word", 3.0, 2.0, True),
        ("peak memory MB", 300.0, 200.0, True),
    ],
)
def test_loss(name: str, now: float, before: float, expected: bool) -> None:
    assert bench.lost(name, now, before) is expected


def test_table_says_what_was_lost_and_what_is_gone() -> None:
    lines = bench.table({"peak memory MB": 600.0, "pages/s": 50.0}, {"pages/s": 100.0, "auszug query s": 0.4})
    text = "\n".join(lines)
    assert "NOT REACHED: below 500" in text
    assert "LOST 50%" in text
    assert "auszug query s: no longer measured" in text


def test_words_are_parted_by_white_space() -> None:
    assert bench.words_in(["Herr Uhl (CDU) fragt.", "Ja: 9"]) == 6
    assert bench.texts()[1]
