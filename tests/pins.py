"""Prints constraints.txt: the version of everything that the project needs, as it is installed now.

    python -m tests.pins

Names and versions only: no host, so that whoever installs takes their own registry.
"""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

EXTRAS = ("dev", "train", "scale", "audit", "fuzz")
BUILD = ("hatchling", "editables")
"""What an (editable) installation takes besides."""
NOT_PINNED = {"auszug", "pip", "setuptools"}
"""The project itself, and what a virtual environment brings along."""


def needed() -> dict[str, str]:
    """Name and version of every distribution that the project with all extras needs and that is installed."""
    found: dict[str, str] = {}
    todo = [Requirement(f"auszug[{','.join(EXTRAS)}]"), *(Requirement(name) for name in BUILD)]
    seen: set[tuple[str, frozenset[str]]] = set()
    while todo:
        requirement = todo.pop()
        name = canonicalize_name(requirement.name)
        key = (name, frozenset(requirement.extras))
        if key in seen:
            continue
        seen.add(key)
        try:
            distribution = metadata.distribution(requirement.name)
        except metadata.PackageNotFoundError:
            continue
        if name not in NOT_PINNED:
            found[name] = distribution.version
        for text in distribution.requires or ():
            one = Requirement(text)
            extras = requirement.extras or {""}
            if one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in extras):
                todo.append(one)
    return found


def pinned(path: Path) -> dict[str, str]:
    """What a constraints file pins."""
    lines = [line.split("#")[0].strip() for line in path.read_text("utf-8").splitlines()]
    pairs = (re.split("==", line, maxsplit=1) for line in lines if line)
    return {canonicalize_name(name): version for name, version in pairs}


def main() -> None:
    print("# Versions that the tests pass with (python -m tests.pins). Python 3.11 to 3.13, Linux.")
    for name, version in sorted(needed().items()):
        print(f"{name}=={version}")


if __name__ == "__main__":
    main()
