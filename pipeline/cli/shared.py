"""What the commands share: the application, how a command is registered and ends, options that several have.

Errors of the program's tree are one line on stderr and their exit code; anything else is a bug, and says so.
"""

from __future__ import annotations

import datetime as dt
import errno
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


Database = Annotated[Path | None, typer.Option(
    "--db", metavar="FILE", parser=path_of,
    help="The published database; default: AUSZUG_DB, else corpora/auszug.duckdb.")]


def _file_or_screen(text: str) -> Path | None:
    """The file in -o FILE; None for -, which is the screen."""
    return None if text == "-" else path_of(text)


Output = Annotated[Path | None, typer.Option(
    "--output", "-o", metavar="FILE", parser=_file_or_screen, help="Write to FILE instead of the screen.")]


def words(text: str) -> str:
    """Words that were typed. Raises InputError where they are no text (bytes that are not UTF-8)."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise InputError("what was typed is not UTF-8", remedy="use a UTF-8 terminal and locale, as in LANG=C.UTF-8"
                         ) from None
    return text


def command(name: str) -> Callable[[Callable[P, int | None]], Callable[P, None]]:
    """Registers a command that returns its exit code (None: 0)."""

    def register(function: Callable[P, int | None]) -> Callable[P, None]:
        @functools.wraps(function)
        def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
            try:
                code = function(*args, **kwargs)
                sys.stdout.flush()  # here, where an error still has a message
            except AuszugError as error:
                _fail(str(error), error.exit_code)
            except KeyboardInterrupt:
                _fail("stopped", EXIT_FAILED)
            except BrokenPipeError:  # the reader (head, less) has enough
                _silence()
                code = EXIT_OK
            except Exception as error:
                if os.environ.get(DEBUG_VARIABLE):
                    raise
                if isinstance(error, OSError) and error.filename is not None:  # the machine's doing, not the program's
                    _fail(f"{error.filename}: {error.strerror}; check the path, its permissions and the free space",
                          EXIT_FAILED)
                if isinstance(error, OSError) and error.errno in _FULL:
                    _silence()
                    _fail(f"the output cannot be written ({error.strerror}); check where it goes, and the free space",
                          EXIT_FAILED)
                _fail(f"this is a bug of the program ({type(error).__name__}: {' '.join(str(error).split())[:200]}); "
                      f"call it again with {DEBUG_VARIABLE}=1 and report what it prints", EXIT_FAILED)
            raise typer.Exit(code or EXIT_OK)

        app.command(name)(wrapped)
        return wrapped

    return register


_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
"""What a stream says that can take no more: such an error names no file."""


def _silence() -> None:
    """Nothing more goes to stdout, not even what waits there: Python would complain of it at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


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


def span(since: str | None, until: str | None) -> tuple[dt.date | None, dt.date | None]:
    """The days of --since and --until. Raises InputError where one is no date, or they are the wrong way round."""
    begin, end = day(since, "--since"), day(until, "--until")
    if begin and end and begin > end:
        raise InputError("--since is after --until", remedy="exchange them")
    return begin, end


def topic_files(names: list[str] | None) -> list[Path]:
    """The topic files called so; without a name, all there are."""
    from pipeline import paths

    if names is None:
        return paths.topic_files()
    return [Path(name) if name.endswith(".toml") or Path(name).is_file() else paths.find_topic(name) for name in names]
