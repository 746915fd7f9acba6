"""A publication in which some corpora were replaced equals one written whole; former ones; disks that fail; file modes."""

from __future__ import annotations

import atexit
import datetime as dt
import errno
import functools
import os
import random
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pytest

from pipeline.errors import CheckFailed, StoreError
from pipeline.link.corrections import DirectionCorrection
from pipeline.records import (
    AgendaRow,
    Attendance,
    Attendee,
    Commitment,
    Consultation,
    Meeting,
    Paper,
    Section,
)
from pipeline.store import changes
from pipeline.store.database import SourceInfo, WorkDatabase, differences, open_published, open_work
from pipeline.store.linking import link
from pipeline.store.publications import errors_told, put_in_place, temporary_of
from pipeline.store.publish import (
    ensure_publishable,
    former_publication,
    list_publications,
    publications,
    publish,
    rollback,
)
from pipeline.store.writer import Writer, finish_run, start_run
from tests.soak_runner import SOAK
from tests.store_samples import SRO, STARTED, provenance, small_item

ROOT = Path(__file__).parents[1]
SEED = int(os.environ.get("AUSZUG_SEED", "20231116"))
STEPS = 3 if SOAK == 1 else 4 * SOAK
TOWNS = ("altenau", "bergfelde", "bergfelde-land", "corvey", "dornum")
"""Corpora of the tests; the name of one begins with that of another."""
TEXTS = (
    "Frau Petersen begrüßt die Sozialraumorientierung.\nSie bittet um Zustimmung.",
    "Frau Petersen lehnt die Sozialraumorientierung mit Hinweis auf Regionalbudget und Kosten ab.\nSie wird das prüfen.",
    "Frau Petersen berichtet vom Jugendzentrum Ölmühle.\nSie sagt einen Bericht über Öffnungszeiten zu.",
)
NAMES = ("Anna Petersen", "Berta Petersen", "Dr. Carl Öhlmann")
SITE = "https://example.org"


# ------------------------------------------------------------------------------------------- changes at random

class Batch:
    """A batch over one corpus; `chance` decides what it changes, equally for every database it is drawn for."""

    def __init__(self, work: WorkDatabase, town: str, number: int) -> None:
        self.work, self.town = work, town
        self.run = start_run(work, run_id=f"run-{number}", command="run", version="test", sources=[town],
                             started_at=STARTED)
        self.writer = Writer(work, SourceInfo(name=town, title=town.title(), body=f"Stadt {town}", topics=("sro",)),
                             run=self.run, topics=[SRO])

    def item(self, number: int, meeting: int, text: str, *, paper: int | None = None, day: str = "2024-05-02") -> None:
        """Put an item; the last of its sentences is a promise."""
        title = ("Bericht zur Sozialraumorientierung", "Antrag", "Jugendzentrum")[number % 3]
        item, extraction = small_item(text=text, tolfdnr=number, silfdnr=meeting, date=day, number=str(number),
                                      title=title, paper_id=paper, body=None)
        last = extraction.sentences[1]
        extraction = msgspec.structs.replace(extraction, commitments=(Commitment(
            index=0, speaker="petersen", what=f"{last.text} Jugendzentrum Öffnungszeiten", due=None, due_date=None,
            sentence=1, section_index=0, start=last.start, end=last.end, rule="test", confidence=0.5),))
        self.writer.put_item(item, extraction, provenance((item, extraction), f"{SITE}/{self.town}/i{number}",
                                                          kind="excerpt"), extractor="test")

    def meeting(self, number: int, items: list[int]) -> None:
        """Put a meeting with its agenda."""
        meeting = Meeting(silfdnr=number, organization="Sozialausschuss", date=f"2024-0{number}-02", agenda=tuple(
            AgendaRow(position=place, number=str(item), public=True, title=f"TOP {item}", tolfdnr=item)
            for place, item in enumerate(items)))
        self.writer.put_meeting(meeting, provenance(meeting, f"{SITE}/{self.town}/m{number}", kind="meeting"))

    def attendance(self, number: int, names: list[str]) -> None:
        """Put who attended a meeting."""
        attendance = Attendance(silfdnr=number, organization="Sozialausschuss", date=f"2024-0{number}-02", attendees=tuple(
            Attendee(name=name, faction="SPD" if place else "CDU") for place, name in enumerate(names)))
        self.writer.put_attendance(attendance, provenance(attendance, f"{SITE}/{self.town}/a{number}", kind="attendance"))

    def paper(self, number: int, title: str) -> None:
        """Put a paper with a text and a step."""
        paper = Paper(volfdnr=number, reference=f"DrS/{number}", title=title, sections=(
            Section(label="Sachverhalt", kind="facts", text=f"{title}: Schließung der Geschäftsstelle Süd"),), consultations=(
            Consultation(position=0, organization="Sozialausschuss", date="2024-01-02"),))
        self.writer.put_paper(paper, provenance(paper, f"{SITE}/{self.town}/v{number}", kind="paper"))

    def end(self) -> None:
        """End the batch."""
        finish_run(self.work, self.run, finished_at=STARTED)


