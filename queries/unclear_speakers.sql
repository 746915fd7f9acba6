-- title: Speakers of whom it is not certain who they are
-- question: Which speakers fit several persons, or none, and which persons may be one?
-- param source text = null: name of the corpus
-- column date
-- column committee
-- column item_number
-- column speaker: the speaker as the text names it, or one of two persons
-- column candidates: persons that it may be
-- column reason
-- column item_id
-- caveat: They are left open on purpose: a wrong name is worse than none.
SELECT
    i.date, i.organization AS committee, i.item_number, coalesce(s.name, o.name) AS speaker,
    string_agg(p.name || ' (' || c.person_id || ')', '; ' ORDER BY c.person_id) AS candidates,
    any_value(c.reason) AS reason, c.item_id
FROM person_candidate AS c
JOIN person AS p ON p.person_id = c.person_id
LEFT JOIN agenda_item AS i ON i.item_id = c.item_id
LEFT JOIN speaker AS s ON s.item_id = c.item_id AND s.speaker_id = c.speaker_id
LEFT JOIN person AS o ON o.person_id = c.other_person_id
WHERE $source::VARCHAR IS NULL OR c.source_id = $source::VARCHAR
GROUP BY i.date, i.organization, i.item_number, s.name, o.name, c.item_id, c.speaker_id, c.other_person_id
ORDER BY i.date, c.item_id, speaker
