UPDATE events SET data_json = json_remove(data_json, '$.cause') WHERE type = 'stage_skipped' AND json_valid(data_json);
--> statement-breakpoint
ALTER TABLE execution_steps DROP COLUMN gate_json;
--> statement-breakpoint
ALTER TABLE execution_steps DROP COLUMN skip_cause;
