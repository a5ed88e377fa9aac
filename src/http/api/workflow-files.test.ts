import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { readManifest } from "../../collection/manifest.ts";
import { aTestServer, type TestServer } from "../../testing/test-server.ts";
import { until } from "../../testing/journey-until.ts";
import { exampleDefinition } from "./example-definition.ts";

let server: TestServer;
let workflows: string;
beforeEach(async () => {
  server = await aTestServer();
  workflows = join(server.home, "collection/artifacts/workflows");
});
afterEach(() => server.close());

const named = (id: string, name = id): string =>
  exampleDefinition.replace("id: release-notes", `id: ${id}`).replace("name: Release Notes", `name: ${name}`);

async function made(id: string): Promise<{ id: string; file: string; definition_hash: string }> {
  const { status, body } = await server.ask("POST", "/workflows", { yaml: named(id) });
  expect(status).toBe(201);
  return body;
}

function drop(path: string, text: string): string {
  const file = join(workflows, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

async function listed(): Promise<Record<string, string | null>> {
  const { body } = await server.ask("GET", "/workflows?sort=name&limit=100");
  type Item = { slug: string; file_problem: { kind: string } | null };
  return Object.fromEntries(body.items.map((each: Item) => [each.slug, each.file_problem?.kind ?? null]));
}

const get = async (id: string) => (await server.ask("GET", `/workflows/${id}`)).body;
const broken = "workflow:\n  id: a\n  name: A\nstages: [\n";

describe("a file that was edited by hand", () => {
  test("is what everybody sees: get, list, plan, run and the versions", async () => {
    const { id, file, definition_hash } = await made("a");
    const hand = named("a", "By hand");
    writeFileSync(file, hand);
    expect(await get("a")).toMatchObject({ id, name: "By hand", definition: hand, file_problem: null });
    writeFileSync(file, named("a", "Once more"));
    const { body } = await server.ask("GET", "/workflows");
    expect(body.items.map(({ name }: { name: string }) => name)).toEqual(["Once more"]);
    writeFileSync(file, named("a", "For the plan"));
    const plan = await server.ask("POST", "/workflows/a/plan", { json: { parameters: { version: "1" } } });
    expect(plan.body.workflow.name).toBe("For the plan");
    const versions = await server.ask("GET", "/workflows/a/versions");
    expect(versions.body.items).toHaveLength(4);
    expect(versions.body.items.at(-1).definition_hash).toBe(definition_hash);
  });

  test("in the same length and within the same millisecond is seen too", async () => {
    const { file } = await made("a");
    for (let count = 0; count < 20; count++) {
      writeFileSync(file, named("a", `Name ${count % 10}`));
      expect((await get("a")).name).toBe(`Name ${count % 10}`);
    }
  });

  test("is not lost by a change that was made from what was there before: both texts are in the answer", async () => {
    const { file, definition_hash } = await made("a");
    const hand = named("a", "By hand");
    writeFileSync(file, hand);
    const yaml = named("a", "By API");
    const stale = await server.ask("PUT", "/workflows/a", { yaml, headers: { "if-match": definition_hash } });
    expect(stale.status).toBe(409);
    expect(stale.body.error.details).toEqual([
      { path: "saved", message: expect.any(String), definition: hand, definition_hash: expect.any(String) },
      { path: "sent", message: expect.any(String), definition: yaml, definition_hash: expect.any(String) },
    ]);
    expect(readFileSync(file, "utf8")).toBe(hand);
    const again = { "if-match": stale.body.error.details[0].definition_hash };
    expect((await server.ask("PUT", "/workflows/a", { yaml, headers: again })).status).toBe(200);
    expect(readFileSync(file, "utf8")).toBe(yaml);
  });

  test("a status is not set either on what has changed", async () => {
    const { file, definition_hash } = await made("a");
    writeFileSync(file, named("a", "By hand"));
    const headers = { "if-match": definition_hash };
    const stale = await server.ask("PUT", "/workflows/a", { json: { status: "published" }, headers });
    expect([stale.status, stale.body.error.details.length]).toEqual([409, 1]);
    expect((await get("a")).status).toBe("draft");
  });

  test("so that it does not hold is listed with its findings, refused to run, and kept when it is replaced", async () => {
    const { file } = await made("a");
    writeFileSync(file, broken);
    expect(await listed()).toEqual({ a: "invalid" });
    expect((await server.ask("GET", "//workflows")).body).toContain("does not hold");
    expect((await server.ask("GET", "//workflows/a")).body).toMatch(
      /The file does not hold any more.*Line \d/s,
    );
    const shown = await get("a");
    expect(shown).toMatchObject({ name: "a", definition: broken, file_problem: { kind: "invalid" } });
    expect(shown.file_problem.findings[0]).toMatchObject({ severity: "error", line: expect.any(Number) });
    expect(shown.stages).toHaveLength(2);
    const run = await server.ask("POST", "/workflows/a/run", { json: { parameters: { version: "1" } } });
    expect([run.status, run.body.error.code]).toEqual([422, "invalid_definition"]);
    const headers = { "if-match": shown.definition_hash };
    expect((await server.ask("PUT", "/workflows/a", { yaml: named("a"), headers })).status).toBe(200);
    const versions = (await server.ask("GET", "/workflows/a/versions")).body.items;
    expect(versions.map(({ definition }: { definition: string }) => definition)).toEqual([
      named("a"),
      broken,
      named("a"),
    ]);
    expect(await listed()).toEqual({ a: null });
  });

  test("to another id is the same workflow under it", async () => {
    const { id, file } = await made("a");
    writeFileSync(file, named("b"));
    expect((await server.ask("GET", "/workflows/a")).status).toBe(404);
    expect(await get("b")).toMatchObject({ id, slug: "b", file });
  });
});

describe("a file that is not there any more", () => {
  test("puts its workflow away, with its history; what comes back is again what it was", async () => {
    const { id, file } = await made("a");
    await server.ask("PUT", "/workflows/a", { json: { status: "published" } });
    const run = await server.ask("POST", "/workflows/a/run", { json: { parameters: { version: "1" } } });
    const text = readFileSync(file, "utf8");
    rmSync(dirname(file), { recursive: true });
    expect(await get("a")).toMatchObject({ status: "archived", file_problem: { kind: "missing" } });
    const plan = await server.ask("POST", "/workflows/a/plan", { json: { parameters: { version: "1" } } });
    expect([plan.status, plan.body.error.message]).toEqual([404, expect.stringContaining("is gone")]);
    const executions = await server.ask("GET", "/workflows/a/executions");
    expect(executions.body.items[0].run_id).toBe(run.body.run_id);
    mkdirSync(dirname(file));
    writeFileSync(file, text);
    expect(await get("a")).toMatchObject({ id, status: "published", file_problem: null });
  });

  test("is written again by a save", async () => {
    const { id, file, definition_hash } = await made("a");
    rmSync(file);
    expect(await listed()).toEqual({ a: "missing" });
    expect((await server.ask("GET", "//workflows/a/edit")).body).toContain("The file is gone");
    const headers = { "if-match": definition_hash };
    const saved = await server.ask("PUT", "/workflows/a", { yaml: named("a", "Back"), headers });
    expect(saved.body).toMatchObject({ id, file, status: "draft", file_problem: null });
    expect(existsSync(file)).toBe(true);
  });

  test("but lies elsewhere under its id is the same workflow", async () => {
    const { id, file } = await made("a");
    renameSync(dirname(file), join(workflows, "moved"));
    const moved = join(workflows, "moved/WORKFLOW.yaml");
    expect(await get("a")).toMatchObject({ id, file: moved, file_problem: null });
    renameSync(moved, join(workflows, "moved/WORKFLOW.yml"));
    writeFileSync(join(workflows, "moved/WORKFLOW.yml"), named("c"));
    expect(await get("c")).toMatchObject({ id, file: join(workflows, "moved/WORKFLOW.yml") });
  });

  test("of two that changed places each keeps its executions", async () => {
    const [a, b] = [await made("a"), await made("b")];
    writeFileSync(a.file, named("b"));
    writeFileSync(b.file, named("a"));
    expect(await listed()).toEqual({ a: null, b: null });
    expect([(await get("a")).id, (await get("b")).id]).toEqual([a.id, b.id]);
  });

  test("and a folder stands in its place, or a link that leads away: said, and nothing is followed", async () => {
    const { file } = await made("a");
    rmSync(file);
    mkdirSync(file);
    expect(await listed()).toEqual({ a: "unreadable" });
    rmSync(file, { recursive: true });
    writeFileSync(join(server.home, "../elsewhere.yaml"), named("stranger"));
    symlinkSync(join(server.home, "../elsewhere.yaml"), file);
    const { file_problem, name } = await get("a");
    expect([name, file_problem.kind, file_problem.message]).toEqual([
      "a",
      "link",
      expect.stringContaining("follow_links = true"),
    ]);
    writeFileSync(join(server.home, "config.toml"), "[workflow]\nfollow_links = true\n");
    expect(await get("stranger")).toMatchObject({ name: "stranger", file });
  });
});

describe("what is dropped into the collection", () => {
  test("is found, whatever the form in which it lies there", async () => {
    drop("one/WORKFLOW.yaml", named("one"));
    drop("two/workflow.yml", named("two"));
    drop("three/their-own-name.yaml", named("three"));
    drop("three/other.yaml", "notes: 1\n");
    drop("flat.yaml", named("flat"));
    drop("json/WORKFLOW.json", JSON.stringify(Bun.YAML.parse(named("json"))));
    drop("neither/README.md", "nothing");
    expect(await listed()).toEqual({ flat: null, json: null, one: null, three: null, two: null });
    const answer = await server.ask("POST", "/workflows/three/run", {
      json: { parameters: { version: "1" } },
    });
    expect(answer.status).toBe(202);
    expect((await server.ask("GET", "//workflows/flat")).status).toBe(200);
  });

  test("and does not hold is listed all the same, by its folder's name", async () => {
    drop("wild/WORKFLOW.yaml", "just: [a text\n");
    drop("empty/WORKFLOW.yaml", "");
    drop("binary/WORKFLOW.yaml", "\u0000");
    expect(await listed()).toEqual({ binary: "unreadable", empty: "invalid", wild: "invalid" });
    for (const slug of ["wild", "empty", "binary"]) {
      for (const page of ["", "/edit", "/run", "/settings", "/history", "/export"]) {
        const answer = await server.ask("GET", `//workflows/${slug}${page}`);
        expect([slug, page, answer.status]).toEqual([slug, page, 200]);
      }
    }
    expect(server.logged.filter(({ event }) => event === "http_bug")).toEqual([]);
    drop("wild/WORKFLOW.yaml", named("tame"));
    expect(await listed()).toEqual({ binary: "unreadable", empty: "invalid", tame: null });
  });

  test("with an id that is taken is listed beside the first one until the id is free", async () => {
    const { id, file } = await made("a");
    cpSync(dirname(file), join(workflows, "copy"), { recursive: true });
    expect(await listed()).toEqual({ a: null, copy: "duplicate" });
    expect((await get("a")).id).toBe(id);
    const run = await server.ask("POST", "/workflows/copy/run", { json: { parameters: { version: "1" } } });
    expect(run.status).toBe(422);
    writeFileSync(join(workflows, "copy/WORKFLOW.yaml"), named("b", "a"));
    expect(await listed()).toEqual({ a: null, b: null });
    writeFileSync(join(workflows, "copy/WORKFLOW.yaml"), named("a"));
    expect(await listed()).toEqual({ a: null, b: "duplicate" });
    await server.ask("DELETE", "/workflows/a");
    expect(await listed()).toEqual({ a: null });
  });
});

test("two files of one name are both there, told apart by their ids", async () => {
  drop("a/WORKFLOW.yaml", named("a", "Same"));
  drop("b/WORKFLOW.yaml", named("b", "Same"));
  expect(await listed()).toEqual({ a: null, b: "name" });
  expect((await get("b")).name).toBe("Same (b)");
  drop("a/WORKFLOW.yaml", named("a", "Another"));
  expect(await listed()).toEqual({ a: null, b: null });
  expect((await get("b")).name).toBe("Same");
});

describe("a change of the id", () => {
  test("moves the folder with all that lies there, and the manifest's entry", async () => {
    const { id, file } = await made("a");
    const manifest = join(server.home, "collection/collection.toml");
    writeFileSync(manifest, `# mine\n${readFileSync(manifest, "utf8")}tags = ["x"] # kept\n`);
    mkdirSync(join(dirname(file), "agents"));
    writeFileSync(join(dirname(file), "agents/writer.md"), "You write.");
    const { body, status } = await server.ask("PUT", "/workflows/a", { yaml: named("b") });
    expect([status, body]).toMatchObject([200, { id, slug: "b", file: join(workflows, "b/WORKFLOW.yaml") }]);
    expect(existsSync(join(workflows, "a"))).toBe(false);
    expect(readFileSync(join(workflows, "b/agents/writer.md"), "utf8")).toBe("You write.");
    const text = readFileSync(manifest, "utf8");
    expect(text).toContain("# mine\n");
    expect(text).toContain('tags = ["x"] # kept');
    const entries = readManifest(text, manifest);
    expect(entries).toMatchObject([{ name: "b", path: "artifacts/workflows/b", type: "workflow" }]);
  });

  test("to one that is taken, or into a folder that is there, changes nothing", async () => {
    const { file } = await made("a");
    await made("b");
    mkdirSync(join(workflows, "c"));
    for (const id of ["b", "c"]) {
      const answer = await server.ask("PUT", "/workflows/a", { yaml: named(id, "Other") });
      expect([answer.status, existsSync(file)]).toEqual([409, true]);
    }
    expect(readFileSync(file, "utf8")).toBe(named("a"));
    expect(await listed()).toEqual({ a: null, b: null });
  });
});

describe("If-Match", () => {
  const forms: [string, (hash: string) => string, number][] = [
    ["the hash", (hash) => hash, 200],
    ["in quotes", (hash) => `"${hash}"`, 200],
    ["weak", (hash) => `W/"${hash}"`, 200],
    ["one of several", (hash) => `"x", "${hash}"`, 200],
    ["any", () => "*", 200],
    ["none of several", () => '"x", "y"', 409],
    ["nothing", () => "", 400],
    ["empty quotes", () => '""', 400],
  ];
  test.each(forms)("as %s", async (_, form, status) => {
    const { definition_hash } = await made("a");
    const headers = { "if-match": form(definition_hash) };
    expect((await server.ask("PUT", "/workflows/a", { yaml: named("a", "N"), headers })).status).toBe(status);
  });
});

test("a key that started an execution still leads to it when the workflow is gone", async () => {
  const { id } = await made("a");
  const given = { json: { parameters: { version: "1" } }, headers: { "idempotency-key": "k" } };
  const { body } = await server.ask("POST", "/workflows/a/run", given);
  await server.ask("POST", `/workflow-executions/${body.run_id}/cancel`);
  await until("it has ended", async () => {
    const run = await server.ask("GET", `/workflow-executions/${body.run_id}`);
    return run.body.status === "cancelled";
  });
  expect((await server.ask("DELETE", "/workflows/a")).status).toBe(204);
  for (const name of ["a", id]) {
    const again = await server.ask("POST", `/workflows/${name}/run`, given);
    expect([again.status, again.body.run_id]).toEqual([202, body.run_id]);
    expect(again.headers.get("idempotent-replay")).toBe("true");
  }
  const other = { ...given, json: { parameters: { version: "2" } } };
  expect((await server.ask("POST", "/workflows/a/run", other)).status).toBe(404);
  expect((await server.ask("POST", "/workflows/b/run", given)).status).toBe(404);
});

test.each(["new", "import", "executions"])(
  "a workflow whose id is %s, as a page is, has its own page",
  async (id) => {
    await made(id);
    const library = await server.ask("GET", "//workflows");
    expect(library.body).toContain(`href="/workflows/~${id}"`);
    for (const part of ["", "/edit", "/run", "/executions", "/history"]) {
      const page = await server.ask("GET", `//workflows/~${id}${part}`);
      expect([part, page.status, page.body.includes(`>${id}</`)]).toEqual([part, 200, true]);
    }
  },
);
