ALTER TABLE workflows DROP COLUMN file_problem_json;
ALTER TABLE workflows DROP COLUMN file_mark;
