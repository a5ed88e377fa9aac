ALTER TABLE execution_steps DROP COLUMN permission_requests_json;
