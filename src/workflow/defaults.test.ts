import { describe, expect, test } from "bun:test";
import type { EffectiveDefinition } from "./effective.ts";
import { checkWorkflow } from "./validate.ts";

describe("defaults", () => {
  test("an agent stage gets all defaults of the language", () => {
    const { stages, config, workflow } = effective("");
    expect(workflow).toMatchObject({ version: "1.0.0", tags: [], description: null });
    expect(config).toEqual({
      parameters: {},
      timeout: "2h",
      env: {},
      max_parallel: null,
      scheduling: "eager",
      allow_overrides: false,
      workspace: "shared",
      permissions: "deny",
      commit: "never",
      permissions_approvers: [],
      permission_timeout: "24h",
      park_after: "30m",
      budget: null,
    });
    expect(stages[0]).toEqual({
      id: "a",
      name: "a",
      description: null,
      type: "agent",
      depends_on: [],
      condition: null,
      roles: {
        primary: { artifact: "agent:x", model: null, instructions: null },
        tools: [],
      },
      inputs: {},
      outputs: {},
      context: { modules: [], inherit_global: true, memory: null },
      workspace: "shared",
      permissions: "deny",
      commit: "never",
      budget: null,
      error_policy: { retry: builtIn, on_failure: "halt", timeout: "30m", idle_timeout: null },
      handoff: { format: "structured", include_run_log: false, summary_prompt: null },
      gate: null,
      ui: null,
    });
  });

  test("retry comes field by field from the stage, then default_retry, then the language", () => {
    const { stages } = effective(
      "error_policy: { default_retry: { max_attempts: 5, max_interval: 1m } }",
      "error_policy: { retry: { max_interval: 2m } }",
    );
    expect(stages[0]?.error_policy.retry).toEqual({ ...builtIn, max_attempts: 5, max_interval: "2m" });
  });

  test.each([
    ["", "", "halt"],
    ["error_policy: { on_stage_failure: continue }", "", "continue"],
    ["error_policy: { on_stage_failure: rollback }", "", "halt"],
    [
      "error_policy: { on_stage_failure: continue }",
      "error_policy: { on_failure: skip_dependents }",
      "skip_dependents",
    ],
  ] as const)("on_failure with %p and %p is %s", (whole, stage, expected) => {
    expect(effective(whole, stage).stages[0]?.error_policy.on_failure).toBe(expected);
  });

  test("a given value stays, even if it is empty", () => {
    const { stages } = effective("", "handoff: { include_run_log: false, format: raw }\n    name: '0'");
    expect(stages[0]).toMatchObject({ name: "0", handoff: { format: "raw", include_run_log: false } });
  });

  test.each([
    ["", "", "shared"],
    ["config: { workspace: worktree }", "", "worktree"],
    ["config: { workspace: worktree }", "workspace: shared", "shared"],
    ["", "workspace: worktree", "worktree"],
  ] as const)("the workspace with %p and %p is %s", (whole, stage, expected) => {
    expect(effective(whole, stage).stages[0]?.workspace).toBe(expected);
  });

  test("a gate takes no workspace from its workflow", () => {
    const gate = "\n  - { id: g, type: gate, depends_on: [a], gate: { approvers: [me] } }";
    expect(effective("config: { workspace: worktree }", gate).stages[1]?.workspace).toBe("shared");
  });

  test.each([
    ["", "", "deny"],
    ["config: { permissions: fail }", "", "fail"],
    ["config: { permissions: fail }", "permissions: deny", "deny"],
    ["", "permissions: fail", "fail"],
  ] as const)("the permissions with %p and %p are %s", (whole, stage, expected) => {
    expect(effective(whole, stage).stages[0]?.permissions).toBe(expected);
  });

  test.each([
    ["", "workspace: worktree", "never"],
    ["config: { workspace: worktree, commit: success }", "", "success"],
    ["config: { workspace: worktree, commit: success }", "commit: never", "never"],
    [
      "config: { commit: success }",
      "workspace: shared\n  - { id: b, workspace: worktree, roles: { primary: 'agent:x' } }",
      "never",
    ],
    ["config: { commit: success }", "workspace: worktree", "success"],
    ["", "workspace: worktree\n    commit: success", "success"],
  ] as const)("when a stage commits with %p and %p is %s", (whole, stage, expected) => {
    expect(effective(whole, stage).stages[0]?.commit).toBe(expected);
  });

  test.each([
    ["", null],
    ["budget: {}", null],
    ["budget: { usd: 2.5 }", { usd: 2.5, tokens: null }],
    ["budget: { tokens: 1000 }", { usd: null, tokens: 1000 }],
  ] as const)("the budget with %p is %p", (written, expected) => {
    expect(effective(`config: { ${written} }`, "").config.budget).toEqual(expected);
    expect(effective("config: { budget: { usd: 9 } }", written).stages[0]?.budget).toEqual(expected);
  });

  test("an agent may be silent for any time unless its stage limits it", () => {
    expect(effective("", "error_policy: { idle_timeout: 5m }").stages[0]?.error_policy).toMatchObject({
      timeout: "30m",
      idle_timeout: "5m",
    });
  });

  test("an empty key is the same as a missing key", () => {
    expect(effective("config:\nhooks:\n", "inputs:\n    depends_on:").stages[0]).toMatchObject({
      inputs: {},
      depends_on: [],
    });
  });

  test("a text for notify is its channel; memory and gates get defaults if they are present", () => {
    const { hooks, context } = effective("hooks: { on_failure: { notify: team } }\ncontext: { memory: {} }");
    expect(hooks).toEqual({ on_failure: { notify: { channel: "team", message: null }, run: null } });
    expect(context.memory).toEqual({
      project_scope: "current",
      min_confidence: 0.7,
      categories: [],
      max_tokens: 2000,
    });
  });

  test("the effective definition is itself valid", () => {
    const definition = effective("hooks: { on_start: { run: ls } }", "outputs: { o: { type: string } }");
    const again = checkWorkflow(JSON.stringify(definition), { file: "w.json" });
    expect(again.validation).toEqual({ valid: true, errors: [], warnings: [] });
    expect(again.definition).toEqual(definition);
  });
});

const builtIn = {
  max_attempts: 2,
  initial_interval: "30s",
  backoff_multiplier: 2,
  max_interval: "5m",
  non_retryable_errors: [],
};

function effective(whole: string, stage = ""): EffectiveDefinition {
  const text = `workflow: { id: w, name: W }\n${whole}\nstages:\n  - id: a\n    roles: { primary: agent:x }\n    ${stage}\n`;
  const { definition, validation } = checkWorkflow(text, { file: "w" });
  if (!definition) throw new Error(validation.errors.map(({ message }) => message).join("\n"));
  return definition;
}
