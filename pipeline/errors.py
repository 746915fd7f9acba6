"""All errors that the program raises on purpose, as one tree.

    AuszugError
    ├── ConfigError       corpus.toml, a topic file or a setting is wrong or missing
    ├── InputError        a file or argument that was given cannot be read or makes no sense
    ├── ArchiveError      a WARC file cannot be written or read at all
    ├── HarvestError      a site cannot be harvested (not there, gate, robots.txt)
    ├── PageError         a single page exceeds its bounds; becomes a problem row, the batch goes on
    │   ├── PageTooSlow   it takes too long
    │   └── PageTooLarge  it needs too much memory
    ├── ExtractionError   the extraction cannot be set up (model missing, lexicon broken)
    ├── StoreError        the database is missing, locked, or of another version
    │   └── CheckFailed   data checks found rows that must not be published
    ├── ClusterError      the cluster cannot be reached, is another version, or does not see the files
    ├── BusyError         another batch is at work in this folder
    ├── StoppedError      a batch was ended by a signal or by its time limit
    ├── QueryError        an unknown query, a parameter of the wrong type, SQL that fails
    └── ExportError       a result cannot be written (path, format)

Each message says what is wrong, where (file and line, address, TOP id) and what to do next. The command
line prints it as one line and ends with `exit_code`. Anything else that is raised is a bug.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

EXIT_OK = 0
"""Nothing new is wrong."""
EXIT_PROBLEMS = 1
"""The run published, but added an error or has one unresolved for the first time."""
EXIT_FAILED = 2
"""Nothing was published, or the command could not do what it was asked."""


class AuszugError(Exception):
    """Base of the tree. `what` is wrong, `where` (file:line, address), `remedy` is what to do next."""

    exit_code: ClassVar[int] = EXIT_FAILED

    def __init__(self, what: str, *, where: str | Path | None = None, remedy: str | None = None) -> None:
        self.what = what
        self.where = None if where is None else str(where)
        self.remedy = remedy
        super().__init__(what)

    def __str__(self) -> str:
        """One line: `where: what; remedy`."""
        text = self.what if self.where is None else f"{self.where}: {self.what}"
        if self.remedy:
            text = f"{text}; {self.remedy}"
        return " ".join(text.split())


class ConfigError(AuszugError):
    """corpus.toml, a topic file or a setting is wrong or missing."""


class InputError(AuszugError):
    """A file or argument that was given cannot be read or makes no sense."""


class ArchiveError(AuszugError):
    """A WARC file cannot be written or read at all."""


class HarvestError(AuszugError):
    """A site cannot be harvested."""


class PageError(AuszugError):
    """A single page exceeds its bounds. `code` is that of the problem it becomes; the batch goes on."""

    code: ClassVar[str] = "page_failed"


class PageTooSlow(PageError):
    """A page takes longer than a page may."""

    code = "too_slow"


class PageTooLarge(PageError):
    """A page needs more memory than a page may."""

    code = "too_large"


class ExtractionError(AuszugError):
    """The extraction cannot be set up."""


class StoreError(AuszugError):
    """The database is missing, locked, or of another version."""


class CheckFailed(StoreError):
    """Data checks found rows that must not be published."""


class ClusterError(AuszugError):
    """The cluster cannot be reached, is of another version, or does not see the files."""


class BusyError(AuszugError):
    """Another batch is at work in this folder."""


class StoppedError(AuszugError):
    """A batch was ended by a signal or by its time limit; the next one continues."""


class QueryError(AuszugError):
    """An unknown query, a parameter of the wrong type, or SQL that fails."""


class ExportError(AuszugError):
    """A result cannot be written."""
