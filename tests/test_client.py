"""Politeness in small: scope, robots.txt, pace, Retry-After, one exchange in its bounds."""

from __future__ import annotations

import datetime as dt
import gzip
import re
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.harvest import wire as wire_module
from pipeline.harvest.pace import MAX_DELAY, Pace, in_hours, retry_after
from pipeline.harvest.robots import robots_from
from pipeline.harvest.scope import Scope, base_of, forbidden_ip
from pipeline.harvest.wire import Exchange, Wire

NOW = dt.datetime(2026, 3, 2, 2, 0, 0, tzinfo=dt.UTC)
BASE = "https://www.county.example/bi"
EXPIRED = Path(__file__).parent / "allris_server" / "expired.pem"


# ---------------------------------------------------------------------------------------- scope


@pytest.mark.parametrize(("url", "objection", "reason"), [
    (f"{BASE}/to020?TOLFDNR=1", None, "a page"),
    (f"{BASE}/", None, "the base"),
    (BASE, None, "the base without its slash"),
    ("https://www.county.example/robots.txt", None, "the one exception"),
    ("https://www.county.example/oparl/system", None, "the other one"),
    ("https://WWW.County.Example/bi/to010", None, "hosts have no case"),
    ("https://www.county.example:443/bi/to010", None, "the port that goes without saying"),
    ("https://www.county.example/bi2/to010", "outside", "another installation beside it"),
    ("https://www.county.example/", "outside", "above the base"),
    ("https://www.county.example/bi/../admin", "outside", "climbs out"),
    ("https://www.county.example/bi/%2e%2e/admin", "outside", "climbs out in disguise"),
    ("https://www.county.example/oparlament", "outside", "no OParl path"),
    ("https://county.example/bi/to010", "another host", "without www it is another host"),
    ("https://www.county.example.evil.example/bi/", "another host", "a longer name"),
    ("https://www.county.example@evil.example/bi/", "user name", "a host that looks like ours"),
    ("https://user:pw@www.county.example/bi/", "user name", "credentials in an address"),
    ("http://www.county.example/bi/", "another scheme", "never from https to http"),
    ("https://www.county.example:8443/bi/", "another scheme or port", "another port is another server"),
    ("ftp://www.county.example/bi/", "neither http", "another protocol"),
    ("file:///srv/minutes.doc", "neither http", "links from the database"),
    ("javascript:alert(1)", "neither http", "script"),
    ("//www.county.example/bi/", "neither http", "no scheme at all"),
    ("https://www.county.example/bi/a b", "spaces", "would split the request line"),
    ("https://www.county.example/bi/\r\nX: y", "control", "would add a header"),
    ("https://www.county.example:99999/bi/", "cannot be read", "no such port"),
    ("https://[::1/bi/", "cannot be read", "broken"),
])
def test_scope(url: str, objection: str | None, reason: str) -> None:
    found = Scope(base=BASE, also=("/oparl",)).objection(url)
    assert (found is None) if objection is None else (found is not None and objection in found), reason


def test_scope_from_http_to_https() -> None:
    assert Scope(base="http://www.county.example/bi").objection("https://www.county.example/bi/x") is None


@pytest.mark.parametrize(("url", "base"), [
    ("https://x.example/bi/", "https://x.example/bi"),
    ("https://x.example/bi/si010?MM=1", "https://x.example/bi"),
    ("https://x.example/bi/si010_e.asp?MM=1#top", "https://x.example/bi"),
    ("https://x.example/", "https://x.example"),
    ("https://x.example/public/default.asp", "https://x.example/public"),
    ("https://x.example/buergerinformationssystem", "https://x.example/buergerinformationssystem"),
])
def test_base_of(url: str, base: str) -> None:
    assert base_of(url) == base


@pytest.mark.parametrize(("ip", "allowed"), [
    ("93.184.216.34", True), ("2606:2800:220:1:248:1893:25c8:1946", True),
    ("127.0.0.1", False), ("127.9.9.9", False), ("0.0.0.0", False),  # noqa: S104
    ("10.1.2.3", False), ("172.16.0.1", False),
    ("192.168.1.1", False), ("169.254.169.254", False), ("100.64.0.1", False), ("224.0.0.1", False), ("255.255.255.255", False),
    ("::1", False), ("::", False), ("fe80::1", False), ("fe80::1%eth0", False), ("fc00::1", False), ("::ffff:127.0.0.1", False),
    ("::ffff:10.0.0.1", False), ("2002:7f00:1::", False), ("not an address", False),
])
def test_private_addresses(ip: str, allowed: bool) -> None:
    assert (forbidden_ip(ip) is None) is allowed


# --------------------------------------------------------------------------------------- robots


