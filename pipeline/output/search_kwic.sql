-- Every place of the terms in the texts that have all of them, by date; search.py fills in what stands in braces. The n-th word
-- of a folded text is the n-th run of letters and digits of the text as it stands, so that both can be cut alike.
WITH hit AS MATERIALIZED (
    SELECT document, position, folded, {counts} FROM search_text WHERE {any}
), found AS (
    SELECT document, {sums} FROM hit GROUP BY document
), chosen AS MATERIALIZED (
    SELECT h.document, h.position, h.folded, d.kind, d.item_id, d.paper_id, d.date
    FROM hit AS h JOIN found AS f ON f.document = h.document JOIN search_document AS d ON d.document = h.document
    WHERE {where}
    ORDER BY d.date, h.document, h.position
    {limit}
), read AS (
    SELECT
        c.*, i.organization AS committee, i.item_number, s.sentence_index, s.speakers,
        string_split(trim(c.folded), ' ') AS words,
        regexp_extract_all(
            nfc_normalize(coalesce(CASE WHEN c.position < 0 THEN coalesce(i.title, p.title) END, s.normalised, s.text, ps.text)),
            '[^\p{L}\p{N}]*[\p{L}\p{N}]+|[^\p{L}\p{N}]+$') AS pieces
    FROM chosen AS c
    LEFT JOIN agenda_item AS i ON i.item_id = c.item_id
    LEFT JOIN paper AS p ON p.paper_id = c.paper_id
    LEFT JOIN sentence AS s ON s.item_id = c.item_id AND s.sentence_index = c.position
    LEFT JOIN paper_section AS ps ON c.kind = 'paper' AND ps.paper_id = c.paper_id AND ps.section_index = c.position
), placed AS (
    SELECT *, unnest({places}) AS place FROM read
), cut AS (
    SELECT
        *, array_to_string(pieces[1 : place.at - 1], '') AS left_text,
        array_to_string(pieces[place.at : place.at + place.size - 1], '') AS middle,
        array_to_string(pieces[place.at + place.size : ], '') AS right_text
    FROM placed
)
SELECT
    c.date, c.committee, c.item_number,
    right(c.left_text || regexp_extract(c.middle, '^[^\p{L}\p{N}]*'), $width) AS before,
    regexp_replace(c.middle, '^[^\p{L}\p{N}]*', '') AS keyword,
    left(c.right_text, $width) AS after,
    (SELECT string_agg(k.name, ', ' ORDER BY k.name) FROM speaker AS k
        WHERE k.item_id = c.item_id AND list_contains(c.speakers, k.speaker_id)) AS speakers,
    c.item_id, c.sentence_index, pv.address AS page_address
FROM cut AS c
LEFT JOIN page AS pv ON pv.page_id = coalesce(c.item_id, c.paper_id)
ORDER BY c.date, c.document, c.position, c.place.at
{limit}
