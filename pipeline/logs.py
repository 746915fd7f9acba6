"""Logs: events with fields, on stderr; readable on a terminal, JSON lines elsewhere (journal, cron, files).

    log = get_logger("run"); log.info("corpus_read", corpus="ahrenfeld", pages=111)

Set up once by the command line; before that, and in tests, nothing is printed.
"""

from __future__ import annotations

import logging
import sys
from typing import Any, TextIO

import structlog

MAX_FRAMES = 10
"""Innermost frames of a traceback that a log line keeps; their variables never (they hold whole pages)."""


def configure(*, verbose: bool = False, stream: TextIO | None = None) -> None:
    """From now on events go to `stream` (stderr): warnings and errors, with `verbose` also the course of the run."""
    out = stream or sys.stderr
    renderer: Any = structlog.dev.ConsoleRenderer(colors=True) if out.isatty() else structlog.processors.JSONRenderer(
        ensure_ascii=False)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info if out.isatty() else structlog.processors.ExceptionRenderer(
                structlog.tracebacks.ExceptionDictTransformer(show_locals=False, max_frames=MAX_FRAMES)),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO if verbose else logging.WARNING),
        logger_factory=lambda *_: structlog.PrintLogger(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )


def get_logger(stage: str) -> Any:
    """The logger of a stage (`harvest`, `run` ...); the stage is a field of every event."""
    return structlog.get_logger().bind(stage=stage)


structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
