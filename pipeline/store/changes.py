"""Which corpora changed since they were last linked and last published: the table `source_state`.

Part of `store`. Every key begins with its corpus, so a batch links and publishes only the corpora that it changed.
Whoever changes rows of a corpus calls `mark` in the same transaction: a batch that is killed between writing and
linking leaves the corpus marked. What is of all corpora (`run`, `problem`, `topic`, `source`) needs no mark.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.store.database import WorkDatabase

_DUE = {
    "link": """SELECT source_id FROM source_state WHERE link_due
        UNION SELECT source_id FROM source ANTI JOIN source_state USING (source_id) ORDER BY source_id""",
    "publish": """SELECT source_id FROM source_state WHERE publish_due
        UNION SELECT source_id FROM source ANTI JOIN source_state USING (source_id) ORDER BY source_id""",
}
"""A corpus of which nothing is noted was never linked."""


def mark(work: WorkDatabase, source: str, *, link: bool = True) -> None:
    """Note that rows of `source` change: it is to be linked and published. Part of the caller's transaction.

    `link` False: only when its pages were seen changes, from which nothing follows.
    """
    with work.transaction():
        found = work.connection.execute(
            "SELECT link_due, publish_due FROM source_state WHERE source_id = ?", [source]).fetchall()
        linking = link or not found or found[0][0]
        if found != [(linking, True)]:
            _set(work, source, link=linking, publish=True)


def to_link(work: WorkDatabase) -> list[str]:
    """The corpora that changed since they were last linked, by name."""
    return [row[0] for row in work.connection.execute(_DUE["link"]).fetchall()]


def to_publish(work: WorkDatabase) -> list[str]:
    """The corpora that changed since they were last published, by name."""
    return [row[0] for row in work.connection.execute(_DUE["publish"]).fetchall()]


def linked(work: WorkDatabase, sources: Sequence[str]) -> None:
    """Note that `sources` are linked: called in the transaction that wrote what follows from their rows."""
    with work.transaction():
        publishing = set(to_publish(work))
        for source in sources:
            _set(work, source, link=False, publish=source in publishing)


def published(work: WorkDatabase, sources: Sequence[str]) -> None:
    """Note that `sources` are published as they are."""
    with work.transaction():
        linking = set(to_link(work))
        for source in sources:
            _set(work, source, link=source in linking, publish=False)


def _set(work: WorkDatabase, source: str, *, link: bool, publish: bool) -> None:
    work.connection.execute("DELETE FROM source_state WHERE source_id = ?", [source])
    work.insert("source_state", [{"source_id": source, "link_due": link, "publish_due": publish}])
