"""Word text in HTML as section text: blocks, line breaks and tables (`pages`, the heart of excerpts and papers).

Word's export splits words over spans (`fü` | `r`): texts are joined with the empty string and only block elements
and `br` break. What a browser would not show (scripts, titles of embedded documents, hidden parts) is left out.
The numbers that a browser makes for lists are in no text of the page, so they are not in the section's. Walks are
iterative: no page nests too deep.
"""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from pipeline.pages.tree import Element
from pipeline.records import Table

BLOCKS = frozenset(
    "address article aside blockquote body center dd details dir div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr html li main menu nav ol p pre section summary ul".split()
)
SKIPPED = frozenset(
    "script style title head noscript template select option textarea button svg math iframe object embed audio "
    "video".split()
)
BREAKING = BLOCKS | {"br", "caption", "table", "td", "th", "tr"}
"""The elements that part texts. `BlockReader` need not hear of any other: most of a page are spans."""
MAX_COLSPAN = 50
MAX_ROWSPAN = 200
"""No vote table is wider or taller; larger spans are faults, and would make a page grow without limit."""

MAX_FILLERS = 20_000
"""Cells that spans may add to one table, for the same reason."""

MAX_PADDED = 200_000
"""Cells up to which short rows are filled up to the table's width."""

LAYOUT_PARAGRAPH = 100
"""A cell of several paragraphs, one of them longer than this, makes the table a layout (names, votes are shorter)."""

_ASCII_SPACE = re.compile(r"[ \t\r\n\f]{2,}|[\t\r\n\f]")
_AROUND_BREAK = re.compile(" ?\v ?")
_INVISIBLE = re.compile("[\xad\u200b-\u200f\u2060\u202a-\u202e\ufeff\x00-\x08\x0e-\x1f\x7f-\x9f]")
_HIDDEN_STYLE = re.compile(r"display\s{0,3}:\s{0,3}none", re.IGNORECASE)

_Block = str | tuple[tuple[str, ...], ...]


class _OpenTable:
    """A table while it is being read: finished rows, the row in work, and cells that reach down (rowspan)."""

    def __init__(self) -> None:
        self.rows: list[list[list[str]]] = []
        self.row: list[list[str]] | None = None
        self.cell: list[str] | None = None
        self._reach: dict[int, int] = {}
        self._new_reach: dict[int, int] = {}
        self._fillers = MAX_FILLERS

    def start_row(self) -> None:
        self.end_row()
        self.row = []

    def start_cell(self, colspan: int, rowspan: int) -> None:
        if self.row is None:
            self.row = []
        self._skip_reached(self.row)
        self.cell = []
        colspan = min(colspan, self._fillers + 1)
        self._fillers -= colspan - 1
        if rowspan > 1:
            self._new_reach.update((column, rowspan - 1) for column in range(len(self.row), len(self.row) + colspan))
        self.row.append(self.cell)
        self.row.extend([] for _ in range(colspan - 1))

    def end_row(self) -> None:
        self.cell = None
        if self.row is None:
            return
        self._skip_reached(self.row)
        self.rows.append(self.row)
        self.row = None
        self._reach = {column: left - 1 for column, left in self._reach.items() if left > 1} | self._new_reach
        self._new_reach = {}

    def _skip_reached(self, row: list[list[str]]) -> None:
        while len(row) in self._reach and self._fillers > 0:
            self._fillers -= 1
            row.append([])


