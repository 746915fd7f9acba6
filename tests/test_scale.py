"""The generator of large databases: true spans, other names, other days."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.store.checks import run_checks
from pipeline.store.database import open_published
from tests.corpus_texts import rename
from tests.scale import multiply


@pytest.mark.parametrize(("name", "variant", "expected"), [
    ("Harmsen", 0, "Harmsen"), ("Harmsen", 1, "Hermsen"), ("Harmsen", 5, "Harmsin"), ("Brodersen", 24, "Bridirsen")])
def test_names_keep_their_length(name: str, variant: int, expected: str) -> None:
    assert len(rename(name, variant)) == len(name)
    if variant < 6:
        assert rename(name, variant) == expected


def test_three_counties(tmp_path: Path) -> None:
    assert multiply(800, tmp_path / "big.duckdb") == 3
    with open_published(tmp_path / "big.duckdb") as connection:
        assert run_checks(connection) == []
        names = connection.execute(
            "SELECT family_name FROM person WHERE family_name LIKE 'H_rmsen' ORDER BY source_id").fetchall()
        assert [name for (name,) in names] == ["Harmsen", "Hermsen", "Hirmsen"]
        assert connection.execute("SELECT count(*) FROM sentence WHERE text LIKE '%Hermsen%'").fetchall()[0][0] > 3
        days = connection.execute("SELECT min(date) FROM meeting GROUP BY source_id ORDER BY source_id").fetchall()
        assert len(set(days)) == 3
