/** One golden execution: what is run, what its agents do, and what people do about it. */
export interface Scenario {
  name: string;
  /** The definition. */
  text: string;
  /** Entries of `stages:` of the simulated agents' script. */
  script: string;
  /** The first one waits for its event, then the second one; `after` is text of an event's line. */
  steps: { after: string; commands: string[][] }[];
  /** The engine is killed after the last step: the execution stays as it is. */
  isKilled?: boolean;
}

const role = "roles: { primary: agent:worker }";
const score = "outputs: { score: { type: integer } }";
const draft = `  - { id: draft, ${role}, ${score} }`;
const scoreInput = "inputs: { score: { type: integer, source: stages.draft.outputs.score } }";
const send = `  - { id: send, depends_on: [consent], ${role}, ${scoreInput} }`;
const skips = "error_policy: { on_failure: skip_dependents, retry: { max_attempts: 1 } }";
const note = "outputs: { note: { type: string, required: false, default: none } }";
const quickRetry = "{ max_attempts: 3, initial_interval: 50ms }";
const scored =
  "  draft: [{ logs: [reading, writing], outputs: { score: 7 }, usage: { input: 1200, output: 80, cost_usd: 0.004 } }]";
const asked = '"gate_waiting"';
const decide = (decision: string): string[] => [
  decision,
  "consent",
  "--as",
  "ada",
  "--comment",
  "seen",
  "-y",
];

/** The same for every version of the program: what differs between their databases is the version's own. */
export const scenarios: readonly Scenario[] = [
  scenario("retry", {
    stages: `  - { id: draft, ${role}, ${score}, error_policy: { retry: ${quickRetry} } }`,
    script: `  draft:
    - { logs: [asking], fail: { class: rate_limited, message: slow down }, usage: { input: 10, output: 1 } }
    - { outputs: { score: many } }
    - { outputs: { score: 7 }, usage: { input: 1200, output: 80, cost_usd: 0.004 } }`,
  }),
  scenario("continue", {
    stages: `${draft}
  - { id: optional, depends_on: [draft], ${role}, error_policy: { on_failure: continue, retry: { max_attempts: 1 } } }
  - { id: last, depends_on: [optional], ${role} }`,
    script: `${scored}\n  optional: [{ fail: { class: agent_error, message: not today } }]`,
  }),
  scenario("halt", {
    stages: `  - { id: broken, ${role}, error_policy: { retry: { max_attempts: 1 } } }
  - { id: after, depends_on: [broken], ${role} }`,
    script: "  broken: [{ logs: [trying], fail: { class: agent_error, message: out of ink } }]",
  }),
  scenario("skip", {
    stages: `${draft}
  - { id: unwanted, depends_on: [draft], condition: stages.draft.outputs.score > 9, ${role}, ${note} }
  - { id: broken, depends_on: [draft], ${role}, ${skips} }
  - { id: needs-broken, depends_on: [broken], ${role} }`,
    script: `${scored}\n  broken: [{ fail: { class: agent_error, message: not today } }]`,
  }),
  scenario("gate-approved", {
    ...gateScenario("24h", "reject"),
    steps: [{ after: asked, commands: [decide("approve")] }],
  }),
  scenario("gate-rejected", {
    ...gateScenario("24h", "reject"),
    steps: [{ after: asked, commands: [decide("reject")] }],
  }),
  scenario("gate-timed-out", gateScenario("1s", "reject")),
  scenario("cancel", {
    stages: `  - { id: slow, ${role} }\n  - { id: after, depends_on: [slow], ${role} }`,
    script: "  slow: [{ delay: 10m }]",
    steps: [{ after: '"stage_started"', commands: [["cancel", "-y"]] }],
  }),
  scenario("pause", {
    ...gateScenario("24h", "reject"),
    steps: [{ after: asked, commands: [["pause", "-y"], decide("approve"), ["resume", "--detach"]] }],
  }),
  scenario("left-at-gate", {
    ...gateScenario("8760h", "reject"),
    steps: [{ after: asked, commands: [] }],
    isKilled: true,
  }),
];

function gateScenario(timeout: string, onTimeout: string): { stages: string; script: string } {
  const message = '"Score ${{ stages.draft.outputs.score }}. Send it?"';
  const gate = `{ message: ${message}, approvers: [ada], timeout: ${timeout}, on_timeout: ${onTimeout} }`;
  return {
    stages: `${draft}\n  - { id: consent, type: gate, depends_on: [draft], gate: ${gate} }\n${send}`,
    script: scored,
  };
}

function scenario(
  name: string,
  {
    stages,
    script,
    ...rest
  }: { stages: string; script: string } & Partial<Pick<Scenario, "steps" | "isKilled">>,
): Scenario {
  return {
    name,
    text: `workflow: { id: ${name}, name: ${name} }\nstages:\n${stages}\n`,
    script,
    steps: [],
    ...rest,
  };
}
