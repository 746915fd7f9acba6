"""Corrections by hand: read strictly, found by their words, marked, undone when taken out, reported when unfit."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.errors import ConfigError
from pipeline.link.corrections import parse_corrections
from pipeline.store.corrections import put, report
from pipeline.store.database import WorkDatabase, equal_databases, open_work
from pipeline.store.linking import link
from pipeline.store.publish import publish
from pipeline.store.writer import start_run
from tests.store_samples import STARTED, write_county, written_county

CORRECTIONS = b"""
[[stance]]
date = 2023-11-16
item = "5"
quote = "Herr Harmsen (CDU)"
stance = "conditional"
reason = "read again"

[[person]]
date = 2025-03-20
item = "7"
speaker = "Elternvertreterin"
person = "Katja Heuer"
reason = "she is the spokeswoman"

[[decision]]
date = 2023-11-16
item = "5"
quote = "QUOTE"
yes = 1
no = 10
reason = "the chair corrected the count"

[[direction]]
date = 2023-11-16
item = "6"
title = "Haushalt 2024"
topic = "sro"
direction = 0
reason = "the budget as a whole"
"""


def corrections(work: WorkDatabase) -> bytes:
    """CORRECTIONS with the words of the county."""
    decision = work.rows("""SELECT text FROM decision AS d JOIN agenda_item AS i ON i.item_id = d.item_id
        WHERE i.date = DATE '2023-11-16' AND item_number = '5' AND outcome = 'rejected'""")[0]["text"]
    statement = work.rows("""SELECT quote FROM statement AS s JOIN agenda_item AS i ON i.item_id = s.item_id
        JOIN speaker AS k ON k.item_id = s.item_id AND k.speaker_id = s.speaker_id
        WHERE i.date = DATE '2023-11-16' AND item_number = '5' AND k.name LIKE '%Harmsen' AND stance = 'oppose'""")[0]
    text = CORRECTIONS.decode().replace("QUOTE", decision[:40])
    return text.replace("Herr Harmsen (CDU)", statement["quote"][:40].replace('"', '\\"')).encode()


@pytest.fixture
def work(tmp_path: Path) -> Iterator[WorkDatabase]:
    with open_work(Path(shutil.copy(written_county(), tmp_path / "county.duckdb"))) as opened:
        yield opened


def corrected(work: WorkDatabase) -> list[list[object]]:
    return [list(row.values()) for row in work.rows("""
        SELECT 'stance' AS kind, stance AS value FROM statement WHERE corrected
        UNION ALL SELECT 'decision', outcome || ' ' || no FROM decision WHERE corrected
        UNION ALL SELECT 'direction', CAST(direction AS VARCHAR) FROM item_direction WHERE corrected
        UNION ALL SELECT 'person', name FROM person WHERE person_id IN (SELECT person_id FROM speaker WHERE corrected)
        ORDER BY kind""")]


def test_each_kind_is_applied_and_marked(work: WorkDatabase) -> None:
    put(work, "ahrenfeld", parse_corrections(corrections(work), where="c.toml"))
    link(work)
    assert work.rows("SELECT problem FROM correction WHERE NOT applied") == []
    assert corrected(work) == [["decision", "rejected 10"], ["direction", "0"], ["person", "Katja Heuer"],
                               ["stance", "conditional"]]
    assert work.rows("SELECT count(*) AS n FROM speaker_positions WHERE corrected")[0]["n"] > 2
    assert work.rows("SELECT count(*) AS n FROM correction WHERE former IS NOT NULL")[0]["n"] == 3
    stances = work.rows("""SELECT DISTINCT se.stance FROM sentence AS se JOIN statement AS st ON st.item_id = se.item_id
        AND se.sentence_index BETWEEN st.first_sentence AND st.last_sentence WHERE st.corrected""")
    assert stances == [{"stance": "conditional"}]


def test_linking_again_changes_nothing_and_taking_them_out_undoes_them(tmp_path: Path) -> None:
    touched = Path(shutil.copy(written_county(), tmp_path / "touched.duckdb"))
    with open_work(touched) as work:
        put(work, "ahrenfeld", parse_corrections(corrections(work), where="c.toml"))
        link(work)
        first = work.rows("SELECT * FROM correction"), corrected(work)
        link(work)
        assert (work.rows("SELECT * FROM correction"), corrected(work)) == first
        assert publish(work, tmp_path / "auszug.duckdb") == []
        put(work, "ahrenfeld", ())
        link(work)
    assert equal_databases(written_county(), touched)


def test_they_survive_a_rebuild(work: WorkDatabase, tmp_path: Path) -> None:
    once, twice = tmp_path / "once.duckdb", tmp_path / "twice.duckdb"
    found = parse_corrections(corrections(work), where="c.toml")
    for path, runs in ((once, ("run-1",)), (twice, ("run-1", "run-2"))):
        with open_work(path) as built:
            for run_id in runs:
                write_county(built, run_id=run_id, linked=False)
                put(built, "ahrenfeld", found)
                link(built)
                assert len(corrected(built)) == 4
    assert equal_databases(once, twice)


UNFIT = [
    ("item", 'item = "99"', "there is no TOP 99 on 2023-11-16"),
    ("quote", 'quote = "Herr Niemand sagt"', "there is no statement"),
    ("committee", 'item = "5"\ncommittee = "Kreistag"', "there is no TOP 5"),
]


@pytest.mark.parametrize(("what", "line", "message"), UNFIT, ids=[case[0] for case in UNFIT])
def test_one_that_does_not_fit_is_a_problem(work: WorkDatabase, what: str, line: str, message: str) -> None:
    fields = {"item": 'item = "5"', "quote": 'quote = "Herr Harmsen"', "committee": ""}
    fields[what] = line
    if what == "committee":
        fields["item"] = ""
    text = "\n".join(["[[stance]]", "date = 2023-11-16", 'stance = "neutral"', 'reason = "x"', *fields.values()])
    put(work, "ahrenfeld", parse_corrections(text.encode(), where="c.toml"))
    link(work)
    run = start_run(work, run_id="run-2", command="run", version="t", sources=["ahrenfeld"], started_at=STARTED)
    report(work, run, ["ahrenfeld"])
    rows = work.rows("SELECT severity, message, state FROM problem WHERE code = 'correction_unfit'")
    assert [(row["severity"], row["state"]) for row in rows] == [("warning", "open")]
    assert message in rows[0]["message"]
    put(work, "ahrenfeld", ())
    link(work)
    run = start_run(work, run_id="run-3", command="run", version="t", sources=["ahrenfeld"], started_at=STARTED)
    report(work, run, ["ahrenfeld"])
    assert work.rows("SELECT state FROM problem WHERE code = 'correction_unfit'") == [{"state": "resolved"}]


def test_two_for_one_place_are_a_problem(work: WorkDatabase) -> None:
    one = """[[direction]]
