"""What the search begins with: the page fixtures, the annotated minutes, the files that ship, and small ones written here."""

from __future__ import annotations

import gzip
import json
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAX_PAGE = 60_000
"""Longer fixtures make the search slow and show nothing else."""

ROBOTS = (
    b"User-agent: *\nDisallow: /intern/*.asp$\nCrawl-delay: 5\n\nUser-agent: auszug\nAllow: /allris/\nDisallow: /*?*b=*c\n",
    b"\xef\xbb\xbfUser-Agent: *\r\nDisallow:\r\nSitemap: https://ratsinfo.example.org/map.xml\r\nRequest-rate: 1/5s 0600-0845\r\n",
    b"Crawl-delay: 1e9\nUser-agent: *\nCrawl-delay: 0.5\nVisit-time: 0100-0500\nHost: a\n",
)
OPARL = (
    {"data": [{"id": "https://ratsinfo.example.org/oparl/meetings?id=9", "type": "https://schema.oparl.org/1.1/Meeting",
               "name": "Sitzung des Jugendhilfeausschusses", "start": "2024-02-14T17:00:00+01:00", "cancelled": False,
               "organization": ["https://ratsinfo.example.org/oparl/organizations?id=5"], "agendaItem": [
                   {"id": "https://ratsinfo.example.org/oparl/agendaItems?id=51205", "number": "Ö 5.1", "public": True,
                    "name": "Sachstand", "result": "geändert beschlossen"}]}],
     "links": {"next": "?page=2"}, "pagination": {"totalElements": 2}},
    {"id": "https://ratsinfo.example.org/oparl/system", "type": "https://schema.oparl.org/1.1/System",
     "body": "https://ratsinfo.example.org/oparl/bodies"},
    {"type": "https://schema.oparl.org/1.1/Body", "meeting": ["a", None], "paper": {"id": "b"}, "person": "N/A", "id": "x"},
    {"type": "https://schema.oparl.org/1.0/Paper", "web": "https://ratsinfo.example.org/allris/vo020?VOLFDNR=77", "id": "/papers/77/"},
)
CORPUS = (
    '[corpus]\nname = "tal"\ntitle = "Kreis Tal"\n\n[source]\nurl = "https://ratsinfo.example.org/allris"\n'
    'contact = "mailto:name@example.org"\ndelay = 1.5\ncommittees = ["Jugendhilfeausschuss", "5"]\nsince = 2011-01-01\n'
    'hours = "22:00-06:00"\nrequests_per_run = 5000\noparl = "auto"\nmax_response_mb = 20\n\n[run]\ntime_limit = "6h"\n',
    '[corpus]\nname = "tal"\ntitle = "Kreis Tal"\ntopics = []\n[files]\npaths = ["*.txt"]\nbody = "Kreis Tal"\n[extract]\nmodel = ""\n',
)
CORRECTIONS = (
    '[[stance]]\ndate = 2023-11-16\nitem = "5"\nquote = "Herr Harmsen (CDU) lehnt"\nstance = "oppose"\nreason = "irony"\n\n'
    '[[decision]]\ndate = 2023-11-16\nitem = "5"\nquote = "Ja: 2"\noutcome = "rejected"\nyes = 2\nreason = "misread"\n',
    '[[join]]\nperson = "Jule Voss"\nother = "Jule Petersen"\nreason = "married"\n\n[[direction]]\ndate = 2023-11-16\nitem = "5"\n'
    'title = "Antrag der Fraktion"\ntopic = "sro"\ndirection = -1\nreason = "against"\n',
)
SEARCHES = ("a\"externe Evaluation\" Sozialraum", "bSRO Budget", "aJugendhilfe-ausschuß Müller", "b% _ ' \\ $t0 {any} \"")
MINUTES = (
    "Sachstand\nFrau Rohwer;Herr Dr. Struve (SPD)\ngeändert beschlossen\nDer Ausschuss beschließt einstimmig.\fHerr Struve (SPD) "
    "fragt, ob die Mittel reichten. Frau Rohwer antwortet, das sei „offen“. Sie werde bis zum 31.12.2024 berichten.\n\n"
    "Ja: 7, Nein: 3, Enthaltungen: 1\n",
)


@lru_cache(maxsize=1)
def seeds() -> dict[str, list[bytes]]:
    """The first inputs of each target."""
    pages = [path.read_bytes() for path in sorted((ROOT / "tests" / "pages").iterdir()) if path.suffix != ".json"]
    pages = [data for data in pages if len(data) <= MAX_PAGE]
    return {
        "page": pages,
        "archive": [*_archives(), b"WARC/1.1\r\nWARC-Type: response\r\nContent-Length: 5\r\n\r\nHallo\r\n\r\n"],
        "robots": list(ROBOTS),
        "oparl": [json.dumps(one).encode() for one in OPARL] + [json.dumps({"data": list(OPARL)}, indent=1).encode()],
        "answer": [b"302\nLocation: /_gate/x\n\n", b"200\nContent-Type: text/html; charset=iso-8859-15\nX-Page: noauth\n\n",
                   *(b"200\nContent-Type: text/html\n\n" + data for data in pages[::4])],
        "extraction": [text.encode() for text in MINUTES] + _minutes(),
        "corpus": [text.encode() for text in CORPUS],
        "corrections": [text.encode() for text in CORRECTIONS],
        "topic": [path.read_bytes() for path in sorted((ROOT / "corpora" / "topics").glob("*.toml"))]
        + [b'[topic]\nid = "sro"\ntitle = "SRO"\n[[term]]\nentry = "a"\nstrength = "core"\nforms = ["*ab+cd* # ~ ef"]\nexamples = ["x"]\n'],
        "query": [path.read_bytes() for path in sorted((ROOT / "queries").glob("*.sql"))],
        "search": [text.encode() for text in SEARCHES],
    }


def _archives() -> list[bytes]:
    """The demonstration archive's records, a few in a file, packed and plain."""
    whole = b"".join(path.read_bytes() for path in sorted((ROOT / "corpora" / "ahrenfeld" / "archive").glob("*.warc.gz")))
    plain = gzip.decompress(whole)
    starts = [0]
    while (at := plain.find(b"\r\nWARC/1.1", starts[-1] + 2)) > 0 and len(starts) < 9:
        starts.append(at + 2)
    pieces = [plain[a:b] for a, b in pairwise(starts)]
    return [b"".join(gzip.compress(piece, mtime=0) for piece in pieces[:3]), pieces[1], pieces[2], b"".join(pieces[:3])]


def _minutes() -> list[bytes]:
    """The annotated minutes as texts of the target `extraction`."""
    texts = []
    for path in sorted((ROOT / "tests" / "gold" / "dev").glob("*.json")):
        document = json.loads(path.read_text("utf-8"))
        sections = ("\n\n".join(" ".join(sentence["text"] for sentence in paragraph) for paragraph in section["paragraphs"])
                    for section in document["sections"])
        names = ";".join(speaker["name"] for speaker in document["speakers"])
        texts.append("\n".join([document["page"]["title"], names, "ungeändert beschlossen", "\f".join(sections)]).encode())
    return texts
