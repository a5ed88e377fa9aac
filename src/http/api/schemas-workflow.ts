import { Type } from "@sinclair/typebox";
import { executionStatuses } from "../../execution/status.ts";
import { workflowStatuses } from "../../store/workflow-record.ts";
import {
  closed,
  Finding,
  Id,
  Json,
  JsonObject,
  nullable,
  oneOf,
  pageOf,
  Time,
  ValidationResult,
} from "./schemas.ts";

export const WorkflowStatus = oneOf(workflowStatuses);

/** A stage with every default in; the fields are the definition language's own (docs/language.md). */
const Budget = Type.Object(
  { usd: nullable(Type.Number()), tokens: nullable(Type.Integer()) },
  { $id: "Budget", description: "what may be spent; null: as much as it takes", ...closed },
);

export const Stage = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    description: nullable(Type.String()),
    type: oneOf(["agent", "gate", "fan_out"]),
    depends_on: Type.Array(Type.String()),
    condition: nullable(Type.String()),
    roles: nullable(JsonObject),
    inputs: JsonObject,
    outputs: JsonObject,
    context: JsonObject,
    workspace: oneOf(["shared", "worktree"]),
    permissions: oneOf(["deny", "fail", "ask"]),
    commit: oneOf(["never", "success"]),
    budget: nullable(Budget),
    error_policy: JsonObject,
    handoff: JsonObject,
    gate: nullable(JsonObject),
    ui: nullable(JsonObject),
  },
  { $id: "Stage", ...closed },
);

export const Workflow = Type.Object(
  {
    id: Id,
    slug: Type.String({ description: "workflow.id of the definition" }),
    name: Type.String(),
    description: nullable(Type.String()),
    version: Type.String(),
    status: WorkflowStatus,
    author: nullable(Type.String()),
    tags: Type.Array(Type.String()),
    definition: Type.String({ description: "the source text, byte for byte" }),
    definition_hash: Type.String({ description: "sha256 of the source text; also the ETag" }),
    parameters: JsonObject,
    stages: Type.Array(Stage, { description: "with every default in" }),
    global_context_modules: Type.Array(Type.String()),
    created_by: nullable(Type.String()),
    created_at: Time,
    updated_at: Time,
    file: nullable(Type.String()),
    file_problem: nullable(
      Type.Object(
        {
          kind: oneOf(["invalid", "unreadable", "missing", "link", "duplicate", "name"]),
          message: Type.String(),
          findings: Type.Array(Finding),
        },
        {
          ...closed,
          description:
            "null: the file is as it should be. else definition is the file's text (as far as there is one), and all " +
            "that is read out of it is of the last time it held",
        },
      ),
    ),
    last_execution: nullable(
      Type.Object(
        {
          run_id: Id,
          status: oneOf(executionStatuses),
          started_at: nullable(Time),
          completed_at: nullable(Time),
        },
        closed,
      ),
    ),
  },
  { $id: "Workflow", ...closed },
);
export const WorkflowPage = pageOf(Workflow, "WorkflowPage");

export const WorkflowVersion = Type.Object(
  {
    workflow_id: Id,
    number: Type.Integer({ description: "from 1" }),
    version: Type.String(),
    definition: Type.String(),
    definition_hash: Type.String(),
    created_at: Time,
  },
  { $id: "WorkflowVersion", ...closed },
);
export const WorkflowVersionPage = pageOf(WorkflowVersion, "WorkflowVersionPage");

