"""What `auszug status --json` tells a monitoring system: how old the last good run is, what is wrong, what is unusual.

It reads the journal, the lock, the harvests' reports and the published database, and changes none of them. It works
while a run goes on, and where there is no database (then that is what is wrong). Fields may be added; none may go.
Part of `output`; read-only.
"""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Sequence
from pathlib import Path

import duckdb
import msgspec

from pipeline import journal, lock
from pipeline.errors import EXIT_FAILED, EXIT_OK, EXIT_PROBLEMS, StoreError
from pipeline.harvest.runs import read_reports
from pipeline.journal import Entry
from pipeline.store.database import open_published

USUAL_OF = 14
"""Runs before the last one whose median is the usual: two weeks of nights."""
ENOUGH = 3
"""With fewer runs before, nothing is unusual."""
FACTOR = 2.0
"""More than that many times the usual, or less than this part of it, is unusual ..."""
AT_LEAST = {"seconds": 60, "build_seconds": 60, "database_bytes": 10_000_000}
"""... where it is also that far away from it; of other counts:"""
AT_LEAST_COUNT = 10
FORMAT = 1


class RunState(msgspec.Struct, frozen=True, kw_only=True):
    """A run that ended. `state`: published, failed, stopped or killed."""

    command: str
    corpora: tuple[str, ...]
    started: dt.datetime
    ended: dt.datetime
    seconds: float
    state: str
    exit_code: int
    message: str | None
    counts: dict[str, int]
    failed_sites: tuple[str, ...]


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """A run that goes on, and since when."""

    pid: int
    command: str
    started: dt.datetime
    seconds: float


class Database(msgspec.Struct, frozen=True, kw_only=True):
    """The published database; `error` says why it cannot be read."""

    path: str
    published: dt.datetime | None = None
    age_seconds: float | None = None
    bytes: int | None = None
    error: str | None = None


class Problems(msgspec.Struct, frozen=True, kw_only=True):
    """Open problems; `new_errors`: those that the last run in the database found first."""

    errors: int = 0
    warnings: int = 0
    new_errors: int = 0


class Usual(msgspec.Struct, frozen=True, kw_only=True):
    """A count of the last run that published against the median of `runs` runs of the same corpora before it."""

    count: str
    last: int
    median: float
    runs: int
    unusual: bool


class CorpusState(msgspec.Struct, frozen=True, kw_only=True):
    """A corpus: what the database has of it, when its last page was fetched, how its last harvest ended."""

    corpus: str
    meetings: int | None = None
    items: int | None = None
    statements: int | None = None
    last_fetched: dt.datetime | None = None
    last_fetched_age_seconds: float | None = None
    harvest_state: str | None = None
    harvest_ended: str | None = None
    harvest_message: str | None = None


class Monitor(msgspec.Struct, frozen=True, kw_only=True):
    """Everything, as one object. `exit_code` and `message` are those of `auszug status`."""

    format: int = FORMAT
    time: dt.datetime
    exit_code: int
    message: str | None
    last_good_run: dt.datetime | None
    """When the last run that published ended."""
    last_good_run_age_seconds: float | None
    last_run: RunState | None
    running: Running | None
    problems: Problems
    unusual: bool
    usual: tuple[Usual, ...]
    database: Database
    corpora: tuple[CorpusState, ...]

    def json_line(self) -> str:
        """As one line of JSON."""
        return msgspec.json.encode(self).decode()


def monitor(*, target: Path, state_folder: Path, corpora_folder: Path, now: dt.datetime) -> Monitor:
    """The state of a folder and its database at `now`. Never raises for what is missing or broken."""
    history = last_entries(state_folder, now)
    held = lock.look(state_folder)
    database, problems, known, finished = _read_database(target, now)
    last = history[-1] if history else None
    good = next((entry for entry in reversed(history) if entry.good), None)
    good_at = good.ended if good else finished
    usual = tuple(_usual(history))
    code, message = _judge(last, database, problems)
    running = held.running
    return Monitor(
        time=now, exit_code=code, message=message, last_good_run=good_at,
        last_good_run_age_seconds=_age(good_at, now), last_run=None if last is None else _run_state(last),
        running=None if running is None else Running(pid=running.pid, command=running.command, started=running.started,
                                                     seconds=(now - running.started).total_seconds()),
        problems=problems, unusual=any(one.unusual for one in usual), usual=usual, database=database,
        corpora=tuple(_corpora(known, corpora_folder, now)))


def last_entries(state_folder: Path, now: dt.datetime) -> list[Entry]:
    """The journal; a run that was killed and that nobody has noted yet is its last entry."""
    history = journal.read(state_folder)
    held = lock.look(state_folder)
    if held.killed is not None:
        history.append(journal.killed(held.killed, found=now))
    return history


def _age(then: dt.datetime | None, now: dt.datetime) -> float | None:
    return None if then is None else round((now - then).total_seconds(), 1)


def _run_state(entry: Entry) -> RunState:
    return RunState(command=entry.command, corpora=entry.corpora, started=entry.started, ended=entry.ended,
                    seconds=round(entry.seconds, 1), state=entry.state, exit_code=entry.exit_code,
                    message=entry.message, counts=entry.counts, failed_sites=entry.failed_sites)


