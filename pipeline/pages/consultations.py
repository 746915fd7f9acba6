"""A paper's way through the committees (Beratungsfolge), both generations (`pages`).

Both print a head row per committee and, below it, a row per meeting, of which a committee may have several.
"""

from __future__ import annotations

import msgspec

from pipeline.pages.dates import parse_date
from pipeline.pages.labels import result_of
from pipeline.pages.links import form_number, number_in, organization_of, parameters, program_link
from pipeline.pages.tree import Element, cells_of, clean, has_class, inline, with_class
from pipeline.records import Consultation


def modern_steps(root: Element) -> list[Consultation]:
    """The steps in `table.bfTable` (ALLRIS 4 and responsive ALLRIS 3)."""
    steps: list[Consultation] = []
    head: Consultation | None = None
    table = next(with_class(root, "bfTable", "table"), None)
    if table is None:
        return steps
    for tr in table.iter("tr"):
        cells = [cell for cell in cells_of(tr) if cell.tag == "td"]
        if len(cells) < 4:
            continue
        state = next((inline(span) for span in with_class(cells[0], "wfcolorDesc")), None)
        date = parse_date(inline(cells[1]) or "")
        links = [parameters(a.get("href")) for a in tr.iter("a")]
        meeting_id = next((n["SILFDNR"] for n in links if "SILFDNR" in n), None)
        item_id = next((n["TOLFDNR"] for n in links if "TOLFDNR" in n), None)
        if date is None and meeting_id is None and item_id is None:
            if head is not None:
                steps.append(head)
            if inline(cells[2]) is None:
                head = None
                continue
            head = _body(cells[2], role=inline(cells[3]), state=state)
            continue
        base = head or (steps[-1] if steps else _NOWHERE)
        steps.append(
            msgspec.structs.replace(
                base,
                state=state or base.state,
                date=date,
                silfdnr=meeting_id,
                tolfdnr=item_id,
                meeting_title=inline(cells[2]),
                result=result_of(inline(cells[3])),
            )
        )
        head = None
    return _numbered(steps, head)


def classic_steps(root: Element) -> list[Consultation]:
    """The steps of ALLRIS 3, in coloured rows of the head; the state is the first cell's title."""
    steps: list[Consultation] = []
    head: Consultation | None = None
    for tr in root.iter("tr"):
        cells = cells_of(tr)
        if len(cells) < 3 or not (tr.get("class") or "").startswith("zl1") or cells[0].get("bgcolor") is None:
            continue
        state = clean(cells[0].get("title"))
        meeting_link = next((a for a in tr.iter("a") if program_link(a, "to010")), None)
        date = parse_date(inline(cells[1]) or "") if has_class(cells[1], "text2") else None
        if date is None and meeting_link is None:
            if head is not None:
                steps.append(head)
            head = _body(cells[1], role=inline(cells[2]), state=state)
            continue
        base = head or (steps[-1] if steps else _NOWHERE)
        selected = next(
            (parameters(f.get("action")).get("TOPSELECTED") for f in tr.iter("form") if program_link(f, "to010")),
            None,
        )
        steps.append(
            msgspec.structs.replace(
                base,
                state=state,
                date=date,
                silfdnr=number_in(meeting_link, "SILFDNR") or form_number(tr, "to010", "SILFDNR"),
                tolfdnr=form_number(tr, "to020", "TOLFDNR") or selected,
                meeting_title=inline(meeting_link) or _plain_text(cells[2:]),
                result=result_of(next((inline(c) for c in cells[2:] if has_class(c, "text3")), None)),
            )
        )
        head = None
    return _numbered(steps, head)


_NOWHERE = Consultation(position=0)


def _body(cell: Element, *, role: str | None, state: str | None) -> Consultation:
    """A step that has no meeting yet: the body that `cell` names and links."""
    organization_id = next((organization_of(a.get("href"))[0] for a in cell.iter("a")), None)
    return Consultation(position=0, organization=inline(cell), organization_id=organization_id, role=role, state=state)


def _numbered(steps: list[Consultation], head: Consultation | None) -> list[Consultation]:
    """The steps with their positions; a last body without a meeting is one, too."""
    return [msgspec.structs.replace(step, position=n)
            for n, step in enumerate([*steps, head] if head is not None else steps, start=1)]


def _plain_text(cells: list[Element]) -> str | None:
    """The text of the first cell that has one and no class: a planned meeting's title, which is no link yet."""
    return next((text for cell in cells if cell.get("class") is None and (text := inline(cell))), None)
