-- title: Memberships
-- question: Who was in which committee and faction, as what, from when to when, as far as it was observed?
-- param person text = null: part of the person's name
-- param source text = null: only this corpus
-- column name
-- column kind
-- column organization
-- column role
-- column first_seen
-- column last_seen
-- column evidence
-- column observations
-- caveat: An interval is what was observed; the membership may have begun earlier and ended later.
SELECT p.name, m.kind, m.organization, m.role, m.first_seen, m.last_seen, m.evidence, m.observations
FROM membership AS m JOIN person AS p ON p.person_id = m.person_id
WHERE ($person::VARCHAR IS NULL OR contains(lower(p.name), lower($person::VARCHAR)))
  AND ($source::VARCHAR IS NULL OR p.source_id = $source::VARCHAR)
ORDER BY p.name, m.person_id, m.kind, m.first_seen, m.organization, m.role, m.evidence
