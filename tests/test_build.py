"""Incremental builds equal full ones, wherever the work is done; what is known is not done again."""

from __future__ import annotations

import datetime as dt
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline import build as building
from pipeline.build import batch, cache, executors, steps, tasks
from pipeline.build.executors import InProcess, Processes
from pipeline.config import Corpus, load_corpus
from pipeline.harvest.archive import ArchiveWriter
from pipeline.paths import shipped_corpora
from pipeline.records import AgendaItem, PageProblem, ParsedPage, Section
from pipeline.sources import Page, SourceProblem
from pipeline.store import linking
from pipeline.store.database import differences
from tests.allris_server import render
from tests.allris_server.county import Meeting, load

NOON = dt.datetime(2026, 4, 1, 12, 0, tzinfo=dt.UTC)
HTML = [("Content-Type", "text/html;charset=UTF-8")]
SITE = "https://a.example/"

Answers = list[tuple[str, bytes]]


def corpus(folder: Path) -> Corpus:
    (folder / "tal").mkdir(parents=True)
    (folder / "tal" / "corpus.toml").write_text('[corpus]\nname = "tal"\ntitle = "Tal"\ntopics = ["sro"]\n')
    return load_corpus(folder / "tal")


def harvest(tal: Corpus, answers: Answers, day: int) -> None:
    """A run of the harvest on a day."""
    start = NOON + dt.timedelta(days=day)
    with ArchiveWriter(tal.archive, f"run-{day:03}", started=start, software="test") as archive:
        for n, (address, body) in enumerate(answers):
            archive.write_exchange(f"{SITE}{address}", body, fetched=start + dt.timedelta(seconds=n), status=200,
                                   reason="OK", headers=HTML, request_headers=[])


def build(tal: Corpus, folder: Path, day: int = 0, **options: Any) -> building.Summary:
    return building.build([tal], target=folder / "auszug.duckdb", work_path=folder / ".auszug" / "work.duckdb",
                          clock=lambda: NOON + dt.timedelta(days=100 + day), command="test", **options)


