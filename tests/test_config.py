"""corpus.toml is read strictly: each mistake is one line with file, line, key and remedy."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from pipeline import paths
from pipeline.config import load_corpus
from pipeline.errors import AuszugError, ConfigError, InputError

CORPUS = '[corpus]\nname = "tal"\ntitle = "Tal"\n'
SOURCE = CORPUS + '[source]\nurl = "https://ratsinfo.example.org/allris"\n'


def write(folder: Path, text: str | bytes) -> Path:
    corpus = folder / "tal"
    corpus.mkdir(exist_ok=True)
    (corpus / "corpus.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    return corpus


def test_every_key_of_the_design_is_read(tmp_path: Path) -> None:
    topic = tmp_path / "topics" / "kita.toml"
    topic.parent.mkdir()
    topic.write_text("")
    corpus = load_corpus(write(tmp_path, """
[corpus]
name = "tal"
title = "Kreis Tal"
topics = ["kita"]
[source]
url = "https://ratsinfo.example.org/allris"
contact = "mailto:name@example.org"
delay = 2
committees = ["Jugendhilfeausschuss", "7"]
since = 2011-01-01
hours = "22:00-06:00"
requests_per_run = 5000
allow_private_addresses = false
oparl = false
max_response_mb = 30
[extract]
model = "de_core_news_lg"
[run]
time_limit = "6h"
keep_publications = 3
webhook = "https://example.org/hook"
mail_command = "mail -s auszug name@example.org"
"""))
    assert corpus.source is not None
    assert corpus.source.since == dt.date(2011, 1, 1)
    assert corpus.source.delay == 2
    assert corpus.source.oparl is False
    assert corpus.topic_files == (topic,)
    assert corpus.contact == "mailto:name@example.org"
    assert corpus.body == "Kreis Tal"
    assert (corpus.extract.model, corpus.run.time_limit, corpus.run.keep_publications) == ("de_core_news_lg", "6h", 3)


def test_defaults(tmp_path: Path) -> None:
    corpus = load_corpus(write(tmp_path, SOURCE))
    assert corpus.source is not None
    assert (corpus.source.delay, corpus.source.oparl, corpus.source.max_response_mb) == (1.5, "auto", 20)
    assert corpus.source.since is None
    assert corpus.source.requests_per_run is None
    assert (corpus.extract.model, corpus.run.keep_publications, corpus.run.time_limit) == ("", 5, "")
    assert corpus.contact is None


@pytest.mark.parametrize(("text", "line", "words"), [
    (SOURCE + "delai = 2\n", 6, "unknown key 'delai' in [source]; did you mean 'delay'?"),
    (CORPUS + 'contact = "a"\n', 4, "unknown key 'contact' in [corpus]; it belongs into [source]"),
    (CORPUS + 'colour = "a"\n', 4, "unknown key 'colour' in [corpus]; known keys: name, title, topics"),
    ('[corpsu]\nname = "tal"\n', 1, "unknown key 'corpsu'; did you mean 'corpus'?"),
    ('[corpus]\nname = "tal"\n', 1, "the key 'title' in [corpus] is missing"),
    ("", None, "the key 'corpus' is missing"),
    ('[corpus]\nname = "Tal 1"\ntitle = "Tal"\n', 2, "use lower case letters, digits and hyphens"),
    ('[corpus]\nname = "berg"\ntitle = "Tal"\n', 2, "the folder is 'tal'; make them equal"),
    ('[corpus]\nname = "tal"\ntitle = " "\n', 3, "'title' in [corpus] is empty"),
    (CORPUS + 'topics = "sro"\n', 4, "'topics' in [corpus]: expected list, got text"),
    (CORPUS + 'topics = ["sroo"]\n', None, "there is no topic 'sroo'; known topics:"),
    (SOURCE + 'delay = "1"\n', 6, "'delay' in [source]: expected number, got text"),
    (SOURCE + "delay = 0.5\n", 6, "too short; at least 1 s"),
    (SOURCE + "delay = nan\n", 6, "too short"),
    (SOURCE + "requests_per_run = 0\n", 6, "expected whole number >= 1"),
    (SOURCE + 'since = "gestern"\n', 6, "write it as in 2011-01-01"),
    (SOURCE + 'hours = "22-6"\n', 6, "write it as in \"22:00-06:00\""),
    (SOURCE + 'hours = "22:00-22:00"\n', 6, "empty window"),
    (SOURCE + "oparl = true\n", 6, "'oparl' in [source] is neither"),
    (SOURCE + 'allow_private_addresses = "ja"\n', 6, "expected true or false, got text"),
    (SOURCE + "[run]\ntime_limit = \"six hours\"\n", 7, "write a number and s, m, h or d"),
    (CORPUS + '[source]\nurl = "ratsinfo.example.org"\n', 5, "is no web address"),
    (SOURCE + '[files]\npaths = ["*.txt"]\n', 7, "exclude each other"),
    (CORPUS + "title = \"zwei\"\n", None, "not valid TOML"),
    (CORPUS.encode() + b"# J\xf6rg\n", 4, "not UTF-8; save the file as UTF-8"),
])
def test_mistakes(tmp_path: Path, text: str | bytes, line: int | None, words: str) -> None:
    corpus = write(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load_corpus(corpus)
    message = str(caught.value)
    assert message.startswith(f"{corpus / 'corpus.toml'}:{line}: " if line else f"{corpus / 'corpus.toml'}: ")
    assert words in message
    assert "\n" not in message
    assert caught.value.exit_code == 2


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="the file is missing; every corpus needs one"):
        load_corpus(tmp_path / "tal")


def test_a_short_delay_is_for_the_loopback(tmp_path: Path) -> None:
    local = CORPUS + '[source]\nurl = "http://127.0.0.1:8080/"\ndelay = 0\n'
    with pytest.raises(ConfigError, match="too short"):
        load_corpus(write(tmp_path, local))
    assert load_corpus(write(tmp_path, local + "allow_private_addresses = true\n")).source is not None


@pytest.mark.parametrize(("pattern", "words"), [
    ("*.txt", "nothing fits '*.txt'"), ("", "nothing fits ''"), (".", "nothing fits '.'"), ("a**", "nothing fits"),
    ("../*.txt", "leads out of the corpus"), ("/etc/*", "leads out of the corpus"),
])
def test_file_patterns(tmp_path: Path, pattern: str, words: str) -> None:
    corpus = load_corpus(write(tmp_path, CORPUS + f'[files]\npaths = ["{pattern}"]\n'))
    with pytest.raises(ConfigError) as caught:
        corpus.page_files()
    assert words in str(caught.value)


def test_contact_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUSZUG_CONTACT", "mailto:env@example.org")
    assert load_corpus(write(tmp_path, SOURCE)).contact == "mailto:env@example.org"
    assert load_corpus(write(tmp_path, SOURCE + 'contact = "mailto:a@b"\n')).contact == "mailto:a@b"


def test_the_shipped_corpora_are_valid() -> None:
    found = {folder.name: load_corpus(folder) for folder in paths.shipped_corpora().iterdir()
             if (folder / "corpus.toml").exists()}
    assert set(found) == {"seed", "ahrenfeld", "segeberg"}
    assert found["segeberg"].source is not None
    assert found["segeberg"].contact is None
    assert [path.name for path in found["seed"].page_files()] == ["seed.txt"]
    assert "invented" in found["ahrenfeld"].title


def test_corpora_are_found_by_folder_and_by_name(workplace: Path) -> None:
    assert paths.find_corpus("seed") == paths.shipped_corpora() / "seed"
    own = workplace / "corpora"
    own.mkdir()
    mine = write(own, CORPUS)
    assert paths.find_corpus("tal") == Path.cwd() / "corpora" / "tal"
    assert paths.find_corpus(str(mine)) == mine
    assert paths.find_corpus(str(mine / "corpus.toml")) == mine


@pytest.mark.parametrize(("name", "words"), [
    ("saat", "there is no corpus 'saat'; known corpora: ahrenfeld, seed, segeberg"),
    ("corpora/seed", "say just 'seed'"),
    (".", "the folder has no corpus.toml"),
])
@pytest.mark.usefixtures("workplace")
def test_unknown_corpora(name: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        paths.find_corpus(name)
    assert words in str(caught.value)


def test_errors_are_one_line() -> None:
    assert str(AuszugError("what\nis wrong", where="a.toml:3", remedy="do this")) == "a.toml:3: what is wrong; do this"
    assert str(AuszugError("what")) == "what"
