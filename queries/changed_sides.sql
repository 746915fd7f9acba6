-- title: Who changed sides
-- question: Who moved from support to opposition of a topic, or back, and when?
-- param topic text = 'sro': name of the topic
-- param least integer = 2: items that a side must hold to count, before and after the move
-- param source text = null: only this corpus
-- column person_name
-- column faction: faction on the day of the move
-- column date: day of the first item on the new side
-- column committee
-- column item_number
-- column item_title
-- column moved: for to against, or against to for
-- column position_before: position when the person last was clearly on the other side
-- column position: position after this item
-- column before_date: day on which the person last was clearly on the other side
-- column items_before: items on the old side
-- column items_after: items on the new side
-- column confidence: mean confidence of the stances on the new side
-- caveat: Position is the mean over the person's last three items with a side (support 1, conditional 0, oppose -1, towards the topic), each statement weighed by the confidence of its stance; at least 0.6 is for, at most 0 against; what lies between is no side. An uncertain stance alone so moves nobody.
-- caveat: A move goes from a side that held over at least two items (least) to the other that did, too, dated by the first item there; shorter stretches are passed over, since a single statement may be read wrongly. With least=1 every turn is shown, also one that the last item has just begun.
-- caveat: It rests on the stances found; read the statements (before_and_after) before citing a move.
WITH held AS (
    SELECT
        *,
        lag(side) OVER in_time AS side_before,
        lag(last_position) OVER in_time AS position_before,
        lag(last_date) OVER in_time AS before_date,
        lag(items) OVER in_time AS items_before
    FROM topic_stretch
    WHERE topic_id = $topic AND ($source::VARCHAR IS NULL OR source_id = $source::VARCHAR) AND items >= $least
    WINDOW in_time AS (PARTITION BY source_id, person_id ORDER BY first_step)
)
SELECT
    person_name, first_faction AS faction, first_date AS date, first_committee AS committee, first_item_number AS item_number,
    first_item_title AS item_title, side_before || ' to ' || side AS moved,
    position_before, first_position AS position, before_date, items_before, items AS items_after, confidence
FROM held
WHERE side <> side_before
ORDER BY date, person_name, first_item_id
