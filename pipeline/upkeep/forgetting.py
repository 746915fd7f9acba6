"""The whole of `auszug forget`, in order: list, work database, publications, corrections, run files, archive.

Part of `upkeep`. The list comes first: from then on no build publishes the name, and whatever is interrupted is
finished by calling the command again.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import shutil
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import msgspec

from pipeline.config import Corpus, load_corpus
from pipeline.errors import AuszugError, StoreError
from pipeline.harvest.runs import Lock
from pipeline.link.names import fold, parse_name
from pipeline.lock import RunLock
from pipeline.paths import shipped_corpora
from pipeline.store.database import WorkDatabase, open_published, open_work
from pipeline.store.publications import publications
from pipeline.upkeep import forget, forgotten
from pipeline.upkeep.corrections_file import without_entries
from pipeline.upkeep.exports import LOG as EXPORTS
from pipeline.upkeep.exports import Export, exports
from pipeline.upkeep.forget import Target
from pipeline.upkeep.forget_files import Reader, blank_json, blank_ledger, make_private, replace
from pipeline.upkeep.forgotten import Forgotten
from pipeline.upkeep.removal import Removed, remove_forgotten

CACHE = "pages"
"""Folder of parsed pages in the state folder (`build.cache`): a copy of what the archive says."""


class Report(msgspec.Struct, kw_only=True):
    """What was done, for people. `left` are things that the operator must do: exit code 1."""

    persons: tuple[str, ...] = ()
    """Who is meant, as the database has the name; only of a dry run, which is there to look."""
    rows: dict[str, int] = {}
    publications: list[str] = []
    deleted: list[str] = []
    files: list[str] = []
    corrections: int = 0
    records: int = 0
    withheld: int = 0
    exported: list[Export] = []
    left: list[str] = []
    dry_run: bool = False


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """Where the command works: the published database, the work database, the folder of the corpora."""

    target: Path
    work: Path
    corpora: Path


def forget_person(
    person: str, places: Places, *, body: str | None = None, source: str | None = None, purge_archive: bool = False,
    dry_run: bool = False, clock: Callable[[], dt.datetime], tell: Callable[[str], None] = lambda _: None,
) -> Report:
    """Forget `person` (a name, or a person_id). Raises InputError where it is nobody, `Ambiguous` where several.

    `dry_run`: only count. Raises AuszugError where something cannot be written; the list then holds the person, and the
    command finishes when it is called again.
    """
    with contextlib.ExitStack() as stack:
        if not dry_run:
            stack.enter_context(RunLock(places.work.parent, command="auszug forget", clock=clock))
        work = stack.enter_context(open_work(places.work)) if places.work.is_file() else None
        connection = work.connection if work is not None else stack.enter_context(
            contextlib.closing(open_published(places.target)))
        listed = Forgotten.load(places.corpora)
        scopes = _scopes(connection)
        target: Target | None = None
        # on the list, and nobody of this very name: an earlier call was interrupted, or now the archive is to be purged
        if not _on_list(listed, scopes, person) or forget.exact(
                forget.candidates(connection, person, body=body, source=source), person):
            target = forget.target_of(connection, person, body=body, source=source)
        if target is not None:
            if dry_run:
                listed = listed if listed.entries else Forgotten((), b"not kept")
            else:
                listed = forgotten.opened(places.corpora)
            listed = listed.with_entry(_entry(listed, target, clock()))
        if dry_run:
            report = _count(connection, listed, places)
            report.persons = target.names if target is not None else ()
            return report
        listed.save(places.corpora)
        return _carry_out(work, listed, scopes, places, purge_archive=purge_archive, clock=clock, tell=tell)


def _entry(listed: Forgotten, target: Target, now: dt.datetime) -> forgotten.Entry:
    numbers = [] if target.number is None else [str(target.number)]
    return forgotten.make_entry(listed, target.place, target.names, since=f"{now:%Y-%m-%d}", numbers=numbers,
                                gender=target.gender)


def _scopes(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """The municipalities of each corpus, as the list has them."""
    found: dict[str, dict[str, None]] = {}
    for source, source_body, body in connection.execute("""
        SELECT s.source_id, s.body, b.body FROM source AS s
        LEFT JOIN (SELECT DISTINCT source_id, body FROM agenda_item UNION SELECT source_id, body FROM meeting
            UNION SELECT source_id, body FROM person) AS b ON b.source_id = s.source_id ORDER BY ALL""").fetchall():
        found.setdefault(source, {})[forgotten.scope(body, source_body, source)] = None
        found[source][forgotten.scope(None, source_body, source)] = None
    return {source: list(places) for source, places in found.items()}


def _on_list(listed: Forgotten, scopes: Mapping[str, list[str]], person: str) -> bool:
    name = parse_name(person)
    if name is None:
        return False
    family = " ".join(forgotten.family_words(name.family))
    given = fold(name.given or "").split()
    return any(
        listed.hash("family", place, family) in entry.families
        and (not given or any(listed.hash("given", place, word) in entry.given for word in given))
        for entry in listed.entries for place in {place for mine in scopes.values() for place in mine})


def _count(connection: duckdb.DuckDBPyConnection, listed: Forgotten, places: Places) -> Report:
    """What would change in the database, counted in a transaction that is taken back."""
    report = Report(dry_run=True, exported=exports(places.work.parent))
    if not places.work.is_file():
        return report
    connection.execute("BEGIN")
    try:
        report.rows = remove_forgotten(connection, listed).rows
    finally:
        connection.execute("ROLLBACK")
    report.publications = [str(path) for path in publications(places.target)]
    return report


def _carry_out(
    work: WorkDatabase | None, listed: Forgotten, scopes: Mapping[str, list[str]], places: Places, *,
    purge_archive: bool, clock: Callable[[], dt.datetime], tell: Callable[[str], None],
) -> Report:
    report = Report(exported=exports(places.work.parent))
    reader = Reader(listed, (place for mine in scopes.values() for place in mine))
    removed = Removed()
    addresses: dict[str, set[str]] = {}
    if work is not None:
        tell("work database")
        removed = forget.remove_from_work(work, listed)
        addresses = _addresses(work, removed)
        reader.shared = frozenset(removed.shared)
        report.rows = removed.rows
    for path in publications(places.target):
        tell(f"publication {path.name}")
        try:
            if forget.forget_in_publication(path, listed):
                report.publications.append(str(path))
        except StoreError as error:
            if path == places.target or not error.what.startswith("the database has schema version"):
                raise
            path.unlink()  # this program can neither read nor offer it any more
            report.deleted.append(str(path))
    tell("run files and caches")
    report.files += _state_files(places.work.parent, reader, removed.sources or scopes)
    for corpus in _corpora(places.corpora, scopes, report):
        tell(f"corpus {corpus.name}")
        reader = Reader(listed, scopes[corpus.name])
        reader.shared = frozenset(removed.shared)
        with Lock.of_corpus(corpus.folder) if corpus.archive.is_dir() else contextlib.nullcontext():
            _corpus_files(corpus, reader, removed, report, clock())
            if purge_archive:
                _purge(corpus, reader, addresses.get(corpus.name, set()), report, clock())
        left = make_private(corpus.folder.glob("archive/*.warc*"))
        report.left += [f"{path}: its mode cannot be changed; let only its owner read it" for path in left]
        for path in corpus.page_files() if corpus.files.paths else ():
            if reader.names(path.read_text("utf-8", "replace")):
                report.left.append(f"{path}: a page that was given names the person; only you can change or delete it")
    return report


def _corpora(folder: Path, scopes: Mapping[str, list[str]], report: Report) -> Iterator[Corpus]:
    """The corpora below the working directory that are in the database."""
    for name in scopes:
        if not (folder / name / "corpus.toml").is_file():
            continue
        if (folder / name).resolve().is_relative_to(shipped_corpora().resolve()) and not _is_ours(folder):
            continue
        try:
            yield load_corpus(folder / name)
        except AuszugError as error:
            report.left.append(f"{error}; then call auszug forget again")


def _is_ours(folder: Path) -> bool:
    """Whether the working directory is the checkout itself: its corpora are then the user's."""
    return folder.resolve() == shipped_corpora().resolve()


