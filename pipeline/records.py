"""The records in which the stages meet: frozen, plain, and serialisable as JSON.

`pages` makes the page records, `extract` the extraction records, `link` the linked ones; `store`
writes all of them and `output` reads the database. No record holds a spaCy or BeautifulSoup
object. Unknown is always `None` (or `"?"` for an unnamed speaker), never a guess.

Dates are ISO 8601 strings (`2023-08-31`), times `HH:MM`, offsets count code points.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

System = Literal["allris3", "allris4", "text"]
"""The generation a page comes from; `text` is the text form of a page (a browser's copy)."""

PageKind = Literal[
    "excerpt",          # to020: an agenda item with its minutes
    "meeting",          # to010: a meeting and its agenda
    "paper",            # vo020: a paper (Vorlage) with its Beratungsfolge
    "attendance",       # si019
    "organization",     # gr020, au020, fr020: members of a committee or faction
    "person",           # kp020
    "calendar",         # si010
    "meeting_list",     # si018
    "organization_list",  # gr010, fr010
]

Outcome = Literal[
    "ok",
    "shell",             # a calendar page whose rows come by Ajax (see `Calendar.ajax_url`)
    "not_public",        # noauth page, "nicht berechtigt", "Zugriff verweigert"
    "no_information",    # "Keine Information verfügbar"
    "gate",              # a human check
    "too_many_requests",  # "Zu viele Zugriffe ...", with HTTP 200
    "server_error",      # the system's own error page
    "not_allris",        # a readable page of something else
    "unreadable",        # empty, truncated before any content, binary
]

SectionKind = Literal["minutes", "resolution", "result", "facts", "motion", "other"]
"""What a section holds by its label: minutes (Wortprotokoll, Beratung ...), resolution
(Beschluss, Beschlussvorschlag), result (Abstimmungsergebnis), facts (Sachverhalt), motion (Antrag,
Begründung), other. The label decides; the extraction may find minutes in any of them."""


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Base of all records: immutable, compared by value, keyword-only."""


# ------------------------------------------------------------------------------ pages


class Table(Record):
    """A table inside a section's text. `start`/`end` are offsets in `Section.text`.

    In the text a table is one block: rows are lines, cells are parted by a tab; empty cells stay
    (so that the column of a number is known), wholly empty rows are dropped.
    """

    start: int
    end: int
    rows: tuple[tuple[str, ...], ...]


class Section(Record):
    """A named text section of a page.

    `text` is what the reader sees: blocks parted by one blank line, line breaks inside a block kept
    as newline, empty blocks dropped, soft hyphens and control characters removed, nothing
    repaired. `damage` names what is wrong with the text (`umlaut_loss`, `truncated` ...).
    """

    label: str
    kind: SectionKind
    text: str
    tables: tuple[Table, ...] = ()
    damage: tuple[str, ...] = ()


class Document(Record):
    """A linked document (PDF). The address is session-bound on ALLRIS 4: not part of the content."""

    title: str
    url: str | None = None


class AgendaItem(Record):
    """An agenda item with its minutes (Auszug), page type `to020` or the text form.

    `number` is without Ö/N (`5.1`), `public` says which (None: the page does not say). `title` is the
    fullest title that the page shows; `title_truncated` marks one that still ends in `...`.
    `result` is the page's Beschlussart, raw; None where none is set (also `(offen)`).
    """

    tolfdnr: int | None = None
    silfdnr: int | None = None
    number: str | None = None
    public: bool | None = None
    title: str | None = None
    title_truncated: bool = False
    body: str | None = None
    organization: str | None = None
    organization_id: int | None = None
    meeting_title: str | None = None
    date: str | None = None
    start: str | None = None
    end: str | None = None
    status: str | None = None
    occasion: str | None = None
    room: str | None = None
    place: str | None = None
    result: str | None = None
    follow_up: str | None = None
    paper_id: int | None = None
    paper_reference: str | None = None
    paper_title: str | None = None
    paper_type: str | None = None
    lead_office: str | None = None
    official: str | None = None
    sections: tuple[Section, ...] = ()
    documents: tuple[Document, ...] = ()


class AgendaRow(Record):
    """A row of a meeting's agenda. Headings of parts (Öffentlicher Teil) are no rows; they set `public`."""

    position: int
    number: str | None
    public: bool | None
    title: str | None
    tolfdnr: int | None = None
    has_text: bool | None = None
    """True where the agenda links the excerpt; None where the page type cannot tell."""
    paper_id: int | None = None
    paper_reference: str | None = None
    result: str | None = None
    responsibility: str | None = None
    note: str | None = None
    parent: int | None = None
    """`position` of the row that this one is nested under."""


class Meeting(Record):
    """A meeting and its agenda, page type `to010`."""

    silfdnr: int | None = None
    title: str | None = None
    body: str | None = None
    organization: str | None = None
    organization_id: int | None = None
    organization_kind: str | None = None
    """GR, AU, PA or FR: the number space of `organization_id`."""
    date: str | None = None
    start: str | None = None
    end: str | None = None
    status: str | None = None
    occasion: str | None = None
    room: str | None = None
    place: str | None = None
    has_attendance: bool | None = None
    agenda: tuple[AgendaRow, ...] = ()
    documents: tuple[Document, ...] = ()


class Consultation(Record):
    """A step of a paper's way through the committees (Beratungsfolge)."""

    position: int
    organization: str | None = None
    organization_id: int | None = None
    role: str | None = None
    state: str | None = None
    """Geplant, Erledigt, Gestoppt, as the page says."""
    date: str | None = None
    silfdnr: int | None = None
    tolfdnr: int | None = None
    meeting_title: str | None = None
    result: str | None = None


class Paper(Record):
    """A paper (Vorlage), page type `vo020`."""

    volfdnr: int | None = None
    reference: str | None = None
    title: str | None = None
    type: str | None = None
    status: str | None = None
    author: str | None = None
    lead_office: str | None = None
    official: str | None = None
    supporters: str | None = None
    consultations: tuple[Consultation, ...] = ()
    sections: tuple[Section, ...] = ()
    documents: tuple[Document, ...] = ()


class Attendee(Record):
    """A person in an attendance list or a roster."""

    name: str
    """As printed, with titles (`Dr. Maren Tiedje`)."""
    kplfdnr: int | None = None
    gender: Literal["f", "m"] | None = None
    faction: str | None = None
    role: str | None = None
    present: bool | None = None
    voting: bool | None = None
    note: str | None = None


class Attendance(Record):
    """Who attended a meeting, page type `si019`."""

    silfdnr: int | None = None
    organization: str | None = None
    date: str | None = None
    attendees: tuple[Attendee, ...] = ()


class Organization(Record):
    """A committee, council or faction with today's members (`gr020`, `au020`, `fr020`)."""

    number: int | None = None
    kind: str | None = None
    """GR, AU, PA or FR."""
    name: str | None = None
    members: tuple[Attendee, ...] = ()


class Membership(Record):
    """A line of a person page: where, as what, from when to when (None: open or untold)."""

    organization: str
    organization_id: int | None = None
    organization_kind: str | None = None
    role: str | None = None
    start: str | None = None
    end: str | None = None


class Person(Record):
    """A person page, `kp020`."""

    kplfdnr: int | None = None
    name: str | None = None
    gender: Literal["f", "m"] | None = None
    faction: str | None = None
    memberships: tuple[Membership, ...] = ()


class MeetingLink(Record):
    """A meeting as a calendar or meeting list shows it; `silfdnr` None: planned or unpublished."""

    date: str | None
    start: str | None = None
    end: str | None = None
    title: str | None = None
    silfdnr: int | None = None
    organization: str | None = None
    organization_id: int | None = None
    room: str | None = None
    note: str | None = None
    """Words such as *abgesagt* or *verschoben*."""


class Calendar(Record):
    """A month (`si010`) or a page of a meeting list (`si018`).

    `ajax_url`: the address, as the page names it, that brings the rows (ALLRIS 4 shell), relative to the
    page. `next_url`: the next page of a list. `base_url`: Wicket's baseUrl, needed as a header.
    """

    month: str | None = None
    """`2023-08` where the page shows one month."""
    meetings: tuple[MeetingLink, ...] = ()
    ajax_url: str | None = None
    next_url: str | None = None
    base_url: str | None = None


class OrganizationLink(Record):
    """A committee or faction as a list shows it."""

    name: str
    number: int | None = None
    kind: str | None = None
    members: int | None = None


class OrganizationList(Record):
    """Committees or factions (`gr010`, `fr010`)."""

    organizations: tuple[OrganizationLink, ...] = ()
    ajax_url: str | None = None
    next_url: str | None = None
    base_url: str | None = None


PageRecord = AgendaItem | Meeting | Paper | Attendance | Organization | Person | Calendar | OrganizationList


class PageProblem(Record):
    """Something on a page that the parser could not read as expected. `code` is stable, `message` for people."""

    code: str
    message: str


class ParsedPage(Record):
    """What `pages.parse` returns for every page, whatever it is. `record` is set if `outcome` is `ok` or `shell`."""

    outcome: Outcome
    system: System | None = None
    version: str | None = None
    kind: PageKind | None = None
    record: PageRecord | None = None
    problems: tuple[PageProblem, ...] = ()
    encoding: str | None = None


# --------------------------------------------------------------------------- extraction

Act = Literal["inform", "ask", "answer", "propose", "agree", "object", "commit", "courtesy"]
Stance = Literal["support", "oppose", "conditional", "neutral"]
SpeakerKind = Literal["person", "role", "group"]
DecisionOutcome = Literal[
    "accepted", "amended", "rejected", "deferred", "referred", "noted", "withdrawn", "elected", "consensus"
]
UNKNOWN_SPEAKER = "?"


class ItemContext(Record):
    """What the extraction may know about an item beyond its page.

    `attendees`: the meeting's attendance list (only those present or of unknown presence).
    `members`: the committee's roster where it is valid for the meeting's date. Both may be empty.
    `title`: the full title (from the agenda or paper where the page's own is truncated).
    `paper_type`, `proposal`: the paper's type and proposed resolution, where known. `oparl_result`: the item's result
    as OParl tells it; the item has it, too, where its page has none.
    """

    title: str | None = None
    attendees: tuple[Attendee, ...] = ()
    members: tuple[Attendee, ...] = ()
    paper_type: str | None = None
    proposal: str | None = None
    oparl_result: str | None = None


class Speaker(Record):
    """Somebody who speaks in an item. `id` is unique in the item; see GUIDELINES, *Speaker*.

    `forms`: the different ways in which the text names the speaker, in order of appearance.
    `attendee`: index in `ItemContext.attendees`, where exactly one fits; None otherwise.
    `candidates`: indexes of all that fit, where several do.
    """

    id: str
    kind: SpeakerKind
    name: str
    gender: Literal["f", "m"] | None = None
    role: str | None = None
    faction: str | None = None
    forms: tuple[str, ...] = ()
    attendee: int | None = None
    candidates: tuple[int, ...] = ()


class Sentence(Record):
    """A sentence of a section with its labels (EXTRACTION.md).

    `text` is `section.text[start:end]` with white space collapsed. `normalised` is set only where it
    differs. `index` counts all sentences of the item, `position` those of the paragraph.
    """

    index: int
    section: str
    section_index: int
    paragraph: int
    position: int
    start: int
    end: int
    text: str
    normalised: str | None = None
    speakers: tuple[str, ...] = ()
    cue: str | None = None
    act: Act | None = None
    stance: Stance | None = None
    rule: str | None = None
    speaker_confidence: float | None = None
    act_confidence: float | None = None
    stance_confidence: float | None = None
    on_record: bool = False
    """True for words put on record (*zu Protokoll gegeben*), not spoken."""


class Statement(Record):
    """A run of consecutive sentences by one speaker; `first`/`last` are `Sentence.index` values.

    Coordinated speakers get a statement each, over the same sentences.
    """

    index: int
    speaker: str
    first: int
    last: int
    section_index: int
    start: int
    end: int
    act: Act | None
    stance: Stance | None
    cue: str | None = None
    rule: str | None = None
    speaker_confidence: float | None = None
    stance_confidence: float | None = None


class FactionVote(Record):
    """How a faction (or a named single person) voted, as told."""

    name: str
    vote: Literal["yes", "no", "abstain", "absent"]
    count: int | None = None


class Amount(Record):
    """A sum of money in a resolution: as told (*1,3 Mio. €*) and in euros (None where the words give no number)."""

    text: str
    euro: float | None


class Deadline(Record):
    """A deadline in a resolution: as told, and the ISO date or month that follows from it."""

    text: str
    date: str


class Decision(Record):
    """A decision that the item records (GUIDELINES, *Decision*).

    `sentence` is the `Sentence.index` of the deciding sentence; `position` its index in the paragraph.
    `agrees`: whether the page's Beschlussart says the same (None: it says nothing comparable).
    `subject`: what was put to the vote, in the text's words, where told. `resolution`: the wording.
    """

    index: int
    section: str
    section_index: int
    paragraph: int
    position: int
    sentence: int
    start: int
    end: int
    text: str
    outcome: DecisionOutcome
    unanimous: bool | None = None
    yes: int | None = None
    no: int | None = None
    abstain: int | None = None
    confidence: float | None = None
    rule: str | None = None
    agrees: bool | None = None
    subject: str | None = None
    resolution: str | None = None
    by_faction: tuple[FactionVote, ...] = ()
    candidates: tuple[str, ...] = ()
    """Names of those elected or proposed, where the decision is an election."""
    amounts: tuple[Amount, ...] = ()
    """Sums of money in `resolution`, in order."""
    deadlines: tuple[Deadline, ...] = ()
    """Deadlines in `resolution` from which a date or month follows."""


class Commitment(Record):
    """A promise: who, what, until when, in which sentence."""

    index: int
    speaker: str | None
    what: str
    due: str | None
    """The words that name the deadline (*bis zur Sitzung im März*)."""
    due_date: str | None
    """ISO date or month where it follows from the words and the meeting's date."""
    sentence: int
    section_index: int
    start: int
    end: int
    rule: str | None = None
    confidence: float | None = None


class TopicMention(Record):
    """A term of a topic in the text; `section_index` -1 and `sentence` None: in the item's title."""

    topic: str
    term: str
    entry: str
    """The entry of the topic file that matched."""
    strength: Literal["core", "related"]
    section: str | None
    section_index: int
    paragraph: int | None
    position: int | None
    sentence: int | None
    start: int
    end: int


class Extraction(Record):
    """Everything that `extract` finds in one item."""

    sentences: tuple[Sentence, ...] = ()
    statements: tuple[Statement, ...] = ()
    speakers: tuple[Speaker, ...] = ()
    decisions: tuple[Decision, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    topics: tuple[TopicMention, ...] = ()
    result_outcome: DecisionOutcome | None = None
    """The page's Beschlussart as an outcome (None: none, or unknown to the rules)."""
    problems: tuple[PageProblem, ...] = ()


def statements_of(sentences: Sequence[Sentence]) -> tuple[Statement, ...]:
    """The statements that `sentences` (of one item, in order) form: maximal runs of equal speakers in one section."""
    found: list[Statement] = []
    run: list[Sentence] = []

    def close() -> None:
        if not run:
            return
        first, last = run[0], run[-1]
        confidences = [s.speaker_confidence for s in run if s.speaker_confidence is not None]
        for speaker in first.speakers:
            found.append(
                Statement(
                    index=len(found), speaker=speaker, first=first.index, last=last.index,
                    section_index=first.section_index, start=first.start, end=last.end,
                    act=first.act, stance=first.stance, cue=first.cue, rule=first.rule,
                    speaker_confidence=min(confidences) if confidences else None,
                    stance_confidence=first.stance_confidence,
                )
            )
        run.clear()

    for sentence in sentences:
        if run and (sentence.speakers != run[0].speakers or sentence.section_index != run[0].section_index):
            close()
        if sentence.speakers:
            run.append(sentence)
    close()
    return tuple(found)
