"""A person who is forgotten stands in no file but the archive, comes back with no build, and takes nobody along."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.config import load_corpus
from pipeline.errors import InputError, StoreError
from pipeline.harvest.recorder import rebuild
from pipeline.output.names_in_text import Names
from pipeline.store.checks import run_checks
from pipeline.store.database import differences, open_published
from pipeline.store.publications import publications
from pipeline.upkeep import forget, forgotten
from pipeline.upkeep.blanking import Eye, words_of
from pipeline.upkeep.corrections_file import without_entries
from pipeline.upkeep.exports import exports, note_export
from pipeline.upkeep.forgetting import Places, Report, forget_person
from pipeline.upkeep.forgotten import REMOVED, Forgotten, make_entry
from tests import harvest_tools as tools
from tests.upkeep_samples import PAGE, Place, place_in

CORRECTIONS = """# Harmsen hat angerufen

[[stance]]
date = 2019-11-14
item = "5"
quote = "Herr Harmsen"
stance = "oppose"
reason = "irony"

# Rathje is certain
[[person]]
date = 2018-09-13
item = "5"
speaker = "Rathje"
person = "Detlef Rathje"
reason = "sure"   # stays as it is
"""
NAMESAKES = """ALLRIS - Auszug

03.06.2025 - 7 Haushalt

Reduzieren

Wortprotokoll

Herr Harmsen erklärt, der Haushalt sei solide. Frau Holm stimmt zu.
"""


def forget_in(place: Place, person: str = "Klaus Harmsen", **options: object) -> Report:
    places = Places(target=place.target, work=place.work, corpora=place.corpora)
    return forget_person(person, places, clock=place.clock, **options)  # type: ignore[arg-type]


def naming(place: Place, name: str = "harmsen") -> list[str]:
    """The files that hold the name, in any case and form of its letters."""
    wanted = {variant.encode() for variant in (name, name.upper(), name.title(), name.capitalize())}
    return sorted(path.relative_to(place.corpora).as_posix() for path in place.corpora.rglob("*") if path.is_file()
                  and any(form in path.read_bytes() for form in wanted))


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Two publications, corrections, a run file and a note of a batch that name the person, and a namesake in Tal."""
    place = place_in(tmp_path_factory.mktemp("before"))
    county = place.corpora / "ahrenfeld"
    (county / "corrections.toml").write_text(CORRECTIONS, "utf-8")
    (place.corpora / "tal" / "second.txt").write_text(NAMESAKES, "utf-8")
    (county / "runs").mkdir()
    (county / "runs" / "run-1.json").write_text(
        json.dumps({"problems": [{"message": "TOP 5: Herr Harmsen ist doppelt"}], "new": 3}), "utf-8")
    place.build()
    place.build(everything=True)
    (place.work.parent / "last_run.json").write_text('{"command": "x", "message": "bei Harmsens Antrag"}', "utf-8")
    return place


@pytest.fixture(scope="module")
def done(original: Place, tmp_path_factory: pytest.TempPathFactory) -> tuple[Place, Report]:
    place = original.copy_to(tmp_path_factory.mktemp("after"))
    note_export(place.work.parent, place.target, command="auszug export all", now=place.clock())
    return place, forget_in(place)


@pytest.fixture
def place(original: Place, tmp_path: Path) -> Place:
    return original.copy_to(tmp_path)


def test_the_name_is_in_no_file_but_the_archive(original: Place, done: tuple[Place, Report]) -> None:
    place, report = done
    assert {"auszug.duckdb", "auszug.1.duckdb", ".auszug/work.duckdb", ".auszug/last_run.json",
            "ahrenfeld/corrections.toml", "ahrenfeld/runs/run-1.json", "tal/second.txt"} <= set(naming(original))
    # the namesake of Tal stays: in the file that was given, and in both databases
    assert place.rows("SELECT count(*) FROM speaker WHERE name = 'Harmsen'") == [(1,)]
    assert naming(place) == [".auszug/work.duckdb", "auszug.1.duckdb", "auszug.duckdb", "tal/second.txt"]
    assert naming(place, "klaus") == []
    assert place.warc.stat().st_mode & 0o777 == 0o600
    assert report.corrections == 1 and not report.left
    assert [Path(path).name for path in report.publications] == ["auszug.duckdb", "auszug.1.duckdb"]
    assert [export.command for export in report.exported] == ["auszug export all"]


