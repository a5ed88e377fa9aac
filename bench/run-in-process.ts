import { join } from "node:path";
import type { AgentFile } from "../src/execution/snapshot.ts";
import { createEngine } from "../src/engine/create-engine.ts";
import type { Engine, StartRequest } from "../src/engine/engine.ts";
import { openStore, type Store } from "../src/store/database.ts";
import type { EffectiveDefinition } from "../src/workflow/effective.ts";
import { check } from "./language.ts";

export interface Bench {
  engine: Engine;
  store: Store;
  /** The database file; its write-ahead log is beside it. */
  path: string;
  close(): Promise<void>;
}

/** An engine in this process with a database of its own, opened like the executable does it. */
export async function openBench(folder: string, maxSteps: number): Promise<Bench> {
  const path = join(folder, "workflows.db");
  const store = openStore(path);
  const engine = await createEngine({ store, home: folder, kind: "run", maxSteps, log: () => {} });
  return {
    engine,
    store,
    path,
    close: async () => {
      await engine.stop("stop");
      store.close();
    },
  };
}

/** Starts an execution and waits for its end; rejects when the database fails meanwhile. */
export async function runToEnd(engine: Engine, request: StartRequest): Promise<void> {
  const runId = await engine.start(request);
  await Promise.race([engine.ended(runId), engine.failed]);
}

export function aRequest(
  definition: EffectiveDefinition,
  { workdir, command = null }: { workdir: string; command?: string[] | null },
): StartRequest {
  return {
    definition,
    definition_hash: "0".repeat(64),
    workflow_id: null,
    parameters: {},
    overrides: null,
    trigger: "manual",
    options: {
      workdir,
      dispatcher: command === null ? "simulated" : "command",
      script: null,
      sim_delay_ms: 0,
      env: { PATH: process.env["PATH"] ?? "" },
      context_modules: [],
    },
    agents: command === null ? {} : { "agent:worker": agent(command) },
    modules: {},
  };
}

/** Stages in a row, or side by side; `outputs` gives each one typed output to hand in. */
export function stagesOf(
  count: number,
  { isChain, outputs = true }: { isChain: boolean; outputs?: boolean },
): EffectiveDefinition {
  const stages = Array.from({ length: count }, (_, at) =>
    [
      `  - id: stage-${at}`,
      isChain && at > 0 ? `    depends_on: [stage-${at - 1}]` : "    depends_on: []",
      "    roles: { primary: agent:worker }",
      ...(outputs ? ["    outputs: { summary: { type: string } }"] : []),
    ].join("\n"),
  );
  const config = `config: { max_parallel: ${Math.max(count, 1)} }`;
  return check(["workflow: { id: bench, name: Bench }", config, "stages:", ...stages].join("\n"));
}

function agent(command: string[]): AgentFile {
  return {
    ref: "agent:worker",
    name: "worker",
    description: "does nothing",
    path: import.meta.path,
    hash: "0".repeat(64),
    dispatcher: "command",
    command,
    exit_codes: {},
    tools: [],
    model: null,
    prompt: "Do nothing.",
  };
}
