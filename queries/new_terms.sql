-- title: What a meeting said first
-- question: Which words did a meeting use about the topic that no meeting before had used?
-- param topic text = 'sro': name of the topic
-- param length integer = 6: least number of letters of a word
-- param least integer = 2: least number of later sentences on the topic that take the word up
-- param leave_out text = 'Abgeordnete|Abstimmung|Antrag|[a-zäöü]*ausschuss|Beschluss|Enthaltung|Fraktion|Gegenstimme|(Ja|Nein)-Stimme|Kenntnis|Kreistag|Mitglied|Niederschrift|Sitzung|Stadtrat|Tagesordnung|Vorlage|Vorsitzende|Januar|Februar|August|September|Oktober|November|Dezember': words of procedure and months that are left out, as a pattern, with any case ending
-- param source text = null: only this corpus
-- column date
-- column committee
-- column term: capitalised word, as it stands
-- column sentences: sentences on the topic that have it, in all meetings
-- column item_number
-- column quote: sentence in which it occurs first
-- caveat: Words are compared as they stand; inflected forms count as words of their own.
SELECT
    t.first_date AS date, i.organization AS committee, t.word AS term, t.sentences, i.item_number,
    (SELECT se.text FROM sentence AS se WHERE se.item_id = t.first_item_id AND se.sentence_index = t.first_sentence_index) AS quote
FROM topic_term AS t
JOIN agenda_item AS i ON i.item_id = t.first_item_id
WHERE t.topic_id = $topic AND t.source_id IS NOT DISTINCT FROM $source::VARCHAR
  AND length(t.word) >= $length AND t.sentences > $least
  AND NOT regexp_full_match(t.word, '(?:' || $leave_out || ')(?:e|en|er|ern|es|n|r|s|ses)?', 'i')
ORDER BY date, t.sentences DESC, term
