"""Pseudonyms: keys instead of persons in every data set and format; the county, and a town of namesakes."""

from __future__ import annotations

import functools
import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.errors import ExportError
from pipeline.link.names import fold
from pipeline.output.export import DATASETS, SUFFIXES, export
from pipeline.output.pseudonyms import KEY_VARIABLE, LIMITS, Pseudonyms, read_key
from pipeline.records import (
    AgendaItem,
    Attendance,
    Attendee,
    Decision,
    Extraction,
    ItemContext,
    Meeting,
    Section,
    Sentence,
    Speaker,
    statements_of,
)
from pipeline.store.database import SourceInfo, open_published, open_work
from pipeline.store.linking import link
from pipeline.store.publish import publish
from pipeline.store.writer import Writer, finish_run, start_run
from tests.store_samples import STARTED, provenance

KEY = b"a secret of nobody but the tests"
TOWN = SourceInfo(name="talstadt", title="Talstadt (invented)", body="Stadt Talstadt", topics=())


@pytest.fixture(scope="module")
def town() -> Iterator[duckdb.DuckDBPyConnection]:
    with open_published(published_town()) as connection:
        yield connection


SENTENCES = [
    ("brandt-marie", "Marie Brandt", "Frau Brandt begrüßt den Antrag des Herrn Brandt.", "begrüßt"),
    ("brandt-ingo", "Ingo Brandt", "Herr Brandt dankt Frau Brandt; Harms' Einwand teile er nicht.", "dankt"),
    ("kraft", "Kraft", "Herr Kraft fragt, wann die Satzung in Kraft trete und ob Krafts Schreiben an k.kraft@talstadt.example "
                       "angekommen sei.", "fragt"),
    ("harms", "Harms", "Frau Dr. Harms (CDU) widerspricht Brandts Vorschlag und verweist auf Herrn Zickerick.", "widerspricht"),
]


VOTE = "Gewählt wird Herr Kraft."


def town_item(*, number: int, meeting: int, date: str) -> tuple[AgendaItem, Extraction]:
    text = " ".join([*(sentence for _, _, sentence, _ in SENTENCES), VOTE])
    sentences, at = [], 0
    for index, (speaker, _, sentence, cue) in enumerate(SENTENCES):
        sentences.append(Sentence(index=index, section="Wortprotokoll", section_index=0, paragraph=0, position=index, start=at,
                                  end=at + len(sentence), text=sentence, speakers=(speaker,), cue=cue, act="inform",
                                  stance="support", rule="name_verb", speaker_confidence=0.9, stance_confidence=0.8))
        at += len(sentence) + 1
    sentences.append(Sentence(index=4, section="Wortprotokoll", section_index=0, paragraph=0, position=4, start=at, end=len(text),
                              text=VOTE))
    item = AgendaItem(tolfdnr=number, silfdnr=meeting, number="7", title="Antrag von Frau Brandt: Radweg; Wahl von Herrn Jörg Kraft",
                      date=date, organization="Stadtrat", body="Stadt Talstadt",
                      sections=(Section(label="Wortprotokoll", kind="minutes", text=text),))
    decision = Decision(index=0, section="Wortprotokoll", section_index=0, paragraph=0, position=4, sentence=4, start=at,
                        end=len(text), text=VOTE, outcome="elected", resolution="Herr Jörg Kraft wird gewählt.",
                        candidates=("Jörg Kraft", "Dr. Harms"))
    genders: dict[str, Any] = {"brandt-marie": "f", "harms": "f"}
    extraction = Extraction(
        sentences=tuple(sentences), statements=statements_of(sentences), decisions=(decision,),
        speakers=tuple(Speaker(id=speaker, kind="person", name=name, gender=genders.get(speaker, "m"))
                       for speaker, name, _, _ in SENTENCES))
    return item, extraction


