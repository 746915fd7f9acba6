"""The offline half of a batch: archive and files -> pages -> extraction -> linking -> database -> publication."""

from pipeline.build.batch import Clock, Progress, build
from pipeline.build.summary import Summary

__all__ = ["Clock", "Progress", "Summary", "build"]
