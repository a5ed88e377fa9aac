ALTER TABLE `workflows` ADD `file_mark` text;--> statement-breakpoint
ALTER TABLE `workflows` ADD `file_problem_json` text;