def test_without_a_namesake_no_byte_is_left(place: Place) -> None:
    forget_in(place, "Anke Sommer", source="ahrenfeld")
    for path in publications(place.target):
        with duckdb.connect(str(path), read_only=True) as connection:
            names = connection.execute("SELECT quote FROM speaker_positions UNION ALL SELECT text FROM section").fetchall()
            assert not [text for (text,) in names if "Sommer" in text and "Frau Dr. Sommer" in text]
    assert place.rows("SELECT count(*) FROM speaker WHERE speaker_id = 'sommer'") == [(0,)]
    forget_in(place, "Detlef Rathje")
    assert naming(place, "rathje") == []


def test_the_rows_say_removed_on_request(done: tuple[Place, Report]) -> None:
    place, _ = done
    said = place.rows("SELECT speaker_name, person_id, stance_item, faction, quote FROM speaker_positions "
                      "WHERE speaker_id LIKE 'removed%'")
    assert said
    for name, person, stance, faction, quote in said:
        assert (name, person, stance, faction) == (REMOVED, None, None, None)
        assert set(quote) - set("█") <= set(" \n\t")
    assert place.rows(f"SELECT DISTINCT name, kplfdnr, gender, faction, role, person_id FROM attendance "  # noqa: S608
                      f"WHERE name = '{REMOVED}'") == [(REMOVED, None, None, None, None, None)]
    assert place.rows("SELECT count(*) FROM person WHERE kplfdnr = 203 OR name LIKE 'removed%'") == [(0,)]
    assert place.rows("SELECT count(*) FROM person", work=True) == place.rows("SELECT count(*) FROM person")


def test_checks_pass_and_others_stay(original: Place, done: tuple[Place, Report]) -> None:
    place, _ = done
    for path in publications(place.target):
        with open_published(path) as connection:
            assert [one for one in run_checks(connection) if one.severity == "error"] == []
    others = """SELECT st.statement_id, st.speaker_id, st.stance, st.act, st.words, st.start_char, sp.person_id
        FROM statement AS st LEFT JOIN speaker AS sp USING (item_id, speaker_id)
        WHERE st.speaker_id NOT IN ('harmsen', 'removed on request') OR st.item_id LIKE 'tal/%' ORDER BY ALL"""
    assert place.rows(others) == original.rows(others)
    quotes = "SELECT quote FROM statement WHERE speaker_id <> 'harmsen' AND quote NOT LIKE '%Harmsen%' ORDER BY ALL"
    kept = {row[0] for row in place.rows("SELECT quote FROM statement")}
    assert {row[0] for row in original.rows(quotes)} <= kept
    assert place.rows("SELECT count(*) FROM search_text WHERE folded LIKE '% harmsen %' AND document IN "
                      "(SELECT document FROM search_document WHERE source_id = 'ahrenfeld')") == [(0,)]


def test_corrections_stay_byte_for_byte(done: tuple[Place, Report]) -> None:
    text = (done[0].corpora / "ahrenfeld" / "corrections.toml").read_text("utf-8")
    assert text.startswith("# ███████ hat angerufen\n\n# an entry was removed on request on 2026-04-01")
    assert text.endswith(CORRECTIONS[CORRECTIONS.index("# Rathje is certain"):])


