"""Corpora of any size as archives: counties of 10,000 excerpts with meetings, agendas, attendance and papers.

    python -m tests.corpus_generator --excerpts 100000 -o FOLDER            # FOLDER/corpora/county-01 ...
    python -m tests.corpus_generator --change FOLDER/corpora/county-01      # one more run with one changed excerpt

Every county is a corpus as a harvest leaves it: `corpus.toml`, and in `archive/` a WARC file for each year. Odd
counties are ALLRIS 4, even ones ALLRIS 3, so every size has half of its excerpts from each. The pages are those of
`tests/allris_server`; the texts those of `tests/corpus_texts.py`. Everything follows from the county's number and the
number of excerpts: the same call writes the same bytes. A run asks again for some pages of the run before it, as a
harvest does (ALLRIS 3: a revisit record; ALLRIS 4: another body with the same content).

An excerpt is filled into a page that is rendered once for each document and county; meetings and papers are rendered
each time.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import json
import multiprocessing
import random
import re
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from types import ModuleType

from pipeline.harvest import archive
from tests import corpus_texts as texts
from tests.allris_server import render, render3
from tests.allris_server.county import COMMITTEES, GENITIVE, Item, Meeting, Paper, Step

COUNTY = 10_000
"""Excerpts of one county."""
PER_MEETING = 10
"""Excerpts of a meeting; its agenda has `FORMAL` rows besides."""
PER_RUN = 52
"""Meetings of a run, one a week: a year."""
PAPERS = 0.6
"""How many items have a paper."""
ATTENDEES = 26
"""At most so many attend: a committee with its administration."""
AGAIN = 20
"""Of the meetings of the run before, every so many are asked for again."""
FIRST_DAY = dt.date(2006, 1, 5)
"""All meetings are on Thursdays, as the day in the templates is, so the weekday on a page is right."""
PASSED = "ungeändert beschlossen"
PAPER_TYPE, OFFICE = "Beschlussvorlage", "Fachbereich Planung"
FORMAL = ("Eröffnung und Feststellung der Beschlussfähigkeit", "Einwohnerfragestunde", "Verschiedenes")
SOFTWARE = "auszug, generator of corpora"
HEADERS = {4: [("Content-Type", "text/html;charset=UTF-8"), ("Content-Language", "de-DE")],
           3: [("Content-Type", "text/html")]}
REQUEST_HEADERS = [("User-Agent", SOFTWARE), ("Accept-Language", "de-DE")]

_DAY = dt.date(1971, 3, 4)
_SILFDNR, _TOLFDNR, _VOLFDNR = 700_000_001, 700_000_002, 700_000_003
_TITLE, _PAPER_TITLE, _PAPER_REFERENCE = "\ue010" * 60, "\ue011", "\ue012"
_NUMBER, _COMMITTEE, _COMMITTEE_TITLE = "\ue013", "\ue014", "\ue015"
_DOCUMENTS = 10
"""A page names documents with the numbers from three times its own on."""
_MARKS = {
    str(_SILFDNR): "silfdnr", str(_TOLFDNR): "tolfdnr", str(_VOLFDNR): "volfdnr",
    _TITLE[:render.TITLE_LENGTH] + "...": "shown", _TITLE: "title",
    _PAPER_TITLE: "paper_title", _PAPER_REFERENCE: "reference", _NUMBER: "number",
    _COMMITTEE: "committee", _COMMITTEE_TITLE: "committee_title", "GRLFDNR=999": "grlfdnr",
    "au020.asp?T1=Ausschuss&amp;history=switch&amp;AULFDNR=999": "committee3",
    "04.03.1971": "day", "DD=4&amp;MM=3&amp;YY=1971": "calendar", "YY=1971&amp;MM=03&amp;DD=04": "calendar3",
    texts.PROJECT: "project", texts.STREET: "street", texts.AMOUNT: "amount", texts.REFERENCE: "reference",
    **{str(_TOLFDNR * 3 + n): f"document{n}" for n in range(_DOCUMENTS)},
}
"""What a template has in the place of values, and the names of these."""
_MARK = re.compile("|".join(re.escape(mark) for mark in sorted(_MARKS, key=len, reverse=True)))


@dataclasses.dataclass(frozen=True)
class Session(Meeting):
    """A meeting of one of more committees than the demonstration county has."""

    number: int = 0

    @property
    def grlfdnr(self) -> int:
        return self.number

    @property
    def title(self) -> str:
        return f"Sitzung {GENITIVE[self.organization]}" if self.organization in GENITIVE else _COMMITTEE_TITLE


def drawn(county: int, excerpt: int, singles: int) -> tuple[int, bool]:
    """Which document an excerpt is made of (the long ones follow the `singles`), and whether it has a paper."""
    chance = random.Random(f"{county}/{excerpt}")
    long = chance.random() < texts.LONG_SHARE
    which = singles + chance.randrange(texts.LONG) if long else chance.randrange(singles)
    return which, chance.random() < PAPERS


Template = list[str]
"""Literal text and names of values in turn, beginning with text."""


def _template(page: str) -> Template:
    parts, at = [], 0
    for found in _MARK.finditer(page):
        parts += [page[at : found.start()], _MARKS[found[0]]]
        at = found.end()
    return [*parts, page[at:]]


def _filled(template: Template, values: dict[str, str]) -> str:
    parts = template.copy()
    parts[1::2] = [values[name] for name in template[1::2]]
    return "".join(parts)


class County:
    """One county: its pages in the order of a harvest, run by run."""

    def __init__(self, number: int, excerpts: int, found: Sequence[texts.Document]) -> None:
        self.number, self.excerpts = number, excerpts
        self.name = f"county-{number:02d}"
        self.title = texts.county_title(number)
        self.generation = 4 if number % 2 else 3
        self._render: ModuleType = render if self.generation == 4 else render3
        self._suffix = "" if self.generation == 4 else ".asp"
        self.base = f"https://{self.name}.example/bi/"
        self._cast = texts.Cast(number, found)
        self._documents = [self._cast.cast(document) for document in found]
        self._seeds = texts.seed_meetings()
        self._templates: dict[tuple[int, bool], Template] = {}

    def _excerpt_template(self, which: int, *, paper: bool) -> Template:
        """The page of a document, with a paper or without one; rendered at the first use."""
        if (which, paper) not in self._templates:
            self._templates[which, paper] = self._render_template(self._documents[which], paper=paper)
        return self._templates[which, paper]

    def _render_template(self, document: texts.Document, *, paper: bool) -> Template:
        meeting = Session(silfdnr=_SILFDNR, organization=_COMMITTEE, date=_DAY.isoformat(), start="17:00", end="19:25",
                          room="Kreishaus", place=None, attendance=(), number=999)
        its = Paper(_VOLFDNR, _PAPER_REFERENCE, _PAPER_TITLE, PAPER_TYPE, OFFICE, ()) if paper else None
        item = Item(_TOLFDNR, _NUMBER, _TITLE, document.result, its, None, document.texts)
        return _template(self._own(self._render.excerpt(meeting, item)))

    def _own(self, page: str) -> str:
        return page.replace("Kreis Ahrenfeld", self.title).replace("www.ahrenfeld.example", f"www.{self.name}.example")

    def _address(self, program: str, query: str) -> str:
        return f"{self.base}{program}{self._suffix}?{query}"

    def runs(self) -> Iterator[tuple[dt.date, list[tuple[str, bytes, bool]]]]:
        """For each run its day and its pages: address, body, whether it is one of the run before, asked for again."""
        meetings = -(-self.excerpts // PER_MEETING)
        again: list[tuple[str, str]] = []
        for start in range(0, meetings, PER_RUN):
            pages = [(address, self._encoded(self._session(page)), True) for address, page in again]
            again = []
            numbers = range(start, min(start + PER_RUN, meetings))
            for n in numbers:
                for at, (address, page) in enumerate(self._meeting(n)):
                    pages.append((address, self._encoded(page), False))
                    if at == 0 and n % AGAIN == 0:
                        again.append((address, page))
            yield FIRST_DAY + dt.timedelta(weeks=numbers[-1], days=30), pages

    def _encoded(self, page: str) -> bytes:
        return page.encode("utf-8") if self.generation == 4 else render3.encode(page)

    def _session(self, page: str) -> str:
        """The page as another session sees it: of ALLRIS 4, no two bodies are the same."""
        return page.replace("?0-1.", "?1-1.")

    def _meeting(self, n: int) -> Iterator[tuple[str, str]]:
        """The pages of the `n`-th meeting: agenda, attendance, excerpts, papers."""
        seed = self._seeds[n % len(self._seeds)]
        committees = list(GENITIVE)
        organization = committees[n % len(committees)]
        day = FIRST_DAY + dt.timedelta(weeks=n)
        singles = len(self._documents) - texts.LONG
        chosen, items, papers = [], [], []
        for at in range(min(PER_MEETING, self.excerpts - n * PER_MEETING)):
            excerpt = n * PER_MEETING + at
            which, with_paper = drawn(self.number, excerpt, singles)
            document = self._documents[which]
            title = f"{document.title} ({texts.project(excerpt)})"
            step = Step(organization, day.isoformat(), "Entscheidung", document.result or PASSED, 1000 + n,
                        50_000 + excerpt, has_excerpt=True)
            later = Step("Kreistag", (day + dt.timedelta(weeks=3)).isoformat(), "Entscheidung", PASSED)
            paper = Paper(4000 + excerpt, f"DrS/{day.year}/{excerpt}", title, PAPER_TYPE, OFFICE,
                          (step,) if organization == "Kreistag" else (step, later))
            papers += [paper] * with_paper
            chosen.append((which, excerpt, paper, with_paper))
            items.append(Item(50_000 + excerpt, str(at + 3), title, document.result, paper if with_paper else None,
                              None, document.texts))
        formal = [Item(10_000_000 + n * 3 + at, str(number), title, None, None, None)
                  for at, (number, title) in enumerate(zip((1, 2, len(items) + 3), FORMAL, strict=True))]
        meeting = Session(1000 + n, organization, day.isoformat(), "17:00", "19:25", seed.room, seed.place,
                          self._cast.attendance(seed, [self._documents[which] for which, *_ in chosen], ATTENDEES),
                          (*formal[:2], *items, formal[2]), number=_number(organization))
        refresh = "&refresh=false" if self.generation == 4 else ""
        agenda = self._render.meeting_page(meeting)
        yield self._address("to010", f"SILFDNR={meeting.silfdnr}{refresh}"), self._own(agenda)
        yield self._address("si019", f"SILFDNR={meeting.silfdnr}"), self._own(self._render.attendance(meeting))
        context = f"&SILFDNR={meeting.silfdnr}" if self.generation == 4 else ""
        for item, (which, excerpt, paper, with_paper) in zip(items, chosen, strict=True):
            yield (self._address("to020", f"TOLFDNR={item.tolfdnr}{context}"),
                   _filled(self._excerpt_template(which, paper=with_paper), _values(meeting, item, paper, excerpt)))
        for paper in papers:
            yield self._address("vo020", f"VOLFDNR={paper.volfdnr}{refresh}"), self._own(self._render.paper_page(paper))


def _number(organization: str) -> int:
    """GRLFDNR of a committee."""
    return COMMITTEES.get(organization) or 10 + list(GENITIVE).index(organization)


def _values(meeting: Session, item: Item, paper: Paper, excerpt: int) -> dict[str, str]:
    day = dt.date.fromisoformat(meeting.date)
    title = item.title
    program, key = ("pa020", "PALFDNR") if meeting.organization == "Kreistag" else ("au020", "AULFDNR")
    shown = title if len(title) <= render.TITLE_LENGTH + 3 else title[:render.TITLE_LENGTH] + "..."
    return {
        "silfdnr": str(meeting.silfdnr), "tolfdnr": str(item.tolfdnr), "volfdnr": str(paper.volfdnr),
        "shown": escape(shown), "title": escape(title), "paper_title": escape(paper.title),
        "reference": paper.reference, "number": item.number, "committee": meeting.organization,
        "committee_title": meeting.title, "day": f"{day:%d.%m.%Y}",
        "calendar": f"DD={day.day}&amp;MM={day.month}&amp;YY={day.year}",
        "calendar3": f"YY={day.year}&amp;MM={day.month:02d}&amp;DD={day.day:02d}", "project": texts.project(excerpt),
        "street": texts.street(excerpt), "amount": texts.amount(excerpt), "grlfdnr": f"GRLFDNR={meeting.number}",
        "committee3": f"{program}.asp?T1=Ausschuss&amp;history=switch&amp;{key}={meeting.number}",
        **{f"document{n}": str(item.tolfdnr * 3 + n) for n in range(_DOCUMENTS)},
    }


# --------------------------------------------------------------------------------- writing


@dataclasses.dataclass(frozen=True)
class Written:
    """What a county holds. `excerpt_bytes`: of the excerpts' pages; `words`: of each excerpt, parted by white space."""

    folder: str
    pages: int
    excerpt_bytes: int
    words: tuple[int, ...]


