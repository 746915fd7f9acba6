"""What all tests share: the network is closed, and what a machine lacks is said by name.

A test that needs something rare says so with a marker or with `need(...)`. Where it is missing the test is
skipped; where `AUSZUG_REQUIRE` names it (`browser,systemd,root,shared`), the skip is a failure.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import duckdb

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
CHROMIUM = "/usr/bin/chromium"

RARE: dict[str, Callable[[], bool]] = {
    "browser": lambda: Path(CHROMIUM).exists() or shutil.which("chromium") is not None,
    "systemd": lambda: shutil.which("systemd-analyze") is not None,
    "root": lambda: os.geteuid() == 0,
    "shared": lambda: SHARED.is_dir(),
}
"""What some tests need beyond Python, and how to tell that it is there."""


def required() -> set[str]:
    """The names in AUSZUG_REQUIRE."""
    return {name.strip() for name in os.environ.get("AUSZUG_REQUIRE", "").split(",") if name.strip()}


def pytest_configure(config: pytest.Config) -> None:
    # in a background job SIGINT is ignored, and so it would be in every process that a test starts
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    for name in RARE:
        config.addinivalue_line("markers", f"{name}: needs {name}; skipped where it is missing")


@pytest.fixture(autouse=True)
def signals_as_before() -> Generator[None]:
    """What a test leaves of handlers (the command line ignores signals at its end) would be inherited by the next
    test's processes."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)}
    yield
    for number, handler in before.items():
        if handler is not None and signal.getsignal(number) is not handler:
            signal.signal(number, handler)


def pytest_runtest_setup(item: pytest.Item) -> None:
    for name, present in RARE.items():
        if item.get_closest_marker(name) and not present():
            pytest.skip(f"{name} is missing")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, None]:
    """A skip for something that AUSZUG_REQUIRE names becomes a failure."""
    outcome = yield
    report = outcome.get_result()
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        for name in required() & set(RARE):
            if item.get_closest_marker(name) or reason.removeprefix("Skipped: ").startswith(f"{name} "):
                report.outcome = "failed"
                report.longrepr = f"{item.nodeid}: {name} is required here (AUSZUG_REQUIRE), but: {reason}"


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reaches beyond the loopback."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and address[0] not in {"127.0.0.1", "::1", "localhost"}:
            raise AssertionError(f"a test wants to connect to {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the developer has in the environment does not count."""
    for name in ("AUSZUG_DB", "AUSZUG_CONTACT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def county() -> Generator[duckdb.DuckDBPyConnection]:
    """The published demonstration county, as annotated by hand, for reading."""
    from pipeline.store.database import open_published
    from tests.store_samples import published_county

    with open_published(published_county()) as connection:
        yield connection


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, so that everything a command writes lands in the test's own folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
