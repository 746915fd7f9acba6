"""Files that appear only when they are whole, and never take the place of anything but a file.

Part of `output`; used by everything that writes a result.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import ExportError


@contextlib.contextmanager
def whole_file(output: Path) -> Iterator[Path]:
    """A temporary path beside `output` that takes its name when all went well. Raises ExportError in one line.

    A link is followed: what it points to is written anew. A folder, a device or a pipe is refused; a file would take
    its place (root's `-o /dev/null`).
    """
    temporary: Path | None = None
    try:
        if output.exists() and not output.is_file():
            raise ExportError("is a folder, a device or a pipe", where=output, remedy="name a file")
        target = output.resolve()
        temporary = target.with_name(f".{target.name}.part")
        yield temporary
        temporary.replace(target)
    except OSError as error:
        raise ExportError(f"cannot be written ({error.strerror or error})", where=output,
                          remedy="choose another path, or check the folder and the free space") from None
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
