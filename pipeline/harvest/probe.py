"""What is this site? (`auszug probe`), and a configuration for it (`auszug init`).

A probe asks some fifteen pages, politely: robots.txt, a few months of the calendar, the list of committees, one meeting
with an excerpt, a paper and its attendance list, and OParl. It says what it found, which of the fields that the parser
reads the pages lack, and writes nothing.
"""

from __future__ import annotations

import datetime as dt
import random as _random
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import msgspec

import pipeline
from pipeline.addresses import parts_of, port_of
from pipeline.errors import EXIT_FAILED, EXIT_OK, EXIT_PROBLEMS, ConfigError, HarvestError
from pipeline.harvest import oparl
from pipeline.harvest.allris import Kind, Month, Site
from pipeline.harvest.asking import Asker
from pipeline.harvest.client import Answer, Client, Stop
from pipeline.harvest.ledger import Ledger
from pipeline.harvest.pace import Pace
from pipeline.harvest.run import CONTACT_REMEDY, is_contact
from pipeline.harvest.scope import Scope, base_of
from pipeline.harvest.wire import TOTAL_TIMEOUT, Wire
from pipeline.records import Calendar, Meeting, MeetingLink, OrganizationList

PROBE_DELAY = 1.5
MONTHS = 13
"""Months back in which a meeting with minutes is looked for (they appear weeks after it; summers are empty)."""
MEETINGS = 4
"""Meetings whose agenda is read until one has an item with a text."""
MAX_BYTES = 20_000_000

EXPECTED: dict[tuple[str, Kind], tuple[str, ...]] = {
    ("allris4", "meeting"): ("sibetreff", "sigremium", "sidatum", "sistatus", "sizeit", "toTreeTable"),
    ("allris4", "excerpt"): ("toname", "sibetreff", "sigremium", "sidatum", "sizeit", "dokumenteHeaderPanel",
                             "mainContent"),
    ("allris4", "paper"): ("vobetreff", "vostatus", "voart", "vofamt", "bfTable"),
    ("allris3", "meeting"): ("Bezeichnung:", "Gremium:", "Datum:", "Zeit:"),
    ("allris3", "excerpt"): ("TOP:", "Gremium:", "Datum:", "Zeit:", "allrisWP"),
    ("allris3", "paper"): ("Betreff:", "Status:", "Beratungsfolge:"),
}
"""What the parser reads by name: ids of ALLRIS 4, labels and anchors of ALLRIS 3. Some may be missing at some sites."""


class PageFinding(msgspec.Struct, frozen=True, kw_only=True):
    """A page that was looked at: what it is, what it lacks, what the parser says."""

    kind: Kind
    address: str
    outcome: str
    missing: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What a probe found."""

    url: str
    base: str
    system: Literal["allris3", "allris4"] | None = None
    version: str | None = None
    calendar: str | None = None
    """The calendar's address for the month that was looked at last."""
    robots: str = ""
    crawl_delay: float = 0.0
    oparl: str | None = None
    committees: tuple[tuple[int | None, str], ...] = ()
    meetings: int = 0
    months: int = 0
    pages: tuple[PageFinding, ...] = ()
    stop: str | None = None
    message: str | None = None
    remedy: str | None = None
    requests: int = 0
    latency: float = 0.0

    @property
    def exit_code(self) -> int:
        """0: can be harvested; 1: can, but pages lack what the parser reads; 2: cannot."""
        if self.stop or self.system is None or not self.meetings:
            return EXIT_FAILED
        wrong = any(page.outcome not in {"ok", "not_public", "gone"} or page.problems for page in self.pages)
        return EXIT_PROBLEMS if wrong or any(page.missing for page in self.pages) else EXIT_OK


def probe(
    url: str, *, contact: str | None = None, allow_private: bool = False, delay: float = PROBE_DELAY,
    clock: Callable[[], dt.datetime] | None = None, timer: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep, random: Callable[[], float] = _random.random,
    tell: Callable[[str], None] = lambda _: None, total_timeout: float | None = None,
) -> Finding:
    """Look at the site at `url`; writes nothing. What goes wrong is in the finding. Raises ConfigError."""
    if not re.match(r"https?://[^/\s]+", url.strip()) or not port_of(parts_of(url.strip())):
        raise ConfigError(f"'{url}' is no web address", remedy="write it as in https://www.example.org/allris")
    if contact and not is_contact(contact):
        raise ConfigError(f"'{contact}' is neither a mail address nor a web address", remedy=CONTACT_REMEDY)
    base = base_of(url)
    now = clock or (lambda: dt.datetime.now(dt.UTC))
    scope = Scope(base=base, allow_private=allow_private, also=("/oparl",))
    agent = f"auszug/{pipeline.__version__} (probe by hand; contact: {contact or 'none given'})"
    wire = Wire(user_agent=agent, max_bytes=MAX_BYTES, allow_private=allow_private, timer=timer, now=now,
                total_timeout=TOTAL_TIMEOUT if total_timeout is None else total_timeout)
    client = Client(wire, scope, pace=Pace(delay), record=lambda answer: tell(answer.ask.url), now=now, timer=timer,
                    sleep=sleep, random=random)
    ledger = Ledger(None, base=base)
    asker = Asker(base=base, client=client, ledger=ledger, now=now, report=lambda _: None)
    look = _Look(asker, client, Finding(url=url, base=base), now)
    try:
        look.look()
    except Stop as stop:
        look.found = msgspec.structs.replace(look.found, stop=stop.reason, message=stop.message,
                                             remedy=stop.remedy or None)
    finally:
        wire.close()
        ledger.close()
    return msgspec.structs.replace(look.found, requests=client.requests, latency=round(look.latency(), 3))


