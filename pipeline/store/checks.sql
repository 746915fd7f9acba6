-- The data checks: each statement returns the rows that break a promise, with their place (a key of the
-- database) and a reason. Errors keep a batch from being published, warnings are shown.
-- Form: `-- check: name (severity)`, the promise, the statement.

-- check: keys_unique (error)
-- Every key stands once.
SELECT source_id AS place, 'source: key stands ' || count(*) || ' times' AS reason FROM source GROUP BY source_id HAVING count(*) > 1
UNION ALL SELECT topic_id AS place, 'topic: key stands ' || count(*) || ' times' AS reason FROM topic GROUP BY topic_id HAVING count(*) > 1
UNION ALL SELECT organization_id AS place, 'organization: key stands ' || count(*) || ' times' AS reason FROM organization GROUP BY organization_id HAVING count(*) > 1
UNION ALL SELECT concat_ws(' ', page_id, position) AS place, 'roster_member: key stands ' || count(*) || ' times' AS reason FROM roster_member GROUP BY page_id, position HAVING count(*) > 1
UNION ALL SELECT page_id AS place, 'person_page: key stands ' || count(*) || ' times' AS reason FROM person_page GROUP BY page_id HAVING count(*) > 1
UNION ALL SELECT concat_ws(' ', page_id, position) AS place, 'person_page_membership: key stands ' || count(*) || ' times' AS reason FROM person_page_membership GROUP BY page_id, position HAVING count(*) > 1
UNION ALL SELECT meeting_id AS place, 'meeting: key stands ' || count(*) || ' times' AS reason FROM meeting GROUP BY meeting_id HAVING count(*) > 1
UNION ALL SELECT concat_ws(' ', meeting_id, position) AS place, 'agenda_row: key stands ' || count(*) || ' times' AS reason FROM agenda_row GROUP BY meeting_id, position HAVING count(*) > 1
UNION ALL SELECT concat_ws(' ', meeting_id, position) AS place, 'attendance: key stands ' || count(*) || ' times' AS reason FROM attendance GROUP BY meeting_id, position HAVING count(*) > 1
UNION ALL SELECT paper_id AS place, 'paper: key stands ' || count(*) || ' times' AS reason FROM paper GROUP BY paper_id HAVING count(*) > 1
UNION ALL SELECT concat_ws(' ', paper_id, section_index) AS place, 'paper_section: key stands ' || count(*) || ' times' AS reason FROM paper_section GROUP BY paper_id, section_index HAVING count(*) > 1
UNION ALL SELECT concat_ws(' ', paper_id, position) AS place, 'consultation: key stands ' || count(*) || ' times' AS reason FROM consultation GROUP BY paper_id, position HAVING count(*) > 1
UNION ALL SELECT item_id AS place, 'agenda_item: key stands ' || count(*) || ' times' AS reason FROM agenda_item GROUP BY item_id HAVING count(*) > 1
UNION ALL SELECT concat_ws(' ', item_id, section_index) AS place, 'section: key stands ' || count(*) || ' times' AS reason FROM section GROUP BY item_id, section_index HAVING count(*) > 1
UNION ALL SELECT concat_ws(' ', item_id, sentence_index) AS place, 'sentence: key stands ' || count(*) || ' times' AS reason FROM sentence GROUP BY item_id, sentence_index HAVING count(*) > 1
UNION ALL SELECT concat_ws(' ', item_id, speaker_id) AS place, 'speaker: key stands ' || count(*) || ' times' AS reason FROM speaker GROUP BY item_id, speaker_id HAVING count(*) > 1
UNION ALL SELECT statement_id AS place, 'statement: key stands ' || count(*) || ' times' AS reason FROM statement GROUP BY statement_id HAVING count(*) > 1
UNION ALL SELECT decision_id AS place, 'decision: key stands ' || count(*) || ' times' AS reason FROM decision GROUP BY decision_id HAVING count(*) > 1
UNION ALL SELECT concat_ws(' ', decision_id, vote_index) AS place, 'faction_vote: key stands ' || count(*) || ' times' AS reason FROM faction_vote GROUP BY decision_id, vote_index HAVING count(*) > 1
UNION ALL SELECT commitment_id AS place, 'commitment: key stands ' || count(*) || ' times' AS reason FROM commitment GROUP BY commitment_id HAVING count(*) > 1
UNION ALL SELECT concat_ws(' ', commitment_id, item_id) AS place, 'commitment_follow_up: key stands ' || count(*) || ' times' AS reason FROM commitment_follow_up GROUP BY commitment_id, item_id HAVING count(*) > 1
UNION ALL SELECT concat_ws(' ', item_id, mention_index) AS place, 'topic_mention: key stands ' || count(*) || ' times' AS reason FROM topic_mention GROUP BY item_id, mention_index HAVING count(*) > 1
UNION ALL SELECT concat_ws(' ', item_id, topic_id) AS place, 'item_direction: key stands ' || count(*) || ' times' AS reason FROM item_direction GROUP BY item_id, topic_id HAVING count(*) > 1
UNION ALL SELECT person_id AS place, 'person: key stands ' || count(*) || ' times' AS reason FROM person GROUP BY person_id HAVING count(*) > 1
UNION ALL SELECT concat_ws(' ', source_id, correction_index) AS place, 'correction: key stands ' || count(*) || ' times' AS reason FROM correction GROUP BY source_id, correction_index HAVING count(*) > 1
UNION ALL SELECT page_id AS place, 'page: key stands ' || count(*) || ' times' AS reason FROM page GROUP BY page_id HAVING count(*) > 1
UNION ALL SELECT concat_ws(' ', page_id, content_hash) AS place, 'page_version: key stands ' || count(*) || ' times' AS reason FROM page_version GROUP BY page_id, content_hash HAVING count(*) > 1
UNION ALL SELECT run_id AS place, 'run: key stands ' || count(*) || ' times' AS reason FROM run GROUP BY run_id HAVING count(*) > 1
UNION ALL SELECT problem_id AS place, 'problem: key stands ' || count(*) || ' times' AS reason FROM problem GROUP BY problem_id HAVING count(*) > 1;

