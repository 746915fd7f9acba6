"""Statements and decisions by hand: added, removed, said by somebody else; persons joined and split; all taken back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import ConfigError
from pipeline.link.corrections import Correction, parse_corrections
from pipeline.store.checks import run_checks
from pipeline.store.corrections import put, undo
from pipeline.store.database import WorkDatabase, equal_databases, open_work
from pipeline.store.linking import link
from pipeline.store.writer import Writer, start_run
from tests.store_samples import SOURCE as SOURCE_INFO
from tests.store_samples import SRO, STARTED, provenance, small_item, write_county, written_county

PLACE = 'date = 2023-11-16\nitem = "5"\nreason = "read again"\n'
ITEM = "ahrenfeld/allris4/item/72605"
SOURCE = "ahrenfeld"


def read(*tables: str) -> tuple[Correction, ...]:
    """Corrections of the motion of 16 November 2023; each of `tables` is a head and lines."""
    return parse_corrections("\n".join(f"{table}\n{PLACE}" for table in tables).encode(), where="corrections.toml")


@pytest.fixture
def work(tmp_path: Path) -> Iterator[WorkDatabase]:
    with open_work(Path(shutil.copy(written_county(), tmp_path / "county.duckdb"))) as opened:
        yield opened


def corrected(work: WorkDatabase, *tables: str) -> None:
    """Apply corrections; the database holds what it promises all the same."""
    put(work, SOURCE, read(*tables))
    link(work)
    assert [finding for finding in run_checks(work.connection) if finding.severity == "error"] == []


def problems(work: WorkDatabase) -> list[str]:
    return [row["problem"] for row in work.rows("SELECT problem FROM correction WHERE NOT applied ORDER BY ALL")]


def statements(work: WorkDatabase, where: str) -> list[dict[str, Any]]:
    return work.rows(f"""SELECT speaker_name, person_name, stance_item, stance_topic, act, quote, corrected, rule,
        first_sentence, last_sentence FROM speaker_positions WHERE item_id = ? AND topic_id = 'sro' AND {where}
        ORDER BY first_sentence""", [ITEM])  # noqa: S608  (conditions of this file)


RATHJE = '[[statement]]\nquote = "Herr Rathje beantragt"\n'
MAJORITY = '[[decision]]\nquote = "Dem wird mit großer Mehrheit"\n'


def test_a_statement_is_the_words_of_another_speaker_of_the_item(work: WorkDatabase) -> None:
    corrected(work, f'{RATHJE}by = "Dr. Anke Sommer"')
    [found] = statements(work, "quote LIKE 'Herr Rathje beantragt%'")
    assert (found["speaker_name"], found["person_name"], found["corrected"], found["rule"]) == (
        "Sommer", "Anke Sommer", True, "corrected")
    assert work.rows("SELECT speakers FROM sentence WHERE item_id = ? AND sentence_index = 21", [ITEM]) == [
        {"speakers": ["sommer"]}]


def test_or_of_somebody_whom_only_the_attendance_list_has(work: WorkDatabase) -> None:
    corrected(work, f'{RATHJE}by = "Regina Albers"')
    [found] = statements(work, "quote LIKE 'Herr Rathje beantragt%'")
    assert (found["speaker_name"], found["person_name"]) == ("Regina Albers", "Regina Albers")


@pytest.mark.parametrize(("by", "kind"), [("Vorsitzende", "role"), ("SPD-Fraktion", "group"), ("Frau Uhl", "person")])
def test_who_is_new_in_the_item_is_of_the_kind_that_the_name_says(work: WorkDatabase, by: str, kind: str) -> None:
    corrected(work, f'{RATHJE}by = "{by}"')
    assert work.rows("SELECT kind FROM speaker WHERE item_id = ? AND speaker_id = ?", [ITEM, by]) == [{"kind": kind}]


def test_nobody_nameable_is_a_speaker_too(work: WorkDatabase) -> None:
    corrected(work, f'{RATHJE}by = "?"')
    [found] = statements(work, "quote LIKE 'Herr Rathje beantragt%'")
    assert found["person_name"] is None


def test_a_missed_statement_is_added_with_its_span_and_stance(work: WorkDatabase) -> None:
    corrected(work, '[[statement]]\nadd = true\nquote = "Aus dem Zuschauerraum"\nby = "Zuhörer"\nstance = "oppose"')
    [found] = statements(work, "quote LIKE 'Aus dem Zuschauerraum%'")
    assert found["quote"] == "Aus dem Zuschauerraum kommt Beifall."
    assert (found["stance_item"], found["stance_topic"], found["corrected"]) == ("oppose", "support", True)
    assert (found["first_sentence"], found["last_sentence"]) == (9, 9)


def test_a_statement_is_parted_by_removing_it_and_adding_its_pieces(work: WorkDatabase) -> None:
    before = len(statements(work, "true"))
    corrected(
        work,
        '[[statement]]\nadd = true\nquote = "Herr Brodersen begründet"\nuntil = "Fünf Jahre"\nby = "Brodersen"',
        '[[statement]]\nadd = true\nquote = "Das Geld fehle"\nuntil = "Deshalb müsse"\nby = "Elke Matthiesen"\nact = "propose"',
        '[[statement]]\nremove = true\nquote = "Herr Brodersen begründet"',
    )
    assert problems(work) == []
    found = statements(work, "last_sentence <= 4")
    assert [(row["person_name"], row["first_sentence"], row["last_sentence"], row["act"]) for row in found] == [
        ("Uwe Brodersen", 0, 1, "inform"), ("Elke Matthiesen", 2, 4, "propose")]
    assert len(statements(work, "true")) == before + 1


def test_a_decision_that_is_none_goes_and_one_that_was_missed_comes(work: WorkDatabase) -> None:
    corrected(work, f"{MAJORITY}remove = true",
              '[[decision]]\nadd = true\nquote = "Nein: 9"\noutcome = "rejected"\nno = 9\nunanimous = false')
    rows = work.rows("SELECT text, outcome, no, corrected, agrees FROM decision_log WHERE item_id = ? ORDER BY start_char, section_index",
                     [ITEM])
    assert [(row["text"], row["outcome"], row["no"], row["corrected"]) for row in rows] == [
        ("Ja: 2", "rejected", 9, False), ("Nein: 9", "rejected", 9, True)]
    [kept] = work.rows("SELECT former FROM correction WHERE given LIKE '%remove\":true%'")
    assert "Dem wird mit großer Mehrheit gefolgt." in kept["former"]
    assert work.rows("SELECT item_id FROM agenda_item WHERE corrected") == [{"item_id": ITEM}]


EVERYTHING = (
    f"{MAJORITY}remove = true",
    '[[decision]]\nadd = true\nquote = "Nein: 9"\noutcome = "rejected"',
    '[[decision]]\nquote = "Ja: 2"\nyes = 3',
    '[[statement]]\nremove = true\nquote = "Herr Brodersen begründet"',
    '[[statement]]\nadd = true\nquote = "Herr Brodersen begründet"\nuntil = "Das Geld"\nby = "Frau Uhl"',
    f'{RATHJE}by = "Vorsitzende"',
    '[[stance]]\nquote = "Herr Rathje beantragt"\nstance = "oppose"',
    '[[stance]]\nquote = "Frau Mewes widerspricht"\nstance = "conditional"',
)


def test_taken_out_they_leave_nothing_behind(tmp_path: Path) -> None:
    touched = Path(shutil.copy(written_county(), tmp_path / "touched.duckdb"))
    with open_work(touched) as work:
        corrected(work, *EVERYTHING)
        assert problems(work) == []
        corrected(work, *EVERYTHING[3:])
        put(work, SOURCE, ())
        link(work)
    assert equal_databases(written_county(), touched)


def test_applying_again_changes_nothing_and_a_rebuild_gives_the_same(tmp_path: Path) -> None:
    once, twice = tmp_path / "once.duckdb", tmp_path / "twice.duckdb"
    with open_work(once) as work:
        write_county(work, linked=False)
        corrected(work, *EVERYTHING)
    shutil.copy(written_county(), twice)
    with open_work(twice) as work:
        corrected(work, *EVERYTHING)
        write_county(work, run_id="run-2", linked=False)
        link(work)
    assert equal_databases(once, twice)


def test_undoing_twice_does_nothing_the_second_time(work: WorkDatabase) -> None:
    corrected(work, *EVERYTHING)
    undo(work, SOURCE)
    state = work.rows("SELECT * FROM statement ORDER BY ALL"), work.rows("SELECT * FROM decision ORDER BY ALL")
    undo(work, SOURCE)
    assert (work.rows("SELECT * FROM statement ORDER BY ALL"), work.rows("SELECT * FROM decision ORDER BY ALL")) == state


UNFIT = [
    (['[[statement]]\nadd = true\nquote = "Herr Koch hält"\nby = "A"'], "belong to the statement", "no free sentence"),
    (['[[statement]]\nadd = true\nquote = "Aus dem Zu"\nuntil = "Herr"\nby = "A"'], "belong to the statement", "partly"),
    (['[[statement]]\nadd = true\nquote = "Aus dem Zu"\nuntil = "Ja: 2"\nby = "A"'], "no sentence behind", "other section"),
    (['[[statement]]\nadd = true\nquote = "Aus dem Dach"\nby = "A"'], "there is no sentence", "no such words"),
    ([f'{RATHJE}by = "Rathje"'], "already", "the same speaker"),
    ([f'{MAJORITY}add = true\noutcome = "noted"'], "finds a decision there itself", "found already"),
    ([f"{MAJORITY}remove = true", f'{MAJORITY}outcome = "noted"'], "another correction", "removed and changed"),
    (['[[statement]]\nremove = true\nquote = "Herr Rathje"', '[[stance]]\nquote = "Herr Rathje"\nstance = "oppose"'],
     "another correction removes it", "a stance of what is removed"),
]


@pytest.mark.parametrize(("tables", "message", "reason"), UNFIT, ids=[case[2] for case in UNFIT])
def test_what_does_not_fit_says_why_and_changes_nothing(
    work: WorkDatabase, tables: list[str], message: str, reason: str
) -> None:
    corrected(work, *tables)
    assert len(found := problems(work)) == 1, reason
    assert message in found[0]


BAD = [
    (MAJORITY + "add = true\nremove = true", "add and remove"),
    (MAJORITY + "add = true\nyes = 3", "without an outcome"),
    (MAJORITY + 'remove = true\noutcome = "noted"', "removed and changed"),
    (RATHJE + 'remove = true\nby = "A"', "removed and changed"),
    (RATHJE, "'by' is missing"),
    (RATHJE + 'by = "A"\nstance = "oppose"', "[[stance]]"),
    (RATHJE + 'by = "A"\nadd = "yes"', "write true"),
]


@pytest.mark.parametrize(("table", "message"), BAD, ids=[case[1] for case in BAD])
def test_contradictions_are_refused_when_the_file_is_read(table: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(table)
    assert message in str(caught.value)
    assert "corrections.toml:1" in str(caught.value)


# --------------------------------------------------------------------------------------------------- persons

def persons(work: WorkDatabase, text: str) -> list[str]:
    put(work, SOURCE, parse_corrections(text.encode(), where="corrections.toml"))
    link(work)
    return problems(work)


def test_two_names_of_one_person_are_joined(work: WorkDatabase) -> None:
    said = work.rows("""SELECT count(*) AS n FROM speaker_positions
        WHERE person_name IN ('Jule Petersen', 'Regina Albers') AND topic_id = 'sro'""")
    assert persons(work, '[[join]]\nperson = "Jule Petersen"\nother = "Regina Albers"\nreason = "married"') == []
    [person] = work.rows("SELECT person_id, corrected, names FROM person WHERE list_contains(names, 'Regina Albers')")
    assert person["corrected"]
    assert "Jule Petersen" in person["names"]
    found = work.rows("SELECT count(*) AS n, bool_and(corrected) AS marked FROM speaker_positions "
                      "WHERE person_id = ? AND topic_id = 'sro'", [person["person_id"]])
    assert (found[0]["n"], found[0]["marked"]) == (said[0]["n"], True)
    assert work.rows("SELECT 1 FROM membership ANTI JOIN person USING (person_id)") == []


def test_one_name_of_two_persons_is_split_by_time(work: WorkDatabase) -> None:
    assert persons(work, '[[split]]\nperson = "Klaus Harmsen"\nname = "Klaus Harmsen (Sohn)"\nsince = 2022-01-01\n'
                         'reason = "father and son"') == []
    rows = work.rows("""SELECT person_name, min(date) AS first, max(date) AS last FROM speaker_positions
        WHERE person_name LIKE 'Klaus Harmsen%' GROUP BY person_name ORDER BY person_name""")
    assert [row["person_name"] for row in rows] == ["Klaus Harmsen", "Klaus Harmsen (Sohn)"]
    assert str(rows[0]["last"]) < "2022" <= str(rows[1]["first"])
    assert work.rows("SELECT bool_and(m.last_seen < DATE '2022-01-01') AS all_before FROM membership AS m "
                     "JOIN person AS p ON p.person_id = m.person_id WHERE p.name = 'Klaus Harmsen'")[0]["all_before"]


def test_a_split_can_be_by_committee_and_a_single_speaker_set_behind_it(work: WorkDatabase) -> None:
    text = ('[[split]]\nperson = "Klaus Harmsen"\nname = "Klaus Harmsen (Kreistag)"\ncommittee = "Kreistag"\n'
            f'reason = "x"\n[[person]]\n{PLACE}speaker = "Harmsen"\nperson = "Klaus Harmsen (Kreistag)"\n')
    assert persons(work, text) == []
    committees = work.rows("SELECT DISTINCT committee FROM speaker_positions "
                           "WHERE person_name = 'Klaus Harmsen (Kreistag)' ORDER BY ALL")
    assert [row["committee"] for row in committees] == ["Jugendhilfeausschuss", "Kreistag"]


UNFIT_PERSONS = [
    ('[[join]]\nperson = "Jule Petersen"\nother = "Ute Niemand"\nreason = "x"', "nobody is called 'Ute Niemand'"),
    ('[[join]]\nperson = "Jule Petersen"\nother = "Jule Petersen"\nreason = "x"', "one person already"),
    ('[[split]]\nperson = "Ute Niemand"\nname = "B"\nsince = 2020-01-01\nreason = "x"', "nobody is called"),
    ('[[split]]\nperson = "Jule Petersen"\nname = "B"\nsince = 1999-01-01\nreason = "x"', "all of"),
    ('[[split]]\nperson = "Jule Petersen"\nname = "B"\ncommittee = "Bauausschuss"\nreason = "x"', "nothing of"),
]


@pytest.mark.parametrize(("text", "message"), UNFIT_PERSONS, ids=[case[1] for case in UNFIT_PERSONS])
def test_persons_who_cannot_be_joined_or_split_are_reported(work: WorkDatabase, text: str, message: str) -> None:
    before = work.rows("SELECT * FROM person ORDER BY ALL")
    [problem] = persons(work, text)
    assert message in problem
    assert work.rows("SELECT * FROM person ORDER BY ALL") == before


def test_a_split_needs_a_condition() -> None:
    with pytest.raises(ConfigError, match="without a condition"):
        parse_corrections(b'[[split]]\nperson = "A"\nname = "B"\nreason = "x"', where="corrections.toml")


def test_what_was_set_by_hand_does_not_get_into_the_history(tmp_path: Path) -> None:
    """A page changes and changes back while it is corrected: the former version is as the extraction left it."""
    first, second = small_item(), small_item(title="Zweiter Bericht zur Sozialraumorientierung")
    place = 'date = 2024-05-02\nitem = "5.1"\nreason = "x"\n'
    text = f'[[statement]]\nremove = true\nquote = "Frau Petersen"\n{place}[[decision]]\nquote = "Ja"\noutcome = "noted"\n{place}'
    found = parse_corrections(text.encode(), where="corrections.toml")
    states = {}
    for name, given in (("plain", ()), ("corrected", found)):
        path = tmp_path / f"{name}.duckdb"
        with open_work(path) as work:
            for number, (item, extraction) in enumerate((first, second, first), 1):
                run = start_run(work, run_id=f"run-{number}", command="run", version="test", sources=["ahrenfeld"],
                                started_at=STARTED)
                writer = Writer(work, SOURCE_INFO, run=run, topics=[SRO])
                with writer.transaction():
                    writer.put_item(item, extraction, provenance(item, "https://example.org/7", kind="excerpt"))
                put(work, SOURCE, given)
                link(work)
                if given:
                    assert problems(work) == []
                    assert work.rows("SELECT count(*) AS n FROM statement") == [{"n": 0}]
            states[name] = {table: work.rows(f"SELECT * FROM {table} ORDER BY ALL")  # noqa: S608
                            for table in ("statement_history", "decision_history", "agenda_item_history", "sentence_history")}
            put(work, SOURCE, ())
            link(work)
    assert states["corrected"] == states["plain"]
    assert states["plain"]["statement_history"]
    assert equal_databases(tmp_path / "plain.duckdb", tmp_path / "corrected.duckdb")