def _addresses(work: WorkDatabase, removed: Removed) -> dict[str, set[str]]:
    """The addresses of the pages whose rows changed, by corpus."""
    found: dict[str, set[str]] = {}
    keys = sorted({*removed.pages, *(key.replace("/meeting/", "/attendance/", 1) for key in removed.lists)})
    for source, address in work.connection.execute(
        """SELECT p.source_id, v.address FROM page AS p JOIN page_version AS v ON v.page_id = p.page_id
        WHERE p.page_id IN (SELECT unnest(?))""", [keys]).fetchall():
        found.setdefault(source, set()).add(address)
    return found


def _state_files(state: Path, reader: Reader, sources: Iterable[str]) -> list[str]:
    """Blank names in the notes of batches, and delete the parsed pages of `sources`; returns what changed.

    A later build parses the pages again, and keeps them in a folder that only its owner can read.
    """
    changed = [str(path) for path in (*sorted(state.glob("*.json")), *sorted(state.glob("*.jsonl")))
               if path.name != EXPORTS and blank_json(path, reader)]
    for source in sources:
        kept = state / CACHE / source
        if kept.is_dir():
            shutil.rmtree(kept)
            kept.mkdir(mode=0o700)
            changed.append(str(kept))
    return changed


def _corpus_files(corpus: Corpus, reader: Reader, removed: Removed, report: Report, now: dt.datetime) -> None:
    for path in sorted(corpus.folder.glob("runs/*.json")):
        if blank_json(path, reader):
            report.files.append(str(path))
    if blank_ledger(corpus.folder / "ledger.sqlite", reader):
        report.files.append(str(corpus.folder / "ledger.sqlite"))
    path = corpus.folder / "corrections.toml"
    if path.is_file():
        changed = _corrections(path, reader, removed, now)
        if changed:
            report.corrections += changed
            report.files.append(str(path))


