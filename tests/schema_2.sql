-- The tables of a work database of schema version 2, for tests/test_migrations.py.
CREATE TABLE schema_version (version INTEGER NOT NULL);
CREATE TABLE source (source_id VARCHAR NOT NULL, title VARCHAR, body VARCHAR, url VARCHAR, topics VARCHAR[]);
CREATE TABLE topic (topic_id VARCHAR NOT NULL, title VARCHAR, description VARCHAR);
CREATE TABLE organization (organization_id VARCHAR NOT NULL, source_id VARCHAR NOT NULL, system VARCHAR,
    kind VARCHAR, number INTEGER, name VARCHAR, body VARCHAR, basis VARCHAR);
CREATE TABLE roster_member (page_id VARCHAR NOT NULL, position INTEGER NOT NULL, source_id VARCHAR NOT NULL,
    system VARCHAR, kind VARCHAR, number INTEGER, organization VARCHAR, name VARCHAR, kplfdnr INTEGER,
    gender VARCHAR, faction VARCHAR, role VARCHAR, voting BOOLEAN, first_fetched DATE, person_id VARCHAR);
CREATE TABLE person_page (page_id VARCHAR NOT NULL, source_id VARCHAR NOT NULL, system VARCHAR, kplfdnr INTEGER,
    name VARCHAR, gender VARCHAR, faction VARCHAR);
CREATE TABLE person_page_membership (page_id VARCHAR NOT NULL, position INTEGER NOT NULL, organization VARCHAR,
    kind VARCHAR, number INTEGER, role VARCHAR, start_date DATE, end_date DATE);
CREATE TABLE meeting (meeting_id VARCHAR NOT NULL, source_id VARCHAR NOT NULL, system VARCHAR, silfdnr INTEGER,
    title VARCHAR, body VARCHAR, page_body VARCHAR, organization_id VARCHAR, organization VARCHAR,
    organization_kind VARCHAR, organization_number INTEGER, date DATE, start_time VARCHAR, end_time VARCHAR,
    status VARCHAR, occasion VARCHAR, room VARCHAR, place VARCHAR, has_attendance BOOLEAN, basis VARCHAR,
    content_hash VARCHAR);
CREATE TABLE agenda_row (meeting_id VARCHAR NOT NULL, position INTEGER NOT NULL, item_id VARCHAR NOT NULL,
    item_number VARCHAR, public BOOLEAN, title VARCHAR, tolfdnr INTEGER, has_text BOOLEAN, volfdnr INTEGER,
    paper_reference VARCHAR, result VARCHAR, responsibility VARCHAR, note VARCHAR, parent INTEGER);
CREATE TABLE attendance (meeting_id VARCHAR NOT NULL, position INTEGER NOT NULL, name VARCHAR, kplfdnr INTEGER,
    gender VARCHAR, faction VARCHAR, role VARCHAR, present BOOLEAN, voting BOOLEAN, note VARCHAR, person_id VARCHAR);
CREATE TABLE paper (paper_id VARCHAR NOT NULL, source_id VARCHAR NOT NULL, system VARCHAR, volfdnr INTEGER,
    reference VARCHAR, title VARCHAR, type VARCHAR, status VARCHAR, author VARCHAR, lead_office VARCHAR,
    official VARCHAR, supporters VARCHAR, basis VARCHAR, content_hash VARCHAR);
CREATE TABLE paper_section (paper_id VARCHAR NOT NULL, section_index INTEGER NOT NULL, label VARCHAR, kind VARCHAR,
    text VARCHAR, damage VARCHAR[]);
CREATE TABLE consultation (paper_id VARCHAR NOT NULL, position INTEGER NOT NULL, organization VARCHAR,
    organization_number INTEGER, role VARCHAR, state VARCHAR, date DATE, silfdnr INTEGER, tolfdnr INTEGER,
    meeting_title VARCHAR, result VARCHAR, meeting_id VARCHAR, item_id VARCHAR);
