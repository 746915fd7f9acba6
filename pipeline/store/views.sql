-- The views for analysts. `store.schema` executes each statement and turns the `-- view:` and
-- `-- column` lines into COMMENTs; a column without a line has the description of the table column
-- of the same name.

-- view: One row a statement and topic of its item (topic null where the item has none): who said what, where, for or against.
-- column committee: committee as printed
-- column meeting_id: the meeting (meeting)
-- column item_title: fullest title known
-- column paper_title: title of the paper
-- column person_name: fullest name of the person; null: not known who it is
-- column speaker_name: the speaker as the text names it
-- column speaker_kind: person, role, group; null: nobody nameable
-- column gender: f or m, of the person, else as the text shows
-- column faction: faction on the day of the meeting
-- column role: function as the attendance list or the text gives it
-- column stance_item: towards the matter of the item: support, oppose, conditional, neutral
-- column direction: 1 the item furthers the topic, -1 turns against it, 0 is about something else; null: unknown
-- column stance_topic: towards the topic: stance_item, support and oppose exchanged where the item turns against the topic; null: unknown
-- column corrected: its stance, its speaker, the person or the item's direction was set by hand, or all of it was added (correction)
-- column page_address: page that the statement was read from
-- column fetch_date: day on which this version of the page was first fetched
-- column content_hash: content hash of the page version
CREATE VIEW speaker_positions AS
SELECT
    st.statement_id,
    i.date,
    i.source_id,
    i.body,
    i.organization AS committee,
    i.meeting_id,
    i.item_id,
    i.item_number,
    i.title AS item_title,
    i.paper_id,
    i.paper_reference,
    coalesce(p.title, i.paper_title) AS paper_title,
    sp.person_id,
    pe.name AS person_name,
    sp.person_confidence,
    st.speaker_id,
    sp.name AS speaker_name,
    sp.kind AS speaker_kind,
    coalesce(pe.gender, sp.gender) AS gender,
    sp.faction_on_date AS faction,
    sp.role_on_date AS role,
    t.topic_id,
    st.act,
    st.stance AS stance_item,
    t.direction,
    CASE t.direction
        WHEN 1 THEN st.stance
        WHEN -1 THEN CASE st.stance WHEN 'support' THEN 'oppose' WHEN 'oppose' THEN 'support' ELSE st.stance END
    END AS stance_topic,
    st.speaker_confidence,
    st.stance_confidence,
    st.quote,
    st.words,
    st.first_sentence,
    st.last_sentence,
    st.section_index,
    st.start_char,
    st.end_char,
    st.cue,
    st.rule,
    st.on_record,
    coalesce(st.corrected, false) OR coalesce(sp.corrected, false) OR coalesce(pe.corrected, false) OR coalesce(t.corrected, false)
        AS corrected,
    pv.address AS page_address,
    CAST(pv.fetched_at AS DATE) AS fetch_date,
    i.content_hash
FROM statement AS st
JOIN agenda_item AS i ON i.item_id = st.item_id
LEFT JOIN speaker AS sp ON sp.item_id = st.item_id AND sp.speaker_id = st.speaker_id
LEFT JOIN person AS pe ON pe.person_id = sp.person_id
LEFT JOIN paper AS p ON p.paper_id = i.paper_id
LEFT JOIN item_direction AS t ON t.item_id = st.item_id
LEFT JOIN page_version AS pv ON pv.page_id = i.item_id AND pv.content_hash = i.content_hash;

