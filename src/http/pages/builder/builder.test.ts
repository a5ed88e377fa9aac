import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { aTestServer, type Answer, type TestServer } from "../../../testing/test-server.ts";

const folder = join(import.meta.dir, "testdata");
const files = readdirSync(folder);
const simple = "workflow: { id: w, name: W }\nstages:\n  - { id: work, roles: { primary: agent:writer } }\n";

let server: TestServer;
beforeAll(async () => {
  server = await aTestServer();
});
afterAll(() => server.close());

describe("a file written by hand", () => {
  test.each(files)("%s: of a field that is edited and saved only that line changes", async (name) => {
    const { before, file, slug } = await stored(readFileSync(join(folder, name), "utf8"));
    const path = `//workflows/${slug}/edit`;
    expect((await post(`${path}/stage`, { stage: "work", revision: "0", name: "Done" })).status).toBe(303);
    expect((await post(`${path}/save`, {})).headers.get("location")).toBe(path.slice(1));
    const lines = before.split("\n");
    const after = readFileSync(file, "utf8").split("\n");
    expect(after).toHaveLength(lines.length);
    const changed = lines.flatMap((line, at) => (line === after[at] ? [] : [[line, after[at]]]));
    expect(changed).toEqual([[expect.stringContaining("Work"), changed[0]?.[0]?.replace("Work", "Done")]]);
    const { stages } = (await server.ask("GET", `/workflows/${slug}`)).body;
    expect(stages.find(({ id }: { id: string }) => id === "work").name).toBe("Done");
  });
});

describe("a save", () => {
  test("over a file that was changed meanwhile shows both, and takes the one that is chosen", async () => {
    const { file, slug } = await stored(simple);
    const path = `//workflows/${slug}/edit`;
    await post(`${path}/stage`, { stage: "work", revision: "0", name: "Mine" });
    writeFileSync(file, readFileSync(file, "utf8").replace(/name: W\d+/, "name: Theirs"));
    await post(`${path}/save`, {});
    expect(readFileSync(file, "utf8")).toContain("Theirs");
    const page = await server.ask("GET", path);
    expect(page.body).toContain('id="theirs"');
    expect(page.body).toContain("name: Mine");
    await post(`${path}/choose`, { choice: "mine" });
    await post(`${path}/save`, {});
    expect(readFileSync(file, "utf8")).toContain("Mine");
    expect(readFileSync(file, "utf8")).not.toContain("Theirs");
  });

  test("of what does not hold says so, and keeps the draft", async () => {
    const { before, file, slug } = await stored(simple);
    const path = `//workflows/${slug}/edit`;
    await post(`${path}/stage`, { stage: "work", revision: "0", condition: "nope ==" });
    const answer = await post(`${path}/save`, {}, true);
    expect([answer.status, answer.body]).toEqual([422, expect.stringContaining("stands in the way")]);
    expect(readFileSync(file, "utf8")).toBe(before);
    expect((await server.ask("GET", path)).body).toContain("nope ==");
  });
});

test("an empty workflow is no error before it is touched; to save it says what is missing", async () => {
  const begun = await post("//workflows/new", { template: "empty" });
  const path = `/${begun.headers.get("location")}`;
  const page = await server.ask("GET", path);
  expect(page.body).toContain("No stages yet");
  expect(page.body).toContain('data-errors="0"');
  expect(page.body).not.toMatch(/<li class="failed"/);
  const saved = await post(`${path}/save`, {}, true);
  expect([saved.status, saved.body]).toEqual([422, expect.stringContaining("stage")]);
});

