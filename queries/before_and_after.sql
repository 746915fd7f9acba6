-- title: Sentences before and after a change of sides
-- question: What did those who changed sides say before, and what after?
-- param topic text = 'sro': name of the topic
-- param person text = null: part of a person's name; none: all who changed sides
-- param source text = null: only this corpus
-- column person_name
-- column date
-- column committee
-- column item_number
-- column item_title
-- column score: side in this item towards the topic, 1 for to -1 against
-- column position
-- column side
-- column quotes: the statements with a side in this item, verbatim
-- caveat: All items with a side of each such person are shown, in order, so that the turn can be read.
WITH clear AS (
    SELECT person_id, side, lag(side) OVER (PARTITION BY person_id ORDER BY s.date, i.position, s.item_id) AS side_before
    FROM topic_stance AS s JOIN agenda_item AS i ON i.item_id = s.item_id
    WHERE s.topic_id = $topic AND ($source::VARCHAR IS NULL OR s.source_id = $source::VARCHAR) AND s.side IN ('for', 'against')
)
SELECT
    s.person_name, s.date, s.committee, s.item_number, s.item_title, s.score, s.position, s.side,
    (SELECT string_agg(p.quote, ' [...] ' ORDER BY p.first_sentence) FROM speaker_positions AS p
        WHERE p.item_id = s.item_id AND p.person_id = s.person_id AND p.topic_id = s.topic_id
          AND p.stance_topic <> 'neutral') AS quotes
FROM topic_stance AS s
WHERE s.topic_id = $topic
  AND s.person_id IN (SELECT person_id FROM clear WHERE side <> side_before)
  AND ($person::VARCHAR IS NULL OR contains(lower(s.person_name), lower($person::VARCHAR)))
ORDER BY s.person_name, s.person_id, s.date, s.item_id
