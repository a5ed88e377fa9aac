import { setTimeout as sleep } from "node:timers/promises";
import { evaluateTemplate, parseTemplate } from "../expression/template.ts";
import { ExpressionError } from "../expression/expression-error.ts";
import type { EffectiveHook, HookName } from "../workflow/effective.ts";
import { withoutServerToken } from "../execution/allowed-env.ts";
import type { ExecutionStatus } from "../execution/status.ts";
import { isoTime } from "../machine/moment.ts";
import type { EngineState } from "./engine-state.ts";
import type { LiveExecution } from "./live-execution.ts";
import type { Effect } from "../machine/execution-state.ts";

type HookEffect = Extract<Effect, { kind: "hook" }>;

const hookTimeoutMs = 60_000;
const killAfterMs = 5_000;
const pipeGraceMs = 100;
const mostSaid = 2_000;

/** Runs one hook of an execution. If it fails, that is logged and changes nothing. */
export async function runHook(
  engine: EngineState,
  execution: LiveExecution,
  { name, stage_id }: Omit<HookEffect, "kind">,
): Promise<void> {
  const hook = execution.blueprint.definition.hooks[name];
  if (!hook) return;
  for (const [what, work] of [
    ["notify", () => notify(engine, execution, { name, stage_id, hook })],
    ["run", () => runCommand(execution, stage_id, hook)],
  ] as const) {
    try {
      await work();
    } catch (error) {
      say(
        engine,
        execution,
        `hook_failed`,
        `${name}.${what}: ${error instanceof Error ? error.message : error}`,
      );
    }
  }
}

async function notify(
  engine: EngineState,
  execution: LiveExecution,
  { name, stage_id, hook }: Omit<HookEffect, "kind"> & { hook: EffectiveHook },
): Promise<void> {
  if (!hook.notify) return;
  const { channel } = hook.notify;
  const plain =
    hook.notify.message === null
      ? plainMessage(execution, name, stage_id)
      : fillTemplate(hook.notify.message, execution);
  const text = execution.masks.hide(plain);
  const url = engine.channel(channel);
  if (url === null) return say(engine, execution, "notified", `${channel}: ${text}`);
  const { record } = execution;
  const body = {
    text,
    event: name,
    run_id: record.run_id,
    workflow: record.workflow_slug,
    status: record.status,
    ...(stage_id === null ? {} : { stage_id }),
  };
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    redirect: "error",
    signal: AbortSignal.timeout(hookTimeoutMs),
  });
  if (!response.ok) throw new Error(`channel "${channel}" answered ${response.status}`);
}

/** Values reach the shell as variables, so that they are never part of its program. */
async function runCommand(
  execution: LiveExecution,
  stageId: string | null,
  hook: EffectiveHook,
): Promise<void> {
  if (hook.run === null) return;
  const { text, values } = shellText(hook.run, execution);
  const { record } = execution;
  const child = Bun.spawn(["/bin/sh", "-c", text], {
    cwd: record.options.workdir,
    env: {
      ...withoutServerToken({ ...execution.options.env, ...execution.env }),
      ...values,
      SKILLMEAT_RUN_ID: record.run_id,
      SKILLMEAT_WORKFLOW: record.workflow_slug,
      SKILLMEAT_STATUS: record.status,
      ...(stageId === null ? {} : { SKILLMEAT_STAGE_ID: stageId }),
    },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
    detached: true,
  });
  const said = openHookOutput(child.stderr);
  const limit = setTimeout(() => endGroup(child.pid, "SIGTERM"), hookTimeoutMs);
  const last = setTimeout(() => endGroup(child.pid, "SIGKILL"), hookTimeoutMs + killAfterMs);
  const code = await child.exited;
  clearTimeout(limit);
  clearTimeout(last);
  // A process that the hook left in the background may keep the pipe open for ever.
  const words = await Promise.race([said.whole, sleep(pipeGraceMs).then(said.sofar)]);
  if (code !== 0) throw new Error(`exit ${code}${words === "" ? "" : `: ${words}`}`);
}

function shellText(template: string, execution: LiveExecution) {
  const values: Record<string, string> = {};
  const parts = parseTemplate(template).map((part) => {
    if (part.kind === "text") return part.text;
    const name = `SKILLMEAT_VALUE_${Object.keys(values).length + 1}`;
    const value = evaluateTemplate([part], execution.scope.values);
    values[name] = typeof value === "string" ? value : value === null ? "" : JSON.stringify(value);
    return `\${${name}}`;
  });
  return { text: parts.join(""), values };
}

function endGroup(pid: number, signal: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // The process has ended meanwhile or belongs to somebody else; either way the hook needs nothing more.
  }
}

/** The beginning of the hook's output. The rest is read, so that the hook does not block, and dropped. */
function openHookOutput(stream: ReadableStream<Uint8Array>): { whole: Promise<string>; sofar: () => string } {
  const decoder = new TextDecoder();
  let text = "";
  const saidSoFar = (): string => (text.length > mostSaid ? `${text.slice(0, mostSaid)}…` : text).trim();
  const read = async (): Promise<string> => {
    for await (const chunk of stream)
      if (text.length <= mostSaid) text += decoder.decode(chunk, { stream: true });
    return saidSoFar();
  };
  return { whole: read(), sofar: saidSoFar };
}

function plainMessage({ record }: LiveExecution, name: HookName, stageId: string | null): string {
  const words: Record<HookName, string> = {
    on_start: "has started",
    on_complete: "is completed",
    on_failure: endedWord(record.status),
    on_gate: `waits for approval of "${stageId}"`,
  };
  const why = record.error_message === null ? "" : `: ${record.error_message}`;
  return `${record.workflow_name} ${words[name]}${why} (run ${record.run_id})`;
}

function endedWord(status: ExecutionStatus): string {
  return status === "cancelled" ? "was cancelled" : "has failed";
}

function fillTemplate(template: string, execution: LiveExecution): string {
  try {
    const value = evaluateTemplate(parseTemplate(template), execution.scope.values);
    return typeof value === "string" ? value : JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return template;
  }
}

function say(engine: EngineState, { record, masks }: LiveExecution, event: string, message: string): void {
  engine.log({
    at: isoTime(engine.alarm.now()),
    level: event === "hook_failed" ? "error" : "info",
    event,
    workflow_id: record.workflow_slug,
    execution_id: record.run_id,
    stage_id: null,
    attempt: null,
    message: masks.hide(message),
  });
}