CREATE TABLE agenda_item (item_id VARCHAR NOT NULL, meeting_id VARCHAR NOT NULL, source_id VARCHAR NOT NULL,
    system VARCHAR, tolfdnr INTEGER, silfdnr INTEGER, item_number VARCHAR, position INTEGER, public BOOLEAN,
    title VARCHAR, page_title VARCHAR, title_truncated BOOLEAN, body VARCHAR, organization VARCHAR, date DATE,
    page_body VARCHAR, page_organization VARCHAR, page_date DATE, organization_number INTEGER, start_time VARCHAR,
    end_time VARCHAR, room VARCHAR, place VARCHAR, meeting_title VARCHAR, status VARCHAR, occasion VARCHAR,
    result VARCHAR, result_outcome VARCHAR, follow_up VARCHAR, paper_id VARCHAR, volfdnr INTEGER,
    paper_reference VARCHAR, paper_title VARCHAR, paper_type VARCHAR, lead_office VARCHAR, official VARCHAR,
    has_excerpt BOOLEAN, words INTEGER, sentences INTEGER, content_hash VARCHAR, extractor VARCHAR);
CREATE TABLE section (item_id VARCHAR NOT NULL, section_index INTEGER NOT NULL, label VARCHAR, kind VARCHAR,
    text VARCHAR, tables VARCHAR, damage VARCHAR[]);
CREATE TABLE sentence (item_id VARCHAR NOT NULL, sentence_index INTEGER NOT NULL, section_index INTEGER NOT NULL,
    paragraph INTEGER, position INTEGER, start_char INTEGER, end_char INTEGER, text VARCHAR, normalised VARCHAR,
    speakers VARCHAR[], cue VARCHAR, act VARCHAR, stance VARCHAR, rule VARCHAR, speaker_confidence DOUBLE,
    act_confidence DOUBLE, stance_confidence DOUBLE, on_record BOOLEAN);
CREATE TABLE speaker (item_id VARCHAR NOT NULL, speaker_id VARCHAR NOT NULL, kind VARCHAR, name VARCHAR,
    gender VARCHAR, role VARCHAR, faction VARCHAR, forms VARCHAR[], attendee VARCHAR, candidates VARCHAR[],
    person_id VARCHAR, person_rule VARCHAR, person_confidence DOUBLE, role_on_date VARCHAR, faction_on_date VARCHAR,
    faction_source VARCHAR, corrected BOOLEAN);
CREATE TABLE statement (statement_id VARCHAR NOT NULL, item_id VARCHAR NOT NULL, statement_index INTEGER NOT NULL,
    speaker_id VARCHAR NOT NULL, first_sentence INTEGER NOT NULL, last_sentence INTEGER NOT NULL,
    section_index INTEGER NOT NULL, start_char INTEGER, end_char INTEGER, quote VARCHAR, words INTEGER, act VARCHAR,
    stance VARCHAR, cue VARCHAR, rule VARCHAR, speaker_confidence DOUBLE, stance_confidence DOUBLE,
    on_record BOOLEAN, corrected BOOLEAN);
CREATE TABLE decision (decision_id VARCHAR NOT NULL, item_id VARCHAR NOT NULL, decision_index INTEGER NOT NULL,
    section_index INTEGER NOT NULL, paragraph INTEGER, position INTEGER, sentence_index INTEGER, start_char INTEGER,
    end_char INTEGER, text VARCHAR, outcome VARCHAR, unanimous BOOLEAN, yes INTEGER, no INTEGER, abstain INTEGER,
    confidence DOUBLE, rule VARCHAR, agrees BOOLEAN, subject VARCHAR, resolution VARCHAR, candidates VARCHAR[],
    corrected BOOLEAN);
CREATE TABLE faction_vote (decision_id VARCHAR NOT NULL, vote_index INTEGER NOT NULL, item_id VARCHAR NOT NULL,
    name VARCHAR, vote VARCHAR, count INTEGER);