def test_no_build_brings_the_person_back(done: tuple[Place, Report], tmp_path: Path) -> None:
    place = done[0].copy_to(tmp_path)
    place.build(everything=True)
    assert differences(place.target, done[0].target) == []  # what was made anew is what was taken out
    place.work.unlink()
    place.build()
    assert differences(place.target, done[0].target) == []
    cache = place.work.parent / "pages" / "ahrenfeld"  # a copy of the archive
    assert not cache.exists() or cache.stat().st_mode & 0o077 == 0
    assert place.rows("SELECT count(*) FROM speaker WHERE name = 'Harmsen' AND item_id LIKE 'ahren%'") == [(0,)]


def test_the_list_holds_no_name_and_needs_its_key(done: tuple[Place, Report], tmp_path: Path) -> None:
    place = done[0].copy_to(tmp_path)
    listed = (place.corpora / forgotten.LIST).read_text().lower()
    assert "harmsen" not in listed and "klaus" not in listed and "ahrenfeld" not in listed
    assert {(place.corpora / name).stat().st_mode & 0o777 for name in (forgotten.LIST, forgotten.KEY)} == {0o600}
    (place.corpora / forgotten.KEY).unlink()
    with pytest.raises(StoreError, match="list of forgotten persons"):
        place.build(everything=True)  # without its key the list would let everybody in


def test_a_dry_run_changes_nothing(place: Place) -> None:
    before = {path: path.read_bytes() for path in place.corpora.rglob("*") if path.is_file()}
    report = forget_in(place, dry_run=True)
    assert report.rows["statement"] == 10 and report.rows["person"] == 1
    after = {path: path.read_bytes() for path in place.corpora.rglob("*") if path.is_file()}
    assert {path.name for path in after.keys() - before.keys()} == set()
    assert {path.name for path in before if path.suffix != ".duckdb" and before[path] != after[path]} == set()
    assert "harmsen" in {row[0] for row in place.rows("SELECT speaker_id FROM speaker", work=True)}


def test_who_is_meant(place: Place) -> None:
    with pytest.raises(forget.Ambiguous) as ambiguous:
        forget_in(place, "Harmsen")
    assert {one.body for one in ambiguous.value.found} == {"Kreis Ahrenfeld", "Tal"}
    with pytest.raises(InputError, match="nobody"):
        forget_in(place, "Ulla Unbekannt")
    with pytest.raises(InputError, match="no such corpus"):
        forget_in(place, "Harmsen", source="berg")
    assert not (place.corpora / forgotten.LIST).exists()
    forget_in(place, "Harmsen", body="Tal")
    assert place.rows("SELECT source_id, count(*) FROM person WHERE family_name = 'Harmsen' GROUP BY 1") == [
        ("ahrenfeld", 1)]


def test_a_namesake_in_the_same_municipality(tmp_path: Path) -> None:
    """Where both bear the name, whoever attends, or the form of address, tells who is meant."""
    place = place_in(tmp_path)
    tal = place.corpora / "tal"
    (tal / "page.txt").write_text(PAGE.replace("Herr Uhl lehnt", "Herr Hans Uhl meint, das sei gut. Herr Uhl lehnt"), "utf-8")
    (tal / "second.txt").write_text(PAGE.replace("03.06.2025 - 5", "04.07.2025 - 6").replace(
        "Herr Uhl lehnt", "Frau Inge Uhl dankt Hans Uhl. Frau Uhl lehnt"), "utf-8")
    place.build("tal")
    assert len(place.rows("SELECT person_id FROM person WHERE family_name = 'Uhl'")) == 2
    forget_in(place, "Hans Uhl")
    texts = " ".join(row[0] for row in place.rows("SELECT text FROM section"))
    assert "Frau Inge Uhl dankt ████ ███. Frau Uhl lehnt den Bau ab." in texts
    assert "Hans" not in texts and "Herr Uhl" not in texts
    assert place.rows("SELECT name FROM person WHERE family_name = 'Uhl'") == [("Inge Uhl",)]


