-- Computes what follows from several pages together: rows for things that have no page of their own,
-- and the columns marked [derived] in schema.sql. Run at the end of every batch, before `link`, for the corpora of
-- `scope` (store/scope.py: reading a table shows their rows only, what is written is `stored.table`); running it again
-- changes nothing. Statements are parted by a line `-- step: ...`.

-- step: rows that came from here the last time go first
DELETE FROM stored.meeting WHERE basis <> 'page' AND source_id IN (FROM scope);
DELETE FROM stored.paper WHERE basis <> 'page' AND source_id IN (FROM scope);
DELETE FROM stored.agenda_item WHERE NOT has_excerpt AND source_id IN (FROM scope);
DELETE FROM stored.organization WHERE source_id IN (FROM scope);

-- step: meetings that only their items name
INSERT INTO stored.meeting BY NAME
SELECT
    i.meeting_id, i.source_id, min(i.system) AS system, min(i.silfdnr) AS silfdnr, min(i.meeting_title) AS title,
    min(i.page_body) AS page_body, min(i.page_organization) AS organization,
    min(i.organization_number) AS organization_number, min(i.page_date) AS date, min(i.start_time) AS start_time,
    min(i.end_time) AS end_time, min(i.status) AS status, min(i.occasion) AS occasion, min(i.room) AS room,
    min(i.place) AS place, 'items' AS basis
FROM agenda_item AS i
ANTI JOIN meeting AS m ON m.meeting_id = i.meeting_id
GROUP BY i.meeting_id, i.source_id;

-- step: meetings that only their attendance list names
INSERT INTO stored.meeting BY NAME
SELECT DISTINCT a.meeting_id, p.source_id, p.system, 'items' AS basis
FROM attendance AS a
JOIN page AS p ON p.page_id = replace(a.meeting_id, '/meeting/', '/attendance/')
ANTI JOIN meeting AS m ON m.meeting_id = a.meeting_id;

-- step: municipality of a meeting: its page, else its items', else the corpus'
UPDATE stored.meeting SET body = x.body
FROM (
    SELECT m.meeting_id, coalesce(any_value(m.page_body), min(i.page_body), any_value(s.body)) AS body
    FROM meeting AS m
    JOIN source AS s ON s.source_id = m.source_id
    LEFT JOIN agenda_item AS i ON i.meeting_id = m.meeting_id
    GROUP BY m.meeting_id
) AS x
WHERE x.meeting_id = meeting.meeting_id;

-- step: agenda rows without a page of the item
INSERT INTO stored.agenda_item BY NAME
SELECT
    a.item_id, min(a.meeting_id) AS meeting_id, min(m.source_id) AS source_id, min(m.system) AS system,
    min(a.tolfdnr) AS tolfdnr, min(m.silfdnr) AS silfdnr, first(a.item_number ORDER BY a.position) AS item_number,
    first(a.public ORDER BY a.position) AS public, first(a.result ORDER BY a.position) AS result,
    first(a.volfdnr ORDER BY a.position) AS volfdnr, first(a.paper_reference ORDER BY a.position) AS paper_reference,
    false AS title_truncated, false AS has_excerpt
FROM agenda_row AS a
JOIN meeting AS m ON m.meeting_id = a.meeting_id
ANTI JOIN agenda_item AS i ON i.item_id = a.item_id
GROUP BY a.item_id;

-- step: an item that names its paper by the reference alone belongs to the paper with that reference
UPDATE stored.agenda_item SET paper_id = NULL WHERE paper_id IS NOT NULL AND source_id IN (FROM scope);
UPDATE stored.agenda_item SET paper_id = x.paper_id
FROM (
    SELECT item_id, min(paper_id) AS paper_id
    FROM (
        SELECT i.item_id, p.paper_id FROM agenda_item AS i
        JOIN paper AS p ON p.source_id = i.source_id AND p.volfdnr = i.volfdnr AND p.system = i.system
        UNION ALL
        SELECT i.item_id, p.paper_id FROM agenda_item AS i
        JOIN paper AS p ON p.source_id = i.source_id AND p.reference = i.paper_reference
        WHERE i.volfdnr IS NULL
    )
    GROUP BY item_id
    HAVING count(DISTINCT paper_id) = 1
) AS x
WHERE x.item_id = agenda_item.item_id;

-- step: papers that only items name (paper_key, organization_key: store.keys, made known by store.linking)
INSERT INTO stored.paper BY NAME
WITH named AS (
    SELECT
        *,
        paper_key(source_id, system, volfdnr, paper_reference) AS new_id
    FROM agenda_item
    WHERE paper_id IS NULL AND (volfdnr IS NOT NULL OR paper_reference IS NOT NULL)
)
SELECT
    new_id AS paper_id, min(source_id) AS source_id, min(system) AS system, min(volfdnr) AS volfdnr,
    min(paper_reference) AS reference, min(paper_title) AS title, min(paper_type) AS type, 'items' AS basis
