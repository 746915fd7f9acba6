-- title: Items that belong to the topic without naming it
-- question: Which items belong to the topic though they never name it?
-- param topic text = 'sro': name of the topic
-- param source text = null: only this corpus
-- column date
-- column committee
-- column item_number
-- column item_title
-- column why: same paper as an item on the topic, or only related terms in its texts
-- column evidence: the paper, or the terms
-- column item_id
-- caveat: Related terms are those of the topic file; an item with them need not be about the topic.
WITH on_topic AS (
    SELECT i.item_id, i.paper_id
    FROM item_direction AS t JOIN agenda_item AS i ON i.item_id = t.item_id
    WHERE t.topic_id = $topic AND t.direction IN (1, -1)
), named AS (
    SELECT item_id, count(*) FILTER (WHERE strength = 'core') AS core,
        string_agg(DISTINCT term, ', ' ORDER BY term) AS terms
    FROM topic_mention WHERE topic_id = $topic GROUP BY item_id
), found AS (
    SELECT i.item_id, 'same paper' AS why, i.paper_reference AS evidence
    FROM agenda_item AS i
    LEFT JOIN named AS n ON n.item_id = i.item_id
    WHERE coalesce(n.core, 0) = 0 AND i.paper_id IN (SELECT paper_id FROM on_topic WHERE paper_id IS NOT NULL)
    UNION ALL
    SELECT item_id, 'related terms', terms FROM named WHERE core = 0
)
SELECT i.date, i.organization AS committee, i.item_number, i.title AS item_title, f.why, f.evidence, i.item_id
FROM found AS f JOIN agenda_item AS i ON i.item_id = f.item_id
WHERE $source::VARCHAR IS NULL OR i.source_id = $source::VARCHAR
ORDER BY i.date, i.item_id, f.why
