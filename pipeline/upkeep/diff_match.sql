-- Matches the rows of old_KIND and new_KIND (diff.py puts statement or decision for KIND) into pair_KIND. Each step takes
-- what the steps before left over; where several fit, the one that fits best both ways.

-- step: the same key and words
CREATE TEMP TABLE pair_KIND AS
SELECT o.key AS old_key, n.key AS new_key
FROM old_KIND AS o JOIN new_KIND AS n ON n.key = o.key AND n.words = o.words AND n.by_whom = o.by_whom;
CREATE TEMP TABLE old_rest AS SELECT * FROM old_KIND ANTI JOIN pair_KIND ON old_key = key;
CREATE TEMP TABLE new_rest AS SELECT * FROM new_KIND ANTI JOIN pair_KIND ON new_key = key;

-- step: the same item, speaker and words, in order
INSERT INTO pair_KIND
WITH o AS (
    SELECT *, row_number() OVER (PARTITION BY item_id, words, by_whom ORDER BY section_index, start_char, key) AS place
    FROM old_rest
), n AS (
    SELECT *, row_number() OVER (PARTITION BY item_id, words, by_whom ORDER BY section_index, start_char, key) AS place
    FROM new_rest
)
SELECT o.key, n.key FROM o
JOIN n ON n.item_id = o.item_id AND n.words = o.words AND n.by_whom = o.by_whom AND n.place = o.place;
DELETE FROM old_rest WHERE key IN (SELECT old_key FROM pair_KIND);
DELETE FROM new_rest WHERE key IN (SELECT new_key FROM pair_KIND);

-- step: the same item and words, in order
INSERT INTO pair_KIND
WITH o AS (
    SELECT *, row_number() OVER (PARTITION BY item_id, words ORDER BY section_index, start_char, key) AS place FROM old_rest
), n AS (
    SELECT *, row_number() OVER (PARTITION BY item_id, words ORDER BY section_index, start_char, key) AS place FROM new_rest
)
SELECT o.key, n.key FROM o JOIN n ON n.item_id = o.item_id AND n.words = o.words AND n.place = o.place;
DELETE FROM old_rest WHERE key IN (SELECT old_key FROM pair_KIND);
DELETE FROM new_rest WHERE key IN (SELECT new_key FROM pair_KIND);

-- step: the same page: spans that share at least half of the longer one
INSERT INTO pair_KIND
WITH fitting AS (
    SELECT o.key AS old_key, n.key AS new_key,
        least(o.end_char, n.end_char) - greatest(o.start_char, n.start_char) + CAST(o.by_whom = n.by_whom AS INTEGER) AS shared
    FROM old_rest AS o
    JOIN new_rest AS n ON n.item_id = o.item_id AND n.section_index = o.section_index
    JOIN item AS i ON i.item_id = o.item_id AND coalesce(i.reason, '') <> 'changed page'
    WHERE 2 * (least(o.end_char, n.end_char) - greatest(o.start_char, n.start_char))
        >= greatest(o.end_char - o.start_char, n.end_char - n.start_char)
)
SELECT old_key, new_key FROM fitting
QUALIFY row_number() OVER (PARTITION BY old_key ORDER BY shared DESC, new_key) = 1
    AND row_number() OVER (PARTITION BY new_key ORDER BY shared DESC, old_key) = 1;
DELETE FROM old_rest WHERE key IN (SELECT old_key FROM pair_KIND);
DELETE FROM new_rest WHERE key IN (SELECT new_key FROM pair_KIND);

-- step: a changed page: words that are nearly the same, or one within the other
INSERT INTO pair_KIND
WITH fitting AS (
    SELECT o.key AS old_key, n.key AS new_key,
        CASE WHEN contains(o.words, n.words) OR contains(n.words, o.words) THEN 1.0
            ELSE jaro_winkler_similarity(left(o.words, 200), left(n.words, 200)) END AS likeness
    FROM old_rest AS o
    JOIN new_rest AS n ON n.item_id = o.item_id
    JOIN item AS i ON i.item_id = o.item_id AND i.reason = 'changed page'
    WHERE length(o.words) BETWEEN length(n.words) / 3 AND 3 * length(n.words)
)
SELECT old_key, new_key FROM fitting WHERE likeness >= 0.9
QUALIFY row_number() OVER (PARTITION BY old_key ORDER BY likeness DESC, new_key) = 1
    AND row_number() OVER (PARTITION BY new_key ORDER BY likeness DESC, old_key) = 1;
DROP TABLE old_rest;
DROP TABLE new_rest;
