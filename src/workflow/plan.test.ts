import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Value } from "../expression/value.ts";
import { parseOverrides } from "./overrides.ts";
import { resolveParameters } from "./parameters.ts";
import { planWorkflow, type Plan } from "./plan.ts";
import { printPlan } from "./print-plan.ts";
import { checkWorkflow } from "./validate.ts";

const folder = join(import.meta.dir, "testdata");

test("a plan shows the literal that an input gets, by the input's name", () => {
  const text = `workflow: { id: w, name: W }
config: { parameters: { topic: { type: string, default: x } } }
stages:
  - id: a
    roles: { primary: agent:x }
    inputs:
      topic: { type: string, source: "\${{ parameters.topic }}" }
      depth: { type: integer, value: 0 }
      list: { type: "array<string>", value: [a, b] }
      open: { type: string, required: false }
`;
  const { definition, validation } = checkWorkflow(text, { file: "w" });
  if (!definition) throw new Error(JSON.stringify(validation));
  const plan = planWorkflow(definition, { parameters: [], overrides: [], validation });
  expect(printPlan(plan)).toContain('      Inputs: parameters.topic, depth=0, list=["a","b"]\n');
  expect(plan.batches[0]?.stages[0]?.inputs).toEqual([
    { name: "topic", source: "${{ parameters.topic }}", value: null },
    { name: "depth", source: null, value: 0 },
    { name: "list", source: null, value: ["a", "b"] },
    { name: "open", source: null, value: null },
  ]);
});

describe("the plan of the delivery workflow", () => {
  const plan = planOf("delivery.yaml", { feature_name: "auth-redesign" });

  test("is printed as the text in the file beside it", () =>
    expect(printPlan(plan)).toBe(read("delivery.plan.txt")));

  test("has its stages in batches, each with its kind", () => {
    expect(plan.batches.map(({ kind, stages }) => [kind, ...stages.map(({ id }) => id)])).toEqual([
      ["sequential", "research"],
      ["sequential", "plan"],
      ["parallel", "frontend-impl", "backend-impl"],
      ["sequential", "integration"],
      ["conditional", "security-review"],
      ["gate", "deploy-approval"],
      ["sequential", "deploy"],
    ]);
  });

  test("counts the timeouts along the critical path, without its gate", () => {
    expect(plan.estimated_seconds).toBe((30 + 30 + 45 + 30 + 30 + 30) * 60);
    expect(plan.critical_path).toContain("deploy-approval");
  });

  test("gives a stage the workflow's modules first, and the memory of its own", () => {
    expect(plan.batches[0]?.stages[0]).toMatchObject({
      context_modules: ["ctx:repo-rules", "ctx:coding-standards", "ctx:domain-knowledge"],
      memory_max_tokens: 2000,
      timeout_seconds: 1800,
    });
  });

  test("gives a gate its own timeout, and nothing of an agent's", () => {
    expect(plan.batches[5]?.stages[0]).toMatchObject({
      type: "gate",
      agent: null,
      model: null,
      retry: null,
      context_modules: [],
      timeout_seconds: 86_400,
      gate: { approvers: ["miethe"], on_timeout: "halt" },
    });
  });

  test("names the artifacts that the collection has and those that are missing", () => {
    const found = plan.artifacts.find(({ ref }) => ref === "agent:planner");
    expect(found).toEqual({ ref: "agent:planner", resolved: true, origin: "agents/planner.md" });
    expect(plan.artifacts.find(({ ref }) => ref === "ctx:repo-rules")?.resolved).toBe(false);
  });
});

