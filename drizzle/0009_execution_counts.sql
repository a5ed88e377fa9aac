CREATE TABLE `execution_counts` (
	`workflow_id` text NOT NULL,
	`workflow_slug` text NOT NULL,
	`workflow_name` text NOT NULL,
	`status` text NOT NULL,
	`trigger` text NOT NULL,
	`count` integer NOT NULL,
	PRIMARY KEY(`workflow_id`, `workflow_slug`, `workflow_name`, `status`, `trigger`)
);
--> statement-breakpoint
CREATE INDEX `execution_counts_slug` ON `execution_counts` (`workflow_slug`);--> statement-breakpoint
CREATE INDEX `execution_counts_name` ON `execution_counts` (`workflow_name`);--> statement-breakpoint
CREATE TABLE `execution_totals` (
	`status` text NOT NULL,
	`trigger` text NOT NULL,
	`count` integer NOT NULL,
	PRIMARY KEY(`status`, `trigger`)
);
--> statement-breakpoint
INSERT INTO execution_totals (status, "trigger", count)
SELECT status, "trigger", count(*) FROM workflow_executions GROUP BY status, "trigger";
--> statement-breakpoint
INSERT INTO execution_counts (workflow_id, workflow_slug, workflow_name, status, "trigger", count)
SELECT coalesce(workflow_id, ''), workflow_slug, workflow_name, status, "trigger", count(*)
FROM workflow_executions GROUP BY 1, 2, 3, 4, 5;
--> statement-breakpoint
-- Triggers, because several processes write, pruning deletes rows, and deleting a workflow changes rows by a reference.
-- A migration that makes workflow_executions anew has to make them anew too.
CREATE TRIGGER count_new_execution AFTER INSERT ON workflow_executions BEGIN
  INSERT INTO execution_totals VALUES (new.status, new."trigger", 1)
    ON CONFLICT DO UPDATE SET count = count + 1;
  INSERT INTO execution_counts
    VALUES (coalesce(new.workflow_id, ''), new.workflow_slug, new.workflow_name, new.status, new."trigger", 1)
    ON CONFLICT DO UPDATE SET count = count + 1;
END;
--> statement-breakpoint
CREATE TRIGGER count_changed_execution
AFTER UPDATE OF workflow_id, workflow_slug, workflow_name, status, "trigger" ON workflow_executions BEGIN
  UPDATE execution_totals SET count = count - 1 WHERE status = old.status AND "trigger" = old."trigger";
  INSERT INTO execution_totals VALUES (new.status, new."trigger", 1)
    ON CONFLICT DO UPDATE SET count = count + 1;
  UPDATE execution_counts SET count = count - 1
    WHERE workflow_id = coalesce(old.workflow_id, '') AND workflow_slug = old.workflow_slug
      AND workflow_name = old.workflow_name AND status = old.status AND "trigger" = old."trigger";
  INSERT INTO execution_counts
    VALUES (coalesce(new.workflow_id, ''), new.workflow_slug, new.workflow_name, new.status, new."trigger", 1)
    ON CONFLICT DO UPDATE SET count = count + 1;
  -- The workflow was deleted: its rows would stay for good.
  DELETE FROM execution_counts
    WHERE old.workflow_id IS NOT new.workflow_id AND workflow_id = coalesce(old.workflow_id, '')
      AND workflow_slug = old.workflow_slug AND workflow_name = old.workflow_name AND count = 0;
END;
--> statement-breakpoint
CREATE TRIGGER count_deleted_execution AFTER DELETE ON workflow_executions BEGIN
  UPDATE execution_totals SET count = count - 1 WHERE status = old.status AND "trigger" = old."trigger";
  UPDATE execution_counts SET count = count - 1
    WHERE workflow_id = coalesce(old.workflow_id, '') AND workflow_slug = old.workflow_slug
      AND workflow_name = old.workflow_name AND status = old.status AND "trigger" = old."trigger";
  DELETE FROM execution_counts
    WHERE workflow_id = coalesce(old.workflow_id, '') AND workflow_slug = old.workflow_slug
      AND workflow_name = old.workflow_name AND count = 0;
END;
