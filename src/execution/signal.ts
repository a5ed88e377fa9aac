/** A wish about a live execution. The holder of its lease applies it and records the answer. */
export type Signal =
  | { type: "pause" }
  | { type: "resume" }
  | { type: "cancel"; reason: string | null }
  | { type: "approve"; stage_id: string; actor: string; comment: string | null }
  | { type: "reject"; stage_id: string; actor: string; comment: string | null };

/** What became of a signal. `unchanged`: it already was so (the same decision twice), nothing recorded. */
export type SignalAnswer =
  | { outcome: "applied" | "unchanged"; message: string }
  | { outcome: "refused"; code: "conflict" | "forbidden" | "not_found"; message: string };

export interface StoredSignal {
  id: string;
  run_id: string;
  signal: Signal;
  created_at: string;
}
