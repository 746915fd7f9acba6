"""What a page is, before it is parsed (`pages`): generation, version, program, and whether it shows anything.

Order of evidence (dossier 1): any meta with `ALLRIS net Version`; Wicket's base address or `main#pageContent`; the
marks of ALLRIS 3; the address last, since a server may answer with another page than the one asked for.
"""

from __future__ import annotations

import re

import msgspec

from pipeline.pages.tree import Element, inline
from pipeline.records import Outcome, PageKind, System

PROGRAMS: dict[str, PageKind] = {
    "to020": "excerpt",
    "to010": "meeting",
    "vo020": "paper",
    "si019": "attendance",
    "kp020": "person",
    "gr020": "organization",
    "au020": "organization",
    "pa020": "organization",
    "pa021": "organization",
    "fr020": "organization",
    "si010": "calendar",
    "si018": "meeting_list",
    "gr010": "organization_list",
    "fr010": "organization_list",
    "au010": "organization_list",
    "pa010": "organization_list",
}
"""The programs that are read, by their name in addresses and body classes."""

_VERSION = re.compile(r"^\s{0,9}ALLRIS net Version (\d{1,3}(?:\.\d{1,4}){0,4}(?:SP\d{1,2})?)")
_BASE_URL = re.compile(r"Wicket\.Ajax\.baseUrl\s{0,4}=\s{0,4}[\"']([^\"']{0,500})[\"']")
_BODY_CLASS = re.compile(r"getElementById\('allris'\)\.setAttribute\('class',\s{0,3}'([a-z]{2}\d{3}|[a-z]{3,20})\b")
_PROGRAM = re.compile(r"(?<![a-z0-9])([a-z]{2}\d{3})(?:_[a-z])?(?:\.asp)?(?=[?&#;/ ]|$)", re.IGNORECASE)
_CLASS_PROGRAM = re.compile(r"(?:^| )([a-z]{2}\d{3}|noauth|logon)(?: |$)")
_ANSWER_ADDRESS = re.compile(r'"u"\s{0,2}:\s{0,2}"\./([a-z]{2}\d{3})\?')
_DENIED = re.compile(r"Zugriff verweigert(?: \(Programm ([a-z]{2}\d{3})[a-z_]{0,4}\.asp\))?")
_NO_RIGHT = ("nicht berechtigt", "keine berechtigung", "nicht öffentlich zugänglich", "zugriff verweigert")
_SERVER_ERROR = re.compile(
    r"Microsoft (?:VBScript|OLE DB|JET Database)|ADODB\.|Internal Server Error|Interner Serverfehler|Bad Gateway|"
    r"Service (?:Temporarily )?Unavailable|Gateway Time-?out|HTTP Status 5\d\d|\b50[0234] (?:Proxy )?Error|"
    r"Unexpected RuntimeException|"
    r"Es ist ein (?:interner )?Fehler aufgetreten|Interner Fehler|Internal error",
    re.IGNORECASE,
)
_SUSPICIOUS = (
    "Zu viele Zugriffe", "Keine Information", "keine Information", "erechtigt", "erechtigung", "Zugriff verweigert",
    "zugänglich", "Fehler", "Error", "error", "Microsoft", "ADODB", "Gateway", "Unavailable", "HTTP Status",
    "Exception",
)
"""Words of which at least one is in every message that `_refusal` looks for: cheap to search for in the whole page."""

_PAGE_MARKS = ("docPart", "Auszug", "Reduzieren", 'id="allris', "ajax-response")
"""Marks of a page or its text form: with one of them a message may only be a sentence of minutes."""

_RECORD_MARKS = ('class="kb1"', 'class="zl1', "docPart", 'class="even', 'class="odd', "calenderView")
_RECORD_IDS = ("toname", "toTreeTable", "toTable", "bfTable", "sibetreff", "vobetreff")

SHORT_PAGE = 2000
"""Visible characters up to which a page without any record may be an error message (the longest one read has 600)."""

