"""The rows of a meeting's agenda, both generations (`pages`)."""

from __future__ import annotations

import re
from typing import Any

import msgspec
from lxml import etree

from pipeline.pages.labels import is_public_part, parse_top, result_of
from pipeline.pages.links import parameters, program_link
from pipeline.pages.tree import Element, cells_of, clean, has_class, inline, with_class
from pipeline.records import AgendaRow

_ITEM_ID = re.compile(r"^(?:link|betreff|vo|to)_(\d{1,10})$")
_COMMENT_ID = re.compile(r"^\s{0,5}(\d{1,10})\s{0,5}$")


def parent_position(number: str | None, public: bool | None, positions: dict[Any, int]) -> int | None:
    """The position of the row that `5.1` is nested under (`5`), by number and publicity alone."""
    stem = (number or "").rpartition(".")[0]
    while stem:
        if (stem, public) in positions:
            return positions[stem, public]
        stem = stem.rpartition(".")[0]
    return None


def modern_rows(table: Element) -> list[AgendaRow]:
    """The rows of ALLRIS 4 and of the responsive ALLRIS 3: cells by class (or their head's), nested by `data-tt-id`."""
    rows: list[AgendaRow] = []
    positions: dict[Any, int] = {}
    public: bool | None = None
    columns: list[list[str]] = []
    for tr in table.iter("tr"):
        parts = cells_of(tr)
        if parts and all(cell.tag == "th" for cell in parts):
            columns = [(cell.get("class") or "").split() for cell in parts]
            continue
        cells = {name: cell for cell in parts for name in (cell.get("class") or "").split()}
        if "tobetreff" not in cells and len(parts) == len(columns):  # older pages name the columns in their heads only
            cells = {name: cell for names, cell in zip(columns, parts, strict=True) for name in names}
        if "tobetreff" not in cells and "tonr" not in cells:
            continue
        if has_class(tr, "beratung"):
            public = is_public_part(inline(cells.get("tobetreff")) or "")
            continue
        row = _modern_row(tr, cells, len(rows) + 1, public, positions)
        if row is not None:
            rows.append(row)
            positions[tr.get("data-tt-id") or (row.number, row.public)] = row.position
    return rows


def _modern_row(
    tr: Element,
    cells: dict[str, Element],
    position: int,
    part: bool | None,
    positions: dict[Any, int],
) -> AgendaRow | None:
    number, public = parse_top(inline(cells.get("tonr")))
    public = part if public is None else public
    subject = cells.get("tobetreff")
    tolfdnr, text_link, note = None, None, None
    for link in tr.iter("a"):
        match = _ITEM_ID.match(link.get("id") or "")
        if match and tolfdnr is None:
            tolfdnr = int(match[1])
        numbers = parameters(link.get("href"))
        if tolfdnr is None and "TOLFDNR" in numbers:
            tolfdnr = numbers["TOLFDNR"]
        if "to020" in (link.get("href") or "").lower():
            text_link = link
    extra = next(with_class(subject, "zusatzinfo"), None) if subject is not None else None
    if extra is not None:
        note = inline(extra)
    own_link = None if subject is None else next((a for a in subject.iter("a") if inline(a)), None)
    title = inline(subject if own_link is None else own_link)
    if title and note and title.endswith(note):
        title = clean(title[: -len(note)])
    if number is None and title is None and tolfdnr is None:
        return None
    paper_id, reference = None, None
    paper_cell = cells.get("tovonr")
    if paper_cell is not None:
        for link in paper_cell.iter("a"):
            paper_id = parameters(link.get("href")).get("VOLFDNR")
            if paper_id is not None:
                reference = inline(link)
                break
        if paper_id is None and inline(paper_cell):
            note = clean(" ".join(filter(None, (note, inline(paper_cell)))))
    parent = positions.get(tr.get("data-tt-parent-id") or "")
    if parent is None and not tr.get("data-tt-id"):
        parent = parent_position(number, public, positions)
    responsive = any("to010" in (a.get("href") or "") and "beschluss" in (a.get("href") or "") for a in tr.iter("a"))
    return AgendaRow(
        position=position,
        number=number,
        public=public,
        title=title,
        tolfdnr=tolfdnr,
        has_text=None if responsive and text_link is None else text_link is not None,
        paper_id=paper_id,
        paper_reference=reference,
        result=result_of(inline(cells.get("tobanr"))),
        responsibility=inline(cells.get("tozunr")),
        note=note,
        parent=parent,
    )


def classic_rows(root: Element) -> list[AgendaRow]:
    """The rows of ALLRIS 3: number, form with the result as tooltip, subject, paper."""
    rows: list[AgendaRow] = []
    positions: dict[tuple[str, bool | None], int] = {}
    for tr in root.iter("tr"):
        cells = cells_of(tr)
        if len(cells) < 4 or not (tr.get("class") or "").startswith("zl1") or not has_class(cells[0], "text4"):
            continue
        number, public = parse_top(inline(cells[0]))
        if number is None:
            continue
        row = _classic_row(tr, cells, number, public, len(rows) + 1)
        rows.append(msgspec.structs.replace(row, parent=parent_position(number, public, positions)))
        positions[number, public] = row.position
    return rows


def _classic_row(tr: Element, cells: list[Element], number: str, public: bool | None, position: int) -> AgendaRow:
    subject, note, tolfdnr, has_text = None, None, None, False
    for cell in cells[1:]:
        if cell.find("form") is None and inline(cell) is not None:
            subject = cell
            break
    paper_id, reference, other = None, None, None
    for link in tr.iter("a"):
        numbers = parameters(link.get("href"))
        if tolfdnr is None:
            tolfdnr = numbers.get("TOLFDNR")
        has_text = has_text or program_link(link, "to020")
        if "VOLFDNR" in numbers and paper_id is None:
            paper_id, reference = numbers["VOLFDNR"], inline(link)
        elif program_link(link, "to010") and "TOLFDNR" not in numbers:
            other = inline(link)
    if tolfdnr is None:
        tolfdnr = next(
            (int(m[1]) for node in tr.iter(etree.Comment) if (m := _COMMENT_ID.match(node.text or ""))), None
        )
    title = inline(subject)
    notes = []
    if subject is not None:
        for span in subject.iter("span"):
            if span.get("title") == "Zusatzinfo":
                note = inline(span)
                if note and title and title.endswith(note):
                    title = clean(title[: -len(note)])
                notes.append(note)
    if any("Nachtrags-TOP" in (n.get("title") or "") for n in cells[0].iter("a", "span")):
        notes.append("Nachtrags-TOP")
    notes.append(other)
    button = next((i for i in tr.iter("input") if has_class(i, "il1_naz")), None)
    return AgendaRow(
        position=position,
        number=number,
        public=public,
        title=title,
        tolfdnr=tolfdnr,
        has_text=has_text or (button is not None),
        paper_id=paper_id,
        paper_reference=reference,
        result=None if button is None else result_of(clean(button.get("title"))),
        note="; ".join(n for n in notes if n) or None,
    )
