-- title: Timeline of a topic
-- question: In which meetings did the topic come up, how often, with which stances and decisions, and how long did it rest?
-- param topic text = 'sro': name of the topic
-- param since date = null: only meetings from this day on
-- param until date = null: only meetings up to this day
-- param source text = null: only this corpus
-- column date
-- column committee
-- column items_on_topic
-- column item_numbers
-- column mentions
-- column statements
-- column support
-- column conditional
-- column oppose
-- column decisions
-- column outcomes
-- column days_since_last
-- caveat: Stances are towards the topic: who opposes a motion to end it counts as support.
-- caveat: Items that name the topic only in passing count in item_numbers and mentions, not in statements and decisions.
SELECT
    date, committee, items_on_topic, item_numbers, mentions, statements, support, conditional, oppose, decisions, outcomes,
    days_since_last
FROM topic_timeline
WHERE topic_id = $topic
  AND ($source::VARCHAR IS NULL OR source_id = $source::VARCHAR)
  AND ($since::DATE IS NULL OR date >= $since::DATE)
  AND ($until::DATE IS NULL OR date <= $until::DATE)
ORDER BY date, meeting_id