_ALLRIS3_TITLES = {
    "Auszug": "to020",
    "Tagesordnung": "to010",
    "Vorlage": "vo020",
    "Drucksache": "vo020",
    "Anwesenheit": "si019",
    "Sitzungskalender": "si010",
}


class Detection(msgspec.Struct, frozen=True):
    """What a page is. `outcome` is set where the page shows no record (a gate, an error, a refusal)."""

    system: System | None = None
    version: str | None = None
    kind: PageKind | None = None
    program: str | None = None
    responsive: bool = False
    base_url: str | None = None
    outcome: Outcome | None = None


def detect(text: str, root: Element, ids: dict[str, Element], url: str | None = None) -> Detection:
    """What the page `text` is (parsed as `root`, its `ids` by `tree.by_id`); `url` fills what it does not tell."""
    version = _version(root)
    base = _BASE_URL.search(text)
    base_url = base[1].replace("&amp;", "&") if base else None
    system = _system(version, base_url, ids, root, text, url)
    program, responsive = _program(text, ids, root, base_url, url)
    kind = PROGRAMS.get(program) if program else None
    outcome = _refusal(text, root, ids, url, program)
    if outcome is None and system is None:
        outcome = "not_allris"
    return Detection(
        system=system,
        version=version,
        kind=kind,
        program=program,
        responsive=responsive,
        base_url=base_url,
        outcome=outcome,
    )


def detect_plain(text: str) -> Detection | None:
    """The one-line refusals that ALLRIS 3 and proxies send without a page around them, or None."""
    if len(text) > SHORT_PAGE or any(mark in text for mark in _PAGE_MARKS):
        return None
    denied = _DENIED.search(text)
    if denied:
        program = denied[1]
        return Detection(
            system="allris3" if program else None,
            kind=PROGRAMS.get(program) if program else None,
            program=program,
            outcome="not_public",
        )
    if "Zu viele Zugriffe" in text:
        return Detection(outcome="too_many_requests")
    if _SERVER_ERROR.search(text):
        return Detection(outcome="server_error")
    return None


def program_of(address: str | None) -> str | None:
    """The program that an address names (`to020` in `https://host/bi/to020_r.asp?TOLFDNR=1`), read here or not."""
    path = (address or "").split("?", 1)[0].split("#", 1)[0].rstrip("/")
    match = _PROGRAM.search(path.rsplit("/", 1)[-1])
    return match[1].lower() if match else None


def _version(root: Element) -> str | None:
    for meta in root.iter("meta"):
        match = (
            _VERSION.match(meta.get("content") or "") if (meta.get("name") or "").lower() == "description" else None
        )
        if match:
            return match[1]
    return None


def _system(
    version: str | None, base_url: str | None, ids: dict[str, Element], root: Element, text: str, url: str | None
) -> System | None:
    if version is not None:
        return "allris4" if int(version.split(".", 1)[0]) >= 4 else "allris3"
    if base_url is not None or "pageContent" in ids or "toBeschlussart" in ids or root.tag == "ajax-response":
        return "allris4"
    if {"allriscontainer", "risname", "risname_raw"} & ids.keys():
        return "allris3"
    allris, bomain = ids.get("allris"), ids.get("bomain")
    if allris is not None and _CLASS_PROGRAM.search(allris.get("class") or ""):
        return "allris3"
    if bomain is not None and "allriscontent" in (bomain.get("class") or ""):
        return "allris3"
    if allris is not None:
        return "allris4"
    if "images/ALLRIS.ico" in text[:8000]:
        return "allris3"
    program = program_of(url)
    if program in PROGRAMS and ".asp" in (url or "").lower() and 'name="allris' in text:
        return "allris3"
    return None


