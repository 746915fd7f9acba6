-- title: How much is known
-- question: How much of each corpus is read and certain?
-- column source_id
-- column meetings: meetings
-- column items: agenda items
-- column items_with_excerpt: items whose excerpt was read
-- column statements: statements
-- column statements_unnamed: statements by nobody nameable
-- column statements_with_person_share: of the statements by persons or functions, the share whose person is known
-- column statements_with_side: statements with a stance other than neutral
-- column mean_speaker_confidence: mean confidence of the speakers
-- column mean_stance_confidence: mean confidence of the stances
-- column decisions: decisions
-- column decisions_compared: decisions whose page has a comparable Beschlussart
-- column decisions_agreeing: of these, decisions that agree with it
-- column ambiguous_speakers: speakers for whom several persons fit
-- column open_errors: unresolved errors
-- column open_warnings: unresolved warnings
-- caveat: Confidences are those of the rules; the published quality figures come from annotated documents (auszug eval).
SELECT
    source_id, meetings, items, items_with_excerpt, statements, statements_unnamed, statements_with_person_share,
    statements_with_side, mean_speaker_confidence, mean_stance_confidence, decisions, decisions_compared,
    decisions_agreeing, ambiguous_speakers, open_errors, open_warnings
FROM quality
ORDER BY source_id
