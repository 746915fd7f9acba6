-- What the report and the feed read, one block each (output/report_data.py). Parameters: $topic; $source, null for
-- every corpus. Blocks on the texts of chosen items take the list $items.

-- block: topics
SELECT topic_id, title, description FROM topic ORDER BY topic_id

-- block: sources
SELECT source_id, title, body, url FROM source WHERE $source::VARCHAR IS NULL OR source_id = $source::VARCHAR ORDER BY source_id

-- block: items
WITH mentioned AS (
    SELECT item_id, count(*) AS mentions, count(*) FILTER (WHERE strength = 'core') AS core_mentions
    FROM topic_mention WHERE topic_id = $topic GROUP BY item_id
), said AS (
    SELECT item_id, count(*) AS statements, count(*) FILTER (WHERE stance <> 'neutral') AS sided
    FROM statement GROUP BY item_id
)
SELECT
    i.item_id, i.source_id, i.date, i.body, i.organization AS committee, i.meeting_id, i.item_number, i.title, i.result AS beschlussart,
    i.paper_reference, i.has_excerpt, d.direction, d.rule AS direction_rule, d.reason, d.evidence,
    coalesce(d.corrected, false) AS corrected, coalesce(m.mentions, 0) AS mentions, coalesce(m.core_mentions, 0) AS core_mentions,
    coalesce(s.statements, 0) AS statements, coalesce(s.sided, 0) AS sided, coalesce(i.sentences, 0) AS sentences,
    pv.address, pv.fetched_at, pg.first_fetched, i.content_hash
FROM item_direction AS d
JOIN agenda_item AS i ON i.item_id = d.item_id
LEFT JOIN mentioned AS m ON m.item_id = d.item_id
LEFT JOIN said AS s ON s.item_id = d.item_id
LEFT JOIN page AS pg ON pg.page_id = i.item_id
LEFT JOIN page_version AS pv ON pv.page_id = i.item_id AND pv.content_hash = i.content_hash
WHERE d.topic_id = $topic AND ($source::VARCHAR IS NULL OR i.source_id = $source::VARCHAR)
ORDER BY i.date, i.meeting_id, i.position, i.item_id

-- block: meetings
SELECT
    meeting_id, source_id, date, body, committee, items, items_on_topic, mentions, statements, support, conditional, oppose,
    decisions, outcomes, days_since_last
FROM topic_timeline
WHERE topic_id = $topic AND ($source::VARCHAR IS NULL OR source_id = $source::VARCHAR)
ORDER BY date, meeting_id

-- block: stances
WITH first_sided AS (
    SELECT item_id, person_id, min(first_sentence) AS sentence_index
    FROM speaker_positions
    WHERE topic_id = $topic AND person_id IS NOT NULL AND stance_topic IN ('support', 'conditional', 'oppose')
    GROUP BY item_id, person_id
)
SELECT
    s.person_id, s.person_name, s.source_id, s.date, s.committee, s.item_id, s.item_number, s.item_title, s.faction, s.statements,
    s.score, s.position, s.side, s.step, f.sentence_index
FROM topic_stance AS s
JOIN agenda_item AS i ON i.item_id = s.item_id
JOIN first_sided AS f ON f.item_id = s.item_id AND f.person_id = s.person_id
WHERE s.topic_id = $topic AND ($source::VARCHAR IS NULL OR s.source_id = $source::VARCHAR)
ORDER BY s.person_id, s.date, i.position, s.item_id

-- block: moves
-- As the query changed_sides: $held: items that a side must hold before and after.
WITH held AS (
    SELECT
        source_id, person_id, side, first_step, lag(side) OVER in_time AS side_before,
        lag(last_step) OVER in_time AS step_before
    FROM topic_stretch
    WHERE topic_id = $topic AND ($source::VARCHAR IS NULL OR source_id = $source::VARCHAR) AND items >= $held
    WINDOW in_time AS (PARTITION BY source_id, person_id ORDER BY first_step)
)
SELECT source_id, person_id, step_before, first_step AS step
FROM held WHERE side <> side_before
ORDER BY source_id, person_id, first_step

