"""How an alert leaves the house: an HTTP POST to a webhook, or a message to a mail command.

A channel that fails raises ChannelFailed; what that means is the caller's affair (`alerts`: a warning, and another
try after the next batch). Addresses of webhooks are secrets: they come from the environment or a file, and no message
of this module says more of them than the host.
"""

from __future__ import annotations

import datetime as dt
import email.policy
import hashlib
import ipaddress
import os
import re
import shlex
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

TIMEOUT = 10.0
"""Seconds for one POST."""
TRIES = 3
PAUSES = (1.0, 3.0)
"""Seconds before the second and the third try: an alert must not hold up the end of a batch."""
MAIL_TIMEOUT = 30.0
"""Seconds for the mail command: it hands over to a queue."""
MAX_ANSWER = 65536
MAX_SECRET = 4096
"""Bytes of a file that holds the address of a webhook."""


class ChannelFailed(Exception):
    """The alert did not go out; the text says why, without secrets."""


class Channel(Protocol):
    """A way out."""

    @property
    def key(self) -> str:
        """Which channel it is, in a form that tells nothing secret."""

    def send(self, *, subject: str, text: str, payload: bytes) -> None:
        """Send an alert: `payload` is its JSON. Raises ChannelFailed."""


def webhook_objection(setting: str) -> str | None:
    """What is wrong with `[run] webhook` as it is written (not with the address behind `env:` or `file:`)."""
    if setting.startswith("env:"):
        return None if re.fullmatch(r"env:[A-Za-z_][A-Za-z0-9_]*", setting) else "names no variable behind 'env:'"
    if setting.startswith("file:"):
        return None if len(setting) > len("file:") else "names no file behind 'file:'"
    objection = _address_objection(setting)
    if objection is None:
        parts = urlsplit(setting)
        if parts.username or parts.password or parts.query or parts.fragment:
            return "holds a password or a token"
    return objection


def _address_objection(address: str) -> str | None:
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "is no web address"
    if parts.scheme not in {"http", "https"} or not host or not address.isprintable() or " " in address:
        return "is no web address"
    if parts.scheme == "http" and not _is_loopback(host):
        return "is not encrypted (http is for this machine only)"
    return None


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Webhook:
    """POST of JSON to an address. `setting` is the address, `env:VARIABLE` or `file:PATH` (beside corpus.toml)."""

    def __init__(
        self, setting: str, *, folder: Path, clock: Callable[[], dt.datetime],
        sleep: Callable[[float], None] = time.sleep, environment: Mapping[str, str] | None = None,
    ) -> None:
        self._setting, self._folder, self._clock, self._sleep = setting, folder, clock, sleep
        self._environment = os.environ if environment is None else environment

    @property
    def key(self) -> str:
        return _key("webhook", self._setting)

    def send(self, *, subject: str, text: str, payload: bytes) -> None:
        """POST `payload`; three tries. Redirects are not followed. Raises ChannelFailed."""
        from pipeline import __version__
        from pipeline.harvest.wire import Wire

        address = self._address()
        host = urlsplit(address).hostname
        # the operator's own address, not one from a page: it may lie in his network
        wire = Wire(user_agent=f"auszug/{__version__}", max_bytes=MAX_ANSWER, allow_private=True,
                    total_timeout=TIMEOUT, now=self._clock)
        try:
            reason = ""
            for attempt in range(TRIES):
                if attempt:
                    self._sleep(PAUSES[attempt - 1])
                answer = wire.exchange(address, {"Content-Type": "application/json", "Accept": "*/*"}, post=payload)
                if answer.status is not None and 200 <= answer.status < 300:
                    return
                # what went wrong on the way is told by its kind: the details could repeat the address
                reason = f"answers {answer.status}" if answer.status is not None else (
                    f"cannot be reached ({answer.failure})")
                again = answer.status is None or answer.status >= 500 or answer.status in {408, 425, 429}
                if not again:
                    break
        finally:
            wire.close()
        raise ChannelFailed(f"the webhook at {host} {reason}")

    def _address(self) -> str:
        kind, _, name = self._setting.partition(":")
        if kind == "env":
            address = self._environment.get(name, "").strip()
            if not address:
                raise ChannelFailed(f"the variable {name}, which holds the webhook, is not set")
        elif kind == "file":
            path = self._folder / name
            try:
                with path.open("rb") as file:
                    address = file.read(MAX_SECRET).decode("utf-8").strip()
            except (OSError, UnicodeDecodeError):
                raise ChannelFailed(f"the file with the webhook cannot be read ({path})") from None
        else:
            address = self._setting
        objection = _address_objection(address)
        if objection is not None:
            raise ChannelFailed(f"the address of the webhook {objection}")
        return address


class MailCommand:
    """A command that takes a whole message (RFC 5322) on its input, as `sendmail -t` does. No shell."""

    def __init__(
        self, command: str, *, to: str, clock: Callable[[], dt.datetime],
        run: Callable[..., subprocess.CompletedProcess[bytes]] = subprocess.run,
    ) -> None:
        self._argv, self._to, self._clock, self._run = shlex.split(command), to, clock, run
        self.key = _key("mail", f"{command}\n{to}")

    def send(self, *, subject: str, text: str, payload: bytes) -> None:
        """Hand the message over. Raises ChannelFailed."""
        try:
            done = self._run(self._argv, input=message(subject, text, to=self._to, at=self._clock()),
                             capture_output=True, timeout=MAIL_TIMEOUT, check=False)
        except OSError as error:
            raise ChannelFailed(f"the mail command '{self._argv[0]}' cannot be run ({error.strerror})") from None
        except subprocess.TimeoutExpired:
            raise ChannelFailed(f"the mail command '{self._argv[0]}' takes longer than {MAIL_TIMEOUT:g} s") from None
        if done.returncode:
            said = " ".join(done.stderr.decode("utf-8", "replace").split())[:200]
            raise ChannelFailed(f"the mail command '{self._argv[0]}' ends with {done.returncode}"
                                + (f": {said}" if said else ""))


def message(subject: str, text: str, *, to: str, at: dt.datetime) -> bytes:
    """A message of RFC 5322. What pages, sites and paths say cannot add a header to it, or another addressee."""
    host = re.sub(r"[^A-Za-z0-9.-]", "-", socket.gethostname()) or "localhost"
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["From"] = f"auszug <auszug@{host}>"
    if to:
        mail["To"] = to
    mail["Subject"] = " ".join("".join(c if c.isprintable() else " " for c in subject).split())[:200]
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{hashlib.sha256(f'{at.isoformat()}{subject}{text}'.encode()).hexdigest()[:32]}@{host}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content("".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in text), cte="quoted-printable")
    return bytes(mail)


def is_mail_address(text: str) -> bool:
    """Whether `text` is one plain address, as in name@example.org."""
    return bool(re.fullmatch(r"[^\s@<>,;:\"()\\]+@[A-Za-z0-9.-]+", text)) and parseaddr(text)[1] == text


def _key(kind: str, setting: str) -> str:
    return f"{kind}-{hashlib.sha256(setting.encode()).hexdigest()[:12]}"