def write_county(folder: Path, number: int, excerpts: int) -> Written:
    """Writes `folder/county-NN`; the folder must not exist. Returns what it holds."""
    found = texts.documents()
    county = County(number, excerpts, found)
    home = folder / county.name
    home.mkdir(parents=True)
    (home / "corpus.toml").write_text(
        f"# Made by tests.corpus_generator: INVENTED, {excerpts} excerpts (ALLRIS {county.generation}).\n\n[corpus]\n"
        f'name = "{county.name}"\ntitle = "{county.title} (invented)"\ntopics = ["sro"]\n\n'
        f'[files]\nbody = "{county.title}"\n', "utf-8")
    pages = size = 0
    known: dict[str, tuple[str, str]] = {}
    for day, run in county.runs():
        pages += len(run)
        size += sum(len(body) for address, body, _ in run if "/to020" in address)
        _write_run(home / "archive", county, day, run, known)
    singles = len(found) - texts.LONG
    opening = len(texts.OPENING.split())
    words = tuple(found[drawn(number, excerpt, singles)[0]].words + opening for excerpt in range(excerpts))
    return Written(str(home), pages, size, words)


def _write_run(
    folder: Path, county: County, day: dt.date, run: list[tuple[str, bytes, bool]], known: dict[str, tuple[str, str]]
) -> None:
    """One WARC file. `known`: record id and date of each page of the run before; that of this one when it returns."""
    began = dt.datetime.combine(day, dt.time(2), dt.UTC)
    before = known.copy()
    known.clear()
    with archive.ArchiveWriter(folder, f"{county.name}-{began:%Y%m%dT%H%M%SZ}", started=began, software=SOFTWARE,
                               info={"isPartOf": county.name, "description": "Invented", "robots": "ignore"}) as target:
        for n, (address, body, again) in enumerate(run, 1):
            fetched = began + dt.timedelta(seconds=2 * n)
            if again and county.generation == 3:
                record, date = before[address]
                target.write_revisit(address, fetched=fetched, status=200, reason="OK", headers=HEADERS[3],
                                     payload_hash=archive.payload_hash(body), refers_to=record, refers_to_date=date)
                continue
            record = target.write_exchange(address, body, fetched=fetched, status=200, reason="OK",
                                           headers=HEADERS[county.generation], request_headers=REQUEST_HEADERS)
            known[address] = record, f"{fetched:%Y-%m-%dT%H:%M:%SZ}"