class _Look:
    """A probe while it is under way."""

    def __init__(self, asker: Asker, client: Client, found: Finding, now: Callable[[], dt.datetime]) -> None:
        self.found = found
        self._ask, self._client, self._now = asker, client, now
        self._latencies: list[float] = []

    def latency(self) -> float:
        """Mean seconds to the head of an answer."""
        return sum(self._latencies) / len(self._latencies) if self._latencies else 0.0

    def look(self) -> None:
        """Everything. Raises Stop."""
        robots = self._client.read_robots()
        self._note(robots="allows", crawl_delay=robots.delay)
        site = self._ask.identify()
        self._note(system=site.system)
        links = self._calendar()
        self._committees(self._ask.site)
        self._meeting(self._ask.site, links)
        self._oparl(self._ask.site)

    def _note(self, **values: object) -> None:
        self.found = msgspec.structs.replace(self.found, **values)

    def _see(self, answer: Answer) -> Answer:
        self._latencies.append(answer.exchange.latency)
        page = answer.judgement.page
        if page is not None and page.version and not self.found.version:
            self._note(version=page.version)
        return answer

    def _calendar(self) -> list[MeetingLink]:
        """Published meetings of the last months, newest first."""
        today = self._now().date()
        links: list[MeetingLink] = []
        for offset in range(MONTHS):
            month = Month.of(today).plus(-offset)
            address = self._ask.site.calendar(month)
            answer = self._ask.ajax_page(address, "calendar")
            if answer is not None and answer.judgement.outcome in {"not_public", "gone"} and offset == 0:
                answer = self._ask.find_variant(month)
            if answer is None:
                continue
            self._see(answer)
            record = answer.judgement.page.record if answer.judgement.page else None
            self._note(calendar=answer.ask.address, months=offset + 1)
            if not isinstance(record, Calendar):
                self._page(answer, "calendar")
                break
            past = [m for m in record.meetings if m.silfdnr is not None and (m.date or "") <= today.isoformat()]
            self._note(meetings=self.found.meetings + sum(m.silfdnr is not None for m in record.meetings))
            links += sorted(past, key=lambda m: m.date or "", reverse=True)
            if len(links) >= MEETINGS:
                break
        return links

    def _committees(self, site: Site) -> None:
        for address in site.organization_lists():
            answer = self._ask.ajax_page(address, "organization_list")
            if answer is None:
                continue
            self._see(answer)
            record = answer.judgement.page.record if answer.judgement.page else None
            if isinstance(record, OrganizationList):
                found = tuple((link.number, link.name) for link in record.organizations)
                self._note(committees=(*self.found.committees, *found))
            elif answer.judgement.outcome not in {"gone", "not_public"}:
                self._page(answer, "organization_list")

    def _meeting(self, site: Site, links: list[MeetingLink]) -> None:
        """The first meeting that has an item with a text, that item, a paper and the attendance."""
        best: tuple[Answer, Meeting] | None = None
        for link in links[:MEETINGS]:
            answer = self._see(self._ask.fetch(site.meeting(link.silfdnr or 0), "meeting"))
            record = answer.judgement.page.record if answer.judgement.page else None
            if not isinstance(record, Meeting):
                if answer.judgement.outcome not in {"not_public", "no_information"}:
                    self._page(answer, "meeting")
                continue
            best = (answer, record)
            if any(row.has_text and row.public is not False for row in record.agenda):
                break
        if best is None:
            return
        answer, meeting = best
        self._page(answer, "meeting")
        rows = [row for row in meeting.agenda if row.public is not False]
        item = next((row.tolfdnr for row in rows if row.has_text), None)
        paper = next((row.paper_id for row in rows if row.paper_id is not None), None)
        if item is not None:
            self._page(self._see(self._ask.fetch(site.excerpt(item, meeting.silfdnr), "excerpt")), "excerpt")
        if paper is not None:
            self._page(self._see(self._ask.fetch(site.paper(paper), "paper")), "paper")
        if meeting.has_attendance and meeting.silfdnr is not None:
            address = site.attendance(meeting.silfdnr)
            self._page(self._see(self._ask.fetch(address, "attendance")), "attendance")

    def _page(self, answer: Answer, kind: Kind) -> None:
        page = answer.judgement.page
        system = self.found.system or ""
        body = answer.exchange.body.decode("utf-8" if system == "allris4" else "windows-1252", "replace")
        missing = tuple(name for name in EXPECTED.get((system, kind), ()) if name not in body) \
            if answer.judgement.outcome == "ok" else ()
        sections = getattr(page.record, "sections", ()) if page else ()
        self._note(pages=(*self.found.pages, PageFinding(
            kind=kind, address=answer.ask.address, outcome=answer.judgement.outcome, missing=missing,
            problems=tuple(f"{problem.code}: {problem.message}" for problem in page.problems) if page else (),
            sections=tuple(section.label for section in sections))))

    def _oparl(self, site: Site) -> None:
        for address in oparl.entry_points(site, self._client.scope.origin):
            answer = self._ask.fetch(address, "oparl")
            if answer.judgement.oparl is not None:
                self._note(oparl=address)
                return


