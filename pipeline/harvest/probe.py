"""What is this site? (`auszug probe`), and a configuration for it (`auszug init`)."""

from __future__ import annotations

from pathlib import Path


class Finding:
    pass


def probe(url: str) -> Finding:
    raise NotImplementedError


def init_corpus(name: str, url: str) -> Path:
    raise NotImplementedError
