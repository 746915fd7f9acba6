"""The example notebook runs from the database to a figure and a table.

Its code cells are executed in one plain namespace: nbclient would bring a kernel, sockets and some 20 packages for the
same thing, and an error here shows the cell's own lines.
"""

from __future__ import annotations

import contextlib
import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.store_samples import published_county

NOTEBOOK = ROOT / "queries" / "example.ipynb"


def cells(kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(NOTEBOOK.read_text("utf-8"))["cells"]
    return [cell for cell in found if cell["cell_type"] == kind]


def test_the_notebook_runs(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(published_county(), workplace / "own.duckdb")
    monkeypatch.setenv("AUSZUG_DB", str(workplace / "own.duckdb"))
    names: dict[str, Any] = {}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        for number, cell in enumerate(cells("code")):
            exec(compile("".join(cell["source"]), f"cell {number}", "exec"), names)  # noqa: S102  (our own file)
    names["connection"].close()
    made = {path.name for path in (workplace / "paper").iterdir()}
    assert made == {"figure.svg", "table.md", "table.tex", "package.zip", "positions.parquet"}
    rows = {(row["faction"], row["period"]): row for row in names["table"]}
    assert rows["CDU", "2018-2020"]["net"] < 0 < rows["GRÜNE", "2018-2020"]["net"], "as the county's story says"
    table = (workplace / "paper" / "table.md").read_text("utf-8")
    assert table.startswith("| Faction | Period |")
    assert all(len(line.split("|")) == 11 for line in table.splitlines() if line.startswith("|"))
    assert "\\end{tabular}" in (workplace / "paper" / "table.tex").read_text("utf-8")
    picture = (workplace / "paper" / "figure.svg").read_text("utf-8")
    assert picture.startswith("<svg") and "CDU" in picture and "net stance towards SRO" in picture
    assert "https://" in printed.getvalue(), "the evidence is printed with its page"


def test_the_notebook_is_clean() -> None:
    for cell in cells("code"):
        assert cell["outputs"] == [] and cell["execution_count"] is None, "outputs are made by whoever runs it"
    text = NOTEBOOK.read_text("utf-8")
    assert not [word for word in ("%matplotlib", "!pip", "/home/") if word in text]
    assert len(cells("markdown")) >= 8, "every step is explained"
