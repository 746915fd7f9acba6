-- What `link` reads from the work database: one statement for each kind of record (link/records.py, directions.py,
-- commitments.py), under a line `-- input: name`. Column names are the records' fields; the order of rows is fixed.
-- A person who was forgotten (upkeep.forgotten.REMOVED) is nobody.

-- input: listed
SELECT
    'a ' || a.meeting_id || ' ' || a.position AS place, m.source_id AS source, m.body, 'attendance' AS kind, a.name,
    m.system, m.organization, m.organization_kind, m.meeting_id AS meeting, CAST(m.date AS VARCHAR) AS date, a.kplfdnr, a.gender, a.faction,
    a.role, a.present
FROM attendance AS a JOIN meeting AS m ON m.meeting_id = a.meeting_id
WHERE a.name <> 'removed on request'
UNION ALL
SELECT
    'r ' || page_id || ' ' || position, source_id, NULL, 'roster', name, system, organization, kind, NULL,
    CAST(first_fetched AS VARCHAR), kplfdnr, gender, faction, role, NULL
FROM roster_member WHERE name <> 'removed on request'
UNION ALL
SELECT
    'p ' || p.page_id, p.source_id, NULL, 'page', p.name, p.system, NULL, NULL, NULL,
    CAST(CAST(v.fetched_at AS DATE) AS VARCHAR),
    p.kplfdnr, p.gender, p.faction, NULL, NULL
FROM person_page AS p LEFT JOIN page_version AS v ON v.page_id = p.page_id AND v.is_current
WHERE p.name IS NOT NULL
ORDER BY place;

-- input: voices
SELECT
    s.item_id AS item, s.speaker_id AS speaker, i.source_id AS source, i.body, i.organization, i.meeting_id AS meeting,
    CAST(i.date AS VARCHAR) AS date, s.kind, s.name, s.gender, s.role, s.faction, s.attendee
FROM speaker AS s JOIN agenda_item AS i ON i.item_id = s.item_id
WHERE s.name IS DISTINCT FROM 'removed on request'
ORDER BY i.date, i.item_id, s.speaker_id;

-- input: told
SELECT 'p ' || t.page_id AS place, t.organization, t.kind, t.role, CAST(t.start_date AS VARCHAR) AS start,
    CAST(t.end_date AS VARCHAR) AS end
FROM person_page_membership AS t JOIN person_page AS p ON p.page_id = t.page_id
WHERE t.organization IS NOT NULL
ORDER BY t.page_id, t.position;

-- input: matters
WITH mentioned AS (
    SELECT
        item_id, topic_id,
        list(DISTINCT [term, strength] ORDER BY [term, strength])
            || list(DISTINCT [entry, strength] ORDER BY [entry, strength]) AS terms,
        count(DISTINCT sentence_index) FILTER (WHERE strength = 'core') AS naming_sentences
    FROM topic_mention GROUP BY item_id, topic_id
), resolved AS (
    SELECT item_id, list(text ORDER BY section_index) AS texts FROM section WHERE kind = 'resolution' GROUP BY item_id
), decided AS (
    SELECT item_id, list(resolution ORDER BY decision_index) AS texts FROM decision WHERE resolution IS NOT NULL
    GROUP BY item_id
), proposed AS (
    SELECT paper_id, list(text ORDER BY section_index) AS texts FROM paper_section WHERE kind = 'resolution'
    GROUP BY paper_id
), moved AS (
    SELECT item_id, list(text ORDER BY sentence_index) AS texts FROM sentence
    WHERE act = 'propose' OR starts_with(lower(cue), 'beantrag') GROUP BY item_id
)
SELECT
    m.item_id, m.topic_id, i.title, coalesce(p.title, i.paper_title) AS paper_title, m.terms, i.sentences,
    m.naming_sentences, coalesce(r.texts, d.texts, []) AS resolutions, coalesce(o.texts, []) AS proposals,
    coalesce(v.texts, []) AS motions
FROM mentioned AS m
JOIN agenda_item AS i ON i.item_id = m.item_id
LEFT JOIN paper AS p ON p.paper_id = i.paper_id
LEFT JOIN resolved AS r ON r.item_id = m.item_id
LEFT JOIN decided AS d ON d.item_id = m.item_id
LEFT JOIN proposed AS o ON o.paper_id = i.paper_id
LEFT JOIN moved AS v ON v.item_id = m.item_id
ORDER BY m.item_id, m.topic_id;

-- input: promises
SELECT
    c.commitment_id AS commitment, i.source_id AS source, c.item_id AS item, CAST(i.date AS VARCHAR) AS date, c.what,
    i.paper_id AS paper, c.due_date AS due,
    coalesce((SELECT list(DISTINCT topic_id ORDER BY topic_id) FROM topic_mention AS t WHERE t.item_id = i.item_id), [])
        AS topics
FROM commitment AS c JOIN agenda_item AS i ON i.item_id = c.item_id
WHERE i.date IS NOT NULL AND c.what IS NOT NULL
ORDER BY c.commitment_id;

-- input: later
WITH promised AS (
    SELECT i.item_id, i.source_id, i.paper_id FROM commitment AS c JOIN agenda_item AS i ON i.item_id = c.item_id
    WHERE i.date IS NOT NULL AND c.what IS NOT NULL
), topics AS (
    SELECT DISTINCT p.source_id, t.topic_id FROM promised AS p JOIN topic_mention AS t ON t.item_id = p.item_id
), named AS (
    SELECT t.item_id, list(DISTINCT t.topic_id ORDER BY t.topic_id) AS topics, bool_or(w.topic_id IS NOT NULL) AS wanted
    FROM topic_mention AS t JOIN agenda_item AS i ON i.item_id = t.item_id
    LEFT JOIN topics AS w ON w.source_id = i.source_id AND w.topic_id = t.topic_id
    GROUP BY t.item_id
), texts AS (
    SELECT item_id, string_agg(text, chr(10) ORDER BY section_index) AS text FROM section GROUP BY item_id
)
SELECT
    i.item_id AS item, i.source_id AS source, CAST(i.date AS VARCHAR) AS date, coalesce(i.title, '') AS title,
    i.paper_id AS paper, coalesce(x.text, '') AS text, coalesce(n.topics, []) AS topics
FROM agenda_item AS i
LEFT JOIN named AS n ON n.item_id = i.item_id
LEFT JOIN texts AS x ON x.item_id = i.item_id
WHERE i.date IS NOT NULL AND i.has_excerpt
  AND (n.wanted OR i.paper_id IN (SELECT paper_id FROM promised WHERE paper_id IS NOT NULL))
ORDER BY i.item_id;