-- check: references (error)
-- What a row refers to is there.
SELECT meeting_id AS place, 'meeting.source_id: no source ' || source_id AS reason FROM meeting ANTI JOIN source AS r ON r.source_id = meeting.source_id WHERE source_id IS NOT NULL
UNION ALL SELECT meeting_id AS place, 'meeting.organization_id: no organization ' || organization_id AS reason FROM meeting ANTI JOIN organization AS r ON r.organization_id = meeting.organization_id WHERE organization_id IS NOT NULL
UNION ALL SELECT meeting_id AS place, 'agenda_row.meeting_id: no meeting ' || meeting_id AS reason FROM agenda_row ANTI JOIN meeting AS r ON r.meeting_id = agenda_row.meeting_id WHERE meeting_id IS NOT NULL
UNION ALL SELECT item_id AS place, 'agenda_row.item_id: no agenda_item ' || item_id AS reason FROM agenda_row ANTI JOIN agenda_item AS r ON r.item_id = agenda_row.item_id WHERE item_id IS NOT NULL
UNION ALL SELECT meeting_id AS place, 'attendance.meeting_id: no meeting ' || meeting_id AS reason FROM attendance ANTI JOIN meeting AS r ON r.meeting_id = attendance.meeting_id WHERE meeting_id IS NOT NULL
UNION ALL SELECT meeting_id AS place, 'attendance.person_id: no person ' || person_id AS reason FROM attendance ANTI JOIN person AS r ON r.person_id = attendance.person_id WHERE person_id IS NOT NULL
UNION ALL SELECT paper_id AS place, 'paper_section.paper_id: no paper ' || paper_id AS reason FROM paper_section ANTI JOIN paper AS r ON r.paper_id = paper_section.paper_id WHERE paper_id IS NOT NULL
UNION ALL SELECT paper_id AS place, 'consultation.paper_id: no paper ' || paper_id AS reason FROM consultation ANTI JOIN paper AS r ON r.paper_id = consultation.paper_id WHERE paper_id IS NOT NULL
UNION ALL SELECT paper_id AS place, 'consultation.item_id: no agenda_item ' || item_id AS reason FROM consultation ANTI JOIN agenda_item AS r ON r.item_id = consultation.item_id WHERE item_id IS NOT NULL
UNION ALL SELECT paper_id AS place, 'consultation.meeting_id: no meeting ' || meeting_id AS reason FROM consultation ANTI JOIN meeting AS r ON r.meeting_id = consultation.meeting_id WHERE meeting_id IS NOT NULL
UNION ALL SELECT item_id AS place, 'agenda_item.source_id: no source ' || source_id AS reason FROM agenda_item ANTI JOIN source AS r ON r.source_id = agenda_item.source_id WHERE source_id IS NOT NULL
UNION ALL SELECT item_id AS place, 'agenda_item.meeting_id: no meeting ' || meeting_id AS reason FROM agenda_item ANTI JOIN meeting AS r ON r.meeting_id = agenda_item.meeting_id WHERE meeting_id IS NOT NULL
UNION ALL SELECT item_id AS place, 'agenda_item.paper_id: no paper ' || paper_id AS reason FROM agenda_item ANTI JOIN paper AS r ON r.paper_id = agenda_item.paper_id WHERE paper_id IS NOT NULL
UNION ALL SELECT item_id AS place, 'section.item_id: no agenda_item ' || item_id AS reason FROM section ANTI JOIN agenda_item AS r ON r.item_id = section.item_id WHERE item_id IS NOT NULL
UNION ALL SELECT item_id AS place, 'sentence.item_id: no agenda_item ' || item_id AS reason FROM sentence ANTI JOIN agenda_item AS r ON r.item_id = sentence.item_id WHERE item_id IS NOT NULL
UNION ALL SELECT item_id AS place, 'speaker.item_id: no agenda_item ' || item_id AS reason FROM speaker ANTI JOIN agenda_item AS r ON r.item_id = speaker.item_id WHERE item_id IS NOT NULL
UNION ALL SELECT item_id AS place, 'speaker.person_id: no person ' || person_id AS reason FROM speaker ANTI JOIN person AS r ON r.person_id = speaker.person_id WHERE person_id IS NOT NULL
UNION ALL SELECT statement_id AS place, 'statement.item_id: no agenda_item ' || item_id AS reason FROM statement ANTI JOIN agenda_item AS r ON r.item_id = statement.item_id WHERE item_id IS NOT NULL
UNION ALL SELECT decision_id AS place, 'decision.item_id: no agenda_item ' || item_id AS reason FROM decision ANTI JOIN agenda_item AS r ON r.item_id = decision.item_id WHERE item_id IS NOT NULL
UNION ALL SELECT decision_id AS place, 'faction_vote.decision_id: no decision ' || decision_id AS reason FROM faction_vote ANTI JOIN decision AS r ON r.decision_id = faction_vote.decision_id WHERE decision_id IS NOT NULL
UNION ALL SELECT commitment_id AS place, 'commitment.item_id: no agenda_item ' || item_id AS reason FROM commitment ANTI JOIN agenda_item AS r ON r.item_id = commitment.item_id WHERE item_id IS NOT NULL
UNION ALL SELECT commitment_id AS place, 'commitment_follow_up.commitment_id: no commitment ' || commitment_id AS reason FROM commitment_follow_up ANTI JOIN commitment AS r ON r.commitment_id = commitment_follow_up.commitment_id WHERE commitment_id IS NOT NULL
UNION ALL SELECT commitment_id AS place, 'commitment_follow_up.item_id: no agenda_item ' || item_id AS reason FROM commitment_follow_up ANTI JOIN agenda_item AS r ON r.item_id = commitment_follow_up.item_id WHERE item_id IS NOT NULL
UNION ALL SELECT item_id AS place, 'topic_mention.item_id: no agenda_item ' || item_id AS reason FROM topic_mention ANTI JOIN agenda_item AS r ON r.item_id = topic_mention.item_id WHERE item_id IS NOT NULL
UNION ALL SELECT item_id AS place, 'topic_mention.topic_id: no topic ' || topic_id AS reason FROM topic_mention ANTI JOIN topic AS r ON r.topic_id = topic_mention.topic_id WHERE topic_id IS NOT NULL
UNION ALL SELECT item_id AS place, 'item_direction.item_id: no agenda_item ' || item_id AS reason FROM item_direction ANTI JOIN agenda_item AS r ON r.item_id = item_direction.item_id WHERE item_id IS NOT NULL
UNION ALL SELECT item_id AS place, 'item_direction.topic_id: no topic ' || topic_id AS reason FROM item_direction ANTI JOIN topic AS r ON r.topic_id = item_direction.topic_id WHERE topic_id IS NOT NULL
UNION ALL SELECT person_id AS place, 'membership.person_id: no person ' || person_id AS reason FROM membership ANTI JOIN person AS r ON r.person_id = membership.person_id WHERE person_id IS NOT NULL
UNION ALL SELECT person_id AS place, 'person_candidate.person_id: no person ' || person_id AS reason FROM person_candidate ANTI JOIN person AS r ON r.person_id = person_candidate.person_id WHERE person_id IS NOT NULL
UNION ALL SELECT person_id AS place, 'person_candidate.other_person_id: no person ' || other_person_id AS reason FROM person_candidate ANTI JOIN person AS r ON r.person_id = person_candidate.other_person_id WHERE other_person_id IS NOT NULL
UNION ALL SELECT page_id AS place, 'page_version.page_id: no page ' || page_id AS reason FROM page_version ANTI JOIN page AS r ON r.page_id = page_version.page_id WHERE page_id IS NOT NULL;

