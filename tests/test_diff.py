"""What changed between two publications is told, with the reason; who merely moved is not."""

# ruff: noqa: S608  (the keys in statements come from the test's own database)

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.errors import InputError, StoreError
from pipeline.upkeep.diff import compare, write_diff
from tests.store_samples import dicts_of
from tests.upkeep_samples import PAGE, Place, place_in


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = place_in(tmp_path_factory.mktemp("before"))
    place.build()
    return place


@pytest.fixture
def after(original: Place, tmp_path: Path) -> Path:
    path = tmp_path / "after.duckdb"
    path.write_bytes(original.target.read_bytes())
    return path


def change(path: Path, *statements: str) -> None:
    with duckdb.connect(str(path)) as connection:
        for sql in statements:
            connection.execute(sql)


def rows(old: Path, new: Path) -> list[dict[str, Any]]:
    with compare(old, new) as diff:
        return dicts_of(diff.rows())


def told(old: Path, new: Path) -> set[tuple[str, str, str]]:
    return {(row["what"], row["change"], row["reason"]) for row in rows(old, new)}


def test_the_same_rows_are_no_change(original: Place, after: Path) -> None:
    assert rows(original.target, after) == []


def test_numbers_that_moved_are_no_change(original: Place, after: Path) -> None:
    """An earlier statement that is found now moves the numbers of all after it."""
    change(after, "UPDATE statement SET statement_id = item_id || '#s' || (statement_index + 1), "
                  "statement_index = statement_index + 1",
           "UPDATE decision SET decision_id = item_id || '#d' || (decision_index + 4)")
    assert rows(original.target, after) == []


def test_a_new_extraction_version(original: Place, after: Path) -> None:
    """It reads a stance otherwise, cuts a statement shorter, finds no longer one, and another decision."""
    item, first, second, third = original.rows("""SELECT item_id, min(statement_id), max(statement_id),
        min(statement_id) FILTER (WHERE statement_index = 1) FROM statement
        GROUP BY item_id HAVING count(*) > 4 ORDER BY item_id LIMIT 1""")[0]
    [(stance,)] = original.rows(f"SELECT stance FROM statement WHERE statement_id = '{first}'")
    other = "oppose" if stance != "oppose" else "support"
    change(after,
           "UPDATE agenda_item SET extractor = 'v2' || regexp_extract(extractor, '-[0-9a-f]{8}-[^-]+$')",
           f"UPDATE statement SET stance = '{other}' WHERE statement_id = '{first}'",
           f"UPDATE statement SET end_char = end_char - 5, quote = left(quote, length(quote) - 5) "
           f"WHERE statement_id = '{third}'",
           f"DELETE FROM statement WHERE statement_id = '{second}'",
           "UPDATE decision SET outcome = 'noted' WHERE decision_id = (SELECT min(decision_id) FROM decision "
           "WHERE outcome = 'accepted')")
    found = rows(original.target, after)
    version = "new extraction version"
    assert {(row["what"], row["change"]) for row in found if row["reason"] == version} == {
        ("statement", "stance"), ("statement", "wording"), ("statement", "removed"), ("decision", "outcome")}
    assert len(found) == 4
    one = next(row for row in found if row["change"] == "stance")
    assert (one["item_id"], one["before"], one["after"], one["corpus"]) == (item, stance, other, "ahrenfeld")
    assert one["quote"] and one["address"].startswith("https://www.ahrenfeld.example/") and one["who"]
    with compare(original.target, after) as diff:
        assert list(diff.transitions().rows()) == [
            ("decision", "outcome", "accepted", "noted", 1), ("statement", "stance", stance, other, 1)]
        totals = {row[:2]: row[2:] for row in diff.totals().rows()}
    assert totals["statement", "ahrenfeld"][2] == -1
    assert totals["decision", "ahrenfeld"][2] == 0


REASONS = [
    ("topics or model", "UPDATE agenda_item SET extractor = regexp_replace(extractor, '-[0-9a-f]{8}-', '-00000000-')"),
    ("attendance or memberships", "UPDATE agenda_item SET extractor = regexp_replace(extractor, '[^-]+$', 'new')"),
    ("correction", "UPDATE statement SET corrected = true"),
    ("other", "SELECT 1"),
]


