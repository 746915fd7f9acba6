-- The tables, by grain. This file is the single source of names, types and descriptions:
-- `store.database` executes each CREATE TABLE and turns the `--` text behind a column into its
-- COMMENT, the `-- table:` line before a table into the table's.
--
-- Keys are text, made from what the council's own system calls the thing: corpus / system / kind /
-- ALLRIS number, and without a number corpus / system / kind / date / organization / TOP (store/keys.py).
-- They are the same after every rebuild. There are no FOREIGN KEYs (DuckDB 1.5 cannot copy a
-- database that has them): checks.sql holds the same rules. Offsets count code points.
--
-- [volatile] marks columns that two builds of equal archives need not share.
-- [derived] marks columns that are computed anew at the end of every batch (resolve.sql, link).
-- [history] on a table: rows of earlier versions of a page move to `<table>_history` (of paper: `paper_version_history`).
-- [private] on a table: it is in the work database only, and no part of a publication or of a comparison.

-- table: Version of this schema; the program refuses a database of another one.
CREATE TABLE schema_version (
    version INTEGER NOT NULL  -- number of the schema, raised by every change that old programs cannot read
);

-- table: A corpus: a council's site, or files that were given.
CREATE TABLE source (
    source_id VARCHAR NOT NULL,  -- key: name of the corpus
    title VARCHAR,  -- title of the corpus
    body VARCHAR,  -- municipality that the corpus is about, for pages that do not name it
    url VARCHAR,  -- address of the council information system; null: files only
    topics VARCHAR[]  -- topics that are looked for in it
);