def answer(status: int | None, body: bytes = b"", **fields: object) -> Exchange:
    return Exchange(url=f"{BASE}/robots.txt", started=NOW, elapsed=0.1, status=status, body=body, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(("exchange", "allowed", "reason"), [
    (answer(200, b"User-agent: *\nDisallow: /bi/"), False, "forbidden"),
    (answer(200, b"User-agent: *\nDisallow: /BI/"), True, "paths have case"),
    (answer(200, b"User-agent: AUSZUG\nDisallow: /"), False, "names have none"),
    (answer(200, b"User-agent: *\nDisallow: /\nAllow: /bi/"), True, "the longer rule wins"),
    (answer(200, b"User-agent: *\nDisallow:"), True, "an empty rule"),
    (answer(200, b"Disallow: /"), True, "a rule of nobody's"),
    (answer(200, b"\xff\xfe\x00garbage"), True, "no rules in it"),
    (answer(200, b"x" * 600_000 + b"\nUser-agent: *\nDisallow: /"), True, "only the first 500 KiB count"),
    (answer(404), True, "there is none"), (answer(401), True, "4xx: no rules (RFC 9309, 2.3.1.3)"),
    (answer(500), False, "5xx: nothing is allowed (2.3.1.4)"), (answer(429), False, "too many requests is no permission"),
    (answer(301, headers=(("Location", "https://other.example/robots.txt"),)), False, "leads elsewhere"),
    (answer(None, failure="no_connection"), False, "unreachable"), (answer(200, failure="too_large"), False, "unreadable"),
])
def test_robots(exchange: Exchange, allowed: bool, reason: str) -> None:
    assert robots_from(exchange).allows(f"{BASE}/to020?TOLFDNR=1") is allowed, reason


@pytest.mark.parametrize(("text", "delay"), [
    ("User-agent: *\nCrawl-delay: 10", 10), ("User-agent: *\nCrawl-delay: 2.5", 2.5), ("User-agent: *\nCrawl-delay: -3", 0),
    ("User-agent: *\nCrawl-delay: soon", 0), ("User-agent: auszug\nCrawl-delay: 4\n\nUser-agent: *\nCrawl-delay: 99", 4),
])
def test_crawl_delay(text: str, delay: float) -> None:
    assert robots_from(answer(200, text.encode())).delay == delay


# ----------------------------------------------------------------------------------------- pace


def test_pace() -> None:
    pace = Pace(1.5)
    pace.note(0.1, success=True)
    assert pace.delay == 1.5, "never below the floor"
    for _ in range(20):
        pace.note(8.0, success=True)
    assert 7.9 < pace.delay <= 8, "as long as the site takes"
    slow = pace.delay
    pace.note(0.1, success=False)
    assert pace.delay == slow, "a quick error is no sign of health"
    pace.note(0.1, success=True)
    assert pace.delay < slow
    for _ in range(20):
        pace.note(500.0, success=True)
    assert pace.delay <= MAX_DELAY
    pace = Pace(1.5)
    pace.slow_down()
    pace.note(0.1, success=True)
    assert pace.delay == 3.0, "for the rest of the run"
    pace = Pace(0.0)
    pace.note(0.5, success=True)
    assert pace.delay == 0, "a site on this machine, as fast as it can"
    pace = Pace(1.5)
    pace.raise_floor(120.0)
    pace.note(0.1, success=True)
    assert pace.delay == 120.0, "a Crawl-delay counts, however long"


@pytest.mark.parametrize(("hours", "local", "inside"), [
    ("22:00-06:00", "23:30", True), ("22:00-06:00", "05:59", True), ("22:00-06:00", "06:00", False), ("22:00-06:00", "21:59", False),
    ("09:00-17:00", "12:00", True), ("09:00-17:00", "17:00", False), ("", "12:00", True),
])
def test_hours(hours: str, local: str, inside: bool) -> None:
    hour, minute = map(int, local.split(":"))
    winter = dt.datetime(2026, 1, 15, hour, minute, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    summer = dt.datetime(2026, 7, 15, hour, minute, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    assert in_hours(hours, winter) is in_hours(hours, summer) is inside, "the site's hours, in summer and winter"


@pytest.mark.parametrize(("value", "seconds"), [
    (None, None), ("120", 120), (" 7 ", 7), ("Mon, 02 Mar 2026 02:05:00 GMT", 300), ("Mon, 02 Mar 2026 01:00:00 GMT", 0), ("soon", None),
    ("-5", None), ("9" * 30, None), ("1.5", None),
])
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


# ----------------------------------------------------------------------------------------- wire


@pytest.fixture
def serve() -> Iterator[Callable[[bytes], str]]:
    """A server that answers every connection with the bytes given, then closes; returns its address."""
    sockets: list[socket.socket] = []

    def start(payload: bytes) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        sockets.append(listener)

        def loop() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    try:
                        connection.recv(65536)
                        connection.sendall(payload)
                    except OSError:
                        pass

        threading.Thread(target=loop, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}/bi/x"

    yield start
    for one in sockets:
        one.close()


def wire(**options: object) -> Wire:
    return Wire(**{"user_agent": "test", "max_bytes": 100_000, "allow_private": True, "now": lambda: NOW, **options})  # type: ignore[arg-type]


def packed(body: bytes, encoding: str, *, length: int | None = None) -> bytes:
    return (f"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: {len(body) if length is None else length}\r\n\r\n").encode() + body


TEXT = b"Herr Rathje fragt nach. " * 100
RAW_DEFLATE = zlib.compressobj(wbits=-15)


@pytest.mark.parametrize(("payload", "failure", "body"), [
    (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", None, b"abc"),
    (packed(gzip.compress(TEXT), "gzip"), None, TEXT),
    (packed(zlib.compress(TEXT), "deflate"), None, TEXT),
    (packed(RAW_DEFLATE.compress(TEXT) + RAW_DEFLATE.flush(), "deflate"), None, TEXT),
    (packed(TEXT, "identity"), None, TEXT),
    (packed(TEXT, "br"), "bad_encoding", b""),
    (packed(TEXT, "gzip"), "bad_encoding", b""),
    (packed(gzip.compress(TEXT)[:-20], "gzip"), "bad_encoding", b""),
    (packed(gzip.compress(b"\0" * 10_000_000), "gzip"), "too_large", b""),
    (packed(gzip.compress(b"\0" * 100_000), "gzip"), None, b"\0" * 100_000),
    (packed(gzip.compress(b"\0" * 100_001), "gzip"), "too_large", b""),
    (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 200_000, "too_large", b""),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nabc", "incomplete", b""),
    (b"", "incomplete", b""),
    (b"220 ftp.example ready\r\n", "incomplete", b""),
    (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 300_000, "incomplete", b""),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", None, b"abc"),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\nabc", "incomplete", b""),
])
def test_answers(serve: Callable[[bytes], str], payload: bytes, failure: str | None, body: bytes) -> None:
    one = wire()
    exchange = one.exchange(serve(payload))
    one.close()
    assert exchange.failure == failure, exchange.detail
    assert exchange.body == body
    if failure is None:
        assert exchange.status == 200
        assert exchange.ip == "127.0.0.1"
        assert dict(exchange.request_headers)["Accept-Language"] == "de-DE"


def test_the_payload_is_kept_as_served(serve: Callable[[bytes], str]) -> None:
    served = gzip.compress(TEXT)
    exchange = wire().exchange(serve(packed(served, "gzip")))
    assert exchange.payload == served
    assert exchange.header("CONTENT-ENCODING") == "gzip"


def test_the_whole_answer_has_one_deadline() -> None:
    """Bytes that come in time, one by one, do not prolong it."""
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def drip() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            try:
                for byte in b"HTTP/1.1 200 OK\r\n" + b"X-Header: y\r\n" * 1000:
                    connection.sendall(bytes([byte]))
                    if stop.wait(0.02):
                        return
            except OSError:
                pass

    threading.Thread(target=drip, daemon=True).start()
    begin = time.monotonic()
    exchange = wire(total_timeout=0.4).exchange(f"http://127.0.0.1:{listener.getsockname()[1]}/bi/")
    stop.set()
    listener.close()
    assert exchange.failure == "too_slow"
    assert time.monotonic() - begin < 20, "the whole answer would take minutes"


def test_connection_goes_to_the_address_that_was_checked(serve: Callable[[bytes], str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that changes its address between check and connection leads nowhere: it is resolved once."""
    url = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc").replace("127.0.0.1", "rebinding.example")
    calls = []

    really = socket.getaddrinfo

    def resolve(host: str, port: int, *rest: int, **more: int) -> list[object]:
        if host != "rebinding.example":
            return list(really(host, port, *rest, **more))
        calls.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34" if len(calls) == 1 else "127.0.0.1", port))]

    connected = []
    real = wire_module.httpcore.SyncBackend.connect_tcp

    def connect(self: object, host: str, port: int, *rest: object) -> object:
        connected.append(host)
        return real(self, "127.0.0.1", port, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(wire_module.socket, "getaddrinfo", resolve)
    monkeypatch.setattr(wire_module.httpcore.SyncBackend, "connect_tcp", connect)
    exchange = wire(allow_private=False).exchange(url)
    assert exchange.body == b"abc"
    assert connected == ["93.184.216.34"], "an IP address, not a name"
    assert len(calls) == 1
    again = wire(allow_private=False).exchange(url)
    assert again.failure == "private"
    assert connected == ["93.184.216.34"], "no connection at all"


def test_expired_certificate() -> None:
    """TLS is checked: a certificate nobody vouches for ends the exchange with one clear word."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(EXPIRED)
    listener = socket.create_server(("127.0.0.1", 0))

    def loop() -> None:
        try:
            connection, _ = listener.accept()
            context.wrap_socket(connection, server_side=True)
        except OSError:
            pass

    threading.Thread(target=loop, daemon=True).start()
    exchange = wire().exchange(f"https://127.0.0.1:{listener.getsockname()[1]}/bi/")
    listener.close()
    assert exchange.failure == "certificate", exchange.detail


def test_only_one_module_imports_httpx() -> None:
    root = Path(__file__).parents[1] / "pipeline"
    found = [path.name for path in root.rglob("*.py") if re.search(r"^\s*(import|from) httpx", path.read_text("utf-8"), re.MULTILINE)]
    assert found == ["wire.py"]
