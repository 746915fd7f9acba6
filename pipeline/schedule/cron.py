"""A crontab's lines: the batch, and mail from cron itself only where something is wrong.

cron mails whatever a job prints, so the job keeps its output back and prints it only where the exit code is not 0.
`auszug` itself sees to it that two runs do not overlap. In a crontab `%` ends the command unless it is escaped, inside
quotes, too; everything else is the shell's affair.
"""

from __future__ import annotations

import re
import shlex

from pipeline.errors import InputError
from pipeline.schedule.plan import Plan

_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_FIELD = r"[0-9A-Za-z*,/-]+"
_FIELDS = re.compile(rf"{_FIELD}(?: {_FIELD}){{4}}|@(?:daily|midnight|weekly|hourly)")
_LONGEST = 998
"""Characters of a line that every cron takes."""


def lines(plan: Plan, *, mail_to: str | None = None, user_name: str | None = None) -> str:
    """The lines; with `user_name` as in /etc/cron.d, where a field names who runs it. Raises InputError."""
    file = _quoted(str(plan.environment_file))
    settings = f"[ ! -f {file} ] || {{ set -a; . {file}; }}"
    batch = " ".join(_quoted(part) for part in plan.command())
    command = (f"cd {_quoted(str(plan.folder))} && {{ {settings}; "
               f"out=$(AUSZUG_UNATTENDED=1 {batch} 2>&1) || printf '%s\\n' \"$out\"; }}")
    who = f"{user_name} " if user_name else ""
    line = f"{when(plan.at)} {who}{command.replace('%', chr(92) + '%')}"
    if len(line) > _LONGEST:
        raise InputError(f"the line of the crontab is longer than {_LONGEST} characters", where=plan.folder,
                         remedy="use shorter paths, or --format systemd")
    mail = f"MAILTO={mail_to}\n" if mail_to else ""
    return f"{mail}{line}\n"


def when(at: str) -> str:
    """`--at` as a crontab wants it: `02:30`, or five fields, or a word as @daily. Raises InputError."""
    if match := _CLOCK.fullmatch(at):
        return f"{int(match[2])} {int(match[1])} * * *"
    if not _FIELDS.fullmatch(at):
        raise InputError(f"--at: '{at}' is no time of a crontab", remedy='write it as in "02:30" or "30 2 * * 1-5"')
    return at


def _quoted(text: str) -> str:
    return shlex.quote(text)
