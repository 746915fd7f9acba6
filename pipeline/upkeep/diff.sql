-- What changed between two publications, attached as `before` and `after`: fills the table `change`, one row a change.
-- `what`: statement, decision, direction, speaker, person. `change`: added, removed, or the column that changed.
-- Statements and decisions are matched by item and words, else by the overlap of their spans, never by their number.
-- Statements are parted by a line `-- step: ...`.

-- step: how the version of an extraction is made up (build: program, topics and model, attendance and memberships)
CREATE OR REPLACE TEMP MACRO part_of(extractor, number) AS
    coalesce(nullif(regexp_extract(extractor, '^(.*)-([0-9a-f]{8})-([^-]+)$', number), ''), extractor, '');

-- step: the items of both, and why what was read from them may differ
CREATE TEMP TABLE item AS
WITH o AS (
    SELECT i.item_id, i.source_id, i.date, i.item_number, i.has_excerpt, i.content_hash, i.extractor, v.address
    FROM before.agenda_item AS i
    LEFT JOIN before.page_version AS v ON v.page_id = i.item_id AND v.content_hash = i.content_hash
), n AS (
    SELECT i.item_id, i.source_id, i.date, i.item_number, i.has_excerpt, i.content_hash, i.extractor, v.address
    FROM after.agenda_item AS i
    LEFT JOIN after.page_version AS v ON v.page_id = i.item_id AND v.content_hash = i.content_hash
)
SELECT
    coalesce(n.item_id, o.item_id) AS item_id, coalesce(n.source_id, o.source_id) AS source_id,
    coalesce(n.date, o.date) AS date, coalesce(n.item_number, o.item_number) AS item_number,
    coalesce(n.address, o.address) AS address,
    CASE
        WHEN NOT coalesce(o.has_excerpt, false) AND coalesce(n.has_excerpt, false) THEN 'new page'
        WHEN coalesce(o.has_excerpt, false) AND NOT coalesce(n.has_excerpt, false) THEN 'page gone'
        WHEN o.content_hash IS DISTINCT FROM n.content_hash THEN 'changed page'
        WHEN part_of(o.extractor, 1) <> part_of(n.extractor, 1) THEN 'new extraction version'
        WHEN part_of(o.extractor, 2) <> part_of(n.extractor, 2) THEN 'topics or model'
        WHEN part_of(o.extractor, 3) <> part_of(n.extractor, 3) THEN 'attendance or memberships'
    END AS reason
FROM o FULL JOIN n ON n.item_id = o.item_id;

-- step: the statements of both
CREATE TEMP TABLE old_statement AS
SELECT
    st.statement_id AS key, st.item_id, st.section_index, st.start_char, st.end_char, st.quote AS words, st.stance,
    st.speaker_id, st.speaker_id AS by_whom, coalesce(sp.name, st.speaker_id) AS speaker, sp.person_id, coalesce(st.corrected, false) AS corrected,
    coalesce(sp.corrected, false) AS person_corrected
FROM before.statement AS st
LEFT JOIN before.speaker AS sp ON sp.item_id = st.item_id AND sp.speaker_id = st.speaker_id;
CREATE TEMP TABLE new_statement AS
SELECT
    st.statement_id AS key, st.item_id, st.section_index, st.start_char, st.end_char, st.quote AS words, st.stance,
    st.speaker_id, st.speaker_id AS by_whom, coalesce(sp.name, st.speaker_id) AS speaker, sp.person_id, coalesce(st.corrected, false) AS corrected,
    coalesce(sp.corrected, false) AS person_corrected
FROM after.statement AS st
LEFT JOIN after.speaker AS sp ON sp.item_id = st.item_id AND sp.speaker_id = st.speaker_id;

-- step: the decisions of both
CREATE TEMP TABLE old_decision AS
SELECT
    decision_id AS key, item_id, section_index, start_char, end_char, text AS words, outcome,
    concat_ws(' ', CASE WHEN unanimous THEN 'unanimous' END, 'yes ' || yes, 'no ' || no, 'abstain ' || abstain) AS votes,
    coalesce(corrected, false) AS corrected, '' AS by_whom
