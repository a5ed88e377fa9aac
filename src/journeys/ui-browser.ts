import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeEach } from "bun:test";
import { chromium, type Browser, type BrowserContext, type Locator, type Page } from "playwright-core";
import type { ExecutionView } from "../execution/view.ts";
import { journeys, type Journey, type RunningProcess } from "../testing/journey.ts";
import { until } from "../testing/journey-until.ts";
import { chromiumPath } from "../testing/chromium-path.ts";
import { longestWaitMs } from "../testing/limits.ts";

export const hasChromium = existsSync(chromiumPath);

/** Pictures of what a person would have seen are kept in this folder, when somebody asks for them. */
const shotsFolder = process.env["SKILLMEAT_SHOTS"];
const axeSource = readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");
const flags = `--headless --no-sandbox --disable-gpu --disable-quic --no-first-run
  --disable-background-networking --disable-component-update --disable-sync`.split(/\s+/);

export interface Site {
  journey: Journey;
  url: string;
  server: RunningProcess;
  /** Ends the server and starts another at the same port. */
  restart(signal: "SIGKILL" | "SIGTERM"): Promise<void>;
  /** Starts a run over the API; its id. */
  start(workflow: string, parameters?: Record<string, unknown>): Promise<string>;
  /** One execution as the API gives it. */
  execution(runId: string): Promise<ExecutionView>;
  /** From now on every agent stops after this line, until it is released: a run that cannot end by itself. */
  hold(line?: number): void;
  release(): void;
  /** Waits until a gate of it waits. */
  gateWaits(runId: string): Promise<unknown>;
}

export interface Visit {
  width?: number;
  theme?: "light" | "dark";
  scripts?: boolean;
}

/** Call it at the top of a test file: a browser and a server with workflows whose agents are real programs. */
export function sites() {
  const begin = journeys();
  let before: BrowserContext[] = [];
  const open = new Set<BrowserContext>();
  const closeAll = async (contexts: Iterable<BrowserContext>): Promise<void> => {
    await Promise.all([...contexts].map((context) => context.close()));
  };
  // A page that nobody looks at any more still listens and draws. One of a whole file stays until its end.
  beforeEach(() => {
    before = [...open];
  });
  afterEach(async () => {
    const opened = [...open].filter((context) => !before.includes(context));
    for (const context of opened) open.delete(context);
    await closeAll(opened);
  });
  afterAll(() => closeAll(open));
  return {
    /** `env`: on top of the journey's own. */
    site: (
      name: string,
      definitions: readonly string[] = [talk, lone],
      options: readonly string[] = [],
      env: Record<string, string> = {},
    ) => openSite(begin(`ui-${name}`), definitions, { options, env }),
    visit: async (site: Site, path: string, visit: Visit = {}): Promise<Page> => {
      const context = await newContext(visit);
      open.add(context);
      const page = await context.newPage();
      await page.goto(site.url + path);
      return page;
    },
  };
}

/** One for all files that a process runs; it ends with the process. */
let browser: Promise<Browser> | null = null;

async function newContext({ width = 1280, theme = "light", scripts = true }: Visit): Promise<BrowserContext> {
  browser ??= chromium.launch({ executablePath: chromiumPath, args: flags, timeout: longestWaitMs });
  const context = await (
    await browser
  ).newContext({
    viewport: { width, height: width < 500 ? 844 : 800 },
    colorScheme: theme,
    javaScriptEnabled: scripts,
    hasTouch: width < 500,
    reducedMotion: "reduce",
  });
  context.setDefaultTimeout(longestWaitMs);
  return context;
}

async function openSite(
  journey: Journey,
  definitions: readonly string[],
  { options, env }: { options: readonly string[]; env: Record<string, string> },
): Promise<Site> {
  journey.write(".claude/agents/talker.md", agentFile("talker"));
  journey.write(".claude/agents/talker.sh", talkerScript);
  let server = journey.start(["serve", "--port", "0", ...options], { env });
  const url = await waitUntilListening(server);
  const ask = async (path: string, type: string, body?: string): Promise<unknown> => {
    const given = body === undefined ? {} : { method: "POST", headers: { "content-type": type }, body };
    const answer = await fetch(`${url}/api/v1${path}`, given);
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
  };
  for (const text of definitions) await ask("/workflows", "application/yaml", text);
  const execution: Site["execution"] = async (runId) =>
    (await ask(`/workflow-executions/${runId}`, "")) as ExecutionView;
  return {
    journey,
    url,
    get server() {
      return server;
    },
    restart: async (signal) => {
      server.kill(signal);
      await server.ended;
      // The port is nobody's in between: a program that has just taken it soon gives it back.
      do server = journey.start(["serve", "--port", new URL(url).port, ...options], { env });
      while ((await waitUntilListening(server)) === "");
    },
    start: async (workflow, parameters = {}) => {
      const body = JSON.stringify({ parameters });
      const said = await ask(`/workflows/${workflow}/run`, "application/json", body);
      return (said as { run_id: string }).run_id;
    },
    execution,
    hold: (line = 1) => {
      journey.write("hold", String(line));
    },
    release: () => rmSync(join(journey.folder, "hold")),
    gateWaits: (runId) =>
      until("a gate waits", async () => (await execution(runId)).waiting_gates.length > 0),
  };
}