def first_batch(work: WorkDatabase, town: str, number: int) -> None:
    batch = Batch(work, town, number)
    with batch.writer.transaction():
        batch.paper(1, "Konzept zur Sozialraumorientierung")
        for meeting in (1, 2):
            batch.meeting(meeting, [meeting, meeting + 2, 9])
            batch.attendance(meeting, list(NAMES[:meeting]))
        for place in range(1, 5):
            batch.item(place, 2 - place % 2, TEXTS[place % 3], paper=1 if place % 2 else None,
                       day=f"2024-0{2 - place % 2}-02")
    batch.writer.finish(complete=True)
    batch.end()


def random_batch(work: WorkDatabase, town: str, number: int, chance: random.Random) -> str:
    """Do something to the corpus. Returns what, for the message of a failure."""
    batch = Batch(work, town, number)
    kind = chance.choice(["item", "attendance", "paper", "fewer", "correction", "problem", "agenda"])
    with batch.writer.transaction():
        if kind == "item":
            batch.item(chance.randint(1, 12), 1, chance.choice(TEXTS), paper=chance.choice([None, 1, 2]), day="2024-01-02")
        elif kind == "attendance":
            batch.attendance(chance.randint(1, 3), chance.sample(NAMES, chance.randint(1, 3)))
        elif kind == "paper":
            batch.paper(chance.randint(1, 2), chance.choice(["Regionalbudget beenden", "Sozialraumorientierung einführen"]))
        elif kind == "agenda":
            batch.meeting(chance.randint(1, 2), chance.sample(range(1, 12), 3))
        elif kind == "fewer":  # the corpus has lost everything else
            batch.meeting(1, [1, 2])
            batch.item(1, 1, chance.choice(TEXTS), day="2024-01-02")
    if kind == "correction":
        batch.writer.put_corrections([DirectionCorrection(
            date=dt.date(2024, 1, 2), item="1", title="Antrag", topic="sro", direction=chance.choice([-1, 0, 1]),
            reason="a try")])
    if kind == "problem":
        batch.writer.put_problem("unreadable", f"page {number} cannot be read")
    batch.writer.finish(complete=kind == "fewer")
    batch.end()
    return kind


def contents(path: Path) -> dict[str, list[Any]]:
    """All rows of all tables but `publication`, sorted, and the description of every table and column."""
    with closing(duckdb.connect(str(path), read_only=True)) as connection:
        names = [row[0] for row in connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE table_name <> 'publication' ORDER BY ALL").fetchall()]
        found: dict[str, list[Any]] = {
            name: sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr)  # noqa: S608
            for name in names}
        found["comments"] = connection.execute("SELECT table_name, comment FROM duckdb_tables() ORDER BY ALL").fetchall()
        found["columns"] = connection.execute("""SELECT table_name, column_index, column_name, data_type, comment
            FROM duckdb_columns() WHERE NOT internal ORDER BY ALL""").fetchall()
    return found


def rewritten(path: Path) -> float:
    """What share of the publication was replaced since it was written whole."""
    with closing(open_published(path)) as connection:
        return float(connection.execute("SELECT rewritten FROM publication").fetchall()[0][0])


