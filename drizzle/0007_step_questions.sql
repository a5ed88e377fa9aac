ALTER TABLE `execution_steps` ADD `skip_cause` text CONSTRAINT "execution_steps_skip_cause" CHECK(skip_cause in ('condition', 'dependency'));--> statement-breakpoint
ALTER TABLE `execution_steps` ADD `gate_json` text;--> statement-breakpoint
UPDATE execution_steps SET skip_cause = CASE WHEN skip_reason LIKE 'the condition is false%' THEN 'condition' ELSE 'dependency' END
	WHERE skip_reason IS NOT NULL;--> statement-breakpoint
UPDATE execution_steps SET gate_json = (
	SELECT json_object('message', json_extract(data_json, '$.message'), 'approvers', json_extract(data_json, '$.approvers'))
	FROM events WHERE events.execution_id = execution_steps.execution_id AND type = 'gate_waiting' AND stage_id = stage_id_ref
		AND json_valid(data_json)
	ORDER BY seq DESC LIMIT 1)
	WHERE step_type = 'gate' AND started_at IS NOT NULL;--> statement-breakpoint
UPDATE events SET data_json = json_set(data_json, '$.cause',
	CASE WHEN json_extract(data_json, '$.reason') LIKE 'the condition is false%' THEN 'condition' ELSE 'dependency' END)
	WHERE type = 'stage_skipped' AND json_valid(data_json);
