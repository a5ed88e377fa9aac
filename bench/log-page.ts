import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import type { LogLine } from "../src/execution/event.ts";
import { openStore, type Store } from "../src/store/database.ts";
import { currentProcess } from "../src/store/holder-process.ts";
import { registerHolder } from "../src/store/leases.ts";
import { commitTransitions } from "../src/store/transitions.ts";
import { aNewExecution, anUpdate } from "../src/testing/an-execution.ts";
import { chromiumPath } from "../src/testing/chromium-path.ts";
import { serveSkillmeat } from "./http-programs.ts";
import { seedLog, transcriptLine } from "./http-seed.ts";
import { median, msText, timeWork, type Row } from "./measure.ts";

const openings = 5;
const longLines = 50_000;
const transcriptEvents = 100_000;
const seconds = 5;
const linesATenth = 100;

/**
 * A long log and a long transcript in a browser: the time until the end is shown, and the longest frame while a log
 * grows. A transcript is counted when it is first opened, so that opening is measured too.
 */
export async function measureLogPage(folder: string): Promise<Row[]> {
  const home = join(folder, "log-page");
  const store = openStore(join(home, "workflows.db"));
  const runId = seedLog(store, longLines);
  const transcript = seedLog(store, transcriptEvents, transcriptLine);
  registerHolder(store, { id: "h", ...currentProcess(), kind: "run", heartbeat_at: "" });
  const server = await serveSkillmeat(home);
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: ["--headless", "--no-sandbox", "--disable-gpu"],
  });
  try {
    const page = await browser.newPage();
    const address = (run: string): string => `${server.url}/workflows/ship/executions/${run}?stage=stage-0`;
    const opened = await timeOpenings(page, address(runId), ".ln");
    const read = await timeOpenings(page, address(transcript), ".ev");
    const longest = await longestFrame(store, page, address);
    return [
      row(`open a log of ${longLines.toLocaleString("en")} lines in a browser`, median(opened), 2000),
      row(`${openTranscript}, first time`, read[0] ?? 0, 2000),
      row(`${openTranscript}, again`, median(read.slice(1)), 2000),
      row("longest frame while 1,000 lines a second arrive", longest, 200),
    ];
  } finally {
    await browser.close();
    await server.stop();
    store.close();
  }
}

const openTranscript = `open a transcript of ${transcriptEvents.toLocaleString("en")} events in a browser`;

async function timeOpenings(page: Page, address: string, line: string): Promise<number[]> {
  const opened: number[] = [];
  for (let count = 0; count < openings; count++) {
    opened.push(
      await timeWork(async () => {
        await page.goto(address);
        await page.locator(line).last().waitFor();
      }),
    );
  }
  return opened;
}

async function longestFrame(store: Store, page: Page, address: (run: string) => string): Promise<number> {
  const run = aNewExecution({ stages: 1, step: { status: "running" } });
  commitTransitions(store, { holder_id: "h", created: [run], updated: [] });
  const { run_id } = run.execution.record;
  await page.goto(address(run_id));
  await page.evaluate(`window.longest = 0;
    let last = performance.now();
    (function frame() {
      const now = performance.now();
      window.longest = Math.max(window.longest, now - last);
      last = now;
      requestAnimationFrame(frame);
    })()`);
  for (let tenth = 0; tenth < seconds * 10; tenth++) {
    const logs = Array.from({ length: linesATenth }, (_, at): LogLine => {
      const seq = run.execution.record.last_event + at + 1;
      const text = `line ${tenth * linesATenth + at} of many, coloured \u001b[32mgreen\u001b[0m`;
      return {
        seq,
        run_id,
        stage_id: "stage-0",
        attempt: 1,
        at: "2026-01-02T03:04:05.006Z",
        stream: "stdout",
        text,
      };
    });
    const update = anUpdate(run, { events: [], logs });
    commitTransitions(store, { holder_id: "h", created: [], updated: [update] });
    await Bun.sleep(100);
  }
  await page.locator(".ln", { hasText: `line ${seconds * 10 * linesATenth - 1} of many` }).waitFor();
  return Number(await page.evaluate("window.longest"));
}

function row(what: string, ms: number, most: number): Row {
  return { what, figure: msText(ms), limit: "", ratio: "", budget: `< ${most} ms`, holds: ms < most };
}
