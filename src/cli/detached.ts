import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import type { RerunFrom, StartRequest } from "../engine/engine.ts";
import type { BudgetChange } from "../execution/budget.ts";
import type { ValueObject } from "../expression/value.ts";
import { rerunExecution } from "../operation/rerun-execution.ts";
import type { ExecutionControl } from "../operation/signal-execution.ts";
import { describeRun } from "../operation/describe-execution.ts";
import { AppError, type AppErrorCode, type AppErrorDetail } from "../errors.ts";
import { isProcessAlive } from "../store/holder-process.ts";
import { holders } from "../store/leases.ts";
import type { Invocation } from "./command.ts";
import { runWords } from "./terminal/command-words.ts";
import { exitCodes, type ExitCode } from "./exit-code.ts";
import { withStore } from "./open-home.ts";
import { withControl } from "./send-signal.ts";
import { takeOver } from "./take-over.ts";
import { ownCommand } from "../own-command.ts";

/** The request to a background host, which reads it as JSON from stdin. */
export type HostRequest =
  | { kind: "start"; request: StartRequest }
  | { kind: "take-over"; run_id: string; budget?: BudgetChange | null }
  | { kind: "rerun"; run_id: string; from: RerunFrom; secrets: ValueObject };

/** The host's answer, as one line of JSON on stdout, once that is on disk. */
export type HostAnswer =
  | { run_id: string }
  | { error: { code: AppErrorCode | "bug"; message: string; details: readonly AppErrorDetail[] } };

/** Hands an execution to a background process of this executable, and prints its id as soon as it is stored. */
export async function startDetached(invocation: Invocation, request: HostRequest): Promise<ExitCode> {
  const { given, output } = invocation;
  const runId = (await handToServer(invocation, request)) ?? (await spawnHost(invocation, request));
  invocation.log.begin();
  if (given.text("format") === "json") {
    await withStore(invocation.home, (store) => output.json(describeRun(store, runId)));
  } else {
    output.line(runId);
    output.note(`runs in the background; follow it: ${runWords(invocation, "runs", runId, "--follow")}`);
  }
  return exitCodes.done;
}

/** Begins what is asked for; the execution's id, once it is on disk. */
export function beginRequest(control: ExecutionControl, request: HostRequest): Promise<string> {
  switch (request.kind) {
    case "start":
      return control.engine.start(request.request);
    case "take-over":
      return takeOver(control, request.run_id, request.budget ?? null);
    case "rerun":
      return rerunExecution(control, request.run_id, request);
    default:
      return request satisfies never;
  }
}

/** Hands the execution to a server of the same home, which takes over what nobody drives; null when there is none. */
function handToServer(invocation: Invocation, request: HostRequest): Promise<string | null> {
  return withStore(invocation.home, async (store) => {
    const isServed = holders(store).some((holder) => holder.kind === "serve" && isProcessAlive(holder));
    // What is to be taken over has been by now, or its server is just being stopped.
    if (!isServed || request.kind === "take-over") return null;
    return withControl(invocation, store, (control) => beginRequest(control, request));
  });
}

async function spawnHost({ home, workdir, given, env }: Invocation, request: HostRequest): Promise<string> {
  const folder = join(home, "logs");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const log = openSync(join(folder, "engine-host.log"), "a", 0o600);
  const maxSteps = given.text("max-steps");
  const host = Bun.spawn(
    [
      ...ownCommand(),
      "engine-host",
      "--data-dir",
      home,
      ...(maxSteps === null ? [] : ["--max-steps", maxSteps]),
    ],
    { cwd: workdir, env: { ...env }, stdin: "pipe", stdout: "pipe", stderr: log, detached: true },
  );
  closeSync(log);
  host.stdin.write(JSON.stringify(request));
  await host.stdin.end();
  const answer = await firstLine(host.stdout);
  host.unref();
  if (answer === null)
    throw new Error(`the background process ended (exit ${await host.exited}) before it answered`);
  const parsed = JSON.parse(answer) as HostAnswer;
  if ("run_id" in parsed) return parsed.run_id;
  const { code, message, details } = parsed.error;
  if (code === "bug") throw new Error(message);
  throw new AppError(code, message, details);
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string | null> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (value) text += decoder.decode(value, { stream: true });
    const end = text.indexOf("\n");
    if (end >= 0) {
      reader.releaseLock();
      return text.slice(0, end);
    }
    if (done) return null;
  }
}
