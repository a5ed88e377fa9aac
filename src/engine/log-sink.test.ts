import { expect, test } from "bun:test";
import { countLogStreams } from "../store/logs.ts";
import { anEngine } from "../testing/an-engine.ts";
import { until } from "../testing/journey-until.ts";

const flood = `
workflow: { id: flood, name: Flood }
stages:
  - id: only
    roles: { primary: agent:noisy }
`;

test("the tail of a log is stored in pieces, and the attempt's end with the last of them", async () => {
  const { engine, agents, start, feed } = await anEngine(undefined, { mostLogBytes: 4_000_000 });
  const runId = await start(flood);
  const attempt = await agents.running("only");
  const lines = 25_000;
  for (let at = 0; at < lines; at++) attempt.control.log.write("stdout", `line ${at}`, at + 1);
  const commits: number[] = [];
  await new Promise<void>((resolve) => {
    const stop = engine.subscribe((events) => {
      commits.push(events.filter(({ type }) => type === "log_line").length);
      if (!events.some(({ type }) => type === "stage_completed")) return;
      stop();
      resolve();
    });
    // The head is written before: here it came without a turn of the loop for the engine.
    setImmediate(() => setImmediate(() => attempt.finish({ ok: true })));
  });
  const [, ...tail] = commits;
  expect(tail.length).toBeGreaterThan(2);
  expect(Math.max(...tail)).toBeLessThanOrEqual(1001);
  const stored = feed(runId);
  const texts = stored
    .filter(({ type }) => type === "log_line")
    .map(({ data }) => (data as { text: string }).text);
  expect(texts.at(-1)).toBe(`line ${lines - 1}`);
  expect(new Set(texts).size).toBe(texts.length);
  expect(texts.filter((text) => text.includes("are left out here"))).toHaveLength(1);
  const lastLine = stored.findLastIndex(({ type }) => type === "log_line");
  expect(stored[lastLine + 1]?.type).toBe("stage_completed");
});

test("a line of a transcript moves the place in what the program has printed", async () => {
  const { agents, start, store } = await anEngine();
  const runId = await start(flood);
  const attempt = await agents.running("only");
  attempt.control.log.write("agent", '{"kind":"message","text":"hi"}', 40);
  attempt.control.log.write("stderr", "hm", 7);
  attempt.finish({ ok: true });
  await until("the lines are stored", () => attempt.control.log.stored.stdout === 40);
  expect(attempt.control.log.stored).toEqual({ stdout: 40, stderr: 7 });
  expect(countLogStreams(store, { run_id: runId, stage_id: "only", attempt: 1 })).toMatchObject({
    agent: 1,
    stderr: 1,
  });
});
