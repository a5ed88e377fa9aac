import { limitProblem, type BudgetChange } from "./budget.ts";

/** A request to a live execution. The holder of its lease applies it and records the answer. */
export type Signal =
  | { type: "pause" }
  /** `budget`: the limits that are to hold from then on. */
  | { type: "resume"; budget?: BudgetChange }
  | { type: "cancel"; reason: string | null }
  | ({ type: "approve" } & Decision)
  | ({ type: "reject" } & Decision);

interface Decision {
  stage_id: string;
  actor: string;
  comment: string | null;
  /** Of a permission that an agent asks for; none: the oldest one that waits, or a gate. */
  request_id?: string | null;
  /** True: what is approved covers the same tool for the rest of the step. */
  always?: boolean;
}

/** The answer to a signal. `unchanged`: it already was so (the same decision twice), and nothing was recorded. */
export type SignalAnswer =
  | { outcome: "applied" | "unchanged"; message: string }
  | { outcome: "refused"; code: "conflict" | "forbidden" | "not_found"; message: string };

/** What was stored, as a signal; null when it is none. */
export function signalOf(stored: unknown): Signal | null {
  if (typeof stored !== "object" || stored === null) return null;
  const {
    type,
    reason,
    stage_id,
    actor,
    comment,
    budget,
    request_id = null,
    always = false,
  } = stored as Record<string, unknown>;
  switch (type) {
    case "pause":
      return { type };
    case "resume": {
      if (budget === undefined) return { type };
      const change = budgetChangeOf(budget);
      return change && { type, budget: change };
    }
    case "cancel":
      return isTextOrNull(reason) ? { type, reason } : null;
    case "approve":
    case "reject": {
      if (typeof stage_id !== "string" || typeof actor !== "string" || !isTextOrNull(comment)) return null;
      // An older version of the program stores neither of the two.
      if (!isTextOrNull(request_id) || typeof always !== "boolean") return null;
      const ofRequest = { ...(request_id === null ? {} : { request_id }), ...(always ? { always } : {}) };
      return { type, stage_id, actor, comment, ...ofRequest };
    }
    default:
      return null;
  }
}

function budgetChangeOf(stored: unknown): BudgetChange | null {
  if (typeof stored !== "object" || stored === null) return null;
  const given = Object.entries(stored);
  const isLimit = ([limit, value]: [string, unknown]): boolean =>
    (limit === "usd" || limit === "tokens") && limitProblem(limit, value) === null;
  return given.length > 0 && given.every(isLimit) ? (Object.fromEntries(given) as BudgetChange) : null;
}

function isTextOrNull(value: unknown): value is string | null {
  return typeof value === "string" || value === null;
}

export interface StoredSignal {
  id: string;
  run_id: string;
  signal: Signal;
  created_at: string;
}
