import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { TranscriptEvent } from "../../execution/transcript.ts";
import { seedTranscript, type SeededLine } from "../../testing/seed-transcript.ts";
import { aTestServer, type TestServer } from "../../testing/test-server.ts";

let server: TestServer;

beforeAll(async () => {
  server = await aTestServer();
});
afterAll(() => server.close());

const said = (text: string): TranscriptEvent => ({ kind: "message", text });
const call = (id: string, title = id): TranscriptEvent => ({
  kind: "tool_call",
  id,
  name: "Bash",
  tool: "run",
  title,
  input: { command: title },
  files: [],
});
const result = (id: string, text: string): TranscriptEvent => ({ kind: "tool_result", id, ok: true, text });

async function page(runId: string, query: string): Promise<string> {
  const path = `//workflows/ship/executions/${runId}${query}`;
  const { body } = await server.ask("GET", path, { headers: { accept: "text/html" } });
  return body;
}

/** The numbers of the events on a page, in order; those of results that stand with their calls too. */
function numbers(markup: string): number[] {
  return [...markup.matchAll(/ id="e(\d+)"/g)].map(([, number]) => Number(number));
}

const manyMessages = (count: number): TranscriptEvent[] =>
  Array.from({ length: count }, (_, at) => said(`message ${at + 2}`));

describe("the page of an agent's step", () => {
  test("shows its transcript first, with the log one tab on", async () => {
    const runId = seedTranscript(server.store, [
      said("I **look**"),
      { stream: "stderr", text: "noise" },
      call("a", "ls"),
      result("a", "file.ts"),
    ]);
    const body = await page(runId, "?stage=stage-0");
    expect(body).toContain("<strong>look</strong>");
    expect(numbers(body)).toEqual([2, 4, 5]);
    expect(body).not.toContain("noise");
    expect(body).toMatch(/href="[^"]*\?stage=stage-0" aria-current="page"[^>]*>Transcript/);
    expect(body).not.toMatch(/<script>|<style|\sstyle=|\son\w+=/);
    const log = await page(runId, "?stage=stage-0&tab=log");
    expect(log).toContain("noise");
    expect(log).toMatch(/href="[^"]*tab=log" aria-current="page"[^>]*>Log/);
  });

  test("shows the log where the attempt has no transcript, and nothing of one", async () => {
    const runId = seedTranscript(server.store, [{ stream: "stdout", text: "only this" }]);
    const body = await page(runId, "?stage=stage-0&tab=transcript");
    expect(body).toContain("only this");
    expect(body).not.toContain("Transcript");
    expect(body).toMatch(/href="[^"]*\?stage=stage-0" aria-current="page"[^>]*>Log/);
  });

  test("shows the end of a long transcript, and its parts before and after by links", async () => {
    const runId = seedTranscript(server.store, manyMessages(500));
    const end = await page(runId, "?stage=stage-0");
    expect([numbers(end)[0], numbers(end).at(-1), numbers(end).length]).toEqual([302, 501, 200]);
    expect(end).toContain("before=302");
    const earlier = numbers(await page(runId, "/stages/stage-0/1/transcript?before=302"));
    expect([earlier[0], earlier.at(-1)]).toEqual([102, 301]);
    const start = await page(runId, "?stage=stage-0&after=1");
    expect([numbers(start)[0], numbers(start).at(-1)]).toEqual([2, 201]);
    expect(start).toContain("after=201");
    expect(start).not.toContain("Earlier events");
  });

  test("shows the part around an event, whatever stage and attempt the address names", async () => {
    const runId = seedTranscript(server.store, manyMessages(500), 2);
    for (const query of ["?event=200", "?event=200&stage=stage-1", "?event=200&attempt=1"]) {
      const shown = numbers(await page(runId, query));
      expect([shown[0], shown.at(-1)]).toEqual([100, 299]);
    }
  });

  test("shows fewer events where their texts are long, and at least one", async () => {
    const long = "x ".repeat(20_000);
    const runId = seedTranscript(server.store, [...manyMessages(10), ...Array(60).fill(said(long))]);
    const shown = numbers(await page(runId, "?stage=stage-0"));
    expect(shown.length).toBe(26);
    expect(shown.at(-1)).toBe(71);
  });

  test("shows a result in another part than its call with its call's name, and a call with its later result", async () => {
    const runId = seedTranscript(server.store, [
      call("a", "long one"),
      ...manyMessages(300),
      result("a", "at last"),
    ]);
    const end = await page(runId, "?stage=stage-0");
    expect(end).toContain("Result of Bash");
    expect(end).toContain('data-result-of="2"');
    const start = await page(runId, "?stage=stage-0&after=1");
    expect(start).toContain("at last");
  });

  test("finds events by all their words over the whole transcript, a call with its result", async () => {
    const lines: SeededLine[] = [
      said("the Needle is here"),
      call("a", "ls"),
      result("a", "a\nneedle.ts"),
      ...manyMessages(300),
      { ...call("b", "cat"), input: { deep: { in: ["it a needle"] } } } as TranscriptEvent,
      result("b", "nothing"),
    ];
    const body = await page(seedTranscript(server.store, lines), "?stage=stage-0&search=needle");
    expect(numbers(body)).toEqual([2, 3, 4, 305, 306]);
    expect(body).toContain("3 events found");
    expect(body).toContain("event=2#e2");
  });

  test("counts turns, tokens and cost, and never shows an unknown cost as 0", async () => {
    const usage = { kind: "usage", input: 1000, cache_read: 0, cache_write: 0, output: 50 } as const;
    const lines: TranscriptEvent[] = [
      { kind: "thinking", text: "hm" },
      said("one"),
      call("a"),
      result("a", ""),
      { ...said("not the agent's own"), parent: "a" },
      said("two"),
    ];
    const meter = async (...more: TranscriptEvent[]): Promise<string> => {
      const body = await page(seedTranscript(server.store, [...lines, ...more]), "?stage=stage-0");
      return (
        /class="meter">([\s\S]*?)<\/p>/
          .exec(body)?.[1]
          ?.replace(/<[^>]+>/g, " ")
          .replace(/\s+/g, " ") ?? ""
      );
    };
    expect(await meter()).toBe(" 2 turns ");
    expect(await meter({ ...usage, cost_micro_usd: 20_000 })).toBe(" 2 turns 1k in · 50 out $0.02 ");
    expect(await meter({ ...usage, cost_micro_usd: 20_000 }, usage)).toContain("cost not reported");
  });

  test("gives the transcript as Markdown, in which no text can end its block", async () => {
    const runId = seedTranscript(server.store, [
      said("I *look*"),
      call("a", "ls `x`"),
      result("a", "```\nout"),
      { ...said("deep\nwork"), parent: "a" },
      "{",
    ]);
    const answer = await server.ask(
      "GET",
      `//workflows/ship/executions/${runId}/stages/stage-0/1/transcript.md`,
    );
    expect(answer.headers.get("content-type")).toBe("text/markdown; charset=utf-8");
    expect(answer.body).toContain("I *look*\n\n**Bash** `` ls `x` ``\n\n```json\n{");
    expect(answer.body).toContain(
      "Result:\n\n````text\n```\nout\n````\n\n> deep\n> work\n\n*What the agent did here",
    );
  });
});

