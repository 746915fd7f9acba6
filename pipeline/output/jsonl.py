"""The extraction record: one JSON object a page, the public format of `auszug extract`.

Fields may be added; none may go, and none may change its meaning (EXTRACTION.md of the annotated documents; README,
*The extraction record*).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from pipeline.output.whole_files import whole_file
from pipeline.records import AgendaItem, Extraction, ItemContext, ParsedPage

_encoder = msgspec.json.Encoder()


def record(
    source: str, page: ParsedPage, item: AgendaItem, extraction: Extraction, context: ItemContext | None = None
) -> dict[str, Any]:
    """The record of an item: what the page says, every sentence with its labels, and what is made of them.

    `source` is the file or address that the page came from. Everything in it is plain JSON (tuples as lists).
    """
    labels = [section.label for section in item.sections]
    title = (context.title if context else None) or item.title
    return {
        "source": source,
        "system": page.system,
        "body": item.body,
        "organization": item.organization,
        "date": item.date,
        "item": item.number,
        "public": item.public,
        "title": title,
        "title_truncated": item.title_truncated and title == item.title,
        "result": item.result,
        "result_outcome": extraction.result_outcome,
        "tolfdnr": item.tolfdnr,
        "silfdnr": item.silfdnr,
        "paper": item.paper_reference,
        "sections": [{"label": s.label, "kind": s.kind, "text": s.text, "damage": list(s.damage)}
                     for s in item.sections],
        "sentences": [_sentence(s) for s in extraction.sentences],
        "statements": [{**msgspec.to_builtins(s), "section": labels[s.section_index]} for s in extraction.statements],
        "speakers": [
            {"id": s.id, "kind": s.kind, "name": s.name, "gender": s.gender, "role": s.role, "faction": s.faction,
             "forms": list(s.forms)}
            for s in extraction.speakers
        ],
        "decisions": [msgspec.to_builtins(d) for d in extraction.decisions],
        "commitments": [{**msgspec.to_builtins(c), "section": labels[c.section_index]} for c in extraction.commitments],
        "topics": [{**msgspec.to_builtins(t), "sentence": t.position, "sentence_index": t.sentence}
                   for t in extraction.topics],
        "problems": [msgspec.to_builtins(p) for p in (*page.problems, *extraction.problems)],
    }


def _sentence(sentence: Any) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(sentence)
    if told["normalised"] is None:
        del told["normalised"]
    return told


def line(told: dict[str, Any]) -> str:
    """A record as a line of JSON, without the line's end. Half surrogate pairs become a question mark."""
    try:
        return _encoder.encode(told).decode("utf-8")
    except UnicodeEncodeError:
        return _encoder.encode(_encodable(told)).decode("utf-8")


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {key: _encodable(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_encodable(part) for part in value]
    return value


@contextmanager
def lines_to(output: Path | None) -> Iterator[Callable[[str], Any]]:
    """A function that writes lines to the screen, or to `output`, which appears only when it is whole.

    Raises ExportError where it cannot be written.
    """
    if output is None:
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
        yield print
        sys.stdout.flush()
        return
    with whole_file(output) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        yield lambda text: file.write(f"{text}\n")