class BlockReader:
    """Collects the text of a region, fed with its start tags, texts and end tags in document order.

    Texts are put into `buffer` (always the same list). Of tags only those in `BREAKING` matter.
    """

    def __init__(self) -> None:
        self.buffer: list[str] = []
        self._blocks: list[_Block] = []
        self._tables: list[_OpenTable] = []

    def start(self, tag: str, element: Element) -> None:
        if tag == "br":
            self.buffer.append("\v")
        elif tag in ("td", "th"):
            self._flush()
            if self._tables:
                self._tables[-1].start_cell(
                    _span(element, "colspan", MAX_COLSPAN), _span(element, "rowspan", MAX_ROWSPAN)
                )
        elif tag == "tr":
            self._flush()
            if self._tables:
                self._tables[-1].start_row()
        elif tag == "table":
            self._flush()
            self._tables.append(_OpenTable())
        else:
            self._flush()

    def end(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._flush()
            if self._tables:
                self._tables[-1].cell = None
        elif tag == "tr":
            self._flush()
            if self._tables:
                self._tables[-1].end_row()
        elif tag == "table":
            self._flush()
            if self._tables:
                self._close_table()
        elif tag != "br":
            self._flush()

    def finish(self) -> tuple[str, tuple[Table, ...]]:
        """The region's text, and its tables with their offsets in it."""
        self._flush()
        while self._tables:
            self._close_table()
        return assemble(self._blocks)

    def _flush(self) -> None:
        if not self.buffer:
            return
        text = "".join(self.buffer).strip(" \t\r\n\f")
        self.buffer.clear()
        if not text:
            return
        if "  " in text or not text.isprintable():
            text = _ASCII_SPACE.sub(" ", text)
            if "\v" in text:
                text = _AROUND_BREAK.sub("\n", text)
            text = _INVISIBLE.sub("", text.replace("\xa0", " "))
            text = text.strip(" \n")
        if "\n" in text:
            self._sink().extend(split_at_blank_lines(text))
        elif text:
            self._sink().append(text)

    def _sink(self) -> list[Any]:
        for table in reversed(self._tables):
            if table.cell is not None:
                return table.cell
        return self._blocks

    def _close_table(self) -> None:
        table = self._tables.pop()
        table.end_row()
        sink = self._sink()
        for block in _table_blocks(table.rows):
            if not self._tables or sink is self._blocks:
                sink.append(block)
            else:
                sink.append(
                    block if isinstance(block, str) else " ".join(" ".join(c for c in row if c) for row in block)
                )


def split_at_blank_lines(text: str) -> list[str]:
    """The blocks of a text whose blocks are parted by blank lines; lines keep their ends, not their margins."""
    parts: list[list[str]] = [[]]
    for line in text.split("\n"):
        line = line.strip(" ")
        if line:
            parts[-1].append(line)
        elif parts[-1]:
            parts.append([])
    return ["\n".join(part) for part in parts if part]


def _span(element: Element, name: str, limit: int) -> int:
    value = element.get(name)
    if value is None:
        return 1
    value = value.strip()
    return min(max(int(value), 1), limit) if value.isascii() and value.isdecimal() and len(value) < 6 else 1


def _table_blocks(rows: list[list[list[str]]]) -> list[_Block]:
    """A read table as one data block, or as plain blocks where it only lays out running text."""
    filled = [row for row in rows if any(cell for cell in row)]
    if not filled:
        return []
    width = max(len(row) for row in filled)
    cells = [cell for row in filled for cell in row]
    padded = width if width * len(filled) <= MAX_PADDED else 0
    running = any(len(cell) > 1 and max(map(len, cell)) > LAYOUT_PARAGRAPH for cell in cells)
    single = width == 1 and (len(filled) == 1 or any(len(cell) > 1 or len("".join(cell)) > 80 for cell in cells))
    if running or single:
        return [block for cell in cells for block in cell]
    return [
        tuple(
            tuple(" ".join(cell).replace("\n", " ").replace("\t", " ") for cell in row + [[]] * (padded - len(row)))
            for row in filled
        )
    ]


def assemble(blocks: list[_Block]) -> tuple[str, tuple[Table, ...]]:
    """Blocks as section text (parted by one blank line), and the tables among them with their offsets."""
    parts: list[str] = []
    tables: list[Table] = []
    offset = 0
    for block in blocks:
        text = block if isinstance(block, str) else "\n".join("\t".join(row) for row in block)
        if parts:
            offset += 2
        if not isinstance(block, str):
            tables.append(Table(start=offset, end=offset + len(text), rows=block))
        parts.append(text)
        offset += len(text)
    return "\n\n".join(parts), tuple(tables)


def hidden(element: Element) -> bool:
    """Whether a browser does not show `element` at all."""
    if element.get("hidden") is not None:
        return True
    style = element.get("style")
    return style is not None and hides(style)


def hides(style: str) -> bool:
    """Whether an element with this `style` is not shown."""
    return "display" in style and _HIDDEN_STYLE.search(style) is not None


def region_text(element: Element) -> tuple[str, tuple[Table, ...]]:
    """The text and tables of everything inside `element`."""
    reader = BlockReader()
    keep = reader.buffer.append
    walk = etree.iterwalk(element, events=("start", "end", "comment"))
    skipped = False
    for event, node in walk:
        if event == "start":
            tag = node.tag
            if tag in SKIPPED or (node is not element and hidden(node)):
                walk.skip_subtree()
                skipped = True  # the next event is this element's end
                continue
            if tag in BREAKING:
                reader.start(tag, node)
            if text := node.text:
                keep(text)
            continue
        if event == "end":
            if node is element:
                break
            if skipped:
                skipped = False
            elif (tag := node.tag) in BREAKING:
                reader.end(tag)
        if tail := node.tail:
            keep(tail)
    return reader.finish()