-- check: section_references (error)
-- Sentences, statements, decisions, promises and mentions stand in a section that there is.
WITH used AS (
    SELECT DISTINCT item_id, section_index, 'sentence' AS what FROM sentence
    UNION ALL SELECT DISTINCT item_id, section_index, 'statement' FROM statement
    UNION ALL SELECT DISTINCT item_id, section_index, 'decision' FROM decision
    UNION ALL SELECT DISTINCT item_id, section_index, 'commitment' FROM commitment
    UNION ALL SELECT DISTINCT item_id, section_index, 'topic_mention' FROM topic_mention WHERE section_index >= 0
)
SELECT item_id AS place, what || ': no section ' || section_index AS reason
FROM used ANTI JOIN section AS s ON s.item_id = used.item_id AND s.section_index = used.section_index;

-- check: sentence_spans (error)
-- The text at a sentence's span, white space collapsed, is its text.
SELECT
    se.item_id || ' sentence ' || se.sentence_index AS place,
    'the text at ' || se.start_char || '-' || se.end_char || ' is not the sentence: ' || left(se.text, 60) AS reason
FROM sentence AS se
JOIN section AS s ON s.item_id = se.item_id AND s.section_index = se.section_index
WHERE trim(regexp_replace(s.text[se.start_char + 1 : se.end_char], '[\s\p{Z}\x0b\x1c-\x1f\x{85}]+', ' ', 'g')) <> se.text;

