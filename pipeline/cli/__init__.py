"""The command line: options in, a call of the library, a few lines out. Heavy imports happen inside the commands.

Each module beside this one holds the commands of one kind; `shared` has what they have in common.
"""

from __future__ import annotations

import contextlib
import io
import os
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
    _open_streams()
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


def _open_streams() -> None:
    """Stdout and stderr are there even where they were closed (>&-), and umlauts survive in them.

    Files and pipes get UTF-8 whatever the locale says; what a terminal has no letter for is written as \\x...
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:  # else the next file that is opened would be "stdout"
        pass
    os.close(descriptor)
    for name, number in (("stdout", 1), ("stderr", 2)):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(number, "w", encoding="utf-8", closefd=False))  # noqa: SIM115 - for the whole run
        elif isinstance(stream, io.TextIOWrapper):
            with contextlib.suppress(ValueError):
                stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")
