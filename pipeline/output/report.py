"""`auszug report`: a topic's course as one page that needs nothing else, and its pictures as files.

Part of `output`; the rows of `report_data`, chosen by `report_choice`, with the pictures of `report_pictures` and the
reading view of `report_reading`, through templates/report.html.j2. Everything that comes from pages is escaped by the
template; the Content-Security-Policy lets run only the scripts written here and forbids every request.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache, partial
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import msgspec
import vl_convert
from markupsafe import Markup

from pipeline import __version__
from pipeline.errors import ExportError
from pipeline.output import report_data, report_pictures, report_words
from pipeline.output.report_choice import Choice, choose, promise_state
from pipeline.output.report_data import KINDS, QUOTABLE_WORDS, rows
from pipeline.output.report_pictures import SIDES, Pictures, labels
from pipeline.output.report_reading import anchors, readings
from pipeline.output.report_rows import Decision, Stance, TopicData
from pipeline.output.report_words import TEMPLATES, say
from pipeline.output.whole_files import whole_file

PAUSE = 200
"""Days without the topic that the timeline calls a rest: committees meet four to eight times a year."""
TABLE_ROWS = OPTIONS = 300
"""Persons in the table of positions, and to filter by, at most: those who took a side most often."""
SOURCES = 6
"""Corpora that are named, and have a column of figures, at most."""


class Written(msgspec.Struct, frozen=True):
    """What `report` wrote: the files, and how many rows of each kind the page shows of how many there are."""

    files: list[Path]
    shown: dict[str, tuple[int, int]]


def report(
    connection: duckdb.DuckDBPyConnection, output: Path, *, topic: str | None = None, source: str | None = None,
    charts: Path | None = None,
) -> Written:
    """Write the page on `topic` to `output`, and its pictures as SVG and PNG into the folder `charts`.

    The same database gives the same bytes. Raises QueryError for an unknown topic or corpus, and ExportError
    where a file cannot be written.
    """
    if output.is_dir():
        raise ExportError("this is a folder", where=output, remedy=f"name a file, such as {output / 'report.html'}")
    if output.suffix.lower() not in {".html", ".htm"}:
        raise ExportError(f"'{output.suffix or output.name}' is no format of the report", where=output,
                          remedy="the report is a page: name a file.html")
    data = report_data.topic_data(connection, topic, source=source)
    choice = choose(data)
    drawn = report_pictures.pictures(data, choice)
    with whole_file(output) as temporary:
        temporary.write_text(page(connection, data, choice, drawn), "utf-8")
    files = [output, *(report_pictures.write_pictures(drawn, charts) if charts else ())]
    return Written(files, shown(data, choice))


def page(connection: duckdb.DuckDBPyConnection, data: TopicData, choice: Choice, drawn: Pictures) -> str:
    """The page as text."""
    names = anchors(choice.items)
    texts = report_data.texts_of(connection, data.topic.topic_id, [item.item_id for item in choice.reading])
    read = readings(choice.reading, texts, names)
    anchored = {piece.anchor for reading in read for block in reading.blocks
                for pieces in block.paragraphs for piece in pieces}
    readable = {reading.item.item_id for reading in read}
    wanted = [(stance.item_id, stance.person_id) for move in choice.moves for stance in (move.before, move.after)]
    one_source = data.sources[0].source_id if len(data.sources) == 1 else None
    horizon: dt.date | None = rows(connection, "horizon", {"source": one_source})[0]["date"]

    def link(item_id: str | None, sentence: int | None = None) -> str | None:
        """The anchor of a sentence in the reading view, else of its item; None: the page does not hold it."""
        if item_id is None or item_id not in readable:
            return None
        exact = f"{names[item_id]}-s{sentence}"
        return exact if sentence is not None and exact in anchored else names[item_id]

    title = data.topic.title or data.topic.topic_id
    scripts = _scripts(with_pictures=bool(drawn))
    policy = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
                      for script in scripts)
    return _environment().get_template("report.html.j2").render({
        "data": data, "choice": choice, "readings": read, "shown": shown(data, choice), "facts": _facts(data, horizon),
        "persons": _person_table(data)[:TABLE_ROWS], "labels": labels(data), "ledger": _ledger(choice.decisions),
        "quotes": report_data.quotes_of(connection, data.topic.topic_id, wanted),
        "of_meeting": report_pictures.by_meeting(data.items),
        "filters": Filters(data), "link": link, "state": partial(promise_state, horizon=horizon),
        "title": title, "horizon": horizon, "fingerprint": _fingerprint(data), "version": __version__,
        "thinned": report_pictures.thinned(data, choice), "period": report_pictures.period(data),
        "payload": script_json(report_pictures.payload(drawn, title)),
        "pictures": {name: report_pictures.data_uri(specs["de"]) for name, specs in drawn.items()}, "policy": policy,
        "css": Markup((TEMPLATES / "report.css").read_text("utf-8")),  # noqa: S704  (ours)
        "scripts": [Markup(script) for script in scripts],  # noqa: S704  (ours, and the chart library)
    })


def _environment() -> jinja2.Environment:
    """The template's environment: autoescape, the texts in both languages, and constants."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True,
        undefined=jinja2.StrictUndefined)
    environment.globals.update({
        "t": report_words.text, "a": report_words.attribute, "say": say, "day": report_words.day,
        "n": report_words.number, "share": report_words.share, "words": report_words.words(), "web": web,
        "kinds": KINDS, "sides": SIDES, "unsure": report_data.UNSURE, "rest": PAUSE,
        "held": report_data.HELD, "quotable": QUOTABLE_WORDS, "most_sources": SOURCES,
    })
    return environment


