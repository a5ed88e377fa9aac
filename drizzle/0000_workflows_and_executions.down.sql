-- Children before parents.

DROP TABLE signals;
DROP TABLE leases;
DROP TABLE holders;
DROP TABLE log_lines;
DROP TABLE events;
DROP TABLE execution_steps;
DROP TABLE workflow_executions;
DROP TABLE execution_snapshots;
DROP TABLE workflow_versions;
DROP TABLE workflow_tags;
DROP TABLE workflow_stages;
DROP TABLE workflows;
