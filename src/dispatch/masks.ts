import type { Value } from "../expression/value.ts";

/** Hides secrets in texts that people see. More can be added at any time; they hold for later texts. */
export interface Masks {
  add(secret: string): void;
  hide(text: string): string;
  /** Characters of the longest one: a text that was cut may end in all of it but one. */
  readonly longest: number;
}

const secretName = /TOKEN|KEY|SECRET|PASSWORD/i;
/** What such a variable may hold without being a secret; hiding it would make every log unreadable. */
const ordinary = new Set(["true", "false", "null", "none"]);
const shortestGiven = 4;
const most = 1000;
const mostCharacters = 1 << 20;

/** Masks for the values of variables whose names tell of a secret. */
export function masksOf(...environments: readonly Readonly<Record<string, string>>[]): Masks {
  const masks = createMasks();
  for (const environment of environments) {
    for (const [name, value] of Object.entries(environment)) {
      if (!secretName.test(name) || ordinary.has(value.toLowerCase())) continue;
      if (value.trim().length >= shortestGiven) masks.add(value);
    }
  }
  return masks;
}

/** Every text within a value, hidden. Values are bounded in depth before they come here. */
export function hideIn(value: Value, masks: Masks): Value {
  if (masks.longest === 0) return value;
  if (typeof value === "string") return masks.hide(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Value) => hideIn(item, masks));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hideIn(item, masks)]));
}

export function createMasks(): Masks {
  const secrets = new Set<string>();
  let characters = 0;
  let longest = 0;
  let pattern: RegExp | null = null;

  function addOne(secret: string): void {
    if (secret.trim() === "" || secrets.has(secret)) return;
    if (secrets.size >= most || characters + secret.length > mostCharacters) return;
    secrets.add(secret);
    characters += secret.length;
    longest = Math.max(longest, secret.length);
    pattern = null;
  }

  return {
    add(secret) {
      addOne(secret);
      // In a log of JSON lines it stands escaped, and a key of several lines is logged line by line.
      addOne(JSON.stringify(secret).slice(1, -1));
      const lines = secret.split(/\r?\n/);
      if (lines.length > 1) for (const line of lines) if (line.length >= shortestGiven) addOne(line);
    },
    hide(text) {
      if (secrets.size === 0) return text;
      pattern ??= patternOf(secrets);
      return text.replace(pattern, "***");
    },
    get longest() {
      return longest;
    },
  };
}

/** Longer ones first: one may be the beginning of another. */
function patternOf(secrets: ReadonlySet<string>): RegExp {
  const sorted = [...secrets].toSorted((a, b) => b.length - a.length);
  return new RegExp(sorted.map((secret) => secret.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")).join("|"), "g");
}
