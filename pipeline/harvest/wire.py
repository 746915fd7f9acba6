"""One request and its answer over HTTP, within bounds; the only module that imports httpx.

An `Exchange` is returned for everything that can happen, also when nobody answers: the caller archives it and
decides. Bounds are kept here, below everything that interprets an answer: the whole exchange within
`total_timeout` however slowly bytes drip in, at most `max_bytes` (as served, and again after decompression), and
a connection only to an IP address that is allowed, checked on the address that is really connected to.

Redirects are not followed here (each hop is a request of its own, see `client`).
"""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Literal

import httpcore
import httpx
import msgspec

from pipeline.harvest.scope import forbidden_ip

Failure = Literal[
    "no_address",     # the name does not resolve
    "private",        # it resolves only to addresses that must not be asked
    "no_connection",  # refused, unreachable, reset
    "certificate",    # TLS: expired, wrong name, unknown authority
    "too_slow",       # not complete within the time
    "too_large",      # larger than the bound, as served or unpacked
    "incomplete",     # ended before its announced length, or no HTTP
    "bad_encoding",   # Content-Encoding that cannot be unpacked
]
TOTAL_TIMEOUT = 60.0
"""Seconds for one exchange in all."""
CONNECT_TIMEOUT = 15.0
LOOK = 0.5
"""Seconds after which a silent server is left where the run has to end."""
_CHUNK = 65536


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """A request with its answer, or with the reason why there is none.

    `payload` is the body as served (still compressed), `body` unpacked. `elapsed`: seconds from the request to the
    answer's end; `latency`: to its head. `status` None: nobody answered.
    """

    url: str
    started: dt.datetime
    elapsed: float
    latency: float = 0.0
    request_headers: tuple[tuple[str, str], ...] = ()
    status: int | None = None
    reason: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    payload: bytes = b""
    body: bytes = b""
    received: int = 0
    """Bytes that came, also where they were thrown away for being too many."""
    failure: Failure | None = None
    detail: str | None = None
    ip: str | None = None

    def header(self, name: str) -> str | None:
        """The first header called `name`, or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


class _Refused(Exception):
    """The name resolves only to addresses that must not be asked."""


class _Stream(httpcore.NetworkStream):
    """A stream whose every read and write ends at the exchange's deadline."""

    def __init__(self, inner: httpcore.NetworkStream, backend: _Backend) -> None:
        self._inner, self._backend = inner, backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """As httpcore's; it looks from time to time whether the run has to end."""
        waited = 0.0
        while True:
            allowed = self._backend.left(timeout)
            step = min(allowed, LOOK)
            try:
                return self._inner.read(max_bytes, step)
            except httpcore.ReadTimeout:
                waited += step
                if self._backend.stopped() or waited >= allowed:
                    raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._backend.left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, self._backend.left(timeout)), self._backend)

    def get_extra_info(self, info: str) -> object:
        return self._inner.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """Resolves names itself and connects to the very address that was checked."""

    def __init__(self, *, allow_private: bool, timer: Callable[[], float], stopped: Callable[[], bool]) -> None:
        self._sync = httpcore.SyncBackend()
        self.stopped = stopped
        self._allow_private = allow_private
        self._timer = timer
        self.deadline = float("inf")
        self.ip: str | None = None

    def left(self, timeout: float | None) -> float:
        """Seconds that this step may take. Raises ReadTimeout when none are left."""
        rest = self.deadline - self._timer()
        if rest <= 0:
            raise httpcore.ReadTimeout("the time for the whole answer is over")
        return rest if timeout is None else min(rest, timeout)

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise _NoAddress(str(error)) from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        allowed = [ip for ip in addresses if self._allow_private or forbidden_ip(ip) is None]
        if not allowed:
            raise _Refused(f"{host} is {addresses[0]}, {forbidden_ip(addresses[0])}")
        for index, ip in enumerate(allowed):
            try:
                stream = self._sync.connect_tcp(ip, port, self.left(timeout), local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if index == len(allowed) - 1:
                    raise
            else:
                self.ip = ip
                return _Stream(stream, self)
        raise AssertionError("unreachable")


class _NoAddress(Exception):
    """The name does not resolve."""


class _Body(httpx.SyncByteStream):
    """httpcore's body as httpx wants it."""

    def __init__(self, stream: Iterable[bytes]) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        yield from self._stream

    def close(self) -> None:
        close = getattr(self._stream, "close", None)
        if close is not None:
            close()


class _Transport(httpx.BaseTransport):
    """httpx over a pool of one connection that uses `_Backend`."""

    def __init__(self, backend: _Backend, context: ssl.SSLContext) -> None:
        self._pool = httpcore.ConnectionPool(ssl_context=context, max_connections=1, keepalive_expiry=30.0,
                                             network_backend=backend)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = httpcore.URL(scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port,
                           target=request.url.raw_path)
        answer = self._pool.handle_request(httpcore.Request(
            request.method, url, headers=request.headers.raw, content=request.stream, extensions=request.extensions,
        ))
        assert isinstance(answer.stream, Iterable)
        # httpx would make a request of a Location header, and fail where it is no address: the caller judges that
        shown = [(key, value) for key, value in answer.headers if key.lower() != b"location"]
        return httpx.Response(answer.status, headers=shown, stream=_Body(answer.stream),
                              extensions={**answer.extensions, "headers": answer.headers})

    def close(self) -> None:
        self._pool.close()


class Wire:
    """Connections to one host with one cookie jar. Not for several threads at once."""

    def __init__(
        self, *, user_agent: str, max_bytes: int, allow_private: bool = False, total_timeout: float = TOTAL_TIMEOUT,
        timer: Callable[[], float] = time.monotonic, now: Callable[[], dt.datetime],
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._backend = _Backend(allow_private=allow_private, timer=timer, stopped=stopped)
        self._client = httpx.Client(
            transport=_Transport(self._backend, httpx.create_ssl_context()), trust_env=False, follow_redirects=False,
            timeout=httpx.Timeout(total_timeout, connect=min(CONNECT_TIMEOUT, total_timeout)),
            headers={
                "User-Agent": user_agent, "Accept-Language": "de-DE",
                "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                "Accept-Encoding": "gzip, deflate",
            },
        )
        self._max_bytes, self._total, self._timer, self._now = max_bytes, total_timeout, timer, now

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def cookies(self) -> dict[str, str]:
        """The session's cookies by name."""
        return {cookie.name: cookie.value or "" for cookie in self._client.cookies.jar}

    def exchange(self, url: str, headers: dict[str, str] | None = None, *, post: bytes | None = None) -> Exchange:
        """Ask `url` once, or send it `post`. Never raises for what the network or the server does."""
        started, begin = self._now(), self._timer()
        self._backend.deadline = begin + self._total
        sent: tuple[tuple[str, str], ...] = ()

        def result(**fields: object) -> Exchange:
            plain = Exchange(url=url, started=started, elapsed=self._timer() - begin, request_headers=sent,
                             ip=self._backend.ip)
            return msgspec.structs.replace(plain, **fields)

        try:
            request = self._client.build_request("GET" if post is None else "POST", url, headers=headers, content=post)
            sent = _pairs(request.headers.raw)
            response = self._client.send(request, stream=True)
        except Exception as error:
            return result(failure=_failure_of(error), detail=_describe(error))
        latency = self._timer() - begin
        head = {"status": response.status_code, "reason": response.reason_phrase, "latency": latency,
                "headers": _pairs(response.extensions["headers"])}
        raw, plain, size = bytearray(), bytearray(), 0
        unpack = _Unpacker(response.headers.get("content-encoding", ""), self._max_bytes)
        try:
            try:
                for chunk in response.iter_raw():
                    size += len(chunk)
                    raw += chunk
                    plain += unpack.feed(chunk, len(plain))
                    if size > self._max_bytes or len(plain) > self._max_bytes:
                        return result(**head, received=size, failure="too_large",
                                      detail=f"more than {self._max_bytes} bytes")
                    if self._timer() > self._backend.deadline:
                        raise httpcore.ReadTimeout("the time for the whole answer is over")
                plain += unpack.finish(len(plain))
                if len(plain) > self._max_bytes:
                    return result(**head, received=size, failure="too_large",
                                  detail=f"more than {self._max_bytes} bytes")
            except zlib.error as error:
                return result(**head, received=size, payload=bytes(raw), failure="bad_encoding", detail=str(error))
            except Exception as error:
                return result(**head, received=size, failure=_failure_of(error), detail=_describe(error))
        finally:
            response.close()
        payload = bytes(raw)
        return result(**head, received=size, payload=payload, body=payload if unpack.plain else bytes(plain))


class _Unpacker:
    """Content-Encoding undone piece by piece, never making more than `limit` bytes (a gzip bomb stays small)."""

    def __init__(self, encoding: str, limit: int) -> None:
        names = [name.strip().lower() for name in encoding.split(",") if name.strip()]
        names = [name for name in names if name != "identity"]
        self.plain = not names
        self._limit = limit
        self._engine = None
        if names and names not in (["gzip"], ["x-gzip"], ["deflate"]):
            self._unknown: str | None = encoding
        else:
            self._unknown = None
        self._deflate = names == ["deflate"]
        if names and not self._unknown and not self._deflate:
            self._engine = zlib.decompressobj(31)

    def feed(self, chunk: bytes, have: int) -> bytes:
        """The unpacked form of `chunk`, at most one byte beyond the limit in all. Raises zlib.error."""
        if self.plain:
            return b""
        if self._unknown:
            raise zlib.error(f"Content-Encoding '{self._unknown}' was not asked for")
        room = max(1, self._limit - have + 1)
        if self._engine is None:
            try:
                self._engine = zlib.decompressobj(15)
                return self._engine.decompress(chunk, room)
            except zlib.error:
                self._engine = zlib.decompressobj(-15)  # some servers send raw deflate
        return self._engine.decompress(self._engine.unconsumed_tail + chunk, room)

    def finish(self, have: int) -> bytes:
        """What is left. Raises zlib.error where the stream is cut off."""
        if self._engine is None:
            return b""
        rest = b""
        while self._engine.unconsumed_tail and have + len(rest) <= self._limit:
            rest += self._engine.decompress(self._engine.unconsumed_tail, max(1, self._limit - have - len(rest) + 1))
        if not self._engine.eof and not self._engine.unconsumed_tail:
            raise zlib.error("the compressed body is cut off")
        return rest


def _pairs(headers: Iterable[tuple[bytes, bytes]]) -> tuple[tuple[str, str], ...]:
    return tuple((key.decode("latin-1"), value.decode("latin-1")) for key, value in headers)


def _failure_of(error: Exception) -> Failure:
    chain: list[BaseException] = []
    step: BaseException | None = error
    while step is not None and step not in chain:
        chain.append(step)
        step = step.__cause__ or step.__context__
    for cause in chain:
        if isinstance(cause, _Refused):
            return "private"
        if isinstance(cause, _NoAddress):
            return "no_address"
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "certificate"
    for cause in chain:
        if isinstance(cause, httpcore.TimeoutException | httpx.TimeoutException | TimeoutError):
            return "too_slow"
        if isinstance(cause, httpcore.ProtocolError | httpx.ProtocolError | httpx.InvalidURL | ValueError):
            return "incomplete"
    return "no_connection"


def _describe(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text or type(error).__name__
