import type { ExecutionRecord, KeptApart, RunOptions } from "../execution/record.ts";
import { hideIn, hideValues, type Masks } from "../execution/masks.ts";
import type { Value } from "../expression/value.ts";
import type { ExecutionSnapshot } from "../execution/snapshot.ts";
import { snapshotHash, type Blueprint } from "../machine/blueprint.ts";
import type { KeptSecrets } from "./kept-secrets.ts";

/** What is stored of an execution, and what is kept apart from it; null: it has no secrets. */
export interface SealedExecution {
  record: ExecutionRecord;
  snapshot: ExecutionSnapshot;
  kept: KeptSecrets | null;
}

/**
 * Masks all secrets in what a new execution is stored as. `record` and `blueprint` hold them in clear; `file` is where
 * the definition came from.
 */
export function seal(
  record: ExecutionRecord,
  blueprint: Blueprint,
  { masks, file }: { masks: Masks; file: string | null },
): SealedExecution {
  const { hash, definition, agents, modules } = blueprint;
  const clear = { definition, agents, modules };
  const { kept_apart: _, ...options } = record.options;
  if (masks.secrets.size === 0) {
    return { record: { ...record, options }, snapshot: { hash, ...clear }, kept: null };
  }
  const parameters = Object.entries(record.parameters).filter(([, value]) =>
    differs(value, hideIn(value, masks)),
  );
  const hiddenOptions = hideOptions(options, masks);
  const snapshot = hideTexts(clear, masks) as typeof clear;
  const apart: KeptApart = {
    parameters: parameters.map(([name]) => name),
    options: differs(options, hiddenOptions),
    definition: differs(clear, snapshot),
    file,
  };
  const snapshot_hash = apart.definition ? snapshotHash(snapshot) : hash;
  return {
    record: {
      ...record,
      parameters: hideValues(record.parameters, masks),
      overrides: hideIn(record.overrides, masks),
      options: { ...hiddenOptions, kept_apart: apart },
      snapshot_hash,
    },
    snapshot: { hash: snapshot_hash, ...snapshot },
    kept: {
      parameters: Object.fromEntries(parameters),
      options: apart.options ? options : null,
      snapshot: apart.definition ? clear : null,
      masks: [...masks.secrets],
    },
  };
}

function hideOptions(options: RunOptions, masks: Masks): RunOptions {
  const { env, provider_env: provider } = options;
  return {
    ...options,
    script: hideIn(options.script, masks),
    env: hideVariables(env, masks),
    ...(provider && { provider_env: hideVariables(provider, masks) }),
  };
}

function hideVariables(env: Readonly<Record<string, string>>, masks: Masks): Record<string, string> {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, masks.hide(value)]));
}

/** Where a definition, an agent or a module holds free text: only there can a secret stand. */
const freeTexts = new Set([
  "default",
  "enum",
  "source",
  "condition",
  "instructions",
  "message",
  "summary_prompt",
  "description",
  "run",
  "env",
  "prompt",
  "settings",
  "text",
]);

function hideTexts(value: unknown, masks: Masks): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => hideTexts(item, masks));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      freeTexts.has(key) ? hideIn(item as Value, masks) : hideTexts(item, masks),
    ]),
  );
}

function differs(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) !== JSON.stringify(b);
}
