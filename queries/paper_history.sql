-- title: The way of a paper
-- question: Through which committees did a paper go, in which role, and what came of it?
-- param paper text = null: part of the reference or title; none: every paper that an item on the topic deals with
-- param topic text = 'sro': name of the topic (without paper)
-- param source text = null: only this corpus
-- column paper_reference
-- column paper_title
-- column step
-- column date
-- column committee
-- column planned_role
-- column item_number
-- column planned_result
-- column beschlussart
-- column outcomes
-- column votes
-- caveat: A step without item_number is planned in the Beratungsfolge, but no excerpt of it was read.
SELECT
    paper_reference, paper_title, step, date, committee, planned_role, item_number, planned_result, beschlussart, outcomes,
    votes
FROM paper_history
WHERE ($source::VARCHAR IS NULL OR source_id = $source::VARCHAR) AND CASE
    WHEN $paper::VARCHAR IS NOT NULL
        THEN contains(lower(concat_ws(' ', paper_reference, paper_title)), lower($paper::VARCHAR))
    ELSE paper_id IN (
        SELECT i.paper_id FROM agenda_item AS i JOIN item_direction AS t ON t.item_id = i.item_id
        WHERE t.topic_id = $topic AND t.direction IN (1, -1))
    END
ORDER BY paper_reference, paper_id, step
