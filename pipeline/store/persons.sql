-- Writes who the speakers and the rows of lists are (tables found_speaker and found_row, from `link.persons`)
-- into the derived columns, and counts where each person was seen. Written is `stored.table` (store/scope.py).

UPDATE stored.speaker SET
    person_id = f.person_id, person_rule = f.rule, person_confidence = f.confidence, role_on_date = f.role, faction_on_date = f.faction,
    faction_source = f.source, corrected = f.rule = 'corrected'
FROM found_speaker AS f
WHERE f.item_id = speaker.item_id AND f.speaker_id = speaker.speaker_id
  AND (speaker.person_id, person_rule, person_confidence, role_on_date, faction_on_date, speaker.faction_source, speaker.corrected)
    IS DISTINCT FROM (f.person_id, f.rule, f.confidence, f.role, f.faction, f.source, f.rule = 'corrected');

UPDATE stored.attendance SET person_id = x.person_id
FROM (
    SELECT a.meeting_id, a.position, f.person_id
    FROM attendance AS a
    LEFT JOIN found_row AS f ON f.list = 'a' AND f.key = a.meeting_id AND f.position = a.position
) AS x
WHERE x.meeting_id = attendance.meeting_id AND x.position = attendance.position
  AND attendance.person_id IS DISTINCT FROM x.person_id;

UPDATE stored.roster_member SET person_id = x.person_id
FROM (
    SELECT r.page_id, r.position, f.person_id
    FROM roster_member AS r
    LEFT JOIN found_row AS f ON f.list = 'r' AND f.key = r.page_id AND f.position = r.position
) AS x
WHERE x.page_id = roster_member.page_id AND x.position = roster_member.position
  AND roster_member.person_id IS DISTINCT FROM x.person_id;

UPDATE stored.person SET first_seen = x.first_seen, last_seen = x.last_seen, meetings = x.meetings
FROM (
    SELECT person_id, min(date) AS first_seen, max(date) AS last_seen, count(DISTINCT meeting_id) AS meetings
    FROM (
        SELECT a.person_id, m.meeting_id, m.date
        FROM attendance AS a JOIN meeting AS m ON m.meeting_id = a.meeting_id
        WHERE coalesce(a.present, true)
        UNION ALL
        SELECT s.person_id, i.meeting_id, i.date
        FROM speaker AS s JOIN agenda_item AS i ON i.item_id = s.item_id
    )
    WHERE person_id IS NOT NULL
    GROUP BY person_id
) AS x
WHERE x.person_id = person.person_id;