def rows(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(folder / "auszug.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def excerpts(meeting: Meeting) -> Answers:
    return [(f"to020?TOLFDNR={item.tolfdnr}&SILFDNR={meeting.silfdnr}", render.excerpt(meeting, item).encode())
            for item in meeting.items if item.texts]


def agenda(meeting: Meeting) -> tuple[str, bytes]:
    return f"to010?SILFDNR={meeting.silfdnr}", render.meeting_page(meeting).encode()


def attendance(meeting: Meeting) -> tuple[str, bytes]:
    return f"si019?SILFDNR={meeting.silfdnr}", render.attendance(meeting).encode()


# ---------------------------------------------------------------------------- what is new, and only that


def test_attendance_that_arrives_after_the_excerpt_is_read_into_it(tmp_path: Path) -> None:
    """The issue's case: who attended decides who speaks, and comes weeks later."""
    tal = corpus(tmp_path)
    first, second = load().meetings[:2]
    harvest(tal, [agenda(first), *excerpts(first), agenda(second), *excerpts(second), attendance(second)], 0)
    build(tal, tmp_path / "step")
    before = rows(tmp_path / "step", "SELECT count(*) FROM speaker WHERE attendee IS NOT NULL")
    harvest(tal, [attendance(first)], 1)
    again = build(tal, tmp_path / "step", 1)
    assert again.extracted == len(excerpts(first)), "the other meeting's items are as they were"
    assert rows(tmp_path / "step", "SELECT count(*) FROM speaker WHERE attendee IS NOT NULL") > before
    build(tal, tmp_path / "whole", 1)
    assert differences(tmp_path / "step" / "auszug.duckdb", tmp_path / "whole" / "auszug.duckdb") == []


def test_any_order_of_arrival_ends_in_the_same_rows(tmp_path: Path) -> None:
    """Pages in random runs, some in two versions, a database built after each run: as if built once."""
    draw = random.Random(3)
    pages: Answers = []
    for meeting in load().meetings[:3]:
        pages += [agenda(meeting), attendance(meeting), *excerpts(meeting)]
    draw.shuffle(pages)
    changed = [(address, body.replace(b"lehnt", "befürwortet".encode())) for address, body in pages[::4]]
    moved = [(address, body.replace(b"&Ouml; 5", b"&Ouml; 1").replace("Ö 5".encode(), "Ö 1".encode()))
             for address, body in pages[1::5]]
    everything = pages + changed + moved
    tal = corpus(tmp_path)
    for day in range(3):
        harvest(tal, everything[day::3] + everything[day:3], day)
        build(tal, tmp_path / "step", day)
    build(tal, tmp_path / "whole", 9)
    assert differences(tmp_path / "step" / "auszug.duckdb", tmp_path / "whole" / "auszug.duckdb") == []
    build(tal, tmp_path / "step", 10, everything=True)
    assert differences(tmp_path / "step" / "auszug.duckdb", tmp_path / "whole" / "auszug.duckdb") == []


def test_nothing_new_reads_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tal = corpus(tmp_path)
    meeting = load().meetings[0]
    harvest(tal, [agenda(meeting), *excerpts(meeting)], 0)
    first = build(tal, tmp_path)
    assert first.extracted == first.items > 0 or first.extracted > 0

    def never(*_: Any, **__: Any) -> Any:
        raise AssertionError("read again")

    monkeypatch.setattr(tasks.ParsePart, "perform", never)
    monkeypatch.setattr(tasks.MakeRows, "perform", never)
    again = build(tal, tmp_path, 1)
    assert (again.extracted, again.items, again.statements, again.exit_code) == (0, first.items, first.statements, 0)
    harvest(tal, [excerpts(meeting)[0]], 1)
    monkeypatch.undo()
    seen = build(tal, tmp_path, 2)
    assert seen.extracted == 0, "the same page again"
    fetched = dict(rows(tmp_path, "SELECT address, last_fetched FROM page"))
    last = fetched[SITE + excerpts(meeting)[0][0]]
    assert last.date() == (NOON + dt.timedelta(days=1)).date()


def test_a_changed_topic_reads_every_item_again(tmp_path: Path) -> None:
    tal = corpus(tmp_path)
    topics = tmp_path / "topics"
    topics.mkdir()
    (topics / "sro.toml").write_bytes((shipped_corpora() / "topics" / "sro.toml").read_bytes())
    tal = load_corpus(tal.folder)
    assert tal.topic_files == (topics / "sro.toml",)
    meeting = load().meetings[0]
    harvest(tal, [agenda(meeting), *excerpts(meeting)], 0)
    count = build(tal, tmp_path).extracted
    assert build(tal, tmp_path, 1).extracted == 0
    with (topics / "sro.toml").open("a") as file:
        file.write("# one more remark\n")
    assert build(tal, tmp_path, 2).extracted == count


def test_a_window_of_days_leaves_the_rest_alone(tmp_path: Path) -> None:
    tal = corpus(tmp_path)
    first, second = load().meetings[:2]
    harvest(tal, [agenda(first), *excerpts(first), agenda(second), *excerpts(second)], 0)
    day = dt.date.fromisoformat(first.date)
    assert build(tal, tmp_path, since=day, until=day).extracted == len(excerpts(first))
    assert build(tal, tmp_path, 1).extracted == len(excerpts(second))
    build(tal, tmp_path / "whole", 2)
    assert differences(tmp_path / "auszug.duckdb", tmp_path / "whole" / "auszug.duckdb") == []


def test_an_interrupted_build_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tal = corpus(tmp_path)
    pages = [page for meeting in load().meetings[:4] for page in (agenda(meeting), *excerpts(meeting))]
    harvest(tal, pages, 0)
    monkeypatch.setattr("pipeline.build.rounds.TASK_UNITS", 2)

    def stop(stage: str, done: int, _total: int | None) -> None:
        if stage.endswith("items") and done >= 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(tal, tmp_path / "step", progress=stop)
    rest = build(tal, tmp_path / "step", 1)
    whole = build(tal, tmp_path / "whole", 1)
    assert 0 < rest.extracted < whole.extracted
    assert differences(tmp_path / "step" / "auszug.duckdb", tmp_path / "whole" / "auszug.duckdb") == []


# ------------------------------------------------------------------------------- the cache of parsed pages


def parsed(text: str) -> Page:
    record = AgendaItem(title="Straße", sections=(Section(label="Wortprotokoll", kind="minutes", text=text),))
    return Page(address="x", fetched="2026-01-01T00:00:00Z", payload_hash="1", content_hash="2",
                parsed=ParsedPage(outcome="ok", system="allris4", kind="excerpt", record=record,
                                  problems=(PageProblem(code="a", message="ä"),)))


def test_packed_pages_come_back() -> None:
    problem = SourceProblem(code="c", message="m", address="y")
    revisit = Page(address="x", fetched="2026-01-02T00:00:00Z", payload_hash="1", parsed=None, revisit=True)
    packed, kept, again = cache.unpack(cache.join([cache.pack([parsed("Übel"), problem]), cache.pack([revisit])]))
    assert kept == problem
    assert not isinstance(packed, SourceProblem)
    assert not isinstance(again, SourceProblem)
    assert again.page == revisit
    assert packed.kind == "AgendaItem"
    assert "Übel".encode() in packed.record
    assert packed.page.parsed is not None
    assert packed.page.parsed.problems[0].message == "ä"


@pytest.mark.parametrize("damage", [
    lambda data: data[:-3], lambda data: data[:0], lambda data: data[:400] + b"\0" * 20 + data[420:]])
def test_a_damaged_cache_is_made_anew(tmp_path: Path, damage: Any) -> None:
    tal = corpus(tmp_path)
    meeting = load().meetings[0]
    harvest(tal, [agenda(meeting), *excerpts(meeting)], 0)
    build(tal, tmp_path / "a")
    [kept] = (tmp_path / "a" / ".auszug" / "pages" / "tal").iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600
    kept.write_bytes(damage(kept.read_bytes()))
    harvest(tal, [attendance(meeting)], 1)
    build(tal, tmp_path / "a", 1)
    build(tal, tmp_path / "b", 1)
    assert differences(tmp_path / "a" / "auszug.duckdb", tmp_path / "b" / "auszug.duckdb") == []
    assert len(list((tmp_path / "a" / ".auszug" / "pages" / "tal").iterdir())) == 2


# -------------------------------------------------------------------------------------- where the work is done


class Double(tasks.Record, frozen=True):
    """Doubles numbers; kills its process at some of them, `times` times (counted by files in a folder)."""

    numbers: tuple[int, ...]
    fatal: tuple[int, ...] = ()
    folder: str = ""
    times: int = 99

    def perform(self) -> list[int | str]:
        for number in self.numbers:
            if number in self.fatal and len(list(Path(self.folder).iterdir())) < self.times:
                (Path(self.folder) / str(len(list(Path(self.folder).iterdir())))).touch()
                os._exit(9)
        return [2 * number for number in self.numbers]

    def divided(self) -> list[Double]:
        return [Double((n,), self.fatal, self.folder, self.times) for n in self.numbers] if len(self.numbers) > 1 else []

    def joined(self, results: list[list[int | str]]) -> list[int | str]:
        return [number for result in results for number in result]

    def given_up(self, reason: str) -> list[int | str]:
        return ["given up"]


@pytest.fixture(scope="module")
def pool() -> Iterator[Processes]:
    with Processes(2) as found:
        yield found


def test_results_come_in_the_order_of_the_tasks(pool: Processes) -> None:
    assert list(pool.map(Double((n, n + 1)) for n in range(40))) == [[2 * n, 2 * n + 2] for n in range(40)]


def test_few_tasks_start_no_process() -> None:
    with Processes(2) as found:
        assert list(found.map(Double((n,)) for n in range(executors.SMALL))) == [[0], [2], [4]]
        assert found._pool is None


@pytest.mark.parametrize("size", [1, 2, 20])
def test_tasks_may_follow_from_results(pool: Processes, size: int) -> None:
    """Few of them or many: each round of tasks is only known when all results of the one before were taken."""
    with Processes(2) as fresh:
        for executor in (InProcess(), fresh, pool):
            taken: list[int | str] = []

            def rounds(taken: list[int | str] = taken) -> Iterator[Double | None]:
                for begin in range(0, 3 * size, size):
                    yield from (Double((n,)) for n in range(begin, begin + size))
                    while len(taken) < begin + size:
                        yield None

            for result in executor.map(rounds()):
                taken += result
            assert taken == [2 * n for n in range(3 * size)]


def test_only_a_bounded_number_of_tasks_is_under_way(pool: Processes) -> None:
    taken: list[int] = []

    def tasks_() -> Iterator[Double]:
        for n in range(200):
            taken.append(n)
            yield Double((n,))

    results = pool.map(tasks_())
    for done in range(50):
        next(results)
        assert len(taken) <= done + 2 + 2 * (1 + executors.AHEAD) + executors.SMALL
    results.close()  # type: ignore[attr-defined]


def test_a_worker_that_dies_costs_nothing(tmp_path: Path) -> None:
    with Processes(2) as pool:
        found = list(pool.map(Double((n, n + 1), fatal=(7,), folder=str(tmp_path), times=1) for n in range(0, 20, 2)))
    assert found == [[2 * n, 2 * n + 2] for n in range(0, 20, 2)]


def test_a_page_that_kills_whoever_reads_it_is_given_up_alone(tmp_path: Path) -> None:
    with Processes(2) as pool:
        found = list(pool.map(Double((n, n + 1), fatal=(7,), folder=str(tmp_path)) for n in range(0, 12, 2)))
    assert found == [[0, 2], [4, 6], [8, 10], [12, "given up"], [16, 18], [20, 22]]


def test_the_next_archive_is_parsed_before_the_rows_of_this_one_are_made() -> None:
    """So that workers have something to do while this process collects pages."""
    performed: list[str] = []

    class Two:
        def __init__(self, name: str) -> None:
            self.name = name

        def reading(self) -> steps.Steps:
            yield from self.half("read")

        def writing(self) -> steps.Steps:
            yield from self.half("write")

        def half(self, what: str) -> steps.Steps:
            left = [1, 2]
            for n in (1, 2):
                yield steps.Step(Double((n,)), lambda _, n=n: (left.pop(), performed.append(f"{what} {self.name}{n}")))
            while left:
                yield None

    steps.perform(steps.of_all([Two("a"), Two("b"), Two("c")]), InProcess())
    assert performed == ["read a1", "read a2", "read b1", "read b2", "write a1", "write a2", "read c1", "read c2",
                         "write b1", "write b2", "write c1", "write c2"]


def test_complete_corpora_are_linked_while_others_are_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Linked on the way or all at the end: the same rows."""
    corpora = [load_corpus(shipped_corpora() / name) for name in ("ahrenfeld", "seed")]
    linked: list[list[str]] = []

    def link(work: Any, *, only: Any = None) -> None:
        linked.append(list(only or ["all"]))
        linking.link(work, only=only)

    monkeypatch.setattr(batch, "link", link)
    for name, at_once in (("way", 1), ("end", 10**9)):
        monkeypatch.setattr(batch, "LINKED_AT_ONCE", at_once)
        batch.build(corpora, target=tmp_path / name / "auszug.duckdb", work_path=tmp_path / name / ".auszug" / "w.duckdb",
                    clock=lambda: NOON, command="test")
    assert linked == [["ahrenfeld"], ["all"], ["all"]]
    assert differences(tmp_path / "way" / "auszug.duckdb", tmp_path / "end" / "auszug.duckdb") == []


def test_workers_give_the_same_rows(tmp_path: Path, pool: Processes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.build.rounds.TASK_UNITS", 12)
    monkeypatch.setattr("pipeline.build.collect.PART_BYTES", 30_000)
    county = load_corpus(shipped_corpora() / "ahrenfeld")
    build(county, tmp_path / "many", executor=pool)
    build(county, tmp_path / "one", executor=InProcess())
    assert differences(tmp_path / "many" / "auszug.duckdb", tmp_path / "one" / "auszug.duckdb") == []
