"""One run over one corpus: lock, salvage, ledger, archive, walk, report."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import sqlite3
from collections.abc import Callable

import msgspec

import pipeline
from pipeline.channels import is_mail_address
from pipeline.config import Corpus
from pipeline.errors import AuszugError, ConfigError
from pipeline.harvest.archive import ArchiveWriter
from pipeline.harvest.asking import Problem
from pipeline.harvest.client import Answer, Client, Stop
from pipeline.harvest.ledger import STRIKES, Ledger, moment, stamp
from pipeline.harvest.observing import Result
from pipeline.harvest.pace import Pace
from pipeline.harvest.progress import Event
from pipeline.harvest.recorder import Recorder, bring_up_to_date
from pipeline.harvest.runs import FAILED_STOPS, Lock, RunReport, mark_killed, read_reports, run_name, write_report
from pipeline.harvest.scope import Scope, base_of
from pipeline.harvest.walk import MAX_PROBLEMS, Walk, Wish
from pipeline.harvest.wire import TOTAL_TIMEOUT, Wire

SYNC_EVERY = 25
"""Records after which the archive is forced to the disk: a power cut costs at most so many pages."""
OPARL_PATHS = ("/oparl",)
"""Outside the base path, an installation's OParl may lie here."""


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What a run takes from the world: the time, a timer in seconds, sleep, randomness in [0, 1), the wish to stop."""

    now: Callable[[], dt.datetime]
    timer: Callable[[], float]
    sleep: Callable[[float], None]
    random: Callable[[], float]
    stopped: Callable[[], bool] = lambda: False
    total_timeout: float = TOTAL_TIMEOUT


def user_agent(contact: str) -> str:
    """Who asks: the program, its version, what it does, and whom to write to."""
    return f"auszug/{pipeline.__version__} (archive of council minutes; contact: {contact})"


def wish_of(corpus: Corpus, *, since: dt.date | None = None, until: dt.date | None = None) -> Wish:
    """What a corpus wants, narrowed by the command's period."""
    assert corpus.source is not None
    start = max((day for day in (since, corpus.source.since) if day is not None), default=None)
    return Wish(committees=corpus.source.committees, since=start, until=until, oparl=corpus.source.oparl)


_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def seconds_of(limit: str) -> float | None:
    """The seconds of a time limit as configured (`90s`, `30m`, `6h`, `1d`); None for none."""
    return float(limit[:-1]) * _UNITS[limit[-1]] if limit else None


def check(corpus: Corpus) -> str:
    """The contact of a corpus that may be harvested. Raises ConfigError."""
    if corpus.source is None:
        raise ConfigError("there is no [source]: this corpus is only read, never harvested",
                          where=corpus.folder / "corpus.toml", remedy="use `auszug build`")
    contact = (corpus.contact or "").strip()
    if not contact:
        raise ConfigError("'contact' in [source] is missing: a harvest says who asks",
                          where=corpus.folder / "corpus.toml",
                          remedy='set contact = "mailto:name@example.org", or AUSZUG_CONTACT')
    if not is_contact(contact):
        raise ConfigError(f"'contact' in [source]: '{contact}' is neither a mail address nor a web address",
                          where=corpus.folder / "corpus.toml", remedy=CONTACT_REMEDY)
    return contact


CONTACT_REMEDY = 'write it as in "mailto:name@example.org" or "https://example.org/harvest"'


def is_contact(text: str) -> bool:
    """Whether the operator of a site could reach somebody at `text`: a mail or web address in ASCII, as headers are."""
    if not text.isascii() or not text.isprintable():
        return False
    return is_mail_address(text.removeprefix("mailto:")) or bool(re.fullmatch(r"https?://[^/\s]+\.[^\s]+", text))