-- table: A topic that is looked for (corpora/topics/*.toml).
CREATE TABLE topic (
    topic_id VARCHAR NOT NULL,  -- key: name of the topic file
    title VARCHAR,  -- title of the topic
    description VARCHAR  -- what belongs to it
);

-- table: A committee, council or faction. [derived]
CREATE TABLE organization (
    organization_id VARCHAR NOT NULL,  -- key
    source_id VARCHAR NOT NULL,  -- corpus (source)
    system VARCHAR,  -- generation of the pages: allris3, allris4, text
    kind VARCHAR,  -- number space of the ALLRIS number: GR committee, AU working group, PA council, FR faction
    number INTEGER,  -- ALLRIS number in its number space
    name VARCHAR,  -- name as the pages print it
    body VARCHAR,  -- municipality
    basis VARCHAR  -- where the row comes from: page (its own page), mention (named by meetings)
);

-- table: A member as the committee's or faction's page lists them today (no dates on the page).
CREATE TABLE roster_member (
    page_id VARCHAR NOT NULL,  -- key: page of the organization (page)
    position INTEGER NOT NULL,  -- key: place in the list, from 0
    source_id VARCHAR NOT NULL,  -- corpus (source)
    system VARCHAR,  -- generation of the page
    kind VARCHAR,  -- number space of the organization's number: GR, AU, PA, FR
    number INTEGER,  -- ALLRIS number of the organization
    organization VARCHAR,  -- name of the organization
    name VARCHAR,  -- name as printed, with titles
    kplfdnr INTEGER,  -- ALLRIS number of the person
    gender VARCHAR,  -- f or m where the form of address tells
    faction VARCHAR,  -- faction as printed
    role VARCHAR,  -- role as printed
    voting BOOLEAN,  -- entitled to vote
    first_fetched DATE,  -- day on which this version of the list was first fetched: a roster says nothing about earlier days
    person_id VARCHAR  -- person (person) [derived]
);

-- table: A person's own page.
CREATE TABLE person_page (
    page_id VARCHAR NOT NULL,  -- key (page)
    source_id VARCHAR NOT NULL,  -- corpus (source)
    system VARCHAR,  -- generation of the page
    kplfdnr INTEGER,  -- ALLRIS number of the person
    name VARCHAR,  -- name as printed, with titles
    gender VARCHAR,  -- f or m where the form of address tells
    faction VARCHAR  -- faction as printed, of the day of fetching
);

-- table: A membership as a person's page lists it.
CREATE TABLE person_page_membership (
    page_id VARCHAR NOT NULL,  -- key: page of the person (person_page)
    position INTEGER NOT NULL,  -- key: place in the list, from 0
    organization VARCHAR,  -- name of the committee or faction
    kind VARCHAR,  -- number space of the number: GR, AU, PA, FR
    number INTEGER,  -- ALLRIS number of the committee or faction
    role VARCHAR,  -- role as printed
    start_date DATE,  -- from; null: untold
    end_date DATE  -- to; null: open or untold
);

-- table: A meeting. [history]
CREATE TABLE meeting (
    meeting_id VARCHAR NOT NULL,  -- key
    source_id VARCHAR NOT NULL,  -- corpus (source)
    system VARCHAR,  -- generation of the page: allris3, allris4, text
    silfdnr INTEGER,  -- ALLRIS number of the meeting
    title VARCHAR,  -- title as printed
    body VARCHAR,  -- municipality: of its page, else of its items, else of the corpus [derived]
    page_body VARCHAR,  -- municipality on the meeting's own page
    organization_id VARCHAR,  -- committee that meets (organization) [derived]
    organization VARCHAR,  -- name of the committee as printed
    organization_kind VARCHAR,  -- number space of its number: GR, AU, PA, FR
    organization_number INTEGER,  -- ALLRIS number of the committee
    date DATE,  -- day of the meeting
    start_time VARCHAR,  -- begin, HH:MM
    end_time VARCHAR,  -- end, HH:MM
    status VARCHAR,  -- state of the minutes or meeting as printed
    occasion VARCHAR,  -- occasion as printed (ordentliche Sitzung)
    room VARCHAR,  -- room
    place VARCHAR,  -- address
    has_attendance BOOLEAN,  -- the page links an attendance list
    basis VARCHAR,  -- page: has its own page; items: known only from the pages of its items
    content_hash VARCHAR  -- content hash of the page version that the row comes from (page_version)
);

-- table: A row of a meeting's agenda as its page shows it. [history]
CREATE TABLE agenda_row (
    meeting_id VARCHAR NOT NULL,  -- key (meeting)
    position INTEGER NOT NULL,  -- key: place on the agenda
    item_id VARCHAR NOT NULL,  -- the agenda item (agenda_item)
    item_number VARCHAR,  -- TOP number without Ö/N
    public BOOLEAN,  -- in the public part; null: the page does not say
    title VARCHAR,  -- title as printed on the agenda
    tolfdnr INTEGER,  -- ALLRIS number of the item
    has_text BOOLEAN,  -- the agenda links an excerpt with text; null: the page cannot tell
    volfdnr INTEGER,  -- ALLRIS number of the paper
    paper_reference VARCHAR,  -- reference of the paper
    result VARCHAR,  -- Beschlussart as printed
    responsibility VARCHAR,  -- responsible office as printed
    note VARCHAR,  -- note as printed
    parent INTEGER  -- position of the row that this one is nested under
);

-- table: A person in a meeting's attendance list. [history]
CREATE TABLE attendance (
    meeting_id VARCHAR NOT NULL,  -- key (meeting)
    position INTEGER NOT NULL,  -- key: place in the list, from 0
    name VARCHAR,  -- name as printed, with titles
    kplfdnr INTEGER,  -- ALLRIS number of the person
    gender VARCHAR,  -- f or m where the form of address tells
    faction VARCHAR,  -- faction on that day as printed
    role VARCHAR,  -- role on that day as printed
    present BOOLEAN,  -- was there; null: the list does not say
    voting BOOLEAN,  -- entitled to vote
    note VARCHAR,  -- note as printed (ab 17:30 Uhr)
    person_id VARCHAR  -- person (person) [derived]
);

-- table: A paper (Vorlage). [history]
CREATE TABLE paper (
    paper_id VARCHAR NOT NULL,  -- key
    source_id VARCHAR NOT NULL,  -- corpus (source)
    system VARCHAR,  -- generation of the page
    volfdnr INTEGER,  -- ALLRIS number of the paper
    reference VARCHAR,  -- reference (DrS/2023/174)
    title VARCHAR,  -- title
    type VARCHAR,  -- Vorlageart as printed
    status VARCHAR,  -- state as printed
    author VARCHAR,  -- author as printed
    lead_office VARCHAR,  -- federführendes Amt
    official VARCHAR,  -- official in charge as printed
    supporters VARCHAR,  -- co-signing offices or persons as printed
    basis VARCHAR,  -- page: has its own page; items: known only from agenda items
    content_hash VARCHAR  -- content hash of the page version that the row comes from (page_version)
);

-- table: A named section of a paper's page. [history]
CREATE TABLE paper_section (
    paper_id VARCHAR NOT NULL,  -- key (paper)
    section_index INTEGER NOT NULL,  -- key: place on the page, from 0
    label VARCHAR,  -- label as on the page (Beschlussvorschlag)
    kind VARCHAR,  -- minutes, resolution, result, facts, motion, other
    text VARCHAR,  -- text, blocks parted by a blank line
    tables VARCHAR,  -- tables in the text as JSON: start, end, rows
    damage VARCHAR[]  -- what is wrong with the text (umlaut_loss, truncated)
);

-- table: A step of a paper's way through the committees (Beratungsfolge). [history]
CREATE TABLE consultation (
    paper_id VARCHAR NOT NULL,  -- key (paper)
    position INTEGER NOT NULL,  -- key: place in the sequence
    organization VARCHAR,  -- committee as printed
    organization_number INTEGER,  -- ALLRIS number of the committee
    role VARCHAR,  -- Vorberatung, Entscheidung, Kenntnisnahme, as printed
    state VARCHAR,  -- Geplant, Erledigt, Gestoppt, as printed
    date DATE,  -- day of the meeting
    silfdnr INTEGER,  -- ALLRIS number of the meeting
    tolfdnr INTEGER,  -- ALLRIS number of the agenda item
    meeting_title VARCHAR,  -- meeting as printed
    result VARCHAR,  -- Beschlussart as printed
    meeting_id VARCHAR,  -- the meeting, where it is in the database (meeting) [derived]
    item_id VARCHAR  -- the agenda item, where it is in the database (agenda_item) [derived]
);

-- table: An agenda item, with its minutes where there is an excerpt. [history]
CREATE TABLE agenda_item (
    item_id VARCHAR NOT NULL,  -- key
    meeting_id VARCHAR NOT NULL,  -- the meeting (meeting)
    source_id VARCHAR NOT NULL,  -- corpus (source)
    system VARCHAR,  -- generation of the page: allris3, allris4, text
    tolfdnr INTEGER,  -- ALLRIS number of the item
    silfdnr INTEGER,  -- ALLRIS number of the meeting
    item_number VARCHAR,  -- TOP number without Ö/N
    position INTEGER,  -- place on the agenda; null: the agenda is not known [derived]
    public BOOLEAN,  -- in the public part; null: the page does not say
    title VARCHAR,  -- fullest title known (page, agenda, paper) [derived]
    page_title VARCHAR,  -- title on the item's own page
    title_truncated BOOLEAN,  -- the page's title ends in "..."
    body VARCHAR,  -- municipality [derived]
    organization VARCHAR,  -- committee as printed [derived]
    date DATE,  -- day of the meeting [derived]
    page_body VARCHAR,  -- municipality on the item's own page
    page_organization VARCHAR,  -- committee on the item's own page
    page_date DATE,  -- day on the item's own page
    organization_number INTEGER,  -- ALLRIS number of the committee on the item's own page
    start_time VARCHAR,  -- begin of the meeting on the item's own page, HH:MM
    end_time VARCHAR,  -- end of the meeting on the item's own page, HH:MM
    room VARCHAR,  -- room on the item's own page
    place VARCHAR,  -- address on the item's own page
    meeting_title VARCHAR,  -- meeting on the item's own page
    status VARCHAR,  -- state of the meeting on the item's own page
    occasion VARCHAR,  -- occasion of the meeting on the item's own page
    result VARCHAR,  -- Beschlussart as printed
    result_outcome VARCHAR,  -- Beschlussart as an outcome (see decision.outcome); null: none, or unknown
    follow_up VARCHAR,  -- follow-up as printed
    paper_id VARCHAR,  -- the paper (paper) [derived]
    volfdnr INTEGER,  -- ALLRIS number of the paper
    paper_reference VARCHAR,  -- reference of the paper as printed
    paper_title VARCHAR,  -- title of the paper on the item's own page
    paper_type VARCHAR,  -- Vorlageart on the item's own page
    lead_office VARCHAR,  -- federführendes Amt
    official VARCHAR,  -- official in charge as printed
    has_excerpt BOOLEAN,  -- there is a page of the item; false: known only from the agenda
    words INTEGER,  -- words in its sections
    sentences INTEGER,  -- sentences in its sections
    content_hash VARCHAR,  -- content hash of the page version that the row comes from (page_version)
    extractor VARCHAR,  -- version of the extraction that read it
    corrected BOOLEAN  -- statements or decisions of it were set, added or removed by hand (correction) [derived]
);

-- table: A named text section of an agenda item's page. [history]
CREATE TABLE section (
    item_id VARCHAR NOT NULL,  -- key (agenda_item)
    section_index INTEGER NOT NULL,  -- key: place on the page, from 0
    label VARCHAR,  -- label as on the page (Wortprotokoll)
    kind VARCHAR,  -- minutes, resolution, result, facts, motion, other
    text VARCHAR,  -- text, blocks parted by a blank line, nothing repaired
    tables VARCHAR,  -- tables in the text as JSON: start, end, rows
    damage VARCHAR[]  -- what is wrong with the text (umlaut_loss, truncated)
);

-- table: A sentence of a section with its labels. [history]
CREATE TABLE sentence (
    item_id VARCHAR NOT NULL,  -- key (agenda_item)
    sentence_index INTEGER NOT NULL,  -- key: place in the item, from 0
    section_index INTEGER NOT NULL,  -- section (section)
    paragraph INTEGER,  -- paragraph in the section, from 0
    position INTEGER,  -- place in the paragraph, from 0
    start_char INTEGER,  -- begin in the section's text
    end_char INTEGER,  -- end in the section's text
    text VARCHAR,  -- the sentence, white space collapsed
    normalised VARCHAR,  -- line-end hyphens joined and certain umlaut losses repaired; null: same as text
    speakers VARCHAR[],  -- whose words it reports (speaker); "?": nobody nameable
    cue VARCHAR,  -- word that carries the speech act
    act VARCHAR,  -- inform, ask, answer, propose, agree, object, commit, courtesy
    stance VARCHAR,  -- of its statement: support, oppose, conditional, neutral
    rule VARCHAR,  -- rule or model that found the speaker
    speaker_confidence DOUBLE,  -- 0 to 1
    act_confidence DOUBLE,  -- 0 to 1
    stance_confidence DOUBLE,  -- 0 to 1
    on_record BOOLEAN  -- put on record (zu Protokoll gegeben), not spoken
);

-- table: Somebody who speaks in an item. [history]
CREATE TABLE speaker (
    item_id VARCHAR NOT NULL,  -- key (agenda_item)
    speaker_id VARCHAR NOT NULL,  -- key: name of the speaker in the item
    kind VARCHAR,  -- person, role (only a function is given), group (faction, administration)
    name VARCHAR,  -- as full as the text gives it, without titles
    gender VARCHAR,  -- f or m as the text shows
    role VARCHAR,  -- function as the text gives it
    faction VARCHAR,  -- faction as the text gives it
    forms VARCHAR[],  -- ways in which the text names the speaker
    attendee VARCHAR,  -- name in the attendance list that the extraction took the speaker for
    candidates VARCHAR[],  -- names in the attendance list, where several fit
    person_id VARCHAR,  -- person (person); null: unknown, ambiguous, or no person [derived]
    person_rule VARCHAR,  -- how the person was found (link/persons.py) [derived]
    person_confidence DOUBLE,  -- 0 to 1 [derived]
    role_on_date VARCHAR,  -- function in the attendance list of the meeting, else as the text gives it [derived]
    faction_on_date VARCHAR,  -- faction on the day of the meeting, by the usual name of its party [derived]
    faction_source VARCHAR,  -- attendance, text, person_page, roster, interval [derived]
    corrected BOOLEAN  -- who it is was set by hand (correction) [derived]
);

-- table: A run of consecutive sentences by one speaker. [history]
CREATE TABLE statement (
    statement_id VARCHAR NOT NULL,  -- key
    item_id VARCHAR NOT NULL,  -- agenda item (agenda_item)
    statement_index INTEGER NOT NULL,  -- place in the item, from 0
    speaker_id VARCHAR NOT NULL,  -- speaker (speaker); "?": nobody nameable
    first_sentence INTEGER NOT NULL,  -- first sentence (sentence.sentence_index)
    last_sentence INTEGER NOT NULL,  -- last sentence (sentence.sentence_index)
    section_index INTEGER NOT NULL,  -- section (section)
    start_char INTEGER,  -- begin in the section's text
    end_char INTEGER,  -- end in the section's text
    quote VARCHAR,  -- the text at the span, verbatim
    words INTEGER,  -- words in the quote
    act VARCHAR,  -- act of its first sentence (sentence.act)
    stance VARCHAR,  -- towards the matter of the item: support, oppose, conditional, neutral
    cue VARCHAR,  -- word that carries the speech act
    rule VARCHAR,  -- rule or model that found the speaker
    speaker_confidence DOUBLE,  -- 0 to 1, the least of its sentences
    stance_confidence DOUBLE,  -- 0 to 1
    on_record BOOLEAN,  -- put on record, not spoken
    corrected BOOLEAN  -- its stance or speaker was set by hand, or all of it was added (correction) [derived]
);

-- table: A decision that an item records. [history]
CREATE TABLE decision (
    decision_id VARCHAR NOT NULL,  -- key
    item_id VARCHAR NOT NULL,  -- agenda item (agenda_item)
    decision_index INTEGER NOT NULL,  -- place in the item, from 0
    section_index INTEGER NOT NULL,  -- section (section)
    paragraph INTEGER,  -- paragraph in the section
    position INTEGER,  -- place in the paragraph
    sentence_index INTEGER,  -- deciding sentence (sentence)
    start_char INTEGER,  -- begin in the section's text
    end_char INTEGER,  -- end in the section's text
    text VARCHAR,  -- wording of the deciding sentence, white space collapsed
    outcome VARCHAR,  -- accepted, amended, rejected, deferred, referred, noted, withdrawn, elected, consensus
    unanimous BOOLEAN,  -- nobody against; null: not told
    yes INTEGER,  -- votes for, as told
    no INTEGER,  -- votes against, as told
    abstain INTEGER,  -- abstentions, as told
    confidence DOUBLE,  -- 0 to 1
    rule VARCHAR,  -- rule that found it
    agrees BOOLEAN,  -- the page's Beschlussart says the same; null: it says nothing comparable
    subject VARCHAR,  -- what was put to the vote, in the text's words
    resolution VARCHAR,  -- wording of the resolution
    candidates VARCHAR[],  -- those elected or proposed
    corrected BOOLEAN  -- its outcome or votes were set by hand, or all of it was added (correction) [derived]
);

-- table: How a faction, or a named single person, voted on a decision. [history]
CREATE TABLE faction_vote (
    decision_id VARCHAR NOT NULL,  -- key (decision)
    vote_index INTEGER NOT NULL,  -- key: place in the decision, from 0
    item_id VARCHAR NOT NULL,  -- agenda item (agenda_item)
    name VARCHAR,  -- faction or person as told
    vote VARCHAR,  -- yes, no, abstain, absent
    count INTEGER  -- number of votes, where told
);

-- table: A promise: who, what, until when. [history]
CREATE TABLE commitment (
    commitment_id VARCHAR NOT NULL,  -- key
    item_id VARCHAR NOT NULL,  -- agenda item (agenda_item)
    commitment_index INTEGER NOT NULL,  -- place in the item, from 0
    speaker_id VARCHAR,  -- who promises (speaker); null or "?": not nameable
    what VARCHAR,  -- what is promised
    due VARCHAR,  -- words that name the deadline
    due_date VARCHAR,  -- ISO date or month that follows from them
    sentence_index INTEGER,  -- the sentence (sentence)
    section_index INTEGER NOT NULL,  -- section (section)
    start_char INTEGER,  -- begin in the section's text
    end_char INTEGER,  -- end in the section's text
    rule VARCHAR,  -- rule that found it
    confidence DOUBLE  -- 0 to 1
);

-- table: A later item that may take a promise up. [derived]
CREATE TABLE commitment_follow_up (
    commitment_id VARCHAR NOT NULL,  -- key (commitment)
    item_id VARCHAR NOT NULL,  -- key: the later item (agenda_item)
    relation VARCHAR,  -- how the item was found: same_paper, shared_terms
    terms VARCHAR[],  -- words that the promise and the later item share
    late BOOLEAN  -- the later item is after the deadline; null: no date follows from the promise
);

-- table: A term of a topic in an item's text or title. [history]
CREATE TABLE topic_mention (
    item_id VARCHAR NOT NULL,  -- key (agenda_item)
    mention_index INTEGER NOT NULL,  -- key: place in the item, from 0
    topic_id VARCHAR NOT NULL,  -- topic (topic)
    term VARCHAR,  -- term as it stands in the text
    entry VARCHAR,  -- entry of the topic file that matched
    strength VARCHAR,  -- core: names the topic; related: belongs to it
    section_index INTEGER,  -- section (section); -1: in the title
    paragraph INTEGER,  -- paragraph in the section
    position INTEGER,  -- place in the paragraph
    sentence_index INTEGER,  -- sentence (sentence); null: in the title
    start_char INTEGER,  -- begin in the section's text (or title)
    end_char INTEGER  -- end in the section's text (or title)
);

-- table: Whether an item furthers a topic or turns against it. [derived]
CREATE TABLE item_direction (
    item_id VARCHAR NOT NULL,  -- key (agenda_item)
    topic_id VARCHAR NOT NULL,  -- key (topic)
    direction INTEGER,  -- 1 furthers the topic, -1 turns against it, 0 is about something else; null: unknown
    rule VARCHAR,  -- rule that decided (link/directions.py)
    reason VARCHAR,  -- why, for people
    evidence VARCHAR,  -- words that decided
    corrected BOOLEAN  -- set by hand (correction)
);

-- table: A human being across meetings. [derived]
CREATE TABLE person (
    person_id VARCHAR NOT NULL,  -- key
    source_id VARCHAR NOT NULL,  -- corpus (source)
    body VARCHAR,  -- municipality in which names were compared
    name VARCHAR,  -- fullest name, without titles
    family_name VARCHAR,  -- family name with its particle (von Thalheim)
    given_name VARCHAR,  -- given names; null: only the family name is known
    titles VARCHAR,  -- academic titles (Dr.)
    gender VARCHAR,  -- f or m; null: unknown
    kplfdnr INTEGER,  -- ALLRIS number of the person
    names VARCHAR[],  -- all forms of the name that were seen in lists and pages
    basis VARCHAR,  -- number (ALLRIS number), list (attendance, roster), full_name (texts only), family_name (texts only)
    first_seen DATE,  -- first meeting in which the person attends or speaks
    last_seen DATE,  -- last meeting in which the person attends or speaks
    meetings INTEGER,  -- number of these meetings
    corrected BOOLEAN  -- joined with another or parted by hand (correction)
);

-- table: A person in a committee, role or faction over an interval that was observed. [derived]
CREATE TABLE membership (
    person_id VARCHAR NOT NULL,  -- person (person)
    kind VARCHAR NOT NULL,  -- committee (with role) or faction
    organization VARCHAR NOT NULL,  -- committee or faction as printed
    role VARCHAR,  -- role as printed
    first_seen DATE,  -- first day on which it was seen; person_page: begin as told
    last_seen DATE,  -- last day on which it was seen; person_page: end as told, null: open
    evidence VARCHAR NOT NULL,  -- attendance, person_page, roster, text
    observations INTEGER  -- number of meetings or pages that say so
);

-- table: A person that a speaker may be, or that another person may be, where more than one fits. [derived]
CREATE TABLE person_candidate (
    source_id VARCHAR NOT NULL,  -- corpus (source)
    item_id VARCHAR,  -- item of the speaker (agenda_item); null: about two persons
    speaker_id VARCHAR,  -- the speaker (speaker); null: about two persons
    other_person_id VARCHAR,  -- the other person (person); null: about a speaker
    person_id VARCHAR NOT NULL,  -- the candidate (person)
    reason VARCHAR  -- why it may be
);

-- table: A correction by hand (corrections.toml) and whether it still fits.
CREATE TABLE correction (
    source_id VARCHAR NOT NULL,  -- key: corpus (source)
    correction_index INTEGER NOT NULL,  -- key: place in the file, from 0
    kind VARCHAR,  -- stance, statement, person, decision, direction, join, split
    given VARCHAR,  -- the correction as it was written, as JSON
    reason VARCHAR,  -- why, in the words of who corrected
    item_id VARCHAR,  -- the agenda item (agenda_item); null: there is none, or several [derived]
    target VARCHAR,  -- key of the row that is corrected, added or removed (statement_id, decision_id, speaker_id, topic_id) [derived]
    former VARCHAR,  -- what the extraction had found there, as JSON [derived]
    applied BOOLEAN,  -- false: it does not fit, or no longer (see problem) [derived]
    problem VARCHAR  -- why it does not fit [derived]
);

-- table: A text to be searched: an agenda item or a paper. Filled when the database is published. [derived]
CREATE TABLE search_document (
    document BIGINT NOT NULL,  -- key: number of the text, made of its corpus and its place there
    kind VARCHAR NOT NULL,  -- item or paper
    source_id VARCHAR NOT NULL,  -- corpus (source)
    item_id VARCHAR,  -- agenda item (agenda_item); null: a paper
    paper_id VARCHAR,  -- paper (paper); null: an agenda item without one
    date DATE,  -- day of the meeting; of a paper: of the first that deals with it
    words INTEGER NOT NULL  -- words in its title and texts
);

-- table: A piece of a text to be searched: a title, a sentence, or a section of a paper. Filled when the database is published. [derived]
CREATE TABLE search_text (
    document BIGINT NOT NULL,  -- key: the text (search_document)
    position INTEGER NOT NULL,  -- key: sentence_index of an item, section_index of a paper; -1: the title
    folded VARCHAR NOT NULL  -- its words in lower case, umlauts and accents resolved, one blank between and around them
);

-- table: A page of a council information system, or a file that was given.
CREATE TABLE page (
    page_id VARCHAR NOT NULL,  -- key; the same as the key of the item, meeting or paper on it
    source_id VARCHAR NOT NULL,  -- corpus (source)
    system VARCHAR,  -- generation: allris3, allris4, text; null: not recognised
    kind VARCHAR,  -- excerpt, meeting, paper, attendance, organization, person; null: not recognised
    outcome VARCHAR,  -- ok, or why there is no record: not_public, no_information, gate, unreadable ...
    content_hash VARCHAR,  -- content hash of its current version (page_version)
    version INTEGER,  -- number of its current version, from 1
    address VARCHAR,  -- [volatile] address (or file) from which it was last fetched
    first_fetched TIMESTAMP,  -- [volatile] first time it was fetched, UTC
    last_fetched TIMESTAMP  -- [volatile] last time it was fetched, UTC
);

-- table: A version of a page: provenance of every row.
CREATE TABLE page_version (
    page_id VARCHAR NOT NULL,  -- key (page)
    content_hash VARCHAR NOT NULL,  -- key: SHA-256 of the records that are read from the page
    version INTEGER,  -- number of the version in the order of fetching, from 1
    is_current BOOLEAN,  -- the rows in the tables come from this version
    outcome VARCHAR,  -- as in page
    payload_hash VARCHAR,  -- [volatile] SHA-256 of the body as served; ALLRIS 4 serves another body at every request
    address VARCHAR,  -- [volatile] address (or file) from which it was fetched
    fetched_at TIMESTAMP,  -- [volatile] time of fetching, UTC, the first with this content
    last_fetched TIMESTAMP,  -- [volatile] last time that it was fetched with this content, UTC
    warc_file VARCHAR,  -- [volatile] archive file that holds it
    record_id VARCHAR,  -- [volatile] WARC record id
    input_hash VARCHAR  -- [volatile] hash of all that its rows were made from: page, context, program; null: to be made anew
);

-- table: A batch: what ran, when, with what result. Not part of the comparison of databases.
CREATE TABLE run (
    run_id VARCHAR NOT NULL,  -- key
    command VARCHAR,  -- command as called
    version VARCHAR,  -- version of the program
    sources VARCHAR[],  -- corpora
    started_at TIMESTAMP,  -- UTC
    finished_at TIMESTAMP,  -- UTC; null: it did not finish
    exit_code INTEGER,  -- 0 clean, 1 problems, 2 failed
    pages INTEGER,  -- pages read
    meetings INTEGER,  -- meetings written
    items INTEGER,  -- items written
    statements INTEGER,  -- statements in these items
    decisions INTEGER,  -- decisions in these items
    new_errors INTEGER,  -- errors that were not there before
    known_errors INTEGER,  -- errors that were there before
    warnings INTEGER,  -- warnings
    message VARCHAR  -- last word, where it failed
);

-- table: Something wrong, with its page; one row a problem, not one a run. Not part of the comparison of databases.
CREATE TABLE problem (
    problem_id VARCHAR NOT NULL,  -- key: hash of corpus, place, code and message
    source_id VARCHAR,  -- corpus (source)
    page_id VARCHAR,  -- page (page), where known
    address VARCHAR,  -- address or file
    severity VARCHAR,  -- error or warning
    code VARCHAR,  -- stable name of the problem
    message VARCHAR,  -- for people: what, where, what to do
    state VARCHAR,  -- open or resolved
    first_run VARCHAR,  -- run that found it first (run)
    last_run VARCHAR,  -- run that found it last (run)
    first_seen TIMESTAMP,  -- UTC
    last_seen TIMESTAMP  -- UTC
);

-- table: Which publication this is: one row. In the work database: the last that was made from it. Not part of the comparison of databases.
CREATE TABLE publication (
    publication_id VARCHAR NOT NULL,  -- key: another one for every publication
    published_at TIMESTAMP,  -- end of the batch that it shows, UTC; null: no batch ended
    run_id VARCHAR,  -- the last batch that ended (run)
    program VARCHAR,  -- version of the program that published it
    layout VARCHAR,  -- hash of the statements that made its tables and views
    rewritten DOUBLE  -- share of its rows that were replaced since all were written: 0 where they all were just now
);

-- table: What a corpus was built from last; where it is the same, there is nothing to do (build/fingerprint.py). [private]
CREATE TABLE build_state (
    source_id VARCHAR NOT NULL,  -- key (source)
    fingerprint VARCHAR NOT NULL  -- hash of its files, its settings and the program
);

-- table: Whether a corpus changed since it was last linked and last published (store/changes.py). [private]
CREATE TABLE source_state (
    source_id VARCHAR NOT NULL,  -- key: corpus (source)
    link_due BOOLEAN NOT NULL,  -- its rows changed since what follows from them was computed
    publish_due BOOLEAN NOT NULL  -- its rows changed since they were last published
);