@lru_cache(maxsize=1)
def _bundle() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script; making it takes two seconds."""
    return vl_convert.javascript_bundle()  # type: ignore[call-arg]  # its stub asks for what it does not need


def _scripts(*, with_pictures: bool) -> list[str]:
    """The scripts of the page, in a form that cannot end their element before its time."""
    own = (TEMPLATES / "report.js").read_text("utf-8")
    scripts = [_bundle(), own] if with_pictures else [own]
    return [script.replace("</script", "<\\/script").replace("<!--", "<\\!--") for script in scripts]


def web(address: str | None) -> str | None:
    """An address that may be linked: only one of the web, whatever an archive says."""
    return address if address and address.startswith(("http://", "https://")) else None


def script_json(value: object) -> Markup:
    """`value` as JSON that cannot end the script element it stands in."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704  (escaped above)


def _fingerprint(data: TopicData) -> str:
    """What tells two states of the data apart: a hash over the contents of all items on the topic."""
    found = hashlib.sha256()
    for item in sorted(data.items, key=lambda item: item.item_id):
        found.update(f"{item.item_id} {item.content_hash}\n".encode())
    return found.hexdigest()[:12]


def shown(data: TopicData, choice: Choice) -> dict[str, tuple[int, int]]:
    """How many rows of each kind the page shows, of how many."""
    taken_up = sum(promise.follow_ups > 0 for promise in data.promises)
    persons = len({stance.person_id for stance in data.stances})
    return {
        "meetings": (len(choice.meetings), len(data.meetings)),
        "items": (len(choice.items), len(data.items)),
        "excerpts": (len(choice.reading), sum(bool(item.has_excerpt) for item in data.items)),
        "decisions": (len(choice.decisions), len(data.decisions)),
        "open_promises": (len(choice.open_promises), len(data.promises) - taken_up),
        "kept_promises": (len(choice.kept_promises), taken_up),
        "moves": (len(choice.moves), len(data.moves)),
        "persons": (len(choice.persons), persons),
        "rows": (min(persons, TABLE_ROWS), persons),
        "factions": (len(choice.factions), len({row.faction for row in data.factions})),
    }


# ------------------------------------------------------------------------------ facts