@pytest.mark.soak
def test_changes_give_the_same_publication_as_writing_everything(tmp_path: Path) -> None:
    """One database links and publishes what changed, the other everything, after the same batches."""
    chance = random.Random(SEED)
    changing, whole = tmp_path / "changing.duckdb", tmp_path / "whole.duckdb"
    replaced, story = 0, []
    with open_work() as first, open_work() as second:
        for number, town in enumerate(TOWNS):
            first_batch(first, town, number)
            first_batch(second, town, number)
        for town in reversed(TOWNS):  # source by source in another order
            for other in changes.to_link(first):
                if other != town:
                    changes.linked(first, [other])
            link(first)
            for other in TOWNS[: TOWNS.index(town)]:
                changes.mark(first, other)
        link(second)
        publish(first, changing)
        for number in range(len(TOWNS), len(TOWNS) + STEPS):
            towns, seed = chance.sample(TOWNS, chance.choice([0, 1, 1, 2])), chance.random()
            for work in (first, second):
                same = random.Random(seed)
                kinds = [random_batch(work, town, number * 10 + place, same) for place, town in enumerate(towns)]
            story.append((towns, kinds if towns else []))
            link(first)
            for town in TOWNS:
                changes.mark(second, town)
            link(second)
            publish(first, changing)
            whole.unlink(missing_ok=True)
            publish(second, whole)
            replaced += rewritten(changing) > 0
            left, right = contents(changing), contents(whole)
            different = [name for name in left if left[name] != right[name]]
            assert left.keys() == right.keys()
            assert not different, f"seed {SEED}: {story}: {different[0]}: {left[different[0]]} {right[different[0]]}"
            assert changes.to_link(first) == changes.to_publish(first) == []
    assert replaced >= STEPS // 2, "most of these publications are to be changed ones"


def test_corpora_linked_one_by_one_equal_all_at_once(tmp_path: Path) -> None:
    with open_work(tmp_path / "one.duckdb") as one, open_work(tmp_path / "all.duckdb") as everything:
        for number, town in enumerate(TOWNS):
            first_batch(everything, town, number)
        for number, town in reversed(list(enumerate(TOWNS))):
            first_batch(one, town, number)
            link(one)
        before = one.rows("SELECT count(*) AS n FROM person")
        link(one)
        link(everything)
        assert one.rows("SELECT count(*) AS n FROM person") == before != [{"n": 0}]
    assert differences(tmp_path / "one.duckdb", tmp_path / "all.duckdb") == []


def test_a_batch_that_ends_before_linking_leaves_the_corpus_to_be_linked(tmp_path: Path) -> None:
    with open_work(tmp_path / "work.duckdb") as work:
        first_batch(work, "corvey", 1)
    with open_work(tmp_path / "work.duckdb") as work:
        assert changes.to_link(work) == changes.to_publish(work) == ["corvey"]
        link(work)
        assert (changes.to_link(work), changes.to_publish(work)) == ([], ["corvey"])
        assert work.rows("SELECT count(*) AS n FROM person")[0]["n"] > 0


def test_what_changes_nothing_marks_nothing(tmp_path: Path) -> None:
    with open_work() as work:
        first_batch(work, "corvey", 1)
        link(work)
        publish(work, tmp_path / "auszug.duckdb")
        batch = Batch(work, "corvey", 2)
        batch.writer.put_corrections([])
        batch.writer.put_problem("unreadable", "a page cannot be read")
        batch.writer.finish(complete=False)
        batch.end()
        assert changes.to_link(work) == changes.to_publish(work) == []
        publish(work, tmp_path / "auszug.duckdb")
    with closing(open_published(tmp_path / "auszug.duckdb")) as connection:
        assert connection.execute("SELECT open_errors FROM quality").fetchall() == [(1,)]
        assert connection.execute("SELECT max(run_id) FROM run").fetchall() == [("run-2",)]


# -------------------------------------------------------------------------------------------- when all is written

