import { describe, expect, test } from "bun:test";
import { aDefinition } from "../testing/a-definition.ts";
import { openTestStore } from "../testing/open-test-store.ts";
import type { Store } from "./database.ts";
import { listWorkflows, workflowSorts, workflowTagCounts, type WorkflowFilter } from "./list-workflows.ts";
import { createWorkflow } from "./workflows.ts";

interface WorkflowOptions {
  name: string;
  at?: string;
  tags?: string[];
  description?: string;
  status?: "draft" | "published";
  lastRun?: string;
}

const day = (number: number) => new Date(Date.UTC(2026, 0, number)).toISOString();

function add(
  store: Store,
  { name, at = day(1), tags = [], description = "", status = "draft", lastRun }: WorkflowOptions,
): void {
  const id = Bun.randomUUIDv7();
  const effective = aDefinition({ id: `slug-${name}`, name, tags, description });
  const definition = { text: name, hash: name, effective };
  createWorkflow(store, { id, definition, status, created_by: null, file: null, at });
  if (lastRun) store.sqlite.run("UPDATE workflows SET last_run_at = ? WHERE id = ?", [lastRun, id]);
}

function names(store: Store, filter: WorkflowFilter): string[] {
  return listWorkflows(store, filter).items.map(({ name }) => name);
}

describe("orders", () => {
  const store = openTestStore();
  add(store, { name: "beta", at: day(3), lastRun: day(8) });
  add(store, { name: "Alpha", at: day(1) });
  add(store, { name: "gamma", at: day(2), lastRun: day(9) });
  const cases: [WorkflowFilter, string[]][] = [
    [{}, ["beta", "gamma", "Alpha"]],
    [{ sort: "name" }, ["Alpha", "beta", "gamma"]],
    [{ sort: "-name" }, ["gamma", "beta", "Alpha"]],
    [{ sort: "created_at" }, ["Alpha", "gamma", "beta"]],
    [{ sort: "-last_run" }, ["gamma", "beta", "Alpha"]],
    [{ sort: "last_run" }, ["Alpha", "beta", "gamma"]],
  ];
  test.each(cases)("%j", (filter, expected) => {
    expect(names(store, filter)).toEqual(expected);
  });
});

describe("filters", () => {
  const store = openTestStore();
  add(store, { name: "one", tags: ["a", "b"], description: "50% off", status: "published" });
  add(store, { name: "two", tags: ["a"], description: "under_score" });
  add(store, { name: "Three", tags: [], description: "back\\slash" });
  const cases: [WorkflowFilter, string[]][] = [
    [{ status: "published" }, ["one"]],
    [{ tags: ["a"] }, ["one", "two"]],
    [{ tags: ["a", "b"] }, ["one"]],
    [{ tags: ["A"] }, []],
    [{ search: "THREE" }, ["Three"]],
    [{ search: "slug-t" }, ["two", "Three"]],
    [{ search: "B" }, ["one", "Three"]],
    [{ search: "%" }, ["one"]],
    [{ search: "_" }, ["two"]],
    [{ search: "\\" }, ["Three"]],
    [{ search: "o", tags: ["a"], status: "draft" }, ["two"]],
  ];
  test.each(cases)("%j", (filter, expected) => {
    const page = listWorkflows(store, { ...filter, sort: "name" });
    expect(page.items.map(({ name }) => name).toSorted()).toEqual(expected.toSorted());
    expect(page.total_count).toBe(expected.length);
  });

  test("the tags are counted", () => {
    expect(workflowTagCounts(store)).toEqual([
      { tag: "a", count: 2 },
      { tag: "b", count: 1 },
    ]);
  });
});

test.each([...workflowSorts])("pages by %s hold every workflow once, forward and back", (sort) => {
  const store = openTestStore();
  for (let index = 0; index < 11; index++) {
    const name = `${index % 2 ? "name" : "NAME"}:${index}`;
    add(store, { name, at: day(1 + (index % 3)), ...(index % 4 === 0 && { lastRun: day(index + 1) }) });
  }
  const expected = names(store, { sort, limit: 100 });
  let page = listWorkflows(store, { sort, limit: 3 });
  const forward = page.items.map(({ name }) => name);
  while (page.next_cursor) {
    page = listWorkflows(store, { sort, limit: 3, cursor: page.next_cursor });
    forward.push(...page.items.map(({ name }) => name));
  }
  expect(forward).toEqual(expected);
  const backward = page.items.map(({ name }) => name);
  while (page.prev_cursor) {
    page = listWorkflows(store, { sort, limit: 3, cursor: page.prev_cursor });
    backward.unshift(...page.items.map(({ name }) => name));
  }
  expect(backward).toEqual(expected);
});

test("a cursor of another order is refused", () => {
  const store = openTestStore();
  add(store, { name: "one" });
  add(store, { name: "two" });
  const { next_cursor } = listWorkflows(store, { sort: "name", limit: 1 });
  expect(() => listWorkflows(store, { cursor: next_cursor })).toThrow("of another list, order or filter");
  expect(() => listWorkflows(store, { sort: "-name", cursor: next_cursor })).toThrow("of another list");
  const neverWas = Buffer.from("a:2026-99-99T99:99:99Z").toString("base64url");
  expect(() => listWorkflows(store, { cursor: neverWas })).toThrow("not one that a list has given out");
});
