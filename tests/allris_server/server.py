"""A local ALLRIS: real HTTP on the loopback, both generations, sessions, an Ajax calendar, and faults.

    with LocalAllris(generation=4) as site:
        site.url       the base address
        site.log       every request with its time, session and answer
        site.faults    switches, to be turned at any time

    python -m tests.allris_server.server --generation 4 --port 8400     (make demo-site)

The pages are those of the demonstration county. `now` and `sleep` are passed in, so that tests see a server in
their own time.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import datetime as dt
import hashlib
import http.server
import random
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.allris_server import bodies, oparl_answers, render, render3, render_lists
from tests.allris_server import county as county_data
from tests.allris_server.county import COMMITTEES, County, Item, Meeting, Text
from tests.allris_server.faults import Faults
from tests.allris_server.render_lists import Row

PREFIX = "/bi"
HIDDEN_MEETING, UNPUBLISHED_MEETING = 99001, 99002
FIRST_SECRET_TOLFDNR = 990_001


@dataclass(frozen=True)
class Logged:
    """A request and what it was answered."""

    time: float
    path: str
    page: str
    """Program and number, `to020:51205`; `robots`, `oparl` ..."""
    headers: dict[str, str]
    session: str
    """The session that the request brought (empty: none)."""
    status: int

    @property
    def ajax(self) -> bool:
        return self.headers.get("wicket-ajax") == "true"


@dataclass
class Answer:
    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "text/html;charset=UTF-8"
    cut: bool = False
    stream: Callable[[Any], None] | None = None


@dataclass
class Session:
    agendas: set[int] = field(default_factory=set)
    counter: int = 0


@lru_cache(maxsize=1)
def load() -> County:
    """The demonstration county, read once."""
    return county_data.load()


class LocalAllris:
    """The server; a context manager. `county` defaults to the demonstration county."""

    def __init__(
        self, *, generation: int = 4, county: County | None = None, faults: Faults | None = None, port: int = 0,
        now: Callable[[], float] = time.time, sleep: Callable[[float], None] = time.sleep, people: bool = True,
        prefix: str = PREFIX, seed: int = 1,
    ) -> None:
        self.generation, self.faults, self.now, self.sleep = generation, faults or Faults(), now, sleep
        self.people, self.prefix = people, prefix
        self.log: list[Logged] = []
        self.sessions: dict[str, Session] = {}
        self.use(county or load())
        self._random = random.Random(seed)
        self._failed_last = False
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", port), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def use(self, county: County) -> None:
        """Show another county from now on."""
        self.county = county
        self._meetings = {m.silfdnr: m for m in county.meetings}
        self._items = {i.tolfdnr: (m, i) for m in county.meetings for i in m.items}
        self._papers = {p.volfdnr: p for p in county.papers}

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.origin}{self.prefix}"

    def start(self) -> LocalAllris:
        self._thread.start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> LocalAllris:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def pages(self, program: str = "") -> list[str]:
        """The pages asked so far, in order (`to020:51205`), of one program or all."""
        return [entry.page for entry in self.log if entry.page.startswith(program)]

    # ------------------------------------------------------------------ answering

    def answer(self, path: str, headers: dict[str, str]) -> tuple[str, str, Answer]:
        """(page, session, answer) for a request."""
        parts = urlsplit(path)
        query = {key.upper(): value for key, value in parse_qsl(parts.query, keep_blank_values=True)}
        cookie = headers.get("cookie", "")
        session = next((c.split("=", 1)[1] for c in cookie.split("; ") if c.split("=")[0] in _COOKIES), "")
        if parts.path == "/robots.txt":
            return "robots", session, self._robots()
        program, number = self._program(parts.path, query)
        page = f"{program}:{number}" if number is not None else program
        known = session in self.sessions
        key = session if known else f"S{len(self.sessions) + 1:06d}"
        state = self.sessions.setdefault(key, Session())
        answer = self._faulty(page, program, number, query, parts.query, headers, state)
        if not known:
            name = "JSESSIONID" if self.generation == 4 else "ASPSESSIONIDQQCA"
            answer.headers.setdefault("Set-Cookie", f"{name}={key}; Path=/; HttpOnly")
        return page, session, answer

    def _program(self, path: str, query: dict[str, str]) -> tuple[str, int | None]:
        if "/oparl" in path:
            return "oparl", None
        name = path.removeprefix(self.prefix).strip("/").lower()
        if name.endswith(".asp") != (self.generation == 3):
            return f"unknown {name}", None
        for key in ("TOLFDNR", "SILFDNR", "VOLFDNR", "KPLFDNR", "GRLFDNR", "AULFDNR", "PALFDNR", "GRA"):
            if key == "SILFDNR" and "TOLFDNR" in query and name.startswith("to020"):
                continue
            if query.get(key, "").isdigit() and (key != "TOLFDNR" or name.startswith("to020")):
                return name.removesuffix(".asp"), int(query[key])
        if query.get("MM", "").isdigit() and query.get("YY", "").isdigit():
            return name.removesuffix(".asp"), int(query["YY"]) * 100 + int(query["MM"])
        return name.removesuffix(".asp"), None

    def _robots(self) -> Answer:
        faults = self.faults
        if faults.robots_location:
            return Answer(status=301, headers={"Location": faults.robots_location})
        if faults.robots_status != 200:
            return Answer(b"<h1>error</h1>", status=faults.robots_status)
        if faults.robots is None:
            return Answer(b"<h1>Not found</h1>", status=404)
        return Answer(faults.robots.encode(), content_type="text/plain")

    def _faulty(
        self, page: str, program: str, number: int | None, query: dict[str, str], raw: str, headers: dict[str, str],
        state: Session,
    ) -> Answer:
        faults = self.faults
        if faults.latency:
            self.sleep(faults.latency)
        count = sum(entry.page != "robots" for entry in self.log) + 1
        if faults.too_many_after is not None and count >= faults.too_many_after:
            return self._html(render_lists.too_many(program, raw))
        if faults.gate_after is not None and count >= faults.gate_after:
            if faults.gate_redirects:
                return Answer(status=302, headers={"Location": "/_gate/?next=/bi/"})
            return Answer(render_lists.GATE.encode())
        if faults.busy and program != "oparl":
            after = faults.busy.pop(0)
            return Answer(b"<h1>busy</h1>", status=503, headers={} if after is None else {"Retry-After": after})
        if faults.down:
            return Answer(b"<h1>Internal Server Error</h1>", status=500)
        if faults.errors.get(page):
            return Answer(b"<h1>Internal Server Error</h1>", status=faults.errors[page].pop(0))
        if faults.random_errors and not self._failed_last and self._random.random() < faults.random_errors:
            self._failed_last = True
            return Answer(b"<h1>Internal Server Error</h1>", status=self._random.choice([500, 502]))
        self._failed_last = False
        if page in faults.redirected and faults.foreign_redirect:
            return Answer(status=302, headers={"Location": faults.foreign_redirect})
        if page in faults.loops:
            state.counter += 1
            again = f"./{program}?{state.counter}&{_without_version(raw)}&round={state.counter}"
            return Answer(status=302, headers={"Location": again})
        if page in faults.garbage:
            return Answer(random.Random(page).randbytes(5000))
        if page in faults.bombs:
            return Answer(bodies.bomb(), headers={"Content-Encoding": "gzip"})
        if page in faults.endless:
            return Answer(stream=bodies.endless)
        if page in faults.dripping or page in faults.dripping_head:
            return Answer(stream=bodies.drip_head if page in faults.dripping_head else bodies.drip)
        if page in faults.vanished:
            return Answer(b"<h1>404</h1>", status=404)
        if page in faults.lost_session:
            page, program, number, query = "si010:202401", "si010", 202401, {"MM": "1", "YY": "2024"}
        if (faults.version_redirect and self.generation == 4 and program in {"to020", "to010", "vo020"}
                and not raw.split("&")[0].isdigit()):
            state.counter += 1
            return Answer(status=302, headers={"Location": f"./{program}?{state.counter}&{raw}"})
        if program.startswith("unknown"):
            return Answer(b"<h1>404</h1>", status=404)
        if program == "oparl":
            return self._oparl(headers.get(":path", ""), query)
        speak = self._allris4 if self.generation == 4 else self._allris3
        answer = speak(page, program, number, query, raw, headers, state)
        if page in faults.truncated:
            answer.body = answer.body[: len(answer.body) // 3]
        if page in faults.cut_short:
            answer.cut = True
        if not faults.no_etag and answer.status == 200:
            etag = '"' + hashlib.sha256(answer.body).hexdigest()[:16] + '"'
            if headers.get("if-none-match") == etag:
                return Answer(status=304, headers={"ETag": etag})
            answer.headers["ETag"] = etag
        return answer

    def _html(self, page: str) -> Answer:
        if self.generation == 3:
            return Answer(render3.encode(page), content_type="text/html")
        return Answer((render_lists.in_cms(page) if self.faults.cms_frame else page).encode())

    def _refused(self, program: str, raw: str) -> Answer:
        suffix = "" if self.generation == 4 else ".asp"
        if self.faults.refusal == "redirect":
            return Answer(status=302, headers={"Location": f"{self.prefix}/noauth{suffix}"})
        answer = self._html(render_lists.no_information(program, raw))
        if self.faults.refusal == "header":
            answer.headers["X-Page"] = "noauth.asp"
        return answer

    def _may_see(self, page: str, program: str, number: int | None, state: Session) -> bool:
        if page in self.faults.hidden:
            return False
        if self.faults.warm_up and program.startswith("to020") and number in self._items:
            return self._items[number][0].silfdnr in state.agendas
        return True

    # ------------------------------------------------------------------ ALLRIS 4

    def _allris4(
        self, page: str, program: str, number: int | None, query: dict[str, str], raw: str, headers: dict[str, str],
        state: Session,
    ) -> Answer:
        english = self.faults.english and "de" not in headers.get("accept-language", "")
        wicket = raw.split("&")[0]
        if headers.get("wicket-ajax") == "true" and "-" in wicket:
            return self._rows(program, number, query, wicket, state, english=english)
        if program in {"si010", "si018", "gr010"}:
            state.counter += 1
            crumb = {"si010": "Kalender", "si018": "Übersicht", "gr010": "Gremien"}[program]
            return self._html(render_lists.shell(program, crumb, _without_version(raw), state.counter))
        if not self._may_see(page, program, number, state) or number in (HIDDEN_MEETING, UNPUBLISHED_MEETING) \
                or (number or 0) >= FIRST_SECRET_TOLFDNR:
            return self._refused(program, raw)
        text = self._page4(program, number)
        if text is None:
            return Answer(b"<h1>404</h1>", status=404)
        if program == "to010" and number is not None:
            state.agendas.add(number)
            if self.faults.secret_items:
                text = render_lists.with_secret_row(text, FIRST_SECRET_TOLFDNR + number)
        if english:
            text = text.replace("Do., ", "Thu., ")
        return self._html(text)

    def _page4(self, program: str, number: int | None) -> str | None:
        if number is None:
            return None
        if program == "to020" and number in self._items:
            meeting, item = self._items[number]
            return render.excerpt(meeting, self._item(item))
        if program in {"to010", "si019"} and number in self._meetings:
            meeting = self._meeting(number)
            return render.meeting_page(meeting) if program == "to010" else render.attendance(meeting)
        if program == "vo020" and number in self._papers:
            return render.paper_page(self._papers[number])
        if program == "gr020" and self.people:
            return render_lists.roster(self.county, number)
        if program == "kp020" and self.people:
            return render_lists.person(self.county, number)
        return None

    def _rows(
        self, program: str, number: int | None, query: dict[str, str], wicket: str, state: Session, *, english: bool
    ) -> Answer:
        if self.faults.stale_ajax > 0:
            self.faults.stale_ajax -= 1
            return Answer(content_type="text/xml;charset=UTF-8")
        counter = wicket.split("-")[0]
        if counter != str(state.counter):
            return Answer(content_type="text/xml;charset=UTF-8")
        if program == "si010":
            year, month = int(query["YY"]), int(query["MM"])
            text = render_lists.calendar_rows(year, month, self._calendar(year, month), english=english)
        elif program == "si018":
            page = int(wicket.split("-")[1].split(".")[1]) if "navigator-next" in wicket else 0
            text = render_lists.meeting_list_rows(self._listed(number), number or 0, page, state.counter,
                                                  english=english)
        else:
            text = render_lists.committee_rows(self.county)
        return Answer(text.encode(), content_type="text/xml;charset=UTF-8")

    def _shown(self) -> list[Meeting]:
        return [m for m in self.county.meetings
                if f"to010:{m.silfdnr}" not in self.faults.vanished and m.silfdnr not in self.faults.not_in_calendar]

    def _listed(self, committee: int | None) -> list[Meeting]:
        return [m for m in self._shown() if m.grlfdnr == committee]

    def _calendar(self, year: int, month: int) -> list[Row]:
        if self.faults.empty_calendar:
            return []
        prefix = f"{year:04d}-{month:02d}"
        rows = [Row(m.date, m.start, m.title, m.room, m.silfdnr) for m in self._shown() if m.date.startswith(prefix)]
        if self.faults.extra_rows and rows:
            day = rows[0].date
            rows += [
                Row(day, "18:00", "Sitzung des Beirates für Denkmalpflege (geplant)"),
                Row(day, "18:30", "ENTFÄLLT! Sitzung des Hauptausschusses"),
                Row(day, "19:00", "Sitzung des Werkausschusses", silfdnr=UNPUBLISHED_MEETING, published=False),
                Row(day, "19:30", "Sitzung des Vergabeausschusses", silfdnr=HIDDEN_MEETING),
            ]
        return rows

    def _meeting(self, number: int) -> Meeting:
        meeting = self._meetings[number]
        items = tuple(item for item in meeting.items if f"to020:{item.tolfdnr}" not in self.faults.vanished)
        return meeting if items == meeting.items else dataclasses.replace(meeting, items=items)

    def _item(self, item: Item) -> Item:
        words = self.faults.changed.get(item.tolfdnr)
        if words is None:
            return item
        first = item.texts[0]
        return dataclasses.replace(item, texts=(Text(first.label, (words, *first.paragraphs[1:])), *item.texts[1:]))

    # ------------------------------------------------------------------ ALLRIS 3

    def _allris3(
        self, page: str, program: str, number: int | None, query: dict[str, str], raw: str, headers: dict[str, str],
        state: Session,
    ) -> Answer:
        del headers
        if program.startswith("si010"):
            if program != f"si010{self.faults.calendar_variant}":
                return self._html(render3.refused(f"{program}.asp"))
            year, month = int(query.get("YY", 2026)), int(query.get("MM", 1))
            return self._html(render3.calendar_page(year, month, self._calendar(year, month)))
        if program == "si018_a":
            return self._html(render3.meeting_list(self._listed(number), number or 0))
        if program in {"au010", "pa010"}:
            return self._html(render3.committee_list(council=program == "pa010"))
        if number in (HIDDEN_MEETING, UNPUBLISHED_MEETING) or (number or 0) >= FIRST_SECRET_TOLFDNR \
                or not self._may_see(page, program, number, state):
            return self._refused(program, raw)
        text = self._page3(program, number)
        if text is None:
            return Answer(b"<h1>404</h1>", status=404)
        if program == "to010" and number is not None:
            state.agendas.add(number)
        return self._html(text)

    def _page3(self, program: str, number: int | None) -> str | None:
        if number is None:
            return None
        if program == "to020" and number in self._items:
            meeting, item = self._items[number]
            return render3.excerpt(meeting, self._item(item))
        if program == "to010" and number in self._meetings:
            hidden = [(FIRST_SECRET_TOLFDNR + number, "9")] if self.faults.secret_items else []
            return render3.meeting_page(self._meeting(number), hidden=hidden)
        if program == "si019" and number in self._meetings:
            return render3.attendance(self._meetings[number])
        if program == "vo020" and number in self._papers:
            return render3.paper_page(self._papers[number])
        if program in {"au020", "pa020"} and self.people:
            return render3.roster(self.county, number)
        if program == "kp020" and self.people:
            return render3.person(self.county, number)
        return None

    # ------------------------------------------------------------------ OParl

    def _oparl(self, path: str, query: dict[str, str]) -> Answer:
        if self.faults.oparl == "none":
            return Answer(b"<h1>404</h1>", status=404)
        if self.faults.oparl == "off":
            return Answer(b"<h1>Internal Server Error</h1>", status=500)
        body = oparl_answers.answer(self.county, self.faults, url=self.url, path=path, query=query, people=self.people,
                                    asp=self.generation == 3)
        return Answer(body, content_type="application/json")


_COOKIES = {"JSESSIONID", "ASPSESSIONIDQQCA"}


def _without_version(raw: str) -> str:
    """The query without Wicket's page number."""
    parts = raw.split("&")
    return "&".join(part for part in parts if "=" in part)


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of the tests."""


def _handler(site: LocalAllris) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        def do_GET(self) -> None:
            headers = {key.lower(): value for key, value in self.headers.items()}
            with site._lock:
                asked = site.now()
                page, session, answer = site.answer(self.path, {**headers, ":path": self.path})
                site.log.append(Logged(asked, self.path, page, headers, session, answer.status))
            if answer.stream is not None:
                self.close_connection = True
                with contextlib.suppress(OSError):
                    answer.stream(self.wfile.write)
                return
            body = answer.body
            length = len(body) * 2 if answer.cut else len(body)
            reason = self.responses.get(answer.status, ("",))[0]
            lines = [f"HTTP/1.1 {answer.status} {reason}",
                     f"Content-Length: {length}", f"Content-Type: {answer.content_type}", "Content-Language: de-DE",
                     *(f"{key}: {value}" for key, value in answer.headers.items())]
            if answer.cut:
                lines.append("Connection: close")
                self.close_connection = True
            self.wfile.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing on the terminal; tests read `site.log`."""

    return Handler


