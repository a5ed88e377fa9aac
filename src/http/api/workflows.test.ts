import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { aTestServer, type TestServer } from "../../testing/test-server.ts";
import { exampleDefinition } from "./example-definition.ts";

const slugs = (answer: { body: { items: { slug: string }[] } }) => answer.body.items.map(({ slug }) => slug);

let server: TestServer;
beforeEach(async () => {
  server = await aTestServer();
});
afterEach(() => server.close());

const named = (id: string, name = id): string =>
  exampleDefinition.replace("id: release-notes", `id: ${id}`).replace("name: Release Notes", `name: ${name}`);

describe("a new workflow", () => {
  test("comes as YAML, is stored byte for byte, in the database and in its file", async () => {
    const made = await server.ask("POST", "/workflows", { yaml: exampleDefinition });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ slug: "release-notes", status: "draft", created_by: "tester" });
    expect(made.body.definition).toBe(exampleDefinition);
    expect(made.headers.get("location")).toBe(`/api/v1/workflows/${made.body.id}`);
    expect(readFileSync(made.body.file, "utf8")).toBe(exampleDefinition);
    for (const name of [made.body.id, "release-notes"]) {
      expect((await server.ask("GET", `/workflows/${name}`)).body).toEqual(made.body);
    }
  });

  test("comes as JSON: a text, an object, or SkillMeat's yaml_content", async () => {
    const object = Bun.YAML.parse(named("b")) as Record<string, unknown>;
    const bodies = [
      { definition: named("a"), status: "published" },
      { definition: object },
      { yaml_content: named("c") },
    ];
    for (const json of bodies) expect((await server.ask("POST", "/workflows", { json })).status).toBe(201);
    const list = await server.ask("GET", "/workflows?sort=name");
    expect(list.body.items.map((each: { slug: string; status: string }) => [each.slug, each.status])).toEqual(
      [
        ["a", "published"],
        ["b", "draft"],
        ["c", "draft"],
      ],
    );
  });

  test("whose id is taken is a conflict", async () => {
    await server.ask("POST", "/workflows", { yaml: exampleDefinition });
    const again = await server.ask("POST", "/workflows", { yaml: exampleDefinition });
    expect(again.status).toBe(409);
    expect(again.body.error.code).toBe("conflict");
  });

  test("that does not hold is refused with every finding and its place", async () => {
    const yaml = exampleDefinition.replace("depends_on: [write]", "depends_on: [wriet]");
    const answer = await server.ask("POST", "/workflows", { yaml });
    expect(answer.status).toBe(422);
    const [first] = answer.body.error.details;
    expect(first).toMatchObject({ severity: "error", category: "dag", stage_id: "approve", line: 29 });
    expect((await server.ask("GET", "/workflows")).body.total_count).toBe(0);
  });

  const refused: [string, Parameters<TestServer["ask"]>[2], number, string][] = [
    [
      "broken JSON",
      { text: '{"definition": ', headers: { "content-type": "application/json" } },
      400,
      "line 1, column 16",
    ],
    ["broken YAML", { yaml: "workflow: [" }, 422, "definition"],
    ["no body", {}, 400, "must be an object"],
    ["an unknown field", { json: { definition: "", colour: 1 } }, 400, '"colour" is not known here'],
    ["a wrong type", { json: { definition: 5 } }, 400, "definition"],
    ["nothing to store", { json: { status: "draft" } }, 400, '"definition" is required'],
    [
      "a form",
      { text: "a=1", headers: { "content-type": "application/x-www-form-urlencoded" } },
      415,
      "application/json",
    ],
    [
      "a packed body",
      { yaml: "workflow: {}", headers: { "content-encoding": "gzip" } },
      415,
      "send it uncompressed",
    ],
    ["3 MB", { yaml: "#".repeat(3_000_000) }, 413, "2 MiB"],
    ["1.5 MB of definition", { yaml: "#".repeat(1_500_000) }, 422, "1 MiB"],
    [
      "what is not UTF-8",
      { text: "\ud800", headers: { "content-type": "application/yaml" } },
      422,
      "definition",
    ],
  ];
  test.each(refused)("%s is refused", async (_, given, status, says) => {
    const answer = await server.ask("POST", "/workflows", given);
    expect([answer.status, answer.body.error.message]).toEqual([status, expect.stringContaining(says)]);
    expect(answer.body.error.trace_id).toBe(answer.headers.get("x-trace-id"));
    expect(server.logged.filter(({ event }) => event === "http_bug")).toEqual([]);
  });
});

