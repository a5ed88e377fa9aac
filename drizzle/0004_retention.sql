CREATE TABLE `pruned_executions` (
	`execution_id` text PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE INDEX `executions_snapshot` ON `workflow_executions` (`snapshot_hash`);