-- block: factions
WITH per_item AS (
    SELECT
        coalesce(s.faction, '') AS faction, s.item_id, any_value(s.date) AS date, any_value(i.position) AS place,
        any_value(s.committee) AS committee, any_value(s.item_number) AS item_number, count(*) AS persons,
        sum(s.statements) AS statements, avg(s.score) AS score
    FROM topic_stance AS s
    JOIN agenda_item AS i ON i.item_id = s.item_id
    WHERE s.topic_id = $topic AND ($source::VARCHAR IS NULL OR s.source_id = $source::VARCHAR)
    GROUP BY coalesce(s.faction, ''), s.item_id
)
SELECT
    faction, item_id, date, committee, item_number, persons, CAST(statements AS BIGINT) AS statements, score,
    avg(score) OVER (PARTITION BY faction ORDER BY date, place, item_id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS position
FROM per_item
ORDER BY faction, date, place, item_id

-- block: decisions
SELECT
    d.decision_id, d.source_id, d.date, d.body, d.committee, d.meeting_id, d.item_id, d.item_number, d.item_title, d.paper_reference,
    d.outcome, d.unanimous, d.yes, d.no, d.abstain, d.votes_by_faction, d.subject, d.text, d.beschlussart, d.agrees, d.confidence,
    d.page_address, d.corrected, o.sentence_index, t.direction
FROM decision_log AS d
JOIN decision AS o ON o.decision_id = d.decision_id
JOIN item_direction AS t ON t.item_id = d.item_id AND t.topic_id = $topic
JOIN agenda_item AS i ON i.item_id = d.item_id
WHERE t.direction IN (1, -1) AND ($source::VARCHAR IS NULL OR d.source_id = $source::VARCHAR)
ORDER BY d.date, i.position, d.item_id, o.decision_index

-- block: promises
SELECT
    c.commitment_id, c.source_id, c.date, c.committee, c.item_id, c.item_number, c.item_title, c.person_id,
    coalesce(c.person_name, c.speaker_name) AS promiser, c.what, c.due, c.due_date, c.quote, c.follow_ups, c.follow_up_item_id,
    c.follow_up_date, c.follow_up_title, c.relation, c.late, c.confidence, c.page_address, o.sentence_index
FROM commitment_log AS c
JOIN commitment AS o ON o.commitment_id = c.commitment_id
JOIN item_direction AS t ON t.item_id = c.item_id AND t.topic_id = $topic
LEFT JOIN sentence AS se ON se.item_id = o.item_id AND se.sentence_index = o.sentence_index
WHERE ($source::VARCHAR IS NULL OR c.source_id = $source::VARCHAR)
  AND (t.direction IN (1, -1) OR EXISTS (
      SELECT 1 FROM topic_mention AS m
      WHERE m.item_id = o.item_id AND m.topic_id = $topic AND m.section_index = se.section_index AND m.paragraph = se.paragraph))
ORDER BY c.date, c.commitment_id

-- block: statements
-- The most telling first within each year and stance: certain who speaks and for what, of a length that can be quoted,
-- naming the topic, and with an act that takes a side. $least and $most: words; $unsure: least confidence of the stance;
-- $each: rows a year and stance.
WITH named AS (
    SELECT DISTINCT item_id, sentence_index FROM topic_mention WHERE topic_id = $topic AND strength = 'core'
), sided AS (
    SELECT
        p.*, year(p.date) AS year,
        coalesce(p.speaker_confidence, 0.5) * coalesce(p.stance_confidence, 0.5)
            * CASE WHEN p.act IN ('agree', 'object', 'propose') THEN 1.2 ELSE 1.0 END
            * CASE WHEN EXISTS (SELECT 1 FROM named AS n WHERE n.item_id = p.item_id
                AND n.sentence_index BETWEEN p.first_sentence AND p.last_sentence) THEN 1.15 ELSE 1.0 END
            * CASE WHEN p.person_id IS NULL THEN 0.8 ELSE 1.0 END AS weight
    FROM speaker_positions AS p
    WHERE p.topic_id = $topic AND p.stance_topic IN ('support', 'conditional', 'oppose') AND p.words BETWEEN $least AND $most
      AND p.speaker_id <> '?' AND coalesce(p.stance_confidence, $unsure) >= $unsure AND ($source::VARCHAR IS NULL OR p.source_id = $source::VARCHAR)
)
SELECT
    statement_id, source_id, date, year, committee, item_id, item_number, item_title, person_id, coalesce(person_name, speaker_name) AS speaker,
    faction, role, act, stance_item, direction, stance_topic, speaker_confidence, stance_confidence, quote, words, first_sentence, cue, rule,
    page_address, corrected, weight
FROM sided
QUALIFY row_number() OVER (PARTITION BY year, stance_topic ORDER BY weight DESC, statement_id) <= $each
ORDER BY weight DESC, statement_id

-- block: quotes
-- What persons said with a side in the items of their moves: $items and $persons, pair by pair.
SELECT p.item_id, p.person_id, p.stance_topic, p.quote, p.first_sentence, p.page_address
FROM speaker_positions AS p
JOIN (SELECT unnest($items::VARCHAR[]) AS item_id, unnest($persons::VARCHAR[]) AS person_id) AS w
  ON w.item_id = p.item_id AND w.person_id = p.person_id
WHERE p.topic_id = $topic AND p.stance_topic IN ('support', 'conditional', 'oppose')
ORDER BY p.item_id, p.person_id, p.first_sentence

-- block: sections
SELECT item_id, section_index, label, kind, text, damage FROM section WHERE list_contains($items::VARCHAR[], item_id)
ORDER BY item_id, section_index

-- block: sentences
SELECT item_id, sentence_index, section_index, paragraph, start_char, end_char
FROM sentence WHERE list_contains($items::VARCHAR[], item_id) ORDER BY item_id, section_index, start_char, sentence_index

-- block: item_statements
SELECT
    st.item_id, st.statement_id, st.statement_index, st.speaker_id, st.first_sentence, st.last_sentence, st.act, st.stance, st.rule, st.cue,
    st.speaker_confidence, st.stance_confidence,
    coalesce(st.corrected, false) OR coalesce(sp.corrected, false) AS corrected, coalesce(st.on_record, false) AS on_record, coalesce(pe.name, sp.name) AS name, sp.person_id, sp.faction_on_date AS faction,
    sp.role_on_date AS role, sp.kind
FROM statement AS st
LEFT JOIN speaker AS sp ON sp.item_id = st.item_id AND sp.speaker_id = st.speaker_id
LEFT JOIN person AS pe ON pe.person_id = sp.person_id
WHERE list_contains($items::VARCHAR[], st.item_id)
ORDER BY st.item_id, st.statement_index

-- block: mentions
SELECT item_id, section_index, start_char, end_char, term FROM topic_mention
WHERE topic_id = $topic AND section_index >= 0 AND list_contains($items::VARCHAR[], item_id)
ORDER BY item_id, section_index, start_char, end_char

-- block: quality
SELECT * FROM quality WHERE $source::VARCHAR IS NULL OR source_id = $source::VARCHAR ORDER BY source_id

-- block: ambiguous
SELECT DISTINCT c.item_id, c.speaker_id, s.name, list(DISTINCT p.name ORDER BY p.name) AS candidates
FROM person_candidate AS c
JOIN item_direction AS t ON t.item_id = c.item_id AND t.topic_id = $topic
LEFT JOIN speaker AS s ON s.item_id = c.item_id AND s.speaker_id = c.speaker_id
LEFT JOIN person AS p ON p.person_id = c.person_id
WHERE $source::VARCHAR IS NULL OR c.source_id = $source::VARCHAR
GROUP BY ALL ORDER BY ALL

-- block: corrections
SELECT * FROM correction
WHERE $source::VARCHAR IS NULL OR source_id = $source::VARCHAR ORDER BY source_id, correction_index

-- block: horizon
SELECT max(date) AS date FROM meeting WHERE $source::VARCHAR IS NULL OR source_id = $source::VARCHAR
