-- title: Stance of the factions over time
-- question: How did each faction stand towards the topic, year by year?
-- param topic text = 'sro': name of the topic
-- param source text = null: only this corpus
-- column faction
-- column year: year of the meetings
-- column statements: statements on the topic
-- column support: of these, supporting
-- column conditional: of these, with reservations
-- column oppose: of these, opposing
-- column balance: (support - oppose) / (support + conditional + oppose); null: nobody took a side
-- column persons: persons who took a side
-- caveat: Counts statements, not votes; a faction's speakers need not speak for it.
SELECT
    coalesce(faction, '(none or unknown)') AS faction,
    CAST(year(date) AS INTEGER) AS year,
    count(*) AS statements,
    count(*) FILTER (WHERE stance_topic = 'support') AS support,
    count(*) FILTER (WHERE stance_topic = 'conditional') AS conditional,
    count(*) FILTER (WHERE stance_topic = 'oppose') AS oppose,
    (count(*) FILTER (WHERE stance_topic = 'support') - count(*) FILTER (WHERE stance_topic = 'oppose'))
        / nullif(count(*) FILTER (WHERE stance_topic <> 'neutral'), 0) AS balance,
    count(DISTINCT person_id) FILTER (WHERE stance_topic <> 'neutral') AS persons
FROM speaker_positions
WHERE topic_id = $topic AND ($source::VARCHAR IS NULL OR source_id = $source::VARCHAR)
  AND stance_topic IS NOT NULL
GROUP BY ALL
ORDER BY faction, year
