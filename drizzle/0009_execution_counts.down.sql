DROP TRIGGER count_new_execution;--> statement-breakpoint
DROP TRIGGER count_changed_execution;--> statement-breakpoint
DROP TRIGGER count_deleted_execution;--> statement-breakpoint
DROP TABLE execution_counts;--> statement-breakpoint
DROP TABLE execution_totals;
