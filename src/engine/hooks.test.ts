import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { anEngine, aStart } from "../testing/an-engine.ts";
import type { LifecycleEntry } from "../execution/lifecycle.ts";

const folder = mkdtempSync(join(tmpdir(), "skillmeat-hooks-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const stages = "stages: [{id: a, roles: {primary: 'agent:x'}, error_policy: {retry: {max_attempts: 1}}}]";
const ok = () => ({ ok: true });
const boom = () => ({ ok: false, error: { class: "x", message: "boom" } });

/** Runs a workflow with these hooks; what the lifecycle log says of them. */
async function ran(
  hooks: string,
  answer = ok as Parameters<typeof anEngine>[0],
  channels = new Map<string, string>(),
  more: Record<string, string> = {},
) {
  const entries: LifecycleEntry[] = [];
  const engine = await anEngine(answer, { channels, log: (entry) => entries.push(entry) });
  const start = aStart(`workflow: {id: w, name: W}
config: {parameters: {p: {type: string, default: d}}}
hooks: {${hooks}}
${stages}`);
  const env = { PATH: process.env["PATH"] ?? "", SKILLMEAT_TOKEN: "t", SKILLMEAT_NO_TOKEN: "1", ...more };
  const parameters = { p: `'; touch ${folder}/hacked; echo "$(id)` };
  const runId = await engine.engine.start({
    ...start,
    parameters,
    options: { ...start.options, workdir: folder, env },
  });
  await engine.engine.ended(runId);
  const said = entries.filter(({ event }) => /hook|notif/.test(event));
  return { view: engine.view(runId), said: said.map(({ event, message }) => `${event} ${message}`) };
}

describe("a hook", () => {
  test("runs a command; values reach it as variables, never as part of its text", async () => {
    const { view, said } = await ran("on_complete: {run: 'printf %s \"${{ parameters.p }}\" > out.txt'}");
    expect(readFileSync(join(folder, "out.txt"), "utf8")).toBe(`'; touch ${folder}/hacked; echo "$(id)`);
    expect([view.status, said]).toEqual(["completed", []]);
    expect(() => readFileSync(join(folder, "hacked"))).toThrow();
  });

  test("does not get what opens the server", async () => {
    await ran("on_complete: {run: 'env | grep -c _TOKEN= > tokens.txt || true'}");
    expect(readFileSync(join(folder, "tokens.txt"), "utf8")).toBe("0\n");
  });

  test("that fails is logged and changes nothing", async () => {
    const { view, said } = await ran("on_start: {run: 'echo no room >&2; exit 3'}");
    expect([view.status, said]).toEqual(["completed", ["hook_failed on_start.run: exit 3: no room"]]);
  });

  test("that says a lot is cut, and no piece of a secret is left at the end", async () => {
    const { said } = await ran(
      'on_start: {run: \'printf "%1995s%s%5000s" x "$MY_TOKEN" y >&2; exit 3\'}',
      ok,
      new Map(),
      { MY_TOKEN: "hunter2-hunter2" },
    );
    expect(said).toEqual(["hook_failed on_start.run: exit 3: x***…"]);
  });

  test("that leaves something in the background keeps nobody waiting for it", async () => {
    const { view } = await ran("on_complete: {run: 'sleep 30 & echo $! > left.pid'}");
    expect(view.status).toBe("completed");
    process.kill(Number(readFileSync(join(folder, "left.pid"), "utf8")));
  });

  test("for a failure runs when the execution fails, and knows how it ended", async () => {
    await ran(
      "on_failure: {run: 'echo $SKILLMEAT_STATUS > ended.txt'}, on_complete: {run: 'touch wrong.txt'}",
      boom,
    );
    expect(readFileSync(join(folder, "ended.txt"), "utf8")).toBe("failed\n");
    expect(() => readFileSync(join(folder, "wrong.txt"))).toThrow();
  });

  test("posts to the channel of that name, Slack-compatible", async () => {
    const got: unknown[] = [];
    const server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: async (request) => {
        got.push(await request.json());
        return new Response("ok");
      },
    });
    const { said, view } = await ran(
      "on_complete: {notify: {channel: ops, message: 'done: ${{ workflow.name }}'}}",
      ok,
      new Map([["ops", `http://127.0.0.1:${server.port}/hook`]]),
    );
    await server.stop(true);
    expect(got).toEqual([
      { text: "done: W", event: "on_complete", run_id: view.run_id, workflow: "w", status: "completed" },
    ]);
    expect(said).toEqual([]);
  });

  test("for a gate runs when one begins to wait, and knows which", async () => {
    const file = join(folder, "gates.txt");
    const entries: LifecycleEntry[] = [];
    const { engine, start, until, statuses } = await anEngine(ok, { log: (entry) => entries.push(entry) });
    const runId = await start(`workflow: {id: w, name: W}
hooks: {on_gate: {run: 'echo $SKILLMEAT_STAGE_ID $SKILLMEAT_STATUS >> ${file}', notify: nobody}}
stages: [{id: consent, name: Consent, type: gate, gate: {}}]`);
    await until(() => statuses(runId)["consent"] === "waiting_for_approval");
    await engine.signal(runId, { type: "approve", stage_id: "consent", actor: "ada", comment: null });
    await engine.ended(runId);
    expect(readFileSync(file, "utf8")).toBe("consent running\n");
    expect(entries.filter(({ event }) => event === "notified").map(({ message }) => message)).toEqual([
      `nobody: W waits for approval of "consent" (run ${runId})`,
    ]);
  });

  test("without such a channel only logs", async () => {
    const { said, view } = await ran("on_start: {notify: nobody}");
    expect(said).toEqual([`notified nobody: W has started (run ${view.run_id})`]);
  });
});
