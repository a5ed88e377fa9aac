import { stageHints, to, type Hints } from "./foreign-stage-keys.ts";
import type { Path } from "./source-node.ts";

const topHints: Hints = [
  [
    "name id version description author tags metadata info title",
    'it goes into "workflow": workflow: {id: my-workflow, name: My workflow}',
  ],
  [
    "jobs steps tasks nodes agents pipeline stage job flow phases states activities",
    'here it is "stages", a list: stages: [{id: build, roles: {primary: agent:builder}}]',
  ],
  [
    "on trigger triggers schedule schedules cron events",
    'a file says what runs, not when: "skillmeat workflow run" or the API starts it',
  ],
  ["env environment variables vars", to.env],
  ["params parameters inputs input args arguments", to.parameters],
  [
    "timeout timeout_minutes timeout_sec timeout_seconds deadline",
    'here it is in "config": config: {timeout: 2h}',
  ],
  ["concurrency parallelism max_parallel max_active_steps max_active_runs", to.parallel],
  ["scheduling workspace commit permissions allow_overrides", 'here it is in "config"'],
  ["budget max_cost max_budget cost_limit max_budget_usd token_budget", to.budget],
  ["secrets", "secrets come from the environment of whoever starts the run: agents inherit what is allowed"],
  [
    "retry retries default_retry defaults retry_policy",
    'here it is in "error_policy": error_policy: {default_retry: {max_attempts: 3}}',
  ],
  [
    "on_failure on_error on_success handler_on handlers notifications notify on_exit on_start on_complete mail_on",
    'here it is in "hooks": hooks: {on_failure: {run: ./tell.sh}}',
  ],
  [
    "continue_on_error on_stage_failure fail_fast",
    'here it is in "error_policy": error_policy: {on_stage_failure: continue}',
  ],
  ["outputs output results", "outputs are declared by the stage that makes them"],
  [
    "include includes extends import imports",
    "a file holds its whole workflow; YAML's anchors can repeat a part",
  ],
  ["finally always post cleanup", to.finallyHint],
  ["model llm", to.model],
  ["global_modules modules memory", 'here it is in "context"'],
];

