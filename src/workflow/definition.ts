import { Type, type Static } from "@sinclair/typebox";

/**
 * The shape of a definition. Its keys, types and required fields are declared only here. `format` names a check in
 * `formats.ts`; messages call a thing by its `description`.
 */
const identifier = Type.String({ format: "identifier", maxLength: 128 });
const duration = Type.String({ format: "duration" });
const artifactRef = Type.String({ format: "artifact-ref" });
const contextRef = Type.String({ format: "context-ref" });
const valueType = Type.String({ format: "value-type" });
const workspace = oneOf(["shared", "worktree"]);
const permissions = oneOf(["deny", "fail", "ask"]);
const commit = oneOf(["never", "success"]);
const optional = Type.Optional;
const texts = Type.Array(Type.String());

/** The least sum is that in which money is counted: a millionth of a dollar. */
const budget = Type.Object({
  usd: optional(Type.Number({ minimum: 0.000001, maximum: 1_000_000 })),
  tokens: optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000_000 })),
});

function oneOf<const Words extends readonly string[]>(words: Words) {
  return Type.Union(words.map((word) => Type.Literal<Words[number]>(word)));
}

const retry = Type.Object({
  max_attempts: optional(Type.Integer({ minimum: 1, maximum: 100 })),
  initial_interval: optional(duration),
  backoff_multiplier: optional(Type.Number({ minimum: 1 })),
  max_interval: optional(duration),
  non_retryable_errors: optional(texts),
});

const memory = Type.Object({
  project_scope: optional(Type.String()),
  min_confidence: optional(Type.Number({ minimum: 0, maximum: 1 })),
  categories: optional(texts),
  max_tokens: optional(Type.Integer({ minimum: 1 })),
});

const role = Type.Union([
  artifactRef,
  Type.Object({
    artifact: artifactRef,
    model: optional(Type.String({ minLength: 1 })),
    instructions: optional(Type.String()),
  }),
]);

const hook = Type.Object({
  notify: optional(
    Type.Union([
      Type.String({ minLength: 1 }),
      Type.Object({ channel: Type.String({ minLength: 1 }), message: optional(Type.String()) }),
    ]),
  ),
  run: optional(Type.String({ minLength: 1 })),
});

const appearance = {
  color: optional(Type.String({ format: "color" })),
  icon: optional(Type.String()),
};

const parameter = Type.Object({
  type: valueType,
  required: optional(Type.Boolean()),
  default: optional(Type.Unknown()),
  description: optional(Type.String()),
  enum: optional(Type.Array(Type.Unknown(), { minItems: 1 })),
  secret: optional(Type.Boolean()),
});

const input = Type.Object({
  type: valueType,
  source: optional(Type.String()),
  value: optional(Type.Unknown()),
  required: optional(Type.Boolean()),
  description: optional(Type.String()),
  default: optional(Type.Unknown()),
});

const output = Type.Object({
  type: valueType,
  required: optional(Type.Boolean()),
  description: optional(Type.String()),
  default: optional(Type.Unknown()),
});

const gate = Type.Object({
  kind: optional(Type.String({ minLength: 1 })),
  approvers: optional(Type.Array(Type.String({ minLength: 1 }))),
  timeout: optional(duration),
  on_timeout: optional(oneOf(["halt", "auto_approve", "reject"])),
  message: optional(Type.String()),
  on_skip: optional(oneOf(["skip_dependents", "proceed"])),
});

const stage = Type.Object({
  id: identifier,
  name: optional(Type.String({ minLength: 1, maxLength: 255 })),
  description: optional(Type.String()),
  type: optional(oneOf(["agent", "gate", "fan_out"])),
  depends_on: optional(Type.Array(identifier)),
  condition: optional(Type.Union([Type.String(), Type.Null()])),
  roles: optional(Type.Object({ primary: optional(role), tools: optional(Type.Array(artifactRef)) })),
  inputs: optional(Type.Record(Type.String(), input)),
  outputs: optional(Type.Record(Type.String(), output)),
  context: optional(
    Type.Object({
      modules: optional(Type.Array(contextRef)),
      inherit_global: optional(Type.Boolean()),
      memory: optional(memory),
    }),
  ),
  workspace: optional(workspace),
  permissions: optional(permissions),
  commit: optional(commit),
  budget: optional(budget),
  error_policy: optional(
    Type.Object({
      retry: optional(retry),
      on_failure: optional(oneOf(["halt", "continue", "skip_dependents"])),
      timeout: optional(duration),
      idle_timeout: optional(duration),
    }),
  ),
  handoff: optional(
    Type.Object({
      format: optional(oneOf(["structured", "markdown", "raw"])),
      include_run_log: optional(Type.Boolean()),
      summary_prompt: optional(Type.String()),
    }),
  ),
  gate: optional(gate),
  ui: optional(
    Type.Object({ position: optional(Type.Tuple([Type.Number(), Type.Number()])), ...appearance }),
  ),
});

export const Definition = Type.Object({
  workflow: Type.Object({
    id: identifier,
    name: Type.String({ minLength: 1, maxLength: 255 }),
    version: optional(Type.String({ format: "semver" })),
    description: optional(Type.String()),
    author: optional(Type.String()),
    tags: optional(texts),
    ui: optional(Type.Object(appearance)),
  }),
  config: optional(
    Type.Object({
      parameters: optional(Type.Record(Type.String(), parameter)),
      timeout: optional(duration),
      env: optional(Type.Record(Type.String(), Type.String(), { format: "variable" })),
      max_parallel: optional(Type.Integer({ minimum: 1 })),
      scheduling: optional(oneOf(["batch", "eager"])),
      allow_overrides: optional(Type.Boolean()),
      workspace: optional(workspace),
      permissions: optional(permissions),
      commit: optional(commit),
      permissions_approvers: optional(Type.Array(Type.String({ minLength: 1 }))),
      permission_timeout: optional(duration),
      park_after: optional(duration),
      budget: optional(budget),
    }),
  ),
  context: optional(
    Type.Object({ global_modules: optional(Type.Array(contextRef)), memory: optional(memory) }),
  ),
  stages: Type.Array(stage, { minItems: 1, maxItems: 2000 }),
  error_policy: optional(
    Type.Object({
      default_retry: optional(retry),
      on_stage_failure: optional(oneOf(["halt", "continue", "rollback"])),
    }),
  ),
  hooks: optional(
    Type.Object({
      on_start: optional(hook),
      on_complete: optional(hook),
      on_failure: optional(hook),
      on_gate: optional(hook),
    }),
  ),
});

/** A definition as people write it. */
export type WrittenDefinition = Static<typeof Definition>;

/** A definition without its faulty parts: every field is optional. */
export type Draft<T> = T extends readonly unknown[]
  ? number extends T["length"]
    ? Draft<T[number]>[]
    : T
  : T extends object
    ? { [Key in keyof T]?: Draft<T[Key]> | undefined }
    : T;

export type DraftDefinition = Draft<WrittenDefinition>;