@pytest.mark.parametrize(("reason", "sql"), REASONS)
def test_the_reason_of_a_stance(original: Place, after: Path, reason: str, sql: str) -> None:
    change(after, sql, "UPDATE statement SET stance = CASE stance WHEN 'support' THEN 'oppose' ELSE 'support' END "
                       "WHERE statement_id = (SELECT min(statement_id) FROM statement)")
    assert told(original.target, after) == {("statement", "stance", reason)}


def test_persons_and_directions(original: Place, after: Path) -> None:
    change(after, "UPDATE speaker SET person_id = NULL WHERE speaker_id = 'harmsen'",
           "DELETE FROM person WHERE family_name = 'Harmsen'",
           "UPDATE item_direction SET direction = -1, corrected = true WHERE item_id = (SELECT min(item_id) "
           "FROM item_direction WHERE direction = 1)")
    found = told(original.target, after)
    assert {("person", "removed", "link"), ("statement", "person", "link"),
            ("direction", "direction", "correction")} == found


def test_pages_that_came_changed_and_went(original: Place, tmp_path: Path) -> None:
    place = original.copy_to(tmp_path)
    tal = place.corpora / "tal"
    (tal / "page.txt").write_text(PAGE.replace("2026 gebaut", "2027 gebaut").replace(
        "Herr Uhl lehnt den Bau ab.", "Frau Ahrens fragt nach den Kosten. Herr Uhl lehnt den Bau ab."), "utf-8")
    (tal / "second.txt").write_text(PAGE.replace("- 5 Radweg", "- 6 Radweg"), "utf-8")
    place.build("tal")
    assert {(row["what"], row["change"], row["reason"]) for row in rows(original.target, place.target)
            if row["what"] == "statement" and row["corpus"] == "tal"} == {
        ("statement", "added", "new page"), ("statement", "wording", "changed page"),
        ("statement", "added", "changed page")}
    assert ("statement", "removed", "page gone") in told(place.target, original.target)


def test_formats(original: Place, after: Path, tmp_path: Path) -> None:
    change(after, "UPDATE statement SET stance = 'oppose' WHERE stance = 'support'")
    written: dict[str, str] = {}
    with compare(original.target, after) as diff:
        for name in ("table", "json", "csv", "md"):
            screen = io.StringIO()
            write_diff(diff, name, output=None, screen=screen, is_terminal=False)
            written[name] = screen.getvalue()
            write_diff(diff, name, output=tmp_path / f"d.{name}", screen=screen, is_terminal=False)
            assert (tmp_path / f"d.{name}").read_text("utf-8").splitlines() == written[name].splitlines()
        count = diff.count
        every = io.StringIO()
        write_diff(diff, "csv", output=None, screen=every, is_terminal=False, every=True)
        with pytest.raises(InputError, match="no format"):
            write_diff(diff, "docx", output=None, screen=screen, is_terminal=False)
    loaded = json.loads(written["json"])
    assert loaded["transitions"] == [{"what": "statement", "change": "stance", "before": "support", "after": "oppose",
                                      "rows": count}]
    assert sum(row["changed"] for row in loaded["changes"]) == count
    assert len(list(csv.reader(io.StringIO(every.getvalue(), newline="")))) == count + 1
    assert "## Transitions" in written["md"] and "Changes by reason" in written["table"]


def test_what_cannot_be_compared(original: Place, after: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="same file"), compare(original.target, original.target):
        pass
    with pytest.raises(InputError, match="no such"), compare(original.target, tmp_path / "none.duckdb"):
        pass
    with duckdb.connect(str(tmp_path / "other.duckdb")) as connection:
        connection.execute("CREATE TABLE x (y INTEGER)")
    with pytest.raises(StoreError, match="not a database of this program"), compare(
        original.target, tmp_path / "other.duckdb"):
        pass
    change(after, "ALTER TABLE statement DROP COLUMN stance", "UPDATE schema_version SET version = 1")
    with pytest.raises(StoreError, match=r"schema version 1, which lacks statement\.stance"), compare(
        original.target, after):
        pass


def test_an_older_version_with_the_same_columns_can_be_compared(original: Place, after: Path) -> None:
    change(after, "UPDATE schema_version SET version = 2", "ALTER TABLE statement DROP COLUMN cue")
    assert rows(after, original.target) == []


def test_both_files_are_only_read(original: Place, after: Path) -> None:
    before = original.target.read_bytes(), after.read_bytes()
    with compare(original.target, after):
        pass
    assert (original.target.read_bytes(), after.read_bytes()) == before
