"""A data package (Frictionless, https://specs.frictionlessdata.io): `auszug export all|statements -o FILE.zip`.

Part of `output`; read-only. The archive holds the tables as CSV, `datapackage.json` with types, keys and descriptions,
the codebook as Markdown and HTML, quality figures, provenance of every page, checksums, a note on licences and how to
cite. Its version is made of the tables' bytes, and nothing in it depends on the clock: the same database gives the same
bytes.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import msgspec

from pipeline import __version__
from pipeline.output import figures as quality
from pipeline.output.codebook import TableNotes, description, field_type, markdown, page
from pipeline.output.export import DATASETS, relation_result
from pipeline.output.formats import write_file
from pipeline.output.pseudonyms import LIMITS, Pseudonyms
from pipeline.output.result import Result
from pipeline.output.whole_files import whole_file

_TIME = (1980, 1, 1, 0, 0, 0)
"""Time of every file in the archive: the earliest that ZIP knows."""

_PAGES = """(
    SELECT g.page_id, g.source_id, g.kind, v.address, v.fetched_at, v.version, g.content_hash, v.payload_hash,
        v.warc_file, v.record_id
    FROM page_version AS v JOIN page AS g ON g.page_id = v.page_id
    WHERE v.is_current AND g.kind IN ('excerpt', 'meeting', 'paper', 'attendance'))"""
"""Persons' own pages are left out: their addresses say who it is, and the tables do not need them."""
_ITEMS = """(
    SELECT item_id, meeting_id, source_id, item_number, public, title, body, organization, date, result,
        result_outcome, paper_id, paper_reference, has_excerpt, words, sentences, content_hash, extractor
    FROM agenda_item)"""

_MORE: Mapping[str, tuple[str, str, str]] = {
    "agenda-items": (_ITEMS, "item_id", "agenda items"),
    "memberships": ("membership", "person_id, kind, organization, role, first_seen, last_seen, evidence, observations",
                    "persons in committees, roles and factions, over the interval that was observed"),
    "faction-votes": ("faction_vote", "decision_id, vote_index", "votes of factions and single persons on decisions"),
    "pages": (_PAGES, "page_id", "provenance: the page versions that the rows were read from"),
    "sources": ("source", "source_id", "corpora"),
    "coverage": ("quality", "source_id", "how much there is in a corpus, and how much of it is known"),
}
"""Tables of a package besides the data sets: relation, order, what it is."""
_TABLES: Mapping[str, tuple[str, ...]] = {
    "all": ("speaker-positions", "statements", "decisions", "faction-votes", "topic-timeline", "commitments",
            "meetings", "agenda-items", "persons", "memberships", "pages", "sources", "coverage"),
    "statements": ("statements", "meetings", "agenda-items", "persons", "memberships", "pages", "sources", "coverage"),
}
"""Per data set, the tables of its package."""

_KEYS: Mapping[str, tuple[str, ...]] = {
    "statements": ("statement_id",), "decisions": ("decision_id",), "faction-votes": ("decision_id", "vote_index"),
    "topic-timeline": ("topic_id", "meeting_id"), "commitments": ("commitment_id",), "meetings": ("meeting_id",),
    "agenda-items": ("item_id",), "persons": ("person_id",), "pages": ("page_id",), "sources": ("source_id",),
    "coverage": ("source_id",),
}
"""Columns that identify a row (a row of speaker-positions: statement_id and topic_id, which may be empty)."""
_HOMES = {"statement_id": "statements", "decision_id": "decisions", "meeting_id": "meetings", "item_id": "agenda-items",
          "follow_up_item_id": "agenda-items", "person_id": "persons", "source_id": "sources"}
"""Column to the table whose key it is."""