def harvest_one(
    corpus: Corpus, around: Surroundings, *, since: dt.date | None = None, until: dt.date | None = None,
    resume: bool = False, dry_run: bool = False, progress: Callable[[Event], None] = lambda _: None,
    time_limit: float | None = None,
) -> RunReport:
    """Harvest one corpus; the report says what happened, also where the site stopped it.

    Raises ConfigError, HarvestError.
    """
    contact = check(corpus)
    source = corpus.source
    assert source is not None
    base = base_of(source.url)
    started = around.now()
    scope = Scope(base=base, allow_private=source.allow_private_addresses, also=OPARL_PATHS)
    if objection := scope.objection(f"{base}/"):
        raise ConfigError(f"'url' in [source]: {objection}", where=corpus.folder / "corpus.toml", remedy="correct it")
    if dry_run:
        return _dry_run(corpus, around, base, scope, wish_of(corpus, since=since, until=until))
    with Lock.of_corpus(corpus.folder):
        mark_killed(corpus.folder)
        ledger = Ledger(corpus.folder / "ledger.sqlite", base=base)
        try:
            salvaged = bring_up_to_date(ledger, corpus.archive)
            name = run_name(corpus.name, started, corpus.archive)
            report = RunReport(corpus=corpus.name, run=name, started=stamp(started), salvaged=salvaged)
            if ledger.strikes() >= STRIKES and not resume:
                return msgspec.structs.replace(
                    report, state="failed", stop="paused", ended=stamp(around.now()),
                    message=f"the site has stopped the last {ledger.strikes()} runs, so this corpus is paused",
                    remedy=f"ask the site's operator or raise delay, then: auszug harvest {corpus.name} --resume")
            return _run(corpus, around, ledger, scope, report, contact, wish_of(corpus, since=since, until=until),
                        resume=resume, progress=progress,
                        time_limit=_shorter(time_limit, seconds_of(corpus.run.time_limit)))
        finally:
            ledger.close()


def _shorter(one: float | None, other: float | None) -> float | None:
    """The shorter of two limits; None is none."""
    return min((limit for limit in (one, other) if limit is not None), default=None)


def _run(
    corpus: Corpus, around: Surroundings, ledger: Ledger, scope: Scope, report: RunReport, contact: str, wish: Wish, *,
    resume: bool, progress: Callable[[Event], None], time_limit: float | None,
) -> RunReport:
    source = corpus.source
    assert source is not None
    begin, started = around.timer(), moment(report.started)
    problems: list[Problem] = []
    count = 0

    def note(problem: Problem) -> None:
        nonlocal count
        count += 1
        if len(problems) < MAX_PROBLEMS:
            problems.append(problem)

    agent = user_agent(contact)
    wire = Wire(user_agent=agent, max_bytes=source.max_response_mb * 1_000_000,
                allow_private=source.allow_private_addresses, total_timeout=around.total_timeout, timer=around.timer,
                now=around.now, stopped=around.stopped)
    write_report(corpus.folder, report)
    state: dict[str, object] = {}
    software = f"auszug {pipeline.__version__}"
    archive = ArchiveWriter(corpus.archive, report.run, started=started, software=software, info={
        "isPartOf": corpus.name, "http-header-user-agent": agent, "robots": "obey (RFC 9309)",
        "description": f"harvest of {scope.base}", "configuration": _configuration(corpus),
    })
    archive.write_note(scope.base, fetched=started, fields={"outcome": "run", "resumed": "yes" if resume else "no"})
    archive.flush()
    ledger.begin_run(report.run, report.started, resumed=resume)
    written = 0

    def tell(answer: Answer, result: Result) -> None:
        nonlocal written
        written += 1
        if written % SYNC_EVERY == 0:
            archive.flush(sync=True)
        progress(Event(kind="answer", corpus=corpus.name, host=scope.host, address=answer.ask.address,
                       outcome=result or answer.judgement.outcome))

    client = Client(
        wire, scope, pace=Pace(source.delay), record=Recorder(archive, ledger, report.run, tell=tell), now=around.now,
        timer=around.timer, sleep=around.sleep, random=around.random, stopped=around.stopped, hours=source.hours,
        budget=source.requests_per_run,
        deadline=None if time_limit is None else started + dt.timedelta(seconds=time_limit))

    def step(address: str, done: int, total: int) -> None:
        progress(Event(kind="step", corpus=corpus.name, host=scope.host, address=address, done=done, total=total,
                       seconds_left=(total - done) * (client.pace.delay + 0.2)))

    walk = Walk(base=scope.base, client=client, ledger=ledger, wish=wish, now=around.now, report=note, step=step)
    try:
        walk.run()
        state["state"] = "done"
    except Stop as stop:
        kind = "interrupted" if stop.reason == "interrupted" else "ended_early"
        kind = "failed" if stop.reason in FAILED_STOPS else kind
        state |= {"state": kind, "stop": stop.reason, "message": stop.message, "remedy": stop.remedy or None}
        if kind == "failed":
            note(Problem(severity="error", code=stop.reason, message=stop.message, where=scope.base))
    except (AuszugError, OSError, sqlite3.Error) as error:
        # a full disk, say: what is whole in the archive is salvaged by the next run
        message = str(error) if isinstance(error, AuszugError) else f"{corpus.folder}: cannot be written ({error})"
        state |= {"state": "failed", "stop": "error", "message": message}
        if not isinstance(error, AuszugError):  # whose message says what to do
            state["remedy"] = "make room on the disk, or check its permissions"
        note(Problem(severity="error", code="error", message=message, where=scope.base))
    finally:
        wire.close()
        if state:
            with contextlib.suppress(OSError):
                archive.close()
    report = msgspec.structs.replace(
        report, ended=stamp(around.now()), seconds=round(around.timer() - begin, 3), requests=client.requests,
        bytes=client.bytes, delay=round(client.pace.delay, 3), problems=tuple(problems), problem_count=count, **state)
    with contextlib.suppress(OSError, sqlite3.Error) if report.state == "failed" else contextlib.nullcontext():
        report = _counted(report, corpus, ledger, due=walk.count_due())
        write_report(corpus.folder, report)
    progress(Event(kind="end", corpus=corpus.name, host=scope.host))
    return report


