"""Where things lie: what ships with the program, and what a run writes.

Reading goes to the checkout or to the installed wheel (`pipeline/_data`); writing goes below the
working directory's `corpora/`, never into the installation.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from pipeline.errors import ConfigError, InputError

PACKAGE = Path(__file__).resolve().parent
DATABASE_VARIABLE = "AUSZUG_DB"


def data_root() -> Path:
    """The folder that holds `queries/` and `corpora/` as they ship: inside a wheel, or the checkout."""
    installed = PACKAGE / "_data"
    if installed.is_dir():
        return installed
    checkout = PACKAGE.parent
    if (checkout / "queries").is_dir():
        return checkout
    raise ConfigError(
        "the program's queries and corpora are missing", where=PACKAGE, remedy="install the package again"
    )


def queries_folder() -> Path:
    """The folder of the named queries (`*.sql`)."""
    return data_root() / "queries"


def shipped_corpora() -> Path:
    """The folder of the corpora that ship with the program."""
    return data_root() / "corpora"


def output_folder(working: Path | None = None) -> Path:
    """`corpora/` of the working directory: everything that a run writes lies below it. Not created here."""
    return (working or Path.cwd()) / "corpora"


def state_folder(working: Path | None = None) -> Path:
    """The private folder of the batch (work database, locks). Not created here."""
    return output_folder(working) / ".auszug"


def work_database(working: Path | None = None) -> Path:
    """The private work database, which analysts never open."""
    return state_folder(working) / "work.duckdb"


def published_database(chosen: Path | None = None) -> Path:
    """The database that analysts open: `chosen` (--db), else AUSZUG_DB, else `corpora/auszug.duckdb`."""
    if chosen is not None:
        return chosen
    if named := os.environ.get(DATABASE_VARIABLE):
        return Path(named)
    return output_folder() / "auszug.duckdb"


def find_corpus(name: str) -> Path:
    """The folder of the corpus called `name`: a folder, or a name in `./corpora`, or one that ships.

    Raises InputError naming what there is.
    """
    if not name:
        raise InputError("the name of a corpus is empty", remedy="is a variable of the script unset?")
    given = Path(name)
    if (given / "corpus.toml").is_file():
        return given
    if given.name == "corpus.toml" and given.is_file():
        return given.parent
    if given.is_dir():
        raise InputError("the folder has no corpus.toml", where=given, remedy="create one (see README, Corpora)")
    if given.name == name:
        for folder in (output_folder(), shipped_corpora()):
            if (folder / name / "corpus.toml").is_file():
                return folder / name
    known = sorted({path.parent.name for folder in (output_folder(), shipped_corpora())
                    for path in folder.glob("*/corpus.toml")})
    hint = f"say just '{given.name}'" if given.name in known else f"known corpora: {', '.join(known) or 'none'}"
    raise InputError(f"there is no corpus '{name}'", remedy=hint)


def corpora_with_content() -> list[Path]:
    """Every corpus in `./corpora` that has files or an archive, by name: what a command without CORPUS takes.

    Where the working directory has none, those that ship with content.
    """
    for folder in (output_folder(), shipped_corpora()):
        found = [path.parent for path in sorted(folder.glob("*/corpus.toml")) if _has_content(path.parent)]
        if found:
            return found
    raise InputError("no corpus here has files or an archive", where=output_folder(),
                     remedy="name a corpus, or put a folder with corpus.toml and pages there")


def _has_content(corpus: Path) -> bool:
    archive = corpus / "archive"
    if archive.is_dir() and any(archive.glob("*.warc*")):
        return True
    return any(path.suffix.lower() in {".txt", ".html", ".htm"} for path in corpus.iterdir() if path.is_file())


def refuse_other_files(database: Path) -> None:
    """Raises InputError where `database` is not what a batch may put its publication in the place of.

    That is a folder or a device, a file that is no DuckDB database, or a database of something else. One that cannot be
    read is let pass: it may be a damaged publication.
    """
    if database.exists() and not database.is_file():
        raise InputError("is a folder, a device or a pipe", where=database, remedy="name a file with --db")
    if not database.is_file() or not database.stat().st_size:
        return
    with database.open("rb") as file:
        head = file.read(12)
    if head[8:] != b"DUCK":
        raise InputError("is no DuckDB database, and would be overwritten", where=database,
                         remedy="name another file with --db, or delete this one")
    import duckdb

    with contextlib.suppress(duckdb.Error), contextlib.closing(duckdb.connect(str(database), read_only=True)) as found:
        if not found.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'schema_version'").fetchone():
            raise InputError("is a DuckDB database of something else, and would be overwritten", where=database,
                             remedy="name another file with --db, or delete this one")


def find_topic(name: str, corpus: Path | None = None) -> Path:
    """The topic file `name`.toml: in `topics/` beside the corpus, in `./corpora/topics`, or as shipped.

    Raises ConfigError naming the topics there are.
    """
    beside = [corpus.parent / "topics"] if corpus else []
    folders = list(dict.fromkeys([*beside, output_folder() / "topics", shipped_corpora() / "topics"]))
    for folder in folders:
        if (folder / f"{name}.toml").is_file():
            return folder / f"{name}.toml"
    known = sorted({path.stem for folder in folders for path in folder.glob("*.toml")})
    raise ConfigError(f"there is no topic '{name}'", where=corpus / "corpus.toml" if corpus else None,
                      remedy=f"known topics: {', '.join(known) or 'none'}; a topic is a file in {folders[0]}")


def topic_files() -> list[Path]:
    """Every topic there is, by name: those of `./corpora/topics`, then those that ship under another name."""
    found: dict[str, Path] = {}
    for folder in (output_folder() / "topics", shipped_corpora() / "topics"):
        for path in sorted(folder.glob("*.toml")):
            found.setdefault(path.stem, path)
    return [found[name] for name in sorted(found)]
