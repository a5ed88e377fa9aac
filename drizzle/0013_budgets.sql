ALTER TABLE `workflow_executions` ADD `budget_json` text;--> statement-breakpoint
ALTER TABLE `workflow_executions` ADD `pause_reason` text CONSTRAINT "executions_pause_reason" CHECK(pause_reason in ('user', 'budget', 'secrets'));--> statement-breakpoint
-- Until now only people paused executions.
UPDATE workflow_executions SET pause_reason = 'user' WHERE status = 'paused';--> statement-breakpoint
UPDATE events SET data_json = json_set(data_json, '$.reason', 'user') WHERE type = 'execution_paused' AND json_valid(data_json);
