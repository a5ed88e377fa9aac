import type { Value, ValueObject } from "../expression/value.ts";
import { isHidable, isSecretName, mask } from "../workflow/secret-name.ts";
import { formsOf } from "./secret-forms.ts";
import { createTextMatcher, type TextMatcher } from "./text-matcher.ts";

/** Hides the secrets of one execution. More can be added at any time; they hold for later texts. */
export interface Masks {
  /** A text that is too short to be hidden (under 4 characters) is left alone. */
  add(secret: string): void;
  /** What an agent itself names a secret: bounded in number and length. */
  learn(secret: string): void;
  hide(text: string): string;
  /** Every secret that was added, in its original form. */
  readonly secrets: ReadonlySet<string>;
  /** How many characters of a secret at the end of a text that was cut may go unrecognised. */
  readonly reach: number;
}

const mostLearned = 1000;
const mostLearnedCharacters = 1 << 20;
const reach = 32;

/** Masks for these secrets. */
export function createMasks(secrets: Iterable<string> = []): Masks {
  const known = new Set<string>();
  // The matcher takes 64 KiB, and most executions have no secret, so it is made when it is needed.
  let matcher: TextMatcher | null = null;
  const forms = new Set<string>();
  let learned = 0;
  let learnedCharacters = 0;

  function add(secret: string): void {
    if (known.has(secret) || !isHidable(secret)) return;
    known.add(secret);
    for (const form of formsOf(secret)) {
      if (forms.has(form.text)) continue;
      forms.add(form.text);
      matcher ??= createTextMatcher();
      matcher.add(form);
    }
  }

  for (const secret of secrets) add(secret);
  return {
    add,
    learn(secret) {
      if (known.has(secret) || learned >= mostLearned) return;
      if (learnedCharacters + secret.length > mostLearnedCharacters) return;
      learned++;
      learnedCharacters += secret.length;
      add(secret);
    },
    hide: (text) => matcher?.replace(text, mask) ?? text,
    secrets: known,
    get reach() {
      return known.size === 0 ? 0 : reach;
    },
  };
}

/** The secrets among variables: the values of those whose names tell so, and passwords within addresses. */
export function secretsOf(variables: Readonly<Record<string, string>>): string[] {
  return Object.entries(variables).flatMap(([name, value]) =>
    isSecretName(name) ? [value] : passwordsIn(value),
  );
}

/** `http://user:password@proxy`: the password as it stands there, and decoded. */
function passwordsIn(value: string): string[] {
  const [, written] = /^[a-z][a-z0-9+.-]*:\/\/[^/?#@]*?:([^/?#@]+)@/i.exec(value) ?? [];
  if (written === undefined) return [];
  try {
    return [written, decodeURIComponent(written)];
  } catch {
    // Not every percent sign begins a code.
    return [written];
  }
}

/**
 * Hides secrets in every text within a value, including names, and every number that is a secret. The depth is bounded
 * before.
 */
export function hideIn<T extends Value>(value: T, masks: Masks): T {
  return masks.secrets.size === 0 ? value : (hideValue(value, masks) as T);
}

/** The same for values by declared names. The names stay, because a definition depends on them; all else is hidden. */
export function hideValues<T extends Value>(values: T, masks: Masks): T {
  const isObject = typeof values === "object" && values !== null && !Array.isArray(values);
  return isObject ? (hideByName(values as ValueObject, masks) as T) : hideIn(values, masks);
}

function hideByName(values: ValueObject, masks: Masks): ValueObject {
  if (masks.secrets.size === 0) return values;
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, hideValue(value, masks)]));
}

function hideValue(value: Value, masks: Masks): Value {
  if (typeof value === "string") return masks.hide(value);
  if (typeof value === "number") return masks.hide(String(value)) === mask ? mask : value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Value) => hideValue(item, masks));
  const entries = Object.entries(value as ValueObject);
  return Object.fromEntries(entries.map(([key, item]) => [masks.hide(key), hideValue(item, masks)]));
}