/** Its address; "" when its port was held by another. */
async function waitUntilListening(server: RunningProcess): Promise<string> {
  let isOver = false;
  void server.ended.then(() => (isOver = true));
  return until("the server listens", () => {
    if (isOver && server.stderr.includes("is used by")) return "";
    if (isOver) throw new Error(server.stderr);
    return /^listening on (\S+)$/m.exec(server.stdout)?.[1];
  });
}

/**
 * What axe finds wrong, a line each: the rule, and the elements. `rules` narrows it to these. A page that was opened
 * with scripts switched off cannot be asked; the same page with scripts is.
 */
export async function axeFindings(page: Page, rules: readonly string[] = axeTags): Promise<string[]> {
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(axeSource);
  const findings = await page.evaluate(`(async () => {
    const { violations } = await axe.run(document, { runOnly: ${JSON.stringify(rules)} });
    const placeOf = ({ target }) => target.join(" ");
    return violations.map(({ id, nodes }) => id + ": " + nodes.map(placeOf).join(", ")); })()`);
  return findings as string[];
}

const axeTags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** True when the page is wider than its window. */
export async function goesSideways(page: Page): Promise<boolean> {
  return (await page.evaluate("document.documentElement.scrollWidth > innerWidth")) === true;
}

export async function shot(page: Page, name: string): Promise<void> {
  if (shotsFolder === undefined) return;
  mkdirSync(shotsFolder, { recursive: true });
  await page.screenshot({ path: join(shotsFolder, `${name}.png`) });
}

/** Goes on with the Tab key until the focus is on it, as a person without a mouse does. */
export async function tabTo(page: Page, wanted: Locator): Promise<void> {
  for (let presses = 0; presses < mostPresses; presses++) {
    if (await wanted.evaluateAll((all) => all.some((each) => each.matches(":focus")))) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`${mostPresses} times Tab did not lead to ${wanted}`);
}

const mostPresses = 80;

/** The numbers of the log's lines on the page, in order. */
export async function lineNumbers(page: Page): Promise<number[]> {
  const ids = (await page.evaluate('[...document.querySelectorAll(".ln")].map(({ id }) => id)')) as string[];
  return ids.map((id) => Number(id.slice(1)));
}

function agentFile(name: string): string {
  const command = `["./${name}.sh"]`;
  return `---\nname: ${name}\ndescription: Says lines\ndispatcher: command\ncommand: ${command}\n---\nTalk.\n`;
}

/** Says its lines, up to the number in the file `hold` while that is there; fails when the file `fail` is there. */
const talkerScript = `#!/bin/sh
lines=$(sed -n 's/.*"lines": *\\([0-9]*\\).*/\\1/p' "$SKILLMEAT_INPUT" | head -1)
i=0
while [ "$i" -lt "\${lines:-5}" ]; do
  i=$((i + 1))
  printf '\\033[32mpass\\033[0m line %d of %s <b>&amp;</b>\\n' "$i" "$SKILLMEAT_STAGE_ID"
  while at=$(cat "$SKILLMEAT_WORKDIR/hold" 2>&1) && [ "$i" -ge "$at" ]; do sleep 0.02; done
done
[ -e "$SKILLMEAT_WORKDIR/fail" ] && { echo "error: told to fail" >&2; exit 3; }
echo "said=$i" >>"$SKILLMEAT_OUTPUT_KV"
`;

export const talk = `workflow:
  id: talk
  name: Talk show
  version: 1.2.0
  description: Two hosts talk, somebody decides, one closes.
  tags: [talk, demo]
config:
  allow_overrides: true
  parameters:
    topic: { type: string, required: true, description: What it is about }
    lines: { type: integer, default: 4 }
    tone: { type: string, enum: [calm, loud], default: calm }
error_policy:
  default_retry: { max_attempts: 1 }
stages:
  - id: intro
    name: Introduction
    roles: { primary: agent:talker }
    inputs:
      lines: { type: integer, source: "\${{ parameters.lines }}" }
      topic: { type: string, source: "\${{ parameters.topic }}" }
      tone: { type: string, source: "\${{ parameters.tone }}" }
    outputs: { said: { type: integer } }
  - id: left
    name: Left host
    depends_on: [intro]
    roles: { primary: agent:talker }
    inputs: { lines: { type: integer, source: "\${{ parameters.lines }}" } }
    outputs: { said: { type: integer } }
  - id: right
    name: Right host
    depends_on: [intro]
    roles: { primary: agent:talker }
    inputs: { lines: { type: integer, source: "\${{ parameters.lines }}" } }
    outputs: { said: { type: integer } }
  - id: applause
    name: Applause?
    type: gate
    depends_on: [left, right]
    gate: { message: "Was \${{ parameters.topic }} good enough?" }
  - id: closing
    name: Closing
    depends_on: [applause]
    roles: { primary: agent:talker }
    inputs: { lines: { type: integer, source: "\${{ parameters.lines }}" } }
    outputs: { said: { type: integer } }
`;

/** One stage that talks for as long as it is told. */
export const lone = `workflow: { id: lone, name: Lone speaker, tags: [demo] }
config:
  parameters:
    lines: { type: integer, default: 200 }
error_policy:
  default_retry: { max_attempts: 1 }
stages:
  - id: speak
    name: Speak
    roles: { primary: agent:talker }
    inputs: { lines: { type: integer, source: "\${{ parameters.lines }}" } }
    outputs: { said: { type: integer } }
`;
