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
  description: "the gate; may be left out when only one waits",
  optional: true,
};

const decisionOptions: OptionSpec[] = [
  { flags: "--as <name>", description: "who decides (default: your login name)" },
  { flags: "--comment <text>", description: "why; kept with the decision" },
  yesOption,
  formatOption,
];

const detachOption: OptionSpec = {
  flags: "--detach",
  description: "go on in the background; print the run id",
};

const requireSuccessOption: OptionSpec = {
  flags: "--require-success",
  description: "exit 1 also when it completed with failed stages",
};

const eventsOption: OptionSpec = {
  flags: "--events",
  description: "every event on stderr, one JSON object a line",
};

/** The commands of `skillmeat workflow …` about executions. */
export const controlCommands: Command[] = [
  {
    name: "run",
    summary: "run a workflow and follow it to its end",
    arguments: [pathOrNameArgument],
    options: [
      ...parameterOptions,
      { flags: "--dry-run", description: "print the plan; nothing runs" },
      detachOption,
      {
        flags: "--agent <stage=ref>",
        description: "another agent for a stage; again for more",
        repeats: true,
      },
      {
        flags: "--context <ctx:name>",
        description: "one more context module; again for more",
        repeats: true,
      },
      ...dispatcherOptions,
      { flags: "--workdir <dir>", description: "where the agents work (default: here)" },
      { flags: "--max-steps <count>", description: "agents at once, 1 to 1000 (default: 8)" },
      strictOption,
      requireSuccessOption,
      { flags: "--as <name>", description: "who decides at gates (default: your login name)" },
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
    summary: "executions: all of them, or one",
    arguments: [{ ...runIdArgument, optional: true }],
    options: [
      { flags: "--logs", description: "the log lines of one execution" },
      { flags: "--follow", description: "stay until it ends, and print what happens" },
      { flags: "--stage <stage_id>", description: "only log lines of this stage" },
      { flags: "--workflow <name>", description: "only executions of this workflow" },
      statusOption,
      { flags: "--waiting", description: "the gates that wait for a person, longest first" },
      requireSuccessOption,
      { flags: "--limit <count>", description: "at most so many, 1 to 100 (default: 20)" },
      { flags: "--cursor <cursor>", description: "go on where a list ended" },
      formatOption,
    ],
    examples: ["workflow runs --status failed", "workflow runs 5e86b7 --logs --follow"],
    load: () => import("./workflow-runs.ts"),
  },
  {
    name: "approve",
    summary: "open a gate that waits",
    arguments: [runIdArgument, gateArgument],
    options: decisionOptions,
    examples: ["workflow approve 5e86b7 deploy-approval --comment 'looked at it'"],
    notForAgents: "decide gates",
    load: async () => ({ run: (await import("./decide-gate.ts")).approve }),
  },
  {
    name: "reject",
    summary: "refuse a gate that waits",
    arguments: [runIdArgument, gateArgument],
    options: decisionOptions,
    examples: ["workflow reject 5e86b7 --comment 'tests are missing'"],
    notForAgents: "decide gates",
    load: async () => ({ run: (await import("./decide-gate.ts")).reject }),
  },
  {
    name: "pause",
    summary: "start nothing new; what runs goes on to its end",
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
    summary: "go on with an execution that is paused, or whose engine is gone",
    arguments: [runIdArgument],
    options: [detachOption, eventsOption, formatOption],
    examples: ["workflow resume 5e86b7"],
    load: () => import("./workflow-resume.ts"),
  },
  {
    name: "rerun",
    summary: "run an execution's snapshot again, with its parameters",
    arguments: [runIdArgument],
    options: [
      { flags: "--from-failed", description: "keep what completed" },
      { flags: "--from <stage_id>", description: "keep what completed before this stage" },
      { flags: "--params-file <file>", description: "the secret parameters anew (- reads stdin)" },
      detachOption,
      eventsOption,
      formatOption,
    ],
    examples: ["workflow rerun 5e86b7 --from-failed"],
    load: () => import("./workflow-rerun.ts"),
  },
];