const PlanStage = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    type: oneOf(["agent", "gate"]),
    agent: nullable(Type.String()),
    model: nullable(Type.String()),
    tools: Type.Array(Type.String()),
    inputs: Type.Array(
      Type.Object({ name: Type.String(), source: nullable(Type.String()), value: Json }, closed),
    ),
    outputs: Type.Array(Type.String()),
    context_modules: Type.Array(Type.String()),
    memory_max_tokens: nullable(Type.Number()),
    workspace: oneOf(["shared", "worktree"]),
    permissions: oneOf(["deny", "fail", "ask"]),
    commit: oneOf(["never", "success"]),
    budget: nullable(Budget),
    condition: nullable(Type.String()),
    timeout: Type.String({ description: "as the definition has it, such as 90m" }),
    timeout_seconds: Type.Number(),
    idle_timeout: nullable(Type.String()),
    retry: nullable(JsonObject),
    on_failure: oneOf(["halt", "continue", "skip_dependents"]),
    depends_on: Type.Array(Type.String()),
    gate: nullable(JsonObject),
    start: nullable(
      Type.Object(
        {
          dispatcher: Type.String(),
          program: nullable(Type.String({ description: "absolute path" })),
          version: nullable(Type.String()),
          tools: Type.Array(Type.String(), { description: "of the agent's file, then of the stage" }),
          allows: nullable(oneOf(["rules", "sandbox"])),
        },
        { ...closed, description: "what is started here; null for a gate, and where the agent is not found" },
      ),
    ),
  },
  { $id: "PlanStage", ...closed },
);

export const Plan = Type.Object(
  {
    workflow: Type.Object({ id: Type.String(), name: Type.String(), version: Type.String() }, closed),
    budget: nullable(Budget),
    parameters: Type.Array(
      Type.Object(
        { name: Type.String(), value: Json, origin: oneOf(["given", "override", "default"]) },
        closed,
      ),
    ),
    batches: Type.Array(
      Type.Object(
        {
          index: Type.Integer({ description: "from 1" }),
          kind: oneOf(["sequential", "parallel", "conditional", "gate"]),
          stages: Type.Array(PlanStage),
        },
        closed,
      ),
    ),
    critical_path: Type.Array(Type.String()),
    estimated_seconds: Type.Number(),
    overrides: Type.Array(Type.Object({ path: Type.String(), from: Json, to: Json }, closed)),
    artifacts: Type.Array(
      Type.Object({ ref: Type.String(), resolved: Type.Boolean(), origin: nullable(Type.String()) }, closed),
    ),
    validation: ValidationResult,
    preflight: Type.Array(Finding, {
      description: "what a stage lacks here to start; a start would be refused",
    }),
  },
  { $id: "Plan", ...closed },
);

const definition = Type.Union([Type.String(), JsonObject], {
  description: "the definition: YAML or JSON text, or a JSON object",
});
const status = Type.Optional(WorkflowStatus);

export const SaveBody = Type.Object(
  {
    definition: Type.Optional(definition),
    yaml_content: Type.Optional(Type.String({ description: "SkillMeat's name for definition" })),
    status,
  },
  { $id: "SaveWorkflow", ...closed },
);
export const DefinitionBody = Type.Object({ definition }, { $id: "DefinitionOnly", ...closed });

export const Overrides = Type.Object(
  {
    agents: Type.Optional(Type.Record(Type.String(), Type.String(), { description: "stage → agent:name" })),
    context_modules: Type.Optional(
      Type.Array(Type.String(), { maxItems: 100, description: "ctx:name, added" }),
    ),
  },
  closed,
);
const runParts = {
  parameters: Type.Optional(JsonObject),
  overrides: Type.Optional(Overrides),
  workdir: Type.Optional(
    Type.String({
      maxLength: 4096,
      description: "where the agents work; default: where the server was started",
    }),
  ),
};
export const PlanBody = Type.Object(runParts, { $id: "PlanRequest", ...closed });
export const PlanDefinitionBody = Type.Object(
  { definition, ...runParts },
  { $id: "PlanDefinition", ...closed },
);
const trigger = Type.Optional(oneOf(["manual", "scheduled", "api"], { default: "api" }));
export const RunBody = Type.Object({ ...runParts, trigger }, { $id: "RunRequest", ...closed });
export const StartBody = Type.Object(
  { workflow_id: Type.String({ minLength: 1, maxLength: 500 }), ...runParts, trigger },
  { $id: "StartRequest", ...closed },
);
export const DuplicateBody = Type.Object(
  { name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })) },
  { $id: "DuplicateRequest", ...closed },
);
export const Started = Type.Object(
  { run_id: Id, status: oneOf(executionStatuses), stream_url: Type.String() },
  { $id: "Started", ...closed },
);
