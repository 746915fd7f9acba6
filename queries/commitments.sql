-- title: Promises and what became of them
-- question: What was promised, by whom, until when, and does a later item take it up?
-- param topic text = null: only items that name this topic
-- param open boolean = false: only promises that no later item takes up
-- param state open|late|in_time|taken_up = null: only promises of this state
-- param since date = null: only meetings from this day on
-- param until date = null: only meetings up to this day
-- param source text = null: only this corpus
-- column date
-- column committee
-- column item_number
-- column item_title
-- column person_name
-- column what
-- column quote
-- column due
-- column due_date
-- column follow_up_date
-- column follow_up_title
-- column relation
-- column late
-- column state: open (no later item takes it up: perhaps never kept), late (first taken up after the deadline), in_time, taken_up (no deadline is known)
-- column page_address
-- caveat: A later item takes a promise up if it is on the same paper or shares rare words with it; whether it keeps the promise is for the reader to judge.
WITH judged AS (
    SELECT *, CASE WHEN follow_ups = 0 THEN 'open' WHEN late THEN 'late' WHEN NOT late THEN 'in_time' ELSE 'taken_up' END AS state
    FROM commitment_log
)
SELECT
    date, committee, item_number, item_title, coalesce(person_name, speaker_name) AS person_name, what, quote, due, due_date,
    follow_up_date, follow_up_title, relation, late, state, page_address
FROM judged
WHERE ($topic::VARCHAR IS NULL OR list_contains(topics, $topic::VARCHAR))
  AND ($source::VARCHAR IS NULL OR source_id = $source::VARCHAR)
  AND (NOT $open OR follow_ups = 0)
  AND ($state::VARCHAR IS NULL OR state = $state::VARCHAR)
  AND ($since::DATE IS NULL OR date >= $since::DATE)
  AND ($until::DATE IS NULL OR date <= $until::DATE)
ORDER BY date, commitment_id
