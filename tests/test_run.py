"""The batch: the same archive gives the same rows, one bad page costs itself, and nothing wrong is published."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline import run as batch
from pipeline.config import Corpus, load_corpus
from pipeline.errors import ArchiveError, ExtractionError, HarvestError
from pipeline.extract.pipeline import Extractor
from pipeline.harvest import HarvestSummary, RunReport
from pipeline.harvest.archive import ArchiveWriter
from pipeline.last_run import unpublished_run
from pipeline.paths import shipped_corpora
from pipeline.store.database import differences
from tests.allris_server import render
from tests.allris_server.county import load
from tests.upkeep_samples import TEXT

NOON = dt.datetime(2026, 4, 1, 12, 0, tzinfo=dt.UTC)
HTML = [("Content-Type", "text/html;charset=UTF-8")]


class Ticking:
    """A clock that goes on by a second at each look."""

    def __init__(self, start: dt.datetime = NOON) -> None:
        self.now = start

    def __call__(self) -> dt.datetime:
        self.now += dt.timedelta(seconds=1)
        return self.now


def corpus(folder: Path, *, name: str = "tal", paths: str = '["*.txt"]', files: dict[str, str | bytes] | None = None) -> Corpus:
    root = folder / name
    root.mkdir(exist_ok=True)
    (root / "corpus.toml").write_text(
        f'[corpus]\nname = "{name}"\ntitle = "Tal"\n[files]\npaths = {paths}\nbody = "Tal"\norganization = "Rat"\n')
    for file, content in (files or {}).items():
        (root / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    return load_corpus(root)


def build(folder: Path, *corpora: Corpus, clock: Ticking | None = None, **options: Any) -> batch.Summary:
    return batch.build(corpora, target=folder / "auszug.duckdb", work_path=folder / ".auszug" / "work.duckdb",
                       clock=clock or Ticking(), command="test", **options)


def rows(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(folder / "auszug.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, batch.Summary]:
    folder = tmp_path_factory.mktemp("county")
    return folder, build(folder, load_corpus(shipped_corpora() / "seed"), load_corpus(shipped_corpora() / "ahrenfeld"))


def test_the_county(county: tuple[Path, batch.Summary]) -> None:
    folder, summary = county
    assert (summary.exit_code, summary.meetings, summary.items) == (0, 18, 37)
    assert summary.new_errors == 0
    assert rows(folder, "SELECT count(*) FROM meeting WHERE source_id = 'ahrenfeld'") == [(18,)]
    assert rows(folder, "SELECT count(*), count(*) FILTER (has_excerpt) FROM agenda_item WHERE source_id = 'ahrenfeld'") == [
        (158, 36)]
    assert rows(folder, "SELECT count(*) FROM paper WHERE source_id = 'ahrenfeld'") == [(39,)]
    assert rows(folder, "SELECT count(*) FROM attendance") == [(278,)]


def test_cut_titles_are_completed(county: tuple[Path, batch.Summary]) -> None:
    titles = dict(rows(county[0], "SELECT tolfdnr, title FROM agenda_item WHERE source_id = 'ahrenfeld'"))
    for meeting in load().meetings:
        for item in meeting.items:
            assert titles[item.tolfdnr] == item.title


def test_every_row_leads_to_its_page(county: tuple[Path, batch.Summary]) -> None:
    lost = rows(county[0], """SELECT item_id FROM agenda_item ANTI JOIN page_version ON page_version.page_id = item_id
        AND page_version.content_hash = agenda_item.content_hash WHERE has_excerpt""")
    assert lost == []
    assert rows(county[0], "SELECT count(*) FROM page_version WHERE warc_file IS NOT NULL") == [(111,)]


def test_a_rebuild_gives_the_same_rows(county: tuple[Path, batch.Summary], tmp_path: Path) -> None:
    folder, _ = county
    corpora = [load_corpus(shipped_corpora() / name) for name in ("seed", "ahrenfeld")]
    build(tmp_path, *reversed(corpora), clock=Ticking(NOON + dt.timedelta(days=9)))
    assert differences(folder / "auszug.duckdb", tmp_path / "auszug.duckdb") == []
    build(tmp_path, *corpora, clock=Ticking(NOON + dt.timedelta(days=10)))
    assert differences(folder / "auszug.duckdb", tmp_path / "auszug.duckdb") == []


BAD: dict[str, tuple[str | bytes, str]] = {
    "letter.txt": ("Liebe Grüße aus dem Urlaub!\n", "not_allris"),
    "empty.txt": (b"", "unreadable"),
    "picture.txt": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "unreadable"),
    "large.txt": (b"x" * 21_000_000, "too_large"),
}


def test_a_bad_file_costs_itself(tmp_path: Path) -> None:
    tal = corpus(tmp_path, files={"good.txt": TEXT.format(number="5"), **{name: content for name, (content, _) in BAD.items()}})
    first = build(tmp_path, tal)
    assert (first.exit_code, first.items, first.new_errors) == (1, 1, len(BAD))
    problems = rows(tmp_path, "SELECT address, code, severity, state FROM problem ORDER BY 1")
    assert problems == [(name, code, "error", "open") for name, (_, code) in sorted(BAD.items())]
    again = build(tmp_path, tal, clock=Ticking(NOON + dt.timedelta(days=1)))
    assert (again.exit_code, again.new_errors, again.known_errors) == (0, 0, len(BAD))
    for day, names in ((2, ["letter.txt"]), (3, ["empty.txt", "picture.txt", "large.txt"])):
        for number, name in enumerate(names):
            (tal.folder / name).write_text(TEXT.format(number=f"{day}.{number}"))
        mended = build(tmp_path, tal, clock=Ticking(NOON + dt.timedelta(days=day)))
        left = 3 if day == 2 else 0
        assert (mended.exit_code, mended.known_errors, mended.items) == (0, left, 1 + len(BAD) - left)
        assert rows(tmp_path, "SELECT count(*) FROM problem WHERE state = 'open'") == [(left,)]


def test_a_torn_archive_costs_its_tail(tmp_path: Path) -> None:
    tal = corpus(tmp_path, name="tal", paths="[]")
    shutil.copytree(shipped_corpora() / "ahrenfeld" / "archive", tal.archive)
    warc = next(tal.archive.iterdir())
    warc.write_bytes(warc.read_bytes()[:-1000])
    summary = build(tmp_path, tal)
    assert (summary.exit_code, summary.meetings) == (1, 18)
    assert rows(tmp_path, "SELECT code FROM problem WHERE severity = 'error'") == [("archive_torn",)]


def harvested(folder: Path, name: str, *answers: tuple[str, bytes, int]) -> None:
    with ArchiveWriter(folder / "archive", name, started=NOON, software="test") as archive:
        for n, (url, body, status) in enumerate(answers):
            archive.write_exchange(url, body, fetched=NOON + dt.timedelta(seconds=n), status=status, reason="",
                                   headers=HTML, request_headers=[])


def county_page(n: int = 0) -> tuple[str, bytes]:
    meeting = load().meetings[n]
    item = next(item for item in meeting.items if item.texts)
    return (f"https://a.example/to020?TOLFDNR={item.tolfdnr}&SILFDNR={meeting.silfdnr}",
            render.excerpt(meeting, item).encode())


def test_only_the_last_answer_of_an_address_counts(tmp_path: Path) -> None:
    tal = corpus(tmp_path, paths="[]")
    url, body = county_page()
    other, more = county_page(1)
    harvested(tal.folder, "a", (url, b"Internal Server Error", 500), (url, body, 200), (other, more, 200),
              (other, b"gone", 404), ("https://a.example/robots.txt", b"User-agent: *\n", 200),
              ("https://a.example/to020?TOLFDNR=9", b"<html><body>Internal Server Error</body></html>", 500))
    summary = build(tmp_path, tal)
    assert (summary.items, summary.new_errors, summary.exit_code) == (2, 1, 1)
    assert rows(tmp_path, "SELECT code, address FROM problem WHERE severity = 'error'") == [
        ("server_error", "https://a.example/to020?TOLFDNR=9")]
    assert dict(rows(tmp_path, "SELECT address, outcome FROM page")) == {
        url: "ok", other: "no_information", "https://a.example/to020?TOLFDNR=9": "server_error"}


def test_an_extraction_that_fails_keeps_the_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    extract = Extractor.extract

    def sometimes(self: Extractor, item: Any, context: Any = None) -> Any:
        if item.number == "6":
            raise ZeroDivisionError("oh")
        return extract(self, item, context)

    monkeypatch.setattr(Extractor, "extract", sometimes)
    tal = corpus(tmp_path, files={f"{n}.txt": TEXT.format(number=n) for n in (5, 6, 7)})
    summary = build(tmp_path, tal)
    assert (summary.exit_code, summary.items) == (1, 3)
    assert rows(tmp_path, "SELECT item_number, sentences > 0 FROM agenda_item ORDER BY 1") == [
        ("5", True), ("6", False), ("7", True)]
    assert rows(tmp_path, "SELECT count(*) FROM section") == [(3,)]
    (problem,) = rows(tmp_path, "SELECT code, message, address FROM problem WHERE severity = 'error'")
    assert problem[0] == "extraction_failed"
    assert "ZeroDivisionError" in problem[1]
    assert problem[2] == "6.txt"


def test_an_extraction_that_fails_everywhere_publishes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any, **__: Any) -> None:
        raise FileNotFoundError("model.json")

    tal = corpus(tmp_path, files={f"{n}.txt": TEXT.format(number=n) for n in range(1, 8)})
    build(tmp_path, tal)
    before = (tmp_path / "auszug.duckdb").read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(Extractor, "extract", never)
        with pytest.raises(ExtractionError, match="failed on 7 of 7 items; nothing was published"):
            build(tmp_path, tal, everything=True, clock=Ticking(NOON + dt.timedelta(days=1)))
    assert (tmp_path / "auszug.duckdb").read_bytes() == before
    assert build(tmp_path, tal, clock=Ticking(NOON + dt.timedelta(days=2))).statements > 0


def test_no_meetings_where_there_were_some(tmp_path: Path) -> None:
    tal = corpus(tmp_path, files={"good.txt": TEXT.format(number="5")})
    build(tmp_path, tal)
    before = (tmp_path / "auszug.duckdb").read_bytes()
    (tal.folder / "good.txt").write_text("Hier stand einmal etwas.")
    with pytest.raises(ArchiveError, match="no meeting was found where there were 1"):
        build(tmp_path, tal, clock=Ticking(NOON + dt.timedelta(days=1)))
    assert (tmp_path / "auszug.duckdb").read_bytes() == before


def test_a_window_of_days(tmp_path: Path) -> None:
    ahrenfeld = load_corpus(shipped_corpora() / "ahrenfeld")
    summary = build(tmp_path, ahrenfeld, since=dt.date(2019, 1, 1), until=dt.date(2019, 6, 6))
    assert summary.meetings == 2
    assert build(tmp_path, ahrenfeld, clock=Ticking(NOON + dt.timedelta(days=1))).meetings == 18


def test_a_dry_run_keeps_nothing(tmp_path: Path) -> None:
    summary = build(tmp_path, corpus(tmp_path, files={"good.txt": TEXT.format(number="5")}), dry_run=True)
    assert (summary.items, summary.database) == (1, None)
    assert {path.name for path in tmp_path.iterdir()} == {"tal"}


def test_a_stop_publishes_nothing_and_is_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    tal = corpus(tmp_path, files={"good.txt": TEXT.format(number="5")})
    monkeypatch.setattr(Extractor, "extract", stop)
    with pytest.raises(KeyboardInterrupt):
        build(tmp_path, tal)
    assert not (tmp_path / "auszug.duckdb").exists()
    last = unpublished_run(tmp_path / ".auszug" / "work.duckdb")
    assert last is not None
    assert (last.command, last.message) == ("test", "KeyboardInterrupt")
    monkeypatch.undo()
    build(tmp_path, tal, clock=Ticking(NOON + dt.timedelta(days=1)))
    assert rows(tmp_path, "SELECT exit_code FROM run ORDER BY started_at") == [(2,), (0,)]
    assert unpublished_run(tmp_path / ".auszug" / "work.duckdb") is None


def test_a_changed_page_is_a_new_version(tmp_path: Path) -> None:
    tal = corpus(tmp_path, paths="[]")
    url, body = county_page()
    harvested(tal.folder, "a", (url, body, 200), (url, body.replace(b"Herr Rathje begr", b"Frau Rathje begr"), 200))
    build(tmp_path, tal)
    assert rows(tmp_path, "SELECT version, is_current FROM page_version WHERE warc_file IS NOT NULL ORDER BY 1") == [
        (1, False), (2, True)]
    assert "Frau Rathje" in rows(tmp_path, "SELECT text FROM section")[0][0]
    assert "Herr Rathje" in rows(tmp_path, "SELECT text FROM section_history")[0][0]


def test_a_site_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Alone it ends the batch; with others it costs only its own news."""
    monkeypatch.chdir(tmp_path)
    report = RunReport(corpus="berg", run="", started="", state="failed", stop="unreachable", message="nobody answers")
    asked: list[str] = []

    def harvest(corpora: list[Corpus], **_: Any) -> HarvestSummary:
        asked.extend(one.name for one in corpora)
        return HarvestSummary(reports=(report,))

    monkeypatch.setattr(batch, "harvest", harvest)
    site = tmp_path / "berg"
    site.mkdir()
    (site / "corpus.toml").write_text('[corpus]\nname = "berg"\ntitle = "Berg"\n[source]\nurl = "https://berg.example/"\n')
    tal = corpus(tmp_path, files={"good.txt": TEXT.format(number="5")})
    options: dict[str, Any] = {"target": tmp_path / "auszug.duckdb", "work_path": tmp_path / "work.duckdb",
                               "command": "test", "clock": Ticking()}
    with pytest.raises(HarvestError, match="nobody answers"):
        batch.run([load_corpus(site)], offline=False, **options)
    assert not (tmp_path / "auszug.duckdb").exists()
    summary = batch.run([load_corpus(site), tal], offline=False, **options)
    assert (summary.exit_code, summary.items, [one.corpus for one in summary.harvests]) == (1, 1, ["berg"])
    assert batch.run([load_corpus(site), tal], offline=True, **options).harvests == ()
    assert asked == ["berg", "berg"]
