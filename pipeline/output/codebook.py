"""The codebook of exported tables, as Markdown and as a page: what every table and column means.

Part of `output`; pure. Descriptions are the comments of the schema (`store/schema.sql`, `views.sql`), so there is one
source for the database, this codebook and `datapackage.json`.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

import msgspec

from pipeline.output.result import Column


class TableNotes(msgspec.Struct, frozen=True):
    """A table for the codebook. `key`: columns that identify a row; `links`: column to (table, column)."""

    name: str
    title: str
    rows: int
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    links: tuple[tuple[str, str, str], ...] = ()


FIELD_TYPES = {
    "BOOLEAN": "boolean", "DATE": "date", "TIMESTAMP": "datetime", "DOUBLE": "number", "FLOAT": "number",
    "TINYINT": "integer", "SMALLINT": "integer", "INTEGER": "integer", "BIGINT": "integer", "HUGEINT": "integer",
}
"""DuckDB type to the type in a data package; any other is a string, and so are lists, joined by `; `."""


def field_type(column: Column) -> str:
    """The type of a column in a data package."""
    return "number" if column.type.startswith("DECIMAL") else FIELD_TYPES.get(column.type, "string")


def description(column: Column) -> str:
    """What a column means; of a list also how it is written."""
    text = column.description or ""
    return f"{text} (several: joined by '; ')" if column.type.endswith("[]") else text


CONVENTIONS = (
    "An empty cell is unknown or not told: not knowing is a value, never a guess.",
    "Texts that begin with =, +, -, @ or a control character have an apostrophe before them, so that no spreadsheet "
    "runs them.",
    "Keys are the same after every rebuild from the same archive. Characters (start_char, end_char) count code points "
    "from 0 in the section's text as it stands on the page.",
    "Confidences are the program's, from 0 to 1; they order results, and are calibrated on annotated documents only "
    "as far as the quality figures say.",
)
"""What holds for every table."""


def markdown(title: str, tables: Iterable[TableNotes]) -> str:
    """The codebook as Markdown."""
    lines = [f"# {title}", "", *(f"- {text}" for text in CONVENTIONS), ""]
    for table in tables:
        lines += [f"## {table.name}", "", f"{table.title}. {_rows(table)}", ""]
        if table.key:
            lines += [f"Key: {', '.join(f'`{name}`' for name in table.key)}", ""]
        lines += ["| Column | Type | Meaning |", "|---|---|---|"]
        lines += [f"| `{c.name}` | {field_type(c)} | {_cell(_meaning(table, c))} |" for c in table.columns]
        lines.append("")
    return "\n".join(lines)


def page(title: str, tables: Sequence[TableNotes]) -> str:
    """The codebook as a self-contained HTML page."""
    parts = [_HEAD.format(title=html.escape(title)), f"<h1>{html.escape(title)}</h1>", "<ul>"]
    parts += [f"<li>{html.escape(text)}</li>" for text in CONVENTIONS]
    parts += ["</ul>", '<nav aria-label="Tables"><ul>']
    parts += [f'<li><a href="#{table.name}">{table.name}</a>: {html.escape(table.title)}</li>' for table in tables]
    parts.append("</ul></nav>")
    for table in tables:
        key = f" Key: {', '.join(table.key)}." if table.key else ""
        parts += [f'<section id="{table.name}"><h2>{table.name}</h2>',
                  f"<p>{html.escape(table.title)}. {_rows(table)}{key}</p>",
                  '<table><thead><tr><th scope="col">Column</th><th scope="col">Type</th><th scope="col">Meaning</th>'
                  "</tr></thead><tbody>"]
        parts += [f'<tr><th scope="row"><code>{c.name}</code></th><td>{field_type(c)}</td>'
                  f"<td>{html.escape(_meaning(table, c))}</td></tr>" for c in table.columns]
        parts.append("</tbody></table></section>")
    parts.append("</main></body></html>\n")
    return "\n".join(parts)


def _rows(table: TableNotes) -> str:
    return f"{table.rows:,} row{'' if table.rows == 1 else 's'}."


def _meaning(table: TableNotes, column: Column) -> str:
    to = next((f"; refers to {other}.{there}" for name, other, there in table.links if name == column.name), "")
    return f"{description(column)}{to}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


_HEAD = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; color: #1b1b1b; background: #fff; margin: 0 }}
main {{ max-width: 62rem; margin: 0 auto; padding: 1rem }}
table {{ border-collapse: collapse; width: 100%; display: block; overflow-x: auto }}
th, td {{ text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #ccc }}
</style></head><body><main>"""
