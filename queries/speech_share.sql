-- title: Share of speech
-- question: How much of what is minuted is said by each person, faction, gender or role?
-- param by person|faction|gender|kind = 'person': what to group by
-- param topic text = null: only items that name this topic
-- param since date = null: only meetings from this day on
-- param until date = null: only meetings up to this day
-- param source text = null: only this corpus
-- column who: person, faction, gender, or kind of speaker (person, role, group)
-- column items: items in which they speak
-- column statements: statements
-- column words: words in them
-- column share: share of all words of statements
-- caveat: Minutes are summaries: the share is of what the minute-taker wrote down, not of speaking time.
WITH once AS (
    SELECT item_id, min(topic_id) AS topic_id FROM item_direction
    WHERE $topic::VARCHAR IS NULL OR topic_id = $topic::VARCHAR GROUP BY item_id
), said AS (
    SELECT
        p.item_id, p.words,
        CASE $by WHEN 'person' THEN coalesce(p.person_name, p.speaker_name) WHEN 'faction' THEN p.faction
            WHEN 'gender' THEN p.gender ELSE p.speaker_kind END AS who
    FROM speaker_positions AS p
    LEFT JOIN once AS o ON o.item_id = p.item_id
    WHERE p.topic_id IS NOT DISTINCT FROM o.topic_id
      AND ($topic::VARCHAR IS NULL OR p.topic_id = $topic::VARCHAR)
      AND ($source::VARCHAR IS NULL OR p.source_id = $source::VARCHAR)
      AND ($since::DATE IS NULL OR p.date >= $since::DATE)
      AND ($until::DATE IS NULL OR p.date <= $until::DATE)
)
SELECT
    coalesce(who, '(unknown)') AS who,
    count(DISTINCT item_id) AS items,
    count(*) AS statements,
    CAST(sum(words) AS BIGINT) AS words,
    sum(words) / sum(sum(words)) OVER () AS share
FROM said
GROUP BY who
ORDER BY words DESC, who
