"""Time grows with the size of the input, not with its square: every pattern, the parser, the extraction.

The short form goes to 8 kB (texts 36 kB, pages 480 kB), `make soak` to 1 MB. DuckDB's regular expressions (RE2) are linear by construction. What
measures (tests/growth.py), here and in the tests of single modules, is tested here, too.
"""

from __future__ import annotations

import ast
import gc
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path

import pytest

from pipeline.pages import parse
from tests import growth
from tests.fuzz.targets import extractor, item_of
from tests.growth import LIMIT as SHORT
from tests.growth import grows, in_time, took
from tests.hostile_texts import PAGES, TEXTS
from tests.patterns_of_project import ROOT
from tests.regex_attacks import attacks
from tests.soak_runner import SOAK

SMALL, LARGE = (2_000, 8_000) if SOAK == 1 else (100_000, 1_000_000)
"""Characters between which growth is measured."""
TEXT_SIZES = (12_000, 36_000) if SOAK == 1 else (SMALL, LARGE)
"""Above the windows inside of which decisions look at one another."""
PAGE_SIZES = (160_000, 480_000) if SOAK == 1 else (160_000, LARGE)
"""Above `tree.SCAN_ABOVE`: below it lxml may be slow with attributes, and is in bounds."""
TRIAL = 300
"""Characters at which the worst of a pattern's inputs is chosen."""
ATTACKS = 40
"""Inputs of a pattern that are tried."""
LIMIT = SHORT if SOAK == 1 else 120.0
"""CPU seconds after which nothing is waited for."""


@lru_cache(maxsize=1)
def uses() -> tuple[dict[str, set[str]], dict[str, str]]:
    """How patterns are used: methods by the variable's name, and the variable (or `=method`) by file and line."""
    methods: dict[str, set[str]] = {}
    names: dict[str, str] = {}
    for path in (ROOT / "pipeline").rglob("*.py"):
        where = path.relative_to(ROOT)
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, (ast.Name, ast.Attribute)):
                name = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
                methods.setdefault(name, set()).add(node.attr)
            elif isinstance(node, (ast.Assign, ast.AnnAssign)):
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                if isinstance(target, ast.Name):
                    names.update((f"{where}:{line}", target.id) for line in range(node.lineno, (node.end_lineno or node.lineno) + 1))
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name)
                    and node.func.value.id == "re" and node.func.attr != "compile"):
                names.update((f"{where}:{line}", f"={node.func.attr}") for line in range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return methods, names


def runner(pattern: re.Pattern[str], where: str) -> Callable[[str], Callable[[], object]]:
    """How the project uses `pattern`: anchored if it only matches at a place, else all over the text."""
    methods, names = uses()
    name = names.get(where, "")
    used = {name[1:]} if name.startswith("=") else methods.get(name, set())
    used &= {"match", "fullmatch", "search", "finditer", "findall", "sub", "subn", "split"}
    if used and used <= {"match", "fullmatch"}:
        anchored = pattern.fullmatch if used == {"fullmatch"} else pattern.match
        return lambda text: lambda: anchored(text)
    return lambda text: lambda: sum(1 for _ in pattern.finditer(text))


@lru_cache(maxsize=1)
def patterns() -> list[tuple[str, int, str]]:
    done = subprocess.run([sys.executable, "-m", "tests.patterns_of_project"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [tuple(json.loads(line)) for line in done.stdout.splitlines()]


def worst(pattern: re.Pattern[str], run: Callable[[str], Callable[[], object]]) -> Iterator[Callable[[int], str]]:
    """The inputs that take longest when they are short, as functions of their size."""
    times = [(took(run(text), 0.05), number) for number, text in enumerate(islice(attacks(pattern, TRIAL), ATTACKS))]
    for _, number in sorted(times, reverse=True)[:2]:
        yield lambda size, n=number: next(islice(attacks(pattern, size), n, None), "")  # type: ignore[misc]


def test_the_patterns_are_found() -> None:
    places = {where.rpartition(":")[0] for _, _, where in patterns()}
    assert len(patterns()) > 400
    assert {"pipeline/extract/decision_lexicon.py", "pipeline/extract/tokens.py", "pipeline/pages/tree.py", "pipeline/extract/topic_files.py"} <= places


@pytest.mark.soak
def test_no_regular_expression_is_super_linear() -> None:
    """Every pattern on the worst inputs that its parse tree suggests."""
    bad = []
    for text, flags, where in patterns():
        pattern = re.compile(text, flags)
        run = runner(pattern, where)
        for attack in worst(pattern, run):
            wrong = grows(lambda size, a=attack, run=run: run(a(size)), (SMALL, LARGE), LIMIT / 5)  # type: ignore[misc]
            if wrong:
                bad.append(f"{where}: {text[:80]!r}: {wrong}, on {attack(40)!r}")
                break
    assert not bad, "\n".join(bad)


@pytest.mark.parametrize("trap", [r"(a|a)*b", r"\s+$", r"(?:bis |bis zum |zum )+Ende", r",?\s*\bnachdem", r"a.*b.*c"])
def test_the_test_finds_what_is_super_linear(trap: str) -> None:
    pattern = re.compile(trap)
    run = runner(pattern, "nowhere")
    assert any(grows(lambda size, a=attack: run(a(size)), (SMALL, LARGE), LIMIT / 5) for attack in worst(pattern, run))  # type: ignore[misc]


def measured_sizes() -> list[tuple[int, int]]:
    """Between what the tests of single modules measure."""
    found = set()
    for path in Path(__file__).parent.glob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "grows"
                    and isinstance(node.args[1], ast.Tuple) and all(isinstance(one, ast.Constant) for one in node.args[1].elts)):
                found.add(ast.literal_eval(node.args[1]))
    return sorted(found)


@pytest.fixture
def cost(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[float], float]], None]:
    """Sets how many seconds something takes; what is then measured is work that only says how large it is."""
    def set_cost(seconds: Callable[[float], float]) -> None:
        def took(work: Callable[[], float], limit: float = LIMIT) -> float:
            needed = seconds(work())
            return needed if needed < limit else float("inf")

        monkeypatch.setattr(growth, "took", took)

    return set_cost