describe("printPlan", () => {
  test("lists overrides and missing artifacts after the plan, when there are any", () => {
    const overrides =
      "overrides: { hello: { stages: { greet: { roles: { primary: { model: sonnet } } } } } }";
    expect(printPlan(planOf("minimal.yaml", {}, overrides))).toBe(read("minimal.plan.txt"));
  });

  test("shows timeouts as they are written in the definition", () => {
    const overrides = "overrides: { hello: { stages: { greet: { error_policy: { timeout: 90m } } } } }";
    expect(printPlan(planOf("minimal.yaml", {}, overrides))).toContain("      Timeout: 90m\n");
  });

  test("shows how long an agent may be silent, if that is limited", () => {
    const file = read("minimal.yaml").replace(/^( *)roles:/m, "$1error_policy: { idle_timeout: 90s }\n$&");
    const text = printPlan(planOfText(file, {}));
    expect(text).toContain("      Timeout: 30m\n      Idle timeout: 90s\n");
    expect(printPlan(planOf("minimal.yaml", {}))).not.toContain("Idle");
  });

  test("names the workspace of a stage that does not share the working directory", () => {
    const file = read("minimal.yaml").replace(/^( *)roles:/m, "$1workspace: worktree\n$&");
    expect(printPlan(planOfText(file, {}))).toContain("      Workspace: worktree\n      Timeout: 30m\n");
    expect(printPlan(planOf("minimal.yaml", {}))).not.toContain("Workspace");
  });

  test("names the permissions of a stage that does not go on without what it was denied", () => {
    const file = read("minimal.yaml").replace(/^( *)roles:/m, "$1permissions: fail\n$&");
    expect(printPlan(planOfText(file, {}))).toContain("      Permissions: fail\n      Timeout: 30m\n");
    expect(printPlan(planOf("minimal.yaml", {}))).not.toContain("Permissions");
  });

  test("says when a stage commits its changes", () => {
    const file = read("minimal.yaml").replace(/^( *)roles:/m, "$1workspace: worktree\n$1commit: success\n$&");
    expect(printPlan(planOfText(file, {}))).toContain(
      "      Workspace: worktree\n      Commit: on success\n",
    );
    expect(printPlan(planOf("minimal.yaml", {}))).not.toContain("Commit");
  });

  test("names what the run and each stage may spend", () => {
    const file = read("minimal.yaml").replace(/^( *)roles:/m, "$1budget: { tokens: 5000 }\n$&");
    const plan = printPlan(planOfText(`config: { budget: { usd: 2.5, tokens: 100000 } }\n${file}`, {}));
    expect(plan).toContain("\nBudget: $2.50, 100,000 tokens\n");
    expect(plan).toContain("      Budget: 5,000 tokens\n      Timeout: 30m\n");
    expect(printPlan(planOf("minimal.yaml", {}))).not.toContain("Budget");
  });

  test("keeps odd values on their line", () => {
    const plan = planOf("delivery.yaml", { feature_name: `two\nlines ${"x".repeat(300)}` });
    const [, parameters = ""] = printPlan(plan).split("\n");
    expect(parameters).toStartWith('Parameters: feature_name="two\\nlines xxx');
    expect(parameters).toEndWith("…, target_branch=main (default)");
  });
});

function planOf(file: string, given: Record<string, Value>, overrides?: string): Plan {
  return planOfText(read(file), given, overrides);
}

function planOfText(text: string, given: Record<string, Value>, overrides?: string): Plan {
  const checked = checkWorkflow(text, {
    file: "w.yaml",
    ...(overrides ? { overrides: parseOverrides(overrides, "overrides.yaml") } : {}),
  });
  if (!checked.definition) throw new Error("it does not hold");
  return planWorkflow(checked.definition, {
    parameters: resolveParameters(checked.definition, given, { coerce: true, overridden: [] }),
    overrides: checked.overrides,
    validation: checked.validation,
    artifacts: {
      find: (ref) =>
        ref.startsWith("ctx:") || ref === "agent:greeter" ? null : { origin: `agents/${ref.slice(6)}.md` },
      hint: () => null,
      modelOf: () => null,
      trouble: () => null,
      lacks: () => [],
    },
  });
}

function read(file: string): string {
  return readFileSync(join(folder, file), "utf8");
}
