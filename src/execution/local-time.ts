/** Times for people, in the local zone of the process (`TZ`). Each is given as ISO 8601. */

/** `2026-11-30 21:38:05` */
export function localMoment(iso: string): string {
  return `${localDay(iso)} ${localClock(iso)}`;
}

/** `2026-11-30` */
export function localDay(iso: string): string {
  const at = new Date(iso);
  return [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join("-");
}

/** `2026-11-30 21:38:05 CET` */
export function zonedMoment(iso: string): string {
  return `${localMoment(iso)} ${zoneName(iso)}`;
}

/** `21:38:05` */
export function localClock(iso: string): string {
  const at = new Date(iso);
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(":");
}

/** What the zone is called at that time, such as `CET`; `UTC+02:00` where it has no name. */
export function zoneName(iso: string): string {
  const at = new Date(iso);
  for (const locale of locales) {
    const format = new Intl.DateTimeFormat(locale, { timeZoneName: "short" });
    const name = format.formatToParts(at).find(({ type }) => type === "timeZoneName")?.value ?? "";
    if (/^[A-Z]{2,5}$/.test(name)) return name;
  }
  const minutes = -at.getTimezoneOffset();
  if (minutes === 0) return "UTC";
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `UTC${minutes < 0 ? "-" : "+"}${two(hours)}:${two(rest)}`;
}

/** Each locale knows the short names only of the zones in its own part of the world. */
const locales = ["en-US", "en-GB", "en-AU", "en-NZ", "en-IN", "en-ZA", "ja-JP"];

function two(number: number): string {
  return String(number).padStart(2, "0");
}