@functools.lru_cache(maxsize=1)
def published_town() -> Path:
    """A town with two Brandts, a family name that is an ordinary word, and guests without a list."""
    target = Path(tempfile.mkdtemp(prefix="auszug-test-")) / "town.duckdb"
    list_ = tuple(Attendee(name=name, gender=gender, faction=faction, role=role, present=True) for name, gender, faction, role in (  # type: ignore[arg-type]
        ("Marie Brandt", "f", "SPD", "Ratsfrau"), ("Ingo Brandt", "m", "CDU", "Ratsherr"), ("Jörg Kraft", "m", "FDP", "Vorsitzender"),
        ("Dr. Silke Harms", "f", "CDU", "Ratsfrau")))
    with open_work() as work:
        run = start_run(work, run_id="run-1", command="run", version="test", sources=["talstadt"], started_at=STARTED)
        writer = Writer(work, TOWN, run=run, topics=[])
        for meeting, date in ((31, "2024-05-02"), (32, "2024-09-12")):
            held = Meeting(silfdnr=meeting, title="Sitzung des Stadtrats", organization="Stadtrat", date=date, has_attendance=True)
            attendance = Attendance(silfdnr=meeting, organization="Stadtrat", date=date, attendees=list_)
            writer.put_meeting(held, provenance(held, f"https://example.org/to010?SILFDNR={meeting}", kind="meeting"))
            writer.put_attendance(attendance, provenance(attendance, f"https://example.org/si019?SILFDNR={meeting}", kind="attendance"))
            item, extraction = town_item(number=meeting * 10, meeting=meeting, date=date)
            writer.put_item(item, extraction, provenance(item, f"https://example.org/to020?TOLFDNR={meeting}0", kind="excerpt"),
                            context=ItemContext(attendees=list_), extractor="gold")
        writer.finish(complete=True)
        link(work)
        finish_run(work, run, finished_at=STARTED)
        publish(work, target)
    return target


def rows_of(connection: duckdb.DuckDBPyConnection, dataset: str, folder: Path, key: bytes = KEY) -> list[dict[str, Any]]:
    export(connection, dataset, folder / "x.jsonl", pseudonyms=Pseudonyms(connection, key))
    return [json.loads(line) for line in (folder / "x.jsonl").read_text("utf-8").splitlines()]