def test_a_name_that_only_stands_in_texts(place: Place) -> None:
    (place.corpora / "tal" / "page.txt").write_text(
        PAGE.replace("gebaut werde.", "gebaut werde, worum Herr Emil Quast gebeten habe."), "utf-8")
    place.build("tal")
    with pytest.raises(InputError, match="--body"):
        forget_in(place, "Emil Quast")
    report = forget_in(place, "Emil Quast", body="Tal")
    assert "Herr ████ █████ gebeten" in place.rows("SELECT text FROM section WHERE item_id LIKE 'tal/%/5'")[0][0]
    assert [line for line in report.left if "page.txt" in line]  # the file is the operator's
    assert report.rows["section"] == 1


def test_an_interrupted_command_is_finished(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> bool:
        raise StoreError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(forget, "forget_in_publication", fails)
        with pytest.raises(StoreError, match="disk is full"):
            forget_in(place)
    assert "auszug.duckdb" in naming(place, "klaus")
    forget_in(place)
    assert naming(place, "klaus") == []
    assert len(Forgotten.load(place.corpora).entries) == 1


def test_an_open_reader_keeps_his_publication(place: Place) -> None:
    with open_published(place.target) as reader:
        count = "SELECT count(*) FROM statement WHERE speaker_id = 'harmsen' AND item_id LIKE 'ahren%'"
        before = reader.execute(count).fetchall()
        forget_in(place)
        assert reader.execute(count).fetchall() == before != [(0,)]
    assert place.rows(count) == [(0,)]


# ------------------------------------------------------------------------------------------ the archive

def test_purged_pages_are_nowhere_and_not_fetched_again(tmp_path: Path) -> None:
    time = tools.Clock()
    place = Place(tmp_path)
    with tools.short_site(time) as site:
        demo = tools.corpus(place.corpora, site.url)
        tools.run(demo, time)
        place.build("demo")
        before = tools.contents(demo)
        person, family = place.rows("SELECT name, family_name FROM person WHERE kplfdnr IS NOT NULL "
                                    "ORDER BY meetings DESC, family_name LIMIT 1")[0]
        report = forget_in(place, person, purge_archive=True)
        after = tools.contents(demo)
        assert after < before and report.withheld and report.records >= 2 * report.withheld
        assert not [1 for path in demo.archive.iterdir() if path.stat().st_mode & 0o077]
        time.forward(days=200)  # everything is due again
        run = tools.run(demo, time)
        assert run.exit_code == 0
        withheld = {address for address, _ in before - after}
        assert withheld and not withheld & {address for address, _ in tools.contents(demo)}
        place.build("demo")
        assert place.rows(f"SELECT count(*) FROM section WHERE text LIKE '%{family}%'") == [(0,)]  # noqa: S608
        with open_published(place.target) as connection:
            assert [one for one in run_checks(connection) if one.severity == "error"] == []
        from pipeline.harvest.ledger import Ledger

        ledger = Ledger(None, base=site.url)
        rebuild(ledger, load_corpus(demo.folder).archive)  # the archive itself says what is withheld
        assert ledger.count("outcome = 'withheld'") == report.withheld
        ledger.close()


# ------------------------------------------------------------------------------------------ pure parts

FORMS = [
    ("Herr Harmsen lehnt ab.", "Herr ███████ lehnt ab.", "form of address"),
    ("Dr. Klaus Harmsen (CDU) sagt", "███ █████ ███████ (CDU) sagt", "title and given name go with it"),
    ("K. Harmsen sagt", "██ ███████ sagt", "an initial fits"),
    ("Frau Inge Harmsen sagt", "Frau Inge Harmsen sagt", "another given name is another person"),
    ("Harmsens Antrag, der Harmsensche Plan", "████████ Antrag, der ███████████ Plan", "inflected"),
    ("Harm-\nsen sagt", "█████\n███ sagt", "parted at a line's end"),
    ("Har\u00admsen sagt", "████████ sagt", "an invisible character"),
    ("HARMSEN sagt", "███████ sagt", "capitals"),
    ("harmsen@kreis.example", "█████████████████████", "mail"),
    ("Harmsen, Klaus", "████████ █████", "as lists write it"),
    ("die Harmsen-Schule, die Harmsenstraße", "die Harmsen-Schule, die Harmsenstraße", "a place is nobody"),
    ("Herr Harms und Frau Hansen", "Herr Harms und Frau Hansen", "other names stay"),
]


def eye_for(printed: str, text: str) -> Eye:
    listed = Forgotten((), b"k" * 32)
    listed = listed.with_entry(make_entry(listed, "tal", [printed], since="2026-01-01"))
    words = frozenset(words_of(text))
    return Eye(listed, "tal", Names(), words, words)


@pytest.mark.parametrize(("text", "expected", "reason"), FORMS, ids=[reason for *_, reason in FORMS])
def test_forms_of_a_name(text: str, expected: str, reason: str) -> None:
    found = eye_for("Klaus Harmsen", text).blank(text)
    assert found == expected, reason
    assert len(found) == len(text)


def test_umlauts_and_ordinary_words() -> None:
    for text in ("Herr Müller-Lüders geht", unicodedata.normalize("NFD", "Herr Müller-Lüders geht"), "Herr M\ufffdller-L\ufffdders geht"):
        found = eye_for("Ole Müller-Lüders", text).blank(text)
        assert found.startswith("Herr █") and found.endswith("█ geht") and len(found) == len(text)
    text = "Der Koch kocht; Herr Koch lobt ihn."
    assert eye_for("Jonas Koch", text).blank(text) == "Der Koch kocht; Herr ████ lobt ihn."


def test_another_municipality_is_another_person() -> None:
    listed = Forgotten((), b"k" * 32)
    listed = listed.with_entry(make_entry(listed, "tal", ["Klaus Harmsen"], since="2026-01-01"))
    text = "Herr Klaus Harmsen spricht."
    words = frozenset(words_of(text))
    assert Eye(listed, "berg", Names(), words, words).blank(text) == text


def test_entries_of_a_corrections_file() -> None:
    text = '[[a]]\nx = 1\n\n# of the next\n[[a]]  # two\nx = 2\n[[b]]\nx = 3\n'
    assert without_entries(text, lambda _, entry: entry["x"] == 2, note="gone", where="f") == (
        '[[a]]\nx = 1\n\n# of the next\n# gone\n[[b]]\nx = 3\n', 1)
    assert without_entries(text, lambda *_: False, note="gone", where="f") == (text, 0)


def test_exports_are_noted(tmp_path: Path) -> None:
    written = tmp_path / "out.csv"
    written.write_text("a")
    note_export(tmp_path / "none", written, command="auszug export")
    assert exports(tmp_path / "none") == []
    (tmp_path / "state").mkdir()
    note_export(tmp_path / "state", written, command="auszug export")
    [found] = exports(tmp_path / "state")
    assert (found.path, len(found.sha256)) == (str(written), 64)


def test_the_command(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place.folder)
    several = CliRunner().invoke(app, ["forget", "Harmsen"])
    assert several.exit_code == 2
    assert "ahrenfeld/allris4/person/203\tKlaus Harmsen\tKreis Ahrenfeld\t" in several.stdout
    assert "nothing was removed" in several.stderr
    dry = CliRunner().invoke(app, ["forget", "-", "--dry-run"], input="Klaus Harmsen\n")
    assert dry.exit_code == 0 and "10 statement" in dry.stdout
    done = CliRunner().invoke(app, ["forget", "-"], input="ahrenfeld/allris4/person/203\n")
    assert done.exit_code == 0, done.output
    assert "Harmsen" not in done.output and "corrections removed: 1" in done.stdout
    changed = CliRunner().invoke(app, ["diff", "corpora/auszug.1.duckdb", "corpora/auszug.duckdb"])
    assert changed.exit_code == 0 and "0 changes" in changed.stderr  # the former publication was rewritten, too
