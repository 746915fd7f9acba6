"""Named queries: `queries/*.sql`, each with a header that says what it answers, and how.

Part of `output`; read-only. A query file opens with

    -- title: Who changed sides
    -- question: Who moved from support to opposition of a topic, or back, and when?
    -- param topic text = 'sro': name of the topic
    -- param since date = null: only meetings from this day on
    -- column date: day of the item in which the move shows first
    -- caveat: ...

followed by one SELECT that names its parameters `$topic`. Types: text, date, integer, number, boolean,
or a choice `a|b`. Without a default a parameter is required. A column without text has the description
of the table or view column of its name.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import duckdb
import msgspec

from pipeline.errors import QueryError
from pipeline.output.result import Result
from pipeline.store import schema

Value = str | int | float | bool | dt.date | None


class Parameter(msgspec.Struct, frozen=True):
    """A parameter of a query. `required`: it has no default."""

    name: str
    type: str
    description: str
    default: Value = None
    required: bool = False


class Query(msgspec.Struct, frozen=True):
    """A named query. `columns`: name and description, in order."""

    name: str
    title: str
    question: str
    parameters: tuple[Parameter, ...]
    columns: tuple[tuple[str, str], ...]
    caveats: tuple[str, ...]
    sql: str


_LINE = re.compile(r"^-- (title|question|caveat|param|column)\b:? ?(.*)$")
_PARAMETER = re.compile(r"^(?P<name>[a-z_]+) (?P<type>[a-z_|]+)(?: = (?P<default>'[^']*'|[^:]+?))?: (?P<text>.+)$")
_TYPES = ("text", "date", "integer", "number", "boolean")


def load_queries(folder: Path) -> dict[str, Query]:
    """Every query of `folder` by name. Raises QueryError where a header is not understood."""
    return {path.stem: parse_query(path.stem, path.read_text("utf-8"), where=str(path))
            for path in sorted(folder.glob("*.sql"))}


def parse_query(name: str, text: str, *, where: str) -> Query:
    """The query in `text`. Raises QueryError with file and line."""
    described = _descriptions()
    found: dict[str, list[str]] = {"title": [], "question": [], "caveat": []}
    parameters: list[Parameter] = []
    columns: list[tuple[str, str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("--"):
            break
        match = _LINE.match(line)
        if match is None:
            raise QueryError(f"not a line of a header: {line}", where=f"{where}:{number}",
                             remedy="headers have title, question, param, column, caveat")
        kind, rest = match[1], match[2].strip()
        if kind == "param":
            parameters.append(_parameter(rest, f"{where}:{number}"))
        elif kind == "column":
            column, _, own = rest.partition(":")
            if not own.strip() and column not in described:
                raise QueryError(f"the column {column} needs a description", where=f"{where}:{number}")
            columns.append((column.strip(), own.strip() or described[column.strip()]))
        else:
            found[kind].append(rest)
    if not found["title"] or not found["question"]:
        raise QueryError("the header needs a title and a question", where=where)
    sql = "\n".join(line for line in text.splitlines() if not _LINE.match(line)).strip().rstrip(";")
    return Query(name, " ".join(found["title"]), " ".join(found["question"]), tuple(parameters), tuple(columns),
                 tuple(found["caveat"]), sql)


def _parameter(text: str, where: str) -> Parameter:
    match = _PARAMETER.match(text)
    if match is None or not (match["type"] in _TYPES or "|" in match["type"]):
        raise QueryError(f"not a parameter: {text}", where=where, remedy="write: name type = default: description")
    default = match["default"]
    bare = Parameter(match["name"], match["type"], match["text"])
    if default is None:
        return msgspec.structs.replace(bare, required=True)
    value = None if default == "null" else _converted(bare, default.strip("'"), where)
    return msgspec.structs.replace(bare, default=value)


def _descriptions() -> dict[str, str]:
    found: dict[str, str] = {}
    for view in schema.views():
        for name, text in view.columns.items():
            found.setdefault(name, text)
    for table in schema.tables():
        for column in table.columns:
            found.setdefault(column.name, column.description.split(" [")[0])
    return found


# -------------------------------------------------------------------------- running

def find_query(queries: Mapping[str, Query], name: str) -> Query:
    """The query called `name`. Raises QueryError naming the nearest ones."""
    if name in queries:
        return queries[name]
    raise QueryError(f"there is no query '{name}'", remedy=nearest(name, queries, "list them with: auszug query"))


def nearest(name: str, known: Iterable[str], otherwise: str) -> str:
    """What to say to somebody who typed `name` and not one of `known`."""
    close = difflib.get_close_matches(name.lower().replace("-", "_"), list(known), n=3, cutoff=0.5)
    return f"did you mean {' or '.join(close)}?" if close else otherwise


def run_query(connection: duckdb.DuckDBPyConnection, query: Query, given: Mapping[str, str]) -> Result:
    """The result of `query` with the parameters `given` (as typed). Raises QueryError for a wrong name or value."""
    known = {parameter.name: parameter for parameter in query.parameters}
    for name in given:
        if name not in known:
            offer = f"its parameters: {', '.join(known) or 'none'}"
            raise QueryError(f"the query {query.name} has no parameter '{name}'", remedy=nearest(name, known, offer))
    values: dict[str, Value] = {}
    for name, parameter in known.items():
        if name in given:
            values[name] = _converted(parameter, given[name], query.name)
        elif parameter.required:
            raise QueryError(f"the query {query.name} needs -p {name}=... ({parameter.description})")
        else:
            values[name] = parameter.default
    check_names(connection, values, known)
    return Result(connection, query.sql, values, dict(query.columns), title=query.title, where=query.name)


def mixed_corpora(connection: duckdb.DuckDBPyConnection, query: Query, given: Mapping[str, str]) -> list[str]:
    """The corpora whose rows a query puts together because no `source` was given; none where there is one, or none."""
    if "source" in given or "source" not in {parameter.name for parameter in query.parameters}:
        return []
    found = [name for (name,) in connection.execute("SELECT source_id FROM source ORDER BY source_id").fetchall()]
    return found if len(found) > 1 else []


def check_names(
    connection: duckdb.DuckDBPyConnection, values: Mapping[str, Value], known: Iterable[str]
) -> None:
    """Raises QueryError for a `topic` or `source` that the database does not have.

    It would give an empty table, which looks like an answer.
    """
    for name, what in (("topic", "topic"), ("source", "corpus")):
        value = values.get(name)
        if name not in known or value is None:
            continue
        sql = f"SELECT {name}_id FROM {name} ORDER BY ALL"  # noqa: S608  (the two names above)
        there = [row[0] for row in connection.execute(sql).fetchall()]
        if value not in there:
            raise QueryError(f"the database has no {what} '{value}'",
                             remedy=nearest(str(value), there, f"there is: {', '.join(there) or 'none'}"))


def parse_assignments(pairs: Iterable[str]) -> dict[str, str]:
    """`key=value` arguments as a dict. Raises QueryError for one without `=`, or given twice."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise QueryError(f"'{pair}' is no parameter", remedy="write it as -p name=value")
        if name in found:
            raise QueryError(f"the parameter '{name}' is given twice")
        found[name] = value
    return found


