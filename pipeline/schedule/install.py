"""Puts what the formats make where it belongs, and takes it away again; never over what somebody has changed by hand.

Each file begins with a line that holds a checksum of the rest. A file without it, or with another one, is not ours any
more: it is neither overwritten nor removed unless `force` says so, and then a copy stays beside it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from pipeline.errors import InputError

_MARK = "# Written by auszug schedule; changes are noticed by this sum: "
_BEGIN, _END = "# >>> {} ", "# <<< {}"

Call = Callable[[Sequence[str], str | None], "subprocess.CompletedProcess[str]"]


def call(argv: Sequence[str], given: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command of the system."""
    return subprocess.run(argv, input=given, capture_output=True, text=True, check=False, timeout=90)


def signed(text: str) -> str:
    """`text` with its checksum in front; a `#!` line stays the first."""
    head, rest = (text.split("\n", 1)[0] + "\n", text.split("\n", 1)[1]) if text.startswith("#!") else ("", text)
    return f"{head}{_MARK}{_sum(rest)}\n{rest}"


def is_untouched(text: str) -> bool:
    """Whether this is what `signed` made."""
    lines = text.split("\n", 2)
    place = 1 if text.startswith("#!") and len(lines) > 1 else 0
    if not lines[place].startswith(_MARK):
        return False
    rest = text.split("\n", place + 1)[place + 1] if text.count("\n") > place else ""
    return lines[place].removeprefix(_MARK) == _sum(rest)


def _sum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


# ------------------------------------------------------------------------- files


def write_files(files: Mapping[str, str], folder: Path, *, force: bool = False) -> list[Path]:
    """Write `files` into `folder`, all or, where one of them was changed by hand, none. Raises InputError."""
    for name in files:
        _refuse_changed(folder / name, force=force, what="overwritten")
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            path = folder / name
            _keep_changed(path)
            temporary = path.with_name(f".{name}.tmp")
            temporary.write_text(signed(text), "utf-8")
            temporary.chmod(0o644)
            temporary.replace(path)
            written.append(path)
    except OSError as error:
        raise _not_writable(folder, error) from None
    return written


def remove_files(names: Sequence[str], folder: Path, *, force: bool = False) -> list[Path]:
    """Remove those of `names` that are there; where one was changed by hand, none. Raises InputError."""
    check_untouched(names, folder, force=force)
    present = [folder / name for name in names if (folder / name).exists()]
    try:
        for path in present:
            _keep_changed(path)
            path.unlink()
    except OSError as error:
        raise _not_writable(folder, error) from None
    return present


def check_untouched(names: Sequence[str], folder: Path, *, force: bool = False) -> None:
    """Raises InputError where one of the files may not be removed."""
    for name in names:
        _refuse_changed(folder / name, force=force, what="removed")


def _refuse_changed(path: Path, *, force: bool, what: str) -> None:
    if not force and path.exists() and not is_untouched(_text_of(path)):
        raise InputError(f"was changed by hand, or is of another origin, and is not {what}", where=path,
                         remedy="keep your changes in a drop-in (systemctl edit), or say --force: a copy stays")


def _keep_changed(path: Path) -> None:
    if path.exists() and not is_untouched(_text_of(path)):
        shutil.copyfile(path, path.with_name(f"{path.name}.before"))


def _text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8", errors="replace")
    except OSError as error:
        raise _not_writable(path, error) from None


def _not_writable(path: Path, error: OSError) -> InputError:
    return InputError(f"cannot be written ({error.strerror})", where=path,
                      remedy="check who may write there (sudo for the system's units, --user for your own), or name "
                             "another folder with -o")


# ----------------------------------------------------------------------- systemd


def start_timer(name: str, *, user: bool, run: Call = call, booted: bool | None = None) -> str:
    """Make systemd know the units and start the timer; returns what was done. Raises InputError where that fails."""
    control = ["systemctl", *(["--user"] if user else [])]
    if not (Path("/run/systemd/system").is_dir() if booted is None else booted):
        return f"systemd does not run here; where it does: {' '.join(control)} enable --now {name}.timer"
    for arguments in (["daemon-reload"], ["enable", "--now", f"{name}.timer"]):
        _checked([*control, *arguments], run)
    return f"{name}.timer is started; see it with: {' '.join(control)} list-timers {name}.timer"


def stop_timer(name: str, *, user: bool, run: Call = call, booted: bool | None = None) -> None:
    """Stop the timer and forget it. A timer that is not known is no error."""
    if Path("/run/systemd/system").is_dir() if booted is None else booted:
        run(["systemctl", *(["--user"] if user else []), "disable", "--now", f"{name}.timer"], None)


def reload(*, user: bool, run: Call = call, booted: bool | None = None) -> None:
    """Make systemd look at its units again."""
    if Path("/run/systemd/system").is_dir() if booted is None else booted:
        _checked(["systemctl", *(["--user"] if user else []), "daemon-reload"], run)


def _checked(argv: Sequence[str], run: Call) -> None:
    try:
        done = run(argv, None)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InputError(f"'{' '.join(argv)}' failed ({error})",
                         remedy="the files are in place; call it yourself") from None
    if done.returncode:
        raise InputError(f"'{' '.join(argv)}' failed: {' '.join(done.stderr.split())[:300]}",
                         remedy="the files are in place; call it yourself")


def user_folder() -> Path:
    """Where the units of a user lie."""
    home = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(home) / "systemd" / "user"


# ----------------------------------------------------------------------- crontab


def change_crontab(name: str, lines: str | None, *, force: bool = False, run: Call = call) -> bool:
    """Put `lines` into the user's crontab as the block `name`, or take the block out (None).

    What else is in the crontab stays as it is. Returns whether anything changed. Raises InputError where the block
    was changed by hand, and where there is no crontab command.
    """
    try:
        listed = run(["crontab", "-l"], None)
    except OSError:
        raise InputError("there is no command 'crontab' here", remedy="install cron, or use --format systemd") from None
    before = listed.stdout if listed.returncode == 0 else ""
    after = with_block(before, name, lines, force=force)
    if after == before:
        return False
    done = run(["crontab", "-"], after)
    if done.returncode:
        raise InputError(f"the crontab cannot be written: {' '.join(done.stderr.split())[:300]}",
                         remedy="look at it with: crontab -e")
    return True


def with_block(crontab: str, name: str, lines: str | None, *, force: bool = False) -> str:
    """The crontab with its block `name` replaced, added at the end, or (None) taken out. Raises InputError."""
    begin, end = _BEGIN.format(name), _END.format(name)
    rows = crontab.splitlines(keepends=True)
    first = next((n for n, row in enumerate(rows) if row.startswith(begin)), None)
    last = None if first is None else next(
        (n for n, row in enumerate(rows) if n > first and row.rstrip("\n") == end), None)
    if first is not None and last is None:
        raise InputError(f"the block {name} of the crontab has no end", remedy="remove it with: crontab -e")
    if first is not None and last is not None:
        body = "".join(rows[first + 1 : last])
        if not force and rows[first].rstrip("\n") != f"{begin}{_sum(body)}":
            raise InputError(f"the block {name} of the crontab was changed by hand",
                             remedy="keep it, or say --force to put the new one in its place")
        rows[first : last + 1] = []
    if lines is None:
        return "".join(rows)
    if rows and not rows[-1].endswith("\n"):
        rows[-1] += "\n"
    place = first if first is not None else len(rows)
    return "".join([*rows[:place], f"{begin}{_sum(lines)}\n", lines, f"{end}\n", *rows[place:]])
