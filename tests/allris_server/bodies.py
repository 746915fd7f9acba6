"""Answers that never end, or end too late, or unpack to far too much."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable
from functools import lru_cache

BOMB_BYTES = 200_000_000
BREATH = 0.02
"""Real seconds between the bytes of a dripping answer."""
_OPEN_END = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n"

Write = Callable[[bytes], object]


@lru_cache(maxsize=1)
def bomb() -> bytes:
    """A small gzip body that unpacks to 200 MB."""
    return gzip.compress(b"\0" * BOMB_BYTES, compresslevel=9)


def endless(write: Write) -> None:
    """A page without end, as fast as it can."""
    write(_OPEN_END + b"<html><body>")
    while True:
        write(b"<p>" + b"unendlich " * 6000 + b"</p>")


def drip(write: Write) -> None:
    """A page byte by byte."""
    write(_OPEN_END + b"<html>")
    for _ in range(10_000):
        time.sleep(BREATH)
        write(b".")


def drip_head(write: Write) -> None:
    """Headers byte by byte."""
    write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    for _ in range(10_000):
        time.sleep(BREATH)
        write(b".")
