import { join } from "node:path";
import type { StageRequest } from "./dispatcher.ts";

/** The files in the attempt's folder through which a program of any kind answers. The program makes them. */
export const commandFiles = {
  output: "output.json",
  outputKv: "output.kv",
  error: "error.json",
  usage: "usage.json",
  summary: "summary.md",
} as const;

/** The variables that tell the program where its files are. */
export function fileVariables(attemptDir: string): Record<string, string> {
  return {
    SKILLMEAT_OUTPUT: join(attemptDir, commandFiles.output),
    SKILLMEAT_OUTPUT_KV: join(attemptDir, commandFiles.outputKv),
    SKILLMEAT_ERROR: join(attemptDir, commandFiles.error),
    SKILLMEAT_USAGE: join(attemptDir, commandFiles.usage),
    SKILLMEAT_SUMMARY: join(attemptDir, commandFiles.summary),
  };
}

/** The task as the program reads it. */
export function commandInput(request: StageRequest): string {
  const { run_id, stage_id, attempt, agent, agent_ref, model, instructions } = request;
  const { prompt, inputs, context, output_schema, tools, previous_error } = request;
  return JSON.stringify({
    schema: "skillmeat.stage/1",
    run_id,
    stage_id,
    attempt,
    agent: agent_ref,
    role: agent?.prompt ?? "",
    model,
    instructions,
    prompt,
    inputs,
    context,
    output_schema,
    tools,
    previous_error,
  });
}
