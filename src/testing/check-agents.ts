import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { openArtifacts } from "../collection/artifacts.ts";
import { createEngine } from "../engine/create-engine.ts";
import type { Engine } from "../engine/engine.ts";
import { AppError } from "../errors.ts";
import { planRun, type PlannedRun } from "../operation/plan-run.ts";
import { startRequest } from "../operation/start-request.ts";
import { getExecution, getSteps } from "../store/executions.ts";
import type { Store } from "../store/database.ts";
import type { Finding } from "../workflow/finding.ts";
import { makeFakeClaude, playSample } from "./fake-claude.ts";
import { makeFakeCodex, playCodexSample } from "./fake-codex.ts";
import { openTestStore } from "./open-test-store.ts";

/** How far a file has come; `problem` says why no further. */
export interface CheckedAgent {
  /** Its path below the folder that was checked. */
  file: string;
  resolves: boolean;
  plans: boolean;
  starts: boolean;
  problem: string | null;
  /** What of the file cannot be honoured. */
  warnings: string[];
}

/** Starts an agent of each file with a program that plays a recorded stream. */
interface Bench {
  folder: string;
  dispatcher: string;
  engine: Engine;
  store: Store;
  env: Record<string, string>;
}

const nobody = { default: "claude-code", agents: new Map<string, string>() };

/**
 * Checks every Markdown file below a folder as an agent's file: a workflow with one stage names it, is planned, and is
 * run with programs named `claude` and `codex` that play recorded streams. `dispatcher` null: the file's own, or
 * `claude-code`.
 */
export async function checkAgents(agents: string, dispatcher: string | null = null): Promise<CheckedAgent[]> {
  const folder = mkdtempSync(join(tmpdir(), "skillmeat-agents-"));
  const store = openTestStore();
  const claude = makeFakeClaude(folder, playSample("tools-and-sub-agent"));
  const codex = makeFakeCodex(folder, playCodexSample("ok"));
  const env = { PATH: `${claude.bin}:${codex.bin}:${process.env["PATH"]}`, HOME: folder };
  const engine = await createEngine({ store, home: folder, kind: "run", log: () => {} });
  const bench = { folder, dispatcher: dispatcher ?? "", engine, store, env };
  try {
    const checked: CheckedAgent[] = [];
    for (const file of markdownBelow(agents)) checked.push(await checkAgent(join(agents, file), file, bench));
    return checked;
  } finally {
    await engine.stop("stop");
    store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function markdownBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.toLowerCase().endsWith(".md"))
    .toSorted();
}

async function checkAgent(path: string, file: string, bench: Bench): Promise<CheckedAgent> {
  const checked = { file, resolves: false, plans: false, starts: false, problem: null, warnings: [] };
  // A folder of its own: files of several collections have the same names.
  const workdir = mkdtempSync(join(bench.folder, "project-"));
  const place = join(workdir, ".claude/agents");
  mkdirSync(place, { recursive: true });
  copyFileSync(path, join(place, basename(file)));
  const written = (text: string): string => text.replaceAll(join(place, basename(file)), file);
  try {
    const surroundings = { beside: workdir, workdir, home: bench.folder, userHome: bench.folder };
    const found = openArtifacts(surroundings).list("agent")[0];
    if (!found) return { ...checked, problem: "no reference finds it" };
    const trouble = openArtifacts(surroundings).trouble(found.ref);
    if (trouble !== null) return { ...checked, problem: written(trouble) };
    const planned = await planAgent(found.ref, workdir, bench);
    const { preflight, validation } = planned.plan;
    const warnings = validation.warnings.map((warning) => written(textOf(warning)));
    const told = { ...checked, resolves: true, warnings };
    const [missing] = preflight;
    if (missing) return { ...told, problem: written(textOf(missing)) };
    const problem = await runAgent(planned, workdir, bench);
    return { ...told, plans: true, starts: problem === null, problem: problem && written(problem) };
  } catch (error) {
    if (error instanceof AppError) return { ...checked, resolves: true, problem: written(error.message) };
    throw error;
  }
}

function textOf({ message, hint }: Finding): string {
  return hint === null ? message : `${message}. ${hint}`;
}

function optionsOf(workdir: string, { dispatcher, env }: Bench) {
  const name = dispatcher === "" ? null : dispatcher;
  return { workdir, dispatcher: name, script: null, sim_delay_ms: 0, env, context_modules: [] };
}

function planAgent(ref: string, workdir: string, bench: Bench): Promise<PlannedRun> {
  const stage = `{id: work, roles: {primary: ${JSON.stringify(ref)}}}`;
  const text = `workflow: {id: check, name: Check}\nstages:\n  - ${stage}\n`;
  const request = {
    source: { text, file: "WORKFLOW.yaml", beside: workdir, workflow_id: null },
    parameters: {},
    coerce: false,
    swaps: { agents: [], modules: [] },
    swapNames: { agents: "--agent", modules: "--context" },
    options: optionsOf(workdir, bench),
  };
  return planRun(request, { home: bench.folder, userHome: bench.folder, dispatch: nobody, log: () => {} });
}

/** Null when its program was started and has done its stage. */
async function runAgent(planned: PlannedRun, workdir: string, bench: Bench): Promise<string | null> {
  const { engine, store } = bench;
  const options = optionsOf(workdir, bench);
  const runId = await engine.start(startRequest(planned, { options, trigger: "manual" }));
  await Promise.race([engine.ended(runId), engine.failed]);
  const [step] = getSteps(store, runId);
  return getExecution(store, runId).status === "completed" ? null : (step?.error_message ?? "it has failed");
}