-- view: One row a topic and meeting in which it came up: how often, in which items, with which stances and decisions.
-- column committee: committee as printed
-- column items: items of the meeting that name the topic
-- column items_on_topic: of these, items about the topic (direction 1 or -1)
-- column item_numbers: TOP numbers of these items
-- column mentions: terms of the topic in texts and titles
-- column core_mentions: of these, terms that name the topic itself
-- column statements: statements in items on the topic
-- column support: statements that support the topic
-- column oppose: statements that oppose the topic
-- column conditional: statements with reservations towards the topic
-- column decisions: decisions in items on the topic
-- column outcomes: their outcomes, in order
-- column days_since_last: days since the topic's last meeting in the same corpus; null: the first
CREATE VIEW topic_timeline AS
WITH of_item AS (
    SELECT item_id, topic_id, count(*) AS mentions, count(*) FILTER (WHERE strength = 'core') AS core_mentions
    FROM topic_mention
    GROUP BY ALL
), said AS (
    SELECT
        item_id, topic_id, count(*) AS statements,
        count(*) FILTER (WHERE stance_topic = 'support') AS support,
        count(*) FILTER (WHERE stance_topic = 'oppose') AS oppose,
        count(*) FILTER (WHERE stance_topic = 'conditional') AS conditional
    FROM speaker_positions
    WHERE topic_id IS NOT NULL AND direction IN (1, -1)
    GROUP BY ALL
), decided AS (
    SELECT item_id, count(*) AS decisions, list(outcome ORDER BY decision_index) AS outcomes
    FROM decision
    GROUP BY ALL
), of_meeting AS (
    SELECT
        d.topic_id,
        i.source_id,
        i.date,
        i.body,
        i.organization AS committee,
        i.meeting_id,
        count(*) AS items,
        count(*) FILTER (WHERE d.direction IN (1, -1)) AS items_on_topic,
        list(i.item_number ORDER BY i.position, i.item_number) AS item_numbers,
        CAST(coalesce(sum(m.mentions), 0) AS BIGINT) AS mentions,
        CAST(coalesce(sum(m.core_mentions), 0) AS BIGINT) AS core_mentions,
        CAST(coalesce(sum(s.statements), 0) AS BIGINT) AS statements,
        CAST(coalesce(sum(s.support), 0) AS BIGINT) AS support,
        CAST(coalesce(sum(s.oppose), 0) AS BIGINT) AS oppose,
        CAST(coalesce(sum(s.conditional), 0) AS BIGINT) AS conditional,
        CAST(coalesce(sum(c.decisions) FILTER (WHERE d.direction IN (1, -1)), 0) AS BIGINT) AS decisions,
        flatten(coalesce(list(c.outcomes ORDER BY i.position, i.item_number)
            FILTER (WHERE d.direction IN (1, -1) AND c.outcomes IS NOT NULL), [])) AS outcomes
    FROM item_direction AS d
    JOIN agenda_item AS i ON i.item_id = d.item_id
    LEFT JOIN of_item AS m ON m.item_id = d.item_id AND m.topic_id = d.topic_id
    LEFT JOIN said AS s ON s.item_id = d.item_id AND s.topic_id = d.topic_id
    LEFT JOIN decided AS c ON c.item_id = d.item_id
    GROUP BY ALL
)
SELECT
    *,
    date - lag(date) OVER (PARTITION BY topic_id, source_id ORDER BY date, meeting_id) AS days_since_last
FROM of_meeting;

