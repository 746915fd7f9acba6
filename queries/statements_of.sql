-- title: Statements of a person
-- question: What did a person say, on everything or on one topic?
-- param person text: part of the person's name (or of the speaker's, where the person is not known)
-- param topic text = null: only items that name this topic
-- param since date = null: only meetings from this day on
-- param until date = null: only meetings up to this day
-- param source text = null: only this corpus
-- column statement_id
-- column date
-- column committee
-- column item_number
-- column item_title
-- column person_name
-- column speaker_name
-- column faction
-- column act
-- column stance_item
-- column cue
-- column quote
-- column page_address
-- caveat: Two people of one name are both found; person_id in speaker_positions tells them apart.
SELECT DISTINCT
    statement_id, date, committee, item_number, item_title, person_name, speaker_name, faction, act, stance_item, cue, quote,
    page_address
FROM speaker_positions
WHERE contains(lower(coalesce(person_name, speaker_name)), lower($person))
  AND ($source::VARCHAR IS NULL OR source_id = $source::VARCHAR)
  AND ($topic::VARCHAR IS NULL OR topic_id = $topic::VARCHAR)
  AND ($since::DATE IS NULL OR date >= $since::DATE)
  AND ($until::DATE IS NULL OR date <= $until::DATE)
ORDER BY date, statement_id
