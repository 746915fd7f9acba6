"""The page parser by generation and size, beside BeautifulSoup building the tree of the same pages.

Pages: those of a generated corpus, and of `../shared/allris` where that is there. A page is parsed to its record and
hashed; the peer only builds the tree and takes the text out, without finding anything in it.
"""

from __future__ import annotations

import time
from collections import defaultdict

from pipeline import pages
from pipeline.harvest import archive
from tests.bench import corpora
from tests.bench.extraction import best
from tests.bench.figures import ROOT, Figures

SHARED = ROOT.parent / "shared" / "allris"
SIZES = ((8_000, "below 8 kB"), (16_000, "8-16 kB"), (1 << 40, "above 16 kB"))
EACH = 150
"""Pages of a class that are parsed; the peer takes every third of them."""

Found = tuple[bytes, str | None, str | None]


def sample() -> dict[str, list[Found]]:
    """Pages by class (generation and size); `shared` holds skeletons and real pages."""
    found: dict[str, list[Found]] = defaultdict(list)
    for county in sorted((corpora.folder(corpora.SMALL) / "corpora").glob("county-*")):
        for page in archive.read_archive(county / "archive"):
            if isinstance(page, archive.ArchivedPage) and page.payload:
                size = next(name for limit, name in SIZES if len(page.payload) < limit)
                group = found[f"allris{3 if '.asp' in page.url else 4} {size}"]
                if len(group) < EACH:
                    group.append((page.payload, page.url, page.content_type))
    files = [*(SHARED / "skeletons").glob("*"), *(SHARED / "fixtures").glob("*/*.html")]
    if files:
        found["shared"] = [(path.read_bytes(), None, None) for path in sorted(files) if path.is_file()]
    return dict(sorted(found.items()))


def measure_pages(*, quick: bool) -> Figures:
    """Pages a second of each class, all in all, and the ratio to the peer."""
    figures: Figures = {}
    classes = sample()
    ours = theirs = 0.0
    for name, group in classes.items():
        _parse(group[:5])
        seconds = best(lambda group=group: _parse(group), 1 if quick else 3) / len(group)  # type: ignore[misc]
        some = group[::3]
        peer = best(lambda some=some: _soup(some), 1 if quick else 2) / len(some)  # type: ignore[misc]
        ours += seconds * len(group)
        theirs += peer * len(group)
        figures[f"{name} pages/s"] = 1 / seconds
        figures[f"{name} / peer"] = peer / seconds
    count = sum(map(len, classes.values()))
    figures["pages/s"] = count / ours
    figures["page kB mean"] = sum(len(payload) for group in classes.values() for payload, *_ in group) / count / 1000
    figures["peer pages/s"] = count / theirs
    figures["pages / peer"] = theirs / ours
    return figures


def _parse(group: list[Found]) -> float:
    began = time.process_time()
    for payload, url, content_type in group:
        pages.content_hash(pages.parse(payload, url=url, content_type=content_type))
    return time.process_time() - began


def _soup(group: list[Found]) -> float:
    from bs4 import BeautifulSoup

    began = time.process_time()
    for payload, *_ in group:
        BeautifulSoup(payload, "lxml").get_text()
    return time.process_time() - began
