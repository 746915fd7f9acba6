"""TOML that somebody wrote by hand or was sent: whatever is wrong with it is one kind of error."""

from __future__ import annotations

import tomllib
from typing import Any


def parse(text: str) -> dict[str, Any]:
    """The document in `text`. Raises tomllib.TOMLDecodeError for all that is refused, also for what the library
    itself trips over (numbers of thousands of digits, thousands of nested brackets)."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except RecursionError:
        raise tomllib.TOMLDecodeError("it nests too deep") from None
    except ValueError as error:
        raise tomllib.TOMLDecodeError(str(error)) from None