describe("a list of workflows", () => {
  beforeEach(async () => {
    for (const name of ["a", "b", "c", "d", "e"])
      await server.ask("POST", "/workflows", { yaml: named(name) });
  });

  test("is walked by cursors, forth and back, and new ones change nothing of what was seen", async () => {
    const first = await server.ask("GET", "/workflows?sort=name&limit=2");
    expect([slugs(first), first.body.has_more, first.body.prev_cursor, first.body.total_count]).toEqual([
      ["a", "b"],
      true,
      null,
      5,
    ]);
    await server.ask("POST", "/workflows", { yaml: named("aa") });
    const second = await server.ask("GET", `/workflows?sort=name&limit=2&cursor=${first.body.next_cursor}`);
    expect(slugs(second)).toEqual(["c", "d"]);
    const back = await server.ask("GET", `/workflows?sort=name&limit=2&cursor=${second.body.prev_cursor}`);
    expect(slugs(back)).toEqual(["aa", "b"]);
  });

  test.each([
    "cursor=nonsense",
    "cursor=YTpi",
    "limit=0",
    "limit=101",
    "status=lost",
    "sort=size",
    "colour=red",
  ])("%s is refused", async (query) => {
    const answer = await server.ask("GET", `/workflows?${query}`);
    expect([answer.status, answer.body.error.code]).toEqual([400, "invalid_usage"]);
    expect(answer.body.error.details[0].path).toBe(query.split("=")[0]);
  });

  test("refuses a cursor of another order, list or filter", async () => {
    const { body } = await server.ask("GET", "/workflows?sort=name&limit=2");
    for (const path of [
      "/workflows?sort=-name",
      "/workflows",
      "/workflows?sort=name&search=a",
      "/workflows/a/versions",
      "/workflow-executions",
    ]) {
      const joined = `${path}${path.includes("?") ? "&" : "?"}cursor=${body.next_cursor}`;
      const answer = await server.ask("GET", joined);
      expect([path, answer.status, answer.body.error?.message]).toEqual([
        path,
        400,
        expect.stringContaining("another list, order or filter"),
      ]);
    }
  });

  test("is searched for plain text: % and _ mean themselves", async () => {
    await server.ask("POST", "/workflows", { yaml: named("percent", '"100% done"') });
    const found = await server.ask("GET", "/workflows?search=0%25");
    expect(found.body.items.map((each: { slug: string }) => each.slug)).toEqual(["percent"]);
    expect((await server.ask("GET", "/workflows?search=_")).body.items).toEqual([]);
  });
});

describe("a stored workflow", () => {
  let id: string;
  let hash: string;
  beforeEach(async () => {
    const { body } = await server.ask("POST", "/workflows", { yaml: exampleDefinition });
    ({ id, definition_hash: hash } = body);
  });

  test("is replaced if the hash is still the one the change was made from; every definition is kept", async () => {
    const yaml = named("release-notes", "Notes");
    const saved = await server.ask("PUT", `/workflows/${id}`, { yaml, headers: { "if-match": `"${hash}"` } });
    expect([saved.status, saved.body.name]).toEqual([200, "Notes"]);
    expect(saved.headers.get("etag")).toBe(`"${saved.body.definition_hash}"`);
    const stale = await server.ask("PUT", `/workflows/${id}`, { yaml, headers: { "if-match": hash } });
    expect([stale.status, stale.body.error.message]).toEqual([
      409,
      expect.stringContaining("changed meanwhile"),
    ]);
    const versions = await server.ask("GET", `/workflows/${id}/versions`);
    expect(versions.body.items.map((each: { number: number }) => each.number)).toEqual([2, 1]);
  });

  test("of two changes made from the same definition at once, one is stored", async () => {
    const change = (name: string) =>
      server.ask("PUT", `/workflows/${id}`, {
        yaml: named("release-notes", name),
        headers: { "if-match": hash },
      });
    const answers = await Promise.all([change("One"), change("Two")]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    const { body } = await server.ask("GET", `/workflows/${id}`);
    expect(readFileSync(body.file, "utf8")).toBe(body.definition);
  });

  test("is published without its definition being sent again", async () => {
    const { body } = await server.ask("PUT", `/workflows/${id}`, { json: { status: "published" } });
    expect(body).toMatchObject({ status: "published", definition_hash: hash });
  });

  test("is duplicated under a free name, or under one that is given", async () => {
    const copy = await server.ask("POST", `/workflows/${id}/duplicate`);
    expect([copy.status, copy.body.slug, copy.body.name]).toEqual([
      201,
      "release-notes-copy",
      "Release Notes (copy)",
    ]);
    const given = await server.ask("POST", `/workflows/${id}/duplicate`, { json: { name: "Hotfix" } });
    expect([given.body.slug, given.body.name]).toEqual(["hotfix", "Hotfix"]);
    const taken = await server.ask("POST", `/workflows/${id}/duplicate`, { json: { name: "Hotfix" } });
    expect(taken.status).toBe(409);
  });

  test("with the longest name and id there may be is duplicated under shorter ones", async () => {
    const [slug, name] = ["a".repeat(128), "n".repeat(255)];
    const yaml = exampleDefinition.replace("release-notes", slug).replace("Release Notes", name);
    const { body } = await server.ask("POST", "/workflows", { yaml });
    const copy = await server.ask("POST", `/workflows/${body.id}/duplicate`);
    expect([copy.status, copy.body.slug, copy.body.name]).toEqual([
      201,
      `${"a".repeat(123)}-copy`,
      `${"n".repeat(248)} (copy)`,
    ]);
  });

  test("is deleted with its file, and then is gone", async () => {
    const { file } = (await server.ask("GET", `/workflows/${id}`)).body;
    expect((await server.ask("DELETE", `/workflows/${id}`)).status).toBe(204);
    expect(existsSync(file)).toBe(false);
    expect((await server.ask("DELETE", `/workflows/${id}`)).status).toBe(404);
  });

  test("is not deleted while an execution of it lives", async () => {
    await server.ask("POST", `/workflows/${id}/run`, { json: { parameters: { version: "1" } } });
    const answer = await server.ask("DELETE", `/workflows/${id}`);
    expect([answer.status, answer.body.error.code]).toEqual([409, "conflict"]);
  });
});
