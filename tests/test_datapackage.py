"""Data packages: accepted by frictionless, reproducible, complete, and honest about quality and rights."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline import __version__
from pipeline.output import figures
from pipeline.output.codebook import CONVENTIONS, TableNotes, markdown, page
from pipeline.output.export import export
from pipeline.output.pseudonyms import LIMITS, Pseudonyms
from pipeline.output.result import Column
from pipeline.store.database import open_published
from tests.store_samples import published_county


@pytest.fixture(scope="module")
def package(county: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("package") / "county.zip"
    export(county, "all", path)
    return path


def text_of(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode("utf-8")


def descriptor_of(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text_of(path, "datapackage.json"))
    return found


@pytest.mark.parametrize("dataset", ["all", "statements"])
def test_frictionless_accepts_it(county: duckdb.DuckDBPyConnection, tmp_path: Path, dataset: str) -> None:
    from frictionless import validate

    export(county, dataset, tmp_path / "x.zip")
    report = validate(str(tmp_path / "x.zip"))
    assert report.valid, report.flatten(["name", "type", "message"])
    assert len(report.tasks) == len(descriptor_of(tmp_path / "x.zip")["resources"])


def test_frictionless_would_notice(package: Path, tmp_path: Path) -> None:
    """A changed cell (hash), a person who is not there (key), a word for a number (type)."""
    from frictionless import validate

    for number, (name, old, new) in enumerate((
        ("persons", "Harmsen", "Harmsem"), ("statements", "person/kreis-ahrenfeld", "person/kreis-nirgends"),
        ("agenda-items", ",true,", ",wahr,"),
    )):
        target = tmp_path / f"{number}.zip"
        with zipfile.ZipFile(package) as source, zipfile.ZipFile(target, "w") as changed:
            for member in source.namelist():
                content = source.read(member)
                changed.writestr(member, content.replace(old.encode(), new.encode()) if name in member else content)
        assert not validate(str(target)).valid, name


def test_the_same_database_gives_the_same_bytes(county: duckdb.DuckDBPyConnection, package: Path, tmp_path: Path) -> None:
    export(county, "all", tmp_path / "x.zip")
    assert (tmp_path / "x.zip").read_bytes() == package.read_bytes()


def test_checksums(package: Path) -> None:
    with zipfile.ZipFile(package) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
        lines = [line.split("  ") for line in archive.read("SHA256SUMS").decode().splitlines()]
        sums = {name: value for value, name in lines}
        assert set(sums) == {*names} - {"SHA256SUMS"}
        assert all(hashlib.sha256(archive.read(name)).hexdigest() == value for name, value in sums.items())


def test_every_column_is_described_and_typed(package: Path) -> None:
    codebook, pages = text_of(package, "CODEBOOK.md"), text_of(package, "codebook.html")
    for resource in descriptor_of(package)["resources"]:
        rows = list(csv.reader(io.StringIO(text_of(package, resource["path"]), newline="")))
        fields = resource["schema"]["fields"]
        assert rows[0] == [field["name"] for field in fields]
        for field in fields:
            assert field["description"], (resource["name"], field["name"])
            assert "[" not in field["description"], "no marks for the program"
            assert f"| `{field['name']}` | {field['type']} |" in codebook
            assert f"<code>{field['name']}</code>" in pages
        assert len(rows) > 1 or resource["name"] == "faction-votes", resource["name"]
    types = {field["name"]: field["type"] for resource in descriptor_of(package)["resources"] for field in resource["schema"]["fields"]}
    assert (types["date"], types["words"], types["confidence"], types["unanimous"], types["fetched_at"]) == (
        "date", "integer", "number", "boolean", "datetime")


WANTED = (
    "statement_id", "date", "body", "committee", "meeting_id", "item_number", "item_title", "paper_reference", "person_id",
    "person_name", "gender", "faction", "role", "act", "stance_item", "stance_topic", "speaker_confidence", "stance_confidence", "quote",
    "first_sentence", "last_sentence", "cue", "rule", "page_address", "fetch_date", "content_hash",
)
"""What a speaker-position table has at least."""


def test_speaker_positions_have_what_a_review_asks_for(package: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(text_of(package, "data/speaker-positions.csv"), newline="")))
    assert set(WANTED) <= set(rows[0])
    full = [row for row in rows if row["person_id"] and row["topic_id"] == "sro"]
    assert len(full) > 100
    for name in ("date", "body", "committee", "item_title", "person_name", "act", "stance_item", "quote", "page_address", "fetch_date"):
        assert all(row[name] for row in full), name


def test_it_tells_where_it_is_from_how_good_it_is_and_how_to_cite_it(package: Path) -> None:
    readme, descriptor = text_of(package, "README.md"), descriptor_of(package)
    assert descriptor["version"].startswith(f"{__version__}+")
    assert descriptor["created"] == "2026-03-01T04:00:05Z", "of the run, not of the clock"
    for heading in ("## Provenance", "## Quality", "## Citation"):
        assert heading in readme
    assert f"version {descriptor['version']}" in readme
    assert "| stance macro F1 |" in readme
    assert "some of these rows were made by another version" in readme, "the county's rows are not the program's"
    assert "## Pseudonyms" not in readme
    assert "CC BY 4.0" in text_of(package, "LICENCE.md")
    assert f'version: "{descriptor["version"]}"' in text_of(package, "CITATION.cff")
    assert json.loads(text_of(package, "quality.json"))["samples"]


def test_another_database_has_another_version(package: Path, tmp_path: Path) -> None:
    shutil.copy(published_county(), tmp_path / "x.duckdb")
    with duckdb.connect(tmp_path / "x.duckdb") as changed:
        changed.execute("UPDATE speaker_positions SET stance_item = 'neutral'")
    with open_published(tmp_path / "x.duckdb") as connection:
        export(connection, "all", tmp_path / "x.zip")
    assert descriptor_of(tmp_path / "x.zip")["version"] != descriptor_of(package)["version"]


def test_pseudonymised(county: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    from frictionless import validate

    export(county, "all", tmp_path / "x.zip", pseudonyms=Pseudonyms(county, b"a secret of the tests only"))
    assert validate(str(tmp_path / "x.zip")).valid, "keys and links hold"
    assert LIMITS in text_of(tmp_path / "x.zip", "README.md")
    assert descriptor_of(tmp_path / "x.zip")["pseudonymised"] is True
    pages = list(csv.DictReader(io.StringIO(text_of(tmp_path / "x.zip", "data/pages.csv"), newline="")))
    assert {row["kind"] for row in pages} == {"excerpt", "meeting", "paper", "attendance"}, "no pages of persons"


def test_the_codebook_escapes() -> None:
    table = TableNotes("t", "A | <table>", 1, (Column("a", "VARCHAR[]", "x | <y>"),), ("a",), (("a", "other", "b"),))
    assert "| `a` | string | x \\| <y> (several: joined by '; '); refers to other.b |" in markdown("T", [table])
    made = page("T & U", [table])
    assert "x | &lt;y&gt;" in made
    assert "<title>T &amp; U</title>" in made
    assert all(text.split(",")[0][:20] in made for text in CONVENTIONS)


def test_figures_are_complete() -> None:
    shipped = figures.read_figures()
    assert {sample.name for sample in shipped.samples} >= {"written"}
    for sample in shipped.samples:
        assert set(sample.intervals) == set(figures.MEANINGS)
        assert all(0 <= low <= high <= 1 for low, high in sample.intervals.values())
    told = figures.markdown(shipped, {f"{shipped.extraction}-abc"})
    assert "which made these rows, too" in told