CREATE TABLE commitment (commitment_id VARCHAR NOT NULL, item_id VARCHAR NOT NULL, commitment_index INTEGER NOT NULL,
    speaker_id VARCHAR, what VARCHAR, due VARCHAR, due_date VARCHAR, sentence_index INTEGER,
    section_index INTEGER NOT NULL, start_char INTEGER, end_char INTEGER, rule VARCHAR, confidence DOUBLE);
CREATE TABLE commitment_follow_up (commitment_id VARCHAR NOT NULL, item_id VARCHAR NOT NULL, relation VARCHAR,
    terms VARCHAR[], late BOOLEAN);
CREATE TABLE topic_mention (item_id VARCHAR NOT NULL, mention_index INTEGER NOT NULL, topic_id VARCHAR NOT NULL,
    term VARCHAR, entry VARCHAR, strength VARCHAR, section_index INTEGER, paragraph INTEGER, position INTEGER,
    sentence_index INTEGER, start_char INTEGER, end_char INTEGER);
CREATE TABLE item_direction (item_id VARCHAR NOT NULL, topic_id VARCHAR NOT NULL, direction INTEGER, rule VARCHAR,
    reason VARCHAR, evidence VARCHAR, corrected BOOLEAN);
CREATE TABLE person (person_id VARCHAR NOT NULL, source_id VARCHAR NOT NULL, body VARCHAR, name VARCHAR,
    family_name VARCHAR, given_name VARCHAR, titles VARCHAR, gender VARCHAR, kplfdnr INTEGER, names VARCHAR[],
    basis VARCHAR, first_seen DATE, last_seen DATE, meetings INTEGER);
CREATE TABLE membership (person_id VARCHAR NOT NULL, kind VARCHAR NOT NULL, organization VARCHAR NOT NULL,
    role VARCHAR, first_seen DATE, last_seen DATE, evidence VARCHAR NOT NULL, observations INTEGER);
CREATE TABLE person_candidate (source_id VARCHAR NOT NULL, item_id VARCHAR, speaker_id VARCHAR,
    other_person_id VARCHAR, person_id VARCHAR NOT NULL, reason VARCHAR);
CREATE TABLE correction (source_id VARCHAR NOT NULL, correction_index INTEGER NOT NULL, kind VARCHAR, given VARCHAR,
    reason VARCHAR, item_id VARCHAR, target VARCHAR, former VARCHAR, applied BOOLEAN, problem VARCHAR);
CREATE TABLE search_document (document INTEGER NOT NULL, kind VARCHAR NOT NULL, source_id VARCHAR NOT NULL,
    item_id VARCHAR, paper_id VARCHAR, date DATE, words INTEGER NOT NULL);
CREATE TABLE search_text (document INTEGER NOT NULL, position INTEGER NOT NULL, folded VARCHAR NOT NULL);
CREATE TABLE page (page_id VARCHAR NOT NULL, source_id VARCHAR NOT NULL, system VARCHAR, kind VARCHAR,
    outcome VARCHAR, content_hash VARCHAR, version INTEGER, address VARCHAR, first_fetched TIMESTAMP,
    last_fetched TIMESTAMP);
CREATE TABLE page_version (page_id VARCHAR NOT NULL, content_hash VARCHAR NOT NULL, version INTEGER,
    is_current BOOLEAN, outcome VARCHAR, payload_hash VARCHAR, address VARCHAR, fetched_at TIMESTAMP,
    last_fetched TIMESTAMP, warc_file VARCHAR, record_id VARCHAR);
CREATE TABLE run (run_id VARCHAR NOT NULL, command VARCHAR, version VARCHAR, sources VARCHAR[], started_at TIMESTAMP,
    finished_at TIMESTAMP, exit_code INTEGER, pages INTEGER, meetings INTEGER, items INTEGER, statements INTEGER,
    decisions INTEGER, new_errors INTEGER, known_errors INTEGER, warnings INTEGER, message VARCHAR);
CREATE TABLE problem (problem_id VARCHAR NOT NULL, source_id VARCHAR, page_id VARCHAR, address VARCHAR,
    severity VARCHAR, code VARCHAR, message VARCHAR, state VARCHAR, first_run VARCHAR, last_run VARCHAR,
    first_seen TIMESTAMP, last_seen TIMESTAMP);
