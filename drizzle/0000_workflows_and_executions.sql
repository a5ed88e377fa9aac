-- Made by drizzle-kit, then by hand: expressions in indexes (it splits them at commas) and WITHOUT ROWID.

CREATE TABLE workflow_stages (
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
  FOREIGN KEY (workflow_id) REFERENCES workflows(id) ON DELETE cascade,
  CONSTRAINT "workflow_stages_type" CHECK(stage_type in ('agent', 'gate', 'fan_out'))
);
CREATE UNIQUE INDEX workflow_stages_ref ON workflow_stages (workflow_id,stage_id_ref);
CREATE UNIQUE INDEX workflow_stages_order ON workflow_stages (workflow_id,order_index);

CREATE TABLE workflow_tags (
  workflow_id text NOT NULL,
  tag text NOT NULL,
  PRIMARY KEY(workflow_id, tag),
  FOREIGN KEY (workflow_id) REFERENCES workflows(id) ON DELETE cascade
) WITHOUT ROWID;
CREATE INDEX workflow_tags_tag ON workflow_tags (tag,workflow_id);

CREATE TABLE workflow_versions (
  workflow_id text NOT NULL,
  number integer NOT NULL,
  version text NOT NULL,
  definition_yaml text NOT NULL,
  definition_hash text NOT NULL,
  created_at text NOT NULL,
  PRIMARY KEY(workflow_id, number),
  FOREIGN KEY (workflow_id) REFERENCES workflows(id) ON DELETE cascade
);

CREATE TABLE workflows (
  id text PRIMARY KEY NOT NULL,
  slug text NOT NULL,
  name text NOT NULL,
  description text,
  version text DEFAULT '1.0.0' NOT NULL,
  status text NOT NULL,
  author text,
  file text,
  definition_yaml text NOT NULL,
  definition_hash text NOT NULL,
  tags_json text NOT NULL,
  global_context_module_ids_json text NOT NULL,
  memory_json text NOT NULL,
  config_json text NOT NULL,
  error_policy_json text NOT NULL,
  hooks_json text NOT NULL,
  ui_metadata_json text NOT NULL,
  created_by text,
  created_at text NOT NULL,
  updated_at text NOT NULL,
  last_run_at text DEFAULT '' NOT NULL,
  CONSTRAINT "workflows_status" CHECK(status in ('draft', 'published', 'archived'))
);
CREATE UNIQUE INDEX workflows_name_created_by ON workflows (name,coalesce(created_by, ''));
CREATE UNIQUE INDEX workflows_slug ON workflows (slug);
CREATE UNIQUE INDEX workflows_file ON workflows (file);
CREATE INDEX workflows_status_updated ON workflows (status,updated_at,id);
CREATE INDEX workflows_updated ON workflows (updated_at,id);
CREATE INDEX workflows_created ON workflows (created_at,id);
CREATE INDEX workflows_last_run ON workflows (last_run_at,id);
CREATE INDEX workflows_by_name ON workflows (name collate nocase,id);

CREATE TABLE events (
  id integer PRIMARY KEY NOT NULL,
  execution_id text NOT NULL,
  seq integer NOT NULL,
  type text NOT NULL,
  stage_id text,
  attempt integer,
  at text NOT NULL,
  data_json text NOT NULL,
  FOREIGN KEY (execution_id) REFERENCES workflow_executions(id) ON DELETE cascade
);
CREATE UNIQUE INDEX events_seq ON events (execution_id,seq);

CREATE TABLE execution_snapshots (
  hash text PRIMARY KEY NOT NULL,
  definition_json text NOT NULL,
  agents_json text NOT NULL,
  modules_json text NOT NULL
);

CREATE TABLE execution_steps (
  id text PRIMARY KEY NOT NULL,
  execution_id text NOT NULL,
  stage_id_ref text NOT NULL,
  stage_name text NOT NULL,
  step_type text NOT NULL,
  batch integer NOT NULL,
  position integer NOT NULL,
  status text NOT NULL,
  attempt_number integer DEFAULT 1 NOT NULL,
  agent_id text,
  model text,
  error_message text,
  error_class text,
  skip_reason text,
  started_at text,
  completed_at text,
  duration_seconds real,
  deadline_at text,
  recovered integer NOT NULL,
  reused integer NOT NULL,
  decided_by text,
  decision_comment text,
  usage_json text,
  logs_json text,
  stdout_offset integer DEFAULT 0 NOT NULL,
  stderr_offset integer DEFAULT 0 NOT NULL,
  created_at text NOT NULL,
  updated_at text NOT NULL,
  attempts_json text NOT NULL,
  context_consumed_json text,
  inputs_json text,
  outputs_json text,
  handoff_summary text,
  text text,
  machine_json text NOT NULL,
  FOREIGN KEY (execution_id) REFERENCES workflow_executions(id) ON DELETE cascade,
  CONSTRAINT "execution_steps_status" CHECK(status in ('pending', 'running', 'retry_wait', 'waiting_for_approval', 'completed', 'failed', 'timed_out', 'cancelled', 'skipped')),
  CONSTRAINT "execution_steps_type" CHECK(step_type in ('agent', 'gate')),
  CONSTRAINT "execution_steps_flags" CHECK(recovered in (0, 1) and reused in (0, 1))
);
CREATE UNIQUE INDEX execution_steps_stage ON execution_steps (execution_id,stage_id_ref);
CREATE INDEX execution_steps_position ON execution_steps (execution_id,position);

