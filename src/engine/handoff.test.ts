import { describe, expect, test } from "bun:test";
import { anEngine } from "../testing/an-engine.ts";

/** What a stage's agent is told of the stages before it. */

const text = (handoff: string): string => `workflow: {id: w, name: W}
stages:
  - {id: a, name: First, roles: {primary: 'agent:x'}, outputs: {o: {type: string}}, handoff: {${handoff}}}
  - {id: b, roles: {primary: 'agent:x'}, depends_on: [a]}`;

async function told(handoff: string, summary: Record<string, unknown> = {}): Promise<string> {
  let prompt = "";
  const { run } = await anEngine((request) => {
    if (request.attempt_id.endsWith("/summary")) return { ok: true, ...summary };
    if (request.stage_id === "b") prompt = request.prompt;
    return { ok: true, outputs: { o: "what I did" }, text: "in my own words" };
  });
  const view = await run(text(handoff));
  expect(view.status).toBe("completed");
  return prompt;
}

describe("a handoff", () => {
  test("structured: JSON of the outputs", async () => {
    expect(await told("format: structured")).toContain('"o": "what I did"');
  });

  test("markdown: a document", async () => {
    const prompt = await told("format: markdown");
    expect(prompt).toContain("### o\n\nwhat I did");
    expect(prompt).not.toContain('"o"');
  });

  test("raw: the agent's own text", async () => {
    const prompt = await told("format: raw");
    expect(prompt).toContain("in my own words");
    expect(prompt).not.toContain("what I did");
  });

  test("summary_prompt asks the same agent once more", async () => {
    expect(await told("summary_prompt: 'say it shortly'", { text: "short" })).toContain('"summary": "short"');
  });

  test("summary_prompt is filled in, also with what its own stage has just made", async () => {
    const prompts: string[] = [];
    const { run } = await anEngine((request) => {
      if (request.attempt_id.endsWith("/summary")) prompts.push(request.instructions ?? "", request.prompt);
      return { ok: true, outputs: { o: "a report" }, text: "short" };
    });
    await run(
      text("summary_prompt: '${{ workflow.name }}, ${{ stages.a.status }}: ${{ stages.a.outputs.o }}'"),
    );
    expect(prompts[0]).toBe("W, completed: a report");
    expect(prompts[1]).toContain("## Instructions\n\nW, completed: a report");
  });

  test("a summary that fails is a warning, no failure", async () => {
    const failed = { ok: false, error: { class: "x", message: "no words" } };
    expect(await told("summary_prompt: 'say it shortly'", failed)).not.toContain("summary");
  });

  test("a summary whose agent cannot even be asked is a warning, too", async () => {
    const { run } = await anEngine((request) => {
      if (request.attempt_id.endsWith("/summary")) throw new Error("no room");
      return { ok: true, outputs: { o: "x" } };
    });
    const view = await run(text("summary_prompt: 'say it shortly'"));
    expect([view.status, view.steps[0]?.attempt_number]).toEqual(["completed", 1]);
  });

  test("include_run_log hands on the end of the log", async () => {
    const { start, agents, engine } = await anEngine(({ stage_id }) =>
      stage_id === "b" ? undefined : undefined,
    );
    const runId = await start(text("include_run_log: true"));
    const a = await agents.running("a");
    a.control.log.write("stdout", "compiled 7 files");
    a.finish({ ok: true, outputs: { o: "x" } });
    const b = await agents.running("b");
    expect(b.request.prompt).toContain("compiled 7 files");
    b.finish({ ok: true });
    await engine.ended(runId);
  });
});
