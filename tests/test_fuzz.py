"""The targets of the fuzzing in a short form, and what it found: each a test."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from pipeline.config import load_corpus
from pipeline.errors import ConfigError
from pipeline.extract.topic_files import load_topic
from pipeline.link.corrections import parse_corrections
from tests.fuzz.__main__ import changed
from tests.fuzz.seeds import seeds
from tests.fuzz.targets import TARGETS

RUNS = 25
SEED = 20261126


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_changed_seeds_break_nothing(name: str) -> None:
    chance = random.Random(SEED)
    for number in range(RUNS if name != "search" else 5):
        data = changed(name, chance.choice(seeds()[name]), chance)
        try:
            TARGETS[name](data)
        except Exception as error:
            raise AssertionError(f"seed {SEED}, input {number}: {error!r}: {data[:200]!r}") from error


DEEP, LONG = "a = " + "[" * 5000, "a = " + "9" * 5000


@pytest.mark.parametrize("text", [DEEP, LONG, "a = " + "{b = " * 3000], ids=["deep", "long number", "deep tables"])
def test_toml_that_the_library_trips_over_is_an_error_of_the_configuration(text: str, tmp_path: Path) -> None:
    (tmp_path / "corpus.toml").write_text(text, "utf-8")
    (tmp_path / "sro.toml").write_text(text, "utf-8")
    with pytest.raises(ConfigError, match="TOML"):
        load_corpus(tmp_path)
    with pytest.raises(ConfigError, match="TOML"):
        load_topic(tmp_path / "sro.toml")
    with pytest.raises(ConfigError, match="TOML"):
        parse_corrections(text.encode(), where="corrections.toml")


@pytest.mark.parametrize("url", ["http://[x", "https://example.org:99999", "https://example.org:x/"])
def test_an_address_that_is_none_is_an_error_of_the_configuration(url: str, tmp_path: Path) -> None:
    folder = tmp_path / "tal"
    folder.mkdir()
    (folder / "corpus.toml").write_text(f'[corpus]\nname = "tal"\ntitle = "Tal"\n[source]\nurl = "{url}"\n', "utf-8")
    with pytest.raises(ConfigError, match="no web address"):
        load_corpus(folder)
