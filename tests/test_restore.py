"""The restore that the README describes: archive, configuration and the list of the forgotten are all that is needed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.store.database import differences
from pipeline.upkeep import forgotten
from tests.test_forget import forget_in
from tests.upkeep_samples import Place, place_in

CORRECTIONS = """[[stance]]
date = 2025-06-03
item = "5"
quote = "Herr Uhl lehnt"
stance = "conditional"
reason = "he said more than the minutes tell"
"""


def backed_up(corpora: Path) -> list[Path]:
    """What the README says to back up, below `corpora/`."""
    found = [corpora / forgotten.LIST, corpora / forgotten.KEY]
    for corpus in corpora.glob("*/corpus.toml"):
        folder = corpus.parent
        found += [corpus, folder / "corrections.toml", *folder.glob("archive/*"), *folder.glob("*.txt")]
    return [path for path in found if path.is_file()]


def test_a_restore_gives_the_same_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = place_in(tmp_path / "lost")
    (place.corpora / "tal" / "corrections.toml").write_text(CORRECTIONS, "utf-8")
    place.build()
    forget_in(place, "Klaus Harmsen")
    place.build()

    empty = tmp_path / "restored"
    for path in backed_up(place.corpora):
        target = empty / "corpora" / path.relative_to(place.corpora)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    monkeypatch.chdir(empty)
    for command, code in ((["build", "--all"], 0), (["verify"], 0)):
        done = CliRunner().invoke(app, command)
        assert done.exit_code == code, done.output

    restored = Place(empty)
    assert differences(place.target, restored.target) == []
    assert restored.rows("SELECT count(*) FROM speaker WHERE name = 'removed on request'") != [(0,)]
    assert restored.rows("SELECT stance, corrected FROM statement WHERE quote LIKE 'Herr Uhl lehnt%'") == [
        ("conditional", True)]
