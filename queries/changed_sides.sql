-- title: Who changed sides
-- question: Who moved from support to opposition of a topic, or back, and when?
-- param topic text = 'sro': name of the topic
-- param source text = null: only this corpus
-- column person_name
-- column faction
-- column date
-- column committee
-- column item_number
-- column item_title
-- column moved: for to against, or against to for
-- column position_before: position when the person last was clearly on the other side
-- column position: position after this item
-- column before_date: day on which the person last was clearly on the other side
-- caveat: Position is the mean over the person's last three items with a side (support 1, conditional 0, oppose -1, towards the topic); a move goes from at least 2/3 to at most 0 or back, dated by its first item there.
-- caveat: It rests on the stances found; read the statements (statements_of) before citing a move.
WITH clear AS (
    SELECT s.*, i.position AS place
    FROM topic_stance AS s JOIN agenda_item AS i ON i.item_id = s.item_id
    WHERE s.topic_id = $topic AND ($source::VARCHAR IS NULL OR s.source_id = $source::VARCHAR) AND s.side IN ('for', 'against')
), turned AS (
    SELECT
        *,
        lag(side) OVER in_time AS side_before,
        lag(position) OVER in_time AS position_before,
        lag(date) OVER in_time AS before_date
    FROM clear
    WINDOW in_time AS (PARTITION BY person_id ORDER BY date, place, item_id)
)
SELECT
    person_name, faction, date, committee, item_number, item_title, side_before || ' to ' || side AS moved,
    position_before, position, before_date
FROM turned
WHERE side <> side_before
ORDER BY date, person_name
