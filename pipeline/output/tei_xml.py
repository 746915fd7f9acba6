"""Elements of a TEI file: names, ids and texts as XML allows them.

Part of `output`; pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from lxml import etree

NAMESPACE = "http://www.tei-c.org/ns/1.0"
NSMAP: Any = {None: NAMESPACE}
XML = "http://www.w3.org/XML/1998/namespace"
XML_ID, XML_LANG = f"{{{XML}}}id", f"{{{XML}}}lang"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, escaped or not."""
_NOT_NAME = re.compile("[^A-Za-z0-9-]")
_ESCAPES = {"/": ".", ".": "_.", "_": "__"}


@lru_cache(maxsize=10_000)
def xml_id(key: str) -> str:
    """A key of the database as a name that XML allows: `a/b` becomes `a.b`; different keys give different names."""
    made = _NOT_NAME.sub(lambda found: _ESCAPES.get(found[0]) or f"_x{ord(found[0]):x}_", key)
    return made if made[:1].isalpha() else f"x.{made}"


def clean(text: object) -> str:
    """`text` with U+FFFD for characters that XML cannot hold."""
    return _NOT_XML.sub("\ufffd", str(text))


def element(tag: str, text: object = None, **attributes: object) -> Any:
    """An element with the attributes that are not None (`id` and `lang` are those of XML)."""
    return _filled(etree.Element(f"{{{NAMESPACE}}}{tag}", nsmap=NSMAP), text, attributes)


def add(parent: Any, tag: str, text: object = None, **attributes: object) -> Any:
    """The same as a child of `parent`."""
    return _filled(etree.SubElement(parent, f"{{{NAMESPACE}}}{tag}"), text, attributes)


def _filled(made: Any, text: object, attributes: Mapping[str, object]) -> Any:
    for name, value in attributes.items():
        if value is not None and value != "":
            made.set({"id": XML_ID, "lang": XML_LANG}.get(name, name.rstrip("_")), clean(value))
    if text is not None:
        made.text = clean(text)
    return made


def pointer(address: str) -> str:
    """An address or file name as a pointer without blanks."""
    return "".join(c if c.isprintable() and c not in ' <>"{}|\\^`' else f"%{ord(c):02X}" for c in clean(address))
