"""Commands as processes of their own, begun quickly: forked from a process that has loaded the libraries.

    with Runner(elsewhere) as runner:
        command = runner.start(folder, ["run", "demo"])
        command.kill()

A kill at a random moment would hit the loading of the libraries in four of five cases; so they are loaded once. What
is killed is a whole process of the command line all the same, with the leadership of a session of its own, by
which those that outlive it are found. `python -m tests.soak_runner` is the process that forks.
"""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).parents[1]
RESULTS = Path(__file__).with_name("soak.json")
SOAK = int(os.environ.get("AUSZUG_SOAK", "1"))
SMALL_TASKS = (("rounds", "TASK_UNITS", 12), ("collect", "PART_BYTES", 40_000))
"""So that a small corpus is work for several processes, too (of no influence on the result)."""


class Runner:
    """Starts commands, one at a time. A context manager."""

    def __init__(self, said: Path) -> None:
        """`said`: a folder for what the commands print."""
        self._said = said
        said.mkdir(exist_ok=True)

    def __enter__(self) -> Runner:
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "AUSZUG_DB": "", "PYTHONPATH": str(ROOT)}
        self._process = subprocess.Popen([sys.executable, "-m", "tests.soak_runner"], cwd=ROOT, text=True, bufsize=1,
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
        assert self._read() == {"ready": True}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()

    def start(self, folder: Path, arguments: list[str], *, small_tasks: bool = False) -> Command:
        """Begin `auszug ARGUMENTS` in `folder`; what it prints goes elsewhere."""
        said = self._said
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"folder": str(folder), "arguments": arguments, "said": str(said),
                                              "small": small_tasks}) + "\n")
        return Command(self, self._read()["pid"], said)

    def run(self, folder: Path, arguments: list[str], *, small_tasks: bool = False) -> Command:
        """`start`, and wait for its end."""
        command = self.start(folder, arguments, small_tasks=small_tasks)
        command.wait()
        return command

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, "the process that forks has ended"
        found: dict[str, Any] = json.loads(line)
        return found


@dataclasses.dataclass
class Command:
    """A command that was begun. `code`: its exit code, minus the signal where one ended it; None: it goes on."""

    runner: Runner
    pid: int
    said: Path
    code: int | None = None

    def kill(self) -> bool:
        """SIGKILL. Returns whether it was still at work."""
        os.kill(self.pid, signal.SIGKILL)  # it is reaped only when `wait` lets it be: no other process has its number
        return self.wait() == -signal.SIGKILL

    def wait(self) -> int:
        """Its exit code."""
        if self.code is None:
            assert self.runner._process.stdin
            self.runner._process.stdin.write("reap\n")
            self.code = int(self.runner._read()["code"])
        return self.code

    def ended(self) -> bool:
        """Whether it has come to its end."""
        return state_of(self.pid)[0] in {"Z", ""}

    def out(self) -> str:
        """What it printed."""
        return (self.said / "out").read_text("utf-8", "replace")

    def errors(self) -> str:
        """What it said on stderr."""
        return (self.said / "err").read_text("utf-8", "replace")

    def survivors(self, *, patience: float) -> list[str]:
        """The processes of its session that are there after `patience` seconds."""
        end = time.monotonic() + patience
        while True:
            found = [pid for pid in (int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit())
                     if state_of(pid)[1] == self.pid and state_of(pid)[0] not in {"Z", ""}]
            if not found or time.monotonic() > end:
                return [_command_line(pid) for pid in found]
            time.sleep(0.05)


def state_of(pid: int) -> tuple[str, int]:
    """(state, session) of a process; ("", 0): there is none."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "", 0
    return fields[0], int(fields[3])


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        return ""


def note(name: str, **facts: object) -> None:
    """Results of long checks are kept in tests/soak.json; the short form leaves them alone."""
    if SOAK == 1:
        return
    before = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    before[name] = facts
    RESULTS.write_text(json.dumps(before, indent=1, sort_keys=True) + "\n", "utf-8")


# ---------------------------------------------------------------------------- the process that forks


def main() -> None:
    """Fork a command for each order on stdin, and tell how it ended when asked."""
    _load()
    print(json.dumps({"ready": True}), flush=True)
    while line := sys.stdin.readline():
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _be(order)
        print(json.dumps({"pid": pid}), flush=True)
        if not sys.stdin.readline():
            os.kill(pid, signal.SIGKILL)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        print(json.dumps({"code": code}), flush=True)


def _load() -> None:
    """What a batch would load in the course of its work. No thread may begin here."""
    import pipeline.build.tasks
    import pipeline.harvest
    import pipeline.output.screen
    import pipeline.run  # noqa: F401
    from pipeline.extract import pipeline as extraction
    from pipeline.versions import parser_version

    parser_version()
    extraction.load(topics=[], model="")


def _be(order: dict[str, Any]) -> None:
    os.setsid()
    os.chdir(order["folder"])
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(Path(order["said"], name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = ["auszug", *order["arguments"]]
    if order["small"]:
        import pipeline.build.collect
        import pipeline.build.rounds

        for module, name, value in SMALL_TASKS:
            assert hasattr(getattr(pipeline.build, module), name)
            setattr(getattr(pipeline.build, module), name, value)
    from pipeline.cli import main as command

    command()
    sys.exit(0)


if __name__ == "__main__":
    main()
