"""The harvest from the command line: one clear line for each failure, the right exit code, nothing half-written."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.cli import app
from tests.allris_server.server import LocalAllris
from tests.harvest_tools import SHORT, corpus
from tests.test_client import EXPIRED


@pytest.fixture
def server() -> Iterator[LocalAllris]:
    with LocalAllris(county=SHORT) as running:
        yield running


def auszug(*words: str) -> int:
    """The exit code of a command."""
    with pytest.raises(SystemExit) as ended:
        app(list(words))
    return int(ended.value.code or 0)


def lines(capsys: pytest.CaptureFixture[str]) -> tuple[list[str], list[str]]:
    out, err = capsys.readouterr()
    return out.splitlines(), err.splitlines()


def test_from_probe_to_archive(server: LocalAllris, workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (workplace / "corpora").mkdir()
    corpus(workplace / "corpora", server.url, delay=0)
    assert auszug("harvest", "demo", "--dry-run") == 0
    assert lines(capsys)[0][0] == f"robots\t{server.origin}/robots.txt"
    assert not server.log
    assert auszug("harvest", "demo") == 0
    out, err = lines(capsys)
    assert len(out) == 1
    assert out[0].startswith("demo: ")
    assert " new, 0 changed, 0 unchanged, 0 not public, 0 failed; " in out[0]
    assert err == []
    assert auszug("harvest", "demo", "--json") == 0
    [line] = lines(capsys)[0]
    [report] = json.loads(line)["harvest"]
    assert (report["new"], report["state"]) == (0, "done")
    assert auszug("harvest", "demo", "--since", "2026-01-01", "--dry-run") == 0
    assert len(list((workplace / "corpora" / "demo" / "archive").glob("*.warc.gz"))) == 2


def test_a_batch_from_the_site_to_the_answer(server: LocalAllris, workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpus(workplace / "corpora", server.url, delay=0)
    assert auszug("run", "demo") == 0
    lines(capsys)
    assert auszug("sql", "SELECT count(*) AS meetings FROM meeting", "--format", "csv") == 0
    assert lines(capsys)[0][-1] == str(len(SHORT.meetings))
    count = len(server.log)
    assert auszug("run", "demo", "--offline") == 0
    assert len(server.log) == count
    assert auszug("status") == 0


@pytest.mark.parametrize(("case", "words"), [
    ("nobody", "does not answer"), ("no name", "not known"), ("no allris", "no ALLRIS is found"), ("robots", "robots.txt"),
    ("private", "private network"), ("gate", "proof of a human"), ("empty", "no meeting"),
])
def test_one_clear_line(server: LocalAllris, workplace: Path, capsys: pytest.CaptureFixture[str], case: str, words: str,
                        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.harvest.client.ERROR_PAUSE", 0.0)
    url, options = server.url, {}
    if case == "nobody":
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{free.getsockname()[1]}/bi"
    elif case == "no name":
        url, options = "http://no-such-name.invalid/bi", {"delay": 1}
    elif case == "no allris":
        url = f"{server.origin}/shop"
    elif case == "robots":
        server.faults.robots = "User-agent: *\nDisallow: /"
    elif case == "private":
        options = {"allow_private_addresses": False, "delay": 1}
    elif case == "gate":
        server.faults.gate_after = 5
    elif case == "empty":
        server.faults.empty_calendar = True
    mine = corpus(workplace / "corpora", url, **{"delay": 0, **options})
    assert auszug("harvest", "demo") == 2
    out, err = lines(capsys)
    assert len(err) == 1
    assert err[0].startswith("auszug: demo: ")
    assert words in err[0]
    assert len(out) == 1
    assert not list(mine.archive.glob("*.open"))


def test_an_expired_certificate(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(EXPIRED)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                context.wrap_socket(listener.accept()[0], server_side=True)
            except ssl.SSLError:
                continue
            except OSError:
                return

    threading.Thread(target=serve, daemon=True).start()
    mine = corpus(workplace / "corpora", f"https://127.0.0.1:{listener.getsockname()[1]}/bi", delay=0)
    code = auszug("harvest", "demo")
    listener.close()
    assert code == 2
    [line] = lines(capsys)[1]
    assert "the certificate of 127.0.0.1" in line
    assert "is not valid" in line
    assert not list(mine.archive.glob("*.open"))


def test_no_contact(server: LocalAllris, workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpus(workplace / "corpora", server.url, contact="")
    assert auszug("harvest", "demo") == 2
    out, err = lines(capsys)
    assert out == []
    assert len(err) == 1
    assert "AUSZUG_CONTACT" in err[0]
    assert not server.log


@pytest.mark.usefixtures("workplace")
def test_a_corpus_without_a_site(capsys: pytest.CaptureFixture[str]) -> None:
    assert auszug("harvest", "ahrenfeld") == 2
    assert "no [source]" in lines(capsys)[1][0]
