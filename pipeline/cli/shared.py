"""What the commands share: the application, how a command is registered and ends, options that several have.

Errors of the program's tree are one line on stderr and their exit code; anything else is a bug, and says so.
"""

from __future__ import annotations

import datetime as dt
import functools
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, NoReturn, ParamSpec

import typer

from pipeline import __version__
from pipeline.errors import EXIT_FAILED, EXIT_OK, AuszugError, InputError

P = ParamSpec("P")
DEBUG_VARIABLE = "AUSZUG_DEBUG"
"""Where it is set, an error that is none of the program's tree shows its traceback."""

UsageError: type[Exception] = typer.BadParameter.__mro__[1]
"""Of the options themselves. Typer names it nowhere, and has either click's or one of its own."""

app = typer.Typer(
    name="auszug", no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False,
    help="The minutes of German municipal councils as data: who said what, for or against, and what was decided.",
    epilog="First steps: auszug run seed ahrenfeld --offline, then auszug query.",
)

Corpora = Annotated[list[str] | None, typer.Argument(
    metavar="CORPUS", help="Folders or names; default: every corpus in ./corpora that has files or an archive.")]
Database = Annotated[Path | None, typer.Option(
    "--db", metavar="FILE", help="The published database; default: AUSZUG_DB, else corpora/auszug.duckdb.")]
Since = Annotated[str | None, typer.Option(metavar="DATE", help="Only meetings from this day on (2023-08-31).")]
Until = Annotated[str | None, typer.Option(metavar="DATE", help="Only meetings up to this day.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Read and extract everything, keep nothing.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Log the course of the run on stderr.")]
Contact = Annotated[str | None, typer.Option(
    metavar="ADDRESS", help="mailto: or web address for the User-Agent; default: AUSZUG_CONTACT.")]
Private = Annotated[bool, typer.Option(
    "--allow-private-addresses", help="The site may be on this machine or network (a local ALLRIS).")]


def path_of(text: str) -> Path:
    """The path in an argument. An empty one is an unset variable in a script, not the working directory."""
    if not text:
        raise typer.BadParameter("a path is empty")
    return Path(text)


Output = Annotated[Path | None, typer.Option(
    "--output", "-o", metavar="FILE", help="Write to FILE instead of the screen.")]


def command(name: str) -> Callable[[Callable[P, int | None]], Callable[P, None]]:
    """Registers a command that returns its exit code (None: 0)."""

    def register(function: Callable[P, int | None]) -> Callable[P, None]:
        @functools.wraps(function)
        def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
            try:
                code = function(*args, **kwargs)
            except AuszugError as error:
                _fail(str(error), error.exit_code)
            except KeyboardInterrupt:
                _fail("stopped", EXIT_FAILED)
            except BrokenPipeError:  # the reader (head, less) has enough
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                code = EXIT_OK
            except Exception as error:
                if os.environ.get(DEBUG_VARIABLE):
                    raise
                if isinstance(error, OSError) and error.filename is not None:  # the machine's doing, not the program's
                    _fail(f"{error.filename}: {error.strerror}; check the path, its permissions and the free space",
                          EXIT_FAILED)
                _fail(f"this is a bug of the program ({type(error).__name__}: {' '.join(str(error).split())[:200]}); "
                      f"call it again with {DEBUG_VARIABLE}=1 and report what it prints", EXIT_FAILED)
            raise typer.Exit(code or EXIT_OK)

        app.command(name)(wrapped)
        return wrapped

    return register


def _fail(message: str, code: int) -> NoReturn:
    """One line on stderr, and the end."""
    print(f"auszug: {message}", file=sys.stderr)
    raise typer.Exit(code)


def refuse_overwriting(output: Path | None, *sources: Path) -> None:
    """Raises InputError where `output` is one of the files that are read: what is written would be all that is left."""
    for source in sources:
        if output is not None and output.exists() and source.exists() and output.samefile(source):
            raise InputError("is read here, and would be overwritten", where=output, remedy="name another file with -o")


@app.callback(invoke_without_command=True)
def _version(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        print(f"auszug {__version__}")
        raise typer.Exit


def utc_now() -> dt.datetime:
    """The clock of the commands."""
    return dt.datetime.now(dt.UTC)


def day(text: str | None, option: str) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{option}: '{text}' is no date", remedy="write it as in 2023-08-31") from None


def topic_files(names: list[str] | None) -> list[Path]:
    """The topic files called so; without a name, all there are."""
    from pipeline import paths

    if names is None:
        return paths.topic_files()
    return [Path(name) if name.endswith(".toml") or Path(name).is_file() else paths.find_topic(name) for name in names]