-- check: statement_spans (error)
-- The text at a statement's span is its quote.
SELECT
    st.statement_id AS place,
    'the text at ' || st.start_char || '-' || st.end_char || ' is not the quote: ' || left(st.quote, 60) AS reason
FROM statement AS st
JOIN section AS s ON s.item_id = st.item_id AND s.section_index = st.section_index
WHERE s.text[st.start_char + 1 : st.end_char] <> st.quote OR st.end_char <= st.start_char;

-- check: decision_spans (error)
-- The text at a decision's span, white space collapsed, is its wording.
SELECT
    d.decision_id AS place,
    'the text at ' || d.start_char || '-' || d.end_char || ' is not the decision: ' || left(d.text, 60) AS reason
FROM decision AS d
JOIN section AS s ON s.item_id = d.item_id AND s.section_index = d.section_index
WHERE trim(regexp_replace(s.text[d.start_char + 1 : d.end_char], '[\s\p{Z}\x0b\x1c-\x1f\x{85}]+', ' ', 'g')) <> d.text;

-- check: mention_spans (error)
-- The text at a mention's span, white space collapsed, is its term.
SELECT
    m.item_id || ' mention ' || m.mention_index AS place,
    'the text at ' || m.start_char || '-' || m.end_char || ' is not the term: ' || m.term AS reason
FROM topic_mention AS m
JOIN section AS s ON s.item_id = m.item_id AND s.section_index = m.section_index
WHERE trim(regexp_replace(s.text[m.start_char + 1 : m.end_char], '[\s\p{Z}\x0b\x1c-\x1f\x{85}]+', ' ', 'g'))
    <> trim(regexp_replace(m.term, '[\s\p{Z}\x0b\x1c-\x1f\x{85}]+', ' ', 'g'));

-- check: statement_sentences (error)
-- A statement covers sentences that there are, and each of them has its speaker.
SELECT
    st.statement_id AS place,
    CASE WHEN se.item_id IS NULL THEN 'no sentence ' || st.first_sentence
         ELSE 'sentence ' || se.sentence_index || ' has another speaker' END AS reason
