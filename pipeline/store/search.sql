-- What search_document and search_text of a publication hold (found_document, found_text), from its other tables
-- (store/derived.py). `folded` is what output/search.py makes of a query: lower case, umlauts and accents resolved, only
-- letters and digits, one blank between.
--
-- The number of a text is that of its corpus (the first nine digits of a hash of its name) and its place there, so that it
-- depends on no other corpus: a changed one is replaced, and nothing else is numbered anew.

CREATE OR REPLACE TEMP MACRO folded(text) AS ' ' || trim(regexp_replace(strip_accents(replace(replace(replace(replace(
    lower(nfc_normalize(text)), 'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'), 'ß', 'ss')), '[^\p{L}\p{N}]+', ' ', 'g')) || ' ';

CREATE OR REPLACE TEMP TABLE piece AS
WITH dated AS (
    SELECT paper_id, min(date) AS date
    FROM (SELECT paper_id, date FROM agenda_item UNION ALL SELECT paper_id, date FROM consultation)
    GROUP BY paper_id
), named AS (
    SELECT 'item' AS kind, source_id, item_id, paper_id, date, title FROM agenda_item
    UNION ALL
    SELECT 'paper', p.source_id, NULL, p.paper_id, d.date, p.title
    FROM paper AS p LEFT JOIN dated AS d ON d.paper_id = p.paper_id
    SEMI JOIN paper_section AS s ON s.paper_id = p.paper_id  -- else its title says what the item's says
), all_texts AS (
    SELECT
        CAST('0x' || left(md5(source_id), 9) AS BIGINT) * 16777216
            + row_number() OVER (PARTITION BY source_id ORDER BY kind, coalesce(item_id, paper_id)) - 1 AS document,
        *
    FROM named
)
SELECT document, kind, source_id, item_id, paper_id, date, -1 AS position, folded(title) AS folded
FROM all_texts
UNION ALL
SELECT a.document, a.kind, a.source_id, a.item_id, a.paper_id, a.date, s.sentence_index, folded(coalesce(s.normalised, s.text))
FROM all_texts AS a JOIN sentence AS s ON s.item_id = a.item_id
UNION ALL
SELECT a.document, a.kind, a.source_id, a.item_id, a.paper_id, a.date, s.section_index, folded(s.text)
FROM all_texts AS a JOIN paper_section AS s ON s.paper_id = a.paper_id
WHERE a.kind = 'paper';

CREATE OR REPLACE TEMP VIEW found_document AS
SELECT
    document, any_value(kind) AS kind, any_value(source_id) AS source_id, any_value(item_id) AS item_id,
    any_value(paper_id) AS paper_id, any_value(date) AS date,
    CAST(sum(coalesce(length(folded) - length(replace(folded, ' ', '')) - 1, 0)) AS INTEGER) AS words
FROM piece GROUP BY document ORDER BY document;

CREATE OR REPLACE TEMP VIEW found_text AS
SELECT document, position, folded FROM piece WHERE folded IS NOT NULL AND folded <> '  ' ORDER BY document, position;