CREATE TABLE holders (
  id text PRIMARY KEY NOT NULL,
  pid integer NOT NULL,
  process_start text NOT NULL,
  boot_id text NOT NULL,
  kind text NOT NULL,
  heartbeat_at text NOT NULL
);

CREATE TABLE leases (
  execution_id text PRIMARY KEY NOT NULL,
  holder_id text NOT NULL,
  revision integer NOT NULL,
  FOREIGN KEY (execution_id) REFERENCES workflow_executions(id) ON DELETE cascade,
  FOREIGN KEY (holder_id) REFERENCES holders(id) ON DELETE cascade
);
CREATE INDEX leases_holder ON leases (holder_id);

CREATE TABLE log_lines (
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
CREATE INDEX log_lines_stage ON log_lines (execution_id,stage_id,seq);

CREATE TABLE signals (
  number integer PRIMARY KEY NOT NULL,
  id text NOT NULL,
  execution_id text NOT NULL,
  signal_json text NOT NULL,
  created_at text NOT NULL,
  answer_json text,
  answered_at text,
  FOREIGN KEY (execution_id) REFERENCES workflow_executions(id) ON DELETE cascade
);
CREATE UNIQUE INDEX signals_id ON signals (id);
CREATE INDEX signals_execution ON signals (execution_id);
CREATE INDEX signals_pending ON signals (execution_id,number) WHERE answer_json is null;

CREATE TABLE workflow_executions (
  id text PRIMARY KEY NOT NULL,
  workflow_id text,
  workflow_slug text NOT NULL,
  workflow_name text NOT NULL,
  workflow_version text NOT NULL,
  workflow_definition_hash text NOT NULL,
  snapshot_hash text NOT NULL,
  status text NOT NULL,
  had_failures integer NOT NULL,
  "trigger" text NOT NULL,
  parameters_json text NOT NULL,
  overrides_json text,
  options_json text NOT NULL,
  progress_done integer NOT NULL,
  progress_total integer NOT NULL,
  waiting_gates_json text NOT NULL,
  started_at text,
  completed_at text,
  error_message text,
  parent_id text,
  last_event integer NOT NULL,
  usage_json text,
  created_at text NOT NULL,
  updated_at text NOT NULL,
  machine_json text NOT NULL,
  FOREIGN KEY (workflow_id) REFERENCES workflows(id) ON DELETE set null,
  FOREIGN KEY (snapshot_hash) REFERENCES execution_snapshots(hash),
  CONSTRAINT "executions_status" CHECK(status in ('pending', 'running', 'paused', 'completed', 'failed', 'cancelled')),
  CONSTRAINT "executions_trigger" CHECK("trigger" in ('manual', 'scheduled', 'api')),
  CONSTRAINT "executions_had_failures" CHECK(had_failures in (0, 1))
);
CREATE INDEX executions_started ON workflow_executions (coalesce(started_at, created_at),id);
CREATE INDEX executions_workflow ON workflow_executions (workflow_id,coalesce(started_at, created_at),id);
CREATE INDEX executions_workflow_status ON workflow_executions (workflow_id,status,coalesce(started_at, created_at),id);
CREATE INDEX executions_slug ON workflow_executions (workflow_slug,coalesce(started_at, created_at),id);
CREATE INDEX executions_status ON workflow_executions (status,coalesce(started_at, created_at),id);
CREATE INDEX executions_trigger ON workflow_executions ("trigger",coalesce(started_at, created_at),id);
CREATE INDEX executions_name ON workflow_executions (workflow_name,coalesce(started_at, created_at),id);
CREATE INDEX executions_live ON workflow_executions (coalesce(started_at, created_at),id) WHERE status not in ('completed', 'failed', 'cancelled');
