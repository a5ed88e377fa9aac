CREATE TABLE old_log_lines (
  execution_id text NOT NULL,
  seq integer NOT NULL,
  stage_id text NOT NULL,
  attempt integer NOT NULL,
  at text NOT NULL,
  stream text NOT NULL,
  text text NOT NULL,
  PRIMARY KEY(execution_id, seq),
  FOREIGN KEY (execution_id) REFERENCES workflow_executions(id) ON DELETE cascade,
  CONSTRAINT "log_lines_stream" CHECK(stream in ('stdout', 'stderr', 'system'))
) WITHOUT ROWID;
-- An agent's event becomes what it says, because nothing else of it can be shown then.
INSERT INTO old_log_lines (execution_id, seq, stage_id, attempt, at, stream, text)
SELECT execution_id, seq, stage_id, attempt, at, replace(stream, 'agent', 'stdout'),
  CASE WHEN stream = 'agent' AND json_valid(text)
    THEN coalesce(text ->> '$.text', text ->> '$.title', text ->> '$.kind', '') ELSE text END
FROM log_lines;
DROP TABLE log_lines;
ALTER TABLE old_log_lines RENAME TO log_lines;
CREATE INDEX log_lines_stage ON log_lines (execution_id,stage_id,seq);
