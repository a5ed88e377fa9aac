import type { Journey } from "./journey.ts";

/** Writes an agent that is a shell script: its file and its program, beside the workflow. */
export function scriptAgent(journey: Journey, name: string, script: string): void {
  journey.write(
    `agents/${name}.md`,
    [
      "---",
      `name: ${name}`,
      `description: A script called ${name}`,
      "dispatcher: command",
      `command: ["./${name}.sh"]`,
      "---",
      "Do it.",
      "",
    ].join("\n"),
  );
  journey.write(`agents/${name}.sh`, `#!/bin/sh\n${script}\n`);
}

/** An agent that runs until the file `free-<stage>` exists. */
export function heldAgent(journey: Journey): void {
  scriptAgent(
    journey,
    "worker",
    [
      'echo "$SKILLMEAT_STAGE_ID" >>"$SKILLMEAT_WORKDIR/began"',
      'while [ ! -e "$SKILLMEAT_WORKDIR/free-$SKILLMEAT_STAGE_ID" ]; do sleep 0.02; done',
      'echo "score=7" >>"$SKILLMEAT_OUTPUT_KV"',
      'echo "$SKILLMEAT_STAGE_ID" >>"$SKILLMEAT_WORKDIR/ended"',
    ].join("\n"),
  );
}

/** An agent that runs until the file `go` exists. It gives up after many minutes, when its test has long ended. */
export function patientAgent(journey: Journey): void {
  scriptAgent(
    journey,
    "worker",
    [
      'echo "$SKILLMEAT_STAGE_ID" >>"$SKILLMEAT_WORKDIR/began"',
      "n=0",
      'while [ ! -e "$SKILLMEAT_WORKDIR/go" ] && [ $n -lt 60000 ]; do sleep 0.02; n=$((n + 1)); done',
      'echo "$SKILLMEAT_STAGE_ID" >>"$SKILLMEAT_WORKDIR/ended"',
    ].join("\n"),
  );
}

interface StageShape {
  agent?: string;
  after?: readonly string[];
  condition?: string;
  /** If given, the stage is a gate. */
  gate?: Record<string, unknown>;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  error_policy?: Record<string, unknown>;
  workspace?: "shared" | "worktree";
  commit?: "never" | "success";
  /** Used instead of `agent`. */
  roles?: Record<string, unknown>;
}

/** Writes a `WORKFLOW.json` with these stages, by id. A stage's agent is `agent:worker` unless another is named. */
export function writeWorkflow(
  journey: Journey,
  stages: Record<string, StageShape>,
  config: Record<string, unknown> = {},
): void {
  const definition = {
    workflow: { id: "journey", name: "Journey", version: "1.0.0" },
    config,
    stages: Object.entries(stages).map(([id, { agent, after, gate, ...rest }]) => ({
      id,
      name: id,
      ...(after ? { depends_on: after } : {}),
      ...(gate ? { type: "gate", gate } : { roles: { primary: `agent:${agent ?? "worker"}` } }),
      ...rest,
    })),
  };
  journey.write("WORKFLOW.json", `${JSON.stringify(definition, null, 2)}\n`);
}

/** Eight stages: two run side by side, one is skipped by its condition, and one is a gate that approves itself. */
export function writeEightStages(journey: Journey): void {
  const outputs = { score: { type: "integer" } };
  writeWorkflow(journey, {
    collect: { outputs },
    left: { after: ["collect"], outputs },
    right: { after: ["collect"], outputs },
    judge: { after: ["left", "right"], outputs },
    extra: { after: ["judge"], condition: "${{ stages.judge.outputs.score > 100 }}" },
    consent: { after: ["extra"], gate: { timeout: "300ms", on_timeout: "auto_approve" } },
    build: { after: ["consent"], condition: "${{ stages.judge.outputs.score == 7 }}", outputs },
    release: { after: ["build"], outputs },
  });
}
