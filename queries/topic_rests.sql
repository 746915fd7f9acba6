-- title: When the topic rested and returned
-- question: How long was the topic silent between two meetings, and in which item did it return?
-- param topic text = 'sro': name of the topic
-- param days integer = 180: shortest rest that is shown
-- param source text = null: only this corpus
-- column rested_from: day of the last meeting before the rest
-- column returned: day of the meeting in which the topic came back
-- column days: days between the two
-- column committee
-- column item_numbers
-- column titles: titles of the items on the topic with which it came back
-- caveat: Only meetings whose minutes were read count; a rest may be a gap in the archive.
SELECT
    t.date - CAST(t.days_since_last AS INTEGER) AS rested_from,
    t.date AS returned,
    t.days_since_last AS days,
    t.committee,
    t.item_numbers,
    (SELECT string_agg(i.title, '; ' ORDER BY i.position) FROM agenda_item AS i
        JOIN item_direction AS d ON d.item_id = i.item_id AND d.topic_id = t.topic_id AND d.direction IN (1, -1)
        WHERE i.meeting_id = t.meeting_id) AS titles
FROM topic_timeline AS t
WHERE t.topic_id = $topic AND ($source::VARCHAR IS NULL OR t.source_id = $source::VARCHAR)
  AND t.days_since_last >= $days
ORDER BY t.date, t.meeting_id
