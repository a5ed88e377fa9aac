import { describe, expect, test } from "bun:test";
import { aDefinition, aStage } from "../testing/a-definition.ts";
import { aNewExecution } from "../testing/an-execution.ts";
import { openTestStore } from "../testing/open-test-store.ts";
import type { EffectiveStage } from "../workflow/effective.ts";
import type { Store } from "./database.ts";
import { getExecution } from "./executions.ts";
import { registerHolder } from "./leases.ts";
import {
  findWorkflow,
  freeWorkflowName,
  freeWorkflowSlug,
  getWorkflow,
  getWorkflowByFile,
  getWorkflowByName,
  getWorkflowBySlug,
  listWorkflowVersions,
} from "./read-workflows.ts";
import { commitTransitions } from "./transitions.ts";
import type { SavedDefinition } from "./workflow-rows.ts";
import { createWorkflow, deleteWorkflow, updateWorkflow, type NewWorkflow } from "./workflows.ts";

const at = "2026-01-02T03:04:05.006Z";
const later = "2026-01-03T00:00:00.000Z";

function saved(given: Parameters<typeof aDefinition>[0] = {}, stages?: EffectiveStage[]): SavedDefinition {
  const effective = aDefinition(given, stages);
  const text = `# as written\n${JSON.stringify(effective)}`;
  return { text, hash: new Bun.CryptoHasher("sha256").update(text).digest("hex"), effective };
}

function aWorkflow(
  store: Store,
  definition: SavedDefinition = saved(),
  given: Partial<NewWorkflow> = {},
): string {
  const id = Bun.randomUUIDv7();
  createWorkflow(store, { id, definition, status: "draft", created_by: null, file: null, at, ...given });
  return id;
}

function started(day: number): { execution: { started_at: string } } {
  return { execution: { started_at: `2026-02-0${day}T00:00:00.000Z` } };
}

function run(store: Store, workflowId: string, given: Parameters<typeof aNewExecution>[0] = {}): string {
  const holder = Bun.randomUUIDv7();
  registerHolder(store, {
    id: holder,
    pid: 1,
    process_start: "1",
    boot_id: "b",
    kind: "run",
    heartbeat_at: at,
  });
  const created = aNewExecution({ ...given, execution: { workflow_id: workflowId, ...given.execution } });
  commitTransitions(store, { holder_id: holder, created: [created], updated: [] });
  return created.execution.record.run_id;
}

const gate = aStage({
  id: "gate",
  type: "gate",
  roles: null,
  depends_on: ["write"],
  condition: "${{ true }}",
  description: "asks",
  inputs: {
    a: { type: "string", source: null, required: true, description: null, default: { b: [1, null] } },
  },
  gate: {
    kind: "approval",
    approvers: ["me"],
    timeout: "1h",
    on_timeout: "halt",
    message: null,
    on_skip: "proceed",
  },
  ui: { position: [1, 2], color: "red" },
});

test("a workflow is read back exactly as it was saved", () => {
  const store = openTestStore();
  const definition = saved(
    { tags: ["a", "b"], description: "what it does", author: "me", ui: { icon: "x" } },
    [aStage(), gate],
  );
  const { effective } = definition;
  const id = aWorkflow(store, definition, {
    file: "/w/WORKFLOW.yaml",
    created_by: "me",
    status: "published",
  });
  const record = getWorkflow(store, id);
  expect(record).toMatchObject({ id, slug: "ship", name: "Ship it", status: "published", tags: ["a", "b"] });
  expect(record).toMatchObject({
    definition: definition.text,
    definition_hash: definition.hash,
    created_by: "me",
  });
  expect(record).toMatchObject({
    file: "/w/WORKFLOW.yaml",
    created_at: at,
    updated_at: at,
    last_execution: null,
  });
  const { config, context, error_policy, hooks, stages, ui } = record;
  expect({ config, context, error_policy, hooks, stages }).toEqual({
    config: effective.config,
    context: effective.context,
    error_policy: effective.error_policy,
    hooks: effective.hooks,
    stages: effective.stages,
  });
  expect(ui).toEqual({ icon: "x" });
});

test("a new definition takes the place of stages and tags, and what is answered is what is stored", () => {
  const store = openTestStore();
  const id = aWorkflow(store, saved({ tags: ["old"] }, [aStage(), gate]));
  const changed = saved({ tags: ["new"] }, [gate, aStage({ id: "third" }), aStage()]);
  const record = updateWorkflow(store, id, { definition: changed, at: later });
  expect(record.stages.map((stage) => stage.id)).toEqual(["gate", "third", "write"]);
  expect(record).toMatchObject({ tags: ["new"], updated_at: later, created_at: at });
  expect(record).toEqual(getWorkflow(store, id));
  expect(store.sqlite.query("SELECT tag FROM workflow_tags").all()).toEqual([{ tag: "new" }]);
});

