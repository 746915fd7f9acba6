"""What the operator is told of a batch, when, and how often: `[run] webhook` and `mail_command`.

Told are: new errors (exit code 1), a batch that published nothing (2), one that was killed, and, once, that all is
well again. What is known does not alarm every night: the same failure, or the same site that fails, is told again only
after REMIND. A batch that is refused because another one is at work is no news, nor is one that somebody stops by hand;
a stop that nobody meant shows in `auszug status --alert`, which the schedule calls after every batch.

What a channel has been told is kept for each one in `corpora/.auszug/alerts.json`. An alert that does not go out is a
warning, never an error of the batch; it is tried again after the next one.
"""

from __future__ import annotations

import datetime as dt
import os
import socket
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from pipeline import __version__, private
from pipeline.channels import Channel, ChannelFailed, MailCommand, Webhook, is_mail_address
from pipeline.config import Corpus
from pipeline.errors import EXIT_FAILED
from pipeline.journal import Entry
from pipeline.logs import get_logger

ALERTS_FILE = "alerts.json"
REMIND = dt.timedelta(days=7)
"""After this time the same trouble is told again: no nightly noise, and not forgotten either."""

Clock = Callable[[], dt.datetime]


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """What is told: a line, a text, and the facts for a program (the webhook gets all of it as one JSON object)."""

    kind: Literal["errors", "failed", "killed", "recovered"]
    subject: str
    text: str
    exit_code: int
    command: str
    corpora: tuple[str, ...]
    started: dt.datetime
    ended: dt.datetime
    message: str | None
    counts: dict[str, int]
    host: str
    program: str = "auszug"
    version: str = __version__

    def payload(self) -> bytes:
        """As JSON."""
        return msgspec.json.encode(self)


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What a channel knows: what is wrong (None: nothing), since when it is told, and of which batch it heard last."""

    wrong: str | None = None
    at: dt.datetime | None = None
    run: dt.datetime | None = None
    missed: Alert | None = None
    """An alert that did not go out."""


def decide(entry: Entry, told: Told, now: dt.datetime) -> tuple[Alert | None, Told]:
    """What a channel is to be told of `entry`, and what it knows then."""
    if told.run == entry.started:
        return None, told
    heard = msgspec.structs.replace(told, run=entry.started)
    new = entry.count("new_errors")
    if not entry.good or new or entry.trouble:
        wrong = entry.trouble or "errors"
        if not new and wrong == told.wrong and told.at is not None and now - told.at < REMIND:
            return None, heard
        kind: Literal["errors", "failed", "killed"] = (
            "errors" if entry.good else "killed" if entry.state == "killed" else "failed")
        return _alert(entry, kind), Told(wrong=wrong, at=now, run=entry.started)
    if told.wrong is None:
        return None, heard
    if told.wrong == "errors" and entry.count("known_errors"):
        return None, heard  # what was told is still so
    rest = "errors" if entry.count("known_errors") else None
    return _alert(entry, "recovered"), Told(wrong=rest, at=now if rest else None, run=entry.started)


def _alert(entry: Entry, kind: Literal["errors", "failed", "killed", "recovered"]) -> Alert:
    which = ", ".join(entry.corpora[:5]) + (f" and {len(entry.corpora) - 5} more" if len(entry.corpora) > 5 else "")
    new, known = entry.count("new_errors"), entry.count("known_errors")
    head = {
        "errors": f"{new} new errors" if new else "a site cannot be harvested",
        "failed": "nothing was published", "killed": "the run was killed", "recovered": "works again",
    }[kind]
    lines = [f"{head[0].upper()}{head[1:]}: {which or 'no corpus'}.", ""]
    if entry.message:
        lines += [entry.message, ""]
    lines += [f"{site}" for site in entry.failed_sites[:20]] + ([""] if entry.failed_sites else [])
    if kind == "recovered" and known:
        lines += [f"{known} errors that are known remain.", ""]
    lines += [f"command    {entry.command}", f"began      {entry.started.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S} UTC",
              f"took       {entry.seconds:.0f} s", f"exit code  {entry.exit_code}"]
    if entry.good:
        lines += [f"errors     {new} new, {known} known; {entry.count('warnings')} warnings",
                  f"read       {entry.count('meetings')} meetings, {entry.count('items')} items, "
                  f"{entry.count('statements')} statements"]
    lines += ["", "More: auszug status"]
    return Alert(kind=kind, subject=f"auszug: {head} ({which or 'no corpus'})", text="\n".join(lines) + "\n",
                 exit_code=entry.exit_code, command=entry.command, corpora=entry.corpora, started=entry.started,
                 ended=entry.ended, message=entry.message, counts=entry.counts, host=socket.gethostname())


def channels_of(corpora: Iterable[Corpus], *, clock: Clock) -> list[Channel]:
    """The channels that these corpora name, each once."""
    found: dict[str, Channel] = {}
    for corpus in corpora:
        if corpus.run.webhook:
            hook = Webhook(corpus.run.webhook, folder=corpus.folder, clock=clock)
            found.setdefault(hook.key, hook)
        if corpus.run.mail_command:
            mail = MailCommand(corpus.run.mail_command, to=_addressee(corpus), clock=clock)
            found.setdefault(mail.key, mail)
    return list(found.values())


def _addressee(corpus: Corpus) -> str:
    """`[run] mail_to`, else the contact where it is a mail address, else nobody (the command has to know)."""
    if corpus.run.mail_to:
        return corpus.run.mail_to
    address = (corpus.contact or "").removeprefix("mailto:")
    return address if is_mail_address(address) else ""


def tell(entries: Sequence[Entry], channels: Sequence[Channel], state_folder: Path, *, clock: Clock) -> int:
    """Tell each channel of the batches in `entries` what it has to know. Returns how many alerts went out.

    Never raises for a channel that fails, nor where what was told cannot be written.
    """
    if not channels:
        return 0
    log = get_logger("alerts")
    known = _read(state_folder)
    before, sent = dict(known), 0
    for channel in channels:
        state = known.get(channel.key, Told())
        for entry in entries:
            alert, after = decide(entry, state, clock())
            alert = alert or state.missed
            if alert is None:
                state = after
                continue
            try:
                channel.send(subject=alert.subject, text=alert.text, payload=alert.payload())
            except ChannelFailed as error:
                log.warning("alert_not_sent", reason=str(error), alert=alert.subject)
                state = msgspec.structs.replace(after, missed=alert)
            else:
                sent += 1
                state = msgspec.structs.replace(after, missed=None)
        known[channel.key] = state
    if known != before:
        _write(state_folder, known)
    return sent


def unit_failure(environment: Mapping[str, str], last: Entry | None, now: dt.datetime) -> Entry | None:
    """The entry of a unit of systemd that failed before it could note anything (a program that is gone, say).

    systemd tells the unit that is started on failure how it ended (MONITOR_*). None: it did not fail, or `last`, the
    last entry of the journal, tells of it already.
    """
    result, status = environment.get("MONITOR_SERVICE_RESULT", "success"), environment.get("MONITOR_EXIT_STATUS", "0")
    code = environment.get("MONITOR_EXIT_CODE", "exited")
    if result == "success" or (code == "exited" and status in {"0", "1"}) or (last is not None and not last.good):
        return None
    unit = environment.get("MONITOR_UNIT", "the unit")
    why = f"{unit} failed before it could note anything ({result}: {code} {status})"
    return Entry(command=unit, corpora=() if last is None else last.corpora, started=now, ended=now, state="failed",
                 exit_code=EXIT_FAILED, message=why)


def _read(state_folder: Path) -> dict[str, Told]:
    try:
        return msgspec.json.decode((state_folder / ALERTS_FILE).read_bytes(), type=dict[str, Told])
    except (OSError, msgspec.MsgspecError):
        return {}


def _write(state_folder: Path, known: dict[str, Told]) -> None:
    path = state_folder / ALERTS_FILE
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        private.make_folder(path.parent)
        with private.open_file(temporary, "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(known), indent=1) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        get_logger("alerts").warning("alerts_not_noted", path=str(path), reason=error.strerror)