@functools.lru_cache(maxsize=1)
def all_towns() -> Path:
    """A folder with all towns in a work database and its publication, made once a test process."""
    folder = Path(tempfile.mkdtemp(prefix="auszug-test-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with open_work(folder / "work.duckdb") as work:
        for number, town in enumerate(TOWNS):
            first_batch(work, town, number)
        link(work)
        publish(work, folder / "auszug.duckdb")
    return folder


@pytest.fixture
def towns(tmp_path: Path) -> Iterator[tuple[WorkDatabase, Path]]:
    """All towns: the work database, and the publication made from it, alone in its folder."""
    target = tmp_path / "published" / "auszug.duckdb"
    target.parent.mkdir()
    shutil.copy(all_towns() / "work.duckdb", tmp_path)
    shutil.copy(all_towns() / "auszug.duckdb", target)
    with open_work(tmp_path / "work.duckdb") as work:
        yield work, target


def change(work: WorkDatabase, number: int, town: str = "dornum") -> None:
    """Change a town: an item has another number in its text."""
    batch = Batch(work, town, number)
    batch.item(1, 1, f"Frau Petersen begrüßt die {number}. Fassung.\nSie bittet um Zustimmung.", day="2024-01-02")
    batch.writer.finish(complete=False)
    batch.end()
    link(work)


def test_a_publication_that_this_database_did_not_make_is_written_whole(towns: tuple[WorkDatabase, Path]) -> None:
    work, target = towns
    change(work, 90)
    publish(work, target)
    assert rewritten(target) > 0
    rollback(target)
    assert rewritten(target) == 0
    change(work, 91)
    publish(work, target)
    assert rewritten(target) == 0, "what was rolled back is no base"
    with closing(open_published(target)) as connection:
        found = connection.execute("SELECT count(*) FROM statement WHERE contains(quote, '91. Fassung')").fetchall()
    assert found == [(1,)]


def test_many_changes_are_written_whole(towns: tuple[WorkDatabase, Path]) -> None:
    work, target = towns
    change(work, 90)
    publish(work, target)
    assert rewritten(target) > 0
    for town in TOWNS[1:]:
        changes.mark(work, town)
    publish(work, target)
    assert rewritten(target) == 0


def test_a_damaged_publication_is_replaced(towns: tuple[WorkDatabase, Path]) -> None:
    work, target = towns
    with target.open("r+b") as file:
        file.truncate(20_000)
    change(work, 90)
    publish(work, target)
    with closing(open_published(target)) as connection:
        assert connection.execute("SELECT count(DISTINCT source_id) FROM speaker_positions").fetchall() == [(len(TOWNS),)]


def test_what_cannot_be_replaced_is_written_whole(
    towns: tuple[WorkDatabase, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise duckdb.IOException("a block is broken")

    work, target = towns
    change(work, 90)
    monkeypatch.setattr("pipeline.store.publish.derive_again", fail)
    publish(work, target)
    with closing(open_published(target)) as connection:
        assert connection.execute("SELECT count(DISTINCT source_id) FROM meeting").fetchall() == [(len(TOWNS),)]
    assert rewritten(target) == 0
    assert work.rows("SELECT count(DISTINCT source_id) AS n FROM meeting") == [{"n": len(TOWNS)}], "no table is hidden"


def test_a_check_that_fails_in_a_changed_corpus_keeps_the_publication(towns: tuple[WorkDatabase, Path]) -> None:
    work, target = towns
    before = target.read_bytes()
    work.connection.execute("UPDATE statement SET quote = 'x' WHERE starts_with(item_id, 'dornum/')")
    changes.mark(work, "dornum")
    with pytest.raises(CheckFailed, match="statement_spans: dornum/"):
        publish(work, target)
    assert target.read_bytes() == before
    assert names(target.parent) == ["auszug.duckdb"]
    assert changes.to_publish(work) == ["dornum"]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# ------------------------------------------------------------------------------------------------ former ones

def publish_titled(target: Path, title: str, *, keep: int = 9) -> None:
    """Put a publication in place that can be told from others."""
    temporary = temporary_of(target)
    target.parent.mkdir(exist_ok=True)
    shutil.copy(all_towns() / "auszug.duckdb", temporary)
    with closing(duckdb.connect(str(temporary))) as connection:
        connection.execute("UPDATE topic SET title = ?", [title])
    put_in_place(temporary, target, keep)


def title(path: Path) -> str:
    with closing(open_published(path)) as connection:
        return str(connection.execute("SELECT title FROM topic").fetchall()[0][0])


def test_a_rollback_loses_nothing_and_is_taken_back_by_another(tmp_path: Path) -> None:
    target = tmp_path / "auszug.duckdb"
    for name in "abcd":
        publish_titled(target, name)
    found = rollback(target, 2)
    assert (found.path, found.number, title(target)) == (target, 0, "b")
    assert [title(path) for path in publications(target)] == ["b", "d", "c", "a"]
    rollback(target)
    assert [title(path) for path in publications(target)] == ["d", "b", "c", "a"]
    rollback(target)
    publish_titled(target, "e", keep=4)
    assert [title(path) for path in publications(target)] == ["e", "b", "d", "c"]
    assert names(tmp_path) == ["auszug.1.duckdb", "auszug.2.duckdb", "auszug.3.duckdb", "auszug.duckdb"]


def test_publications_tell_their_run(towns: tuple[WorkDatabase, Path]) -> None:
    work, target = towns
    Batch(work, "corvey", 9).end()
    publish(work, target)
    former_publication(target, 7).write_bytes(b"no database")
    present, former, unreadable = list_publications(target)
    assert (present.number, present.run, present.command, present.time) == (0, "run-9", "run", STARTED.replace(tzinfo=None))
    assert present.statements == 4 * len(TOWNS)
    assert (former.number, former.run) == (1, "run-4")
    assert unreadable.number == 7 and unreadable.unreadable
    with pytest.raises(StoreError, match="cannot be opened"):
        rollback(target, 7)


REFUSED = [(3, "there is no former publication 3; there are 1"), (0, "there is no former publication 0")]


@pytest.mark.parametrize(("number", "message"), REFUSED, ids=["too many", "the present one"])
def test_a_publication_that_is_not_there(number: int, message: str, tmp_path: Path) -> None:
    target = tmp_path / "auszug.duckdb"
    publish_titled(target, "a")
    with pytest.raises(StoreError, match="there is no former publication"):
        rollback(target)
    publish_titled(target, "b")
    with pytest.raises(StoreError, match=message):
        rollback(target, number)


def test_a_rollback_that_was_killed_has_lost_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed after each of its renames: every publication is there, and one is present."""
    real = Path.replace
    for name in "abcd":
        publish_titled(tmp_path / "before" / "auszug.duckdb", name)
    for killed_after in range(5):
        target = Path(shutil.copytree(tmp_path / "before", tmp_path / str(killed_after))) / "auszug.duckdb"
        left = [killed_after]

        def replace(self: Path, to: Path, left: list[int] = left) -> Path:
            if not left[0]:
                raise KeyboardInterrupt
            left[0] -= 1
            return real(self, to)

        monkeypatch.setattr(Path, "replace", replace)
        if killed_after < 4:
            with pytest.raises(KeyboardInterrupt):
                rollback(target, 3)
        else:
            rollback(target, 3)
        monkeypatch.undo()
        assert {title(path) for path in publications(target)} == set("abcd"), killed_after
        publish_titled(target, "e")
        assert title(target) == "e"
        assert {title(path) for path in publications(target)} == set("abcde"), killed_after


# -------------------------------------------------------------------------------------- disks and permissions

def test_what_a_killed_process_left_is_taken_away(tmp_path: Path) -> None:
    target = tmp_path / "auszug.duckdb"
    for name in (".auszug.duckdb.tmp", ".auszug.duckdb.tmp.wal"):
        (tmp_path / name).write_bytes(b"half")
    with open_work() as work:
        publish(work, target)
    assert names(tmp_path) == ["auszug.duckdb"]


def test_file_systems_without_hard_links_and_copies(
    towns: tuple[WorkDatabase, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr(os, "copy_file_range", refuse)
    work, target = towns
    change(work, 90)
    publish(work, target)
    assert rewritten(target) > 0
    rollback(target)
    assert [rewritten(path) > 0 for path in publications(target)] == [False, True]
    assert names(target.parent) == ["auszug.1.duckdb", "auszug.duckdb"]


def a_folder(folder: Path) -> Path:
    (folder / "auszug.duckdb").mkdir()
    return folder / "auszug.duckdb"


def below_a_file(folder: Path) -> Path:
    (folder / "file").write_text("no folder")
    return folder / "file" / "auszug.duckdb"


UNWRITABLE: list[tuple[Callable[[Path], Path], str]] = [
    (a_folder, "this is a folder"), (below_a_file, "cannot be published"),
    (lambda _: Path("/proc/auszug/auszug.duckdb"), "cannot be published"),
]


@pytest.mark.parametrize(("make", "message"), UNWRITABLE, ids=["a folder", "below a file", "no such file system"])
def test_an_unwritable_place_is_found_before_the_work(make: Callable[[Path], Path], message: str, tmp_path: Path) -> None:
    target = make(tmp_path)
    before = names(tmp_path)
    with pytest.raises(StoreError, match=message) as caught:
        ensure_publishable(target)
    assert "\n" not in str(caught.value)
    assert names(tmp_path) == before


def test_too_little_space_is_found_before_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "auszug.duckdb"
    target.write_bytes(b"x" * 2_000_000)
    monkeypatch.setattr("shutil.disk_usage", lambda _: _Usage())
    with pytest.raises(StoreError, match="1 MB are free, the present one has 2 MB"):
        ensure_publishable(target)


class _Usage:
    free = 1_000_000


FULL_DISK = """
import resource, sys
from pathlib import Path
from pipeline.errors import StoreError
from pipeline.store import changes
from pipeline.store.database import open_work
from pipeline.store.publish import publish
from tests.test_publications import TOWNS, names
target = Path(sys.argv[1])
with open_work(target.parents[1] / "work.duckdb") as work:
    before, size = target.read_bytes(), target.stat().st_size
    for share in map(float, sys.argv[2:]):
        for town in TOWNS if share > 1 else TOWNS[:1]:
            changes.mark(work, town)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(size * (share % 1)), resource.RLIM_INFINITY))
        try:
            publish(work, target)
        except StoreError as error:
            assert "cannot be published" in str(error) and "File too large" in str(error), error
        else:
            sys.exit("published")
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        assert target.read_bytes() == before
        assert names(target.parent) == ["auszug.duckdb"], names(target.parent)
    publish(work, target)
print("kept")
"""


@pytest.mark.soak
def test_a_full_disk_keeps_the_publication(towns: tuple[WorkDatabase, Path]) -> None:
    """No file may grow beyond a share of the publication; above 1: all corpora changed, so that all is written."""
    chance = random.Random(SEED)
    shares = [chance.uniform(0.05, 0.8) + chance.choice([0, 1]) for _ in range(2 + 18 * (SOAK > 1))]
    work, target = towns
    work.close()
    done = subprocess.run([sys.executable, "-c", FULL_DISK, str(target), *map(str, shares)], cwd=ROOT, capture_output=True,
                          text=True, timeout=600, check=False)
    assert (done.returncode, done.stdout) == (0, "kept\n"), f"seed {SEED}: {shares}: {done.stderr[-2000:]}"


def mode(path: Path) -> str:
    return f"{stat.S_IMODE(path.stat().st_mode):o}"


def test_the_work_database_is_private_and_a_publication_nobodys_to_write(tmp_path: Path) -> None:
    target = tmp_path / "auszug.duckdb"
    state = tmp_path / "corpora" / ".auszug"
    before = os.umask(0)
    try:
        with open_work(state / "work.duckdb") as work:
            publish(work, target)
            assert (mode(state), mode(state / "work.duckdb"), mode(target)) == ("700", "600", "664")
            target.chmod(0o640)
            publish(work, target)
    finally:
        os.umask(before)
    assert (mode(target), mode(former_publication(target, 1))) == ("640", "640"), "as it was made by its owner"
    state.chmod(0o755)
    open_work(state / "work.duckdb").close()
    assert mode(state) == "700", "made by an older program"


def test_a_publication_can_be_opened_twice_in_a_process(tmp_path: Path) -> None:
    with open_work() as work:
        publish(work, tmp_path / "auszug.duckdb")
    with closing(open_published(tmp_path / "auszug.duckdb")) as one, closing(open_published(tmp_path / "auszug.duckdb")) as two:
        assert one.execute("SELECT count(*) FROM run").fetchall() == two.execute("SELECT count(*) FROM run").fetchall()
        for statement in ("SET lock_configuration = false", "SET enable_external_access = true", "CREATE TABLE t (x INTEGER)"):
            with pytest.raises(duckdb.Error):
                two.execute(statement)


def test_what_the_system_said_is_told_not_how_duckdb_wraps_it(tmp_path: Path) -> None:
    wrapped = duckdb.IOException('IO Error: Checkpoint failed for database "a". The database has been invalidated. Original error: '
                                 f'Could not write file "{tmp_path}/.a.duckdb.tmp": No space left on device')
    with pytest.raises(StoreError) as told, errors_told(tmp_path / "a.duckdb", "the database cannot be published"):
        raise wrapped
    assert told.value.what == "the database cannot be published (No space left on device)"
