"""Commands measured from outside: wall and processor time, and the memory of all their processes together."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.bench.figures import ROOT

SAMPLE = 0.2
"""Seconds between two looks at the memory at least."""
REST = 50
"""Times what a look took that lies between two looks: it walks through the memory, and holds up what is measured."""
PLAIN = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""Environment in which numeric libraries take one thread, so that one core means one core."""


@dataclasses.dataclass(frozen=True)
class Measured:
    """What a command took. `seconds`: wall; `cpu`: user and system of all its processes; `peak_mb`: largest sum of
    their proportional set sizes (PSS: a page that n processes share counts 1/n in each), in MB of 10^6 bytes.
    `own_cpu`: as `cpu`, without the processes that it started (up to its last look)."""

    seconds: float
    cpu: float
    own_cpu: float
    peak_mb: float
    code: int
    stdout: str
    stderr: str


def auszug() -> str:
    """The command `auszug` of this environment. Raises FileNotFoundError where it is not installed."""
    found = shutil.which("auszug", path=f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}")
    if found is None:
        raise FileNotFoundError("auszug is not installed here")
    return found


def measure(command: Sequence[str], *, cwd: Path = ROOT, cores: int | None = None,
            environment: Mapping[str, str] | None = None) -> Measured:
    """Runs `command` to its end on `cores` of the cores (None: all that there are)."""
    usable = sorted(os.sched_getaffinity(0))

    def restrict() -> None:
        os.sched_setaffinity(0, usable[:cores])

    began = time.perf_counter()
    with subprocess.Popen(
        command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, **PLAIN, **(environment or {})}, preexec_fn=restrict if cores else None,
    ) as process:
        peak = Peak(process.pid)
        peak.start()
        outputs: dict[str, str] = {}
        readers = [threading.Thread(target=_drain, args=(process, name, outputs)) for name in ("stdout", "stderr")]
        for reader in readers:
            reader.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        for reader in readers:
            reader.join()
        peak.stop()
    return Measured(seconds, usage.ru_utime + usage.ru_stime, peak.cpu, peak.megabytes, process.returncode,
                    outputs["stdout"], outputs["stderr"])


def _drain(process: subprocess.Popen[str], name: str, outputs: dict[str, str]) -> None:
    stream = getattr(process, name)
    outputs[name] = stream.read()


class Peak(threading.Thread):
    """Looks at a process and all below it until `stop()`.

    `megabytes` is the most that they had at once, `cpu` the processor time of the first alone.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._over = threading.Event()
        self.megabytes = self.cpu = 0.0

    def run(self) -> None:
        while True:
            began = time.perf_counter()
            self.megabytes = max(self.megabytes, sum(map(memory_mb, family(self._pid))))
            self.cpu = max(self.cpu, cpu_seconds(self._pid))
            if self._over.wait(max(SAMPLE, REST * (time.perf_counter() - began))):
                return

    def stop(self) -> None:
        """Ends the looking."""
        self._over.set()
        self.join()


def family(pid: int) -> list[int]:
    """A process and all processes below it that live now."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError):
                # the name in parentheses may hold blanks
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(entry.name))
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        waiting += children.get(found[-1], [])
    return found


def cpu_seconds(pid: int) -> float:
    """User and system time of a process without its children; 0 for one that is gone."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def memory_mb(pid: int) -> float:
    """Proportional set size of a process, in MB; 0 for one that is gone."""
    with contextlib.suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024 / 1e6
    return 0.0