-- view: One row a topic, person and item in which the person took a side: the stance there and the position that follows.
-- column committee: committee as printed
-- column item_title: fullest title known
-- column person_name: fullest name of the person
-- column faction: faction on the day of the meeting
-- column step: number of the item among those in which the person took a side, in order of time, from 1
-- column statements: statements of the person in the item with a side
-- column score: mean over these statements, weighted by the confidence of their stances: support 1, conditional 0, oppose -1 (towards the topic)
-- column position: mean of score over this item and the two before in which the person took a side, weighted by confidence
-- column side: for (position at least 0.6), against (position at most 0), between
-- column confidence: mean confidence of the stances of these statements
-- column corrected: one of these stances, or the item's direction, was set by hand
-- column quotes: these statements, verbatim, parted by [...]
CREATE VIEW topic_stance AS
WITH sided AS (
    SELECT
        topic_id, source_id, person_id, person_name, item_id,
        any_value(date) AS date, any_value(committee) AS committee, any_value(item_number) AS item_number,
        any_value(item_title) AS item_title, any_value(faction) AS faction,
        count(*) AS statements,
        sum(CASE stance_topic WHEN 'support' THEN 1.0 WHEN 'oppose' THEN -1.0 ELSE 0.0 END * weight) / sum(weight) AS score,
        avg(weight) AS weight,
        avg(stance_confidence) AS confidence,
        bool_or(corrected) AS corrected,
        string_agg(quote, ' [...] ' ORDER BY first_sentence, statement_id) AS quotes
    FROM (SELECT *, greatest(coalesce(stance_confidence, 1.0), 0.01) AS weight FROM speaker_positions)
    WHERE topic_id IS NOT NULL AND person_id IS NOT NULL AND stance_topic IN ('support', 'conditional', 'oppose')
    GROUP BY topic_id, source_id, person_id, person_name, item_id
), placed AS (
    SELECT
        s.*,
        row_number() OVER in_time AS step,
        sum(s.score * s.weight) OVER of_three / sum(s.weight) OVER of_three AS mean_of_three
    FROM sided AS s
    JOIN agenda_item AS i ON i.item_id = s.item_id
    WINDOW
        in_time AS (PARTITION BY s.topic_id, s.source_id, s.person_id ORDER BY s.date, i.position, s.item_id),
        of_three AS (
            PARTITION BY s.topic_id, s.source_id, s.person_id ORDER BY s.date, i.position, s.item_id
            ROWS BETWEEN 2 PRECEDING AND CURRENT ROW
        )
)
SELECT
    topic_id, source_id, person_id, person_name, step, date, committee, item_id, item_number, item_title, faction,
    statements, score, mean_of_three AS position,
    CASE WHEN mean_of_three >= 0.599 THEN 'for' WHEN mean_of_three <= 0.001 THEN 'against' ELSE 'between' END AS side,
    confidence, corrected, quotes
FROM placed;

-- view: One row a stretch in which a person stayed on one side of a topic (for or against), over at least one item.
-- column person_name: fullest name of the person
-- column first_faction: faction on the day of the stretch's first item
-- column side: for or against (topic_stance.side); items between the sides end no stretch and count in none
-- column items: items of the stretch
-- column first_step: topic_stance.step of its first item
-- column last_step: topic_stance.step of its last item
-- column first_date: day of its first item
-- column last_date: day of its last item
-- column first_committee: committee of its first item
-- column first_item_id: its first item (agenda_item)
-- column first_item_number: TOP number of its first item
-- column first_item_title: title of its first item
-- column first_position: position after its first item
-- column last_position: position after its last item
-- column confidence: mean confidence of the stances in its items
CREATE VIEW topic_stretch AS
WITH clear AS (
    SELECT *, side IS DISTINCT FROM lag(side) OVER in_time AS turns
    FROM topic_stance
    WHERE side IN ('for', 'against')
    WINDOW in_time AS (PARTITION BY topic_id, source_id, person_id ORDER BY step)
), numbered AS (
    SELECT *, count(*) FILTER (WHERE turns) OVER (PARTITION BY topic_id, source_id, person_id ORDER BY step) AS stretch
    FROM clear
)
SELECT
    topic_id, source_id, person_id, any_value(person_name) AS person_name, first(faction ORDER BY step) AS first_faction,
    any_value(side) AS side, count(*) AS items, min(step) AS first_step, max(step) AS last_step,
    min(date) AS first_date, max(date) AS last_date, first(committee ORDER BY step) AS first_committee,
    first(item_id ORDER BY step) AS first_item_id, first(item_number ORDER BY step) AS first_item_number,
    first(item_title ORDER BY step) AS first_item_title, first(position ORDER BY step) AS first_position,
    last(position ORDER BY step) AS last_position, avg(confidence) AS confidence
FROM numbered
GROUP BY topic_id, source_id, person_id, stretch;

