CREATE TABLE `workflow_drafts` (
	`id` text PRIMARY KEY NOT NULL,
	`workflow_id` text,
	`name` text NOT NULL,
	`text` text NOT NULL,
	`base_text` text NOT NULL,
	`base_hash` text NOT NULL,
	`revision` integer NOT NULL,
	`changes_json` text NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	FOREIGN KEY (`workflow_id`) REFERENCES `workflows`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `workflow_drafts_workflow` ON `workflow_drafts` (`workflow_id`) WHERE workflow_id is not null;--> statement-breakpoint
CREATE INDEX `workflow_drafts_updated` ON `workflow_drafts` (`workflow_id`,`updated_at`,`id`);
