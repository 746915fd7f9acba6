"""The extraction: words a second beside the peer, by component, and where a component spends its time.

Words are parted by white space (no punctuation), so a figure in tokens would be some 15 % higher. The text: the real
minutes in `../shared/real` where they are, else the annotated documents.
"""

from __future__ import annotations

import cProfile
import functools
import io
import json
import pstats
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench.figures import ROOT, Figures

REAL = ROOT.parent / "shared" / "real" / "karlsruhe.jsonl"
GOLD = ROOT / "tests" / "gold" / "dev"

PEER_WORDS = 30_000
"""Words that the peer reads: some three seconds."""
SHOWN = 12
"""Functions of a component that a profile shows."""


@functools.cache
def texts() -> tuple[str, list[str]]:
    """The name of the sample and the texts of its items."""
    if REAL.is_file():
        return "karlsruhe", [json.loads(line)["text"] for line in REAL.read_text("utf-8").splitlines()]
    documents = [json.loads(path.read_text("utf-8")) for path in sorted(GOLD.glob("*.json"))]
    return "gold", [
        "\n\n".join(" ".join(s["text"] for s in p) for section in d["sections"] for p in section["paragraphs"])
        for d in documents
    ]


def words_in(sample: list[str]) -> int:
    """Words parted by white space."""
    return sum(len(text.split()) for text in sample)


def best(measure: Callable[[], float], times: int) -> float:
    """The shortest of several measurements."""
    return min(measure() for _ in range(times))


def _items() -> list[Any]:
    from pipeline.records import AgendaItem, Section

    return [AgendaItem(sections=(Section(label="Wortprotokoll", kind="minutes", text=text),)) for text in texts()[1]]


def measure_extraction(*, quick: bool) -> Figures:
    """The extraction over the sample, whole and by component, cold and warm, and the process's peak memory."""
    began = time.process_time()
    from pipeline.extract import pipeline

    extractor = pipeline.load()
    figures = {"extraction load s": time.process_time() - began}
    items, n = _items(), words_in(texts()[1])

    def whole() -> float:
        began = time.process_time()
        for item in items:
            extractor.extract(item)
        return time.process_time() - began

    figures["extraction cold words/s"] = n / whole()
    figures["extraction warm words/s"] = n / best(whole, 2 if quick else 4)
    figures["peak memory MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for name, seconds in _by_component(extractor, items, 1 if quick else 3).items():
        figures[f"{name} µs/word"] = seconds / n * 1e6
    return figures


def _prepared(extractor: Any, item: Any) -> Any:
    """The document of an item, ready for the first component."""
    from pipeline.extract.state import SECTION_BREAK, ItemState
    from pipeline.records import ItemContext

    doc = extractor.nlp.make_doc(SECTION_BREAK.join(section.text for section in item.sections))
    doc._.item = ItemState(item=item, context=ItemContext(), sections=item.sections)
    return doc


def _by_component(extractor: Any, items: list[Any], times: int) -> dict[str, float]:
    """Seconds that each component takes over all items, in the best of several runs."""
    runs = []
    for _ in range(times):
        spent = dict.fromkeys(["tokenizer", *extractor.nlp.pipe_names], 0.0)
        for item in items:
            began = time.process_time()
            doc = _prepared(extractor, item)
            spent["tokenizer"] += time.process_time() - began
            for name, component in extractor.nlp.pipeline:
                began = time.process_time()
                component(doc)
                spent[name] += time.process_time() - began
        runs.append(spent)
    return {name: min(run[name] for run in runs) for name in runs[0]}


def profile() -> str:
    """For each component the functions in which it spends most time (cProfile: calls are dearer than they are)."""
    from pipeline.extract import pipeline

    extractor = pipeline.load()
    items = _items()
    for item in items:  # warm
        extractor.extract(item)
    profiles = {name: cProfile.Profile() for name in extractor.nlp.pipe_names}
    for item in items:
        doc = _prepared(extractor, item)
        for name, component in extractor.nlp.pipeline:
            profiles[name].enable()
            component(doc)
            profiles[name].disable()
    told = io.StringIO()
    for name, found in profiles.items():
        stats = pstats.Stats(found, stream=told)
        told.write(f"\n{name}: {stats.total_tt:.2f} s\n")  # type: ignore[attr-defined]
        ranked = sorted(stats.stats.items(), key=lambda entry: -entry[1][2])[:SHOWN]  # type: ignore[attr-defined]
        for (file, line, function), (_, calls, own, whole, _) in ranked:
            place = f"{Path(file).name}:{line} {function}" if line else function
            told.write(f"  {own:7.3f} s own {whole:7.3f} s in all {calls:9,} calls  {place}\n")
    return told.getvalue()


def measure_peer(*, quick: bool) -> Figures:
    """The peer over the start of the same sample."""
    from tests.bench import peer

    nlp = peer.load()
    chosen: list[str] = []
    for text in texts()[1]:
        if words_in(chosen) >= PEER_WORDS // (3 if quick else 1):
            break
        chosen.append(text)

    def whole() -> float:
        began = time.process_time()
        for _ in nlp.pipe(chosen, batch_size=32):
            pass
        return time.process_time() - began

    whole()
    return {"peer warm words/s": words_in(chosen) / best(whole, 1 if quick else 2)}
