CREATE TABLE old_workflow_stages (
  id text PRIMARY KEY NOT NULL,
  workflow_id text NOT NULL,
  stage_id_ref text NOT NULL,
  name text NOT NULL,
  description text,
  order_index integer NOT NULL,
  depends_on_json text NOT NULL,
  condition text,
  stage_type text DEFAULT 'agent' NOT NULL,
  roles_json text NOT NULL,
  inputs_json text NOT NULL,
  outputs_json text NOT NULL,
  context_json text NOT NULL,
  error_policy_json text NOT NULL,
  handoff_json text NOT NULL,
  gate_json text,
  ui_metadata_json text,
  created_at text NOT NULL,
  updated_at text NOT NULL,
  workspace text DEFAULT 'shared' NOT NULL CONSTRAINT "workflow_stages_workspace" CHECK(workspace in ('shared', 'worktree')),
  FOREIGN KEY (workflow_id) REFERENCES workflows(id) ON DELETE cascade,
  CONSTRAINT "workflow_stages_type" CHECK(stage_type in ('agent', 'gate', 'fan_out'))
);
-- A stage that is damaged stays so: what should be JSON is no JSON then.
INSERT INTO old_workflow_stages
SELECT lower(hex(randomblob(16))), s.workflow_id, s.stage_id_ref, coalesce(stage ->> '$.name', ''), stage ->> '$.description',
  s.order_index, coalesce(stage -> '$.depends_on', ''), stage ->> '$.condition',
  CASE WHEN stage ->> '$.type' IN ('gate', 'fan_out') THEN stage ->> '$.type' ELSE 'agent' END,
  coalesce(stage -> '$.roles', ''), coalesce(stage -> '$.inputs', ''), coalesce(stage -> '$.outputs', ''),
  coalesce(stage -> '$.context', ''), coalesce(stage -> '$.error_policy', ''), coalesce(stage -> '$.handoff', ''),
  nullif(stage -> '$.gate', 'null'), nullif(stage -> '$.ui', 'null'), w.created_at, w.updated_at,
  CASE WHEN stage ->> '$.workspace' = 'worktree' THEN 'worktree' ELSE 'shared' END
FROM (SELECT *, CASE WHEN json_valid(stage_json) THEN stage_json ELSE '{}' END AS stage FROM workflow_stages) s
JOIN workflows w ON w.id = s.workflow_id;
DROP TABLE workflow_stages;
ALTER TABLE old_workflow_stages RENAME TO workflow_stages;
CREATE UNIQUE INDEX workflow_stages_ref ON workflow_stages (workflow_id,stage_id_ref);
CREATE UNIQUE INDEX workflow_stages_order ON workflow_stages (workflow_id,order_index);