def test_persons_of_one_name_keep_keys_of_their_own(town: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    names = dict(town.execute("SELECT name, person_id FROM person").fetchall())
    made = Pseudonyms(town, KEY)
    marie, ingo, kraft, harms = (made.person(names[name]) for name in ("Marie Brandt", "Ingo Brandt", "Jörg Kraft", "Silke Harms"))
    quotes = [row["quote"] for row in rows_of(town, "statements", tmp_path)][:4]
    assert quotes[0] == f"Frau {marie} begrüßt den Antrag des Herrn {ingo}."
    assert quotes[1] == f"Herr {ingo} dankt Frau {marie}; {harms} Einwand teile er nicht."
    assert quotes[2] == f"Herr {kraft} fragt, wann die Satzung in Kraft trete und ob {kraft} Schreiben an [e-mail] angekommen sei."
    assert re.fullmatch(rf"Frau {harms} \(CDU\) widerspricht N-\w+ Vorschlag und verweist auf Herrn N-\w+\.", quotes[3]), \
        "which Brandt is not told; a guest whom the database does not know"


def test_ids_names_titles_and_candidates(town: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    statements = rows_of(town, "statements", tmp_path)
    for row in statements:
        assert row["person_id"] == row["person_name"] == row["speaker_name"] == row["speaker_id"]
        assert re.fullmatch(r"P-[A-Z2-7]{10}", row["person_id"])
        assert "Brandt" not in row["item_title"] and "Kraft" not in row["item_title"]
    assert {row["faction"] for row in statements} == {"SPD", "CDU", "FDP"}, "factions stay"
    assert {"Vorsitzender", "Ratsfrau"} <= {row["role"] for row in statements}, "roles stay"
    persons = {row["person_id"] for row in rows_of(town, "persons", tmp_path)}
    assert persons == {row["person_id"] for row in statements}, "the data sets fit each other"
    decision = rows_of(town, "decisions", tmp_path)[0]
    assert set(decision["candidates"]) <= persons
    assert decision["resolution"].startswith("Herr P-")


def test_keys_depend_on_the_secret_and_on_nothing_else(town: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    one = rows_of(town, "persons", tmp_path)
    assert one == rows_of(town, "persons", tmp_path)
    other = rows_of(town, "persons", tmp_path, b"another secret, also long enough")
    assert not {row["person_id"] for row in one} & {row["person_id"] for row in other}
    assert [row["person_id"] for row in one] == sorted(row["person_id"] for row in one), "not in the order of their names"


def everything_in(path: Path) -> str:
    """All the text in an exported file."""
    if path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path, read_only=True)
        return "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None)
    if path.suffix == ".parquet":
        return "\n".join(str(value) for row in pq.read_table(path).to_pylist() for value in row.values())
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            return "\n".join(archive.read(name).decode("utf-8") for name in archive.namelist())
    return path.read_text("utf-8")


@pytest.mark.parametrize("suffix", [*SUFFIXES, "xml", "zip"])
def test_nobody_of_the_county_is_named_anywhere(county: duckdb.DuckDBPyConnection, tmp_path: Path, suffix: str) -> None:
    made = Pseudonyms(county, KEY)
    if suffix in {"xml", "zip", "xlsx"}:
        export(county, "all", tmp_path / f"all.{suffix}", pseudonyms=made)
    else:
        for dataset in DATASETS:
            export(county, dataset, tmp_path / f"{dataset}.{suffix}", pseudonyms=made)
    text = "\n".join(everything_in(path) for path in tmp_path.iterdir())
    text = text.replace("(von Rhaden)", "")  # the example in the codebook
    folded = " ".join(fold(line) for line in text.splitlines())
    people = county.execute("SELECT family_name, given_name, person_id FROM person").fetchall()
    assert len(people) > 20
    for family, given, person_id in people:
        name = family.split()[-1]
        if name not in ORDINARY:
            assert not (found := re.search(rf"\b{fold(name)}(?:s|sche\w*)?\b", folded)), folded[found.start() - 60 : found.end() + 30]
        for match in re.finditer(rf"(?:\b(\w+)\s)?\b{name}(?:s|sche\w*)?\b", text):
            assert match[1] in ORDINARY.get(name, ()), text[max(0, match.start() - 60) : match.end() + 30]
        assert person_id not in text
        if given:
            assert f"{given} {family}" not in text
    assert made.person(people[0][2]) in text


ORDINARY = {"Sommer": ("im", "bis", "dem", "den", "zum", "vor", "nach"), "Lange": (), "Berg": (), "Koch": ()}
"""Family names of the county that are ordinary words, too, and the words before which they are in its texts."""


def test_every_mention_is_replaced_where_the_minutes_name_somebody(county: duckdb.DuckDBPyConnection) -> None:
    made = Pseudonyms(county, KEY)
    for item, form, person in county.execute(
        "SELECT item_id, unnest(forms), person_id FROM speaker WHERE kind = 'person' AND person_id IS NOT NULL").fetchall():
        assert made.person(person) in made.text(f"Dem stimmt {form} zu.", source="ahrenfeld", item=item), form


# ------------------------------------------------------------------------- the secret

def test_the_secret(tmp_path: Path) -> None:
    assert read_key(None, {KEY_VARIABLE: "x" * 16}) == b"x" * 16
    (tmp_path / "key").write_text("y" * 20 + "\n")
    assert read_key(tmp_path / "key", {}) == b"y" * 20


@pytest.mark.parametrize(("content", "environment", "message", "reason"), [
    (None, {}, f"{KEY_VARIABLE} or --key-file", "no secret"), (None, {KEY_VARIABLE: "short"}, "has 5 bytes", "too short"),
    ("short", {KEY_VARIABLE: "x" * 20}, "has 5 bytes", "the file counts"), ("missing", {}, "cannot be read", "no file"),
])
def test_a_secret_that_protects_nobody_is_refused(
    tmp_path: Path, content: str | None, environment: dict[str, str], message: str, reason: str
) -> None:
    path = None if content is None else tmp_path / "key"
    if path and content != "missing":
        path.write_text(content or "")
    with pytest.raises(ExportError) as caught:
        read_key(path, environment)
    assert message in str(caught.value), reason
    assert "head -c 32 /dev/urandom" in str(caught.value)


def test_the_command_says_what_pseudonyms_cannot_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = tmp_path / "own" / "town.duckdb"  # the other tests have theirs open
    database.parent.mkdir()
    shutil.copy(published_town(), database)
    arguments = ["export", "persons", "-o", str(tmp_path / "x.csv"), "--pseudonymise", "--db", str(database)]
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    refused = CliRunner().invoke(app, arguments)
    assert (refused.exit_code, (tmp_path / "x.csv").exists()) == (2, False)
    monkeypatch.setenv(KEY_VARIABLE, "k" * 32)
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    assert LIMITS in done.stderr
    assert "Brandt" not in (tmp_path / "x.csv").read_text("utf-8")
