"""Every answer goes into the archive first and into the ledger second; and the ledger can be made from the archive.

The WARC holds a response where the site answered, a revisit where the payload is the known one or the site said
304, and a metadata record (`Note`) where nobody answered, the answer broke a bound, or nothing was asked because a
link leads where it must not. The redirects that led to an answer are a metadata record before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast, get_args

import msgspec

from pipeline.harvest.allris import Kind, kind_of
from pipeline.harvest.archive import (
    OPEN_SUFFIX,
    ArchivedNote,
    ArchivedPage,
    ArchiveProblem,
    ArchiveWriter,
    payload_hash,
    read_records,
    salvage,
)
from pipeline.harvest.client import Answer
from pipeline.harvest.judge import Judgement, Outcome, judge
from pipeline.harvest.ledger import Ledger, stamp
from pipeline.harvest.observing import Observation, Result, observe

_WITHOUT_PAGE = frozenset({"no_answer", "too_large", "too_slow", "robots", "refused"})


class Recorder:
    """Writes answers to one run's WARC file and observes them in the ledger."""

    def __init__(
        self, archive: ArchiveWriter, ledger: Ledger, run: str, *,
        tell: Callable[[Answer, Result], None] = lambda *_: None,
    ) -> None:
        self._archive, self._ledger, self._run, self._tell = archive, ledger, run, tell

    def __call__(self, answer: Answer) -> None:
        """Archive `answer`, then observe it."""
        ask, exchange, judgement = answer.ask, answer.exchange, answer.judgement
        fetched = exchange.started.replace(microsecond=0)
        # an address from a page that was refused may hold anything: the record is filed under the canonical one
        url = ask.address if judgement.outcome == "refused" else ask.url
        address = None if ask.address == url else ask.address
        known = self._ledger.get(ask.address)
        digest: str | None = None
        unchanged = False
        if answer.hops:
            self._archive.write_note(url, fetched=fetched, address=address, fields={
                "outcome": "redirects",
                **{f"redirect-{n}": f"{hop.status} {hop.url} -> {hop.header('location')}"
                   for n, hop in enumerate(answer.hops, 1)},
            })
        if judgement.outcome in _WITHOUT_PAGE or exchange.status is None or exchange.failure is not None:
            record_id = self._archive.write_note(url, fetched=fetched, address=address, fields={
                "outcome": judgement.outcome, "detail": judgement.detail or "", "failure": exchange.failure or "",
                "status": "" if exchange.status is None else str(exchange.status), "received": str(exchange.received),
            })
        elif judgement.outcome == "not_modified" and known is not None and known.record_id:
            record_id = self._archive.write_revisit(
                ask.url, fetched=fetched, status=304, reason=exchange.reason or "Not Modified",
                headers=exchange.headers, payload_hash=known.payload_hash or "", refers_to=known.record_id,
                refers_to_date=known.record_date or "", address=address, not_modified=True,
                request_headers=exchange.request_headers)
        else:
            digest = payload_hash(exchange.payload)
            unchanged = (judgement.outcome == "ok" and known is not None and known.payload_hash == digest
                         and known.record_id is not None)
            if unchanged and known is not None and known.record_id:
                record_id = self._archive.write_revisit(
                    ask.url, fetched=fetched, status=exchange.status, reason=exchange.reason, headers=exchange.headers,
                    payload_hash=digest, refers_to=known.record_id, refers_to_date=known.record_date or "",
                    address=address, request_headers=exchange.request_headers)
            else:
                record_id = self._archive.write_exchange(
                    ask.url, exchange.payload, fetched=fetched, status=exchange.status, reason=exchange.reason,
                    headers=exchange.headers, request_headers=exchange.request_headers, address=address)
        self._archive.flush()
        result = observe(self._ledger, Observation(
            run=self._run, address=ask.address, kind=ask.kind, fetched=stamp(fetched), status=exchange.status,
            judgement=Judgement(outcome=judgement.outcome) if unchanged else judgement, payload_hash=digest,
            warc_file=self._archive.path.name, record_id=record_id, etag=exchange.header("etag"),
            modified=exchange.header("last-modified"), unchanged=unchanged, size=len(exchange.payload),
        ))
        self._tell(answer, result)


# ------------------------------------------------------------------ from the archive to the ledger