FROM before.decision;
CREATE TEMP TABLE new_decision AS
SELECT
    decision_id AS key, item_id, section_index, start_char, end_char, text AS words, outcome,
    concat_ws(' ', CASE WHEN unanimous THEN 'unanimous' END, 'yes ' || yes, 'no ' || no, 'abstain ' || abstain) AS votes,
    coalesce(corrected, false) AS corrected, '' AS by_whom
FROM after.decision;

-- step: the table of changes
CREATE TEMP TABLE change (
    what VARCHAR, change VARCHAR, source_id VARCHAR, reason VARCHAR, date DATE, item_id VARCHAR, item_number VARCHAR,
    who VARCHAR, old VARCHAR, new VARCHAR, quote VARCHAR, address VARCHAR
);

-- match: statement
-- match: decision

-- step: statements that were added or removed
INSERT INTO change
SELECT 'statement', 'removed', i.source_id, coalesce(i.reason, 'other'), i.date, i.item_id, i.item_number, o.speaker,
    o.stance, NULL, o.words, i.address
FROM old_statement AS o JOIN item AS i ON i.item_id = o.item_id ANTI JOIN pair_statement AS p ON p.old_key = o.key
UNION ALL
SELECT 'statement', 'added', i.source_id, coalesce(i.reason, 'other'), i.date, i.item_id, i.item_number, n.speaker,
    NULL, n.stance, n.words, i.address
FROM new_statement AS n JOIN item AS i ON i.item_id = n.item_id ANTI JOIN pair_statement AS p ON p.new_key = n.key;

-- step: statements that are the same, and read otherwise
INSERT INTO change
WITH matched AS (
    SELECT
        i.*, o.stance AS old_stance, n.stance AS new_stance, o.speaker AS old_speaker, n.speaker AS new_speaker,
        o.speaker_id AS old_speaker_id, n.speaker_id AS new_speaker_id, o.person_id AS old_person,
        n.person_id AS new_person, o.words AS old_words, n.words AS new_words,
        CASE WHEN n.speaker = 'removed on request' AND o.speaker <> n.speaker THEN 'removed on request' END AS removed,
        CASE WHEN o.corrected OR n.corrected THEN 'correction' END AS by_hand,
        CASE WHEN o.person_corrected OR n.person_corrected THEN 'correction' END AS person_by_hand
    FROM pair_statement AS p
    JOIN old_statement AS o ON o.key = p.old_key
    JOIN new_statement AS n ON n.key = p.new_key
    JOIN item AS i ON i.item_id = n.item_id
    WHERE o.stance IS DISTINCT FROM n.stance OR o.speaker_id <> n.speaker_id OR o.person_id IS DISTINCT FROM n.person_id
        OR o.words <> n.words
)
SELECT 'statement', 'stance', source_id, coalesce(removed, by_hand, reason, 'other'), date, item_id, item_number,
    new_speaker, coalesce(old_stance, '-'), coalesce(new_stance, '-'), new_words, address
FROM matched WHERE old_stance IS DISTINCT FROM new_stance
UNION ALL
SELECT 'statement', 'speaker', source_id, coalesce(removed, by_hand, person_by_hand, reason, 'other'), date, item_id,
    item_number, new_speaker, old_speaker, new_speaker, new_words, address
FROM matched WHERE old_speaker_id <> new_speaker_id
UNION ALL
SELECT 'statement', 'person', source_id, coalesce(removed, person_by_hand, reason, 'link'), date, item_id, item_number,
    new_speaker, coalesce(old_person, '-'), coalesce(new_person, '-'), new_words, address
FROM matched WHERE old_person IS DISTINCT FROM new_person
UNION ALL
SELECT 'statement', 'wording', source_id, coalesce(removed, by_hand, reason, 'other'), date, item_id, item_number,
    new_speaker, left(old_words, 200), left(new_words, 200), new_words, address
FROM matched WHERE old_words <> new_words;