-- view: One row a noun (no name of a person) of items on a topic, of one corpus (source_id) and of all together (source_id null): when it came up first, and how often it is said.
-- column word: the noun (a capitalised word), as it stands
-- column first_date: day of the first item that has it
-- column first_item_id: the first item that has it (agenda_item)
-- column first_sentence_index: the first sentence there (sentence)
-- column sentences: sentences in items on the topic that have it
-- column meetings: meetings in whose items on the topic it stands
CREATE VIEW topic_term AS
WITH words AS (
    SELECT
        t.topic_id, i.source_id, i.meeting_id, i.date, i.position, se.item_id, se.sentence_index,
        unnest(list_distinct(regexp_extract_all(se.text, '\b\p{Lu}[\p{L}-]+'))) AS word
    FROM sentence AS se
    JOIN agenda_item AS i ON i.item_id = se.item_id
    JOIN item_direction AS t ON t.item_id = i.item_id AND t.direction IN (1, -1)
), names AS (
    SELECT DISTINCT source_id, string_split(family_name, ' ')[-1] AS word FROM person
)
SELECT
    topic_id, source_id, word, min(date) AS first_date,
    arg_min(item_id, (date, position, item_id, sentence_index)) AS first_item_id,
    arg_min(sentence_index, (date, position, item_id, sentence_index)) AS first_sentence_index,
    count(*) AS sentences, count(DISTINCT meeting_id) AS meetings
FROM words ANTI JOIN names USING (source_id, word)
GROUP BY GROUPING SETS ((topic_id, source_id, word), (topic_id, word));

-- view: One row a noun (no name of a person), year and side of the statements on a topic, of one corpus (source_id) and of all together (source_id null): arguments that recur.
-- column year: year of the meetings
-- column stance_taken: side that the statements take: support, conditional, oppose
-- column word: the noun (a capitalised word), as it stands
-- column statements: statements of that year and side that have it
-- column persons: persons who used it in them
-- column first_statement_id: the first of these statements (statement)
CREATE VIEW topic_argument AS
WITH words AS (
    SELECT
        topic_id, source_id, CAST(year(date) AS INTEGER) AS year, stance_topic AS stance_taken, date, statement_id,
        coalesce(person_id, source_id || ' ' || speaker_name) AS who,
        unnest(list_distinct(regexp_extract_all(quote, '\b\p{Lu}[\p{L}-]+'))) AS word
    FROM speaker_positions
    WHERE topic_id IS NOT NULL AND stance_topic IN ('support', 'oppose', 'conditional')
), names AS (
    SELECT DISTINCT source_id, string_split(family_name, ' ')[-1] AS word FROM person
)
SELECT
    topic_id, source_id, year, stance_taken, word, count(*) AS statements, count(DISTINCT who) AS persons,
    arg_min(statement_id, (date, statement_id)) AS first_statement_id
FROM words ANTI JOIN names USING (source_id, word)
GROUP BY GROUPING SETS ((topic_id, source_id, year, stance_taken, word), (topic_id, year, stance_taken, word));

-- view: One row a decision with its item, votes and source.
-- column committee: committee as printed
-- column item_title: fullest title known
-- column beschlussart: Beschlussart of the page, as printed
-- column topics: topics that the item names
-- column votes_by_faction: votes of factions, where told: faction vote count
-- column page_address: page that the decision was read from
CREATE VIEW decision_log AS
WITH topics AS (
    SELECT item_id, list(DISTINCT topic_id ORDER BY topic_id) AS topics FROM topic_mention GROUP BY item_id
), votes AS (
    SELECT
        decision_id,
        string_agg(concat_ws(' ', name, vote, CAST(count AS VARCHAR)), '; ' ORDER BY vote_index) AS votes_by_faction
    FROM faction_vote
    GROUP BY decision_id
)
SELECT
    d.decision_id, i.date, i.source_id, i.body, i.organization AS committee, i.meeting_id, i.item_id, i.item_number,
    i.title AS item_title, i.paper_id, i.paper_reference, d.outcome, d.unanimous, d.yes, d.no, d.abstain,
    v.votes_by_faction, d.subject, d.text, d.resolution, d.candidates, i.result AS beschlussart, d.agrees,
    d.confidence, d.rule, coalesce(d.corrected, false) AS corrected, coalesce(t.topics, []) AS topics, d.section_index,
    d.start_char, d.end_char, pv.address AS page_address, i.content_hash
