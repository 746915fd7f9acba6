-- title: Items that belong to the topic without naming it
-- question: Which items belong to the topic though they never name it?
-- param topic text = 'sro': name of the topic
-- param source text = null: only this corpus
-- column date
-- column committee
-- column item_number
-- column item_title
-- column why: same paper as another item on the topic; related terms in its texts; refers to an item on the topic of the same meeting; takes up a promise that was made in an item on the topic; several are parted by ;
-- column evidence: the paper, the terms, the sentence that refers, or the words shared with the promise
-- column item_id
-- caveat: None of these names the topic itself (a core term of the topic file). Related terms are those of the topic file; an item with them need not be about the topic, nor one that takes up a promise.
WITH on_topic AS (
    SELECT i.item_id, i.paper_id, i.meeting_id, i.item_number
    FROM item_direction AS t JOIN agenda_item AS i ON i.item_id = t.item_id
    WHERE t.topic_id = $topic AND t.direction IN (1, -1)
), named AS (
    SELECT item_id, count(*) FILTER (WHERE strength = 'core') AS core,
        string_agg(DISTINCT term, ', ' ORDER BY term) AS terms
    FROM topic_mention WHERE topic_id = $topic GROUP BY item_id
), referring AS (
    SELECT item_id, text, regexp_extract(text, '(?:Tagesordnungspunkt|TOP)s? (?:Ö )?([0-9]+(?:\.[0-9]+)*)', 1) AS item_number
    FROM sentence
    WHERE contains(text, 'Tagesordnungspunkt') OR contains(text, 'TOP ')
), found AS (
    SELECT i.item_id, 1 AS place, 'same paper' AS why, any_value(i.paper_reference) AS evidence
    FROM agenda_item AS i
    JOIN on_topic AS o ON o.paper_id = i.paper_id AND o.item_id <> i.item_id
    GROUP BY i.item_id
    UNION ALL
    SELECT item_id, 2, 'related terms', terms FROM named WHERE core = 0
    UNION ALL
    SELECT r.item_id, 3, 'refers to it', min(r.text)
    FROM referring AS r
    JOIN agenda_item AS i ON i.item_id = r.item_id
    JOIN on_topic AS o ON o.meeting_id = i.meeting_id AND o.item_number = r.item_number AND o.item_id <> i.item_id
    WHERE r.item_number <> ''
    GROUP BY r.item_id
    UNION ALL
    SELECT f.item_id, 4, 'takes up a promise', array_to_string(list_sort(list_distinct(flatten(list(f.terms)))), ', ')
    FROM commitment_follow_up AS f
    JOIN commitment AS c ON c.commitment_id = f.commitment_id
    JOIN on_topic AS o ON o.item_id = c.item_id
    GROUP BY f.item_id
)
SELECT
    i.date, i.organization AS committee, i.item_number, i.title AS item_title,
    string_agg(f.why, '; ' ORDER BY f.place) AS why, string_agg(f.evidence, '; ' ORDER BY f.place) AS evidence, i.item_id
FROM found AS f
JOIN agenda_item AS i ON i.item_id = f.item_id
LEFT JOIN named AS n ON n.item_id = f.item_id
WHERE coalesce(n.core, 0) = 0 AND ($source::VARCHAR IS NULL OR i.source_id = $source::VARCHAR)
GROUP BY i.item_id, i.date, i.organization, i.item_number, i.title
ORDER BY i.date, i.item_id