describe("a form", () => {
  test("that was drawn before another change brings in its own change alone", async () => {
    const { slug } = await stored(simple);
    const path = `//workflows/${slug}/edit`;
    const old = { stage: "work", revision: "0", name: "", description: "", "error_policy.timeout": "" };
    await post(`${path}/stage`, { ...old, name: "One" });
    await post(`${path}/stage`, { ...old, "error_policy.timeout": "5m" });
    const text = await yamlOf(path);
    expect(text).toContain("name: One");
    expect(text).toContain("timeout: 5m");
  });

  test("loses nothing that it does not show", async () => {
    const policy = "error_policy: { timeout: 5m, idle_timeout: 1m }, workspace: shared";
    const hidden = simple
      .replace("stages:", "config: { timeout: 1h, workspace: worktree }\nstages:")
      .replace("agent:writer } }", `agent:writer }, ${policy} }`);
    const { slug } = await stored(hidden);
    const path = `//workflows/${slug}/edit`;
    await post(`${path}/stage`, { stage: "work", revision: "0", "error_policy.timeout": "" });
    await post(`${path}/settings`, { revision: "1", "config.timeout": "" });
    const text = await yamlOf(path);
    expect(text).toContain("config: { workspace: worktree }");
    expect(text).toContain("error_policy: { idle_timeout: 1m }, workspace: shared");
  });

  test("for a stage that is gone says so, and an unknown field or action is refused", async () => {
    const { slug } = await stored(simple);
    const path = `//workflows/${slug}/edit`;
    expect((await post(`${path}/stage`, { stage: "gone", revision: "0", name: "x" }, true)).status).toBe(409);
    expect((await post(`${path}/stage`, { stage: "work", revision: "0", nonsense: "x" }, true)).status).toBe(
      400,
    );
    expect(
      (await post(`${path}/stage`, { stage: "work", revision: "0", constructor: "x" }, true)).status,
    ).toBe(400);
    expect((await post(`${path}/toString`, {}, true)).status).toBe(404);
    expect((await post(`${path}/stage`, { stage: "work", revision: "99", name: "x" }, true)).status).toBe(
      409,
    );
  });

  test("that cannot be spliced leads to the line of the text", async () => {
    const anchored =
      "workflow: { id: w, name: W }\nstages:\n  - &a { id: work, roles: { primary: agent:writer } }\n";
    const { slug } = await stored(anchored);
    const path = `//workflows/${slug}/edit`;
    const answer = await post(`${path}/duplicate`, { stage: "work" });
    expect(answer.headers.get("location")).toMatch(/\?tab=yaml&line=3$/);
  });

  test("answers a script with the parts that have changed, and no others", async () => {
    const { slug } = await stored(`${simple}  - { id: two, roles: { primary: agent:writer } }\n`);
    const path = `//workflows/${slug}/edit`;
    const first = await post(`${path}/stage`, { stage: "work", revision: "0", name: "One" }, true);
    expect(targetsOf(first)).toContain("#flow");
    const second = await post(`${path}/stage`, { stage: "work", revision: "1", name: "Two" }, true, "1");
    expect(targetsOf(second)).toEqual(["#builder-state", "#builder-actions", "#builder-plan", "#card-work"]);
  });
});

interface Stored {
  before: string;
  file: string;
  slug: string;
}

let count = 0;

/** Each gets an id of its own: the server is one for all. */
async function stored(text: string): Promise<Stored> {
  const slug = `w${++count}`;
  const before = text
    .replace(/(\bid\W+)w(?=['",\s}])/, `$1${slug}`)
    .replace(/(\bname\W+)W(?!\w)/, `$1W${count}`);
  const { status, body } = await server.ask("POST", "/workflows", { yaml: before });
  expect([status, body.message]).toEqual([201, undefined]);
  return { before, file: body.file, slug };
}

function post(
  path: string,
  form: Record<string, string>,
  hasScripts = false,
  revision = "",
): Promise<Answer> {
  const headers: Record<string, string> = { "content-type": "application/x-www-form-urlencoded" };
  if (hasScripts) Object.assign(headers, { "hx-request": "true", "x-builder-revision": revision });
  return server.ask("POST", path, { text: new URLSearchParams(form).toString(), headers });
}

async function yamlOf(path: string): Promise<string> {
  return (await server.ask("GET", `${path}?tab=yaml`)).body;
}

function targetsOf({ body }: Answer): string[] {
  return [...(body as string).matchAll(/hx-target="([^"]+)"/g)].map(([, target = ""]) => target);
}
