"""`corpora/NAME/corpus.toml`, read strictly: every unknown key or wrong value is an error that says where.

Nothing is guessed and nothing is ignored: a typo in a key would otherwise silently harvest the wrong
thing for months.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import difflib
import ipaddress
import os
import re
import shlex
import tomllib
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from pipeline import toml
from pipeline.addresses import parts_of, port_of
from pipeline.errors import ConfigError
from pipeline.paths import find_topic

CONTACT_VARIABLE = "AUSZUG_CONTACT"
POLITE_DELAY = 1.0
"""Seconds; a smaller delay is accepted only for a loopback address (projects that harvest ALLRIS use 1-2 s)."""

Positive = Annotated[int, Meta(ge=1)]


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of the tables of corpus.toml."""


class CorpusTable(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[corpus]`: what it is called and which topics are looked for."""

    name: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
    """Key in the database and name of the folder: lower case letters, digits, hyphens."""
    title: str
    topics: tuple[str, ...] = ()


class SourceTable(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[source]`: the site that is harvested. Absent: a corpus that is only read."""

    url: str
    contact: str = ""
    """Goes into the User-Agent; required for harvesting; AUSZUG_CONTACT is taken where it is empty."""
    delay: float = 1.5
    """Seconds, the floor between two requests to the host."""
    committees: tuple[str, ...] = ()
    """Names, patterns or ids; empty: all."""
    since: dt.date | None = None
    hours: Annotated[str, Meta(pattern=r"^(([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d)?$")] = ""
    """`22:00-06:00`; empty: any hour."""
    requests_per_run: Positive | None = None
    allow_private_addresses: bool = False
    oparl: bool | str = "auto"
    max_response_mb: Positive = 20


class FilesTable(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[files]`: pages that were not harvested (text, saved HTML), and what pages themselves do not say."""

    paths: tuple[str, ...] = ()
    """Patterns beside corpus.toml."""
    body: str | None = None
    organization: str | None = None


class ExtractTable(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[extract]`: how texts are read."""

    model: str = ""
    """Name of an installed spaCy pipeline to use besides the rules; empty: none."""


class RunTable(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[run]`: the batch."""

    time_limit: Annotated[str, Meta(pattern=r"^([1-9]\d{0,5}[smhd])?$")] = ""
    """`90s`, `30m`, `6h`, `1d`; empty: none."""
    keep_publications: Positive = 5
    webhook: str = ""
    """Where alerts are posted: an https address, `env:VARIABLE` or `file:PATH` (beside corpus.toml)."""
    mail_command: str = ""
    """A command that takes a whole message on its input, as `sendmail -t` does; no shell."""
    mail_to: str = ""
    """Whom alerts are mailed to; default: the contact of [source]."""


class _Document(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """corpus.toml as a whole."""

    corpus: CorpusTable
    source: SourceTable | None = None
    files: FilesTable | None = None
    extract: ExtractTable = ExtractTable()
    run: RunTable = RunTable()


class Corpus(msgspec.Struct, frozen=True, kw_only=True):
    """A corpus: its folder and its settings. `source` None: never harvested."""

    folder: Path
    name: str
    title: str
    topics: tuple[str, ...]
    topic_files: tuple[Path, ...]
    source: SourceTable | None
    files: FilesTable
    extract: ExtractTable
    run: RunTable

    @property
    def archive(self) -> Path:
        """The folder of its WARC files (it need not exist)."""
        return self.folder / "archive"

    @property
    def body(self) -> str:
        """The municipality, for pages that do not name it."""
        return self.files.body or self.title

    @property
    def contact(self) -> str | None:
        """The contact for the User-Agent: of corpus.toml, else of AUSZUG_CONTACT, else None."""
        named = self.source.contact if self.source else ""
        return named or os.environ.get(CONTACT_VARIABLE) or None

    def page_files(self) -> list[Path]:
        """The files that `[files] paths` name, sorted, each once. Raises ConfigError for a pattern without a file."""
        found: dict[Path, None] = {}
        for pattern in self.files.paths:
            if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
                raise ConfigError(f"[files] paths: '{pattern}' leads out of the corpus",
                                  where=self.folder / "corpus.toml", remedy="use patterns relative to corpus.toml")
            hits: list[Path] = []
            # an empty pattern (also "."), or one that glob refuses ("a**"), fits nothing
            with contextlib.suppress(ValueError, NotImplementedError, IndexError):
                hits = [path for path in sorted(self.folder.glob(pattern)) if path.is_file()]
            if not hits:
                raise ConfigError(f"[files] paths: nothing fits '{pattern}'", where=self.folder / "corpus.toml",
                                  remedy=f"put the pages into {self.folder} or change the pattern")
            found.update(dict.fromkeys(hits))
        return list(found)


def load_corpus(folder: Path) -> Corpus:
    """The corpus in `folder`. Raises ConfigError with file, line, key and remedy."""
    path = folder / "corpus.toml"
    text = _read(path)
    try:
        raw = toml.parse(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"not valid TOML: {error}", where=path, remedy="correct that line") from None
    try:
        document = msgspec.convert(raw, type=_Document)
    except msgspec.ValidationError as error:
        raise _explain(str(error), path, text) from None
    _check(document, path, text)
    return Corpus(
        folder=folder,
        name=document.corpus.name,
        title=document.corpus.title,
        topics=document.corpus.topics,
        topic_files=tuple(find_topic(name, folder) for name in document.corpus.topics),
        source=document.source,
        files=document.files or FilesTable(),
        extract=document.extract,
        run=document.run,
    )


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise ConfigError("the file is missing", where=path,
                          remedy="every corpus needs one (see README, Corpora)") from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise ConfigError("not UTF-8", where=f"{path}:{line}", remedy="save the file as UTF-8") from None
    except OSError as error:
        raise ConfigError(f"cannot be read ({error.strerror})", where=path, remedy="check its permissions") from None


_TABLES: dict[str, type[_Table]] = {
    "": _Document, "corpus": CorpusTable, "source": SourceTable, "files": FilesTable, "extract": ExtractTable,
    "run": RunTable,
}
_PATTERN_HELP = {
    "corpus.name": "use lower case letters, digits and hyphens, beginning with a letter",
    "source.since": "write it as in 2011-01-01",
    "source.hours": "write it as in \"22:00-06:00\"",
    "run.time_limit": "write a number and s, m, h or d, as in \"6h\"",
}


def _explain(message: str, path: Path, text: str) -> ConfigError:
    """The library's message in the user's terms: table, key, line and what to do."""
    reason, _, place = message.partition(" - at `$")
    place = place.removesuffix("`").lstrip(".")
    table, _, key = place.partition(".")
    if unknown := re.search(r"unknown field `([^`]+)`", reason):
        key = unknown[1]
        allowed = list(_TABLES.get(table, _Document).__struct_fields__)
        near = difflib.get_close_matches(key, allowed, n=1, cutoff=0.6)
        elsewhere = [name for name, kind in _TABLES.items() if name and key in kind.__struct_fields__]
        if near:
            remedy = f"did you mean '{near[0]}'?"
        elif elsewhere:
            remedy = f"it belongs into [{elsewhere[0]}]"
        else:
            remedy = f"known keys: {', '.join(allowed)}"
        what = f"unknown key '{key}'" + (f" in [{table}]" if table else "")
        return ConfigError(what, where=_line(path, text, table, key), remedy=remedy)
    if missing := re.search(r"missing required field `([^`]+)`", reason):
        name = missing[1] if not table else f"{missing[1]}' in [{table}]"
        what = f"the key '{name}" + ("' is missing" if not table else " is missing")
        return ConfigError(what, where=_line(path, text, table, ""), remedy="add it (see README, Corpora)")
    plain = key.split("[")[0] or table
    full = f"{table}.{plain}" if key else table
    words = reason.replace("Expected", "expected").replace("`", "").replace("matching regex", "of the form")
    for library, human in (("array", "list"), ("int", "whole number"), ("float", "number"), ("str", "text"),
                           ("bool", "true or false"), ("object", "table"), ("null", "nothing")):
        words = re.sub(rf"\b{library}\b", human, words)
    if full in _PATTERN_HELP and "of the form" in words:
        words = "not of the right form"
    return ConfigError(f"'{plain}'" + (f" in [{table}]" if key else "") + f": {words}",
                       where=_line(path, text, table, plain if key else ""),
                       remedy=_PATTERN_HELP.get(full, "correct the value"))


def _line(path: Path, text: str, table: str, key: str) -> str:
    """`path:line` of the key in its table; of the table where the key is not found; else the path."""
    current, table_line = "", None
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if stripped.startswith("["):
            current = stripped.split("#")[0].strip().strip("[]").strip()
            if current == table:
                table_line = number
            if not table and current == key:
                return f"{path}:{number}"
        elif key and current == table and stripped.partition("=")[0].strip().strip("\"'") == key:
            return f"{path}:{number}"
    return f"{path}:{table_line}" if table_line else str(path)


def _check(document: _Document, path: Path, text: str) -> None:
    """What types cannot say. Raises ConfigError."""
    name = document.corpus.name
    if path.resolve().parent.name != name:
        raise ConfigError(f"'name' in [corpus] is '{name}', the folder is '{path.resolve().parent.name}'",
                          where=_line(path, text, "corpus", "name"), remedy="make them equal")
    if not document.corpus.title.strip():
        raise ConfigError("'title' in [corpus] is empty", where=_line(path, text, "corpus", "title"),
                          remedy="name the municipality")
    _check_alerts(document.run, path, text)
    source = document.source
    if source is None:
        return
    if document.files is not None and document.files.paths:
        raise ConfigError("[source] and [files] paths exclude each other", where=_line(path, text, "files", "paths"),
                          remedy="make two corpora")
    parts = parts_of(source.url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or not port_of(parts):
        raise ConfigError(f"'url' in [source]: '{source.url}' is no web address",
                          where=_line(path, text, "source", "url"), remedy="write it as in \"https://www.example.org/allris\"")
    loopback = _is_loopback(parts.hostname)
    if not source.delay >= 0 or (source.delay < POLITE_DELAY and not (loopback and source.allow_private_addresses)):
        raise ConfigError(f"'delay' in [source]: {source.delay:g} s is too short",
                          where=_line(path, text, "source", "delay"),
                          remedy=f"at least {POLITE_DELAY:g} s; less only for a loopback address with "
                                 "allow_private_addresses")
    if source.oparl is True or (isinstance(source.oparl, str) and source.oparl != "auto"
                                and parts_of(source.oparl).scheme not in {"http", "https"}):
        raise ConfigError("'oparl' in [source] is neither \"auto\", false nor an address",
                          where=_line(path, text, "source", "oparl"), remedy="use \"auto\"")
    if source.hours and source.hours[:5] == source.hours[6:]:
        raise ConfigError("'hours' in [source] is an empty window", where=_line(path, text, "source", "hours"),
                          remedy="leave the key out for any hour")


def _check_alerts(run: RunTable, path: Path, text: str) -> None:
    """That alerts can go out, and that no secret stands in the file. Raises ConfigError (which does not repeat it)."""
    from pipeline.channels import is_mail_address, webhook_objection

    if run.webhook and (objection := webhook_objection(run.webhook)):
        raise ConfigError(f"'webhook' in [run] {objection}", where=_line(path, text, "run", "webhook"),
                          remedy="write an https address, or where the address is kept: \"env:AUSZUG_WEBHOOK\" or "
                                 "\"file:webhook.txt\"")
    try:
        words = shlex.split(run.mail_command)
    except ValueError:
        words = []
    if run.mail_command and not words:
        raise ConfigError("'mail_command' in [run] is no command", where=_line(path, text, "run", "mail_command"),
                          remedy="write it as in \"sendmail -t\", with its quotes in pairs")
    if run.mail_to and not is_mail_address(run.mail_to):
        raise ConfigError("'mail_to' in [run] is no mail address", where=_line(path, text, "run", "mail_to"),
                          remedy="write it as in \"name@example.org\"")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