def _facts(data: TopicData, horizon: dt.date | None) -> dict[str, Any]:
    """The numbers of the overview."""
    dated = [meeting.date for meeting in data.meetings if meeting.date]
    rests = [meeting for meeting in data.meetings if meeting.days_since_last]
    sides = {side: sum(getattr(meeting, side) for meeting in data.meetings) for side in SIDES}
    still_open = [promise for promise in data.promises if not promise.follow_ups]
    return {
        "first": min(dated, default=None), "last": max(dated, default=None), **sides, "sided": sum(sides.values()),
        "on_topic": sum(item.is_on_topic for item in data.items),
        "passing": sum(not item.is_on_topic for item in data.items),
        "rest": max(rests, key=lambda meeting: meeting.days_since_last or 0, default=None), "open": len(still_open),
        "overdue": sum(promise_state(promise, horizon) == "overdue" for promise in still_open),
        "movers": len({move.after.person_id for move in data.moves}),
        "last_decision": data.decisions[-1] if data.decisions else None,
    }


def _person_table(data: TopicData) -> list[dict[str, Any]]:
    """A row a person: the first and the last item with a side, from the most in favour to the least."""
    found: dict[str, list[Stance]] = {}
    for stance in data.stances:
        found.setdefault(stance.person_id, []).append(stance)
    moved = Counter(move.after.person_id for move in data.moves)
    table = [{"person_id": person, "first": stances[0], "last": stances[-1], "count": len(stances),
              "moves": moved[person]} for person, stances in found.items()]
    return sorted(table, key=lambda row: (-row["last"].position, row["last"].person_name or "", row["person_id"]))


def _ledger(decisions: Sequence[Decision]) -> list[list[Decision]]:
    """The decisions of each item together."""
    return [list(group) for _, group in groupby(decisions, key=lambda decision: decision.item_id)]


class Filters:
    """What the page can be filtered by, and the attributes that an entry carries for it."""

    def __init__(self, data: TopicData) -> None:
        called = labels(data)
        often = Counter(stance.person_id for stance in data.stances)
        self.committees = sorted({meeting.committee for meeting in data.meetings if meeting.committee})
        self.factions = sorted({stance.faction for stance in data.stances if stance.faction})
        self.years = sorted({meeting.date.year for meeting in data.meetings if meeting.date})
        chosen = sorted(often, key=lambda person: (-often[person], person))[:OPTIONS]
        self.persons = sorted(chosen, key=lambda person: (called[person], person))
        self._committee = {name: number for number, name in enumerate(self.committees)}
        self._person = {person: number for number, person in enumerate(self.persons)}
        self._faction = {name: number for number, name in enumerate(self.factions)}
        self._within: defaultdict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
        meeting_of = {item.item_id: item.meeting_id for item in data.items}
        for stance in data.stances:
            for key in {stance.item_id, meeting_of.get(stance.item_id, "")}:
                self._within[key][0].add(stance.person_id)
                if stance.faction:
                    self._within[key][1].add(stance.faction)

    def of(self, date: dt.date | None, committee: str | None, within: str) -> Markup:
        """The attributes of an entry about an item or a meeting: all who took a side there."""
        return self._attributes(date, committee, *self._within[within], None)

    def by(
        self, date: dt.date | None, committee: str | None, person: str | None, faction: str | None,
        stance: str | None = None,
    ) -> Markup:
        """The attributes of an entry about one person."""
        return self._attributes(date, committee, {person} if person else set(), {faction} if faction else set(), stance)

    def _attributes(
        self, date: dt.date | None, committee: str | None, persons: set[str], factions: set[str], stance: str | None
    ) -> Markup:
        attributes = Markup('data-f data-y="{}" data-c="{}" data-p="{}" data-g="{}"').format(
            date.year if date else "", self._committee.get(committee or "", ""),
            _spaced(self._person[each] for each in persons if each in self._person),
            _spaced(self._faction[each] for each in factions if each in self._faction))
        return attributes + Markup(' data-s="{}"').format(stance) if stance else attributes

    def person(self, person_id: str | None) -> int | str:
        """A person's number in the page; empty: never took a side."""
        return self._person.get(person_id or "", "")


def _spaced(numbers: Iterable[int]) -> str:
    """Numbers with spaces around each, so that one can be looked for as ' 3 '."""
    text = " ".join(map(str, sorted(numbers)))
    return f" {text} " if text else ""
