-- title: Who agrees with whom
-- question: Which persons took the same side on the topic in the same items, and which opposite ones?
-- param topic text = 'sro': name of the topic
-- param least integer = 3: least number of items in which both took a side
-- param source text = null: only this corpus
-- column person_name: one person
-- column other_person_name: the other person
-- column items
-- column agreements
-- column oppositions
-- column agreement
-- caveat: Who did not speak, or took no side, is not in it, however they voted.
SELECT person_name, other_person_name, items, agreements, oppositions, agreement
FROM speaker_network
WHERE topic_id = $topic AND items >= $least AND ($source::VARCHAR IS NULL OR source_id = $source::VARCHAR)
ORDER BY agreement DESC, items DESC, person_name, other_person_name
