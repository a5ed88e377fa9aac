import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMasks, type Masks } from "../execution/masks.ts";
import type { DispatchControl, StageRequest } from "../dispatch/dispatcher.ts";
import type { LogStream } from "../execution/event.ts";

export interface AgentLab {
  /** The working directory, which contains the agent's file and script. */
  folder: string;
  request: StageRequest;
}

let made = 0;

/** A request, in a folder of its own, whose agent is this shell script. */
export function aStageRequest(script: string, changes: Partial<StageRequest> = {}): AgentLab {
  const folder = mkdtempSync(join(tmpdir(), "skillmeat-agent-"));
  writeFileSync(join(folder, "agent.sh"), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, "agent.sh"), 0o755);
  const attempt_id = `run-${process.pid}-${++made}/build/1`;
  const request: StageRequest = {
    run_id: `run-${process.pid}-${made}`,
    stage_id: "build",
    stage_name: "Build",
    attempt: 1,
    attempt_id,
    attempt_dir: join(folder, "attempts", "run", "build.1"),
    worktree_dir: null,
    agent: {
      ref: "agent:builder",
      name: "builder",
      description: "builds",
      path: join(folder, "builder.md"),
      hash: "",
      dispatcher: "command",
      command: ["./agent.sh"],
      exit_codes: {},
      tools: [],
      model: null,
      prompt: "You build.",
    },
    agent_ref: "agent:builder",
    model: "opus",
    is_model_named: false,
    instructions: null,
    prompt: "build it",
    tools: ["Read"],
    inputs: { target: "all" },
    previous_error: null,
    context: "",
    outputs: {},
    output_schema: {},
    workdir: folder,
    env: {},
    provider_env: {},
    worktree_from: [],
    idle_timeout_ms: null,
    permissions: "deny",
    dollars_left: null,
    charged: null,
    session: null,
    decided: [],
    options: {
      workdir: folder,
      dispatcher: null,
      script: null,
      sim_delay_ms: 0,
      env: { PATH: process.env["PATH"] ?? "", LANG: "C.UTF-8" },
      context_modules: [],
    },
    ...changes,
  };
  return { folder, request };
}

export interface TakenLine {
  stream: LogStream;
  text: string;
  offset: number | null;
}

/** A control that keeps the log lines. `offsets`: how far an earlier engine had read. */
export function aControl(
  offsets = { stdout: 0, stderr: 0 },
  masks: Masks = createMasks(),
): {
  control: DispatchControl;
  lines: TakenLine[];
  texts: () => string[];
  stop: () => void;
} {
  const abort = new AbortController();
  const lines: TakenLine[] = [];
  const log = {
    offsets,
    stored: offsets,
    write: (stream: LogStream, text: string, offset?: number) => {
      // The engine records nothing else either.
      lines.push({ stream, text: masks.hide(text), offset: offset ?? null });
    },
  };
  return {
    control: { signal: abort.signal, log, masks },
    lines,
    texts: () => lines.map(({ text }) => text),
    stop: () => abort.abort(),
  };
}
