"""What holds the project together: the README names every command, the pins are pins, the wheel works elsewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from typer.main import get_command

from pipeline.cli import app
from tests import audit, pins
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
COMMANDS = sorted(get_command(app).commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_readme(name: str) -> None:
    assert re.search(rf"^\| `auszug {name}[ `]", README, re.MULTILINE), f"README, table of commands: no row for {name}"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(name: str) -> None:
    text = get_command(app).commands[name].help  # type: ignore[attr-defined]
    assert f"auszug {name}" in text


def test_the_readme_names_no_command_that_is_missing() -> None:
    told = set(re.findall(r"^\| `auszug ([a-z]+)", README, re.MULTILINE))
    assert told == set(COMMANDS)


def test_constraints_pin_everything_and_name_no_host() -> None:
    text = (ROOT / "constraints.txt").read_text("utf-8")
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("#"):
            assert re.fullmatch(r"[a-z0-9][a-z0-9-]*==[0-9][0-9A-Za-z.+!]*", line), f"constraints.txt:{number}: {line}"
    assert "://" not in text
    pinned = pins.pinned(ROOT / "constraints.txt")
    wanted = [*PROJECT["project"]["dependencies"],
              *(one for extra in PROJECT["project"]["optional-dependencies"].values() for one in extra)]
    missing = {re.split(r"[<>=\[; ]", one)[0].lower().replace("_", "-") for one in wanted} - set(pinned) - {"auszug"}
    assert not missing, f"not pinned: {missing} (make pins)"


def test_the_pins_fit_the_oldest_python_that_is_promised() -> None:
    """3.11.0, not the 3.11 that a developer has: Debian 12 has 3.11.2, and some distributions ask for 3.11.5."""
    floor = PROJECT["project"]["requires-python"].removeprefix(">=") + ".0"
    pinned = pins.pinned(ROOT / "constraints.txt")
    asked = {one.metadata["Name"]: one.metadata.get("Requires-Python") for one in metadata.distributions()
             if pinned.get(canonicalize_name(one.metadata["Name"])) == one.version}
    assert len(asked) > 50
    assert not {name: asks for name, asks in asked.items() if asks and not SpecifierSet(asks).contains(floor)}


def test_every_dependency_has_its_reason() -> None:
    inside = False
    for number, line in enumerate((ROOT / "pyproject.toml").read_text("utf-8").splitlines(), 1):
        if re.match(r"(dependencies|[a-z]+) = \[$", line):
            inside = line.startswith("dependencies") or inside
        if inside and re.match(r'  "[a-z]', line) and "types" not in line and "stubs" not in line and "auszug[" not in line:
            assert "#" in line, f"pyproject.toml:{number}: no reason for {line.strip()}"
        if line == "[project.scripts]":
            return


def test_no_file_names_a_host_of_a_registry() -> None:
    files = [ROOT / name for name in ("pyproject.toml", "constraints.txt", "Makefile", ".ci/run", "README.md")]
    for path in files:
        assert not re.search(r"index-url|find-links|trusted-host|pypi\.|files\.python", path.read_text("utf-8")), path


@pytest.mark.parametrize(("report", "code", "words"), [
    ('{"dependencies": [{"name": "a", "version": "1", "vulns": []}]}', 0, "1 packages audited"),
    ('{"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "X-1"}]}]}', 1, "vulnerable: a 1: X-1"),
    ('{"dependencies": [{"name": "a", "skip_reason": "not found"}]}', 2, "nothing was audited"),
    ('{"dependencies": []}', 2, "nothing was audited"),
    ("", 2, "no report"),
])
def test_the_audit_fails_where_nothing_was_audited(report: str, code: int, words: str) -> None:
    found = audit.judge(report)
    assert found[0] == code
    assert words in found[1]


@pytest.mark.parametrize(("needed", "closing"), [("", "1 skipped"), ("root,shared", "1 failed")])
def test_a_skip_for_what_is_required_fails(tmp_path: Path, needed: str, closing: str) -> None:
    (tmp_path / "test_it.py").write_text("import pytest\n\n\ndef test_it():\n    pytest.skip('shared is missing')\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-q", "--rootdir", str(tmp_path), str(tmp_path)], cwd=ROOT,
        env={**os.environ, "AUSZUG_REQUIRE": needed, "PYTEST_ADDOPTS": ""}, capture_output=True, text=True, check=False)
    assert closing in done.stdout.splitlines()[-1], done.stdout
    assert ("shared is required here" in done.stdout) == bool(needed)


# ------------------------------------------------------------------------ the wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built offline with what is installed."""
    folder = tmp_path_factory.mktemp("wheel")
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], cwd=ROOT, capture_output=True,
        text=True, check=False)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel, beside the installed dependencies (not beside the checkout). Its `auszug`."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    site = next(folder.glob("lib/python*/site-packages"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    # the dependencies; the .pth files there (an editable installation of the checkout) do not count
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    script = folder / "bin" / "auszug"
    script.write_text(f"#!{folder}/bin/python\nfrom pipeline.cli import main\nmain()\n")
    script.chmod(0o755)
    return script


def call(script: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8"}
    return subprocess.run([str(script), *arguments], cwd=folder, env=environment, capture_output=True, text=True,
                          check=False)


def test_the_wheel_carries_what_ships(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for name in ("corpora/seed/seed.txt", "corpora/ahrenfeld/corpus.toml", "corpora/segeberg/corpus.toml",
                 "corpora/topics/sro.toml", "queries/topic_timeline.sql"):
        assert f"pipeline/_data/{name}" in names
    assert any(name.startswith("pipeline/_data/corpora/ahrenfeld/archive/") for name in names)
    assert {"pipeline/store/schema.sql", "pipeline/py.typed"} <= names
    assert not [name for name in names if name.startswith("tests/") or name.endswith(".duckdb")]


def test_the_wheel_runs_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    where = call(installed, tmp_path, "--version")
    assert where.returncode == 0, where.stderr
    done = call(installed, tmp_path, "run", "seed", "ahrenfeld", "--offline")
    assert done.returncode == 0, done.stderr
    assert re.search(r"meetings +18\n", done.stdout)
    assert {path.name for path in tmp_path.iterdir()} == {"corpora"}
    assert (tmp_path / "corpora" / "auszug.duckdb").is_file()
    timeline = call(installed, tmp_path, "query", "topic_timeline", "-p", "topic=sro", "--format", "csv")
    assert timeline.returncode == 0, timeline.stderr
    assert timeline.stdout.count("\n") > 18


def test_nothing_is_written_into_the_installation(installed: Path, tmp_path: Path) -> None:
    package = next(installed.parents[1].glob("lib/python*/site-packages/pipeline"))
    before = {path for path in package.rglob("*") if "__pycache__" not in path.parts}
    assert call(installed, tmp_path, "run", "seed", "--offline").returncode == 0
    assert {path for path in package.rglob("*") if "__pycache__" not in path.parts} == before


def test_help_is_quick_to_import() -> None:
    """`auszug --help` imports nothing heavy; the time itself is measured by `make bench`."""
    code = ("import sys, pipeline.cli\n"
            "heavy = {'spacy', 'duckdb', 'pyarrow', 'lxml', 'numpy', 'httpx', 'structlog', 'xlsxwriter'} & set(sys.modules)\n"
            "sys.exit(f'imported: {heavy}' if heavy else 0)")
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
