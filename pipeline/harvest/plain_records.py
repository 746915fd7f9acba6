"""WARC records as nearly all are, taken apart without warcio, whose objects cost as much as parsing a small page.

    head_of(raw)            ->  Head, or None: something about the record is unusual, it is left to warcio
    response_of(raw, head)  ->  Response, or None, likewise

For `archive`. What is read here warcio would read alike: a header in ASCII, no field continued, none of the record's
own twice, a length that is that of the record, a body without chunks.
"""

from __future__ import annotations

import re

from pipeline.records import Record

LONGEST_LENGTH = 15
"""Digits of a record's length."""
_VERSIONS = frozenset(("WARC/1.0", "WARC/1.1"))
_STATUS_LINE = re.compile(r"HTTP/1\.[01] ([0-9]{3})(?: .*)?")
_END = b"\r\n\r\n"


class Head(Record, frozen=True):
    """The header of a record: `fields` by their names in small letters (`warc-type` is there), each once."""

    fields: dict[str, str]
    start: int
    """Where the record's content begins; it goes on to the four bytes at the end."""


class Response(Record, frozen=True):
    """The HTTP response in a record; `served` is the body as served, still packed as `coding` says."""

    status: int
    headers: tuple[tuple[str, str], ...]
    coding: str
    served: bytes


def head_of(raw: bytes) -> Head | None:
    """The header of one whole record (unpacked)."""
    end = raw.find(_END)
    found = _fields(raw[: max(end, 0)])
    if found is None or found[0] not in _VERSIONS:
        return None
    fields = {name.lower(): value for name, value in found[1]}
    length = fields.get("content-length", "")
    if len(fields) != len(found[1]) or "warc-type" not in fields:
        return None
    if not length.isdigit() or len(length) > LONGEST_LENGTH or end + 2 * len(_END) + int(length) != len(raw):
        return None
    return Head(fields, end + len(_END)) if raw.endswith(_END) else None


def response_of(raw: bytes, head: Head) -> Response | None:
    """The response in a record; None also where the record is none."""
    url = head.fields.get("warc-target-uri", "")
    if head.fields["warc-type"] != "response" or " " in url or not url.startswith(("http://", "https://")):
        return None
    end = raw.find(_END, head.start, -len(_END))
    found = None if end < 0 else _fields(raw[head.start : end])
    status = None if found is None else _STATUS_LINE.fullmatch(found[0])
    if found is None or status is None:
        return None
    coding: str | None = None
    for name, value in found[1]:
        low = name.lower()
        if low == "transfer-encoding":
            return None
        if low == "content-encoding" and coding is None:
            coding = value
    return Response(int(status[1]), tuple(found[1]), coding or "", raw[end + len(_END) : -len(_END)])


def _fields(head: bytes) -> tuple[str, list[tuple[str, str]]] | None:
    """The first line of a header, and its fields; None where it has continued lines, odd characters or no names."""
    if not head.isascii():
        return None
    first, *lines = head.decode("ascii").split("\r\n")
    if not first.isprintable():
        return None
    pairs = []
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or line.startswith(" ") or not line.isprintable():
            return None
        pairs.append((name.rstrip(" "), value.strip(" ")))
    return first, pairs
