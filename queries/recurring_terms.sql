-- title: Arguments that recur
-- question: Which words do supporters, sceptics and opponents of the topic use most, year by year?
-- param topic text = 'sro': name of the topic
-- param length integer = 6: least number of letters of a word
-- param most integer = 10: words per year and stance
-- param source text = null: only this corpus
-- column year: year of the meetings
-- column stance_topic
-- column term: capitalised word, as it stands
-- column statements: statements of that year and stance that have it
-- column persons: persons who used it in them
-- column example: one of these statements
-- caveat: Capitalised words stand for nouns; names of persons are among them.
WITH said AS (
    SELECT CAST(year(date) AS INTEGER) AS year, stance_topic, statement_id, coalesce(person_id, speaker_name) AS who, quote
    FROM speaker_positions
    WHERE topic_id = $topic AND ($source::VARCHAR IS NULL OR source_id = $source::VARCHAR)
      AND stance_topic IN ('support', 'oppose', 'conditional')
), words AS (
    SELECT year, stance_topic, statement_id, who, quote,
        unnest(list_distinct(regexp_extract_all(quote, '\b\p{Lu}[\p{L}-]+'))) AS term
    FROM said
)
SELECT
    year, stance_topic, term, count(*) AS statements, count(DISTINCT who) AS persons,
    first(quote ORDER BY statement_id) AS example
FROM words
WHERE length(term) >= $length
GROUP BY year, stance_topic, term
QUALIFY row_number() OVER (PARTITION BY year, stance_topic ORDER BY count(*) DESC, count(DISTINCT who) DESC, term) <= $most
ORDER BY year, stance_topic, statements DESC, persons DESC, term