FROM statement AS st
LEFT JOIN sentence AS se ON se.item_id = st.item_id AND se.sentence_index BETWEEN st.first_sentence AND st.last_sentence
WHERE se.item_id IS NULL OR st.last_sentence < st.first_sentence OR NOT list_contains(se.speakers, st.speaker_id);

-- check: statement_stances (warning)
-- All sentences of a statement have its stance.
SELECT st.statement_id AS place, 'sentence ' || se.sentence_index || ' is ' || coalesce(se.stance, 'without stance') AS reason
FROM statement AS st
JOIN sentence AS se ON se.item_id = st.item_id AND se.sentence_index BETWEEN st.first_sentence AND st.last_sentence
WHERE se.stance IS DISTINCT FROM st.stance AND NOT coalesce(st.corrected, false);

-- check: statement_speakers (error)
-- The speaker of a statement or promise is described, or is "?".
SELECT st.statement_id AS place, 'no speaker ' || st.speaker_id AS reason
FROM statement AS st ANTI JOIN speaker AS s ON s.item_id = st.item_id AND s.speaker_id = st.speaker_id
WHERE st.speaker_id <> '?'
UNION ALL
SELECT c.commitment_id, 'no speaker ' || c.speaker_id
FROM commitment AS c ANTI JOIN speaker AS s ON s.item_id = c.item_id AND s.speaker_id = c.speaker_id
WHERE c.speaker_id <> '?';

-- check: values (error)
-- Columns with a list of values hold one of them.
SELECT statement_id AS place, 'stance is ' || stance AS reason FROM statement
WHERE stance NOT IN ('support', 'oppose', 'conditional', 'neutral')
UNION ALL SELECT item_id || ' sentence ' || sentence_index, 'stance is ' || stance FROM sentence
WHERE stance NOT IN ('support', 'oppose', 'conditional', 'neutral')
UNION ALL SELECT item_id || ' sentence ' || sentence_index, 'act is ' || act FROM sentence
WHERE act NOT IN ('inform', 'ask', 'answer', 'propose', 'agree', 'object', 'commit', 'courtesy')
UNION ALL SELECT decision_id, 'outcome is ' || outcome FROM decision
WHERE outcome NOT IN ('accepted', 'amended', 'rejected', 'deferred', 'referred', 'noted', 'withdrawn', 'elected', 'consensus')
UNION ALL SELECT decision_id, 'vote is ' || vote FROM faction_vote WHERE vote NOT IN ('yes', 'no', 'abstain', 'absent')
UNION ALL SELECT item_id || ' ' || speaker_id, 'kind is ' || kind FROM speaker WHERE kind NOT IN ('person', 'role', 'group')
UNION ALL SELECT item_id || ' ' || speaker_id, 'gender is ' || gender FROM speaker WHERE gender NOT IN ('f', 'm')
UNION ALL SELECT item_id || ' ' || topic_id, 'direction is ' || direction FROM item_direction WHERE direction NOT IN (-1, 0, 1)
UNION ALL SELECT item_id || ' mention ' || mention_index, 'strength is ' || strength FROM topic_mention
WHERE strength NOT IN ('core', 'related');

-- check: confidences (error)
-- A confidence lies between 0 and 1.
SELECT statement_id AS place, 'speaker_confidence is ' || speaker_confidence AS reason FROM statement
WHERE speaker_confidence NOT BETWEEN 0 AND 1
UNION ALL SELECT statement_id, 'stance_confidence is ' || stance_confidence FROM statement WHERE stance_confidence NOT BETWEEN 0 AND 1
UNION ALL SELECT decision_id, 'confidence is ' || confidence FROM decision WHERE confidence NOT BETWEEN 0 AND 1
UNION ALL SELECT commitment_id, 'confidence is ' || confidence FROM commitment WHERE confidence NOT BETWEEN 0 AND 1;

-- check: provenance (error)
-- Every page with rows has exactly one current version, and the rows of an item come from it.
SELECT page_id AS place, 'current versions: ' || count(*) FILTER (WHERE is_current) AS reason
FROM page_version GROUP BY page_id HAVING count(*) FILTER (WHERE is_current) <> 1
UNION ALL
SELECT i.item_id, 'no current version of its page has its content hash'
FROM agenda_item AS i
ANTI JOIN page_version AS v ON v.page_id = i.item_id AND v.content_hash = i.content_hash AND v.is_current
WHERE i.has_excerpt;