def _corrections(path: Path, reader: Reader, removed: Removed, now: dt.datetime) -> int:
    """Take the entries about the person out of a file of corrections; returns how many."""
    before = path.read_bytes().decode("utf-8")
    said = {_mark(one) for one in map(json.loads, filter(None, removed.corrections)) if one.get("quote")}

    def is_theirs(_kind: str, entry: dict[str, Any]) -> bool:
        texts = [value for value in entry.values() if isinstance(value, str)]
        if entry.get("person") and not reader.is_name(entry["person"]) and entry["person"] not in removed.persons:
            return any(entry.get(key) in removed.persons for key in ("other",))  # it is about somebody else
        return _mark(entry) in said or any(
            text in removed.persons or reader.names(text) or reader.is_name(text) for text in texts)

    note = f"an entry was removed on request on {now:%Y-%m-%d} (auszug forget)"
    after, count = without_entries(before, is_theirs, note=note, where=str(path))
    after = reader.blank(after)  # what is left are comments
    if after != before:
        tomllib.loads(after)
        replace(path, after.encode("utf-8"))
    return count or int(after != before)


def _mark(entry: Mapping[str, Any]) -> tuple[str, str, str]:
    """What tells a correction that quotes from others: the day, the item, the words."""
    return str(entry.get("date")), str(entry.get("item")), str(entry.get("quote"))


def _purge(corpus: Corpus, reader: Reader, addresses: set[str], report: Report, now: dt.datetime) -> None:
    from pipeline.upkeep import purge

    found = purge.find(corpus.archive, reader.names, addresses)
    done = purge.purge(corpus.archive, found, corpus=corpus.name, now=now)
    report.records += done.records
    report.withheld += len(done.addresses)
    report.files += [str(corpus.archive / name) for name in done.files]
    if done.records:  # it is made anew from the archive, which now says what is withheld
        for path in corpus.folder.glob("ledger.sqlite*"):
            path.unlink()
        report.left.append(f"{corpus.name}: {len(done.addresses)} pages left the archive; their rows leave the "
                           f"database with the next build: auszug build {corpus.name}")
