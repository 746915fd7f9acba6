"""The header of a TEI corpus: what it is, taxonomies, organisations, persons with their memberships.

Part of `output`; read-only; used by `tei`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import duckdb

from pipeline import __version__
from pipeline.output.pseudonyms import LIMITS, Pseudonyms
from pipeline.output.tei_xml import add, element, xml_id
from pipeline.store.keys import slug

TAXONOMIES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "act": ("What a sentence does", {
        "inform": "reports, explains, gives an opinion", "ask": "asks", "answer": "answers a question",
        "propose": "proposes, moves, demands", "agree": "agrees with somebody", "object": "contradicts somebody",
        "commit": "promises", "courtesy": "greets, thanks, opens, closes",
    }),
    "stance": ("Stance of a statement towards the matter of its item", {
        "support": "is for it", "oppose": "is against it", "conditional": "has reservations or conditions",
        "neutral": "takes no side",
    }),
    "outcome": ("Outcome of a decision", {
        "accepted": "accepted", "amended": "accepted with changes", "rejected": "rejected", "deferred": "put off",
        "referred": "sent to another body", "noted": "taken note of", "withdrawn": "withdrawn", "elected": "elected",
        "consensus": "without a vote, nobody contradicted",
    }),
}
"""The taxonomies of every export: description and categories; topics are added from the database."""


def category(taxonomy: str, value: str | None) -> str | None:
    """The pointer to a category, None for a value that the taxonomy does not have."""
    return f"#{taxonomy}.{value}" if value in TAXONOMIES[taxonomy][1] else None


class Header:
    """Makes the corpus's header. `organizations`: id, role and name by corpus, kind and name."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, pseudonyms: Pseudonyms | None) -> None:
        self.connection = connection
        self.pseudonyms = pseudonyms
        self.topics = self._rows("SELECT topic_id, title FROM topic ORDER BY topic_id")
        self.organizations = self._organizations()
        self.persons = 0

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql).fetchall()

    def _text(self, text: str, source: str) -> str:
        return self.pseudonyms.text(text, source=source) if self.pseudonyms else text

    def person(self, person_id: str) -> str:
        """The id of a person in the file."""
        return self.pseudonyms.person(person_id) if self.pseudonyms else xml_id(person_id)

    def made(self) -> Any:
        """The corpus's header: description, taxonomies, organisations, persons."""
        header = element("teiHeader")
        titles = [row[0] for row in self._rows("SELECT title FROM source ORDER BY source_id")]
        file = add(header, "fileDesc")
        statement = add(file, "titleStmt")
        add(statement, "title", f"Minutes of municipal councils: {'; '.join(t or '?' for t in titles)}", lang="en")
        add(add(file, "editionStmt"), "edition", f"auszug {__version__}")
        self._extent(file)
        published = add(file, "publicationStmt")
        add(published, "publisher", "made with auszug from the pages of the councils named below")
        if day := self._last_run():
            add(published, "date", day, when=day)
        availability = add(published, "availability", status="restricted")
        add(availability, "p", "The texts are the councils'. Check their terms, copyright and data protection law "
                                "before passing them on.")
        if self.pseudonyms:
            add(availability, "p", LIMITS)
        described = add(file, "sourceDesc")
        for title, body, url in self._rows("SELECT title, body, url FROM source ORDER BY source_id"):
            bibl = add(described, "bibl")
            add(bibl, "title", title or "?")
            if body:
                add(bibl, "publisher", body)
            if url:
                add(bibl, "ref", url, target=url)
        self._encoding(header)
        profile = add(header, "profileDesc")
        add(add(profile, "langUsage"), "language", "German", ident="de")
        participants = add(profile, "particDesc")
        if self.organizations:
            listed = add(participants, "listOrg")
            for identifier, role, name in self.organizations.values():
                add(add(listed, "org", id=identifier, role=role), "orgName", name)
        self._list_persons(participants)
        if not len(participants):
            profile.remove(participants)
        return header

    def _extent(self, file: Any) -> None:
        extent = add(file, "extent")
        counts = self._rows("""
            SELECT count(DISTINCT i.meeting_id), count(DISTINCT i.item_id), count(*),
                (SELECT count(*) FROM statement), (SELECT coalesce(sum(words), 0) FROM agenda_item)
            FROM agenda_item AS i JOIN sentence AS s ON s.item_id = i.item_id""")[0]
        for unit, number in zip(("meetings", "texts", "sentences", "statements", "words"), counts, strict=True):
            add(extent, "measure", f"{number:,} {unit}", unit=unit, quantity=int(number))

    def _last_run(self) -> str | None:
        found = self._rows("SELECT max(finished_at) FROM run WHERE exit_code < 2")[0][0]
        return found.date().isoformat() if isinstance(found, dt.datetime) else None

    def _encoding(self, header: Any) -> None:
        encoding = add(header, "encodingDesc")
        add(add(encoding, "projectDesc"), "p", "Speakers, acts, stances and decisions were found by program in "
             "reported speech; cert is the program's confidence that speaker and stance are right, not a probability.")
        editorial = add(encoding, "editorialDecl")
        for text in (
            "One TEI a meeting, one div an agenda item (corresp: its page) and section of the page. u: consecutive "
            "sentences of one speaker (several in who: said together); n: keys of the statements in the tables. A u "
            "without who is by somebody whom the text does not name. seg: a sentence, white space collapsed. note of "
            "type narrative: a sentence that reports nobody's words; decision and commitment point to their sentence.",
            "affiliation/@from and @to are the first and last day on which it was observed (evidence person_page: as "
            "told there), not the begin and end of a mandate.",
            "Characters that XML cannot hold are replaced by U+FFFD.",
        ):
            add(editorial, "p", text)
        classes = add(encoding, "classDecl")
        for key, (description, categories) in TAXONOMIES.items():
            taxonomy = add(classes, "taxonomy", id=key)
            add(taxonomy, "desc", description)
            for name, meaning in categories.items():
                add(add(taxonomy, "category", id=f"{key}.{name}"), "catDesc", meaning)
        for topic, title in self.topics:
            taxonomy = add(classes, "taxonomy", id=f"topic.{xml_id(topic)}")
            add(taxonomy, "desc", f"{title or topic}: direction of an item and stance towards the topic")
            for name, meaning in (
                ("furthers", "the item furthers the topic"), ("against", "the item turns against the topic"),
                ("other", "the item names the topic and is about something else"),
                ("unknown", "the item's direction is unknown"), ("support", "the statement supports the topic"),
                ("oppose", "the statement opposes the topic"), ("conditional", "the statement has reservations"),
                ("neutral", "the statement takes no side on the topic"),
            ):
                add(add(taxonomy, "category", id=f"topic.{xml_id(topic)}.{name}"), "catDesc", meaning)
        application = add(add(encoding, "appInfo"), "application", ident="auszug", version=__version__)
        add(application, "label", "auszug")

    def _organizations(self) -> dict[tuple[str, str, str], tuple[str, str, str]]:
        """Per (corpus, kind, name): id, role and name of committees and factions."""
        found: dict[tuple[str, str, str], tuple[str, str, str]] = {}
        for identifier, source, kind, name in self._rows(
            "SELECT organization_id, source_id, kind, name FROM organization ORDER BY source_id, organization_id"
        ):
            if name:
                sort, role = ("faction", "politicalGroup") if kind == "FR" else ("committee", "committee")
                found.setdefault((source, sort, name), (xml_id(identifier), role, name))
        taken = {identifier for identifier, _, _ in found.values()}
        for source, sort, name in self._rows("""
            SELECT p.source_id, m.kind, m.organization FROM membership AS m
                JOIN person AS p ON p.person_id = m.person_id
            UNION SELECT i.source_id, 'faction', s.faction_on_date FROM speaker AS s
                JOIN agenda_item AS i ON i.item_id = s.item_id WHERE s.faction_on_date IS NOT NULL
            ORDER BY ALL"""):
            if (source, sort, name) not in found:
                made = xml_id(f"{source}/{sort}/{slug(name)}")
                made = xml_id(f"{source}/{sort}/{name}") if made in taken else made
                taken.add(made)
                found[source, sort, name] = (made, "politicalGroup" if sort == "faction" else "committee", name)
        return found

    def _list_persons(self, participants: Any) -> None:
        rows = self._rows("""SELECT person_id, source_id, family_name, given_name, name, titles, gender, kplfdnr
                             FROM person ORDER BY person_id""")
        if not rows:
            return
        affiliations = self._affiliations()
        listed = add(participants, "listPerson")
        made: list[tuple[str, Any]] = []
        for person_id, source, family, given, name, titles, gender, number in rows:
            identifier = self.person(person_id)
            person = element("person", id=identifier)
            if self.pseudonyms:
                add(person, "persName", identifier)
            else:
                names = add(person, "persName")
                if titles:
                    add(names, "roleName", titles)
                if given:
                    add(names, "forename", given)
                add(names, "surname", family or name or "?")
            if gender in {"f", "m"}:
                add(person, "sex", value=gender.upper())
            for sort, organization, role, first, last, evidence in affiliations.get(person_id, ()):
                reference = self.organizations[source, sort, organization][0]
                affiliation = add(person, "affiliation", role="member", ref=f"#{reference}", from_=first, to=last,
                                   evidence=" ".join(evidence))
                if role:
                    add(affiliation, "roleName", self._text(role, source))
            if not self.pseudonyms:
                add(person, "idno", person_id, type="auszug")
                if number is not None:
                    add(person, "idno", number, type="ALLRIS")
            made.append((identifier, person))
        for _, person in sorted(made, key=lambda pair: pair[0]) if self.pseudonyms else made:
            listed.append(person)
        self.persons = len(made)

    def _affiliations(self) -> dict[str, list[tuple[str, str, str | None, dt.date | None, dt.date | None, list[str]]]]:
        """Per person: kind, organisation, role, first and last day, evidence; overlapping observations are one."""
        found: dict[str, list[tuple[str, str, str | None, dt.date | None, dt.date | None, list[str]]]] = {}
        for person, sort, organization, role, first, last, evidence in self._rows("""
            SELECT person_id, kind, organization, role, first_seen, last_seen, evidence FROM membership
            ORDER BY person_id, kind, organization, role NULLS FIRST, first_seen NULLS FIRST, last_seen, evidence"""):
            have = found.setdefault(person, [])
            before = have[-1] if have else None
            same = before is not None and before[:3] == (sort, organization, role)
            if before and same and first and before[4] and first <= before[4]:
                latest = max(last, before[4]) if last else None
                have[-1] = (*before[:4], latest, sorted({*before[5], evidence}))
            else:
                have.append((sort, organization, role, first, last, [evidence]))
        return found