# ------------------------------------------------------------------------------------------ a new corpus


def init_corpus(
    name: str, url: str, *, folder: Path, contact: str | None = None, allow_private: bool = False,
    probing: Callable[..., Finding] = probe, **options: object,
) -> tuple[Path, Finding]:
    """Probe the site and write `folder`/`name`/corpus.toml with comments; returns its path and what was found.

    Raises ConfigError (a wrong name, a corpus that is there already), HarvestError (the site cannot be harvested);
    then nothing is written. `options` go to the probe.
    """
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,39}", name):
        raise ConfigError(f"'{name}' is no name for a corpus", remedy="use lower case letters, digits and hyphens, "
                          "beginning with a letter")
    path = folder / name / "corpus.toml"
    if path.exists():
        raise ConfigError("the corpus is there already", where=path, remedy="choose another name, or change that file")
    found = probing(url, contact=contact, allow_private=allow_private, **options)
    if found.exit_code == EXIT_FAILED:
        raise HarvestError(found.message or "no meeting was found", where=found.base,
                           remedy=found.remedy or "look at the site, and give the address of its ALLRIS")
    text = corpus_text(name, found, contact=contact, allow_private=allow_private)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_text(text, "utf-8")
    temporary.replace(path)
    return path, found


def corpus_text(name: str, found: Finding, *, contact: str | None, allow_private: bool) -> str:
    """corpus.toml for a site that was probed."""
    title = name.replace("-", " ").title()
    delay = max(PROBE_DELAY, found.crawl_delay)
    waiting = f", with a Crawl-delay of {found.crawl_delay:g} s" if found.crawl_delay else ""
    lines = [
        f"# {found.base}: ALLRIS {found.version or (found.system or '')[-1]}, as probed.",
        f"# robots.txt {found.robots} it{waiting}; OParl: {found.oparl or 'none found'}; "
        f"meetings in the last {found.months} months: {found.meetings}.",
        "",
        "[corpus]",
        f"name = {_toml(name)}",
        f"title = {_toml(title)}    # the municipality, as it shall stand in tables",
        'topics = []    # as in ["sro", "kita"]: files in corpora/topics/, or those that ship',
        "",
        "[source]",
        f"url = {_toml(found.base)}",
    ]
    if contact:
        lines.append(f"contact = {_toml(contact)}    # goes into the User-Agent")
    else:
        lines.append('contact = ""    # required: "mailto:name@example.org"; or set AUSZUG_CONTACT')
    lines.append(f"delay = {delay:g}    # seconds, the floor between two requests")
    names = [label for _, label in found.committees]
    lines.append("# Committees by name, pattern (\"*ausschuss\") or number; without the key: all.")
    if names:
        lines += [f"#   {_toml(label)}{'' if n is None else f' ({n})'}" for n, label in found.committees]
    example = names[0] if names else "Jugendhilfeausschuss"
    lines += [
        f"# committees = [{_toml(example)}]",
        "# since = 2011-01-01         # meetings from this day on; without the key: all",
        '# hours = "22:00-06:00"      # only at this time of day',
        "# requests_per_run = 5000    # without the key: no limit",
    ]
    if allow_private:
        lines.append("allow_private_addresses = true    # a site in this machine or network")
    lines += [f"# oparl = {'false' if found.oparl is None else _toml('auto')}", ""]
    return "\n".join(lines)


def _toml(text: str) -> str:
    """A TOML string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in escaped) + '"'
