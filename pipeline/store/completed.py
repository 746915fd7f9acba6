"""What each corpus was built from when a batch last completed it: the table `build_state`. Part of `store`."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.store.database import WorkDatabase
from pipeline.store.runs import Run, count_pages, still_open


def built(work: WorkDatabase) -> dict[str, str]:
    """The fingerprint of each complete corpus, by its name."""
    return dict(work.connection.execute("SELECT source_id, fingerprint FROM build_state").fetchall())


def note(work: WorkDatabase, source: str, fingerprint: str | None) -> None:
    """Note what `source` is built from; None: it is not complete."""
    with work.transaction():
        work.connection.execute("DELETE FROM build_state WHERE source_id = ?", [source])
        if fingerprint is not None:
            work.insert("build_state", [{"source_id": source, "fingerprint": fingerprint}])


def keep(work: WorkDatabase, run: Run, sources: Sequence[str]) -> None:
    """Note that `sources` are as they were: their rows stay, their open problems are known."""
    if sources:
        with work.transaction():
            still_open(work, run, "source_id IN (SELECT unnest(?))", [list(sources)])
        count_pages(work, run, "SELECT page_id FROM page WHERE source_id IN (SELECT unnest(?))", [list(sources)])
