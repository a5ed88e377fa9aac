import { AppError } from "../errors.ts";
import type { Trigger } from "../execution/status.ts";
import type { Permissions } from "../workflow/effective.ts";
import { requestExecution } from "./plan-execution.ts";
import { startUnderKey, type StartedExecution, type StartHome } from "./start-execution.ts";

/** One task for one agent. */
export interface AskedTrial {
  /** Such as `agent:reviewer`. */
  agent: string;
  prompt: string;
  /** Name → type, such as `integer` or `array<string>`. */
  outputs?: Record<string, string>;
  /** Instead of the model of the agent's file. */
  model?: string;
  permissions?: Permissions;
  /** Where the agent works; absent: where executions work that name no directory. */
  workdir?: string;
  trigger?: Trigger;
}

/**
 * Starts an execution in which one agent does one task. It is of a workflow with one stage that is stored nowhere, and
 * like every other execution in all else. A repeated `key` starts it once. Throws what a start throws.
 */
export function tryAgent(home: StartHome, asked: AskedTrial, key: string | null): Promise<StartedExecution> {
  const { prompt, workdir, trigger } = asked;
  if (prompt.trim() === "")
    throw new AppError("invalid_usage", "the prompt is empty. write what the agent is to do");
  const inputs = {
    parameters: { prompt },
    ...(workdir === undefined ? {} : { workdir }),
    ...(trigger === undefined ? {} : { trigger }),
  };
  const text = trialDefinition(asked);
  return startUnderKey(home, { scope: `try ${asked.agent}`, key, inputs: { text, ...inputs } }, () =>
    requestExecution(home, { text }, inputs),
  );
}

/** The prompt is a parameter, because in a definition an expression in it would be evaluated. */
function trialDefinition({ agent, outputs = {}, model, permissions }: AskedTrial): string {
  const name = agent.replace(/^agent:/, "");
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  const primary = {
    artifact: agent,
    ...(model === undefined ? {} : { model }),
    instructions: "${{ parameters.prompt }}",
  };
  return JSON.stringify({
    workflow: { id: slug === "" ? "try" : `try-${slug}`.slice(0, 100), name: `Try ${name}` },
    config: { parameters: { prompt: { type: "string", required: true } } },
    stages: [
      {
        id: "try",
        name: `Try ${name}`,
        roles: { primary },
        ...(permissions === undefined ? {} : { permissions }),
        outputs: Object.fromEntries(Object.entries(outputs).map(([output, type]) => [output, { type }])),
      },
    ],
  });
}
