/** Access to what a foreign program has written as JSON: whatever does not have the expected type counts as absent. */

export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown): Fields | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
}

export function textField(fields: Fields | null, name: string): string | null {
  const value = fields && Object.hasOwn(fields, name) ? fields[name] : null;
  return typeof value === "string" ? value : null;
}

/** Null for everything but a finite number of at least 0. */
export function numberField(fields: Fields | null, name: string): number | null {
  const value = fields && Object.hasOwn(fields, name) ? fields[name] : null;
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : null;
}

export function fieldsField(fields: Fields | null, name: string): Fields | null {
  return fields && Object.hasOwn(fields, name) ? fieldsOf(fields[name]) : null;
}

/** The objects of a list; its other members are left out. */
export function listField(fields: Fields | null, name: string): Fields[] {
  const value = fields && Object.hasOwn(fields, name) ? fields[name] : null;
  if (!Array.isArray(value)) return [];
  return value.map(fieldsOf).filter((item) => item !== null);
}

/** The object that a text is as JSON; null for every other text. */
export function parseFields(text: string): Fields | null {
  try {
    return fieldsOf(JSON.parse(text));
  } catch {
    return null;
  }
}
