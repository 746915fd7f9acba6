-- title: Speaker positions
-- question: Who said what about the topic, where, for or against?
-- param topic text = 'sro': name of the topic
-- param person text = null: part of the person's name
-- param faction text = null: part of the faction's name
-- param committee text = null: part of the committee's name
-- param stance support|oppose|conditional|neutral = null: only this stance towards the topic
-- param since date = null: only meetings from this day on
-- param until date = null: only meetings up to this day
-- param source text = null: only this corpus
-- param most integer = 10000: rows at most, the earliest first
-- column statement_id
-- column date
-- column committee
-- column item_number
-- column item_title
-- column person_name
-- column speaker_name
-- column faction
-- column role
-- column act
-- column stance_item
-- column stance_topic
-- column speaker_confidence
-- column stance_confidence
-- column quote
-- column page_address
-- caveat: For every row of a large corpus take auszug export speaker-positions.
-- caveat: stance_topic is null where the item's direction towards the topic is 0 or unknown.
-- caveat: person_name is null where it is not certain who speaks; speaker_name is what the text says.
SELECT
    statement_id, date, committee, item_number, item_title, person_name, speaker_name, faction, role, act, stance_item,
    stance_topic, speaker_confidence, stance_confidence, quote, page_address
FROM speaker_positions
WHERE topic_id = $topic
  AND ($source::VARCHAR IS NULL OR source_id = $source::VARCHAR)
  AND ($person::VARCHAR IS NULL OR contains(lower(coalesce(person_name, speaker_name)), lower($person::VARCHAR)))
  AND ($faction::VARCHAR IS NULL OR contains(lower(faction), lower($faction::VARCHAR)))
  AND ($committee::VARCHAR IS NULL OR contains(lower(committee), lower($committee::VARCHAR)))
  AND ($stance::VARCHAR IS NULL OR stance_topic = $stance::VARCHAR)
  AND ($since::DATE IS NULL OR date >= $since::DATE)
  AND ($until::DATE IS NULL OR date <= $until::DATE)
ORDER BY date, item_id, first_sentence, statement_id
LIMIT $most
