import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeAskingClaude } from "../../testing/asking-claude.ts";
import { aControl, aStageRequest } from "../../testing/a-stage-request.ts";
import { bothLaunches } from "../../testing/both-launches.ts";
import { until } from "../../testing/journey-until.ts";
import { aPermissionDesk } from "../../testing/a-permission-desk.ts";
import { createMasks } from "../../execution/masks.ts";
import type { StageResult } from "../dispatcher.ts";
import { createClaudeDispatcher } from "./claude-code.ts";
import { openClaudeTalk, userMessage } from "./claude-talk.ts";

const home = mkdtempSync(join(tmpdir(), "skillmeat-asking-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** An attempt of a stage with `permissions: ask`, whose claude is that script. */
function lab(script: string) {
  const { folder, request } = aStageRequest("", { permissions: "ask" });
  const claude = makeAskingClaude(folder, script);
  request.options.env = { PATH: `${claude.bin}:${process.env["PATH"] ?? ""}`, HOME: home };
  const desk = aPermissionDesk();
  const taken = aControl();
  const lines = () => claude.stdin().trimEnd().split("\n");
  return { request, claude, desk, control: { ...taken.control, permissions: desk }, taken, lines };
}

const relayed = (name: "agent" | "client") =>
  readFileSync(join(import.meta.dir, `samples/asking/${name}.jsonl`), "utf8")
    .trimEnd()
    .split("\n");

test("a recorded conversation is spoken as it was recorded", () => {
  const talk = openClaudeTalk(createMasks());
  const [task = "", answer = ""] = relayed("client");
  expect(userMessage("## Task\nDo it.")).toBe(task);
  for (const line of relayed("agent")) talk.hear(JSON.parse(line));
  const [asked, ...more] = talk.take();
  const id = "8c1a10ce-03cd-4d8c-9670-05e57b65b133";
  expect(asked).toMatchObject({
    kind: "ask",
    call: {
      id,
      tool: "Bash",
      title: "touch relay-made.txt && echo did it",
      reason: "it reaches /w/relay-made.txt",
    },
  });
  expect(more).toEqual([]);
  expect(talk.owed([{ id, allows: true, message: null }])).toEqual([answer]);
  expect(talk.isOver).toBe(true);
  talk.hearOwn(answer);
  expect(talk.owed([{ id, allows: true, message: null }])).toEqual([]);
});

test("secrets are hidden in what is asked, but not in what is given back; a long input is cut", () => {
  const talk = openClaudeTalk(createMasks(["s3cret-value"]));
  const input = { command: `echo s3cret-value ${"x".repeat(20_000)}` };
  const request = { subtype: "can_use_tool", tool_name: "Bash", input };
  talk.hear({ type: "control_request", request_id: "r", request });
  const [asked] = talk.take();
  expect(JSON.stringify(asked)).not.toContain("s3cret");
  expect(JSON.stringify(asked).length).toBeLessThan(17 * 1024);
  expect(talk.owed([{ id: "r", allows: true, message: null }])[0]).toContain("s3cret-value");
});

test("the same call has the same fingerprint, in which all of its input counts, but no secret", () => {
  const secrets = { first: "s3cret-value", second: "another-secret" };
  const talk = openClaudeTalk(createMasks(Object.values(secrets)));
  const fingerprint = (tool_name: string, command: string): string => {
    talk.hear({
      type: "control_request",
      request_id: "r",
      request: { subtype: "can_use_tool", tool_name, input: { command } },
    });
    const [asked] = talk.take();
    return asked?.kind === "ask" ? asked.call.fingerprint : "";
  };
  const long = "x".repeat(20_000);
  expect(fingerprint("Bash", long)).toMatch(/^[0-9a-f]{64}$/);
  expect(fingerprint("Bash", long)).toBe(fingerprint("Bash", long));
  expect(fingerprint("Bash", `${long}; rm -r /`)).not.toBe(fingerprint("Bash", long));
  expect(fingerprint("Write", long)).not.toBe(fingerprint("Bash", long));
  expect(fingerprint("Bash", secrets.first)).toBe(fingerprint("Bash", secrets.second));
});

test("a request of another kind is answered with an error, once, because claude waits for it", () => {
  const talk = openClaudeTalk(createMasks());
  talk.hear({ type: "control_request", request_id: "h", request: { subtype: "hook_callback" } });
  expect(talk.take()).toEqual([]);
  const [said = "", ...more] = talk.owed([]);
  expect(more).toEqual([]);
  expect(JSON.parse(said)).toEqual({
    type: "control_response",
    response: { subtype: "error", request_id: "h", error: expect.stringContaining('"hook_callback"') },
  });
  talk.hearOwn(said);
  expect(talk.owed([])).toEqual([]);
});

describe.each(bothLaunches)("claude that asks, under %s", (_, launch) => {
  const dispatcher = createClaudeDispatcher(launch);

  test("waits for the answer and obeys it; a refusal tells it why", async () => {
    const { request, desk, control, lines, claude } = lab(
      "ask one 'touch made'; allowed && said=yes; ask two 'rm -r x'; allowed || said=$said-no; finish $said",
    );
    const running = dispatcher.dispatch(request, control);
    await until("it asks", () => desk.asked.length === 1);
    desk.answer({ id: "one", allows: true, message: null });
    await until("it asks again", () => desk.asked.length === 2);
    desk.answer({ id: "two", allows: false, message: "not that one" });
    expect(await running).toMatchObject({ ok: true, text: "yes-no", warnings: [] });
    const [task, yes, no] = lines().map((line) => JSON.parse(line));
    expect(task).toEqual({ type: "user", message: { role: "user", content: "build it" } });
    expect(yes.response.response).toEqual({ behavior: "allow", updatedInput: { command: "touch made" } });
    expect(no.response.response).toEqual({ behavior: "deny", message: "This was rejected: not that one" });
    expect(claude.calls()[0]).toContain("--permission-mode=default");
    expect(claude.calls()[0]?.join(" ")).toContain(
      "--input-format stream-json --permission-prompt-tool stdio",
    );
    await dispatcher.sweep(request);
  });

  test("may ask for several things at once and withdraw one of them", async () => {
    const { request, desk, control } = lab(
      'request one a; request two b; say \'{"type":"control_cancel_request","request_id":"one"}\'; hear; finish done',
    );
    const running = dispatcher.dispatch(request, control);
    await until("it has withdrawn one", () => desk.withdrawn.includes("one"));
    desk.answer({ id: "one", allows: null, message: null }, { id: "two", allows: true, message: null });
    expect(await running).toMatchObject({ ok: true, text: "done" });
    await dispatcher.sweep(request);
  });

  test("is stopped when it does not end after its result, which counts", async () => {
    const { request, control } = lab("finish done; sleep 600");
    expect(await dispatcher.dispatch(request, control)).toMatchObject({ ok: true, text: "done" });
    await dispatcher.sweep(request);
  });

  test("is followed by the next engine, which knows what is open and says the rest", async () => {
    const first = lab("ask one a; ask two b; finish done");
    const { request } = first;
    void dispatcher.dispatch(request, first.control).catch(() => {});
    await until("it asks", () => first.desk.asked.length === 1);
    first.desk.answer({ id: "one", allows: true, message: null });
    await until("it asks again", () => first.desk.asked.length === 2);
    first.desk.isDead = true;
    const desk = aPermissionDesk([{ id: "one", allows: true, message: null }]);
    const again: Promise<StageResult | string> = createClaudeDispatcher(launch).readopt(request, {
      ...aControl().control,
      permissions: desk,
    });
    await until("it knows both", () => desk.asked.length === 2);
    desk.answer({ id: "two", allows: false, message: null });
    expect(await again).toMatchObject({ ok: true, text: "done" });
    expect(first.lines()).toHaveLength(3);
    await dispatcher.sweep(request);
  });
});
