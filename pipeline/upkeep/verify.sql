-- The database against what the archive and the files say. `record` and `seen` are filled by verify_database.py: every
-- record of the archive, and every page as it is read today. Statements return code, place, address, what.
-- `w` is the work database. Parts under `-- fault: code`; $source is the corpus.

-- fault: record_missing
SELECT v.page_id AS place, v.address, 'its record ' || v.record_id || ' is not in the archive (' || v.warc_file || ')' AS what
FROM w.page_version AS v
ANTI JOIN record AS r ON r.record_id = v.record_id
WHERE starts_with(v.page_id, $source || '/') AND v.record_id IS NOT NULL;

-- fault: record_elsewhere
SELECT v.page_id AS place, v.address, 'its record lies in ' || r.warc_file || ', not in ' || v.warc_file AS what
FROM w.page_version AS v JOIN record AS r ON r.record_id = v.record_id
WHERE starts_with(v.page_id, $source || '/') AND r.warc_file <> v.warc_file
    AND NOT starts_with(v.warc_file, r.warc_file);

-- fault: payload_differs
SELECT v.page_id AS place, v.address, 'its record has another payload hash than the database' AS what
FROM w.page_version AS v JOIN record AS r ON r.record_id = v.record_id
WHERE starts_with(v.page_id, $source || '/') AND r.payload_hash IS DISTINCT FROM v.payload_hash;

-- fault: content_differs
SELECT v.page_id AS place, v.address, 'its record, read again, has another content hash than the database' AS what
FROM w.page_version AS v JOIN seen AS s ON s.record_id = v.record_id
WHERE starts_with(v.page_id, $source || '/') AND s.content_hash IS DISTINCT FROM v.content_hash
    AND v.outcome = 'ok';

-- fault: file_missing
SELECT v.page_id AS place, v.address, 'the file is not there, or is not named by [files] paths' AS what
FROM w.page_version AS v ANTI JOIN seen AS s ON s.address = v.address AND s.record_id IS NULL
WHERE starts_with(v.page_id, $source || '/') AND v.record_id IS NULL AND v.is_current;

-- fault: file_differs
SELECT v.page_id AS place, v.address, 'the file has another payload hash than the database' AS what
FROM w.page_version AS v JOIN seen AS s ON s.address = v.address AND s.record_id IS NULL
WHERE starts_with(v.page_id, $source || '/') AND v.record_id IS NULL AND v.is_current
    AND s.payload_hash IS DISTINCT FROM v.payload_hash;

-- fault: not_in_database
SELECT 'archive' AS place, s.address, 'the page (' || s.kind || ', fetched ' || s.fetched || ') is not in the database' AS what
FROM seen AS s
ANTI JOIN w.page_version AS v ON v.content_hash = s.content_hash AND starts_with(v.page_id, $source || '/')
WHERE s.content_hash IS NOT NULL AND s.outcome = 'ok'
    AND s.kind IN ('excerpt', 'meeting', 'paper', 'attendance', 'organization', 'person');

-- fault: section_differs
WITH stored AS (
    SELECT i.item_id, i.content_hash, md5(string_agg(s.text, chr(31) ORDER BY s.section_index)) AS text_hash
    FROM w.agenda_item AS i JOIN w.section AS s ON s.item_id = i.item_id
    WHERE i.source_id = $source AND i.has_excerpt GROUP BY ALL
    UNION ALL
    SELECT item_id, page_content_hash, md5(string_agg(text, chr(31) ORDER BY section_index))
    FROM w.section_history WHERE starts_with(item_id, $source || '/') GROUP BY ALL
), read AS (
    SELECT content_hash, any_value(text_hash) AS text_hash FROM seen WHERE kind = 'excerpt' GROUP BY content_hash
)
SELECT st.item_id AS place, v.address, 'its texts are not those of its page' AS what
FROM stored AS st
JOIN read AS r ON r.content_hash = st.content_hash
LEFT JOIN w.page_version AS v ON v.page_id = st.item_id AND v.content_hash = st.content_hash
WHERE st.text_hash <> r.text_hash AND r.text_hash IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM w.section AS b WHERE b.item_id = st.item_id AND contains(b.text, '█'))
    AND NOT EXISTS (SELECT 1 FROM w.section_history AS b WHERE b.item_id = st.item_id AND contains(b.text, '█'));

-- fault: section_missing
SELECT i.item_id AS place, v.address, 'its texts are not in the database' AS what
FROM w.agenda_item AS i
JOIN (SELECT content_hash FROM seen WHERE kind = 'excerpt' AND text_hash IS NOT NULL GROUP BY ALL) AS r USING (content_hash)
LEFT JOIN w.page_version AS v ON v.page_id = i.item_id AND v.is_current
ANTI JOIN w.section AS s ON s.item_id = i.item_id
WHERE i.source_id = $source AND i.has_excerpt;

-- fault: commitment_span
SELECT c.commitment_id AS place, NULL AS address,
    'the promise at ' || c.start_char || '-' || c.end_char || ' is not within its sentence' AS what
FROM w.commitment AS c
LEFT JOIN w.sentence AS se ON se.item_id = c.item_id AND se.sentence_index = c.sentence_index
WHERE starts_with(c.item_id, $source || '/') AND c.sentence_index IS NOT NULL
    AND (se.item_id IS NULL OR c.section_index <> se.section_index OR c.start_char < se.start_char
        OR c.end_char > se.end_char OR c.end_char <= c.start_char);

-- fault: history_span
SELECT st.item_id || '#' || st.statement_index || ' of an earlier version' AS place, NULL AS address,
    'the text at ' || st.start_char || '-' || st.end_char || ' is not the quote' AS what
FROM w.statement_history AS st
LEFT JOIN w.section_history AS s ON s.item_id = st.item_id AND s.section_index = st.section_index
    AND s.page_content_hash = st.page_content_hash
WHERE starts_with(st.item_id, $source || '/')
    AND (s.text IS NULL OR s.text[st.start_char + 1 : st.end_char] <> st.quote)
UNION ALL
SELECT se.item_id || ' sentence ' || se.sentence_index || ' of an earlier version', NULL,
    'the text at ' || se.start_char || '-' || se.end_char || ' is not the sentence'
FROM w.sentence_history AS se
LEFT JOIN w.section_history AS s ON s.item_id = se.item_id AND s.section_index = se.section_index
    AND s.page_content_hash = se.page_content_hash
WHERE starts_with(se.item_id, $source || '/')
    AND (s.text IS NULL
        OR trim(regexp_replace(s.text[se.start_char + 1 : se.end_char], '[\s\p{Z}\x0b\x1c-\x1f\x{85}]+', ' ', 'g')) <> se.text);
