-- title: Arguments that recur
-- question: Which words do supporters, sceptics and opponents of the topic use most, year by year?
-- param topic text = 'sro': name of the topic
-- param length integer = 6: least number of letters of a word
-- param least integer = 2: least number of statements of a year and side that have it
-- param most integer = 10: words per year and stance
-- param leave_out text = 'Abgeordnete|Abstimmung|Antrag|[a-zäöü]*ausschuss|Beschluss|Enthaltung|Fraktion|Gegenstimme|(Ja|Nein)-Stimme|Kenntnis|Kreistag|Mitglied|Niederschrift|Sitzung|Stadtrat|Tagesordnung|Vorlage|Vorsitzende|Januar|Februar|August|September|Oktober|November|Dezember': words of procedure and months that are left out, as a pattern, with any case ending
-- param source text = null: only this corpus
-- column year: year of the meetings
-- column stance_topic
-- column term: capitalised word, as it stands
-- column statements: statements of that year and stance that have it
-- column persons: persons who used it in them
-- column example: one of these statements
-- caveat: Capitalised words stand for nouns; family names of known persons are left out. An argument recurs in other words, too.
WITH most AS (
    SELECT *
    FROM topic_argument
    WHERE topic_id = $topic AND source_id IS NOT DISTINCT FROM $source::VARCHAR AND length(word) >= $length
      AND statements >= $least
      AND NOT regexp_full_match(word, '(?:' || $leave_out || ')(?:e|en|er|ern|es|n|r|s|ses)?', 'i')
    QUALIFY row_number() OVER (PARTITION BY year, stance_taken ORDER BY statements DESC, persons DESC, word) <= $most
)
SELECT m.year, m.stance_taken AS stance_topic, m.word AS term, m.statements, m.persons, s.quote AS example
FROM most AS m
JOIN statement AS s ON s.statement_id = m.first_statement_id
ORDER BY m.year, stance_topic, m.statements DESC, m.persons DESC, term
