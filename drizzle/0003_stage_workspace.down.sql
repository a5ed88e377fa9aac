ALTER TABLE workflow_stages DROP COLUMN workspace;
