-- title: Where persons stand
-- question: Which position towards the topic did each person have at first and at last, and in how many items did they take a side?
-- param topic text = 'sro': name of the topic
-- param at date = null: positions as of this day; none: the latest
-- param source text = null: only this corpus
-- column person_name
-- column faction: faction on the day of the last of these items
-- column items: items in which the person took a side
-- column first_date: day of the first of them
-- column first_position: position after the first of them
-- column last_date: day of the last of them
-- column last_position: position after the last of them
-- column side: after the last of them: for (last_position at least 0.5, nearer to support than to reservations), against (at most -0.5), between (reservations only, or now this and now that)
-- caveat: Position is the mean over the last three items with a side (support 1, conditional 0, oppose -1), weighed by the confidence of the stances.
-- caveat: The side is where somebody stands; changed_sides asks when somebody left a side, and counts from 0 down as having left support.
SELECT
    any_value(person_name) AS person_name,
    last(faction ORDER BY date, item_id) AS faction,
    count(*) AS items,
    min(date) AS first_date,
    first(position ORDER BY date, item_id) AS first_position,
    max(date) AS last_date,
    last(position ORDER BY date, item_id) AS last_position,
    CASE WHEN last_position >= 0.499 THEN 'for' WHEN last_position <= -0.499 THEN 'against' ELSE 'between' END AS side
FROM topic_stance
WHERE topic_id = $topic AND ($source::VARCHAR IS NULL OR source_id = $source::VARCHAR)
  AND ($at::DATE IS NULL OR date <= $at::DATE)
GROUP BY person_id
ORDER BY last_position DESC, person_name