-- check: dates_plausible (warning)
-- A meeting has a day, between 1990 and two years after the corpus was last fetched.
SELECT m.meeting_id AS place,
    CASE WHEN m.date IS NULL THEN 'no day' ELSE 'the day is ' || m.date END AS reason
FROM meeting AS m
LEFT JOIN (SELECT source_id, max(last_fetched) AS last_fetched FROM page GROUP BY source_id) AS p
    ON p.source_id = m.source_id
WHERE m.date IS NULL OR m.date < DATE '1990-01-01'
   OR m.date > CAST(p.last_fetched AS DATE) + INTERVAL 2 YEAR;

-- check: votes_plausible (warning)
-- Not more votes than voters in the attendance list; a list of less than a third of the votes is taken for incomplete.
WITH voters AS (
    SELECT meeting_id, count(*) FILTER (WHERE coalesce(voting, true) AND coalesce(present, true)) AS voters
    FROM attendance GROUP BY meeting_id
), counted AS (
    SELECT d.decision_id, i.meeting_id, coalesce(d.yes, 0) + coalesce(d.no, 0) + coalesce(d.abstain, 0) AS votes
    FROM decision AS d JOIN agenda_item AS i ON i.item_id = d.item_id
)
SELECT c.decision_id AS place, c.votes || ' votes, ' || v.voters || ' voters in the attendance list' AS reason
FROM counted AS c JOIN voters AS v ON v.meeting_id = c.meeting_id
WHERE c.votes > v.voters AND c.votes <= 3 * v.voters
UNION ALL
SELECT decision_id, votes || ' votes: more than any council has members' FROM counted WHERE votes > 400;

-- check: negative_counts (error)
-- Counts are not negative.
SELECT decision_id AS place, 'votes: ' || concat_ws(' ', yes, no, abstain) AS reason FROM decision
WHERE yes < 0 OR no < 0 OR abstain < 0
UNION ALL SELECT decision_id, 'votes: ' || count FROM faction_vote WHERE count < 0;

-- check: unanimous_agrees (warning)
-- A decision that is called unanimous has no votes against.
SELECT decision_id AS place, 'unanimous, but ' || no || ' against' AS reason FROM decision WHERE unanimous AND no > 0;

-- check: agenda_complete (warning)
-- Items that the agenda links with a text have been read (reconciles items with the agenda).
SELECT a.item_id AS place, 'the agenda links minutes of TOP ' || coalesce(a.item_number, '?') || ', but they were not read' AS reason
FROM agenda_row AS a JOIN agenda_item AS i ON i.item_id = a.item_id
WHERE a.has_text AND NOT i.has_excerpt;

-- check: minutes_have_sentences (warning)
-- An item with minutes of some length has sentences that report somebody's words or decide something.
SELECT i.item_id AS place, i.words || ' words, but no statement and no decision' AS reason
FROM agenda_item AS i
ANTI JOIN statement AS st ON st.item_id = i.item_id
ANTI JOIN decision AS d ON d.item_id = i.item_id
SEMI JOIN section AS s ON s.item_id = i.item_id AND s.kind = 'minutes' AND length(s.text) > 600
WHERE i.has_excerpt;

-- check: faction_intervals (warning)
-- Nobody is in two factions of one council on the same day.
SELECT a.person_id AS place, 'in ' || a.organization || ' and ' || b.organization || ' at ' || greatest(a.first_seen, b.first_seen) AS reason
FROM membership AS a JOIN membership AS b
    ON a.person_id = b.person_id AND a.kind = 'faction' AND b.kind = 'faction' AND a.organization < b.organization
    AND a.evidence = b.evidence AND a.first_seen <= b.last_seen AND b.first_seen <= a.last_seen;

-- check: rare_names (warning)
-- A bare word that one item takes for a name, without form of address, function or faction, and no list has: perhaps an ordinary word.
SELECT p.person_id AS place, 'only one item names ' || p.name || ', without form of address or function, and no list' AS reason
FROM person AS p
JOIN speaker AS s ON s.person_id = p.person_id
WHERE p.basis = 'family_name' AND p.gender IS NULL
GROUP BY p.person_id, p.name
HAVING count(*) = 1 AND count(s.role) = 0 AND count(s.faction) = 0;