const byPlace: readonly [place: RegExp, hints: Hints][] = [
  [/^$/, topHints],
  [/^stages\[\]$/, stageHints],
  [
    /^workflow$/,
    [
      ["title label display_name", 'here it is "name"'],
      ["labels keywords", 'here it is "tags"'],
      ["params parameters inputs", to.parameters],
      ["stages steps jobs", 'it goes beside "workflow", not into it: stages: [{id: build, …}]'],
    ],
  ],
  [
    /^config$/,
    [
      ["params inputs arguments args", 'here it is "parameters"'],
      ["variables vars environment envs", 'here it is "env"'],
      ["concurrency parallelism parallel max_concurrency workers", 'here it is "max_parallel"'],
      [
        "retry retries default_retry",
        'here it is in "error_policy": error_policy: {default_retry: {max_attempts: 3}}',
      ],
      ["workdir working_directory cwd", to.workdir],
      ["max_cost max_budget cost_limit max_budget_usd token_budget", 'here it is "budget": budget: {usd: 5}'],
      ["model llm", to.model],
    ],
  ],
  [
    /^config\.parameters\.\*$/,
    [
      ["values choices options allowed allowed_values one_of", 'here it is "enum"'],
      ["value", 'here it is "default"'],
      ["optional", 'here it is "required: false", which is what a parameter is anyway'],
      ["desc help title", 'here it is "description"'],
    ],
  ],
  [
    /^stages\[\]\.inputs\.\*$/,
    [
      [
        "from ref value_from expression expr path source_ref",
        'here it is "source": source: stages.build.outputs.log',
      ],
      ["literal constant const", 'here it is "value"'],
      ["optional", 'here it is "required: false"'],
      ["desc help title", 'here it is "description"'],
    ],
  ],
  [
    /^stages\[\]\.outputs\.\*$/,
    [
      [
        "from source value path value_from expression",
        "the agent hands an output in by its name: its type is enough",
      ],
      ["optional", 'here it is "required: false"'],
      ["desc help title", 'here it is "description"'],
    ],
  ],
  [
    /^stages\[\]\.roles$/,
    [
      [
        "agent role main lead executor owner assignee artifact name uses",
        'here it is "primary": roles: {primary: agent:builder}',
      ],
      [
        "supporting helpers secondary skills mcp commands",
        'here it is "tools": roles: {tools: [skill:name]}',
      ],
      ["prompt instructions task", to.instructions],
      ["model llm", to.model],
    ],
  ],
  [
    /^stages\[\]\.roles\.primary$/,
    [
      ["agent name ref id uses type skill", 'here it is "artifact": artifact: agent:builder'],
      ["prompt instruction task system system_prompt goal description message", 'here it is "instructions"'],
      ["llm engine", 'here it is "model"'],
      ["tools skills", 'it goes beside "primary": roles: {primary: …, tools: [skill:name]}'],
    ],
  ],
  [
    /^stages\[\]\.gate$/,
    [
      [
        "approver reviewers reviewer users user assignees assignee who people required_reviewers groups",
        'here it is "approvers": approvers: [ada]',
      ],
      ["prompt question text instructions description title", 'here it is "message"'],
      ["timeout_minutes deadline expires expires_in ttl", 'here it is "timeout": timeout: 24h'],
      ["on_expire on_expiry default auto_approve", 'here it is "on_timeout": on_timeout: auto_approve'],
      ["type", 'here it is "kind"'],
    ],
  ],
  [
    /^stages\[\]\.error_policy$/,
    [
      [
        "retries max_attempts attempts max_retries retry_policy",
        'here it is "retry": retry: {max_attempts: 3}',
      ],
      ["timeout_minutes timeout_seconds timeout_sec deadline", 'here it is "timeout": timeout: 30m'],
      [
        "continue_on_error allow_failure ignore_errors on_error on_stage_failure fail_fast",
        'here it is "on_failure": on_failure: continue',
      ],
      ["default_retry", 'in a stage it is "retry": retry: {max_attempts: 3}'],
    ],
  ],
  [
    /^error_policy$/,
    [
      [
        "retry retries max_attempts retry_policy",
        'here it is "default_retry": default_retry: {max_attempts: 3}',
      ],
      [
        "on_failure on_error continue_on_error fail_fast",
        'here it is "on_stage_failure": on_stage_failure: continue',
      ],
      ["timeout", 'the whole run\'s is in "config": config: {timeout: 2h}; a stage has its own error_policy'],
    ],
  ],
  [
    /retry$/,
    [
      [
        "attempts max count limit times tries max_retries retries maximum_attempts",
        'here it is "max_attempts": all attempts, the first one too',
      ],
      [
        "delay wait interval backoff initial_delay interval_sec interval_seconds initial_interval_sec sleep",
        'here it is "initial_interval": initial_interval: 30s',
      ],
      [
        "multiplier factor backoff_factor exponential backoff_coefficient",
        'here it is "backoff_multiplier": backoff_multiplier: 2',
      ],
      [
        "max_delay max_backoff max_interval_sec maximum_interval max_wait",
        'here it is "max_interval": max_interval: 5m',
      ],
      [
        "retry_on when on errors non_retryable exclude ignore",
        'here it is "non_retryable_errors", a list of error classes that are not tried again',
      ],
    ],
  ],
  [
    /^hooks$/,
    [
      ["failure error on_error failed onfailure", 'here it is "on_failure"'],
      ["success on_success complete completed finish on_finish on_end end", 'here it is "on_complete"'],
      ["start started before on_begin", 'here it is "on_start"'],
    ],
  ],
  [
    /^hooks\.\w+$/,
    [
      ["command cmd script shell exec", 'here it is "run": run: ./tell.sh'],
      ["slack channel webhook email mail message", 'here it is "notify": notify: {channel: ops, message: …}'],
    ],
  ],
  [
    /^context$/,
    [["modules context_modules global", 'here it is "global_modules": global_modules: ["ctx:house-rules"]']],
  ],
];

const tables = byPlace.map(([place, hints]) => ({ place, hints: new Map(hints.flatMap(spread)) }));

/** The hint for a key that comes from another tool or from habit, in the map at a path. Null for any other key. */
export function foreignKeyHint(path: Path, key: string): string | null {
  const place = placeText(path);
  const plain = plainKey(key);
  for (const { place: where, hints } of tables) {
    const hint = where.test(place) ? hints.get(plain) : undefined;
    if (hint !== undefined) return hint;
  }
  return null;
}

function spread([keys, hint]: Hints[number]): [string, string][] {
  return keys.split(" ").map((key) => [plainKey(key), hint]);
}

/** `timeout-minutes`, `timeoutMinutes` and `timeout_minutes` are one key. */
function plainKey(key: string): string {
  return key.replaceAll(/[-_ ]/g, "").toLowerCase();
}

/** Such as `stages[].inputs.*`. */
function placeText(path: Path): string {
  return path
    .map((step, at) => {
      if (typeof step === "number") return "[]";
      const owner = path[at - 1];
      const isName = owner === "parameters" || owner === "inputs" || owner === "outputs";
      return `${at === 0 ? "" : "."}${isName ? "*" : step}`;
    })
    .join("");
}