FROM decision AS d
JOIN agenda_item AS i ON i.item_id = d.item_id
LEFT JOIN topics AS t ON t.item_id = d.item_id
LEFT JOIN votes AS v ON v.decision_id = d.decision_id
LEFT JOIN page_version AS pv ON pv.page_id = i.item_id AND pv.content_hash = i.content_hash;

-- view: One row a step of a paper: planned in its Beratungsfolge, taken up by an agenda item, or both.
-- column paper_title: title of the paper
-- column paper_type: Vorlageart as printed
-- column committee: committee as printed
-- column planned_role: role in the Beratungsfolge (Vorberatung, Entscheidung); null: not planned there
-- column planned_result: result in the Beratungsfolge as printed
-- column beschlussart: Beschlussart of the agenda item, as printed
-- column outcomes: outcomes of the decisions that its minutes record, in order
-- column votes: counts of its last decision: yes, no, abstentions
-- column step: place in the paper's way, from 1
CREATE VIEW paper_history AS
WITH decided AS (
    SELECT
        item_id,
        list(outcome ORDER BY decision_index) AS outcomes,
        last(CASE WHEN yes IS NOT NULL OR no IS NOT NULL OR abstain IS NOT NULL
            THEN concat_ws(' : ', coalesce(CAST(yes AS VARCHAR), '?'), coalesce(CAST(no AS VARCHAR), '?'),
                coalesce(CAST(abstain AS VARCHAR), '?')) END ORDER BY decision_index) AS votes
    FROM decision
    GROUP BY item_id
), steps AS (
    SELECT
        c.paper_id, coalesce(i.date, c.date) AS date, coalesce(i.organization, c.organization) AS committee,
        c.position, c.role AS planned_role, c.state, c.result AS planned_result, i.item_id
    FROM consultation AS c
    LEFT JOIN agenda_item AS i ON i.item_id = c.item_id
    UNION ALL
    SELECT i.paper_id, i.date, i.organization, NULL, NULL, NULL, NULL, i.item_id
    FROM agenda_item AS i
    WHERE i.paper_id IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM consultation AS c WHERE c.paper_id = i.paper_id AND c.item_id = i.item_id)
)
SELECT
    s.paper_id, p.source_id, p.reference AS paper_reference, p.title AS paper_title, p.type AS paper_type,
    row_number() OVER (PARTITION BY s.paper_id ORDER BY s.date, s.position, s.item_id) AS step,
    s.date, s.committee, s.planned_role, s.state, s.planned_result, s.item_id, i.item_number, i.result AS beschlussart,
    d.outcomes, d.votes
FROM steps AS s
JOIN paper AS p ON p.paper_id = s.paper_id
LEFT JOIN agenda_item AS i ON i.item_id = s.item_id
LEFT JOIN decided AS d ON d.item_id = s.item_id;

-- view: One row a promise with who made it, the deadline, and the first later item that may take it up.
-- column committee: committee as printed
-- column item_title: fullest title known
-- column person_name: fullest name of the person; null: not known who it is
-- column speaker_name: the speaker as the text names it
-- column topics: topics that the item names
-- column quote: sentence of the promise
-- column follow_ups: later items that may take it up
-- column follow_up_item_id: the first of them
-- column follow_up_date: day of the first of them
-- column follow_up_title: title of the first of them
-- column page_address: page that the promise was read from
CREATE VIEW commitment_log AS
WITH topics AS (
    SELECT item_id, list(DISTINCT topic_id ORDER BY topic_id) AS topics FROM topic_mention GROUP BY item_id
), follow AS (
    SELECT
        f.commitment_id, count(*) AS follow_ups,
        first(f.item_id ORDER BY i.date, i.position, f.item_id) AS follow_up_item_id,
        first(i.date ORDER BY i.date, i.position, f.item_id) AS follow_up_date,
        first(i.title ORDER BY i.date, i.position, f.item_id) AS follow_up_title,
        first(f.relation ORDER BY i.date, i.position, f.item_id) AS relation,
        first(f.late ORDER BY i.date, i.position, f.item_id) AS late
    FROM commitment_follow_up AS f
    JOIN agenda_item AS i ON i.item_id = f.item_id
    GROUP BY f.commitment_id
)
SELECT
    c.commitment_id, i.date, i.source_id, i.organization AS committee, i.item_id, i.item_number, i.title AS item_title,
    sp.person_id, pe.name AS person_name, sp.name AS speaker_name, c.what, c.due, c.due_date, se.text AS quote,
    coalesce(t.topics, []) AS topics, coalesce(f.follow_ups, 0) AS follow_ups, f.follow_up_item_id, f.follow_up_date,
    f.follow_up_title, f.relation, f.late, c.confidence, c.rule, pv.address AS page_address
