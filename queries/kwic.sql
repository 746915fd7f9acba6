-- title: Keyword in context
-- question: In which sentences does a word (or part of one) occur, with what before and after it, and whose words are they?
-- param text text: the word, or part of one; upper and lower case do not matter
-- param topic text = null: only items that name this topic
-- param width integer = 60: characters shown on each side
-- param since date = null: only meetings from this day on
-- param until date = null: only meetings up to this day
-- param source text = null: only this corpus
-- column date
-- column committee
-- column item_number
-- column before: text before the word
-- column keyword: the word as it stands
-- column after: text after the word
-- column speakers: whose words the sentence reports, as the text names them
-- column stance: towards the matter of the item: support, oppose, conditional, neutral
-- column item_id
-- column sentence_index
-- caveat: Only the first occurrence in a sentence is shown.
WITH found AS (
    SELECT item_id, sentence_index, text, speakers, stance, instr(lower(text), lower($text)) AS place
    FROM sentence
    WHERE contains(lower(text), lower($text))
)
SELECT
    i.date,
    i.organization AS committee,
    i.item_number,
    f.text[greatest(1, f.place - $width) : f.place - 1] AS before,
    f.text[f.place : f.place + length($text) - 1] AS keyword,
    f.text[f.place + length($text) : f.place + length($text) + $width - 1] AS after,
    (SELECT string_agg(s.name, ', ' ORDER BY s.name) FROM speaker AS s
        WHERE s.item_id = f.item_id AND list_contains(f.speakers, s.speaker_id)) AS speakers,
    f.stance,
    f.item_id,
    f.sentence_index
FROM found AS f
JOIN agenda_item AS i ON i.item_id = f.item_id
WHERE ($topic::VARCHAR IS NULL
        OR f.item_id IN (SELECT item_id FROM topic_mention WHERE topic_id = $topic::VARCHAR))
  AND ($source::VARCHAR IS NULL OR i.source_id = $source::VARCHAR)
  AND ($since::DATE IS NULL OR i.date >= $since::DATE)
  AND ($until::DATE IS NULL OR i.date <= $until::DATE)
ORDER BY i.date, f.item_id, f.sentence_index