CREATE TABLE meeting_history (page_content_hash VARCHAR NOT NULL, meeting_id VARCHAR NOT NULL,
    source_id VARCHAR NOT NULL, system VARCHAR, silfdnr INTEGER, title VARCHAR, body VARCHAR, page_body VARCHAR,
    organization_id VARCHAR, organization VARCHAR, organization_kind VARCHAR, organization_number INTEGER, date DATE,
    start_time VARCHAR, end_time VARCHAR, status VARCHAR, occasion VARCHAR, room VARCHAR, place VARCHAR,
    has_attendance BOOLEAN, basis VARCHAR, content_hash VARCHAR);
CREATE TABLE agenda_row_history (page_content_hash VARCHAR NOT NULL, meeting_id VARCHAR NOT NULL,
    position INTEGER NOT NULL, item_id VARCHAR NOT NULL, item_number VARCHAR, public BOOLEAN, title VARCHAR,
    tolfdnr INTEGER, has_text BOOLEAN, volfdnr INTEGER, paper_reference VARCHAR, result VARCHAR,
    responsibility VARCHAR, note VARCHAR, parent INTEGER);
CREATE TABLE attendance_history (page_content_hash VARCHAR NOT NULL, meeting_id VARCHAR NOT NULL,
    position INTEGER NOT NULL, name VARCHAR, kplfdnr INTEGER, gender VARCHAR, faction VARCHAR, role VARCHAR,
    present BOOLEAN, voting BOOLEAN, note VARCHAR, person_id VARCHAR);
CREATE TABLE paper_version_history (page_content_hash VARCHAR NOT NULL, paper_id VARCHAR NOT NULL,
    source_id VARCHAR NOT NULL, system VARCHAR, volfdnr INTEGER, reference VARCHAR, title VARCHAR, type VARCHAR,
    status VARCHAR, author VARCHAR, lead_office VARCHAR, official VARCHAR, supporters VARCHAR, basis VARCHAR,
    content_hash VARCHAR);
CREATE TABLE paper_section_history (page_content_hash VARCHAR NOT NULL, paper_id VARCHAR NOT NULL,
    section_index INTEGER NOT NULL, label VARCHAR, kind VARCHAR, text VARCHAR, damage VARCHAR[]);
CREATE TABLE consultation_history (page_content_hash VARCHAR NOT NULL, paper_id VARCHAR NOT NULL,
    position INTEGER NOT NULL, organization VARCHAR, organization_number INTEGER, role VARCHAR, state VARCHAR,
    date DATE, silfdnr INTEGER, tolfdnr INTEGER, meeting_title VARCHAR, result VARCHAR, meeting_id VARCHAR,
    item_id VARCHAR);
CREATE TABLE agenda_item_history (page_content_hash VARCHAR NOT NULL, item_id VARCHAR NOT NULL,
    meeting_id VARCHAR NOT NULL, source_id VARCHAR NOT NULL, system VARCHAR, tolfdnr INTEGER, silfdnr INTEGER,
    item_number VARCHAR, position INTEGER, public BOOLEAN, title VARCHAR, page_title VARCHAR,
    title_truncated BOOLEAN, body VARCHAR, organization VARCHAR, date DATE, page_body VARCHAR,
    page_organization VARCHAR, page_date DATE, organization_number INTEGER, start_time VARCHAR, end_time VARCHAR,
    room VARCHAR, place VARCHAR, meeting_title VARCHAR, status VARCHAR, occasion VARCHAR, result VARCHAR,
    result_outcome VARCHAR, follow_up VARCHAR, paper_id VARCHAR, volfdnr INTEGER, paper_reference VARCHAR,
    paper_title VARCHAR, paper_type VARCHAR, lead_office VARCHAR, official VARCHAR, has_excerpt BOOLEAN,
    words INTEGER, sentences INTEGER, content_hash VARCHAR, extractor VARCHAR);