def write_corpora(folder: Path, excerpts: int, *, workers: int = 1) -> list[Written]:
    """Writes `folder/corpora/county-NN`, `excerpts` excerpts in all: two counties, or as many as hold `COUNTY` each.

    What they hold does not depend on `workers`.
    """
    number = max(2, -(-excerpts // COUNTY))
    sizes = [excerpts // number + (n < excerpts % number) for n in range(number)]
    jobs = [(folder / "corpora", n, size) for n, size in enumerate(sizes, 1)]
    if workers == 1:
        return [write_county(*job) for job in jobs]
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        return pool.starmap(write_county, jobs, chunksize=1)


def change_one(county: Path, *, which: int = 0) -> str:
    """Adds a run with one changed page to the county in this folder; returns the page's address.

    It is the `which`-th excerpt of the archive's last file, with another word in its first paragraph.
    """
    last = max((county / "archive").glob("*.warc.gz"))
    excerpts = (page for page in archive.read_file(last)
                if isinstance(page, archive.ArchivedPage) and "/to020" in page.url and page.payload)
    page = next(page for n, page in enumerate(excerpts) if n == which)
    assert page.payload is not None
    changed = page.payload.replace(b"Vorhaben", b"Bau-Vorhaben", 1)
    if changed == page.payload:
        raise ValueError(f"{page.url}: this excerpt is none of the generator's")
    latest = dt.datetime.strptime(f"{last.name.split('-')[-1].split('.')[0]}+0000", "%Y%m%dT%H%M%SZ%z")
    when = latest + dt.timedelta(days=1)
    name = f"{county.name}-{when:%Y%m%dT%H%M%SZ}"
    with archive.ArchiveWriter(county / "archive", name, started=when, software=SOFTWARE) as target:
        target.write_exchange(page.url, changed, fetched=when, status=200, reason="OK", headers=page.headers,
                              request_headers=REQUEST_HEADERS)
    return page.url


def summary(written: list[Written]) -> dict[str, float]:
    """What the corpora hold in all: counties, excerpts, pages, words and their median and mean, bytes of a page."""
    words = sorted(n for county in written for n in county.words)
    return {
        "counties": len(written), "excerpts": len(words), "pages": sum(county.pages for county in written),
        "words": sum(words), "words median": statistics.median(words), "words mean": round(statistics.mean(words), 1),
        "words 99 %": words[len(words) * 99 // 100],
        "excerpt kB mean": round(sum(county.excerpt_bytes for county in written) / len(words) / 1000, 1),
        "archive MB": round(sum(path.stat().st_size for county in written
                                for path in Path(county.folder).glob("archive/*")) / 1e6, 1),
    }


def main() -> int:
    """Writes corpora, or changes one, as the module's text says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--excerpts", type=int, default=COUNTY)
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--change", type=Path, help="add a run with one changed excerpt to this county")
    chosen = parser.parse_args()
    if chosen.change:
        print(change_one(chosen.change))
        return 0
    if chosen.output is None:
        parser.error("-o FOLDER is missing")
    began = time.perf_counter()
    written = write_corpora(chosen.output, chosen.excerpts, workers=chosen.workers)
    print(json.dumps({**summary(written), "seconds": round(time.perf_counter() - began, 1)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
