-- title: Sentences before and after a change of sides
-- question: What did those who changed sides say before, and what after?
-- param topic text = 'sro': name of the topic
-- param person text = null: part of a person's name; none: all who changed sides
-- param least integer = 2: items that a side must hold to count, before and after the move
-- param around integer = 3: items shown before the move, and from it on
-- param source text = null: only this corpus
-- column person_name
-- column moved: for to against, or against to for
-- column move_date: day of the first item on the new side
-- column phase: before or after the move
-- column date
-- column committee
-- column item_number
-- column item_title
-- column score: side in this item towards the topic, 1 for to -1 against
-- column position
-- column side
-- column quotes
-- caveat: Moves as in changed_sides; the items between the old and the new side stand under before.
WITH held AS (
    SELECT *, lag(side) OVER (PARTITION BY source_id, person_id ORDER BY first_step) AS side_before
    FROM topic_stretch
    WHERE topic_id = $topic AND ($source::VARCHAR IS NULL OR source_id = $source::VARCHAR) AND items >= $least
      AND ($person::VARCHAR IS NULL OR contains(lower(person_name), lower($person::VARCHAR)))
), moves AS (
    SELECT person_id, first_step, first_date, side_before || ' to ' || side AS moved FROM held WHERE side <> side_before
)
SELECT
    s.person_name, m.moved, m.first_date AS move_date, CASE WHEN s.step < m.first_step THEN 'before' ELSE 'after' END AS phase,
    s.date, s.committee, s.item_number, s.item_title, s.score, s.position, s.side, s.quotes
FROM moves AS m
JOIN topic_stance AS s ON s.topic_id = $topic AND s.person_id = m.person_id
    AND s.step BETWEEN m.first_step - $around AND m.first_step + $around - 1
ORDER BY s.person_name, s.person_id, m.first_step, s.step
