ALTER TABLE `workflow_stages` ADD `workspace` text DEFAULT 'shared' NOT NULL CONSTRAINT "workflow_stages_workspace" CHECK(workspace in ('shared', 'worktree'));
