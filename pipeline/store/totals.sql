-- The rows of topic_term and topic_argument that are of all corpora together (source_id null), from those of each: what
-- views.sql computes from the sentences. No word, item, person or meeting is counted in two corpora. For a publication
-- of which only some corpora were written anew (store/derived.py).

DELETE FROM stored.topic_term WHERE source_id IS NULL;
INSERT INTO stored.topic_term BY NAME
SELECT
    t.topic_id, NULL AS source_id, t.word, min(t.first_date) AS first_date,
    arg_min(t.first_item_id, (i.date, i.position, t.first_item_id, t.first_sentence_index)) AS first_item_id,
    arg_min(t.first_sentence_index, (i.date, i.position, t.first_item_id, t.first_sentence_index))
        AS first_sentence_index,
    sum(t.sentences) AS sentences, sum(t.meetings) AS meetings
FROM stored.topic_term AS t
JOIN stored.agenda_item AS i ON i.item_id = t.first_item_id
GROUP BY t.topic_id, t.word
ORDER BY t.topic_id, t.word;

DELETE FROM stored.topic_argument WHERE source_id IS NULL;
INSERT INTO stored.topic_argument BY NAME
SELECT
    a.topic_id, NULL AS source_id, a.year, a.stance_taken, a.word, sum(a.statements) AS statements,
    sum(a.persons) AS persons, arg_min(a.first_statement_id, (i.date, a.first_statement_id)) AS first_statement_id
FROM stored.topic_argument AS a
JOIN stored.statement AS s ON s.statement_id = a.first_statement_id
JOIN stored.agenda_item AS i ON i.item_id = s.item_id
GROUP BY a.topic_id, a.year, a.stance_taken, a.word
ORDER BY a.topic_id, a.year, a.stance_taken, a.word;

-- Problems change with every batch, whatever changed in the corpus.
UPDATE stored.quality SET open_errors = x.open_errors, open_warnings = x.open_warnings
FROM (
    SELECT
        s.source_id, count(*) FILTER (WHERE p.severity = 'error') AS open_errors,
        count(*) FILTER (WHERE p.severity = 'warning') AS open_warnings
    FROM stored.source AS s LEFT JOIN stored.problem AS p ON p.source_id = s.source_id AND p.state = 'open'
    GROUP BY s.source_id
) AS x
WHERE x.source_id = quality.source_id
  AND (quality.open_errors, quality.open_warnings) IS DISTINCT FROM (x.open_errors, x.open_warnings);