FROM commitment AS c
JOIN agenda_item AS i ON i.item_id = c.item_id
LEFT JOIN sentence AS se ON se.item_id = c.item_id AND se.sentence_index = c.sentence_index
LEFT JOIN speaker AS sp ON sp.item_id = c.item_id AND sp.speaker_id = c.speaker_id
LEFT JOIN person AS pe ON pe.person_id = sp.person_id
LEFT JOIN topics AS t ON t.item_id = c.item_id
LEFT JOIN follow AS f ON f.commitment_id = c.commitment_id
LEFT JOIN page_version AS pv ON pv.page_id = i.item_id AND pv.content_hash = i.content_hash;

-- view: One row a topic and pair of persons: in how many items both took a side, and how often the same one.
-- column person_id: one person (the smaller key)
-- column person_name: name of the one person
-- column other_person_id: the other person
-- column other_person_name: name of the other person
-- column items: items in which both took a side
-- column agreements: of these, items in which both were for, both against or both between
-- column oppositions: of these, items in which one was for and the other against
-- column agreement: agreements / items
CREATE VIEW speaker_network AS
WITH sides AS (
    SELECT
        topic_id, source_id, item_id, person_id, person_name,
        CASE WHEN score > 0 THEN 1 WHEN score < 0 THEN -1 ELSE 0 END AS sign
    FROM topic_stance
)
SELECT
    a.topic_id, a.source_id, a.person_id, a.person_name, b.person_id AS other_person_id, b.person_name AS other_person_name,
    count(*) AS items,
    count(*) FILTER (WHERE a.sign = b.sign) AS agreements,
    count(*) FILTER (WHERE a.sign * b.sign = -1) AS oppositions,
    count(*) FILTER (WHERE a.sign = b.sign) / count(*) AS agreement
FROM sides AS a
JOIN sides AS b ON b.topic_id = a.topic_id AND b.item_id = a.item_id AND b.person_id > a.person_id
GROUP BY ALL;

