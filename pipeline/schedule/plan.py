"""What is to be done every night: by which program, in which folder, for which corpora, when, and for how long."""

from __future__ import annotations

import hashlib
import re
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from pipeline.config import Corpus
from pipeline.errors import InputError
from pipeline.harvest.run import seconds_of
from pipeline.paths import PACKAGE, output_folder

NO_LIMIT = 23 * 3600
"""Seconds after which a run without `[run] time_limit` is stopped in order: the next night is not to wait for it."""
MARGIN = (300, 0.1)
"""Beyond the time limit: at least so many seconds, and at least this part of it. Publishing may end in it."""
STOP_SECONDS = 15
"""The orderly stop takes ten seconds at most; after these the system kills."""
ENVIRONMENT_FILE = "auszug.env"
"""In `corpora/`, where there is one: AUSZUG_CONTACT, and what `env:` in corpus.toml names."""
_LONGEST_NAME = 100


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A nightly batch. All paths are absolute."""

    name: str
    """Of its units: `auszug-tal`."""
    program: tuple[str, ...]
    folder: Path
    """The working directory; `corpora/` lies in it."""
    arguments: tuple[str, ...]
    """Corpora as the command line takes them: a name, or the path of a folder elsewhere."""
    titles: tuple[str, ...]
    writable: tuple[Path, ...]
    """All folders that a batch writes to."""
    reads: tuple[Path, ...]
    """Where the program itself lives: its package and its Python."""
    seconds: int
    """After that time the system stops the run."""
    at: str
    spread: int
    """Minutes over which the begin is spread, so that not every county in the country asks at half past two."""
    database: Path | None = None
    mails: bool = False
    """A corpus names a mail command, which may need rights that a harvest must not have."""
    mail_to: str = ""

    @property
    def corpora_folder(self) -> Path:
        """Where everything is written."""
        return self.folder / "corpora"

    @property
    def environment_file(self) -> Path:
        """Settings that are secret, or differ from machine to machine."""
        return self.corpora_folder / ENVIRONMENT_FILE

    def command(self) -> list[str]:
        """The batch as arguments."""
        database = ["--db", str(self.database)] if self.database else []
        return [*self.program, "run", *self.arguments, *database]

    def alert_command(self) -> list[str]:
        """What tells of its end, however it ended."""
        database = ["--db", str(self.database)] if self.database else []
        return [*self.program, "status", "--alert", *database]


def plan_of(
    corpora: Sequence[Corpus], *, folder: Path, at: str = "02:30", spread: int = 15, database: Path | None = None,
    name: str | None = None, program: Sequence[str] | None = None,
) -> Plan:
    """The plan for `corpora` in the working directory `folder`. Raises InputError for what no unit can express."""
    folder = folder.resolve()
    own = output_folder(folder).resolve()
    chosen = name or unit_name([corpus.name for corpus in corpora])
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9:_.@-]*", chosen.replace("@", "-")) or len(chosen) > 200:
        raise InputError(f"--name: '{chosen}' cannot be the name of a unit",
                         remedy="use letters, digits, hyphens and underscores")
    arguments, writable = [], [own]
    for corpus in corpora:
        place = corpus.folder.resolve()
        elsewhere = place.parent != own and (own / corpus.name / "corpus.toml").exists() is False and not _ships(place)
        arguments.append(str(place) if elsewhere else corpus.name)
        if elsewhere:
            writable.append(place)
            writable.append(place.parent / ".auszug")  # the lock of the host that is asked
    if database is not None:
        database = (folder / database).resolve()
        writable.append(database.parent)
    plan = Plan(
        name=chosen, program=tuple(program or program_path()), folder=folder, arguments=tuple(arguments),
        titles=tuple(corpus.title for corpus in corpora), writable=tuple(_outermost(writable)),
        reads=(PACKAGE, Path(sys.executable).resolve(), Path(sys.base_prefix).resolve()),
        seconds=_run_seconds(corpora), at=at.strip(), spread=spread, database=database,
        mails=any(corpus.run.mail_command for corpus in corpora),
        mail_to=next((corpus.run.mail_to for corpus in corpora if corpus.run.mail_to), ""))
    for text in (*plan.program, str(plan.folder), *plan.arguments, *map(str, plan.writable), str(plan.database or "")):
        _check(text)
    return plan


def unit_name(names: Sequence[str]) -> str:
    """`auszug-tal_berg`; names of corpora have no underscore, so that no two lists make the same name."""
    name = f"auszug-{'_'.join(dict.fromkeys(names))}"
    if len(name) <= _LONGEST_NAME:
        return name
    return f"{name[:_LONGEST_NAME - 9]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def program_path() -> list[str]:
    """How this very program is called: the command beside this Python, else on the path, else Python itself."""
    beside = Path(sys.executable).parent / "auszug"
    if beside.is_file():
        return [str(beside.absolute())]
    found = shutil.which("auszug")
    return [str(Path(found).absolute())] if found else [str(Path(sys.executable).absolute()), "-m", "pipeline.cli"]


def _ships(place: Path) -> bool:
    """Whether this corpus ships with the program: a batch copies it below the working directory, and works there."""
    from pipeline.paths import shipped_corpora

    return place.is_relative_to(shipped_corpora().resolve())


def _outermost(folders: Sequence[Path]) -> list[Path]:
    found: list[Path] = []
    for folder in sorted(set(folders)):
        if not any(folder.is_relative_to(other) for other in found):
            found.append(folder)
    return found


def _run_seconds(corpora: Sequence[Corpus]) -> int:
    limits = [seconds_of(corpus.run.time_limit) for corpus in corpora]
    known = [limit for limit in limits if limit is not None]
    if not known or len(known) < len(limits):
        return NO_LIMIT
    return int(max(known) + max(MARGIN[0], MARGIN[1] * max(known)))


def _check(text: str) -> None:
    """Raises InputError for paths that no unit and no crontab can hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InputError("the path is not UTF-8", where=repr(text), remedy="rename the folder") from None
    # both formats are lines; a trailing backslash joins two of them, and spaces at the ends are cut
    if not text.isprintable() or text != text.strip() or text.endswith("\\"):
        raise InputError("the path has control characters, or ends with a space or a backslash", where=repr(text),
                         remedy="rename the folder")
