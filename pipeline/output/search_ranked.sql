-- Texts by BM25 (k1 1.2, b 0.75) with their best sentence; search.py fills in what stands in braces.
WITH hit AS MATERIALIZED (
    SELECT document, position, {counts} FROM search_text WHERE {any}
), found AS (
    SELECT document, {sums} FROM hit GROUP BY document
), frequency AS (
    SELECT {frequencies} FROM found
), size AS (
    SELECT count(*) AS total, avg(words) AS mean_words FROM search_document
), best AS MATERIALIZED (
    SELECT f.document, d.item_id, d.paper_id, d.kind, d.date, {score} AS score
    FROM found AS f JOIN search_document AS d ON d.document = f.document, frequency, size
    WHERE {where}
    ORDER BY score DESC, d.date, f.document
    {limit}
), place AS MATERIALIZED (
    SELECT document, arg_max(position, ({weight}, -position)) AS position, count(*) AS hits
    FROM hit WHERE document IN (SELECT document FROM best) GROUP BY document
)
SELECT
    round(b.score, 3) AS score, b.date, i.organization AS committee, i.item_number, coalesce(i.title, p.title) AS title,
    l.hits, coalesce(s.text, left(ps.text, 300), i.title, p.title) AS text,
    (SELECT string_agg(k.name, ', ' ORDER BY k.name) FROM speaker AS k
        WHERE k.item_id = s.item_id AND list_contains(s.speakers, k.speaker_id)) AS speakers,
    b.item_id, s.sentence_index, pv.address AS page_address
FROM best AS b
JOIN place AS l ON l.document = b.document
LEFT JOIN agenda_item AS i ON i.item_id = b.item_id
LEFT JOIN paper AS p ON p.paper_id = b.paper_id
LEFT JOIN sentence AS s ON s.item_id = b.item_id AND s.sentence_index = l.position
LEFT JOIN paper_section AS ps ON b.kind = 'paper' AND ps.paper_id = b.paper_id AND ps.section_index = l.position
LEFT JOIN page AS pv ON pv.page_id = coalesce(b.item_id, b.paper_id)
ORDER BY b.score DESC, b.date, b.document