def _program(
    text: str, ids: dict[str, Element], root: Element, base_url: str | None, url: str | None
) -> tuple[str | None, bool]:
    for name in ("allriscontainer", "allris"):
        match = _CLASS_PROGRAM.search(ids[name].get("class") or "") if name in ids else None
        if match:
            return match[1], name == "allris"
    script = _BODY_CLASS.search(text)
    if script and script[1] in PROGRAMS:
        return script[1], False
    program = program_of(base_url)
    if program:
        return program, False
    if (base_url or "").startswith("noauth") or (script and script[1] == "noauth"):
        return "noauth", False
    if "toname" in ids or "toBeschlussart" in ids:
        return "to020", False
    if "toTreeTable" in ids or "toTable" in ids:
        return "to010", "pageContent" not in ids
    if "bfTable" in ids:
        return "vo020", "pageContent" not in ids
    answer = _answer_program(text, root) if "pageContent" not in ids else None
    if answer:
        return answer, False
    heading = (
        inline(ids.get("risname")) or inline(ids.get("risname_raw")) or inline(root.find(".//title")) or ""
    ).split(" - ")[0]
    return _ALLRIS3_TITLES.get(heading) or program_of(url), False


def _answer_program(text: str, root: Element) -> str | None:
    """The program of an Ajax answer, which has no page around it: by the tables it fills or the addresses it names."""
    for table in root.iter("table"):
        if "calenderView" in (table.get("class") or ""):
            return "si010"
    named = _ANSWER_ADDRESS.search(text)
    if named:
        return named[1]
    if any("wodat" in (cell.get("class") or "") for cell in root.iter("td")):
        return "si018"
    links = {program_of(link.get("href")) for link in root.iter("a")}
    return "gr010" if "gr020" in links else "fr010" if "fr020" in links else None


def _refusal(
    text: str, root: Element, ids: dict[str, Element], url: str | None, program: str | None
) -> Outcome | None:
    if ("altcha-widget" in text or "/_gate/" in text) and (
        root.find(".//altcha-widget") is not None
        or any((form.get("action") or "").startswith("/_gate/") for form in root.iter("form"))
    ):
        return "gate"
    heading = _heading(root, ids)
    if heading == "Zugriff prüfen":
        return "gate"
    if heading.startswith("Keine Information verfügbar"):
        return "no_information"
    asked = (url or "").split("?", 1)[0].rstrip("/").lower()
    if program in ("noauth", "logon") or asked.endswith(("/noauth", "/noauth.asp")):
        return "not_public"
    if any(name in ids for name in _RECORD_IDS) or any(mark in text for mark in _RECORD_MARKS):
        return None  # minutes may say what messages say
    if not any(words in text for words in _SUSPICIOUS):
        return None
    main = _main(root, ids)
    return _message(main, url) if len(main) < SHORT_PAGE else None


def _message(main: str, url: str | None) -> Outcome | None:
    """What a short page without a record says."""
    if "Zu viele Zugriffe" in main:
        return "too_many_requests"
    lowered = main.casefold()
    if any(words in lowered for words in _NO_RIGHT):
        return "not_public"
    if "keine information verfügbar" in lowered:
        return "no_information"
    if _SERVER_ERROR.search(main) or "/internalerrorpage" in (url or ""):
        return "server_error"
    return None


def _heading(root: Element, ids: dict[str, Element]) -> str:
    for heading in root.iter("h1"):
        if "title" in (heading.get("class") or ""):
            return inline(heading) or ""
    return inline(ids.get("risname")) or inline(root.find(".//h1")) or inline(root.find(".//title")) or ""


def _main(root: Element, ids: dict[str, Element]) -> str:
    """The visible text of the page's own part, up to a little more than `SHORT_PAGE` characters."""
    for name in ("readOut", "pageContent", "rismain", "mainContent", "allris"):
        if name in ids:
            root = ids[name]
            break
    parts: list[str] = []
    size = 0
    for node in root.iter():
        if isinstance(node.tag, str) and node.tag not in ("script", "style", "noscript") and node.text:
            parts.append(node.text)
            size += len(node.text.strip())
        if node.tail and node is not root:
            parts.append(node.tail)
            size += len(node.tail.strip())
        if size > 2 * SHORT_PAGE:
            break
    return " ".join(" ".join(parts).split())
