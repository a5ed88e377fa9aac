/** A span of time as `0.4s`, `12s`, `3m 05s`, `1h 02m`, `2d 03h`; `public/js/clock.js` counts on in this form. */
export function spanText(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)}s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return pair(Math.floor(whole / 60), "m", whole % 60, "s");
  const minutes = Math.floor(whole / 60);
  if (minutes < 24 * 60) return pair(Math.floor(minutes / 60), "h", minutes % 60, "m");
  const hours = Math.floor(minutes / 60);
  return pair(Math.floor(hours / 24), "d", hours % 24, "h");
}

/** From one ISO time to another, in milliseconds; `now` stands for an end that is not there yet. */
export function msBetween(start: string, end: string | null, now: number): number {
  return (end === null ? now : Date.parse(end)) - Date.parse(start);
}

/** How long ago, in the roughest unit that says enough: `just now`, `18 min ago`, `2 h ago`, `yesterday`, `5 d ago`. */
export function agoText(iso: string, now: number): string {
  const minutes = Math.floor((now - Date.parse(iso)) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ago`;
  const days = Math.floor(hours / 24);
  if (days === 1) return "yesterday";
  return days < 60 ? `${days} d ago` : dayText(iso);
}

/** How long until then, never more than there is: `in 57 min`, `in 1 h 30 min`, `in 3 d`; what has passed is `now`. */
export function untilText(iso: string, now: number): string {
  const ms = Date.parse(iso) - now;
  if (ms <= 0) return "now";
  const minutes = Math.ceil(ms / 60_000);
  if (minutes < 60) return `in ${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return `in ${Math.floor(hours / 24)} d`;
  return minutes % 60 === 0 ? `in ${hours} h` : `in ${hours} h ${minutes % 60} min`;
}

/** `10:34:51`, in the zone of the machine, which is the reader's: the server is theirs. */
export function clockText(iso: string): string {
  const at = new Date(iso);
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map(twoDigits).join(":");
}

/** `2026-11-25`. */
export function dayText(iso: string): string {
  const at = new Date(iso);
  return `${at.getFullYear()}-${twoDigits(at.getMonth() + 1)}-${twoDigits(at.getDate())}`;
}

/** `10:34:51` for today, `2026-11-24 10:34` else. */
export function momentText(iso: string, now: number): string {
  const day = dayText(iso);
  const isToday = day === dayText(new Date(now).toISOString());
  return isToday ? clockText(iso) : `${day} ${clockText(iso).slice(0, 5)}`;
}

function pair(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return `${big}${bigUnit} ${twoDigits(small)}${smallUnit}`;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, "0");
}