def _converted(parameter: Parameter, text: str, where: str) -> Value:
    """`text` as a value of the parameter's type. Raises QueryError saying how to write one."""
    if "|" in parameter.type:
        choices = parameter.type.split("|")
        if text in choices:
            return text
        raise QueryError(f"{parameter.name}: '{text}' is not one of {', '.join(choices)}", where=where,
                         remedy=nearest(text, choices, "choose one of them"))
    convert, example = _CONVERSIONS[parameter.type]
    try:
        return convert(text.strip())
    except (ValueError, OverflowError):
        raise QueryError(f"{parameter.name}: '{text}' is no {parameter.type}", where=where,
                         remedy=f"write it as in {example}") from None


def _boolean(text: str) -> bool:
    values = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if text.lower() not in values:
        raise ValueError(text)
    return values[text.lower()]


def _integer(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,12}", text):  # counts and lengths: none is negative
        raise ValueError(text)
    return int(text)


def _text(text: str) -> str:
    if not text:  # it would be part of everything
        raise ValueError(text)
    return text


def _number(text: str) -> float:
    if not re.fullmatch(r"[+-]?[0-9]{1,12}([.][0-9]{1,12})?", text):
        raise ValueError(text)
    return float(text)


def _date(text: str) -> dt.date:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError(text)
    return dt.date.fromisoformat(text)


_CONVERSIONS: dict[str, tuple[Callable[[str], Value], str]] = {
    "text": (_text, "name"), "date": (_date, "2023-08-31"), "integer": (_integer, "10"), "number": (_number, "0.5"),
    "boolean": (_boolean, "true or false"),
}


# ------------------------------------------------------------------------ catalogue

def catalogue(queries: Mapping[str, Query]) -> str:
    """`queries/README.md`: every query with its question, parameters, columns and caveats."""
    lines = [
        "# Named queries", "",
        "Generated from the headers of the files in this folder by `python -m pipeline.output.query`; do not edit.", "",
        "Run one with `auszug query NAME -p parameter=value`, in any format:",
        "`--format table|csv|json|parquet|xlsx|md -o FILE`.", "", "| Query | Question |", "|---|---|",
        *(f"| [`{q.name}`](#{q.name}) | {q.question} |" for q in queries.values()), "",
    ]
    for q in queries.values():
        lines += [f"## {q.name}", "", f"**{q.title}.** {q.question}", ""]
        if q.parameters:
            lines += ["| Parameter | Type | Default | Meaning |", "|---|---|---|---|"]
            lines += [f"| `{p.name}` | {p.type.replace('|', ', ')} | {_shown(p)} | {p.description} |"
                      for p in q.parameters]
            lines.append("")
        lines += ["| Column | Meaning |", "|---|---|", *(f"| `{name}` | {text} |" for name, text in q.columns), ""]
        lines += [f"- {caveat}" for caveat in q.caveats] + ([""] if q.caveats else [])
    return "\n".join(lines).rstrip() + "\n"


_PIPE = "\\|"
"""A vertical bar in a cell of a Markdown table."""


def _shown(parameter: Parameter) -> str:
    if parameter.required:
        return "required"
    return "all" if parameter.default is None else f"`{str(parameter.default).replace('|', _PIPE)}`"


def write_catalogue() -> Path:
    """Write the catalogue beside the queries of the checkout. Returns its path."""
    from pipeline.paths import queries_folder

    path = queries_folder() / "README.md"
    path.write_text(catalogue(load_queries(queries_folder())), "utf-8")
    return path


if __name__ == "__main__":
    print(write_catalogue())
