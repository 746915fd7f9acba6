"""Units of systemd: a hardened service, its timer, and the unit that tells of its end.

    NAME.service        the batch; SIGTERM ends it in order, RuntimeMaxSec= is a little more than its own time limit
    NAME.timer          when; a night that was slept through is made up for (Persistent=)
    NAME-alert.service  OnFailure= and OnSuccess=: `auszug status --alert` decides whether there is news

Escaping follows systemd.syntax(7), systemd.service(5) and systemd.unit(5): `%` is doubled everywhere; words are quoted;
the colon before a command keeps `$` as it is. A system unit runs as the owner of the folder. Units of a user get only
what the manager of a user can do without privileges.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from pipeline.errors import InputError
from pipeline.schedule.plan import STOP_SECONDS, Plan

SYSTEM_FOLDER = Path("/etc/systemd/system")
NEEDS = 249
"""The version that knows OnSuccess= (Debian 12, Ubuntu 22.04, RHEL 9 and newer)."""

_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_HOMES = (Path("/home"), Path("/root"), Path("/run/user"))
_TEMPORARY = (Path("/tmp"), Path("/var/tmp"))  # noqa: S108  (they are only compared)

_FOR_ALL = """\
NoNewPrivileges=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
RestrictAddressFamilies=AF_INET AF_INET6
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
SystemCallErrorNumber=EPERM
UMask=0022
"""
"""What a user's manager can do as well."""

_MOUNTS = """\
PrivateUsers=yes
ProtectSystem=strict
ProtectControlGroups=yes
ProtectKernelTunables=yes
"""

_FOR_SYSTEM = """\
AmbientCapabilities=
CapabilityBoundingSet=
DevicePolicy=closed
KeyringMode=private
PrivateDevices=yes
PrivateMounts=yes
ProcSubset=pid
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectProc=invisible
RemoveIPC=yes
"""
"""What drops capabilities or hides what others do: only the system's manager can."""


def units(plan: Plan, *, user: bool) -> dict[str, str]:
    """The units by file name. Raises InputError where `at` is no time."""
    return {
        f"{plan.name}.service": _service(plan, user=user),
        f"{plan.name}.timer": _timer(plan),
        f"{plan.name}-alert.service": _alert(plan, user=user),
    }


def _service(plan: Plan, *, user: bool) -> str:
    return f"""\
[Unit]
Description={raw(f"auszug: minutes of {', '.join(plan.titles)}")}
Documentation=man:systemd.timer(5)
Wants=network-online.target
After=network-online.target
RequiresMountsFor={_words(plan.folder, *plan.writable)}
OnFailure={plan.name}-alert.service
OnSuccess={plan.name}-alert.service

[Service]
Type=exec
{_process(plan, plan.command(), user=user)}\
# in order: what is written is whole, nothing half is published, the next run continues
KillSignal=SIGTERM
KillMode=mixed
TimeoutStopSec={STOP_SECONDS}
RuntimeMaxSec={plan.seconds}
Nice=10
IOSchedulingClass=idle

{_hardening(plan, user=user)}"""


def _alert(plan: Plan, *, user: bool) -> str:
    hardening = _hardening(plan, user=user)
    if plan.mails:
        # handing a message over to the local queue is done by programs with rights of their own (postdrop):
        # without NoNewPrivileges, and with the queue writable
        hardening = "" if user else "ProtectSystem=full\n"
    return f"""\
[Unit]
Description={raw(f"auszug: alerts of {plan.name}")}

[Service]
Type=oneshot
{_process(plan, plan.alert_command(), user=user)}\
TimeoutStartSec=300

{hardening}"""


def _process(plan: Plan, command: list[str], *, user: bool) -> str:
    owner = runs_as(plan.folder)
    who = "" if user or owner is None else f"User={owner[0]}\nGroup={owner[1]}\n"
    return f"""\
{who}WorkingDirectory={raw(str(plan.folder))}
EnvironmentFile=-{raw(str(plan.environment_file))}
Environment=AUSZUG_UNATTENDED=1 PYTHONUNBUFFERED=1
ExecStart=:{_words(*_executable(command))}
"""


def _executable(command: list[str]) -> list[str]:
    """The command; systemd takes no quotes or backslashes in the path of an executable, but in arguments it does."""
    return ["/usr/bin/env", "--", *command] if re.search(r"[\"'\\]", command[0]) else command


def _hardening(plan: Plan, *, user: bool) -> str:
    # a tree that is hidden cannot be opened in parts: where program or data live in a home, homes are read-only, and
    # where they live in a folder for temporary files, that is the common one
    used = (plan.folder, *plan.writable, Path(plan.program[0]), *plan.reads)
    home = f"ProtectHome={'read-only' if _any_in(used, _HOMES) else 'yes'}\n"
    temporary = "" if _any_in(used, _TEMPORARY) else "PrivateTmp=yes\n"
    lines = _FOR_ALL + _MOUNTS + home + temporary + ("" if user else _FOR_SYSTEM)
    return "\n".join(sorted(lines.splitlines())) + f"\nReadWritePaths={_words(*plan.writable)}\n"


def _any_in(paths: Iterable[Path], folders: Iterable[Path]) -> bool:
    return any(path.is_relative_to(folder) for path in paths for folder in folders)


def _timer(plan: Plan) -> str:
    return f"""\
[Unit]
Description={raw(f"auszug: when to run {plan.name}")}

[Timer]
OnCalendar={raw(calendar(plan.at))}
RandomizedDelaySec={plan.spread}min
FixedRandomDelay=yes
Persistent=yes

[Install]
WantedBy=timers.target
"""


def calendar(at: str) -> str:
    """`--at` as OnCalendar= wants it: `02:30` is every day; all else is taken as it is. Raises InputError."""
    if match := _CLOCK.fullmatch(at):
        return f"*-*-* {int(match[1]):02d}:{match[2]}:00"
    fits = bool(re.fullmatch(r"[A-Za-z0-9*:,./~ _+-]+", at))
    if fits and (analyze := shutil.which("systemd-analyze")):
        fits = subprocess.run([analyze, "calendar", "--", at], capture_output=True, check=False).returncode == 0
    if not fits:
        raise InputError(f"--at: '{at}' is no time", remedy='write it as in "02:30" or "Mon..Fri 02:30" '
                                                            "(systemd.time(7), calendar events)")
    return at


def raw(text: str) -> str:
    """A text that takes the rest of its line."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split("\n")).replace("%", "%%")


def word(text: str) -> str:
    """A text as one quoted word."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"'


def _words(*texts: str | Path) -> str:
    return " ".join(word(str(text)) for text in texts)


def runs_as(folder: Path) -> tuple[str, str] | None:
    """Who owns the folder, and its group; None where that is root or nobody with a name."""
    try:
        owner, group = folder.owner(), folder.group()
    except (KeyError, OSError, NotImplementedError):
        return None
    return None if owner == "root" else (owner, group)
