/** Keys that come from other tools or from habit, each with a hint that names our own. */
export type Hints = readonly [keys: string, hint: string][];

/** Hints that several places share. */
export const to = {
  dependsOn: 'here it is "depends_on": depends_on: [other-stage]',
  condition:
    "here it is \"condition\": condition: parameters.deploy, or condition: stages.build.status == 'success'",
  role: 'who does a stage is its "roles": roles: {primary: agent:builder}',
  program:
    'a program is an agent whose file has "command": [./build.sh]; the stage names it: roles: {primary: agent:builder}',
  instructions: 'what to do goes into "roles": roles: {primary: {artifact: agent:builder, instructions: …}}',
  model: 'the model goes into "roles": roles: {primary: {artifact: agent:builder, model: sonnet}}',
  timeout: 'here it is in "error_policy": error_policy: {timeout: 30m}',
  retry: 'here it is in "error_policy": error_policy: {retry: {max_attempts: 3}}',
  onFailure: 'here it is in "error_policy": error_policy: {on_failure: continue}',
  inputs: 'here it is "inputs": inputs: {name: {type: string, source: parameters.name}}',
  outputs: 'here it is "outputs": outputs: {name: {type: string}}',
  env: 'variables of all stages go into "config": config: {env: {NAME: text}}',
  parameters: 'here it is in "config": config: {parameters: {name: {type: string, default: text}}}',
  budget: 'here it is in "config": config: {budget: {usd: 5}}',
  parallel: 'here it is in "config": config: {max_parallel: 3}',
  fanOut: "write one stage for each: stages that depend on the same one run side by side",
  workdir:
    'all stages work in the run\'s working directory; "workspace: worktree" gives a stage a git worktree of its own',
  approvers: "a stage that waits for people is a gate: type: gate, gate: {approvers: [ada]}",
  finallyHint:
    "let the stage it depends on have error_policy: {on_failure: continue}: then it runs after a failure too",
  machine: "stages run on this machine, with the tools that are on it: take it out",
} as const;

const failureHints: Hints = [
  [
    "retry retries max_attempts attempts max_retries retry_policy retry_strategy repeat_policy retry_limit",
    to.retry,
  ],
  [
    "timeout timeout_minutes timeout_seconds timeout_sec timeout_in_minutes deadline max_duration",
    to.timeout,
  ],
  [
    "continue_on_error continue_on continue_on_failure allow_failure ignore_errors ignore_failure ignore_error " +
      "on_error on_failure fail_fast failure_strategy",
    to.onFailure,
  ],
];

export const stageHints: Hints = [
  [
    "needs need depends dependson dependencies depend after requires required run_after wait_for upstream parents " +
      "previous prev follows",
    to.dependsOn,
  ],
  ["if when only except rules unless run_if condition_expr preconditions precondition where", to.condition],
  [
    "uses agent executor assignee worker skill agent_type subagent subagent_type actor performer role",
    to.role,
  ],
  [
    "run script scripts command commands cmd steps shell exec bash sh program entrypoint before_script",
    to.program,
  ],
  ["container image services runs_on pool node_selector docker template_ref vm_image cache", to.machine],
  ["prompt instructions instruction task goal system system_prompt message action", to.instructions],
  ["model llm engine", to.model],
  ...failureHints,
  ["active_deadline_seconds step_timeout job_timeout_minutes", to.timeout],
  ["idle_timeout inactivity_timeout", 'here it is in "error_policy": error_policy: {idle_timeout: 5m}'],
  ["env environment variables vars envs", to.env],
  ["with params parameters parameter arguments args input input_mapping arg", to.inputs],
  ["output artifacts results result produces returns return output_schema output_format exports", to.outputs],
  [
    "matrix strategy foreach for_each loop with_items with_param with_sequence parallel iterate map",
    to.fanOut,
  ],
  ["working_directory workdir work_dir working_dir dir cwd directory", to.workdir],
  ["approval approvers approve manual human wait_for_approval reviewers human_input interrupt", to.approvers],
  ["title label display_name", 'here it is "name"'],
  ["key uid stage_id step_id node_id step stage job", 'here it is "id"'],
  [
    "modules context_modules knowledge rules_files",
    'here it is in "context": context: {modules: ["ctx:house-rules"]}',
  ],
  ["tools skills mcp mcp_servers allowed_tools", 'here it is in "roles": roles: {tools: [skill:name]}'],
  [
    "next then goto success_next on_success transitions routes",
    `the later stage names the earlier one: ${to.dependsOn}`,
  ],
  ["finally always post handlers rescue cleanup", to.finallyHint],
  [
    "stages jobs children tasks nodes",
    "stages do not hold stages: write them one after the other, with depends_on",
  ],
  ["concurrency max_parallel", to.parallel],
  ["max_cost max_budget cost_limit max_budget_usd token_budget", 'here it is "budget": budget: {usd: 5}'],
];