test("each saved definition becomes a version, the same text twice only one", () => {
  const store = openTestStore();
  const id = aWorkflow(store);
  for (let number = 2; number <= 5; number++) {
    updateWorkflow(store, id, { definition: saved({ version: `${number}.0.0` }), at: later });
  }
  updateWorkflow(store, id, { definition: saved({ version: "5.0.0" }), at: later });
  updateWorkflow(store, id, { status: "published", at: later });
  const first = listWorkflowVersions(store, id, { limit: 2 });
  expect(first.items.map(({ number }) => number)).toEqual([5, 4]);
  expect(first).toMatchObject({ total_count: 5, has_more: true, prev_cursor: null });
  const second = listWorkflowVersions(store, id, { limit: 2, cursor: first.next_cursor });
  expect(second.items.map(({ version }) => version)).toEqual(["3.0.0", "2.0.0"]);
  const back = listWorkflowVersions(store, id, { limit: 2, cursor: second.prev_cursor });
  expect(back.items).toEqual(first.items);
});

describe("what must be unique", () => {
  const cases: [string, SavedDefinition, Partial<NewWorkflow>, string][] = [
    ["name of nobody", saved({ id: "two" }), {}, 'there is a workflow named "Ship it" already'],
    ["slug", saved({ name: "Two" }), {}, 'there is a workflow with the id "ship" already'],
    ["file", saved({ id: "two", name: "Two" }), { file: "/f" }, 'the file "/f" belongs to another workflow'],
  ];
  test.each(cases)("the same %s is refused", (_, definition, given, message) => {
    const store = openTestStore();
    aWorkflow(store, saved(), { file: "/f" });
    expect(() => aWorkflow(store, definition, given)).toThrow(message);
    expect(store.sqlite.query("SELECT count(*) AS count FROM workflows").get()).toEqual({ count: 1 });
  });

  test("two creators may use one name", () => {
    const store = openTestStore();
    aWorkflow(store, saved(), { created_by: "a" });
    aWorkflow(store, saved({ id: "two" }), { created_by: "b" });
    expect(() => findWorkflow(store, "Ship it")).toThrow('give the id of one: "ship", "two"');
    expect(getWorkflowByName(store, "Ship it", "b")?.slug).toBe("two");
  });

  test("a rename to a taken name is refused and changes nothing", () => {
    const store = openTestStore();
    aWorkflow(store);
    const id = aWorkflow(store, saved({ id: "two", name: "Two" }));
    expect(() => updateWorkflow(store, id, { definition: saved({ id: "two" }), at: later })).toThrow(
      "already",
    );
    expect(getWorkflow(store, id).name).toBe("Two");
  });
});

test("a workflow is found by id, by its definition's id, by name in any case, and by file", () => {
  const store = openTestStore();
  const id = aWorkflow(store, saved(), { file: "/w.yaml" });
  for (const asked of [id, "ship", "Ship it", "SHIP IT"]) expect(findWorkflow(store, asked).id).toBe(id);
  expect(getWorkflowBySlug(store, "ship")?.id).toBe(id);
  expect(getWorkflowByFile(store, "/w.yaml")?.id).toBe(id);
  expect(getWorkflowBySlug(store, "nope")).toBeNull();
  expect(() => findWorkflow(store, "nope")).toThrow('there is no workflow "nope"');
});

test("a copy gets the first free name and id", () => {
  const store = openTestStore();
  expect(freeWorkflowName(store, "Ship it", null)).toBe("Ship it");
  aWorkflow(store);
  expect(freeWorkflowName(store, "Ship it", null)).toBe("Ship it (copy)");
  aWorkflow(store, saved({ name: "Ship it (copy)", id: "ship-copy" }));
  expect(freeWorkflowName(store, "Ship it", null)).toBe("Ship it (copy 2)");
  expect(freeWorkflowName(store, "Ship it", "me")).toBe("Ship it");
  expect(freeWorkflowSlug(store, "ship")).toBe("ship-copy-2");
});

test("the newest execution comes with the workflow", () => {
  const store = openTestStore();
  const id = aWorkflow(store);
  run(store, id, started(1));
  const newest = run(store, id, {
    execution: { ...started(3).execution, status: "failed", completed_at: later },
  });
  run(store, id, started(2));
  expect(getWorkflow(store, id).last_execution).toEqual({
    run_id: newest,
    status: "failed",
    started_at: "2026-02-03T00:00:00.000Z",
    completed_at: later,
  });
});

test("a workflow with a live execution is not deleted, one without is, and its executions stay", () => {
  const store = openTestStore();
  const id = aWorkflow(store);
  const runId = run(store, id, { execution: { status: "paused" } });
  expect(() => deleteWorkflow(store, id)).toThrow(`has the live execution "${runId}"`);
  store.sqlite.run("UPDATE workflow_executions SET status = 'cancelled'");
  deleteWorkflow(store, id);
  expect(() => getWorkflow(store, id)).toThrow("there is no workflow");
  expect(getExecution(store, runId).workflow_id).toBeNull();
  for (const table of ["workflow_stages", "workflow_tags", "workflow_versions"]) {
    expect(store.sqlite.query(`SELECT count(*) AS count FROM ${table}`).get()).toEqual({ count: 0 });
  }
});