FROM named
GROUP BY new_id;
UPDATE stored.agenda_item SET paper_id = x.paper_id
FROM (
    SELECT i.item_id, p.paper_id
    FROM agenda_item AS i
    JOIN paper AS p ON p.basis = 'items' AND p.paper_id = paper_key(i.source_id, i.system, i.volfdnr, i.paper_reference)
    WHERE i.paper_id IS NULL AND (i.volfdnr IS NOT NULL OR i.paper_reference IS NOT NULL)
) AS x
WHERE x.item_id = agenda_item.item_id;

-- step: an item's place, title, committee and day, from the item, its agenda, its meeting and its paper
UPDATE stored.agenda_item SET
    position = x.position,
    title = x.title,
    body = x.body,
    organization = x.organization,
    date = x.date
FROM (
    SELECT
        i.item_id,
        first(a.position ORDER BY a.position) AS position,
        first(CASE
            WHEN i.page_title IS NULL THEN coalesce(a.title, p.title, i.paper_title)
            WHEN i.title_truncated AND NOT ends_with(a.title, '...') AND starts_with(a.title, rtrim(i.page_title, ' .…'))
                THEN a.title
            WHEN i.title_truncated AND starts_with(p.title, rtrim(i.page_title, ' .…')) THEN p.title
            ELSE i.page_title END ORDER BY a.position) AS title,
        any_value(coalesce(i.page_body, m.body)) AS body,
        any_value(coalesce(i.page_organization, m.organization)) AS organization,
        any_value(coalesce(i.page_date, m.date)) AS date
    FROM agenda_item AS i
    JOIN meeting AS m ON m.meeting_id = i.meeting_id
    LEFT JOIN agenda_row AS a ON a.item_id = i.item_id
    LEFT JOIN paper AS p ON p.paper_id = i.paper_id
    GROUP BY i.item_id
) AS x
WHERE x.item_id = agenda_item.item_id;

-- step: committees: with their number where a page tells it, else by name
INSERT INTO stored.organization BY NAME
WITH named AS (
    SELECT source_id, system, kind, number, organization AS name, NULL AS body, 'page' AS basis FROM roster_member
    UNION ALL
    SELECT source_id, system, organization_kind, organization_number, organization, body, 'mention' FROM meeting
), keyed AS (
    SELECT *, organization_key(source_id, system, kind, number, name) AS new_id
    FROM named
    WHERE name IS NOT NULL OR (kind IS NOT NULL AND number IS NOT NULL)
)
SELECT
    new_id AS organization_id, source_id, min(system) AS system, min(kind) FILTER (WHERE number IS NOT NULL) AS kind,
    min(number) FILTER (WHERE kind IS NOT NULL) AS number, min(name) AS name, min(body) AS body, max(basis) AS basis
FROM keyed
GROUP BY new_id, source_id;
UPDATE stored.meeting SET organization_id = CASE WHEN organization IS NULL AND (organization_kind IS NULL OR organization_number IS NULL)
    THEN NULL ELSE organization_key(source_id, system, organization_kind, organization_number, organization) END
WHERE source_id IN (FROM scope);

-- step: a paper's steps lead to meetings and items
UPDATE stored.consultation SET meeting_id = NULL, item_id = NULL
WHERE (meeting_id IS NOT NULL OR item_id IS NOT NULL) AND paper_id IN (SELECT paper_id FROM consultation);
UPDATE stored.consultation SET meeting_id = x.meeting_id, item_id = x.item_id
FROM (
    WITH planned AS (
        SELECT c.*, p.source_id, p.system FROM consultation AS c JOIN paper AS p ON p.paper_id = c.paper_id
    ), met AS (  -- two joins, since DuckDB hashes no condition with OR
        SELECT c.*, m.meeting_id AS met_id FROM planned AS c
        JOIN meeting AS m ON m.source_id = c.source_id AND m.system = c.system AND m.silfdnr = c.silfdnr
        UNION ALL
        SELECT c.*, m.meeting_id FROM planned AS c
        JOIN meeting AS m ON m.source_id = c.source_id AND m.system = c.system AND m.date = c.date
            AND lower(m.organization) = lower(c.organization)
        WHERE c.silfdnr IS NULL
    ), led AS (
        SELECT paper_id, position, met_id, NULL AS led_id FROM met
        UNION ALL
        SELECT c.paper_id, c.position, NULL, i.item_id FROM planned AS c
        JOIN agenda_item AS i ON i.source_id = c.source_id AND i.system = c.system AND i.tolfdnr = c.tolfdnr
        UNION ALL
        SELECT c.paper_id, c.position, NULL, i.item_id FROM met AS c
        JOIN agenda_item AS i ON i.source_id = c.source_id AND i.system = c.system AND i.meeting_id = c.met_id
            AND i.paper_id = c.paper_id
        WHERE c.tolfdnr IS NULL
    )
    SELECT paper_id, position, min(met_id) AS meeting_id, min(led_id) AS item_id FROM led GROUP BY paper_id, position
) AS x
WHERE x.paper_id = consultation.paper_id AND x.position = consultation.position;

-- step: a roster says nothing about days before it was first fetched
UPDATE stored.roster_member SET first_fetched = CAST(v.fetched_at AS DATE)
FROM page_version AS v
WHERE v.page_id = roster_member.page_id AND v.is_current;
