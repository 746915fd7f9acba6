"""Prints every regular expression that the project compiles, as JSON lines (pattern, flags, where): run in a process of
its own, before anything else is imported (`python -m tests.patterns_of_project`).

Found are those that are compiled when modules are imported, when the extraction is loaded and reads, when pages are
parsed, and the literal ones in calls of `re` that none of this reaches.
"""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "pipeline"
NOT_IMPORTED = frozenset({"pipeline.extract.lexicon.generate_verbs"})
CALLS = frozenset({"compile", "sub", "subn", "match", "search", "fullmatch", "split", "findall", "finditer"})

Found = dict[tuple[str, int], str]


def compiled() -> Found:
    """What is compiled while everything is imported and used once."""
    found: Found = {}
    compiler = re._compiler  # type: ignore[attr-defined]
    former = compiler.compile

    def noted(pattern: Any, flags: int = 0) -> Any:
        made = former(pattern, flags)
        frame = sys._getframe(1)
        while frame is not None and Path(frame.f_code.co_filename).parent.name == "re":
            frame = frame.f_back  # type: ignore[assignment]
        where = Path(frame.f_code.co_filename) if frame is not None else Path()
        if isinstance(made.pattern, str) and where.is_relative_to(PACKAGE):
            found.setdefault((made.pattern, made.flags), f"{where.relative_to(ROOT)}:{frame.f_lineno}")
        return made

    compiler.compile = noted
    try:
        for module in pkgutil.walk_packages([str(PACKAGE)], "pipeline."):
            if module.name not in NOT_IMPORTED and not module.name.endswith("__main__"):
                importlib.import_module(module.name)
        from tests.fuzz import seeds, targets

        for name in ("page", "extraction", "robots", "oparl", "corpus", "corrections", "topic", "query"):
            for data in seeds.seeds()[name][:60]:
                targets.TARGETS[name](data)
    finally:
        compiler.compile = former
    return found


def literal() -> Found:
    """The literal patterns in the source, also of code that was not run."""
    found: Found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CALLS
                    and isinstance(node.func.value, ast.Name) and node.func.value.id == "re" and node.args):
                argument = node.args[0]
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    made = re.compile(argument.value)
                    found.setdefault((made.pattern, made.flags), f"{path.relative_to(ROOT)}:{node.lineno}")
    return found


if __name__ == "__main__":
    patterns = compiled()
    known = {pattern for pattern, _ in patterns}
    patterns |= {key: where for key, where in literal().items() if key[0] not in known}
    for (pattern, flags), where in sorted(patterns.items(), key=lambda item: item[1]):
        print(json.dumps([pattern, flags, where]))
