CREATE TABLE `__new_log_lines` (
	`execution_id` text NOT NULL,
	`seq` integer NOT NULL,
	`stage_id` text NOT NULL,
	`attempt` integer NOT NULL,
	`at` text NOT NULL,
	`stream` text NOT NULL,
	`text` text NOT NULL,
	PRIMARY KEY(`execution_id`, `seq`),
	FOREIGN KEY (`execution_id`) REFERENCES `workflow_executions`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "log_lines_stream" CHECK(stream in ('agent', 'stdout', 'stderr', 'system'))
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `__new_log_lines` (`execution_id`, `seq`, `stage_id`, `attempt`, `at`, `stream`, `text`)
SELECT `execution_id`, `seq`, `stage_id`, `attempt`, `at`, `stream`, `text` FROM `log_lines`;
--> statement-breakpoint
DROP TABLE `log_lines`;
--> statement-breakpoint
ALTER TABLE `__new_log_lines` RENAME TO `log_lines`;
--> statement-breakpoint
CREATE INDEX `log_lines_stage` ON `log_lines` (`execution_id`,`stage_id`,`seq`);