def _judge(last: Entry | None, database: Database, problems: Problems) -> tuple[int, str | None]:
    """Exit code and message: the last run counts, then the database, then what it found."""
    if last is not None and not last.good:
        return EXIT_FAILED, f"the last run published nothing: {last.message}"
    if database.error is not None:
        return EXIT_FAILED, database.error
    if last is not None and last.exit_code:
        new = last.count("new_errors")
        return EXIT_PROBLEMS, f"{new} new errors" if new else "; ".join(last.failed_sites) or "a harvest has problems"
    if problems.new_errors:
        return EXIT_PROBLEMS, f"{problems.new_errors} new errors"
    return EXIT_OK, None


def _read_database(
    target: Path, now: dt.datetime
) -> tuple[Database, Problems, list[CorpusState], dt.datetime | None]:
    """What the publication says; the last is when its last good run ended."""
    database = Database(path=str(target))
    try:
        stat = target.stat()
        published = dt.datetime.fromtimestamp(stat.st_mtime, dt.UTC)
        database = msgspec.structs.replace(database, published=published, age_seconds=_age(published, now),
                                           bytes=stat.st_size)
        connection = open_published(target)
    except (StoreError, OSError) as error:
        text = str(error) if isinstance(error, StoreError) else f"{target}: there is no database; make one: auszug run"
        return msgspec.structs.replace(database, error=text), Problems(), [], None
    try:
        return database, _problems(connection), _sources(connection, now), _last_good(connection)
    except duckdb.Error as error:
        text = f"{target}: the database cannot be read ({str(error).splitlines()[0]})"
        return msgspec.structs.replace(database, error=text), Problems(), [], None
    finally:
        connection.close()


def _problems(connection: duckdb.DuckDBPyConnection) -> Problems:
    [(errors, warnings, new)] = connection.execute("""
        SELECT count(*) FILTER (severity = 'error'), count(*) FILTER (severity <> 'error'),
            count(*) FILTER (severity = 'error' AND first_run = (
                SELECT run_id FROM run ORDER BY started_at DESC, run_id DESC LIMIT 1))
        FROM problem WHERE state = 'open'""").fetchall()
    return Problems(errors=errors, warnings=warnings, new_errors=new)


def _last_good(connection: duckdb.DuckDBPyConnection) -> dt.datetime | None:
    [(ended,)] = connection.execute("SELECT max(finished_at) FROM run WHERE exit_code < 2").fetchall()
    return None if ended is None else _aware(ended)


def _aware(time: dt.datetime) -> dt.datetime:
    return time if time.tzinfo else time.replace(tzinfo=dt.UTC)


def _sources(connection: duckdb.DuckDBPyConnection, now: dt.datetime) -> list[CorpusState]:
    """One pass over each table, whatever the number of corpora."""
    rows = connection.execute("""
        WITH items AS (SELECT source_id, count(*) AS n FROM agenda_item GROUP BY source_id),
            meetings AS (SELECT source_id, count(*) AS n FROM meeting GROUP BY source_id),
            said AS (SELECT i.source_id, count(*) AS n FROM statement AS s JOIN agenda_item AS i USING (item_id)
                GROUP BY i.source_id),
            fetched AS (SELECT source_id, max(last_fetched) AS at FROM page GROUP BY source_id)
        SELECT source_id, coalesce(m.n, 0), coalesce(i.n, 0), coalesce(s.n, 0), f.at
        FROM source LEFT JOIN meetings AS m USING (source_id) LEFT JOIN items AS i USING (source_id)
            LEFT JOIN said AS s USING (source_id) LEFT JOIN fetched AS f USING (source_id)
        ORDER BY source_id""").fetchall()
    found = []
    for name, meetings, items, statements, at in rows:
        fetched = None if at is None else _aware(at)
        found.append(CorpusState(corpus=name, meetings=meetings, items=items, statements=statements,
                                 last_fetched=fetched, last_fetched_age_seconds=_age(fetched, now)))
    return found


def _corpora(known: Sequence[CorpusState], folder: Path, now: dt.datetime) -> list[CorpusState]:
    """Those of the database and those that were harvested here, with their last harvest.

    When a page was last fetched is a matter of both: what a harvest brought need not be published yet.
    """
    states = {state.corpus: state for state in known}
    for runs in sorted(folder.glob("*/runs")):
        for report in read_reports(runs.parent, last=1):
            state = states.get(report.corpus, CorpusState(corpus=report.corpus))
            fetched = state.last_fetched
            if report.requests and report.ended:
                ended = dt.datetime.fromisoformat(report.ended)
                fetched = max(fetched or ended, ended)
            states[report.corpus] = msgspec.structs.replace(
                state, harvest_state=report.state, harvest_ended=report.ended, harvest_message=report.message,
                last_fetched=fetched, last_fetched_age_seconds=_age(fetched, now))
    return [states[name] for name in sorted(states)]


def _usual(history: Sequence[Entry]) -> list[Usual]:
    """The counts of the last run that published, against those of the runs of the same corpora before it."""
    good = [entry for entry in history if entry.good]
    if not good:
        return []
    last = good[-1]
    same = [entry for entry in good[:-1] if set(entry.corpora) == set(last.corpora)][-USUAL_OF:]
    values = {"seconds": int(last.seconds), **last.counts}
    found = []
    for name, value in sorted(values.items()):
        before = [int(entry.seconds) if name == "seconds" else entry.counts[name] for entry in same
                  if name == "seconds" or name in entry.counts]
        if not before:
            continue
        median = float(statistics.median(before))
        far = abs(value - median) >= AT_LEAST.get(name, AT_LEAST_COUNT)
        unusual = len(before) >= ENOUGH and far and not median / FACTOR <= value <= median * FACTOR
        found.append(Usual(count=name, last=value, median=median, runs=len(before), unusual=unusual))
    return found
