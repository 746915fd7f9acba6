-- title: Meetings
-- question: Which meetings are in the database, with how many items, statements and decisions?
-- param committee text = null: part of the committee's name
-- param since date = null: only meetings from this day on
-- param until date = null: only meetings up to this day
-- param source text = null: only this corpus
-- column date
-- column committee
-- column start_time
-- column end_time
-- column items: items on the agenda
-- column items_with_excerpt: items whose excerpt was read
-- column statements: statements in them
-- column decisions: decisions in them
-- column attendees: persons in the attendance list
-- column meeting_id
-- caveat: Items without an excerpt are known from the agenda only.
WITH said AS (
    SELECT i.meeting_id, count(*) AS statements
    FROM statement AS st JOIN agenda_item AS i ON i.item_id = st.item_id GROUP BY i.meeting_id
), decided AS (
    SELECT i.meeting_id, count(*) AS decisions
    FROM decision AS d JOIN agenda_item AS i ON i.item_id = d.item_id GROUP BY i.meeting_id
), listed AS (
    SELECT meeting_id, count(*) AS items, count(*) FILTER (WHERE has_excerpt) AS items_with_excerpt
    FROM agenda_item GROUP BY meeting_id
), came AS (
    SELECT meeting_id, count(*) FILTER (WHERE coalesce(present, true)) AS attendees FROM attendance GROUP BY meeting_id
)
SELECT
    m.date, m.organization AS committee, m.start_time, m.end_time, coalesce(l.items, 0) AS items,
    coalesce(l.items_with_excerpt, 0) AS items_with_excerpt, coalesce(s.statements, 0) AS statements,
    coalesce(d.decisions, 0) AS decisions, coalesce(c.attendees, 0) AS attendees, m.meeting_id
FROM meeting AS m
LEFT JOIN listed AS l ON l.meeting_id = m.meeting_id
LEFT JOIN said AS s ON s.meeting_id = m.meeting_id
LEFT JOIN decided AS d ON d.meeting_id = m.meeting_id
LEFT JOIN came AS c ON c.meeting_id = m.meeting_id
WHERE ($committee::VARCHAR IS NULL OR contains(lower(m.organization), lower($committee::VARCHAR)))
  AND ($source::VARCHAR IS NULL OR m.source_id = $source::VARCHAR)
  AND ($since::DATE IS NULL OR m.date >= $since::DATE)
  AND ($until::DATE IS NULL OR m.date <= $until::DATE)
ORDER BY m.date, m.meeting_id