def write_package(
    connection: duckdb.DuckDBPyConnection, dataset: str, output: Path, *, pseudonyms: Pseudonyms | None = None
) -> dict[str, int]:
    """Write the package of `dataset` (`all` or `statements`). Returns the rows by table.

    Raises ExportError where the path cannot be written.
    """
    tables: list[TableNotes] = []
    resources: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="auszug-") as folder, whole_file(output) as temporary:
        files: list[tuple[str, Path | str]] = []
        for name in _TABLES[dataset]:
            path = Path(folder) / f"{name}.csv"
            result = _result(connection, name, pseudonyms)
            rows = write_file(result, "csv", path)
            notes = TableNotes(name, _sentence(result.title or name), rows, result.columns, _KEYS.get(name, ()),
                               _links(name, result, _TABLES[dataset]))
            tables.append(notes)
            resources.append(_resource(notes, path))
            files.append((f"data/{name}.csv", path))
        about = _About(connection, dataset, resources, pseudonymised=pseudonyms is not None)
        title = f"{about.title}: codebook"
        texts = {
            "README.md": about.readme(tables), "CODEBOOK.md": markdown(title, tables),
            "codebook.html": page(title, tables), "LICENCE.md": about.licence(), "CITATION.cff": about.citation(),
            "quality.json": _json(msgspec.to_builtins(quality.read_figures())),
            "datapackage.json": _json(about.descriptor()),
        }
        files = [*sorted(texts.items()), *files]
        sums = "".join(f"{_hash(content)}  {name}\n" for name, content in files)
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            for name, content in (*files, ("SHA256SUMS", sums)):
                _put(archive, name, content)
    return {table.name: table.rows for table in tables}


def _result(connection: duckdb.DuckDBPyConnection, name: str, pseudonyms: Pseudonyms | None) -> Result:
    relation, order, title = DATASETS.get(name) or _MORE[name]
    return relation_result(connection, relation, order, title, pseudonyms)


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _links(name: str, result: Result, tables: tuple[str, ...]) -> tuple[tuple[str, str, str], ...]:
    """Columns of a table that are keys of other tables of the package."""
    return tuple(
        (column.name, home, _KEYS[home][0]) for column in result.columns
        if (home := _HOMES.get(column.name)) and home != name and home in tables
    )


def _resource(table: TableNotes, path: Path) -> dict[str, Any]:
    fields = []
    for column in table.columns:
        field: dict[str, Any] = {"name": column.name, "type": field_type(column), "description": description(column)}
        if field["type"] == "datetime":
            field["format"] = "%Y-%m-%d %H:%M:%S"
        if column.name in table.key:
            field["constraints"] = {"required": True}
        fields.append(field)
    schema: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    if table.key:
        schema["primaryKey"] = list(table.key)
    if table.links:
        schema["foreignKeys"] = [{"fields": [column], "reference": {"resource": other, "fields": [there]}}
                                 for column, other, there in table.links]
    return {
        "name": table.name, "title": table.title, "path": f"data/{table.name}.csv", "profile": "tabular-data-resource",
        "scheme": "file", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True, "header": True},
        "bytes": path.stat().st_size, "hash": f"sha256:{_hash(path)}", "schema": schema,
    }