describe("the stream of a page that shows a transcript", () => {
  /** What the page gets that was drawn at this event. */
  async function streamed(runId: string, query: string, resumed?: string): Promise<string> {
    const path = `//workflows/ship/executions/${runId}/live?stage=stage-0&attempt=1&${query}`;
    const headers = { accept: "text/html", ...(resumed === undefined ? {} : { "last-event-id": resumed }) };
    const { response } = await server.ask("GET", path, { headers });
    return response.text();
  }

  test("appends new events, and puts a result to its call and a sub-agent's work below it", async () => {
    const runId = seedTranscript(server.store, [
      call("a", "look"),
      call("b", "ls"),
      result("b", "file.ts"),
      { ...said("deep"), parent: "a" },
      said("new"),
    ]);
    const text = await streamed(runId, "after=3&first=2");
    expect(text).toMatch(/hx-target="#call-3" hx-swap="outerMorph">[\s\S]*file\.ts/);
    expect(text).toMatch(/hx-target="#sub-2" hx-swap="beforeend">[\s\S]*deep/);
    expect(text).toMatch(/hx-target="#log-lines" hx-swap="beforeend"><div class="chunk">[\s\S]*id="e6"/);
    expect(text).toMatch(/hx-target="#transcript-count" hx-swap="innerHTML">5</);
    expect(text).toContain("id: 6.t.1.2");
    expect(await streamed(runId, "after=3&first=2", "6.t.1.2")).not.toContain("hx-partial");
  });

  test("lets what belongs to a call that the page does not have stand on its own", async () => {
    const runId = seedTranscript(server.store, [call("a", "look"), said("old"), result("a", "done")]);
    const text = await streamed(runId, "after=3&first=3");
    expect(text).not.toContain("#call-2");
    expect(text).toContain("Result of Bash");
  });

  test("folds the plan that another takes the place of", async () => {
    const plan = (status: string): TranscriptEvent => ({ kind: "plan", entries: [{ text: "it", status }] });
    const runId = seedTranscript(server.store, [plan("pending"), plan("completed")]);
    const text = await streamed(runId, "after=2&first=2");
    expect(text).toMatch(/hx-target="#e2" hx-swap="outerHTML">.*<details class="fold plan-event"><summary>/);
    expect(text).toMatch(/id="e3".*<details class="fold plan-event" open>/);
    expect(text).toMatch(/hx-target="#transcript-plan".*1 of 1 done/);
  });

  test("brings the transcript to a page that has shown an empty log, and only its tab where the log was chosen", async () => {
    const runId = seedTranscript(server.store, [
      { stream: "system", text: "begun" },
      said("hello"),
      said("more"),
    ]);
    const unchosen = await streamed(runId, "after=1&line=0&counts=0.0.0.0.0.0");
    expect(unchosen).toMatch(/hx-target="#stage" hx-swap="outerHTML">[\s\S]*class="log transcript"/);
    expect(numbers(unchosen)).toEqual([3, 4]);
    const chosen = await streamed(runId, "after=1&tab=log&line=0&counts=0.0.0.0.0.0");
    expect(chosen).not.toContain('class="log transcript"');
    expect(chosen).toMatch(/hx-target="#stage-tabs"[\s\S]*Transcript/);
    expect(chosen).toContain("hello");
  });

  test("leaves out what a search does not find", async () => {
    const runId = seedTranscript(server.store, [said("apple"), said("pear"), said("apple pie")]);
    const text = await streamed(runId, "after=1&first=0&search=apple");
    expect(numbers(text)).toEqual([2, 4]);
  });
});
