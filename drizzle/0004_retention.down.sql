DELETE FROM log_lines WHERE execution_id IN (SELECT execution_id FROM pruned_executions);
DELETE FROM events WHERE execution_id IN (SELECT execution_id FROM pruned_executions);
DROP INDEX executions_snapshot;
DROP TABLE pruned_executions;
