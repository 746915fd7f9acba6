"""What needs no site needs no network: every other command works where there is none, and nothing asks for one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.offline_commands import COMMANDS

ROOT = Path(__file__).parents[1]
ELSEWHERE = ("/proc/", "/sys/", "/usr/", "/lib", "/etc/", "/dev/")
"""What the interpreter and the libraries may read beside themselves."""


def without_network() -> list[str]:
    """What to put before a command so that it has no network device; nothing where the system does not allow it."""
    for prefix in (["unshare", "-n"], ["unshare", "-rn"]):
        if shutil.which("unshare") and subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0:
            return prefix
    return []


def told(arguments: list[str], folder: Path) -> list[dict[str, Any]]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("AUSZUG_")}
    home = folder / "home"
    home.mkdir()
    command = ["sh", "-c", 'umask 022; exec "$@"', "sh", *without_network(), sys.executable, "-m", "tests.offline_commands", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600,
                          env={**environment, "HOME": str(home), "XDG_CACHE_HOME": str(home)})
    lines = [json.loads(line[1:]) for line in done.stdout.splitlines() if line.startswith("@{")]
    assert lines, done.stderr[-2000:]
    for line in lines:
        line["stderr"] = done.stderr[-3000:]
    return lines


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("offline")
    work = folder / "work"
    work.mkdir()
    return work, told([str(work)], folder)


def test_every_command_works_without_a_network_and_none_asks_for_one(place: tuple[Path, list[dict[str, Any]]]) -> None:
    folder, lines = place
    assert [tuple(line["command"]) for line in lines] == list(COMMANDS)
    for line in lines:
        assert line["attempts"] == [], f"{line['command']}: {line['attempts']}"
        assert line["code"] == 0, f"{line['command']} ended with {line['code']}: {line['stderr']}"
    for made in ("sro.html", "sro.xml", "statements.xlsx", "statements.zip", "positions.parquet", "a.jsonl"):
        assert (folder / made).stat().st_size > 200, made


def test_nothing_is_left_in_the_home_folder(place: tuple[Path, list[dict[str, Any]]]) -> None:
    home = place[0].parent / "home"
    assert [path for path in home.rglob("*") if path.is_file()] == [], "extensions or caches that were fetched or made"


def test_state_is_private_and_what_is_passed_on_goes_by_the_umask(place: tuple[Path, list[dict[str, Any]]]) -> None:
    state = place[0] / "corpora" / ".auszug"
    assert any(state.iterdir())
    for path in (state, *(path for path in state.rglob("*") if path.is_file())):
        assert path.stat().st_mode & 0o077 == 0, f"{path.relative_to(place[0])} is open to others"
    for name in ("corpora/auszug.duckdb", "sro.html", "statements.csv", "statements.zip", "sro.xml"):
        assert (place[0] / name).stat().st_mode & 0o777 == 0o644, name


def test_importing_opens_no_socket_and_reads_and_writes_nothing_outside(tmp_path: Path) -> None:
    (line,) = told(["--imports"], tmp_path)
    assert line["attempts"] == []
    own = (f"{ROOT}/", f"{sys.prefix}/", f"{sys.base_prefix}/", *ELSEWHERE)
    read = [path for kind, path in (one.split(" ", 1) for one in line["opened"]) if kind == "r"]
    assert any(path.startswith(f"{ROOT}/pipeline/") for path in read), "the hook saw nothing"
    assert [path for path in read if not path.startswith(own)] == []
    written = [one[2:] for one in line["opened"] if one[0] == "w" and "__pycache__" not in one and not one.startswith("w /dev/")]
    assert written == []
