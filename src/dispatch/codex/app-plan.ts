import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Value } from "../../expression/value.ts";
import type { StageRequest } from "../dispatcher.ts";
import { noteText } from "../key-notes.ts";
import { declaresOutputs } from "../output-schema.ts";
import { readForCodex } from "./codex-arguments.ts";
import { strictSchema } from "./strict-schema.ts";
import { tomlSetting } from "./toml-setting.ts";

/**
 * What `codex app-server` is to be told in an attempt. It is a file in the attempt's folder, written before codex
 * starts, so that each engine says the same.
 */
export interface AppPlan {
  /** The text of the agent file. */
  role: string;
  model: string | null;
  sandbox: "read-only" | "workspace-write";
  prompt: string;
  /** Instead of the prompt, in a thread that is gone on with. */
  resumePrompt: string;
  schema: Value;
  /** The thread to go on with. */
  resumes: string | null;
}

export const appPlanFile = "codex.json";

/** Null for an attempt whose codex is not talked to. */
export function readAppPlan(attemptDir: string): AppPlan | null {
  const file = join(attemptDir, appPlanFile);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as AppPlan) : null;
}

type AppRequest = Pick<StageRequest, "agent" | "is_model_named" | "model" | "output_schema" | "tools">;

/** How `codex app-server` is called, and what it is to be told. */
export function appCall(
  request: AppRequest,
  told: Pick<AppPlan, "prompt" | "resumePrompt" | "resumes"> & { servers: readonly string[] },
): { argv: string[]; plan: AppPlan; warnings: string[] } {
  const { agent, output_schema } = request;
  const { servers, ...texts } = told;
  const { model, notes } = readForCodex(request);
  const { effort, permissionMode } = agent?.settings ?? {};
  const hasEffort = typeof effort === "string" && effort !== "";
  return {
    argv: [
      "app-server",
      ...(hasEffort ? ["-c", tomlSetting("model_reasoning_effort", effort)] : []),
      ...servers,
    ],
    plan: {
      role: agent?.prompt ?? "",
      model,
      sandbox: permissionMode === "plan" ? "read-only" : "workspace-write",
      schema: declaresOutputs(output_schema) ? strictSchema(output_schema) : null,
      ...texts,
    },
    warnings: notes.map((note) => noteText(request, note)),
  };
}
