"""The offline half of a batch: archive and files -> pages -> extraction -> linking -> database -> publication.

    batch       the whole of it: corpora, then linking, checks, publication
    steps       the order of the work on all corpora
    corpus      one corpus: what is not in the database as it should be
    collect     its pages, parsed or from the cache
    rounds      its pages put together for tasks
    tasks       the two kinds of work that can be done anywhere: parsing a part of an archive, making rows of pages
    executors   where tasks are performed: here, in worker processes
    cache       parsed pages, kept between batches
    fingerprint hashes by which is known what need not be done again
"""

from pipeline.build.batch import Clock, build
from pipeline.build.collect import Progress
from pipeline.build.executors import Executor
from pipeline.build.summary import Summary

__all__ = ["Clock", "Executor", "Progress", "Summary", "build"]