def _counted(report: RunReport, corpus: Corpus, ledger: Ledger, *, due: int) -> RunReport:
    """The report with what the ledger says of the run."""
    before = {(p.code, p.where) for earlier in read_reports(corpus.folder, last=2) if earlier.run != report.run
              for p in earlier.problems if p.severity == "error"}
    outcomes = ledger.outcomes(report.run)
    known = sum(p.severity == "error" and ((p.code, p.where) in before or (
        p.where is not None and ledger.outcome_before(report.run, p.where) == p.code)) for p in report.problems)
    return msgspec.structs.replace(
        report, new=outcomes.get("new", 0), changed=outcomes.get("changed", 0), unchanged=outcomes.get("unchanged", 0),
        not_public=outcomes.get("not_public", 0) + outcomes.get("no_information", 0), gone=outcomes.get("gone", 0),
        failed=sum(outcomes.get(name, 0) for name in _FAILED), due=due, known_problems=known)


def _configuration(corpus: Corpus) -> str:
    """The corpus's [source] as one line of JSON (it holds nothing secret), for those who read the archive later."""
    return msgspec.json.encode(corpus.source, order="sorted").decode()


_FAILED = ("server_error", "http_error", "no_answer", "too_slow", "too_large", "forbidden", "unreadable", "not_allris",
           "redirect", "refused", "gate", "too_many_requests")


def _dry_run(corpus: Corpus, around: Surroundings, base: str, scope: Scope, wish: Wish) -> RunReport:
    """What a run would ask, as far as the ledger knows. Asks nothing and writes nothing."""
    ledger = Ledger.copy_of(corpus.folder / "ledger.sqlite", base=base)
    try:
        wire = Wire(user_agent="", max_bytes=1, now=around.now)
        client = Client(wire, scope, pace=Pace(0), record=lambda _: None, now=around.now, timer=around.timer,
                        sleep=around.sleep, random=around.random)
        walk = Walk(base=base, client=client, ledger=ledger, wish=wish, now=around.now, report=lambda _: None)
        planned = tuple(walk.plan())
    finally:
        ledger.close()
    now = stamp(around.now())
    return RunReport(corpus=corpus.name, run="dry-run", started=now, ended=now, state="done", planned=planned,
                     due=len(planned))
