-- title: Decisions
-- question: What was decided on the topic, with which votes, and does the page's Beschlussart say the same?
-- param topic text = 'sro': name of the topic
-- param committee text = null: part of the committee's name
-- param outcome accepted|amended|rejected|deferred|referred|noted|withdrawn|elected|consensus = null: only this outcome
-- param on_topic boolean = true: only items about the topic, not those that name it in passing
-- param since date = null: only meetings from this day on
-- param until date = null: only meetings up to this day
-- param source text = null: only this corpus
-- column date
-- column committee
-- column item_number
-- column item_title
-- column direction
-- column outcome
-- column unanimous
-- column yes
-- column no
-- column abstain
-- column votes_by_faction
-- column text
-- column beschlussart
-- column agrees
-- column page_address
-- caveat: Counts are as told; a number that the text does not state is null.
-- caveat: An item may hold several decisions: votes on amendments and on procedure are decisions of their own.
SELECT
    d.date, d.committee, d.item_number, d.item_title, t.direction, d.outcome, d.unanimous, d.yes, d.no, d.abstain,
    d.votes_by_faction, d.text, d.beschlussart, d.agrees, d.page_address
FROM decision_log AS d
JOIN item_direction AS t ON t.item_id = d.item_id AND t.topic_id = $topic
WHERE (NOT $on_topic OR t.direction IN (1, -1))
  AND ($source::VARCHAR IS NULL OR d.source_id = $source::VARCHAR)
  AND ($committee::VARCHAR IS NULL OR contains(lower(d.committee), lower($committee::VARCHAR)))
  AND ($outcome::VARCHAR IS NULL OR d.outcome = $outcome::VARCHAR)
  AND ($since::DATE IS NULL OR d.date >= $since::DATE)
  AND ($until::DATE IS NULL OR d.date <= $until::DATE)
ORDER BY d.date, d.item_id, d.decision_id
