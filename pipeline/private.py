"""Files for their owner only: what is stored about persons before it is published, and the program's own state.

Archives, ledgers, notes of runs and the state folder are private (0600, folders 0700) whatever the umask is;
publications, exports and reports go by the umask, since they are made to be passed on.
"""

from __future__ import annotations

import os
from io import BufferedWriter
from pathlib import Path
from typing import Literal

FILE_MODE = 0o600
FOLDER_MODE = 0o700


def open_file(path: Path, mode: Literal["wb", "xb"]) -> BufferedWriter:
    """Opens `path` for writing; a file that is made is its owner's only, one that is there keeps its mode."""
    made = open(path, mode, opener=_opener)  # noqa: SIM115 - a Path cannot; the caller closes it
    assert isinstance(made, BufferedWriter)
    return made


def _opener(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_CLOEXEC, FILE_MODE)


def make_folder(path: Path) -> None:
    """Makes `path` for its owner only, where it is missing, and the folders above it as usual. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir(mode=FOLDER_MODE, exist_ok=True)


def make_file(path: Path) -> None:
    """Makes an empty file for its owner only, where none is: for libraries that open by name. Raises OSError."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, FILE_MODE))
