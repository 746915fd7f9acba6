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
WITH said AS (
    SELECT DISTINCT ON (statement_id)
        statement_id, item_id, words,
        CASE $by WHEN 'person' THEN coalesce(person_name, speaker_name) WHEN 'faction' THEN faction
            WHEN 'gender' THEN gender ELSE speaker_kind END AS who
    FROM speaker_positions
    WHERE ($topic::VARCHAR IS NULL OR topic_id = $topic::VARCHAR)
      AND ($source::VARCHAR IS NULL OR source_id = $source::VARCHAR)
      AND ($since::DATE IS NULL OR date >= $since::DATE)
      AND ($until::DATE IS NULL OR date <= $until::DATE)
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