-- step: decisions
INSERT INTO change
SELECT 'decision', 'removed', i.source_id, coalesce(i.reason, CASE WHEN o.corrected THEN 'correction' END, 'other'),
    i.date, i.item_id, i.item_number, NULL, o.outcome, NULL, o.words, i.address
FROM old_decision AS o JOIN item AS i ON i.item_id = o.item_id ANTI JOIN pair_decision AS p ON p.old_key = o.key
UNION ALL
SELECT 'decision', 'added', i.source_id, coalesce(i.reason, CASE WHEN n.corrected THEN 'correction' END, 'other'),
    i.date, i.item_id, i.item_number, NULL, NULL, n.outcome, n.words, i.address
FROM new_decision AS n JOIN item AS i ON i.item_id = n.item_id ANTI JOIN pair_decision AS p ON p.new_key = n.key
UNION ALL
SELECT 'decision', part.change, i.source_id,
    coalesce(CASE WHEN o.corrected OR n.corrected THEN 'correction' END, i.reason, 'other'), i.date, i.item_id,
    i.item_number, NULL, part.old, part.new, n.words, i.address
FROM pair_decision AS p
JOIN old_decision AS o ON o.key = p.old_key
JOIN new_decision AS n ON n.key = p.new_key
JOIN item AS i ON i.item_id = n.item_id
CROSS JOIN LATERAL (
    SELECT 'outcome' AS change, coalesce(o.outcome, '-') AS old, coalesce(n.outcome, '-') AS new
    WHERE o.outcome IS DISTINCT FROM n.outcome
    UNION ALL SELECT 'votes', o.votes, n.votes WHERE o.votes <> n.votes
) AS part;

-- step: directions of items towards topics
INSERT INTO change
SELECT
    'direction', CASE WHEN o.item_id IS NULL THEN 'added' WHEN n.item_id IS NULL THEN 'removed' ELSE 'direction' END,
    i.source_id,
    coalesce(CASE WHEN coalesce(o.corrected, false) OR coalesce(n.corrected, false) THEN 'correction' END, i.reason, 'link'),
    i.date, i.item_id, i.item_number, coalesce(n.topic_id, o.topic_id),
    CASE WHEN o.item_id IS NOT NULL THEN coalesce(CAST(o.direction AS VARCHAR), '-') END,
    CASE WHEN n.item_id IS NOT NULL THEN coalesce(CAST(n.direction AS VARCHAR), '-') END,
    coalesce(n.reason, o.reason), i.address
FROM before.item_direction AS o
FULL JOIN after.item_direction AS n ON n.item_id = o.item_id AND n.topic_id = o.topic_id
JOIN item AS i ON i.item_id = coalesce(n.item_id, o.item_id)
WHERE o.item_id IS NULL OR n.item_id IS NULL OR o.direction IS DISTINCT FROM n.direction;

-- step: speakers of items
INSERT INTO change
SELECT
    'speaker', CASE WHEN o.item_id IS NULL THEN 'added' ELSE 'removed' END, i.source_id,
    coalesce(CASE WHEN n.name = 'removed on request' THEN n.name END, i.reason, 'other'), i.date, i.item_id,
    i.item_number, coalesce(n.name, o.name), o.speaker_id, n.speaker_id, NULL, i.address
FROM before.speaker AS o
FULL JOIN after.speaker AS n ON n.item_id = o.item_id AND n.speaker_id = o.speaker_id
JOIN item AS i ON i.item_id = coalesce(n.item_id, o.item_id)
WHERE o.item_id IS NULL OR n.item_id IS NULL;

-- step: persons
INSERT INTO change
SELECT
    'person', CASE WHEN o.person_id IS NULL THEN 'added' WHEN n.person_id IS NULL THEN 'removed' ELSE 'name' END,
    coalesce(n.source_id, o.source_id), 'link', NULL, NULL, NULL, coalesce(n.name, o.name), o.name, n.name, NULL, NULL
FROM before.person AS o FULL JOIN after.person AS n ON n.person_id = o.person_id
WHERE o.person_id IS NULL OR n.person_id IS NULL OR o.name IS DISTINCT FROM n.name;
