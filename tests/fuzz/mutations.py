"""Changes of a seed: of any bytes, and of German minutes as a text with sentences, names, quotes and counts."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

PIECES = (
    ", ", ". ", ": ", "; ", "\n", "\n\n", "\f", "\t", "„", "“", "»", "«", "(", ")", "[", "]", "-", "–", " - ", "...", "…", "§ 8a ",
    "Herr ", "Frau ", "Frau Dr. ", "Dr. Dr. h. c. ", "KTA ", "Vorsitzender ", "(CDU)", "(SPD)", "von der ", "Ja: 7 ", "Nein: 3, ",
    "Enthaltungen: ", "7 / 3 / 1", "einstimmig", "mehrheitlich", "Beschluss: ", "Der Ausschuss beschließt", "führt aus, dass",
    "habe", "sei", "werde", "nicht ", "zugesagt", "bis zum 31.12.2024 ", "99.99.9999", "0000-99-99", "14.02.", "1.000.000,00 EUR",
    "\u00ad", "\u200b", "\u202e", "\u2066", "\ufeff", "\x00", "\x1b", "\x7f", "\u0308", "ﬀ", "ß", "ẞ", "İ", "\ud800", "\U0010ffff",
    "SRO", "Sozialraum-\n", "Sozialraumorientierung", "er", "sie", "Man", "Zu TOP 5.1", "1.", "a)", "•",
)
"""What minutes are made of, and what no keyboard has."""

TAGS = (
    b"<table>", b"</table>", b"<td colspan=99999 rowspan=99999>", b"</td>", b"<tr>", b"<br>", b"</p>", b"</div>", b"<html>",
    b"</html>", b"<!--", b"-->", b"]]>", b"<![CDATA[", b"\x00", b"&#x110000;", b"&#xd800;", b"&#31;", b"&amp", b"&a;",
    b'<a name="allrisWP">', b"<div class='docPart'>", b'<td class="tobetreff">', b'<td class="tonr">', b'<tr data-tt-id="1" '
    b'data-tt-parent-id="1">', b'<a href="?SILFDNR=99999999999999999&MM=13&YY=0">', b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"<script>",
    b"<svg>", b"<template>", b"<plaintext>", b"\xff\xfe", b"\xe4", b"<meta charset=utf-16>", b"<ajax-response>", b"<component>",
)


def bytes_of(data: bytes, chance: random.Random, inserts: Sequence[bytes] = TAGS) -> bytes:
    """`data` with one to four wounds."""
    page = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        a, b = sorted((chance.randint(0, len(page)), chance.randint(0, len(page))))
        match chance.randrange(7):
            case 0:
                del page[a : min(b, a + 500)]
            case 1:
                del page[b:]
            case 2:
                page[b:b] = page[a : a + chance.randrange(500)] * chance.choice((1, 1, 1, 2, 20))
            case 3 if page:
                for _ in range(chance.randrange(20)):
                    page[chance.randrange(len(page))] ^= 1 << chance.randrange(8)
            case 4:
                page[a:a] = chance.randbytes(chance.randrange(8))
            case 5:
                page[a:a] = chance.choice((b"-1", b"0", b"99999999999999999999", b"1e999", b"nan", b"0000-99-99", b'"', b"[", b"{"))
            case _:
                page[a:a] = chance.choice(inserts)
    return bytes(page)


def text_of(data: bytes, chance: random.Random) -> bytes:
    """Minutes with one to four wounds that a text can have."""
    text = data.decode("utf-8", errors="surrogatepass" if data[:1] == b"\xed" else "replace")
    for _ in range(chance.randint(1, 4)):
        text = chance.choice(WOUNDS)(text, chance)
    return text.encode("utf-8", errors="surrogatepass")


def _joined(text: str, chance: random.Random) -> str:
    """Sentences run into one another."""
    return re.sub(r"(?<=[.!?]) (?=[A-ZÄÖÜ])", lambda _: chance.choice(["", " ", "\n", ", "]), text)


def _inserted(text: str, chance: random.Random) -> str:
    at = chance.randint(0, len(text))
    return text[:at] + chance.choice(PIECES) + text[at:]


def _repeated(text: str, chance: random.Random) -> str:
    """A piece of the text, or one of `PIECES`, many times."""
    at = chance.randint(0, len(text))
    piece = chance.choice(PIECES) if chance.random() < 0.5 else text[at : at + chance.randrange(1, 60)]
    return text[:at] + piece * chance.choice((2, 3, 10, 40)) + text[at:]


def _swapped(text: str, chance: random.Random) -> str:
    """A word becomes another word of the text."""
    words = text.split(" ")
    for _ in range(chance.randint(1, 8)):
        words[chance.randrange(len(words))] = chance.choice(words)
    return " ".join(words)


def _cut(text: str, chance: random.Random) -> str:
    a, b = sorted((chance.randint(0, len(text)), chance.randint(0, len(text))))
    return text[:a] + text[b:] if chance.random() < 0.5 else text[a:b]


def _nested(text: str, chance: random.Random) -> str:
    """Brackets or quotes around pieces, and around those."""
    left, right = chance.choice(["()", "„“", "[]", "»«", '""'])
    for _ in range(chance.randint(1, 12)):
        a, b = sorted((chance.randint(0, len(text)), chance.randint(0, len(text))))
        text = text[:a] + left + text[a:b] + (right if chance.random() < 0.8 else "") + text[b:]
    return text


def _long(text: str, chance: random.Random) -> str:
    """Blanks or line ends vanish: long words, long lines."""
    return text.replace(chance.choice([" ", "\n", ".", ","]), chance.choice(["", "-", "x"]))


def _cased(text: str, chance: random.Random) -> str:
    return chance.choice([text.upper, text.lower, text.title, text.swapcase])()


WOUNDS: tuple[Callable[[str, random.Random], str], ...] = (
    _joined, _inserted, _inserted, _repeated, _swapped, _swapped, _cut, _nested, _long, _cased,
)
