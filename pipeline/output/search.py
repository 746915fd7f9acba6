"""Full text search over items and papers, made for German: compounds, umlauts, phrases; ranked, or keyword in context.

Part of `output`; read-only. A word of four letters or more is found inside of words, too (*Sozialraum* finds
*Sozialraumorientierung* and *Sozialräume* is found by *sozialraeume*); a shorter one only as a whole (*SRO*), as is
everything in quotes. Upper and lower case, accents, ä and ae, ß and ss are the same. A text must have all words.

Ranking is BM25 over items and papers; a whole word counts more than the beginning of one, that more than a part.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import duckdb
import msgspec

from pipeline.errors import QueryError
from pipeline.output.query import Value, check_names
from pipeline.output.result import Result

LIMIT = 50
"""Rows that are shown unless asked otherwise: some three screens."""
_SHORTEST_PART = 4
"""Letters of the shortest word that is found inside of others: shorter ones are parts of half the language (*Rat*)."""
_MOST_TERMS = 12
"""Words and phrases that one search may have; each costs a pass over the texts."""
_PHRASE = '\'"externe Evaluation"\''
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_TERM = re.compile(r'"([^"]{0,300})"|([^\s"]+)')
_DESCRIPTIONS = {
    "score": "how well the text fits (BM25); comparable within one search only",
    "date": "day of the meeting; of a paper: of the first that deals with it",
    "committee": "committee as printed",
    "item_number": "TOP number",
    "title": "title of the agenda item, or of the paper",
    "hits": "sentences (and title) of the text that have one of the words",
    "text": "the sentence that fits best",
    "before": "text before the word",
    "keyword": "the word (the whole compound) as it stands",
    "after": "text after the word",
    "speakers": "whose words the sentence reports, as the text names them",
    "item_id": "agenda item (agenda_item); null: a paper",
    "sentence_index": "the sentence (sentence); null: a title, or a paper",
    "page_address": "page that the text was read from",
}


class Term(msgspec.Struct, frozen=True):
    """A folded word or phrase. `whole`: not inside of other words."""

    text: str
    whole: bool

    @property
    def needle(self) -> str:
        """What the folded texts must contain."""
        return f" {self.text} " if self.whole else self.text


def folded(text: str) -> str:
    """`text` as search.sql folds it, without blanks around it."""
    lower = unicodedata.normalize("NFC", text).lower().translate(_UMLAUTS)
    plain = "".join(c for c in unicodedata.normalize("NFD", lower) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in plain).split())


def terms(text: str) -> tuple[Term, ...]:
    """The words and quoted phrases of a search. Raises QueryError where there are none, or too many."""
    found: dict[Term, None] = {}
    for quoted, word in _TERM.findall(text):
        bare = folded(quoted or word)
        if bare:
            found[Term(bare, bool(quoted) or " " in bare or len(bare) < _SHORTEST_PART)] = None
    if not found:
        raise QueryError("nothing to search for", where="search", remedy=f"write a word, or a phrase: {_PHRASE}")
    if len(found) > _MOST_TERMS:
        raise QueryError(f"{len(found)} words, at most {_MOST_TERMS} at a time", where="search",
                         remedy=f"put a phrase in quotes: {_PHRASE}")
    return tuple(found)


def search(
    connection: duckdb.DuckDBPyConnection, text: str, *, kwic: bool = False, since: dt.date | None = None,
    until: dt.date | None = None, topic: str | None = None, source: str | None = None, limit: int = LIMIT,
    width: int = 60,
) -> Result:
    """The texts that have all words of `text`, the best first; `kwic`: every place, by date, with its context.

    `limit` 0: all. `width`: characters of context on each side. Raises QueryError for an empty search and for a topic
    or corpus that the database does not have.
    """
    wanted = terms(text)
    if limit < 0 or width < 0:
        raise QueryError("a limit and a width are not negative", where="search", remedy="use 0 for no limit")
    values: dict[str, Value] = {"since": since, "until": until, "topic": topic, "source": source}
    check_names(connection, values, values)
    values = {name: value for name, value in values.items() if value is not None}
    for number, term in enumerate(wanted):
        values[f"t{number}"] = term.text
    sql = _statement("kwic" if kwic else "ranked", wanted, values, limit)
    if kwic:
        values["width"] = width
    title = f"{'Keyword in context' if kwic else 'Search'}: {text}"
    return Result(connection, sql, dict(values), _DESCRIPTIONS, title=title, where="search")


_FILTERS = {
    "since": "d.date >= $since", "until": "d.date <= $until", "source": "d.source_id = $source",
    "topic": "EXISTS (FROM topic_mention AS m JOIN agenda_item AS i ON i.item_id = m.item_id WHERE m.topic_id = $topic "
             "AND (i.item_id = d.item_id OR (d.kind = 'paper' AND i.paper_id = d.paper_id)))",
}


def _statement(name: str, wanted: Sequence[Term], values: dict[str, Value], limit: int) -> str:
    """The statement search_`name`.sql for these terms; what goes in is made here, all that was typed is a parameter."""
    numbers = range(len(wanted))
    contains = [f"contains(folded, {_needle(number, term)})" for number, term in enumerate(wanted)]
    filters = [condition for key, condition in _FILTERS.items() if key in values]
    parts = {
        "any": " OR ".join(contains),
        "counts": ", ".join(f"{_weight(number, term)} AS c{number}" for number, term in enumerate(wanted)),
        "sums": ", ".join(f"sum(c{n}) AS f{n}" for n in numbers),
        "frequencies": ", ".join(f"count(*) FILTER (WHERE f{n} > 0) AS df{n}" for n in numbers),
        "score": " + ".join(
            f"ln(1 + (total - df{n} + 0.5) / (df{n} + 0.5))"
            f" * f{n} * 2.2 / (f{n} + 1.2 * (0.25 + 0.75 * words / mean_words))" for n in numbers),
        "weight": " + ".join(f"c{n}" for n in numbers),
        "where": " AND ".join([*(f"f{n} > 0" for n in numbers), *filters]),
        "limit": f"LIMIT {limit:d}" if limit else "",
        "places": " || ".join(_places(number, term) for number, term in enumerate(wanted)),
    }
    template = (Path(__file__).parent / f"search_{name}.sql").read_text("utf-8")
    return re.sub(r"\{([a-z]+)\}", lambda match: parts[match[1]], template)


def _needle(number: int, term: Term) -> str:
    return f"' ' || $t{number} || ' '" if term.whole else f"$t{number}"


def _weight(number: int, term: Term) -> str:
    """What a piece that may have the term counts: a whole word 1, the beginning of one 0.7, a part of one 0.4."""
    whole = f"contains(folded, ' ' || $t{number} || ' ')"
    if term.whole:
        return f"CASE WHEN {whole} THEN 1.0 ELSE 0 END"
    return (f"CASE WHEN NOT contains(folded, $t{number}) THEN 0 WHEN {whole} THEN 1.0 "
            f"WHEN contains(folded, ' ' || $t{number}) THEN 0.7 ELSE 0.4 END")


def _places(number: int, term: Term) -> str:
    """A list of structs (first word, number of words) where the list `words` has the term."""
    size = len(term.text.split())
    same = f"array_to_string(words[i : i + {size - 1}], ' ') = $t{number}"
    test = same if term.whole else f"contains(words[i], $t{number})"
    found = f"list_filter(range(1, len(words) + 1), lambda i: {test})"
    return f"list_transform({found}, lambda i: {{'at': i, 'size': {size}}})"
