const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const longestMs = 3650 * 86_400_000;
export const durationForm = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/;

/**
 * The milliseconds of "90s", "1h30m" or "1.5h". Null for a text that is no duration, for zero and for over 10 years.
 */
export function parseDuration(text: string): number | null {
  if (text.length > 100 || !durationForm.test(text)) return null;
  let sum = 0;
  for (const [, amount = "", unit = ""] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    sum += Number(amount) * (unitMs[unit] ?? 0);
  }
  const ms = Math.round(sum);
  return ms > 0 && ms <= longestMs ? ms : null;
}

/** The exact duration as people read it: "30m", "3h 45m", "1m 30s". */
export function formatDuration(ms: number): string {
  let left = Math.max(0, Math.round(ms));
  const parts: string[] = [];
  for (const unit of ["d", "h", "m", "s", "ms"]) {
    const size = unitMs[unit] ?? 1;
    const amount = Math.floor(left / size);
    left -= amount * size;
    if (amount > 0) parts.push(`${amount}${unit}`);
  }
  return parts.join(" ") || "0s";
}
