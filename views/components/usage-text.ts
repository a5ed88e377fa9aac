import type { Usage } from "../../src/execution/record.ts";

/** `312k`, `9.1k`, `840`. */
export function countText(count: number): string {
  if (count < 1000) return String(count);
  if (count < 99_950) return `${(count / 1000).toFixed(1).replace(/\.0$/, "")}k`;
  if (count < 999_500) return `${Math.round(count / 1000)}k`;
  return `${(count / 1_000_000).toFixed(1).replace(/\.0$/, "")}M`;
}

/** `$2.18`; `< $0.01` for less than a cent. Null when the price is unknown, which is not the same as nothing. */
export function costText(usage: Usage | null): string | null {
  if (!usage || usage.basis === "unknown") return null;
  const cents = usage.cost_micro_usd / 10_000;
  if (cents > 0 && cents < 1) return "< $0.01";
  return `$${(cents / 100).toFixed(2)}`;
}

/** `48.2k in · 9.1k out`; null when nothing is known. */
export function tokensText(usage: Usage | null): string | null {
  const total = usage ? usage.input + usage.cache_read + usage.cache_write + usage.output : 0;
  if (!usage || total === 0) return null;
  return `${countText(total - usage.output)} in · ${countText(usage.output)} out`;
}

/** `312k tokens`. */
export function totalTokensText(usage: Usage | null): string | null {
  const total = usage ? usage.input + usage.cache_read + usage.cache_write + usage.output : 0;
  return total === 0 ? null : `${countText(total)} tokens`;
}

/** `3.1 KB`. */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} KB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** `1 stage`, `2 stages`. */
export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