def large_county(meetings: int) -> County:
    """The county repeated to so many meetings, every other day back in time, each with numbers of its own."""
    base = load()
    made = []
    for n in range(meetings):
        pattern = base.meetings[n % len(base.meetings)]
        day = dt.date(2026, 3, 1) - dt.timedelta(days=2 * n)
        items = tuple(dataclasses.replace(item, tolfdnr=1_000_000 + n * 100 + k, paper=None)
                      for k, item in enumerate(pattern.items))
        made.append(dataclasses.replace(pattern, silfdnr=200_000 + n, date=day.isoformat(), items=items))
    return dataclasses.replace(base, meetings=tuple(made), papers=())


def commands(url: str) -> str:
    """What to try on a site at `url`, a command a line."""
    return (f"  auszug probe {url} --allow-private-addresses\n"
            f"  auszug init demo --url {url} --allow-private-addresses --contact mailto:name@example.org\n"
            "  auszug run demo\n")


def main() -> None:
    parser = argparse.ArgumentParser(description="A local ALLRIS with the demonstration county.")
    parser.add_argument("--generation", type=int, choices=(3, 4), default=4)
    parser.add_argument("--port", type=int, default=8400)
    parser.add_argument("--oparl", default="plain", choices=("none", "off", "plain", "quirks"))
    parser.add_argument("--meetings", type=int, default=0, help="repeat the county to so many meetings")
    chosen = parser.parse_args()
    site = LocalAllris(generation=chosen.generation, port=chosen.port, faults=Faults(oparl=chosen.oparl),
                       county=large_county(chosen.meetings) if chosen.meetings else None)
    committees = ", ".join(COMMITTEES)
    print(f"ALLRIS {chosen.generation} of the invented Kreis Ahrenfeld at {site.url} (committees: {committees})\n"
          f"{commands(site.url)}Ctrl-C ends it.", flush=True)
    with site:
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            print("ended")


if __name__ == "__main__":
    main()
