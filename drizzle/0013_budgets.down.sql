-- A warning becomes a line of the log that follows it, because its number must not be missing.
INSERT INTO log_lines (execution_id, seq, stage_id, attempt, at, stream, text)
SELECT execution_id, seq,
  coalesce(stage_id, (SELECT stage_id FROM log_lines line WHERE line.execution_id = warning.execution_id
    AND line.seq > warning.seq ORDER BY line.seq LIMIT 1), ''),
  coalesce(attempt, 1), at, 'system', 'warning: a budget is nearly used up'
FROM events warning WHERE type = 'budget_warning';
--> statement-breakpoint
DELETE FROM events WHERE type = 'budget_warning';
--> statement-breakpoint
UPDATE events SET data_json = json_remove(data_json, '$.reason') WHERE type = 'execution_paused' AND json_valid(data_json);
--> statement-breakpoint
ALTER TABLE workflow_executions DROP COLUMN pause_reason;
--> statement-breakpoint
ALTER TABLE workflow_executions DROP COLUMN budget_json;
