import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { anEngine, type TestEngine } from "../testing/an-engine.ts";
import type { Answer } from "../testing/fake-agents.ts";

const home = mkdtempSync(join(tmpdir(), "skillmeat-kept-secrets-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const account = "account-s3cret-0042";
const text = `workflow: {id: w, name: W}
config:
  parameters:
    account: {type: string, secret: true, required: true}
  env: {ACCOUNT: "\${{ parameters.account }}"}
stages:
  - {id: ask, type: gate, gate: {}}
  - {id: ship, depends_on: [ask], roles: {primary: 'agent:x'}}`;

/** The variables that each agent got. */
let given: (string | undefined)[] = [];
const answer: Answer = ({ env }) => {
  given.push(env["ACCOUNT"]);
  return { ok: true, outputs: {} };
};
beforeEach(() => (given = []));

interface Left {
  runId: string;
  file: string;
  /** The engine of the next process; nobody else is there. */
  next: TestEngine;
  log: object[];
}

/** An execution that waits at its gate, whose engine has ended; then something happens to the file of its secrets. */
async function leftAtGate(happens: (file: string) => void): Promise<Left> {
  const first = await anEngine(answer, { home });
  const runId = await first.start(text, { account });
  await first.until(() => first.statuses(runId)["ask"] === "waiting_for_approval");
  await first.engine.stop("leave");
  const file = join(home, "secrets", runId);
  happens(file);
  const log: object[] = [];
  const next = await anEngine(answer, { home, store: first.store, log: (entry) => log.push(entry) });
  return { runId, file, next, log };
}

const approve = { type: "approve", stage_id: "ask", actor: "ada", comment: null } as const;

describe("the secrets of an execution that lives", () => {
  test("are there for the next engine", async () => {
    const { runId, next } = await leftAtGate(() => {});
    expect(await next.engine.recover()).toEqual([runId]);
    await next.engine.signal(runId, approve);
    await next.engine.ended(runId);
    expect(next.statuses(runId)).toEqual({ ask: "completed", ship: "completed" });
    expect(given).toEqual([account]);
    expect(readdirSync(join(home, "secrets"))).not.toContain(runId);
  });

  const onlyMasks = { parameters: {}, options: null, snapshot: null, masks: ["named-later"] };
  test.each<[string, (file: string) => void]>([
    ["lost", (file) => rmSync(file)],
    ["damaged", (file) => writeFileSync(file, '{"parameters":{"acc')],
    ["replaced by what an agent named", (file) => writeFileSync(file, JSON.stringify(onlyMasks))],
  ])("%s: it is told, nothing runs with other values, and it can be cancelled", async (_, happens) => {
    const { runId, file, next, log } = await leftAtGate(happens);
    expect(await next.engine.recover()).toEqual([]);
    const said = `execution "${runId}" cannot go on: "${file}", which contained its secrets, is missing or damaged`;
    expect(JSON.stringify(log)).toContain(JSON.stringify(said).slice(1, -1));
    await expect(next.engine.takeOver(runId)).rejects.toThrow(said);

    await next.engine.signal(runId, approve);
    expect(next.statuses(runId)).toEqual({ ask: "completed", ship: "pending" });
    expect(given).toEqual([]);
    await next.engine.signal(runId, { type: "cancel", reason: null });
    expect(next.view(runId).status).toBe("cancelled");
  });
});

describe("a rerun", () => {
  test("names all secret parameters that it needs, and takes none that is not what was declared", async () => {
    const { engine, run } = await anEngine(answer, { home });
    const { run_id } = await run(
      text.replace("- {id: ask, type: gate, gate: {}}", "- {id: ask, roles: {primary: 'agent:x'}}"),
      {
        account,
      },
    );
    expect(engine.secretsOfRerun(run_id, { kind: "start" })).toEqual(["account"]);
    const rerun = (secrets: { [name: string]: string | number }) =>
      engine.rerun(run_id, { kind: "start" }, secrets);
    const details = [
      {
        path: "account",
        message:
          'parameter "account" is secret and is not kept after a run. ' +
          'give it again with "--params-file", or "parameters" in the request',
      },
    ];
    await expect(rerun({})).rejects.toMatchObject({ code: "invalid_parameters", details });
    await expect(rerun({ account: 42 })).rejects.toMatchObject({
      details: [{ path: "account", message: 'parameter "account" must be string' }],
    });
    await expect(rerun({ account, other: "x" })).rejects.toMatchObject({
      details: [{ path: "other", message: 'parameter "other" is no secret parameter of this execution' }],
    });
    const again = await rerun({ account });
    await engine.ended(again);
  });
});
