-- title: What a meeting said first
-- question: Which words did a meeting use about the topic that no meeting before had used?
-- param topic text = 'sro': name of the topic
-- param length integer = 6: least number of letters of a word
-- param least integer = 2: least number of later sentences on the topic that take the word up
-- param source text = null: only this corpus
-- column date
-- column committee
-- column term: capitalised word, as it stands
-- column sentences: sentences on the topic that have it, in all meetings
-- column item_number
-- column quote: sentence in which it occurs first
-- caveat: Words are compared as they stand; inflected forms count as words of their own.
WITH said AS (
    SELECT i.date, i.organization AS committee, i.item_id, i.position, i.item_number, se.sentence_index, se.text
    FROM sentence AS se
    JOIN agenda_item AS i ON i.item_id = se.item_id
    JOIN item_direction AS t ON t.item_id = i.item_id AND t.topic_id = $topic AND t.direction IN (1, -1)
    WHERE $source::VARCHAR IS NULL OR i.source_id = $source::VARCHAR
), words AS (
    SELECT
        date, committee, item_id, position, item_number, sentence_index, text,
        unnest(list_distinct(regexp_extract_all(text, '\b\p{Lu}[\p{L}-]+'))) AS term
    FROM said
)
SELECT
    min(date) AS date,
    first(committee ORDER BY date, position, item_id) AS committee,
    term,
    count(*) AS sentences,
    first(item_number ORDER BY date, position, item_id) AS item_number,
    first(text ORDER BY date, position, item_id, sentence_index) AS quote
FROM words
WHERE length(term) >= $length
GROUP BY term
HAVING count(*) > $least
ORDER BY date, sentences DESC, term
