ALTER TABLE execution_steps DROP COLUMN workspace_json;