def bring_up_to_date(ledger: Ledger, folder: Path) -> int:
    """Make the ledger say what the archive says; returns how many records it lacked.

    Leftover `.open` files are salvaged first. A ledger that lacks the archive's last records gets them; one that knows
    records which the archive does not have (a power cut) is made anew.
    """
    for left in sorted(folder.glob(f"*.warc.gz{OPEN_SUFFIX}")):
        salvage(left)
    files = sorted(folder.glob("*.warc.gz"))
    ledger.drop_empty_runs()
    known = set(ledger.runs())
    if known - {_run_of(path) for path in files}:
        return rebuild(ledger, folder)
    missing = [path for path in files if _run_of(path) not in known]
    newest = max(known, default="")
    if any(_run_of(path) < newest for path in missing):
        return rebuild(ledger, folder)
    last = [path for path in files if _run_of(path) == newest]
    lacked = 0
    for path in last:
        seen = ledger.record_ids(newest)
        in_archive = {item.record_id for item in read_records(path) if not isinstance(item, ArchiveProblem)}
        if seen - in_archive:
            return rebuild(ledger, folder)
        lacked += _take(ledger, path, skip=seen)
    for path in missing:
        lacked += _take(ledger, path, skip=set())
    ledger.drop_empty_runs()
    return lacked


def rebuild(ledger: Ledger, folder: Path) -> int:
    """Make the ledger anew from the archive; returns how many records it took in."""
    ledger.clear()
    taken = sum(_take(ledger, path, skip=set()) for path in sorted(folder.glob("*.warc.gz")))
    ledger.drop_empty_runs()
    return taken


def _run_of(path: Path) -> str:
    return path.name.removesuffix(".warc.gz")


def _take(ledger: Ledger, path: Path, *, skip: set[str]) -> int:
    taken = 0
    run = _run_of(path)
    for item in read_records(path):
        if isinstance(item, ArchiveProblem):
            continue
        if isinstance(item, ArchivedNote) and item.fields.get("outcome") == "run":
            ledger.begin_run(run, item.fetched, resumed=item.fields.get("resumed") == "yes")
            continue
        if not ledger.knows_run(run):
            ledger.begin_run(run, item.fetched)
        if item.record_id in skip:
            continue
        seen = _observation(ledger, run, item)
        if seen is not None:
            observe(ledger, seen)
            taken += 1
    return taken


def _observation(ledger: Ledger, run: str, item: ArchivedPage | ArchivedNote) -> Observation | None:
    """What an archived record says, as the harvest that wrote it observed it; None for a record of another kind."""
    address = item.address or item.url
    kind: Kind = kind_of(address) or "start"
    if isinstance(item, ArchivedNote):
        outcome = item.fields.get("outcome", "")
        if outcome not in get_args(Outcome):
            return None
        status = item.fields.get("status", "")
        return Observation(
            run=run, address=address, kind=kind, fetched=item.fetched, status=int(status) if status else None,
            judgement=Judgement(outcome=cast(Outcome, outcome)), warc_file=item.warc_file, record_id=item.record_id)
    named = {name.lower(): value for name, value in item.headers}
    common = Observation(
        run=run, address=address, kind=kind, fetched=item.fetched, status=item.status,
        judgement=Judgement(outcome="ok"), warc_file=item.warc_file, record_id=item.record_id,
        etag=named.get("etag"), modified=named.get("last-modified"))
    if item.kind == "revisit":
        if item.status == 304:
            return msgspec.structs.replace(common, judgement=Judgement(outcome="not_modified"))
        size = ledger.size_of(address, item.payload_hash or "")
        return msgspec.structs.replace(common, payload_hash=item.payload_hash, unchanged=True, size=size)
    judgement = judge(kind=kind, url=item.url, status=item.status, headers=item.headers, body=item.payload or b"")
    return msgspec.structs.replace(common, judgement=judgement, payload_hash=item.payload_hash, size=item.served_bytes)


def archived(folder: Path) -> Iterator[tuple[str, str]]:
    """(canonical address, content hash) of every good page in the archive: what *equal archives* compares."""
    for path in sorted([*folder.glob("*.warc.gz"), *folder.glob(f"*.warc.gz{OPEN_SUFFIX}")]):
        for item in read_records(path):
            if isinstance(item, ArchivedPage) and item.kind == "response" and item.status == 200:
                address = item.address or item.url
                kind = kind_of(address)
                if kind is None or kind in {"robots", "oparl"}:
                    continue
                found = judge(kind=kind, url=item.url, status=200, headers=item.headers, body=item.payload or b"")
                if found.content_hash:
                    yield address, found.content_hash

