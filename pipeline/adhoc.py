"""The extraction of pages that a user names: files and folders in, extraction records out; no corpus, no database.

What `auszug extract` does. Where the files hold more than excerpts (a WARC of a whole site), agendas complete
titles and attendance lists help to tell who spoke, as in a batch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pipeline.extract.pipeline import Extractor, load
from pipeline.extract.topics import load_topic
from pipeline.limits import page_limit
from pipeline.meetings import Collection
from pipeline.output.jsonl import record
from pipeline.records import Extraction, PageProblem, ParsedPage
from pipeline.sources import BAD_OUTCOMES, Page, SourceProblem, explain, path_pages


def extract_paths(
    paths: Sequence[Path], *, topics: Sequence[Path] = (), model: str = ""
) -> Iterator[dict[str, Any] | SourceProblem]:
    """The extraction record of every excerpt in `paths` (EXTRACTION format), and a problem for what is none.

    Pages of other kinds (agendas, papers) give no record. `topics`: topic files. Raises InputError for a path that is
    not there, ConfigError for a topic file or model that cannot be loaded.
    """
    with Collection(separate=True) as collection:
        for found in path_pages(paths):
            if isinstance(found, SourceProblem):
                yield found
            elif found.parsed is not None:
                yield from judged(found, found.parsed)
                collection.add(found)
        extractor: Extractor | None = None
        for group in collection.groups():
            for version in group.items:
                extractor = extractor or load(topics=[load_topic(path) for path in topics], model=model)
                context = collection.context(version.record, group)
                try:
                    with page_limit(where=version.page.address):
                        extraction = extractor.extract(version.record, context)
                except Exception as error:  # whatever it stumbles on, the next item may be read
                    message = f"nothing was extracted ({type(error).__name__}: {error})"
                    yield SourceProblem(code="extraction_failed", message=message, address=version.page.address)
                    extraction = Extraction(problems=(PageProblem(code="extraction_failed", message=message),))
                yield record(version.page.address, version.page.parsed or ParsedPage(outcome="ok"), version.record,
                             extraction, context)


def judged(page: Page, parsed: ParsedPage) -> Iterator[SourceProblem]:
    """A problem where the page shows nothing; also where it is not public, for it was named on purpose."""
    if parsed.outcome in BAD_OUTCOMES or parsed.record is None:
        yield SourceProblem(code=parsed.outcome, message=explain(parsed), address=page.address)