CREATE TABLE section_history (page_content_hash VARCHAR NOT NULL, item_id VARCHAR NOT NULL,
    section_index INTEGER NOT NULL, label VARCHAR, kind VARCHAR, text VARCHAR, tables VARCHAR, damage VARCHAR[]);
CREATE TABLE sentence_history (page_content_hash VARCHAR NOT NULL, item_id VARCHAR NOT NULL,
    sentence_index INTEGER NOT NULL, section_index INTEGER NOT NULL, paragraph INTEGER, position INTEGER,
    start_char INTEGER, end_char INTEGER, text VARCHAR, normalised VARCHAR, speakers VARCHAR[], cue VARCHAR,
    act VARCHAR, stance VARCHAR, rule VARCHAR, speaker_confidence DOUBLE, act_confidence DOUBLE,
    stance_confidence DOUBLE, on_record BOOLEAN);
CREATE TABLE speaker_history (page_content_hash VARCHAR NOT NULL, item_id VARCHAR NOT NULL,
    speaker_id VARCHAR NOT NULL, kind VARCHAR, name VARCHAR, gender VARCHAR, role VARCHAR, faction VARCHAR,
    forms VARCHAR[], attendee VARCHAR, candidates VARCHAR[], person_id VARCHAR, person_rule VARCHAR,
    person_confidence DOUBLE, role_on_date VARCHAR, faction_on_date VARCHAR, faction_source VARCHAR,
    corrected BOOLEAN);
CREATE TABLE statement_history (page_content_hash VARCHAR NOT NULL, statement_id VARCHAR NOT NULL,
    item_id VARCHAR NOT NULL, statement_index INTEGER NOT NULL, speaker_id VARCHAR NOT NULL,
    first_sentence INTEGER NOT NULL, last_sentence INTEGER NOT NULL, section_index INTEGER NOT NULL,
    start_char INTEGER, end_char INTEGER, quote VARCHAR, words INTEGER, act VARCHAR, stance VARCHAR, cue VARCHAR,
    rule VARCHAR, speaker_confidence DOUBLE, stance_confidence DOUBLE, on_record BOOLEAN, corrected BOOLEAN);
CREATE TABLE decision_history (page_content_hash VARCHAR NOT NULL, decision_id VARCHAR NOT NULL,
    item_id VARCHAR NOT NULL, decision_index INTEGER NOT NULL, section_index INTEGER NOT NULL, paragraph INTEGER,
    position INTEGER, sentence_index INTEGER, start_char INTEGER, end_char INTEGER, text VARCHAR, outcome VARCHAR,
    unanimous BOOLEAN, yes INTEGER, no INTEGER, abstain INTEGER, confidence DOUBLE, rule VARCHAR, agrees BOOLEAN,
    subject VARCHAR, resolution VARCHAR, candidates VARCHAR[], corrected BOOLEAN);
CREATE TABLE faction_vote_history (page_content_hash VARCHAR NOT NULL, decision_id VARCHAR NOT NULL,
    vote_index INTEGER NOT NULL, item_id VARCHAR NOT NULL, name VARCHAR, vote VARCHAR, count INTEGER);
CREATE TABLE commitment_history (page_content_hash VARCHAR NOT NULL, commitment_id VARCHAR NOT NULL,
    item_id VARCHAR NOT NULL, commitment_index INTEGER NOT NULL, speaker_id VARCHAR, what VARCHAR, due VARCHAR,
    due_date VARCHAR, sentence_index INTEGER, section_index INTEGER NOT NULL, start_char INTEGER, end_char INTEGER,
    rule VARCHAR, confidence DOUBLE);
CREATE TABLE topic_mention_history (page_content_hash VARCHAR NOT NULL, item_id VARCHAR NOT NULL,
    mention_index INTEGER NOT NULL, topic_id VARCHAR NOT NULL, term VARCHAR, entry VARCHAR, strength VARCHAR,
    section_index INTEGER, paragraph INTEGER, position INTEGER, sentence_index INTEGER, start_char INTEGER,
    end_char INTEGER);
