"""A harvest as a process of its own, for tests that kill it: `python -m tests.harvest_in_process FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from pipeline.config import load_corpus
from pipeline.harvest import harvest


def main() -> None:
    summary = harvest([load_corpus(Path(sys.argv[1]))])
    print(summary.json_line())
    sys.exit(summary.exit_code)


if __name__ == "__main__":
    main()
