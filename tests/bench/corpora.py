"""Generated corpora for the benchmark, kept in `build/bench` between runs, as long as the generator is the same."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from pathlib import Path

from tests import corpus_generator, corpus_texts
from tests.bench.figures import ROOT, Figures, cores

HOME = ROOT / "build" / "bench"
SMALL = 1_000
"""Excerpts of the corpus from which pages are taken and on which the peer runs."""


def _version() -> str:
    digest = hashlib.sha256()
    for module in (corpus_generator, corpus_texts):
        digest.update(Path(module.__file__ or "").read_bytes())
    return digest.hexdigest()[:12]


def folder(excerpts: int) -> Path:
    """The folder with a corpus of this size, made now where it is not there. Nothing is built in it."""
    home = HOME / str(excerpts)
    made = home / "made.json"
    if made.is_file() and json.loads(made.read_text("utf-8"))["version"] == _version():
        return home
    shutil.rmtree(home, ignore_errors=True)
    began = time.perf_counter()
    written = corpus_generator.write_corpora(home, excerpts, workers=cores())
    made.write_text(json.dumps({"version": _version(), "figures": corpus_generator.summary(written)}), "utf-8")
    print(f"made {excerpts:,} excerpts in {time.perf_counter() - began:.0f} s: {home}", flush=True)
    return home


def about(excerpts: int) -> Figures:
    """What the corpus of this size holds."""
    figures: Figures = json.loads((folder(excerpts) / "made.json").read_text("utf-8"))["figures"]
    return figures


def clean(home: Path) -> None:
    """Removes what was built in a folder: databases, and whatever was kept for the next build."""
    for path in (home / "corpora").glob("auszug*"):
        path.unlink()
    shutil.rmtree(home / "corpora" / ".auszug", ignore_errors=True)
