"""Bytes to text, whatever the label says (`pages`, first step).

ALLRIS 3 declares ISO-8859-1 and sends windows-1252 (curly quotes and dashes at 0x80-0x9F); ALLRIS 4 is UTF-8, but
pasted text can bring single foreign bytes. A browser shows them all, so this does, too.
"""

from __future__ import annotations

import codecs
import re

import msgspec

from pipeline.records import PageProblem

MAX_BYTES = 20 * 1024 * 1024
"""Larger pages are refused: the largest real one read has 116 kB; as `max_response_mb` of the harvest."""

HEAD_BYTES = 4096
"""Where a label (`<meta charset>`, XML declaration) is looked for; the longest head before it had 2 kB."""

_BINARY_MAGIC = (
    b"%PDF",
    b"PK\x03\x04",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"\x1f\x8b",
    b"{\\rtf",
    b"\xd0\xcf\x11\xe0",
)
_CHARSET = re.compile(rb"""(?:charset|encoding)\s{0,4}=\s{0,4}["']?\s{0,4}([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)
_ESCAPED = re.compile("[\udc80-\udcff]")
_NON_ASCII = re.compile("[\x80-\U0010ffff]")
_C1 = re.compile("[\x80-\x9f]")
_NUMERIC_C1 = re.compile(r"&#(?:(1[2-5]\d)|[xX](8[0-9a-fA-F]|9[0-9a-fA-F]));")
_CONTROL_BYTES = bytes(n for n in (*range(9), *range(0x0E, 0x20), 0x7F))
_TO_BREAKS = bytes.maketrans(b"\x0b\x0c", b"\n\n")
_SEPARATORS = ("\x85", "\u2028", "\u2029")
_WIDE_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_WIDE_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CP1252 = {n: bytes([n]).decode("cp1252", errors="ignore") or chr(n) for n in range(0x80, 0xA0)}
_LATIN = {"iso8859-1", "cp1252", "ascii", "iso8859-15"}


class Decoded(msgspec.Struct, frozen=True):
    """A payload as text without control characters, the encoding that was used, and what was odd about it."""

    text: str
    encoding: str | None
    problems: tuple[PageProblem, ...] = ()
    unreadable: bool = False


def decode(payload: bytes, content_type: str | None = None) -> Decoded:
    """`payload` as text. Never raises; `unreadable` is set for empty, binary and oversized payloads."""
    if len(payload) > MAX_BYTES:
        size = len(payload) / 1024 / 1024
        return _refused(
            "too_large", f"the page has {size:.1f} MB, more than {MAX_BYTES // 1024 // 1024} MB are not read"
        )
    if not payload.strip(b" \t\r\n\x00\x0c\xef\xbb\xbf"):
        return _refused("empty", "the page has no content")
    if payload.lstrip().startswith(_BINARY_MAGIC):
        return _refused("binary", "the file is not a page (PDF, image, archive or word processor file)")
    wide = payload.startswith(_WIDE_BOMS) or (payload[1:2] == b"\x00" and payload[3:4] == b"\x00")
    if not wide:
        sample = payload[:HEAD_BYTES]
        if len(sample) - len(sample.translate(None, _CONTROL_BYTES)) > max(2, len(sample) // 20):
            return _refused("binary", "the file is not a page (binary data)")
        payload = payload.translate(_TO_BREAKS, _CONTROL_BYTES)
    text, name, problems = _decode(payload, content_type)
    for separator in _SEPARATORS if wide or not payload.isascii() else ():
        if separator in text:
            text = text.replace(separator, "\n")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if wide:
        text = _WIDE_CONTROL.sub("", text)
    if "&#" in text:
        text = _NUMERIC_C1.sub(_numeric, text)
    return Decoded(text, name, tuple(problems))


def _refused(code: str, message: str) -> Decoded:
    return Decoded("", None, (PageProblem(code=code, message=message),), unreadable=True)


def _decode(payload: bytes, content_type: str | None) -> tuple[str, str, list[PageProblem]]:
    for bom, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if payload.startswith(bom):
            return payload[len(bom) :].decode(name, errors="replace"), name, []
    if payload[1:2] == b"\x00" and payload[3:4] == b"\x00":
        return payload.decode("utf-16-le", errors="replace"), "utf-16-le", []
    declared = _declared(payload, content_type)
    problems: list[PageProblem] = []
    try:
        text = payload.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.end == len(payload) and error.reason == "unexpected end of data":
            return payload[: error.start].decode("utf-8"), "utf-8", problems  # cut off in the middle of a character
    else:
        if declared in _LATIN and not payload.isascii():
            problems.append(_mislabelled(declared, "utf-8"))
        return text, "utf-8", problems
    legible = payload.decode("utf-8", errors="ignore")
    foreign = len(payload) - len(legible.encode("utf-8"))
    proper = 0 if legible.isascii() else len(_NON_ASCII.findall(legible))
    if (declared not in _LATIN and proper >= foreign) or proper > 4 * foreign:
        # UTF-8 with foreign bytes: pasted windows-1252, or a character cut off at the end of a truncated page.
        problems.append(
            PageProblem(code="bad_bytes", message=f"{foreign} bytes are not UTF-8 and were read as windows-1252")
        )
        escaped = payload.decode("utf-8", errors="surrogateescape")
        return (
            _ESCAPED.sub(lambda m: _CP1252.get(ord(m[0]) - 0xDC00, chr(ord(m[0]) - 0xDC00)), escaped),
            "utf-8",
            problems,
        )
    if declared == "utf-8":
        problems.append(_mislabelled(declared, "windows-1252"))
    if declared == "iso8859-15":
        return _C1.sub(lambda m: _CP1252[ord(m[0])], payload.decode("iso8859-15")), "iso-8859-15", problems
    try:
        return payload.decode("cp1252"), "windows-1252", problems
    except UnicodeDecodeError:
        return _C1.sub(lambda m: _CP1252[ord(m[0])], payload.decode("latin-1")), "windows-1252", problems


def _declared(payload: bytes, content_type: str | None) -> str | None:
    """The normalised name of the declared encoding: the header's first, then the page's own."""
    head = (content_type or "").encode("ascii", errors="ignore") + b"\n" + payload[:HEAD_BYTES]
    for match in _CHARSET.finditer(head):
        try:
            return codecs.lookup(match[1].decode("ascii")).name
        except LookupError:
            continue
    return None


def _mislabelled(declared: str, used: str) -> PageProblem:
    return PageProblem(code="encoding_mislabelled", message=f"the page is labelled {declared} and was read as {used}")


def _numeric(match: re.Match[str]) -> str:
    """`&#150;` means a dash: HTML reads the references 128 to 159 as windows-1252."""
    number = int(match[1]) if match[1] else int(match[2], 16)
    return _CP1252.get(number, match[0])
