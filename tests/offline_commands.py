"""Runs commands of the program in one process in which nothing may reach a network, and prints what each ended with.

    python -m tests.offline_commands FOLDER        all offline commands, in FOLDER
    python -m tests.offline_commands --imports     imports every module; prints what was opened

An attempt to connect, or to look a name up, raises and is told. test_offline runs this without any network device, too,
where the system lets it: so that an attempt from outside of Python (DuckDB fetching an extension) fails the command.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
EVENTS = frozenset(
    f"socket.{name}" for name in ("connect", "getaddrinfo", "gethostbyname", "gethostbyaddr", "sendto", "sendmsg")
)
EXAMPLE = (
    "ALLRIS - Auszug\n\n14.02.2024 - 1 Sozialraumorientierung\n\nReduzieren\n\nWortprotokoll\n\n"
    "Frau Voss begrüßt das.\n"
)

COMMANDS: tuple[tuple[str, ...], ...] = (
    ("run", "seed", "ahrenfeld", "--offline", "--workers", "1"),
    ("query",), ("query", "topic_timeline", "-p", "topic=sro"),
    ("query", "speaker_positions", "-p", "topic=sro", "--format", "parquet", "-o", "positions.parquet"),
    ("search", "Sozialraum", "--kwic"), ("sql", "SELECT count(*) FROM statement"),
    *(("export", "statements", "-o", f"statements.{suffix}")
      for suffix in ("csv", "tsv", "xlsx", "parquet", "jsonl", "xml", "zip")),
    ("report", "-o", "sro.html", "--charts", "charts"), ("feed", "-o", "sro.xml"), ("status",), ("status", "--json"),
    ("check",), ("verify",), ("extract", "a.txt", "-o", "a.jsonl"), ("topic", "sro"), ("eval", "gold"),
)


def watch(attempts: list[str]) -> None:
    """From here on nothing is connected to."""
    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in EVENTS and not (event == "socket.connect" and isinstance(arguments[1], (str, bytes))):
            attempts.append(f"{event} {arguments[1:]!r}")
            raise PermissionError(f"no network here: {event}")

    sys.addaudithook(hook)


def run_commands(folder: Path) -> None:
    """Every command, in `folder`; a line of JSON for each."""
    attempts: list[str] = []
    watch(attempts)
    os.chdir(folder)
    Path("a.txt").write_text(EXAMPLE, "utf-8")
    Path("gold").mkdir()
    for name in ("dev-a01.json", "dev-a02.json"):
        (Path("gold") / name).write_bytes((ROOT / "tests" / "gold" / "dev" / name).read_bytes())
    from pipeline.cli import main

    for command in COMMANDS:
        sys.argv = ["auszug", *command]
        code: object = 0
        try:
            main()
        except SystemExit as end:
            code = end.code
        sys.stdout.flush()
        print("\n@" + json.dumps({"command": command, "code": code or 0, "attempts": attempts}), flush=True)


def import_all() -> None:
    """Imports every module of the project and prints what was opened on the way."""
    attempts: list[str] = []
    opened: list[str] = []

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(arguments[0], str):
            writes = isinstance(arguments[1], str) and bool(set(arguments[1]) & set("wxa+"))
            opened.append(("w " if writes else "r ") + str(Path.cwd() / arguments[0]))
        elif event == "socket.bind" and arguments[1] == ("::1", 0):
            pass  # urllib3 (under distributed) asks the system whether it knows IPv6
        elif event.startswith("socket.") and event != "socket.__new__":
            attempts.append(event)

    sys.addaudithook(hook)
    for module in pkgutil.walk_packages([str(ROOT / "pipeline")], "pipeline."):
        if not module.name.endswith(("__main__", "generate_verbs")):
            importlib.import_module(module.name)
    print("@" + json.dumps({"attempts": attempts, "opened": sorted(set(opened))}))


if __name__ == "__main__":
    if sys.argv[1] == "--imports":
        import_all()
    else:
        run_commands(Path(sys.argv[1]))
