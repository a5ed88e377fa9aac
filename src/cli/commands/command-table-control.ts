import type { ArgumentSpec, Command, OptionSpec } from "../command.ts";
import {
  dispatcherOptions,
  formatOption,
  parameterOptions,
  pathOrNameArgument,
  runIdArgument,
  statusOption,
  strictOption,
  yesOption,
} from "./common-options.ts";

const gateArgument: ArgumentSpec = {
  name: "stage_id",
  description: "the stage_id of the gate; optional when only one gate is waiting",
  optional: true,
};

const alwaysOption: OptionSpec = {
  flags: "--always",
  description: "allow the same tool for the rest of the stage, too",
};
const decisionOptions: OptionSpec[] = [
  { flags: "--as <name>", description: "your name in the decision (default: your login name)" },
  { flags: "--comment <text>", description: "the reason, stored with the decision" },
  { flags: "--request <id>", description: "the permission request that is meant (default: the oldest one)" },
  yesOption,
  formatOption,
];

const detachOption: OptionSpec = {
  flags: "--detach",
  description: "run in the background and print the run id",
};

const requireSuccessOption: OptionSpec = {
  flags: "--require-success",
  description: "exit with 1 even if it completes, when stages have failed",
};

const eventsOption: OptionSpec = {
  flags: "--events",
  description: "print every event to stderr, one JSON object per line",
};

/** The commands of `skillmeat workflow …` about executions. */
export const controlCommands: Command[] = [
  {
    name: "run",
    summary: "run a workflow and follow it to its end",
    arguments: [pathOrNameArgument],
    options: [
      ...parameterOptions,
      { flags: "--dry-run", description: "print the plan and run nothing" },
      detachOption,
      {
        flags: "--agent <stage=ref>",
        description: "use another agent for a stage; can be repeated",
        repeats: true,
      },
      {
        flags: "--context <ctx:name>",
        description: "add a context module; can be repeated",
        repeats: true,
      },
      ...dispatcherOptions,
      { flags: "--workdir <dir>", description: "the agents' working directory (default: the current one)" },
      {
        flags: "--max-steps <count>",
        description: "how many agents may run at once, 1 to 1000 (default: 8)",
      },
      strictOption,
      requireSuccessOption,
      { flags: "--as <name>", description: "your name in decisions at gates (default: your login name)" },
      eventsOption,
      formatOption,
    ],
    notes: "Ctrl+C cancels the execution and waits for its agents to stop; a second one quits at once.",
    examples: [
      "workflow run WORKFLOW.yaml --param feature_name=search",
      "workflow run sdlc-feature --dispatcher simulated --script script.yaml --format json",
    ],
    load: () => import("./workflow-run.ts"),
  },
  {
    name: "runs",
    summary: "list executions, or show one",
    arguments: [{ ...runIdArgument, optional: true }],
    options: [
      { flags: "--logs", description: "print the log lines of one execution" },
      { flags: "--follow", description: "print what happens until it ends" },
      { flags: "--stage <stage_id>", description: "show only log lines of this stage" },
      { flags: "--workflow <name>", description: "show only executions of this workflow" },
      statusOption,
      { flags: "--waiting", description: "show the gates that are waiting for a person, longest first" },
      requireSuccessOption,
      { flags: "--limit <count>", description: "the maximum number of results, 1 to 100 (default: 20)" },
      { flags: "--cursor <cursor>", description: "continue after the end of an earlier list" },
      formatOption,
    ],
    examples: ["workflow runs --status failed", "workflow runs 5e86b7 --logs --follow"],
    load: () => import("./workflow-runs.ts"),
  },
  {
    name: "approve",
    summary: "approve a waiting gate, or what an agent asks for",
    arguments: [runIdArgument, gateArgument],
    options: [alwaysOption, ...decisionOptions],
    examples: ["workflow approve 5e86b7 deploy-approval --comment 'looked at it'"],
    notForAgents: "decide gates",
    load: async () => ({ run: (await import("./decide-gate.ts")).approve }),
  },
  {
    name: "reject",
    summary: "reject a waiting gate, or what an agent asks for",
    arguments: [runIdArgument, gateArgument],
    options: decisionOptions,
    examples: ["workflow reject 5e86b7 --comment 'tests are missing'"],
    notForAgents: "decide gates",
    load: async () => ({ run: (await import("./decide-gate.ts")).reject }),
  },
  {
    name: "pause",
    summary: "start no more stages; running ones continue to their end",
    arguments: [runIdArgument],
    options: [yesOption, formatOption],
    examples: ["workflow pause 5e86b7"],
    load: () => import("./workflow-pause.ts"),
  },
  {
    name: "cancel",
    summary: "stop an execution and its agents",
    arguments: [runIdArgument],
    options: [yesOption, formatOption],
    examples: ["workflow cancel 5e86b7 -y"],
    load: () => import("./workflow-cancel.ts"),
  },
  {
    name: "resume",
    summary: "continue an execution that is paused or whose engine has ended",
    arguments: [runIdArgument],
    options: [
      {
        flags: "--budget <limit=N...>",
        description: "what the run may spend in all from now on: usd=N, tokens=N (may be repeated)",
      },
      detachOption,
      eventsOption,
      formatOption,
    ],
    examples: ["workflow resume 5e86b7", "workflow resume 5e86b7 --budget usd=5"],
    load: () => import("./workflow-resume.ts"),
  },
  {
    name: "rerun",
    summary: "run an execution's snapshot again with the same parameters",
    arguments: [runIdArgument],
    options: [
      { flags: "--from-failed", description: "do not run completed stages again" },
      { flags: "--from <stage_id>", description: "do not run completed stages before this one again" },
      { flags: "--fresh", description: "let failed agents begin anew, not in their sessions" },
      { flags: "--params-file <file>", description: "a file with the secret parameters (- reads stdin)" },
      detachOption,
      eventsOption,
      formatOption,
    ],
    examples: ["workflow rerun 5e86b7 --from-failed"],
    load: () => import("./workflow-rerun.ts"),
  },
];
