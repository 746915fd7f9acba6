"""The command line: options in, a call of the library, a few lines out. Heavy imports happen inside the commands.

Each module beside this one holds the commands of one kind; `shared` has what they have in common.
"""

from __future__ import annotations

import signal
import sys

import typer

# in the order in which the help lists their commands
# isort: off
from pipeline.cli import batch, answers, upkeep, rollback, keeping, research
# isort: on

from pipeline.cli.shared import UsageError, app
from pipeline.errors import EXIT_FAILED

__all__ = ["answers", "app", "batch", "keeping", "main", "research", "rollback", "upkeep"]


def main() -> None:
    """The entry point of the command `auszug`. Wrong options are one line, too."""
    try:
        code = app(standalone_mode=False)
    except UsageError as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            print(error, file=sys.stderr)
        else:
            context = getattr(error, "ctx", None)
            place = context.command_path if context is not None else "auszug"
            message = " ".join(getattr(error, "format_message", error.__str__)().split()).rstrip(".")
            print(f"auszug: {message}; {place} --help shows how it is called", file=sys.stderr)
        code = EXIT_FAILED
    except typer.Abort:
        code = EXIT_FAILED
    for number in (signal.SIGTERM, signal.SIGHUP):  # too late to stop anything: the exit code tells how it ended
        signal.signal(number, signal.SIG_IGN)
    sys.exit(code)