def sized(size: int) -> Callable[[], int]:
    return lambda: size


@pytest.mark.parametrize("sizes", measured_sizes(), ids=str)
def test_all_tests_find_the_square(sizes: tuple[int, int], cost: Callable[..., None]) -> None:
    """At two nanoseconds a step, as of the quickest trap above, beside what takes time in proportion to the size."""
    cost(lambda size: 2e-9 * size**2 / 2 + 0.5e-6 * size + 0.001)
    assert grows(sized, sizes)
    cost(lambda size: 2e-6 * size + 0.001)
    assert grows(sized, sizes) is None


def test_what_is_disturbed_is_measured_again(cost: Callable[..., None]) -> None:
    times = iter([3.0, 0.01, 2.5, 0.01, 3.9, 0.01, 3.1, 0.01, 0.1, 0.01])
    cost(lambda _: next(times))
    assert grows(sized, (1000, 10_000)) is None
    assert not list(times)
    cost(lambda size: 0.01 if size == 1000 else 0.3)
    assert grows(sized, (1000, 10_000)) == "0.010 s for a size of 1000, 0.300 s for 10000"
    cost(lambda size: 0.01 if size == 1000 else 5)
    assert grows(sized, (1000, 10_000)) == "more than 4 s for a size of 10000"


def test_what_is_in_time_once_is_in_time(cost: Callable[..., None]) -> None:
    times = iter([3.0, 4.0, 1.5])
    cost(lambda _: next(times))
    assert in_time(lambda: "read", 2) == "read"
    for never in (3.0, 30.0):
        cost(lambda _, never=never: never)
        with pytest.raises(AssertionError, match=r"s instead of 2 s"):
            in_time(lambda: "read", 2)


def test_garbage_of_others_is_not_visited_while_measuring() -> None:
    assert took(lambda: gc.isenabled() and re.match(r"(a|a)*b", "a" * 60), 0.1) < 0.1
    assert gc.isenabled()


@pytest.mark.soak
@pytest.mark.parametrize("name", sorted(TEXTS))
def test_the_extraction_is_linear(name: str) -> None:
    extractor().extract(*item_of("Titel\n\n\nHerr Meier sagt zu."))
    wrong = grows(lambda size: lambda: extractor().extract(*item_of("Titel\n\n\n" + TEXTS[name](size))), TEXT_SIZES, 2 * LIMIT)
    assert wrong is None, wrong


@pytest.mark.soak
@pytest.mark.parametrize("name", sorted(PAGES))
def test_the_parser_is_linear(name: str) -> None:
    def work(size: int) -> Callable[[], object]:
        payload = PAGES[name](size).encode()
        return lambda: parse(payload)

    wrong = grows(work, PAGE_SIZES, LIMIT)
    assert wrong is None, wrong


def test_all_lexicon_files_are_read() -> None:
    """A pattern in a lexicon that is never compiled would not be tested."""
    known = {text for text, _, _ in patterns()}
    missing = []
    for path in sorted((ROOT / "pipeline" / "extract" / "lexicon").glob("*.toml")):
        for line in path.read_text("utf-8").splitlines():
            found = re.match(r"pattern = '''(.+)'''$", line)
            if found and "{" not in found[1].split("(?")[0] and found[1] not in known and "{action}" not in found[1]:
                missing.append(f"{path.name}: {found[1][:60]}")
    assert not missing