def _hash(content: Path | str) -> str:
    if isinstance(content, str):
        return hashlib.sha256(content.encode()).hexdigest()
    with content.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _put(archive: zipfile.ZipFile, name: str, content: Path | str) -> None:
    """Add a file with a fixed time and mode."""
    entry = zipfile.ZipInfo(name, _TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    entry.create_system = 3
    if isinstance(content, str):
        archive.writestr(entry, content.encode())
        return
    entry.file_size = content.stat().st_size
    with content.open("rb") as source, archive.open(entry, "w") as target:
        while piece := source.read(1 << 20):
            target.write(piece)


class _About:
    """What a package says about itself."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, dataset: str, resources: list[dict[str, Any]], *,
        pseudonymised: bool,
    ) -> None:
        self.sources = connection.execute("SELECT source_id, title, body, url FROM source ORDER BY ALL").fetchall()
        self.extractors = {row[0] for row in connection.execute(
            "SELECT DISTINCT extractor FROM agenda_item WHERE extractor IS NOT NULL").fetchall()}
        last = connection.execute("SELECT max(finished_at) FROM run WHERE exit_code < 2").fetchone()
        self.made = last[0] if last else None
        first, until, pages = connection.execute(
            "SELECT (SELECT min(date) FROM meeting), (SELECT max(date) FROM meeting), count(*) FROM page").fetchall()[0]
        self.span = f"{first} to {until}" if first else "no dated meeting"
        self.pages = pages
        self.dataset = dataset
        self.pseudonymised = pseudonymised
        self.resources = resources
        tables = "".join(f"{r['name']}={r['hash']}\n" for r in resources)
        self.release = hashlib.sha256(tables.encode()).hexdigest()[:12]
        self.version = f"{__version__}+{self.release}"
        named = "; ".join(str(title or key) for key, title, _, _ in self.sources)
        self.title = f"Minutes of municipal councils as data: {named}"

    def descriptor(self) -> dict[str, Any]:
        """The content of datapackage.json."""
        found: dict[str, Any] = {
            "profile": "data-package", "name": f"auszug-{self.dataset}", "title": self.title, "version": self.version,
            "description": "Who said what in which agenda item, for or against, and what was decided; see README.md.",
            "keywords": ["municipal councils", "minutes", "reported speech", "stance", "German", "ALLRIS"],
            "licenses": [{"name": "other-closed", "title": "The councils' texts: see the note", "path": "LICENCE.md"}],
            "sources": [{"title": str(title or key), **({"path": url} if url else {})}
                        for key, title, _, url in self.sources] or [{"title": "none"}],
            "contributors": [{"title": "The auszug developers", "role": "wrangler"}],
        }
        if self.made is not None:
            found["created"] = f"{self.made:%Y-%m-%dT%H:%M:%SZ}"
        return {**found, "pseudonymised": self.pseudonymised, "resources": self.resources}

    def readme(self, tables: list[TableNotes]) -> str:
        """The first text to read: content, provenance, quality, limits, citation."""
        made = f"{self.made:%Y-%m-%d %H:%M} UTC" if self.made else "unknown"
        lines = [
            f"# {self.title}", "", f"Version {self.version}, database of {made}, meetings {self.span}.", "",
            "| Table | Rows | Content |", "|---|---:|---|",
            *(f"| [{t.name}](data/{t.name}.csv) | {t.rows:,} | {t.title} |" for t in tables), "",
            "The codebook (`CODEBOOK.md`, `codebook.html`) describes every column; `datapackage.json` holds the same "
            "for programs, with types and keys. Check it with `frictionless validate` and the files with "
            "`sha256sum -c SHA256SUMS`.", "",
            "## Provenance", "",
            f"Read by auszug {__version__} from {self.pages:,} pages of:", "",
            *(f"- {title or key}{f' ({body})' if body else ''}{f', {url}' if url else ', from files'}"
              for key, title, body, url in self.sources), "",
            "`pages.csv` names for every page its address, the time of fetching, the hashes of body and content and "
            "its place in the archive. Each row of the tables leads to its page (`page_address`, `content_hash`) and "
            "to its characters there (`section_index`, `start_char`, `end_char`).", "",
            "## Quality", "",
            quality.markdown(quality.read_figures(), self.extractors),
            "The figures are of documents like these, not of these: annotate a sample of your own and compare "
            "(`auszug eval`). `coverage.csv` tells how much is known in each corpus. Minutes are an account by "
            "somebody, not a transcript: what was not minuted is not here, and silence is no consent.", "",
        ]
        if self.pseudonymised:
            lines += ["## Pseudonyms", "", LIMITS, ""]
        lines += ["## Citation", "", self.cite(), "", "Please cite the councils' minutes, too.", ""]
        return "\n".join(lines)

    def cite(self) -> str:
        """How to cite the package, in a line."""
        year = f"{self.made:%Y}" if self.made else "n. d."
        return (f"The auszug developers ({year}): {self.title}. Data package, version {self.version}. Made with auszug "
                f"{__version__}.")

    def citation(self) -> str:
        """CITATION.cff of the data."""
        title = json.dumps(self.title, ensure_ascii=False)
        released = f"date-released: {self.made:%Y-%m-%d}\n" if self.made else ""
        return ("cff-version: 1.2.0\nmessage: Please cite the data as below, and the councils' minutes.\n"
                f"type: dataset\ntitle: {title}\nauthors:\n  - name: The auszug developers\n"
                f"version: \"{self.version}\"\n{released}")

    def licence(self) -> str:
        """A note on rights; not legal advice."""
        return "\n".join([
            "# Rights", "",
            "A note, no legal advice.", "",
            "- The texts (quotes, titles, wording of decisions) are the councils'. Resolutions are official works and "
            "free of copyright in Germany (§ 5 UrhG); for minutes that is disputed. Short quotes with their source are "
            "allowed (§ 51 UrhG), text and data mining for research too (§§ 44b, 60d UrhG). Each site's terms may say "
            "more.",
            "- What the program adds (attribution, act, stance, decisions, links) is claimed by nobody: use it freely, "
            "and say where it is from.",
            "- The demonstration county (Kreis Ahrenfeld) is invented and licensed CC BY 4.0.",
            "- The tables hold personal data: who said what. Council members act in public, guests and citizens less "
            "so. Whoever passes the data on is responsible (GDPR, in research Art. 89); `--pseudonymise` helps, and "
            "does not make the data anonymous.", "",
        ])
