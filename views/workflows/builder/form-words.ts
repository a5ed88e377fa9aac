import type { Finding } from "../../../src/workflow/finding.ts";

/** A finding as the builder shows it. */
export interface ShownFinding extends Finding {
  /** `needed`: nobody has filled it in yet, which is no error before the definition is saved. */
  tone: "failed" | "paused" | "needed";
  /** The same in the words of the form; what the finding says itself is about the text. */
  form: { message: string; hint: string | null };
}

interface Base {
  /** True: there is no saved workflow yet. */
  isNew: boolean;
  /** True for the id of a stage that was there when the draft was begun. */
  hasStage: (id: string) => boolean;
}

/** What is merely not filled in yet: whoever begins with an empty form has done nothing wrong. */
export function shownFinding(finding: Finding, base: Base): ShownFinding {
  const tone = isNeeded(finding, base) ? "needed" : finding.severity === "error" ? "failed" : "paused";
  return { ...finding, tone, form: formWords(finding) };
}

export function isMissing({ code, path }: Finding): boolean {
  return code === "missing_role" || code === "missing_gate" || (code === "bad_count" && path === "stages");
}

function isNeeded(finding: Finding, { isNew, hasStage }: Base): boolean {
  if (!isMissing(finding)) return false;
  return finding.path === "stages" ? isNew : !hasStage(finding.stage_id ?? "");
}

/** What a finding says, in the words of the form. */
export function formWords({ code, path, message, hint }: Finding): ShownFinding["form"] {
  const words = Object.hasOwn(ofCode, code) ? ofCode[code] : undefined;
  if (code === "bad_count" && path === "stages") return { message: "Add a first stage.", hint: null };
  if (words) return { message: words.message ?? message, hint: words.hint ?? null };
  if (!shapeCodes.has(code)) return { message, hint };
  const label = labelOf(path);
  if (code === "missing_field") return { message: `${label} is missing.`, hint: null };
  // What is said of quotes and brackets is for who writes the text: the form writes them itself.
  const isOfText = hint !== null && /quote|is written|primary role/.test(hint);
  return { message: message.replace(/^"[^"]*"/, label), hint: isOfText ? null : hint };
}

/** Findings whose message is about keys of the text. A message of null: the finding's own is good for both. */
const ofCode: Record<string, { message: string | null; hint?: string }> = {
  missing_role: { message: "Choose the agent that does it." },
  missing_gate: { message: "Say what the gate asks." },
  gate_with_roles: { message: "A person decides at a gate: it has no agent." },
  gate_with_inputs: {
    message: "Nobody works at a gate: remove its inputs.",
    hint: "The message can show values.",
  },
  gate_with_outputs: { message: "Nobody works at a gate: remove its outputs." },
  gate_ignored: { message: "It is no gate: nobody is asked.", hint: "Choose “Gate” as its type." },
  no_approvers: { message: "Nobody is named: anybody may decide." },
  input_without_source: {
    message: null,
    hint: "Fill in “Comes from”, “Or a fixed value” or “Default”, or choose “No” for “Required”.",
  },
  source_and_value: {
    message: "It comes from somewhere, or it has a fixed value: not both.",
    hint: "Empty one of the two.",
  },
  expression_in_value: {
    message: "A fixed value is handed on as it is: an expression in it is not evaluated.",
    hint: "Write it into “Comes from”.",
  },
  may_be_missing: { message: null, hint: "Give it a default, or choose “No” for “Required”." },
  conditional_gate: {
    message: null,
    hint: "Choose “Go on” for “When it is skipped” if they shall run all the same.",
  },
  gate_with_budget: {
    message: "Nothing is spent at a gate: its budget has no effect.",
    hint: "Remove it from the text.",
  },
  empty_budget: {
    message: "The budget has no limit: it bounds nothing.",
    hint: "Fill in dollars or tokens.",
  },
  rollback: { message: "Rolling back is not supported: the run stops.", hint: "Choose “Stop” or “Go on”." },
};

/** Findings of the schema, which begin with the key they are about. */
const shapeCodes = new Set([
  "missing_field",
  "wrong_type",
  "too_short",
  "too_long",
  "bad_number",
  "bad_choice",
]);

function labelOf(path: string): string {
  const place = path.replace(/^stages\[\d+\]\./, "");
  const [key = ""] = place
    .replace(/\[[^\]]*\]$/, "")
    .split(".")
    .slice(-1);
  return formLabels[place] ?? formLabels[key] ?? `“${key.replaceAll("_", " ")}”`;
}

/** The fields' own labels, by their place or, where several have the same, by its last key. */
export const formLabels: Readonly<Record<string, string>> = {
  id: "Id",
  name: "Name",
  description: "Description",
  version: "Version",
  tags: "Tags",
  author: "Author",
  condition: "Runs only if",
  primary: "Agent",
  artifact: "Agent",
  model: "Model",
  instructions: "Instructions",
  tools: "Tools",
  timeout: "Timeout",
  "gate.timeout": "Deadline",
  idle_timeout: "Silent at most",
  on_failure: "When it fails",
  workspace: "Works in",
  "config.workspace": "Stages work in",
  permissions: "What no rule allows",
  commit: "Commits its changes",
  "config.commit": "Stages commit their changes",
  permissions_approvers: "Who allows it",
  permission_timeout: "A request is rejected after",
  park_after: "A waiting agent is stopped after",
  usd: "Dollars at most",
  tokens: "Tokens to pay at most",
  max_attempts: "Attempts",
  backoff_multiplier: "Each wait times",
  initial_interval: "First wait",
  max_interval: "Longest wait",
  non_retryable_errors: "Not tried again after",
  max_parallel: "At once",
  scheduling: "A stage starts",
  allow_overrides: "A run may swap agents",
  on_stage_failure: "When a stage fails",
  inherit_global: "Takes the workflow's context",
  modules: "Modules of its own",
  min_confidence: "Confidence from",
  max_tokens: "Tokens at most",
  categories: "Categories",
  message: "What it asks",
  approvers: "Who may decide",
  on_timeout: "When nobody decides",
  on_skip: "When it is skipped",
  format: "Hands over",
  include_run_log: "With its log",
  summary_prompt: "How to sum up",
  type: "Type",
  required: "Required",
  color: "Colour",
  icon: "Icon",
};
