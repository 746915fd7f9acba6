"""A plan in one of the formats: as text, in a folder, or installed. Called by `cli`; each step tells what it did."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from pathlib import Path

from pipeline.errors import InputError
from pipeline.schedule import container, cron, install, systemd
from pipeline.schedule.plan import Plan

CRON_FOLDER = Path("/etc/cron.d")


class Place:
    """Where a plan goes. `user`: to the user who calls, without root; else to the system."""

    def __init__(
        self, plan: Plan, form: str, *, user: bool, mail_to: str | None = None, force: bool = False,
        run: install.Call = install.call,
    ) -> None:
        self._plan, self._form, self._user, self._force, self._run = plan, form, user, force, run
        self._mail_to = mail_to or plan.mail_to or None

    def files(self) -> dict[str, str]:
        """The files by name (of a user's crontab: its lines). Raises InputError."""
        match self._form:
            case "systemd":
                return systemd.units(self._plan, user=self._user)
            case "container":
                return container.files(self._plan)
            case _:
                return {self._plan.name: cron.lines(self._plan, mail_to=self._mail_to, user_name=self._cron_user())}

    def _cron_user(self) -> str | None:
        if self._user:
            return None
        try:
            return self._plan.folder.owner()
        except (KeyError, OSError):
            return getpass.getuser()

    def text(self) -> str:
        """All files one below the other, each with its place above it."""
        folder = self._folder()
        return "\n".join(f"# === {folder / name if folder else name}\n{text}" for name, text in self.files().items())

    def write(self, folder: Path) -> list[str]:
        """Into a folder, and no more. Raises InputError."""
        return [f"written: {path}" for path in install.write_files(self.files(), folder, force=self._force)]

    def install(self) -> list[str]:
        """In place, and started. Raises InputError."""
        if self._form == "container":
            raise InputError("a container file is built, not installed", remedy="write it into a folder with -o DIR")
        for place in self._plan.writable:  # the service may write there, but not make them
            place.mkdir(parents=True, exist_ok=True)
        folder = self._folder()
        if folder is None:
            [lines] = self.files().values()
            changed = install.change_crontab(self._plan.name, lines, force=self._force, run=self._run)
            return ["in the crontab; see it with: crontab -l" if changed else "is in the crontab already"]
        told = [f"written: {path}" for path in install.write_files(self.files(), folder, force=self._force)]
        if self._form == "systemd":
            told += self._warnings()
            told.append(install.start_timer(self._plan.name, user=self._user, run=self._run))
        return told

    def remove(self) -> list[str]:
        """What `install` put there is taken away; what it never put there is left. Raises InputError."""
        folder = self._folder()
        if self._form == "container":
            raise InputError("a container file is not installed", remedy="delete its files")
        if folder is None:
            changed = install.change_crontab(self._plan.name, None, force=self._force, run=self._run)
            return ["removed from the crontab" if changed else "nothing was installed"]
        names: Sequence[str] = list(self.files())
        install.check_untouched(names, folder, force=self._force)
        if self._form == "systemd":
            install.stop_timer(self._plan.name, user=self._user, run=self._run)
        removed = install.remove_files(names, folder, force=self._force)
        if self._form == "systemd" and removed:
            install.reload(user=self._user, run=self._run)
        return [f"removed: {path}" for path in removed] or ["nothing was installed"]

    def _folder(self) -> Path | None:
        """Where the files lie; None: they lie nowhere (a user's crontab, an image)."""
        match self._form:
            case "systemd":
                return install.user_folder() if self._user else systemd.SYSTEM_FOLDER
            case "cron":
                return None if self._user else CRON_FOLDER
            case _:
                return None

    def _warnings(self) -> list[str]:
        told = []
        if not self._user and not systemd.runs_as(self._plan.folder):
            told.append(f"note: it runs as root, for root owns {self._plan.folder}; better: a user of its own")
        if self._user:
            told.append("note: a user's timers run while he is logged in; always: loginctl enable-linger")
        return told