-- view: One row a corpus: how much there is, and how much of it is known (for judging what the numbers can bear).
-- column meetings: meetings
-- column items: agenda items
-- column items_with_excerpt: agenda items with a page of their own
-- column sentences: sentences
-- column reported_sentences: sentences that report somebody's words
-- column statements: statements
-- column statements_unnamed: statements by nobody nameable ("?")
-- column statements_with_person: statements whose person is known
-- column statements_with_person_share: of the statements by persons or functions, the share whose person is known
-- column statements_with_faction: statements with a faction on the day
-- column statements_with_side: statements with a stance other than neutral
-- column mean_speaker_confidence: mean confidence of the speakers
-- column mean_stance_confidence: mean confidence of the stances
-- column decisions: decisions
-- column decisions_compared: decisions whose page has a comparable Beschlussart
-- column decisions_agreeing: of these, decisions that agree with it
-- column persons: persons
-- column ambiguous_speakers: speakers for whom several persons fit
-- column open_errors: unresolved errors
-- column open_warnings: unresolved warnings
CREATE VIEW quality AS
WITH said AS (
    SELECT
        i.source_id,
        count(*) AS statements,
        count(*) FILTER (WHERE st.speaker_id = '?') AS statements_unnamed,
        count(*) FILTER (WHERE sp.person_id IS NOT NULL) AS statements_with_person,
        count(*) FILTER (WHERE sp.kind IN ('person', 'role')) AS by_humans,
        count(*) FILTER (WHERE sp.faction_on_date IS NOT NULL) AS statements_with_faction,
        count(*) FILTER (WHERE st.stance <> 'neutral') AS statements_with_side,
        avg(st.speaker_confidence) AS mean_speaker_confidence,
        avg(st.stance_confidence) AS mean_stance_confidence
    FROM statement AS st
    JOIN agenda_item AS i ON i.item_id = st.item_id
    LEFT JOIN speaker AS sp ON sp.item_id = st.item_id AND sp.speaker_id = st.speaker_id
    GROUP BY i.source_id
), read AS (
    SELECT i.source_id, count(*) AS sentences, count(*) FILTER (WHERE len(se.speakers) > 0) AS reported_sentences
    FROM sentence AS se JOIN agenda_item AS i ON i.item_id = se.item_id
    GROUP BY i.source_id
), decided AS (
    SELECT
        i.source_id, count(*) AS decisions, count(d.agrees) AS decisions_compared,
        count(*) FILTER (WHERE d.agrees) AS decisions_agreeing
    FROM decision AS d JOIN agenda_item AS i ON i.item_id = d.item_id
    GROUP BY i.source_id
), itemised AS (
    SELECT source_id, count(*) AS items, count(*) FILTER (WHERE has_excerpt) AS items_with_excerpt
    FROM agenda_item GROUP BY source_id
), met AS (
    SELECT source_id, count(*) AS meetings FROM meeting GROUP BY source_id
), people AS (
    SELECT source_id, count(*) AS persons FROM person GROUP BY source_id
), unclear AS (
    SELECT source_id, count(DISTINCT (item_id, speaker_id)) AS ambiguous_speakers
    FROM person_candidate WHERE item_id IS NOT NULL GROUP BY source_id
), wrong AS (
    SELECT
        source_id, count(*) FILTER (WHERE severity = 'error') AS open_errors,
        count(*) FILTER (WHERE severity = 'warning') AS open_warnings
    FROM problem WHERE state = 'open' GROUP BY source_id
)
SELECT
    s.source_id, coalesce(met.meetings, 0) AS meetings, coalesce(itemised.items, 0) AS items,
    coalesce(itemised.items_with_excerpt, 0) AS items_with_excerpt, coalesce(read.sentences, 0) AS sentences,
    coalesce(read.reported_sentences, 0) AS reported_sentences, coalesce(said.statements, 0) AS statements,
    coalesce(said.statements_unnamed, 0) AS statements_unnamed,
    coalesce(said.statements_with_person, 0) AS statements_with_person,
    said.statements_with_person / nullif(said.by_humans, 0) AS statements_with_person_share,
    coalesce(said.statements_with_faction, 0) AS statements_with_faction,
    coalesce(said.statements_with_side, 0) AS statements_with_side,
    said.mean_speaker_confidence, said.mean_stance_confidence, coalesce(decided.decisions, 0) AS decisions,
    coalesce(decided.decisions_compared, 0) AS decisions_compared,
    coalesce(decided.decisions_agreeing, 0) AS decisions_agreeing, coalesce(people.persons, 0) AS persons,
    coalesce(unclear.ambiguous_speakers, 0) AS ambiguous_speakers, coalesce(wrong.open_errors, 0) AS open_errors,
    coalesce(wrong.open_warnings, 0) AS open_warnings
FROM source AS s
LEFT JOIN met ON met.source_id = s.source_id
LEFT JOIN itemised ON itemised.source_id = s.source_id
LEFT JOIN read ON read.source_id = s.source_id
LEFT JOIN said ON said.source_id = s.source_id
LEFT JOIN decided ON decided.source_id = s.source_id
LEFT JOIN people ON people.source_id = s.source_id
LEFT JOIN unclear ON unclear.source_id = s.source_id
LEFT JOIN wrong ON wrong.source_id = s.source_id;