date = 2023-11-16
item = "5"
title = "Antrag der"
topic = "sro"
direction = 1
reason = "x"
"""
    put(work, "ahrenfeld", parse_corrections((one + one).encode(), where="c.toml"))
    link(work)
    rows = work.rows("SELECT applied, problem FROM correction ORDER BY correction_index")
    assert [row["applied"] for row in rows] == [True, False]
    assert "another correction" in rows[1]["problem"]


HEAD = 'date = 2023-11-16\nitem = "5"\nreason = "x"\n'
BAD = [
    ("[[stanse]]\n" + HEAD, "did you mean 'stance'", "c.toml:1", "a kind misspelt"),
    ("[stance]\n" + HEAD, "in double brackets", "c.toml:1", "single brackets"),
    ('\n[[stance]]\nquote = "12345678"\nstance = "for"\n' + HEAD, "one of support", "c.toml:2", "no stance"),
    ('[[stance]]\nquot = "12345678"\nstance = "oppose"\n' + HEAD, "did you mean 'quote'", "c.toml:1", "a key misspelt"),
    ('[[stance]]\nquote = ""\nstance = "oppose"\n' + HEAD, "first words", "c.toml:1", "a quote too short"),
    ('[[stance]]\nquote = "12345678"\n' + HEAD, "'stance' is missing", "c.toml:1", "a key missing"),
    ('[[person]]\nspeaker = "A"\nperson = "B"\ndate = 2023-11-16\nitem = 5\nreason = "x"', "in quotes", "c.toml:1",
     "a number"),
    ('[[decision]]\nquote = "12345678"\n' + HEAD, "changes nothing", "c.toml:1", "nothing to change"),
    ('[[direction]]\ntitle = "12345678"\ntopic = "sro"\ndirection = 2\n' + HEAD, "one of 1, -1, 0", "c.toml:1",
     "no direction"),
    ("[[stance]\n", "not valid TOML", "c.toml", "broken"),
    ("\xff", "", "c.toml", "an odd character"),
]


@pytest.mark.parametrize(("text", "message", "where", "reason"), BAD, ids=[case[3] for case in BAD])
def test_bad_input_is_one_clear_line(text: str, message: str, where: str, reason: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_corrections(text.encode("latin-1"), where="c.toml")
    assert message in str(caught.value), reason
    assert where in str(caught.value)
    assert "\n" not in str(caught.value)
